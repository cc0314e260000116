//! What holds a transfer up, beside its phase.

use baton_ids::WorkerId;
use baton_protocol::Party;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::state::Transfer;

/// Something that holds a transfer up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// What kind.
    pub kind: HoldKind,
    /// Who has to act.
    pub owner: Party,
    /// Since when.
    pub since: Timestamp,
    /// Digest of the reason, when one was given.
    pub reason_digest: Option<String>,
    /// The rules it rests on.
    pub rules: Vec<String>,
    /// The day from which on it holds no longer, when it ends by itself.
    #[serde(default)]
    pub until: Option<Date>,
    /// The beginning of that day.
    #[serde(default)]
    pub lifts_at: Option<Timestamp>,
    /// What is true of its kind only.
    #[serde(default)]
    pub about: HoldAbout,
}

/// What is true of one kind of hold only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "about")]
pub enum HoldAbout {
    /// Nothing more.
    #[default]
    Nothing,
    /// A deferral.
    Deferral(Deferral),
    /// A dispute.
    Dispute(Dispute),
    /// The suspension of the protocol.
    Suspension {
        /// Which.
        id: Uuid,
    },
}

/// What a deferral says besides (M-158).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferral {
    /// When it is looked at again; none where the protocol asks for none.
    pub review_on: Option<Date>,
    /// How often it was looked at.
    pub reviews: u32,
    /// Which deferral or dispute of the transfer it is.
    pub round: u32,
}

/// How far a dispute is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// On what ground.
    pub ground: String,
    /// The rung that settles it now.
    pub rung: usize,
    /// When it reached that rung.
    pub reached_at: Timestamp,
    /// Who settles it there.
    pub settled_by: Vec<Party>,
    /// What was decided so far by those who have to decide together.
    pub opinions: Vec<Opinion>,
    /// Which deferral or dispute of the transfer it is.
    pub round: u32,
}

impl Dispute {
    /// Whether those who decide together have decided differently so far: then it is still everybody's.
    pub fn is_at_odds(&self) -> bool {
        let Some((first, rest)) = self.opinions.split_first() else {
            return false;
        };
        rest.iter().any(|other| other.decision != first.decision)
    }
}

/// What one of several who decide together decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// As whom.
    pub party: Party,
    /// Who.
    pub by: String,
    /// What.
    pub decision: Resolution,
}

/// How a dispute ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "decision")]
pub enum Resolution {
    /// The transfer goes on.
    GoesOn,
    /// The transfer is taken back: the case stays.
    Withdrawn,
    /// Another team takes the case.
    OtherTeam {
        /// Which.
        team: baton_ids::TeamId,
    },
}

/// The kinds of hold. All of them block completion. Clocks run on; the day of the move itself is put off by a deferral
/// and by a suspension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldKind {
    /// Sent back to be put right (W-086).
    Returned,
    /// Put off to another date.
    Deferred,
    /// The teams disagree.
    Disputed,
    /// The protocol is suspended.
    Suspended,
    /// The managers agreed that the case stays (L-021).
    Stays,
}

/// A suspension of the protocol, as far as a transfer has to know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspended {
    /// Which.
    pub id: Uuid,
    /// The routes it affects.
    pub routes: Vec<String>,
    /// The day from which on it holds no longer.
    pub until: Date,
    /// The beginning of that day.
    pub lifts_at: Timestamp,
    /// Whose decision it is.
    pub owner: Party,
    /// Digest of the reason.
    pub reason_digest: Option<String>,
    /// The rules.
    pub rules: Vec<String>,
    /// Who was consulted.
    pub consulted: Vec<WorkerId>,
}

impl HoldKind {
    /// The neutral code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Returned => "returned",
            Self::Deferred => "deferred",
            Self::Disputed => "disputed",
            Self::Suspended => "suspended",
            Self::Stays => "stays",
        }
    }

    /// The kind of that code.
    pub fn of(code: &str) -> Option<Self> {
        [
            Self::Returned,
            Self::Deferred,
            Self::Disputed,
            Self::Suspended,
            Self::Stays,
        ]
        .into_iter()
        .find(|kind| kind.code() == code)
    }
}

impl Resolution {
    /// The code in records.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::GoesOn => "goes_on",
            Self::Withdrawn => "withdrawn",
            Self::OtherTeam { .. } => "other_team",
        }
    }

    /// The team that takes the case instead.
    pub const fn team(&self) -> Option<&baton_ids::TeamId> {
        match self {
            Self::OtherTeam { team } => Some(team),
            Self::GoesOn | Self::Withdrawn => None,
        }
    }
}

impl Hold {
    /// The clock that runs for it, if one does.
    pub fn clock(&self) -> Option<String> {
        match &self.about {
            HoldAbout::Deferral(deferral) => Some(format!(
                "deferral_{}_review_{}",
                deferral.round,
                deferral.reviews + 1
            )),
            HoldAbout::Dispute(dispute) => Some(format!(
                "dispute_{}_rung_{}",
                dispute.round,
                dispute.rung + 1
            )),
            HoldAbout::Nothing | HoldAbout::Suspension { .. } => None,
        }
    }

    /// Which deferral or dispute of the transfer it is; zero for another hold.
    pub const fn round(&self) -> u32 {
        match &self.about {
            HoldAbout::Deferral(deferral) => deferral.round,
            HoldAbout::Dispute(dispute) => dispute.round,
            HoldAbout::Nothing | HoldAbout::Suspension { .. } => 0,
        }
    }

    /// What the names of all its clocks begin with.
    pub fn clocks(&self) -> Option<String> {
        match &self.about {
            HoldAbout::Deferral(deferral) => Some(format!("deferral_{}_", deferral.round)),
            HoldAbout::Dispute(dispute) => Some(format!("dispute_{}_", dispute.round)),
            HoldAbout::Nothing | HoldAbout::Suspension { .. } => None,
        }
    }

    /// The dispute, if it is one.
    pub const fn dispute(&self) -> Option<&Dispute> {
        match &self.about {
            HoldAbout::Dispute(dispute) => Some(dispute),
            _ => None,
        }
    }

    /// The deferral, if it is one.
    pub const fn deferral(&self) -> Option<&Deferral> {
        match &self.about {
            HoldAbout::Deferral(deferral) => Some(deferral),
            _ => None,
        }
    }

    /// The day until which it puts the move off.
    fn puts_off_to(&self) -> Option<Date> {
        match self.kind {
            HoldKind::Deferred | HoldKind::Suspended | HoldKind::Stays => self.until,
            HoldKind::Returned | HoldKind::Disputed => None,
        }
    }
}

impl Transfer {
    /// The hold of that kind.
    pub fn hold(&self, kind: HoldKind) -> Option<&Hold> {
        self.holds.iter().find(|hold| hold.kind == kind)
    }

    /// The day before which the move is not due.
    pub fn move_put_off_to(&self) -> Option<Date> {
        let holds = self.holds.iter().filter_map(Hold::puts_off_to);
        holds.chain(self.put_off_to).max()
    }
}
