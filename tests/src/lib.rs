//! What is checked across the whole workspace: its layout, and which rule lives and is shown where.
//!
//! The tests of the running system are in `it.rs` and its folder; this library holds what reads the
//! source tree.

pub mod conformance;
pub mod events;
pub mod layout;
pub mod mutants;
pub mod tree;
