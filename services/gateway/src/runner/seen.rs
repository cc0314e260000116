//! What one run of a reaction has learned, so that it does not ask twice.

use baton_contracts::allocation::v1::GetContextResponse;
use baton_contracts::frontdoor::v1::{GetFactsResponse, RecordFactsResponse};
use baton_contracts::type_v1::Context;
use tonic::Status;

use crate::context::{Contexts, Located, add_facts, add_ledger, chooses_a_way};
use crate::reactions::answer::Answer;
use crate::reactions::cause::Cause;
use crate::reactions::step::{Freshness, Step, path};

/// Facts and responsibility as this run last saw them.
#[derive(Debug, Default)]
pub struct Seen {
    /// The child's facts, from a moment ago: the front door answered with them.
    facts: Option<GetFactsResponse>,
    /// What the ledger said for the last command.
    ledger: Option<GetContextResponse>,
    /// The child that the ledger was asked about.
    ledger_of: String,
}

impl Seen {
    /// The context of a command.
    pub async fn context(
        &mut self,
        contexts: &Contexts,
        authority: &str,
        cause: &Cause,
        step: &Step,
    ) -> Result<Context, Status> {
        let about = &step.about;
        let actor = Contexts::baton(&cause.on_behalf_of);
        let named = cause.named.clone().unwrap_or_default();
        let received_at = cause
            .received_at
            .as_ref()
            .and_then(|at| baton_contracts::instant(at).ok());
        let mut context = contexts.bare(authority, actor, named, received_at)?;
        if about.freshness == Freshness::Bare {
            return Ok(context);
        }
        let located = Located {
            child_id: about.child_id.clone(),
            case_id: about.case_id.clone(),
        };
        let facts = self.facts_of(&about.child_id);
        let ledger = self
            .ledger
            .clone()
            .filter(|_| about.freshness == Freshness::AsSeen && self.ledger_of == about.child_id);
        let (facts, ledger) = match (facts, ledger) {
            (Some(facts), Some(ledger)) => (facts, ledger),
            (Some(facts), None) => (
                facts,
                contexts
                    .ledger(&context, &located, about.workers.clone())
                    .await?,
            ),
            (None, Some(ledger)) => (contexts.facts(&context, &about.child_id).await?, ledger),
            (None, None) => tokio::try_join!(
                contexts.facts(&context, &about.child_id),
                contexts.ledger(&context, &located, about.workers.clone())
            )?,
        };
        self.facts = Some(facts.clone());
        self.ledger = Some(ledger.clone());
        self.ledger_of.clone_from(&about.child_id);
        add_facts(&mut context, facts);
        add_ledger(&mut context, ledger);
        if chooses_a_way(step.path) {
            contexts.add_family_cases(&mut context).await?;
        }
        Ok(context)
    }

    /// Keeps the facts that the front door answered with.
    pub fn learn(&mut self, answer: &Answer) {
        if answer.path == path::RECORD_FACTS
            && let Some(response) = answer.as_response::<RecordFactsResponse>()
        {
            self.facts = Some(GetFactsResponse {
                child: response.child,
                siblings: response.siblings,
            });
        }
    }

    /// Asks again next time.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    fn facts_of(&self, child_id: &str) -> Option<GetFactsResponse> {
        self.facts.clone().filter(|facts| {
            facts
                .child
                .as_ref()
                .is_some_and(|child| child.child_id == child_id)
        })
    }
}
