//! The throw-away PostgreSQL cluster of a run. `postgres.sh` does the work, so that a person can use it too.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("postgres.sh")
}

/// Makes an empty database, starting the cluster if need be. Answers its url.
pub fn create_database(name: &str) -> String {
    let output = Command::new("sh")
        .arg(script())
        .args(["create", name])
        .stdin(Stdio::null())
        .output()
        .expect("a shell to run postgres.sh");
    assert!(
        output.status.success(),
        "no PostgreSQL for the tests: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Drops a database in the background. What is left over goes with the cluster.
pub fn drop_database(name: &str) {
    let _ = Command::new("sh")
        .arg(script())
        .args(["drop", name])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
}
