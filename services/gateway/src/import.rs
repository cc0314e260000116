//! Opening positions: what the lines of a council's files say, and what is wrong with them. Pure.

mod census;
pub mod check;
mod columns;
mod csv;
mod line;

pub use census::source;
pub use check::{Known, check};
pub use line::{Kind, Line, read};
