//! All SQL of the gateway.
//!
//! - `reports`: what record systems reported, and the receipts;
//! - `reactions`, `lanes`: what the gateway does about it, one after another in each family;
//! - `journey`, `tasks`, `tracker`: the views, written in the transaction of a feed's cursor.

pub mod journey;
pub mod lanes;
pub mod reactions;
pub mod reports;
pub mod retention;
pub mod tasks;
pub mod tracked;
pub mod tracker;
pub mod writes;

use baton_store::{Migration, Migrations};

/// How many rows go into one statement: SQLite takes 32,766 parameters.
const ROWS_MAX: usize = 256;

macro_rules! migrations {
    ($folder:literal $(, $more:expr)?) => {
        &[
            (
                1000,
                "reports",
                include_str!(concat!("../migrations/", $folder, "/1000_reports.sql")),
            ),
            (
                1001,
                "reactions",
                include_str!(concat!("../migrations/", $folder, "/1001_reactions.sql")),
            ),
            (
                1002,
                "journey",
                include_str!(concat!("../migrations/", $folder, "/1002_journey.sql")),
            ),
            (
                1003,
                "tasks",
                include_str!(concat!("../migrations/", $folder, "/1003_tasks.sql")),
            ),
            (
                1004,
                "tracker",
                include_str!(concat!("../migrations/", $folder, "/1004_tracker.sql")),
            ),
            (
                1005,
                "tracked_tasks",
                include_str!(concat!(
                    "../migrations/",
                    $folder,
                    "/1005_tracked_tasks.sql"
                )),
            ),
            $($more,)?
        ]
    };
}

const SQLITE: &[Migration] = migrations!("sqlite");
const POSTGRES: &[Migration] = migrations!(
    "postgres",
    (
        1006,
        "json",
        include_str!("../migrations/postgres/1006_json.sql")
    )
);

/// The gateway's own tables.
pub const fn migrations() -> Migrations {
    Migrations {
        sqlite: SQLITE,
        postgres: POSTGRES,
    }
}
