//! An entry as it reads: what is said of it, a line each, without the words for people and without what is left open.

use baton_protocol::front_door::ReferralRoute;
use baton_protocol::transfer::Act;
use serde::Serialize;
use serde_json::Value as Json;

use super::*;

/// Words for people; the rules are in the names of the tests.
const WORDS: [&str; 4] = ["title", "note", "says", "cites"];

/// What holds where nothing is said.
const UNSAID: [&str; 6] = [
    "acts",
    "goes_on",
    "stays_open",
    "completion",
    "place",
    "ask",
];

/// All that an entry says, in the order of its keys: `asks: involvement, services_provided`.
pub(super) fn says<T: Serialize>(entry: &T) -> Vec<String> {
    let Json::Object(keys) = serde_json::to_value(entry).unwrap() else {
        panic!("an entry has keys")
    };
    let mut lines: Vec<String> = keys
        .iter()
        .filter(|(key, value)| is_said(key, value))
        .map(|(key, value)| format!("{key}: {}", reads(value)))
        .collect();
    lines.sort();
    lines
}

fn is_said(key: &str, value: &Json) -> bool {
    match value {
        _ if WORDS.contains(&key) || key == "order" => false,
        Json::Null | Json::Bool(false) => false,
        Json::Array(members) => !members.is_empty(),
        Json::Object(keys) => !keys.is_empty(),
        Json::String(text) => {
            let waits = key == "gate_unmet_at_point" && text == "wait";
            !waits && !UNSAID.contains(&text.as_str())
        }
        _ => true,
    }
}

fn reads(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(members) => {
            let parted = members.iter().any(Json::is_object);
            let members: Vec<String> = members.iter().map(reads).collect();
            members.join(if parted { "; " } else { ", " })
        }
        Json::Object(keys) => {
            let mut said: Vec<String> = keys
                .iter()
                .filter(|(key, value)| is_said(key, value))
                .map(|(key, value)| format!("{key} {}", reads(value)))
                .collect();
            said.sort();
            said.join(" ")
        }
        other => other.to_string(),
    }
}

pub(super) fn route_says(pack: &Pack, name: &str) -> Vec<String> {
    says(pack.transfer.route(name).unwrap())
}

pub(super) fn item_says(pack: &Pack, name: &str) -> Vec<String> {
    says(pack.transfer.item(name).unwrap())
}

pub(super) fn clock_says(pack: &Pack, name: &str) -> Vec<String> {
    says(pack.transfer.clock(name).unwrap())
}

pub(super) fn notice_says(pack: &Pack, name: &str) -> Vec<String> {
    says(pack.transfer.notice(name).unwrap())
}

pub(super) fn meeting_says(pack: &Pack, name: &str) -> Vec<String> {
    says(pack.transfer.meeting(name).unwrap())
}

pub(super) fn duty_says(pack: &Pack, name: &str) -> Vec<String> {
    let mut duties = pack.transfer.duties.iter();
    says(duties.find(|duty| duty.duty == name).unwrap())
}

pub(super) fn authority_says(pack: &Pack, act: Act) -> Vec<String> {
    says(pack.transfer.authority(act).unwrap())
}

pub(super) fn referral_route<'p>(pack: &'p Pack, name: &str) -> &'p ReferralRoute {
    let mut routes = pack.front_door.referral_routes.iter();
    routes.find(|route| route.route == name).unwrap()
}

pub(super) fn contact_route<'p>(pack: &'p Pack, name: &str) -> &'p ReferralRoute {
    let mut routes = pack.front_door.contact_routes.iter();
    routes.find(|route| route.route == name).unwrap()
}
