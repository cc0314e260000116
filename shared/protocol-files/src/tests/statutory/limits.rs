//! What the law asks by a date: by whom, what meets it, who is reminded and who hears. Lancashire sets none of these itself.

use super::*;

/// Who owes it, what meets it, who is reminded how long before, and who hears of a breach.
fn owed(clock: &Clock) -> (String, String, Vec<String>, Vec<String>) {
    (
        clock.by.to_string(),
        clock.met_by.clone(),
        rules(&clock.remind),
        rules(&clock.escalate),
    )
}

fn owes(
    by: &str,
    met_by: &str,
    remind: &[&str],
    hears: &[&str],
) -> (String, String, Vec<String>, Vec<String>) {
    (
        by.to_owned(),
        met_by.to_owned(),
        rules(remind),
        rules(hears),
    )
}

/// Whether a clock runs on every route that leads away.
fn runs_everywhere(pack: &Pack, name: &str, known: &Facts) -> bool {
    let mut routes = pack.transfer.routes.iter().filter(|route| !route.stays);
    routes.all(|route| {
        let clocks = pack.clocks_of(route, &Scope::of(known));
        clocks.iter().any(|clock| clock.rule.clock == name)
    })
}

#[test]
fn st_01_k_61_the_core_group_of_a_protection_plan_is_the_receiving_workers_on_every_route() {
    let pack = pack("lancashire");
    let after = |outcome: &str| facts(&[("conference.outcome", code(outcome))]);
    let (plan, no_plan) = (after("child_protection_plan"), after("no_plan"));

    assert!(runs_everywhere(&pack, "core_group", &plan));
    assert!(!runs_everywhere(&pack, "core_group", &no_plan));
    assert_eq!(
        owed(clock(&pack, "core_group")),
        owes(
            "social_worker of receiving",
            "meeting:core_group",
            &["2 working days"],
            &["team_manager of receiving"]
        )
    );
    let meets = |known: &Facts| {
        let meetings = pack.meetings_of(route(&pack), &Scope::of(known));
        meetings
            .iter()
            .any(|applies| applies.rule.meeting == "core_group")
    };
    assert!(meets(&plan) && !meets(&no_plan));
}

#[test]
fn st_02_k_61_the_conference_in_time_is_the_outgoing_managers() {
    let pack = pack("lancashire");

    assert!(runs_everywhere(&pack, "conference_in_time", &Facts::new()));
    assert_eq!(
        owed(clock(&pack, "conference_in_time")),
        owes(
            "team_manager of outgoing",
            "conference_held",
            &[],
            &["team_manager of outgoing"]
        )
    );
}

#[test]
fn st_03_k_61_the_first_review_belongs_to_a_looked_after_child_and_the_responsible_worker() {
    let pack = pack("lancashire");
    let looked_after = |yes| facts(&[("looked_after", Value::Flag(yes))]);
    let name = "first_looked_after_review";

    assert!(runs_everywhere(&pack, name, &looked_after(true)));
    assert!(!runs_everywhere(&pack, name, &looked_after(false)));
    assert_eq!(
        owed(clock(&pack, name)),
        owes(
            "social_worker of responsible",
            "facts.first_looked_after_review_held_on",
            &["5 working days"],
            &["team_manager of responsible"]
        )
    );
}

#[test]
fn st_05_k_61_the_assessment_is_the_responsible_workers() {
    let pack = pack("lancashire");

    assert!(runs_everywhere(
        &pack,
        "assessment_completed",
        &Facts::new()
    ));
    assert_eq!(
        owed(clock(&pack, "assessment_completed")),
        owes(
            "social_worker of responsible",
            "facts.assessment_completed_on",
            &["5 working days"],
            &["team_manager of responsible"]
        )
    );
}

#[test]
fn x_13_x_14_the_outgoing_manager_says_what_came_of_the_conference_and_is_told_when_nobody_did() {
    let pack = pack("lancashire");

    assert!(runs_everywhere(&pack, "conference_reported", &Facts::new()));
    assert_eq!(
        owed(clock(&pack, "conference_reported")),
        owes(
            "team_manager of outgoing",
            "conference_held",
            &[],
            &["team_manager of outgoing"]
        )
    );
}

#[test]
fn st_04_k_61_the_manager_of_the_team_that_has_a_contact_decides_on_it() {
    let pack = pack("lancashire");
    let decision = pack.front_door.clock("contact_decision").unwrap();

    assert_eq!(
        owed(decision),
        owes(
            "team_manager of responsible",
            "decided",
            &[],
            &["team_manager of responsible"]
        )
    );
}

#[test]
fn st_04_st_05_a_decision_to_assess_states_the_day_from_which_the_assessment_counts() {
    let pack = pack("lancashire");

    for name in ["assess", "section_47"] {
        let outcome = pack.front_door.outcome(name).unwrap();
        assert!(outcome.refers, "{name}");
        assert_eq!(rules(&outcome.states), ["referral_decided_on"], "{name}");
    }
    for name in ["no_concerns", "early_help", "redirect"] {
        let outcome = pack.front_door.outcome(name).unwrap();
        assert!(!outcome.refers && outcome.rationale, "{name}");
        assert!(outcome.states.is_empty(), "{name}");
    }
}
