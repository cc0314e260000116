//! Runs Baton in processes of its own, and starts each again whenever it is killed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::runtime;

use super::points::{self, Point};
use crate::ensemble;
use crate::stubborn::Seen;

const SIGKILL: i32 = 9;
/// A process that takes longer than this to stop hangs.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(10);

/// One process.
#[derive(Debug, Clone)]
pub struct Program {
    /// Its name, for its log.
    pub name: String,
    /// The command line after the binary.
    pub arguments: Vec<String>,
    /// The environment besides ours.
    pub environment: Vec<(String, String)>,
    /// Where it is killed, once at each, at whichever it passes first.
    pub kill_at: Vec<Point>,
    /// Where it notes the points it passes.
    pub points: PathBuf,
}

/// What all processes share.
pub struct Scene {
    /// The databases, for the time at which the last event was recorded.
    pub databases: BTreeMap<&'static str, String>,
    /// Where logs go.
    pub folder: PathBuf,
    /// When simulated time begins.
    pub start: Timestamp,
    /// What the client saw.
    pub seen: Arc<Seen>,
}

/// The process that is alive now.
type Pid = Arc<Mutex<Option<u32>>>;

/// Processes under supervision.
pub struct Supervisor {
    stopping: Arc<AtomicBool>,
    watched: Vec<(Pid, JoinHandle<Life>)>,
}

/// What became of one process over all its lives.
#[derive(Debug, Default)]
pub struct Life {
    /// The points at which it was killed, in order.
    pub killed_at: Vec<Point>,
    wrong: Vec<String>,
}

impl Life {
    /// Ends that nobody asked for.
    pub fn wrong(&self) -> impl Iterator<Item = &str> {
        self.wrong.iter().map(String::as_str)
    }
}

impl Supervisor {
    /// Starts every program.
    pub fn start(programs: Vec<Program>, scene: Scene) -> Self {
        assert!(
            binary().is_file(),
            "{} is missing: `make build-tested` builds it",
            binary().display()
        );
        let scene = Arc::new(scene);
        let stopping = Arc::new(AtomicBool::new(false));
        let watched = programs
            .into_iter()
            .map(|program| {
                let pid = Arc::new(Mutex::new(None));
                let watcher = Watcher {
                    program,
                    scene: Arc::clone(&scene),
                    stopping: Arc::clone(&stopping),
                    pid: Arc::clone(&pid),
                };
                (pid, std::thread::spawn(move || watcher.watch()))
            })
            .collect();
        Self { stopping, watched }
    }

    /// Tells every process to stop as an orchestrator does, and waits for it.
    pub fn stop(mut self) -> Vec<Life> {
        self.stopping.store(true, Ordering::SeqCst);
        self.signal("TERM");
        let told = Instant::now();
        while told.elapsed() < PATIENCE && !self.watched.iter().all(|(_, one)| one.is_finished()) {
            std::thread::sleep(PAUSE);
        }
        // Whoever has not ended by now is told so in its life.
        self.signal("KILL");
        let lives = std::mem::take(&mut self.watched);
        lives
            .into_iter()
            .map(|(_, watcher)| watcher.join().expect("the watcher"))
            .collect()
    }

    fn signal(&self, name: &str) {
        for pid in self
            .watched
            .iter()
            .filter_map(|(pid, _)| *pid.lock().unwrap())
        {
            let _ = Command::new("kill")
                .args([format!("-{name}"), pid.to_string()])
                .status();
        }
    }
}

impl Drop for Supervisor {
    /// A test that fails leaves no process behind.
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.signal("KILL");
        for (_, watcher) in self.watched.drain(..) {
            let _ = watcher.join();
        }
    }
}

/// The last lines of every process.
pub fn log_of(folder: &Path) -> String {
    const LINES: usize = 12;
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "log")
        {
            let all = std::fs::read_to_string(entry.path()).unwrap_or_default();
            let lines: Vec<&str> = all
                .lines()
                .filter(|line| !line.contains("\"INFO\""))
                .collect();
            let tail = lines[lines.len().saturating_sub(LINES)..].join("\n");
            let _ = writeln!(text, "{}:\n{tail}", entry.path().display());
        }
    }
    text
}

struct Watcher {
    program: Program,
    scene: Arc<Scene>,
    stopping: Arc<AtomicBool>,
    pid: Pid,
}

impl Watcher {
    fn watch(self) -> Life {
        let mut life = Life::default();
        let mut armed = self.program.kill_at.clone();
        while let Some(mut child) = self.spawn(&armed) {
            let ended = child.wait().expect("the process ends");
            *self.pid.lock().unwrap() = None;
            if ended.signal() == Some(SIGKILL)
                && let Some(point) = points::killed_at(&self.program.points)
                && armed.contains(&point)
            {
                armed.retain(|other| *other != point);
                life.killed_at.push(point);
                continue;
            }
            if !self.stopping.load(Ordering::SeqCst) || !ended.success() {
                let name = &self.program.name;
                life.wrong.push(format!("{name} ended by itself: {ended}"));
                self.scene.seen.gone.store(true, Ordering::SeqCst);
            }
            break;
        }
        life
    }

    /// Starts the process, unless all is to stop.
    fn spawn(&self, kill_at: &[Point]) -> Option<Child> {
        let log = self.scene.folder.join(format!("{}.log", self.program.name));
        let log = File::options()
            .create(true)
            .append(true)
            .open(log)
            .expect("a log");
        let mut command = Command::new(binary());
        command
            .args(&self.program.arguments)
            .args(["--simulated-from", &self.time().to_string()])
            .envs(self.program.environment.iter().cloned())
            .env("BATON_KILL_AT", kill_at.join(","))
            .env("BATON_KILL_LOG", &self.program.points)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let mut pid = self.pid.lock().unwrap();
        if self.stopping.load(Ordering::SeqCst) {
            return None;
        }
        let child = command.spawn().expect("the binary starts");
        *pid = Some(child.id());
        Some(child)
    }

    /// The business time at which a process goes on: never behind what it recorded, nor behind what the client saw.
    fn time(&self) -> Timestamp {
        let seen = *self.scene.seen.clock.lock().unwrap();
        // A runtime of its own: that of the tests may be waiting for this process.
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let recorded = runtime.block_on(last_recorded(&self.scene.databases));
        [seen, recorded]
            .into_iter()
            .flatten()
            .fold(self.scene.start, Timestamp::max)
    }
}

/// When the last event was recorded, in any database that is there already.
async fn last_recorded(urls: &BTreeMap<&'static str, String>) -> Option<Timestamp> {
    let there = urls.iter().filter(|(_, url)| {
        url.strip_prefix("sqlite:")
            .is_none_or(|path| Path::new(path).exists())
    });
    let there = there.map(|(name, url)| (*name, url.clone())).collect();
    ensemble::databases(&there, None)
        .await
        .last_recorded()
        .await
}

/// The binary with kill points.
fn binary() -> PathBuf {
    let built = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tested/baton");
    std::env::var_os("BATON_BIN").map_or_else(built, PathBuf::from)
}
