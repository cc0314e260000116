//! What the teams settle between them: who takes the case, and on which day it moves.

use baton_ids::{TeamId, WorkerId};
use baton_protocol::transfer::{Act as ProtocolAct, GateUnmet, Occasion, PointRule};
use baton_protocol::{Place, PostHeld};
use jiff::Timestamp;
use jiff::civil::Date;

use super::draft::Draft;
use super::event::Change;
use super::refusal::Refusal;
use super::state::Agreement;

impl Draft<'_> {
    /// Names the worker who will take the case.
    pub fn name_worker(&mut self, worker: &WorkerId) -> Result<PostHeld, Refusal> {
        self.ensure_workable()?;
        let right = self.right(ProtocolAct::NameReceivingWorker);
        let (post, _) = self.authorise(&right)?;
        if self.transfer.team_open {
            let team_named = self.right(ProtocolAct::NameReceivingTeam);
            return Err(Refusal::RuleRefuses {
                act: "name_receiving_worker",
                rules: team_named.rules,
                owner: team_named
                    .parties
                    .first()
                    .map(|party| Box::new(self.transfer.owner(*party))),
                remedy: "name the receiving team first",
            });
        }
        let known = self.context.worker(worker.as_str());
        let known = known.ok_or_else(|| Refusal::WorkerUnknown {
            worker: worker.clone(),
        })?;
        if known.team != self.transfer.to_team {
            let team = self.transfer.to_team.clone();
            return Err(Refusal::WorkerNotInTeam {
                worker: worker.clone(),
                team,
            });
        }
        if self.transfer.receiving_worker.as_ref() != Some(worker) {
            let another = self.transfer.receiving_worker.is_some();
            self.push(
                Change::WorkerNamed {
                    worker: worker.clone(),
                },
                right.rules,
                self.received_at(),
            );
            if another {
                // Whoever takes the place of the one named before is told as well (M-192).
                self.tell_again(Occasion::WorkerNamed, vec![], self.received_at());
            } else {
                self.tell(Occasion::WorkerNamed);
            }
        }
        Ok(post)
    }

    /// Names the team that will take the case: one of those of the area that could (W-095).
    pub fn name_team(&mut self, team: &TeamId) -> Result<PostHeld, Refusal> {
        self.ensure_workable()?;
        let right = self.right(ProtocolAct::NameReceivingTeam);
        if !self.transfer.team_open {
            return Err(Refusal::RuleRefuses {
                act: "name_receiving_team",
                rules: right.rules,
                owner: None,
                remedy: "the receiving team is identified",
            });
        }
        let (post, _) = self.authorise(&right)?;
        let kind = self.route().and_then(|route| route.to.as_ref());
        let kind = kind.map_or("", |target| target.kind.as_str());
        let could =
            |known: &&super::context::Team| known.kind == kind && known.area == self.transfer.area;
        let known = self.context.team(team).filter(could).cloned();
        let known = known.ok_or_else(|| Refusal::TeamUnknown {
            kind: kind.to_owned(),
            rules: right.rules.clone(),
        })?;
        let named = Change::ReceivingTeamSet {
            team: known.id,
            area: known.area,
            decided: true,
        };
        self.push(named, right.rules, self.received_at());
        Ok(post)
    }

    /// Agrees the date of the move, for one of the two teams. It is agreed when managers of both, two people, have
    /// confirmed the same date (L-041).
    pub fn agree_date(&mut self, date: Date) -> Result<PostHeld, Refusal> {
        self.ensure_workable()?;
        let right = self.right(ProtocolAct::AgreeDate);
        let regulated = self
            .rules
            .pack
            .transfer
            .authority(ProtocolAct::AgreeDate)
            .is_some()
            || self.route().is_some_and(|route| {
                let point = route.point.as_ref();
                route.gate_unmet_at_point == GateUnmet::AgreeADate
                    || point.is_some_and(PointRule::is_agreed)
            });
        if !regulated {
            return Err(Refusal::RuleRefuses {
                act: "agree_date",
                rules: self.transfer.point.rules.clone(),
                owner: None,
                remedy: "this protocol moves the case at its point",
            });
        }
        let (post, _) = self.authorise(&right)?;
        if date < self.today() {
            return Err(Refusal::DateInPast { date });
        }
        let known = self
            .transfer
            .agreement
            .clone()
            .filter(|agreement| agreement.date == date);
        let mut agreement = known.unwrap_or(Agreement {
            date,
            outgoing: None,
            receiving: None,
            made_at: None,
        });
        let me = self.context.actor.principal.clone();
        let sides = self.acts_as(&right.parties);
        let open = |place: Place| match place {
            Place::Outgoing => agreement.outgoing.is_none(),
            Place::Receiving => agreement.receiving.is_none(),
            Place::Responsible | Place::Area | Place::Authority => false,
        };
        let Some((post, party)) = sides.into_iter().find(|(_, party)| open(party.place)) else {
            // Confirmed before for this team: nothing new.
            return Ok(post);
        };
        let other = if party.place == Place::Outgoing {
            &agreement.receiving
        } else {
            &agreement.outgoing
        };
        if other.as_deref() == Some(me.as_str()) {
            return Err(Refusal::FourEyes {
                item: "agreed_date".to_owned(),
                rules: right.rules,
            });
        }
        if party.place == Place::Outgoing {
            agreement.outgoing = Some(me);
        } else {
            agreement.receiving = Some(me);
        }
        if agreement.is_made() {
            agreement.made_at = Some(self.received_at());
        }
        let made = agreement.is_made();
        self.push(
            Change::DateAgreed(agreement),
            right.rules,
            self.received_at(),
        );
        if made {
            self.tell(Occasion::DateAgreed);
        }
        Ok(post)
    }

    /// A notice was sent that an item or a clock waits for.
    pub fn record_notice(&mut self, item: &str, sent_at: Timestamp) {
        if self.transfer.notices_sent.contains_key(item) {
            return;
        }
        let rules = self
            .transfer
            .item(item)
            .map(|item| item.rules.clone())
            .unwrap_or_default();
        self.push(
            Change::NoticeSent {
                item: item.to_owned(),
            },
            rules,
            sent_at,
        );
    }
}
