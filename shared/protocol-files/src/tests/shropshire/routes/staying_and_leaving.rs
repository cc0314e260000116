//! What stays with case management, what a manager asks for, and who leaves for leaving care or adult services.

use super::*;

#[test]
fn s_058_s_059_k_36_k_37_case_management_keeps_guardianship_child_arrangements_and_adoption() {
    let name = "stays_after_proceedings";
    let child = |order: &str, plan: &str| {
        facts(&[
            ("legal_status", code(order)),
            ("permanence_plan", code(plan)),
        ])
    };

    assert!(way(name).stays);
    assert_eq!(
        path(name),
        (
            vec![CASE_MANAGEMENT.to_owned()],
            String::new(),
            vec![REQUESTED.to_owned()]
        )
    );
    for meant in [
        child("special_guardianship", "special_guardianship"),
        child("child_arrangements", "long_term_fostering"),
        child("care", "adoption"),
    ] {
        assert_eq!(taken(REQUESTED, &meant, CASE_MANAGEMENT), Some(name));
    }
    let not_meant = child("care", "long_term_fostering");
    assert_ne!(taken(REQUESTED, &not_meant, CASE_MANAGEMENT), Some(name));
    assert!(asks_nobody(name, REQUESTED, CASE_MANAGEMENT));
}

#[test]
fn s_118_s_119_k_54_case_management_holds_a_disabled_child_who_is_not_the_one_mainly_in_need() {
    let name = "stays_beside_disability";
    let child = |members: &[&str], mainly| {
        facts(&[
            ("special_groups", groups(members)),
            ("mainly_in_need", mainly),
        ])
    };

    assert!(way(name).stays);
    assert_eq!(
        path(name),
        (
            vec![CASE_MANAGEMENT.to_owned()],
            String::new(),
            vec![REQUESTED.to_owned()]
        )
    );
    assert_eq!(
        taken(REQUESTED, &child(&["disabled"], NO), CASE_MANAGEMENT),
        Some(name)
    );
    for not_meant in [child(&["disabled"], YES), child(&[], NO)] {
        assert_ne!(taken(REQUESTED, &not_meant, CASE_MANAGEMENT), Some(name));
    }
    assert!(asks_nobody(name, REQUESTED, CASE_MANAGEMENT));

    // The disability team is asked for a child who is mainly in need, and for no other: also by an assessment team.
    let asked = "to_the_disability_team";
    let when = way(asked).when.as_ref();
    assert!(holds(when, &child(&["disabled"], YES)));
    for not_meant in [child(&["disabled"], NO), child(&[], YES)] {
        assert!(!holds(when, &not_meant));
    }
}

#[test]
fn s_062_s_119_a_manager_asks_another_team_to_take_a_case_and_that_teams_manager_takes_it() {
    for (name, from, to) in [
        (PERMANENCY, vec![CASE_MANAGEMENT], "looked_after"),
        (
            "to_the_disability_team",
            vec!["assessment", CASE_MANAGEMENT],
            "disability",
        ),
    ] {
        let route = way(name);
        assert_eq!(
            path(name),
            (rules(&from), to.to_owned(), vec![REQUESTED.to_owned()])
        );
        assert_eq!(rules(&route.requested_by), ["team_manager of outgoing"]);
        assert_eq!(route.at_point, AtPoint::Place);
        let by = route.completed_by.unwrap();
        assert_eq!(by.to_string(), "team_manager of receiving");
        assert_eq!(work(name), lists([&["transfer_summary"], &[], &[]]));
        assert_eq!(route.tells, ["transfer_alert"]);
    }
    let asked = Anchors::new().at(Moment::Triggered, at("2026-03-04T10:00:00Z"));
    assert_eq!(
        moves_on("to_the_disability_team", &asked, &Facts::new()),
        Some(date(2026, 3, 4))
    );
}

const PERMANENCY: &str = "to_the_permanency_team";

/// A looked-after child in long-term foster care, which is the single plan, with one thing otherwise.
fn in_placement(otherwise: &str, value: Option<Value>) -> Facts {
    let all = [
        ("looked_after", YES),
        ("permanence_single_track", YES),
        ("permanence_plan", code("long_term_fostering")),
        ("permanence_plan_agreed_on", day("2026-04-14")),
        ("permanence_placement_since", day("2026-05-10")),
    ];
    let others = all.into_iter().filter(|(key, _)| *key != otherwise);
    let known: Vec<(&str, Value)> = others
        .chain(value.map(|value| (otherwise, value)))
        .collect();
    facts(&known)
}

#[test]
fn s_056_s_057_s_062_k_35_the_permanency_team_is_asked_only_for_a_child_in_the_placement_of_the_single_plan()
 {
    let when = way(PERMANENCY).when.as_ref();

    for plan in [
        "placed_with_parents",
        "long_term_residential",
        "long_term_fostering",
    ] {
        let meant = in_placement("permanence_plan", Some(code(plan)));
        assert!(holds(when, &meant), "{plan}");
    }
    for (key, value) in [
        ("looked_after", NO),
        ("permanence_single_track", NO),
        ("permanence_plan", code("adoption")),
        ("permanence_plan_agreed_on", Value::None),
        ("permanence_placement_since", Value::None),
    ] {
        assert!(!holds(when, &in_placement(key, Some(value))), "{key}");
        let unknown = in_placement(key, None);
        let decided = when.unwrap().decide(&Scope::of(&unknown)).truth;
        let Truth::Undecided { missing } = decided else {
            panic!("{key} has to be known");
        };
        assert_eq!(missing, [key.parse().unwrap()].into());
    }
}

#[test]
fn s_056_s_057_s_062_k_35_what_a_manager_asks_for_moves_on_the_later_of_review_and_first_day_in_the_placement()
 {
    let on = |key: &str, value: &str| {
        let asked = Anchors::new().at(Moment::Triggered, at("2026-06-01T10:00:00Z"));
        moves_on(PERMANENCY, &asked, &in_placement(key, Some(day(value))))
    };

    let review = on("permanence_plan_agreed_on", "2026-05-12");
    assert_eq!(review, Some(date(2026, 5, 12)));
    let placement = on("permanence_placement_since", "2026-04-16");
    assert_eq!(placement, Some(date(2026, 4, 16)));
}

#[test]
fn s_121_care_leavers_are_leaving_cares_whoever_has_the_case() {
    let name = "care_leavers";
    let leaver = |status: &str| facts(&[("care_leaver_status", code(status))]);
    let teams = ["assessment", CASE_MANAGEMENT, "looked_after", "disability"];

    assert_eq!(
        path(name),
        (
            rules(&teams),
            "leaving_care".to_owned(),
            vec![FACTS_CHANGED.to_owned()]
        )
    );
    for team in teams {
        for status in ["former_relevant", "qualifying"] {
            assert_eq!(
                watched(&leaver(status), team, "2026-03-02"),
                Some(name),
                "{status} of {team}"
            );
        }
        assert_eq!(watched(&leaver("relevant"), team, "2026-03-02"), None);
    }
    assert!(asks_nobody(name, FACTS_CHANGED, "assessment"));
    assert_eq!(work(name), lists([&["transfer_summary"], &[], &[]]));
    let known = Anchors::new().at(Moment::Triggered, at("2026-03-04T10:00:00Z"));
    assert_eq!(
        moves_on(name, &known, &Facts::new()),
        Some(date(2026, 3, 4))
    );
}

#[test]
fn s_108_s_120_k_40_on_the_eighteenth_birthday_a_looked_after_young_person_goes_to_leaving_care() {
    let name = "eighteen";
    let young = |looked_after, eligible| {
        facts(&[
            ("date_of_birth", day("2008-02-29")),
            ("looked_after", looked_after),
            ("leaving_care_eligible", eligible),
            ("adult_social_care_eligible", NO),
        ])
    };

    for team in ["looked_after", "disability"] {
        let meant = young(YES, YES);
        assert_eq!(watched(&meant, team, "2026-02-28"), None, "still 17");
        assert_eq!(watched(&meant, team, "2026-03-01"), Some(name));
        for not_meant in [young(NO, YES), young(YES, NO)] {
            assert_eq!(watched(&not_meant, team, "2026-03-01"), None);
        }
    }
    assert_eq!(
        path(name),
        (
            rules(&["looked_after", "disability"]),
            "leaving_care".to_owned(),
            vec!["date: at 18 years of age".to_owned()]
        )
    );
    assert_eq!(
        work(name),
        lists([&["transfer_summary", "adviser_worked_along"], &[], &[]])
    );
    let birthday = Anchors::new().at(Moment::Triggered, at("2026-03-01T00:00:00Z"));
    assert_eq!(
        moves_on(name, &birthday, &young(YES, YES)),
        Some(date(2026, 3, 1))
    );
}

#[test]
fn s_120_the_disability_teams_other_young_people_go_to_adult_social_care_at_18() {
    let name = "eighteen_with_disability";
    let young = |adult| {
        facts(&[
            ("date_of_birth", day("2008-04-10")),
            ("looked_after", NO),
            ("leaving_care_eligible", NO),
            ("adult_social_care_eligible", adult),
        ])
    };

    assert_eq!(
        path(name),
        (
            rules(&["disability"]),
            "external_service".to_owned(),
            vec!["date: at 18 years of age".to_owned()]
        )
    );
    assert_eq!(watched(&young(YES), "disability", "2026-04-09"), None);
    assert_eq!(watched(&young(YES), "disability", "2026-04-10"), Some(name));
    assert_eq!(watched(&young(NO), "disability", "2026-04-10"), None);
    assert_eq!(watched(&young(YES), "looked_after", "2026-04-10"), None);
    assert_eq!(work(name), lists([&["transfer_summary"], &[], &[]]));
    let birthday = Anchors::new().at(Moment::Triggered, at("2026-04-10T00:00:00Z"));
    assert_eq!(
        moves_on(name, &birthday, &young(YES)),
        Some(date(2026, 4, 10))
    );
}
