//! Tests.
#[allow(
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes,
    reason = "generated"
)]
pub mod v1 {
    tonic::include_proto!("sample.v1");
}
