//! What people do about a notice.

use baton_contracts::event::v1::NoticeDue;
use baton_contracts::notification::v1::{self as wire, NoticeState};
use baton_contracts::type_v1::Owner;
use baton_testkit::each_database;
use serde_json::json;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::{Desk, instant, reason, request_id, said, to_family, to_roles};

fn withhold(notice_id: &str, ground: &str) -> wire::WithholdNoticeRequest {
    wire::WithholdNoticeRequest {
        request_id: request_id(),
        notice_id: notice_id.into(),
        ground: ground.into(),
        reason: "he has threatened her".into(),
    }
}

fn given(notice_id: &str, how: &str) -> wire::MarkNoticeGivenRequest {
    wire::MarkNoticeGivenRequest {
        request_id: request_id(),
        notice_id: notice_id.into(),
        given_at: Some(instant("2026-03-02T09:00:00Z")),
        how: how.into(),
    }
}

/// A letter to the family that waits for the safety flags.
async fn waiting(desk: &Desk, meets_item: &str) -> String {
    desk.contact("family", "mother", "letter", "1 The Street")
        .await;
    desk.facts("child.registered", 1, &json!({})).await;
    desk.duty_on(
        NoticeDue {
            meets_item: meets_item.into(),
            ..to_family("t/new_team/1")
        },
        1,
    )
    .await;
    desk.notice().await.notice_id
}

#[tokio::test]
async fn w_025_the_teams_manager_withholds_with_a_reason_that_stays_out_of_the_journal() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let id = waiting(&desk, "").await;

        let worker = desk.by("ann", "social_worker", withhold(&id, "serious_harm"));
        let worker = desk
            .notification()
            .withhold_notice(worker)
            .await
            .unwrap_err();
        let unknown = desk.by("tom", "team_manager", withhold(&id, "too_busy"));
        let unknown = desk
            .notification()
            .withhold_notice(unknown)
            .await
            .unwrap_err();
        let manager = desk.by("tom", "team_manager", withhold(&id, "serious_harm"));
        let withheld = desk
            .notification()
            .withhold_notice(manager)
            .await
            .unwrap()
            .into_inner()
            .notice
            .unwrap();
        let again = desk.by("tom", "team_manager", withhold(&id, "serious_harm"));
        let again = desk
            .notification()
            .withhold_notice(again)
            .await
            .unwrap_err();

        assert_eq!(
            (worker.code(), reason(&worker)),
            (Code::PermissionDenied, "ROLE_NOT_ALLOWED".into())
        );
        assert_eq!(
            unknown.get_details_bad_request().unwrap().field_violations[0].field,
            "ground"
        );
        assert_eq!(withheld.state(), NoticeState::Withheld);
        assert_eq!(reason(&again), "WRONG_PHASE");
        let event = desk.events_of("notice.withheld").await.remove(0);
        assert_eq!(event.reason_digest.len(), 64);
        assert!(!format!("{event:?}").contains("threatened"));
        assert_eq!(event.actor.unwrap().role, "team_manager");
    })
    .await;
}

#[tokio::test]
async fn w_025_w_028_the_referrers_letter_is_still_sent() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let audience = vec![Owner {
            role: "referrer".into(),
            ..Owner::default()
        }];
        desk.duty(NoticeDue {
            audience,
            ..to_family("t/new_team/1")
        })
        .await;
        let id = desk.notice().await.notice_id;

        let refused = desk.by("tom", "team_manager", withhold(&id, "serious_harm"));
        let refused = desk
            .notification()
            .withhold_notice(refused)
            .await
            .unwrap_err();

        assert_eq!(
            (refused.code(), reason(&refused)),
            (Code::FailedPrecondition, "RULE_REFUSES".into())
        );
    })
    .await;
}

#[tokio::test]
async fn l_035_a_letter_handed_over_by_a_person_meets_the_item_and_a_phone_call_does_not() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let id = waiting(&desk, "family_told").await;

        let by_phone = desk.by("ann", "social_worker", given(&id, "telephone"));
        desk.notification()
            .mark_notice_given(by_phone)
            .await
            .unwrap();
        assert!(desk.events_of("notice.sent").await.is_empty());
        assert_eq!(desk.notice().await.state(), NoticeState::Given);

        desk.duty_on(
            NoticeDue {
                meets_item: "family_told".into(),
                ..to_family("t/new_team/2")
            },
            1,
        )
        .await;
        let id = desk.notices().await.remove(1).notice_id;
        let by_hand = desk.by("ann", "social_worker", given(&id, "letter"));
        desk.notification()
            .mark_notice_given(by_hand)
            .await
            .unwrap();
        let told = desk.events_of("notice.sent").await.remove(0);
        assert_eq!(
            (said(&told, "meets_item"), told.aggregate_id),
            ("family_told".into(), id)
        );
    })
    .await;
}

#[tokio::test]
async fn the_contact_book_takes_only_what_a_medium_can_use() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let entry =
            |kind: &str, medium: &str, address: &str, child: bool| wire::SetContactRequest {
                request_id: request_id(),
                kind: kind.into(),
                id: "entry".into(),
                child_id: if child {
                    desk.child.to_string()
                } else {
                    String::new()
                },
                address: address.into(),
                medium: medium.into(),
            };
        let tries = [
            (
                entry("family", "email", "a@b.example\r\nBcc: c@d.example", true),
                "address",
            ),
            (entry("family", "pigeon", "the loft", true), "medium"),
            (entry("family", "letter", "1 The Street", false), "child_id"),
            (entry("neighbour", "letter", "1 The Street", true), "kind"),
            (entry("family", "task", "none", true), "medium"),
        ];

        for (request, field) in tries {
            let refused = desk
                .notification()
                .set_contact(desk.by("kite", "", request))
                .await
                .unwrap_err();
            let violations = refused.get_details_bad_request().unwrap().field_violations;
            assert!(
                violations.iter().any(|violation| violation.field == field),
                "{field}: {violations:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_turns_a_colleagues_mail_to_another_address() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let entry = |kind: &str, id: &str| wire::SetContactRequest {
            request_id: request_id(),
            kind: kind.into(),
            id: id.into(),
            child_id: if kind == "worker" {
                String::new()
            } else {
                desk.child.to_string()
            },
            address: "a@b.example".into(),
            medium: "email".into(),
        };
        let tries = [
            ("ann", "social_worker", "worker", "tom", false),
            ("ann", "social_worker", "worker", "ann", true),
            ("ann", "social_worker", "family", "mother", true),
            ("kite", "", "worker", "tom", true),
        ];
        for (who, role, kind, id, may) in tries {
            let answer = desk
                .notification()
                .set_contact(desk.by(who, role, entry(kind, id)))
                .await;
            let code = answer.map_or_else(|status| status.code(), |_| tonic::Code::Ok);
            let expected = if may {
                tonic::Code::Ok
            } else {
                tonic::Code::PermissionDenied
            };
            assert_eq!(code, expected, "{who} sets {kind} {id}");
        }
    })
    .await;
}

#[tokio::test]
async fn lists_page_newest_first_and_filter() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        for round in ["a/1", "b/1", "c/1"] {
            desk.duty(to_roles(round, &["team_manager"])).await;
        }
        let ids: Vec<String> = desk
            .notices()
            .await
            .into_iter()
            .rev()
            .map(|notice| notice.notice_id)
            .collect();
        let list = |request: wire::ListNoticesRequest| async {
            desk.notification()
                .list_notices(desk.by("tom", "team_manager", request))
                .await
                .unwrap()
                .into_inner()
        };

        let first = list(wire::ListNoticesRequest {
            page_size: 2,
            ..Default::default()
        })
        .await;
        let page_token = first.next_page_token.clone();
        let rest = list(wire::ListNoticesRequest {
            page_size: 2,
            page_token,
            ..Default::default()
        })
        .await;
        let process_id = desk.process.to_string();
        let kind = "icpc_details".to_owned();
        let mine = list(wire::ListNoticesRequest {
            process_id,
            kind,
            ..Default::default()
        })
        .await;
        let nobodys = list(wire::ListNoticesRequest {
            recipient_id: "nobody".into(),
            ..Default::default()
        })
        .await;
        let of_no_case = list(wire::ListNoticesRequest {
            case_id: uuid::Uuid::now_v7().to_string(),
            ..Default::default()
        })
        .await;

        let listed: Vec<String> = first
            .notices
            .iter()
            .chain(&rest.notices)
            .map(|n| n.notice_id.clone())
            .collect();
        assert_eq!(listed, ids);
        assert_eq!(
            (
                mine.notices.len(),
                nobodys.notices.len(),
                of_no_case.notices.len()
            ),
            (3, 0, 0)
        );
        let located = wire::LocateNoticeRequest {
            notice_id: ids[0].clone(),
        };
        let located = desk
            .reactions()
            .locate_notice(desk.by("kite", "", located))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(located.child_id, desk.child.to_string());
    })
    .await;
}
