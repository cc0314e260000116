//! What the services of the small world know and answer.

use baton_contracts::allocation::v1 as allocation;
use baton_contracts::frontdoor::v1 as frontdoor;
use baton_contracts::notification::v1 as notification;
use baton_contracts::transfer::v1 as transfer;
use baton_contracts::type_v1::{
    AsOf, ChildFacts, Context, Explanation, Organisation, PostHeld, Responsibility, Team,
};
use baton_rpc::{Problem, Reason};
use bytes::Bytes;
use prost::Message;
use tonic::Status;
use uuid::Uuid;

pub const FAMILY: &str = "0198f000-0000-7000-8000-00000000fa01";
pub const KIT: &str = "0198f000-0000-7000-8000-000000000001";
pub const MIA: &str = "0198f000-0000-7000-8000-000000000002";
pub const CASE: &str = "0198f000-0000-7000-8000-0000000000c1";
pub const TRANSFER: &str = "0198f000-0000-7000-8000-0000000000a1";
pub const RELEASE: &str = "0198f000-0000-7000-8000-0000000000b1";
/// The child of a family of its own.
pub const LONE: &str = "0198f000-0000-7000-8000-000000000009";

/// The state of the world.
#[derive(Debug)]
pub struct Facts {
    pub version: i64,
    pub epoch: i64,
    /// Whether a conference that is held releases the case at once.
    pub releases_at_conference: bool,
    pub organisation_is_empty: bool,
    pub nia_administers: bool,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            version: 7,
            epoch: 3,
            releases_at_conference: false,
            organisation_is_empty: false,
            nia_administers: false,
        }
    }
}

impl Facts {
    pub fn answer(
        &mut self,
        path: &str,
        body: &Bytes,
        context: &Context,
    ) -> Result<Vec<u8>, Status> {
        let method = path.rsplit('/').next().unwrap_or_default();
        Ok(match method {
            "ResolveChildren" => resolve(&decode(body)).encode_to_vec(),
            "GetFacts" => {
                let asked: frontdoor::GetFactsRequest = decode(body);
                let (child, siblings) = self.facts(&asked.child_id);
                frontdoor::GetFactsResponse { child, siblings }.encode_to_vec()
            }
            "RecordFacts" => {
                let asked: frontdoor::RecordFactsRequest = decode(body);
                self.version += 1;
                let (child, siblings) = self.facts(&asked.child_id);
                let changed = asked.facts.into_iter().map(|fact| fact.key).collect();
                frontdoor::RecordFactsResponse {
                    child,
                    siblings,
                    changed,
                    as_of: Some(as_of("front-door")),
                }
                .encode_to_vec()
            }
            "GetFamilyCases" => allocation::GetFamilyCasesResponse::default().encode_to_vec(),
            "GetContext" => self.context(&decode(body)).encode_to_vec(),
            "GetOrganisation" => allocation::GetOrganisationResponse {
                posts: if self.organisation_is_empty {
                    vec![]
                } else {
                    vec![allocation::Post::default()]
                },
                ..Default::default()
            }
            .encode_to_vec(),
            "LocateTransfer" => transfer::LocateTransferResponse {
                child_id: KIT.to_owned(),
                case_id: CASE.to_owned(),
                phase: transfer::Phase::Placed.into(),
            }
            .encode_to_vec(),
            "ConsiderTrigger" => transfer::ConsiderTriggerResponse {
                consequence: Some(consequence(transfer::Phase::Open, "transfer_opened")),
            }
            .encode_to_vec(),
            "RecordMeetingHeld" => transfer::RecordMeetingHeldResponse {
                consequence: Some(self.meeting_held(&decode(body))),
            }
            .encode_to_vec(),
            "CountEarlierInvolvements" => allocation::CountEarlierInvolvementsResponse {
                as_of: Some(as_of("allocation")),
                ..Default::default()
            }
            .encode_to_vec(),
            "MoveResponsibility" => self.moved(&decode(body))?.encode_to_vec(),
            "ConfirmMove" => transfer::ConfirmMoveResponse {
                consequence: Some(consequence(transfer::Phase::Completed, "completed")),
            }
            .encode_to_vec(),
            "FailCompletion" => transfer::FailCompletionResponse {
                consequence: Some(consequence(transfer::Phase::Placed, "completion_failed")),
            }
            .encode_to_vec(),
            "ResolveRecipients" => allocation::ResolveRecipientsResponse {
                matches: vec![allocation::RecipientMatch {
                    owner_index: 0,
                    worker_id: "nia".to_owned(),
                }],
            }
            .encode_to_vec(),
            "AddressNotice" => notification::AddressNoticeResponse::default().encode_to_vec(),
            "GetTransfer" => transfer::GetTransferResponse {
                transfer: Some(transfer::Transfer {
                    transfer_id: TRANSFER.to_owned(),
                    ..Default::default()
                }),
            }
            .encode_to_vec(),
            "CompleteTransfer" => {
                if context
                    .child
                    .as_ref()
                    .is_some_and(|child| child.version < self.version)
                {
                    return Err(Problem::new(Reason::StaleFacts, "older than what was seen").into());
                }
                transfer::CompleteTransferResponse::default().encode_to_vec()
            }
            // Whatever else: an answer without content.
            _ => Vec::new(),
        })
    }

    fn facts(&self, child_id: &str) -> (Option<ChildFacts>, Vec<ChildFacts>) {
        let of = |child_id: &str| ChildFacts {
            child_id: child_id.to_owned(),
            family_id: FAMILY.to_owned(),
            version: self.version,
            ..Default::default()
        };
        let siblings = [KIT, MIA]
            .into_iter()
            .filter(|other| *other != child_id)
            .map(of)
            .collect();
        (Some(of(child_id)), siblings)
    }

    fn context(&self, asked: &allocation::GetContextRequest) -> allocation::GetContextResponse {
        let known = ["nia", "tom"].contains(&asked.principal.as_str());
        let about = !asked.child_id.is_empty() || !asked.case_id.is_empty();
        allocation::GetContextResponse {
            posts: known
                .then(|| PostHeld {
                    post_id: format!("post-{}", asked.principal),
                    role: if self.nia_administers {
                        "administrator"
                    } else {
                        "team_manager"
                    }
                    .to_owned(),
                    team_id: if asked.principal == "nia" {
                        "north"
                    } else {
                        "frt"
                    }
                    .to_owned(),
                    area: "north".to_owned(),
                    ..Default::default()
                })
                .into_iter()
                .collect(),
            principal_known: known,
            responsibility: about.then(|| Responsibility {
                case_id: CASE.to_owned(),
                child_id: KIT.to_owned(),
                epoch: self.epoch,
                team_id: "frt".to_owned(),
                ..Default::default()
            }),
            organisation: Some(Organisation {
                teams: vec![Team {
                    team_id: "frt".to_owned(),
                    ..Default::default()
                }],
                workers: vec![],
            }),
        }
    }

    fn meeting_held(&self, asked: &transfer::RecordMeetingHeldRequest) -> transfer::Consequence {
        let mut outcome = consequence(transfer::Phase::Placed, "placed");
        if self.releases_at_conference {
            outcome = consequence(transfer::Phase::Completing, "released");
            outcome.release = Some(transfer::Release {
                release_id: RELEASE.to_owned(),
                transfer_id: TRANSFER.to_owned(),
                case_id: CASE.to_owned(),
                expected_epoch: self.epoch,
                to_team_id: "north".to_owned(),
                to_worker_id: "sam".to_owned(),
                effective_at: asked
                    .conference
                    .as_ref()
                    .and_then(|conference| conference.at),
                rules: vec!["S-036".to_owned()],
                pending_authorisation: false,
            });
        }
        outcome
    }

    fn moved(
        &mut self,
        asked: &allocation::MoveResponsibilityRequest,
    ) -> Result<allocation::MoveResponsibilityResponse, Status> {
        if asked.expected_epoch != self.epoch {
            return Err(Problem::new(Reason::StaleEpoch, "moved meanwhile").into());
        }
        self.epoch += 1;
        Ok(allocation::MoveResponsibilityResponse {
            case: Some(allocation::Case {
                case_id: CASE.to_owned(),
                epoch: self.epoch,
                ..Default::default()
            }),
            as_of: Some(as_of("allocation")),
            ..Default::default()
        })
    }
}

fn resolve(asked: &frontdoor::ResolveChildrenRequest) -> frontdoor::ResolveChildrenResponse {
    let children = asked
        .references
        .iter()
        .map(|reference| {
            let (child, family) = match (reference.reference.as_str(), reference.child_id.as_str())
            {
                ("kit", _) | (_, KIT) => (KIT, FAMILY),
                ("mia", _) | (_, MIA) => (MIA, FAMILY),
                ("lone", _) | (_, LONE) => (LONE, LONE),
                _ => ("", ""),
            };
            frontdoor::ResolvedChild {
                child_id: child.to_owned(),
                family_id: family.to_owned(),
            }
        })
        .collect();
    frontdoor::ResolveChildrenResponse { children }
}

fn as_of(service: &str) -> AsOf {
    AsOf {
        service: service.to_owned(),
        event_id: Uuid::now_v7().to_string(),
    }
}

pub fn decode<M: Message + Default>(body: &[u8]) -> M {
    M::decode(body).expect("the gateway sends messages of the contract")
}

fn consequence(phase: transfer::Phase, change: &str) -> transfer::Consequence {
    transfer::Consequence {
        transfer: Some(transfer::Transfer {
            transfer_id: TRANSFER.to_owned(),
            case_id: CASE.to_owned(),
            child_id: KIT.to_owned(),
            phase: phase.into(),
            ..Default::default()
        }),
        changes: vec![change.to_owned()],
        explanation: Some(Explanation {
            rules: vec!["W-053".to_owned()],
            ..Default::default()
        }),
        as_of: Some(as_of("transfer")),
        ..Default::default()
    }
}
