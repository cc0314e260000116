//! Texts that are named by their digest and never change, and from which day each is in force.
//!
//! A service reads its own through [`Store`]; [`PackShelf`] reaches the same tables beside a service that runs.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use crate::transact::roll_back;
use crate::{Db, Instant, Session, Store, StoreConfig, StoreError, Tx, with_db, with_tx};

/// A pack as it is kept: to this crate a text with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPack {
    /// The authority.
    pub authority: String,
    /// The digest of what the text holds. Whoever makes the text answers for it.
    pub digest: String,
    /// The text.
    pub content: String,
}

/// From which day a pack is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    /// The authority.
    pub authority: String,
    /// The pack.
    pub digest: String,
    /// The first day on which what begins follows it.
    pub effective_from: Date,
}

/// The packs of an authority in the order of their activations: the pack in force on a day is that of the latest day
/// not after it, and of several for one day the one activated last.
pub fn in_force<'a>(
    activations: impl IntoIterator<Item = &'a Activation>,
    authority: &str,
    at: Date,
) -> Option<&'a Activation> {
    // The last of equal ones, which `max_by_key` gives.
    activations
        .into_iter()
        .filter(|activation| activation.authority == authority && activation.effective_from <= at)
        .max_by_key(|activation| activation.effective_from)
}

impl Tx {
    /// Keeps a pack; false when it is there already.
    pub async fn keep_pack(
        &mut self,
        pack: &StoredPack,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let insert = "INSERT INTO packs (authority, digest, content, stored_at) \
            VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let kept = with_tx!(self, c => sqlx::query(insert)
            .bind(&pack.authority)
            .bind(&pack.digest)
            .bind(&pack.content)
            .bind(Instant::from(at))
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(kept == 1)
    }

    /// Puts a kept pack in force from a day; false when it is the last one activated for that day already.
    pub async fn activate_pack(
        &mut self,
        activation: &Activation,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let insert = "INSERT INTO pack_activations (authority, digest, effective_from, activated_at) \
            SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), $4 \
            WHERE NOT EXISTS (SELECT 1 FROM pack_activations a \
                WHERE a.authority = $1 AND a.effective_from = $3 AND a.digest = $2 \
                    AND a.position = (SELECT max(b.position) FROM pack_activations b \
                        WHERE b.authority = $1 AND b.effective_from = $3))";
        let activated = with_tx!(self, c => sqlx::query(insert)
            .bind(&activation.authority)
            .bind(&activation.digest)
            .bind(activation.effective_from.to_string())
            .bind(Instant::from(at))
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(activated == 1)
    }
}

impl Store {
    /// Every activation, in the order in which they were made.
    pub async fn pack_activations(&self) -> Result<Vec<Activation>, StoreError> {
        activations(self.db()).await
    }

    /// The kept packs among those asked for.
    pub async fn packs(&self, digests: &[String]) -> Result<Vec<StoredPack>, StoreError> {
        packs(self.db(), digests).await
    }
}

/// The packs of a service's database, reached from outside the service: of a SQLite file too while the service has it
/// open, since one short transaction of another process does no harm there.
pub struct PackShelf(Db);

impl PackShelf {
    /// Opens a database that its service has made before.
    pub async fn open(config: &StoreConfig) -> Result<Self, StoreError> {
        let db = if config.url.starts_with("sqlite:") {
            let options: SqliteConnectOptions = config
                .url
                .parse()
                .map_err(|_| StoreError::Open("the url is not a SQLite url".to_owned()))?;
            let options = options
                .foreign_keys(true)
                .busy_timeout(config.acquire_timeout);
            let pool = SqlitePoolOptions::new().max_connections(1);
            let write = pool.clone().connect_with(options.clone()).await?;
            let read = pool.connect_with(options.read_only(true)).await?;
            Db::Sqlite { read, write }
        } else {
            let options: PgConnectOptions = config
                .url
                .parse()
                .map_err(|_| StoreError::Open("the url is not a PostgreSQL url".to_owned()))?;
            let pool = PgPoolOptions::new()
                .max_connections(1)
                .acquire_timeout(config.acquire_timeout)
                .connect_with(options.application_name("baton-protocol"));
            Db::Postgres(pool.await?)
        };
        Ok(Self(db))
    }

    /// Every activation, in the order in which they were made.
    pub async fn activations(&self) -> Result<Vec<Activation>, StoreError> {
        activations(&self.0).await
    }

    /// The kept packs among those asked for.
    pub async fn packs(&self, digests: &[String]) -> Result<Vec<StoredPack>, StoreError> {
        packs(&self.0, digests).await
    }

    /// Keeps a pack and puts it in force from a day; false when both is so already.
    pub async fn activate(
        &self,
        pack: &StoredPack,
        effective_from: Date,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let session = match &self.0 {
            Db::Sqlite { write, .. } => Session::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Db::Postgres(pool) => Session::Postgres(pool.begin().await?),
        };
        let mut tx = Tx::new(session);
        match keep_and_activate(&mut tx, pack, effective_from, at).await {
            Ok(changed) => {
                match tx.session {
                    Session::Sqlite(session) => session.commit().await?,
                    Session::Postgres(session) => session.commit().await?,
                }
                Ok(changed)
            }
            Err(error) => {
                roll_back(tx).await;
                Err(error)
            }
        }
    }

    /// Closes the connections.
    pub async fn close(self) {
        match self.0 {
            Db::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

async fn keep_and_activate(
    tx: &mut Tx,
    pack: &StoredPack,
    effective_from: Date,
    at: Timestamp,
) -> Result<bool, StoreError> {
    tx.keep_pack(pack, at).await?;
    let activation = Activation {
        authority: pack.authority.clone(),
        digest: pack.digest.clone(),
        effective_from,
    };
    tx.activate_pack(&activation, at).await
}

async fn activations(db: &Db) -> Result<Vec<Activation>, StoreError> {
    let select = "SELECT authority, digest, effective_from FROM pack_activations ORDER BY position";
    let rows: Vec<(String, String, String)> =
        with_db!(db, c => sqlx::query_as(select).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(authority, digest, from)| {
            let effective_from = from
                .parse()
                .map_err(|_| StoreError::Corrupt("the first day of a pack"))?;
            Ok(Activation {
                authority,
                digest,
                effective_from,
            })
        })
        .collect()
}

async fn packs(db: &Db, digests: &[String]) -> Result<Vec<StoredPack>, StoreError> {
    let select = "SELECT authority, digest, content FROM packs WHERE digest = $1";
    // Few and seldom: one at a time keeps one text for both databases.
    let mut found = BTreeMap::new();
    for digest in digests {
        let rows: Vec<(String, String, String)> = with_db!(db, c => sqlx::query_as(select)
            .bind(digest)
            .fetch_all(c)
            .await)?;
        for (authority, digest, content) in rows {
            let pack = StoredPack {
                authority,
                digest: digest.clone(),
                content,
            };
            found.insert(digest, pack);
        }
    }
    Ok(found.into_values().collect())
}
