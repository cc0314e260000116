//! `TransferExplainService`: why a transfer is as it is, and what would be if.

use std::collections::{BTreeMap, BTreeSet};

use baton_answers::counted;
use baton_calendar::Due;
use baton_contracts::transfer::v1 as proto;
use baton_contracts::transfer::v1::transfer_explain_service_server::TransferExplainService;
use baton_contracts::{timestamp, type_v1};
use baton_ids::{AuthorityId, CaseId};
use baton_protocol::transfer::{FACTS_CHANGED, Weighed, Weight};
use baton_protocol::{FactKey, KnownFacts, Pack, WeighedRule};
use baton_rpc::{Problem, Reason, prepare};
use jiff::Timestamp;
use jiff::civil::Date;
use tonic::{Request, Response, Status};

use super::{context, convert, time, transfer_id};
use crate::app::{App, Explained};
use crate::domain::{Basis, ConferenceReport, KnownFact, Owed, Skipped, Source, Transfer, Trigger};

/// Who reported a fact that is only supposed.
const SUPPOSED: &str = "supposed";

/// The explaining methods.
#[derive(Clone)]
pub struct Explanations(pub App);

#[tonic::async_trait]
impl TransferExplainService for Explanations {
    async fn explain_transfer(
        &self,
        request: Request<proto::ExplainTransferRequest>,
    ) -> Result<Response<proto::ExplainTransferResponse>, Status> {
        let (context, body) = prepare(request)?;
        let authority = AuthorityId::new(&context.authority)
            .map_err(|_| Problem::new(Reason::ContextMissing, "the call names no authority"))?;
        let id = transfer_id(&body.transfer_id)?;
        let explained = self.0.explain(&authority, id).await?;
        let opened_by = explained.transfer.opened_by.as_ref();
        let basis = opened_by.and_then(|by| Some((by.event.as_str(), by.basis.as_ref()?)));
        let mut reasons = basis.map_or_else(type_v1::Reasons::default, |(event, basis)| {
            reasons(event, basis, &explained.pack)
        });
        "opens".clone_into(&mut reasons.decision);
        reasons.dates = dates(&explained.transfer);
        Ok(Response::new(proto::ExplainTransferResponse {
            reasons: Some(reasons),
            asked: asked(&explained),
        }))
    }

    async fn explain_duties(
        &self,
        request: Request<proto::ExplainDutiesRequest>,
    ) -> Result<Response<proto::ExplainDutiesResponse>, Status> {
        let (given, body) = prepare(request)?;
        let case = case_id(&body.case_id)?;
        let mut context = context::context(&given, self.0.now())?;
        suppose(&mut context, &body.facts)?;
        let duties = self.0.explain_duties(&context, case)?;
        let weighed: Vec<WeighedRule> = duties.iter().map(|duty| duty.rule.clone()).collect();
        let looked_at = weighed.iter().flat_map(|rule| &rule.facts);
        let child = context.child.as_ref();
        let known = looked_at
            .filter_map(|key| Some((key.to_string(), child?.known(key)?)))
            .collect();
        let limits = duties.iter().filter_map(|duty| {
            let (owed, due) = duty.owed.as_ref()?;
            Some((&duty.rule, owed, due.as_ref()?))
        });
        Ok(Response::new(proto::ExplainDutiesResponse {
            reasons: Some(type_v1::Reasons {
                facts: facts(&known),
                dates: limits.map(limit).collect(),
                ..baton_answers::reasons("owed", &weighed, &KnownFacts::new())
            }),
        }))
    }

    async fn what_if(
        &self,
        request: Request<proto::WhatIfRequest>,
    ) -> Result<Response<proto::WhatIfResponse>, Status> {
        let (given, body) = prepare(request)?;
        let case = case_id(&body.case_id)?;
        let mut context = context::context(&given, self.0.now())?;
        suppose(&mut context, &body.facts)?;
        let trigger = trigger(&body, context.received_at);
        // What is supposed to have been held is looked at from the moment in which it was.
        context.received_at = context.received_at.max(trigger.effective_at);
        let event = trigger.event.clone();
        let supposed = self.0.what_if(context, case, trigger).await?;
        let basis = supposed.basis.as_ref();
        let mut reasons = basis.map_or_else(type_v1::Reasons::default, |basis| {
            reasons(&event, basis, &supposed.pack)
        });
        reasons.decision = supposed.explanation.decision;
        let unknown: BTreeSet<String> = reasons
            .unknown_facts
            .into_iter()
            .chain(supposed.explanation.unknown_facts)
            .collect();
        reasons.unknown_facts = unknown.into_iter().collect();
        let transfers = supposed.transfers.iter();
        reasons.dates = transfers
            .clone()
            .flat_map(|supposed| dates(&supposed.transfer))
            .collect();
        Ok(Response::new(proto::WhatIfResponse {
            reasons: Some(reasons),
            transfers: transfers
                .clone()
                .map(|supposed| convert::transfer(&supposed.transfer))
                .collect(),
            changes: supposed.changes,
            asked: transfers.filter_map(asked).collect(),
        }))
    }
}

/// The limit of something that is owed, with its count.
fn limit((weighed, owed, due): (&WeighedRule, &Owed, &Due)) -> type_v1::CountedDate {
    let skipped: Vec<(Date, String)> = due
        .skipped
        .iter()
        .map(|day| (day.date, day.why.to_string()))
        .collect();
    let skipped = || skipped.iter().map(|(date, why)| (*date, why.as_str()));
    let state = if owed.overdue {
        type_v1::DueState::Breached
    } else {
        type_v1::DueState::Open
    };
    let date = type_v1::DueDate {
        name: weighed.name.clone(),
        due_on: due.on.to_string(),
        breached_at: Some(timestamp(due.breached_at)),
        state: state.into(),
        rules: owed.rules.clone(),
        owner: Some(convert::to_owner(&owed.owner)),
        skipped_days: baton_answers::skipped_days(skipped()),
        ..type_v1::DueDate::default()
    };
    counted(date, Some(due.from), due.on, skipped())
}

/// Puts facts in the place of those known. Every wrong one is named.
fn suppose(context: &mut crate::domain::Context, facts: &[type_v1::Fact]) -> Result<(), Problem> {
    let supposed = baton_answers::supposed(facts).map_err(Problem::invalid_fields)?;
    let Some(child) = &mut context.child else {
        return Ok(());
    };
    for (key, known) in supposed {
        let Ok(key) = key.parse::<FactKey>() else {
            continue;
        };
        if child.facts.set(key.as_str(), known.value).is_ok() {
            let source = Source {
                by: known.source,
                ..Source::default()
            };
            child.sources.insert(key, source);
        }
    }
    Ok(())
}

fn case_id(given: &str) -> Result<CaseId, Problem> {
    given
        .parse()
        .map_err(|error: baton_ids::InvalidId| Problem::invalid("case_id", error.to_string()))
}

fn trigger(body: &proto::WhatIfRequest, received_at: Timestamp) -> Trigger {
    let event = if body.trigger.is_empty() {
        FACTS_CHANGED
    } else {
        &body.trigger
    };
    let at = time(body.conference_at.as_ref());
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let held = event == "conference_held";
    Trigger {
        event: event.to_owned(),
        conference: event.starts_with("conference_").then(|| ConferenceReport {
            reference: SUPPOSED.to_owned(),
            kind: body.conference_kind.clone(),
            at: at.or(Some(received_at)),
            outcome: some(&body.outcome),
            attended: None,
            chaired_by: None,
        }),
        meeting: None,
        effective_at: at.filter(|_| held).unwrap_or(received_at),
    }
}

/// Every route with what became of it, and the facts it was weighed on.
fn reasons(event: &str, basis: &Basis, pack: &Pack) -> type_v1::Reasons {
    let weighed = basis.weigh(event, pack);
    let unknown: BTreeSet<String> = weighed
        .iter()
        .filter(|weighed| matches!(weighed.weight, Weight::Undecided { .. }))
        .flat_map(|weighed| weighed.weight.missing())
        .map(ToString::to_string)
        .collect();
    type_v1::Reasons {
        decision: String::new(),
        weighed: weighed.iter().map(to_weighed).collect(),
        facts: facts(&basis.facts),
        unknown_facts: unknown.into_iter().collect(),
        ..type_v1::Reasons::default()
    }
}

fn to_weighed(weighed: &Weighed<'_>) -> type_v1::Weighed {
    let route = weighed.route;
    type_v1::Weighed {
        name: route.route.clone(),
        title: route.title.clone(),
        rules: route.cites.iter().map(ToString::to_string).collect(),
        order: route.order.into(),
        weight: baton_answers::weight(&weighed.weight).into(),
        condition: route
            .when
            .as_ref()
            .map_or_else(String::new, |when| when.source().to_owned()),
        facts: weighed.facts.iter().map(ToString::to_string).collect(),
        unknown_facts: weighed.weight.missing().map(ToString::to_string).collect(),
        leads_to: route
            .to
            .as_ref()
            .filter(|_| !route.stays)
            .map_or_else(String::new, ToString::to_string),
    }
}

/// What its route asks for, on what was known when that was last looked at.
fn asked(explained: &Explained) -> Option<type_v1::Reasons> {
    let Explained {
        transfer,
        asked,
        rights,
        ..
    } = explained;
    let entitled = rights.iter().map(|may| type_v1::Entitled {
        act: may.act.clone(),
        by: may.by.clone(),
        rules: may.rules.clone(),
        only: may.only,
        ..type_v1::Entitled::default()
    });
    let looked_at = transfer.looked_at.as_ref();
    Some(type_v1::Reasons {
        facts: looked_at.map_or_else(Vec::new, |looked_at| facts(&looked_at.facts)),
        entitled: entitled.collect(),
        ..baton_answers::reasons(transfer.phase.code(), asked.as_deref()?, &KnownFacts::new())
    })
}

fn facts(known: &BTreeMap<String, KnownFact>) -> Vec<type_v1::Fact> {
    known
        .iter()
        .map(|(key, known)| type_v1::Fact {
            key: key.clone(),
            value: Some(baton_answers::fact_value(&known.value)),
            effective_at: known.source.effective_at.map(timestamp),
            recorded_at: known.source.recorded_at.map(timestamp),
            source: known.source.by.clone(),
        })
        .collect()
}

/// The transfer point and every clock, each with its count.
fn dates(transfer: &Transfer) -> Vec<type_v1::CountedDate> {
    let point = &transfer.point;
    let of_point = point.due_on.map(|due_on| {
        let due = type_v1::DueDate {
            name: "transfer_point".to_owned(),
            due_on: due_on.to_string(),
            rules: point.rules.clone(),
            skipped_days: convert::skipped(&point.skipped),
            ..type_v1::DueDate::default()
        };
        counted(due, point.counted_from, due_on, skipped(&point.skipped))
    });
    let clocks = transfer.clocks.iter().map(|clock| {
        let due = convert::due_date(transfer, clock);
        counted(due, clock.from, clock.due_on, skipped(&clock.skipped))
    });
    of_point.into_iter().chain(clocks).collect()
}

fn skipped(days: &[Skipped]) -> impl Iterator<Item = (Date, &str)> {
    days.iter().map(|day| (day.date, day.reason.as_str()))
}
