//! Everything that could have kept a notice back, with what became of it: the long form of what decides, for whoever asks
//! why. What is told of the moment of sending rests on what was known then, which is kept with the notice.

use std::collections::BTreeSet;

use baton_protocol::notification::Exception;
use baton_protocol::transfer::Weight;
use baton_protocol::{Pack, RuleId, WeighedRule};

use super::decide::{SUPERSEDED, TOLD_ALREADY};
use super::notice::{Addressee, Notice, State};
use super::safety::{self, SAFETY_FLAG, Safety};

/// What is weighed for a notice, in the order in which it is tried: finding its recipient first; then what ends it at any
/// time before it is sent; then what sending asks for; last the duty itself.
pub fn weigh(notice: &Notice, pack: &Pack) -> Vec<WeighedRule> {
    let mut weighed = before_sending(notice, pack);
    weighed.extend(in_sending(notice, pack));
    weighed.push(duty(notice, pack));
    safety::in_order(weighed)
}

/// What was decided, in one code: the reason for a notice that is withheld, and otherwise where it stands.
pub fn decision(notice: &Notice) -> &str {
    match &notice.state {
        State::Withheld { because } => because,
        state => state.code(),
    }
}

/// The notice as it would be if it were sent now, on these facts. What ended it for good still does, and nobody is found
/// who was not.
pub fn suppose(notice: Notice, safety: Safety, pack: &Pack) -> Notice {
    let ended = match &notice.state {
        State::Unresolved | State::Unaddressed | State::Given { .. } => true,
        State::Withheld { because } => {
            notice.withheld_by.is_some() || because == SUPERSEDED || because == TOLD_ALREADY
        }
        State::Ready
        | State::AwaitingFacts
        | State::Held
        | State::Sent
        | State::Delivered
        | State::Returned => false,
    };
    let state = if ended {
        notice.state.clone()
    } else {
        match safety::permit(&notice, &safety, pack) {
            safety::Permit::Send => State::Sent,
            safety::Permit::AwaitFacts => State::AwaitingFacts,
            safety::Permit::Hold { .. } => State::Held,
            safety::Permit::Withhold { because, .. } => State::Withheld { because },
        }
    };
    let known = match notice.audience {
        Addressee::Outside(_) => Some(safety),
        Addressee::Role(_) => None,
    };
    Notice {
        state,
        known,
        ..notice
    }
}

fn before_sending(notice: &Notice, pack: &Pack) -> Vec<WeighedRule> {
    let because = |reason: &str| {
        holds_if(
            notice.withheld_by.is_none()
                && matches!(&notice.state, State::Withheld { because } if because == reason),
        )
    };
    let nobody_found = match notice.state {
        State::Unaddressed => Weight::Won,
        // The organisation is asked. No fact is missing.
        State::Unresolved => Weight::Undecided {
            missing: BTreeSet::new(),
        },
        _ => Weight::DoesNotHold,
    };
    vec![
        WeighedRule {
            title: "Nobody was found to tell.".to_owned(),
            weight: nobody_found,
            ..WeighedRule::won("nobody_found", &[])
        },
        WeighedRule {
            title: "Its recipient has it already, through another role.".to_owned(),
            weight: because(TOLD_ALREADY),
            ..WeighedRule::won(TOLD_ALREADY, &[])
        },
        WeighedRule {
            title: "A later round of the same cause took its place.".to_owned(),
            weight: because(SUPERSEDED),
            ..WeighedRule::won(SUPERSEDED, &rule_ids(&["X-23".to_owned()]))
        },
        withheld_by_a_person(notice, pack),
        WeighedRule {
            title: "Somebody told the recipient.".to_owned(),
            weight: holds_if(matches!(notice.state, State::Given { .. })),
            ..WeighedRule::won("told_by_a_person", &[])
        },
    ]
}

/// Somebody's withholding, with the rules of its ground; of one that there was not, those of every ground there could be.
fn withheld_by_a_person(notice: &Notice, pack: &Pack) -> WeighedRule {
    let ground = match &notice.state {
        State::Withheld { because } if notice.withheld_by.is_some() => Some(because),
        _ => None,
    };
    let grounds: Vec<_> = grounds(notice, pack)
        .filter(|exception| ground.is_none_or(|ground| exception.exception == *ground))
        .collect();
    let cites: Vec<RuleId> = grounds
        .iter()
        .flat_map(|exception| exception.cites.iter().cloned())
        .collect();
    let weight = if ground.is_some() {
        Weight::Won
    } else if grounds.is_empty() {
        Weight::OtherTrigger
    } else {
        Weight::DoesNotHold
    };
    WeighedRule {
        title: "Somebody withheld it, on a ground of the protocol.".to_owned(),
        weight,
        leads_to: ground.cloned().unwrap_or_default(),
        ..WeighedRule::won("withheld_by_a_person", &cites)
    }
}

/// The grounds on which the notice may be withheld by somebody.
pub fn grounds<'p>(notice: &Notice, pack: &'p Pack) -> impl Iterator<Item = &'p Exception> {
    let audience = match notice.audience {
        Addressee::Outside(audience) => Some(audience),
        Addressee::Role(_) => None,
    };
    let exceptions = pack.notification.exceptions.iter();
    exceptions.filter(move |exception| {
        audience.is_some_and(|audience| exception.recipients.contains(&audience))
    })
}

/// What sending looked at, on what was known then. Where that is not on record the state still says which fact or exception
/// kept the notice back; nothing is made up from what is known now.
fn in_sending(notice: &Notice, pack: &Pack) -> Vec<WeighedRule> {
    if let Addressee::Role(_) = notice.audience {
        return safety::weigh(notice, &Safety::default(), pack);
    }
    if let Some(known) = &notice.known {
        return safety::weigh(notice, known, pack);
    }
    let won = |name: &str, cites: &[RuleId]| vec![WeighedRule::won(name, cites)];
    match &notice.state {
        State::AwaitingFacts => won("facts_awaited", &[]),
        State::Withheld { because } if notice.withheld_by.is_none() && because == SAFETY_FLAG => {
            won(SAFETY_FLAG, &[])
        }
        State::Withheld { because } if notice.withheld_by.is_none() => {
            let exceptions = pack.notification.exceptions.iter();
            exceptions
                .filter(|exception| exception.exception == *because)
                .map(|exception| WeighedRule::won(&exception.exception, &exception.cites))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The duty to tell itself, which holds unless something keeps it back.
fn duty(notice: &Notice, pack: &Pack) -> WeighedRule {
    let kind = pack.notification.kind(&notice.kind);
    // Of a letter of before it is not on record which exception it waits for; it waits all the same.
    let weight = if notice.state == State::Held {
        Weight::Outranked
    } else {
        Weight::Won
    };
    WeighedRule {
        title: kind.map_or_else(String::new, |kind| kind.title.clone()),
        weight,
        ..WeighedRule::won(&notice.kind, &rule_ids(&notice.rules))
    }
}

const fn holds_if(holds: bool) -> Weight {
    if holds {
        Weight::Won
    } else {
        Weight::DoesNotHold
    }
}

fn rule_ids(rules: &[String]) -> Vec<RuleId> {
    rules.iter().filter_map(|rule| rule.parse().ok()).collect()
}
