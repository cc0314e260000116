use baton_protocol::notification::Sending;
use baton_protocol::transfer::{
    Act, AtPoint, Bars, Choice, GateUnmet, IfFailed, Occasion, OutcomeEffect,
};
use baton_protocol::{Audience, Truth};

use super::*;

mod dates;
mod front_door;
mod gate;
mod routes;
mod settings;
mod told;
mod worker;

fn in_north() -> Facts {
    facts(&[("district", code("north"))])
}

#[test]
fn w_053_k_41_a_conference_leads_from_first_response_to_the_team_of_the_district() {
    let pack = pack("wirral");

    let chosen = scheduled(&pack, "initial", &in_north(), "assessment");

    let Choice::Opens { route, target } = &chosen.choice else {
        panic!("{chosen:?}")
    };
    assert_eq!(route.route, "child_protection_conference");
    assert_eq!(
        (target.kind, target.area.as_deref()),
        (kind("family_support_and_protection"), Some("north"))
    );
    assert_eq!(rules(&chosen.rules()), ["W-053", "K-41"]);
}

#[test]
fn w_053_without_a_known_district_the_route_is_undecided_and_says_so() {
    let pack = pack("wirral");

    let chosen = scheduled(&pack, "initial", &Facts::new(), "assessment");

    let Choice::Undecided { missing, .. } = chosen.choice else {
        panic!("{chosen:?}")
    };
    assert_eq!(missing, ["district".parse().unwrap()].into());
}

#[test]
fn w_052_k_06_a_child_of_a_cin_cp_team_stays_there_through_conferences() {
    let pack = pack("wirral");

    for conference in ["initial", "review"] {
        let chosen = scheduled(
            &pack,
            conference,
            &in_north(),
            "family_support_and_protection",
        );
        assert!(matches!(chosen.choice, Choice::Stays { .. }), "{chosen:?}");
        assert_eq!(rules(&chosen.rules()), ["W-052", "K-06"]);
    }
}

#[test]
fn a_review_conference_opens_nothing_from_first_response() {
    let pack = pack("wirral");

    assert_eq!(
        scheduled(&pack, "review", &in_north(), "assessment").choice,
        Choice::None
    );
}

#[test]
fn w_053_x_14_the_case_is_placed_in_the_tray_on_the_date_of_the_conference() {
    let pack = pack("wirral");
    let route = route(&pack);

    let point = point_on(&pack, &held("2026-03-16T14:00:00Z"), &in_north());

    assert_eq!(route.at_point, AtPoint::Place);
    assert_eq!(point.due.on, date(2026, 3, 16));
    assert_eq!(point.counted_from, Moment::Conference);
    assert_eq!(rules(&point.rules), ["W-053", "X-14"]);
}

#[test]
fn w_053_only_a_protection_or_a_child_in_need_plan_goes_on_and_otherwise_first_response_closes() {
    let pack = pack("wirral");
    let route = route(&pack);

    assert_eq!(
        route.effect_of("child_protection_plan"),
        &OutcomeEffect::Proceed
    );
    assert_eq!(
        route.effect_of("child_in_need_plan"),
        &OutcomeEffect::Proceed
    );
    assert_eq!(route.effect_of("no_plan"), &OutcomeEffect::LapseForClosure);
    let ground = pack.closure.ground("no_plan_at_conference").unwrap();
    assert_eq!(ground.decided_by.to_string(), "team_manager of responsible");
    assert!(ground.four_eyes && ground.rationale);
}

#[test]
fn x_14_an_adjourned_conference_triggers_nothing() {
    let pack = pack("wirral");

    assert_eq!(route(&pack).effect_of("adjourned"), &OutcomeEffect::Wait);
}

#[test]
fn w_055_w_069_w_169_w_080_w_147_the_gate_asks_for_request_audit_and_worker() {
    let pack = pack("wirral");

    let gate = gate(&pack, &in_north());

    assert_eq!(
        items(&gate),
        [
            "transfer_request",
            "transfer_request_sent",
            "first_response_audit",
            "receiving_worker",
            "conference_report",
            "transfer_summary",
            "transfer_summary_contents",
            "record_current"
        ]
    );
    let at_once = gate.iter().filter(|gate| gate.item.asked_once.is_none());
    assert!(at_once.clone().all(|gate| gate.item.is_hard()));
    assert_eq!(
        at_once.count(),
        4,
        "the rest is asked for once a district meeting was held"
    );
    assert_eq!(rules(&gate[0].item.cites), ["W-055"]);
    assert_eq!(rules(&gate[3].item.cites), ["W-080", "W-147"]);
}

#[test]
fn w_069_w_169_w_174_x_17_the_audit_asks_four_things_and_is_signed_and_reviewed_by_two_managers() {
    let pack = pack("wirral");
    let audit = pack.transfer.item("first_response_audit").unwrap();

    assert_eq!(
        audit.asks,
        [
            "record_up_to_date",
            "chronology_complete",
            "case_notes_entered",
            "visits_entered"
        ]
    );
    assert_eq!(
        audit.signed_by.unwrap().to_string(),
        "team_manager of outgoing"
    );
    assert_eq!(
        audit.reviewed_by.unwrap().to_string(),
        "team_manager of receiving"
    );
    assert!(audit.four_eyes);
    let review = pack.transfer.authority(Act::ReviewAudit).unwrap();
    assert_eq!(rules(&review.cites), ["W-174"]);
}

#[test]
fn w_069_the_audit_is_due_on_the_day_of_the_conference() {
    let pack = pack("wirral");
    let audit = pack.transfer.item("first_response_audit").unwrap();
    let anchors = held("2026-03-16T14:00:00Z");

    let due = pack
        .item_due(audit, &anchors, &Scope::of(&in_north()), &calendar())
        .unwrap();

    assert_eq!(due.on, date(2026, 3, 16));
    assert_eq!(due.breached_at, at("2026-03-17T00:00:00Z"));
}

#[test]
fn w_086_a_failed_audit_goes_back_and_completion_waits() {
    let pack = pack("wirral");

    assert_eq!(
        pack.transfer
            .item("first_response_audit")
            .unwrap()
            .if_failed,
        IfFailed::Return
    );
    assert_eq!(route(&pack).gate_unmet_at_point, GateUnmet::Wait);
    let back = pack.transfer.authority(Act::Return).unwrap();
    assert_eq!(rules(&back.cites), ["W-086"]);
    assert_eq!(back.by[0].to_string(), "team_manager of receiving");
}

#[test]
fn w_073_w_074_outgoing_worker_receiving_manager_and_receiving_worker_attend() {
    let pack = pack("wirral");
    let conference = pack.transfer.meeting("conference").unwrap();

    assert_eq!(
        attendees(&pack, "conference"),
        [
            "social_worker of outgoing",
            "team_manager of receiving",
            "social_worker of receiving"
        ]
    );
    let brings = &conference.brings[0];
    assert_eq!(
        (brings.what.as_str(), rules(&brings.cites)),
        ("conference_report", vec!["W-073".to_owned()])
    );
    let report = pack.transfer.item("conference_report").unwrap();
    assert_eq!(report.bars, Bars::Nothing, "not brought is no bar");
}

#[test]
fn w_167_x_23_the_district_is_told_before_the_conference_and_anew_when_it_moves() {
    let pack = pack("wirral");
    let facts = in_north();
    let scope = Scope::of(&facts);
    let route = route(&pack);

    for occasion in [Occasion::Opened, Occasion::Postponed] {
        let notices = pack.notices_of(route, occasion, &scope);
        assert_eq!(notices.len(), 1, "{occasion:?}");
        let notice = notices[0].rule;
        let whom: Vec<String> = notice.to.iter().map(ToString::to_string).collect();
        assert_eq!(whom, ["team_manager of area", "support_officer of area"]);
        let due = pack
            .notice_due(notice, &held("2026-03-16T14:00:00Z"), &scope, &calendar())
            .unwrap();
        assert_eq!(
            due.breached_at,
            at("2026-03-16T14:00:00Z"),
            "before it starts"
        );
    }
}

#[test]
fn w_089_on_the_move_the_receiving_manager_amends_the_record_the_same_day() {
    let pack = pack("wirral");
    let facts = in_north();
    let notices = pack.notices_of(route(&pack), Occasion::Moved, &Scope::of(&facts));
    let moved = Anchors::new().at(Moment::Moved, at("2026-03-18T10:05:00Z"));

    let due = pack
        .notice_due(notices[0].rule, &moved, &Scope::of(&facts), &calendar())
        .unwrap();

    assert_eq!(notices[0].rule.notice, "record_transfer");
    assert_eq!(due.on, date(2026, 3, 18));
}

#[test]
fn k_41_w_080_w_081_w_082_w_083_w_084_w_174_two_weeks_run_only_from_a_district_meeting_that_was_held()
 {
    let pack = pack("wirral");
    let held = Moment::Meeting("district_transfer".to_owned());
    let anchors = Anchors::new().at(held, at("2026-03-20T12:00:00Z"));
    let clocks = [
        ("worker_named_after_district_meeting", "W-080"),
        ("handover", "W-081"),
        ("joint_visit", "W-082"),
        ("request_after_district_meeting", "W-083"),
        ("audit_after_district_meeting", "W-084"),
        ("audit_after_district_meeting", "W-174"),
    ];

    for (name, rule) in clocks {
        assert_eq!(
            due_on(&pack, name, &anchors, &in_north()),
            date(2026, 4, 3),
            "{name}: Good Friday is not moved"
        );
        assert_eq!(
            clock_due(&pack, name, &Anchors::new(), &in_north()),
            None,
            "{name}"
        );
        assert!(rules(&clock(&pack, name).cites).contains(&rule.to_owned()));
    }
}

#[test]
fn k_41_w_085_the_summary_is_asked_for_once_a_district_meeting_was_held() {
    let pack = pack("wirral");
    let summary = pack.transfer.item("transfer_summary").unwrap();
    let held = Moment::Meeting("district_transfer".to_owned());

    assert_eq!(summary.asked_once, Some(held.clone()));
    assert_eq!(rules(&summary.cites), ["W-085", "K-41"]);
    let anchors = Anchors::new().at(held, at("2026-03-20T12:00:00Z"));
    let due = pack
        .item_due(summary, &anchors, &Scope::of(&in_north()), &calendar())
        .unwrap();
    assert_eq!(due.on, date(2026, 4, 3));
}

#[test]
fn w_070_w_071_what_record_and_summary_should_hold_asks_for_a_reason_after_a_district_meeting() {
    let pack = pack("wirral");
    let held = Some(Moment::Meeting("district_transfer".to_owned()));
    let record = pack.transfer.item("record_current").unwrap();
    let summary = pack.transfer.item("transfer_summary_contents").unwrap();

    assert_eq!(
        record.asks,
        [
            "chronology",
            "personal_details",
            "case_notes",
            "reports",
            "visits"
        ]
    );
    assert_eq!(
        summary.asks,
        [
            "contact_details",
            "transport",
            "finances",
            "forthcoming_dates"
        ]
    );
    for item in [record, summary] {
        assert_eq!(item.asked_once, held);
        assert!(!item.is_hard());
    }
}

#[test]
fn k_03_which_orders_lead_to_the_looked_after_team_is_a_named_setting() {
    let setting = pack("wirral")
        .settings
        .get("order.to_looked_after")
        .cloned();

    // As the condition of the route takes it.
    let orders = r#"["care", "interim_care"]"#;
    assert_eq!(setting, Some(serde_json::json!(orders)));
}

#[test]
fn a_letter_is_withheld_from_who_is_barred_and_waits_while_nobody_has_said() {
    let pack = pack("wirral");
    let barred = facts(&[(
        "safety.withhold_from",
        Value::Codes(["family".to_owned()].into()),
    )]);

    let to_family = pack.may_send(Audience::Family, &barred);
    let unknown = pack.may_send(Audience::Family, &Facts::new());

    assert!(matches!(
        to_family,
        Sending::Withhold { unknown: false, .. }
    ));
    assert!(matches!(unknown, Sending::Withhold { unknown: true, .. }));
    assert_eq!(
        pack.may_send(Audience::Child, &barred),
        Sending::Send,
        "each recipient by itself"
    );
    assert_eq!(
        pack.may_send(Audience::Agencies, &Facts::new()),
        Sending::Send
    );
}

#[test]
fn x_05_a_contact_is_decided_within_24_hours_of_its_launch() {
    let pack = pack("wirral");
    let launched = Anchors::new().at(Moment::Launched, at("2026-04-03T16:20:00Z"));
    let decision = pack.front_door.clock("contact_decision").unwrap();

    let due = decision
        .due
        .due(&launched, &Facts::new(), &calendar(), pack.plain_days)
        .unwrap();

    assert!(due.is_met_by(at("2026-04-04T16:20:00Z")));
    assert!(!due.is_met_by(at("2026-04-04T16:20:00.000001Z")));
}

#[test]
fn x_23_a_core_group_clock_runs_only_after_a_protection_plan() {
    let pack = pack("wirral");
    let with = |outcome: &str| facts(&[("conference.outcome", code(outcome))]);
    let running = |facts: &Facts| {
        let clocks = pack.clocks_of(route(&pack), &Scope::of(facts));
        clocks
            .iter()
            .map(|clock| clock.rule.clock.clone())
            .collect::<Vec<_>>()
    };

    assert!(running(&with("child_protection_plan")).contains(&"core_group".to_owned()));
    assert!(!running(&with("child_in_need_plan")).contains(&"core_group".to_owned()));
    assert_eq!(
        clock(&pack, "core_group")
            .when
            .as_ref()
            .map(|when| when.decide(&Scope::of(&Facts::new())).truth),
        Some(Truth::Undecided {
            missing: ["conference.outcome".parse().unwrap()].into()
        })
    );
}
