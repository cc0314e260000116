//! What a reaction answers to, in the form in which it is kept until the reaction is done.
//!
//! Stored bytes outlive a release of the program: tags here are never reused.

use baton_contracts::allocation::v1::EarlierInvolvement;
use baton_contracts::event::v1::Event;
use baton_contracts::record::v1::RecordEvent;
use baton_contracts::type_v1::{self, PrincipalKind};

/// What a reaction answers to.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Cause {
    /// On whose behalf Baton acts: the principal whose act caused it. Empty when nobody's.
    #[prost(string, tag = "1")]
    pub on_behalf_of: String,
    /// The report, request or event, as services are told.
    #[prost(message, optional, tag = "2")]
    pub named: Option<type_v1::Cause>,
    /// When the gateway learned of it, by the business clock. Absent: the acts are judged by the time of each.
    #[prost(message, optional, tag = "3")]
    pub received_at: Option<prost_types::Timestamp>,
    /// What happened.
    #[prost(oneof = "What", tags = "10, 11, 12, 13, 14")]
    pub what: Option<What>,
}

/// The shapes of causes.
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum What {
    /// A record system reported something.
    #[prost(message, tag = "10")]
    Report(Report),
    /// A service announced something.
    #[prost(message, boxed, tag = "11")]
    Event(Box<Event>),
    /// A transfer was released to the ledger.
    #[prost(message, tag = "12")]
    Release(Release),
    /// A closure was released to the ledger.
    #[prost(message, tag = "13")]
    ClosureRelease(ClosureRelease),
    /// A case is taken over from the council's own books.
    #[prost(message, boxed, tag = "14")]
    Opening(Box<Opening>),
}

/// A report with the children it is about.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Report {
    /// Our id of the report.
    #[prost(string, tag = "1")]
    pub id: String,
    /// The record system: `liquidlogic`.
    #[prost(string, tag = "2")]
    pub system: String,
    /// What it said.
    #[prost(message, optional, tag = "3")]
    pub event: Option<RecordEvent>,
    /// The children it names, in the order in which it names them. Siblings come last.
    #[prost(message, repeated, tag = "4")]
    pub children: Vec<Named>,
}

/// A case that is taken over from the council's own books, open or closed; or, without a team, a child only; or who had the
/// child before.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Opening {
    /// Our id of the report.
    #[prost(string, tag = "1")]
    pub id: String,
    /// The record system: `liquidlogic`.
    #[prost(string, tag = "2")]
    pub system: String,
    /// The name of the report.
    #[prost(string, tag = "3")]
    pub event_id: String,
    /// Its revision.
    #[prost(int32, tag = "4")]
    pub revision: i32,
    /// The child.
    #[prost(message, optional, tag = "5")]
    pub child: Option<Named>,
    /// Date of birth. Empty when unborn or not told.
    #[prost(string, tag = "6")]
    pub date_of_birth: String,
    /// Expected delivery date. Empty when born or not told.
    #[prost(string, tag = "7")]
    pub expected_delivery_date: String,
    /// What is known about the child besides.
    #[prost(message, repeated, tag = "8")]
    pub facts: Vec<type_v1::Fact>,
    /// The team that holds the case, or held it last. Empty for a child without a case.
    #[prost(string, tag = "9")]
    pub team_id: String,
    /// The worker. Empty when there is none.
    #[prost(string, tag = "10")]
    pub worker_id: String,
    /// Since when.
    #[prost(message, optional, tag = "11")]
    pub since: Option<prost_types::Timestamp>,
    /// When it was closed. Absent for an open case.
    #[prost(message, optional, tag = "12")]
    pub closed_at: Option<prost_types::Timestamp>,
    /// Stands for the referral, which Baton has not seen.
    #[prost(string, tag = "13")]
    pub referral_id: String,
    /// Stands for the closure, which Baton has not seen.
    #[prost(string, tag = "14")]
    pub closure_id: String,
    /// Who had the child before, in order. Nothing else is taken over with them.
    #[prost(message, repeated, tag = "15")]
    pub involvements: Vec<EarlierInvolvement>,
}

/// A child that a report names.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Named {
    /// The child. Empty while the front door does not know it.
    #[prost(string, tag = "1")]
    pub child_id: String,
    /// The family group. Empty like the child.
    #[prost(string, tag = "2")]
    pub family_id: String,
    /// The reference by which the report names the child. Empty when it uses our id.
    #[prost(string, tag = "3")]
    pub reference: String,
}

/// What a transfer hands to the ledger.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Release {
    /// The release.
    #[prost(message, optional, tag = "1")]
    pub release: Option<baton_contracts::transfer::v1::Release>,
    /// The child.
    #[prost(string, tag = "2")]
    pub child_id: String,
}

/// What a closure hands to the ledger.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ClosureRelease {
    /// The release.
    #[prost(message, optional, tag = "1")]
    pub release: Option<baton_contracts::closure::v1::ClosureRelease>,
    /// The child.
    #[prost(string, tag = "2")]
    pub child_id: String,
}

/// On whose behalf Baton reacts to an event: an act of Baton passes on whose act caused it.
pub fn behind(event: &Event) -> String {
    event.actor.as_ref().map_or_else(String::new, |actor| {
        if actor.kind() == PrincipalKind::Baton && !actor.on_behalf_of.is_empty() {
            actor.on_behalf_of.clone()
        } else {
            actor.principal.clone()
        }
    })
}
