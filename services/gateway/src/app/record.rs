//! Reports of record systems: one receipt an event, whatever happens.

use std::time::Duration;

use baton_contracts::record::v1::{ChildRef, Receipt, ReceiptState, RecordEvent};
use baton_contracts::timestamp;
use baton_contracts::type_v1::{Actor, Cause as NamedCause, PrincipalKind};
use baton_rpc::Problem;
use baton_store::StoreError;
use jiff::Timestamp;
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, timeout_at};
use tonic::Status;
use uuid::Uuid;

use super::{App, understand};
use crate::reactions::Spawned;
use crate::reactions::cause::{Cause, Named, Opening, Report, What};
use crate::runner::Begun;
use crate::storage::reports::{self, Revision};

/// How often to look whether another process has finished a report.
const LOOK_AGAIN: Duration = Duration::from_millis(25);
/// A revision that came after a later one changes nothing.
const SUPERSEDED: &str = "superseded_by_a_later_revision";

/// Who reports, in which authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reporter {
    /// The authority.
    pub authority: String,
    /// The record system: `liquidlogic`.
    pub system: String,
    /// Whether it is the council's opening positions that are taken over: what was late then is told apart.
    pub takes_over: bool,
}

impl Reporter {
    /// The kind of cause that services are told.
    const fn kind(&self) -> &'static str {
        if self.takes_over { "opening" } else { "report" }
    }
}

impl App {
    /// Takes reports in their order and tells what Baton did with each. What is not done by `until` is in
    /// progress; it goes on without the caller.
    pub async fn record(
        &self,
        reporter: &Reporter,
        events: Vec<RecordEvent>,
        until: Instant,
    ) -> Result<Vec<Receipt>, Status> {
        let mut receipts = Vec::with_capacity(events.len());
        for event in events {
            receipts.push(self.record_one(reporter, event, until).await?);
        }
        Ok(receipts)
    }

    #[tracing::instrument(name = "app.record_event", skip_all, fields(authority = reporter.authority))]
    pub(super) async fn record_one(
        &self,
        reporter: &Reporter,
        event: RecordEvent,
        until: Instant,
    ) -> Result<Receipt, Status> {
        let now = self.clock.now();
        let problems = understand::problems(&event, now);
        if !problems.is_empty() {
            return Ok(rejected(&event, problems));
        }
        let body_hash = Sha256::digest(event.encode_to_vec()).to_vec();
        let mentions = understand::mentions(&event);
        let bare = self.bare(reporter, now)?;
        let references = understand::references(&mentions, &reporter.system);
        let (known, found) = tokio::join!(
            self.revisions(reporter, &event),
            self.contexts.resolve(&bare, references),
        );
        let known = known?;
        if let Some(same) = known
            .iter()
            .find(|known| known.number == i64::from(event.revision))
        {
            return self.again(reporter, &event, same, &body_hash, until).await;
        }
        let children = match understand::named(&mentions, &found?) {
            Ok(children) => children,
            Err(problems) => return Ok(rejected(&event, problems)),
        };
        let superseded = known
            .iter()
            .any(|known| known.number > i64::from(event.revision));
        let report = reports::Report {
            id: Uuid::now_v7(),
            authority: reporter.authority.clone(),
            source: reporter.system.clone(),
            event_id: event.event_id.clone(),
            revision: i64::from(event.revision),
            body_hash: body_hash.clone(),
            received_at: now,
            receipt: None,
        };
        if superseded {
            return self.superseded(report, &event).await;
        }
        let id = report.id;
        let spawned = reaction(reporter, &event, id, children, now);
        // Nothing is said to be in progress before it is kept.
        let begun = self.runner.begin(report, spawned).await;
        match begun.map_err(Problem::from)? {
            Begun::Running(receipt) => match timeout_at(until, receipt).await {
                Ok(Ok(receipt)) => Ok(receipt),
                Ok(Err(_)) | Err(_) => Ok(reports::in_progress(
                    id,
                    event.event_id,
                    event.revision.into(),
                )),
            },
            Begun::Queued => self.wait(reporter, id, until).await,
            Begun::Duplicate => {
                // Somebody sent the same revision at the same time, and was first.
                let known = self.revisions(reporter, &event).await?;
                let same = known
                    .iter()
                    .find(|known| known.number == i64::from(event.revision))
                    .ok_or_else(|| Status::from(Problem::internal()))?;
                self.again(reporter, &event, same, &body_hash, until).await
            }
        }
    }

    /// The receipt of a report.
    pub async fn receipt(&self, authority: &str, id: Uuid) -> Result<Receipt, Problem> {
        reports::receipt(&self.store, authority, id)
            .await?
            .ok_or_else(|| Problem::not_found("report", id))
    }

    /// Answers a revision that was reported before: with its receipt, or, for another body, that it cannot be
    /// taken.
    async fn again(
        &self,
        reporter: &Reporter,
        event: &RecordEvent,
        same: &Revision,
        body_hash: &[u8],
        until: Instant,
    ) -> Result<Receipt, Status> {
        if same.body_hash != body_hash {
            let problem =
                "revision: was reported before with another content; a correction has a higher one";
            return Ok(rejected(event, vec![problem.to_owned()]));
        }
        self.wait(reporter, same.id, until).await
    }

    /// Keeps a revision that came too late, so that it is answered the same way again. Nothing follows from it.
    async fn superseded(
        &self,
        mut report: reports::Report,
        event: &RecordEvent,
    ) -> Result<Receipt, Status> {
        let receipt = Receipt {
            event_id: event.event_id.clone(),
            revision: event.revision,
            state: ReceiptState::NothingToDo.into(),
            problems: vec![SUPERSEDED.to_owned()],
            report_id: report.id.to_string(),
            ..Receipt::default()
        };
        report.receipt = Some(receipt.encode_to_vec());
        self.store
            .transact("keep_superseded_report", move |tx| {
                Box::pin(async move { reports::insert(tx, &report).await })
            })
            .await
            .map_err(|error: StoreError| Status::from(Problem::from(error)))?;
        Ok(receipt)
    }

    /// Waits for a receipt that somebody else is working on.
    pub(super) async fn wait(
        &self,
        reporter: &Reporter,
        id: Uuid,
        until: Instant,
    ) -> Result<Receipt, Status> {
        loop {
            let finished = self.runner.finished();
            let receipt = self.receipt(&reporter.authority, id).await?;
            if receipt.state() != ReceiptState::InProgress || Instant::now() >= until {
                return Ok(receipt);
            }
            let next_look = until.min(Instant::now() + LOOK_AGAIN);
            // Either way: look again.
            let _ = timeout_at(next_look, finished).await;
        }
    }

    async fn revisions(
        &self,
        reporter: &Reporter,
        event: &RecordEvent,
    ) -> Result<Vec<Revision>, Problem> {
        self.revisions_of(reporter, &event.event_id).await
    }

    pub(super) async fn revisions_of(
        &self,
        reporter: &Reporter,
        event_id: &str,
    ) -> Result<Vec<Revision>, Problem> {
        let Reporter {
            authority, system, ..
        } = reporter;
        Ok(reports::revisions(&self.store, authority, system, event_id).await?)
    }

    /// Takes over a case as a report of its own: kept with its reaction and the first command, in one commit.
    pub(super) async fn open(
        &self,
        reporter: &Reporter,
        mut opening: Opening,
        revision: i32,
        body_hash: Vec<u8>,
        until: Instant,
    ) -> Result<Receipt, Status> {
        let now = self.clock.now();
        let id = Uuid::now_v7();
        let person = if opening.involvements.is_empty() {
            "cine_person_id"
        } else {
            "invo_person_id"
        };
        let mention = understand::Mention {
            field: person.to_owned(),
            child: ChildRef {
                child_id: String::new(),
                reference: opening
                    .child
                    .as_ref()
                    .map(|child| child.reference.clone())
                    .unwrap_or_default(),
            },
            may_be_new: true,
        };
        let bare = self.bare(reporter, now)?;
        let mentions = [mention];
        let references = understand::references(&mentions, &reporter.system);
        let found = self.contexts.resolve(&bare, references).await?;
        let children = understand::named(&mentions, &found).unwrap_or_default();
        opening.child = children.first().cloned();
        opening.id = id.to_string();
        opening.revision = revision;
        let event_id = opening.event_id.clone();
        let report = reports::Report {
            id,
            authority: reporter.authority.clone(),
            source: reporter.system.clone(),
            event_id: event_id.clone(),
            revision: revision.into(),
            body_hash,
            received_at: now,
            receipt: None,
        };
        let spawned = Spawned {
            kind: "opening".to_owned(),
            cause_key: format!("report:{id}"),
            lane: lane(reporter, &children),
            cause: Cause {
                on_behalf_of: reporter.system.clone(),
                named: Some(NamedCause {
                    id: id.to_string(),
                    kind: reporter.kind().to_owned(),
                }),
                received_at: Some(timestamp(now)),
                what: Some(What::Opening(Box::new(opening))),
            },
        };
        let begun = self.runner.begin(report, spawned).await;
        match begun.map_err(Problem::from)? {
            Begun::Running(receipt) => match timeout_at(until, receipt).await {
                Ok(Ok(receipt)) => Ok(receipt),
                Ok(Err(_)) | Err(_) => Ok(reports::in_progress(id, event_id, revision.into())),
            },
            Begun::Queued => self.wait(reporter, id, until).await,
            // Somebody else takes the same line over: it is heard of when it is sent again.
            Begun::Duplicate => Ok(reports::in_progress(id, event_id, revision.into())),
        }
    }

    fn bare(
        &self,
        reporter: &Reporter,
        now: Timestamp,
    ) -> Result<baton_contracts::type_v1::Context, Problem> {
        let actor = Actor {
            principal: reporter.system.clone(),
            kind: PrincipalKind::RecordSystem.into(),
            ..Actor::default()
        };
        let cause = NamedCause {
            id: String::new(),
            kind: reporter.kind().to_owned(),
        };
        self.contexts
            .bare(&reporter.authority, actor, cause, Some(now))
    }
}

fn reaction(
    reporter: &Reporter,
    event: &RecordEvent,
    report_id: Uuid,
    children: Vec<Named>,
    now: Timestamp,
) -> Spawned {
    let lane = lane(reporter, &children);
    let report_id = report_id.to_string();
    Spawned {
        kind: understand::kind(event).to_owned(),
        cause_key: format!("report:{report_id}"),
        lane,
        cause: Cause {
            on_behalf_of: reporter.system.clone(),
            named: Some(NamedCause {
                id: report_id.clone(),
                kind: reporter.kind().to_owned(),
            }),
            received_at: Some(timestamp(now)),
            what: Some(What::Report(Report {
                id: report_id,
                system: reporter.system.clone(),
                event: Some(event.clone()),
                children,
            })),
        },
    }
}

/// The family of the first child that has one; before that, the reference.
fn lane(reporter: &Reporter, children: &[Named]) -> String {
    let family = children
        .iter()
        .map(|child| &child.family_id)
        .find(|family| !family.is_empty());
    family.cloned().unwrap_or_else(|| {
        let reference = children
            .first()
            .map(|child| child.reference.as_str())
            .unwrap_or_default();
        let digest = Sha256::digest(format!("{}/{reference}", reporter.system));
        let name = hex::encode(digest.get(..16).unwrap_or_default());
        format!("reference:{name}")
    })
}

fn rejected(event: &RecordEvent, problems: Vec<String>) -> Receipt {
    Receipt {
        event_id: event.event_id.clone(),
        revision: event.revision,
        state: ReceiptState::Rejected.into(),
        problems,
        ..Receipt::default()
    }
}
