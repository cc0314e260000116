//! Receipts of reports, from what became of their reactions.

use baton_contracts::record::v1::{Outcome, Receipt, ReceiptState};
use baton_store::{Store, StoreError};

use super::run::End;
use crate::reactions::cause::What;
use crate::reactions::outcome;
use crate::reactions::record::Reaction;
use crate::storage::reports;

/// The receipt to keep for the report behind a reaction. `None` while it is open, and where there is no report.
pub(super) async fn of(
    store: &Store,
    reaction: &Reaction,
    end: End,
) -> Result<Option<Receipt>, StoreError> {
    let Some(report_id) = reaction.report_id else {
        return Ok(None);
    };
    if reaction.parent_id.is_some() {
        // It went on after its parent was done: its answer joins what is there.
        let End::Done(outcomes) = end else {
            return Ok(None);
        };
        let receipt = reports::receipt(store, &reaction.authority, report_id).await?;
        return Ok(receipt.map(|receipt| join(receipt, outcomes)));
    }
    let what = reaction
        .cause
        .as_ref()
        .and_then(|cause| cause.what.as_ref());
    let (event_id, revision) = match what {
        Some(What::Report(report)) => match &report.event {
            Some(event) => (event.event_id.clone(), event.revision),
            None => return Ok(None),
        },
        Some(What::Opening(opening)) => (opening.event_id.clone(), opening.revision),
        _ => return Ok(None),
    };
    let (state, outcomes, problems) = match end {
        End::Done(outcomes) => (outcome::state(&outcomes), outcomes, Vec::new()),
        End::Rejected(problems) => (ReceiptState::Rejected, Vec::new(), problems),
        End::Parked | End::Later(_) | End::Lost => return Ok(None),
    };
    Ok(Some(Receipt {
        event_id,
        revision,
        state: state.into(),
        outcomes,
        problems,
        report_id: report_id.to_string(),
    }))
}

fn join(mut receipt: Receipt, outcomes: Vec<Outcome>) -> Receipt {
    for outcome in outcomes {
        outcome::join(&mut receipt.outcomes, outcome);
    }
    receipt.state = outcome::state(&receipt.outcomes).into();
    receipt
}
