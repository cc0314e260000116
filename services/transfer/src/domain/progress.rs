//! From the point to the ledger: when a case is placed, when it is released, and what goes along.

use baton_protocol::allocation::WithoutWorker;
use baton_protocol::transfer::{AtPoint, CompletedBy, GateUnmet};
use baton_protocol::{Place, Role};
use jiff::Timestamp;

use super::draft::{Draft, ids, joined};
use super::event::Change;
use super::hold::HoldKind;
use super::item::MetBy;
use super::owner::{outgoing, receiving};
use super::refusal::{OpenItem, Refusal};
use super::state::{Action, Phase, Release, Trouble};

/// The trouble of a move that the ledger refused.
pub const COMPLETION_FAILED: &str = "completion_failed";
/// The trouble of a move that is held because its rules do not allow it yet.
pub const MOVE_HELD: &str = "move_held";

impl Draft<'_> {
    /// Does what the protocol does by itself: places a case whose point came, or moves it at the meeting.
    pub fn advance(&mut self) {
        let Some(route) = self.route() else { return };
        let Some(reached_at) = self.transfer.point.reached_at else {
            return;
        };
        if self.transfer.phase == Phase::Open
            && route.at_point == AtPoint::Place
            && !self.transfer.team_open
            && self.transfer.hold(HoldKind::Stays).is_none()
        {
            let rules = self.transfer.point.rules.clone();
            self.push(Change::Placed, rules, reached_at);
            self.tell(baton_protocol::transfer::Occasion::Placed);
            self.refresh_clocks();
        }
        let by_itself = route.completed_by.is_some_and(CompletedBy::is_by_itself);
        let failed = self
            .transfer
            .troubles
            .iter()
            .any(|trouble| trouble.code == COMPLETION_FAILED);
        if by_itself
            && !failed
            && self.transfer.phase.is_workable()
            && self.transfer.holds.is_empty()
        {
            let open = self.open_items();
            if open.is_empty() || route.gate_unmet_at_point == GateUnmet::MoveWithActions {
                self.release_by_itself(reached_at);
            }
        }
    }

    /// A move that the meeting itself makes: back-dated to it, never before the current span.
    fn release_by_itself(&mut self, reached_at: Timestamp) {
        let since = self.transfer.span_since.unwrap_or(reached_at);
        if reached_at < since {
            self.depart(&["X-24".to_owned()], "moved_later_than_the_meeting", since);
        }
        let effective_at = reached_at.max(since).min(self.received_at());
        let rules = self.transfer.point.rules.clone();
        match self.release(effective_at, &rules) {
            Ok(()) => {}
            Err(refusal) => self.hold_move(&refusal),
        }
    }

    /// A move that cannot be made yet is somebody's task.
    pub fn hold_move(&mut self, refusal: &Refusal) {
        let rules = match refusal {
            Refusal::RuleRefuses { rules, .. } | Refusal::FactUnknown { rules, .. } => {
                rules.clone()
            }
            _ => self.transfer.point.rules.clone(),
        };
        self.trouble(MOVE_HELD, receiving(Role::TEAM_MANAGER), &rules);
    }

    /// Makes something that went wrong somebody's task.
    pub fn trouble(&mut self, code: &str, owner: baton_protocol::Party, rules: &[String]) {
        let trouble = Trouble {
            code: code.to_owned(),
            owner,
            rules: rules.to_vec(),
        };
        if !self.transfer.troubles.contains(&trouble) {
            self.push(
                Change::TroubleArose(trouble),
                rules.to_vec(),
                self.received_at(),
            );
        }
    }

    /// Ends a trouble, if there is one.
    pub fn settle_trouble(&mut self, code: &str) {
        if self
            .transfer
            .troubles
            .iter()
            .any(|trouble| trouble.code == code)
        {
            let change = Change::TroubleSettled {
                code: code.to_owned(),
            };
            self.push(change, vec![], self.received_at());
        }
    }

    /// Hands the case to the ledger. What is open at the gate becomes a dated action of the outgoing team and a recorded
    /// breach (K-58, K-60): the caller has made sure that the protocol allows this.
    pub fn release(&mut self, effective_at: Timestamp, rules: &[String]) -> Result<(), Refusal> {
        let pending_authorisation = self.without_worker()?;
        let open: Vec<OpenItem> = self.open_items();
        for item in &open {
            self.owe(item, effective_at);
        }
        for code in [COMPLETION_FAILED, MOVE_HELD] {
            self.settle_trouble(code);
        }
        let responsibility = self.context.responsibility.as_ref();
        let release = Release {
            id: self.context.fresh.release,
            expected_epoch: responsibility.map_or(self.transfer.from_epoch, |responsibility| {
                responsibility.epoch
            }),
            to_team: self.transfer.to_team.clone(),
            to_worker: self.transfer.receiving_worker.clone(),
            effective_at,
            rules: rules.to_vec(),
            pending_authorisation,
        };
        self.push(Change::Released(release), rules.to_vec(), effective_at);
        Ok(())
    }

    /// Whether a move without a worker has to wait for somebody's authority; refused where it may not be (W-152).
    fn without_worker(&self) -> Result<bool, Refusal> {
        if self.transfer.receiving_worker.is_some() {
            return Ok(false);
        }
        match self.rules.pack.without_worker(self.facts()) {
            WithoutWorker::Allowed => Ok(false),
            // Where a team alone counts as allocated there is nothing to authorise (M-008).
            WithoutWorker::Pending(_) => Ok(self.needs_a_named_worker()),
            WithoutWorker::Forbidden { stop, assumed } if assumed.is_empty() => {
                Err(Refusal::RuleRefuses {
                    act: "move_without_worker",
                    rules: ids(&stop.cites),
                    owner: Some(Box::new(self.transfer.owner(receiving(Role::TEAM_MANAGER)))),
                    remedy: "name the receiving worker first",
                })
            }
            WithoutWorker::Forbidden { stop, assumed } => Err(Refusal::FactUnknown {
                facts: assumed.iter().map(ToString::to_string).collect(),
                rules: ids(&stop.cites),
            }),
        }
    }

    fn needs_a_named_worker(&self) -> bool {
        self.rules
            .pack
            .allocation
            .allocated_means
            .as_ref()
            .is_none_or(|means| means.named_worker)
    }

    fn owe(&mut self, open: &OpenItem, at: Timestamp) {
        let route_rules = self
            .route()
            .map(|route| ids(&route.gate_unmet_cites))
            .unwrap_or_default();
        let found = self.transfer.item(&open.item);
        let breach = if found.is_some_and(|item| item.met_by == MetBy::Time) {
            // No breach of whoever hands over: a warning under its own rule (S-125).
            open.rules.clone()
        } else {
            joined(&route_rules, &open.rules)
        };
        self.depart(&breach, format!("missing_at_the_move:{}", open.item), at);
        // What the ledger does about a case without a worker is no action of the outgoing team; nor can it bring a criterion
        // about that is not met, or make up for time that was too short.
        let item = self.transfer.item(&open.item).filter(|item| {
            !matches!(item.met_by, MetBy::ReceivingWorker | MetBy::Time) && item.lacks.is_empty()
        });
        let Some(item) = item else { return };
        let rule = self.rules.pack.transfer.actions.as_ref();
        let named = item
            .completer
            .or(item.signer)
            .filter(|party| party.place == Place::Outgoing);
        let owner = named
            .or_else(|| rule.map(|rule| rule.owner))
            .unwrap_or(outgoing(Role::TEAM_MANAGER));
        let rules = joined(
            &item.rules,
            &rule.map(|rule| ids(&rule.cites)).unwrap_or_default(),
        );
        let action = Action {
            item: item.name.clone(),
            owner,
            done_at: None,
            rules: rules.clone(),
        };
        self.push(Change::ActionOwed(action), rules, at);
    }
}
