//! The service through its own clients, on both databases.

mod answers;
mod asking;
mod calls;
mod deadlines;
mod flows;
mod harness;
mod packs;
mod races;
