//! The rules of the front door: children and what is known about them, contacts and what becomes of them.
//!
//! Pure by design: no clock, no database, no network. What a rule needs to know arrives with the command.

pub mod asked;
pub mod authority;
pub mod contact;
pub mod context;
pub mod decide;
pub mod duty;
pub mod enquiry;
pub mod fact;
pub mod family;
pub mod refusal;
pub mod routing;
pub mod rules;
pub mod step;
pub mod tray;
pub mod waits;

pub use refusal::Refusal;
