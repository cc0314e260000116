//! What counselling has to cover before the court service is told of a baby whom the parents mean to give up.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use super::*;

static PACK: LazyLock<Arc<Pack>> = LazyLock::new(|| pack("merton"));

const TOPICS: &str = "relinquishment.counselling_covered";

fn is_met(duty: &str, topics: &[&str], more: &[(&str, Value)]) -> bool {
    let covered: BTreeSet<String> = topics.iter().map(|topic| (*topic).to_owned()).collect();
    let facts = facts(more).with(TOPICS, Value::Codes(covered)).unwrap();
    let mut duties = PACK.transfer.duties.iter();
    let duty = duties.find(|known| known.duty == duty).unwrap();
    duty.is_met(&Scope::of(&facts))
}

/// All of them are needed and each of them is.
fn needs_each_of(duty: &str, topics: &[&str], more: &[(&str, Value)]) {
    assert!(is_met(duty, topics, more), "{duty}");
    for left_out in topics {
        let others: Vec<&str> = topics
            .iter()
            .filter(|topic| topic != &left_out)
            .copied()
            .collect();
        assert!(!is_met(duty, &others, more), "{duty} without {left_out}");
    }
}

#[test]
fn m_173_counselling_heeds_every_need_of_the_parent() {
    needs_each_of(
        "counsel_on_needs",
        &[
            "communication",
            "literacy",
            "culture",
            "disability",
            "immigration",
        ],
        &[],
    );
}

#[test]
fn m_174_the_reasons_and_the_fathers_details_where_not_both_parents_ask() {
    let asked_by_both = |both| [("relinquishment.asked_by_both_parents", Value::Flag(both))];

    needs_each_of("counsel_on_reasons", &["reasons"], &asked_by_both(true));
    needs_each_of(
        "counsel_on_reasons",
        &["reasons", "fathers_details"],
        &asked_by_both(false),
    );
}

#[test]
fn m_175_m_176_options_to_keep_the_child_and_the_extended_family() {
    needs_each_of(
        "counsel_on_options",
        &["options_to_keep", "support_to_keep"],
        &[],
    );
    needs_each_of(
        "counsel_on_extended_family",
        &[
            "extended_family_knowledge",
            "extended_family_views",
            "consequences_of_not_telling",
        ],
        &[],
    );
}

#[test]
fn m_177_a_father_who_is_not_known_or_takes_no_part() {
    let takes_part = |part| [("relinquishment.father_takes_part", Value::Flag(part))];

    needs_each_of(
        "counsel_on_father",
        &[
            "father_identity",
            "father_address",
            "father_wishes",
            "father_parental_responsibility",
            "father_role_and_rights",
        ],
        &takes_part(false),
    );
    assert!(is_met("counsel_on_father", &[], &takes_part(true)));
    assert!(!is_met("counsel_on_father", &[], &[]), "nobody has said");
}

#[test]
fn m_178_everything_that_adoption_means() {
    needs_each_of(
        "counsel_on_adoption",
        &[
            "lifelong_effect",
            "consent_by_age_and_finality",
            "contact_and_childs_views",
            "information_in_later_life",
            "new_parents",
            "rights_at_18",
            "support",
            "contact_details_in_childhood_and_after_18",
            "court_service_role",
        ],
        &[],
    );
}

#[test]
fn m_172_each_item_comes_before_the_court_service_is_told() {
    let mut duties = PACK.transfer.duties.iter();
    let telling = duties
        .find(|duty| duty.duty == "inform_court_service")
        .unwrap();

    assert_eq!(
        telling.only_after,
        [
            "counsel_on_needs",
            "counsel_on_reasons",
            "counsel_on_options",
            "counsel_on_extended_family",
            "counsel_on_father",
            "counsel_on_adoption",
            "consider_competency",
            "give_written_information",
        ]
    );
}

#[test]
fn m_179_the_information_is_handed_over_and_signed_for() {
    let on = |key| (key, Value::Date(date(2026, 3, 11)));
    let given = on("relinquishment.written_information_given_on");
    let signed = on("relinquishment.receipt_signed_on");
    let unsigned = ("relinquishment.receipt_signed_on", Value::None);
    let withheld = ("relinquishment.written_information_given_on", Value::None);

    for (met, known) in [
        (true, [given.clone(), signed.clone()]),
        (false, [given, unsigned]),
        (false, [withheld, signed]),
    ] {
        assert_eq!(is_met("give_written_information", &[], &known), met);
    }
}
