//! Compass: which contacts and referrals go where, who decides, what is due, who is told.

use std::sync::{Arc, LazyLock};

use baton_protocol::front_door::{Asked, Incoming, ReferralRoute, Relative, Routed, Towards};
use baton_protocol::transfer::RouteUndecided;
use baton_protocol::{Condition, Truth};

use super::*;

mod deciding;

static PACK: LazyLock<Arc<Pack>> = LazyLock::new(|| pack("shropshire"));

const MANAGER: &str = "team_manager of responsible";
const WORKER: &str = "social_worker of responsible";
const SERVICE_MANAGER: &str = "service_manager of authority";
const YES: Value = Value::Flag(true);
const NO: Value = Value::Flag(false);

fn way(name: &str) -> &'static ReferralRoute {
    let door = &PACK.front_door;
    let mut all = door.referral_routes.iter().chain(&door.contact_routes);
    all.find(|route| route.route == name).unwrap()
}

fn groups(members: &[&str]) -> Value {
    Value::Codes(members.iter().map(ToString::to_string).collect())
}

/// A child of whom all is known that the ways ask about, and who belongs to none of them.
fn child(known: &[(&str, Value)]) -> Facts {
    let plain = facts(&[
        ("area", code("north")),
        ("special_groups", groups(&[])),
        ("care_leaver_status", Value::None),
        ("request_kind", Value::None),
        ("legal_status", Value::None),
        ("mainly_in_need", NO),
    ]);
    known.iter().fold(plain, |facts, (key, value)| {
        facts.with(key, value.clone()).unwrap()
    })
}

fn incoming<'a>(
    facts: &'a Facts,
    siblings: &'a [Relative],
    calendar: &'a Calendar,
) -> Incoming<'a> {
    Incoming {
        facts,
        team: None,
        siblings,
        on: date(2026, 3, 2),
        source: "school",
        calendar,
    }
}

/// The way that a referral to be assessed takes, and where it leads; `?` when it waits for a fact.
fn referred(known: &Facts, siblings: &[Relative]) -> (String, String) {
    let calendar = calendar();
    let incoming = incoming(known, siblings, &calendar);
    said(PACK.route_referral(incoming, "assess", true))
}

fn received(known: &Facts) -> (String, String) {
    let calendar = calendar();
    said(PACK.route_contact(incoming(known, &[], &calendar), false))
}

fn said(routed: Routed<'_>) -> (String, String) {
    match routed {
        Routed::To { route, team, .. } => (route.route.clone(), to(&team)),
        Routed::Undecided { route, .. } => (route.route.clone(), "?".to_owned()),
        Routed::None => (String::new(), String::new()),
    }
}

fn to(team: &Towards) -> String {
    match team {
        Towards::Target(target) => match &target.area {
            Some(area) => format!("{} in {area}", target.kind),
            None => target.kind.to_string(),
        },
        Towards::Named => "named".to_owned(),
        Towards::Rota(_) | Towards::Team(_) => "another".to_owned(),
    }
}

fn leads(route: &str, to: &str) -> (String, String) {
    (route.to_owned(), to.to_owned())
}

/// What may be chosen instead, and where it leads.
fn options(known: &Facts) -> Vec<(String, String)> {
    let calendar = calendar();
    let options = PACK.options(incoming(known, &[], &calendar), "assess");
    let options = options.into_iter();
    options
        .map(|(route, team)| (route.route.clone(), to(&team)))
        .collect()
}

fn sibling(facts: Facts) -> Relative {
    Relative {
        facts,
        separate_household: None,
        team: None,
        worker: None,
    }
}

fn holds(when: Option<&Condition>, known: &[(&str, Value)]) -> bool {
    when.unwrap().decide(&Scope::of(&facts(known))).truth == Truth::True
}

#[test]
fn s_001_s_117_compass_takes_every_contact_and_the_disability_team_works_along_on_disabled_children()
 {
    let (disabled, other) = (
        child(&[("special_groups", groups(&["disabled"]))]),
        child(&[]),
    );

    assert_eq!(
        received(&disabled),
        leads("compass_with_disability_team", "front_door")
    );
    assert_eq!(received(&other), leads("compass", "front_door"));
    assert_eq!(
        received(&Facts::new()),
        leads("compass", "front_door"),
        "a contact about which nothing is known yet"
    );
    let told = &way("compass_with_disability_team").tells[0];
    assert_eq!(told.notice, "contact_on_disabled_child");
    assert_eq!(told.to.as_str(), "team_manager");
    assert_eq!(told.of, Some(kind("disability")));
    assert_eq!(told.by, "task");
    let notice = notice_kind("contact_on_disabled_child");
    assert_eq!(notice, ["task", "email"]);
}

fn notice_kind(name: &str) -> Vec<String> {
    let kinds = &PACK.notification.kinds;
    let found = kinds.iter().find(|kind| kind.kind == name).unwrap();
    found.media.clone()
}

#[test]
fn s_013_s_038_k_58_how_each_notice_goes() {
    for (name, media) in [
        ("transfer_alert", "email"),
        ("actions_owed", "task"),
        ("new_contact_on_open_case", "email"),
    ] {
        assert_eq!(notice_kind(name), [media], "{name}");
    }
}

#[test]
fn s_121_care_leavers_go_to_leaving_care_whatever_else_they_are() {
    for status in ["former_relevant", "qualifying"] {
        let leaver = child(&[
            ("care_leaver_status", code(status)),
            ("special_groups", groups(&["disabled"])),
            ("mainly_in_need", YES),
        ]);
        assert_eq!(
            referred(&leaver, &[]),
            leads("care_leavers", "leaving_care"),
            "{status}"
        );
    }
    let other = child(&[("care_leaver_status", code("relevant"))]);
    assert_ne!(referred(&other, &[]), leads("care_leavers", "leaving_care"));
    assert_eq!(way("care_leavers").undecided, RouteUndecided::Pass);
}

#[test]
fn s_065_an_unaccompanied_young_person_goes_to_permanency_directly() {
    let name = "unaccompanied";
    let alone = child(&[("special_groups", groups(&["unaccompanied_asylum_seeking"]))]);

    assert_eq!(referred(&alone, &[]), leads(name, "looked_after"));
    assert_eq!(way(name).undecided, RouteUndecided::Pass);
}

#[test]
fn s_052_s_053_case_management_has_a_remanded_young_person_from_the_notification_on() {
    let name = "remanded_to_secure_placement";
    let remanded = |status: &str, placement: &str| {
        child(&[
            ("legal_status", code(status)),
            ("remand_placement", code(placement)),
        ])
    };
    let secure = remanded("remand", "secure");

    assert_eq!(
        referred(&secure, &[]),
        leads(name, "family_support_and_protection in north")
    );
    assert_eq!(
        received(&secure),
        leads(name, "family_support_and_protection in north")
    );
    assert!(way(name).from_receipt, "the assessment too");
    for not_meant in [
        remanded("remand", "local_authority_accommodation"),
        remanded("interim_care", "secure"),
    ] {
        assert_ne!(referred(&not_meant, &[]).0, name);
    }
    let unknown = child(&[("legal_status", code("remand"))]);
    assert_eq!(referred(&unknown, &[]), leads(name, "?"));
    let nothing = facts(&[("area", code("north"))]);
    assert_ne!(referred(&nothing, &[]).0, name);
}

#[test]
fn s_060_court_reports_are_case_managements() {
    let name = "court_report";
    for report in ["section_7_report", "section_37_report"] {
        let asked = child(&[("request_kind", code(report))]);
        assert_eq!(
            referred(&asked, &[]),
            leads(name, "family_support_and_protection in north"),
            "{report}"
        );
    }
    assert_ne!(referred(&child(&[]), &[]).0, name);
    assert_eq!(way(name).undecided, RouteUndecided::Pass);
}

#[test]
fn s_061_an_assessment_team_may_report_under_section_7_where_nobody_was_involved_within_a_year() {
    let option = leads("section_7_without_recent_history", "assessment in north");
    let asked = |report: &str, closed: &str| {
        child(&[
            ("request_kind", code(report)),
            ("case_closed_on", Value::Date(closed.parse().unwrap())),
        ])
    };

    assert!(options(&asked("section_7_report", "2025-03-01")).contains(&option));
    assert!(
        !options(&asked("section_7_report", "2025-03-02")).contains(&option),
        "the anniversary is still within it"
    );
    assert!(!options(&asked("section_37_report", "2020-03-01")).contains(&option));
    let decider = way(&option.0).decided_by.as_ref().unwrap();
    assert_eq!(
        (decider.by.as_str(), decider.of),
        ("service_manager", Some(kind("front_door")))
    );
}

#[test]
fn s_118_the_disability_team_holds_the_family_of_the_disabled_child_who_is_mainly_in_need() {
    let own = "disabled_child_mainly_in_need";
    let family = "family_of_disabled_child_mainly_in_need";
    let disabled = |mainly| {
        child(&[
            ("special_groups", groups(&["disabled"])),
            ("mainly_in_need", mainly),
        ])
    };

    assert_eq!(referred(&disabled(YES), &[]), leads(own, "disability"));
    assert_ne!(referred(&disabled(NO), &[]).0, own);
    let not_disabled = child(&[("mainly_in_need", YES)]);
    assert_ne!(referred(&not_disabled, &[]).0, own);
    let unknown = facts(&[
        ("area", code("north")),
        ("special_groups", groups(&["disabled"])),
    ]);
    assert_eq!(referred(&unknown, &[]), leads(own, "?"));
    assert_ne!(referred(&facts(&[("area", code("north"))]), &[]).0, own);

    let beside = |facts: Facts| referred(&child(&[]), &[sibling(facts)]).0;
    assert_eq!(
        referred(&child(&[]), &[sibling(disabled(YES))]),
        leads(family, "disability")
    );
    assert_ne!(beside(disabled(NO)), family);
    assert_ne!(beside(child(&[("mainly_in_need", YES)])), family);
    assert_ne!(beside(Facts::new()), family, "it asks nobody");
    assert_eq!(
        beside(Facts::new()),
        "assessment_team_of_the_area",
        "while nobody knows it, the child's own way is taken"
    );
}

#[test]
fn s_127_whoever_decides_names_the_team_for_private_fostering() {
    let name = "private_fostering";
    let fostered = child(&[("special_groups", groups(&[name]))]);

    assert_eq!(referred(&fostered, &[]), leads(name, "named"));
    assert_eq!(way(name).undecided, RouteUndecided::Pass);
    let contact = PACK.front_door.kind(name).unwrap();
    assert_eq!(contact.to.as_ref().unwrap().to_string(), "front_door");
    let asks = &PACK.front_door.decision_asks;
    let team = asks.iter().find(|ask| ask.ask == Asked::Team).unwrap();
    for (kind, is_meant) in [(name, true), ("concern", false)] {
        let known = [("contact.kind", code(kind))];
        assert_eq!(holds(team.when.as_ref(), &known), is_meant, "{kind}");
    }
    assert_eq!(
        PACK.settings.text("private_fostering.route"),
        Some("named_by_whoever_decides")
    );
    let guidance = guide("private_fostering_duties");
    assert_eq!(guidance.reference.as_deref(), Some("Appendix D"));
    for (kind, is_meant) in [(name, true), ("concern", false)] {
        let known = [("contact.kind", code(kind))];
        assert_eq!(holds(guidance.when.as_ref(), &known), is_meant, "{kind}");
    }
}

fn guide(name: &str) -> &'static baton_protocol::front_door::Guidance {
    let mut all = PACK.front_door.guidance.iter();
    all.find(|guidance| guidance.guidance == name).unwrap()
}

#[test]
fn s_015_s_016_s_017_assessments_go_north_or_south_and_the_service_manager_may_choose_the_other() {
    for area in ["north", "south"] {
        let lives = child(&[("area", code(area))]);
        assert_eq!(
            referred(&lives, &[]),
            leads(
                "assessment_team_of_the_area",
                &format!("assessment in {area}")
            )
        );
    }
    let name = "either_assessment_team";
    assert!(options(&child(&[])).contains(&leads(name, "assessment")));
    let decider = way(name).decided_by.as_ref().unwrap();
    assert_eq!(
        (decider.by.as_str(), decider.of),
        ("service_manager", Some(kind("front_door")))
    );
    assert!(decider.reason && decider.period);
}
