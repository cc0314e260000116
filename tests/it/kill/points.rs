//! The points at which a process may be killed, as a run has passed them.

use std::collections::BTreeSet;
use std::path::Path;

use baton_contracts::r#type::v1::CallKind;
use baton_contracts::{CALLS, Call};

/// Before the name of the point at which a process ends.
const KILLED: &str = "killed ";

/// A named point: `after_commit:transfer.complete_transfer`.
pub type Point = String;

/// The points that one process passed in all its lives, without those at which nothing could be lost.
pub fn passed(log: &Path) -> BTreeSet<Point> {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let points = text.lines().filter(|line| !line.starts_with(KILLED));
    points
        .filter(|line| worth_it(line))
        .map(str::to_owned)
        .collect()
}

/// The point at which a process was killed last. Other threads may pass points before it ends.
pub fn killed_at(log: &Path) -> Option<Point> {
    let text = std::fs::read_to_string(log).ok()?;
    let killed = text
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix(KILLED));
    killed.map(str::to_owned)
}

/// The answer to a query left: nothing had changed. Every other point counts.
fn worth_it(point: &str) -> bool {
    let Some(name) = point.strip_prefix("after_reply:") else {
        return true;
    };
    let method = name.split_once('.').map_or("", |(_, method)| method);
    CALLS
        .iter()
        .find(|call| call.name() == method)
        .is_some_and(|call| call.kind != CallKind::Query && !call.streaming && !only_reads(call))
}

fn only_reads(call: &Call) -> bool {
    let development = ["SimulationService", "DevelopmentService"]
        .iter()
        .any(|name| call.service().ends_with(name));
    let reads = ["Get", "Locate", "Resolve"]
        .iter()
        .any(|verb| call.method().starts_with(verb));
    // Resolving an expiry acts; resolving names reads.
    development || (reads && !call.method().ends_with("Expiry"))
}

/// Points that one run can meet. A call is made again until it is answered, so it can be killed before and after its
/// commit; once it is answered it is past, and so the answers of services and those of the gateway lie too close
/// together for one run.
pub fn groups(points: BTreeSet<Point>) -> [Vec<Point>; 2] {
    let (last, first) = points
        .into_iter()
        .partition(|point| point.starts_with("after_reply:") && service_of(point) == "gateway");
    [first, last]
}

/// The commands of reactions that no point is about, but for these.
pub fn commands_without(points: &BTreeSet<&Point>, but_for: &[&str]) -> Vec<&'static str> {
    let commands = CALLS
        .iter()
        .filter(|call| call.kind == CallKind::Reaction && !call.streaming && !only_reads(call));
    let missing = commands.filter(|call| {
        let reply = |point: &&Point| {
            point.starts_with("after_reply:") && point.ends_with(&format!(".{}", call.name()))
        };
        !but_for.contains(&call.method()) && !points.iter().copied().any(|point| reply(&point))
    });
    missing.map(Call::name).collect()
}

/// The services that pass points.
pub const fn services() -> [&'static str; 6] {
    [
        "front-door",
        "allocation",
        "transfer",
        "closure",
        "notification",
        "gateway",
    ]
}

/// The service that passes a point.
pub fn service_of(point: &str) -> &str {
    let name = point.split_once(':').map_or("", |(_, name)| name);
    name.split_once('.').map_or("", |(service, _)| service)
}
