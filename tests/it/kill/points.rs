//! The points at which a process may be killed, as a run has passed them.

use std::collections::BTreeMap;
use std::path::Path;

use baton_contracts::r#type::v1::CallKind;
use baton_contracts::{CALLS, Call};

/// A named point: `after_commit:transfer.complete_transfer`.
pub type Point = String;

/// The points of a run in the order in which they were passed, without those at which nothing could be lost.
pub fn passed(log: &Path) -> Vec<Point> {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.lines()
        .filter(|line| worth_it(line))
        .map(str::to_owned)
        .collect()
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

/// The points in an order in which one run can meet many: a point that is soon passed for the last time comes first.
pub fn in_order(passed: &[Point]) -> Vec<Point> {
    let mut last: BTreeMap<&Point, usize> = BTreeMap::new();
    for (at, point) in passed.iter().enumerate() {
        last.insert(point, at);
    }
    let mut points: Vec<(usize, &Point)> =
        last.into_iter().map(|(point, at)| (at, point)).collect();
    points.sort();
    points.into_iter().map(|(_, point)| point.clone()).collect()
}

/// Points that one run can meet one after the other. A call is made again until it is answered, so it can be killed
/// before and after its commit in one run; once it is answered it is past.
pub fn groups(points: Vec<Point>) -> [Vec<Point>; 2] {
    let (replies, commits) = points
        .into_iter()
        .partition(|point| point.starts_with("after_reply:"));
    [commits, replies]
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
