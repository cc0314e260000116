//! What is explained of a contact and what is asked of it never differ, under every protocol.

use baton_ids::AuthorityId;
use baton_protocol::{FactKind, Value, spec};
use baton_protocol_files::Library;
use jiff::civil::Date;

use super::*;
use crate::domain::contact::apply;
use crate::domain::context::{Actor, Cause, Context, PrincipalKind, Team};
use crate::domain::decide::{Decide, Launch, launch};
use crate::domain::duty::{self, Setting};
use crate::domain::fact::{Current, Known};
use crate::domain::family::Child;
use crate::domain::rules;

const RECEIVED_AT: &str = "2026-03-02T09:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn by_system(pack: &Pack) -> Context {
    let kinds = ["front_door", "assessment", "family_support_and_protection"];
    Context {
        authority: pack.authority.clone(),
        pack: pack.digest.to_string(),
        received_at: at(RECEIVED_AT),
        actor: Actor {
            principal: "kite".into(),
            kind: PrincipalKind::RecordSystem,
            posts: Vec::new(),
            on_behalf_of: String::new(),
        },
        cause: Cause {
            id: "cause".into(),
            kind: "request".into(),
        },
        responsible: None,
        teams: kinds
            .map(|kind| Team {
                id: kind.replace('_', "-").parse().unwrap(),
                kind: kind.into(),
                area: None,
            })
            .into(),
        resting_teams: Vec::new(),
        family_cases: Vec::new(),
    }
}

/// Unknown, or one of the values that a fact can have; which of them the number says.
fn value_of(key: &FactKey, number: usize) -> Option<Value> {
    let spec = spec(key)?;
    let codes = spec.codes;
    match (number % 3, spec.kind) {
        (0, _) => None,
        (n, FactKind::Flag) => Some(Value::Flag(n == 1)),
        (n, FactKind::Code) => codes.get(n - 1).map(|code| Value::Code((*code).to_owned())),
        (n, FactKind::Codes) => {
            let codes = codes.get(n - 1).map(|code| (*code).to_owned());
            Some(Value::Codes(codes.into_iter().collect()))
        }
        (1, FactKind::Date) => Some(Value::Date(Date::constant(2011, 5, 1))),
        (n, FactKind::Number) => i64::try_from(n).ok().map(Value::Number),
        _ => Some(Value::None),
    }
}

/// A family of one child, of whom every fact that something looks at is known or not.
fn family(pack: &Pack, seed: usize) -> Family {
    let mut number = seed.wrapping_mul(2_654_435_761) + 1;
    let facts: Current = pack
        .front_door
        .facts_of_asking()
        .into_iter()
        .filter_map(|key| {
            number = number
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let value = value_of(&key, number >> 33)?;
            let known = Known {
                value,
                effective_at: at("2026-03-01T09:00:00Z"),
                recorded_at: at("2026-03-01T09:00:00Z"),
                source: "kite".into(),
            };
            Some((key, known))
        })
        .collect();
    let child = Child {
        facts,
        ..Child::unknown(ChildId::new())
    };
    Family::of_one(pack.authority.clone(), child)
}

fn asked<'w>(weighed: &'w [WeighedRule], prefix: &str) -> Vec<&'w str> {
    let is_asked =
        |rule: &&WeighedRule| matches!(rule.weight, Weight::Won | Weight::Assumed { .. });
    weighed
        .iter()
        .filter(is_asked)
        .filter_map(|rule| rule.name.strip_prefix(prefix))
        .collect()
}

/// What was weighed. Every fact that it looked at is told with who says it.
fn looked_at(asked: AskedOf) -> Vec<WeighedRule> {
    for key in asked.weighed.iter().flat_map(|rule| &rule.facts) {
        let known = asked.known.get(key.as_str());
        let of_contact = key.as_str().starts_with("contact.");
        assert_eq!(known.unwrap().source == CONTACT, of_contact, "{key}");
    }
    asked.weighed
}

fn launched(family: &Family, form: &str, pack: &Pack, calendar: &Calendar) -> Contact {
    let command = Launch {
        child: family.children[0].id,
        source_kind: "school".into(),
        form: form.into(),
        received_at: at(RECEIVED_AT),
        team: Some("front-door".parse().unwrap()),
        kind: String::new(),
    };
    let events = launch(&command, family, &by_system(pack), pack, calendar).unwrap();
    events.iter().fold(None, apply).unwrap()
}

#[test]
fn what_is_explained_of_a_contact_is_what_is_asked_of_it() {
    let library = Library::embedded().unwrap();
    let calendar = Calendar::embedded().unwrap();
    for pack in library.packs() {
        for seed in 0..40 {
            let family = family(pack, seed);
            let form = ["written", "telephone"][seed % 2];
            let contact = launched(&family, form, pack, &calendar);

            let weighed = looked_at(weigh_launched(&contact, pack).unwrap());

            let context = format!("{} {seed}", pack.authority);
            let owed: Vec<&str> = contact.owed.iter().map(|duty| duty.name.as_str()).collect();
            assert_eq!(asked(&weighed, "duty/"), owed, "{context}");
            let kept: Vec<&str> = contact
                .guidance
                .iter()
                .map(|one| one.guidance.as_str())
                .collect();
            assert_eq!(asked(&weighed, "guidance/"), kept, "{context}");
            assert_eq!(asked(&weighed, "step/"), contact.steps_before, "{context}");
            assert_eq!(
                asked(&weighed, "clock/").len(),
                usize::from(contact.due.is_some())
            );
            for outcome in &pack.front_door.outcomes {
                decided(&contact, outcome, &family, pack, &calendar);
            }
        }
    }
}

fn decided(
    contact: &Contact,
    outcome: &ContactOutcome,
    family: &Family,
    pack: &Pack,
    calendar: &Calendar,
) {
    let at = at("2026-03-02T11:00:00Z");
    let command = Decide {
        outcome: outcome.outcome.clone(),
        team: None,
        rationale_digest: None,
        need_level: None,
        ground: None,
        issues: Vec::new(),
        period: None,
        departures: Vec::new(),
        expected_version: None,
    };
    let facts = step::facts_of_decision(contact, family, &command);
    let known = look(contact.child, family, pack);

    let weighed = looked_at(weigh_decided(contact, outcome, at, &known, pack, calendar));

    let context = format!("{} {}", pack.authority, outcome.outcome);
    let setting = Setting {
        pack,
        facts: &facts,
        calendar,
        teams: &[],
    };
    let owed = duty::begin("decided", at, contact, &setting);
    let owed: Vec<&str> = owed.iter().map(|duty| duty.name.as_str()).collect();
    assert_eq!(asked(&weighed, "duty/"), owed, "{context}");
    let kept = step::guidance(pack, &facts);
    let kept: Vec<&str> = kept.iter().map(|one| one.guidance.as_str()).collect();
    assert_eq!(asked(&weighed, "guidance/"), kept, "{context}");
    let told = rules::tells(&outcome.tells, contact, &facts, pack, calendar, at);
    let told: Vec<&str> = told.iter().map(|tell| tell.kind.as_str()).collect();
    assert_eq!(asked(&weighed, "notice/"), told, "{context}");
}

#[test]
fn a_contact_of_before_what_it_rests_on_was_kept_has_no_reasons_made_up_for_it() {
    let library = Library::embedded().unwrap();
    let calendar = Calendar::embedded().unwrap();
    let wirral = AuthorityId::new("wirral").unwrap();
    let pack = library
        .pack_for(&wirral, Date::constant(2026, 3, 2))
        .unwrap();
    let family = family(&pack, 1);
    let mut stored = serde_json::to_value(launched(&family, "written", &pack, &calendar)).unwrap();
    stored.as_object_mut().unwrap().remove("asked_on").unwrap();

    let contact: Contact = serde_json::from_value(stored).unwrap();

    assert_eq!(weigh_launched(&contact, &pack), None);
}

#[test]
fn m_013_w_009_who_decides_is_said_by_the_outcome_then_the_kind_then_the_protocol() {
    let library = Library::embedded().unwrap();
    let calendar = Calendar::embedded().unwrap();
    for pack in library.packs() {
        let contact = launched(&family(pack, 1), "written", pack, &calendar);
        for outcome in &pack.front_door.outcomes {
            let (by, _) = deciders(&contact, Some(outcome), pack).unwrap_or((&[], &[]));
            if outcome.decided_by.is_empty() {
                let of_pack = pack.front_door.decided_by.as_ref();
                assert_eq!(by, of_pack.map_or(&[][..], |of| of.by.as_slice()));
            } else {
                assert_eq!(by, outcome.decided_by);
            }
        }
    }
}
