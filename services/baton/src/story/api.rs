//! Calls to the public door by name and JSON: any method of the contracts, no generated client.

use std::time::Duration;

use baton_contracts::{CALLS, Call, pool};
use baton_rpc::{Conn, IDENTITY_KEY};
use prost::Message as _;
use prost_reflect::{DynamicMessage, MessageDescriptor, SerializeOptions};
use serde_json::Value;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Request, Status};

use super::refusal::Refusal;

/// A call that takes longer than this hangs.
const TIMEOUT: Duration = Duration::from_mins(1);
/// Answers hold whole journeys.
const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The public door, spoken to in JSON.
#[derive(Clone)]
pub struct Api {
    conn: Conn,
    authority: String,
}

/// Why a call has no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CallError {
    /// Baton refuses it.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The request does not fit the contract.
    #[error("{0}")]
    Request(String),
}

impl Api {
    /// Speaks for one authority.
    pub fn new(conn: Conn, authority: &str) -> Self {
        Self {
            conn,
            authority: authority.to_owned(),
        }
    }

    /// Calls a method as somebody. A request id is put in where the request has one and it is not given.
    pub async fn call(&self, caller: &str, method: &str, body: &Value) -> Result<Value, CallError> {
        let call = find(method)?;
        let input = descriptor(call.input)?;
        let output = descriptor(call.output)?;
        let mut message = DynamicMessage::deserialize(input, body.clone())
            .map_err(|error| CallError::Request(format!("{}: {error}", call.name())))?;
        let unset = |message: &DynamicMessage| {
            message
                .get_field_by_name("request_id")
                .is_some_and(|id| id.as_str() == Some(""))
        };
        if unset(&message) {
            let id = format!("story-{}", uuid::Uuid::new_v4().simple());
            message.set_field_by_name("request_id", prost_reflect::Value::String(id));
        }

        let mut request = Request::new(message);
        request.set_timeout(TIMEOUT);
        let identity = format!("{}/{caller}", self.authority);
        let identity = identity
            .parse()
            .map_err(|_| CallError::Request(format!("`{caller}` cannot call")))?;
        request.metadata_mut().insert(IDENTITY_KEY, identity);

        let answer = self
            .send(call.path, output, request)
            .await
            .map_err(|status| CallError::Refused(Box::new(Refusal::from(&status))))?;
        to_json(&answer)
    }

    async fn send(
        &self,
        path: &'static str,
        output: MessageDescriptor,
        request: Request<DynamicMessage>,
    ) -> Result<DynamicMessage, Status> {
        let mut grpc = Grpc::new(self.conn.clone()).max_decoding_message_size(MESSAGE_BYTES_MAX);
        grpc.ready()
            .await
            .map_err(|error| Status::unavailable(format!("not reachable: {error}")))?;
        let path = http::uri::PathAndQuery::from_static(path);
        let answer = grpc.unary(request, path, DynamicCodec(output)).await?;
        Ok(answer.into_inner())
    }
}

/// Finds a public method by its full or short name.
pub fn find(method: &str) -> Result<&'static Call, CallError> {
    let method = method.trim_start_matches('/');
    let named =
        |call: &&Call| call.name() == method || call.name().ends_with(&format!(".{method}"));
    let found = CALLS
        .iter()
        .filter(|call| call.is_public() && !call.streaming)
        .find(named);
    found.ok_or_else(|| {
        let (_, short) = method.rsplit_once('/').unwrap_or(("", method));
        let near: Vec<&str> = CALLS
            .iter()
            .filter(|call| call.is_public() && call.method() == short)
            .map(Call::name)
            .collect();
        let hint = if near.is_empty() {
            String::new()
        } else {
            format!("; there is {}", near.join(", "))
        };
        CallError::Request(format!("there is no public method `{method}`{hint}"))
    })
}

/// The request message of a method.
pub fn request_of(method: &str) -> Result<MessageDescriptor, CallError> {
    descriptor(find(method)?.input)
}

/// A message of the contracts.
pub fn descriptor(name: &str) -> Result<MessageDescriptor, CallError> {
    pool()
        .get_message_by_name(name)
        .ok_or_else(|| CallError::Request(format!("the contracts have no {name}")))
}

fn to_json(message: &DynamicMessage) -> Result<Value, CallError> {
    let options = SerializeOptions::new()
        .use_proto_field_name(true)
        .stringify_64_bit_integers(false);
    message
        .serialize_with_options(serde_json::value::Serializer, &options)
        .map_err(|error| CallError::Request(format!("the answer cannot be read: {error}")))
}

/// Encodes any message, decodes the one it names.
#[derive(Clone)]
struct DynamicCodec(MessageDescriptor);

impl Codec for DynamicCodec {
    type Encode = DynamicMessage;
    type Decode = DynamicMessage;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        self.clone()
    }

    fn decoder(&mut self) -> Self {
        self.clone()
    }
}

impl Encoder for DynamicCodec {
    type Item = DynamicMessage;
    type Error = Status;

    fn encode(
        &mut self,
        message: DynamicMessage,
        buffer: &mut EncodeBuf<'_>,
    ) -> Result<(), Status> {
        message
            .encode(buffer)
            .map_err(|error| Status::internal(error.to_string()))
    }
}

impl Decoder for DynamicCodec {
    type Item = DynamicMessage;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        let message = DynamicMessage::decode(self.0.clone(), buffer);
        message
            .map(Some)
            .map_err(|error| Status::internal(error.to_string()))
    }
}
