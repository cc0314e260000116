//! `make bench`: how fast a conference that was held becomes a completed transfer, against the floor.

mod figures;
mod floor;

fn main() {}
