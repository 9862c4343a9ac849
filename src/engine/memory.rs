//! The oracle: documents in a list, every question answered by looking at all of them. Slow and plain on purpose; what it
//! selects, counts and orders, the other engines must too. Its scores are its own: only their order by relevance may differ.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::{Clause, Column, ColumnCounts, DocumentId, ENGINES, Engine, EngineError, EngineRow, EngineWriter, Moment, Order, Ranked, StoredState, Tally, Want};
use crate::analysis::SENTINEL;
use crate::article::ArticleKey;
use crate::document::{Document, model_version, name_term, year_month};
use crate::hits::{Place, StoredArticle};

/// Documents in memory.
#[derive(Default)]
pub struct MemoryEngine {
    documents: Vec<Document>,
    payload: Option<String>,
}

impl MemoryEngine {
    pub fn new() -> MemoryEngine {
        MemoryEngine::default()
    }

    fn matches(&self, clause: &Clause) -> impl Iterator<Item = (usize, &Document)> {
        self.documents.iter().enumerate().filter(move |(_, document)| holds(document, clause))
    }
}

/// The terms of a stream, sentinels among them: they keep phrases from crossing.
fn terms(stream: &str) -> impl Iterator<Item = &str> {
    stream.split(' ').filter(|term| !term.is_empty())
}

fn keywords<'d>(document: &'d Document, field: &str) -> Vec<&'d str> {
    let list = |values: &'d [String]| values.iter().map(String::as_str).collect();
    match field {
        "people" => list(&document.people),
        "orgs" => list(&document.orgs),
        "place_l1" => list(&document.place_l1),
        "place_l2" => list(&document.place_l2),
        "place_l3" => list(&document.place_l3),
        "source" => document.source.as_deref().into_iter().collect(),
        "count_kinds" => document.count_kinds().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}

fn holds(document: &Document, clause: &Clause) -> bool {
    match clause {
        Clause::All => true,
        Clause::Nothing => false,
        Clause::Word(word) => {
            terms(&document.streams.text_exact).any(|term| term == word.exact) || terms(&document.streams.text_stem).any(|term| term == word.stem)
        }
        Clause::Phrase { field, terms: wanted } => {
            let stream = if *field == "title_exact" { &document.streams.title_exact } else { &document.streams.text_exact };
            let found: Vec<&str> = terms(stream).collect();
            !wanted.is_empty() && found.windows(wanted.len()).any(|window| window.iter().zip(wanted).all(|(a, b)| a == b))
        }
        Clause::Prefix(prefix) => terms(&document.streams.text_exact).any(|term| term != SENTINEL && term.starts_with(prefix.as_str())),
        Clause::Keyword { field: "lang", values } => values.iter().any(|value| value == document.language.as_str()),
        Clause::Keyword { field, values } => keywords(document, field).iter().any(|own| values.iter().any(|value| value == own)),
        Clause::Published { from, until } => {
            document.published.is_some_and(|when| from.is_none_or(|from| when >= from) && until.is_none_or(|until| when < until))
        }
        Clause::Undated => document.published.is_none(),
        Clause::Count { path, places: None, min, max } => {
            let in_range = |value: i64| min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max);
            document.counts.get(path).is_some_and(|values| values.iter().any(|value| in_range(*value)))
        }
        Clause::Count { path, places: Some(places), min, max } => places.iter().any(|place| {
            let (low, high) = Clause::count_terms(path, place, *min, *max);
            document.count_kv.iter().any(|term| *term >= low && *term <= high)
        }),
        Clause::KeyPrefix(prefix) => document.key.text().starts_with(prefix.as_str()),
        Clause::Story(story) => document.story == *story,
        Clause::And { required, .. } => required.iter().all(|part| holds(document, part)),
        Clause::Or(parts) => parts.iter().any(|part| holds(document, part)),
        Clause::Not(inner) => !holds(document, inner),
    }
}

/// Occurrences of the words: enough to tell more from less.
fn score(document: &Document, clause: &Clause) -> f64 {
    match clause {
        Clause::Word(word) => {
            let count = |stream: &str, wanted: &str| terms(stream).filter(|term| *term == wanted).count() as f64;
            count(&document.streams.text_stem, &word.stem)
                + 0.3 * count(&document.streams.text_exact, &word.exact)
                + 0.5 * count(&document.streams.text_p4, &word.p4)
        }
        Clause::And { required, scoring } => required.iter().chain(scoring).map(|part| score(document, part)).sum(),
        Clause::Or(parts) => parts.iter().map(|part| score(document, part)).sum(),
        Clause::Phrase { .. } | Clause::Prefix(_) => 1.0,
        _ => 0.0,
    }
}

impl Engine for MemoryEngine {
    fn row(&self) -> &'static EngineRow {
        &ENGINES[1]
    }

    fn rank(&self, clause: &Clause, order: &Order, limit: usize, after: Option<&Place>) -> Result<Vec<Ranked>, EngineError> {
        let mut ranked: Vec<Ranked> = self
            .matches(clause)
            .map(|(index, document)| {
                let key = match order {
                    Order::Score => Some(score(document, clause)),
                    Order::Newest | Order::Oldest => document.published.map(|when| when as f64),
                    Order::Count(path) => document.counts.get(path).and_then(|values| values.last()).map(|value| *value as f64),
                };
                Ranked { id: DocumentId(index as u64), place: Place { key, key_hash: document.key.hash() }, story: document.story }
            })
            .collect();
        ranked.sort_by(|a, b| compare(&a.place, &b.place, *order == Order::Oldest));
        if let Some(after) = after {
            ranked.retain(|one| compare(&one.place, after, *order == Order::Oldest).is_gt());
        }
        ranked.truncate(limit);
        Ok(ranked)
    }

    fn tally(&self, clause: &Clause, wants: &[Want], stories: &[u64]) -> Result<Tally, EngineError> {
        let matches: Vec<&Document> = self.matches(clause).map(|(_, document)| document).collect();
        let in_stories = stories.iter().map(|story| matches.iter().filter(|document| document.story == *story).count() as u64).collect();
        let all_stories: FxHashSet<u64> = matches.iter().map(|document| document.story).collect();
        let facets = wants
            .iter()
            .map(|want| {
                let mut counts: BTreeMap<String, u64> = BTreeMap::new();
                let mut missing = 0;
                for document in &matches {
                    let values = column_values(document, &want.column);
                    missing += u64::from(values.is_empty());
                    for value in values {
                        *counts.entry(value).or_default() += 1;
                    }
                }
                let total_values = counts.len() as u64;
                let mut values: Vec<(String, u64)> = counts.into_iter().collect();
                values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
                values.truncate(want.limit);
                ColumnCounts { values, missing, total_values }
            })
            .collect();
        Ok(Tally { articles: matches.len() as u64, stories: all_stories.len() as u64, in_stories, facets })
    }

    fn name_of(&self, entity: &str) -> Result<Option<String>, EngineError> {
        let prefix = name_term(entity, "");
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for name in self.documents.iter().flat_map(|document| &document.names).filter_map(|term| term.strip_prefix(&prefix)) {
            *counts.entry(name).or_default() += 1;
        }
        let best = counts.into_iter().min_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
        Ok(best.map(|(name, _)| name.to_string()))
    }

    fn moments(&self, clause: &Clause, path: Option<&str>) -> Result<Vec<Moment>, EngineError> {
        let value = |document: &Document| path.and_then(|path| document.counts.get(path)).and_then(|values| values.last().copied());
        Ok(self
            .matches(clause)
            .map(|(index, document)| Moment { id: DocumentId(index as u64), published: document.published, story: document.story, value: value(document) })
            .collect())
    }

    fn matching(&self, clause: &Clause) -> Result<Vec<DocumentId>, EngineError> {
        let mut found: Vec<(i64, u64)> = self.matches(clause).map(|(index, document)| (document.key.hash(), index as u64)).collect();
        found.sort_unstable();
        Ok(found.into_iter().map(|(_, id)| DocumentId(id)).collect())
    }

    fn load(&self, id: DocumentId) -> Result<StoredArticle, EngineError> {
        let document = self.documents.get(id.0 as usize).ok_or_else(|| EngineError::Search(format!("no document {}", id.0)))?;
        Ok(StoredArticle {
            key: document.key,
            title: document.title.clone(),
            body: document.body.clone(),
            language: document.language,
            source: document.source.clone(),
            url: document.url.clone(),
            story: document.story,
            status: document.status,
            record: document.record.clone(),
        })
    }

    fn stored(&self, key: ArticleKey) -> Result<Option<StoredState>, EngineError> {
        let found = self.documents.iter().find(|document| document.key == key);
        Ok(found.map(|document| StoredState { content_hash: document.content_hash, model_version: model_version(), added: document.added }))
    }

    fn stories_of(&self, bands: &[u64]) -> Result<Vec<u64>, EngineError> {
        let shares = |document: &Document, band: &u64| document.story_bands.contains(band);
        Ok(self.documents.iter().flat_map(|document| bands.iter().filter(|band| shares(document, band)).map(|_| document.story)).collect())
    }

    fn payload(&self) -> Option<&str> {
        self.payload.as_deref()
    }
}

/// The order of two places: larger keys first (smaller ones when ascending), none last, then by key hash.
pub fn compare(a: &Place, b: &Place, ascending: bool) -> std::cmp::Ordering {
    let by_key = match (a.key, b.key) {
        (Some(a), Some(b)) if ascending => a.total_cmp(&b),
        (Some(a), Some(b)) => b.total_cmp(&a),
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => std::cmp::Ordering::Equal,
    };
    by_key.then(a.key_hash.cmp(&b.key_hash))
}

fn column_values(document: &Document, column: &Column) -> Vec<String> {
    let month = document.published.and_then(year_month);
    match column {
        Column::Keywords(["lang"]) => vec![document.language.to_string()],
        Column::Keywords(fields) => fields.iter().flat_map(|field| keywords(document, field)).map(str::to_string).collect(),
        Column::Month => month.map(month_text).into_iter().collect(),
        Column::Year => month.map(|month| (month / 100).to_string()).into_iter().collect(),
    }
}

/// `2025-05` of 202505.
pub fn month_text(month: u64) -> String {
    format!("{:04}-{:02}", month / 100, month % 100)
}

impl EngineWriter for MemoryEngine {
    fn put(&mut self, document: Document, replaces: bool) -> Result<(), EngineError> {
        if replaces {
            self.documents.retain(|other| other.key != document.key);
        }
        self.documents.push(document);
        Ok(())
    }

    fn commit(&mut self, payload: &str) -> Result<(), EngineError> {
        self.payload = Some(payload.to_string());
        Ok(())
    }
}
