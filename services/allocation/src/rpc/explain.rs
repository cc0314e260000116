//! `AllocationExplainService`: why a case is held as it is, whether it may be without a worker, and what would be if.

use baton_answers::{counted, reasons, skipped_days};
use baton_contracts::allocation::v1 as wire;
use baton_contracts::allocation::v1::allocation_explain_service_server::AllocationExplainService;
use baton_contracts::{timestamp, type_v1};
use baton_protocol::Pack;
use baton_protocol::allocation::LeaveUnallocated;
use baton_protocol::transfer::Weight;
use baton_rpc::{Problem, prepare};
use tonic::{Request, Response, Status};

use super::public::case_id;
use super::{Handlers, answer, context};
use crate::app::{Supposed, owner_of};
use crate::domain::case::{Case, Unallocated};
use crate::domain::dates::Running;
use crate::domain::rulings::{KeptRuling, Weighed};
use crate::domain::unallocated::{self, Ruling};

/// What is said of a count that cannot be told.
const UNDECIDED: &str = "undecided";

#[tonic::async_trait]
impl AllocationExplainService for Handlers {
    async fn explain_case(
        &self,
        request: Request<wire::ExplainCaseRequest>,
    ) -> Result<Response<wire::ExplainCaseResponse>, Status> {
        let (context, body) = prepare(request)?;
        let authority = context::authority(&context)?;
        let id = case_id(&body.case_id)?;
        let explained = self.app.explain(&authority, &context.pack, id).await?;
        let case = &explained.case;
        Ok(Response::new(wire::ExplainCaseResponse {
            team: explained.team.as_ref().map(answer::span),
            worker: explained.worker.as_ref().map(answer::span),
            rulings: explained.rulings.iter().map(ruling).collect(),
            signatures: signatures(case, &explained.pack),
            entitled: if case.is_open() {
                entitled(&explained.pack)
            } else {
                Vec::new()
            },
            dates: explained.dates.iter().map(date).collect(),
        }))
    }

    async fn what_if_case(
        &self,
        request: Request<wire::WhatIfCaseRequest>,
    ) -> Result<Response<wire::WhatIfCaseResponse>, Status> {
        let (context, body) = prepare(request)?;
        let id = case_id(&body.case_id)?;
        let supposed = baton_answers::supposed(&body.facts).map_err(Problem::invalid_fields)?;
        let ctx = context::of(&context)?;
        let supposed = self.app.what_if(&ctx, id, supposed).await?;
        Ok(Response::new(wire::WhatIfCaseResponse {
            without_worker: Some(without_worker(&supposed)),
            counts_as: Some(counts_as(&supposed)),
        }))
    }
}

fn ruling((kept, weighed): &(KeptRuling, Weighed)) -> wire::WithoutWorkerRuling {
    wire::WithoutWorkerRuling {
        occasion: kept.occasion.code().to_owned(),
        effective_at: Some(timestamp(kept.at)),
        reasons: Some(weighed_reasons(weighed)),
    }
}

fn weighed_reasons(weighed: &Weighed) -> type_v1::Reasons {
    reasons(weighed.ruling.code(), &weighed.rules, &weighed.facts)
}

fn without_worker(supposed: &Supposed) -> type_v1::Reasons {
    let leave = supposed.pack.allocation.leave_unallocated.as_ref();
    let asked = matches!(supposed.without_worker.ruling, Ruling::ByAuthority { .. });
    type_v1::Reasons {
        dates: supposed.told.iter().map(date).collect(),
        entitled: leave.filter(|_| asked).map(leaving).unwrap_or_default(),
        ..weighed_reasons(&supposed.without_worker)
    }
}

fn counts_as(supposed: &Supposed) -> type_v1::Reasons {
    let mut weighed = supposed.counting.iter();
    let won = weighed.find(|rule| rule.weight == Weight::Won);
    let decision = won.map_or(UNDECIDED, |rule| rule.leads_to.as_str());
    reasons(decision, &supposed.counting, &supposed.counted_on)
}

/// Who may do what about a case that is open.
fn entitled(pack: &Pack) -> Vec<type_v1::Entitled> {
    let (by, rules) = unallocated::allocators(pack);
    let naming = type_v1::Entitled {
        rules,
        ..baton_answers::entitled("allocate_worker", &by, &[])
    };
    let leave = pack.allocation.leave_unallocated.as_ref();
    let progress = leave.and_then(|leave| leave.progress.as_ref());
    let progress = progress.map(|progress| {
        baton_answers::entitled("report_progress", &[progress.by], &progress.cites)
    });
    std::iter::once(naming)
        .chain(leave.map(leaving).into_iter().flatten())
        .chain(progress)
        .collect()
}

/// Who signs what comes first, each by another person, and who then leaves the case without a worker.
fn leaving(leave: &LeaveUnallocated) -> Vec<type_v1::Entitled> {
    let steps = leave.first.iter().flat_map(|step| {
        let act = format!("sign_{}", step.step);
        let four_eyes = step.signed_by.len() > 1;
        step.signed_by.iter().map(move |party| type_v1::Entitled {
            four_eyes,
            ..baton_answers::entitled(&act, &[*party], &step.cites)
        })
    });
    let authorise = type_v1::Entitled {
        only: leave.only,
        ..baton_answers::entitled("authorise_unallocated", &leave.by, &leave.cites)
    };
    steps.chain([authorise]).collect()
}

/// What has to be signed first of a case that waits for authority, and by whom it was.
fn signatures(case: &Case, pack: &Pack) -> Vec<wire::PreparationSignature> {
    let Some(Unallocated::PendingAuthorisation {
        signed, awaited, ..
    }) = &case.unallocated
    else {
        return Vec::new();
    };
    let leave = pack.allocation.leave_unallocated.iter();
    let steps = leave.flat_map(|leave| &leave.first);
    let parties = steps.flat_map(|step| step.signed_by.iter().map(move |party| (step, *party)));
    parties
        .map(|(step, party)| {
            let mut signed = signed.iter();
            let by = signed.find(|known| known.step == step.step && known.party == party);
            let mut awaited = awaited.iter();
            wire::PreparationSignature {
                step: step.step.clone(),
                party: party.to_string(),
                signed_by: by.map(|known| known.by.clone()).unwrap_or_default(),
                awaited: awaited.any(|next| next.step == step.step && next.party == party),
                rules: unallocated::texts(&step.cites),
            }
        })
        .collect()
}

/// A date with its count, day by day.
fn date(running: &Running) -> type_v1::CountedDate {
    let count = running.count.as_ref();
    let skipped = || {
        let days = count.into_iter().flat_map(|count| &count.skipped);
        days.map(|(date, why)| (*date, why.as_str()))
    };
    let state = if running.passed {
        type_v1::DueState::Breached
    } else {
        type_v1::DueState::Open
    };
    let due = type_v1::DueDate {
        name: running.name.to_owned(),
        due_on: running.on.to_string(),
        breached_at: Some(timestamp(running.passes_at)),
        state: state.into(),
        rules: running.rules.clone(),
        owner: Some(owner_of(running.whose, &running.team)),
        skipped_days: skipped_days(skipped()),
        ..type_v1::DueDate::default()
    };
    counted(due, count.map(|count| count.from), running.on, skipped())
}
