//! Totals and exact facets of all matches.
//!
//! A segment counts by ordinal, without reading a name. Ordinals of several segments are summed by way of the names when few
//! values were met, and by [`GlobalOrdinals`] (one number a value across segments, in the order of the values, made once an
//! engine) when many were: either way the counts are exact, and only the names that are shown are read.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column as FastColumn, StrColumn};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::TantivyEngine;
use super::columns::SegmentColumns;
use crate::article::opened_story;
use crate::engine::memory::month_text;
use crate::engine::{Column, ColumnCounts, Tally, Want};

/// Up to so many values met, names are read; above, global ordinals are worth making.
const FEW_VALUES: usize = 4_000;

/// Totals and facet counts of all matches.
pub struct TallyAll<'a> {
    pub columns: &'a [SegmentColumns],
    pub wants: &'a [Want],
    pub stories: &'a [u64],
}

/// What one segment counted.
pub struct SegmentTally {
    articles: u64,
    stories: Stories,
    in_stories: Vec<u64>,
    facets: Vec<SegmentFacet>,
}

/// Distinct stories, told cheaply: most articles open a story of their own, and only copies need a set.
#[derive(Default)]
struct Stories {
    opened: Vec<u64>,
    copied: FxHashSet<u64>,
}

impl Stories {
    fn add(&mut self, other: Stories) {
        self.opened.extend(other.opened);
        self.copied.extend(other.copied);
    }

    fn count(&self) -> u64 {
        // An opener among the matches has been counted already; few stories have copies, so a bit tells most apart.
        let mut bits = [0u64; 1_024];
        let slot = |story: u64| ((story >> 6) as usize % 1_024, 1u64 << (story % 64));
        for story in &self.copied {
            let (word, bit) = slot(*story);
            bits[word] |= bit;
        }
        let is_copied = |story: &&u64| {
            let (word, bit) = slot(**story);
            bits[word] & bit != 0 && self.copied.contains(*story)
        };
        let twice = self.opened.iter().filter(is_copied).count();
        (self.opened.len() + self.copied.len() - twice) as u64
    }
}

/// Counts by ordinal, one list a column; or by month.
struct SegmentFacet {
    by_ordinal: Vec<OrdinalCounts>,
    by_month: FxHashMap<u64, u64>,
    missing: u64,
}

/// Counts of one column's ordinals in one segment.
struct OrdinalCounts {
    segment: SegmentOrdinal,
    counts: Vec<u32>,
    /// Ordinals with a count.
    met: Vec<u32>,
}

pub struct TallySegment {
    story: FastColumn<u64>,
    key_hash: FastColumn<i64>,
    month: FastColumn<u64>,
    columns: Vec<Vec<FastColumn<u64>>>,
    wanted_stories: Vec<u64>,
    block: Block,
    tally: SegmentTally,
}

/// The values of a column for a block of documents: read together, so that a column is asked once a block.
#[derive(Default)]
struct Block {
    documents: Vec<DocId>,
    rows: Vec<u32>,
    values: Vec<u64>,
    firsts: Vec<Option<u64>>,
    /// Documents that have a value in any column of a facet of several columns.
    having: Vec<DocId>,
}

impl Block {
    /// The first value of each document.
    fn firsts(&mut self, documents: &[DocId], column: &FastColumn<u64>) -> &[Option<u64>] {
        self.firsts.clear();
        self.firsts.resize(documents.len(), None);
        column.first_vals(documents, &mut self.firsts);
        &self.firsts
    }

    /// All values of all documents; `documents` of the block are then the documents they belong to, ascending.
    fn values(&mut self, documents: &[DocId], column: &FastColumn<u64>) -> &[u64] {
        self.documents.clear();
        self.rows.clear();
        column.row_ids_for_docs(documents, &mut self.documents, &mut self.rows);
        self.values.resize(self.rows.len(), 0);
        column.values.get_vals(&self.rows, &mut self.values);
        &self.values
    }

    /// How many documents the values just read belong to.
    fn n_having(&self) -> usize {
        self.documents.chunk_by(|a, b| a == b).count()
    }
}

impl Collector for TallyAll<'_> {
    type Fruit = Vec<SegmentTally>;
    type Child = TallySegment;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<TallySegment> {
        let opened = &self.columns[segment as usize];
        let mut columns = Vec::new();
        let mut facets = Vec::new();
        for want in self.wants {
            let keywords: Vec<Option<&StrColumn>> = match want.column {
                Column::Keywords(fields) => fields.iter().map(|field| opened.keyword(field)).collect(),
                Column::Month | Column::Year => Vec::new(),
            };
            let by_ordinal = keywords.iter().map(|column| {
                let n = column.map_or(0, |column| column.dictionary().num_terms());
                OrdinalCounts { segment, counts: vec![0; n], met: Vec::new() }
            });
            facets.push(SegmentFacet { by_ordinal: by_ordinal.collect(), by_month: FxHashMap::default(), missing: 0 });
            let empty = || FastColumn::build_empty_column(reader.max_doc());
            columns.push(keywords.into_iter().map(|column| column.map_or_else(empty, |column| column.ords().clone())).collect());
        }
        let tally = SegmentTally { articles: 0, stories: Stories::default(), in_stories: vec![0; self.stories.len()], facets };
        Ok(TallySegment {
            story: opened.story.clone(),
            key_hash: opened.key_hash.clone(),
            month: opened.month.clone(),
            columns,
            wanted_stories: self.stories.to_vec(),
            block: Block::default(),
            tally,
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<SegmentTally>) -> tantivy::Result<Self::Fruit> {
        Ok(fruits)
    }
}

impl SegmentCollector for TallySegment {
    type Fruit = SegmentTally;

    fn collect(&mut self, document: DocId, _score: Score) {
        self.collect_block(&[document]);
    }

    fn collect_block(&mut self, documents: &[DocId]) {
        let tally = &mut self.tally;
        tally.articles += documents.len() as u64;
        for (&document, story) in documents.iter().zip(self.block.firsts(documents, &self.story)) {
            let story = story.unwrap_or_default();
            if opened_story(self.key_hash.first(document).unwrap_or_default()) == story {
                tally.stories.opened.push(story);
            } else {
                tally.stories.copied.insert(story);
            }
            if let Some(wanted) = self.wanted_stories.iter().position(|wanted| *wanted == story) {
                tally.in_stories[wanted] += 1;
            }
        }
        for (columns, facet) in self.columns.iter().zip(&mut tally.facets) {
            if columns.is_empty() {
                for month in self.block.firsts(documents, &self.month) {
                    match month {
                        Some(month) => *facet.by_month.entry(*month).or_default() += 1,
                        None => facet.missing += 1,
                    }
                }
                continue;
            }
            self.block.having.clear();
            let mut n_having = 0;
            for (column, counted) in columns.iter().zip(&mut facet.by_ordinal) {
                for &ordinal in self.block.values(documents, column) {
                    if let Some(count) = counted.counts.get_mut(ordinal as usize) {
                        if *count == 0 {
                            counted.met.push(ordinal as u32);
                        }
                        *count += 1;
                    }
                }
                if columns.len() == 1 {
                    n_having = self.block.n_having();
                } else {
                    self.block.having.extend(&self.block.documents);
                }
            }
            if columns.len() > 1 {
                self.block.having.sort_unstable();
                self.block.having.dedup();
                n_having = self.block.having.len();
            }
            facet.missing += (documents.len() - n_having) as u64;
        }
    }

    fn harvest(self) -> SegmentTally {
        self.tally
    }
}

/// One number a value across the segments of an engine, in the order of the values.
#[derive(Debug)]
pub struct GlobalOrdinals {
    /// By segment and ordinal in it.
    of_segment: Vec<Vec<u32>>,
    /// By global ordinal: a segment that has the value, and its ordinal there.
    home: Vec<(SegmentOrdinal, u32)>,
}

impl GlobalOrdinals {
    /// Merges the dictionaries of one column.
    fn of(columns: &[Option<&StrColumn>]) -> tantivy::Result<GlobalOrdinals> {
        let mut streams = Vec::new();
        let mut of_segment = Vec::with_capacity(columns.len());
        let mut heap = BinaryHeap::new();
        for (segment, column) in columns.iter().enumerate() {
            of_segment.push(Vec::new());
            let Some(column) = column else {
                streams.push(None);
                continue;
            };
            let mut stream = column.dictionary().stream()?;
            if stream.advance() {
                heap.push(Reverse((stream.key().to_vec(), segment)));
            }
            streams.push(Some(stream));
        }
        let mut home: Vec<(SegmentOrdinal, u32)> = Vec::new();
        let mut last: Option<Vec<u8>> = None;
        while let Some(Reverse((key, segment))) = heap.pop() {
            if last.as_ref() != Some(&key) {
                home.push((segment as SegmentOrdinal, of_segment[segment].len() as u32));
            }
            of_segment[segment].push(home.len() as u32 - 1);
            if let Some(Some(stream)) = streams.get_mut(segment)
                && stream.advance()
            {
                let mut next = last.take().unwrap_or_default();
                next.clear();
                next.extend_from_slice(stream.key());
                heap.push(Reverse((next, segment)));
            }
            last = Some(key);
        }
        Ok(GlobalOrdinals { of_segment, home })
    }
}

/// Sums what the segments counted; ordinals become values.
pub fn tally(engine: &TantivyEngine, columns: &[SegmentColumns], wants: &[Want], n_stories: usize, counted: Vec<SegmentTally>) -> tantivy::Result<Tally> {
    let mut total = Tally { facets: Vec::with_capacity(wants.len()), in_stories: vec![0; n_stories], ..Tally::default() };
    let mut by_want: Vec<Vec<SegmentFacet>> = wants.iter().map(|_| Vec::with_capacity(counted.len())).collect();
    let mut stories = Stories::default();
    for segment in counted {
        total.articles += segment.articles;
        stories.add(segment.stories);
        total.in_stories.iter_mut().zip(&segment.in_stories).for_each(|(sum, count)| *sum += count);
        by_want.iter_mut().zip(segment.facets).for_each(|(facets, facet)| facets.push(facet));
    }
    total.stories = stories.count();
    for (want, facets) in wants.iter().zip(by_want) {
        let missing = facets.iter().map(|facet| facet.missing).sum();
        let (values, total_values) = match want.column {
            Column::Keywords(fields) => {
                let mut by_field: Vec<Vec<OrdinalCounts>> = fields.iter().map(|_| Vec::with_capacity(facets.len())).collect();
                for facet in facets {
                    by_field.iter_mut().zip(facet.by_ordinal).for_each(|(counts, counted)| counts.push(counted));
                }
                let (mut values, mut total_values) = (Vec::new(), 0);
                for (field, counted) in fields.iter().zip(by_field) {
                    let (of_field, n) = field_values(engine, columns, field, want.limit, &counted)?;
                    values.extend(of_field);
                    total_values += n;
                }
                (first(values, want.limit), total_values)
            }
            Column::Month | Column::Year => by_time(want, &facets),
        };
        total.facets.push(ColumnCounts { values, missing, total_values });
    }
    Ok(total)
}

/// The first values of one column, and how many there are.
fn field_values(
    engine: &TantivyEngine,
    columns: &[SegmentColumns],
    field: &'static str,
    limit: usize,
    counted: &[OrdinalCounts],
) -> tantivy::Result<(Vec<(String, u64)>, u64)> {
    let of_field = of_field(columns, field);
    let met: usize = counted.iter().map(|segment| segment.met.len()).sum();
    match engine.global_ordinals(field) {
        Some(global) => by_global_ordinal(&of_field, &global, limit, counted),
        None if met <= FEW_VALUES || limit >= met => by_name(&of_field, limit, counted),
        None => {
            let global = make_global_ordinals(engine, columns, field)?;
            by_global_ordinal(&of_field, &global, limit, counted)
        }
    }
}

/// A keyword column in every segment.
fn of_field<'a>(columns: &'a [SegmentColumns], field: &str) -> Vec<Option<&'a StrColumn>> {
    columns.iter().map(|columns| columns.keyword(field)).collect()
}

/// The global ordinals of a column, kept in the engine.
pub fn make_global_ordinals(engine: &TantivyEngine, columns: &[SegmentColumns], field: &'static str) -> tantivy::Result<Arc<GlobalOrdinals>> {
    Ok(engine.keep_global_ordinals(field, Arc::new(GlobalOrdinals::of(&of_field(columns, field))?)))
}

/// Every value met is looked up, block by block.
fn by_name(columns: &[Option<&StrColumn>], limit: usize, counted: &[OrdinalCounts]) -> tantivy::Result<(Vec<(String, u64)>, u64)> {
    let mut sums: FxHashMap<Vec<u8>, u64> = FxHashMap::default();
    for segment in counted {
        let Some(Some(column)) = columns.get(segment.segment as usize) else { continue };
        let mut ordinals: Vec<u64> = segment.met.iter().map(|&ordinal| u64::from(ordinal)).collect();
        ordinals.sort_unstable();
        let mut at = ordinals.iter();
        column.dictionary().sorted_ords_to_term_cb(&ordinals, |term| {
            if let Some(&ordinal) = at.next() {
                let count = u64::from(segment.counts[ordinal as usize]);
                match sums.get_mut(term) {
                    Some(sum) => *sum += count,
                    None => {
                        sums.insert(term.to_vec(), count);
                    }
                }
            }
        })?;
    }
    let total = sums.len() as u64;
    let values = sums.into_iter().map(|(term, count)| (String::from_utf8_lossy(&term).into_owned(), count)).collect();
    Ok((first(values, limit), total))
}

/// Counts are summed by global ordinal; only the first values are looked up.
fn by_global_ordinal(
    columns: &[Option<&StrColumn>],
    global: &GlobalOrdinals,
    limit: usize,
    counted: &[OrdinalCounts],
) -> tantivy::Result<(Vec<(String, u64)>, u64)> {
    let mut sums = vec![0u32; global.home.len()];
    let mut met: Vec<u32> = Vec::new();
    for segment in counted {
        let Some(ordinals) = global.of_segment.get(segment.segment as usize) else { continue };
        for &ordinal in &segment.met {
            let Some(&number) = ordinals.get(ordinal as usize) else { continue };
            if sums[number as usize] == 0 {
                met.push(number);
            }
            sums[number as usize] += segment.counts[ordinal as usize];
        }
    }
    let total = met.len() as u64;
    // Global ordinals are in the order of the values: equal counts are parted by them.
    let order = |number: &u32| (Reverse(sums[*number as usize]), *number);
    if met.len() > limit && limit > 0 {
        met.select_nth_unstable_by_key(limit - 1, order);
        met.truncate(limit);
    }
    met.sort_unstable_by_key(order);
    met.truncate(limit);
    let mut values = Vec::with_capacity(met.len());
    for number in met {
        let (segment, ordinal) = global.home[number as usize];
        let mut value = String::new();
        if let Some(Some(column)) = columns.get(segment as usize) {
            column.ord_to_str(u64::from(ordinal), &mut value)?;
        }
        values.push((value, u64::from(sums[number as usize])));
    }
    Ok((values, total))
}

fn by_time(want: &Want, facets: &[SegmentFacet]) -> (Vec<(String, u64)>, u64) {
    let mut sums: FxHashMap<u64, u64> = FxHashMap::default();
    for (month, count) in facets.iter().flat_map(|facet| &facet.by_month) {
        let bin = if want.column == Column::Year { month / 100 } else { *month };
        *sums.entry(bin).or_default() += count;
    }
    let total = sums.len() as u64;
    let name = |bin: u64| if want.column == Column::Year { bin.to_string() } else { month_text(bin) };
    (first(sums.into_iter().map(|(bin, count)| (name(bin), count)).collect(), want.limit), total)
}

/// The first `limit` values: most first, then by value.
fn first(mut values: Vec<(String, u64)>, limit: usize) -> Vec<(String, u64)> {
    let order = |a: &(String, u64), b: &(String, u64)| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0));
    if values.len() > limit && limit > 0 {
        values.select_nth_unstable_by(limit - 1, order);
        values.truncate(limit);
    }
    values.sort_by(order);
    values.truncate(limit);
    values
}
