use super::*;
use crate::domain::command::ReportHolder;

fn report(in_team: &str, by: Option<&str>) -> Command {
    Command::ReportHolder(ReportHolder {
        discrepancy: Uuid::now_v7(),
        team: team(in_team),
        worker: by.map(worker),
        effective_at: at("2026-03-02T09:00:00Z"),
    })
}

fn reported(case: &Case, command: &Command, when: &str) -> Vec<Event> {
    decided(
        case,
        command,
        &reaction(when, plan("child_in_need")),
        &packs::wirral(),
    )
    .unwrap()
}

#[test]
fn a_report_of_the_ledger_s_own_holder_changes_nothing() {
    assert_eq!(
        reported(
            &open_case(),
            &report("frt", Some("ann")),
            "2026-03-05T10:00:00Z"
        ),
        vec![]
    );
}

#[test]
fn another_holder_opens_a_difference_with_owner_and_deadline_and_leaves_the_ledger_alone() {
    let case = open_case();

    let events = reported(&case, &report("north", Some("sam")), "2026-03-05T10:00:00Z");
    let differing = after(&case, &events);

    assert_eq!(
        (&differing.team, &differing.worker),
        (&case.team, &case.worker)
    );
    assert_eq!(differing.epoch, case.epoch);
    let difference = differing.discrepancy.unwrap();
    assert_eq!(difference.owner_team, team("frt"));
    // Thursday and two working days.
    assert_eq!(difference.due_on.to_string(), "2026-03-09");
    assert_eq!(difference.breached_at, at("2026-03-10T00:00:00Z"));
}

#[test]
fn the_same_report_again_opens_no_second_difference_and_another_buys_no_time() {
    let case = open_case();
    let first = report("north", Some("sam"));
    let differing = after(&case, &reported(&case, &first, "2026-03-05T10:00:00Z"));

    assert_eq!(reported(&differing, &first, "2026-03-06T10:00:00Z"), vec![]);
    let again = after(
        &differing,
        &reported(&differing, &report("north", None), "2026-03-08T10:00:00Z"),
    );

    let difference = again.discrepancy.unwrap();
    assert_eq!(difference.worker, None);
    assert_eq!(difference.due_on.to_string(), "2026-03-09");
    let counted_from = difference.count.unwrap().from;
    assert_eq!(counted_from.to_string(), "2026-03-05");
}

#[test]
fn a_difference_is_settled_when_the_ledger_comes_to_agree() {
    let case = open_case();
    let differing = after(
        &case,
        &reported(&case, &report("north", Some("sam")), "2026-03-05T10:00:00Z"),
    );
    let ctx = reaction("2026-03-06T10:00:00Z", plan("child_in_need"));
    let command = move_to_north(&differing, Some("sam"), "2026-03-06T10:00:00Z");

    let events = decided(&differing, &command, &ctx, &packs::wirral()).unwrap();

    assert!(matches!(
        events.last().unwrap().what,
        What::DiscrepancySettled { .. }
    ));
    assert_eq!(after(&differing, &events).discrepancy, None);
}

#[test]
fn a_difference_that_nobody_settles_goes_to_the_next_rung() {
    let pack = packs::wirral();
    let calendar = Calendar::embedded().unwrap();
    let rules = Rules {
        pack: &pack,
        calendar: &calendar,
        discrepancy_working_days: 2,
    };
    let case = open_case();
    let differing = after(
        &case,
        &reported(&case, &report("north", Some("sam")), "2026-03-05T10:00:00Z"),
    );
    let breached_at = at("2026-03-10T00:00:00Z");

    let event = discrepancy_overdue(&differing, &rules, breached_at).unwrap();
    let overdue = apply(differing, &event);

    assert!(matches!(
        event.what,
        What::DiscrepancyOverdue { escalate_to: Some(role), .. } if role == "group_manager"
    ));
    assert_eq!(discrepancy_overdue(&overdue, &rules, breached_at), None);
}
