//! What is weighed and what is permitted never differ.

use baton_ids::{AuthorityId, ChildId, NoticeId};
use baton_protocol::notification::{Exception, Unknown};
use baton_protocol::{Audience, KnownFact};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::domain::notice::{About, Owner, Recipient, State};
use crate::tests::pack::pack;

fn notice(audience: Addressee, facts_version: i64) -> Notice {
    Notice {
        id: NoticeId::new(),
        authority: AuthorityId::new("wirral").unwrap(),
        cause_key: "t/new_team/1".into(),
        kind: "new_team".into(),
        recipient: Recipient {
            kind: audience.recipient_kind().into(),
            id: "entry".into(),
        },
        audience,
        media: Vec::new(),
        medium_asked: "letter".into(),
        medium: "letter".into(),
        state: State::Ready,
        rules: vec!["W-089".into()],
        due: None,
        content: json!({}),
        about: About {
            process: Uuid::now_v7(),
            event: "event".into(),
            case: None,
            child: Some(ChildId::new()),
            family: None,
            meets_item: String::new(),
        },
        sender: Owner::default(),
        pack: "test-pack".into(),
        facts_version,
        known: None,
        withheld_by: None,
        told_at: None,
        version: 1,
    }
}

fn safety(facts_version: i64, barred: Option<BTreeSet<String>>) -> Safety {
    let facts = barred.map(|barred| {
        let known = KnownFact {
            value: Value::Codes(barred),
            source: "kite".into(),
            effective_at: None,
            recorded_at: None,
        };
        (WITHHOLD_FROM.to_owned(), known)
    });
    Safety {
        facts_version,
        facts: facts.into_iter().collect(),
    }
}

/// What the long form comes to.
fn told(weighed: &[WeighedRule], pack: &Pack) -> Permit {
    let decided: Vec<&WeighedRule> = weighed
        .iter()
        .filter(|rule| matches!(rule.weight, Weight::Won | Weight::Undecided { .. }))
        .collect();
    assert!(decided.len() <= 1, "{weighed:?}");
    let Some(rule) = decided.first() else {
        return Permit::Send;
    };
    let rules = rule.cites.iter().map(ToString::to_string).collect();
    match (rule.name.as_str(), &rule.weight) {
        ("professional", _) => Permit::Send,
        ("facts_awaited", _) => Permit::AwaitFacts,
        (name, Weight::Undecided { .. }) => {
            assert_ne!(name, SAFETY_FLAG);
            Permit::Hold { rules }
        }
        (name, _) => {
            let exceptions = &pack.notification.exceptions;
            let known = exceptions.iter().any(|known| known.exception == name);
            assert!(known || name == SAFETY_FLAG, "{name}");
            Permit::Withhold {
                because: name.to_owned(),
                rules,
            }
        }
    }
}

fn audiences() -> impl Strategy<Value = Addressee> {
    prop_oneof![
        Just(Addressee::Role(Owner::default())),
        Just(Addressee::Outside(Audience::Family)),
        Just(Addressee::Outside(Audience::Child)),
        Just(Addressee::Outside(Audience::Agencies)),
        Just(Addressee::Outside(Audience::Referrer)),
    ]
}

fn exceptions() -> impl Strategy<Value = Vec<Exception>> {
    let recipients = proptest::sample::subsequence(
        vec![Audience::Family, Audience::Child, Audience::Agencies],
        0..=3,
    );
    let one = (recipients, any::<bool>()).prop_map(|(recipients, waits)| Exception {
        exception: String::new(),
        cites: vec!["W-025".parse().unwrap()],
        recipients,
        if_unknown: if waits {
            Unknown::Withhold
        } else {
            Unknown::Send
        },
        decided_by: "team_manager of responsible".parse().unwrap(),
    });
    proptest::collection::vec(one, 0..4).prop_map(|mut exceptions| {
        for (index, exception) in exceptions.iter_mut().enumerate() {
            exception.exception = format!("ground_{index}");
        }
        exceptions
    })
}

proptest! {
    /// Whoever is told, under whatever exceptions, on whatever is known: the long form tells what the short form does.
    #[test]
    fn what_is_weighed_is_what_is_permitted(
        audience in audiences(),
        exceptions in exceptions(),
        // A code of a newer release among them.
        barred in proptest::option::of(proptest::collection::btree_set(
            "family|parent|child|agencies|referrer|neighbour", 0..3,
        )),
        seen in 0..3_i64,
    ) {
        let mut pack = pack();
        pack.notification.exceptions = exceptions;
        let notice = notice(audience, 1);
        let safety = safety(seen, barred);

        let weighed = weigh(&notice, &safety, &pack);

        prop_assert_eq!(told(&weighed, &pack), permit(&notice, &safety, &pack));
        prop_assert_eq!(weighed.len(), pack.notification.exceptions.len() + 3);
    }
}

#[test]
fn w_025_a_parents_flag_is_one_on_the_familys_letters_of_which_no_exception_speaks() {
    let notice = notice(Addressee::Outside(Audience::Family), 0);
    let safety = safety(0, Some(["parent".to_owned()].into()));

    let weighed = weigh(&notice, &safety, &pack());

    let weights: Vec<(&str, &Weight)> = weighed
        .iter()
        .map(|rule| (rule.name.as_str(), &rule.weight))
        .collect();
    assert_eq!(
        weights,
        [
            ("professional", &Weight::DoesNotHold),
            ("facts_awaited", &Weight::DoesNotHold),
            ("serious_harm", &Weight::DoesNotHold),
            ("barred_agency", &Weight::OtherTrigger),
            ("safety_flag", &Weight::Won),
        ]
    );
}
