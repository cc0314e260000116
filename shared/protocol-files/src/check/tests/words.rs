//! Words and forms that are not known.

use super::{one_problem, with};

#[test]
fn an_unknown_key_is_named_with_its_line() {
    one_problem(
        "wirral",
        "transfer.yaml",
        "    stays: true",
        "    remains: true",
        "unknown field `remains`",
    );
}

#[test]
fn an_unknown_section_is_named_with_its_line() {
    one_problem(
        "wirral",
        "transfer.yaml",
        "gate:\n  - item",
        "gates:\n  - item",
        "unknown field `gates`",
    );
}

#[test]
fn text_that_is_no_yaml_is_named_with_its_line() {
    let found = with("wirral", "closure.yaml", "grounds:", "grounds: [");

    assert!(found[0].starts_with("wirral/closure.yaml:"), "{found:#?}");
}

#[test]
fn a_key_given_twice_in_one_entry_is_refused() {
    let found = with(
        "wirral",
        "transfer.yaml",
        "    order: 10\n",
        "    order: 10\n    order: 11\n",
    );

    assert!(
        found.iter().any(|problem| problem.contains("duplicate")),
        "{found:#?}"
    );
}

#[test]
fn an_unknown_role_and_an_unknown_place_are_named() {
    let signed = "    signed_by: team_manager of outgoing\n    reviewed_by";
    one_problem(
        "wirral",
        "transfer.yaml",
        signed,
        "    signed_by: team_leader of outgoing\n    reviewed_by",
        "`team_leader` is not a known role",
    );
    one_problem(
        "wirral",
        "transfer.yaml",
        signed,
        "    signed_by: team_manager of old team\n    reviewed_by",
        "`old team` is not a place",
    );
}

#[test]
fn an_unknown_kind_of_team_is_named() {
    one_problem(
        "wirral",
        "transfer.yaml",
        "    from: [assessment]",
        "    from: [first_response]",
        "`first_response` is not a known team kind",
    );
}

#[test]
fn an_unknown_fact_is_named_in_a_condition_in_a_target_and_in_a_term() {
    let condition = r#"      - if: facts.plan == "child_protection" || facts.section_47_open || facts.in_proceedings"#;
    one_problem(
        "wirral",
        "transfer.yaml",
        condition,
        "      - if: facts.in_court",
        "`in_court` is not a known fact",
    );
    one_problem(
        "wirral",
        "transfer.yaml",
        "in facts.district",
        "in facts.ward",
        "`ward` is not a known fact",
    );
    one_problem(
        "statutory",
        "transfer.yaml",
        "after facts.accommodated_on",
        "after facts.moved_in_on",
        "`moved_in_on` is not a known fact",
    );
}

#[test]
fn a_condition_that_cel_cannot_read_or_that_misspells_a_code_is_named() {
    let condition = r#"      - if: facts.plan == "child_protection" || facts.section_47_open || facts.in_proceedings"#;
    one_problem(
        "wirral",
        "transfer.yaml",
        condition,
        "      - if: facts.plan ==",
        "Syntax error",
    );
    one_problem(
        "wirral",
        "transfer.yaml",
        condition,
        r#"      - if: facts.plan == "protection""#,
        "never \"protection\"",
    );
}

#[test]
fn a_bad_duration_and_an_unknown_moment_are_named() {
    one_problem(
        "wirral",
        "transfer.yaml",
        "    remind: [3 working days]",
        "    remind: [three days]",
        "`three days` is not a duration",
    );
    one_problem(
        "wirral",
        "transfer.yaml",
        "    due: at moved",
        "    due: at handover",
        "`handover` is not a known moment",
    );
    one_problem(
        "wirral",
        "transfer.yaml",
        "    due: at meeting:initial_cin or facts",
        "    due: at meeting:first_cin or facts",
        "there is no meeting `first_cin`",
    );
}

#[test]
fn an_unknown_event_outcome_and_kind_of_conference_are_named() {
    let kinds = "    conference: [initial, pre_birth]";
    one_problem(
        "wirral",
        "transfer.yaml",
        "    opens_on: [conference_scheduled, conference_held]\n    conference",
        "    opens_on: [conference_planned, conference_held]\n    conference",
        "`conference_planned` is not a trigger event",
    );
    one_problem(
        "wirral",
        "transfer.yaml",
        kinds,
        "    conference: [first, pre_birth]",
        "`first` is not a conference.kind",
    );
    one_problem(
        "wirral",
        "transfer.yaml",
        "      no_plan: lapse",
        "      nothing: lapse",
        "`nothing` is not a conference.outcome",
    );
}

#[test]
fn what_a_route_asks_for_only_later_is_something_that_it_needs() {
    let found = with(
        "wirral",
        "transfer.yaml",
        "      audit_of_record: meeting:district_transfer",
        "      first_response_audit: meeting:district_transfer",
    );

    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0].contains("`care_order` does not need `first_response_audit`"),
        "{found:#?}"
    );
}
