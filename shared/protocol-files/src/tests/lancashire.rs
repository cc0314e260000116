use baton_protocol::allocation::WithoutWorker;
use baton_protocol::transfer::{Act, Choice, GateUnmet, SatisfiedBy};
use baton_protocol::{Ladder, Strength, Truth};

use super::*;

mod days;
mod papers;
mod routes;

fn looked_after(held_on: Option<Date>) -> Facts {
    let review = held_on.map_or(Value::None, Value::Date);
    facts(&[
        ("looked_after", Value::Flag(true)),
        ("first_looked_after_review_held_on", review),
    ])
}

fn not_looked_after() -> Facts {
    facts(&[("looked_after", Value::Flag(false))])
}

fn pre_birth(pack: &Pack) -> &Route {
    pack.transfer.route("pre_birth_conference").unwrap()
}

fn too_early(known: &[(&str, Value)], conference: &str) -> Vec<String> {
    let pack = pack("lancashire");
    match point(&pack, pre_birth(&pack), &held(conference), &facts(known)) {
        Dated::On(date) => date
            .too_early
            .iter()
            .map(|early| early.moment.to_string())
            .collect(),
        Dated::NotYet { .. } => panic!(),
    }
}

#[test]
fn l_011_l_012_the_first_conference_and_the_one_before_birth_have_a_route_each() {
    let pack = pack("lancashire");

    for (conference, expected) in [
        ("initial", "child_protection_conference"),
        ("pre_birth", "pre_birth_conference"),
    ] {
        let chosen = scheduled(&pack, conference, &Facts::new(), "assessment");
        let Choice::Opens { route, target } = &chosen.choice else {
            panic!("{chosen:?}")
        };
        assert_eq!(route.route, expected);
        assert_eq!(target.kind, kind("family_support_and_protection"));
    }
    assert_eq!(
        scheduled(&pack, "review", &Facts::new(), "assessment").choice,
        Choice::None
    );
}

#[test]
fn l_011_l_040_k_52_a_child_who_is_not_looked_after_moves_on_the_day_of_the_conference() {
    let pack = pack("lancashire");

    let point = point_on(&pack, &held("2026-03-16T14:00:00Z"), &not_looked_after());

    assert_eq!(point.due.on, date(2026, 3, 16));
    assert!(point.assumed.is_empty());
}

#[test]
fn l_014_k_28_a_looked_after_child_moves_at_the_later_of_conference_and_first_review() {
    let pack = pack("lancashire");
    let conference = held("2026-03-16T14:00:00Z");

    let after = point_on(&pack, &conference, &looked_after(Some(date(2026, 3, 28))));
    let before = point_on(&pack, &conference, &looked_after(Some(date(2026, 3, 9))));

    assert_eq!(
        after.due.on,
        date(2026, 3, 28),
        "a Saturday stays a Saturday (X-08)"
    );
    assert_eq!(before.due.on, date(2026, 3, 16));
}

#[test]
fn l_014_a_review_that_was_not_held_is_waited_for() {
    let pack = pack("lancashire");
    let waits = point(
        &pack,
        route(&pack),
        &held("2026-03-16T14:00:00Z"),
        &looked_after(None),
    );

    let Dated::NotYet {
        waiting_for,
        rules: because,
    } = waits
    else {
        panic!("{waits:?}")
    };
    assert_eq!(
        waiting_for[0].to_string(),
        "facts.first_looked_after_review_held_on"
    );
    assert_eq!(rules(&because), ["L-014", "K-28"]);
}

#[test]
fn l_014_while_nobody_has_said_whether_the_child_is_looked_after_the_review_is_waited_for() {
    let pack = pack("lancashire");

    let waits = point(
        &pack,
        route(&pack),
        &held("2026-03-16T14:00:00Z"),
        &Facts::new(),
    );

    assert!(matches!(waits, Dated::NotYet { .. }), "{waits:?}");
}

#[test]
fn l_013_k_31_x_12_a_conference_before_24_weeks_or_before_the_assessment_asks_for_a_reason() {
    let expected = ("expected_delivery_date", Value::Date(date(2026, 7, 6)));
    let assessed = |day| ("assessment_completed_on", Value::Date(day));

    let on_the_day = too_early(
        &[expected.clone(), assessed(date(2026, 3, 2))],
        "2026-03-16T10:00:00Z",
    );
    let the_day_before = too_early(
        &[expected.clone(), assessed(date(2026, 3, 2))],
        "2026-03-15T10:00:00Z",
    );
    let unfinished = too_early(
        &[expected, ("assessment_completed_on", Value::None)],
        "2026-03-16T10:00:00Z",
    );

    assert_eq!(
        on_the_day,
        Vec::<String>::new(),
        "6 July less 112 days is 16 March"
    );
    assert_eq!(the_day_before, ["24 weeks of gestation"]);
    assert_eq!(unfinished, ["facts.assessment_completed_on"]);
}

#[test]
fn l_013_the_bounds_are_soft_and_leave_the_date_where_it_is() {
    let pack = pack("lancashire");
    let Dated::On(date_of_point) = point(
        &pack,
        pre_birth(&pack),
        &held("2026-03-15T10:00:00Z"),
        &Facts::new(),
    ) else {
        panic!()
    };

    assert_eq!(date_of_point.due.on, date(2026, 3, 15));
    assert_eq!(date_of_point.too_early.len(), 2, "neither can be told");
    assert!(
        date_of_point
            .too_early
            .iter()
            .all(|early| early.strength == Strength::Soft && early.day.is_none())
    );
}

#[test]
fn l_048_the_reminder_comes_on_the_later_of_24_weeks_and_the_assessment_and_is_never_breached() {
    let pack = pack("lancashire");
    let expected = ("expected_delivery_date", Value::Date(date(2026, 7, 6)));
    let assessed = |day| ("assessment_completed_on", Value::Date(day));
    let reminded_on = |known: &Facts| {
        clock_due(&pack, "conference_possible", &Anchors::new(), known).map(|due| due.on)
    };

    let early = facts(&[expected.clone(), assessed(date(2026, 3, 2))]);
    let late = facts(&[expected.clone(), assessed(date(2026, 3, 20))]);

    assert_eq!(reminded_on(&early), Some(date(2026, 3, 16)), "24 weeks");
    assert_eq!(
        reminded_on(&late),
        Some(date(2026, 3, 20)),
        "the assessment"
    );
    assert_eq!(
        reminded_on(&facts(&[expected])),
        None,
        "both have to be met"
    );
    assert!(clock(&pack, "conference_possible").reminds_only);
    assert!(
        pre_birth(&pack)
            .clocks
            .contains(&"conference_possible".to_owned())
    );
}

#[test]
fn l_027_l_028_l_030_to_l_036_the_gate_of_a_child_who_is_not_looked_after() {
    let pack = pack("lancashire");
    let known = facts(&[
        ("looked_after", Value::Flag(false)),
        ("legal_status", code("none")),
    ]);

    assert_eq!(
        items(&gate(&pack, &known)),
        [
            "managers_discussion",
            "joint_work",
            "receiving_worker",
            "case_summary",
            "transfer_summary",
            "chronology",
            "informed_in_writing",
            "case_notes",
            "assessment",
        ]
    );
}

#[test]
fn l_030_l_031_l_032_l_033_l_034_l_036_each_paper_has_its_author_and_its_signature() {
    let pack = pack("lancashire");
    let signer = |item: &str| {
        pack.transfer
            .item(item)
            .unwrap()
            .signed_by
            .map(|party| party.to_string())
    };

    assert_eq!(
        signer("case_summary").as_deref(),
        Some("practice_manager of outgoing")
    );
    assert_eq!(
        signer("transfer_summary").as_deref(),
        Some("team_manager of outgoing")
    );
    for (rule, item) in [
        ("L-030", "item case_summary"),
        ("L-032", "item transfer_summary"),
        ("L-034", "item chronology"),
        ("L-036", "item case_notes"),
    ] {
        assert!(cited_by(&pack, rule).contains(&item.to_owned()), "{rule}");
    }
}

#[test]
fn l_031_l_033_a_practice_manager_may_check_and_not_authorise() {
    let ladder: Ladder = pack("lancashire").ladder.clone();
    let role = |text: &str| text.parse().unwrap();

    assert!(ladder.covers(role("team_manager"), role("practice_manager"), false));
    assert!(!ladder.covers(role("practice_manager"), role("team_manager"), false));
}

#[test]
fn l_028_l_029_joint_work_is_decided_and_may_be_dispensed_with_by_both_managers() {
    let pack = pack("lancashire");
    let waiver = pack
        .transfer
        .item("joint_work")
        .unwrap()
        .waiver
        .clone()
        .unwrap();

    let item = pack.transfer.item("joint_work").unwrap();
    assert!(item.decision);
    assert_eq!(item.confirmed_by.len(), 2);
    assert!(waiver.jointly);
    assert_eq!(waiver.by.len(), 2);
    assert_eq!(rules(&waiver.cites), ["L-029"]);
}

#[test]
fn l_037_l_039_looked_after_papers_are_asked_for_only_when_the_child_is_looked_after() {
    let pack = pack("lancashire");
    let in_care = facts(&[
        ("looked_after", Value::Flag(true)),
        ("legal_status", code("care")),
    ]);

    let asked = items(&gate(&pack, &in_care));

    assert!(
        asked.contains(&"looked_after_forms".to_owned())
            && asked.contains(&"life_story".to_owned())
    );
    assert!(!items(&gate(&pack, &not_looked_after())).contains(&"looked_after_forms".to_owned()));
}

#[test]
fn l_038_x_10_the_assessment_is_no_older_than_twelve_months_on_the_day_of_the_move() {
    let pack = pack("lancashire");
    let assessed = facts(&[("assessment_completed_on", Value::Date(date(2025, 3, 16)))]);
    let on = |today, facts: &Facts| {
        let mut scope = Scope::of(facts);
        scope.today = Some(today);
        let gate = pack.gate_of(route(&pack), &scope);
        gate.into_iter()
            .find(|gate| gate.item.item == "assessment")
            .unwrap()
            .by_facts
            .unwrap()
    };

    assert_eq!(
        on(date(2026, 3, 16), &assessed),
        Truth::True,
        "the anniversary itself"
    );
    assert_eq!(on(date(2026, 3, 17), &assessed), Truth::False);
    assert!(matches!(
        on(date(2026, 3, 16), &Facts::new()),
        Truth::Undecided { .. }
    ));
}

#[test]
fn l_004_l_035_the_letter_with_the_new_numbers_is_an_item_of_the_gate() {
    let pack = pack("lancashire");
    let told = pack.transfer.item("informed_in_writing").unwrap();
    let letter = pack
        .transfer
        .notice("transfer_letter_with_contacts")
        .unwrap();

    assert_eq!(
        told.satisfied_by,
        SatisfiedBy::Notice("transfer_letter_with_contacts".to_owned())
    );
    assert_eq!(letter.meets.as_deref(), Some("informed_in_writing"));
    assert!(letter.content.contains(&"new_contact_numbers".to_owned()));
}

#[test]
fn l_041_k_59_k_30_a_date_is_agreed_on_the_given_day_or_the_senior_managers_hear_of_it_two_days_later()
 {
    let pack = pack("lancashire");
    let on_friday = Anchors::new().at(Moment::Point, at("2026-03-27T14:00:00Z"));
    let agree = clock(&pack, "agree_transfer_date");

    assert_eq!(route(&pack).gate_unmet_at_point, GateUnmet::AgreeADate);
    assert_eq!(
        due_on(&pack, "agree_transfer_date", &on_friday, &Facts::new()),
        date(2026, 3, 27)
    );
    assert!(agree.is_met_by("date_agreed") && agree.is_met_by("completed"));
    assert_eq!(
        agree.escalate.last().unwrap().to_string(),
        "senior_manager of authority after 2 working days"
    );
    let agreed = pack.transfer.authority(Act::AgreeDate).unwrap();
    assert!(agreed.jointly && agreed.by.len() == 2);
}

#[test]
fn l_040_l_041_somebody_is_warned_five_working_days_after_the_given_day() {
    let pack = pack("lancashire");
    let before_easter = Anchors::new().at(Moment::Point, at("2026-04-01T10:00:00Z"));
    let warned = clock(&pack, "moved_on_the_day");

    assert_eq!(
        due_on(&pack, "moved_on_the_day", &before_easter, &Facts::new()),
        date(2026, 4, 10)
    );
    assert_eq!(warned.strength, Some(Strength::Soft));
}

#[test]
fn l_032_what_the_transfer_summary_holds() {
    let pack = pack("lancashire");

    assert_eq!(
        pack.transfer.item("transfer_summary").unwrap().asks,
        ["involvement", "services_provided", "actions_under_way"]
    );
}

#[test]
fn l_009_l_010_a_case_without_a_worker_is_reported_to_the_senior_manager_every_day() {
    let pack = pack("lancashire");
    let WithoutWorker::Forbidden { stop, .. } = pack.without_worker(&Facts::new()) else {
        panic!()
    };
    let report = stop.report.clone().unwrap();

    assert_eq!(rules(&stop.cites), ["L-009", "L-010"]);
    assert_eq!(rules(&report.cites), ["L-010"]);
    assert_eq!(rules(&report.to), ["senior_manager of authority"]);
    assert_eq!(report.again_every.unwrap().to_string(), "1 day");
}

#[test]
fn l_027_l_049_the_managers_discuss_the_case_and_agree_what_comes_first_and_when() {
    let pack = pack("lancashire");

    assert_eq!(
        attendees(&pack, "managers_discussion"),
        ["team_manager of outgoing", "team_manager of receiving"]
    );
    assert!(cited_by(&pack, "L-049").contains(&"item managers_discussion".to_owned()));
}
