//! The command line.

use std::io::Read;
use std::io::Write;
use std::path::PathBuf;

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
use crate::platform::config::Settings;
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
    /// Print the OpenAPI document.
    Openapi,
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
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    let command = cli.command.unwrap_or(Command::Serve(Serve::default()));
    if let Command::Openapi = command {
        return print(&serde_json::to_string_pretty(&app::document())?);
    }
    if let Command::Demo { exit } = command {
        return demo::run(exit).await;
    }
    let settings = Settings::load(cli.config.as_deref())?;
    telemetry::start(&settings.log);
    match command {
        Command::Serve(serve) => serve_until_signalled(settings, &serve).await,
        Command::Migrate => migrate(settings).await,
        Command::RecomputeTimes { sandbox } => recompute_times(settings, sandbox).await,
        Command::Openapi | Command::Demo { .. } => Ok(()),
        Command::Admin(Admin::Create { email }) => create_admin(settings, &email).await,
    }
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
fn print(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .context("standard output is closed")
}
