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
        "rungs": [["social_worker"], ["team_manager"], ["group_manager"], ["senior_manager"]],
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
        front_door: front_door(),
        allocation: AllocationRules::default(),
        transfer: TransferRules::default(),
        closure: ClosureRules::default(),
        notification: NotificationRules::default(),
    }
}

fn front_door() -> FrontDoorRules {
    serde_json::from_value(json!({
        "contact_routes": [{
            "route": "by district", "cites": ["W-004"], "order": 1,
            "to": "assessment in facts.district",
        }],
        "referral_routes": [
            {
                "route": "disabled children", "cites": ["W-004"], "order": 1,
                "when": "\"disabled\" in facts.special_groups", "undecided": "pass",
                "to": "family_support_and_protection in facts.district",
            },
            {
                "route": "assessment", "cites": ["W-004", "W-006"], "order": 2,
                "to": "assessment in facts.district",
            },
        ],
        "outcomes": [
            {
                "outcome": "no_concerns", "cites": ["W-012"], "refers": false, "rationale": true,
                "tells": [
                    { "notice": "outcome_to_referrer", "title": "t", "cites": ["W-020", "W-028"], "to": ["referrer"],
                      "by": "letter", "restricted_for": ["public"] },
                    { "notice": "contact_recorded_to_family", "title": "t", "cites": ["W-023"], "to": ["family"],
                      "by": "letter" },
                    { "notice": "contact_recorded_to_child", "title": "t", "cites": ["W-024"], "to": ["child"],
                      "by": "letter", "from_age": 12 },
                ],
            },
            {
                "outcome": "assess", "cites": ["W-012"], "refers": true,
                "tells": [
                    { "notice": "referral_acknowledged", "title": "t", "cites": ["W-026", "W-027"], "to": ["referrer"],
                      "by": "letter", "due": "24 hours after decided", "forms": ["written"],
                      "sender": "team_manager of responsible" },
                ],
            },
        ],
        "decided_by": { "cites": ["W-009", "W-010"], "by": ["team_manager of responsible"] },
        "clocks": [{
            "clock": "contact_decision", "title": "t", "cites": ["W-009"], "due": "24 hours after launched",
            "by": "team_manager of responsible", "met_by": "decided",
            "escalate": ["group_manager of authority", "senior_manager of authority after 2 working days"],
        }],
    }))
    .unwrap()
}
