//! Completing a transfer: the request, the ledger's answer, and ending without a move.

use baton_protocol::transfer::{
    Act as ProtocolAct, AtPoint, CompletedBy, FACTS_CHANGED, GateUnmet, Occasion,
};
use baton_protocol::{PostHeld, Role};
use jiff::Timestamp;
use uuid::Uuid;

use super::authority::Right;
use super::draft::{Draft, ids};
use super::event::{Change, ItemChange};
use super::hold::{Hold, HoldAbout, HoldKind};
use super::owner::{outgoing, receiving};
use super::progress::COMPLETION_FAILED;
use super::refusal::{OpenItem, Refusal};
use super::state::Phase;
use super::watch::is_watched;

impl Draft<'_> {
    /// Refuses what the phase does not know: nothing is possible while the ledger decides, or after the end.
    pub fn ensure_workable(&self) -> Result<(), Refusal> {
        match &self.transfer.phase {
            Phase::Open | Phase::Placed => Ok(()),
            Phase::Completing { .. } => Err(Refusal::Released),
            phase => Err(Refusal::WrongPhase {
                phase: phase.code(),
            }),
        }
    }

    /// Releases the case on behalf of the team that takes it.
    pub fn complete(&mut self) -> Result<PostHeld, Refusal> {
        self.ensure_workable()?;
        let (post, _) = self.authorise(&self.right_to_complete())?;
        self.ensure_point_reached()?;
        self.ensure_gate()?;
        let rules = self.transfer.point.rules.clone();
        self.release(self.received_at(), &rules)?;
        Ok(post)
    }

    /// Who may complete it: whom the route names, and where it moves by itself whoever the protocol gives it to.
    pub fn right_to_complete(&self) -> Right {
        match self.route().and_then(|route| route.completed_by) {
            Some(CompletedBy::Party(party)) => Right::of(party, &self.transfer.point.rules),
            // The meeting moves it by itself; what it could not move is completed by hand.
            Some(CompletedBy::TheMeeting | CompletedBy::ThePoint) | None => {
                self.right(ProtocolAct::Complete)
            }
        }
    }

    fn ensure_point_reached(&self) -> Result<(), Refusal> {
        let point = &self.transfer.point;
        let mut waiting_for = point.waiting_for.clone();
        let placed = self.transfer.phase == Phase::Placed
            || self
                .route()
                .is_none_or(|route| route.at_point != AtPoint::Place);
        if waiting_for.is_empty() && (point.reached_at.is_none() || !placed) {
            waiting_for.push(
                point
                    .due_on
                    .map_or_else(|| "the_point".to_owned(), |date| date.to_string()),
            );
        }
        let agreed = self
            .transfer
            .agreement
            .as_ref()
            .filter(|agreement| agreement.is_made());
        if let Some(agreement) = agreed.filter(|agreement| agreement.date > self.today()) {
            waiting_for.push(format!("agreed_date {}", agreement.date));
        }
        if waiting_for.is_empty() {
            return Ok(());
        }
        Err(Refusal::PointNotReached {
            waiting_for,
            rules: point.rules.clone(),
        })
    }

    /// Hard items bar completion. Soft ones need a reason each, unless the case moves with what is open as actions.
    fn ensure_gate(&mut self) -> Result<(), Refusal> {
        let open = self.open_items();
        let with_actions = self
            .route()
            .is_some_and(|route| route.gate_unmet_at_point == GateUnmet::MoveWithActions);
        // Where the meeting itself moves the case nothing that is missing bars it, by hand neither (K-58).
        let by_the_meeting = with_actions
            && self.transfer.holds.is_empty()
            && self
                .route()
                .is_some_and(|route| route.completed_by.is_some_and(CompletedBy::is_by_itself));
        if !by_the_meeting && open.iter().any(|item| self.is_hard(item)) {
            return Err(Refusal::GateNotMet { open });
        }
        // Papers follow as actions; what cannot follow, such as seeing the child, asks for a reason there too (M-001).
        let mut asks_for_reason: Vec<OpenItem> = open
            .into_iter()
            .filter(|item| !with_actions || (!by_the_meeting && self.cannot_follow(item)))
            .collect();
        // Once the day has come the move is not early. That its conference was is on record already.
        let today = self.today();
        let too_early = self.transfer.point.too_early.iter();
        let still_early = too_early.filter(|early| early.day.is_none_or(|day| day > today));
        asks_for_reason.extend(still_early.map(|early| OpenItem {
            item: format!("not_before {}", early.moment),
            missing: vec![],
            rules: early.rules.clone(),
            owner: None,
            next_step: early.day.map_or_else(
                || "report the day".to_owned(),
                |day| format!("wait until {day}"),
            ),
            waivable_by: None,
        }));
        if !asks_for_reason.is_empty() {
            asks_for_reason.extend(self.tests_of_departure());
        }
        let unexplained: Vec<OpenItem> = asks_for_reason
            .iter()
            .filter(|item| self.context.reason_for(&item.rules).is_none())
            .cloned()
            .collect();
        if !unexplained.is_empty() {
            return Err(Refusal::ReasonRequired { open: unexplained });
        }
        for item in asks_for_reason {
            self.depart(
                &item.rules,
                format!("open:{}", item.item),
                self.received_at(),
            );
        }
        Ok(())
    }

    /// The tests that every departure has to meet, to be answered under their own rule (M-002).
    fn tests_of_departure(&self) -> Option<OpenItem> {
        let depart = self.rules.pack.transfer.authority(ProtocolAct::Depart)?;
        let tests = depart.tests.as_ref()?;
        Some(OpenItem {
            item: "tests_of_departure".to_owned(),
            missing: tests.asks.clone(),
            rules: ids(&tests.cites),
            owner: None,
            next_step: "say how the tests are met".to_owned(),
            waivable_by: None,
        })
    }

    fn cannot_follow(&self, open: &OpenItem) -> bool {
        let rule = self.rules.pack.transfer.item(&open.item);
        rule.is_some_and(|rule| rule.cannot_follow)
    }

    fn is_hard(&self, open: &OpenItem) -> bool {
        // What is no item is a hold: it bars until it ends.
        self.transfer.item(&open.item).is_none_or(|item| item.hard)
    }

    /// Sends the case back to the outgoing team to be put right. Clocks run on (W-086).
    pub fn return_to_outgoing(&mut self) -> Result<PostHeld, Refusal> {
        self.ensure_workable()?;
        let right = self.right(ProtocolAct::Return);
        let (post, _) = self.authorise(&right)?;
        if self.transfer.phase != Phase::Placed && self.transfer.point.reached_at.is_none() {
            return Err(Refusal::WrongPhase {
                phase: self.transfer.phase.code(),
            });
        }
        self.hold_as_returned(&right.rules);
        Ok(post)
    }

    /// Begins the hold `returned`; what the other team had accepted has to be looked at again.
    pub fn hold_as_returned(&mut self, rules: &[String]) {
        let hold = Hold {
            kind: HoldKind::Returned,
            owner: outgoing(Role::TEAM_MANAGER),
            since: self.received_at(),
            reason_digest: self.context.reason_digest.clone(),
            rules: rules.to_vec(),
            until: None,
            lifts_at: None,
            about: HoldAbout::Nothing,
        };
        self.push(Change::Held(hold), rules.to_vec(), self.received_at());
        self.tell(Occasion::Returned);
        let reviewed = self
            .transfer
            .gate
            .iter()
            .filter(|item| item.reviewed.is_some());
        for mut item in reviewed.cloned().collect::<Vec<_>>() {
            item.reviewed = None;
            self.set_item(ItemChange::Reset, item);
        }
    }

    /// Takes the transfer back on behalf of the outgoing team.
    pub fn withdraw(&mut self) -> Result<PostHeld, Refusal> {
        self.ensure_workable()?;
        let right = self.right(ProtocolAct::Withdraw);
        let (post, _) = self.authorise(&right)?;
        self.end(Change::Withdrawn, right.rules, self.received_at());
        Ok(post)
    }

    /// Ends the transfer without a move: nothing is due any more.
    pub fn end(&mut self, change: Change, rules: Vec<String>, at: Timestamp) {
        let lapsed = matches!(change, Change::Lapsed { .. });
        self.push(change, rules, at);
        if lapsed {
            self.tell(Occasion::Lapsed);
        }
        let running = self.transfer.clocks.iter().filter(|clock| clock.is_open());
        for name in running.map(|clock| clock.name.clone()).collect::<Vec<_>>() {
            self.cancel_clock(&name);
        }
    }

    /// The ledger moved responsibility.
    pub fn confirm_move(
        &mut self,
        release: Uuid,
        epoch: i64,
        moved_at: Timestamp,
    ) -> Result<(), Refusal> {
        match &self.transfer.phase {
            Phase::Completing { release: under_way } if under_way.id == release => {
                let rules = under_way.rules.clone();
                // A team of another kind may have routes that hold already, and other duties.
                let look_again = is_watched(self.rules.pack, FACTS_CHANGED);
                let change = Change::Completed {
                    epoch,
                    moved_at,
                    look_again,
                };
                self.push(change, rules, moved_at);
                self.tell(Occasion::Moved);
                self.refresh_clocks();
                Ok(())
            }
            // Confirmed before: the answer was lost.
            Phase::Completed {
                release_id,
                epoch: known,
                ..
            } if *release_id == release && *known == epoch => Ok(()),
            _ => Err(Refusal::OtherRelease),
        }
    }

    /// The ledger refused: back to where it was, and somebody has a task.
    pub fn fail_completion(
        &mut self,
        release: Uuid,
        reason: &str,
        rules: &[String],
    ) -> Result<(), Refusal> {
        let Phase::Completing { release: under_way } = &self.transfer.phase else {
            return Err(Refusal::OtherRelease);
        };
        if under_way.id != release {
            return Err(Refusal::OtherRelease);
        }
        let change = Change::CompletionFailed {
            release,
            reason: reason.to_owned(),
        };
        self.push(change, rules.to_vec(), self.received_at());
        let owner = match self.route().and_then(|route| route.completed_by) {
            Some(CompletedBy::Party(party)) => party,
            Some(CompletedBy::TheMeeting | CompletedBy::ThePoint) | None => {
                receiving(Role::TEAM_MANAGER)
            }
        };
        self.trouble(COMPLETION_FAILED, owner, rules);
        self.depart(
            rules,
            format!("the_ledger_refused:{reason}"),
            self.received_at(),
        );
        Ok(())
    }

    /// The local date on which the call was received.
    pub fn today(&self) -> jiff::civil::Date {
        self.rules.calendar.date_of(self.received_at())
    }
}
