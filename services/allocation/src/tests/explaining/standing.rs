//! What runs, and who may do what.

use baton_contracts::allocation::v1 as wire;
use baton_contracts::timestamp;
use baton_contracts::type_v1::Weight;
use baton_testkit::each_database;

use super::super::harness::{START, World, at, request_id};
use super::{authorise, explain, in_need, of, placed, told, weight};

#[tokio::test]
async fn w_147_w_153_w_155_w_156_a_case_says_who_may_do_what() {
    each_database(async |url| {
        let world = World::of("wirral", url).await;
        let case = placed(&world, in_need()).await;

        let entitled = explain(&world, &case.case_id).await.entitled;

        let may = |act: &str| -> Vec<_> {
            let of_act = entitled.iter().filter(|may| may.act == act);
            of_act
                .map(|may| {
                    (
                        may.by.join(","),
                        may.rules.join(","),
                        may.only,
                        may.four_eyes,
                    )
                })
                .collect()
        };
        let manager = || "team_manager of responsible".to_owned();
        let named = (manager(), "W-009,W-080".to_owned(), false, false);
        assert_eq!(may("allocate_worker"), [named]);
        let both = |who: &str| (who.to_owned(), "W-153".to_owned(), false, true);
        let assess = [both(&manager()), both("group_manager of authority")];
        assert_eq!(may("sign_risk_assessment"), assess);
        let report = (manager(), "W-154".to_owned(), false, false);
        assert_eq!(may("sign_report"), [report]);
        let director = "deputy_director of authority".to_owned();
        let alone = (director, "W-155,W-088".to_owned(), true, false);
        assert_eq!(may("authorise_unallocated"), [alone]);
        let progress = (manager(), "W-156".to_owned(), false, false);
        assert_eq!(may("report_progress"), [progress]);
    })
    .await;
}

#[tokio::test]
async fn w_156_and_x_20_a_report_and_a_difference_are_counted_from_the_day_they_began() {
    each_database(async |url| {
        let world = World::council(url).await;
        let case = placed(&world, in_need()).await;
        world.clock.set(at("2026-03-06T10:00:00Z")).unwrap();
        authorise(&world, &case, true, in_need()).await;
        let body = wire::ReportHolderRequest {
            request_id: request_id(),
            case_id: case.case_id.clone(),
            team_id: "north".to_owned(),
            worker_id: "sam".to_owned(),
            effective_at: Some(timestamp(at(START))),
        };
        let request = world.reaction(body);
        world.reactions().report_holder(request).await.unwrap();

        let answer = explain(&world, &case.case_id).await;

        assert_eq!(of(&answer.rulings[1]), ("authorised", "by_authority"));
        let told: Vec<_> = answer.dates.iter().map(told).collect();
        let heads: Vec<&str> = told.iter().map(|(head, _)| head.as_str()).collect();
        assert_eq!(
            heads,
            [
                "progress_report team_manager 2026-03-13 from 2026-03-06",
                "settle_discrepancy team_manager 2026-03-10 from 2026-03-06",
            ]
        );
        assert_eq!(told[0].1.len(), 7);
        assert_eq!(told[1].1[1], "2026-03-08 sunday");
        assert_eq!(told[1].1[3], "2026-03-10 is 2");
    })
    .await;
}

#[tokio::test]
async fn l_010_who_is_told_again_and_when_is_a_date_with_its_count() {
    each_database(async |url| {
        let world = World::of("lancashire", url).await;
        let case = placed(&world, vec![]).await;

        let answer = explain(&world, &case.case_id).await;

        let reasons = answer.rulings[0].reasons.as_ref().unwrap();
        assert_eq!(reasons.decision, "forbidden");
        assert_eq!(weight(reasons, "never_unallocated"), Weight::Won);
        let told = answer.dates.iter().map(told).collect::<Vec<_>>();
        let head = "told_again senior_manager 2026-03-03 from 2026-03-02".to_owned();
        assert_eq!(told, [(head, vec!["2026-03-03 is 1".to_owned()])]);
        let due = answer.dates[0].due.as_ref().unwrap();
        assert_eq!(due.rules, ["L-010"]);
    })
    .await;
}
