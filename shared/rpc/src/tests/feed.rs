use std::time::Duration;

use baton_clock::BusinessClock;
use baton_contracts::event::v1::simulation_service_client::SimulationServiceClient;
use baton_contracts::event::v1::{Event, GetQuietRequest, NextDueRequest, SetClockRequest};
use baton_contracts::{instant, timestamp};
use baton_store::{Cursor, FeedError, Migrations, Store, StoreConfig, StoreError};
use baton_testkit::{TestDb, clock_at};
use futures::StreamExt as _;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::Code;
use tonic::service::Routes;
use uuid::Uuid;

use crate::{
    Conn, FeedServer, ServerConfig, SimulationServer, announcement, in_process, subscribe_to,
};

const AUTHORITY: &str = "wirral";

struct Service {
    store: Store,
    conn: Conn,
    stop: CancellationToken,
    _sealing: JoinHandle<()>,
    _db: TestDb,
}

async fn service(clock: BusinessClock) -> Service {
    let db = TestDb::sqlite();
    let none = Migrations {
        sqlite: &[],
        postgres: &[],
    };
    let store = Store::open(StoreConfig::new(db.url()), "transfer", none, clock)
        .await
        .unwrap();
    let stop = CancellationToken::new();
    let sealing = tokio::spawn({
        let (store, stop) = (store.clone(), stop.clone());
        async move { store.run_sealing(stop).await }
    });
    let mut routes = Routes::builder();
    routes
        .add_service(FeedServer::service(store.clone(), stop.clone()))
        .add_service(SimulationServer::service(store.clone(), None));
    let conn = in_process(routes.routes(), &ServerConfig::new("transfer"));
    Service {
        store,
        conn,
        stop,
        _sealing: sealing,
        _db: db,
    }
}

fn event(version: i64) -> Event {
    let now = timestamp("2026-03-02T09:30:00Z".parse().unwrap());
    Event {
        event_id: Uuid::now_v7().to_string(),
        authority: AUTHORITY.to_owned(),
        service: "transfer".to_owned(),
        r#type: "transfer.opened".to_owned(),
        aggregate_id: Uuid::now_v7().to_string(),
        aggregate_version: version,
        effective_at: Some(now),
        recorded_at: Some(now),
        ..Event::default()
    }
}

async fn announce(store: &Store, event: Event) -> Event {
    let row = announcement(event.clone()).unwrap();
    let traceparent = row.traceparent.clone().unwrap();
    store
        .transact("announce", move |tx| {
            Box::pin(async move {
                tx.announce(&[row]);
                Ok(())
            })
        })
        .await
        .map_err(|error: StoreError| error.to_string())
        .unwrap();
    Event {
        traceparent,
        ..event
    }
}

#[tokio::test]
async fn a_subscriber_gets_every_event_in_order_with_its_cursor() {
    let service = service(clock_at("2026-03-02T09:30:00Z")).await;
    let announced = [
        announce(&service.store, event(1)).await,
        announce(&service.store, event(2)).await,
    ];
    let connect = subscribe_to(service.conn.clone(), AUTHORITY);

    let mut stream = connect(Cursor::default()).await.unwrap();
    let mut got = Vec::new();
    let mut cursor = Cursor::default();
    while got.len() < 2 {
        let batch = stream.next().await.unwrap().unwrap();
        got.extend(batch.events);
        cursor = batch.cursor;
    }

    assert_eq!(got, announced);
    assert_eq!(cursor, service.store.head(AUTHORITY).await.unwrap());

    // And goes on from there, also later.
    let mut stream = connect(cursor).await.unwrap();
    let third = announce(&service.store, event(3)).await;
    let batch = loop {
        let batch = stream.next().await.unwrap().unwrap();
        if !batch.events.is_empty() {
            break batch;
        }
    };
    assert_eq!((batch.events, batch.cursor.position), (vec![third], 3));
}

#[tokio::test]
async fn a_cursor_of_another_life_is_feed_diverged() {
    let service = service(clock_at("2026-03-02T09:30:00Z")).await;
    announce(&service.store, event(1)).await;
    let foreign = Cursor {
        incarnation: service.store.incarnation().to_owned(),
        position: 1,
        hash: vec![7; 32],
    };

    let connect = subscribe_to(service.conn.clone(), AUTHORITY);
    let outcome = match connect(foreign).await {
        Ok(mut stream) => stream.next().await.unwrap().map(|_| ()),
        Err(error) => Err(error),
    };

    assert!(
        matches!(outcome, Err(FeedError::Diverged { position: 1 })),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_feed_ends_when_its_service_stops() {
    let service = service(clock_at("2026-03-02T09:30:00Z")).await;
    let connect = subscribe_to(service.conn.clone(), AUTHORITY);
    let stream = connect(Cursor::default()).await.unwrap();

    service.stop.cancel();

    let rest = tokio::time::timeout(Duration::from_secs(5), stream.count()).await;
    assert!(rest.is_ok(), "the stream went on");
}

#[tokio::test]
async fn the_simulated_clock_is_set_and_only_forward() {
    let service = service(clock_at("2026-03-02T09:30:00Z")).await;
    let mut client = SimulationServiceClient::new(service.conn.clone());
    let later = timestamp("2026-03-17T00:00:00Z".parse().unwrap());

    let answer = client
        .set_clock(SetClockRequest { now: Some(later) })
        .await
        .unwrap()
        .into_inner();

    assert_eq!(
        instant(&answer.now.unwrap()).unwrap(),
        service.store.clock().now()
    );
    let back = timestamp("2026-03-16T00:00:00Z".parse().unwrap());
    let status = client
        .set_clock(SetClockRequest { now: Some(back) })
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
    assert_eq!(
        client
            .set_clock(SetClockRequest::default())
            .await
            .unwrap_err()
            .code(),
        Code::InvalidArgument
    );
    assert_eq!(
        client
            .next_due(NextDueRequest {})
            .await
            .unwrap()
            .into_inner()
            .due_at,
        None
    );
}

#[tokio::test]
async fn a_service_behind_a_feed_is_not_quiet() {
    let service = service(clock_at("2026-03-02T09:30:00Z")).await;
    announce(&service.store, event(1)).await;
    let mut client = SimulationServiceClient::new(service.conn.clone());
    let heads = [("allocation/wirral".to_owned(), 4)].into();

    let behind = client
        .get_quiet(GetQuietRequest { heads })
        .await
        .unwrap()
        .into_inner();
    let quiet = client
        .get_quiet(GetQuietRequest::default())
        .await
        .unwrap()
        .into_inner();

    assert!(!behind.quiet);
    assert_eq!(behind.waiting_for, ["feed:allocation/wirral"]);
    assert!(quiet.quiet, "{:?}", quiet.waiting_for);
    assert_eq!(quiet.heads[AUTHORITY], 1);
}

#[test]
fn an_event_without_its_ids_is_not_recorded() {
    let event = Event {
        aggregate_id: "none".to_owned(),
        ..event(1)
    };

    assert!(announcement(event).is_err());
}
