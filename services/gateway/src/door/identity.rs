//! Who may come in: record systems, and people whom the organisation knows.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use baton_contracts::allocation::v1::GetOrganisationRequest;
use baton_contracts::allocation::v1::allocation_service_client::AllocationServiceClient;
use baton_contracts::type_v1::{Actor, Cause, Context, PrincipalKind};
use baton_rpc::{Identity, Problem, Reason, attach_context, identity, refuse_reserved};
use tokio::time::Instant;
use tonic::metadata::MetadataMap;
use tonic::{Request, Status};

use crate::context::{Contexts, Located};
use crate::packs::Packs;
use crate::services::Services;

/// For so long a person who was known is taken to be known still, by a query.
const KNOWN_FOR: Duration = Duration::from_secs(5);
/// More people than this are not remembered at once.
const KNOWN_MAX: usize = 10_000;

/// Tells who sends a call.
#[derive(Clone)]
pub struct Identities {
    services: Services,
    contexts: Contexts,
    packs: Packs,
    known: Arc<Mutex<HashMap<(String, String), Instant>>>,
}

impl Identities {
    /// With the organisation that knows.
    pub fn new(services: Services, contexts: Contexts, packs: Packs) -> Self {
        Self {
            services,
            contexts,
            packs,
            known: Arc::default(),
        }
    }

    /// The identity that a call's metadata claims, in an authority that exists.
    ///
    /// Fails with `CONTEXT_FORBIDDEN`, `IDENTITY_MISSING`, `IDENTITY_UNKNOWN`.
    pub fn claimed(&self, metadata: &MetadataMap) -> Result<Identity, Problem> {
        refuse_reserved(metadata)?;
        let identity = identity(metadata)?;
        if self.packs.has(identity.authority.as_str()) {
            Ok(identity)
        } else {
            Err(unknown())
        }
    }

    /// A context with the actor and the authority only, for somebody who was seen to be known.
    pub async fn admitted(&self, metadata: &MetadataMap) -> Result<Context, Status> {
        let identity = self.claimed(metadata)?;
        let bare = self.bare(&identity, "")?;
        self.known_to_query(&bare).await?;
        Ok(bare)
    }

    /// A context with the actor and the authority only, for an act that `request_id` names. Reports of record
    /// systems have a kind of their own: see `app::record`.
    pub fn bare(&self, identity: &Identity, request_id: &str) -> Result<Context, Problem> {
        let actor = Actor {
            principal: identity.principal.clone(),
            kind: identity.kind.into(),
            ..Actor::default()
        };
        let cause = Cause {
            id: request_id.to_owned(),
            kind: "request".to_owned(),
        };
        self.contexts
            .bare(identity.authority.as_str(), actor, cause, None)
    }

    /// Refuses somebody whom the organisation does not know. An answer of a moment ago will do.
    pub async fn known_to_query(&self, bare: &Context) -> Result<(), Status> {
        let Some(person) = person(bare) else {
            return Ok(());
        };
        let key = (bare.authority.clone(), person.to_owned());
        let seen = self
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .copied();
        if seen.is_some_and(|seen| seen.elapsed() < KNOWN_FOR) {
            return Ok(());
        }
        let ledger = self
            .contexts
            .ledger(bare, &Located::default(), Vec::new())
            .await?;
        self.known(bare, ledger.principal_known).await?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN_MAX {
            known.retain(|_, seen| seen.elapsed() < KNOWN_FOR);
        }
        known.insert(key, Instant::now());
        Ok(())
    }

    /// Refuses a person whom the organisation does not know, unless there is no organisation yet: then anybody may
    /// set it up.
    pub async fn known(&self, bare: &Context, principal_known: bool) -> Result<(), Status> {
        if principal_known || person(bare).is_none() {
            return Ok(());
        }
        let mut client = AllocationServiceClient::new(self.services.allocation.clone())
            .max_decoding_message_size(baton_rpc::MESSAGE_BYTES_MAX);
        let mut request = Request::new(GetOrganisationRequest {});
        attach_context(&mut request, bare);
        let organisation = client.get_organisation(request).await?.into_inner();
        if organisation.posts.is_empty() {
            Ok(())
        } else {
            Err(unknown().into())
        }
    }
}

/// The person who acts. `None` for a record system.
fn person(context: &Context) -> Option<&str> {
    context
        .actor
        .as_ref()
        .filter(|actor| actor.kind() == PrincipalKind::Person)
        .map(|actor| actor.principal.as_str())
}

fn unknown() -> Problem {
    Problem::new(
        Reason::IdentityUnknown,
        "nobody of that name works for this authority",
    )
}
