//! The gateway against services that answer from a script: what is sent, how often, with which bytes, on SQLite and
//! on PostgreSQL.

mod answers;
mod door;
mod feeds;
mod import;
mod lists;
mod precedence;
mod record;
mod recovery;
mod retention;
mod world;
