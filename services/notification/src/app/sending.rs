//! Handing notices to their media.
//!
//! Notices are taken, the safety flags are read again where they count, the file is written, and the notice is recorded as
//! sent, all in one transaction: of several that leave nothing outside, or of one that leaves a file. A crash before the
//! commit leaves at most that file, which is recognised by its name.

use std::sync::Arc;
use std::time::Duration;

use baton_clock::lease_now;
use baton_store::{BoxFuture, StoreError, Tx};
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use super::spool::TakenBack;
use super::{App, AppError, Source};
use crate::domain::decide::{self, TASK};
use crate::domain::notice::{Addressee, Event, Notice};
use crate::domain::safety::{Safety, permit};
use crate::domain::text;
use crate::storage;

/// How often to look when nobody rang: another replica may have left something behind.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a notice whose medium failed is put off.
const PUT_OFF: SignedDuration = SignedDuration::from_secs(30);

/// How many are sent in one transaction at most.
const TOGETHER_MAX: i64 = 16;

/// What an address is for, in a file's name.
const EMAIL: &str = "email";

/// What trying to send led to, and what was known of safety then. None where no fact was looked at.
type Attempt = (Event, Option<Safety>);

impl App {
    /// Sends what can be sent, oldest first, until told to stop.
    pub async fn run_sending(self, shutdown: CancellationToken) {
        loop {
            let sent = tokio::select! {
                () = shutdown.cancelled() => return,
                sent = self.send_next() => sent,
            };
            match sent {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => {
                    tracing::error!(%error, "a notice could not be sent; it is tried again");
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = self.ready.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Sends the oldest notices that can be sent; false when there is none.
    pub async fn send_next(&self) -> Result<bool, AppError> {
        let app = self.clone();
        self.store
            .transact("send_notice", move |tx| {
                Box::pin(async move { app.send_in(tx).await })
            })
            .await
    }

    fn send_in<'t>(&self, tx: &'t mut Tx) -> BoxFuture<'t, Result<bool, AppError>> {
        let app = self.clone();
        Box::pin(async move {
            let ready = storage::sending::take_ready(tx, lease_now(), TOGETHER_MAX).await?;
            let found = !ready.is_empty();
            for notice in ready {
                let is_last = notice.medium != TASK;
                app.send_one(tx, notice).await?;
                if is_last {
                    break;
                }
            }
            Ok(found)
        })
    }

    async fn send_one(&self, tx: &mut Tx, notice: Notice) -> Result<(), AppError> {
        let (event, known) = match self.attempt(tx, &notice).await {
            Ok(attempted) => attempted,
            Err(error @ (AppError::Spool(_) | AppError::PackUnknown(_))) => {
                tracing::error!(notice.id = %notice.id, %error, "a notice is put off");
                tx.flush().await?;
                let until = lease_now() + PUT_OFF;
                storage::sending::put_off(tx, &notice.authority, notice.id, until).await?;
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let source = Source::by_itself(&notice, "sending");
        let notice = Notice { known, ..notice };
        self.save(tx, Some(notice), vec![event], &source, self.now())
            .await?;
        Ok(())
    }

    /// Tries to send a notice, on the safety flags as they are now. They are kept with it where they were looked at.
    async fn attempt(&self, tx: &mut Tx, notice: &Notice) -> Result<Attempt, AppError> {
        let pack = self.pack(&notice.pack)?;
        let safety = match (&notice.audience, notice.about.child) {
            (Addressee::Outside(_), Some(child)) => {
                tx.flush().await?;
                storage::safety::lock(tx, &notice.authority, child).await?
            }
            _ => None,
        };
        let safety = safety.unwrap_or_default();
        let permit = permit(notice, &safety, &pack);
        let known = match notice.audience {
            Addressee::Outside(_) => Some(safety),
            Addressee::Role(_) => None,
        };
        let now = self.now();
        if let Some(event) = decide::before_sending(notice, permit, now) {
            return Ok(match self.take_back(notice).await? {
                TakenBack::Yes => (event, known),
                // It went before a crash; on what, nobody knows any more.
                TakenBack::TooLate => (Event::Sent { at: now }, None),
            });
        }
        if notice.medium == TASK {
            return Ok((Event::Sent { at: now }, known));
        }
        tx.flush().await?;
        let Some(address) = address(tx, notice).await? else {
            return Ok((Event::Unaddressed, known));
        };
        let text = text::of(notice, &pack, self.calendar.time_zone());
        let content = if notice.medium == EMAIL {
            text::email(&text, notice, &self.from, &address, now)
        } else {
            text::letter(&text, &address)
        };
        // What leaves this database must not be forgotten with the duty to tell.
        self.store.settle().await?;
        let (spool, name) = (Arc::clone(&self.spool), file_name(notice));
        on_disk(move || spool.hand_over(&name, content.as_bytes())).await?;
        Ok((Event::Sent { at: now }, known))
    }

    /// A file that a crash left behind must not go out once the notice may not. One that is gone already was sent, and
    /// the record says so.
    async fn take_back(&self, notice: &Notice) -> Result<TakenBack, AppError> {
        if notice.medium == TASK {
            return Ok(TakenBack::Yes);
        }
        let (spool, name) = (Arc::clone(&self.spool), file_name(notice));
        on_disk(move || spool.take_back(&name)).await
    }
}

fn file_name(notice: &Notice) -> String {
    let ending = if notice.medium == EMAIL { "eml" } else { "txt" };
    format!("{}.{ending}", notice.id)
}

async fn address(tx: &mut Tx, notice: &Notice) -> Result<Option<String>, StoreError> {
    let recipient = &notice.recipient;
    let found =
        storage::contact_book::find(tx, &notice.authority, &recipient.kind, &recipient.id).await?;
    match found {
        Some((_, digest)) => tx.get_private(notice.authority.as_str(), &digest).await,
        None => Ok(None),
    }
}

/// Runs what blocks on the disk beside the runtime's own threads.
async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, AppError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|error| AppError::Spool(error.kind())),
        Err(_) => Err(AppError::Spool(std::io::ErrorKind::Other)),
    }
}
