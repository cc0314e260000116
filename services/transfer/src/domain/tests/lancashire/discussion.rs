//! What the managers settle between them, and what nobody has said.

use super::*;

fn discuss(stage: &mut Stage, who: &[&str], agreed: &[(&str, bool)]) {
    let agreed = agreed.iter().map(|(item, yes)| ((*item).to_owned(), *yes));
    let held = MeetingHeld {
        kind: "managers_discussion".to_owned(),
        held_at: stage.now,
        attended: who.iter().map(|&worker| worker.to_owned()).collect(),
        chaired_by: None,
        agreed: agreed.collect(),
    };
    stage.act("tom", Command::RecordMeeting(held)).unwrap();
}

#[test]
fn l_049_the_managers_of_both_teams_discuss_the_case_and_one_alone_does_not() {
    let mut stage = held();
    let item = |stage: &Stage| stage.the().item("managers_discussion").unwrap().state();

    discuss(&mut stage, &["tom"], &[]);
    assert_eq!(item(&stage), ItemState::Open);

    stage.at("2026-03-16 17:00");
    discuss(&mut stage, &["pat", "nia"], &[]);
    assert_eq!(
        item(&stage),
        ItemState::Met,
        "a practice manager speaks for the team too"
    );
}

#[test]
fn l_027_a_discussion_after_the_conference_and_before_the_move_is_in_time() {
    let mut stage = held();
    assert!(stage.the().clock("managers_discussion").is_none());

    discuss(&mut stage, &["tom", "nia"], &[]);

    assert!(!stage.the().is_overdue());
}

#[test]
fn l_029_what_two_managers_agree_needs_both_of_them_at_the_meeting() {
    let mut stage = held();
    let item = |stage: &Stage| stage.the().item("joint_work").unwrap().state();

    discuss(&mut stage, &["tom"], &[("joint_work", false)]);
    assert_eq!(item(&stage), ItemState::Open);

    stage.at("2026-03-16 17:00");
    discuss(&mut stage, &["tom", "nia"], &[("joint_work", false)]);
    assert_eq!(item(&stage), ItemState::Waived);
}

#[test]
fn l_014_x_13_what_decides_where_the_point_lies_is_found_out_within_a_working_day() {
    let mut stage = Stage::of("lancashire");
    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );
    assert_eq!(stage.due_on("facts_known"), "2026-03-03");

    stage.at("2026-03-04 00:00");
    assert_eq!(*stage.state_of("facts_known"), ClockState::Breached);

    stage.know("looked_after", Value::Flag(false));
    stage.report("facts_changed", None);
    assert!(matches!(
        stage.state_of("facts_known"),
        ClockState::Answered { .. }
    ));
}

#[test]
fn l_014_x_13_a_child_known_not_to_be_looked_after_leaves_nothing_to_find_out() {
    let stage = scheduled();

    assert!(stage.the().clock("facts_known").is_none());
}
