//! From a transfer to the contract's message.

use baton_contracts::transfer::v1 as proto;
use baton_contracts::{timestamp, type_v1};
use baton_protocol::Party;
use jiff::Timestamp;

use crate::domain::{self, ClockState, ItemState, Owner, Phase, Referred, SoFar, Transfer};

fn reference(referred: &Referred) -> proto::Reference {
    proto::Reference {
        reference: referred.reference.clone(),
        title: referred.title.clone(),
        items: referred.items.clone(),
        rules: referred.rules.clone(),
    }
}

fn so_far(so_far: &SoFar) -> proto::SoFar {
    proto::SoFar {
        moves: so_far.moves,
        worker_changes: so_far.worker_changes,
        warns: so_far.warns,
        rules: so_far.rules.clone(),
    }
}

/// The transfer as callers see it.
pub fn transfer(transfer: &Transfer) -> proto::Transfer {
    let owner = |party: Party| to_owner(&transfer.owner(party));
    let owners = |parties: &[Party]| parties.iter().copied().map(owner).collect::<Vec<_>>();
    let (to_epoch, moved_at) = match &transfer.phase {
        Phase::Completed {
            moved_at, epoch, ..
        } => (*epoch, Some(timestamp(*moved_at))),
        _ => (0, None),
    };
    proto::Transfer {
        transfer_id: transfer.id.to_string(),
        case_id: transfer.case.to_string(),
        child_id: transfer.child.to_string(),
        route: transfer.route.clone(),
        opened_by: transfer
            .opened_by
            .as_ref()
            .map_or_else(String::new, |by| by.event.clone()),
        phase: phase(&transfer.phase).into(),
        holds: transfer
            .holds
            .iter()
            .map(|hold| held(transfer, hold))
            .collect(),
        from_team_id: transfer.from_team.to_string(),
        to_team_id: text(transfer.known_to_team()),
        references: transfer.references.iter().map(reference).collect(),
        so_far: transfer.so_far.as_ref().map(so_far),
        receiving_worker_id: text(transfer.receiving_worker.as_ref()),
        point: Some(point(transfer)),
        gate: transfer
            .gate
            .iter()
            .filter(|item| item.asked_for)
            .map(|item| gate_item(transfer, item))
            .collect(),
        meetings: transfer
            .meetings
            .iter()
            .map(|meeting| proto::Meeting {
                kind: meeting.kind.clone(),
                held: meeting.held_at.is_some(),
                held_at: meeting.held_at.map(timestamp),
                attend: meeting
                    .attend
                    .iter()
                    .map(|attendee| owner(attendee.who))
                    .collect(),
                absent: meeting
                    .absent
                    .iter()
                    .map(|attendee| owner(attendee.who))
                    .collect(),
                chair: owners(&meeting.chair),
                rules: meeting.rules.clone(),
                due_on: due_on(transfer, &meeting.kind),
                agreed_date: text(meeting.agreed_on.as_ref()),
                arranged_by: meeting.arranged_by.map(owner),
                listed_on: text(meeting.listed.as_ref().map(|listed| &listed.on)),
            })
            .collect(),
        due: transfer
            .clocks
            .iter()
            .map(|clock| due_date(transfer, clock))
            .collect(),
        actions: transfer
            .actions
            .iter()
            .map(|action| proto::Action {
                item: action.item.clone(),
                owner: Some(owner(action.owner)),
                due_on: due_on(transfer, &domain::Action::clock_of(&action.item)),
                done: action.done_at.is_some(),
                rules: action.rules.clone(),
            })
            .collect(),
        departures: transfer
            .departures
            .iter()
            .map(|departure| departed(transfer, departure))
            .collect(),
        ready: transfer.is_ready(),
        overdue: transfer.is_overdue(),
        undecided: transfer.unknown_facts(),
        conference_ref: transfer
            .conference
            .as_ref()
            .map_or_else(String::new, |held| held.reference.clone()),
        pack: transfer.pack.clone(),
        version: transfer.version,
        from_epoch: transfer.from_epoch,
        to_epoch,
        moved_at,
        end_reason: end_reason(&transfer.phase),
        opened_at: Some(timestamp(transfer.opened_at)),
    }
}

/// What holds a transfer up.
fn held(transfer: &Transfer, hold: &domain::Hold) -> proto::Hold {
    let owner = |party: Party| to_owner(&transfer.owner(party));
    proto::Hold {
        kind: hold.kind.code().to_owned(),
        owner: Some(owner(hold.owner)),
        since: Some(timestamp(hold.since)),
        until: text(hold.until.as_ref()),
        blocks: "completion".to_owned(),
        rules: hold.rules.clone(),
        reason_digest: hold.reason_digest.clone().unwrap_or_default(),
        review_on: text(hold.deferral().and_then(|held| held.review_on.as_ref())),
        ground: text(hold.dispute().map(|dispute| &dispute.ground)),
        rung: hold.dispute().map_or(0, |dispute| {
            i32::try_from(dispute.rung + 1).unwrap_or(i32::MAX)
        }),
        settled_by: hold.dispute().map_or_else(Vec::new, |dispute| {
            dispute.settled_by.iter().copied().map(owner).collect()
        }),
        suspension_id: match &hold.about {
            domain::HoldAbout::Suspension { id } => id.to_string(),
            _ => String::new(),
        },
    }
}

fn departed(transfer: &Transfer, departure: &domain::Departure) -> proto::DepartureRecord {
    let owner = |party: Party| to_owner(&transfer.owner(party));
    proto::DepartureRecord {
        rule_id: departure.rule.clone(),
        code: departure.code.clone(),
        by: departure.by.clone(),
        at: Some(timestamp(departure.at)),
        reason_digest: departure.reason_digest.clone().unwrap_or_default(),
        reason_from: departure.reason_from.map(owner),
    }
}

/// What is handed to the ledger.
pub fn release(transfer: &Transfer, release: &domain::Release) -> proto::Release {
    proto::Release {
        release_id: release.id.to_string(),
        transfer_id: transfer.id.to_string(),
        case_id: transfer.case.to_string(),
        expected_epoch: release.expected_epoch,
        to_team_id: release.to_team.to_string(),
        to_worker_id: text(release.to_worker.as_ref()),
        effective_at: Some(timestamp(release.effective_at)),
        rules: release.rules.clone(),
        pending_authorisation: release.pending_authorisation,
    }
}

/// Whose something is.
pub fn to_owner(owner: &Owner) -> type_v1::Owner {
    type_v1::Owner {
        role: owner.role.clone(),
        team_id: text(owner.team.as_ref()),
        worker_id: text(owner.worker.as_ref()),
        area: owner.area.clone().unwrap_or_default(),
    }
}

/// The phase on the wire.
pub fn phase(phase: &Phase) -> proto::Phase {
    match phase {
        Phase::Open => proto::Phase::Open,
        Phase::Placed => proto::Phase::Placed,
        Phase::Completing { .. } => proto::Phase::Completing,
        Phase::Completed { .. } => proto::Phase::Completed,
        Phase::Withdrawn => proto::Phase::Withdrawn,
        Phase::Lapsed { .. } => proto::Phase::Lapsed,
        Phase::Superseded { .. } => proto::Phase::Superseded,
    }
}

pub(super) fn text<T: ToString>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

fn end_reason(phase: &Phase) -> String {
    match phase {
        Phase::Lapsed { reason } => reason.clone(),
        Phase::Withdrawn => "withdrawn".to_owned(),
        Phase::Superseded { .. } => "superseded".to_owned(),
        Phase::Open | Phase::Placed | Phase::Completing { .. } | Phase::Completed { .. } => {
            String::new()
        }
    }
}

fn point(transfer: &Transfer) -> proto::TransferPoint {
    let point = &transfer.point;
    proto::TransferPoint {
        description: point.description.clone(),
        due_on: text(point.due_on.as_ref()),
        waiting_for: point.waiting_for.clone(),
        reached_at: point.reached_at.map(timestamp),
        skipped_days: skipped(&point.skipped),
        rules: point.rules.clone(),
    }
}

fn gate_item(transfer: &Transfer, item: &domain::Item) -> proto::GateItem {
    let state = match item.state() {
        ItemState::Open => proto::ItemState::Open,
        ItemState::AwaitingSignature => proto::ItemState::AwaitingSignature,
        ItemState::Met => proto::ItemState::Met,
        ItemState::Failed => proto::ItemState::Failed,
        ItemState::Waived => proto::ItemState::Waived,
    };
    let by =
        |act: &Option<domain::Act>| act.as_ref().map_or_else(String::new, |act| act.by.clone());
    let signed_by = item.reviewed.as_ref().or(item.signed.as_ref());
    let owner = |party: Option<Party>| party.map(|party| to_owner(&transfer.owner(party)));
    proto::GateItem {
        item: item.name.clone(),
        state: state.into(),
        hard: item.hard,
        rules: item.rules.clone(),
        owner: owner(item.completer.or(item.signer)),
        signer: owner(
            item.reviewer
                .filter(|_| item.signed.is_some())
                .or(item.signer),
        ),
        asks: item.asks.clone(),
        flag: item.flag.clone().unwrap_or_default(),
        answers: item
            .answers
            .iter()
            .map(|(ask, yes)| (ask.clone(), *yes))
            .collect(),
        missing: item.missing(),
        due_on: due_on(transfer, &item.name),
        completed_by: by(&item.completed),
        signed_by: signed_by.map_or_else(String::new, |act| act.by.clone()),
        waivable_by: item
            .waivable_by
            .iter()
            .map(|party| party.role.to_string())
            .collect(),
    }
}

pub(super) fn due_on(transfer: &Transfer, name: &str) -> String {
    transfer
        .clock(name)
        .map_or_else(String::new, |clock| clock.due_on.to_string())
}

pub(super) fn due_date(transfer: &Transfer, clock: &domain::Clock) -> type_v1::DueDate {
    let (state, met): (_, Option<(Timestamp, Timestamp)>) = match &clock.state {
        ClockState::Open => (type_v1::DueState::Open, None),
        ClockState::Met { at, reported_at } => (type_v1::DueState::Met, Some((*at, *reported_at))),
        ClockState::Cancelled => (type_v1::DueState::Cancelled, None),
        ClockState::Breached => (type_v1::DueState::Breached, None),
        ClockState::Answered { at, reported_at } => {
            (type_v1::DueState::Answered, Some((*at, *reported_at)))
        }
    };
    type_v1::DueDate {
        name: clock.name.clone(),
        due_on: clock.due_on.to_string(),
        breached_at: Some(timestamp(clock.breach_at)),
        state: state.into(),
        rules: clock.rules.clone(),
        owner: Some(to_owner(&transfer.owner(clock.owner))),
        counted_from: clock.counted_from.clone(),
        skipped_days: skipped(&clock.skipped),
        met_at: met.map(|(at, _)| timestamp(at)),
        reported_at: met.map(|(_, reported_at)| timestamp(reported_at)),
    }
}

pub(super) fn skipped(days: &[domain::Skipped]) -> Vec<type_v1::SkippedDay> {
    days.iter()
        .map(|day| type_v1::SkippedDay {
            date: day.date.to_string(),
            reason: day.reason.clone(),
        })
        .collect()
}
