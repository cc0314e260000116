//! Who had a child before the ledger began: counted together with what the ledger has, so that a child who came to Baton in the
//! middle has the same count as one who was there from the beginning (C-003).

use baton_calendar::Calendar;
use baton_ids::{TeamId, WorkerId};
use jiff::Timestamp;

use super::case::{Case, SoFar};
use super::event::{Event, What};
use super::organisation::{Roster, in_charge};
use super::spans::{Axis, Span};

/// A team and a worker who had a child before the ledger began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Involvement {
    /// The team.
    pub team: TeamId,
    /// The worker. None when there was none.
    pub worker: Option<WorkerId>,
    /// Since when in the world.
    pub from: Timestamp,
}

/// What the ledger has of one case of the child.
#[derive(Debug, Clone)]
pub struct Held {
    /// When the case was closed. None while open.
    pub closed_at: Option<Timestamp>,
    /// Its history as believed now, each axis in order.
    pub spans: Vec<Span>,
}

impl Held {
    fn of(&self, axis: Axis) -> impl Iterator<Item = &Span> {
        self.spans.iter().filter(move |span| span.axis == axis)
    }

    /// Whether the ledger followed the case. One that was closed when it was loaded has its last team and no worker.
    fn was_followed(&self) -> bool {
        self.closed_at.is_none()
            || self.of(Axis::Team).count() > 1
            || self.of(Axis::Worker).any(|span| span.worker.is_some())
    }
}

/// What is counted with the newest case of a child: nothing new when the count is what it was.
pub fn count(
    case: &Case,
    earlier: Vec<Involvement>,
    held: &[Held],
    roster: &Roster,
    calendar: &Calendar,
    received_at: Timestamp,
) -> Vec<Event> {
    let from = held.iter().position(Held::was_followed);
    let (loaded, followed) = held.split_at(from.unwrap_or(held.len()));
    let begins = followed.iter().flat_map(|held| held.of(Axis::Team)).next();
    let begins = begins.map(|span| span.from);
    let mut earlier = earlier;
    earlier.retain(|involvement| begins.is_none_or(|begins| involvement.from < begins));

    let so_far = SoFar {
        moves: moves(&earlier, loaded, followed, roster, calendar),
        ..worker_changes(&earlier, followed)
    };
    if so_far == case.so_far {
        return Vec::new();
    }
    vec![Event {
        what: What::EarlierCounted { earlier, so_far },
        effective_at: received_at,
        rules: vec!["C-003".to_owned()],
        acted_in: None,
        reason_digest: None,
        ruling: None,
    }]
}

/// How often another team took a case. A child who was closed and came again was placed anew, and a team that came in
/// the place of another carries on.
fn moves(
    earlier: &[Involvement],
    loaded: &[Held],
    followed: &[Held],
    roster: &Roster,
    calendar: &Calendar,
) -> u32 {
    let cases = || loaded.iter().chain(followed);
    let closed_between = |from: Timestamp, until: Timestamp| {
        let mut closed = cases().filter_map(|held| held.closed_at);
        closed.any(|closed_at| from < closed_at && closed_at <= until)
    };
    let carries_on = |from: &TeamId, to: &TeamId, at: Timestamp| {
        in_charge(&roster.teams, from, calendar.date_of(at)) == to
    };
    let in_ledger = followed.iter().flat_map(|held| held.of(Axis::Team));
    let teams: Vec<(&TeamId, Timestamp)> = earlier
        .iter()
        .map(|involvement| (&involvement.team, involvement.from))
        .chain(in_ledger.map(|span| (&span.team, span.from)))
        .collect();
    let changes = teams.iter().zip(teams.iter().skip(1));
    let moves = changes.filter(|((from, since), (to, at))| {
        from != to && !carries_on(from, to, *at) && !closed_between(*since, *at)
    });
    u32::try_from(moves.count()).unwrap_or(u32::MAX)
}

/// How often another worker did, and who was the last.
fn worker_changes(earlier: &[Involvement], followed: &[Held]) -> SoFar {
    let in_ledger = followed.iter().flat_map(|held| held.of(Axis::Worker));
    let workers = earlier
        .iter()
        .map(|involvement| involvement.worker.as_ref())
        .chain(in_ledger.map(|span| span.worker.as_ref()));
    let mut so_far = SoFar::default();
    for worker in workers {
        so_far.worked_with(worker);
    }
    so_far
}
