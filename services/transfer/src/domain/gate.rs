//! The gate: what the protocol asks for, and what is still open.

use std::collections::BTreeMap;

use baton_protocol::transfer::{
    Act as ProtocolAct, Bars, Gate, GateItem, IfFailed, IfNo, Occasion, SatisfiedBy,
};
use baton_protocol::{Party, Role, Truth};

use super::draft::{Draft, ids};
use super::event::{Change, ItemChange};
use super::hold::HoldKind;
use super::item::{Act, Item, ItemState, MetBy};
use super::numbers::{NEW_CONTACT_NUMBERS, NUMBER_MISSING};
use super::owner::{Owner, receiving};
use super::refusal::OpenItem;
use super::state::Meeting;

/// An item of the protocol as a transfer keeps it, with nothing done about it.
pub fn fresh(rule: &GateItem) -> Item {
    let met_by = match &rule.satisfied_by {
        SatisfiedBy::Acts => MetBy::People {
            evidence: rule.evidence.clone(),
            states: rule.evidence_states.clone(),
        },
        SatisfiedBy::Facts(_) | SatisfiedBy::Recent(_) | SatisfiedBy::Criteria(_) => MetBy::Facts,
        SatisfiedBy::Lasted(_) => MetBy::Time,
        SatisfiedBy::Notice(kind) => MetBy::Notice { kind: kind.clone() },
        SatisfiedBy::Meeting(kind) => MetBy::Meeting { kind: kind.clone() },
        SatisfiedBy::ReceivingWorker => MetBy::ReceivingWorker,
        SatisfiedBy::ReceivingTeam => MetBy::ReceivingTeam,
    };
    let waiver = rule.waiver.as_ref();
    // What something else meets has only an owner: nobody completes, signs or confirms it here.
    let by_people = matches!(met_by, MetBy::People { .. });
    Item {
        name: rule.item.clone(),
        rules: ids(&rule.cites),
        hard: rule.is_hard(),
        bars_nothing: rule.bars == Bars::Nothing,
        met_by,
        asks: rule.asks.clone(),
        decision: rule.decision,
        flag: None,
        completer: if by_people {
            rule.completed_by
        } else {
            rule.owner()
        },
        signer: rule.signed_by.filter(|_| by_people),
        reviewer: rule.reviewed_by.filter(|_| by_people),
        confirmers: if by_people {
            rule.confirmed_by.clone()
        } else {
            vec![]
        },
        any_one: by_people && rule.any_one,
        lacks: vec![],
        waivable_by: waiver.map_or_else(Vec::new, |waiver| waiver.by.clone()),
        waived_jointly: waiver.is_some_and(|waiver| waiver.jointly),
        returns: rule.if_failed == IfFailed::Return,
        asked_for: true,
        answers: BTreeMap::new(),
        completed: None,
        signed: None,
        reviewed: None,
        confirmed: BTreeMap::new(),
        waived: BTreeMap::new(),
        failed: false,
    }
}

impl Draft<'_> {
    /// Looks at the gate again: which items the facts ask for, and which the facts, a meeting, a worker or a notice meet.
    pub fn refresh_gate(&mut self) {
        let Some(route) = self.route() else { return };
        let anchors = self.anchors();
        let mut asked: Vec<Gate<'_>> = self.rules.pack.gate_of(route, &self.scope());
        asked.retain(|gate| {
            let here = route.asked_once.get(&gate.item.item);
            let mut once = gate.item.asked_once.iter().chain(here);
            once.all(|moment| anchors.find(moment, self.facts()).is_some())
        });
        let met_by_facts: Vec<(Item, bool)> = asked
            .iter()
            .map(|gate| {
                let mut item = fresh(gate.item);
                self.flag(gate.item, &mut item);
                item.lacks.clone_from(&gate.lacks);
                // What the protocol does not list counts too, with a reason, however strictly the item binds (M-108).
                if !gate.with_reason.is_empty() {
                    item.rules = ids(&gate.with_reason);
                    item.hard = false;
                }
                (item, gate.by_facts == Some(Truth::True))
            })
            .collect();

        let gone = self.transfer.gate.iter().filter(|item| item.asked_for);
        let gone: Vec<Item> = gone
            .filter(|item| {
                !met_by_facts
                    .iter()
                    .any(|(asked, _)| asked.name == item.name)
            })
            .cloned()
            .collect();
        for mut item in gone {
            item.asked_for = false;
            self.set_item(ItemChange::Reset, item);
        }
        for (asked, by_facts) in met_by_facts {
            let before = self.transfer.item(&asked.name).cloned();
            let mut item = before.clone().unwrap_or_else(|| asked.clone());
            item.asked_for = true;
            if item.met_by == MetBy::Facts {
                item.rules.clone_from(&asked.rules);
                item.hard = asked.hard;
                item.lacks.clone_from(&asked.lacks);
            }
            take_flag(&mut item, asked);
            self.meet_from_state(&mut item, by_facts);
            if before.as_ref() != Some(&item) {
                let act = if item.is_settled() {
                    ItemChange::Completed
                } else {
                    ItemChange::Reset
                };
                self.set_item(act, item);
            }
        }
    }

    /// Completes or reopens what is met by something else than acts on the item.
    fn meet_from_state(&self, item: &mut Item, by_facts: bool) {
        let met_at = match &item.met_by {
            MetBy::People { .. } => return,
            MetBy::Facts | MetBy::Time => by_facts.then_some(self.received_at()),
            MetBy::ReceivingWorker => self.transfer.worker_named_at,
            MetBy::ReceivingTeam => {
                let named_at = self.transfer.team_named_at;
                (!self.transfer.team_open).then(|| named_at.unwrap_or(self.transfer.opened_at))
            }
            MetBy::Notice { kind } => {
                let sent = &self.transfer.notices_sent;
                sent.get(&item.name).or_else(|| sent.get(kind)).copied()
            }
            // A discussion of two managers is none with one of them (M-089, L-049).
            MetBy::Meeting { kind } => self
                .transfer
                .meeting(kind)
                .filter(|meeting| meeting.absent.is_empty() && !meeting.lacks_time())
                .and_then(|meeting| meeting.held_at),
        };
        match met_at {
            Some(at) if item.completed.is_none() => {
                item.completed = Some(Act {
                    by: self.context.actor.principal.clone(),
                    at,
                    covering_for: None,
                });
            }
            None => item.completed = None,
            Some(_) => {}
        }
    }

    /// Shows at an item what is shown there by today, and asks what is asked then besides (L-037).
    fn flag(&self, rule: &GateItem, item: &mut Item) {
        let Some(flag) = &rule.flag else { return };
        let pack = self.rules.pack;
        let from = flag.from.due(
            &self.anchors(),
            self.facts(),
            self.rules.calendar,
            pack.plain_days,
        );
        if from.is_none_or(|from| from.on > self.today()) {
            return;
        }
        item.flag = Some(flag.flag.clone());
        let more = flag
            .asks_of
            .as_ref()
            .and_then(|name| pack.settings.get(name));
        let more = more.and_then(|more| more.as_array()).into_iter().flatten();
        let more = more.filter_map(|ask| ask.as_str().map(str::to_owned));
        item.asks.extend(more);
    }

    /// Sets an item.
    pub fn set_item(&mut self, act: ItemChange, item: Item) {
        let at = item.settled_at().unwrap_or_else(|| self.received_at());
        let rules = item.rules.clone();
        let name = item.name.clone();
        let met = |item: Option<&Item>| item.is_some_and(|item| item.state() == ItemState::Met);
        let before = met(self.transfer.item(&name));
        self.push(Change::ItemSet { act, item }, rules, at);
        if !before && met(self.transfer.item(&name)) {
            self.tell_of_item(&name);
            self.stay_when_declined(&name);
        }
    }

    /// Those who decide decided against the move: the case stays where it is (M-115).
    fn stay_when_declined(&mut self, name: &str) {
        let declined = self
            .transfer
            .item(name)
            .is_some_and(|item| item.decision && item.answers.values().any(|yes| !yes));
        let rule = self.rules.pack.transfer.item(name);
        let Some(rule) = rule.filter(|rule| declined && rule.if_no == IfNo::Stays) else {
            return;
        };
        let change = Change::Lapsed {
            reason: "decided_to_stay".to_owned(),
            closure_ground: None,
        };
        self.end(change, ids(&rule.cites), self.received_at());
        self.tell(Occasion::Declined);
    }

    /// Everything that is open at the gate.
    pub fn open_items(&self) -> Vec<OpenItem> {
        let items = self.transfer.gate.iter().filter(|item| item.bars());
        let mut open: Vec<OpenItem> = items.map(|item| self.open_item(item)).collect();
        for hold in &self.transfer.holds {
            open.push(OpenItem {
                item: hold.kind.code().to_owned(),
                missing: vec![],
                rules: hold.rules.clone(),
                owner: Some(self.transfer.owner(hold.owner)),
                next_step: if hold.kind == HoldKind::Returned {
                    "put_right"
                } else {
                    "end_the_hold"
                }
                .to_owned(),
                waivable_by: None,
            });
        }
        open
    }

    /// Who may do without an item.
    fn may_waive(&self, item: &Item) -> Vec<Owner> {
        let general = self.rules.pack.transfer.authority(ProtocolAct::Waive);
        let parties = match general.filter(|_| item.waivable_by.is_empty() && !item.hard) {
            Some(authority) => &authority.by,
            None => &item.waivable_by,
        };
        let owner = |party: &Party| self.transfer.owner(*party);
        parties.iter().map(owner).collect()
    }

    /// One open item, with whose it is and what to do.
    pub fn open_item(&self, item: &Item) -> OpenItem {
        let party = match item.met_by {
            MetBy::ReceivingWorker => Some(receiving(Role::TEAM_MANAGER)),
            _ => item.next_owner(),
        };
        // The letter waits for the number under which the new team is reached (L-035).
        if matches!(item.met_by, MetBy::Notice { .. }) && self.waits_for_number() {
            return OpenItem {
                item: item.name.clone(),
                missing: vec![NEW_CONTACT_NUMBERS.to_owned()],
                rules: item.rules.clone(),
                owner: Some(self.transfer.owner(receiving(Role::TEAM_MANAGER))),
                next_step: NUMBER_MISSING.to_owned(),
                waivable_by: Some(self.may_waive(item)).filter(|who| item.hard || !who.is_empty()),
            };
        }
        // The managers met and did not say when the case moves (L-049).
        let no_time = matches!(&item.met_by, MetBy::Meeting { kind }
            if self.transfer.meeting(kind).is_some_and(Meeting::lacks_time));
        OpenItem {
            item: item.name.clone(),
            missing: if no_time {
                vec!["agreed_date".to_owned()]
            } else {
                item.missing()
            },
            rules: item.rules.clone(),
            owner: party.map(|party| self.transfer.owner(party)),
            next_step: if no_time {
                "agree_a_time"
            } else {
                item.next_step()
            }
            .to_owned(),
            // A soft one is departed from with a reason: nobody has to waive it.
            waivable_by: Some(self.may_waive(item)).filter(|who| item.hard || !who.is_empty()),
        }
    }
}

/// Takes over what is shown at an item by now. What is asked for the first time is not answered yet.
fn take_flag(item: &mut Item, asked: Item) {
    if item.flag == asked.flag {
        return;
    }
    let all_answered = asked.asks.iter().all(|ask| item.asks.contains(ask));
    item.flag = asked.flag;
    item.asks = asked.asks;
    if !all_answered {
        item.completed = None;
    }
}
