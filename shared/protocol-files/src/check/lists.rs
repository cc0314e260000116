//! What routes are listed in, what they stay for, what is referred to, and when regular meetings are.

use crate::problem::Problem;
use crate::sections::Sections;

/// What a route is listed in, and what a case stays for, has to be given.
pub(crate) fn lists(sections: &Sections, problems: &mut Vec<Problem>) {
    let is_route = |name: &String| {
        let mut routes = sections.routes.iter();
        routes.any(|route| route.value.route == *name)
    };
    for route in &sections.routes {
        let listed = route.value.listed_in.iter().flatten();
        for name in listed.filter(|name| !is_route(name)) {
            problems.push(route.problem(name, format!("there is no route `{name}`")));
        }
        for name in &route.value.stays_for {
            if !sections.stays.iter().any(|stay| stay.value.stay == *name) {
                problems.push(route.problem(name, format!("`stays` has no `{name}`")));
            }
        }
    }
    for reference in &sections.references {
        let is_item = |name: &String| sections.gate.iter().any(|item| item.value.item == *name);
        let items = reference.value.items.iter();
        let routes = reference.value.routes.iter();
        let unknown = items.filter(|name| !is_item(name));
        for name in unknown.chain(routes.filter(|name| !is_route(name))) {
            problems.push(reference.problem(name, format!("there is no item or route `{name}`")));
        }
    }
    for stay in &sections.stays {
        let item = &stay.value.item;
        if !sections.gate.iter().any(|known| known.value.item == *item) {
            problems.push(stay.problem(item, format!("there is no item `{item}`")));
        }
    }
    schedules(sections, problems);
}

/// A clock that counts from a regular meeting needs to know when it is.
fn schedules(sections: &Sections, problems: &mut Vec<Problem>) {
    for clock in &sections.clocks {
        if let baton_protocol::Moment::NextMeeting(kind) = &clock.value.due.moment
            && !sections
                .schedules
                .iter()
                .any(|known| known.value.meeting == *kind)
        {
            problems
                .push(clock.problem(kind, format!("`schedules` says of no `{kind}` when it is")));
        }
    }
    for schedule in &sections.schedules {
        let every = schedule.value.every;
        if schedule.value.next(schedule.value.starts).is_none() {
            let message =
                format!("no meeting every `{every}` can be told: give days, weeks or months");
            problems.push(schedule.problem("every", message));
        }
    }
}
