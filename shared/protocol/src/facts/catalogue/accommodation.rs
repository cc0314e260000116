//! Facts about a child's brothers and sisters, about becoming looked after by agreement, and about who goes on after an
//! assessment.

use super::list::{RECORD_OR_MANAGER, RECORD_OR_WORKER, fact};
use super::{FactKind, FactSpec};

const FAMILY: &str = "Baton (the facts of the siblings)";

/// What an assessing worker may commission or refer on to (M-042).
const SERVICES: &[&str] = &[
    "family_support_service",
    "vulnerable_children_team",
    "central_social_work_team",
    "transforming_families",
    "youth_inclusion_panel",
    "camhs",
    "health_visiting",
    "voluntary_sector",
];

/// The facts, in the order of the page.
pub(super) const FACTS: &[FactSpec] = &[
    fact(
        "siblings.in_need",
        FactKind::Flag,
        &[],
        "Another child of the family has a child in need plan. Derived for each decision, whatever is reported.",
        FAMILY,
    ),
    fact(
        "siblings.on_protection_plan",
        FactKind::Flag,
        &[],
        "Another child of the family has a child protection plan. Derived for each decision.",
        FAMILY,
    ),
    fact(
        "siblings.looked_after",
        FactKind::Flag,
        &[],
        "Another child of the family is looked after by the authority. Derived for each decision.",
        FAMILY,
    ),
    fact(
        "siblings.youngest_born_on",
        FactKind::Date,
        &[],
        "Day of birth of the youngest among the child and those of the other children of the family who have a child in \
         need or child protection plan; of an unborn one the day on which the birth is expected. Derived for each decision.",
        FAMILY,
    ),
    fact(
        "services_commissioned",
        FactKind::Codes,
        SERVICES,
        "Services that were commissioned, or to which the child was referred on, after the assessment. Known to be none \
         while there is none.",
        RECORD_OR_WORKER,
    ),
    fact(
        "longer_term_owner_agreed_on",
        FactKind::Date,
        &[],
        "Day on which the managers agreed, after a referral came back, who is responsible in the longer term. Known to be \
         none while they have not.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "accommodation_permitted_on",
        FactKind::Date,
        &[],
        "Day on which accommodation by agreement was permitted for the time being. Known to be none while it was not.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "accommodation_agreed_on",
        FactKind::Date,
        &[],
        "Day on which the placement panel agreed that the child become looked after. Known to be none while it has not.",
        RECORD_OR_MANAGER,
    ),
];
