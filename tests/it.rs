//! Tests of the whole: the shape of the tree, and the running system.

#[path = "it/bad_input.rs"]
mod bad_input;
#[path = "it/cancel.rs"]
mod cancel;
#[path = "it/checker.rs"]
mod checker;
#[path = "it/diverged.rs"]
mod diverged;
#[path = "it/ensemble.rs"]
mod ensemble;
#[path = "it/generated.rs"]
mod generated;
#[path = "it/hasty.rs"]
mod hasty;
#[path = "it/kill.rs"]
mod kill;
#[path = "it/layout.rs"]
mod layout;
#[path = "it/planted.rs"]
mod planted;
#[path = "it/replicas.rs"]
mod replicas;
#[path = "it/schema.rs"]
mod schema;
#[path = "it/strange.rs"]
mod strange;
#[path = "it/stubborn.rs"]
mod stubborn;
#[path = "it/town.rs"]
mod town;
#[path = "it/trace.rs"]
mod trace;
#[path = "it/wire.rs"]
mod wire;
