//! Tests of the whole: the shape of the tree, and the running system.

#[path = "it/layout.rs"]
mod layout;
