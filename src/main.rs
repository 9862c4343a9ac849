//! Parses arguments, runs one command, prints the error, picks the exit code.

#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::todo,
        clippy::unimplemented,
        clippy::dbg_macro,
        clippy::print_stdout,
        clippy::print_stderr
    )
)]

mod cli;
mod commands;

use std::io::Write;
use std::panic;
use std::process::ExitCode;

use clap::Parser;
use clap::error::{ContextKind, ErrorKind};

use cli::Cli;
use commands::{Failure, Outcome};

/// glibc's own keeps what threads free in their arenas: 100 MB more at the peak of an ingest.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // A panic is a fault of ours: it is caught below and reported in two lines.
    panic::set_hook(Box::new(|_| {}));
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            // The most likely first mistake: `fihris query two words`.
            if error.kind() == ErrorKind::UnknownArgument && error.get(ContextKind::InvalidArg).is_some_and(|argument| !argument.to_string().starts_with('-')) {
                let _ = writeln!(std::io::stderr(), "hint: a question of several words stands in quotation marks: fihris query 'two words'");
            }
            // Help and version are no errors.
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let json = cli.global.json || matches!(cli.global.format, Some(cli::FormatArg::Json));
    let outcome = panic::catch_unwind(panic::AssertUnwindSafe(|| commands::run(cli)));
    match outcome {
        Ok(Ok(outcome)) => ExitCode::from(outcome.code()),
        Ok(Err(failure)) => {
            failure.report(json);
            ExitCode::from(failure.code())
        }
        Err(cause) => {
            let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("unknown");
            Failure::internal(text).report(json);
            ExitCode::from(Outcome::INTERNAL)
        }
    }
}
