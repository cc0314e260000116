//! Why a notice is as it is, and what would become of one. Nothing is written.

use std::sync::Arc;

use baton_ids::{AuthorityId, NoticeId};
use baton_protocol::Pack;

use super::{App, AppError};
use crate::domain::notice::Notice;
use crate::domain::safety::Safety;
use crate::domain::weighing;
use crate::storage;

/// A notice, real or only supposed, with what explains it.
pub struct Explained {
    /// The notice.
    pub notice: Notice,
    /// The notices of the same duty, one a recipient. Empty for one that is only supposed.
    pub duty: Vec<Notice>,
    /// The pack it follows.
    pub pack: Arc<Pack>,
}

impl App {
    /// A notice with everything that explains it.
    pub async fn explain(
        &self,
        authority: &AuthorityId,
        id: NoticeId,
    ) -> Result<Explained, AppError> {
        let notice = self.notice(authority, id).await?;
        let pack = self.pack(&notice.pack)?;
        let duty = storage::notices::look_at_duty(self.store.db(), &notice).await?;
        Ok(Explained { notice, duty, pack })
    }

    /// What would become of a notice if it were sent now, on these facts.
    pub async fn what_if(
        &self,
        authority: &AuthorityId,
        id: NoticeId,
        supposed: Safety,
    ) -> Result<Explained, AppError> {
        let notice = self.notice(authority, id).await?;
        let pack = self.pack(&notice.pack)?;
        Ok(Explained {
            notice: weighing::suppose(notice, supposed, &pack),
            duty: Vec::new(),
            pack,
        })
    }
}
