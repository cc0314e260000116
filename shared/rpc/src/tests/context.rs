use baton_contracts::event::v1::{Cursor, SubscribeRequest};
use baton_contracts::r#type::v1::{Actor, Context, PrincipalKind};
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

use crate::{
    CONTEXT_KEY, IDENTITY_KEY, Reason, attach_context, context, identity, prepare, principal_key,
    refuse_reserved, request_key,
};

fn of(principal: &str, kind: PrincipalKind) -> Context {
    Context {
        authority: "wirral".to_owned(),
        received_at: Some(prost_types::Timestamp::default()),
        actor: Some(Actor {
            principal: principal.to_owned(),
            kind: kind.into(),
            ..Actor::default()
        }),
        ..Context::default()
    }
}

fn sent_by(text: &str) -> MetadataMap {
    let mut metadata = MetadataMap::new();
    metadata.append(IDENTITY_KEY, text.parse().unwrap());
    metadata
}

fn request(authority: &str, position: i64) -> SubscribeRequest {
    SubscribeRequest {
        authority: authority.to_owned(),
        cursor: Some(Cursor {
            position,
            ..Cursor::default()
        }),
    }
}

#[test]
fn a_call_without_a_context_is_unauthenticated() {
    let problem = context(&Request::new(())).unwrap_err();

    assert_eq!(
        (problem.code(), problem.reason()),
        (Code::Unauthenticated, Reason::ContextMissing)
    );
}

#[test]
fn a_context_that_is_none_counts_as_missing() {
    let mut garbage = Request::new(());
    garbage
        .metadata_mut()
        .insert_bin(CONTEXT_KEY, MetadataValue::from_bytes(b"\xff\xff"));
    let mut empty = Request::new(());
    attach_context(&mut empty, &Context::default());

    assert_eq!(
        context(&garbage).unwrap_err().reason(),
        Reason::ContextMissing
    );
    assert_eq!(
        context(&empty).unwrap_err().reason(),
        Reason::ContextMissing
    );
}

#[test]
fn a_context_arrives_as_it_was_attached() {
    let given = of("nia", PrincipalKind::Person);
    let mut call = Request::new(());
    attach_context(&mut call, &of("somebody", PrincipalKind::Person));
    attach_context(&mut call, &given);

    assert_eq!(context(&call).unwrap(), given);
}

#[test]
fn prepare_names_every_field_that_cannot_be_understood() {
    let mut call = Request::new(request("", -1));
    attach_context(&mut call, &of("nia", PrincipalKind::Person));

    let status: Status = prepare(call).unwrap_err();

    let fields = status.get_details_bad_request().unwrap().field_violations;
    let fields: Vec<&str> = fields
        .iter()
        .map(|violation| violation.field.as_str())
        .collect();
    assert_eq!(
        (status.code(), fields),
        (Code::InvalidArgument, vec!["authority", "cursor.position"])
    );
}

#[test]
fn prepare_gives_the_context_and_the_body() {
    let mut call = Request::new(request("wirral", 3));
    attach_context(&mut call, &of("nia", PrincipalKind::Person));

    assert_eq!(
        prepare(call).unwrap(),
        (of("nia", PrincipalKind::Person), request("wirral", 3))
    );
}

#[test]
fn an_identity_is_a_person_or_a_record_system_of_an_authority() {
    let person = identity(&sent_by("wirral/nia")).unwrap();
    let system = identity(&sent_by("wirral/system:liquidlogic")).unwrap();

    assert_eq!(
        (person.authority.as_str(), person.principal.as_str()),
        ("wirral", "nia")
    );
    assert_eq!(person.kind, PrincipalKind::Person);
    assert_eq!(
        (system.principal.as_str(), system.kind),
        ("liquidlogic", PrincipalKind::RecordSystem)
    );
}

#[test]
fn an_identity_that_is_none_is_refused() {
    assert_eq!(
        identity(&MetadataMap::new()).unwrap_err().reason(),
        Reason::IdentityMissing
    );
    for wrong in [
        "wirral",
        "/nia",
        "wirral/",
        "wirral/Nia",
        "wirral/a/b",
        "wirral/system:",
        "wirral/baton:x",
        "Wirral/nia",
    ] {
        let problem = identity(&sent_by(wrong)).unwrap_err();
        assert_eq!(
            (problem.code(), problem.reason()),
            (Code::Unauthenticated, Reason::IdentityUnknown),
            "{wrong}"
        );
    }
    let mut two = sent_by("wirral/nia");
    two.append(IDENTITY_KEY, "wirral/sam".parse().unwrap());
    assert_eq!(
        identity(&two).unwrap_err().reason(),
        Reason::IdentityUnknown
    );
}

#[test]
fn a_client_may_not_send_reserved_metadata() {
    let mut forged = sent_by("wirral/nia");
    assert_eq!(refuse_reserved(&forged), Ok(()));

    forged.insert_bin(CONTEXT_KEY, MetadataValue::from_bytes(b"x"));

    assert_eq!(
        refuse_reserved(&forged).unwrap_err().reason(),
        Reason::ContextForbidden
    );
}

#[test]
fn every_kind_of_principal_has_keys_of_its_own() {
    let kinds = [
        PrincipalKind::Person,
        PrincipalKind::RecordSystem,
        PrincipalKind::Baton,
    ];

    let keys = kinds.map(|kind| principal_key(&of("baton", kind)));

    assert_eq!(keys, ["baton", "system:baton", "automatic:baton"]);
}

#[test]
fn a_request_key_depends_on_the_body_and_not_on_the_context() {
    let mut later = of("nia", PrincipalKind::Person);
    let key = request_key(&later, "m", "r1", &request("wirral", 3));
    later.pack = "another".to_owned();

    assert_eq!(request_key(&later, "m", "r1", &request("wirral", 3)), key);
    assert_ne!(request_key(&later, "m", "r1", &request("wirral", 4)), key);
    assert_eq!(
        (
            key.authority.as_str(),
            key.principal.as_str(),
            key.body_hash.len()
        ),
        ("wirral", "nia", 32)
    );
}
