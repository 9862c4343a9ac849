//! The document: an article as every engine stores it, and the one table of its fields.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::analysis::{ANALYZER_VERSION, Analyzer, Streams, near_duplicates};
use crate::article::{Article, ArticleKey, LanguageCode, SourceLocation, Status};
use crate::date::{Date, civil_of};
use crate::extract::authority::Authority;
use crate::extract::lexicon::Qualifier;
use crate::extract::{Count, EntityKind, EntityRef, Extraction, Extractor, Mention, Tokenized};

/// How a field is stored and searched, in words every engine can follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// One or more whole terms; `column` where facets, sorting or ranges need its values by article.
    Keyword { stored: bool, column: bool },
    /// Terms joined by spaces, with frequencies; `positions` where phrases or first occurrences are asked for.
    Terms { positions: bool },
    /// Text kept as it is, not searched.
    Stored,
    /// A whole number; `terms` where single values are looked up.
    Number { terms: bool, column: bool },
    /// A signed number with a column only.
    Signed,
    /// Seconds since 1970, stored, with a column.
    Instant,
    /// Named whole numbers, a column each.
    Numbers,
    /// Bytes kept as they are.
    Bytes,
}

/// One row of [`FIELDS`].
#[derive(Debug, Clone, Copy)]
pub struct FieldRow {
    pub name: &'static str,
    pub kind: FieldKind,
    pub about: &'static str,
}

const fn row(name: &'static str, kind: FieldKind, about: &'static str) -> FieldRow {
    FieldRow { name, kind, about }
}

/// Every field, the same in every engine; schemas and mappings are made from it.
pub const FIELDS: &[FieldRow] = &[
    row("key", FieldKind::Keyword { stored: true, column: false }, "identity, 26 base32 letters; upsert by term"),
    row("key_hash", FieldKind::Signed, "last sort key of every order and cursor"),
    row("title", FieldKind::Stored, "the headline as published"),
    row("body", FieldKind::Stored, "the text as published"),
    row("text_exact", FieldKind::Terms { positions: true }, "body, sentinel, title twice: folded words; phrases and prefixes"),
    row("text_stem", FieldKind::Terms { positions: false }, "the same, stems: recall"),
    row("text_p4", FieldKind::Terms { positions: true }, "the same, first four letters: scores only"),
    row("title_exact", FieldKind::Terms { positions: true }, "the title alone"),
    row("lang", FieldKind::Keyword { stored: true, column: true }, "ISO 639 code"),
    row("source", FieldKind::Keyword { stored: true, column: true }, "the outlet"),
    row("published", FieldKind::Instant, "first instant of the publication date: the order of articles"),
    row("local", FieldKind::Signed, "the same as its own clock showed it, in seconds as if that were UTC: days and bins"),
    row("ym", FieldKind::Number { terms: false, column: true }, "month of publication, 202405"),
    row("url", FieldKind::Keyword { stored: true, column: false }, "address"),
    row("people", FieldKind::Keyword { stored: false, column: true }, "entity ids"),
    row("orgs", FieldKind::Keyword { stored: false, column: true }, "entity ids"),
    row("names", FieldKind::Keyword { stored: false, column: false }, "unlisted names: entity id, then the name as written"),
    row("place_l1", FieldKind::Keyword { stored: false, column: true }, "countries"),
    row("place_l2", FieldKind::Keyword { stored: false, column: true }, "country>region"),
    row("place_l3", FieldKind::Keyword { stored: false, column: true }, "country>region>city, `-` for what is missing"),
    row("counts", FieldKind::Numbers, "values by kind and kind.class"),
    row("count_kinds", FieldKind::Keyword { stored: false, column: true }, "kinds and kind.class that occur"),
    row("count_kv", FieldKind::Keyword { stored: false, column: false }, "one count as text: kind[.class], place, padded value"),
    row("story", FieldKind::Number { terms: true, column: true }, "near-duplicate group, 60 bits"),
    row("story_bands", FieldKind::Number { terms: true, column: false }, "MinHash bands: by them a copy finds its story"),
    row("added", FieldKind::Number { terms: false, column: true }, "the commit that first had the article"),
    row("status", FieldKind::Keyword { stored: true, column: true }, "absent when usable"),
    row("content_hash", FieldKind::Number { terms: false, column: true }, "first 8 bytes of the content hash: the unchanged test"),
    row("model_v", FieldKind::Number { terms: false, column: true }, "hash of analyzer, extractor and data versions"),
    row("record", FieldKind::Bytes, "metadata, mentions and counts with their evidence"),
];

/// What stands between the parts of a `count_kv` term: no word can hold it.
pub const UNIT_SEPARATOR: char = '\u{1F}';

/// Digits of the value in a `count_kv` term.
const VALUE_DIGITS: usize = 19;

/// An article as every engine receives it.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    pub key: ArticleKey,
    pub title: String,
    pub body: String,
    pub streams: Streams,
    pub language: LanguageCode,
    pub source: Option<String>,
    pub published: Option<i64>,
    /// [`Date::local_seconds`] of the publication date.
    pub local: Option<i64>,
    pub url: Option<String>,
    pub people: Vec<String>,
    pub orgs: Vec<String>,
    /// [`name_term`]s of the unlisted names.
    pub names: Vec<String>,
    pub place_l1: Vec<String>,
    pub place_l2: Vec<String>,
    pub place_l3: Vec<String>,
    /// Path (`killed`, `launched.drone`) → values.
    pub counts: BTreeMap<String, Vec<i64>>,
    pub count_kv: Vec<String>,
    pub story: u64,
    pub story_bands: Vec<u64>,
    /// Number of the commit that first had the article.
    pub added: u64,
    pub status: Status,
    pub content_hash: u64,
    pub record: Record,
}

/// What is kept of an article beside its text: enough to show it and to explain every facet and number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub guid: Option<String>,
    pub version: Option<String>,
    pub published: Option<Date>,
    pub updated: Option<Date>,
    pub authors: Vec<String>,
    pub section: Option<String>,
    pub tags: Vec<String>,
    pub format: String,
    pub location: SourceLocation,
    pub content_hash: [u8; 32],
    /// What this version replaced, oldest first.
    pub versions: Vec<ReplacedVersion>,
    pub extracted_with: String,
    pub entities: Vec<EntityRef>,
    pub mentions: Vec<Mention>,
    pub counts: Vec<Count>,
}

/// A version that a newer one replaced; its text is not kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplacedVersion {
    pub version: Option<String>,
    pub updated: Option<String>,
    pub hash: [u8; 32],
}

impl Record {
    /// Hashes of the entities mentioned, ascending, each once.
    pub fn name_hashes(&self) -> Vec<u64> {
        let ids = self.mentions.iter().filter_map(|mention| self.entities.get(mention.entity as usize));
        let mut hashes: Vec<u64> = ids.map(|entity| short_hash(blake3::hash(entity.id.as_bytes()).as_bytes())).collect();
        hashes.sort_unstable();
        hashes.dedup();
        hashes
    }

    /// Compact bytes.
    ///
    /// # Errors
    /// Never for a record that fits in memory; serializers say so all the same.
    pub fn to_bytes(&self) -> anyhow::Result<Vec<u8>> {
        Ok(postcard::to_stdvec(self)?)
    }

    /// # Errors
    /// When the bytes are damaged or of another version.
    pub fn from_bytes(bytes: &[u8]) -> anyhow::Result<Record> {
        Ok(postcard::from_bytes(bytes)?)
    }
}

/// The month of an instant, `202405`.
pub fn year_month(seconds: i64) -> Option<u64> {
    let when = civil_of(seconds)?;
    Some(when.year().unsigned_abs() as u64 * 100 + when.month() as u64)
}

/// A hash of everything that decides what is stored about a text: a change makes every article "changed".
pub fn model_version() -> u64 {
    *MODEL_VERSION
}

static MODEL_VERSION: LazyLock<u64> = LazyLock::new(|| {
    let hash = blake3::hash(
        format!("{ANALYZER_VERSION}\n{}\n{}\n{}", crate::extract::EXTRACTOR_VERSION, crate::extract::data_hash(), env!("CARGO_PKG_VERSION")).as_bytes(),
    );
    u64::from_le_bytes(first_8(hash.as_bytes()))
});

/// The first eight bytes of a hash.
pub fn first_8(hash: &[u8; 32]) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hash[..8]);
    bytes
}

/// The number kept of a content hash.
pub fn short_hash(hash: &[u8; 32]) -> u64 {
    u64::from_le_bytes(first_8(hash))
}

/// Makes documents: one per thread.
#[derive(Default)]
pub struct DocumentMaker {
    analyzer: Analyzer,
    extractor: Extractor,
}

impl DocumentMaker {
    pub fn new() -> DocumentMaker {
        DocumentMaker::default()
    }

    /// Names and counts of a text, without a document around them.
    pub fn extract(&mut self, title: &str, body: &str, language: LanguageCode) -> Extraction {
        self.analyzer.forget();
        let title_tokens = self.analyzer.analyze(title, language);
        let body_tokens = self.analyzer.analyze(body, language);
        self.extractor.extract(&self.analyzer, language, Tokenized { text: title, tokens: &title_tokens }, Tokenized { text: body, tokens: &body_tokens })
    }

    /// The document of an article. Its story is its own until the pipeline finds it an older one.
    pub fn make(&mut self, article: Article) -> Document {
        let understood = self.understand(&article);
        document(article, understood)
    }

    /// What an article's text says; a fault in here leaves the article whole.
    pub fn understand(&mut self, article: &Article) -> Understood {
        self.analyzer.forget();
        let title_tokens = self.analyzer.analyze(&article.title, article.language);
        let body_tokens = self.analyzer.analyze(&article.body, article.language);
        let extraction = self.extractor.extract(
            &self.analyzer,
            article.language,
            Tokenized { text: &article.title, tokens: &title_tokens },
            Tokenized { text: &article.body, tokens: &body_tokens },
        );
        Understood {
            extraction,
            streams: Streams::join(&self.analyzer, &title_tokens, &body_tokens),
            story_bands: near_duplicates::bands(&self.analyzer, &body_tokens),
        }
    }
}

/// What an article's text says.
#[derive(Debug)]
pub struct Understood {
    extraction: Extraction,
    streams: Streams,
    story_bands: Vec<u64>,
}

/// An article and what its text says, as engines take them.
pub fn document(article: Article, understood: Understood) -> Document {
    let Understood { extraction, streams, story_bands } = understood;
    let mut document = Document {
        key: article.key,
        streams,
        language: article.language,
        source: article.source,
        published: article.published.as_ref().map(|date| date.seconds),
        local: article.published.as_ref().and_then(Date::local_seconds),
        url: article.url,
        people: Vec::new(),
        orgs: Vec::new(),
        names: Vec::new(),
        place_l1: Vec::new(),
        place_l2: Vec::new(),
        place_l3: Vec::new(),
        counts: BTreeMap::new(),
        count_kv: Vec::new(),
        story: article.key.opened_story(),
        story_bands,
        added: 0,
        status: article.status,
        content_hash: short_hash(&article.content_hash),
        record: Record {
            guid: article.guid,
            version: article.version,
            published: article.published,
            updated: article.updated,
            authors: article.authors,
            section: article.section,
            tags: article.tags,
            format: article.format.to_string(),
            location: article.location,
            content_hash: article.content_hash,
            versions: Vec::new(),
            extracted_with: crate::extract::EXTRACTOR_VERSION.to_string(),
            entities: extraction.entities,
            mentions: extraction.mentions,
            counts: extraction.counts,
        },
        title: article.title,
        body: article.body,
    };
    document.fill_names(Authority::bundled());
    document.fill_counts(Authority::bundled());
    document
}

impl Document {
    fn fill_names(&mut self, authority: &Authority) {
        let mut used = vec![false; self.record.entities.len()];
        for mention in &self.record.mentions {
            if let Some(slot) = used.get_mut(mention.entity as usize) {
                *slot = true;
            }
        }
        for (entity, _) in self.record.entities.iter().zip(used).filter(|(_, used)| *used) {
            if !entity.name.is_empty() {
                self.names.push(name_term(&entity.id, &entity.name));
            }
            match entity.kind {
                EntityKind::Person => self.people.push(entity.id.clone()),
                EntityKind::Organization => self.orgs.push(entity.id.clone()),
                EntityKind::Place => {
                    let path = authority.place_path(&entity.id);
                    let or_dash = |part: &Option<String>| part.clone().unwrap_or_else(|| "-".to_string());
                    if let Some(country) = &path.country {
                        self.place_l1.push(country.clone());
                    }
                    if let Some(region) = &path.region {
                        self.place_l2.push(format!("{}>{region}", or_dash(&path.country)));
                    }
                    if let Some(city) = &path.city {
                        self.place_l3.push(format!("{}>{}>{city}", or_dash(&path.country), or_dash(&path.region)));
                    }
                }
            }
        }
        for values in [&mut self.people, &mut self.orgs, &mut self.names, &mut self.place_l1, &mut self.place_l2, &mut self.place_l3] {
            values.sort();
            values.dedup();
        }
    }

    fn fill_counts(&mut self, authority: &Authority) {
        for count in &self.record.counts {
            // A range enters with both ends, a vague count with what it allows at least; a negated one says that nothing happened.
            let Some(low) = count.value.or(count.min).or(count.max).filter(|_| !count.negated) else { continue };
            let mut values = vec![low];
            values.extend(count.max.filter(|high| count.qualifier == Qualifier::Range && *high != low));
            let place = count.place.and_then(|place| self.record.entities.get(place as usize));
            let mut places = vec![String::new()];
            if let Some(place) = place {
                places.extend(authority.place_path(&place.id).ids().cloned());
            }
            for kind in &count.kinds {
                for path in [kind.clone(), format!("{kind}.{}", count.object.class)] {
                    for value in &values {
                        self.counts.entry(path.clone()).or_default().push(*value);
                        for place in &places {
                            self.count_kv.push(count_term(&path, place, *value));
                        }
                    }
                }
            }
        }
        for values in self.counts.values_mut() {
            values.sort_unstable();
            values.dedup();
        }
        self.count_kv.sort();
        self.count_kv.dedup();
    }

    /// The paths of [`Document::counts`].
    pub fn count_kinds(&self) -> impl Iterator<Item = &String> {
        self.counts.keys()
    }

    /// Bytes the document takes on its way to an engine, about.
    pub fn byte_len(&self) -> usize {
        self.title.len() + self.body.len() + self.streams.text_exact.len() + self.streams.text_stem.len() + self.streams.text_p4.len() + 2_048
    }
}

/// A count as one term, so that a range of terms ties kind, class, place and value: path, place (or nothing), padded value.
pub fn count_term(path: &str, place: &str, value: i64) -> String {
    let value = value.max(0);
    format!("{path}{UNIT_SEPARATOR}{place}{UNIT_SEPARATOR}{value:0VALUE_DIGITS$}")
}

/// Longest name kept as a term, in bytes: a label is read, not searched.
const LONGEST_NAME: usize = 400;

/// An unlisted entity with its name as written: the engine tells by these terms what an entity is called.
pub fn name_term(id: &str, name: &str) -> String {
    let end = (0..=LONGEST_NAME.min(name.len())).rev().find(|&end| name.is_char_boundary(end)).unwrap_or(0);
    format!("{id}{UNIT_SEPARATOR}{}", &name[..end])
}

/// The innermost id of a place path term: the last part.
pub fn innermost_place(path: &str) -> &str {
    path.rsplit('>').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_names_are_unique() {
        let mut names: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FIELDS.len());
    }

    #[test]
    fn count_terms_sort_by_value() {
        assert!(count_term("killed", "Q1", 9) < count_term("killed", "Q1", 10));
        assert!(count_term("killed", "", 9) < count_term("killed", "Q1", 0));
        assert_eq!(count_term("killed", "", 5).len(), "killed".len() + 2 + VALUE_DIGITS);
    }

    #[test]
    fn months() {
        assert_eq!(year_month(0), Some(197_001));
        assert_eq!(year_month(1_747_560_600), Some(202_505));
    }
}
