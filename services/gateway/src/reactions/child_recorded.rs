//! A child became known, or more became known about one: register, link the family, state the dates, look again.

use std::collections::BTreeMap;

use baton_contracts::frontdoor::v1::{
    LinkFamilyRequest, RegisterChildRequest, RegisterChildResponse,
};
use baton_contracts::record::v1::{ChildRecorded, RecordEvent};
use baton_contracts::type_v1::Fact;

use super::cause::{Named, Report};
use super::step::{About, Step, path};
use super::{Next, Progress, facts, outcome};

/// What comes next after a report about a child.
///
/// Siblings that nobody has recorded yet are registered by their reference, so that the first of three reports does
/// not have to wait for the other two.
pub fn next(
    report: &Report,
    event: &RecordEvent,
    said: &ChildRecorded,
    progress: Progress<'_>,
) -> Next {
    if let Some(next) = facts::refused(progress) {
        return next;
    }
    let Some((child, siblings)) = report.children.split_first() else {
        return Next::Finished(Vec::new());
    };
    let strangers = std::iter::once(child)
        .chain(siblings)
        .filter(|named| named.child_id.is_empty());
    let registered: Vec<RegisterChildResponse> = progress
        .to(path::REGISTER_CHILD)
        .filter_map(super::answer::Answer::as_response)
        .collect();
    // 1. Everybody gets an id.
    if let Some(stranger) = strangers.clone().nth(registered.len()) {
        return Next::Send(register(
            report,
            said,
            stranger,
            std::ptr::eq(stranger, child),
            progress,
        ));
    }
    let ids = ids(child, siblings, &registered);
    let Some((child_id, sibling_ids)) = ids.split_first() else {
        return Next::Finished(Vec::new());
    };
    // 2. They become one family.
    let to_link = !sibling_ids.is_empty() || !said.household_id.is_empty();
    if to_link && progress.to(path::LINK_FAMILY).next().is_none() {
        return Next::Send(link(said, child_id, sibling_ids, progress));
    }
    // 3. A known child's dates are facts like any other; a new one was registered with them.
    let was_known = !child.child_id.is_empty();
    let dates = dates(said);
    if was_known && !dates.is_empty() {
        let Some(recorded) = progress.to(path::RECORD_FACTS).next() else {
            return Next::Send(facts::record(report, event, child_id, dates, progress));
        };
        if facts::changed(recorded) && progress.to(path::REASSESS).next().is_none() {
            let step = facts::reassess(
                child_id,
                "facts_changed",
                None,
                event.effective_at,
                progress,
            );
            return Next::Send(step);
        }
    }
    let mut outcome = outcome::of(child_id, progress.answers);
    outcome.child_id.clone_from(child_id);
    Next::Finished(vec![outcome])
}

fn register(
    report: &Report,
    said: &ChildRecorded,
    stranger: &Named,
    is_the_child: bool,
    progress: Progress<'_>,
) -> Step {
    let dated = |date: &String| {
        if is_the_child {
            date.clone()
        } else {
            String::new()
        }
    };
    let request = RegisterChildRequest {
        request_id: progress.request_id(),
        system: report.system.clone(),
        reference: stranger.reference.clone(),
        date_of_birth: dated(&said.date_of_birth),
        expected_delivery_date: dated(&said.expected_delivery_date),
        child_id: String::new(),
    };
    Step::new(path::REGISTER_CHILD, &request, About::nobody())
}

fn link(said: &ChildRecorded, child_id: &str, siblings: &[String], progress: Progress<'_>) -> Step {
    let mut households = BTreeMap::new();
    if !said.household_id.is_empty() {
        households.insert(child_id.to_owned(), said.household_id.clone());
    }
    let request = LinkFamilyRequest {
        request_id: progress.request_id(),
        child_id: child_id.to_owned(),
        with_child_ids: siblings.to_vec(),
        households,
    };
    Step::new(
        path::LINK_FAMILY,
        &request,
        About {
            child_id: child_id.to_owned(),
            ..About::nobody()
        },
    )
}

/// The ids of all, the child first: those that were known and those that registering gave.
fn ids(child: &Named, siblings: &[Named], registered: &[RegisterChildResponse]) -> Vec<String> {
    let mut given = registered.iter();
    std::iter::once(child)
        .chain(siblings)
        .map(|named| {
            if named.child_id.is_empty() {
                given
                    .next()
                    .and_then(|response| response.child.as_ref())
                    .map(|child| child.child_id.clone())
                    .unwrap_or_default()
            } else {
                named.child_id.clone()
            }
        })
        .filter(|id| !id.is_empty())
        .collect()
}

fn dates(said: &ChildRecorded) -> Vec<Fact> {
    let mut dates = Vec::new();
    if !said.date_of_birth.is_empty() {
        dates.push(facts::date("date_of_birth", &said.date_of_birth));
    }
    if !said.expected_delivery_date.is_empty() {
        dates.push(facts::date(
            "expected_delivery_date",
            &said.expected_delivery_date,
        ));
    }
    dates
}
