//! What can happen next: every command, every report, time, and the ledger's answers.

use baton_ids::{TeamId, WorkerId};
use baton_protocol::{Place, Value};
use jiff::civil::Date;

use super::Dice;
use crate::domain::tests::model::Model;
use crate::domain::tests::stage::{Stage, conference};
use crate::domain::*;

const PEOPLE: [&str; 8] = ["ann", "tom", "nia", "sam", "pat", "tess", "sol", "hal"];
const GROUNDS: [&str; 5] = [
    "criteria",
    "complexity",
    "staffing",
    "communication",
    "weather",
];
const OUTCOMES: [&str; 6] = [
    "child_protection_plan",
    "child_protection_plan",
    "child_in_need_plan",
    "no_plan",
    "adjourned",
    "",
];

/// Takes a step. What is refused is no matter, as long as nothing changed.
pub fn take(stage: &mut Stage, model: &mut Model, dice: &mut Dice) {
    match dice.below(20) {
        0..=3 => wait(stage, dice),
        4..=5 => report(stage, dice),
        6 => facts(stage, dice),
        7 => suspend(stage, model, dice),
        8..=9 => ledger(stage, dice),
        _ => act(stage, model, dice),
    }
}

fn day(stage: &Stage, days: usize) -> Date {
    let today = stage.calendar.date_of(stage.now);
    today.saturating_add(jiff::Span::new().days(i64::try_from(days).unwrap()))
}

fn wait(stage: &mut Stage, dice: &mut Dice) {
    let until = format!("{} 09:00", day(stage, 1 + dice.below(9)));
    stage.at(&until);
}

fn report(stage: &mut Stage, dice: &mut Dice) {
    let at = format!("{} 14:00", day(stage, dice.below(10)));
    let (event, report) = match dice.below(8) {
        0 => ("conference_scheduled", conference(&at, "")),
        1 => ("conference_postponed", conference(&at, "")),
        2 => ("conference_cancelled", conference(&at, "")),
        _ => {
            let held = ConferenceReport {
                at: Some(stage.now),
                ..conference(&at, dice.pick(&OUTCOMES))
            };
            ("conference_held", held)
        }
    };
    let _ = stage.try_report(event, Some(report));
}

fn facts(stage: &mut Stage, dice: &mut Dice) {
    let code = |code: &str| Value::Code(code.to_owned());
    match dice.below(5) {
        0 => stage.know(
            "plan",
            code(dice.pick(&["child_protection", "child_in_need"])),
        ),
        1 => stage.know("in_proceedings", Value::Flag(dice.chance(5))),
        2 => stage.know("section_47_open", Value::Flag(dice.chance(5))),
        3 => {
            let place = dice.pick(&["north", "south"]);
            stage.know("area", code(place));
            stage.know("district", code(place));
        }
        _ => {}
    }
    let _ = stage.try_report("facts_changed", None);
}

/// The suspension begins or ends for all at once: as the service does it, without looking at anything else.
fn suspend(stage: &mut Stage, model: &mut Model, dice: &mut Dice) {
    stage.suspended = if stage.suspended.is_some() && dice.chance(6) {
        None
    } else {
        let until = day(stage, 1 + dice.below(14));
        let route = stage.pack.transfer.routes[0].route.clone();
        Some(crate::domain::tests::holds::suspended_until(
            stage, &route, until,
        ))
    };
    let (now, today) = (stage.now, day(stage, 0));
    if let Some(live) = stage.series.live.clone() {
        let events = follow_suspension(&live, stage.suspended.as_ref(), now, today);
        stage.take_in(live, &events);
    }
    model.suspended(stage);
}

fn ledger(stage: &mut Stage, dice: &mut Dice) {
    let release = stage.transfer().and_then(|_| stage.release().cloned());
    match (release, dice.below(4)) {
        (Some(_), 1..) => drop(stage.ledger_moves()),
        (Some(release), _) => {
            let command = Command::FailCompletion {
                release: release.id,
                reason: "STALE_EPOCH".to_owned(),
                rules: vec![],
            };
            stage.act("baton", command).unwrap();
        }
        // An answer to a release that is not under way.
        (None, _) if stage.transfer().is_some() => {
            let command = Command::ConfirmMove {
                release: uuid::Uuid::from_u128(99),
                epoch: 99,
                moved_at: stage.now,
            };
            let refused = stage.act("baton", command).unwrap_err();
            assert_eq!(refused, Refusal::OtherRelease);
        }
        _ => {}
    }
}

fn act(stage: &mut Stage, model: &mut Model, dice: &mut Dice) {
    if stage.transfer().is_none() {
        return;
    }
    let (who, command) = command(stage, dice);
    let before = stage.the().clone();
    match stage.act(who, command.clone()) {
        Ok(events) => model.accepted(stage, &before, who, &command, &events),
        Err(_) => assert_eq!(before, *stage.the(), "a refusal has no effect"),
    }
}

fn item_at(stage: &Stage, dice: &mut Dice) -> Option<Item> {
    let gate = &stage.the().gate;
    (!gate.is_empty()).then(|| gate[dice.below(gate.len())].clone())
}

fn item_act(item: &Item, yes: bool) -> ItemAct {
    ItemAct {
        item: item.name.clone(),
        answers: item.asks.iter().map(|ask| (ask.clone(), yes)).collect(),
        effective_at: None,
    }
}

fn held(stage: &Stage, kind: &str, attended: &[&str]) -> Command {
    Command::RecordMeeting(MeetingHeld {
        kind: kind.to_owned(),
        held_at: stage.now,
        attended: attended.iter().map(|&who| who.to_owned()).collect(),
        chaired_by: None,
        agreed: [].into(),
        agreed_date: Some(day(stage, 0)),
    })
}

/// What an item needs next, and who does it.
pub fn next(stage: &Stage, item: &Item) -> (&'static str, Command) {
    let owner = item.next_owner();
    let who = owner.map(|party| person(party.place, party.role.as_str()));
    match (item.next_step(), who) {
        ("complete_item" | "confirm_item", Some(who)) => {
            (who, Command::CompleteItem(item_act(item, true)))
        }
        ("sign_item", Some(who)) => (who, Command::SignItem(item_act(item, true))),
        ("review_audit", _) => {
            let item = item.name.clone();
            (
                "nia",
                Command::ReviewAudit {
                    item,
                    accepted: true,
                },
            )
        }
        ("hold_meeting", _) => ("tom", held(stage, "managers_discussion", &["tom", "nia"])),
        _ => {
            let item = item.name.clone();
            let sent_at = stage.now;
            ("baton", Command::RecordNoticeSent { item, sent_at })
        }
    }
}

fn person(place: Place, role: &str) -> &'static str {
    match (place, role) {
        (Place::Receiving, "social_worker") => "sam",
        (Place::Receiving, _) => "nia",
        (_, "social_worker") => "ann",
        (_, "practice_manager") => "pat",
        _ => "tom",
    }
}

#[expect(clippy::too_many_lines, reason = "one arm for each command")]
fn command(stage: &Stage, dice: &mut Dice) -> (&'static str, Command) {
    let who = dice.pick(&PEOPLE);
    let some_item = item_at(stage, dice);
    let name = some_item
        .as_ref()
        .map_or_else(String::new, |item| item.name.clone());
    let yes = dice.chance(8);
    match dice.below(33) {
        0..=7 => some_item.map_or(("nia", Command::CompleteTransfer), |item| {
            next(stage, &item)
        }),
        8 => (
            "nia",
            Command::NameReceivingWorker {
                worker: WorkerId::new(dice.pick(&["sam", "ann", "sue"])).unwrap(),
            },
        ),
        9..=11 => ("nia", Command::CompleteTransfer),
        12 => ("nia", Command::ReturnTransfer),
        13 => (dice.pick(&["tom", "nia"]), Command::WithdrawTransfer),
        14 => (
            who,
            Command::AgreeDate {
                date: day(stage, dice.below(6)),
            },
        ),
        15..=16 => (
            dice.pick(&["tom", "nia", "ann"]),
            Command::DeferTransfer {
                until: yes.then(|| day(stage, dice.below(12))),
                review_on: yes.then(|| day(stage, dice.below(6))),
            },
        ),
        17 => (
            dice.pick(&["tom", "nia", "ann"]),
            Command::ReviewDeferral {
                continues: dice.chance(5),
                until: dice.chance(5).then(|| day(stage, dice.below(12))),
                review_on: yes.then(|| day(stage, dice.below(6))),
            },
        ),
        18..=19 => (
            dice.pick(&["tom", "nia", "ann"]),
            Command::RaiseDispute {
                ground: dice.pick(&GROUNDS).to_owned(),
            },
        ),
        20 => (who, Command::EscalateDispute),
        21..=23 => {
            let decision = match dice.below(6) {
                0 => Resolution::Withdrawn,
                1 => Resolution::OtherTeam {
                    team: TeamId::new(dice.pick(&["south", "north", "frt", "nowhere"])).unwrap(),
                },
                _ => Resolution::GoesOn,
            };
            (who, Command::ResolveDispute { decision })
        }
        24 => (
            who,
            Command::CompleteItem(ItemAct {
                item: name,
                answers: some_item
                    .map_or_else(Default::default, |item| item_act(&item, yes).answers),
                effective_at: None,
            }),
        ),
        25 => (
            who,
            Command::SignItem(ItemAct {
                item: name,
                answers: some_item
                    .map_or_else(Default::default, |item| item_act(&item, yes).answers),
                effective_at: None,
            }),
        ),
        26 => (
            who,
            Command::ReviewAudit {
                item: name,
                accepted: yes,
            },
        ),
        27 => (who, Command::WaiveItem { item: name }),
        28 => {
            let kind = dice.pick(&["core_group", "handover", "district_transfer"]);
            ("sam", held(stage, kind, &["ann", "sam"]))
        }
        29 => {
            let departure = stage.the().departures.first();
            let rule = departure.map_or_else(|| "X-22".to_owned(), |one| one.rule.clone());
            (who, Command::ExplainDeparture { rule })
        }
        30 => (
            "liquidlogic",
            Command::RecordEvidence(Evidence {
                item: name,
                state: dice.pick(&["complete", "commenced", "missing"]).to_owned(),
                done_by: Some("ann".to_owned()),
                effective_at: stage.now,
                answers: [].into(),
            }),
        ),
        31 => (
            dice.pick(&["gita", "pria", "nia", "ann"]),
            Command::NameReceivingTeam {
                team: TeamId::new(dice.pick(&["south", "south-two", "north", "nowhere"])).unwrap(),
            },
        ),
        _ => {
            let clocks = &stage.the().clocks;
            let breached = clocks
                .iter()
                .find(|clock| clock.is_overdue() && clock.needs_resolution);
            let clock = breached.map_or_else(|| "no_such".to_owned(), |clock| clock.name.clone());
            ("baton", Command::ResolveExpiry { clock })
        }
    }
}
