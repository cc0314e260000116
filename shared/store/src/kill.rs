//! Named points at which a test may kill the process, to show that nothing is lost or done twice.
//!
//! Without the feature `kill-points` every call is empty. With it, `BATON_KILL_AT="<stage>:<label>#<n>,…"` kills the
//! process with SIGKILL at the n-th passage (`#1` when left out) of whichever of these points comes first, and
//! `BATON_KILL_LOG=<path>` appends the name of every point passed, so that a test can learn which there are, and
//! `killed <name>` where the process ends.

use std::fmt;

/// Where in a call the point lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// All work is done, nothing is committed.
    BeforeCommit,
    /// Committed, but the caller has no answer yet.
    AfterCommit,
    /// The answer left the service.
    AfterReply,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BeforeCommit => "before_commit",
            Self::AfterCommit => "after_commit",
            Self::AfterReply => "after_reply",
        })
    }
}

/// Passes the point `<stage>:<service>.<label>`.
#[cfg(not(feature = "kill-points"))]
#[inline]
pub const fn point(_stage: Stage, _service: &str, _label: &str) {}

/// Passes the point `<stage>:<service>.<label>`, and does not return where the environment says so.
#[cfg(feature = "kill-points")]
pub fn point(stage: Stage, service: &str, label: &str) {
    armed::point(&format!("{stage}:{service}.{label}"));
}

/// Passes the point `<stage>:<service>.<label>.<mark>` of each mark of a transaction.
#[cfg(feature = "kill-points")]
pub(crate) fn points(stage: Stage, service: &str, label: &str, marks: &[String]) {
    for mark in marks {
        armed::point(&format!("{stage}:{service}.{label}.{mark}"));
    }
}

#[cfg(feature = "kill-points")]
mod armed {
    use std::collections::HashMap;
    use std::io::Write;
    use std::path::PathBuf;
    use std::sync::{LazyLock, Mutex, PoisonError};

    struct Plan {
        kill_at: HashMap<String, u64>,
        log: Option<PathBuf>,
        passed: Mutex<HashMap<String, u64>>,
    }

    static PLAN: LazyLock<Plan> = LazyLock::new(|| Plan {
        kill_at: std::env::var("BATON_KILL_AT")
            .map_or_else(|_| HashMap::new(), |text| parse(&text)),
        log: std::env::var_os("BATON_KILL_LOG").map(PathBuf::from),
        passed: Mutex::default(),
    });

    pub(super) fn parse(text: &str) -> HashMap<String, u64> {
        let point = |text: &str| match text.rsplit_once('#') {
            Some((name, passage)) => (name.to_owned(), passage.parse().unwrap_or(1)),
            None => (text.to_owned(), 1),
        };
        text.split(',')
            .filter(|text| !text.is_empty())
            .map(point)
            .collect()
    }

    fn log(line: &str) {
        let Some(path) = &PLAN.log else { return };
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path);
        // One write, so that lines of several threads do not mix. A log that fails is no reason to stop.
        let _ = file.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()));
    }

    pub(super) fn point(name: &str) {
        log(name);
        let Some(passage) = PLAN.kill_at.get(name) else {
            return;
        };
        // Held until the end: no second point says that the process was killed there.
        let mut passed = PLAN.passed.lock().unwrap_or_else(PoisonError::into_inner);
        let count = passed.entry(name.to_owned()).or_insert(0);
        *count += 1;
        if count == passage {
            log(&format!("killed {name}"));
            // Nothing may run after this: no destructor, no flush. That is the point.
            let _ = rustix::process::kill_process(
                rustix::process::getpid(),
                rustix::process::Signal::KILL,
            );
            loop {
                std::thread::park();
            }
        }
    }
}

#[cfg(all(test, feature = "kill-points"))]
mod tests {
    #[test]
    fn points_are_named_with_their_passages() {
        let points =
            super::armed::parse("after_commit:transfer.open#3,before_commit:transfer.open");

        assert_eq!(points["after_commit:transfer.open"], 3);
        assert_eq!(points["before_commit:transfer.open"], 1);
        assert_eq!(super::armed::parse("").len(), 0);
    }
}
