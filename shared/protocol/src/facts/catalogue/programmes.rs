//! Facts about a household that programmes for families ask for, about school and examinations, and about a baby whom the
//! parents mean to give up.

use super::list::{RECORD_OR_MANAGER, RECORD_OR_WORKER, fact};
use super::{FactKind, FactSpec};

/// What is done about anti-social behaviour; `other` is none of those that a protocol lists.
const BEHAVIOUR_MEASURES: &[&str] = &[
    "injunction",
    "contract",
    "possession_notice",
    "housing_injunction",
    "demotion_order",
    "eviction",
    "other",
];

const PROVISIONS: &[&str] = &[
    "school",
    "pupil_referral_unit",
    "alternative_provision",
    "home_education",
    "not_on_roll",
];

const BENEFITS: &[&str] = &[
    "employment_and_support_allowance",
    "incapacity_benefit",
    "carers_allowance",
    "income_support",
    "jobseekers_allowance",
    "severe_disablement_allowance",
    "universal_credit",
    "other",
];

/// What counselling of a parent who means to give up a baby can cover.
const COUNSELLING: &[&str] = &[
    "communication",
    "literacy",
    "culture",
    "disability",
    "immigration",
    "reasons",
    "fathers_details",
    "options_to_keep",
    "support_to_keep",
    "extended_family_knowledge",
    "extended_family_views",
    "consequences_of_not_telling",
    "father_identity",
    "father_address",
    "father_wishes",
    "father_parental_responsibility",
    "father_role_and_rights",
    "lifelong_effect",
    "consent_by_age_and_finality",
    "contact_and_childs_views",
    "information_in_later_life",
    "new_parents",
    "rights_at_18",
    "support",
    "contact_details_in_childhood_and_after_18",
    "court_service_role",
];

const fn date(key: &'static str, meaning: &'static str, reported_by: &'static str) -> FactSpec {
    fact(key, FactKind::Date, &[], meaning, reported_by)
}

const fn flag(key: &'static str, meaning: &'static str, reported_by: &'static str) -> FactSpec {
    fact(key, FactKind::Flag, &[], meaning, reported_by)
}

/// The facts, in the order of the page.
pub(super) const FACTS: &[FactSpec] = &[
    flag(
        "social_work_needed",
        "The assessment found that social work intervention is needed.",
        RECORD_OR_MANAGER,
    ),
    date(
        "household.offence_proven_on",
        "Day on which the latest offence of a young member of the child's household was proven. Known to be none when none was.",
        RECORD_OR_WORKER,
    ),
    date(
        "household.offender_born_on",
        "Day of birth of the member of the household whose offence that was.",
        RECORD_OR_WORKER,
    ),
    fact(
        "household.behaviour_measure",
        FactKind::Code,
        BEHAVIOUR_MEASURES,
        "The latest measure against anti-social behaviour of a member of the household. Known to be none when there was none.",
        RECORD_OR_WORKER,
    ),
    date(
        "household.behaviour_measure_on",
        "Day on which that measure was taken. Known to be none when there was none.",
        RECORD_OR_WORKER,
    ),
    fact(
        "household.out_of_work_benefit",
        FactKind::Code,
        BENEFITS,
        "An out-of-work benefit that an adult of the household receives. Known to be none when nobody does.",
        RECORD_OR_WORKER,
    ),
    fact(
        "school.provision",
        FactKind::Code,
        PROVISIONS,
        "Where the child is taught; `not_on_roll` when on the roll of no school.",
        RECORD_OR_WORKER,
    ),
    flag(
        "school.provision_after_exclusion",
        "The child is taught there because of a former exclusion.",
        RECORD_OR_WORKER,
    ),
    flag(
        "school.permanently_excluded",
        "The child was permanently excluded from a school.",
        RECORD_OR_WORKER,
    ),
    fact(
        "school.terms_counted",
        FactKind::Number,
        &[],
        "Over how many consecutive terms, the latest among them, the school counted exclusions and absence.",
        RECORD_OR_WORKER,
    ),
    date(
        "school.counts_superseded_on",
        "The first day on which those are no longer the latest terms, because another has ended. Known to be none when the \
         school gives none.",
        RECORD_OR_WORKER,
    ),
    fact(
        "school.fixed_exclusions",
        FactKind::Number,
        &[],
        "Fixed exclusions in those terms.",
        RECORD_OR_WORKER,
    ),
    fact(
        "school.unauthorised_absence_percent",
        FactKind::Number,
        &[],
        "Unauthorised absence in those terms, in full per cent.",
        RECORD_OR_WORKER,
    ),
    flag(
        "school.other_harm",
        "Other evidence shows that truancy or exclusion is doing the child harm.",
        RECORD_OR_WORKER,
    ),
    flag(
        "studying_gcse_at_14",
        "The child is studying for GCSE examinations when turning 14.",
        RECORD_OR_WORKER,
    ),
    date(
        "exam_period_end",
        "Last day of the period of those examinations.",
        RECORD_OR_WORKER,
    ),
    fact(
        "relinquishment.counselling_covered",
        FactKind::Codes,
        COUNSELLING,
        "What the counselling of the parent who means to give up the baby has covered so far.",
        RECORD_OR_WORKER,
    ),
    flag(
        "relinquishment.asked_by_both_parents",
        "Both parents ask for the adoption.",
        RECORD_OR_WORKER,
    ),
    flag(
        "relinquishment.father_takes_part",
        "The birth father is known and takes part.",
        RECORD_OR_WORKER,
    ),
    date(
        "relinquishment.competency_considered_on",
        "Day on which the parents' competency to decide was considered. Known to be none while it was not.",
        RECORD_OR_WORKER,
    ),
    date(
        "relinquishment.written_information_given_on",
        "Day on which the written information was handed to the parents. Known to be none while it was not.",
        RECORD_OR_WORKER,
    ),
    date(
        "relinquishment.receipt_signed_on",
        "Day on which the parents signed for it. Known to be none while they have not.",
        RECORD_OR_WORKER,
    ),
    date(
        "relinquishment.court_service_informed_on",
        "Day on which the court's advisory service was referred to. Known to be none while it was not.",
        RECORD_OR_WORKER,
    ),
    date(
        "relinquishment.agreed_on",
        "Day on which the parents agreed to the placement of a baby under six weeks. Known to be none while they have not.",
        RECORD_OR_WORKER,
    ),
    date(
        "relinquishment.formal_consent_on",
        "Day of the formal consents to adoption. Known to be none while there are none.",
        RECORD_OR_WORKER,
    ),
];
