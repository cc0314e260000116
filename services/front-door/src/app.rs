//! The use cases of the front door: load, decide, save, one transaction each.

mod announce;
mod children;
mod contacts;
mod deadlines;
mod desk;
mod error;
mod explain;
mod facts;
mod steps;

use std::sync::Arc;

use baton_calendar::Calendar;
use baton_clock::BusinessClock;
use baton_ids::{AuthorityId, ChildId, ContactId, EventId, FamilyId};
use baton_packs::Packs;
use baton_protocol::Pack;
use baton_store::Store;
use jiff::Timestamp;
use jiff::civil::Date;

pub use self::announce::Source;
pub use self::children::{Link, Register, Registered};
pub use self::contacts::{DecideContact, LaunchContact};
pub use self::desk::{AnswerEnquiry, LogTrayCheck, TrayShown};
pub use self::error::AppError;
pub use self::explain::{Explained, WhatIf};
pub use self::facts::{ReportFacts, Reported};
pub use self::steps::{NoticeSent, PassContact, RecordStep};
use crate::domain::contact::Contact;
use crate::domain::fact::Known;
use crate::domain::family::{Child, Family};
use crate::storage::references::Reference;
use crate::storage::{self, Page, contacts::Filter};

/// The name of this service in events and answers.
pub const NAME: &str = "front-door";

/// What the use cases work with. Clones share it.
#[derive(Clone)]
pub struct App {
    store: Store,
    packs: Packs,
    clock: BusinessClock,
    calendar: Arc<Calendar>,
}

/// What a change left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<T> {
    /// What it is now.
    pub value: T,
    /// The last event it recorded. None when nothing changed.
    pub last_event: Option<EventId>,
}

/// A child as it is shown: with what other systems call it and the version of its group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownChild {
    /// The child.
    pub child: Child,
    /// Its family group.
    pub family: FamilyId,
    /// Version of the group's facts.
    pub facts_version: i64,
    /// What other systems call it.
    pub references: Vec<Reference>,
}

impl App {
    /// Puts the parts together.
    pub const fn new(
        store: Store,
        packs: Packs,
        clock: BusinessClock,
        calendar: Arc<Calendar>,
    ) -> Self {
        Self {
            store,
            packs,
            clock,
            calendar,
        }
    }

    /// Our clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The local date of an instant.
    pub fn today_at(&self, instant: Timestamp) -> Date {
        self.calendar.date_of(instant)
    }

    fn pack(&self, digest: &str) -> Result<Arc<Pack>, AppError> {
        self.packs
            .get(digest)
            .ok_or_else(|| AppError::PackUnknown(digest.to_owned()))
    }

    /// The family group of a child.
    pub async fn family_of(
        &self,
        authority: &AuthorityId,
        child: ChildId,
    ) -> Result<Family, AppError> {
        storage::families::find(self.store.db(), authority, child)
            .await?
            .ok_or_else(|| AppError::not_found("child", child))
    }

    /// A child with its references.
    pub async fn child(
        &self,
        authority: &AuthorityId,
        id: ChildId,
    ) -> Result<KnownChild, AppError> {
        let family = self.family_of(authority, id).await?;
        let references = storage::references::list(self.store.db(), authority, id).await?;
        let child = family
            .child(id)
            .cloned()
            .ok_or_else(|| AppError::not_found("child", id))?;
        Ok(KnownChild {
            child,
            family: family.id,
            facts_version: family.version,
            references,
        })
    }

    /// The child and group that a system's reference means. None when nobody has registered it.
    pub async fn resolve(
        &self,
        authority: &AuthorityId,
        reference: &Reference,
    ) -> Result<Option<(ChildId, FamilyId)>, AppError> {
        Ok(storage::references::resolve(self.store.db(), authority, reference).await?)
    }

    /// The group of a child known by our own id. None when there is no such child.
    pub async fn resolve_child(
        &self,
        authority: &AuthorityId,
        child: ChildId,
    ) -> Result<Option<(ChildId, FamilyId)>, AppError> {
        Ok(storage::references::resolve_child(self.store.db(), authority, child).await?)
    }

    /// Every value that a fact of a child has had, newest first; all facts when no key is named.
    pub async fn history(
        &self,
        authority: &AuthorityId,
        child: ChildId,
        key: Option<&str>,
    ) -> Result<Vec<(String, Known)>, AppError> {
        let found = storage::references::resolve_child(self.store.db(), authority, child).await?;
        found.ok_or_else(|| AppError::not_found("child", child))?;
        Ok(storage::history::list(self.store.db(), authority, child, key).await?)
    }

    /// A contact.
    pub async fn contact(
        &self,
        authority: &AuthorityId,
        id: ContactId,
    ) -> Result<Contact, AppError> {
        storage::contacts::find(self.store.db(), authority, id)
            .await?
            .ok_or_else(|| AppError::not_found("contact", id))
    }

    /// The child's latest contact. None when there is none.
    pub async fn latest_contact(
        &self,
        authority: &AuthorityId,
        child: ChildId,
    ) -> Result<Option<Contact>, AppError> {
        let filter = Filter {
            child: Some(child),
            ..Filter::default()
        };
        let page = Page {
            after: None,
            size: 1,
        };
        Ok(self.contacts(authority, &filter, page).await?.pop())
    }

    /// Lists contacts, newest first.
    pub async fn contacts(
        &self,
        authority: &AuthorityId,
        filter: &Filter,
        page: Page,
    ) -> Result<Vec<Contact>, AppError> {
        Ok(storage::contacts::list(self.store.db(), authority, filter, page).await?)
    }
}
