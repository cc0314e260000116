//! What people and record systems ask of the ledger and the organisation.

use baton_contracts::allocation::v1 as wire;
use baton_contracts::allocation::v1::allocation_service_server::AllocationService;
use baton_ids::{AuthorityId, CaseId, WorkerId};
use baton_rpc::{Problem, Violations, prepare, request_key};
use tonic::{Request, Response, Status};

use super::{Handlers, answer, context, parse};
use crate::app::{Act, AppError, Entry};
use crate::domain::command::{Allocate, Command};
use crate::domain::counting::counted;
use crate::domain::spans::Axis;
use crate::storage::cases::Filter;

#[tonic::async_trait]
impl AllocationService for Handlers {
    async fn set_team(
        &self,
        request: Request<wire::SetTeamRequest>,
    ) -> Result<Response<wire::SetTeamResponse>, Status> {
        let (context, body) = prepare(request)?;
        let entry = Entry::Team(parse::team(body.team.as_ref())?);
        let key = request_key(
            &context,
            "AllocationService/SetTeam",
            &body.request_id,
            &body,
        );
        let answer = self.app.set(key, context::of(&context)?, entry, |event| {
            wire::SetTeamResponse {
                as_of: Some(answer::as_of(Some(event))),
            }
        });
        Ok(Response::new(answer.await?))
    }

    async fn set_worker(
        &self,
        request: Request<wire::SetWorkerRequest>,
    ) -> Result<Response<wire::SetWorkerResponse>, Status> {
        let (context, body) = prepare(request)?;
        let entry = Entry::Worker(parse::worker(body.worker.as_ref())?);
        let key = request_key(
            &context,
            "AllocationService/SetWorker",
            &body.request_id,
            &body,
        );
        let answer = self.app.set(key, context::of(&context)?, entry, |event| {
            wire::SetWorkerResponse {
                as_of: Some(answer::as_of(Some(event))),
            }
        });
        Ok(Response::new(answer.await?))
    }

    async fn set_post(
        &self,
        request: Request<wire::SetPostRequest>,
    ) -> Result<Response<wire::SetPostResponse>, Status> {
        let (context, body) = prepare(request)?;
        let entry = Entry::Post(parse::post(body.post.as_ref())?);
        let key = request_key(
            &context,
            "AllocationService/SetPost",
            &body.request_id,
            &body,
        );
        let answer = self.app.set(key, context::of(&context)?, entry, |event| {
            wire::SetPostResponse {
                as_of: Some(answer::as_of(Some(event))),
            }
        });
        Ok(Response::new(answer.await?))
    }

    async fn get_organisation(
        &self,
        request: Request<wire::GetOrganisationRequest>,
    ) -> Result<Response<wire::GetOrganisationResponse>, Status> {
        let (context, _) = prepare(request)?;
        let authority = context::authority(&context)?;
        let (teams, posts, workers) = tokio::try_join!(
            self.app.teams(&authority),
            self.app.posts(&authority),
            self.app.workers(&authority),
        )?;
        Ok(Response::new(wire::GetOrganisationResponse {
            teams: teams.iter().map(answer::team).collect(),
            posts: posts.iter().map(answer::post).collect(),
            workers: workers.iter().map(answer::worker).collect(),
        }))
    }

    async fn allocate_worker(
        &self,
        request: Request<wire::AllocateWorkerRequest>,
    ) -> Result<Response<wire::AllocateWorkerResponse>, Status> {
        let (context, body) = prepare(request)?;
        let mut violations = Violations::default();
        let case: Option<CaseId> = parse::id(&mut violations, "case_id", &body.case_id);
        let worker: Option<WorkerId> = parse::id(&mut violations, "worker_id", &body.worker_id);
        let effective_at =
            parse::optional_time(&mut violations, "effective_at", body.effective_at.as_ref());
        violations.into_result()?;

        let worker = parse::sound(worker)?;
        let key = request_key(
            &context,
            "AllocationService/AllocateWorker",
            &body.request_id,
            &body,
        );
        let (rules, reasons): (Vec<String>, Vec<String>) = body
            .departures
            .into_iter()
            .map(|departure| (departure.rule_id, departure.reason))
            .unzip();
        let expected_version = (body.expected_version > 0).then_some(body.expected_version);
        let act = Act {
            key,
            label: "allocate_worker",
            case: parse::sound(case)?,
            ctx: context::of(&context)?,
            texts: reasons,
            command: move |digests: &[String]| {
                let departures = rules.into_iter().zip(digests.iter().cloned()).collect();
                Command::Allocate(Allocate {
                    worker,
                    expected_version,
                    effective_at,
                    departures,
                })
            },
        };
        let answer = self.app.act(act, |outcome| wire::AllocateWorkerResponse {
            case: Some(answer::case(&outcome.case)),
            as_of: Some(answer::as_of(outcome.last_event)),
            explanation: Some(answer::explanation(outcome, "allocated")),
        });
        Ok(Response::new(answer.await?))
    }

    async fn authorise_unallocated(
        &self,
        request: Request<wire::AuthoriseUnallocatedRequest>,
    ) -> Result<Response<wire::AuthoriseUnallocatedResponse>, Status> {
        let (context, body) = prepare(request)?;
        let case = case_id(&body.case_id)?;
        let method = "AllocationService/AuthoriseUnallocated";
        let key = request_key(&context, method, &body.request_id, &body);
        let authorised = body.authorised;
        let act = Act {
            key,
            label: "authorise_unallocated",
            case,
            ctx: context::of(&context)?,
            texts: vec![body.reason],
            command: move |digests: &[String]| Command::AuthoriseUnallocated {
                authorised,
                reason_digest: digests.first().cloned().unwrap_or_default(),
            },
        };
        let answer = self
            .app
            .act(act, |outcome| wire::AuthoriseUnallocatedResponse {
                case: Some(answer::case(&outcome.case)),
                as_of: Some(answer::as_of(outcome.last_event)),
                explanation: Some(answer::explanation(outcome, "decided")),
            });
        Ok(Response::new(answer.await?))
    }

    async fn sign_unallocated_step(
        &self,
        request: Request<wire::SignUnallocatedStepRequest>,
    ) -> Result<Response<wire::SignUnallocatedStepResponse>, Status> {
        let (context, body) = prepare(request)?;
        let case = case_id(&body.case_id)?;
        let method = "AllocationService/SignUnallocatedStep";
        let key = request_key(&context, method, &body.request_id, &body);
        let (step, covers) = (body.step, body.covers);
        let act = Act {
            key,
            label: "sign_unallocated_step",
            case,
            ctx: context::of(&context)?,
            texts: vec![body.text],
            command: move |digests: &[String]| Command::SignUnallocatedStep {
                step,
                covers,
                text_digest: digests.first().cloned().unwrap_or_default(),
            },
        };
        let answer = self
            .app
            .act(act, |outcome| wire::SignUnallocatedStepResponse {
                case: Some(answer::case(&outcome.case)),
                as_of: Some(answer::as_of(outcome.last_event)),
                explanation: Some(answer::explanation(outcome, "signed")),
            });
        Ok(Response::new(answer.await?))
    }

    async fn get_case(
        &self,
        request: Request<wire::GetCaseRequest>,
    ) -> Result<Response<wire::GetCaseResponse>, Status> {
        let (context, body) = prepare(request)?;
        let authority = context::authority(&context)?;
        let case = self.app.case(&authority, case_id(&body.case_id)?).await?;
        Ok(Response::new(wire::GetCaseResponse {
            case: Some(answer::case(&case)),
        }))
    }

    async fn list_cases(
        &self,
        request: Request<wire::ListCasesRequest>,
    ) -> Result<Response<wire::ListCasesResponse>, Status> {
        let (context, body) = prepare(request)?;
        let authority = context::authority(&context)?;
        let mut violations = Violations::default();
        let filter = Filter {
            team: parse::optional_id(&mut violations, "team_id", &body.team_id),
            worker: parse::optional_id(&mut violations, "worker_id", &body.worker_id),
            child: parse::optional_id(&mut violations, "child_id", &body.child_id),
            open_only: body.open_only,
        };
        violations.into_result()?;
        let page = parse::page(body.page_size, &body.page_token)?;

        let cases = self.app.cases(&authority, &filter, page).await?;
        Ok(Response::new(wire::ListCasesResponse {
            cases: cases.iter().map(answer::case).collect(),
            next_page_token: parse::next_token(page, &cases, |case| case.id.uuid()),
        }))
    }

    async fn count_family(
        &self,
        request: Request<wire::CountFamilyRequest>,
    ) -> Result<Response<wire::CountFamilyResponse>, Status> {
        let (context, body) = prepare(request)?;
        let ctx = context::of(&context)?;
        let mut violations = Violations::default();
        let team = parse::optional_id(&mut violations, "team_id", &body.team_id);
        violations.into_result()?;

        let family = context::family(&context);
        let files = self.app.family_files(&ctx, &family, team.as_ref()).await?;
        Ok(Response::new(wire::CountFamilyResponse {
            cases: i32::try_from(counted(&files)).unwrap_or(i32::MAX),
            files: files.iter().map(answer::family_file).collect(),
        }))
    }

    async fn get_responsibility(
        &self,
        request: Request<wire::GetResponsibilityRequest>,
    ) -> Result<Response<wire::GetResponsibilityResponse>, Status> {
        let (context, body) = prepare(request)?;
        let authority = context::authority(&context)?;
        let mut violations = Violations::default();
        let at = parse::optional_time(&mut violations, "at", body.at.as_ref());
        let believed_at =
            parse::optional_time(&mut violations, "believed_at", body.believed_at.as_ref());
        violations.into_result()?;

        let id = case_id(&body.case_id)?;
        let spans = self
            .app
            .responsible_at(&authority, id, at, believed_at)
            .await?;
        let on = |axis| spans.iter().find(|span| span.axis == axis);
        let team =
            on(Axis::Team).ok_or_else(|| AppError::not_found("responsible team of case", id))?;
        let worker = on(Axis::Worker).filter(|span| span.worker.is_some());
        Ok(Response::new(wire::GetResponsibilityResponse {
            team: Some(answer::span(team)),
            worker: worker.map(answer::span),
        }))
    }

    async fn list_spans(
        &self,
        request: Request<wire::ListSpansRequest>,
    ) -> Result<Response<wire::ListSpansResponse>, Status> {
        let (context, body) = prepare(request)?;
        let authority = context::authority(&context)?;
        let spans = self
            .app
            .history(&authority, case_id(&body.case_id)?)
            .await?;
        let on = |axis| {
            spans
                .iter()
                .filter(move |span| span.axis == axis)
                .map(answer::span)
                .collect()
        };
        Ok(Response::new(wire::ListSpansResponse {
            teams: on(Axis::Team),
            workers: on(Axis::Worker),
        }))
    }

    async fn get_allocation_figures(
        &self,
        request: Request<wire::GetAllocationFiguresRequest>,
    ) -> Result<Response<wire::GetAllocationFiguresResponse>, Status> {
        let (context, body) = prepare(request)?;
        let authority = context::authority(&context)?;
        let mut violations = Violations::default();
        let from = parse::time(&mut violations, "from", body.from.as_ref());
        let until = parse::optional_time(&mut violations, "until", body.until.as_ref());
        let end = until.unwrap_or_else(|| self.app.now());
        if from.is_some_and(|from| from > end) {
            violations.add("from", "must not be after the end");
        }
        violations.into_result()?;

        let from = parse::sound(from)?;
        let figures = self.app.figures(&authority, from, until).await?;
        Ok(Response::new(wire::GetAllocationFiguresResponse {
            figures: Some(answer::figures(&figures)),
        }))
    }

    async fn list_discrepancies(
        &self,
        request: Request<wire::ListDiscrepanciesRequest>,
    ) -> Result<Response<wire::ListDiscrepanciesResponse>, Status> {
        let (context, body) = prepare(request)?;
        let authority: AuthorityId = context::authority(&context)?;
        let page = parse::page(body.page_size, &body.page_token)?;
        let listed = self
            .app
            .discrepancies(&authority, body.open_only, page)
            .await?;
        Ok(Response::new(wire::ListDiscrepanciesResponse {
            discrepancies: listed
                .iter()
                .map(|row| answer::discrepancy(row.case.to_string(), &row.discrepancy, row.open))
                .collect(),
            next_page_token: parse::next_token(page, &listed, |row| row.discrepancy.id),
        }))
    }
}

/// The case that a request names.
pub(super) fn case_id(text: &str) -> Result<CaseId, Problem> {
    text.parse()
        .map_err(|error: baton_ids::InvalidId| Problem::invalid("case_id", error.to_string()))
}
