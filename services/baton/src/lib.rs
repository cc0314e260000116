//! The one binary of Baton: all services in one process, one of them, or one of the tools beside them.
//!
//! [`Embedded`] is `baton all` without its port, for stories, tests and the benchmark.

mod audit;
mod cli;
mod config;
mod import;
mod launch;
mod migrate;
mod protocol;
pub mod story;
mod theatre;

use std::process::ExitCode;

pub use cli::Cli;
pub use config::{Config, Role};
pub use launch::{Embedded, EmbeddedConfig, StartError};

/// Runs a command to its end.
pub fn run(cli: &Cli) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    match runtime.block_on(cli::run(cli)) {
        Ok(code) => code,
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("baton: {error:#}");
    ExitCode::FAILURE
}
