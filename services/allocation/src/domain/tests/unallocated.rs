use super::*;

fn deputy_director() -> Vec<PostHeld> {
    vec![post("deputy_director", None)]
}

fn authorise(authorised: bool) -> Command {
    Command::AuthoriseUnallocated {
        authorised,
        reason_digest: "d".repeat(64),
    }
}

/// A child-in-need case that moved without a worker.
fn unallocated_case() -> Case {
    let case = open_case();
    let ctx = reaction("2026-03-31T00:01:00Z", plan("child_in_need"));
    let command = pending(move_to_north(&case, None, "2026-03-31T00:00:00Z"));
    let events = decided(&case, &command, &ctx, &packs::wirral()).unwrap();
    after(&case, &events)
}

#[test]
fn w_087_k_04_a_child_in_need_case_moves_without_a_worker_pending_the_deputy_director() {
    let case = unallocated_case();

    assert_eq!(
        (case.team.clone(), case.worker.clone()),
        (team("north"), None)
    );
    assert_eq!(
        case.unallocated.as_ref().map(Unallocated::code),
        Some("pending_authorisation")
    );
}

#[test]
fn w_152_child_protection_and_court_work_never_moves_without_a_worker() {
    let case = open_case();
    let command = pending(move_to_north(&case, None, "2026-03-31T00:00:00Z"));
    let court = plan("child_in_need")
        .with("in_proceedings", Value::Flag(true))
        .unwrap();

    for facts in [plan("child_protection"), court] {
        let ctx = reaction("2026-03-31T00:01:00Z", facts);
        let refusal = decided(&case, &command, &ctx, &packs::wirral()).unwrap_err();
        assert_eq!(
            refusal,
            Refusal::UnallocatedForbidden {
                rules: vec!["W-152".to_owned()],
                unknown_facts: Vec::new(),
                team: team("north"),
            }
        );
    }
}

#[test]
fn w_152_unknown_facts_forbid_it_and_are_named() {
    let case = open_case();
    let command = pending(move_to_north(&case, None, "2026-03-31T00:00:00Z"));
    let ctx = reaction("2026-03-31T00:01:00Z", Facts::new());

    let refusal = decided(&case, &command, &ctx, &packs::wirral()).unwrap_err();

    let Refusal::UnallocatedForbidden { unknown_facts, .. } = refusal else {
        panic!("{refusal:?}")
    };
    assert_eq!(unknown_facts, ["in_proceedings", "plan"]);
}

#[test]
fn w_155_a_move_without_a_worker_that_does_not_wait_for_authority_is_refused() {
    let case = open_case();
    let command = move_to_north(&case, None, "2026-03-31T00:00:00Z");
    let ctx = reaction("2026-03-31T00:01:00Z", plan("child_in_need"));

    let refusal = decided(&case, &command, &ctx, &packs::wirral()).unwrap_err();

    assert!(matches!(refusal, Refusal::UnallocatedForbidden { rules, .. } if rules == ["W-155"]));
}

#[test]
fn c_005_child_protection_and_looked_after_cases_never_move_without_a_worker() {
    let case = open_case();
    let command = move_to_north(&case, None, "2026-03-31T00:00:00Z");

    for code in ["child_protection", "looked_after"] {
        let ctx = reaction("2026-03-31T00:01:00Z", plan(code));
        let refusal = decided(&case, &command, &ctx, &packs::camden()).unwrap_err();
        assert!(
            matches!(refusal, Refusal::UnallocatedForbidden { rules, .. } if rules == ["C-005"])
        );
    }
    let ctx = reaction("2026-03-31T00:01:00Z", plan("child_in_need"));
    assert!(decided(&case, &command, &ctx, &packs::camden()).is_ok());
}

#[test]
fn l_009_a_case_never_moves_without_a_worker() {
    let case = open_case();
    let command = pending(move_to_north(&case, None, "2026-03-31T00:00:00Z"));
    let ctx = reaction("2026-03-31T00:01:00Z", plan("child_in_need"));

    let refusal = decided(&case, &command, &ctx, &packs::lancashire()).unwrap_err();

    assert!(matches!(refusal, Refusal::UnallocatedForbidden { rules, .. } if rules == ["L-009"]));
}

#[test]
fn m_008_a_team_alone_counts_as_allocated() {
    let case = open_case();
    let command = move_to_north(&case, None, "2026-03-31T00:00:00Z");
    let ctx = reaction("2026-03-31T00:01:00Z", plan("child_protection"));

    let events = decided(&case, &command, &ctx, &packs::merton()).unwrap();

    assert_eq!(events.len(), 1);
    assert_eq!(after(&case, &events).unallocated, None);
}

#[test]
fn w_155_the_deputy_director_alone_authorises_no_other_rung_and_no_delegate() {
    let case = unallocated_case();
    let mut covering = post("deputy_director", None);
    covering.covering_for = Some(worker("dee"));

    for posts in [
        vec![post("senior_manager", None)],
        vec![post("team_manager", Some("north"))],
        vec![covering],
    ] {
        let ctx = call("2026-03-31T10:00:00Z", posts, plan("child_in_need"));
        let refusal = decided(&case, &authorise(true), &ctx, &packs::wirral()).unwrap_err();
        assert_eq!(
            refusal,
            Refusal::RoleNotAllowed {
                role: "deputy_director".to_owned(),
                team: None,
                rules: vec!["W-155".to_owned()],
            }
        );
    }
}

#[test]
fn w_156_an_authorised_case_is_reported_on_each_week_until_it_is_allocated() {
    let case = unallocated_case();
    let ctx = call(
        "2026-03-31T10:00:00Z",
        deputy_director(),
        plan("child_in_need"),
    );
    let pack = packs::wirral();
    let calendar = Calendar::embedded().unwrap();
    let rules = Rules {
        pack: &pack,
        calendar: &calendar,
        discrepancy_working_days: 2,
    };

    let events = decided(&case, &authorise(true), &ctx, &pack).unwrap();
    let authorised = after(&case, &events);
    let Some(Unallocated::Authorised {
        report_due_on,
        report_late_at,
        ..
    }) = authorised.unallocated
    else {
        panic!("{:?}", authorised.unallocated)
    };
    assert_eq!(report_due_on.to_string(), "2026-04-07");
    assert_eq!(report_late_at, at("2026-04-07T23:00:00Z"));

    let due = report_due(&authorised, &rules, report_late_at).unwrap();
    let week_later = apply(authorised.clone(), &due);
    assert!(matches!(
        week_later.unallocated,
        Some(Unallocated::Authorised { report_due_on, .. }) if report_due_on.to_string() == "2026-04-14"
    ));
    assert_eq!(report_due(&week_later, &rules, report_late_at), None);

    let manager = call(
        "2026-04-08T10:00:00Z",
        vec![post("team_manager", Some("north"))],
        plan("child_in_need"),
    );
    let events = decided(&week_later, &allocate("sam", None), &manager, &pack).unwrap();
    assert_eq!(after(&week_later, &events).unallocated, None);
}

#[test]
fn w_152_what_became_child_protection_work_meanwhile_can_no_longer_be_authorised() {
    let case = unallocated_case();
    let ctx = call(
        "2026-03-31T10:00:00Z",
        deputy_director(),
        plan("child_protection"),
    );

    let refusal = decided(&case, &authorise(true), &ctx, &packs::wirral()).unwrap_err();

    assert!(matches!(refusal, Refusal::UnallocatedForbidden { rules, .. } if rules == ["W-152"]));
}

#[test]
fn w_148_a_refused_authority_asks_the_next_manager_up_to_help() {
    let case = unallocated_case();
    let ctx = call(
        "2026-03-31T10:00:00Z",
        deputy_director(),
        plan("child_protection"),
    );

    let events = decided(&case, &authorise(false), &ctx, &packs::wirral()).unwrap();

    assert!(matches!(
        &events[0].what,
        What::UnallocatedRefused { escalate_to: Some(role) } if role == "group_manager"
    ));
    assert_eq!(
        after(&case, &events).unallocated,
        Some(Unallocated::Refused)
    );
}

#[test]
fn a_case_with_a_worker_needs_no_authority() {
    let ctx = call(
        "2026-03-31T10:00:00Z",
        deputy_director(),
        plan("child_in_need"),
    );

    let refusal = decided(&open_case(), &authorise(true), &ctx, &packs::wirral()).unwrap_err();

    assert_eq!(refusal, Refusal::NothingToAuthorise);
}

#[test]
fn w_150_while_authority_is_missing_the_senior_manager_is_told_the_next_working_day() {
    let case = unallocated_case();
    // Moved on Tuesday 31 March at midnight: told once Wednesday is over.
    let due_at = at("2026-04-01T23:00:00Z");

    let event = escalation_due(&case, due_at).unwrap();
    let told = apply(case.clone(), &event);

    assert!(matches!(
        &event.what,
        What::UnallocatedEscalated { escalation } if escalation.to.role.as_str() == "senior_manager"
    ));
    assert_eq!(escalation_due(&told, due_at), None);
    let calendar = Calendar::embedded().unwrap();
    let dates = crate::domain::dates::running(&told, &packs::wirral(), &calendar);
    let [rung] = dates.as_slice() else {
        panic!("{dates:?}")
    };
    assert!(rung.passed, "who was told is still explained");
    assert_eq!(rung.on.to_string(), "2026-04-01");
    assert_eq!(rung.count.as_ref().unwrap().from.to_string(), "2026-03-31");
    let ctx = call(
        "2026-03-31T10:00:00Z",
        deputy_director(),
        plan("child_in_need"),
    );
    let events = decided(&case, &authorise(true), &ctx, &packs::wirral()).unwrap();
    assert_eq!(escalation_due(&after(&case, &events), due_at), None);
}
