//! A stage for one case: an authority's pack, a team on each side, a clock, and the transfer as it goes.

use std::sync::{Arc, LazyLock};

use baton_calendar::Calendar;
use baton_ids::{AuthorityId, CaseId, ChildId, TeamId};
use baton_protocol::{Facts, Pack, Value};
use baton_protocol_files::Library;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::people::worker;
use crate::domain::*;

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::embedded().unwrap());

/// One case on its way.
#[derive(Clone)]
pub struct Stage {
    pub pack: Arc<Pack>,
    pub calendar: Arc<Calendar>,
    pub facts: Facts,
    pub facts_version: i64,
    pub now: Timestamp,
    pub child: ChildId,
    pub responsibility: Option<Responsibility>,
    pub teams: Vec<Team>,
    pub resting_teams: Vec<Team>,
    pub series: Series,
    /// Every event so far.
    pub events: Vec<Event>,
    /// The reasons given with the next act: rules.
    pub reasons: Vec<String>,
    /// The suspension in force.
    pub suspended: Option<Suspended>,
}

/// A conference as the record system reports it.
pub fn conference(at: &str, outcome: &str) -> ConferenceReport {
    ConferenceReport {
        reference: "conf-1".to_owned(),
        kind: "initial".to_owned(),
        at: Some(local(at)),
        outcome: (!outcome.is_empty()).then(|| outcome.to_owned()),
        attended: None,
        chaired_by: None,
    }
}

/// A local time in London: `2026-03-16 14:00`.
pub fn local(text: &str) -> Timestamp {
    let time: DateTime = text.replace(' ', "T").parse().unwrap();
    time.to_zoned(TimeZone::get("Europe/London").unwrap())
        .unwrap()
        .timestamp()
}

impl Stage {
    /// A case of `frt` with ann, in an authority where `north` would take it. It is `2026-03-02 09:30`.
    pub fn of(authority: &str) -> Self {
        let id = AuthorityId::new(authority).unwrap();
        let now = local("2026-03-02 09:30");
        let pack = LIBRARY
            .pack_for(&id, jiff::civil::date(2026, 3, 2))
            .unwrap();
        let team = |id: &str, kind: &str, area: Option<&str>| Team {
            id: TeamId::new(id).unwrap(),
            kind: kind.to_owned(),
            area: area.map(str::to_owned),
            phone: Some("01772 530000".to_owned()),
            managers: vec![],
        };
        let area = matches!(authority, "wirral" | "shropshire").then_some("north");
        let mut stage = Self {
            pack,
            calendar: Arc::new(Calendar::embedded().unwrap()),
            facts: Facts::new(),
            facts_version: 1,
            now,
            child: ChildId::new(),
            responsibility: Some(Responsibility {
                case: CaseId::new(),
                epoch: 3,
                team: TeamId::new("frt").unwrap(),
                worker: Some(worker("ann")),
                since: Some(local("2026-02-20 10:00")),
                moves: 0,
                worker_changes: 0,
            }),
            resting_teams: vec![],
            teams: vec![
                team("frt", "assessment", None),
                team("north", "family_support_and_protection", area),
            ],
            series: Series::default(),
            events: vec![],
            reasons: vec![],
            suspended: None,
        };
        if area.is_some() {
            stage.teams.push(team(
                "south",
                "family_support_and_protection",
                Some("south"),
            ));
            stage.know("district", Value::Code("north".to_owned()));
            stage.know("area", Value::Code("north".to_owned()));
        }
        stage
    }

    /// What the front door knows.
    pub fn know(&mut self, key: &str, value: Value) {
        self.facts.set(key, value).unwrap();
        self.facts_version += 1;
    }

    /// The day on which something was, as a fact.
    pub fn know_date(&mut self, key: &str, date: &str) {
        self.know(key, Value::Date(date.parse().unwrap()));
    }

    pub fn know_code(&mut self, key: &str, code: &str) {
        self.know(key, Value::Code(code.to_owned()));
    }

    /// Moves the clock on; whatever is due on the way rings.
    pub fn at(&mut self, text: &str) -> &mut Self {
        let until = local(text);
        if self.transfer().is_none() {
            self.now = until;
            return self;
        }
        while let Some((name, ring, due)) = self.next_ring().filter(|(_, _, due)| *due <= until) {
            self.now = self.now.max(due);
            let now = self.now;
            let events = ring_all(self.series_mut(), &name, ring, now);
            assert!(!events.is_empty(), "{name} rang in vain");
            self.events.extend(events);
        }
        self.now = until;
        self
    }

    fn next_ring(&self) -> Option<(String, crate::domain::clock::Ring, Timestamp)> {
        let rings = self.transfer()?.rings().into_iter();
        rings
            .map(|waiting| (waiting.of, waiting.ring, waiting.at))
            .min_by_key(|(_, _, at)| *at)
    }

    fn series_mut(&mut self) -> &mut Transfer {
        self.series
            .live
            .as_mut()
            .or_else(|| self.series.completed.first_mut())
            .unwrap()
    }

    pub fn rules(&self) -> Rules<'_> {
        Rules {
            pack: &self.pack,
            calendar: &self.calendar,
        }
    }

    /// Something happened to the child.
    pub fn report(&mut self, event: &str, conference: Option<ConferenceReport>) -> Considered {
        self.try_report(event, conference).unwrap()
    }

    pub fn try_report(
        &mut self,
        event: &str,
        conference: Option<ConferenceReport>,
    ) -> Result<Considered, Refusal> {
        let held = conference.as_ref().filter(|_| event == "conference_held");
        let effective_at = held.and_then(|held| held.at).unwrap_or(self.now);
        let trigger = Trigger {
            event: event.to_owned(),
            conference,
            meeting: None,
            effective_at,
        };
        self.tell(&trigger)
    }

    /// Something happened, in full.
    pub fn tell(&mut self, trigger: &Trigger) -> Result<Considered, Refusal> {
        // As storage gives them: of those that ended only the completed ones still owe anything.
        let mut series = self.series.clone();
        let completed = |done: &Transfer| matches!(done.phase, Phase::Completed { .. });
        series.completed.retain(completed);
        let considered = consider(
            &series,
            trigger,
            &self.context("liquidlogic"),
            self.rules(),
            self.rules(),
        )?;
        self.keep_all(&considered);
        Ok(considered)
    }

    /// What was decided, as storage keeps it.
    pub fn keep_all(&mut self, considered: &Considered) {
        for change in &considered.changes {
            let after = apply_all(change.before.clone(), &change.events).unwrap();
            self.events.extend(change.events.iter().cloned());
            self.keep(after);
        }
        if let Some(watch) = &considered.watch {
            self.series.watch = Some(watch.clone());
        }
        if let Some(consideration) = &considered.consideration {
            self.series.consideration = consideration.open.then(|| consideration.clone());
        }
    }

    /// Takes in what was decided about a transfer elsewhere.
    pub fn take_in(&mut self, before: Transfer, events: &[Event]) {
        self.events.extend(events.iter().cloned());
        self.keep(apply_all(Some(before), events).unwrap());
    }

    fn keep(&mut self, after: Transfer) {
        self.series.completed.retain(|done| done.id != after.id);
        let was_live = self
            .series
            .live
            .as_ref()
            .is_some_and(|live| live.id == after.id);
        if after.phase.is_live() {
            self.series.live = Some(after);
            return;
        }
        if was_live {
            self.series.live = None;
        }
        self.series.completed.insert(0, after);
    }

    /// Somebody does something.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "every command is made where it is given"
    )]
    pub fn act(&mut self, who: &str, command: Command) -> Result<Vec<Event>, Refusal> {
        let before = self.transfer().cloned().unwrap();
        let decision = decide(&before, &command, &self.context(who), self.rules())?;
        self.events.extend(decision.events.iter().cloned());
        self.keep(apply_all(Some(before), &decision.events).unwrap());
        Ok(decision.events)
    }

    /// The transfer, live or the one completed last.
    pub fn transfer(&self) -> Option<&Transfer> {
        self.series
            .live
            .as_ref()
            .or_else(|| self.series.completed.first())
    }

    pub fn the(&self) -> &Transfer {
        self.transfer().unwrap()
    }

    pub fn due_on(&self, clock: &str) -> String {
        self.the()
            .clock(clock)
            .map_or_else(|| "-".to_owned(), |clock| clock.due_on.to_string())
    }

    pub fn state_of(&self, clock: &str) -> &ClockState {
        &self.the().clock(clock).unwrap().state
    }

    /// The codes of the open tasks and whose they are.
    pub fn tasks(&self) -> Vec<String> {
        let mut tasks: Vec<String> = tasks(self.the())
            .values()
            .map(|task| {
                let place = task.owner.team.as_ref().map_or("authority", TeamId::as_str);
                format!("{} {} of {place}", task.code, task.owner.role)
            })
            .collect();
        tasks.sort();
        tasks
    }

    /// The kinds of notices that became due so far.
    pub fn told(&self) -> Vec<String> {
        self.events
            .iter()
            .flat_map(|event| &event.notices)
            .map(|notice| notice.kind.clone())
            .collect()
    }

    pub fn departures(&self) -> Vec<(String, String)> {
        self.the()
            .departures
            .iter()
            .map(|departure| (departure.rule.clone(), departure.code.clone()))
            .collect()
    }

    pub fn departed_from(&self, rule: &str) -> bool {
        self.the()
            .departures
            .iter()
            .any(|departure| departure.rule == rule)
    }

    pub fn release(&self) -> Option<&Release> {
        match &self.the().phase {
            Phase::Completing { release } => Some(release),
            _ => None,
        }
    }

    /// The ledger does what was released.
    pub fn ledger_moves(&mut self) -> Vec<Event> {
        let release = self.release().unwrap().clone();
        let epoch = release.expected_epoch + 1;
        if let Some(responsibility) = &mut self.responsibility {
            responsibility.epoch = epoch;
            responsibility.team = release.to_team.clone();
            responsibility.worker = release.to_worker.clone();
            responsibility.since = Some(release.effective_at);
        }
        let moved_at = release.effective_at;
        self.act(
            "baton",
            Command::ConfirmMove {
                release: release.id,
                epoch,
                moved_at,
            },
        )
        .unwrap()
    }

    pub fn name_worker(&mut self) {
        self.act(
            "nia",
            Command::NameReceivingWorker {
                worker: worker("sam"),
            },
        )
        .unwrap();
    }

    pub fn complete_item(&mut self, who: &str, item: &str) -> Result<Vec<Event>, Refusal> {
        self.act(who, Command::CompleteItem(self.item_act(item, true)))
    }

    /// Completes an item whose every question is answered no.
    pub fn deny_item(&mut self, who: &str, item: &str) -> Result<Vec<Event>, Refusal> {
        self.act(who, Command::CompleteItem(self.item_act(item, false)))
    }

    pub fn sign_item(&mut self, who: &str, item: &str, yes: bool) -> Result<Vec<Event>, Refusal> {
        self.act(who, Command::SignItem(self.item_act(item, yes)))
    }

    fn item_act(&self, item: &str, yes: bool) -> ItemAct {
        let asks = self
            .the()
            .item(item)
            .map(|item| item.asks.clone())
            .unwrap_or_default();
        let answers = asks.into_iter().map(|ask| (ask, yes)).collect();
        ItemAct {
            item: item.to_owned(),
            answers,
            effective_at: None,
        }
    }
}

fn ring_all(
    transfer: &mut Transfer,
    name: &str,
    ring: crate::domain::clock::Ring,
    now: Timestamp,
) -> Vec<Event> {
    let events = crate::domain::ring(transfer, name, ring, now);
    *transfer = apply_all(Some(transfer.clone()), &events).unwrap();
    events
}
