//! What every engine answers: hits, snippets, facets, bins, rows.

use crate::article::{ArticleKey, LanguageCode, Status};
use crate::document::Record;
use crate::query::Sort;

/// An article as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredArticle {
    pub key: ArticleKey,
    pub title: String,
    pub body: String,
    pub language: LanguageCode,
    pub source: Option<String>,
    pub url: Option<String>,
    pub story: u64,
    pub status: Status,
    pub record: Record,
}

/// A range of code points in a text, half-open.
pub type Mark = (usize, usize);

/// A passage of the body with what matched in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// Code points of the body, half-open.
    pub start: usize,
    pub end: usize,
    pub text: String,
    /// Counted from the beginning of `text`.
    pub marks: Vec<Mark>,
}

/// A matching article, or the best of a story.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// From 1, counted through all pages.
    pub rank: usize,
    pub score: f32,
    pub article: StoredArticle,
    /// Further articles of the same story among the matches of this page; `None` when hits are not grouped.
    pub copies: u64,
    pub title_marks: Vec<Mark>,
    pub snippets: Vec<Snippet>,
    /// Indices of the counts that fit the question best.
    pub counts: Vec<usize>,
}

/// A value of a facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetValue {
    /// What the filter of the field accepts back.
    pub value: String,
    pub label: String,
    /// Language of the label.
    pub language: Option<String>,
    pub parents: Vec<String>,
    pub count: u64,
    pub selected: bool,
    pub excluded: bool,
}

/// Counts of hits by a field's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCounts {
    pub field: String,
    pub values: Vec<FacetValue>,
    /// Matching articles without a value.
    pub missing: u64,
    pub total_values: u64,
    pub truncated: bool,
}

/// A name in the question and who it was taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadEntity {
    pub text: String,
    pub entity: Option<String>,
    pub label: String,
}

/// How a question was understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadQuery {
    pub text: String,
    pub read: String,
    pub exact: bool,
    pub entities: Vec<ReadEntity>,
    /// `stop_words_dropped`, `matched_any`, …
    pub notes: Vec<String>,
    /// Other spellings of words that find little.
    pub did_you_mean: Vec<Suggestion>,
}

/// A spelling of the archive near a word of the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The word, folded.
    pub word: String,
    pub instead: String,
    /// Articles that have it.
    pub articles: u64,
}

/// The answer to a search.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchResponse {
    pub query: ReadQuery,
    pub articles: u64,
    pub stories: u64,
    pub grouped: bool,
    pub sort: Sort,
    pub took_ms: u64,
    pub hits: Vec<Hit>,
    pub facets: Vec<FacetCounts>,
    pub cursor: Option<String>,
}

/// The place in an order that a page ended at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Score, seconds or count value of the last hit; `None` when it had none.
    pub key: Option<f64>,
    pub key_hash: i64,
}

/// A bin of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Bin {
    pub name: String,
    /// First day, and the day behind the last.
    pub start: String,
    pub end: String,
    pub articles: u64,
    pub stories: u64,
    /// With `--of count:…`.
    pub value: Option<f64>,
    /// The article that gave a maximum.
    pub from: Option<ArticleKey>,
}

/// The answer to a timeline question.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    pub query: ReadQuery,
    pub bins: Vec<Bin>,
    pub undated: (u64, u64),
    pub imprecise: (u64, u64),
    pub took_ms: u64,
}
