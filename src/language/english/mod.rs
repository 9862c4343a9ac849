//! English: Porter2 with names protected, word lists.

pub mod numerals;

use std::sync::LazyLock;

use frostem::{Algorithm, Stemmer};
use rustc_hash::{FxHashMap, FxHashSet};

use super::word_list;

static STOP_WORDS: LazyLock<FxHashSet<String>> =
    LazyLock::new(|| word_list(include_str!("../../../data/language/en/stop_words.txt")).map(str::to_lowercase).collect());

/// Whether a word in lower case is a function word.
pub fn is_stop_word(exact: &str) -> bool {
    STOP_WORDS.contains(exact)
}

/// Words kept whole: names, and what Porter2 would take for another word.
static PROTECTED: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| word_list(include_str!("../../../data/language/en/protected.txt")).collect());

/// Forms that no rule leads to their word.
static IRREGULARS: LazyLock<FxHashMap<&'static str, &'static str>> =
    LazyLock::new(|| word_list(include_str!("../../../data/language/en/irregulars.tsv")).filter_map(|line| line.split_once('\t')).collect());

/// The Porter2 stem of a word in lower case, of an irregular form that of its word; possessive `'s` goes first, and names keep their form.
pub fn stem(exact: &str) -> String {
    let bare = exact.strip_suffix("'s").or_else(|| exact.strip_suffix('\'')).unwrap_or(exact);
    let word = IRREGULARS.get(bare).copied().unwrap_or(bare);
    if PROTECTED.contains(word) { word.to_string() } else { Stemmer::new(Algorithm::English).stem(word).into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems() {
        for (word, expected) in [("attacks", "attack"), ("drones", "drone"), ("karstan's", "karstan"), ("killing", "kill"), ("cities", "citi")] {
            assert_eq!(stem(word), expected);
        }
        for (word, expected) in [("harding", "harding"), ("wales's", "wales"), ("authorities", "authority"), ("author", "author"), ("women's", "woman")] {
            assert_eq!(stem(word), expected);
        }
    }

    #[test]
    fn the_lists_are_sound() {
        for (form, word) in IRREGULARS.iter() {
            assert!(!IRREGULARS.contains_key(word) && !PROTECTED.contains(form), "{form} {word}");
        }
        assert_eq!(PROTECTED.len(), word_list(include_str!("../../../data/language/en/protected.txt")).count(), "a word twice");
        let needless: Vec<_> = PROTECTED.iter().filter(|word| Stemmer::new(Algorithm::English).stem(word) == **word).collect();
        assert!(needless.is_empty(), "nothing to protect: {needless:?}");
    }
}
