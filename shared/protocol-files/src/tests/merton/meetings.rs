//! Meetings, clocks, notices, what is owed on a case, who may act, and what holds a transfer up.

use baton_protocol::transfer::DeferralField;
use baton_protocol::{Strength, Truth};

use super::reading::*;
use super::*;

const BOTH_MANAGERS: &str = "escalate: team_manager of outgoing, team_manager of receiving";
const A_DAY_BEFORE: &str = "remind: 1 working day";
/// What is missing follows as dated actions (K-60).
const MOVED: &str = "when_missed: then move_with_actions";
const BY_OUTGOING: &str = "by: team_manager of outgoing";

#[test]
fn m_088_m_089_m_092_the_managers_of_both_teams_talk() {
    for name in ["point_discussion", "managers_discussion"] {
        assert_eq!(
            meeting_says(name),
            [
                "attend: strength soft who team_manager of outgoing; strength soft who team_manager of receiving"
            ],
            "{name}"
        );
    }
}

#[test]
fn m_116_m_127_m_128_m_105_m_041_the_old_and_the_new_worker_meet_families_together() {
    for name in [
        "programme_handover",
        "introduction",
        "parents_visit",
        "joint_visit",
    ] {
        assert_eq!(
            meeting_says(name),
            [
                "attend: strength soft who social_worker of outgoing; strength soft who social_worker of receiving"
            ],
            "{name}"
        );
    }
}

#[test]
fn m_122_worker_and_assistant_manager_hand_over() {
    assert_eq!(
        meeting_says("handover"),
        [
            "attend: strength soft who social_worker of outgoing; strength soft who assistant_team_manager of outgoing"
        ]
    );
}

#[test]
fn m_169_m_171_the_managers_of_both_teams_agree_on_the_baby_s_case() {
    assert_eq!(
        meeting_says("transfer_agreement"),
        [
            "attend: strength soft who team_manager of outgoing; strength soft who team_manager of receiving"
        ]
    );
}

#[test]
fn m_150_the_incoming_manager_comes_to_a_legal_planning_meeting_or_sends_an_assistant() {
    let merton = &PACK.transfer;
    let meeting = merton.meeting("legal_planning").unwrap();
    let attend: Vec<_> = meeting
        .attend
        .iter()
        .map(|one| (one.who.to_string(), one.strength))
        .collect();

    assert_eq!(
        attend,
        [(
            "assistant_team_manager of receiving".to_owned(),
            Some(Strength::Soft)
        )]
    );
}

#[test]
fn m_115_m_131_m_132_m_153_k_18_meetings_that_are_known_and_bind_nobody_to_attend() {
    for name in [
        "programme_discussion",
        "transfer_case",
        "optional_joint_visit",
        "court_hearing",
    ] {
        assert_eq!(meeting_says(name), Vec::<String>::new(), "{name}");
    }
    let asked_for = |item: &baton_protocol::transfer::GateItem| {
        item.satisfied_by == SatisfiedBy::Meeting("optional_joint_visit".to_owned())
    };
    assert!(!PACK.transfer.gate.iter().any(asked_for));
}

#[test]
fn m_083_m_087_m_072_m_073_m_074_m_168_m_153_k_60_the_day_on_which_the_case_should_have_moved() {
    for (name, due, cites) in [
        (
            "moved_after_accommodation",
            "due: 3 working days after facts.accommodated_on",
            "M-087 K-60",
        ),
        (
            "with_the_siblings",
            "due: 3 working days after triggered",
            "K-60 M-087",
        ),
        (
            "with_adoption",
            "due: 3 working days after facts.accommodated_on",
            "K-60 M-087",
        ),
        (
            "transferred_after_hearing",
            "due: 3 working days after meeting:court_hearing",
            "K-60 M-087",
        ),
    ] {
        assert_eq!(
            clock_says(name),
            [
                BY_OUTGOING,
                due,
                BOTH_MANAGERS,
                "met_by: completed",
                A_DAY_BEFORE,
                MOVED
            ],
            "{name}"
        );
        assert_eq!(missed_under(name), cites, "{name}");
    }
}

#[test]
fn m_101_m_104_m_130_k_60_the_file_goes_in_time_even_if_material_follows() {
    for (name, due, cites) in [
        (
            "moved_after_assessment",
            "due: 3 working days after triggered",
            "M-104 K-60",
        ),
        ("file_handed_over", "due: at agreed_date", "M-130 K-60"),
    ] {
        assert_eq!(
            clock_says(name),
            [
                BY_OUTGOING,
                due,
                BOTH_MANAGERS,
                "met_by: completed",
                A_DAY_BEFORE,
                MOVED
            ],
            "{name}"
        );
        assert_eq!(missed_under(name), cites, "{name}");
    }
    assert_eq!(
        clock_says("moved_to_programme"),
        [
            BY_OUTGOING,
            "due: 3 working days after meeting:programme_discussion",
            BOTH_MANAGERS,
            "met_by: completed",
            A_DAY_BEFORE
        ]
    );
}

#[test]
fn m_134_m_171_an_agreed_transfer_keeps_the_usual_time_or_the_day_that_is_set() {
    assert_eq!(
        clock_says("moved_after_agreement"),
        [
            BY_OUTGOING,
            "due: 3 working days after meeting:transfer_agreement",
            BOTH_MANAGERS,
            "met_by: date_agreed or completed",
            A_DAY_BEFORE
        ]
    );
    assert_eq!(
        clock_says("agreed_date_kept"),
        [
            "by: team_manager of receiving",
            "due: at agreed_date",
            "escalate: head_of_service of authority",
            "met_by: agreed_date_kept"
        ]
    );
}

#[test]
fn m_090_m_147_the_worker_is_named_before_the_conference_or_the_head_of_service_hears() {
    assert_eq!(
        clock_says("receiving_worker_named"),
        [
            "by: team_manager of receiving",
            "due: before conference",
            "escalate: head_of_service of authority",
            "met_by: receiving_worker_named",
            "remind: 2 working days"
        ]
    );
}

#[test]
fn m_094_m_087_m_141_k_60_after_the_conference_the_case_is_with_the_central_team() {
    assert_eq!(
        clock_says("transferred"),
        [
            BY_OUTGOING,
            "due: 3 working days after conference_held",
            BOTH_MANAGERS,
            "met_by: completed",
            A_DAY_BEFORE,
            MOVED
        ]
    );
    assert_eq!(missed_under("transferred"), "K-60 M-087 M-141");
}

#[test]
fn m_192_the_worker_is_invited_once_named_and_to_no_conference_that_has_been() {
    assert_eq!(
        notice_says("icpc_invite"),
        [
            "again_on: postponed",
            "by: task",
            "content: conference_at, receiving_team",
            "due: before conference",
            "on: worker_named",
            "sender: team_manager of outgoing",
            "to: social_worker of receiving"
        ]
    );
    let invite = PACK.transfer.notice("icpc_invite").unwrap();
    let when = invite.when.as_ref().unwrap();
    for (named, state, goes) in [
        (true, "scheduled", Truth::True),
        (true, "postponed", Truth::True),
        (true, "held", Truth::False),
        (false, "scheduled", Truth::False),
        (false, "held", Truth::False),
    ] {
        let known = facts(&[is("conference.state", state)]);
        let mut scope = Scope::of(&known);
        scope.worker_named = named;
        assert_eq!(when.decide(&scope).truth, goes, "{named} {state}");
    }
}

#[test]
fn m_155_m_157_m_126_m_103_m_115_who_hears_of_a_move_and_what() {
    assert_eq!(
        notice_says("record_transfer"),
        [
            "by: task",
            "content: from_team, to_team, to_worker, moved_at",
            "due: at moved",
            "on: moved",
            "to: team_manager of receiving"
        ]
    );
    assert_eq!(
        notice_says("transfer_recorded"),
        [
            "by: task",
            "content: receiving_team, moved_at",
            "on: moved",
            "to: team_manager of receiving, head_of_service of authority"
        ]
    );
    assert_eq!(
        notice_says("professionals_told"),
        [
            "by: letter",
            "content: to_team, to_team_phone, to_worker, to_manager, moved_at",
            "on: moved",
            "sender: team_manager of outgoing",
            "to: agencies"
        ]
    );
    assert_eq!(
        notice_says("send_records"),
        [
            "by: task",
            "content: receiving_team, to_worker",
            "on: worker_named",
            "to: social_worker of outgoing"
        ]
    );
    assert_eq!(
        notice_says("co_work_agreed"),
        [
            "by: task",
            "content: from_team, to_team",
            "on: declined",
            "to: social_worker of outgoing, team_manager of receiving"
        ]
    );
}

#[test]
fn m_042_the_worker_commissions_or_refers_on_after_the_assessment_of_a_child_in_need() {
    assert_eq!(
        duty_says("refer_on_after_assessment"),
        [
            "by: social_worker of responsible",
            "while_with: front_door, assessment"
        ]
    );
    let mut duties = PACK.transfer.duties.iter();
    let duty = duties
        .find(|duty| duty.duty == "refer_on_after_assessment")
        .unwrap();
    let child = |plan, completed| [is("plan", plan), ("assessment_completed_on", completed)];
    let done = Value::Date(date(2026, 3, 2));
    let when = duty.when.as_ref();
    assert_eq!(
        holds(when, &child("child_in_need", done.clone())),
        Some(true)
    );
    assert_eq!(
        holds(when, &child("child_in_need", Value::None)),
        Some(false)
    );
    assert_eq!(holds(when, &child("child_protection", done)), Some(false));

    let commissioned = |service: &str| {
        let services = Value::Codes([service.to_owned()].into());
        duty.is_met(&Scope::of(&facts(&[("services_commissioned", services)])))
    };
    for service in [
        "family_support_service",
        "vulnerable_children_team",
        "central_social_work_team",
        "transforming_families",
        "youth_inclusion_panel",
        "camhs",
        "health_visiting",
        "voluntary_sector",
    ] {
        assert!(commissioned(service), "{service}");
    }
    assert!(!duty.is_met(&Scope::of(&facts(&[(
        "services_commissioned",
        Value::Codes([].into())
    )]))));
}

#[test]
fn m_081_the_access_to_resources_team_agreed_on_the_day_of_the_accommodation_or_before() {
    assert_eq!(
        duty_says("agree_before_accommodating"),
        [
            "by: social_worker of responsible",
            "due: at facts.accommodated_on",
            "escalate: head_of_service of authority",
            "while_with: front_door, assessment"
        ]
    );
    let mut duties = PACK.transfer.duties.iter();
    let duty = duties
        .find(|duty| duty.duty == "agree_before_accommodating")
        .unwrap();
    let asked = |status| holds(duty.when.as_ref(), &[is("legal_status", status)]);
    assert_eq!(asked("section_20"), Some(true));
    assert_eq!(asked("interim_care"), Some(false));
    let agreed = |day| {
        let known = [
            on("accommodation_agreed_on", day),
            on("accommodated_on", date(2026, 3, 4)),
        ];
        duty.is_met(&Scope::of(&facts(&known)))
    };
    assert!(agreed(date(2026, 3, 3)) && agreed(date(2026, 3, 4)));
    assert!(!agreed(date(2026, 3, 5)));
}

#[test]
fn m_173_m_174_m_175_m_176_m_177_m_178_m_172_m_179_m_180_k_19_owed_to_a_relinquished_baby_alone() {
    for name in [
        "counsel_on_needs",
        "counsel_on_reasons",
        "counsel_on_options",
        "counsel_on_extended_family",
        "counsel_on_father",
        "counsel_on_adoption",
        "consider_competency",
        "give_written_information",
        "inform_court_service",
        "obtain_agreement",
        "obtain_formal_consents",
    ] {
        let mut duties = PACK.transfer.duties.iter();
        let duty = duties.find(|duty| duty.duty == name).unwrap();
        let asked = |group| {
            let known = facts(&[group]);
            duty.is_asked_of(kind("adoption"), &Scope::of(&known))
        };
        assert!(asked(group("relinquished")), "{name}");
        assert!(!asked(group("disabled")), "{name}");
    }
}

#[test]
fn m_172_m_180_k_19_each_of_these_is_done_when_its_day_is_known() {
    for (name, key) in [
        (
            "consider_competency",
            "relinquishment.competency_considered_on",
        ),
        (
            "inform_court_service",
            "relinquishment.court_service_informed_on",
        ),
        ("obtain_agreement", "relinquishment.agreed_on"),
        ("obtain_formal_consents", "relinquishment.formal_consent_on"),
    ] {
        let mut duties = PACK.transfer.duties.iter();
        let duty = duties.find(|duty| duty.duty == name).unwrap();
        let met = |value| duty.is_met(&Scope::of(&facts(&[(key, value)])));
        assert!(met(Value::Date(date(2026, 3, 2))), "{name}");
        assert!(!met(Value::None), "{name}");
    }
}

#[test]
fn m_001_m_002_m_090_m_092_m_093_m_137_m_157_k_15_who_may_act_and_who_gives_reasons() {
    let says = |act| {
        let authority = PACK.transfer.authority(act).unwrap();
        (rules(&authority.by).join(", "), authority.reason)
    };
    let (outgoing, receiving) = ("team_manager of outgoing", "team_manager of receiving");
    let both = format!("{outgoing}, {receiving}");

    assert_eq!(
        says(Act::NameReceivingWorker),
        (receiving.to_owned(), false)
    );
    assert_eq!(says(Act::Complete), (receiving.to_owned(), false));
    assert_eq!(says(Act::Return), (receiving.to_owned(), true));
    assert_eq!(says(Act::Withdraw), (outgoing.to_owned(), true));
    assert_eq!(says(Act::Depart), (both, true));
    let depart = PACK.transfer.authority(Act::Depart).unwrap();
    assert_eq!(
        depart.tests.as_ref().unwrap().asks,
        [
            "teams_co_operate",
            "team_best_placed",
            "childs_best_interests"
        ]
    );
}

#[test]
fn m_087_m_141_k_14_k_60_what_is_missing_is_the_outgoing_managers_for_five_working_days() {
    let actions = PACK.transfer.actions.as_ref().unwrap();

    assert_eq!(actions.due_within.to_string(), "5 working days");
    assert_eq!(actions.owner.to_string(), "team_manager of outgoing");
    assert_eq!(rules(&actions.escalate), ["head_of_service of authority"]);
}

#[test]
fn m_158_a_deferral_gives_reason_end_and_review_and_is_either_managers() {
    let deferral = PACK.transfer.deferral.as_ref().unwrap();

    assert_eq!(
        deferral.requires,
        [
            DeferralField::Reason,
            DeferralField::Until,
            DeferralField::ReviewOn
        ]
    );
    assert_eq!(
        rules(&deferral.by),
        ["team_manager of outgoing", "team_manager of receiving"]
    );
    assert_eq!(rules(&deferral.escalate), ["head_of_service of authority"]);
}

#[test]
fn m_154_both_heads_of_service_hear_that_the_teams_cannot_communicate() {
    let dispute = PACK.transfer.dispute("communication").unwrap();

    assert_eq!(
        rules(&dispute.by),
        ["team_manager of outgoing", "team_manager of receiving"]
    );
    assert_eq!(dispute.ladder.len(), 1);
    assert_eq!(
        rules(&dispute.ladder[0].to),
        [
            "head_of_service of outgoing",
            "head_of_service of receiving"
        ]
    );
}

#[test]
fn m_159_m_160_m_161_m_162_m_163_only_the_assistant_director_suspends_and_csmt_reviews_weekly() {
    let suspension = PACK.transfer.suspension.as_ref().unwrap();
    let csmt = [
        "assistant_director of authority",
        "head_of_service of authority",
    ];

    assert_eq!(rules(&suspension.by), [csmt[0]]);
    assert!(suspension.only);
    assert_eq!(rules(&suspension.consults), [csmt[1]]);
    assert_eq!(suspension.grounds, ["staff_shortage", "excessive_caseload"]);
    assert_eq!(suspension.review_every.to_string(), "1 week");
    assert_eq!(rules(&suspension.reviewed_by), csmt);
    assert_eq!(rules(&suspension.review_cites), ["M-163"]);
    assert_eq!(rules(&suspension.escalate), csmt);
    assert!(!suspension.lapse_on_missed_review);
}
