//! Requests that are no message: the transport answers them before any handler sees them, and says `INTERNAL`.

use http::Response;
use tonic::body::Body;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::{MESSAGE_BYTES_MAX, Problem, Reason};

/// How the transport begins to say that a request cannot be read.
const GARBLED: [&str; 4] = [
    "failed to decode Protobuf message",
    "Missing request message",
    "protocol error",
    "Unexpected EOF",
];

/// Gives a caller who sent what cannot be read the answer that bad input gets: it is the caller's mistake, not ours.
pub(super) fn told_apart(response: Response<Body>) -> Response<Body> {
    match Status::from_header_map(response.headers()).and_then(|status| problem_of(&status)) {
        Some(problem) => Status::from(problem).into_http(),
        None => response,
    }
}

/// What is wrong with the request. `None` for an answer of our own, which always gives its reason.
fn problem_of(status: &Status) -> Option<Problem> {
    if status.get_details_error_info().is_some() {
        return None;
    }
    let garbled = GARBLED
        .iter()
        .any(|begin| status.message().starts_with(begin));
    match status.code() {
        Code::Internal if garbled => Some(Problem::new(
            Reason::InvalidFields,
            "the request is not the message of this method",
        )),
        Code::OutOfRange => Some(Problem::new(
            Reason::InvalidFields,
            format!("the request is larger than {MESSAGE_BYTES_MAX} bytes"),
        )),
        _ => None,
    }
}
