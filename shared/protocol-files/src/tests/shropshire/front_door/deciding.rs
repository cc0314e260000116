//! Who decides on a contact, what is asked, and what Compass owes.

use super::*;

#[test]
fn s_014_contacts_on_open_cases_are_pointed_to_the_appendices() {
    let guidance = guide("contacts_on_open_cases");

    assert_eq!(guidance.reference.as_deref(), Some("Appendices A and B"));
    for open in [true, false] {
        let known = [("contact.on_open_case", Value::Flag(open))];
        assert_eq!(holds(guidance.when.as_ref(), &known), open);
    }
}

#[test]
fn s_002_s_013_s_015_s_106_s_107_who_decides_and_what_each_outcome_does() {
    let decided_by = PACK.front_door.decided_by.as_ref().unwrap();
    assert_eq!(rules(&decided_by.by), [MANAGER]);

    for name in ["assess", "section_47"] {
        let outcome = PACK.front_door.outcome(name).unwrap();
        assert!(outcome.refers, "{name}");
        assert_eq!(rules(&outcome.states), ["referral_decided_on"], "{name}");
    }
    for name in ["early_help", "no_concerns"] {
        let outcome = PACK.front_door.outcome(name).unwrap();
        assert_eq!(rules(&outcome.cites), ["S-002"], "by its own rule: {name}");
        assert!(!outcome.refers && outcome.rationale, "{name}");
        assert!(outcome.states.is_empty(), "{name}");
    }
}

#[test]
fn s_002_compass_decides_within_one_working_day() {
    let clock = PACK.front_door.clock("contact_decision").unwrap();
    let launched = Anchors::new().at(Moment::Launched, at("2026-04-02T10:00:00Z"));
    let due = PACK.due_of(clock, &launched, &Scope::of(&Facts::new()), &calendar());

    assert_eq!(due.unwrap().on, date(2026, 4, 7), "over Easter");
    assert_eq!(clock.by.to_string(), MANAGER);
    assert_eq!(clock.met_by, "decided");
    assert_eq!(rules(&clock.escalate), [SERVICE_MANAGER]);
}

#[test]
fn s_013_the_team_that_has_the_case_is_told_of_a_new_contact() {
    let open = PACK.front_door.open_case.as_ref().unwrap();
    let told = &open.tells[0];

    assert_eq!(told.notice, "new_contact_on_open_case");
    assert_eq!(rules(&told.to), [MANAGER]);
    assert_eq!(told.by, "email");
    assert_eq!(told.due, None, "at once");
}

#[test]
fn s_005_the_decision_to_refer_lists_the_issues_where_compass_decides() {
    let asks = &PACK.front_door.decision_asks;
    let issues = asks.iter().find(|ask| ask.ask == Asked::Issues).unwrap();

    assert_eq!(issues.outcomes, ["assess", "section_47"]);
    for open in [true, false] {
        let known = [("contact.on_open_case", Value::Flag(open))];
        assert_eq!(holds(issues.when.as_ref(), &known), !open);
    }
}

#[test]
fn s_003_s_009_s_010_s_011_s_105_who_takes_each_step_and_what_it_states() {
    let step = |name: &str| PACK.front_door.step(name).unwrap();

    for (name, by) in [
        ("strategy_discussion_held", WORKER),
        ("review_strategy_held", WORKER),
        ("review_strategy_not_held", WORKER),
        ("out_of_hours_record_complete", WORKER),
        ("early_help_worked_with", "early_help_worker of responsible"),
    ] {
        assert_eq!(rules(&step(name).by), [by], "{name}");
    }
    for name in ["strategy_discussion_held", "review_strategy_held"] {
        assert_eq!(
            rules(&step(name).states),
            ["strategy_discussion_held_on"],
            "{name}"
        );
    }
    assert!(step("review_strategy_not_held").reason);
}

#[test]
fn s_105_s_106_help_is_made_sure_of_before_an_assessment_and_section_47_goes_straight_on() {
    let step = PACK.front_door.step("early_help_worked_with").unwrap();
    let duty = owed("help_lead_professional");

    assert_eq!(step.asks, ["help_consistent", "help_effective"]);
    assert_eq!(step.before, ["assess"]);
    assert_eq!(duty.by.to_string(), "early_help_worker of responsible");
    assert_eq!(duty.met_by, "step:early_help_worked_with or decided");
    let known = |plan, open| {
        [
            ("early_help_plan_open", plan),
            ("contact.on_open_case", open),
        ]
    };
    for plan in [true, false] {
        let known = known(Value::Flag(plan), NO);
        assert_eq!(holds(step.when.as_ref(), &known), plan);
        assert_eq!(holds(duty.when.as_ref(), &known), plan);
    }
    assert!(!holds(duty.when.as_ref(), &known(YES, YES)));
    assert!(!holds(duty.when.as_ref(), &known(NO, YES)));
}

fn owed(name: &str) -> &'static baton_protocol::front_door::ContactDuty {
    let mut duties = PACK.front_door.duties.iter();
    duties.find(|duty| duty.duty == name).unwrap()
}

fn day(text: &str) -> Value {
    Value::Date(text.parse().unwrap())
}

const DISCUSSED: &str = "out_of_hours_strategy_discussion_held_on";

#[test]
fn s_010_s_011_s_012_the_review_is_held_the_next_working_day_or_the_reason_recorded() {
    for (name, met_by) in [
        ("review_strategy_discussion", "step:review_strategy_held"),
        (
            "say_why_not_held",
            "step:review_strategy_held or step:review_strategy_not_held",
        ),
    ] {
        let duty = owed(name);
        assert_eq!(duty.from, "launched", "{name}");
        assert_eq!(duty.by.to_string(), MANAGER, "{name}");
        assert_eq!(duty.met_by, met_by, "{name}");
        assert_eq!(rules(&duty.escalate), [SERVICE_MANAGER], "{name}");
        for (kind, is_meant) in [
            ("out_of_hours_strategy_discussion", true),
            ("concern", false),
        ] {
            let known = [("contact.kind", code(kind))];
            assert_eq!(holds(duty.when.as_ref(), &known), is_meant, "{name}");
        }
    }
    let meanwhile = owed("manage_immediate_issues");
    assert_eq!(meanwhile.from, "step:review_strategy_not_held");
    assert_eq!(meanwhile.by.to_string(), MANAGER);
    assert_eq!(meanwhile.met_by, "step:review_strategy_held");

    let contact = PACK
        .front_door
        .kind("out_of_hours_strategy_discussion")
        .unwrap();
    assert_eq!(contact.to.as_ref().unwrap().to_string(), "front_door");
    assert!(contact.even_open, "open case or not");
}

#[test]
fn s_010_s_011_x_03_the_next_working_day_counts_from_the_discussion_and_not_from_the_contact() {
    for name in ["review_strategy_discussion", "say_why_not_held"] {
        let term = owed(name).due.as_ref().unwrap();
        let due = |discussed: &str, launched: &str| {
            let launched = Anchors::new().at(Moment::Launched, at(launched));
            let known = facts(&[(DISCUSSED, day(discussed))]);
            let due = term.due(&launched, &known, &calendar(), PACK.plain_days);
            due.unwrap().on
        };

        // On a Friday, which Compass learns on the Saturday or on the Monday; on the Thursday and on Good Friday before
        // Easter; on the Friday before the early May holiday.
        for (discussed, launched, next) in [
            ("2026-03-06", "2026-03-07T08:00:00Z", date(2026, 3, 9)),
            ("2026-03-06", "2026-03-09T08:00:00Z", date(2026, 3, 9)),
            ("2026-04-02", "2026-04-07T08:00:00Z", date(2026, 4, 7)),
            ("2026-04-03", "2026-04-04T22:00:00Z", date(2026, 4, 7)),
            ("2026-05-01", "2026-05-05T08:00:00Z", date(2026, 5, 5)),
        ] {
            assert_eq!(due(discussed, launched), next, "{name} {discussed}");
        }
        let launched = Anchors::new().at(Moment::Launched, at("2026-03-09T08:00:00Z"));
        let unknown = term.due(&launched, &Facts::new(), &calendar(), PACK.plain_days);
        assert_eq!(unknown, None, "{name}");
    }
}

#[test]
fn s_010_somebody_says_on_which_day_the_discussion_was_while_that_is_unknown() {
    let duty = owed("say_when_it_was_held");
    let kind = |kind: &str| ("contact.kind", code(kind));
    let ours = kind("out_of_hours_strategy_discussion");

    assert_eq!(duty.met_by, format!("facts.{DISCUSSED}"));
    assert_eq!(duty.by.to_string(), MANAGER);
    assert_eq!(rules(&duty.escalate), [SERVICE_MANAGER]);
    let launched = Anchors::new().at(Moment::Launched, at("2026-03-06T22:00:00Z"));
    let term = duty.due.as_ref().unwrap();
    let due = term.due(&launched, &Facts::new(), &calendar(), PACK.plain_days);
    assert_eq!(due.unwrap().on, date(2026, 3, 9));

    let owed_with = |known: &[(&str, Value)]| {
        let facts = facts(known);
        let when = duty.when.as_ref().unwrap();
        when.decide(&Scope::of(&facts)).truth != Truth::False
    };
    assert!(owed_with(std::slice::from_ref(&ours)), "nobody has said");
    assert!(owed_with(&[ours.clone(), (DISCUSSED, Value::None)]));
    assert!(!owed_with(&[ours, (DISCUSSED, day("2026-03-06"))]));
    assert!(!owed_with(&[kind("concern")]));
}

#[test]
fn s_009_the_out_of_hours_teams_record_is_made_complete() {
    let duty = owed("complete_out_of_hours_record");

    assert_eq!(duty.by.to_string(), MANAGER);
    assert_eq!(duty.met_by, "step:out_of_hours_record_complete");
    for (source, is_meant) in [("edt", true), ("school", false)] {
        let known = [("contact.source", code(source))];
        assert_eq!(holds(duty.when.as_ref(), &known), is_meant, "{source}");
    }
}

#[test]
fn s_104_the_early_help_worker_advises_lead_professionals() {
    let advice = PACK.front_door.enquiry("early_help_advice").unwrap();

    assert_eq!(advice.by.to_string(), "early_help_worker of responsible");
    assert!(!advice.optional);
}
