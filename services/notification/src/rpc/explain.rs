//! `NotificationExplainService`: why a notice is as it is, and what would become of one.

use baton_answers::{counted, entitled, known_of, reasons};
use baton_contracts::notification::v1 as wire;
use baton_contracts::notification::v1::notification_explain_service_server::NotificationExplainService;
use baton_contracts::type_v1;
use baton_ids::{NoticeId, TeamId, WorkerId};
use baton_protocol::PostHeld;
use baton_rpc::{Problem, prepare};
use tonic::{Request, Response, Status};

use super::{Handlers, answer, context};
use crate::app::Explained;
use crate::domain::notice::{Addressee, Owner};
use crate::domain::safety::{Safety, WITHHOLD_FROM};
use crate::domain::weighing;

#[tonic::async_trait]
impl NotificationExplainService for Handlers {
    async fn explain_notice(
        &self,
        request: Request<wire::ExplainNoticeRequest>,
    ) -> Result<Response<wire::ExplainNoticeResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let authority = context::authority(&wire_context)?;
        let id = notice_id(&body.notice_id)?;

        let explained = self.app.explain(&authority, id).await?;
        let notice = &explained.notice;
        Ok(Response::new(wire::ExplainNoticeResponse {
            reasons: Some(why(&explained)),
            cause_event_id: notice.about.event.clone(),
            process_id: notice.about.process.to_string(),
            named: Some(named(&notice.audience)),
            notices: explained.duty.iter().map(answer::notice).collect(),
            withheld_by: notice.withheld_by.as_ref().map(post),
        }))
    }

    async fn what_if_notice(
        &self,
        request: Request<wire::WhatIfNoticeRequest>,
    ) -> Result<Response<wire::WhatIfNoticeResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let authority = context::authority(&wire_context)?;
        let id = notice_id(&body.notice_id)?;
        let supposed = suppose(wire_context.child.as_ref(), &body.facts)?;

        let explained = self.app.what_if(&authority, id, supposed).await?;
        Ok(Response::new(wire::WhatIfNoticeResponse {
            reasons: Some(why(&explained)),
        }))
    }
}

fn notice_id(text: &str) -> Result<NoticeId, Problem> {
    text.parse().map_err(|_| Problem::not_found("notice", text))
}

/// What is known of safety now, with facts put in the place of those known. Every wrong one is named.
fn suppose(
    known: Option<&type_v1::ChildFacts>,
    supposed: &[type_v1::Fact],
) -> Result<Safety, Problem> {
    let mut safety = Safety::default();
    if let Some(child) = known {
        safety.facts_version = child.version;
        safety.facts = known_of(&child.facts);
        safety.facts.retain(|key, _| key == WITHHOLD_FROM);
    }
    let mut supposed = baton_answers::supposed(supposed).map_err(Problem::invalid_fields)?;
    // Nothing else is looked at in sending.
    supposed.retain(|key, _| key == WITHHOLD_FROM);
    safety.facts.extend(supposed);
    Ok(safety)
}

/// Everything that was weighed, on the facts of the moment of sending, with the limit and who may withhold it.
fn why(explained: &Explained) -> type_v1::Reasons {
    let Explained { notice, pack, .. } = explained;
    let safety = notice.known.clone().unwrap_or_default();
    let weighed = weighing::weigh(notice, pack);
    let due = notice.due.iter();
    let dates = due.map(|due| {
        let answered = answer::due_date(due, notice);
        counted(answered, due.from, due.on, answer::skipped(due))
    });
    let grounds = weighing::grounds(notice, pack).map(|exception| {
        let act = format!("withhold:{}", exception.exception);
        entitled(&act, &[exception.decided_by], &exception.cites)
    });
    type_v1::Reasons {
        dates: dates.collect(),
        entitled: grounds.collect(),
        ..reasons(weighing::decision(notice), &weighed, &safety.facts)
    }
}

fn named(audience: &Addressee) -> type_v1::Owner {
    let owner = match audience {
        Addressee::Role(owner) => owner.clone(),
        Addressee::Outside(audience) => Owner {
            role: audience.to_string(),
            ..Owner::default()
        },
    };
    answer::owner(&owner)
}

fn post(post: &PostHeld) -> type_v1::PostHeld {
    let team = post.team.as_ref().map(TeamId::to_string);
    let covered = post.covering_for.as_ref().map(WorkerId::to_string);
    type_v1::PostHeld {
        role: post.role.to_string(),
        team_id: team.unwrap_or_default(),
        area: post.area.clone().unwrap_or_default(),
        covering_for: covered.unwrap_or_default(),
        ..type_v1::PostHeld::default()
    }
}
