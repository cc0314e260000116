//! The conventions that make six services one: kept by tests, because the compiler does not.

use baton_tests::{conformance, events, layout};

fn nothing(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_domain_knows_no_database_transport_runtime_or_clock() {
    nothing(&layout::impure_domains());
}

#[test]
fn sql_stands_in_storage_only() {
    nothing(&layout::misplaced_sql());
}

#[test]
fn no_service_depends_on_another() {
    nothing(&layout::wrong_dependencies());
}

#[test]
fn every_reason_that_a_client_may_be_given_is_given_somewhere() {
    nothing(&layout::reasons_never_given());
}

#[test]
fn files_fit_in_the_head() {
    nothing(&layout::misshapen_files());
}

#[test]
fn every_service_has_the_same_rooms() {
    nothing(&layout::missing_rooms());
}

#[test]
fn every_rule_answered_for_lives_somewhere_and_is_shown() {
    let entries = conformance::survey();
    assert!(!entries.is_empty(), "the register is empty");
    nothing(&conformance::gaps(&entries));
}

#[test]
fn every_event_that_a_story_names_is_one() {
    nothing(&events::unlisted_in_stories());
}
