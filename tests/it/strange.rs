//! Throws generated requests at every method of every service: whatever comes is answered, and what is refused has no
//! effect.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use baton_contracts::r#type::v1::CallKind;
use baton_contracts::{CALLS, Call, pool};
use baton_protocol_files::Library;
use baton_rpc::{Conn, Reason};
use bytes::Bytes;
use prost_reflect::prost::Message as _;
use rand::Rng as _;
use tonic::{Code, Request, Status};

use crate::ensemble::Ensemble;
use crate::generated::Generator;
use crate::town::{BEGIN, Child, Town};
use crate::wire;

/// Requests for each method.
const EACH: usize = 24;
const QUERY_PATIENCE: Duration = Duration::from_millis(700);
/// A call that takes longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_comes_is_answered_and_what_is_refused_has_no_effect() {
    let panics = Arc::new(AtomicUsize::new(0));
    count_panics(&panics);
    let mut ensemble = Ensemble::sqlite(BEGIN).await;
    let town = Town::new([ensemble.door()]);
    town.organise().await;
    let mut children = town.contacts(2).await;
    town.open(&mut children).await;
    town.book(&mut children).await;
    let pack = pack_of_wirral();

    let seed = seed();
    println!("BATON_SEED={seed}");
    let mut generator = Generator::new(seed, known(&children));
    let databases = ensemble.databases().await;
    let mut wrong = Vec::new();
    let mut answered = 0;
    for call in CALLS.iter().filter(|call| is_thrown_at(call)) {
        let input = pool().get_message_by_name(call.input).expect("the request");
        for _ in 0..EACH {
            let body = Bytes::from(generator.request(&input).encode_to_vec());
            let (conn, request) = aim(&ensemble, call, &children[0], &pack, body);
            let before = databases.event_count().await.expect("events");
            let answer =
                tokio::time::timeout(PATIENCE, wire::send(&conn, call.path, request)).await;
            match answer {
                Err(_) => wrong.push(format!("{} hangs", call.name())),
                Ok(Err(status)) => {
                    wrong.extend(flaw(call, &status));
                    if databases.event_count().await.expect("events") != before {
                        wrong.push(format!(
                            "{} was refused and announced something",
                            call.name()
                        ));
                    }
                }
                Ok(Ok(_)) => {
                    answered += 1;
                    // What follows from it is over before the next request is watched.
                    if call.kind != CallKind::Query {
                        town.settle().await;
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{answered} requests were accepted");
    assert!(answered >= 100, "hardly anything was accepted: {answered}");
    assert_eq!(panics.load(Ordering::SeqCst), 0, "something panicked");
    ensemble.stop().await;
}

/// Moving time to wherever is no bad input but another test.
fn is_thrown_at(call: &Call) -> bool {
    !call.streaming
        && !call.service().ends_with("SimulationService")
        && !call.service().ends_with("DevelopmentService")
}

/// Public methods go through the door, the others to their service.
fn aim(
    ensemble: &Ensemble,
    call: &Call,
    child: &Child,
    pack: &str,
    body: Bytes,
) -> (Conn, Request<Bytes>) {
    if call.kind != CallKind::Reaction {
        let mut request = wire::from_client("wirral/nia", body);
        if call.kind == CallKind::Query {
            // A query may ask to see what nobody will ever see, and would wait for it.
            request.set_timeout(QUERY_PATIENCE);
        }
        return (ensemble.door(), request);
    }
    (
        ensemble.behind(call),
        wire::from_gateway(&child.id, ensemble.clock.now(), pack, body),
    )
}

/// What is wrong with a refusal.
fn flaw(call: &Call, status: &Status) -> Option<String> {
    let refused = wire::Refused::from(status);
    let what = match status.code() {
        // A query may ask to see an event that nobody has seen.
        Code::Unavailable if refused.reason == "VIEW_BEHIND" && call.kind == CallKind::Query => {
            return None;
        }
        // … and is given little time for it, which a busy machine may use up.
        Code::DeadlineExceeded
            if refused.reason == "DEADLINE_PASSED" && call.kind == CallKind::Query =>
        {
            return None;
        }
        Code::Internal
        | Code::Unknown
        | Code::DeadlineExceeded
        | Code::Unavailable
        | Code::DataLoss => "may not be",
        Code::InvalidArgument if refused.fields.is_empty() => "names no field",
        _ if Reason::parse(&refused.reason).is_none_or(|reason| reason.code() != status.code()) => {
            "gives no such reason"
        }
        _ => return None,
    };
    Some(format!(
        "{}: {refused:?} {what}: {}",
        call.name(),
        status.message()
    ))
}

fn known(children: &[Child]) -> Vec<String> {
    children
        .iter()
        .flat_map(|child| [&child.id, &child.contact, &child.case, &child.transfer])
        .cloned()
        .chain(
            [
                "ann",
                "tom",
                "nia",
                "sam",
                "first_response_audit",
                "transfer_request",
            ]
            .map(str::to_owned),
        )
        .collect()
}

fn pack_of_wirral() -> String {
    let library = Library::embedded().expect("the shipped protocols");
    let pack = library
        .packs()
        .find(|pack| pack.authority.as_str() == "wirral")
        .expect("a pack");
    pack.digest.to_string()
}

fn seed() -> u64 {
    let given = std::env::var("BATON_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| rand::rng().random())
}

fn count_panics(panics: &Arc<AtomicUsize>) {
    let panics = Arc::clone(panics);
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let ours = panic
            .location()
            .is_some_and(|at| !at.file().contains("tests/"));
        panics.fetch_add(usize::from(ours), Ordering::SeqCst);
        before(panic);
    }));
}
