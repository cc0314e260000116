//! The only place that chooses what a refusal is on the wire.

use baton_rpc::{OpenItem, Problem, Reason};

use crate::app::Failure;
use crate::domain::{self, Owner, Refusal};

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => refused(refusal),
            Failure::NotFound(id) => Self::not_found("transfer", id),
            Failure::NoSuspension(id) => Self::not_found("suspension", id),
            Failure::NoPolicyReview(authority) => Self::not_found("policy review", authority),
            Failure::PackUnknown(digest) => Self::new(
                Reason::PackUnknown,
                "the pack of this call is not known here yet",
            )
            .metadata("pack", digest),
            Failure::LostRace => {
                Self::new(Reason::Contention, "another call changed the same transfer")
            }
            Failure::Event(problem) => problem,
            Failure::Store(error) => error.into(),
        }
    }
}

impl From<Failure> for tonic::Status {
    fn from(failure: Failure) -> Self {
        Problem::from(failure).into()
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "one arm for each refusal: this is the one place that chooses"
)]
fn refused(refusal: Refusal) -> Problem {
    let message = refusal.to_string();
    match refusal {
        Refusal::GateNotMet { open } => Problem::new(Reason::GateNotMet, message).items(
            open.into_iter()
                .map(|item| open_item(Reason::GateNotMet, item)),
        ),
        Refusal::ReasonRequired { open } => Problem::new(Reason::ReasonRequired, message).items(
            open.into_iter()
                .map(|item| open_item(Reason::ReasonRequired, item)),
        ),
        Refusal::PointNotReached { waiting_for, rules } => {
            Problem::new(Reason::PointNotReached, message).items(waiting_for.into_iter().map(
                |what| OpenItem {
                    reason: Reason::PointNotReached.as_str().to_owned(),
                    subject: what,
                    rules: rules.clone(),
                    owner: String::new(),
                    remedy: "report it when it has happened".to_owned(),
                },
            ))
        }
        Refusal::WrongPhase { phase } => {
            Problem::new(Reason::WrongPhase, message).metadata("phase", phase)
        }
        Refusal::Released => Problem::new(Reason::Released, message),
        Refusal::NotWaivable { item, rules } => {
            Problem::new(Reason::NotWaivable, message).item(OpenItem {
                reason: Reason::NotWaivable.as_str().to_owned(),
                subject: item,
                rules,
                owner: String::new(),
                remedy: "it has to be done".to_owned(),
            })
        }
        Refusal::RoleNotAllowed { allowed, rules } => {
            let who: Vec<String> = allowed.iter().map(in_words).collect();
            Problem::new(Reason::RoleNotAllowed, message)
                .metadata("rules", rules.join(","))
                .metadata("allowed", who.join(" or "))
        }
        Refusal::FourEyes { item, rules } => Problem::new(Reason::FourEyes, message)
            .metadata("item", item)
            .metadata("rules", rules.join(",")),
        Refusal::WorkerNotInTeam { worker, team } => Problem::new(Reason::WorkerNotInTeam, message)
            .metadata("worker_id", worker.as_str())
            .metadata("team_id", team.as_str()),
        Refusal::WorkerUnknown { worker } => {
            Problem::new(Reason::WorkerUnknown, message).metadata("worker_id", worker.as_str())
        }
        Refusal::DateInPast { date } => {
            Problem::new(Reason::DateInPast, message).metadata("date", date.to_string())
        }
        Refusal::ItemUnknown { .. } | Refusal::OtherWay { .. } => Problem::invalid("item", message),
        Refusal::RouteUnknown { .. } => Problem::invalid("route", message),
        Refusal::NothingToExplain { .. } => Problem::invalid("rule_id", message),
        Refusal::ClockUnknown { .. } => Problem::invalid("name", message),
        Refusal::AnswersDoNotFit { questions, .. } => {
            Problem::invalid("answers", format!("{message}: {}", questions.join(", ")))
        }
        Refusal::RuleRefuses {
            act,
            rules,
            owner,
            remedy,
        } => Problem::new(Reason::RuleRefuses, message).item(rule_refuses(
            act,
            rules,
            owner.as_deref(),
            remedy,
        )),
        Refusal::Lacking {
            act,
            missing,
            rules,
        } => Problem::new(Reason::RuleRefuses, message)
            .metadata("act", act)
            .items(missing.into_iter().map(|field| OpenItem {
                reason: Reason::RuleRefuses.as_str().to_owned(),
                subject: field.to_owned(),
                rules: rules.clone(),
                owner: String::new(),
                remedy: "it has to be given; nobody may override it".to_owned(),
            })),
        Refusal::FactUnknown { facts, rules } => {
            Problem::new(Reason::FactUnknown, message).items(facts.into_iter().map(|fact| {
                OpenItem {
                    reason: Reason::FactUnknown.as_str().to_owned(),
                    owner: reporter(&fact),
                    subject: fact,
                    rules: rules.clone(),
                    remedy: "report the fact".to_owned(),
                }
            }))
        }
        Refusal::EffectiveInFuture { at } => Problem::new(Reason::EffectiveInFuture, message)
            .metadata("effective_at", at.to_string()),
        Refusal::EffectiveBeforeSpan { since } => {
            Problem::new(Reason::EffectiveBeforeSpan, message)
                .metadata("span_since", since.to_string())
        }
        Refusal::StaleFacts { given, seen } => Problem::new(Reason::StaleFacts, message)
            .metadata("given", given.to_string())
            .metadata("seen", seen.to_string()),
        Refusal::StaleVersion { expected, current } => Problem::new(Reason::StaleVersion, message)
            .metadata("expected", expected.to_string())
            .metadata("current", current.to_string()),
        Refusal::OtherRelease => Problem::new(Reason::WrongPhase, message),
        Refusal::CaseNotOpen => Problem::new(Reason::CaseNotOpen, message),
        Refusal::TeamUnknown { kind, rules } => Problem::new(Reason::TeamUnknown, message)
            .metadata("kind", kind)
            .metadata("rules", rules.join(",")),
    }
}

/// A rule that nobody may override, with whose it is to do what it asks for.
fn rule_refuses(act: &str, rules: Vec<String>, owner: Option<&Owner>, remedy: &str) -> OpenItem {
    OpenItem {
        reason: Reason::RuleRefuses.as_str().to_owned(),
        subject: act.to_owned(),
        rules,
        owner: owner.map(in_words).unwrap_or_default(),
        remedy: format!("{remedy}; nobody may override it"),
    }
}

fn open_item(reason: Reason, item: domain::OpenItem) -> OpenItem {
    let missing = if item.missing.is_empty() {
        String::new()
    } else {
        format!(": {}", item.missing.join(", "))
    };
    // Who could override: those who may do without the item.
    let override_by = match &item.waivable_by {
        None => String::new(),
        Some(nobody) if nobody.is_empty() => "; nobody may waive it".to_owned(),
        Some(owners) => {
            let who: Vec<String> = owners.iter().map(in_words).collect();
            format!("; may be waived by {}", who.join(" and "))
        }
    };
    OpenItem {
        reason: reason.as_str().to_owned(),
        subject: item.item,
        rules: item.rules,
        owner: item.owner.as_ref().map(in_words).unwrap_or_default(),
        remedy: format!("{}{missing}{override_by}", item.next_step),
    }
}

/// `team_manager of north`, `social_worker of frt (ann)`, `senior_manager`.
fn in_words(owner: &Owner) -> String {
    let place = owner
        .team
        .as_ref()
        .map(ToString::to_string)
        .or_else(|| owner.area.clone());
    let mut words = owner.role.clone();
    if let Some(place) = place {
        words = format!("{words} of {place}");
    }
    if let Some(worker) = &owner.worker {
        words = format!("{words} ({worker})");
    }
    words
}

/// Who can report a fact, as the catalogue has it.
fn reporter(fact: &str) -> String {
    let key = fact.parse::<baton_protocol::FactKey>().ok();
    key.as_ref()
        .and_then(baton_protocol::spec)
        .map(|spec| spec.reported_by.to_owned())
        .unwrap_or_default()
}
