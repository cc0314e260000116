//! What the gateway's reactions ask of a closure.

use baton_contracts::closure::v1 as wire;
use baton_contracts::closure::v1::closure_reaction_service_server::ClosureReactionService;
use baton_ids::{CaseId, ClosureId};
use baton_rpc::{Violations, prepare, request_key};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::{Handlers, answer, context, parse};
use crate::app::{Act, Outcome};
use crate::domain::{Command, Consider};

#[tonic::async_trait]
impl ClosureReactionService for Handlers {
    async fn consider_closure(
        &self,
        request: Request<wire::ConsiderClosureRequest>,
    ) -> Result<Response<wire::ConsiderClosureResponse>, Status> {
        let (context, body) = prepare(request)?;
        let method = "ClosureReactionService/ConsiderClosure";
        let key = request_key(&context, method, &body.request_id, &body);
        let mut violations = Violations::default();
        let case: Option<CaseId> = parse::id(&mut violations, "case_id", &body.case_id);
        let at = parse::time(&mut violations, "effective_at", body.effective_at.as_ref());
        violations.into_result()?;

        let consider = Consider {
            id: ClosureId::new(),
            ground: body.ground,
            effective_at: parse::sound(at)?,
            rules: body.rules,
        };
        let (case, ctx) = (parse::sound(case)?, context::of(&context)?);
        let answer = self.app.consider(key, ctx, case, consider, |outcome| {
            wire::ConsiderClosureResponse {
                closure: Some(answer::closure(&outcome.closure)),
                as_of: Some(answer::as_of(outcome)),
                explanation: Some(answer::explanation(outcome, "considered")),
            }
        });
        Ok(Response::new(answer.await?))
    }

    async fn confirm_end(
        &self,
        request: Request<wire::ConfirmEndRequest>,
    ) -> Result<Response<wire::ConfirmEndResponse>, Status> {
        let (context, body) = prepare(request)?;
        let key = request_key(
            &context,
            "ClosureReactionService/ConfirmEnd",
            &body.request_id,
            &body,
        );
        let mut violations = Violations::default();
        let closure = parse::id(&mut violations, "closure_id", &body.closure_id);
        let release: Option<Uuid> = parse::id(&mut violations, "release_id", &body.release_id);
        let closed_at = parse::time(&mut violations, "closed_at", body.closed_at.as_ref());
        violations.into_result()?;

        let (release, closed_at) = (parse::sound(release)?, parse::sound(closed_at)?);
        let epoch = body.epoch;
        let act = Act {
            key,
            label: "confirm_end",
            closure: parse::sound(closure)?,
            ctx: context::of(&context)?,
            texts: Vec::new(),
            command: move |_: &[String]| Command::ConfirmEnd {
                release,
                epoch,
                closed_at,
            },
        };
        let answer = self.app.act(act, |outcome| wire::ConfirmEndResponse {
            closure: Some(answer::closure(&outcome.closure)),
            as_of: Some(answer::as_of(outcome)),
            explanation: Some(answer::explanation(outcome, "closed")),
        });
        Ok(Response::new(answer.await?))
    }

    async fn fail_end(
        &self,
        request: Request<wire::FailEndRequest>,
    ) -> Result<Response<wire::FailEndResponse>, Status> {
        let (context, body) = prepare(request)?;
        let key = request_key(
            &context,
            "ClosureReactionService/FailEnd",
            &body.request_id,
            &body,
        );
        let mut violations = Violations::default();
        let closure = parse::id(&mut violations, "closure_id", &body.closure_id);
        let release: Option<Uuid> = parse::id(&mut violations, "release_id", &body.release_id);
        violations.into_result()?;

        let release = parse::sound(release)?;
        let reason = body.reason;
        let act = Act {
            key,
            label: "fail_end",
            closure: parse::sound(closure)?,
            ctx: context::of(&context)?,
            texts: Vec::new(),
            command: move |_: &[String]| Command::FailEnd { release, reason },
        };
        let answer = self.app.act(act, |outcome| wire::FailEndResponse {
            closure: Some(answer::closure(&outcome.closure)),
            as_of: Some(answer::as_of(outcome)),
            explanation: Some(answer::explanation(outcome, "end_failed")),
        });
        Ok(Response::new(answer.await?))
    }

    /// Closing weakens protection, so nothing follows from a breach by itself: the escalation is on record with it
    /// and the decision stays a person's.
    async fn resolve_closure_expiry(
        &self,
        request: Request<wire::ResolveClosureExpiryRequest>,
    ) -> Result<Response<wire::ResolveClosureExpiryResponse>, Status> {
        let (context, body) = prepare(request)?;
        let authority = context::authority(&context)?;
        let id = parse::only_id("closure_id", &body.closure_id)?;
        let closure = self.app.closure(&authority, id).await?;
        let outcome = Outcome {
            closure,
            rules: Vec::new(),
            last_event: None,
        };
        Ok(Response::new(wire::ResolveClosureExpiryResponse {
            closure: Some(answer::closure(&outcome.closure)),
            as_of: Some(answer::as_of(&outcome)),
            explanation: Some(answer::explanation(&outcome, "unchanged")),
        }))
    }

    async fn locate_closure(
        &self,
        request: Request<wire::LocateClosureRequest>,
    ) -> Result<Response<wire::LocateClosureResponse>, Status> {
        let (context, body) = prepare(request)?;
        let authority = context::authority(&context)?;
        let id: ClosureId = parse::only_id("closure_id", &body.closure_id)?;
        let closure = self.app.closure(&authority, id).await?;
        Ok(Response::new(wire::LocateClosureResponse {
            child_id: closure.child.to_string(),
            case_id: closure.case.to_string(),
        }))
    }
}
