//! Which cases go from whom to whom, on what, when, and with what work.

use std::sync::{Arc, LazyLock};

use baton_protocol::transfer::{FACTS_CHANGED, REQUESTED, Weight};
use baton_protocol::{Condition, Term, Truth};

use super::*;

mod staying_and_leaving;

static PACK: LazyLock<Arc<Pack>> = LazyLock::new(|| pack("shropshire"));

const CASE_MANAGEMENT: &str = "family_support_and_protection";

fn way(name: &str) -> &'static Route {
    PACK.transfer.route(name).unwrap()
}

/// From which teams, to which, and on what.
fn path(name: &str) -> (Vec<String>, String, Vec<String>) {
    let route = way(name);
    let to = route.to.as_ref().map(ToString::to_string);
    (
        rules(&route.from),
        to.unwrap_or_default(),
        rules(&route.opens_on),
    )
}

/// What it asks for, which meetings and which clocks go with it.
fn work(name: &str) -> [Vec<String>; 3] {
    let route = way(name);
    [
        route.needs.clone(),
        route.meetings.clone(),
        route.clocks.clone(),
    ]
}

fn lists<const N: usize>(lists: [&[&str]; N]) -> [Vec<String>; N] {
    lists.map(|list| list.iter().map(ToString::to_string).collect())
}

fn holds(when: Option<&Condition>, known: &Facts) -> bool {
    when.unwrap().decide(&Scope::of(known)).truth == Truth::True
}

fn day(text: &str) -> Value {
    Value::Date(text.parse().unwrap())
}

fn groups(members: &[&str]) -> Value {
    Value::Codes(members.iter().map(ToString::to_string).collect())
}

const YES: Value = Value::Flag(true);
const NO: Value = Value::Flag(false);

/// The route that a fresh look at the facts takes on a day.
fn watched(known: &Facts, from: &str, on: &str) -> Option<&'static str> {
    let on: Date = on.parse().unwrap();
    let has_come = |term: &Term| {
        let due = term.due(&Anchors::new(), known, &calendar(), PACK.plain_days);
        due.is_some_and(|due| due.on <= on)
    };
    named(&PACK.choose_watched(known, kind(from), has_come).choice)
}

/// The route that an event takes.
fn taken(event: &str, known: &Facts, from: &str) -> Option<&'static str> {
    let trigger = Trigger {
        event,
        conference_kind: None,
        outcome: None,
    };
    named(&PACK.choose_route(trigger, known, kind(from)).choice)
}

fn named(choice: &Choice<'static>) -> Option<&'static str> {
    match choice {
        Choice::Opens { route, .. } | Choice::Stays { route } => Some(&route.route),
        Choice::None | Choice::Undecided { .. } => None,
    }
}

/// The day of the point.
fn moves_on(name: &str, anchors: &Anchors, known: &Facts) -> Option<Date> {
    match point(&PACK, way(name), anchors, known) {
        Dated::On(point) => Some(point.due.on),
        Dated::NotYet { .. } => None,
    }
}

/// Passed over, and asks nobody, while nobody has reported what it rests on.
fn asks_nobody(name: &str, event: &str, from: &str) -> bool {
    let trigger = Trigger {
        event,
        conference_kind: None,
        outcome: None,
    };
    let mut weighed = PACK
        .weigh_routes(trigger, &Facts::new(), kind(from))
        .into_iter();
    let weighed = weighed.find(|weighed| weighed.route.route == name).unwrap();
    matches!(weighed.weight, Weight::PassedOver { .. })
}

#[test]
fn s_045_s_046_k_58_every_kind_of_first_conference_has_its_route_and_what_each_outcome_means() {
    let name = "child_protection_conference";

    assert_eq!(
        path(name),
        (
            vec!["assessment".to_owned()],
            format!("{CASE_MANAGEMENT} in facts.area"),
            rules(&["conference_scheduled", "conference_held"]),
        )
    );
    assert_eq!(way(name).conference, ["initial", "pre_birth"]);
    let outcomes: Vec<(&str, OutcomeEffect)> = way(name)
        .outcomes
        .iter()
        .map(|(outcome, effect)| (outcome.as_str(), effect.clone()))
        .collect();
    assert_eq!(
        outcomes,
        [
            ("adjourned", OutcomeEffect::Wait),
            ("child_in_need_plan", OutcomeEffect::Lapse),
            ("child_protection_plan", OutcomeEffect::Proceed),
            ("early_help_plan", OutcomeEffect::LapseForClosure),
            ("no_plan", OutcomeEffect::LapseForClosure),
        ]
    );
    assert_eq!(
        work(name),
        lists([
            &[
                "conference_report",
                "transfer_summary",
                "plan_draft",
                "agencies_identified"
            ],
            &["conference", "core_group"],
            &["conference_reported", "core_group"],
        ])
    );
}

#[test]
fn s_041_s_043_s_046_s_056_s_063_s_066_s_108_s_120_s_121_k_58_responsibility_moves_by_itself_and_what_is_missing_is_owed()
 {
    for (name, by) in [
        ("child_protection_conference", CompletedBy::TheMeeting),
        ("looked_after_child", CompletedBy::TheMeeting),
        ("child_in_need", CompletedBy::TheMeeting),
        ("relinquished_baby", CompletedBy::ThePoint),
        ("permanence", CompletedBy::ThePoint),
        ("supervision_order", CompletedBy::ThePoint),
        ("care_leavers", CompletedBy::ThePoint),
        ("eighteen", CompletedBy::ThePoint),
        ("eighteen_with_disability", CompletedBy::ThePoint),
    ] {
        let route = way(name);
        assert_eq!(route.at_point, AtPoint::Move, "{name}");
        assert_eq!(route.completed_by, Some(by), "{name}");
        assert_eq!(
            route.gate_unmet_at_point,
            GateUnmet::MoveWithActions,
            "{name}"
        );
        assert_eq!(rules(&route.gate_unmet_cites), ["K-58"], "{name}");
        assert_eq!(route.tells, ["transfer_alert", "actions_owed"], "{name}");
    }
}

#[test]
fn s_066_k_53_a_relinquished_baby_goes_to_permanency_on_the_day_of_the_assessment_placed_or_not() {
    let name = "relinquished_baby";
    let baby = facts(&[
        ("special_groups", groups(&["relinquished"])),
        ("looked_after", YES),
        ("placed_on", day("2026-03-02")),
        ("assessment_completed_on", day("2026-03-20")),
        ("area", code("north")),
    ]);

    assert_eq!(
        path(name),
        (
            vec!["assessment".to_owned()],
            "looked_after".to_owned(),
            vec![FACTS_CHANGED.to_owned()]
        )
    );
    assert_eq!(watched(&baby, "assessment", "2026-03-20"), Some(name));
    let other = baby.with("special_groups", groups(&[])).unwrap();
    assert_eq!(
        watched(&other, "assessment", "2026-03-20"),
        Some("looked_after_child")
    );
    assert!(asks_nobody(name, FACTS_CHANGED, "assessment"));
    assert_eq!(
        moves_on(name, &Anchors::new(), &other),
        Some(date(2026, 3, 20))
    );
    assert_eq!(moves_on(name, &Anchors::new(), &Facts::new()), None);
    assert_eq!(
        work(name),
        lists([&["chronology", "transfer_summary"], &[], &[]])
    );
}

#[test]
fn s_043_s_045_s_049_k_33_a_placed_child_goes_to_case_management_at_the_post_placement_meeting() {
    let name = "looked_after_child";
    let child = |looked_after, placed_on| {
        facts(&[
            ("looked_after", looked_after),
            ("placed_on", placed_on),
            ("area", code("north")),
        ])
    };
    let placed = child(YES, day("2026-03-02"));

    assert_eq!(
        path(name),
        (
            vec!["assessment".to_owned()],
            format!("{CASE_MANAGEMENT} in facts.area"),
            rules(&[FACTS_CHANGED, "meeting:post_placement"]),
        )
    );
    assert_eq!(watched(&placed, "assessment", "2026-03-02"), Some(name));
    assert_eq!(
        taken("meeting:post_placement", &placed, "assessment"),
        Some(name)
    );
    for not_meant in [child(YES, Value::None), child(NO, day("2026-03-02"))] {
        assert_eq!(watched(&not_meant, "assessment", "2026-03-02"), None);
    }
    assert!(asks_nobody(name, "meeting:post_placement", "assessment"));
    let meeting = Moment::Meeting("post_placement".to_owned());
    let held = Anchors::new().at(meeting, at("2026-03-06T10:00:00Z"));
    assert_eq!(moves_on(name, &held, &placed), Some(date(2026, 3, 6)));
    assert_eq!(
        moves_on(name, &Anchors::new(), &placed),
        None,
        "not from the placement"
    );
    assert_eq!(
        work(name),
        lists([
            &[
                "chronology",
                "placement_found",
                "placement_authorisations",
                "plan_for_meeting",
                "transfer_summary",
                "emergency_court_work",
                "assessors_court_evidence"
            ],
            &["post_placement"],
            &["post_placement", "first_looked_after_review"],
        ])
    );
}

#[test]
fn s_041_s_044_s_045_s_119_k_32_k_54_a_child_in_need_goes_at_the_core_group_that_the_assessment_team_arranges()
 {
    let name = "child_in_need";
    let child = |plan: &str, assessed| {
        facts(&[
            ("plan", code(plan)),
            ("assessment_completed_on", assessed),
            ("area", code("north")),
            ("special_groups", groups(&["disabled"])),
            ("mainly_in_need", NO),
            ("looked_after", NO),
        ])
    };
    let assessed = child("child_in_need", day("2026-03-02"));

    assert_eq!(
        path(name),
        (
            vec!["assessment".to_owned()],
            format!("{CASE_MANAGEMENT} in facts.area"),
            rules(&[FACTS_CHANGED, "meeting:initial_cin"]),
        )
    );
    assert_eq!(watched(&assessed, "assessment", "2026-03-02"), Some(name));
    assert_eq!(
        taken("meeting:initial_cin", &assessed, "assessment"),
        Some(name)
    );
    for not_meant in [
        child("child_in_need", Value::None),
        child("early_help_plan", day("2026-03-02")),
    ] {
        assert_eq!(watched(&not_meant, "assessment", "2026-03-02"), None);
    }
    assert!(asks_nobody(name, "meeting:initial_cin", "assessment"));
    let meeting = Moment::Meeting("initial_cin".to_owned());
    let held = Anchors::new().at(meeting, at("2026-03-11T10:00:00Z"));
    assert_eq!(moves_on(name, &held, &assessed), Some(date(2026, 3, 11)));
    assert_eq!(moves_on(name, &Anchors::new(), &assessed), None);
    assert_eq!(
        work(name),
        lists([
            &[
                "chronology",
                "plan_for_meeting",
                "transfer_summary",
                "emergency_court_work",
                "assessors_court_evidence"
            ],
            &["initial_cin", "core_group"],
            &["plan_ratified", "core_group_after_receipt"],
        ])
    );
}

#[test]
fn s_056_s_057_s_062_k_35_permanence_is_one_plan_under_which_the_child_remains_looked_after_and_the_placement()
 {
    let name = "permanence";
    let child = |looked_after, single, plan: &str| {
        facts(&[
            ("looked_after", looked_after),
            ("permanence_single_track", single),
            ("permanence_plan", code(plan)),
        ])
    };

    assert_eq!(
        path(name),
        (
            vec![CASE_MANAGEMENT.to_owned()],
            "looked_after".to_owned(),
            vec![FACTS_CHANGED.to_owned()]
        )
    );
    for plan in [
        "placed_with_parents",
        "long_term_residential",
        "long_term_fostering",
    ] {
        let meant = child(YES, YES, plan);
        assert_eq!(
            watched(&meant, CASE_MANAGEMENT, "2026-03-02"),
            Some(name),
            "{plan}"
        );
    }
    for not_meant in [
        child(NO, YES, "long_term_fostering"),
        child(YES, NO, "long_term_fostering"),
        child(YES, YES, "adoption"),
    ] {
        assert_eq!(watched(&not_meant, CASE_MANAGEMENT, "2026-03-02"), None);
    }
    assert!(asks_nobody(name, FACTS_CHANGED, CASE_MANAGEMENT));
    assert_eq!(work(name), lists([&["transfer_summary"], &[], &[]]));

    let (review, placement) = ("permanence_plan_agreed_on", "permanence_placement_since");
    let on = |one: &str, other: &str| {
        let known = facts(&[(review, day(one)), (placement, day(other))]);
        moves_on(name, &Anchors::new(), &known)
    };
    assert_eq!(on("2026-03-02", "2026-03-09"), Some(date(2026, 3, 9)));
    assert_eq!(on("2026-03-09", "2026-03-02"), Some(date(2026, 3, 9)));
    for one in [review, placement] {
        let known = facts(&[(one, day("2026-03-02"))]);
        assert_eq!(
            moves_on(name, &Anchors::new(), &known),
            None,
            "only {one} is not enough"
        );
    }
}

#[test]
fn s_063_k_36_a_supervision_order_leads_to_permanency_on_the_day_of_the_order() {
    let name = "supervision_order";
    let under = |order: &str| {
        facts(&[
            ("legal_status", code(order)),
            ("order_made_on", day("2026-03-13")),
        ])
    };

    assert_eq!(
        path(name),
        (
            vec![CASE_MANAGEMENT.to_owned()],
            "looked_after".to_owned(),
            vec![FACTS_CHANGED.to_owned()]
        )
    );
    assert_eq!(
        watched(&under("supervision"), CASE_MANAGEMENT, "2026-03-13"),
        Some(name)
    );
    assert_eq!(
        watched(
            &under("special_guardianship"),
            CASE_MANAGEMENT,
            "2026-03-13"
        ),
        None
    );
    assert!(asks_nobody(name, FACTS_CHANGED, CASE_MANAGEMENT));
    assert_eq!(
        moves_on(name, &Anchors::new(), &under("supervision")),
        Some(date(2026, 3, 13))
    );
    assert_eq!(work(name), lists([&["transfer_summary"], &[], &[]]));
}
