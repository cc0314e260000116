//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Role};
use crate::{audit, import, launch, migrate, protocol, story, theatre};

/// Passes a child's case from team to team without ever dropping it.
#[derive(Debug, Parser)]
#[command(name = "baton", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs every service in one process on SQLite.
    All(All),
    /// Runs the gateway: the public door.
    Gateway(Single),
    /// Runs the front door: children, facts, contacts.
    FrontDoor(Single),
    /// Runs allocation: the ledger and the organisation.
    Allocation(Single),
    /// Runs transfer.
    Transfer(Single),
    /// Runs closure.
    Closure(Single),
    /// Runs notification.
    Notification(Single),
    /// Brings the database of one service up to date, then ends.
    Migrate {
        /// The service.
        #[arg(value_parser = role)]
        service: Role,
        #[command(flatten)]
        settings: Settings,
    },
    /// Reads the authorities' protocols.
    #[command(subcommand)]
    Protocol(Protocol),
    /// Plays stories, each against a Baton of its own with simulated time.
    Story(Story),
    /// Loads what a council already has: organisation, open cases, closed ones. `docs/import.md` has the columns.
    Import(Import),
    /// Verifies the audit log.
    #[command(subcommand)]
    Audit(Audit),
}

#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// A TOML file with settings. The environment (`BATON__SERVER__LISTEN=…`) outranks it.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// Where to listen.
    #[arg(long)]
    pub listen: Option<String>,
}

#[derive(Debug, Args)]
struct Single {
    #[command(flatten)]
    settings: Settings,
    /// Begins simulated time here, as for `all`. Never where real children are.
    #[arg(long)]
    simulated_from: Option<String>,
}

#[derive(Debug, Args)]
struct All {
    #[command(flatten)]
    settings: Settings,
    /// The folder that holds the databases and what notification sends. Made when it is not there.
    #[arg(long, default_value = "data")]
    data: PathBuf,
    /// Begins simulated time here, local: `2026-03-02T09:00`, or as an instant: `2026-03-02T09:00:00Z`. Moves only by
    /// `DevelopmentService.AdvanceTo`.
    #[arg(long)]
    simulated_from: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Protocol {
    /// Checks files, or folders of files, and says for each problem the file, the line and what is wrong.
    Check {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Lists the authorities with the digest of each pack.
    List,
    /// Shows what an authority's protocol says.
    Show {
        /// The authority.
        authority: String,
    },
    /// Says what differs between two packs, rule by rule, and which open work it touches.
    Diff {
        /// A folder of an authority, a file in one, or an authority that ships with Baton.
        before: String,
        /// The same.
        after: String,
        /// A gateway that runs, for instance `http://127.0.0.1:50051`: its open work is looked through.
        #[arg(long)]
        address: Option<String>,
    },
    /// Checks an authority's folder whole, keeps it in the services' databases and puts it in force from its first day.
    /// Services may run meanwhile; what is under way keeps the pack under which it began.
    Activate(Activate),
}

#[derive(Debug, Args)]
pub(crate) struct Activate {
    /// Folders of authorities, a file in one, or folders of such folders. `statutory` beside it counts, else the shipped.
    #[arg(required = true)]
    pub named: Vec<PathBuf>,
    /// The first day on which what begins follows it, instead of the day that the files say: `2027-04-01`.
    #[arg(long)]
    pub from: Option<jiff::civil::Date>,
    /// The folder of `baton all`.
    #[arg(long, default_value = "data")]
    pub data: PathBuf,
    /// Only this service, in the database of its settings (`BATON__STORE__URL`). The gateway should come last.
    #[arg(long, value_parser = role)]
    pub service: Option<Role>,
    #[command(flatten)]
    pub settings: Settings,
}

#[derive(Debug, Args)]
struct Story {
    /// The story files, or folders of them.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Plays against a running Baton with simulated time instead: `http://127.0.0.1:50051`.
    #[arg(long)]
    address: Option<String>,
    /// Plays under the protocols of this folder, one folder an authority, instead of those in the binary.
    #[arg(long, conflicts_with = "address")]
    protocol: Option<PathBuf>,
    /// Only reads the stories and says what cannot be played.
    #[arg(long)]
    check: bool,
    /// Tells every story in full, not only those that fail.
    #[arg(long, visible_alias = "demo")]
    verbose: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The files: `teams*.csv`, `workers*.csv`, `posts*.csv`, `closures*.csv`, `cases*.csv`, `evidence*.csv`.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Only says what would become of each line.
    #[arg(long)]
    pub dry_run: bool,
    /// Where Baton is.
    #[arg(long, default_value = "http://127.0.0.1:50051")]
    pub address: String,
    /// Who loads: `<authority>/system:<name of the record system>`.
    #[arg(long)]
    pub identity: String,
}

#[derive(Debug, Subcommand)]
enum Audit {
    /// Recomputes every digest and the hash chain.
    Verify {
        /// The folder of `baton all`.
        #[arg(long, default_value = "data")]
        data: PathBuf,
        /// Only this service, in the database of its settings (`BATON__STORE__URL`).
        #[arg(long, value_parser = role)]
        service: Option<Role>,
        #[command(flatten)]
        settings: Settings,
    },
}

fn role(text: &str) -> Result<Role, String> {
    Role::ALL
        .into_iter()
        .find(|role| role.name() == text)
        .ok_or_else(|| {
            let names: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
            format!("one of {}", names.join(", "))
        })
}

pub(crate) async fn run(cli: &Cli) -> anyhow::Result<ExitCode> {
    match &cli.command {
        Command::All(all) => {
            let config = Config::load(&all.settings)?;
            let simulated_from = all.simulated_from.as_deref().map(simulated).transpose()?;
            launch::all(config, &all.data, simulated_from).await?;
        }
        Command::Gateway(single) => one(Role::Gateway, single).await?,
        Command::FrontDoor(single) => one(Role::FrontDoor, single).await?,
        Command::Allocation(single) => one(Role::Allocation, single).await?,
        Command::Transfer(single) => one(Role::Transfer, single).await?,
        Command::Closure(single) => one(Role::Closure, single).await?,
        Command::Notification(single) => one(Role::Notification, single).await?,
        Command::Migrate { service, settings } => {
            migrate::run(*service, &Config::load(settings)?).await?;
        }
        Command::Protocol(Protocol::Check { files }) => return protocol::check(files),
        Command::Protocol(Protocol::List) => protocol::list()?,
        Command::Protocol(Protocol::Show { authority }) => protocol::show(authority)?,
        Command::Protocol(Protocol::Diff {
            before,
            after,
            address,
        }) => protocol::diff(before, after, address.as_deref()).await?,
        Command::Protocol(Protocol::Activate(wanted)) => return protocol::activate(wanted).await,
        Command::Story(story) => {
            let files = theatre::files(&story.files)?;
            if files.is_empty() {
                bail!("there is no story in what was named");
            }
            if story.check {
                return Ok(theatre::check(&files));
            }
            let stage = theatre::Stage {
                address: story.address.as_deref(),
                protocol: story.protocol.as_deref(),
            };
            return theatre::play(&files, stage, story.verbose).await;
        }
        Command::Import(wanted) => return import::run(wanted).await,
        Command::Audit(Audit::Verify {
            data,
            service: None,
            ..
        }) => return audit::verify_folder(data).await,
        Command::Audit(Audit::Verify {
            service: Some(service),
            settings,
            ..
        }) => {
            return audit::verify_one(
                *service,
                Config::load(settings)?.store.open(service.name())?,
            )
            .await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn one(role: Role, single: &Single) -> anyhow::Result<()> {
    let simulated_from = single
        .simulated_from
        .as_deref()
        .map(simulated)
        .transpose()?;
    launch::one(role, Config::load(&single.settings)?, simulated_from).await
}

fn simulated(text: &str) -> anyhow::Result<jiff::Timestamp> {
    if let Ok(instant) = text.parse() {
        return Ok(instant);
    }
    let local = text.replace('T', " ");
    story::local_instant(&local)
        .with_context(|| format!("`{text}` is not a local time: write 2026-03-02T09:00"))
}
