//! The suspension of an authority's protocol: the decision, and what it does to every transfer under way, in one
//! transaction.

use baton_contracts::event::v1 as wire;
use baton_contracts::{structure, type_v1};
use baton_ids::AuthorityId;
use baton_store::{Deadline, DueDeadline, Tx};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::announce::{Origin, announce, owner};
use super::{App, Call, Failure, write};
use crate::domain::{
    self, Refusal, Rules, Suspend, Suspension, SuspensionAct, SuspensionState, above,
};
use crate::storage;

/// The deadline at which the suspension ends.
const END: &str = "end";
/// The deadline of the next review.
const REVIEW: &str = "review";
/// How many transfers are written at once.
const BATCH: usize = 50;

/// What came of a call about a suspension.
#[derive(Debug, Clone)]
pub struct Suspending {
    /// The suspension after it.
    pub suspension: Suspension,
    /// The event that says so.
    pub event: Uuid,
}

impl App {
    /// Suspends the protocol.
    #[tracing::instrument(name = "app.suspension.begin", skip_all)]
    pub async fn suspend<R>(
        &self,
        call: Call,
        asked: Suspend,
        label: &'static str,
        to_response: fn(Suspending) -> R,
    ) -> Result<R, Failure>
    where
        R: prost::Message + Default + 'static,
    {
        self.once(call, label, move |app, tx, mut call| {
            Box::pin(async move {
                write::keep_reasons(tx, &mut call, None).await?;
                let context = &call.context;
                let pack = app.pack(&context.pack)?;
                let rules = app.rules(&pack);
                let active = storage::active_suspension(tx, &context.authority).await?;
                let (suspension, post) = Suspension::begin(&asked, context, rules)?;
                if active.is_some() {
                    return Err(Refusal::RuleRefuses {
                        act: "suspend_protocol",
                        rules: suspension.rules,
                        owner: None,
                        remedy: "it is suspended already: review or lift that",
                    }
                    .into());
                }
                let origin = Origin::of_call(context, &context.pack, Some(&post));
                let event = app
                    .save_suspension(
                        tx,
                        &suspension,
                        "suspension.began",
                        &origin,
                        context.received_at,
                        rules,
                    )
                    .await?;
                Ok(to_response(Suspending { suspension, event }))
            })
        })
        .await
    }

    /// Reviews or lifts the suspension in force.
    #[tracing::instrument(name = "app.suspension.act", skip_all)]
    pub async fn act_on_suspension<R>(
        &self,
        call: Call,
        id: Uuid,
        act: SuspensionAct,
        label: &'static str,
        to_response: fn(Suspending) -> R,
    ) -> Result<R, Failure>
    where
        R: prost::Message + Default + 'static,
    {
        self.once(call, label, move |app, tx, mut call| {
            Box::pin(async move {
                let authority = call.context.authority.clone();
                let before = storage::lock_suspension(tx, &authority, id)
                    .await?
                    .ok_or(Failure::NoSuspension(id))?;
                write::keep_reasons(tx, &mut call, None).await?;
                let context = &call.context;
                let pack = app.pack(&before.pack)?;
                let rules = app.rules(&pack);
                let (suspension, post) = before.act(act, context, rules)?;
                let origin = Origin::of_call(context, &before.pack, Some(&post));
                let kind = match act {
                    SuspensionAct::Review => "suspension.reviewed",
                    SuspensionAct::Lift => "suspension.lifted",
                };
                let event = app
                    .save_suspension(tx, &suspension, kind, &origin, context.received_at, rules)
                    .await?;
                Ok(to_response(Suspending { suspension, event }))
            })
        })
        .await
    }

    /// Suspensions, newest first.
    pub async fn suspensions(
        &self,
        authority: &AuthorityId,
        active_only: bool,
    ) -> Result<Vec<Suspension>, Failure> {
        Ok(storage::suspensions(self.store.db(), authority, active_only).await?)
    }

    /// A clock of a suspension rings: its day came, or a review was missed.
    pub async fn ring_suspension(
        &self,
        tx: &mut Tx,
        authority: &AuthorityId,
        due: &DueDeadline,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let Some(before) = storage::lock_suspension(tx, authority, due.aggregate_id).await? else {
            return Ok(());
        };
        let pack = self.pack(&before.pack)?;
        let rules = self.rules(&pack);
        let (after, kind) = if due.name == END {
            (before.end(now), "suspension.ended")
        } else {
            (before.miss_review(now, rules), "suspension.review_overdue")
        };
        let Some(after) = after else {
            sync(tx, &before);
            return Ok(());
        };
        let origin = Origin::of_deadline(&due.name, &before.pack, 0, now);
        self.save_suspension(tx, &after, kind, &origin, now, rules)
            .await?;
        Ok(())
    }

    async fn save_suspension(
        &self,
        tx: &mut Tx,
        suspension: &Suspension,
        kind: &'static str,
        origin: &Origin,
        now: Timestamp,
        rules: Rules<'_>,
    ) -> Result<Uuid, Failure> {
        tx.flush().await?;
        if !storage::save_suspension(tx, suspension).await? {
            return Err(Failure::LostRace);
        }
        // Every transfer is looked at: those of its routes are held, or no longer.
        let moved = suspension.version == 1 || suspension.state != SuspensionState::Active;
        if moved {
            self.hold_transfers(tx, suspension, origin, now).await?;
        }
        sync(tx, suspension);
        let event = wire::Event {
            authority: suspension.authority.to_string(),
            aggregate_id: suspension.id.to_string(),
            aggregate_version: suspension.version,
            rules: suspension.rules.clone(),
            data: Some(structure(&data(suspension))),
            tasks: tasks(suspension, rules),
            notices_due: notices(suspension, kind, rules),
            ..origin.event(kind, now)
        };
        announce(tx, event)
    }

    async fn hold_transfers(
        &self,
        tx: &mut Tx,
        suspension: &Suspension,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let suspended = suspension.suspends();
        let today = self.calendar.date_of(now);
        let under_way = storage::lock_workable(tx, &suspension.authority).await?;
        for (number, transfer) in under_way.iter().enumerate() {
            let events = domain::follow_suspension(transfer, suspended.as_ref(), now, today);
            if !events.is_empty() {
                write::save(tx, Some(transfer), &events, &origin.under(&transfer.pack)).await?;
            }
            if number % BATCH == BATCH - 1 {
                tx.flush().await?;
            }
        }
        Ok(())
    }
}

fn data(suspension: &Suspension) -> serde_json::Value {
    json!({
        "suspension_id": suspension.id,
        "state": suspension.state.code(),
        "grounds": suspension.grounds,
        "routes": suspension.routes,
        "until": suspension.until,
        "consulted": suspension.consulted,
        "assessment_team_ids": suspension.assessed_by,
        "review_due": suspension.review_due,
        "missed_on": suspension.missed,
    })
}

/// The next review is somebody's task; the teams that assess in the front door's place have one for that time (M-161).
fn tasks(suspension: &Suspension, rules: Rules<'_>) -> Vec<wire::TaskChange> {
    let open = suspension.state == SuspensionState::Active;
    let references = [("suspension_id".to_owned(), suspension.id.to_string())];
    let review = wire::TaskChange {
        key: format!("{}/review", suspension.id),
        open,
        code: "review_suspension".to_owned(),
        owner: Some(owner(&suspension.reviewer(rules))),
        due_on: suspension.review_due.to_string(),
        rules: suspension.rules.clone(),
        overdue: suspension.overdue,
        references: references.clone().into_iter().collect(),
        ..Default::default()
    };
    let assess = suspension.assessed_by.iter().map(|team| wire::TaskChange {
        key: format!("{}/assess/{team}", suspension.id),
        open,
        code: "assess_in_place_of_the_front_door".to_owned(),
        owner: Some(type_v1::Owner {
            role: "team_manager".to_owned(),
            team_id: team.to_string(),
            ..Default::default()
        }),
        due_on: suspension.until.to_string(),
        rules: suspension.rules.clone(),
        references: references.clone().into_iter().collect(),
        ..Default::default()
    });
    std::iter::once(review).chain(assess).collect()
}

/// A missed review is an alert to those whom the protocol names (M-163).
fn notices(suspension: &Suspension, kind: &str, rules: Rules<'_>) -> Vec<wire::NoticeDue> {
    let rule = rules.pack.transfer.suspension.as_ref();
    let told: Vec<type_v1::Owner> = rule
        .iter()
        .flat_map(|rule| &rule.escalate)
        .map(|party| owner(&above(party.role)))
        .collect();
    if kind != "suspension.review_overdue" || told.is_empty() {
        return vec![];
    }
    let missed = suspension.missed.last().copied();
    vec![wire::NoticeDue {
        kind: "escalation_notice".to_owned(),
        audience: told,
        medium: "email".to_owned(),
        rules: suspension.rules.clone(),
        cause_key: format!("{}/review/{}", suspension.id, suspension.missed.len()),
        content: Some(structure(
            &json!({ "clock": "suspension_review", "due_on": missed }),
        )),
        ..Default::default()
    }]
}

/// What a suspension waits for.
fn sync(tx: &mut Tx, suspension: &Suspension) {
    let deadline = |name: &str, due_at: Timestamp| Deadline {
        name: name.to_owned(),
        due_at,
        body: json!({ "of": "suspension", "rules": suspension.rules }),
    };
    let waiting = if suspension.state == SuspensionState::Active {
        let review = deadline(REVIEW, suspension.review_breach_at);
        let reviewed_before_the_end = suspension.review_breach_at < suspension.ends_at;
        let review = reviewed_before_the_end.then_some(review);
        review
            .into_iter()
            .chain([deadline(END, suspension.ends_at)])
            .collect()
    } else {
        vec![]
    };
    tx.sync_deadlines(suspension.authority.as_str(), suspension.id, &waiting);
}
