//! What happens by itself: a difference that nobody settles, a progress report that falls due.

use baton_ids::{AuthorityId, CaseId};
use baton_store::{BoxFuture, Deadline, DueDeadline, StoreError, Tx};
use serde_json::json;

use super::announce::Source;
use super::{App, AppError};
use crate::domain::{
    Case, Unallocated, discrepancy_overdue, escalation_due, report_again, report_due,
};
use crate::storage;

/// A difference with the record system was not settled in time.
const DISCREPANCY: &str = "discrepancy";
/// The weekly progress report on a case without a worker (W-156).
const UNALLOCATED_REPORT: &str = "unallocated_report";

/// The next one who is told of a case that waits for authority to be without a worker (W-150).
const UNALLOCATED_ESCALATION: &str = "unallocated_escalation";

/// Who has to hear of a case without a worker is told again (L-010).
const WITHOUT_WORKER: &str = "without_worker";

/// The open deadlines of a case.
pub(super) fn of(case: &Case) -> Vec<Deadline> {
    let discrepancy = case
        .discrepancy
        .as_ref()
        .filter(|discrepancy| !discrepancy.overdue)
        .map(|discrepancy| Deadline {
            name: DISCREPANCY.to_owned(),
            due_at: discrepancy.breached_at,
            body: json!({}),
        });
    let report = match &case.unallocated {
        Some(Unallocated::Authorised { report_late_at, .. }) => Some(Deadline {
            name: UNALLOCATED_REPORT.to_owned(),
            due_at: *report_late_at,
            body: json!({ "rules": ["W-156"] }),
        }),
        Some(Unallocated::Reported { again_at, .. }) => again_at.map(|at| Deadline {
            name: WITHOUT_WORKER.to_owned(),
            due_at: at,
            body: json!({}),
        }),
        Some(Unallocated::PendingAuthorisation { escalations, .. }) => {
            escalations.first().map(|next| Deadline {
                name: UNALLOCATED_ESCALATION.to_owned(),
                due_at: next.at,
                body: json!({ "rules": ["W-150"] }),
            })
        }
        _ => None,
    };
    discrepancy.into_iter().chain(report).collect()
}

impl App {
    /// Acts on a deadline whose instant has come. One that no longer applies is passed over.
    pub fn due<'t>(
        &self,
        tx: &'t mut Tx,
        deadline: DueDeadline,
    ) -> BoxFuture<'t, Result<(), AppError>> {
        let app = self.clone();
        Box::pin(async move {
            let authority = AuthorityId::new(&deadline.authority)
                .map_err(|_| StoreError::Corrupt("deadlines.authority"))?;
            let id = CaseId::from_uuid(deadline.aggregate_id);
            let Some(case) = storage::cases::lock(tx, &authority, id).await? else {
                return Ok(());
            };
            let pack = app.pack(&case.pack)?;
            let rules = app.rules(&pack);
            let event = match deadline.name.as_str() {
                DISCREPANCY => discrepancy_overdue(&case, &rules, deadline.due_at),
                UNALLOCATED_ESCALATION => escalation_due(&case, deadline.due_at),
                WITHOUT_WORKER => report_again(&case, &rules, deadline.due_at),
                UNALLOCATED_REPORT => report_due(&case, &rules, deadline.due_at),
                _ => None,
            };
            let source = Source::by_itself(&case, &deadline.name);
            let now = app.now();
            app.save(
                tx,
                &case,
                case.clone(),
                event.into_iter().collect(),
                &source,
                now,
            )
            .await?;
            Ok(())
        })
    }
}
