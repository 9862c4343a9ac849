//! What the trained tagger of names sees: hashed features of a token and its neighbours, for a linear model over sentences.
//!
//! `cargo run --release --example train_tagger` trains on them and measures by cross-validation. No weights are bundled yet: what
//! [`super::Extractor::extract`] finds comes from lists and rules alone.

mod features;

use rustc_hash::FxHashMap;

use super::page::Page;
use super::{Field, Name, Span};

pub use features::{Features, Remembered, of_memory};

/// A sentence as the tagger sees it.
#[derive(Debug, Clone)]
pub struct Sentence {
    pub field: Field,
    /// Where its tokens stand in the text.
    pub tokens: Vec<Span>,
    /// By token.
    pub features: Vec<Features>,
    /// The word of each token whatever its clitics.
    pub keys: Vec<u64>,
}

/// The sentences of a page with the names found in it so far.
pub(super) fn sentences(page: &Page<'_>, names: &[Name]) -> Vec<Sentence> {
    let seen = features::Seen::new(page, names);
    let sentence = |range: &std::ops::Range<usize>| Sentence {
        field: page.field,
        tokens: page.tokens[range.clone()].iter().map(|token| Span { start: token.start, end: token.end }).collect(),
        features: range.clone().map(|token| seen.features(token, range)).collect(),
        keys: range.clone().map(|token| features::key(page, token)).collect(),
    };
    page.sentences.iter().map(sentence).collect()
}

/// What the other mentions of every word of an article were taken for. `keys` and `labels` are those of its sentences; labels are odd at
/// the first word of a name, one more inside, 0 outside.
pub fn remember(keys: &[&[u64]], labels: &[&[usize]]) -> Vec<Vec<Option<Remembered>>> {
    const LABELS: usize = 7;
    let mut tallies: FxHashMap<u64, [u32; LABELS + 1]> = FxHashMap::default();
    let is_longer = |labels: &[usize], at: usize| labels[at] != 0 && (labels[at].is_multiple_of(2) || labels.get(at + 1) == Some(&(labels[at] + 1)));
    for (keys, labels) in keys.iter().zip(labels) {
        for (at, key) in keys.iter().enumerate() {
            let tally = tallies.entry(*key).or_default();
            tally[labels[at]] += 1;
            tally[LABELS] += u32::from(is_longer(labels, at));
        }
    }
    let remembered = |key: &u64, labels: &[usize], at: usize| {
        let mut tally = *tallies.get(key)?;
        tally[labels[at]] -= 1;
        tally[LABELS] -= u32::from(is_longer(labels, at));
        let total: u32 = tally[..LABELS].iter().sum();
        let most = |from: usize| (from..LABELS).max_by_key(|label| (tally[*label], std::cmp::Reverse(*label))).unwrap_or(0);
        let (label, best) = (most(0), most(1));
        (total > 0).then(|| Remembered {
            label: label as u64,
            share: u64::from(tally[label] * 4 / total),
            count: match total {
                1 | 2 => u64::from(total),
                3..=5 => 3,
                _ => 4,
            },
            best: if tally[best] > 0 { best as u64 } else { 0 },
            is_longer: tally[LABELS] > 0,
        })
    };
    let of_sentence = |(keys, labels): (&&[u64], &&[usize])| keys.iter().enumerate().map(|(at, key)| remembered(key, labels, at)).collect();
    keys.iter().zip(labels).map(of_sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_mentions_are_remembered_and_the_own_is_not() {
        let (keys, labels) = ([[7, 8, 9].as_slice(), &[7], &[7, 1]], [[1, 2, 0].as_slice(), &[0], &[1, 0]]);
        let remembered = remember(&keys, &labels);
        assert_eq!(remembered[0][0], Some(Remembered { label: 0, share: 2, count: 2, best: 1, is_longer: false }));
        assert_eq!(remembered[1][0], Some(Remembered { label: 1, share: 4, count: 2, best: 1, is_longer: true }));
        assert_eq!((remembered[0][1], remembered[2][1]), (None, None));
    }
}
