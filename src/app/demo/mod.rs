//! `guildhall demo`: one season of an alliance, driven over the service's own HTTP API in a sandbox.
//!
//! Every figure that is printed was read back from the API; the five merchants, the budget and the notices are those
//! of the design's worked season.

mod cast;
mod client;
mod closing;
mod export;
mod money;
mod print;
mod promotion;
mod purchase;

use std::path::Path;

use anyhow::Context;

use crate::app::demo::cast::Cast;
use crate::app::demo::client::Client;
use crate::app::server;
use crate::app::server::Role;
use crate::platform::config::Settings;

/// Tells the season in a throw-away folder; then serves it, unless `exit` says to stop.
///
/// # Errors
/// When the service cannot start, or a step of the season does not come out as told.
pub async fn run(exit: bool, export: Option<&Path>) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("no folder for the demo")?;
    let settings = Settings::for_demo(folder.path())?;
    let running = server::start(settings, Role::All, true, true).await?;
    let address = running.address.context("the demo has no listener")?;
    println!("listening on http://{address}");
    let told = tell(&format!("http://{address}"), folder.path(), export).await;
    match told {
        Err(error) => {
            running.stop().await?;
            Err(error.context("the season broke off"))
        }
        Ok(()) if exit => running.stop().await,
        Ok(()) => {
            print::say("");
            print::say(&format!(
                "Look around: http://{address}/docs (password of everybody: {})",
                cast::PASSWORD
            ));
            print::say(&format!(
                "Mails are in {}",
                folder.path().join("mail").display()
            ));
            print::say("Ctrl-C ends the demo and removes its folder.");
            running.until_signalled().await
        }
    }
}

async fn tell(url: &str, folder: &Path, export: Option<&Path>) -> anyhow::Result<()> {
    let nobody = Client::new(url);
    let cast = Cast::gather(&nobody, folder).await?;
    let season = money::decide_and_bill(&cast).await?;
    let promotion = promotion::announce(&cast).await?;
    purchase::negotiate(&cast).await?;
    promotion::live_through(&cast, &promotion).await?;
    closing::spend(&cast, &season).await?;
    closing::close(&cast, &season).await?;
    match export {
        Some(folder) => export::write(&cast, folder).await,
        None => Ok(()),
    }
}
