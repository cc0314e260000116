//! Kleene's and, or, not and conditional over leaves that may be undecided.

use std::collections::BTreeSet;

use cel::common::ast::{Expr, operators};
use cel::{Context, IdedExpr};

use super::leaf;
use super::scope::{Name, Scope};
use super::{Truth, Verdict};
use crate::facts::FactKey;

/// Evaluates the expression of a checked condition.
pub(super) fn decide(expr: &IdedExpr, scope: &Scope<'_>) -> Verdict {
    let mut walk = Walk {
        scope,
        context: scope.context(),
        facts: BTreeSet::new(),
    };
    let truth = walk.truth(expr);
    Verdict {
        truth,
        facts: walk.facts,
    }
}

struct Walk<'a> {
    scope: &'a Scope<'a>,
    context: Context<'static, 'static>,
    facts: BTreeSet<FactKey>,
}

impl Walk<'_> {
    fn truth(&mut self, expr: &IdedExpr) -> Truth {
        if let Expr::Call(call) = &expr.expr {
            match (call.func_name.as_str(), call.args.as_slice()) {
                (operators::LOGICAL_AND, [left, right]) => {
                    let (left, right) = (self.truth(left), self.truth(right));
                    return both(left, right, &Truth::False);
                }
                (operators::LOGICAL_OR, [left, right]) => {
                    let (left, right) = (self.truth(left), self.truth(right));
                    return both(left, right, &Truth::True);
                }
                (operators::LOGICAL_NOT, [inner]) => {
                    return match self.truth(inner) {
                        Truth::True => Truth::False,
                        Truth::False => Truth::True,
                        undecided @ Truth::Undecided { .. } => undecided,
                    };
                }
                (operators::CONDITIONAL, [condition, then, otherwise]) => {
                    return match self.truth(condition) {
                        Truth::True => self.truth(then),
                        Truth::False => self.truth(otherwise),
                        undecided @ Truth::Undecided { .. } => {
                            let (then, otherwise) = (self.truth(then), self.truth(otherwise));
                            either_way(undecided, then, otherwise)
                        }
                    };
                }
                _ => {}
            }
        }
        self.leaf(expr)
    }

    /// A leaf is decided once every fact it names is known.
    fn leaf(&mut self, expr: &IdedExpr) -> Truth {
        let mut names = Vec::new();
        leaf::names(expr, &mut Vec::new(), &mut names);
        let mut missing = BTreeSet::new();
        for name in names {
            match Name::parse(&name) {
                Ok(Name::Fact(key)) => {
                    if self.scope.facts.get(&key).is_some() {
                        self.facts.insert(key);
                    } else {
                        missing.insert(key);
                    }
                }
                Ok(Name::Unborn) if self.scope.facts.is_unborn().is_none() => {
                    missing.extend([FactKey::date_of_birth(), FactKey::expected_delivery_date()]);
                }
                Ok(Name::AccommodatedAged) if self.scope.facts.accommodated_aged().is_none() => {
                    missing.extend([FactKey::date_of_birth(), FactKey::accommodated_on()]);
                }
                Ok(Name::YoungestAccommodatedAged)
                    if self.scope.facts.youngest_accommodated_aged().is_none() =>
                {
                    missing.extend([FactKey::date_of_birth(), FactKey::accommodated_on()]);
                }
                _ => {}
            }
        }
        if !missing.is_empty() {
            return Truth::Undecided { missing };
        }
        // Conditions are dry-run at load, so an error here means that two facts do not fit each other.
        // A rule that cannot be evaluated does not hold.
        if leaf::holds(expr, &self.context).unwrap_or(false) {
            Truth::True
        } else {
            Truth::False
        }
    }
}

/// And (`decisive` is false) or or (`decisive` is true): one decisive side decides alone.
fn both(left: Truth, right: Truth, decisive: &Truth) -> Truth {
    match (left, right) {
        (left, right) if left == *decisive || right == *decisive => decisive.clone(),
        (Truth::Undecided { missing: mut all }, Truth::Undecided { missing }) => {
            all.extend(missing);
            Truth::Undecided { missing: all }
        }
        (undecided @ Truth::Undecided { .. }, _) | (_, undecided @ Truth::Undecided { .. }) => {
            undecided
        }
        (left, _) => left,
    }
}

/// A conditional whose condition is undecided is still decided when both ways come to the same.
fn either_way(condition: Truth, then: Truth, otherwise: Truth) -> Truth {
    if then == otherwise && !matches!(then, Truth::Undecided { .. }) {
        return then;
    }
    let missing = [condition, then, otherwise]
        .into_iter()
        .filter_map(|truth| match truth {
            Truth::Undecided { missing } => Some(missing),
            _ => None,
        })
        .flatten()
        .collect();
    Truth::Undecided { missing }
}
