//! Who may decide, and what letters a decision asks for, case by case.

use baton_ids::{AuthorityId, CaseId};
use baton_protocol::{Audience, Value};
use serde_json::json;

use super::*;
use crate::domain::contact::DueState;
use crate::domain::context::{Actor, Cause, PrincipalKind, Responsible, Team};
use crate::domain::duty::Duty;
use crate::domain::fact::{Current, Known, values};
use crate::domain::family::Child;
use crate::tests::pack::pack;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn manager(covering_for: Option<&str>) -> Context {
    Context {
        authority: AuthorityId::new("wirral").unwrap(),
        pack: "test-pack".into(),
        received_at: at("2026-03-02T09:30:00Z"),
        actor: Actor {
            principal: "nia".into(),
            kind: PrincipalKind::Person,
            posts: vec![PostHeld {
                role: Role::TEAM_MANAGER,
                team: Some("frt-north".parse().unwrap()),
                area: None,
                covering_for: covering_for.map(|worker| worker.parse().unwrap()),
            }],
            on_behalf_of: String::new(),
        },
        cause: Cause {
            id: "cause".into(),
            kind: "request".into(),
        },
        responsible: None,
        teams: vec![Team {
            id: "frt-north".parse().unwrap(),
            kind: "assessment".into(),
            area: Some("north".into()),
        }],
        resting_teams: Vec::new(),
        family_cases: Vec::new(),
    }
}

fn family(facts: &[(&str, Value)]) -> Family {
    let known = |value: &Value| Known {
        value: value.clone(),
        effective_at: at("2026-03-01T09:00:00Z"),
        recorded_at: at("2026-03-01T09:00:00Z"),
        source: "kite".into(),
    };
    let facts: Current = facts
        .iter()
        .map(|(key, value)| (key.parse().unwrap(), known(value)))
        .collect();
    let child = Child {
        facts,
        ..Child::unknown(ChildId::new())
    };
    Family::of_one(AuthorityId::new("wirral").unwrap(), child)
}

fn to_frt_north(family: &Family, source: &str) -> Launch {
    Launch {
        child: family.children[0].id,
        source_kind: source.into(),
        form: "telephone".into(),
        received_at: at("2026-03-02T09:00:00Z"),
        team: Some("frt-north".parse().unwrap()),
        kind: String::new(),
    }
}

fn launched(family: &Family, source: &str) -> Contact {
    launched_under(family, source, &pack())
}

fn launched_under(family: &Family, source: &str, pack: &Pack) -> Contact {
    let command = to_frt_north(family, source);
    let events = launch(
        &command,
        family,
        &manager(None),
        pack,
        &Calendar::embedded().unwrap(),
    )
    .unwrap();
    events
        .iter()
        .fold(None, crate::domain::contact::apply)
        .unwrap()
}

fn no_concerns() -> Decide {
    Decide {
        outcome: "no_concerns".into(),
        team: None,
        rationale_digest: Some("digest".into()),
        need_level: None,
        ground: None,
        issues: Vec::new(),
        period: None,
        departures: Vec::new(),
        expected_version: None,
    }
}

fn letters(family: &Family, source: &str) -> Vec<Tell> {
    let contact = launched(family, source);
    let events = decide(
        &contact,
        &no_concerns(),
        family,
        &manager(None),
        &pack(),
        &Calendar::embedded().unwrap(),
    )
    .unwrap();
    let Some(Event::Decided { tells, .. }) = events.into_iter().last() else {
        panic!("not decided")
    };
    tells
}

fn born(date: &str) -> (&'static str, Value) {
    ("date_of_birth", Value::Date(date.parse().unwrap()))
}

#[test]
fn w_010_x_16_a_recorded_cover_decides_and_the_record_names_both() {
    let family = family(&[]);
    let contact = launched(&family, "school");
    let calendar = Calendar::embedded().unwrap();

    let events = decide(
        &contact,
        &no_concerns(),
        &family,
        &manager(Some("tom")),
        &pack(),
        &calendar,
    )
    .unwrap();

    let Some(Event::Decided { decision, .. }) = events.last() else {
        panic!("not decided")
    };
    assert_eq!(decision.by, "nia");
    assert_eq!(decision.post.covering_for, Some("tom".parse().unwrap()));
}

#[test]
fn w_024_the_child_gets_a_letter_from_the_twelfth_birthday_on() {
    let to_child = |date: &str| {
        letters(&family(&[born(date)]), "school")
            .iter()
            .any(|tell| tell.to == [Audience::Child])
    };

    assert!(to_child("2014-03-02"), "twelve on the day of the decision");
    assert!(!to_child("2014-03-03"), "twelve tomorrow");
    let unknown = letters(&family(&[]), "school");
    assert!(
        unknown.iter().all(|tell| tell.to != [Audience::Child]),
        "age unknown"
    );
}

#[test]
fn w_028_a_referrer_from_the_public_learns_nothing_of_the_case() {
    let restricted = |source: &str| {
        let letters = letters(&family(&[]), source);
        letters
            .iter()
            .find(|tell| tell.to == [Audience::Referrer])
            .unwrap()
            .restricted
    };

    assert!(restricted("public"));
    assert!(!restricted("school"));
}

#[test]
fn x_25_a_late_decision_puts_the_breach_on_record_first() {
    let family = family(&[]);
    let contact = launched(&family, "school");
    let mut late = manager(None);
    late.received_at = at("2026-03-03T09:00:00.000001Z");
    let calendar = Calendar::embedded().unwrap();

    let events = decide(&contact, &no_concerns(), &family, &late, &pack(), &calendar).unwrap();

    assert!(matches!(events[0], Event::DecisionBreached { .. }));
    let last = events
        .iter()
        .fold(Some(contact), crate::domain::contact::apply)
        .unwrap();
    assert_eq!(last.due.unwrap().state, DueState::Answered);
}

#[test]
fn a_contact_reads_back_from_its_document() {
    let contact = launched(&family(&[]), "school");

    let read: Contact = serde_json::from_value(json!(contact)).unwrap();

    assert_eq!(read, contact);
}

#[test]
fn a_decision_that_was_late_when_the_contact_was_taken_over_is_told_apart() {
    let family = family(&[]);
    let command = Launch {
        child: family.children[0].id,
        source_kind: "school".into(),
        form: "written".into(),
        received_at: at("2026-03-02T09:00:00Z"),
        team: Some("frt-north".parse().unwrap()),
        kind: String::new(),
    };
    let inherited = |kind: &str, received_at: &str| {
        let ctx = Context {
            received_at: at(received_at),
            cause: Cause {
                id: "cause".into(),
                kind: kind.into(),
            },
            ..manager(None)
        };
        let calendar = Calendar::embedded().unwrap();
        let events = launch(&command, &family, &ctx, &pack(), &calendar).unwrap();
        let contact = events
            .iter()
            .fold(None, crate::domain::contact::apply)
            .unwrap();
        contact.due.is_some_and(|due| due.inherited)
    };

    assert!(inherited("opening", "2026-03-16T09:00:00Z"));
    assert!(
        !inherited("opening", "2026-03-02T09:30:00Z"),
        "it was not late then"
    );
    assert!(
        !inherited("report", "2026-03-16T09:00:00Z"),
        "late with Baton"
    );
}

#[test]
fn s_010_x_23_what_is_counted_from_a_fact_is_counted_again_when_the_fact_is_reported() {
    let mut pack = pack();
    pack.front_door.duties = serde_json::from_value(json!([{
        "duty": "review", "title": "t", "cites": ["S-010"], "by": "team_manager of responsible",
        "due": "1 working day after facts.out_of_hours_strategy_discussion_held_on", "met_by": "step:review",
    }]))
    .unwrap();
    let calendar = Calendar::embedded().unwrap();
    let held_on = |date: &str| {
        let key = "out_of_hours_strategy_discussion_held_on";
        family(&[(key, Value::Date(date.parse().unwrap()))])
    };
    let again = |contact: &Contact, family: &Family, changed: &str| {
        let facts = values(&family.children[0].facts);
        let setting = Setting {
            pack: &pack,
            facts: &facts,
            calendar: &calendar,
            teams: &manager(None).teams,
        };
        duty::counted_again(&[changed.parse().unwrap()], contact, &setting)
    };
    let due_on = |duty: &Duty| duty.due.as_ref().map(|due| due.on.to_string());
    let key = "out_of_hours_strategy_discussion_held_on";

    let unknown = launched_under(&family(&[]), "edt", &pack);
    assert_eq!(due_on(&unknown.owed[0]), None);

    // Friday, which becomes known on the Monday: due that day.
    let friday = held_on("2026-02-27");
    assert_eq!(again(&unknown, &friday, "plan"), [], "of another fact");
    let counted = again(&unknown, &friday, key);
    assert_eq!(due_on(&counted[0]).as_deref(), Some("2026-03-02"));
    let recounted = Event::DutyRecounted {
        duty: Box::new(counted[0].clone()),
        at: at("2026-03-02T09:30:00Z"),
    };
    let mut contact = crate::domain::contact::apply(Some(unknown), &recounted).unwrap();
    assert_eq!(contact.owed, counted);
    assert_eq!(again(&contact, &friday, key), [], "it is the same day");

    let thursday = again(&contact, &held_on("2026-02-26"), key);
    assert_eq!(due_on(&thursday[0]).as_deref(), Some("2026-02-27"));
    contact.owed[0].state = DueState::Breached;
    let breached = again(&contact, &held_on("2026-02-28"), key);
    assert_eq!(breached, [], "a breach stays on record");
}

#[test]
fn s_013_s_010_the_team_that_has_the_case_is_told_whoever_deals_with_the_contact() {
    let mut pack = pack();
    pack.front_door.open_case = serde_json::from_value(json!({ "cites": ["S-013"], "tells": [{
        "notice": "new_contact", "title": "t", "cites": ["S-013"], "by": "email",
        "to": ["team_manager of responsible", "referrer"],
    }] }))
    .unwrap();
    let family = family(&[]);
    let told = |of_case: &str| {
        let mut ctx = manager(None);
        ctx.responsible = Some(Responsible {
            case: CaseId::new(),
            team: of_case.parse().unwrap(),
            worker: None,
        });
        let command = to_frt_north(&family, "edt");
        let calendar = Calendar::embedded().unwrap();
        let events = launch(&command, &family, &ctx, &pack, &calendar).unwrap();
        let Some(Event::Launched { tells, .. }) = events.into_iter().next() else {
            panic!("not launched")
        };
        let whom = |tell: Tell| (tell.to, tell.at_team);
        tells.into_iter().map(whom).collect::<Vec<_>>()
    };
    let manager: Audience = "team_manager of responsible".parse().unwrap();
    let referrer: Audience = "referrer".parse().unwrap();

    assert_eq!(told("frt-north"), [(vec![manager, referrer], None)]);
    let of_district = (Role::TEAM_MANAGER, "district".parse().unwrap());
    assert_eq!(
        told("district"),
        [(vec![], Some(of_district)), (vec![referrer], None)]
    );
}
