//! What must hold of every transfer at every moment.

use super::stage::Stage;
use baton_protocol::transfer::Weight;

use crate::domain::*;

/// What must hold of every transfer after every step.
pub fn invariants(stage: &Stage, before: Option<&Transfer>, new: &[Event]) {
    let Some(transfer) = stage.transfer() else {
        return;
    };
    assert!(
        stage
            .series
            .completed
            .iter()
            .all(|done| !done.phase.is_live()),
        "two live transfers"
    );

    for event in new {
        if let Change::Released(release) = &event.change {
            let owed = |item: &str| transfer.actions.iter().any(|action| action.item == item);
            let explained = |item: &Item| {
                let code = format!("open:{}", item.name);
                transfer
                    .departures
                    .iter()
                    .any(|departure| departure.code == code)
            };
            for item in transfer.gate.iter().filter(|item| item.bars()) {
                let worker =
                    release.to_worker.is_none() && item.name.starts_with("receiving_worker");
                assert!(
                    owed(&item.name) || explained(item) || worker,
                    "released past {}",
                    item.name
                );
            }
            assert!(transfer.holds.is_empty(), "released while held");
            assert!(
                release.effective_at <= stage.now,
                "released into the future"
            );
        }
    }

    // Explaining takes longer than deciding: a sample of the steps will do.
    if stage.events.len().is_multiple_of(64) {
        explained(stage, transfer);
    }

    // A deadline is only ever met, cancelled, breached or answered; none is dropped.
    if let Some(before) = before.filter(|before| before.id == transfer.id) {
        for clock in &before.clocks {
            assert!(
                transfer.clock(&clock.name).is_some(),
                "{} was dropped",
                clock.name
            );
        }
        assert!(transfer.version >= before.version);
    }
    // Nothing rings late: whatever was due has rung.
    for clock in transfer.clocks.iter().filter(|clock| clock.is_open()) {
        assert!(
            clock.breach_at > stage.now,
            "{} passed in silence",
            clock.name
        );
    }
    // What has ended waits for nothing but what outlives the move.
    if !transfer.phase.is_live() && !matches!(transfer.phase, Phase::Completed { .. }) {
        assert!(tasks(transfer).is_empty());
        assert!(transfer.clocks.iter().all(|clock| !clock.is_open()));
    }
}

/// What a transfer asks for is explained as it stands, and by what is kept of what was known.
fn explained(stage: &Stage, transfer: &Transfer) {
    let looked_at = transfer.looked_at.as_ref().expect("what was looked at");
    let weighed = weigh_asked(transfer, stage.rules()).expect("reasons");
    for rule in &weighed {
        let Some(name) = rule.name.strip_prefix("item/") else {
            continue;
        };
        let asked = matches!(rule.weight, Weight::Won | Weight::Assumed { .. });
        let stands = transfer.item(name).is_some_and(|item| item.asked_for);
        assert_eq!(asked, stands, "{name} is explained as {:?}", rule.weight);
    }
    for item in transfer.gate.iter().filter(|item| item.asked_for) {
        let name = format!("item/{}", item.name);
        assert!(
            weighed.iter().any(|rule| rule.name == name),
            "{name} is not explained"
        );
    }
    for key in weighed.iter().flat_map(|rule| &rule.facts) {
        assert!(
            key.as_str().starts_with("conference.") || looked_at.facts.contains_key(key.as_str()),
            "{key} is not kept"
        );
    }
}
