use std::time::Duration;

use baton_contracts::event::v1::simulation_service_client::SimulationServiceClient;
use baton_contracts::event::v1::{GetQuietRequest, NextDueRequest};
use baton_contracts::r#type::v1::{Actor, Context, Organisation, Team};
use tokio::net::TcpListener;
use tokio_stream::StreamExt as _;
use tonic::{Code, Request};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_types::StatusExt as _;

use super::harness::{answering, served, served_on, telling};
use crate::{OpenItem, Problem, Reason, ServerConfig, attach_context, connect, context};

#[tokio::test]
async fn a_deadline_goes_through_two_servers() {
    let inner = served(
        answering(|_| async {
            std::future::pending::<()>().await;
            Ok(telling("never"))
        }),
        ServerConfig::new("inner"),
    )
    .await;
    let conn = connect("inner", &inner.address).unwrap();
    let outer = answering(move |_| {
        let mut inner = SimulationServiceClient::new(conn.clone());
        async move {
            Ok(inner
                .get_quiet(GetQuietRequest::default())
                .await?
                .into_inner())
        }
    });
    let outer = served(outer, ServerConfig::new("outer")).await;
    let mut client = SimulationServiceClient::new(connect("outer", &outer.address).unwrap());
    let mut request = Request::new(GetQuietRequest::default());
    request.set_timeout(Duration::from_millis(200));
    let begun = tokio::time::Instant::now();

    let status = client.get_quiet(request).await.unwrap_err();

    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn a_panic_is_internal_and_the_connection_lives_on() {
    let served = served(
        answering(|_| async { panic!("on purpose") }),
        ServerConfig::new("fake"),
    )
    .await;
    let mut client = SimulationServiceClient::new(connect("fake", &served.address).unwrap());

    let status = client
        .get_quiet(GetQuietRequest::default())
        .await
        .unwrap_err();

    assert_eq!(status.code(), Code::Internal);
    client.next_due(NextDueRequest {}).await.unwrap();
}

#[tokio::test]
async fn a_large_context_travels_in_its_header() {
    let routes = answering(|request| async move {
        let context = context(&request)?;
        Ok(telling(
            context
                .organisation
                .unwrap_or_default()
                .teams
                .len()
                .to_string(),
        ))
    });
    let served = served(routes, ServerConfig::new("fake")).await;
    let mut client = SimulationServiceClient::new(connect("fake", &served.address).unwrap());
    let team = Team {
        team_id: "a-team-with-a-name-of-some-length".to_owned(),
        ..Team::default()
    };
    let context = Context {
        authority: "wirral".to_owned(),
        received_at: Some(prost_types::Timestamp::default()),
        actor: Some(Actor::default()),
        organisation: Some(Organisation {
            teams: vec![team; 4000],
            ..Organisation::default()
        }),
        ..Context::default()
    };
    let mut request = Request::new(GetQuietRequest::default());
    attach_context(&mut request, &context);

    let answer = client.get_quiet(request).await.unwrap().into_inner();

    assert_eq!(answer.waiting_for, ["4000"]);
}

#[tokio::test]
async fn details_that_would_not_fit_the_trailers_are_cut() {
    let routes = answering(|_| async {
        let item = OpenItem {
            reason: "GATE_NOT_MET".to_owned(),
            subject: "chronology_complete".to_owned(),
            rules: vec!["W-069".to_owned()],
            owner: "team_manager of north".to_owned(),
            remedy: "sign the audit".to_owned(),
        };
        Err(Problem::new(Reason::GateNotMet, "the gate is open")
            .items(vec![item; 500])
            .into())
    });
    let served = served(routes, ServerConfig::new("fake")).await;
    let mut client = SimulationServiceClient::new(connect("fake", &served.address).unwrap());

    let status = client
        .get_quiet(GetQuietRequest::default())
        .await
        .unwrap_err();

    let shown = status
        .get_details_precondition_failure()
        .unwrap()
        .violations
        .len();
    let left_out: usize = status.get_details_error_info().unwrap().metadata["left_out"]
        .parse()
        .unwrap();
    assert_eq!(
        (status.code(), shown + left_out),
        (Code::FailedPrecondition, 500)
    );
    assert!(
        shown > 30 && status.details().len() < 6 * 1024,
        "{shown}, {} bytes",
        status.details().len()
    );
}

#[tokio::test]
async fn a_service_that_is_not_there_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let mut client = SimulationServiceClient::new(connect("fake", &address).unwrap());

    let status = client.next_due(NextDueRequest {}).await.unwrap_err();

    let info = status.get_details_error_info().unwrap();
    assert_eq!(
        (status.code(), info.reason.as_str()),
        (Code::Unavailable, "SERVICE_UNREACHABLE")
    );
    assert!(status.get_details_retry_info().is_some());
}

#[tokio::test]
async fn a_service_that_never_answers_is_given_up_at_the_deadline() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let mut client = SimulationServiceClient::new(connect("fake", &address).unwrap());
    let mut request = Request::new(NextDueRequest {});
    request.set_timeout(Duration::from_millis(100));

    let status = client.next_due(request).await.unwrap_err();

    assert_eq!(status.code(), Code::DeadlineExceeded);
    drop(silent);
}

#[tokio::test]
async fn a_client_finds_a_service_again_after_its_restart() {
    let first = served(
        answering(|_| async { Ok(telling("first")) }),
        ServerConfig::new("fake"),
    )
    .await;
    let address = first.address.clone();
    let mut client = SimulationServiceClient::new(connect("fake", &address).unwrap());
    client.get_quiet(GetQuietRequest::default()).await.unwrap();
    first.stop.cancel();
    first.server.await.unwrap();

    let listener = TcpListener::bind(address.trim_start_matches("http://"))
        .await
        .unwrap();
    let _second = served_on(
        listener,
        answering(|_| async { Ok(telling("second")) }),
        ServerConfig::new("fake"),
    );

    let answer = client
        .get_quiet(GetQuietRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.waiting_for, ["second"]);
}

#[tokio::test]
async fn a_call_in_hand_is_finished_before_the_server_stops() {
    let (arrived, go_on) = (
        std::sync::Arc::new(tokio::sync::Notify::new()),
        std::sync::Arc::new(tokio::sync::Notify::new()),
    );
    let routes = {
        let (arrived, go_on) = (arrived.clone(), go_on.clone());
        answering(move |_| {
            let (arrived, go_on) = (arrived.clone(), go_on.clone());
            async move {
                arrived.notify_one();
                go_on.notified().await;
                Ok(telling("finished"))
            }
        })
    };
    let served = served(routes, ServerConfig::new("fake")).await;
    let mut client = SimulationServiceClient::new(connect("fake", &served.address).unwrap());
    let call = tokio::spawn(async move { client.get_quiet(GetQuietRequest::default()).await });
    arrived.notified().await;

    served.stop.cancel();
    go_on.notify_one();

    assert_eq!(
        call.await.unwrap().unwrap().into_inner().waiting_for,
        ["finished"]
    );
    served.server.await.unwrap();
}

#[tokio::test]
async fn health_says_no_while_the_server_drains() {
    let config = ServerConfig {
        drain: Duration::from_mins(1),
        ..ServerConfig::new("fake")
    };
    let served = served(answering(|_| async { Ok(telling("")) }), config).await;
    let mut health = HealthClient::new(connect("fake", &served.address).unwrap());
    let mut states = health
        .watch(HealthCheckRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        states.next().await.unwrap().unwrap().status(),
        ServingStatus::Serving
    );

    served.stop.cancel();

    assert_eq!(
        states.next().await.unwrap().unwrap().status(),
        ServingStatus::NotServing
    );
    let mut client = SimulationServiceClient::new(connect("fake", &served.address).unwrap());
    client.next_due(NextDueRequest {}).await.unwrap();
}

#[tokio::test]
async fn health_is_answered_when_no_call_is_admitted() {
    let config = ServerConfig {
        calls_max: 0,
        ..ServerConfig::new("fake")
    };
    let served = served(answering(|_| async { Ok(telling("")) }), config).await;
    let conn = connect("fake", &served.address).unwrap();

    let status = SimulationServiceClient::new(conn.clone())
        .next_due(NextDueRequest {})
        .await
        .unwrap_err();
    let health = HealthClient::new(conn)
        .check(HealthCheckRequest::default())
        .await
        .unwrap()
        .into_inner();

    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(health.status(), ServingStatus::Serving);
}

#[tokio::test]
async fn reflection_describes_services_health_and_error_details() {
    let served = served(
        answering(|_| async { Ok(telling("")) }),
        ServerConfig::new("fake"),
    )
    .await;
    let conn = connect("fake", &served.address).unwrap();
    let symbols = [
        "baton.transfer.v1.TransferService",
        "baton.event.v1.Event",
        "grpc.health.v1.Health",
        "google.rpc.BadRequest",
        "google.rpc.PreconditionFailure",
    ];
    let asked = symbols.map(|symbol| ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::FileContainingSymbol(symbol.to_owned())),
    });

    let answers = ServerReflectionClient::new(conn.clone())
        .server_reflection_info(tokio_stream::iter(asked))
        .await;

    let answers: Vec<_> = answers.unwrap().into_inner().collect().await;
    assert_eq!(answers.len(), symbols.len());
    for (symbol, answer) in symbols.iter().zip(answers) {
        let answer = answer.unwrap().message_response.unwrap();
        assert!(
            matches!(answer, MessageResponse::FileDescriptorResponse(_)),
            "{symbol}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn reflection_speaks_its_older_version_too() {
    use tonic_reflection::pb::v1alpha::ServerReflectionRequest;
    use tonic_reflection::pb::v1alpha::server_reflection_client::ServerReflectionClient;
    use tonic_reflection::pb::v1alpha::server_reflection_request::MessageRequest;
    use tonic_reflection::pb::v1alpha::server_reflection_response::MessageResponse;
    let served = served(
        answering(|_| async { Ok(telling("")) }),
        ServerConfig::new("fake"),
    )
    .await;
    let conn = connect("fake", &served.address).unwrap();
    let asked = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };

    let mut answers = ServerReflectionClient::new(conn)
        .server_reflection_info(tokio_stream::once(asked))
        .await
        .unwrap()
        .into_inner();

    let Some(MessageResponse::ListServicesResponse(list)) =
        answers.next().await.unwrap().unwrap().message_response
    else {
        panic!("no list of services");
    };
    assert!(
        list.service
            .iter()
            .any(|service| service.name == "baton.transfer.v1.TransferService")
    );
}
