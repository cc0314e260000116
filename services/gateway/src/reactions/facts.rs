//! Facts that reports state.

use std::sync::LazyLock;

use baton_contracts::frontdoor::v1::{RecordFactsRequest, RecordFactsResponse};
use baton_contracts::instant;
use baton_contracts::record::v1::RecordEvent;
use baton_contracts::transfer::v1::{Conference, ReassessRequest};
use baton_contracts::type_v1::{Fact, FactValue, fact_value::Value};
use jiff::tz::TimeZone;
use prost_types::Timestamp;

use super::answer::Answer;
use super::cause::Report;
use super::step::{About, Step, path};
use super::{Next, Progress, park, platform};

/// The authorities are all in England. Where the zone is missing, days are counted in UTC.
static LONDON: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC));

/// A code.
pub fn code(key: &str, code: &str) -> Fact {
    fact(key, Value::Code(code.to_owned()))
}

/// A civil date, `YYYY-MM-DD`.
pub fn date(key: &str, date: &str) -> Fact {
    fact(key, Value::Date(date.to_owned()))
}

/// An instant.
pub fn at(key: &str, at: Timestamp) -> Fact {
    fact(key, Value::Instant(at))
}

/// Known to be none.
pub fn none(key: &str) -> Fact {
    fact(key, Value::None(true))
}

fn fact(key: &str, value: Value) -> Fact {
    Fact {
        key: key.to_owned(),
        value: Some(FactValue { value: Some(value) }),
        ..Fact::default()
    }
}

/// The day of an instant, local to the authority. Empty for no instant.
pub fn day_of(at: Option<&Timestamp>) -> String {
    at.and_then(|at| instant(at).ok())
        .map(|at| local_day(at).to_string())
        .unwrap_or_default()
}

/// The day of an instant, local to the authority.
pub fn local_day(at: jiff::Timestamp) -> jiff::civil::Date {
    at.to_zoned(LONDON.clone()).date()
}

/// An instant, from a local date or time as people write it. Of a date the beginning of the day.
pub fn local_instant(text: &str) -> Option<jiff::Timestamp> {
    use jiff::civil::{Date, DateTime};

    let local = match text.parse::<Date>() {
        Ok(day) if text.len() == 10 => day.at(0, 0, 0, 0),
        _ => text.parse::<DateTime>().ok()?,
    };
    Some(local.to_zoned(LONDON.clone()).ok()?.timestamp())
}

/// Records facts about a child. Needs no facts itself: the front door owns them.
pub fn record(
    report: &Report,
    event: &RecordEvent,
    child_id: &str,
    facts: Vec<Fact>,
    progress: Progress<'_>,
) -> Step {
    let request = RecordFactsRequest {
        request_id: progress.request_id(),
        child_id: child_id.to_owned(),
        facts,
        effective_at: event.effective_at,
        source: report.system.clone(),
    };
    let about = About {
        child_id: child_id.to_owned(),
        ..About::nobody()
    };
    Step::new(path::RECORD_FACTS, &request, about)
}

/// Looks again at the live transfers of a child.
pub fn reassess(
    child_id: &str,
    trigger: &str,
    conference: Option<Conference>,
    effective_at: Option<Timestamp>,
    progress: Progress<'_>,
) -> Step {
    let request = ReassessRequest {
        request_id: progress.request_id(),
        child_id: child_id.to_owned(),
        trigger: trigger.to_owned(),
        conference,
        effective_at,
        meeting: None,
    };
    Step::new(path::REASSESS, &request, About::child(child_id))
}

/// Whether the front door's answer says that anything changed.
pub fn changed(answer: &Answer) -> bool {
    answer
        .as_response::<RecordFactsResponse>()
        .is_some_and(|response| !response.changed.is_empty())
}

/// What becomes of a report one of whose steps was refused. `None` when none was.
///
/// A report is refused only when it cannot be understood, never by a rule: a step that says otherwise is for
/// somebody to look at.
pub fn refused(progress: Progress<'_>) -> Option<Next> {
    let refusal = progress.refused()?;
    let (_, before) = progress.answers.split_last()?;
    let nothing_happened = before.is_empty();
    let not_understood = refusal.code() == tonic::Code::InvalidArgument && nothing_happened;
    let at_a_wrong_time =
        ["EFFECTIVE_IN_FUTURE", "EFFECTIVE_BEFORE_SPAN"].contains(&refusal.reason.as_str());
    if not_understood || at_a_wrong_time {
        let reason = refusal.reason();
        let problems = if refusal.subjects.is_empty() {
            vec![format!("event: {reason}")]
        } else {
            refusal
                .subjects
                .iter()
                .map(|subject| format!("{subject}: {reason}"))
                .collect()
        };
        return Some(Next::Reject(problems));
    }
    Some(park(refusal, platform()))
}
