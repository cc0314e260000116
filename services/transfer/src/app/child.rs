//! What happens to a child and may open, move or end a transfer.

use baton_contracts::event::v1 as wire;
use baton_contracts::structure;
use baton_ids::ChildId;
use baton_protocol::PostHeld;
use baton_store::{Deadline, Tx};
use jiff::Timestamp;
use serde_json::json;

use super::announce::{Origin, announce, owner};
use super::{App, Call, Failure, Outcome, write};
use crate::domain::{self, Consideration, Context, Evidence, Explanation, Series, Trigger};
use crate::storage;

impl App {
    /// Decides what a trigger does to the child's transfers. The stored answer is what `to_response` makes of the
    /// outcomes: the one that matters most first, never none.
    #[tracing::instrument(name = "app.transfer.consider", skip_all)]
    pub async fn consider<R>(
        &self,
        call: Call,
        child: ChildId,
        trigger: Trigger,
        label: &'static str,
        to_response: fn(Vec<Outcome>) -> R,
    ) -> Result<R, Failure>
    where
        R: prost::Message + Default + 'static,
    {
        self.once(call, label, move |app, tx, mut call| {
            Box::pin(async move {
                app.look_at_suspension(tx, &mut call.context).await?;
                let context = &call.context;
                let mut series = app.series(tx, &call.context, child).await?;
                let pack = app.pack(&context.pack)?;
                let pinned = match &series.live {
                    Some(live) => app.pack(&live.pack)?,
                    None => std::sync::Arc::clone(&pack),
                };
                series.watch = app.watch(tx, context, &pack, &trigger.event).await?;
                let considered = domain::consider(
                    &series,
                    &trigger,
                    context,
                    app.rules(&pack),
                    app.rules(&pinned),
                )?;
                let outcomes = app.save_considered(tx, &call, considered, None).await?;
                Ok(to_response(outcomes))
            })
        })
        .await
    }

    /// Takes evidence into every transfer of the child that it concerns.
    #[tracing::instrument(name = "app.transfer.record_evidence", skip_all)]
    pub async fn record_evidence<R>(
        &self,
        call: Call,
        child: ChildId,
        evidence: Evidence,
        label: &'static str,
        to_response: fn(Vec<Outcome>) -> R,
    ) -> Result<R, Failure>
    where
        R: prost::Message + Default + 'static,
    {
        self.once(call, label, move |app, tx, mut call| {
            Box::pin(async move {
                app.look_at_suspension(tx, &mut call.context).await?;
                let series = app.series(tx, &call.context, child).await?;
                let mut outcomes = vec![];
                for transfer in series.live.iter().chain(&series.completed) {
                    let pack = app.pack(&transfer.pack)?;
                    let command = domain::Command::RecordEvidence(evidence.clone());
                    let decision =
                        domain::decide(transfer, &command, &call.context, app.rules(&pack))?;
                    if decision.events.is_empty() {
                        continue;
                    }
                    let origin =
                        Origin::of_call(&call.context, &transfer.pack, decision.post.as_ref());
                    outcomes
                        .push(write::save(tx, Some(transfer), &decision.events, &origin).await?);
                }
                Ok(to_response(outcomes))
            })
        })
        .await
    }

    pub(super) async fn series(
        &self,
        tx: &mut Tx,
        context: &Context,
        child: ChildId,
    ) -> Result<Series, Failure> {
        let authority = &context.authority;
        let transfers = storage::series_of_child(tx, authority, child).await?;
        let (live, completed): (Vec<_>, Vec<_>) = transfers
            .into_iter()
            .partition(|transfer| transfer.phase.is_live());
        let consideration = match &context.responsibility {
            Some(responsibility) => {
                storage::open_consideration_of(tx, authority, responsibility.case).await?
            }
            None => None,
        };
        Ok(Series {
            live: live.into_iter().next(),
            completed,
            consideration,
            watch: None,
        })
    }

    pub(super) async fn save_considered(
        &self,
        tx: &mut Tx,
        call: &Call,
        considered: domain::Considered,
        post: Option<&PostHeld>,
    ) -> Result<Vec<Outcome>, Failure> {
        let context = &call.context;
        let mut outcomes = vec![];
        for change in &considered.changes {
            let pack = change
                .before
                .as_ref()
                .map_or(context.pack.as_str(), |before| before.pack.as_str());
            let origin = Origin::of_call(context, pack, post);
            let mut outcome =
                write::save(tx, change.before.as_ref(), &change.events, &origin).await?;
            merge(&mut outcome.explanation, &considered.explanation);
            outcomes.push(outcome);
        }
        if let Some(watch) = &considered.watch {
            super::watch::save(tx, watch).await?;
            let origin = Origin::of_call(context, &context.pack, post);
            super::watch::announce(tx, watch, &considered.duties, &origin)?;
        }
        if let Some(consideration) = &considered.consideration {
            let origin = Origin::of_call(context, &context.pack, None);
            let kind = if consideration.open {
                "transfer.trigger_undecided"
            } else {
                "transfer.trigger_decided"
            };
            let event =
                save_consideration(tx, consideration, &origin, kind, considered.effective_at)
                    .await?;
            if outcomes.is_empty() {
                outcomes.push(Outcome {
                    last_event: Some(event),
                    ..Outcome::default()
                });
            }
        }
        if outcomes.is_empty() {
            outcomes.push(Outcome::default());
        }
        if let Some(outcome) = outcomes
            .last_mut()
            .filter(|outcome| outcome.transfer.is_none())
        {
            outcome.explanation = considered.explanation;
        }
        // What was opened comes after what it superseded; callers look at the first.
        outcomes.reverse();
        Ok(outcomes)
    }
}

/// Adds what the consideration found to what the events of one transfer say.
fn merge(explanation: &mut Explanation, considered: &Explanation) {
    for rule in &considered.rules {
        if !explanation.rules.contains(rule) {
            explanation.rules.push(rule.clone());
        }
    }
    explanation.facts.clone_from(&considered.facts);
    for fact in &considered.unknown_facts {
        if !explanation.unknown_facts.contains(fact) {
            explanation.unknown_facts.push(fact.clone());
        }
    }
    if !considered.decision.is_empty() {
        explanation.decision.clone_from(&considered.decision);
    }
}

/// Saves an undecided trigger with its deadline and its task. Answers the event's id.
pub async fn save_consideration(
    tx: &mut Tx,
    consideration: &Consideration,
    origin: &Origin,
    kind: &'static str,
    effective_at: Timestamp,
) -> Result<uuid::Uuid, Failure> {
    tx.flush().await?;
    if !storage::save_consideration(tx, consideration).await? {
        return Err(Failure::LostRace);
    }
    let waits = Deadline {
        name: "undecided".to_owned(),
        due_at: consideration.breach_at,
        body: json!({ "of": "consideration", "rules": consideration.rules }),
    };
    let waiting: &[Deadline] = if consideration.open && !consideration.overdue {
        std::slice::from_ref(&waits)
    } else {
        &[]
    };
    tx.sync_deadlines(consideration.authority.as_str(), consideration.id, waiting);

    let task = wire::TaskChange {
        key: format!("{}/undecided", consideration.id),
        open: consideration.open,
        code: "report_facts".to_owned(),
        owner: Some(owner(&consideration.owner)),
        due_on: consideration.due_on.to_string(),
        rules: consideration.rules.clone(),
        tray: false,
        overdue: consideration.overdue,
        references: [
            ("case_id".to_owned(), consideration.case.to_string()),
            ("facts".to_owned(), consideration.missing.join(",")),
        ]
        .into_iter()
        .collect(),
    };
    let event = wire::Event {
        authority: consideration.authority.to_string(),
        aggregate_id: consideration.id.to_string(),
        aggregate_version: consideration.version,
        case_id: consideration.case.to_string(),
        child_id: consideration.child.to_string(),
        family_id: consideration
            .family
            .map_or_else(String::new, |family| family.to_string()),
        rules: consideration.rules.clone(),
        data: Some(structure(&json!({
            "trigger": consideration.event,
            "conference_ref": consideration.conference.as_ref().map(|conference| &conference.reference),
            "unknown_facts": consideration.missing,
            "due_on": consideration.due_on,
        }))),
        tasks: vec![task],
        notices_due: overdue_notices(consideration),
        ..origin.event(kind, effective_at)
    };
    announce(tx, event)
}

/// A trigger that nobody decided in time reaches those above.
fn overdue_notices(consideration: &Consideration) -> Vec<wire::NoticeDue> {
    if !consideration.open || !consideration.overdue || consideration.escalate_to.is_empty() {
        return vec![];
    }
    vec![wire::NoticeDue {
        kind: "escalation_notice".to_owned(),
        audience: consideration.escalate_to.iter().map(owner).collect(),
        medium: "email".to_owned(),
        rules: consideration.rules.clone(),
        cause_key: format!("{}/undecided/escalation", consideration.id),
        content: Some(structure(
            &json!({ "clock": "undecided", "due_on": consideration.due_on }),
        )),
        ..Default::default()
    }]
}
