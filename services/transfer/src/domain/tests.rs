//! The specification of a transfer, authority by authority, on the packs that ship with Baton.

mod camden;
mod invariants;
mod lancashire;
mod merton;
mod opens;
mod people;
mod random;
mod shropshire;
mod stage;
mod wirral;
