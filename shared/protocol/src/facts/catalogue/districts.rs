//! Facts on which moves between districts and services of one authority rest: final hearings, care leavers, siblings' parents.

use super::list::{RECORD, RECORD_OR_MANAGER, RECORD_OR_WORKER, fact};
use super::{FactKind, FactSpec};

/// What the law calls a young person who leaves or has left care.
const CARE_LEAVERS: &[&str] = &["eligible", "relevant", "former_relevant", "qualifying"];

/// The facts, in the order of the page.
pub(super) const FACTS: &[FactSpec] = &[
    fact(
        "final_hearing_booked_for",
        FactKind::Date,
        &[],
        "Day for which the final hearing of the care proceedings is booked. Known to be none while none is.",
        RECORD_OR_MANAGER,
    ),
    fact(
        "care_leaver_status",
        FactKind::Code,
        CARE_LEAVERS,
        "What the law calls a young person who leaves or has left care. Known to be none where the person is none of these.",
        RECORD,
    ),
    fact(
        "personal_adviser_appointed_on",
        FactKind::Date,
        &[],
        "Day on which leaving care appointed the young person's adviser, from which on the adviser works along. Known to be none while \
         there is none.",
        RECORD_OR_WORKER,
    ),
];
