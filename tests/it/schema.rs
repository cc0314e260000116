//! What the databases look like.

use baton::Role;
use baton_store::{Db, Store, StoreConfig};
use baton_testkit::TestDb;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_are_text_on_postgresql_but_for_what_the_server_compares() {
    for role in Role::ALL {
        let db = TestDb::postgres().await;
        let clock = baton_testkit::clock_at(crate::town::BEGIN);
        let config = StoreConfig::new(db.url());
        let store = Store::open(config, role.name(), role.migrations(), clock)
            .await
            .expect("an empty database can be opened");
        let Db::Postgres(pool) = store.db() else {
            panic!("it is a server")
        };
        let decomposed: Vec<String> = sqlx::query_scalar(
            "SELECT table_name || '.' || column_name FROM information_schema.columns \
             WHERE table_schema = current_schema() AND data_type = 'jsonb' ORDER BY 1",
        )
        .fetch_all(pool)
        .await
        .expect("the columns");
        let compared: &[&str] = match role {
            Role::Allocation => &["deadlines.body", "spans.rules"],
            _ => &["deadlines.body"],
        };
        assert_eq!(decomposed, compared, "{}", role.name());
        store.close().await;
    }
}
