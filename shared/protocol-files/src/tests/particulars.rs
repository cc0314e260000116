//! Numbers, ladders and lists that no story comes past: who hears of a breach, what a notice says, what an outcome does.

use baton_protocol::transfer::OutcomeEffect;
use baton_protocol::{Effect, Rung};

use super::*;

fn ladder(rungs: &[Rung]) -> Vec<String> {
    rules(rungs)
}

#[test]
fn w_080_w_087_the_receiving_manager_is_reminded_and_hears_of_it_when_no_worker_is_named_after_the_meeting()
 {
    let pack = pack("wirral");
    let named = clock(&pack, "worker_named_after_district_meeting");

    assert_eq!(ladder(&named.escalate), ["team_manager of receiving"]);
}

#[test]
fn k_44_w_086_k_04_w_087_w_152_w_155_who_hears_when_two_weeks_pass_without_a_worker() {
    let pack = pack("wirral");
    let named = clock(&pack, "worker_named_after_district_meeting");
    let told: Vec<Vec<String>> = named
        .when_missed
        .iter()
        .map(|branch| {
            let effects = branch.then.iter();
            effects
                .filter_map(|effect| match effect {
                    Effect::Escalate(parties) => Some(rules(parties)),
                    _ => None,
                })
                .flatten()
                .collect()
        })
        .collect();

    assert_eq!(
        told,
        [
            vec!["team_manager of outgoing", "group_manager of authority"],
            vec!["group_manager of authority", "senior_manager of authority"],
            vec!["group_manager of authority"],
        ]
    );
}

#[test]
fn w_027_x_05_the_acknowledgement_is_due_24_elapsed_hours_after_the_decision() {
    let pack = pack("wirral");
    let decided = Anchors::new().at(Moment::Decided, at("2026-03-28T23:30:00Z"));

    for name in ["no_concerns", "assess"] {
        let outcome = pack.front_door.outcome(name).unwrap();
        let acknowledged = outcome
            .tells
            .iter()
            .find(|tell| tell.notice == "referral_acknowledged");
        let term = acknowledged.unwrap().due.as_ref().unwrap();
        let due = term.due(&decided, &Facts::new(), &calendar(), pack.plain_days);
        // The night in which the clocks go forward takes nothing from the 24 hours; to the last microsecond it is in time.
        assert_eq!(
            due.unwrap().breached_at,
            at("2026-03-29T23:30:00.000001Z"),
            "{name}"
        );
    }
}

#[test]
fn m_094_m_087_k_60_both_managers_hear_when_the_case_is_not_with_the_central_team_in_time() {
    let pack = pack("merton");
    let transferred = clock(&pack, "transferred");

    assert_eq!(
        ladder(&transferred.escalate),
        ["team_manager of outgoing", "team_manager of receiving"]
    );
}

#[test]
fn m_094_only_a_protection_plan_moves_the_case_and_an_adjourned_conference_waits() {
    let pack = pack("merton");

    let effects: Vec<(&str, OutcomeEffect)> = route(&pack)
        .outcomes
        .iter()
        .map(|(outcome, effect)| (outcome.as_str(), effect.clone()))
        .collect();

    assert_eq!(
        effects,
        [
            ("adjourned", OutcomeEffect::Wait),
            ("child_in_need_plan", OutcomeEffect::Lapse),
            ("child_protection_plan", OutcomeEffect::Proceed),
            ("early_help_plan", OutcomeEffect::Lapse),
            ("no_plan", OutcomeEffect::Lapse),
        ]
    );
}

#[test]
fn m_157_the_note_on_the_system_says_from_whom_to_whom_with_which_worker_and_when() {
    let pack = pack("merton");
    let noted = pack.transfer.notice("record_transfer").unwrap();

    assert_eq!(
        noted.content,
        ["from_team", "to_team", "to_worker", "moved_at"]
    );
}

#[test]
fn m_141_k_14_the_tasks_of_the_audit_that_are_open_are_shown() {
    let pack = pack("merton");
    let tasks = pack.transfer.item("audit_tasks").unwrap();

    assert_eq!(tasks.evidence, ["open_tasks"]);
}

#[test]
fn c_004_c_071_the_service_manager_hears_when_a_case_would_be_without_a_worker() {
    let pack = pack("camden");
    let stops = &pack.allocation.hard_stops;
    let every = stops.iter().find(|stop| stop.stop == "every_case").unwrap();

    assert_eq!(ladder(&every.escalate), ["service_manager of authority"]);
}

#[test]
fn s_044_s_047_who_hears_of_a_conference_nobody_reports_and_of_a_core_group_nobody_holds() {
    let pack = pack("shropshire");

    assert_eq!(
        ladder(&clock(&pack, "conference_reported").escalate),
        [
            "team_manager of outgoing",
            "service_manager of authority after 2 working days",
        ]
    );
    assert_eq!(
        ladder(&clock(&pack, "core_group").escalate),
        [
            "team_manager of receiving",
            "service_manager of authority after 2 working days",
        ]
    );
    assert_eq!(
        rules(&clock(&pack, "core_group").remind),
        ["2 working days"]
    );
}

#[test]
fn l_012_l_013_l_040_a_pre_birth_conference_is_on_its_route_with_the_meetings_around_it() {
    let pack = pack("lancashire");
    let before_birth = pack.transfer.route("pre_birth_conference").unwrap();

    assert_eq!(
        before_birth.meetings,
        ["managers_discussion", "conference", "core_group"]
    );
}

#[test]
fn what_ends_something_is_decided_with_reasons_everywhere() {
    for authority in ["wirral", "merton", "lancashire", "shropshire", "camden"] {
        let pack = pack(authority);
        for ground in &pack.closure.grounds {
            assert!(ground.rationale, "{authority}: {}", ground.ground);
        }
        for outcome in ["no_concerns", "early_help", "redirect"] {
            let Some(outcome) = pack.front_door.outcome(outcome) else {
                continue;
            };
            assert!(outcome.rationale, "{authority}: {}", outcome.outcome);
        }
    }
}

#[test]
fn m_013_k_17_hours_run_through_the_weekend_in_a_document_that_counts_working_days() {
    let pack = pack("merton");
    let launched = Anchors::new().at(Moment::Launched, at("2026-04-02T16:00:00Z"));
    let decided = pack.front_door.clock("contact_decision").unwrap();

    let due = decided
        .due
        .due(&launched, &Facts::new(), &calendar(), pack.plain_days)
        .unwrap();

    // Maundy Thursday at four; Good Friday counts.
    assert_eq!(due.breached_at, at("2026-04-03T16:00:00.000001Z"));
}

#[test]
fn s_047_s_051_s_054_k_39_plain_days_beside_working_days_are_calendar_days() {
    let pack = pack("shropshire");
    let anchors = held("2026-03-27T10:00:00Z").at(Moment::Moved, at("2026-03-27T10:00:00Z"));
    let known = facts(&[
        ("conference.outcome", code("child_protection_plan")),
        ("looked_after", Value::Flag(true)),
        ("placed_on", Value::Date(date(2026, 3, 27))),
        ("assessment_completed_on", Value::Date(date(2026, 3, 27))),
    ]);
    let due = |name: &str| clock_due(&pack, name, &anchors, &known).unwrap();

    for ten_days in ["core_group", "core_group_after_receipt"] {
        // Easter lies in between and takes nothing away.
        assert_eq!(due(ten_days).on, date(2026, 4, 6), "{ten_days}");
        assert_eq!(skipped(&due(ten_days)), Vec::<String>::new());
    }
    assert_eq!(due("first_looked_after_review").on, date(2026, 4, 24));
    // The same document's seven working days.
    assert_eq!(due("plan_ratified").on, date(2026, 4, 9));
}

/// What a contact can come to there, whether it goes on from there, and the rules of each.
fn outcomes(authority: &str) -> Vec<String> {
    let outcomes = &pack(authority).front_door.outcomes;
    let of_each = outcomes.iter().map(|outcome| {
        let goes_on = if outcome.refers { "goes on" } else { "ends" };
        let cites = rules(&outcome.cites).join(" ");
        format!("{} {goes_on} under {cites}", outcome.outcome)
    });
    of_each.collect()
}

#[test]
fn m_013_m_014_m_024_m_029_m_032_m_034_m_036_what_a_contact_can_come_to_in_merton() {
    assert_eq!(
        outcomes("merton"),
        [
            "assess goes on under M-024 M-034 M-036",
            "section_47 goes on under M-036",
            "information_sharing ends under M-024",
            "support_network ends under M-032",
            "redirect ends under M-029",
            "no_concerns ends under M-013",
            "negotiated ends under M-014",
            "early_help ends under ST-04",
        ]
    );
}

#[test]
fn s_002_s_015_s_106_s_107_what_a_contact_can_come_to_in_shropshire() {
    assert_eq!(
        outcomes("shropshire"),
        [
            "assess goes on under S-002 S-015 S-107 ST-05",
            "section_47 goes on under S-002 S-015 S-106 ST-05",
            "early_help ends under S-002",
            "no_concerns ends under S-002",
            "redirect ends under ST-04",
        ]
    );
}

#[test]
fn w_053_k_41_a_first_or_a_pre_birth_conference_opens_the_way_and_no_review() {
    let wirral = pack("wirral");
    let route = wirral.transfer.route("child_protection_conference");
    assert_eq!(route.unwrap().conference, ["initial", "pre_birth"]);
}

#[test]
fn w_089_that_the_record_is_amended_is_wirrals_own_and_a_task() {
    let wirral = pack("wirral");
    let kind = wirral.notification.kind("record_transfer").unwrap();
    assert_eq!(rules(&kind.cites), ["W-089"]);
    assert_eq!(kind.media, ["task"]);
}
