//! A child's lines: closed cases, the open one with its live process, what is on record for it, and who had the child before.

use baton_contracts::frontdoor::v1::ChildReference;
use baton_contracts::gateway::v1::ImportState;
use baton_contracts::record::v1::{Outcome, Receipt, ReceiptState, RecordEvent};
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;
use tonic::Status;
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::parts::{events, involvements, opening};
use super::{Fate, Taken, Taking};
use crate::app::App;
use crate::context::Located;
use crate::import::{Kind, Line};
use crate::reactions::cause::Opening;
use crate::reactions::opening::{LATER_CASE, NO_CASE};

/// What one part of a line came to.
struct Part {
    /// Whether it was there already, as it is.
    same: bool,
    /// What became of it. None for a dry run.
    receipt: Option<Receipt>,
}

/// What is known of a part of a line.
enum Before {
    /// It was taken as it is.
    Same(Uuid),
    /// It is new, or differs: its next revision.
    Next(i32),
}

impl App {
    /// Takes a line over, part by part.
    pub(super) async fn take_line(&self, taking: &Taking, line: &mut Line) -> Result<Fate, Status> {
        let mut fate = Fate::of(ImportState::Unchanged);
        if line.kind != Kind::Evidence {
            if taking.dry_run {
                self.foresee(taking, line, &mut fate).await?;
            }
            let opening = opening(taking, line);
            let part = self.opened(taking, opening).await?;
            if !settle(line, &mut fate, part) {
                return Ok(fate);
            }
        }
        for event in events(line) {
            let part = self.reported(taking, event).await?;
            if !settle(line, &mut fate, part) {
                return Ok(fate);
            }
        }
        Ok(fate)
    }

    /// Takes over who had a child before: as a whole, since the count rests on all of it.
    pub(super) async fn take_involvements(
        &self,
        taking: &Taking,
        theirs: Vec<(usize, Line)>,
    ) -> Result<Taken, Status> {
        let Some((_, first)) = theirs.first() else {
            return Ok(Vec::new());
        };
        let (mut told, mut fate) = (first.clone(), Fate::of(ImportState::Unchanged));
        let opening = involvements(taking, told.person(), &theirs);
        let part = self.opened(taking, opening).await?;
        settle(&mut told, &mut fate, part);
        let of_all = theirs.into_iter().map(|(index, mut line)| {
            line.problems.clone_from(&told.problems);
            (index, line, fate.clone())
        });
        Ok(of_all.collect())
    }

    /// What a dry run can tell of a line beside the ledger.
    async fn foresee(
        &self,
        taking: &Taking,
        line: &mut Line,
        fate: &mut Fate,
    ) -> Result<(), Status> {
        let reference = ChildReference {
            child_id: String::new(),
            system: taking.reporter.system.clone(),
            reference: line.person().to_owned(),
        };
        let found = self.contexts.resolve(&taking.bare, vec![reference]).await?;
        let Some(child) = found.into_iter().find(|child| !child.child_id.is_empty()) else {
            return Ok(());
        };
        fate.refer("child_id", &child.child_id);
        let located = Located {
            child_id: child.child_id,
            case_id: String::new(),
        };
        let ledger = self
            .contexts
            .ledger(&taking.bare, &located, Vec::new())
            .await?;
        let Some(holder) = ledger.responsibility else {
            return Ok(());
        };
        fate.refer("case_id", &holder.case_id);
        if line.kind == Kind::Cases && line.given("invo_professional_team").is_some() {
            let differs = holder.team_id != line.text("invo_professional_team")
                || holder.worker_id != line.text("invo_professional_id");
            if differs {
                fate.remark("discrepancy_opened");
            }
        }
        Ok(())
    }

    /// Takes over the child and the case of a line.
    async fn opened(&self, taking: &Taking, opening: Opening) -> Result<Part, Status> {
        let hash = Sha256::digest(opening.encode_to_vec()).to_vec();
        let revision = match self
            .before(taking, &opening.event_id, |_| hash.clone())
            .await?
        {
            Before::Same(id) => return self.same(taking, id).await,
            Before::Next(revision) => revision,
        };
        if taking.dry_run {
            return Ok(Part {
                same: false,
                receipt: None,
            });
        }
        let receipt = self
            .open(&taking.reporter, opening, revision, hash, taking.until)
            .await?;
        Ok(Part {
            same: false,
            receipt: Some(receipt),
        })
    }

    /// Has an event recorded, as its next revision where it differs.
    async fn reported(&self, taking: &Taking, mut event: RecordEvent) -> Result<Part, Status> {
        let id = event.event_id.clone();
        let of = |revision: i32| {
            let event = RecordEvent {
                revision,
                ..event.clone()
            };
            Sha256::digest(event.encode_to_vec()).to_vec()
        };
        event.revision = match self.before(taking, &id, of).await? {
            Before::Same(id) => return self.same(taking, id).await,
            Before::Next(revision) => revision,
        };
        if taking.dry_run {
            return Ok(Part {
                same: false,
                receipt: None,
            });
        }
        let receipt = self
            .record_one(&taking.reporter, event, taking.until)
            .await?;
        Ok(Part {
            same: false,
            receipt: Some(receipt),
        })
    }

    /// What was rejected is tried again: what stood in its way may have been put right elsewhere.
    async fn before(
        &self,
        taking: &Taking,
        event_id: &str,
        hash: impl Fn(i32) -> Vec<u8>,
    ) -> Result<Before, Status> {
        let known = self.revisions_of(&taking.reporter, event_id).await?;
        let Some(latest) = known.first() else {
            return Ok(Before::Next(1));
        };
        let number = i32::try_from(latest.number).unwrap_or(i32::MAX - 1);
        let rejected = latest.receipt.as_deref().is_some_and(|receipt| {
            Receipt::decode(receipt).is_ok_and(|receipt| receipt.state() == ReceiptState::Rejected)
        });
        if latest.body_hash == hash(number) && !rejected {
            Ok(Before::Same(latest.id))
        } else {
            Ok(Before::Next(number + 1))
        }
    }

    async fn same(&self, taking: &Taking, id: Uuid) -> Result<Part, Status> {
        let until = if taking.dry_run {
            Instant::now()
        } else {
            taking.until
        };
        let receipt = self.wait(&taking.reporter, id, until).await?;
        Ok(Part {
            same: true,
            receipt: Some(receipt),
        })
    }
}

/// Adds what a part of a line came to. False when the line cannot go on.
fn settle(line: &mut Line, fate: &mut Fate, part: Part) -> bool {
    if !part.same {
        fate.state = ImportState::Applied;
    }
    let Some(receipt) = part.receipt else {
        return true;
    };
    for outcome in &receipt.outcomes {
        tell(fate, outcome);
    }
    match receipt.state() {
        ReceiptState::Rejected => {
            for problem in &receipt.problems {
                let (field, code) = problem.split_once(':').unwrap_or(("", problem));
                let field = if line.given(field).is_some() {
                    field
                } else {
                    ""
                };
                line.wrong(field, &code.trim().to_lowercase(), remedy(code.trim()));
            }
            false
        }
        ReceiptState::InProgress => {
            fate.state = ImportState::InProgress;
            false
        }
        ReceiptState::Undecided => {
            fate.remark("undecided");
            true
        }
        ReceiptState::Applied | ReceiptState::NothingToDo | ReceiptState::Unspecified => true,
    }
}

fn tell(fate: &mut Fate, outcome: &Outcome) {
    fate.refer("child_id", &outcome.child_id);
    fate.refer("case_id", &outcome.case_id);
    fate.refer("transfer_id", &outcome.transfer_id);
    fate.refer("contact_id", &outcome.contact_id);
    for change in &outcome.changes {
        match change.as_str() {
            "discrepancy_opened" => fate.remark("discrepancy_opened"),
            "deadline_breached" => fate.remark("inherited_breach"),
            "transfer_opened" | "opened" => fate.remark("transfer_opened"),
            _ => {}
        }
    }
}

/// What to do about a reason of the closed list.
fn remedy(reason: &str) -> &'static str {
    match reason {
        "TEAM_UNKNOWN" => "add the team to the file of teams",
        "WORKER_UNKNOWN" => "add the worker to the file of workers",
        "WORKER_NOT_IN_TEAM" => "name a worker of the team",
        "EFFECTIVE_IN_FUTURE" => "it has to have happened",
        "EFFECTIVE_BEFORE_SPAN" => {
            "it begins before the child's case before it was closed; put the dates right"
        }
        LATER_CASE => "the child's next case is open in Baton; closed cases come before it",
        NO_CASE => "load the child's case, open or closed, first",
        "UNALLOCATED_FORBIDDEN" => "name the worker",
        _ => "docs/errors.md explains the reason",
    }
}

/// Notes what a service says against a line.
pub(super) fn refused(line: &mut Line, status: &Status) {
    let details = status.get_error_details();
    let reason = details
        .error_info()
        .map(|info| info.reason.clone())
        .unwrap_or_default();
    let fields: Vec<String> = details
        .bad_request()
        .into_iter()
        .flat_map(|bad| &bad.field_violations)
        .map(|violation| violation.field.clone())
        .collect();
    let code = reason.to_lowercase();
    if fields.is_empty() {
        line.wrong("", &code, remedy(&reason));
    }
    for field in fields {
        let column = field.rsplit('.').next().unwrap_or_default().to_owned();
        line.wrong(&column, &code, remedy(&reason));
    }
}
