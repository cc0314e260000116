//! The specification of a transfer, authority by authority, on the packs that ship with Baton.

mod camden;
mod duties;
mod holds;
mod invariants;
mod lancashire;
mod merton;
mod model;
mod opens;
mod people;
mod policy_review;
mod random;
mod resting;
mod shropshire;
mod stage;
mod suspension;
mod wirral;
