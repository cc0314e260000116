//! Who names the worker, and who closes.

use super::*;

#[test]
fn s_038_the_manager_who_has_the_case_names_its_worker() {
    let pack = pack("shropshire");
    let named_by = pack.allocation.named_by.as_ref().unwrap();

    assert_eq!(rules(&named_by.by), ["team_manager of responsible"]);
}

#[test]
fn s_045_x_17_without_a_plan_the_manager_closes_on_anothers_proposal_and_says_why() {
    let pack = pack("shropshire");
    let ground = pack.closure.ground("no_plan_at_conference").unwrap();

    assert_eq!(rules(&ground.cites), ["S-045", "X-17"]);
    assert_eq!(rules(&ground.proposed_by), ["social_worker of responsible"]);
    assert_eq!(ground.decided_by.to_string(), "team_manager of responsible");
    assert!(ground.four_eyes && ground.rationale);
}
