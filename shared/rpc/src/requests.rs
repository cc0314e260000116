//! What makes a request the same request when it is sent again.

use baton_contracts::r#type::v1::Context;
use baton_store::RequestKey;
use prost::Message;
use sha2::{Digest as _, Sha256};

use crate::principal_key;

/// The key of a mutating request: scoped to authority, principal and method, with a hash of the message's
/// bytes. The context is no part of it: a request sent again on fresh facts is the same request.
pub fn request_key(
    context: &Context,
    method: &str,
    request_id: &str,
    body: &impl Message,
) -> RequestKey {
    RequestKey {
        authority: context.authority.clone(),
        principal: principal_key(context),
        method: method.to_owned(),
        request_id: request_id.to_owned(),
        body_hash: Sha256::digest(body.encode_to_vec()).to_vec(),
    }
}
