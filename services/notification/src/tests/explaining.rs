//! Why a notice was sent, waits or was withheld, and what would become of one.

use baton_contracts::event::v1::NoticeDue;
use baton_contracts::notification::v1 as wire;
use baton_contracts::notification::v1::notification_explain_service_client::NotificationExplainServiceClient;
use baton_contracts::type_v1::{
    CodeList, Context, Fact, FactValue, Owner, Reasons, SkippedDay, Weight, fact_value,
};
use baton_rpc::{Conn, attach_context};
use baton_testkit::each_database;
use tonic::{Code, Request};

use super::{Desk, instant, request_id, to_family, to_roles};

mod kept;
mod supposing;

const SAFETY: &str = "safety.withhold_from";

fn explaining(desk: &Desk) -> NotificationExplainServiceClient<Conn> {
    NotificationExplainServiceClient::new(desk.conn.clone())
}

async fn explain(desk: &Desk, notice: &wire::Notice) -> wire::ExplainNoticeResponse {
    let request = wire::ExplainNoticeRequest {
        notice_id: notice.notice_id.clone(),
    };
    let mut client = explaining(desk);
    let answer = client.explain_notice(desk.by("kite", "", request)).await;
    answer.unwrap().into_inner()
}

/// Why the one notice there is became what it is.
async fn why(desk: &Desk) -> Reasons {
    let notice = desk.notice().await;
    explain(desk, &notice).await.reasons.unwrap()
}

fn barring(key: &str, codes: &[&str]) -> Fact {
    let value = if codes.is_empty() {
        fact_value::Value::None(true)
    } else {
        fact_value::Value::Codes(CodeList {
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        })
    };
    Fact {
        key: key.into(),
        value: Some(FactValue { value: Some(value) }),
        source: "kite".into(),
        ..Fact::default()
    }
}

/// What was weighed, in order, with what became of each.
fn weights(reasons: &Reasons) -> Vec<(&str, Weight)> {
    let weighed = reasons.weighed.iter();
    weighed
        .map(|weighed| (weighed.name.as_str(), weighed.weight()))
        .collect()
}

fn weight(reasons: &Reasons, name: &str) -> Weight {
    let weighed = reasons.weighed.iter().find(|weighed| weighed.name == name);
    weighed.unwrap_or_else(|| panic!("{reasons:?}")).weight()
}

/// The letter to the family of a child of whom nothing is known but that it is registered.
async fn letter(desk: &Desk) {
    desk.contact("family", "mother", "letter", "1 The Street")
        .await;
    desk.facts("child.registered", 1, &serde_json::json!({}))
        .await;
    desk.duty_on(to_family("t/new_team/1"), 1).await;
}

#[tokio::test]
async fn w_025_a_letter_that_waits_names_the_fact_that_nobody_has_said_and_who_may_withhold_it() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        letter(&desk).await;

        let notice = desk.notice().await;
        let explained = explain(&desk, &notice).await;

        let why = explained.reasons.unwrap();
        assert_eq!(why.decision, "held");
        assert_eq!(
            weights(&why),
            [
                ("nobody_found", Weight::DoesNotHold),
                ("told_already", Weight::DoesNotHold),
                ("superseded", Weight::DoesNotHold),
                ("withheld_by_a_person", Weight::DoesNotHold),
                ("told_by_a_person", Weight::DoesNotHold),
                ("professional", Weight::DoesNotHold),
                ("facts_awaited", Weight::DoesNotHold),
                ("serious_harm", Weight::Undecided),
                ("barred_agency", Weight::OtherTrigger),
                ("safety_flag", Weight::PassedOver),
                ("new_team", Weight::Outranked),
            ]
        );
        assert_eq!(why.unknown_facts, [SAFETY]);
        assert_eq!((why.facts.len(), why.dates.len()), (0, 0));
        let [withhold] = why.entitled.as_slice() else {
            panic!("{why:?}");
        };
        assert_eq!(withhold.act, "withhold:serious_harm");
        assert_eq!(withhold.by, ["team_manager of responsible"]);
        assert_eq!(withhold.rules, ["W-025"]);
        assert_eq!(why.weighed.last().unwrap().rules, ["W-089"]);
        assert_eq!(explained.process_id, desk.process.to_string());
        assert_eq!(explained.cause_event_id, notice.cause_event_id);
        assert_eq!(explained.named.unwrap().role, "family");
        assert_eq!(explained.notices, [notice]);
    })
    .await;
}

#[tokio::test]
async fn w_025_a_letter_that_is_withheld_names_the_flag_and_who_reported_it() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        letter(&desk).await;
        desk.settle().await;
        desk.barred(2, &["family"]).await;

        let why = why(&desk).await;

        assert_eq!(why.decision, "serious_harm");
        assert_eq!(weight(&why, "serious_harm"), Weight::Won);
        assert_eq!(weight(&why, "safety_flag"), Weight::Outranked);
        assert_eq!(weight(&why, "new_team"), Weight::Outranked);
        let [flag] = why.facts.as_slice() else {
            panic!("{why:?}");
        };
        assert_eq!((flag.key.as_str(), flag.source.as_str()), (SAFETY, "tom"));
        assert_eq!(flag.value, barring(SAFETY, &["family"]).value);
        assert_eq!(flag.effective_at, Some(instant("2026-03-01T10:00:00Z")));
        assert_eq!(flag.recorded_at, Some(instant(super::NOW)));
        assert!(why.unknown_facts.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_agency_is_told_while_nobody_has_said_and_its_exception_is_passed_over() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.contact("agency", "school", "letter", "The School")
            .await;
        desk.facts("child.registered", 1, &serde_json::json!({}))
            .await;
        let audience = vec![Owner {
            role: "agencies".into(),
            ..Owner::default()
        }];
        let notice = NoticeDue {
            audience,
            ..to_family("t/new_team/1")
        };
        desk.duty_on(notice, 1).await;

        let why = why(&desk).await;

        assert_eq!(why.decision, "sent");
        assert_eq!(weight(&why, "barred_agency"), Weight::PassedOver);
        assert_eq!(weight(&why, "serious_harm"), Weight::OtherTrigger);
        assert_eq!(weight(&why, "new_team"), Weight::Won);
        // Known or not, it does not wait for it.
        assert!(why.unknown_facts.is_empty());
        assert_eq!(why.entitled[0].act, "withhold:barred_agency");
        assert_eq!(why.entitled[0].by, ["group_manager of area"]);
    })
    .await;
}

#[tokio::test]
async fn w_025_what_somebody_withheld_names_the_ground_the_post_and_who_may() {
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

        let explained = explain(&desk, &notice).await;

        let why = explained.reasons.unwrap();
        assert_eq!(why.decision, "serious_harm");
        let withheld = &why.weighed[3];
        assert_eq!(
            (withheld.name.as_str(), withheld.weight()),
            ("withheld_by_a_person", Weight::Won)
        );
        assert_eq!(withheld.rules, ["W-025"]);
        assert_eq!(withheld.leads_to, "serious_harm");
        // It waited before, and would have gone on waiting.
        assert_eq!(weight(&why, "serious_harm"), Weight::Outranked);
        assert_eq!(why.entitled[0].by, ["team_manager of responsible"]);
        let post = explained.withheld_by.unwrap();
        assert_eq!(
            (post.role.as_str(), post.team_id.as_str()),
            ("team_manager", "frt")
        );
    })
    .await;
}

#[tokio::test]
async fn x_23_a_letter_whose_place_a_later_round_took_says_so() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        letter(&desk).await;
        desk.settle().await;
        desk.duty_on(to_family("t/new_team/2"), 1).await;

        let notices = desk.notices().await;
        let why = explain(&desk, &notices[0]).await.reasons.unwrap();

        assert_eq!(why.decision, "superseded");
        assert_eq!(weight(&why, "superseded"), Weight::Won);
        assert_eq!(why.weighed[2].rules, ["X-23"]);
        assert_eq!(weight(&why, "serious_harm"), Weight::Outranked);
        assert!(why.unknown_facts.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_found_nobody_or_was_told_otherwise_says_so() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.facts("child.registered", 1, &serde_json::json!({}))
            .await;
        desk.duty_on(to_family("t/new_team/1"), 1).await;
        let found = why(&desk).await;
        let notice = desk.notice().await;
        let given = wire::MarkNoticeGivenRequest {
            request_id: request_id(),
            notice_id: notice.notice_id.clone(),
            given_at: Some(instant("2026-03-02T09:00:00Z")),
            how: "telephone".into(),
        };
        desk.notification()
            .mark_notice_given(desk.by("ann", "social_worker", given))
            .await
            .unwrap();
        let given = why(&desk).await;
        desk.duty(to_roles("t/icpc/1", &["team_manager", "support_officer"]))
            .await;
        let ids: Vec<wire::Notice> = desk.notices().await.split_off(1);
        desk.address(&ids[0].notice_id, &["nia"]).await;
        desk.address(&ids[1].notice_id, &["nia"]).await;
        let twice = explain(&desk, &ids[1]).await.reasons.unwrap();

        assert_eq!(found.decision, "unaddressed");
        assert_eq!(weight(&found, "nobody_found"), Weight::Won);
        // Nobody has tried to send it: nothing was looked at.
        assert_eq!(found.weighed.len(), 6);
        assert_eq!(given.decision, "given");
        assert_eq!(weight(&given, "told_by_a_person"), Weight::Won);
        assert_eq!(twice.decision, "told_already");
        assert_eq!(weight(&twice, "told_already"), Weight::Won);
    })
    .await;
}

#[tokio::test]
async fn a_letter_does_not_overtake_the_facts_on_which_it_was_decided_and_says_so() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        desk.contact("family", "mother", "letter", "1 The Street")
            .await;
        desk.barred(1, &[]).await;
        desk.settle().await;
        desk.duty_on(to_family("t/new_team/1"), 2).await;

        let why = why(&desk).await;

        assert_eq!(why.decision, "awaiting_facts");
        assert_eq!(weight(&why, "facts_awaited"), Weight::Won);
        assert_eq!(weight(&why, "new_team"), Weight::Outranked);
    })
    .await;
}

#[tokio::test]
async fn x_03_the_limit_is_counted_day_by_day_over_easter() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let skipped = [
            ("2026-04-03", "Good Friday"),
            ("2026-04-04", "saturday"),
            ("2026-04-05", "sunday"),
            ("2026-04-06", "Easter Monday"),
        ];
        let skipped = skipped.map(|(date, reason)| SkippedDay {
            date: date.into(),
            reason: reason.into(),
        });
        desk.duty(NoticeDue {
            due_at: Some(instant("2026-04-08T23:00:00Z")),
            due_from: "2026-04-02".into(),
            due_skipped: skipped.to_vec(),
            ..to_roles("t/icpc/1", &["team_manager"])
        })
        .await;

        let why = why(&desk).await;

        let [limit] = why.dates.as_slice() else {
            panic!("{why:?}");
        };
        let due = limit.due.as_ref().unwrap();
        assert_eq!(due.due_on, "2026-04-08");
        assert_eq!(due.skipped_days, skipped);
        assert_eq!(limit.from, "2026-04-02");
        let days: Vec<(&str, i32, &str)> = limit
            .days
            .iter()
            .map(|day| {
                (
                    day.date.as_str(),
                    day.number,
                    day.not_counted_because.as_str(),
                )
            })
            .collect();
        assert_eq!(
            days,
            [
                ("2026-04-03", 0, "Good Friday"),
                ("2026-04-04", 0, "saturday"),
                ("2026-04-05", 0, "sunday"),
                ("2026-04-06", 0, "Easter Monday"),
                ("2026-04-07", 1, ""),
                ("2026-04-08", 2, ""),
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn another_authoritys_notice_is_as_good_as_none() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        letter(&desk).await;
        let notice = desk.notice().await;
        let mut request = Request::new(wire::ExplainNoticeRequest {
            notice_id: notice.notice_id.clone(),
        });
        let context = Context {
            authority: "merton".into(),
            ..desk.context("kite", "")
        };
        attach_context(&mut request, &context);
        let foreign = explaining(&desk).explain_notice(request).await.unwrap_err();

        assert_eq!(foreign.code(), Code::NotFound);
    })
    .await;
}
