//! What has to be there before a case moves: each item whole, by the row of its rule.

use super::super::entries::item_says;
use super::*;

fn item(name: &str) -> Vec<String> {
    item_says(&pack("lancashire"), name)
}

#[test]
fn l_016_needs_that_step_down_can_meet_keep_the_case_unless_a_reason_is_recorded() {
    assert_eq!(
        item("needs_beyond_step_down"),
        [
            "asks: not_met_by_universal_services, not_met_by_targeted_services",
            "completed_by: team_manager of outgoing",
            "item: needs_beyond_step_down",
            "strength: soft",
        ]
    );
}

#[test]
fn l_021_both_managers_agree_a_return_home_by_a_plan_and_for_28_days_after_the_point() {
    let pack = pack("lancashire");
    assert_eq!(
        item("return_home_agreed"),
        [
            "asked_once: facts.return_home_on",
            "asks: established_plan",
            "bars: nothing",
            "confirmed_by: team_manager of outgoing, team_manager of receiving",
            "decision: true",
            "item: return_home_agreed",
            "strength: hard",
            "when: facts.legal_status == \"section_20\" && !facts.in_proceedings",
        ]
    );
    let [stay] = &pack.transfer.stays[..] else {
        panic!("{:?}", pack.transfer.stays)
    };
    assert_eq!(stay.stay, "return_home");
    assert_eq!(stay.item, "return_home_agreed");
    assert_eq!(stay.until.as_str(), "return_home_on");
    assert_eq!(stay.within.to_string(), "28 days");
}

#[test]
fn l_021_the_return_home_is_asked_about_only_of_a_section_20_child_outside_proceedings() {
    let pack = pack("lancashire");
    let route = pack.transfer.route("section_20_looked_after").unwrap();
    let asked = |status: &str, in_proceedings| {
        let known = facts(&[
            ("legal_status", code(status)),
            ("in_proceedings", Value::Flag(in_proceedings)),
            ("return_home_on", Value::Date(date(2026, 4, 10))),
        ]);
        items(&pack.gate_of(route, &Scope::of(&known))).contains(&"return_home_agreed".to_owned())
    };

    assert!(asked("section_20", false));
    assert!(!asked("section_20", true), "L-019 alone governs (K-27)");
    assert!(!asked("care", false));
}

#[test]
fn l_023_the_managers_plan_the_handover_before_the_final_hearing() {
    assert_eq!(
        item("handover_planned"),
        [
            "completed_by: team_manager of outgoing",
            "item: handover_planned",
            "satisfied_by: meeting pre_transfer_discussion",
            "strength: soft",
        ]
    );
}

#[test]
fn l_017_a_child_in_need_moves_with_an_outline_plan() {
    assert_eq!(
        item("outline_plan"),
        [
            "completed_by: social_worker of outgoing",
            "evidence: plan_draft",
            "item: outline_plan",
            "strength: hard",
        ]
    );
}

#[test]
fn l_003_l_046_the_manager_answers_for_files_that_show_needs_assessments_and_safety_plans() {
    assert_eq!(
        item("files_up_to_date"),
        [
            "asks: recording, assessments, immediate_needs, safety_plan",
            "item: files_up_to_date",
            "signed_by: team_manager of outgoing",
            "strength: hard",
        ]
    );
}

#[test]
fn l_005_the_handover_with_the_family_is_good_practice() {
    assert_eq!(
        item("handover_with_family"),
        [
            "completed_by: social_worker of outgoing",
            "item: handover_with_family",
            "satisfied_by: meeting handover",
            "strength: soft",
        ]
    );
}

#[test]
fn l_006_l_002_both_managers_decide_and_the_best_interests_are_on_record() {
    assert_eq!(
        item("both_managers_decide"),
        [
            "asks: best_interests",
            "confirmed_by: team_manager of outgoing, team_manager of receiving",
            "decision: true",
            "item: both_managers_decide",
            "strength: hard",
        ]
    );
}

#[test]
fn l_027_l_049_the_discussion_of_the_managers_is_held_and_confirmed() {
    assert_eq!(
        item("managers_discussion"),
        [
            "confirmed_by: team_manager of outgoing",
            "item: managers_discussion",
            "satisfied_by: meeting managers_discussion",
            "strength: hard",
        ]
    );
}

#[test]
fn l_028_l_029_joint_work_is_yes_or_no_of_both_managers_and_dispensed_with_by_both() {
    assert_eq!(
        item("joint_work"),
        [
            "asks: joint_work",
            "confirmed_by: team_manager of outgoing, team_manager of receiving",
            "decision: true",
            "item: joint_work",
            "strength: soft",
            "waiver: by team_manager of outgoing, team_manager of receiving jointly true",
        ]
    );
}

#[test]
fn l_009_a_worker_of_the_receiving_team_is_named() {
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
fn l_030_l_031_l_032_l_033_a_summary_is_written_by_the_worker_and_passed_by_somebody_else() {
    assert_eq!(
        item("case_summary"),
        [
            "completed_by: social_worker of outgoing",
            "evidence: case_summary",
            "four_eyes: true",
            "item: case_summary",
            "signed_by: practice_manager of outgoing",
            "strength: hard",
        ]
    );
    assert_eq!(
        item("transfer_summary"),
        [
            "asks: involvement, services_provided, actions_under_way",
            "completed_by: social_worker of outgoing",
            "evidence: transfer_summary",
            "four_eyes: true",
            "item: transfer_summary",
            "signed_by: team_manager of outgoing",
            "strength: hard",
        ]
    );
}

#[test]
fn l_034_l_036_the_chronology_and_the_case_notes_are_the_workers() {
    for paper in ["chronology", "case_notes"] {
        assert_eq!(
            item(paper),
            [
                "completed_by: social_worker of outgoing".to_owned(),
                format!("evidence: {paper}"),
                format!("item: {paper}"),
                "strength: hard".to_owned(),
            ]
        );
    }
}

#[test]
fn l_004_l_035_the_letter_tells_them_and_the_worker_sends_it() {
    assert_eq!(
        item("informed_in_writing"),
        [
            "completed_by: social_worker of outgoing",
            "item: informed_in_writing",
            "satisfied_by: notice transfer_letter_with_contacts",
            "strength: hard",
        ]
    );
}

#[test]
fn l_037_l_039_the_looked_after_papers_and_the_flag_at_three_months_that_asks_for_nothing_yet() {
    let pack = pack("lancashire");
    assert_eq!(
        item("looked_after_forms"),
        [
            "completed_by: social_worker of outgoing",
            "evidence: looked_after_forms",
            "flag: asks_of lac.3m_extra flag three_months_in_care from 3 months after facts.accommodated_on",
            "item: looked_after_forms",
            "strength: hard",
            "when: facts.looked_after",
        ]
    );
    assert!(pack.settings.0["lac.3m_extra"].value.is_null());
    assert_eq!(
        item("life_story"),
        [
            "completed_by: social_worker of outgoing",
            "evidence: life_story",
            "item: life_story",
            "strength: hard",
            "when: facts.legal_status == \"care\"",
        ]
    );
}

#[test]
fn l_038_the_assessment_of_the_last_twelve_months_is_the_workers_to_see_to() {
    assert_eq!(
        item("assessment"),
        [
            "completed_by: social_worker of outgoing",
            "item: assessment",
            "satisfied_by: recent fact assessment_completed_on within 12 months",
            "strength: hard",
        ]
    );
}
