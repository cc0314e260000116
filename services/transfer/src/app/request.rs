//! A person asks for a transfer.

use super::{App, Call, Failure, Outcome, write};
use crate::domain::{self, Refusal, Request};
use baton_ids::CaseId;
use baton_protocol::transfer::REQUESTED;

impl App {
    /// Decides a request for a transfer. The stored answer is what `to_response` makes of the outcome.
    #[tracing::instrument(name = "app.transfer.request", skip_all, fields(case.id = %case))]
    pub async fn request<R>(
        &self,
        call: Call,
        case: CaseId,
        request: Request,
        to_response: fn(Outcome) -> R,
    ) -> Result<R, Failure>
    where
        R: prost::Message + Default + 'static,
    {
        self.once(call, "RequestTransfer", move |app, tx, mut call| {
            Box::pin(async move {
                let child = call.context.child.as_ref().ok_or(Refusal::CaseNotOpen)?.id;
                let open = call.context.responsibility.as_ref();
                if open.is_none_or(|responsibility| responsibility.case != case) {
                    return Err(Refusal::CaseNotOpen.into());
                }
                app.look_at_suspension(tx, &mut call.context).await?;
                write::keep_reasons(tx, &mut call, Some(case.uuid())).await?;
                let mut series = app.series(tx, &call.context, child).await?;
                let pack = app.pack(&call.context.pack)?;
                let pinned = match &series.live {
                    Some(live) => app.pack(&live.pack)?,
                    None => std::sync::Arc::clone(&pack),
                };
                series.watch = app.watch(tx, &call.context, &pack, REQUESTED).await?;
                let (considered, post) = domain::request(
                    &series,
                    &request,
                    &call.context,
                    app.rules(&pack),
                    app.rules(&pinned),
                )?;
                let outcomes = app
                    .save_considered(tx, &call, considered, Some(&post))
                    .await?;
                Ok(to_response(outcomes.into_iter().next().unwrap_or_default()))
            })
        })
        .await
    }
}
