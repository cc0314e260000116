//! Trays, task lists and the tracker: filters, order and its reason, and what changes in them.

use std::collections::BTreeMap;
use std::time::Duration;

use baton_contracts::event::v1::{Event, TaskChange};
use baton_contracts::gateway::v1::watch_service_client::WatchServiceClient;
use baton_contracts::gateway::v1::work_service_client::WorkServiceClient;
use baton_contracts::gateway::v1::{
    ListTasksRequest, ListTrackerRequest, ListWorkTrayRequest, TrackedTask, TrackerRow,
    WatchWorkRequest, WatchWorkResponse, watch_work_request,
};
use baton_testkit::{TestDb, each_database};
use serde_json::json;
use tonic::{Code, Streaming};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::answers::TRANSFER;
use super::feeds::{Upstream, event, following, manager, seen, task};
use super::world::{Gateway, from};

/// 16 March 2026, 15:30, is now.
fn opened() -> Event {
    let clock = |name: &str, due_on: &str, breach_at: &str| {
        json!({
            "name": name, "due_on": due_on, "breach_at": breach_at, "owner": "outgoing.team_manager",
            "counted_from": "opened",
        })
    };
    event(
        "transfer.opened",
        &json!({
            "transfer_id": TRANSFER, "route": "child_protection_conference", "phase": "open",
            "from_team_id": "frt", "to_team_id": "north", "point_due_on": "2026-03-16",
            "due": [
                clock("tray_worker", "2026-03-30", "2026-03-31T00:00:00Z"),
                clock("first_response_audit", "2026-03-13", "2026-03-14T00:00:00Z"),
                clock("details_sent", "2026-03-12", "2026-03-13T00:00:00Z"),
                clock("joint_visit", "2026-03-15", "2026-03-16T00:00:00Z"),
                clock("core_group", "2026-03-27", "2026-03-28T00:00:00Z"),
            ],
        }),
    )
}

fn about(kind: &str, data: &serde_json::Value) -> Event {
    event(kind, data)
}

async fn tracker(gateway: &Gateway, request: ListTrackerRequest) -> Vec<TrackerRow> {
    let mut client = WorkServiceClient::new(gateway.conn.clone());
    let answer = client.list_tracker(from("wirral/nia", request)).await;
    answer.expect("rows").into_inner().rows
}

fn standing<'a>(row: &'a TrackerRow, name: &str) -> &'a TrackedTask {
    let found = row.tasks.iter().find(|task| task.name == name);
    found.unwrap_or_else(|| panic!("{name} is tracked"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn w_072_the_tracker_shows_of_each_task_when_it_is_due_and_whether_it_was_done_in_time() {
    each_database(|url| async move {
        let (_world, upstream, gateway) = following("transfer", &url).await;
        upstream
            .announce(Event {
                tasks: vec![task("t/item/chronology", "", manager("frt"))],
                ..opened()
            })
            .await;
        let met = |name: &str, met_at: &str| {
            json!({"transfer_id": TRANSFER, "name": name, "met_at": met_at, "reported_at": "2026-03-16T15:00:00Z"})
        };
        let named = |name: &str| json!({"transfer_id": TRANSFER, "name": name});
        for event in [
            about("transfer.deadline_breached", &named("first_response_audit")),
            about("transfer.deadline_breached", &named("details_sent")),
            // Done in time, reported after the breach; and done a day late.
            about("transfer.deadline_answered", &met("details_sent", "2026-03-12T17:00:00Z")),
            about("transfer.deadline_answered", &met("joint_visit", "2026-03-16T08:00:00Z")),
            about("transfer.deadline_cancelled", &named("core_group")),
        ] {
            upstream.announce(event).await;
        }
        let done = TaskChange {
            open: false,
            ..task("t/item/chronology", "", manager("frt"))
        };
        let last = upstream
            .announce(Event {
                tasks: vec![done],
                ..about("transfer.item_completed", &json!({"transfer_id": TRANSFER, "item": "chronology"}))
            })
            .await;

        let request = ListTrackerRequest {
            team_id: "north".to_owned(),
            at_least: seen("transfer", &last),
            ..Default::default()
        };
        let rows = tracker(&gateway, request).await;
        let row = &rows[0];
        let shown: Vec<(&str, &str, &str)> = row
            .tasks
            .iter()
            .map(|task| (task.name.as_str(), task.due_on.as_str(), task.standing.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                ("details_sent", "2026-03-12", "in_time"),
                ("first_response_audit", "2026-03-13", "overdue"),
                ("joint_visit", "2026-03-15", "late"),
                ("core_group", "2026-03-27", "no_longer_asked"),
                ("tray_worker", "2026-03-30", "open"),
                ("chronology", "", "done"),
            ]
        );
        assert_eq!(standing(row, "joint_visit").owner, "outgoing.team_manager");
        assert!(standing(row, "details_sent").done_at.is_some());
        assert_eq!(row.urgency, "overdue");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tracker_is_filtered_and_has_the_earliest_limit_first_page_by_page() {
    each_database(|url| async move {
        let (_world, upstream, gateway) = following("transfer", &url).await;
        let mut last = String::new();
        let mut ids = BTreeMap::new();
        for (name, due_on, direction, route, worker) in [
            ("later", "2026-04-01", ("frt", "north"), "order", ""),
            ("sooner", "2026-03-18", ("north", "cic"), "conference", ""),
            ("over", "2026-03-02", ("frt", "north"), "conference", "sam"),
            ("ended", "2026-03-01", ("frt", "north"), "conference", ""),
            ("elsewhere", "2026-03-01", ("frt", "south"), "conference", ""),
        ] {
            let id = Uuid::now_v7().to_string();
            let data = json!({
                "transfer_id": id, "route": route, "phase": "open", "receiving_worker_id": worker,
                "from_team_id": direction.0, "to_team_id": direction.1,
                "due": [{"name": "audit", "due_on": due_on, "breach_at": format!("{due_on}T23:00:00Z")}],
            });
            let of = |kind: &str, data: &serde_json::Value| Event {
                aggregate_id: id.clone(),
                ..event(kind, data)
            };
            last = upstream.announce(of("transfer.opened", &data)).await;
            if name == "ended" {
                let data = json!({"transfer_id": id, "phase": "completed"});
                last = upstream.announce(of("transfer.completed", &data)).await;
            }
            ids.insert(id, name);
        }
        let of = |request: ListTrackerRequest| {
            let request = ListTrackerRequest { team_id: "north".to_owned(), ..request };
            async {
                let rows = tracker(&gateway, request).await;
                rows.iter().map(|row| ids[&row.transfer_id]).collect::<Vec<_>>()
            }
        };
        let all = ListTrackerRequest { at_least: seen("transfer", &last), ..Default::default() };
        assert_eq!(of(all).await, ["over", "sooner", "later", "ended"]);

        let mut client = WorkServiceClient::new(gateway.conn.clone());
        let (mut paged, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = ListTrackerRequest {
                team_id: "north".to_owned(),
                page_size: 1,
                page_token,
                ..Default::default()
            };
            let page = client.list_tracker(from("wirral/nia", request)).await.expect("a page").into_inner();
            paged.extend(page.rows.iter().map(|row| (ids[&row.transfer_id], row.urgency.clone())));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        let paged: Vec<(&str, &str)> = paged.iter().map(|(name, why)| (*name, why.as_str())).collect();
        assert_eq!(
            paged,
            [("over", "overdue"), ("sooner", "due_this_week"), ("later", "due_later"), ("ended", "ended")]
        );

        let filtered = |filter: &str, value: &str| {
            let value = value.to_owned();
            let mut request = ListTrackerRequest::default();
            match filter {
                "route" => request.route = value,
                "phase" => request.phase = value,
                "direction" => request.direction = value,
                "worker" => request.worker_id = value,
                _ => request.overdue_only = true,
            }
            request
        };
        assert_eq!(of(filtered("route", "order")).await, ["later"]);
        assert_eq!(of(filtered("phase", "completed")).await, ["ended"]);
        assert_eq!(of(filtered("direction", "out")).await, ["sooner"]);
        assert_eq!(of(filtered("direction", "in")).await, ["over", "later", "ended"]);
        assert_eq!(of(filtered("worker", "sam")).await, ["over"]);
        assert_eq!(of(filtered("overdue", "")).await, ["over"]);
    })
    .await;
}

fn tray(key: &str, due_on: &str) -> TaskChange {
    TaskChange {
        tray: true,
        ..task(key, due_on, manager("north"))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_are_filtered_and_say_why_each_row_stands_where_it_stands() {
    each_database(|url| async move {
        let (_world, upstream, gateway) = following("transfer", &url).await;
        let accept = TaskChange {
            code: "accept_case".to_owned(),
            ..tray("accept", "2026-03-16")
        };
        let in_area = baton_contracts::type_v1::Owner {
            role: "group_manager".to_owned(),
            area: "north".to_owned(),
            ..Default::default()
        };
        let tasks = vec![
            tray("none", ""),
            tray("later", "2026-05-01"),
            tray("week", "2026-03-20"),
            accept,
            tray("over", "2026-03-13"),
            task("area", "2026-03-13", in_area),
            task("team", "2026-03-14", manager("north")),
        ];
        let last = upstream
            .announce(Event {
                tasks,
                ..event("transfer.opened", &json!({}))
            })
            .await;
        let mut client = WorkServiceClient::new(gateway.conn.clone());
        let request = ListWorkTrayRequest {
            team_id: "north".to_owned(),
            at_least: seen("transfer", &last),
            ..Default::default()
        };
        let all = client
            .list_work_tray(from("wirral/nia", request))
            .await
            .expect("a tray")
            .into_inner();
        let why: Vec<_> = all
            .items
            .iter()
            .map(|task| (task.key.as_str(), task.urgency.as_str(), task.days_left))
            .collect();
        assert_eq!(
            why,
            [
                ("over", "overdue", -3),
                ("accept", "due_today", 0),
                ("week", "due_this_week", 4),
                ("later", "due_later", 46),
                ("none", "no_limit", 0),
            ]
        );

        let request = ListWorkTrayRequest {
            team_id: "north".to_owned(),
            codes: vec!["accept_case".to_owned()],
            ..Default::default()
        };
        let coded = client
            .list_work_tray(from("wirral/nia", request))
            .await
            .expect("a tray")
            .into_inner();
        assert_eq!(
            (coded.items.len(), coded.items[0].key.as_str()),
            (1, "accept")
        );

        let mut of = async |request: ListTasksRequest| {
            let answer = client
                .list_tasks(from("wirral/nia", request))
                .await
                .expect("a list")
                .into_inner();
            answer
                .tasks
                .into_iter()
                .map(|task| task.key)
                .collect::<Vec<_>>()
        };
        let of_team = ListTasksRequest {
            team_id: "north".to_owned(),
            overdue_only: true,
            ..Default::default()
        };
        assert_eq!(of(of_team).await, ["over", "team"]);
        let of_area = ListTasksRequest {
            area: "north".to_owned(),
            ..Default::default()
        };
        assert_eq!(of(of_area).await, ["area"]);
    })
    .await;
}

async fn watch(gateway: &Gateway, position: &str) -> Streaming<WatchWorkResponse> {
    let list = watch_work_request::List::Tray(ListWorkTrayRequest {
        team_id: "north".to_owned(),
        ..Default::default()
    });
    let request = WatchWorkRequest {
        list: Some(list),
        position: position.to_owned(),
    };
    let mut client = WatchServiceClient::new(gateway.conn.clone());
    let watched = client.watch_work(from("wirral/nia", request)).await;
    watched.expect("a stream").into_inner()
}

/// The next response that is not a heartbeat.
async fn next(stream: &mut Streaming<WatchWorkResponse>) -> WatchWorkResponse {
    loop {
        let response = stream.message().await.expect("no end").expect("a response");
        if response.snapshot || !response.tasks.is_empty() || !response.gone.is_empty() {
            return response;
        }
    }
}

fn keys(response: &WatchWorkResponse) -> Vec<&str> {
    response
        .tasks
        .iter()
        .map(|task| task.key.as_str())
        .collect()
}

async fn announce(upstream: &Upstream, task: TaskChange) -> String {
    let tasks = vec![task];
    upstream
        .announce(Event {
            tasks,
            ..event("transfer.opened", &json!({}))
        })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watch_begins_with_the_list_as_it_stands_and_goes_on_from_any_position() {
    each_database(|url| async move {
        let (_world, upstream, gateway) = following("transfer", &url).await;
        let first = announce(&upstream, tray("one", "2026-03-20")).await;
        let mut client = WorkServiceClient::new(gateway.conn.clone());
        let request = ListWorkTrayRequest {
            team_id: "north".to_owned(),
            at_least: seen("transfer", &first),
            ..Default::default()
        };
        client
            .list_work_tray(from("wirral/nia", request))
            .await
            .expect("a tray");

        let mut stream = watch(&gateway, "").await;
        let begun = next(&mut stream).await;
        assert!(begun.snapshot);
        assert_eq!(keys(&begun), ["one"]);
        assert!(!begun.position.is_empty(), "the list is complete");

        announce(&upstream, tray("two", "2026-03-18")).await;
        let added = next(&mut stream).await;
        assert_eq!((keys(&added), added.snapshot), (vec!["two"], false));
        drop(stream);

        // What happened while nobody listened comes from the position on, and once.
        let moved = TaskChange {
            owner: Some(manager("south")),
            ..tray("one", "2026-03-20")
        };
        announce(&upstream, moved).await;
        let closed = TaskChange {
            open: false,
            ..tray("two", "2026-03-18")
        };
        announce(&upstream, closed).await;
        let mut stream = watch(&gateway, &added.position).await;
        let mut gone = Vec::new();
        while gone.len() < 2 {
            let response = next(&mut stream).await;
            assert!(!response.snapshot && response.tasks.is_empty());
            gone.extend(response.gone);
        }
        assert_eq!(gone, ["one", "two"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_position_of_somebody_else_is_refused() {
    let db = TestDb::sqlite();
    let (_world, _upstream, gateway) = following("transfer", db.url()).await;
    let request = WatchWorkRequest {
        list: Some(watch_work_request::List::Tracker(ListTrackerRequest {
            team_id: "north".to_owned(),
            ..Default::default()
        })),
        position: "a7".to_owned(),
    };
    let mut client = WatchServiceClient::new(gateway.conn.clone());
    let refused = client.watch_work(from("wirral/nia", request)).await;
    assert_eq!(refused.expect_err("not ours").code(), Code::InvalidArgument);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_is_cut_off_and_told_why() {
    let db = TestDb::sqlite();
    let (_world, upstream, gateway) = following("transfer", db.url()).await;
    let mut stream = watch(&gateway, "").await;
    assert!(next(&mut stream).await.snapshot);
    // Each is a response of its own, since the one before has been told; nobody reads.
    let until = tokio::time::Instant::now() + Duration::from_secs(3);
    let mut number = 0;
    while tokio::time::Instant::now() < until {
        number += 1;
        announce(&upstream, tray(&format!("t-{number}"), "")).await;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let end = loop {
        match stream.message().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("an end without a reason"),
            Err(status) => break status,
        }
    };
    let reason = end.get_details_error_info().map(|info| info.reason);
    assert_eq!(
        (end.code(), reason.as_deref()),
        (Code::Unavailable, Some("OVERLOADED"))
    );
}
