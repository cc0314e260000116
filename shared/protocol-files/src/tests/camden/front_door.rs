//! The contact service: where each new case goes, by whom, and what is owed with it.

use baton_protocol::front_door::{Incoming, Relative, Routed, Towards};

use super::super::entries::{contact_route, referral_route, says};
use super::*;

/// Who decides on the cases that may go to a CLA team at once, and who screens for the disability service.
const BY_CHOICE: &str = "decided_by: by service_manager of front_door reason true";
const SCREENED: &str = "decided_by: by duty_manager of disability";
const ELIGIBLE: &str = "\"disabled\" in facts.special_groups && facts.functional_needs.evidenced && \
                        (facts.functional_needs.moderate >= 2 || facts.functional_needs.severe_or_profound >= 1)";
const NEEDS: &str = "asks_for: functional_needs.evidenced, functional_needs.moderate, \
                     functional_needs.severe_or_profound";
const BY_ROTA: &str = "to: family_support_and_protection by rota";

fn referral(name: &str) -> Vec<String> {
    says(referral_route(&pack("camden"), name))
}

fn codes(codes: &[&str]) -> Value {
    Value::Codes(codes.iter().map(ToString::to_string).collect())
}

/// The route a referral takes to an assessment, and where to.
fn goes(known: &[(&str, Value)], siblings: &[Facts], outcome: &str) -> String {
    let pack = pack("camden");
    let relatives: Vec<Relative> = siblings
        .iter()
        .map(|facts| Relative {
            facts: facts.clone(),
            ..Relative::default()
        })
        .collect();
    let known = facts(known);
    let calendar = calendar();
    let incoming = Incoming {
        facts: &known,
        team: None,
        siblings: &relatives,
        on: date(2026, 3, 16),
        source: "school",
        calendar: &calendar,
    };
    match pack.route_referral(incoming, outcome, outcome == "assess") {
        Routed::To { route, team, .. } => {
            let to = match team {
                Towards::Target(team) => team.kind.to_string(),
                Towards::Rota(kind) => format!("{kind} by rota"),
                other => format!("{other:?}"),
            };
            format!("{}: {to}", route.route)
        }
        Routed::Undecided { route, missing } => {
            let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
            format!("{} asks for {}", route.route, missing.join(", "))
        }
        Routed::None => "none".to_owned(),
    }
}

#[test]
fn c_010_c_023_every_new_case_goes_to_the_contact_service_and_a_known_one_on_remand_stays() {
    let pack = pack("camden");
    assert_eq!(
        says(contact_route(&pack, "remanded_and_known")),
        [
            "even_open: true",
            "route: remanded_and_known",
            "to: open_team",
            "undecided: pass",
            "when: facts.case_open_with != null && facts.legal_status == \"remand\"",
        ]
    );
    assert_eq!(
        says(contact_route(&pack, "contact_service")),
        ["route: contact_service", "to: front_door"]
    );
}

#[test]
fn c_027_c_023_c_034_k_51_who_goes_to_the_looked_after_service_at_once() {
    for (name, asks, when) in [
        (
            "unaccompanied",
            None,
            "\"unaccompanied_asylum_seeking\" in facts.special_groups",
        ),
        (
            "remanded_and_not_known",
            None,
            "facts.legal_status == \"remand\"",
        ),
        (
            "accommodated_out_of_hours",
            Some("asks_for: previously_known".to_owned()),
            "facts.accommodated_out_of_hours && !facts.previously_known",
        ),
    ] {
        let mut expected: Vec<String> = asks.into_iter().collect();
        expected.extend([
            format!("route: {name}"),
            "to: looked_after".to_owned(),
            "undecided: pass".to_owned(),
            format!("when: {when}"),
        ]);
        assert_eq!(referral(name), expected);
    }
}

#[test]
fn c_034_c_017_k_51_a_child_accommodated_at_night_who_was_known_before_waits_for_the_rota() {
    let child = |known: bool| {
        goes(
            &[
                ("accommodated_out_of_hours", Value::Flag(true)),
                ("previously_known", Value::Flag(known)),
            ],
            &[],
            "assess",
        )
    };

    assert_eq!(child(false), "accommodated_out_of_hours: looked_after");
    assert_eq!(
        child(true),
        "family_intervention: family_support_and_protection by rota"
    );
    assert_eq!(
        goes(
            &[("accommodated_out_of_hours", Value::Flag(true))],
            &[],
            "assess"
        ),
        "accommodated_out_of_hours asks for previously_known"
    );
}

#[test]
fn c_019_c_020_c_014_a_report_for_the_court_goes_by_rota_and_guardianship_with_fostering() {
    assert_eq!(
        referral("court_report"),
        [
            "route: court_report",
            BY_ROTA,
            "undecided: pass",
            "when: facts.request_kind in [\"section_7_report\", \"section_37_report\"]",
        ]
    );
    assert_eq!(
        referral("special_guardianship_report"),
        [
            "route: special_guardianship_report",
            "tells: by task notice co_work_report of fostering to team_manager",
            BY_ROTA,
            "undecided: pass",
            "when: facts.request_kind == \"special_guardianship_report\"",
        ]
    );
}

#[test]
fn c_029_c_030_c_031_c_032_an_unborn_child_may_go_to_a_cla_team_if_the_service_manager_says_why() {
    for (name, sibling, when) in [
        (
            "unborn_with_looked_after_sibling",
            Some("sibling: when facts.looked_after"),
            "when: child.unborn",
        ),
        (
            "unborn_after_a_removal",
            Some("sibling: within 18 months after facts.removed_from_family_on"),
            "when: child.unborn",
        ),
        (
            "unborn_with_high_concern",
            None,
            "when: child.unborn && facts.parenting_capacity_concern == \"high\" && facts.path_to_care_likely",
        ),
        (
            "unborn_of_looked_after_parent",
            None,
            "when: child.unborn && facts.parent_looked_after",
        ),
    ] {
        let mut expected = vec![
            BY_CHOICE.to_owned(),
            "option: true".to_owned(),
            format!("route: {name}"),
        ];
        expected.extend(sibling.map(str::to_owned));
        expected.extend(["to: looked_after".to_owned(), when.to_owned()]);
        assert_eq!(referral(name), expected);
    }
}

#[test]
fn c_030_k_23_x_10_a_removal_counts_up_to_18_months_back_the_day_included() {
    let pack = pack("camden");
    let offered = |removed_on| {
        let known = facts(&[("expected_delivery_date", Value::Date(date(2026, 7, 6)))]);
        let removed = facts(&[
            ("looked_after", Value::Flag(false)),
            ("removed_from_family_on", Value::Date(removed_on)),
        ]);
        let relatives = [Relative {
            facts: removed,
            ..Relative::default()
        }];
        let calendar = calendar();
        let incoming = Incoming {
            facts: &known,
            team: None,
            siblings: &relatives,
            on: date(2026, 3, 16),
            source: "hospital",
            calendar: &calendar,
        };
        let options = pack.options(incoming, "assess");
        let names = options.iter().map(|(route, _)| route.route.clone());
        names.collect::<Vec<_>>()
    };

    assert_eq!(offered(date(2024, 9, 16)), ["unborn_after_a_removal"]);
    assert_eq!(offered(date(2024, 9, 15)), Vec::<String>::new());
}

#[test]
fn c_028_c_014_otherwise_an_unborn_child_goes_to_a_family_intervention_team() {
    assert_eq!(
        referral("unborn"),
        [
            "route: unborn",
            BY_ROTA,
            "undecided: pass",
            "when: child.unborn",
        ]
    );
}

#[test]
fn c_024_c_014_x_11_a_young_person_of_16_or_17_who_presents_as_homeless_goes_by_rota() {
    assert_eq!(
        referral("homeless_16_or_17"),
        [
            "age: from 16 under 18",
            "asks_for: date_of_birth, claimed_date_of_birth",
            "route: homeless_16_or_17",
            BY_ROTA,
            "undecided: pass",
            "when: facts.presents_homeless",
        ]
    );
    let born = |on| {
        let homeless = ("presents_homeless", Value::Flag(true));
        goes(
            &[homeless, ("date_of_birth", Value::Date(on))],
            &[],
            "assess",
        )
    };
    let taken = "homeless_16_or_17: family_support_and_protection by rota";
    assert_eq!(born(date(2010, 3, 16)), taken, "16 today");
    assert_eq!(born(date(2008, 3, 17)), taken, "18 tomorrow");
    for other in [date(2010, 3, 17), date(2008, 3, 16)] {
        assert_ne!(born(other), taken);
    }
}

#[test]
fn c_040_c_041_c_042_c_043_c_044_c_045_c_046_what_the_disability_service_takes_and_owes() {
    assert_eq!(
        referral("disabled_and_eligible"),
        [
            NEEDS,
            SCREENED,
            "duties: before_decision true by duty_manager duty functional_needs_assessment met_by \
             functional_needs.assessed_on; by team_manager duty consider_siblings_needs met_by \
             siblings_needs_considered_on; by team_manager duty weigh_siblings_in_short_breaks met_by \
             short_breaks_siblings_considered_on when facts.parenting_concern_about == null",
            "route: disabled_and_eligible",
            "to: disability",
            "undecided: pass",
            &format!("when: {ELIGIBLE}"),
        ]
    );
}

#[test]
fn c_040_c_041_c_048_k_50_two_moderate_needs_or_one_severe_and_evidenced_by_a_professional() {
    let child = |evidenced, moderate, severe, outcome: &str| {
        goes(
            &[
                ("special_groups", codes(&["disabled"])),
                ("functional_needs.evidenced", Value::Flag(evidenced)),
                ("functional_needs.moderate", Value::Number(moderate)),
                ("functional_needs.severe_or_profound", Value::Number(severe)),
            ],
            &[],
            outcome,
        )
    };
    let eligible = "disabled_and_eligible: disability";

    assert_eq!(child(true, 2, 0, "assess"), eligible);
    assert_eq!(child(true, 0, 1, "assess"), eligible);
    for (evidenced, moderate, severe) in [(true, 1, 0), (false, 2, 0), (false, 0, 1)] {
        // The statutory threshold is met: a Family Intervention team; if not, Early Help.
        assert_eq!(
            child(evidenced, moderate, severe, "assess"),
            "family_intervention: family_support_and_protection by rota"
        );
        assert_eq!(
            child(evidenced, moderate, severe, "early_help"),
            "disabled_and_not_eligible: early_help"
        );
    }
    assert_ne!(
        child(true, 2, 0, "early_help"),
        "disabled_and_not_eligible: early_help"
    );
}

#[test]
fn c_046_c_047_c_014_the_siblings_of_an_eligible_child() {
    let sibling = format!("sibling: when {ELIGIBLE}");
    assert_eq!(
        referral("concern_about_both"),
        [
            SCREENED,
            "route: concern_about_both",
            &sibling,
            "to: disability",
            "undecided: pass",
            "when: \"disabled_child\" in facts.parenting_concern_about && \"siblings\" in \
             facts.parenting_concern_about",
        ]
    );
    assert_eq!(
        referral("concern_about_siblings_from_caring"),
        [
            SCREENED,
            "route: concern_about_siblings_from_caring",
            &sibling,
            "to: disability",
            "undecided: pass",
            "when: \"siblings\" in facts.parenting_concern_about && facts.concern_from_caring",
        ]
    );
    assert_eq!(
        referral("concern_about_siblings_only"),
        [
            "route: concern_about_siblings_only",
            &sibling,
            BY_ROTA,
            "undecided: pass",
            "when: \"siblings\" in facts.parenting_concern_about",
        ]
    );
}

#[test]
fn c_048_c_042_k_50_a_disabled_child_who_is_not_eligible_goes_to_early_help() {
    assert_eq!(
        referral("disabled_and_not_eligible"),
        [
            NEEDS,
            SCREENED,
            "outcomes: early_help",
            "route: disabled_and_not_eligible",
            "to: early_help",
            "undecided: pass",
            "when: \"disabled\" in facts.special_groups && !(facts.functional_needs.evidenced && \
             (facts.functional_needs.moderate >= 2 || facts.functional_needs.severe_or_profound >= 1))",
        ]
    );
}

#[test]
fn c_011_c_012_c_013_c_014_a_step_up_is_considered_at_the_next_daily_meeting_and_goes_by_rota() {
    let pack = pack("camden");
    assert_eq!(
        referral("step_up"),
        [
            "decided_by: by service_manager of front_door",
            "route: step_up",
            "sources: early_help",
            BY_ROTA,
        ]
    );
    assert_eq!(
        says(pack.front_door.kind("step_up").unwrap()),
        [
            "decided_by: service_manager of area",
            "even_open: true",
            "kind: step_up",
            "outcomes: assess, section_47, stays_in_early_help",
            "to: front_door",
        ]
    );
    assert_eq!(
        says(pack.front_door.step("daily_discussion_held").unwrap()),
        [
            "before: any",
            "by: service_manager of area",
            "step: daily_discussion_held",
            "strength: hard",
            "when: facts.contact.kind == 'step_up'",
        ]
    );
    let duties: Vec<Vec<String>> = pack.front_door.duties.iter().map(says).collect();
    assert_eq!(
        duties,
        [[
            "by: service_manager of area",
            "due: 1 working day after launched",
            "duty: daily_discussion",
            "escalate: head_of_service of authority",
            "from: launched",
            "met_by: step:daily_discussion_held",
            "when: facts.contact.kind == 'step_up'",
        ]]
    );
}

#[test]
fn c_012_a_step_up_below_the_threshold_stays_in_early_help_with_the_reason() {
    let pack = pack("camden");
    let outcome = |name: &str| {
        let outcome = pack.front_door.outcome(name).unwrap();
        assert_eq!(rules(&outcome.cites), ["C-012"], "{name}");
        says(outcome)
    };

    for referred in ["assess", "section_47"] {
        assert_eq!(
            outcome(referred),
            [
                &format!("outcome: {referred}"),
                "refers: true",
                "states: referral_decided_on"
            ]
        );
    }
    assert_eq!(
        outcome("stays_in_early_help"),
        ["outcome: stays_in_early_help", "rationale: true"]
    );
    assert_eq!(
        says(pack.front_door.decided_by.as_ref().unwrap()),
        ["by: team_manager of responsible"]
    );
}

#[test]
fn c_006_c_014_c_017_c_018_k_49_everything_else_by_rota_and_elsewhere_only_for_a_reason() {
    let pack = pack("camden");
    assert_eq!(
        referral("family_intervention"),
        ["route: family_intervention", BY_ROTA]
    );
    assert_eq!(
        says(pack.front_door.elsewhere.as_ref().unwrap()),
        ["by: service_manager", "of: front_door", "reason: true"]
    );
}

#[test]
fn c_001_c_002_the_scope_and_the_practice_framework_are_kept_in_mind() {
    let pack = pack("camden");
    let guidance: Vec<Vec<String>> = pack.front_door.guidance.iter().map(says).collect();
    assert_eq!(
        guidance,
        [
            vec!["guidance: scope"],
            vec![
                "guidance: practice_framework",
                "reference: Practice framework"
            ],
        ]
    );
}
