//! Facts are reported.

use baton_ids::ChildId;
use baton_protocol::FactKey;
use baton_store::{RequestKey, StoreError, Tx};
use jiff::Timestamp;

use super::children::write;
use super::{App, AppError, Outcome, Source};
use crate::domain::context::Context;
use crate::domain::fact::Stated;
use crate::domain::family::{self, Event, Family};
use crate::storage;

/// Reports facts about a child.
#[derive(Debug, Clone)]
pub struct ReportFacts {
    /// The child.
    pub child: ChildId,
    /// The facts, each checked against the catalogue.
    pub stated: Vec<Stated>,
    /// Who reports them: a record system's name or a worker's id.
    pub source: String,
}

/// The group after a report, and what changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// The child whom the report was about.
    pub child: ChildId,
    /// The group.
    pub family: Family,
    /// The keys whose current value is another than before.
    pub changed: Vec<FactKey>,
}

impl App {
    /// Records facts about a child.
    #[tracing::instrument(name = "app.report_facts", skip_all, fields(child.id = %command.child))]
    pub async fn report_facts<R>(
        &self,
        key: RequestKey,
        command: ReportFacts,
        ctx: Context,
        to_response: fn(&Outcome<Reported>) -> R,
    ) -> Result<R, AppError>
    where
        R: prost::Message + Default + 'static,
    {
        let now = self.now();
        let source = Source::of(&ctx);
        self.store
            .once(key, "report_facts", move |tx| {
                Box::pin(async move {
                    let outcome = report(tx, &command, &ctx, &source, now).await?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }
}

async fn report(
    tx: &mut Tx,
    command: &ReportFacts,
    ctx: &Context,
    source: &Source,
    now: Timestamp,
) -> Result<Outcome<Reported>, AppError> {
    let ReportFacts {
        child,
        stated,
        source: reporter,
    } = command;
    let before = storage::families::lock(tx, &ctx.authority, *child)
        .await?
        .ok_or_else(|| AppError::not_found("child", child))?;
    let event = family::record_facts(&before, *child, stated, reporter, ctx.received_at, now)?;
    let changed = event.as_ref().map(Event::changed).unwrap_or_default();
    let events = event.into_iter().collect();
    let (family, last_event) = write(tx, &before, &[], events, ctx, source, now).await?;
    if family.child(*child).is_none() {
        return Err(StoreError::Corrupt("a family without its child").into());
    }
    Ok(Outcome {
        value: Reported {
            child: *child,
            family,
            changed,
        },
        last_event,
    })
}
