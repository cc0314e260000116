//! Which reactions a cause starts: from an event of a feed, or from the answer to a step.

use baton_contracts::event::v1::Event;
use baton_contracts::transfer::v1::Consequence;
use baton_contracts::type_v1;

use super::answer::Answer;
use super::cause::{Cause, ClosureRelease, Release, What, behind};
use super::{contact_notice_sent, flag, instant, number, outcome, text, texts};

/// The kind of cause that the gateway's own reports carry.
const REPORT: &str = "report";

/// A reaction to be started, once for each key.
#[derive(Debug, Clone, PartialEq)]
pub struct Spawned {
    /// Its kind, for whoever looks at the list of reactions.
    pub kind: String,
    /// What it reacts to. A second one with the same key is not started.
    pub cause_key: String,
    /// What it reacts to, in full.
    pub cause: Cause,
    /// Reactions with the same lane run one after another.
    pub lane: String,
}

/// The reaction that an event starts. `None` for most.
pub fn of_event(event: &Event) -> Option<Spawned> {
    let kind = event.r#type.as_str();
    let what = match kind {
        "transfer.released" => What::Release(transfer_release(event)),
        "closure.released" => What::ClosureRelease(closure_release(event)),
        "referral.routed"
        | "transfer.worker_named"
        | "notice.prepared"
        | "transfer.date_came"
        | "transfer.point_came" => What::Event(Box::new(event.clone())),
        // Where the protocol watches the cases of the team that took it.
        "transfer.completed" if flag(event, "look_again") => What::Event(Box::new(event.clone())),
        // A report that recorded facts has the transfer service look again itself, at that child.
        "facts.changed" if !caused_by_report(event) || concerns_siblings(event) => {
            What::Event(Box::new(event.clone()))
        }
        "family.linked" if concerns_siblings(event) => What::Event(Box::new(event.clone())),
        // A hold that ended by its day or for all at once: what waited for it is looked at on fresh facts. One that puts
        // the move off moves what is due.
        "transfer.held" if text(event, "hold") == "suspended" => {
            What::Event(Box::new(event.clone()))
        }
        "transfer.hold_lifted"
            if ["suspended", "deferred", "stays"].contains(&text(event, "hold")) =>
        {
            What::Event(Box::new(event.clone()))
        }
        "notice.sent" if !text(event, "meets_item").is_empty() => {
            What::Event(Box::new(event.clone()))
        }
        "notice.sent" if contact_notice_sent::contact_of(event).is_some() => {
            What::Event(Box::new(event.clone()))
        }
        "transfer.lapsed" if !text(event, "closure_ground").is_empty() => {
            What::Event(Box::new(event.clone()))
        }
        _ if kind.ends_with(".deadline_breached") && flag(event, "needs_resolution") => {
            What::Event(Box::new(event.clone()))
        }
        _ => return None,
    };
    let cause_key = match &what {
        What::Release(release) => release_key(&release.release.as_ref()?.release_id),
        What::ClosureRelease(release) => release_key(&release.release.as_ref()?.release_id),
        _ => format!("event:{}", event.event_id),
    };
    let cause = Cause {
        on_behalf_of: behind(event),
        named: Some(type_v1::Cause {
            id: event.event_id.clone(),
            kind: kind.to_owned(),
        }),
        received_at: None,
        what: Some(what),
    };
    Some(Spawned {
        kind: kind.to_owned(),
        cause_key,
        cause,
        lane: lane_of(event),
    })
}

/// The reactions that the answer to a step starts: a transfer that was released goes to the ledger at once. The
/// feed's `transfer.released` has the same key, so that one of them is enough and both do no harm.
pub fn spawned(cause: &Cause, lane: &str, answer: &Answer) -> Vec<Spawned> {
    outcome::consequences(answer)
        .into_iter()
        .filter_map(|consequence| of_consequence(cause, lane, consequence))
        .collect()
}

fn of_consequence(parent: &Cause, lane: &str, consequence: Consequence) -> Option<Spawned> {
    let release = consequence.release?;
    let recorded_by = consequence
        .as_of
        .map(|as_of| as_of.event_id)
        .unwrap_or_default();
    let cause = Cause {
        on_behalf_of: parent.on_behalf_of.clone(),
        named: Some(type_v1::Cause {
            id: recorded_by,
            kind: "transfer.released".to_owned(),
        }),
        received_at: None,
        what: Some(What::Release(Release {
            child_id: consequence
                .transfer
                .map(|transfer| transfer.child_id)
                .unwrap_or_default(),
            release: Some(release.clone()),
        })),
    };
    Some(Spawned {
        kind: "transfer.released".to_owned(),
        cause_key: release_key(&release.release_id),
        cause,
        lane: lane.to_owned(),
    })
}

/// Reactions of one family run one after another; where no family is named, those of one child or case do.
pub fn lane_of(event: &Event) -> String {
    [
        &event.family_id,
        &event.child_id,
        &event.case_id,
        &event.aggregate_id,
    ]
    .into_iter()
    .find(|id| !id.is_empty())
    .unwrap_or(&event.event_id)
    .clone()
}

fn concerns_siblings(event: &Event) -> bool {
    !texts(event, "siblings").is_empty()
}

pub(super) fn caused_by_report(event: &Event) -> bool {
    event
        .cause
        .as_ref()
        .is_some_and(|cause| cause.kind == REPORT)
}

fn release_key(release_id: &str) -> String {
    format!("release:{release_id}")
}

fn transfer_release(event: &Event) -> Release {
    Release {
        child_id: event.child_id.clone(),
        release: Some(baton_contracts::transfer::v1::Release {
            release_id: text(event, "release_id").to_owned(),
            transfer_id: event.aggregate_id.clone(),
            case_id: event.case_id.clone(),
            expected_epoch: number(event, "expected_epoch"),
            to_team_id: text(event, "to_team_id").to_owned(),
            to_worker_id: text(event, "to_worker_id").to_owned(),
            effective_at: instant(event, "effective_at").or(event.effective_at),
            rules: rules_of(event),
            pending_authorisation: flag(event, "pending_authorisation"),
        }),
    }
}

/// The rules that the release names, or else those of the event.
fn rules_of(event: &Event) -> Vec<String> {
    let named = texts(event, "release_rules");
    if named.is_empty() {
        event.rules.clone()
    } else {
        named
    }
}

fn closure_release(event: &Event) -> ClosureRelease {
    ClosureRelease {
        child_id: event.child_id.clone(),
        release: Some(baton_contracts::closure::v1::ClosureRelease {
            release_id: text(event, "release_id").to_owned(),
            closure_id: event.aggregate_id.clone(),
            case_id: event.case_id.clone(),
            expected_epoch: number(event, "expected_epoch"),
            effective_at: instant(event, "effective_at").or(event.effective_at),
            rules: event.rules.clone(),
        }),
    }
}
