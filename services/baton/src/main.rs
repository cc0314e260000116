//! The binary `baton`.

use std::process::ExitCode;

use clap::Parser as _;
use tikv_jemallocator::Jemalloc;

/// A flow reads and writes many small documents; docs/decisions/0014 has the numbers.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    baton::run(&baton::Cli::parse())
}
