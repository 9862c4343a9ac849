//! The oracle: documents in a list, every question answered by looking at all of them. Slow and plain on purpose; what it
//! selects, counts and orders, the other engines must too. Its scores follow the same formula, with article lengths as they are where an index rounds them.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::ranking::StreamTerm;
use super::{
    Clause, Column, ColumnCounts, DocumentId, ENGINES, Engine, EngineError, EngineRow, EngineWriter, FrequenciesIn, Located, Matching, Moment, Order, Ranked,
    Scoring, Statistics, StoredState, Stream, Tally, Want, Word,
};
use crate::analysis::SENTINEL;
use crate::article::ArticleKey;
use crate::document::{Document, model_version, name_term, year_month};
use crate::hits::{Place, StoredArticle};
use crate::language::letters::letters_apart;

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
        self.documents.iter().enumerate().filter(move |(id, document)| holds(*id, document, clause))
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

fn holds(id: usize, document: &Document, clause: &Clause) -> bool {
    match clause {
        Clause::All => true,
        Clause::Nothing => false,
        Clause::Words { words, by } => {
            let has = |word: &Word| {
                *by == Matching::Loose && terms(&document.streams.text_p4).any(|term| term == word.p4)
                    || terms(&document.streams.text_exact).any(|term| term == word.exact)
                    || terms(&document.streams.text_stem).any(|term| word.stems.iter().any(|stem| stem == term))
            };
            let mut selecting = words.iter().filter(|word| word.selects);
            if *by == Matching::All { selecting.all(has) } else { selecting.any(has) }
        }
        Clause::Located { field, node } => node.occurs(&mut |leaf| positions(document, field, leaf)),
        Clause::Fuzzy { term: wanted, distance } => {
            let wanted: Vec<char> = wanted.chars().collect();
            terms(&document.streams.text_exact).any(|term| term != SENTINEL && letters_apart(&wanted, term) <= usize::from(*distance))
        }
        // What is left to the stored text has been looked up there before.
        Clause::Literal { inner, .. } => holds(id, document, inner),
        Clause::Documents(ids) => ids.binary_search(&DocumentId(id as u64)).is_ok(),
        Clause::Added { from, until } => (*from..=*until).contains(&document.added),
        Clause::Prefix(prefix) => terms(&document.streams.text_exact).any(|term| term != SENTINEL && term.starts_with(prefix.as_str())),
        Clause::Keyword { field: "lang", values } => values.iter().any(|value| value == document.language.as_str()),
        Clause::Keyword { field, values } => keywords(document, field).iter().any(|own| values.iter().any(|value| value == own)),
        Clause::Published { from, until } => document.local.is_some_and(|when| from.is_none_or(|from| when >= from) && until.is_none_or(|until| when < until)),
        Clause::Undated => document.local.is_none(),
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
        Clause::And(parts) => parts.iter().all(|part| holds(id, document, part)),
        Clause::Or(parts) => parts.iter().any(|part| holds(id, document, part)),
        Clause::Not(inner) => !holds(id, document, inner),
    }
}

/// Where a term, or the terms of a prefix, stand in a stream of exact terms.
fn positions(document: &Document, field: &str, leaf: &Located) -> Vec<u32> {
    let stream = if field == "title_exact" { &document.streams.title_exact } else { &document.streams.text_exact };
    let fits = |term: &str| match leaf {
        Located::Term(wanted) => term == wanted,
        Located::Prefix(prefix) => term != SENTINEL && term.starts_with(prefix.as_str()),
        _ => false,
    };
    terms(stream).enumerate().filter(|(_, term)| fits(term)).map(|(at, _)| at as u32).collect()
}

fn stream(document: &Document, stream: Stream) -> &str {
    match stream {
        Stream::Exact => &document.streams.text_exact,
        Stream::Stem => &document.streams.text_stem,
        Stream::P4 => &document.streams.text_p4,
    }
}

/// The formula of [`super::ranking`], with lengths as they are.
fn score(id: usize, document: &Document, clause: &Clause, scoring: &Scoring) -> f64 {
    match clause {
        Clause::Words { .. } | Clause::Located { .. } => {
            let frequencies = frequencies_in(document, &clause.stream_terms());
            super::ranking::score(clause, &frequencies, scoring)
        }
        Clause::And(parts) | Clause::Or(parts) => parts.iter().filter(|part| holds(id, document, part)).map(|part| score(id, document, part, scoring)).sum(),
        Clause::Literal { inner, .. } => score(id, document, inner, scoring),
        Clause::Prefix(_) | Clause::Fuzzy { .. } => super::ranking::PATTERN_SCORE,
        _ => 0.0,
    }
}

fn frequencies_in(document: &Document, wanted: &BTreeSet<StreamTerm>) -> FrequenciesIn {
    let frequencies = wanted.iter().map(|(of, term)| ((*of, term.clone()), terms(stream(document, *of)).filter(|other| other == term).count() as u32));
    FrequenciesIn { length: terms(&document.streams.text_exact).count() as f64, frequencies: frequencies.collect() }
}

impl Engine for MemoryEngine {
    fn row(&self) -> &'static EngineRow {
        &ENGINES[1]
    }

    fn rank(&self, clause: &Clause, order: &Order, limit: usize, after: Option<&Place>, scoring: &Scoring) -> Result<Vec<Ranked>, EngineError> {
        let mut ranked: Vec<Ranked> = self
            .matches(clause)
            .map(|(index, document)| {
                let key = match order {
                    Order::Score => Some(score(index, document, clause, scoring)),
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
        let in_story = |story: &u64| matches.iter().filter(|document| document.story == *story).count() as u64;
        let copies = stories.iter().map(|story| in_story(story).saturating_sub(1)).collect();
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
        Ok(Tally { articles: matches.len() as u64, stories: all_stories.len() as u64, copies, facets })
    }

    fn statistics(&self, wanted: &BTreeSet<StreamTerm>) -> Result<Statistics, EngineError> {
        let has = |document: &Document, of: Stream, wanted: &str| terms(stream(document, of)).any(|term| term == wanted);
        let frequency = |of: Stream, term: &str| self.documents.iter().filter(|document| has(document, of, term)).count() as u64;
        Ok(Statistics {
            articles: self.documents.len() as u64,
            tokens: self.documents.iter().map(|document| terms(&document.streams.text_exact).count() as u64).sum(),
            frequencies: wanted.iter().map(|(of, term)| ((*of, term.clone()), frequency(*of, term))).collect(),
        })
    }

    fn first_positions(&self, ids: &[DocumentId], codes: &[String]) -> Result<Vec<Vec<Option<u32>>>, EngineError> {
        // What stands behind the sentinel is the title.
        let body = |document: &'_ Document| terms(&document.streams.text_p4).take_while(|term| *term != SENTINEL).map(str::to_string).collect::<Vec<_>>();
        ids.iter()
            .map(|id| {
                let document = self.documents.get(id.0 as usize).ok_or_else(|| EngineError::Search(format!("no document {}", id.0)))?;
                let body = body(document);
                Ok(codes.iter().map(|code| body.iter().position(|term| term == code).map(|at| at as u32)).collect())
            })
            .collect()
    }

    fn frequencies_in(&self, id: DocumentId, wanted: &BTreeSet<StreamTerm>) -> Result<FrequenciesIn, EngineError> {
        let document = self.documents.get(id.0 as usize).ok_or_else(|| EngineError::Search(format!("no document {}", id.0)))?;
        Ok(frequencies_in(document, wanted))
    }

    fn similar(&self, exact: &str, distance: u8, prefix: &str) -> Result<Vec<(String, u64)>, EngineError> {
        let letters: Vec<char> = exact.chars().collect();
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for document in &self.documents {
            let words: BTreeSet<&str> = terms(&document.streams.text_exact).filter(|term| *term != SENTINEL).collect();
            for word in words.into_iter().filter(|word| word.starts_with(prefix) && letters_apart(&letters, word) <= usize::from(distance)) {
                *counts.entry(word).or_default() += 1;
            }
        }
        Ok(counts.into_iter().map(|(word, count)| (word.to_string(), count)).collect())
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
            .map(|(index, document)| Moment { id: DocumentId(index as u64), local: document.local, story: document.story, value: value(document) })
            .collect())
    }

    fn matching(&self, clause: &Clause) -> Result<Vec<DocumentId>, EngineError> {
        let mut found: Vec<(i64, u64)> = self.matches(clause).map(|(index, document)| (document.key.hash(), index as u64)).collect();
        found.sort_unstable();
        Ok(found.into_iter().map(|(_, id)| DocumentId(id)).collect())
    }

    fn texts(&self, id: DocumentId) -> Result<(String, String), EngineError> {
        let document = self.documents.get(id.0 as usize).ok_or_else(|| EngineError::Search(format!("no document {}", id.0)))?;
        Ok((document.title.clone(), document.body.clone()))
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

    fn band_holders(&self, bands: &[u64]) -> Result<Vec<(DocumentId, u64)>, EngineError> {
        let documents = self.documents.iter().enumerate();
        let shared = |document: &Document| bands.iter().filter(|band| document.story_bands.contains(band)).count();
        Ok(documents.flat_map(|(id, document)| std::iter::repeat_n((DocumentId(id as u64), document.story), shared(document))).collect())
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
    let month = document.local.and_then(year_month);
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
