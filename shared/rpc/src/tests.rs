//! Tests of the stack as a whole, with services of the contracts.

mod context;
mod feed;
mod garbled;
mod harness;
mod problems;
mod stack;
mod streams;
mod tcp;
