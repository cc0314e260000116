//! The authorities' own files, as they ship.

use baton_protocol_files::Library;

use super::*;

fn ruling(authority: &str, facts: Facts) -> Result<Vec<Event>, Refusal> {
    let library = Library::embedded().unwrap();
    let day = "2026-03-31".parse().unwrap();
    let pack = library.pack_for(&authority.parse().unwrap(), day).unwrap();
    let case = open_case();
    let command = pending(move_to_north(&case, None, "2026-03-31T00:00:00Z"));
    decided(
        &case,
        &command,
        &reaction("2026-03-31T00:01:00Z", facts),
        &pack,
    )
}

fn known(code: &str, in_proceedings: bool) -> Facts {
    [
        ("in_proceedings", Value::Flag(in_proceedings)),
        ("section_47_open", Value::Flag(false)),
        ("looked_after", Value::Flag(false)),
    ]
    .into_iter()
    .fold(plan(code), |facts, (key, value)| {
        facts.with(key, value).unwrap()
    })
}

fn forbids(answer: &Result<Vec<Event>, Refusal>, rule: &str) -> bool {
    matches!(answer, Err(Refusal::UnallocatedForbidden { rules, .. }) if rules.iter().any(|of| of == rule))
}

#[test]
fn w_152_wirral_keeps_a_worker_on_child_protection_and_court_work() {
    assert!(forbids(
        &ruling("wirral", known("child_protection", false)),
        "W-152"
    ));
    assert!(forbids(
        &ruling("wirral", known("child_in_need", true)),
        "W-152"
    ));
    assert!(forbids(&ruling("wirral", Facts::new()), "W-152"));
    assert_eq!(
        ruling("wirral", known("child_in_need", false))
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn c_005_camden_keeps_a_named_worker_on_every_case() {
    assert!(forbids(
        &ruling("camden", known("child_protection", false)),
        "C-005"
    ));
    assert!(forbids(
        &ruling("camden", known("child_in_need", false)),
        "C-004"
    ));
}

#[test]
fn l_009_lancashire_never_leaves_a_case_without_a_worker() {
    assert!(forbids(
        &ruling("lancashire", known("child_in_need", false)),
        "L-009"
    ));
}

#[test]
fn m_008_in_merton_a_team_is_enough() {
    assert_eq!(
        ruling("merton", known("child_protection", false))
            .unwrap()
            .len(),
        1
    );
}
