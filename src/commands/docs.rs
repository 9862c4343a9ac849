//! `completions` and `man`: both from the same definition of the command line.

use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;

use super::{Failure, Outcome, Output};
use crate::cli::{Cli, Global};

pub fn completions(global: &Global, shell: clap_complete::Shell) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "fihris", &mut script);
    let mut output = Output::open(global)?;
    output.write(&String::from_utf8_lossy(&script))?;
    output.finish()?;
    Ok(Outcome::Done)
}

pub fn man(dir: &Path) -> Result<Outcome, Failure> {
    std::fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
    clap_mangen::generate_to(Cli::command(), dir).with_context(|| dir.display().to_string())?;
    Ok(Outcome::Done)
}
