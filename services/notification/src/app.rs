//! The use cases of notification: load, decide, save, one transaction each.

mod announce;
mod contact_book;
mod deadlines;
mod duties;
mod error;
mod explain;
mod notices;
mod on_record;
mod save;
mod sending;
mod spool;

use std::sync::Arc;

use baton_calendar::Calendar;
use baton_clock::BusinessClock;
use baton_ids::{AuthorityId, NoticeId};
use baton_packs::Packs;
use baton_protocol::Pack;
use baton_store::{Store, StoreError};
use jiff::Timestamp;
use tokio::sync::Notify;

pub use self::announce::Source;
pub use self::contact_book::SetContact;
pub use self::duties::{Duty, Happening, Seen};
pub use self::error::AppError;
pub use self::explain::Explained;
pub use self::notices::{Deliver, Give, Withhold};
pub use self::save::Outcome;
use self::spool::Spool;
use crate::config::Config;
use crate::domain::notice::Notice;
use crate::storage::{self, Page, notices::Filter};

/// The name of this service in events and answers.
pub const NAME: &str = "notification";

/// What the use cases work with. Clones share it.
#[derive(Clone)]
pub struct App {
    store: Store,
    packs: Packs,
    clock: BusinessClock,
    calendar: Arc<Calendar>,
    spool: Arc<Spool>,
    from: Arc<str>,
    /// Rung when something can be sent.
    ready: Arc<Notify>,
}

impl App {
    /// Puts the parts together.
    pub fn new(
        store: Store,
        packs: Packs,
        clock: BusinessClock,
        calendar: Arc<Calendar>,
        config: &Config,
    ) -> Self {
        Self {
            store,
            packs,
            clock,
            calendar,
            spool: Arc::new(Spool::new(config.spool.clone())),
            from: Arc::from(config.from.as_str()),
            ready: Arc::new(Notify::new()),
        }
    }

    /// Our clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn pack(&self, digest: &str) -> Result<Arc<Pack>, AppError> {
        self.packs
            .get(digest)
            .ok_or_else(|| AppError::PackUnknown(digest.to_owned()))
    }

    /// A notice.
    pub async fn notice(&self, authority: &AuthorityId, id: NoticeId) -> Result<Notice, AppError> {
        storage::notices::find(self.store.db(), authority, id)
            .await?
            .ok_or_else(|| AppError::not_found("notice", id))
    }

    /// Lists notices, newest first.
    pub async fn notices(
        &self,
        authority: &AuthorityId,
        filter: &Filter,
        page: Page,
    ) -> Result<Vec<Notice>, AppError> {
        Ok(storage::notices::list(self.store.db(), authority, filter, page).await?)
    }

    /// What is still under way besides what the store knows: a notice that can be sent.
    pub async fn under_way(&self) -> Result<Vec<String>, StoreError> {
        let ready = storage::sending::any_ready(self.store.db()).await?;
        Ok(if ready {
            vec!["sending".to_owned()]
        } else {
            Vec::new()
        })
    }
}
