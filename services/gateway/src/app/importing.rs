//! Opening positions: lines are looked at together, then carried out one by one, each as reports and commands that take
//! effect once. Killed anywhere, the same call finishes.

mod organisation;
mod parts;
mod person;

use std::collections::BTreeMap;

use baton_contracts::gateway::v1::{
    ImportFile, ImportLine, ImportOpeningPositionsResponse, ImportState,
};
use baton_contracts::type_v1::Context;
use futures::future::BoxFuture;
use futures::stream::{self, StreamExt as _};
use tokio::time::Instant;
use tonic::Status;

use super::{App, Reporter};
use crate::import::{Kind, Known, Line, check, read};

/// How many children are taken over at once.
const AT_ONCE: usize = 16;

/// What became of a line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fate {
    /// The state.
    pub state: ImportState,
    /// What it became.
    pub references: BTreeMap<String, String>,
    /// What came with it, as codes.
    pub remarks: Vec<String>,
}

impl Fate {
    /// Nothing but a state.
    pub fn of(state: ImportState) -> Self {
        Self {
            state,
            ..Self::default()
        }
    }

    fn refer(&mut self, name: &str, id: &str) {
        if !id.is_empty() {
            self.references.insert(name.to_owned(), id.to_owned());
        }
    }

    fn remark(&mut self, code: &str) {
        if !self.remarks.iter().any(|known| known == code) {
            self.remarks.push(code.to_owned());
        }
    }
}

/// A child's lines by their index, each with what became of it.
type Taken = Vec<(usize, Line, Fate)>;

/// How lines are taken over.
#[derive(Debug, Clone)]
struct Taking {
    reporter: Reporter,
    /// With the actor and the authority only.
    bare: Context,
    dry_run: bool,
    until: Instant,
}

impl App {
    /// Takes lines over, or, for a dry run, tells what would become of them. What is not done by `until` is in progress.
    #[tracing::instrument(name = "app.import", skip_all, fields(authority = reporter.authority))]
    pub async fn import(
        &self,
        reporter: Reporter,
        bare: Context,
        files: &[ImportFile],
        dry_run: bool,
        until: Instant,
    ) -> Result<ImportOpeningPositionsResponse, Status> {
        let now = self.clock.now();
        let mut lines: Vec<Line> = files.iter().flat_map(|file| read(file, now)).collect();
        let there = self.contexts.organisation(&bare).await?;
        let known = Known {
            teams: there
                .teams
                .iter()
                .map(|team| team.team_id.clone())
                .collect(),
            workers: there
                .workers
                .iter()
                .map(|worker| (worker.worker_id.clone(), worker.team_id.clone()))
                .collect(),
            successors: there
                .teams
                .iter()
                .filter(|team| !team.successor_team_id.is_empty())
                .map(|team| (team.team_id.clone(), team.successor_team_id.clone()))
                .collect(),
        };
        check(&mut lines, known);

        let taking = Taking {
            reporter,
            bare,
            dry_run,
            until,
        };
        let mut fates: Vec<Option<Fate>> = vec![None; lines.len()];
        self.take_organisation(&taking, &there, &mut lines, &mut fates)
            .await?;
        self.take_people(&taking, &mut lines, &mut fates).await?;
        Ok(answer(lines, fates))
    }

    /// Closed cases first, then the open one, what is on record for it, and who had the child before: child by child, several at
    /// once.
    async fn take_people(
        &self,
        taking: &Taking,
        lines: &mut [Line],
        fates: &mut [Option<Fate>],
    ) -> Result<(), Status> {
        let mut people: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, line) in lines.iter().enumerate() {
            if line.problems.is_empty() && line.kind >= Kind::Closures {
                let person = line.person().to_owned();
                people.entry(person).or_default().push(index);
            }
        }
        for of_person in people.values_mut() {
            of_person.sort_by_key(|index| {
                let line = &lines[*index];
                let [referral, since, until] = [
                    "cine_referral_date",
                    "invo_involvement_start_date",
                    "invo_involvement_end_date",
                ]
                .map(|column| line.at(column));
                (line.kind, referral, since, until.is_none(), until, *index)
            });
        }
        let people = people.into_values().map(|of_person| {
            let theirs: Vec<(usize, Line)> = of_person
                .into_iter()
                .filter_map(|index| Some((index, lines.get(index)?.clone())))
                .collect();
            self.clone().take_person(taking.clone(), theirs)
        });
        let people: Vec<_> = people.collect();
        let taken: Vec<Result<Taken, Status>> = stream::iter(people)
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        for of_person in taken {
            for (index, line, fate) in of_person? {
                if let (Some(here), Some(slot)) = (lines.get_mut(index), fates.get_mut(index)) {
                    *here = line;
                    *slot = Some(fate);
                }
            }
        }
        Ok(())
    }
}

impl App {
    /// Takes a child's lines over, one after another.
    fn take_person(
        self,
        taking: Taking,
        theirs: Vec<(usize, Line)>,
    ) -> BoxFuture<'static, Result<Taken, Status>> {
        Box::pin(async move {
            let mut taken = Vec::with_capacity(theirs.len());
            let (before, theirs): (Vec<_>, Vec<_>) = theirs
                .into_iter()
                .partition(|(_, line)| line.kind == Kind::Involvements);
            for (index, mut line) in theirs {
                let fate = self.take_line(&taking, &mut line).await?;
                taken.push((index, line, fate));
            }
            taken.extend(self.take_involvements(&taking, before).await?);
            Ok(taken)
        })
    }
}

fn answer(lines: Vec<Line>, fates: Vec<Option<Fate>>) -> ImportOpeningPositionsResponse {
    let mut response = ImportOpeningPositionsResponse::default();
    for (line, fate) in lines.into_iter().zip(fates) {
        let mut fate = fate.unwrap_or_default();
        if !line.problems.is_empty() {
            fate.state = ImportState::Rejected;
        }
        match fate.state {
            ImportState::Applied => response.applied += 1,
            ImportState::Unchanged => response.unchanged += 1,
            ImportState::InProgress => response.in_progress += 1,
            ImportState::Rejected | ImportState::Unspecified => response.rejected += 1,
        }
        response.lines.push(ImportLine {
            file: line.file,
            line: line.number,
            state: fate.state.into(),
            problems: line.problems.into_iter().map(Into::into).collect(),
            references: fate.references.into_iter().collect(),
            remarks: fate.remarks,
        });
    }
    response
}
