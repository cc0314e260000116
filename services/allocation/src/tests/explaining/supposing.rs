//! What would be of a case: nothing is written for the question.

use baton_contracts::allocation::v1 as wire;
use baton_contracts::type_v1::{Fact, Weight, fact_value::Value as FactValueOf};
use baton_testkit::each_database;
use tonic::{Code, Status};

use super::super::harness::{START, World, at, fact, post, reason};
use super::{about, explain, explaining, flag, in_need, placed, plan, told, weight};

async fn what_if(
    world: &World,
    case_id: &str,
    known: Vec<Fact>,
    supposed: Vec<Fact>,
) -> Result<wire::WhatIfCaseResponse, Status> {
    let body = wire::WhatIfCaseRequest {
        case_id: case_id.to_owned(),
        facts: supposed,
    };
    let context = about(world, "tom", vec![post("team_manager", "frt")], known);
    let request = world.carrying(body, &context);
    let answer = explaining(world).what_if_case(request).await?;
    Ok(answer.into_inner())
}

#[tokio::test]
async fn what_would_be_is_answered_and_nothing_is_written() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let case = placed(&world, in_need()).await;
        let before = world.events().await.len();

        let supposed = vec![flag("section_47_open", true)];
        let forbidden = what_if(&world, &case.case_id, in_need(), supposed).await;
        let reasons = forbidden.unwrap().without_worker.unwrap();
        assert_eq!(reasons.decision, "forbidden");
        let supposed = reasons.facts.iter().find(|fact| fact.source == "supposed");
        assert_eq!(supposed.unwrap().key, "section_47_open");
        assert_eq!((reasons.dates.len(), reasons.entitled.len()), (0, 0));

        // On Monday 2 March: the group manager at once, the senior manager a working day later.
        let waits = what_if(&world, &case.case_id, in_need(), vec![]).await;
        let reasons = waits.unwrap().without_worker.unwrap();
        assert_eq!(reasons.decision, "by_authority");
        let heads: Vec<String> = reasons.dates.iter().map(|date| told(date).0).collect();
        assert_eq!(
            heads,
            [
                "told_without_worker group_manager 2026-03-02 from ",
                "told_without_worker senior_manager 2026-03-03 from 2026-03-02"
            ]
        );
        let last = reasons.entitled.last().unwrap();
        assert_eq!(last.act, "authorise_unallocated");
        assert!(last.only);

        assert_eq!(world.events().await.len(), before);
        assert_eq!(explain(&world, &case.case_id).await.rulings.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn l_010_what_would_be_without_a_worker_names_who_would_hear_of_it_now_and_again() {
    each_database(async |url| {
        let world = World::of("lancashire", url).await;
        let case = placed(&world, vec![]).await;

        let answer = what_if(&world, &case.case_id, vec![], vec![]).await;

        let reasons = answer.unwrap().without_worker.unwrap();
        let heads: Vec<String> = reasons.dates.iter().map(|date| told(date).0).collect();
        assert_eq!(
            heads,
            [
                "told_without_worker senior_manager 2026-03-02 from ",
                "told_again senior_manager 2026-03-03 from 2026-03-02"
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn m_008_and_m_054_to_m_058_a_team_is_enough_and_a_file_counts_as_the_facts_say() {
    each_database(async |url| {
        let world = World::of("merton", url).await;
        let case = placed(&world, vec![]).await;
        let ask = async |supposed| {
            let answer = what_if(&world, &case.case_id, vec![], supposed).await;
            let answer = answer.unwrap();
            (answer.without_worker.unwrap(), answer.counts_as.unwrap())
        };

        let (enough, undecided) = ask(vec![plan("child_protection")]).await;
        assert_eq!(enough.decision, "allowed");
        assert_eq!(weight(&enough, "allocated_means"), Weight::Won);
        assert_eq!(enough.weighed[0].rules, ["M-008"]);
        assert_eq!(enough.dates, []);
        assert_eq!(undecided.decision, "undecided");
        assert_eq!(undecided.unknown_facts, ["looked_after"]);

        let looked_after = flag("looked_after", true);
        let (_, alone) = ask(vec![looked_after, plan("child_protection")]).await;
        assert_eq!(alone.decision, "child");
        assert_eq!(weight(&alone, "looked_after"), Weight::Won);
        assert_eq!(weight(&alone, "protection_plan"), Weight::Outranked);

        let at_home = flag("looked_after", false);
        let (_, family) = ask(vec![at_home.clone(), plan("child_in_need")]).await;
        assert_eq!(family.decision, "family");
        assert_eq!(weight(&family, "protection_plan"), Weight::DoesNotHold);
        assert_eq!(weight(&family, "in_need"), Weight::Won);

        let none = fact("plan", FactValueOf::None(true));
        let (_, silent) = ask(vec![at_home, none]).await;
        assert_eq!(silent.decision, "child");
        assert_eq!(weight(&silent, "silence"), Weight::Won);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_supposed_is_refused_and_every_wrong_fact_named() {
    each_database(async |url| {
        let world = World::council(url).await;
        let case = placed(&world, in_need()).await;

        let supposed = vec![
            fact("favourite_colour", FactValueOf::Code("red".to_owned())),
            plan("child_in_need"),
            flag("plan", true),
        ];
        let refused = what_if(&world, &case.case_id, in_need(), supposed).await;
        let refused = refused.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::InvalidArgument, "INVALID_FIELDS")
        );
        let details = tonic_types::StatusExt::get_details_bad_request(&refused).unwrap();
        let violations = details.field_violations.into_iter();
        let fields: Vec<String> = violations.map(|wrong| wrong.field).collect();
        assert_eq!(fields, ["facts[0]", "facts[2]"]);
    })
    .await;
}

#[tokio::test]
async fn of_a_closed_case_nothing_is_supposed() {
    each_database(async |url| {
        let world = World::council(url).await;
        let case = placed(&world, in_need()).await;
        world.end(&case, at(START)).await.unwrap();

        let refused = what_if(&world, &case.case_id, in_need(), vec![]).await;
        assert_eq!(reason(&refused.unwrap_err()), "CASE_NOT_OPEN");
    })
    .await;
}
