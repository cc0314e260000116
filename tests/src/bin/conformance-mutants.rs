//! `make conformance-mutants`: breaks every rule of the protocol files, and says which break nothing notices.
//!
//! `BATON_MUTANTS=40` takes a sample of that many, `BATON_MUTANTS_SEED` another one, `BATON_MUTANTS_OF=wirral/transfer`
//! only the files whose name begins so. Without them it is all. Survivors are also written to `target/mutants.txt` while
//! it runs, and `BATON_MUTANTS_AGAIN=FILE` tries only those that a copy of it lists. `BATON_MUTANTS_QUICK=1` asks only
//! the tests of the protocol files themselves, which need no build of the rest.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use baton_tests::mutants::{Accepted, Bench, Mutant, Showing, Verdict, mutants_of};
use baton_tests::tree;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

/// Where the survivors are listed, a key a line.
const SURVIVORS: &str = "target/mutants.txt";

fn main() -> anyhow::Result<ExitCode> {
    let accepted = Accepted::read()?;
    let showing = match std::env::var_os("BATON_MUTANTS_QUICK") {
        Some(_) => Showing::of_files()?,
        None => Showing::collect()?,
    };
    let all = all_mutants();
    let keys: Vec<String> = all.iter().map(Mutant::key).collect();
    let stale: Vec<&str> = accepted.stale(&keys).collect();
    let chosen = chosen(all)?;
    println!("{} mutants", chosen.len());

    let baton = tree::root().join("target/tested/baton-released");
    let list = Mutex::new(File::create(tree::root().join(SURVIVORS))?);
    let next = AtomicUsize::new(0);
    let verdicts = Mutex::new(Vec::new());
    let hands = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..hands)
            .map(|_| {
                scope.spawn(|| -> anyhow::Result<()> {
                    let folder = tempfile::tempdir()?;
                    let mut bench = Bench::new(folder.path(), &baton, &showing)?;
                    while let Some(mutant) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let verdict = bench.try_out(mutant)?;
                        if matches!(verdict, Verdict::Survived | Verdict::Unshown)
                            && accepted.reason(&mutant.key()).is_none()
                        {
                            println!(
                                "{verdict:?}: {}:{} {}",
                                mutant.file, mutant.line, mutant.what
                            );
                            let mut list = list.lock().map_err(|_| broken_down())?;
                            writeln!(list, "{}", mutant.key())?;
                        }
                        verdicts
                            .lock()
                            .map_err(|_| broken_down())?
                            .push((mutant.key(), verdict));
                    }
                    Ok(())
                })
            })
            .collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().map_err(|_| broken_down())?)
    })?;
    let verdicts = verdicts.into_inner().map_err(|_| broken_down())?;
    Ok(report(&verdicts, &accepted, &stale))
}

fn broken_down() -> anyhow::Error {
    anyhow::anyhow!("a worker broke down")
}

fn all_mutants() -> Vec<Mutant> {
    let folder = "shared/protocol-files/authorities/";
    tree::sources(folder, "yaml")
        .iter()
        .flat_map(|source| {
            let file = source.path.strip_prefix(folder).unwrap_or(&source.path);
            mutants_of(file, &source.text)
        })
        .collect()
}

/// All of them, or the sample that was asked for; the seed is printed, so that a finding can be repeated.
fn chosen(mut all: Vec<Mutant>) -> anyhow::Result<Vec<Mutant>> {
    if let Ok(of) = std::env::var("BATON_MUTANTS_OF") {
        all.retain(|mutant| mutant.file.starts_with(&of));
    }
    if let Ok(again) = std::env::var("BATON_MUTANTS_AGAIN") {
        let again = std::fs::read_to_string(&again).with_context(|| again.clone())?;
        let again: BTreeSet<&str> = again.lines().collect();
        all.retain(|mutant| again.contains(mutant.key().as_str()));
    }
    let Ok(count) = std::env::var("BATON_MUTANTS") else {
        return Ok(all);
    };
    let seed = match std::env::var("BATON_MUTANTS_SEED") {
        Ok(seed) => seed.parse()?,
        Err(_) => rand::random(),
    };
    println!("BATON_MUTANTS_SEED={seed}");
    all.shuffle(&mut StdRng::seed_from_u64(seed));
    all.truncate(count.parse()?);
    Ok(all)
}

fn report(verdicts: &[(String, Verdict)], accepted: &Accepted, stale: &[&str]) -> ExitCode {
    let count =
        |is: fn(&Verdict) -> bool| verdicts.iter().filter(|(_, verdict)| is(verdict)).count();
    let survivors: Vec<&String> = verdicts
        .iter()
        .filter(|(_, verdict)| matches!(verdict, Verdict::Survived | Verdict::Unshown))
        .map(|(key, _)| key)
        .collect();
    let unexplained = survivors
        .iter()
        .filter(|key| accepted.reason(key).is_none())
        .count();
    println!(
        "{} refused at load, {} caught by a test, {} survived ({} of them listed as equivalent)",
        count(|verdict| matches!(verdict, Verdict::Refused)),
        count(|verdict| matches!(verdict, Verdict::Caught(_))),
        survivors.len(),
        survivors.len() - unexplained,
    );
    for key in stale {
        println!("listed as equivalent, and no mutant any longer: {key}");
    }
    if unexplained == 0 && stale.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
