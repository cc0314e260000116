//! What becomes of a notice.

use std::collections::BTreeSet;

use baton_ids::NoticeId;
use baton_protocol::{Pack, Place};
use jiff::Timestamp;

use super::Refusal;
use super::authority::pick_post;
use super::context::{Context, PrincipalKind};
use super::notice::{Addressee, Entry, Event, Notice, Recipient, State};
use super::safety::Permit;

/// The medium of what is shown in the product itself.
pub const TASK: &str = "task";
/// Why a notice is not sent: the recipient has it already, through another role.
pub const TOLD_ALREADY: &str = "told_already";
/// Why a notice is not sent: a later round of the same cause takes its place.
pub const SUPERSEDED: &str = "superseded";

/// What finding the recipients leads to: an event of the notice that asked, and a further notice for each further
/// recipient.
pub type Addressing = (Event, Vec<Notice>);

/// Gives a notice its recipients, one each. `told` have this cause and kind already, through another role: one letter a
/// recipient and cause.
pub fn address(
    notice: &Notice,
    found: &[Entry],
    told: &BTreeSet<String>,
    now: Timestamp,
) -> Addressing {
    let mut seen = told.clone();
    let mut fresh = found.iter().filter(|entry| seen.insert(entry.id.clone()));
    let Some(first) = fresh.next() else {
        let event = if found.is_empty() {
            Event::Unaddressed
        } else {
            Event::Withheld {
                because: TOLD_ALREADY.to_owned(),
                rules: notice.rules.clone(),
                post: None,
                reason_digest: None,
                at: now,
            }
        };
        return (event, Vec::new());
    };
    let recipient = |entry: &Entry| Recipient {
        kind: notice.audience.recipient_kind().to_owned(),
        id: entry.id.clone(),
    };
    let further = fresh
        .map(|entry| Notice {
            id: NoticeId::new(),
            recipient: recipient(entry),
            medium: entry.medium.clone(),
            state: State::Ready,
            known: None,
            told_at: None,
            version: 1,
            ..notice.clone()
        })
        .collect();
    (
        Event::Addressed {
            recipient: recipient(first),
            medium: first.medium.clone(),
        },
        further,
    )
}

/// What trying to send comes to, before anything is handed to a medium. None means: hand it over.
pub fn before_sending(notice: &Notice, permit: Permit, now: Timestamp) -> Option<Event> {
    match permit {
        Permit::Send => None,
        Permit::AwaitFacts => Some(Event::FactsAwaited),
        Permit::Hold { rules } => Some(Event::Held { rules }),
        Permit::Withhold { because, rules } => Some(Event::Withheld {
            because,
            rules: if rules.is_empty() {
                notice.rules.clone()
            } else {
                rules
            },
            post: None,
            reason_digest: None,
            at: now,
        }),
    }
}

/// A later round of the same cause takes the place of this one, if it was not sent.
pub fn supersede(notice: &Notice, now: Timestamp) -> Option<Event> {
    notice.state.is_unsent().then(|| Event::Withheld {
        because: SUPERSEDED.to_owned(),
        rules: vec!["X-23".to_owned()],
        post: None,
        reason_digest: None,
        at: now,
    })
}

/// Withholds a notice on a ground that the protocol knows (W-025): each recipient by itself, by whoever the protocol
/// gives it to, with a reason.
pub fn withhold(
    notice: &Notice,
    ground: &str,
    reason_digest: String,
    ctx: &Context,
    pack: &Pack,
) -> Result<Event, Refusal> {
    let exceptions = &pack.notification.exceptions;
    let exception = exceptions
        .iter()
        .find(|exception| exception.exception == ground)
        .ok_or_else(|| Refusal::GroundUnknown {
            known: exceptions
                .iter()
                .map(|known| known.exception.clone())
                .collect(),
        })?;
    let rules: Vec<String> = exception.cites.iter().map(ToString::to_string).collect();
    let concerned = match notice.audience {
        Addressee::Outside(audience) => exception.recipients.contains(&audience),
        Addressee::Role(_) => false,
    };
    if !concerned {
        let recipient = notice.audience.recipient_kind().to_owned();
        return Err(Refusal::GroundNotApplicable { recipient, rules });
    }
    let team = match exception.decided_by.place {
        Place::Authority | Place::Area => "",
        _ => ctx
            .responsible_team
            .as_ref()
            .map_or(notice.sender.team.as_str(), |team| team.as_str()),
    };
    let post = pick_post(ctx, &pack.ladder, exception.decided_by.role, team, &rules)?;
    if !notice.state.is_unsent() {
        return Err(Refusal::WrongPhase {
            state: notice.state.code(),
        });
    }
    Ok(Event::Withheld {
        because: exception.exception.clone(),
        rules,
        post: Some(post),
        reason_digest: Some(reason_digest),
        at: ctx.received_at,
    })
}

/// Records that a person told the recipient. The recipient of a task says by the same act that it was read.
pub fn give(
    notice: &Notice,
    how: &str,
    at: Timestamp,
    ctx: &Context,
) -> Result<Option<Event>, Refusal> {
    if at > ctx.received_at {
        return Err(Refusal::EffectiveInFuture { at });
    }
    if ctx.actor.kind != PrincipalKind::Person {
        return Err(Refusal::RoleNotAllowed {
            role: notice.sender.role.clone(),
            team: notice.sender.team.clone(),
            rules: notice.rules.clone(),
        });
    }
    let is_recipient =
        notice.recipient.kind == "worker" && notice.recipient.id == ctx.actor.principal;
    match &notice.state {
        State::Given { .. } => Ok(None),
        State::Sent if notice.medium == TASK && is_recipient => Ok(Some(Event::Delivered { at })),
        state if state.is_unsent() || *state == State::Returned => {
            let post = ctx.actor.posts.first().cloned();
            Ok(Some(Event::Given {
                how: how.to_owned(),
                at,
                post,
            }))
        }
        state => Err(Refusal::WrongPhase {
            state: state.code(),
        }),
    }
}

/// Records what a medium said. Saying it again changes nothing.
pub fn delivery(
    notice: &Notice,
    delivered: bool,
    at: Timestamp,
    ctx: &Context,
) -> Result<Option<Event>, Refusal> {
    if at > ctx.received_at {
        return Err(Refusal::EffectiveInFuture { at });
    }
    match (&notice.state, delivered) {
        (State::Delivered, true) | (State::Returned, false) => Ok(None),
        (State::Sent | State::Returned, true) => Ok(Some(Event::Delivered { at })),
        (State::Sent | State::Delivered, false) => Ok(Some(Event::Returned { at })),
        (state, _) => Err(Refusal::WrongPhase {
            state: state.code(),
        }),
    }
}

/// The due instant passed. Late is a breach and never a bar.
pub fn breach(notice: &Notice, at: Timestamp) -> Option<Event> {
    let due = notice.due.as_ref()?;
    (notice.state.is_unsent() && !due.breached && at >= due.at)
        .then_some(Event::Breached { at: due.at })
}

/// Whether a person's telling meets the gate item that waits for the notice: one that asks for writing is not met by
/// word of mouth (L-035).
pub fn meets(notice: &Notice, how: &str) -> bool {
    let in_writing = ["letter", "email"];
    !in_writing.contains(&notice.medium_asked.as_str()) || in_writing.contains(&how)
}

/// The rounds of one cause share everything up to the last segment of its key.
pub fn cause_of(cause_key: &str) -> &str {
    cause_key
        .rsplit_once('/')
        .map_or(cause_key, |(cause, _)| cause)
}

#[cfg(test)]
mod tests;
