//! `baton story`: plays what a practitioner wrote against the public door, and says what Baton did.
//!
//! A story is the acceptance test of a protocol. It knows the contracts by reflection only, so it can do anything
//! a client can, and nothing a client cannot.

mod act;
mod api;
mod check;
mod command;
mod expectation;
mod file;
mod fits;
mod narrate;
mod play;
mod refusal;
mod shape;
mod stage;
mod verdict;
mod when;
mod words;
mod world;

pub use api::{Api, CallError};
pub use check::{Flaw, check};
pub use file::{Story, read};
pub use play::{Failure, Performance, play};
pub use refusal::{Missing, Refusal};
pub use stage::{StageError, start};
pub use when::instant as local_instant;
