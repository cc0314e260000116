//! Why a case is held as it is, and whether it may be without a worker.

mod standing;
mod supposing;

use baton_contracts::allocation::v1 as wire;
use baton_contracts::allocation::v1::allocation_explain_service_client::AllocationExplainServiceClient;
use baton_contracts::timestamp;
use baton_contracts::type_v1::{
    Context, CountedDate, Fact, PostHeld, PrincipalKind, Reasons, Weight,
    fact_value::Value as FactValueOf,
};
use baton_rpc::Conn;
use baton_store::{Json, StoreError, sqlx, with_db, with_tx};
use baton_testkit::each_database;
use serde_json::Value;
use tonic::Code;
use uuid::Uuid;

use super::harness::{START, World, at, fact, moving, placement, post, request_id};

fn explaining(world: &World) -> AllocationExplainServiceClient<Conn> {
    AllocationExplainServiceClient::new(world.conn.clone())
}

async fn explain(world: &World, case_id: &str) -> wire::ExplainCaseResponse {
    let body = wire::ExplainCaseRequest {
        case_id: case_id.to_owned(),
    };
    let answer = explaining(world).explain_case(world.system(body)).await;
    answer.unwrap().into_inner()
}

/// A call about a child of whom the record system reported this.
fn about(world: &World, who: &str, posts: Vec<PostHeld>, known: Vec<Fact>) -> Context {
    let kind = match who {
        "baton" => PrincipalKind::Baton,
        _ => PrincipalKind::Person,
    };
    let mut context = world.context(who, kind, posts);
    let reported = known.into_iter().map(|fact| Fact {
        source: "liquid".to_owned(),
        recorded_at: Some(timestamp(at("2026-03-01T10:00:00Z"))),
        ..fact
    });
    if let Some(child) = &mut context.child {
        child.facts = reported.collect();
    }
    context
}

fn plan(code: &str) -> Fact {
    fact("plan", FactValueOf::Code(code.to_owned()))
}

fn flag(key: &str, flag: bool) -> Fact {
    fact(key, FactValueOf::Flag(flag))
}

/// A child in need, before no court and without an enquiry.
fn in_need() -> Vec<Fact> {
    vec![
        plan("child_in_need"),
        flag("in_proceedings", false),
        flag("section_47_open", false),
    ]
}

async fn placed(world: &World, known: Vec<Fact>) -> wire::Case {
    let context = about(world, "baton", vec![], known);
    let request = world.carrying(placement(at(START)), &context);
    let answer = world.reactions().place_case(request).await;
    answer.unwrap().into_inner().case.unwrap()
}

/// It moves to north on Maundy Thursday and nobody is named.
async fn left_on_maundy_thursday(world: &World) -> wire::Case {
    let case = placed(world, in_need()).await;
    world.clock.set(at("2026-04-02T10:00:00Z")).unwrap();
    let body = wire::MoveResponsibilityRequest {
        pending_authorisation: true,
        ..moving(&case, "north", "", at("2026-04-02T09:00:00Z"))
    };
    let context = about(world, "baton", vec![], in_need());
    let request = world.carrying(body, &context);
    let moved = world.reactions().move_responsibility(request).await;
    moved.unwrap().into_inner().case.unwrap()
}

async fn authorise(world: &World, case: &wire::Case, yes: bool, known: Vec<Fact>) {
    let body = wire::AuthoriseUnallocatedRequest {
        request_id: request_id(),
        case_id: case.case_id.clone(),
        authorised: yes,
        reason: "the team is two short".to_owned(),
    };
    let context = about(world, "dee", vec![post("deputy_director", "")], known);
    let request = world.carrying(body, &context);
    world.public().authorise_unallocated(request).await.unwrap();
}

fn weight(reasons: &Reasons, name: &str) -> Weight {
    let weighed = reasons.weighed.iter().find(|weighed| weighed.name == name);
    weighed.unwrap_or_else(|| panic!("{reasons:?}")).weight()
}

fn of(ruling: &wire::WithoutWorkerRuling) -> (&str, &str) {
    let reasons = ruling.reasons.as_ref().unwrap();
    (&ruling.occasion, &reasons.decision)
}

/// `name owner due_on from` and the days that count.
fn told(date: &CountedDate) -> (String, Vec<String>) {
    let due = date.due.as_ref().unwrap();
    let owner = &due.owner.as_ref().unwrap().role;
    let days = date.days.iter().map(|day| match day.number {
        0 => format!("{} {}", day.date, day.not_counted_because),
        number => format!("{} is {number}", day.date),
    });
    let head = format!("{} {owner} {} from {}", due.name, due.due_on, date.from);
    (head, days.collect())
}

const STOP: &str = "child_protection_and_court_work";

#[tokio::test]
async fn w_152_a_case_on_a_protection_plan_says_why_it_may_not_be_without_a_worker_and_by_whose_word()
 {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let case = placed(&world, vec![plan("child_protection")]).await;

        let answer = explain(&world, &case.case_id).await;

        let [ruling] = answer.rulings.as_slice() else {
            panic!("{:?}", answer.rulings)
        };
        assert_eq!(of(ruling), ("placed", "forbidden"));
        assert_eq!(ruling.effective_at, Some(timestamp(at(START))));
        let reasons = ruling.reasons.as_ref().unwrap();
        assert_eq!(weight(reasons, "allocated_means"), Weight::DoesNotHold);
        assert_eq!(weight(reasons, STOP), Weight::Won);
        assert_eq!(weight(reasons, "leave_unallocated"), Weight::Outranked);
        assert_eq!(weight(reasons, "silence"), Weight::Outranked);
        assert_eq!(reasons.weighed[1].rules, ["W-152", "K-04"]);
        let [plan] = reasons.facts.as_slice() else {
            panic!("{:?}", reasons.facts)
        };
        assert_eq!(
            (plan.key.as_str(), plan.source.as_str()),
            ("plan", "liquid")
        );
        assert!(plan.recorded_at.is_some());
        assert_eq!(answer.team.unwrap().cause_kind, "placement");
        assert_eq!(answer.worker.unwrap().worker_id, "");
    })
    .await;
}

#[tokio::test]
async fn w_152_what_nobody_knows_is_assumed_and_named() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let case = placed(&world, vec![plan("child_in_need")]).await;

        let answer = explain(&world, &case.case_id).await;

        let reasons = answer.rulings[0].reasons.as_ref().unwrap();
        assert_eq!(reasons.decision, "forbidden");
        assert_eq!(weight(reasons, STOP), Weight::Assumed);
        assert_eq!(reasons.unknown_facts, ["in_proceedings", "section_47_open"]);
    })
    .await;
}

#[tokio::test]
async fn w_153_w_150_a_case_that_waits_for_authority_says_who_signs_and_counts_its_escalation_over_easter()
 {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let case = left_on_maundy_thursday(&world).await;
        let body = wire::SignUnallocatedStepRequest {
            request_id: request_id(),
            case_id: case.case_id.clone(),
            step: "risk_assessment".to_owned(),
            covers: vec!["complexity".to_owned(), "risk".to_owned()],
            text: "settled".to_owned(),
        };
        let manager = about(
            &world,
            "nia",
            vec![post("team_manager", "north")],
            in_need(),
        );
        let request = world.carrying(body, &manager);
        world.public().sign_unallocated_step(request).await.unwrap();

        let answer = explain(&world, &case.case_id).await;

        let rulings: Vec<_> = answer.rulings.iter().map(of).collect();
        let by_authority = "by_authority";
        assert_eq!(
            rulings,
            [
                ("placed", by_authority),
                ("moved", by_authority),
                ("step_signed", by_authority)
            ]
        );
        assert_eq!(answer.team.unwrap().cause_kind, "transfer");
        let signatures = answer.signatures.iter().map(|one| {
            format!(
                "{} {} {:?} {}",
                one.step, one.party, one.signed_by, one.awaited
            )
        });
        assert_eq!(
            signatures.collect::<Vec<_>>(),
            [
                "risk_assessment team_manager of responsible \"nia\" false",
                "risk_assessment group_manager of authority \"\" true",
                "report team_manager of responsible \"\" false",
            ]
        );
        assert_eq!(
            answer.dates.iter().map(told).collect::<Vec<_>>(),
            [(
                "told_without_worker senior_manager 2026-04-07 from 2026-04-02".to_owned(),
                vec![
                    "2026-04-03 Good Friday".to_owned(),
                    "2026-04-04 saturday".to_owned(),
                    "2026-04-05 sunday".to_owned(),
                    "2026-04-06 Easter Monday".to_owned(),
                    "2026-04-07 is 1".to_owned(),
                ]
            )]
        );
        assert_eq!(answer.dates[0].due.as_ref().unwrap().rules, ["W-150"]);
    })
    .await;
}

#[tokio::test]
async fn an_old_ruling_says_what_was_known_then_whatever_became_known_since() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let case = left_on_maundy_thursday(&world).await;
        authorise(&world, &case, false, vec![plan("child_protection")]).await;

        let answer = explain(&world, &case.case_id).await;

        let rulings: Vec<_> = answer.rulings.iter().map(of).collect();
        assert_eq!(
            rulings,
            [
                ("placed", "by_authority"),
                ("moved", "by_authority"),
                ("refused", "forbidden")
            ]
        );
        let plan_of = |index: usize| {
            let reasons = answer.rulings[index].reasons.as_ref().unwrap();
            let known = reasons.facts.iter().find(|fact| fact.key == "plan");
            known.unwrap().value.clone()
        };
        assert_eq!(plan_of(1), plan("child_in_need").value);
        assert_eq!(plan_of(2), plan("child_protection").value);
        assert_eq!(answer.dates, []);
    })
    .await;
}

/// Takes away what documents from before did not have.
fn of_before(document: &mut Value) {
    match document {
        Value::Object(fields) => {
            for added in ["rulings", "count", "told", "report_count", "again_count"] {
                fields.remove(added);
            }
            fields.values_mut().for_each(of_before);
        }
        Value::Array(values) => values.iter_mut().for_each(of_before),
        _ => {}
    }
}

#[tokio::test]
async fn a_case_from_before_has_no_rulings_and_no_count_and_still_its_dates() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let case = left_on_maundy_thursday(&world).await;
        let id: Uuid = case.case_id.parse().unwrap();
        let db = world.store.db();
        let sql = "SELECT document FROM cases WHERE id = $1";
        let mut document: Json<Value> =
            with_db!(db, c => sqlx::query_scalar(sql).bind(id).fetch_one(c).await.unwrap());
        of_before(&mut document.0);
        let written = world.store.transact("from before", move |tx| {
            Box::pin(async move {
                let sql = "UPDATE cases SET document = $1 WHERE id = $2";
                with_tx!(tx, c => sqlx::query(sql).bind(document).bind(id).execute(c).await.map(drop))?;
                Ok::<_, StoreError>(())
            })
        });
        written.await.unwrap();

        let answer = explain(&world, &case.case_id).await;

        assert_eq!(answer.rulings, []);
        assert_eq!(answer.team.unwrap().team_id, "north");
        let told = answer.dates.iter().map(told).collect::<Vec<_>>();
        let head = "told_without_worker senior_manager 2026-04-07 from ".to_owned();
        assert_eq!(told, [(head, vec![])]);
    })
    .await;
}

#[tokio::test]
async fn a_closed_case_has_its_rulings_and_nobody_may_do_anything_about_it() {
    each_database(async |url| {
        let world = World::council(url).await;
        let case = placed(&world, in_need()).await;
        world.end(&case, at(START)).await.unwrap();

        let answer = explain(&world, &case.case_id).await;
        assert_eq!(answer.rulings.len(), 1);
        assert_eq!((answer.team, answer.worker), (None, None));
        assert_eq!(answer.entitled, []);
    })
    .await;
}

#[tokio::test]
async fn another_authority_finds_nothing_to_explain() {
    each_database(async |url| {
        let world = World::council(url).await;
        let case = placed(&world, in_need()).await;
        let mut context = about(&world, "tom", vec![], in_need());
        context.authority = "camden".to_owned();
        context.pack = "camden-pack".to_owned();

        let body = wire::ExplainCaseRequest {
            case_id: case.case_id.clone(),
        };
        let request = world.carrying(body, &context);
        let explained = explaining(&world).explain_case(request).await.map(drop);
        let body = wire::WhatIfCaseRequest {
            case_id: case.case_id.clone(),
            ..Default::default()
        };
        let request = world.carrying(body, &context);
        let supposed = explaining(&world).what_if_case(request).await.map(drop);

        for refused in [explained, supposed] {
            assert_eq!(refused.unwrap_err().code(), Code::NotFound);
        }
    })
    .await;
}
