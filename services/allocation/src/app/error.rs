//! Why a use case did not do what it was asked.

use baton_rpc::Problem;
use baton_store::StoreError;

use crate::domain::Refusal;

/// Why a use case did not do what it was asked. `rpc/status.rs` alone makes a status of it.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no such thing in the authority.
    #[error("there is no {kind} {id}")]
    NotFound {
        /// The kind of thing.
        kind: &'static str,
        /// Its id.
        id: String,
    },
    /// A rule said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The pack has not reached this service.
    #[error("the pack {0} is not here")]
    PackUnknown(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An event could not be recorded.
    #[error(transparent)]
    Event(#[from] Problem),
}

impl AppError {
    /// There is no such thing in the authority.
    pub fn not_found(kind: &'static str, id: impl std::fmt::Display) -> Self {
        Self::NotFound {
            kind,
            id: id.to_string(),
        }
    }
}
