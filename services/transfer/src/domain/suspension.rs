//! The suspension of an authority's protocol: who decides it, on what ground, how long, and who looks at it each week
//! (M-159 to M-163).

use baton_calendar::{Anchor, Calendar};
use baton_ids::{AuthorityId, TeamId, WorkerId};
use baton_protocol::transfer::SuspensionRule;
use baton_protocol::{Party, Place, PostHeld, Role};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Context, PrincipalKind};
use super::deferral::{lacking, refused};
use super::draft::{Rules, ids, joined};
use super::hold::Suspended;
use super::owner::Owner;
use super::refusal::Refusal;

/// A suspension of the protocol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Its id.
    pub id: Uuid,
    /// The authority.
    pub authority: AuthorityId,
    /// Digest of the pack under which it was decided.
    pub pack: String,
    /// Where it stands.
    pub state: SuspensionState,
    /// Why, as codes.
    pub grounds: Vec<String>,
    /// The routes it affects.
    pub routes: Vec<String>,
    /// Since when.
    pub since: Timestamp,
    /// The day from which on it holds no longer.
    pub until: Date,
    /// The beginning of that day.
    pub ends_at: Timestamp,
    /// Who decided it.
    pub by: String,
    /// In whose name.
    pub owner: Party,
    /// Who was consulted.
    pub consulted: Vec<WorkerId>,
    /// Teams asked to assess in the front door's place for that time (M-161).
    pub assessed_by: Vec<TeamId>,
    /// Digest of the reason.
    pub reason_digest: Option<String>,
    /// The rules.
    pub rules: Vec<String>,
    /// The reviews that were held, each with its day and who held it.
    pub reviews: Vec<Review>,
    /// The days on which a review was missed.
    pub missed: Vec<Date>,
    /// The last day on which the next review is in time.
    pub review_due: Date,
    /// When it is missed.
    pub review_breach_at: Timestamp,
    /// Whether one was missed and none was held since.
    pub overdue: bool,
    /// Grows by one with each change.
    pub version: i64,
}

/// A review of a suspension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The day.
    pub on: Date,
    /// Who.
    pub by: String,
    /// Digest of what was found.
    pub reason_digest: Option<String>,
}

/// Where a suspension stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuspensionState {
    /// In force.
    Active,
    /// Lifted before its time.
    Lifted,
    /// Its day came.
    Ended,
    /// A review was missed, and the protocol has it end then.
    Lapsed,
}

/// What a decision to suspend says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suspend {
    /// Its id.
    pub id: Uuid,
    /// Why, as codes.
    pub grounds: Vec<String>,
    /// The routes it affects.
    pub routes: Vec<String>,
    /// The day from which on it holds no longer.
    pub until: Option<Date>,
    /// Who was consulted.
    pub consulted: Vec<String>,
    /// Teams asked to assess in the front door's place.
    pub assessed_by: Vec<TeamId>,
}

/// What can be done about a suspension that is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuspensionAct {
    /// It was reviewed, and goes on.
    Review,
    /// It is lifted.
    Lift,
}

impl SuspensionState {
    /// The code in records.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Lifted => "lifted",
            Self::Ended => "ended",
            Self::Lapsed => "lapsed",
        }
    }
}

impl Suspension {
    /// Decides to suspend the protocol. Everything the protocol asks for has to be there (M-159).
    pub fn begin(
        asked: &Suspend,
        context: &Context,
        rules: Rules<'_>,
    ) -> Result<(Self, PostHeld), Refusal> {
        const ACT: &str = "suspend_protocol";
        let rule = rule_of(rules, ACT)?;
        let cites = ids(&rule.cites);
        let (post, owner) = authorise(&rule.by, rule.only, &cites, context, rules)?;
        let mut missing = vec![];
        let mut ask = |given: bool, field: &'static str| {
            if !given {
                missing.push(field);
            }
        };
        ask(context.reason_digest.is_some(), "reason");
        ask(!asked.grounds.is_empty(), "grounds");
        ask(!asked.routes.is_empty(), "routes");
        ask(asked.until.is_some(), "until");
        ask(
            was_consulted(rule, &asked.consulted, context, rules),
            "consulted",
        );
        let (Some(until), true) = (asked.until, missing.is_empty()) else {
            return Err(lacking(ACT, missing, &cites));
        };
        let known = |route: &&String| rules.pack.transfer.route(route).is_none();
        if asked.routes.iter().any(|route| known(&route)) {
            return Err(refused(ACT, &cites, "name routes of the protocol"));
        }
        let today = rules.calendar.date_of(context.received_at);
        if until <= today {
            return Err(Refusal::DateInPast { date: until });
        }
        let (review_due, review_breach_at) = next_review(rule, today, rules);
        let suspension = Self {
            id: asked.id,
            authority: context.authority.clone(),
            pack: context.pack.clone(),
            state: SuspensionState::Active,
            grounds: asked.grounds.clone(),
            routes: asked.routes.clone(),
            since: context.received_at,
            until,
            ends_at: rules.calendar.start_of(until),
            by: context.actor.principal.clone(),
            owner,
            consulted: workers(&asked.consulted),
            assessed_by: asked.assessed_by.clone(),
            reason_digest: context.reason_digest.clone(),
            rules: joined(&cites, &ids(&rule.review_cites)),
            reviews: vec![],
            missed: vec![],
            review_due,
            review_breach_at,
            overdue: false,
            version: 1,
        };
        Ok((suspension, post))
    }

    /// Reviews it, or lifts it.
    pub fn act(
        &self,
        act: SuspensionAct,
        context: &Context,
        rules: Rules<'_>,
    ) -> Result<(Self, PostHeld), Refusal> {
        let name = match act {
            SuspensionAct::Review => "review_suspension",
            SuspensionAct::Lift => "lift_suspension",
        };
        let rule = rule_of(rules, name)?;
        let (parties, only, cites) = match act {
            SuspensionAct::Review => (&rule.reviewed_by, false, ids(&rule.review_cites)),
            SuspensionAct::Lift => (&rule.by, rule.only, ids(&rule.cites)),
        };
        let (post, _) = authorise(parties, only, &cites, context, rules)?;
        if self.state != SuspensionState::Active {
            return Err(Refusal::WrongPhase {
                phase: self.state.code(),
            });
        }
        if context.reason_digest.is_none() {
            return Err(lacking(name, vec!["reason"], &cites));
        }
        let mut after = self.clone();
        after.version += 1;
        match act {
            SuspensionAct::Review => {
                let today = rules.calendar.date_of(context.received_at);
                after.reviews.push(Review {
                    on: today,
                    by: context.actor.principal.clone(),
                    reason_digest: context.reason_digest.clone(),
                });
                after.overdue = false;
                (after.review_due, after.review_breach_at) = next_review(rule, today, rules);
            }
            SuspensionAct::Lift => after.state = SuspensionState::Lifted,
        }
        Ok((after, post))
    }

    /// Its day came.
    pub fn end(&self, now: Timestamp) -> Option<Self> {
        let due = self.state == SuspensionState::Active && self.ends_at <= now;
        due.then(|| Self {
            state: SuspensionState::Ended,
            version: self.version + 1,
            ..self.clone()
        })
    }

    /// A review was missed: an alert, and the end of it only where the protocol says so.
    pub fn miss_review(&self, now: Timestamp, rules: Rules<'_>) -> Option<Self> {
        if self.state != SuspensionState::Active || self.review_breach_at > now {
            return None;
        }
        let rule = rules.pack.transfer.suspension.as_ref()?;
        let mut after = self.clone();
        after.version += 1;
        after.overdue = true;
        after.missed.push(self.review_due);
        (after.review_due, after.review_breach_at) = next_review(rule, self.review_due, rules);
        if rule.lapse_on_missed_review {
            after.state = SuspensionState::Lapsed;
        }
        Some(after)
    }

    /// What a transfer has to know of it; nothing once it is over.
    pub fn suspends(&self) -> Option<Suspended> {
        (self.state == SuspensionState::Active).then(|| Suspended {
            id: self.id,
            routes: self.routes.clone(),
            until: self.until,
            lifts_at: self.ends_at,
            owner: self.owner,
            reason_digest: self.reason_digest.clone(),
            rules: self.rules.clone(),
            consulted: self.consulted.clone(),
        })
    }

    /// Who reviews it, as owner of that task.
    pub fn reviewer(&self, rules: Rules<'_>) -> Owner {
        let rule = rules.pack.transfer.suspension.as_ref();
        let reviewer = rule.and_then(|rule| rule.reviewed_by.first());
        above(reviewer.map_or(self.owner.role, |party| party.role))
    }
}

/// The workers that were named, by id.
pub fn workers(named: &[String]) -> Vec<WorkerId> {
    let ids = named.iter().filter_map(|worker| WorkerId::new(worker).ok());
    ids.collect()
}

/// Somebody above teams, of the whole authority.
pub fn above(role: Role) -> Owner {
    Owner {
        role: role.to_string(),
        team: None,
        worker: None,
        area: None,
    }
}

fn next_review(rule: &SuspensionRule, from: Date, rules: Rules<'_>) -> (Date, Timestamp) {
    let every = rule.review_every.in_profile(rules.pack.plain_days);
    let calendar: &Calendar = rules.calendar;
    let due = calendar.due_after(Anchor::Date(from), every);
    (due.on, due.breached_at)
}

fn rule_of<'a>(rules: Rules<'a>, act: &'static str) -> Result<&'a SuspensionRule, Refusal> {
    let rule = rules.pack.transfer.suspension.as_ref();
    rule.ok_or_else(|| refused(act, &[], "this protocol cannot be suspended"))
}

/// Whether one of those who have to be consulted was.
fn was_consulted(
    rule: &SuspensionRule,
    consulted: &[String],
    context: &Context,
    rules: Rules<'_>,
) -> bool {
    if rule.consults.is_empty() {
        return true;
    }
    let mut grades = consulted
        .iter()
        .filter_map(|worker| context.worker(worker))
        .filter_map(|worker| worker.grade.parse::<Role>().ok());
    grades.any(|grade| {
        let mut asked = rule.consults.iter();
        asked.any(|party| rules.pack.ladder.covers(grade, party.role, true))
    })
}

/// The post in which somebody may do what is done for the whole authority, and in whose name.
pub fn authorise(
    parties: &[Party],
    only: bool,
    cites: &[String],
    context: &Context,
    rules: Rules<'_>,
) -> Result<(PostHeld, Party), Refusal> {
    let refusal = || Refusal::RoleNotAllowed {
        allowed: parties.iter().map(|party| above(party.role)).collect(),
        rules: cites.to_vec(),
    };
    if context.actor.kind != PrincipalKind::Person {
        return Err(refusal());
    }
    let posts = &context.actor.posts;
    let pairs = parties
        .iter()
        .filter(|party| party.place == Place::Authority)
        .flat_map(|party| posts.iter().map(move |post| (post, *party)));
    pairs
        .filter(|(post, party)| {
            let above_teams = post.team.is_none() && post.area.is_none();
            above_teams
                && rules.pack.ladder.covers(post.role, party.role, only)
                && !(only && post.covering_for.is_some())
        })
        .min_by_key(|(post, party)| post.role != party.role)
        .map(|(post, party)| (post.clone(), party))
        .ok_or_else(refusal)
}
