use crate::Condition;
use crate::allocation::{AllocatedMeans, Counting, HardStop, LeaveUnallocated};
use crate::facts::Value;

use super::*;

fn stop(name: &str, when: Option<&str>) -> HardStop {
    HardStop {
        stop: name.to_owned(),
        cites: vec!["W-152".parse().unwrap()],
        when: when.map(|when| Condition::new(when).unwrap()),
        escalate: Vec::new(),
        report: None,
    }
}

fn wirral() -> AllocationRules {
    AllocationRules {
        allocated_means: Some(AllocatedMeans {
            cites: vec!["W-147".parse().unwrap()],
            named_worker: true,
        }),
        hard_stops: vec![
            stop("protection", Some("facts.plan == \"child_protection\"")),
            stop("court", Some("facts.in_proceedings")),
        ],
        leave_unallocated: Some(LeaveUnallocated {
            cites: vec!["W-155".parse().unwrap()],
            by: Vec::new(),
            only: true,
            escalate: Vec::new(),
            first: Vec::new(),
            progress: None,
        }),
        ..AllocationRules::default()
    }
}

/// `name weight leads_to` of each.
fn told(weighed: &[WeighedRule]) -> Vec<String> {
    weighed
        .iter()
        .map(|rule| format!("{} {} {}", rule.name, rule.weight.code(), rule.leads_to))
        .collect()
}

fn known(plan: &str, in_proceedings: Option<bool>) -> Facts {
    let mut facts = Facts::new();
    facts.set("plan", Value::Code(plan.to_owned())).unwrap();
    if let Some(flag) = in_proceedings {
        facts.set("in_proceedings", Value::Flag(flag)).unwrap();
    }
    facts
}

#[test]
fn w_152_the_first_stop_that_holds_decides_and_what_would_hold_too_comes_too_late() {
    let weighed = wirral().weigh_without_worker(&known("child_protection", Some(true)));
    assert_eq!(
        told(&weighed),
        [
            "allocated_means does_not_hold allowed",
            "protection won forbidden",
            "court outranked forbidden",
            "leave_unallocated outranked by_authority",
            "silence outranked allowed",
        ]
    );
    assert_eq!(weighed[1].condition, "facts.plan == \"child_protection\"");
}

#[test]
fn w_152_what_is_unknown_is_assumed_for_safety_and_w_155_what_is_known_leaves_it_to_authority() {
    let weighed = wirral().weigh_without_worker(&known("child_in_need", None));
    assert_eq!(told(&weighed)[1], "protection does_not_hold forbidden");
    assert_eq!(told(&weighed)[2], "court assumed forbidden");
    let missing: Vec<_> = weighed[2].weight.missing().collect();
    assert_eq!(missing[0].as_str(), "in_proceedings");

    let weighed = wirral().weigh_without_worker(&known("child_in_need", Some(false)));
    assert_eq!(told(&weighed)[3], "leave_unallocated won by_authority");
}

#[test]
fn m_008_where_a_team_is_enough_nothing_else_decides() {
    let mut rules = wirral();
    rules.allocated_means.as_mut().unwrap().named_worker = false;
    let weighed = rules.weigh_without_worker(&known("child_protection", Some(false)));
    assert_eq!(told(&weighed)[0], "allocated_means won allowed");
    assert_eq!(told(&weighed)[1], "protection outranked forbidden");
}

#[test]
fn the_silence_of_an_authority_is_an_answer_too() {
    let weighed = AllocationRules::default().weigh_without_worker(&Facts::new());
    assert_eq!(told(&weighed), ["silence won allowed"]);
    let weighed = AllocationRules::default().weigh_counting(&Facts::new());
    assert_eq!(told(&weighed), ["silence won child"]);
}

#[test]
fn m_054_nothing_is_assumed_about_a_count() {
    let counting = |count: &str, when: &str, counts_as| Counting {
        count: count.to_owned(),
        cites: vec!["M-054".parse().unwrap()],
        when: Some(Condition::new(when).unwrap()),
        counts_as,
    };
    let rules = AllocationRules {
        counting: vec![
            counting("looked_after", "facts.looked_after", CountedAs::Child),
            counting(
                "in_need",
                "facts.plan == \"child_in_need\"",
                CountedAs::Family,
            ),
        ],
        ..AllocationRules::default()
    };
    let weighed = rules.weigh_counting(&known("child_in_need", None));
    assert_eq!(
        told(&weighed),
        [
            "looked_after undecided child",
            "in_need outranked family",
            "silence outranked child"
        ]
    );
}
