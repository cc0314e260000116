//! What people ask of a closure.

use baton_contracts::closure::v1 as wire;
use baton_contracts::closure::v1::closure_service_server::ClosureService;
use baton_ids::ClosureId;
use baton_rpc::{prepare, request_key};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::{Handlers, answer, context, parse};
use crate::app::{Act, Proposal};
use crate::domain::{Command, Consider};

#[tonic::async_trait]
impl ClosureService for Handlers {
    async fn propose_closure(
        &self,
        request: Request<wire::ProposeClosureRequest>,
    ) -> Result<Response<wire::ProposeClosureResponse>, Status> {
        let (context, body) = prepare(request)?;
        let key = request_key(
            &context,
            "ClosureService/ProposeClosure",
            &body.request_id,
            &body,
        );
        let ctx = context::of(&context)?;
        let proposal = Proposal {
            case: parse::only_id("case_id", &body.case_id)?,
            consider: Consider {
                id: ClosureId::new(),
                ground: body.ground,
                effective_at: ctx.received_at,
                rules: Vec::new(),
            },
            reason: body.reason,
        };
        let answer = self
            .app
            .propose(key, ctx, proposal, |outcome| wire::ProposeClosureResponse {
                closure: Some(answer::closure(&outcome.closure)),
                as_of: Some(answer::as_of(outcome)),
                explanation: Some(answer::explanation(outcome, "proposed")),
            });
        Ok(Response::new(answer.await?))
    }

    async fn decide_closure(
        &self,
        request: Request<wire::DecideClosureRequest>,
    ) -> Result<Response<wire::DecideClosureResponse>, Status> {
        let (context, body) = prepare(request)?;
        let key = request_key(
            &context,
            "ClosureService/DecideClosure",
            &body.request_id,
            &body,
        );
        let (departures, mut texts): (Vec<String>, Vec<String>) = body
            .departures
            .into_iter()
            .map(|departure| (departure.rule_id, departure.reason))
            .unzip();
        texts.insert(0, body.reason);
        let approved = body.approved;
        let expected_version = (body.expected_version > 0).then_some(body.expected_version);
        let act = Act {
            key,
            label: "decide_closure",
            closure: parse::only_id("closure_id", &body.closure_id)?,
            ctx: context::of(&context)?,
            texts,
            command: move |digests: &[String]| Command::Decide {
                approved,
                expected_version,
                reason_digest: digests.first().cloned().unwrap_or_default(),
                release: Uuid::now_v7(),
                departures: departures
                    .into_iter()
                    .zip(digests.iter().skip(1).cloned())
                    .collect(),
            },
        };
        let answer = self.app.act(act, |outcome| wire::DecideClosureResponse {
            closure: Some(answer::closure(&outcome.closure)),
            as_of: Some(answer::as_of(outcome)),
            explanation: Some(answer::explanation(outcome, outcome.closure.phase.code())),
        });
        Ok(Response::new(answer.await?))
    }

    async fn get_closure(
        &self,
        request: Request<wire::GetClosureRequest>,
    ) -> Result<Response<wire::GetClosureResponse>, Status> {
        let (context, body) = prepare(request)?;
        let authority = context::authority(&context)?;
        let id = parse::only_id("closure_id", &body.closure_id)?;
        let closure = self.app.closure(&authority, id).await?;
        Ok(Response::new(wire::GetClosureResponse {
            closure: Some(answer::closure(&closure)),
        }))
    }

    async fn list_closures(
        &self,
        request: Request<wire::ListClosuresRequest>,
    ) -> Result<Response<wire::ListClosuresResponse>, Status> {
        let (context, body) = prepare(request)?;
        let authority = context::authority(&context)?;
        let case = match body.case_id.as_str() {
            "" => None,
            text => Some(parse::only_id("case_id", text)?),
        };
        let page = parse::page(body.page_size, &body.page_token)?;
        let closures = self
            .app
            .closures(&authority, case, body.live_only, page)
            .await?;
        Ok(Response::new(wire::ListClosuresResponse {
            closures: closures.iter().map(answer::closure).collect(),
            next_page_token: parse::next_token(page, &closures, |closure| closure.id.uuid()),
        }))
    }
}
