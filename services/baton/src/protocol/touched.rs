//! Which open work a change of a protocol touches, asked of a Baton that runs.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use baton_protocol::Pack;
use baton_protocol::transfer::Route;
use baton_protocol_files::Change;
use serde_json::{Value, json};

use crate::story::Api;

/// How many ids are named before the rest is only counted.
const NAMED_MAX: usize = 10;
/// How much is asked for at once.
const PAGE: u32 = 200;
/// Who asks.
const CALLER: &str = "system:protocol";

/// The work that is open at one moment.
#[derive(Debug, Default)]
pub struct OpenWork {
    transfers: Vec<Value>,
    contacts: Vec<Value>,
    closures: Vec<Value>,
    /// Open cases by the kind of the team that has them.
    cases: BTreeMap<String, BTreeSet<String>>,
}

impl OpenWork {
    /// Asks for all of it.
    pub async fn ask(api: &Api) -> anyhow::Result<Self> {
        let transfers = all(
            api,
            "TransferService/ListTransfers",
            "transfers",
            json!({ "live_only": true }),
        );
        let contacts = all(
            api,
            "FrontDoorService/ListContacts",
            "contacts",
            json!({ "undecided_only": true }),
        );
        let closures = all(
            api,
            "ClosureService/ListClosures",
            "closures",
            json!({ "live_only": true }),
        );
        let cases = all(
            api,
            "AllocationService/ListCases",
            "cases",
            json!({ "open_only": true }),
        );
        let (transfers, contacts, closures) = (transfers.await?, contacts.await?, closures.await?);
        let organisation = api
            .call(CALLER, "AllocationService/GetOrganisation", &json!({}))
            .await
            .context("asking for the teams")?;
        let teams = organisation["teams"].as_array().into_iter().flatten();
        let kinds: BTreeMap<&str, &str> = teams
            .filter_map(|team| Some((team["team_id"].as_str()?, team["kind"].as_str()?)))
            .collect();
        let mut of_kind: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for case in cases.await? {
            let kind = kinds
                .get(text(&case, "team_id"))
                .copied()
                .unwrap_or_default();
            of_kind
                .entry(kind.to_owned())
                .or_default()
                .insert(text(&case, "case_id").to_owned());
        }
        Ok(Self {
            transfers,
            contacts,
            closures,
            cases: of_kind,
        })
    }

    /// What a change touches, each in a sentence. What is under way keeps the rules under which it began.
    pub fn touched_by(&self, change: &Change, pack: &Pack) -> Vec<String> {
        let mut under_way = BTreeSet::new();
        let mut later = BTreeSet::new();
        for place in std::iter::once(&change.place).chain(&change.through) {
            self.add(place, pack, &mut under_way, &mut later);
        }
        let mut says = Vec::new();
        if !under_way.is_empty() {
            says.push(format!(
                "under way, and kept under the rules it began with: {}",
                named(&under_way)
            ));
        }
        if !later.is_empty() {
            says.push(format!(
                "open cases to which it applies from what happens next: {}",
                named(&later)
            ));
        }
        says
    }

    fn add<'a>(
        &'a self,
        place: &str,
        pack: &Pack,
        under_way: &mut BTreeSet<String>,
        later: &mut BTreeSet<&'a str>,
    ) {
        let parts: Vec<&str> = place.splitn(3, ", ").collect();
        let (file, section) = (parts[0], parts.get(1).copied().unwrap_or_default());
        let name = parts.get(2).copied().unwrap_or_default();
        match file.rsplit('/').next().unwrap_or(file) {
            "transfer.yaml" => {
                let rests = |transfer: &&Value| rests_on(transfer, section, name, pack);
                let found = self.transfers.iter().filter(rests);
                under_way
                    .extend(found.map(|transfer| labelled("transfer", transfer, "transfer_id")));
                later.extend(self.cases_from(&kinds_of(section, name, pack)));
            }
            "front-door.yaml" => under_way.extend(
                self.contacts
                    .iter()
                    .map(|contact| labelled("contact", contact, "contact_id")),
            ),
            "closure.yaml" => under_way.extend(
                self.closures
                    .iter()
                    .map(|closure| labelled("closure", closure, "closure_id")),
            ),
            "allocation.yaml" => later.extend(self.cases.values().flatten().map(String::as_str)),
            _ => {}
        }
    }

    fn cases_from(&self, kinds: &BTreeSet<String>) -> impl Iterator<Item = &str> {
        let found = self.cases.iter().filter(|(kind, _)| kinds.contains(*kind));
        found.flat_map(|(_, cases)| cases).map(String::as_str)
    }
}

/// Whether a live transfer rests on an entry of the transfer file: it has it, or its route will still come to it.
fn rests_on(transfer: &Value, section: &str, name: &str, pack: &Pack) -> bool {
    let has = |list: &str, key: &str| {
        let entries = transfer[list].as_array().into_iter().flatten();
        entries.into_iter().any(|entry| text(entry, key) == name)
    };
    let route = pack.transfer.route(text(transfer, "route"));
    let lists = |names: fn(&Route) -> &[String]| {
        route.is_some_and(|route| names(route).iter().any(|listed| listed == name))
    };
    match section {
        "routes" => text(transfer, "route") == name,
        "gate" => has("gate", "item") || lists(|route| &route.needs),
        "meetings" => has("meetings", "kind") || lists(|route| &route.meetings),
        "clocks" => has("due", "name") || lists(|route| &route.clocks),
        "tells" => lists(|route| &route.tells),
        _ => true,
    }
}

/// The kinds of team from which routes lead that an entry belongs to.
fn kinds_of(section: &str, name: &str, pack: &Pack) -> BTreeSet<String> {
    let routes = pack.transfer.routes.iter().filter(|route| {
        let names = |list: &[String]| list.iter().any(|entry| entry == name);
        match section {
            "routes" => route.route == name,
            "gate" => names(&route.needs),
            "meetings" => names(&route.meetings),
            "clocks" => names(&route.clocks),
            "tells" => names(&route.tells),
            _ => true,
        }
    });
    routes
        .flat_map(|route| &route.from)
        .map(ToString::to_string)
        .collect()
}

/// Every page of a list.
async fn all(api: &Api, method: &str, list: &str, mut body: Value) -> anyhow::Result<Vec<Value>> {
    let mut found = Vec::new();
    body["page_size"] = json!(PAGE);
    loop {
        let mut page = api
            .call(CALLER, method, &body)
            .await
            .with_context(|| format!("asking {method}"))?;
        if let Some(entries) = page[list].as_array_mut() {
            found.append(entries);
        }
        let next = text(&page, "next_page_token");
        if next.is_empty() {
            return Ok(found);
        }
        body["page_token"] = json!(next);
    }
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn labelled(kind: &str, value: &Value, id: &str) -> String {
    format!("{kind} {}", text(value, id))
}

fn named<T: AsRef<str>>(ids: &BTreeSet<T>) -> String {
    let first: Vec<&str> = ids.iter().take(NAMED_MAX).map(AsRef::as_ref).collect();
    let mut says = format!("{} ({}", ids.len(), first.join(", "));
    if ids.len() > NAMED_MAX {
        says.push_str(", …");
    }
    says.push(')');
    says
}
