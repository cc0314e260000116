//! `baton protocol diff`: what differs between two packs, rule by rule, and which open work that touches.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use baton_ids::AuthorityId;
use baton_protocol::Pack;
use baton_protocol_files::{Library, changes};
use baton_rpc::connect;

use super::touched::OpenWork;
use crate::story::Api;

/// Tells the differences in words, and, where a Baton runs at `address`, which of its open work each touches.
pub async fn diff(before: &str, after: &str, address: Option<&str>) -> anyhow::Result<()> {
    let (before, old) = side(before)?;
    let (after, new) = side(after)?;
    for (sign, pack) in [("-", &before), ("+", &after)] {
        println!(
            "{sign} {} ({}): pack {} from {}",
            pack.title, pack.authority, pack.digest, pack.effective_from
        );
    }
    let changes = changes(&old, &new);
    let open = match address {
        Some(address) => {
            let api = Api::new(connect("gateway", address)?, before.authority.as_str());
            Some(OpenWork::ask(&api).await?)
        }
        None => None,
    };
    for change in &changes {
        println!("{change}");
        for touched in open
            .iter()
            .flat_map(|open| open.touched_by(change, &before))
        {
            println!("    {touched}");
        }
    }
    match changes.len() {
        0 if before.digest == after.digest => println!("the same pack"),
        0 => println!("no rule differs, only comments or layout"),
        1 => println!("1 change"),
        count => println!("{count} changes"),
    }
    Ok(())
}

/// A folder of an authority, a file in one, or the name of an authority that ships with Baton.
fn side(named: &str) -> anyhow::Result<(Arc<Pack>, String)> {
    let path = Path::new(named);
    let library = if path.is_dir() {
        Library::load_folder(&path.canonicalize()?)?
    } else if path.is_file() {
        let file = path.canonicalize()?;
        Library::load_folder(file.parent().context("a file lies in a folder")?)?
    } else {
        Library::embedded()?
    };
    let only = if path.exists() {
        None
    } else {
        let authority: AuthorityId = named
            .parse()
            .with_context(|| format!("`{named}` is neither a folder nor an authority"))?;
        Some(authority)
    };
    let pack = library
        .packs()
        .filter(|pack| only.as_ref().is_none_or(|only| *only == pack.authority))
        .max_by_key(|pack| pack.effective_from);
    let Some(pack) = pack else {
        bail!("`{named}` is neither a folder nor an authority that ships with Baton");
    };
    let content = library.content(pack.digest.as_str()).unwrap_or_default();
    Ok((Arc::clone(pack), content.to_owned()))
}
