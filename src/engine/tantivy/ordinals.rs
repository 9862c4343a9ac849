//! Values by number: how often each was met, and one number a value across segments.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tantivy::SegmentOrdinal;
use tantivy::columnar::StrColumn;

/// How often each value of a column was met, by ordinal.
pub struct OrdinalCounts {
    counts: Vec<u32>,
    /// By block of ordinals, whether any of it has a count.
    is_touched: Vec<bool>,
}

impl OrdinalCounts {
    /// Ordinals of a block: so many counts fill a few lines of memory.
    const BLOCK: usize = 64;

    pub fn new(n_values: usize) -> OrdinalCounts {
        OrdinalCounts { counts: vec![0; n_values], is_touched: vec![false; n_values.div_ceil(OrdinalCounts::BLOCK)] }
    }

    /// Nothing here depends on the count that was: the processor need not wait for memory.
    pub fn add(&mut self, ordinal: u32, n: u32) {
        if let Some(count) = self.counts.get_mut(ordinal as usize) {
            *count += n;
            self.is_touched[ordinal as usize / OrdinalCounts::BLOCK] = true;
        }
    }

    /// Ordinals that were met, ascending, with their counts.
    pub fn met(&self) -> impl Iterator<Item = (u32, u32)> {
        let blocks = self.counts.chunks(OrdinalCounts::BLOCK).zip(&self.is_touched).enumerate().filter(|(_, (_, is_touched))| **is_touched);
        blocks.flat_map(|(number, (block, _))| {
            let first = (number * OrdinalCounts::BLOCK) as u32;
            block.iter().enumerate().filter(|(_, count)| **count > 0).map(move |(at, count)| (first + at as u32, *count))
        })
    }

    /// The `limit` ordinals met most, equal ones in their order, and how many were met.
    pub fn most(&self, limit: usize) -> (Vec<(u32, u32)>, u64) {
        let mut total = 0;
        let mut most: Vec<(Reverse<u32>, u32)> = Vec::new();
        // What is not met more often than the last of the first ones comes behind them, since it comes later.
        let mut least = 0;
        for (ordinal, count) in self.met() {
            total += 1;
            if count > least {
                most.push((Reverse(count), ordinal));
                if most.len() >= (2 * limit).max(OrdinalCounts::BLOCK) {
                    most.sort_unstable();
                    most.truncate(limit);
                    least = most.last().map_or(u32::MAX, |(Reverse(count), _)| *count);
                }
            }
        }
        most.sort_unstable();
        most.truncate(limit);
        (most.into_iter().map(|(Reverse(count), ordinal)| (ordinal, count)).collect(), total)
    }

    /// Adds what others counted by the same ordinals.
    pub fn add_all(&mut self, others: &OrdinalCounts) {
        others.met().for_each(|(ordinal, n)| self.add(ordinal, n));
    }

    pub fn clear(&mut self) {
        for (block, is_touched) in self.counts.chunks_mut(OrdinalCounts::BLOCK).zip(&mut self.is_touched) {
            if std::mem::take(is_touched) {
                block.fill(0);
            }
        }
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
    pub fn n_values(&self) -> usize {
        self.home.len()
    }

    /// A segment that has the value of a global ordinal, and its ordinal there.
    pub fn home(&self, ordinal: u32) -> Option<(SegmentOrdinal, u32)> {
        self.home.get(ordinal as usize).copied()
    }

    /// The global ordinal of one of a segment.
    pub fn of(&self, segment: SegmentOrdinal, ordinal: u32) -> Option<u32> {
        self.of_segment.get(segment as usize)?.get(ordinal as usize).copied()
    }

    /// Merges the dictionaries of one column.
    pub fn merge(columns: &[Option<&StrColumn>]) -> tantivy::Result<GlobalOrdinals> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_are_the_first_of_all() {
        let mut state = 5u32;
        let mut next = |n: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % n
        };
        for limit in [0, 1, 10, 40, 1_000] {
            let (mut counts, mut others) = (OrdinalCounts::new(700), OrdinalCounts::new(700));
            let mut plain = vec![0u32; 700];
            for _ in 0..900 {
                let ordinal = next(700).min(next(700));
                plain[ordinal as usize] += 1;
                if next(2) == 0 { counts.add(ordinal, 1) } else { others.add(ordinal, 1) }
            }
            counts.add_all(&others);
            counts.add(700, 1);
            let mut expected: Vec<(u32, u32)> = (0..).zip(plain).filter(|(_, count)| *count > 0).collect();
            assert_eq!(counts.met().collect::<Vec<_>>(), expected);
            expected.sort_by_key(|(ordinal, count)| (Reverse(*count), *ordinal));
            let total = expected.len() as u64;
            expected.truncate(limit);
            assert_eq!(counts.most(limit), (expected, total));
            counts.clear();
            assert_eq!(counts.met().count(), 0);
        }
    }
}
