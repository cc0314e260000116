//! What each method is: its kind, what it is about, which field names that.

use crate::r#type::v1::{CallKind, Subject};

/// A method, as its option `baton.type.v1.call` describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The path of the method on the wire: `/baton.transfer.v1.TransferService/GetTransfer`.
    pub path: &'static str,
    /// Whether it asks, reports, queries or reacts.
    pub kind: CallKind,
    /// What it is about.
    pub subject: Subject,
    /// The request field that names the subject. Empty when the subject is [`Subject::None`].
    pub field: &'static str,
    /// The full name of the request message.
    pub input: &'static str,
    /// The full name of the response message.
    pub output: &'static str,
    /// Whether the answer is a stream.
    pub streaming: bool,
}

impl Call {
    /// The full method name of telemetry: the path without its leading slash.
    pub fn name(&self) -> &'static str {
        self.path.get(1..).unwrap_or_default()
    }

    /// The full name of the service.
    pub fn service(&self) -> &'static str {
        self.name()
            .split_once('/')
            .map_or("", |(service, _)| service)
    }

    /// The short name of the method.
    pub fn method(&self) -> &'static str {
        self.name().split_once('/').map_or("", |(_, method)| method)
    }

    /// Whether the public door forwards it.
    pub fn is_public(&self) -> bool {
        self.kind != CallKind::Reaction
    }
}

include!(concat!(env!("OUT_DIR"), "/methods.rs"));

/// The method at a path. `None` when the contracts have no such method.
pub fn call_of(path: &str) -> Option<&'static Call> {
    let index = CALLS.binary_search_by(|call| call.path.cmp(path)).ok()?;
    CALLS.get(index)
}
