//! The dates of a case, and how each was counted.

use baton_calendar::{Calendar, Due};
use baton_ids::TeamId;
use baton_protocol::allocation::WithoutWorker;
use baton_protocol::{Facts, Pack, Party, Place, Role};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::case::{Case, Escalation, Unallocated};
use super::decide::{told_again, told_later};
use super::rules::Rules;
use super::unallocated::{team_is_enough, texts};

/// How a date was counted, kept with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// The local day it was counted from.
    pub from: Date,
    /// The days that did not count, and why.
    pub skipped: Vec<(Date, String)>,
}

impl From<&Due> for Count {
    fn from(due: &Due) -> Self {
        let skipped = due.skipped.iter();
        Self {
            from: due.from,
            skipped: skipped.map(|day| (day.date, day.why.to_string())).collect(),
        }
    }
}

/// A date of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// What falls due: `progress_report`.
    pub name: &'static str,
    /// The last day of it.
    pub on: Date,
    /// The instant at which it has passed.
    pub passes_at: Timestamp,
    /// Whether it has.
    pub passed: bool,
    /// How it was counted. None for what is due at once, and for a date from before that was kept.
    pub count: Option<Count>,
    /// Who owes it, or is told then.
    pub whose: Party,
    /// The team in which that is, for a role of a team.
    pub team: TeamId,
    /// The rules.
    pub rules: Vec<String>,
}

/// Somebody is told of a case without a worker (W-150).
pub const TOLD: &str = "told_without_worker";
/// They are told again (L-010).
pub const TOLD_AGAIN: &str = "told_again";
/// The rule by which the next is told, and the next after that.
const TELLS_LATER: &str = "W-150";
const PROGRESS_REPORT: &str = "progress_report";
const SETTLE_DISCREPANCY: &str = "settle_discrepancy";

/// Every date of a case that runs, and of its escalation also those that have passed.
pub fn running(case: &Case, pack: &Pack, calendar: &Calendar) -> Vec<Running> {
    let date = |name, on, passes_at, count: &Option<Count>, whose| Running {
        name,
        on,
        passes_at,
        passed: false,
        count: count.clone(),
        whose,
        team: case.team.clone(),
        rules: Vec::new(),
    };
    let manager = Party {
        role: Role::TEAM_MANAGER,
        place: Place::Responsible,
    };
    let rung = |next: &Escalation, passed| Running {
        passed,
        rules: vec![TELLS_LATER.to_owned()],
        ..date(
            TOLD,
            last_day(next.at, calendar),
            next.at,
            &next.count,
            next.to,
        )
    };
    let mut dates: Vec<Running> = match &case.unallocated {
        Some(Unallocated::PendingAuthorisation {
            escalations, told, ..
        }) => {
            let told = told.iter().map(|rung_told| rung(rung_told, true));
            told.chain(escalations.iter().map(|next| rung(next, false)))
                .collect()
        }
        Some(Unallocated::Authorised {
            report_due_on,
            report_late_at,
            report_count,
        }) => {
            let leave = pack.allocation.leave_unallocated.as_ref();
            let progress = leave.and_then(|leave| leave.progress.as_ref());
            let whose = progress.map_or(manager, |progress| progress.by);
            vec![Running {
                rules: progress.map_or_else(
                    || vec!["W-156".to_owned()],
                    |progress| texts(&progress.cites),
                ),
                ..date(
                    PROGRESS_REPORT,
                    *report_due_on,
                    *report_late_at,
                    report_count,
                    whose,
                )
            }]
        }
        Some(Unallocated::Reported {
            stop,
            again_at: Some(at),
            again_count,
        }) => {
            let mut stops = pack.allocation.hard_stops.iter();
            let stop = stops.find(|known| known.stop == *stop);
            let report = stop.and_then(|stop| stop.report.as_ref());
            let told = report.into_iter().flat_map(|report| {
                report.to.iter().map(|to| Running {
                    rules: texts(&report.cites),
                    ..date(TOLD_AGAIN, calendar.date_of(*at), *at, again_count, *to)
                })
            });
            told.collect()
        }
        Some(Unallocated::Refused | Unallocated::Reported { again_at: None, .. }) | None => {
            Vec::new()
        }
    };
    dates.extend(case.discrepancy.as_ref().map(|open| Running {
        passed: open.overdue,
        team: open.owner_team.clone(),
        rules: vec!["X-20".to_owned()],
        ..date(
            SETTLE_DISCREPANCY,
            open.due_on,
            open.breached_at,
            &open.count,
            manager,
        )
    }));
    dates
}

/// Who would be told, and when, were a case without a worker from an instant on.
pub fn told_if_without(
    case: &Case,
    facts: &Facts,
    since: Timestamp,
    rules: &Rules<'_>,
) -> Vec<Running> {
    let calendar = rules.calendar;
    let told = |name, to: &Party, at, on, count: Option<Count>, rules: &[String]| Running {
        name,
        on,
        passes_at: at,
        passed: false,
        count,
        whose: *to,
        team: case.team.clone(),
        rules: rules.to_vec(),
    };
    if team_is_enough(rules.pack) {
        return Vec::new();
    }
    let today = calendar.date_of(since);
    match rules.pack.without_worker(facts) {
        WithoutWorker::Allowed => Vec::new(),
        WithoutWorker::Pending(leave) => {
            let cites = texts(&leave.cites);
            let now = leave.escalate.iter().filter(|rung| rung.after.is_none());
            let now = now.map(|rung| told(TOLD, &rung.to, since, today, None, &cites));
            let later = told_later(&leave.escalate, since, rules);
            let later = later.into_iter().map(|next| {
                let on = last_day(next.at, calendar);
                told(
                    TOLD,
                    &next.to,
                    next.at,
                    on,
                    next.count,
                    &[TELLS_LATER.to_owned()],
                )
            });
            now.chain(later).collect()
        }
        WithoutWorker::Forbidden { stop, .. } => {
            let Some(report) = &stop.report else {
                return Vec::new();
            };
            let cites = texts(&report.cites);
            let now = report.to.iter();
            let now = now.map(|to| told(TOLD, to, since, today, None, &cites));
            let again = told_again(report, since, rules).into_iter();
            let again = again.flat_map(|due| {
                let told = |to| {
                    let at = calendar.start_of(due.on);
                    told(TOLD_AGAIN, to, at, due.on, Some(Count::from(&due)), &cites)
                };
                report.to.iter().map(told).collect::<Vec<_>>()
            });
            now.chain(again).collect()
        }
    }
}

/// The last day in time of something that has passed at an instant.
fn last_day(passes_at: Timestamp, calendar: &Calendar) -> Date {
    calendar.date_of(passes_at - SignedDuration::from_micros(1))
}
