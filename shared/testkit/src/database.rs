//! Empty databases for tests.

use std::fmt;

use tempfile::TempDir;
use uuid::Uuid;

use crate::cluster;

/// An empty database of its own, gone when dropped.
pub struct TestDb {
    url: String,
    kind: Kind,
}

enum Kind {
    /// The folder of the file.
    Sqlite(#[expect(dead_code, reason = "held so that the folder stays")] TempDir),
    /// The name of the database.
    Postgres(String),
}

impl TestDb {
    /// A file in a folder of its own.
    ///
    /// # Panics
    /// When no folder can be made.
    pub fn sqlite() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("baton-test-")
            .tempdir()
            .expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        Self {
            url,
            kind: Kind::Sqlite(folder),
        }
    }

    /// A database of the run's shared cluster, which is started when it is not running.
    ///
    /// # Panics
    /// When PostgreSQL's programs are missing or the cluster cannot be started.
    pub async fn postgres() -> Self {
        let name = format!("t_{}", Uuid::now_v7().simple());
        let url = tokio::task::spawn_blocking({
            let name = name.clone();
            move || cluster::create_database(&name)
        })
        .await
        .expect("the cluster");
        Self {
            url,
            kind: Kind::Postgres(name),
        }
    }

    /// What `StoreConfig` takes.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether this is PostgreSQL, for the odd test of what only one database does.
    pub const fn is_postgres(&self) -> bool {
        matches!(self.kind, Kind::Postgres(_))
    }
}

impl fmt::Debug for TestDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if let Kind::Postgres(name) = &self.kind {
            cluster::drop_database(name);
        }
    }
}

/// Runs a test's body on SQLite and then on PostgreSQL, giving it the url of an empty database.
pub async fn each_database<Body, Run>(body: Body)
where
    Body: Fn(String) -> Run,
    Run: Future<Output = ()>,
{
    for db in [TestDb::sqlite(), TestDb::postgres().await] {
        // Shown only when the test fails: says on which database it did.
        println!(
            "on {}",
            if db.is_postgres() {
                "PostgreSQL"
            } else {
                "SQLite"
            }
        );
        body(db.url().to_owned()).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use sqlx::{Connection, PgConnection};

    use super::*;

    #[tokio::test]
    async fn a_body_runs_on_both_databases_each_time_on_an_empty_one() {
        let urls = Mutex::new(Vec::new());

        each_database(|url| {
            urls.lock().unwrap().push(url);
            std::future::ready(())
        })
        .await;

        let urls = urls.into_inner().unwrap();
        assert!(
            urls[0].starts_with("sqlite:") && urls[1].starts_with("postgres:"),
            "{urls:?}"
        );
    }

    #[tokio::test]
    async fn two_databases_of_the_cluster_do_not_see_each_other() {
        let (one, two) = tokio::join!(TestDb::postgres(), TestDb::postgres());
        let mut in_one = PgConnection::connect(one.url()).await.unwrap();
        let mut in_two = PgConnection::connect(two.url()).await.unwrap();

        sqlx::query("CREATE TABLE t (a BIGINT)")
            .execute(&mut in_one)
            .await
            .unwrap();

        assert!(
            sqlx::query("SELECT a FROM t")
                .execute(&mut in_two)
                .await
                .is_err()
        );
    }
}
