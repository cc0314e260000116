use baton_protocol::Strength;
use baton_protocol::transfer::{
    Act, AtPoint, Choice, CompletedBy, GateUnmet, Occasion, OutcomeEffect,
};

use super::*;

mod closing;
mod duties;
mod front_door;
mod routes;
mod work;

fn in_south() -> Facts {
    facts(&[("area", code("south"))])
}

#[test]
fn s_046_a_conference_leads_from_assessment_to_case_management_of_the_area() {
    let pack = pack("shropshire");

    let chosen = scheduled(&pack, "initial", &in_south(), "assessment");

    let Choice::Opens { target, .. } = &chosen.choice else {
        panic!("{chosen:?}")
    };
    assert_eq!(
        (target.kind, target.area.as_deref()),
        (kind("family_support_and_protection"), Some("south"))
    );
    assert_eq!(rules(&chosen.rules()), ["S-046", "S-045"]);
}

#[test]
fn s_046_without_a_known_area_the_route_is_undecided() {
    let pack = pack("shropshire");

    let chosen = scheduled(&pack, "initial", &Facts::new(), "assessment");

    let Choice::Undecided { missing, .. } = chosen.choice else {
        panic!("{chosen:?}")
    };
    assert_eq!(missing, ["area".parse().unwrap()].into());
}

#[test]
fn s_045_s_046_responsibility_moves_at_the_held_conference_and_nobody_presses_a_button() {
    let pack = pack("shropshire");
    let route = route(&pack);

    let point = point_on(&pack, &held("2026-07-01T22:30:00Z"), &in_south());

    assert_eq!(route.at_point, AtPoint::Move);
    assert_eq!(route.completed_by, Some(CompletedBy::TheMeeting));
    assert_eq!(
        point.due.on,
        date(2026, 7, 1),
        "half past eleven at night is still that day"
    );
    assert!(point.is_reached(at("2026-07-01T22:30:00Z"), &calendar()));
    assert!(!point.is_reached(at("2026-07-01T22:29:59Z"), &calendar()));
}

#[test]
fn s_045_a_child_in_need_plan_does_not_move_at_this_conference() {
    let pack = pack("shropshire");

    assert_eq!(
        route(&pack).effect_of("child_in_need_plan"),
        &OutcomeEffect::Lapse
    );
    assert_eq!(
        route(&pack).effect_of("child_protection_plan"),
        &OutcomeEffect::Proceed
    );
}

#[test]
fn k_58_what_is_missing_at_the_meeting_becomes_a_dated_action_of_the_assessment_team() {
    let pack = pack("shropshire");
    let actions = pack.transfer.actions.as_ref().unwrap();

    assert_eq!(route(&pack).gate_unmet_at_point, GateUnmet::MoveWithActions);
    assert_eq!(rules(&route(&pack).gate_unmet_cites), ["K-58"]);
    assert_eq!(actions.owner.to_string(), "social_worker of outgoing");
    assert_eq!(actions.due_within.to_string(), "5 working days");
}

#[test]
fn s_030_s_035_s_037_s_039_s_040_s_042_the_gate_asks_for_report_summary_plan_and_agencies() {
    let pack = pack("shropshire");

    let gate = gate(&pack, &in_south());

    assert_eq!(
        items(&gate),
        [
            "conference_report",
            "transfer_summary",
            "plan_draft",
            "agencies_identified"
        ]
    );
    assert_eq!(rules(&gate[1].item.cites), ["S-037", "S-035"]);
    assert_eq!(rules(&gate[2].item.cites), ["S-039", "S-042"]);
    assert!(!gate[1].item.is_hard(), "S-037 says should");
    assert!(gate[2].item.is_hard());
}

#[test]
fn s_037_s_039_s_040_the_day_of_the_papers_is_a_named_setting_and_the_conference_at_the_latest() {
    let pack = pack("shropshire");
    let setting = pack.settings.get("handover.papers_due").unwrap();
    let anchors = held("2026-03-16T14:00:00Z");

    assert_eq!(setting.as_str(), Some("at conference"));
    for name in ["transfer_summary", "plan_draft", "agencies_identified"] {
        let item = pack.transfer.item(name).unwrap();
        let due = pack
            .item_due(item, &anchors, &Scope::of(&in_south()), &calendar())
            .unwrap();
        assert_eq!(due.on, date(2026, 3, 16), "{name}");
    }
}

#[test]
fn s_030_the_report_is_due_before_the_conference_begins() {
    let pack = pack("shropshire");
    let report = pack.transfer.item("conference_report").unwrap();
    let anchors = held("2026-03-16T14:00:00Z");

    let due = pack
        .item_due(report, &anchors, &Scope::of(&in_south()), &calendar())
        .unwrap();

    assert_eq!(due.breached_at, at("2026-03-16T14:00:00Z"));
}

#[test]
fn s_036_a_joint_visit_is_never_asked_for() {
    let pack = pack("shropshire");

    assert_eq!(cited_by(&pack, "S-036"), Vec::<String>::new());
    assert_eq!(pack.settings.text("joint_visit"), Some("optional"));
}

#[test]
fn s_038_the_areas_manager_is_alerted_when_the_transfer_opens() {
    let pack = pack("shropshire");
    let facts = in_south();

    let notices = pack.notices_of(route(&pack), Occasion::Opened, &Scope::of(&facts));

    assert_eq!(notices[0].rule.notice, "transfer_alert");
    assert_eq!(
        notices[0].rule.to[0].to_string(),
        "team_manager of receiving"
    );
    assert_eq!(
        rules(
            &pack
                .transfer
                .authority(Act::NameReceivingWorker)
                .unwrap()
                .cites
        ),
        ["S-038"]
    );
}

#[test]
fn s_044_the_assessment_team_arranges_the_conference() {
    let pack = pack("shropshire");
    let conference = pack.transfer.meeting("conference").unwrap();

    assert_eq!(
        conference.arranged_by.unwrap().to_string(),
        "team_manager of outgoing"
    );
    assert!(rules(&conference.cites).contains(&"S-044".to_owned()));
    let reported = clock(&pack, "conference_reported");
    assert_eq!(reported.by.to_string(), "team_manager of outgoing");
    assert!(rules(&reported.cites).contains(&"S-044".to_owned()));
}

#[test]
fn s_130_the_receiving_worker_should_attend_and_absence_is_only_a_warning() {
    let pack = pack("shropshire");
    let attendance = &pack.transfer.meeting("conference").unwrap().attend[0];

    assert_eq!(attendance.who.to_string(), "social_worker of receiving");
    assert_eq!(attendance.strength, Some(Strength::Soft));
}

#[test]
fn s_047_the_first_core_group_is_due_ten_calendar_days_after_the_conference_also_over_easter() {
    let pack = pack("shropshire");

    let due = clock_due(
        &pack,
        "core_group",
        &held("2026-03-27T10:00:00Z"),
        &in_south(),
    )
    .unwrap();

    assert_eq!(due.on, date(2026, 4, 6), "Easter Monday");
    assert!(due.skipped.is_empty());
    assert_eq!(due.breached_at, at("2026-04-06T23:00:00Z"));
}

#[test]
fn k_61_s_047_the_authoritys_own_core_group_clock_replaces_the_statutory_one() {
    let pack = pack("shropshire");
    let facts = facts(&[("conference.outcome", code("child_protection_plan"))]);

    let clocks = pack.clocks_of(route(&pack), &Scope::of(&facts));
    let core_groups: Vec<_> = clocks
        .iter()
        .filter(|clock| clock.rule.clock == "core_group")
        .collect();

    assert_eq!(core_groups.len(), 1);
    assert_eq!(rules(&core_groups[0].rule.cites), ["S-047"]);
}

#[test]
fn x_14_a_conference_that_is_only_booked_starts_no_core_group_clock() {
    let pack = pack("shropshire");
    let booked = Anchors::new().at(Moment::Conference, at("2026-03-27T10:00:00Z"));

    assert_eq!(clock_due(&pack, "core_group", &booked, &in_south()), None);
}
