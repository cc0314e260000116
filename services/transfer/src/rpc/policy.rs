//! The review of the policy: from a request to the domain, and what it answers.

use baton_contracts::timestamp;
use baton_contracts::transfer::v1 as proto;
use baton_rpc::prepare;
use jiff::Timestamp;
use tonic::{Request, Response, Status};

use super::requests::envelope;
use super::transfers::{Transfers, authority};
use super::{as_of, time};
use crate::domain::{Figures, HeldReview, PolicyReview, RecordReview};

/// How many of those that were held are shown.
const HELD_MAX: usize = 50;

impl Transfers {
    /// Records that the policy was reviewed.
    pub(super) async fn record_review(
        &self,
        request: Request<proto::RecordPolicyReviewRequest>,
    ) -> Result<Response<proto::RecordPolicyReviewResponse>, Status> {
        const METHOD: &str = "RecordPolicyReview";
        let (context, body) = prepare(request)?;
        let asked = RecordReview {
            held_at: time(body.held_at.as_ref()),
            attended: body.attended.clone(),
            looked_at: body.looked_at.clone(),
        };
        let full = format!("baton.transfer.v1.TransferService/{METHOD}");
        let call = envelope(&body.request_id, 0, &[], &body.findings)
            .call(&self.0, &context, &full, &body)?;
        let answer = self.0.record_policy_review(call, asked, METHOD, |done| {
            proto::RecordPolicyReviewResponse {
                policy_review: Some(shown(&done.review, None)),
                as_of: Some(as_of(Some(done.event))),
            }
        });
        Ok(Response::new(answer.await?))
    }

    /// Tells how the review of the policy stands.
    pub(super) async fn how_it_stands(
        &self,
        request: Request<proto::GetPolicyReviewRequest>,
    ) -> Result<Response<proto::GetPolicyReviewResponse>, Status> {
        let (context, _) = prepare(request)?;
        let (review, now, so_far) = self.0.policy_review(&authority(&context)?).await?;
        let so_far = figures(&so_far, review.since, now, review.meeting.as_deref());
        Ok(Response::new(proto::GetPolicyReviewResponse {
            policy_review: Some(shown(&review, Some(so_far))),
        }))
    }
}

fn shown(review: &PolicyReview, so_far: Option<proto::PolicyFigures>) -> proto::PolicyReview {
    let roles = review.by.iter().map(|party| party.role.to_string());
    let looks_at = review.looks_at.iter();
    proto::PolicyReview {
        policy_review_id: review.id.to_string(),
        asked_for: review.asked_for,
        owed_by: roles.collect(),
        looks_at: looks_at
            .map(|figures| figures.as_str().to_owned())
            .collect(),
        meeting: review.meeting.clone().unwrap_or_default(),
        due_on: review.due_on.to_string(),
        overdue: review.overdue,
        missed_on: review.missed.iter().map(ToString::to_string).collect(),
        so_far,
        held: review.held.iter().rev().take(HELD_MAX).map(held).collect(),
        rules: review.rules.clone(),
        version: review.version,
    }
}

fn held(review: &HeldReview) -> proto::HeldPolicyReview {
    let looked_at = review.looked_at.iter();
    proto::HeldPolicyReview {
        held_at: Some(timestamp(review.at)),
        due_on: review.due_on.to_string(),
        in_time: review.in_time,
        by: review.by.clone(),
        attended: review.attended.iter().map(ToString::to_string).collect(),
        looked_at: looked_at
            .map(|figures| figures.as_str().to_owned())
            .collect(),
        findings_digest: review.findings_digest.clone().unwrap_or_default(),
        figures: Some(figures(
            &review.figures,
            review.since,
            review.at,
            review.meeting.as_deref(),
        )),
    }
}

fn figures(
    of: &Figures,
    from: Timestamp,
    until: Timestamp,
    meeting: Option<&str>,
) -> proto::PolicyFigures {
    proto::PolicyFigures {
        from: Some(timestamp(from)),
        until: Some(timestamp(until)),
        opened: of.opened,
        completed: of.completed,
        completed_in_time: of.completed_in_time,
        completed_late: of.completed_late,
        sent_back: of.sent_back,
        withdrawn: of.withdrawn,
        disputed: of.disputed,
        deadlines_breached: of.deadlines_breached,
        meetings: meeting.map(|kind| proto::MeetingFigures {
            kind: kind.to_owned(),
            held: of.meetings_held,
            completed_with: of.completed_with,
            completed_with_in_time: of.completed_with_in_time,
            completed_without: of.completed_without(),
            completed_without_in_time: of.completed_without_in_time(),
        }),
    }
}
