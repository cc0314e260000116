//! Who is who on the stage.

use baton_ids::{FamilyId, TeamId, TransferId, WorkerId};
use baton_protocol::PostHeld;
use uuid::Uuid;

use super::stage::Stage;
use crate::domain::*;

/// A worker's id.
pub fn worker(id: &str) -> WorkerId {
    WorkerId::new(id).unwrap()
}

impl Stage {
    /// Whose posts somebody holds.
    fn posts(who: &str) -> Vec<PostHeld> {
        let post = |role: &str, team: Option<&str>| PostHeld {
            role: role.parse().unwrap(),
            team: team.map(|team| TeamId::new(team).unwrap()),
            area: None,
            covering_for: None,
        };
        match who {
            "ann" => vec![post("social_worker", Some("frt"))],
            "tom" => vec![post("team_manager", Some("frt"))],
            "tess" => vec![PostHeld {
                covering_for: Some(worker("tom")),
                ..post("team_manager", Some("frt"))
            }],
            "nia" => vec![post("team_manager", Some("north"))],
            "sam" => vec![post("social_worker", Some("north"))],
            "sol" => vec![post("senior_manager", None)],
            "hal" => vec![post("head_of_service", None)],
            "gita" => vec![post("group_manager", None)],
            "pria" => vec![post("principal_group_manager", None)],
            "pat" => vec![post("practice_manager", Some("frt"))],
            _ => vec![],
        }
    }

    pub fn context(&self, who: &str) -> Context {
        let known = |id: &str, team: &str, grade: &str| Worker {
            id: worker(id),
            team: TeamId::new(team).unwrap(),
            grade: grade.to_owned(),
        };
        let posts = Self::posts(who);
        let kind = match who {
            "baton" => PrincipalKind::Baton,
            "liquidlogic" => PrincipalKind::RecordSystem,
            _ => PrincipalKind::Person,
        };
        Context {
            authority: self.pack.authority.clone(),
            pack: self.pack.digest.to_string(),
            received_at: self.now,
            now: self.now,
            actor: Actor {
                principal: who.to_owned(),
                kind,
                posts,
                on_behalf_of: None,
            },
            cause: Cause {
                id: "cause-1".to_owned(),
                kind: "request".to_owned(),
            },
            child: Some(Child {
                id: self.child,
                family: Some(FamilyId::from_uuid(self.child.uuid())),
                facts: self.facts.clone(),
                sources: std::collections::BTreeMap::new(),
                facts_version: self.facts_version,
            }),
            responsibility: self.responsibility.clone(),
            teams: self.teams.clone(),
            resting_teams: self.resting_teams.clone(),
            workers: vec![
                known("ann", "frt", "social_worker"),
                known("tom", "frt", "team_manager"),
                known("nia", "north", "team_manager"),
                known("sam", "north", "social_worker"),
                known("pat", "frt", "practice_manager"),
                known("sue", "south", "social_worker"),
            ],
            reason_digest: Some("digest".to_owned()),
            suspended: self.suspended.clone(),
            departures: self
                .reasons
                .iter()
                .map(|rule| GivenReason {
                    rule: rule.clone(),
                    digest: "digest".to_owned(),
                })
                .collect(),
            fresh: FreshIds {
                transfer: TransferId::new(),
                release: Uuid::now_v7(),
            },
        }
    }
}
