//! Teams that end: what is addressed to them goes to those that come in their place.

use baton_contracts::allocation::v1 as wire;
use baton_contracts::type_v1::{Owner, Team};
use baton_testkit::each_database;
use tonic::{Code, Status};

use super::harness::{START, World, at, moving, placement, request_id};

/// `frt` worked until `until`; then `successor` came in its place.
async fn end(world: &World, until: &str, successor: &str) -> Result<(), Status> {
    let body = wire::SetTeamRequest {
        request_id: request_id(),
        team: Some(Team {
            team_id: "frt".to_owned(),
            kind: "assessment".to_owned(),
            area: "north".to_owned(),
            until: until.to_owned(),
            successor_team_id: successor.to_owned(),
            ..Team::default()
        }),
    };
    world.public().set_team(world.system(body)).await.map(drop)
}

async fn manager(world: &World, worker: &str, team: &str) {
    let body = wire::SetPostRequest {
        request_id: request_id(),
        post: Some(wire::Post {
            post_id: format!("tm-{team}"),
            role: "team_manager".to_owned(),
            team_id: team.to_owned(),
            area: String::new(),
            holdings: vec![wire::PostHolding {
                worker_id: worker.to_owned(),
                from: "2026-01-01".to_owned(),
                ..Default::default()
            }],
        }),
    };
    world.public().set_post(world.system(body)).await.unwrap();
}

#[tokio::test]
async fn what_is_addressed_to_a_team_that_has_ended_goes_to_its_successor() {
    each_database(async |url| {
        let world = World::council(url).await;
        world.set_team("new", "north").await.unwrap();
        manager(&world, "sam", "new").await;
        let to_frt = async |owner_team: &str| {
            let owner = Owner {
                role: "team_manager".to_owned(),
                team_id: owner_team.to_owned(),
                ..Owner::default()
            };
            let body = wire::ResolveRecipientsRequest {
                owners: vec![owner],
            };
            let answer = world
                .reactions()
                .resolve_recipients(world.reaction(body))
                .await;
            let matches = answer.unwrap().into_inner().matches;
            matches
                .into_iter()
                .map(|of| of.worker_id)
                .collect::<Vec<_>>()
        };
        let held_by_sam = async || {
            let body = wire::GetContextRequest {
                principal: "sam".to_owned(),
                ..Default::default()
            };
            let answer = world.reactions().get_context(world.reaction(body)).await;
            let answer = answer.unwrap().into_inner();
            let posts = answer
                .posts
                .into_iter()
                .filter(|post| post.role == "team_manager");
            let frt = answer
                .organisation
                .unwrap()
                .teams
                .into_iter()
                .find(|team| team.team_id == "frt");
            let teams: Vec<String> = posts.map(|post| post.team_id).collect();
            let frt = frt.unwrap();
            assert_eq!(frt.kind, "assessment", "for the cases still in its name");
            (teams, frt.rests)
        };

        // Its last day is today: nothing changes yet.
        end(&world, "2026-03-02", "new").await.unwrap();
        assert_eq!(world.place(at(START)).await.team_id, "frt");
        assert!(to_frt("frt").await.is_empty());
        assert_eq!(held_by_sam().await, (vec!["new".to_owned()], false));

        // Yesterday was its last day.
        end(&world, "2026-03-01", "new").await.unwrap();
        let placed = world.place(at(START)).await;
        assert_eq!(placed.team_id, "new");
        assert_eq!(to_frt("frt").await, ["sam"]);
        // Tasks of the old team are the new manager's, and nothing is routed to it any more.
        let both = vec!["new".to_owned(), "frt".to_owned()];
        assert_eq!(held_by_sam().await, (both, true));
        let elsewhere = wire::PlaceCaseRequest {
            team_id: "north".to_owned(),
            ..placement(at(START))
        };
        let answer = world
            .reactions()
            .place_case(world.reaction(elsewhere))
            .await;
        let case = answer.unwrap().into_inner().case.unwrap();
        let moved = moving(&case, "frt", "ann", at(START));
        let answer = world
            .reactions()
            .move_responsibility(world.reaction(moved))
            .await;
        let case = answer.unwrap().into_inner().case.unwrap();
        // A worker who is still in the books of the old team counts as one of the new.
        assert_eq!(
            (case.team_id.as_str(), case.worker_id.as_str()),
            ("new", "ann")
        );
    })
    .await;
}

#[tokio::test]
async fn a_team_that_ends_names_who_comes_in_its_place() {
    each_database(async |url| {
        let world = World::council(url).await;
        let code = |answer: Result<(), Status>| answer.map_err(|status| status.code());

        assert_eq!(
            code(end(&world, "2026-03-01", "").await),
            Err(Code::InvalidArgument)
        );
        assert_eq!(
            code(end(&world, "", "north").await),
            Err(Code::InvalidArgument)
        );
        assert_eq!(
            code(end(&world, "2026-03-01", "nobody").await),
            Err(Code::NotFound)
        );
        assert_eq!(
            code(end(&world, "2026-03-01", "frt").await),
            Err(Code::InvalidArgument)
        );
        assert_eq!(code(end(&world, "2026-03-01", "north").await), Ok(()));
    })
    .await;
}
