//! Opening positions: what the lines of a council's files say, and what is wrong with them. Pure.

pub mod check;
mod columns;
mod csv;
mod line;

pub use check::{Known, check};
pub use line::{Kind, Line, read};
