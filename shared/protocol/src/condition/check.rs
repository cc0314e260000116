//! What is checked when a condition is read, so that nothing about it can fail later.

use std::collections::BTreeSet;

use cel::common::ast::{Expr, LiteralValue, operators};
use cel::{Context, IdedExpr, Program};

use super::leaf;
use super::scope::{Name, Scope};
use crate::facts::{FactKey, FactKind, spec};

/// Functions that a condition may call beside the operators.
const FUNCTIONS: &[&str] = &["size", "startsWith", "endsWith", "contains"];

/// Checks names, functions, codes and types, and answers the facts that are named; the error says what is wrong.
pub(super) fn check(program: &Program) -> Result<BTreeSet<FactKey>, String> {
    let expr = program.expression();
    let mut names = Vec::new();
    leaf::names(expr, &mut Vec::new(), &mut names);
    let mut facts = BTreeSet::new();
    for name in &names {
        if let Name::Fact(key) = Name::parse(name)? {
            facts.insert(key);
        }
    }
    for function in program.references().functions() {
        let is_operator = function.starts_with(['_', '@', '!', '-']);
        if !is_operator && !FUNCTIONS.contains(&function) {
            return Err(format!(
                "`{function}` is not a function that conditions may call"
            ));
        }
    }

    let sample = Scope::sample_facts();
    let mut scope = Scope::of(&sample);
    scope.trigger = Some("conference_held");
    scope.conference_kind = Some("initial");
    scope.outcome = Some("child_protection_plan");
    check_parts(expr, &scope.context())?;
    Ok(facts)
}

/// Runs every leaf, also those that a shorter way round would leave out.
fn check_parts(expr: &IdedExpr, context: &Context<'_, '_>) -> Result<(), String> {
    if let Expr::Call(call) = &expr.expr {
        let is_logical = [
            operators::LOGICAL_AND,
            operators::LOGICAL_OR,
            operators::LOGICAL_NOT,
            operators::CONDITIONAL,
        ]
        .contains(&call.func_name.as_str());
        if is_logical {
            return call
                .args
                .iter()
                .try_for_each(|part| check_parts(part, context));
        }
        if leaf::is_comparison(&call.func_name)
            && let [left, right] = call.args.as_slice()
        {
            check_comparison(left, right)?;
            check_comparison(right, left)?;
        }
    }
    leaf::holds(expr, context).map(|_| ())
}

/// CEL compares a code with a number or with a misspelt code without a word: both are surely mistakes.
fn check_comparison(name: &IdedExpr, with: &IdedExpr) -> Result<(), String> {
    let Some(Ok(Name::Fact(key))) = leaf::dotted(name).map(|name| Name::parse(&name)) else {
        return Ok(());
    };
    match &with.expr {
        Expr::List(list) => list
            .elements
            .iter()
            .try_for_each(|element| check_literal(&key, element)),
        _ => check_literal(&key, with),
    }
}

fn check_literal(key: &FactKey, with: &IdedExpr) -> Result<(), String> {
    let Expr::Literal(literal) = &with.expr else {
        return Ok(());
    };
    let Some(spec) = spec(key) else { return Ok(()) };
    let fits = match (spec.kind, literal) {
        (_, LiteralValue::Null)
        | (FactKind::Flag, LiteralValue::Boolean(_))
        | (FactKind::Number, LiteralValue::Int(_))
        | (FactKind::Date | FactKind::Instant, LiteralValue::String(_)) => true,
        (FactKind::Code | FactKind::Codes, LiteralValue::String(code)) => {
            let code = code.inner();
            if !spec.allows(code) {
                return Err(format!(
                    "`{key}` is never \"{code}\"; it is one of {}",
                    spec.codes.join(", ")
                ));
            }
            true
        }
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        Err(format!(
            "`{key}` is {} and is compared with something else",
            spec.expected()
        ))
    }
}
