//! The rules of a closure: who may propose it, who decides, and when it is done.
//!
//! Pure: no clock, no database, no network.
//!
//! Invariant: a closure is closed only after the ledger ended responsibility for its release; until then the
//! responsible team stays responsible.

pub mod authority;
pub mod closure;
pub mod context;
mod decide;
pub mod event;
pub mod refusal;
pub mod rules;
#[cfg(test)]
pub mod tests;

pub use closure::{Closure, Due, DueState, Phase, apply};
pub use decide::{Command, Consider, breach, consider, decide, propose};
pub use event::{Event, What};
pub use refusal::Refusal;
