//! gRPC in: prepare, parse, one call into `app`, convert.

mod answer;
mod context;
mod explain;
mod parse;
mod public;
mod reactions;
mod status;

use crate::app::App;

/// The handlers of all services. Clones share the use cases.
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
