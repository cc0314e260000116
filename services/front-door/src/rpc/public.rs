//! What record systems and people ask.

use std::collections::BTreeMap;

use baton_contracts::frontdoor::v1 as wire;
use baton_contracts::frontdoor::v1::front_door_service_server::FrontDoorService;
use baton_protocol::FactKey;
use baton_rpc::{Problem, Violations, prepare, request_key};
use tonic::{Request, Response, Status};

use super::{Handlers, answer, context, desk, facts, parse};
use crate::app::{DecideContact, LaunchContact, Link, Register, ReportFacts};
use crate::storage::contacts::Filter;
use crate::storage::references::Reference;

const REGISTER_CHILD: &str = "baton.frontdoor.v1.FrontDoorService/RegisterChild";
const LINK_FAMILY: &str = "baton.frontdoor.v1.FrontDoorService/LinkFamily";
const REPORT_FACTS: &str = "baton.frontdoor.v1.FrontDoorService/ReportFacts";
const LAUNCH_CONTACT: &str = "baton.frontdoor.v1.FrontDoorService/LaunchContact";
const DECIDE_CONTACT: &str = "baton.frontdoor.v1.FrontDoorService/DecideContact";

#[tonic::async_trait]
impl FrontDoorService for Handlers {
    async fn register_child(
        &self,
        request: Request<wire::RegisterChildRequest>,
    ) -> Result<Response<wire::RegisterChildResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let ctx = context::of(&wire_context)?;
        let mut violations = Violations::default();
        let child = parse::optional_id("child_id", &body.child_id, &mut violations);
        let today = self.app.today_at(ctx.received_at);
        let mut dates = Vec::new();
        for (field, text, key) in [
            (
                "date_of_birth",
                &body.date_of_birth,
                FactKey::date_of_birth(),
            ),
            (
                "expected_delivery_date",
                &body.expected_delivery_date,
                FactKey::expected_delivery_date(),
            ),
        ] {
            if text.is_empty() {
                continue;
            }
            match text.parse() {
                Ok(date) if key == FactKey::date_of_birth() && date > today => {
                    violations.add(field, "lies in the future");
                }
                Ok(date) => dates.push(facts::stated_date(key, date, ctx.received_at)),
                Err(_) => violations.add(field, "is not a date"),
            }
        }
        violations.into_result()?;

        let key = request_key(&wire_context, REGISTER_CHILD, &body.request_id, &body);
        let reference = Reference {
            system: body.system,
            reference: body.reference,
        };
        let command = Register {
            reference,
            child,
            dates,
        };
        let response = self
            .app
            .register(key, command, ctx, answer::registered)
            .await?;
        Ok(Response::new(response))
    }

    async fn link_family(
        &self,
        request: Request<wire::LinkFamilyRequest>,
    ) -> Result<Response<wire::LinkFamilyResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let ctx = context::of(&wire_context)?;
        let mut violations = Violations::default();
        let child = parse::id("child_id", &body.child_id, &mut violations);
        let with = body
            .with_child_ids
            .iter()
            .enumerate()
            .filter_map(|(index, id)| {
                parse::id(&format!("with_child_ids[{index}]"), id, &mut violations)
            })
            .collect();
        let mut households = BTreeMap::new();
        for (id, household) in &body.households {
            let field = format!("households[{id}]");
            if !parse::is_household(household) {
                violations.add(
                    &field,
                    "has to be an id: letters, digits and . _ : -, 64 at most",
                );
            }
            if let Some(id) = parse::id(&field, id, &mut violations) {
                households.insert(id, household.clone());
            }
        }
        violations.into_result()?;
        let child = child.ok_or_else(Problem::internal)?;

        let key = request_key(&wire_context, LINK_FAMILY, &body.request_id, &body);
        let response = self
            .app
            .link(
                key,
                Link {
                    child,
                    with,
                    households,
                },
                ctx,
                answer::linked,
            )
            .await?;
        Ok(Response::new(response))
    }

    async fn report_facts(
        &self,
        request: Request<wire::ReportFactsRequest>,
    ) -> Result<Response<wire::ReportFactsResponse>, Status> {
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

        let key = request_key(&wire_context, REPORT_FACTS, &body.request_id, &body);
        let command = ReportFacts {
            child,
            stated,
            source: ctx.actor.principal.clone(),
        };
        let response = self
            .app
            .report_facts(key, command, ctx, answer::reported)
            .await?;
        Ok(Response::new(response))
    }

    async fn launch_contact(
        &self,
        request: Request<wire::LaunchContactRequest>,
    ) -> Result<Response<wire::LaunchContactResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let ctx = context::of(&wire_context)?;
        let mut violations = Violations::default();
        let child = parse::id("child_id", &body.child_id, &mut violations);
        let received_at = parse::time("received_at", body.received_at.as_ref(), &mut violations);
        let team = parse::optional_id("team_id", &body.team_id, &mut violations);
        violations.into_result()?;
        let (Some(child), Some(received_at)) = (child, received_at) else {
            return Err(Problem::internal().into());
        };

        let key = request_key(&wire_context, LAUNCH_CONTACT, &body.request_id, &body);
        let command = LaunchContact {
            child,
            source_kind: body.source_kind,
            form: body.form,
            received_at,
            team,
            kind: body.kind,
        };
        let response = self.app.launch(key, command, ctx, answer::launched).await?;
        Ok(Response::new(response))
    }

    async fn decide_contact(
        &self,
        request: Request<wire::DecideContactRequest>,
    ) -> Result<Response<wire::DecideContactResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let ctx = context::of(&wire_context)?;
        let mut violations = Violations::default();
        let contact = parse::id("contact_id", &body.contact_id, &mut violations);
        let team = parse::optional_id("team_id", &body.team_id, &mut violations);
        let period = parse::period(&body.period_from, &body.period_until, &mut violations);
        violations.into_result()?;
        let contact = contact.ok_or_else(Problem::internal)?;

        let key = request_key(&wire_context, DECIDE_CONTACT, &body.request_id, &body);
        let command = DecideContact {
            contact,
            outcome: body.outcome,
            team,
            rationale: parse::said(body.rationale),
            need_level: parse::said(body.need_level),
            ground: parse::said(body.ground),
            issues: body.issues,
            period,
            departures: body
                .departures
                .into_iter()
                .map(|said| (said.rule_id, said.reason))
                .collect(),
            expected_version: (body.expected_version > 0).then_some(body.expected_version),
        };
        let response = self.app.decide(key, command, ctx, answer::decided).await?;
        Ok(Response::new(response))
    }

    async fn record_contact_step(
        &self,
        request: Request<wire::RecordContactStepRequest>,
    ) -> Result<Response<wire::RecordContactStepResponse>, Status> {
        desk::record_contact_step(self, request).await
    }

    async fn pass_contact(
        &self,
        request: Request<wire::PassContactRequest>,
    ) -> Result<Response<wire::PassContactResponse>, Status> {
        desk::pass_contact(self, request).await
    }

    async fn log_enquiry(
        &self,
        request: Request<wire::LogEnquiryRequest>,
    ) -> Result<Response<wire::LogEnquiryResponse>, Status> {
        desk::log_enquiry(self, request).await
    }

    async fn answer_enquiry(
        &self,
        request: Request<wire::AnswerEnquiryRequest>,
    ) -> Result<Response<wire::AnswerEnquiryResponse>, Status> {
        desk::answer_enquiry(self, request).await
    }

    async fn log_tray_check(
        &self,
        request: Request<wire::LogTrayCheckRequest>,
    ) -> Result<Response<wire::LogTrayCheckResponse>, Status> {
        desk::log_tray_check(self, request).await
    }

    async fn get_enquiry(
        &self,
        request: Request<wire::GetEnquiryRequest>,
    ) -> Result<Response<wire::GetEnquiryResponse>, Status> {
        desk::get_enquiry(self, request).await
    }

    async fn get_tray(
        &self,
        request: Request<wire::GetTrayRequest>,
    ) -> Result<Response<wire::GetTrayResponse>, Status> {
        desk::get_tray(self, request).await
    }

    async fn get_child(
        &self,
        request: Request<wire::GetChildRequest>,
    ) -> Result<Response<wire::GetChildResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let authority = context::authority(&wire_context)?;
        let id = body
            .child_id
            .parse()
            .map_err(|_| Problem::not_found("child", &body.child_id))?;

        let child = self.app.child(&authority, id).await?;
        Ok(Response::new(wire::GetChildResponse {
            child: Some(answer::child(&child)),
        }))
    }

    async fn find_child(
        &self,
        request: Request<wire::FindChildRequest>,
    ) -> Result<Response<wire::FindChildResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let authority = context::authority(&wire_context)?;

        let system = body.system.clone();
        let reference = Reference {
            system: body.system,
            reference: body.reference,
        };
        // The reference itself is not repeated: systems have been seen to put names there.
        let (id, _) = self
            .app
            .resolve(&authority, &reference)
            .await?
            .ok_or_else(|| Problem::not_found("child with that reference in", system))?;
        let child = self.app.child(&authority, id).await?;
        Ok(Response::new(wire::FindChildResponse {
            child: Some(answer::child(&child)),
        }))
    }

    async fn list_fact_history(
        &self,
        request: Request<wire::ListFactHistoryRequest>,
    ) -> Result<Response<wire::ListFactHistoryResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let authority = context::authority(&wire_context)?;
        let id = body
            .child_id
            .parse()
            .map_err(|_| Problem::not_found("child", &body.child_id))?;
        let key = (!body.key.is_empty()).then_some(body.key.as_str());

        let history = self.app.history(&authority, id, key).await?;
        let facts = history
            .iter()
            .map(|(key, known)| facts::fact(key, known))
            .collect();
        Ok(Response::new(wire::ListFactHistoryResponse { facts }))
    }

    async fn get_contact(
        &self,
        request: Request<wire::GetContactRequest>,
    ) -> Result<Response<wire::GetContactResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let authority = context::authority(&wire_context)?;
        let id = body
            .contact_id
            .parse()
            .map_err(|_| Problem::not_found("contact", &body.contact_id))?;

        let contact = self.app.contact(&authority, id).await?;
        Ok(Response::new(wire::GetContactResponse {
            contact: Some(answer::contact(&contact)),
        }))
    }

    async fn list_contacts(
        &self,
        request: Request<wire::ListContactsRequest>,
    ) -> Result<Response<wire::ListContactsResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let authority = context::authority(&wire_context)?;
        let mut violations = Violations::default();
        let filter = Filter {
            team: parse::optional_id("team_id", &body.team_id, &mut violations),
            child: parse::optional_id("child_id", &body.child_id, &mut violations),
            undecided_only: body.undecided_only,
        };
        let page = parse::page(body.page_size, &body.page_token, &mut violations);
        violations.into_result()?;

        let contacts = self.app.contacts(&authority, &filter, page).await?;
        let is_full = i64::try_from(contacts.len()).is_ok_and(|length| length == page.size);
        let next = contacts
            .last()
            .filter(|_| is_full)
            .map(|contact| contact.id.to_string());
        Ok(Response::new(wire::ListContactsResponse {
            contacts: contacts.iter().map(answer::contact).collect(),
            next_page_token: next.unwrap_or_default(),
        }))
    }
}
