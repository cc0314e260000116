//! Why a contact went where it did, and what would become of one.

use baton_contracts::frontdoor::v1 as wire;
use baton_contracts::frontdoor::v1::front_door_explain_service_client::FrontDoorExplainServiceClient;
use baton_contracts::type_v1::{CodeList, Reasons, Weight, fact_value};
use baton_rpc::Conn;
use baton_testkit::each_database;
use tonic::{Code, Status};

use super::contacts::{decide, deciding, launch, launched, launching};
use super::{Desk, code, fact, instant, reason};

fn explaining(desk: &Desk) -> FrontDoorExplainServiceClient<Conn> {
    FrontDoorExplainServiceClient::new(desk.conn.clone())
}

async fn explain(desk: &Desk, contact: &wire::Contact) -> wire::ExplainContactResponse {
    let request = wire::ExplainContactRequest {
        contact_id: contact.contact_id.clone(),
    };
    let mut client = explaining(desk);
    let answer = client.explain_contact(desk.by_system(request)).await;
    answer.unwrap().into_inner()
}

async fn what_if(
    desk: &Desk,
    request: wire::WhatIfContactRequest,
) -> Result<wire::WhatIfContactResponse, Status> {
    let mut client = explaining(desk);
    let answer = client.what_if_contact(desk.by_system(request)).await?;
    Ok(answer.into_inner())
}

fn supposing(child: &wire::Child, outcome: &str) -> wire::WhatIfContactRequest {
    wire::WhatIfContactRequest {
        child_id: child.child_id.clone(),
        source_kind: "school".into(),
        form: "written".into(),
        outcome: outcome.into(),
        ..Default::default()
    }
}

fn weight(reasons: &Reasons, name: &str) -> Weight {
    let weighed = reasons.weighed.iter().find(|weighed| weighed.name == name);
    weighed.unwrap_or_else(|| panic!("{reasons:?}")).weight()
}

fn reasons(way: Option<wire::WayReasons>) -> Reasons {
    way.unwrap().reasons.unwrap()
}

#[tokio::test]
async fn w_004_a_contact_says_on_what_its_way_was_chosen_whatever_became_known_since() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let contact = launched(&desk).await;
        let child = wire::Child {
            child_id: contact.child_id.clone(),
            ..Default::default()
        };
        let south = vec![code("district", "south")];
        desk.report(&child, south, "2026-03-02T09:00:00Z")
            .await
            .unwrap();

        let launched = reasons(explain(&desk, &contact).await.launched);

        assert_eq!(launched.decision, "frt-north");
        assert_eq!(weight(&launched, "by district"), Weight::Won);
        assert_eq!(weight(&launched, "front_door"), Weight::Outranked);
        assert_eq!(weight(&launched, "open_case"), Weight::DoesNotHold);
        let [district] = launched.facts.as_slice() else {
            panic!("{launched:?}");
        };
        assert_eq!(district.value, code("district", "north").value);
        assert_eq!(district.source, "kite");
        assert_eq!(district.effective_at, Some(instant("2026-03-01T10:00:00Z")));
        // W-009: 24 hours have no days to count, and are told with the day they were counted from.
        let due = launched
            .dates
            .iter()
            .find(|date| date.due.as_ref().is_some_and(|due| due.rules == ["W-009"]));
        assert_eq!(due.unwrap().from, "2026-03-02");
    })
    .await;
}

#[tokio::test]
async fn a_decision_says_which_ways_were_weighed_and_what_was_passed_over() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let contact = launched(&desk).await;
        assert_eq!(explain(&desk, &contact).await.decided, None);
        decide(&desk, deciding(&contact, "assess")).await.unwrap();

        let decided = reasons(explain(&desk, &contact).await.decided);

        assert_eq!(decided.decision, "frt-north");
        assert_eq!(weight(&decided, "assessment"), Weight::Won);
        assert_eq!(weight(&decided, "disabled children"), Weight::PassedOver);
        let unknown = &decided
            .weighed
            .iter()
            .find(|way| way.name == "disabled children");
        assert_eq!(unknown.unwrap().unknown_facts, ["special_groups"]);
        assert!(unknown.unwrap().condition.contains("disabled"));
    })
    .await;
}

#[tokio::test]
async fn what_would_be_of_a_contact_is_answered_and_nothing_is_written() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let child = desk.child("c-1").await;
        let before = desk.events().await.len();

        let disabled = CodeList {
            codes: vec!["disabled".into()],
        };
        let disabled = fact_value::Value::Codes(disabled);
        let mut request = supposing(&child, "assess");
        request.facts = vec![code("district", "north"), fact("special_groups", disabled)];
        let answer = what_if(&desk, request).await.unwrap();

        let contact = answer.contact.unwrap();
        assert_eq!(
            (contact.contact_id.as_str(), contact.team_id.as_str()),
            ("", "frt-north")
        );
        let launched = reasons(answer.launched);
        assert_eq!(launched.facts[0].source, "supposed");
        let decided = reasons(answer.decided);
        assert_eq!(weight(&decided, "disabled children"), Weight::Won);
        assert_eq!(weight(&decided, "assessment"), Weight::Outranked);
        assert_eq!(desk.events().await.len(), before);
    })
    .await;
}

#[tokio::test]
async fn what_would_be_without_a_fact_names_the_fact() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let child = desk.child("c-1").await;

        let request = supposing(&child, "assess");
        let answer = what_if(&desk, request).await.unwrap();

        let (launched, decided) = (reasons(answer.launched), reasons(answer.decided));
        assert_eq!(launched.decision, "door");
        assert_eq!(weight(&launched, "front_door"), Weight::Won);
        assert_eq!(decided.decision, "undecided");
        assert_eq!(weight(&decided, "assessment"), Weight::Undecided);
        assert_eq!(decided.unknown_facts, ["district"]);
    })
    .await;
}

#[tokio::test]
async fn a_way_to_a_team_that_the_authority_does_not_have_is_told_as_such() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let child = desk.child("c-1").await;

        let mut request = supposing(&child, "assess");
        request.facts = vec![
            code("district", "nowhere"),
            fact("special_groups", fact_value::Value::None(true)),
        ];
        let answer = what_if(&desk, request).await.unwrap();

        let (launched, decided) = (reasons(answer.launched), reasons(answer.decided));
        assert_eq!(weight(&launched, "by district"), Weight::NoTeam);
        assert_eq!(weight(&launched, "front_door"), Weight::Won);
        assert_eq!(weight(&decided, "assessment"), Weight::NoTeam);
        assert_eq!(weight(&decided, "disabled children"), Weight::DoesNotHold);
        assert_eq!(decided.decision, "undecided");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_supposed_is_refused() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let child = desk.child("c-1").await;
        let ask = async |request| what_if(&desk, request).await.unwrap_err();

        let mut request = supposing(&child, "assess");
        request.facts = vec![code("favourite_colour", "red")];
        assert_eq!(reason(&ask(request).await), "INVALID_FIELDS");

        let refused = ask(supposing(&child, "forgotten")).await;
        assert_eq!(refused.code(), Code::InvalidArgument);

        let mut request = supposing(&child, "assess");
        request.received_at = Some(instant("2026-03-02T09:30:01Z"));
        assert_eq!(reason(&ask(request).await), "EFFECTIVE_IN_FUTURE");

        let mut request = supposing(&child, "assess");
        request.child_id = baton_ids::ChildId::new().to_string();
        assert_eq!(ask(request).await.code(), Code::NotFound);
    })
    .await;
}

#[tokio::test]
async fn m_050_what_was_known_of_siblings_is_told_with_the_reasons() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let (kit, jo) = (desk.child("c-1").await, desk.child("c-2").await);
        let request = wire::LinkFamilyRequest {
            request_id: super::request_id(),
            child_id: kit.child_id.clone(),
            with_child_ids: vec![jo.child_id.clone()],
            households: [
                (kit.child_id.clone(), "h1".to_owned()),
                (jo.child_id.clone(), "h2".to_owned()),
            ]
            .into(),
        };
        desk.front_door()
            .link_family(desk.by_system(request))
            .await
            .unwrap();
        let contact = launch(&desk, launching(&kit)).await;

        let siblings = explain(&desk, &contact).await.launched.unwrap().siblings;

        assert_eq!(siblings.len(), 1);
        assert_eq!(siblings[0].child_id, jo.child_id);
        assert_eq!(siblings[0].household(), wire::HouseholdRelation::Separate);
    })
    .await;
}

#[tokio::test]
async fn w_024_x_11_a_decision_says_which_letters_hang_on_what_and_what_was_known_then() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let contact = launched(&desk).await;
        let mut request = deciding(&contact, "no_concerns");
        request.rationale = "seen, nothing to do".into();
        decide(&desk, request).await.unwrap();
        let child = wire::Child {
            child_id: contact.child_id.clone(),
            ..Default::default()
        };
        let born = vec![fact(
            "date_of_birth",
            fact_value::Value::Date("2010-01-01".into()),
        )];
        desk.report(&child, born, "2026-03-02T09:00:00Z")
            .await
            .unwrap();

        let answer = explain(&desk, &contact).await;

        let at_launch = answer.asked_at_launch.unwrap();
        assert_eq!(weight(&at_launch, "clock/contact_decision"), Weight::Won);
        let asked = answer.asked_of_decision.unwrap();
        assert_eq!(asked.decision, "no_concerns");
        assert_eq!(weight(&asked, "notice/outcome_to_referrer"), Weight::Won);
        // Nobody had said how old the child is, and that it is sixteen became known too late.
        let to_child = "notice/contact_recorded_to_child";
        assert_eq!(weight(&asked, to_child), Weight::PassedOver);
        assert_eq!(asked.facts, []);
        assert_eq!(asked.entitled[0].by, ["team_manager of responsible"]);
        assert_eq!(asked.entitled[0].rules, ["W-009", "W-010"]);

        let mut request = supposing(&child, "no_concerns");
        request.source_kind = "police".into();
        let answer = what_if(&desk, request).await.unwrap();
        let asked = answer.asked_of_decision.unwrap();
        assert_eq!(weight(&asked, to_child), Weight::Won);
        assert_eq!(asked.facts[0].key, "date_of_birth");
    })
    .await;
}
