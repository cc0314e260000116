//! Deferral, dispute and suspension: from requests to commands, and what a suspension answers.

use baton_contracts::timestamp;
use baton_contracts::transfer::v1 as proto;
use baton_contracts::type_v1::Context;
use baton_ids::TeamId;
use baton_rpc::{Problem, Violations, prepare};
use jiff::civil::Date;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::requests::envelope;
use super::transfers::{Mutating, Transfers, authority};
use super::{Envelope, as_of, parse};
use crate::app::{Call, Suspending};
use crate::domain::{Command, Resolution, Suspend, Suspension, SuspensionAct};

impl Mutating for proto::DeferTransferRequest {
    fn transfer_id(&self) -> &str {
        &self.transfer_id
    }

    fn envelope(&self) -> Envelope<'_> {
        envelope(&self.request_id, self.expected_version, &[], &self.reason)
    }

    fn command(&self) -> Result<Command, Problem> {
        let mut violations = Violations::default();
        let until = day(&mut violations, "until", &self.until);
        let review_on = day(&mut violations, "review_on", &self.review_on);
        violations.into_result()?;
        Ok(Command::DeferTransfer { until, review_on })
    }
}

impl Mutating for proto::ReviewDeferralRequest {
    fn transfer_id(&self) -> &str {
        &self.transfer_id
    }

    fn envelope(&self) -> Envelope<'_> {
        envelope(&self.request_id, self.expected_version, &[], &self.reason)
    }

    fn command(&self) -> Result<Command, Problem> {
        let mut violations = Violations::default();
        let until = day(&mut violations, "until", &self.until);
        let review_on = day(&mut violations, "review_on", &self.review_on);
        violations.into_result()?;
        Ok(Command::ReviewDeferral {
            continues: self.continues,
            until,
            review_on,
        })
    }
}

impl Mutating for proto::RaiseDisputeRequest {
    fn transfer_id(&self) -> &str {
        &self.transfer_id
    }

    fn envelope(&self) -> Envelope<'_> {
        envelope(&self.request_id, self.expected_version, &[], &self.reason)
    }

    fn command(&self) -> Result<Command, Problem> {
        Ok(Command::RaiseDispute {
            ground: self.ground.clone(),
        })
    }
}

impl Mutating for proto::EscalateDisputeRequest {
    fn transfer_id(&self) -> &str {
        &self.transfer_id
    }

    fn envelope(&self) -> Envelope<'_> {
        envelope(&self.request_id, self.expected_version, &[], &self.reason)
    }

    fn command(&self) -> Result<Command, Problem> {
        Ok(Command::EscalateDispute)
    }
}

impl Mutating for proto::ResolveDisputeRequest {
    fn transfer_id(&self) -> &str {
        &self.transfer_id
    }

    fn envelope(&self) -> Envelope<'_> {
        envelope(&self.request_id, self.expected_version, &[], &self.reason)
    }

    fn command(&self) -> Result<Command, Problem> {
        use proto::DisputeDecision as Wire;

        let decision = match self.decision() {
            Wire::GoesOn => Resolution::GoesOn,
            Wire::Withdrawn => Resolution::Withdrawn,
            Wire::OtherTeam => Resolution::OtherTeam {
                team: TeamId::new(&self.team_id)
                    .map_err(|error| Problem::invalid("team_id", error.to_string()))?,
            },
            Wire::Unspecified => return Err(Problem::invalid("decision", "required")),
        };
        Ok(Command::ResolveDispute { decision })
    }
}

/// What every act on a suspension says.
struct Said<'a> {
    method: &'static str,
    request_id: &'a str,
    suspension_id: &'a str,
    reason: &'a str,
}

impl Transfers {
    fn suspension_call(
        &self,
        context: &Context,
        method: &str,
        request_id: &str,
        reason: &str,
        body: &impl prost::Message,
    ) -> Result<Call, Problem> {
        let full = format!("baton.transfer.v1.TransferService/{method}");
        envelope(request_id, 0, &[], reason).call(&self.0, context, &full, body)
    }

    /// Suspends the protocol.
    pub(super) async fn suspend(
        &self,
        request: Request<proto::SuspendProtocolRequest>,
    ) -> Result<Response<proto::SuspendProtocolResponse>, Status> {
        const METHOD: &str = "SuspendProtocol";
        let (context, body) = prepare(request)?;
        let mut violations = Violations::default();
        let asked = Suspend {
            id: Uuid::now_v7(),
            grounds: body.grounds.clone(),
            routes: body.routes.clone(),
            until: day(&mut violations, "until", &body.until),
            consulted: body.consulted.clone(),
            assessed_by: teams(
                &mut violations,
                "assessment_team_ids",
                &body.assessment_team_ids,
            ),
        };
        violations.into_result()?;
        let call = self.suspension_call(&context, METHOD, &body.request_id, &body.reason, &body)?;
        let answer = self
            .0
            .suspend(call, asked, METHOD, |done| proto::SuspendProtocolResponse {
                as_of: Some(as_of(Some(done.event))),
                suspension: Some(shown(&done.suspension)),
            });
        Ok(Response::new(answer.await?))
    }

    /// Does something about a suspension that there is.
    async fn act_on<R>(
        &self,
        context: &Context,
        said: Said<'_>,
        body: &impl prost::Message,
        act: SuspensionAct,
        to_response: fn(Suspending) -> R,
    ) -> Result<R, Status>
    where
        R: prost::Message + Default + 'static,
    {
        let id = parse::uuid("suspension_id", said.suspension_id)?;
        let call =
            self.suspension_call(context, said.method, said.request_id, said.reason, body)?;
        let done = self
            .0
            .act_on_suspension(call, id, act, said.method, to_response);
        Ok(done.await?)
    }

    /// Reviews the suspension.
    pub(super) async fn review_it(
        &self,
        request: Request<proto::ReviewSuspensionRequest>,
    ) -> Result<Response<proto::ReviewSuspensionResponse>, Status> {
        let (context, body) = prepare(request)?;
        let said = Said {
            method: "ReviewSuspension",
            request_id: &body.request_id,
            suspension_id: &body.suspension_id,
            reason: &body.reason,
        };
        let answer = self.act_on(&context, said, &body, SuspensionAct::Review, |done| {
            proto::ReviewSuspensionResponse {
                as_of: Some(as_of(Some(done.event))),
                suspension: Some(shown(&done.suspension)),
            }
        });
        Ok(Response::new(answer.await?))
    }

    /// Lifts the suspension.
    pub(super) async fn lift_it(
        &self,
        request: Request<proto::LiftSuspensionRequest>,
    ) -> Result<Response<proto::LiftSuspensionResponse>, Status> {
        let (context, body) = prepare(request)?;
        let said = Said {
            method: "LiftSuspension",
            request_id: &body.request_id,
            suspension_id: &body.suspension_id,
            reason: &body.reason,
        };
        let answer = self.act_on(&context, said, &body, SuspensionAct::Lift, |done| {
            proto::LiftSuspensionResponse {
                as_of: Some(as_of(Some(done.event))),
                suspension: Some(shown(&done.suspension)),
            }
        });
        Ok(Response::new(answer.await?))
    }

    /// Lists suspensions.
    pub(super) async fn list_them(
        &self,
        request: Request<proto::ListSuspensionsRequest>,
    ) -> Result<Response<proto::ListSuspensionsResponse>, Status> {
        let (context, body) = prepare(request)?;
        let found = self
            .0
            .suspensions(&authority(&context)?, body.active_only)
            .await?;
        Ok(Response::new(proto::ListSuspensionsResponse {
            suspensions: found.iter().map(shown).collect(),
        }))
    }
}

fn shown(suspension: &Suspension) -> proto::Suspension {
    let texts = |dates: &mut dyn Iterator<Item = Date>| dates.map(|day| day.to_string()).collect();
    proto::Suspension {
        suspension_id: suspension.id.to_string(),
        state: suspension.state.code().to_owned(),
        grounds: suspension.grounds.clone(),
        routes: suspension.routes.clone(),
        since: Some(timestamp(suspension.since)),
        until: suspension.until.to_string(),
        by: suspension.by.clone(),
        consulted: suspension
            .consulted
            .iter()
            .map(ToString::to_string)
            .collect(),
        assessment_team_ids: suspension
            .assessed_by
            .iter()
            .map(ToString::to_string)
            .collect(),
        reason_digest: suspension.reason_digest.clone().unwrap_or_default(),
        reviewed_on: texts(&mut suspension.reviews.iter().map(|review| review.on)),
        missed_on: texts(&mut suspension.missed.iter().copied()),
        review_due: suspension.review_due.to_string(),
        overdue: suspension.overdue,
        rules: suspension.rules.clone(),
        version: suspension.version,
    }
}

/// A day that may be absent. The annotation has checked its form.
fn day(violations: &mut Violations, field: &str, text: &str) -> Option<Date> {
    if text.is_empty() {
        return None;
    }
    let parsed = text.parse().ok();
    if parsed.is_none() {
        violations.add(field, "not a date of the calendar");
    }
    parsed
}

/// Teams by their ids. Every one that is none is named.
fn teams(violations: &mut Violations, field: &str, ids: &[String]) -> Vec<TeamId> {
    let teams = ids.iter().enumerate();
    teams
        .filter_map(|(index, id)| violations.parse(&format!("{field}[{index}]"), TeamId::new(id)))
        .collect()
}
