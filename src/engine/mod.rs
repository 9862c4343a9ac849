//! What stores and answers. An engine offers a few primitives ([`Engine`]); everything a person sees is made from them in
//! one place ([`answer`]), so that every engine answers alike.

pub mod answer;
mod highlight;
mod literal;
mod located;
pub mod memory;
pub mod permits;
mod plan;
pub mod ranking;
mod spelling;
pub mod tantivy;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use crate::article::ArticleKey;
use crate::document::Document;
use crate::hits::{Place, StoredArticle};
use crate::query::QueryError;
use ranking::StreamTerm;

pub use located::Located;
pub use plan::{Clause, Matching, Named, Plan, Word};
pub use ranking::{Ranking, Scoring, Statistics, Stream};

/// What an engine can do beyond the common ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Outlives the process.
    pub durable: bool,
    /// Orders by the values of `kind.class`, not of kinds only.
    pub sort_by_class: bool,
}

/// A kind of engine.
#[derive(Debug)]
pub struct EngineRow {
    pub name: &'static str,
    pub about: &'static str,
    pub capabilities: Capabilities,
}

/// Every engine.
pub const ENGINES: &[EngineRow] = &[
    EngineRow { name: "tantivy", about: "an index in a folder on this machine", capabilities: Capabilities { durable: true, sort_by_class: true } },
    EngineRow {
        name: "memory",
        about: "brute force over documents in memory: the oracle of the tests",
        capabilities: Capabilities { durable: false, sort_by_class: true },
    },
];

/// Why an engine cannot answer or store.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("no index at {0}")]
    Missing(String),
    #[error("the index at {0} is being written by another process")]
    Locked(String),
    #[error("the index at {path} is of format {found}, and this program reads format {expected}")]
    Version { path: String, found: String, expected: String },
    #[error("the index at {path} cannot be read: {cause}")]
    Unreadable { path: String, cause: String },
    #[error("the index at {path} is damaged: {cause}")]
    Damaged { path: String, cause: String },
    #[error("the index at {path} cannot be written: {cause}")]
    Write { path: String, cause: String },
    /// A prefix that too many words begin with.
    #[error("{0}")]
    TooBroad(String),
    #[error("the search failed: {0}")]
    Search(String),
}

/// Why the system refused, in its own words only where ours have none.
pub fn io_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "its folder is not there".to_string(),
        io::ErrorKind::PermissionDenied => "permission denied".to_string(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "no space left on the device".to_string(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_string(),
        _ => error.to_string(),
    }
}

/// What is wrong with a line of JSON, without the names of our types.
pub fn json_words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let cause = text.split(" at line ").next().unwrap_or_default();
    let cause = cause.split(", expected struct").next().unwrap_or_default();
    format!("{cause} at column {}", error.column())
}

/// Why a question got no answer: it cannot be read, or the engine cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// A document inside one opened engine. Its meaning ends when the engine is reopened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId(pub u64);

/// Order of [`Engine::rank`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    Score,
    Newest,
    Oldest,
    /// Largest value of a count path first.
    Count(String),
}

/// A document in its order. Equal keys are ordered by `place.key_hash`, ascending; documents without a key come last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked {
    pub id: DocumentId,
    pub place: Place,
    pub story: u64,
}

/// Which values to count: those of one column, or of several read as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// Keyword columns of [`crate::document::FIELDS`].
    Keywords(&'static [&'static str]),
    /// Months, `2025-05`.
    Month,
    /// Years.
    Year,
}

/// A facet to count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Want {
    pub column: Column,
    /// How many values; exact counts for all of them.
    pub limit: usize,
}

/// Counts of one column: value and articles, most first, equal counts by value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnCounts {
    pub values: Vec<(String, u64)>,
    pub missing: u64,
    pub total_values: u64,
}

/// The second pass over the matches: how many, and their facets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    pub articles: u64,
    pub stories: u64,
    /// Matches in each of the stories asked for, less the one that the others are copies of.
    pub copies: Vec<u64>,
    pub facets: Vec<ColumnCounts>,
}

/// When a matching article was published, and the values of a count path in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    pub id: DocumentId,
    /// [`crate::date::Date::local_seconds`] of its publication date.
    pub local: Option<i64>,
    pub story: u64,
    /// Largest value of the path asked for.
    pub value: Option<i64>,
}

/// The primitives of reading. Every method sees the last commit at the time the engine was opened.
pub trait Engine: Sync {
    fn row(&self) -> &'static EngineRow;

    /// The first `limit` matches in an order, behind `after`. `scoring` serves [`Order::Score`] alone.
    ///
    /// # Errors
    /// When the engine fails.
    fn rank(&self, clause: &Clause, order: &Order, limit: usize, after: Option<&Place>, scoring: &Scoring) -> Result<Vec<Ranked>, EngineError>;

    /// How many articles and terms there are, and how many articles have each of `terms`; replaced articles may still count.
    ///
    /// # Errors
    /// When the engine fails.
    fn statistics(&self, terms: &BTreeSet<StreamTerm>) -> Result<Statistics, EngineError>;

    /// By document, where each code of first letters first stands in its body.
    ///
    /// # Errors
    /// When the engine fails.
    fn first_positions(&self, ids: &[DocumentId], codes: &[String]) -> Result<Vec<Vec<Option<u32>>>, EngineError>;

    /// What a document's score is made of: its length in terms, and how often it has each of `terms`.
    ///
    /// # Errors
    /// When the engine fails.
    fn frequencies_in(&self, id: DocumentId, terms: &BTreeSet<StreamTerm>) -> Result<FrequenciesIn, EngineError>;

    /// Words of the archive that begin with `prefix`, at most `distance` letters (0 to 2) from a folded word, with the number of
    /// articles that have each.
    ///
    /// # Errors
    /// When the engine fails.
    fn similar(&self, exact: &str, distance: u8, prefix: &str) -> Result<Vec<(String, u64)>, EngineError>;

    /// Totals and facets of all matches, and how many of them belong to each of `stories`.
    ///
    /// # Errors
    /// When the engine fails.
    fn tally(&self, clause: &Clause, wants: &[Want], stories: &[u64]) -> Result<Tally, EngineError>;

    /// What an unlisted entity is called: the name as most articles write it, of equals the first in the alphabet.
    ///
    /// # Errors
    /// When the engine fails.
    fn name_of(&self, entity: &str) -> Result<Option<String>, EngineError>;

    /// Date and count value of every match.
    ///
    /// # Errors
    /// When the engine fails.
    fn moments(&self, clause: &Clause, path: Option<&str>) -> Result<Vec<Moment>, EngineError>;

    /// Every match, ordered by key hash.
    ///
    /// # Errors
    /// When the engine fails.
    fn matching(&self, clause: &Clause) -> Result<Vec<DocumentId>, EngineError>;

    /// Title and body of an article: less work than all of it.
    ///
    /// # Errors
    /// When they cannot be read.
    fn texts(&self, id: DocumentId) -> Result<(String, String), EngineError>;

    /// An article as stored.
    ///
    /// # Errors
    /// When it cannot be read or decoded.
    fn load(&self, id: DocumentId) -> Result<StoredArticle, EngineError>;

    /// Whether a key is stored, and with which content hash and model version.
    ///
    /// # Errors
    /// When the engine fails.
    fn stored(&self, key: ArticleKey) -> Result<Option<StoredState>, EngineError>;

    /// Stored articles that share a near-duplicate band with their stories, one entry a band and article.
    ///
    /// # Errors
    /// When the engine fails.
    fn band_holders(&self, bands: &[u64]) -> Result<Vec<(DocumentId, u64)>, EngineError>;

    /// The text given to the last commit.
    fn payload(&self) -> Option<&str>;

    /// The number of the last commit; 0 where its text tells none.
    fn seq(&self) -> u64 {
        let ledger = self.payload().and_then(|payload| serde_json::from_str::<serde_json::Value>(payload).ok());
        ledger.and_then(|ledger| ledger.get("seq").and_then(serde_json::Value::as_u64)).unwrap_or_default()
    }
}

/// What a document's score is made of.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FrequenciesIn {
    /// Terms of one stream; as engines keep it, which may be rounded.
    pub length: f64,
    pub frequencies: BTreeMap<StreamTerm, u32>,
}

/// What the "unchanged" test needs of a stored article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredState {
    pub content_hash: u64,
    pub model_version: u64,
    /// The commit that first had it.
    pub added: u64,
}

/// The primitives of writing. Nothing is visible or durable before a commit.
pub trait EngineWriter {
    /// Adds a document, or replaces the one of the same key where `replaces`.
    ///
    /// # Errors
    /// When it cannot be taken; the writer is of no use any more then.
    fn put(&mut self, document: Document, replaces: bool) -> Result<(), EngineError>;

    /// Makes everything put so far durable, together with `payload`.
    ///
    /// # Errors
    /// When it cannot; the writer is of no use any more then, and the last commit stands.
    fn commit(&mut self, payload: &str) -> Result<(), EngineError>;
}

/// Opens the index in a folder for reading.
///
/// # Errors
/// When there is none, or it is damaged or of another version.
pub fn open(path: &Path) -> Result<tantivy::TantivyEngine, EngineError> {
    tantivy::TantivyEngine::open(path)
}
