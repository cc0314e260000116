//! The types and data of events. `docs/events/transfer.md` lists them.

use serde_json::{Map, Value, json};

use crate::domain::{Change, Clock, HoldKind, ItemChange, Transfer};

/// The type under which a change is announced; `None` for what only Baton's bookkeeping needs.
pub fn type_of(change: &Change, was_breached: bool) -> Option<&'static str> {
    Some(match change {
        Change::Opened(_) => "transfer.opened",
        Change::ConferenceSet(_) => "transfer.conference_set",
        Change::PointSet(_) => "transfer.point_recomputed",
        Change::PointCame => "transfer.point_came",
        Change::ReceivingTeamSet { .. } => "transfer.receiving_team_changed",
        Change::ClockSet(_) => "transfer.deadline_set",
        Change::ClockMet { .. } if was_breached => "transfer.deadline_answered",
        Change::ClockMet { .. } => "transfer.deadline_met",
        Change::ClockCancelled { .. } => "transfer.deadline_cancelled",
        Change::Reminded { .. } => "transfer.reminder_due",
        Change::Breached { .. } => "transfer.deadline_breached",
        Change::Escalated { .. } => "transfer.deadline_escalated",
        Change::WorkerNamed { .. } => "transfer.worker_named",
        Change::ItemSet { act, .. } => match act {
            ItemChange::Completed => "transfer.item_completed",
            ItemChange::Signed => "transfer.item_signed",
            ItemChange::Failed => "transfer.item_failed",
            ItemChange::Accepted => "transfer.item_accepted",
            ItemChange::Rejected => "transfer.item_rejected",
            ItemChange::Waived => "transfer.item_waived",
            ItemChange::Reset => "transfer.item_reset",
        },
        Change::MeetingSet(meeting) if meeting.held_at.is_some() => "transfer.meeting_recorded",
        Change::MeetingSet(_) => "transfer.meeting_listed",
        Change::Placed => "transfer.placed",
        Change::Held(hold) if hold.kind == HoldKind::Returned => "transfer.returned",
        Change::Held(_) => "transfer.held",
        Change::PutOff { .. } => "transfer.put_off",
        Change::DisputeSettled { .. } => "transfer.dispute_settled",
        Change::HoldLifted(_) => "transfer.hold_lifted",
        Change::Departed(_) => "transfer.rule_departed",
        Change::DepartureExplained(_) => "transfer.departure_explained",
        Change::ActionOwed(_) => "transfer.action_owed",
        Change::ActionDone { .. } => "transfer.action_done",
        Change::DateAgreed(agreement) if agreement.is_made() => "transfer.date_agreed",
        Change::DateAgreed(_) => "transfer.date_proposed",
        Change::NoticeSent { .. } => "transfer.notice_recorded",
        Change::NoticesDueAgain { .. } => "transfer.notices_due_again",
        Change::TroubleArose(_) => "transfer.trouble_arose",
        Change::TroubleSettled { .. } => "transfer.trouble_settled",
        Change::UndecidedSet { facts, .. } if facts.is_empty() => "transfer.decided",
        Change::UndecidedSet { .. } => "transfer.undecided",
        Change::Released(_) => "transfer.released",
        Change::Completed { .. } => "transfer.completed",
        Change::CompletionFailed { .. } => "transfer.completion_failed",
        Change::Withdrawn => "transfer.withdrawn",
        Change::Lapsed { .. } => "transfer.lapsed",
        Change::Superseded { .. } => "transfer.superseded",
        Change::Seen(_) => return None,
    })
}

/// The code of a change in an answer: the type without the area.
pub fn code_of(change: &Change) -> Option<&'static str> {
    type_of(change, false).and_then(|name| name.strip_prefix("transfer."))
}

/// What the event says. `transfer` is the state after it.
#[expect(
    clippy::too_many_lines,
    reason = "one arm for each change, beside the page that lists them"
)]
pub fn data_of(transfer: &Transfer, change: &Change) -> Map<String, Value> {
    let value = match change {
        Change::Opened(opened) => json!({
            "opened_by": opened.opened_by.as_ref().map(|by| &by.event),
            "conference_ref": opened.conference.as_ref().map(|conference| &conference.reference),
            "conference_at": opened.conference.as_ref().and_then(|conference| conference.at),
            "items": opened.gate.iter().filter(|item| item.asked_for).map(|item| &item.name).collect::<Vec<_>>(),
            "due": opened.clocks.iter().map(due).collect::<Vec<_>>(),
            "moves_so_far": opened.so_far.as_ref().map(|so_far| so_far.moves),
            "worker_changes_so_far": opened.so_far.as_ref().map(|so_far| so_far.worker_changes),
        }),
        Change::ConferenceSet(conference) => json!({
            "conference_ref": conference.reference,
            "conference_kind": conference.kind,
            "conference_at": conference.at,
            "outcome": conference.outcome,
        }),
        Change::PointSet(point) => json!({
            "description": point.description,
            "due_on": point.due_on,
            "waiting_for": point.waiting_for,
            "reached_at": point.reached_at,
        }),
        Change::PointCame => json!({ "reached_at": transfer.point.reached_at }),
        Change::ReceivingTeamSet {
            team,
            area,
            decided,
        } => json!({ "team_id": team, "area": area, "decided": decided }),
        Change::PutOff { to } => json!({ "to": to }),
        Change::DisputeSettled { ground, decision } => json!({
            "ground": ground,
            "decision": decision.code(),
            "team_id": decision.team(),
        }),
        Change::ClockSet(clock) => due(clock),
        Change::ClockMet {
            name,
            at,
            reported_at,
        } => json!({ "name": name, "met_at": at, "reported_at": reported_at }),
        Change::ClockCancelled { name } | Change::Reminded { name } => named(transfer, name),
        Change::Breached {
            name,
            born_breached,
        } => {
            let mut value = named(transfer, name);
            value["born_breached"] = json!(born_breached);
            value["needs_resolution"] = json!(
                transfer
                    .clock(name)
                    .is_some_and(|clock| clock.needs_resolution)
            );
            value
        }
        Change::Escalated { name, rung } => {
            let to = transfer
                .clock(name)
                .and_then(|clock| clock.ladder.get(*rung))
                .map(|rung| rung.to.to_string());
            json!({ "name": name, "rung": rung, "to": to })
        }
        Change::WorkerNamed { worker } => json!({ "worker_id": worker }),
        Change::ItemSet { item, .. } => json!({
            "item": item.name,
            "missing": item.missing(),
            "answers": (item.decision && !item.answers.is_empty()).then_some(&item.answers),
            "flag": item.flag,
            "completed_by": item.completed.as_ref().map(|act| &act.by),
            "signed_by": item.signed.as_ref().map(|act| &act.by),
            "reviewed_by": item.reviewed.as_ref().map(|act| &act.by),
        }),
        Change::MeetingSet(meeting) => json!({
            "kind": meeting.kind,
            "held_at": meeting.held_at,
            "agreed_on": meeting.agreed_on,
            "absent": meeting.absent.iter().map(|absent| absent.who.to_string()).collect::<Vec<_>>(),
            "due_on": transfer.clock(&meeting.kind).map(|clock| clock.due_on),
            "listed_on": meeting.listed.as_ref().map(|listed| listed.on),
            "area": meeting.listed.as_ref().map(|listed| &listed.area),
        }),
        Change::Held(hold) => json!({
            "hold": hold.kind.code(),
            "owner": hold.owner.to_string(),
            "until": hold.until,
            "review_on": hold.deferral().and_then(|deferral| deferral.review_on),
            "ground": hold.dispute().map(|dispute| &dispute.ground),
            "rung": hold.dispute().map(|dispute| dispute.rung + 1),
            "reason_digest": hold.reason_digest,
        }),
        Change::HoldLifted(kind) => json!({ "hold": kind.code() }),
        Change::Departed(departure) | Change::DepartureExplained(departure) => json!({
            "rule": departure.rule,
            "code": departure.code,
            "by": departure.by,
            "reason_digest": departure.reason_digest,
        }),
        Change::ActionOwed(action) => json!({
            "item": action.item,
            "owner": action.owner.to_string(),
        }),
        Change::ActionDone { item } | Change::NoticeSent { item } => json!({ "item": item }),
        Change::DateAgreed(agreement) => json!({
            "date": agreement.date,
            "outgoing": agreement.outgoing,
            "receiving": agreement.receiving,
        }),
        Change::TroubleArose(trouble) => {
            json!({ "code": trouble.code, "owner": trouble.owner.to_string() })
        }
        Change::TroubleSettled { code } => json!({ "code": code }),
        Change::UndecidedSet { about, facts } => json!({ "about": about, "unknown_facts": facts }),
        Change::Released(release) => json!({
            "release_id": release.id,
            "expected_epoch": release.expected_epoch,
            "to_team_id": release.to_team,
            "to_worker_id": release.to_worker,
            "effective_at": release.effective_at,
            "pending_authorisation": release.pending_authorisation,
            "release_rules": release.rules,
        }),
        Change::Completed {
            epoch,
            moved_at,
            look_again,
        } => json!({
            "epoch": epoch,
            "look_again": look_again.then_some(true),
            "moved_at": moved_at,
            "worker_id": transfer.receiving_worker,
        }),
        Change::CompletionFailed { release, reason } => {
            json!({ "release_id": release, "reason": reason })
        }
        Change::Lapsed {
            reason,
            closure_ground,
        } => json!({ "reason": reason, "closure_ground": closure_ground }),
        Change::Superseded { by } => json!({ "by": by }),
        Change::Placed | Change::NoticesDueAgain { .. } | Change::Withdrawn | Change::Seen(_) => {
            json!({})
        }
    };
    match value {
        Value::Object(data) => data
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .collect(),
        _ => Map::new(),
    }
}

fn named(transfer: &Transfer, name: &str) -> Value {
    transfer
        .clock(name)
        .map_or_else(|| json!({ "name": name }), due)
}

fn due(clock: &Clock) -> Value {
    json!({
        "name": clock.name,
        "due_on": clock.due_on,
        "breach_at": clock.breach_at,
        "counted_from": clock.counted_from,
        "owner": clock.owner.to_string(),
    })
}
