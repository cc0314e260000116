//! Meetings: who should have been there, and what was agreed. A missing person is a departure, never a bar.

use std::collections::BTreeMap;

use baton_protocol::{Party, Place, Role, Strength};

use super::command::MeetingHeld;
use super::draft::{Draft, ids};
use super::event::{Change, ItemChange};
use super::item::{Act, MetBy};
use super::owner::receiving;
use super::refusal::Refusal;
use super::state::{Attendee, Conference, Meeting};

/// Grades of those who work with children and manage nobody.
const PRACTITIONERS: &[&str] = &[
    "social_worker",
    "newly_qualified",
    "student",
    "personal_adviser",
    "support_officer",
];

impl Meeting {
    /// Whether it was held and did not say what it has to: when the case moves.
    pub const fn lacks_time(&self) -> bool {
        self.held_at.is_some() && self.agrees_time && self.agreed_on.is_none()
    }

    /// Whether whoever arranges it still has to: always while it was not held; a conference not while one is booked
    /// (S-044).
    pub fn is_to_be_arranged(&self, conference: Option<&Conference>) -> bool {
        let is_booked = self.kind == "conference"
            && conference.is_some_and(|booked| booked.at.is_some() && booked.outcome.is_none());
        self.held_at.is_none() && !is_booked
    }
}

impl Draft<'_> {
    /// Takes a meeting other than a conference. A report: only a time that cannot be is refused.
    pub fn record_meeting(&mut self, held: &MeetingHeld) -> Result<(), Refusal> {
        self.effective(Some(held.held_at))?;
        let mut meeting = self.planned(&held.kind);
        // The first of its kind is what the protocol speaks of (M-096 to M-098): a later one changes nothing about it,
        // unless something still waits for one with everybody there.
        let counts = match meeting.held_at {
            None => true,
            Some(first) => {
                first == held.held_at || self.transfer.gate_waits_for_meeting(&held.kind)
            }
        };
        if !counts {
            self.take_agreements(held);
            return Ok(());
        }
        meeting.held_at = Some(held.held_at);
        meeting.agreed_on = held.agreed_date.or(meeting.agreed_on);
        meeting.listed = self.listed_when_held(&held.kind, held.held_at);
        let present = |party: Party| self.was_there(party, &held.attended);
        // Attendance that nobody reported makes nobody absent.
        let absent: Vec<Attendee> = if held.attended.is_empty() {
            vec![]
        } else {
            meeting
                .attend
                .iter()
                .filter(|attendee| !present(attendee.who))
                .cloned()
                .collect()
        };
        meeting.absent.clone_from(&absent);
        let rules = meeting.rules.clone();
        let chair = self.wrong_chair(&held.kind, held.chaired_by.as_deref());
        self.push(Change::MeetingSet(meeting), rules, held.held_at);
        self.depart_for_absence(&held.kind, &absent, held.held_at);
        if let Some(rules) = chair {
            self.depart(
                &rules,
                format!("{}_chaired_by_another", held.kind),
                held.held_at,
            );
        }
        self.take_agreements(held);
        Ok(())
    }

    /// The meeting as the protocol has it for this child, or as already on record.
    pub fn planned(&self, kind: &str) -> Meeting {
        if let Some(meeting) = self.transfer.meeting(kind) {
            return meeting.clone();
        }
        let rule = self.rules.pack.transfer.meeting(kind);
        Meeting {
            kind: kind.to_owned(),
            held_at: None,
            agrees_time: rule.is_some_and(|rule| rule.agrees_time),
            agreed_on: None,
            arranged_by: rule.and_then(|rule| rule.arranged_by),
            listed: None,
            attend: rule
                .iter()
                .flat_map(|rule| &rule.attend)
                .map(|attendance| Attendee {
                    who: attendance.who,
                    rules: ids(&attendance.cites),
                    soft: attendance.strength == Some(Strength::Soft),
                })
                .collect(),
            absent: vec![],
            chair: rule.map_or_else(Vec::new, |rule| rule.chair.clone()),
            rules: rule.map_or_else(Vec::new, |rule| ids(&rule.cites)),
        }
    }

    /// Who of the receiving team should have come and cannot have: nobody was named by then (W-074). This shows without
    /// anybody reporting who was there.
    pub fn not_identified(&self, meeting: &Meeting, held_at: jiff::Timestamp) -> Vec<Attendee> {
        let named = self.transfer.worker_named_at;
        if named.is_some_and(|at| at <= held_at) {
            return vec![];
        }
        let attend = meeting.attend.iter();
        attend
            .filter(|attendee| attendee.who == receiving(Role::SOCIAL_WORKER))
            .cloned()
            .collect()
    }

    /// Records what somebody should have brought and had not done by then (W-073, S-042).
    pub fn depart_for_what_was_not_brought(&mut self, kind: &str, at: jiff::Timestamp) {
        let Some(rule) = self.rules.pack.transfer.meeting(kind) else {
            return;
        };
        for brings in &rule.brings {
            let item = self
                .transfer
                .item(&brings.what)
                .filter(|item| item.asked_for);
            let done = item.is_none_or(|item| {
                let completed = item.completed.as_ref();
                item.is_waived() || completed.is_some_and(|act| act.at <= at)
            });
            if !done {
                let cites = if brings.cites.is_empty() {
                    &rule.cites
                } else {
                    &brings.cites
                };
                self.depart(
                    &ids(cites),
                    format!("not_brought_to_{kind}:{}", brings.what),
                    at,
                );
            }
        }
    }

    /// Who of those who should attend did not.
    pub fn absent(&self, meeting: &Meeting, attended: &[String]) -> Vec<Attendee> {
        meeting
            .attend
            .iter()
            .filter(|attendee| !self.was_there(attendee.who, attended))
            .cloned()
            .collect()
    }

    /// Whether somebody of that party was there. The social worker of a side is one person once known; a manager is
    /// whoever of the team is no practitioner.
    fn was_there(&self, party: Party, attended: &[String]) -> bool {
        let owner = self.transfer.owner(party);
        if party.role == Role::SOCIAL_WORKER
            && matches!(party.place, Place::Outgoing | Place::Receiving)
        {
            // Nobody named means nobody came (W-074: one has to be identified beforehand).
            return owner
                .worker
                .is_some_and(|worker| attended.iter().any(|id| id == worker.as_str()));
        }
        attended
            .iter()
            .filter_map(|id| self.context.worker(id))
            .any(|worker| {
                let in_team = owner.team.as_ref().is_none_or(|team| worker.team == *team);
                in_team && self.stands_for(&worker.grade, party.role)
            })
    }

    /// Whether somebody of that grade is who the protocol means by a role: the role itself, or a rung of the ladder that
    /// is no lower. Who only advises is not (Wirral's advanced practitioner); of a grade outside the ladder only
    /// practitioners are not.
    fn stands_for(&self, grade: &str, needed: Role) -> bool {
        if grade == needed.as_str() {
            return true;
        }
        let ladder = &self.rules.pack.ladder;
        let Ok(grade) = grade.parse::<Role>() else {
            return true;
        };
        if ladder.advises_only.contains(&grade) {
            return false;
        }
        match (ladder.rung(grade), ladder.rung(needed)) {
            (Some(grade), Some(needed)) => grade >= needed,
            _ => !PRACTITIONERS.contains(&grade.as_str()),
        }
    }

    /// The rules about the chair, when somebody else took it (M-097).
    fn wrong_chair(&self, kind: &str, chaired_by: Option<&str>) -> Option<Vec<String>> {
        let rule = self.rules.pack.transfer.meeting(kind)?;
        let chaired_by = chaired_by.filter(|_| !rule.chair.is_empty())?;
        let attended = [chaired_by.to_owned()];
        let right = rule
            .chair
            .iter()
            .any(|party| self.was_there(*party, &attended));
        (!right).then(|| ids(&rule.chair_cites))
    }

    /// Whether everybody who has to agree was at the meeting. Attendance that nobody reported shows nothing.
    fn all_were_there(&self, parties: &[Party], held: &MeetingHeld) -> bool {
        parties
            .iter()
            .all(|party| self.was_there(*party, &held.attended))
    }

    /// What the managers agreed about items: yes is done, no does without it where the protocol lets both managers do
    /// so together (L-028, L-029).
    fn take_agreements(&mut self, held: &MeetingHeld) {
        if !self.transfer.phase.is_workable() {
            return;
        }
        self.take_decisions(held);
        if !self.transfer.phase.is_workable() {
            return;
        }
        for (name, yes) in &held.agreed {
            let Some(mut item) = self
                .transfer
                .item(name)
                .filter(|item| item.asked_for && !item.decision)
                .cloned()
            else {
                continue;
            };
            let act = Act {
                by: self.context.actor.principal.clone(),
                at: held.held_at,
                covering_for: None,
            };
            if *yes && matches!(item.met_by, MetBy::Meeting { .. }) {
                item.completed = Some(act);
                self.set_item(ItemChange::Completed, item);
            } else if !yes && item.waived_jointly && self.all_were_there(&item.waivable_by, held) {
                for party in item.waivable_by.clone() {
                    item.waived.insert(party, act.clone());
                }
                let rules = item.rules.clone();
                self.set_item(ItemChange::Waived, item);
                self.depart(&rules, format!("done_without:{name}"), held.held_at);
            }
        }
    }

    /// What the managers decided there, yes or no, when everybody who has to decide was there (L-028).
    fn take_decisions(&mut self, held: &MeetingHeld) {
        let decisions = self.transfer.gate.iter();
        let decisions = decisions.filter(|item| item.asked_for && item.decision);
        for mut item in decisions.cloned().collect::<Vec<_>>() {
            let answers: BTreeMap<String, bool> = item
                .asks
                .iter()
                .filter_map(|ask| Some((ask.clone(), *held.agreed.get(ask)?)))
                .collect();
            let decided = !answers.is_empty() && answers.len() == item.asks.len();
            let mut confirmers = item.confirmers.clone();
            if item.any_one {
                confirmers.retain(|party| self.was_there(*party, &held.attended));
            }
            if !decided || confirmers.is_empty() || !self.all_were_there(&confirmers, held) {
                continue;
            }
            item.answers = answers;
            for party in confirmers {
                let act = Act {
                    by: self.context.actor.principal.clone(),
                    at: held.held_at,
                    covering_for: None,
                };
                item.confirmed.insert(party, act);
            }
            self.set_item(ItemChange::Completed, item);
        }
    }
}
