//! When the moments of one process were, and terms counted from them.

use std::collections::BTreeMap;

use baton_calendar::{Anchor, Calendar, Due, PlainDays, age_reached_on, gestation_reached_on};
use jiff::Timestamp;

use crate::facts::{FactKey, Facts, Value};
use crate::moment::{Moment, Relation, Term};

/// When the moments of one process were. What is a fact is read from the facts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Anchors(BTreeMap<Moment, Anchor>);

impl Anchors {
    /// No moment known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets when a moment was or will be, replacing what was set before.
    ///
    /// Set `Conference` to the time booked and, once held, to the time it was held; `ConferenceHeld` only
    /// once it was held.
    #[must_use]
    pub fn at(mut self, moment: Moment, instant: Timestamp) -> Self {
        self.0.insert(moment, Anchor::Instant(instant));
        self
    }

    /// Sets a moment of which only the day matters, for instance an agreed date.
    #[must_use]
    pub fn on(mut self, moment: Moment, anchor: Anchor) -> Self {
        self.0.insert(moment, anchor);
        self
    }

    /// When a moment is; `None` while it cannot be told.
    pub fn find(&self, moment: &Moment, facts: &Facts) -> Option<Anchor> {
        match moment {
            Moment::Fact(key) => anchor_of(facts.get(key)),
            Moment::Gestation(weeks) => match facts.get(&FactKey::expected_delivery_date()) {
                Some(Value::Date(date)) => Some(Anchor::Date(gestation_reached_on(*date, *weeks))),
                _ => None,
            },
            Moment::Age { years, months } => match facts.get(&FactKey::date_of_birth()) {
                Some(Value::Date(born)) => {
                    Some(Anchor::Date(age_reached_on(*born, *years, *months)))
                }
                _ => None,
            },
            Moment::AgeOf {
                years,
                months,
                born_on,
            } => match facts.get(born_on) {
                Some(Value::Date(born)) => {
                    Some(Anchor::Date(age_reached_on(*born, *years, *months)))
                }
                _ => None,
            },
            Moment::FirstKnown(moments) => {
                moments.iter().find_map(|moment| self.find(moment, facts))
            }
            _ => self.0.get(moment).copied(),
        }
    }
}

fn anchor_of(value: Option<&Value>) -> Option<Anchor> {
    match value {
        Some(Value::Date(date)) => Some(Anchor::Date(*date)),
        Some(Value::Instant(instant)) => Some(Anchor::Instant(*instant)),
        _ => None,
    }
}

impl Term {
    /// The deadline this term sets from an anchor.
    pub fn due_from(&self, anchor: Anchor, calendar: &Calendar, plain_days: PlainDays) -> Due {
        match (self.relation, self.duration) {
            (Relation::At, _) | (Relation::After, None) => calendar.due_at(anchor),
            (Relation::Before, None) => calendar.due_until(anchor),
            (Relation::Before, Some(duration)) => {
                calendar.due_before(anchor, duration.in_profile(plain_days))
            }
            (Relation::After, Some(duration)) => {
                calendar.due_after(anchor, duration.in_profile(plain_days))
            }
        }
    }

    /// The deadline this term sets; `None` while its moment cannot be told.
    pub fn due(
        &self,
        anchors: &Anchors,
        facts: &Facts,
        calendar: &Calendar,
        plain_days: PlainDays,
    ) -> Option<Due> {
        let anchor = anchors.find(&self.moment, facts)?;
        Some(self.due_from(anchor, calendar, plain_days))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn of_several_moments_the_first_counts_that_is_known() {
        let moment: Moment = "meeting:initial_cin or facts.initial_cin_meeting_booked_for"
            .parse()
            .unwrap();
        let held_at = "2026-03-18T10:00:00Z".parse().unwrap();
        let held = Anchors::new().at(Moment::Meeting("initial_cin".to_owned()), held_at);
        let booked = Value::Date(date(2026, 3, 16));
        let booked = Facts::new().with("initial_cin_meeting_booked_for", booked);
        let booked = booked.unwrap();

        assert_eq!(Anchors::new().find(&moment, &Facts::new()), None);
        assert_eq!(
            Anchors::new().find(&moment, &booked),
            Some(Anchor::Date(date(2026, 3, 16)))
        );
        assert_eq!(held.find(&moment, &booked), Some(Anchor::Instant(held_at)));
        assert_eq!(
            moment.fact().unwrap().as_str(),
            "initial_cin_meeting_booked_for"
        );
        assert_eq!(
            moment.to_string(),
            "meeting:initial_cin or facts.initial_cin_meeting_booked_for"
        );
        assert!("meeting:initial_cin or whenever".parse::<Moment>().is_err());
    }
}
