//! Who belongs to Transforming Families: two of three criteria, each met by any one of its limbs.

use std::sync::LazyLock;

use baton_protocol::Truth;
use baton_protocol::transfer::{Criteria, Weighted};

use super::*;

const ASKED_ON: Date = date(2026, 4, 1);

/// Read once: a test asks many things of them.
static CRITERIA: LazyLock<Criteria> = LazyLock::new(|| {
    let pack = pack("merton");
    let item = pack.transfer.item("programme_criteria").unwrap();
    let SatisfiedBy::Criteria(criteria) = &item.satisfied_by else {
        panic!("{item:?}")
    };
    criteria.clone()
});

fn number(number: i64) -> Value {
    Value::Number(number)
}

/// A family that meets nothing, and everything about it is known.
fn family(with: &[(&str, Value)]) -> Facts {
    let nothing = [
        ("household.offence_proven_on", Value::None),
        ("household.offender_born_on", Value::None),
        ("household.behaviour_measure", Value::None),
        ("household.behaviour_measure_on", Value::None),
        ("household.out_of_work_benefit", Value::None),
        ("school.permanently_excluded", Value::Flag(false)),
        ("school.provision", code("school")),
        ("school.provision_after_exclusion", Value::Flag(false)),
        ("school.terms_counted", number(3)),
        ("school.counts_superseded_on", Value::Date(date(2026, 4, 2))),
        ("school.fixed_exclusions", number(0)),
        ("school.unauthorised_absence_percent", number(0)),
        ("school.other_harm", Value::Flag(false)),
    ];
    let known = nothing.iter().chain(with);
    known.fold(Facts::new(), |facts, (key, value)| {
        facts.with(key, value.clone()).unwrap()
    })
}

fn weigh(criteria: &Criteria, with: &[(&str, Value)]) -> Weighted {
    criteria.weigh(&Scope::of(&family(with)), ASKED_ON)
}

/// Whether a criterion is met by what the protocol lists.
fn meets(criterion: &str, with: &[(&str, Value)]) -> bool {
    !weigh(&CRITERIA, with).lacks.contains(&criterion.to_owned())
}

fn is_crime(with: &[(&str, Value)]) -> bool {
    meets("crime_or_behaviour", with)
}

fn is_education(with: &[(&str, Value)]) -> bool {
    meets("education", with)
}

fn offence(proven: Date, born: Date) -> [(&'static str, Value); 2] {
    [
        ("household.offence_proven_on", Value::Date(proven)),
        ("household.offender_born_on", Value::Date(born)),
    ]
}

fn measure(measure: &str, on: Date) -> [(&'static str, Value); 2] {
    [
        ("household.behaviour_measure", code(measure)),
        ("household.behaviour_measure_on", Value::Date(on)),
    ]
}

#[test]
fn m_106_any_two_of_three_criteria_are_enough_and_one_is_not() {
    let criteria = &CRITERIA;
    let excluded = ("school.permanently_excluded", Value::Flag(true));
    let on_benefit = ("household.out_of_work_benefit", code("income_support"));
    let [measured, on] = measure("eviction", date(2026, 3, 1));

    for (met, with) in [
        (Truth::False, vec![]),
        (Truth::False, vec![excluded.clone()]),
        (Truth::False, vec![on_benefit.clone()]),
        (Truth::False, vec![measured.clone(), on.clone()]),
        (Truth::True, vec![excluded.clone(), on_benefit.clone()]),
        (
            Truth::True,
            vec![measured.clone(), on.clone(), on_benefit.clone()],
        ),
        (Truth::True, vec![measured, on, excluded]),
    ] {
        assert_eq!(weigh(criteria, &with).truth, met, "{with:?}");
    }
}

#[test]
fn m_106_what_nobody_has_said_leaves_it_open_only_where_it_could_change_the_answer() {
    let criteria = &CRITERIA;
    let one = facts(&[("school.permanently_excluded", Value::Flag(true))]);

    let Truth::Undecided { missing } = criteria.weigh(&Scope::of(&one), ASKED_ON).truth else {
        panic!("a second criterion may be met")
    };
    assert!(missing.contains(&"household.out_of_work_benefit".parse().unwrap()));

    let both = one
        .with("household.out_of_work_benefit", code("income_support"))
        .unwrap();
    assert_eq!(
        criteria.weigh(&Scope::of(&both), ASKED_ON).truth,
        Truth::True
    );
}

#[test]
fn m_107_x_10_x_11_an_offence_counts_for_twelve_months_and_while_its_author_is_under_eighteen() {
    let young = date(2010, 1, 1);

    assert!(is_crime(&offence(date(2025, 4, 1), young)));
    assert!(!is_crime(&offence(date(2025, 3, 31), young)), "a day older");
    assert!(is_crime(&offence(ASKED_ON, young)));
    assert!(
        !is_crime(&offence(date(2026, 4, 2), young)),
        "proven after the request"
    );
    assert!(is_crime(&offence(date(2026, 1, 5), date(2008, 4, 2))));
    assert!(
        !is_crime(&offence(date(2026, 1, 5), date(2008, 4, 1))),
        "eighteen that day"
    );
}

#[test]
fn m_107_x_11_born_on_29_february_one_is_eighteen_on_1_march() {
    let criteria = &CRITERIA;
    let family = family(&offence(date(2026, 1, 5), date(2008, 2, 29)));
    let lacks = |on| criteria.weigh(&Scope::of(&family), on).lacks;

    assert!(!lacks(date(2026, 2, 28)).contains(&"crime_or_behaviour".to_owned()));
    assert!(lacks(date(2026, 3, 1)).contains(&"crime_or_behaviour".to_owned()));
}

#[test]
fn m_108_orders_contracts_and_listed_interventions_count_for_twelve_months() {
    for listed in [
        "injunction",
        "contract",
        "possession_notice",
        "housing_injunction",
        "demotion_order",
        "eviction",
    ] {
        assert!(is_crime(&measure(listed, date(2025, 4, 1))), "{listed}");
        assert!(!is_crime(&measure(listed, date(2025, 3, 31))), "{listed}");
        let weighted = weigh(&CRITERIA, &measure(listed, date(2025, 4, 1)));
        assert!(
            rules(&weighted.with_reason).is_empty(),
            "{listed} needs no reason"
        );
    }
    assert!(!is_crime(&measure("other", date(2026, 3, 1))));
}

#[test]
fn m_108_another_intervention_of_the_last_twelve_months_counts_with_a_reason() {
    let criteria = &CRITERIA;
    let on_benefit = ("household.out_of_work_benefit", code("income_support"));
    let with = |on| {
        let [measured, on] = measure("other", on);
        let weighted = weigh(criteria, &[measured, on, on_benefit.clone()]);
        (weighted.truth, rules(&weighted.with_reason))
    };

    assert_eq!(
        with(date(2025, 4, 1)),
        (Truth::False, vec!["M-108".to_owned(), "X-10".to_owned()])
    );
    assert_eq!(with(date(2025, 3, 31)), (Truth::False, vec![]));
}

#[test]
fn m_108_x_10_a_measure_that_nobody_has_named_is_asked_for_and_is_no_other_intervention() {
    let [measured, on] = measure("other", date(2026, 3, 1));
    let on_benefit = ("household.out_of_work_benefit", code("income_support"));
    let mut known = family(&[measured, on, on_benefit]);
    known.forget(&"household.behaviour_measure".parse().unwrap());
    let weighted = CRITERIA.weigh(&Scope::of(&known), ASKED_ON);

    assert!(rules(&weighted.with_reason).is_empty());
}

#[test]
fn m_109_three_fixed_exclusions_in_the_last_three_terms_or_a_permanent_one_at_any_time() {
    let fixed = |count, terms, superseded: Value| {
        is_education(&[
            ("school.fixed_exclusions", number(count)),
            ("school.terms_counted", number(terms)),
            ("school.counts_superseded_on", superseded),
        ])
    };
    let tomorrow = Value::Date(date(2026, 4, 2));

    assert!(fixed(3, 3, tomorrow.clone()));
    assert!(!fixed(2, 3, tomorrow.clone()));
    assert!(!fixed(3, 4, tomorrow.clone()), "counted over four terms");
    assert!(!fixed(3, 2, tomorrow), "counted over two terms");
    assert!(fixed(3, 3, Value::None));
    assert!(
        !fixed(3, 3, Value::Date(ASKED_ON)),
        "another term has ended since"
    );
    assert!(is_education(&[
        ("school.permanently_excluded", Value::Flag(true)),
        ("school.counts_superseded_on", Value::Date(ASKED_ON)),
        ("school.terms_counted", number(1)),
    ]));
}

#[test]
fn m_109_other_evidence_of_harm_counts_with_a_reason() {
    let weighted = weigh(
        &CRITERIA,
        &[
            ("school.other_harm", Value::Flag(true)),
            ("household.out_of_work_benefit", code("income_support")),
        ],
    );

    assert_eq!(weighted.truth, Truth::False);
    assert_eq!(rules(&weighted.with_reason), ["M-109"]);
}

#[test]
fn m_110_taught_elsewhere_because_excluded_or_on_no_roll() {
    let taught = |provision: &str, after_exclusion| {
        is_education(&[
            ("school.provision", code(provision)),
            (
                "school.provision_after_exclusion",
                Value::Flag(after_exclusion),
            ),
        ])
    };

    for provision in ["pupil_referral_unit", "alternative_provision"] {
        assert!(taught(provision, true), "{provision}");
        assert!(!taught(provision, false), "{provision}");
    }
    assert!(taught("not_on_roll", false));
    assert!(!taught("home_education", true));
}

#[test]
fn m_111_fifteen_per_cent_unauthorised_absence_in_the_last_three_terms() {
    let absent = |percent, terms, superseded| {
        is_education(&[
            ("school.unauthorised_absence_percent", number(percent)),
            ("school.terms_counted", number(terms)),
            ("school.counts_superseded_on", Value::Date(superseded)),
        ])
    };

    assert!(absent(15, 3, date(2026, 4, 2)));
    assert!(!absent(14, 3, date(2026, 4, 2)));
    assert!(!absent(15, 2, date(2026, 4, 2)));
    assert!(!absent(15, 3, ASKED_ON));
}

#[test]
fn m_112_the_benefits_are_those_of_the_list_and_count_only_beside_another_criterion() {
    let on = |benefit: &str| {
        meets(
            "worklessness",
            &[
                ("school.permanently_excluded", Value::Flag(true)),
                ("household.out_of_work_benefit", code(benefit)),
            ],
        )
    };

    for benefit in [
        "employment_and_support_allowance",
        "incapacity_benefit",
        "carers_allowance",
        "income_support",
        "jobseekers_allowance",
        "severe_disablement_allowance",
    ] {
        assert!(on(benefit), "{benefit}");
    }
    assert!(!on("universal_credit"));
    assert!(!on("other"));

    let mut one_is_enough = CRITERIA.clone();
    one_is_enough.at_least = 1;
    let on_benefit = ("household.out_of_work_benefit", code("income_support"));
    let crime = measure("eviction", date(2026, 3, 1));
    let excluded = [("school.permanently_excluded", Value::Flag(true))];
    assert_eq!(
        weigh(&one_is_enough, std::slice::from_ref(&on_benefit)).truth,
        Truth::False,
        "alone it counts for nothing"
    );
    for others in [&crime[..], &excluded[..]] {
        let with: Vec<_> = others.iter().chain([&on_benefit]).cloned().collect();
        assert!(meets("worklessness", &with), "{others:?}");
    }
}
