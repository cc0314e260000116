//! The context of a call: everything a service may take into account that its own database does not hold.

use baton_clock::BusinessClock;
use baton_contracts::allocation::v1::allocation_reaction_service_client::AllocationReactionServiceClient;
use baton_contracts::allocation::v1::allocation_service_client::AllocationServiceClient;
use baton_contracts::allocation::v1::{
    GetContextRequest, GetContextResponse, GetFamilyCasesRequest, GetOrganisationRequest,
    GetOrganisationResponse, SetPostRequest, SetTeamRequest, SetWorkerRequest,
};
use baton_contracts::closure::v1::LocateClosureRequest;
use baton_contracts::closure::v1::closure_reaction_service_client::ClosureReactionServiceClient;
use baton_contracts::frontdoor::v1::front_door_reaction_service_client::FrontDoorReactionServiceClient;
use baton_contracts::frontdoor::v1::{
    ChildReference, GetFactsRequest, GetFactsResponse, LocateContactRequest,
    ResolveChildrenRequest, ResolvedChild,
};
use baton_contracts::notification::v1::LocateNoticeRequest;
use baton_contracts::notification::v1::notification_reaction_service_client::NotificationReactionServiceClient;
use baton_contracts::timestamp;
use baton_contracts::transfer::v1::LocateTransferRequest;
use baton_contracts::transfer::v1::transfer_reaction_service_client::TransferReactionServiceClient;
use baton_contracts::type_v1::{Actor, Cause, Context, PrincipalKind, Subject};
use baton_rpc::{MESSAGE_BYTES_MAX, Problem, attach_context};
use jiff::Timestamp;
use tonic::{Request, Status};

use crate::packs::Packs;
use crate::reactions::step::path;
use crate::services::Services;

/// Gathers contexts.
#[derive(Clone)]
pub struct Contexts {
    services: Services,
    packs: Packs,
    clock: BusinessClock,
}

/// What a call is about, once it is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Located {
    /// The child. Empty for none.
    pub child_id: String,
    /// The case. Empty for none, or for the child's open one.
    pub case_id: String,
}

impl Contexts {
    /// With the services that know.
    pub const fn new(services: Services, packs: Packs, clock: BusinessClock) -> Self {
        Self {
            services,
            packs,
            clock,
        }
    }

    /// A context that names who acts and why, under the pack in force when the call was received.
    pub fn bare(
        &self,
        authority: &str,
        actor: Actor,
        cause: Cause,
        received_at: Option<Timestamp>,
    ) -> Result<Context, Problem> {
        let received_at = received_at.unwrap_or_else(|| self.clock.now());
        Ok(Context {
            authority: authority.to_owned(),
            pack: self.packs.in_force(authority, received_at)?,
            received_at: Some(timestamp(received_at)),
            actor: Some(actor),
            cause: Some(cause),
            ..Context::default()
        })
    }

    /// Baton itself, on behalf of whoever caused the act.
    pub fn baton(on_behalf_of: &str) -> Actor {
        Actor {
            principal: "baton".to_owned(),
            kind: PrincipalKind::Baton.into(),
            posts: Vec::new(),
            on_behalf_of: on_behalf_of.to_owned(),
        }
    }

    /// The facts of a child and of the other children of the family. Nothing for no child.
    pub async fn facts(&self, bare: &Context, child_id: &str) -> Result<GetFactsResponse, Status> {
        if child_id.is_empty() {
            return Ok(GetFactsResponse::default());
        }
        let request = GetFactsRequest {
            child_id: child_id.to_owned(),
        };
        let response = self.front_door().get_facts(with(bare, request)).await?;
        Ok(response.into_inner())
    }

    /// The posts of the actor, who is responsible, and the organisation.
    pub async fn ledger(
        &self,
        bare: &Context,
        located: &Located,
        worker_ids: Vec<String>,
    ) -> Result<GetContextResponse, Status> {
        let principal = bare
            .actor
            .as_ref()
            .filter(|actor| actor.kind() == PrincipalKind::Person)
            .map(|actor| actor.principal.clone())
            .unwrap_or_default();
        let request = GetContextRequest {
            principal,
            case_id: located.case_id.clone(),
            child_id: located.child_id.clone(),
            worker_ids,
        };
        let mut client = AllocationReactionServiceClient::new(self.services.allocation.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX);
        Ok(client.get_context(with(bare, request)).await?.into_inner())
    }

    /// The whole organisation.
    pub async fn organisation(&self, bare: &Context) -> Result<GetOrganisationResponse, Status> {
        let request = with(bare, GetOrganisationRequest {});
        let response = self.allocation().get_organisation(request).await?;
        Ok(response.into_inner())
    }

    /// Sets up a team as whoever acts.
    pub async fn set_team(&self, bare: &Context, team: SetTeamRequest) -> Result<(), Status> {
        self.allocation().set_team(with(bare, team)).await.map(drop)
    }

    /// Sets up a worker as whoever acts.
    pub async fn set_worker(&self, bare: &Context, worker: SetWorkerRequest) -> Result<(), Status> {
        self.allocation()
            .set_worker(with(bare, worker))
            .await
            .map(drop)
    }

    /// Sets up a post as whoever acts.
    pub async fn set_post(&self, bare: &Context, post: SetPostRequest) -> Result<(), Status> {
        self.allocation().set_post(with(bare, post)).await.map(drop)
    }

    /// Adds the cases of the family, open and closed: a former case or a sibling's can decide where a contact goes.
    pub async fn add_family_cases(&self, context: &mut Context) -> Result<(), Status> {
        let children = context.child.iter().chain(&context.siblings);
        let child_ids: Vec<String> = children.map(|child| child.child_id.clone()).collect();
        if child_ids.is_empty() {
            return Ok(());
        }
        let request = GetFamilyCasesRequest { child_ids };
        let mut client = AllocationReactionServiceClient::new(self.services.allocation.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX);
        let found = client.get_family_cases(with(context, request)).await?;
        context.family_cases = found.into_inner().cases;
        Ok(())
    }

    /// Finds the children that references name, in the order asked for. An unknown one has an empty id.
    pub async fn resolve(
        &self,
        bare: &Context,
        references: Vec<ChildReference>,
    ) -> Result<Vec<ResolvedChild>, Status> {
        let request = ResolveChildrenRequest { references };
        let response = self
            .front_door()
            .resolve_children(with(bare, request))
            .await?;
        Ok(response.into_inner().children)
    }

    /// Finds the child and the case of a subject. Fails as its owner fails: `NOT_FOUND` for another authority's.
    pub async fn locate(
        &self,
        bare: &Context,
        subject: Subject,
        id: &str,
    ) -> Result<Located, Status> {
        let id = id.to_owned();
        Ok(match subject {
            Subject::Unspecified | Subject::None => Located::default(),
            Subject::Child => Located {
                child_id: id,
                case_id: String::new(),
            },
            // The ledger tells the child when it is asked for the case.
            Subject::Case => Located {
                child_id: String::new(),
                case_id: id,
            },
            Subject::Contact => {
                let request = LocateContactRequest { contact_id: id };
                let found = self
                    .front_door()
                    .locate_contact(with(bare, request))
                    .await?
                    .into_inner();
                Located {
                    child_id: found.child_id,
                    case_id: String::new(),
                }
            }
            Subject::Transfer => {
                let request = LocateTransferRequest { transfer_id: id };
                let mut client = TransferReactionServiceClient::new(self.services.transfer.clone());
                let found = client
                    .locate_transfer(with(bare, request))
                    .await?
                    .into_inner();
                Located {
                    child_id: found.child_id,
                    case_id: found.case_id,
                }
            }
            Subject::Closure => {
                let request = LocateClosureRequest { closure_id: id };
                let mut client = ClosureReactionServiceClient::new(self.services.closure.clone());
                let found = client
                    .locate_closure(with(bare, request))
                    .await?
                    .into_inner();
                Located {
                    child_id: found.child_id,
                    case_id: found.case_id,
                }
            }
            Subject::Notice => {
                let request = LocateNoticeRequest { notice_id: id };
                let mut client =
                    NotificationReactionServiceClient::new(self.services.notification.clone());
                let found = client
                    .locate_notice(with(bare, request))
                    .await?
                    .into_inner();
                Located {
                    child_id: found.child_id,
                    case_id: found.case_id,
                }
            }
        })
    }

    /// The business clock.
    pub const fn clock(&self) -> &BusinessClock {
        &self.clock
    }

    fn allocation(&self) -> AllocationServiceClient<baton_rpc::Conn> {
        AllocationServiceClient::new(self.services.allocation.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
    }

    fn front_door(&self) -> FrontDoorReactionServiceClient<baton_rpc::Conn> {
        FrontDoorReactionServiceClient::new(self.services.front_door.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
    }
}

/// Adds what the front door knows.
pub fn add_facts(context: &mut Context, facts: GetFactsResponse) {
    context.child = facts.child;
    context.siblings = facts.siblings;
}

/// Adds what the ledger knows. Baton and record systems hold no posts.
pub fn add_ledger(context: &mut Context, ledger: GetContextResponse) {
    if let Some(actor) = &mut context.actor
        && actor.kind() == PrincipalKind::Person
    {
        actor.posts = ledger.posts;
    }
    context.responsibility = ledger.responsibility;
    context.organisation = ledger.organisation;
}

/// Whether a method chooses where a contact goes.
pub fn chooses_a_way(path: &str) -> bool {
    const CHOOSING: [&str; 3] = [
        path::LAUNCH_CONTACT,
        "/baton.frontdoor.v1.FrontDoorService/DecideContact",
        "/baton.frontdoor.v1.FrontDoorExplainService/WhatIfContact",
    ];
    CHOOSING.contains(&path)
}

fn with<T>(context: &Context, message: T) -> Request<T> {
    let mut request = Request::new(message);
    attach_context(&mut request, context);
    request
}
