//! The leaves of a condition: which names they use, and their value.

use cel::common::ast::{Expr, operators};
use cel::{Context, IdedExpr, Value as CelValue};

/// Whether an expression is `null` as written.
pub(super) fn is_null(expr: &IdedExpr) -> bool {
    matches!(
        &expr.expr,
        Expr::Literal(cel::common::ast::LiteralValue::Null)
    )
}

/// The dotted name an expression spells, for instance `facts.conference.kind`.
pub(super) fn dotted(expr: &IdedExpr) -> Option<String> {
    match &expr.expr {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(select) => Some(format!("{}.{}", dotted(&select.operand)?, select.field)),
        _ => None,
    }
}

/// Every dotted name an expression uses, the longest spelling of each; variables bound inside are not.
pub(super) fn names(expr: &IdedExpr, bound: &mut Vec<String>, found: &mut Vec<String>) {
    if let Some(name) = dotted(expr) {
        let root = name.split('.').next().unwrap_or_default();
        if !bound.iter().any(|variable| variable == root) {
            found.push(name);
        }
        return;
    }
    match &expr.expr {
        Expr::Call(call) => {
            for part in call.target.iter().map(AsRef::as_ref).chain(&call.args) {
                names(part, bound, found);
            }
        }
        Expr::List(list) => list
            .elements
            .iter()
            .for_each(|element| names(element, bound, found)),
        Expr::Select(select) => names(&select.operand, bound, found),
        Expr::Comprehension(inner) => {
            names(&inner.iter_range, bound, found);
            let depth = bound.len();
            bound.push(inner.iter_var.clone());
            bound.push(inner.accu_var.clone());
            bound.extend(inner.iter_var2.clone());
            for part in [
                &inner.accu_init,
                &inner.loop_cond,
                &inner.loop_step,
                &inner.result,
            ] {
                names(part, bound, found);
            }
            bound.truncate(depth);
        }
        _ => {}
    }
}

/// The value of a leaf of which every fact is known.
///
/// Known to be none equals nothing but `null`, and is neither before nor after nor in anything: only
/// `!=` holds for it.
pub(super) fn holds(expr: &IdedExpr, context: &Context<'_, '_>) -> Result<bool, String> {
    if let Expr::Call(call) = &expr.expr
        && let [left, right] = call.args.as_slice()
        && is_comparison(&call.func_name)
        && !is_null(left)
        && !is_null(right)
    {
        let values = [resolve(left, context)?, resolve(right, context)?];
        if values.iter().any(|value| matches!(value, CelValue::Null)) {
            return Ok(call.func_name == operators::NOT_EQUALS);
        }
    }
    match resolve(expr, context)? {
        CelValue::Bool(value) => Ok(value),
        CelValue::Null => Ok(false),
        _ => Err("is not a condition: it has to be true or false".to_owned()),
    }
}

fn resolve(expr: &IdedExpr, context: &Context<'_, '_>) -> Result<CelValue, String> {
    CelValue::resolve(expr, context).map_err(|error| error.to_string())
}

/// Whether an operator compares two values.
pub(super) fn is_comparison(operator: &str) -> bool {
    [
        operators::EQUALS,
        operators::NOT_EQUALS,
        operators::LESS,
        operators::LESS_EQUALS,
        operators::GREATER,
        operators::GREATER_EQUALS,
        operators::IN,
    ]
    .contains(&operator)
}
