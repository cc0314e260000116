//! Calls to the public door by name and JSON: any method of the contracts, no generated client.

use std::time::Duration;

use baton_contracts::{CALLS, Call, pool};
use baton_rpc::{Conn, IDENTITY_KEY};
use prost::Message as _;
use prost_reflect::{DynamicMessage, MessageDescriptor, SerializeOptions};
use serde_json::Value;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::metadata::AsciiMetadataValue;
use tonic::{Request, Status};
use tonic_types::StatusExt as _;

use super::refusal::Refusal;

/// A call that takes longer than this hangs.
const TIMEOUT: Duration = Duration::from_mins(1);
/// A Baton that says for longer than this that it will soon be there is told as it is.
const PATIENCE: Duration = Duration::from_mins(1);
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

    /// Calls a method as somebody. A request id is put in where the request has one and it is not given. A Baton that
    /// cannot be reached for the moment is asked again when it says so, with the same request, as any client should.
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

        let identity = format!("{}/{caller}", self.authority);
        let identity: AsciiMetadataValue = identity
            .parse()
            .map_err(|_| CallError::Request(format!("`{caller}` cannot call")))?;

        let began = tokio::time::Instant::now();
        let answer = loop {
            let mut request = Request::new(message.clone());
            request.set_timeout(TIMEOUT);
            request
                .metadata_mut()
                .insert(IDENTITY_KEY, identity.clone());
            match self.send(call.path, output.clone(), request).await {
                Ok(answer) => break answer,
                Err(status) => match again_after(&status) {
                    Some(delay) if began.elapsed() + delay < PATIENCE => {
                        tokio::time::sleep(delay).await;
                    }
                    _ => return Err(CallError::Refused(Box::new(Refusal::from(&status)))),
                },
            }
        };
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

/// When to send the same request again, if that helps.
fn again_after(status: &Status) -> Option<Duration> {
    status.get_details_retry_info()?.retry_delay
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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use baton_contracts::gateway::v1 as gateway;
    use baton_rpc::{Problem, Reason, ServerConfig, in_process};
    use gateway::flow_service_server::{FlowService, FlowServiceServer};
    use serde_json::json;
    use tonic::Response;
    use tonic::service::Routes;

    use super::*;

    type Asked = Arc<Mutex<Vec<gateway::RetryFlowRequest>>>;

    /// A Baton that refuses the first calls so, and keeps what it was sent.
    struct Refusing {
        reason: Reason,
        times: usize,
        asked: Asked,
    }

    #[tonic::async_trait]
    impl FlowService for Refusing {
        async fn retry_flow(
            &self,
            request: Request<gateway::RetryFlowRequest>,
        ) -> Result<Response<gateway::RetryFlowResponse>, Status> {
            let mut asked = self.asked.lock().unwrap();
            asked.push(request.into_inner());
            if asked.len() > self.times {
                Ok(Response::new(gateway::RetryFlowResponse::default()))
            } else {
                Err(Problem::new(self.reason, "not now").into())
            }
        }

        async fn list_flows(
            &self,
            _: Request<gateway::ListFlowsRequest>,
        ) -> Result<Response<gateway::ListFlowsResponse>, Status> {
            Err(Status::unimplemented("nobody asks"))
        }
    }

    async fn ask(reason: Reason, times: usize) -> (Result<Value, CallError>, Asked) {
        let asked = Asked::default();
        let refusing = Refusing {
            reason,
            times,
            asked: Arc::clone(&asked),
        };
        let routes = Routes::new(FlowServiceServer::new(refusing));
        let api = Api::new(in_process(routes, &ServerConfig::new("gateway")), "wirral");
        let answer = api
            .call("system:test", "FlowService/RetryFlow", &json!({}))
            .await;
        (answer, asked)
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_asked_to_come_again_sends_the_same_request() {
        for reason in [
            Reason::StoreUnavailable,
            Reason::ViewBehind,
            Reason::Contention,
        ] {
            let (answer, asked) = ask(reason, 2).await;
            assert!(answer.is_ok(), "{reason}");
            let asked = asked.lock().unwrap();
            assert_eq!(asked.len(), 3, "{reason}");
            assert!(!asked[0].request_id.is_empty());
            assert!(asked.iter().all(|request| *request == asked[0]), "{reason}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_that_stays_is_told_at_once() {
        let (answer, asked) = ask(Reason::RuleRefuses, 1).await;
        assert!(matches!(answer, Err(CallError::Refused(_))));
        assert_eq!(asked.lock().unwrap().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends() {
        let (answer, asked) = ask(Reason::StoreUnavailable, usize::MAX).await;
        let Err(CallError::Refused(refusal)) = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(refusal.code, "UNAVAILABLE");
        assert!(asked.lock().unwrap().len() > 100);
    }
}
