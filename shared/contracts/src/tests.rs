//! Tests of the generated code and of its generators.

#[allow(
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes,
    missing_docs,
    reason = "generated"
)]
pub mod v1 {
    tonic::include_proto!("sample.v1");
}

mod contracts;
mod events;
mod generators;
mod validation;
