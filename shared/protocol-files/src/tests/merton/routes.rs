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
            "clocks: receiving_worker_named, transferred",
            RECEIVED,
            "from: front_door, assessment, targeted_family",
            MOVES,
            MISSING_UNDER,
            "meetings: managers_discussion, legal_planning, conference, core_group",
            "needs: managers_discussion, receiving_worker, child_seen, chronology, genogram, case_summary, recordings, \
             reports, personal_details, file_audit, audit_tasks, transfer_summary, siblings_together, managers_handover",
            "opens_on: conference_scheduled, conference_held",
            "point: at term 3 working days after conference",
            "tells: icpc_invite, record_transfer, transfer_recorded",
            "to: family_support_and_protection"
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
            "clocks: with_the_siblings",
            RECEIVED,
            "from: front_door, assessment, targeted_family, family_support_and_protection",
            MOVES,
            MISSING_UNDER,
            "meetings: managers_discussion, legal_planning",
            "needs: managers_discussion, receiving_worker, case_summary, transfer_summary",
            "opens_on: requested",
            "point: at term 3 working days after triggered",
            "requested_by: head_of_service of authority",
            RECORDED,
            "to: looked_after_older"
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
            "clocks: with_adoption",
            RECEIVED,
            "from: front_door, assessment",
            MOVES,
            MISSING_UNDER,
            "needs: receiving_worker, case_summary, transfer_summary",
            "opens_on: facts_changed",
            "point: at term 3 working days after facts.accommodated_on",
            RECORDED,
            "to: adoption"
        ]
    );
}

#[test]
fn m_169_m_170_m_171_when_the_parents_are_uncertain_the_managers_agree() {
    assert_eq!(
        route_says("parents_uncertain"),
        [
            "clocks: moved_after_agreement, agreed_date_kept",
            RECEIVED,
            "from: adoption",
            "gate_unmet_at_point: agree_a_date",
            "gate_unmet_cites: M-171",
            "meetings: transfer_agreement",
            "needs: transfer_agreed, uncertainty_analysed, receiving_worker, case_summary, transfer_summary",
            "opens_on: requested",
            "point: at term 3 working days after meeting:transfer_agreement",
            "requested_by: team_manager of outgoing",
            RECORDED,
            "to: family_support_and_protection"
        ]
    );
}

#[test]
fn m_153_k_11_k_45_m_087_k_14_k_60_proceedings_lead_on_after_the_initial_hearing() {
    for (name, to, opens) in [
        (
            "proceedings_fourteen",
            "to: looked_after_older",
            "opens_on: date: at 14 years of age of facts.siblings.youngest_born_on",
        ),
        (
            "proceedings",
            "to: family_support_and_protection",
            "opens_on: facts_changed",
        ),
    ] {
        assert_eq!(
            route_says(name),
            [
                "clocks: transferred_after_hearing",
                RECEIVED,
                "from: front_door, assessment, targeted_family",
                MOVES,
                MISSING_UNDER,
                "meetings: managers_discussion, legal_planning, court_hearing",
                PAPERS_TO_FOLLOW,
                opens,
                "point: at term 3 working days after meeting:court_hearing",
                RECORDED,
                to
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
                "clocks: moved_after_accommodation",
                RECEIVED,
                "from: front_door, assessment",
                MOVES,
                MISSING_UNDER,
                "needs: view_rests_on_assessment, view_agreed, receiving_worker, file_in_order, chronology_up_to_date, \
                 transfer_summary_written, schedule_of_actions",
                "opens_on: facts_changed",
                "point: at term 3 working days after facts.accommodated_on",
                RECORDED,
                to
            ]
        );
    }
}

#[test]
fn m_088_the_managers_agree_the_point_when_vct_or_sft_accommodates_while_it_assesses() {
    assert_eq!(
        route_says("accommodated_during_assessment"),
        [
            "clocks: agreed_date_kept",
            RECEIVED,
            "from: targeted_family",
            "gate_unmet_at_point: agree_a_date",
            "gate_unmet_cites: M-088",
            "meetings: point_discussion",
            "needs: point_discussed, receiving_worker, case_summary, transfer_summary",
            "opens_on: facts_changed",
            "point: at term at agreed_date",
            RECORDED,
            "to: family_support_and_protection"
        ]
    );
}

#[test]
fn m_151_m_152_k_10_k_11_k_45_m_087_k_14_k_60_section_20_moves_at_the_first_review() {
    for (name, to, opens) in [
        (
            "section_20_fourteen",
            "to: looked_after_older",
            "opens_on: date: at 14 years of age of facts.siblings.youngest_born_on",
        ),
        (
            "section_20_review",
            "to: family_support_and_protection",
            "opens_on: facts_changed",
        ),
    ] {
        assert_eq!(
            route_says(name),
            [
                RECEIVED,
                "from: front_door, assessment, targeted_family",
                MOVES,
                MISSING_UNDER,
                "meetings: managers_discussion, legal_planning",
                PAPERS_TO_FOLLOW,
                opens,
                "point: at term at facts.first_looked_after_review_held_on",
                RECORDED,
                to
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
                "clocks: with_the_siblings",
                RECEIVED,
                from,
                MOVES,
                MISSING_UNDER,
                "meetings: managers_discussion, legal_planning",
                SIBLING_PAPERS,
                "opens_on: facts_changed",
                "point: at term 3 working days after triggered",
                RECORDED,
                "to: family_support_and_protection"
            ]
        );
    }
    assert_eq!(
        route_says("siblings_all_fourteen"),
        [
            "from: front_door, assessment, targeted_family",
            "opens_on: date: at 14 years of age of facts.siblings.youngest_born_on",
            "stays: true"
        ]
    );
}

#[test]
fn m_119_m_120_m_122_k_16_k_45_m_087_k_14_k_60_at_fourteen_a_looked_after_child_is_the_older_teams()
{
    assert_eq!(
        route_says("fourteen"),
        [
            RECEIVED,
            "from: family_support_and_protection",
            MOVES,
            MISSING_UNDER,
            "meetings: handover, introduction, parents_visit",
            "needs: summary_for_fourteen, receiving_worker, handover, handover_confirms, introduction, parents_visit, \
             support_meanwhile, pathway_plan, pathway_needs_assessment",
            "opens_on: date: 6 months before 14 years of age of facts.siblings.youngest_born_on",
            "point: latest_of term at 14 years of age of facts.siblings.youngest_born_on; next_day true term at \
             facts.exam_period_end when facts.studying_gcse_at_14",
            "tells: record_transfer, transfer_recorded, professionals_told",
            "to: looked_after_older"
        ]
    );
}

#[test]
fn m_133_m_134_what_is_beyond_the_remit_moves_when_the_managers_agree() {
    for (name, opens, asked) in [
        ("beyond_remit", "opens_on: facts_changed", None),
        (
            "beyond_remit_by_decision",
            "opens_on: requested",
            Some("requested_by: team_manager of outgoing"),
        ),
    ] {
        let mut says = vec![
            "clocks: agreed_date_kept",
            RECEIVED,
            "from: targeted_family",
            "gate_unmet_at_point: agree_a_date",
            "gate_unmet_cites: M-134",
            "meetings: managers_discussion, legal_planning",
            "needs: managers_discussion, receiving_worker, case_summary, transfer_summary",
            opens,
            "point: at term at agreed_date",
        ];
        says.extend(asked);
        says.extend([RECORDED, "to: family_support_and_protection"]);
        assert_eq!(route_says(name), says, "{name}");
    }
}

#[test]
fn m_101_m_102_m_104_m_087_k_14_k_60_after_the_assessment_a_case_moves_promptly() {
    assert_eq!(
        route_says("after_assessment"),
        [
            "clocks: moved_after_assessment",
            RECEIVED,
            "from: front_door, assessment",
            MOVES,
            "gate_unmet_cites: M-104, M-087, K-14, K-60",
            "meetings: managers_discussion, legal_planning, joint_visit",
            "needs: siblings_reviewed, managers_discussion, receiving_worker, chronology, case_summary, recordings, \
             file_audit, transfer_summary, handover_visit",
            "opens_on: requested",
            "point: at term 3 working days after triggered",
            "requested_by: team_manager of outgoing",
            "tells: record_transfer, transfer_recorded, send_records",
            "to: family_support_and_protection"
        ]
    );
}

#[test]
fn m_106_m_113_m_114_m_116_m_104_m_087_k_14_k_60_the_programme_takes_a_family_once_both_teams_met()
{
    for (name, asked, missing, clocks) in [
        (
            "transforming_families",
            "requested_by: team_manager of outgoing",
            "gate_unmet_cites: M-104, K-14, K-60",
            &["moved_to_programme"][..],
        ),
        (
            "transforming_families_referral",
            "requested_by: social_worker of outgoing",
            MISSING_UNDER,
            &[],
        ),
    ] {
        let says = route_says(name);
        for line in [
            RECEIVED,
            MOVES,
            missing,
            "opens_on: requested",
            "point: at term at meeting:programme_handover",
            asked,
        ] {
            assert!(says.contains(&line.to_owned()), "{name}: {line}");
        }
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
        for line in [
            RECEIVED,
            MOVES,
            "gate_unmet_cites: M-130, K-14, K-60",
            "opens_on: requested",
            "point: at term at agreed_date",
            to,
        ] {
            assert!(says.contains(&line.to_owned()), "{name}: {line}");
        }
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
            "clocks: moved_after_assessment",
            RECEIVED,
            "from: front_door, assessment",
            MOVES,
            MISSING_UNDER,
            "meetings: managers_discussion, legal_planning",
            "needs: siblings_reviewed, managers_discussion, receiving_worker, case_summary, transfer_summary",
            "opens_on: requested",
            "point: at term 3 working days after triggered",
            "requested_by: social_worker of outgoing",
            "tells: record_transfer, transfer_recorded, send_records",
            "to: targeted_family"
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
                "clocks: agreed_date_kept",
                RECEIVED,
                from,
                "gate_unmet_at_point: agree_a_date",
                "gate_unmet_cites: M-049",
                "needs: longer_term_weighed, longer_term_agreed, receiving_worker, case_summary, transfer_summary",
                "opens_on: requested",
                "point: at term at agreed_date",
                "requested_by: team_manager of outgoing",
                RECORDED,
                to
            ]
        );
    }
}

/// Which rules say when the case moves; of several days those of each.
#[test]
fn m_004_m_042_m_049_m_072_m_073_m_074_m_083_m_088_m_094_m_101_m_116_m_119_m_120_m_130_m_134_m_151_m_153_m_168_m_171_k_16_k_45_x_11_x_14_each_point_rests_on_its_rules()
 {
    for (cites, names) in [
        ("M-094 M-004", &["child_protection_conference"][..]),
        ("M-073 M-004", &["decided_for_fourteen"][..]),
        ("M-168 M-004", &["relinquished"][..]),
        ("M-171 M-004", &["parents_uncertain"][..]),
        (
            "M-153 M-004 X-14",
            &["proceedings_fourteen", "proceedings"][..],
        ),
        (
            "M-083 M-004",
            &["accommodated_fourteen", "accommodated"][..],
        ),
        ("M-088", &["accommodated_during_assessment"][..]),
        (
            "M-151 X-14",
            &["section_20_fourteen", "section_20_review"][..],
        ),
        (
            "M-072 M-073 M-074 M-004",
            &[
                "sibling_with_plan_of_looked_after_child",
                "sibling_of_child_with_plan",
                "sibling_of_looked_after",
            ][..],
        ),
        ("M-119 M-073 K-16 K-45 X-11; M-120 K-16", &["fourteen"][..]),
        ("M-134", &["beyond_remit", "beyond_remit_by_decision"][..]),
        ("M-101 M-004", &["after_assessment"][..]),
        (
            "M-116 X-14",
            &["transforming_families", "transforming_families_referral"][..],
        ),
        (
            "M-130",
            &["leaving_as_child_in_need", "leaving_for_early_help"][..],
        ),
        ("M-042 M-101 M-004", &["referred_to_targeted_team"][..]),
        (
            "M-049",
            &[
                "longer_term_central",
                "longer_term_targeted",
                "longer_term_older",
            ][..],
        ),
    ] {
        for name in names {
            let point = way(name).point.as_ref().unwrap();
            let days = point.at.iter().chain(&point.latest_of);
            let under: Vec<String> = days.map(|day| rules(&day.cites).join(" ")).collect();
            assert_eq!(under.join("; "), cites, "{name}");
        }
    }
}
