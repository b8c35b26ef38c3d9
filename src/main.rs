//! The one binary of Guildhall.

use clap::Parser;
use guildhall::app::cli;
use guildhall::app::cli::Cli;

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    match actix_web::rt::System::new().block_on(cli::run(cli)) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("guildhall: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
