//! Passing one call on.

use baton_contracts::Call;
use baton_contracts::type_v1::{CallKind, Context, Subject};
use baton_rpc::{CONTEXT_KEY, IDENTITY_KEY, attach_context};
use bytes::Bytes;
use tonic::metadata::{KeyAndValueRef, MetadataMap};
use tonic::{Code, Request, Response, Status};
use tonic_types::StatusExt as _;

use super::Identities;
use super::subject::{self, About};
use crate::context::{Contexts, Located, add_facts, add_ledger, chooses_a_way};
use crate::services::Services;

/// A context that has aged between being gathered and being used is gathered again this often.
const GATHERED_MAX: u32 = 4;
/// Metadata that is this connection's own business.
const OWN_METADATA: [&str; 6] = [
    "content-type",
    "te",
    "user-agent",
    "traceparent",
    "tracestate",
    IDENTITY_KEY,
];

/// Passes calls on.
#[derive(Clone)]
pub struct Door {
    services: Services,
    contexts: Contexts,
    identities: Identities,
}

impl Door {
    /// To the services, with contexts for people who are known.
    pub const fn new(services: Services, contexts: Contexts, identities: Identities) -> Self {
        Self {
            services,
            contexts,
            identities,
        }
    }

    /// Passes a call on with its context: same bytes, same answer.
    pub async fn forward(
        &self,
        call: &Call,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, Status> {
        let (metadata, _, body) = request.into_parts();
        let identity = self.identities.claimed(&metadata)?;
        let about = subject::read(call, &body)?;
        let bare = self.identities.bare(&identity, &about.request_id)?;
        if call.kind == CallKind::Query && call.subject == Subject::None {
            self.identities.known_to_query(&bare).await?;
            return self.send(call, &metadata, &body, &bare).await;
        }
        let mut gathered = 1;
        loop {
            let context = self.gather(call, &bare, &about).await?;
            match self.send(call, &metadata, &body, &context).await {
                // Refused without effect: the service has seen newer facts than we had.
                Err(status) if is_stale(&status) && gathered < GATHERED_MAX => gathered += 1,
                answer => return answer,
            }
        }
    }

    /// The context of a call: what it is about, who acts, who is responsible.
    async fn gather(&self, call: &Call, bare: &Context, about: &About) -> Result<Context, Status> {
        let subject = if about.id.is_empty() {
            Subject::None
        } else {
            call.subject
        };
        let located = self.contexts.locate(bare, subject, &about.id).await?;
        let workers = about.workers.clone();
        let (facts, ledger) = if located.child_id.is_empty() && !located.case_id.is_empty() {
            // Only the ledger knows whose case it is.
            let ledger = self.contexts.ledger(bare, &located, workers).await?;
            let child = ledger
                .responsibility
                .as_ref()
                .map(|responsibility| responsibility.child_id.clone());
            (
                self.contexts
                    .facts(bare, &child.unwrap_or_default())
                    .await?,
                ledger,
            )
        } else {
            self.ask(bare, &located, workers).await?
        };
        self.identities.known(bare, ledger.principal_known).await?;
        let mut context = bare.clone();
        add_facts(&mut context, facts);
        add_ledger(&mut context, ledger);
        if chooses_a_way(call.path) {
            self.contexts.add_family_cases(&mut context).await?;
        }
        Ok(context)
    }

    async fn ask(
        &self,
        bare: &Context,
        located: &Located,
        workers: Vec<String>,
    ) -> Result<
        (
            baton_contracts::frontdoor::v1::GetFactsResponse,
            baton_contracts::allocation::v1::GetContextResponse,
        ),
        Status,
    > {
        tokio::try_join!(
            self.contexts.facts(bare, &located.child_id),
            self.contexts.ledger(bare, located, workers)
        )
    }

    async fn send(
        &self,
        call: &Call,
        metadata: &MetadataMap,
        body: &Bytes,
        context: &Context,
    ) -> Result<Response<Bytes>, Status> {
        let mut request = Request::new(body.clone());
        pass_on(metadata, request.metadata_mut());
        attach_context(&mut request, context);
        self.services.call(call.path, request).await
    }
}

/// Passes a client's metadata on, but for what belongs to its connection. Nothing reserved got as far as here.
fn pass_on(from: &MetadataMap, to: &mut MetadataMap) {
    for entry in from.iter() {
        match entry {
            KeyAndValueRef::Ascii(key, value) => {
                let name = key.as_str();
                if !OWN_METADATA.contains(&name) && !name.starts_with("grpc-") {
                    to.append(key.clone(), value.clone());
                }
            }
            KeyAndValueRef::Binary(key, value) => {
                if key.as_str() != CONTEXT_KEY && !key.as_str().starts_with("grpc-") {
                    to.append_bin(key.clone(), value.clone());
                }
            }
        }
    }
}

fn is_stale(status: &Status) -> bool {
    status.code() == Code::Aborted
        && status
            .get_details_error_info()
            .is_some_and(|info| info.reason == "STALE_FACTS")
}
