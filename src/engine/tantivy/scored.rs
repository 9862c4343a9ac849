//! Words and places as queries of tantivy, with the score of [`crate::engine::ranking`].
//!
//! A word is one unit: documents that have its exact form or its stem match, and every stream adds to the score in the same
//! pass. tantivy's own weights know neither our k1 nor a sum over streams that does not select.

use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, InvertedIndexReader, Score, SegmentReader, TERMINATED, Term};

use super::schema::Fields;
use crate::engine::ranking::{Scoring, Stream};
use crate::engine::{Located, Matching, Word};

/// Terms that a beginning may stand for inside a phrase.
const MOST_EXPANSIONS: usize = 1_024;

/// How the error begins where there are more.
pub const TOO_BROAD: &str = "more than 1,024 words begin with";

/// Postings with their weight in the score; 0 where they only match.
struct Entry {
    postings: SegmentPostings,
    weight: f32,
    /// Which term of the query it is.
    term: usize,
}

/// Documents that have any of some terms.
struct Union {
    entries: Vec<Entry>,
    document: DocId,
}

impl Union {
    fn new(entries: Vec<Entry>) -> Union {
        let document = entries.iter().map(|entry| entry.postings.doc()).min().unwrap_or(TERMINATED);
        Union { entries, document }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.document >= target {
            return self.document;
        }
        let mut document = TERMINATED;
        for entry in &mut self.entries {
            let at = entry.postings.doc();
            document = document.min(if at < target { entry.postings.seek(target) } else { at });
        }
        self.document = document;
        document
    }

    fn size(&self) -> u32 {
        self.entries.iter().map(|entry| entry.postings.size_hint()).sum()
    }
}

/// Documents that every group has, or any.
struct Groups {
    groups: Vec<Union>,
    all: bool,
    document: DocId,
}

impl Groups {
    fn new(groups: Vec<Union>, all: bool) -> Groups {
        let mut groups = Groups { groups, all, document: 0 };
        groups.document = groups.find(0);
        groups
    }

    fn find(&mut self, mut target: DocId) -> DocId {
        if !self.all {
            return self.groups.iter_mut().map(|group| group.seek(target)).min().unwrap_or(TERMINATED);
        }
        if self.groups.is_empty() {
            return TERMINATED;
        }
        'candidate: loop {
            for group in &mut self.groups {
                let found = group.seek(target);
                if found > target {
                    if found == TERMINATED {
                        return TERMINATED;
                    }
                    target = found;
                    continue 'candidate;
                }
            }
            return target;
        }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.document < target {
            self.document = self.find(target);
        }
        self.document
    }

    fn size(&self) -> u32 {
        let sizes = self.groups.iter().map(Union::size);
        if self.all { sizes.min().unwrap_or(0) } else { sizes.sum() }
    }
}

/// Length norms of one segment.
struct Norms {
    table: Arc<[f32; 256]>,
    lengths: FieldNormReader,
}

impl Norms {
    /// `None` where nothing is scored.
    fn of_segment(table: &Option<Arc<[f32; 256]>>, reader: &SegmentReader, field: Field) -> tantivy::Result<Option<Norms>> {
        let Some(table) = table else { return Ok(None) };
        Ok(Some(Norms { table: table.clone(), lengths: reader.get_fieldnorms_reader(field)? }))
    }

    fn of(&self, document: DocId) -> f32 {
        self.table[usize::from(self.lengths.fieldnorm_id(document))]
    }
}

/// tantivy's explanation of a weight of ours: the score alone. [`crate::engine::answer::explain`] tells its parts.
fn explain(weight: &dyn Weight, what: &'static str, reader: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
    let mut scorer = weight.scorer(reader, 1.0)?;
    let score = if scorer.seek(document) == document { scorer.score() } else { 0.0 };
    Ok(Explanation::new(what, score))
}

/// What the length of a document does to a frequency, by rounded length.
fn norm_table(scoring: &Scoring) -> Arc<[f32; 256]> {
    let average = scoring.statistics.average_length();
    let mut table = [0.0; 256];
    for (id, norm) in table.iter_mut().enumerate() {
        *norm = scoring.ranking.length_norm(f64::from(FieldNormReader::id_to_fieldnorm(id as u8)), average) as f32;
    }
    Arc::new(table)
}

fn read(index: &InvertedIndexReader, field: Field, text: &str, option: IndexRecordOption) -> tantivy::Result<Option<SegmentPostings>> {
    Ok(index.read_postings(&Term::from_field_text(field, text), option)?)
}

/// Words asked for beside each other.
#[derive(Debug, Clone)]
pub struct WordsQuery {
    pub words: Arc<[Word]>,
    pub by: Matching,
    pub fields: Fields,
    pub scoring: Arc<Scoring>,
}

impl Query for WordsQuery {
    fn weight(&self, enable_scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let norms = enable_scoring.is_scoring_enabled().then(|| norm_table(&self.scoring));
        Ok(Box::new(WordsWeight { query: self.clone(), norms }))
    }
}

struct WordsWeight {
    query: WordsQuery,
    norms: Option<Arc<[f32; 256]>>,
}

impl WordsWeight {
    fn stream_weight(&self, stream: Stream, term: &str) -> f32 {
        self.weight_of(stream, self.query.scoring.statistics.idf(stream, term))
    }

    fn weight_of(&self, stream: Stream, idf: f64) -> f32 {
        let ranking = &self.query.scoring.ranking;
        (ranking.of_stream(stream) * idf * (ranking.k1 + 1.0)) as f32
    }
}

impl Weight for WordsWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let query = &self.query;
        let fields = &query.fields;
        let open = |field| reader.inverted_index(field);
        let (exact, stem, p4) = (open(fields.text_exact)?, open(fields.text_stem)?, open(fields.text_p4)?);
        let option = if self.norms.is_some() { IndexRecordOption::WithFreqs } else { IndexRecordOption::Basic };
        let mut groups: Vec<(Union, Option<usize>)> = Vec::new();
        let mut scores: Vec<WordScore> = Vec::new();
        for word in query.words.iter() {
            let mut entries = Vec::with_capacity(2);
            for (stream, term) in word.stream_terms().filter(|(stream, _)| *stream != Stream::P4) {
                let (index, field) = if stream == Stream::Stem { (&stem, fields.text_stem) } else { (&exact, fields.text_exact) };
                if let Some(postings) = read(index, field, term, option)? {
                    entries.push(Entry { postings, weight: self.stream_weight(stream, term), term: 0 });
                }
            }
            let mut score = WordScore { weight: word.weight as f32, own: Vec::new(), related: Vec::new() };
            if self.norms.is_some() {
                if let Some(postings) = read(&p4, fields.text_p4, &word.p4, option)? {
                    score.own.push(Entry { postings, weight: self.stream_weight(Stream::P4, &word.p4), term: 0 });
                }
                for (related, closeness) in &word.related {
                    if let Some(postings) = read(&stem, fields.text_stem, related, option)? {
                        let weight = self.weight_of(Stream::Stem, query.scoring.statistics.related_idf(word, related)) * *closeness as f32;
                        score.related.push(Entry { postings, weight, term: 0 });
                    }
                }
            }
            if query.by == Matching::Loose
                && let Some(postings) = read(&p4, fields.text_p4, &word.p4, option)?
            {
                // It scores with the other streams below; here it only finds.
                entries.push(Entry { postings, weight: 0.0, term: 0 });
            }
            if word.selects {
                groups.push((Union::new(entries), Some(scores.len())));
            } else {
                score.own.extend(entries);
            }
            scores.push(score);
        }
        // The rarest first: it leads the others.
        let all = query.by == Matching::All;
        if all {
            groups.sort_by_key(|(group, _)| group.size());
        }
        let words = groups.iter().map(|(_, word)| *word).collect();
        let groups = Groups::new(groups.into_iter().map(|(group, _)| group).collect(), all);
        let norms = Norms::of_segment(&self.norms, reader, fields.text_exact)?;
        Ok(Box::new(WordsScorer { groups, words, scores, sums: Vec::new(), norms, boost }))
    }

    fn explain(&self, reader: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
        explain(self, "words", reader, document)
    }
}

/// How one word scores.
struct WordScore {
    weight: f32,
    /// What scores beside the postings that match.
    own: Vec<Entry>,
    /// What scores in the place of all that, if it is more.
    related: Vec<Entry>,
}

struct WordsScorer {
    groups: Groups,
    /// By group, the word it belongs to.
    words: Vec<Option<usize>>,
    scores: Vec<WordScore>,
    sums: Vec<f32>,
    norms: Option<Norms>,
    boost: f32,
}

impl Entry {
    /// `bm` of the entry in a document it may not have.
    fn score(&mut self, document: DocId, norm: f32) -> f32 {
        let at = self.postings.doc();
        let at = if at < document { self.postings.seek(document) } else { at };
        if at != document {
            return 0.0;
        }
        let frequency = self.postings.term_freq() as f32;
        self.weight * frequency / (frequency + norm)
    }
}

impl DocSet for WordsScorer {
    fn advance(&mut self) -> DocId {
        let next = self.groups.document.saturating_add(1);
        if self.groups.document == TERMINATED { TERMINATED } else { self.groups.seek(next) }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.groups.seek(target)
    }

    fn doc(&self) -> DocId {
        self.groups.document
    }

    fn size_hint(&self) -> u32 {
        self.groups.size()
    }
}

impl Scorer for WordsScorer {
    fn score(&mut self) -> Score {
        let Some(norms) = &self.norms else { return 0.0 };
        let document = self.groups.document;
        let norm = norms.of(document);
        self.sums.clear();
        self.sums.resize(self.scores.len(), 0.0);
        for (group, word) in self.groups.groups.iter_mut().zip(&self.words) {
            let Some(word) = *word else { continue };
            if group.document == document {
                self.sums[word] += group.entries.iter_mut().map(|entry| entry.score(document, norm)).sum::<f32>();
            }
        }
        let mut total = 0.0;
        for (score, sum) in self.scores.iter_mut().zip(&self.sums) {
            let own = score.own.iter_mut().map(|entry| entry.score(document, norm)).sum::<f32>();
            let related = score.related.iter_mut().map(|entry| entry.score(document, norm)).fold(0.0, f32::max);
            total += score.weight * (sum + own).max(related);
        }
        total * self.boost
    }
}

/// Words by their places.
#[derive(Debug, Clone)]
pub struct LocatedQuery {
    pub field: Field,
    pub is_title: bool,
    pub node: Located,
    pub fields: Fields,
    pub scoring: Arc<Scoring>,
}

impl Query for LocatedQuery {
    fn weight(&self, enable_scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let norms = enable_scoring.is_scoring_enabled().then(|| norm_table(&self.scoring));
        Ok(Box::new(LocatedWeight { query: self.clone(), norms }))
    }
}

struct LocatedWeight {
    query: LocatedQuery,
    norms: Option<Arc<[f32; 256]>>,
}

impl Weight for LocatedWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let query = &self.query;
        let index = reader.inverted_index(query.field)?;
        let scoring = &query.scoring;
        // Every term once; a prefix is a row of terms of this segment.
        let mut leaves: Vec<Located> = Vec::new();
        let mut groups = Vec::new();
        for group in query.node.groups() {
            let mut entries = Vec::new();
            for leaf in group {
                let number = leaves.iter().position(|known| known == leaf).unwrap_or_else(|| {
                    leaves.push(leaf.clone());
                    leaves.len() - 1
                });
                let terms = match leaf {
                    Located::Term(term) => vec![term.clone()],
                    Located::Prefix(prefix) => terms_of_prefix(&index, prefix)?,
                    _ => Vec::new(),
                };
                for term in terms {
                    let Some(postings) = read(&index, query.field, &term, IndexRecordOption::WithFreqsAndPositions)? else { continue };
                    let weight = match leaf {
                        Located::Term(term) if query.is_title => scoring.statistics.idf(Stream::Exact, term),
                        Located::Term(term) => scoring.statistics.idf(Stream::Exact, term) * (scoring.ranking.k1 + 1.0),
                        _ => 0.0,
                    };
                    entries.push(Entry { postings, weight: weight as f32, term: number });
                }
            }
            groups.push(Union::new(entries));
        }
        groups.sort_by_key(Union::size);
        let norms = Norms::of_segment(&self.norms, reader, query.fields.text_exact)?;
        let mut scorer =
            LocatedScorer { groups: Groups::new(groups, true), leaves, node: query.node.clone(), is_title: query.is_title, norms, boost, buffer: Vec::new() };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
        explain(self, "places", reader, document)
    }
}

/// The terms of a segment that begin so, up to a bound.
fn terms_of_prefix(index: &InvertedIndexReader, prefix: &str) -> tantivy::Result<Vec<String>> {
    let mut terms = Vec::new();
    let mut stream = index.terms().range().ge(prefix).into_stream()?;
    while let Some((term, _)) = stream.next() {
        if !term.starts_with(prefix.as_bytes()) {
            break;
        }
        if terms.len() == MOST_EXPANSIONS {
            let message = format!("{TOO_BROAD} {prefix:?}; write more letters before the star");
            return Err(tantivy::TantivyError::InvalidArgument(message));
        }
        terms.push(String::from_utf8_lossy(term).into_owned());
    }
    Ok(terms)
}

struct LocatedScorer {
    groups: Groups,
    /// By number, what the entries of a group stand for.
    leaves: Vec<Located>,
    node: Located,
    is_title: bool,
    norms: Option<Norms>,
    boost: f32,
    buffer: Vec<u32>,
}

impl LocatedScorer {
    /// Goes on to the first candidate whose places fit.
    fn settle(&mut self) -> DocId {
        loop {
            let document = self.groups.document;
            if document == TERMINATED || self.fits(document) {
                return document;
            }
            self.groups.seek(document + 1);
        }
    }

    fn fits(&mut self, document: DocId) -> bool {
        let LocatedScorer { groups, leaves, node, buffer, .. } = self;
        node.occurs(&mut |leaf| {
            let Some(number) = leaves.iter().position(|known| known == leaf) else { return Vec::new() };
            // A term may stand in several groups: one of them is enough.
            let Some(group) = groups.groups.iter_mut().find(|group| group.entries.iter().any(|entry| entry.term == number)) else {
                return Vec::new();
            };
            let mut positions = Vec::new();
            for entry in group.entries.iter_mut().filter(|entry| entry.term == number && entry.postings.doc() == document) {
                entry.postings.positions(buffer);
                positions.extend_from_slice(buffer);
            }
            positions.sort_unstable();
            positions
        })
    }
}

impl DocSet for LocatedScorer {
    fn advance(&mut self) -> DocId {
        if self.groups.document == TERMINATED {
            return TERMINATED;
        }
        self.groups.seek(self.groups.document + 1);
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.groups.document < target {
            self.groups.seek(target);
            self.settle();
        }
        self.groups.document
    }

    fn doc(&self) -> DocId {
        self.groups.document
    }

    fn size_hint(&self) -> u32 {
        self.groups.size()
    }

    fn cost(&self) -> u64 {
        // Positions are read and compared: others should lead.
        u64::from(self.size_hint()) * 8
    }
}

impl Scorer for LocatedScorer {
    fn score(&mut self) -> Score {
        let Some(norms) = &self.norms else { return 0.0 };
        let document = self.groups.document;
        let norm = norms.of(document);
        let mut total = 0.0;
        for number in 0..self.leaves.len() {
            let mut entries = self.groups.groups.iter().flat_map(|group| &group.entries).filter(|entry| entry.term == number);
            let present = entries.find(|entry| entry.postings.doc() == document);
            total += match present {
                Some(entry) if self.is_title => entry.weight,
                Some(entry) => {
                    let frequency = entry.postings.term_freq() as f32;
                    entry.weight * frequency / (frequency + norm)
                }
                None => 0.0,
            };
        }
        total * self.boost
    }
}

/// Documents by number in one segment; scores nothing.
#[derive(Debug, Clone)]
pub struct DocumentsQuery {
    /// Segment and document, ascending.
    pub documents: Arc<[(u32, DocId)]>,
}

impl Query for DocumentsQuery {
    fn weight(&self, enable_scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let segments = match enable_scoring.searcher() {
            Some(searcher) => searcher.segment_readers().iter().map(SegmentReader::segment_id).collect(),
            None => Vec::new(),
        };
        Ok(Box::new(DocumentsWeight { documents: self.documents.clone(), segments }))
    }
}

struct DocumentsWeight {
    documents: Arc<[(u32, DocId)]>,
    segments: Vec<tantivy::index::SegmentId>,
}

impl Weight for DocumentsWeight {
    fn scorer(&self, reader: &SegmentReader, _boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let number = self.segments.iter().position(|segment| *segment == reader.segment_id()).unwrap_or(usize::MAX) as u32;
        let from = self.documents.partition_point(|(segment, _)| *segment < number);
        let end = self.documents.partition_point(|(segment, _)| *segment <= number);
        let documents: Vec<DocId> = self.documents[from..end].iter().map(|(_, document)| *document).collect();
        Ok(Box::new(DocumentsScorer { documents, at: 0 }))
    }

    fn explain(&self, _reader: &SegmentReader, _document: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("documents", 0.0))
    }
}

struct DocumentsScorer {
    documents: Vec<DocId>,
    at: usize,
}

impl DocSet for DocumentsScorer {
    fn advance(&mut self) -> DocId {
        self.at += 1;
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.at += self.documents.get(self.at..).unwrap_or_default().partition_point(|document| *document < target);
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.documents.get(self.at).copied().unwrap_or(TERMINATED)
    }

    fn size_hint(&self) -> u32 {
        self.documents.len() as u32
    }
}

impl Scorer for DocumentsScorer {
    fn score(&mut self) -> Score {
        0.0
    }
}
