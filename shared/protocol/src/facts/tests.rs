use jiff::civil::date;

use super::*;

/// Writes the page instead of comparing it: `BLESS=1 cargo test -p baton-protocol facts_page`.
#[test]
fn the_facts_page_is_the_catalogue() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/facts.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, facts_page()).unwrap();
    }

    let page = std::fs::read_to_string(path).unwrap();

    assert_eq!(
        page,
        facts_page(),
        "run with BLESS=1 to write docs/facts.md anew"
    );
}

#[test]
fn a_fact_outside_the_catalogue_is_refused_by_its_key() {
    let error = Facts::check("shoe_size", &Value::Number(38)).unwrap_err();

    assert_eq!(error, FactError::UnknownKey("shoe_size".to_owned()));
}

#[test]
fn a_value_of_another_type_or_an_unknown_code_is_refused_without_repeating_it() {
    let wrong_type = Facts::check("date_of_birth", &Value::Code("14 May".to_owned())).unwrap_err();
    let wrong_code = Facts::check("plan", &Value::Code("cp".to_owned())).unwrap_err();

    assert_eq!(wrong_type.to_string(), "`date_of_birth` has to be a date");
    assert!(
        wrong_code
            .to_string()
            .starts_with("`plan` has to be one of none, "),
        "{wrong_code}"
    );
}

#[test]
fn known_to_be_none_fits_every_type_and_is_not_unknown() {
    let facts = Facts::new()
        .with("assessment_completed_on", Value::None)
        .unwrap();

    assert_eq!(facts.value("assessment_completed_on"), Some(&Value::None));
    assert_eq!(facts.date("assessment_completed_on"), None);
    assert_eq!(facts.value("plan"), None);
}

#[test]
fn a_child_is_unborn_with_an_expected_delivery_and_no_date_of_birth() {
    let expected = Facts::new()
        .with("expected_delivery_date", Value::Date(date(2026, 11, 30)))
        .unwrap();
    let none_yet = expected.clone().with("date_of_birth", Value::None).unwrap();
    let born = expected
        .clone()
        .with("date_of_birth", Value::Date(date(2026, 11, 28)))
        .unwrap();

    assert_eq!(Facts::new().is_unborn(), None);
    assert_eq!(expected.is_unborn(), Some(true));
    assert_eq!(none_yet.is_unborn(), Some(true));
    assert_eq!(born.is_unborn(), Some(false));
}

#[test]
fn dates_that_tell_of_the_person_are_marked() {
    let sensitive: Vec<_> = CATALOGUE
        .iter()
        .filter(|spec| spec.is_sensitive())
        .map(|spec| spec.key)
        .collect();

    assert_eq!(
        sensitive,
        [
            "date_of_birth",
            "expected_delivery_date",
            "claimed_date_of_birth",
            "household.offender_born_on",
            "siblings.youngest_born_on"
        ]
    );
}

#[test]
fn a_fact_that_names_a_kind_of_team_knows_every_kind() {
    let kinds: Vec<&str> = crate::party::TeamKind::all()
        .map(crate::party::TeamKind::as_str)
        .collect();

    for key in ["case_open_with", "case_closed_by_kind"] {
        let spec = spec(&key.parse().unwrap()).unwrap();
        assert_eq!(spec.codes, kinds, "{key}");
    }
}
