//! What stands beside all contacts and cases: whom an enquiry reaches, what to keep in mind, what counts as allocated and as
//! how many cases, and how notices go.

use baton_protocol::allocation::CountedAs::{Child, Family};

use super::reading::*;
use super::*;

#[test]
fn m_017_m_025_m_026_m_030_m_031_m_035_m_193_whoever_rings_is_carried_to_the_right_person() {
    let screening = "screening_officer of responsible";
    for (name, to, by) in [
        ("fostering", Some("fostering"), "duty_worker of responsible"),
        (
            "childminding",
            Some("early_years"),
            "support_officer of responsible",
        ),
        ("advice", None, screening),
        ("consultation", None, screening),
        ("agency_meeting", None, screening),
    ] {
        let enquiry = PACK.front_door.enquiry(name).unwrap();
        assert_eq!(enquiry.to.map(|to| to.to_string()).as_deref(), to, "{name}");
        assert_eq!(enquiry.by.to_string(), by, "{name}");
        assert_eq!(enquiry.optional, name == "agency_meeting", "{name}");
    }
    assert_eq!(
        PACK.front_door.enquiry("consultation").unwrap().topics,
        ["thresholds", "common_assessment", "multi_agency_meeting"]
    );
}

#[test]
fn m_003_m_017_m_018_m_028_m_033_m_181_m_182_m_184_what_to_keep_in_mind() {
    let kept = |name: &str| {
        let mut all = PACK.front_door.guidance.iter();
        all.find(|guidance| guidance.guidance == name).unwrap()
    };
    for (name, reference) in [
        ("customer_service_charter", Some("Customer service charter")),
        ("carry_to_the_right_worker", None),
        (
            "team_plans_and_recording_policy",
            Some("Team plans; recording policy"),
        ),
        ("accuracy", None),
        ("forms_on_the_system_only", None),
        ("case_record", None),
    ] {
        assert_eq!(kept(name).reference.as_deref(), reference, "{name}");
        assert!(kept(name).when.is_none(), "{name}");
    }
    let total_view = |open| {
        holds(
            kept("total_view").when.as_ref(),
            &[flag("contact.on_open_case", open)],
        )
    };
    assert_eq!(
        (total_view(false), total_view(true)),
        (Some(true), Some(false))
    );

    let partners = |level| {
        let when = kept("partners_respond_themselves").when.as_ref();
        holds(when, &[is("need_level", level)]).unwrap()
    };
    assert!(partners("2_upper") && partners("3"));
    assert!(!partners("2_lower") && !partners("4"));

    let standards = kept("assessment_standards");
    assert_eq!(
        standards.reference.as_deref(),
        Some("Framework for the assessment of children in need")
    );
    let follows = |outcome| holds(standards.when.as_ref(), &[is("contact.outcome", outcome)]);
    assert_eq!(follows("assess"), Some(true));
    assert_eq!(follows("section_47"), Some(true));
    assert_eq!(follows("redirect"), Some(false));
}

#[test]
fn m_013_m_118_k_17_m_001_the_manager_who_has_it_decides_within_a_day_and_departs_with_a_reason() {
    let clock = PACK.front_door.clock("contact_decision").unwrap();
    assert_eq!(clock.due.to_string(), "24 hours after launched");
    assert_eq!(clock.by.to_string(), "team_manager of responsible");
    assert_eq!(clock.met_by, "decided");
    assert_eq!(rules(&clock.escalate), ["service_manager of authority"]);

    let decided_by = PACK.front_door.decided_by.as_ref().unwrap();
    assert_eq!(rules(&decided_by.by), ["team_manager of responsible"]);
    let elsewhere = PACK.front_door.elsewhere.as_ref().unwrap();
    assert_eq!(elsewhere.by.to_string(), "team_manager");
    assert!(elsewhere.reason);
}

#[test]
fn m_006_m_007_m_012_m_015_m_019_open_cases_are_their_teams_and_the_rest_is_for_one_door() {
    let doors = &PACK.front_door;

    assert_eq!(
        rules(&doors.open_case.as_ref().unwrap().cites),
        ["M-006", "M-007"]
    );
    assert_eq!(
        rules(&doors.single_gateway.as_ref().unwrap().cites),
        ["M-012", "M-015", "M-019"]
    );
}

#[test]
fn m_008_m_093_m_147_a_team_is_enough_and_the_head_of_service_hears_when_nobody_can_be_named() {
    let allocation = &PACK.allocation;

    assert!(!allocation.allocated_means.as_ref().unwrap().named_worker);
    assert_eq!(
        PACK.settings.flag("allocated.requires_named_worker"),
        Some(false)
    );
    assert_eq!(
        rules(&allocation.named_by.as_ref().unwrap().by),
        ["team_manager of responsible"]
    );
    let without = allocation.leave_unallocated.as_ref().unwrap();
    assert_eq!(rules(&without.by), ["head_of_service of authority"]);
    assert_eq!(rules(&without.escalate), ["head_of_service of authority"]);
}

#[test]
fn m_054_m_055_m_056_m_057_m_058_files_are_one_each_and_count_by_child_or_by_family() {
    let counted = |looked_after, plan| {
        let known = facts(&[flag("looked_after", looked_after), is("plan", plan)]);
        let counting = PACK.counting(&known)?;
        Some((counting.count.as_str(), counting.counts_as))
    };
    assert_eq!(counted(true, "none"), Some(("looked_after", Child)));
    assert_eq!(
        counted(true, "child_protection"),
        Some(("looked_after", Child))
    );
    assert_eq!(
        counted(false, "child_protection"),
        Some(("protection_plan", Family))
    );
    assert_eq!(counted(false, "child_in_need"), Some(("in_need", Family)));
    assert_eq!(counted(false, "none"), None);
}

#[test]
fn m_192_m_046_m_059_m_063_m_155_m_126_m_103_m_115_how_each_notice_goes() {
    for (kind, media) in [
        ("icpc_invite", &["task", "email"][..]),
        ("referral_came_back", &["task", "email"]),
        ("referral_logged_elsewhere", &["task", "email"]),
        ("assessment_of_disabled_child", &["task", "email"]),
        ("transfer_recorded", &["task"]),
        ("professionals_told", &["letter"]),
        ("send_records", &["task"]),
        ("co_work_agreed", &["task"]),
    ] {
        let mut kinds = PACK.notification.kinds.iter();
        let known = kinds.find(|known| known.kind == kind).unwrap();
        assert_eq!(known.media, media, "{kind}");
    }
}
