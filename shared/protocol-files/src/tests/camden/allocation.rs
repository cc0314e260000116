//! Who has a case at all times, who joins, and whose turn it is.

use super::super::entries::says;
use super::*;

#[test]
fn c_004_c_005_c_071_c_078_every_case_has_a_named_worker_and_the_next_one_joins_at_once() {
    let pack = pack("camden");
    assert_eq!(
        says(&pack.allocation)
            .into_iter()
            .filter(|line| !line.starts_with("hard_stops"))
            .collect::<Vec<_>>(),
        [
            "allocated_means: named_worker true",
            "named_by: by team_manager of responsible",
            "next_worker_joins: ",
        ]
    );

    let stops: Vec<Vec<String>> = pack.allocation.hard_stops.iter().map(says).collect();
    assert_eq!(
        stops,
        [
            vec![
                "escalate: service_manager of authority",
                "report: to team_manager of responsible, service_manager of authority",
                "stop: protection_and_looked_after",
                "when: facts.plan == \"child_protection\" || facts.looked_after",
            ],
            vec![
                "escalate: service_manager of authority",
                "report: to service_manager of authority",
                "stop: every_case",
            ],
        ]
    );
}

#[test]
fn c_005_either_a_protection_plan_or_care_makes_it_the_law() {
    let pack = pack("camden");
    let stop = |plan: &str, looked_after| {
        let known = facts(&[
            ("plan", code(plan)),
            ("looked_after", Value::Flag(looked_after)),
        ]);
        match pack.without_worker(&known) {
            WithoutWorker::Forbidden { stop, .. } => stop.stop.clone(),
            other => panic!("{other:?}"),
        }
    };

    assert_eq!(
        stop("child_protection", false),
        "protection_and_looked_after"
    );
    assert_eq!(stop("child_in_need", true), "protection_and_looked_after");
    assert_eq!(stop("child_in_need", false), "every_case");
}

#[test]
fn c_020_x_20_a_report_to_work_on_comes_as_task_and_email_and_the_record_as_a_task() {
    let pack = pack("camden");
    let kind = |name: &str| {
        let mut kinds = pack.notification.kinds.iter();
        let kind = kinds.find(|known| known.kind == name).unwrap();
        (rules(&kind.cites), kind.media.clone())
    };

    let (because, media) = kind("co_work_report");
    assert_eq!(because, ["C-020"]);
    assert_eq!(media, ["task", "email"]);
    let (because, media) = kind("record_transfer");
    assert_eq!(because, ["X-20"]);
    assert_eq!(media, ["task"]);
}

#[test]
fn c_014_c_015_k_25_three_groups_take_a_week_each_in_turn_from_a_monday() {
    let pack = pack("camden");
    let rota = pack.front_door.rota(kind("family_support_and_protection"));
    let rota = rota.unwrap();
    let turn = |on| rota.turn(on, 3);

    assert_eq!(rota.rota, "new_cases");
    assert_eq!(rota.starts, date(2026, 1, 5));
    assert_eq!(turn(date(2026, 1, 5)), Some(0));
    assert_eq!(turn(date(2026, 1, 11)), Some(0), "the Sunday");
    assert_eq!(turn(date(2026, 1, 12)), Some(1));
    assert_eq!(turn(date(2026, 1, 25)), Some(2));
    assert_eq!(turn(date(2026, 1, 26)), Some(0), "once every three weeks");
}

#[test]
fn c_018_the_team_that_assesses_keeps_the_child_through_a_conference() {
    let pack = pack("camden");
    assert_eq!(pack.settings.text("conference.transfer"), Some("stays"));
    assert_eq!(
        pack.transfer
            .route("stays_with_family_intervention")
            .map(|route| route.stays),
        Some(true)
    );
}
