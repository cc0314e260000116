//! What is told anew when the day that it is about moves.

use baton_protocol::Value;

use crate::domain::tests::stage::{Stage, local};
use crate::domain::*;

const BOOKED: &str = "initial_cin_meeting_booked_for";

/// Opened as the meeting was arranged for 13 March.
fn arranged() -> Stage {
    let mut stage = Stage::of("wirral");
    stage.know_code("plan", "child_in_need");
    booked_for(&mut stage, "2026-03-13");
    assert_eq!(stage.the().route, "child_in_need_meeting");
    stage
}

fn booked_for(stage: &mut Stage, day: &str) {
    stage.know_date(BOOKED, day);
    look(stage);
}

fn look(stage: &mut Stage) {
    stage.report("facts_changed", None);
}

/// The day that was told and the instant by which it was due, each time; and that no two are one notice.
fn told(stage: &Stage) -> Vec<(String, String)> {
    let notices = stage.events.iter().flat_map(|event| &event.notices);
    let details: Vec<&NoticeDue> = notices
        .filter(|notice| notice.kind == "cin_details_to_district")
        .collect();
    let keys: std::collections::BTreeSet<_> =
        details.iter().map(|notice| &notice.cause_key).collect();
    assert_eq!(keys.len(), details.len());
    let said = details.into_iter().map(|notice| {
        let due_at = notice
            .due
            .as_ref()
            .map(|due| due.breached_at.to_string())
            .unwrap_or_default();
        let day = notice.content.get("initial_cin_meeting_on");
        (day.cloned().unwrap_or_default(), due_at)
    });
    said.collect()
}

fn before(day: &str) -> (String, String) {
    (day.to_owned(), local(&format!("{day} 00:00")).to_string())
}

#[test]
fn w_168_x_23_a_meeting_that_is_arranged_for_another_day_is_told_anew_before_that_day() {
    let mut stage = arranged();
    assert_eq!(told(&stage), [before("2026-03-13")]);
    look(&mut stage);
    assert_eq!(told(&stage).len(), 1, "the day is the same");

    booked_for(&mut stage, "2026-03-16");

    assert_eq!(told(&stage), [before("2026-03-13"), before("2026-03-16")]);
    let again = stage.events.iter().rev();
    let mut again = again.filter(|event| matches!(event.change, Change::NoticesDueAgain { .. }));
    assert_eq!(again.next().unwrap().rules, ["X-23"]);
    look(&mut stage);
    assert_eq!(told(&stage).len(), 2);
    // Earlier than it was is another day too.
    booked_for(&mut stage, "2026-03-12");
    assert_eq!(told(&stage).last(), Some(&before("2026-03-12")));
}

#[test]
fn w_168_a_day_that_falls_away_is_not_told_and_the_next_one_is() {
    let mut stage = arranged();

    stage.know(BOOKED, Value::None);
    look(&mut stage);
    assert_eq!(told(&stage).len(), 1);

    booked_for(&mut stage, "2026-03-18");
    assert_eq!(told(&stage).last(), Some(&before("2026-03-18")));
}

#[test]
fn w_168_once_the_meeting_was_held_no_other_day_is_told() {
    let mut stage = arranged();
    stage.at("2026-03-13 12:00");
    let held = MeetingHeld {
        kind: "initial_cin".to_owned(),
        held_at: local("2026-03-13 10:00"),
        attended: vec!["tom".to_owned(), "nia".to_owned()],
        chaired_by: None,
        agreed: [].into(),
        agreed_date: None,
    };
    stage.act("tom", Command::RecordMeeting(held)).unwrap();

    booked_for(&mut stage, "2026-03-20");

    assert_eq!(told(&stage).len(), 1);
}

#[test]
fn w_168_whoever_acts_before_the_change_is_looked_at_takes_nothing_from_it() {
    let mut stage = arranged();
    stage.know_date(BOOKED, "2026-03-16");

    stage.name_worker();
    assert_eq!(told(&stage).len(), 1);
    look(&mut stage);

    assert_eq!(told(&stage).last(), Some(&before("2026-03-16")));
}

#[test]
fn w_168_a_new_district_is_told_the_new_day_once() {
    let mut stage = arranged();
    stage.know_code("district", "south");

    booked_for(&mut stage, "2026-03-16");

    assert_eq!(stage.the().to_team.as_str(), "south");
    assert_eq!(told(&stage), [before("2026-03-13"), before("2026-03-16")]);
}

#[test]
fn w_168_a_transfer_that_was_stored_before_days_were_noted_is_not_told_what_it_was_told() {
    let mut stage = arranged();
    let mut stored = serde_json::to_value(stage.the()).unwrap();
    stored.as_object_mut().unwrap().remove("told_due").unwrap();
    stage.series.live = Some(serde_json::from_value(stored).unwrap());

    look(&mut stage);
    assert_eq!(told(&stage).len(), 1);

    booked_for(&mut stage, "2026-03-16");
    assert_eq!(told(&stage).last(), Some(&before("2026-03-16")));
}
