//! `baton protocol`: reads, compares and activates the authorities' files.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use baton_ids::AuthorityId;
use baton_protocol::Pack;
use baton_protocol_files::{Library, check_file};

use crate::theatre;

mod activate;
mod diff;
#[cfg(test)]
mod tests;
mod touched;

pub use activate::activate;
pub use diff::diff;

/// Checks files and folders; every problem in a line of its own.
pub fn check(named: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let files = theatre::files(named)?;
    if files.is_empty() {
        bail!("there is no YAML file in what was named");
    }
    let mut problems: Vec<_> = files.iter().flat_map(|file| check_file(file)).collect();
    // A problem of an authority as a whole is found from each of its files.
    problems.sort();
    problems.dedup();
    for problem in &problems {
        println!("{problem}");
    }
    println!("{} files, {} problems", files.len(), problems.len());
    Ok(if problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Lists the packs of the binary.
pub fn list() -> anyhow::Result<()> {
    let library = Library::embedded()?;
    for pack in library.packs() {
        println!(
            "{:<12} {}  from {}  {} routes  {}",
            pack.authority.to_string(),
            &pack.digest.as_str()[..12],
            pack.effective_from,
            pack.transfer.routes.len(),
            pack.title
        );
    }
    Ok(())
}

/// Shows the pack of an authority that is the latest.
pub fn show(authority: &str) -> anyhow::Result<()> {
    let library = Library::embedded()?;
    let wanted: AuthorityId = authority
        .parse()
        .with_context(|| format!("`{authority}` names no authority"))?;
    let latest = library
        .packs()
        .filter(|pack| pack.authority == wanted)
        .max_by_key(|pack| pack.effective_from);
    let Some(pack) = latest else {
        let known: Vec<String> = library.authorities().map(ToString::to_string).collect();
        bail!(
            "there is no authority `{authority}`; there are {}",
            known.join(", ")
        );
    };
    describe(pack);
    Ok(())
}

fn describe(pack: &Pack) {
    println!(
        "{} ({}), in force from {}",
        pack.title, pack.authority, pack.effective_from
    );
    println!("pack {}", pack.digest);
    println!("\nRoutes, in their order");
    for route in &pack.transfer.routes {
        let rules: Vec<String> = route.cites.iter().map(ToString::to_string).collect();
        println!("  {}: {} ({})", route.route, route.title, rules.join(", "));
        for (what, names) in [
            ("gate", &route.needs),
            ("meetings", &route.meetings),
            ("clocks", &route.clocks),
            ("tells", &route.tells),
        ] {
            if !names.is_empty() {
                println!("    {what}: {}", names.join(", "));
            }
        }
    }
    println!("\nSettings");
    for (name, setting) in &pack.settings.0 {
        let rules: Vec<String> = setting.cites.iter().map(ToString::to_string).collect();
        let value = if setting.value.is_null() {
            "not regulated".to_owned()
        } else {
            setting.value.to_string()
        };
        let kind = if setting.reading {
            "; a reading, the rules themselves say it"
        } else {
            ""
        };
        println!("  {name} = {value} ({}{kind})", rules.join(", "));
    }
}
