//! The rules of the ledger as a specification.

mod allocating;
mod authorities;
mod comparing;
mod moving;
pub mod packs;
mod placing;
mod preparing;
mod rulings;
mod unallocated;

use baton_calendar::Calendar;
use baton_ids::{CaseId, ChildId, FamilyId, ReferralId, TeamId, TransferId, WorkerId};
use baton_protocol::{Facts, KnownFact, KnownFacts, Pack, Value};
use jiff::Timestamp;
use uuid::Uuid;

use super::command::{Allocate, Command, Move, Placement};
use super::context::{Actor, Cause, ChildFacts, Context, PostHeld, PrincipalKind};
use super::organisation::{Roster, Team, Worker};
use super::rules::Rules;
use super::*;

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn team(id: &str) -> TeamId {
    TeamId::new(id).unwrap()
}

pub fn worker(id: &str) -> WorkerId {
    WorkerId::new(id).unwrap()
}

/// Two teams of one area, with ann and bob in the first and sam in the second.
pub fn roster() -> Roster {
    let teams = ["frt", "north"].map(|id| {
        let of = Team {
            id: team(id),
            kind: "assessment".to_owned(),
            area: Some("n".to_owned()),
            phone: None,
            from: None,
            until: None,
            successor: None,
        };
        (of.id.clone(), of)
    });
    let workers = [("ann", "frt"), ("bob", "frt"), ("sam", "north")].map(|(id, in_team)| {
        let of = Worker {
            id: worker(id),
            team: team(in_team),
            grade: "social_worker".to_owned(),
        };
        (of.id.clone(), of)
    });
    Roster {
        teams: teams.into(),
        workers: workers.into(),
        day: None,
    }
}

pub fn post(role: &str, in_team: Option<&str>) -> PostHeld {
    PostHeld {
        post: format!("{role}-post"),
        role: role.to_owned(),
        team: in_team.map(team),
        area: None,
        covering_for: None,
    }
}

/// A call at an instant by somebody in these posts, about a child with these facts.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the facts are made where the call is"
)]
pub fn call(received_at: &str, posts: Vec<PostHeld>, facts: Facts) -> Context {
    Context {
        authority: "wirral".parse().unwrap(),
        pack: "pack".to_owned(),
        received_at: at(received_at),
        actor: Actor {
            principal: "tom".to_owned(),
            kind: PrincipalKind::Person,
            posts,
            on_behalf_of: String::new(),
        },
        cause: Cause {
            id: "r1".to_owned(),
            kind: "request".to_owned(),
        },
        child: Some(ChildFacts {
            family: Some(FamilyId::new()),
            version: 7,
            known: known(&facts),
        }),
    }
}

/// The facts as somebody reported them.
pub fn known(facts: &Facts) -> KnownFacts {
    let reported = |value: &Value| KnownFact {
        value: value.clone(),
        source: "liquid".to_owned(),
        effective_at: None,
        recorded_at: Some(at("2026-03-01T10:00:00Z")),
    };
    facts
        .iter()
        .map(|(key, value)| (key.to_string(), reported(value)))
        .collect()
}

/// A call of Baton itself.
pub fn reaction(received_at: &str, facts: Facts) -> Context {
    let mut ctx = call(received_at, Vec::new(), facts);
    ctx.actor.principal = "baton".to_owned();
    ctx.actor.kind = PrincipalKind::Baton;
    ctx
}

pub fn plan(code: &str) -> Facts {
    Facts::new()
        .with("plan", Value::Code(code.to_owned()))
        .and_then(|facts| facts.with("in_proceedings", Value::Flag(false)))
        .unwrap()
}

pub fn placement(effective_at: &str) -> Placement {
    Placement {
        case: CaseId::new(),
        child: ChildId::new(),
        team: team("frt"),
        worker: None,
        effective_at: at(effective_at),
        referral: ReferralId::new(),
        rules: vec!["W-011".to_owned()],
    }
}

/// A case with the first team, and ann, since 2 March 09:00.
pub fn open_case() -> Case {
    let ctx = reaction("2026-03-02T09:00:00Z", Facts::new());
    let asked = Placement {
        worker: Some(worker("ann")),
        ..placement("2026-03-02T09:00:00Z")
    };
    place(
        &asked,
        None,
        &roster(),
        &ctx,
        &packs::wirral(),
        ctx.received_at,
    )
    .unwrap()
    .0
}

pub fn move_to_north(case: &Case, to_worker: Option<&str>, effective_at: &str) -> Command {
    Command::Move(Move {
        expected_epoch: case.epoch,
        to_team: team("north"),
        to_worker: to_worker.map(worker),
        effective_at: at(effective_at),
        transfer: TransferId::new(),
        release: Uuid::now_v7(),
        rules: vec!["W-053".to_owned()],
        pending_authorisation: false,
    })
}

pub fn pending(command: Command) -> Command {
    match command {
        Command::Move(to) => Command::Move(Move {
            pending_authorisation: true,
            ..to
        }),
        other => other,
    }
}

pub fn allocate(id: &str, effective_at: Option<&str>) -> Command {
    Command::Allocate(Allocate {
        worker: worker(id),
        expected_version: None,
        effective_at: effective_at.map(at),
        departures: Vec::new(),
    })
}

pub fn decided(
    case: &Case,
    command: &Command,
    ctx: &Context,
    pack: &Pack,
) -> Result<Vec<Event>, Refusal> {
    let calendar = Calendar::embedded().unwrap();
    let rules = Rules {
        pack,
        calendar: &calendar,
        discrepancy_working_days: 2,
    };
    decide(case, command, &roster(), ctx, &rules, ctx.received_at)
}

pub fn after(case: &Case, events: &[Event]) -> Case {
    events.iter().fold(case.clone(), apply)
}
