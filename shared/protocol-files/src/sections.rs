//! Every section of an authority's files, each entry with its place.

use std::sync::Arc;

use baton_protocol::allocation::{
    AllocatedMeans, Counting, HardStop, LeaveUnallocated, NamedBy, NextWorkerJoins,
};
use baton_protocol::closure::ClosureGround;
use baton_protocol::front_door::{
    ContactDuty, ContactKind, ContactOutcome, ContactStep, DecidedBy, DecisionAsk, EnquiryKind,
    Guidance, OpenCase, ReferralRoute, Rota, RouteDecider, TrayRule,
};
use baton_protocol::notification::{Exception, NoticeKind};
use baton_protocol::transfer::{
    ActionRule, Authority, DeferralRule, DisputeRule, Duty, FewestMoves, GateItem, Meeting,
    MeetingSchedule, Notice, PolicyReviewRule, Reference, Route, StayRule, SuspensionRule,
    UndecidedRule,
};
use baton_protocol::{Clock, Strength};

use crate::raw::{
    self, AllocationFile, ClosureFile, Findings, FrontDoorFile, Located, NotificationFile,
    TransferFile,
};
use crate::source::File;

/// Every section, as read.
#[derive(Debug, Default)]
pub(crate) struct Sections {
    pub contact_routes: Vec<Located<ReferralRoute>>,
    pub referral_routes: Vec<Located<ReferralRoute>>,
    pub open_case: Option<Located<OpenCase>>,
    pub contact_outcomes: Vec<Located<ContactOutcome>>,
    pub decided_by: Option<Located<DecidedBy>>,
    pub elsewhere: Option<Located<RouteDecider>>,
    pub rotas: Vec<Located<Rota>>,
    pub front_door_clocks: Vec<Located<Clock>>,
    pub contact_kinds: Vec<Located<ContactKind>>,
    pub contact_steps: Vec<Located<ContactStep>>,
    pub decision_asks: Vec<Located<DecisionAsk>>,
    pub contact_duties: Vec<Located<ContactDuty>>,
    pub guidance: Vec<Located<Guidance>>,
    pub enquiries: Vec<Located<EnquiryKind>>,
    pub tray: Option<Located<TrayRule>>,
    pub single_gateway: Option<Located<OpenCase>>,
    pub allocated_means: Option<Located<AllocatedMeans>>,
    pub hard_stops: Vec<Located<HardStop>>,
    pub counting: Vec<Located<Counting>>,
    pub leave_unallocated: Option<Located<LeaveUnallocated>>,
    pub named_by: Option<Located<NamedBy>>,
    pub next_worker_joins: Option<Located<NextWorkerJoins>>,
    pub allocation_clocks: Vec<Located<Clock>>,
    pub routes: Vec<Located<Route>>,
    pub gate: Vec<Located<GateItem>>,
    pub meetings: Vec<Located<Meeting>>,
    pub clocks: Vec<Located<Clock>>,
    pub tells: Vec<Located<Notice>>,
    pub duties: Vec<Located<Duty>>,
    pub authorities: Vec<Located<Authority>>,
    pub actions: Option<Located<ActionRule>>,
    pub undecided: Option<Located<UndecidedRule>>,
    pub deferral: Option<Located<DeferralRule>>,
    pub disputes: Vec<Located<DisputeRule>>,
    pub suspension: Option<Located<SuspensionRule>>,
    pub policy_review: Option<Located<PolicyReviewRule>>,
    pub schedules: Vec<Located<MeetingSchedule>>,
    pub stays: Vec<Located<StayRule>>,
    pub references: Vec<Located<Reference>>,
    pub fewest_moves: Option<Located<FewestMoves>>,
    pub grounds: Vec<Located<ClosureGround>>,
    pub closure_clocks: Vec<Located<Clock>>,
    pub kinds: Vec<Located<NoticeKind>>,
    pub exceptions: Vec<Located<Exception>>,
}

impl Sections {
    /// Reads the five rule files of a folder.
    pub fn read(files: &[Arc<File>], findings: &mut Findings) -> Self {
        let mut sections = Self::default();
        for file in files {
            match file.name() {
                "front-door.yaml" => sections.read_front_door(file, findings),
                "allocation.yaml" => sections.read_allocation(file, findings),
                "transfer.yaml" => sections.read_transfer(file, findings),
                "closure.yaml" => sections.read_closure(file, findings),
                _ => sections.read_notification(file, findings),
            }
        }
        sections
    }

    fn read_front_door(&mut self, file: &Arc<File>, findings: &mut Findings) {
        let raw = raw::read::<Option<FrontDoorFile>>(file, &mut findings.problems)
            .flatten()
            .unwrap_or_default();
        let one = [
            &raw.open_case,
            &raw.decided_by,
            &raw.elsewhere,
            &raw.tray,
            &raw.single_gateway,
        ];
        let one = one.into_iter().flatten().cloned().collect();
        let ends = raw::ends([
            &raw.contact_routes,
            &raw.referral_routes,
            &raw.outcomes,
            &raw.rotas,
            &raw.clocks,
            &raw.kinds,
            &raw.steps,
            &raw.decision_asks,
            &raw.duties,
            &raw.guidance,
            &raw.enquiries,
            &one,
        ]);
        self.contact_routes = raw::entries(file, raw.contact_routes, &ends, findings);
        self.referral_routes = raw::entries(file, raw.referral_routes, &ends, findings);
        self.contact_outcomes = raw::entries(file, raw.outcomes, &ends, findings);
        self.open_case = raw
            .open_case
            .and_then(|entry| raw::entry_of(file, entry, &ends, findings));
        self.decided_by = raw
            .decided_by
            .and_then(|entry| raw::entry_of(file, entry, &ends, findings));
        self.elsewhere = raw
            .elsewhere
            .and_then(|entry| raw::entry_of(file, entry, &ends, findings));
        self.rotas = raw::entries(file, raw.rotas, &ends, findings);
        self.front_door_clocks = raw::entries(file, raw.clocks, &ends, findings);
        self.contact_kinds = raw::entries(file, raw.kinds, &ends, findings);
        self.contact_steps = raw::entries(file, raw.steps, &ends, findings);
        self.decision_asks = raw::entries(file, raw.decision_asks, &ends, findings);
        self.contact_duties = raw::entries(file, raw.duties, &ends, findings);
        self.guidance = raw::entries(file, raw.guidance, &ends, findings);
        self.enquiries = raw::entries(file, raw.enquiries, &ends, findings);
        self.tray = raw
            .tray
            .and_then(|entry| raw::entry_of(file, entry, &ends, findings));
        self.single_gateway = raw
            .single_gateway
            .and_then(|entry| raw::entry_of(file, entry, &ends, findings));
    }

    fn read_allocation(&mut self, file: &Arc<File>, findings: &mut Findings) {
        let raw = raw::read::<Option<AllocationFile>>(file, &mut findings.problems)
            .flatten()
            .unwrap_or_default();
        let ones = [
            &raw.allocated_means,
            &raw.leave_unallocated,
            &raw.named_by,
            &raw.next_worker_joins,
        ];
        let ones = ones.into_iter().flatten().cloned().collect();
        let ends = raw::ends([&raw.hard_stops, &raw.clocks, &raw.counting, &ones]);
        self.allocated_means = raw
            .allocated_means
            .and_then(|entry| raw::entry_of(file, entry, &ends, findings));
        self.hard_stops = raw::entries(file, raw.hard_stops, &ends, findings);
        self.leave_unallocated = raw
            .leave_unallocated
            .and_then(|entry| raw::entry_of(file, entry, &ends, findings));
        self.named_by = raw
            .named_by
            .and_then(|entry| raw::entry_of(file, entry, &ends, findings));
        self.next_worker_joins = raw
            .next_worker_joins
            .and_then(|entry| raw::entry_of(file, entry, &ends, findings));
        self.allocation_clocks = raw::entries(file, raw.clocks, &ends, findings);
        self.counting = raw::entries(file, raw.counting, &ends, findings);
    }

    fn read_transfer(&mut self, file: &Arc<File>, findings: &mut Findings) {
        let raw = raw::read::<Option<TransferFile>>(file, &mut findings.problems)
            .flatten()
            .unwrap_or_default();
        let ones = [
            &raw.actions,
            &raw.undecided,
            &raw.deferral,
            &raw.suspension,
            &raw.policy_review,
            &raw.fewest_moves,
        ];
        let one = ones.into_iter().flatten().cloned().collect();
        let ends = raw::ends([
            &raw.routes,
            &raw.gate,
            &raw.meetings,
            &raw.clocks,
            &raw.tells,
            &raw.duties,
            &raw.authorities,
            &raw.disputes,
            &raw.schedules,
            &raw.stays,
            &raw.references,
            &one,
        ]);
        self.routes = raw::entries(file, raw.routes, &ends, findings);
        self.gate = raw::entries(file, raw.gate, &ends, findings);
        self.meetings = raw::entries(file, raw.meetings, &ends, findings);
        self.clocks = raw::entries(file, raw.clocks, &ends, findings);
        self.tells = raw::entries(file, raw.tells, &ends, findings);
        self.duties = raw::entries(file, raw.duties, &ends, findings);
        self.authorities = raw::entries(file, raw.authorities, &ends, findings);
        self.disputes = raw::entries(file, raw.disputes, &ends, findings);
        self.schedules = raw::entries(file, raw.schedules, &ends, findings);
        self.stays = raw::entries(file, raw.stays, &ends, findings);
        self.references = raw::entries(file, raw.references, &ends, findings);
        self.fewest_moves = raw
            .fewest_moves
            .and_then(|entry| raw::entry_of(file, entry, &ends, findings));
        self.deferral = raw
            .deferral
            .and_then(|entry| raw::entry_of(file, entry, &ends, findings));
        self.suspension = raw
            .suspension
            .and_then(|entry| raw::entry_of(file, entry, &ends, findings));
        self.policy_review = raw
            .policy_review
            .and_then(|entry| raw::entry_of(file, entry, &ends, findings));
        self.undecided = raw
            .undecided
            .and_then(|entry| raw::entry_of(file, entry, &ends, findings));
        self.actions = raw
            .actions
            .and_then(|entry| raw::entry_of(file, entry, &ends, findings));
    }

    fn read_closure(&mut self, file: &Arc<File>, findings: &mut Findings) {
        let raw = raw::read::<Option<ClosureFile>>(file, &mut findings.problems)
            .flatten()
            .unwrap_or_default();
        let ends = raw::ends([&raw.grounds, &raw.clocks]);
        self.grounds = raw::entries(file, raw.grounds, &ends, findings);
        self.closure_clocks = raw::entries(file, raw.clocks, &ends, findings);
    }

    fn read_notification(&mut self, file: &Arc<File>, findings: &mut Findings) {
        let raw = raw::read::<Option<NotificationFile>>(file, &mut findings.problems)
            .flatten()
            .unwrap_or_default();
        let ends = raw::ends([&raw.kinds, &raw.exceptions]);
        self.kinds = raw::entries(file, raw.kinds, &ends, findings);
        self.exceptions = raw::entries(file, raw.exceptions, &ends, findings);
    }

    /// Puts the base below: what the authority names itself replaces what the base says (K-61).
    pub fn put_under(&mut self, base: Self) {
        add(
            &mut self.front_door_clocks,
            base.front_door_clocks,
            |clock| &clock.clock,
        );
        add(
            &mut self.contact_outcomes,
            base.contact_outcomes,
            |outcome| &outcome.outcome,
        );
        add(
            &mut self.allocation_clocks,
            base.allocation_clocks,
            |clock| &clock.clock,
        );
        add(&mut self.meetings, base.meetings, |meeting| {
            &meeting.meeting
        });
        add(&mut self.clocks, base.clocks, |clock| &clock.clock);
        self.undecided = self.undecided.take().or(base.undecided);
        add(&mut self.grounds, base.grounds, |ground| &ground.ground);
        add(&mut self.kinds, base.kinds, |kind| &kind.kind);
        add(&mut self.exceptions, base.exceptions, |exception| {
            &exception.exception
        });
    }

    /// Gives every rule without a strength of its own the authority's default.
    pub fn settle(&mut self, default: Strength) {
        let settle = |strength: &mut Option<Strength>| {
            strength.get_or_insert(default);
        };
        self.gate
            .iter_mut()
            .for_each(|item| settle(&mut item.value.strength));
        self.contact_steps
            .iter_mut()
            .for_each(|step| settle(&mut step.value.strength));
        self.decision_asks
            .iter_mut()
            .for_each(|ask| settle(&mut ask.value.strength));
        self.contact_outcomes
            .iter_mut()
            .flat_map(|outcome| &mut outcome.value.limits)
            .for_each(|limit| settle(&mut limit.strength));
        let attendances = self
            .meetings
            .iter_mut()
            .flat_map(|meeting| &mut meeting.value.attend);
        attendances.for_each(|attendance| settle(&mut attendance.strength));
        for clocks in [
            &mut self.clocks,
            &mut self.front_door_clocks,
            &mut self.allocation_clocks,
            &mut self.closure_clocks,
        ] {
            for clock in clocks.iter_mut() {
                settle(&mut clock.value.strength);
            }
        }
    }

    /// Every clock of every file.
    pub fn all_clocks(&self) -> impl Iterator<Item = &Located<Clock>> {
        self.clocks
            .iter()
            .chain(&self.front_door_clocks)
            .chain(&self.allocation_clocks)
            .chain(&self.closure_clocks)
    }
}

fn add<T>(own: &mut Vec<Located<T>>, base: Vec<Located<T>>, name: impl Fn(&T) -> &String) {
    for entry in base {
        if !own.iter().any(|own| name(&own.value) == name(&entry.value)) {
            own.push(entry);
        }
    }
}
