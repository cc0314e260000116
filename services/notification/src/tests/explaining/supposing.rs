//! What would become of a notice if it were sent now.

use baton_contracts::event::v1::NoticeDue;
use baton_contracts::notification::v1 as wire;
use baton_contracts::type_v1::{ChildFacts, Context, Fact, Owner, Reasons, Weight};
use baton_ids::NoticeId;
use baton_rpc::attach_context;
use baton_store::Cursor;
use baton_testkit::each_database;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

use super::super::{Desk, pack, reason, request_id, to_family, to_roles};
use super::{SAFETY, barring, explaining, letter, weight};

/// Asks what would become of a notice while the front door knows these facts of the child.
async fn what_if(
    desk: &Desk,
    notice: &wire::Notice,
    known: Vec<Fact>,
    facts: Vec<Fact>,
) -> Result<Reasons, Status> {
    let mut request = Request::new(wire::WhatIfNoticeRequest {
        notice_id: notice.notice_id.clone(),
        facts,
    });
    let context = Context {
        child: Some(ChildFacts {
            child_id: desk.child.to_string(),
            version: 1,
            facts: known,
            ..ChildFacts::default()
        }),
        ..desk.context("tom", "team_manager")
    };
    attach_context(&mut request, &context);
    let answer = explaining(desk).what_if_notice(request).await?;
    Ok(answer.into_inner().reasons.unwrap())
}

#[tokio::test]
async fn w_025_what_would_become_of_a_letter_is_answered_and_nothing_is_written() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        letter(&desk).await;
        let notice = desk.notice().await;
        let before = events(&desk).await;

        let unsaid = what_if(&desk, &notice, Vec::new(), Vec::new());
        let unsaid = unsaid.await.unwrap();
        let nobody = vec![barring(SAFETY, &[])];
        let free = what_if(&desk, &notice, Vec::new(), nobody.clone());
        let free = free.await.unwrap();
        let family = vec![barring(SAFETY, &["parent"])];
        let flagged = what_if(&desk, &notice, nobody.clone(), family.clone());
        let flagged = flagged.await.unwrap();
        let known = what_if(&desk, &notice, family, Vec::new()).await.unwrap();

        assert_eq!(unsaid.decision, "held");
        assert_eq!(weight(&unsaid, "serious_harm"), Weight::Undecided);
        assert_eq!(free.decision, "sent");
        assert_eq!(weight(&free, "new_team"), Weight::Won);
        assert_eq!(flagged.decision, "safety_flag");
        assert_eq!(weight(&flagged, "safety_flag"), Weight::Won);
        assert_eq!(flagged.facts[0].source, "supposed");
        assert_eq!(
            (known.decision.as_str(), known.facts[0].source.as_str()),
            ("safety_flag", "kite")
        );
        assert_eq!(desk.notice().await, notice);
        assert_eq!(events(&desk).await, before);
        assert!(desk.spooled().is_empty());
    })
    .await;
}

#[tokio::test]
async fn x_23_what_was_ended_for_good_is_not_sent_on_any_fact() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        letter(&desk).await;
        desk.settle().await;
        desk.duty_on(to_family("t/new_team/2"), 1).await;
        let notices = desk.notices().await;
        let nobody = vec![barring(SAFETY, &[])];

        let first = what_if(&desk, &notices[0], Vec::new(), nobody.clone());
        let second = what_if(&desk, &notices[1], Vec::new(), nobody);

        assert_eq!(first.await.unwrap().decision, "superseded");
        assert_eq!(second.await.unwrap().decision, "sent");
    })
    .await;
}

#[tokio::test]
async fn w_025_what_somebody_withheld_is_not_sent_on_any_fact() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        letter(&desk).await;
        let notice = desk.notice().await;
        let request = wire::WithholdNoticeRequest {
            request_id: request_id(),
            notice_id: notice.notice_id.clone(),
            ground: "serious_harm".into(),
            reason: "he has threatened her".into(),
        };
        desk.notification()
            .withhold_notice(desk.by("tom", "team_manager", request))
            .await
            .unwrap();
        let nobody = vec![barring(SAFETY, &[])];

        let supposed = what_if(&desk, &notice, Vec::new(), nobody).await.unwrap();

        assert_eq!(supposed.decision, "serious_harm");
        assert_eq!(weight(&supposed, "withheld_by_a_person"), Weight::Won);
        assert_eq!(weight(&supposed, "serious_harm"), Weight::DoesNotHold);
    })
    .await;
}

#[tokio::test]
async fn a_worker_would_be_told_whatever_is_supposed() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let worker = Owner {
            worker_id: "ann".into(),
            ..to_roles("t/icpc/1", &["social_worker"]).audience.remove(0)
        };
        let notice = NoticeDue {
            audience: vec![worker],
            medium: "task".into(),
            ..to_roles("t/icpc/1", &[])
        };
        desk.duty(notice).await;
        let notice = desk.notice().await;
        let family = vec![barring(SAFETY, &["family"])];

        let supposed = what_if(&desk, &notice, Vec::new(), family).await.unwrap();

        assert_eq!(supposed.decision, "sent");
        assert_eq!(weight(&supposed, "professional"), Weight::Won);
        assert!(supposed.facts.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_supposed_is_named() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        letter(&desk).await;
        let notice = desk.notice().await;
        let wrong = vec![
            barring(SAFETY, &["family"]),
            barring("favourite_colour", &["red"]),
            barring(SAFETY, &["neighbour"]),
        ];

        let refused = what_if(&desk, &notice, Vec::new(), wrong)
            .await
            .unwrap_err();

        assert_eq!(reason(&refused), "INVALID_FIELDS");
        let fields = refused
            .get_details_bad_request()
            .unwrap()
            .field_violations
            .into_iter()
            .map(|violation| violation.field)
            .collect::<Vec<_>>();
        assert_eq!(fields, ["facts[1]", "facts[2]"]);
    })
    .await;
}

#[tokio::test]
async fn of_a_notice_that_there_is_not_nothing_can_be_supposed() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let unknown = wire::Notice {
            notice_id: NoticeId::new().to_string(),
            ..wire::Notice::default()
        };

        let refused = what_if(&desk, &unknown, Vec::new(), Vec::new()).await;

        assert_eq!(refused.unwrap_err().code(), Code::NotFound);
    })
    .await;
}

/// How many events there are.
async fn events(desk: &Desk) -> usize {
    let beginning = Cursor::default();
    let feed = desk.store.read_feed(pack::AUTHORITY, &beginning, 5000);
    feed.await.unwrap().len()
}
