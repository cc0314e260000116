//! The closed lists of neutral roles and kinds of team. An authority's `labels` give its own words.

/// Roles of workers and managers.
pub(super) const ROLES: &[&str] = &[
    "duty_worker",
    "support_officer",
    "social_worker",
    "newly_qualified",
    "student",
    "advanced_practitioner",
    "assistant_team_manager",
    "practice_manager",
    "team_manager",
    "lead_practitioner",
    "operations_manager",
    "duty_manager",
    "service_manager",
    "group_manager",
    "principal_group_manager",
    "senior_manager",
    "head_of_service",
    "assistant_director",
    "management_team",
    "deputy_director",
    "early_help_manager",
    "family_support_worker",
    "early_help_worker",
    "screening_officer",
    "personal_adviser",
    "lead_professional",
    "review_chair",
    "designated_officer",
    "administrator",
];

/// Roles that are held above teams.
pub(super) const ABOVE_TEAMS: &[&str] = &[
    "operations_manager",
    "service_manager",
    "group_manager",
    "principal_group_manager",
    "senior_manager",
    "head_of_service",
    "assistant_director",
    "management_team",
    "deputy_director",
];

/// Kinds of team.
pub(super) const TEAM_KINDS: &[&str] = &[
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
