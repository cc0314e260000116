//! A review of the policy that nobody can hold, or that looks at nothing, would be no review.

use baton_calendar::Duration;
use baton_protocol::Ladder;
use baton_protocol::Place;
use baton_protocol::transfer::ReviewFigures;

use crate::problem::Problem;
use crate::sections::Sections;

/// Finds a review of the policy that cannot be held.
pub(crate) fn review(sections: &Sections, ladder: &Ladder, problems: &mut Vec<Problem>) {
    let Some(rule) = &sections.policy_review else {
        return;
    };
    let mut wrong = |word: &str, message: String| problems.push(rule.problem(word, message));
    let review = &rule.value;
    match review.every {
        Duration::Hours(_) => {
            wrong("every", "a policy is not reviewed by the hour".to_owned());
        }
        every if every.times(2) == every => {
            wrong("every", "a review has to be due after some time".to_owned());
        }
        _ => {}
    }
    if review.by.is_empty() {
        wrong("by", "nobody reviews the policy".to_owned());
    }
    for party in &review.by {
        if ladder.rung(party.role).is_none() {
            let message = format!(
                "{} is on no rung of the ladder in authority.yaml",
                party.role
            );
            wrong("by", message);
        } else if party.place != Place::Authority {
            let message =
                format!("`{party}`: a policy is the whole authority's: write `of authority`");
            wrong("by", message);
        }
    }
    if review.looks_at.is_empty() {
        wrong("looks_at", "a review looks at some figures".to_owned());
    }
    let asks = review.looks_at.contains(&ReviewFigures::Meetings);
    match &review.meeting {
        Some(kind) => {
            let mut meetings = sections.meetings.iter();
            if !meetings.any(|known| known.value.meeting == *kind) {
                wrong("meeting", format!("there is no meeting `{kind}`"));
            } else if !asks {
                let message = "`meeting` is named, and `looks_at` leaves meetings out".to_owned();
                wrong("looks_at", message);
            }
        }
        None if asks => {
            let message = "`looks_at` has meetings, and `meeting` does not say which".to_owned();
            wrong("looks_at", message);
        }
        None => {}
    }
}
