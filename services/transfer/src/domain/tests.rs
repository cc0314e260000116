//! The specification of a transfer, authority by authority, on the packs that ship with Baton.

mod camden;
mod lancashire;
mod merton;
mod random;
mod shropshire;
mod stage;
mod wirral;
