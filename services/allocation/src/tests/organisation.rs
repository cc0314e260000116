use baton_contracts::allocation::v1 as wire;
use baton_contracts::type_v1::{Owner, PrincipalKind, Team};
use baton_testkit::each_database;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::harness::{START, World, at, post, reason, request_id};

fn holding(worker: &str, from: &str, until: &str, covering_for: &str) -> wire::PostHolding {
    wire::PostHolding {
        worker_id: worker.to_owned(),
        from: from.to_owned(),
        until: until.to_owned(),
        covering_for: covering_for.to_owned(),
    }
}

fn manager_of_north(holdings: Vec<wire::PostHolding>) -> wire::SetPostRequest {
    wire::SetPostRequest {
        request_id: request_id(),
        post: Some(wire::Post {
            post_id: "tm-north".to_owned(),
            role: "team_manager".to_owned(),
            team_id: "north".to_owned(),
            area: String::new(),
            holdings,
        }),
    }
}

async fn set_post(world: &World, body: wire::SetPostRequest) -> Result<(), Status> {
    world.public().set_post(world.system(body)).await.map(drop)
}

async fn context_of(world: &World, principal: &str, child_id: &str) -> wire::GetContextResponse {
    let body = wire::GetContextRequest {
        principal: principal.to_owned(),
        child_id: child_id.to_owned(),
        worker_ids: vec!["bob".to_owned(), "zoe".to_owned()],
        ..Default::default()
    };
    world
        .reactions()
        .get_context(world.reaction(body))
        .await
        .unwrap()
        .into_inner()
}

#[tokio::test]
async fn a_context_tells_posts_responsibility_and_organisation() {
    each_database(async |url| {
        let world = World::council(url).await;
        set_post(
            &world,
            manager_of_north(vec![
                holding("nia", "2026-01-01", "", ""),
                holding("sam", "2026-03-02", "2026-03-02", "nia"),
            ]),
        )
        .await
        .unwrap();
        let case = world.place(at(START)).await;
        let case = world.allocate(&case, "ann", None).await.unwrap();

        let sam = context_of(&world, "sam", &case.child_id).await;
        let nobody = context_of(&world, "zoe", "").await;

        let covered: Vec<_> = sam
            .posts
            .iter()
            .map(|post| (post.role.as_str(), post.covering_for.as_str()))
            .collect();
        assert_eq!(covered, [("team_manager", "nia"), ("social_worker", "")]);
        assert!(sam.principal_known && !nobody.principal_known);
        let responsibility = sam.responsibility.unwrap();
        assert_eq!(
            (
                responsibility.team_id.as_str(),
                responsibility.worker_id.as_str()
            ),
            ("frt", "ann")
        );
        assert_eq!(responsibility.epoch, case.epoch);
        let organisation = sam.organisation.unwrap();
        let workers: Vec<_> = organisation
            .workers
            .iter()
            .map(|worker| worker.worker_id.as_str())
            .collect();
        assert_eq!(organisation.teams.len(), 2);
        assert_eq!(workers, ["ann", "bob", "sam"]);
        assert_eq!((nobody.posts.len(), nobody.responsibility), (0, None));
    })
    .await;
}

#[tokio::test]
async fn m_126_a_context_names_the_manager_of_each_team_and_not_who_covers() {
    each_database(async |url| {
        let world = World::council(url).await;
        set_post(
            &world,
            manager_of_north(vec![
                holding("bob", "2025-01-01", "2026-03-01", ""),
                holding("nia", "2026-03-02", "2026-03-02", ""),
                holding("sam", "2026-03-02", "2026-03-02", "nia"),
                holding("ann", "2026-03-03", "", ""),
            ]),
        )
        .await
        .unwrap();

        let context = context_of(&world, "sam", "").await;

        let teams = context.organisation.unwrap().teams;
        let managers: Vec<_> = teams
            .iter()
            .map(|team| (team.team_id.as_str(), team.manager_ids.join(", ")))
            .collect();
        assert_eq!(
            managers,
            [("frt", String::new()), ("north", "nia".to_owned())]
        );
    })
    .await;
}

#[tokio::test]
async fn recipients_are_who_holds_and_who_covers_in_the_order_asked_for() {
    each_database(async |url| {
        let world = World::council(url).await;
        let holdings = vec![
            holding("nia", "2026-01-01", "", ""),
            holding("sam", "2026-03-01", "2026-03-31", "nia"),
        ];
        set_post(&world, manager_of_north(holdings)).await.unwrap();
        let owner = |role: &str, team: &str, worker: &str| Owner {
            role: role.to_owned(),
            team_id: team.to_owned(),
            worker_id: worker.to_owned(),
            area: String::new(),
        };
        let body = wire::ResolveRecipientsRequest {
            owners: vec![
                owner("social_worker", "frt", "ann"),
                owner("service_manager", "north", ""),
                owner("team_manager", "north", ""),
            ],
        };

        let matches = world
            .reactions()
            .resolve_recipients(world.reaction(body))
            .await
            .unwrap();
        let matches: Vec<_> = matches
            .into_inner()
            .matches
            .into_iter()
            .map(|of| (of.owner_index, of.worker_id))
            .collect();

        assert_eq!(
            matches,
            [
                (0, "ann".to_owned()),
                (2, "nia".to_owned()),
                (2, "sam".to_owned())
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn once_there_is_a_post_people_need_to_be_administrators() {
    each_database(async |url| {
        let world = World::council(url).await;
        let team = |id: &str| wire::SetTeamRequest {
            request_id: request_id(),
            team: Some(Team {
                team_id: id.to_owned(),
                kind: "assessment".to_owned(),
                ..Default::default()
            }),
        };
        let by = async |posts, body| {
            world
                .public()
                .set_team(world.person("tom", posts, body))
                .await
        };

        by(vec![], team("east")).await.unwrap();
        set_post(
            &world,
            manager_of_north(vec![holding("nia", "2026-01-01", "", "")]),
        )
        .await
        .unwrap();
        let refused = by(vec![post("team_manager", "frt")], team("west"))
            .await
            .unwrap_err();
        by(vec![post("administrator", "")], team("west"))
            .await
            .unwrap();

        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::PermissionDenied, "ROLE_NOT_ALLOWED")
        );
        let body = wire::GetOrganisationRequest {};
        let organisation = world
            .public()
            .get_organisation(world.system(body))
            .await
            .unwrap()
            .into_inner();
        let teams: Vec<_> = organisation
            .teams
            .iter()
            .map(|team| team.team_id.as_str())
            .collect();
        assert_eq!(teams, ["east", "frt", "north", "west"]);
        assert_eq!(
            organisation.posts[0].holdings,
            [holding("nia", "2026-01-01", "", "")]
        );
        assert_eq!(organisation.workers.len(), 5);
    })
    .await;
}

#[tokio::test]
async fn a_worker_belongs_to_a_team_and_a_post_to_workers_that_exist() {
    each_database(async |url| {
        let world = World::council(url).await;

        let nowhere = world.set_worker("zoe", "south").await.unwrap_err();
        let nobody = set_post(
            &world,
            manager_of_north(vec![holding("zoe", "2026-01-01", "", "")]),
        )
        .await;

        assert_eq!(reason(&nowhere), "TEAM_UNKNOWN");
        assert_eq!(reason(&nobody.unwrap_err()), "WORKER_UNKNOWN");
    })
    .await;
}

#[tokio::test]
async fn a_change_takes_the_place_of_what_was_and_is_on_record() {
    each_database(async |url| {
        let world = World::council(url).await;
        world.set_worker("ann", "north").await.unwrap();
        for holder in ["nia", "sam"] {
            set_post(
                &world,
                manager_of_north(vec![holding(holder, "2026-01-01", "", "")]),
            )
            .await
            .unwrap();
        }

        let body = wire::GetOrganisationRequest {};
        let organisation = world
            .public()
            .get_organisation(world.system(body))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(organisation.workers[0].team_id, "north");
        assert_eq!(
            organisation.posts[0].holdings,
            [holding("sam", "2026-01-01", "", "")]
        );
        let events = world.events().await;
        let versions: Vec<_> = events
            .iter()
            .filter(|event| event.r#type == "org.post_set")
            .map(|event| (event.aggregate_version, event.aggregate_id.clone()))
            .collect();
        assert_eq!((versions[0].0, versions[1].0), (1, 2));
        assert_eq!(versions[0].1, versions[1].1);
    })
    .await;
}

#[tokio::test]
async fn every_bad_field_of_a_post_is_named_at_once() {
    let db = baton_testkit::TestDb::sqlite();
    let world = World::empty(db.url().to_owned()).await;
    let mut body = manager_of_north(vec![
        holding("nia", "2026-02-30", "", ""),
        holding("sam", "2026-03-02", "2026-03-01", "sam"),
    ]);
    if let Some(post) = &mut body.post {
        post.role = "Team Manager".to_owned();
    }

    let refused = set_post(&world, body).await.unwrap_err();
    let fields: Vec<_> = refused
        .get_details_bad_request()
        .unwrap()
        .field_violations
        .into_iter()
        .map(|violation| violation.field)
        .collect();

    assert_eq!(refused.code(), Code::InvalidArgument);
    assert_eq!(
        fields,
        [
            "post.role",
            "post.holdings[0].from",
            "post.holdings[1].until",
            "post.holdings[1].covering_for"
        ]
    );
}

#[tokio::test]
async fn another_authority_has_an_organisation_of_its_own() {
    each_database(async |url| {
        let world = World::council(url).await;
        let mut context = world.context("liquid", PrincipalKind::RecordSystem, vec![]);
        context.authority = "camden".to_owned();

        let body = wire::GetOrganisationRequest {};
        let other = world
            .public()
            .get_organisation(world.carrying(body, &context))
            .await
            .unwrap()
            .into_inner();

        assert_eq!((other.teams.len(), other.workers.len()), (0, 0));
    })
    .await;
}
