//! A small pack in the manner of Wirral's, so that these tests say what they rest on.

use std::collections::BTreeMap;

use baton_calendar::PlainDays;
use baton_protocol::allocation::AllocationRules;
use baton_protocol::closure::ClosureRules;
use baton_protocol::front_door::FrontDoorRules;
use baton_protocol::notification::NotificationRules;
use baton_protocol::transfer::TransferRules;
use baton_protocol::{Enforcement, Ladder, Pack, PackDigest, Settings, Strength};
use jiff::civil::Date;
use serde_json::json;

/// The authority of these tests.
pub const AUTHORITY: &str = "wirral";
/// Its pack's digest.
pub const DIGEST: &str = "test-pack";

/// The pack.
pub fn pack() -> Pack {
    let ladder: Ladder = serde_json::from_value(json!({
        "rungs": [["social_worker"], ["team_manager"], ["group_manager"]],
    }))
    .unwrap();
    let notification: NotificationRules = serde_json::from_value(json!({
        "kinds": [
            { "kind": "icpc_details", "title": "Details of the conference", "cites": ["W-167"], "media": ["email"] },
            { "kind": "new_team", "title": "Who is responsible now", "cites": ["W-089"], "media": ["letter"] },
        ],
        "exceptions": [{
            "exception": "serious_harm", "cites": ["W-025"], "recipients": ["family", "child"],
            "if_unknown": "withhold", "decided_by": "team_manager of responsible",
        }, {
            "exception": "barred_agency", "cites": ["W-025"], "recipients": ["agencies"],
            "if_unknown": "send", "decided_by": "group_manager of area",
        }],
    }))
    .unwrap();
    Pack {
        authority: AUTHORITY.parse().unwrap(),
        title: "Test".into(),
        digest: PackDigest::new(DIGEST),
        effective_from: Date::constant(2020, 1, 1),
        enforcement: Enforcement {
            default: Strength::Hard,
        },
        plain_days: PlainDays::default(),
        settings: Settings::default(),
        ladder,
        labels: BTreeMap::default(),
        front_door: FrontDoorRules::default(),
        allocation: AllocationRules::default(),
        transfer: TransferRules::default(),
        closure: ClosureRules::default(),
        notification,
    }
}
