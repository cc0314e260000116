//! `ClosureExplainService`: why a closure is as it is, and what closing a case would take.

use baton_answers::{counted, reasons};
use baton_contracts::closure::v1 as wire;
use baton_contracts::closure::v1::closure_explain_service_server::ClosureExplainService;
use baton_contracts::type_v1;
use baton_ids::ClosureId;
use baton_protocol::{KnownFacts, Party};
use baton_rpc::prepare;
use tonic::{Request, Response, Status};

use super::{Handlers, answer, context, parse};
use crate::app::Explained;
use crate::domain::{Closure, Consider};

#[tonic::async_trait]
impl ClosureExplainService for Handlers {
    async fn explain_closure(
        &self,
        request: Request<wire::ExplainClosureRequest>,
    ) -> Result<Response<wire::ExplainClosureResponse>, Status> {
        let (context, body) = prepare(request)?;
        let authority = context::authority(&context)?;
        let id = parse::only_id("closure_id", &body.closure_id)?;
        let explained = self.app.explain(&authority, id).await?;
        Ok(Response::new(wire::ExplainClosureResponse {
            reasons: Some(reasons_of(&explained)),
        }))
    }

    async fn what_if_closure(
        &self,
        request: Request<wire::WhatIfClosureRequest>,
    ) -> Result<Response<wire::WhatIfClosureResponse>, Status> {
        let (context, body) = prepare(request)?;
        let ctx = context::of(&context)?;
        let case = parse::only_id("case_id", &body.case_id)?;
        let supposed = Consider {
            id: ClosureId::new(),
            ground: body.ground,
            effective_at: ctx.received_at,
            rules: Vec::new(),
        };
        let explained = self.app.what_if(case, &supposed, &ctx)?;
        Ok(Response::new(wire::WhatIfClosureResponse {
            // It has no id: it is none.
            closure: Some(wire::Closure {
                closure_id: String::new(),
                ..answer::closure(&explained.closure)
            }),
            reasons: Some(reasons_of(&explained)),
        }))
    }
}

fn reasons_of(explained: &Explained) -> type_v1::Reasons {
    let Explained {
        closure,
        weighed,
        says,
    } = explained;
    let entitled = |act: &str, by: &[Party], four_eyes| type_v1::Entitled {
        act: act.to_owned(),
        by: by.iter().map(ToString::to_string).collect(),
        rules: says.rules.clone(),
        four_eyes,
        only: false,
    };
    type_v1::Reasons {
        dates: dates(closure),
        entitled: vec![
            entitled("propose", &says.proposed_by, false),
            entitled("decide", &[says.decided_by], says.four_eyes),
        ],
        ..reasons(closure.phase.code(), weighed, &KnownFacts::new())
    }
}

fn dates(closure: &Closure) -> Vec<type_v1::CountedDate> {
    let count = |due| {
        let skipped = closure.due.iter().flat_map(|due| &due.skipped);
        let skipped = skipped.map(|(date, why)| (*date, why.as_str()));
        let from = closure.due.as_ref()?.from;
        Some(counted(due, from, closure.due.as_ref()?.on, skipped))
    };
    let due = answer::closure(closure).due;
    due.into_iter().filter_map(count).collect()
}
