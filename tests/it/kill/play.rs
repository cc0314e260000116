//! One run of a story against supervised processes.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use baton::story;
use baton_rpc::connect;
use baton_testkit::TestDb;
use tempfile::TempDir;
use tokio::task::spawn_blocking;

use super::points::{self, Point};
use super::supervisor::{Life, Program, Scene, Supervisor, log_of};
use crate::ensemble;
use crate::stubborn::{Seen, stubborn};

/// A story that takes longer than this hangs, on a machine that has more to do.
const PATIENCE: Duration = Duration::from_mins(5);

/// Where a story is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// `baton all`.
    Sqlite,
    /// Six processes.
    Postgres,
}

impl Stage {
    /// Going on after a kill may take this long: on a server the lane of a killed gateway is held for 5 s.
    const fn restart(self) -> Duration {
        match self {
            Self::Sqlite => Duration::from_secs(3),
            Self::Postgres => Duration::from_secs(10),
        }
    }
}

/// What came of a run that went well.
pub struct Run {
    /// The points that were passed.
    pub passed: BTreeSet<Point>,
    /// The points at which a process was killed.
    pub killed_at: Vec<Point>,
}

/// Plays a story while processes are killed at these points. Panics unless everything is as it has to be.
pub async fn play(stage: Stage, name: &str, kill_at: &[Point]) -> Run {
    let text = std::fs::read_to_string(root().join(name)).expect("the story");
    let story = story::read(&text).expect("a story");
    let place = Place::make(stage).await;
    let seen = Arc::new(Seen::default());
    let scene = Scene {
        databases: place.databases.clone(),
        folder: place.folder.path().to_owned(),
        start: story::start(&story).expect("a beginning"),
        seen: Arc::clone(&seen),
    };
    let supervisor = Supervisor::start(place.programs(kill_at), scene);
    let conn = stubborn(connect("gateway", &place.door).expect("an address"), seen);
    let began = Instant::now();
    let kills = u32::try_from(kill_at.len()).expect("few");
    let patience = PATIENCE + stage.restart() * kills;
    let performance = tokio::time::timeout(patience, story::play(&story, conn)).await;
    let lives = spawn_blocking(|| supervisor.stop()).await;
    let lives = lives.expect("every watcher ends");

    let wrong: Vec<&str> = lives.iter().flat_map(Life::wrong).collect();
    let told = format!(
        "{name} on {stage:?}, to be killed at\n  {}\n{}\n{}\n",
        kill_at.join("\n  "),
        log_of(place.folder.path()),
        wrong.join("\n"),
    );
    let Ok(performance) = performance else {
        panic!("{told}the story came to no end in {patience:?}");
    };
    let failures = performance.failures.iter();
    let failures: Vec<&str> = failures.map(|failure| failure.what.as_str()).collect();
    assert!(
        failures.is_empty() && wrong.is_empty(),
        "{}\n{told}{}",
        performance.text,
        failures.join("\n")
    );
    inspect(&place, &confidential(&text), &told).await;
    let programs = place.programs(&[]).into_iter();
    let passed = programs.flat_map(|program| points::passed(&program.points));
    let passed = passed.collect();
    let killed: usize = lives.iter().map(|life| life.killed_at.len()).sum();
    let at = match kill_at {
        [point] => format!(" ({point})"),
        _ => String::new(),
    };
    println!(
        "{name} on {stage:?}: killed {killed} of {} times{at}, {:.1?}",
        kill_at.len(),
        began.elapsed()
    );
    Run {
        passed,
        killed_at: lives.into_iter().flat_map(|life| life.killed_at).collect(),
    }
}

/// Looks at what is left when every process has ended.
async fn inspect(place: &Place, confidential: &[String], told: &str) {
    let databases = ensemble::databases(&place.databases, Some(&place.spool())).await;
    let mut faults = databases.faults().await.expect("the databases can be read");
    faults.extend(
        databases
            .told_of(confidential)
            .await
            .expect("the databases can be read"),
    );
    faults.extend(lines_with(place.folder.path(), confidential));
    faults.extend(lines_with(place.folder.path(), &["panicked".to_owned()]));
    assert!(faults.is_empty(), "{told}{}", faults.join("\n"));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What a story's people write, and how they are reached: it belongs into no log and no event.
fn confidential(story: &str) -> Vec<String> {
    let because = story.lines().filter_map(|line| {
        line.trim_start_matches([' ', '-'])
            .strip_prefix("because: ")
    });
    because
        .map(str::to_owned)
        .chain([".example".to_owned(), "the family of".to_owned()])
        .collect()
}

/// The lines of the logs with one of these texts.
fn lines_with(folder: &Path, texts: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder").flatten() {
        if entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "log")
        {
            let log = std::fs::read_to_string(entry.path()).unwrap_or_default();
            let has = |line: &&str| texts.iter().any(|text| line.contains(text.as_str()));
            found.extend(log.lines().filter(has).map(str::to_owned));
        }
    }
    found
}

/// Databases, folder and ports of one run.
struct Place {
    stage: Stage,
    folder: TempDir,
    databases: BTreeMap<&'static str, String>,
    ports: BTreeMap<&'static str, u16>,
    door: String,
    _postgres: Vec<TestDb>,
}

impl Place {
    async fn make(stage: Stage) -> Self {
        let folder = folder();
        let mut databases = BTreeMap::new();
        let mut postgres = Vec::new();
        for service in points::services() {
            let url = match stage {
                Stage::Sqlite => format!(
                    "sqlite:{}",
                    folder.path().join(format!("{service}.db")).display()
                ),
                Stage::Postgres => {
                    let database = TestDb::postgres().await;
                    let url = database.url().to_owned();
                    postgres.push(database);
                    url
                }
            };
            databases.insert(service, url);
        }
        let ports: BTreeMap<&str, u16> = points::services()
            .map(|service| (service, free_port()))
            .into();
        let door = format!("http://127.0.0.1:{}", ports["gateway"]);
        Self {
            stage,
            folder,
            databases,
            ports,
            door,
            _postgres: postgres,
        }
    }

    fn spool(&self) -> PathBuf {
        self.folder.path().join("sent")
    }

    fn points(&self, program: &str) -> PathBuf {
        self.folder.path().join(format!("{program}.points"))
    }

    fn programs(&self, kill_at: &[Point]) -> Vec<Program> {
        let listen = |service: &str| format!("127.0.0.1:{}", self.ports[service]);
        let text = str::to_owned;
        if self.stage == Stage::Sqlite {
            let data = self.folder.path().display().to_string();
            return vec![Program {
                name: text("all"),
                arguments: vec![
                    text("all"),
                    text("--data"),
                    data,
                    text("--listen"),
                    listen("gateway"),
                ],
                environment: Vec::new(),
                kill_at: kill_at.to_vec(),
                points: self.points("all"),
            }];
        }
        let program = |service: &'static str| {
            let mut environment = vec![
                (text("BATON__STORE__URL"), self.databases[service].clone()),
                // Six services of several runs share one small server.
                (text("BATON__STORE__MAX_CONNECTIONS"), text("5")),
                // What a killed gateway had under way is carried on after two and a half times this.
                (text("BATON__GATEWAY__STEP_WAIT_MS"), text("2000")),
                (
                    text("BATON__NOTIFICATION__SPOOL"),
                    self.spool().display().to_string(),
                ),
            ];
            for (other, port) in &self.ports {
                if *other != "gateway" {
                    let name = format!(
                        "BATON__SERVICES__{}",
                        other.replace('-', "_").to_uppercase()
                    );
                    environment.push((name, format!("http://127.0.0.1:{port}")));
                }
            }
            Program {
                name: text(service),
                arguments: vec![text(service), text("--listen"), listen(service)],
                environment,
                kill_at: kill_at
                    .iter()
                    .filter(|point| points::service_of(point) == service)
                    .cloned()
                    .collect(),
                points: self.points(service),
            }
        };
        points::services().map(program).into()
    }
}

/// A folder in memory where there is one: a process that is killed loses nothing that it gave to the system, and the
/// disk is shared.
fn folder() -> TempDir {
    let memory = tempfile::tempdir_in("/dev/shm");
    memory.or_else(|_| tempfile::tempdir()).expect("a folder")
}

/// A port below those that the system gives to clients, so that it is still free after a restart.
fn free_port() -> u16 {
    const FIRST: u16 = 15_000;
    const COUNT: u16 = 15_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    loop {
        let spread = u16::try_from(std::process::id() % u32::from(COUNT)).unwrap_or_default();
        let offset = spread
            .wrapping_mul(37)
            .wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed))
            % COUNT;
        if TcpListener::bind(("127.0.0.1", FIRST + offset)).is_ok() {
            return FIRST + offset;
        }
    }
}
