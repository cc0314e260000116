//! Sets the stage through the public door: organisation, children, contacts, and the cases that are given.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::act;
use super::api::{Api, CallError};
use super::file::Story;
use super::shape;
use super::when;
use super::words::{self, Given, NotUnderstood, Post};
use super::world::World;

/// Keys of a child that are not facts.
const NOT_FACTS: [&str; 4] = ["born", "due", "family", "household"];
/// The team, and its kind, of people whose posts are above teams: everybody belongs to one.
const ABOVE_TEAMS: &str = "management";
/// Organisations are set up as of long before any story.
const SINCE: &str = "2000-01-01";

/// Why the stage cannot be set.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// Words that cannot be read.
    #[error(transparent)]
    Words(#[from] NotUnderstood),
    /// A time that cannot be read.
    #[error(transparent)]
    Time(#[from] when::NotATime),
    /// A call that was refused or does not fit.
    #[error("{what}: {error}")]
    Call {
        /// What was being done.
        what: String,
        /// Why it failed.
        error: CallError,
    },
    /// Something the story lacks.
    #[error("{0}")]
    Story(String),
}

/// When a story begins.
pub fn start(story: &Story) -> Result<Timestamp, StageError> {
    if let Some(starts) = &story.starts {
        return Ok(when::instant(starts)?);
    }
    let mut times = Vec::new();
    for given in &story.given.0 {
        times.push(when::instant(&words::given(given)?.since)?);
    }
    if let Some(first) = story.steps.iter().find_map(|step| step.on.as_ref()) {
        times.push(when::instant(first)?);
    }
    times
        .into_iter()
        .min()
        .ok_or_else(|| StageError::Story("no step says when it happens".to_owned()))
}

/// Sets the stage. `run` makes the references of this run's children its own.
pub async fn set(story: &Story, api: Api, run: &str) -> Result<World, StageError> {
    let begin = start(story)?;
    let mut world = World {
        api,
        system: format!("system:{}", story.record_system),
        children: BTreeMap::new(),
        people: BTreeMap::new(),
        last: Value::Null,
    };
    ready(&world, begin).await?;
    organisation(story, &mut world).await?;
    for (name, known) in &story.children {
        child(story, &mut world, name, known, begin, run).await?;
    }
    families(story, &world).await?;
    contacts(story, &world).await?;
    // At rest: the views know of the children before anybody asks after them.
    advance(&world, begin).await?;

    let mut given: Vec<(Timestamp, Given)> = Vec::new();
    for text in &story.given.0 {
        let case = words::given(text)?;
        given.push((when::instant(&case.since)?, case));
    }
    given.sort_by_key(|(since, _)| *since);
    for (since, case) in given {
        advance(&world, since).await?;
        open_case(&world, &case).await?;
    }
    Ok(world)
}

/// The clock has to be simulated, and not past the beginning.
async fn ready(world: &World, begin: Timestamp) -> Result<(), StageError> {
    let clock = world
        .ask("DevelopmentService/GetClock", json!({}))
        .await
        .map_err(|error| StageError::Call {
            what: "a story needs a Baton with simulated time (`baton all --simulated-from …`)"
                .to_owned(),
            error,
        })?;
    let now: Option<Timestamp> = clock["now"].as_str().and_then(|now| now.parse().ok());
    match now {
        Some(now) if clock["simulated"] == true && now <= begin => advance(world, begin).await,
        Some(now) if clock["simulated"] == true => Err(StageError::Story(format!(
            "the story begins on {}, but Baton's clock shows {}",
            when::spoken(begin),
            when::spoken(now)
        ))),
        _ => Err(StageError::Story(
            "this Baton runs on the system clock: a story needs simulated time".to_owned(),
        )),
    }
}

async fn advance(world: &World, to: Timestamp) -> Result<(), StageError> {
    let what = || format!("advancing to {}", when::spoken(to));
    world.advance(to).await.map_err(|error| StageError::Call {
        what: what(),
        error,
    })
}

async fn send(world: &World, caller: &str, method: &str, body: Value) -> Result<Value, StageError> {
    let answer = world.api.call(caller, method, &body).await;
    answer.map_err(|error| StageError::Call {
        what: format!("{method} by {caller}"),
        error,
    })
}

async fn organisation(story: &Story, world: &mut World) -> Result<(), StageError> {
    let system = world.system.clone();
    for (id, text) in &story.teams {
        let words::Team { kind, area, phone } = words::team(text)?;
        let body = json!({ "team": { "team_id": id, "kind": kind, "area": area, "phone": phone } });
        send(world, &system, "AllocationService/SetTeam", body).await?;
    }

    let mut holders: BTreeMap<(String, String, String), Vec<Value>> = BTreeMap::new();
    for (person, text) in &story.people {
        let posts = words::posts(text)?;
        let (team, grade) = match posts.iter().find(|post| !post.team.is_empty()) {
            Some(post) => (post.team.as_str(), &post.role),
            None => (ABOVE_TEAMS, &posts[0].role),
        };
        if team == ABOVE_TEAMS {
            let body = json!({ "team": { "team_id": ABOVE_TEAMS, "kind": ABOVE_TEAMS } });
            send(world, &system, "AllocationService/SetTeam", body).await?;
        }
        let body = json!({ "worker": { "worker_id": person, "team_id": team, "grade": grade } });
        send(world, &system, "AllocationService/SetWorker", body).await?;
        for Post { role, team, area } in posts {
            holders
                .entry((role.clone(), team.clone(), area))
                .or_default()
                .push(json!({ "worker_id": person, "from": SINCE }));
            world
                .people
                .entry(person.clone())
                .or_default()
                .push((role, team));
        }
    }
    for text in &story.cover {
        let cover = words::cover(text)?;
        for holdings in holders.values_mut() {
            if holdings
                .iter()
                .any(|holding| holding["worker_id"] == cover.whose.as_str())
            {
                holdings.push(json!({
                    "worker_id": cover.who, "from": cover.from, "until": cover.until, "covering_for": cover.whose,
                }));
            }
        }
    }
    for ((role, team, area), holdings) in holders {
        let parts = [role.as_str(), team.as_str(), area.as_str()];
        let id: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let post_id = id.join("-").replace('_', "-");
        let body = json!({
            "post": { "post_id": post_id, "role": role, "team_id": team, "area": area, "holdings": holdings }
        });
        send(world, &system, "AllocationService/SetPost", body).await?;
    }
    Ok(())
}

async fn child(
    story: &Story,
    world: &mut World,
    name: &str,
    known: &Map<String, Value>,
    begin: Timestamp,
    run: &str,
) -> Result<(), StageError> {
    let system = world.system.clone();
    let text = |key: &str| known.get(key).and_then(Value::as_str).unwrap_or_default();
    let body = json!({
        "system": story.record_system, "reference": format!("{name}-{run}"),
        "date_of_birth": text("born"), "expected_delivery_date": text("due"),
    });
    let answer = send(world, &system, "FrontDoorService/RegisterChild", body).await?;
    let id = answer["child"]["child_id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    world.children.insert(name.to_owned(), id.clone());

    let mut facts = Vec::new();
    for (key, value) in known
        .iter()
        .filter(|(key, _)| !NOT_FACTS.contains(&key.as_str()))
    {
        let value = shape::fact_value(value)
            .map_err(|error| StageError::Story(format!("{name}: {key}: {error}")))?;
        facts.push(json!({ "key": key, "value": value }));
    }
    if !facts.is_empty() {
        let body = json!({ "child_id": id, "facts": facts, "effective_at": begin.to_string() });
        send(world, &system, "FrontDoorService/ReportFacts", body).await?;
    }
    Ok(())
}

async fn families(story: &Story, world: &World) -> Result<(), StageError> {
    let mut families: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, known) in &story.children {
        if let Some(family) = known.get("family").and_then(Value::as_str) {
            families.entry(family).or_default().push(name);
        }
    }
    for names in families.into_values().filter(|names| names.len() > 1) {
        let id = |name: &str| world.children.get(name).cloned().unwrap_or_default();
        let households: Map<String, Value> = names
            .iter()
            .filter_map(|name| {
                story.children[*name]
                    .get("household")
                    .map(|home| (id(name), home.clone()))
            })
            .collect();
        let others: Vec<String> = names[1..].iter().map(|name| id(name)).collect();
        let body =
            json!({ "child_id": id(names[0]), "with_child_ids": others, "households": households });
        send(world, &world.system, "FrontDoorService/LinkFamily", body).await?;
    }
    Ok(())
}

async fn contacts(story: &Story, world: &World) -> Result<(), StageError> {
    for (text, medium) in &story.contacts {
        let party = words::party(text)?;
        let child = world
            .child(&party.child)
            .map_err(|error| StageError::Call {
                what: text.clone(),
                error,
            })?;
        let body = json!({
            "kind": party.kind, "id": format!("{}-of-{}", party.kind, party.child), "child_id": child,
            "address": format!("the {} of {}", party.kind, party.child), "medium": medium,
        });
        send(world, &world.system, "NotificationService/SetContact", body).await?;
    }
    for person in story.people.keys() {
        let address = format!("{person}@{}.example", story.authority);
        let body = json!({ "kind": "worker", "id": person, "address": address, "medium": "email" });
        send(world, &world.system, "NotificationService/SetContact", body).await?;
    }
    Ok(())
}

/// Opens a case as it is done in life: a contact, the decision to assess, the allocation of a worker.
async fn open_case(world: &World, case: &Given) -> Result<(), StageError> {
    let manager = manager_of(world, &case.team)?;
    let failed = |what: &str| {
        let what = format!("opening the case of {}: {what}", case.child);
        move |error| StageError::Call { what, error }
    };
    let child = world.child(&case.child).map_err(failed("the child"))?;
    let now = when::instant(&case.since)?.to_string();
    let body = json!({
        "child_id": child, "source_kind": "partner_agency", "form": "written", "received_at": now, "team_id": case.team,
    });
    let answer = send(world, &world.system, "FrontDoorService/LaunchContact", body).await?;
    let contact = &answer["contact"]["contact_id"];
    bring(world, child, &answer, &now).await?;
    let body = json!({
        "contact_id": contact, "outcome": "assess", "team_id": case.team, "rationale": "given", "need_level": "4",
        "ground": "child_in_need", "issues": ["given"],
    });
    send(world, &manager, "FrontDoorService/DecideContact", body).await?;
    advance(world, when::instant(&case.since)?).await?;

    let Some(opened) = world.case(&case.child).await.map_err(failed("the case"))? else {
        return Err(StageError::Story(format!(
            "the contact about {} opened no case",
            case.child
        )));
    };
    if let Some(worker) = &case.worker {
        let body = json!({ "case_id": opened["case_id"], "worker_id": worker });
        send(world, &manager, "AllocationService/AllocateWorker", body).await?;
        advance(world, when::instant(&case.since)?).await?;
    }
    Ok(())
}

/// What the protocol wants done before any decision is reported as done.
async fn bring(world: &World, child: &str, launched: &Value, now: &str) -> Result<(), StageError> {
    for step in super::world::list(&launched["contact"], "steps_before") {
        let event = json!({
            "event_id": format!("given-{child}-{}", super::fits::plain(&step)), "revision": 1, "effective_at": now,
            "contact_step_reported": { "child": { "child_id": child }, "step": step },
        });
        let body = json!({ "events": [event] });
        let reported = act::carried_through(world, &world.system, &body).await;
        reported.map_err(|error| StageError::Call {
            what: format!("reporting that {step} was done"),
            error,
        })?;
    }
    Ok(())
}

/// Somebody who may decide for a team.
fn manager_of(world: &World, team: &str) -> Result<String, StageError> {
    const MANAGERS: [&str; 2] = ["team_manager", "practice_manager"];
    let found = MANAGERS.iter().find_map(|role| {
        let holds = |posts: &Vec<(String, String)>| {
            posts.iter().any(|(held, of)| held == role && of == team)
        };
        world
            .people
            .iter()
            .find(|(_, posts)| holds(posts))
            .map(|(person, _)| person.clone())
    });
    found.ok_or_else(|| {
        StageError::Story(format!(
            "a case that is given needs a team_manager of {team} among the people"
        ))
    })
}
