//! Whatever people, reports and clocks do in whatever order, some things never happen.

use proptest::prelude::*;

use super::invariants::invariants;
use super::stage::{Stage, conference};
use crate::domain::*;

/// One step of a random story.
#[derive(Debug, Clone)]
enum Step {
    Wait(u8),
    Schedule(u8),
    Postpone(u8),
    Cancel,
    Held(&'static str),
    Plan(&'static str),
    District(&'static str),
    Proceedings(bool),
    NameWorker,
    Next(usize),
    Complete(&'static str, usize),
    Sign(&'static str, usize, bool),
    Review(usize, bool),
    Return,
    Withdraw,
    CompleteTransfer,
    AgreeDate(&'static str, u8),
    Notice,
    CoreGroup,
    Ledger(bool),
    Resolve,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = prop::sample::select(vec!["ann", "tom", "nia", "sam", "pat"]);
    let outcomes = [
        "child_protection_plan",
        "child_protection_plan",
        "child_in_need_plan",
        "no_plan",
        "adjourned",
        "",
    ];
    let step = prop_oneof![
        30 => (1u8..4).prop_map(Step::Wait),
        4 => (1u8..10).prop_map(Step::Schedule),
        4 => (1u8..10).prop_map(Step::Postpone),
        1 => Just(Step::Cancel),
        20 => prop::sample::select(outcomes.to_vec()).prop_map(Step::Held),
        8 => prop::sample::select(vec!["child_protection", "child_in_need"]).prop_map(Step::Plan),
        3 => prop::sample::select(vec!["north", "south"]).prop_map(Step::District),
        8 => any::<bool>().prop_map(Step::Proceedings),
        15 => Just(Step::NameWorker),
        120 => (0usize..13).prop_map(Step::Next),
        20 => (who.clone(), 0usize..13).prop_map(|(who, item)| Step::Complete(who, item)),
        20 => (who.clone(), 0usize..13, prop::bool::weighted(0.8))
            .prop_map(|(who, item, yes)| Step::Sign(who, item, yes)),
        8 => (0usize..13, prop::bool::weighted(0.8)).prop_map(|(item, yes)| Step::Review(item, yes)),
        4 => Just(Step::Return),
        1 => Just(Step::Withdraw),
        30 => Just(Step::CompleteTransfer),
        8 => (who, 0u8..5).prop_map(|(who, days)| Step::AgreeDate(who, days)),
        10 => Just(Step::Notice),
        8 => Just(Step::CoreGroup),
        30 => prop::bool::weighted(0.8).prop_map(Step::Ledger),
        20 => Just(Step::Resolve),
    ];
    prop::collection::vec(step, 1..120)
}

/// A conference is booked, and what the front door usually knows is known.
fn begun(authority: &str) -> Stage {
    let mut stage = Stage::of(authority);
    stage.know("looked_after", baton_protocol::Value::Flag(false));
    stage.know("section_47_open", baton_protocol::Value::Flag(false));
    stage.know_code("legal_status", "none");
    stage.know_date("assessment_completed_on", "2026-02-10");
    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-05 14:00", "")),
    );
    stage
}

fn day(stage: &Stage, days: u8) -> jiff::civil::Date {
    let today = stage.calendar.date_of(stage.now);
    today.saturating_add(jiff::Span::new().days(i64::from(days)))
}

fn item_at(stage: &Stage, index: usize) -> Option<Item> {
    let transfer = stage.transfer()?;
    transfer
        .gate
        .get(index % transfer.gate.len().max(1))
        .cloned()
}

fn act_on(item: &Item, yes: bool) -> ItemAct {
    let answers = item.asks.iter().map(|ask| (ask.clone(), yes)).collect();
    ItemAct {
        item: item.name.clone(),
        answers,
        effective_at: None,
    }
}

/// Takes a step; what is refused is no matter, as long as nothing changed.
fn take(stage: &mut Stage, step: &Step) {
    let at = |stage: &Stage, days: u8| format!("{} 14:00", day(stage, days));
    match step {
        Step::Wait(days) => {
            let until = format!("{} 09:00", day(stage, *days));
            stage.at(&until);
        }
        Step::Schedule(days) => {
            let report = conference(&at(stage, *days), "");
            let _ = stage.try_report("conference_scheduled", Some(report));
        }
        Step::Postpone(days) => {
            let report = conference(&at(stage, *days), "");
            let _ = stage.try_report("conference_postponed", Some(report));
        }
        Step::Cancel => {
            let report = conference(&at(stage, 1), "");
            let _ = stage.try_report("conference_cancelled", Some(report));
        }
        Step::Held(outcome) => {
            let report = ConferenceReport {
                at: Some(stage.now),
                ..conference(&at(stage, 0), outcome)
            };
            let _ = stage.try_report("conference_held", Some(report));
        }
        Step::Plan(plan) => fact(
            stage,
            "plan",
            baton_protocol::Value::Code((*plan).to_owned()),
        ),
        Step::District(district) => {
            fact(
                stage,
                "area",
                baton_protocol::Value::Code((*district).to_owned()),
            );
            fact(
                stage,
                "district",
                baton_protocol::Value::Code((*district).to_owned()),
            );
        }
        Step::Proceedings(yes) => fact(stage, "in_proceedings", baton_protocol::Value::Flag(*yes)),
        _ => act(stage, step),
    }
}

fn fact(stage: &mut Stage, key: &str, value: baton_protocol::Value) {
    stage.know(key, value);
    let _ = stage.try_report("facts_changed", None);
}

#[expect(clippy::too_many_lines, reason = "one arm for each step")]
fn act(stage: &mut Stage, step: &Step) {
    if stage.transfer().is_none() {
        return;
    }
    let held_at = stage.now;
    let (who, command) = match step {
        Step::NameWorker => (
            "nia",
            Command::NameReceivingWorker {
                worker: baton_ids::WorkerId::new("sam").unwrap(),
            },
        ),
        Step::Next(index) => {
            let Some(item) = item_at(stage, *index) else {
                return;
            };
            match (
                item.next_step(),
                item.next_owner()
                    .map(|party| (party.place, party.role.as_str())),
            ) {
                ("complete_item" | "confirm_item", Some((place, role))) => (
                    person(place, role),
                    Command::CompleteItem(act_on(&item, true)),
                ),
                ("sign_item", Some((place, role))) => {
                    (person(place, role), Command::SignItem(act_on(&item, true)))
                }
                ("review_audit", _) => (
                    "nia",
                    Command::ReviewAudit {
                        item: item.name,
                        accepted: true,
                    },
                ),
                ("hold_meeting", _) => {
                    let (attended, agreed) = (vec![], [].into());
                    let kind = "managers_discussion".to_owned();
                    (
                        "tom",
                        Command::RecordMeeting(MeetingHeld {
                            kind,
                            held_at,
                            attended,
                            chaired_by: None,
                            agreed,
                            agreed_date: Some(stage.calendar.date_of(held_at)),
                        }),
                    )
                }
                _ => return,
            }
        }
        Step::Complete(who, index) => {
            let Some(item) = item_at(stage, *index) else {
                return;
            };
            (*who, Command::CompleteItem(act_on(&item, true)))
        }
        Step::Sign(who, index, yes) => {
            let Some(item) = item_at(stage, *index) else {
                return;
            };
            (*who, Command::SignItem(act_on(&item, *yes)))
        }
        Step::Review(index, accepted) => {
            let Some(item) = item_at(stage, *index) else {
                return;
            };
            (
                "nia",
                Command::ReviewAudit {
                    item: item.name,
                    accepted: *accepted,
                },
            )
        }
        Step::Return => ("nia", Command::ReturnTransfer),
        Step::Withdraw => ("tom", Command::WithdrawTransfer),
        Step::CompleteTransfer => ("nia", Command::CompleteTransfer),
        Step::AgreeDate(who, days) => (
            *who,
            Command::AgreeDate {
                date: day(stage, *days),
            },
        ),
        Step::Notice => {
            let item = "informed_in_writing".to_owned();
            (
                "baton",
                Command::RecordNoticeSent {
                    item,
                    sent_at: held_at,
                },
            )
        }
        Step::CoreGroup => {
            let (attended, agreed) = (vec![], [].into());
            let kind = "core_group".to_owned();
            (
                "sam",
                Command::RecordMeeting(MeetingHeld {
                    kind,
                    held_at,
                    attended,
                    chaired_by: None,
                    agreed,
                    agreed_date: None,
                }),
            )
        }
        Step::Ledger(moves) => return ledger(stage, *moves),
        Step::Resolve => {
            let breached = stage
                .the()
                .clocks
                .iter()
                .find(|clock| clock.is_overdue() && clock.needs_resolution);
            let Some(clock) = breached.map(|clock| clock.name.clone()) else {
                return;
            };
            ("baton", Command::ResolveExpiry { clock })
        }
        _ => return,
    };
    let _ = stage.act(who, command);
}

fn person(place: baton_protocol::Place, role: &str) -> &'static str {
    match (place, role) {
        (baton_protocol::Place::Receiving, "social_worker") => "sam",
        (baton_protocol::Place::Receiving, _) => "nia",
        (_, "social_worker") => "ann",
        (_, "practice_manager") => "pat",
        _ => "tom",
    }
}

fn ledger(stage: &mut Stage, moves: bool) {
    let Some(release) = stage.release().map(|release| release.id) else {
        return;
    };
    if moves {
        stage.ledger_moves();
    } else {
        let reason = "STALE_EPOCH".to_owned();
        stage
            .act(
                "baton",
                Command::FailCompletion {
                    release,
                    reason,
                    rules: vec![],
                },
            )
            .unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_acts_reports_and_expiries_releases_past_the_gate_or_drops_a_deadline(
        authority in prop::sample::select(vec!["wirral", "merton", "lancashire", "shropshire"]),
        steps in steps(),
    ) {
        let mut stage = begun(authority);
        for step in &steps {
            let before = stage.transfer().cloned();
            let known = stage.events.len();
            take(&mut stage, step);
            invariants(&stage, before.as_ref(), &stage.events[known..]);
        }
    }

    #[test]
    fn events_alone_rebuild_the_transfer(
        authority in prop::sample::select(vec!["wirral", "merton", "lancashire", "shropshire"]),
        steps in steps(),
    ) {
        let mut stage = begun(authority);
        for step in &steps {
            take(&mut stage, step);
        }
        let opened = stage.events.iter().rposition(|event| matches!(event.change, Change::Opened(_)));
        if let Some(opened) = opened {
            let rebuilt = apply_all(None, &stage.events[opened..]).unwrap();
            let kept = [&stage.series.live].into_iter().flatten().chain(&stage.series.completed);
            let kept = kept.into_iter().find(|kept| kept.id == rebuilt.id).unwrap();
            prop_assert_eq!(&rebuilt, kept);
        }
    }
}
