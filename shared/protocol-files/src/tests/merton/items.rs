//! What each item of the gate asks, of whom, and what can come after the move.

use super::reading::*;
use super::*;

const MANAGERS: &str = "confirmed_by: team_manager of outgoing, team_manager of receiving";
const BY_MANAGER: &str = "completed_by: team_manager of outgoing";
const BY_WORKER: &str = "completed_by: social_worker of outgoing";
const SIGNED: &str = "signed_by: team_manager of outgoing";
const FIRST: &str = "cannot_follow: true";

fn is_asked(item: &str, route: &str, known: &[(&str, Value)]) -> bool {
    let known = facts(known);
    let gate = PACK.gate_of(way(route), &Scope::of(&known));
    items(&gate).contains(&item.to_owned())
}

#[test]
fn m_071_of_siblings_who_are_only_in_need_all_are_reviewed_before_one_moves() {
    assert_eq!(
        item_says("siblings_reviewed"),
        [
            "asks: all_siblings_reviewed, right_team_considered",
            FIRST,
            BY_MANAGER
        ]
    );
    let siblings = |in_need, on_plan, looked_after| {
        [
            flag("siblings.in_need", in_need),
            flag("siblings.on_protection_plan", on_plan),
            flag("siblings.looked_after", looked_after),
        ]
    };
    for route in ["after_assessment", "referred_to_targeted_team"] {
        let asked = |known: [(&str, Value); 3]| is_asked("siblings_reviewed", route, &known);
        assert!(asked(siblings(true, false, false)));
        assert!(!asked(siblings(false, false, false)), "nobody is in need");
        assert!(!asked(siblings(true, true, false)), "mixed: M-072");
        assert!(!asked(siblings(true, false, true)), "mixed: M-073");
    }
}

#[test]
fn m_049_the_childs_interest_and_the_best_service_are_weighed_and_both_managers_agree() {
    assert_eq!(
        item_says("longer_term_weighed"),
        ["asks: childs_interest, best_service", FIRST, BY_MANAGER]
    );
    assert_eq!(item_says("longer_term_agreed"), [FIRST, MANAGERS]);
}

#[test]
fn m_084_the_view_rests_on_an_active_assessment_and_both_managers_agree_it() {
    assert_eq!(
        item_says("view_rests_on_assessment"),
        [
            "asks: active_assessment, no_realistic_chance_of_return",
            FIRST,
            BY_MANAGER
        ]
    );
    assert_eq!(item_says("view_agreed"), [FIRST, MANAGERS]);
}

#[test]
fn m_085_m_086_k_18_the_papers_after_an_accommodation_may_follow() {
    for (name, evidence) in [
        ("file_in_order", "evidence: case_notes"),
        ("chronology_up_to_date", "evidence: chronology"),
        ("transfer_summary_written", "evidence: transfer_summary"),
        ("schedule_of_actions", "evidence: action_schedule"),
    ] {
        assert_eq!(item_says(name), [BY_WORKER, evidence], "{name}");
    }
    let begun = item("chronology_up_to_date").accepts_state("commenced", &Scope::of(&Facts::new()));
    assert!(!begun, "only a protection transfer takes one that is begun");
}

#[test]
fn m_088_m_131_m_115_m_116_m_122_m_127_meetings_without_which_nothing_moves() {
    for (name, meeting, by) in [
        (
            "point_discussed",
            "satisfied_by: meeting point_discussion",
            BY_MANAGER,
        ),
        (
            "transfer_case_meeting",
            "satisfied_by: meeting transfer_case",
            BY_WORKER,
        ),
        (
            "programme_discussion",
            "satisfied_by: meeting programme_discussion",
            BY_MANAGER,
        ),
        (
            "programme_handover",
            "satisfied_by: meeting programme_handover",
            BY_MANAGER,
        ),
        (
            "handover",
            "satisfied_by: meeting handover",
            "completed_by: assistant_team_manager of outgoing",
        ),
        (
            "introduction",
            "satisfied_by: meeting introduction",
            BY_WORKER,
        ),
    ] {
        assert_eq!(item_says(name), [FIRST, by, meeting], "{name}");
    }
}

#[test]
fn m_128_m_105_m_041_visits_are_hoped_for_and_hold_nothing_up() {
    assert_eq!(
        item_says("parents_visit"),
        [BY_WORKER, "satisfied_by: meeting parents_visit"]
    );
    assert_eq!(
        item_says("handover_visit"),
        [BY_WORKER, "satisfied_by: meeting joint_visit"]
    );
}

#[test]
fn m_131_the_transfer_case_meeting_makes_a_clear_plan_with_parents_or_carers() {
    assert_eq!(
        item_says("clear_plan"),
        [
            "asked_once: meeting:transfer_case",
            "asks: clear_plan, parents_or_carers_present",
            FIRST,
            BY_WORKER
        ]
    );
}

#[test]
fn m_114_m_106_m_115_what_the_programme_is_given_and_who_decides() {
    assert_eq!(
        item_says("referral_form"),
        [FIRST, BY_WORKER, "evidence: referral_form"]
    );
    assert_eq!(
        item_says("programme_conclusion"),
        ["asks: assessed, definite", FIRST, BY_WORKER]
    );
    assert_eq!(
        item_says("programme_decision"),
        [
            "any_one: true",
            "asks: full_transfer",
            FIRST,
            "confirmed_by: service_manager of authority, operations_manager of authority, \
             lead_practitioner of receiving",
            "decision: true",
            "if_no: stays"
        ]
    );
    let criteria = item("programme_criteria");
    assert!(criteria.cannot_follow);
    assert_eq!(
        criteria.completed_by.unwrap().to_string(),
        "social_worker of outgoing"
    );
}

#[test]
fn m_169_m_170_the_managers_agree_on_an_analysis_that_is_on_record() {
    assert_eq!(item_says("transfer_agreed"), [FIRST, MANAGERS]);
    assert_eq!(
        item_says("uncertainty_analysed"),
        ["asks: analysis_recorded", FIRST, BY_MANAGER]
    );
}

#[test]
fn m_119_x_09_the_summary_is_due_three_months_before_the_fourteenth_birthday() {
    assert_eq!(
        item_says("summary_for_fourteen"),
        [
            BY_WORKER,
            "due: 3 months before 14 years of age of facts.siblings.youngest_born_on",
            "escalate: team_manager of outgoing",
            "evidence: transfer_summary"
        ]
    );
    let born = facts(&[on("siblings.youngest_born_on", date(2012, 5, 31))]);
    let due = PACK.item_due(
        item("summary_for_fourteen"),
        &Anchors::new(),
        &Scope::of(&born),
        &CALENDAR,
    );
    assert_eq!(
        due.unwrap().on,
        date(2026, 2, 28),
        "there is no 31 February"
    );
}

#[test]
fn m_121_only_during_the_deferral_for_examinations_the_older_team_supports() {
    assert_eq!(
        item_says("support_meanwhile"),
        [
            "asked_once: facts.exam_period_end",
            "bars: nothing",
            "completed_by: social_worker of receiving",
            "due: at 14 years of age",
            "escalate: team_manager of receiving",
            "evidence: older_team_support"
        ]
    );
    let studies = |yes| [flag("studying_gcse_at_14", yes)];
    assert!(is_asked("support_meanwhile", "fourteen", &studies(true)));
    assert!(!is_asked("support_meanwhile", "fourteen", &studies(false)));
}

#[test]
fn m_129_the_plan_and_the_assessment_behind_it_are_asked_from_the_sixteenth_birthday_on() {
    let born = facts(&[on("date_of_birth", date(2010, 4, 1))]);
    for name in ["pathway_plan", "pathway_needs_assessment"] {
        assert_eq!(
            item_says(name),
            [FIRST, BY_WORKER, &format!("evidence: {name}")]
        );
        let asked = |day| {
            let mut scope = Scope::of(&born);
            scope.today = Some(day);
            items(&PACK.gate_of(way("proceedings"), &scope)).contains(&name.to_owned())
        };
        assert!(!asked(date(2026, 3, 31)), "{name}");
        assert!(asked(date(2026, 4, 1)), "{name}");
    }
}

#[test]
fn m_123_m_124_m_125_m_126_what_the_handover_confirms_settles_and_agrees() {
    assert_eq!(
        item_says("handover_confirms"),
        [
            "asks: looked_after_papers_current, summary_available, care_plan, introduction_tasks_and_times, \
             continuing_interventions, resources, financial_commitments, contact_money, notices_to_professionals",
            FIRST,
            "completed_by: assistant_team_manager of outgoing"
        ]
    );
}

#[test]
fn m_089_m_091_m_092_m_102_m_136_m_146_the_outgoing_manager_sees_that_the_case_was_discussed() {
    assert_eq!(
        item_says("managers_discussion"),
        [
            FIRST,
            "confirmed_by: team_manager of outgoing",
            "due: before conference",
            "satisfied_by: meeting managers_discussion"
        ]
    );
}

#[test]
fn m_090_without_a_named_worker_nothing_moves() {
    assert_eq!(
        item_says("receiving_worker"),
        [
            FIRST,
            "completed_by: team_manager of receiving",
            "satisfied_by: receiving_worker"
        ]
    );
}

#[test]
fn m_099_the_outgoing_manager_assures_that_child_and_family_were_seen() {
    assert_eq!(
        item_says("child_seen"),
        [FIRST, BY_WORKER, "evidence: child_seen", SIGNED]
    );
}

#[test]
fn m_100_m_138_k_18_chronology_and_genogram_begun_or_updated_and_signed_for() {
    for name in ["chronology", "genogram"] {
        assert_eq!(
            item_says(name),
            [
                BY_WORKER,
                format!("evidence: {name}").as_str(),
                "evidence_states: complete, updated, commenced",
                SIGNED,
                format!("updated_where: facts.{name}_existed").as_str()
            ]
        );
    }
}

#[test]
fn m_137_m_138_m_143_m_156_papers_of_the_worker() {
    assert_eq!(
        item_says("case_summary"),
        [BY_WORKER, "evidence: case_summary", SIGNED]
    );
    assert_eq!(item_says("recordings"), [BY_WORKER, "evidence: case_notes"]);
    assert_eq!(
        item_says("reports"),
        [BY_WORKER, "evidence: documents_filed"]
    );
    assert_eq!(
        item_says("personal_details"),
        [
            "asks: family_composition, religion, ethnicity, gender, date_of_birth",
            BY_WORKER,
            "evidence: personal_details"
        ]
    );
}

#[test]
fn m_140_m_141_m_142_m_143_k_14_audit_its_tasks_and_the_summary_of_what_is_left() {
    assert_eq!(
        item_says("file_audit"),
        ["asks: audited, form_attached", SIGNED]
    );
    assert_eq!(
        item_says("audit_tasks"),
        [BY_WORKER, "evidence: open_tasks"]
    );
    assert_eq!(
        item_says("transfer_summary"),
        [
            "asks: court_dates, statement_dates, care_plan_dates, court_assessments, reviews, planning_meetings, conferences",
            BY_WORKER,
            "evidence: transfer_summary"
        ]
    );
}

#[test]
fn m_139_every_effort_for_siblings_in_proceedings_is_the_managers_to_show() {
    assert_eq!(
        item_says("siblings_together"),
        ["asks: siblings_considered", FIRST, BY_MANAGER]
    );
    let in_court = |yes| [flag("in_proceedings", yes)];
    assert!(is_asked(
        "siblings_together",
        "proceedings",
        &in_court(true)
    ));
    assert!(!is_asked(
        "siblings_together",
        "proceedings",
        &in_court(false)
    ));
}

#[test]
fn m_092_m_093_m_144_m_145_in_person_unless_both_managers_agreed_otherwise_beforehand() {
    assert_eq!(
        item_says("managers_handover"),
        [
            MANAGERS,
            "strength: hard",
            "waiver: by team_manager of outgoing, team_manager of receiving jointly true"
        ]
    );
}
