//! The front door: which team gets what, what a decision comes to, and who owes what on the way.

use baton_protocol::front_door::{ContactDuty, ContactStep, Incoming, Routed, Towards};

use super::*;

/// The team a contact or a referral goes to.
fn team(routed: &Routed<'_>) -> String {
    match routed {
        Routed::To {
            team: Towards::Target(team),
            ..
        } => format!("{} {}", team.kind, team.area.as_deref().unwrap_or("-")),
        other => panic!("{other:?}"),
    }
}

fn routed(facts: &Facts, source: &str, outcome: Option<&str>) -> String {
    let (pack, calendar) = (pack("wirral"), calendar());
    let incoming = Incoming {
        facts,
        team: None,
        siblings: &[],
        on: date(2026, 3, 2),
        source,
        calendar: &calendar,
    };
    team(&match outcome {
        Some(outcome) => pack.route_referral(incoming, outcome, true),
        None => pack.route_contact(incoming, false),
    })
}

const DISTRICT: &str = "family_support_and_protection north";

fn with_plan(plan: &str) -> Facts {
    in_north().with("plan", code(plan)).unwrap()
}

#[test]
fn w_004_w_039_without_a_plan_a_contact_is_for_first_response_and_with_one_for_the_district() {
    assert_eq!(routed(&with_plan("none"), "police", None), "assessment -");
    assert_eq!(routed(&in_north(), "police", None), "assessment -");
    for plan in ["child_in_need", "child_protection"] {
        assert_eq!(routed(&with_plan(plan), "police", None), DISTRICT, "{plan}");
    }
}

#[test]
fn w_004_w_013_w_039_a_referral_of_a_child_with_a_plan_is_for_the_district() {
    let assess = Some("assess");

    for plan in ["child_in_need", "child_protection"] {
        assert_eq!(routed(&with_plan(plan), "police", assess), DISTRICT);
    }
    assert_eq!(routed(&with_plan("none"), "police", assess), "assessment -");
    assert_eq!(routed(&in_north(), "police", assess), "assessment -");
}

#[test]
fn w_016_what_another_authority_asks_goes_to_the_tray_of_the_team_that_is_to_receive() {
    let pack = pack("wirral");
    let known = with_plan("none");

    assert_eq!(routed(&known, "other_authority", None), DISTRICT);
    assert_eq!(routed(&known, "other_authority", Some("assess")), DISTRICT);
    let request = pack.front_door.kind("transfer_in_request").unwrap();
    assert_eq!(
        request.to.as_ref().unwrap().to_string(),
        "family_support_and_protection in facts.district"
    );
}

#[test]
fn w_007_w_009_w_010_x_16_the_manager_of_the_team_decides() {
    let pack = pack("wirral");
    let decided_by = pack.front_door.decided_by.as_ref().unwrap();

    assert_eq!(rules(&decided_by.by), ["team_manager of responsible"]);
}

#[test]
fn w_014_w_015_what_concerns_an_open_case_is_for_the_team_that_has_it() {
    let pack = pack("wirral");
    let open_case = pack.front_door.open_case.as_ref().unwrap();

    assert_eq!(rules(&open_case.cites), ["W-014", "W-015"]);
}

/// The notices of an outcome with whom they go to, and what each is due by.
fn tells(outcome: &str) -> Vec<String> {
    let pack = pack("wirral");
    let outcome = pack.front_door.outcome(outcome).unwrap();
    let tells = outcome.tells.iter();
    let said = tells.map(|tell| {
        let mut said = vec![format!(
            "{} to {} by {} of {}",
            tell.notice,
            rules(&tell.to).join(", "),
            tell.by,
            tell.sender.unwrap()
        )];
        said.extend(tell.due.as_ref().map(ToString::to_string));
        said.extend(tell.from_age.map(|age| format!("from {age}")));
        said.extend(tell.forms.iter().map(|form| format!("if {form}")));
        let restricted = tell.restricted_for.iter();
        said.extend(restricted.map(|source| format!("nothing of the case to {source}")));
        said.join(", ")
    });
    said.collect()
}

const ACKNOWLEDGED: &str = "referral_acknowledged to referrer by letter of team_manager of responsible, 24 hours after decided, if written, nothing of the case to public";

#[test]
fn w_012_w_020_w_021_w_022_w_023_w_024_w_025_w_026_w_027_w_028_who_is_written_to_when_there_are_no_concerns()
 {
    assert_eq!(
        tells("no_concerns"),
        [
            "outcome_to_referrer to referrer by letter of duty_worker of responsible, nothing of the case to public",
            "contact_recorded_to_family to family by letter of duty_worker of responsible",
            "contact_recorded_to_child to child by letter of duty_worker of responsible, from 12",
            ACKNOWLEDGED,
        ]
    );
}

#[test]
fn w_012_w_013_w_026_w_027_w_028_a_written_request_is_acknowledged_whatever_was_decided() {
    for outcome in ["assess", "section_47"] {
        assert_eq!(tells(outcome), [ACKNOWLEDGED], "{outcome}");
    }
    let pack = pack("wirral");
    assert_eq!(pack.settings.flag("public_referrer.restricted"), Some(true));
}

#[test]
fn w_012_w_013_w_015_w_021_w_022_st_05_what_each_decision_comes_to() {
    let pack = pack("wirral");
    let decided_on: &[&str] = &["referral_decided_on"];

    for (name, refers, rationale, states) in [
        ("no_concerns", false, true, &[] as &[&str]),
        ("assess", true, false, decided_on),
        ("section_47", true, false, decided_on),
        ("taken_up_by_worker", false, false, &[]),
        ("urgent_action", false, true, &[]),
        ("no_urgent_action", false, true, &[]),
    ] {
        let outcome = pack.front_door.outcome(name).unwrap();
        assert_eq!(outcome.refers, refers, "{name}");
        assert_eq!(outcome.rationale, rationale, "{name}");
        assert_eq!(rules(&outcome.states), states, "{name}");
    }
    let no_concerns = pack.front_door.outcome("no_concerns").unwrap();
    assert_eq!(no_concerns.record_as, ["progressed_to_referral", "closed"]);
    let always = pack.settings.flag("decision.rationale_always");
    assert_eq!(always, Some(false), "W-012");
}

#[test]
fn w_015_three_outcomes_are_only_for_what_concerns_an_open_case_and_one_is_the_workers() {
    let pack = pack("wirral");
    let on_open_case = |open| facts(&[("contact.on_open_case", Value::Flag(open))]);
    let who = |outcome: &str| rules(&pack.front_door.outcome(outcome).unwrap().decided_by);

    for outcome in ["taken_up_by_worker", "urgent_action", "no_urgent_action"] {
        let limits = &pack.front_door.outcome(outcome).unwrap().limits;
        let [limit] = limits.as_slice() else {
            panic!("{limits:?}")
        };
        let truth = |facts: &Facts| limit.when.decide(&Scope::of(facts)).truth;
        assert_eq!(truth(&on_open_case(true)), Truth::True, "{outcome}");
        assert_eq!(truth(&on_open_case(false)), Truth::False, "{outcome}");
    }
    assert_eq!(who("taken_up_by_worker"), ["social_worker of responsible"]);
    assert!(who("urgent_action").is_empty(), "as every decision");
    assert!(who("no_urgent_action").is_empty());
}

#[test]
fn w_007_w_008_w_010_w_015_w_017_w_018_w_021_who_takes_which_step() {
    let pack = pack("wirral");
    let duty = "duty_worker of responsible";
    let steps = [
        ("manager_discussion", duty),
        ("further_enquiries", duty),
        ("referral_form_requested", duty),
        ("referral_form_chased", duty),
        ("referral_form_returned", duty),
        ("worker_not_available", duty),
        ("recorded_as_closed", duty),
        ("managers_called", ""),
        ("liaison_with_other_authority", "group_manager of area"),
    ];

    let taken: Vec<(&str, String)> = pack
        .front_door
        .steps
        .iter()
        .map(|step| (step.step.as_str(), rules(&step.by).join(", ")))
        .collect();
    assert_eq!(taken, steps.map(|(step, by)| (step, by.to_owned())));
    let of = |name: &str| -> &ContactStep { pack.front_door.step(name).unwrap() };
    assert!(of("managers_called").reason, "W-017: who was reached");
    assert!(
        of("liaison_with_other_authority").only,
        "W-018: and not the team manager"
    );
}

#[test]
fn w_007_w_010_every_decision_waits_for_the_discussion_unless_it_is_about_an_open_case() {
    let pack = pack("wirral");
    let discussion = pack.front_door.step("manager_discussion").unwrap();
    let truth = |open| {
        let known = facts(&[("contact.on_open_case", Value::Flag(open))]);
        let when = discussion.when.as_ref().unwrap();
        when.decide(&Scope::of(&known)).truth
    };

    assert_eq!(discussion.before, ["any"]);
    assert_eq!(truth(false), Truth::True);
    assert_eq!(truth(true), Truth::False);
}

/// What a duty says of itself: from what on, by when, whose, and what meets it.
fn owed(name: &str) -> (String, Option<String>, String, String) {
    let pack = pack("wirral");
    let duty = duty(&pack, name);
    let of = duty.of.map_or_else(String::new, |of| format!(" in {of}"));
    (
        duty.from.clone(),
        duty.due.as_ref().map(ToString::to_string),
        format!("{}{of}", duty.by),
        duty.met_by.clone(),
    )
}

fn duty<'p>(pack: &'p Pack, name: &str) -> &'p ContactDuty {
    let mut duties = pack.front_door.duties.iter();
    duties.find(|duty| duty.duty == name).unwrap()
}

/// Whether a duty is owed on a contact of which that is known.
fn is_owed(name: &str, known: (&str, Value)) -> bool {
    let pack = pack("wirral");
    let when = duty(&pack, name).when.as_ref().unwrap();
    when.decide(&Scope::of(&facts(&[known]))).truth == Truth::True
}

fn says(
    from: &str,
    due: Option<&str>,
    by: &str,
    met_by: &str,
) -> (String, Option<String>, String, String) {
    (
        from.to_owned(),
        due.map(str::to_owned),
        by.to_owned(),
        met_by.to_owned(),
    )
}

const DUTY: &str = "duty_worker of responsible";
const OPEN_CASE: &str = "contact.on_open_case";

#[test]
fn w_007_the_duty_worker_brings_each_new_contact_to_the_manager() {
    assert_eq!(
        owed("bring_to_manager"),
        says("launched", None, DUTY, "step:manager_discussion or decided")
    );
    assert!(is_owed("bring_to_manager", (OPEN_CASE, Value::Flag(false))));
    assert!(!is_owed("bring_to_manager", (OPEN_CASE, Value::Flag(true))));
}

#[test]
fn w_008_a_form_that_was_asked_for_is_chased_after_a_working_day() {
    assert_eq!(
        owed("chase_referral_form"),
        says(
            "step:referral_form_requested",
            Some("1 working day after opened"),
            DUTY,
            "step:referral_form_chased or step:referral_form_returned"
        )
    );
}

#[test]
fn w_014_w_015_what_concerns_an_open_case_is_for_its_worker_or_for_the_manager_without_one() {
    assert_eq!(
        owed("take_up_on_open_case"),
        says(
            "launched",
            None,
            "social_worker of responsible",
            "decided or step:worker_not_available"
        )
    );
    let pack = pack("wirral");
    assert_eq!(
        duty(&pack, "take_up_on_open_case").person,
        Some(baton_protocol::front_door::DutyPerson::AllocatedWorker)
    );
    let name = "take_up_on_open_case";
    assert!(is_owed(name, (OPEN_CASE, Value::Flag(true))));
    assert!(!is_owed(name, (OPEN_CASE, Value::Flag(false))));
    assert_eq!(
        owed("decide_urgency"),
        says(
            "step:worker_not_available",
            None,
            "team_manager of responsible",
            "decided"
        )
    );
}

#[test]
fn w_021_w_022_the_record_is_closed_after_a_decision_of_no_concerns_and_after_no_other() {
    assert_eq!(
        owed("record_as_closed"),
        says("decided", None, DUTY, "step:recorded_as_closed")
    );
    let came_to = |outcome: &str| is_owed("record_as_closed", ("contact.outcome", code(outcome)));
    assert!(came_to("no_concerns"));
    assert!(!came_to("assess"));
}

#[test]
fn w_029_a_missing_acknowledgement_is_the_front_doors_to_chase_after_five_working_days() {
    let met_by = "notice:referral_acknowledged";

    assert_eq!(
        owed("acknowledgement"),
        says(
            "launched",
            Some("5 working days after launched"),
            "team_manager of responsible",
            met_by
        )
    );
    assert_eq!(
        owed("chase_acknowledgement"),
        says(
            "missed:acknowledgement",
            None,
            "duty_worker of responsible in front_door",
            met_by
        )
    );
    let form = |form: &str| is_owed("acknowledgement", ("contact.form", code(form)));
    assert!(form("written"));
    assert!(!form("telephone"));
}

#[test]
fn w_017_w_018_a_request_to_take_over_is_followed_by_a_call_and_the_group_manager_liaises() {
    assert_eq!(
        owed("call_managers"),
        says(
            "launched",
            Some("at launched"),
            "duty_worker of responsible in front_door",
            "step:managers_called"
        )
    );
    assert_eq!(
        owed("liaise_with_other_authority"),
        says(
            "launched",
            None,
            "group_manager of area",
            "step:liaison_with_other_authority"
        )
    );
    for name in ["call_managers", "liaise_with_other_authority"] {
        let kind = |kind: &str| is_owed(name, ("contact.kind", code(kind)));
        assert!(kind("transfer_in_request"), "{name}");
        assert!(!kind("concern"), "{name}");
    }
}

#[test]
fn w_001_w_003_w_014_the_tray_is_checked_once_each_working_day() {
    let pack = pack("wirral");
    let tray = pack.front_door.tray.as_ref().unwrap();

    assert_eq!(
        rules(&tray.teams),
        ["assessment", "family_support_and_protection"]
    );
    assert_eq!(tray.by.to_string(), DUTY);
    assert_eq!(tray.check_every.to_string(), "1 working day");
    assert_eq!(tray.looks_at, ["new_contacts", "information_on_open_cases"]);
    assert_eq!(tray.overseen_by.to_string(), "team_manager of responsible");
    assert_eq!(rules(&tray.escalate), ["team_manager of responsible"]);
}
