//! Parked reactions: who has to look at which, and having one go on.

use baton_contracts::event::v1::EventActor;
use baton_contracts::gateway::v1::{Flow, ListFlowsResponse, RetryFlowResponse};
use baton_contracts::timestamp;
use baton_contracts::type_v1::{Owner, PostHeld, PrincipalKind};
use baton_rpc::Problem;
use baton_store::{RequestKey, StoreError};
use jiff::Timestamp;
use uuid::Uuid;

use super::{App, Page};
use crate::reactions::record::{Phase, Reaction};
use crate::runner::flow_event;
use crate::storage::reactions;
use crate::views::{owner_key, post_keys};

/// The role of those who run the platform for an authority.
const ADMINISTRATOR: &str = "administrator";

/// A person has a parked reaction go on.
#[derive(Debug, Clone)]
pub struct RetryFlow {
    /// Makes a repeated request take effect once.
    pub key: RequestKey,
    /// The reaction.
    pub flow_id: Uuid,
    /// Why, in the person's words.
    pub reason: String,
    /// Who.
    pub principal: String,
    /// The posts that the person holds or covers.
    pub posts: Vec<PostHeld>,
}

/// Why a reaction cannot go on.
#[derive(Debug)]
pub enum Refusal {
    /// The authority has none of that id.
    NotFound(Uuid),
    /// It does not stand still.
    NotParked,
    /// It waits for another role, named here.
    NotTheirs(String),
    /// The store failed.
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl App {
    /// A page of reactions, oldest first.
    pub async fn flows(
        &self,
        authority: &str,
        parked_only: bool,
        page: Page<'_>,
    ) -> Result<ListFlowsResponse, Problem> {
        let after = match page.token {
            "" => Uuid::nil(),
            token => Uuid::try_parse(token)
                .map_err(|_| Problem::invalid("page_token", "is not one of ours"))?,
        };
        let limit = page.limit();
        let found = reactions::page(&self.store, authority, after, parked_only, limit).await?;
        let full = found.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
        let next_page_token = match found.last() {
            Some(last) if full => last.id.to_string(),
            _ => String::new(),
        };
        Ok(ListFlowsResponse {
            flows: found.into_iter().map(flow).collect(),
            next_page_token,
        })
    }

    /// Has a parked reaction go on from where it stood.
    pub async fn retry_flow(&self, command: RetryFlow) -> Result<RetryFlowResponse, Refusal> {
        let RetryFlow {
            key,
            flow_id,
            reason,
            principal,
            posts,
        } = command;
        let authority = key.authority.clone();
        let now = self.clock.now();
        let runner = self.runner.clone();
        self.store
            .once(key, "retry_flow", move |tx| {
                Box::pin(async move {
                    let found = reactions::lock(tx, &authority, flow_id).await?;
                    let mut reaction = found.ok_or(Refusal::NotFound(flow_id))?;
                    if reaction.phase != Phase::Parked {
                        return Err(Refusal::NotParked);
                    }
                    let actor = actor(&reaction.parked_owner, principal, &posts)?;
                    let digest = tx.put_private(&authority, None, &reason).await?;
                    let event = flow_event::retried(&reaction, actor, digest, now)?;
                    go_on(&mut reaction);
                    if reactions::save(tx, &[&reaction]).await?.is_empty() {
                        return Err(StoreError::Contention.into());
                    }
                    tx.announce(std::slice::from_ref(&event));
                    tx.after_commit(move || runner.wake());
                    Ok(RetryFlowResponse {
                        flow: Some(flow(reaction)),
                    })
                })
            })
            .await
    }
}

/// The person in the post that may: one that the reaction waits for, or an administrator's.
fn actor(owner: &Owner, principal: String, posts: &[PostHeld]) -> Result<EventActor, Refusal> {
    let wanted = owner_key(owner);
    let post = posts
        .iter()
        .find(|post| post_keys(post).contains(&wanted) || post.role == ADMINISTRATOR)
        .ok_or_else(|| Refusal::NotTheirs(owner.role.clone()))?;
    Ok(EventActor {
        principal,
        kind: PrincipalKind::Person.into(),
        role: post.role.clone(),
        team_id: post.team_id.clone(),
        covering_for: post.covering_for.clone(),
        on_behalf_of: String::new(),
    })
}

/// The last answer was the refusal that parked it: the step is taken again, as if it had not been asked.
fn go_on(reaction: &mut Reaction) {
    if reaction
        .answers
        .last()
        .is_some_and(|answer| answer.refusal.is_some())
    {
        reaction.answers.pop();
        reaction.steps_done -= 1;
    }
    reaction.phase = Phase::Runnable;
    reaction.attempts = 0;
    reaction.frozen = None;
    reaction.next_at = Timestamp::UNIX_EPOCH;
    reaction.parked_because.clear();
    reaction.version += 1;
}

fn flow(reaction: Reaction) -> Flow {
    let parked = reaction.phase == Phase::Parked;
    Flow {
        flow_id: reaction.id.to_string(),
        kind: reaction.kind,
        cause_key: reaction.cause_key,
        phase: reaction.phase.as_str().to_owned(),
        steps_done: i32::try_from(reaction.steps_done).unwrap_or(i32::MAX),
        attempts: i32::try_from(reaction.attempts).unwrap_or(i32::MAX),
        parked_because: reaction.parked_because,
        owner: parked.then_some(reaction.parked_owner),
        created_at: Some(timestamp(reaction.created_at)),
    }
}
