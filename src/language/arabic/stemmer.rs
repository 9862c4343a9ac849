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

use std::borrow::Cow;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::attested::frequency;
use super::normalizer::{fold_carriers, fold_word};
use crate::language::word_list;

/// Fewest letters a prefix of the guard leaves.
const LEFT: usize = 3;

const ARTICLE: &str = "ال";

const FUTURE: &str = "س";

/// `ل` before the article, whose alef is not written.
const TO_THE: &str = "لل";

/// Clitics before the article, longest first.
const BEFORE_ARTICLE: &[&str] = &["وب", "فب", "وك", "فك", "و", "ف", "ب", "ك", ""];

/// Clitics without article, tried in this order; each only before an attested rest.
const CLITICS: &[&str] = &["وب", "ول", "فب", "فل", "وس", "فس", "و", "ف", "ب", "ل", "ك", FUTURE];

/// Clitics before a name, and the article that `ل` swallowed: `لل` + X is `ل` + `ال` + X; `بال` + X keeps its article.
const NAME_CLITICS: &[(&str, &str)] = &[
    ("ولل", ARTICLE),
    ("فلل", ARTICLE),
    (TO_THE, ARTICLE),
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

/// How much rarer, in the same unit, a word may be behind the article for the word to be a noun of its own.
const NOUN_MARGIN: u64 = 24;

/// The same for a word that begins with `ال` itself.
const RADICAL_MARGIN: u64 = 16;

/// light10's suffixes, each tried once in this order. Ta marbuta and alef maqsura are folded before, so `ية` is `يه` here. Those of
/// two letters leave three, where light10 leaves two: `بيان` is no `بي`.
const LIGHT10_SUFFIXES: &[(&str, usize)] = &[("ها", 3), ("ان", 3), ("ات", 3), ("ون", 3), ("ين", 3), ("يه", 3), ("ه", 2), ("ي", 2)];

/// Endings behind which an irregular plural is looked up: pronouns and the accusative; then those that are also the ta marbuta or
/// the ya of an adjective (`فكرة` is no `أفكار`), only behind a hamza.
const PRONOUNS: &[&str] = &["هما", "هم", "ها", "هن", "نا", "كم", "ا"];
const BEHIND_HAMZA: &[&str] = &["ه", "ي", "ك"];

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

/// The one noun whose article is part of it, and the forms of it that hide that.
const ALLAH: &str = "الله";
const OF_ALLAH: &[&str] = &[ALLAH, "والله", "بالله", "لله", "فالله", "تالله", "ولله", "وبالله"];

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
        let stem: Box<str> = without_suffixes(&singular).into();
        stems.insert(form.into_boxed_str(), stem.clone());
        // The guard would mangle some singulars (`فقير` is no `ف` + `قير`).
        stems.insert(singular.into_boxed_str(), stem);
    }
    stems
});

/// A word folded for the `stem` stream.
fn fold_stem(word: &str) -> String {
    fold_carriers(&fold_word(word))
}

/// Stems one word already folded for the `exact` stream. A stop word keeps its form.
pub fn stem(exact: &str, is_stop_word: bool) -> Stems {
    let word = fold_carriers(exact);
    if is_stop_word {
        return whole(&word);
    }
    if OF_ALLAH.contains(&exact) {
        return whole(ALLAH);
    }
    if let Some((article, name)) = name_in(&word) {
        let name = [article, name].concat();
        let bare = name.strip_prefix(ARTICLE).filter(|rest| has_letters(rest, LEFT)).unwrap_or(&name);
        return Stems { p4: first_four(bare), stem: format!("{NAME_MARK}{name}") };
    }
    // `ففي`, `لكل`: a function word behind a clitic.
    let is_function_word = |rest: &&str| super::is_stop_word(rest) && frequency(rest) >= frequency(&word) && !is_noun(&word);
    if let Some(rest) = exact.strip_prefix(['و', 'ف', 'ب', 'ل', 'ك']).filter(is_function_word) {
        return whole(&fold_carriers(rest));
    }
    // What the table of irregular forms knows whole is not mangled by the guard.
    if let Some(stem) = IRREGULARS.get(word.as_str()) {
        return Stems { stem: stem.to_string(), p4: first_four(&word) };
    }
    let bare = without_prefixes(&word);
    let stem = irregular(&bare).unwrap_or_else(|| without_suffixes(&bare)).to_string();
    Stems { stem, p4: first_four(&bare) }
}

fn whole(word: &str) -> Stems {
    Stems { stem: word.to_string(), p4: first_four(word) }
}

fn first_four(word: &str) -> String {
    word.chars().take(4).collect()
}

fn has_letters(word: &str, n: usize) -> bool {
    n == 0 || word.chars().nth(n - 1).is_some()
}

/// How often a word stands behind the article.
fn with_article(word: &str) -> Option<u64> {
    frequency(&[ARTICLE, word].concat())
}

/// Whether a word is a noun of its own, whatever letter it begins with: its definite form is attested (`البريد`, so `بريد` is no
/// `ب` + `ريد`); an article stands before no clitic.
fn is_noun(word: &str) -> bool {
    with_article(word).is_some_and(|definite| definite + NOUN_MARGIN >= frequency(word).unwrap_or(0))
}

/// The protected name a word is, clitics apart: the article to put before it, and the rest of the word. `ال` belongs to a name
/// or does not: it is never stripped.
fn name_in(word: &str) -> Option<(&'static str, &str)> {
    if NAMES.contains(word) {
        return Some(("", word));
    }
    if !word.starts_with(FIRST_LETTERS) {
        return None;
    }
    // A frequent word that happens to end in a name is a word of its own, unless the article settles it.
    let is_clitic = |article: &str, rest: &str| {
        !article.is_empty() || rest.starts_with(ARTICLE) || !is_noun(word) && frequency(rest).unwrap_or(0) + CLITIC_MARGIN >= frequency(word).unwrap_or(0)
    };
    let is_name = |article: &str, rest: &str| match article {
        "" => NAMES.contains(rest),
        article => NAMES.contains([article, rest].concat().as_str()),
    };
    NAME_CLITICS.iter().find_map(|(clitic, article)| {
        let rest = word.strip_prefix(clitic)?;
        (has_letters(rest, LEFT) && is_name(article, rest) && is_clitic(article, rest)).then_some((*article, rest))
    })
}

/// The stem of an irregular plural or its singular, also with a pronoun behind it (`أصدقائه`).
fn irregular(bare: &str) -> Option<&'static str> {
    let known = |word: &str| IRREGULARS.get(word).map(|stem| &**stem);
    let without = |pronoun: &&str| bare.strip_suffix(*pronoun).filter(|rest| has_letters(rest, LEFT));
    // A hamza before a pronoun has a seat, which is folded: `أصدقائه`.
    let with_hamza = |rest: &str| known(&[rest.strip_suffix('ي').filter(|rest| rest.ends_with('ا') && has_letters(rest, LEFT))?, "ء"].concat());
    let plain = || PRONOUNS.iter().filter_map(without).find_map(known);
    let hamza = || PRONOUNS.iter().chain(BEHIND_HAMZA).filter_map(without).find_map(with_hamza);
    known(bare).or_else(plain).or_else(hamza)
}

/// The word without its article and clitics, as the guard allows.
fn without_prefixes(word: &str) -> Cow<'_, str> {
    if !word.starts_with(FIRST_LETTERS) {
        return Cow::Borrowed(word);
    }
    if let Some(bare) = without_article(word) {
        return bare;
    }
    if is_noun(word) {
        return Cow::Borrowed(word);
    }
    let of_word = frequency(word).unwrap_or(0);
    // What the table of irregular forms knows is a word however rare.
    let is_attested = |rest: &str| match (frequency(rest), IRREGULARS.contains_key(rest)) {
        (Some(of_rest), is_known) => of_rest + if is_known { NOUN_MARGIN } else { 0 } >= of_word,
        (None, is_known) => of_word == 0 && is_known,
    };
    // `س` stands before a verb of the present, which begins with one of these letters: `سماء` is no `ماء`.
    let may_be = |clitic: &str, rest: &str| !clitic.ends_with(FUTURE) || rest.starts_with(['ي', 'ت', 'ن']);
    let rests = CLITICS.iter().filter_map(|clitic| word.strip_prefix(clitic).filter(|rest| may_be(clitic, rest)));
    let attested = rests.filter(|rest| has_letters(rest, LEFT)).find(|rest| is_attested(rest));
    // light10 strips `و` from whatever it stands before: names that no text attests are found so.
    let after_and = || {
        let rest = word.strip_prefix('و').filter(|rest| has_letters(rest, LEFT))?;
        (of_word == 0 || frequency(rest).is_some_and(|rest| rest + NOUN_MARGIN >= of_word)).then_some(rest)
    };
    Cow::Borrowed(attested.or_else(after_and).unwrap_or(word))
}

/// The word without its article and what stands before that; `None` where it has none. What begins with `ال` of its own keeps it:
/// `ألمانية` stands behind the article as often as without, `الأم` never does.
fn without_article(word: &str) -> Option<Cow<'_, str>> {
    let is_radical = |word: &str| with_article(word).is_some_and(|definite| definite + RADICAL_MARGIN >= frequency(word).unwrap_or(0));
    for clitic in ["و", "ف", ""] {
        if let Some(rest) = word.strip_prefix(clitic).and_then(|rest| rest.strip_prefix(TO_THE)).filter(|rest| has_letters(rest, 2)) {
            // `للجنة` is `ل` + `لجنة` rather than `ل` + `الجنة`.
            let with_lam = &word[word.len() - rest.len() - 'ل'.len_utf8()..];
            let definite = [ARTICLE, rest].concat();
            return Some(match frequency(with_lam) {
                Some(lam) if lam > frequency(&definite).unwrap_or(0) => Cow::Borrowed(with_lam),
                _ if is_radical(&definite) => Cow::Owned(definite),
                _ => Cow::Borrowed(rest),
            });
        }
    }
    let (clitic, definite) = BEFORE_ARTICLE.iter().find_map(|clitic| {
        let definite = word.strip_prefix(clitic).filter(|rest| rest.starts_with(ARTICLE) && has_letters(rest, 4))?;
        Some((*clitic, definite))
    })?;
    // `والتر`, `كالياري`: attested whole, and never without what looks like a clitic.
    if !clitic.is_empty() && frequency(word).is_some() && frequency(definite).is_none() {
        return None;
    }
    let rest = &definite[ARTICLE.len()..];
    Some(Cow::Borrowed(if is_radical(definite) || !has_letters(rest, LEFT) && frequency(rest).is_none() { definite } else { rest }))
}

/// The word without light10's suffixes; what would leave a function word (`هيئة`, `هي`) stays.
fn without_suffixes(word: &str) -> &str {
    let may_leave = |rest: &&str, left: usize| has_letters(rest, left) && !super::is_stop_word(rest);
    LIGHT10_SUFFIXES.iter().fold(word, |bare, (suffix, left)| bare.strip_suffix(suffix).filter(|rest| may_leave(rest, *left)).unwrap_or(bare))
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
