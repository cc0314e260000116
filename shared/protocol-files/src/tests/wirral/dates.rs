//! Each clock whole, the meetings between districts, and who attends what.

use baton_protocol::{Clock, Effect};

use super::*;

/// What a clock says besides its term.
#[derive(Default)]
struct Runs<'a> {
    due: &'a str,
    by: &'a str,
    met_by: &'a str,
    remind: &'a [&'a str],
    escalate: &'a [&'a str],
}

impl Runs<'_> {
    fn is(&self, clock: &Clock) {
        assert_eq!(clock.due.to_string(), self.due);
        assert_eq!(clock.by.to_string(), self.by);
        assert_eq!(clock.met_by, self.met_by);
        assert_eq!(rules(&clock.remind), self.remind);
        assert_eq!(rules(&clock.escalate), self.escalate);
    }

    fn as_clock(&self, name: &str) {
        self.is(clock(&pack("wirral"), name));
    }
}

const AFTER_DISTRICT_MEETING: &str = "2 weeks after meeting:district_transfer";

#[test]
fn w_092_the_contacted_group_manager_takes_the_case_to_the_next_district_meeting() {
    Runs {
        due: "at next_meeting:district_transfer",
        by: "principal_group_manager of receiving",
        met_by: "meeting:district_transfer",
        remind: &["2 working days"],
        escalate: &["senior_manager of receiving"],
    }
    .as_clock("taken_to_district_meeting");
}

#[test]
fn w_092_district_meetings_are_every_other_wednesday_until_a_district_says_otherwise() {
    let pack = pack("wirral");
    let schedule = pack.transfer.schedule("district_transfer", Some("north"));
    let next = |month, day| schedule.unwrap().next(date(2026, month, day));

    assert_eq!(next(1, 1), Some(date(2026, 1, 7)));
    assert_eq!(next(1, 7), Some(date(2026, 1, 7)), "on the day itself");
    assert_eq!(next(1, 8), Some(date(2026, 1, 21)));
}

#[test]
fn w_094_a_transfer_meeting_is_held_within_two_weeks_of_the_request() {
    Runs {
        due: "2 weeks after triggered",
        by: "team_manager of receiving",
        met_by: "item:transfer_meeting",
        remind: &["3 working days"],
        escalate: &["team_manager of outgoing", "team_manager of receiving"],
    }
    .as_clock("transfer_meeting");
    let told = Anchors::new().at(Moment::Triggered, at("2026-03-20T12:00:00Z"));
    assert_eq!(
        due_on(&pack("wirral"), "transfer_meeting", &told, &in_north()),
        date(2026, 4, 3)
    );
}

#[test]
fn w_095_w_096_the_team_is_named_within_a_week_of_the_meeting_or_the_senior_manager_hears() {
    Runs {
        due: "1 week after meeting:district_transfer",
        by: "group_manager of receiving",
        met_by: "receiving_team_named",
        remind: &["2 working days"],
        escalate: &["senior_manager of receiving"],
    }
    .as_clock("receiving_team_named");
}

#[test]
fn w_080_w_087_k_41_k_57_the_two_clocks_for_the_worker() {
    for (name, due) in [
        ("receiving_worker_named", "2 weeks after placed"),
        (
            "worker_named_after_district_meeting",
            AFTER_DISTRICT_MEETING,
        ),
    ] {
        Runs {
            due,
            by: "team_manager of receiving",
            met_by: "receiving_worker_named or completed",
            remind: &["3 working days"],
            escalate: &["team_manager of receiving"],
        }
        .as_clock(name);
    }
}

/// What follows from two weeks without a worker: for each branch what is done, who hears, and whether it is the safe one.
fn without_worker(name: &str) -> Vec<(&'static str, Vec<String>, bool)> {
    let pack = pack("wirral");
    let branches = clock(&pack, name).when_missed.iter();
    let said = branches.map(|branch| {
        let [done, Effect::Escalate(rungs)] = branch.then.as_slice() else {
            panic!("{:?}", branch.then)
        };
        let done = match done {
            Effect::HoldMove => "stays",
            Effect::MoveWithoutWorker { pending } if pending.to_string() == "deputy_director" => {
                "moves, pending the deputy director"
            }
            other => panic!("{other:?}"),
        };
        (done, rules(rungs), branch.safe)
    });
    said.collect()
}

#[test]
fn k_04_k_44_k_57_w_086_w_087_w_088_w_152_w_155_what_follows_from_two_weeks_without_a_worker() {
    for name in [
        "receiving_worker_named",
        "worker_named_after_district_meeting",
    ] {
        let told = |who: &[&str]| who.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            without_worker(name),
            [
                (
                    "stays",
                    told(&["team_manager of outgoing", "group_manager of authority"]),
                    false
                ),
                (
                    "stays",
                    told(&["group_manager of authority", "senior_manager of authority"]),
                    true
                ),
                (
                    "moves, pending the deputy director",
                    told(&["group_manager of authority"]),
                    false
                ),
            ],
            "{name}"
        );
    }
}

#[test]
fn k_04_k_44_w_086_w_152_w_155_which_case_stays_when_two_weeks_after_a_district_meeting_are_over() {
    let pack = pack("wirral");
    let named = clock(&pack, "worker_named_after_district_meeting");
    let stays = |plan: &str, enquiry: bool, court: bool, failed: bool| {
        let known = facts(&[
            ("plan", code(plan)),
            ("section_47_open", Value::Flag(enquiry)),
            ("in_proceedings", Value::Flag(court)),
        ]);
        let mut scope = Scope::of(&known);
        scope.item_failed = failed;
        named.consequence(&scope).unwrap().effects[0] == Effect::HoldMove
    };

    assert!(stays("child_protection", false, false, false));
    assert!(stays("child_in_need", true, false, false));
    assert!(stays("child_in_need", false, true, false));
    assert!(stays("child_in_need", false, false, true), "K-44");
    assert!(!stays("child_in_need", false, false, false));
    assert!(!stays("looked_after", false, false, false));
    let unknown = named.consequence(&Scope::of(&Facts::new())).unwrap();
    assert_eq!(unknown.effects[0], Effect::HoldMove, "nobody knows");
}

#[test]
fn w_081_w_082_k_41_handover_and_joint_visit_are_owed_by_the_current_worker_and_both_managers_hear()
{
    for (name, met_by) in [
        ("handover", "meeting:handover"),
        ("joint_visit", "meeting:joint_visit"),
    ] {
        Runs {
            due: AFTER_DISTRICT_MEETING,
            by: "social_worker of outgoing",
            met_by,
            escalate: &["team_manager of outgoing", "team_manager of receiving"],
            ..Runs::default()
        }
        .as_clock(name);
    }
}

#[test]
fn w_083_k_41_the_request_is_with_the_receiving_manager_within_two_weeks() {
    Runs {
        due: AFTER_DISTRICT_MEETING,
        by: "social_worker of outgoing",
        met_by: "item:transfer_request_sent",
        escalate: &["team_manager of outgoing"],
        ..Runs::default()
    }
    .as_clock("request_after_district_meeting");
}

#[test]
fn w_084_w_174_k_41_the_transferring_manager_audits_within_two_weeks() {
    Runs {
        due: AFTER_DISTRICT_MEETING,
        by: "team_manager of outgoing",
        met_by: "item:first_response_audit or item:audit_of_record",
        escalate: &["team_manager of outgoing", "group_manager of authority"],
        ..Runs::default()
    }
    .as_clock("audit_after_district_meeting");
}

#[test]
fn w_055_on_the_child_in_need_route_the_request_is_complete_by_the_day_of_the_meeting() {
    Runs {
        due: "at meeting:initial_cin or facts.initial_cin_meeting_booked_for",
        by: "social_worker of outgoing",
        met_by: "item:transfer_request",
        escalate: &["team_manager of outgoing"],
        ..Runs::default()
    }
    .as_clock("request_by_child_in_need_meeting");
    let pack = pack("wirral");
    let booked = facts(&[(
        "initial_cin_meeting_booked_for",
        Value::Date(date(2026, 3, 16)),
    )]);
    let due = |anchors: &Anchors, known: &Facts| {
        let due = clock_due(&pack, "request_by_child_in_need_meeting", anchors, known);
        due.map(|due| due.on)
    };
    let held = Anchors::new().at(
        Moment::Meeting("initial_cin".to_owned()),
        at("2026-03-18T10:00:00Z"),
    );

    assert_eq!(due(&Anchors::new(), &booked), Some(date(2026, 3, 16)));
    assert_eq!(
        due(&held, &booked),
        Some(date(2026, 3, 18)),
        "the tray date"
    );
    assert_eq!(due(&held, &Facts::new()), Some(date(2026, 3, 18)));
    assert_eq!(due(&Anchors::new(), &Facts::new()), None);
}

#[test]
fn w_063_k_41_soon_after_the_district_meeting_is_a_reminder_at_two_weeks_and_never_a_breach() {
    Runs {
        due: AFTER_DISTRICT_MEETING,
        by: "team_manager of outgoing",
        met_by: "completed",
        ..Runs::default()
    }
    .as_clock("moved_after_district_meeting");
    assert!(clock(&pack("wirral"), "moved_after_district_meeting").reminds_only);
}

/// Who should attend a meeting; with a tilde where a reason is enough for staying away.
fn attend(meeting: &str) -> Vec<String> {
    let pack = pack("wirral");
    let meeting = pack.transfer.meeting(meeting).unwrap();
    let attend = meeting.attend.iter();
    let said = attend.map(|attendance| {
        let soft = attendance.strength == Some(baton_protocol::Strength::Soft);
        format!("{}{}", if soft { "~" } else { "" }, attendance.who)
    });
    said.collect()
}

#[test]
fn w_073_w_074_who_attends_the_conference_and_what_is_brought() {
    assert_eq!(
        attend("conference"),
        [
            "social_worker of outgoing",
            "team_manager of receiving",
            "social_worker of receiving"
        ]
    );
    let pack = pack("wirral");
    let brings = &pack.transfer.meeting("conference").unwrap().brings;
    let [report] = brings.as_slice() else {
        panic!("{brings:?}")
    };
    assert_eq!(report.who.to_string(), "social_worker of outgoing");
    assert_eq!(report.what, "conference_report");
}

#[test]
fn w_081_w_082_w_094_both_sides_meet() {
    let managers = ["team_manager of outgoing", "team_manager of receiving"];
    let workers = ["social_worker of outgoing", "social_worker of receiving"];

    assert_eq!(attend("transfer_meeting"), managers);
    assert_eq!(attend("handover"), workers);
    assert_eq!(attend("joint_visit"), workers);
}

#[test]
fn w_067_w_172_both_workers_should_attend_the_initial_hearing() {
    assert_eq!(
        attend("initial_hearing"),
        ["~social_worker of outgoing", "~social_worker of receiving"]
    );
}

#[test]
fn w_075_w_076_the_first_response_manager_chairs_the_initial_child_in_need_meeting() {
    assert_eq!(
        attend("initial_cin"),
        [
            "team_manager of outgoing",
            "team_manager of receiving",
            "social_worker of receiving"
        ]
    );
    let pack = pack("wirral");
    let meeting = pack.transfer.meeting("initial_cin").unwrap();
    assert_eq!(rules(&meeting.chair), ["team_manager of outgoing"]);
    assert_eq!(rules(&meeting.chair_cites), ["W-075"]);
    let [plan] = meeting.brings.as_slice() else {
        panic!("{:?}", meeting.brings)
    };
    assert_eq!(plan.who.to_string(), "team_manager of outgoing");
    assert_eq!(plan.what, "outline_plan");
}

#[test]
fn k_41_w_078_a_district_meeting_may_be_held_for_a_case_whose_route_needs_none() {
    let pack = pack("wirral");

    assert!(pack.transfer.meeting("district_transfer").is_some());
    for route in ["child_protection_conference", "child_in_need_meeting"] {
        let route = pack.transfer.route(route).unwrap();
        assert!(route.meetings.contains(&"district_transfer".to_owned()));
        assert!(!route.needs.contains(&"district_meeting".to_owned()));
    }
}

#[test]
fn w_121_x_06_the_manager_decides_on_closing_within_five_calendar_days() {
    let pack = pack("wirral");
    let decision = &pack.closure.clocks[0];
    Runs {
        due: "5 days after considered",
        by: "team_manager of responsible",
        met_by: "decided",
        escalate: &["group_manager of authority"],
        ..Runs::default()
    }
    .is(decision);
    let considered = Anchors::new().at(Moment::Considered, at("2026-04-01T10:00:00Z"));

    let due = pack.due_of(
        decision,
        &considered,
        &Scope::of(&Facts::new()),
        &calendar(),
    );

    assert_eq!(due.unwrap().on, date(2026, 4, 6), "Easter counts");
}

#[test]
fn w_009_x_05_the_manager_decides_on_a_contact_within_24_hours() {
    let pack = pack("wirral");
    Runs {
        due: "24 hours after launched",
        by: "team_manager of responsible",
        met_by: "decided",
        escalate: &["group_manager of authority"],
        ..Runs::default()
    }
    .is(pack.front_door.clock("contact_decision").unwrap());
}
