use super::*;
use crate::domain::tests::{call, post, roster, team, worker};
use baton_protocol::Facts;

#[test]
fn anyone_sets_up_the_organisation_while_there_are_no_posts() {
    let nobody = call("2026-03-02T09:00:00Z", Vec::new(), Facts::new());

    assert_eq!(may_administer(&nobody, false), Ok(None));
    assert!(matches!(
        may_administer(&nobody, true),
        Err(Refusal::RoleNotAllowed { .. })
    ));
}

#[test]
fn later_only_an_administrator_or_a_record_system_does() {
    let administrator = call(
        "2026-03-02T09:00:00Z",
        vec![post(ADMINISTRATOR, None)],
        Facts::new(),
    );
    let manager = call(
        "2026-03-02T09:00:00Z",
        vec![post("team_manager", Some("frt"))],
        Facts::new(),
    );
    let mut system = call("2026-03-02T09:00:00Z", Vec::new(), Facts::new());
    system.actor.kind = PrincipalKind::RecordSystem;

    assert_eq!(
        may_administer(&administrator, true),
        Ok(Some(post(ADMINISTRATOR, None)))
    );
    assert_eq!(may_administer(&system, true), Ok(None));
    assert!(may_administer(&manager, true).is_err());
}

#[test]
fn a_post_names_only_teams_and_workers_that_exist() {
    let of = |in_team: &str, holder: &str| Post {
        id: "tm".parse().unwrap(),
        role: "team_manager".to_owned(),
        team: Some(team(in_team)),
        area: None,
        holdings: vec![Holding {
            worker: worker(holder),
            from: "2026-01-01".parse().unwrap(),
            until: None,
            covering_for: None,
        }],
    };

    assert_eq!(check_post(&of("frt", "ann"), &roster()), Ok(()));
    assert_eq!(
        check_post(&of("south", "ann"), &roster()),
        Err(Refusal::TeamUnknown {
            team: team("south")
        })
    );
    assert_eq!(
        check_post(&of("frt", "zoe"), &roster()),
        Err(Refusal::WorkerUnknown {
            worker: worker("zoe")
        })
    );
}
