//! The ways to the children in care team.

use super::*;

#[test]
fn w_038_w_045_w_046_w_050_w_066_k_41_the_way_of_a_care_order() {
    Way {
        from: &FIELDWORK,
        to: "looked_after",
        opens_on: &["facts_changed"],
        needs: &[
            "legal_gateway",
            "legal_report_times",
            "assessment_finished",
            "record_up_to_date",
            "receiving_worker",
            "transfer_request",
            "transfer_request_sent",
            "audit_of_record",
            "transfer_summary",
            "transfer_summary_contents",
        ],
        asked_once_met: &["audit_of_record", "transfer_request"],
        meetings: &[
            "initial_hearing",
            "district_transfer",
            "handover",
            "joint_visit",
        ],
        clocks: &ONCE_A_DISTRICT_MEETING_WAS_HELD,
        tells: &WITH_THE_REQUEST,
        ..Way::default()
    }
    .is("care_order");
}

#[test]
fn w_038_w_045_w_046_w_050_k_03_care_and_interim_care_orders_and_an_application_before_the_court() {
    let order = |order: &str, court: Value| {
        watched(
            "assessment",
            &[("initial_order", code(order)), ("in_proceedings", court)],
        )
    };

    assert_eq!(order("care", NO), "care_order");
    assert_eq!(order("interim_care", NO), "care_order");
    assert_eq!(
        order("not_made", YES),
        "care_order",
        "held until the hearing"
    );
    assert_eq!(order("not_made", NO), "-", "nothing is before the court");
    assert_eq!(order("refused", YES), "no_care_order");
}

#[test]
fn w_045_w_066_x_14_a_care_order_moves_the_case_on_the_day_on_which_it_is_made() {
    let nowhere = Anchors::new();
    let made = [("initial_order_made_on", on("2026-04-06"))];

    let (day, rules) = moves_on("care_order", &nowhere, &made).unwrap();

    assert_eq!(day, date(2026, 4, 6), "Easter Monday is not moved");
    assert!(rules.contains(&"W-066".to_owned()), "{rules:?}");
    assert_eq!(moves_on("care_order", &nowhere, &[]), None);
}

#[test]
fn w_043_k_02_k_41_the_way_of_a_relinquished_baby() {
    Way {
        needs: &[
            "assessment_finished",
            "record_up_to_date",
            "receiving_worker",
            "transfer_plan",
            "transfer_request",
            "transfer_request_sent",
            "audit_of_record",
            "transfer_summary",
            "transfer_summary_contents",
        ],
        asked_once_met: &["audit_of_record", "transfer_request"],
        ..AFTER_A_REVIEW
    }
    .is("relinquished_baby");
    let groups = |group: &str| Value::Codes([group.to_owned()].into());
    for from in FIELDWORK {
        let known = [("special_groups", groups("relinquished"))];
        assert_eq!(watched(from, &known), "relinquished_baby");
    }
    let other = [("special_groups", Value::Codes([].into()))];
    assert_eq!(watched("assessment", &other), "-");
}

#[test]
fn w_043_the_first_of_review_and_care_planning_meeting_to_adopt_moves_a_relinquished_baby() {
    let day = |known: &[(&str, Value)]| {
        let moves = moves_on("relinquished_baby", &Anchors::new(), known);
        moves.map(|(day, _)| day)
    };
    let review = ("first_looked_after_review_held_on", on("2026-03-20"));
    let planning = |day: &str| ("care_planning_to_adopt_held_on", on(day));

    assert_eq!(day(std::slice::from_ref(&review)), Some(date(2026, 3, 20)));
    assert_eq!(day(&[planning("2026-03-19")]), Some(date(2026, 3, 19)));
    assert_eq!(
        day(&[review.clone(), planning("2026-03-19")]),
        Some(date(2026, 3, 19))
    );
    assert_eq!(
        day(&[review, planning("2026-03-21")]),
        Some(date(2026, 3, 20))
    );
    assert_eq!(day(&[]), None);
}

#[test]
fn w_044_w_083_w_084_w_085_k_02_k_41_the_way_of_an_accommodated_child() {
    AFTER_A_REVIEW.is("accommodated_child");
    let known = |status: &str, plan: Value, link: Value| {
        [
            ("legal_status", code(status)),
            ("permanence_plan_settled", plan),
            ("long_term_match", link),
            ("looked_after", YES),
        ]
    };

    for from in FIELDWORK {
        let ready = known("section_20", YES, YES);
        assert_eq!(watched(from, &ready), "accommodated_child");
    }
    assert_eq!(watched("assessment", &known("section_20", NO, YES)), "-");
    assert_eq!(watched("assessment", &known("section_20", YES, NO)), "-");
    assert_eq!(
        watched("assessment", &known("remand", YES, YES)),
        "first_looked_after_review"
    );
}

#[test]
fn w_044_x_14_an_accommodated_child_moves_at_the_second_review_and_not_at_the_first() {
    let first = ("first_looked_after_review_held_on", on("2026-02-20"));
    let second = ("second_looked_after_review_held_on", on("2026-05-19"));
    let name = "accommodated_child";

    assert_eq!(
        moves_on(name, &Anchors::new(), std::slice::from_ref(&first)),
        None
    );
    let (day, _) = moves_on(name, &Anchors::new(), &[first, second]).unwrap();
    assert_eq!(day, date(2026, 5, 19));
}

#[test]
fn w_065_w_083_w_084_w_085_k_02_k_41_the_way_of_any_other_looked_after_child() {
    AFTER_A_REVIEW.is("first_looked_after_review");
    let known = |looked_after: Value, status: &str| {
        [
            ("looked_after", looked_after),
            ("legal_status", code(status)),
        ]
    };

    for from in FIELDWORK {
        let remanded = known(YES, "remand");
        assert_eq!(watched(from, &remanded), "first_looked_after_review");
    }
    assert_eq!(watched("assessment", &known(YES, "section_20")), "-");
    assert_eq!(watched("assessment", &known(NO, "none")), "-");
}

#[test]
fn w_065_x_14_any_other_looked_after_child_moves_at_the_first_review() {
    let held = [("first_looked_after_review_held_on", on("2026-03-20"))];

    let moves = moves_on("first_looked_after_review", &Anchors::new(), &held);

    assert_eq!(moves.unwrap().0, date(2026, 3, 20));
}

#[test]
fn k_02_w_043_w_044_w_065_w_066_order_before_relinquished_before_second_before_first_review() {
    let relinquished = (
        "special_groups",
        Value::Codes(["relinquished".to_owned()].into()),
    );
    let all = [
        ("looked_after", YES),
        ("legal_status", code("remand")),
        relinquished.clone(),
        ("initial_order", code("interim_care")),
    ];

    assert_eq!(watched("assessment", &all), "care_order");
    assert_eq!(watched("assessment", &all[..3]), "relinquished_baby");
    assert_eq!(
        watched("assessment", &all[..2]),
        "first_looked_after_review"
    );
    let accommodated = [
        ("looked_after", YES),
        ("legal_status", code("section_20")),
        ("permanence_plan_settled", YES),
        ("long_term_match", YES),
    ];
    assert_eq!(watched("assessment", &accommodated), "accommodated_child");
    assert_eq!(
        pack("wirral").settings.get("lac.precedence"),
        Some(&serde_json::json!([
            "order",
            "relinquished",
            "section_20_second_review",
            "first_review"
        ]))
    );
}

#[test]
fn w_047_w_048_w_049_the_way_of_what_the_children_in_care_team_holds_besides() {
    Way {
        from: &FIELDWORK,
        to: "looked_after",
        opens_on: &["facts_changed"],
        needs: &[
            "assessment_finished",
            "record_up_to_date",
            "receiving_worker",
        ],
        meetings: &["handover", "joint_visit"],
        clocks: &["receiving_worker_named"],
        tells: &ON_THE_MOVE,
        ..Way::default()
    }
    .is("looked_after_work");
    let (status, support, parents) = (
        "legal_status",
        "special_guardianship_support_plan",
        "placed_with_parents",
    );

    for known in [
        [(status, code("placement_order"))],
        [(status, code("adoption_placed"))],
        [(support, YES)],
        [(parents, YES)],
    ] {
        assert_eq!(watched("assessment", &known), "looked_after_work");
    }
    let none = [(status, code("none")), (support, NO), (parents, NO)];
    assert_eq!(watched("assessment", &none), "-");
    let triggered = Anchors::new().at(Moment::Triggered, at("2026-03-20T10:00:00Z"));
    let (day, _) = moves_on("looked_after_work", &triggered, &[]).unwrap();
    assert_eq!(day, date(2026, 3, 20));
}
