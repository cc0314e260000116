//! Who had a child before the ledger began.

use baton_ids::ChildId;
use baton_store::RequestKey;
use prost::Message;

use super::announce::Source;
use super::ledger::seen;
use super::{App, AppError, Outcome};
use crate::domain::context::Context;
use crate::domain::earlier::{Held, Involvement, count};
use crate::storage;

impl App {
    /// Counts who had a child before the ledger began together with what the ledger has, with the newest case.
    #[tracing::instrument(name = "app.count_earlier", skip_all, fields(child.id = %child))]
    pub async fn count_earlier<R>(
        &self,
        key: RequestKey,
        ctx: Context,
        child: ChildId,
        earlier: Vec<Involvement>,
        to_response: fn(&Outcome) -> R,
    ) -> Result<R, AppError>
    where
        R: Message + Default + 'static,
    {
        let app = self.clone();
        let source = Source::of(&ctx);
        self.pack(&ctx.pack)?;
        self.store
            .once(key, "count_earlier", move |tx| {
                Box::pin(async move {
                    let authority = &ctx.authority;
                    let nothing = || AppError::not_found("case of the child", child);
                    let newest = storage::cases::newest_of_child(tx, authority, child)
                        .await?
                        .ok_or_else(nothing)?;
                    let before = storage::cases::lock(tx, authority, newest.id)
                        .await?
                        .ok_or_else(nothing)?;
                    let mut held = Vec::new();
                    for case in storage::cases::of_child(tx, authority, child).await? {
                        held.push(Held {
                            closed_at: case.closed_at,
                            spans: storage::spans::believed(tx, authority, case.id).await?,
                        });
                    }
                    let roster = storage::organisation::whole_roster(tx, authority).await?;

                    let events = count(
                        &before,
                        earlier,
                        &held,
                        &roster,
                        &app.calendar,
                        ctx.received_at,
                    );
                    let (now, seen) = (app.now(), seen(before.clone(), &ctx));
                    let outcome = app.save(tx, &before, seen, events, &source, now).await?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }
}
