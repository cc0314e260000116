use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use tonic::body::Body;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use tower::ServiceExt as _;

use super::harness::{answering, telling};
use crate::{MESSAGE_BYTES_MAX, ServerConfig, in_process};

/// Sends these bytes as the body of `GetQuiet`.
async fn answer_to(body: Vec<u8>) -> Status {
    let routes = answering(|_| async { Ok(telling("understood")) });
    let request = Request::post("/baton.event.v1.SimulationService/GetQuiet")
        .header("content-type", "application/grpc")
        .body(Body::new(Full::new(Bytes::from(body))))
        .unwrap();
    let conn = in_process(routes, &ServerConfig::new("fake"));
    let response = conn.oneshot(request).await.unwrap();
    Status::from_header_map(response.headers()).unwrap_or_else(|| Status::ok(""))
}

fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap();
    [&[0], length.to_be_bytes().as_slice(), message].concat()
}

#[tokio::test]
async fn a_request_that_is_no_message_is_bad_input_and_not_our_failure() {
    let too_large = framed(&vec![0; MESSAGE_BYTES_MAX + 1]);
    for (what, body) in [
        ("no frame", Vec::new()),
        ("an impossible field", framed(&[0xff; 40])),
        ("a text that ends early", framed(&[0x0a, 0x7f, b'x'])),
        ("too large", too_large),
    ] {
        let status = answer_to(body).await;

        assert_eq!(status.code(), Code::InvalidArgument, "{what}: {status:?}");
        let info = status.get_details_error_info().unwrap();
        assert_eq!(info.reason, "INVALID_FIELDS", "{what}");
    }
}

#[tokio::test]
async fn an_empty_message_is_a_message() {
    assert_eq!(answer_to(framed(&[])).await.code(), Code::Ok);
}
