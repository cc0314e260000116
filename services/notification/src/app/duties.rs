//! What other services announce: facts about safety, and duties to tell.

use std::collections::BTreeMap;

use baton_ids::{AuthorityId, CaseId, ChildId, FamilyId, NoticeId};
use baton_protocol::{KnownFact, Pack};
use baton_store::{StoreError, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use super::on_record::OnRecord;
use super::{App, AppError, Source};
use crate::domain::decide::{self, TASK};
use crate::domain::notice::{About, Addressee, Due, Entry, Event, Notice, Owner, Recipient, State};
use crate::storage;

/// What another service announced, as far as notification is concerned.
#[derive(Debug, Clone)]
pub struct Happening {
    /// The authority.
    pub authority: AuthorityId,
    /// The event.
    pub event: String,
    /// The process that announced it.
    pub process: uuid::Uuid,
    /// The case, when there is one.
    pub case: Option<CaseId>,
    /// The child, when there is one.
    pub child: Option<ChildId>,
    /// The family group, when there is one.
    pub family: Option<FamilyId>,
    /// Digest of the pack under which it was decided.
    pub pack: String,
    /// Version of the facts on which it was decided.
    pub facts_version: i64,
    /// What the front door says about children.
    pub seen: Option<Seen>,
    /// Who has to be told.
    pub duties: Vec<Duty>,
    /// Where the notices come from, for the record.
    pub source: Source,
}

/// What the front door says about children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// These children are one family.
    Family(Vec<ChildId>),
    /// The facts of the family reached a version; nothing changed about whom to write to.
    Facts,
    /// Whom not to write to about this child changed. None: it became unknown.
    Safety(Option<KnownFact>),
}

/// A duty to tell.
#[derive(Debug, Clone)]
pub struct Duty {
    /// The kind of notice.
    pub kind: String,
    /// Whom, each by itself.
    pub audience: Vec<Addressee>,
    /// The medium asked for.
    pub medium: String,
    /// The rules.
    pub rules: Vec<String>,
    /// The instant of breach.
    pub due_at: Option<Timestamp>,
    /// The day from which that was counted. None when it was not counted in days.
    pub due_from: Option<Date>,
    /// The days that the count skipped, and why.
    pub due_skipped: Vec<(Date, String)>,
    /// The gate item that is met by it. Empty when none is.
    pub meets_item: String,
    /// Makes notices of the kind for the same cause one.
    pub cause_key: String,
    /// Codes and dates for the text.
    pub content: Value,
    /// Whose duty it is.
    pub sender: Owner,
}

/// How many events are applied before their notices are written: each notice is a part of one statement.
const TOGETHER_MAX: usize = 16;

/// Children, each with what happened to what is known of it.
type Because<'h> = BTreeMap<ChildId, &'h Happening>;

impl App {
    /// Applies what another service announced about an authority, in the transaction of the feed's cursor.
    pub async fn apply(&self, tx: &mut Tx, happenings: &[Happening]) -> Result<(), AppError> {
        let Some(authority) = happenings.first().map(|first| &first.authority) else {
            return Ok(());
        };
        self.see(tx, authority, happenings).await?;
        let mut record = OnRecord::of(tx, authority, happenings).await?;
        for some in happenings.chunks(TOGETHER_MAX) {
            tx.flush().await?;
            for happening in some {
                self.begin_all(tx, &mut record, happening).await?;
            }
        }
        Ok(())
    }

    async fn begin_all(
        &self,
        tx: &mut Tx,
        record: &mut OnRecord,
        happening: &Happening,
    ) -> Result<(), AppError> {
        if happening.duties.is_empty() {
            return Ok(());
        }
        let pack = self.pack(&happening.pack)?;
        for duty in &happening.duties {
            for addressee in &duty.audience {
                self.begin(tx, record, happening, duty, addressee, &pack)
                    .await?;
            }
        }
        Ok(())
    }

    /// What the front door says about children. What waited for the facts is looked at again once all of it is known.
    async fn see(
        &self,
        tx: &mut Tx,
        authority: &AuthorityId,
        happenings: &[Happening],
    ) -> Result<(), AppError> {
        let mut reached: BTreeMap<FamilyId, &Happening> = BTreeMap::new();
        let mut placed = Because::new();
        let mut known_anew = Because::new();
        for happening in happenings {
            let version = happening.facts_version;
            let (Some(seen), Some(family), Some(child)) =
                (&happening.seen, happening.family, happening.child)
            else {
                continue;
            };
            match seen {
                Seen::Family(children) => {
                    for child in children {
                        storage::safety::place(tx, authority, *child, family, version).await?;
                        placed.insert(*child, happening);
                    }
                    continue;
                }
                Seen::Facts => {}
                Seen::Safety(known) => {
                    storage::safety::set(tx, authority, child, known.as_ref()).await?;
                    known_anew.insert(child, happening);
                }
            }
            let newest = reached.entry(family).or_insert(happening);
            if newest.facts_version < version {
                *newest = happening;
            }
        }
        let versions: Vec<(FamilyId, i64)> = reached
            .iter()
            .map(|(family, happening)| (*family, happening.facts_version))
            .collect();
        let mut arrived = placed;
        for (family, child) in storage::safety::reach(tx, authority, &versions).await? {
            arrived.extend(reached.get(&family).map(|happening| (child, *happening)));
        }
        self.resume(tx, authority, &known_anew, &State::Held)
            .await?;
        self.resume(tx, authority, &arrived, &State::AwaitingFacts)
            .await
    }

    /// What waited for facts of children is looked at again by whoever sends, each because of what happened.
    async fn resume(
        &self,
        tx: &mut Tx,
        authority: &AuthorityId,
        because: &Because<'_>,
        state: &State,
    ) -> Result<(), AppError> {
        if because.is_empty() {
            return Ok(());
        }
        tx.flush().await?;
        let children = because.keys().copied();
        let waiting =
            storage::notices::lock_of_children(tx, authority, children, state.code()).await?;
        for notice in waiting {
            let Some(happening) = notice.about.child.and_then(|child| because.get(&child)) else {
                continue;
            };
            let source = happening.source.pinned_to(&notice.pack);
            self.save(tx, Some(notice), vec![Event::Resumed], &source, self.now())
                .await?;
        }
        Ok(())
    }

    /// Begins the duty to tell one addressee; at most once for each cause, kind and addressee.
    async fn begin(
        &self,
        tx: &mut Tx,
        record: &mut OnRecord,
        happening: &Happening,
        duty: &Duty,
        addressee: &Addressee,
        pack: &Pack,
    ) -> Result<(), AppError> {
        let audience = addressee.key(happening.child);
        if record.has(duty, &audience) {
            return Ok(());
        }
        let (source, now) = (&happening.source, self.now());
        let replaced = record.take_replaced(happening, duty, &audience);
        if !replaced.is_empty() {
            // One that was prepared a moment ago has to be written before it can be changed.
            tx.flush().await?;
        }
        for notice in replaced {
            let event = decide::supersede(&notice, now).into_iter().collect();
            self.save(tx, Some(notice), event, source, now).await?;
        }

        let notice = self.prepared(happening, duty, addressee, pack);
        let prepared = Event::Prepared(Box::new(notice.clone()));
        let Some(found) = self.known(tx, &notice).await? else {
            let kept = self.save(tx, None, vec![prepared], source, now).await?;
            record.add(kept.value);
            return Ok(());
        };
        let (event, further) = decide::address(&notice, &found, &record.told(&notice), now);
        let kept = self
            .save(tx, None, vec![prepared, event], source, now)
            .await?;
        record.add(kept.value);
        for further in self.add_further(tx, further, source, now).await? {
            record.add(further);
        }
        Ok(())
    }

    /// Notices for further recipients of the same duty.
    pub(super) async fn add_further(
        &self,
        tx: &mut Tx,
        further: Vec<Notice>,
        source: &Source,
        now: Timestamp,
    ) -> Result<Vec<Notice>, AppError> {
        let mut added = Vec::with_capacity(further.len());
        for notice in further {
            let addressed = Event::Addressed {
                recipient: notice.recipient.clone(),
                medium: notice.medium.clone(),
            };
            let prepared = Event::Prepared(Box::new(notice));
            let kept = self
                .save(tx, None, vec![prepared, addressed], source, now)
                .await?;
            added.push(kept.value);
        }
        Ok(added)
    }

    /// Who is known at once: one worker by name, or the entries of the contact book. None when the organisation has to
    /// be asked who holds a role.
    async fn known(&self, tx: &mut Tx, notice: &Notice) -> Result<Option<Vec<Entry>>, StoreError> {
        match &notice.audience {
            Addressee::Role(owner) if owner.worker.is_empty() => Ok(None),
            Addressee::Role(owner) => {
                let worker = self.reach_worker(tx, notice, &owner.worker).await?;
                Ok(Some(vec![worker]))
            }
            Addressee::Outside(_) => {
                let Some(child) = notice.about.child else {
                    return Ok(Some(Vec::new()));
                };
                let kind = notice.audience.recipient_kind();
                tx.flush().await?;
                storage::contact_book::of_child(tx, &notice.authority, child, kind)
                    .await
                    .map(Some)
            }
        }
    }

    /// How a worker is reached: as the rule asks when the contact book has an address, else in the product itself.
    pub(super) async fn reach_worker(
        &self,
        tx: &mut Tx,
        notice: &Notice,
        worker: &str,
    ) -> Result<Entry, StoreError> {
        let medium = if notice.medium_asked == TASK {
            None
        } else {
            tx.flush().await?;
            storage::contact_book::find(tx, &notice.authority, "worker", worker).await?
        };
        let medium = medium.map_or_else(|| TASK.to_owned(), |(medium, _)| medium);
        Ok(Entry {
            id: worker.to_owned(),
            medium,
        })
    }

    fn prepared(
        &self,
        happening: &Happening,
        duty: &Duty,
        addressee: &Addressee,
        pack: &Pack,
    ) -> Notice {
        Notice {
            id: NoticeId::new(),
            authority: happening.authority.clone(),
            cause_key: duty.cause_key.clone(),
            kind: duty.kind.clone(),
            audience: addressee.clone(),
            recipient: Recipient {
                kind: addressee.recipient_kind().to_owned(),
                id: String::new(),
            },
            media: pack
                .notification
                .kind(&duty.kind)
                .map_or_else(Vec::new, |kind| kind.media.clone()),
            medium_asked: duty.medium.clone(),
            medium: duty.medium.clone(),
            state: State::Unresolved,
            rules: duty.rules.clone(),
            due: duty.due_at.map(|at| Due {
                // The instant of breach is 00:00 of the day after, or the moment itself.
                on: self
                    .calendar
                    .date_of(at - jiff::SignedDuration::from_micros(1)),
                at,
                breached: false,
                from: duty.due_from,
                skipped: duty.due_skipped.clone(),
            }),
            content: duty.content.clone(),
            about: About {
                process: happening.process,
                event: happening.event.clone(),
                case: happening.case,
                child: happening.child,
                family: happening.family,
                meets_item: duty.meets_item.clone(),
            },
            sender: duty.sender.clone(),
            pack: pack.digest.to_string(),
            facts_version: happening.facts_version,
            known: None,
            withheld_by: None,
            told_at: None,
            version: 1,
        }
    }
}
