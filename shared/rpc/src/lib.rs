//! The server and client stack that all services share.
//!
//! - [`prepare`] begins every handler: the [`Context`](baton_contracts::type_v1::Context) and the checked body.
//! - [`Problem`] and its closed list of [`Reason`]s are every answer other than OK.
//! - [`layered`] puts the stack around a service's routes; [`serve`] listens; [`in_process`] calls them directly.
//! - [`connect`] and [`in_process`] make a [`Conn`], the `T` of the generated clients.
//! - [`FeedServer`] and [`SimulationServer`] are what every service registers besides its own.
//! - [`Health`] tells probes and monitoring what does not serve; [`FeedAlarm`] that a feed has diverged.
//! - [`announcement`] turns an event of the contracts into a row for the journal.
//!
//! # The stack of a server, outermost first
//! 1. Observation: span, metric, W3C trace. Outermost, so that every answer below appears on the span.
//! 2. Deadline: ends the handler and answers `DEADLINE_EXCEEDED`. What the handler calls has what is left.
//! 3. Admission: `UNAVAILABLE/OVERLOADED` when too many calls are in hand. Below the deadline, above the work.
//! 4. Panics become `INTERNAL`. Innermost, so that a permit is given back and the span is closed.

mod call;
mod client;
mod context;
mod feed;
mod health;
mod infrastructure;
mod journal;
mod observation;
mod problem;
mod reason;
mod requests;
mod server;
mod simulation;
#[cfg(test)]
mod tests;

pub use call::{deadline, time_left, traceparent};
pub use client::{ClientConfig, Conn, InvalidAddress, connect, connect_with, in_process};
pub use context::{
    CONTEXT_KEY, IDENTITY_KEY, Identity, RESERVED_PREFIX, attach_context, context, identity,
    prepare, principal_key, refuse_reserved,
};
pub use feed::{FeedServer, subscribe_to};
pub use health::{FEEDS, FeedAlarm, Health, READINESS, grpc_services, serves};
pub use journal::announcement;
pub use problem::{ERROR_DOMAIN, OpenItem, Problem, Violations};
pub use reason::Reason;
pub use requests::request_key;
pub use server::{MESSAGE_BYTES_MAX, ServeError, ServerConfig, layered, serve, serve_telling};
pub use simulation::{SimulationServer, UnderWay};
