//! `make conformance`: writes `docs/conformance.md`, and fails on a rule that lives nowhere or is shown by
//! no test.

use std::process::ExitCode;

use baton_tests::{conformance, tree};

fn main() -> anyhow::Result<ExitCode> {
    let entries = conformance::survey();
    anyhow::ensure!(
        !entries.is_empty(),
        "shared/protocol-files/register.yaml names no rule"
    );
    std::fs::write(
        tree::root().join("docs/conformance.md"),
        conformance::page(&entries),
    )?;

    let gaps = conformance::gaps(&entries);
    let due = entries.values().filter(|entry| entry.due).count();
    println!(
        "{due} rules answered for, {} gaps; docs/conformance.md written",
        gaps.len()
    );
    for gap in &gaps {
        println!("  {gap}");
    }
    Ok(if gaps.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
