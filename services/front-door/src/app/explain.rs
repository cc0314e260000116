//! Why a contact went where it did, and what would become of one. Nothing is written.

use std::sync::Arc;

use baton_ids::{AuthorityId, ContactId};
use baton_protocol::{FactKey, Pack, Value};

use super::{App, AppError, LaunchContact};
use crate::domain::Refusal;
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
        let decision = contact.decision();
        let decided = decision.and_then(|decision| {
            let supposed = Supposed {
                team: decision.routed_to.clone(),
                basis: decision.basis.clone()?,
            };
            Some((supposed, decision.outcome.clone()))
        });
        Ok(self.explained(contact, decided, &pack))
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
                decide::suppose(&contact, outcome, &family, ctx, &pack, &self.calendar)
                    .map(|supposed| (supposed, code.clone()))
            }
        };
        Ok(self.explained(contact, decided, &pack))
    }

    fn explained(
        &self,
        contact: Contact,
        decided: Option<(Supposed, String)>,
        pack: &Pack,
    ) -> Explained {
        let calendar = &self.calendar;
        let launched = contact
            .basis
            .as_ref()
            .map(|basis| routing::weigh_launch(&contact, basis, pack, calendar));
        let decided = decided.and_then(|(supposed, outcome)| {
            let outcome = pack.front_door.outcome(&outcome)?;
            let basis = &supposed.basis;
            let weighed = routing::weigh_decision(&contact, outcome, basis, pack, calendar);
            Some((supposed, weighed))
        });
        Explained {
            contact,
            launched,
            decided,
        }
    }
}
