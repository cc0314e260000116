//! Notices: who is told, when, and by whom.

use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::moment::Term;
use crate::party::{Audience, Party};
use crate::rule_id::RuleId;

/// Somebody has to be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Its kind, for instance `icpc_details_to_district`.
    pub notice: String,
    /// What it says, in one sentence.
    pub title: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// When the duty begins.
    pub on: Occasion,
    /// The item that is met, for a duty that begins with it (`on: item_met`).
    #[serde(default)]
    pub item: Option<String>,
    /// When it begins anew, as a further notice.
    #[serde(default)]
    pub again_on: Vec<Occasion>,
    /// Whether it applies; always when absent. While undecided it applies.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Whom.
    pub to: Vec<Audience>,
    /// How: `email`, `letter` or `task`.
    pub by: String,
    /// By when; late is a breach and never a bar. No limit when absent.
    #[serde(default)]
    pub due: Option<Term>,
    /// Whose duty it is in the protocol, though Baton sends it.
    #[serde(default)]
    pub sender: Option<Party>,
    /// The gate item that is met when it is sent.
    #[serde(default)]
    pub meets: Option<String>,
    /// Codes and dates that the text is made from: `conference_at`, `receiving_team`, `to_manager`, `new_contact_numbers`, …
    #[serde(default)]
    pub content: Vec<String>,
}

/// What makes somebody have to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The transfer opens.
    Opened,
    /// The conference is postponed.
    Postponed,
    /// The day that a fact names and before or after which the notice is due is another one now. Only to begin anew, and only
    /// while the fact is what it is due from: once the meeting was held its own day counts.
    DueMoved,
    /// The conference is cancelled.
    Cancelled,
    /// The receiving worker is named.
    WorkerNamed,
    /// The case is placed in the receiving tray.
    Placed,
    /// It is returned to the outgoing team.
    Returned,
    /// The managers agreed another date.
    DateAgreed,
    /// An item of the gate is met: the one that the notice names.
    ItemMet,
    /// The point is reached.
    PointReached,
    /// A clock reminds: the one that names the notice.
    Reminded,
    /// Responsibility moved.
    Moved,
    /// The transfer lapsed.
    Lapsed,
    /// Those who decide decided that the case stays (`if_no: stays`).
    Declined,
}

impl Notice {
    /// Whether something that happened makes it due.
    pub fn is_due_on(&self, occasion: Occasion) -> bool {
        self.on == occasion || self.again_on.contains(&occasion)
    }
}
