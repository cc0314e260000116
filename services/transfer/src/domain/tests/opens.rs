//! What opens a transfer besides a conference: facts that come to hold, a day that comes, a meeting, a person.

use std::sync::Arc;

use baton_ids::TeamId;
use baton_protocol::Value;
use serde_json::{Value as Json, json};

use super::stage::{Stage, local};
use crate::domain::*;

/// A case of `frt` under Wirral's pack with these routes and no others, and a team for looked-after children.
fn with_routes(routes: &[Json]) -> Stage {
    let mut stage = Stage::of("wirral");
    let pack = Arc::make_mut(&mut stage.pack);
    pack.transfer.routes = routes
        .iter()
        .map(|route| serde_json::from_value(route.clone()).unwrap())
        .collect();
    stage.teams.push(Team {
        id: TeamId::new("cic").unwrap(),
        kind: "looked_after".to_owned(),
        area: None,
        phone: None,
        managers: vec![],
    });
    stage
}

fn route(name: &str, order: u16, opens_on: &Json, more: &Json) -> Json {
    let mut route = json!({
        "route": name, "title": name, "cites": ["W-065"], "order": order,
        "from": ["assessment", "family_support_and_protection"], "to": "looked_after",
        "opens_on": opens_on,
        "point": { "says": "at the first review", "at": { "term": "at facts.first_looked_after_review_held_on" } },
        "completed_by": "team_manager of receiving",
    });
    for (key, value) in more.as_object().unwrap() {
        route[key] = value.clone();
    }
    route
}

fn looked_after(order: u16) -> Json {
    let when = json!({ "when": "facts.looked_after", "undecided": "pass" });
    route("first_review", order, &json!(["facts_changed"]), &when)
}

fn at_the_order(order: u16) -> Json {
    let more = json!({
        "when": "facts.legal_status == \"care\"", "undecided": "pass", "completed_by": "the_point",
        "at_point": "move", "gate_unmet_at_point": "move_with_actions",
        "point": { "says": "at the order", "at": { "term": "at triggered" } },
    });
    route("order_made", order, &json!(["facts_changed"]), &more)
}

fn look(stage: &mut Stage) -> Considered {
    stage.report("facts_changed", None)
}

fn knows_looked_after(stage: &mut Stage, yes: bool) -> Considered {
    stage.know("looked_after", Value::Flag(yes));
    look(stage)
}

#[test]
fn facts_that_come_to_hold_open_a_transfer_and_what_nobody_reported_opens_nothing() {
    let mut stage = with_routes(&[looked_after(10)]);

    let unknown = look(&mut stage);
    assert!(unknown.changes.is_empty() && unknown.consideration.is_none());

    knows_looked_after(&mut stage, true);
    assert_eq!(stage.the().route, "first_review");
    assert_eq!(stage.the().phase, Phase::Open);
    assert_eq!(stage.the().to_team.as_str(), "cic");
    let waits_for = &stage.the().point.waiting_for;
    assert_eq!(waits_for, &["first_looked_after_review_held_on"]);

    stage.know_date("first_looked_after_review_held_on", "2026-03-02");
    look(&mut stage);
    assert_eq!(stage.the().phase, Phase::Placed);
}

#[test]
fn what_was_withdrawn_is_not_opened_again_for_the_same_facts() {
    let mut stage = with_routes(&[looked_after(10)]);
    knows_looked_after(&mut stage, true);
    stage.act("tom", Command::WithdrawTransfer).unwrap();

    stage.know("section_47_open", Value::Flag(false));
    assert!(
        look(&mut stage)
            .changes
            .iter()
            .all(|change| change.before.is_some())
    );
    assert!(stage.series.live.is_none());

    // The child came home and is looked after again: that is another reason.
    knows_looked_after(&mut stage, false);
    knows_looked_after(&mut stage, true);
    assert_eq!(stage.series.live.as_ref().unwrap().route, "first_review");
}

#[test]
fn a_transfer_ends_with_the_facts_that_opened_it() {
    let mut stage = with_routes(&[looked_after(10)]);
    knows_looked_after(&mut stage, true);

    knows_looked_after(&mut stage, false);

    let reason = "facts_no_longer_hold".to_owned();
    assert_eq!(stage.the().phase, Phase::Lapsed { reason });
}

#[test]
fn a_stronger_route_takes_the_place_of_a_live_transfer_and_a_weaker_one_does_not() {
    let mut stage = with_routes(&[at_the_order(10), looked_after(20)]);
    knows_looked_after(&mut stage, true);
    let weaker = stage.the().id;
    stage.know_code("plan", "child_in_need");
    stage.know("section_47_open", Value::Flag(false));
    stage.know("in_proceedings", Value::Flag(false));
    stage.know_code("legal_status", "care");
    look(&mut stage);

    let live = stage.series.live.clone().unwrap();
    assert_eq!(live.route, "order_made");
    let superseded = stage
        .series
        .completed
        .iter()
        .find(|ended| ended.id == weaker);
    assert_eq!(superseded.unwrap().phase, Phase::Superseded { by: live.id });
    // It moves at the order, without anybody's request.
    assert!(stage.release().is_some());

    let mut other = with_routes(&[looked_after(10), at_the_order(20)]);
    knows_looked_after(&mut other, true);
    other.know_code("legal_status", "care");
    look(&mut other);
    assert_eq!(other.the().route, "first_review");
}

#[test]
fn what_fits_is_carried_over_to_the_stronger_route() {
    let mut stage = with_routes(&[at_the_order(10), looked_after(20)]);
    knows_looked_after(&mut stage, true);
    let cic = TeamId::new("cic").unwrap();
    stage.series.live.as_mut().unwrap().receiving_worker =
        Some(super::people::worker("kay")).filter(|_| stage.the().to_team == cic);

    stage.know_code("legal_status", "care");
    look(&mut stage);

    assert_eq!(
        stage.the().receiving_worker,
        Some(super::people::worker("kay"))
    );
}

#[test]
fn a_day_that_comes_opens_a_transfer_and_is_counted_anew_when_the_facts_change() {
    let at_14 = route(
        "older",
        10,
        &json!(["date: at 14 years of age"]),
        &json!({ "point": { "says": "at 14", "at": { "term": "at triggered" } } }),
    );
    let mut stage = with_routes(&[at_14]);
    stage.know_date("date_of_birth", "2012-02-29");
    look(&mut stage);
    // 28 February is not yet the birthday of somebody born on the 29th; that is 1 March, the day before.
    assert_eq!(stage.the().route, "older");
    assert_eq!(stage.the().opened_by.as_ref().unwrap().event, "date");
    assert_eq!(
        stage.the().opened_by.as_ref().unwrap().at,
        local("2026-03-01 00:00")
    );

    let mut younger = with_routes(&[route(
        "older",
        10,
        &json!(["date: at 14 years of age"]),
        &json!({ "point": { "says": "at 14", "at": { "term": "at triggered" } } }),
    )]);
    younger.know_date("date_of_birth", "2012-04-10");
    look(&mut younger);
    assert!(younger.transfer().is_none());
    let next = |stage: &Stage| stage.series.watch.as_ref().unwrap().next.unwrap();
    assert_eq!(next(&younger), local("2026-04-10 00:00"));
    younger.know_date("date_of_birth", "2012-04-20");
    look(&mut younger);
    assert_eq!(next(&younger), local("2026-04-20 00:00"));

    younger.at("2026-04-20 00:00");
    look(&mut younger);
    assert_eq!(younger.the().route, "older");
}

#[test]
fn a_meeting_opens_a_transfer_and_belongs_to_it() {
    let more = json!({
        "meetings": ["handover"],
        "point": { "says": "at the meeting", "at": { "term": "at meeting:handover" } },
    });
    let by_meeting = route("by_meeting", 10, &json!(["meeting:handover:2"]), &more);
    let mut stage = with_routes(&[by_meeting]);
    let held = |stage: &mut Stage, event: &str| {
        let trigger = Trigger {
            event: event.to_owned(),
            conference: None,
            meeting: Some(MeetingHeld {
                kind: "handover".to_owned(),
                held_at: stage.now,
                attended: vec!["ann".to_owned()],
                chaired_by: None,
                agreed: std::collections::BTreeMap::new(),
                agreed_date: None,
            }),
            effective_at: stage.now,
        };
        stage.tell(&trigger).unwrap()
    };

    held(&mut stage, "meeting:handover:1");
    assert!(stage.transfer().is_none());
    held(&mut stage, "meeting:handover:2");

    assert_eq!(stage.the().phase, Phase::Placed);
    assert_eq!(
        stage.the().meeting("handover").unwrap().held_at,
        Some(stage.now)
    );
    // Nobody of the receiving team was there (W-081).
    assert!(stage.departed_from("W-081"));
}

#[test]
fn who_may_asks_for_a_transfer_and_nobody_else() {
    let more = json!({ "requested_by": ["team_manager of outgoing"] });
    let mut stage = with_routes(&[
        route("asked_for", 10, &json!(["requested"]), &more),
        looked_after(20),
    ]);
    let ask = |stage: &Stage, who: &str, route: &str, to: Option<&str>| {
        let asked = Request {
            route: route.to_owned(),
            to_team: to.map(|team| TeamId::new(team).unwrap()),
        };
        let rules = stage.rules();
        request(&stage.series, &asked, &stage.context(who), rules, rules)
    };

    assert!(matches!(
        ask(&stage, "ann", "asked_for", None),
        Err(Refusal::RoleNotAllowed { .. })
    ));
    assert!(matches!(
        ask(&stage, "tom", "first_review", None),
        Err(Refusal::RouteUnknown { .. })
    ));
    assert!(matches!(
        ask(&stage, "tom", "asked_for", Some("north")),
        Err(Refusal::TeamUnknown { .. })
    ));
    let (considered, post) = ask(&stage, "tom", "asked_for", None).unwrap();
    assert_eq!(post.role.to_string(), "team_manager");
    stage.keep_all(&considered);
    assert_eq!(stage.the().opened_by.as_ref().unwrap().event, "requested");
    assert!(matches!(
        ask(&stage, "tom", "asked_for", None),
        Err(Refusal::RuleRefuses { .. })
    ));
    // A weaker route that holds now changes nothing.
    knows_looked_after(&mut stage, true);
    assert_eq!(stage.the().route, "asked_for");
}

#[test]
fn a_route_without_a_team_to_take_the_case_is_somebodys_task() {
    let mut stage = with_routes(&[looked_after(10)]);
    stage.teams.retain(|team| team.kind != "looked_after");

    let considered = knows_looked_after(&mut stage, true);

    let waiting = considered.consideration.unwrap();
    assert_eq!(waiting.missing, ["receiving_team"]);
    assert!(look(&mut stage).consideration.is_none());
}

#[test]
fn what_is_owed_on_a_case_is_due_met_and_goes_with_the_team() {
    let mut stage = with_routes(&[]);
    let duty = json!({
        "duty": "refer_to_leaving_care", "title": "t", "cites": ["S-109"], "while_with": ["assessment"],
        "when": "facts.looked_after", "due": "at 17 years of age", "by": "social_worker of responsible",
        "met_by": "facts.leaving_care_referred_on != null",
        "escalate": ["team_manager of responsible"],
    });
    let pack = Arc::make_mut(&mut stage.pack);
    pack.transfer.duties = vec![serde_json::from_value(duty).unwrap()];
    stage.know_date("date_of_birth", "2009-04-10");

    assert!(
        look(&mut stage).duties.is_empty(),
        "nobody said that it is asked"
    );
    let set = knows_looked_after(&mut stage, true).duties;
    assert_eq!(set[0].what, DutyEvent::Set);
    assert_eq!(set[0].owed.due_on.unwrap().to_string(), "2026-04-10");
    assert!(look(&mut stage).duties.is_empty(), "asked once");

    let watch = stage.series.watch.as_mut().unwrap();
    assert_eq!(watch.next_ring(), Some(local("2026-04-11 00:00")));
    let missed = watch.ring_duties(local("2026-04-11 00:00"));
    assert_eq!(missed[0].what, DutyEvent::Breached);
    assert_eq!(missed[1].what, DutyEvent::Escalated(0));
    assert_eq!(watch.next_ring(), None);

    stage.at("2026-04-20 09:00");
    stage.know_date("leaving_care_referred_on", "2026-04-20");
    assert_eq!(look(&mut stage).duties[0].what, DutyEvent::Met);

    let mut moved = with_routes(&[]);
    moved.pack = stage.pack.clone();
    moved.facts = stage.facts.clone();
    moved.know("leaving_care_referred_on", Value::None);
    assert_eq!(look(&mut moved).duties[0].what, DutyEvent::Set);
    moved.responsibility.as_mut().unwrap().team = TeamId::new("cic").unwrap();
    assert_eq!(look(&mut moved).duties[0].what, DutyEvent::Cancelled);
}

#[test]
fn what_no_longer_holds_makes_room_for_a_weaker_route_at_once() {
    let remanded = route(
        "remanded",
        30,
        &json!(["facts_changed"]),
        &json!({ "when": "facts.legal_status == \"remand\"", "undecided": "pass" }),
    );
    let mut stage = with_routes(&[looked_after(10), remanded]);
    knows_looked_after(&mut stage, true);
    stage.know_code("legal_status", "remand");

    knows_looked_after(&mut stage, false);

    assert_eq!(stage.series.live.as_ref().unwrap().route, "remanded");
    let reason = "facts_no_longer_hold".to_owned();
    assert_eq!(stage.series.completed[0].phase, Phase::Lapsed { reason });
}
