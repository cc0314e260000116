//! An act on one transfer.

use baton_ids::TransferId;

use super::announce::Origin;
use super::{App, Call, Failure, Outcome, write};
use crate::domain::{self, Command, Refusal};
use crate::storage;

impl App {
    /// Decides a command on one transfer. The stored answer is what `to_response` makes of the outcome.
    #[tracing::instrument(name = "app.transfer.act", skip_all, fields(transfer.id = %id))]
    pub async fn act<R>(
        &self,
        call: Call,
        id: TransferId,
        command: Command,
        label: &'static str,
        to_response: fn(Outcome) -> R,
    ) -> Result<R, Failure>
    where
        R: prost::Message + Default + 'static,
    {
        self.once(call, label, move |app, tx, mut call| {
            Box::pin(async move {
                let authority = call.context.authority.clone();
                let before = storage::lock(tx, &authority, id)
                    .await?
                    .ok_or(Failure::NotFound(id))?;
                if call.expected_version != 0 && call.expected_version != before.version {
                    let (expected, current) = (call.expected_version, before.version);
                    return Err(Refusal::StaleVersion { expected, current }.into());
                }
                app.look_at_suspension(tx, &mut call.context).await?;
                write::keep_reasons(tx, &mut call, Some(before.case.uuid())).await?;
                let pack = app.pack(&before.pack)?;
                let decision = domain::decide(&before, &command, &call.context, app.rules(&pack))?;
                let origin = Origin::of_call(&call.context, &before.pack, decision.post.as_ref());
                let outcome = write::save(tx, Some(&before), &decision.events, &origin).await?;
                Ok(to_response(outcome))
            })
        })
        .await
    }
}
