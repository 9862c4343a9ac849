//! The index in a folder: tantivy underneath, a manifest on top.
//!
//! ```text
//! index/fihris.json      the manifest: format, versions, and which store is live
//! index/store-0001/      tantivy's files; never edited in place: another schema is another store
//! index/quarantine/      records that could not become articles
//! ```
//! tantivy's own query parser, snippets, facets and stock aggregations are not used: their traps are listed in the design.

mod clause;
mod collect;
mod columns;
mod facets;
mod folder;
mod ordinals;
mod rows;
pub mod schema;
mod scored;
mod writer;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde::{Deserialize, Serialize};
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{DocAddress, DocSet, Index, ReloadPolicy, Searcher, TERMINATED, TantivyDocument, TantivyError, Term};

use super::ranking::StreamTerm;
use super::{
    Clause, DocumentId, ENGINES, Engine, EngineError, EngineRow, FrequenciesIn, Moment, Order, Ranked, Scoring, Statistics, StoredState, Tally, Want, io_words,
    json_words,
};
use crate::analysis::{ANALYZER_VERSION, SENTINEL};
use crate::article::{ArticleKey, LanguageCode, Status};
use crate::document::{FIELDS, Record, name_term};
use crate::extract::EXTRACTOR_VERSION;
use crate::hits::{Place, StoredArticle};
use columns::{SegmentColumns, keyword_fields};
use folder::Folder;
use ordinals::GlobalOrdinals;
use rows::Rows;
use schema::Fields;

pub use writer::TantivyWriter;

/// Name of the manifest in the index folder.
const MANIFEST: &str = "fihris.json";

/// The layout this program writes.
pub const FORMAT: u32 = 1;

/// Articles of a segment from which it is worth a thread: several such segments are searched side by side.
const SIDE_BY_SIDE: u32 = 10_000;

/// Bytes of rows that a warm engine keeps: enough for a million articles and more.
const ROW_BYTES: usize = 256 << 20;

/// What an index folder says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// The oldest program format that may read it.
    pub min_reader: u32,
    /// Folder of the live store.
    pub store: String,
    pub schema_hash: String,
    pub analyzer: String,
    pub extractor: String,
    pub created_by: String,
}

impl Manifest {
    fn current(store: &str) -> Manifest {
        Manifest {
            format: FORMAT,
            min_reader: FORMAT,
            store: store.to_string(),
            schema_hash: schema_hash(),
            analyzer: ANALYZER_VERSION.to_string(),
            extractor: EXTRACTOR_VERSION.to_string(),
            created_by: concat!("fihris ", env!("CARGO_PKG_VERSION")).to_string(),
        }
    }

    /// Reads the manifest of an index folder.
    ///
    /// # Errors
    /// When there is none, it cannot be read, or this program cannot read the index.
    pub fn read(path: &Path) -> Result<Manifest, EngineError> {
        let shown = path.display().to_string();
        let bytes = match fs::read(path.join(MANIFEST)) {
            Ok(bytes) => bytes,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Err(EngineError::Missing(shown)),
            Err(error) => return Err(EngineError::Unreadable { path: shown, cause: format!("{MANIFEST}: {}", io_words(&error)) }),
        };
        let damaged = |cause: String| EngineError::Damaged { path: path.display().to_string(), cause: format!("{MANIFEST}: {cause}") };
        // The format decides before the rest is looked at: a newer manifest may hold other fields.
        let format = serde_json::from_slice::<serde_json::Value>(&bytes).map_err(|error| damaged(json_words(&error)))?;
        let min_reader =
            format.get("min_reader").and_then(serde_json::Value::as_u64).ok_or_else(|| damaged("expected a number in \"min_reader\"".to_string()))?;
        if min_reader > u64::from(FORMAT) {
            return Err(EngineError::Version { path: shown, found: min_reader.to_string(), expected: FORMAT.to_string() });
        }
        let manifest: Manifest = serde_json::from_value(format).map_err(|error| damaged(json_words(&error)))?;
        if manifest.store.contains(['/', '\\']) || manifest.store.starts_with('.') {
            return Err(damaged(format!("expected the name of a folder in \"store\", found {:?}", manifest.store)));
        }
        if manifest.schema_hash != schema_hash() || manifest.analyzer != ANALYZER_VERSION {
            return Err(EngineError::Version {
                path: shown,
                found: format!("{} ({}, {})", manifest.format, manifest.analyzer, manifest.schema_hash),
                expected: format!("{FORMAT} ({ANALYZER_VERSION}, {})", schema_hash()),
            });
        }
        Ok(manifest)
    }

    /// Writes the manifest beside the old one and puts it in its place.
    fn write(&self, path: &Path) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(self).map_err(io::Error::other)?;
        text.push(b'\n');
        folder::replace(&path.join(MANIFEST), &text)?;
        fs::File::open(path)?.sync_all()
    }
}

/// A hash of the field table: an index of another table cannot be read.
fn schema_hash() -> String {
    let table = FIELDS.iter().map(|field| format!("{} {:?}", field.name, field.kind)).collect::<Vec<_>>().join("\n");
    blake3::hash(table.as_bytes()).to_hex()[..16].to_string()
}

/// What is wrong with a file whose name is not told.
const CHANGED: &str = "a file of it is cut short or was changed";

/// tantivy's errors as ours.
fn engine_error(path: &Path, error: TantivyError) -> EngineError {
    let path = path.display().to_string();
    let damaged = |path, file: &Path, cause: &str| EngineError::Damaged { path, cause: format!("{} {cause}", file.display()) };
    match error {
        TantivyError::LockFailure(LockError::LockBusy, _) => EngineError::Locked(path),
        TantivyError::LockFailure(LockError::IoError(error), _)
        | TantivyError::IoError(error)
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: error, .. }) => EngineError::Write { path, cause: io_words(&error) },
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, filepath: file })
        | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError { io_error, directory_path: file }) => match io_error.kind() {
            io::ErrorKind::PermissionDenied => EngineError::Unreadable { path, cause: format!("{}: {}", file.display(), io_words(&io_error)) },
            io::ErrorKind::NotFound => damaged(path, &file, "is missing"),
            // What the library says of a footer it does not know is of no help.
            _ => damaged(path, &file, "is cut short or was changed"),
        },
        TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(file)) | TantivyError::OpenDirectoryError(OpenDirectoryError::DoesNotExist(file)) => {
            damaged(path, &file, "is missing")
        }
        error @ (TantivyError::OpenWriteError(_) | TantivyError::ErrorInThread(_)) => EngineError::Write { path, cause: error.to_string() },
        TantivyError::OpenDirectoryError(OpenDirectoryError::NotADirectory(file)) => damaged(path, &file, "is no folder"),
        TantivyError::DataCorruption(_)
        | TantivyError::OpenDirectoryError(_)
        | TantivyError::OpenReadError(_)
        | TantivyError::IncompatibleIndex(_)
        | TantivyError::SchemaError(_)
        | TantivyError::DeserializeError(_) => EngineError::Damaged { path, cause: CHANGED.to_string() },
        TantivyError::InvalidArgument(message) if message.starts_with(scored::TOO_BROAD) => EngineError::TooBroad(message),
        error => EngineError::Search(error.to_string()),
    }
}

/// Seconds as tantivy keeps them: in nanoseconds, which end in 1677 and 2262.
fn instant(seconds: i64) -> tantivy::DateTime {
    const LIMIT: i64 = i64::MAX / 1_000_000_000;
    tantivy::DateTime::from_timestamp_secs(seconds.clamp(-LIMIT, LIMIT))
}

/// Moves postings on to a document; whether it is among them.
fn seek(postings: &mut SegmentPostings, document: u32) -> bool {
    let at = postings.doc();
    (if at < document { postings.seek(document) } else { at }) == document
}

/// An index opened for reading: it sees the commit that was last when it was opened.
pub struct TantivyEngine {
    path: PathBuf,
    searcher: Searcher,
    fields: Fields,
    payload: Option<String>,
    columns: OnceLock<tantivy::Result<Vec<SegmentColumns>>>,
    /// By column, once many values of it were counted.
    ordinals: Mutex<BTreeMap<&'static str, Arc<GlobalOrdinals>>>,
    /// Once the engine is warm.
    rows: OnceLock<Rows>,
    /// Counts that no question is at work with.
    spare_counts: Mutex<Vec<facets::Counts>>,
}

impl TantivyEngine {
    /// Opens the live store of an index folder.
    ///
    /// # Errors
    /// When there is none, or it is damaged or of another version.
    pub fn open(path: &Path) -> Result<TantivyEngine, EngineError> {
        let manifest = Manifest::read(path)?;
        let store = path.join(&manifest.store);
        let fail = |error| match engine_error(path, error) {
            EngineError::Write { path, cause } => EngineError::Unreadable { path, cause },
            EngineError::Search(_) => EngineError::Damaged { path: path.display().to_string(), cause: CHANGED.to_string() },
            other => other,
        };
        let mut index = Index::open(Folder::open(&store).map_err(|error| fail(error.into()))?).map_err(fail)?;
        let metas = index.load_metas().map_err(fail)?;
        if metas.segments.iter().filter(|segment| segment.num_docs() >= SIDE_BY_SIDE).count() > 1 {
            index.set_default_multithread_executor().map_err(fail)?;
        }
        schema::register(&index);
        let fields = Fields::of(&index.schema())
            .ok_or_else(|| EngineError::Damaged { path: path.display().to_string(), cause: "a field is missing from the schema".to_string() })?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(fail)?;
        let searcher = reader.searcher();
        Ok(TantivyEngine {
            path: path.to_path_buf(),
            searcher,
            fields,
            payload: metas.payload,
            columns: OnceLock::new(),
            ordinals: Mutex::default(),
            rows: OnceLock::new(),
            spare_counts: Mutex::default(),
        })
    }

    /// Articles in the index.
    pub fn n_articles(&self) -> u64 {
        self.searcher.num_docs()
    }

    pub fn n_segments(&self) -> usize {
        self.searcher.segment_readers().len()
    }

    fn fail(&self, error: TantivyError) -> EngineError {
        engine_error(&self.path, error)
    }

    /// What is read lies in memory: an error there is one of its content.
    fn damaged(&self, _: io::Error) -> EngineError {
        EngineError::Damaged { path: self.path.display().to_string(), cause: CHANGED.to_string() }
    }

    fn id(address: DocAddress) -> DocumentId {
        DocumentId(u64::from(address.segment_ord) << 32 | u64::from(address.doc_id))
    }

    fn address(id: DocumentId) -> DocAddress {
        DocAddress::new((id.0 >> 32) as u32, id.0 as u32)
    }

    /// The query of a clause that only selects.
    fn query(&self, clause: &Clause) -> Box<dyn tantivy::query::Query> {
        clause::translate(clause, &self.fields, &Arc::default())
    }

    /// Prepares what questions with many matches need: worth it where many will be asked.
    ///
    /// # Errors
    /// When a column cannot be read.
    pub fn warm(&self) -> Result<(), EngineError> {
        self.warm_within(ROW_BYTES)
    }

    /// The same with so many bytes of memory for what facets count of each article; segments beyond are counted from their columns.
    ///
    /// # Errors
    /// When a column cannot be read.
    pub fn warm_within(&self, row_bytes: usize) -> Result<(), EngineError> {
        let columns = self.columns()?;
        let ordinals = keyword_fields().map(|field| facets::make_global_ordinals(self, columns, field)).collect::<tantivy::Result<Vec<_>>>();
        let ordinals = ordinals.map_err(|error| self.fail(error))?;
        self.rows.get_or_init(|| Rows::of(columns, &ordinals, row_bytes));
        Ok(())
    }

    fn global_ordinals(&self, field: &str) -> Option<Arc<GlobalOrdinals>> {
        self.ordinals.lock().unwrap_or_else(PoisonError::into_inner).get(field).cloned()
    }

    fn keep_global_ordinals(&self, field: &'static str, made: Arc<GlobalOrdinals>) -> Arc<GlobalOrdinals> {
        self.ordinals.lock().unwrap_or_else(PoisonError::into_inner).insert(field, made.clone());
        made
    }

    /// By segment.
    fn columns(&self) -> Result<&[SegmentColumns], EngineError> {
        let open = || self.searcher.segment_readers().iter().map(SegmentColumns::open).collect();
        self.columns.get_or_init(open).as_deref().map_err(|error| self.fail(error.clone()))
    }

    /// Every live document of a segment that has a term.
    fn holders(&self, segment: usize, term: &Term, mut visit: impl FnMut(u32)) -> Result<(), EngineError> {
        let reader = &self.searcher.segment_readers()[segment];
        let index = reader.inverted_index(term.field()).map_err(|error| self.fail(error))?;
        let Some(mut postings) = index.read_postings(term, IndexRecordOption::Basic).map_err(|error| self.damaged(error))? else { return Ok(()) };
        let alive = reader.alive_bitset();
        let mut document = postings.doc();
        while document != TERMINATED {
            if alive.is_none_or(|alive| alive.is_alive(document)) {
                visit(document);
            }
            document = postings.advance();
        }
        Ok(())
    }
}

impl Engine for TantivyEngine {
    fn row(&self) -> &'static EngineRow {
        &ENGINES[0]
    }

    fn rank(&self, clause: &Clause, order: &Order, limit: usize, after: Option<&Place>, scoring: &Scoring) -> Result<Vec<Ranked>, EngineError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let query = clause::translate(clause, &self.fields, &Arc::new(scoring.clone()));
        let collector = collect::TopBy { columns: self.columns()?, order: order.clone(), limit, after: after.copied() };
        let found = self.searcher.search(&*query, &collector).map_err(|error| self.fail(error))?;
        found.into_iter().map(|(place, address)| Ok(Ranked { place, ..self.ranked(address)? })).collect()
    }

    fn statistics(&self, terms: &BTreeSet<StreamTerm>) -> Result<Statistics, EngineError> {
        let mut statistics = Statistics { articles: self.searcher.num_docs(), ..Statistics::default() };
        for reader in self.searcher.segment_readers() {
            let open = |field| reader.inverted_index(field).map_err(|error| self.fail(error));
            let streams = [open(self.fields.text_exact)?, open(self.fields.text_stem)?, open(self.fields.text_p4)?];
            statistics.tokens += streams[0].total_num_tokens();
            for (stream, term) in terms {
                let field = self.fields.named(stream.field());
                let found = streams[*stream as usize].doc_freq(&Term::from_field_text(field, term)).map_err(|error| self.damaged(error))?;
                *statistics.frequencies.entry((*stream, term.clone())).or_default() += u64::from(found);
            }
        }
        Ok(statistics)
    }

    fn first_positions(&self, ids: &[DocumentId], codes: &[String]) -> Result<Vec<Vec<Option<u32>>>, EngineError> {
        let mut firsts = vec![vec![None; codes.len()]; ids.len()];
        // Postings go forward: by segment and document, whatever the order of the ids.
        let mut order: Vec<(DocAddress, usize)> = ids.iter().enumerate().map(|(at, id)| (Self::address(*id), at)).collect();
        order.sort();
        let field = self.fields.text_p4;
        let mut buffer = Vec::new();
        for in_segment in order.chunk_by(|a, b| a.0.segment_ord == b.0.segment_ord) {
            let Some(segment) = in_segment.first().map(|(address, _)| address.segment_ord) else { continue };
            let index = self.searcher.segment_reader(segment).inverted_index(field).map_err(|error| self.fail(error))?;
            // By document of the segment, where a term first stands.
            let mut first_of = |text: &str| -> Result<Vec<Option<u32>>, EngineError> {
                let term = Term::from_field_text(field, text);
                let option = IndexRecordOption::WithFreqsAndPositions;
                let Some(mut postings) = index.read_postings(&term, option).map_err(|error| self.damaged(error))? else {
                    return Ok(vec![None; in_segment.len()]);
                };
                let first = |(address, _): &(DocAddress, usize)| {
                    seek(&mut postings, address.doc_id).then(|| postings.positions(&mut buffer)).and_then(|()| buffer.first().copied())
                };
                Ok(in_segment.iter().map(first).collect())
            };
            // Where the sentinel stands the body ends: what comes behind is the title.
            let ends = first_of(SENTINEL)?;
            for (number, code) in codes.iter().enumerate() {
                for ((first, end), (_, at)) in first_of(code)?.into_iter().zip(&ends).zip(in_segment) {
                    firsts[*at][number] = first.filter(|first| end.is_none_or(|end| *first < end));
                }
            }
        }
        Ok(firsts)
    }

    fn frequencies_in(&self, id: DocumentId, terms: &BTreeSet<StreamTerm>) -> Result<FrequenciesIn, EngineError> {
        let address = Self::address(id);
        let reader = self.searcher.segment_reader(address.segment_ord);
        let norms = reader.get_fieldnorms_reader(self.fields.text_exact).map_err(|error| self.fail(error))?;
        let mut found = FrequenciesIn { length: f64::from(norms.fieldnorm(address.doc_id)), ..FrequenciesIn::default() };
        for (stream, term) in terms {
            let field = self.fields.named(stream.field());
            let index = reader.inverted_index(field).map_err(|error| self.fail(error))?;
            if let Some(mut postings) =
                index.read_postings(&Term::from_field_text(field, term), IndexRecordOption::WithFreqs).map_err(|error| self.damaged(error))?
                && seek(&mut postings, address.doc_id)
            {
                found.frequencies.insert((*stream, term.clone()), postings.term_freq());
            }
        }
        Ok(found)
    }

    fn similar(&self, exact: &str, distance: u8, prefix: &str) -> Result<Vec<(String, u64)>, EngineError> {
        let fuzzy = FuzzyTermQuery::new(Term::from_field_text(self.fields.text_exact, exact), distance.min(2), true);
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for reader in self.searcher.segment_readers() {
            let index = reader.inverted_index(self.fields.text_exact).map_err(|error| self.fail(error))?;
            let automaton = fuzzy.automaton().map_err(|error| self.fail(error))?;
            let mut near = index.terms().search(automaton);
            if let Some((last, before)) = prefix.as_bytes().split_last() {
                // No byte of UTF-8 is 255: what begins with the prefix ends before its last byte plus one.
                near = near.ge(prefix).lt([before, &[last.saturating_add(1)]].concat());
            }
            let mut terms = near.into_stream().map_err(|error| self.damaged(error))?;
            while let Some((term, info)) = terms.next() {
                *counts.entry(String::from_utf8_lossy(term).into_owned()).or_default() += u64::from(info.doc_freq);
            }
        }
        Ok(counts.into_iter().collect())
    }

    fn tally(&self, clause: &Clause, wants: &[Want], stories: &[u64]) -> Result<Tally, EngineError> {
        let columns = self.columns()?;
        let collector = facets::TallyAll::new(self, columns, wants, stories);
        let counted = self.searcher.search(&*self.query(clause), &collector).map_err(|error| self.fail(error))?;
        facets::tally(&collector, counted).map_err(|error| self.fail(error))
    }

    fn name_of(&self, entity: &str) -> Result<Option<String>, EngineError> {
        let prefix = name_term(entity, "");
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for (number, reader) in self.searcher.segment_readers().iter().enumerate() {
            let index = reader.inverted_index(self.fields.names).map_err(|error| self.fail(error))?;
            let mut found: Vec<(String, u64)> = Vec::new();
            let mut names = index.terms().range().ge(&prefix).into_stream().map_err(|error| self.damaged(error))?;
            while let Some((term, info)) = names.next() {
                let Some(name) = term.strip_prefix(prefix.as_bytes()) else { break };
                found.push((String::from_utf8_lossy(name).into_owned(), u64::from(info.doc_freq)));
            }
            for (name, mut count) in found {
                if reader.has_deletes() {
                    count = 0;
                    self.holders(number, &Term::from_field_text(self.fields.names, &format!("{prefix}{name}")), |_| count += 1)?;
                }
                *counts.entry(name).or_default() += count;
            }
        }
        let best = counts.into_iter().filter(|(_, count)| *count > 0).min_by_key(|(name, count)| (std::cmp::Reverse(*count), name.clone()));
        Ok(best.map(|(name, _)| name))
    }

    fn moments(&self, clause: &Clause, path: Option<&str>) -> Result<Vec<Moment>, EngineError> {
        let collector = collect::Moments { columns: self.columns()?, path: path.map(str::to_string) };
        self.searcher.search(&*self.query(clause), &collector).map_err(|error| self.fail(error))
    }

    fn matching(&self, clause: &Clause) -> Result<Vec<DocumentId>, EngineError> {
        let mut found = self.searcher.search(&*self.query(clause), &collect::KeyHashes { columns: self.columns()? }).map_err(|error| self.fail(error))?;
        found.sort_unstable();
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    fn texts(&self, id: DocumentId) -> Result<(String, String), EngineError> {
        let document: TantivyDocument = self.searcher.doc(Self::address(id)).map_err(|error| self.fail(error))?;
        let text = |field| document.get_first(field).and_then(|value| value.as_str()).unwrap_or_default().to_string();
        Ok((text(self.fields.title), text(self.fields.body)))
    }

    fn load(&self, id: DocumentId) -> Result<StoredArticle, EngineError> {
        let document: TantivyDocument = self.searcher.doc(Self::address(id)).map_err(|error| self.fail(error))?;
        let damaged = |cause: &str| EngineError::Damaged { path: self.path.display().to_string(), cause: format!("a stored article {cause}") };
        let text = |field| document.get_first(field).and_then(|value| value.as_str()).map(str::to_string);
        let record = document.get_first(self.fields.record).and_then(|value| value.as_bytes()).ok_or_else(|| damaged("has no record"))?;
        let record = Record::from_bytes(record).map_err(|error| damaged(&format!("cannot be decoded: {error}")))?;
        let key = text(self.fields.key).and_then(|key| ArticleKey::parse(&key)).ok_or_else(|| damaged("has no key"))?;
        let language = text(self.fields.lang).and_then(|code| LanguageCode::parse(&code)).unwrap_or(LanguageCode::UNKNOWN);
        let status = text(self.fields.status).and_then(|status| Status::from_word(&status)).unwrap_or_default();
        let address = Self::address(id);
        let story = self.columns()?[address.segment_ord as usize].story.first(address.doc_id).unwrap_or_default();
        Ok(StoredArticle {
            key,
            title: text(self.fields.title).unwrap_or_default(),
            body: text(self.fields.body).unwrap_or_default(),
            language,
            source: text(self.fields.source),
            url: text(self.fields.url),
            story,
            status,
            record,
        })
    }

    fn stored(&self, key: ArticleKey) -> Result<Option<StoredState>, EngineError> {
        let term = Term::from_field_text(self.fields.key, &key.text());
        for (number, columns) in self.columns()?.iter().enumerate() {
            let mut found = None;
            self.holders(number, &term, |document| found = Some(document))?;
            if let Some(document) = found {
                return Ok(Some(StoredState {
                    content_hash: columns.content_hash.first(document).unwrap_or_default(),
                    model_version: columns.model_version.first(document).unwrap_or_default(),
                    added: columns.added.first(document).unwrap_or_default(),
                }));
            }
        }
        Ok(None)
    }

    fn band_holders(&self, bands: &[u64]) -> Result<Vec<(DocumentId, u64)>, EngineError> {
        let mut holders = Vec::new();
        for (number, columns) in self.columns()?.iter().enumerate() {
            for band in bands {
                let term = Term::from_field_u64(self.fields.story_bands, *band);
                self.holders(number, &term, |document| {
                    let id = Self::id(DocAddress::new(number as u32, document));
                    holders.extend(columns.story.first(document).map(|story| (id, story)));
                })?;
            }
        }
        Ok(holders)
    }

    fn payload(&self) -> Option<&str> {
        self.payload.as_deref()
    }
}

impl TantivyEngine {
    /// The story of a document, and its place as far as it is the same in every order.
    fn ranked(&self, address: DocAddress) -> Result<Ranked, EngineError> {
        let columns = &self.columns()?[address.segment_ord as usize];
        let key_hash = columns.key_hash.first(address.doc_id).unwrap_or_default();
        let story = columns.story.first(address.doc_id).unwrap_or_default();
        Ok(Ranked { id: Self::id(address), place: Place { key: None, key_hash }, story })
    }

    /// Bytes of the store's files.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn byte_len(&self) -> io::Result<u64> {
        let store = self.path.join(Manifest::read(&self.path).map_err(io::Error::other)?.store);
        let mut bytes = 0;
        for entry in fs::read_dir(store)? {
            bytes += entry?.metadata()?.len();
        }
        Ok(bytes)
    }
}
