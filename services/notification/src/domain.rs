//! The rules of telling: whom, by when, how, and when not.
//!
//! Pure by design: no clock, no database, no files. What a rule needs to know arrives as an argument.

pub mod authority;
pub mod contact_book;
pub mod context;
pub mod decide;
pub mod notice;
mod refusal;
pub mod safety;
pub mod text;
pub mod weighing;

pub use refusal::Refusal;
