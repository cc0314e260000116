//! Enquiries that concern no child: would-be carers, consultations, advice, agencies' own meetings.

use baton_ids::{AuthorityId, TeamId};
use baton_protocol::{Pack, PostHeld};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Refusal;
use super::context::Context;
use super::duty::{Owes, owes};
use super::refusal::Waits;
use super::routing::fallback;
use super::rules::cited;
use super::step::any_post;

/// An enquiry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enquiry {
    /// Its id.
    pub id: Uuid,
    /// The authority.
    pub authority: AuthorityId,
    /// Digest of the pack it follows.
    pub pack: String,
    /// Grows by one with each change.
    pub version: i64,
    /// Its kind, as the protocol names it.
    pub kind: String,
    /// Where it came from, as a code.
    pub source_kind: String,
    /// Its form, as a code.
    pub form: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// The team that deals with it.
    pub team: TeamId,
    /// Who deals with it there.
    pub owner: Owes,
    /// Nobody has to.
    pub optional: bool,
    /// The answer. None while it waits.
    pub answer: Option<Answer>,
    /// The rules.
    pub rules: Vec<String>,
}

/// How an enquiry was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Who answered.
    pub by: String,
    /// In which post.
    pub post: PostHeld,
    /// When.
    pub at: Timestamp,
    /// The topic, as a code. Empty where none is asked.
    pub topic: String,
    /// Digest of the answer.
    pub digest: Option<String>,
}

/// Logs an enquiry.
#[derive(Debug, Clone)]
pub struct Log {
    /// Its kind.
    pub kind: String,
    /// Where it came from, as a code.
    pub source_kind: String,
    /// Its form, as a code.
    pub form: String,
    /// When it was received.
    pub received_at: Timestamp,
}

/// An enquiry goes to whoever deals with its kind, whoever logged it (M-017, M-025, M-026, M-030).
pub fn log(command: &Log, ctx: &Context, pack: &Pack) -> Result<Enquiry, Refusal> {
    if command.received_at > ctx.received_at {
        return Err(Refusal::EffectiveInFuture {
            at: command.received_at,
        });
    }
    let rule = pack
        .front_door
        .enquiry(&command.kind)
        .ok_or_else(|| Refusal::KindUnknown {
            known: pack
                .front_door
                .enquiries
                .iter()
                .map(|kind| kind.enquiry.clone())
                .collect(),
        })?;
    let rules = cited(&rule.cites);
    let of_kind = rule
        .to
        .and_then(|kind| ctx.teams.iter().find(|team| team.kind == kind.as_str()));
    // Where the organisation has no such team the front door keeps it, so that nobody is sent away.
    let team = of_kind
        .map(|team| team.id.clone())
        .or_else(|| fallback(ctx))
        .ok_or_else(|| Refusal::NoTeam {
            kind: rule
                .to
                .map_or("front_door", |kind| kind.as_str())
                .to_owned(),
            area: None,
            rules: rules.clone(),
        })?;
    let area = ctx.team(&team).and_then(|team| team.area.as_deref());
    Ok(Enquiry {
        id: Uuid::now_v7(),
        authority: ctx.authority.clone(),
        pack: ctx.pack.clone(),
        version: 1,
        kind: rule.enquiry.clone(),
        source_kind: command.source_kind.clone(),
        form: command.form.clone(),
        received_at: command.received_at,
        owner: owes(rule.by, &team, area),
        team,
        optional: rule.optional,
        answer: None,
        rules,
    })
}

/// Answers an enquiry. Whoever deals with its kind does, or who is above them.
pub fn answer(
    enquiry: &Enquiry,
    topic: &str,
    digest: Option<String>,
    ctx: &Context,
    pack: &Pack,
) -> Result<Enquiry, Refusal> {
    if enquiry.answer.is_some() {
        return Err(Refusal::AlreadyDecided);
    }
    let rule = pack
        .front_door
        .enquiry(&enquiry.kind)
        .ok_or_else(|| Refusal::KindUnknown { known: Vec::new() })?;
    let post = any_post(&[rule.by], &enquiry.team, ctx, pack, &enquiry.rules)?;
    if !rule.topics.is_empty() && !rule.topics.iter().any(|known| known == topic) {
        return Err(Refusal::Waits {
            items: vec![Waits {
                subject: "topic".to_owned(),
                rules: enquiry.rules.clone(),
                owner: "whoever answers".to_owned(),
                remedy: format!("say what it was about: {}", rule.topics.join(", ")),
            }],
        });
    }
    Ok(Enquiry {
        version: enquiry.version + 1,
        answer: Some(Answer {
            by: ctx.actor.principal.clone(),
            post,
            at: ctx.received_at,
            topic: topic.to_owned(),
            digest,
        }),
        ..enquiry.clone()
    })
}
