//! Which team the five authorities' own files choose.

use std::sync::Arc;

use baton_ids::AuthorityId;
use baton_protocol_files::Library;

use super::*;
use crate::domain::context::{Actor, Cause, PrincipalKind};
use crate::domain::fact::Known;

/// Maundy Thursday 2026, in the afternoon.
const RECEIVED: &str = "2026-04-02T15:00:00Z";

fn pack(authority: &str) -> Arc<Pack> {
    let library = Library::embedded().unwrap();
    let day = Date::constant(2026, 4, 2);
    library
        .pack_for(&AuthorityId::new(authority).unwrap(), day)
        .unwrap()
}

fn ctx(authority: &str, teams: &[(&str, &str, Option<&str>)]) -> Context {
    let team = |(id, kind, area): &(&str, &str, Option<&str>)| Team {
        id: id.parse().unwrap(),
        kind: (*kind).to_owned(),
        area: area.map(str::to_owned),
    };
    Context {
        authority: AuthorityId::new(authority).unwrap(),
        pack: "pack".into(),
        received_at: RECEIVED.parse().unwrap(),
        actor: Actor {
            principal: "kite".into(),
            kind: PrincipalKind::RecordSystem,
            posts: Vec::new(),
            on_behalf_of: String::new(),
        },
        cause: Cause {
            id: "cause".into(),
            kind: "report".into(),
        },
        responsible: None,
        teams: teams.iter().map(team).collect(),
        family_cases: Vec::new(),
    }
}

fn child(facts: &[(&str, Value)]) -> Child {
    let known = |value: &Value| Known {
        value: value.clone(),
        effective_at: RECEIVED.parse().unwrap(),
        recorded_at: RECEIVED.parse().unwrap(),
        source: "kite".into(),
    };
    Child {
        facts: facts
            .iter()
            .map(|(key, value)| (key.parse().unwrap(), known(value)))
            .collect(),
        ..Child::unknown(ChildId::new())
    }
}

fn family(child: Child) -> Family {
    Family::of_one(AuthorityId::new("any").unwrap(), child)
}

fn known(family: &Family, received_at: &str, ctx: &Context) -> Circumstances {
    let calendar = Calendar::embedded().unwrap();
    Circumstances::of(
        family,
        family.children[0].id,
        "school",
        received_at.parse().unwrap(),
        ctx,
        &calendar,
    )
}

fn contact(authority: &str, family: &Family, received_at: &str, ctx: &Context) -> Way {
    let calendar = Calendar::embedded().unwrap();
    let known = known(family, received_at, ctx);
    way_of_contact(&pack(authority), &known, ctx, &calendar).unwrap()
}

fn referral(
    authority: &str,
    family: &Family,
    received_at: &str,
    ctx: &Context,
) -> Result<Way, Refusal> {
    let calendar = Calendar::embedded().unwrap();
    let known = known(family, received_at, ctx);
    way_of_decision(
        &pack(authority),
        &known,
        &"door".parse().unwrap(),
        "assess",
        true,
        None,
        ctx,
        &calendar,
    )
    .map(Option::unwrap)
}

#[test]
fn s_001_compass_takes_every_contact_and_the_areas_assessment_team_the_referral() {
    let ctx = ctx(
        "shropshire",
        &[
            ("compass", "front_door", None),
            ("at-north", "assessment", Some("north")),
            ("at-south", "assessment", Some("south")),
        ],
    );
    let south = family(child(&[("area", Value::Code("south".into()))]));
    let unknown = family(child(&[]));

    let contact = contact("shropshire", &unknown, RECEIVED, &ctx);
    let referral_of_south = referral("shropshire", &south, RECEIVED, &ctx).unwrap();
    let undecided = referral("shropshire", &unknown, RECEIVED, &ctx);

    assert_eq!(
        (contact.team.as_str(), contact.rules),
        ("compass", vec!["S-001".to_owned()])
    );
    assert_eq!(referral_of_south.team.as_str(), "at-south");
    assert!(referral_of_south.facts.contains(&"area".to_owned()));
    assert!(matches!(undecided, Err(Refusal::FactUnknown { keys, .. }) if keys == ["area"]));
}

#[test]
fn w_004_wirral_launches_to_first_response() {
    let ctx = ctx(
        "wirral",
        &[
            ("frt", "assessment", None),
            ("north", "family_support_and_protection", Some("north")),
        ],
    );

    let way = contact("wirral", &family(child(&[])), RECEIVED, &ctx);

    assert_eq!(
        (way.team.as_str(), way.rules),
        ("frt", vec!["W-004".to_owned()])
    );
}
