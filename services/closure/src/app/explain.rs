//! Why a closure is as it is, and what closing a case would take. Nothing is written.

use baton_ids::{AuthorityId, CaseId, ClosureId};
use baton_protocol::WeighedRule;

use super::{App, AppError};
use crate::domain::context::Context;
use crate::domain::rules::Says;
use crate::domain::{Closure, Consider, Refusal, consider};

/// A closure, considered or only supposed, with what explains it.
pub struct Explained {
    /// The closure.
    pub closure: Closure,
    /// Every ground that was weighed, in order.
    pub weighed: Vec<WeighedRule>,
    /// Who proposes and who decides.
    pub says: Says,
}

impl App {
    /// A closure with everything that explains it, under the pack it is pinned to.
    pub async fn explain(
        &self,
        authority: &AuthorityId,
        id: ClosureId,
    ) -> Result<Explained, AppError> {
        let closure = self.closure(authority, id).await?;
        self.explained(closure)
    }

    /// What closing a case would take, should it be considered now.
    pub fn what_if(
        &self,
        case: CaseId,
        supposed: &Consider,
        ctx: &Context,
    ) -> Result<Explained, AppError> {
        let responsible = ctx.responsibility.as_ref();
        if responsible.is_none_or(|responsible| responsible.case != case) {
            return Err(Refusal::CaseNotOpen.into());
        }
        let pack = self.pack(&ctx.pack)?;
        let (closure, _) = consider(supposed, ctx, &self.rules(&pack))?;
        self.explained(closure)
    }

    fn explained(&self, closure: Closure) -> Result<Explained, AppError> {
        let pack = self.pack(&closure.pack)?;
        let rules = self.rules(&pack);
        Ok(Explained {
            weighed: rules.weigh(&closure.ground),
            says: rules.on(&closure.ground),
            closure,
        })
    }
}
