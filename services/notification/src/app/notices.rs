//! What people and reactions do about a notice.

use baton_ids::NoticeId;
use baton_store::{RequestKey, Tx};
use jiff::Timestamp;

use super::{App, AppError, Outcome, Source};
use crate::domain::context::Context;
use crate::domain::decide;
use crate::domain::notice::{Entry, Notice, State};
use crate::storage;

/// Withholds a notice.
#[derive(Debug, Clone)]
pub struct Withhold {
    /// The notice.
    pub notice: NoticeId,
    /// The ground, as a code of the protocol.
    pub ground: String,
    /// Why, in the words of the actor.
    pub reason: String,
}

/// Records that a person told the recipient.
#[derive(Debug, Clone)]
pub struct Give {
    /// The notice.
    pub notice: NoticeId,
    /// When.
    pub at: Timestamp,
    /// How.
    pub how: String,
}

/// Reports what a medium said.
#[derive(Debug, Clone)]
pub struct Deliver {
    /// The notice.
    pub notice: NoticeId,
    /// Whether it arrived.
    pub delivered: bool,
    /// When.
    pub at: Timestamp,
}

impl App {
    /// Gives a notice the workers who hold its role now. Told again, it changes nothing.
    #[tracing::instrument(name = "app.address_notice", skip_all, fields(notice.id = %id))]
    pub async fn address<R>(
        &self,
        key: RequestKey,
        id: NoticeId,
        workers: Vec<String>,
        ctx: Context,
        to_response: fn(&Outcome<Vec<Notice>>) -> R,
    ) -> Result<R, AppError>
    where
        R: prost::Message + Default + 'static,
    {
        let app = self.clone();
        let source = Source::of(&ctx);
        self.store
            .once(key, "address_notice", move |tx| {
                Box::pin(async move {
                    let outcome = app.address_in(tx, id, &workers, &ctx, &source).await?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }

    async fn address_in(
        &self,
        tx: &mut Tx,
        id: NoticeId,
        workers: &[String],
        ctx: &Context,
        source: &Source,
    ) -> Result<Outcome<Vec<Notice>>, AppError> {
        let notice = load(tx, ctx, id).await?;
        let mut last_event = None;
        if matches!(notice.state, State::Unresolved | State::Unaddressed) {
            let mut found: Vec<Entry> = Vec::with_capacity(workers.len());
            for worker in workers {
                found.push(self.reach_worker(tx, &notice, worker).await?);
            }
            let told = storage::notices::told(tx, &notice).await?;
            let now = self.now();
            let (event, further) = decide::address(&notice, &found, &told, now);
            let source = source.pinned_to(&notice.pack);
            last_event = self
                .save(tx, Some(notice.clone()), vec![event], &source, now)
                .await?
                .last_event;
            self.add_further(tx, further, &source, now).await?;
        }
        tx.flush().await?;
        let value = storage::notices::of_duty(tx, &notice).await?;
        Ok(Outcome { value, last_event })
    }

    /// Withholds a notice that has not been sent.
    #[tracing::instrument(name = "app.withhold_notice", skip_all, fields(notice.id = %command.notice))]
    pub async fn withhold<R>(
        &self,
        key: RequestKey,
        command: Withhold,
        ctx: Context,
        to_response: fn(&Outcome<Notice>) -> R,
    ) -> Result<R, AppError>
    where
        R: prost::Message + Default + 'static,
    {
        let app = self.clone();
        let source = Source::of(&ctx);
        self.store
            .once(key, "withhold_notice", move |tx| {
                Box::pin(async move {
                    let notice = load(tx, &ctx, command.notice).await?;
                    let pack = app.pack(&notice.pack)?;
                    let case = notice.about.case.map(baton_ids::CaseId::uuid);
                    let digest = tx
                        .put_private(ctx.authority.as_str(), case, &command.reason)
                        .await?;
                    let event = decide::withhold(&notice, &command.ground, digest, &ctx, &pack)?;
                    let source = source.pinned_to(&notice.pack);
                    let outcome = app
                        .save(tx, Some(notice), vec![event], &source, app.now())
                        .await?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }

    /// Records that a person told the recipient.
    #[tracing::instrument(name = "app.give_notice", skip_all, fields(notice.id = %command.notice))]
    pub async fn give<R>(
        &self,
        key: RequestKey,
        command: Give,
        ctx: Context,
        to_response: fn(&Outcome<Notice>) -> R,
    ) -> Result<R, AppError>
    where
        R: prost::Message + Default + 'static,
    {
        let app = self.clone();
        let source = Source::of(&ctx);
        self.store
            .once(key, "give_notice", move |tx| {
                Box::pin(async move {
                    let notice = load(tx, &ctx, command.notice).await?;
                    let event = decide::give(&notice, &command.how, command.at, &ctx)?;
                    let source = source.pinned_to(&notice.pack);
                    let events = event.into_iter().collect();
                    let outcome = app
                        .save(tx, Some(notice), events, &source, app.now())
                        .await?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }

    /// Records what a medium said.
    #[tracing::instrument(name = "app.report_delivery", skip_all, fields(notice.id = %command.notice))]
    pub async fn deliver<R>(
        &self,
        key: RequestKey,
        command: Deliver,
        ctx: Context,
        to_response: fn(&Outcome<Notice>) -> R,
    ) -> Result<R, AppError>
    where
        R: prost::Message + Default + 'static,
    {
        let app = self.clone();
        let source = Source::of(&ctx);
        self.store
            .once(key, "report_delivery", move |tx| {
                Box::pin(async move {
                    let notice = load(tx, &ctx, command.notice).await?;
                    let event = decide::delivery(&notice, command.delivered, command.at, &ctx)?;
                    let source = source.pinned_to(&notice.pack);
                    let events = event.into_iter().collect();
                    let outcome = app
                        .save(tx, Some(notice), events, &source, app.now())
                        .await?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }
}

async fn load(tx: &mut Tx, ctx: &Context, id: NoticeId) -> Result<Notice, AppError> {
    storage::notices::lock(tx, &ctx.authority, id)
        .await?
        .ok_or_else(|| AppError::not_found("notice", id))
}
