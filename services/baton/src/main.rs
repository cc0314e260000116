//! The binary `baton`.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    baton::run(&baton::Cli::parse())
}
