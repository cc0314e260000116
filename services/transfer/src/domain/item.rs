//! What has to be there before a transfer can complete, one item at a time.

use std::collections::BTreeMap;

use baton_protocol::Party;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One thing of the gate, with what was done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a statement of its own, of the protocol or about the item"
)]
pub struct Item {
    /// Its name in the protocol.
    pub name: String,
    /// The rules that ask for it.
    pub rules: Vec<String>,
    /// Whether it bars completion, or asks for a reason.
    pub hard: bool,
    /// Whether it bars nothing: it is a task, and its rule is departed from when it is not done.
    #[serde(default)]
    pub bars_nothing: bool,
    /// What meets it.
    pub met_by: MetBy,
    /// The questions it asks.
    pub asks: Vec<String>,
    /// Who has to complete it.
    pub completer: Option<Party>,
    /// Who has to sign it.
    pub signer: Option<Party>,
    /// Who has to review it for the other team.
    pub reviewer: Option<Party>,
    /// Every one of these has to confirm it.
    pub confirmers: Vec<Party>,
    /// Whether one of those is enough (M-115).
    #[serde(default)]
    pub any_one: bool,
    /// Which of the criteria that meet it are not known to be met (M-106).
    #[serde(default)]
    pub lacks: Vec<String>,
    /// Who may waive it.
    pub waivable_by: Vec<Party>,
    /// Whether all of those have to agree to waive it.
    pub waived_jointly: bool,
    /// Whether finding it wanting sends the case back to the outgoing team (W-086).
    pub returns: bool,
    /// Whether the facts ask for it at all, as last looked at. Unknown counts as asked for.
    pub asked_for: bool,
    /// Whether it is a decision: no is an answer as good as yes (L-028).
    #[serde(default)]
    pub decision: bool,
    /// What is shown at it by now, as a code (L-037).
    #[serde(default)]
    pub flag: Option<String>,
    /// The answers given.
    pub answers: BTreeMap<String, bool>,
    /// Who completed it, and when.
    pub completed: Option<Act>,
    /// Who signed it, and when.
    pub signed: Option<Act>,
    /// Who accepted it for the other team, and when.
    pub reviewed: Option<Act>,
    /// Who confirmed it, and when, for each that has to.
    pub confirmed: BTreeMap<Party, Act>,
    /// Who waived it, and when; enough of them or not.
    pub waived: BTreeMap<Party, Act>,
    /// Whether it was looked at and found wanting.
    pub failed: bool,
}

/// What meets an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum MetBy {
    /// People: whoever completes, signs, reviews and confirms it, or evidence that the record system reports.
    People {
        /// The pieces of the record whose completion completes it.
        evidence: Vec<String>,
        /// The states of evidence that suffice.
        states: Vec<String>,
    },
    /// A receiving worker being named.
    ReceivingWorker,
    /// A receiving team being identified.
    ReceivingTeam,
    /// A notice being sent.
    Notice {
        /// Its kind.
        kind: String,
    },
    /// A meeting being held.
    Meeting {
        /// Its kind.
        kind: String,
    },
    /// Facts alone.
    Facts,
    /// A time that passes: nobody can do anything about it.
    Time,
}

/// An act on an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Who acted.
    pub by: String,
    /// When, in the world.
    pub at: Timestamp,
    /// Whose absence was covered.
    pub covering_for: Option<String>,
}

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemState {
    /// Not done.
    Open,
    /// Done, waiting for a signature or a review.
    AwaitingSignature,
    /// Done.
    Met,
    /// Looked at and found wanting.
    Failed,
    /// Waived by somebody who may.
    Waived,
}

impl Item {
    /// Where it stands.
    pub fn state(&self) -> ItemState {
        if self.is_waived() {
            return ItemState::Waived;
        }
        if self.failed {
            return ItemState::Failed;
        }
        let signed = self.signer.is_none() || self.signed.is_some();
        let reviewed = self.reviewer.is_none() || self.reviewed.is_some();
        let mut waited_for = self.confirmers.iter();
        let has_confirmed = |party: &Party| self.confirmed.contains_key(party);
        let confirmed = if self.any_one {
            waited_for.any(has_confirmed)
        } else {
            waited_for.all(has_confirmed)
        };
        let by_others =
            self.signer.is_some() || self.reviewer.is_some() || !self.confirmers.is_empty();
        // What only a signature, a review or a confirmation makes needs nobody to complete it first.
        let completed = self.completed.is_some() || (self.completer.is_none() && by_others);
        if completed && signed && reviewed && confirmed {
            return ItemState::Met;
        }
        let begun = self.completed.is_some() || self.signed.is_some() || !self.confirmed.is_empty();
        if begun {
            ItemState::AwaitingSignature
        } else {
            ItemState::Open
        }
    }

    /// Whether those who may do without it have said so.
    pub fn is_waived(&self) -> bool {
        if self.waived_jointly {
            self.waivable_by
                .iter()
                .all(|party| self.waived.contains_key(party))
                && !self.waived.is_empty()
        } else {
            !self.waived.is_empty()
        }
    }

    /// When it was settled, in the world, if it is.
    pub fn settled_at(&self) -> Option<Timestamp> {
        if !self.is_settled() || !self.asked_for {
            return None;
        }
        let acts = self
            .completed
            .iter()
            .chain(&self.signed)
            .chain(&self.reviewed);
        acts.chain(self.confirmed.values())
            .chain(self.waived.values())
            .map(|act| act.at)
            .max()
    }

    /// Whether nothing is left to do about it: met, waived, or not asked for.
    pub fn is_settled(&self) -> bool {
        !self.asked_for || matches!(self.state(), ItemState::Met | ItemState::Waived)
    }

    /// Whether it stands in the way of completing.
    pub fn bars(&self) -> bool {
        !self.bars_nothing && !self.is_settled()
    }

    /// What is still missing, as codes: the questions answered no, or what has to be done.
    pub fn missing(&self) -> Vec<String> {
        let refused = self
            .answers
            .iter()
            .filter(|(_, yes)| !self.decision && !**yes)
            .map(|(ask, _)| ask.clone());
        let refused: Vec<String> = refused.collect();
        if !refused.is_empty() {
            return refused;
        }
        if !self.lacks.is_empty() && !self.is_settled() {
            return self.lacks.clone();
        }
        match self.state() {
            ItemState::Met | ItemState::Waived => vec![],
            ItemState::Open | ItemState::AwaitingSignature | ItemState::Failed => {
                vec![self.next_step().to_owned()]
            }
        }
    }

    /// What has to be done next about it, as a code.
    pub fn next_step(&self) -> &'static str {
        match &self.met_by {
            MetBy::ReceivingWorker => return "name_receiving_worker",
            MetBy::ReceivingTeam => return "name_receiving_team",
            MetBy::Notice { .. } => return "send_notice",
            MetBy::Meeting { .. } => return "hold_meeting",
            MetBy::Facts => return "report_facts",
            MetBy::Time => return "wait",
            MetBy::People { .. } => {}
        }
        if self.completer.is_some() && self.completed.is_none() {
            "complete_item"
        } else if self.signer.is_some() && (self.signed.is_none() || self.failed) {
            "sign_item"
        } else if self.reviewer.is_some() && self.reviewed.is_none() {
            "review_audit"
        } else if self
            .confirmers
            .iter()
            .any(|party| !self.confirmed.contains_key(party))
        {
            "confirm_item"
        } else {
            "complete_item"
        }
    }

    /// Whose the next step is.
    pub fn next_owner(&self) -> Option<Party> {
        match self.next_step() {
            "sign_item" => self.signer,
            "review_audit" => self.reviewer,
            "confirm_item" => self
                .confirmers
                .iter()
                .find(|party| !self.confirmed.contains_key(party))
                .copied(),
            _ => self.completer.or(self.signer),
        }
    }
}
