//! Facts of the front door: what a contact is, and what its decision and the steps on the way say.

use super::list::{RECORD_OR_MANAGER, RECORD_OR_WORKER, fact};
use super::{FactKind, FactSpec};

const CONTACT: &str = "Baton (the contact itself)";
const DECISION: &str = "Baton (the decision on a contact), record system";

/// The facts, in the order of the page.
pub(super) const FACTS: &[FactSpec] = &[
    fact(
        "need_level",
        FactKind::Code,
        &["1", "2_lower", "2_upper", "3", "4"],
        "Level of need by the authority's model, as the latest decision on a contact found it.",
        DECISION,
    ),
    fact(
        "resident",
        FactKind::Flag,
        &[],
        "The child lives in the authority's area.",
        RECORD_OR_WORKER,
    ),
    fact(
        "referral_form_outstanding",
        FactKind::Flag,
        &[],
        "A multi-agency form was asked for and has not come back.",
        RECORD_OR_WORKER,
    ),
    fact(
        "early_help_plan_open",
        FactKind::Flag,
        &[],
        "A targeted early help plan is open for the family.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "assessment_reviewed_on",
        FactKind::Date,
        &[],
        "Day on which the assessment was reviewed part-way.",
        RECORD_OR_WORKER,
    ),
    fact(
        "out_of_hours_strategy_discussion_held_on",
        FactKind::Date,
        &[],
        "Day on which the out-of-hours team held its latest strategy discussion.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "contact.kind",
        FactKind::Code,
        &[],
        "Kind of the contact at hand, as the protocol names it; `concern` when it says none. Set for each decision.",
        CONTACT,
    ),
    fact(
        "contact.source",
        FactKind::Code,
        &[],
        "Where the contact at hand came from.",
        CONTACT,
    ),
    fact(
        "contact.form",
        FactKind::Code,
        &[],
        "Form of the contact at hand.",
        CONTACT,
    ),
    fact(
        "contact.outcome",
        FactKind::Code,
        &[],
        "What the contact at hand was decided to come to.",
        CONTACT,
    ),
    fact(
        "contact.ground",
        FactKind::Code,
        &["child_protection", "child_in_need", "visit_needed", "none"],
        "The ground that the decision gives. `none` when it gives none.",
        CONTACT,
    ),
    fact(
        "contact.on_open_case",
        FactKind::Flag,
        &[],
        "The child's case was open when the contact at hand was launched.",
        CONTACT,
    ),
    fact(
        "contact.from_elsewhere",
        FactKind::Flag,
        &[],
        "A person of another team than the one that deals with the contact at hand launched it.",
        CONTACT,
    ),
];
