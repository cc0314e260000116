//! The review of an authority's policy: who owes it, by when, and what becomes of one that nobody holds.

use baton_calendar::Duration;
use baton_ids::{AuthorityId, TeamId};
use baton_protocol::PostHeld;
use jiff::civil::{Date, date};
use uuid::Uuid;

use super::stage::{Stage, local};
use crate::domain::*;

fn camden() -> Stage {
    Stage::of("camden")
}

fn begun(stage: &Stage, today: Date) -> PolicyReview {
    let authority = AuthorityId::new("camden").unwrap();
    PolicyReview::begin(Uuid::from_u128(7), &authority, stage.rules(), today).unwrap()
}

/// A call by somebody above teams, about which the ledger tells who the others are.
fn by(stage: &Stage, who: &str, role: &str, at: &str) -> Context {
    let mut context = stage.context(who);
    context.received_at = local(at);
    context.actor.posts = vec![PostHeld {
        role: role.parse().unwrap(),
        team: None,
        area: None,
        covering_for: None,
    }];
    let of_management = |id: &str, grade: &str| Worker {
        id: super::people::worker(id),
        team: TeamId::new("management").unwrap(),
        grade: grade.to_owned(),
    };
    context.workers = vec![
        of_management("hal", "head_of_service"),
        of_management("sue", "service_manager"),
    ];
    context
}

fn sue(stage: &Stage, at: &str) -> Context {
    by(stage, "sue", "service_manager", at)
}

fn held_with(attended: &[&str]) -> RecordReview {
    let texts = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    RecordReview {
        held_at: None,
        attended: texts(attended),
        looked_at: texts(&["transfers", "meetings", "allocations"]),
    }
}

fn record(
    stage: &Stage,
    review: &PolicyReview,
    asked: &RecordReview,
    context: &Context,
) -> Result<PolicyReview, Refusal> {
    let recorded = review.record(asked, Figures::default(), context, stage.rules());
    recorded.map(|(review, _)| review)
}

fn lacks(refused: Result<PolicyReview, Refusal>) -> Vec<&'static str> {
    match refused {
        Err(Refusal::Lacking { missing, .. }) => missing,
        other => panic!("{other:?}"),
    }
}

#[test]
fn c_077_the_first_is_due_at_the_end_of_the_interval_in_which_it_is_begun() {
    let stage = camden();
    for (today, due_on) in [
        (date(2025, 12, 1), date(2026, 4, 5)),
        (date(2026, 1, 5), date(2026, 4, 5)),
        (date(2026, 4, 5), date(2026, 4, 5)),
        (date(2026, 4, 6), date(2026, 7, 5)),
        (date(2026, 11, 22), date(2027, 1, 5)),
    ] {
        let review = begun(&stage, today);
        assert_eq!(review.due_on, due_on, "{today}");
        assert!(!review.overdue);
    }
    let review = begun(&stage, date(2026, 11, 22));
    assert_eq!(review.since, local("2026-10-05 00:00"));
    assert_eq!(review.breach_at, local("2027-01-06 00:00"));
}

#[test]
fn c_077_the_days_of_the_intervals_do_not_drift_at_the_ends_of_months() {
    let mut stage = camden();
    let pack = std::sync::Arc::make_mut(&mut stage.pack);
    let rule = pack.transfer.policy_review.as_mut().unwrap();
    rule.from = date(2026, 8, 31);

    // The thirtieth of November and the last of February; then the thirty-first again.
    let due: Vec<Date> = [date(2026, 9, 1), date(2026, 12, 1), date(2027, 3, 1)]
        .map(|today| begun(&stage, today).due_on)
        .into();
    assert_eq!(
        due,
        [date(2026, 11, 30), date(2027, 2, 28), date(2027, 5, 31)]
    );
}

#[test]
fn c_077_the_next_is_counted_from_the_last_one_held() {
    let stage = camden();
    let review = begun(&stage, date(2026, 10, 6));
    for (held, due_on) in [
        ("2026-11-30 10:00", date(2027, 2, 28)),
        ("2026-11-29 10:00", date(2027, 2, 28)),
        ("2026-12-01 00:00", date(2027, 3, 1)),
    ] {
        let after = record(&stage, &review, &held_with(&["hal"]), &sue(&stage, held)).unwrap();
        assert_eq!(after.due_on, due_on, "{held}");
        assert_eq!(after.since, local(held));
        assert!(after.held[0].in_time);
    }
}

#[test]
fn c_077_one_that_was_missed_stays_owed_and_is_missed_once() {
    let stage = camden();
    let review = begun(&stage, date(2026, 8, 1));
    assert_eq!(review.miss(local("2026-10-05 23:59")), None);

    let missed = review.miss(local("2026-10-06 00:00")).unwrap();
    assert!(missed.overdue);
    assert_eq!(missed.missed, [date(2026, 10, 5)]);
    assert_eq!(missed.rings_at(), None);
    assert_eq!(missed.miss(local("2027-06-01 00:00")), None);

    let context = sue(&stage, "2026-10-20 10:00");
    let late = record(&stage, &missed, &held_with(&["hal"]), &context).unwrap();
    assert!(!late.overdue && !late.held[0].in_time);
    assert_eq!(late.rings_at(), Some(local("2027-01-21 00:00")));

    // Held in time and put on record afterwards: the breach stays on record, and is answered.
    let told = RecordReview {
        held_at: Some(local("2026-10-05 16:00")),
        ..held_with(&["hal"])
    };
    let answered = record(&stage, &missed, &told, &context).unwrap();
    assert!(answered.held[0].in_time);
    assert_eq!(answered.missed, [date(2026, 10, 5)]);
    assert_eq!(answered.due_on, date(2027, 1, 5));
}

#[test]
fn c_077_heads_of_service_and_service_managers_hold_it_together() {
    let stage = camden();
    let review = begun(&stage, date(2026, 8, 1));
    let at = "2026-09-30 10:00";
    let hal = by(&stage, "hal", "head_of_service", at);

    assert!(record(&stage, &review, &held_with(&["hal"]), &sue(&stage, at)).is_ok());
    assert!(record(&stage, &review, &held_with(&["sue"]), &hal).is_ok());
    let alone = record(&stage, &review, &held_with(&["sue"]), &sue(&stage, at));
    assert_eq!(lacks(alone), ["head_of_service"]);
    assert_eq!(
        lacks(record(&stage, &review, &held_with(&[]), &hal)),
        ["service_manager"]
    );
    let unknown = record(&stage, &review, &held_with(&["nobody"]), &hal);
    assert_eq!(lacks(unknown), ["service_manager"]);

    let mut tom = stage.context("tom");
    tom.received_at = local(at);
    let refused = record(&stage, &review, &held_with(&["hal", "sue"]), &tom);
    assert!(
        matches!(refused, Err(Refusal::RoleNotAllowed { .. })),
        "{refused:?}"
    );
}

#[test]
fn c_077_all_figures_are_looked_at_and_the_findings_are_given() {
    let stage = camden();
    let review = begun(&stage, date(2026, 8, 1));
    let mut context = sue(&stage, "2026-09-30 10:00");
    for figures in ["transfers", "meetings", "allocations"] {
        let mut asked = held_with(&["hal"]);
        asked.looked_at.retain(|looked| looked != figures);
        assert_eq!(lacks(record(&stage, &review, &asked, &context)), [figures]);
    }
    context.reason_digest = None;
    let silent = record(&stage, &review, &held_with(&["hal"]), &context);
    assert_eq!(lacks(silent), ["findings"]);
}

#[test]
fn c_077_a_review_is_held_in_its_own_period_and_on_a_day_of_its_own() {
    let stage = camden();
    let review = begun(&stage, date(2026, 8, 1));
    let context = sue(&stage, "2026-09-30 10:00");
    let at = |text: &str| RecordReview {
        held_at: Some(local(text)),
        ..held_with(&["hal"])
    };
    let early = record(&stage, &review, &at("2026-07-04 23:59"), &context);
    assert!(
        matches!(early, Err(Refusal::RuleRefuses { .. })),
        "{early:?}"
    );
    let future = record(&stage, &review, &at("2026-09-30 10:01"), &context);
    assert!(
        matches!(future, Err(Refusal::EffectiveInFuture { .. })),
        "{future:?}"
    );

    let first = record(&stage, &review, &held_with(&["hal"]), &context).unwrap();
    let again = record(
        &stage,
        &first,
        &held_with(&["hal"]),
        &sue(&stage, "2026-09-30 17:00"),
    );
    assert!(
        matches!(again, Err(Refusal::RuleRefuses { .. })),
        "{again:?}"
    );
    let tomorrow = sue(&stage, "2026-10-01 00:00");
    assert!(record(&stage, &first, &held_with(&["hal"]), &tomorrow).is_ok());
}

#[test]
fn c_077_a_period_keeps_to_its_pack_and_the_next_follows_the_one_in_force() {
    let stage = camden();
    let review = begun(&stage, date(2026, 8, 1));
    let mut changed = stage.clone();
    let pack = std::sync::Arc::make_mut(&mut changed.pack);
    let rule = pack.transfer.policy_review.as_mut().unwrap();
    rule.every = Duration::Months(6);
    rule.by
        .retain(|party| party.role.as_str() == "head_of_service");

    assert_eq!(review.follow(changed.rules(), date(2026, 9, 1)), None);
    let context = sue(&stage, "2026-09-30 10:00");
    let after = record(&changed, &review, &held_with(&["hal"]), &context).unwrap();
    assert_eq!(after.due_on, date(2027, 3, 30));
    assert_eq!(after.by.len(), 1);
}

#[test]
fn c_077_a_protocol_that_asks_for_none_ends_it_and_one_that_does_begins_it_again() {
    let stage = camden();
    let other = Stage::of("wirral");
    let review = begun(&stage, date(2026, 8, 1));
    let context = sue(&stage, "2026-09-30 10:00");
    let review = record(&stage, &review, &held_with(&["hal"]), &context).unwrap();

    let ended = review.follow(other.rules(), date(2026, 12, 1)).unwrap();
    assert!(!ended.asked_for);
    assert_eq!(ended.rings_at(), None);
    assert_eq!(ended.miss(local("2027-06-01 00:00")), None);
    assert_eq!(ended.follow(other.rules(), date(2026, 12, 2)), None);

    let again = ended.follow(stage.rules(), date(2027, 2, 1)).unwrap();
    assert!(again.asked_for);
    assert_eq!(again.due_on, date(2027, 4, 5));
    assert_eq!((again.held.len(), again.version), (1, ended.version + 1));

    let authority = AuthorityId::new("wirral").unwrap();
    let none = PolicyReview::begin(Uuid::nil(), &authority, other.rules(), date(2026, 8, 1));
    assert_eq!(none, None);
}

#[test]
fn c_077_the_figures_tell_how_transfers_went_with_the_meeting_and_without_it() {
    let completed = |in_time, met| Counted::Completed { in_time, met };
    let figures = Figures::of([
        Counted::Opened,
        Counted::Opened,
        Counted::MeetingHeld,
        completed(Some(true), true),
        completed(Some(false), true),
        completed(Some(true), false),
        completed(None, false),
        Counted::SentBack,
        Counted::Withdrawn,
        Counted::Disputed,
        Counted::Breached,
    ]);

    assert_eq!((figures.opened, figures.completed), (2, 4));
    assert_eq!((figures.completed_in_time, figures.completed_late), (2, 1));
    assert_eq!(
        (figures.completed_with, figures.completed_with_in_time),
        (2, 1)
    );
    assert_eq!(
        (
            figures.completed_without(),
            figures.completed_without_in_time()
        ),
        (2, 1)
    );
    assert_eq!((figures.meetings_held, figures.sent_back), (1, 1));
    assert_eq!((figures.withdrawn, figures.disputed), (1, 1));
    assert_eq!(figures.deadlines_breached, 1);
}
