//! Section 6: what has to be there before a case changes hands, each item whole.

use baton_protocol::transfer::Act;

use super::super::entries::{authority_says, item_says, meeting_says, notice_says, says};
use super::*;

fn item(name: &str) -> Vec<String> {
    item_says(&pack("camden"), name)
}

#[test]
fn c_053_the_tasks_are_done_and_the_manager_s_authorisations_given() {
    assert_eq!(
        item("tasks_complete"),
        [
            "asks: tasks_complete, authorisations_given",
            "completed_by: social_worker of outgoing",
            "item: tasks_complete",
            "strength: soft",
        ]
    );
}

#[test]
fn c_054_c_055_c_056_c_058_c_059_what_the_worker_puts_in_order_before_the_move() {
    for paper in [
        "episodes_complete",
        "personal_details",
        "documents_filed",
        "chronology",
        "transfer_form",
    ] {
        let evidence = paper.strip_suffix("_complete").unwrap_or(paper);
        assert_eq!(
            item(paper),
            [
                "completed_by: social_worker of outgoing".to_owned(),
                format!("evidence: {evidence}"),
                format!("item: {paper}"),
                "strength: soft".to_owned(),
            ]
        );
    }
}

#[test]
fn c_060_c_036_team_manager_and_service_manager_both_sign_that_they_checked() {
    assert_eq!(
        item("records_checked"),
        [
            "confirmed_by: team_manager of outgoing, service_manager of authority",
            "item: records_checked",
            "strength: hard",
        ]
    );
}

#[test]
fn c_061_c_062_the_manager_records_the_reason_and_the_worker_the_warnings() {
    assert_eq!(
        item("reason_recorded"),
        [
            "asks: reason_on_record",
            "completed_by: team_manager of outgoing",
            "item: reason_recorded",
            "strength: soft",
        ]
    );
    assert_eq!(
        item("warnings_noted"),
        [
            "asks: warnings_noted_or_none",
            "completed_by: social_worker of outgoing",
            "item: warnings_noted",
            "strength: soft",
        ]
    );
}

#[test]
fn c_063_k_24_the_case_summary_is_there_before_the_handover_meeting() {
    assert_eq!(
        item("case_summary"),
        [
            "completed_by: social_worker of outgoing",
            "due: before meeting:handover",
            "evidence: case_summary",
            "item: case_summary",
            "strength: hard",
        ]
    );
}

#[test]
fn c_064_c_065_c_066_between_teams_handover_record_and_joint_visit_are_required() {
    for meeting in ["handover", "joint_visit"] {
        assert_eq!(
            item(meeting),
            [
                format!("item: {meeting}"),
                format!("satisfied_by: meeting {meeting}"),
                "strength: hard".to_owned(),
            ]
        );
    }
    assert_eq!(
        item("meeting_recorded"),
        [
            "asked_once: meeting:handover",
            "completed_by: social_worker of outgoing",
            "evidence: handover_record",
            "item: meeting_recorded",
            "strength: hard",
        ]
    );
}

#[test]
fn c_064_c_066_both_workers_and_both_managers_meet_and_both_workers_visit() {
    let pack = pack("camden");
    assert_eq!(
        meeting_says(&pack, "handover"),
        [
            "attend: strength hard who social_worker of outgoing; strength hard who social_worker of receiving; \
             strength hard who team_manager of outgoing; strength hard who team_manager of receiving",
            "meeting: handover",
        ]
    );
    assert_eq!(
        meeting_says(&pack, "joint_visit"),
        [
            "attend: strength hard who social_worker of outgoing; strength hard who social_worker of receiving",
            "meeting: joint_visit",
        ]
    );
}

#[test]
fn c_067_within_a_team_summary_meeting_and_visit_are_expected_and_not_required() {
    assert_eq!(
        item("summary_within"),
        [
            "completed_by: social_worker of outgoing",
            "evidence: case_summary",
            "item: summary_within",
            "strength: soft",
        ]
    );
    for (name, meeting) in [
        ("handover_within", "handover"),
        ("joint_visit_within", "joint_visit"),
    ] {
        assert_eq!(
            item(name),
            [
                format!("item: {name}"),
                format!("satisfied_by: meeting {meeting}"),
                "strength: soft".to_owned(),
            ]
        );
    }
}

#[test]
fn c_007_c_009_k_26_the_service_manager_says_why_this_team() {
    assert_eq!(
        item("choice_of_team"),
        [
            "asks: fewest_moves_weighed, knowledge_weighed, journey_considered",
            "completed_by: service_manager of authority",
            "item: choice_of_team",
            "strength: soft",
        ]
    );
}

#[test]
fn c_025_c_064_the_one_who_takes_over_is_named_by_the_receiving_manager() {
    assert_eq!(
        item("receiving_worker"),
        [
            "completed_by: team_manager of receiving",
            "item: receiving_worker",
            "satisfied_by: receiving_worker",
            "strength: hard",
        ]
    );
}

#[test]
fn c_003_one_move_or_change_so_far_is_a_warning_before_the_next() {
    let pack = pack("camden");
    assert_eq!(
        says(pack.transfer.fewest_moves.as_ref().unwrap()),
        ["warn_from: 1"]
    );
}

#[test]
fn c_077_k_24_k_25_head_of_service_and_service_manager_review_the_policy_every_three_months() {
    let pack = pack("camden");
    let mut review = says(pack.transfer.policy_review.as_ref().unwrap());
    review.sort();
    assert_eq!(
        review,
        [
            "by: head_of_service of authority, service_manager of authority",
            "every: 3 months",
            "from: 2026-01-05",
            "looks_at: transfers, meetings, allocations",
            "meeting: handover",
        ]
    );
}

#[test]
fn c_064_c_036_x_20_x_22_who_names_takes_back_and_departs_and_what_the_record_says_after_a_move() {
    let pack = pack("camden");
    assert_eq!(
        authority_says(&pack, Act::NameReceivingWorker),
        [
            "act: name_receiving_worker",
            "by: team_manager of receiving"
        ]
    );
    assert_eq!(
        authority_says(&pack, Act::Withdraw),
        [
            "act: withdraw",
            "by: team_manager of outgoing",
            "reason: true"
        ]
    );
    assert_eq!(
        authority_says(&pack, Act::Depart),
        [
            "act: depart",
            "by: team_manager of outgoing, team_manager of receiving",
            "reason: true",
        ]
    );
    assert_eq!(
        notice_says(&pack, "record_transfer"),
        [
            "by: task",
            "content: from_team, to_team, to_worker, moved_at",
            "due: at moved",
            "notice: record_transfer",
            "on: moved",
            "to: team_manager of receiving",
        ]
    );
}
