//! gRPC in: prepare, parse, one call into `app`, convert. The feeds of other services come in here too.

mod answer;
mod context;
mod explain;
mod feed;
mod parse;
mod public;
mod reactions;
mod status;

pub use feed::happening;

use crate::app::App;

/// The handlers of its services. Clones share the use cases.
#[derive(Clone)]
pub struct Handlers {
    app: App,
}

impl Handlers {
    /// Handlers over the use cases.
    pub const fn new(app: App) -> Self {
        Self { app }
    }
}
