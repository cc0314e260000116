//! Opening positions.

use baton_contracts::Validate as _;
use baton_contracts::gateway::v1::import_service_server::ImportService;
use baton_contracts::gateway::v1::{ImportOpeningPositionsRequest, ImportOpeningPositionsResponse};
use baton_contracts::type_v1::PrincipalKind;
use baton_rpc::{Problem, Reason, Violations, time_left};
use tokio::time::Instant;
use tonic::{Request, Response, Status};

use super::Handlers;
use crate::app::Reporter;

/// The most lines of one call.
const LINES_MAX: usize = 2_000;

#[tonic::async_trait]
impl ImportService for Handlers {
    async fn import_opening_positions(
        &self,
        request: Request<ImportOpeningPositionsRequest>,
    ) -> Result<Response<ImportOpeningPositionsResponse>, Status> {
        let (metadata, _, body) = request.into_parts();
        let identity = self.identities.claimed(&metadata)?;
        if identity.kind != PrincipalKind::RecordSystem {
            let problem = "only a record system loads opening positions";
            return Err(Problem::new(Reason::RoleNotAllowed, problem).into());
        }
        let mut violations = Violations::default();
        for violation in body.violations() {
            violations.add(&violation.field, &violation.description);
        }
        let lines: usize = body
            .files
            .iter()
            .map(|file| file.text.lines().count())
            .sum();
        if lines > LINES_MAX + body.files.len() {
            violations.add("files", "2,000 lines at most: send them in several calls");
        }
        violations.into_result()?;
        // An answer that says "in progress" is better than none: a tenth of the time is kept for it.
        let patience =
            time_left().map_or(self.import_wait, |left| self.import_wait.min(left * 9 / 10));
        let bare = self.identities.bare(&identity, "")?;
        let reporter = Reporter {
            authority: identity.authority.as_str().to_owned(),
            system: identity.principal,
            takes_over: true,
        };
        let until = Instant::now() + patience;
        let response = self
            .app
            .import(reporter, bare, &body.files, body.dry_run, until)
            .await?;
        Ok(Response::new(response))
    }
}
