//! How people are reached.

use baton_ids::{ChildId, EventId};
use baton_store::{RequestKey, Tx};
use jiff::Timestamp;

use super::announce::announce_entry;
use super::{App, AppError, Outcome, Source};
use crate::domain::contact_book::ensure_may_set;
use crate::domain::context::Context;
use crate::domain::decide;
use crate::domain::notice::State;
use crate::storage;
use crate::storage::contact_book::NewEntry;

/// Sets how somebody is reached.
#[derive(Debug, Clone)]
pub struct SetContact {
    /// `worker`, `family`, `child`, `agency`, `referrer`.
    pub kind: String,
    /// The worker, or an id of the entry.
    pub id: String,
    /// The child the entry belongs to.
    pub child: Option<ChildId>,
    /// The address.
    pub address: String,
    /// The medium.
    pub medium: String,
}

impl App {
    /// Sets how somebody is reached. What waited for an address goes out.
    #[tracing::instrument(name = "app.set_contact", skip_all)]
    pub async fn set_contact<R>(
        &self,
        key: RequestKey,
        command: SetContact,
        ctx: Context,
        to_response: fn(&Outcome<()>) -> R,
    ) -> Result<R, AppError>
    where
        R: prost::Message + Default + 'static,
    {
        let app = self.clone();
        let source = Source::of(&ctx);
        self.store
            .once(key, "set_contact", move |tx| {
                Box::pin(async move {
                    let outcome = app.set_contact_in(tx, command, &ctx, &source).await?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }

    async fn set_contact_in(
        &self,
        tx: &mut Tx,
        command: SetContact,
        ctx: &Context,
        source: &Source,
    ) -> Result<Outcome<()>, AppError> {
        ensure_may_set(ctx, &command.kind, &command.id)?;
        let (authority, now) = (&ctx.authority, self.now());
        let address_digest = tx
            .put_private(authority.as_str(), None, &command.address)
            .await?;
        let entry = NewEntry {
            kind: command.kind,
            id: command.id,
            child: command.child,
            medium: command.medium,
            address_digest,
        };
        storage::contact_book::set(tx, authority, &entry).await?;
        let announced = announce_entry(&entry, ctx, source, now)?;
        let last_event = Some(EventId::from_uuid(announced.event_id));
        tx.announce(&[announced]);
        if let Some(child) = entry.child {
            self.address_waiting(tx, ctx, child, &entry.kind, source, now)
                .await?;
        }
        Ok(Outcome {
            value: (),
            last_event,
        })
    }

    /// Notices to this kind of recipient that found nobody before.
    async fn address_waiting(
        &self,
        tx: &mut Tx,
        ctx: &Context,
        child: ChildId,
        kind: &str,
        source: &Source,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let unaddressed = storage::notices::lock_of_children(
            tx,
            &ctx.authority,
            std::iter::once(child),
            State::Unaddressed.code(),
        )
        .await?;
        for notice in unaddressed
            .into_iter()
            .filter(|notice| notice.recipient.kind == kind && kind != "worker")
        {
            tx.flush().await?;
            let found = storage::contact_book::of_child(tx, &ctx.authority, child, kind).await?;
            let told = storage::notices::told(tx, &notice).await?;
            let (event, further) = decide::address(&notice, &found, &told, now);
            let source = source.pinned_to(&notice.pack);
            self.save(tx, Some(notice), vec![event], &source, now)
                .await?;
            self.add_further(tx, further, &source, now).await?;
        }
        Ok(())
    }
}
