//! What is kept of a ruling, and that its long form says what the short one does.

use baton_protocol::allocation::FORBIDDEN;
use baton_protocol::transfer::Weight;
use baton_protocol_files::Library;

use super::*;
use crate::domain::counting::File;
use crate::domain::rulings::{KeptRuling, Occasion, weigh};
use crate::domain::unallocated::{Ruling, ruling, texts};

/// Every mixture of what is known of the facts at which any authority looks here.
fn mixtures() -> Vec<Facts> {
    const FLAGS: [&str; 3] = ["looked_after", "in_proceedings", "section_47_open"];
    let mut mixtures = vec![Facts::new()];
    for plan in ["child_protection", "child_in_need"] {
        let plan = Value::Code(plan.to_owned());
        mixtures.push(Facts::new().with("plan", plan).unwrap());
    }
    mixtures.push(Facts::new().with("plan", Value::None).unwrap());
    for key in FLAGS {
        let known = |flag| {
            let facts = mixtures.clone().into_iter();
            facts.map(move |facts| facts.with(key, Value::Flag(flag)).unwrap())
        };
        let more: Vec<Facts> = known(true).chain(known(false)).collect();
        mixtures.extend(more);
    }
    mixtures
}

#[test]
fn the_long_form_says_what_the_short_form_does_for_every_authority() {
    let library = Library::embedded().unwrap();
    let small = [
        packs::wirral(),
        packs::camden(),
        packs::lancashire(),
        packs::merton(),
    ];
    for pack in library.packs().map(|pack| &**pack).chain(&small) {
        for facts in mixtures() {
            let weighed = weigh(&known(&facts), pack);
            let mut decided = weighed
                .rules
                .iter()
                .filter(|rule| matches!(rule.weight, Weight::Won | Weight::Assumed { .. }));
            let by = decided.next().unwrap();
            assert_eq!(decided.next(), None, "{} {facts:?}", pack.authority);
            let ruling = ruling(pack, Some(&facts));
            assert_eq!(by.leads_to, ruling.code(), "{} {facts:?}", pack.authority);
            let (rules, unknown) = match &ruling {
                Ruling::Allowed { rules } | Ruling::ByAuthority { rules, .. } => (rules, vec![]),
                Ruling::Forbidden {
                    rules,
                    unknown_facts,
                } => (rules, unknown_facts.clone()),
            };
            assert_eq!(&texts(&by.cites), rules);
            let missing: Vec<String> = by.weight.missing().map(ToString::to_string).collect();
            assert_eq!(missing, unknown);
        }
    }
}

#[test]
fn m_054_to_m_058_the_long_form_counts_a_file_as_the_short_form_does() {
    let library = Library::embedded().unwrap();
    let case = open_case();
    for pack in library.packs() {
        for facts in mixtures() {
            let weighed = pack.allocation.weigh_counting(&facts);
            let won = weighed.iter().find(|rule| rule.weight == Weight::Won);
            let file = File::of(&case, &facts, pack);
            let family = won.is_some_and(|rule| rule.leads_to == "family");
            assert_eq!(family, file.with_family, "{} {facts:?}", pack.authority);
            let by = won.filter(|rule| rule.name != "silence");
            let by = by.map(|rule| rule.name.clone());
            assert_eq!(by, file.counted_as, "{} {facts:?}", pack.authority);
        }
    }
}

#[test]
fn what_was_looked_at_is_kept_and_weighed_again_gives_the_same() {
    let library = Library::embedded().unwrap();
    for pack in library.packs() {
        for facts in mixtures() {
            let noise = facts.with("district", Value::Code("north".to_owned()));
            let ctx = reaction("2026-03-02T09:00:00Z", noise.unwrap());
            let kept = KeptRuling::on(Occasion::Placed, ctx.received_at, &ctx, pack);
            let first = weigh(&ctx.child.as_ref().unwrap().known, pack);
            assert_eq!(kept.weigh(pack), first);
            assert!(!kept.facts.contains_key("district"));
        }
    }
}

#[test]
fn only_who_asks_leaves_a_ruling_behind() {
    let case = open_case();
    let ctx = reaction("2026-03-31T00:01:00Z", plan("child_in_need"));
    let with_worker = move_to_north(&case, Some("sam"), "2026-03-31T00:00:00Z");
    let events = decided(&case, &with_worker, &ctx, &packs::wirral()).unwrap();
    assert_eq!(after(&case, &events).rulings, []);

    let without = pending(move_to_north(&case, None, "2026-03-31T00:00:00Z"));
    let events = decided(&case, &without, &ctx, &packs::wirral()).unwrap();
    let moved = after(&case, &events);
    let [ruling] = moved.rulings.as_slice() else {
        panic!("{:?}", moved.rulings)
    };
    assert_eq!(ruling.occasion, Occasion::Moved);
    assert_eq!(ruling.at, at("2026-03-31T00:00:00Z"));
    assert_ne!(ruling.weigh(&packs::wirral()).ruling.code(), FORBIDDEN);
}
