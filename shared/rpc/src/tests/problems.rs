use std::collections::HashSet;
use std::fmt::Write as _;
use std::time::Duration;

use baton_store::StoreError;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::{ERROR_DOMAIN, OpenItem, Problem, Reason, Violations};

fn open_audit() -> OpenItem {
    OpenItem {
        reason: "GATE_NOT_MET".to_owned(),
        subject: "first_response_audit".to_owned(),
        rules: vec!["W-069".to_owned(), "W-053".to_owned()],
        owner: "team_manager of north".to_owned(),
        remedy: "sign the audit".to_owned(),
    }
}

#[test]
fn a_refusal_lists_every_open_item_with_rules_and_owner() {
    let problem = Problem::new(Reason::GateNotMet, "the gate is not met")
        .item(open_audit())
        .item(OpenItem {
            reason: "FACT_UNKNOWN".to_owned(),
            subject: "plan".to_owned(),
            ..OpenItem::default()
        })
        .metadata("transfer_id", "t");

    let status = Status::from(problem);

    assert_eq!(
        (status.code(), status.message()),
        (Code::FailedPrecondition, "the gate is not met")
    );
    let info = status.get_details_error_info().unwrap();
    assert_eq!(
        (info.reason.as_str(), info.domain.as_str()),
        ("GATE_NOT_MET", ERROR_DOMAIN)
    );
    assert_eq!(info.metadata["transfer_id"], "t");
    let items = status
        .get_details_precondition_failure()
        .unwrap()
        .violations;
    assert_eq!(
        items[0].description,
        "W-069, W-053; owner team_manager of north; sign the audit"
    );
    assert_eq!(
        (items[0].r#type.as_str(), items[0].subject.as_str()),
        ("GATE_NOT_MET", "first_response_audit")
    );
    assert_eq!(items[1].description, "");
    assert!(status.get_details_retry_info().is_none());
}

#[test]
fn bad_input_names_every_field_at_once() {
    let mut violations = Violations::default();
    let none: Option<u8> = violations.parse("epoch", "x".parse::<u8>());
    violations.add("departures[2].rule_id", "is required");

    let status = Status::from(violations.into_result().unwrap_err());

    assert_eq!((none, status.code()), (None, Code::InvalidArgument));
    let fields = status.get_details_bad_request().unwrap().field_violations;
    assert_eq!(
        fields
            .iter()
            .map(|field| field.field.as_str())
            .collect::<Vec<_>>(),
        ["epoch", "departures[2].rule_id"]
    );
    assert_eq!(
        status.message(),
        "these fields cannot be understood: epoch, departures[2].rule_id"
    );
}

#[test]
fn a_path_that_somebody_made_long_is_cut_and_still_named() {
    let field = format!("households[{}é]", "long".repeat(5000));

    let status = Status::from(Problem::invalid(field, "is no id"));

    let fields = status.get_details_bad_request().unwrap().field_violations;
    assert!(fields[0].field.starts_with("households[longlong"));
    assert!(fields[0].field.len() <= 123 && status.message().len() < 200);
}

#[test]
fn what_is_worth_trying_again_says_when() {
    let behind = Status::from(
        Problem::new(Reason::ViewBehind, "not yet").retry_after(Duration::from_secs(2)),
    );
    assert_eq!(
        behind.get_details_retry_info().unwrap().retry_delay,
        Some(Duration::from_secs(2))
    );

    for reason in Reason::ALL
        .iter()
        .filter(|reason| reason.code() == Code::Unavailable)
    {
        let status = Status::from(Problem::new(*reason, ""));
        assert!(status.get_details_retry_info().is_some(), "{reason}");
    }
}

#[test]
fn a_failing_store_tells_the_caller_nothing_of_the_database() {
    let cases = [
        (StoreError::RequestIdReused, Reason::RequestIdReused),
        (StoreError::Contention, Reason::Contention),
        (StoreError::Interrupted, Reason::StoreUnavailable),
        (StoreError::Corrupt("requests.response"), Reason::Internal),
        (StoreError::Open("secret".to_owned()), Reason::Internal),
    ];
    for (error, reason) in cases {
        let problem = Problem::from(error);
        assert_eq!(problem.reason(), reason);
        assert!(!problem.message().contains("secret") && !problem.message().contains("requests."));
    }
}

#[test]
fn every_reason_is_in_the_list_once() {
    let names: HashSet<&str> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();

    assert_eq!(names.len(), Reason::ALL.len());
    for reason in Reason::ALL {
        assert_eq!(Reason::parse(reason.as_str()), Some(*reason));
    }
    assert_eq!(
        Reason::ALL.len(),
        Reason::Internal as usize + 1,
        "a reason is missing from ALL"
    );
    assert_eq!(Reason::parse("NONE_OF_OURS"), None);
}

/// The page is written here so that it cannot say anything else. `UPDATE_DOCS=1` writes it anew.
#[test]
fn the_page_about_errors_lists_every_reason() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, page()).unwrap();
    }

    assert_eq!(
        std::fs::read_to_string(path).unwrap(),
        page(),
        "run this test with UPDATE_DOCS=1"
    );
}

fn page() -> String {
    let mut page = String::from(
        "# Errors\n\n\
         Every answer other than OK is a gRPC status with `google.rpc` details:\n\n\
         - `ErrorInfo`: `reason` from the list below, `domain` `baton.example`, and ids, versions and dates in `metadata`.\n\
         - `BadRequest`: every field that cannot be understood, by its path in the request.\n\
         - `PreconditionFailure`: every open item. `type` is why, `subject` names it, `description` is\n  \
           `<rule IDs>; owner <role> of <team>; <what to do>`.\n\
         - `RetryInfo`: when to try again. Send the same request with the same `request_id`.\n\n\
         Messages are for people and may change; programs read `reason`. The list is closed: a client may rely on it, and\n\
         a new reason is a change of the contract. Details are cut at 5 KiB; `metadata.left_out` then counts what was left out.\n",
    );
    let mut code = None;
    for reason in Reason::ALL {
        if code != Some(reason.code()) {
            code = Some(reason.code());
            let _ = write!(
                page,
                "\n## {}\n\n| reason | meaning |\n| --- | --- |\n",
                code_name(reason.code())
            );
        }
        let _ = writeln!(page, "| `{reason}` | {} |", reason.meaning());
    }
    page
}

fn code_name(code: Code) -> String {
    let mut name = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_uppercase());
    }
    name
}
