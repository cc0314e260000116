//! At which facts the parts of a route look, whatever is known.

use std::collections::BTreeSet;

use super::criteria::Limb;
use super::gate::{GateItem, SatisfiedBy};
use super::route::Route;
use crate::condition::Condition;
use crate::facts::FactKey;
use crate::pack::Pack;

impl Pack {
    /// Every fact at which a condition of the route's point, items, meetings, clocks or notices looks.
    pub fn facts_of_route<'p>(&'p self, route: &'p Route) -> BTreeSet<&'p FactKey> {
        let transfer = &self.transfer;
        let items = route.needs.iter().filter_map(|name| transfer.item(name));
        let meetings = route
            .meetings
            .iter()
            .filter_map(|name| transfer.meeting(name));
        let notices = route.tells.iter().filter_map(|name| transfer.notice(name));
        let points = route.point.iter().flat_map(|point| {
            let parts = point.at.iter().chain(&point.latest_of);
            parts.chain(&point.earliest_of)
        });
        let clocks = self.clocks_named(route).flat_map(|clock| {
            let branches = clock.when_missed.iter();
            clock
                .when
                .iter()
                .chain(branches.filter_map(|branch| branch.when.as_ref()))
        });
        let conditions = meetings
            .filter_map(|meeting| meeting.when.as_ref())
            .chain(notices.filter_map(|notice| notice.when.as_ref()))
            .chain(points.filter_map(|part| part.when.as_ref()))
            .chain(clocks);
        let mut facts: BTreeSet<&FactKey> = conditions.flat_map(Condition::facts).collect();
        for item in items {
            item.add_facts(&mut facts);
        }
        facts
    }
}

impl GateItem {
    fn add_facts<'p>(&'p self, facts: &mut BTreeSet<&'p FactKey>) {
        facts.extend(self.when.iter().flat_map(Condition::facts));
        facts.extend(self.age.iter().map(|aged| &aged.born));
        match &self.satisfied_by {
            SatisfiedBy::Facts(condition) => facts.extend(condition.facts()),
            SatisfiedBy::Recent(recent) => facts.extend([&recent.fact]),
            SatisfiedBy::Lasted(lasted) => facts.extend([&lasted.fact]),
            SatisfiedBy::Criteria(criteria) => {
                let limbs = criteria.of.iter().flat_map(|criterion| &criterion.any_of);
                facts.extend(limbs.flat_map(Limb::facts));
            }
            SatisfiedBy::Acts
            | SatisfiedBy::Notice(_)
            | SatisfiedBy::Meeting(_)
            | SatisfiedBy::ReceivingWorker
            | SatisfiedBy::ReceivingTeam => {}
        }
    }
}

impl Limb {
    /// Every fact at which it looks.
    pub fn facts(&self) -> impl Iterator<Item = &FactKey> {
        let windows = self.within.iter().map(|window| &window.after);
        let born = self.aged.iter().map(|aged| &aged.born);
        let conditions = self.when.iter().flat_map(Condition::facts);
        windows.chain(&self.before).chain(born).chain(conditions)
    }
}
