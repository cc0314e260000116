//! Who may do what about a transfer, as the protocol says it: for whoever asks why somebody may not.

use baton_protocol::Party;
use baton_protocol::transfer::Act;

use super::asked::LookedAt;
use super::authority::Right;
use super::draft::{Draft, Rules, ids};
use super::state::Transfer;

/// An act and who may do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MayAct {
    /// The act, as a code.
    pub act: String,
    /// Any one of these; several who have to agree stand in one.
    pub by: Vec<String>,
    /// Whether neither a higher rung nor a delegate may.
    pub only: bool,
    /// The rules that say so. None for what holds where the protocol is silent.
    pub rules: Vec<String>,
}

/// Who may do what about a transfer: complete it and prepare that, put it off, raise and settle a dispute.
pub fn rights(transfer: &Transfer, rules: Rules<'_>) -> Vec<MayAct> {
    let nothing_known = LookedAt {
        at: transfer.opened_at,
        facts: std::collections::BTreeMap::new(),
    };
    let looked_at = transfer.looked_at.as_ref().unwrap_or(&nothing_known);
    let context = super::asked::as_known(transfer, looked_at);
    let draft = Draft::new(transfer.clone(), &context, rules);
    let mut rights = vec![may("complete", draft.right_to_complete(), false)];
    rights.extend(ACTS.map(|(act, code)| draft.given_to(act, code)));
    rights.extend(draft.putting_off());
    rights.extend(draft.disputing());
    rights
}

/// The acts that an authority may give to somebody, beside completing.
const ACTS: [(Act, &str); 8] = [
    (Act::NameReceivingWorker, "name_receiving_worker"),
    (Act::NameReceivingTeam, "name_receiving_team"),
    (Act::Return, "return"),
    (Act::Withdraw, "withdraw"),
    (Act::AgreeDate, "agree_date"),
    (Act::ReviewAudit, "review_audit"),
    (Act::Waive, "waive"),
    (Act::Depart, "depart"),
];

impl Draft<'_> {
    fn given_to(&self, act: Act, code: &str) -> MayAct {
        let named = self.rules.pack.transfer.authority(act);
        let together = named.is_some_and(|authority| authority.jointly);
        may(code, self.right(act), together)
    }

    fn putting_off(&self) -> Option<MayAct> {
        let deferral = self.rules.pack.transfer.deferral.as_ref()?;
        Some(MayAct {
            act: "defer".to_owned(),
            by: said(&deferral.by, false),
            only: false,
            rules: ids(&deferral.cites),
        })
    }

    fn disputing(&self) -> Vec<MayAct> {
        let mut rights = vec![];
        for dispute in &self.rules.pack.transfer.disputes {
            rights.push(MayAct {
                act: format!("dispute:{}", dispute.dispute),
                by: said(&dispute.by, false),
                only: false,
                rules: ids(&dispute.cites),
            });
            let rungs = (1..).zip(&dispute.ladder);
            rights.extend(rungs.map(|(rung, settles)| MayAct {
                act: format!("settle:{}/{rung}", dispute.dispute),
                by: said(&settles.to, settles.jointly),
                only: false,
                rules: ids(&settles.cites),
            }));
        }
        rights
    }
}

fn may(act: &str, right: Right, together: bool) -> MayAct {
    MayAct {
        act: act.to_owned(),
        by: said(&right.parties, together),
        only: right.only,
        rules: right.rules,
    }
}

fn said(parties: &[Party], together: bool) -> Vec<String> {
    let parties: Vec<String> = parties.iter().map(ToString::to_string).collect();
    if together {
        vec![parties.join(" and ")]
    } else {
        parties
    }
}
