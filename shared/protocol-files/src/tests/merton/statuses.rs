//! Which route a case takes of itself as facts change and birthdays come, on both sides of each bound.

use baton_protocol::transfer::RouteUndecided;

use super::reading::*;
use super::*;

const BORN: Date = date(2012, 4, 1);
/// The day before the fourteenth birthday, and the birthday.
const EVE: Date = date(2026, 3, 31);
const BIRTHDAY: Date = date(2026, 4, 1);

/// A child born in April 2012 without siblings, as the ledger derives it.
fn alone(known: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    let own = [
        on("date_of_birth", BORN),
        on("siblings.youngest_born_on", BORN),
    ];
    known.iter().cloned().chain(own).collect()
}

#[test]
fn m_168_k_46_only_a_relinquished_baby_who_is_accommodated_goes_to_adoption() {
    let accommodated = |on| ("accommodated_on", on);
    let day = Value::Date(EVE);

    for (known, taken) in [
        (
            [group("relinquished"), accommodated(day.clone())],
            "relinquished",
        ),
        ([group("relinquished"), accommodated(Value::None)], "none"),
        ([group("disabled"), accommodated(day)], "none"),
    ] {
        assert_eq!(of_itself("front_door", &known, EVE), taken, "{known:?}");
    }
}

#[test]
fn m_153_k_11_k_45_proceedings_lead_to_the_older_team_from_the_fourteenth_birthday_on() {
    let in_court = |yes| alone(&[flag("in_proceedings", yes)]);

    for from in ["front_door", "assessment", "targeted_family"] {
        assert_eq!(of_itself(from, &in_court(true), EVE), "proceedings");
        assert_eq!(
            of_itself(from, &in_court(true), BIRTHDAY),
            "proceedings_fourteen"
        );
        assert_eq!(of_itself(from, &in_court(false), BIRTHDAY), "none");
    }
    let younger_sibling = [
        on("date_of_birth", BORN),
        on("siblings.youngest_born_on", date(2012, 4, 2)),
        flag("in_proceedings", true),
    ];
    assert_eq!(
        of_itself("assessment", &younger_sibling, BIRTHDAY),
        "proceedings"
    );
    let not_born = [
        ("date_of_birth", Value::None),
        on("siblings.youngest_born_on", BORN),
        flag("in_proceedings", true),
    ];
    assert_eq!(of_itself("assessment", &not_born, BIRTHDAY), "proceedings");
}

#[test]
fn m_083_k_10_k_11_k_45_the_age_at_accommodation_decides_where_there_is_no_return() {
    let accommodated = |status: &str, no_return, day| {
        alone(&[
            is("legal_status", status),
            flag("no_return_prospect", no_return),
            on("accommodated_on", day),
        ])
    };

    for (known, taken) in [
        (accommodated("section_20", true, EVE), "accommodated"),
        (
            accommodated("section_20", true, BIRTHDAY),
            "accommodated_fourteen",
        ),
        (accommodated("section_20", false, EVE), "section_20_review"),
        (
            accommodated("section_20", false, BIRTHDAY),
            "section_20_review",
        ),
        (accommodated("section_20_respite", true, EVE), "none"),
        (accommodated("section_20_respite", true, BIRTHDAY), "none"),
        (accommodated("interim_care", true, EVE), "none"),
    ] {
        // Asked on the eve, whatever the age was when it was accommodated.
        assert_eq!(of_itself("front_door", &known, EVE), taken, "{known:?}");
    }
    assert_eq!(
        of_itself(
            "front_door",
            &[
                is("legal_status", "section_20"),
                flag("no_return_prospect", true),
                on("accommodated_on", BIRTHDAY),
                on("date_of_birth", BORN),
                on("siblings.youngest_born_on", date(2012, 4, 2)),
            ],
            BIRTHDAY
        ),
        "accommodated",
        "a sibling under fourteen has a plan"
    );
}

#[test]
fn m_088_an_accommodation_from_the_first_to_the_last_day_of_the_assessment_is_within_it() {
    let (begun, ended) = (date(2026, 3, 2), date(2026, 3, 20));
    let targeted = |accommodated, completed| {
        [
            on("accommodated_on", accommodated),
            on("assessment_started_on", begun),
            ("assessment_completed_on", completed),
        ]
    };
    let completed = Value::Date(ended);

    for (known, taken) in [
        (targeted(date(2026, 3, 1), completed.clone()), false),
        (targeted(begun, completed.clone()), true),
        (targeted(date(2026, 3, 10), completed.clone()), true),
        (targeted(ended, completed.clone()), true),
        (targeted(date(2026, 3, 21), completed), false),
        (targeted(date(2026, 3, 21), Value::None), true),
        (targeted(date(2026, 3, 1), Value::None), false),
    ] {
        let route = of_itself("targeted_family", &known, ended);
        assert_eq!(
            route == "accommodated_during_assessment",
            taken,
            "{known:?}"
        );
    }
}

#[test]
fn m_151_m_152_k_10_k_11_k_45_section_20_moves_by_age_and_respite_moves_nothing() {
    let status = |status: &str| alone(&[is("legal_status", status)]);

    for from in ["front_door", "assessment", "targeted_family"] {
        assert_eq!(
            of_itself(from, &status("section_20"), EVE),
            "section_20_review"
        );
        assert_eq!(
            of_itself(from, &status("section_20"), BIRTHDAY),
            "section_20_fourteen"
        );
        for day in [EVE, BIRTHDAY] {
            assert_eq!(of_itself(from, &status("section_20_respite"), day), "none");
        }
    }
    let not_born = [
        ("date_of_birth", Value::None),
        on("siblings.youngest_born_on", BORN),
        is("legal_status", "section_20"),
    ];
    assert_eq!(
        of_itself("assessment", &not_born, BIRTHDAY),
        "section_20_review"
    );
}

fn sibling(plan: &str, looked_after: bool, on_plan: bool) -> Vec<(&'static str, Value)> {
    vec![
        is("plan", plan),
        flag("siblings.looked_after", looked_after),
        flag("siblings.on_protection_plan", on_plan),
        flag("looked_after", false),
    ]
}

#[test]
fn m_072_a_child_in_need_follows_the_sibling_on_a_protection_plan() {
    for from in ["front_door", "assessment", "targeted_family"] {
        let taken = |plan, on_plan| of_itself(from, &sibling(plan, false, on_plan), EVE);

        assert_eq!(taken("child_in_need", true), "sibling_of_child_with_plan");
        assert_eq!(taken("child_in_need", false), "none");
        assert_eq!(taken("none", true), "none");
    }
}

#[test]
fn m_074_who_goes_on_a_plan_beside_a_sibling_in_care_is_the_central_teams() {
    let taken = |plan, looked_after| {
        of_itself(
            "looked_after_older",
            &sibling(plan, looked_after, false),
            EVE,
        )
    };

    assert_eq!(
        taken("child_protection", true),
        "sibling_with_plan_of_looked_after_child"
    );
    assert_eq!(taken("child_protection", false), "none");
    assert_eq!(taken("child_in_need", true), "none");
    assert_eq!(
        of_itself(
            "targeted_family",
            &sibling("child_protection", true, false),
            EVE
        ),
        "sibling_with_plan_of_looked_after_child"
    );
}

#[test]
fn m_073_k_45_a_child_in_need_follows_the_sibling_in_care_until_the_youngest_is_fourteen() {
    let youngest = |plan, looked_after| {
        let mut known = sibling(plan, looked_after, false);
        known.push(on("siblings.youngest_born_on", BORN));
        known
    };

    for from in ["front_door", "assessment", "targeted_family"] {
        let taken = |plan, looked_after, day| of_itself(from, &youngest(plan, looked_after), day);

        assert_eq!(taken("child_in_need", true, EVE), "sibling_of_looked_after");
        assert_eq!(taken("child_in_need", true, BIRTHDAY), "stays");
        for day in [EVE, BIRTHDAY] {
            assert_eq!(taken("child_in_need", false, day), "none");
            assert_eq!(taken("none", true, day), "none");
        }
    }
}

#[test]
fn m_119_k_16_k_45_from_six_months_before_the_birthday_of_the_youngest_the_transfer_is_in_sight() {
    let child = |looked_after| alone(&[flag("looked_after", looked_after)]);
    let taken =
        |looked_after, day| of_itself("family_support_and_protection", &child(looked_after), day);

    assert_eq!(taken(true, date(2025, 9, 30)), "none");
    assert_eq!(taken(true, date(2025, 10, 1)), "fourteen");
    assert_eq!(taken(false, date(2025, 10, 1)), "none");
}

#[test]
fn m_133_m_134_care_or_a_protection_plan_is_beyond_the_remit_of_vct_and_sft() {
    let case = |plan, looked_after| {
        [
            is("plan", plan),
            flag("looked_after", looked_after),
            flag("siblings.looked_after", false),
            flag("siblings.on_protection_plan", false),
        ]
    };

    for (plan, looked_after, taken) in [
        ("child_protection", false, "beyond_remit"),
        ("child_in_need", true, "beyond_remit"),
        ("child_in_need", false, "none"),
    ] {
        assert_eq!(
            of_itself("targeted_family", &case(plan, looked_after), EVE),
            taken
        );
    }
}

/// What nobody has said yet opens nothing of itself, and nobody is asked for it; a person who asks for a route is.
#[test]
fn m_168_m_153_m_083_m_088_m_151_m_074_m_072_m_073_m_119_m_133_what_is_unknown_opens_nothing() {
    for route in &PACK.transfer.routes {
        let expected = if route.rests_on_facts() {
            RouteUndecided::Pass
        } else {
            RouteUndecided::Ask
        };
        assert_eq!(route.undecided, expected, "{}", route.route);
    }
}

#[test]
fn m_119_m_120_k_16_k_45_the_birthday_or_the_day_after_the_examinations_whichever_is_later() {
    let examined = |studies: Option<bool>, end| {
        let mut known = alone(&[on("exam_period_end", end)]);
        known.extend(studies.map(|studies| flag("studying_gcse_at_14", studies)));
        moves_on("fourteen", &Anchors::new(), &known)
    };
    let june = date(2026, 6, 19);

    assert_eq!(examined(Some(true), june), date(2026, 6, 20));
    assert_eq!(examined(Some(true), date(2026, 3, 20)), BIRTHDAY);
    assert_eq!(examined(Some(true), EVE), BIRTHDAY);
    assert_eq!(examined(Some(false), june), BIRTHDAY);
    assert_eq!(
        examined(None, june),
        BIRTHDAY,
        "nobody said that they study"
    );
}

#[test]
fn m_119_x_11_a_child_born_on_29_february_is_fourteen_on_1_march() {
    let leap = [
        on("siblings.youngest_born_on", date(2012, 2, 29)),
        flag("studying_gcse_at_14", false),
    ];

    assert_eq!(
        moves_on("fourteen", &Anchors::new(), &leap),
        date(2026, 3, 1)
    );
}

#[test]
fn m_083_m_168_m_153_m_101_m_171_m_072_m_004_three_working_days_pass_over_easter() {
    let maundy_thursday = at("2026-04-02T12:00:00Z");
    let anchors = Anchors::new()
        .at(Moment::Triggered, maundy_thursday)
        .at(Moment::Meeting("court_hearing".to_owned()), maundy_thursday)
        .at(
            Moment::Meeting("transfer_agreement".to_owned()),
            maundy_thursday,
        );
    let known = [on("accommodated_on", date(2026, 4, 2))];

    for name in [
        "accommodated",
        "relinquished",
        "proceedings",
        "after_assessment",
        "parents_uncertain",
        "sibling_of_child_with_plan",
        "referred_to_targeted_team",
        "decided_for_fourteen",
    ] {
        assert_eq!(
            moves_on(name, &anchors, &known),
            date(2026, 4, 9),
            "{name}: Tuesday to Thursday after Easter Monday"
        );
    }
}
