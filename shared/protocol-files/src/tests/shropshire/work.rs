//! What a move asks for: items, meetings, clocks, notices, who may do what.

use std::sync::{Arc, LazyLock};

use baton_protocol::{Rung, Truth};

use super::*;

static PACK: LazyLock<Arc<Pack>> = LazyLock::new(|| pack("shropshire"));

const ASSESSOR: &str = "social_worker of outgoing";
const ASSESSORS_MANAGER: &str = "team_manager of outgoing";
const WORKER: &str = "social_worker of receiving";
const WORKERS_MANAGER: &str = "team_manager of receiving";

fn item(name: &str) -> &'static baton_protocol::transfer::GateItem {
    PACK.transfer.item(name).unwrap()
}

/// By which piece of the record, by whom, and who hears when it is late.
fn kept(name: &str) -> (Vec<String>, String, Vec<String>) {
    let item = item(name);
    let by = item.completed_by.unwrap().to_string();
    (item.evidence.clone(), by, rules(&item.escalate))
}

fn by_assessor(evidence: &str, hears: &[&str]) -> (Vec<String>, String, Vec<String>) {
    (vec![evidence.to_owned()], ASSESSOR.to_owned(), rules(hears))
}

fn day(text: &str) -> Value {
    Value::Date(text.parse().unwrap())
}

fn item_due(name: &str, known: &[(&str, Value)]) -> Date {
    let known = facts(known);
    let due = PACK.item_due(item(name), &Anchors::new(), &Scope::of(&known), &calendar());
    due.unwrap().on
}

/// Who owes it, what meets it, who is reminded how long before, and who hears.
fn owed(name: &str) -> (String, String, Vec<String>, Vec<String>) {
    let clock = clock(&PACK, name);
    (
        clock.by.to_string(),
        clock.met_by.clone(),
        rules(&clock.remind),
        rules::<Rung>(&clock.escalate),
    )
}

fn owes(
    by: &str,
    met_by: &str,
    remind: &[&str],
    hears: &[&str],
) -> (String, String, Vec<String>, Vec<String>) {
    (
        by.to_owned(),
        met_by.to_owned(),
        rules(remind),
        rules(hears),
    )
}

fn is_asked(route: &str, name: &str, known: &Facts) -> bool {
    let route = PACK.transfer.route(route).unwrap();
    items(&PACK.gate_of(route, &Scope::of(known))).contains(&name.to_owned())
}

#[test]
fn s_030_s_037_s_039_s_040_the_assessor_answers_for_each_paper_and_their_manager_hears() {
    for (name, evidence) in [
        ("conference_report", "conference_report"),
        ("transfer_summary", "transfer_summary"),
        ("plan_draft", "plan_draft"),
        ("agencies_identified", "agencies_identified"),
    ] {
        assert_eq!(
            kept(name),
            by_assessor(evidence, &[ASSESSORS_MANAGER]),
            "{name}"
        );
    }
    assert_eq!(
        item("transfer_summary").asks,
        [
            "key_issues",
            "meetings",
            "contact_and_confidentiality_agreements"
        ]
    );
    for hard in ["conference_report", "plan_draft", "agencies_identified"] {
        assert!(item(hard).is_hard(), "{hard}");
    }
}

#[test]
fn s_025_the_chronology_of_each_assessed_case_is_due_with_the_assessment() {
    let assessed = [("assessment_completed_on", day("2026-03-20"))];

    assert_eq!(
        kept("chronology"),
        by_assessor("chronology", &[ASSESSORS_MANAGER])
    );
    assert_eq!(item_due("chronology", &assessed), date(2026, 3, 20));
}

#[test]
fn s_028_s_029_k_38_placement_and_its_form_are_due_with_the_placement_and_two_managers_authorise() {
    let placed = [("placed_on", day("2026-03-14"))];

    for (name, evidence) in [
        ("placement_found", "placement_found"),
        ("placement_authorisations", "palac"),
    ] {
        assert_eq!(
            kept(name),
            by_assessor(evidence, &[ASSESSORS_MANAGER]),
            "{name}"
        );
        assert_eq!(item_due(name, &placed), date(2026, 3, 14), "{name}");
    }
    assert_eq!(
        rules(&item("placement_authorisations").confirmed_by),
        [ASSESSORS_MANAGER, "service_manager of authority"]
    );
}

#[test]
fn s_039_s_041_s_043_the_assessor_drafts_the_plan_that_the_meeting_ratifies() {
    assert_eq!(kept("plan_for_meeting"), by_assessor("plan_draft", &[]));
}

#[test]
fn s_026_s_027_k_34_what_the_assessor_keeps_before_the_court_also_after_the_move() {
    assert_eq!(
        kept("emergency_court_work"),
        by_assessor("emergency_application", &[])
    );
    assert_eq!(
        kept("assessors_court_evidence"),
        by_assessor("assessors_statement", &[])
    );

    for route in ["looked_after_child", "child_in_need"] {
        let emergency =
            |status: &str| is_asked(route, "emergency_court_work", &legal_status(status));
        assert!(emergency("emergency_protection"));
        assert!(!emergency("interim_care"));
        let evidence = |court, before| {
            let known = facts(&[
                ("in_proceedings", Value::Flag(court)),
                ("pre_proceedings_open", Value::Flag(before)),
            ]);
            is_asked(route, "assessors_court_evidence", &known)
        };
        assert!(evidence(true, false) && evidence(false, true));
        assert!(!evidence(false, false));
    }
}

fn legal_status(status: &str) -> Facts {
    facts(&[("legal_status", code(status))])
}

#[test]
fn s_125_k_40_an_adviser_who_worked_along_for_less_than_twelve_months_is_a_warning() {
    let along = item("adviser_worked_along");
    let eighteen = PACK.transfer.route("eighteen").unwrap();
    let appointed = facts(&[("personal_adviser_appointed_on", day("2025-03-02"))]);
    let worked_along = |today: Date| {
        let mut scope = Scope::of(&appointed);
        scope.today = Some(today);
        let mut gate = PACK.gate_of(eighteen, &scope).into_iter();
        let gate = gate.find(|gate| gate.item.item == along.item).unwrap();
        gate.by_facts.unwrap()
    };

    assert_eq!(worked_along(date(2026, 3, 1)), Truth::False);
    assert_eq!(worked_along(date(2026, 3, 2)), Truth::True);
    assert!(!along.is_hard());
    assert_eq!(along.completed_by.unwrap().to_string(), ASSESSOR);
    assert_eq!(
        PACK.settings.text("co_work.at_least"),
        Some("12 months"),
        "by a setting"
    );
}

#[test]
fn s_041_s_042_s_043_s_044_s_047_s_050_s_130_who_arranges_leads_and_attends_each_meeting() {
    let meeting = |kind: &str| PACK.transfer.meeting(kind).unwrap();
    let arranges = |kind: &str| meeting(kind).arranged_by.map(|party| party.to_string());

    for kind in ["conference", "post_placement", "initial_cin"] {
        assert_eq!(arranges(kind), Some(ASSESSORS_MANAGER.to_owned()), "{kind}");
    }
    for kind in ["conference", "core_group", "post_placement"] {
        assert_eq!(attendees(&PACK, kind), [WORKER], "{kind}");
    }
    for (kind, strength) in [
        ("conference", Strength::Soft),
        ("core_group", Strength::Hard),
        ("post_placement", Strength::Hard),
    ] {
        assert_eq!(meeting(kind).attend[0].strength, Some(strength), "{kind}");
    }
    let ours = attendees(&PACK, "initial_cin");
    assert!(ours.is_empty(), "S-130 speaks of the initial conference");
    assert_eq!(rules(&meeting("post_placement").chair), [WORKER]);
    let brings = &meeting("conference").brings;
    assert_eq!(
        (brings[0].who.to_string().as_str(), brings[0].what.as_str()),
        (ASSESSOR, "plan_draft")
    );
}

#[test]
fn s_047_a_core_group_belongs_to_a_protection_plan_and_the_case_management_worker_owes_it() {
    let route = route(&PACK);
    let outcome = |outcome: &str| facts(&[("conference.outcome", code(outcome))]);

    for (result, is_meant) in [
        ("child_protection_plan", true),
        ("child_in_need_plan", false),
    ] {
        let known = outcome(result);
        let scope = Scope::of(&known);
        let meetings = PACK.meetings_of(route, &scope);
        assert_eq!(
            meetings
                .iter()
                .any(|applies| applies.rule.meeting == "core_group"),
            is_meant,
            "{result}"
        );
        let clocks = PACK.clocks_of(route, &scope);
        assert_eq!(
            clocks
                .iter()
                .any(|applies| applies.rule.clock == "core_group"),
            is_meant,
            "{result}"
        );
    }
    assert_eq!(
        owed("core_group"),
        owes(
            WORKER,
            "meeting:core_group",
            &["2 working days"],
            &[
                WORKERS_MANAGER,
                "service_manager of authority after 2 working days"
            ]
        )
    );
}

#[test]
fn s_044_x_14_who_arranged_the_conference_says_within_a_working_day_what_came_of_it() {
    let booked = Anchors::new().at(Moment::Conference, at("2026-04-02T10:00:00Z"));

    assert_eq!(
        due_on(&PACK, "conference_reported", &booked, &Facts::new()),
        date(2026, 4, 7),
        "the Tuesday after Easter"
    );
    assert_eq!(
        owed("conference_reported"),
        owes(
            ASSESSORS_MANAGER,
            "conference_held",
            &[],
            &[
                ASSESSORS_MANAGER,
                "service_manager of authority after 2 working days"
            ]
        )
    );
}

#[test]
fn s_043_s_044_s_050_k_33_the_post_placement_meeting_is_due_in_five_working_days() {
    // Maundy Thursday: Good Friday, the weekend and Easter Monday do not count.
    let placed = facts(&[("placed_on", day("2026-04-02"))]);

    assert_eq!(
        due_on(&PACK, "post_placement", &Anchors::new(), &placed),
        date(2026, 4, 13)
    );
    assert_eq!(
        owed("post_placement"),
        owes(
            ASSESSORS_MANAGER,
            "meeting:post_placement",
            &["2 working days"],
            &[ASSESSORS_MANAGER, WORKERS_MANAGER]
        )
    );
}

#[test]
fn s_051_k_39_k_61_the_first_review_is_due_28_days_from_the_placement_on_every_route() {
    let known = |looked_after| {
        facts(&[
            ("looked_after", Value::Flag(looked_after)),
            ("placed_on", day("2026-03-27")),
        ])
    };
    let runs = |route: &str, looked_after| {
        let route = PACK.transfer.route(route).unwrap();
        let known = known(looked_after);
        let clocks = PACK.clocks_of(route, &Scope::of(&known));
        clocks
            .iter()
            .filter(|applies| applies.rule.clock == "first_looked_after_review")
            .count()
    };

    assert_eq!(
        due_on(
            &PACK,
            "first_looked_after_review",
            &Anchors::new(),
            &known(true)
        ),
        date(2026, 4, 24)
    );
    for route in [
        "looked_after_child",
        "child_protection_conference",
        "permanence",
    ] {
        assert_eq!(runs(route, true), 1, "{route}");
        assert_eq!(runs(route, false), 0, "{route}");
    }
    assert_eq!(
        owed("first_looked_after_review"),
        owes(
            WORKER,
            "facts.first_looked_after_review_held_on",
            &["5 working days"],
            &[WORKERS_MANAGER]
        )
    );
}

#[test]
fn s_041_s_044_k_32_the_plan_is_ratified_seven_working_days_after_the_assessment() {
    let assessed = facts(&[("assessment_completed_on", day("2026-04-01"))]);

    assert_eq!(
        due_on(&PACK, "plan_ratified", &Anchors::new(), &assessed),
        date(2026, 4, 14)
    );
    assert_eq!(
        owed("plan_ratified"),
        owes(
            ASSESSORS_MANAGER,
            "meeting:initial_cin",
            &["2 working days"],
            &[ASSESSORS_MANAGER]
        )
    );
}

#[test]
fn s_054_k_32_k_39_case_management_holds_its_own_core_group_ten_days_after_it_has_the_case() {
    let moved = Anchors::new().at(Moment::Moved, at("2026-03-27T10:00:00Z"));

    assert_eq!(
        due_on(&PACK, "core_group_after_receipt", &moved, &Facts::new()),
        date(2026, 4, 6),
        "Easter Monday"
    );
    assert_eq!(
        owed("core_group_after_receipt"),
        owes(
            WORKER,
            "meeting:core_group",
            &["2 working days"],
            &[WORKERS_MANAGER]
        )
    );
}

#[test]
fn s_038_the_alert_goes_at_once_and_again_when_the_conference_is_put_off() {
    let alert = PACK.transfer.notice("transfer_alert").unwrap();
    let opened = Anchors::new().at(Moment::Opened, at("2026-03-02T10:00:00Z"));
    let due = PACK.notice_due(alert, &opened, &Scope::of(&Facts::new()), &calendar());

    assert_eq!(alert.on, Occasion::Opened);
    assert_eq!(alert.again_on, [Occasion::Postponed]);
    assert_eq!(rules(&alert.to), [WORKERS_MANAGER]);
    assert_eq!(alert.by, "email");
    assert_eq!(due.unwrap().on, date(2026, 3, 2));
    assert_eq!(alert.sender.unwrap().to_string(), ASSESSORS_MANAGER);
    assert_eq!(alert.content, ["conference_at", "receiving_team"]);
    let names = PACK.transfer.authority(Act::NameReceivingWorker).unwrap();
    assert_eq!(rules(&names.by), [WORKERS_MANAGER]);
}

#[test]
fn k_58_the_assessor_and_the_receiving_manager_hear_what_is_owed_and_its_breach_goes_up() {
    let told = PACK.transfer.notice("actions_owed").unwrap();
    let actions = PACK.transfer.actions.as_ref().unwrap();

    assert_eq!(told.on, Occasion::Moved);
    assert_eq!(rules(&told.to), [ASSESSOR, WORKERS_MANAGER]);
    assert_eq!(told.by, "task");
    assert_eq!(told.content, ["actions"]);
    assert_eq!(actions.due_within.to_string(), "5 working days");
    assert_eq!(actions.owner.to_string(), ASSESSOR);
    assert_eq!(rules(&actions.escalate), [ASSESSORS_MANAGER]);
    assert_eq!(rules(&actions.tell), [WORKERS_MANAGER]);
}

#[test]
fn s_037_s_045_s_130_x_22_who_departs_from_a_rule_or_withdraws_a_transfer_says_why() {
    let depart = PACK.transfer.authority(Act::Depart).unwrap();
    let withdraw = PACK.transfer.authority(Act::Withdraw).unwrap();

    assert_eq!(rules(&depart.by), [ASSESSORS_MANAGER, WORKERS_MANAGER]);
    assert_eq!(rules(&withdraw.by), [ASSESSORS_MANAGER]);
    assert!(depart.reason && withdraw.reason);
}

#[test]
fn s_126_the_chart_of_responsibilities_is_named_beside_every_transfer() {
    let chart = &PACK.transfer.references[0];

    assert_eq!(chart.reference, "service_responsibilities_chart");
    for route in &PACK.transfer.routes {
        assert!(chart.is_about(route), "{}", route.route);
    }
}
