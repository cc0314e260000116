//! Merton off the straight way: nobody there, not seen, not in person, two teams.

use std::sync::Arc;

use super::*;
use crate::domain::tests::people::worker;

#[test]
fn m_001_m_002_m_099_a_child_who_was_not_seen_is_no_paper_that_follows_and_asks_for_a_reason() {
    let mut stage = held();
    discuss(&mut stage, &["tom", "nia"]);
    stage.know("in_proceedings", baton_protocol::Value::Flag(false));
    confirm(&mut stage, "tom").unwrap();
    confirm(&mut stage, "nia").unwrap();

    let refusal = stage.act("nia", Command::CompleteTransfer).unwrap_err();
    let Refusal::ReasonRequired { open } = refusal else {
        panic!("{refusal:?}")
    };
    assert_eq!(
        open.iter()
            .map(|item| item.item.as_str())
            .collect::<Vec<_>>(),
        ["child_seen", "tests_of_departure"]
    );
    assert_eq!(
        open[1].missing,
        [
            "teams_co_operate",
            "team_best_placed",
            "childs_best_interests"
        ]
    );

    stage.reasons = vec!["M-099".to_owned()];
    stage.act("nia", Command::CompleteTransfer).unwrap_err();
    stage.reasons = vec!["M-099".to_owned(), "M-002".to_owned()];
    stage.act("nia", Command::CompleteTransfer).unwrap();
    assert!(stage.departed_from("M-099"));
}

#[test]
fn m_089_a_discussion_without_the_receiving_manager_is_none() {
    let mut stage = held();
    discuss(&mut stage, &["tom"]);
    let item = |stage: &Stage| stage.the().item("managers_discussion").unwrap().state();

    assert_eq!(item(&stage), ItemState::Open);
    assert!(stage.departed_from("M-089"));

    stage.at("2026-03-16 17:00");
    discuss(&mut stage, &["tom", "nia"]);
    assert_eq!(item(&stage), ItemState::Met);
}

#[test]
fn m_095_the_receiving_worker_who_misses_the_conference_is_a_departure() {
    let mut stage = Stage::of("merton");
    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );
    stage.name_worker();
    stage.at("2026-03-16 16:00");
    let report = ConferenceReport {
        attended: Some(vec!["ann".to_owned()]),
        ..conference("2026-03-16 14:00", "child_protection_plan")
    };

    stage.report("conference_held", Some(report));

    assert!(stage.departed_from("M-095"));
}

#[test]
fn m_096_m_098_both_workers_belong_to_the_first_core_group_and_to_no_later_one() {
    let mut stage = held();
    core_group(&mut stage, "2026-03-18 10:00", &["sam", "ann"], "nia");
    core_group(&mut stage, "2026-03-19 10:00", &["nia"], "sam");
    for rule in ["M-096", "M-097", "M-098"] {
        assert!(!stage.departed_from(rule), "{rule}");
    }

    let mut stage = held();
    core_group(&mut stage, "2026-03-18 10:00", &["sam"], "nia");
    assert!(stage.departed_from("M-098"));
    assert!(!stage.departed_from("M-096"));

    let mut stage = held();
    core_group(&mut stage, "2026-03-18 10:00", &["ann"], "nia");
    assert!(stage.departed_from("M-096"));
    assert!(!stage.departed_from("M-098"));
}

#[test]
fn m_145_both_managers_may_agree_beforehand_that_the_files_do_not_pass_in_person() {
    let mut stage = held();
    with_only_papers_open(&mut stage);
    let waive = || Command::WaiveItem {
        item: "managers_handover".to_owned(),
    };

    stage.act("tom", waive()).unwrap();
    let alone = stage.act("nia", Command::CompleteTransfer).unwrap_err();
    assert!(matches!(alone, Refusal::GateNotMet { .. }), "{alone:?}");

    stage.act("nia", waive()).unwrap();
    stage.act("nia", Command::CompleteTransfer).unwrap();
    assert!(stage.departed_from("M-145"));
}

#[test]
fn m_137_recordings_and_reports_are_two_things() {
    let mut stage = held();
    let evidence = Evidence {
        item: "case_notes".to_owned(),
        state: "complete".to_owned(),
        done_by: Some("ann".to_owned()),
        effective_at: local("2026-03-16 15:00"),
        answers: [].into(),
    };

    stage
        .act("liquidlogic", Command::RecordEvidence(evidence))
        .unwrap();

    let of = |item: &str| stage.the().item(item).unwrap().state();
    assert_eq!(
        (of("recordings"), of("reports")),
        (ItemState::Met, ItemState::Open)
    );
}

#[test]
fn m_158_no_date_of_the_managers_own_takes_the_place_of_the_three_days() {
    let mut stage = held();

    let refusal = stage
        .act(
            "tom",
            Command::AgreeDate {
                date: "2026-04-30".parse().unwrap(),
            },
        )
        .unwrap_err();

    assert!(
        matches!(refusal, Refusal::RuleRefuses { .. }),
        "{refusal:?}"
    );
}

#[test]
fn m_192_nobody_is_invited_to_a_conference_that_has_been() {
    let mut stage = Stage::of("merton");
    stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );
    stage.at("2026-03-16 16:00");
    stage.report(
        "conference_held",
        Some(conference("2026-03-16 14:00", "child_protection_plan")),
    );

    stage.name_worker();

    assert!(!stage.told().contains(&"icpc_invite".to_owned()));
}

#[test]
fn m_094_x_13_of_two_central_teams_the_one_of_the_district_takes_the_case() {
    let mut stage = Stage::of("merton");
    for (team, area) in stage.teams.iter_mut().skip(1).zip(["north"]) {
        team.area = Some(area.to_owned());
    }
    let mut other = stage.teams[1].clone();
    other.id = baton_ids::TeamId::new("south").unwrap();
    other.area = Some("south".to_owned());
    stage.teams.push(other);

    let waits = stage.report(
        "conference_scheduled",
        Some(conference("2026-03-16 14:00", "")),
    );
    assert_eq!(waits.explanation.unknown_facts, ["district"]);
    assert!(stage.transfer().is_none());

    stage.know_code("district", "south");
    stage.report("facts_changed", None);
    assert_eq!(stage.the().to_team.as_str(), "south");
}

#[test]
fn m_100_k_18_one_that_existed_is_not_done_by_starting_another() {
    let mut stage = held();
    stage.know("chronology_existed", baton_protocol::Value::Flag(true));
    let report = |stage: &mut Stage, state: &str| {
        let evidence = Evidence {
            item: "chronology".to_owned(),
            state: state.to_owned(),
            done_by: Some("ann".to_owned()),
            effective_at: stage.now,
            answers: [].into(),
        };
        stage
            .act("liquidlogic", Command::RecordEvidence(evidence))
            .unwrap();
        stage.the().item("chronology").unwrap().state()
    };

    assert_eq!(report(&mut stage, "commenced"), ItemState::Open);
    assert_eq!(report(&mut stage, "updated"), ItemState::AwaitingSignature);
}

#[test]
fn m_126_key_professionals_are_given_the_new_worker_and_the_new_manager_with_the_number_of_the_team()
 {
    let mut stage = held();
    let mut routes = Arc::make_mut(&mut stage.pack).transfer.routes.iter_mut();
    let route = routes.find(|route| route.route == "child_protection_conference");
    route.unwrap().tells = vec!["professionals_told".to_owned()];
    let mut teams = stage.teams.iter_mut();
    let north = teams.find(|team| team.id.as_str() == "north");
    north.unwrap().managers = vec![worker("nia")];
    stage.at("2026-03-20 00:00");
    let transferred = "transferred".to_owned();
    let resolve = Command::ResolveExpiry { clock: transferred };
    stage.act("baton", resolve).unwrap();

    stage.ledger_moves();

    let mut notices = stage.events.iter().flat_map(|event| &event.notices);
    let letter = notices.find(|notice| notice.kind == "professionals_told");
    let content = &letter.unwrap().content;
    assert_eq!(content["to_team"], "north");
    assert_eq!(content["to_worker"], "sam");
    assert_eq!(content["to_manager"], "nia");
    assert_eq!(content["to_team_phone"], "01772 530000");
}
