//! The page `docs/facts.md`.

use std::fmt::Write as _;

use super::{CATALOGUE, FactKind};

/// The text of `docs/facts.md`, made from the catalogue.
pub fn facts_page() -> String {
    let mut page = String::from(
        "# Facts that rules may use\n\nMade from `shared/protocol/src/facts/catalogue/`; a test keeps both the same.\n\n\
         A fact is known, known to be none (`none`), or unknown (not reported). Facts hold dates, never ages or\n\
         counts. In a condition they are written `facts.<key>`; dates and instants compare as texts. Known to be\n\
         none equals nothing but `null`. `child.unborn` is derived: an expected delivery date and no date of birth.\n\
         Beside facts a condition may use `event.trigger`, `event.conference.kind` and `event.outcome` (what just\n\
         happened), and `process.item_failed` and `process.worker_named` (how the transfer stands).\n\n\
         | key | type | codes | meaning | who can report it |\n| --- | --- | --- | --- | --- |\n",
    );
    for spec in CATALOGUE.iter() {
        let kind = match spec.kind {
            FactKind::Code => "code",
            FactKind::Date => "date",
            FactKind::Instant => "instant",
            FactKind::Flag => "flag",
            FactKind::Number => "number",
            FactKind::Codes => "codes",
        };
        let codes = if spec.codes.is_empty() {
            "-".to_owned()
        } else {
            spec.codes.join(", ")
        };
        let _ = writeln!(
            page,
            "| `{}` | {kind} | {codes} | {} | {} |",
            spec.key, spec.meaning, spec.reported_by
        );
    }
    page
}
