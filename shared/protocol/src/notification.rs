//! What an authority's `notification.yaml` says: kinds of notice, and when one is withheld.

use serde::{Deserialize, Serialize};

use crate::facts::{Facts, Value};
use crate::pack::Pack;
use crate::party::{Audience, Party};
use crate::rule_id::RuleId;

mod weighing;

/// The fact that says who must not be written to.
const WITHHOLD_FROM: &str = "safety.withhold_from";

/// Everything an authority says about notices.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct NotificationRules {
    /// The kinds of notice.
    pub kinds: Vec<NoticeKind>,
    /// When a notice is withheld.
    pub exceptions: Vec<Exception>,
}

/// A kind of notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeKind {
    /// Its name, for instance `icpc_details_to_district`.
    pub kind: String,
    /// What it says, in one sentence.
    pub title: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// How it may be sent: `email`, `letter`, `task`.
    pub media: Vec<String>,
}

/// A reason for which a notice is withheld from a recipient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Its name: `serious_harm`.
    pub exception: String,
    /// The rules it rests on.
    pub cites: Vec<RuleId>,
    /// The recipients it can concern.
    pub recipients: Vec<Audience>,
    /// Whether a notice to them is also withheld while it is unknown whether they are barred.
    pub if_unknown: Unknown,
    /// Who decides on it, with a recorded reason.
    pub decided_by: Party,
}

/// What happens while the safety facts are unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// The notice is withheld until it is known.
    Withhold,
    /// The notice is sent.
    Send,
}

/// Whether a notice may be sent to a recipient.
#[derive(Debug, Clone, PartialEq)]
pub enum Sending<'p> {
    /// It may.
    Send,
    /// It may not.
    Withhold {
        /// The exception that says so.
        exception: &'p Exception,
        /// True while it is only unknown whether the recipient is barred.
        unknown: bool,
    },
}

impl NotificationRules {
    /// What is said about a kind of notice.
    pub fn kind(&self, kind: &str) -> Option<&NoticeKind> {
        self.kinds.iter().find(|known| known.kind == kind)
    }
}

impl Pack {
    /// Whether a notice may be sent to a recipient on these facts. To be asked again at the moment of sending.
    pub fn may_send(&self, recipient: Audience, facts: &Facts) -> Sending<'_> {
        let concerned = self
            .notification
            .exceptions
            .iter()
            .filter(|exception| exception.recipients.contains(&recipient));
        for exception in concerned {
            match facts.value(WITHHOLD_FROM) {
                Some(Value::Codes(barred)) if barred.contains(&recipient.to_string()) => {
                    return Sending::Withhold {
                        exception,
                        unknown: false,
                    };
                }
                None if exception.if_unknown == Unknown::Withhold => {
                    return Sending::Withhold {
                        exception,
                        unknown: true,
                    };
                }
                _ => {}
            }
        }
        Sending::Send
    }
}
