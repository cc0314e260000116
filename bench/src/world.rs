//! A council with children whose transfer waits for nothing but the conference.
//!
//! Set up through the public door, as a record system would: nothing is written past Baton.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use baton_contracts::allocation::v1::{
    AllocateWorkerRequest, ListCasesRequest, Post, PostHolding, SetPostRequest, SetTeamRequest,
    SetWorkerRequest,
};
use baton_contracts::frontdoor::v1::{
    DecideContactRequest, LaunchContactRequest, RegisterChildRequest, ReportFactsRequest,
};
use baton_contracts::record::v1::record_event::Event;
use baton_contracts::record::v1::{ChildOutcome, ChildRef, ConferenceHeld, ConferenceScheduled};
use baton_contracts::timestamp;
use baton_contracts::transfer::v1::{NameReceivingWorkerRequest, Phase};
use baton_contracts::type_v1::fact_value::Value;
use baton_contracts::type_v1::{Fact, FactValue, Team, Worker};
use jiff::Span;
use tonic::transport::Channel;

use self::door::{by, id, now};

mod door;
mod gate;

const AUTHORITY: &str = "shropshire";
const SYSTEM: &str = "system:bench";
/// Who works where: id, role, team.
const PEOPLE: [(&str, &str, &str); 6] = [
    ("at-manager", "team_manager", "at"),
    ("at-worker", "social_worker", "at"),
    ("cm-manager", "team_manager", "cm"),
    ("cm-worker", "social_worker", "cm"),
    ("door-manager", "team_manager", "compass"),
    ("door-head", "service_manager", "compass"),
];

/// A child whose conference is booked and whose gate is met.
#[derive(Debug, Clone)]
pub struct Prepared {
    child_id: String,
    transfer_id: String,
    conference_ref: String,
}

/// The public door, seen by a record system and by six people.
#[derive(Clone)]
pub struct World {
    channel: Channel,
}

impl World {
    /// Sets the organisation up.
    pub async fn new(channel: Channel) -> Result<Self> {
        let world = Self { channel };
        for (team_id, kind, area) in [
            ("compass", "front_door", ""),
            ("at", "assessment", "north"),
            ("cm", "family_support_and_protection", "north"),
        ] {
            let team = Team {
                team_id: team_id.into(),
                kind: kind.into(),
                area: area.into(),
                ..Default::default()
            };
            let request = SetTeamRequest {
                request_id: id(),
                team: Some(team),
            };
            world.allocation().set_team(by(SYSTEM, request)).await?;
        }
        for (worker_id, role, team_id) in PEOPLE {
            let worker = Worker {
                worker_id: worker_id.into(),
                team_id: team_id.into(),
                grade: "social_worker".into(),
            };
            let request = SetWorkerRequest {
                request_id: id(),
                worker: Some(worker),
            };
            world.allocation().set_worker(by(SYSTEM, request)).await?;
            let holding = PostHolding {
                worker_id: worker_id.into(),
                from: "2000-01-01".into(),
                ..PostHolding::default()
            };
            let post = Post {
                post_id: format!("post-{worker_id}"),
                role: role.into(),
                team_id: team_id.into(),
                holdings: vec![holding],
                ..Post::default()
            };
            let request = SetPostRequest {
                request_id: id(),
                post: Some(post),
            };
            world.allocation().set_post(by(SYSTEM, request)).await?;
        }
        Ok(world)
    }

    /// Takes one child from the door to the day of the conference.
    pub async fn prepare(&self) -> Result<Prepared> {
        let child_id = self.child().await?;
        self.open_case(&child_id).await?;
        let conference_ref = id();
        let at = now().checked_add(Span::new().seconds(1))?;
        let scheduled = Event::ConferenceScheduled(ConferenceScheduled {
            conference_ref: conference_ref.clone(),
            kind: "initial".into(),
            at: Some(timestamp(at)),
            children: vec![child(&child_id)],
        });
        let receipt = self.report(now(), scheduled).await?;
        let transfer_id = receipt
            .outcomes
            .first()
            .map(|outcome| outcome.transfer_id.clone())
            .unwrap_or_default();
        ensure!(
            !transfer_id.is_empty(),
            "no transfer was opened: {receipt:?}"
        );

        let name = NameReceivingWorkerRequest {
            request_id: id(),
            transfer_id: transfer_id.clone(),
            worker_id: "cm-worker".into(),
            ..NameReceivingWorkerRequest::default()
        };
        self.transfers()
            .name_receiving_worker(by("cm-manager", name))
            .await?;
        self.meet_gate(&transfer_id).await?;
        Ok(Prepared {
            child_id,
            transfer_id,
            conference_ref,
        })
    }

    /// The flow that is measured: the conference was held, and the transfer is completed.
    /// Answers how long the command took that started it.
    pub async fn hold_conference(&self, prepared: &Prepared) -> Result<Duration> {
        let held = Event::ConferenceHeld(ConferenceHeld {
            conference_ref: prepared.conference_ref.clone(),
            kind: "initial".into(),
            outcomes: vec![ChildOutcome {
                child: Some(child(&prepared.child_id)),
                outcome: "child_protection_plan".into(),
            }],
            attended: vec!["at-worker".into(), "cm-worker".into(), "cm-manager".into()],
            attendance_known: true,
            ..ConferenceHeld::default()
        });
        let began = Instant::now();
        self.report(now(), held).await?;
        let command = began.elapsed();
        for _ in 0..2_000 {
            if self.transfer(&prepared.transfer_id).await?.phase() == Phase::Completed {
                return Ok(command);
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        bail!("a transfer did not complete")
    }

    async fn child(&self) -> Result<String> {
        let register = RegisterChildRequest {
            request_id: id(),
            system: "bench".into(),
            reference: id(),
            date_of_birth: "2015-05-01".into(),
            ..RegisterChildRequest::default()
        };
        let child = self
            .front_door()
            .register_child(by(SYSTEM, register))
            .await?
            .into_inner()
            .child;
        let child_id = child.context("a child")?.child_id;
        let area = |key: &str| Fact {
            key: key.into(),
            value: Some(FactValue {
                value: Some(Value::Code("north".into())),
            }),
            ..Fact::default()
        };
        let report = ReportFactsRequest {
            request_id: id(),
            child_id: child_id.clone(),
            facts: vec![area("area"), area("district")],
            effective_at: Some(timestamp(now())),
        };
        self.front_door().report_facts(by(SYSTEM, report)).await?;
        Ok(child_id)
    }

    async fn open_case(&self, child_id: &str) -> Result<()> {
        let launch = LaunchContactRequest {
            request_id: id(),
            child_id: child_id.into(),
            source_kind: "school".into(),
            form: "written".into(),
            received_at: Some(timestamp(now())),
            ..LaunchContactRequest::default()
        };
        let contact = self
            .front_door()
            .launch_contact(by(SYSTEM, launch))
            .await?
            .into_inner()
            .contact;
        let decide = DecideContactRequest {
            request_id: id(),
            contact_id: contact.context("a contact")?.contact_id,
            outcome: "assess".into(),
            team_id: "at".into(),
            rationale: "bench".into(),
            need_level: "4".into(),
            issues: vec!["bench".into()],
            ..DecideContactRequest::default()
        };
        self.front_door()
            .decide_contact(by("door-manager", decide))
            .await?;
        for _ in 0..2_000 {
            let list = ListCasesRequest {
                child_id: child_id.into(),
                open_only: true,
                ..ListCasesRequest::default()
            };
            let cases = self
                .allocation()
                .list_cases(by(SYSTEM, list))
                .await?
                .into_inner()
                .cases;
            if let Some(case) = cases.first() {
                let allocate = AllocateWorkerRequest {
                    request_id: id(),
                    case_id: case.case_id.clone(),
                    worker_id: "at-worker".into(),
                    ..AllocateWorkerRequest::default()
                };
                self.allocation()
                    .allocate_worker(by("at-manager", allocate))
                    .await?;
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        bail!("no case was opened")
    }
}

fn child(child_id: &str) -> ChildRef {
    ChildRef {
        child_id: child_id.into(),
        ..ChildRef::default()
    }
}
