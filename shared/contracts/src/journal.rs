//! Events as JSON, the form in which a service stores them.

use prost::Message as _;
use prost_reflect::{DeserializeOptions, DynamicMessage, MessageDescriptor, SerializeOptions};
use serde::de::Error as _;
use serde::de::value::MapDeserializer;
use serde_json::Value;

use crate::event::v1::Event;
use crate::{json, pool, structure};

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

/// The key under which an event has what its type says.
const DATA: &str = "data";

/// The proto3 JSON form of an event, with field names as in `proto/`, whole numbers as numbers, and empty
/// fields left out.
pub fn event_to_json(mut event: Event) -> Result<Value, MalformedEvent> {
    // Most of an event is JSON already, and needs no description of a message to become so.
    let data = event.data.take();
    let dynamic = DynamicMessage::decode(descriptor()?, event.encode_to_vec().as_slice())?;
    let options = SerializeOptions::new()
        .use_proto_field_name(true)
        .stringify_64_bit_integers(false);
    let mut value = dynamic.serialize_with_options(serde_json::value::Serializer, &options)?;
    if let (Some(data), Value::Object(fields)) = (data, &mut value) {
        fields.insert(DATA.to_owned(), json(&data));
    }
    Ok(value)
}

/// An event from its JSON form. Fields of a newer release are passed over.
pub fn event_from_json(value: &Value) -> Result<Event, MalformedEvent> {
    let fields = value.as_object().ok_or_else(not_an_object)?;
    let data = match fields.get(DATA) {
        None | Some(Value::Null) => None,
        Some(data @ Value::Object(_)) => Some(structure(data)),
        Some(_) => return Err(not_an_object()),
    };
    let others = fields
        .iter()
        .filter(|(name, _)| *name != DATA)
        .map(|(name, value)| (name.as_str(), value));
    let options = DeserializeOptions::new().deny_unknown_fields(false);
    let dynamic = DynamicMessage::deserialize_with_options(
        descriptor()?,
        MapDeserializer::new(others),
        &options,
    )?;
    let event = Event::decode(dynamic.encode_to_vec().as_slice())?;
    Ok(Event { data, ..event })
}

fn not_an_object() -> MalformedEvent {
    serde_json::Error::custom("an object is expected").into()
}

fn descriptor() -> Result<MessageDescriptor, MalformedEvent> {
    pool()
        .get_message_by_name("baton.event.v1.Event")
        .ok_or(MalformedEvent::Contracts)
}
