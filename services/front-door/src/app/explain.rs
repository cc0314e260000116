//! Why a contact went where it did, and what would become of one. Nothing is written.

use std::sync::Arc;

use baton_ids::{AuthorityId, ContactId};
use baton_protocol::{FactKey, KnownFacts, Pack, Value};
use jiff::Timestamp;

use super::{App, AppError, LaunchContact};
use crate::domain::Refusal;
use crate::domain::asked::{self, AskedOf};
use crate::domain::contact::{self, Contact, Event};
use crate::domain::context::Context;
use crate::domain::decide::{self, Supposed};
use crate::domain::fact::Known;
use crate::domain::routing::{self, Weighing};

/// Who reported a fact that is only supposed.
const SUPPOSED: &str = "supposed";

/// What is supposed to happen.
#[derive(Debug, Clone)]
pub struct WhatIf {
    /// The contact that would arrive.
    pub launch: LaunchContact,
    /// How it would be decided. None to ask only where it would be launched to.
    pub outcome: Option<String>,
    /// The facts that are supposed.
    pub facts: Vec<(FactKey, Value)>,
}

/// A contact, launched or only supposed, with why it went where it did.
pub struct Explained {
    /// The contact.
    pub contact: Contact,
    /// What could have chosen where it was launched to. None for one of before that was kept.
    pub launched: Option<Vec<Weighing>>,
    /// Where a decision leads and what could have chosen it. None when it leads nowhere.
    pub decided: Option<(Supposed, Vec<Weighing>)>,
    /// What else was asked of it as it was launched. None for one of before what that rests on was kept.
    pub at_launch: Option<AskedOf>,
    /// The outcome of the decision, real or only supposed, and what else was asked of it.
    pub of_decision: Option<(String, AskedOf)>,
    /// The pack it is pinned to.
    pub pack: Arc<Pack>,
}

impl App {
    /// A contact with everything that explains it.
    pub async fn explain(
        &self,
        authority: &AuthorityId,
        id: ContactId,
    ) -> Result<Explained, AppError> {
        let contact = self.contact(authority, id).await?;
        let pack = self.pack(&contact.pack)?;
        let decided = contact.decision().map(|decision| Decided {
            outcome: decision.outcome.clone(),
            at: decision.at,
            leads_to: decision.basis.as_ref().map(|basis| Supposed {
                team: decision.routed_to.clone(),
                basis: basis.clone(),
            }),
            known: decision.asked_on.clone(),
        });
        Ok(self.explained(contact, decided, pack))
    }

    /// What would become of a contact, on what is known and what is supposed.
    pub async fn what_if(&self, supposed: WhatIf, ctx: &Context) -> Result<Explained, AppError> {
        let pack: Arc<Pack> = self.pack(&ctx.pack)?;
        let child = supposed.launch.child;
        let mut family = self.family_of(&ctx.authority, child).await?;
        let known = family.children.iter_mut().find(|known| known.id == child);
        if let Some(known) = known {
            for (key, value) in &supposed.facts {
                let fact = Known {
                    value: value.clone(),
                    effective_at: supposed.launch.received_at,
                    recorded_at: ctx.received_at,
                    source: SUPPOSED.to_owned(),
                };
                known.facts.insert(key.clone(), fact);
            }
        }
        let events = decide::launch(&supposed.launch, &family, ctx, &pack, &self.calendar)?;
        let launched = events.iter().fold(None, |contact, event: &Event| {
            contact::apply(contact, event)
        });
        let contact = launched.ok_or_else(|| AppError::not_found("child", child))?;
        let decided = match &supposed.outcome {
            None => None,
            Some(code) => {
                let outcomes = &pack.front_door.outcomes;
                let outcome = pack.front_door.outcome(code);
                let outcome = outcome.ok_or_else(|| Refusal::OutcomeUnknown {
                    known: outcomes.iter().map(|known| known.outcome.clone()).collect(),
                })?;
                let calendar = &self.calendar;
                Some(Decided {
                    outcome: code.clone(),
                    at: ctx.received_at,
                    leads_to: decide::suppose(&contact, outcome, &family, ctx, &pack, calendar),
                    known: Some(asked::look(child, &family, &pack)),
                })
            }
        };
        Ok(self.explained(contact, decided, pack))
    }

    fn explained(&self, contact: Contact, decided: Option<Decided>, pack: Arc<Pack>) -> Explained {
        let calendar = &self.calendar;
        let launched = contact
            .basis
            .as_ref()
            .map(|basis| routing::weigh_launch(&contact, basis, &pack, calendar));
        let outcome = decided
            .as_ref()
            .and_then(|decided| pack.front_door.outcome(&decided.outcome));
        let (mut leads_to, mut of_decision) = (None, None);
        if let Some((decided, outcome)) = decided.zip(outcome) {
            leads_to = decided.leads_to.map(|supposed| {
                let basis = &supposed.basis;
                let weighed = routing::weigh_decision(&contact, outcome, basis, &pack, calendar);
                (supposed, weighed)
            });
            of_decision = decided.known.map(|known| {
                let at = decided.at;
                let asked = asked::weigh_decided(&contact, outcome, at, &known, &pack, calendar);
                (decided.outcome, asked)
            });
        }
        Explained {
            at_launch: asked::weigh_launched(&contact, &pack),
            contact,
            launched,
            decided: leads_to,
            of_decision,
            pack,
        }
    }
}

/// A decision, real or only supposed.
struct Decided {
    outcome: String,
    at: Timestamp,
    /// Where it leads. None when it leads nowhere.
    leads_to: Option<Supposed>,
    /// On what was known. None for one of before that was kept.
    known: Option<KnownFacts>,
}
