//! The identifiers of Baton, each with its own type.
//!
//! Two shapes only:
//! - [`Id`]: a `UUIDv7` that Baton makes (children, cases, transfers, events, …);
//! - [`Slug`]: a short name that a council chooses (authorities, teams, workers, posts).
//!
//! The kind is part of the type, so a case's id cannot be given where a child's is wanted. An id says
//! nothing about its authority: storage always asks with both.

mod id;
mod slug;

pub use id::{
    Case, CaseId, Child, ChildId, Closure, ClosureId, Contact, ContactId, Event, EventId, Family,
    FamilyId, Id, InvalidId, Kind, Notice, NoticeId, Reaction, ReactionId, Referral, ReferralId,
    Report, ReportId, Transfer, TransferId,
};
pub use slug::{
    Authority, AuthorityId, InvalidSlug, Post, PostId, SLUG_LEN_MAX, Slug, SlugKind, Team, TeamId,
    Worker, WorkerId,
};
