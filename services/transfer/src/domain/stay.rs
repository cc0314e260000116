//! A case that stays because the managers of both teams agree that its reason to move ends soon (L-021).

use baton_calendar::{Anchor, plus};
use baton_protocol::transfer::{Dated, StayRule};
use jiff::civil::Date;

use super::draft::{Draft, ids};
use super::event::Change;
use super::hold::{Hold, HoldAbout, HoldKind};
use super::item::ItemState;
use super::owner::outgoing;

impl Draft<'_> {
    /// Holds the case where it is while the agreement stands and its day has not passed; lets go when it stands no longer.
    pub fn refresh_stay(&mut self) {
        let held = self.transfer.hold(HoldKind::Stays).cloned();
        match (self.stay(), held) {
            (Some((rule, day)), held) => {
                // It holds to the end of that day.
                let until = plus(day, baton_calendar::Duration::Days(1));
                if held.is_some_and(|held| held.until == Some(until)) {
                    return;
                }
                let rules = ids(&rule.cites);
                let stays = Hold {
                    kind: HoldKind::Stays,
                    owner: outgoing(baton_protocol::Role::TEAM_MANAGER),
                    since: self.received_at(),
                    reason_digest: None,
                    rules: rules.clone(),
                    until: Some(until),
                    lifts_at: Some(self.rules.calendar.start_of(until)),
                    about: HoldAbout::Nothing,
                };
                self.push(Change::Held(stays), rules, self.received_at());
            }
            (None, Some(held)) => {
                let rules = held.rules.clone();
                self.end_hold(&held, &rules);
            }
            (None, None) => {}
        }
    }

    /// The rule under which the case stays, and until which day.
    fn stay(&self) -> Option<(&StayRule, Date)> {
        let route = self.route()?;
        let pack = self.rules.pack;
        // Counted without what puts it off: the day on which the move would otherwise fall due.
        let point = pack.point_of(route, &self.anchors(), &self.scope(), self.rules.calendar);
        let Dated::On(point) = point else { return None };
        let rules = pack.transfer.stays.iter();
        rules
            .filter(|rule| route.stays_for.contains(&rule.stay))
            .find_map(|rule| {
                let item = self.transfer.item(&rule.item)?;
                let agreed = item.asked_for && item.state() == ItemState::Met;
                let day = self.facts().date(rule.until.as_str())?;
                let within = rule.within.in_profile(pack.plain_days);
                let due = Anchor::Date(point.due.on);
                let last = self.rules.calendar.due_after(due, within).on;
                let stands = agreed && item.answers.values().all(|yes| *yes);
                (stands && day <= last && self.today() <= day).then_some((rule, day))
            })
    }
}
