//! Where a contact or a referral goes, on both sides of each bound, and what comes with it.

use baton_ids::TeamId;
use baton_protocol::front_door::{Incoming, ReferralRoute, Relative, Routed};

use super::reading::*;
use super::*;

type Known = Vec<(&'static str, Value)>;

/// The day on which it is received.
const RECEIVED_ON: Date = date(2026, 4, 1);

fn incoming<'a>(facts: &'a Facts, team: &'a TeamId, siblings: &'a [Relative]) -> Incoming<'a> {
    Incoming {
        facts,
        team: Some(team),
        siblings,
        on: RECEIVED_ON,
        source: "police",
        calendar: &CALENDAR,
    }
}

fn name_of(routed: &Routed<'_>) -> String {
    match routed {
        Routed::To { route, .. } => route.route.clone(),
        Routed::Undecided { missing, .. } => format!("asks {}", rules_of(missing)),
        Routed::None => "none".to_owned(),
    }
}

fn rules_of<T: ToString>(missing: impl IntoIterator<Item = T>) -> String {
    let missing: Vec<String> = missing.into_iter().map(|key| key.to_string()).collect();
    missing.join(", ")
}

/// Where a contact goes about a child who is or is not open to a team.
fn contact(known: &Known, siblings: &[Relative], open: bool) -> String {
    let (facts, team) = (facts(known), TeamId::new("team").unwrap());
    name_of(&PACK.route_contact(incoming(&facts, &team, siblings), open))
}

/// Where a referral goes that is to be assessed.
fn referral(known: &Known, siblings: &[Relative]) -> String {
    let (facts, team) = (facts(known), TeamId::new("team").unwrap());
    name_of(&PACK.route_referral(incoming(&facts, &team, siblings), "assess", true))
}

fn sibling(known: &Known) -> Relative {
    Relative {
        facts: facts(known),
        team: Some(TeamId::new("siblings").unwrap()),
        ..Relative::default()
    }
}

fn open_with(kind: &'static str) -> (&'static str, Value) {
    is("case_open_with", kind)
}

fn route_named(name: &str) -> &'static ReferralRoute {
    let doors = &PACK.front_door;
    let mut all = doors.contact_routes.iter().chain(&doors.referral_routes);
    all.find(|route| route.route == name).unwrap()
}

/// What comes with a way: whom it goes to, what is owed, who is told.
fn says(name: &str) -> Vec<String> {
    let route = route_named(name);
    let mut lines = vec![format!("to {}", String::from(route.to.clone()))];
    for (word, is_said) in [
        ("a contact too", route.contact_too),
        ("even open", route.even_open),
        ("the sibling's worker", route.siblings_worker),
    ] {
        lines.extend(is_said.then(|| word.to_owned()));
    }
    if !route.asks_for.is_empty() {
        lines.push(format!("asks for {}", rules_of(&route.asks_for)));
    }
    let team =
        |of: &Option<baton_protocol::TeamKind>| of.map_or(String::new(), |of| format!(" of {of}"));
    lines.extend(route.duties.iter().map(|duty| {
        let before = if duty.before_decision {
            " before the decision"
        } else {
            ""
        };
        format!(
            "{} sees to {}{}{before}",
            duty.by,
            duty.met_by,
            team(&duty.of)
        )
    }));
    lines.extend(route.tells.iter().map(|notice| {
        format!(
            "{} to {}{} by {}",
            notice.notice,
            notice.to,
            team(&notice.of),
            notice.by
        )
    }));
    lines
}

#[test]
fn m_052_who_is_open_to_the_older_team_stays_with_it_whoever_has_the_sibling() {
    let in_care = |kind| sibling(&vec![flag("looked_after", true), open_with(kind)]);
    let at_home = sibling(&vec![
        flag("looked_after", false),
        open_with("looked_after_older"),
    ]);
    let open = |kind, sibling: &Relative| {
        contact(&vec![open_with(kind)], std::slice::from_ref(sibling), true)
    };

    let older = in_care("looked_after_older");
    assert_eq!(open("looked_after_older", &older), "kept_by_14_plus");
    assert_eq!(open("assessment", &older), "none");
    assert_eq!(open("looked_after_older", &in_care("assessment")), "none");
    assert_eq!(open("looked_after_older", &at_home), "none");
    assert_eq!(says("kept_by_14_plus"), ["to open_team", "even open"]);
}

#[test]
fn m_059_m_011_k_48_up_to_level_three_sendis_logs_itself_and_above_or_unknown_mash_does() {
    let at = |level: &str| {
        vec![
            open_with("disability"),
            is("disability_service_level", level),
        ]
    };

    for level in ["1", "2_lower", "2_upper", "3"] {
        assert_eq!(
            contact(&at(level), &[], true),
            "open_to_disability_service",
            "{level}"
        );
        assert_eq!(referral(&at(level), &[]), "open_to_disability_service");
        let family = [sibling(&at(level))];
        assert_eq!(
            contact(&vec![], &family, false),
            "family_open_to_disability_service",
            "{level}"
        );
    }
    assert_eq!(contact(&at("4"), &[], true), "screening_above_level_3");
    assert_eq!(
        contact(&vec![open_with("disability")], &[], true),
        "screening_above_level_3"
    );
    assert_eq!(contact(&vec![open_with("assessment")], &[], true), "none");
    assert_eq!(contact(&vec![], &[sibling(&at("4"))], false), "screening");
    let elsewhere = vec![
        open_with("assessment"),
        is("disability_service_level", "2_upper"),
    ];
    assert_eq!(contact(&elsewhere, &[], true), "none");
    assert_eq!(contact(&vec![], &[sibling(&elsewhere)], false), "screening");

    let copied = "referral_logged_elsewhere to team_manager of front_door by task";
    assert_eq!(
        says("open_to_disability_service"),
        ["to open_team", "a contact too", "even open", copied]
    );
    assert_eq!(
        says("family_open_to_disability_service"),
        ["to siblings_team", "a contact too", copied]
    );
    assert_eq!(
        says("screening_above_level_3"),
        ["to front_door", "even open"]
    );
}

#[test]
fn m_012_m_165_m_166_m_167_a_relinquished_baby_has_law_adoption_and_advice_from_the_first_hour() {
    assert_eq!(
        contact(&vec![group("relinquished")], &[], false),
        "screening_of_a_relinquished_baby"
    );
    assert_eq!(contact(&vec![group("disabled")], &[], false), "screening");
    assert_eq!(
        says("screening_of_a_relinquished_baby"),
        [
            "to front_door",
            "social_worker sees to legal_consulted_on before the decision",
            "team_manager sees to adoption_worker_arranged_on of adoption",
            "social_worker sees to relinquishment_interview_held_on"
        ]
    );
}

#[test]
fn m_011_m_012_m_019_m_023_everything_else_is_first_for_mash() {
    assert_eq!(contact(&vec![], &[], false), "screening");
    assert_eq!(says("screening"), ["to front_door"]);
}

#[test]
fn m_060_m_045_m_047_m_048_x_10_three_calendar_months_back_the_anniversary_included() {
    let closed = |by: &'static str, day| {
        vec![
            is("case_closed_by_kind", by),
            is("case_closed_by", "team"),
            on("case_closed_on", day),
        ]
    };
    let (inside, outside) = (date(2026, 1, 1), date(2025, 12, 31));

    for (by, own, familys) in [
        (
            "disability",
            "closed_to_disability_service",
            "family_closed_to_disability_service",
        ),
        ("assessment", "re_referral", "re_referral_of_a_sibling"),
    ] {
        let family = |day| [sibling(&closed(by, day))];
        assert_eq!(contact(&closed(by, inside), &[], false), own);
        assert_eq!(contact(&closed(by, outside), &[], false), "screening");
        assert_eq!(contact(&vec![], &family(inside), false), familys);
        assert_eq!(contact(&vec![], &family(outside), false), "screening");
    }
    let apart = Relative {
        separate_household: Some(true),
        ..sibling(&closed("assessment", inside))
    };
    assert_eq!(contact(&vec![], &[apart], false), "screening");
}

#[test]
fn m_045_m_046_m_047_m_048_m_049_m_060_the_closing_teams_manager_is_told_and_settles_who_goes_on() {
    let rest = [
        "team_manager sees to longer_term_owner_agreed_on",
        "referral_came_back to team_manager by task",
    ];
    for (name, to) in [
        ("re_referral", "to closing_team"),
        ("re_referral_of_a_sibling", "to siblings_closing_team"),
    ] {
        let says = says(name);
        assert_eq!(says[..2], [to, "a contact too"], "{name}");
        assert_eq!(says[2..], rest, "{name}");
    }
    assert_eq!(
        says("closed_to_disability_service"),
        ["to closing_team", "a contact too"]
    );
    assert_eq!(
        says("family_closed_to_disability_service"),
        ["to siblings_closing_team", "a contact too"]
    );
}

#[test]
fn m_065_x_11_unaccompanied_minors_by_age_and_by_the_claimed_one_in_a_dispute() {
    let alone = |born| {
        vec![
            group("unaccompanied_asylum_seeking"),
            on("date_of_birth", born),
        ]
    };

    for (born, route) in [
        (date(2012, 4, 2), "unaccompanied_under_14"),
        (date(2012, 4, 1), "unaccompanied_14_to_17"),
        (date(2008, 4, 2), "unaccompanied_14_to_17"),
        (date(2008, 4, 1), "first_response"),
    ] {
        assert_eq!(referral(&alone(born), &[]), route, "{born}");
    }
    let nobody_knows = vec![group("unaccompanied_asylum_seeking")];
    assert_eq!(referral(&nobody_knows, &[]), "asks date_of_birth");
    let mut disputed = alone(date(2006, 4, 1));
    disputed.push(flag("age_disputed", true));
    assert_eq!(referral(&disputed, &[]), "asks claimed_date_of_birth");
    disputed.push(on("claimed_date_of_birth", date(2009, 4, 1)));
    assert_eq!(referral(&disputed, &[]), "unaccompanied_14_to_17");
    let other = vec![
        group("private_fostering"),
        on("date_of_birth", date(2009, 4, 1)),
    ];
    assert_eq!(referral(&other, &[]), "first_response");
    let young = vec![
        group("private_fostering"),
        on("date_of_birth", date(2019, 4, 1)),
    ];
    assert_eq!(referral(&young, &[]), "first_response");
    assert_eq!(
        says("unaccompanied_under_14"),
        ["to family_support_and_protection"]
    );
}

#[test]
fn m_066_x_11_the_older_team_assesses_who_is_homeless_at_sixteen_or_seventeen() {
    let homeless = |yes, born| vec![flag("presents_homeless", yes), on("date_of_birth", born)];

    for (born, route) in [
        (date(2010, 4, 2), "first_response"),
        (date(2010, 4, 1), "homeless_16_or_17"),
        (date(2008, 4, 2), "homeless_16_or_17"),
        (date(2008, 4, 1), "first_response"),
    ] {
        assert_eq!(referral(&homeless(true, born), &[]), route, "{born}");
        assert_eq!(referral(&homeless(false, born), &[]), "first_response");
    }
    let mut disputed = vec![flag("presents_homeless", true), flag("age_disputed", true)];
    assert_eq!(referral(&disputed, &[]), "asks claimed_date_of_birth");
    disputed[1] = flag("age_disputed", false);
    assert_eq!(referral(&disputed, &[]), "asks date_of_birth");
}

#[test]
fn m_065_m_066_m_067_x_11_the_older_team_assesses_accommodates_and_sets_up_allowances() {
    for name in ["unaccompanied_14_to_17", "homeless_16_or_17"] {
        assert_eq!(
            says(name),
            [
                "to looked_after_older",
                "asks for date_of_birth, claimed_date_of_birth",
                "team_manager sees to assessment_completed_on",
                "team_manager sees to accommodation_arranged_on",
                "team_manager sees to allowances_set_up_on"
            ],
            "{name}"
        );
    }
}

#[test]
fn m_050_m_051_x_11_a_sibling_of_a_looked_after_child_goes_by_team_and_age() {
    let child = |born| vec![on("date_of_birth", born)];
    let in_care = |yes, kind| [sibling(&vec![flag("looked_after", yes), open_with(kind)])];
    let (thirteen, fourteen) = (date(2012, 4, 2), date(2012, 4, 1));

    for kind in ["family_support_and_protection", "targeted_family"] {
        assert_eq!(
            referral(&child(thirteen), &in_care(true, kind)),
            "sibling_of_looked_after_child"
        );
        assert_eq!(
            referral(&child(thirteen), &in_care(false, kind)),
            "family_is_open"
        );
    }
    assert_eq!(
        referral(&child(thirteen), &in_care(true, "assessment")),
        "family_is_open"
    );
    let older = |born, yes| referral(&child(born), &in_care(yes, "looked_after_older"));
    assert_eq!(older(thirteen, true), "sibling_of_14_plus_child_under_14");
    assert_eq!(older(fourteen, true), "sibling_of_14_plus_child_from_14");
    for born in [thirteen, fourteen] {
        assert_eq!(older(born, false), "family_is_open");
    }
    assert_eq!(
        referral(&vec![], &in_care(true, "looked_after_older")),
        "asks date_of_birth"
    );
    let with_the_worker = ["to siblings_team", "the sibling's worker"];
    assert_eq!(says("sibling_of_looked_after_child"), with_the_worker);
    assert_eq!(says("sibling_of_14_plus_child_from_14"), with_the_worker);
    assert_eq!(
        says("sibling_of_14_plus_child_under_14"),
        ["to named_team", "asks for date_of_birth"]
    );
}

/// Also where a stronger way has taken the others already: whoever asks why a way was not taken reads its bound.
#[test]
fn m_051_m_065_x_11_every_way_names_the_age_that_it_is_for() {
    for (name, age) in [
        ("unaccompanied_14_to_17", "aged 14 to under 18"),
        ("unaccompanied_under_14", "under 14"),
        ("sibling_of_14_plus_child_under_14", "under 14"),
        ("sibling_of_14_plus_child_from_14", "aged 14 or over"),
    ] {
        let asks = route_named(name).asks();
        assert!(asks.split("; ").any(|part| part == age), "{asks}");
    }
}

#[test]
fn m_061_m_062_m_063_m_064_mash_decides_what_is_mainly_the_matter() {
    let mainly = |issue: &'static str| vec![group("disabled"), is("predominant_issue", issue)];
    assert_eq!(
        referral(&mainly("disability"), &[]),
        "predominantly_disability"
    );
    assert_eq!(
        referral(&mainly("other"), &[]),
        "disabled_child_of_another_team"
    );
    assert_eq!(
        referral(&vec![group("disabled")], &[]),
        "asks predominant_issue"
    );
    let not_disabled = vec![group("young_carer"), is("predominant_issue", "disability")];
    assert_eq!(referral(&not_disabled, &[]), "first_response");

    let beside = |issue: &'static str| vec![is("predominant_issue", issue)];
    let disabled = [sibling(&vec![group("disabled")])];
    let other = [sibling(&vec![group("young_carer")])];
    assert_eq!(
        referral(&beside("siblings_disability"), &disabled),
        "effect_of_siblings_disability"
    );
    assert_eq!(referral(&beside("other"), &disabled), "first_response");
    assert_eq!(
        referral(&beside("siblings_disability"), &other),
        "first_response"
    );
    assert_eq!(referral(&vec![], &disabled), "asks predominant_issue");

    let by_the_protocol =
        "team_manager sees to interface_protocol_consulted_on of front_door before the decision";
    assert_eq!(
        says("effect_of_siblings_disability"),
        ["to disability", "asks for predominant_issue"]
    );
    assert_eq!(
        says("predominantly_disability"),
        [
            "to disability",
            "asks for predominant_issue",
            by_the_protocol
        ]
    );
    assert_eq!(
        says("disabled_child_of_another_team"),
        [
            "to assessment",
            by_the_protocol,
            "assessment_of_disabled_child to team_manager of disability by task"
        ]
    );
}

#[test]
fn m_077_mash_names_the_team_for_an_unknown_child_who_needs_accommodation() {
    let needed = |needed, known| {
        vec![
            flag("accommodation_needed", needed),
            flag("previously_known", known),
        ]
    };

    assert_eq!(
        referral(&needed(true, false), &[]),
        "accommodation_of_unknown_child"
    );
    assert_eq!(referral(&needed(true, true), &[]), "first_response");
    assert_eq!(referral(&needed(false, false), &[]), "first_response");
    let nobody_knows = vec![flag("accommodation_needed", true)];
    assert_eq!(referral(&nobody_knows, &[]), "asks previously_known");
    assert_eq!(
        says("accommodation_of_unknown_child"),
        ["to named_team", "asks for previously_known"]
    );
}

#[test]
fn m_014_what_is_outside_the_priorities_is_negotiated() {
    for request in [
        "section_7_report",
        "educational_needs_information",
        "cafcass_information",
    ] {
        assert_eq!(
            referral(&vec![is("request_kind", request)], &[]),
            "negotiated",
            "{request}"
        );
    }
    let ordered = vec![is("request_kind", "section_37_report")];
    assert_eq!(referral(&ordered, &[]), "first_response");
    assert_eq!(says("negotiated"), ["to named_team"]);
}

#[test]
fn m_006_m_034_m_036_m_053_the_familys_team_or_else_first_response() {
    let open = |value| [sibling(&vec![("case_open_with", value)])];

    assert_eq!(
        referral(&vec![], &open(code("assessment"))),
        "family_is_open"
    );
    assert_eq!(referral(&vec![], &open(Value::None)), "first_response");
    assert_eq!(says("family_is_open"), ["to siblings_team"]);
    assert_eq!(says("first_response"), ["to assessment"]);
}
