//! Deciding an act on one transfer.

use baton_protocol::PostHeld;

use super::command::Command;
use super::context::Context;
use super::draft::{Draft, Rules};
use super::event::{Change, Event};
use super::refusal::Refusal;
use super::state::Transfer;

/// What an act changes. No events means that it had already taken effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What was decided.
    pub events: Vec<Event>,
    /// The post in which the actor acted, for an act of a person.
    pub post: Option<PostHeld>,
}

/// Decides a command. What follows from it (clocks met, a case placed, a move at the meeting) is part of the decision.
pub fn decide(
    transfer: &Transfer,
    command: &Command,
    context: &Context,
    rules: Rules<'_>,
) -> Result<Decision, Refusal> {
    refuse_stale(transfer, context)?;
    let mut draft = Draft::new(transfer.clone(), context, rules);
    draft.see();
    draft.follow_suspension();
    let post = act(&mut draft, command)?;
    // Back from the ledger it is held like any other.
    draft.follow_suspension();
    // The ledger's answers look at nothing else: what they start is counted where they are taken in.
    if !matches!(
        command,
        Command::ConfirmMove { .. } | Command::FailCompletion { .. }
    ) {
        draft.refresh();
        if !matches!(command, Command::ResolveExpiry { .. }) {
            draft.resolve_held()?;
        }
        draft.advance();
    }
    // To have seen newer facts is worth keeping only with something that came of it: a call that changes nothing must not
    // look like one that does.
    if draft
        .events
        .iter()
        .all(|event| matches!(event.change, Change::Seen(_)))
    {
        draft.events.clear();
    }
    Ok(Decision {
        events: draft.events,
        post,
    })
}

fn act(draft: &mut Draft<'_>, command: &Command) -> Result<Option<PostHeld>, Refusal> {
    match command {
        Command::NameReceivingWorker { worker } => draft.name_worker(worker).map(Some),
        Command::NameReceivingTeam { team } => draft.name_team(team).map(Some),
        Command::CompleteItem(act) => draft.complete_item(act).map(Some),
        Command::SignItem(act) => draft.sign_item(act).map(Some),
        Command::ReviewAudit { item, accepted } => draft.review(item, *accepted).map(Some),
        Command::WaiveItem { item } => draft.waive(item).map(Some),
        Command::AgreeDate { date } => draft.agree_date(*date).map(Some),
        Command::CompleteTransfer => {
            // What was reported since counts before the gate is looked at.
            draft.refresh();
            draft.complete().map(Some)
        }
        Command::ReturnTransfer => draft.return_to_outgoing().map(Some),
        Command::WithdrawTransfer => draft.withdraw().map(Some),
        Command::DeferTransfer { until, review_on } => draft.defer(*until, *review_on).map(Some),
        Command::ReviewDeferral {
            continues,
            until,
            review_on,
        } => draft
            .review_deferral(*continues, *until, *review_on)
            .map(Some),
        Command::RaiseDispute { ground } => draft.raise_dispute(ground).map(Some),
        Command::EscalateDispute => draft.escalate_dispute().map(Some),
        Command::ResolveDispute { decision } => draft.resolve_dispute(decision).map(Some),
        Command::ExplainDeparture { rule } => draft.explain(rule).map(Some),
        Command::RecordMeeting(held) => draft.record_meeting(held).map(|()| None),
        Command::ConfirmMove {
            release,
            epoch,
            moved_at,
        } => draft
            .confirm_move(*release, *epoch, *moved_at)
            .map(|()| None),
        Command::FailCompletion {
            release,
            reason,
            rules,
        } => draft
            .fail_completion(*release, reason, rules)
            .map(|()| None),
        Command::RecordNoticeSent { item, sent_at } => {
            draft.record_notice(item, *sent_at);
            Ok(None)
        }
        Command::ResolveExpiry { clock } => {
            draft.refresh();
            draft.resolve_expiry(clock).map(|()| None)
        }
        Command::RecordEvidence(evidence) => {
            draft.record_evidence(evidence);
            Ok(None)
        }
    }
}

/// A decision is never taken on older facts than one before it.
fn refuse_stale(transfer: &Transfer, context: &Context) -> Result<(), Refusal> {
    let Some(child) = &context.child else {
        return Ok(());
    };
    let (given, seen) = (child.facts_version, transfer.facts_version);
    if given < seen {
        Err(Refusal::StaleFacts { given, seen })
    } else {
        Ok(())
    }
}
