//! An entry of the file line by line, in words short enough to write beside its row of the catalogue. What an entry says
//! nothing about has no line.

use std::sync::{Arc, LazyLock};

use baton_calendar::Calendar;
use baton_protocol::transfer::{Bars, Choice, GateItem, IfNo, SatisfiedBy};
use baton_protocol::{Condition, Truth};

use super::*;

pub(super) static PACK: LazyLock<Arc<Pack>> = LazyLock::new(|| pack("merton"));
pub(super) static CALENDAR: LazyLock<Calendar> = LazyLock::new(calendar);

/// What a route of Merton's says that holds up no transfer for papers.
pub(super) const MOVES: &str = "missing papers: MoveWithActions under M-087, K-14, K-60";
/// Who completes every transfer, and what is noted of it.
pub(super) const RECEIVED: &str = "completed by: team_manager of receiving";
pub(super) const RECORDED: &str = "tells: record_transfer, transfer_recorded";

#[derive(Default)]
struct Lines(Vec<String>);

impl Lines {
    fn list<T: ToString>(mut self, word: &str, values: impl IntoIterator<Item = T>) -> Self {
        let values: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
        if !values.is_empty() {
            self.0.push(format!("{word}: {}", values.join(", ")));
        }
        self
    }

    fn word(mut self, word: &str, is_said: bool) -> Self {
        if is_said {
            self.0.push(word.to_owned());
        }
        self
    }
}

pub(super) fn way(name: &str) -> &'static Route {
    PACK.transfer.route(name).unwrap()
}

/// From whom to whom, what opens it, when it moves, what it asks for, who hears of it.
pub(super) fn route_says(name: &str) -> Vec<String> {
    let route = way(name);
    let parts = route.point.iter().flat_map(|point| {
        let parts = point.at.iter().chain(&point.latest_of);
        parts.map(|part| format!("{} under {}", part.term, rules(&part.cites).join(" ")))
    });
    let missing = route.point.as_ref().map(|_| {
        let cites = rules(&route.gate_unmet_cites).join(", ");
        format!("{:?} under {cites}", route.gate_unmet_at_point)
    });
    Lines::default()
        .list("from", &route.from)
        .list("to", &route.to)
        .word("stays", route.stays)
        .list("opens on", &route.opens_on)
        .list("asked by", &route.requested_by)
        .list("moves", parts)
        .list("completed by", route.completed_by)
        .list("missing papers", missing)
        .list("needs", &route.needs)
        .list("meetings", &route.meetings)
        .list("clocks", &route.clocks)
        .list("tells", &route.tells)
        .0
}

pub(super) fn item(name: &str) -> &'static GateItem {
    PACK.transfer.item(name).unwrap()
}

/// What an item of the gate asks of whom, by when, and what can stand in for it.
pub(super) fn item_says(name: &str) -> Vec<String> {
    let item = item(name);
    let met_by = match &item.satisfied_by {
        SatisfiedBy::Acts => None,
        SatisfiedBy::Meeting(kind) => Some(format!("meeting {kind}")),
        SatisfiedBy::ReceivingWorker => Some("the worker being named".to_owned()),
        other => Some(format!("{other:?}")),
    };
    let waiver = item.waiver.as_ref().map(|waiver| {
        let how = if waiver.jointly { "jointly" } else { "alone" };
        format!("{how} {}", rules(&waiver.by).join(", "))
    });
    Lines::default()
        .list("asked once", &item.asked_once)
        .list("asks", &item.asks)
        .word("a decision", item.decision)
        .word("no keeps the case", item.if_no == IfNo::Stays)
        .list("evidence", &item.evidence)
        .list("or as", &item.evidence_states)
        .list("met by", met_by)
        .list("done by", item.completed_by)
        .list("signed by", item.signed_by)
        .list("confirmed by", &item.confirmed_by)
        .word("any one of them", item.any_one)
        .list("due", &item.due)
        .list("then tells", &item.escalate)
        .list("waived by", waiver)
        .word("hard", item.is_hard())
        .word("cannot follow", item.cannot_follow)
        .word("bars nothing", item.bars == Bars::Nothing)
        .0
}

/// What a clock counts, who answers for it, who hears of it.
pub(super) fn clock_says(name: &str) -> Vec<String> {
    let clock = clock(&PACK, name);
    let missed = clock.when_missed.iter().map(|branch| {
        let cites = rules(&branch.cites).join(" ");
        format!("{:?} under {cites}", branch.then)
    });
    Lines::default()
        .list("due", [&clock.due])
        .list("by", [clock.by])
        .list("met by", [&clock.met_by])
        .list("reminds before", &clock.remind)
        .list("then tells", &clock.escalate)
        .list("if missed", missed)
        .0
}

/// When a notice goes to whom, how, and what it says.
pub(super) fn notice_says(name: &str) -> Vec<String> {
    let notice = PACK.transfer.notice(name).unwrap();
    let occasions = [notice.on]
        .into_iter()
        .chain(notice.again_on.iter().copied());
    Lines::default()
        .list("on", occasions.map(|occasion| format!("{occasion:?}")))
        .list("to", &notice.to)
        .list("by", [&notice.by])
        .list("due", &notice.due)
        .list("sender", notice.sender)
        .list("content", &notice.content)
        .0
}

/// Who attends a meeting and who may chair it.
pub(super) fn meeting_says(name: &str) -> Vec<String> {
    let meeting = PACK.transfer.meeting(name).unwrap();
    let attend = meeting.attend.iter().map(|attendance| attendance.who);
    Lines::default()
        .list("attend", attend)
        .list("chair", &meeting.chair)
        .0
}

/// What is owed on a case while a team has it.
pub(super) fn duty_says(name: &str) -> Vec<String> {
    let mut duties = PACK.transfer.duties.iter();
    let duty = duties.find(|duty| duty.duty == name).unwrap();
    Lines::default()
        .list("while with", &duty.while_with)
        .list("due", &duty.due)
        .list("by", [duty.by])
        .list("asked from", &duty.asked_from)
        .list("asked until", &duty.asked_until)
        .list("only after", &duty.only_after)
        .list(
            "done on",
            duty.done_on.as_ref().map(baton_protocol::FactKey::as_str),
        )
        .list("then tells", &duty.escalate)
        .0
}

/// The route that is taken of itself on a day, or none.
pub(super) fn of_itself(from: &str, known: &[(&str, Value)], on: Date) -> &'static str {
    let known = facts(known);
    let chosen = PACK.choose_watched(&known, kind(from), |term| {
        let due = term.due(&Anchors::new(), &known, &CALENDAR, PACK.plain_days);
        due.is_some_and(|due| due.on <= on)
    });
    match chosen.choice {
        Choice::Opens { route, .. } => &route.route,
        Choice::Stays { .. } => "stays",
        Choice::Undecided { .. } => "asks",
        Choice::None => "none",
    }
}

/// Whether a condition holds; none while it cannot be told.
pub(super) fn holds(condition: Option<&Condition>, known: &[(&str, Value)]) -> Option<bool> {
    match condition.unwrap().decide(&Scope::of(&facts(known))).truth {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Undecided { .. } => None,
    }
}

/// The day on which a route's case is to move.
pub(super) fn moves_on(name: &str, anchors: &Anchors, known: &[(&str, Value)]) -> Date {
    match point(&PACK, way(name), anchors, &facts(known)) {
        Dated::On(date) => date.due.on,
        Dated::NotYet { waiting_for, .. } => panic!("the point waits for {waiting_for:?}"),
    }
}

pub(super) fn flag(key: &str, flag: bool) -> (&str, Value) {
    (key, Value::Flag(flag))
}

pub(super) fn on(key: &str, day: Date) -> (&str, Value) {
    (key, Value::Date(day))
}

pub(super) fn is(key: &'static str, value: &str) -> (&'static str, Value) {
    (key, code(value))
}

pub(super) fn group(name: &str) -> (&'static str, Value) {
    let groups = [name.to_owned()].into();
    ("special_groups", Value::Codes(groups))
}
