use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use baton_contracts::event::v1::simulation_service_client::SimulationServiceClient;
use baton_contracts::event::v1::{GetQuietRequest, NextDueRequest};
use tokio::sync::Notify;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

use super::harness::{answering, direct, telling};
use crate::{Reason, ServerConfig, in_process, time_left, traceparent};

fn reason(status: &Status) -> Option<Reason> {
    Reason::parse(&status.get_details_error_info()?.reason)
}

fn with_timeout(timeout: Duration) -> Request<GetQuietRequest> {
    let mut request = Request::new(GetQuietRequest::default());
    request.set_timeout(timeout);
    request
}

/// Set when it is dropped: the work it belonged to has ended.
struct Ended(Arc<AtomicBool>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_the_calls_behind_a_call() {
    let ended = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&ended);
    let inner = direct(answering(move |_| {
        let ended = Ended(Arc::clone(&flag));
        async move {
            std::future::pending::<()>().await;
            drop(ended);
            Ok(telling("never"))
        }
    }));
    let mut outer = direct(answering(move |_| {
        let mut inner = inner.clone();
        async move {
            Ok(inner
                .get_quiet(GetQuietRequest::default())
                .await?
                .into_inner())
        }
    }));
    let begun = tokio::time::Instant::now();

    let status = outer
        .get_quiet(with_timeout(Duration::from_millis(300)))
        .await
        .unwrap_err();

    assert_eq!(
        (status.code(), reason(&status)),
        (Code::DeadlineExceeded, Some(Reason::DeadlinePassed))
    );
    assert!(
        begun.elapsed() <= Duration::from_millis(300),
        "{:?}",
        begun.elapsed()
    );
    assert!(
        ended.load(Ordering::SeqCst),
        "the work behind the call went on"
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_behind_a_call_has_what_is_left() {
    let inner = direct(answering(|_| async {
        Ok(telling(time_left().unwrap().as_millis().to_string()))
    }));
    let mut outer = direct(answering(move |_| {
        let mut inner = inner.clone();
        async move {
            tokio::time::sleep(Duration::from_millis(400)).await;
            Ok(inner
                .get_quiet(with_timeout(Duration::from_mins(1)))
                .await?
                .into_inner())
        }
    }));

    let answer = outer
        .get_quiet(with_timeout(Duration::from_secs(1)))
        .await
        .unwrap()
        .into_inner();

    let left: u64 = answer.waiting_for[0].parse().unwrap();
    assert!((580..=600).contains(&left), "{left} ms");
}

#[tokio::test(start_paused = true)]
async fn a_call_without_a_deadline_gets_the_default() {
    let routes = answering(|_| async {
        std::future::pending::<()>().await;
        Ok(telling("never"))
    });
    let config = ServerConfig {
        deadline_default: Duration::from_secs(2),
        ..ServerConfig::new("fake")
    };
    let mut client = SimulationServiceClient::new(in_process(routes, &config));

    let status = client
        .get_quiet(GetQuietRequest::default())
        .await
        .unwrap_err();

    assert_eq!(reason(&status), Some(Reason::DeadlinePassed));
}

#[tokio::test]
async fn a_call_that_is_late_already_is_not_made() {
    let mut client = direct(answering(|_| async { Ok(telling("made")) }));

    let status = client
        .get_quiet(with_timeout(Duration::ZERO))
        .await
        .unwrap_err();

    assert_eq!(reason(&status), Some(Reason::DeadlinePassed));
}

#[tokio::test]
async fn a_panic_is_internal_and_gives_its_permit_back() {
    let routes = answering(|_| async { panic!("the text of a panic may quote data") });
    let config = ServerConfig {
        calls_max: 1,
        ..ServerConfig::new("fake")
    };
    let mut client = SimulationServiceClient::new(in_process(routes, &config));

    for _ in 0..3 {
        let status = client
            .get_quiet(GetQuietRequest::default())
            .await
            .unwrap_err();
        assert_eq!(
            (status.code(), reason(&status)),
            (Code::Internal, Some(Reason::Internal))
        );
        assert!(!status.message().contains("quote"));
    }
    client.next_due(NextDueRequest {}).await.unwrap();
}

#[tokio::test]
async fn a_call_too_many_is_told_to_come_again() {
    let (arrived, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let routes = {
        let (arrived, go_on) = (Arc::clone(&arrived), Arc::clone(&go_on));
        answering(move |_| {
            let (arrived, go_on) = (Arc::clone(&arrived), Arc::clone(&go_on));
            async move {
                arrived.notify_one();
                go_on.notified().await;
                Ok(telling("done"))
            }
        })
    };
    let config = ServerConfig {
        calls_max: 1,
        ..ServerConfig::new("fake")
    };
    let client = SimulationServiceClient::new(in_process(routes, &config));
    let mut first = client.clone();
    let first = tokio::spawn(async move { first.get_quiet(GetQuietRequest::default()).await });
    arrived.notified().await;

    let status = client
        .clone()
        .next_due(NextDueRequest {})
        .await
        .unwrap_err();

    assert_eq!(
        (status.code(), reason(&status)),
        (Code::Unavailable, Some(Reason::Overloaded))
    );
    assert!(
        status
            .get_details_retry_info()
            .unwrap()
            .retry_delay
            .is_some()
    );
    go_on.notify_one();
    assert_eq!(
        first.await.unwrap().unwrap().into_inner().waiting_for,
        ["done"]
    );
    client.clone().next_due(NextDueRequest {}).await.unwrap();
}

#[tokio::test]
async fn the_trace_of_a_caller_goes_through_every_call() {
    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    let inner = direct(answering(|_| async { Ok(telling(traceparent())) }));
    let mut outer = direct(answering(move |_| {
        let mut inner = inner.clone();
        async move {
            Ok(inner
                .get_quiet(GetQuietRequest::default())
                .await?
                .into_inner())
        }
    }));
    let mut request = Request::new(GetQuietRequest::default());
    let given = format!("00-{TRACE}-00f067aa0ba902b7-01");
    request
        .metadata_mut()
        .insert("traceparent", given.parse().unwrap());

    let answer = outer.get_quiet(request).await.unwrap().into_inner();

    assert_eq!(answer.waiting_for[0].split('-').nth(1), Some(TRACE));
}

#[tokio::test]
async fn a_call_without_a_trace_begins_one() {
    let mut client = direct(answering(|_| async {
        Ok(telling(format!("{} {}", traceparent(), traceparent())))
    }));

    let answer = client
        .get_quiet(GetQuietRequest::default())
        .await
        .unwrap()
        .into_inner();

    let (one, other) = answer.waiting_for[0].split_once(' ').unwrap();
    assert_eq!(one, other);
    assert_eq!(one.len(), 55);
}

#[tokio::test]
async fn an_unknown_method_is_unimplemented() {
    let conn = in_process(
        answering(|_| async { Ok(telling("")) }),
        &ServerConfig::new("fake"),
    );

    let status = baton_contracts::event::v1::feed_service_client::FeedServiceClient::new(conn)
        .subscribe(baton_contracts::event::v1::SubscribeRequest::default())
        .await
        .unwrap_err();

    assert_eq!(status.code(), Code::Unimplemented);
}
