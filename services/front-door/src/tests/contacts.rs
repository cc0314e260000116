//! A contact from its launch to its decision.

use baton_contracts::event::v1::{Event, TaskChange};
use baton_contracts::frontdoor::v1 as wire;
use baton_contracts::type_v1::{DueState, PrincipalKind};
use baton_testkit::each_database;
use tonic::{Code, Status};

use super::{Desk, code, context, fields, instant, reason, request_id, subjects, with_open_case};

pub fn launching(child: &wire::Child) -> wire::LaunchContactRequest {
    wire::LaunchContactRequest {
        request_id: request_id(),
        child_id: child.child_id.clone(),
        source_kind: "school".into(),
        form: "written".into(),
        received_at: Some(instant("2026-03-02T09:00:00Z")),
        ..Default::default()
    }
}

pub fn deciding(contact: &wire::Contact, outcome: &str) -> wire::DecideContactRequest {
    wire::DecideContactRequest {
        request_id: request_id(),
        contact_id: contact.contact_id.clone(),
        outcome: outcome.into(),
        ..Default::default()
    }
}

/// A contact about a child of the north, in the tray of the north's assessment team.
pub async fn launched(desk: &Desk) -> wire::Contact {
    let child = desk.child("c-1").await;
    desk.report(
        &child,
        vec![code("district", "north")],
        "2026-03-01T10:00:00Z",
    )
    .await
    .unwrap();
    launch(desk, launching(&child)).await
}

pub async fn launch(desk: &Desk, request: wire::LaunchContactRequest) -> wire::Contact {
    let mut client = desk.front_door();
    let response = client.launch_contact(desk.by_system(request)).await;
    response.unwrap().into_inner().contact.unwrap()
}

pub async fn decide(
    desk: &Desk,
    request: wire::DecideContactRequest,
) -> Result<wire::Contact, Status> {
    let call = desk.by("nia", "team_manager", "frt-north", request);
    Ok(desk
        .front_door()
        .decide_contact(call)
        .await?
        .into_inner()
        .contact
        .unwrap())
}

fn task<'e>(event: &'e Event, code: &str) -> &'e TaskChange {
    event.tasks.iter().find(|task| task.code == code).unwrap()
}

#[tokio::test]
async fn w_004_w_005_a_contact_goes_to_the_tray_of_the_team_of_the_childs_district() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;

        let contact = launched(&desk).await;

        assert_eq!(contact.team_id, "frt-north");
        let event = desk.events_of("contact.launched").await.remove(0);
        let task = task(&event, "decide_contact");
        assert!(task.open && task.tray && !task.overdue);
        assert_eq!(task.owner.clone().unwrap().team_id, "frt-north");
        assert!(event.rules.contains(&"W-004".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn w_009_the_manager_has_24_elapsed_hours() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;

        let due = launched(&desk).await.decision_due.unwrap();

        assert_eq!(due.due_on, "2026-03-03");
        // at the 24th hour the act is in time, one microsecond later it is not.
        assert_eq!(
            due.breached_at,
            Some(instant("2026-03-03T09:00:00.000001Z"))
        );
        assert_eq!(due.rules, ["W-009"]);
    })
    .await;
}

#[tokio::test]
async fn s_002_while_the_way_cannot_be_told_the_front_door_keeps_the_contact() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let child = desk.child("c-1").await;

        let response = desk
            .front_door()
            .launch_contact(desk.by_system(launching(&child)))
            .await
            .unwrap()
            .into_inner();

        assert_eq!(response.contact.unwrap().team_id, "door");
        assert_eq!(response.explanation.unwrap().unknown_facts, ["district"]);
    })
    .await;
}

#[tokio::test]
async fn w_012_a_decision_to_assess_makes_a_referral_and_routes_it() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let contact = launched(&desk).await;

        let decided = decide(&desk, deciding(&contact, "assess")).await.unwrap();

        assert_eq!(decided.state(), wire::ContactState::Decided);
        assert_eq!(
            (
                decided.decided_by.as_str(),
                decided.routed_to_team_id.as_str()
            ),
            ("nia", "frt-north")
        );
        assert_eq!(decided.decision_due.unwrap().state(), DueState::Met);
        let routed = desk.events_of("referral.routed").await.remove(0);
        let data = routed.data.unwrap().fields;
        let text = |key: &str| format!("{:?}", data[key].kind);
        assert!(text("referral_id").contains(&decided.referral_id));
        assert!(text("team_id").contains("frt-north"));
        let event = desk.events_of("contact.decided").await.remove(0);
        assert!(!task(&event, "decide_contact").open);
        assert_eq!(event.actor.unwrap().role, "team_manager");
    })
    .await;
}

#[tokio::test]
async fn w_026_w_027_a_written_contact_is_acknowledged_within_24_hours_of_the_decision() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let contact = launched(&desk).await;

        decide(&desk, deciding(&contact, "assess")).await.unwrap();

        let event = desk.events_of("contact.decided").await.remove(0);
        let notice = &event.notices_due[0];
        assert_eq!(
            (notice.kind.as_str(), notice.audience[0].role.as_str()),
            ("referral_acknowledged", "referrer")
        );
        assert_eq!(notice.due_at, Some(instant("2026-03-03T09:30:00.000001Z")));
        assert_eq!(notice.sender.clone().unwrap().team_id, "frt-north");
        assert!(
            desk.events_of("referral.routed").await[0]
                .notices_due
                .is_empty(),
            "one duty, one event"
        );
    })
    .await;
}

#[tokio::test]
async fn w_012_no_concerns_needs_a_rationale_which_stays_out_of_the_journal() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let contact = launched(&desk).await;

        let refused = decide(&desk, deciding(&contact, "no_concerns"))
            .await
            .unwrap_err();
        let said = wire::DecideContactRequest {
            rationale: "seen and well".into(),
            ..deciding(&contact, "no_concerns")
        };
        let decided = decide(&desk, said).await.unwrap();

        assert_eq!(
            (refused.code(), reason(&refused)),
            (Code::FailedPrecondition, "REASON_REQUIRED".into())
        );
        assert_eq!(decided.referral_id, "");
        let event = desk.events_of("contact.decided").await.remove(0);
        assert_eq!(event.reason_digest.len(), 64);
        assert!(!format!("{event:?}").contains("seen"));
        assert!(desk.events_of("referral.routed").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn w_009_only_the_teams_manager_a_cover_or_a_higher_rung_decides() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let contact = launched(&desk).await;
        let tries = [
            ("social_worker", "frt-north"),
            ("team_manager", "frt-south"),
        ];

        for (role, team) in tries {
            let call = desk.by("sam", role, team, deciding(&contact, "assess"));
            let refused = desk.front_door().decide_contact(call).await.unwrap_err();
            assert_eq!(refused.code(), Code::PermissionDenied);
            assert_eq!(reason(&refused), "ROLE_NOT_ALLOWED");
        }
        let by_machine = desk
            .front_door()
            .decide_contact(desk.by_system(deciding(&contact, "assess")))
            .await;
        assert_eq!(by_machine.unwrap_err().code(), Code::PermissionDenied);
        let call = desk.by("gus", "group_manager", "", deciding(&contact, "assess"));
        assert!(desk.front_door().decide_contact(call).await.is_ok(), "X-18");
    })
    .await;
}

#[tokio::test]
async fn a_decision_whose_route_hangs_on_unknown_facts_names_them() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let child = desk.child("c-1").await;
        let launch = wire::LaunchContactRequest {
            team_id: "frt-north".into(),
            ..launching(&child)
        };
        let response = desk
            .front_door()
            .launch_contact(desk.by_system(launch))
            .await
            .unwrap()
            .into_inner();
        let contact = response.contact.unwrap();

        let refused = decide(&desk, deciding(&contact, "assess"))
            .await
            .unwrap_err();
        let named = wire::DecideContactRequest {
            team_id: "frt-south".into(),
            ..deciding(&contact, "assess")
        };
        let decided = decide(&desk, named).await.unwrap();

        assert_eq!(reason(&refused), "FACT_UNKNOWN");
        assert_eq!(subjects(&refused), ["district"]);
        assert_eq!(decided.routed_to_team_id, "frt-south");
    })
    .await;
}

#[tokio::test]
async fn a_contact_is_decided_once() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let contact = launched(&desk).await;
        let request = deciding(&contact, "assess");

        let stale = wire::DecideContactRequest {
            expected_version: 7,
            ..deciding(&contact, "assess")
        };
        let stale = decide(&desk, stale).await.unwrap_err();
        let unknown = decide(&desk, deciding(&contact, "celebrate"))
            .await
            .unwrap_err();
        let first = decide(&desk, request.clone()).await.unwrap();
        let again = decide(&desk, request).await.unwrap();
        let other = decide(&desk, deciding(&contact, "assess"))
            .await
            .unwrap_err();

        assert_eq!(
            (stale.code(), reason(&stale)),
            (Code::Aborted, "STALE_VERSION".into())
        );
        assert_eq!(fields(&unknown), ["outcome"]);
        assert_eq!(first, again);
        assert_eq!(reason(&other), "WRONG_PHASE");
        assert_eq!(desk.events_of("contact.decided").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn w_009_a_missing_decision_is_a_breach_that_climbs_the_ladder_until_it_is_answered() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let contact = launched(&desk).await;

        desk.clock
            .set("2026-03-03T09:00:01Z".parse().unwrap())
            .unwrap();
        let breached = desk.events_of("contact.deadline_breached").await.remove(0);
        desk.clock
            .set("2026-03-06T00:00:00Z".parse().unwrap())
            .unwrap();
        let escalated = desk.events_of("contact.escalated").await.remove(0);
        let decided = decide(&desk, deciding(&contact, "assess")).await.unwrap();

        assert!(task(&breached, "decide_contact").overdue);
        let owner = |event: &Event| {
            task(event, "contact_decision_overdue")
                .owner
                .clone()
                .unwrap()
                .role
        };
        assert_eq!(
            (owner(&breached), owner(&escalated)),
            ("group_manager".into(), "senior_manager".into())
        );
        // the breach is answered, not erased.
        assert_eq!(decided.decision_due.unwrap().state(), DueState::Answered);
        let event = desk.events_of("contact.decided").await.remove(0);
        assert_eq!(event.tasks.iter().filter(|task| !task.open).count(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_contact_that_is_reported_days_late_is_breached_at_once() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let child = desk.child("c-1").await;
        let late = wire::LaunchContactRequest {
            received_at: Some(instant("2026-02-20T09:00:00Z")),
            ..launching(&child)
        };

        desk.front_door()
            .launch_contact(desk.by_system(late))
            .await
            .unwrap();

        let breached = desk.events_of("contact.deadline_breached").await.remove(0);
        assert_eq!(
            breached.effective_at,
            Some(instant("2026-02-21T09:00:00.000001Z"))
        );
    })
    .await;
}

#[tokio::test]
async fn w_014_a_contact_about_an_open_case_goes_to_its_team_and_opens_no_second_case() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let child = desk.child("c-1").await;
        let open = with_open_case(
            context(PrincipalKind::RecordSystem, "kite", Vec::new()),
            "long",
        );

        let response = desk
            .front_door()
            .launch_contact(desk.call(launching(&child), open.clone()))
            .await
            .unwrap();
        let contact = response.into_inner().contact.unwrap();
        let mut manager = desk.by("lea", "team_manager", "long", deciding(&contact, "assess"));
        let mut with_case = baton_rpc::context(&manager).unwrap();
        with_case.responsibility = open.responsibility;
        baton_rpc::attach_context(&mut manager, &with_case);
        let decided = desk
            .front_door()
            .decide_contact(manager)
            .await
            .unwrap()
            .into_inner()
            .contact
            .unwrap();

        assert_eq!(
            (contact.team_id.as_str(), decided.routed_to_team_id.as_str()),
            ("long", "long")
        );
        assert_eq!(decided.referral_id, "");
        assert!(desk.events_of("referral.routed").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn lists_page_newest_first_and_show_what_waits() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let child = desk.child("c-1").await;
        let mut ids = Vec::new();
        for _ in 0..3 {
            let launch = wire::LaunchContactRequest {
                team_id: "frt-north".into(),
                ..launching(&child)
            };
            let launched = desk
                .front_door()
                .launch_contact(desk.by_system(launch))
                .await
                .unwrap()
                .into_inner();
            ids.insert(0, launched.contact.unwrap().contact_id);
        }
        let list = |request: wire::ListContactsRequest| async {
            desk.front_door()
                .list_contacts(desk.by_system(request))
                .await
                .unwrap()
                .into_inner()
        };

        let first = list(wire::ListContactsRequest {
            page_size: 2,
            ..Default::default()
        })
        .await;
        let token = first.next_page_token.clone();
        let rest = list(wire::ListContactsRequest {
            page_size: 2,
            page_token: token,
            ..Default::default()
        })
        .await;
        let of_team = list(wire::ListContactsRequest {
            team_id: "frt-north".into(),
            child_id: child.child_id.clone(),
            undecided_only: true,
            ..Default::default()
        })
        .await;
        let elsewhere = list(wire::ListContactsRequest {
            team_id: "long".into(),
            ..Default::default()
        })
        .await;

        let listed: Vec<String> = first
            .contacts
            .iter()
            .chain(&rest.contacts)
            .map(|contact| contact.contact_id.clone())
            .collect();
        assert_eq!(listed, ids);
        assert_eq!((of_team.contacts.len(), elsewhere.contacts.len()), (3, 0));
        assert_eq!(rest.next_page_token, "");
        let located = wire::LocateContactRequest {
            contact_id: ids[0].clone(),
        };
        let located = desk
            .reactions()
            .locate_contact(desk.by_system(located))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(located.child_id, child.child_id);
    })
    .await;
}

#[tokio::test]
async fn another_authority_does_not_see_a_team_s_tray() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let contact = launched(&desk).await;
        let shown = async |authority: &str| {
            let mut context = context(PrincipalKind::RecordSystem, "kite", Vec::new());
            context.authority = authority.into();
            let request = wire::GetTrayRequest {
                team_id: contact.team_id.clone(),
            };
            let answer = desk
                .front_door()
                .get_tray(desk.call(request, context))
                .await;
            let tray = answer.unwrap().into_inner().tray.unwrap();
            assert_eq!(tray.team_id, contact.team_id);
            tray.items.len()
        };

        // A team of the same id is another team there.
        assert_eq!(shown("merton").await, 0);
        assert_eq!(shown(super::pack::AUTHORITY).await, 1);
    })
    .await;
}
