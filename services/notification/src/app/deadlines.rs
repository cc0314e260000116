//! What happens by itself: a notice that was not sent in time.

use baton_ids::{AuthorityId, NoticeId};
use baton_store::{BoxFuture, DueDeadline, StoreError, Tx};

use super::{App, AppError, Source};
use crate::domain::decide;
use crate::storage;

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
            let id = NoticeId::from_uuid(deadline.aggregate_id);
            let Some(notice) = storage::notices::lock(tx, &authority, id).await? else {
                return Ok(());
            };
            let events = decide::breach(&notice, deadline.due_at)
                .into_iter()
                .collect();
            let source = Source::by_itself(&notice, &deadline.name);
            app.save(tx, Some(notice), events, &source, app.now())
                .await?;
            Ok(())
        })
    }
}
