use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::facts::{Facts, Value};

fn code(text: &str) -> Value {
    Value::Code(text.to_owned())
}

fn truth(source: &str, facts: &Facts) -> Truth {
    Condition::new(source)
        .unwrap()
        .decide(&Scope::of(facts))
        .truth
}

fn undecided(missing: &[&str]) -> Truth {
    Truth::Undecided {
        missing: missing.iter().map(|key| key.parse().unwrap()).collect(),
    }
}

fn facts(known: &[(&str, Value)]) -> Facts {
    known.iter().fold(Facts::new(), |facts, (key, value)| {
        facts.with(key, value.clone()).unwrap()
    })
}

#[test]
fn every_missing_fact_that_could_change_the_answer_is_named() {
    let source = r#"facts.plan == "child_protection" || facts.in_proceedings"#;

    assert_eq!(
        truth(source, &facts(&[])),
        undecided(&["plan", "in_proceedings"])
    );
    assert_eq!(
        truth(source, &facts(&[("in_proceedings", Value::Flag(false))])),
        undecided(&["plan"])
    );
    assert_eq!(
        truth(source, &facts(&[("in_proceedings", Value::Flag(true))])),
        Truth::True
    );
}

#[test]
fn a_missing_fact_that_cannot_change_the_answer_is_not_asked_for() {
    let known = facts(&[("looked_after", Value::Flag(false))]);

    assert_eq!(
        truth("facts.looked_after && facts.in_proceedings", &known),
        Truth::False
    );
    assert_eq!(
        truth("!(facts.in_proceedings && facts.looked_after)", &known),
        Truth::True
    );
}

#[test]
fn a_conditional_is_decided_when_both_ways_come_to_the_same() {
    let source = r#"facts.in_proceedings ? facts.looked_after : facts.legal_status == "care""#;
    let both = facts(&[
        ("looked_after", Value::Flag(true)),
        ("legal_status", code("care")),
    ]);
    let one = facts(&[("looked_after", Value::Flag(true))]);

    assert_eq!(truth(source, &both), Truth::True);
    assert_eq!(
        truth(source, &one),
        undecided(&["in_proceedings", "legal_status"])
    );
}

#[test]
fn known_to_be_none_equals_nothing_and_is_not_unknown() {
    let none = facts(&[
        ("plan", Value::None),
        ("assessment_completed_on", Value::None),
        ("looked_after", Value::None),
    ]);

    assert_eq!(
        truth(r#"facts.plan == "child_protection""#, &none),
        Truth::False
    );
    assert_eq!(
        truth(r#"facts.plan != "child_protection""#, &none),
        Truth::True
    );
    assert_eq!(
        truth(r#"facts.plan in ["child_protection"]"#, &none),
        Truth::False
    );
    assert_eq!(
        truth(r#"facts.assessment_completed_on < "2026-01-01""#, &none),
        Truth::False
    );
    assert_eq!(truth("facts.looked_after", &none), Truth::False);
    assert_eq!(truth("facts.plan == null", &none), Truth::True);
    assert_eq!(
        truth("facts.plan == null", &facts(&[])),
        undecided(&["plan"])
    );
}

#[test]
fn dates_compare_as_dates_and_codes_are_found_in_lists() {
    let known = facts(&[
        ("assessment_completed_on", Value::Date(date(2026, 2, 28))),
        (
            "special_groups",
            Value::Codes(["relinquished".to_owned()].into()),
        ),
    ]);

    assert_eq!(
        truth(r#"facts.assessment_completed_on < "2026-03-01""#, &known),
        Truth::True
    );
    assert_eq!(
        truth(r#""relinquished" in facts.special_groups"#, &known),
        Truth::True
    );
    assert_eq!(
        truth(
            r#"facts.special_groups.exists(group, group == "disabled")"#,
            &known
        ),
        Truth::False
    );
    assert_eq!(
        truth(
            r#"facts.special_groups.exists(group, group == "disabled")"#,
            &facts(&[])
        ),
        undecided(&["special_groups"])
    );
}

#[test]
fn unborn_is_derived_and_asks_for_both_dates() {
    let expected = facts(&[("expected_delivery_date", Value::Date(date(2026, 11, 30)))]);

    assert_eq!(truth("child.unborn", &expected), Truth::True);
    assert_eq!(
        truth("child.unborn", &facts(&[])),
        undecided(&["date_of_birth", "expected_delivery_date"])
    );
}

#[test]
fn what_happened_and_how_the_process_stands_are_always_known() {
    let none = Facts::new();
    let mut scope = Scope::of(&none);
    scope.outcome = Some("no_plan");
    scope.item_failed = true;
    let condition = Condition::new(r#"event.outcome == "no_plan" && process.item_failed && event.conference.kind != "initial""#).unwrap();

    assert_eq!(condition.decide(&scope).truth, Truth::True);
}

#[test]
fn the_verdict_names_the_facts_it_looked_at() {
    let known = facts(&[("plan", code("child_in_need"))]);
    let condition =
        Condition::new(r#"facts.plan == "child_protection" || facts.in_proceedings"#).unwrap();

    let verdict = condition.decide(&Scope::of(&known));

    assert_eq!(verdict.facts, ["plan".parse().unwrap()].into());
}

#[test]
fn a_condition_that_could_fail_later_is_refused_when_it_is_read() {
    for (source, complaint) in [
        ("facts.plan ==", "Syntax error"),
        ("facts.shoe_size == 38", "`shoe_size` is not a known fact"),
        ("now > facts.accommodated_on", "`now` is not known here"),
        ("age(facts.date_of_birth) > 14", "`age` is not a function"),
        (
            r#"facts.plan == "child_protecton""#,
            "never \"child_protecton\"",
        ),
        (r#"facts.plan in ["child_in_need", "cp"]"#, "never \"cp\""),
        (
            "facts.plan == 4",
            "is a code and is compared with something else",
        ),
        (
            r#"facts.in_proceedings == "yes""#,
            "is yes or no and is compared",
        ),
        ("facts.plan", "is not a condition"),
        (
            "facts.plan > 4 || facts.in_proceedings",
            "compared with something else",
        ),
        ("facts.conference", "`conference` is not a known fact"),
        ("size(facts.plan)", "is not a condition"),
    ] {
        let error = Condition::new(source).unwrap_err().to_string();
        assert!(error.contains(complaint), "{source}: {error}");
    }
}

fn any_expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("facts.in_proceedings".to_owned()),
        Just("facts.looked_after".to_owned()),
        Just("facts.pre_proceedings_open".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            inner.clone().prop_map(|a| format!("!{a}")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
        ]
    })
}

const FLAGS: [&str; 3] = ["in_proceedings", "looked_after", "pre_proceedings_open"];

proptest! {
    /// With everything known the walk agrees with CEL itself, and never says that it is undecided.
    #[test]
    fn on_full_facts_the_answer_is_the_one_cel_gives(source in any_expression(), bits in 0u8..8) {
        let known = FLAGS.iter().enumerate().fold(Facts::new(), |facts, (at, key)| {
            facts.with(key, Value::Flag(bits & (1 << at) != 0)).unwrap()
        });
        let condition = Condition::new(source).unwrap();
        let scope = Scope::of(&known);

        let by_cel = condition.program.execute(&scope.context()) == Ok(cel::Value::Bool(true));

        prop_assert_eq!(condition.decide(&scope).truth, if by_cel { Truth::True } else { Truth::False });
    }

    /// What is decided on some facts stays so whatever the missing ones turn out to be; and once every
    /// fact that was named as missing is known, the answer is decided.
    #[test]
    fn a_decision_on_some_facts_survives_every_completion(source in any_expression(), known in 0u8..8, bits in 0u8..8) {
        let condition = Condition::new(source).unwrap();
        let mut partial = Facts::new();
        let mut full = Facts::new();
        for (at, key) in FLAGS.iter().enumerate() {
            let value = Value::Flag(bits & (1 << at) != 0);
            full.set(key, value.clone()).unwrap();
            if known & (1 << at) != 0 {
                partial.set(key, value).unwrap();
            }
        }
        let finally = condition.decide(&Scope::of(&full)).truth;

        match condition.decide(&Scope::of(&partial)).truth {
            Truth::Undecided { missing } => {
                for key in missing {
                    let value = full.get(&key).unwrap().clone();
                    partial.set(key.as_str(), value).unwrap();
                }
                prop_assert_eq!(condition.decide(&Scope::of(&partial)).truth, finally);
            }
            decided => prop_assert_eq!(decided, finally),
        }
    }
}

#[test]
fn c_025_the_age_on_the_day_of_accommodation_is_counted_to_the_birthday() {
    let aged = |accommodated: &str| {
        Facts::new()
            .with("date_of_birth", Value::Date("2009-05-10".parse().unwrap()))
            .unwrap()
            .with(
                "accommodated_on",
                Value::Date(accommodated.parse().unwrap()),
            )
            .unwrap()
            .accommodated_aged()
    };
    assert_eq!(aged("2026-05-09"), Some(16));
    assert_eq!(aged("2026-05-10"), Some(17));
}
