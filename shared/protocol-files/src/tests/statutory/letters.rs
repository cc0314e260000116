//! How each kind of notice goes, for what a letter is held back, and how a case closes.

use baton_protocol::Audience;
use baton_protocol::notification::{NoticeKind, Sending};

use super::*;

fn media(name: &str) -> Vec<String> {
    let pack = pack("lancashire");
    let found: Vec<&NoticeKind> = pack
        .notification
        .kinds
        .iter()
        .filter(|kind| kind.kind == name)
        .collect();
    found[0].media.clone()
}

#[test]
fn x_04_x_13_x_17_x_20_how_each_kind_of_notice_that_everybody_has_goes() {
    for (name, by) in [
        ("escalation_notice", vec!["task", "email"]),
        ("review_due", vec!["task", "email"]),
        ("fact_needed", vec!["task"]),
        ("returned_to_outgoing", vec!["task", "email"]),
        ("actions_owed", vec!["task", "email"]),
        ("record_transfer", vec!["task"]),
    ] {
        assert_eq!(media(name), by, "{name}");
    }
}

#[test]
fn w_025_letters_to_the_family_wait_while_nobody_has_said_and_the_referrers_goes() {
    let pack = pack("lancashire");
    let nobody_said = Facts::new();
    let barred = |whom: &str| {
        let whom = Value::Codes([whom.to_owned()].into());
        facts(&[("safety.withhold_from", whom)])
    };

    for (audience, name, waits) in [
        (Audience::Family, "family", true),
        (Audience::Child, "child", true),
        (Audience::Agencies, "agencies", false),
        (Audience::Referrer, "referrer", false),
    ] {
        let sent = |known: &Facts| pack.may_send(audience, known) == Sending::Send;
        assert_eq!(!sent(&nobody_said), waits, "{name}");
        assert!(!sent(&barred(name)), "{name}");
        let another = if name == "family" { "child" } else { "family" };
        assert!(sent(&barred(another)), "each by itself: {name}");
    }
    for exception in &pack.notification.exceptions {
        assert_eq!(
            exception.decided_by.to_string(),
            "team_manager of responsible",
            "{}",
            exception.exception
        );
    }
}

#[test]
fn x_20_worker_or_manager_propose_and_the_manager_closes_on_anothers_proposal() {
    let pack = pack("lancashire");

    for name in ["no_plan_at_conference", "proposed"] {
        let ground = pack.closure.ground(name).unwrap();
        assert_eq!(
            rules(&ground.proposed_by),
            [
                "social_worker of responsible",
                "team_manager of responsible"
            ],
            "{name}"
        );
        assert_eq!(
            ground.decided_by.to_string(),
            "team_manager of responsible",
            "{name}"
        );
        assert!(ground.four_eyes && ground.rationale, "{name}");
    }
}
