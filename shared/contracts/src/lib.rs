//! The contracts in Rust: messages, clients and servers generated from `proto/`.
//!
//! Besides the generated code there are the checks of the `buf.validate` annotations ([`Validate`]), the
//! table of methods with what each is about ([`call_of`]), the descriptors for reflection
//! ([`FILE_DESCRIPTOR_SET`], [`pool`]) and conversions of times, structures and events.

mod calls;
mod convert;
mod journal;
#[cfg(test)]
mod tests;
mod validate;

pub use calls::{CALLS, Call, call_of};
pub use convert::{InvalidInstant, instant, json, structure, timestamp};
pub use journal::{MalformedEvent, event_from_json, event_to_json};
pub use pool::{FILE_DESCRIPTOR_SET, pool};
pub use validate::{Checker, Validate, Violation};

pub use self::r#type::v1 as type_v1;

mod pool;

/// Generated code keeps its generator's style.
macro_rules! package {
    ($area:ident, $name:literal, $doc:literal) => {
        #[doc = $doc]
        #[allow(
            clippy::all,
            clippy::pedantic,
            clippy::allow_attributes,
            rustdoc::all,
            reason = "generated"
        )]
        pub mod $area {
            /// Version 1.
            pub mod v1 {
                tonic::include_proto!($name);
            }
        }
    };
}

package!(
    r#type,
    "baton.r#type.v1",
    "What several areas use: context, facts, owners, due dates."
);
package!(
    event,
    "baton.event.v1",
    "Events and the feeds that carry them."
);
package!(record, "baton.record.v1", "What record systems report.");
package!(
    frontdoor,
    "baton.frontdoor.v1",
    "Children, facts, contacts and referrals."
);
package!(
    allocation,
    "baton.allocation.v1",
    "The ledger and the organisation."
);
package!(transfer, "baton.transfer.v1", "Transfers.");
package!(closure, "baton.closure.v1", "Closures and step-downs.");
package!(notification, "baton.notification.v1", "Notices.");
package!(gateway, "baton.gateway.v1", "The public door.");
