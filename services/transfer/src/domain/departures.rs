//! Rules that were broken or departed from, and the reasons for it.

use baton_protocol::transfer::Act as ProtocolAct;
use baton_protocol::{Party, Place, PostHeld, Role};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::authority::Right;
use super::draft::Draft;
use super::event::Change;
use super::refusal::Refusal;
use super::state::Attendee;

/// A rule that was broken or departed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// The rule.
    pub rule: String,
    /// What was not as the rule asks, as a code.
    pub code: String,
    /// Who departed from it.
    pub by: String,
    /// When, in the world.
    pub at: Timestamp,
    /// Digest of the reason, when one was given.
    pub reason_digest: Option<String>,
    /// Who still owes the reason, for a soft rule that a report shows departed from.
    #[serde(default)]
    pub reason_from: Option<Party>,
}

impl Draft<'_> {
    /// Records that a rule was broken or departed from.
    pub fn depart(&mut self, rules: &[String], code: impl Into<String>, at: Timestamp) {
        self.depart_owing(rules, code.into(), at, None);
    }

    /// Records everybody who should have come and did not (W-073, W-074, M-095). Where they only should, the manager of
    /// their team is asked for the reason; nothing waits for it (S-130).
    pub fn depart_for_absence(&mut self, kind: &str, absent: &[Attendee], at: Timestamp) {
        for attendee in absent {
            let asked = attendee.soft.then(|| manager_of(attendee.who.place));
            let code = format!("absent_from_{kind}:{}", attendee.who);
            self.depart_owing(&attendee.rules, code, at, asked);
        }
    }

    /// Gives the reason for a departure that a report showed (S-130, X-22).
    pub fn explain(&mut self, rule: &str) -> Result<PostHeld, Refusal> {
        let owed = self.transfer.departures.iter();
        let owed: Vec<Departure> = owed
            .filter(|departure| departure.rule == rule && departure.reason_from.is_some())
            .cloned()
            .collect();
        if owed.is_empty() {
            let rule = rule.to_owned();
            return Err(Refusal::NothingToExplain { rule });
        }
        let (digest, rules) = (self.context.reason_digest.clone(), vec![rule.to_owned()]);
        let mut answered = None;
        let mut refused = None;
        for departure in owed {
            let right = self.right_to_explain(&departure, &rules);
            match (self.authorise(&right), &digest) {
                (Ok((post, _)), Some(digest)) => {
                    let explained = Departure {
                        reason_digest: Some(digest.clone()),
                        reason_from: None,
                        ..departure
                    };
                    self.push(
                        Change::DepartureExplained(explained),
                        rules.clone(),
                        self.received_at(),
                    );
                    answered = Some(post);
                }
                (Err(refusal), _) => refused = Some(refusal),
                (Ok(_), None) => {}
            }
        }
        match (answered, refused) {
            (Some(post), _) => Ok(post),
            (None, Some(refusal)) => Err(refusal),
            (None, None) => Err(Refusal::NothingToExplain {
                rule: rule.to_owned(),
            }),
        }
    }

    /// Who may say why: whoever the protocol lets depart, or else the manager who is asked.
    fn right_to_explain(&self, departure: &Departure, rules: &[String]) -> Right {
        let named = self.rules.pack.transfer.authority(ProtocolAct::Depart);
        let parties = match named {
            Some(authority) => authority.by.clone(),
            None => departure.reason_from.into_iter().collect(),
        };
        Right {
            parties,
            only: false,
            reason: true,
            rules: rules.to_vec(),
        }
    }

    fn depart_owing(&mut self, rules: &[String], code: String, at: Timestamp, owed: Option<Party>) {
        let given = self.context.reason_for(rules).cloned();
        let Some(rule) = given
            .as_ref()
            .map(|given| given.rule.clone())
            .or_else(|| rules.first().cloned())
        else {
            return;
        };
        let departure = Departure {
            rule,
            code,
            by: self.context.actor.principal.clone(),
            at,
            reason_from: owed.filter(|_| given.is_none()),
            reason_digest: given.map(|given| given.digest),
        };
        // A late or repeated report does not add what is on record already.
        let known = self
            .transfer
            .departures
            .iter()
            .any(|known| known.rule == departure.rule && known.code == departure.code);
        if !known {
            self.push(Change::Departed(departure), rules.to_vec(), at);
        }
    }
}

/// The manager who answers for the people of a side.
fn manager_of(place: Place) -> Party {
    let place = match place {
        Place::Outgoing | Place::Receiving | Place::Responsible => place,
        Place::Area | Place::Authority => Place::Outgoing,
    };
    Party {
        role: Role::TEAM_MANAGER,
        place,
    }
}
