//! The other ways out of Merton's teams: the families programme, the 14+ Team, leaving with a plan, and the duties to a baby
//! whom the parents mean to give up. What each asks, of whom.

use std::sync::{Arc, LazyLock};

use baton_protocol::transfer::{Bars, GateItem, IfNo, Meeting};

use super::*;

static PACK: LazyLock<Arc<Pack>> = LazyLock::new(|| pack("merton"));

fn way(name: &str) -> &'static Route {
    PACK.transfer.route(name).unwrap()
}

fn item(name: &str) -> &'static GateItem {
    PACK.transfer.item(name).unwrap()
}

fn texts<T: ToString>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    values.into_iter().map(|value| value.to_string()).collect()
}

fn attend(meeting: &str) -> Vec<String> {
    let meeting: &Meeting = PACK.transfer.meeting(meeting).unwrap();
    texts(meeting.attend.iter().map(|attendance| attendance.who))
}

/// Who is reminded how long before, and whom a breach reaches.
fn reach(clock: &str) -> (Vec<String>, Vec<String>) {
    let clock = PACK.transfer.clock(clock).unwrap();
    (
        texts(&clock.remind),
        texts(clock.escalate.iter().map(|rung| rung.to)),
    )
}

fn completer(name: &str) -> String {
    item(name).completed_by.unwrap().to_string()
}

#[test]
fn m_106_m_113_m_114_mash_leads_to_the_programme_and_others_refer_to_it() {
    let (mash, others) = (
        way("transforming_families"),
        way("transforming_families_referral"),
    );

    assert_eq!(texts(&mash.from), ["front_door", "assessment"]);
    assert_eq!(texts(&mash.requested_by), ["team_manager of outgoing"]);
    assert_eq!(
        texts(&others.from),
        ["family_support_and_protection", "external_service"]
    );
    assert_eq!(texts(&others.requested_by), ["social_worker of outgoing"]);
    let asked = [
        "programme_conclusion",
        "programme_criteria",
        "programme_discussion",
        "programme_decision",
        "programme_handover",
        "receiving_worker",
        "case_summary",
        "transfer_summary",
    ];
    assert_eq!(mash.needs, asked);
    assert_eq!(others.needs[0], "referral_form");
    assert_eq!(others.needs[1..], asked);
    for route in [mash, others] {
        assert_eq!(route.to.as_ref().unwrap().to_string(), "targeted_family");
        assert_eq!(
            route.completed_by.unwrap().to_string(),
            "team_manager of receiving"
        );
        assert_eq!(
            route.meetings,
            ["programme_discussion", "programme_handover"]
        );
        assert_eq!(
            route.tells,
            ["co_work_agreed", "record_transfer", "transfer_recorded"]
        );
        assert_eq!(route.gate_unmet_at_point, GateUnmet::MoveWithActions);
    }
}

#[test]
fn m_106_m_114_m_115_m_116_what_the_programme_rests_on_cannot_follow_the_case() {
    for (name, by) in [
        ("referral_form", "social_worker of outgoing"),
        ("programme_conclusion", "social_worker of outgoing"),
        ("programme_criteria", "social_worker of outgoing"),
        ("programme_discussion", "team_manager of outgoing"),
        ("programme_handover", "team_manager of outgoing"),
    ] {
        assert_eq!(completer(name), by, "{name}");
        assert!(item(name).cannot_follow, "{name}");
    }
    assert_eq!(item("programme_conclusion").asks, ["assessed", "definite"]);
    assert_eq!(item("referral_form").evidence, ["referral_form"]);
}

#[test]
fn m_115_any_one_of_three_of_the_programme_decides_and_no_keeps_the_case() {
    let decision = item("programme_decision");

    assert!(decision.decision && decision.any_one && decision.cannot_follow);
    assert_eq!(decision.if_no, IfNo::Stays);
    assert_eq!(
        texts(&decision.confirmed_by),
        [
            "service_manager of authority",
            "operations_manager of authority",
            "lead_practitioner of receiving"
        ]
    );
    let told = PACK.transfer.notice("co_work_agreed").unwrap();
    assert_eq!(told.on, Occasion::Declined);
    assert_eq!(
        texts(&told.to),
        ["social_worker of outgoing", "team_manager of receiving"]
    );
    assert_eq!(told.content, ["from_team", "to_team"]);
    assert_eq!(told.by, "task");
}

#[test]
fn m_101_m_116_who_hands_over_and_who_hears_that_it_is_late() {
    assert_eq!(
        attend("programme_handover"),
        ["social_worker of outgoing", "social_worker of receiving"]
    );
    assert_eq!(
        reach("moved_to_programme"),
        (
            vec!["1 working day".to_owned()],
            vec![
                "team_manager of outgoing".to_owned(),
                "team_manager of receiving".to_owned()
            ]
        )
    );
    let clock = PACK.transfer.clock("moved_to_programme").unwrap();
    assert_eq!(clock.by.to_string(), "team_manager of outgoing");
}

#[test]
fn m_121_the_older_team_supports_from_the_birthday_and_bars_nothing() {
    let support = item("support_meanwhile");

    assert_eq!(completer("support_meanwhile"), "social_worker of receiving");
    assert_eq!(support.evidence, ["older_team_support"]);
    assert_eq!(support.bars, Bars::Nothing);
    assert_eq!(
        texts(support.escalate.iter().map(|rung| rung.to)),
        ["team_manager of receiving"]
    );
    assert!(way("fourteen").needs.contains(&support.item));
}

#[test]
fn m_129_both_papers_are_asked_of_whoever_is_sixteen_on_every_way_to_the_older_team() {
    for name in ["pathway_plan", "pathway_needs_assessment"] {
        let age = item(name).age.as_ref().unwrap();
        assert_eq!((age.from, age.under), (Some(16), None));
        assert!(item(name).cannot_follow);
        assert_eq!(completer(name), "social_worker of outgoing");
        assert_eq!(item(name).evidence, [name]);
        let named = name.to_owned();
        for route in ["fourteen", "proceedings_fourteen", "section_20_fourteen"] {
            assert!(way(route).needs.contains(&named), "{route}");
        }
    }
}

#[test]
fn m_130_m_131_m_132_k_18_what_leaving_asks_and_that_the_visit_is_not_among_it() {
    for name in ["leaving_as_child_in_need", "leaving_for_early_help"] {
        let route = way(name);
        assert_eq!(
            texts(&route.from),
            ["family_support_and_protection", "looked_after_older"]
        );
        assert_eq!(texts(&route.requested_by), ["team_manager of outgoing"]);
        assert_eq!(
            route.needs,
            [
                "transfer_case_meeting",
                "clear_plan",
                "receiving_worker",
                "recordings",
                "case_summary",
                "transfer_summary"
            ]
        );
        assert_eq!(route.meetings, ["transfer_case", "optional_joint_visit"]);
        assert_eq!(route.clocks, ["file_handed_over"]);
        assert_eq!(route.tells, ["record_transfer", "transfer_recorded"]);
        assert_eq!(route.gate_unmet_at_point, GateUnmet::MoveWithActions);
        assert_eq!(
            route.completed_by.unwrap().to_string(),
            "team_manager of receiving"
        );
    }
    assert!(
        way("after_assessment")
            .needs
            .contains(&"handover_visit".to_owned()),
        "of MASH it is expected"
    );
    for name in ["transfer_case_meeting", "clear_plan"] {
        assert!(item(name).cannot_follow, "{name}");
        assert_eq!(completer(name), "social_worker of outgoing");
    }
    let clock = PACK.transfer.clock("file_handed_over").unwrap();
    assert_eq!(clock.by.to_string(), "team_manager of outgoing");
    assert_eq!(
        reach("file_handed_over"),
        (
            vec!["1 working day".to_owned()],
            vec![
                "team_manager of outgoing".to_owned(),
                "team_manager of receiving".to_owned()
            ]
        )
    );
}

#[test]
fn m_172_m_173_m_174_m_175_m_176_m_177_m_178_m_179_m_180_the_adoption_worker_counsels() {
    let all = PACK.transfer.duties.iter();
    let duties: Vec<_> = all
        .filter(|duty| texts(&duty.while_with) == ["adoption"])
        .collect();

    assert_eq!(duties.len(), 11);
    for duty in duties {
        assert_eq!(
            duty.by.to_string(),
            "social_worker of responsible",
            "{}",
            duty.duty
        );
        assert!(duty.when.is_some(), "{}", duty.duty);
        let tells = texts(duty.escalate.iter().map(|rung| rung.to));
        let ordered = !duty.only_after.is_empty() || duty.done_on.is_some();
        let manager: &[&str] = if ordered {
            &["team_manager of responsible"]
        } else {
            &[]
        };
        assert_eq!(tells, manager, "{}", duty.duty);
    }
}

#[test]
fn m_180_agreement_is_asked_until_and_formal_consents_from_six_weeks() {
    let duty = |name: &str| {
        let mut duties = PACK.transfer.duties.iter();
        duties.find(|duty| duty.duty == name).unwrap()
    };
    let (agreement, consents) = (duty("obtain_agreement"), duty("obtain_formal_consents"));
    let six_weeks = "6 weeks after facts.date_of_birth";

    assert_eq!(
        agreement.asked_until.as_ref().unwrap().to_string(),
        six_weeks
    );
    assert!(agreement.asked_from.is_none());
    assert_eq!(consents.asked_from.as_ref().unwrap().to_string(), six_weeks);
    assert!(consents.asked_until.is_none());
    assert_eq!(
        consents.done_on.as_ref().unwrap().as_str(),
        "relinquishment.formal_consent_on"
    );
}
