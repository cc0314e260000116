//! What settles the ambiguities of the document, and who hears of a case without a worker.

use serde_json::json;

use super::*;

#[test]
fn k_03_k_04_k_06_k_41_k_42_k_44_k_57_w_070_w_071_what_settles_the_contradictions_of_the_document()
{
    let pack = pack("wirral");

    for (name, value) in [
        ("tray.worker_within", json!("2 weeks")),
        ("forced_transfer.audit_failed", json!("hold_move")),
        ("forced_transfer.protected_work", json!("hold_move")),
        (
            "dtm.applies_to",
            json!([
                "cin_cp_to_cic_from_a_review",
                "level_4_endings",
                "cross_district"
            ]),
        ),
        (
            "record_list.applies_to",
            json!(["cin_cp_to_cic", "after_a_district_meeting"]),
        ),
        (
            "child_protection_proceedings.means",
            json!("conference_plan_and_pre_proceedings"),
        ),
        (
            "order.to_looked_after",
            json!(r#"["care", "interim_care"]"#),
        ),
        ("proceedings.issuer", json!("the_team_that_holds_the_case")),
    ] {
        assert_eq!(pack.settings.get(name), Some(&value), "{name}");
    }
}

#[test]
fn k_41_w_058_w_062_the_district_meeting_is_asked_for_where_the_setting_says() {
    let pack = pack("wirral");
    let asks = |name: &str| {
        let route = pack.transfer.route(name).unwrap();
        route.needs.contains(&"district_meeting".to_owned())
    };

    for name in [
        "accommodated_child",
        "first_looked_after_review",
        "level_4_ends",
        "level_4_ends_in_adoption",
    ] {
        assert!(asks(name), "{name}");
    }
    for name in [
        "child_protection_conference",
        "child_in_need_meeting",
        "care_order",
        "no_care_order",
        "looked_after_work",
    ] {
        assert!(!asks(name), "{name}");
    }
}

#[test]
fn w_008_w_009_w_011_w_012_what_settles_the_front_door() {
    let pack = pack("wirral");

    for (name, value) in [
        ("covering.advice_scope", json!("allocation")),
        ("decision.rationale_always", json!(false)),
        ("enquiries.stop_clock", json!(false)),
        ("form.chase_after", json!("1 working day")),
        ("decision.within", json!("24 hours")),
    ] {
        assert_eq!(pack.settings.get(name), Some(&value), "{name}");
    }
}

#[test]
fn k_41_w_080_w_081_w_082_w_083_w_084_w_085_w_092_w_094_w_095_w_096_w_174_x_07_weeks_of_the_district_meeting()
 {
    let pack = pack("wirral");

    for (name, value) in [
        ("dtm.within", "2 weeks"),
        ("dtm.starts", "2026-01-07"),
        ("dtm.every", "2 weeks"),
        ("cross_district.meeting_within", "2 weeks"),
        ("cross_district.team_within", "1 week"),
    ] {
        assert_eq!(pack.settings.get(name), Some(&json!(value)), "{name}");
    }
}

#[test]
fn w_001_w_028_w_029_w_044_w_053_w_069_w_121_w_150_w_156_k_02_other_numbers_and_choices_of_the_document()
 {
    let pack = pack("wirral");

    for (name, value) in [
        ("tray.check_every", json!("1 working day")),
        ("public_referrer.restricted", json!(true)),
        ("acknowledgement.chase_after", json!("5 working days")),
        ("s20.point", json!("second")),
        ("tray.on_child_in_need_plan", json!("proceed")),
        ("audit.due", json!("at conference")),
        ("closure.decision_within", json!("5 days")),
        ("unalloc.escalate_after", json!("1 working day")),
        ("unalloc.progress_every", json!("1 week")),
    ] {
        assert_eq!(pack.settings.get(name), Some(&value), "{name}");
    }
}

#[test]
fn w_147_a_case_is_allocated_when_it_has_a_named_worker() {
    let pack = pack("wirral");

    assert!(
        pack.allocation
            .allocated_means
            .as_ref()
            .unwrap()
            .named_worker
    );
}

#[test]
fn w_009_w_080_the_manager_of_the_team_that_has_the_case_names_the_worker() {
    let pack = pack("wirral");

    let named_by = pack.allocation.named_by.as_ref().unwrap();
    assert_eq!(rules(&named_by.by), ["team_manager of responsible"]);
}

#[test]
fn k_04_w_152_a_plan_an_enquiry_or_a_court_each_forbids_it_and_both_managers_above_hear() {
    let pack = pack("wirral");
    let [stop] = pack.allocation.hard_stops.as_slice() else {
        panic!("{:?}", pack.allocation.hard_stops)
    };
    let forbids = |plan: &str, enquiry: bool, court: bool| {
        let known = facts(&[
            ("plan", code(plan)),
            ("section_47_open", Value::Flag(enquiry)),
            ("in_proceedings", Value::Flag(court)),
        ]);
        stop.when.as_ref().unwrap().decide(&Scope::of(&known)).truth == Truth::True
    };

    assert!(forbids("child_protection", false, false));
    assert!(forbids("child_in_need", true, false));
    assert!(forbids("child_in_need", false, true));
    assert!(!forbids("child_in_need", false, false));
    assert_eq!(
        rules(&stop.escalate),
        ["group_manager of authority", "senior_manager of authority"]
    );
}

#[test]
fn w_088_w_150_w_155_who_hears_of_a_case_that_cannot_be_allocated() {
    let pack = pack("wirral");
    let leave = pack.allocation.leave_unallocated.as_ref().unwrap();

    assert_eq!(rules(&leave.by), ["deputy_director of authority"]);
    assert!(leave.only);
    assert_eq!(
        rules(&leave.escalate),
        [
            "group_manager of authority",
            "senior_manager of authority after 1 working day"
        ]
    );
    let first = leave.first.iter().map(|step| step.step.as_str());
    assert_eq!(
        first.collect::<Vec<_>>(),
        ["risk_assessment", "report"],
        "W-153, W-154"
    );
}
