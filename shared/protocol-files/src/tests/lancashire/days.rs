//! Days, meetings and letters: what is due when, who hears of it, who is there, what is sent.

use baton_protocol::transfer::DisputeRule;

use super::super::entries::{
    authority_says, clock_says, contact_route, meeting_says, notice_says, referral_route, says,
};
use super::*;

fn clock(name: &str) -> Vec<String> {
    clock_says(&pack("lancashire"), name)
}

#[test]
fn l_023_x_09_the_handover_is_planned_42_days_before_the_final_hearing_as_it_is_booked() {
    let pack = pack("lancashire");
    assert_eq!(
        clock("handover_planned"),
        [
            "by: team_manager of outgoing",
            "clock: handover_planned",
            "due: 42 days before facts.final_hearing_booked_for",
            "escalate: team_manager of outgoing, team_manager of receiving",
            "met_by: item:handover_planned",
            "strength: soft",
        ]
    );
    let heard = |on| {
        let known = facts(&[("final_hearing_booked_for", Value::Date(on))]);
        due_on(&pack, "handover_planned", &Anchors::new(), &known)
    };
    assert_eq!(
        heard(date(2026, 5, 18)),
        date(2026, 4, 6),
        "Easter Monday stays"
    );
    assert_eq!(
        heard(date(2026, 5, 19)),
        date(2026, 4, 7),
        "a moved hearing moves it"
    );
}

#[test]
fn l_041_k_59_k_30_no_agreed_date_on_the_given_day_reaches_managers_then_senior_managers() {
    assert_eq!(
        clock("agree_transfer_date"),
        [
            "by: team_manager of outgoing",
            "clock: agree_transfer_date",
            "due: at point",
            "escalate: team_manager of outgoing, team_manager of receiving, senior_manager of authority after 2 \
             working days",
            "met_by: date_agreed or completed",
            "strength: hard",
        ]
    );
    let pack = pack("lancashire");
    assert_eq!(
        pack.settings.text("dispute.senior_managers_after"),
        Some("2 working days")
    );
}

#[test]
fn l_040_l_041_the_managers_are_warned_and_nobody_is_in_breach_five_working_days_on() {
    assert_eq!(
        clock("moved_on_the_day"),
        [
            "by: team_manager of outgoing",
            "clock: moved_on_the_day",
            "due: 5 working days after point",
            "escalate: team_manager of outgoing, team_manager of receiving",
            "met_by: completed",
            "strength: soft",
        ]
    );
}

#[test]
fn l_041_the_agreed_date_is_kept() {
    assert_eq!(
        clock("agreed_date_kept"),
        [
            "by: team_manager of receiving",
            "clock: agreed_date_kept",
            "due: at agreed_date",
            "escalate: senior_manager of authority",
            "met_by: agreed_date_kept",
            "strength: hard",
        ]
    );
}

#[test]
fn l_048_l_013_the_worker_is_reminded_of_an_unborn_child_s_conference() {
    assert_eq!(
        clock("conference_possible"),
        [
            "by: social_worker of outgoing",
            "clock: conference_possible",
            "due: at facts.assessment_completed_on",
            "met_by: conference_held",
            "not_before: at 24 weeks of gestation",
            "reminder: pre_birth_reminder",
            "reminds_only: true",
            "strength: soft",
            "when: child.unborn",
        ]
    );
    assert_eq!(
        notice_says(&pack("lancashire"), "pre_birth_reminder"),
        [
            "by: task",
            "notice: pre_birth_reminder",
            "on: reminded",
            "to: social_worker of outgoing, team_manager of outgoing",
        ]
    );
}

#[test]
fn l_004_l_035_one_letter_to_the_family_and_the_agencies_with_the_new_numbers() {
    assert_eq!(
        notice_says(&pack("lancashire"), "transfer_letter_with_contacts"),
        [
            "again_on: placed",
            "by: letter",
            "content: receiving_team, new_contact_numbers",
            "due: at point",
            "meets: informed_in_writing",
            "notice: transfer_letter_with_contacts",
            "on: point_reached",
            "sender: social_worker of outgoing",
            "to: family, agencies",
        ]
    );
}

#[test]
fn l_004_l_035_l_048_a_letter_goes_by_letter_and_the_reminder_is_a_task() {
    let pack = pack("lancashire");
    let media = |kind: &str| {
        let mut kinds = pack.notification.kinds.iter();
        let found = kinds.find(|known| known.kind == kind).unwrap();
        found.media.clone()
    };

    assert_eq!(media("transfer_letter_with_contacts"), ["letter"]);
    assert_eq!(media("pre_birth_reminder"), ["task"]);
}

#[test]
fn l_027_l_049_l_023_l_005_l_011_l_012_l_019_who_comes_to_which_meeting() {
    let pack = pack("lancashire");
    assert_eq!(
        meeting_says(&pack, "managers_discussion"),
        [
            "agrees_time: true",
            "attend: strength hard who team_manager of outgoing; strength hard who team_manager of receiving",
            "meeting: managers_discussion",
        ]
    );
    // Both are what should be (L-023) or good practice (L-005).
    assert_eq!(
        meeting_says(&pack, "pre_transfer_discussion"),
        [
            "attend: strength soft who team_manager of outgoing; strength soft who team_manager of receiving",
            "meeting: pre_transfer_discussion",
        ]
    );
    assert_eq!(
        meeting_says(&pack, "handover"),
        [
            "attend: strength soft who social_worker of outgoing; strength soft who social_worker of receiving",
            "meeting: handover",
        ]
    );
    for meeting in ["conference", "court_hearing"] {
        assert_eq!(
            meeting_says(&pack, meeting),
            [format!("meeting: {meeting}")]
        );
    }
}

#[test]
fn l_045_l_040_l_002_l_003_l_041_k_59_l_013_l_028_who_may_do_what() {
    let pack = pack("lancashire");
    let by = |act| authority_says(&pack, act);
    let both = "by: team_manager of outgoing, team_manager of receiving";

    assert_eq!(
        by(Act::NameReceivingWorker),
        [
            "act: name_receiving_worker",
            "by: team_manager of receiving"
        ]
    );
    assert_eq!(
        by(Act::Complete),
        ["act: complete", "by: team_manager of receiving"]
    );
    assert_eq!(
        by(Act::Return),
        [
            "act: return",
            "by: team_manager of receiving",
            "reason: true"
        ]
    );
    assert_eq!(
        by(Act::Withdraw),
        [
            "act: withdraw",
            "by: team_manager of outgoing",
            "reason: true"
        ]
    );
    assert_eq!(
        by(Act::AgreeDate),
        ["act: agree_date", both, "jointly: true", "reason: true"]
    );
    assert_eq!(by(Act::Depart), ["act: depart", both, "reason: true"]);
    let cites = |act| rules(&pack.transfer.authority(act).unwrap().cites);
    assert_eq!(cites(Act::Return), ["L-003"]);
    assert_eq!(cites(Act::Withdraw), ["L-002"]);
}

#[test]
fn l_007_l_008_l_043_l_044_k_30_the_reason_decides_who_settles_it() {
    let pack = pack("lancashire");
    let ground = |name: &str| -> Vec<String> {
        let dispute: &DisputeRule = pack.transfer.dispute(name).unwrap();
        assert_eq!(
            rules(&dispute.by),
            ["team_manager of outgoing", "team_manager of receiving"]
        );
        dispute
            .ladder
            .iter()
            .map(|rung| says(rung).join(", "))
            .collect()
    };

    assert_eq!(
        ground("criteria"),
        [
            "jointly: true, to: team_manager of outgoing, team_manager of receiving, within: 2 working days",
            "jointly: true, to: senior_manager of outgoing, senior_manager of receiving",
        ]
    );
    assert_eq!(ground("complexity"), ["to: head_of_service of authority"]);
    assert_eq!(ground("staffing"), ["to: senior_manager of authority"]);
}

#[test]
fn l_009_l_010_l_045_a_case_has_a_named_worker_at_all_times_whom_its_manager_names() {
    assert_eq!(
        says(&pack("lancashire").allocation),
        [
            "allocated_means: named_worker true",
            "hard_stops: escalate senior_manager of authority report again_every 1 day to senior_manager of \
             authority stop never_unallocated",
            "named_by: by team_manager of responsible",
        ]
    );
}

#[test]
fn l_042_x_10_a_case_closed_in_the_last_three_months_goes_back_to_the_team_that_closed_it() {
    let pack = pack("lancashire");
    assert_eq!(
        says(referral_route(&pack, "re_referral")),
        [
            "contact_too: true",
            "route: re_referral",
            "to: closing_team",
            "undecided: pass",
            "within: 3 months after facts.case_closed_on",
        ]
    );
}

#[test]
fn l_042_everything_else_that_is_new_goes_to_the_assessment_team() {
    let pack = pack("lancashire");
    let new = ["route: assessment_and_safeguarding", "to: assessment"];

    assert_eq!(
        says(contact_route(&pack, "assessment_and_safeguarding")),
        new
    );
    assert_eq!(
        says(referral_route(&pack, "assessment_and_safeguarding")),
        new
    );
}

#[test]
fn st_04_k_61_the_manager_of_the_team_that_has_it_decides() {
    let pack = pack("lancashire");
    let decided_by = pack.front_door.decided_by.as_ref().unwrap();

    assert_eq!(says(decided_by), ["by: team_manager of responsible"]);
    assert_eq!(rules(&decided_by.cites), ["ST-04", "K-61"]);
}

#[test]
fn l_040_l_049_k_52_the_given_day_is_the_trigger_day_and_the_day_does_not_wait_for_a_working_one() {
    let pack = pack("lancashire");
    assert_eq!(pack.settings.text("given_day"), Some("trigger_day"));

    let saturday = point_on(&pack, &held("2026-03-14T14:00:00Z"), &not_looked_after());
    assert_eq!(saturday.due.on, date(2026, 3, 14));
}
