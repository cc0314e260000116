//! The checks of the `buf.validate` annotations. Every violation of a message is found at once.

mod checker;
mod pattern;

pub use checker::Checker;
use pattern::Pattern;

/// A field that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The path of the field, with names as in `proto/`: `departures[2].rule_id`.
    pub field: String,
    /// What is wrong. Never repeats the value.
    pub description: String,
}

/// A message that can be checked against the annotations of its contract.
pub trait Validate {
    /// Reports every violation to the checker.
    fn check(&self, checker: &mut Checker);

    /// Every violation, in the order of the fields. Empty when the message is sound.
    fn violations(&self) -> Vec<Violation> {
        let mut checker = Checker::default();
        self.check(&mut checker);
        checker.into_violations()
    }
}

/// Some requests say nothing.
impl Validate for () {
    fn check(&self, _: &mut Checker) {}
}

#[allow(
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes,
    reason = "generated"
)]
mod generated {
    use super::{Checker, Pattern, Validate};

    include!(concat!(env!("OUT_DIR"), "/validation.rs"));
}

#[cfg(test)]
#[allow(
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes,
    reason = "generated"
)]
mod generated_sample {
    use super::{Checker, Pattern, Validate};

    include!(concat!(env!("OUT_DIR"), "/sample_validation.rs"));
}
