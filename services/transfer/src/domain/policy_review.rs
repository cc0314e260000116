//! The review of an authority's policy: who owes it, by when, on what figures, and what becomes of one that nobody holds
//! (C-077).
//!
//! There is one of them for an authority, and it is never over while the protocol asks for it. Each period is pinned to
//! the pack in force when it began.

use baton_calendar::{Anchor, Calendar};
use baton_ids::{AuthorityId, WorkerId};
use baton_protocol::transfer::{PolicyReviewRule, ReviewFigures};
use baton_protocol::{Party, PostHeld, Role};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::Context;
use super::deferral::{lacking, refused};
use super::draft::{Rules, ids};
use super::figures::Figures;
use super::owner::Owner;
use super::refusal::Refusal;
use super::suspension::{above, authorise, workers};

const ACT: &str = "record_policy_review";

/// How an authority keeps its policy under review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyReview {
    /// Its id.
    pub id: Uuid,
    /// The authority.
    pub authority: AuthorityId,
    /// Digest of the pack in force when the period began.
    pub pack: String,
    /// Whether the protocol asks for it.
    pub asked_for: bool,
    /// Who owes it, all together.
    pub by: Vec<Party>,
    /// The figures that are looked at.
    pub looks_at: Vec<ReviewFigures>,
    /// The meeting of which it asks how well it works.
    pub meeting: Option<String>,
    /// The rules.
    pub rules: Vec<String>,
    /// When the period began: with the last review.
    pub since: Timestamp,
    /// The last day on which the next one is in time.
    pub due_on: Date,
    /// When it is missed.
    pub breach_at: Timestamp,
    /// Whether it was.
    pub overdue: bool,
    /// The days by which one was due and none was held.
    pub missed: Vec<Date>,
    /// Those that were held, oldest first.
    pub held: Vec<HeldReview>,
    /// Grows by one with each change.
    pub version: i64,
}

/// A review that was held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldReview {
    /// When its period began.
    pub since: Timestamp,
    /// When it was held.
    pub at: Timestamp,
    /// The last day on which it was in time.
    pub due_on: Date,
    /// Whether it was.
    pub in_time: bool,
    /// Who put it on record.
    pub by: String,
    /// Who held it besides.
    pub attended: Vec<WorkerId>,
    /// The figures that were looked at.
    pub looked_at: Vec<ReviewFigures>,
    /// The meeting that was asked about.
    pub meeting: Option<String>,
    /// Digest of what was found.
    pub findings_digest: Option<String>,
    /// What the period had.
    pub figures: Figures,
}

/// What is said of a review that was held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordReview {
    /// When; now when absent.
    pub held_at: Option<Timestamp>,
    /// Who held it besides the caller.
    pub attended: Vec<String>,
    /// The figures that were looked at.
    pub looked_at: Vec<String>,
}

impl PolicyReview {
    /// Begins it where the protocol asks for it, without anybody's command.
    pub fn begin(id: Uuid, authority: &AuthorityId, rules: Rules<'_>, today: Date) -> Option<Self> {
        let rule = rules.pack.transfer.policy_review.as_ref()?;
        let (since, due_on) = first_period(rule, today, rules);
        let calendar = rules.calendar;
        Some(Self {
            id,
            authority: authority.clone(),
            pack: rules.pack.digest.to_string(),
            asked_for: true,
            by: rule.by.clone(),
            looks_at: rule.looks_at.clone(),
            meeting: rule.meeting.clone(),
            rules: ids(&rule.cites),
            since: calendar.start_of(since),
            due_on,
            breach_at: calendar.end_of(due_on),
            overdue: false,
            missed: vec![],
            held: vec![],
            version: 1,
        })
    }

    /// Follows the pack that has come into force: one that asks for no review ends it, and one that does so again begins a
    /// new period. A period under way keeps to the pack under which it began. `None` when nothing changes.
    pub fn follow(&self, rules: Rules<'_>, today: Date) -> Option<Self> {
        match (self.asked_for, &rules.pack.transfer.policy_review) {
            (true, None) => Some(Self {
                asked_for: false,
                overdue: false,
                version: self.version + 1,
                ..self.clone()
            }),
            (false, Some(_)) => {
                let begun = Self::begin(self.id, &self.authority, rules, today)?;
                Some(Self {
                    missed: self.missed.clone(),
                    held: self.held.clone(),
                    version: self.version + 1,
                    ..begun
                })
            }
            _ => None,
        }
    }

    /// Puts on record that it was held, with the figures of its period. The next one is counted from it, by the pack in
    /// force.
    pub fn record(
        &self,
        asked: &RecordReview,
        figures: Figures,
        context: &Context,
        rules: Rules<'_>,
    ) -> Result<(Self, PostHeld), Refusal> {
        let (post, _) = authorise(&self.by, false, &self.rules, context, rules)?;
        let mut missing = self.not_looked_at(asked);
        missing.extend(self.absent(asked, &post, context));
        if context.reason_digest.is_none() {
            missing.push("findings");
        }
        if !missing.is_empty() {
            return Err(lacking(ACT, missing, &self.rules));
        }
        let at = asked.held_at.unwrap_or(context.received_at);
        if at > context.received_at {
            return Err(Refusal::EffectiveInFuture { at });
        }
        let calendar = rules.calendar;
        let on = calendar.date_of(at);
        let last = self.held.last().map(|last| calendar.date_of(last.at));
        if at < self.since || last.is_some_and(|last| on <= last) {
            let remedy = "a review is held on a day after the last one, and in its own period";
            return Err(refused(ACT, &self.rules, remedy));
        }
        let mut after = self.clone();
        after.version += 1;
        after.held.push(HeldReview {
            since: self.since,
            at,
            due_on: self.due_on,
            in_time: at < self.breach_at,
            by: context.actor.principal.clone(),
            attended: workers(&asked.attended),
            looked_at: self.looks_at.clone(),
            meeting: self.meeting.clone(),
            findings_digest: context.reason_digest.clone(),
            figures,
        });
        after.overdue = false;
        after.since = at;
        rules.pack.digest.to_string().clone_into(&mut after.pack);
        match &rules.pack.transfer.policy_review {
            None => after.asked_for = false,
            Some(rule) => {
                after.by.clone_from(&rule.by);
                after.looks_at.clone_from(&rule.looks_at);
                after.meeting.clone_from(&rule.meeting);
                after.rules = ids(&rule.cites);
                (after.due_on, after.breach_at) = due_after(rule, on, 1, rules);
            }
        }
        Ok((after, post))
    }

    /// Its day passed without one. It stays owed, and is owed once: the next is counted from when it was held.
    pub fn miss(&self, now: Timestamp) -> Option<Self> {
        if !self.asked_for || self.overdue || self.breach_at > now {
            return None;
        }
        let mut after = self.clone();
        after.overdue = true;
        after.missed.push(self.due_on);
        after.version += 1;
        Some(after)
    }

    /// When it is missed, while it is owed.
    pub fn rings_at(&self) -> Option<Timestamp> {
        (self.asked_for && !self.overdue).then_some(self.breach_at)
    }

    /// Whose it is: everybody who owes it.
    pub fn owners(&self) -> impl Iterator<Item = Owner> + '_ {
        self.by.iter().map(|party| above(party.role))
    }

    fn not_looked_at(&self, asked: &RecordReview) -> Vec<&'static str> {
        let wanted = self.looks_at.iter().map(|figures| figures.as_str());
        let looked = |name: &str| asked.looked_at.iter().any(|looked| looked == name);
        wanted.filter(|name| !looked(name)).collect()
    }

    /// The roles that owe it and took no part. The caller takes part in the post acted in.
    fn absent(
        &self,
        asked: &RecordReview,
        post: &PostHeld,
        context: &Context,
    ) -> Vec<&'static str> {
        let attended = asked.attended.iter();
        let grades = attended
            .filter_map(|worker| context.worker(worker))
            .filter_map(|worker| worker.grade.parse::<Role>().ok());
        let present: Vec<Role> = grades.chain([post.role]).collect();
        let owed = self.by.iter().map(|party| party.role);
        let absent = owed.filter(|role| !present.contains(role));
        absent.map(Role::as_str).collect()
    }
}

/// The period in which a day lies, counted from the day that the protocol names, and the last day of it: what Baton was
/// not there for is nobody's breach.
fn first_period(rule: &PolicyReviewRule, today: Date, rules: Rules<'_>) -> (Date, Date) {
    let mut since = rule.from;
    for count in 1..u16::MAX {
        let (due_on, _) = due_after(rule, rule.from, count, rules);
        // A count that no longer grows has left the calendar.
        if due_on >= today || due_on <= since {
            return (since, due_on);
        }
        since = due_on;
    }
    (since, since)
}

fn due_after(
    rule: &PolicyReviewRule,
    from: Date,
    count: u16,
    rules: Rules<'_>,
) -> (Date, Timestamp) {
    let every = rule.every.in_profile(rules.pack.plain_days).times(count);
    let calendar: &Calendar = rules.calendar;
    let due = calendar.due_after(Anchor::Date(from), every);
    (due.on, due.breached_at)
}
