//! What the gateway's reactions ask of the ledger.

use std::collections::BTreeMap;

use baton_contracts::allocation::v1 as wire;
use baton_contracts::allocation::v1::allocation_reaction_service_server::AllocationReactionService;
use baton_contracts::type_v1;
use baton_ids::{CaseId, ChildId, TeamId, WorkerId};
use baton_rpc::{Violations, prepare, request_key};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::public::case_id;
use super::{Handlers, answer, context, parse};
use crate::app::Act;
use crate::domain::command::{Command, End, Move, Placement, ReportHolder};
use crate::domain::earlier::Involvement;
use crate::domain::organisation::Team;
use crate::domain::standing::{posts_held, recipients, with_forerunners};

#[tonic::async_trait]
impl AllocationReactionService for Handlers {
    async fn place_case(
        &self,
        request: Request<wire::PlaceCaseRequest>,
    ) -> Result<Response<wire::PlaceCaseResponse>, Status> {
        let (context, body) = prepare(request)?;
        let key = request_key(
            &context,
            "AllocationReactionService/PlaceCase",
            &body.request_id,
            &body,
        );
        let mut violations = Violations::default();
        let child = parse::id(&mut violations, "child_id", &body.child_id);
        let team = parse::id(&mut violations, "team_id", &body.team_id);
        let worker = parse::optional_id(&mut violations, "worker_id", &body.worker_id);
        let referral = parse::id(&mut violations, "referral_id", &body.referral_id);
        let at = parse::time(&mut violations, "effective_at", body.effective_at.as_ref());
        violations.into_result()?;

        let placement = Placement {
            case: CaseId::new(),
            child: parse::sound(child)?,
            team: parse::sound(team)?,
            worker,
            effective_at: parse::sound(at)?,
            referral: parse::sound(referral)?,
            rules: body.rules,
        };
        let answer = self
            .app
            .place(key, context::of(&context)?, placement, |outcome| {
                wire::PlaceCaseResponse {
                    case: Some(answer::case(&outcome.case)),
                    as_of: Some(answer::as_of(outcome.last_event)),
                    explanation: Some(answer::explanation(outcome, "placed")),
                }
            });
        Ok(Response::new(answer.await?))
    }

    async fn move_responsibility(
        &self,
        request: Request<wire::MoveResponsibilityRequest>,
    ) -> Result<Response<wire::MoveResponsibilityResponse>, Status> {
        let (context, body) = prepare(request)?;
        let method = "AllocationReactionService/MoveResponsibility";
        let key = request_key(&context, method, &body.request_id, &body);
        let mut violations = Violations::default();
        let case = parse::id(&mut violations, "case_id", &body.case_id);
        let to_team: Option<TeamId> = parse::id(&mut violations, "to_team_id", &body.to_team_id);
        let to_worker = parse::optional_id(&mut violations, "to_worker_id", &body.to_worker_id);
        let transfer = parse::id(&mut violations, "transfer_id", &body.transfer_id);
        let release: Option<Uuid> = parse::id(&mut violations, "release_id", &body.release_id);
        let at = parse::time(&mut violations, "effective_at", body.effective_at.as_ref());
        violations.into_result()?;

        let to = Move {
            expected_epoch: body.expected_epoch,
            to_team: parse::sound(to_team)?,
            to_worker,
            effective_at: parse::sound(at)?,
            transfer: parse::sound(transfer)?,
            release: parse::sound(release)?,
            rules: body.rules,
            pending_authorisation: body.pending_authorisation,
        };
        let act = Act {
            key,
            label: "move_responsibility",
            case: parse::sound(case)?,
            ctx: context::of(&context)?,
            texts: Vec::new(),
            command: move |_: &[String]| Command::Move(to),
        };
        let answer = self
            .app
            .act(act, |outcome| wire::MoveResponsibilityResponse {
                case: Some(answer::case(&outcome.case)),
                as_of: Some(answer::as_of(outcome.last_event)),
                explanation: Some(answer::explanation(outcome, "moved")),
            });
        Ok(Response::new(answer.await?))
    }

    async fn end_responsibility(
        &self,
        request: Request<wire::EndResponsibilityRequest>,
    ) -> Result<Response<wire::EndResponsibilityResponse>, Status> {
        let (context, body) = prepare(request)?;
        let method = "AllocationReactionService/EndResponsibility";
        let key = request_key(&context, method, &body.request_id, &body);
        let mut violations = Violations::default();
        let case = parse::id(&mut violations, "case_id", &body.case_id);
        let closure = parse::id(&mut violations, "closure_id", &body.closure_id);
        let at = parse::time(&mut violations, "effective_at", body.effective_at.as_ref());
        violations.into_result()?;

        let end = End {
            expected_epoch: body.expected_epoch,
            effective_at: parse::sound(at)?,
            closure: parse::sound(closure)?,
            rules: body.rules,
        };
        let act = Act {
            key,
            label: "end_responsibility",
            case: parse::sound(case)?,
            ctx: context::of(&context)?,
            texts: Vec::new(),
            command: move |_: &[String]| Command::End(end),
        };
        let answer = self
            .app
            .act(act, |outcome| wire::EndResponsibilityResponse {
                case: Some(answer::case(&outcome.case)),
                as_of: Some(answer::as_of(outcome.last_event)),
                explanation: Some(answer::explanation(outcome, "ended")),
            });
        Ok(Response::new(answer.await?))
    }

    async fn record_involvement(
        &self,
        request: Request<wire::RecordInvolvementRequest>,
    ) -> Result<Response<wire::RecordInvolvementResponse>, Status> {
        let (context, body) = prepare(request)?;
        let method = "AllocationReactionService/RecordInvolvement";
        let key = request_key(&context, method, &body.request_id, &body);
        let mut violations = Violations::default();
        let case = parse::id(&mut violations, "case_id", &body.case_id);
        let worker = parse::optional_id(&mut violations, "worker_id", &body.worker_id);
        let transfer = parse::id(&mut violations, "transfer_id", &body.transfer_id);
        violations.into_result()?;

        let transfer = parse::sound(transfer)?;
        let act = Act {
            key,
            label: "record_involvement",
            case: parse::sound(case)?,
            ctx: context::of(&context)?,
            texts: Vec::new(),
            command: move |_: &[String]| Command::Involve { worker, transfer },
        };
        let answer = self
            .app
            .act(act, |outcome| wire::RecordInvolvementResponse {
                case: Some(answer::case(&outcome.case)),
                as_of: Some(answer::as_of(outcome.last_event)),
                explanation: Some(answer::explanation(outcome, "identified")),
            });
        Ok(Response::new(answer.await?))
    }

    async fn report_holder(
        &self,
        request: Request<wire::ReportHolderRequest>,
    ) -> Result<Response<wire::ReportHolderResponse>, Status> {
        let (context, body) = prepare(request)?;
        let method = "AllocationReactionService/ReportHolder";
        let key = request_key(&context, method, &body.request_id, &body);
        let mut violations = Violations::default();
        let case = parse::id(&mut violations, "case_id", &body.case_id);
        let team: Option<TeamId> = parse::id(&mut violations, "team_id", &body.team_id);
        let worker = parse::optional_id(&mut violations, "worker_id", &body.worker_id);
        let at = parse::time(&mut violations, "effective_at", body.effective_at.as_ref());
        violations.into_result()?;

        let ctx = context::of(&context)?;
        let report = ReportHolder {
            discrepancy: Uuid::now_v7(),
            team: parse::sound(team)?,
            worker,
            effective_at: parse::sound(at)?,
        };
        let act = Act {
            key,
            label: "report_holder",
            case: parse::sound(case)?,
            ctx,
            texts: Vec::new(),
            command: move |_: &[String]| Command::ReportHolder(report),
        };
        let answer = self.app.act(act, |outcome| {
            let difference = outcome.case.discrepancy.as_ref();
            wire::ReportHolderResponse {
                agrees: difference.is_none(),
                discrepancy: difference.map(|difference| {
                    answer::discrepancy(outcome.case.id.to_string(), difference, true)
                }),
                as_of: Some(answer::as_of(outcome.last_event)),
            }
        });
        Ok(Response::new(answer.await?))
    }

    async fn count_earlier_involvements(
        &self,
        request: Request<wire::CountEarlierInvolvementsRequest>,
    ) -> Result<Response<wire::CountEarlierInvolvementsResponse>, Status> {
        let (context, body) = prepare(request)?;
        let method = "AllocationReactionService/CountEarlierInvolvements";
        let key = request_key(&context, method, &body.request_id, &body);
        let mut violations = Violations::default();
        let child = parse::id(&mut violations, "child_id", &body.child_id);
        let earlier: Vec<Option<Involvement>> = body
            .involvements
            .iter()
            .enumerate()
            .map(|(index, of)| {
                parse::involvement(&mut violations, &format!("involvements[{index}]"), of)
            })
            .collect();
        violations.into_result()?;

        let earlier = earlier.into_iter().map(parse::sound);
        let earlier = earlier.collect::<Result<_, _>>()?;
        let (ctx, child) = (context::of(&context)?, parse::sound(child)?);
        let answer = self.app.count_earlier(key, ctx, child, earlier, |outcome| {
            wire::CountEarlierInvolvementsResponse {
                case: Some(answer::case(&outcome.case)),
                as_of: Some(answer::as_of(outcome.last_event)),
                explanation: Some(answer::explanation(outcome, "counted")),
            }
        });
        Ok(Response::new(answer.await?))
    }

    async fn get_context(
        &self,
        request: Request<wire::GetContextRequest>,
    ) -> Result<Response<wire::GetContextResponse>, Status> {
        let (context, body) = prepare(request)?;
        let authority = context::authority(&context)?;
        let day = self.app.day_of(context::received_at(&context)?);
        let mut violations = Violations::default();
        let principal: Option<WorkerId> =
            parse::optional_id(&mut violations, "principal", &body.principal);
        let child: Option<ChildId> =
            parse::optional_id(&mut violations, "child_id", &body.child_id);
        let mut asked: Vec<WorkerId> = Vec::new();
        for (index, worker) in body.worker_ids.iter().enumerate() {
            asked.extend(parse::id::<WorkerId>(
                &mut violations,
                &format!("worker_ids[{index}]"),
                worker,
            ));
        }
        violations.into_result()?;

        asked.extend(principal.clone());
        let case = match body.case_id.as_str() {
            "" => None,
            case => Some(case_id(case)?),
        };
        let (around, posts) = tokio::try_join!(
            self.app.surroundings(&authority, case, child, &asked, day),
            async {
                match &principal {
                    Some(principal) => self.app.posts_of(&authority, principal).await,
                    None => Ok(Vec::new()),
                }
            },
        )?;
        let teams: BTreeMap<TeamId, Team> = around
            .teams
            .iter()
            .map(|team| (team.id.clone(), team.clone()))
            .collect();
        let held = principal.as_ref().map_or_else(Vec::new, |principal| {
            let worker = around.workers.iter().find(|worker| worker.id == *principal);
            with_forerunners(posts_held(principal, worker, &posts, day), &teams, day)
        });
        let known = principal.as_ref().is_some_and(|principal| {
            around.workers.iter().any(|worker| worker.id == *principal) || !posts.is_empty()
        });
        Ok(Response::new(wire::GetContextResponse {
            posts: held.iter().map(answer::post_held).collect(),
            principal_known: known,
            responsibility: around.case.as_ref().and_then(answer::responsibility),
            organisation: Some(type_v1::Organisation {
                teams: around
                    .teams
                    .iter()
                    .map(|team| type_v1::Team {
                        rests: !team.works_on(day),
                        manager_ids: around
                            .managers
                            .get(&team.id)
                            .into_iter()
                            .flatten()
                            .map(ToString::to_string)
                            .collect(),
                        ..answer::team(team)
                    })
                    .collect(),
                workers: around.workers.iter().map(answer::worker).collect(),
            }),
        }))
    }

    async fn get_family_cases(
        &self,
        request: Request<wire::GetFamilyCasesRequest>,
    ) -> Result<Response<wire::GetFamilyCasesResponse>, Status> {
        let (context, body) = prepare(request)?;
        let authority = context::authority(&context)?;
        let mut violations = Violations::default();
        let children: Vec<ChildId> = body
            .child_ids
            .iter()
            .enumerate()
            .filter_map(|(index, child)| {
                parse::id(&mut violations, &format!("child_ids[{index}]"), child)
            })
            .collect();
        violations.into_result()?;

        let mut cases = Vec::new();
        for child in children {
            cases.extend(self.app.cases_of(&authority, child).await?);
        }
        Ok(Response::new(wire::GetFamilyCasesResponse {
            cases: cases.iter().map(answer::family_case).collect(),
        }))
    }

    async fn resolve_recipients(
        &self,
        request: Request<wire::ResolveRecipientsRequest>,
    ) -> Result<Response<wire::ResolveRecipientsResponse>, Status> {
        let (context, body) = prepare(request)?;
        let authority = context::authority(&context)?;
        let day = self.app.day_of(context::received_at(&context)?);
        let mut violations = Violations::default();
        let owners: Vec<_> = body
            .owners
            .iter()
            .enumerate()
            .map(|(index, owner)| parse::owner(&mut violations, &format!("owners[{index}]"), owner))
            .collect();
        violations.into_result()?;

        let (teams, posts) =
            tokio::try_join!(self.app.teams(&authority), self.app.posts(&authority))?;
        let teams = teams
            .into_iter()
            .map(|team| (team.id.clone(), team))
            .collect();
        let matches = (0_i32..)
            .zip(owners)
            .flat_map(|(owner_index, owner)| {
                recipients(&owner, &posts, &teams, day)
                    .into_iter()
                    .map(move |worker| wire::RecipientMatch {
                        owner_index,
                        worker_id: worker.to_string(),
                    })
            })
            .collect();
        Ok(Response::new(wire::ResolveRecipientsResponse { matches }))
    }
}
