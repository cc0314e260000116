//! What people wrote, kept apart from events.

use sha2::{Digest, Sha256};
use sqlx::Row;
use uuid::Uuid;

use crate::{Store, StoreError, Tx, with_db, with_tx};

impl Tx {
    /// Keeps a text (a reason, a name, an address) and answers its digest in hex, by which events and documents
    /// refer to it. The digest covers a random salt kept beside the text: once the row is erased nobody can
    /// guess a short text from its digest. The same text twice therefore has two digests.
    pub async fn put_private(
        &mut self,
        authority: &str,
        case_id: Option<Uuid>,
        value: &str,
    ) -> Result<String, StoreError> {
        let salt: [u8; 16] = rand::random();
        let digest = hex::encode(
            Sha256::new()
                .chain_update(salt)
                .chain_update(value)
                .finalize(),
        );
        let insert = "INSERT INTO private_values (authority, digest, case_id, salt, value) \
            VALUES ($1, $2, $3, $4, $5)";
        with_tx!(self, c => sqlx::query(insert)
            .bind(authority)
            .bind(&digest)
            .bind(case_id)
            .bind(salt.as_slice())
            .bind(value)
            .execute(c)
            .await
            .map(drop))?;
        Ok(digest)
    }

    /// The text behind a digest; none when it was erased or belongs to another authority.
    pub async fn get_private(
        &mut self,
        authority: &str,
        digest: &str,
    ) -> Result<Option<String>, StoreError> {
        Ok(with_tx!(self, c => sqlx::query(SELECT)
            .bind(authority)
            .bind(digest)
            .fetch_optional(c)
            .await?
            .map(|row| row.try_get(0))
            .transpose()?))
    }
}

impl Store {
    /// The text behind a digest; none when it was erased or belongs to another authority.
    pub async fn get_private(
        &self,
        authority: &str,
        digest: &str,
    ) -> Result<Option<String>, StoreError> {
        Ok(with_db!(self.db(), c => sqlx::query(SELECT)
            .bind(authority)
            .bind(digest)
            .fetch_optional(c)
            .await?
            .map(|row| row.try_get(0))
            .transpose()?))
    }
}

const SELECT: &str = "SELECT value FROM private_values WHERE authority = $1 AND digest = $2";
