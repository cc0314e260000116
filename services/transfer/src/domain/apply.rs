//! What an event does to a transfer. Never refuses: what was decided, was decided.

use super::clock::ClockState;
use super::departures::Departure;
use super::event::{Change, Event, Seen};
use super::state::{Phase, Transfer};

/// The transfer after one event. `None` before the event that opens it.
pub fn apply(transfer: Option<Transfer>, event: &Event) -> Option<Transfer> {
    if let Change::Opened(opened) = &event.change {
        return Some((**opened).clone());
    }
    let mut transfer = transfer?;
    apply_to(&mut transfer, event);
    Some(transfer)
}

/// Applies one event in place.
pub fn apply_to(transfer: &mut Transfer, event: &Event) {
    // What was merely seen is Baton's own bookkeeping: nobody's expected version is made stale by it.
    if !matches!(event.change, Change::Seen(_)) {
        transfer.version += 1;
    }
    change(transfer, event);
}

/// The transfer after several events.
pub fn apply_all<'e>(
    transfer: Option<Transfer>,
    events: impl IntoIterator<Item = &'e Event>,
) -> Option<Transfer> {
    events.into_iter().fold(transfer, apply)
}

fn change(transfer: &mut Transfer, event: &Event) {
    match &event.change {
        Change::Opened(opened) => *transfer = (**opened).clone(),
        Change::ConferenceSet(conference) => transfer.conference = Some(conference.clone()),
        Change::PointSet(point) => transfer.point = point.clone(),
        Change::PointCame => transfer.point.reached_at = transfer.point.from,
        Change::ReceivingTeamSet {
            team,
            area,
            decided,
        } => {
            if transfer.to_team != *team {
                transfer.receiving_worker = None;
                transfer.worker_named_at = None;
            }
            transfer.team_decided |= *decided;
            if transfer.team_open {
                transfer.team_named_at = Some(event.effective_at);
            }
            transfer.team_open = false;
            transfer.to_team = team.clone();
            transfer.area.clone_from(area);
        }
        Change::ClockSet(clock) => replace(&mut transfer.clocks, clock.clone(), |c| &c.name),
        Change::ClockMet { .. }
        | Change::ClockCancelled { .. }
        | Change::Reminded { .. }
        | Change::Breached { .. }
        | Change::Escalated { .. } => change_clock(transfer, &event.change),
        Change::WorkerNamed { worker } => {
            transfer.receiving_worker = Some(worker.clone());
            transfer.worker_named_at = Some(event.effective_at);
        }
        Change::ItemSet { item, .. } => replace(&mut transfer.gate, item.clone(), |i| &i.name),
        Change::MeetingSet(meeting) => {
            replace(&mut transfer.meetings, meeting.clone(), |m| &m.kind);
        }
        Change::Placed => {
            transfer.phase = Phase::Placed;
            transfer.placed_at = Some(event.effective_at);
        }
        Change::Held(hold) => {
            transfer.hold_round = transfer.hold_round.max(hold.round());
            replace(&mut transfer.holds, hold.clone(), |h| &h.kind);
        }
        Change::PutOff { to } => transfer.put_off_to = transfer.put_off_to.max(Some(*to)),
        // What it means for the transfer is an event of its own.
        Change::DisputeSettled { .. } => {}
        Change::HoldLifted(kind) => transfer.holds.retain(|hold| hold.kind != *kind),
        Change::Departed(departure) => transfer.departures.push(departure.clone()),
        Change::DepartureExplained(explained) => {
            let same = |known: &&mut Departure| {
                known.rule == explained.rule && known.code == explained.code
            };
            if let Some(known) = transfer.departures.iter_mut().find(same) {
                *known = explained.clone();
            }
        }
        Change::ActionOwed(action) => replace(&mut transfer.actions, action.clone(), |a| &a.item),
        Change::ActionDone { item } => {
            for action in transfer
                .actions
                .iter_mut()
                .filter(|action| action.item == *item)
            {
                action.done_at = Some(event.effective_at);
            }
        }
        Change::DateAgreed(agreement) => transfer.agreement = Some(agreement.clone()),
        Change::NoticeSent { item } => {
            transfer
                .notices_sent
                .insert(item.clone(), event.effective_at);
        }
        Change::NoticesDueAgain { due } => {
            transfer.notice_round += 1;
            transfer.told_due.extend(due.clone());
        }
        Change::TroubleArose(trouble) => {
            replace(&mut transfer.troubles, trouble.clone(), |t| &t.code);
        }
        Change::TroubleSettled { code } => {
            transfer.troubles.retain(|trouble| trouble.code != *code);
        }
        Change::UndecidedSet { about, facts } if facts.is_empty() => {
            transfer.undecided.remove(about);
        }
        Change::UndecidedSet { about, facts } => {
            transfer.undecided.insert(about.clone(), facts.clone());
        }
        Change::Seen(seen) => see(transfer, seen),
        Change::Released(_)
        | Change::Completed { .. }
        | Change::CompletionFailed { .. }
        | Change::Withdrawn
        | Change::Lapsed { .. }
        | Change::Superseded { .. } => change_phase(transfer, &event.change),
    }
}

fn see(transfer: &mut Transfer, seen: &Seen) {
    transfer.facts_version = transfer.facts_version.max(seen.facts_version);
    transfer.from_epoch = seen.epoch;
    transfer.from_worker.clone_from(&seen.worker);
    transfer.span_since = seen.span_since;
    transfer.so_far.clone_from(&seen.so_far);
    transfer.told_due.clone_from(&seen.told_due);
    transfer.looked_at.clone_from(&seen.looked_at);
}

fn change_clock(transfer: &mut Transfer, change: &Change) {
    let (Change::ClockMet { name, .. }
    | Change::ClockCancelled { name }
    | Change::Reminded { name }
    | Change::Breached { name, .. }
    | Change::Escalated { name, .. }) = change
    else {
        return;
    };
    let Some(clock) = transfer.clocks.iter_mut().find(|clock| clock.name == *name) else {
        return;
    };
    match change {
        Change::ClockMet {
            at, reported_at, ..
        } => {
            let (at, reported_at) = (*at, *reported_at);
            clock.state = if clock.is_overdue() {
                ClockState::Answered { at, reported_at }
            } else {
                ClockState::Met { at, reported_at }
            };
        }
        Change::ClockCancelled { .. } => clock.state = ClockState::Cancelled,
        Change::Reminded { .. } if !clock.remind_at.is_empty() => {
            clock.remind_at.remove(0);
        }
        Change::Breached { .. } => clock.state = ClockState::Breached,
        Change::Escalated { rung, .. } => {
            if let Some(rung) = clock.ladder.get_mut(*rung) {
                rung.done = true;
            }
        }
        _ => {}
    }
}

fn change_phase(transfer: &mut Transfer, change: &Change) {
    transfer.phase = match (change, &transfer.phase) {
        (Change::Released(release), _) => Phase::Completing {
            release: release.clone(),
        },
        (
            Change::Completed {
                epoch, moved_at, ..
            },
            Phase::Completing { release, .. },
        ) => Phase::Completed {
            moved_at: *moved_at,
            epoch: *epoch,
            release_id: release.id,
        },
        (Change::CompletionFailed { .. }, _) if transfer.placed_at.is_some() => Phase::Placed,
        (Change::CompletionFailed { .. }, _) => Phase::Open,
        (Change::Withdrawn, _) => Phase::Withdrawn,
        (Change::Lapsed { reason, .. }, _) => Phase::Lapsed {
            reason: reason.clone(),
        },
        (Change::Superseded { by }, _) => Phase::Superseded { by: *by },
        (_, phase) => phase.clone(),
    };
}

/// Puts a value in the place of the one with the same key, or at the end.
fn replace<T, K: PartialEq>(list: &mut Vec<T>, value: T, key: impl Fn(&T) -> &K) {
    match list.iter_mut().find(|other| key(other) == key(&value)) {
        Some(place) => *place = value,
        None => list.push(value),
    }
}
