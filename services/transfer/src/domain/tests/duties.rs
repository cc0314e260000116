//! What is explained of the duties on a case and what is owed on it never differ, under every protocol.

use std::collections::BTreeSet;

use baton_protocol::transfer::Weight;
use baton_protocol::{FactKind, Value, spec};
use jiff::civil::Date;

use super::stage::Stage;
use crate::domain::*;

const AUTHORITIES: [&str; 5] = ["wirral", "merton", "camden", "lancashire", "shropshire"];

/// Every fact at which a duty of the protocol looks.
fn facts_of(stage: &Stage) -> BTreeSet<String> {
    let duties = &stage.pack.transfer.duties;
    let conditions = duties
        .iter()
        .flat_map(|duty| duty.when.iter().chain([&duty.met_by]));
    let terms = duties
        .iter()
        .flat_map(|duty| [&duty.asked_from, &duty.asked_until, &duty.due])
        .flatten();
    let days = terms.filter_map(|term| term.moment.fact());
    let done = duties.iter().filter_map(|duty| duty.done_on.clone());
    let named = conditions.flat_map(|condition| condition.facts().clone());
    named
        .chain(days)
        .chain(done)
        .map(|key| key.to_string())
        .collect()
}

/// Nothing, or one of the values that a fact can have; which of them the number says.
fn value_of(key: &str, number: usize) -> Option<Value> {
    let spec = spec(&key.parse().unwrap()).unwrap();
    match (number % 3, spec.kind) {
        (0, _) => None,
        (n, FactKind::Flag) => Some(Value::Flag(n == 1)),
        (n, FactKind::Code) => {
            let code = spec.codes.get(n - 1);
            code.map(|code| Value::Code((*code).to_owned()))
        }
        (n, FactKind::Date) => {
            let year = [2009, 2025][n - 1];
            Some(Value::Date(Date::constant(year, 11, 3)))
        }
        _ => Some(Value::None),
    }
}

#[test]
fn what_is_explained_of_duties_is_what_is_owed() {
    let mut looked = 0;
    let mut owed_at_all = 0;
    for authority in AUTHORITIES {
        let keys = facts_of(&Stage::of(authority));
        let kinds: BTreeSet<String> = Stage::of(authority)
            .pack
            .transfer
            .duties
            .iter()
            .flat_map(|duty| duty.while_with.iter().map(ToString::to_string))
            .collect();
        for (kind, seed) in kinds
            .iter()
            .flat_map(|kind| (0..60).map(move |n| (kind, n)))
        {
            let mut stage = Stage::of(authority);
            stage.teams[0].kind.clone_from(kind);
            let mut number: usize = 7 + seed;
            for key in &keys {
                number = number
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                if let Some(value) = value_of(key, number >> 33) {
                    stage.know(key, value);
                }
            }
            // A route may open to a team that this stage does not have: then nothing was looked at.
            if stage.try_report("facts_changed", None).is_err() {
                continue;
            }
            looked += 1;
            let watch = stage.series.watch.as_ref();
            let owed: BTreeSet<&str> = watch
                .into_iter()
                .flat_map(|watch| &watch.duties)
                .filter(|(_, owed)| owed.is_open())
                .map(|(name, _)| name.as_str())
                .collect();
            owed_at_all += owed.len();

            let context = stage.context("liquidlogic");
            let (child, case) = (
                context.child.as_ref().unwrap(),
                context.responsibility.as_ref().unwrap(),
            );
            let weighed = weigh_duties(child, case, &context, stage.rules());

            let explained: BTreeSet<&str> = weighed
                .iter()
                .filter(|duty| duty.owed.is_some())
                .map(|duty| duty.rule.name.as_str())
                .collect();
            assert_eq!(explained, owed, "{authority} {kind} {seed}");
            for duty in weighed {
                let won = duty.rule.weight == Weight::Won;
                let met = duty.rule.leads_to == "met";
                assert_eq!(won, duty.owed.is_some() || met, "{}", duty.rule.name);
                if let Some((owed, Some(due))) = &duty.owed {
                    let on = owed.due_on;
                    assert!(
                        owed.out_of_order || on == Some(due.on),
                        "{}",
                        duty.rule.name
                    );
                }
            }
        }
    }
    assert!(looked > 300 && owed_at_all > 60, "{looked} {owed_at_all}");
}
