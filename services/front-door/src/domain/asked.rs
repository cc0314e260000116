//! What is asked of a contact besides where it goes, and why: steps, what a decision says, limits, duties, notices, weighed on
//! what was known then.

use baton_calendar::{Calendar, age_reached_on};
use baton_ids::ChildId;
use baton_protocol::front_door::{
    Asked, ContactOutcome, FrontDoorRules, OutcomeLimit, OutcomeNotice,
};
use baton_protocol::transfer::Weight;
use baton_protocol::{
    Condition, FactKey, Facts, KnownFact, KnownFacts, Pack, Party, RuleId, Scope, WeighedRule,
};
use jiff::Timestamp;

use super::contact::{Contact, State};
use super::family::Family;
use super::rules::DECISION_CLOCK;
use super::step;

/// Who says what the contact itself is.
const CONTACT: &str = "contact";
/// How the keys of that begin.
const OF_CONTACT: &str = "contact.";

/// What was asked of a contact at a moment of its life.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedOf {
    /// Everything that could have been, with what became of it.
    pub weighed: Vec<WeighedRule>,
    /// What was looked at: what was known of the child, and what the contact is.
    pub known: KnownFacts,
}

/// What is known of that at which anything looks that is asked of a contact.
pub fn look(child: ChildId, family: &Family, pack: &Pack) -> KnownFacts {
    let Some(child) = family.child(child) else {
        return KnownFacts::new();
    };
    let looked_at = pack.front_door.facts_of_asking();
    // What the contact itself is, the contact knows.
    let of_child = looked_at
        .into_iter()
        .filter(|key| !key.as_str().starts_with(OF_CONTACT));
    of_child
        .filter_map(|key| {
            let known = child.facts.get(&key)?;
            let fact = KnownFact {
                value: known.value.clone(),
                source: known.source.clone(),
                effective_at: Some(known.effective_at),
                recorded_at: Some(known.recorded_at),
            };
            Some((key.to_string(), fact))
        })
        .collect()
}

/// What was asked of a contact when it was launched. None for one of before what was known was kept.
pub fn weigh_launched(contact: &Contact, pack: &Pack) -> Option<AskedOf> {
    let launched = Contact {
        state: State::Launched,
        ..contact.clone()
    };
    let known = contact.asked_on.as_ref()?;
    let facts = step::with_contact(Facts::of_known(known), &launched);
    let rules = &pack.front_door;
    let mut weighed = steps(rules, None, &facts);
    let clock = rules.clock(DECISION_CLOCK);
    weighed.extend(clock.map(|clock| {
        let when = clock.when.as_ref();
        let name = format!("clock/{}", clock.clock);
        let title = &clock.title;
        let rule = unless_known_not(&name, title, &clock.cites, when, &facts);
        towards(rule, &[clock.by])
    }));
    weighed.extend(duties(rules, "launched", &facts));
    weighed.extend(guidance(rules, &facts));
    let open_case = rules.open_case.iter().filter(|_| contact.case.is_some());
    let told = open_case.flat_map(|open_case| &open_case.tells);
    weighed.extend(told.map(|notice| of_notice(notice, contact, &facts, None)));
    Some(of(weighed, known, &facts, contact.received_at))
}

/// What was asked of the decision on a contact, or would be of one with that outcome.
pub fn weigh_decided(
    contact: &Contact,
    outcome: &ContactOutcome,
    at: Timestamp,
    known: &KnownFacts,
    pack: &Pack,
    calendar: &Calendar,
) -> AskedOf {
    let facts = step::with_contact(Facts::of_known(known), contact);
    let decision = contact.decision();
    let need_level = decision.and_then(|decision| decision.need_level.as_deref());
    let facts = step::with_outcome(facts, &outcome.outcome, need_level);
    let rules = &pack.front_door;
    let mut weighed = steps(rules, Some(&outcome.outcome), &facts);
    weighed.extend(asks(rules, &outcome.outcome, &facts));
    let limits = (1..).zip(&outcome.limits);
    weighed.extend(limits.map(|(number, limit)| of_limit(number, limit, outcome, &facts)));
    weighed.extend(duties(rules, "decided", &facts));
    weighed.extend(guidance(rules, &facts));
    let on = Some(calendar.date_of(at));
    let notices = outcome.tells.iter();
    weighed.extend(notices.map(|notice| of_notice(notice, contact, &facts, on)));
    of(weighed, known, &facts, at)
}

/// What was looked at belongs to it: of the child as it was reported, of the contact as it is.
fn of(weighed: Vec<WeighedRule>, known: &KnownFacts, facts: &Facts, at: Timestamp) -> AskedOf {
    let mut known = known.clone();
    for key in weighed.iter().flat_map(|rule| &rule.facts) {
        let Some(value) = facts.get(key) else {
            continue;
        };
        known.entry(key.to_string()).or_insert_with(|| KnownFact {
            value: value.clone(),
            source: CONTACT.to_owned(),
            effective_at: Some(at),
            recorded_at: None,
        });
    }
    AskedOf { weighed, known }
}

/// Who decides on a contact with that outcome: whoever the outcome names, else the kind of contact, else the protocol.
pub fn deciders<'p>(
    contact: &Contact,
    outcome: Option<&'p ContactOutcome>,
    pack: &'p Pack,
) -> Option<(&'p [Party], &'p [RuleId])> {
    let of_outcome = outcome.map(|outcome| (outcome.decided_by.as_slice(), &outcome.cites));
    let kind = pack.front_door.kind(&contact.kind);
    let of_kind = kind.map(|kind| (kind.decided_by.as_slice(), &kind.cites));
    let of_pack = pack.front_door.decided_by.as_ref();
    let of_pack = of_pack.map(|decided_by| (decided_by.by.as_slice(), &decided_by.cites));
    let mut said = [of_outcome, of_kind, of_pack].into_iter().flatten();
    said.find(|(by, _)| !by.is_empty())
        .map(|(by, cites)| (by, cites.as_slice()))
}

/// The steps that come before every decision, or before this one.
fn steps(rules: &FrontDoorRules, outcome: Option<&str>, facts: &Facts) -> Vec<WeighedRule> {
    let is_before =
        |before: &String| before == "any" || outcome.is_some_and(|outcome| before == outcome);
    let steps = rules.steps.iter();
    steps
        .map(|step| {
            let name = format!("step/{}", step.step);
            let when = step.when.as_ref();
            let rule = while_known(&name, &step.title, &step.cites, when, facts);
            let asked = step.before.iter().any(is_before);
            towards(elsewhere_unless(asked, rule), &step.by)
        })
        .collect()
}

fn asks(rules: &FrontDoorRules, outcome: &str, facts: &Facts) -> Vec<WeighedRule> {
    let asks = rules.decision_asks.iter();
    asks.map(|ask| {
        let what = match ask.ask {
            Asked::NeedLevel => "need_level",
            Asked::Issues => "issues",
            Asked::Rationale => "rationale",
            Asked::Team => "team",
        };
        let name = format!("ask/{what}");
        let rule = while_known(&name, "", &ask.cites, ask.when.as_ref(), facts);
        let asked = ask.outcomes.is_empty() || ask.outcomes.iter().any(|one| one == outcome);
        elsewhere_unless(asked, rule)
    })
    .collect()
}

/// While it holds the outcome may be decided; unknown facts do no harm.
fn of_limit(
    number: usize,
    limit: &OutcomeLimit,
    outcome: &ContactOutcome,
    facts: &Facts,
) -> WeighedRule {
    let name = format!("limit/{}/{number}", outcome.outcome);
    while_known(&name, &limit.title, &limit.cites, Some(&limit.when), facts)
}

/// What is owed from then on. A duty is dropped only when it is known not to be one.
fn duties(rules: &FrontDoorRules, from: &str, facts: &Facts) -> Vec<WeighedRule> {
    let duties = rules.duties.iter();
    duties
        .map(|duty| {
            let name = format!("duty/{}", duty.duty);
            let when = duty.when.as_ref();
            let rule = unless_known_not(&name, &duty.title, &duty.cites, when, facts);
            towards(elsewhere_unless(duty.from == from, rule), &[duty.by])
        })
        .collect()
}

fn guidance(rules: &FrontDoorRules, facts: &Facts) -> Vec<WeighedRule> {
    let guidance = rules.guidance.iter();
    guidance
        .map(|guidance| {
            let name = format!("guidance/{}", guidance.guidance);
            let when = guidance.when.as_ref();
            while_known(&name, &guidance.says, &guidance.cites, when, facts)
        })
        .collect()
}

/// Whether somebody is told, which hangs on the form of the contact and on the child's age on the day of the decision.
fn of_notice(
    notice: &OutcomeNotice,
    contact: &Contact,
    facts: &Facts,
    on: Option<jiff::civil::Date>,
) -> WeighedRule {
    let born = FactKey::date_of_birth();
    let day = facts.date(born.as_str());
    let of_form = notice.forms.is_empty() || notice.forms.contains(&contact.form);
    let weight = match (notice.from_age.zip(on), day) {
        _ if !of_form => Weight::OtherTrigger,
        (None, _) => Weight::Won,
        (Some((years, on)), Some(day)) if age_reached_on(day, years, 0) <= on => Weight::Won,
        (Some(_), Some(_)) => Weight::DoesNotHold,
        // A letter to a child of unknown age is not written.
        (Some(_), None) => Weight::PassedOver {
            missing: [born.clone()].into(),
        },
    };
    let mut asks: Vec<String> = Vec::new();
    if !notice.forms.is_empty() {
        asks.push(notice.forms.join(" or "));
    }
    asks.extend(notice.from_age.map(|years| format!("aged {years} or over")));
    let to: Vec<String> = notice.to.iter().map(ToString::to_string).collect();
    WeighedRule {
        title: notice.title.clone(),
        weight,
        condition: asks.join("; "),
        facts: day
            .filter(|_| notice.from_age.is_some())
            .map(|_| born)
            .into_iter()
            .collect(),
        leads_to: to.join(", "),
        ..WeighedRule::won(&format!("notice/{}", notice.notice), &notice.cites)
    }
}

fn unless_known_not(
    name: &str,
    title: &str,
    cites: &[RuleId],
    when: Option<&Condition>,
    facts: &Facts,
) -> WeighedRule {
    WeighedRule {
        title: title.to_owned(),
        ..WeighedRule::assumed_while_unknown(name, cites, when, &Scope::of(facts))
    }
}

fn while_known(
    name: &str,
    title: &str,
    cites: &[RuleId],
    when: Option<&Condition>,
    facts: &Facts,
) -> WeighedRule {
    let rule = unless_known_not(name, title, cites, when, facts);
    WeighedRule {
        weight: match rule.weight {
            Weight::Assumed { missing } => Weight::PassedOver { missing },
            weight => weight,
        },
        ..rule
    }
}

fn elsewhere_unless(asked: bool, rule: WeighedRule) -> WeighedRule {
    let weight = if asked {
        rule.weight
    } else {
        Weight::OtherTrigger
    };
    WeighedRule { weight, ..rule }
}

fn towards(rule: WeighedRule, by: &[Party]) -> WeighedRule {
    let by: Vec<String> = by.iter().map(ToString::to_string).collect();
    WeighedRule {
        leads_to: by.join(" or "),
        ..rule
    }
}

#[cfg(test)]
mod tests;
