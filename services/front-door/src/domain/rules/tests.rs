//! What the five authorities' own files say of a contact.

use std::sync::Arc;

use baton_ids::AuthorityId;
use baton_protocol::Value;
use baton_protocol_files::Library;

use super::*;
use crate::domain::context::{Actor, Cause, PrincipalKind};

/// Maundy Thursday 2026, in the afternoon.
const RECEIVED: &str = "2026-04-02T15:00:00Z";

fn pack(authority: &str) -> Arc<Pack> {
    let library = Library::embedded().unwrap();
    let day = jiff::civil::Date::constant(2026, 4, 2);
    library
        .pack_for(&AuthorityId::new(authority).unwrap(), day)
        .unwrap()
}

fn team(id: &str, kind: &str, area: Option<&str>) -> Team {
    Team {
        id: id.parse().unwrap(),
        kind: kind.into(),
        area: area.map(str::to_owned),
    }
}

fn ctx(authority: &str, teams: Vec<Team>) -> Context {
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
        teams,
    }
}

fn due(authority: &str) -> Due {
    let calendar = Calendar::embedded().unwrap();
    let team = team("door", "front_door", None);
    decision_due(
        &pack(authority),
        &Facts::new(),
        &calendar,
        RECEIVED.parse().unwrap(),
        &team,
    )
    .unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn w_009_wirral_decides_within_24_elapsed_hours_over_a_bank_holiday_too() {
    let due = due("wirral");

    assert!(due.rules.contains(&"W-009".to_owned()));
    assert_eq!(due.breached_at, at("2026-04-03T15:00:00.000001Z"));
}

#[test]
fn m_013_merton_decides_within_24_elapsed_hours_not_working_days() {
    let due = due("merton");

    assert!(due.rules.contains(&"M-013".to_owned()));
    assert_eq!(due.breached_at, at("2026-04-03T15:00:00.000001Z"));
}

#[test]
fn s_002_shropshire_decides_within_a_working_day() {
    let due = due("shropshire");

    assert!(due.rules.contains(&"S-002".to_owned()));
    // Good Friday, the weekend and Easter Monday do not count; the day ends at midnight in summer time.
    assert_eq!(
        (due.on.to_string(), due.breached_at),
        ("2026-04-07".into(), at("2026-04-07T23:00:00Z"))
    );
    assert_eq!(due.skipped.len(), 4);
}

#[test]
fn k_61_where_an_authority_sets_no_limit_the_statutory_working_day_holds() {
    for authority in ["camden", "lancashire"] {
        let due = due(authority);
        assert_eq!(due.on.to_string(), "2026-04-07", "{authority}");
        assert!(due.rules.contains(&"K-61".to_owned()), "{authority}");
    }
}

#[test]
fn s_001_compass_takes_every_contact_and_the_areas_assessment_team_the_referral() {
    let teams = vec![
        team("compass", "front_door", None),
        team("at-north", "assessment", Some("north")),
        team("at-south", "assessment", Some("south")),
    ];
    let (pack, ctx) = (pack("shropshire"), ctx("shropshire", teams));
    let known = Facts::new()
        .with("area", Value::Code("south".into()))
        .unwrap();

    let contact = way_of_contact(&pack, &Facts::new(), &ctx).unwrap();
    let referral = way_of_referral(&pack, &known, &ctx).unwrap();
    let unknown = way_of_referral(&pack, &Facts::new(), &ctx);

    assert_eq!(
        (contact.team.as_str(), contact.rules),
        ("compass", vec!["S-001".to_owned()])
    );
    assert_eq!(
        (referral.team.as_str(), referral.facts),
        ("at-south", vec!["area".to_owned()])
    );
    assert!(matches!(unknown, Err(Refusal::FactUnknown { keys, .. }) if keys == ["area"]));
}

#[test]
fn w_004_wirral_launches_to_first_response() {
    let teams = vec![
        team("frt", "assessment", None),
        team("north", "family_support_and_protection", Some("north")),
    ];

    let way = way_of_contact(&pack("wirral"), &Facts::new(), &ctx("wirral", teams)).unwrap();

    assert_eq!(
        (way.team.as_str(), way.rules),
        ("frt", vec!["W-004".to_owned()])
    );
}
