use baton_protocol::Strength;

use super::*;

mod letters;
mod limits;

#[test]
fn st_01_k_61_where_an_authority_is_silent_the_core_group_is_due_ten_working_days_after_the_conference()
 {
    for authority in ["wirral", "merton", "lancashire"] {
        let pack = pack(authority);
        let due = clock_due(
            &pack,
            "core_group",
            &held("2026-03-27T10:00:00Z"),
            &Facts::new(),
        )
        .unwrap();

        assert_eq!(due.on, date(2026, 4, 14), "{authority}");
        assert_eq!(
            skipped(&due),
            [
                "2026-03-28 saturday",
                "2026-03-29 sunday",
                "2026-04-03 Good Friday",
                "2026-04-04 saturday",
                "2026-04-05 sunday",
                "2026-04-06 Easter Monday",
                "2026-04-11 saturday",
                "2026-04-12 sunday",
            ]
        );
    }
}

#[test]
fn st_02_the_conference_is_due_fifteen_working_days_after_the_strategy_discussion() {
    let pack = pack("wirral");
    let discussed = facts(&[("strategy_discussion_held_on", Value::Date(date(2026, 3, 2)))]);

    assert_eq!(
        due_on(&pack, "conference_in_time", &Anchors::new(), &discussed),
        date(2026, 3, 23)
    );
    assert_eq!(
        clock_due(&pack, "conference_in_time", &Anchors::new(), &Facts::new()),
        None
    );
}

#[test]
fn st_03_st_05_k_61_review_and_assessment_have_their_limits_on_every_route_from_a_conference() {
    let known = facts(&[
        ("looked_after", Value::Flag(true)),
        ("accommodated_on", Value::Date(date(2026, 3, 9))),
        ("placed_on", Value::Date(date(2026, 3, 9))),
        ("referral_decided_on", Value::Date(date(2026, 2, 2))),
    ]);
    for authority in ["wirral", "merton", "lancashire", "shropshire"] {
        let pack = pack(authority);
        let due = |clock: &str| due_on(&pack, clock, &Anchors::new(), &known);

        // Shropshire counts 28 calendar days from the placement (S-051, K-39).
        let review = match authority {
            "shropshire" => date(2026, 4, 6),
            _ => date(2026, 4, 8),
        };
        assert_eq!(due("first_looked_after_review"), review, "{authority}");
        assert_eq!(due("assessment_completed"), date(2026, 4, 8), "{authority}");
        for route in pack.transfer.routes.iter().filter(|route| !route.stays) {
            let clocks = pack.clocks_of(route, &Scope::of(&known));
            let runs = |name: &str| clocks.iter().any(|clock| clock.rule.clock == name);
            assert!(runs("first_looked_after_review") && runs("assessment_completed"));
        }
    }
}

#[test]
fn k_61_a_statutory_limit_reminds_and_moves_nothing() {
    let pack = pack("wirral");

    for name in [
        "core_group",
        "conference_in_time",
        "conference_reported",
        "assessment_completed",
        "first_looked_after_review",
    ] {
        assert!(!clock(&pack, name).has_consequence(), "{name}");
        assert_eq!(clock(&pack, name).strength, Some(Strength::Soft), "{name}");
    }
}

#[test]
fn st_04_k_61_a_referral_is_decided_within_one_working_day_where_the_authority_gives_no_limit() {
    let friday = Anchors::new().at(Moment::Launched, at("2026-03-13T15:00:00Z"));
    for authority in ["camden", "lancashire"] {
        let pack = pack(authority);
        let decision = pack.front_door.clock("contact_decision").unwrap();
        let due = decision
            .due
            .due(&friday, &Facts::new(), &calendar(), pack.plain_days)
            .unwrap();

        assert_eq!(due.on, date(2026, 3, 16), "{authority}");
        assert_eq!(rules(&decision.cites), ["ST-04", "K-61"], "{authority}");
    }
}

#[test]
fn x_13_what_nobody_has_reported_is_a_managers_task_for_one_working_day() {
    let undecided = pack("wirral").transfer.undecided.clone().unwrap();

    assert_eq!(undecided.owner.to_string(), "team_manager of outgoing");
    assert_eq!(undecided.within.to_string(), "1 working day");
}

#[test]
fn x_13_x_14_what_came_of_a_conference_is_on_record_by_the_next_working_day() {
    let thursday = Anchors::new().at(Moment::Conference, at("2026-04-02T13:00:00Z"));
    for authority in ["wirral", "merton", "lancashire", "shropshire"] {
        let pack = pack(authority);

        assert_eq!(
            due_on(&pack, "conference_reported", &thursday, &Facts::new()),
            date(2026, 4, 7),
            "{authority}: Easter lies between"
        );
        assert_eq!(
            clock(&pack, "conference_reported").met_by,
            "conference_held"
        );
    }
}

#[test]
fn a_pack_is_named_by_its_digest_and_found_by_it() {
    let library = crate::Library::embedded().unwrap();
    let wirral = pack("wirral");

    assert_eq!(wirral.digest.as_str().len(), 64);
    assert_eq!(
        library.get(wirral.digest.as_str()).as_deref(),
        Some(&*wirral)
    );
    assert!(
        library
            .pack_for(&wirral.authority, date(2019, 12, 31))
            .is_none(),
        "not yet in force"
    );
    assert_ne!(wirral.digest, pack("merton").digest);
}
