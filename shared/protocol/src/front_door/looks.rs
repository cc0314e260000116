//! At which facts whatever is asked of a contact looks, whatever is known: steps, decisions, duties, limits, notices.

use std::collections::BTreeSet;

use super::FrontDoorRules;
use crate::condition::Condition;
use crate::facts::FactKey;

impl FrontDoorRules {
    /// Every fact at which something that is asked of a contact looks, its way apart.
    pub fn facts_of_asking(&self) -> BTreeSet<FactKey> {
        let steps = self.steps.iter().filter_map(|step| step.when.as_ref());
        let asks = self
            .decision_asks
            .iter()
            .filter_map(|ask| ask.when.as_ref());
        let duties = self.duties.iter().filter_map(|duty| duty.when.as_ref());
        let guidance = self.guidance.iter();
        let guidance = guidance.filter_map(|guidance| guidance.when.as_ref());
        let clocks = self.clocks.iter().filter_map(|clock| clock.when.as_ref());
        let limits = self.outcomes.iter().flat_map(|outcome| &outcome.limits);
        let conditions = steps
            .chain(asks)
            .chain(duties)
            .chain(guidance)
            .chain(clocks)
            .chain(limits.map(|limit| &limit.when));
        let mut facts: BTreeSet<FactKey> = conditions.flat_map(Condition::facts).cloned().collect();
        let notices = self.outcomes.iter().flat_map(|outcome| &outcome.tells);
        if notices.into_iter().any(|notice| notice.from_age.is_some()) {
            facts.insert(FactKey::date_of_birth());
        }
        facts
    }
}
