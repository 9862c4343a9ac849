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

use fst::Map;
use rustc_hash::{FxHashMap, FxHashSet};

use super::normalizer::{ALEF, BEH, FEH, HEH, KAF, LAM, NOON, SEEN, TEH, WAW, YEH, fold_carrier, fold_word};
use crate::language::word_list;

/// Attested forms with their frequencies (eighths of a binary logarithm), compiled from Wikipedia text by
/// `cargo run --release --example attested_forms`.
static ATTESTED: LazyLock<Option<Map<&'static [u8]>>> = LazyLock::new(|| Map::new(include_bytes!("../../../data/language/ar/attested.fst").as_slice()).ok());

/// Fewest letters a prefix of the guard leaves.
const LEFT: usize = 3;

/// Article and its clitic stacks, longest first.
const ARTICLES: &[&[char]] = &[
    &[WAW, BEH, ALEF, LAM],
    &[FEH, BEH, ALEF, LAM],
    &[WAW, KAF, ALEF, LAM],
    &[FEH, KAF, ALEF, LAM],
    &[WAW, LAM, LAM],
    &[FEH, LAM, LAM],
    &[WAW, ALEF, LAM],
    &[FEH, ALEF, LAM],
    &[BEH, ALEF, LAM],
    &[KAF, ALEF, LAM],
    &[LAM, LAM],
    &[ALEF, LAM],
];

/// Clitics without article, tried in this order; each only before an attested rest.
const CLITICS: &[&[char]] = &[&[WAW, BEH], &[WAW, LAM], &[FEH, BEH], &[FEH, LAM], &[WAW], &[FEH], &[BEH], &[LAM], &[KAF], &[SEEN]];

/// light10's prefixes, each leaving two letters; `و` alone leaves three.
const LIGHT10_PREFIXES: &[&[char]] = &[&[ALEF, LAM], &[WAW, ALEF, LAM], &[BEH, ALEF, LAM], &[KAF, ALEF, LAM], &[FEH, ALEF, LAM], &[LAM, LAM], &[WAW]];

/// light10's suffixes, each tried once in this order, each leaving two letters. Ta marbuta and alef maqsura are folded
/// before, so `ية` is `يه` here.
const LIGHT10_SUFFIXES: &[&[char]] = &[&[HEH, ALEF], &[ALEF, NOON], &[ALEF, TEH], &[WAW, NOON], &[YEH, NOON], &[YEH, HEH], &[HEH], &[YEH]];

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
        let letters: Vec<char> = singular.chars().collect();
        let stem: Box<str> = light10(&letters).iter().collect::<String>().into();
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
    let is_stop_word = is_stop_word || exact == ALLAH;
    let letters: Vec<char> = exact.chars().map(fold_carrier).collect();
    let four = |bare: &[char]| -> String {
        // `ول` + `ال…`: a clitic may leave an article behind it.
        let bare = if is_stop_word { bare } else { strip_any(bare, ARTICLES, LEFT) };
        bare.iter().take(4).collect()
    };
    if is_stop_word {
        return Stems { stem: letters.iter().collect(), p4: four(&letters) };
    }
    if let Some(name) = name_in(&letters) {
        let p4 = four(&name);
        return Stems { stem: std::iter::once(NAME_MARK).chain(name).collect(), p4 };
    }
    // What the table knows whole is not mangled by the guard either.
    let is_whole = IRREGULARS.contains_key(letters.iter().collect::<String>().as_str());
    let bare = if is_whole { letters.as_slice() } else { strip_clitics(&letters) };
    let p4 = four(bare);
    match irregular(&letters) {
        Some(stem) => Stems { stem: stem.to_string(), p4 },
        None => Stems { stem: light10(bare).iter().collect(), p4 },
    }
}

/// The protected name a word is, clitics apart. `ال` belongs to a name or does not: it is never stripped.
fn name_in(letters: &[char]) -> Option<Vec<char>> {
    let is_name = |letters: &[char]| NAMES.contains(letters.iter().collect::<String>().as_str());
    if is_name(letters) {
        return Some(letters.to_vec());
    }
    // `لل` + X is `ل` + `ال` + X; `بال` + X keeps its article.
    let whole = frequency(letters).unwrap_or(0);
    for (clitic, article) in NAME_CLITICS {
        let Some(rest) = letters.strip_prefix(*clitic) else { continue };
        let name: Vec<char> = article.iter().chain(rest).copied().collect();
        // A frequent word that happens to end in a name is a word of its own, unless the article settles it.
        let is_clitic = !article.is_empty() || rest.starts_with(&[ALEF, LAM]) || frequency(rest).unwrap_or(0) + CLITIC_MARGIN >= whole;
        if rest.len() >= LEFT && is_clitic && is_name(&name) {
            return Some(name);
        }
    }
    None
}

/// How much rarer than the whole, in eighths of a binary logarithm, a name may be behind a clitic: names of places are rare in
/// the text the frequencies are from.
const CLITIC_MARGIN: u64 = 8;

/// Clitics before a name, and the article that `ل` swallowed.
const NAME_CLITICS: &[(&[char], &[char])] = &[
    (&[WAW, LAM, LAM], &[ALEF, LAM]),
    (&[FEH, LAM, LAM], &[ALEF, LAM]),
    (&[LAM, LAM], &[ALEF, LAM]),
    (&[WAW, BEH], &[]),
    (&[WAW, LAM], &[]),
    (&[WAW, KAF], &[]),
    (&[FEH, BEH], &[]),
    (&[FEH, LAM], &[]),
    (&[WAW], &[]),
    (&[FEH], &[]),
    (&[BEH], &[]),
    (&[LAM], &[]),
    (&[KAF], &[]),
];

/// The stem of an irregular plural or its singular, looked up whole, then without article, then without a clitic.
fn irregular(letters: &[char]) -> Option<&'static str> {
    let find = |letters: &[char]| IRREGULARS.get(letters.iter().collect::<String>().as_str()).map(|stem| &**stem);
    let without = |prefixes: &[&[char]]| prefixes.iter().filter_map(|prefix| letters.strip_prefix(*prefix)).find_map(find);
    find(letters).or_else(|| without(ARTICLES)).or_else(|| without(CLITICS))
}

/// The word without its article and clitics, as the guard allows.
fn strip_clitics(letters: &[char]) -> &[char] {
    let bare = strip_any(letters, ARTICLES, LEFT);
    if bare.len() < letters.len() {
        return bare;
    }
    let whole = frequency(letters);
    for clitic in CLITICS {
        if let Some(rest) = letters.strip_prefix(*clitic)
            && rest.len() >= LEFT
            && frequency(rest).is_some_and(|rest| rest >= whole.unwrap_or(0))
        {
            return rest;
        }
    }
    letters
}

/// The letters without the first of `prefixes` that leaves at least `left` letters.
fn strip_any<'a>(letters: &'a [char], prefixes: &[&[char]], left: usize) -> &'a [char] {
    prefixes.iter().find_map(|prefix| letters.strip_prefix(*prefix).filter(|rest| rest.len() >= left)).unwrap_or(letters)
}

fn light10(letters: &[char]) -> &[char] {
    let mut bare = letters;
    for prefix in LIGHT10_PREFIXES {
        let left = if prefix.len() == 1 { 3 } else { 2 };
        if let Some(rest) = bare.strip_prefix(*prefix)
            && rest.len() >= left
        {
            bare = rest;
            break;
        }
    }
    for suffix in LIGHT10_SUFFIXES {
        if let Some(rest) = bare.strip_suffix(*suffix)
            && rest.len() >= 2
        {
            bare = rest;
        }
    }
    bare
}

/// How often a form is attested, in eighths of a binary logarithm; `None` below eight times.
fn frequency(letters: &[char]) -> Option<u64> {
    let map = ATTESTED.as_ref()?;
    let mut node = map.as_fst().root();
    let mut output = 0u64;
    let mut bytes = [0; 4];
    for letter in letters {
        for &byte in letter.encode_utf8(&mut bytes).as_bytes() {
            let transition = node.transition(node.find_input(byte)?);
            output += transition.out.value();
            node = map.as_fst().node(transition.addr);
        }
    }
    node.is_final().then(|| output + node.final_output().value())
}

/// How often a form folded for the `stem` stream occurs in the compiled text, about; 0 where it is not attested.
pub fn attested(form: &str) -> u64 {
    let letters: Vec<char> = form.chars().collect();
    frequency(&letters).map_or(0, |eighths| (eighths as f64 / 8.0).exp2() as u64)
}

/// Every attested form, in order.
pub fn attested_forms() -> Vec<String> {
    let mut forms = Vec::new();
    if let Some(map) = ATTESTED.as_ref() {
        let mut stream = map.stream();
        while let Some((form, _)) = fst::Streamer::next(&mut stream) {
            forms.push(String::from_utf8_lossy(form).into_owned());
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lexicon_opens() {
        assert!(ATTESTED.as_ref().is_some_and(|map| map.len() > 50_000));
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
