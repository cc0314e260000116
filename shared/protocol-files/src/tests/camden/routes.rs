//! What moves a case, and what leaves it where it is: each way whole, and which one a child's facts choose.

use super::super::entries::{duty_says, route_says};
use super::*;

/// Section 6, before every transfer between teams.
const STEPS: &str = "needs: tasks_complete, episodes_complete, personal_details, documents_filed, chronology, \
                     transfer_form, records_checked, reason_recorded, warnings_noted, case_summary, handover, \
                     meeting_recorded, joint_visit, choice_of_team, receiving_worker";

/// The same process within a team or service (C-067).
const WITHIN: &str = "needs: summary_within, handover_within, joint_visit_within, receiving_worker";

fn route(name: &str) -> Vec<String> {
    route_says(&pack("camden"), name)
}

/// Where a watched case goes, and by which route; `stays` where one keeps it.
fn watched(from: &str, known: &[(&str, Value)]) -> Option<String> {
    let pack = pack("camden");
    let known = facts(known);
    match pack.choose_watched(&known, kind(from), |_| true).choice {
        Choice::Opens { route, target } => Some(format!("{} to {}", route.route, target.kind)),
        Choice::Stays { route } => Some(format!("{} stays", route.route)),
        _ => None,
    }
}

#[test]
fn c_018_every_conference_finds_a_route_that_keeps_the_case() {
    assert_eq!(
        route("stays_with_family_intervention"),
        [
            "from: family_support_and_protection",
            "opens_on: conference_scheduled, conference_postponed, conference_held",
            "route: stays_with_family_intervention",
            "stays: true",
        ]
    );
}

#[test]
fn c_021_c_022_a_child_on_remand_in_the_authority_s_accommodation_goes_at_the_first_review() {
    assert_eq!(
        route("remanded_child"),
        [
            "completed_by: team_manager of receiving",
            "from: family_support_and_protection",
            "meetings: handover, joint_visit",
            STEPS,
            "opens_on: facts_changed",
            "point: at term at facts.first_looked_after_review_held_on",
            "route: remanded_child",
            "tells: record_transfer",
            "to: looked_after",
            "undecided: pass",
            "when: facts.legal_status == \"remand\" && facts.remand_placement == \"local_authority_accommodation\"",
        ]
    );
}

#[test]
fn c_021_c_022_the_first_hearing_does_not_move_a_child_on_remand() {
    let pack = pack("camden");
    let known = facts(&[
        ("legal_status", code("remand")),
        ("remand_placement", code("local_authority_accommodation")),
        ("looked_after", Value::Flag(true)),
        ("initial_hearing_held_on", Value::Date(date(2026, 3, 9))),
    ]);
    let chosen = pack.choose_watched(&known, kind("family_support_and_protection"), |_| true);
    let Choice::Opens { route, .. } = chosen.choice else {
        panic!("{chosen:?}")
    };
    assert_eq!(route.route, "remanded_child");

    let waits = point(&pack, route, &Anchors::new(), &known);
    assert!(matches!(waits, Dated::NotYet { .. }), "{waits:?}");
    let known = known
        .with(
            "first_looked_after_review_held_on",
            Value::Date(date(2026, 3, 27)),
        )
        .unwrap();
    let Dated::On(on) = point(&pack, route, &Anchors::new(), &known) else {
        panic!()
    };
    assert_eq!(on.due.on, date(2026, 3, 27));
}

#[test]
fn c_025_c_026_k_22_the_age_on_the_day_of_accommodation_decides_for_a_homeless_young_person() {
    let said = |name: &str, to: &str, age: u8| {
        assert_eq!(
            route(name),
            [
                "completed_by: team_manager of receiving",
                "from: family_support_and_protection",
                "meetings: handover, joint_visit",
                STEPS,
                "opens_on: facts_changed",
                "point: at term at facts.assessment_completed_on",
                &format!("route: {name}"),
                "tells: record_transfer",
                &format!("to: {to}"),
                "undecided: pass",
                &format!(
                    "when: facts.presents_homeless && facts.looked_after && child.accommodated_aged == {age}"
                ),
            ]
        );
    };
    said("homeless_at_17", "leaving_care", 17);
    said("homeless_at_16", "looked_after", 16);

    let accommodated = |on, homeless| {
        watched(
            "family_support_and_protection",
            &[
                ("presents_homeless", Value::Flag(homeless)),
                ("looked_after", Value::Flag(true)),
                ("legal_status", code("section_20")),
                ("date_of_birth", Value::Date(date(2009, 3, 16))),
                ("accommodated_on", Value::Date(on)),
            ],
        )
    };
    let day_before = accommodated(date(2026, 3, 15), true);
    assert_eq!(
        day_before.as_deref(),
        Some("homeless_at_16 to looked_after")
    );
    let birthday = accommodated(date(2026, 3, 16), true);
    assert_eq!(birthday.as_deref(), Some("homeless_at_17 to leaving_care"));
    let housed = accommodated(date(2026, 3, 16), false);
    assert_eq!(
        housed.as_deref(),
        Some("looked_after_child to looked_after")
    );
}

#[test]
fn c_035_c_036_k_21_a_looked_after_child_goes_at_the_hearing_or_the_review_whichever_is_sooner() {
    assert_eq!(
        route("looked_after_child"),
        [
            "completed_by: team_manager of receiving",
            "from: family_support_and_protection",
            "meetings: handover, joint_visit",
            STEPS,
            "opens_on: facts_changed",
            "point: earliest_of term at facts.initial_hearing_held_on; term at \
             facts.first_looked_after_review_held_on",
            "route: looked_after_child",
            "tells: record_transfer",
            "to: looked_after",
            "undecided: pass",
            "when: facts.looked_after",
        ]
    );

    let pack = pack("camden");
    let looked_after = pack.transfer.route("looked_after_child").unwrap();
    let on = |known: &[(&str, Value)]| match point(
        &pack,
        looked_after,
        &Anchors::new(),
        &facts(known),
    ) {
        Dated::On(point) => Some(point.due.on),
        Dated::NotYet { .. } => None,
    };
    let heard = |day| ("initial_hearing_held_on", Value::Date(day));
    let reviewed = |day| ("first_looked_after_review_held_on", Value::Date(day));
    let (early, late) = (date(2026, 3, 9), date(2026, 3, 20));
    assert_eq!(on(&[heard(early), reviewed(late)]), Some(early));
    assert_eq!(on(&[heard(late), reviewed(early)]), Some(early));
    assert_eq!(on(&[heard(late)]), Some(late));
    assert_eq!(on(&[reviewed(late)]), Some(late));
    assert_eq!(on(&[]), None, "neither was held (X-14)");
}

#[test]
fn c_049_c_050_the_disability_service_keeps_the_disabled_child_and_its_siblings_for_the_proceedings()
 {
    assert_eq!(
        route("stays_with_disability"),
        [
            "from: disability",
            "opens_on: facts_changed, requested",
            "route: stays_with_disability",
            "stays: true",
            "undecided: pass",
            "when: facts.looked_after && \"disabled\" in facts.special_groups",
        ]
    );
    assert_eq!(
        route("siblings_after_proceedings"),
        [
            "completed_by: team_manager of receiving",
            "from: disability",
            "meetings: handover, joint_visit",
            STEPS,
            "opens_on: facts_changed",
            "point: at term at facts.proceedings_ended_on",
            "route: siblings_after_proceedings",
            "tells: record_transfer",
            "to: looked_after",
            "undecided: pass",
            "when: facts.looked_after && !(\"disabled\" in facts.special_groups)",
        ]
    );

    let child = |looked_after, groups: &[&str]| {
        let groups = groups.iter().map(ToString::to_string).collect();
        let looked_after = ("looked_after", Value::Flag(looked_after));
        watched(
            "disability",
            &[looked_after, ("special_groups", Value::Codes(groups))],
        )
    };
    assert_eq!(
        child(true, &["disabled"]).as_deref(),
        Some("stays_with_disability stays")
    );
    assert_eq!(
        child(true, &[]).as_deref(),
        Some("siblings_after_proceedings to looked_after")
    );
    assert_eq!(child(false, &["disabled"]), None);
    assert_eq!(child(false, &[]), None);
}

#[test]
fn c_009_the_disability_service_may_ask_the_looked_after_service_to_take_a_case() {
    assert_eq!(
        route("to_the_looked_after_service"),
        [
            "completed_by: team_manager of receiving",
            "from: disability",
            "meetings: handover, joint_visit",
            STEPS,
            "opens_on: requested",
            "point: at term at triggered",
            "requested_by: team_manager of outgoing",
            "route: to_the_looked_after_service",
            "tells: record_transfer",
            "to: looked_after",
        ]
    );
}

#[test]
fn c_067_within_a_team_or_service_the_same_process_is_expected() {
    for (name, kind) in [
        (
            "within_family_intervention",
            "family_support_and_protection",
        ),
        ("within_looked_after", "looked_after"),
        ("within_disability", "disability"),
    ] {
        assert_eq!(
            route(name),
            [
                "completed_by: team_manager of receiving",
                &format!("from: {kind}"),
                "meetings: handover, joint_visit",
                WITHIN,
                "opens_on: requested",
                "point: at term at triggered",
                "requested_by: team_manager of outgoing",
                &format!("route: {name}"),
                "tells: record_transfer",
                &format!("to: {kind}"),
                "within_team: true",
            ]
        );
    }
}

#[test]
fn c_037_c_038_joint_work_is_considered_on_the_day_care_is_likely_and_then_made_possible() {
    let pack = pack("camden");
    assert_eq!(
        duty_says(&pack, "consider_joint_work"),
        [
            "by: service_manager of authority",
            "due: at facts.care_likely_since",
            "duty: consider_joint_work",
            "escalate: head_of_service of authority",
            "met_by: facts.joint_work_considered_on != null && facts.joint_work_considered_on >= \
             facts.care_likely_since",
            "when: facts.care_likely_since != null",
            "while_with: family_support_and_protection",
        ]
    );
    assert_eq!(
        duty_says(&pack, "make_joint_work_possible"),
        [
            "by: service_manager of authority",
            "duty: make_joint_work_possible",
            "met_by: facts.joint_work_began_on != null",
            "when: facts.joint_work_agreed",
            "while_with: family_support_and_protection",
        ]
    );
}

#[test]
fn c_037_what_was_considered_before_care_became_likely_again_does_not_count() {
    let pack = pack("camden");
    let duty = &pack.transfer.duties[0];
    let met = |considered: Value| {
        let known = facts(&[
            ("care_likely_since", Value::Date(date(2026, 3, 16))),
            ("joint_work_considered_on", considered),
        ]);
        duty.is_met(&Scope::of(&known))
    };

    assert_eq!(duty.duty, "consider_joint_work");
    assert!(met(Value::Date(date(2026, 3, 16))), "the day itself");
    assert!(!met(Value::Date(date(2026, 3, 15))));
    assert!(!met(Value::None));
}

#[test]
fn c_051_c_052_transition_work_begins_at_14_and_adult_care_is_decided_by_18() {
    let pack = pack("camden");
    assert_eq!(
        duty_says(&pack, "begin_transition_work"),
        [
            "by: social_worker of responsible",
            "due: at 14 years of age",
            "duty: begin_transition_work",
            "escalate: team_manager of responsible",
            "met_by: facts.transition_work_began_on != null",
            "remind: 20 working days",
            "when: facts.may_need_adult_social_care",
            "while_with: disability",
        ]
    );
    assert_eq!(
        duty_says(&pack, "decide_on_adult_social_care"),
        [
            "by: team_manager of responsible",
            "due: at 18 years of age",
            "duty: decide_on_adult_social_care",
            "escalate: service_manager of authority",
            "met_by: facts.adult_social_care_decided_on != null",
            "remind: 60 working days",
            "when: facts.may_need_adult_social_care",
            "while_with: disability",
        ]
    );
    for (name, value) in [
        ("transition_work.remind_before", "20 working days"),
        ("adult_social_care.remind_before", "60 working days"),
    ] {
        assert_eq!(pack.settings.text(name), Some(value), "{name}");
    }
}
