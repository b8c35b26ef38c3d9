//! Logs go to standard error; standard output belongs to the first line and the demo.

use std::str::FromStr;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging with a filter such as `info,sqlx=warn`. A second call changes nothing.
pub fn start(filter: &str) {
    // The mail library logs whole conversations, passwords and content included, at `debug`.
    let targets = Targets::from_str(filter)
        .unwrap_or_default()
        .with_target("lettre", LevelFilter::WARN);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    // Fails only where a subscriber is set already, as in tests that start several services.
    drop(
        tracing_subscriber::registry()
            .with(targets)
            .with(lines)
            .try_init(),
    );
}

/// An error and its causes in one line.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        next = cause.source();
    }
    text
}
