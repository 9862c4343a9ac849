//! Totals and exact facets of all matches.
//!
//! A segment counts by ordinal, without reading a name. Ordinals of several segments are summed by way of the names when few
//! values were met, and by [`GlobalOrdinals`] (one number a value across segments, in the order of the values, made once an
//! engine) when many were: either way the counts are exact, and only the names that are shown are read. A warm engine counts by
//! global ordinal from the start, from its rows.

use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column as FastColumn, StrColumn};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::TantivyEngine;
use super::columns::{SegmentColumns, keyword_fields};
use super::ordinals::{GlobalOrdinals, OrdinalCounts};
use super::rows::{MONTH, Rows, SegmentRows};
use crate::article::opened_story;
use crate::engine::memory::month_text;
use crate::engine::{Column, ColumnCounts, Tally, Want};

/// Up to so many values met, names are read; above, global ordinals are worth making.
const FEW_VALUES: usize = 4_000;

/// Totals and facet counts of all matches.
pub struct TallyAll<'a> {
    engine: &'a TantivyEngine,
    columns: &'a [SegmentColumns],
    wants: &'a [Want],
    stories: &'a [u64],
    /// What was counted from rows: a thread takes counts up for a segment and puts them back behind it.
    from_rows: Arc<Mutex<Vec<Counts>>>,
}

/// What one segment counted.
pub struct SegmentTally {
    segment: SegmentOrdinal,
    articles: u64,
    stories: Stories,
    copies: Vec<u64>,
    /// By number of the column, where it was counted from columns.
    columns: Vec<OrdinalCounts>,
    by_month: FxHashMap<u64, u64>,
    /// By facet.
    missing: Vec<u64>,
}

/// Counts by global ordinal, by number of the column; all zero where none are at work with them.
pub struct Counts(Vec<OrdinalCounts>);

impl Counts {
    fn new(rows: &Rows) -> Counts {
        Counts(rows.n_values.iter().map(|n| OrdinalCounts::new(*n)).collect())
    }
}

/// Distinct stories, told cheaply: most articles are alone in a story of their own, and only copies need a set.
#[derive(Default)]
struct Stories {
    alone: u64,
    opened: Vec<u64>,
    copied: FxHashSet<u64>,
}

impl Stories {
    fn add(&mut self, other: Stories) {
        self.alone += other.alone;
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
        self.alone + (self.opened.len() + self.copied.len() - twice) as u64
    }
}

pub struct TallySegment {
    rows: Option<RowsAtWork>,
    stored: StoredColumns,
    wanted_stories: Vec<u64>,
    /// By facet, the bits of its columns.
    masks: Vec<u32>,
    tally: SegmentTally,
    /// Of the documents at hand, the bits of the columns that have a value.
    heads: Vec<u32>,
}

/// Rows of a segment, and the counts of the thread that reads them.
struct RowsAtWork {
    rows: Arc<SegmentRows>,
    counts: Counts,
    put_back: Arc<Mutex<Vec<Counts>>>,
    /// The bits of all columns asked for.
    wanted: u32,
    /// Where the rows of the documents at hand stand.
    places: Vec<(u32, u32)>,
}

impl RowsAtWork {
    /// Counts all values of the documents; `heads` gets the heads of their rows.
    fn count(&mut self, documents: &[DocId], heads: &mut Vec<u32>) {
        // Each step for all documents: memory answers many questions at the time of one, unless one waits for another.
        self.rows.find(documents, &mut self.places);
        heads.extend(self.places.iter().map(|place| self.rows.head(*place)));
        for place in &self.places {
            for (number, ordinal) in self.rows.values(*place) {
                if self.wanted & 1 << number != 0 {
                    self.counts.0[number].add(ordinal, 1);
                }
            }
        }
    }
}

/// The columns of a segment.
struct StoredColumns {
    story: FastColumn<u64>,
    key_hash: FastColumn<i64>,
    month: Option<FastColumn<u64>>,
    /// Those asked for, with their numbers.
    keywords: Vec<(usize, FastColumn<u64>)>,
    // The values of the documents at hand: read together, so that a column is asked once a block.
    documents: Vec<DocId>,
    row_ids: Vec<u32>,
    values: Vec<u64>,
    months: Vec<Option<u64>>,
}

impl StoredColumns {
    /// Counts all values of the documents; `heads` gets the columns that have one.
    fn count(&mut self, documents: &[DocId], heads: &mut [u32], tally: &mut SegmentTally) {
        for (number, column) in &self.keywords {
            self.documents.clear();
            self.row_ids.clear();
            column.row_ids_for_docs(documents, &mut self.documents, &mut self.row_ids);
            self.values.resize(self.row_ids.len(), 0);
            column.values.get_vals(&self.row_ids, &mut self.values);
            self.values.iter().for_each(|&ordinal| tally.columns[*number].add(ordinal as u32, 1));
            let mut having = self.documents.iter().peekable();
            for (document, head) in documents.iter().zip(&mut *heads) {
                while having.next_if_eq(&document).is_some() {
                    *head |= 1 << number;
                }
            }
        }
        let Some(column) = &self.month else { return };
        self.months.clear();
        self.months.resize(documents.len(), None);
        column.first_vals(documents, &mut self.months);
        for (month, head) in self.months.iter().zip(heads) {
            if let Some(month) = month {
                *tally.by_month.entry(*month).or_default() += 1;
                *head |= 1 << MONTH;
            }
        }
    }
}

impl<'a> TallyAll<'a> {
    pub fn new(engine: &'a TantivyEngine, columns: &'a [SegmentColumns], wants: &'a [Want], stories: &'a [u64]) -> TallyAll<'a> {
        TallyAll { engine, columns, wants, stories, from_rows: Arc::default() }
    }

    /// Counts of this question, or of a former one, or new ones.
    fn take_counts(&self, rows: &Rows) -> Counts {
        let taken = |counts: &Mutex<Vec<Counts>>| counts.lock().unwrap_or_else(PoisonError::into_inner).pop();
        taken(&self.from_rows).or_else(|| taken(&self.engine.spare_counts)).unwrap_or_else(|| Counts::new(rows))
    }
}

impl Collector for TallyAll<'_> {
    type Fruit = Vec<SegmentTally>;
    type Child = TallySegment;

    fn for_segment(&self, segment: SegmentOrdinal, _reader: &SegmentReader) -> tantivy::Result<TallySegment> {
        let opened = &self.columns[segment as usize];
        let mask = |want: &Want| match want.column {
            Column::Keywords(fields) => keyword_fields().enumerate().filter(|(_, field)| fields.contains(field)).map(|(number, _)| 1 << number).sum(),
            Column::Month | Column::Year => 1 << MONTH,
        };
        let masks: Vec<u32> = self.wants.iter().map(mask).collect();
        let wanted = masks.iter().fold(0, |all, mask| all | mask);
        let rows = self.engine.rows.get().and_then(|rows| Some((rows, rows.segments.get(segment as usize)?.as_ref()?)));
        let rows = rows.map(|(all, rows)| RowsAtWork {
            rows: rows.clone(),
            counts: self.take_counts(all),
            put_back: self.from_rows.clone(),
            wanted,
            places: Vec::new(),
        });
        // What rows do not have is read from columns.
        let from_columns = if rows.is_some() { 0 } else { wanted };
        let keywords: Vec<(usize, &StrColumn)> = opened
            .keywords()
            .enumerate()
            .filter(|(number, _)| from_columns & 1 << number != 0)
            .filter_map(|(number, column)| Some((number, column?)))
            .collect();
        let mut columns: Vec<OrdinalCounts> = opened.keywords().map(|_| OrdinalCounts::new(0)).collect();
        for (number, column) in &keywords {
            columns[*number] = OrdinalCounts::new(column.dictionary().num_terms());
        }
        let tally = SegmentTally {
            segment,
            articles: 0,
            stories: Stories::default(),
            copies: vec![0; self.stories.len()],
            columns,
            by_month: FxHashMap::default(),
            missing: vec![0; masks.len()],
        };
        let stored = StoredColumns {
            story: opened.story.clone(),
            key_hash: opened.key_hash.clone(),
            month: (from_columns & 1 << MONTH != 0).then(|| opened.month.clone()),
            keywords: keywords.into_iter().map(|(number, column)| (number, column.ords().clone())).collect(),
            documents: Vec::new(),
            row_ids: Vec::new(),
            values: Vec::new(),
            months: Vec::new(),
        };
        Ok(TallySegment { rows, stored, wanted_stories: self.stories.to_vec(), masks, tally, heads: Vec::new() })
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
        self.tally.articles += documents.len() as u64;
        self.heads.clear();
        match &mut self.rows {
            Some(rows) => rows.count(documents, &mut self.heads),
            None => {
                self.heads.resize(documents.len(), 0);
                self.stored.count(documents, &mut self.heads, &mut self.tally);
            }
        }
        for (mask, missing) in self.masks.iter().zip(&mut self.tally.missing) {
            *missing += self.heads.iter().filter(|head| *head & mask == 0).count() as u64;
        }
        for (at, &document) in documents.iter().enumerate() {
            if self.heads[at] & SegmentRows::ALONE == 0 {
                self.count_story(document);
            } else {
                self.tally.stories.alone += 1;
            }
        }
    }

    fn harvest(self) -> SegmentTally {
        if let Some(rows) = self.rows {
            rows.put_back.lock().unwrap_or_else(PoisonError::into_inner).push(rows.counts);
        }
        self.tally
    }
}

impl TallySegment {
    fn count_story(&mut self, document: DocId) {
        let story = self.stored.story.first(document).unwrap_or_default();
        if opened_story(self.stored.key_hash.first(document).unwrap_or_default()) == story {
            self.tally.stories.opened.push(story);
        } else {
            self.tally.stories.copied.insert(story);
        }
        if let Some(wanted) = self.wanted_stories.iter().position(|wanted| *wanted == story) {
            self.tally.copies[wanted] += 1;
        }
    }
}

/// Sums what the segments counted; ordinals become values.
pub fn tally(counting: &TallyAll, counted: Vec<SegmentTally>) -> tantivy::Result<Tally> {
    let TallyAll { engine, columns, wants, stories: wanted_stories, from_rows } = counting;
    let mut total = Tally { facets: Vec::with_capacity(wants.len()), copies: vec![0; wanted_stories.len()], ..Tally::default() };
    let mut stories = Stories::default();
    let mut by_month: FxHashMap<u64, u64> = FxHashMap::default();
    let mut missing = vec![0; wants.len()];
    for segment in &counted {
        total.articles += segment.articles;
        total.copies.iter_mut().zip(&segment.copies).for_each(|(sum, count)| *sum += count);
        missing.iter_mut().zip(&segment.missing).for_each(|(sum, count)| *sum += count);
        segment.by_month.iter().for_each(|(month, count)| *by_month.entry(*month).or_default() += count);
    }
    // What other threads counted from rows is added to what one did.
    let mut others = std::mem::take(&mut *from_rows.lock().unwrap_or_else(PoisonError::into_inner));
    let mut from_rows = others.pop();
    if let (Some(Counts(sums)), Some(rows)) = (&mut from_rows, engine.rows.get()) {
        for Counts(counts) in &others {
            sums.iter_mut().zip(counts).for_each(|(sums, counts)| sums.add_all(counts));
        }
        // Segments without rows were counted by ordinals of their own.
        for ((sums, field), number) in sums.iter_mut().zip(keyword_fields()).zip(0..) {
            let Some(global) = engine.global_ordinals(field) else { continue };
            counted.iter().for_each(|tally| add_global(sums, &global, tally.segment, &tally.columns[number]));
        }
        for (month, n) in sums[MONTH].met() {
            *by_month.entry(rows.months[month as usize]).or_default() += u64::from(n);
        }
    }
    // The one that the others are copies of is no copy; a story with one article was not looked at.
    total.copies.iter_mut().for_each(|n| *n = n.saturating_sub(1));
    for (want, missing) in wants.iter().zip(missing) {
        let (values, total_values) = match want.column {
            Column::Keywords(fields) => {
                let (mut values, mut total_values) = (Vec::new(), 0);
                for (number, field) in keyword_fields().enumerate().filter(|(_, field)| fields.contains(field)) {
                    let by_segment: Vec<(SegmentOrdinal, &OrdinalCounts)> = counted.iter().map(|tally| (tally.segment, &tally.columns[number])).collect();
                    let sums = from_rows.as_ref().map(|Counts(sums)| &sums[number]);
                    let (of_field, n) = field_values(engine, columns, field, want.limit, &by_segment, sums)?;
                    values.extend(of_field);
                    total_values += n;
                }
                (first(values, want.limit), total_values)
            }
            Column::Month | Column::Year => by_time(want, &by_month),
        };
        total.facets.push(ColumnCounts { values, missing, total_values });
    }
    counted.into_iter().for_each(|segment| stories.add(segment.stories));
    total.stories = stories.count();
    let mut spare: Vec<Counts> = others.into_iter().chain(from_rows).collect();
    spare.iter_mut().flat_map(|counts| &mut counts.0).for_each(OrdinalCounts::clear);
    engine.spare_counts.lock().unwrap_or_else(PoisonError::into_inner).append(&mut spare);
    Ok(total)
}

/// Adds what was counted by ordinals of a segment.
fn add_global(sums: &mut OrdinalCounts, global: &GlobalOrdinals, segment: SegmentOrdinal, counts: &OrdinalCounts) {
    for (ordinal, n) in counts.met() {
        global.of(segment, ordinal).into_iter().for_each(|ordinal| sums.add(ordinal, n));
    }
}

/// The first values of one column, and how many there are: of sums by global ordinal where there are any, else of segments.
fn field_values(
    engine: &TantivyEngine,
    columns: &[SegmentColumns],
    field: &'static str,
    limit: usize,
    by_segment: &[(SegmentOrdinal, &OrdinalCounts)],
    sums: Option<&OrdinalCounts>,
) -> tantivy::Result<(Vec<(String, u64)>, u64)> {
    let of_field = of_field(columns, field);
    let global = match engine.global_ordinals(field) {
        Some(global) => global,
        None => {
            let met: usize = by_segment.iter().map(|(_, counts)| counts.met().count()).sum();
            if met <= FEW_VALUES || limit >= met {
                return by_name(&of_field, limit, by_segment);
            }
            make_global_ordinals(engine, columns, field)?
        }
    };
    let mut new;
    let sums = match sums {
        Some(sums) => sums,
        None => {
            new = OrdinalCounts::new(global.n_values());
            by_segment.iter().for_each(|(segment, counts)| add_global(&mut new, &global, *segment, counts));
            &new
        }
    };
    // Only the values that are shown are looked up.
    let (most, total) = sums.most(limit);
    let mut values = Vec::with_capacity(most.len());
    for (ordinal, n) in most {
        let mut value = String::new();
        if let Some((segment, ordinal)) = global.home(ordinal)
            && let Some(Some(column)) = of_field.get(segment as usize)
        {
            column.ord_to_str(u64::from(ordinal), &mut value)?;
        }
        values.push((value, u64::from(n)));
    }
    Ok((values, total))
}

/// A keyword column in every segment.
fn of_field<'a>(columns: &'a [SegmentColumns], field: &str) -> Vec<Option<&'a StrColumn>> {
    columns.iter().map(|columns| columns.keyword(field)).collect()
}

/// The global ordinals of a column, kept in the engine.
pub fn make_global_ordinals(engine: &TantivyEngine, columns: &[SegmentColumns], field: &'static str) -> tantivy::Result<Arc<GlobalOrdinals>> {
    Ok(engine.keep_global_ordinals(field, Arc::new(GlobalOrdinals::merge(&of_field(columns, field))?)))
}

/// Every value met is looked up, block by block.
fn by_name(columns: &[Option<&StrColumn>], limit: usize, by_segment: &[(SegmentOrdinal, &OrdinalCounts)]) -> tantivy::Result<(Vec<(String, u64)>, u64)> {
    let mut sums: FxHashMap<Vec<u8>, u64> = FxHashMap::default();
    for (segment, counts) in by_segment {
        let Some(Some(column)) = columns.get(*segment as usize) else { continue };
        let ordinals: Vec<u64> = counts.met().map(|(ordinal, _)| u64::from(ordinal)).collect();
        let mut counts = counts.met().map(|(_, n)| u64::from(n));
        column.dictionary().sorted_ords_to_term_cb(&ordinals, |term| {
            let n = counts.next().unwrap_or_default();
            match sums.get_mut(term) {
                Some(sum) => *sum += n,
                None => {
                    sums.insert(term.to_vec(), n);
                }
            }
        })?;
    }
    let total = sums.len() as u64;
    let values = sums.into_iter().map(|(term, count)| (String::from_utf8_lossy(&term).into_owned(), count)).collect();
    Ok((first(values, limit), total))
}

fn by_time(want: &Want, by_month: &FxHashMap<u64, u64>) -> (Vec<(String, u64)>, u64) {
    let mut sums: FxHashMap<u64, u64> = FxHashMap::default();
    for (month, count) in by_month {
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
