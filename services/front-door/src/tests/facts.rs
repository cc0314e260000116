//! What is known about a child, and the one version of a family's facts.

use baton_contracts::frontdoor::v1 as wire;
use baton_contracts::type_v1::fact_value::Value;
use baton_testkit::each_database;
use tonic::Code;

use super::{Desk, code, fact, fields, instant, reason, request_id};

#[tokio::test]
async fn x_24_a_late_report_enters_the_history_and_leaves_the_newer_value_standing() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let child = desk.child("c-1").await;

        let newer = desk
            .report(
                &child,
                vec![code("plan", "child_protection")],
                "2026-03-01T10:00:00Z",
            )
            .await
            .unwrap();
        let late = desk
            .report(
                &child,
                vec![code("plan", "child_in_need")],
                "2026-02-01T10:00:00Z",
            )
            .await
            .unwrap();

        assert_eq!(newer, ["plan"]);
        assert!(late.is_empty());
        let request = wire::ListFactHistoryRequest {
            child_id: child.child_id.clone(),
            key: "plan".into(),
        };
        let history = desk
            .front_door()
            .list_fact_history(desk.by_system(request))
            .await
            .unwrap()
            .into_inner();
        let values: Vec<_> = history
            .facts
            .iter()
            .filter_map(|fact| fact.value.clone()?.value)
            .collect();
        assert_eq!(
            values,
            [
                Value::Code("child_protection".into()),
                Value::Code("child_in_need".into())
            ]
        );
        let request = wire::GetChildRequest {
            child_id: child.child_id.clone(),
        };
        let now = desk
            .front_door()
            .get_child(desk.by_system(request))
            .await
            .unwrap()
            .into_inner()
            .child
            .unwrap();
        assert_eq!(
            now.facts[0].value.clone().unwrap().value,
            Some(Value::Code("child_protection".into()))
        );
        assert_eq!(now.facts[0].source, "kite");
        assert_eq!(now.facts_version, child.facts_version + 1);
        let types: Vec<String> = desk
            .events()
            .await
            .into_iter()
            .map(|event| event.r#type)
            .collect();
        assert_eq!(
            types,
            ["child.registered", "facts.changed", "facts.reported"]
        );
    })
    .await;
}

#[tokio::test]
async fn every_fact_that_the_catalogue_does_not_know_is_named_at_once() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let child = desk.child("c-1").await;
        let facts = vec![
            code("plan", "child_in_need"),
            code("shoe_size", "31"),
            fact("plan", Value::Flag(true)),
        ];

        let refused = desk
            .report(&child, facts, "2026-03-01T10:00:00Z")
            .await
            .unwrap_err();

        assert_eq!(refused.code(), Code::InvalidArgument);
        assert_eq!(fields(&refused), ["facts[1].key", "facts[2].value"]);
        assert_eq!(desk.events_of("facts.changed").await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn x_24_a_report_of_the_future_is_refused() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let child = desk.child("c-1").await;

        let refused = desk
            .report(&child, vec![code("plan", "none")], "2026-03-03T10:00:00Z")
            .await
            .unwrap_err();

        assert_eq!(reason(&refused), "EFFECTIVE_IN_FUTURE");
    })
    .await;
}

#[tokio::test]
async fn recording_facts_answers_with_the_child_and_its_siblings_and_takes_effect_once() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let (child, sibling) = (desk.child("c-1").await, desk.child("c-2").await);
        let link = wire::LinkFamilyRequest {
            request_id: request_id(),
            child_id: child.child_id.clone(),
            with_child_ids: vec![sibling.child_id.clone()],
            ..Default::default()
        };
        desk.front_door()
            .link_family(desk.by_system(link))
            .await
            .unwrap();
        let request = wire::RecordFactsRequest {
            request_id: "r1:1".into(),
            child_id: child.child_id.clone(),
            facts: vec![code("plan", "child_protection")],
            effective_at: Some(instant("2026-03-01T10:00:00Z")),
            source: "kite".into(),
        };

        let first = desk
            .reactions()
            .record_facts(desk.by_system(request.clone()))
            .await
            .unwrap()
            .into_inner();
        let again = desk
            .reactions()
            .record_facts(desk.by_system(request))
            .await
            .unwrap()
            .into_inner();

        assert_eq!(first, again);
        assert_eq!(first.changed, ["plan"]);
        assert_eq!(first.siblings.len(), 1);
        assert_eq!(first.siblings[0].child_id, sibling.child_id);
        let changed = desk.events_of("facts.changed").await;
        assert_eq!(changed.len(), 1);
        assert_eq!(changed[0].event_id, first.as_of.unwrap().event_id);
        let request = wire::GetFactsRequest {
            child_id: sibling.child_id.clone(),
        };
        let facts = desk
            .reactions()
            .get_facts(desk.by_system(request))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(
            facts.child.unwrap().version,
            first.child.unwrap().version,
            "one version for the family"
        );
    })
    .await;
}

#[tokio::test]
async fn the_journal_says_what_changed_but_not_when_a_child_was_born() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let child = desk.child("c-1").await;
        let facts = vec![
            fact("date_of_birth", Value::Date("2014-05-01".into())),
            code("district", "north"),
        ];

        desk.report(&child, facts, "2026-03-01T10:00:00Z")
            .await
            .unwrap();

        let changed = desk.events_of("facts.changed").await;
        let text = format!("{:?}", changed[0].data);
        assert!(
            text.contains("date_of_birth") && !text.contains("2014"),
            "{text}"
        );
    })
    .await;
}

#[tokio::test]
async fn reports_about_one_family_at_once_are_all_kept() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let child = desk.child("c-1").await;
        let at = "2026-03-01T10:00:00Z";

        let reports = futures::future::join_all([
            desk.report(&child, vec![code("plan", "child_protection")], at),
            desk.report(&child, vec![code("district", "north")], at),
            desk.report(&child, vec![fact("looked_after", Value::Flag(false))], at),
            desk.report(&child, vec![fact("in_proceedings", Value::Flag(false))], at),
        ])
        .await;

        assert!(reports.iter().all(Result::is_ok), "{reports:?}");
        let request = wire::GetChildRequest {
            child_id: child.child_id.clone(),
        };
        let now = desk
            .front_door()
            .get_child(desk.by_system(request))
            .await
            .unwrap()
            .into_inner()
            .child
            .unwrap();
        assert_eq!(now.facts.len(), 4);
        assert_eq!(now.facts_version, child.facts_version + 4);
    })
    .await;
}
