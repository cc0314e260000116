use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn worker(id: &str) -> WorkerId {
    WorkerId::new(id).unwrap()
}

fn team(id: &str) -> TeamId {
    TeamId::new(id).unwrap()
}

fn holding(id: &str, from: &str, until: Option<&str>, covering_for: Option<&str>) -> Holding {
    Holding {
        worker: worker(id),
        from: day(from),
        until: until.map(day),
        covering_for: covering_for.map(worker),
    }
}

fn post(
    id: &str,
    role: &str,
    in_team: Option<&str>,
    area: Option<&str>,
    holdings: Vec<Holding>,
) -> Post {
    Post {
        id: id.parse().unwrap(),
        role: role.to_owned(),
        team: in_team.map(team),
        area: area.map(str::to_owned),
        holdings,
    }
}

fn council() -> (Vec<Post>, BTreeMap<TeamId, Team>) {
    let north = Team {
        id: team("north"),
        kind: "assessment".to_owned(),
        area: Some("n".to_owned()),
        phone: None,
        from: None,
        until: None,
        successor: None,
    };
    let posts = vec![
        post(
            "tm-north",
            "team_manager",
            Some("north"),
            None,
            vec![
                holding("nia", "2026-01-01", None, None),
                holding("ivo", "2026-03-09", Some("2026-03-13"), Some("nia")),
            ],
        ),
        post(
            "gm-n",
            "group_manager",
            None,
            Some("n"),
            vec![holding("gus", "2026-01-01", None, None)],
        ),
        post(
            "dd",
            "deputy_director",
            None,
            None,
            vec![holding("dee", "2026-01-01", None, None)],
        ),
    ];
    (posts, BTreeMap::from([(north.id.clone(), north)]))
}

#[test]
fn x_16_a_recorded_delegate_acts_in_the_post_for_the_period_and_the_record_names_both() {
    let (posts, _) = council();

    let within = posts_held(&worker("ivo"), None, &posts, day("2026-03-13"));
    let after = posts_held(&worker("ivo"), None, &posts, day("2026-03-14"));

    assert_eq!(within.len(), 1);
    assert_eq!(within[0].role, "team_manager");
    assert_eq!(within[0].covering_for, Some(worker("nia")));
    assert_eq!(after, vec![]);
}

#[test]
fn a_worker_acts_in_their_grade_without_a_post_of_their_own() {
    let sam = Worker {
        id: worker("sam"),
        team: team("north"),
        grade: "social_worker".to_owned(),
    };

    let held = posts_held(&sam.id, Some(&sam), &[], day("2026-03-02"));

    assert_eq!(held.len(), 1);
    assert_eq!(
        (held[0].role.as_str(), &held[0].team),
        ("social_worker", &Some(team("north")))
    );
}

#[test]
fn a_role_of_a_team_means_holder_and_cover() {
    let (posts, teams) = council();
    let owner = |role: &str| Owner {
        role: role.to_owned(),
        team: Some(team("north")),
        area: None,
        worker: None,
    };

    let manager = recipients(&owner("team_manager"), &posts, &teams, day("2026-03-10"));
    let group_manager = recipients(&owner("group_manager"), &posts, &teams, day("2026-03-10"));
    let deputy_director = recipients(&owner("deputy_director"), &posts, &teams, day("2026-03-10"));

    assert_eq!(manager, vec![worker("ivo"), worker("nia")]);
    assert_eq!(group_manager, vec![worker("gus")]);
    assert_eq!(deputy_director, vec![worker("dee")]);
}

#[test]
fn w_167_a_role_of_an_area_means_those_of_its_teams_too() {
    let (posts, teams) = council();
    let owner = Owner {
        role: "team_manager".to_owned(),
        team: None,
        area: Some("n".to_owned()),
        worker: None,
    };

    assert_eq!(
        recipients(&owner, &posts, &teams, day("2026-03-02")),
        vec![worker("nia")]
    );
}

#[test]
fn nobody_in_post_means_nobody() {
    let (posts, teams) = council();
    let owner = Owner {
        role: "senior_manager".to_owned(),
        team: None,
        area: None,
        worker: None,
    };

    assert_eq!(
        recipients(&owner, &posts, &teams, day("2026-03-02")),
        vec![]
    );
}
