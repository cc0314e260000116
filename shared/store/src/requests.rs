//! Requests that take effect at most once.

use futures::future::BoxFuture;
use sqlx::Row;

use crate::transact::{Begin, lock_number, roll_back};
use crate::{Instant, Store, StoreError, Tx, with_db};

/// What makes a request the same request when it is sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// The authority it acts in.
    pub authority: String,
    /// Who sent it: `worker-id`, `system:name`, or a reaction's principal.
    pub principal: String,
    /// The full method name.
    pub method: String,
    /// The caller's own id for it.
    pub request_id: String,
    /// SHA-256 of the request message's bytes, without the context.
    pub body_hash: Vec<u8>,
}

/// A request that is kept with what was answered, and when.
pub(crate) struct Asked<'a> {
    pub(crate) key: &'a RequestKey,
    pub(crate) response: &'a [u8],
    pub(crate) at: Instant,
}

enum Stored {
    Nothing,
    OtherBody,
    Response(Vec<u8>),
}

impl Store {
    /// Like [`Store::transact`], at most once for each key. The response is stored with the effect; a repeat
    /// with the same body gets it back, one with another body [`StoreError::RequestIdReused`]. An `Err` of
    /// `work` changes and stores nothing, so that the same key may succeed later.
    ///
    /// Requests with the same key wait for each other. A repeat may run `work` before it is recognised, and all that it
    /// did is taken back: so `work` may act on nothing but its `tx`.
    pub async fn once<R, E, F>(&self, key: RequestKey, label: &'static str, work: F) -> Result<R, E>
    where
        R: prost::Message + Default + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<R, E>> + Send + 'static,
    {
        let store = self.clone();
        self.to_the_end(label, async move {
            // The key is written after the work, which saves the common case a round trip; the lock keeps a second
            // request with this key from looking before the first has ended.
            let mut tx = store.begin(Begin::Locked(lock_of(&key))).await?;
            let refusal = match work(&mut tx).await {
                Ok(response) => {
                    let asked = Asked {
                        key: &key,
                        response: &response.encode_to_vec(),
                        at: Instant::from(store.0.clock.now()),
                    };
                    if tx.finish(Some(asked)).await? {
                        store.commit(tx, label).await?;
                        return Ok(response);
                    }
                    None
                }
                Err(refusal) => Some(refusal),
            };
            roll_back(tx).await;

            // Either the key is taken, or the work was refused: perhaps because it had taken effect before.
            match store.stored(&key).await? {
                Stored::Response(bytes) => R::decode(bytes.as_slice())
                    .map_err(|_| StoreError::Corrupt("requests.response").into()),
                Stored::OtherBody => Err(StoreError::RequestIdReused.into()),
                // A key that was taken a moment ago and is gone can only have been pruned meanwhile.
                Stored::Nothing => Err(refusal.unwrap_or_else(|| StoreError::Contention.into())),
            }
        })
        .await
    }

    async fn stored(&self, key: &RequestKey) -> Result<Stored, StoreError> {
        let select = "SELECT body_hash, response FROM requests \
            WHERE authority = $1 AND principal = $2 AND method = $3 AND request_id = $4";
        let found: Option<(Vec<u8>, Vec<u8>)> = with_db!(self.db(), c => sqlx::query(select)
            .bind(&key.authority)
            .bind(&key.principal)
            .bind(&key.method)
            .bind(&key.request_id)
            .fetch_optional(c)
            .await?
            .map(|row| Ok::<_, sqlx::Error>((row.try_get(0)?, row.try_get(1)?)))
            .transpose()?);
        Ok(match found {
            None => Stored::Nothing,
            Some((hash, _)) if hash != key.body_hash => Stored::OtherBody,
            Some((_, response)) => Stored::Response(response),
        })
    }
}

fn lock_of(key: &RequestKey) -> i64 {
    let parts = [&key.authority, &key.principal, &key.method, &key.request_id];
    lock_number("request", &parts.map(String::as_bytes))
}
