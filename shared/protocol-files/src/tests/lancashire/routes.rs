//! Each way a case goes, whole: from whom to whom, what opens it, what it waits for, and what has to be there.

use baton_protocol::transfer::OpensOn;

use super::super::entries::{route_says, says};
use super::*;

const ON_THE_GIVEN_DAY: [&str; 3] = [
    "agree_transfer_date",
    "moved_on_the_day",
    "agreed_date_kept",
];

/// What section 3 asks for before every transfer, and beside it the looked-after papers.
const PAPERS: &str = "managers_discussion, joint_work, receiving_worker, case_summary, transfer_summary, chronology, \
                      informed_in_writing, case_notes, looked_after_forms, assessment, life_story";

/// The same for a section 20 child and for one in proceedings, with the return home before and the family after.
const PAPERS_OF_CARE: &str = "return_home_agreed, managers_discussion, receiving_worker, case_summary, \
                              transfer_summary, chronology, informed_in_writing, case_notes, looked_after_forms, \
                              assessment, files_up_to_date, handover_with_family";

/// The term of a route that opens on a day.
fn opens_on_day(route: &str, known: &[(&str, Value)]) -> Date {
    let pack = pack("lancashire");
    let route = pack.transfer.route(route).unwrap();
    let [OpensOn::Date(term)] = &route.opens_on[..] else {
        panic!("{:?}", route.opens_on)
    };
    let due = term.due(&Anchors::new(), &facts(known), &calendar(), pack.plain_days);
    due.unwrap().on
}

/// The route a watched case takes from a team, once every day it might wait for has come.
fn watched(from: &str, known: &[(&str, Value)]) -> Option<String> {
    let pack = pack("lancashire");
    let known = facts(known);
    match pack.choose_watched(&known, kind(from), |_| true).choice {
        Choice::Opens { route, target } => Some(format!("{} to {}", route.route, target.kind)),
        _ => None,
    }
}

#[test]
fn l_011_l_014_l_040_l_041_the_route_of_a_first_conference() {
    assert_eq!(
        route_says(&pack("lancashire"), "child_protection_conference"),
        [
            "clocks: agree_transfer_date, moved_on_the_day, agreed_date_kept",
            "completed_by: team_manager of receiving",
            "conference: initial",
            "from: assessment",
            "gate_unmet_at_point: agree_a_date",
            "gate_unmet_cites: L-041, K-59",
            "meetings: managers_discussion, conference, core_group",
            &format!("needs: {PAPERS}"),
            "opens_on: conference_scheduled, conference_held",
            "outcomes: adjourned wait child_in_need_plan lapse child_protection_plan proceed early_help_plan lapse \
             no_plan lapse",
            "point: latest_of term at conference; if_unknown true term at facts.first_looked_after_review_held_on \
             when facts.looked_after",
            "route: child_protection_conference",
            "tells: transfer_letter_with_contacts",
            "to: family_support_and_protection",
        ]
    );
}

#[test]
fn l_012_l_013_l_040_l_041_the_route_of_a_conference_before_birth() {
    assert_eq!(
        route_says(&pack("lancashire"), "pre_birth_conference"),
        [
            "clocks: agree_transfer_date, moved_on_the_day, agreed_date_kept, conference_possible",
            "completed_by: team_manager of receiving",
            "conference: pre_birth",
            "from: assessment",
            "gate_unmet_at_point: agree_a_date",
            "gate_unmet_cites: L-041, K-59",
            "meetings: managers_discussion, conference, core_group",
            &format!("needs: {PAPERS}"),
            "opens_on: conference_scheduled, conference_held",
            "outcomes: adjourned wait child_in_need_plan lapse child_protection_plan proceed early_help_plan lapse \
             no_plan lapse",
            "point: at term at conference not_before moment 24 weeks of gestation strength soft; moment \
             facts.assessment_completed_on strength soft",
            "route: pre_birth_conference",
            "tells: transfer_letter_with_contacts, pre_birth_reminder",
            "to: family_support_and_protection",
        ]
    );
}

#[test]
fn l_018_l_020_l_021_k_27_a_section_20_child_has_two_routes_that_differ_in_the_team_alone() {
    let pack = pack("lancashire");
    for (route, when, to) in [
        (
            "section_20_pre_proceedings",
            "facts.pre_proceedings_open",
            "family_support_and_protection",
        ),
        (
            "section_20_looked_after",
            "!facts.pre_proceedings_open",
            "looked_after",
        ),
    ] {
        assert_eq!(
            route_says(&pack, route),
            [
                "clocks: agree_transfer_date, moved_on_the_day, agreed_date_kept",
                "completed_by: team_manager of receiving",
                "from: assessment",
                "gate_unmet_at_point: agree_a_date",
                "gate_unmet_cites: L-041, K-59",
                "meetings: managers_discussion, handover",
                &format!("needs: {PAPERS_OF_CARE}"),
                "opens_on: date: 29 days after facts.accommodated_on",
                "point: latest_of term at triggered; term at facts.first_looked_after_review_held_on; term at \
                 facts.assessment_completed_on",
                &format!("route: {route}"),
                "stays_for: return_home",
                "tells: transfer_letter_with_contacts",
                &format!("to: {to}"),
                "undecided: pass",
                &format!("when: facts.legal_status == \"section_20\" && {when}"),
            ]
        );
    }
}

#[test]
fn l_018_l_020_28_full_days_are_gone_on_the_29th_whatever_the_calendar_says() {
    for route in ["section_20_pre_proceedings", "section_20_looked_after"] {
        let opens = |on| opens_on_day(route, &[("accommodated_on", Value::Date(on))]);
        assert_eq!(opens(date(2026, 3, 2)), date(2026, 3, 31), "{route}");
        assert_eq!(
            opens(date(2026, 3, 7)),
            date(2026, 4, 5),
            "{route}: Easter Sunday stays"
        );
        assert_eq!(opens(date(2024, 2, 1)), date(2024, 3, 1), "{route}");
    }
}

#[test]
fn l_018_l_020_k_27_pre_proceedings_decide_the_team_and_somebody_elses_status_neither() {
    let child = |status: &str, open| {
        watched(
            "assessment",
            &[
                ("legal_status", code(status)),
                ("pre_proceedings_open", Value::Flag(open)),
                ("in_proceedings", Value::Flag(false)),
            ],
        )
    };

    assert_eq!(
        child("section_20", true).as_deref(),
        Some("section_20_pre_proceedings to family_support_and_protection")
    );
    assert_eq!(
        child("section_20", false).as_deref(),
        Some("section_20_looked_after to looked_after")
    );
    for open in [true, false] {
        assert_eq!(child("care", open), None);
    }
}

#[test]
fn l_018_l_020_the_point_is_the_last_of_28_days_the_review_and_the_assessment() {
    let pack = pack("lancashire");
    let gone = at("2026-03-31T00:00:00Z");
    for name in ["section_20_pre_proceedings", "section_20_looked_after"] {
        let route = pack.transfer.route(name).unwrap();
        let on = |review, assessed| {
            let known = facts(&[
                ("first_looked_after_review_held_on", Value::Date(review)),
                ("assessment_completed_on", Value::Date(assessed)),
            ]);
            let anchors = Anchors::new().at(Moment::Triggered, gone);
            match point(&pack, route, &anchors, &known) {
                Dated::On(point) => point.due.on,
                Dated::NotYet { .. } => panic!("{name}"),
            }
        };
        let early = date(2026, 3, 20);
        assert_eq!(on(early, early), date(2026, 3, 31), "{name}");
        assert_eq!(on(date(2026, 4, 8), early), date(2026, 4, 8), "{name}");
        assert_eq!(on(early, date(2026, 4, 9)), date(2026, 4, 9), "{name}");

        let anchors = Anchors::new().at(Moment::Triggered, gone);
        let unknown = point(&pack, route, &anchors, &Facts::new());
        assert!(matches!(unknown, Dated::NotYet { .. }), "{name}");
    }
}

#[test]
fn l_019_k_27_once_proceedings_are_issued_the_first_hearing_alone_moves_the_case() {
    assert_eq!(
        route_says(&pack("lancashire"), "care_proceedings"),
        [
            "clocks: agree_transfer_date, moved_on_the_day, agreed_date_kept",
            "completed_by: team_manager of receiving",
            "from: assessment",
            "gate_unmet_at_point: agree_a_date",
            "gate_unmet_cites: L-041, K-59",
            "meetings: managers_discussion, court_hearing, handover",
            &format!("needs: {PAPERS_OF_CARE}"),
            "opens_on: facts_changed",
            "point: at term at meeting:court_hearing",
            "route: care_proceedings",
            "tells: transfer_letter_with_contacts",
            "to: family_support_and_protection",
            "undecided: pass",
            "when: facts.in_proceedings",
        ]
    );
    for open in [true, false] {
        let known = [
            ("legal_status", code("section_20")),
            ("pre_proceedings_open", Value::Flag(open)),
            ("in_proceedings", Value::Flag(true)),
        ];
        assert_eq!(
            watched("assessment", &known).as_deref(),
            Some("care_proceedings to family_support_and_protection")
        );
    }
}

#[test]
fn l_015_l_016_l_017_a_child_in_need_goes_on_when_a_manager_asks_once_the_assessment_is_complete() {
    assert_eq!(
        route_says(&pack("lancashire"), "child_in_need"),
        [
            "clocks: agree_transfer_date, moved_on_the_day, agreed_date_kept",
            "completed_by: team_manager of receiving",
            "from: assessment",
            "gate_unmet_at_point: agree_a_date",
            "gate_unmet_cites: L-041, K-59",
            "meetings: managers_discussion, handover",
            "needs: needs_beyond_step_down, outline_plan, managers_discussion, receiving_worker, case_summary, \
             transfer_summary, chronology, informed_in_writing, case_notes, assessment, files_up_to_date, \
             handover_with_family",
            "opens_on: requested",
            "point: latest_of term at facts.assessment_completed_on; term at triggered",
            "requested_by: team_manager of outgoing, team_manager of receiving",
            "route: child_in_need",
            "tells: transfer_letter_with_contacts",
            "to: family_support_and_protection",
            "when: facts.assessment_completed_on != null",
        ]
    );
}

#[test]
fn l_022_l_023_with_a_plan_for_permanence_the_case_goes_on_when_the_proceedings_end() {
    assert_eq!(
        route_says(&pack("lancashire"), "permanence_after_proceedings"),
        [
            "clocks: handover_planned, agree_transfer_date, moved_on_the_day, agreed_date_kept",
            "completed_by: team_manager of receiving",
            "from: family_support_and_protection",
            "gate_unmet_at_point: agree_a_date",
            "gate_unmet_cites: L-041, K-59",
            "meetings: pre_transfer_discussion, managers_discussion, handover",
            "needs: handover_planned, managers_discussion, receiving_worker, case_summary, transfer_summary, \
             chronology, informed_in_writing, case_notes, looked_after_forms, assessment, life_story, \
             files_up_to_date, handover_with_family",
            "opens_on: facts_changed",
            "point: at term at facts.proceedings_ended_on",
            "route: permanence_after_proceedings",
            "tells: transfer_letter_with_contacts",
            "to: looked_after",
            "undecided: pass",
            "when: facts.permanence_plan in [\"return_home\", \"long_term_fostering\", \"long_term_residential\", \
             \"kinship\", \"adoption\"] && (facts.in_proceedings || facts.proceedings_ended_on != null)",
        ]
    );
}

#[test]
fn l_022_k_31_adoption_goes_with_the_listed_plans_and_guardianship_and_supervision_stay() {
    let ended = |plan: &str| {
        let ended = ("proceedings_ended_on", Value::Date(date(2026, 6, 1)));
        let plan = ("permanence_plan", code(plan));
        let over = ("in_proceedings", Value::Flag(false));
        watched("family_support_and_protection", &[plan, ended, over])
    };

    for plan in [
        "return_home",
        "long_term_fostering",
        "long_term_residential",
        "kinship",
        "adoption",
    ] {
        assert_eq!(
            ended(plan).as_deref(),
            Some("permanence_after_proceedings to looked_after"),
            "{plan}"
        );
    }
    for plan in ["special_guardianship", "placed_with_parents"] {
        assert_eq!(ended(plan), None, "{plan}");
    }
    let never = [
        ("permanence_plan", code("adoption")),
        ("proceedings_ended_on", Value::None),
        ("in_proceedings", Value::Flag(false)),
    ];
    assert_eq!(watched("family_support_and_protection", &never), None);
}

#[test]
fn l_006_l_002_an_exceptional_case_is_decided_by_the_managers_of_both_teams() {
    assert_eq!(
        route_says(&pack("lancashire"), "individual_decision"),
        [
            "clocks: agree_transfer_date, moved_on_the_day, agreed_date_kept",
            "completed_by: team_manager of receiving",
            "from: assessment, family_support_and_protection",
            "gate_unmet_at_point: agree_a_date",
            "gate_unmet_cites: L-041, K-59",
            "needs: both_managers_decide, receiving_worker, transfer_summary, files_up_to_date, informed_in_writing",
            "opens_on: requested",
            "point: at term at triggered",
            "requested_by: team_manager of outgoing, team_manager of receiving",
            "route: individual_decision",
            "tells: transfer_letter_with_contacts",
            "to: looked_after",
        ]
    );
}

#[test]
fn l_026_on_the_18th_birthday_the_lead_passes_by_itself_and_what_is_missing_is_owed() {
    let pack = pack("lancashire");
    assert_eq!(
        route_says(&pack, "leaving_care"),
        [
            "completed_by: the_point",
            "from: looked_after",
            "gate_unmet_at_point: move_with_actions",
            "gate_unmet_cites: L-026",
            "needs: receiving_worker, files_up_to_date",
            "opens_on: date: 3 months before 18 years of age",
            "point: at term at 18 years of age",
            "route: leaving_care",
            "to: leaving_care",
        ]
    );
    assert_eq!(
        says(pack.transfer.actions.as_ref().unwrap()),
        [
            "due_within: 5 working days",
            "escalate: senior_manager of authority",
            "owner: team_manager of outgoing",
        ]
    );

    let born = ("date_of_birth", Value::Date(date(2008, 5, 31)));
    assert_eq!(
        opens_on_day("leaving_care", &[born]),
        date(2026, 2, 28),
        "three months before, clamped to the month (X-09)"
    );
}

#[test]
fn l_041_k_59_every_way_but_the_birthday_agrees_another_day_where_the_given_one_passes() {
    let pack = pack("lancashire");
    for route in &pack.transfer.routes {
        if route.route == "leaving_care" {
            continue;
        }
        assert_eq!(
            route.gate_unmet_at_point,
            GateUnmet::AgreeADate,
            "{}",
            route.route
        );
        assert_eq!(rules(&route.gate_unmet_cites), ["L-041", "K-59"]);
        for clock in ON_THE_GIVEN_DAY {
            assert!(route.clocks.contains(&clock.to_owned()), "{}", route.route);
        }
    }
    assert_eq!(
        pack.settings.text("gate_unmet_at_point"),
        Some("agree_a_date")
    );
}
