//! The rules of a transfer: pure decisions. No clock, no database, no network.
//!
//! - [`decide`]: what an act on one transfer changes, or why not.
//! - [`consider`]: what happens to a child, and what it does to the child's transfers.
//! - [`request`]: what a person's request for a transfer opens, or why not.
//! - [`ring`]: what happens when a clock rings.
//! - [`apply`]: what an event does.
//!
//! What the protocol says comes from the pack the transfer is pinned to; this code knows no authority.

mod agenda;
mod agreements;
mod apply;
mod asked;
mod authority;
mod basis;
mod by_meeting;
mod clock;
mod command;
mod completion;
mod consider;
mod consideration;
mod context;
mod decide;
mod deferral;
mod departures;
mod disputes;
mod draft;
mod due;
mod duty;
mod event;
mod evidence;
mod expiry;
mod figures;
mod gate;
mod held;
mod hold;
mod item;
mod items;
mod meetings;
mod notices;
mod numbers;
mod opening;
mod owner;
mod point;
mod policy_review;
mod progress;
mod reassess;
mod refusal;
mod request;
mod rights;
mod shown;
mod state;
mod stay;
mod suspended;
mod suspension;
mod tasks;
#[cfg(test)]
mod tests;
mod timing;
mod watch;

pub use agenda::{Listed, meeting_passed};
pub use apply::{apply, apply_all};
pub use asked::weigh_asked;
pub use basis::{Basis, KnownFact, Source, basis};
pub use clock::{Clock, ClockState};
pub use command::{Command, ConferenceReport, Evidence, ItemAct, MeetingHeld, Request, Trigger};
pub use consider::{Considered, Explanation, Series, consider};
pub use consideration::Consideration;
pub use context::{
    Actor, Cause, Child, Context, FreshIds, GivenReason, PrincipalKind, Responsibility, Team,
    Worker,
};
pub use decide::decide;
pub use departures::Departure;
pub use draft::Rules;
pub use duty::{DutyChange, DutyEvent, Owed, WeighedDuty, weigh_duties};
pub use event::{Change, Event, ItemChange, NoticeDue};
pub use expiry::{point_came, ring};
pub use figures::{Counted, Figures};
#[cfg(test)]
pub use hold::Suspended;
pub use hold::{Hold, HoldAbout, HoldKind, Resolution};
pub use item::{Act, Item, ItemState};
pub use owner::Owner;
pub use policy_review::{HeldReview, PolicyReview, RecordReview};
pub use refusal::{OpenItem, Refusal};
pub use request::request;
pub use rights::{MayAct, rights};
pub use shown::{Referred, SoFar};
pub use state::{Action, Phase, Release, Skipped, Transfer};
pub use suspended::follow as follow_suspension;
pub use suspension::{Suspend, Suspension, SuspensionAct, SuspensionState, above};
pub use tasks::{Task, tasks};
pub use watch::{Watch, is_watched};
