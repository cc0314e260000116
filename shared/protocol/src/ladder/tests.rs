use super::*;

fn role(text: &str) -> Role {
    text.parse().unwrap()
}

fn ladder() -> Ladder {
    Ladder {
        rungs: vec![
            vec![role("duty_worker"), role("social_worker")],
            vec![role("advanced_practitioner")],
            vec![role("practice_manager"), role("team_manager")],
            vec![role("deputy_director")],
        ],
        advises_only: vec![role("advanced_practitioner")],
        also: vec![(role("team_manager"), role("practice_manager"))],
    }
}

fn post(role_name: &str, team: Option<&str>, covering_for: Option<&str>) -> PostHeld {
    PostHeld {
        role: role(role_name),
        team: team.map(|team| TeamId::new(team).unwrap()),
        area: None,
        covering_for: covering_for.map(|worker| WorkerId::new(worker).unwrap()),
    }
}

#[test]
fn x_18_a_higher_rung_may_do_what_a_lower_may() {
    assert!(ladder().covers(role("team_manager"), role("social_worker"), false));
    assert!(!ladder().covers(role("social_worker"), role("team_manager"), false));
    assert!(
        !ladder().covers(role("duty_worker"), role("social_worker"), false),
        "the same rung"
    );
    assert!(
        !ladder().covers(role("support_officer"), role("social_worker"), false),
        "off the ladder"
    );
}

#[test]
fn x_18_w_155_only_leaves_no_other_rung() {
    assert!(ladder().covers(role("deputy_director"), role("deputy_director"), true));
    assert!(!ladder().covers(role("deputy_director"), role("team_manager"), true));
}

#[test]
fn who_advises_decides_nothing() {
    assert!(!ladder().covers(role("advanced_practitioner"), role("social_worker"), false));
}

#[test]
fn l_031_l_033_a_team_manager_counts_as_practice_manager_and_not_the_other_way_round() {
    assert!(ladder().covers(role("team_manager"), role("practice_manager"), false));
    assert!(!ladder().covers(role("practice_manager"), role("team_manager"), false));
}

#[test]
fn a_refusal_can_name_who_could_act() {
    let who = ladder().who_covers(role("team_manager"), false);

    assert_eq!(who, [role("team_manager"), role("deputy_director")]);
    assert_eq!(
        ladder().who_covers(role("team_manager"), true),
        [role("team_manager")]
    );
}

#[test]
fn x_16_the_post_picked_is_of_the_team_and_the_holders_own_first() {
    let north = TeamId::new("north").unwrap();
    let posts = [
        post("team_manager", Some("south"), None),
        post("deputy_director", None, None),
        post("team_manager", Some("north"), Some("nia")),
    ];

    let picked = ladder().pick_post(&posts, role("team_manager"), Some(&north), None, false);

    assert_eq!(
        picked,
        Some(&posts[2]),
        "the recorded cover of the post before a higher rung"
    );
}

#[test]
fn x_16_w_155_a_cover_does_not_act_where_the_rule_says_only() {
    let posts = [post("deputy_director", None, Some("dora"))];

    assert_eq!(
        ladder().pick_post(&posts, role("deputy_director"), None, None, true),
        None
    );
    assert!(
        ladder()
            .pick_post(&posts, role("deputy_director"), None, None, false)
            .is_some()
    );
}
