//! What each route says: from whom to whom, when, and what it asks for. When it is taken is in `statuses`.

use super::reading::*;
use super::*;

/// What follows a child into the central or the 14+ Team from wherever a court or a review sends it.
const PAPERS_TO_FOLLOW: &str = "needs: managers_discussion, receiving_worker, chronology, case_summary, recordings, \
     file_audit, transfer_summary, siblings_together, managers_handover, pathway_plan, pathway_needs_assessment";
const SIBLING_PAPERS: &str = "needs: managers_discussion, receiving_worker, chronology, case_summary, recordings, \
     file_audit, transfer_summary";

#[test]
fn m_091_m_094_m_155_m_087_k_14_k_60_a_protection_plan_leads_to_the_central_team_in_three_working_days()
 {
    assert_eq!(
        route_says("child_protection_conference"),
        [
            "from: front_door, assessment, targeted_family",
            "to: family_support_and_protection",
            "opens on: conference_scheduled, conference_held",
            "moves: 3 working days after conference under M-094 M-004",
            RECEIVED,
            MOVES,
            "needs: managers_discussion, receiving_worker, child_seen, chronology, genogram, case_summary, recordings, \
             reports, personal_details, file_audit, audit_tasks, transfer_summary, siblings_together, managers_handover",
            "meetings: managers_discussion, legal_planning, conference, core_group",
            "clocks: receiving_worker_named, transferred",
            "tells: icpc_invite, record_transfer, transfer_recorded",
        ]
    );
    assert_eq!(
        way("child_protection_conference").conference,
        ["initial", "pre_birth"]
    );
}

#[test]
fn m_073_k_45_m_087_k_14_k_60_a_head_of_service_decides_for_the_older_team() {
    assert_eq!(
        route_says("decided_for_fourteen"),
        [
            "from: front_door, assessment, targeted_family, family_support_and_protection",
            "to: looked_after_older",
            "opens on: requested",
            "asked by: head_of_service of authority",
            "moves: 3 working days after triggered under M-073 M-004",
            RECEIVED,
            MOVES,
            "needs: managers_discussion, receiving_worker, case_summary, transfer_summary",
            "meetings: managers_discussion, legal_planning",
            "clocks: with_the_siblings",
            RECORDED,
        ]
    );
    let when = way("decided_for_fourteen").when.as_ref();
    let looked_after = |siblings, own| {
        [
            flag("siblings.looked_after", siblings),
            flag("looked_after", own),
        ]
    };
    assert_eq!(holds(when, &looked_after(true, false)), Some(true));
    assert_eq!(holds(when, &looked_after(false, true)), Some(true));
    assert_eq!(holds(when, &looked_after(false, false)), Some(false));
}

#[test]
fn m_168_k_46_m_087_k_14_k_60_a_relinquished_baby_is_with_adoption_three_working_days_after_being_accommodated()
 {
    assert_eq!(
        route_says("relinquished"),
        [
            "from: front_door, assessment",
            "to: adoption",
            "opens on: facts_changed",
            "moves: 3 working days after facts.accommodated_on under M-168 M-004",
            RECEIVED,
            MOVES,
            "needs: receiving_worker, case_summary, transfer_summary",
            "clocks: with_adoption",
            RECORDED,
        ]
    );
}

#[test]
fn m_169_m_170_m_171_when_the_parents_are_uncertain_the_managers_agree() {
    assert_eq!(
        route_says("parents_uncertain"),
        [
            "from: adoption",
            "to: family_support_and_protection",
            "opens on: requested",
            "asked by: team_manager of outgoing",
            "moves: 3 working days after meeting:transfer_agreement under M-171 M-004",
            RECEIVED,
            "missing papers: AgreeADate under M-171",
            "needs: transfer_agreed, uncertainty_analysed, receiving_worker, case_summary, transfer_summary",
            "meetings: transfer_agreement",
            "clocks: moved_after_agreement, agreed_date_kept",
            RECORDED,
        ]
    );
}

#[test]
fn m_153_k_11_k_45_m_087_k_14_k_60_proceedings_lead_on_after_the_initial_hearing() {
    for (name, to, opens) in [
        (
            "proceedings_fourteen",
            "to: looked_after_older",
            "opens on: date: at 14 years of age of facts.siblings.youngest_born_on",
        ),
        (
            "proceedings",
            "to: family_support_and_protection",
            "opens on: facts_changed",
        ),
    ] {
        assert_eq!(
            route_says(name),
            [
                "from: front_door, assessment, targeted_family",
                to,
                opens,
                "moves: 3 working days after meeting:court_hearing under M-153 M-004 X-14",
                RECEIVED,
                MOVES,
                PAPERS_TO_FOLLOW,
                "meetings: managers_discussion, legal_planning, court_hearing",
                "clocks: transferred_after_hearing",
                RECORDED,
            ]
        );
    }
}

#[test]
fn m_083_k_10_k_11_k_45_m_087_k_14_k_60_who_will_not_return_moves_three_working_days_after_the_accommodation()
 {
    for (name, to) in [
        ("accommodated_fourteen", "to: looked_after_older"),
        ("accommodated", "to: family_support_and_protection"),
    ] {
        assert_eq!(
            route_says(name),
            [
                "from: front_door, assessment",
                to,
                "opens on: facts_changed",
                "moves: 3 working days after facts.accommodated_on under M-083 M-004",
                RECEIVED,
                MOVES,
                "needs: view_rests_on_assessment, view_agreed, receiving_worker, file_in_order, chronology_up_to_date, \
                 transfer_summary_written, schedule_of_actions",
                "clocks: moved_after_accommodation",
                RECORDED,
            ]
        );
    }
}

#[test]
fn m_088_the_managers_agree_the_point_when_vct_or_sft_accommodates_while_it_assesses() {
    assert_eq!(
        route_says("accommodated_during_assessment"),
        [
            "from: targeted_family",
            "to: family_support_and_protection",
            "opens on: facts_changed",
            "moves: at agreed_date under M-088",
            RECEIVED,
            "missing papers: AgreeADate under M-088",
            "needs: point_discussed, receiving_worker, case_summary, transfer_summary",
            "meetings: point_discussion",
            "clocks: agreed_date_kept",
            RECORDED,
        ]
    );
}

#[test]
fn m_151_m_152_k_10_k_11_k_45_m_087_k_14_k_60_section_20_moves_at_the_first_review() {
    for (name, to, opens) in [
        (
            "section_20_fourteen",
            "to: looked_after_older",
            "opens on: date: at 14 years of age of facts.siblings.youngest_born_on",
        ),
        (
            "section_20_review",
            "to: family_support_and_protection",
            "opens on: facts_changed",
        ),
    ] {
        assert_eq!(
            route_says(name),
            [
                "from: front_door, assessment, targeted_family",
                to,
                opens,
                "moves: at facts.first_looked_after_review_held_on under M-151 X-14",
                RECEIVED,
                MOVES,
                PAPERS_TO_FOLLOW,
                "meetings: managers_discussion, legal_planning",
                RECORDED,
            ]
        );
    }
}

#[test]
fn m_072_m_073_m_074_k_45_m_087_k_14_k_60_siblings_go_where_the_one_with_a_plan_or_in_care_is() {
    for (name, from) in [
        (
            "sibling_with_plan_of_looked_after_child",
            "from: targeted_family, looked_after_older",
        ),
        (
            "sibling_of_child_with_plan",
            "from: front_door, assessment, targeted_family",
        ),
        (
            "sibling_of_looked_after",
            "from: front_door, assessment, targeted_family",
        ),
    ] {
        assert_eq!(
            route_says(name),
            [
                from,
                "to: family_support_and_protection",
                "opens on: facts_changed",
                "moves: 3 working days after triggered under M-072 M-073 M-074 M-004",
                RECEIVED,
                MOVES,
                SIBLING_PAPERS,
                "meetings: managers_discussion, legal_planning",
                "clocks: with_the_siblings",
                RECORDED,
            ]
        );
    }
    assert_eq!(
        route_says("siblings_all_fourteen"),
        [
            "from: front_door, assessment, targeted_family",
            "stays",
            "opens on: date: at 14 years of age of facts.siblings.youngest_born_on",
        ]
    );
}

#[test]
fn m_119_m_120_m_122_k_16_k_45_m_087_k_14_k_60_at_fourteen_a_looked_after_child_is_the_older_teams()
{
    assert_eq!(
        route_says("fourteen"),
        [
            "from: family_support_and_protection",
            "to: looked_after_older",
            "opens on: date: 6 months before 14 years of age of facts.siblings.youngest_born_on",
            "moves: at 14 years of age of facts.siblings.youngest_born_on under M-119 M-073 K-16 K-45 X-11, \
             at facts.exam_period_end under M-120 K-16",
            RECEIVED,
            MOVES,
            "needs: summary_for_fourteen, receiving_worker, handover, handover_confirms, introduction, parents_visit, \
             support_meanwhile, pathway_plan, pathway_needs_assessment",
            "meetings: handover, introduction, parents_visit",
            "tells: record_transfer, transfer_recorded, professionals_told",
        ]
    );
}

#[test]
fn m_133_m_134_what_is_beyond_the_remit_moves_when_the_managers_agree() {
    let rest = [
        "moves: at agreed_date under M-134",
        RECEIVED,
        "missing papers: AgreeADate under M-134",
        "needs: managers_discussion, receiving_worker, case_summary, transfer_summary",
        "meetings: managers_discussion, legal_planning",
        "clocks: agreed_date_kept",
        RECORDED,
    ];
    let (by_rule, decided) = (
        route_says("beyond_remit"),
        route_says("beyond_remit_by_decision"),
    );

    let whom = [
        "from: targeted_family",
        "to: family_support_and_protection",
        "opens on: facts_changed",
    ];
    assert_eq!(by_rule[..3], whom);
    assert_eq!(by_rule[3..], rest);
    assert_eq!(decided[..2], whom[..2]);
    assert_eq!(
        decided[2..4],
        ["opens on: requested", "asked by: team_manager of outgoing"]
    );
    assert_eq!(decided[4..], rest);
}

#[test]
fn m_101_m_102_m_104_m_087_k_14_k_60_after_the_assessment_a_case_moves_promptly() {
    assert_eq!(
        route_says("after_assessment"),
        [
            "from: front_door, assessment",
            "to: family_support_and_protection",
            "opens on: requested",
            "asked by: team_manager of outgoing",
            "moves: 3 working days after triggered under M-101 M-004",
            RECEIVED,
            "missing papers: MoveWithActions under M-104, M-087, K-14, K-60",
            "needs: siblings_reviewed, managers_discussion, receiving_worker, chronology, case_summary, recordings, \
             file_audit, transfer_summary, handover_visit",
            "meetings: managers_discussion, legal_planning, joint_visit",
            "clocks: moved_after_assessment",
            "tells: record_transfer, transfer_recorded, send_records",
        ]
    );
}

#[test]
fn m_106_m_113_m_114_m_116_m_104_m_087_k_14_k_60_the_programme_takes_a_family_once_both_teams_met()
{
    for (name, opens, missing, clocks) in [
        (
            "transforming_families",
            ["opens on: requested", "asked by: team_manager of outgoing"],
            "missing papers: MoveWithActions under M-104, K-14, K-60",
            &["moved_to_programme"][..],
        ),
        (
            "transforming_families_referral",
            ["opens on: requested", "asked by: social_worker of outgoing"],
            MOVES,
            &[],
        ),
    ] {
        let says = route_says(name);
        assert_eq!(says[2..4], opens);
        assert_eq!(
            says[4..7],
            [
                "moves: at meeting:programme_handover under M-116 X-14",
                RECEIVED,
                missing
            ]
        );
        assert_eq!(way(name).clocks, clocks);
    }
    let when = way("transforming_families").when.as_ref();
    let family = |completed: Value, social_work| {
        [
            ("assessment_completed_on", completed),
            flag("social_work_needed", social_work),
        ]
    };
    let completed = Value::Date(date(2026, 3, 2));
    assert_eq!(holds(when, &family(completed.clone(), false)), Some(true));
    assert_eq!(holds(when, &family(completed, true)), Some(false));
    assert_eq!(holds(when, &family(Value::None, false)), Some(false));
    assert_eq!(holds(when, &family(Value::None, true)), Some(false));
}

#[test]
fn m_130_m_131_m_132_k_14_k_60_a_case_leaves_on_the_agreed_day_as_in_need_or_for_early_help() {
    for (name, to, plan, other) in [
        (
            "leaving_as_child_in_need",
            "to: targeted_family",
            "child_in_need",
            "early_help_plan",
        ),
        (
            "leaving_for_early_help",
            "to: early_help",
            "early_help_plan",
            "child_in_need",
        ),
    ] {
        let says = route_says(name);
        assert_eq!(says[1..3], [to, "opens on: requested"]);
        assert_eq!(
            says[4..7],
            [
                "moves: at agreed_date under M-130",
                RECEIVED,
                "missing papers: MoveWithActions under M-130, K-14, K-60",
            ]
        );
        let when = way(name).when.as_ref();
        assert_eq!(holds(when, &[is("plan", plan)]), Some(true), "{name}");
        assert_eq!(holds(when, &[is("plan", other)]), Some(false), "{name}");
    }
}

#[test]
fn m_042_m_101_m_087_k_14_k_60_after_the_assessment_the_worker_refers_on_to_vct_or_sft() {
    assert_eq!(
        route_says("referred_to_targeted_team"),
        [
            "from: front_door, assessment",
            "to: targeted_family",
            "opens on: requested",
            "asked by: social_worker of outgoing",
            "moves: 3 working days after triggered under M-042 M-101 M-004",
            RECEIVED,
            MOVES,
            "needs: siblings_reviewed, managers_discussion, receiving_worker, case_summary, transfer_summary",
            "meetings: managers_discussion, legal_planning",
            "clocks: moved_after_assessment",
            "tells: record_transfer, transfer_recorded, send_records",
        ]
    );
    let when = way("referred_to_targeted_team").when.as_ref();
    let child = |plan, completed| [is("plan", plan), ("assessment_completed_on", completed)];
    let completed = Value::Date(date(2026, 3, 2));
    assert_eq!(
        holds(when, &child("child_in_need", completed.clone())),
        Some(true)
    );
    assert_eq!(
        holds(when, &child("child_protection", completed)),
        Some(false)
    );
    assert_eq!(
        holds(when, &child("child_in_need", Value::None)),
        Some(false)
    );
}

#[test]
fn m_049_whoever_has_the_case_asks_and_both_managers_agree_on_the_longer_term() {
    for (name, from, to) in [
        (
            "longer_term_central",
            "from: assessment, targeted_family, looked_after_older, disability",
            "to: family_support_and_protection",
        ),
        (
            "longer_term_targeted",
            "from: assessment, family_support_and_protection, looked_after_older, disability",
            "to: targeted_family",
        ),
        (
            "longer_term_older",
            "from: assessment, family_support_and_protection, targeted_family, disability",
            "to: looked_after_older",
        ),
    ] {
        assert_eq!(
            route_says(name),
            [
                from,
                to,
                "opens on: requested",
                "asked by: team_manager of outgoing",
                "moves: at agreed_date under M-049",
                RECEIVED,
                "missing papers: AgreeADate under M-049",
                "needs: longer_term_weighed, longer_term_agreed, receiving_worker, case_summary, transfer_summary",
                "clocks: agreed_date_kept",
                RECORDED,
            ]
        );
    }
}
