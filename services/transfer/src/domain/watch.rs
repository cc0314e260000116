//! What is watched for an open case: routes that open by themselves, because facts came to hold or a day has come.
//!
//! Every fresh look at the facts of a case asks whether such a route is due. A route that was opened once is settled for
//! the case's span with its team as long as its condition holds, so that neither a withdrawal nor the next report opens it
//! again for the same facts. The next day on which a route can become due is a deadline of the store, counted anew
//! with every look.

use std::collections::{BTreeMap, BTreeSet};

use baton_calendar::Calendar;
use baton_ids::{AuthorityId, CaseId, ChildId, FamilyId};
use baton_protocol::transfer::{Choice, FACTS_CHANGED, OpensOn, Route};
use baton_protocol::{Anchors, Facts, Pack, Scope, TeamKind, Term, Truth};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::command::Trigger;
use super::consider::{Considered, Deciding, Explanation};
use super::context::{Child, Context, Responsibility, Team};
use super::draft::ids;
use super::duty::{DutyChange, Owed};
use super::opening::{self, Receiving};
use super::refusal::Refusal;

/// What stands in for the fact that a receiving team is not known: somebody has to see to it.
const RECEIVING_TEAM: &str = "receiving_team";

/// What is watched for a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// The authority.
    pub authority: AuthorityId,
    /// The case.
    pub case: CaseId,
    /// The child.
    pub child: ChildId,
    /// The family group.
    pub family: Option<FamilyId>,
    /// Digest of the pack under which it was looked at last.
    pub pack: String,
    /// The routes that were opened for what holds now, each with the beginning of the team span in which it was.
    pub settled: BTreeMap<String, Option<Timestamp>>,
    /// When the next day begins on which a route can become due.
    pub next: Option<Timestamp>,
    /// The rules of the routes that are due then.
    pub rules: BTreeSet<String>,
    /// What is owed on the case, by its name.
    #[serde(default)]
    pub duties: BTreeMap<String, Owed>,
    /// Grows by one with each change; zero for one that was never kept.
    pub version: i64,
}

impl Watch {
    /// Of a case at which nobody has looked yet.
    pub fn unkept(child: &Child, responsibility: &Responsibility, context: &Context) -> Self {
        Self {
            authority: context.authority.clone(),
            case: responsibility.case,
            child: child.id,
            family: child.family,
            pack: context.pack.clone(),
            settled: BTreeMap::new(),
            next: None,
            rules: BTreeSet::new(),
            duties: BTreeMap::new(),
            version: 0,
        }
    }

    /// When something is to happen next: a day on which a route can be due, or something about what is owed.
    pub fn next_ring(&self) -> Option<Timestamp> {
        let duties = self.duties.values().filter_map(Owed::next_ring);
        duties.chain(self.next).min()
    }

    fn settle(&mut self, route: &str, responsibility: &Responsibility) {
        self.settled.insert(route.to_owned(), responsibility.since);
    }

    fn is_settled(&self, route: &str, responsibility: &Responsibility) -> bool {
        self.settled.get(route) == Some(&responsibility.since)
    }
}

/// What a fresh look at the facts comes to.
pub enum Look<'p> {
    /// It opens this route to this team.
    Opens {
        /// The route.
        route: &'p Route,
        /// The receiving team.
        team: Team,
        /// Why.
        explanation: Explanation,
    },
    /// It would open a route, but something is missing.
    Undecided {
        /// What.
        missing: Vec<String>,
        /// The rules.
        rules: Vec<String>,
    },
    /// Nothing new.
    Nothing,
}

/// What came of a look at what is watched for a case.
pub struct Looked<'p> {
    /// What it opens.
    pub look: Look<'p>,
    /// What is watched afterwards, when that changed.
    pub watch: Option<Watch>,
    /// What changed about what is owed.
    pub duties: Vec<DutyChange>,
}

/// The kind of the team that is responsible, if it is one the protocol knows.
pub fn kind_of(responsibility: &Responsibility, context: &Context) -> Option<TeamKind> {
    context
        .team(&responsibility.team)
        .and_then(|team| team.kind.parse().ok())
}

/// Whether a protocol watches cases, so that a look at the facts has to be remembered.
pub fn is_watched(pack: &Pack, trigger: &str) -> bool {
    let by_conference = trigger.starts_with("conference_");
    let mut routes = pack.transfer.routes.iter();
    let route = routes.any(|route| {
        route.opens_on.iter().any(OpensOn::is_watched)
            && (!by_conference || route.opens_on.iter().any(OpensOn::is_conference))
    });
    route || (!by_conference && !pack.transfer.duties.is_empty())
}

/// From when on the day of a date route has come; `None` while it cannot be told.
fn comes_at(term: &Term, facts: &Facts, pack: &Pack, calendar: &Calendar) -> Option<Timestamp> {
    let due = term.due(&Anchors::new(), facts, calendar, pack.plain_days)?;
    Some(calendar.start_of(due.on))
}

impl<'a> Deciding<'a> {
    /// Looks at what is watched.
    pub fn look(&self, child: &Child) -> Result<Looked<'a>, Refusal> {
        let mut looked = Looked {
            look: Look::Nothing,
            watch: None,
            duties: vec![],
        };
        if !is_watched(self.rules.pack, FACTS_CHANGED) {
            return Ok(looked);
        }
        let open = self.context.responsibility.as_ref();
        let from = open.and_then(|responsibility| kind_of(responsibility, self.context));
        let (Some(responsibility), Some(from)) = (open, from) else {
            // The case has ended: nothing is waited for and nothing is owed any more.
            if let Some(mut watch) = self.series.watch.clone() {
                watch.next = None;
                looked.duties = watch.cancel_duties(self.context.received_at);
                looked.watch = self.changed(watch);
            }
            return Ok(looked);
        };
        let mut watch = self.watch_now(child, responsibility, from);
        looked.look = self.look_for(child, responsibility, from, &mut watch)?;
        looked.duties = self.look_at_duties(child, responsibility, from, &mut watch);
        looked.watch = self.changed(watch);
        Ok(looked)
    }

    /// What a transfer that was just opened settles, whatever opened it.
    pub fn settled_by(&self, child: &Child, route: &Route, given: Option<Watch>) -> Option<Watch> {
        let responsibility = self.context.responsibility.as_ref()?;
        let from = kind_of(responsibility, self.context)?;
        if !route.is_watched_for(from) {
            return given;
        }
        let mut watch = given.unwrap_or_else(|| self.watch_now(child, responsibility, from));
        watch.settle(&route.route, responsibility);
        if let Some(live) = &self.series.live
            && live.route != route.route
        {
            // What was superseded may be opened again once what superseded it is out of its way.
            watch.settled.remove(&live.route);
        }
        self.changed(watch)
    }

    fn changed(&self, mut watch: Watch) -> Option<Watch> {
        let known = self.series.watch.as_ref();
        let kept = known.map_or(0, |known| known.version);
        watch.version = kept;
        let same = match known {
            Some(known) => {
                known.settled == watch.settled
                    && known.next == watch.next
                    && known.rules == watch.rules
                    && known.duties == watch.duties
            }
            None => watch.settled.is_empty() && watch.next.is_none() && watch.duties.is_empty(),
        };
        watch.version = kept + 1;
        (!same).then_some(watch)
    }

    /// What is watched on the facts of now: what no longer holds is no longer settled.
    fn watch_now(&self, child: &Child, responsibility: &Responsibility, from: TeamKind) -> Watch {
        let (pack, calendar) = (self.rules.pack, self.rules.calendar);
        let mut watch = self
            .series
            .watch
            .clone()
            .unwrap_or_else(|| Watch::unkept(child, responsibility, self.context));
        watch.pack.clone_from(&self.context.pack);
        let mut scope = Scope::of(&child.facts);
        scope.trigger = Some(FACTS_CHANGED);
        let still_holds = |name: &String, since: &mut Option<Timestamp>| {
            *since == responsibility.since
                && pack.transfer.route(name).is_some_and(|route| {
                    let when = route.when.as_ref();
                    when.is_none_or(|when| when.decide(&scope).truth != Truth::False)
                })
        };
        watch.settled.retain(still_holds);

        let received_at = self.context.received_at;
        let routes = pack.transfer.routes.iter();
        let coming: Vec<(Timestamp, &Route)> = routes
            .filter(|route| route.from.contains(&from))
            .flat_map(|route| route.opens_on.iter().map(move |opens_on| (route, opens_on)))
            .filter_map(|(route, opens_on)| match opens_on {
                OpensOn::Date(term) => Some((comes_at(term, &child.facts, pack, calendar)?, route)),
                _ => None,
            })
            .filter(|(at, _)| *at > received_at)
            .collect();
        let duties = pack.transfer.duties.iter();
        let duties = duties.filter(|duty| duty.while_with.contains(&from));
        let asked = duties.flat_map(|duty| {
            let terms = duty.asked_from.iter().chain(&duty.asked_until);
            terms.filter_map(|term| {
                let at = comes_at(term, &child.facts, pack, calendar)?;
                Some((at, &duty.cites))
            })
        });
        let asked = asked.filter(|(at, _)| *at > received_at);
        let coming = coming.iter().map(|(at, route)| (*at, &route.cites));
        let coming: Vec<_> = coming.chain(asked).collect();
        watch.next = coming.iter().map(|(at, _)| *at).min();
        watch.rules = coming
            .iter()
            .filter(|(at, _)| Some(*at) == watch.next)
            .flat_map(|(_, cites)| ids(cites))
            .collect();
        watch
    }

    fn look_for(
        &self,
        child: &Child,
        responsibility: &Responsibility,
        from: TeamKind,
        watch: &mut Watch,
    ) -> Result<Look<'a>, Refusal> {
        let (pack, calendar) = (self.rules.pack, self.rules.calendar);
        let chosen = pack.choose_watched(&child.facts, from, |term| {
            comes_at(term, &child.facts, pack, calendar)
                .is_some_and(|at| at <= self.context.received_at)
        });
        let mut explanation = Explanation {
            rules: ids(&chosen.rules()),
            facts: chosen.facts.iter().map(ToString::to_string).collect(),
            ..Explanation::default()
        };
        let (route, target) = match chosen.choice {
            Choice::None | Choice::Stays { .. } => return Ok(Look::Nothing),
            Choice::Undecided { route, missing } => {
                let in_the_way =
                    watch.is_settled(&route.route, responsibility) || self.series.live.is_some();
                return Ok(if in_the_way {
                    Look::Nothing
                } else {
                    Look::Undecided {
                        missing: missing.iter().map(ToString::to_string).collect(),
                        rules: ids(&route.cites),
                    }
                });
            }
            Choice::Opens { route, target } => (route, target),
        };
        if watch.is_settled(&route.route, responsibility) {
            return Ok(Look::Nothing);
        }
        if let Some(live) = &self.series.live {
            if live.route == route.route {
                watch.settle(&route.route, responsibility);
                return Ok(Look::Nothing);
            }
            if !self.is_stronger(route.order, live) {
                return Ok(Look::Nothing);
            }
        }
        let missing = match opening::receiving_team(
            &target,
            &child.facts,
            self.context,
            &explanation.rules,
        ) {
            Ok(Receiving::Team(team)) if team.id == responsibility.team => {
                return Ok(Look::Nothing);
            }
            Ok(Receiving::Team(team)) => {
                "opens".clone_into(&mut explanation.decision);
                watch.settle(&route.route, responsibility);
                if let Some(live) = &self.series.live {
                    watch.settled.remove(&live.route);
                }
                return Ok(Look::Opens {
                    route,
                    team,
                    explanation,
                });
            }
            Ok(Receiving::Undecided { missing }) => missing,
            Err(Refusal::TeamUnknown { .. }) => RECEIVING_TEAM.to_owned(),
            Err(refusal) => return Err(refusal),
        };
        if self.series.live.is_some() {
            return Ok(Look::Nothing);
        }
        Ok(Look::Undecided {
            missing: vec![missing],
            rules: explanation.rules,
        })
    }

    /// Opens what a fresh look at the facts opens, in the place of a weaker live transfer.
    pub fn open_watched(
        &self,
        child: &Child,
        route: &'a Route,
        team: &Team,
        explanation: Explanation,
    ) -> Option<Considered> {
        let responsibility = self.context.responsibility.as_ref()?;
        let trigger = Trigger {
            event: self.opened_by(route, child),
            effective_at: self
                .came_at(route, child)
                .unwrap_or(self.trigger.effective_at),
            conference: None,
            meeting: None,
        };
        let again = Deciding {
            trigger: &trigger,
            ..*self
        };
        Some(again.open(child, responsibility, route, (team, false), explanation))
    }

    /// The day that opened it, for a route that opens by date only.
    fn came_at(&self, route: &Route, child: &Child) -> Option<Timestamp> {
        if route.opens_on.contains(&OpensOn::FactsChanged) {
            return None;
        }
        let terms = route.opens_on.iter().filter_map(|opens_on| match opens_on {
            OpensOn::Date(term) => Some(term),
            _ => None,
        });
        terms
            .filter_map(|term| comes_at(term, &child.facts, self.rules.pack, self.rules.calendar))
            .filter(|at| *at <= self.context.received_at)
            .max()
    }

    fn opened_by(&self, route: &Route, child: &Child) -> String {
        if self.came_at(route, child).is_some() {
            baton_protocol::transfer::DATE.to_owned()
        } else {
            FACTS_CHANGED.to_owned()
        }
    }
}
