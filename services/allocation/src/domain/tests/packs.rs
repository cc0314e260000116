//! Small packs: what the authorities say about allocation, and nothing else.

use std::collections::BTreeMap;

use baton_calendar::PlainDays;
use baton_protocol::allocation::{AllocatedMeans, AllocationRules, HardStop, LeaveUnallocated};
use baton_protocol::closure::ClosureRules;
use baton_protocol::front_door::FrontDoorRules;
use baton_protocol::notification::NotificationRules;
use baton_protocol::transfer::TransferRules;
use baton_protocol::{Condition, Enforcement, Ladder, Pack, PackDigest, Settings, Strength};

fn pack(authority: &str, allocation: AllocationRules) -> Pack {
    let rungs = [
        "social_worker",
        "team_manager",
        "group_manager",
        "senior_manager",
        "deputy_director",
    ];
    Pack {
        authority: authority.parse().unwrap(),
        title: authority.to_owned(),
        digest: PackDigest::new(format!("{authority}-pack")),
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
        allocation,
        transfer: TransferRules::default(),
        closure: ClosureRules::default(),
        notification: NotificationRules::default(),
    }
}

fn stop(rule: &str, when: Option<&str>) -> HardStop {
    HardStop {
        stop: "always allocated".to_owned(),
        cites: vec![rule.parse().unwrap()],
        when: when.map(|when| Condition::new(when).unwrap()),
        escalate: Vec::new(),
        report: None,
    }
}

/// W-152, W-155: never for child protection and court work; else only the deputy director.
pub fn wirral() -> Pack {
    pack(
        "wirral",
        AllocationRules {
            hard_stops: vec![stop(
                "W-152",
                Some("facts.plan == \"child_protection\" || facts.in_proceedings"),
            )],
            leave_unallocated: Some(LeaveUnallocated {
                cites: vec!["W-155".parse().unwrap()],
                by: vec!["deputy_director of authority".parse().unwrap()],
                only: true,
                first: Vec::new(),
                progress: None,
                escalate: vec![
                    "group_manager of responsible".parse().unwrap(),
                    "senior_manager of authority after 1 working days"
                        .parse()
                        .unwrap(),
                ],
            }),
            ..AllocationRules::default()
        },
    )
}

/// C-005: never for child protection and looked-after children.
pub fn camden() -> Pack {
    pack(
        "camden",
        AllocationRules {
            hard_stops: vec![stop(
                "C-005",
                Some("facts.plan == \"child_protection\" || facts.plan == \"looked_after\""),
            )],
            ..AllocationRules::default()
        },
    )
}

/// L-009: never.
pub fn lancashire() -> Pack {
    pack(
        "lancashire",
        AllocationRules {
            hard_stops: vec![stop("L-009", None)],
            ..AllocationRules::default()
        },
    )
}

/// M-008: a team is enough.
pub fn merton() -> Pack {
    pack(
        "merton",
        AllocationRules {
            allocated_means: Some(AllocatedMeans {
                cites: vec!["M-008".parse().unwrap()],
                named_worker: false,
            }),
            ..AllocationRules::default()
        },
    )
}
