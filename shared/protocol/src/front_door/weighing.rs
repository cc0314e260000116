//! Every way of the front door with what became of it: the long form of [`Pack::route_contact`] and
//! [`Pack::route_referral`], for whoever asks why.

use std::collections::BTreeSet;

use super::FrontDoorRules;
use super::choice::{Incoming, Match, Routed, is_for, matches, towards};
use super::route::ReferralRoute;
use crate::condition::Truth;
use crate::facts::{FactKey, Facts};
use crate::pack::Pack;
use crate::transfer::{Weighed, Weight};

/// A way that was weighed.
pub type WeighedWay<'p> = Weighed<'p, ReferralRoute>;

impl Pack {
    /// Weighs every way of a new contact, in their order. The one that [`Pack::route_contact`] takes has won; when none
    /// is taken none has. With `open`, ways that do not come before an open case are outranked by it.
    pub fn weigh_contact(&self, incoming: Incoming<'_>, open: bool) -> Vec<WeighedWay<'_>> {
        let choice = self.route_contact(incoming, open);
        let referral_routes = self.front_door.referral_routes.iter();
        let early = referral_routes.filter(|route| route.contact_too);
        let routes = early.chain(&self.front_door.contact_routes);
        weigh(routes, incoming, &choice, |route| {
            (open && !route.even_open).then_some(Weight::Outranked)
        })
    }

    /// Weighs every way of a referral by a decision with that outcome, in their order. The one that
    /// [`Pack::route_referral`] takes has won; those left to whoever decides are offered.
    pub fn weigh_referral(
        &self,
        incoming: Incoming<'_>,
        outcome: &str,
        refers: bool,
    ) -> Vec<WeighedWay<'_>> {
        let choice = self.route_referral(incoming, outcome, refers);
        weigh(
            self.front_door.referral_routes.iter(),
            incoming,
            &choice,
            |route| (!is_for(route, outcome, refers)).then_some(Weight::OtherTrigger),
        )
    }
}

/// `barred` says why a way does not come into question at all.
fn weigh<'p>(
    routes: impl Iterator<Item = &'p ReferralRoute>,
    incoming: Incoming<'_>,
    choice: &Routed<'_>,
    barred: impl Fn(&ReferralRoute) -> Option<Weight>,
) -> Vec<WeighedWay<'p>> {
    let (decided, missing) = match choice {
        Routed::To { route, .. } => (Some(*route), None),
        Routed::Undecided { route, missing } => (Some(*route), Some(missing)),
        Routed::None => (None, None),
    };
    let mut routes: Vec<&ReferralRoute> = routes.collect();
    routes.sort_by_key(|route| route.order);
    let mut late = false;
    routes
        .into_iter()
        .map(|route| {
            let from_here = route.sources.is_empty()
                || route.sources.iter().any(|source| source == incoming.source);
            let weight = if decided.is_some_and(|decided| std::ptr::eq(decided, route)) {
                late = true;
                missing.map_or(Weight::Won, |missing| Weight::Undecided {
                    missing: missing.clone(),
                })
            } else if !from_here {
                Weight::OtherTrigger
            } else {
                other_weight(route, incoming, late, barred(route))
            };
            Weighed {
                route,
                weight,
                facts: route
                    .facts_of_child(incoming.facts)
                    .into_iter()
                    .filter(|key| incoming.facts.get(key).is_some())
                    .collect(),
            }
        })
        .collect()
}

fn other_weight(
    route: &ReferralRoute,
    incoming: Incoming<'_>,
    late: bool,
    barred: Option<Weight>,
) -> Weight {
    if let Some(barred @ Weight::OtherTrigger) = barred {
        return barred;
    }
    let Match { truth, sibling } = matches(route, incoming);
    if truth == Truth::False {
        return Weight::DoesNotHold;
    }
    if let Some(barred) = barred {
        return barred;
    }
    match truth {
        Truth::Undecided { missing } if route.option || !late => Weight::PassedOver { missing },
        _ if route.option => Weight::Offered,
        // It holds and comes before the one that decided: it led to nobody whom anyone knows.
        _ if !late => match towards(&route.to, incoming, sibling) {
            Err(missing) => Weight::PassedOver {
                missing: [missing].into(),
            },
            Ok(_) => Weight::Outranked,
        },
        _ => Weight::Outranked,
    }
}

impl FrontDoorRules {
    /// The known facts of a child at which any way looks.
    pub fn facts_of_child(&self, facts: &Facts) -> BTreeSet<FactKey> {
        self.facts_known(facts, ReferralRoute::facts_of_child)
    }

    /// The known facts of another child of the family at which any way looks.
    pub fn facts_of_sibling(&self, facts: &Facts) -> BTreeSet<FactKey> {
        self.facts_known(facts, ReferralRoute::facts_of_sibling)
    }

    fn facts_known(
        &self,
        facts: &Facts,
        looked_at: fn(&ReferralRoute, &Facts) -> BTreeSet<FactKey>,
    ) -> BTreeSet<FactKey> {
        let routes = self.referral_routes.iter().chain(&self.contact_routes);
        routes
            .flat_map(|route| looked_at(route, facts))
            .filter(|key| facts.get(key).is_some())
            .collect()
    }
}
