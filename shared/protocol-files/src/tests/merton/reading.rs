//! Merton's file at hand: its entries, and facts and days in few words.

use std::sync::{Arc, LazyLock};

use baton_calendar::Calendar;
use baton_protocol::transfer::{Choice, GateItem};
use baton_protocol::{Condition, Truth};

use super::super::entries;
use super::*;

pub(super) static PACK: LazyLock<Arc<Pack>> = LazyLock::new(|| pack("merton"));
pub(super) static CALENDAR: LazyLock<Calendar> = LazyLock::new(calendar);

/// What a route of Merton's says that holds up no transfer for papers.
pub(super) const MOVES: &str = "gate_unmet_at_point: move_with_actions";
pub(super) const MISSING_UNDER: &str = "gate_unmet_cites: M-087, K-14, K-60";
/// Who completes every transfer, and what is noted of it.
pub(super) const RECEIVED: &str = "completed_by: team_manager of receiving";
pub(super) const RECORDED: &str = "tells: record_transfer, transfer_recorded";

pub(super) fn way(name: &str) -> &'static Route {
    PACK.transfer.route(name).unwrap()
}

/// What an entry says besides the keys that its test looks at by themselves. Rules bind softly here (M-001), so that only the
/// others are said.
fn besides(keys: &[&str], mut lines: Vec<String>) -> Vec<String> {
    lines.retain(|line| {
        let (key, _) = line.split_once(": ").unwrap();
        !keys.contains(&key) && line != "strength: soft"
    });
    lines
}

/// From whom to whom, what opens it, when it moves, what it asks for, who hears of it.
pub(super) fn route_says(name: &str) -> Vec<String> {
    let keys = ["route", "when", "undecided", "conference", "outcomes"];
    besides(&keys, entries::route_says(&PACK, name))
}

pub(super) fn item(name: &str) -> &'static GateItem {
    PACK.transfer.item(name).unwrap()
}

/// What an item of the gate asks of whom, by when, and what can stand in for it.
pub(super) fn item_says(name: &str) -> Vec<String> {
    besides(&["item", "when", "age"], entries::item_says(&PACK, name))
}

/// What a clock counts, who answers for it, who hears of it.
pub(super) fn clock_says(name: &str) -> Vec<String> {
    besides(&["clock"], entries::clock_says(&PACK, name))
}

/// The rules of what follows when a clock is missed.
pub(super) fn missed_under(name: &str) -> String {
    let [branch] = clock(&PACK, name).when_missed.as_slice() else {
        panic!("one thing follows from {name}")
    };
    rules(&branch.cites).join(" ")
}

/// When a notice goes to whom, how, and what it says.
pub(super) fn notice_says(name: &str) -> Vec<String> {
    besides(&["notice", "when"], entries::notice_says(&PACK, name))
}

/// Who attends a meeting and who may chair it.
pub(super) fn meeting_says(name: &str) -> Vec<String> {
    besides(&["meeting"], entries::meeting_says(&PACK, name))
}

/// What is owed on a case while a team has it.
pub(super) fn duty_says(name: &str) -> Vec<String> {
    besides(&["duty", "when", "met_by"], entries::duty_says(&PACK, name))
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
