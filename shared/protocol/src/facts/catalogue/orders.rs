//! Facts on which moves rest that no conference decides: orders and hearings, permanence, meetings, ages, children moving in.

use super::list::{RECORD, RECORD_OR_MANAGER, RECORD_OR_WORKER, fact};
use super::{FactKind, FactSpec};

/// What the court can first make of an application.
const INITIAL_ORDERS: &[&str] = &[
    "not_made",
    "interim_care",
    "care",
    "interim_supervision",
    "supervision",
    "special_guardianship",
    "child_arrangements",
    "other",
    "refused",
];

const PERMANENCE_PLANS: &[&str] = &[
    "placed_with_parents",
    "long_term_residential",
    "long_term_fostering",
    "adoption",
    "special_guardianship",
    "child_arrangements",
    "return_home",
    "kinship",
];

const fn date(key: &'static str, meaning: &'static str, reported_by: &'static str) -> FactSpec {
    fact(key, FactKind::Date, &[], meaning, reported_by)
}

const fn flag(key: &'static str, meaning: &'static str, reported_by: &'static str) -> FactSpec {
    fact(key, FactKind::Flag, &[], meaning, reported_by)
}

/// The facts, in the order of the page.
pub(super) const FACTS: &[FactSpec] = &[
    // Orders and hearings.
    fact(
        "initial_order",
        FactKind::Code,
        INITIAL_ORDERS,
        "What the court first made of the authority's application: `not_made` while it is before the court, `refused` when no order \
         was made.",
        RECORD_OR_MANAGER,
    ),
    date(
        "initial_order_made_on",
        "Day on which the court made the first order on the authority's application.",
        RECORD_OR_MANAGER,
    ),
    date(
        "initial_hearing_held_on",
        "Day on which the first hearing was held. One that was adjourned was not.",
        RECORD_OR_MANAGER,
    ),
    date(
        "legal_gateway_meeting_held_on",
        "Day of the legal gateway or planning meeting before proceedings. Known to be none when none was held.",
        RECORD_OR_MANAGER,
    ),
    date(
        "proceedings_began_on",
        "Day on which care proceedings were issued.",
        RECORD_OR_MANAGER,
    ),
    date(
        "proceedings_ended_on",
        "Day on which care proceedings ended. Known to be none while they go on.",
        RECORD_OR_MANAGER,
    ),
    date(
        "order_made_on",
        "Day of the order behind the legal status.",
        RECORD_OR_MANAGER,
    ),
    flag(
        "court_report_open",
        "A report for the court under section 7 or section 37 is being written.",
        RECORD_OR_WORKER,
    ),
    flag(
        "connected_person_assessment_open",
        "A connected person who has the child is being assessed for temporary approval (regulation 24).",
        RECORD_OR_WORKER,
    ),
    date(
        "legal_planning_decided_on",
        "Day of the recorded decision on a legal planning meeting for the child protection plan in force. Known to be none while there is \
         none.",
        RECORD_OR_MANAGER,
    ),
    // Permanence.
    flag(
        "permanence_plan_settled",
        "A review settled the plan for permanence.",
        RECORD_OR_MANAGER,
    ),
    flag(
        "long_term_match",
        "A placement with a long-term match is in hand.",
        RECORD_OR_MANAGER,
    ),
    flag(
        "special_guardianship_support_plan",
        "There is a support plan for special guardians.",
        RECORD_OR_MANAGER,
    ),
    flag(
        "placed_with_parents",
        "The child is under a care order and placed with parents.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "permanence_plan",
        FactKind::Code,
        PERMANENCE_PLANS,
        "The plan for permanence.",
        RECORD_OR_MANAGER,
    ),
    flag(
        "permanence_single_track",
        "The plan for permanence is the only one: no second is followed beside it.",
        RECORD_OR_MANAGER,
    ),
    date(
        "permanence_plan_agreed_on",
        "Day of the looked-after review that agreed the plan for permanence.",
        RECORD_OR_MANAGER,
    ),
    date(
        "permanence_placement_since",
        "The child's first day in the placement of that plan. Known to be none before.",
        RECORD_OR_WORKER,
    ),
    date(
        "adoption_referral_made_on",
        "Day on which the child was referred to the adoption team. Known to be none while it was not.",
        RECORD_OR_WORKER,
    ),
    // Meetings.
    date(
        "initial_cin_meeting_booked_for",
        "Day for which the first meeting on a child in need plan is arranged. Known to be none when none is.",
        RECORD_OR_WORKER,
    ),
    date(
        "care_planning_to_adopt_held_on",
        "Day of the first care planning meeting to adopt. Known to be none while it was not held.",
        RECORD_OR_MANAGER,
    ),
    // Joint work before a likely move.
    date(
        "care_likely_since",
        "Day on which it was recorded that the child is likely to become looked after, or that a panel recommends pre-proceedings. Known to \
         be none when it is not likely.",
        RECORD_OR_MANAGER,
    ),
    date(
        "joint_work_considered_on",
        "Day on which joint work with the team that would take the child was considered. Known to be none while it was not.",
        RECORD_OR_MANAGER,
    ),
    flag(
        "joint_work_agreed",
        "Joint work with that team was agreed.",
        RECORD_OR_MANAGER,
    ),
    date(
        "joint_work_began_on",
        "Day on which the joint work began. Known to be none while it has not.",
        RECORD_OR_MANAGER,
    ),
    // Ages.
    flag(
        "may_need_adult_social_care",
        "The young person is disabled or has learning difficulties and may qualify for social care as an adult.",
        RECORD_OR_WORKER,
    ),
    date(
        "transition_work_began_on",
        "Day on which the work on the transition to adult services began. Known to be none while it has not.",
        RECORD_OR_WORKER,
    ),
    date(
        "adult_social_care_decided_on",
        "Day of the decision on whether the young person qualifies for adult social care. Known to be none while there is none.",
        RECORD_OR_MANAGER,
    ),
    flag(
        "adult_social_care_eligible",
        "The young person qualifies for adult social care from 18.",
        RECORD_OR_MANAGER,
    ),
    flag(
        "leaving_care_eligible",
        "The young person qualifies for the services for care leavers.",
        RECORD_OR_MANAGER,
    ),
    flag(
        "complex_needs",
        "The team manager finds the young person's needs so complex that leaving care has to begin early.",
        "team manager",
    ),
    date(
        "leaving_care_referral_due_on",
        "Day to which the team manager brings the referral to leaving care forward.",
        "team manager",
    ),
    date(
        "leaving_care_referred_on",
        "Day of the referral to leaving care. Known to be none while there was none.",
        RECORD_OR_WORKER,
    ),
    date(
        "leaving_care_summary_sent_on",
        "Day on which leaving care got the transfer summary. Known to be none while it has not.",
        RECORD_OR_WORKER,
    ),
    date(
        "disability_advice_taken_on",
        "Day on which the disability team was asked for support and advice. Known to be none while it was not.",
        RECORD_OR_WORKER,
    ),
    // Children on another authority's protection plan who move in.
    date(
        "receiving_in_notified_on",
        "Day on which another authority's notification arrived that a child on its protection plan lives here.",
        RECORD,
    ),
    flag(
        "long_term_residence",
        "The family clearly intends to live here for long; known family connections were confirmed.",
        "team manager",
    ),
    flag(
        "home_authority_told",
        "The home authority was told that the family does not clearly intend to stay.",
        RECORD_OR_MANAGER,
    ),
    flag(
        "proceedings_elsewhere",
        "Proceedings or pre-proceedings are active at the home authority.",
        RECORD_OR_MANAGER,
    ),
    date(
        "legal_advice_taken_on",
        "Day of the recorded legal advice on whether it is right to take the case. Known to be none while there is none.",
        RECORD_OR_MANAGER,
    ),
    date(
        "receiving_in_conference_booked_for",
        "Day for which the receiving-in conference is arranged. Known to be none when none is.",
        RECORD_OR_WORKER,
    ),
    date(
        "receiving_in_conference_held_on",
        "Day on which the receiving-in conference was held. Known to be none while it was not.",
        RECORD_OR_WORKER,
    ),
    flag(
        "receiving_in_threshold_met",
        "The receiving-in conference found this authority's threshold met.",
        RECORD_OR_WORKER,
    ),
    date(
        "home_assessment_received_on",
        "Day on which the home authority's updated assessment arrived. Known to be none while it has not.",
        RECORD_OR_WORKER,
    ),
    date(
        "local_checks_completed_on",
        "Day on which the checks with school, health and other local agencies were complete. Known to be none while they are not.",
        RECORD_OR_WORKER,
    ),
    date(
        "home_assessment_registered_on",
        "Day on which the home authority's assessment was registered and the record shows a current assessment. Known to be none while it was \
         not.",
        RECORD_OR_WORKER,
    ),
];
