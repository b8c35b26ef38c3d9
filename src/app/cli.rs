//! The command line.

use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use clap::Parser;
use clap::Subcommand;

use crate::accounts;
use crate::app;
use crate::app::demo;
use crate::app::recompute;
use crate::app::server;
use crate::app::server::Role;
use crate::app::startup;
use crate::app::verify;
use crate::platform::config::Settings;
use crate::platform::guard;
use crate::platform::telemetry;

/// Coordinator for alliances of small merchants.
#[derive(Debug, Parser)]
#[command(name = "guildhall", version, about)]
pub struct Cli {
    /// TOML file with settings under the names of the environment, such as GUILDHALL_LISTEN.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and run the worker (the default).
    Serve(Serve),
    /// Tell one season in a throw-away folder over the service's own API, then serve it.
    Demo {
        /// Stop after the story.
        #[arg(long)]
        exit: bool,
        /// Write the books of the season into this folder, in every format.
        #[arg(long)]
        export: Option<PathBuf>,
    },
    /// Apply migrations.
    Migrate,
    /// Compute every instant that is still to come anew from its local time; serving does so by itself when
    /// the time zone data changed.
    RecomputeTimes {
        /// The database is a sandbox.
        #[arg(long)]
        sandbox: bool,
    },
    /// Say that this database, though a copy or once ahead of time, is the one that goes on: from now on it fires
    /// schedules and sends mail. Never for a copy that stands beside the original.
    Adopt {
        /// The database is a sandbox.
        #[arg(long)]
        sandbox: bool,
    },
    /// Print the OpenAPI document.
    Openapi,
    /// Check every invariant of the ledgers in a live database: exit code 0 they hold, 1 violated, 2 could not run.
    Verify {
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Prove from a ledger that was exported with format=chain, without any database, that nothing was rewritten.
    VerifyLedger {
        /// The exported file.
        file: PathBuf,
    },
    /// Manage platform admins.
    #[command(subcommand)]
    Admin(Admin),
}

#[derive(Debug, Args, Default)]
struct Serve {
    /// Which parts run in this process.
    #[arg(long, value_enum, default_value_t)]
    role: Role,
    /// Apply migrations to PostgreSQL first (SQLite always does).
    #[arg(long)]
    migrate: bool,
    /// Rehearse on a database of its own, with a movable clock.
    #[arg(long)]
    sandbox: bool,
}

#[derive(Debug, Subcommand)]
enum Admin {
    /// Create the first platform admin; reads the password from standard input.
    Create {
        /// Its e-mail address.
        #[arg(long)]
        email: String,
    },
}

/// Runs the command of `cli`.
///
/// # Errors
/// What stops the command, in words for the operator.
pub async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let command = cli.command.unwrap_or(Command::Serve(Serve::default()));
    match command {
        Command::Openapi => print(&serde_json::to_string_pretty(&app::document())?)?,
        Command::Demo { exit, export } => demo::run(exit, export.as_deref()).await?,
        Command::VerifyLedger { file } => return verify::ledger_file(&file),
        Command::Verify { json } => {
            return Ok(verify::database(cli.config.as_deref(), json).await);
        }
        Command::Serve(serve) => {
            serve_until_signalled(settings(cli.config.as_deref())?, &serve).await?;
        }
        Command::Migrate => migrate(settings(cli.config.as_deref())?).await?,
        Command::RecomputeTimes { sandbox } => {
            recompute_times(settings(cli.config.as_deref())?, sandbox).await?;
        }
        Command::Adopt { sandbox } => {
            let settings = settings(cli.config.as_deref())?;
            guard::adopt(&startup::open(settings, sandbox, false).await?).await?;
            print("this database is the one that goes on")?;
        }
        Command::Admin(Admin::Create { email }) => {
            create_admin(settings(cli.config.as_deref())?, &email).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn settings(config: Option<&Path>) -> anyhow::Result<Settings> {
    let settings = Settings::load(config)?;
    telemetry::start(&settings.log);
    Ok(settings)
}

async fn serve_until_signalled(settings: Settings, serve: &Serve) -> anyhow::Result<()> {
    let running = server::start(settings, serve.role, serve.sandbox, serve.migrate).await?;
    match running.address {
        Some(address) => print(&format!("listening on http://{address}"))?,
        None => print("working")?,
    }
    running.until_signalled().await
}

async fn migrate(settings: Settings) -> anyhow::Result<()> {
    let db = crate::platform::db::connect(&settings.database_url.0, 2, false).await?;
    startup::apply_migrations(&db).await?;
    print("the schema is up to date")
}

async fn recompute_times(settings: Settings, sandbox: bool) -> anyhow::Result<()> {
    let ctx = startup::open(settings, sandbox, false).await?;
    for (name, moved) in recompute::run(&ctx).await? {
        print(&format!("{name}: {moved} instants moved"))?;
    }
    Ok(())
}

async fn create_admin(settings: Settings, email: &str) -> anyhow::Result<()> {
    let mut password = String::new();
    std::io::stdin()
        .read_to_string(&mut password)
        .context("the password cannot be read from standard input")?;
    let sandbox = false;
    let ctx = startup::open(settings, sandbox, false).await?;
    accounts::create_admin(&ctx, email, password.trim_end_matches(['\r', '\n']))
        .await
        .map_err(|failure| anyhow::anyhow!(accounts::explain(&failure)))?;
    print(&format!("platform admin {email} created"))
}

/// One line on standard output, at once.
pub(super) fn print(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .context("standard output is closed")
}
