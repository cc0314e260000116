//! Calls made of bytes, so that a test can send what no client would.

use baton_contracts::timestamp;
use baton_contracts::r#type::v1::{Actor, ChildFacts, Context, Organisation, PrincipalKind};
use baton_rpc::{Conn, IDENTITY_KEY, attach_context};
use bytes::{Buf as _, BufMut as _, Bytes};
use jiff::Timestamp;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Request, Status};
use tonic_types::StatusExt as _;

/// A refusal as a table of a test writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The gRPC code.
    pub code: tonic::Code,
    /// The reason of the closed list.
    pub reason: String,
    /// The fields that cannot be understood.
    pub fields: Vec<String>,
}

impl From<&Status> for Refused {
    fn from(status: &Status) -> Self {
        let details = status.get_error_details();
        let reason = details
            .error_info()
            .map(|info| info.reason.clone())
            .unwrap_or_default();
        let fields = details
            .bad_request()
            .map(|request| &request.field_violations)
            .into_iter()
            .flatten();
        Self {
            code: status.code(),
            reason,
            fields: fields.map(|violation| violation.field.clone()).collect(),
        }
    }
}

/// A request of a client: `wirral/nia`.
pub fn from_client(identity: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    let mut request = Request::new(body.into());
    request
        .metadata_mut()
        .insert(IDENTITY_KEY, identity.parse().expect("an identity"));
    request
}

/// A request as the gateway sends it, about a child that may be real.
pub fn from_gateway(
    child: &str,
    now: Timestamp,
    pack: &str,
    body: impl Into<Bytes>,
) -> Request<Bytes> {
    let context = Context {
        authority: "wirral".to_owned(),
        pack: pack.to_owned(),
        received_at: Some(timestamp(now)),
        actor: Some(Actor {
            principal: "baton".to_owned(),
            kind: PrincipalKind::Baton.into(),
            posts: Vec::new(),
            on_behalf_of: "liquidlogic".to_owned(),
        }),
        child: Some(ChildFacts {
            child_id: child.to_owned(),
            version: 1_000,
            ..ChildFacts::default()
        }),
        organisation: Some(Organisation::default()),
        ..Context::default()
    };
    let mut request = Request::new(body.into());
    attach_context(&mut request, &context);
    request
}

/// Sends the bytes of one request and answers the bytes of the response.
pub async fn send(conn: &Conn, path: &str, request: Request<Bytes>) -> Result<Bytes, Status> {
    let mut grpc = tonic::client::Grpc::new(conn.clone()).max_encoding_message_size(usize::MAX);
    grpc.ready().await.expect("a connection is always ready");
    let path = path.parse().expect("a path");
    grpc.unary(request, path, Raw)
        .await
        .map(tonic::Response::into_inner)
}

/// Leaves messages as they are.
#[derive(Debug, Clone, Copy, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        let length = buffer.remaining();
        Ok(Some(buffer.copy_to_bytes(length)))
    }
}
