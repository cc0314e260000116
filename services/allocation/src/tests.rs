//! The service as its callers meet it: through the generated clients, on both databases.

mod asking;
mod constraints;
mod earlier;
mod explaining;
mod figures;
mod harness;
mod history;
mod ledger;
mod organisation;
mod races;
mod reports;
mod successors;
mod unallocated;
