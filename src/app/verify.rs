//! `guildhall verify` and `guildhall verify-ledger`: counting again what must always hold.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use anyhow::ensure;
use serde_json::json;

use crate::app::cli::print;
use crate::app::startup;
use crate::funds;
use crate::funds::Counted;
use crate::funds::Invariant;
use crate::platform::config::Settings;
use crate::platform::db;

/// The invariants hold.
const HOLDS: u8 = 0;
/// One of them is violated.
const VIOLATED: u8 = 1;
/// They could not be checked.
const COULD_NOT_RUN: u8 = 2;

/// Checks the database that the settings name, while others may use it, and prints what was found.
pub async fn database(config: Option<&Path>, json: bool) -> ExitCode {
    let outcome = match count(config).await {
        Ok(counted) => print(&if json {
            as_json(&counted)
        } else {
            as_text(&counted)
        })
        .map(|()| counted.findings.is_empty()),
        Err(error) => Err(error),
    };
    match outcome {
        Ok(true) => ExitCode::from(HOLDS),
        Ok(false) => ExitCode::from(VIOLATED),
        Err(error) => {
            eprintln!("guildhall: {error:#}");
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

async fn count(config: Option<&Path>) -> anyhow::Result<Counted> {
    let settings = Settings::load(config)?;
    let db = db::connect(&settings.database_url.0, 2, false).await?;
    ensure!(
        startup::schema_is_current(&db).await?,
        "the schema of this database is not this program's"
    );
    let snapshot = db.snapshot().await?;
    funds::verify(&snapshot)
        .await
        .map_err(|failure| anyhow::anyhow!("the database cannot be read: {failure:?}"))
}

fn as_json(counted: &Counted) -> String {
    let invariants = Invariant::ALL.iter().map(|invariant| {
        let count = counted
            .findings
            .iter()
            .filter(|f| f.invariant == *invariant);
        json!({ "invariant": invariant, "violations": count.count() })
    });
    json!({
        "holds": counted.findings.is_empty(),
        "funds": counted.funds,
        "transactions": counted.transactions,
        "postings": counted.postings,
        "invariants": invariants.collect::<Vec<_>>(),
        "findings": counted.findings,
    })
    .to_string()
}

fn as_text(counted: &Counted) -> String {
    let mut lines = vec![format!(
        "counted {} funds, {} transactions, {} postings",
        counted.funds, counted.transactions, counted.postings
    )];
    for invariant in Invariant::ALL {
        let found: Vec<_> = counted
            .findings
            .iter()
            .filter(|finding| finding.invariant == *invariant)
            .collect();
        if found.is_empty() {
            lines.push(format!("{invariant} holds"));
            continue;
        }
        lines.push(format!("{invariant} VIOLATED"));
        for finding in found {
            let at = finding.transaction.map(|n| format!(", transaction {n}"));
            let at = at.unwrap_or_default();
            lines.push(format!("  fund {}{at}: {}", finding.fund, finding.detail));
        }
    }
    lines.join("\n")
}

/// Proves an exported chain of hashes: exit code 0 where it is whole, 1 where it is not.
///
/// # Errors
/// When the file cannot be read.
pub fn ledger_file(file: &Path) -> anyhow::Result<ExitCode> {
    let opened =
        File::open(file).with_context(|| format!("{} cannot be opened", file.display()))?;
    match funds::prove(BufReader::new(opened)) {
        Ok(proven) => {
            for fund in &proven {
                print(&format!(
                    "{}: {} transactions, nothing was rewritten; the newest hash is {}",
                    fund.fund, fund.transactions, fund.hash
                ))?;
            }
            ensure!(!proven.is_empty(), "the file holds no ledger");
            Ok(ExitCode::from(HOLDS))
        }
        Err(unproven) => {
            eprintln!("guildhall: {unproven}");
            Ok(ExitCode::from(VIOLATED))
        }
    }
}
