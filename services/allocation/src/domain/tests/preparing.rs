//! Wirral's own file: what comes before a case is left without a worker, and what is owed while it is.

use baton_protocol_files::Library;
use jiff::civil::date;

use super::*;

fn wirral() -> std::sync::Arc<Pack> {
    Library::embedded()
        .unwrap()
        .pack_for(&"wirral".parse().unwrap(), date(2026, 3, 31))
        .unwrap()
}

fn child_in_need() -> Facts {
    plan("child_in_need")
        .with("section_47_open", Value::Flag(false))
        .unwrap()
}

/// A child-in-need case that moved to north without a worker on Tuesday 31 March.
fn unallocated(pack: &Pack) -> Case {
    let case = open_case();
    let ctx = reaction("2026-03-31T00:01:00Z", child_in_need());
    let command = pending(move_to_north(&case, None, "2026-03-30T23:00:00Z"));
    let events = decided(&case, &command, &ctx, pack).unwrap();
    after(&case, &events)
}

fn sign(step: &str, covers: &[&str]) -> Command {
    Command::SignUnallocatedStep {
        step: step.to_owned(),
        covers: covers.iter().map(|&code| code.to_owned()).collect(),
        text_digest: "d".repeat(64),
    }
}

fn assess() -> Command {
    sign("risk_assessment", &["complexity", "risk"])
}

fn report() -> Command {
    let covers = ["numbers_and_details", "monitoring", "plan_to_allocate"];
    sign("report", &covers)
}

fn authorise() -> Command {
    Command::AuthoriseUnallocated {
        authorised: true,
        reason_digest: "d".repeat(64),
    }
}

/// A call by nia (manager of north), gwen (group manager) or dee (deputy director).
fn by(who: &str, received_at: &str) -> Context {
    let posts = match who {
        "nia" => vec![post("team_manager", Some("north"))],
        "gwen" => vec![post("group_manager", None)],
        "dee" => vec![post("deputy_director", None)],
        _ => vec![post("team_manager", Some("frt"))],
    };
    let mut ctx = call(received_at, posts, child_in_need());
    ctx.actor.principal = who.to_owned();
    ctx
}

const MORNING: &str = "2026-03-31T09:00:00Z";

fn done(case: &Case, command: &Command, who: &str, at: &str, pack: &Pack) -> Case {
    after(case, &decided(case, command, &by(who, at), pack).unwrap())
}

fn authorised(pack: &Pack) -> Case {
    let mut case = unallocated(pack);
    for (who, command) in [("nia", assess()), ("gwen", assess()), ("nia", report())] {
        case = done(&case, &command, who, MORNING, pack);
    }
    done(&case, &authorise(), "dee", MORNING, pack)
}

fn report_due_on(case: &Case) -> String {
    let Some(Unallocated::Authorised { report_due_on, .. }) = &case.unallocated else {
        panic!("{:?}", case.unallocated)
    };
    report_due_on.to_string()
}

#[test]
fn w_153_nothing_is_authorised_before_both_managers_have_assessed_complexity_and_risk() {
    let pack = wirral();
    let mut case = unallocated(&pack);
    let missing = |case: &Case| {
        let refusal = decided(case, &authorise(), &by("dee", MORNING), &pack).unwrap_err();
        let Refusal::NotPrepared { open, .. } = refusal else {
            panic!("{refusal:?}")
        };
        let of = |awaited: &crate::domain::case::Awaited| {
            format!(
                "{} {} {}",
                awaited.step,
                awaited.party.role,
                awaited.rules.join(",")
            )
        };
        open.iter().map(of).collect::<Vec<_>>()
    };

    assert_eq!(
        missing(&case),
        [
            "risk_assessment team_manager W-153",
            "risk_assessment group_manager W-153",
            "report team_manager W-154"
        ]
    );
    case = done(&case, &assess(), "nia", MORNING, &pack);
    assert_eq!(missing(&case)[0], "risk_assessment group_manager W-153");
}

#[test]
fn w_153_the_assessment_takes_two_people_and_the_manager_of_that_team() {
    let pack = wirral();
    let case = unallocated(&pack);

    let of_another_team = decided(&case, &assess(), &by("tom", MORNING), &pack).unwrap_err();
    assert!(matches!(of_another_team, Refusal::RoleNotAllowed { .. }));
    let case = done(&case, &assess(), "gwen", MORNING, &pack);
    let twice = decided(&case, &assess(), &by("gwen", MORNING), &pack).unwrap_err();

    assert!(matches!(twice, Refusal::FourEyes { rules, .. } if rules == ["W-153"]));
    let nia = decided(&case, &assess(), &by("nia", MORNING), &pack).unwrap();
    assert!(matches!(
        &nia[0].what,
        What::UnallocatedStepSigned { awaited, .. } if awaited[0].step == "report"
    ));
}

#[test]
fn w_153_an_assessment_that_leaves_the_risk_out_is_none() {
    let pack = wirral();
    let case = unallocated(&pack);
    let half = sign("risk_assessment", &["complexity"]);

    let refusal = decided(&case, &half, &by("nia", MORNING), &pack).unwrap_err();

    assert_eq!(
        refusal,
        Refusal::NotCovered {
            missing: vec!["risk".to_owned()]
        }
    );
}

#[test]
fn w_154_the_report_follows_the_assessment_and_goes_to_senior_manager_and_deputy_director() {
    let pack = wirral();
    let case = unallocated(&pack);
    let early = decided(&case, &report(), &by("nia", MORNING), &pack).unwrap_err();
    assert!(matches!(early, Refusal::NotPrepared { .. }), "{early:?}");

    let case = done(&case, &assess(), "nia", MORNING, &pack);
    let case = done(&case, &assess(), "gwen", MORNING, &pack);
    let events = decided(&case, &report(), &by("nia", MORNING), &pack).unwrap();

    let What::UnallocatedStepSigned { to, .. } = &events[0].what else {
        panic!("{events:?}")
    };
    let to: Vec<&str> = to.iter().map(|party| party.role.as_str()).collect();
    assert_eq!(to, ["senior_manager", "deputy_director"]);
    assert_eq!(events[0].rules, ["W-154"]);
}

#[test]
fn w_156_progress_is_reported_within_a_week_of_the_authorisation_and_a_week_after_each_report() {
    let pack = wirral();
    let case = authorised(&pack);
    assert_eq!(report_due_on(&case), "2026-04-07", "Easter does not count");

    let progress = sign("progress_report", &[]);
    let case = done(&case, &progress, "nia", "2026-04-03T09:00:00Z", &pack);

    assert_eq!(report_due_on(&case), "2026-04-10");
    let refusal = decided(&case, &progress, &by("tom", "2026-04-07T09:00:00Z"), &pack);
    assert!(matches!(refusal, Err(Refusal::RoleNotAllowed { rules, .. }) if rules == ["W-156"]));
}

#[test]
fn w_156_a_report_that_does_not_come_is_a_breach_at_the_end_of_its_day() {
    let pack = wirral();
    let case = authorised(&pack);
    let calendar = Calendar::embedded().unwrap();
    let rules = Rules {
        pack: &pack,
        calendar: &calendar,
        discrepancy_working_days: 2,
    };

    let breach = report_due(&case, &rules, at("2026-04-07T23:00:00Z")).unwrap();

    let What::UnallocatedReportDue { due_on, to, .. } = &breach.what else {
        panic!("{breach:?}")
    };
    assert_eq!(due_on.to_string(), "2026-04-07");
    assert_eq!(to.len(), 2, "senior manager and deputy director go without");
    assert_eq!(report_due_on(&apply(case, &breach)), "2026-04-14");
}

#[test]
fn w_152_an_enquiry_that_is_open_is_work_that_always_has_a_worker() {
    let pack = wirral();
    let case = unallocated(&pack);
    let mut ctx = by("nia", MORNING);
    let enquiry = plan("child_in_need")
        .with("section_47_open", Value::Flag(true))
        .unwrap();
    ctx.child.as_mut().unwrap().known = known(&enquiry);

    let refusal = decided(&case, &assess(), &ctx, &pack).unwrap_err();

    assert!(
        matches!(&refusal, Refusal::UnallocatedForbidden { rules, .. } if rules[0] == "W-152"),
        "{refusal:?}"
    );
}
