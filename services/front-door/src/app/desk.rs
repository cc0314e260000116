//! Enquiries that concern no child, and the checks of trays.

use baton_contracts::event::v1::{Event as Announced, TaskChange};
use baton_contracts::type_v1::Owner;
use baton_contracts::{structure, timestamp};
use baton_ids::{AuthorityId, EventId, TeamId};
use baton_protocol::{Pack, PostHeld};
use baton_store::{Deadline, RequestKey, Tx};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{App, AppError, Outcome, Source};
use crate::domain::contact::Contact;
use crate::domain::context::Context;
use crate::domain::enquiry::{self, Enquiry, Log};
use crate::domain::tray::{self, Tray};
use crate::storage::{self, Page, contacts::Filter, desk};

/// The deadline of a tray's next check.
pub(super) const TRAY_CHECK: &str = "tray_check";

/// Answers an enquiry.
#[derive(Debug, Clone)]
pub struct AnswerEnquiry {
    /// The enquiry.
    pub enquiry: Uuid,
    /// The topic, as a code. Empty where none is asked.
    pub topic: String,
    /// The answer, in the words of the actor.
    pub answer: Option<String>,
}

/// Logs a check of a tray.
#[derive(Debug, Clone)]
pub struct LogTrayCheck {
    /// The team.
    pub team: TeamId,
    /// What was looked at, each by its code.
    pub looked_at: Vec<String>,
}

/// A tray as it is shown.
#[derive(Debug, Clone)]
pub struct TrayShown {
    /// The team.
    pub team: TeamId,
    /// What is on record of its checks. None before anything lay in it.
    pub tray: Option<Tray>,
    /// What waits in it, oldest first.
    pub waiting: Vec<Contact>,
    /// When this was looked at.
    pub at: Timestamp,
}

impl App {
    /// Logs an enquiry.
    #[tracing::instrument(name = "app.log_enquiry", skip_all)]
    pub async fn log_enquiry<R>(
        &self,
        key: RequestKey,
        command: Log,
        ctx: Context,
        to_response: fn(&Outcome<Enquiry>) -> R,
    ) -> Result<R, AppError>
    where
        R: prost::Message + Default + 'static,
    {
        let pack = self.pack(&ctx.pack)?;
        let source = Source::of(&ctx);
        let now = self.now();
        self.store
            .once(key, "log_enquiry", move |tx| {
                Box::pin(async move {
                    let enquiry = enquiry::log(&command, &ctx, &pack)?;
                    desk::insert_enquiry(tx, &enquiry).await?;
                    let outcome = announce_enquiry(tx, enquiry, &source, now)?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }

    /// Answers an enquiry.
    #[tracing::instrument(name = "app.answer_enquiry", skip_all, fields(enquiry.id = %command.enquiry))]
    pub async fn answer_enquiry<R>(
        &self,
        key: RequestKey,
        command: AnswerEnquiry,
        ctx: Context,
        to_response: fn(&Outcome<Enquiry>) -> R,
    ) -> Result<R, AppError>
    where
        R: prost::Message + Default + 'static,
    {
        let app = self.clone();
        let source = Source::of(&ctx);
        self.store
            .once(key, "answer_enquiry", move |tx| {
                Box::pin(async move {
                    let before = desk::lock_enquiry(tx, &ctx.authority, command.enquiry)
                        .await?
                        .ok_or_else(|| AppError::not_found("enquiry", command.enquiry))?;
                    let pack = app.pack(&before.pack)?;
                    let digest = match &command.answer {
                        Some(answer) => {
                            Some(tx.put_private(ctx.authority.as_str(), None, answer).await?)
                        }
                        None => None,
                    };
                    let after = enquiry::answer(&before, &command.topic, digest, &ctx, &pack)?;
                    desk::save_enquiry(tx, before.version, &after).await?;
                    let source = source.pinned_to(&pack);
                    let outcome = announce_enquiry(tx, after, &source, app.now())?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }

    /// An enquiry.
    pub async fn enquiry(&self, authority: &AuthorityId, id: Uuid) -> Result<Enquiry, AppError> {
        desk::find_enquiry(self.store.db(), authority, id)
            .await?
            .ok_or_else(|| AppError::not_found("enquiry", id))
    }

    /// Logs a check of a tray.
    #[tracing::instrument(name = "app.log_tray_check", skip_all, fields(team.id = %command.team))]
    pub async fn log_tray_check<R>(
        &self,
        key: RequestKey,
        command: LogTrayCheck,
        ctx: Context,
        to_response: fn(&Outcome<Tray>) -> R,
    ) -> Result<R, AppError>
    where
        R: prost::Message + Default + 'static,
    {
        let app = self.clone();
        let source = Source::of(&ctx);
        self.store
            .once(key, "log_tray_check", move |tx| {
                Box::pin(async move {
                    let before = desk::lock_tray(tx, &ctx.authority, &command.team)
                        .await?
                        .ok_or_else(|| AppError::not_found("tray of", &command.team))?;
                    let pack = app.pack(&ctx.pack)?;
                    let after =
                        tray::check(&before, &command.looked_at, &ctx, &pack, &app.calendar)?;
                    desk::save_tray(tx, before.version, &after).await?;
                    let outcome = announce_tray(tx, after, "tray.checked", &source, app.now())?;
                    Ok(to_response(&outcome))
                })
            })
            .await
    }

    /// A team's whole tray: every item with its age and its state (W-003).
    pub async fn tray(&self, team: TeamId, ctx: &Context) -> Result<TrayShown, AppError> {
        let tray = desk::find_tray(self.store.db(), &ctx.authority, &team).await?;
        let filter = Filter {
            team: Some(team.clone()),
            undecided_only: true,
            ..Filter::default()
        };
        let page = Page {
            after: None,
            size: 200,
        };
        let mut waiting =
            storage::contacts::list(self.store.db(), &ctx.authority, &filter, page).await?;
        waiting.sort_by_key(|contact| contact.received_at);
        Ok(TrayShown {
            team,
            tray,
            waiting,
            at: ctx.received_at,
        })
    }

    /// A tray begins to be checked with the first thing that lies in it (W-001).
    pub(super) async fn begin_tray(
        &self,
        tx: &mut Tx,
        contact: &Contact,
        ctx: &Context,
        pack: &Pack,
        source: &Source,
    ) -> Result<(), AppError> {
        let Some(team) = ctx.team(&contact.team) else {
            return Ok(());
        };
        let Some(rule) = tray::rule_for(pack, team) else {
            return Ok(());
        };
        if desk::has_tray(tx, &ctx.authority, &team.id).await? {
            return Ok(());
        }
        let at = ctx.received_at;
        let tray = tray::begin(&ctx.authority, team, rule, pack, at, &self.calendar);
        if desk::insert_tray(tx, &tray).await? {
            announce_tray(tx, tray, "tray.begun", source, self.now())?;
        }
        Ok(())
    }

    /// A check did not come in time.
    pub(super) async fn tray_due(
        &self,
        tx: &mut Tx,
        authority: &AuthorityId,
        id: Uuid,
        at: Timestamp,
    ) -> Result<(), AppError> {
        let Some(before) = desk::lock_tray_by_id(tx, authority, id).await? else {
            return Ok(());
        };
        if let Some(after) = tray::missed(&before, at) {
            desk::save_tray(tx, before.version, &after).await?;
            let source = Source::of_deadline(&after.id.to_string(), TRAY_CHECK, &after.pack);
            announce_tray(tx, after, "tray.check_missed", &source, self.now())?;
        }
        Ok(())
    }
}

fn announce_enquiry(
    tx: &mut Tx,
    enquiry: Enquiry,
    source: &Source,
    now: Timestamp,
) -> Result<Outcome<Enquiry>, AppError> {
    let answer = enquiry.answer.as_ref();
    let (event_type, effective_at) = match answer {
        None => ("enquiry.logged", enquiry.received_at),
        Some(answer) => ("enquiry.answered", answer.at),
    };
    let data = json!({
        "kind": enquiry.kind,
        "source_kind": enquiry.source_kind,
        "form": enquiry.form,
        "team_id": enquiry.team.as_str(),
        "topic": answer.map(|answer| answer.topic.clone()).unwrap_or_default(),
    });
    let task = TaskChange {
        key: format!("{}/answer", enquiry.id),
        open: answer.is_none(),
        code: "answer_enquiry".to_owned(),
        owner: Some(owner(&enquiry.owner)),
        rules: enquiry.rules.clone(),
        references: [("enquiry_id".to_owned(), enquiry.id.to_string())].into(),
        ..TaskChange::default()
    };
    let announced = Announced {
        authority: enquiry.authority.to_string(),
        r#type: event_type.to_owned(),
        aggregate_id: enquiry.id.to_string(),
        aggregate_version: enquiry.version,
        effective_at: Some(timestamp(effective_at)),
        rules: enquiry.rules.clone(),
        reason_digest: answer
            .and_then(|answer| answer.digest.clone())
            .unwrap_or_default(),
        data: Some(structure(&data)),
        // Nobody has to answer what is only noted.
        tasks: if enquiry.optional {
            Vec::new()
        } else {
            vec![task]
        },
        ..source.event(answer.map(|answer| &answer.post), now)
    };
    Ok(Outcome {
        last_event: Some(send(tx, announced)?),
        value: enquiry,
    })
}

fn announce_tray(
    tx: &mut Tx,
    tray: Tray,
    event_type: &str,
    source: &Source,
    now: Timestamp,
) -> Result<Outcome<Tray>, AppError> {
    use crate::domain::contact::DueState;

    let is_open = tray.due.state == DueState::Open;
    let overdue = !is_open;
    let check = tray.last.as_ref().filter(|_| event_type == "tray.checked");
    let post: Option<&PostHeld> = check.map(|check| &check.post);
    let data: Json = json!({
        "team_id": tray.team.as_str(),
        "checks": tray.checks,
        "looked_at": check.map(|check| check.looked_at.clone()).unwrap_or_default(),
        "due_on": tray.due.on.to_string(),
    });
    let key = format!("{}/check", tray.id);
    let mut tasks = vec![TaskChange {
        key: key.clone(),
        open: true,
        code: "check_tray".to_owned(),
        owner: Some(Owner {
            role: tray.due.role.clone(),
            team_id: tray.team.to_string(),
            ..Owner::default()
        }),
        due_on: tray.due.on.to_string(),
        rules: tray.due.rules.clone(),
        overdue,
        ..TaskChange::default()
    }];
    for (index, rung) in tray.due.rungs.iter().enumerate() {
        tasks.push(TaskChange {
            key: format!("{key}/escalation/{index}"),
            open: overdue,
            code: "tray_check_overdue".to_owned(),
            owner: Some(Owner {
                role: rung.role.clone(),
                team_id: rung
                    .team
                    .as_ref()
                    .map(TeamId::to_string)
                    .unwrap_or_default(),
                area: rung.area.clone().unwrap_or_default(),
                ..Owner::default()
            }),
            due_on: tray.due.on.to_string(),
            rules: tray.due.rules.clone(),
            overdue,
            ..TaskChange::default()
        });
    }
    let deadline = is_open.then(|| Deadline {
        name: TRAY_CHECK.to_owned(),
        due_at: tray.due.breached_at,
        body: json!({ "rules": tray.due.rules }),
    });
    let open: Vec<Deadline> = deadline.into_iter().collect();
    tx.sync_deadlines(tray.authority.as_str(), tray.id, &open);
    let announced = Announced {
        authority: tray.authority.to_string(),
        r#type: event_type.to_owned(),
        aggregate_id: tray.id.to_string(),
        aggregate_version: tray.version,
        effective_at: Some(timestamp(check.map_or(now, |check| check.at))),
        rules: tray.due.rules.clone(),
        data: Some(structure(&data)),
        tasks,
        ..source.event(post, now)
    };
    Ok(Outcome {
        last_event: Some(send(tx, announced)?),
        value: tray,
    })
}

fn owner(owes: &crate::domain::duty::Owes) -> Owner {
    Owner {
        role: owes.role.clone(),
        team_id: owes
            .team
            .as_ref()
            .map(TeamId::to_string)
            .unwrap_or_default(),
        area: owes.area.clone().unwrap_or_default(),
        worker_id: owes.worker.clone().unwrap_or_default(),
    }
}

fn send(tx: &mut Tx, announced: Announced) -> Result<EventId, AppError> {
    let row = baton_rpc::announcement(announced)?;
    let id = EventId::from_uuid(row.event_id);
    tx.announce(&[row]);
    Ok(id)
}
