//! The protocol engine: what an authority's files say, and what follows from them on given facts.
//!
//! Pure: types, evaluation and explanation. Reading and checking the files is `baton-protocol-files`.
//!
//! - [`Pack`]: all rules of one authority that are in force from one date.
//! - [`Facts`]: what is known about a child; unknown is the absence of a key.
//! - [`Condition`]: a rule's `when`, three-valued: an unknown fact gives [`Truth::Undecided`] with every
//!   missing fact that could change the answer.
//! - [`transfer`]: routes, points, gates, meetings, clocks, notices; with their evaluation.

pub mod allocation;
mod anchors;
mod clock;
pub mod closure;
mod condition;
mod facts;
pub mod front_door;
mod ladder;
mod moment;
pub mod notification;
mod pack;
mod party;
mod rule_id;
mod text;
pub mod transfer;
mod weighed;

pub use anchors::Anchors;
pub use clock::{Branch, Clock, Consequence, Effect, Resolved, Rung};
pub use condition::{Condition, ConditionError, Scope, Truth, Verdict};
pub use facts::{
    CATALOGUE, FactError, FactKey, FactKind, FactSpec, Facts, KnownFact, KnownFacts, OF_SIBLINGS,
    Value, facts_page, spec,
};
pub use ladder::{Ladder, PostHeld};
pub use moment::{InvalidTerm, Moment, Relation, Term};
pub use pack::{Enforcement, Pack, PackDigest, Setting, Settings, Strength};
pub use party::{Audience, InvalidParty, Party, Place, Role, TeamKind, UnknownWord};
pub use rule_id::{InvalidRuleId, RuleId};
pub use weighed::WeighedRule;
