//! Every exception with what became of it: the long form of [`Pack::may_send`], for whoever asks why.

use std::collections::BTreeSet;

use super::{Exception, Sending, Unknown, WITHHOLD_FROM};
use crate::facts::{FactKey, Facts, Value};
use crate::pack::Pack;
use crate::party::Audience;
use crate::transfer::Weight;
use crate::weighed::WeighedRule;

impl Pack {
    /// Weighs every exception for a notice to a recipient, in their order. The one that [`Pack::may_send`] answers with has
    /// won, or is undecided while the notice waits for it; when the notice is sent none is either.
    pub fn weigh_sending(&self, recipient: Audience, facts: &Facts) -> Vec<WeighedRule> {
        let decided_by = match self.may_send(recipient, facts) {
            Sending::Withhold { exception, unknown } => Some((exception, unknown)),
            Sending::Send => None,
        };
        let flag = facts
            .iter()
            .find(|(key, _)| key.as_str() == WITHHOLD_FROM)
            .map(|(key, value)| (key.clone(), value));
        self.notification
            .exceptions
            .iter()
            .map(|exception| {
                let concerned = exception.recipients.contains(&recipient);
                let decided = decided_by.filter(|(decided, _)| std::ptr::eq(*decided, exception));
                let weight = match decided {
                    Some((_, false)) => Weight::Won,
                    Some((_, true)) => Weight::Undecided { missing: unknown() },
                    None if !concerned => Weight::OtherTrigger,
                    None => passed(exception, recipient, flag.as_ref().map(|(_, value)| *value)),
                };
                let looked_at = flag.as_ref().filter(|_| concerned);
                WeighedRule {
                    weight,
                    facts: looked_at.map(|(key, _)| key.clone()).into_iter().collect(),
                    ..WeighedRule::won(&exception.exception, &exception.cites)
                }
            })
            .collect()
    }
}

/// What became of an exception that concerns the recipient and did not decide.
fn passed(exception: &Exception, recipient: Audience, flag: Option<&Value>) -> Weight {
    match (flag, exception.if_unknown) {
        (Some(Value::Codes(barred)), _) if barred.contains(&recipient.to_string()) => {
            Weight::Outranked
        }
        (Some(_), _) => Weight::DoesNotHold,
        (None, Unknown::Withhold) => Weight::Outranked,
        (None, Unknown::Send) => Weight::PassedOver { missing: unknown() },
    }
}

fn unknown() -> BTreeSet<FactKey> {
    WITHHOLD_FROM.parse().into_iter().collect()
}
