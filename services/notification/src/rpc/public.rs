//! What record systems and people ask.

use baton_contracts::notification::v1 as wire;
use baton_contracts::notification::v1::notification_service_server::NotificationService;
use baton_rpc::{Problem, Violations, prepare, request_key};
use tonic::{Request, Response, Status};

use super::{Handlers, answer, context, parse};
use crate::app::{Deliver, Give, SetContact, Withhold};
use crate::storage::notices::Filter;

const SET_CONTACT: &str = "baton.notification.v1.NotificationService/SetContact";
const WITHHOLD_NOTICE: &str = "baton.notification.v1.NotificationService/WithholdNotice";
const MARK_NOTICE_GIVEN: &str = "baton.notification.v1.NotificationService/MarkNoticeGiven";
const REPORT_DELIVERY: &str = "baton.notification.v1.NotificationService/ReportDelivery";

/// The kinds of entry in the contact book.
const KINDS: &[&str] = &["worker", "family", "child", "agency", "referrer"];
/// The media of an entry.
const MEDIA: &[&str] = &["email", "letter", "task"];

#[tonic::async_trait]
impl NotificationService for Handlers {
    async fn set_contact(
        &self,
        request: Request<wire::SetContactRequest>,
    ) -> Result<Response<wire::SetContactResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let ctx = context::of(&wire_context)?;
        let mut violations = Violations::default();
        let child = parse::optional_id("child_id", &body.child_id, &mut violations);
        if !KINDS.contains(&body.kind.as_str()) {
            violations.add("kind", format!("has to be one of {}", KINDS.join(", ")));
        }
        if !MEDIA.contains(&body.medium.as_str()) {
            violations.add("medium", format!("has to be one of {}", MEDIA.join(", ")));
        }
        if body.medium == "email" && !parse::is_email(&body.address) {
            violations.add("address", "is no address for an email");
        }
        if body.medium == "task" && body.kind != "worker" {
            violations.add("medium", "only a worker can be told by a task");
        }
        if matches!(body.kind.as_str(), "family" | "child" | "referrer") && body.child_id.is_empty()
        {
            violations.add("child_id", "is required for this kind");
        }
        violations.into_result()?;

        let key = request_key(&wire_context, SET_CONTACT, &body.request_id, &body);
        let command = SetContact {
            kind: body.kind,
            id: body.id,
            child,
            address: body.address,
            medium: body.medium,
        };
        let response = self
            .app
            .set_contact(key, command, ctx, answer::contact_set)
            .await?;
        Ok(Response::new(response))
    }

    async fn withhold_notice(
        &self,
        request: Request<wire::WithholdNoticeRequest>,
    ) -> Result<Response<wire::WithholdNoticeResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let ctx = context::of(&wire_context)?;
        let notice = body
            .notice_id
            .parse()
            .map_err(|_| Problem::not_found("notice", &body.notice_id))?;

        let key = request_key(&wire_context, WITHHOLD_NOTICE, &body.request_id, &body);
        let command = Withhold {
            notice,
            ground: body.ground,
            reason: body.reason,
        };
        let response = self
            .app
            .withhold(key, command, ctx, answer::withheld)
            .await?;
        Ok(Response::new(response))
    }

    async fn mark_notice_given(
        &self,
        request: Request<wire::MarkNoticeGivenRequest>,
    ) -> Result<Response<wire::MarkNoticeGivenResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let ctx = context::of(&wire_context)?;
        let mut violations = Violations::default();
        let notice = parse::id("notice_id", &body.notice_id, &mut violations);
        let at = parse::time("given_at", body.given_at.as_ref(), &mut violations);
        violations.into_result()?;
        let (Some(notice), Some(at)) = (notice, at) else {
            return Err(Problem::internal().into());
        };

        let key = request_key(&wire_context, MARK_NOTICE_GIVEN, &body.request_id, &body);
        let command = Give {
            notice,
            at,
            how: body.how,
        };
        let response = self.app.give(key, command, ctx, answer::given).await?;
        Ok(Response::new(response))
    }

    async fn report_delivery(
        &self,
        request: Request<wire::ReportDeliveryRequest>,
    ) -> Result<Response<wire::ReportDeliveryResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let ctx = context::of(&wire_context)?;
        let mut violations = Violations::default();
        let notice = parse::id("notice_id", &body.notice_id, &mut violations);
        let at = parse::time("at", body.at.as_ref(), &mut violations);
        violations.into_result()?;
        let (Some(notice), Some(at)) = (notice, at) else {
            return Err(Problem::internal().into());
        };

        let key = request_key(&wire_context, REPORT_DELIVERY, &body.request_id, &body);
        let command = Deliver {
            notice,
            delivered: body.delivered,
            at,
        };
        let response = self
            .app
            .deliver(key, command, ctx, answer::delivered)
            .await?;
        Ok(Response::new(response))
    }

    async fn get_notice(
        &self,
        request: Request<wire::GetNoticeRequest>,
    ) -> Result<Response<wire::GetNoticeResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let authority = context::authority(&wire_context)?;
        let id = body
            .notice_id
            .parse()
            .map_err(|_| Problem::not_found("notice", &body.notice_id))?;

        let notice = self.app.notice(&authority, id).await?;
        Ok(Response::new(wire::GetNoticeResponse {
            notice: Some(answer::notice(&notice)),
        }))
    }

    async fn list_notices(
        &self,
        request: Request<wire::ListNoticesRequest>,
    ) -> Result<Response<wire::ListNoticesResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let authority = context::authority(&wire_context)?;
        let mut violations = Violations::default();
        let filter = Filter {
            case: parse::optional_id("case_id", &body.case_id, &mut violations),
            process: parse::optional_id("process_id", &body.process_id, &mut violations),
            kind: body.kind,
            recipient: body.recipient_id,
        };
        let page = parse::page(body.page_size, &body.page_token, &mut violations);
        violations.into_result()?;

        let notices = self.app.notices(&authority, &filter, page).await?;
        let is_full = i64::try_from(notices.len()).is_ok_and(|length| length == page.size);
        let next = notices
            .last()
            .filter(|_| is_full)
            .map(|notice| notice.id.to_string());
        Ok(Response::new(wire::ListNoticesResponse {
            notices: notices.iter().map(answer::notice).collect(),
            next_page_token: next.unwrap_or_default(),
        }))
    }
}
