//! Arabic: letters, stemmer, word lists.

pub mod attested;
pub mod classes;
pub mod normalizer;
pub mod numerals;
pub mod related;
pub mod stemmer;

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::word_list;

static STOP_WORDS: LazyLock<FxHashSet<String>> =
    LazyLock::new(|| word_list(include_str!("../../../data/language/ar/stop_words.txt")).map(normalizer::fold_word).collect());

/// Whether a word folded for the `exact` stream is a function word.
pub fn is_stop_word(exact: &str) -> bool {
    STOP_WORDS.contains(exact)
}
