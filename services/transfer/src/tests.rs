//! The service through its own clients, on both databases.

mod agenda;
mod answers;
mod asking;
mod calls;
mod deadlines;
mod explaining;
mod flows;
mod harness;
mod packs;
mod policy;
mod races;
