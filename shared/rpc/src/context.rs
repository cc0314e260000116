//! What travels beside a request: the context, and the identity of who sent it.

use baton_contracts::Validate;
use baton_contracts::r#type::v1::{Context, PrincipalKind};
use baton_ids::{AuthorityId, WorkerId};
use prost::Message;
use tonic::metadata::{KeyRef, MetadataMap, MetadataValue};
use tonic::{Request, Status};

use crate::{Problem, Reason, Violations};

/// The binary metadata with the encoded [`Context`]. Only the gateway sets it.
pub const CONTEXT_KEY: &str = "baton-context-bin";
/// The metadata in which a client says who it is.
pub const IDENTITY_KEY: &str = "baton-identity";
/// Metadata that starts like this and is not [`IDENTITY_KEY`] is ours alone.
pub const RESERVED_PREFIX: &str = "baton-";

/// The context of a call. Absent, it is `UNAUTHENTICATED/CONTEXT_MISSING`: the call did not come through the gateway.
pub fn context<T>(request: &Request<T>) -> Result<Context, Problem> {
    context_of(request.metadata())
}

fn context_of(metadata: &MetadataMap) -> Result<Context, Problem> {
    let missing = || Problem::new(Reason::ContextMissing, "the call carries no context");
    let value = metadata.get_bin(CONTEXT_KEY).ok_or_else(missing)?;
    let bytes = value.to_bytes().map_err(|_| missing())?;
    let context = Context::decode(bytes).map_err(|_| missing())?;
    if context.authority.is_empty() || context.actor.is_none() || context.received_at.is_none() {
        return Err(missing());
    }
    Ok(context)
}

/// Puts a context on a call.
pub fn attach_context<T>(request: &mut Request<T>, context: &Context) {
    let value = MetadataValue::from_bytes(&context.encode_to_vec());
    request.metadata_mut().insert_bin(CONTEXT_KEY, value);
}

/// The context and the sound body of a request: what every handler begins with.
///
/// Fails with `CONTEXT_MISSING`, or `INVALID_FIELDS` naming every field at once.
pub fn prepare<T: Validate>(request: Request<T>) -> Result<(Context, T), Status> {
    let context = context(&request)?;
    let body = request.into_inner();
    let mut violations = Violations::default();
    violations.check(&body);
    violations.into_result()?;
    Ok((context, body))
}

/// The principal of a call as one text, different for each: `nia`, `system:liquidlogic`, `automatic:baton`.
pub fn principal_key(context: &Context) -> String {
    let Some(actor) = &context.actor else {
        return String::new();
    };
    let prefix = match actor.kind() {
        PrincipalKind::Baton => "automatic:",
        PrincipalKind::RecordSystem => "system:",
        PrincipalKind::Person | PrincipalKind::Unspecified => "",
    };
    format!("{prefix}{}", actor.principal)
}

/// Who sends a request, as the client says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The authority in which everything of the request happens.
    pub authority: AuthorityId,
    /// A worker's id, or a record system's name.
    pub principal: String,
    /// A person or a record system, never Baton itself.
    pub kind: PrincipalKind,
}

/// Reads `baton-identity: wirral/nia` or `wirral/system:liquidlogic`.
///
/// Fails with `IDENTITY_MISSING` or `IDENTITY_UNKNOWN`.
pub fn identity(metadata: &MetadataMap) -> Result<Identity, Problem> {
    let mut values = metadata.get_all(IDENTITY_KEY).iter();
    let value = values.next().ok_or_else(|| {
        Problem::new(
            Reason::IdentityMissing,
            "the call says nothing about who sends it",
        )
    })?;
    let unknown = || {
        Problem::new(
            Reason::IdentityUnknown,
            "expected baton-identity: <authority>/<worker> or <authority>/system:<name>",
        )
    };
    // Two identities are none.
    if values.next().is_some() {
        return Err(unknown());
    }
    let (authority, principal) = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once('/'))
        .ok_or_else(unknown)?;
    let (kind, name) = match principal.strip_prefix("system:") {
        Some(name) => (PrincipalKind::RecordSystem, name),
        None => (PrincipalKind::Person, principal),
    };
    // A system's name has the shape of a worker's id.
    let name = WorkerId::new(name).map_err(|_| unknown())?;
    Ok(Identity {
        authority: AuthorityId::new(authority).map_err(|_| unknown())?,
        principal: name.as_str().to_owned(),
        kind,
    })
}

/// Refuses a client's call that carries metadata which only the gateway may set: `CONTEXT_FORBIDDEN`.
pub fn refuse_reserved(metadata: &MetadataMap) -> Result<(), Problem> {
    let reserved = metadata.keys().any(|key| {
        let name = match key {
            KeyRef::Ascii(key) => key.as_str(),
            KeyRef::Binary(key) => key.as_str(),
        };
        name.starts_with(RESERVED_PREFIX) && name != IDENTITY_KEY
    });
    if reserved {
        return Err(Problem::new(
            Reason::ContextForbidden,
            "metadata that starts with baton- is reserved",
        ));
    }
    Ok(())
}
