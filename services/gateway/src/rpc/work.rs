//! What waits for whom.

use baton_contracts::gateway::v1::work_service_server::WorkService;
use baton_contracts::gateway::v1::{
    ListTasksRequest, ListTasksResponse, ListTrackerRequest, ListTrackerResponse,
    ListWorkTrayRequest, ListWorkTrayResponse,
};
use baton_rpc::Problem;
use tonic::{Request, Response, Status};

use super::Handlers;
use crate::app::Page;

#[tonic::async_trait]
impl WorkService for Handlers {
    async fn list_work_tray(
        &self,
        request: Request<ListWorkTrayRequest>,
    ) -> Result<Response<ListWorkTrayResponse>, Status> {
        let (context, body) = self.admit(request).await?;
        self.app
            .at_least(&context.authority, &body.at_least)
            .await?;
        let page = Page {
            size: body.page_size,
            token: &body.page_token,
        };
        let (items, next_page_token) = self
            .app
            .tray(&context.authority, &body.team_id, page)
            .await?;
        Ok(Response::new(ListWorkTrayResponse {
            items,
            next_page_token,
        }))
    }

    async fn list_tasks(
        &self,
        request: Request<ListTasksRequest>,
    ) -> Result<Response<ListTasksResponse>, Status> {
        let (context, body) = self.admit(request).await?;
        self.app
            .at_least(&context.authority, &body.at_least)
            .await?;
        let page = Page {
            size: body.page_size,
            token: &body.page_token,
        };
        let (tasks, next_page_token) = match (body.worker_id.as_str(), body.role.as_str()) {
            ("", "") => {
                return Err(Problem::invalid("worker_id", "must be given, or the role").into());
            }
            ("", role) => {
                self.app
                    .tasks_of_role(&context.authority, role, &body.team_id, page)
                    .await?
            }
            (worker_id, "") => self.app.tasks_of_worker(&context, worker_id, page).await?,
            _ => {
                return Err(
                    Problem::invalid("role", "must be empty when the worker is given").into(),
                );
            }
        };
        Ok(Response::new(ListTasksResponse {
            tasks,
            next_page_token,
        }))
    }

    async fn list_tracker(
        &self,
        request: Request<ListTrackerRequest>,
    ) -> Result<Response<ListTrackerResponse>, Status> {
        let (context, body) = self.admit(request).await?;
        self.app
            .at_least(&context.authority, &body.at_least)
            .await?;
        let page = Page {
            size: body.page_size,
            token: &body.page_token,
        };
        let (rows, next_page_token) = self
            .app
            .tracker(&context.authority, &body.team_id, page)
            .await?;
        Ok(Response::new(ListTrackerResponse {
            rows,
            next_page_token,
        }))
    }
}
