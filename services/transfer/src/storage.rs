//! All SQL of the transfer service. One text serves SQLite and PostgreSQL; only the locking clause differs.

mod agenda;
mod considerations;
mod policy_reviews;
mod suspensions;
mod transfers;
mod watches;

pub use agenda::{After, Agenda, agenda, set_agenda};
pub use considerations::{lock_consideration, open_consideration_of, save_consideration};
pub use policy_reviews::{
    Noted, Period, lock_policy_review, noted, noted_within, policy_review, save_policy_review,
};
pub use suspensions::{
    active_suspension, lock_suspension, lock_workable, save_suspension, suspensions,
};
pub use transfers::{Page, find, insert, list, lock, save, series_of_child};
pub use watches::{lock_watch, lock_watch_of_child, save_watch};
