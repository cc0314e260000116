//! Why a transfer is as it is, and what would be if.

use baton_contracts::timestamp;
use baton_contracts::transfer::v1 as wire;
use baton_contracts::transfer::v1::transfer_explain_service_client::TransferExplainServiceClient;
use baton_contracts::type_v1::fact_value::Value as FactValueOf;
use baton_contracts::type_v1::{Fact, FactValue, Reasons, Weight};
use baton_rpc::Conn;
use baton_testkit::each_database;

use super::harness::{World, at, reason};

fn explaining(world: &World) -> TransferExplainServiceClient<Conn> {
    TransferExplainServiceClient::new(world.conn.clone())
}

fn weight(reasons: &Reasons, route: &str) -> Weight {
    let weighed = reasons.weighed.iter().find(|weighed| weighed.name == route);
    weighed.unwrap_or_else(|| panic!("{reasons:?}")).weight()
}

fn supposing(world: &World, key: &str, value: &str) -> wire::WhatIfRequest {
    wire::WhatIfRequest {
        case_id: world.case.clone(),
        trigger: "conference_scheduled".to_owned(),
        conference_kind: "initial".to_owned(),
        conference_at: Some(timestamp(at("2026-03-16T14:00:00Z"))),
        facts: vec![Fact {
            key: key.to_owned(),
            value: Some(FactValue {
                value: Some(FactValueOf::Code(value.to_owned())),
            }),
            ..Fact::default()
        }],
        ..wire::WhatIfRequest::default()
    }
}

#[tokio::test]
async fn w_053_a_transfer_says_on_what_its_route_was_chosen_whatever_became_known_since() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let opened = world.schedule("2026-03-16T14:00:00Z").await;
        let id = opened.transfer.unwrap().transfer_id;
        world.know("district", FactValueOf::Code("south".to_owned()));

        let body = wire::ExplainTransferRequest { transfer_id: id };
        let answer = explaining(&world)
            .explain_transfer(world.by("tom", body))
            .await;
        let reasons = answer.unwrap().into_inner().reasons.unwrap();

        assert_eq!(reasons.decision, "opens");
        assert_eq!(weight(&reasons, "child_protection_conference"), Weight::Won);
        assert_eq!(weight(&reasons, "stays_with_cin_cp"), Weight::OtherTeam);
        let district = reasons.facts.iter().find(|fact| fact.key == "district");
        let value = district.unwrap().value.clone().unwrap().value.unwrap();
        assert_eq!(value, FactValueOf::Code("north".to_owned()));
        let audit = |name: &str| {
            let named = |date: &&baton_contracts::type_v1::CountedDate| {
                date.due.as_ref().is_some_and(|due| due.name == name)
            };
            reasons.dates.iter().find(named).cloned()
        };
        assert_eq!(audit("first_response_audit").unwrap().from, "2026-03-16");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn what_would_be_is_answered_and_nothing_is_written() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let before = world.events().await.len();

        let body = supposing(&world, "district", "north");
        let answer = explaining(&world)
            .what_if(world.by("tom", body))
            .await
            .unwrap()
            .into_inner();

        assert_eq!(answer.reasons.unwrap().decision, "opens");
        assert_eq!(answer.transfers[0].to_team_id, "north");
        assert!(answer.changes.contains(&"opened".to_owned()));
        assert_eq!(world.events().await.len(), before);
        let list = wire::ListTransfersRequest::default();
        let list = world
            .public()
            .list_transfers(world.by("tom", list))
            .await
            .unwrap();
        assert_eq!(list.into_inner().transfers, vec![]);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn what_would_be_without_a_fact_names_the_fact() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        world.forget("district");

        let body = supposing(&world, "plan", "child_in_need");
        let answer = explaining(&world)
            .what_if(world.by("tom", body))
            .await
            .unwrap()
            .into_inner();

        let reasons = answer.reasons.unwrap();
        assert_eq!(reasons.decision, "undecided");
        assert_eq!(reasons.unknown_facts, ["district"]);
        assert_eq!(
            weight(&reasons, "child_protection_conference"),
            Weight::Undecided
        );
        assert_eq!(answer.transfers, vec![]);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_supposed_fact_that_is_none_and_a_case_that_is_not_open_are_refused() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;

        let unknown = supposing(&world, "favourite_colour", "red");
        let refused = explaining(&world)
            .what_if(world.by("tom", unknown))
            .await
            .unwrap_err();
        assert_eq!(reason(&refused), "INVALID_FIELDS");

        let mut another = supposing(&world, "district", "north");
        another.case_id = baton_ids::CaseId::new().to_string();
        let refused = explaining(&world)
            .what_if(world.by("tom", another))
            .await
            .unwrap_err();
        assert_eq!(reason(&refused), "CASE_NOT_OPEN");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn w_069_w_135_a_transfer_says_what_its_route_asks_for_and_on_what_that_rests() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let opened = world.schedule("2026-03-16T14:00:00Z").await;
        let transfer = opened.transfer.unwrap();
        let body = wire::ExplainTransferRequest {
            transfer_id: transfer.transfer_id.clone(),
        };

        let answer = explaining(&world)
            .explain_transfer(world.by("tom", body))
            .await
            .unwrap()
            .into_inner();

        let asked = answer.asked.unwrap();
        assert_eq!(asked.decision, "open");
        for item in &transfer.gate {
            let weight = weight(&asked, &format!("item/{}", item.item));
            assert!(matches!(weight, Weight::Won | Weight::Assumed), "{item:?}");
        }
        // Nothing was decided at a conference that is still to come.
        assert_eq!(weight(&asked, "outcome/no_plan"), Weight::OtherTrigger);
        let may = |act: &str| asked.entitled.iter().find(|may| may.act == act).unwrap();
        assert_eq!(may("complete").by, ["team_manager of receiving"]);
        assert_eq!(may("withdraw").by, ["team_manager of outgoing"]);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn what_would_be_says_too_what_it_would_ask_for() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;

        let body = supposing(&world, "district", "north");
        let answer = explaining(&world)
            .what_if(world.by("tom", body))
            .await
            .unwrap()
            .into_inner();

        let gate = &answer.transfers[0].gate;
        assert!(!gate.is_empty());
        let asked = &answer.asked[0];
        for item in gate {
            let weight = weight(asked, &format!("item/{}", item.item));
            assert!(matches!(weight, Weight::Won | Weight::Assumed), "{item:?}");
        }
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn s_048_what_is_owed_on_a_case_is_explained_on_facts_that_are_known_or_supposed() {
    each_database(async |url| {
        let world = World::of("shropshire", url).await;
        let asking = |case: &str, key: &str| wire::ExplainDutiesRequest {
            case_id: case.to_owned(),
            facts: vec![Fact {
                key: key.to_owned(),
                value: Some(FactValue {
                    value: Some(FactValueOf::Flag(true)),
                }),
                ..Fact::default()
            }],
        };
        let explain = async |body| {
            let answer = explaining(&world)
                .explain_duties(world.by("tom", body))
                .await;
            answer.map(|answer| answer.into_inner().reasons.unwrap())
        };
        let before = world.events().await.len();

        let reasons = explain(asking(&world.case, "looked_after")).await.unwrap();

        // The assessment team owes nothing of this, and each duty says so.
        assert_eq!(
            weight(&reasons, "decide_on_legal_planning"),
            Weight::OtherTeam
        );
        assert_eq!(reasons.dates, vec![]);
        assert_eq!(world.events().await.len(), before);

        let unknown = explain(asking(&world.case, "favourite_colour")).await;
        assert_eq!(reason(&unknown.unwrap_err()), "INVALID_FIELDS");
        let other = baton_ids::CaseId::new().to_string();
        let not_open = explain(asking(&other, "looked_after")).await;
        assert_eq!(reason(&not_open.unwrap_err()), "CASE_NOT_OPEN");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn m_154_m_158_who_may_put_a_transfer_off_and_who_settles_a_dispute_is_said() {
    each_database(async |url| {
        let world = World::of("merton", url).await;
        let opened = world.schedule("2026-03-16T14:00:00Z").await;
        let body = wire::ExplainTransferRequest {
            transfer_id: opened.transfer.unwrap().transfer_id,
        };

        let answer = explaining(&world)
            .explain_transfer(world.by("tom", body))
            .await
            .unwrap()
            .into_inner();

        let entitled = answer.asked.unwrap().entitled;
        let may = |act: &str| entitled.iter().find(|may| may.act == act).unwrap();
        let both = ["team_manager of outgoing", "team_manager of receiving"];
        assert_eq!(may("defer").by, both);
        assert_eq!(may("defer").rules, ["M-158"]);
        assert_eq!(may("dispute:communication").by, both);
        let settles = may("settle:communication/1");
        assert_eq!(
            settles.by,
            [
                "head_of_service of outgoing",
                "head_of_service of receiving"
            ]
        );
        assert_eq!(settles.rules, ["M-154"]);
        // Where the protocol is silent it is the team's manager, under no rule of its own.
        assert_eq!(may("waive").by, ["team_manager of outgoing"]);
        assert_eq!(may("waive").rules, Vec::<String>::new());
        world.end().await;
    })
    .await;
}
