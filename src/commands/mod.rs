//! One command a file: arguments to the library, answers to `render`. Data goes to standard output, talk to standard error.

mod answers;
mod batch;
mod demo;
mod docs;
mod eval;
mod export;
mod extract;
mod index;
mod ingest;
mod saved;

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use fihris::engine::answer::LookUpError;
use fihris::engine::tantivy::TantivyEngine;
use fihris::engine::{AskError, EngineError, io_words};
use fihris::query::{FilterField, Filters, MatchMode, Mode, QueryError, SearchRequest, parse, parse_count};
use fihris::render::csv::CsvOptions;
use fihris::render::text::TextOptions;
use fihris::render::{Form, csv, json, words};
use serde_json::Value;
use tempfile::{NamedTempFile, TempPath};

use crate::cli::{Bidi, Cli, Command, FilterArgs, FormatArg, Global, MatchArg, When};

/// How a command ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    NothingFound,
    SomeRejected,
    Interrupted,
}

impl Outcome {
    pub const INTERNAL: u8 = 70;

    pub fn code(self) -> u8 {
        match self {
            Outcome::Done => 0,
            Outcome::NothingFound => 1,
            Outcome::SomeRejected => 3,
            Outcome::Interrupted => 130,
        }
    }

    fn found(found: bool) -> Outcome {
        if found { Outcome::Done } else { Outcome::NothingFound }
    }
}

/// How a command failed.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    name: &'static str,
    error: anyhow::Error,
    hint: Option<String>,
}

impl Failure {
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure { code: 2, name: "usage", error: anyhow::anyhow!(message.into()), hint: None }
    }

    pub fn internal(message: &str) -> Failure {
        let hint = format!("this is a fault of fihris {}: please report it with the command that led here", env!("CARGO_PKG_VERSION"));
        Failure { code: Outcome::INTERNAL, name: "internal", error: anyhow::anyhow!("internal error: {message}"), hint: Some(hint) }
    }

    pub fn code(&self) -> u8 {
        self.code
    }

    /// Prints the error on standard error: one line of JSON, or sentences with a hint.
    pub fn report(&self, as_json: bool) {
        if self.code == 141 {
            return;
        }
        let query = self.error.downcast_ref::<QueryError>().or_else(|| match self.error.downcast_ref::<AskError>() {
            Some(AskError::Query(error)) => Some(error),
            _ => None,
        });
        let message = format!("{:#}", self.error);
        let hint = query.and_then(|error| error.hint.clone()).or_else(|| self.hint.clone());
        let mut stderr = io::stderr().lock();
        if as_json {
            let line = json::error(self.name, self.code, &message, query.map(|error| (error.query.as_str(), error.start, error.end)), None, hint.as_deref());
            let _ = writeln!(stderr, "{line}");
            return;
        }
        let _ = writeln!(stderr, "error: {message}");
        if let Some(error) = query.filter(|error| !error.query.is_empty()) {
            let _ = writeln!(stderr, "{}", error.picture());
        }
        if let Some(hint) = hint {
            let _ = writeln!(stderr, "hint: {hint}");
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        let io_kind = error.chain().find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
        if io_kind == Some(io::ErrorKind::BrokenPipe) {
            return Failure { code: 141, name: "interrupted", error, hint: None };
        }
        // An [`AskError`] is transparent: it is no link of the chain, but what is inside it decides.
        let error = match error.downcast::<AskError>() {
            Ok(error) => return error.into(),
            Err(error) => error,
        };
        let query = error.chain().find_map(|cause| cause.downcast_ref::<QueryError>()).map(|error| error.code.as_str());
        if let Some(name) = query {
            return Failure { code: 2, name, error, hint: None };
        }
        if let Some(engine) = error.chain().find_map(|cause| cause.downcast_ref::<EngineError>()) {
            let (code, name, hint) = match engine {
                EngineError::Missing(_) => (4, "index_missing", Some("make one with `fihris ingest PATH`, or name another folder with --index".to_string())),
                EngineError::Locked(_) => (4, "index_locked", Some("wait for the other run to end".to_string())),
                EngineError::Version { .. } => {
                    (4, "index_version", Some("ingest the sources again into a new folder, or use the program that made it".to_string()))
                }
                EngineError::Unreadable { .. } => (4, "index_unreadable", Some("its files must be readable for who asks".to_string())),
                EngineError::Damaged { .. } => (4, "index_damaged", Some("ingest the sources again into a new folder".to_string())),
                EngineError::Write { cause, .. } => {
                    let name = if cause.contains("quarantine is full") { "quarantine_full" } else { "disk_full" };
                    (4, name, Some("what was committed is safe; once it can be written, the same command goes on from there".to_string()))
                }
                EngineError::TooBroad(_) => (2, "query_too_large", None),
                EngineError::Search(_) => (70, "internal", None),
            };
            return Failure { code, name, error, hint };
        }
        if error.chain().any(|cause| matches!(cause.downcast_ref::<LookUpError>(), Some(LookUpError::NotFound(_)))) {
            return Failure { code: 1, name: "not_found", error, hint: None };
        }
        Failure { code: 2, name: "usage", error, hint: None }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        anyhow::Error::from(error).into()
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Failure {
        match error {
            AskError::Query(error) => anyhow::Error::from(error).into(),
            AskError::Engine(error) => anyhow::Error::from(error).into(),
        }
    }
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Failure {
        anyhow::Error::from(error).into()
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Failure {
        anyhow::Error::from(error).into()
    }
}

impl From<LookUpError> for Failure {
    fn from(error: LookUpError) -> Failure {
        match error {
            LookUpError::Engine(error) => error.into(),
            other => anyhow::Error::from(other).into(),
        }
    }
}

/// Runs the command of a command line.
///
/// # Errors
/// With the exit code and what to print.
pub fn run(cli: Cli) -> Result<Outcome, Failure> {
    let global = &cli.global;
    match cli.command {
        Command::Ingest(args) => ingest::run(global, &args),
        Command::Query(args) => answers::query(global, &args),
        Command::Show(args) => answers::show(global, &args),
        Command::Explain(args) => answers::explain(global, &args),
        Command::Facet(args) => answers::facet(global, &args),
        Command::Timeline(args) => answers::timeline(global, &args),
        Command::Counts(args) => answers::counts(global, &args),
        Command::Extract(args) => extract::run(global, &args),
        Command::Export(args) => export::run(global, &args),
        Command::Batch(args) => batch::run(global, &args),
        Command::Saved(command) => saved::run(global, &command),
        Command::Index(args) => index::run(global, &args),
        Command::Eval(command) => eval::run(global, &command),
        Command::Demo(args) => demo::run(global, &args),
        Command::Completions { shell } => docs::completions(global, shell),
        Command::Man { dir } => docs::man(&dir),
    }
}

/// Where data goes.
struct Output {
    writer: Box<dyn Write>,
    /// A file is written beside its name and takes its place at the end: what fails or is stopped leaves what was there.
    aside: Option<(TempPath, PathBuf)>,
    name: String,
    is_terminal: bool,
}

impl Output {
    fn open(global: &Global) -> Result<Output, Failure> {
        match &global.output {
            Some(path) if path.as_os_str() != "-" => {
                let name = path.display().to_string();
                let fail = |error: io::Error| unwritable(&name, error);
                // A pipe or a device cannot be replaced.
                let is_special = std::fs::metadata(path).is_ok_and(|there| !there.is_file());
                let (file, aside) = if global.append || is_special {
                    (File::options().create(true).append(true).open(path).map_err(fail)?, None)
                } else {
                    // A link stays one: what it leads to is replaced.
                    let path = path.canonicalize().unwrap_or_else(|_| path.clone());
                    let (file, aside) = file_aside(&path).map_err(fail)?.into_parts();
                    (file, Some((aside, path)))
                };
                Ok(Output { writer: Box::new(BufWriter::new(file)), aside, name, is_terminal: false })
            }
            _ => {
                let is_terminal = io::stdout().is_terminal();
                Ok(Output { writer: Box::new(BufWriter::new(io::stdout())), aside: None, name: "<stdout>".to_string(), is_terminal })
            }
        }
    }

    fn write(&mut self, text: &str) -> Result<(), Failure> {
        self.writer.write_all(text.as_bytes()).map_err(|error| unwritable(&self.name, error))
    }

    fn line(&mut self, text: &str) -> Result<(), Failure> {
        self.write(text)?;
        self.write("\n")
    }

    fn finish(mut self) -> Result<(), Failure> {
        self.writer.flush().map_err(|error| unwritable(&self.name, error))?;
        match self.aside {
            Some((aside, path)) => aside.persist(path).map_err(|error| unwritable(&self.name, error.error)),
            None => Ok(()),
        }
    }
}

/// A file beside its later place, with the rights of any new file.
fn file_aside(path: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".fihris-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))
}

fn unwritable(name: &str, error: io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return error.into();
    }
    Failure { code: 4, name: "output_unwritable", error: anyhow::anyhow!("{name} cannot be written: {}", io_words(&error)), hint: None }
}

/// Bytes of input as text; what is wrong with it otherwise.
fn utf8(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|error| format!("expected UTF-8, found another byte at {}", error.valid_up_to()))
}

/// The form asked for; text on a terminal, plain elsewhere. `trec` belongs to `batch` alone.
fn form(global: &Global, is_terminal: bool) -> Result<Form, Failure> {
    if global.json {
        return Ok(Form::Json);
    }
    if global.csv {
        return Ok(Form::Csv);
    }
    Ok(match global.format {
        None if is_terminal => Form::Text,
        None => Form::Plain,
        Some(FormatArg::Text) => Form::Text,
        Some(FormatArg::Plain) => Form::Plain,
        Some(FormatArg::Json) => Form::Json,
        Some(FormatArg::Jsonl) => Form::Jsonl,
        Some(FormatArg::Csv) => Form::Csv,
        Some(FormatArg::Tsv) => Form::Tsv,
        Some(FormatArg::Ids) => Form::Ids,
        Some(FormatArg::Urls) => Form::Urls,
        Some(FormatArg::Trec) => return Err(Failure::usage("--format trec is for batch")),
    })
}

fn unsupported(form: Form, command: &str) -> Failure {
    Failure::usage(format!("{command} has no output form {}", format!("{form:?}").to_lowercase()))
}

fn text_options(global: &Global, is_terminal: bool) -> TextOptions {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let color = match global.color {
        When::Always => true,
        When::Never => false,
        When::Auto => is_terminal && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
    };
    // Terminals that reorder Arabic by themselves.
    let reorders = set("VTE_VERSION")
        || set("KONSOLE_VERSION")
        || std::env::var("TERM_PROGRAM").is_ok_and(|name| matches!(name.as_str(), "Apple_Terminal" | "mintty" | "mlterm"));
    let isolate = match global.bidi {
        Bidi::Isolate => true,
        Bidi::None => false,
        Bidi::Auto => is_terminal && reorders,
    };
    let columns: usize = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(100);
    TextOptions { color, isolate, width: global.width.unwrap_or(columns.min(100)).max(20), ui_language: global.ui_lang.code().to_string() }
}

/// A table on its way out: the columns asked for with `--fields`, else all.
struct Table {
    options: CsvOptions,
    /// Indexes of the columns shown; all when there are none.
    shown: Vec<usize>,
}

impl Table {
    /// Writes the header.
    fn begin(global: &Global, form: Form, columns: &[&str], output: &mut Output) -> Result<Table, Failure> {
        let find = |name: &String| {
            let at = columns.iter().position(|column| column == name);
            at.ok_or_else(|| Failure::usage(format!("unknown column {name:?} in --fields, expected {}", columns.join(", "))))
        };
        let shown = global.fields.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        let table = Table { options: CsvOptions { tabs: form == Form::Tsv, excel: global.excel, bom: global.bom, exact: global.csv_exact }, shown };
        output.write(csv::mark(table.options))?;
        table.row(columns, output)?;
        Ok(table)
    }

    fn row<S: AsRef<str>>(&self, cells: &[S], output: &mut Output) -> Result<(), Failure> {
        if self.shown.is_empty() {
            return output.write(&csv::row(cells, self.options));
        }
        let cells: Vec<&str> = self.shown.iter().filter_map(|&column| cells.get(column)).map(AsRef::as_ref).collect();
        output.write(&csv::row(&cells, self.options))
    }
}

/// Objects on their way out: the members asked for with `--fields`, else all.
struct Members<'g> {
    global: &'g Global,
    /// Those asked for that no object had yet, and the members of the last object.
    unseen: RefCell<Vec<&'g str>>,
    known: RefCell<Vec<String>>,
}

impl<'g> Members<'g> {
    fn new(global: &'g Global) -> Members<'g> {
        Members { global, unseen: RefCell::new(global.fields.iter().map(String::as_str).collect()), known: RefCell::default() }
    }

    fn narrow(&self, value: Value) -> Value {
        let mut unseen = self.unseen.borrow_mut();
        if let (false, Value::Object(object)) = (unseen.is_empty(), &value) {
            unseen.retain(|name| !object.contains_key(*name));
            *self.known.borrow_mut() = object.keys().filter(|name| *name != "v").cloned().collect();
        }
        json::narrow(value, &self.global.fields)
    }

    /// Tells what was asked for in vain; to be called behind the last object. A member may be missing from some objects, so this
    /// is no error.
    fn tell(&self) {
        let (unseen, known) = (self.unseen.borrow(), self.known.borrow());
        if !unseen.is_empty() && !known.is_empty() {
            say(self.global, &format!("--fields: nothing written has a member {}; there are {}", unseen.join(", "), known.join(", ")));
        }
    }
}

/// What ends an identifier or address.
fn end(global: &Global) -> &'static str {
    if global.null { "\0" } else { "\n" }
}

/// What is wrong with a piece of the input, also to who wants no other word.
fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// A word to the person, unless they want none.
fn say(global: &Global, text: &str) {
    if !global.quiet {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }
}

fn open(global: &Global) -> Result<TantivyEngine, Failure> {
    Ok(fihris::engine::open(&global.index)?)
}

fn match_mode(arg: MatchArg) -> MatchMode {
    match arg {
        MatchArg::All => MatchMode::All,
        MatchArg::Any => MatchMode::Any,
        MatchArg::Auto => MatchMode::Auto,
    }
}

/// A question with its filters. `-` reads the question from standard input.
fn request(global: &Global, query: Option<&str>, filters: &FilterArgs) -> Result<SearchRequest, Failure> {
    let text = match query {
        Some("-") => {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text)?;
            text.trim().to_string()
        }
        text => text.unwrap_or_default().to_string(),
    };
    let mut request = SearchRequest::new("")?;
    request.query = parse(&text)?;
    request.text = text;
    request.filters = read_filters(filters)?;
    request.exact = filters.exact;
    request.ui_language = global.ui_lang.code().to_string();
    for (text, first, last) in request.hijri_dates() {
        let days = if first == last { first } else { format!("{first}..{last}") };
        say(global, &format!("{text} {} {days}", words::word("is a Hijri date:", global.ui_lang.code())));
    }
    Ok(request)
}

fn read_filters(args: &FilterArgs) -> Result<Filters, Failure> {
    let mut filters = Filters { undated: args.undated, ..Filters::default() };
    filters.set_dates(args.since.as_deref(), args.until.as_deref())?;
    let flags = [
        (FilterField::Person, Mode::Any, &args.person),
        (FilterField::Place, Mode::Any, &args.place),
        (FilterField::Org, Mode::Any, &args.org),
        (FilterField::Source, Mode::Any, &args.source),
        (FilterField::Lang, Mode::Any, &args.lang),
        (FilterField::Person, Mode::Not, &args.not_person),
        (FilterField::Place, Mode::Not, &args.not_place),
        (FilterField::Org, Mode::Not, &args.not_org),
        (FilterField::Source, Mode::Not, &args.not_source),
        (FilterField::Lang, Mode::Not, &args.not_lang),
        (FilterField::Person, Mode::All, &args.all_person),
        (FilterField::Place, Mode::All, &args.all_place),
        (FilterField::Org, Mode::All, &args.all_org),
    ];
    for (field, mode, values) in flags {
        // A script with an unset variable does not mean everybody.
        if values.iter().any(|value| value.trim().is_empty()) {
            return Err(Failure::usage(format!("a filter of {} is empty: leave it out to select everything", field.name())));
        }
        filters.add(field, mode, values);
    }
    filters.counts = args.count.iter().map(|text| parse_count(text)).collect::<Result<_, _>>()?;
    Ok(filters)
}
