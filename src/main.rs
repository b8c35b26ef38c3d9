//! The one binary of Guildhall.

use clap::Parser;
use guildhall::app::cli;
use guildhall::app::cli::Cli;

fn main() -> std::process::ExitCode {
    share_one_arena();
    let cli = Cli::parse();
    match actix_web::rt::System::new().block_on(cli::run(cli)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("guildhall: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

/// By default glibc keeps what each thread freed in an arena of its own, which holds a third of the idle
/// service's memory. Its tuning is read when a process starts, so the program starts itself once more,
/// under the same process id; where that fails it goes on as it is.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn share_one_arena() {
    use std::os::unix::process::CommandExt;
    const TUNING: &str = "MALLOC_ARENA_MAX";
    if std::env::var_os(TUNING).is_some() {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        let error = std::process::Command::new(program)
            .args(std::env::args_os().skip(1))
            .env(TUNING, "1")
            .exec();
        eprintln!("guildhall: memory stays untuned: {error}");
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn share_one_arena() {}
