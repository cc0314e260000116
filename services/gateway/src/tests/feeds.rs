//! Feeds in: journey, trays, task lists, tracker, reactions. Feed out.

use std::collections::BTreeMap;

use baton_contracts::event::v1::{Event, EventActor, TaskChange};
use baton_contracts::gateway::v1::events_service_client::EventsServiceClient;
use baton_contracts::gateway::v1::journey_service_client::JourneyServiceClient;
use baton_contracts::gateway::v1::work_service_client::WorkServiceClient;
use baton_contracts::gateway::v1::{
    GetJourneyRequest, ListTasksRequest, ListTrackerRequest, ListWorkTrayRequest, SubscribeRequest,
};
use baton_contracts::notification::v1::AddressNoticeRequest;
use baton_contracts::type_v1::{AsOf, Cause, Owner, PrincipalKind};
use baton_contracts::{structure, timestamp};
use baton_store::{Store, StoreError};
use baton_testkit::{TestDb, each_database};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tonic::Code;
use uuid::Uuid;

use super::answers::{CASE, FAMILY, KIT, RELEASE, TRANSFER, decode};
use super::record::{held, report};
use super::world::{Act, Gateway, World, eventually, from, patient};
use crate::storage::reactions;

/// The feed of a service, in a database of its own.
pub struct Upstream {
    store: Store,
    service: &'static str,
    _db: TestDb,
    sealing: tokio::task::JoinHandle<()>,
}

impl Upstream {
    pub async fn of(service: &'static str, clock: &baton_clock::BusinessClock) -> Self {
        const NONE: baton_store::Migrations = baton_store::Migrations {
            sqlite: &[],
            postgres: &[],
        };
        let db = TestDb::sqlite();
        let store = Store::open(patient(db.url()), service, NONE, clock.clone())
            .await
            .expect("an empty database can be opened");
        let sealing = tokio::spawn({
            let store = store.clone();
            async move { store.run_sealing(CancellationToken::new()).await }
        });
        Self {
            store,
            service,
            _db: db,
            sealing,
        }
    }

    /// Where its events are.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Announces an event and returns its id.
    pub async fn announce(&self, event: Event) -> String {
        let event = Event {
            service: self.service.to_owned(),
            ..event
        };
        let id = event.event_id.clone();
        let row = baton_rpc::announcement(event).expect("a whole event");
        self.store
            .transact("announce", move |tx| {
                Box::pin(async move {
                    tx.announce(std::slice::from_ref(&row));
                    Ok(())
                })
            })
            .await
            .map_err(|error: StoreError| error)
            .expect("an event can be announced");
        id
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.sealing.abort();
    }
}

pub fn event(event_type: &str, data: &Value) -> Event {
    let at = "2026-03-16T14:00:00Z".parse().expect("an instant");
    Event {
        event_id: Uuid::now_v7().to_string(),
        authority: "wirral".to_owned(),
        r#type: event_type.to_owned(),
        aggregate_id: TRANSFER.to_owned(),
        aggregate_version: 1,
        case_id: CASE.to_owned(),
        child_id: KIT.to_owned(),
        family_id: FAMILY.to_owned(),
        effective_at: Some(timestamp(at)),
        recorded_at: Some(timestamp(at)),
        actor: Some(EventActor {
            principal: "nia".to_owned(),
            kind: PrincipalKind::Person.into(),
            ..Default::default()
        }),
        rules: vec!["W-053".to_owned()],
        data: Some(structure(data)),
        ..Default::default()
    }
}

fn released() -> Event {
    event(
        "transfer.released",
        &json!({
            "release_id": RELEASE, "expected_epoch": 3, "to_team_id": "north", "to_worker_id": "sam",
        }),
    )
}

pub fn task(key: &str, due_on: &str, owner: Owner) -> TaskChange {
    TaskChange {
        key: key.to_owned(),
        open: true,
        code: "sign_audit".to_owned(),
        owner: Some(owner),
        due_on: due_on.to_owned(),
        rules: vec!["W-069".to_owned()],
        references: BTreeMap::from([("transfer_id".to_owned(), TRANSFER.to_owned())]),
        ..Default::default()
    }
}

pub fn manager(team_id: &str) -> Owner {
    Owner {
        role: "team_manager".to_owned(),
        team_id: team_id.to_owned(),
        ..Default::default()
    }
}

/// A gateway that follows the feed of one service.
pub async fn following(service: &'static str, url: &str) -> (World, Upstream, Gateway) {
    let clock = World::new().clock;
    let upstream = Upstream::of(service, &clock).await;
    let world = World::with_feeds(&[(service, &upstream.store)]);
    let gateway = world.gateway(url).await;
    (world, upstream, gateway)
}

pub fn seen(service: &str, event_id: &str) -> Vec<AsOf> {
    vec![AsOf {
        service: service.to_owned(),
        event_id: event_id.to_owned(),
    }]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journey_tells_what_happened_and_whose_turn_it_is() {
    each_database(|url| async move {
        let (_world, upstream, gateway) = following("transfer", &url).await;
        let opened = Event {
            tasks: vec![task("t/audit", "2026-03-16", manager("frt"))],
            ..event("transfer.opened", &json!({}))
        };
        let earlier = Event {
            effective_at: Some(timestamp(
                "2026-03-01T10:00:00Z".parse().expect("an instant"),
            )),
            ..event("transfer.point_recomputed", &json!({}))
        };
        upstream.announce(opened).await;
        let last = upstream.announce(earlier).await;

        let mut client = JourneyServiceClient::new(gateway.conn.clone());
        let request = GetJourneyRequest {
            case_id: CASE.to_owned(),
            at_least: seen("transfer", &last),
            ..Default::default()
        };
        let journey = client
            .get_journey(from("wirral/nia", request))
            .await
            .expect("a journey")
            .into_inner();

        let types: Vec<String> = journey
            .entries
            .into_iter()
            .filter_map(|entry| entry.event)
            .map(|event| event.r#type)
            .collect();
        assert_eq!(
            types,
            ["transfer.point_recomputed", "transfer.opened"],
            "by effective time"
        );
        let waiting = &journey.waiting_for[0];
        assert_eq!(
            (waiting.code.as_str(), waiting.due_on.as_str()),
            ("sign_audit", "2026-03-16")
        );
        assert_eq!(waiting.owner, Some(manager("frt")));
        assert!(!waiting.overdue, "the last day is in time");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journey_tells_a_cause_before_its_effect_whichever_feed_was_faster() {
    each_database(|url| async move {
        let (_world, upstream, gateway) = following("transfer", &url).await;
        let cause = event("responsibility.moved", &json!({}));
        let effect = event("transfer.completed", &json!({}));
        upstream.announce(effect).await;
        let last = upstream.announce(cause).await;

        let mut client = JourneyServiceClient::new(gateway.conn.clone());
        let request = GetJourneyRequest {
            case_id: CASE.to_owned(),
            at_least: seen("transfer", &last),
            ..Default::default()
        };
        let journey = client.get_journey(from("wirral/nia", request)).await;

        let entries = journey.expect("a journey").into_inner().entries.into_iter();
        let types: Vec<String> = entries
            .filter_map(|entry| entry.event)
            .map(|event| event.r#type)
            .collect();
        assert_eq!(types, ["responsibility.moved", "transfer.completed"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trays_and_lists_have_the_most_urgent_first_page_by_page() {
    each_database(|url| async move {
        let (_world, upstream, gateway) = following("transfer", &url).await;
        let sam = Owner {
            worker_id: "nia".to_owned(),
            ..Default::default()
        };
        let above = Owner {
            role: "team_manager".to_owned(),
            ..Default::default()
        };
        let tasks = vec![
            task("c", "", manager("north")),
            task("b", "2026-04-01", manager("north")),
            TaskChange {
                overdue: true,
                ..task("a", "2026-03-02", manager("north"))
            },
            task("mine", "2026-03-20", sam),
            task("above", "2026-03-21", above),
            task("elsewhere", "2026-03-01", manager("frt")),
            TaskChange {
                tray: true,
                ..task("tray-2", "2026-03-30", manager("north"))
            },
            TaskChange {
                tray: true,
                ..task("tray-1", "2026-03-18", manager("north"))
            },
            task("closed", "2026-03-01", manager("north")),
        ];
        upstream
            .announce(Event {
                tasks,
                ..event("transfer.opened", &json!({}))
            })
            .await;
        let closing = TaskChange {
            key: "closed".to_owned(),
            open: false,
            ..Default::default()
        };
        let last = upstream
            .announce(Event {
                tasks: vec![closing],
                ..event("transfer.item_completed", &json!({}))
            })
            .await;
        let mut client = WorkServiceClient::new(gateway.conn.clone());

        let request = ListWorkTrayRequest {
            team_id: "north".to_owned(),
            at_least: seen("transfer", &last),
            ..Default::default()
        };
        let tray = client
            .list_work_tray(from("wirral/nia", request))
            .await
            .expect("a tray")
            .into_inner();
        let keys: Vec<_> = tray.items.iter().map(|task| task.key.as_str()).collect();
        assert_eq!(keys, ["tray-1", "tray-2"]);

        let mut keys = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = ListTasksRequest {
                worker_id: "nia".to_owned(),
                page_size: 2,
                page_token,
                ..Default::default()
            };
            let page = client
                .list_tasks(from("wirral/nia", request))
                .await
                .expect("a list")
                .into_inner();
            keys.extend(page.tasks.into_iter().map(|task| task.key));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(keys, ["a", "tray-1", "mine", "above", "tray-2", "b", "c"]);

        let request = ListTasksRequest {
            role: "team_manager".to_owned(),
            team_id: "frt".to_owned(),
            ..Default::default()
        };
        let of_role = client
            .list_tasks(from("wirral/nia", request))
            .await
            .expect("a list")
            .into_inner();
        assert_eq!(of_role.tasks[0].key, "elsewhere");
        assert!(of_role.tasks[0].overdue);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tracker_shows_a_team_what_comes_and_what_goes() {
    each_database(|url| async move {
        let (_world, upstream, gateway) = following("transfer", &url).await;
        let data = json!({
            "transfer_id": TRANSFER, "route": "child_protection_conference", "phase": "open",
            "from_team_id": "frt", "to_team_id": "north", "point_due_on": "2026-03-16",
        });
        upstream
            .announce(Event {
                tasks: vec![task("t/audit", "", manager("frt"))],
                ..event("transfer.opened", &data)
            })
            .await;
        let last = upstream
            .announce(event("transfer.placed", &json!({"transfer_id": TRANSFER})))
            .await;
        let mut client = WorkServiceClient::new(gateway.conn.clone());
        for team_id in ["frt", "north"] {
            let request = ListTrackerRequest {
                team_id: team_id.to_owned(),
                at_least: seen("transfer", &last),
                ..Default::default()
            };
            let rows = client
                .list_tracker(from("wirral/nia", request))
                .await
                .expect("rows")
                .into_inner()
                .rows;
            assert_eq!(rows.len(), 1, "{team_id}");
            let row = &rows[0];
            assert_eq!(
                (row.phase.as_str(), row.point_on.as_str()),
                ("placed", "2026-03-16")
            );
            assert_eq!(
                (row.from_team_id.as_str(), row.to_team_id.as_str()),
                ("frt", "north")
            );
            assert_eq!(row.waiting_for[0].key, "t/audit");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_view_that_has_not_seen_what_is_asked_for_says_so_in_time() {
    let db = TestDb::sqlite();
    let (_world, _upstream, gateway) = following("transfer", db.url()).await;
    let mut client = JourneyServiceClient::new(gateway.conn.clone());
    let mut request = from(
        "wirral/nia",
        GetJourneyRequest {
            case_id: CASE.to_owned(),
            at_least: seen("transfer", &Uuid::now_v7().to_string()),
            ..Default::default()
        },
    );
    request.set_timeout(std::time::Duration::from_millis(300));

    let behind = client
        .get_journey(request)
        .await
        .expect_err("it never happened");

    assert_eq!(behind.code(), Code::Unavailable);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_released_transfer_goes_to_the_ledger_and_back() {
    each_database(|url| async move {
        let (world, upstream, gateway) = following("transfer", &url).await;

        upstream.announce(released()).await;

        eventually("the move is confirmed", async || world.effects().len() == 2).await;
        assert_eq!(world.effects(), ["MoveResponsibility", "ConfirmMove"]);
        let call = &world.calls_of("MoveResponsibility")[0];
        assert_eq!(
            call.context.cause.as_ref().map(|cause| cause.kind.as_str()),
            Some("transfer.released")
        );
        assert_eq!(
            call.context
                .actor
                .as_ref()
                .map(|actor| actor.on_behalf_of.as_str()),
            Some("nia")
        );
        drop(gateway);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_that_came_with_an_answer_and_with_the_feed_is_carried_out_once() {
    each_database(|url| async move {
        let (world, upstream, gateway) = following("transfer", &url).await;
        world.state().answers.releases_at_conference = true;
        // The feed's event arrives while the report is still being carried out.
        world.script("RecordMeetingHeld", [Act::LoseAnswer]);

        let (receipt, last) = tokio::join!(
            report(&gateway, held("e-1", &["kit"])),
            upstream.announce(released())
        );
        eventually("the views have seen the event", async || {
            let id = Uuid::parse_str(&last).expect("an id");
            crate::storage::journey::has(&gateway.store, "wirral", id)
                .await
                .expect("a view")
        })
        .await;
        eventually("nothing is under way", async || {
            reactions::count_runnable(&gateway.store)
                .await
                .expect("a count")
                == 0
        })
        .await;

        let effects = world.effects();
        for method in ["MoveResponsibility", "ConfirmMove"] {
            assert_eq!(
                effects.iter().filter(|effect| *effect == method).count(),
                1,
                "{effects:?}"
            );
        }
        assert!(!receipt.outcomes.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_is_addressed_to_whoever_holds_the_role() {
    let db = TestDb::sqlite();
    let (world, upstream, _gateway) = following("notification", db.url()).await;
    let owner = json!({"role": "team_manager", "team_id": "north"});

    upstream
        .announce(event("notice.prepared", &json!({"owner": owner})))
        .await;

    eventually("the notice is addressed", async || {
        world.effects() == ["AddressNotice"]
    })
    .await;
    let asked: AddressNoticeRequest = decode(&world.calls_of("AddressNotice")[0].request);
    assert_eq!(asked.worker_ids, ["nia"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changed_facts_are_reassessed_unless_a_report_did_so_already() {
    let db = TestDb::sqlite();
    let (world, upstream, gateway) = following("front-door", db.url()).await;
    let by = |kind: &str| Event {
        cause: Some(Cause {
            id: "x".to_owned(),
            kind: kind.to_owned(),
        }),
        ..event("facts.changed", &json!({}))
    };

    upstream.announce(by("report")).await;
    let last = upstream.announce(by("request")).await;

    eventually("the views have seen both", async || {
        let id = Uuid::parse_str(&last).expect("an id");
        crate::storage::journey::has(&gateway.store, "wirral", id)
            .await
            .expect("a view")
    })
    .await;
    eventually("it is reassessed", async || world.effects() == ["Reassess"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_outgoing_feed_goes_on_where_a_subscriber_stopped() {
    each_database(|url| async move {
        let (_world, upstream, gateway) = following("transfer", &url).await;
        for event_type in ["transfer.opened", "transfer.placed", "transfer.completed"] {
            upstream.announce(event(event_type, &json!({}))).await;
        }
        let mut client = EventsServiceClient::new(gateway.conn.clone());
        let types = vec![
            "transfer.placed".to_owned(),
            "transfer.completed".to_owned(),
        ];

        let mut seen = Vec::new();
        let mut cursor = String::new();
        while seen.len() < 2 {
            let request = SubscribeRequest {
                cursor: cursor.clone(),
                types: types.clone(),
            };
            let mut stream = client
                .subscribe(from("wirral/nia", request))
                .await
                .expect("a feed")
                .into_inner();
            let batch = stream
                .message()
                .await
                .expect("a batch")
                .expect("more to come");
            seen.extend(batch.events.into_iter().map(|event| event.r#type));
            cursor = batch.cursor;
        }
        assert_eq!(seen, ["transfer.placed", "transfer.completed"]);
    })
    .await;
}
