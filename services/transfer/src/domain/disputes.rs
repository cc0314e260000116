//! Disputes: raised on a ground, taken up rung by rung, settled by a decision.

use std::collections::BTreeMap;

use baton_calendar::Anchor;
use baton_ids::TeamId;
use baton_protocol::transfer::{DisputeRule, DisputeRung, Occasion};
use baton_protocol::{Audience, Party, Place, PostHeld, Rung};

use super::authority::Right;
use super::deferral::refused;
use super::draft::{Draft, ids, joined};
use super::due::Spec;
use super::event::{Change, ItemChange, NoticeDue};
use super::hold::{Dispute, Hold, HoldAbout, HoldKind, Opinion, Resolution};
use super::refusal::Refusal;
use super::state::Agreement;

impl<'a> Draft<'a> {
    /// Raises a dispute: it goes to the first rung of its ground's ladder.
    pub fn raise_dispute(&mut self, ground: &str) -> Result<PostHeld, Refusal> {
        const ACT: &str = "raise_dispute";
        self.ensure_workable()?;
        let pack = self.rules.pack;
        let Some(rule) = pack.transfer.dispute(ground) else {
            let rules = self.transfer.point.rules.clone();
            let remedy = "this protocol settles nothing on this ground";
            return Err(refused(ACT, &rules, remedy));
        };
        let rules = ids(&rule.cites);
        let (post, _) = self.authorise(&right(&rule.by, &rules))?;
        if self.transfer.hold(HoldKind::Disputed).is_some() {
            let remedy = "a dispute is under way: settle that first";
            return Err(refused(ACT, &rules, remedy));
        }
        let round = self.transfer.hold_round + 1;
        self.take_to(rule, 0, round);
        Ok(post)
    }

    /// Takes a dispute up a rung before its time.
    pub fn escalate_dispute(&mut self) -> Result<PostHeld, Refusal> {
        const ACT: &str = "escalate_dispute";
        self.ensure_workable()?;
        let (dispute, rule) = self.dispute(ACT)?;
        let mut parties = rule.by.clone();
        parties.extend(
            dispute
                .settled_by
                .iter()
                .filter(|party| !rule.by.contains(party)),
        );
        let rules = rules_of(&dispute, rule);
        let (post, _) = self.authorise(&right(&parties, &rules))?;
        if dispute.rung + 1 >= rule.ladder.len() {
            return Err(refused(ACT, &rules, "nobody is above: settle it there"));
        }
        self.take_to(rule, dispute.rung + 1, dispute.round);
        Ok(post)
    }

    /// Decides a dispute. Those who decide together have to decide the same.
    pub fn resolve_dispute(&mut self, decision: &Resolution) -> Result<PostHeld, Refusal> {
        const ACT: &str = "resolve_dispute";
        self.ensure_workable()?;
        let (dispute, rule) = self.dispute(ACT)?;
        let rules = rules_of(&dispute, rule);
        let (post, party) = self.authorise(&right(&dispute.settled_by, &rules))?;
        if let Resolution::OtherTeam { team } = decision {
            self.ensure_other_team(team, &rules)?;
        }
        let jointly = rule
            .ladder
            .get(dispute.rung)
            .is_some_and(|rung| rung.jointly);
        if jointly {
            let dispute = self.with_opinion(dispute, &post, party, decision, &rules)?;
            let agreed = dispute.settled_by.iter().all(|party| {
                let mut opinions = dispute.opinions.iter();
                opinions.any(|opinion| opinion.party == *party && opinion.decision == *decision)
            });
            if !agreed {
                self.hold_dispute(dispute, &rules);
                return Ok(post);
            }
        }
        self.settle(decision, &rules);
        Ok(post)
    }

    /// A rung did not settle it in time: it goes up by itself. Whether the clock was one of a dispute.
    pub fn dispute_not_settled(&mut self, clock: &str) -> bool {
        let Ok((dispute, rule)) = self.dispute("escalate_dispute") else {
            return clock.starts_with("dispute_");
        };
        let of_rung = self.transfer.hold(HoldKind::Disputed).and_then(Hold::clock);
        if of_rung.as_deref() == Some(clock) && dispute.rung + 1 < rule.ladder.len() {
            self.take_to(rule, dispute.rung + 1, dispute.round);
        }
        clock.starts_with("dispute_")
    }

    /// The clock of the rung that has it.
    pub fn dispute_spec(&self) -> Option<Spec> {
        let hold = self.transfer.hold(HoldKind::Disputed)?;
        let dispute = hold.dispute()?;
        let rule = self.rules.pack.transfer.dispute(&dispute.ground)?;
        let within = rule.ladder.get(dispute.rung)?.within?;
        let within = within.in_profile(self.rules.pack.plain_days);
        let name = hold.clock()?;
        let above = rule.ladder.get(dispute.rung + 1);
        let above = above.into_iter().flat_map(|rung| &rung.to);
        let from = Anchor::Instant(dispute.reached_at);
        Some(Spec {
            met_by: format!("hold:{name}"),
            name,
            owner: hold.owner,
            rules: hold.rules.clone(),
            counted_from: "disputed".to_owned(),
            due: self.rules.calendar.due_after(from, within),
            remind: vec![],
            escalate: above
                .map(|party| Rung {
                    to: *party,
                    after: None,
                })
                .collect(),
            needs_resolution: dispute.rung + 1 < rule.ladder.len(),
            reminds_only: false,
            reminder: None,
        })
    }

    fn dispute(&self, act: &'static str) -> Result<(Dispute, &'a DisputeRule), Refusal> {
        let hold = self.transfer.hold(HoldKind::Disputed);
        let dispute = hold.and_then(Hold::dispute).cloned();
        let pack = self.rules.pack;
        dispute
            .and_then(|dispute| {
                let rule = pack.transfer.dispute(&dispute.ground)?;
                Some((dispute, rule))
            })
            .ok_or_else(|| {
                let rules = self.transfer.point.rules.clone();
                refused(act, &rules, "nothing is disputed")
            })
    }

    fn take_to(&mut self, rule: &DisputeRule, rung: usize, round: u32) {
        let Some(above) = rule.ladder.get(rung) else {
            return;
        };
        let dispute = Dispute {
            ground: rule.dispute.clone(),
            rung,
            reached_at: self.received_at(),
            settled_by: above.to.clone(),
            opinions: vec![],
            round,
        };
        let rules = rules_of(&dispute, rule);
        self.hold_dispute(dispute, &rules);
        let notice = self.notice_to(above, &rule.dispute, rung, &rules);
        if let Some(event) = self.events.last_mut() {
            event.notices.push(notice);
        }
    }

    fn hold_dispute(&mut self, dispute: Dispute, rules: &[String]) {
        let known = self.transfer.hold(HoldKind::Disputed);
        let hold = Hold {
            kind: HoldKind::Disputed,
            owner: dispute
                .settled_by
                .first()
                .copied()
                .unwrap_or(self.transfer.completed_by),
            since: known.map_or_else(|| self.received_at(), |known| known.since),
            reason_digest: known.map_or_else(
                || self.context.reason_digest.clone(),
                |known| known.reason_digest.clone(),
            ),
            rules: rules.to_vec(),
            until: None,
            lifts_at: None,
            about: HoldAbout::Dispute(dispute),
        };
        self.push(Change::Held(hold), rules.to_vec(), self.received_at());
    }

    fn notice_to(
        &self,
        above: &DisputeRung,
        ground: &str,
        rung: usize,
        rules: &[String],
    ) -> NoticeDue {
        NoticeDue {
            kind: "escalation_notice".to_owned(),
            audience: above.to.iter().copied().map(Audience::Party).collect(),
            medium: "email".to_owned(),
            rules: rules.to_vec(),
            due: None,
            meets_item: None,
            cause_key: format!(
                "{}/dispute/{}/{rung}",
                self.transfer.id, self.transfer.hold_round
            ),
            content: BTreeMap::from([
                ("dispute".to_owned(), ground.to_owned()),
                (
                    "receiving_team".to_owned(),
                    self.transfer.to_team.to_string(),
                ),
            ]),
            sender: None,
        }
    }

    /// Whoever holds a post in a team speaks for that team alone; a manager above both speaks for both.
    fn with_opinion(
        &self,
        mut dispute: Dispute,
        post: &PostHeld,
        party: Party,
        decision: &Resolution,
        rules: &[String],
    ) -> Result<Dispute, Refusal> {
        let me = &self.context.actor.principal;
        let parties = if post.team.is_some() {
            vec![party]
        } else {
            self.acts_as(&dispute.settled_by)
                .into_iter()
                .map(|(_, party)| party)
                .collect()
        };
        let for_another = |opinion: &Opinion| {
            post.team.is_some() && opinion.by == *me && !parties.contains(&opinion.party)
        };
        if dispute.opinions.iter().any(for_another) {
            return Err(Refusal::FourEyes {
                item: dispute.ground,
                rules: rules.to_vec(),
            });
        }
        dispute
            .opinions
            .retain(|opinion| !parties.contains(&opinion.party));
        dispute
            .opinions
            .extend(parties.into_iter().map(|party| Opinion {
                party,
                by: me.clone(),
                decision: decision.clone(),
            }));
        Ok(dispute)
    }

    fn ensure_other_team(&self, team: &TeamId, rules: &[String]) -> Result<(), Refusal> {
        if *team == self.transfer.from_team {
            let remedy = "that team has the case: decide that the transfer is withdrawn";
            return Err(refused("resolve_dispute", rules, remedy));
        }
        if self.context.team(team).is_none() {
            return Err(Refusal::TeamUnknown {
                kind: team.to_string(),
                rules: rules.to_vec(),
            });
        }
        Ok(())
    }

    fn settle(&mut self, decision: &Resolution, rules: &[String]) {
        let Some(hold) = self.transfer.hold(HoldKind::Disputed).cloned() else {
            return;
        };
        let ground = hold
            .dispute()
            .map_or("", |dispute| &dispute.ground)
            .to_owned();
        self.end_hold(&hold, rules);
        let change = Change::DisputeSettled {
            ground,
            decision: decision.clone(),
        };
        self.push(change, rules.to_vec(), self.received_at());
        match decision {
            Resolution::GoesOn => {}
            Resolution::Withdrawn => {
                self.end(Change::Withdrawn, rules.to_vec(), self.received_at());
            }
            Resolution::OtherTeam { team } => self.give_to(team, rules),
        }
    }

    /// Another team takes the case: what the one before it had looked at, confirmed or agreed is to be done anew.
    fn give_to(&mut self, team: &TeamId, rules: &[String]) {
        let area = self.context.team(team).and_then(|team| team.area.clone());
        let change = Change::ReceivingTeamSet {
            team: team.clone(),
            area,
            decided: true,
        };
        let same = *team == self.transfer.to_team;
        self.push(change, rules.to_vec(), self.received_at());
        if same {
            return;
        }
        let receiving = |party: &Party| party.place == Place::Receiving;
        for mut item in self.transfer.gate.clone() {
            let before = item.clone();
            item.reviewed = None;
            item.confirmed.retain(|party, _| !receiving(party));
            item.waived.retain(|party, _| !receiving(party));
            if item.completer.is_some_and(|party| receiving(&party)) {
                item.completed = None;
            }
            if item != before {
                self.set_item(ItemChange::Reset, item);
            }
        }
        let agreement = self.transfer.agreement.clone();
        if let Some(agreement) = agreement.filter(|agreement| agreement.receiving.is_some()) {
            let again = Agreement {
                receiving: None,
                made_at: None,
                ..agreement
            };
            self.push(
                Change::DateAgreed(again),
                rules.to_vec(),
                self.received_at(),
            );
        }
        self.tell_again(Occasion::Opened, rules.to_vec(), self.received_at());
    }
}

fn right(parties: &[Party], rules: &[String]) -> Right {
    Right {
        parties: parties.to_vec(),
        only: false,
        reason: true,
        rules: rules.to_vec(),
    }
}

/// The rules of the ground and of the rung that has it.
fn rules_of(dispute: &Dispute, rule: &DisputeRule) -> Vec<String> {
    let rung = rule.ladder.get(dispute.rung);
    let rung = rung.map_or_else(Vec::new, |rung| ids(&rung.cites));
    joined(&ids(&rule.cites), &rung)
}
