use crate::transfer::v1::CompleteTransferRequest;
use crate::r#type::v1::{CallKind, Subject};
use crate::{
    CALLS, FILE_DESCRIPTOR_SET, Validate as _, call_of, instant, json, pool, structure, timestamp,
};

#[test]
fn every_method_is_found_by_its_path() {
    for call in CALLS {
        assert_eq!(call_of(call.path), Some(call));
        assert_eq!(format!("/{}/{}", call.service(), call.method()), call.path);
    }
    let methods: usize = pool()
        .services()
        .filter(|s| s.package_name().starts_with("baton."))
        .map(|s| s.methods().len())
        .sum();
    assert_eq!(CALLS.len(), methods);
    assert_eq!(call_of("/baton.transfer.v1.TransferService/Nothing"), None);
}

#[test]
fn a_method_says_what_it_is_about() {
    let call = call_of("/baton.transfer.v1.TransferService/CompleteTransfer").unwrap();

    assert_eq!(
        (call.kind, call.subject, call.field),
        (CallKind::Request, Subject::Transfer, "transfer_id")
    );
    assert_eq!(call.input, "baton.transfer.v1.CompleteTransferRequest");
    assert!(call.is_public() && !call.streaming);
    assert!(
        !call_of("/baton.event.v1.FeedService/Subscribe")
            .unwrap()
            .is_public()
    );
}

#[test]
fn an_empty_request_names_every_field_that_it_lacks() {
    let fields: Vec<String> = CompleteTransferRequest::default()
        .violations()
        .into_iter()
        .map(|v| v.field)
        .collect();

    assert!(fields.contains(&"request_id".to_owned()), "{fields:?}");
    assert!(fields.contains(&"transfer_id".to_owned()), "{fields:?}");
}

#[test]
fn every_pattern_of_the_contracts_is_a_regular_expression() {
    let rules = pool().get_extension_by_name("buf.validate.field").unwrap();
    let mut patterns = 0;
    for field in pool()
        .all_messages()
        .flat_map(|message| message.fields().collect::<Vec<_>>())
    {
        let options = field.options();
        let text = format!("{}", options.get_extension(&rules));
        if field.full_name().starts_with("baton.") && text.contains("pattern:") {
            let pattern = text
                .split("pattern:")
                .nth(1)
                .unwrap()
                .split('"')
                .nth(1)
                .unwrap();
            let pattern = pattern.replace("\\\\", "\\");
            assert!(
                regex_lite::Regex::new(&pattern).is_ok(),
                "{}: {pattern}",
                field.full_name()
            );
            patterns += 1;
        }
    }
    assert!(patterns > 50, "{patterns}");
}

#[test]
fn the_descriptors_keep_options_and_leave_comments_out() {
    assert!(
        FILE_DESCRIPTOR_SET
            .windows(18)
            .any(|window| window == b"buf/validate/valid")
    );
    assert!(
        pool()
            .files()
            .all(|file| file.file_descriptor_proto().source_code_info.is_none())
    );
}

#[test]
fn instants_are_cut_to_microseconds_and_come_back() {
    for text in [
        "2026-03-02T09:30:00.123456789Z",
        "1969-12-31T23:59:59.999999Z",
        "1970-01-01T00:00:00Z",
    ] {
        let given: jiff::Timestamp = text.parse().unwrap();
        let wire = timestamp(given);

        assert!((0..1_000_000_000).contains(&wire.nanos));
        assert_eq!(
            instant(&wire).unwrap().as_nanosecond(),
            given.as_nanosecond().div_euclid(1000) * 1000
        );
    }
}

#[test]
fn an_instant_before_1900_is_a_slip() {
    let wire = |text: &str| timestamp(text.parse().unwrap());

    assert!(instant(&wire("1900-01-01T00:00:00Z")).is_ok());
    assert!(instant(&wire("1899-12-31T23:59:59.999999Z")).is_err());
    assert!(instant(&wire("-001199-03-02T09:30:00Z")).is_err());
}

#[test]
fn structures_come_back_as_they_were() {
    let given = serde_json::json!({"a": [1, 2.5, null, true, "x", {"b": {}}], "large": 9_007_199_254_740_991_i64, "n": -3});

    assert_eq!(json(&structure(&given)), given);
}
