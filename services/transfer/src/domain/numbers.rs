//! The number under which the receiving team is reached. A letter that has to give it does not go without (L-035).

use baton_protocol::Role;
use baton_protocol::transfer::{Notice, Occasion};

use super::draft::{Draft, ids};
use super::event::NoticeDue;
use super::owner::receiving;

/// What a notice calls the number in its content.
pub const NEW_CONTACT_NUMBERS: &str = "new_contact_numbers";
/// The trouble of a letter that waits for the number.
pub const NUMBER_MISSING: &str = "give_contact_number";

impl Draft<'_> {
    /// The number of the team that takes the case, if one is given.
    pub fn new_contact_number(&self) -> Option<String> {
        let team = self.context.team(&self.transfer.to_team);
        team.and_then(|team| team.phone.clone())
    }

    /// Whether a notice has to give a number that nobody has given.
    pub fn lacks_number(&self, rule: &Notice) -> bool {
        gives_number(rule) && self.new_contact_number().is_none()
    }

    /// Whether a letter waits for the number.
    pub fn waits_for_number(&self) -> bool {
        let mut troubles = self.transfer.troubles.iter();
        troubles.any(|trouble| trouble.code == NUMBER_MISSING)
    }

    /// Makes a number that will be missed the receiving manager's task from the beginning on, and sends what waited for
    /// it once it is there.
    pub fn refresh_number(&mut self) {
        let Some(route) = self.route().filter(|_| self.transfer.phase.is_workable()) else {
            return;
        };
        let pack = self.rules.pack;
        let told = route.tells.iter();
        let told = told.filter_map(|name| pack.transfer.notice(name));
        let Some(letter) = told.into_iter().find(|rule| gives_number(rule)) else {
            return;
        };
        if self.lacks_number(letter) {
            self.trouble(
                NUMBER_MISSING,
                receiving(Role::TEAM_MANAGER),
                &ids(&letter.cites),
            );
        } else if self.waits_for_number() {
            self.settle_trouble(NUMBER_MISSING);
            if self.transfer.point.reached_at.is_some() {
                self.tell_what_waited();
            }
        }
    }

    fn tell_what_waited(&mut self) {
        let Some(route) = self.route() else { return };
        let due = self
            .rules
            .pack
            .notices_of(route, Occasion::PointReached, &self.scope());
        let waited: Vec<NoticeDue> = due
            .iter()
            .filter(|applies| gives_number(applies.rule))
            .map(|applies| self.notice(applies.rule))
            .collect();
        if let Some(event) = self.events.last_mut() {
            event.notices.extend(waited);
        }
    }
}

fn gives_number(rule: &Notice) -> bool {
    rule.content.iter().any(|key| key == NEW_CONTACT_NUMBERS)
}
