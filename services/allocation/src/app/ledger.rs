//! Changes of the ledger.

use baton_ids::{CaseId, EventId};
use baton_store::{RequestKey, StoreError, Tx};
use jiff::Timestamp;
use prost::Message;

use super::announce::{Recorded, Source, announce};
use super::{App, AppError, Outcome, deadlines};
use crate::domain::command::{Command, Move, Placement};
use crate::domain::context::Context;
use crate::domain::spans::turn_of;
use crate::domain::{Case, Event, What, apply, decide, report_placement, worker_named};
use crate::storage;

/// An act on a case, as a handler hands it over.
pub struct Act<C> {
    /// What makes it the same request when it is sent again.
    pub key: RequestKey,
    /// Its name in traces and kill points.
    pub label: &'static str,
    /// The case.
    pub case: CaseId,
    /// What arrived with the call.
    pub ctx: Context,
    /// What people wrote: kept apart, and replaced by digests.
    pub texts: Vec<String>,
    /// Makes the command from the digests of the texts, in their order.
    pub command: C,
}

impl App {
    /// Opens a case by placing it with its first team.
    #[tracing::instrument(name = "app.place_case", skip_all, fields(child.id = %placement.child))]
    pub async fn place<R>(
        &self,
        key: RequestKey,
        ctx: Context,
        placement: Placement,
        to_response: fn(&Outcome) -> R,
    ) -> Result<R, AppError>
    where
        R: Message + Default + 'static,
    {
        let app = self.clone();
        let source = Source::of(&ctx);
        let pack = self.pack(&ctx.pack)?;
        self.store
            .once(key, "place_case", move |tx| {
                Box::pin(async move {
                    let now = app.now();
                    let (authority, child) = (&ctx.authority, placement.child);
                    let former = storage::cases::newest_of_child(tx, authority, child).await?;
                    let roster = storage::organisation::roster(
                        tx,
                        authority,
                        Some(&placement.team),
                        placement.worker.as_ref(),
                        Some(app.day_of(now)),
                    )
                    .await?;
                    // What is addressed to a team that has ended goes to its successor.
                    let placement = Placement {
                        team: roster.in_charge(&placement.team).clone(),
                        ..placement
                    };

                    let (case, event) = crate::domain::place(
                        &placement,
                        former.as_ref(),
                        &roster,
                        &ctx,
                        &pack,
                        now,
                    )?;
                    // Announced against itself: before it there was nothing.
                    let mut recorded = vec![Recorded {
                        before: case.clone(),
                        event,
                        after: case.clone(),
                    }];
                    let mut last = case.clone();
                    if let Some(report) = report_placement(&case, &ctx, &app.rules(&pack)) {
                        last = apply(case.clone(), &report);
                        recorded.push(Recorded {
                            before: case,
                            event: report,
                            after: last.clone(),
                        });
                    }
                    if !storage::cases::insert(tx, &last).await? {
                        // Another placement of the child was committed since we looked.
                        return Err(crate::domain::Refusal::CaseAlreadyOpen.into());
                    }
                    let outcome = app.record(tx, None, recorded, &source, now).await?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }

    /// Acts on a case.
    #[tracing::instrument(name = "app.act", skip_all, fields(case.id = %act.case, app.act = act.label))]
    pub async fn act<R, C>(
        &self,
        act: Act<C>,
        to_response: fn(&Outcome) -> R,
    ) -> Result<R, AppError>
    where
        R: Message + Default + 'static,
        C: FnOnce(&[String]) -> Command + Send + 'static,
    {
        let app = self.clone();
        let Act {
            key,
            label,
            case: id,
            ctx,
            texts,
            command,
        } = act;
        let pack = self.pack(&ctx.pack)?;
        let source = Source::of(&ctx);
        self.store
            .once(key, label, move |tx| {
                Box::pin(async move {
                    let now = app.now();
                    let before = storage::cases::lock(tx, &ctx.authority, id)
                        .await?
                        .ok_or_else(|| AppError::not_found("case", id))?;
                    let mut digests = Vec::with_capacity(texts.len());
                    for text in &texts {
                        let authority = ctx.authority.as_str();
                        digests.push(tx.put_private(authority, Some(id.uuid()), text).await?);
                    }
                    let command = command(&digests);
                    let team = match &command {
                        Command::Move(to) => &to.to_team,
                        _ => &before.team,
                    };
                    let roster = storage::organisation::roster(
                        tx,
                        &ctx.authority,
                        Some(team),
                        worker_named(&command),
                        Some(app.day_of(now)),
                    )
                    .await?;
                    let command = match command {
                        Command::Move(to) => Command::Move(Move {
                            to_team: roster.in_charge(&to.to_team).clone(),
                            ..to
                        }),
                        command => command,
                    };

                    let events = decide(&before, &command, &roster, &ctx, &app.rules(&pack), now)?;
                    let seen = seen(before.clone(), &ctx);
                    let outcome = app.save(tx, &before, seen, events, &source, now).await?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }

    /// Writes what was decided about a case: its row, its history, its deadlines, its events.
    pub(super) async fn save(
        &self,
        tx: &mut Tx,
        before: &Case,
        seen: Case,
        events: Vec<Event>,
        source: &Source,
        now: Timestamp,
    ) -> Result<Outcome, AppError> {
        if events.is_empty() {
            return Ok(Outcome {
                case: before.clone(),
                rules: Vec::new(),
                last_event: None,
            });
        }
        let mut recorded: Vec<Recorded> = Vec::with_capacity(events.len());
        let mut case = seen;
        for event in events {
            let after = apply(case.clone(), &event);
            recorded.push(Recorded {
                before: case,
                event,
                after: after.clone(),
            });
            case = after;
        }
        self.record(tx, Some(before), recorded, source, now).await
    }

    /// Writes a case that was there `before`, and for a new one too what follows from it.
    async fn record(
        &self,
        tx: &mut Tx,
        before: Option<&Case>,
        recorded: Vec<Recorded>,
        source: &Source,
        now: Timestamp,
    ) -> Result<Outcome, AppError> {
        let (Some(first), Some(last)) = (recorded.first(), recorded.last()) else {
            return Err(StoreError::Corrupt("no event to record").into());
        };
        let outcome_case = last.after.clone();
        let due_before = deadlines::of(&first.before);
        let due = deadlines::of(&outcome_case);

        for Recorded { event, after, .. } in &recorded {
            if let Some(turn) = turn_of(event, after, now) {
                storage::spans::turn(tx, &after.authority, after.id, turn, now).await?;
            }
            let (discrepancy, open) = match &event.what {
                What::DiscrepancyOpened { discrepancy }
                | What::DiscrepancyOverdue { discrepancy, .. } => (discrepancy, true),
                What::DiscrepancySettled { discrepancy } => (discrepancy, false),
                _ => continue,
            };
            storage::discrepancies::save(tx, &after.authority, after.id, discrepancy, open).await?;
        }
        if let Some(before) = before {
            storage::cases::save(tx, before, &outcome_case).await?;
        }
        if due != due_before {
            tx.sync_deadlines(
                outcome_case.authority.as_str(),
                outcome_case.id.uuid(),
                &due,
            );
        }
        let announced = announce(&recorded, source, now)?;
        tx.announce(&announced);

        let mut rules: Vec<String> = Vec::new();
        for rule in recorded.iter().flat_map(|recorded| &recorded.event.rules) {
            if !rules.contains(rule) {
                rules.push(rule.clone());
            }
        }
        let last_event = announced
            .last()
            .map(|event| EventId::from_uuid(event.event_id));
        Ok(Outcome {
            case: outcome_case,
            rules,
            last_event,
        })
    }
}

/// The case, remembering the facts and the pack that the command came with.
pub(super) fn seen(mut case: Case, ctx: &Context) -> Case {
    if let Some(child) = &ctx.child {
        case.facts_version = case.facts_version.max(child.version);
        case.family = child.family.or(case.family);
    }
    case.pack.clone_from(&ctx.pack);
    case
}
