//! What a plain mind expects of a transfer: kept apart from how the rules work it out.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::mem::{Discriminant, discriminant};

use baton_ids::TransferId;
use jiff::Timestamp;
use uuid::Uuid;

use super::stage::Stage;
use crate::domain::*;

/// How far a clock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Running {
    Open,
    Done,
    Breached,
    Answered,
}

/// What is expected.
#[derive(Debug, Default)]
pub struct Model {
    /// The transfer that may be live; never a second.
    live: Option<TransferId>,
    /// Clocks, by transfer and name: each met, cancelled or breached once.
    clocks: BTreeMap<(TransferId, String), Running>,
    /// The release that waits for the ledger.
    released: Option<Uuid>,
    /// Transfers that a ledger span names.
    completed: BTreeSet<TransferId>,
    /// Until when it is put off; nothing when it is not.
    put_off: Option<Timestamp>,
    /// Whether it is disputed.
    disputed: bool,
    /// Whether the protocol is suspended for it.
    suspended: bool,
    /// The kinds of command that were not refused.
    pub accepted: HashSet<Discriminant<Command>>,
}

impl Model {
    /// From a stage as it stands.
    pub fn of(stage: &Stage) -> Self {
        let mut model = Self::default();
        for transfer in stage.series.live.iter().chain(&stage.series.completed) {
            for clock in &transfer.clocks {
                let running = match clock.state {
                    ClockState::Open => Running::Open,
                    ClockState::Breached => Running::Breached,
                    ClockState::Answered { .. } => Running::Answered,
                    ClockState::Met { .. } | ClockState::Cancelled => Running::Done,
                };
                model
                    .clocks
                    .insert((transfer.id, clock.name.clone()), running);
            }
            match &transfer.phase {
                Phase::Completing { release } => model.released = Some(release.id),
                Phase::Completed { .. } => drop(model.completed.insert(transfer.id)),
                _ => {}
            }
        }
        if let Some(live) = &stage.series.live {
            model.live = Some(live.id);
            let deferred = live.hold(HoldKind::Deferred);
            model.put_off = deferred.and_then(|hold| hold.lifts_at);
            model.disputed = live.hold(HoldKind::Disputed).is_some();
        }
        model
    }

    /// A command was not refused.
    pub fn accepted(
        &mut self,
        stage: &Stage,
        before: &Transfer,
        who: &str,
        command: &Command,
        events: &[Event],
    ) {
        self.accepted.insert(discriminant(command));
        let manager = matches!(who, "tom" | "nia" | "tess");
        match command {
            Command::DeferTransfer { until, review_on } => {
                let (Some(until), Some(_)) = (until, review_on) else {
                    panic!("put off without a time or a review");
                };
                assert!(manager && self.put_off.is_none());
                self.put_off = Some(stage.calendar.start_of(*until));
            }
            Command::ReviewDeferral {
                continues, until, ..
            } => {
                assert!(manager && self.put_off.is_some());
                self.put_off = match (continues, until) {
                    (false, _) => None,
                    (true, Some(until)) => Some(stage.calendar.start_of(*until)),
                    (true, None) => self.put_off,
                };
            }
            Command::RaiseDispute { .. } => {
                assert!(manager && !self.disputed);
                self.disputed = true;
            }
            Command::EscalateDispute => assert!(self.disputed),
            Command::ResolveDispute { decision } => {
                assert!(self.disputed, "decided what nobody disputes");
                let settled = events.iter().any(|event| {
                    matches!(&event.change, Change::DisputeSettled { decision: taken, .. } if taken == decision)
                });
                self.disputed = !settled;
                if settled && *decision == Resolution::Withdrawn {
                    self.live = None;
                }
            }
            Command::WithdrawTransfer => {
                assert!(manager && before.phase.is_workable());
            }
            Command::CompleteTransfer => {
                assert_eq!(self.held(stage.now), None, "completed while held");
            }
            _ => {}
        }
    }

    /// The suspension began or ended.
    pub fn suspended(&mut self, stage: &Stage) {
        self.suspended = stage.suspended.is_some();
    }

    fn held(&self, now: Timestamp) -> Option<&'static str> {
        let put_off = self.put_off.is_some_and(|until| until > now);
        [
            (put_off, "deferred"),
            (self.disputed, "disputed"),
            (self.suspended, "suspended"),
        ]
        .into_iter()
        .find_map(|(held, what)| held.then_some(what))
    }

    /// Takes in what a step brought, and says what is wrong with it.
    pub fn saw(&mut self, stage: &Stage, new: &[Event]) {
        let mut of = self.live.or_else(|| stage.transfer().map(|one| one.id));
        for event in new {
            match &event.change {
                Change::Opened(opened) => {
                    assert_eq!(self.live, None, "two live transfers");
                    self.live = Some(opened.id);
                    of = self.live;
                    (self.put_off, self.disputed, self.released) = (None, false, None);
                    for clock in &opened.clocks {
                        self.clocks
                            .insert((opened.id, clock.name.clone()), Running::Open);
                    }
                }
                Change::Released(release) => {
                    assert_eq!(self.released, None, "released twice");
                    assert_eq!(self.held(stage.now), None, "released while held");
                    self.released = Some(release.id);
                }
                Change::CompletionFailed { release, .. } => {
                    assert_eq!(self.released.take(), Some(*release));
                }
                Change::Completed { .. } => {
                    assert!(self.released.take().is_some(), "moved without a release");
                    let moved = self.live.take().unwrap();
                    assert!(self.completed.insert(moved), "moved twice");
                }
                Change::Withdrawn | Change::Lapsed { .. } | Change::Superseded { .. } => {
                    assert_eq!(self.released, None, "ended while with the ledger");
                    self.live = None;
                    (self.put_off, self.disputed) = (None, false);
                }
                _ => {}
            }
            if let Some(of) = of {
                self.clock(of, &event.change);
            }
        }
        self.agrees_with(stage);
    }

    fn clock(&mut self, of: TransferId, change: &Change) {
        let (name, to) = match change {
            Change::ClockSet(clock) => (&clock.name, Running::Open),
            Change::ClockMet { name, .. } | Change::ClockCancelled { name } => {
                (name, Running::Done)
            }
            Change::Breached { name, .. } => (name, Running::Breached),
            _ => return,
        };
        let key = (of, name.clone());
        let from = self.clocks.get(&key).copied();
        let to = match (from, to) {
            // A ladder that grew, or a date that moved.
            (Some(Running::Breached), Running::Open) => Running::Breached,
            (_, Running::Open) => {
                assert_ne!(
                    from,
                    Some(Running::Answered),
                    "{name} runs after it was answered"
                );
                Running::Open
            }
            (Some(Running::Open), to) => to,
            (Some(Running::Breached), Running::Done) => {
                assert!(
                    !matches!(change, Change::ClockCancelled { .. }),
                    "{name}: a breach undone"
                );
                Running::Answered
            }
            (from, to) => panic!("{name} from {from:?} to {to:?}"),
        };
        self.clocks.insert(key, to);
    }

    fn agrees_with(&mut self, stage: &Stage) {
        assert_eq!(self.live, stage.series.live.as_ref().map(|live| live.id));
        let Some(live) = &stage.series.live else {
            return;
        };
        assert_eq!(
            matches!(live.phase, Phase::Completing { .. }),
            self.released.is_some()
        );
        // The ledger has not moved: the team that hands over is responsible.
        let responsible = stage.responsibility.as_ref().map(|one| &one.team);
        assert_eq!(responsible, Some(&live.from_team));
        if self.put_off.is_some_and(|until| until <= stage.now) {
            self.put_off = None;
        }
        if live.phase.is_workable() {
            let holds = |kind| live.hold(kind).is_some();
            assert_eq!(
                holds(HoldKind::Deferred),
                self.put_off.is_some(),
                "deferred"
            );
            assert_eq!(holds(HoldKind::Disputed), self.disputed, "disputed");
            let of_route = |one: &Suspended| one.routes.contains(&live.route);
            let suspended = stage.suspended.as_ref().is_some_and(of_route);
            assert_eq!(holds(HoldKind::Suspended), suspended, "suspended");
            self.suspended = suspended;
            for hold in &live.holds {
                assert!(tasks_about(live, hold.kind), "{:?} is nobody's", hold.kind);
            }
        }
        waits_have_an_owner(live);
    }
}

fn tasks_about(transfer: &Transfer, kind: HoldKind) -> bool {
    let about = format!("{}/hold/{}", transfer.id, kind.code());
    tasks(transfer).keys().any(|key| key.starts_with(&about))
}

/// Whatever a live transfer waits for is somebody's, or has its instant.
fn waits_have_an_owner(transfer: &Transfer) {
    let tasks = tasks(transfer);
    assert!(tasks.values().all(|task| !task.owner.role.is_empty()));
    if matches!(transfer.phase, Phase::Completing { .. }) {
        return;
    }
    let waits = !tasks.is_empty() || !transfer.rings().is_empty();
    assert!(waits, "{} waits for nobody", transfer.route);
}
