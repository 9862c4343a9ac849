//! `demo`: the sample archive, and three questions to it.

use std::io::IsTerminal;
use std::path::Path;

use anyhow::Context;
use clap::Parser;
use fihris::ingest::{IngestOptions, Progress, ingest};

use super::{Failure, Outcome, Output};
use crate::cli::{Cli, DemoArgs, Global};

/// The sample archive: invented news of invented outlets.
const SAMPLE: &[(&str, &str)] = &[
    ("karstan.ar.jsonl", include_str!("../../data/sample/karstan.ar.jsonl")),
    ("numera.ar.jsonl", include_str!("../../data/sample/numera.ar.jsonl")),
    ("world.en.jsonl", include_str!("../../data/sample/world.en.jsonl")),
];

/// What is asked, as typed behind `fihris`.
const QUESTIONS: &[&[&str]] = &[
    &["query", "مسيرات أورفانا", "-n", "3", "--facets", "person:5,place:5,count:6"],
    &["counts", "flood", "--kind", "killed", "--sort", "value", "--distinct", "story", "-n", "4"],
    &["timeline", "--of", "count:killed", "--by", "week"],
];

pub fn run(global: &Global, args: &DemoArgs) -> Result<Outcome, Failure> {
    // One file for all answers: it is begun here and written on.
    Output::open(global)?.finish()?;
    let global = &Global { append: true, ..global.clone() };
    let temporary = tempfile::tempdir().context("a temporary folder cannot be made")?;
    let sources = temporary.path().join("sample");
    std::fs::create_dir(&sources)?;
    for (name, text) in SAMPLE {
        std::fs::write(sources.join(name), text)?;
    }
    let index = args.keep.clone().unwrap_or_else(|| temporary.path().join("index"));
    let options = IngestOptions::new(index.clone(), vec![sources], global.threads.unwrap_or(2));
    let report = ingest(&options, &Progress::default())?;
    if report.quarantined > 0 {
        return Err(Failure::internal(&format!("{} records of the sample were rejected", report.quarantined)));
    }
    let mut output = Output::open(global)?;
    let articles = report.added + report.unchanged + report.updated;
    output.line(&format!(
        "Built a sample archive of {articles} invented articles (ar, en) in {:.1} s: {} mentions of {} names, {} counts.\nThree questions to it, with their answers:",
        report.seconds, report.mentions, report.entities, report.counts
    ))?;
    output.finish()?;
    for question in QUESTIONS {
        ask(global, &index, question)?;
    }
    let mut output = Output::open(global)?;
    output.write("\n")?;
    match &args.keep {
        Some(folder) => output.line(&format!("It is kept: try  fihris -i {} query 'فيضان' --facets person,place", folder.display()))?,
        None => output.line("Keep it: fihris demo --keep sample        then: fihris -i sample query 'فيضان' --facets person,place")?,
    }
    output.line("Your own news: fihris ingest PATH…          then: fihris query 'WORDS'")?;
    output.finish()?;
    Ok(Outcome::Done)
}

/// Prints a question as a person would type it, and its answer as they would see it.
fn ask(global: &Global, index: &Path, question: &[&str]) -> Result<(), Failure> {
    let mut output = Output::open(global)?;
    let typed: Vec<String> = question
        .iter()
        .map(|word| if word.chars().all(|c| c.is_ascii_alphanumeric() || "-:.,".contains(c)) { word.to_string() } else { format!("'{word}'") })
        .collect();
    output.line(&format!("\n> fihris {}\n", typed.join(" ")))?;
    output.finish()?;
    let words = ["fihris", "--format", "text", "--quiet", "--ui-lang", global.ui_lang.code(), "--index"].into_iter().map(std::ffi::OsString::from);
    let rest = std::iter::once(index.as_os_str().to_os_string()).chain(question.iter().map(std::ffi::OsString::from));
    let mut cli = Cli::try_parse_from(words.chain(rest)).map_err(|error| Failure::internal(&error.to_string()))?;
    cli.global.color = if std::io::stdout().is_terminal() { global.color } else { crate::cli::When::Never };
    cli.global.width = global.width;
    cli.global.output.clone_from(&global.output);
    cli.global.append = true;
    cli.global.bidi = global.bidi;
    super::run(cli)?;
    Ok(())
}
