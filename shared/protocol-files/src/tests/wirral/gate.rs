//! Each item of the gate whole: what it asks, of whom, by when, and what follows while it is open.

use baton_protocol::transfer::{GateItem, SatisfiedBy};

use super::*;

/// What an item says, in the words of the file; what it does not say is empty.
#[derive(Default)]
struct Says<'a> {
    asks: &'a [&'a str],
    evidence: &'a [&'a str],
    completed_by: &'a str,
    signed_by: &'a str,
    reviewed_by: &'a str,
    confirmed_by: &'a [&'a str],
    due: &'a str,
    escalate: &'a [&'a str],
    asked_once: &'a str,
    is_soft: bool,
    bars_nothing: bool,
}

fn words<T: ToString>(said: Option<T>) -> String {
    said.map_or_else(String::new, |said| said.to_string())
}

impl Says<'_> {
    fn at(&self, name: &str) -> GateItem {
        let pack = pack("wirral");
        let item = pack.transfer.item(name).unwrap();

        assert_eq!(item.asks, self.asks);
        assert_eq!(item.evidence, self.evidence);
        assert_eq!(words(item.completed_by), self.completed_by);
        assert_eq!(words(item.signed_by), self.signed_by);
        assert_eq!(words(item.reviewed_by), self.reviewed_by);
        assert_eq!(rules(&item.confirmed_by), self.confirmed_by);
        assert_eq!(words(item.due.as_ref()), self.due);
        assert_eq!(rules(&item.escalate), self.escalate);
        assert_eq!(words(item.asked_once.as_ref()), self.asked_once);
        assert_eq!(!item.is_hard(), self.is_soft);
        assert_eq!(item.bars == Bars::Nothing, self.bars_nothing);
        assert_eq!(item.waiver, None, "nobody may do without it");
        item.clone()
    }
}

/// What the facts of a child make of an item that they satisfy.
fn by_facts(item: &GateItem, known: &[(&str, Value)]) -> Truth {
    let SatisfiedBy::Facts(condition) = &item.satisfied_by else {
        panic!("{:?}", item.satisfied_by)
    };
    condition.decide(&Scope::of(&facts(known))).truth
}

fn on(day: &str) -> Value {
    Value::Date(day.parse().unwrap())
}

const DISTRICT_MEETING: &str = "meeting:district_transfer";

#[test]
fn w_055_the_first_response_worker_completes_the_request_by_the_day_of_the_conference() {
    Says {
        evidence: &["transfer_request"],
        completed_by: "social_worker of outgoing",
        due: "at conference",
        escalate: &["team_manager of outgoing"],
        ..Says::default()
    }
    .at("transfer_request");
}

#[test]
fn w_095_the_group_manager_of_the_receiving_district_says_which_team_it_is() {
    let item = Says {
        completed_by: "group_manager of receiving",
        ..Says::default()
    }
    .at("receiving_team");

    assert_eq!(item.satisfied_by, SatisfiedBy::ReceivingTeam);
}

#[test]
fn w_093_the_receiving_manager_gets_in_touch() {
    let item = Says {
        completed_by: "team_manager of receiving",
        ..Says::default()
    }
    .at("managers_in_contact");

    assert_eq!(item.satisfied_by, SatisfiedBy::Acts);
}

#[test]
fn w_094_the_transfer_meeting_has_to_have_been_held() {
    let item = Says {
        completed_by: "team_manager of receiving",
        ..Says::default()
    }
    .at("transfer_meeting");

    let held = SatisfiedBy::Meeting("transfer_meeting".to_owned());
    assert_eq!(item.satisfied_by, held);
}

#[test]
fn w_069_w_169_w_174_the_audit_of_the_first_response_team() {
    let item = Says {
        asks: &[
            "record_up_to_date",
            "chronology_complete",
            "case_notes_entered",
            "visits_entered",
        ],
        signed_by: "team_manager of outgoing",
        reviewed_by: "team_manager of receiving",
        due: "at conference",
        escalate: &["team_manager of outgoing", "group_manager of authority"],
        ..Says::default()
    }
    .at("first_response_audit");

    assert!(item.four_eyes, "X-17");
    assert_eq!(item.if_failed, IfFailed::Return, "W-086");
}

#[test]
fn w_080_w_147_a_worker_of_the_receiving_team_has_to_be_named() {
    let item = Says {
        completed_by: "team_manager of receiving",
        ..Says::default()
    }
    .at("receiving_worker");

    assert_eq!(item.satisfied_by, SatisfiedBy::ReceivingWorker);
}

#[test]
fn w_083_k_41_the_request_has_to_have_gone_to_the_receiving_manager_after_a_district_meeting() {
    let item = Says {
        completed_by: "social_worker of outgoing",
        asked_once: DISTRICT_MEETING,
        ..Says::default()
    }
    .at("transfer_request_sent");

    let sent = SatisfiedBy::Notice("transfer_request_to_manager".to_owned());
    assert_eq!(item.satisfied_by, sent);
}

#[test]
fn w_073_the_first_response_worker_brings_the_report_and_its_want_bars_nothing() {
    Says {
        evidence: &["conference_report"],
        completed_by: "social_worker of outgoing",
        bars_nothing: true,
        ..Says::default()
    }
    .at("conference_report");
}

#[test]
fn w_085_k_41_the_current_worker_writes_the_summary_within_two_weeks_of_the_district_meeting() {
    Says {
        evidence: &["transfer_summary"],
        completed_by: "social_worker of outgoing",
        due: "2 weeks after meeting:district_transfer",
        escalate: &["team_manager of outgoing"],
        asked_once: DISTRICT_MEETING,
        ..Says::default()
    }
    .at("transfer_summary");
}

#[test]
fn w_071_k_41_what_the_summary_should_hold() {
    Says {
        asks: &[
            "contact_details",
            "transport",
            "finances",
            "forthcoming_dates",
        ],
        completed_by: "social_worker of outgoing",
        asked_once: DISTRICT_MEETING,
        is_soft: true,
        ..Says::default()
    }
    .at("transfer_summary_contents");
}

#[test]
fn w_061_w_070_k_41_what_of_the_record_should_be_current_with_and_without_a_district_meeting() {
    let asks = Says {
        asks: &[
            "chronology",
            "personal_details",
            "case_notes",
            "reports",
            "visits",
        ],
        completed_by: "social_worker of outgoing",
        is_soft: true,
        ..Says::default()
    };
    asks.at("record_up_to_date");
    Says {
        asked_once: DISTRICT_MEETING,
        ..asks
    }
    .at("record_current");
}

#[test]
fn w_064_k_42_the_legal_gateway_meeting_comes_before_proceedings_and_on_their_day_at_the_latest() {
    let item = Says {
        is_soft: true,
        ..Says::default()
    }
    .at("legal_gateway");
    let met = |gateway: Value| {
        let began = ("proceedings_began_on", on("2026-03-16"));
        by_facts(&item, &[("legal_gateway_meeting_held_on", gateway), began])
    };

    assert_eq!(met(on("2026-03-15")), Truth::True);
    assert_eq!(met(on("2026-03-16")), Truth::True);
    assert_eq!(met(on("2026-03-17")), Truth::False);
    assert_eq!(met(Value::None), Truth::False);
}

#[test]
fn w_068_the_children_in_care_manager_is_consulted_on_the_times_for_legal_reports_before_the_hearing()
 {
    let item = Says {
        confirmed_by: &["team_manager of receiving"],
        due: "before facts.initial_hearing_held_on",
        is_soft: true,
        ..Says::default()
    }
    .at("legal_report_times");

    assert_eq!(item.satisfied_by, SatisfiedBy::Acts);
}

#[test]
fn w_061_the_assessment_should_be_finished() {
    let item = Says {
        is_soft: true,
        ..Says::default()
    }
    .at("assessment_finished");
    let met = |done: Value| by_facts(&item, &[("assessment_completed_on", done)]);

    assert_eq!(met(on("2026-03-15")), Truth::True);
    assert_eq!(met(Value::None), Truth::False);
}

#[test]
fn w_069_w_169_w_174_the_audit_without_a_conference_is_due_on_the_day_of_the_child_in_need_meeting()
{
    let item = Says {
        asks: &[
            "record_up_to_date",
            "chronology_complete",
            "case_notes_entered",
            "visits_entered",
        ],
        signed_by: "team_manager of outgoing",
        reviewed_by: "team_manager of receiving",
        due: "at meeting:initial_cin",
        ..Says::default()
    }
    .at("audit_of_record");

    assert!(item.four_eyes, "X-17");
    assert_eq!(item.if_failed, IfFailed::Return, "W-086");
}

#[test]
fn w_075_the_first_response_manager_brings_the_outline_plan_and_its_want_bars_nothing() {
    Says {
        evidence: &["outline_plan"],
        completed_by: "team_manager of outgoing",
        bars_nothing: true,
        ..Says::default()
    }
    .at("outline_plan");
}

#[test]
fn w_076_the_receiving_side_takes_the_minutes_of_the_initial_child_in_need_meeting() {
    Says {
        evidence: &["meeting_minutes"],
        completed_by: "social_worker of receiving",
        asked_once: "meeting:initial_cin",
        bars_nothing: true,
        ..Says::default()
    }
    .at("meeting_minutes");
}

#[test]
fn w_058_w_062_k_41_a_case_should_go_before_the_planned_district_meeting() {
    let item = Says {
        is_soft: true,
        ..Says::default()
    }
    .at("district_meeting");

    let held = SatisfiedBy::Meeting("district_transfer".to_owned());
    assert_eq!(item.satisfied_by, held);
}

#[test]
fn w_078_w_175_part_one_of_the_district_meeting_should_agree_a_plan_with_timescales() {
    Says {
        asks: &["taken_in_part_one", "plan_agreed", "timescales_agreed"],
        completed_by: "team_manager of outgoing",
        asked_once: DISTRICT_MEETING,
        is_soft: true,
        ..Says::default()
    }
    .at("transfer_plan");
}

#[test]
fn w_059_the_other_agencies_should_stay_through_a_level_4_transfer() {
    Says {
        asks: &["agencies_told", "agencies_stay_in_meetings"],
        completed_by: "team_manager of outgoing",
        is_soft: true,
        ..Says::default()
    }
    .at("agencies_stay");
}
