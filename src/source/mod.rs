//! Bytes to articles, or to quarantined records.
//!
//! An input is opened ([`open`]), decompressed and decoded, recognised by its content ([`FORMATS`]) and read
//! record by record. A bad record is not a bad run: it becomes a [`Reject`] with its place, reason and bytes, and reading
//! goes on behind it. Nothing here knows the index.

mod csv;
mod decode;
pub mod fields;
mod html;
mod json;
mod jsonl;
mod lines;
mod text;
pub mod walk;

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use encoding_rs::Encoding;

use crate::article::{Article, LanguageCode, SourceLocation};
use crate::date::DateOptions;
use crate::quarantine::{Reject, RejectCode};
use fields::FieldMap;

pub use decode::Opened;

/// One record, understood or not.
#[derive(Debug)]
pub enum Item {
    Article(Box<Article>),
    Reject(Reject),
}

/// Takes the items of an input in order; `Break` stops the reading.
pub type Sink<'a> = dyn FnMut(Item) -> ControlFlow<()> + 'a;

/// A way of laying out articles in bytes.
pub struct Format {
    pub name: &'static str,
    pub about: &'static str,
    /// File name endings that tell it where the content does not.
    pub extensions: &'static [&'static str],
    /// Whether the beginning of the content (decoded) is of this format; the names a user maps count as known.
    recognize: fn(&str, Option<&FieldMap>) -> bool,
    read: fn(&mut Reading<'_>, &mut Sink<'_>) -> io::Result<()>,
}

impl std::fmt::Debug for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Every format, in the order they are tried; plain text takes what is left.
pub const FORMATS: &[Format] = &[
    Format { name: "jsonl", about: "one JSON object a line", extensions: &["jsonl", "ndjson"], recognize: jsonl::recognize, read: jsonl::read },
    Format { name: "json", about: "one object, or an array of them", extensions: &["json"], recognize: |head, _| json::recognize(head), read: json::read },
    Format { name: "html", about: "a saved page", extensions: &["html", "htm", "xhtml"], recognize: |head, _| html::recognize(head), read: html::read },
    Format {
        name: "csv",
        about: "columns with a header line, parted by comma, semicolon, bar or tab",
        extensions: &["csv", "tsv"],
        recognize: |head, _| csv::recognize(head),
        read: csv::read,
    },
    Format { name: "text", about: "plain text: the first line is the title", extensions: &["txt", "text", "md"], recognize: |_, _| true, read: text::read },
];

/// The format of a name, as `--input-format` takes it.
pub fn format_named(name: &str) -> Option<&'static Format> {
    let name = if name == "tsv" { "csv" } else { name };
    FORMATS.iter().find(|format| format.name == name)
}

/// What to assume about inputs, and how much to take from them.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// Instead of recognising it by content.
    pub format: Option<&'static Format>,
    /// Instead of guessing columns by their names.
    pub map: Option<FieldMap>,
    /// The outlet of records that name none.
    pub source: Option<String>,
    /// The language of all records.
    pub language: Option<LanguageCode>,
    /// The character set, instead of declaration and detection.
    pub encoding: Option<&'static Encoding>,
    pub dates: DateOptions,
    /// Bytes of one record at most.
    pub max_record: u64,
    /// Bytes of one file at most, decompressed.
    pub max_file: u64,
    /// Decompressed bytes for each compressed one, at most, after the first MiB.
    pub max_ratio: u64,
}

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions {
            format: None,
            map: None,
            source: None,
            language: None,
            encoding: None,
            dates: DateOptions::default(),
            max_record: 32 << 20,
            max_file: u64::MAX,
            max_ratio: 200,
        }
    }
}

/// Where bytes come from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Input {
    File(PathBuf),
    Stdin,
}

impl Input {
    /// The name used in messages and locations.
    pub fn name(&self) -> String {
        match self {
            Input::File(path) => path.to_string_lossy().into_owned(),
            Input::Stdin => "<stdin>".to_string(),
        }
    }

    fn extension(&self) -> String {
        let Input::File(path) = self else { return String::new() };
        let mut path: &Path = path;
        // `news.jsonl.gz` is told by what stands before the compression.
        let stem;
        if path.extension().is_some_and(|ending| ["gz", "zst"].iter().any(|known| ending.eq_ignore_ascii_case(known))) {
            stem = path.with_extension("");
            path = &stem;
        }
        path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default()
    }
}

/// What a reader of one format works with.
struct Reading<'a> {
    bytes: Box<dyn Read>,
    name: String,
    format: &'static Format,
    options: &'a ReadOptions,
    /// Records to pass over: they are in the index already.
    skip: u64,
    /// Where identifiers of records are unique: the input's absolute path.
    scope: String,
}

impl Reading<'_> {
    fn location(&self, record: u64, line: Option<u64>, byte: u64) -> SourceLocation {
        SourceLocation { path: self.name.clone(), record, line, byte }
    }

    fn reject(&self, location: SourceLocation, code: RejectCode, message: impl Into<String>, raw: &[u8]) -> Item {
        let truncated = raw.len() as u64 > self.options.max_record;
        let kept = if truncated { &raw[..64 * 1024] } else { raw };
        Item::Reject(Reject { location, format: self.format.name, code, message: message.into(), raw: kept.to_vec(), byte_len: raw.len() as u64, truncated })
    }

    /// A record whose bytes could not all be kept.
    fn reject_cut(&self, location: SourceLocation, code: RejectCode, message: impl Into<String>, raw: Vec<u8>, byte_len: u64) -> Item {
        Item::Reject(Reject { location, format: self.format.name, code, message: message.into(), raw, byte_len, truncated: true })
    }

    /// All that is left, for formats of one record a file; `None` (and a reject sent) when it is too large or damaged.
    fn read_whole(&mut self, sink: &mut Sink<'_>) -> io::Result<Option<Vec<u8>>> {
        let mut whole = Vec::new();
        let limit = self.options.max_record.min(self.options.max_file);
        let outcome = (&mut self.bytes).take(limit + 1).read_to_end(&mut whole);
        if let Err(error) = outcome {
            let code = decode::reject_code(&error);
            let _ = sink(self.reject(self.location(1, None, 0), code, error.to_string(), &whole));
            return Ok(None);
        }
        if whole.len() as u64 > limit {
            let rest = io::copy(&mut self.bytes, &mut io::sink()).unwrap_or(0);
            let byte_len = whole.len() as u64 + rest;
            whole.truncate(64 * 1024);
            let message = format!("expected at most {limit} bytes a record, found {byte_len}");
            let _ = sink(self.reject_cut(self.location(1, None, 0), RejectCode::TooLarge, message, whole, byte_len));
            return Ok(None);
        }
        Ok(Some(whole))
    }
}

/// Reads every record of an opened input after the first `skip`.
///
/// # Errors
/// Only when reading fails in a way no record is to blame for; damaged compression and the like end up as rejects.
pub fn read(opened: Opened, options: &ReadOptions, skip: u64, sink: &mut Sink<'_>) -> io::Result<()> {
    if let Some((code, message)) = opened.refused {
        let location = SourceLocation { path: opened.name, record: 1, line: None, byte: 0 };
        let format = opened.format.map_or("unknown", |format| format.name);
        let byte_len = opened.head.len() as u64;
        let _ = sink(Item::Reject(Reject { location, format, code, message, raw: opened.head, byte_len, truncated: true }));
        return Ok(());
    }
    let Some(format) = opened.format else { return Ok(()) };
    let scope = std::path::absolute(&opened.name).map_or_else(|_| opened.name.clone(), |path| path.to_string_lossy().into_owned());
    let mut reading = Reading { bytes: opened.bytes, name: opened.name, format, options, skip, scope };
    (format.read)(&mut reading, sink)
}

/// Opens an input and finds out its compression, character set and format.
///
/// # Errors
/// When the file cannot be opened or its first bytes cannot be read.
pub fn open(input: &Input, options: &ReadOptions, consumed: &std::sync::Arc<std::sync::atomic::AtomicU64>) -> io::Result<Opened> {
    decode::open(input, options, consumed)
}

/// The format of decoded content: the one asked for, else by content, else by the file's ending.
fn recognize(head: &str, extension: &str, options: &ReadOptions) -> &'static Format {
    if let Some(format) = options.format {
        return format;
    }
    let head = head.trim_start_matches('\u{FEFF}').trim_start();
    let by_extension = FORMATS.iter().find(|format| format.extensions.contains(&extension));
    let by_content = FORMATS.iter().find(|format| (format.recognize)(head, options.map.as_ref())).unwrap_or(&FORMATS[FORMATS.len() - 1]);
    match by_extension {
        // Text that says it is a table is read as one, and text that says it is text is not taken for one.
        Some(named) if by_content.name == "text" || (by_content.name == "csv" && named.name == "text") => named,
        _ => by_content,
    }
}

/// What an input would be read as.
#[derive(Debug)]
pub struct Guess {
    pub format: &'static str,
    pub compression: &'static str,
    pub encoding: &'static str,
    /// Columns or members by what they would be taken for.
    pub roles: Vec<(fields::Role, String)>,
    /// The first article, if there is one.
    pub first: Option<Box<Article>>,
    /// Why the first record would be rejected.
    pub trouble: Option<String>,
}

/// Looks at the first record of an input.
///
/// # Errors
/// When the input cannot be opened or read.
pub fn guess(input: &Input, options: &ReadOptions) -> io::Result<Guess> {
    let opened = open(input, options, &std::sync::Arc::default())?;
    let mut guess = Guess {
        format: opened.format.map_or("unknown", |format| format.name),
        compression: opened.compression,
        encoding: opened.encoding.name(),
        roles: Vec::new(),
        first: None,
        trouble: None,
    };
    let head = opened.encoding.decode(&opened.head).0.into_owned();
    let names: Vec<String> = match guess.format {
        "csv" => csv::names(&head),
        "jsonl" | "json" => json::names(&head, options.map.as_ref()),
        _ => Vec::new(),
    };
    guess.roles = fields::roles_of(names.iter().map(String::as_str), options.map.as_ref());
    read(opened, options, 0, &mut |item| {
        match item {
            Item::Article(article) => guess.first = Some(article),
            Item::Reject(reject) => guess.trouble = Some(format!("{}: {}", reject.location, reject.message)),
        }
        ControlFlow::Break(())
    })?;
    Ok(guess)
}
