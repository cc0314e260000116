//! The services behind the gateway, and how they are called.

use baton_rpc::Conn;
use bytes::{Buf, BufMut, Bytes};
use http::uri::PathAndQuery;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Request, Response, Status};

/// The name under which the gateway subscribes to its own feed.
pub const NAME: &str = "gateway";

/// A connection to each service.
#[derive(Clone)]
pub struct Services {
    /// Children, facts, contacts.
    pub front_door: Conn,
    /// The ledger and the organisation.
    pub allocation: Conn,
    /// Transfers.
    pub transfer: Conn,
    /// Closures.
    pub closure: Conn,
    /// Notices.
    pub notification: Conn,
}

impl Services {
    /// The services by name.
    pub fn all(&self) -> [(&'static str, Conn); 5] {
        [
            ("front-door", self.front_door.clone()),
            ("allocation", self.allocation.clone()),
            ("transfer", self.transfer.clone()),
            ("closure", self.closure.clone()),
            ("notification", self.notification.clone()),
        ]
    }

    /// The service that has a method. `None` for the gateway's own and for unknown ones.
    pub fn of(&self, path: &str) -> Option<&Conn> {
        let area = path.strip_prefix("/baton.")?.split('.').next()?;
        match area {
            "frontdoor" => Some(&self.front_door),
            "allocation" => Some(&self.allocation),
            "transfer" => Some(&self.transfer),
            "closure" => Some(&self.closure),
            "notification" => Some(&self.notification),
            _ => None,
        }
    }

    /// Sends the bytes of a request to the service that has the method, and returns the bytes of its response.
    pub async fn call(
        &self,
        path: &str,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, Status> {
        let conn = self
            .of(path)
            .ok_or_else(|| Status::unimplemented("no service has this method"))?;
        let path: PathAndQuery = path
            .parse()
            .map_err(|_| Status::unimplemented("no service has this method"))?;
        let mut client = tonic::client::Grpc::new(conn.clone())
            .max_decoding_message_size(baton_rpc::MESSAGE_BYTES_MAX)
            .max_encoding_message_size(baton_rpc::MESSAGE_BYTES_MAX);
        client
            .ready()
            .await
            .map_err(|_| Status::unavailable("the service cannot be reached"))?;
        client.unary(request, path, Raw).await
    }
}

/// A codec that leaves messages as they are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Raw;

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
