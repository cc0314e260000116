//! Children become known, are found again, and belong together.

use baton_contracts::frontdoor::v1 as wire;
use baton_testkit::each_database;
use tonic::Code;

use super::{Desk, code, fields, request_id};

fn register(system: &str, reference: &str, child_id: &str) -> wire::RegisterChildRequest {
    wire::RegisterChildRequest {
        request_id: request_id(),
        system: system.into(),
        reference: reference.into(),
        child_id: child_id.into(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_reference_that_is_known_finds_the_child_again() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let first = desk.child("c-1").await;

        let again = desk
            .front_door()
            .register_child(desk.by_system(register("kite", "c-1", "")))
            .await
            .unwrap();

        let again = again.into_inner();
        assert!(!again.created);
        assert_eq!(again.child.unwrap().child_id, first.child_id);
        assert_eq!(desk.events().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_child_can_be_known_to_several_systems_but_a_reference_names_one_child() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let (child, other) = (desk.child("c-1").await, desk.child("c-2").await);

        let added = register("swift", "77", &child.child_id);
        let added = desk
            .front_door()
            .register_child(desk.by_system(added))
            .await
            .unwrap()
            .into_inner();
        let taken = register("swift", "77", &other.child_id);
        let taken = desk
            .front_door()
            .register_child(desk.by_system(taken))
            .await
            .unwrap_err();

        assert_eq!(added.child.unwrap().references.len(), 2);
        assert_eq!(
            (taken.code(), fields(&taken)),
            (Code::InvalidArgument, vec!["reference".to_owned()])
        );
        let find = wire::FindChildRequest {
            system: "swift".into(),
            reference: "77".into(),
        };
        let found = desk
            .front_door()
            .find_child(desk.by_system(find))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(found.child.unwrap().child_id, child.child_id);
    })
    .await;
}

#[tokio::test]
async fn an_unborn_child_keeps_its_id_when_it_is_born() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let unborn = wire::RegisterChildRequest {
            expected_delivery_date: "2026-06-01".into(),
            ..register("kite", "u-1", "")
        };
        let unborn = desk
            .front_door()
            .register_child(desk.by_system(unborn))
            .await
            .unwrap()
            .into_inner();
        let born = wire::RegisterChildRequest {
            date_of_birth: "2026-02-28".into(),
            ..register("kite", "u-1", "")
        };
        let born = desk
            .front_door()
            .register_child(desk.by_system(born))
            .await
            .unwrap()
            .into_inner();

        let (unborn, born) = (unborn.child.unwrap(), born.child.unwrap());
        assert_eq!(unborn.child_id, born.child_id);
        let keys: Vec<&str> = born.facts.iter().map(|fact| fact.key.as_str()).collect();
        assert_eq!(keys, ["date_of_birth", "expected_delivery_date"]);
        assert_eq!(desk.events_of("facts.changed").await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn linking_makes_one_group_whose_version_is_above_both() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let (child, sibling) = (desk.child("c-1").await, desk.child("c-2").await);
        for plan in ["child_in_need", "child_protection", "none"] {
            desk.report(&sibling, vec![code("plan", plan)], "2026-03-01T10:00:00Z")
                .await
                .unwrap();
        }
        let link = |request_id: String| wire::LinkFamilyRequest {
            request_id,
            child_id: child.child_id.clone(),
            with_child_ids: vec![sibling.child_id.clone()],
            households: [(sibling.child_id.clone(), "h-1".to_owned())].into(),
        };

        let linked = desk
            .front_door()
            .link_family(desk.by_system(link(request_id())))
            .await
            .unwrap()
            .into_inner();
        let again = desk
            .front_door()
            .link_family(desk.by_system(link(request_id())))
            .await
            .unwrap()
            .into_inner();

        assert_eq!(linked.family_id, child.family_id);
        assert_eq!(linked.facts_version, sibling.facts_version + 4);
        assert_eq!(
            (again.facts_version, again.as_of.unwrap().event_id),
            (linked.facts_version, String::new())
        );
        let request = wire::GetChildRequest {
            child_id: sibling.child_id.clone(),
        };
        let now = desk
            .front_door()
            .get_child(desk.by_system(request))
            .await
            .unwrap()
            .into_inner()
            .child
            .unwrap();
        assert_eq!(
            (now.family_id, now.household_id),
            (child.family_id.clone(), "h-1".to_owned())
        );
        assert_eq!(desk.events_of("family.linked").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_household_of_a_stranger_is_named() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let (child, stranger) = (desk.child("c-1").await, desk.child("c-2").await);
        let link = wire::LinkFamilyRequest {
            request_id: request_id(),
            child_id: child.child_id.clone(),
            households: [(stranger.child_id.clone(), "h-1".to_owned())].into(),
            ..Default::default()
        };

        let refused = desk
            .front_door()
            .link_family(desk.by_system(link))
            .await
            .unwrap_err();

        assert_eq!(
            fields(&refused),
            [format!("households[{}]", stranger.child_id)]
        );
    })
    .await;
}

#[tokio::test]
async fn another_authoritys_child_is_not_found() {
    each_database(|url| async move {
        let desk = Desk::open(url).await;
        let child = desk.child("c-1").await;
        let mut elsewhere = super::context(super::PrincipalKind::RecordSystem, "kite", Vec::new());
        elsewhere.authority = "merton".into();

        let request = wire::GetChildRequest {
            child_id: child.child_id.clone(),
        };
        let refused = desk
            .front_door()
            .get_child(desk.call(request, elsewhere.clone()))
            .await
            .unwrap_err();
        let request = wire::ResolveChildrenRequest {
            references: vec![
                wire::ChildReference {
                    child_id: child.child_id.clone(),
                    ..Default::default()
                },
                wire::ChildReference {
                    system: "kite".into(),
                    reference: "c-1".into(),
                    ..Default::default()
                },
            ],
        };
        let resolved = desk
            .reactions()
            .resolve_children(desk.call(request.clone(), elsewhere))
            .await
            .unwrap();
        let here = desk
            .reactions()
            .resolve_children(desk.by_system(request))
            .await
            .unwrap();

        assert_eq!(refused.code(), Code::NotFound);
        assert!(
            resolved
                .into_inner()
                .children
                .iter()
                .all(|found| found.child_id.is_empty())
        );
        assert!(
            here.into_inner()
                .children
                .iter()
                .all(|found| found.child_id == child.child_id)
        );
    })
    .await;
}
