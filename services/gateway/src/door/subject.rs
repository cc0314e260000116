//! What a request is about, read from its bytes by the descriptors of the contracts.

use baton_contracts::{Call, pool};
use baton_ids::WorkerId;
use baton_rpc::{Problem, Reason};
use bytes::Bytes;
use prost_reflect::{DynamicMessage, ReflectMessage as _, Value};
use uuid::Uuid;

/// Messages nest no deeper than this where workers are named.
const DEPTH_MAX: usize = 4;
/// The ledger takes no more in one question.
const WORKERS_MAX: usize = 200;
/// The fields that name workers, besides those that end in `worker_id`.
const WORKER_FIELDS: [&str; 5] = [
    "attended",
    "chaired_by",
    "consulted",
    "done_by",
    "worker_ids",
];

/// What a request is about.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The id of the subject. Empty for none, and for one that is no id: the service that owns the method names
    /// it with the other fields it cannot understand.
    pub id: String,
    /// The key that makes the request one, however often it is sent. Empty for a query.
    pub request_id: String,
    /// The workers that the request names.
    pub workers: Vec<String>,
}

/// Reads a request. Fails with `INVALID_FIELDS` when its bytes are not the message of the method.
pub fn read(call: &Call, bytes: &Bytes) -> Result<About, Problem> {
    let input = pool()
        .get_message_by_name(call.input)
        .ok_or_else(|| Problem::new(Reason::MethodUnknown, "there is no such method"))?;
    let message = DynamicMessage::decode(input, bytes.clone()).map_err(|_| {
        Problem::new(
            Reason::InvalidFields,
            "the request is not the message of this method",
        )
    })?;
    let mut about = About::default();
    if !call.field.is_empty()
        && let Some(id) = message.get_field_by_name(call.field)
        && let Some(id) = id.as_str()
        && Uuid::try_parse(id).is_ok()
    {
        id.clone_into(&mut about.id);
    }
    if let Some(id) = message.get_field_by_name("request_id") {
        id.as_str()
            .unwrap_or_default()
            .clone_into(&mut about.request_id);
    }
    name_workers(&message, 0, &mut about.workers);
    about.workers.sort_unstable();
    about.workers.dedup();
    about.workers.truncate(WORKERS_MAX);
    Ok(about)
}

fn name_workers(message: &DynamicMessage, depth: usize, workers: &mut Vec<String>) {
    for (field, value) in message.fields() {
        let names = field.name().ends_with("worker_id") || WORKER_FIELDS.contains(&field.name());
        collect(value, names, depth, workers);
    }
}

fn collect(value: &Value, names: bool, depth: usize, workers: &mut Vec<String>) {
    match value {
        Value::String(name) if names && WorkerId::new(name).is_ok() => workers.push(name.clone()),
        Value::List(items) => {
            for item in items {
                collect(item, names, depth, workers);
            }
        }
        Value::Message(inner)
            if depth < DEPTH_MAX && inner.descriptor().full_name().starts_with("baton.") =>
        {
            name_workers(inner, depth + 1, workers);
        }
        _ => {}
    }
}
