//! The words of a story: posts, cover, what is given, and what people do.

use super::when;

/// Words that cannot be read, with what would have been understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotUnderstood(pub String);

/// A post: `team_manager of north`, `group_manager in west`, `deputy_director`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// The role.
    pub role: String,
    /// The team; empty for a role above teams.
    pub team: String,
    /// The area; empty for the whole authority.
    pub area: String,
}

/// A team: `family_support_and_protection in north`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Its kind.
    pub kind: String,
    /// The area it serves; empty for the whole authority.
    pub area: String,
    /// The number under which it is reached; empty when none is given.
    pub phone: String,
}

/// Somebody stands in: `max covers tom from 2026-03-10 until 2026-03-20`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// Who stands in.
    pub who: String,
    /// Whose posts.
    pub whose: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: String,
}

/// A case that is open: `kit is open to frt with ann since 2026-02-20`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The child.
    pub child: String,
    /// The responsible team.
    pub team: String,
    /// The worker. `None` when the case waits for one.
    pub worker: Option<String>,
    /// Since when.
    pub since: String,
}

/// How people outside are reached: the key of `family of kit: letter`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// `family`, `agencies`, `referrer`, `child`.
    pub kind: String,
    /// The child it is about.
    pub child: String,
}

/// Reads the posts of a person: several are joined by `and`.
pub fn posts(text: &str) -> Result<Vec<Post>, NotUnderstood> {
    text.split(" and ").map(post).collect()
}

fn post(text: &str) -> Result<Post, NotUnderstood> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (role, team, area) = match words.as_slice() {
        [role] => (role, "", ""),
        [role, "of", team] => (role, *team, ""),
        [role, "in", area] => (role, "", *area),
        [role, "of", team, "in", area] => (role, *team, *area),
        _ => {
            return Err(NotUnderstood(format!(
                "`{text}` is not a post: write `team_manager of north`, `group_manager in west` or `deputy_director`"
            )));
        }
    };
    Ok(Post {
        role: (*role).to_owned(),
        team: team.to_owned(),
        area: area.to_owned(),
    })
}

/// Reads a team.
pub fn team(text: &str) -> Result<Team, NotUnderstood> {
    let (team, phone) = text.split_once(" phone ").unwrap_or((text, ""));
    let (kind, area) = match team.split_whitespace().collect::<Vec<_>>().as_slice() {
        [kind] => (*kind, ""),
        [kind, "in", area] => (*kind, *area),
        _ => {
            return Err(NotUnderstood(format!(
                "`{text}` is not a team: write `assessment` or `looked_after in north phone 0151 606 2000`"
            )));
        }
    };
    Ok(Team {
        kind: kind.to_owned(),
        area: area.to_owned(),
        phone: phone.trim().to_owned(),
    })
}

/// Reads a cover.
pub fn cover(text: &str) -> Result<Cover, NotUnderstood> {
    match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        [who, "covers", whose, "from", from, "until", until]
            if when::date(from).is_ok() && when::date(until).is_ok() =>
        {
            Ok(Cover {
                who: (*who).to_owned(),
                whose: (*whose).to_owned(),
                from: (*from).to_owned(),
                until: (*until).to_owned(),
            })
        }
        _ => Err(NotUnderstood(format!(
            "`{text}` is not a cover: write `max covers tom from 2026-03-10 until 2026-03-20`"
        ))),
    }
}

/// Reads what is given.
pub fn given(text: &str) -> Result<Given, NotUnderstood> {
    let wrong = || {
        NotUnderstood(format!(
            "`{text}` is not something given: write `kit is open to frt with ann since 2026-02-20`, or without `with ann`"
        ))
    };
    let (what, since) = text.split_once(" since ").ok_or_else(wrong)?;
    if !when::is_time(since.trim()) {
        return Err(wrong());
    }
    let (child, team, worker) = match what.split_whitespace().collect::<Vec<_>>().as_slice() {
        [child, "is", "open", "to", team] => (*child, *team, None),
        [child, "is", "open", "to", team, "with", worker] => {
            (*child, *team, Some((*worker).to_owned()))
        }
        _ => return Err(wrong()),
    };
    Ok(Given {
        child: child.to_owned(),
        team: team.to_owned(),
        worker,
        since: since.trim().to_owned(),
    })
}

/// Reads who is reached.
pub fn party(text: &str) -> Result<Party, NotUnderstood> {
    match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        [kind, "of", child] => Ok(Party {
            kind: (*kind).to_owned(),
            child: (*child).to_owned(),
        }),
        _ => Err(NotUnderstood(format!(
            "`{text}` is nobody to reach: write `family of kit`"
        ))),
    }
}

/// Answers to the questions of an item: `yes to all but chronology_complete`, `no to a, b; yes to c`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// What is said to every question that is not named.
    pub all: Option<bool>,
    /// What is said to those that are named.
    pub named: Vec<(String, bool)>,
}

/// Reads answers. Nothing at all is no answers.
pub fn answers(text: &str) -> Result<Answers, NotUnderstood> {
    let wrong = || {
        NotUnderstood(format!(
            "`{text}` are no answers: write `yes to all`, `yes to all but chronology_complete` or `no to a, b; yes to c`"
        ))
    };
    let mut answers = Answers::default();
    for part in text
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let (yes, rest) = match (part.strip_prefix("yes to "), part.strip_prefix("no to ")) {
            (Some(rest), None) => (true, rest.trim()),
            (None, Some(rest)) => (false, rest.trim()),
            _ => return Err(wrong()),
        };
        if rest == "all" {
            answers.all = Some(yes);
        } else if let Some(others) = rest.strip_prefix("all but ") {
            answers.all = Some(yes);
            answers.named.extend(names(others).map(|name| (name, !yes)));
        } else {
            answers.named.extend(names(rest).map(|name| (name, yes)));
        }
    }
    Ok(answers)
}

/// A list of names: `a, b and c`.
pub fn names(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(',')
        .flat_map(|part| part.split(" and "))
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
}

/// Who was told: `nia by email of icpc_details`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// A person, or `family`, `agencies`, `referrer`.
    pub who: String,
    /// The medium.
    pub by: Option<String>,
    /// The kind of notice.
    pub of: Option<String>,
}

/// Reads who was told.
pub fn told(text: &str) -> Result<Told, NotUnderstood> {
    let mut words = text.split_whitespace();
    let mut told = Told {
        who: words.next().unwrap_or_default().to_owned(),
        ..Told::default()
    };
    loop {
        match (words.next(), words.next()) {
            (None, _) if !told.who.is_empty() => return Ok(told),
            (Some("by"), Some(medium)) => told.by = Some(medium.to_owned()),
            (Some("of"), Some(kind)) => told.of = Some(kind.to_owned()),
            _ => {
                return Err(NotUnderstood(format!(
                    "`{text}` is nobody told: write `nia`, `nia by email` or `family by letter of new_worker`"
                )));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_may_hold_several_posts() {
        let posts = posts("team_manager of north and group_manager in west").unwrap();

        assert_eq!(
            posts[0],
            Post {
                role: "team_manager".into(),
                team: "north".into(),
                area: String::new()
            }
        );
        assert_eq!(
            posts[1],
            Post {
                role: "group_manager".into(),
                team: String::new(),
                area: "west".into()
            }
        );
        assert!(super::posts("the boss of everything else").is_err());
    }

    #[test]
    fn a_case_is_given_with_or_without_a_worker() {
        let case = given("kit is open to frt with ann since 2026-02-20").unwrap();
        assert_eq!(
            (case.team.as_str(), case.worker.as_deref()),
            ("frt", Some("ann"))
        );
        assert_eq!(
            given("kit is open to frt since 2026-02-20 10:30")
                .unwrap()
                .worker,
            None
        );
        assert!(given("kit is open to frt").is_err());
        assert!(given("kit is open to frt since yesterday").is_err());
    }

    #[test]
    fn answers_name_the_exceptions() {
        let all_but = answers("yes to all but chronology_complete and visits_entered").unwrap();
        assert_eq!(all_but.all, Some(true));
        assert_eq!(
            all_but.named,
            [
                ("chronology_complete".to_owned(), false),
                ("visits_entered".to_owned(), false)
            ]
        );
        assert_eq!(answers("no to a, b; yes to c").unwrap().named.len(), 3);
        assert!(answers("perhaps").is_err());
    }

    #[test]
    fn somebody_is_told_by_a_medium_of_something() {
        let nia = told("nia by email of icpc_details").unwrap();
        assert_eq!(
            (nia.who.as_str(), nia.by.as_deref(), nia.of.as_deref()),
            ("nia", Some("email"), Some("icpc_details"))
        );
        assert!(told("nia by").is_err());
        assert!(told("").is_err());
    }

    #[test]
    fn cover_has_a_first_and_a_last_day() {
        assert_eq!(
            cover("max covers tom from 2026-03-10 until 2026-03-20")
                .unwrap()
                .whose,
            "tom"
        );
        assert!(cover("max covers tom").is_err());
    }
}
