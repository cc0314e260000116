//! What binds a step to others: the step before it, and the kind of team that alone does it.

use baton_protocol::front_door::ContactStep;
use baton_protocol::{Pack, PostHeld, Role, Strength};

use super::Record;
use crate::domain::Refusal;
use crate::domain::contact::Contact;
use crate::domain::context::{Context, PrincipalKind};
use crate::domain::refusal::Waits;
use crate::domain::rules::cited;

/// The step before is on record, and still counts (M-082). Where it only should be, a reason does.
pub(super) fn came_before(
    rule: &ContactStep,
    contact: &Contact,
    command: &Record,
    rules: &[String],
) -> Result<(), Refusal> {
    let Some(before) = &rule.after else {
        return Ok(());
    };
    let last = |is_meant: &dyn Fn(&str) -> bool| {
        let steps = contact.steps.iter();
        steps
            .filter(|done| is_meant(&done.step))
            .map(|done| done.at)
            .max()
    };
    let done = last(&|step| step == before.step);
    let used_up = last(&|step| before.until.iter().any(|until| until == step));
    if done.is_some_and(|done| used_up.is_none_or(|used_up| used_up < done)) {
        return Ok(());
    }
    let soft = rule.strength == Some(Strength::Soft);
    if soft && command.reason_digest.is_some() {
        return Ok(());
    }
    let mut all = cited(&before.cites);
    all.extend(
        rules
            .iter()
            .filter(|rule| !all.contains(rule))
            .cloned()
            .collect::<Vec<_>>(),
    );
    let items = vec![Waits {
        subject: before.step.clone(),
        rules: all,
        owner: "whoever records that step".to_owned(),
        remedy: "record it first".to_owned(),
    }];
    Err(if soft {
        Refusal::DepartureUnexplained { items }
    } else {
        Refusal::Waits { items }
    })
}

/// A post in a team of that kind, on a rung of one of those named or above; any post there where none is named.
pub(super) fn post_in_kind(
    rule: &ContactStep,
    kind: &str,
    contact: &Contact,
    ctx: &Context,
    pack: &Pack,
    rules: &[String],
) -> Result<PostHeld, Refusal> {
    let of_kind = |post: &&PostHeld| {
        let team = post.team.as_ref().and_then(|team| ctx.team(team));
        ctx.actor.kind == PrincipalKind::Person && team.is_some_and(|team| team.kind == kind)
    };
    let mut held = ctx.actor.posts.iter().filter(of_kind);
    let may = |post: &&PostHeld| {
        let mut named = rule.by.iter();
        rule.by.is_empty()
            || named.any(|party| pack.ladder.covers(post.role, party.role, rule.only))
    };
    let lowest = rule
        .by
        .first()
        .map_or(Role::TEAM_MANAGER, |party| party.role);
    let team = ctx.team_of_kind(kind).map(|team| team.id.clone());
    held.find(may)
        .cloned()
        .ok_or_else(|| Refusal::RoleNotAllowed {
            role: lowest.to_string(),
            team: team.unwrap_or_else(|| contact.team.clone()),
            rules: rules.to_vec(),
        })
}
