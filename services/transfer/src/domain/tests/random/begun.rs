//! Where a sequence begins.

use baton_ids::TeamId;

use crate::domain::tests::stage::{Stage, conference};
use crate::domain::*;

/// Every beginning, of every authority that moves cases.
pub fn all() -> Vec<Stage> {
    let authorities = ["wirral", "merton", "lancashire", "shropshire"];
    let mut all: Vec<Stage> = authorities
        .iter()
        .flat_map(|authority| of(authority))
        .collect();
    all.push(between_districts());
    for stage in &mut all {
        // What was before is what a sequence begins from.
        stage.events.clear();
    }
    all
}

/// The case is the north's, the child lives in the south, and nobody has said yet which of the south's two teams takes it.
fn between_districts() -> Stage {
    let mut stage = Stage::of("wirral");
    let south = stage.teams.iter().find(|team| team.id.as_str() == "south");
    let second = Team {
        id: TeamId::new("south-two").unwrap(),
        ..south.unwrap().clone()
    };
    stage.teams.push(second);
    stage.know_code("district", "south");
    stage.know_code("plan", "child_in_need");
    if let Some(responsibility) = &mut stage.responsibility {
        responsibility.team = TeamId::new("north").unwrap();
    }
    let asked = Request {
        route: "between_districts".to_owned(),
        to_team: None,
    };
    let rules = stage.rules();
    let asked = request(&stage.series, &asked, &stage.context("pria"), rules, rules);
    let (considered, _) = asked.unwrap();
    stage.keep_all(&considered);
    stage
}

fn of(authority: &str) -> Vec<Stage> {
    let mut nothing = Stage::of(authority);
    nothing.know("looked_after", baton_protocol::Value::Flag(false));
    nothing.know("section_47_open", baton_protocol::Value::Flag(false));
    nothing.know("in_proceedings", baton_protocol::Value::Flag(false));
    nothing.know_code("legal_status", "none");
    nothing.know_code("plan", "child_in_need");
    nothing.know_date("assessment_completed_on", "2026-02-10");

    let mut opened = nothing.clone();
    let booked = conference("2026-03-05 14:00", "");
    opened.report("conference_scheduled", Some(booked));

    let mut placed = opened.clone();
    placed.name_worker();
    placed.at("2026-03-05 15:00");
    let held = conference("2026-03-05 14:00", "child_protection_plan");
    placed.report("conference_held", Some(held));

    let mut ready = placed.clone();
    fill(&mut ready);
    let mut released = ready.clone();
    let _ = released.act("nia", Command::CompleteTransfer);

    let mut overdue = opened.clone();
    overdue.at("2026-03-05 15:00");
    let held = conference("2026-03-05 14:00", "child_in_need_plan");
    overdue.report("conference_held", Some(held));
    if overdue.series.live.is_some() {
        overdue.at("2026-03-25 09:00");
    }

    let mut all = vec![
        nothing,
        opened,
        placed.clone(),
        ready,
        released.clone(),
        overdue,
    ];
    if released.release().is_some() {
        released.ledger_moves();
        all.push(released);
    }
    let holds = [
        Command::ReturnTransfer,
        Command::DeferTransfer {
            until: Some(jiff::civil::date(2026, 3, 12)),
            review_on: Some(jiff::civil::date(2026, 3, 9)),
        },
        Command::RaiseDispute {
            ground: "criteria".to_owned(),
        },
        Command::RaiseDispute {
            ground: "communication".to_owned(),
        },
    ];
    for hold in holds {
        let mut held = placed.clone();
        if held.act("nia", hold).is_ok() {
            all.push(held);
        }
    }
    all
}

/// Does whatever the gate asks for, by whoever it asks.
fn fill(stage: &mut Stage) {
    for _ in 0..40 {
        let open = stage.the().gate.iter().find(|item| item.bars()).cloned();
        let Some(item) = open else { return };
        let (who, command) = super::steps::next(stage, &item);
        if stage.act(who, command).is_err() {
            return;
        }
    }
}
