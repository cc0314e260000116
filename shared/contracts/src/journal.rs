//! Events as JSON, the form in which a service stores them.

use prost::Message as _;
use prost_reflect::{DeserializeOptions, DynamicMessage, MessageDescriptor, SerializeOptions};
use serde_json::Value;

use crate::event::v1::Event;
use crate::pool;

/// A stored event that is not an event.
#[derive(Debug, thiserror::Error)]
pub enum MalformedEvent {
    /// The JSON does not fit the message.
    #[error("not the JSON of an event")]
    Json(#[from] serde_json::Error),
    /// The message does not fit the Rust type.
    #[error("not an event")]
    Message(#[from] prost::DecodeError),
    /// The contracts lack the message.
    #[error("the contracts have no event")]
    Contracts,
}

/// The proto3 JSON form of an event, with field names as in `proto/`, whole numbers as numbers, and empty
/// fields left out.
pub fn event_to_json(event: &Event) -> Result<Value, MalformedEvent> {
    let dynamic = DynamicMessage::decode(descriptor()?, event.encode_to_vec().as_slice())?;
    let options = SerializeOptions::new()
        .use_proto_field_name(true)
        .stringify_64_bit_integers(false);
    let value = dynamic.serialize_with_options(serde_json::value::Serializer, &options)?;
    Ok(value)
}

/// An event from its JSON form. Fields of a newer release are passed over.
pub fn event_from_json(value: &Value) -> Result<Event, MalformedEvent> {
    let options = DeserializeOptions::new().deny_unknown_fields(false);
    let dynamic = DynamicMessage::deserialize_with_options(descriptor()?, value, &options)?;
    Ok(Event::decode(dynamic.encode_to_vec().as_slice())?)
}

fn descriptor() -> Result<MessageDescriptor, MalformedEvent> {
    pool()
        .get_message_by_name("baton.event.v1.Event")
        .ok_or(MalformedEvent::Contracts)
}
