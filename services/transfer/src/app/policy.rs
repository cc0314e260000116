//! The review of an authority's policy: begun by itself where the pack in force asks for it, and put on record by those
//! who owe it (C-077).

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_contracts::event::v1 as wire;
use baton_contracts::structure;
use baton_ids::AuthorityId;
use baton_packs::LOOK_EVERY;
use baton_protocol::Pack;
use baton_store::{Deadline, Tx};
use jiff::Timestamp;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::announce::{Origin, announce, owner};
use super::figures::figures;
use super::{App, Call, Failure, write};
use crate::domain::{Figures, PolicyReview, RecordReview};
use crate::storage;

/// What its deadline is of.
pub const OF_POLICY_REVIEW: &str = "policy_review";

/// What came of a call about it.
#[derive(Debug, Clone)]
pub struct Reviewing {
    /// The review after it.
    pub review: PolicyReview,
    /// The event that says so.
    pub event: Uuid,
}

/// Follows the packs in force: what they ask for is begun by itself.
pub struct Policies {
    app: App,
    /// The pack that was followed last, by authority.
    followed: BTreeMap<AuthorityId, String>,
}

impl Policies {
    /// Nothing is followed yet.
    pub const fn of(app: App) -> Self {
        Self {
            app,
            followed: BTreeMap::new(),
        }
    }

    /// Takes up the packs that have come into force since. What fails is tried again the next time.
    pub async fn follow(&mut self) {
        let today = self.app.calendar.date_of(self.app.now());
        for authority in self.app.packs.authorities() {
            let Some(pack) = self.app.packs.in_force(&authority, today) else {
                continue;
            };
            let digest = pack.digest.to_string();
            if self.followed.get(&authority) == Some(&digest) {
                continue;
            }
            match self.app.follow_policy(authority.clone(), pack).await {
                Ok(()) => drop(self.followed.insert(authority, digest)),
                Err(error) => {
                    tracing::warn!(%authority, %error, "the review of the policy cannot be begun yet");
                }
            }
        }
    }

    /// Goes on with it until told to stop.
    pub async fn run(mut self, shutdown: CancellationToken) {
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => self.follow().await,
            }
        }
    }
}

impl App {
    /// Begins, begins again or ends the review of an authority's policy, as the pack that has come into force has it. Of
    /// several processes that do so at once one has the effect.
    #[tracing::instrument(name = "app.policy_review.follow", skip_all)]
    async fn follow_policy(&self, authority: AuthorityId, pack: Arc<Pack>) -> Result<(), Failure> {
        let app = self.clone();
        self.store
            .transact("follow_policy", move |tx| {
                Box::pin(async move {
                    let now = app.now();
                    let today = app.calendar.date_of(now);
                    let rules = app.rules(&pack);
                    let before = storage::lock_policy_review(tx, &authority).await?;
                    let after = match &before {
                        None => PolicyReview::begin(Uuid::now_v7(), &authority, rules, today),
                        Some(before) => before.follow(rules, today),
                    };
                    let Some(after) = after else {
                        return Ok(());
                    };
                    let kind = if after.asked_for {
                        "policy_review.began"
                    } else {
                        "policy_review.ended"
                    };
                    let origin = Origin::of_pack(&pack.digest.to_string(), now);
                    match save(tx, before.as_ref(), &after, kind, &origin, now).await {
                        Err(Failure::LostRace) => Ok(()),
                        saved => saved.map(drop),
                    }
                })
            })
            .await
    }

    /// Puts on record that the policy was reviewed.
    #[tracing::instrument(name = "app.policy_review.record", skip_all)]
    pub async fn record_policy_review<R>(
        &self,
        call: Call,
        asked: RecordReview,
        label: &'static str,
        to_response: fn(Reviewing) -> R,
    ) -> Result<R, Failure>
    where
        R: prost::Message + Default + 'static,
    {
        self.once(call, label, move |app, tx, mut call| {
            Box::pin(async move {
                let authority = call.context.authority.clone();
                let found = storage::lock_policy_review(tx, &authority).await?;
                let before = found
                    .filter(|review| review.asked_for)
                    .ok_or(Failure::NoPolicyReview(authority))?;
                write::keep_reasons(tx, &mut call, None).await?;
                let context = &call.context;
                let pack = app.pack(&context.pack)?;
                let until = asked.held_at.unwrap_or(context.received_at);
                let noted = storage::noted_within(tx, period(&before, until)).await?;
                let figures = figures(&noted, before.meeting.as_deref(), &app.calendar);
                let rules = app.rules(&pack);
                let (review, post) = before.record(&asked, figures, context, rules)?;
                let origin = Origin::of_call(context, &before.pack, Some(&post));
                let kind = "policy_review.held";
                let event = save(tx, Some(&before), &review, kind, &origin, until).await?;
                Ok(to_response(Reviewing { review, event }))
            })
        })
        .await
    }

    /// How the review of the policy stands, and what its period has so far.
    pub async fn policy_review(
        &self,
        authority: &AuthorityId,
    ) -> Result<(PolicyReview, Timestamp, Figures), Failure> {
        let db = self.store.db();
        let review = storage::policy_review(db, authority).await?;
        let review = review.ok_or_else(|| Failure::NoPolicyReview(authority.clone()))?;
        let now = self.now();
        let noted = storage::noted(db, period(&review, now)).await?;
        let figures = figures(&noted, review.meeting.as_deref(), &self.calendar);
        Ok((review, now, figures))
    }

    /// Its day passed.
    pub async fn ring_policy_review(
        &self,
        tx: &mut Tx,
        authority: &AuthorityId,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let Some(before) = storage::lock_policy_review(tx, authority).await? else {
            return Ok(());
        };
        let Some(after) = before.miss(now) else {
            sync(tx, &before);
            return Ok(());
        };
        let origin = Origin::of_deadline(OF_POLICY_REVIEW, &before.pack, 0, now);
        let kind = "policy_review.overdue";
        save(tx, Some(&before), &after, kind, &origin, now).await?;
        Ok(())
    }
}

fn period(review: &PolicyReview, until: Timestamp) -> storage::Period<'_> {
    storage::Period {
        authority: &review.authority,
        from: review.since,
        until,
        meeting: review.meeting.as_deref(),
    }
}

async fn save(
    tx: &mut Tx,
    before: Option<&PolicyReview>,
    review: &PolicyReview,
    kind: &'static str,
    origin: &Origin,
    effective_at: Timestamp,
) -> Result<Uuid, Failure> {
    tx.flush().await?;
    if !storage::save_policy_review(tx, review).await? {
        return Err(Failure::LostRace);
    }
    sync(tx, review);
    let event = wire::Event {
        authority: review.authority.to_string(),
        aggregate_id: review.id.to_string(),
        aggregate_version: review.version,
        rules: before.map_or_else(|| review.rules.clone(), |before| before.rules.clone()),
        data: Some(structure(&data(review, kind))),
        tasks: tasks(before, review),
        notices_due: notices(review, kind),
        ..origin.event(kind, effective_at)
    };
    announce(tx, event)
}

fn data(review: &PolicyReview, kind: &str) -> serde_json::Value {
    let owed_by = review.by.iter().map(ToString::to_string);
    let held = review.held.last().filter(|_| kind == "policy_review.held");
    let mut data = json!({
        "policy_review_id": review.id,
        "asked_for": review.asked_for,
        "owed_by": owed_by.collect::<Vec<_>>(),
        "since": review.since,
        "due_on": review.due_on,
        "overdue": review.overdue,
        "missed_on": review.missed,
    });
    if let Some(held) = held {
        data["held"] = json!({
            "since": held.since,
            "at": held.at,
            "due_on": held.due_on,
            "in_time": held.in_time,
            "attended": held.attended,
            "looked_at": held.looked_at,
            "meeting": held.meeting,
            "figures": held.figures,
        });
    }
    data
}

/// The next one is a task of everybody who owes it. Who owes it no longer has none.
fn tasks(before: Option<&PolicyReview>, review: &PolicyReview) -> Vec<wire::TaskChange> {
    let owed = |of: &PolicyReview, party: baton_protocol::Party| of.by.contains(&party);
    let former = before.iter().flat_map(|before| &before.by).copied();
    let former = former.filter(|party| !owed(review, *party));
    let parties = review.by.iter().copied().chain(former);
    let task = |party: baton_protocol::Party| wire::TaskChange {
        key: format!("{}/review/{}", review.id, party.role),
        open: review.asked_for && owed(review, party),
        code: "review_policy".to_owned(),
        owner: Some(owner(&crate::domain::above(party.role))),
        due_on: review.due_on.to_string(),
        rules: review.rules.clone(),
        overdue: review.overdue,
        references: [("policy_review_id".to_owned(), review.id.to_string())].into(),
        ..Default::default()
    };
    parties.map(task).collect()
}

/// One that nobody held is said to everybody who owes it: the protocol names nobody above them.
fn notices(review: &PolicyReview, kind: &str) -> Vec<wire::NoticeDue> {
    if kind != "policy_review.overdue" {
        return vec![];
    }
    vec![wire::NoticeDue {
        kind: "escalation_notice".to_owned(),
        audience: review.owners().map(|one| owner(&one)).collect(),
        medium: "email".to_owned(),
        rules: review.rules.clone(),
        cause_key: format!("{}/review/{}", review.id, review.due_on),
        content: Some(structure(
            &json!({ "clock": OF_POLICY_REVIEW, "due_on": review.due_on }),
        )),
        ..Default::default()
    }]
}

/// What it waits for.
fn sync(tx: &mut Tx, review: &PolicyReview) {
    let waiting: Vec<Deadline> = review
        .rings_at()
        .into_iter()
        .map(|due_at| Deadline {
            name: OF_POLICY_REVIEW.to_owned(),
            due_at,
            body: json!({ "of": OF_POLICY_REVIEW, "rules": review.rules }),
        })
        .collect();
    tx.sync_deadlines(review.authority.as_str(), review.id, &waiting);
}
