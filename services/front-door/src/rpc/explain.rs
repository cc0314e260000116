//! `FrontDoorExplainService`: why a contact went where it did, and what would become of one.

use std::collections::BTreeSet;

use baton_answers::{counted, known_facts, weight};
use baton_contracts::frontdoor::v1 as wire;
use baton_contracts::frontdoor::v1::front_door_explain_service_server::FrontDoorExplainService;
use baton_contracts::type_v1;
use baton_protocol::front_door::RouteDecider;
use baton_protocol::transfer::Weight;
use baton_protocol::{Pack, Party, Place, Role};
use baton_rpc::{Problem, Violations, prepare};
use tonic::{Request, Response, Status};

use super::{Handlers, answer, context, facts, parse};
use crate::app::{Explained, LaunchContact, WhatIf};
use crate::domain::asked;
use crate::domain::contact::Contact;
use crate::domain::routing::{Basis, Chosen, Weighing};

/// What is said of a way that cannot be told.
const UNDECIDED: &str = "undecided";

#[tonic::async_trait]
impl FrontDoorExplainService for Handlers {
    async fn explain_contact(
        &self,
        request: Request<wire::ExplainContactRequest>,
    ) -> Result<Response<wire::ExplainContactResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let authority = context::authority(&wire_context)?;
        let id = body
            .contact_id
            .parse()
            .map_err(|_| Problem::not_found("contact", &body.contact_id))?;
        let explained = self.app.explain(&authority, id).await?;
        Ok(Response::new(wire::ExplainContactResponse {
            launched: launched(&explained),
            decided: decided(&explained),
            asked_at_launch: asked_at_launch(&explained),
            asked_of_decision: asked_of_decision(&explained),
        }))
    }

    async fn what_if_contact(
        &self,
        request: Request<wire::WhatIfContactRequest>,
    ) -> Result<Response<wire::WhatIfContactResponse>, Status> {
        let (wire_context, body) = prepare(request)?;
        let ctx = context::of(&wire_context)?;
        let mut violations = Violations::default();
        let child = parse::id("child_id", &body.child_id, &mut violations);
        let received_at = match &body.received_at {
            None => Some(ctx.received_at),
            at @ Some(_) => parse::time("received_at", at.as_ref(), &mut violations),
        };
        let today = self.app.today_at(ctx.received_at);
        let supposed = facts::stated(&body.facts, ctx.received_at, today, &mut violations);
        violations.into_result()?;
        let (Some(child), Some(received_at)) = (child, received_at) else {
            return Err(Problem::internal().into());
        };
        let supposed = WhatIf {
            launch: LaunchContact {
                child,
                source_kind: body.source_kind,
                form: body.form,
                received_at,
                team: None,
                kind: body.kind,
            },
            outcome: parse::said(body.outcome),
            facts: supposed
                .into_iter()
                .map(|stated| (stated.key, stated.value))
                .collect(),
        };
        let explained = self.app.what_if(supposed, &ctx).await?;
        Ok(Response::new(wire::WhatIfContactResponse {
            // It has no id: it is none.
            contact: Some(wire::Contact {
                contact_id: String::new(),
                ..answer::contact(&explained.contact)
            }),
            launched: launched(&explained),
            decided: decided(&explained),
            asked_at_launch: asked_at_launch(&explained),
            asked_of_decision: asked_of_decision(&explained),
        }))
    }
}

fn launched(explained: &Explained) -> Option<wire::WayReasons> {
    let contact = &explained.contact;
    let basis = contact.basis.as_ref()?;
    let weighed = explained.launched.as_deref().unwrap_or_default();
    let mut launched = reasons(contact.team.to_string(), basis, weighed);
    if let Some(reasons) = &mut launched.reasons {
        reasons.dates = dates(contact);
    }
    Some(launched)
}

fn decided(explained: &Explained) -> Option<wire::WayReasons> {
    let (supposed, weighed) = explained.decided.as_ref()?;
    let team = supposed.team.as_ref();
    let decision = team.map_or_else(|| UNDECIDED.to_owned(), ToString::to_string);
    Some(reasons(decision, &supposed.basis, weighed))
}

/// Who alone may decide that a referral goes this way, where the protocol says so.
fn of_way<'p>(chosen: &Chosen, pack: &'p Pack) -> Option<&'p RouteDecider> {
    match chosen {
        Chosen::Named => pack.front_door.elsewhere.as_ref(),
        Chosen::Route(name) => {
            let mut routes = pack.front_door.referral_routes.iter();
            routes
                .find(|route| route.route == *name)?
                .decided_by
                .as_ref()
        }
        Chosen::Kind | Chosen::Gateway | Chosen::OpenCase | Chosen::Fallback => None,
    }
}

fn takes_the_way(decider: &RouteDecider) -> type_v1::Entitled {
    let of = decider.of.map(|kind| format!(" of {kind}"));
    let by = format!("{}{}", decider.by, of.unwrap_or_default());
    type_v1::Entitled {
        by: vec![by],
        ..baton_answers::entitled("decide", &[], &decider.cites)
    }
}

fn asked_at_launch(explained: &Explained) -> Option<type_v1::Reasons> {
    let asked = explained.at_launch.as_ref()?;
    Some(type_v1::Reasons {
        entitled: deciding(explained, None),
        ..baton_answers::reasons("launched", &asked.weighed, &asked.known)
    })
}

fn asked_of_decision(explained: &Explained) -> Option<type_v1::Reasons> {
    let (outcome, asked) = explained.of_decision.as_ref()?;
    // Where the way says who decides nobody else does.
    let way = explained.decided.as_ref();
    let of_way = way.and_then(|(supposed, _)| of_way(&supposed.basis.chosen, &explained.pack));
    let deciding = || deciding(explained, Some(outcome));
    Some(type_v1::Reasons {
        entitled: of_way.map_or_else(deciding, |decider| vec![takes_the_way(decider)]),
        ..baton_answers::reasons(outcome, &asked.weighed, &asked.known)
    })
}

/// Who decides on it. Where the protocol says nothing of it, the manager of the team that has it.
fn deciding(explained: &Explained, outcome: Option<&str>) -> Vec<type_v1::Entitled> {
    let Explained { contact, pack, .. } = explained;
    let outcome = outcome.and_then(|outcome| pack.front_door.outcome(outcome));
    let manager = [Party {
        role: Role::TEAM_MANAGER,
        place: Place::Responsible,
    }];
    let (by, cites) = asked::deciders(contact, outcome, pack).unwrap_or((&manager, &[]));
    vec![baton_answers::entitled("decide", by, cites)]
}

/// By when it is decided, and everything that is owed because of it.
fn dates(contact: &Contact) -> Vec<type_v1::CountedDate> {
    let decided = contact.due.iter();
    let decided = decided.map(|due| (due, answer::due_date(due, contact)));
    let owed = contact.owed.iter().filter_map(|duty| {
        let due = duty.due.as_ref()?;
        Some((due, answer::due_of(due, &duty.owner)))
    });
    decided
        .chain(owed)
        .map(|(due, answered)| {
            let skipped = due.skipped.iter();
            let skipped = skipped.map(|(date, why)| (*date, why.as_str()));
            counted(answered, due.from, due.on, skipped)
        })
        .collect()
}

fn reasons(decision: String, basis: &Basis, weighed: &[Weighing]) -> wire::WayReasons {
    let unknown: BTreeSet<String> = weighed
        .iter()
        .filter(|weighed| matches!(weighed.weight, Weight::Undecided { .. }))
        .flat_map(|weighed| weighed.weight.missing())
        .map(ToString::to_string)
        .collect();
    let siblings = basis.siblings.iter().map(|sibling| wire::KnownSibling {
        child_id: sibling.child.to_string(),
        open_case_team_id: sibling
            .team
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        household: match sibling.separate_household {
            None => wire::HouseholdRelation::Unspecified,
            Some(false) => wire::HouseholdRelation::Same,
            Some(true) => wire::HouseholdRelation::Separate,
        }
        .into(),
        facts: known_facts(&sibling.facts),
    });
    wire::WayReasons {
        reasons: Some(type_v1::Reasons {
            decision,
            weighed: (1..).zip(weighed).map(to_weighed).collect(),
            facts: known_facts(&basis.facts),
            unknown_facts: unknown.into_iter().collect(),
            ..type_v1::Reasons::default()
        }),
        siblings: siblings.collect(),
    }
}

fn to_weighed((order, weighed): (i32, &Weighing)) -> type_v1::Weighed {
    type_v1::Weighed {
        name: weighed.name.clone(),
        title: String::new(),
        rules: weighed.rules.clone(),
        order,
        weight: weight(&weighed.weight).into(),
        condition: weighed.condition.clone(),
        facts: weighed.facts.clone(),
        unknown_facts: weighed.weight.missing().map(ToString::to_string).collect(),
        leads_to: weighed.leads_to.clone(),
    }
}
