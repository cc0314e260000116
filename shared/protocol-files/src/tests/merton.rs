use baton_protocol::Strength;
use baton_protocol::allocation::WithoutWorker;
use baton_protocol::transfer::{
    Act, AtPoint, Choice, GateUnmet, Occasion, OutcomeEffect, SatisfiedBy,
};

use super::*;

mod contact_life;
mod counselling;
mod front_door;
mod further;
mod items;
mod meetings;
mod programme;
mod reading;
mod routes;
mod standing;
mod statuses;

#[test]
fn m_091_m_094_a_conference_leads_from_mash_and_the_targeted_teams_to_central_social_work() {
    let pack = pack("merton");

    for from in ["front_door", "assessment", "targeted_family"] {
        let chosen = scheduled(&pack, "initial", &Facts::new(), from);
        let Choice::Opens { target, .. } = &chosen.choice else {
            panic!("{from}: {chosen:?}")
        };
        assert_eq!(target.kind, kind("family_support_and_protection"));
    }
}

#[test]
fn m_094_only_a_protection_plan_moves_the_case() {
    let pack = pack("merton");

    assert_eq!(
        route(&pack).effect_of("child_protection_plan"),
        &OutcomeEffect::Proceed
    );
    for outcome in ["child_in_need_plan", "no_plan"] {
        assert_eq!(
            route(&pack).effect_of(outcome),
            &OutcomeEffect::Lapse,
            "{outcome}"
        );
    }
}

#[test]
fn m_094_m_004_the_case_moves_within_three_working_days_over_easter() {
    let pack = pack("merton");

    let point = point_on(&pack, &held("2026-04-01T13:00:00Z"), &Facts::new());

    assert_eq!(point.due.on, date(2026, 4, 8));
    assert_eq!(
        skipped(&point.due),
        [
            "2026-04-03 Good Friday",
            "2026-04-04 saturday",
            "2026-04-05 sunday",
            "2026-04-06 Easter Monday"
        ]
    );
    assert!(
        point.is_reached(at("2026-04-01T13:00:00Z"), &calendar()),
        "from the conference on it may move"
    );
    assert_eq!(route(&pack).at_point, AtPoint::Place);
}

#[test]
fn m_094_over_christmas_the_three_working_days_end_in_the_new_year() {
    let pack = pack("merton");

    let point = point_on(&pack, &held("2026-12-29T13:00:00Z"), &Facts::new());

    assert_eq!(
        point.due.on,
        date(2027, 1, 4),
        "New Year’s Day and a weekend lie between"
    );
}

#[test]
fn m_004_x_06_a_plain_day_is_a_working_day() {
    let pack = pack("merton");
    let term: baton_protocol::Term = "3 days after conference".parse().unwrap();

    let due = term
        .due(
            &held("2026-04-01T13:00:00Z"),
            &Facts::new(),
            &calendar(),
            pack.plain_days,
        )
        .unwrap();

    assert_eq!(due.on, date(2026, 4, 8));
}

#[test]
fn m_087_k_14_k_60_missing_papers_become_dated_actions_and_hold_nothing_up() {
    let pack = pack("merton");

    assert_eq!(route(&pack).gate_unmet_at_point, GateUnmet::MoveWithActions);
    assert_eq!(
        rules(&route(&pack).gate_unmet_cites),
        ["M-087", "K-14", "K-60"]
    );
    assert!(pack.transfer.actions.is_some());
}

#[test]
fn m_001_k_15_x_15_x_22_every_rule_is_soft_but_the_handing_over_between_managers() {
    let pack = pack("merton");

    let hard: Vec<_> = pack
        .transfer
        .gate
        .iter()
        .filter(|item| item.is_hard())
        .map(|item| item.item.clone())
        .collect();

    assert_eq!(hard, ["managers_handover"]);
    assert_eq!(pack.enforcement.default, Strength::Soft);
    assert!(pack.transfer.authority(Act::Depart).unwrap().reason);
}

#[test]
fn m_144_m_145_m_092_m_093_both_managers_confirm_the_handing_over() {
    let pack = pack("merton");
    let handover = pack.transfer.item("managers_handover").unwrap();

    let confirm: Vec<String> = handover
        .confirmed_by
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        confirm,
        ["team_manager of outgoing", "team_manager of receiving"]
    );
    assert_eq!(rules(&handover.cites), ["M-092", "M-093", "M-144", "M-145"]);
}

#[test]
fn m_089_m_136_m_146_the_managers_discuss_the_case_before_the_conference() {
    let pack = pack("merton");
    let discussion = pack.transfer.item("managers_discussion").unwrap();
    let due = pack.item_due(
        discussion,
        &held("2026-04-01T13:00:00Z"),
        &Scope::of(&Facts::new()),
        &calendar(),
    );

    assert_eq!(
        discussion.satisfied_by,
        SatisfiedBy::Meeting("managers_discussion".to_owned())
    );
    assert_eq!(due.unwrap().breached_at, at("2026-04-01T13:00:00Z"));
    assert_eq!(
        attendees(&pack, "managers_discussion"),
        ["team_manager of outgoing", "team_manager of receiving"]
    );
}

#[test]
fn m_090_a_receiving_worker_is_named_before_the_conference() {
    let pack = pack("merton");
    let due = clock_due(
        &pack,
        "receiving_worker_named",
        &held("2026-04-01T13:00:00Z"),
        &Facts::new(),
    )
    .unwrap();

    assert_eq!(due.breached_at, at("2026-04-01T13:00:00Z"));
    assert_eq!(
        clock(&pack, "receiving_worker_named").escalate[0].to_string(),
        "head_of_service of authority"
    );
}

#[test]
fn m_099_m_137_m_138_m_139_m_140_m_141_m_142_m_143_m_156_each_paper_is_an_item_of_the_gate() {
    let pack = pack("merton");

    for (rule, item) in [
        ("M-099", "item child_seen"),
        ("M-137", "item recordings"),
        ("M-137", "item reports"),
        ("M-138", "item case_summary"),
        ("M-139", "item siblings_together"),
        ("M-140", "item file_audit"),
        ("M-141", "item audit_tasks"),
        ("M-142", "item transfer_summary"),
        ("M-143", "item reports"),
        ("M-143", "item transfer_summary"),
        ("M-156", "item personal_details"),
    ] {
        assert!(cited_by(&pack, rule).contains(&item.to_owned()), "{rule}");
    }
}

#[test]
fn m_139_siblings_are_asked_about_only_in_proceedings() {
    let pack = pack("merton");
    let in_court = |value| facts(&[("in_proceedings", Value::Flag(value))]);

    assert!(items(&gate(&pack, &in_court(true))).contains(&"siblings_together".to_owned()));
    assert!(!items(&gate(&pack, &in_court(false))).contains(&"siblings_together".to_owned()));
}

#[test]
fn m_100_k_18_one_that_was_started_is_enough_where_none_existed_and_an_existing_one_is_updated() {
    let pack = pack("merton");

    for name in ["chronology", "genogram"] {
        let item = pack.transfer.item(name).unwrap();
        let key = format!("{name}_existed");
        let existed = |yes| facts(&[(key.as_str(), Value::Flag(yes))]);
        let accepts = |state, known: &Facts| item.accepts_state(state, &Scope::of(known));

        for none_known in [existed(false), Facts::new()] {
            assert!(accepts("commenced", &none_known) && accepts("updated", &none_known));
            assert!(!accepts("incomplete", &none_known));
        }
        assert!(!accepts("commenced", &existed(true)));
        assert!(accepts("updated", &existed(true)) && accepts("complete", &existed(true)));
    }
    assert!(
        !pack
            .transfer
            .item("case_summary")
            .unwrap()
            .accepts_state("commenced", &Scope::of(&Facts::new()))
    );
}

#[test]
fn m_095_m_096_m_097_m_098_who_attends_and_chairs_conference_and_core_group() {
    let pack = pack("merton");
    let chair: Vec<String> = pack
        .transfer
        .meeting("core_group")
        .unwrap()
        .chair
        .iter()
        .map(ToString::to_string)
        .collect();

    assert_eq!(
        attendees(&pack, "conference"),
        ["social_worker of receiving"]
    );
    assert_eq!(
        attendees(&pack, "core_group"),
        ["social_worker of receiving", "social_worker of outgoing"]
    );
    assert_eq!(
        chair,
        [
            "assistant_team_manager of receiving",
            "team_manager of receiving"
        ]
    );
}

#[test]
fn m_192_the_named_worker_is_invited_and_invited_anew_when_the_conference_moves() {
    let pack = pack("merton");
    let invite = pack.transfer.notice("icpc_invite").unwrap();

    assert!(invite.is_due_on(Occasion::WorkerNamed) && invite.is_due_on(Occasion::Postponed));
    assert_eq!(invite.to[0].to_string(), "social_worker of receiving");
}

#[test]
fn m_155_m_157_the_transfer_is_noted_and_reported_at_once() {
    let pack = pack("merton");
    let moved = Anchors::new().at(Moment::Moved, at("2026-04-08T10:00:00Z"));
    let to = |kind: &str| rules(&pack.transfer.notice(kind).unwrap().to);
    let noted = pack.transfer.notice("record_transfer").unwrap();
    let due = pack.notice_due(noted, &moved, &Scope::of(&Facts::new()), &calendar());

    assert_eq!(due.unwrap().on, date(2026, 4, 8));
    assert_eq!(to("record_transfer"), ["team_manager of receiving"]);
    assert_eq!(
        to("transfer_recorded"),
        ["team_manager of receiving", "head_of_service of authority"]
    );
    for kind in ["record_transfer", "transfer_recorded"] {
        let notice = pack.transfer.notice(kind).unwrap();
        assert!(notice.is_due_on(Occasion::Moved), "{kind}");
    }
}

#[test]
fn m_099_m_138_m_140_the_outgoing_manager_answers_for_these_by_a_signature() {
    let pack = pack("merton");

    for item in [
        "child_seen",
        "chronology",
        "genogram",
        "case_summary",
        "file_audit",
    ] {
        let signer = pack.transfer.item(item).unwrap().signed_by.unwrap();
        assert_eq!(signer.to_string(), "team_manager of outgoing", "{item}");
    }
}

#[test]
fn m_140_m_142_m_156_what_the_papers_hold() {
    let pack = pack("merton");
    let asks = |item: &str| pack.transfer.item(item).unwrap().asks.clone();

    assert_eq!(asks("file_audit"), ["audited", "form_attached"]);
    assert_eq!(
        asks("transfer_summary"),
        [
            "court_dates",
            "statement_dates",
            "care_plan_dates",
            "court_assessments",
            "reviews",
            "planning_meetings",
            "conferences"
        ]
    );
    assert_eq!(
        asks("personal_details"),
        [
            "family_composition",
            "religion",
            "ethnicity",
            "gender",
            "date_of_birth"
        ]
    );
}

#[test]
fn m_141_k_60_actions_are_due_five_working_days_after_the_move() {
    let pack = pack("merton");
    let actions = pack.transfer.actions.clone().unwrap();

    assert_eq!(actions.due_within.to_string(), "5 working days");
    assert_eq!(actions.owner.to_string(), "team_manager of outgoing");
}

#[test]
fn m_006_what_concerns_an_open_case_is_for_its_team_by_a_rule() {
    let pack = pack("merton");

    assert_eq!(
        rules(&pack.front_door.open_case.clone().unwrap().cites),
        ["M-006", "M-007"]
    );
}

#[test]
fn x_20_a_team_counts_as_allocated_and_leaving_a_case_without_a_worker_is_for_the_head_of_service()
{
    let pack = pack("merton");

    assert!(
        !pack
            .allocation
            .allocated_means
            .as_ref()
            .unwrap()
            .named_worker
    );
    assert!(matches!(
        pack.without_worker(&Facts::new()),
        WithoutWorker::Pending(_)
    ));
}
