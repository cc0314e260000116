//! Acts on the items of the gate, and on what is owed after the move.

use std::collections::BTreeMap;

use baton_protocol::{Party, PostHeld};
use jiff::Timestamp;

use super::authority::Right;
use super::command::ItemAct;
use super::draft::Draft;
use super::event::{Change, ItemChange};
use super::hold::HoldKind;
use super::item::{Act, Item, MetBy};
use super::refusal::Refusal;
use super::state::Phase;

impl Draft<'_> {
    /// Completes or confirms an item, or an action owed after the move.
    pub fn complete_item(&mut self, act: &ItemAct) -> Result<PostHeld, Refusal> {
        let at = self.effective(act.effective_at)?;
        if matches!(self.transfer.phase, Phase::Completed { .. }) {
            return self.complete_action(&act.item, at);
        }
        self.ensure_workable()?;
        let mut item = self.item_for_people(&act.item)?;
        if item.completer.is_none() && item.confirmers.is_empty() {
            return Err(Refusal::OtherWay {
                item: item.name,
                instead: "sign_item",
            });
        }
        if item.decision {
            decide(&mut item, &act.answers)?;
        }
        if let Some((post, party)) = self.confirmation(&item) {
            item.confirmed.insert(party, self.act(&post, at));
            self.set_item(ItemChange::Completed, item);
            return Ok(post);
        }
        let parties: Vec<Party> = item
            .completer
            .into_iter()
            .chain(item.confirmers.iter().copied())
            .collect();
        let right = Right {
            parties,
            only: false,
            reason: false,
            rules: item.rules.clone(),
        };
        let (post, _) = self.authorise(&right)?;
        let Some(completer) = item.completer else {
            // Every party the actor may act for has confirmed: nothing new.
            return Ok(post);
        };
        self.authorise(&Right::of(completer, &item.rules))?;
        let answered_here = item.signer.is_none();
        let refused = answer(&mut item, &act.answers, answered_here)?;
        item.completed = Some(self.act(&post, at));
        item.failed = refused;
        self.set_item(
            if refused {
                ItemChange::Failed
            } else {
                ItemChange::Completed
            },
            item,
        );
        self.lift_return_when_put_right();
        Ok(post)
    }

    /// Whether the actor can give one of the confirmations that an item waits for, and as whom. One person confirms for
    /// one team only.
    fn confirmation(&self, item: &Item) -> Option<(PostHeld, Party)> {
        let me = &self.context.actor.principal;
        if item.confirmed.values().any(|act| act.by == *me) {
            return None;
        }
        let waiting: Vec<Party> = item
            .confirmers
            .iter()
            .filter(|party| !item.confirmed.contains_key(party))
            .copied()
            .collect();
        self.acts_as(&waiting).into_iter().next()
    }

    fn complete_action(&mut self, name: &str, at: Timestamp) -> Result<PostHeld, Refusal> {
        let found = self
            .transfer
            .actions
            .iter()
            .find(|action| action.item == name);
        let action = found
            .ok_or_else(|| Refusal::ItemUnknown {
                item: name.to_owned(),
            })?
            .clone();
        let (post, _) = self.authorise(&Right::of(action.owner, &action.rules))?;
        if action.done_at.is_none() {
            self.push(
                Change::ActionDone {
                    item: name.to_owned(),
                },
                action.rules,
                at,
            );
        }
        Ok(post)
    }

    /// Signs an item. One answer of no fails it.
    pub fn sign_item(&mut self, act: &ItemAct) -> Result<PostHeld, Refusal> {
        self.ensure_workable()?;
        let at = self.effective(act.effective_at)?;
        let mut item = self.item_for_people(&act.item)?;
        let Some(signer) = item.signer else {
            return Err(Refusal::OtherWay {
                item: item.name,
                instead: "complete_item",
            });
        };
        let (post, _) = self.authorise(&Right::of(signer, &item.rules))?;
        if item.completer.is_some() && item.completed.is_none() {
            let rules = item.rules;
            return Err(Refusal::RuleRefuses {
                act: "sign_item",
                rules,
                owner: item
                    .completer
                    .map(|party| Box::new(self.transfer.owner(party))),
                remedy: "it has to be completed first",
            });
        }
        self.ensure_other_hands(&item, item.completed.as_ref())?;
        let refused = answer(&mut item, &act.answers, true)?;
        item.signed = (!refused).then(|| self.act(&post, at));
        // What is signed anew has to be looked at anew by the other team.
        item.reviewed = None;
        item.failed = refused;
        self.set_item(
            if refused {
                ItemChange::Failed
            } else {
                ItemChange::Signed
            },
            item,
        );
        self.lift_return_when_put_right();
        Ok(post)
    }

    /// Accepts or rejects what the other team signed (W-174).
    pub fn review(&mut self, name: &str, accepted: bool) -> Result<PostHeld, Refusal> {
        self.ensure_workable()?;
        let mut item = self.item_for_people(name)?;
        let right = match item.reviewer {
            Some(reviewer) => Right::of(reviewer, &item.rules),
            None => {
                return Err(Refusal::OtherWay {
                    item: item.name,
                    instead: "sign_item",
                });
            }
        };
        let (post, _) = self.authorise(&right)?;
        if accepted && item.signer.is_some() && item.signed.is_none() {
            let rules = item.rules;
            return Err(Refusal::RuleRefuses {
                act: "review_audit",
                rules,
                owner: item
                    .signer
                    .map(|party| Box::new(self.transfer.owner(party))),
                remedy: "it has to be signed first",
            });
        }
        self.ensure_other_hands(&item, item.signed.as_ref().or(item.completed.as_ref()))?;
        if accepted {
            item.reviewed = Some(self.act(&post, self.received_at()));
            self.set_item(ItemChange::Accepted, item);
            self.lift_return_when_put_right();
        } else {
            let (returns, rules) = (item.returns, item.rules.clone());
            item.reviewed = None;
            item.signed = None;
            self.set_item(ItemChange::Rejected, item);
            if returns {
                self.hold_as_returned(&rules);
            }
        }
        Ok(post)
    }

    /// A returned case is put right as soon as nothing but the return itself is open (W-086).
    pub fn lift_return_when_put_right(&mut self) {
        if self.transfer.hold(HoldKind::Returned).is_none() {
            return;
        }
        if !self.transfer.gate.iter().any(Item::bars) {
            let rules = self
                .transfer
                .hold(HoldKind::Returned)
                .map(|hold| hold.rules.clone())
                .unwrap_or_default();
            self.push(
                Change::HoldLifted(HoldKind::Returned),
                rules,
                self.received_at(),
            );
        }
    }

    /// When an act was done: never in the future, never before the current span.
    pub fn effective(&self, given: Option<Timestamp>) -> Result<Timestamp, Refusal> {
        let at = given.unwrap_or_else(|| self.received_at());
        if at > self.received_at() {
            return Err(Refusal::EffectiveInFuture { at });
        }
        match self.transfer.span_since.filter(|since| at < *since) {
            Some(since) => Err(Refusal::EffectiveBeforeSpan { since }),
            None => Ok(at),
        }
    }

    fn item_for_people(&self, name: &str) -> Result<Item, Refusal> {
        let found = self.transfer.item(name).filter(|item| item.asked_for);
        let item = found.ok_or_else(|| Refusal::ItemUnknown {
            item: name.to_owned(),
        })?;
        match item.met_by {
            MetBy::People { .. } => Ok(item.clone()),
            _ => Err(Refusal::OtherWay {
                item: item.name.clone(),
                instead: item.next_step(),
            }),
        }
    }

    /// Who prepared an item may not approve it.
    fn ensure_other_hands(&self, item: &Item, before: Option<&Act>) -> Result<(), Refusal> {
        if before.is_some_and(|act| act.by == self.context.actor.principal) {
            return Err(Refusal::FourEyes {
                item: item.name.clone(),
                rules: item.rules.clone(),
            });
        }
        Ok(())
    }

    /// An act of the actor in a post.
    pub fn act(&self, post: &PostHeld, at: Timestamp) -> Act {
        Act {
            by: self.context.actor.principal.clone(),
            at,
            covering_for: post.covering_for.as_ref().map(ToString::to_string),
        }
    }
}

/// Takes a decision in. Who decides otherwise than the other did decides anew: the other has to confirm again.
fn decide(item: &mut Item, answers: &BTreeMap<String, bool>) -> Result<(), Refusal> {
    if answers.is_empty() && !item.answers.is_empty() || *answers == item.answers {
        return Ok(());
    }
    item.answers.clear();
    item.confirmed.clear();
    answer(item, answers, false)?;
    let open = item.asks.iter().filter(|ask| !answers.contains_key(*ask));
    let open: Vec<String> = open.cloned().collect();
    if open.is_empty() {
        return Ok(());
    }
    Err(Refusal::AnswersDoNotFit {
        item: item.name.clone(),
        questions: open,
    })
}

/// Takes answers in, and says whether one is no. A question may stay open only while another is answered no, or when
/// somebody later answers it.
fn answer(item: &mut Item, answers: &BTreeMap<String, bool>, all: bool) -> Result<bool, Refusal> {
    let unasked: Vec<String> = answers
        .keys()
        .filter(|ask| !item.asks.contains(ask))
        .cloned()
        .collect();
    if !unasked.is_empty() {
        return Err(Refusal::AnswersDoNotFit {
            item: item.name.clone(),
            questions: unasked,
        });
    }
    item.answers
        .extend(answers.iter().map(|(ask, yes)| (ask.clone(), *yes)));
    let refused = item.answers.values().any(|yes| !yes);
    let open: Vec<String> = item
        .asks
        .iter()
        .filter(|ask| !item.answers.contains_key(*ask))
        .cloned()
        .collect();
    if all && !refused && !open.is_empty() {
        return Err(Refusal::AnswersDoNotFit {
            item: item.name.clone(),
            questions: open,
        });
    }
    Ok(refused)
}
