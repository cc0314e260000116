//! A person asks for a transfer.

use baton_protocol::transfer::{REQUESTED, Route, TargetTeam};
use baton_protocol::{PostHeld, Scope, Truth};

use super::authority::Right;
use super::command::{Request, Trigger};
use super::consider::{Considered, Deciding, Explanation, Series};
use super::context::{Child, Context, Responsibility, Team};
use super::draft::{Draft, Rules, ids};
use super::opening::{self, Receiving};
use super::refusal::Refusal;
use super::state::Transfer;
use super::watch::kind_of;

/// Decides what a person's request for a transfer opens, and in which post the person asked for it. `rules` are those in
/// force now, `pinned` those of the live transfer.
pub fn request(
    series: &Series,
    request: &Request,
    context: &Context,
    rules: Rules<'_>,
    pinned: Rules<'_>,
) -> Result<(Considered, PostHeld), Refusal> {
    let child = context.child.as_ref().ok_or(Refusal::CaseNotOpen)?;
    let responsibility = context
        .responsibility
        .as_ref()
        .ok_or(Refusal::CaseNotOpen)?;
    let trigger = Trigger {
        event: REQUESTED.to_owned(),
        conference: None,
        meeting: None,
        effective_at: context.received_at,
    };
    let deciding = Deciding {
        series,
        trigger: &trigger,
        context,
        rules,
        pinned,
    };
    deciding.requested(request, child, responsibility)
}

impl Deciding<'_> {
    fn requested(
        &self,
        request: &Request,
        child: &Child,
        responsibility: &Responsibility,
    ) -> Result<(Considered, PostHeld), Refusal> {
        let route = self
            .rules
            .pack
            .transfer
            .route(&request.route)
            .filter(|route| route.is_requested())
            .ok_or_else(|| Refusal::RouteUnknown {
                route: request.route.clone(),
            })?;
        let rules = ids(&route.cites);
        let refuses = |remedy: &'static str| Refusal::RuleRefuses {
            act: "request_transfer",
            rules: rules.clone(),
            owner: None,
            remedy,
        };
        let from = kind_of(responsibility, self.context);
        if !from.is_some_and(|from| route.from.contains(&from)) {
            return Err(refuses("this route leads away from other teams"));
        }
        let (team, team_open) = self.team_of(request, child, responsibility, &rules)?;
        let blank = self.blank(child, responsibility, route, &team);
        let right = Right {
            parties: route.requested_by.clone(),
            only: false,
            reason: true,
            rules: rules.clone(),
        };
        let (post, _) = Draft::new(blank, self.context, self.rules).authorise(&right)?;

        let mut scope = Scope::of(&child.facts);
        scope.trigger = Some(REQUESTED);
        // A stronger route that says the case stays answers for those who ask as well, and first: it says why.
        let keeps = self.rules.pack.transfer.routes.iter().find(|other| {
            other.stays
                && other.is_requested()
                && other.order < route.order
                && from.is_some_and(|from| other.from.contains(&from))
                && other
                    .when
                    .as_ref()
                    .is_none_or(|when| when.decide(&scope).truth == Truth::True)
        });
        if let Some(keeps) = keeps {
            return Err(Refusal::RuleRefuses {
                act: "request_transfer",
                rules: ids(&keeps.cites),
                owner: None,
                remedy: "the protocol keeps the case with the team that has it",
            });
        }
        let truth = route
            .when
            .as_ref()
            .map_or(Truth::True, |when| when.decide(&scope).truth);
        match truth {
            Truth::True => {}
            Truth::False => return Err(refuses("the facts are not those of this route")),
            Truth::Undecided { missing } => {
                return Err(Refusal::FactUnknown {
                    facts: missing.iter().map(ToString::to_string).collect(),
                    rules,
                });
            }
        }
        if let Some(live) = &self.series.live
            && !self.is_stronger(route.order, live)
        {
            return Err(refuses(
                "a transfer that is no weaker is under way: complete or withdraw it first",
            ));
        }
        let explanation = Explanation {
            rules: ids(&route.cites),
            decision: "opens".to_owned(),
            ..Explanation::default()
        };
        let mut considered = self.open(
            child,
            responsibility,
            route,
            (&team, team_open),
            explanation,
        );
        considered.watch = self.settled_by(child, route, None);
        Ok((considered, post))
    }

    /// A new transfer with nothing counted yet.
    pub fn blank(
        &self,
        child: &Child,
        responsibility: &Responsibility,
        route: &Route,
        team: &Team,
    ) -> Transfer {
        opening::blank(
            self.trigger,
            route,
            team,
            child,
            responsibility,
            self.context,
        )
    }

    /// The team that was asked for, if the route leads to teams of its kind; else the one that the facts name. Whether it is
    /// only one of several.
    fn team_of(
        &self,
        request: &Request,
        child: &Child,
        responsibility: &Responsibility,
        rules: &[String],
    ) -> Result<(Team, bool), Refusal> {
        let mut team_open = false;
        let route = self.rules.pack.transfer.route(&request.route);
        let Some(target) = route.and_then(|route| route.to.as_ref()) else {
            return Err(Refusal::RouteUnknown {
                route: request.route.clone(),
            });
        };
        let unknown = || Refusal::TeamUnknown {
            kind: target.kind.to_string(),
            rules: rules.to_vec(),
        };
        let team = if let Some(asked) = &request.to_team {
            let team = self.context.team(asked);
            team.filter(|team| team.kind == target.kind.as_str())
                .cloned()
                .ok_or_else(unknown)?
        } else {
            let fact_unknown = |fact: String| Refusal::FactUnknown {
                facts: vec![fact],
                rules: rules.to_vec(),
            };
            let target = target
                .resolve(&child.facts)
                .map_err(|fact| fact_unknown(fact.to_string()))?;
            match opening::receiving_team(&target, &child.facts, self.context, rules) {
                Ok(Receiving::Team(team)) => team,
                Ok(Receiving::Undecided { missing }) => return Err(fact_unknown(missing)),
                Err(refusal) => {
                    let later = route.is_some_and(|route| route.team_named_later);
                    team_open = later;
                    let first = first_of_several(&target, self.context);
                    first.filter(|_| later).ok_or(refusal)?
                }
            }
        };
        let area_of_case = self.context.team(&responsibility.team);
        let same_area = area_of_case.is_some_and(|own| own.area == team.area);
        let within_team = route.is_some_and(|route| route.within_team);
        if (team.id == responsibility.team && !within_team) || (team_open && same_area) {
            return Err(Refusal::RuleRefuses {
                act: "request_transfer",
                rules: rules.to_vec(),
                owner: None,
                remedy: "the case is with this team already",
            });
        }
        Ok((team, team_open))
    }
}

/// The first of the teams that could be meant, where a route leads to an area with several of them.
fn first_of_several(target: &TargetTeam, context: &Context) -> Option<Team> {
    let in_area = |team: &&Team| team.kind == target.kind.as_str() && team.area == target.area;
    let mut teams: Vec<&Team> = context.teams.iter().filter(in_area).collect();
    teams.sort_by(|one, other| one.id.cmp(&other.id));
    (teams.len() > 1).then(|| teams[0].clone())
}
