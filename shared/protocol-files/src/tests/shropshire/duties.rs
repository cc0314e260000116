//! What a team owes on a case while it has it: of whom, by when, what meets it, who hears.

use std::sync::{Arc, LazyLock};

use baton_protocol::transfer::Duty;

use super::*;

static PACK: LazyLock<Arc<Pack>> = LazyLock::new(|| pack("shropshire"));

const CASE_MANAGEMENT: &str = "family_support_and_protection";
const WORKER: &str = "social_worker of responsible";
const MANAGER: &str = "team_manager of responsible";
const SERVICE_MANAGER: &str = "service_manager of authority";

const YES: Value = Value::Flag(true);
const NO: Value = Value::Flag(false);

fn duty(name: &str) -> &'static Duty {
    let mut duties = PACK.transfer.duties.iter();
    duties.find(|duty| duty.duty == name).unwrap()
}

fn day(text: &str) -> Value {
    Value::Date(text.parse().unwrap())
}

fn disabled() -> Value {
    Value::Codes(["disabled".to_owned()].into())
}

/// Of which teams it is asked, of whom in them, who is reminded how long before, and who hears of a breach.
type Owed = (Vec<String>, String, Vec<String>, Vec<String>);

fn owed(name: &str) -> Owed {
    let duty = duty(name);
    (
        rules(&duty.while_with),
        duty.by.to_string(),
        rules(&duty.remind),
        rules(&duty.escalate),
    )
}

fn of(teams: &[&str], by: &str, remind: &[&str], hears: &[&str]) -> Owed {
    (rules(teams), by.to_owned(), rules(remind), rules(hears))
}

fn is_asked(name: &str, team: &str, known: &[(&str, Value)]) -> bool {
    duty(name).is_asked_of(kind(team), &Scope::of(&facts(known)))
}

fn is_met(name: &str, known: &[(&str, Value)]) -> bool {
    duty(name).is_met(&Scope::of(&facts(known)))
}

fn due(name: &str, known: &[(&str, Value)]) -> Due {
    let term = duty(name).due.as_ref().unwrap();
    let due = term.due(&Anchors::new(), &facts(known), &calendar(), PACK.plain_days);
    due.unwrap()
}

#[test]
fn s_048_after_nine_months_of_a_protection_plan_both_managers_decide_on_legal_planning() {
    let name = "decide_on_legal_planning";
    let since = ("plan_since", day("2025-05-31"));

    assert_eq!(
        owed(name),
        of(
            &[CASE_MANAGEMENT],
            MANAGER,
            &["10 working days"],
            &[SERVICE_MANAGER]
        )
    );
    assert_eq!(
        due(name, std::slice::from_ref(&since)).on,
        date(2026, 2, 28),
        "nine months, to the last day of a shorter month"
    );
    assert_eq!(
        duty(name).plus.unwrap().to_string(),
        "1 day",
        "the day after the anniversary"
    );
    for (plan, is_meant) in [("child_protection", true), ("child_in_need", false)] {
        assert_eq!(
            is_asked(name, CASE_MANAGEMENT, &[("plan", code(plan))]),
            is_meant,
            "{plan}"
        );
    }
    let decided = |on| is_met(name, &[since.clone(), ("legal_planning_decided_on", on)]);
    assert!(decided(day("2025-05-31")));
    assert!(
        !decided(day("2025-05-30")),
        "a decision on an earlier plan is none on this one"
    );
    assert!(!decided(Value::None));
}

#[test]
fn s_055_k_34_case_management_does_applications_and_statements_in_proceedings_and_before_them() {
    let name = "write_court_statements";
    let court = |court, before| {
        is_asked(
            name,
            CASE_MANAGEMENT,
            &[("in_proceedings", court), ("pre_proceedings_open", before)],
        )
    };

    assert_eq!(owed(name), of(&[CASE_MANAGEMENT], WORKER, &[], &[]));
    assert!(court(YES, NO) && court(NO, YES));
    assert!(!court(NO, NO));
    assert!(is_met(name, &[("proceedings_ended_on", day("2026-03-02"))]));
    assert!(!is_met(name, &[("proceedings_ended_on", Value::None)]));
}

#[test]
fn s_058_the_case_management_worker_refers_to_adoption_within_five_working_days() {
    let name = "refer_to_adoption";
    let plan = |plan| is_asked(name, CASE_MANAGEMENT, &[("permanence_plan", code(plan))]);

    assert_eq!(owed(name), of(&[CASE_MANAGEMENT], WORKER, &[], &[MANAGER]));
    assert!(plan("adoption") && !plan("long_term_fostering"));
    assert_eq!(
        due(name, &[("permanence_plan_agreed_on", day("2026-04-02"))]).on,
        date(2026, 4, 13)
    );
    assert!(is_met(
        name,
        &[("adoption_referral_made_on", day("2026-04-07"))]
    ));
    assert!(!is_met(name, &[("adoption_referral_made_on", Value::None)]));
}

#[test]
fn s_078_the_case_management_worker_owns_the_reviews_until_the_case_closes() {
    let name = "keep_reviews";
    let reviewed = |plan: &str, looked_after| {
        is_asked(
            name,
            CASE_MANAGEMENT,
            &[("plan", code(plan)), ("looked_after", looked_after)],
        )
    };

    assert_eq!(owed(name), of(&[CASE_MANAGEMENT], WORKER, &[], &[]));
    assert!(reviewed("child_protection", NO) && reviewed("none", YES));
    assert!(!reviewed("child_in_need", NO));
    assert!(is_met(name, &[("case_closed_on", day("2026-03-02"))]));
    assert!(!is_met(name, &[("case_closed_on", Value::None)]));
}

#[test]
fn s_119_case_management_takes_the_disability_teams_advice_where_it_holds_the_case() {
    let name = "consult_the_disability_team";
    let child = |members, mainly| {
        is_asked(
            name,
            CASE_MANAGEMENT,
            &[("special_groups", members), ("mainly_in_need", mainly)],
        )
    };

    assert_eq!(owed(name), of(&[CASE_MANAGEMENT], WORKER, &[], &[]));
    assert!(child(disabled(), NO));
    assert!(!child(disabled(), YES));
    assert!(!child(Value::Codes([].into()), NO));
    assert!(is_met(
        name,
        &[("disability_advice_taken_on", day("2026-03-02"))]
    ));
    assert!(!is_met(
        name,
        &[("disability_advice_taken_on", Value::None)]
    ));
}

#[test]
fn s_109_s_123_at_17_the_permanency_team_refers_and_sends_the_summary() {
    let born = [("date_of_birth", day("2008-02-29"))];

    for (name, done) in [
        ("refer_to_leaving_care", "leaving_care_referred_on"),
        ("send_transfer_summary", "leaving_care_summary_sent_on"),
    ] {
        assert_eq!(
            owed(name),
            of(&["looked_after"], WORKER, &["20 working days"], &[MANAGER]),
            "{name}"
        );
        assert_eq!(due(name, &born).on, date(2025, 3, 1), "{name}");
        let looked_after = |yes| is_asked(name, "looked_after", &[("looked_after", yes)]);
        assert!(looked_after(YES) && !looked_after(NO), "{name}");
        assert!(is_met(name, &[(done, day("2025-03-01"))]), "{name}");
        assert!(!is_met(name, &[(done, Value::None)]), "{name}");
    }
}

#[test]
fn s_123_the_disability_team_sends_the_summary_of_those_who_qualify() {
    let name = "send_transfer_summary_with_disability";
    let eligible = |yes| is_asked(name, "disability", &[("leaving_care_eligible", yes)]);

    assert_eq!(
        owed(name),
        of(&["disability"], WORKER, &["20 working days"], &[MANAGER])
    );
    assert_eq!(
        due(name, &[("date_of_birth", day("2009-03-02"))]).on,
        date(2026, 3, 2)
    );
    assert!(eligible(YES) && !eligible(NO));
    let sent = "leaving_care_summary_sent_on";
    assert!(is_met(name, &[(sent, day("2026-03-02"))]));
    assert!(!is_met(name, &[(sent, Value::None)]));
}

#[test]
fn s_110_s_124_where_needs_are_complex_both_are_due_on_the_day_the_manager_sets() {
    let set = [("leaving_care_referral_due_on", day("2025-11-03"))];

    for (name, teams, whom, done) in [
        (
            "refer_early_to_leaving_care",
            vec!["looked_after"],
            "looked_after",
            "leaving_care_referred_on",
        ),
        (
            "send_transfer_summary_early",
            vec!["looked_after"],
            "looked_after",
            "leaving_care_summary_sent_on",
        ),
        (
            "send_transfer_summary_early_with_disability",
            vec!["disability"],
            "leaving_care_eligible",
            "leaving_care_summary_sent_on",
        ),
    ] {
        assert_eq!(owed(name), of(&teams, WORKER, &[], &[MANAGER]), "{name}");
        assert_eq!(due(name, &set).on, date(2025, 11, 3), "{name}");
        let asked =
            |yes, complex| is_asked(name, teams[0], &[(whom, yes), ("complex_needs", complex)]);
        assert!(asked(YES, YES), "{name}");
        assert!(!asked(YES, NO) && !asked(NO, YES), "{name}");
        assert!(is_met(name, &[(done, day("2025-11-03"))]), "{name}");
        assert!(!is_met(name, &[(done, Value::None)]), "{name}");
    }
}

const PLAN_ELSEWHERE: (&str, Value) = ("plan_elsewhere", Value::None);

fn plan_elsewhere(plan: &str) -> (&'static str, Value) {
    (PLAN_ELSEWHERE.0, code(plan))
}

#[test]
fn s_070_s_071_s_131_what_the_manager_clears_up_on_receipt_of_a_plan_from_elsewhere() {
    let received = [("receiving_in_notified_on", day("2026-03-02"))];
    let on_plan = plan_elsewhere("child_protection");
    let other = plan_elsewhere("child_in_need");

    for name in [
        "establish_residence",
        "clarify_proceedings_elsewhere",
        "take_legal_advice",
    ] {
        assert_eq!(
            owed(name),
            of(&[CASE_MANAGEMENT], MANAGER, &[], &[SERVICE_MANAGER]),
            "{name}"
        );
        assert_eq!(due(name, &received).on, date(2026, 3, 2), "{name}");
        let known = [on_plan.clone(), ("proceedings_elsewhere", YES)];
        assert!(is_asked(name, CASE_MANAGEMENT, &known), "{name}");
        let known = [other.clone(), ("proceedings_elsewhere", YES)];
        assert!(!is_asked(name, CASE_MANAGEMENT, &known), "{name}");
    }
    let none_active = [on_plan, ("proceedings_elsewhere", NO)];
    assert!(!is_asked(
        "take_legal_advice",
        CASE_MANAGEMENT,
        &none_active
    ));
    for (name, fact) in [
        ("establish_residence", "long_term_residence"),
        ("clarify_proceedings_elsewhere", "proceedings_elsewhere"),
    ] {
        assert!(is_met(name, &[(fact, YES)]), "{name}");
        assert!(is_met(name, &[(fact, NO)]), "no is an answer: {name}");
        assert!(!is_met(name, &[]), "{name}");
    }
    let advised = "legal_advice_taken_on";
    assert!(is_met("take_legal_advice", &[(advised, day("2026-03-02"))]));
    assert!(!is_met("take_legal_advice", &[(advised, Value::None)]));
}

#[test]
fn s_070_k_55_without_a_clear_intention_to_stay_the_home_authority_is_told() {
    let name = "tell_the_home_authority";
    let asked = |plan: &str, stays| {
        let known = [plan_elsewhere(plan), ("long_term_residence", stays)];
        is_asked(name, CASE_MANAGEMENT, &known)
    };

    assert_eq!(owed(name), of(&[CASE_MANAGEMENT], MANAGER, &[], &[]));
    assert!(asked("child_protection", NO));
    assert!(!asked("child_protection", YES));
    assert!(!asked("child_in_need", NO));
    assert!(is_met(name, &[("home_authority_told", YES)]));
    assert!(!is_met(name, &[("home_authority_told", NO)]));
}

#[test]
fn s_067_s_069_s_070_s_073_s_074_what_the_receiving_in_conference_needs_and_that_it_is_in_15_working_days()
 {
    let conference = "hold_receiving_in_conference";

    assert_eq!(
        owed(conference),
        of(&[CASE_MANAGEMENT], WORKER, &["3 working days"], &[MANAGER])
    );
    let received = [("receiving_in_notified_on", day("2026-03-27"))];
    assert_eq!(due(conference, &received).on, date(2026, 4, 21));
    for (name, done) in [
        (conference, "receiving_in_conference_held_on"),
        ("ask_for_home_assessment", "home_assessment_received_on"),
        ("complete_local_checks", "local_checks_completed_on"),
    ] {
        let asked = |plan: &str, stays| {
            let known = [plan_elsewhere(plan), ("long_term_residence", stays)];
            is_asked(name, CASE_MANAGEMENT, &known)
        };
        assert!(asked("child_protection", YES), "{name}");
        assert!(!asked("child_protection", NO), "{name}");
        assert!(!asked("child_in_need", YES), "{name}");
        assert!(is_met(name, &[(done, day("2026-04-20"))]), "{name}");
        assert!(!is_met(name, &[(done, Value::None)]), "{name}");
    }
    let booked = [("receiving_in_conference_booked_for", day("2026-04-20"))];
    for name in ["ask_for_home_assessment", "complete_local_checks"] {
        assert_eq!(
            owed(name),
            of(&[CASE_MANAGEMENT], WORKER, &[], &[MANAGER]),
            "{name}"
        );
        assert_eq!(
            due(name, &booked).breached_at,
            at("2026-04-19T23:00:00Z"),
            "before the day of the conference: {name}"
        );
    }
}

#[test]
fn s_068_what_the_conference_found_on_the_threshold_is_recorded_that_day() {
    let name = "record_threshold";
    let held = "receiving_in_conference_held_on";
    let asked = |plan: &str, on| {
        let known = [plan_elsewhere(plan), (held, on)];
        is_asked(name, CASE_MANAGEMENT, &known)
    };

    assert_eq!(owed(name), of(&[CASE_MANAGEMENT], WORKER, &[], &[MANAGER]));
    assert_eq!(
        due(name, &[(held, day("2026-04-20"))]).on,
        date(2026, 4, 20)
    );
    assert!(asked("child_protection", day("2026-04-20")));
    assert!(!asked("child_protection", Value::None));
    assert!(!asked("child_in_need", day("2026-04-20")));
    for found in [YES, NO] {
        assert!(is_met(name, &[("receiving_in_threshold_met", found)]));
    }
    assert!(!is_met(name, &[]));
}

#[test]
fn s_075_the_home_authoritys_assessment_is_registered_once_it_is_there() {
    let name = "register_home_assessment";
    let asked = |plan: &str, on| {
        let known = [plan_elsewhere(plan), ("home_assessment_received_on", on)];
        is_asked(name, CASE_MANAGEMENT, &known)
    };

    assert_eq!(owed(name), of(&[CASE_MANAGEMENT], WORKER, &[], &[]));
    assert!(asked("child_protection", day("2026-04-10")));
    assert!(!asked("child_protection", Value::None));
    assert!(!asked("child_in_need", day("2026-04-10")));
    let registered = "home_assessment_registered_on";
    assert!(is_met(name, &[(registered, day("2026-04-13"))]));
    assert!(!is_met(name, &[(registered, Value::None)]));
}
