//! What MASH does on the way to a decision, what a decision has to say, and what is owed after it.

use super::reading::*;
use super::*;

/// A step: who takes it, what it says, what it waits for.
fn step_says(name: &str) -> Vec<String> {
    let step = PACK.front_door.step(name).unwrap();
    let mut lines = vec![];
    let mut list = |word: &str, values: Vec<String>| {
        if !values.is_empty() {
            lines.push(format!("{word}: {}", values.join(", ")));
        }
    };
    list("by", rules(&step.by));
    list("of", step.of.iter().map(ToString::to_string).collect());
    list("asks", step.asks.clone());
    list("basis", step.basis.clone());
    list("before", step.before.clone());
    let after = step.after.iter();
    list(
        "after",
        after
            .map(|after| format!("{} until {}", after.step, after.until.join(" or ")))
            .collect(),
    );
    list(
        "states",
        step.states.iter().map(ToString::to_string).collect(),
    );
    if step.reason {
        lines.push("a reason".to_owned());
    }
    lines
}

/// What is owed: from when, until when, by whom, and what meets it.
fn duty_says(name: &str) -> Vec<String> {
    let mut duties = PACK.front_door.duties.iter();
    let duty = duties.find(|duty| duty.duty == name).unwrap();
    let of = duty.of.map_or(String::new(), |of| format!(" in {of}"));
    let person = duty
        .person
        .map_or(String::new(), |person| format!(", {person:?}"));
    let mut lines = vec![
        format!("from {}", duty.from),
        format!("by {}{of}{person}", duty.by),
        format!("met by {}", duty.met_by),
    ];
    lines.extend(duty.due.iter().map(|due| format!("due {due}")));
    if !duty.escalate.is_empty() {
        lines.push(format!("tells {}", rules(&duty.escalate).join(", ")));
    }
    lines
}

fn duty_when(name: &str, known: &[(&str, Value)]) -> Option<bool> {
    let mut duties = PACK.front_door.duties.iter();
    let duty = duties.find(|duty| duty.duty == name).unwrap();
    holds(duty.when.as_ref(), known)
}

fn on_open_case(yes: bool) -> (&'static str, Value) {
    flag("contact.on_open_case", yes)
}

#[test]
fn m_020_m_021_m_027_m_028_the_steps_of_mash_are_its_screening_officers() {
    for name in [
        "referral_taken",
        "screened",
        "analysed",
        "partner_supported",
    ] {
        assert_eq!(
            step_says(name),
            ["by: screening_officer of responsible"],
            "{name}"
        );
    }
    assert_eq!(
        step_says("information_shared"),
        [
            "by: screening_officer of responsible",
            "asks: proportionate",
            "basis: consent, safeguarding_without_consent",
            "before: any"
        ]
    );
    let step = PACK.front_door.step("information_shared").unwrap();
    for (level, open, owed) in [
        ("2_lower", false, false),
        ("2_upper", false, true),
        ("3", false, true),
        ("4", false, false),
        ("2_upper", true, false),
        ("3", true, false),
    ] {
        let known = [is("need_level", level), on_open_case(open)];
        assert_eq!(
            holds(step.when.as_ref(), &known),
            Some(owed),
            "{level} {open}"
        );
    }
}

#[test]
fn m_007_m_015_m_016_m_037_m_038_m_039_m_044_the_other_steps() {
    assert_eq!(step_says("written_follow_up"), [""; 0]);
    assert_eq!(step_says("worker_not_available"), [""; 0]);
    assert_eq!(
        step_says("taken_up_by_team_duty"),
        ["by: duty_worker of responsible"]
    );
    assert_eq!(
        step_says("early_help_assessment_signed_off"),
        ["asks: signed_off_by_adult_service", "before: assess"]
    );
    let step = PACK
        .front_door
        .step("early_help_assessment_signed_off")
        .unwrap();
    assert_eq!(
        holds(step.when.as_ref(), &[group("young_carer")]),
        Some(true)
    );
    assert_eq!(holds(step.when.as_ref(), &[group("disabled")]), Some(false));
    assert_eq!(
        step_says("assessment_reviewed"),
        ["states: assessment_reviewed_on"]
    );
    assert_eq!(
        step_says("assessment_completed"),
        [
            "asks: needs_named, services_arranged, risk_judged",
            "states: assessment_completed_on"
        ]
    );
}

#[test]
fn m_078_m_079_m_080_m_081_m_082_accommodation_by_agreement_step_by_step() {
    let worker = "by: social_worker of responsible";
    let resources = ["by: support_officer of responsible", "of: placement_panel"];
    for name in [
        "accommodation_considered",
        "preventive_work_referred",
        "family_option_pursued",
        "referred_to_resources",
    ] {
        assert_eq!(step_says(name), [worker], "{name}");
    }
    for name in ["preventive_work_not_possible", "family_not_possible"] {
        assert_eq!(step_says(name), [worker, "a reason"], "{name}");
    }
    assert_eq!(
        step_says("placed_with_family_or_others"),
        [
            worker,
            "basis: assessed_extended_family, other_suitable_carers"
        ]
    );
    assert_eq!(step_says("family_option_noted"), resources);
    assert_eq!(
        step_says("accommodation_permitted"),
        [
            "by: head_of_service of authority, assistant_director of authority",
            "states: accommodation_permitted_on"
        ]
    );
    let permitted =
        "after: accommodation_permitted until accommodation_agreed or accommodation_declined";
    let (agreed, declined) = (
        step_says("accommodation_agreed"),
        step_says("accommodation_declined"),
    );
    assert_eq!(agreed[..2], resources);
    assert_eq!(agreed[2..], [permitted, "states: accommodation_agreed_on"]);
    assert_eq!(declined[..2], resources);
    assert_eq!(declined[2..], [permitted, "a reason"]);
}

#[test]
fn m_078_m_079_m_080_m_081_m_082_each_step_of_an_accommodation_owes_the_next() {
    for (name, from, by, met_by) in [
        (
            "refer_for_preventive_work",
            "from step:accommodation_considered",
            "by social_worker of responsible",
            "met by step:preventive_work_referred or step:preventive_work_not_possible",
        ),
        (
            "place_with_family_first",
            "from step:accommodation_considered",
            "by social_worker of responsible",
            "met by step:placed_with_family_or_others or step:family_not_possible",
        ),
        (
            "note_family_option",
            "from step:family_option_pursued",
            "by team_manager of responsible in placement_panel",
            "met by step:family_option_noted",
        ),
        (
            "refer_to_resources",
            "from step:family_not_possible",
            "by social_worker of responsible",
            "met by step:referred_to_resources",
        ),
        (
            "permit_for_the_time_being",
            "from step:referred_to_resources",
            "by head_of_service of authority",
            "met by step:accommodation_permitted",
        ),
        (
            "consider_accommodation",
            "from step:accommodation_permitted",
            "by team_manager of responsible in placement_panel",
            "met by step:accommodation_agreed or step:accommodation_declined",
        ),
    ] {
        assert_eq!(duty_says(name), [from, by, met_by], "{name}");
    }
}

#[test]
fn m_021_m_183_screening_officers_gather_and_enter_personal_data() {
    assert_eq!(
        duty_says("gather_information"),
        [
            "from launched",
            "by screening_officer of responsible",
            "met by step:screened or decided"
        ]
    );
    assert_eq!(
        duty_when("gather_information", &[on_open_case(false)]),
        Some(true)
    );
    assert_eq!(
        duty_when("gather_information", &[on_open_case(true)]),
        Some(false)
    );

    assert_eq!(
        duty_says("enter_personal_data"),
        [
            "from launched",
            "by screening_officer of responsible",
            "met by facts.date_of_birth or facts.expected_delivery_date"
        ]
    );
    let (day, none) = (Value::Date(date(2026, 4, 1)), Value::None);
    for (born, expected, owed) in [
        (none.clone(), none.clone(), true),
        (day.clone(), none.clone(), false),
        (none, day, false),
    ] {
        let known = [
            ("date_of_birth", born),
            ("expected_delivery_date", expected),
        ];
        assert_eq!(duty_when("enter_personal_data", &known), Some(owed));
    }
}

#[test]
fn m_015_m_016_what_was_handed_over_in_person_follows_in_writing_within_a_working_day() {
    assert_eq!(
        duty_says("follow_up_in_writing"),
        [
            "from launched",
            "by social_worker of responsible, Launcher",
            "met by step:written_follow_up",
            "due 1 working day after launched"
        ]
    );
    for (elsewhere, open, owed) in [
        (true, false, true),
        (true, true, false),
        (false, false, false),
        (false, true, false),
    ] {
        let known = [
            flag("contact.from_elsewhere", elsewhere),
            on_open_case(open),
        ];
        assert_eq!(duty_when("follow_up_in_writing", &known), Some(owed));
    }
}

#[test]
fn m_007_the_teams_own_duty_deals_while_the_worker_is_away() {
    assert_eq!(
        duty_says("team_duty_deals"),
        [
            "from step:worker_not_available",
            "by duty_worker of responsible",
            "met by decided or step:taken_up_by_team_duty"
        ]
    );
}

#[test]
fn m_037_m_038_reviewed_after_twenty_working_days_and_completed_after_forty() {
    assert_eq!(
        duty_says("assessment_review")[..4],
        [
            "from decided",
            "by social_worker of receiving",
            "met by step:assessment_reviewed or step:assessment_completed or facts.assessment_reviewed_on \
             or facts.assessment_completed_on",
            "due 20 working days after decided"
        ]
    );
    assert_eq!(
        duty_says("assessment_complete")[..4],
        [
            "from decided",
            "by social_worker of receiving",
            "met by step:assessment_completed or facts.assessment_completed_on",
            "due 40 working days after decided"
        ]
    );
    assert_eq!(
        duty_says("assessment_review")[4..],
        ["tells team_manager of receiving"]
    );
    assert_eq!(
        duty_says("assessment_complete")[4..],
        ["tells team_manager of receiving, service_manager of authority after 5 working days"]
    );
    for name in ["assessment_review", "assessment_complete"] {
        for (outcome, owed) in [("assess", true), ("section_47", true), ("redirect", false)] {
            let known = [is("contact.outcome", outcome)];
            assert_eq!(duty_when(name, &known), Some(owed), "{name} {outcome}");
        }
    }
    let setting = |name| PACK.settings.text(name);
    let after = setting("assessment.service_manager_after");
    assert_eq!(
        after,
        Some("5 working days"),
        "no row says who hears, or when"
    );
    let complete_means = setting("assessment.complete_means");
    assert_eq!(complete_means, Some("worker"), "no sign-off is named");
}

#[test]
fn m_014_m_117_m_118_requests_go_to_mash_even_about_an_open_case() {
    for (name, outcomes) in [
        ("educational_needs_information", &["negotiated"][..]),
        ("section_7_report", &["negotiated"]),
        ("cafcass_information", &["negotiated"]),
        ("specialist_assessment_request", &[]),
    ] {
        let request = PACK.front_door.kind(name).unwrap();
        assert_eq!(
            request.to.as_ref().unwrap().to_string(),
            "front_door",
            "{name}"
        );
        assert!(request.even_open, "{name}");
        assert_eq!(request.outcomes, outcomes, "{name}");
    }
    assert_eq!(
        PACK.settings.text("out_of_priority.route"),
        Some("negotiate")
    );
}

#[test]
fn m_013_m_014_m_024_m_029_m_032_m_036_which_decisions_refer_and_which_give_their_reasons() {
    for (name, refers, rationale) in [
        ("assess", true, false),
        ("section_47", true, false),
        ("information_sharing", false, true),
        ("support_network", false, true),
        ("redirect", false, true),
        ("no_concerns", false, true),
        ("negotiated", false, true),
    ] {
        let outcome = PACK.front_door.outcome(name).unwrap();
        assert_eq!(
            (outcome.refers, outcome.rationale),
            (refers, rationale),
            "{name}"
        );
        let states: &[&str] = if refers {
            &["referral_decided_on"]
        } else {
            &[]
        };
        assert_eq!(rules(&outcome.states), states, "{name}");
    }
}

#[test]
fn m_029_m_034_m_023_an_assessment_has_its_grounds_and_is_for_residents() {
    let assess = PACK.front_door.outcome("assess").unwrap();
    let [grounds, home] = &assess.limits[..] else {
        panic!("{:?}", assess.limits)
    };
    let for_level = |level, ground| {
        let known = [is("need_level", level), is("contact.ground", ground)];
        holds(Some(&grounds.when), &known)
    };
    for level in ["1", "2_lower", "2_upper"] {
        assert_eq!(for_level(level, "none"), Some(false), "{level}");
    }
    for level in ["3", "4"] {
        assert_eq!(for_level(level, "none"), Some(true), "{level}");
    }
    for ground in ["visit_needed", "child_in_need", "child_protection"] {
        assert_eq!(for_level("1", ground), Some(true), "{ground}");
    }
    for resident in [true, false] {
        let lives = holds(Some(&home.when), &[flag("resident", resident)]);
        assert_eq!(lives, Some(resident));
    }
}

#[test]
fn m_022_m_014_every_new_referral_is_considered_against_the_model_and_a_request_names_its_team() {
    let [level, team] = &PACK.front_door.decision_asks[..] else {
        panic!("{:?}", PACK.front_door.decision_asks)
    };

    assert_eq!(
        level.outcomes,
        [
            "assess",
            "section_47",
            "information_sharing",
            "support_network",
            "redirect",
            "no_concerns"
        ]
    );
    assert_eq!(
        holds(level.when.as_ref(), &[on_open_case(false)]),
        Some(true)
    );
    assert_eq!(
        holds(level.when.as_ref(), &[on_open_case(true)]),
        Some(false)
    );
    assert_eq!(team.outcomes, ["negotiated"]);
}
