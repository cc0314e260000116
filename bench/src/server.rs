//! Baton as a process of its own, with what it costs.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tonic::transport::{Channel, Endpoint};

/// Clock ticks a second of `/proc/<pid>/stat`, as Linux has it on every platform we build for.
const TICKS_PER_SECOND: f64 = 100.0;

/// How often to look whether Baton is at rest, and how long it has to be.
const LOOK: Duration = Duration::from_millis(100);
const QUIET: Duration = Duration::from_millis(500);
/// The share of a core that looking for work takes at most.
const IDLE_MAX: f64 = 0.15;

/// Where the databases are.
#[derive(Debug, Clone)]
pub enum Databases {
    /// Files in the data folder.
    Sqlite,
    /// Databases of a server, by a url with `{service}`.
    Postgres(String),
}

/// `baton all`, killed when dropped.
pub struct Server {
    process: Child,
    address: String,
    /// From the start of the process until the first answer.
    pub ready: Duration,
}

impl Server {
    /// Starts it and waits until it answers.
    pub async fn start(data: &Path, databases: &Databases) -> Result<Self> {
        // Bound for a moment to find a free port: nobody else on this machine asks for it meanwhile.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let mut command = Command::new(binary()?);
        command
            .args(["all", "--listen", &address, "--data"])
            .arg(data)
            .env("BATON__TELEMETRY__LOG_FILTER", "warn")
            .stdout(Stdio::null());
        if let Databases::Postgres(url) = databases {
            command.env("BATON__STORE__URL", url);
        }
        let began = Instant::now();
        let process = command.spawn().context("starting baton")?;
        let mut server = Self {
            process,
            address,
            ready: Duration::ZERO,
        };
        while server.channel().await.is_err() {
            if let Some(status) = server.process.try_wait()? {
                bail!("baton ended: {status}");
            }
            if began.elapsed() > Duration::from_secs(30) {
                bail!("baton does not answer");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        server.ready = began.elapsed();
        Ok(server)
    }

    /// A connection to the public door.
    pub async fn channel(&self) -> Result<Channel> {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address))?.tcp_nodelay(true);
        Ok(endpoint.connect().await?)
    }

    /// CPU time used so far, in seconds, user and system.
    pub fn cpu(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        // The name in parentheses may hold blanks: what follows it is counted.
        let fields: Vec<&str> = stat
            .rsplit_once(')')
            .map_or("", |(_, rest)| rest)
            .split_whitespace()
            .collect();
        let ticks = |at: usize| {
            fields
                .get(at)
                .and_then(|field| field.parse::<f64>().ok())
                .unwrap_or(0.0)
        };
        Ok((ticks(11) + ticks(12)) / TICKS_PER_SECOND)
    }

    /// Waits until it has nothing more to do than to look for work. Answers how long that took.
    pub async fn at_rest(&self) -> Result<Duration> {
        let began = Instant::now();
        let (mut busy_until, mut before) = (began, self.cpu()?);
        loop {
            tokio::time::sleep(LOOK).await;
            let now = self.cpu()?;
            if now - before > IDLE_MAX * LOOK.as_secs_f64() {
                busy_until = Instant::now();
            } else if busy_until.elapsed() >= QUIET {
                return Ok(busy_until - began);
            }
            before = now;
        }
    }

    /// A line of `/proc/<pid>/status` in MiB: `VmRSS` now, `VmHWM` at its peak.
    pub fn memory(&self, line: &str) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let found = status.lines().find_map(|text| text.strip_prefix(line));
        let kib = found.and_then(|text| text.trim_start_matches(':').split_whitespace().next());
        Ok(kib.and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The binary beside this one.
fn binary() -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let path = here.with_file_name("baton");
    if !path.is_file() {
        bail!("{} is not built: use `make bench`", path.display());
    }
    Ok(path)
}
