//! Opening positions: what is sent to services, once, whatever fails in between.

use baton_contracts::allocation::v1::CountEarlierInvolvementsRequest;
use baton_contracts::gateway::v1::import_service_client::ImportServiceClient;
use baton_contracts::gateway::v1::{
    ImportFile, ImportKind, ImportLine, ImportOpeningPositionsRequest,
    ImportOpeningPositionsResponse, ImportState,
};
use baton_rpc::Reason;
use baton_testkit::{TestDb, each_database};
use prost::Message as _;
use tonic::{Code, Status};

use super::answers::{KIT, MIA};
use super::recovery::end_leases;
use super::world::{Act, Gateway, World, eventually, from, from_system};

const CASES: &str = "cine_person_id,pers_dob,invo_professional_team,invo_professional_id,invo_involvement_start_date,fact.plan\n\
    P-1,2014-05-01,frt,,2026-02-20,child_in_need\n\
    P-2,2015-05-01,frt,,2026-02-21,\n";

fn file(kind: ImportKind, text: &str) -> ImportFile {
    ImportFile {
        name: format!("{kind:?}.csv"),
        kind: kind.into(),
        text: text.to_owned(),
        first_line: 0,
    }
}

/// The cases, with the team that holds them.
fn request(cases: &str) -> ImportOpeningPositionsRequest {
    ImportOpeningPositionsRequest {
        files: vec![
            file(ImportKind::Cases, cases),
            file(ImportKind::Teams, "dept_team_id,kind\nfrt,assessment\n"),
        ],
        dry_run: false,
    }
}

async fn import(
    gateway: &Gateway,
    request: ImportOpeningPositionsRequest,
) -> Result<ImportOpeningPositionsResponse, Status> {
    let mut client = ImportServiceClient::new(gateway.conn.clone());
    let answer = client
        .import_opening_positions(from_system(request))
        .await?;
    Ok(answer.into_inner())
}

/// The lines of cases, in order.
async fn lines(gateway: &Gateway, cases: &str) -> Vec<ImportLine> {
    let answer = import(gateway, request(cases)).await.expect("an answer");
    let lines = answer.lines.into_iter();
    lines.filter(|line| line.file == "Cases.csv").collect()
}

fn states(lines: &[ImportLine]) -> Vec<ImportState> {
    lines.iter().map(ImportLine::state).collect()
}

fn count(world: &World, effect: &str) -> usize {
    world
        .effects()
        .iter()
        .filter(|known| *known == effect)
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_lines_again_change_nothing_and_a_corrected_one_is_taken() {
    each_database(|url| async move {
        let world = World::new();
        let gateway = world.gateway(&url).await;

        assert_eq!(
            states(&lines(&gateway, CASES).await),
            [ImportState::Applied; 2]
        );
        assert_eq!(
            (count(&world, "RegisterChild"), count(&world, "PlaceCase")),
            (2, 2)
        );
        assert_eq!(count(&world, "RecordFacts"), 1);
        let before = world
            .effects()
            .into_iter()
            .filter(|effect| effect != "SetTeam")
            .count();

        assert_eq!(
            states(&lines(&gateway, CASES).await),
            [ImportState::Unchanged; 2]
        );
        let after = world
            .effects()
            .into_iter()
            .filter(|effect| effect != "SetTeam")
            .count();
        assert_eq!(before, after);

        let corrected = CASES.replace("2026-02-21,", "2026-02-21,child_in_need");
        let taken = lines(&gateway, &corrected).await;
        assert_eq!(
            states(&taken),
            [ImportState::Unchanged, ImportState::Applied]
        );
        assert_eq!(count(&world, "RecordFacts"), 2);
        // Back again is a correction too.
        let back = lines(&gateway, CASES).await;
        assert_eq!(
            states(&back),
            [ImportState::Unchanged, ImportState::Applied]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_and_begun_again_each_line_is_carried_out_once() {
    each_database(|url| async move {
        let world = World::new();
        world.script("PlaceCase", [Act::Hang, Act::Hang]);
        let gateway = world.gateway(&url).await;
        let mut client = ImportServiceClient::new(gateway.conn.clone());
        let cut_off = tokio::spawn(async move {
            client
                .import_opening_positions(from_system(request(CASES)))
                .await
        });
        eventually("both are in the middle", async || {
            world.calls_of("PlaceCase").len() == 2
        })
        .await;
        cut_off.abort();
        let store = gateway.abandon();
        end_leases(&store).await;

        let gateway = world.gateway_on(store);
        eventually("all is carried out", async || {
            let lines = lines(&gateway, CASES).await;
            states(&lines) == [ImportState::Unchanged; 2]
        })
        .await;

        assert_eq!(
            (count(&world, "RegisterChild"), count(&world, "PlaceCase")),
            (2, 2)
        );
        assert_eq!(count(&world, "RecordFacts"), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_was_refused_is_told_with_its_reason_and_tried_again() {
    each_database(|url| async move {
        let world = World::new();
        world.script(
            "PlaceCase",
            [
                Act::Refuse(Reason::TeamUnknown),
                Act::Refuse(Reason::TeamUnknown),
            ],
        );
        let gateway = world.gateway(&url).await;

        let refused = lines(&gateway, CASES).await;
        assert_eq!(states(&refused), [ImportState::Rejected; 2]);
        assert_eq!(refused[0].problems[0].problem, "team_unknown");
        assert!(!refused[0].problems[0].remedy.is_empty());

        let taken = lines(&gateway, CASES).await;
        assert_eq!(states(&taken), [ImportState::Applied; 2]);
        assert_eq!(count(&world, "PlaceCase"), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_tells_the_same_and_sends_nothing() {
    each_database(|url| async move {
        let world = World::new();
        let gateway = world.gateway(&url).await;
        // The first two are of the same child; the third is a child whose case is open to nobody's worker.
        let cases = "cine_person_id,invo_professional_team,invo_professional_id,invo_involvement_start_date\n\
            P-1,frt,,2026-02-20\nP-1,frt,,2026-02-20\nkit,frt,ann,2026-02-20\n";
        let workers = file(ImportKind::Workers, "prof_professional_id,dept_team_id,grade\nann,frt,social_worker\n");
        let mut dry = request(cases);
        dry.dry_run = true;
        dry.files.push(workers);

        let answer = import(&gateway, dry).await.expect("an answer");

        assert_eq!((answer.applied, answer.rejected), (4, 1));
        let of_cases: Vec<&ImportLine> = answer.lines.iter().filter(|line| line.file == "Cases.csv").collect();
        assert_eq!(of_cases[1].problems[0].problem, "duplicate");
        assert_eq!(of_cases[2].remarks, ["discrepancy_opened"]);
        assert!(world.effects().is_empty());
    })
    .await;
}

const BEFORE: &str = "invo_person_id,invo_professional_team,invo_professional_id,invo_involvement_start_date,invo_involvement_end_date\n\
    kit,frt,ann,2026-02-20,\n\
    kit,north,bea,2025-03-03,2025-09-01\n\
    mia,north,,2025-09-01,2025-10-01\n\
    kit,north,,2025-09-01,2026-02-20\n";

/// Who had the children before, each with the team and the worker, as allocation was asked to count it.
fn counted(world: &World) -> Vec<(String, Vec<(String, String)>)> {
    let calls = world.calls_of("CountEarlierInvolvements");
    let mut asked: Vec<_> = calls
        .iter()
        .map(|call| {
            let asked = CountEarlierInvolvementsRequest::decode(call.request.clone())
                .expect("what reactions send can be read");
            let earlier = asked.involvements.into_iter();
            let earlier = earlier.map(|of| (of.team_id, of.worker_id)).collect();
            (asked.child_id, earlier)
        })
        .collect();
    asked.sort();
    asked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_003_a_child_s_involvements_are_counted_together_and_once() {
    each_database(|url| async move {
        let world = World::new();
        let gateway = world.gateway(&url).await;
        let take = async |text: &str| {
            let request = ImportOpeningPositionsRequest {
                files: vec![file(ImportKind::Involvements, text)],
                dry_run: false,
            };
            let answer = import(&gateway, request).await.expect("an answer");
            states(&answer.lines)
        };
        let pair = |team: &str, worker: &str| (team.to_owned(), worker.to_owned());

        assert_eq!(take(BEFORE).await, [ImportState::Applied; 4]);
        let of_kit = vec![pair("north", "bea"), pair("north", ""), pair("frt", "ann")];
        let of_mia = vec![pair("north", "")];
        let both = vec![(KIT.to_owned(), of_kit), (MIA.to_owned(), of_mia)];
        assert_eq!(counted(&world), both);
        // Whatever is under way for the children is looked at anew.
        assert_eq!(count(&world, "Reassess"), 2);

        assert_eq!(take(BEFORE).await, [ImportState::Unchanged; 4]);
        assert_eq!(counted(&world), both);

        // One line less is a correction of the child's whole.
        let corrected = BEFORE.replace("kit,north,,2025-09-01,2026-02-20\n", "");
        assert_eq!(
            take(&corrected).await,
            [
                ImportState::Applied,
                ImportState::Applied,
                ImportState::Unchanged
            ]
        );
        assert_eq!(counted(&world).len(), 3);
        assert!(!world.effects().contains(&"PlaceCase".to_owned()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_003_involvements_of_a_child_without_a_case_wait_for_it() {
    each_database(|url| async move {
        let world = World::new();
        world.script("CountEarlierInvolvements", [Act::Refuse(Reason::NotFound)]);
        let gateway = world.gateway(&url).await;
        let request = |text: &str| ImportOpeningPositionsRequest {
            files: vec![file(ImportKind::Involvements, text)],
            dry_run: false,
        };
        let of_kit = BEFORE.replace("mia,north,,2025-09-01,2025-10-01\n", "");
        let of_nobody = of_kit.replace("kit", "P-404");

        for text in [&of_kit, &of_nobody] {
            let refused = import(&gateway, request(text)).await.expect("an answer");
            assert_eq!(states(&refused.lines), [ImportState::Rejected; 3]);
            for line in refused.lines {
                let problem = &line.problems[0];
                assert_eq!(
                    (problem.field.as_str(), problem.problem.as_str()),
                    ("invo_person_id", "no_case")
                );
            }
        }
        let taken = import(&gateway, request(&of_kit)).await.expect("an answer");
        assert_eq!(states(&taken.lines), [ImportState::Applied; 3]);
        assert!(!world.effects().contains(&"RegisterChild".to_owned()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_record_system_loads_and_not_more_than_fits() {
    let db = TestDb::sqlite();
    let world = World::new();
    let gateway = world.gateway(db.url()).await;
    let mut client = ImportServiceClient::new(gateway.conn.clone());

    let by_a_person = client
        .import_opening_positions(from("wirral/nia", request(CASES)))
        .await;
    let refused = by_a_person.expect_err("a person does not report");
    assert_eq!(refused.code(), Code::PermissionDenied);

    let many = format!(
        "{CASES}{}",
        "P-3,2014-05-01,frt,,2026-02-20,\n".repeat(2_000)
    );
    let too_much = import(&gateway, request(&many))
        .await
        .expect_err("too much");
    assert_eq!(too_much.code(), Code::InvalidArgument);
}
