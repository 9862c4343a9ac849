//! `ingest`: files into the index.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use encoding_rs::Encoding;
use fihris::article::LanguageCode;
use fihris::date::{DateOptions, DateOrder};
use fihris::ingest::{BatchLimits, IngestOptions, Progress, ingest, total_bytes};
use fihris::render::{json, text};
use fihris::source::fields::{FieldMap, role_name};
use fihris::source::walk::{Found, WalkOptions, find, patterns};
use fihris::source::{self, ReadOptions, format_named};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::tz::TimeZone;

use super::{Failure, Outcome, Output, say};
use crate::cli::{DateOrderArg, Global, IngestArgs, OnError, ProgressArg};

pub fn run(global: &Global, args: &IngestArgs) -> Result<Outcome, Failure> {
    let read = read_options(args)?;
    let walk = WalkOptions { follow: args.follow, include: patterns(&args.include)?, exclude: patterns(&args.exclude)?, skip: Some(global.index.clone()) };
    for path in &args.paths {
        if path.as_os_str() != "-" && !path.exists() {
            return Err(Failure::usage(format!("{}: no such file or folder", path.display())));
        }
    }
    if args.dry_run {
        return dry_run(global, args, &read, &walk);
    }
    let threads = global.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from).min(4));
    let options = IngestOptions {
        index: global.index.clone(),
        paths: args.paths.clone(),
        read,
        walk,
        threads,
        batch: BatchLimits { articles: args.commit_every, ..BatchLimits::default() },
        stop_on_reject: args.on_error == OnError::Stop,
        max_rejects: args.max_rejects,
    };
    let progress = Arc::new(Progress::default());
    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        // A second signal ends the program at once, as if nobody had listened.
        signal_hook::flag::register_conditional_shutdown(signal, 130, interrupted.clone()).context("signals cannot be listened to")?;
        signal_hook::flag::register(signal, interrupted.clone()).context("signals cannot be listened to")?;
    }
    let done = Arc::new(AtomicBool::new(false));
    let watcher = watch(global, &options, progress.clone(), interrupted, done.clone());
    let outcome = ingest(&options, &progress);
    done.store(true, Ordering::Relaxed);
    if watcher.join().is_err() {
        return Err(Failure::internal("the progress thread panicked"));
    }
    let report = outcome?;
    let mut output = Output::open(global)?;
    if global.json || global.format == Some(crate::cli::FormatArg::Json) {
        output.line(&json::ingest(&report).to_string())?;
    } else {
        say(global, text::ingest(&report, &global.index.display().to_string()).trim_end());
        if report.added > 0 && !report.interrupted {
            say(global, "Next: fihris query 'WORDS' --facets person,place,org");
        }
    }
    output.finish()?;
    if report.interrupted {
        return Ok(Outcome::Interrupted);
    }
    Ok(if report.quarantined > 0 { Outcome::SomeRejected } else { Outcome::Done })
}

fn read_options(args: &IngestArgs) -> Result<ReadOptions, Failure> {
    let format = match args.input_format.as_deref() {
        None | Some("auto") => None,
        Some(name) => Some(format_named(name).ok_or_else(|| {
            let known: Vec<&str> = source::FORMATS.iter().map(|format| format.name).collect();
            Failure::usage(format!("unknown input format {name:?}, expected auto, {} or tsv", known.join(", ")))
        })?),
    };
    let map = match &args.map {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
            Some(FieldMap::parse(&text).with_context(|| path.display().to_string())?)
        }
        None => None,
    };
    let language = match &args.assume_lang {
        Some(code) => Some(LanguageCode::parse(code).ok_or_else(|| Failure::usage(format!("expected a language code such as ar, found {code:?}")))?),
        None => None,
    };
    let encoding = match &args.encoding {
        Some(label) => Some(Encoding::for_label(label.as_bytes()).ok_or_else(|| Failure::usage(format!("unknown character set {label:?}")))?),
        None => None,
    };
    let zone = match &args.tz {
        Some(name) => TimeZone::get(name).map_err(|error| Failure::usage(format!("unknown time zone {name:?}: {error}")))?,
        None => TimeZone::UTC,
    };
    let order = match args.date_order {
        DateOrderArg::Dmy => DateOrder::DayFirst,
        DateOrderArg::Mdy => DateOrder::MonthFirst,
        DateOrderArg::Ymd => DateOrder::YearFirst,
    };
    Ok(ReadOptions {
        format,
        map,
        source: args.source.clone(),
        language,
        encoding,
        dates: DateOptions { order, zone },
        max_file: args.max_file.unwrap_or(u64::MAX),
        max_ratio: args.max_ratio.max(1),
        ..ReadOptions::default()
    })
}

/// Shows progress and passes on the wish to stop, until the run is done.
fn watch(
    global: &Global,
    options: &IngestOptions,
    progress: Arc<Progress>,
    interrupted: Arc<AtomicBool>,
    done: Arc<AtomicBool>,
) -> std::thread::JoinHandle<()> {
    let as_json = global.progress == ProgressArg::Json;
    let visible =
        global.progress == ProgressArg::Auto && !global.quiet && io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
    let (paths, walk) = (options.paths.clone(), options.walk.clone());
    if visible || as_json {
        // Counting a large tree takes its time: it must not keep the other thread from stopping the run.
        let progress = progress.clone();
        std::thread::spawn(move || progress.total_bytes.store(total_bytes(&paths, &walk), Ordering::Relaxed));
    }
    std::thread::spawn(move || {
        let bar = ProgressBar::with_draw_target(None, if visible { ProgressDrawTarget::stderr_with_hz(8) } else { ProgressDrawTarget::hidden() });
        if let Ok(style) = ProgressStyle::with_template("{percent:>3}% {bar:26} {bytes}/{total_bytes}  {bytes_per_sec}  ETA {eta}  {msg}") {
            bar.set_style(style);
        }
        let mut ticks = 0u64;
        while !done.load(Ordering::Relaxed) {
            if interrupted.load(Ordering::Relaxed) {
                progress.stop.store(true, Ordering::Relaxed);
            }
            let (bytes, total) = (progress.bytes.load(Ordering::Relaxed), progress.total_bytes.load(Ordering::Relaxed));
            let (articles, quarantined) = (progress.articles.load(Ordering::Relaxed), progress.quarantined.load(Ordering::Relaxed));
            if visible {
                bar.set_length(total.max(bytes));
                bar.set_position(bytes);
                bar.set_message(format!("{} articles  {} quarantined", text::grouped(articles), text::grouped(quarantined)));
            }
            if as_json && ticks.is_multiple_of(10) {
                let line =
                    serde_json::json!({"v": 1, "event": "progress", "bytes": bytes, "total_bytes": total, "articles": articles, "quarantined": quarantined});
                let _ = writeln!(io::stderr().lock(), "{line}");
            }
            ticks += 1;
            std::thread::sleep(Duration::from_millis(50));
        }
        bar.finish_and_clear();
    })
}

/// What each input would be read as.
fn dry_run(global: &Global, args: &IngestArgs, read: &ReadOptions, walk: &WalkOptions) -> Result<Outcome, Failure> {
    let mut output = Output::open(global)?;
    let mut rejected = false;
    for path in &args.paths {
        for found in find(path, walk).with_context(|| path.display().to_string())? {
            let input = match found {
                Found::Input(input) => input,
                Found::Unreadable { path, error } => {
                    rejected = true;
                    output.line(&format!("{}: cannot be read: {error}", path.display()))?;
                    continue;
                }
            };
            match source::guess(&input, read) {
                Ok(guess) => {
                    rejected |= guess.trouble.is_some();
                    output.line(&format!(
                        "{}: {} · {} · {}",
                        input.name(),
                        guess.format,
                        guess.encoding,
                        if guess.compression == "none" { "not compressed" } else { guess.compression }
                    ))?;
                    for (role, name) in &guess.roles {
                        output.line(&format!("  {:<10} ← {name}", role_name(*role)))?;
                    }
                    if let Some(article) = &guess.first {
                        let date = article.published.as_ref().map_or("undated", |date| date.value.as_str());
                        output.line(&format!("  first: {} · {date} · {}", article.language, article.title))?;
                    }
                    if let Some(trouble) = &guess.trouble {
                        output.line(&format!("  {trouble}"))?;
                    }
                }
                Err(error) => {
                    rejected = true;
                    output.line(&format!("{}: cannot be read: {error}", input.name()))?;
                }
            }
        }
    }
    output.finish()?;
    Ok(if rejected { Outcome::SomeRejected } else { Outcome::Done })
}
