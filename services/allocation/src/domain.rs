//! The rules of the ledger: who is responsible, since when, and who may change it.
//!
//! Pure: no clock, no database, no network. What a rule needs to know arrives in the command, the context, the
//! pack and the roster.
//!
//! Invariant: an open case has exactly one responsible team and at most one case-responsible worker at every
//! instant; a change cuts one stretch and begins the next at the same instant.

pub mod authority;
pub mod case;
pub mod command;
pub mod context;
pub mod counting;
pub mod dates;
mod decide;
pub mod earlier;
pub mod event;
pub mod figures;
pub mod organisation;
pub mod refusal;
pub mod rules;
pub mod rulings;
pub mod spans;
pub mod standing;
#[cfg(test)]
pub mod tests;
pub mod unallocated;

pub use case::{Case, Discrepancy, Unallocated, apply};
pub use decide::{
    decide, discrepancy_overdue, escalation_due, place, report_again, report_due, report_placement,
    worker_named,
};
pub use event::{Event, What};
pub use refusal::Refusal;
