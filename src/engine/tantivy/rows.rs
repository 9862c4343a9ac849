//! What facets count of each document, side by side in memory: a column is asked anew for every document and lies elsewhere, a row
//! is one place to look at. Made where many questions will be asked ([`super::TantivyEngine::warm`]).

use std::sync::Arc;

use rustc_hash::FxHashSet;
use tantivy::{DocId, SegmentOrdinal};

use super::columns::SegmentColumns;
use super::ordinals::GlobalOrdinals;

/// The number of the month among the columns of a row: behind those of [`super::columns::keyword_fields`].
pub const MONTH: usize = 30;

/// The rows of an index.
pub struct Rows {
    /// As far as memory is allowed to them.
    pub segments: Vec<Option<Arc<SegmentRows>>>,
    /// By number of the column, how many values there are.
    pub n_values: Vec<usize>,
    /// Months of publication, ascending: the values of column [`MONTH`].
    pub months: Vec<u64>,
}

impl Rows {
    /// Reads the columns of all segments, as far as their rows take no more than so many bytes together. `ordinals` are those of
    /// the keyword columns, by number.
    pub fn of(segments: &[SegmentColumns], ordinals: &[Arc<GlobalOrdinals>], most_bytes: usize) -> Rows {
        let mut copied: FxHashSet<u64> = FxHashSet::default();
        for columns in segments {
            columns.each_story(|_, story, is_opener| {
                if !is_opener {
                    copied.insert(story);
                }
            });
        }
        let mut months: Vec<u64> = segments.iter().flat_map(|columns| columns.month.values.iter()).collect();
        months.sort_unstable();
        months.dedup();
        let mut n_values: Vec<usize> = ordinals.iter().map(|ordinals| ordinals.n_values()).collect();
        n_values.resize(MONTH, 0);
        n_values.push(months.len());
        let is_numbered = n_values.iter().all(|n| *n < 1 << SegmentRows::ORDINAL_BITS);
        let mut left = most_bytes;
        let make = |(segment, columns): (usize, &SegmentColumns)| {
            let byte_len = SegmentRows::byte_len(columns);
            (is_numbered && byte_len <= left).then(|| {
                left -= byte_len;
                Arc::new(SegmentRows::of(segment as SegmentOrdinal, columns, ordinals, &months, &copied))
            })
        };
        let segments = segments.iter().enumerate().map(make).collect();
        Rows { segments, n_values, months }
    }
}

/// The rows of a segment.
pub struct SegmentRows {
    /// By document where its row begins; one more for the end.
    starts: Vec<u32>,
    /// Each row: a head, then its values, the number of the column in the five high bits and the global ordinal in the others.
    cells: Vec<u32>,
}

impl SegmentRows {
    const ORDINAL_BITS: u32 = 27;
    /// In a head: no other article of the index is in the story. The other bits say which columns have a value.
    pub const ALONE: u32 = 1 << 31;

    fn byte_len(columns: &SegmentColumns) -> usize {
        let values: usize = columns.keywords().flatten().map(|column| column.ords().values.num_vals() as usize).sum();
        // A start, a head and a month for each.
        (columns.n_documents() as usize * 3 + 1 + values) * size_of::<u32>()
    }

    fn of(segment: SegmentOrdinal, columns: &SegmentColumns, ordinals: &[Arc<GlobalOrdinals>], months: &[u64], copied: &FxHashSet<u64>) -> SegmentRows {
        let n_starts = columns.n_documents() as usize + 1;
        let n_cells = SegmentRows::byte_len(columns) / size_of::<u32>() - n_starts;
        let mut rows = SegmentRows { starts: Vec::with_capacity(n_starts), cells: Vec::with_capacity(n_cells) };
        columns.each_story(|document, story, is_opener| {
            let head = rows.cells.len();
            rows.starts.push(head as u32);
            rows.cells.push(if is_opener && !copied.contains(&story) { SegmentRows::ALONE } else { 0 });
            let mut add = |number: usize, ordinal: u32| {
                rows.cells[head] |= 1 << number;
                rows.cells.push((number as u32) << SegmentRows::ORDINAL_BITS | ordinal);
            };
            for ((number, column), ordinals) in columns.keywords().enumerate().zip(ordinals) {
                let values = column.into_iter().flat_map(|column| column.ords().values_for_doc(document));
                values.filter_map(|ordinal| ordinals.of(segment, ordinal as u32)).for_each(|ordinal| add(number, ordinal));
            }
            let month = columns.month.first(document).and_then(|month| months.binary_search(&month).ok());
            month.into_iter().for_each(|month| add(MONTH, month as u32));
        });
        rows.starts.push(rows.cells.len() as u32);
        rows
    }

    /// Where the rows of documents stand.
    pub fn find(&self, documents: &[DocId], found: &mut Vec<(u32, u32)>) {
        found.clear();
        let place = |&document: &DocId| match self.starts.get(document as usize..document as usize + 2) {
            Some(&[start, end]) => (start, end),
            _ => (0, 0),
        };
        found.extend(documents.iter().map(place));
    }

    fn cells(&self, place: (u32, u32)) -> &[u32] {
        self.cells.get(place.0 as usize..place.1 as usize).unwrap_or_default()
    }

    /// A bit a column that has a value, and [`SegmentRows::ALONE`].
    pub fn head(&self, place: (u32, u32)) -> u32 {
        self.cells(place).first().copied().unwrap_or_default()
    }

    /// Number of the column and global ordinal of every value.
    pub fn values(&self, place: (u32, u32)) -> impl Iterator<Item = (usize, u32)> {
        let value = |cell: &u32| ((cell >> SegmentRows::ORDINAL_BITS) as usize, cell & ((1 << SegmentRows::ORDINAL_BITS) - 1));
        self.cells(place).iter().skip(1).map(value)
    }
}
