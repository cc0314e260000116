//! What the five authorities' files come to, rule by rule.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use baton_calendar::{Calendar, Due};
use baton_ids::AuthorityId;
use baton_protocol::transfer::{Chosen, Dated, Gate, PointDate, Route, Trigger};
use baton_protocol::{Anchors, Clock, Facts, Moment, Pack, Scope, TeamKind, Value};
use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::source::{self, BASE};
use crate::{check, embedded};

mod camden;
mod entries;
mod lancashire;
mod merton;
mod particulars;
mod shropshire;
mod statutory;
mod weighing;
mod wirral;

/// The packs that were read, by authority: each test reads one, and a process that runs many reads each once.
static PACKS: Mutex<BTreeMap<String, Arc<Pack>>> = Mutex::new(BTreeMap::new());

fn pack(authority: &str) -> Arc<Pack> {
    let mut packs = PACKS.lock().unwrap_or_else(PoisonError::into_inner);
    let pack = packs
        .entry(authority.to_owned())
        .or_insert_with(|| read(authority));
    Arc::clone(pack)
}

/// Reads an authority's files alone, with those of the base pack.
fn read(authority: &str) -> Arc<Pack> {
    let mut folders = match std::env::var_os("BATON_PROTOCOL_FILES") {
        Some(broken) => source::read_dir(Path::new(&broken)).unwrap(),
        None => embedded::folders(),
    };
    folders.retain(|folder| [authority, BASE].contains(&folder.name.as_str()));
    let library = check::library(&folders).unwrap_or_else(|error| panic!("{error}"));
    let authority = AuthorityId::new(authority).unwrap();
    library.pack_for(&authority, date(2026, 3, 2)).unwrap()
}

fn calendar() -> Calendar {
    Calendar::embedded().unwrap()
}

fn kind(text: &str) -> TeamKind {
    text.parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn code(text: &str) -> Value {
    Value::Code(text.to_owned())
}

fn facts(known: &[(&str, Value)]) -> Facts {
    known.iter().fold(Facts::new(), |facts, (key, value)| {
        facts.with(key, value.clone()).unwrap()
    })
}

fn scheduled<'p>(pack: &'p Pack, conference_kind: &str, facts: &Facts, from: &str) -> Chosen<'p> {
    let trigger = Trigger {
        event: "conference_scheduled",
        conference_kind: Some(conference_kind),
        outcome: None,
    };
    pack.choose_route(trigger, facts, kind(from))
}

fn route(pack: &Pack) -> &Route {
    pack.transfer.route("child_protection_conference").unwrap()
}

/// A conference that was held at an instant.
fn held(instant: &str) -> Anchors {
    Anchors::new()
        .at(Moment::Conference, at(instant))
        .at(Moment::ConferenceHeld, at(instant))
}

fn point(pack: &Pack, route: &Route, anchors: &Anchors, facts: &Facts) -> Dated {
    pack.point_of(route, anchors, &Scope::of(facts), &calendar())
}

fn point_on(pack: &Pack, anchors: &Anchors, facts: &Facts) -> PointDate {
    match point(pack, route(pack), anchors, facts) {
        Dated::On(date) => date,
        Dated::NotYet { waiting_for, .. } => panic!("the point waits for {waiting_for:?}"),
    }
}

fn clock<'p>(pack: &'p Pack, name: &str) -> &'p Clock {
    pack.transfer.clock(name).unwrap()
}

fn clock_due(pack: &Pack, name: &str, anchors: &Anchors, facts: &Facts) -> Option<Due> {
    pack.due_of(clock(pack, name), anchors, &Scope::of(facts), &calendar())
}

fn due_on(pack: &Pack, name: &str, anchors: &Anchors, facts: &Facts) -> Date {
    clock_due(pack, name, anchors, facts).unwrap().on
}

fn skipped(due: &Due) -> Vec<String> {
    due.skipped
        .iter()
        .map(|day| format!("{} {}", day.date, day.why))
        .collect()
}

fn gate<'p>(pack: &'p Pack, facts: &Facts) -> Vec<Gate<'p>> {
    pack.gate_of(route(pack), &Scope::of(facts))
}

fn items(gate: &[Gate<'_>]) -> Vec<String> {
    gate.iter().map(|gate| gate.item.item.clone()).collect()
}

fn rules<T: ToString>(rules: &[T]) -> Vec<String> {
    rules.iter().map(ToString::to_string).collect()
}

/// Every item, clock, notice, meeting or route that cites a rule, as `item first_response_audit`.
fn cited_by(pack: &Pack, rule: &str) -> Vec<String> {
    let cites = |cites: &[baton_protocol::RuleId]| cites.iter().any(|cited| cited.as_str() == rule);
    let transfer = &pack.transfer;
    let mut found = Vec::new();
    let mut add = |what: &str, name: &str, is_cited: bool| {
        if is_cited {
            found.push(format!("{what} {name}"));
        }
    };
    transfer.routes.iter().for_each(|route| {
        add(
            "route",
            &route.route,
            cites(&route.cites) || cites(&route.gate_unmet_cites),
        );
    });
    transfer.gate.iter().for_each(|item| {
        let waiver = item
            .waiver
            .as_ref()
            .is_some_and(|waiver| cites(&waiver.cites));
        add("item", &item.item, cites(&item.cites) || waiver);
    });
    transfer
        .clocks
        .iter()
        .for_each(|clock| add("clock", &clock.clock, cites(&clock.cites)));
    transfer
        .tells
        .iter()
        .for_each(|notice| add("notice", &notice.notice, cites(&notice.cites)));
    transfer.meetings.iter().for_each(|meeting| {
        let attended = meeting
            .attend
            .iter()
            .any(|attendance| cites(&attendance.cites));
        add(
            "meeting",
            &meeting.meeting,
            attended || cites(&meeting.cites) || cites(&meeting.chair_cites),
        );
    });
    transfer.authorities.iter().for_each(|authority| {
        add(
            "act",
            &format!("{:?}", authority.act),
            cites(&authority.cites),
        );
    });
    found
}

/// Who should attend a meeting, as `social_worker of receiving`.
fn attendees(pack: &Pack, meeting: &str) -> Vec<String> {
    let meeting = pack.transfer.meeting(meeting).unwrap();
    meeting
        .attend
        .iter()
        .map(|attendance| attendance.who.to_string())
        .collect()
}
