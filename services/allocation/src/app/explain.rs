//! Why a case is held as it is, and what would be if. Nothing is written.

use std::sync::Arc;

use baton_ids::{AuthorityId, CaseId};
use baton_protocol::{Facts, KnownFacts, Pack, WeighedRule};

use super::{App, AppError};
use crate::domain::context::Context;
use crate::domain::dates::{Running, running, told_if_without};
use crate::domain::rulings::{KeptRuling, Weighed, looked_at, weigh};
use crate::domain::spans::{Axis, Span};
use crate::domain::{Case, Refusal};

/// A case with everything that explains it.
pub struct Explained {
    /// The case.
    pub case: Case,
    /// The current span of the team. None once the case is closed.
    pub team: Option<Span>,
    /// The current span of the worker, or of the stretch without one.
    pub worker: Option<Span>,
    /// Every decision whether it may be without a worker, weighed again on what was known then.
    pub rulings: Vec<(KeptRuling, Weighed)>,
    /// The dates that run.
    pub dates: Vec<Running>,
    /// The pack in force, which says who may act now.
    pub pack: Arc<Pack>,
}

/// What would be of a case.
pub struct Supposed {
    /// Whether it might be without a worker.
    pub without_worker: Weighed,
    /// Who would be told and when, were it without one from now on.
    pub told: Vec<Running>,
    /// What could say as what its file counts.
    pub counting: Vec<WeighedRule>,
    /// The facts at which that looked.
    pub counted_on: KnownFacts,
    /// The pack in force.
    pub pack: Arc<Pack>,
}

impl App {
    /// A case with everything that explains it, under the pack in force now.
    pub async fn explain(
        &self,
        authority: &AuthorityId,
        pack: &str,
        id: CaseId,
    ) -> Result<Explained, AppError> {
        let case = self.case(authority, id).await?;
        let spans = self.history(authority, id).await?;
        let current = |axis| {
            let mut spans = spans.iter();
            spans.find(|span| span.axis == axis && span.until.is_none())
        };
        let mut rulings = Vec::with_capacity(case.rulings.len());
        for kept in &case.rulings {
            let pack = self.pack(&kept.pack)?;
            rulings.push((kept.clone(), kept.weigh(&pack)));
        }
        // What runs by itself runs under the pack of the last command.
        let own_pack = self.pack(&case.pack)?;
        Ok(Explained {
            team: current(Axis::Team).cloned(),
            worker: current(Axis::Worker).cloned(),
            rulings,
            dates: running(&case, &own_pack, &self.calendar),
            pack: self.pack(pack)?,
            case,
        })
    }

    /// What would be of a case, on what is known and what is supposed in its place.
    pub async fn what_if(
        &self,
        ctx: &Context,
        id: CaseId,
        supposed: KnownFacts,
    ) -> Result<Supposed, AppError> {
        let case = self.case(&ctx.authority, id).await?;
        if !case.is_open() {
            return Err(Refusal::CaseNotOpen.into());
        }
        let pack = self.pack(&ctx.pack)?;
        let child = ctx.child.as_ref();
        let mut known = child.map_or_else(KnownFacts::new, |child| child.known.clone());
        known.extend(supposed);
        let facts = Facts::of_known(&known);
        let counting = pack.allocation.weigh_counting(&facts);
        let told = told_if_without(&case, &facts, ctx.received_at, &self.rules(&pack));
        Ok(Supposed {
            without_worker: weigh(&known, &pack),
            told,
            counted_on: looked_at(&counting, &known),
            counting,
            pack,
        })
    }
}
