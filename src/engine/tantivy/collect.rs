//! Our collectors: an order with a cursor, dates with values, key hashes.

use std::collections::BinaryHeap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column as FastColumn;
use tantivy::{DateTime, DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use super::TantivyEngine;
use super::columns::SegmentColumns;
use crate::engine::memory::compare;
use crate::engine::{DocumentId, Moment, Order};
use crate::hits::Place;

/// The first places of an order, behind a cursor.
pub struct TopBy<'a> {
    pub columns: &'a [SegmentColumns],
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

impl Collector for TopBy<'_> {
    type Fruit = Vec<(Place, DocAddress)>;
    type Child = TopBySegment;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<TopBySegment> {
        let columns = &self.columns[segment as usize];
        let key = match &self.order {
            Order::Score => KeyColumn::Score,
            Order::Newest | Order::Oldest => KeyColumn::Date(columns.published.clone()),
            Order::Count(path) => KeyColumn::Count(reader.fast_fields().column_opt::<i64>(&format!("counts.{path}"))?),
        };
        Ok(TopBySegment {
            key,
            key_hash: columns.key_hash.clone(),
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
        // Most stand behind the last one by their key alone: then the other column need not be read.
        let best = Place { key, key_hash: i64::MIN };
        if self.heap.len() >= self.limit && self.heap.peek().is_some_and(|last| !compare(&best, &last.place, self.ascending).is_lt()) {
            return;
        }
        let place = Place { key_hash: self.key_hash.first(document).unwrap_or_default(), ..best };
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

/// Date, story and count value of every match.
pub struct Moments<'a> {
    pub columns: &'a [SegmentColumns],
    pub path: Option<String>,
}

pub struct MomentsSegment {
    segment: SegmentOrdinal,
    local: FastColumn<i64>,
    story: FastColumn<u64>,
    value: Option<FastColumn<i64>>,
    found: Vec<Moment>,
}

impl Collector for Moments<'_> {
    type Fruit = Vec<Moment>;
    type Child = MomentsSegment;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<MomentsSegment> {
        let columns = &self.columns[segment as usize];
        let value = match &self.path {
            Some(path) => reader.fast_fields().column_opt::<i64>(&format!("counts.{path}"))?,
            None => None,
        };
        Ok(MomentsSegment { segment, local: columns.local.clone(), story: columns.story.clone(), value, found: Vec::new() })
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
            local: self.local.first(document),
            story: self.story.first(document).unwrap_or_default(),
            value: self.value.as_ref().and_then(|column| column.values_for_doc(document).max()),
        });
    }

    fn harvest(self) -> Vec<Moment> {
        self.found
    }
}

/// Key hash of every match.
pub struct KeyHashes<'a> {
    pub columns: &'a [SegmentColumns],
}

pub struct KeyHashesSegment {
    segment: SegmentOrdinal,
    key_hash: FastColumn<i64>,
    found: Vec<(i64, DocumentId)>,
}

impl Collector for KeyHashes<'_> {
    type Fruit = Vec<(i64, DocumentId)>;
    type Child = KeyHashesSegment;

    fn for_segment(&self, segment: SegmentOrdinal, _: &SegmentReader) -> tantivy::Result<KeyHashesSegment> {
        Ok(KeyHashesSegment { segment, key_hash: self.columns[segment as usize].key_hash.clone(), found: Vec::new() })
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
