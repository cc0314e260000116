//! The use cases of allocation: load, decide, save, one transaction each.

mod announce;
mod deadlines;
mod earlier;
mod error;
mod explain;
mod ledger;
mod organisation;

use std::sync::Arc;

use baton_calendar::Calendar;
use baton_clock::BusinessClock;
use baton_ids::{AuthorityId, CaseId, ChildId, EventId, TeamId, WorkerId};
use baton_packs::Packs;
use baton_protocol::{Facts, Pack, Party, Place};
use baton_store::Store;
use jiff::{Timestamp, civil::Date};

pub use self::error::AppError;
pub use self::explain::Supposed;
pub use self::ledger::Act;
pub use self::organisation::Entry;
use crate::config::Config;
use crate::domain::Case;
use crate::domain::context::Context;
use crate::domain::counting::File;
use crate::domain::figures::Figures;
use crate::domain::organisation::{Post, Team, Worker};
use crate::domain::rules::Rules;
use crate::domain::spans::Span;
use crate::storage::{
    self, Page, cases::Filter, discrepancies::Listed, surroundings::Surroundings,
};

/// The name of this service in events and answers.
pub const NAME: &str = "allocation";

/// More cases of one child than this are never asked for.
const CASES_OF_CHILD_MAX: i64 = 200;

/// What the use cases work with. Clones share it.
#[derive(Clone)]
pub struct App {
    store: Store,
    packs: Packs,
    clock: BusinessClock,
    calendar: Arc<Calendar>,
    config: Arc<Config>,
}

/// What a change left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The case after it.
    pub case: Case,
    /// The rules under which it was decided, each once.
    pub rules: Vec<String>,
    /// The last event it recorded. None when nothing changed.
    pub last_event: Option<EventId>,
}

impl App {
    /// Puts the parts together.
    pub const fn new(
        store: Store,
        packs: Packs,
        clock: BusinessClock,
        calendar: Arc<Calendar>,
        config: Arc<Config>,
    ) -> Self {
        Self {
            store,
            packs,
            clock,
            calendar,
            config,
        }
    }

    /// The time by the service's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The local date of an instant.
    pub fn day_of(&self, instant: Timestamp) -> Date {
        self.calendar.date_of(instant)
    }

    fn rules<'a>(&'a self, pack: &'a Pack) -> Rules<'a> {
        Rules {
            pack,
            calendar: &self.calendar,
            discrepancy_working_days: self.config.discrepancy_working_days,
        }
    }

    fn pack(&self, digest: &str) -> Result<Arc<Pack>, AppError> {
        self.packs
            .get(digest)
            .ok_or_else(|| AppError::PackUnknown(digest.to_owned()))
    }

    /// Finds a case.
    pub async fn case(&self, authority: &AuthorityId, id: CaseId) -> Result<Case, AppError> {
        storage::cases::find(self.store.db(), authority, id)
            .await?
            .ok_or_else(|| AppError::not_found("case", id))
    }

    /// Lists cases.
    pub async fn cases(
        &self,
        authority: &AuthorityId,
        filter: &Filter,
        page: Page,
    ) -> Result<Vec<Case>, AppError> {
        Ok(storage::cases::list(self.store.db(), authority, filter, page).await?)
    }

    /// The open files of a family, each with as what it counts; only those of a team where one is given.
    pub async fn family_files(
        &self,
        ctx: &Context,
        family: &[(ChildId, Facts)],
        team: Option<&TeamId>,
    ) -> Result<Vec<File>, AppError> {
        let pack = self.pack(&ctx.pack)?;
        let mut files = Vec::new();
        for (child, facts) in family {
            let cases = self.cases_of(&ctx.authority, *child).await?;
            let of_team = |case: &&Case| team.is_none_or(|team| case.team == *team);
            let open = cases.iter().filter(|case| case.is_open()).filter(of_team);
            files.extend(open.map(|case| File::of(case, facts, &pack)));
        }
        Ok(files)
    }

    /// The cases of a child, open and closed.
    pub async fn cases_of(
        &self,
        authority: &AuthorityId,
        child: ChildId,
    ) -> Result<Vec<Case>, AppError> {
        let filter = Filter {
            child: Some(child),
            ..Filter::default()
        };
        let page = Page {
            after: None,
            size: CASES_OF_CHILD_MAX,
        };
        self.cases(authority, &filter, page).await
    }

    /// The history of a case, as believed now.
    pub async fn history(
        &self,
        authority: &AuthorityId,
        id: CaseId,
    ) -> Result<Vec<Span>, AppError> {
        self.case(authority, id).await?;
        Ok(storage::spans::list(self.store.db(), authority, id).await?)
    }

    /// Who was responsible at an instant, as believed at another: at most one span an axis.
    pub async fn responsible_at(
        &self,
        authority: &AuthorityId,
        id: CaseId,
        at: Option<Timestamp>,
        believed_at: Option<Timestamp>,
    ) -> Result<Vec<Span>, AppError> {
        let now = self.now();
        let at = at.unwrap_or(now);
        self.case(authority, id).await?;
        // Asked about now, what is recorded a moment later than `now` was read is still wanted.
        let believed_at = believed_at.unwrap_or(Timestamp::MAX);
        Ok(storage::spans::at(self.store.db(), authority, id, at, believed_at).await?)
    }

    /// Lists differences with the record system.
    pub async fn discrepancies(
        &self,
        authority: &AuthorityId,
        open_only: bool,
        page: Page,
    ) -> Result<Vec<Listed>, AppError> {
        Ok(storage::discrepancies::list(self.store.db(), authority, open_only, page).await?)
    }

    /// How cases and workers were allocated in a period, which goes on until now when it has no end.
    pub async fn figures(
        &self,
        authority: &AuthorityId,
        from: Timestamp,
        until: Option<Timestamp>,
    ) -> Result<Figures, AppError> {
        let until = until.unwrap_or_else(|| self.now());
        Ok(storage::figures::of_period(self.store.db(), authority, from, until).await?)
    }

    /// Every team.
    pub async fn teams(&self, authority: &AuthorityId) -> Result<Vec<Team>, AppError> {
        Ok(storage::organisation::teams(self.store.db(), authority).await?)
    }

    /// Every post.
    pub async fn posts(&self, authority: &AuthorityId) -> Result<Vec<Post>, AppError> {
        Ok(storage::organisation::posts(self.store.db(), authority).await?)
    }

    /// The posts that a worker holds or covers at some time.
    pub async fn posts_of(
        &self,
        authority: &AuthorityId,
        worker: &WorkerId,
    ) -> Result<Vec<Post>, AppError> {
        Ok(storage::organisation::posts_of(self.store.db(), authority, worker).await?)
    }

    /// Every worker.
    pub async fn workers(&self, authority: &AuthorityId) -> Result<Vec<Worker>, AppError> {
        Ok(storage::organisation::workers(self.store.db(), authority).await?)
    }

    /// A case, or else the child's open one, with the teams and those of the named workers who are known.
    pub async fn surroundings(
        &self,
        authority: &AuthorityId,
        case: Option<CaseId>,
        child: Option<ChildId>,
        named: &[WorkerId],
        day: Date,
    ) -> Result<Surroundings, AppError> {
        let db = self.store.db();
        let found = storage::surroundings::find(db, authority, case, child, named, day).await?;
        match case {
            Some(case) if found.case.is_none() => Err(AppError::not_found("case", case)),
            _ => Ok(found),
        }
    }
}

/// A role of a team, as tasks and notices name their owner.
fn role_of(role: &str, team: &TeamId) -> baton_contracts::type_v1::Owner {
    baton_contracts::type_v1::Owner {
        role: role.to_owned(),
        team_id: team.to_string(),
        ..Default::default()
    }
}

/// Whose something is that the protocol gives to a role, for a case of that team.
pub fn owner_of(party: Party, team: &TeamId) -> baton_contracts::type_v1::Owner {
    match party.place {
        Place::Authority => baton_contracts::type_v1::Owner {
            role: party.role.as_str().to_owned(),
            ..Default::default()
        },
        _ => role_of(party.role.as_str(), team),
    }
}
