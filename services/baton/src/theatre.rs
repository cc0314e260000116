//! `baton story`: many stories side by side, each in a Baton of its own.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use baton_clock::BusinessClock;
use baton_protocol_files::Library;
use baton_rpc::connect;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::Config;
use crate::launch::{self, Embedded, EmbeddedConfig};
use crate::story::{self, Failure, Performance, Story};

/// The story files that were named: files as they are, folders by their YAML files, in order.
pub fn files(named: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in named {
        if path.is_dir() {
            let mut inside = Vec::new();
            for entry in
                std::fs::read_dir(path).with_context(|| format!("reading {}", path.display()))?
            {
                inside.push(entry?.path());
            }
            inside.sort();
            files.extend(
                self::files(&inside)?
                    .into_iter()
                    .filter(|file| file.extension().is_some_and(|it| it == "yaml")),
            );
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn read(file: &Path) -> Result<Story, Vec<String>> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| vec![format!("{}: {error}", file.display())])?;
    story::read(&text).map_err(|error| vec![format!("{}: {error}", file.display())])
}

/// Reads every story without playing it, and says what cannot be played.
pub fn check(files: &[PathBuf]) -> ExitCode {
    let mut flawed = 0;
    for file in files {
        let flaws = match read(file) {
            Ok(story) => story::check(&story)
                .into_iter()
                .map(|flaw| place(file, flaw.line, &flaw.what))
                .collect(),
            Err(errors) => errors,
        };
        flawed += usize::from(!flaws.is_empty());
        for flaw in flaws {
            println!("{flaw}");
        }
    }
    println!(
        "{} of {} stories can be played",
        files.len() - flawed,
        files.len()
    );
    if flawed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn place(file: &Path, line: u64, what: &str) -> String {
    if line == 0 {
        format!("{}: {what}", file.display())
    } else {
        format!("{}:{line}: {what}", file.display())
    }
}

/// Where stories are played.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stage<'a> {
    /// A running Baton; otherwise each story has one of its own.
    pub address: Option<&'a str>,
    /// The folder of the protocols; otherwise those in the binary.
    pub protocol: Option<&'a Path>,
}

/// Plays every story and tells how it went.
pub async fn play(files: &[PathBuf], stage: Stage<'_>, verbose: bool) -> anyhow::Result<ExitCode> {
    let told_in_full = verbose || files.len() == 1;
    let mut failed = 0;
    for (file, performance) in perform(files, stage).await? {
        let good = performance.failures.is_empty();
        failed += usize::from(!good);
        if told_in_full || !good {
            println!("{}", performance.text);
        }
        println!(
            "{} {}",
            if good { "holds " } else { "FAILS " },
            file.display()
        );
        for failure in performance.failures {
            println!("       {}", place(&file, failure.line, &failure.what));
        }
    }
    println!("{} of {} stories hold", files.len() - failed, files.len());
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Plays stories side by side, as many as the machine has cores. The answer has the order of the files.
pub(crate) async fn perform(
    files: &[PathBuf],
    stage: Stage<'_>,
) -> anyhow::Result<Vec<(PathBuf, Performance)>> {
    let mut config = Config::shipped()?;
    if let Some(folder) = stage.protocol {
        config.protocol.folder = folder.display().to_string();
    }
    let library = launch::library(&config)?;
    let address = stage.address;
    // One clock cannot be in two stories at once.
    let side_by_side = if address.is_some() {
        1
    } else {
        std::thread::available_parallelism().map_or(1, Into::into)
    };
    let turns = Arc::new(Semaphore::new(side_by_side));
    let mut plays = JoinSet::new();
    for (index, file) in files.iter().cloned().enumerate() {
        let (library, turns, address) = (
            Arc::clone(&library),
            Arc::clone(&turns),
            address.map(str::to_owned),
        );
        plays.spawn(async move {
            // Never closed, so this cannot fail.
            let _turn = turns.acquire_owned().await;
            let performance = play_one(&file, library, address.as_deref()).await;
            (index, file, performance)
        });
    }
    let mut performances = plays.join_all().await;
    performances.sort_by_key(|(index, ..)| *index);
    Ok(performances
        .into_iter()
        .map(|(_, file, performance)| (file, performance))
        .collect())
}

async fn play_one(file: &Path, library: Arc<Library>, address: Option<&str>) -> Performance {
    let story = match read(file) {
        Ok(story) => story,
        Err(errors) => return unplayed(errors),
    };
    let flaws: Vec<String> = story::check(&story)
        .into_iter()
        .map(|flaw| format!("line {}: {}", flaw.line, flaw.what))
        .collect();
    if !flaws.is_empty() {
        return unplayed(flaws);
    }
    let played = match address {
        Some(address) => match connect("gateway", address) {
            Ok(conn) => Ok(story::play(&story, conn).await),
            Err(error) => Err(error.into()),
        },
        None => play_alone(&story, library).await,
    };
    played.unwrap_or_else(|error| unplayed(vec![format!("{error:#}")]))
}

/// Plays in a Baton of its own: SQLite in a folder that goes away, and a clock that stands where the story begins.
async fn play_alone(story: &Story, library: Arc<Library>) -> anyhow::Result<Performance> {
    let folder = tempfile::tempdir().context("making a folder for the databases")?;
    let clock = BusinessClock::simulated(story::start(story)?);
    let settings = EmbeddedConfig {
        config: Config::shipped()?,
        library,
        clock,
    };
    let embedded = Embedded::start(folder.path(), settings).await?;
    let performance = story::play(story, embedded.conn()).await;
    embedded.stop().await;
    Ok(performance)
}

fn unplayed(errors: Vec<String>) -> Performance {
    let failures = errors
        .into_iter()
        .map(|what| Failure { line: 0, what })
        .collect();
    Performance {
        text: String::new(),
        failures,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/stories");

    /// Plays the stories of an authority, as `baton story` does.
    async fn play_all_of(authority: &str) {
        let files = files(&[Path::new(STORIES).join(authority)]).unwrap();
        assert!(files.len() >= 3, "{authority} has {} stories", files.len());
        for (file, performance) in perform(&files, Stage::default()).await.unwrap() {
            assert!(
                performance.failures.is_empty(),
                "{}\n{}\n{:#?}",
                file.display(),
                performance.text,
                performance.failures
            );
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_stories_of_wirral_hold() {
        play_all_of("wirral").await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_stories_of_merton_hold() {
        play_all_of("merton").await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_stories_of_camden_hold() {
        play_all_of("camden").await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_stories_of_lancashire_hold() {
        play_all_of("lancashire").await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_stories_of_shropshire_hold() {
        play_all_of("shropshire").await;
    }

    #[test]
    fn every_story_of_the_examples_can_be_played() {
        let files = files(&[PathBuf::from(STORIES)]).unwrap();
        assert!(files.len() >= 15, "only {} stories", files.len());
        for file in files {
            let story = read(&file).unwrap_or_else(|errors| panic!("{}", errors.join("\n")));
            assert_eq!(story::check(&story), [], "{}", file.display());
        }
    }

    #[test]
    fn a_folder_stands_for_its_yaml_files_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.yaml", "a.yaml", "notes.md"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let found = files(&[folder.path().to_owned()]).unwrap();
        let names: Vec<_> = found
            .iter()
            .filter_map(|file| file.file_name()?.to_str())
            .collect();
        assert_eq!(names, ["a.yaml", "b.yaml"]);
    }
}
