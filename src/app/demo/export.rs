//! The books of the season as files, for other programs.

use std::path::Path;

use anyhow::Context;

use crate::app::demo::cast::Cast;
use crate::app::demo::print;

/// File names and formats, of the whole alliance.
const FILES: [(&str, &str); 4] = [
    ("season.csv", "csv"),
    ("season.beancount", "beancount"),
    ("season.journal", "ledger"),
    ("season.jsonl", "chain"),
];

/// Writes the alliance's books in every format as the treasurer reads them, and as a member does.
///
/// # Errors
/// When the service refuses or the folder cannot be written.
pub async fn write(cast: &Cast, folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).context("the folder of the exports cannot be made")?;
    let member = &cast.merchants.first().context("a member")?.client;
    for (file, format) in FILES {
        let path = cast.path(&format!("ledger?format={format}"));
        for (reader, prefix) in [(&cast.treasurer, ""), (member, "member-")] {
            let text = reader.text(&path).await?;
            std::fs::write(folder.join(format!("{prefix}{file}")), text)?;
        }
    }
    print::say(&format!("The books are in {}.", folder.display()));
    Ok(())
}
