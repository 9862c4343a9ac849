//! English: Porter2 with names protected, word lists.

pub mod numerals;

use std::sync::LazyLock;

use frostem::{Algorithm, Stemmer};
use rustc_hash::FxHashSet;

use super::word_list;

static STOP_WORDS: LazyLock<FxHashSet<String>> =
    LazyLock::new(|| word_list(include_str!("../../../data/language/en/stop_words.txt")).map(str::to_lowercase).collect());

/// Whether a word in lower case is a function word.
pub fn is_stop_word(exact: &str) -> bool {
    STOP_WORDS.contains(exact)
}

/// The Porter2 stem of a word in lower case; possessive `'s` goes first.
pub fn stem(exact: &str) -> String {
    let bare = exact.strip_suffix("'s").or_else(|| exact.strip_suffix('\'')).unwrap_or(exact);
    Stemmer::new(Algorithm::English).stem(bare).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems() {
        for (word, expected) in [("attacks", "attack"), ("drones", "drone"), ("karstan's", "karstan"), ("killing", "kill"), ("cities", "citi")] {
            assert_eq!(stem(word), expected);
        }
    }
}
