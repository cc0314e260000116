//! The list of facts.

use super::{FactKind, FactSpec};

pub(super) const RECORD: &str = "record system";
pub(super) const RECORD_OR_MANAGER: &str = "record system, team manager";
pub(super) const RECORD_OR_WORKER: &str = "record system, allocated social worker";

/// One fact.
pub(super) const fn fact(
    key: &'static str,
    kind: FactKind,
    codes: &'static [&'static str],
    meaning: &'static str,
    reported_by: &'static str,
) -> FactSpec {
    FactSpec {
        key,
        kind,
        codes,
        meaning,
        reported_by,
    }
}

const PLANS: &[&str] = &[
    "none",
    "no_further_action",
    "early_help_plan",
    "child_in_need",
    "child_protection",
    "looked_after",
    "pathway",
];

const LEGAL_STATUSES: &[&str] = &[
    "none",
    "section_20",
    "section_20_respite",
    "emergency_protection",
    "interim_care",
    "care",
    "interim_supervision",
    "supervision",
    "special_guardianship",
    "child_arrangements",
    "placement_order",
    "remand",
    "adoption_placed",
];

const SPECIAL_GROUPS: &[&str] = &[
    "relinquished",
    "unaccompanied_asylum_seeking",
    "homeless_16_17",
    "remanded",
    "disabled",
    "private_fostering",
    "young_carer",
    "large_sibling_group",
];

const RECIPIENTS: &[&str] = &["family", "parent", "carer", "child", "agencies", "referrer"];

/// The facts that every part of the protocols uses, in the order of the page.
pub(super) const FACTS: &[FactSpec] = &[
    fact(
        "date_of_birth",
        FactKind::Date,
        &[],
        "Day of birth. Known to be none before birth.",
        RECORD,
    ),
    fact(
        "expected_delivery_date",
        FactKind::Date,
        &[],
        "Day on which the birth is expected. With no day of birth the child is unborn.",
        RECORD_OR_WORKER,
    ),
    fact(
        "district",
        FactKind::Code,
        &[],
        "District or area whose teams serve the child's home, as in the areas of teams.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "area",
        FactKind::Code,
        &[],
        "Area of the authority, where the protocol speaks of areas beside districts.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "plan",
        FactKind::Code,
        PLANS,
        "The plan in force.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "plan_since",
        FactKind::Date,
        &[],
        "Day on which the plan in force began.",
        RECORD,
    ),
    fact(
        "legal_status",
        FactKind::Code,
        LEGAL_STATUSES,
        "Legal status. `none` when no order and no accommodation.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "in_proceedings",
        FactKind::Flag,
        &[],
        "Care proceedings are before the court.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "pre_proceedings_open",
        FactKind::Flag,
        &[],
        "The pre-proceedings stage is open.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "section_47_open",
        FactKind::Flag,
        &[],
        "An enquiry under section 47 is under way.",
        RECORD_OR_WORKER,
    ),
    fact(
        "looked_after",
        FactKind::Flag,
        &[],
        "The child is looked after by the authority.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "accommodated_on",
        FactKind::Date,
        &[],
        "Day on which the child became looked after.",
        RECORD,
    ),
    fact(
        "placed_on",
        FactKind::Date,
        &[],
        "Day on which the current placement began.",
        RECORD,
    ),
    fact(
        "first_looked_after_review_held_on",
        FactKind::Date,
        &[],
        "Day of the first review of the looked-after child. Known to be none while it was not held.",
        RECORD_OR_WORKER,
    ),
    fact(
        "second_looked_after_review_held_on",
        FactKind::Date,
        &[],
        "Day of the second such review.",
        RECORD_OR_WORKER,
    ),
    fact(
        "referral_decided_on",
        FactKind::Date,
        &[],
        "Day of the decision that made the contact a referral.",
        "record system",
    ),
    fact(
        "chronology_existed",
        FactKind::Flag,
        &[],
        "There was a chronology before this transfer was prepared.",
        RECORD_OR_WORKER,
    ),
    fact(
        "genogram_existed",
        FactKind::Flag,
        &[],
        "There was a genogram before this transfer was prepared.",
        RECORD_OR_WORKER,
    ),
    fact(
        "assessment_started_on",
        FactKind::Date,
        &[],
        "Day on which the assessment began.",
        RECORD_OR_WORKER,
    ),
    fact(
        "assessment_completed_on",
        FactKind::Date,
        &[],
        "Day on which the assessment was completed. Known to be none while it is not.",
        RECORD_OR_WORKER,
    ),
    fact(
        "strategy_discussion_held_on",
        FactKind::Date,
        &[],
        "Day of the strategy discussion that led to the conference.",
        RECORD_OR_WORKER,
    ),
    fact(
        "child_seen_on",
        FactKind::Date,
        &[],
        "Day on which the child was last seen by the worker.",
        RECORD_OR_WORKER,
    ),
    fact(
        "conference.ref",
        FactKind::Code,
        &[],
        "The record system's reference of the latest conference.",
        RECORD,
    ),
    fact(
        "conference.kind",
        FactKind::Code,
        &["initial", "pre_birth", "review", "receiving_in"],
        "Kind of the latest conference.",
        RECORD,
    ),
    fact(
        "conference.state",
        FactKind::Code,
        &["scheduled", "postponed", "held", "cancelled"],
        "State of the latest conference.",
        RECORD,
    ),
    fact(
        "conference.scheduled_at",
        FactKind::Instant,
        &[],
        "When the latest conference is booked for.",
        RECORD,
    ),
    fact(
        "conference.held_at",
        FactKind::Instant,
        &[],
        "When the latest conference was held.",
        RECORD,
    ),
    fact(
        "conference.outcome",
        FactKind::Code,
        &[
            "child_protection_plan",
            "child_in_need_plan",
            "early_help_plan",
            "no_plan",
            "adjourned",
        ],
        "What the latest conference decided for the child.",
        RECORD,
    ),
    fact(
        "first_core_group_held_on",
        FactKind::Date,
        &[],
        "Day of the first core group after the conference.",
        RECORD_OR_WORKER,
    ),
    fact(
        "initial_cin_meeting_held_on",
        FactKind::Date,
        &[],
        "Day of the first meeting on a child in need plan.",
        RECORD_OR_WORKER,
    ),
    fact(
        "return_home_on",
        FactKind::Date,
        &[],
        "Day for which an agreed return home is planned. Known to be none when none is.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "no_return_prospect",
        FactKind::Flag,
        &[],
        "No realistic chance of a return home before the first review.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "special_groups",
        FactKind::Codes,
        SPECIAL_GROUPS,
        "Groups with rules of their own to which the child belongs.",
        RECORD_OR_WORKER,
    ),
    fact(
        "case_closed_on",
        FactKind::Date,
        &[],
        "Day on which the last case was closed.",
        "Baton, record system",
    ),
    fact(
        "safety.withhold_from",
        FactKind::Codes,
        RECIPIENTS,
        "Recipients whom a letter must not reach because it would be likely to cause serious harm.",
        RECORD_OR_MANAGER,
    ),
];
