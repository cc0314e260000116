//! What follows for a child from the facts of the other children of the family (M-071 to M-074).

use jiff::civil::Date;

use super::{Facts, Value};

/// The facts on which that rests: when one of them changes, the other children's cases are looked at again.
pub const OF_SIBLINGS: &[&str] = &[
    "plan",
    "looked_after",
    "date_of_birth",
    "expected_delivery_date",
];

impl Facts {
    /// Lays over the facts what follows from those of the siblings, whatever was reported.
    ///
    /// Whether a sibling is in need, on a protection plan or looked after is known as soon as one is, and known not to be
    /// once it is known of all. For the youngest only known plans count.
    pub fn look_at_siblings<'a>(&mut self, siblings: impl Iterator<Item = &'a Self> + Clone) {
        let plan = |code: &'static str| {
            siblings.clone().map(move |sibling| {
                sibling
                    .value("plan")
                    .map(|_| sibling.code("plan") == Some(code))
            })
        };
        let looked_after = siblings.clone().map(|sibling| {
            sibling
                .value("looked_after")
                .map(|_| sibling.flag("looked_after") == Some(true))
        });
        let derived = [
            (
                "siblings.in_need",
                any(plan("child_in_need")).map(Value::Flag),
            ),
            (
                "siblings.on_protection_plan",
                any(plan("child_protection")).map(Value::Flag),
            ),
            ("siblings.looked_after", any(looked_after).map(Value::Flag)),
            (
                "siblings.youngest_born_on",
                self.youngest(siblings).map(Value::Date),
            ),
        ];
        for (key, value) in derived {
            let Ok(key) = key.parse() else { continue };
            self.forget(&key);
            if let Some(value) = value {
                self.0.insert(key, value);
            }
        }
    }

    fn youngest<'a>(&self, siblings: impl Iterator<Item = &'a Self>) -> Option<Date> {
        let own = self.born_on()?;
        let with_plan = |sibling: &&Self| {
            matches!(
                sibling.code("plan"),
                Some("child_in_need" | "child_protection")
            )
        };
        let theirs = siblings.filter(with_plan).filter_map(Self::born_on);
        theirs.chain([own]).max()
    }

    fn born_on(&self) -> Option<Date> {
        self.date("date_of_birth")
            .or_else(|| self.date("expected_delivery_date"))
    }

    /// How many full years old the youngest of the child and the siblings with a plan was on the day on which the child
    /// became looked after (K-45). `None` while that day or the youngest is not known.
    pub fn youngest_accommodated_aged(&self) -> Option<i64> {
        let born = self.date("siblings.youngest_born_on")?;
        super::years_on(born, self.date("accommodated_on")?)
    }
}

fn any(mut known: impl Iterator<Item = Option<bool>> + Clone) -> Option<bool> {
    if known.clone().any(|known| known == Some(true)) {
        return Some(true);
    }
    known.all(|known| known.is_some()).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child(born: &str, plan: Option<&str>) -> Facts {
        let mut facts = Facts::new();
        facts
            .set("date_of_birth", Value::Date(born.parse().unwrap()))
            .unwrap();
        if let Some(plan) = plan {
            facts.set("plan", Value::Code(plan.to_owned())).unwrap();
        }
        facts
    }

    fn seen(siblings: &[Facts]) -> Facts {
        let mut kit = child("2011-05-01", Some("looked_after"));
        kit.look_at_siblings(siblings.iter());
        kit
    }

    #[test]
    fn m_072_one_sibling_on_a_plan_is_enough_and_nobody_is_not_unknown() {
        let plan = |plan| child("2014-05-01", plan);
        let on_plan = |siblings: &[Facts]| seen(siblings).flag("siblings.on_protection_plan");

        assert_eq!(on_plan(&[]), Some(false));
        assert_eq!(on_plan(&[plan(Some("child_in_need"))]), Some(false));
        assert_eq!(on_plan(&[plan(Some("child_in_need")), plan(None)]), None);
        assert_eq!(
            on_plan(&[plan(None), plan(Some("child_protection"))]),
            Some(true)
        );
    }

    #[test]
    fn k_45_the_youngest_is_of_those_who_have_a_plan() {
        let siblings = [
            child("2013-05-01", Some("child_in_need")),
            child("2012-05-01", Some("child_protection")),
            child("2018-05-01", Some("none")),
            child("2019-05-01", None),
        ];
        let youngest = |siblings: &[Facts]| seen(siblings).date("siblings.youngest_born_on");

        assert_eq!(youngest(&siblings), Some("2013-05-01".parse().unwrap()));
        assert_eq!(
            youngest(&siblings[2..]),
            Some("2011-05-01".parse().unwrap())
        );
    }

    #[test]
    fn what_was_reported_of_siblings_is_not_believed() {
        let mut kit = child("2011-05-01", None);
        kit.set("siblings.looked_after", Value::Flag(true)).unwrap();
        let unsaid = child("2013-05-01", None);

        kit.look_at_siblings([&unsaid].into_iter());

        assert_eq!(kit.flag("siblings.looked_after"), None);
    }
}
