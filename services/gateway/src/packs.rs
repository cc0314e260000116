//! Which pack of rules is in force. The gateway reads no rule: it only tells services which pack to use.

use std::sync::Arc;

use baton_rpc::{Problem, Reason};
use jiff::Timestamp;

type InForce = dyn Fn(&str, Timestamp) -> Option<String> + Send + Sync;

/// The packs of all authorities.
#[derive(Clone)]
pub struct Packs {
    authorities: Arc<[String]>,
    in_force: Arc<InForce>,
}

impl Packs {
    /// The authorities there are, and how to tell the digest of the pack in force at an instant.
    pub fn new(
        authorities: impl IntoIterator<Item = String>,
        in_force: impl Fn(&str, Timestamp) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            authorities: authorities.into_iter().collect(),
            in_force: Arc::new(in_force),
        }
    }

    /// The authorities.
    pub fn authorities(&self) -> &[String] {
        &self.authorities
    }

    /// Whether there is such an authority.
    pub fn has(&self, authority: &str) -> bool {
        self.authorities.iter().any(|known| known == authority)
    }

    /// The digest of the pack in force. Fails with `PACK_UNKNOWN`.
    pub fn in_force(&self, authority: &str, at: Timestamp) -> Result<String, Problem> {
        (self.in_force)(authority, at)
            .ok_or_else(|| Problem::new(Reason::PackUnknown, "no pack is in force yet"))
    }
}
