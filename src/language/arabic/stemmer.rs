//! The Arabic light stemmer: names and irregular plurals first, then a prefix guard before light10.
//!
//! light10 is the stemmer of Larkey, Ballesteros and Connell (2007) in the order Lucene's `ArabicStemmer` applies it. It
//! knows no single-letter preposition, so `لبنان` and `بلبنان` part; stripping them blindly makes `برلين` of `لبرلين`
//! but also `رلين` of `برلين`. The guard in front strips them only where the rest is attested at least as often as the
//! whole (the idea of Nwesri, Tahaghoghi and Scholer 2005). Two lists come before it:
//!
//! - *Names* of places and people (`protected.txt`, compiled from the authority) keep their whole form, with a mark no other
//!   word's stem has: `عمان` is not `عم`, `مكة` not `مكان`, and `وبعمان` is `عمان`. Their nationality adjectives are other words.
//! - *Irregular plurals* (`irregulars.tsv`) get the stem of their singular: `صواريخ` that of `صاروخ`.
//!
//! What it does *not* do: roots, patterns, lemmas by context.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::attested::frequency;
use super::normalizer::{fold_carrier, fold_word};
use crate::language::word_list;

/// Fewest letters a prefix of the guard leaves.
const LEFT: usize = 3;

const ARTICLE: &str = "ال";

/// Article and its clitic stacks, longest first.
const ARTICLES: &[&str] = &["وبال", "فبال", "وكال", "فكال", "ولل", "فلل", "وال", "فال", "بال", "كال", "لل", ARTICLE];

/// Clitics without article, tried in this order; each only before an attested rest.
const CLITICS: &[&str] = &["وب", "ول", "فب", "فل", "و", "ف", "ب", "ل", "ك", "س"];

/// Clitics before a name, and the article that `ل` swallowed: `لل` + X is `ل` + `ال` + X; `بال` + X keeps its article.
const NAME_CLITICS: &[(&str, &str)] = &[
    ("ولل", ARTICLE),
    ("فلل", ARTICLE),
    ("لل", ARTICLE),
    ("وب", ""),
    ("ول", ""),
    ("وك", ""),
    ("فب", ""),
    ("فل", ""),
    ("و", ""),
    ("ف", ""),
    ("ب", ""),
    ("ل", ""),
    ("ك", ""),
];

/// How much rarer than the whole, in eighths of a binary logarithm, a name may be behind a clitic: names of places are rare in
/// the text the frequencies are from.
const CLITIC_MARGIN: u64 = 8;

/// light10's prefixes, each leaving two letters; `و` alone leaves three.
const LIGHT10_PREFIXES: &[&str] = &[ARTICLE, "وال", "بال", "كال", "فال", "لل", "و"];

/// light10's suffixes, each tried once in this order, each leaving two letters. Ta marbuta and alef maqsura are folded
/// before, so `ية` is `يه` here.
const LIGHT10_SUFFIXES: &[&str] = &["ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"];

/// Letters that every prefix above begins with: a word that begins otherwise has none.
const FIRST_LETTERS: &[char] = &['و', 'ف', 'ب', 'ل', 'ك', 'س', 'ا'];

/// What the stemmer makes of one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stems {
    /// The term of the `stem` stream.
    pub stem: String,
    /// First four letters of the word without its prefixes: the term of the `p4` stream.
    pub p4: String,
}

/// The one noun whose article is part of it.
const ALLAH: &str = "الله";

/// Marks the stem of a name: no word begins with it.
const NAME_MARK: char = '·';

/// Names that keep their form, folded for the `stem` stream.
static NAMES: LazyLock<FxHashSet<Box<str>>> =
    LazyLock::new(|| word_list(include_str!("../../../data/language/ar/protected.txt")).map(|name| fold_stem(name).into_boxed_str()).collect());

/// Irregular plurals and their singulars, folded for the `stem` stream: the stem both get.
static IRREGULARS: LazyLock<FxHashMap<Box<str>, Box<str>>> = LazyLock::new(|| {
    let mut stems = FxHashMap::default();
    for (form, singular) in word_list(include_str!("../../../data/language/ar/irregulars.tsv")).filter_map(|line| line.split_once('\t')) {
        let (form, singular) = (fold_stem(form), fold_stem(singular));
        let stem: Box<str> = light10(&singular).into();
        stems.insert(form.into_boxed_str(), stem.clone());
        // The guard would mangle some singulars (`فقير` is no `ف` + `قير`).
        stems.insert(singular.into_boxed_str(), stem);
    }
    stems
});

/// A word folded for the `stem` stream.
fn fold_stem(word: &str) -> String {
    fold_word(word).chars().map(fold_carrier).collect()
}

/// Stems one word already folded for the `exact` stream. A stop word keeps its form.
pub fn stem(exact: &str, is_stop_word: bool) -> Stems {
    let word: String = exact.chars().map(fold_carrier).collect();
    if is_stop_word || exact == ALLAH {
        return Stems { p4: first_four(&word), stem: word };
    }
    // `ول` + `ال…`: a clitic may leave an article behind it.
    let p4 = |bare: &str| first_four(strip_any(bare, ARTICLES, LEFT));
    if let Some((article, name)) = name_in(&word) {
        let name = [article, name].concat();
        return Stems { p4: p4(&name), stem: format!("{NAME_MARK}{name}") };
    }
    // What the table knows whole is not mangled by the guard either.
    let whole = IRREGULARS.get(word.as_str());
    let bare = if whole.is_some() { word.as_str() } else { strip_clitics(&word) };
    let stem = match whole.map(|stem| &**stem).or_else(|| irregular(&word)) {
        Some(stem) => stem,
        None => light10(bare),
    };
    Stems { stem: stem.to_string(), p4: p4(bare) }
}

fn first_four(word: &str) -> String {
    word.chars().take(4).collect()
}

fn has_letters(word: &str, n: usize) -> bool {
    n == 0 || word.chars().nth(n - 1).is_some()
}

/// The protected name a word is, clitics apart: the article to put before it, and the rest of the word. `ال` belongs to a name
/// or does not: it is never stripped.
fn name_in(word: &str) -> Option<(&'static str, &str)> {
    if NAMES.contains(word) {
        return Some(("", word));
    }
    // A frequent word that happens to end in a name is a word of its own, unless the article settles it.
    let is_clitic = |article: &str, rest: &str| {
        !article.is_empty() || rest.starts_with(ARTICLE) || frequency(rest).unwrap_or(0) + CLITIC_MARGIN >= frequency(word).unwrap_or(0)
    };
    if !word.starts_with(FIRST_LETTERS) {
        return None;
    }
    let is_name = |article: &str, rest: &str| match article {
        "" => NAMES.contains(rest),
        article => NAMES.contains([article, rest].concat().as_str()),
    };
    NAME_CLITICS.iter().find_map(|(clitic, article)| {
        let rest = word.strip_prefix(clitic)?;
        (has_letters(rest, LEFT) && is_name(article, rest) && is_clitic(article, rest)).then_some((*article, rest))
    })
}

/// The stem of an irregular plural or its singular behind an article or a clitic.
fn irregular(word: &str) -> Option<&'static str> {
    if !word.starts_with(FIRST_LETTERS) {
        return None;
    }
    let prefixes = ARTICLES.iter().chain(CLITICS);
    prefixes.filter_map(|prefix| word.strip_prefix(prefix)).find_map(|rest| IRREGULARS.get(rest)).map(|stem| &**stem)
}

/// The word without its article and clitics, as the guard allows.
fn strip_clitics(word: &str) -> &str {
    if !word.starts_with(FIRST_LETTERS) {
        return word;
    }
    let bare = strip_any(word, ARTICLES, LEFT);
    if bare.len() < word.len() {
        return bare;
    }
    let is_attested = |rest: &str| frequency(rest).is_some_and(|rest| rest >= frequency(word).unwrap_or(0));
    let rests = CLITICS.iter().filter_map(|clitic| word.strip_prefix(clitic));
    rests.filter(|rest| has_letters(rest, LEFT)).find(|rest| is_attested(rest)).unwrap_or(word)
}

/// The word without the first of `prefixes` that leaves at least `left` letters.
fn strip_any<'a>(word: &'a str, prefixes: &[&str], left: usize) -> &'a str {
    prefixes.iter().find_map(|prefix| word.strip_prefix(prefix).filter(|rest| has_letters(rest, left))).unwrap_or(word)
}

fn light10(word: &str) -> &str {
    let bare = LIGHT10_PREFIXES.iter().find_map(|prefix| {
        let left = if *prefix == "و" { 3 } else { 2 };
        word.strip_prefix(prefix).filter(|rest| has_letters(rest, left))
    });
    LIGHT10_SUFFIXES.iter().fold(bare.unwrap_or(word), |bare, suffix| bare.strip_suffix(suffix).filter(|rest| has_letters(rest, 2)).unwrap_or(bare))
}

/// How often a form folded for the `stem` stream occurs in the compiled text, about; 0 where it is not attested (below eight
/// times).
pub fn attested(form: &str) -> u64 {
    frequency(form).map_or(0, |eighths| (eighths as f64 / 8.0).exp2() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequencies_are_about_right() {
        assert!(attested("روسيا") > 100);
        assert_eq!(attested("كظغثخ"), 0);
    }

    #[test]
    fn one_row_per_rule() {
        // word, stem, p4
        let rows = [
            ("الطائرات", "طاير", "طاير"),
            ("طائرات", "طاير", "طاير"),
            ("للمدينه", "مدين", "مدين"),
            ("بموسكو", "·موسكو", "موسك"),
            ("وروسيا", "·روسيا", "روسي"),
            ("برلين", "·برلين", "برلي"),
            ("لبرلين", "·برلين", "برلي"),
            ("للاردن", "·الاردن", "اردن"),
            ("والقاهره", "·القاهره", "قاهر"),
            ("صواريخ", "صاروخ", "صوار"),
            ("والصواريخ", "صاروخ", "صوار"),
            ("فقراء", "فقير", "فقرا"),
            ("فقير", "فقير", "فقير"),
            ("مسيره", "مسير", "مسير"),
            ("الله", "الله", "الله"),
        ];
        for (word, expected_stem, expected_p4) in rows {
            let found = stem(word, false);
            assert_eq!((found.stem.as_str(), found.p4.as_str()), (expected_stem, expected_p4), "{word}");
        }
        assert_eq!(stem("والذي", true).stem, "والذي");
    }
}
