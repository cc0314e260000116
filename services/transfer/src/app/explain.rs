//! Why a transfer is as it is, and what would be if. Nothing is written.

use std::sync::Arc;

use baton_ids::{AuthorityId, CaseId, TransferId};
use baton_protocol::{Pack, WeighedRule};

use super::{App, Failure, data};
use crate::domain::{
    self, Basis, Considered, Context, MayAct, Refusal, Trigger, WeighedDuty, apply_all,
};

/// A transfer with the pack it is pinned to.
pub struct Explained {
    /// The transfer.
    pub transfer: domain::Transfer,
    /// Its pack.
    pub pack: Arc<Pack>,
    /// What its route asks for, and why. None for one of before that was kept.
    pub asked: Option<Vec<WeighedRule>>,
    /// Who may do what about it.
    pub rights: Vec<MayAct>,
}

/// What would come of something.
pub struct Supposed {
    /// What it was weighed on.
    pub basis: Option<Basis>,
    /// The pack in force.
    pub pack: Arc<Pack>,
    /// Why.
    pub explanation: domain::Explanation,
    /// The transfers as they would be.
    pub transfers: Vec<Explained>,
    /// What would change, as codes.
    pub changes: Vec<String>,
}

impl App {
    /// A transfer with everything that explains it.
    pub async fn explain(
        &self,
        authority: &AuthorityId,
        id: TransferId,
    ) -> Result<Explained, Failure> {
        let transfer = self.get(authority, id).await?;
        self.explained(transfer)
    }

    fn explained(&self, transfer: domain::Transfer) -> Result<Explained, Failure> {
        let pack = self.pack(&transfer.pack)?;
        Ok(Explained {
            asked: domain::weigh_asked(&transfer, self.rules(&pack)),
            rights: domain::rights(&transfer, self.rules(&pack)),
            transfer,
            pack,
        })
    }

    /// What a trigger would do, on the facts of the context.
    pub async fn what_if(
        &self,
        context: Context,
        case: CaseId,
        trigger: Trigger,
    ) -> Result<Supposed, Failure> {
        let child = context.child.clone().ok_or(Refusal::CaseNotOpen)?;
        let open = context.responsibility.as_ref();
        if open.is_none_or(|responsibility| responsibility.case != case) {
            return Err(Refusal::CaseNotOpen.into());
        }
        let app = self.clone();
        self.store
            .transact("WhatIf", move |tx| {
                Box::pin(async move {
                    let mut context = context;
                    app.look_at_suspension(tx, &mut context).await?;
                    let mut series = app.series(tx, &context, child.id).await?;
                    let pack = app.pack(&context.pack)?;
                    let pinned = match &series.live {
                        Some(live) => app.pack(&live.pack)?,
                        None => Arc::clone(&pack),
                    };
                    series.watch = app.watch(tx, &context, &pack, &trigger.event).await?;
                    let considered = domain::consider(
                        &series,
                        &trigger,
                        &context,
                        app.rules(&pack),
                        app.rules(&pinned),
                    )?;
                    let from = open_team_kind(&context);
                    let basis = from.map(|from| domain::basis(&trigger, from, &child, &pack));
                    app.supposed(basis, pack, considered)
                })
            })
            .await
    }

    /// What could be owed on a case whether it moves or not, on the facts of the context.
    pub fn explain_duties(
        &self,
        context: &Context,
        case: CaseId,
    ) -> Result<Vec<WeighedDuty>, Failure> {
        let child = context.child.as_ref().ok_or(Refusal::CaseNotOpen)?;
        let open = context.responsibility.as_ref();
        let open = open.filter(|responsibility| responsibility.case == case);
        let responsibility = open.ok_or(Refusal::CaseNotOpen)?;
        let pack = self.pack(&context.pack)?;
        let rules = self.rules(&pack);
        Ok(domain::weigh_duties(child, responsibility, context, rules))
    }

    fn supposed(
        &self,
        basis: Option<Basis>,
        pack: Arc<Pack>,
        considered: Considered,
    ) -> Result<Supposed, Failure> {
        let changes = considered
            .changes
            .iter()
            .flat_map(|change| &change.events)
            .filter_map(|event| data::code_of(&event.change))
            .map(str::to_owned)
            .collect();
        let transfers = considered
            .changes
            .into_iter()
            .filter_map(|change| apply_all(change.before, &change.events));
        Ok(Supposed {
            basis,
            pack,
            explanation: considered.explanation,
            transfers: transfers
                .map(|transfer| self.explained(transfer))
                .collect::<Result<_, Failure>>()?,
            changes,
        })
    }
}

fn open_team_kind(context: &Context) -> Option<baton_protocol::TeamKind> {
    let team = &context.responsibility.as_ref()?.team;
    context.team(team)?.kind.parse().ok()
}
