//! What the gateway's reactions ask.

use baton_contracts::frontdoor::v1 as wire;
use baton_contracts::frontdoor::v1::front_door_reaction_service_server::FrontDoorReactionService;
use baton_ids::ChildId;
use baton_rpc::{Problem, Violations, prepare, request_key};
use tonic::{Request, Response, Status};

use super::{Handlers, answer, context, facts, parse};
use crate::app::{NoticeSent, Outcome, RecordStep, ReportFacts};
use crate::domain::contact::Contact;
use crate::domain::step::Record;
use crate::storage::references::Reference;

const REPORT_CONTACT_STEP: &str = "baton.frontdoor.v1.FrontDoorReactionService/ReportContactStep";
const RECORD_CONTACT_NOTICE: &str =
    "baton.frontdoor.v1.FrontDoorReactionService/RecordContactNotice";
const RECORD_FACTS: &str = "baton.frontdoor.v1.FrontDoorReactionService/RecordFacts";

#[tonic::async_trait]
impl FrontDoorReactionService for Handlers {
    async fn record_facts(
        &self,
        request: Request<wire::RecordFactsRequest>,
    ) -> Result<Response<wire::RecordFactsResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let ctx = context::of(&wire_context)?;
        let mut violations = Violations::default();
        let child = parse::id("child_id", &body.child_id, &mut violations);
        let at = parse::time("effective_at", body.effective_at.as_ref(), &mut violations);
        let today = self.app.today_at(ctx.received_at);
        let stated = facts::stated(
            &body.facts,
            at.unwrap_or(ctx.received_at),
            today,
            &mut violations,
        );
        violations.into_result()?;
        let child = child.ok_or_else(Problem::internal)?;

        let key = request_key(&wire_context, RECORD_FACTS, &body.request_id, &body);
        let command = ReportFacts {
            child,
            stated,
            source: body.source,
        };
        let response = self
            .app
            .report_facts(key, command, ctx, answer::recorded)
            .await?;
        Ok(Response::new(response))
    }

    async fn get_facts(
        &self,
        request: Request<wire::GetFactsRequest>,
    ) -> Result<Response<wire::GetFactsResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let authority = context::authority(&wire_context)?;
        let child = body
            .child_id
            .parse()
            .map_err(|_| Problem::not_found("child", &body.child_id))?;

        let family = self.app.family_of(&authority, child).await?;
        Ok(Response::new(wire::GetFactsResponse {
            child: family
                .child(child)
                .map(|child| answer::child_facts(&family, child)),
            siblings: family
                .siblings_of(child)
                .map(|child| answer::child_facts(&family, child))
                .collect(),
        }))
    }

    async fn resolve_children(
        &self,
        request: Request<wire::ResolveChildrenRequest>,
    ) -> Result<Response<wire::ResolveChildrenResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let authority = context::authority(&wire_context)?;

        let mut children = Vec::with_capacity(body.references.len());
        for asked in body.references {
            let found = if asked.child_id.is_empty() {
                let reference = Reference {
                    system: asked.system,
                    reference: asked.reference,
                };
                self.app.resolve(&authority, &reference).await?
            } else {
                match asked.child_id.parse() {
                    Ok(child) => self.app.resolve_child(&authority, child).await?,
                    Err(_) => None,
                }
            };
            children.push(
                found.map_or_else(wire::ResolvedChild::default, |(child, family)| {
                    wire::ResolvedChild {
                        child_id: child.to_string(),
                        family_id: family.to_string(),
                    }
                }),
            );
        }
        Ok(Response::new(wire::ResolveChildrenResponse { children }))
    }

    async fn report_contact_step(
        &self,
        request: Request<wire::ReportContactStepRequest>,
    ) -> Result<Response<wire::ReportContactStepResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let ctx = context::of(&wire_context)?;
        let mut violations = Violations::default();
        let child: Option<ChildId> = parse::id("child_id", &body.child_id, &mut violations);
        let done_at = parse::time("done_at", body.done_at.as_ref(), &mut violations);
        violations.into_result()?;
        let (Some(child), Some(done_at)) = (child, done_at) else {
            return Err(Problem::internal().into());
        };
        // The report is about the latest contact: a record system knows no others by our ids.
        let Some(contact) = self.app.latest_contact(&ctx.authority, child).await? else {
            return Ok(Response::new(wire::ReportContactStepResponse::default()));
        };

        let key = request_key(&wire_context, REPORT_CONTACT_STEP, &body.request_id, &body);
        let command = RecordStep {
            record: Record {
                contact: contact.id,
                step: body.step,
                affirms: Vec::new(),
                basis: body.basis,
                reason_digest: None,
                done_at: Some(done_at),
                done_by: body.done_by,
                reported: true,
            },
            reason: None,
        };
        let response = self
            .app
            .record_step(key, command, ctx, |outcome: &Outcome<Contact>| {
                wire::ReportContactStepResponse {
                    contact: Some(answer::contact(&outcome.value)),
                    as_of: Some(answer::as_of(outcome.last_event)),
                }
            })
            .await?;
        Ok(Response::new(response))
    }

    async fn record_contact_notice(
        &self,
        request: Request<wire::RecordContactNoticeRequest>,
    ) -> Result<Response<wire::RecordContactNoticeResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let ctx = context::of(&wire_context)?;
        let mut violations = Violations::default();
        let contact = parse::id("contact_id", &body.contact_id, &mut violations);
        let at = parse::time("sent_at", body.sent_at.as_ref(), &mut violations);
        violations.into_result()?;
        let (Some(contact), Some(at)) = (contact, at) else {
            return Err(Problem::internal().into());
        };

        let key = request_key(
            &wire_context,
            RECORD_CONTACT_NOTICE,
            &body.request_id,
            &body,
        );
        let command = NoticeSent {
            contact,
            kind: body.kind,
            at,
        };
        let response = self
            .app
            .notice_sent(key, command, ctx, |outcome: &Outcome<Contact>| {
                wire::RecordContactNoticeResponse {
                    as_of: Some(answer::as_of(outcome.last_event)),
                }
            })
            .await?;
        Ok(Response::new(response))
    }

    async fn locate_contact(
        &self,
        request: Request<wire::LocateContactRequest>,
    ) -> Result<Response<wire::LocateContactResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let authority = context::authority(&wire_context)?;
        let id = body
            .contact_id
            .parse()
            .map_err(|_| Problem::not_found("contact", &body.contact_id))?;

        let contact = self.app.contact(&authority, id).await?;
        Ok(Response::new(wire::LocateContactResponse {
            child_id: contact.child.to_string(),
        }))
    }
}
