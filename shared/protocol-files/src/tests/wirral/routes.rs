//! Each route whole: from where, to where, what opens it, and everything that belongs to it.

use baton_protocol::transfer::{OpensOn, RouteUndecided};

use super::*;

mod care;

/// Both teams that a child comes from when looked after.
const FIELDWORK: [&str; 2] = ["assessment", "family_support_and_protection"];
/// What is told once the case has moved (W-089).
const ON_THE_MOVE: [&str; 2] = ["record_transfer", "worker_change_letter"];

/// The same with the request for transfer, which goes to the receiving manager (W-083).
const WITH_THE_REQUEST: [&str; 3] = [
    "transfer_request_to_manager",
    "record_transfer",
    "worker_change_letter",
];
/// Two weeks from the tray for the worker; everything else two weeks from a district meeting, where one was held (K-41).
const ONCE_A_DISTRICT_MEETING_WAS_HELD: [&str; 6] = [
    "receiving_worker_named",
    "worker_named_after_district_meeting",
    "handover",
    "joint_visit",
    "request_after_district_meeting",
    "audit_after_district_meeting",
];

/// What a route that leads somewhere says.
#[derive(Default)]
struct Way<'a> {
    from: &'a [&'a str],
    to: &'a str,
    opens_on: &'a [&'a str],
    requested_by: &'a [&'a str],
    /// One of the points at which the front door's cases move (W-006).
    is_listed: bool,
    needs: &'a [&'a str],
    /// Of these, what only this route asks for no earlier than a district meeting was held.
    asked_once_met: &'a [&'a str],
    meetings: &'a [&'a str],
    clocks: &'a [&'a str],
    tells: &'a [&'a str],
}

impl Way<'_> {
    fn is(&self, name: &str) {
        let pack = pack("wirral");
        let route = pack.transfer.route(name).unwrap();

        assert_eq!(rules(&route.from), self.from);
        assert_eq!(route.to.as_ref().unwrap().to_string(), self.to);
        assert_eq!(rules(&route.opens_on), self.opens_on);
        assert_eq!(rules(&route.requested_by), self.requested_by);
        assert_eq!(route.listed_in.is_some(), self.is_listed);
        assert!(route.is_listed());
        assert_eq!(route.needs, self.needs);
        let once = route.asked_once.iter();
        assert_eq!(
            once.map(|(item, moment)| format!("{item} {moment}"))
                .collect::<Vec<_>>(),
            self.asked_once_met
                .iter()
                .map(|item| format!("{item} meeting:district_transfer"))
                .collect::<Vec<_>>()
        );
        assert_eq!(route.meetings, self.meetings);
        assert_eq!(route.clocks, self.clocks);
        assert_eq!(route.tells, self.tells);
        // Into the tray, until the receiving manager has amended the record (W-089); what is missing keeps it there (W-086).
        assert_eq!(route.at_point, AtPoint::Place);
        assert_eq!(
            route.completed_by.unwrap().to_string(),
            "team_manager of receiving"
        );
        assert_eq!(route.gate_unmet_at_point, GateUnmet::Wait);
        assert_eq!(rules(&route.gate_unmet_cites), ["W-086"]);
        // Nobody is asked about facts that nobody reported.
        if route.opens_on.contains(&OpensOn::FactsChanged) {
            assert_eq!(route.undecided, RouteUndecided::Pass);
        }
    }
}

/// The route on which a fresh look at the facts sets a case of a team of that kind; none as a dash.
fn watched(from: &str, known: &[(&str, Value)]) -> String {
    let pack = pack("wirral");
    let facts = facts(known).with("district", code("north")).unwrap();
    let chosen = pack.choose_watched(&facts, kind(from), |_| false);
    named(&chosen.choice)
}

/// The route that something opens for a case of a team of that kind; none as a dash.
fn opened(trigger: &str, from: &str, known: &[(&str, Value)]) -> String {
    let pack = pack("wirral");
    let trigger = Trigger {
        event: trigger,
        conference_kind: None,
        outcome: None,
    };
    named(&pack.choose_route(trigger, &facts(known), kind(from)).choice)
}

fn named(choice: &Choice<'_>) -> String {
    match choice {
        Choice::Opens { route, .. } | Choice::Stays { route } => route.route.clone(),
        Choice::None => "-".to_owned(),
        Choice::Undecided { missing, .. } => panic!("{missing:?}"),
    }
}

/// The day of the point of a route and its rules; none while it cannot be told.
fn moves_on(name: &str, anchors: &Anchors, known: &[(&str, Value)]) -> Option<(Date, Vec<String>)> {
    let pack = pack("wirral");
    let route = pack.transfer.route(name).unwrap();
    match point(&pack, route, anchors, &facts(known)) {
        Dated::On(point) => Some((point.due.on, rules(&point.rules))),
        Dated::NotYet { .. } => None,
    }
}

fn on(day: &str) -> Value {
    Value::Date(day.parse().unwrap())
}

const YES: Value = Value::Flag(true);
const NO: Value = Value::Flag(false);

#[test]
fn w_053_k_41_the_way_of_the_conference() {
    Way {
        from: &["assessment"],
        to: "family_support_and_protection in facts.district",
        opens_on: &["conference_scheduled", "conference_held"],
        is_listed: true,
        needs: &[
            "transfer_request",
            "transfer_request_sent",
            "first_response_audit",
            "receiving_worker",
            "conference_report",
            "transfer_summary",
            "transfer_summary_contents",
            "record_current",
        ],
        meetings: &[
            "conference",
            "core_group",
            "district_transfer",
            "handover",
            "joint_visit",
        ],
        clocks: &ONCE_A_DISTRICT_MEETING_WAS_HELD,
        tells: &[
            "icpc_details_to_district",
            "transfer_request_to_manager",
            "record_transfer",
            "worker_change_letter",
        ],
        ..Way::default()
    }
    .is("child_protection_conference");
}

#[test]
fn w_053_x_14_a_first_conference_and_one_before_birth_lead_on_and_each_outcome_has_its_effect() {
    let pack = pack("wirral");
    let route = route(&pack);

    for conference in ["initial", "pre_birth"] {
        let chosen = scheduled(&pack, conference, &in_north(), "assessment");
        assert_eq!(named(&chosen.choice), "child_protection_conference");
    }
    let effects: Vec<(&str, &OutcomeEffect)> = route
        .outcomes
        .iter()
        .map(|(outcome, effect)| (outcome.as_str(), effect))
        .collect();
    assert_eq!(
        effects,
        [
            ("adjourned", &OutcomeEffect::Wait),
            ("child_in_need_plan", &OutcomeEffect::Proceed),
            ("child_protection_plan", &OutcomeEffect::Proceed),
            ("early_help_plan", &OutcomeEffect::LapseForClosure),
            ("no_plan", &OutcomeEffect::LapseForClosure),
        ]
    );
}

#[test]
fn w_086_on_every_way_completion_waits_for_what_is_missing() {
    let pack = pack("wirral");
    let leading = pack.transfer.routes.iter().filter(|route| !route.stays);

    for route in leading {
        assert_eq!(route.gate_unmet_at_point, GateUnmet::Wait);
        assert_eq!(rules(&route.gate_unmet_cites), ["W-086"], "{}", route.route);
    }
}

#[test]
fn w_052_k_06_staying_through_conferences_is_a_route_of_the_cin_cp_team_alone() {
    let pack = pack("wirral");
    let route = pack.transfer.route("stays_with_cin_cp").unwrap();

    assert!(route.stays);
    assert_eq!(rules(&route.from), ["family_support_and_protection"]);
    assert_eq!(
        rules(&route.opens_on),
        ["conference_scheduled", "conference_held"]
    );
}

#[test]
fn w_037_w_051_k_01_k_03_k_41_the_way_without_a_care_order() {
    Way {
        from: &["assessment"],
        to: "family_support_and_protection in facts.district",
        opens_on: &["facts_changed"],
        is_listed: true,
        needs: &[
            "transfer_request",
            "transfer_request_sent",
            "audit_of_record",
            "receiving_worker",
            "transfer_summary",
            "transfer_summary_contents",
        ],
        meetings: &["district_transfer", "handover", "joint_visit"],
        clocks: &ONCE_A_DISTRICT_MEETING_WAS_HELD,
        tells: &WITH_THE_REQUEST,
        ..Way::default()
    }
    .is("no_care_order");
}

#[test]
fn w_037_w_051_k_03_every_other_order_and_none_sends_the_case_to_cin_cp() {
    for order in [
        "interim_supervision",
        "supervision",
        "special_guardianship",
        "child_arrangements",
        "other",
        "refused",
    ] {
        let known = [("initial_order", code(order))];
        assert_eq!(watched("assessment", &known), "no_care_order", "{order}");
        let held = watched("family_support_and_protection", &known);
        assert_eq!(held, "-", "{order}: CIN/CP holds it already");
    }
}

#[test]
fn w_051_x_14_without_a_care_order_the_case_moves_at_the_hearing() {
    let heard = [("initial_hearing_held_on", on("2026-03-16"))];

    let (day, _) = moves_on("no_care_order", &Anchors::new(), &heard).unwrap();

    assert_eq!(day, date(2026, 3, 16));
    assert_eq!(moves_on("no_care_order", &Anchors::new(), &[]), None);
}

/// The lists of the moves to the children in care team that start from a review (K-41): with request, audit and summary
/// within two weeks of the district transfer meeting (W-083 to W-085).
const AFTER_A_REVIEW: Way<'static> = Way {
    from: &FIELDWORK,
    to: "looked_after",
    opens_on: &["facts_changed"],
    requested_by: &[],
    is_listed: false,
    needs: &[
        "assessment_finished",
        "record_up_to_date",
        "receiving_worker",
        "district_meeting",
        "transfer_plan",
        "transfer_request",
        "transfer_request_sent",
        "audit_of_record",
        "transfer_summary",
        "transfer_summary_contents",
    ],
    meetings: &["district_transfer", "handover", "joint_visit"],
    clocks: &[
        "receiving_worker_named",
        "worker_named_after_district_meeting",
        "handover",
        "joint_visit",
        "request_after_district_meeting",
        "audit_after_district_meeting",
        "moved_after_district_meeting",
    ],
    tells: &WITH_THE_REQUEST,
    asked_once_met: &[],
};

#[test]
fn w_054_w_055_w_083_w_084_w_085_w_168_k_01_k_41_the_way_of_the_initial_child_in_need_meeting() {
    Way {
        from: &["assessment"],
        to: "family_support_and_protection in facts.district",
        opens_on: &["facts_changed", "meeting:initial_cin"],
        is_listed: true,
        needs: &[
            "transfer_request",
            "transfer_request_sent",
            "audit_of_record",
            "outline_plan",
            "meeting_minutes",
            "receiving_worker",
            "transfer_summary",
            "transfer_summary_contents",
            "record_current",
        ],
        meetings: &[
            "initial_cin",
            "district_transfer",
            "handover",
            "joint_visit",
        ],
        clocks: &[
            "receiving_worker_named",
            "request_by_child_in_need_meeting",
            "worker_named_after_district_meeting",
            "handover",
            "joint_visit",
            "request_after_district_meeting",
            "audit_after_district_meeting",
        ],
        tells: &[
            "cin_details_to_district",
            "transfer_request_to_manager",
            "record_transfer",
            "worker_change_letter",
        ],
        ..Way::default()
    }
    .is("child_in_need_meeting");
}

#[test]
fn w_054_a_meeting_that_is_arranged_or_was_held_opens_it_and_one_that_is_not_does_not() {
    let booked = [("initial_cin_meeting_booked_for", on("2026-03-16"))];
    let none = [("initial_cin_meeting_booked_for", Value::None)];

    assert_eq!(watched("assessment", &booked), "child_in_need_meeting");
    assert_eq!(watched("assessment", &none), "-");
    for held in ["meeting:initial_cin", "meeting:initial_cin:1"] {
        let known = [none[0].clone(), ("district", code("north"))];
        assert_eq!(opened(held, "assessment", &known), "child_in_need_meeting");
    }
    let second = [none[0].clone(), ("district", code("north"))];
    assert_eq!(opened("meeting:initial_cin:2", "assessment", &second), "-");
}

#[test]
fn w_054_x_14_the_case_is_placed_on_the_day_on_which_the_meeting_was_held() {
    let held = Anchors::new().at(
        Moment::Meeting("initial_cin".to_owned()),
        at("2026-03-16T23:30:00Z"),
    );
    let booked = [("initial_cin_meeting_booked_for", on("2026-03-20"))];
    let name = "child_in_need_meeting";

    assert_eq!(moves_on(name, &Anchors::new(), &booked), None);
    assert_eq!(moves_on(name, &held, &booked).unwrap().0, date(2026, 3, 16));
}

#[test]
fn k_01_w_006_w_051_w_053_w_054_the_points_at_which_the_front_doors_cases_move() {
    let pack = pack("wirral");
    let points = [
        "child_protection_conference",
        "child_in_need_meeting",
        "no_care_order",
    ];

    assert_eq!(
        pack.settings.get("ifd.transfer_points"),
        Some(&serde_json::json!(points))
    );
    for point in points {
        let listed = pack.transfer.route(point).unwrap().listed_in.as_deref();
        assert_eq!(listed.unwrap(), points, "{point}");
    }
}

#[test]
fn w_091_w_092_w_097_k_41_the_way_from_district_to_district() {
    Way {
        from: &["family_support_and_protection"],
        to: "family_support_and_protection in facts.district",
        opens_on: &["requested"],
        requested_by: &["principal_group_manager of outgoing"],
        asked_once_met: &[],
        is_listed: false,
        needs: &[
            "receiving_team",
            "managers_in_contact",
            "transfer_meeting",
            "transfer_request",
            "transfer_request_sent",
            "first_response_audit",
            "receiving_worker",
            "transfer_summary",
            "transfer_summary_contents",
            "record_current",
        ],
        meetings: &[
            "district_transfer",
            "transfer_meeting",
            "handover",
            "joint_visit",
        ],
        clocks: &[
            "taken_to_district_meeting",
            "transfer_meeting",
            "receiving_team_named",
            "worker_named_after_district_meeting",
            "handover",
            "joint_visit",
            "request_after_district_meeting",
            "audit_after_district_meeting",
        ],
        tells: &[
            "child_between_districts",
            "transfer_to_arrange",
            "transfer_request_to_manager",
            "record_transfer",
            "worker_change_letter",
        ],
    }
    .is("between_districts");
    let pack = pack("wirral");
    let route = pack.transfer.route("between_districts").unwrap();
    assert!(
        route.team_named_later,
        "W-095: its group manager says which"
    );
}

#[test]
fn w_092_x_14_between_districts_a_case_moves_at_the_district_meeting_that_was_held() {
    let held = Anchors::new().at(
        Moment::Meeting("district_transfer".to_owned()),
        at("2026-03-18T10:00:00Z"),
    );
    let name = "between_districts";

    assert_eq!(moves_on(name, &held, &[]).unwrap().0, date(2026, 3, 18));
    assert_eq!(moves_on(name, &Anchors::new(), &[]), None);
}

#[test]
fn w_037_w_039_w_040_w_041_w_042_k_06_each_thing_that_the_cin_cp_team_holds_keeps_the_case_there() {
    let pack = pack("wirral");
    let route = pack.transfer.route("held_by_cin_cp").unwrap();
    let holds = |known: &[(&str, Value)]| {
        let when = route.when.as_ref().unwrap();
        when.decide(&Scope::of(&facts(known))).truth
    };

    assert!(route.stays);
    assert_eq!(rules(&route.from), ["family_support_and_protection"]);
    assert_eq!(rules(&route.opens_on), ["requested"]);
    assert_eq!(route.undecided, RouteUndecided::Pass);
    for held in [
        ("legal_status", code("supervision")),
        ("legal_status", code("interim_supervision")),
        ("plan", code("child_in_need")),
        ("plan", code("child_protection")),
        ("pre_proceedings_open", YES),
        ("court_report_open", YES),
        ("connected_person_assessment_open", YES),
    ] {
        assert_eq!(holds(std::slice::from_ref(&held)), Truth::True, "{held:?}");
    }
    let nothing = [
        ("legal_status", code("none")),
        ("plan", code("none")),
        ("pre_proceedings_open", NO),
        ("court_report_open", NO),
        ("connected_person_assessment_open", NO),
    ];
    assert_eq!(holds(&nothing), Truth::False);
}

#[test]
fn w_058_w_083_w_084_w_085_k_41_the_way_of_a_case_that_is_still_level_4() {
    Way {
        from: &["family_support_and_protection"],
        opens_on: &["requested"],
        requested_by: &["team_manager of outgoing"],
        needs: &[
            "district_meeting",
            "transfer_plan",
            "agencies_stay",
            "assessment_finished",
            "record_up_to_date",
            "receiving_worker",
            "transfer_request",
            "transfer_request_sent",
            "audit_of_record",
            "transfer_summary",
            "transfer_summary_contents",
        ],
        ..AFTER_A_REVIEW
    }
    .is("level_4_ends");
}

#[test]
fn w_048_w_058_w_080_w_081_w_082_w_083_w_084_w_085_k_41_the_way_of_a_level_4_case_that_ends_in_adoption()
 {
    Way {
        from: &["looked_after"],
        to: "adoption",
        opens_on: &["requested"],
        requested_by: &["team_manager of outgoing"],
        needs: &[
            "district_meeting",
            "transfer_plan",
            "agencies_stay",
            "receiving_worker",
            "transfer_request",
            "transfer_request_sent",
            "audit_of_record",
            "transfer_summary",
        ],
        meetings: &["district_transfer", "handover", "joint_visit"],
        clocks: &ONCE_A_DISTRICT_MEETING_WAS_HELD,
        tells: &WITH_THE_REQUEST,
        ..Way::default()
    }
    .is("level_4_ends_in_adoption");
}

#[test]
fn w_058_a_level_4_case_moves_when_the_managers_have_asked() {
    let asked = Anchors::new().at(Moment::Triggered, at("2026-03-20T10:00:00Z"));

    for name in ["level_4_ends", "level_4_ends_in_adoption"] {
        assert_eq!(moves_on(name, &asked, &[]).unwrap().0, date(2026, 3, 20));
    }
}
