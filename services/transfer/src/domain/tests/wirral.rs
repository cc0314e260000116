//! Wirral: the tray, the audit, the return, and the two weeks to name a worker.

mod clocks;
mod conference;
mod gate;
mod told;

use super::stage::{Stage, conference as held_at};
use crate::domain::*;

pub fn scheduled() -> Stage {
    let mut stage = Stage::of("wirral");
    stage.report(
        "conference_scheduled",
        Some(held_at("2026-03-16 14:00", "")),
    );
    stage
}

pub fn placed() -> Stage {
    let mut stage = scheduled();
    stage.at("2026-03-16 15:30");
    stage.know_code("plan", "child_protection");
    stage.report(
        "conference_held",
        Some(held_at("2026-03-16 14:00", "child_protection_plan")),
    );
    stage
}

pub fn audited(stage: &mut Stage) {
    stage.complete_item("ann", "transfer_request").unwrap();
    stage
        .sign_item("tom", "first_response_audit", true)
        .unwrap();
    review(stage, "nia", true).unwrap();
}

pub fn review(stage: &mut Stage, who: &str, accepted: bool) -> Result<Vec<Event>, Refusal> {
    stage.act(
        who,
        Command::ReviewAudit {
            item: "first_response_audit".to_owned(),
            accepted,
        },
    )
}
