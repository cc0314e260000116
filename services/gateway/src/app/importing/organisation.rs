//! Teams, workers and posts: compared with what is there, and set where they differ.

use std::collections::{BTreeMap, BTreeSet};

use baton_contracts::allocation::v1::{
    GetOrganisationResponse, Post, PostHolding, SetPostRequest, SetTeamRequest, SetWorkerRequest,
};
use baton_contracts::gateway::v1::ImportState;
use baton_contracts::type_v1::{Team, Worker};
use tonic::{Code, Status};
use uuid::Uuid;

use super::{Fate, Taking};
use crate::app::App;
use crate::import::{Kind, Line};

impl App {
    /// Sets up what lines say of the organisation and is not so yet: teams before those who name them.
    pub(super) async fn take_organisation(
        &self,
        taking: &Taking,
        there: &GetOrganisationResponse,
        lines: &mut [Line],
        fates: &mut [Option<Fate>],
    ) -> Result<(), Status> {
        for index in teams_in_order(there, lines) {
            let team = team(&lines[index]);
            let same = there.teams.contains(&team);
            let fate = self
                .put(taking, same, Entry::Team(team), &mut lines[index])
                .await?;
            fates[index] = Some(fate);
        }
        for index in sound(lines, Kind::Workers) {
            let worker = worker(&lines[index]);
            let same = there.workers.contains(&worker);
            let fate = self
                .put(taking, same, Entry::Worker(worker), &mut lines[index])
                .await?;
            fates[index] = Some(fate);
        }
        let mut posts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for index in sound(lines, Kind::Posts) {
            let post = lines[index].text("post_id").to_owned();
            posts.entry(post).or_default().push(index);
        }
        for of_post in posts.into_values() {
            let [first, rest @ ..] = of_post.as_slice() else {
                continue;
            };
            let post = post(of_post.iter().map(|index| &lines[*index]));
            let same = there.posts.contains(&post);
            let fate = self
                .put(taking, same, Entry::Post(post), &mut lines[*first])
                .await?;
            let problems = lines[*first].problems.clone();
            fates[*first] = Some(fate.clone());
            for index in rest {
                lines[*index].problems.clone_from(&problems);
                fates[*index] = Some(fate.clone());
            }
        }
        Ok(())
    }

    async fn put(
        &self,
        taking: &Taking,
        same: bool,
        entry: Entry,
        line: &mut Line,
    ) -> Result<Fate, Status> {
        if same {
            return Ok(Fate::of(ImportState::Unchanged));
        }
        if taking.dry_run {
            return Ok(Fate::of(ImportState::Applied));
        }
        // What is set is set once however often it is asked for; it is compared before, so that no request has to be
        // remembered.
        let request_id = format!("import:{}", Uuid::now_v7());
        let bare = &taking.bare;
        let set = match entry {
            Entry::Team(team) => {
                let team = Some(team);
                self.contexts
                    .set_team(bare, SetTeamRequest { request_id, team })
                    .await
            }
            Entry::Worker(worker) => {
                let worker = Some(worker);
                self.contexts
                    .set_worker(bare, SetWorkerRequest { request_id, worker })
                    .await
            }
            Entry::Post(post) => {
                let post = Some(post);
                self.contexts
                    .set_post(bare, SetPostRequest { request_id, post })
                    .await
            }
        };
        match set {
            Ok(()) => Ok(Fate::of(ImportState::Applied)),
            Err(status)
                if matches!(
                    status.code(),
                    Code::InvalidArgument | Code::NotFound | Code::FailedPrecondition
                ) =>
            {
                super::person::refused(line, &status);
                Ok(Fate::of(ImportState::Rejected))
            }
            Err(status) => Err(status),
        }
    }
}

/// A part of the organisation.
enum Entry {
    Team(Team),
    Worker(Worker),
    Post(Post),
}

fn sound(lines: &[Line], kind: Kind) -> Vec<usize> {
    let of_kind = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.kind == kind);
    of_kind
        .filter(|(_, line)| line.problems.is_empty())
        .map(|(index, _)| index)
        .collect()
}

/// Teams in an order in which each successor is there before it is named.
fn teams_in_order(there: &GetOrganisationResponse, lines: &[Line]) -> Vec<usize> {
    let mut known: BTreeSet<&str> = there
        .teams
        .iter()
        .map(|team| team.team_id.as_str())
        .collect();
    known.insert("");
    let mut left = sound(lines, Kind::Teams);
    let mut ordered = Vec::with_capacity(left.len());
    loop {
        let (ready, waiting): (Vec<usize>, Vec<usize>) = left
            .into_iter()
            .partition(|index| known.contains(lines[*index].text("successor_team_id")));
        if ready.is_empty() {
            // A circle: the ledger says so.
            ordered.extend(waiting);
            return ordered;
        }
        known.extend(ready.iter().map(|index| lines[*index].text("dept_team_id")));
        ordered.extend(ready);
        left = waiting;
    }
}

fn team(line: &Line) -> Team {
    let text = |name: &str| line.text(name).to_owned();
    Team {
        team_id: text("dept_team_id"),
        kind: text("kind"),
        area: text("area"),
        phone: text("phone"),
        from: text("from"),
        until: text("until"),
        successor_team_id: text("successor_team_id"),
        rests: false,
        manager_ids: Vec::new(),
    }
}

fn worker(line: &Line) -> Worker {
    let text = |name: &str| line.text(name).to_owned();
    Worker {
        worker_id: text("prof_professional_id"),
        team_id: text("dept_team_id"),
        grade: text("grade"),
    }
}

fn post<'a>(lines: impl Iterator<Item = &'a Line>) -> Post {
    let mut post = Post::default();
    for line in lines {
        let text = |name: &str| line.text(name).to_owned();
        post.post_id = text("post_id");
        post.role = text("role");
        post.team_id = text("dept_team_id");
        post.area = text("area");
        post.holdings.push(PostHolding {
            worker_id: text("prof_professional_id"),
            from: text("from"),
            until: text("until"),
            covering_for: text("covering_for"),
        });
    }
    post
}
