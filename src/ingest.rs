//! The pipeline: the only place where all stations meet.
//!
//! ```text
//! reader thread:  inputs → records → articles and rejects, numbered
//! worker threads: article → document (analysis, names, counts)
//! this thread:    in the order of numbers: identity, story, engine, ledger
//! ```
//! The order makes the outcome independent of the number of threads. Bytes between the stations are bounded by permits. Each
//! commit carries the ledger: how far the inputs were read when it was made, so that the same command goes on from there
//! after a kill.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use anyhow::Context;
use crossbeam_channel::{Receiver, Sender, bounded};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::analysis::near_duplicates;
use crate::article::{Article, ArticleKey};
use crate::document::{Document, DocumentMaker, Record, ReplacedVersion, document, model_version, short_hash};
use crate::engine::permits::{Permit, Permits};
use crate::engine::tantivy::{TantivyEngine, TantivyWriter};
use crate::engine::{Clause, DocumentId, Engine, EngineError, EngineWriter, Order, Scoring};
use crate::quarantine::{Quarantine, Reject, RejectCode};
use crate::source::walk::{Found, WalkOptions, find};
use crate::source::{self, Input, Item, ReadOptions};

/// When a batch is committed: at whichever limit comes first.
#[derive(Debug, Clone, Copy)]
pub struct BatchLimits {
    pub articles: u64,
    /// Bytes of text.
    pub bytes: u64,
    /// Since its first article.
    pub time: Duration,
}

impl Default for BatchLimits {
    fn default() -> Self {
        BatchLimits { articles: 20_000, bytes: 256 << 20, time: Duration::from_secs(60) }
    }
}

/// Bytes of articles between the reader and the engine.
const BYTES_IN_FLIGHT: usize = 24 << 20;

/// Examples kept of each kind of reject.
const EXAMPLES: usize = 3;

/// What to read, and where to.
#[derive(Debug, Clone)]
pub struct IngestOptions {
    pub index: PathBuf,
    pub paths: Vec<PathBuf>,
    pub read: ReadOptions,
    pub walk: WalkOptions,
    pub threads: usize,
    pub batch: BatchLimits,
    /// Stop at the first reject.
    pub stop_on_reject: bool,
    /// Stop when so many records were rejected.
    pub max_rejects: Option<u64>,
}

impl IngestOptions {
    /// Everything at its default: `paths` into `index`.
    pub fn new(index: PathBuf, paths: Vec<PathBuf>, threads: usize) -> IngestOptions {
        IngestOptions {
            index,
            paths,
            read: ReadOptions::default(),
            walk: WalkOptions::default(),
            threads,
            batch: BatchLimits::default(),
            stop_on_reject: false,
            max_rejects: None,
        }
    }
}

/// What came of a run. `read` is the sum of the five numbers behind it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IngestReport {
    pub read: u64,
    pub added: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub duplicate: u64,
    pub quarantined: u64,
    /// Articles put in, by language.
    pub languages: BTreeMap<String, u64>,
    /// Of these, articles in languages no names are looked for in.
    pub without_names: BTreeMap<String, u64>,
    /// Articles that joined another's story.
    pub near_duplicates: u64,
    /// Stories they joined.
    pub copied_stories: u64,
    pub mentions: u64,
    pub entities: u64,
    pub counts: u64,
    /// Articles dated before 1900 or in the future of this run.
    pub odd_dates: u64,
    pub seconds: f64,
    /// Number of the last commit.
    pub seq: u64,
    /// Records passed over because an interrupted run had them in already.
    pub resumed: u64,
    pub rejects: BTreeMap<RejectCode, Rejected>,
    /// The run ended before its inputs did.
    pub interrupted: bool,
    /// It ended because of `stop_on_reject` or `max_rejects`.
    pub stopped_by_rejects: bool,
}

/// Rejects of one code.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rejected {
    pub n: u64,
    /// The first few, `place: message`.
    pub examples: Vec<String>,
}

/// How far a run is; shared with whoever shows it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes read of the inputs, compressed as they are.
    pub bytes: Arc<AtomicU64>,
    /// Bytes of all inputs; 0 where unknown.
    pub total_bytes: AtomicU64,
    pub articles: AtomicU64,
    pub quarantined: AtomicU64,
    /// Set from outside: commit what is there, and end.
    pub stop: AtomicBool,
}

/// The text of a commit: how far its inputs were read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Ledger {
    v: u32,
    seq: u64,
    /// Whether the run came to its end.
    finished: bool,
    /// When the run began, in milliseconds since 1970; a run that goes on keeps it. A file changed since is read again.
    began: i64,
    roots: Vec<PathBuf>,
    /// Hash of how inputs are read: another way of reading starts over.
    options: String,
    /// Root and absolute path up to which all inputs are in.
    walked_to: Option<(usize, String)>,
    /// The input under way.
    begun: Option<BegunInput>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct BegunInput {
    root: usize,
    path: String,
    head_hash: String,
    /// Records that are in.
    records: u64,
}

/// What travels from the reader.
enum Message {
    Begin(BegunInput),
    Item {
        item: Item,
        record: u64,
        permit: Permit,
    },
    End {
        root: usize,
        path: Option<String>,
    },
    /// A place that cannot be read at all.
    Unreadable(Reject),
}

/// What the workers make of it.
enum Made {
    Begin(BegunInput),
    End {
        root: usize,
        path: Option<String>,
    },
    Reject {
        reject: Reject,
        record: Option<u64>,
        _permit: Option<Permit>,
    },
    Document {
        document: Box<Document>,
        record: u64,
        _permit: Permit,
    },
    /// Stored as it is; kept in case an earlier record of this batch says otherwise.
    Unchanged {
        article: Box<Article>,
        record: u64,
        _permit: Permit,
    },
}

/// Reads all inputs into the index.
///
/// # Errors
/// When a path does not exist, the index cannot be opened or written, or the quarantine cannot be written: what was
/// committed stands, and the same command goes on from there.
pub fn ingest(options: &IngestOptions, progress: &Progress) -> anyhow::Result<IngestReport> {
    let began = Instant::now();
    for path in &options.paths {
        if path.as_os_str() != "-" {
            std::fs::metadata(path).with_context(|| path.display().to_string())?;
        }
    }
    let writer = TantivyWriter::open(&options.index, options.threads)?;
    let engine = Arc::new(RwLock::new(Arc::new(TantivyEngine::open(&options.index)?)));
    let roots: Vec<PathBuf> = options.paths.iter().map(|path| std::path::absolute(path).unwrap_or_else(|_| path.clone())).collect();
    let before: Ledger = current(&engine).payload().and_then(|payload| serde_json::from_str(payload).ok()).unwrap_or_default();
    let how = blake3::hash(format!("{:?}\n{:?}", options.read, options.walk).as_bytes()).to_hex().to_string();
    let resume = (!before.finished && before.roots == roots && before.options == how).then(|| before.clone());
    let run = run_name();
    let quarantine = Quarantine::new(options.index.join("quarantine"), run);
    let mut sequencer = Sequencer {
        options,
        progress,
        engine: engine.clone(),
        writer,
        quarantine,
        maker: DocumentMaker::new(),
        ledger: Ledger {
            v: 1,
            seq: before.seq,
            roots,
            options: how,
            began: resume.as_ref().map_or_else(|| jiff::Timestamp::now().as_millisecond(), |ledger| ledger.began),
            walked_to: resume.as_ref().and_then(|ledger| ledger.walked_to.clone()),
            begun: resume.as_ref().and_then(|ledger| ledger.begun.clone()),
            ..Ledger::default()
        },
        batch: Batch::default(),
        report: IngestReport::default(),
        entities: FxHashSet::default(),
        copied: FxHashSet::default(),
    };
    let resumed = AtomicU64::new(0);
    std::thread::scope(|scope| {
        let (to_workers, from_reader) = bounded::<(u64, Message)>(256);
        let (to_sequencer, from_workers) = bounded::<(u64, Made)>(256);
        let permits = Arc::new(Permits::new(BYTES_IN_FLIGHT));
        let (resume, resumed_by_reader) = (resume.as_ref(), &resumed);
        // Deep records and pages are parsed by recursion: the reader gets a roomy stack.
        let reader = std::thread::Builder::new().stack_size(64 << 20).name("reader".to_string());
        reader
            .spawn_scoped(scope, move || read_all(options, progress, resume, resumed_by_reader, &permits, &to_workers))
            .context("the reader thread cannot be started")?;
        for _ in 0..options.threads.max(1) {
            let (receiver, sender, engine) = (from_reader.clone(), to_sequencer.clone(), engine.clone());
            std::thread::Builder::new()
                .name("worker".to_string())
                .spawn_scoped(scope, move || work(&receiver, &sender, &engine))
                .context("a worker thread cannot be started")?;
        }
        drop((from_reader, to_sequencer));
        let outcome = sequencer.take_all(&from_workers);
        // Whatever happened, the others must not wait for a receiver that is gone.
        if outcome.is_err() {
            progress.stop.store(true, Ordering::Relaxed);
        }
        for _ in from_workers.iter() {}
        sequencer.report.resumed = resumed.load(Ordering::Relaxed);
        outcome
    })?;
    sequencer.finish(began)
}

fn run_name() -> String {
    let now = jiff::Timestamp::now().to_string();
    let digits: String = now.chars().filter(char::is_ascii_digit).take(17).collect();
    format!("{digits}-{}", std::process::id())
}

fn current(engine: &RwLock<Arc<TantivyEngine>>) -> Arc<TantivyEngine> {
    engine.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// The reader thread: every input in order, every record numbered.
fn read_all(
    options: &IngestOptions,
    progress: &Progress,
    resume: Option<&Ledger>,
    resumed: &AtomicU64,
    permits: &Arc<Permits>,
    to_workers: &Sender<(u64, Message)>,
) {
    let mut number = 0;
    let mut send = |message: Message| {
        number += 1;
        to_workers.send((number, message)).is_ok() && !progress.stop.load(Ordering::Relaxed)
    };
    let walked_to = resume.and_then(|ledger| ledger.walked_to.as_ref());
    for (root, path) in options.paths.iter().enumerate() {
        if walked_to.is_some_and(|(walked_root, _)| root < *walked_root) {
            continue;
        }
        let found = match find(path, &options.walk) {
            Ok(found) => found,
            Err(error) => {
                if !send(unreadable(path, &error)) {
                    return;
                }
                continue;
            }
        };
        for found in found {
            let input = match found {
                Found::Input(input) => input,
                Found::Unreadable { path, error } => {
                    if !send(unreadable(&path, &error)) {
                        return;
                    }
                    continue;
                }
            };
            let name = input.name();
            let place = ledger_name(&input);
            let is_in =
                |(walked_root, walked): &(usize, String)| root == *walked_root && place.as_ref().is_some_and(|place| place.as_bytes() <= walked.as_bytes());
            let is_as_it_was = resume.is_some_and(|ledger| !changed_since(&input, ledger.began));
            if walked_to.is_some_and(is_in) && is_as_it_was {
                continue;
            }
            let opened = match source::open(&input, &options.read, &progress.bytes) {
                Ok(opened) => opened,
                Err(error) => {
                    if !send(unreadable(Path::new(&name), &error)) {
                        return;
                    }
                    continue;
                }
            };
            let begun = resume
                .and_then(|ledger| ledger.begun.as_ref())
                .filter(|begun| is_as_it_was && begun.root == root && Some(&begun.path) == place.as_ref() && begun.head_hash == opened.head_hash);
            let skip = begun.map_or(0, |begun| begun.records);
            resumed.fetch_add(skip, Ordering::Relaxed);
            if !send(Message::Begin(BegunInput { root, path: place.clone().unwrap_or_default(), head_hash: opened.head_hash.clone(), records: skip })) {
                return;
            }
            let mut last_record = skip;
            let outcome = source::read(opened, &options.read, skip, &mut |item| {
                let (record, bytes) = match &item {
                    Item::Article(article) => (article.location.record, article.title.len() + article.body.len() + 512),
                    Item::Reject(reject) => (reject.location.record, reject.raw.len() + 512),
                };
                last_record = record;
                let permit = Permits::take(permits, bytes);
                if send(Message::Item { item, record, permit }) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
            if let Err(error) = outcome {
                let mut reject = unreadable_reject(Path::new(&name), &error);
                reject.location.record = last_record + 1;
                if !send(Message::Unreadable(reject)) {
                    return;
                }
            }
            if progress.stop.load(Ordering::Relaxed) || !send(Message::End { root, path: place }) {
                return;
            }
        }
    }
}

/// The name of an input in the ledger: its absolute path, however it was typed. `None` for standard input and for names that
/// are no UTF-8: those are read again by a run that goes on, which finds their articles unchanged.
fn ledger_name(input: &Input) -> Option<String> {
    match input {
        Input::File(path) => std::path::absolute(path).ok()?.to_str().map(str::to_string),
        Input::Stdin => None,
    }
}

/// Whether a file was written or made since a moment, in milliseconds since 1970; what cannot be told is read again.
fn changed_since(input: &Input, moment: i64) -> bool {
    let Input::File(path) = input else { return true };
    let Ok(metadata) = std::fs::metadata(path) else { return true };
    let since = std::time::UNIX_EPOCH + Duration::from_millis(moment.max(0).unsigned_abs());
    metadata.modified().map_or(true, |time| time >= since) || metadata.created().is_ok_and(|time| time >= since)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Message {
    Message::Unreadable(unreadable_reject(path, error))
}

fn unreadable_reject(path: &Path, error: &std::io::Error) -> Reject {
    let location = crate::article::SourceLocation { path: path.display().to_string(), record: 1, line: None, byte: 0 };
    Reject {
        location,
        format: "unknown",
        code: RejectCode::Unreadable,
        message: format!("cannot be read: {error}"),
        raw: Vec::new(),
        byte_len: 0,
        truncated: false,
    }
}

/// A worker thread: articles become documents.
fn work(receiver: &Receiver<(u64, Message)>, sender: &Sender<(u64, Made)>, engine: &RwLock<Arc<TantivyEngine>>) {
    let mut maker = DocumentMaker::new();
    for (number, message) in receiver.iter() {
        let made = match message {
            Message::Begin(begun) => Made::Begin(begun),
            Message::End { root, path } => Made::End { root, path },
            Message::Unreadable(reject) => Made::Reject { reject, record: None, _permit: None },
            Message::Item { item: Item::Reject(reject), record, permit } => Made::Reject { reject, record: Some(record), _permit: Some(permit) },
            Message::Item { item: Item::Article(article), record, permit } => {
                let stored = current(engine).stored(article.key);
                let same =
                    |state: &crate::engine::StoredState| state.content_hash == short_hash(&article.content_hash) && state.model_version == model_version();
                // A failing look-up shows again, with its error, where the document is put in.
                if matches!(&stored, Ok(Some(state)) if same(state)) {
                    Made::Unchanged { article, record, _permit: permit }
                } else {
                    // A fault of ours in one article must not take the others with it.
                    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| maker.understand(&article))) {
                        Ok(understood) => Made::Document { document: Box::new(document(*article, understood)), record, _permit: permit },
                        Err(_) => {
                            maker = DocumentMaker::new();
                            let message = "a fault of fihris while names and counts were looked for; please report it with this record".to_string();
                            let raw = format!("{}\n{}", article.title, article.body).into_bytes();
                            let byte_len = raw.len() as u64;
                            let Article { location, format, .. } = *article;
                            let reject = Reject { location, format, code: RejectCode::Internal, message, byte_len, raw, truncated: false };
                            Made::Reject { reject, record: Some(record), _permit: Some(permit) }
                        }
                    }
                }
            }
        };
        if sender.send((number, made)).is_err() {
            return;
        }
    }
}

/// What has been put in since the last commit.
#[derive(Default)]
struct Batch {
    keys: FxHashMap<ArticleKey, Put>,
    /// By band, the article of `alike` that had it last.
    bands: FxHashMap<u64, usize>,
    alike: Vec<Alike>,
    articles: u64,
    bytes: u64,
    began: Option<Instant>,
}

/// What tells a copy of an article from another article made of the same form.
struct Alike {
    story: u64,
    names: Vec<u64>,
}

/// Articles that share a band are looked at up to this many.
const MOST_ALIKE: usize = 16;

/// What is remembered of a document put in since the last commit.
struct Put {
    content_hash: u64,
    /// What it replaced, and itself as the next version's last entry.
    versions: Vec<ReplacedVersion>,
    added: u64,
}

/// A version as the one that replaces it remembers it.
fn replaced(record: &Record) -> ReplacedVersion {
    let updated = record.updated.as_ref().or(record.published.as_ref()).map(|date| date.value.clone());
    ReplacedVersion { version: record.version.clone(), updated, hash: record.content_hash }
}

/// A version made of numbers (`3`, `1.10`), as most are: only those can be told older from newer.
fn version_number(version: &Option<String>) -> Option<Vec<u64>> {
    version.as_ref().and_then(|version| version.trim().split('.').map(|part| part.parse().ok()).collect())
}

/// The last station, in order.
struct Sequencer<'a> {
    options: &'a IngestOptions,
    progress: &'a Progress,
    engine: Arc<RwLock<Arc<TantivyEngine>>>,
    writer: TantivyWriter,
    quarantine: Quarantine,
    maker: DocumentMaker,
    ledger: Ledger,
    batch: Batch,
    report: IngestReport,
    entities: FxHashSet<u64>,
    copied: FxHashSet<u64>,
}

impl Sequencer<'_> {
    fn take_all(&mut self, made: &Receiver<(u64, Made)>) -> anyhow::Result<()> {
        let mut waiting: BTreeMap<u64, Made> = BTreeMap::new();
        let mut next = 1;
        loop {
            // A commit may be due while the reader waits for more input.
            let received = made.recv_timeout(Duration::from_secs(5));
            match received {
                Ok((number, made)) => {
                    waiting.insert(number, made);
                }
                Err(crossbeam_channel::RecvTimeoutError::Timeout) => {
                    if self.batch.articles > 0 && waiting.is_empty() {
                        self.commit()?;
                    }
                    continue;
                }
                Err(crossbeam_channel::RecvTimeoutError::Disconnected) => break,
            }
            while let Some(made) = waiting.remove(&next) {
                next += 1;
                self.take(made)?;
                if self.report.stopped_by_rejects {
                    return Ok(());
                }
                if self.is_due() {
                    self.commit()?;
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, made: Made) -> anyhow::Result<()> {
        match made {
            Made::Begin(begun) => self.ledger.begun = Some(begun),
            Made::End { root, path } => {
                self.ledger.begun = None;
                if let Some(path) = path {
                    self.ledger.walked_to = Some((root, path));
                }
            }
            Made::Reject { reject, record, _permit } => {
                self.set_aside(&reject)?;
                self.passed(record);
            }
            Made::Document { document, record, _permit } => {
                self.report.read += 1;
                self.take_document(*document)?;
                self.passed(Some(record));
            }
            Made::Unchanged { article, record, _permit } => {
                self.report.read += 1;
                let hash = short_hash(&article.content_hash);
                let stored = current(&self.engine).stored(article.key)?;
                match self.batch.keys.get(&article.key) {
                    Some(put) if put.content_hash == hash => self.report.duplicate += 1,
                    None if stored.is_some_and(|state| state.content_hash == hash) => self.report.unchanged += 1,
                    // It has been changed since it was looked up: the last one wins.
                    _ => {
                        let document = self.maker.make(*article);
                        self.take_document(document)?;
                    }
                }
                self.passed(Some(record));
            }
        }
        self.progress.articles.store(self.report.read - self.report.quarantined, Ordering::Relaxed);
        Ok(())
    }

    fn passed(&mut self, record: Option<u64>) {
        if let (Some(begun), Some(record)) = (&mut self.ledger.begun, record) {
            begun.records = begun.records.max(record);
        }
    }

    fn set_aside(&mut self, reject: &Reject) -> anyhow::Result<()> {
        self.quarantine
            .add(reject)
            .map_err(|error| EngineError::Write { path: self.options.index.join("quarantine").display().to_string(), cause: error.to_string() })?;
        self.report.read += 1;
        self.report.quarantined += 1;
        let rejected = self.report.rejects.entry(reject.code).or_default();
        rejected.n += 1;
        if rejected.examples.len() < EXAMPLES {
            rejected.examples.push(format!("{}: {}", reject.location, reject.message));
        }
        self.progress.quarantined.store(self.report.quarantined, Ordering::Relaxed);
        let too_many = self.options.max_rejects.is_some_and(|max| self.report.quarantined >= max);
        if self.options.stop_on_reject || too_many {
            self.report.stopped_by_rejects = true;
            self.progress.stop.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    fn take_document(&mut self, mut document: Document) -> anyhow::Result<()> {
        let engine = current(&self.engine);
        let key = document.key;
        if let Some(put) = self.batch.keys.get(&key) {
            self.report.duplicate += 1;
            let known = put.versions.last().and_then(|last| version_number(&last.version));
            let is_older = matches!((known, version_number(&document.record.version)), (Some(old), Some(new)) if new < old);
            if put.content_hash == document.content_hash || is_older {
                return Ok(());
            }
            document.record.versions.clone_from(&put.versions);
            document.added = put.added;
            return self.put(document, true, &engine);
        }
        match engine.stored(key)? {
            None => {
                self.report.added += 1;
                document.added = self.ledger.seq + 1;
                self.put(document, false, &engine)
            }
            Some(state) if state.content_hash == document.content_hash && state.model_version == model_version() => {
                self.report.unchanged += 1;
                Ok(())
            }
            Some(state) => {
                document.added = state.added;
                let stored = engine.rank(&Clause::KeyPrefix(key.text()), &Order::Newest, 1, None, &Scoring::default())?;
                if let Some(stored) = stored.first() {
                    let stored = engine.load(stored.id)?;
                    if let (Some(old), Some(new)) = (version_number(&stored.record.version), version_number(&document.record.version))
                        && new < old
                    {
                        // An older version that comes late changes nothing.
                        self.report.unchanged += 1;
                        return Ok(());
                    }
                    document.record.versions.clone_from(&stored.record.versions);
                    if state.content_hash != document.content_hash {
                        document.record.versions.push(replaced(&stored.record));
                    }
                }
                self.report.updated += 1;
                self.put(document, true, &engine)
            }
        }
    }

    fn put(&mut self, mut document: Document, replaces: bool, engine: &TantivyEngine) -> anyhow::Result<()> {
        let names = document.record.name_hashes();
        document.story = self.story(&document, &names, engine)?;
        if document.story != document.key.opened_story() {
            self.report.near_duplicates += 1;
            self.copied.insert(document.story);
        }
        let language = document.language.to_string();
        if !crate::language::language(document.language).is_some_and(|language| language.names) {
            *self.report.without_names.entry(language.clone()).or_default() += 1;
        }
        *self.report.languages.entry(language).or_default() += 1;
        self.report.mentions += document.record.mentions.len() as u64;
        self.report.counts += document.record.counts.len() as u64;
        self.entities.extend(document.record.entities.iter().map(|entity| short_hash(blake3::hash(entity.id.as_bytes()).as_bytes())));
        if document.published.is_some_and(|when| !(-2_208_988_800..=jiff::Timestamp::now().as_second() + 86_400).contains(&when)) {
            self.report.odd_dates += 1;
        }
        if !document.story_bands.is_empty() {
            // The newest article of a band stands for it: copies come close behind each other.
            document.story_bands.iter().for_each(|band| {
                self.batch.bands.insert(*band, self.batch.alike.len());
            });
            self.batch.alike.push(Alike { story: document.story, names });
        }
        let mut versions = document.record.versions.clone();
        versions.push(replaced(&document.record));
        let put = Put { content_hash: document.content_hash, versions, added: document.added };
        self.batch.keys.insert(document.key, put);
        self.batch.articles += 1;
        self.batch.bytes += (document.title.len() + document.body.len()) as u64;
        self.batch.began.get_or_insert_with(Instant::now);
        self.writer.put(document, replaces)?;
        Ok(())
    }

    /// The story most bands agree on, of equal ones the smallest; its own where no other article is alike. Articles made from
    /// one form about different people or places are no copies, however alike their words are.
    fn story(&self, document: &Document, names: &[u64], engine: &TantivyEngine) -> Result<u64, EngineError> {
        // By article: its story, and the bands it shares.
        let mut shared: BTreeMap<(bool, u64), (u64, usize)> = BTreeMap::new();
        for &number in document.story_bands.iter().filter_map(|band| self.batch.bands.get(band)) {
            if let Some(alike) = self.batch.alike.get(number) {
                shared.entry((false, number as u64)).or_insert((alike.story, 0)).1 += 1;
            }
        }
        for (id, story) in engine.band_holders(&document.story_bands)? {
            shared.entry((true, id.0)).or_insert((story, 0)).1 += 1;
        }
        let mut votes: BTreeMap<u64, usize> = BTreeMap::new();
        for ((is_stored, number), (story, bands)) in shared.into_iter().take(MOST_ALIKE) {
            let is_copy = if is_stored {
                near_duplicates::same_names(&engine.load(DocumentId(number))?.record.name_hashes(), names)
            } else {
                self.batch.alike.get(number as usize).is_some_and(|alike| near_duplicates::same_names(&alike.names, names))
            };
            if is_copy {
                let best = votes.entry(story).or_default();
                *best = bands.max(*best);
            }
        }
        let best = votes.into_iter().max_by_key(|(story, bands)| (*bands, std::cmp::Reverse(*story)));
        Ok(best.map_or(document.story, |(story, _)| story))
    }

    fn is_due(&self) -> bool {
        let limits = &self.options.batch;
        self.batch.articles >= limits.articles || self.batch.bytes >= limits.bytes || self.batch.began.is_some_and(|began| began.elapsed() >= limits.time)
    }

    /// Quarantine first, then documents and ledger in one move.
    fn commit(&mut self) -> anyhow::Result<()> {
        self.quarantine
            .sync()
            .map_err(|error| EngineError::Write { path: self.options.index.join("quarantine").display().to_string(), cause: error.to_string() })?;
        self.ledger.seq += 1;
        let payload = serde_json::to_string(&self.ledger)?;
        self.writer.commit(&payload)?;
        self.report.seq = self.ledger.seq;
        let reopened = Arc::new(TantivyEngine::open(&self.options.index)?);
        *self.engine.write().unwrap_or_else(PoisonError::into_inner) = reopened;
        self.batch = Batch::default();
        Ok(())
    }

    fn finish(mut self, began: Instant) -> anyhow::Result<IngestReport> {
        self.report.interrupted = self.progress.stop.load(Ordering::Relaxed) && !self.report.stopped_by_rejects;
        // Whoever stopped at a reject mends it and wants it read: the next run starts over, what is in is unchanged.
        self.ledger.finished = !self.report.interrupted;
        self.commit()?;
        self.report.entities = self.entities.len() as u64;
        self.report.copied_stories = self.copied.len() as u64;
        self.writer.finish()?;
        self.report.seconds = began.elapsed().as_secs_f64();
        Ok(self.report)
    }
}

/// Bytes of the files that paths mean; 0 where one is standard input.
pub fn total_bytes(paths: &[PathBuf], walk: &WalkOptions) -> u64 {
    let mut total = 0;
    for path in paths {
        let Ok(found) = find(path, walk) else { continue };
        for found in found {
            match found {
                Found::Input(Input::File(path)) => total += std::fs::metadata(path).map_or(0, |metadata| metadata.len()),
                Found::Input(Input::Stdin) => return 0,
                Found::Unreadable { .. } => {}
            }
        }
    }
    total
}
