//! Which team the five authorities' own files choose.

use std::sync::Arc;

use baton_ids::{AuthorityId, ChildId};
use baton_protocol::Value;
use baton_protocol::front_door::WeighedWay;
use baton_protocol::transfer::Weight;
use baton_protocol_files::Library;

use super::*;
use crate::domain::context::{Actor, Cause, FamilyCase, PrincipalKind};
use crate::domain::fact::Known;
use crate::domain::family::{Child, Family};

/// Maundy Thursday 2026, in the afternoon.
const RECEIVED: &str = "2026-04-02T15:00:00Z";

fn pack(authority: &str) -> Arc<Pack> {
    let library = Library::embedded().unwrap();
    let day = Date::constant(2026, 4, 2);
    library
        .pack_for(&AuthorityId::new(authority).unwrap(), day)
        .unwrap()
}

fn ctx(authority: &str, teams: &[(&str, &str, Option<&str>)]) -> Context {
    let team = |(id, kind, area): &(&str, &str, Option<&str>)| Team {
        id: id.parse().unwrap(),
        kind: (*kind).to_owned(),
        area: area.map(str::to_owned),
    };
    Context {
        authority: AuthorityId::new(authority).unwrap(),
        pack: "pack".into(),
        received_at: RECEIVED.parse().unwrap(),
        actor: Actor {
            principal: "kite".into(),
            kind: PrincipalKind::RecordSystem,
            posts: Vec::new(),
            on_behalf_of: String::new(),
        },
        cause: Cause {
            id: "cause".into(),
            kind: "report".into(),
        },
        responsible: None,
        teams: teams.iter().map(team).collect(),
        resting_teams: Vec::new(),
        family_cases: Vec::new(),
    }
}

fn child(facts: &[(&str, Value)]) -> Child {
    let known = |value: &Value| Known {
        value: value.clone(),
        effective_at: RECEIVED.parse().unwrap(),
        recorded_at: RECEIVED.parse().unwrap(),
        source: "kite".into(),
    };
    Child {
        facts: facts
            .iter()
            .map(|(key, value)| (key.parse().unwrap(), known(value)))
            .collect(),
        ..Child::unknown(ChildId::new())
    }
}

fn family(child: Child) -> Family {
    Family::of_one(AuthorityId::new("any").unwrap(), child)
}

fn known(family: &Family, received_at: &str, ctx: &Context) -> Circumstances {
    let calendar = Calendar::embedded().unwrap();
    Circumstances::of(
        family,
        family.children[0].id,
        "school",
        received_at.parse().unwrap(),
        ctx,
        &calendar,
    )
}

fn contact(authority: &str, family: &Family, received_at: &str, ctx: &Context) -> Way {
    let calendar = Calendar::embedded().unwrap();
    let (known, pack) = (known(family, received_at, ctx), pack(authority));
    let way = way_of_contact(&pack, &known, ctx, &calendar).unwrap();
    let basis = known.basis(way.chosen.clone(), family, family.children[0].id, &pack);
    let known_then = Circumstances::of_basis(&basis, "school", known.on);
    let open = basis.team.is_some();
    let weighed = pack.weigh_contact(known_then.incoming(&calendar), open);
    assert_same_way(&way, &weighed);
    way
}

fn referral(
    authority: &str,
    family: &Family,
    received_at: &str,
    ctx: &Context,
) -> Result<Way, Refusal> {
    let calendar = Calendar::embedded().unwrap();
    let known = known(family, received_at, ctx);
    let pack = pack(authority);
    let outcome = pack.front_door.outcome("assess").unwrap();
    let holding = "door".parse().unwrap();
    let way =
        way_of_decision(&pack, &known, &holding, outcome, None, ctx, &calendar).map(Option::unwrap);
    let chosen = way
        .as_ref()
        .map_or(Chosen::Fallback, |way| way.chosen.clone());
    let basis = known.basis(chosen, family, family.children[0].id, &pack);
    let known_then = Circumstances::of_basis(&basis, "school", known.on);
    let weighed = pack.weigh_referral(known_then.incoming(&calendar), "assess", outcome.refers);
    match &way {
        Ok(way) => assert_same_way(way, &weighed),
        Err(Refusal::FactUnknown { keys, .. }) => {
            let waits = weighed.iter().find_map(|weighed| match &weighed.weight {
                Weight::Undecided { missing } => Some(texts(missing)),
                _ => None,
            });
            assert_eq!(waits.as_ref(), Some(keys));
        }
        Err(_) => {}
    }
    way
}

/// What is kept of the facts leads the same way again, and to no other.
fn assert_same_way(way: &Way, weighed: &[WeighedWay<'_>]) {
    let won = weighed
        .iter()
        .filter(|weighed| weighed.weight == Weight::Won);
    let won: Vec<Chosen> = won
        .map(|weighed| Chosen::Route(weighed.route.route.clone()))
        .collect();
    match &way.chosen {
        chosen @ Chosen::Route(_) => assert_eq!(won, std::slice::from_ref(chosen)),
        _ => assert!(won.is_empty(), "{won:?}"),
    }
}

#[test]
fn s_001_compass_takes_every_contact_and_the_areas_assessment_team_the_referral() {
    let ctx = ctx(
        "shropshire",
        &[
            ("compass", "front_door", None),
            ("at-north", "assessment", Some("north")),
            ("at-south", "assessment", Some("south")),
        ],
    );
    let south = family(child(&[("area", Value::Code("south".into()))]));
    let unknown = family(child(&[]));

    let contact = contact("shropshire", &unknown, RECEIVED, &ctx);
    let referral_of_south = referral("shropshire", &south, RECEIVED, &ctx).unwrap();
    let undecided = referral("shropshire", &unknown, RECEIVED, &ctx);

    assert_eq!(
        (contact.team.as_str(), contact.rules),
        ("compass", vec!["S-001".to_owned()])
    );
    assert_eq!(referral_of_south.team.as_str(), "at-south");
    assert!(referral_of_south.facts.contains(&"area".to_owned()));
    assert!(matches!(undecided, Err(Refusal::FactUnknown { keys, .. }) if keys == ["area"]));
}

#[test]
fn w_004_wirral_launches_to_first_response() {
    let ctx = ctx(
        "wirral",
        &[
            ("frt", "assessment", None),
            ("north", "family_support_and_protection", Some("north")),
        ],
    );

    let way = contact("wirral", &family(child(&[])), RECEIVED, &ctx);

    assert_eq!(
        (way.team.as_str(), way.rules),
        ("frt", vec!["W-004".to_owned()])
    );
}

fn closed(child: ChildId, team: &str, at: &str) -> FamilyCase {
    FamilyCase {
        child,
        team: team.parse().unwrap(),
        worker: None,
        ended_at: Some(at.parse().unwrap()),
    }
}

const LANCASHIRE: &[(&str, &str, Option<&str>)] = &[
    ("as", "assessment", None),
    ("cpc", "family_support_and_protection", None),
    ("cioc", "looked_after", None),
];

#[test]
fn l_042_x_10_the_ledger_says_who_closed_the_case_and_the_anniversary_counts() {
    let family = family(child(&[]));
    let mut ctx = ctx("lancashire", LANCASHIRE);
    // 23:30 in London is half past ten at night by the ledger's clock, still on the 30th.
    ctx.family_cases = vec![closed(
        family.children[0].id,
        "cioc",
        "2026-04-30T22:30:00Z",
    )];
    let team = |received_at: &str| {
        contact("lancashire", &family, received_at, &ctx)
            .team
            .to_string()
    };

    assert_eq!(team("2026-07-30T22:59:59Z"), "cioc", "30 July in London");
    assert_eq!(team("2026-07-30T23:00:00Z"), "as", "31 July in London");
    assert_eq!(team("2026-04-29T12:00:00Z"), "as", "before it was closed");
}

#[test]
fn l_042_a_leap_year_and_a_short_month_end_the_window_on_their_last_day() {
    let family = family(child(&[]));
    let mut ctx = ctx("lancashire", LANCASHIRE);
    ctx.family_cases = vec![closed(family.children[0].id, "cpc", "2027-11-30T12:00:00Z")];
    let team = |received_at: &str| {
        contact("lancashire", &family, received_at, &ctx)
            .team
            .to_string()
    };

    assert_eq!(team("2028-02-29T12:00:00Z"), "cpc");
    assert_eq!(team("2028-03-01T00:00:00Z"), "as");
}

#[test]
fn l_042_of_the_ledgers_closing_and_a_reported_one_the_later_counts() {
    let reported = [
        ("case_closed_on", Value::Date(Date::constant(2026, 6, 1))),
        ("case_closed_by", Value::Code("cpc".into())),
    ];
    let family = family(child(&reported));
    let mut ctx = ctx("lancashire", LANCASHIRE);
    let id = family.children[0].id;

    ctx.family_cases = vec![closed(id, "cioc", "2026-05-01T12:00:00Z")];
    let by_report = contact("lancashire", &family, "2026-06-10T12:00:00Z", &ctx);
    ctx.family_cases
        .push(closed(id, "cioc", "2026-06-02T12:00:00Z"));
    let by_ledger = contact("lancashire", &family, "2026-06-10T12:00:00Z", &ctx);

    assert_eq!(by_report.team.as_str(), "cpc");
    assert_eq!(by_ledger.team.as_str(), "cioc");
}

#[test]
fn l_042_while_nobody_knows_of_a_closing_the_referral_is_a_new_one_and_says_so() {
    let ctx = ctx("lancashire", LANCASHIRE);

    let way = contact("lancashire", &family(child(&[])), RECEIVED, &ctx);

    assert_eq!(way.team.as_str(), "as");
    assert_eq!(way.unknown, ["case_closed_on"]);
}

#[test]
fn m_048_a_household_that_nobody_knows_is_no_separate_one() {
    let (kit, jo) = (child(&[]), child(&[]));
    let mut family = family(jo);
    family.children.push(kit);
    let mut ctx = ctx(
        "merton",
        &[
            ("mash", "front_door", None),
            ("csw", "family_support_and_protection", None),
        ],
    );
    ctx.family_cases = vec![closed(family.children[1].id, "csw", "2026-03-02T12:00:00Z")];
    let team = |family: &Family| contact("merton", family, RECEIVED, &ctx).team.to_string();

    assert_eq!(team(&family), "csw");
    family.children[0].household = Some("h1".into());
    assert_eq!(team(&family), "csw", "one of the two is unknown");
    family.children[1].household = Some("h2".into());
    assert_eq!(team(&family), "mash");
}

#[test]
fn c_015_a_turn_lasts_from_monday_to_sunday_and_comes_round_also_over_the_new_year() {
    let ctx = ctx(
        "camden",
        &[
            ("fit-c", "family_support_and_protection", None),
            ("fit-a", "family_support_and_protection", None),
            ("fit-b", "family_support_and_protection", None),
        ],
    );
    let turn = |received_at: &str| {
        referral("camden", &family(child(&[])), received_at, &ctx)
            .unwrap()
            .team
            .to_string()
    };

    assert_eq!(turn("2026-01-05T00:00:00Z"), "fit-a");
    assert_eq!(turn("2026-01-11T23:59:59Z"), "fit-a");
    assert_eq!(turn("2026-01-12T00:00:00Z"), "fit-b");
    assert_eq!(turn("2026-01-19T12:00:00Z"), "fit-c");
    assert_eq!(turn("2026-12-27T12:00:00Z"), "fit-c", "the 51st week");
    assert_eq!(turn("2026-12-28T12:00:00Z"), "fit-a");
    // On the Sunday on which the clocks go forward the turn ends an hour early by the clock of the ledger.
    assert_eq!(turn("2026-03-29T22:59:59Z"), "fit-c");
    assert_eq!(turn("2026-03-29T23:00:00Z"), "fit-a");
    // Before the first turn the round goes on backwards.
    assert_eq!(turn("2026-01-04T12:00:00Z"), "fit-c");
}
