//! Serving: the listener, the worker, and how both stop.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::App;
use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use actix_web::middleware::Compress;
use actix_web::middleware::from_fn;
use actix_web::web;
use actix_web::web::Data;
use anyhow::Context;
use tokio::sync::watch;
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::Config;
use utoipa_swagger_ui::SwaggerUi;

use crate::app;
use crate::app::metrics;
use crate::app::ops::DocumentText;
use crate::app::startup;
use crate::http::door::door;
use crate::http::gate::gate;
use crate::http::limits::Limits;
use crate::http::links::path_config;
use crate::http::routes::RouteTable;
use crate::mail;
use crate::platform::config::Settings;
use crate::platform::ctx::Ctx;
use crate::platform::worker;

crate::words! {
    /// Which parts run in this process.
    #[derive(Default, clap::ValueEnum)]
    pub enum Role {
        /// API and worker.
        #[default]
        All = "all",
        /// API only.
        Api = "api",
        /// Worker only.
        Worker = "worker",
    }
}

/// Requests in flight may finish for this long.
const DRAIN_S: u64 = 25;
/// After SIGTERM readiness says no for this long before the listener closes.
const NOTICE: Duration = Duration::from_secs(5);

/// A running service.
pub struct Running {
    pub ctx: Ctx,
    /// Where it listens; `None` for a worker alone.
    pub address: Option<SocketAddr>,
    server: Option<(ServerHandle, tokio::task::JoinHandle<std::io::Result<()>>)>,
    worker: Option<actix_web::rt::task::JoinHandle<()>>,
    stop: watch::Sender<bool>,
}

/// Opens the installation and starts the parts of `role`.
///
/// # Errors
/// When the installation cannot be opened or the address cannot be bound.
pub async fn start(
    settings: Settings,
    role: Role,
    sandbox: bool,
    migrate: bool,
) -> anyhow::Result<Running> {
    let ctx = startup::open(settings, sandbox, migrate).await?;
    let (stop, stopped) = watch::channel(false);
    let mut running = Running {
        ctx: ctx.clone(),
        address: None,
        server: None,
        worker: None,
        stop,
    };
    if role != Role::Worker {
        let (address, server) = listen(&ctx)?;
        ctx.bound(address);
        running.address = Some(address);
        running.server = Some((server.handle(), tokio::task::spawn(server)));
    }
    if role != Role::Api {
        running.worker = Some(actix_web::rt::spawn(worker::run(ctx.clone(), stopped)));
    }
    if let Some(address) = ctx.settings.metrics_listen {
        metrics::listen(&ctx, address)?;
    }
    Ok(running)
}

fn listen(ctx: &Ctx) -> anyhow::Result<(SocketAddr, actix_web::dev::Server)> {
    let document = app::document();
    let table = Data::new(RouteTable::build(&document, &ctx.registry.rules)?);
    let text = Data::new(DocumentText(serde_json::to_string(&document)?));
    let limits = Data::new(Limits::default());
    let ctx_data = Data::new(ctx.clone());
    let server = HttpServer::new(move || {
        App::new()
            .into_utoipa_app()
            .configure(app::configure)
            .into_app()
            .service(SwaggerUi::new("/docs/{_:.*}").config(Config::from("/openapi.json")))
            .app_data(ctx_data.clone())
            .app_data(table.clone())
            .app_data(text.clone())
            .app_data(limits.clone())
            .app_data(path_config())
            .app_data(web::PayloadConfig::new(64 << 20))
            .wrap(from_fn(gate))
            .wrap(from_fn(door))
            .wrap(Compress::default())
    })
    .workers(std::thread::available_parallelism().map_or(2, usize::from))
    .disable_signals()
    .shutdown_timeout(DRAIN_S)
    .bind(ctx.settings.listen)
    .with_context(|| format!("cannot listen on {}", ctx.settings.listen))?;
    let address = *server
        .addrs()
        .first()
        .context("the listener has no address")?;
    Ok((address, server.run()))
}

impl Running {
    /// Waits for SIGTERM or SIGINT, then stops in order; a second signal ends the process at once.
    ///
    /// # Errors
    /// When the listener failed by itself.
    pub async fn until_signalled(self) -> anyhow::Result<()> {
        let quiet = wait_for_signal().await?;
        actix_web::rt::spawn(async {
            if wait_for_signal().await.is_ok() {
                std::process::exit(130);
            }
        });
        tracing::info!("stopping");
        self.ctx.stopping.store(true, Ordering::Relaxed);
        if quiet {
            tokio::time::sleep(NOTICE).await;
        }
        self.stop().await
    }

    /// Stops accepting, lets requests in flight finish, and ends the worker after its present pass.
    ///
    /// # Errors
    /// When the listener failed by itself.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.ctx.stopping.store(true, Ordering::Relaxed);
        // The worker may be gone already; then nobody needs to hear it.
        let _ = self.stop.send(true);
        if let Some((handle, task)) = self.server {
            handle.stop(true).await;
            task.await.context("the listener failed")??;
        }
        if let Some(worker) = self.worker {
            worker.await.context("the worker failed")?;
        }
        mail::leave(&self.ctx).await;
        Ok(())
    }
}

/// `true` for SIGTERM, which a balancer's readiness check has to hear of first.
async fn wait_for_signal() -> anyhow::Result<bool> {
    use tokio::signal::unix::SignalKind;
    use tokio::signal::unix::signal;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(tokio::select! {
        _ = terminate.recv() => true,
        _ = interrupt.recv() => false,
    })
}
