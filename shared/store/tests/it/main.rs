//! The store on both databases. Every statement of the crate runs in here twice.

mod deadlines;
mod ending;
mod events;
mod feeds;
mod instants;
#[cfg(feature = "kill-points")]
mod kill;
mod opening;
mod requests;
mod retention;
mod sealing;
mod subscriptions;
mod support;
mod transactions;
