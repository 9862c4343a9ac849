//! Our collectors: an order with a cursor, totals with exact facets, dates with values.

use std::collections::BinaryHeap;

use rustc_hash::{FxHashMap, FxHashSet};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column as FastColumn, StrColumn};
use tantivy::{DateTime, DocAddress, DocId, Score, Searcher, SegmentOrdinal, SegmentReader};

use super::TantivyEngine;
use crate::engine::memory::{compare, month_text};
use crate::engine::{Column, ColumnCounts, DocumentId, Moment, Order, Tally, Want};
use crate::hits::Place;

/// The first places of an order, behind a cursor.
pub struct TopBy {
    pub order: Order,
    pub limit: usize,
    pub after: Option<Place>,
}

enum KeyColumn {
    Score,
    Date(FastColumn<DateTime>),
    Count(Option<FastColumn<i64>>),
}

pub struct TopBySegment {
    key: KeyColumn,
    key_hash: FastColumn<i64>,
    ascending: bool,
    limit: usize,
    after: Option<Place>,
    segment: SegmentOrdinal,
    heap: BinaryHeap<Entry>,
}

/// Ordered so that the last place is the greatest: the one a better one replaces.
struct Entry {
    place: Place,
    document: DocId,
    ascending: bool,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        compare(&self.place, &other.place, self.ascending)
    }
}

impl Collector for TopBy {
    type Fruit = Vec<(Place, DocAddress)>;
    type Child = TopBySegment;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<TopBySegment> {
        let columns = reader.fast_fields();
        let key = match &self.order {
            Order::Score => KeyColumn::Score,
            Order::Newest | Order::Oldest => KeyColumn::Date(columns.date("published")?),
            Order::Count(path) => KeyColumn::Count(columns.column_opt::<i64>(&format!("counts.{path}"))?),
        };
        Ok(TopBySegment {
            key,
            key_hash: columns.i64("key_hash")?,
            ascending: self.order == Order::Oldest,
            limit: self.limit,
            after: self.after,
            segment,
            heap: BinaryHeap::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.order == Order::Score
    }

    fn merge_fruits(&self, fruits: Vec<Vec<(Place, DocAddress)>>) -> tantivy::Result<Self::Fruit> {
        let mut all: Vec<(Place, DocAddress)> = fruits.into_iter().flatten().collect();
        all.sort_by(|a, b| compare(&a.0, &b.0, self.order == Order::Oldest));
        all.truncate(self.limit);
        Ok(all)
    }
}

impl SegmentCollector for TopBySegment {
    type Fruit = Vec<(Place, DocAddress)>;

    fn collect(&mut self, document: DocId, score: Score) {
        let key = match &self.key {
            KeyColumn::Score => Some(f64::from(score)),
            KeyColumn::Date(column) => column.first(document).map(|when| when.into_timestamp_secs() as f64),
            KeyColumn::Count(column) => column.as_ref().and_then(|column| column.values_for_doc(document).max()).map(|value| value as f64),
        };
        let place = Place { key, key_hash: self.key_hash.first(document).unwrap_or_default() };
        if self.after.is_some_and(|after| !compare(&place, &after, self.ascending).is_gt()) {
            return;
        }
        let entry = Entry { place, document, ascending: self.ascending };
        if self.heap.len() < self.limit {
            self.heap.push(entry);
        } else if let Some(mut last) = self.heap.peek_mut()
            && entry < *last
        {
            *last = entry;
        }
    }

    fn harvest(self) -> Self::Fruit {
        self.heap.into_iter().map(|entry| (entry.place, DocAddress::new(self.segment, entry.document))).collect()
    }
}

/// Totals and facet counts of all matches.
pub struct TallyAll {
    pub wants: Vec<Want>,
}

/// What one segment counted.
pub struct SegmentTally {
    segment: SegmentOrdinal,
    articles: u64,
    stories: FxHashSet<u64>,
    facets: Vec<SegmentFacet>,
}

/// Counts by ordinal, one list a column; or by month.
struct SegmentFacet {
    by_ordinal: Vec<Vec<u32>>,
    by_month: FxHashMap<u64, u64>,
    missing: u64,
}

pub struct TallySegment {
    story: FastColumn<u64>,
    month: FastColumn<u64>,
    columns: Vec<Vec<FastColumn<u64>>>,
    tally: SegmentTally,
}

impl Collector for TallyAll {
    type Fruit = Vec<SegmentTally>;
    type Child = TallySegment;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<TallySegment> {
        let fast = reader.fast_fields();
        let mut columns = Vec::new();
        let mut facets = Vec::new();
        for want in &self.wants {
            let opened = str_columns(reader, &want.column)?;
            let by_ordinal = opened.iter().map(|column| vec![0; column.as_ref().map_or(0, |column| column.dictionary().num_terms())]).collect();
            let empty = || FastColumn::build_empty_column(reader.max_doc());
            columns.push(opened.into_iter().map(|column| column.map_or_else(empty, |column| column.ords().clone())).collect());
            facets.push(SegmentFacet { by_ordinal, by_month: FxHashMap::default(), missing: 0 });
        }
        let tally = SegmentTally { segment, articles: 0, stories: FxHashSet::default(), facets };
        Ok(TallySegment { story: fast.u64("story")?, month: fast.u64("ym")?, columns, tally })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<SegmentTally>) -> tantivy::Result<Self::Fruit> {
        Ok(fruits)
    }
}

fn str_columns(reader: &SegmentReader, column: &Column) -> tantivy::Result<Vec<Option<StrColumn>>> {
    match column {
        Column::Keywords(fields) => fields.iter().map(|field| reader.fast_fields().str(field)).collect(),
        Column::Month | Column::Year => Ok(Vec::new()),
    }
}

impl SegmentCollector for TallySegment {
    type Fruit = SegmentTally;

    fn collect(&mut self, document: DocId, _score: Score) {
        let tally = &mut self.tally;
        tally.articles += 1;
        tally.stories.extend(self.story.first(document));
        for (columns, facet) in self.columns.iter().zip(&mut tally.facets) {
            let mut has_value = false;
            if columns.is_empty()
                && let Some(month) = self.month.first(document)
            {
                has_value = true;
                *facet.by_month.entry(month).or_default() += 1;
            }
            for (column, counts) in columns.iter().zip(&mut facet.by_ordinal) {
                for ordinal in column.values_for_doc(document) {
                    has_value = true;
                    if let Some(count) = counts.get_mut(ordinal as usize) {
                        *count += 1;
                    }
                }
            }
            facet.missing += u64::from(!has_value);
        }
    }

    fn harvest(self) -> SegmentTally {
        self.tally
    }
}

/// Sums what the segments counted; ordinals become values.
pub fn tally(searcher: &Searcher, wants: &[Want], counted: Vec<SegmentTally>) -> tantivy::Result<Tally> {
    let mut total = Tally { facets: Vec::with_capacity(wants.len()), ..Tally::default() };
    for (index, want) in wants.iter().enumerate() {
        let missing = counted.iter().map(|segment| segment.facets[index].missing).sum();
        let (values, total_values) = match want.column {
            Column::Keywords(_) => by_value(searcher, want, &counted, index)?,
            Column::Month | Column::Year => by_time(want, &counted, index),
        };
        total.facets.push(ColumnCounts { values, missing, total_values });
    }
    total.articles = counted.iter().map(|segment| segment.articles).sum();
    let mut stories = counted.into_iter().map(|segment| segment.stories);
    let mut all = stories.next().unwrap_or_default();
    for more in stories {
        all.extend(more);
    }
    total.stories = all.len() as u64;
    Ok(total)
}

/// Values of keyword columns: every counted ordinal is looked up, block by block, so that counts are exact over segments.
fn by_value(searcher: &Searcher, want: &Want, counted: &[SegmentTally], index: usize) -> tantivy::Result<(Vec<(String, u64)>, u64)> {
    let mut sums: FxHashMap<Vec<u8>, u64> = FxHashMap::default();
    for segment in counted {
        let columns = str_columns(searcher.segment_reader(segment.segment), &want.column)?;
        for (column, counts) in columns.iter().zip(&segment.facets[index].by_ordinal) {
            let Some(column) = column else { continue };
            let ordinals: Vec<u64> = counts.iter().enumerate().filter(|(_, count)| **count > 0).map(|(ordinal, _)| ordinal as u64).collect();
            let mut at = ordinals.iter();
            column.dictionary().sorted_ords_to_term_cb(&ordinals, |term| {
                if let Some(&ordinal) = at.next() {
                    let count = u64::from(counts[ordinal as usize]);
                    match sums.get_mut(term) {
                        Some(sum) => *sum += count,
                        None => {
                            sums.insert(term.to_vec(), count);
                        }
                    }
                }
            })?;
        }
    }
    let total = sums.len() as u64;
    let values = sums.into_iter().map(|(term, count)| (String::from_utf8_lossy(&term).into_owned(), count)).collect();
    Ok((first(values, want.limit), total))
}

fn by_time(want: &Want, counted: &[SegmentTally], index: usize) -> (Vec<(String, u64)>, u64) {
    let mut sums: FxHashMap<u64, u64> = FxHashMap::default();
    for segment in counted {
        for (month, count) in &segment.facets[index].by_month {
            let bin = if want.column == Column::Year { month / 100 } else { *month };
            *sums.entry(bin).or_default() += count;
        }
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

/// Date, story and count value of every match.
pub struct Moments {
    pub path: Option<String>,
}

pub struct MomentsSegment {
    segment: SegmentOrdinal,
    published: FastColumn<DateTime>,
    story: FastColumn<u64>,
    value: Option<FastColumn<i64>>,
    found: Vec<Moment>,
}

impl Collector for Moments {
    type Fruit = Vec<Moment>;
    type Child = MomentsSegment;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<MomentsSegment> {
        let columns = reader.fast_fields();
        let value = match &self.path {
            Some(path) => columns.column_opt::<i64>(&format!("counts.{path}"))?,
            None => None,
        };
        Ok(MomentsSegment { segment, published: columns.date("published")?, story: columns.u64("story")?, value, found: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<Vec<Moment>>) -> tantivy::Result<Vec<Moment>> {
        Ok(fruits.into_iter().flatten().collect())
    }
}

impl SegmentCollector for MomentsSegment {
    type Fruit = Vec<Moment>;

    fn collect(&mut self, document: DocId, _score: Score) {
        self.found.push(Moment {
            id: TantivyEngine::id(DocAddress::new(self.segment, document)),
            published: self.published.first(document).map(DateTime::into_timestamp_secs),
            story: self.story.first(document).unwrap_or_default(),
            value: self.value.as_ref().and_then(|column| column.values_for_doc(document).max()),
        });
    }

    fn harvest(self) -> Vec<Moment> {
        self.found
    }
}

/// Key hash of every match.
pub struct KeyHashes;

pub struct KeyHashesSegment {
    segment: SegmentOrdinal,
    key_hash: FastColumn<i64>,
    found: Vec<(i64, DocumentId)>,
}

impl Collector for KeyHashes {
    type Fruit = Vec<(i64, DocumentId)>;
    type Child = KeyHashesSegment;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<KeyHashesSegment> {
        Ok(KeyHashesSegment { segment, key_hash: reader.fast_fields().i64("key_hash")?, found: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<Self::Fruit>) -> tantivy::Result<Self::Fruit> {
        Ok(fruits.into_iter().flatten().collect())
    }
}

impl SegmentCollector for KeyHashesSegment {
    type Fruit = Vec<(i64, DocumentId)>;

    fn collect(&mut self, document: DocId, _score: Score) {
        let id = TantivyEngine::id(DocAddress::new(self.segment, document));
        self.found.push((self.key_hash.first(document).unwrap_or_default(), id));
    }

    fn harvest(self) -> Self::Fruit {
        self.found
    }
}
