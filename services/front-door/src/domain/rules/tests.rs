//! What the five authorities' own files say of a contact.

use std::sync::Arc;

use baton_ids::AuthorityId;
use baton_protocol_files::Library;

use super::*;

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
