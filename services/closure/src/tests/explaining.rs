//! Why a closure is as it is, and what closing a case would take.

use baton_contracts::closure::v1 as wire;
use baton_contracts::closure::v1::closure_explain_service_client::ClosureExplainServiceClient;
use baton_contracts::type_v1::{Reasons, Weight};
use baton_ids::{CaseId, ClosureId};
use baton_testkit::each_database;
use tonic::{Code, Status};

use super::harness::{World, reason};

async fn explain(world: &World, closure_id: &str) -> Result<Reasons, Status> {
    let body = wire::ExplainClosureRequest {
        closure_id: closure_id.to_owned(),
    };
    let mut client = ClosureExplainServiceClient::new(world.conn());
    let answer = client
        .explain_closure(world.call("tom", "team_manager", body))
        .await?;
    Ok(answer.into_inner().reasons.unwrap())
}

async fn what_if(
    world: &World,
    case_id: &str,
    ground: &str,
) -> Result<wire::WhatIfClosureResponse, Status> {
    let body = wire::WhatIfClosureRequest {
        case_id: case_id.to_owned(),
        ground: ground.to_owned(),
    };
    let mut client = ClosureExplainServiceClient::new(world.conn());
    let answer = client
        .what_if_closure(world.call("tom", "team_manager", body))
        .await?;
    Ok(answer.into_inner())
}

/// What was weighed, by name, with what became of it and who would decide by it.
fn weighed(reasons: &Reasons) -> Vec<(&str, Weight, &str)> {
    let weighed = reasons.weighed.iter();
    weighed
        .map(|rule| (rule.name.as_str(), rule.weight(), rule.leads_to.as_str()))
        .collect()
}

#[tokio::test]
async fn w_022_w_053_a_closure_says_which_ground_holds_who_decides_and_counts_its_limit() {
    each_database(async |url| {
        let world = World::open(url).await;
        let considered = world.consider().await;

        let reasons = explain(&world, &considered.closure_id).await.unwrap();

        assert_eq!(reasons.decision, "considered");
        let manager = "team_manager of responsible";
        assert_eq!(
            weighed(&reasons),
            [
                ("no_plan_at_conference", Weight::Won, manager),
                ("silence", Weight::Outranked, manager),
            ]
        );
        assert_eq!(reasons.weighed[0].rules, ["W-022"]);
        let may: Vec<_> = reasons
            .entitled
            .iter()
            .map(|may| (may.act.as_str(), may.by.join(", "), may.four_eyes))
            .collect();
        assert_eq!(
            may,
            [
                ("propose", "social_worker of responsible".to_owned(), false),
                ("decide", manager.to_owned(), false),
            ]
        );
        // Considered on Monday the 16th: five working days, and no weekend.
        let limit = &reasons.dates[0];
        assert_eq!(limit.from, "2026-03-16");
        assert_eq!(limit.due.as_ref().unwrap().due_on, "2026-03-23");
        let counted: Vec<_> = limit
            .days
            .iter()
            .map(|day| (day.number, day.not_counted_because.as_str()))
            .collect();
        assert_eq!(
            counted,
            [
                (1, ""),
                (2, ""),
                (3, ""),
                (4, ""),
                (0, "saturday"),
                (0, "sunday"),
                (5, "")
            ]
        );

        world.decide(&considered, "tom", false).await.unwrap();
        let reasons = explain(&world, &considered.closure_id).await.unwrap();
        assert_eq!(reasons.decision, "declined");
    })
    .await;
}

#[tokio::test]
async fn w_104_x_17_what_the_protocol_does_not_say_of_a_ground_holds_as_everywhere() {
    each_database(async |url| {
        let world = World::open(url).await;

        let answer = what_if(&world, &world.case_id, "needs_met").await.unwrap();

        let reasons = answer.reasons.unwrap();
        assert_eq!(
            weighed(&reasons)
                .iter()
                .map(|(name, weight, _)| (*name, *weight))
                .collect::<Vec<_>>(),
            [
                ("no_plan_at_conference", Weight::OtherTrigger),
                ("silence", Weight::Won),
            ]
        );
        assert_eq!(reasons.weighed[1].rules, ["W-022", "W-104", "X-17"]);
        assert!(reasons.entitled[1].four_eyes);
        let closure = answer.closure.unwrap();
        assert_eq!(
            (closure.closure_id.as_str(), closure.team_id.as_str()),
            ("", "frt")
        );
        assert_eq!(closure.due[0].due_on, "2026-03-23");
        // It was only a question.
        assert_eq!(world.journey().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_cannot_be_explained_and_a_case_that_is_not_open_cannot_be_closed() {
    each_database(async |url| {
        let world = World::open(url).await;

        let unknown = explain(&world, &ClosureId::new().to_string()).await;
        let other = what_if(&world, &CaseId::new().to_string(), "needs_met").await;
        let broken = what_if(&world, "not-a-case", "Needs Met").await;

        assert_eq!(unknown.unwrap_err().code(), Code::NotFound);
        assert_eq!(reason(&other.unwrap_err()), "CASE_NOT_OPEN");
        assert_eq!(broken.unwrap_err().code(), Code::InvalidArgument);
    })
    .await;
}
