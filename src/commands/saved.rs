//! `saved`: questions kept beside the index, and what came since they were last looked at.
//!
//! They stand in `saved.json` in the index folder, as the question would be typed again. The file is replaced as a whole, and
//! read anew before every change.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

use fihris::engine::{Engine, EngineError, answer, io_words, json_words};
use fihris::query::{SearchRequest, Sort, parse};
use fihris::render::Form;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::answers::write_response;
use super::{Failure, Outcome, Output, form, open, request, say, unsupported};
use crate::cli::{Global, Group, SavedAddArgs, SavedCommand, SavedRunArgs};

/// A question kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Saved {
    /// Question and filters, as they read.
    query: String,
    /// The last commit whose articles were seen.
    seen: u64,
    created: String,
}

type Questions = BTreeMap<String, Saved>;

pub fn run(global: &Global, command: &SavedCommand) -> Result<Outcome, Failure> {
    match command {
        SavedCommand::Add(args) => add(global, args),
        SavedCommand::List => list(global),
        SavedCommand::Run(args) => ask(global, args),
        SavedCommand::Rm { name } => remove(global, name),
    }
}

fn path(global: &Global) -> PathBuf {
    global.index.join("saved.json")
}

fn read(global: &Global) -> Result<Questions, Failure> {
    let path = path(global);
    match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| Failure {
            code: 4,
            name: "index_damaged",
            error: anyhow::anyhow!("{}:{}: expected the questions that `saved` keeps, found {}", path.display(), error.line(), json_words(&error)),
            hint: Some("mend the file, or move it away and add the questions anew".to_string()),
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Questions::new()),
        Err(error) => Err(EngineError::Unreadable { path: path.display().to_string(), cause: io_words(&error) }.into()),
    }
}

/// Writes the file aside and puts it in its place: a killed run leaves the old one.
fn write(global: &Global, questions: &Questions) -> Result<(), Failure> {
    let fail = |error: io::Error| EngineError::Write { path: global.index.display().to_string(), cause: io_words(&error) };
    let mut file = tempfile::NamedTempFile::new_in(&global.index).map_err(fail)?;
    serde_json::to_writer_pretty(&mut file, questions).map_err(|error| fail(error.into()))?;
    file.write_all(b"\n").map_err(fail)?;
    file.as_file().sync_all().map_err(fail)?;
    file.persist(path(global)).map_err(|error| fail(error.error))?;
    Ok(())
}

/// Letters of a name at most.
const LONGEST_NAME: usize = 100;

/// Refuses names that cannot be told apart in a list or typed again.
fn check_name(name: &str) -> Result<(), Failure> {
    let fault = if name.trim().is_empty() {
        "is empty".to_string()
    } else if name.chars().count() > LONGEST_NAME {
        format!("has more than {LONGEST_NAME} letters")
    } else if name.chars().any(char::is_control) {
        "has a line break, a tab or another control sign in it".to_string()
    } else if name.contains(['/', '\\']) {
        "has a slash in it".to_string()
    } else if name != name.trim() || name.starts_with(['.', '-']) {
        "begins or ends with a space, or begins with a dot or a hyphen".to_string()
    } else {
        return Ok(());
    };
    let short: String = name.chars().take(40).collect();
    Err(Failure::usage(format!("a question needs another name: {short:?} {fault}")))
}

fn missing(name: &str, questions: &Questions) -> Failure {
    let known: Vec<&str> = questions.keys().map(String::as_str).collect();
    let known = if known.is_empty() { "none is kept".to_string() } else { format!("there are {}", known.join(", ")) };
    Failure::usage(format!("no question is kept as {name:?}; {known}"))
}

fn add(global: &Global, args: &SavedAddArgs) -> Result<Outcome, Failure> {
    check_name(&args.name)?;
    let request = request(global, args.query.as_deref(), &args.filters)?;
    let seq = open(global)?.seq();
    let mut questions = read(global)?;
    if questions.contains_key(&args.name) && !args.replace {
        return Err(Failure::usage(format!("a question is kept as {:?} already; --replace puts this one in its place", args.name)));
    }
    let query = request.read();
    // What is written must read back: a question that does not would fail much later.
    parse(&query)?;
    let created = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    questions.insert(args.name.clone(), Saved { query: query.clone(), seen: seq, created });
    write(global, &questions)?;
    say(global, &format!("kept {:?}: {query}", args.name));
    Ok(Outcome::Done)
}

fn list(global: &Global) -> Result<Outcome, Failure> {
    open(global)?;
    let questions = read(global)?;
    let mut output = Output::open(global)?;
    match form(global, output.is_terminal)? {
        Form::Json => {
            let value = |(name, saved): (&String, &Saved)| json!({"name": name, "query": saved.query, "seen": saved.seen, "created": saved.created});
            let saved: Vec<_> = questions.iter().map(value).collect();
            output.line(&json!({"v": 1, "saved": saved}).to_string())?;
        }
        Form::Text | Form::Plain => questions.iter().try_for_each(|(name, saved)| output.line(&format!("{name}\t{}", saved.query)))?,
        other => return Err(unsupported(other, "saved list")),
    }
    output.finish()?;
    Ok(Outcome::found(!questions.is_empty()))
}

fn ask(global: &Global, args: &SavedRunArgs) -> Result<Outcome, Failure> {
    let engine = open(global)?;
    let questions = read(global)?;
    let Some(saved) = questions.get(&args.name) else { return Err(missing(&args.name, &questions)) };
    let mut request = SearchRequest::new(&saved.query)?;
    request.sort = Sort::parse(&args.sort)?;
    request.limit = args.limit.clamp(1, 10_000);
    request.group = args.group == Group::Story;
    request.ui_language = global.ui_lang.code().to_string();
    if args.new {
        request.filters.added_after = Some(saved.seen);
    }
    let mut response = answer::search(&engine, &request)?;
    let has_more = response.cursor.take().is_some();
    let mut output = Output::open(global)?;
    let form = form(global, output.is_terminal)?;
    write_response(global, &mut output, form, &response)?;
    output.finish()?;
    if args.new && args.mark_seen && has_more {
        // What was not shown would never be new again.
        let (shown, all) = (response.hits.len(), if response.grouped { response.stories } else { response.articles });
        say(global, &format!("only {shown} of {all} are shown, so nothing is marked as seen; -n {all} shows all"));
    } else if args.mark_seen {
        // Only what was looked at: what came in meanwhile is new the next time.
        let seq = engine.seq();
        let mut questions = read(global)?;
        if let Some(saved) = questions.get_mut(&args.name) {
            saved.seen = seq;
            write(global, &questions)?;
        }
    }
    if response.hits.is_empty() {
        say(global, if args.new { "nothing new" } else { "nothing found" });
    }
    Ok(Outcome::found(!response.hits.is_empty()))
}

fn remove(global: &Global, name: &str) -> Result<Outcome, Failure> {
    open(global)?;
    let mut questions = read(global)?;
    if questions.remove(name).is_none() {
        return Err(missing(name, &questions));
    }
    write(global, &questions)?;
    Ok(Outcome::Done)
}
