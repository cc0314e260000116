//! A review of the policy that could not be held.

use super::{line, one_problem, with};

const BY: &str = "  by: [head_of_service of authority, service_manager of authority]\n  looks_at";
const LOOKS_AT: &str = "  looks_at: [transfers, meetings, allocations]";
const MEETING: &str = "  meeting: ${policy_review.meeting}";

fn refused(from: &str, to: &str, words: &str) {
    one_problem("camden", "transfer.yaml", from, to, words);
}

/// A setting changed; the problem is where the rule takes it up.
fn setting(from: &str, to: &str, key: &str, words: &str) {
    let found = with("camden", "authority.yaml", from, to);
    let at = format!(
        "camden/transfer.yaml:{}: ",
        line("camden", "transfer.yaml", key)
    );
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0].starts_with(&at) && found[0].contains(words),
        "{found:#?}"
    );
}

#[test]
fn c_077_a_review_is_owed_by_somebody_of_the_whole_authority() {
    refused(BY, "  by: []\n  looks_at", "nobody reviews the policy");
    refused(
        BY,
        "  by: [head_of_service of authority, service_manager of receiving]\n  looks_at",
        "write `of authority`",
    );
    refused(
        BY,
        "  by: [head_of_service of authority, deputy_director of authority]\n  looks_at",
        "deputy_director is on no rung",
    );
}

#[test]
fn c_077_a_review_is_due_after_some_days() {
    let every = "policy_review.every: { value: 3 months";
    for (value, words) in [("0 months", "after some time"), ("24 hours", "by the hour")] {
        let to = format!("policy_review.every: {{ value: {value}");
        setting(every, &to, "  every: ${policy_review.every}", words);
    }
    let from = "policy_review.from: { value: 2026-01-05";
    let to = "policy_review.from: { value: 2026-02-30";
    assert!(!with("camden", "authority.yaml", from, to).is_empty());
}

#[test]
fn c_077_a_review_looks_at_figures_that_there_are() {
    refused(LOOKS_AT, "  looks_at: [complaints]", "complaints");
    refused(
        LOOKS_AT,
        "  looks_at: [transfers, allocations]",
        "leaves meetings out",
    );
    refused(
        MEETING,
        "  meeting: managers_lunch",
        "there is no meeting `managers_lunch`",
    );
}
