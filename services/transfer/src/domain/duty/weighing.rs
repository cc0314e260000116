//! Everything that a team could owe on a case, with what became of it: the long form of looking at duties, for whoever asks
//! why.

use baton_calendar::Due;
use baton_protocol::transfer::{Duty, FACTS_CHANGED, Weight};
use baton_protocol::{Scope, TeamKind, WeighedRule};

use super::super::command::Trigger;
use super::super::consider::{Deciding, Series};
use super::super::context::{Child, Context, Responsibility};
use super::super::draft::Rules;
use super::super::watch::kind_of;
use super::{Order, Owed};

/// Something that could be owed on a case.
pub struct WeighedDuty {
    /// What became of it.
    pub rule: WeighedRule,
    /// It is owed, and how its limit is counted where it has one.
    pub owed: Option<(Owed, Option<Due>)>,
}

/// Weighs every duty of the protocol on the facts of now, as looking at them does whenever they change. Nothing when the kind
/// of the team that has the case is not known.
pub fn weigh_duties(
    child: &Child,
    responsibility: &Responsibility,
    context: &Context,
    rules: Rules<'_>,
) -> Vec<WeighedDuty> {
    let Some(from) = kind_of(responsibility, context) else {
        return vec![];
    };
    let trigger = Trigger {
        event: FACTS_CHANGED.to_owned(),
        conference: None,
        meeting: None,
        effective_at: context.received_at,
    };
    let deciding = Deciding {
        series: &Series::default(),
        trigger: &trigger,
        context,
        rules,
        pinned: rules,
    };
    let mut scope = Scope::of(&child.facts);
    scope.today = Some(rules.calendar.date_of(context.received_at));
    let duties = rules.pack.transfer.duties.iter();
    duties
        .map(|duty| deciding.weigh_duty(duty, child, responsibility, from, &scope))
        .collect()
}

impl Deciding<'_> {
    fn weigh_duty(
        &self,
        duty: &Duty,
        child: &Child,
        responsibility: &Responsibility,
        from: TeamKind,
        scope: &Scope<'_>,
    ) -> WeighedDuty {
        let when = duty.when.as_ref();
        let rule = WeighedRule::assumed_while_unknown(&duty.duty, &duty.cites, when, scope);
        let mut rule = WeighedRule {
            title: duty.title.clone(),
            leads_to: duty.by.to_string(),
            ..rule
        };
        let not_owed = |mut rule: WeighedRule, weight| {
            rule.weight = weight;
            WeighedDuty { rule, owed: None }
        };
        if !duty.while_with.contains(&from) {
            return not_owed(rule, Weight::OtherTeam);
        }
        match &rule.weight {
            // While nobody has said nothing is asked.
            Weight::Assumed { missing } => {
                let missing = missing.clone();
                return not_owed(rule, Weight::PassedOver { missing });
            }
            Weight::DoesNotHold => return not_owed(rule, Weight::DoesNotHold),
            _ => {}
        }
        let met = duty.met_by.decide(scope);
        rule.facts.extend(met.facts);
        let Some(order) = self.order(duty, scope) else {
            // Its day has not come, is not known, or is over; or another duty comes before it.
            return not_owed(rule, Weight::OtherTrigger);
        };
        if order.is_kept() && duty.is_met(scope) {
            "met".clone_into(&mut rule.leads_to);
            return not_owed(rule, Weight::Won);
        }
        let Some(mut owed) = self.owed(duty, child, responsibility) else {
            let fact = duty.due.as_ref().and_then(|term| term.moment.fact());
            let missing = fact.into_iter().collect();
            return not_owed(rule, Weight::PassedOver { missing });
        };
        let due = duty
            .due
            .as_ref()
            .and_then(|term| self.limit(duty, term, &child.facts));
        if let Order::Broken { rules } = order {
            self.put_out_of_order(&mut owed, rules);
        }
        WeighedDuty {
            rule,
            owed: Some((owed, due)),
        }
    }
}
