//! Facts by which the front door chooses a team: former cases, groups of children with rules of their own, requests.

use super::list::{RECORD, RECORD_OR_MANAGER, RECORD_OR_WORKER, fact};
use super::{FactKind, FactSpec};

const LEDGER: &str = "Baton (the ledger)";
const LEDGER_OR_RECORD: &str = "Baton (the ledger), record system";

/// Kinds of team, as in `party/words.rs`; a test keeps both the same.
const KINDS: &[&str] = &[
    "front_door",
    "out_of_hours",
    "assessment",
    "family_support_and_protection",
    "looked_after",
    "looked_after_older",
    "adoption",
    "fostering",
    "disability",
    "leaving_care",
    "targeted_family",
    "external_service",
    "placement_panel",
    "early_help",
    "early_years",
];

const LEVELS: &[&str] = &["1", "2_lower", "2_upper", "3", "4"];

const PLANS_ELSEWHERE: &[&str] = &["child_in_need", "child_protection", "looked_after"];

/// The facts, in the order of the page.
pub(super) const FACTS: &[FactSpec] = &[
    fact(
        "case_open_with",
        FactKind::Code,
        KINDS,
        "Kind of the team that has the child's open case. Known to be none when no case is open. Derived for each decision, \
         whatever is reported.",
        LEDGER,
    ),
    fact(
        "case_closed_by",
        FactKind::Code,
        &[],
        "Team that closed the child's last case, by its id.",
        LEDGER_OR_RECORD,
    ),
    fact(
        "case_closed_by_kind",
        FactKind::Code,
        KINDS,
        "Kind of the team that closed the child's last case. Derived from the team for each decision.",
        LEDGER,
    ),
    fact(
        "previously_known",
        FactKind::Flag,
        &[],
        "The authority's services for children were involved before, at any time.",
        LEDGER_OR_RECORD,
    ),
    fact(
        "age_disputed",
        FactKind::Flag,
        &[],
        "The age is in dispute: until it is settled the claimed day of birth counts.",
        RECORD_OR_WORKER,
    ),
    fact(
        "claimed_date_of_birth",
        FactKind::Date,
        &[],
        "Day of birth that a young person whose age is in dispute claims.",
        RECORD_OR_WORKER,
    ),
    fact(
        "presents_homeless",
        FactKind::Flag,
        &[],
        "The young person presents as homeless.",
        RECORD_OR_WORKER,
    ),
    fact(
        "remand_placement",
        FactKind::Code,
        &["secure", "local_authority_accommodation"],
        "To what a remanded child is remanded. Known to be none when the child is not on remand.",
        RECORD_OR_WORKER,
    ),
    fact(
        "removed_from_family_on",
        FactKind::Date,
        &[],
        "Day on which the child was last removed from the family. Known to be none when it never was.",
        RECORD_OR_WORKER,
    ),
    fact(
        "parenting_capacity_concern",
        FactKind::Code,
        &["none", "some", "high"],
        "Concern about the parents' capacity to care.",
        RECORD_OR_WORKER,
    ),
    fact(
        "path_to_care_likely",
        FactKind::Flag,
        &[],
        "A path to accommodation or care proceedings is likely.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "parent_looked_after",
        FactKind::Flag,
        &[],
        "A parent is a child whom the authority looks after.",
        RECORD_OR_WORKER,
    ),
    fact(
        "accommodated_out_of_hours",
        FactKind::Flag,
        &[],
        "The out-of-hours team accommodated the child.",
        RECORD_OR_WORKER,
    ),
    fact(
        "accommodation_needed",
        FactKind::Flag,
        &[],
        "Accommodation of the child is assessed as needed.",
        RECORD_OR_WORKER,
    ),
    fact(
        "request_kind",
        FactKind::Code,
        &[
            "section_7_report",
            "section_37_report",
            "special_guardianship_report",
            "educational_needs_information",
            "cafcass_information",
        ],
        "Report or information that the latest contact asks for. Known to be none when it asks for none.",
        RECORD_OR_WORKER,
    ),
    fact(
        "plan_elsewhere",
        FactKind::Code,
        PLANS_ELSEWHERE,
        "Plan that another authority has for a child who lives here or moves in. Known to be none when there is none.",
        RECORD_OR_WORKER,
    ),
    fact(
        "disability_service_level",
        FactKind::Code,
        LEVELS,
        "Level of need at which the disability service has the case open.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "predominant_issue",
        FactKind::Code,
        &["disability", "siblings_disability", "other"],
        "What is mainly the matter: the child's own disability, the effect of a sibling's on this child, or something else.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "interface_protocol_consulted_on",
        FactKind::Date,
        &[],
        "Day on which the protocol between front door and disability service was consulted about who assesses.",
        RECORD_OR_WORKER,
    ),
    fact(
        "mainly_in_need",
        FactKind::Flag,
        &[],
        "This is the child of the family who is mainly in need or at risk.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "functional_needs.moderate",
        FactKind::Number,
        &[],
        "How many moderate needs the functional needs assessment found.",
        RECORD_OR_WORKER,
    ),
    fact(
        "functional_needs.severe_or_profound",
        FactKind::Number,
        &[],
        "How many severe or profound needs the functional needs assessment found.",
        RECORD_OR_WORKER,
    ),
    fact(
        "functional_needs.evidenced",
        FactKind::Flag,
        &[],
        "The needs were identified by the professional whose field they are, and demonstrably affect functioning.",
        RECORD_OR_WORKER,
    ),
    fact(
        "functional_needs.assessed_on",
        FactKind::Date,
        &[],
        "Day of the functional needs assessment by a health professional who works with the child and has met the child.",
        RECORD_OR_WORKER,
    ),
    fact(
        "parenting_concern_about",
        FactKind::Codes,
        &["disabled_child", "siblings"],
        "Whom concerns about parenting are about. Known to be none when there are none.",
        RECORD_OR_WORKER,
    ),
    fact(
        "concern_from_caring",
        FactKind::Flag,
        &[],
        "The concern about the siblings arises from caring for the disabled child.",
        RECORD_OR_WORKER,
    ),
    fact(
        "siblings_needs_considered_on",
        FactKind::Date,
        &[],
        "Day on which the needs of all siblings were considered in the child and family assessment.",
        RECORD_OR_WORKER,
    ),
    fact(
        "short_breaks_siblings_considered_on",
        FactKind::Date,
        &[],
        "Day on which the siblings' needs were weighed in deciding on short breaks.",
        RECORD_OR_WORKER,
    ),
    fact(
        "legal_consulted_on",
        FactKind::Date,
        &[],
        "Day on which the legal section was consulted about a baby whom the parents mean to give up.",
        RECORD_OR_WORKER,
    ),
    fact(
        "adoption_worker_arranged_on",
        FactKind::Date,
        &[],
        "Day on which an adoption worker was found who joins the first interview with the parent.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "relinquishment_interview_held_on",
        FactKind::Date,
        &[],
        "Day of the first interview with the parent, with specialist advice and counselling offered.",
        RECORD_OR_WORKER,
    ),
    fact(
        "accommodation_arranged_on",
        FactKind::Date,
        &[],
        "Day on which the accommodation of a homeless or unaccompanied young person was dealt with.",
        RECORD_OR_WORKER,
    ),
    fact(
        "allowances_set_up_on",
        FactKind::Date,
        &[],
        "Day on which the personal allowances of such a young person were set up.",
        RECORD,
    ),
];
