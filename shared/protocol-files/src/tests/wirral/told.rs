//! Each notice whole, who may do what, and what binds beside the protocol.

use baton_protocol::transfer::Notice;

use super::*;

/// What a notice says of itself, in the words of the file.
struct Tells<'a> {
    on: Occasion,
    item: Option<&'a str>,
    to: &'a [&'a str],
    by: &'a str,
    due: Option<&'a str>,
    sender: &'a str,
    content: &'a [&'a str],
}

impl Tells<'_> {
    fn in_notice(&self, name: &str) -> Notice {
        let pack = pack("wirral");
        let notice = pack.transfer.notice(name).unwrap();

        assert_eq!(notice.on, self.on);
        assert_eq!(notice.item.as_deref(), self.item);
        assert_eq!(rules(&notice.to), self.to);
        assert_eq!(notice.by, self.by);
        let due = notice.due.as_ref().map(ToString::to_string);
        assert_eq!(due.as_deref(), self.due);
        assert_eq!(notice.sender.unwrap().to_string(), self.sender);
        assert_eq!(notice.content, self.content);
        notice.clone()
    }
}

#[test]
fn w_090_w_091_the_contact_of_the_other_district_learns_of_the_child_and_its_status_at_once() {
    Tells {
        on: Occasion::Opened,
        item: None,
        to: &["principal_group_manager of receiving"],
        by: "email",
        due: Some("at opened"),
        sender: "principal_group_manager of outgoing",
        content: &["status", "outgoing_team", "outgoing_worker"],
    }
    .in_notice("child_between_districts");
}

#[test]
fn w_093_the_receiving_manager_writes_to_the_transferring_one() {
    Tells {
        on: Occasion::ItemMet,
        item: Some("managers_in_contact"),
        to: &["team_manager of outgoing"],
        by: "email",
        due: None,
        sender: "team_manager of receiving",
        content: &["status", "receiving_team"],
    }
    .in_notice("transfer_to_arrange");
}

#[test]
fn w_167_x_23_the_first_response_manager_sends_the_details_of_the_conference() {
    let notice = Tells {
        on: Occasion::Opened,
        item: None,
        to: &["team_manager of area", "support_officer of area"],
        by: "email",
        due: Some("before conference"),
        sender: "team_manager of outgoing",
        content: &["conference_at", "conference_kind", "receiving_team"],
    }
    .in_notice("icpc_details_to_district");

    assert_eq!(notice.again_on, [Occasion::Postponed]);
}

#[test]
fn w_168_x_23_the_first_response_manager_sends_the_details_of_the_initial_child_in_need_meeting() {
    let notice = Tells {
        on: Occasion::Opened,
        item: None,
        to: &["team_manager of area", "support_officer of area"],
        by: "email",
        due: Some("before meeting:initial_cin or facts.initial_cin_meeting_booked_for"),
        sender: "team_manager of outgoing",
        content: &["initial_cin_meeting_on", "receiving_team"],
    }
    .in_notice("cin_details_to_district");

    assert_eq!(notice.again_on, [Occasion::DueMoved]);
    let term = notice.due.unwrap();
    let plain_days = pack("wirral").plain_days;
    let breached = |anchors: &Anchors, known: &Facts| {
        let due = term.due(anchors, known, &calendar(), plain_days);
        due.map(|due| due.breached_at)
    };
    let booked = facts(&[(
        "initial_cin_meeting_booked_for",
        Value::Date(date(2026, 3, 16)),
    )]);
    let began = at("2026-03-18T10:00:00Z");
    let held = Anchors::new().at(Moment::Meeting("initial_cin".to_owned()), began);
    assert_eq!(
        breached(&Anchors::new(), &booked),
        Some(at("2026-03-16T00:00:00Z")),
        "of a meeting ahead only the day is known"
    );
    assert_eq!(breached(&held, &Facts::new()), Some(began));
}

#[test]
fn w_083_the_request_goes_to_the_receiving_manager_once_it_is_complete() {
    let notice = Tells {
        on: Occasion::ItemMet,
        item: Some("transfer_request"),
        to: &["team_manager of receiving"],
        by: "email",
        due: None,
        sender: "social_worker of outgoing",
        content: &[
            "conference_at",
            "outgoing_team",
            "outgoing_worker",
            "receiving_team",
        ],
    }
    .in_notice("transfer_request_to_manager");

    assert_eq!(notice.meets.as_deref(), Some("transfer_request_sent"));
}

#[test]
fn w_089_the_record_closes_to_the_old_team_and_opens_to_the_new_team_and_worker() {
    let pack = pack("wirral");
    let notice = pack.transfer.notice("record_transfer").unwrap();

    assert_eq!(notice.on, Occasion::Moved);
    assert_eq!(rules(&notice.to), ["team_manager of receiving"]);
    assert_eq!(notice.by, "task");
    assert_eq!(notice.due.as_ref().unwrap().to_string(), "at moved");
    assert_eq!(
        notice.content,
        ["from_team", "to_team", "to_worker", "moved_at"]
    );
}

#[test]
fn w_089_family_and_agencies_learn_who_is_responsible_now() {
    Tells {
        on: Occasion::Moved,
        item: None,
        to: &["family", "agencies"],
        by: "letter",
        due: None,
        sender: "team_manager of receiving",
        content: &["to_team", "moved_at"],
    }
    .in_notice("worker_change_letter");
}

#[test]
fn w_020_w_023_w_024_w_026_w_028_w_083_w_089_w_091_w_093_w_167_w_168_how_each_kind_of_notice_is_sent()
 {
    let pack = pack("wirral");
    let media = |name: &str| {
        let mut kinds = pack.notification.kinds.iter();
        let kind = kinds.find(|kind| kind.kind == name).unwrap();
        kind.media.join(", ")
    };

    for (kind, by) in [
        ("icpc_details_to_district", "email"),
        ("cin_details_to_district", "email"),
        ("transfer_request_to_manager", "email"),
        ("child_between_districts", "email"),
        ("transfer_to_arrange", "email"),
        ("record_transfer", "task"),
        ("worker_change_letter", "letter"),
        ("outcome_to_referrer", "letter"),
        ("contact_recorded_to_family", "letter"),
        ("contact_recorded_to_child", "letter"),
        ("referral_acknowledged", "letter"),
    ] {
        assert_eq!(media(kind), by, "{kind}");
    }
}

#[test]
fn w_025_the_manager_withholds_the_letter_of_family_or_child_each_by_itself() {
    let pack = pack("wirral");
    let mut exceptions = pack.notification.exceptions.iter();
    let harm = exceptions
        .find(|exception| exception.exception == "serious_harm")
        .unwrap();
    assert_eq!(harm.decided_by.to_string(), "team_manager of responsible");

    let barred = facts(&[(
        "safety.withhold_from",
        Value::Codes(["child".to_owned()].into()),
    )]);
    let withheld = |who, facts| matches!(pack.may_send(who, facts), Sending::Withhold { .. });
    let nothing = Facts::new();
    assert!(withheld(Audience::Child, &barred));
    assert!(!withheld(Audience::Family, &barred));
    assert!(withheld(Audience::Child, &nothing), "nobody has said");
    assert!(withheld(Audience::Family, &nothing), "nobody has said");
    let known = facts(&[("safety.withhold_from", Value::Codes([].into()))]);
    assert!(!withheld(Audience::Child, &known));
    assert!(!withheld(Audience::Family, &known));
}

#[test]
fn w_053_w_080_w_086_w_089_w_095_w_174_who_may_do_what_and_what_needs_a_reason() {
    let pack = pack("wirral");
    let authorities = pack.transfer.authorities.iter();

    let who: Vec<(Act, Vec<String>, bool)> = authorities
        .map(|authority| (authority.act, rules(&authority.by), authority.reason))
        .collect();

    let receiving = || vec!["team_manager of receiving".to_owned()];
    assert_eq!(
        who,
        [
            (
                Act::NameReceivingTeam,
                vec!["group_manager of receiving".to_owned()],
                false
            ),
            (Act::NameReceivingWorker, receiving(), false),
            (Act::Complete, receiving(), false),
            (Act::ReviewAudit, receiving(), false),
            (Act::Return, receiving(), true),
            (
                Act::Withdraw,
                vec!["team_manager of outgoing".to_owned()],
                true
            ),
        ]
    );
}

#[test]
fn w_070_w_171_procedures_that_bind_beside_the_protocol_stand_where_they_count() {
    let pack = pack("wirral");
    let about = |route: &str| {
        let route = pack.transfer.route(route).unwrap();
        let all = pack.transfer.references.iter();
        let about = all.filter(|reference| reference.is_about(route));
        about
            .map(|reference| reference.reference.clone())
            .collect::<Vec<_>>()
    };
    let (recording, court) = ("recording_procedure", "care_proceedings_procedure");
    let always = ["safeguarding_board_escalation", "local_resources"];

    assert_eq!(
        about("care_order"),
        [recording, court, always[0], always[1]]
    );
    assert_eq!(
        about("no_care_order"),
        [recording, court, always[0], always[1]]
    );
    assert_eq!(
        about("relinquished_baby"),
        [recording, always[0], always[1]]
    );
    assert_eq!(
        about("level_4_ends_in_adoption"),
        [recording, always[0], always[1]],
        "the audit of the record (W-084) is by its standard"
    );
    assert_eq!(about("held_by_cin_cp"), always);
    let items = &pack.transfer.references[0].items;
    assert_eq!(
        *items,
        [
            "record_current",
            "record_up_to_date",
            "first_response_audit",
            "audit_of_record"
        ]
    );
}

#[test]
fn w_022_w_053_w_127_only_the_manager_closes_what_a_conference_left_without_a_plan() {
    let pack = pack("wirral");
    let ground = pack.closure.ground("no_plan_at_conference").unwrap();

    assert_eq!(rules(&ground.proposed_by), ["social_worker of responsible"]);
    assert_eq!(ground.decided_by.to_string(), "team_manager of responsible");
    assert!(ground.four_eyes, "X-17");
    assert!(ground.rationale, "W-121");
}
