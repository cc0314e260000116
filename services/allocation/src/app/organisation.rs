//! Changes of the organisation. They are announced too: who was in post is part of the record.

use baton_contracts::{structure, timestamp};
use baton_ids::EventId;
use baton_store::{NewEvent, RequestKey, Tx};
use jiff::Timestamp;
use prost::Message;
use serde_json::{Value, json};
use uuid::Uuid;

use super::announce::Source;
use super::{App, AppError};
use crate::domain::context::{Context, PostHeld};
use crate::domain::organisation::{Post, Team, Worker, check_post, check_team, may_administer};
use crate::storage::organisation as table;

/// What is set up or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A team.
    Team(Team),
    /// A worker.
    Worker(Worker),
    /// A post with all its holdings.
    Post(Post),
}

impl App {
    /// Sets up or changes a part of the organisation.
    #[tracing::instrument(name = "app.set_organisation", skip_all)]
    pub async fn set<R>(
        &self,
        key: RequestKey,
        ctx: Context,
        entry: Entry,
        to_response: fn(EventId) -> R,
    ) -> Result<R, AppError>
    where
        R: Message + Default + 'static,
    {
        let now = self.now();
        let source = Source::of(&ctx);
        self.store
            .once(key, "set_organisation", move |tx| {
                Box::pin(async move {
                    let has_posts = table::has_posts(tx, &ctx.authority).await?;
                    let acted_in = may_administer(&ctx, has_posts)?;
                    let version = write(tx, &ctx, &entry).await?;

                    let event = described(&ctx, &entry, version, &source, acted_in.as_ref(), now)?;
                    let id = EventId::from_uuid(event.event_id);
                    tx.announce(&[event]);
                    Ok(to_response(id))
                })
            })
            .await
    }
}

async fn write(tx: &mut Tx, ctx: &Context, entry: &Entry) -> Result<i64, AppError> {
    match entry {
        Entry::Team(team) => {
            if team.successor.is_some() {
                check_team(team, &table::whole_roster(tx, &ctx.authority).await?)?;
            }
            Ok(table::save_team(tx, &ctx.authority, team).await?)
        }
        Entry::Worker(worker) => {
            let roster = table::roster(tx, &ctx.authority, Some(&worker.team), None, None).await?;
            roster.team(&worker.team)?;
            Ok(table::save_worker(tx, &ctx.authority, worker).await?)
        }
        Entry::Post(post) => {
            let roster = table::whole_roster(tx, &ctx.authority).await?;
            check_post(post, &roster)?;
            Ok(table::save_post(tx, &ctx.authority, post).await?)
        }
    }
}

fn described(
    ctx: &Context,
    entry: &Entry,
    version: i64,
    source: &Source,
    acted_in: Option<&PostHeld>,
    now: Timestamp,
) -> Result<NewEvent, AppError> {
    let (event_type, id, data) = data_of(entry);
    let event = baton_contracts::event::v1::Event {
        authority: ctx.authority.to_string(),
        r#type: event_type.to_owned(),
        aggregate_id: aggregate_of(ctx, event_type, id).to_string(),
        aggregate_version: version,
        effective_at: Some(timestamp(now)),
        rules: vec!["X-16".to_owned()],
        data: Some(structure(&data)),
        ..source.event(acted_in, now)
    };
    Ok(baton_rpc::announcement(event)?)
}

fn data_of(entry: &Entry) -> (&'static str, &str, Value) {
    match entry {
        Entry::Team(team) => (
            "org.team_set",
            team.id.as_str(),
            json!({
                "team_id": team.id.as_str(),
                "kind": team.kind,
                "area": team.area.clone().unwrap_or_default(),
                "from": team.from.map(|day| day.to_string()).unwrap_or_default(),
                "until": team.until.map(|day| day.to_string()).unwrap_or_default(),
                "successor_team_id":
                    team.successor.as_ref().map(ToString::to_string).unwrap_or_default(),
            }),
        ),
        Entry::Worker(worker) => (
            "org.worker_set",
            worker.id.as_str(),
            json!({
                "worker_id": worker.id.as_str(),
                "team_id": worker.team.as_str(),
                "grade": worker.grade,
            }),
        ),
        Entry::Post(post) => (
            "org.post_set",
            post.id.as_str(),
            json!({
                "post_id": post.id.as_str(),
                "role": post.role,
                "team_id": post.team.as_ref().map(ToString::to_string).unwrap_or_default(),
                "area": post.area.clone().unwrap_or_default(),
                "holdings": post.holdings.iter().map(|holding| json!({
                    "worker_id": holding.worker.as_str(),
                    "from": holding.from.to_string(),
                    "until": holding.until.map(|day| day.to_string()).unwrap_or_default(),
                    "covering_for":
                        holding.covering_for.as_ref().map(ToString::to_string).unwrap_or_default(),
                })).collect::<Vec<_>>(),
            }),
        ),
    }
}

/// A council's own names are not UUIDs: the aggregate's id is made from kind, authority and name, always the same.
fn aggregate_of(ctx: &Context, event_type: &str, id: &str) -> Uuid {
    let name = format!("{event_type}/{}/{id}", ctx.authority);
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
}
