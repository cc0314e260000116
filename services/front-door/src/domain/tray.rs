//! Who looks into a team's tray, and whether they did in time (W-001, W-014).

use baton_calendar::{Anchor, Calendar};
use baton_ids::{AuthorityId, TeamId};
use baton_protocol::front_door::TrayRule;
use baton_protocol::{Pack, PostHeld};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Refusal;
use super::contact::{Due, DueState};
use super::context::{Context, Team};
use super::refusal::Waits;
use super::rules::{cited, rungs, running};
use super::step::any_post;

/// The checks of a team's tray.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tray {
    /// Its id.
    pub id: Uuid,
    /// The authority.
    pub authority: AuthorityId,
    /// The team.
    pub team: TeamId,
    /// The team's area.
    pub area: Option<String>,
    /// Digest of the pack it follows.
    pub pack: String,
    /// Grows by one with each change.
    pub version: i64,
    /// The last check. None before the first.
    pub last: Option<Check>,
    /// How many checks are on record.
    pub checks: i32,
    /// By when the next one is due. It begins with the first thing that lies in the tray.
    pub due: Due,
}

/// A check of a tray.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Who checked.
    pub by: String,
    /// In which post.
    pub post: PostHeld,
    /// When.
    pub at: Timestamp,
    /// What was looked at.
    pub looked_at: Vec<String>,
}

/// The rule for the trays of that kind of team.
pub fn rule_for<'p>(pack: &'p Pack, team: &Team) -> Option<&'p TrayRule> {
    let rule = pack.front_door.tray.as_ref()?;
    rule.teams
        .iter()
        .any(|kind| kind.as_str() == team.kind)
        .then_some(rule)
}

/// A tray in which something lies for the first time.
pub fn begin(
    authority: &AuthorityId,
    team: &Team,
    rule: &TrayRule,
    pack: &Pack,
    at: Timestamp,
    calendar: &Calendar,
) -> Tray {
    Tray {
        id: Uuid::now_v7(),
        authority: authority.clone(),
        team: team.id.clone(),
        area: team.area.clone(),
        pack: pack.digest.to_string(),
        version: 1,
        last: None,
        checks: 0,
        due: next(rule, pack, &team.id, team.area.as_deref(), at, calendar),
    }
}

fn next(
    rule: &TrayRule,
    pack: &Pack,
    team: &TeamId,
    area: Option<&str>,
    at: Timestamp,
    calendar: &Calendar,
) -> Due {
    let plain = pack.plain_days;
    let due = calendar.due_after(Anchor::Instant(at), rule.check_every.in_profile(plain));
    Due {
        rules: cited(&rule.cites),
        role: rule.by.role.to_string(),
        rungs: rungs(&rule.escalate, &due, calendar, plain, team, area),
        ..running("tray_check", &due, "the check before".to_owned())
    }
}

/// Logs a check: by whoever is answerable, and of every part of the tray (W-014).
pub fn check(
    tray: &Tray,
    looked_at: &[String],
    ctx: &Context,
    pack: &Pack,
    calendar: &Calendar,
) -> Result<Tray, Refusal> {
    let rule = pack
        .front_door
        .tray
        .as_ref()
        .ok_or_else(|| Refusal::KindUnknown { known: Vec::new() })?;
    let rules = cited(&rule.cites);
    let post = any_post(&[rule.by], &tray.team, ctx, pack, &rules)?;
    let left_out: Vec<Waits> = rule
        .looks_at
        .iter()
        .filter(|part| !looked_at.contains(part))
        .map(|part| Waits {
            subject: part.clone(),
            rules: rules.clone(),
            owner: format!("{} of {}", rule.by.role, tray.team),
            remedy: "look at it too".to_owned(),
        })
        .collect();
    if !left_out.is_empty() {
        return Err(Refusal::Waits { items: left_out });
    }
    let at = ctx.received_at;
    Ok(Tray {
        version: tray.version + 1,
        checks: tray.checks + 1,
        last: Some(Check {
            by: ctx.actor.principal.clone(),
            post,
            at,
            looked_at: looked_at.to_vec(),
        }),
        due: next(rule, pack, &tray.team, tray.area.as_deref(), at, calendar),
        ..tray.clone()
    })
}

/// The tray once its check is overdue. None when it is not.
pub fn missed(tray: &Tray, now: Timestamp) -> Option<Tray> {
    (tray.due.state == DueState::Open && now >= tray.due.breached_at).then(|| {
        let mut next = tray.clone();
        next.version += 1;
        next.due.state = DueState::Breached;
        next
    })
}
