//! What waits for whom.

use baton_contracts::gateway::v1::work_service_server::WorkService;
use baton_contracts::gateway::v1::{
    ListTasksRequest, ListTasksResponse, ListTrackerRequest, ListTrackerResponse,
    ListWorkTrayRequest, ListWorkTrayResponse,
};
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
        let filter = self.app.tray_filter(&context, &body).await?;
        let (items, next_page_token) = self.app.list(&context.authority, &filter, page).await?;
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
        let filter = self.app.task_filter(&context, &body).await?;
        let (tasks, next_page_token) = self.app.list(&context.authority, &filter, page).await?;
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
        let filter = self.app.tracker_filter(&context, &body).await?;
        let (rows, next_page_token) = self.app.tracker(&context.authority, &filter, page).await?;
        Ok(Response::new(ListTrackerResponse {
            rows,
            next_page_token,
        }))
    }
}
