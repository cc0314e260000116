//! Who may act in whose place: the ladder of roles.

use baton_ids::{TeamId, WorkerId};
use serde::{Deserialize, Serialize};

use crate::party::Role;

/// The roles of an authority from the lowest rung to the highest.
///
/// A higher rung may do what a lower may, unless the rule says "only". Roles on the same rung do
/// not stand in for each other. An adviser's rung covers nothing (Wirral's advanced practitioner).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// The rungs from the lowest to the highest; several roles can share one.
    pub rungs: Vec<Vec<Role>>,
    /// Roles that advise and never decide for a lower rung.
    #[serde(default)]
    pub advises_only: Vec<Role>,
    /// Roles that count as one, for instance Lancashire's practice manager where a rule says team manager.
    #[serde(default)]
    pub also: Vec<(Role, Role)>,
}

/// A post in which an actor may act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostHeld {
    /// The role of the post.
    pub role: Role,
    /// The team of the post; `None` above teams.
    pub team: Option<TeamId>,
    /// The area of the post; `None` for the whole authority.
    pub area: Option<String>,
    /// The worker whose recorded absence is covered; `None` for the holder.
    pub covering_for: Option<WorkerId>,
}

impl Ladder {
    /// The rung of a role, from zero; `None` for a role outside the ladder.
    pub fn rung(&self, role: Role) -> Option<usize> {
        self.rungs.iter().position(|roles| roles.contains(&role))
    }

    /// Whether somebody in `actor`'s role may do what the rule gives to `needed`.
    ///
    /// The same role always may. A higher rung may, but never when the rule says `only` (W-155).
    pub fn covers(&self, actor: Role, needed: Role, only: bool) -> bool {
        if actor == needed || (!only && self.also.contains(&(actor, needed))) {
            return true;
        }
        if only || self.advises_only.contains(&actor) {
            return false;
        }
        matches!((self.rung(actor), self.rung(needed)), (Some(actor), Some(needed)) if actor > needed)
    }

    /// The first of an actor's posts in which they may do what the rule gives to `needed`.
    ///
    /// `team` is the team in which the role has to be held, and `area` its area: a post of that team, of
    /// that area, or of the whole authority will do, a post of another team never. A post that covers for
    /// an absent holder counts like the holder's own, but not where the rule says `only` (W-155).
    pub fn pick_post<'a>(
        &self,
        posts: &'a [PostHeld],
        needed: Role,
        team: Option<&TeamId>,
        area: Option<&str>,
        only: bool,
    ) -> Option<&'a PostHeld> {
        let mut fitting: Vec<&PostHeld> = posts
            .iter()
            .filter(|post| !(only && post.covering_for.is_some()))
            .filter(|post| self.covers(post.role, needed, only))
            .filter(|post| match (&post.team, team) {
                (Some(held), Some(wanted)) => held == wanted,
                (Some(_), None) => post.role == needed,
                (None, _) => match (&post.area, area) {
                    (Some(held), Some(wanted)) => held == wanted,
                    _ => true,
                },
            })
            .collect();
        fitting.sort_by_key(|post| (post.role != needed, post.covering_for.is_some()));
        fitting.into_iter().next()
    }

    /// The roles that may act for `needed`, lowest first: who could do it instead.
    pub fn who_covers(&self, needed: Role, only: bool) -> Vec<Role> {
        let others = self.rungs.iter().flatten().copied();
        let mut roles = vec![needed];
        roles.extend(others.filter(|role| *role != needed && self.covers(*role, needed, only)));
        roles
    }
}

#[cfg(test)]
mod tests;
