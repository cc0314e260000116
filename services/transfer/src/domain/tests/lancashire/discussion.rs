//! What the managers settle between them, and what nobody has said.

use super::*;

fn discuss(stage: &mut Stage, who: &[&str], agreed: &[(&str, bool)]) {
    discuss_time(stage, who, agreed, Some("2026-03-16"));
}

fn discuss_time(stage: &mut Stage, who: &[&str], agreed: &[(&str, bool)], date: Option<&str>) {
    let agreed = agreed.iter().map(|(item, yes)| ((*item).to_owned(), *yes));
    let held = MeetingHeld {
        kind: "managers_discussion".to_owned(),
        held_at: stage.now,
        attended: who.iter().map(|&worker| worker.to_owned()).collect(),
        chaired_by: None,
        agreed: agreed.collect(),
        agreed_date: date.map(|date| date.parse().unwrap()),
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
fn l_049_a_discussion_that_agreed_no_time_leaves_the_item_open_and_says_so() {
    let mut stage = held();
    prepare(&mut stage);
    tell_in_writing(&mut stage);
    stage.at("2026-03-16 17:00");
    let mut other = held();

    discuss_time(&mut other, &["tom", "nia"], &[], None);

    let refusal = other.act("nia", Command::CompleteTransfer).unwrap_err();
    let Refusal::GateNotMet { open } = refusal else {
        panic!("{refusal:?}")
    };
    let talk = open.iter().find(|item| item.item == "managers_discussion");
    assert_eq!(talk.unwrap().missing, ["agreed_date"]);
    assert_eq!(talk.unwrap().next_step, "agree_a_time");
    let recorded = stage.the().meeting("managers_discussion").unwrap();
    assert_eq!(recorded.agreed_on, Some("2026-03-16".parse().unwrap()));
    stage.act("nia", Command::CompleteTransfer).unwrap();
}

#[test]
fn l_028_joint_work_is_decided_yes_or_no_by_both_managers_at_their_meeting() {
    for answer in [true, false] {
        let mut stage = held();

        discuss(&mut stage, &["tom"], &[("joint_work", answer)]);
        assert_eq!(joint_work(&stage).state(), ItemState::Open);

        stage.at("2026-03-16 17:00");
        discuss(&mut stage, &["tom", "nia"], &[("joint_work", answer)]);
        assert_eq!(joint_work(&stage).state(), ItemState::Met);
        assert_eq!(joint_work(&stage).answers["joint_work"], answer);
        assert!(!stage.departed_from("L-028"), "no is an answer too");
    }
}

#[test]
fn l_028_each_manager_decides_for_the_own_team_and_another_answer_asks_the_other_again() {
    let mut stage = held();
    let decide = |stage: &mut Stage, who: &str, yes: bool| {
        let act = ItemAct {
            item: "joint_work".to_owned(),
            answers: [("joint_work".to_owned(), yes)].into(),
            effective_at: None,
        };
        stage.act(who, Command::CompleteItem(act)).map(|_| ())
    };

    decide(&mut stage, "tom", true).unwrap();
    decide(&mut stage, "nia", false).unwrap();
    assert_eq!(joint_work(&stage).state(), ItemState::AwaitingSignature);
    assert!(decide(&mut stage, "ann", false).is_err());
    decide(&mut stage, "tom", false).unwrap();

    assert_eq!(joint_work(&stage).state(), ItemState::Met);
    assert!(!joint_work(&stage).answers["joint_work"]);
}

fn joint_work(stage: &Stage) -> Item {
    stage.the().item("joint_work").unwrap().clone()
}

#[test]
fn l_037_three_months_in_care_are_shown_and_ask_nothing_more() {
    let mut stage = Stage::of("lancashire");
    stage.know("looked_after", Value::Flag(true));
    stage.know_date("accommodated_on", "2025-12-16");
    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );
    let forms = |stage: &Stage| stage.the().item("looked_after_forms").unwrap().clone();
    assert_eq!(forms(&stage).flag, None);

    stage.at("2026-03-15 23:00");
    stage.name_worker();
    assert_eq!(forms(&stage).flag, None, "three months less a day");

    stage.at("2026-03-16 09:00");
    stage.complete_item("ann", "looked_after_forms").unwrap();

    assert_eq!(forms(&stage).flag.as_deref(), Some("three_months_in_care"));
    assert!(forms(&stage).asks.is_empty());
    assert_eq!(forms(&stage).state(), ItemState::Met);
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

#[test]
fn l_035_no_letter_goes_without_the_number_of_the_new_team_and_the_manager_is_asked_for_it() {
    let mut stage = Stage::of("lancashire");
    let give = |stage: &mut Stage, phone: Option<&str>| {
        for team in &mut stage.teams {
            team.phone = phone.map(str::to_owned);
        }
    };
    give(&mut stage, None);
    stage.know("looked_after", Value::Flag(false));
    stage.know_code("legal_status", "none");
    stage.know_date("assessment_completed_on", "2026-02-10");
    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );
    let asked = "give_contact_number team_manager of north".to_owned();
    assert!(stage.tasks().contains(&asked), "from the beginning on");
    stage.name_worker();
    stage.at("2026-03-16 16:00");
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_protection_plan")),
    );
    let letter = "transfer_letter_with_contacts".to_owned();
    assert!(!stage.told().contains(&letter));
    let refusal = stage.act("nia", Command::CompleteTransfer).unwrap_err();
    let Refusal::GateNotMet { open } = refusal else {
        panic!("{refusal:?}")
    };
    let told = open.iter().find(|item| item.item == "informed_in_writing");
    assert_eq!(told.unwrap().missing, ["new_contact_numbers"]);

    give(&mut stage, Some("01772 530000"));
    stage.complete_item("ann", "chronology").unwrap();

    assert!(stage.told().contains(&letter));
    assert!(!stage.tasks().contains(&asked));
    let notices = stage.events.iter().flat_map(|event| &event.notices);
    let mut letters = notices.filter(|notice| notice.kind == letter);
    let sent = letters.next().unwrap();
    assert_eq!(sent.content["new_contact_numbers"], "01772 530000");
    assert!(letters.next().is_none(), "once");
}

#[test]
fn l_048_the_reminder_comes_when_the_later_condition_is_met_and_at_once_when_it_was_before() {
    let booked_on = |day: &str| {
        let mut stage = Stage::of("lancashire");
        stage.know_date("expected_delivery_date", "2026-07-20");
        stage.know("looked_after", Value::Flag(false));
        stage.know_date("assessment_completed_on", "2026-03-02");
        stage.at(day);
        let mut booking = conference("2026-04-20 14:00", "");
        booking.kind = "pre_birth".to_owned();
        stage.report("conference_scheduled", Some(booking));
        stage
    };
    let reminder = "pre_birth_reminder".to_owned();

    let mut early = booked_on("2026-03-10 09:00");
    early.at("2026-03-29 23:59");
    assert!(!early.told().contains(&reminder));
    early.at("2026-03-30 00:00");
    assert!(early.told().contains(&reminder), "24 weeks");
    early.at("2026-04-19 09:00");
    assert!(!early.the().is_overdue(), "no breach");

    let mut late = booked_on("2026-04-02 09:00");
    late.at("2026-04-02 09:00");
    assert!(late.told().contains(&reminder), "at once");
}
