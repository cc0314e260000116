//! Items that are met without an act on them: by the record system's evidence, or by doing without.

use baton_protocol::transfer::Act as ProtocolAct;
use baton_protocol::{Party, PostHeld};

use super::authority::Right;
use super::command::Evidence;
use super::draft::Draft;
use super::event::{Change, ItemChange};
use super::item::{Act, ItemState};
use super::refusal::Refusal;
use super::state::Phase;

impl Draft<'_> {
    /// Does without an item that the protocol lets the actor do without.
    pub fn waive(&mut self, name: &str) -> Result<PostHeld, Refusal> {
        self.ensure_workable()?;
        let found = self.transfer.item(name).filter(|item| item.asked_for);
        let mut item = found
            .ok_or_else(|| Refusal::ItemUnknown {
                item: name.to_owned(),
            })?
            .clone();
        let general = self
            .rules
            .pack
            .transfer
            .authority(ProtocolAct::Waive)
            .is_some()
            && !item.hard;
        if item.waivable_by.is_empty() && !general {
            return Err(Refusal::NotWaivable {
                item: item.name,
                rules: item.rules,
            });
        }
        let right = if item.waivable_by.is_empty() {
            self.right(ProtocolAct::Waive)
        } else {
            Right {
                parties: item.waivable_by.clone(),
                only: false,
                reason: false,
                rules: item.rules.clone(),
            }
        };
        let (post, party) = self.authorise(&right)?;
        // A joint waiver needs another person for each team.
        let me = &self.context.actor.principal;
        let waiting: Vec<Party> = right
            .parties
            .iter()
            .filter(|party| !item.waived.contains_key(party))
            .copied()
            .collect();
        let as_other = self.acts_as(&waiting).into_iter().next();
        let (post, party) = as_other.unwrap_or((post, party));
        if item.waived_jointly && item.waived.values().any(|act| act.by == *me) {
            return Err(Refusal::FourEyes {
                item: item.name,
                rules: item.rules,
            });
        }
        item.waived
            .insert(party, self.act(&post, self.received_at()));
        let rules = item.rules.clone();
        let waived = item.state() == ItemState::Waived;
        self.set_item(ItemChange::Waived, item);
        if waived {
            let digest = self.context.reason_digest.clone();
            // It is the rule that lets them do without which they go by (L-029).
            let doing_without = self
                .rules
                .pack
                .transfer
                .item(name)
                .and_then(|rule| rule.waiver.as_ref())
                .and_then(|waiver| waiver.cites.first());
            let rule = doing_without.map_or_else(
                || rules.first().cloned().unwrap_or_default(),
                ToString::to_string,
            );
            let departure = super::departures::Departure {
                rule,
                code: format!("waived:{name}"),
                by: self.context.actor.principal.clone(),
                at: self.received_at(),
                reason_digest: digest,
                reason_from: None,
            };
            self.push(Change::Departed(departure), rules, self.received_at());
            self.lift_return_when_put_right();
        }
        Ok(post)
    }

    /// Takes evidence of the record system into the items it concerns.
    pub fn record_evidence(&mut self, evidence: &Evidence) {
        let at = evidence.effective_at;
        if matches!(self.transfer.phase, Phase::Completed { .. }) {
            let owed = self
                .transfer
                .actions
                .iter()
                .filter(|action| action.done_at.is_none());
            for action in owed.cloned().collect::<Vec<_>>() {
                if self.concerns(&action.item, evidence) == Some(true) {
                    self.push(Change::ActionDone { item: action.item }, action.rules, at);
                }
            }
            return;
        }
        if !self.transfer.phase.is_workable() {
            return;
        }
        let items = self
            .transfer
            .gate
            .iter()
            .filter(|item| item.asked_for)
            .cloned();
        for mut item in items.collect::<Vec<_>>() {
            // What only a person signs is not met by a record.
            let by_record =
                item.completer.is_some() || (item.signer.is_none() && item.confirmers.is_empty());
            let Some(suffices) = self.concerns(&item.name, evidence).filter(|_| by_record) else {
                continue;
            };
            let by = evidence
                .done_by
                .clone()
                .unwrap_or_else(|| self.context.actor.principal.clone());
            if suffices && item.completed.is_none() {
                item.completed = Some(Act {
                    by,
                    at,
                    covering_for: None,
                });
                self.set_item(ItemChange::Completed, item);
            } else if !suffices && item.completed.is_some() && item.signed.is_none() {
                item.completed = None;
                self.set_item(ItemChange::Reset, item);
            }
        }
        self.lift_return_when_put_right();
    }

    /// Whether evidence is about an item, and whether it suffices.
    fn concerns(&self, name: &str, evidence: &Evidence) -> Option<bool> {
        let rule = self.rules.pack.transfer.item(name)?;
        let about = rule.item == evidence.item || rule.evidence.contains(&evidence.item);
        about.then(|| rule.accepts_state(&evidence.state, &self.scope()))
    }
}
