//! Whatever people, reports and clocks do in whatever order, some things never happen.
//!
//! Short sequences from many beginnings, each beginning a story of its own: opened, held, placed, ready, with the ledger,
//! moved, returned, put off, disputed, suspended. After every step a plain model and the invariants are asked. How many sequences is
//! `BATON_SEQUENCES`; one that fails names its seed, and `BATON_SEED` plays it alone.

use std::collections::HashSet;
use std::mem::Discriminant;

use super::invariants::invariants;
use super::model::Model;
use super::stage::Stage;
use crate::domain::*;

mod begun;
mod steps;

/// How many sequences are played where nobody says.
const SEQUENCES: u64 = 100_000;
/// How many kinds of command people and reports give; the ledger's two answers are counted elsewhere.
const COMMANDS: usize = 20;
/// How many steps one has at most.
const STEPS_MAX: u64 = 4;

/// A small generator: fast, and the same on every machine.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % n
    }

    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    pub fn chance(&mut self, of_ten: usize) -> bool {
        self.below(10) < of_ten
    }
}

/// Plays one sequence. Answers the kinds of command that were not refused.
fn play(beginnings: &[Stage], seed: u64) -> HashSet<Discriminant<Command>> {
    let mut dice = Dice::new(seed);
    let beginning = &beginnings[dice.below(beginnings.len())];
    let mut stage = beginning.clone();
    let mut model = Model::of(&stage);
    let steps = 1 + dice.below(usize::try_from(STEPS_MAX).unwrap());
    for _ in 0..steps {
        let before = stage.transfer().cloned();
        let known = stage.events.len();
        steps::take(&mut stage, &mut model, &mut dice);
        let new = &stage.events[known..];
        model.saw(&stage, new);
        invariants(&stage, before.as_ref(), new);
    }
    model.accepted
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.replace('_', "").parse().ok()
}

#[test]
fn no_order_of_commands_reports_expiries_and_refusals_breaks_an_invariant() {
    let beginnings = begun::all();
    if let Some(seed) = number("BATON_SEED") {
        play(&beginnings, seed);
        return;
    }
    let sequences = number("BATON_SEQUENCES").unwrap_or(SEQUENCES);
    let threads = std::thread::available_parallelism().map_or(2, |n| n.get() as u64);
    let accepted = std::thread::scope(|scope| {
        let players: Vec<_> = (0..threads)
            .map(|thread| {
                let seeds = (thread..sequences).step_by(usize::try_from(threads).unwrap());
                let beginnings = &beginnings;
                scope.spawn(move || play_all(beginnings, seeds))
            })
            .collect();
        let mut accepted = HashSet::new();
        for player in players {
            accepted.extend(player.join().unwrap());
        }
        accepted
    });
    // Of so many, some of every command go through; otherwise the sequences try less than they seem to.
    if sequences >= SEQUENCES {
        assert_eq!(
            accepted.len(),
            COMMANDS,
            "every command is accepted in some sequence"
        );
    }
}

fn play_all(
    beginnings: &[Stage],
    seeds: impl Iterator<Item = u64>,
) -> HashSet<Discriminant<Command>> {
    let mut accepted = HashSet::new();
    for seed in seeds {
        let play = std::panic::AssertUnwindSafe(|| play(beginnings, seed));
        let kinds = std::panic::catch_unwind(play);
        assert!(kinds.is_ok(), "the sequence with BATON_SEED={seed} fails");
        accepted.extend(kinds.unwrap_or_default());
    }
    accepted
}

#[test]
fn events_alone_rebuild_the_transfer() {
    let beginnings = begun::all();
    for seed in 0..2_000 {
        let mut dice = Dice::new(seed);
        let mut stage = beginnings[dice.below(beginnings.len())].clone();
        let mut model = Model::of(&stage);
        let before = stage.transfer().cloned();
        for _ in 0..4 {
            let known = stage.events.len();
            steps::take(&mut stage, &mut model, &mut dice);
            model.saw(&stage, &stage.events[known..]);
        }
        let opened = stage
            .events
            .iter()
            .rposition(|event| matches!(event.change, Change::Opened(_)));
        let rebuilt = match opened {
            Some(opened) => apply_all(None, &stage.events[opened..]),
            None => apply_all(before, &stage.events),
        };
        let Some(rebuilt) = rebuilt else { continue };
        let mut kept = stage.series.live.iter().chain(&stage.series.completed);
        let kept = kept.find(|kept| kept.id == rebuilt.id);
        assert_eq!(Some(&rebuilt), kept, "BATON_SEED={seed}");
    }
}
