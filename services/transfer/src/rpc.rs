//! gRPC in: parse, one call into the app, convert. `status.rs` alone picks a code.

use baton_contracts::transfer::v1 as proto;
use baton_contracts::type_v1;
use baton_ids::TransferId;
use baton_rpc::{Problem, Violations, request_key};
use jiff::Timestamp;
use prost::Message;

use crate::app::{App, Call, Outcome};
use crate::domain::{Explanation, Phase};

mod agenda;
mod answers;
mod context;
mod convert;
mod explain;
mod holds;
mod listing;
mod parse;
mod policy;
mod reactions;
mod requests;
mod status;
mod transfers;

pub use explain::Explanations;
pub use reactions::Reactions;
pub use transfers::Transfers;

/// What a mutating request says besides its act.
struct Envelope<'r> {
    request_id: &'r str,
    expected_version: i64,
    reason: &'r str,
    departures: &'r [type_v1::Departure],
}

impl<'r> Envelope<'r> {
    /// A reaction's: no version, no reasons.
    fn of_reaction(request_id: &'r str) -> Self {
        Self {
            request_id,
            expected_version: 0,
            reason: "",
            departures: &[],
        }
    }

    fn call(
        self,
        app: &App,
        context: &type_v1::Context,
        method: &str,
        body: &impl Message,
    ) -> Result<Call, Problem> {
        let mut violations = Violations::default();
        for (index, departure) in self.departures.iter().enumerate() {
            if departure.rule_id.parse::<baton_protocol::RuleId>().is_err() {
                violations.add(
                    format!("departures[{index}].rule_id"),
                    "not the ID of a rule",
                );
            }
            if departure.reason.trim().is_empty() {
                violations.add(
                    format!("departures[{index}].reason"),
                    "a reason is required",
                );
            }
        }
        violations.into_result()?;
        Ok(Call {
            context: context::context(context, app.now())?,
            key: request_key(context, method, self.request_id, body),
            expected_version: self.expected_version,
            reason: (!self.reason.trim().is_empty()).then(|| self.reason.to_owned()),
            departures: self
                .departures
                .iter()
                .map(|departure| (departure.rule_id.clone(), departure.reason.clone()))
                .collect(),
        })
    }
}

/// What every answer to a change has.
struct Answer {
    transfer: Option<proto::Transfer>,
    as_of: Option<type_v1::AsOf>,
    explanation: Option<type_v1::Explanation>,
}

impl From<Outcome> for Answer {
    fn from(outcome: Outcome) -> Self {
        Self {
            transfer: outcome.transfer.as_ref().map(convert::transfer),
            as_of: Some(as_of(outcome.last_event)),
            explanation: Some(explanation(outcome.explanation)),
        }
    }
}

/// What came of a reaction for one transfer.
fn consequence(outcome: Outcome) -> proto::Consequence {
    let release = outcome
        .transfer
        .as_ref()
        .filter(|_| outcome.released)
        .and_then(|transfer| {
            let Phase::Completing { release, .. } = &transfer.phase else {
                return None;
            };
            Some(convert::release(transfer, release))
        });
    proto::Consequence {
        transfer: outcome.transfer.as_ref().map(convert::transfer),
        release,
        explanation: Some(explanation(outcome.explanation)),
        changes: outcome.changes,
        as_of: Some(as_of(outcome.last_event)),
    }
}

fn as_of(last_event: Option<uuid::Uuid>) -> type_v1::AsOf {
    type_v1::AsOf {
        service: crate::NAME.to_owned(),
        event_id: last_event.map(|id| id.to_string()).unwrap_or_default(),
    }
}

fn explanation(given: Explanation) -> type_v1::Explanation {
    let Explanation {
        rules,
        facts,
        unknown_facts,
        decision,
    } = given;
    type_v1::Explanation {
        rules,
        facts,
        unknown_facts,
        decision,
    }
}

fn transfer_id(text: &str) -> Result<TransferId, Problem> {
    text.parse()
        .map_err(|error: baton_ids::InvalidId| Problem::invalid("transfer_id", error.to_string()))
}

/// A time that the annotations have already checked to exist.
fn time(given: Option<&prost_types::Timestamp>) -> Option<Timestamp> {
    given.and_then(|given| baton_contracts::instant(given).ok())
}
