//! The columns of each file. `docs/import.md` explains them. Names of people have no column.

use super::line::Kind;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// An id as Baton writes it: lower-case letters, digits, hyphens.
    Slug,
    /// A code: lower-case letters, digits, underscores.
    Code,
    /// Where a contact came from: a code of the census, or a code.
    Source,
    /// A neutral kind of team.
    TeamKind,
    /// A date.
    Date,
    /// A date, or local time, that has come.
    Past,
    /// A date, or local time.
    Time,
    /// Any text, for instance a reference.
    Text,
    /// Known from the Standard Safeguarding Dataset and not needed.
    Unused,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub form: Form,
    /// Whether it may not be empty.
    pub required: bool,
}

const fn needs(name: &'static str, form: Form) -> Column {
    Column {
        name,
        form,
        required: true,
    }
}

const fn may(name: &'static str, form: Form) -> Column {
    Column {
        name,
        form,
        required: false,
    }
}

/// What a fact's column begins with.
pub const FACT: &str = "fact.";

/// The column that says which child a line is about; each table of the dataset has its own.
pub const fn person(kind: Kind) -> &'static str {
    match kind {
        Kind::Involvements => "invo_person_id",
        _ => "cine_person_id",
    }
}

/// The columns of a file.
pub const fn of(kind: Kind) -> &'static [Column] {
    match kind {
        Kind::Teams => TEAMS,
        Kind::Workers => WORKERS,
        Kind::Posts => POSTS,
        Kind::Closures => CLOSURES,
        Kind::Cases => CASES,
        Kind::Evidence => EVIDENCE,
        Kind::Involvements => INVOLVEMENTS,
    }
}

const TEAMS: &[Column] = &[
    needs("dept_team_id", Form::Slug),
    needs("kind", Form::TeamKind),
    may("area", Form::Slug),
    may("phone", Form::Text),
    may("from", Form::Date),
    may("until", Form::Date),
    may("successor_team_id", Form::Slug),
    may("dept_team_parent_id", Form::Unused),
];

const WORKERS: &[Column] = &[
    needs("prof_professional_id", Form::Slug),
    needs("dept_team_id", Form::Slug),
    needs("grade", Form::Code),
];

const POSTS: &[Column] = &[
    needs("post_id", Form::Slug),
    needs("role", Form::Code),
    may("dept_team_id", Form::Slug),
    may("area", Form::Slug),
    needs("prof_professional_id", Form::Slug),
    needs("from", Form::Date),
    may("until", Form::Date),
    may("covering_for", Form::Slug),
];

const CLOSURES: &[Column] = &[
    needs("cine_person_id", Form::Text),
    may("pers_dob", Form::Date),
    may("pers_expected_dob", Form::Date),
    may("cine_referral_id", Form::Text),
    needs("cine_referral_date", Form::Past),
    needs("cine_close_date", Form::Past),
    may("cine_close_reason", Form::Unused),
    needs("cine_referral_team", Form::Slug),
];

const CASES: &[Column] = &[
    needs("cine_person_id", Form::Text),
    may("pers_dob", Form::Date),
    may("pers_expected_dob", Form::Date),
    may("cine_referral_id", Form::Text),
    may("cine_referral_date", Form::Unused),
    may("invo_professional_team", Form::Slug),
    may("invo_professional_id", Form::Slug),
    may("invo_involvement_start_date", Form::Past),
    may("conference_ref", Form::Text),
    may("conference_kind", Form::Code),
    may("conference_booked_on", Form::Past),
    may("conference_at", Form::Time),
    may("conference_held_at", Form::Past),
    may("conference_outcome", Form::Code),
    may("cont_contact_id", Form::Text),
    may("cont_contact_date", Form::Past),
    may("cont_contact_source_code", Form::Source),
    may("contact_form", Form::Code),
];

const EVIDENCE: &[Column] = &[
    needs("cine_person_id", Form::Text),
    needs("item", Form::Code),
    needs("state", Form::Code),
    needs("done_on", Form::Past),
    may("prof_professional_id", Form::Slug),
];

const INVOLVEMENTS: &[Column] = &[
    needs("invo_person_id", Form::Text),
    needs("invo_professional_team", Form::Slug),
    may("invo_professional_id", Form::Slug),
    needs("invo_involvement_start_date", Form::Past),
    may("invo_involvement_end_date", Form::Past),
    may("invo_involvements_id", Form::Unused),
    may("invo_professional_role_id", Form::Unused),
    may("invo_worker_change_reason", Form::Unused),
    may("invo_referral_id", Form::Unused),
];
