//! The gateway: the only public door, the reactions across services, and the views.

mod context;
mod packs;
pub mod reactions;
mod runner;
mod services;
mod storage;
mod views;
