//! Small packs: what an authority says about closing, and nothing else.

use std::collections::BTreeMap;

use baton_calendar::PlainDays;
use baton_protocol::allocation::AllocationRules;
use baton_protocol::closure::{ClosureGround, ClosureRules};
use baton_protocol::front_door::FrontDoorRules;
use baton_protocol::notification::NotificationRules;
use baton_protocol::transfer::TransferRules;
use baton_protocol::{Clock, Enforcement, Ladder, Pack, PackDigest, Settings, Strength};

/// After a conference without a plan the manager decides (W-022); no limit.
pub fn wirral() -> Pack {
    let rungs = [
        "social_worker",
        "team_manager",
        "group_manager",
        "senior_manager",
    ];
    Pack {
        authority: "wirral".parse().unwrap(),
        title: "Wirral".to_owned(),
        digest: PackDigest::new("wirral-pack"),
        effective_from: "2026-01-01".parse().unwrap(),
        enforcement: Enforcement {
            default: Strength::Hard,
        },
        plain_days: PlainDays::Calendar,
        settings: Settings::default(),
        ladder: Ladder {
            rungs: rungs
                .iter()
                .map(|role| vec![role.parse().unwrap()])
                .collect(),
            ..Ladder::default()
        },
        labels: BTreeMap::new(),
        front_door: FrontDoorRules::default(),
        allocation: AllocationRules::default(),
        transfer: TransferRules::default(),
        closure: ClosureRules {
            grounds: vec![ClosureGround {
                ground: "no_plan_at_conference".to_owned(),
                cites: vec!["W-022".parse().unwrap()],
                proposed_by: vec!["social_worker of responsible".parse().unwrap()],
                decided_by: "team_manager of responsible".parse().unwrap(),
                four_eyes: false,
                rationale: true,
            }],
            clocks: Vec::new(),
        },
        notification: NotificationRules::default(),
    }
}

/// The same with a limit for the decision.
pub fn with_limit() -> Pack {
    let mut pack = wirral();
    pack.closure.clocks.push(Clock {
        clock: "closure_decided".to_owned(),
        title: "The manager decides whether the case is closed".to_owned(),
        cites: vec!["W-022".parse().unwrap()],
        due: "5 working days after considered".parse().unwrap(),
        by: "team_manager of responsible".parse().unwrap(),
        met_by: "decided".to_owned(),
        when: None,
        not_before: Vec::new(),
        reminds_only: false,
        reminder: None,
        remind: Vec::new(),
        strength: None,
        escalate: Vec::new(),
        when_missed: Vec::new(),
        every_route: false,
    });
    pack
}
