//! Stems of the languages that have no room of their own.
//!
//! German, French, Spanish, Swedish, Russian and Turkish are Snowball's; Ukrainian, Persian, Urdu, Kurdish and Hebrew have
//! short lists of endings or prefixes below, made for news: what is *not* done is anything that needs a dictionary. A stem
//! is tagged with its language (`de·regier`), so that a question, which has no language of its own, may try them all without
//! meeting the words of another language.

use std::sync::LazyLock;

use frostem::{Algorithm, Stemmer};
use rustc_hash::{FxHashMap, FxHashSet};
use unicode_normalization::UnicodeNormalization;

use super::arabic::normalizer::{HEH, HEH_DOACHASHMEE, TATWEEL, fold_letter, is_diacritic, is_invisible};
use super::word_list;
use crate::article::LanguageCode;

/// Parts tag and stem; no word holds it at its third place.
pub const TAG: char = '·';

/// The stem of a word, without the tag; `None` for languages without a stemmer. A word in Latin or Arabic letters comes as it is
/// written, one in other letters folded.
pub fn stem(word: &str, language: LanguageCode) -> Option<String> {
    let code = language.as_str();
    let lower: String = match code {
        // Turkish has two letters i.
        "tr" => word.replace('I', "ı").replace('İ', "i").to_lowercase().nfc().collect(),
        _ => word.to_lowercase().nfc().collect(),
    };
    let snowball = |algorithm| Some(Stemmer::new(algorithm).stem(without_elision(&lower)).into_owned());
    match code {
        "de" => snowball(Algorithm::German),
        "fr" => snowball(Algorithm::French),
        "es" => snowball(Algorithm::Spanish),
        "sv" => snowball(Algorithm::Swedish),
        "ru" => snowball(Algorithm::Russian),
        "tr" => Some(turkish(without_elision(&lower))),
        "uk" => Some(ukrainian(&lower)),
        "fa" => Some(persian(&lower)),
        "ur" => Some(urdu(&lower)),
        "ckb" => Some(without_ending(&lower, KURDISH, 3).to_string()),
        "he" => Some(hebrew(&lower)),
        _ => None,
    }
}

/// Languages of the script of a word that have a stemmer here: those a question's word may be of.
pub fn languages_of(word: &str) -> &'static [LanguageCode] {
    const LATIN: &[LanguageCode] = &[LanguageCode::of("de"), LanguageCode::of("fr"), LanguageCode::of("es"), LanguageCode::of("sv"), LanguageCode::of("tr")];
    const CYRILLIC: &[LanguageCode] = &[LanguageCode::of("ru"), LanguageCode::of("uk")];
    const ARABIC: &[LanguageCode] = &[LanguageCode::of("fa"), LanguageCode::of("ur"), LanguageCode::of("ckb")];
    const HEBREW: &[LanguageCode] = &[LanguageCode::of("he")];
    match word.chars().find(|letter| letter.is_alphabetic()).map_or(0, |letter| letter as u32) {
        0x41..=0x24F | 0x1E00..=0x1EFF => LATIN,
        0x400..=0x52F => CYRILLIC,
        0x590..=0x5FF => HEBREW,
        0x600..=0x8FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFF => ARABIC,
        _ => &[],
    }
}

const APOSTROPHES: [char; 3] = ['\'', '\u{2019}', '\u{2BC}'];

/// What Romance languages write in front of a vowel with an apostrophe: articles, prepositions and short pronouns. English has none
/// of them before a vowel, but for names that came from there (`D'Alema` is found by `Alema`; `O'Neill` stays whole).
const ELIDED: &[&str] =
    &["l", "d", "qu", "j", "n", "s", "c", "m", "t", "lorsqu", "puisqu", "jusqu", "quoiqu", "dell", "all", "nell", "sull", "dall", "un", "quest", "quell"];

/// Whether the letters before an apostrophe, in lower case, are an elided word: they are where the next one begins with a vowel or h.
pub fn is_elision(before: &str, next: char) -> bool {
    ELIDED.contains(&before) && next.to_lowercase().any(|next| "aeiouyhàâäáãåæèéêëìíîïòóôõöøœùúûüýÿ".contains(next))
}

/// The word as the tokenizer takes it: without the elided words before it.
fn without_elision(lower: &str) -> &str {
    match lower.split_once(APOSTROPHES) {
        Some((before, after)) if after.starts_with(|next| is_elision(before, next)) => without_elision(after),
        _ => lower,
    }
}

/// The word without the first of the endings that leaves enough letters. Endings are parted by spaces, the longest first.
fn without_ending<'w>(word: &'w str, endings: &str, left: usize) -> &'w str {
    let strip = |ending| word.strip_suffix(ending).filter(|rest| rest.chars().count() >= left);
    endings.split_ascii_whitespace().find_map(strip).unwrap_or(word)
}

/// The Turkish nouns of two letters that news is full of: house, water, work, vote, month, name, hand, base, pardon. No other stem is so short.
const TURKISH_SHORT: &[&str] = &["ev", "su", "iş", "oy", "ay", "ad", "el", "üs", "af"];

const TURKISH_PLURAL: &str =
    "larından lerinden larında lerinde larının lerinin larına lerine lardan lerden larda lerde ların lerin ları leri lara lere lar ler";

/// Snowball's stem of the word before the apostrophe, behind which stands the case of a name. Where it takes too much (`insan` would
/// be `in`), only the plural goes.
fn turkish(lower: &str) -> String {
    let bare = lower.split(APOSTROPHES).next().unwrap_or(lower);
    let stem = Stemmer::new(Algorithm::Turkish).stem(bare);
    if stem.chars().nth(2).is_some() || TURKISH_SHORT.contains(&&*stem) { stem.into_owned() } else { without_ending(bare, TURKISH_PLURAL, 3).to_string() }
}

static UKRAINIAN_IRREGULAR: LazyLock<FxHashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let lines = word_list(include_str!("../../data/language/uk/irregular.txt"));
    lines.flat_map(|line| line.split(' ').map(|form| (form, line.split(' ').next().unwrap_or(form)))).collect()
});

/// The abstract nouns in -ість, in all cases: their stem is that of the adjective they are made of.
const UKRAINIAN_ABSTRACT: &str = "остями остях остям остей ості істю ість";

/// The dative of persons, `президентові`. Only behind long words: `голові` is of `голова`, `військові` of `військовий`.
const UKRAINIAN_PERSON: &str = "ові еві єві";

/// Case and gender endings of nouns and adjectives, longest first. Those of nouns in -ія have the whole of it, so that `сесія` and
/// `сесій` meet.
const UKRAINIAN: &str = "\
    іями \
    ього ьому ього ьими ьою ими іми їми ами ями ьми іям іях ією ого ому ою ею єю ьої \
    ої ій ий їй ія ії ію ах ях ів їв ей ом ем єм ам ям их іх їх им ім їм \
    а я у ю о е є и і ї ь й";

/// The folded word without its ending; verbs keep theirs.
fn ukrainian(word: &str) -> String {
    if let Some(stem) = UKRAINIAN_IRREGULAR.get(word) {
        return stem.to_string();
    }
    let bare = [(UKRAINIAN_ABSTRACT, 4), (UKRAINIAN_PERSON, 7), (UKRAINIAN, 3)]
        .iter()
        .map(|(endings, left)| without_ending(word, endings, *left))
        .find(|bare| bare.len() < word.len())
        .unwrap_or(word);
    // `рішення` and `рішень`, `сім'я` and `сім'ю`.
    let bare = bare.trim_end_matches('\'');
    bare.strip_suffix('н').filter(|rest| rest.ends_with('н')).unwrap_or(bare).to_string()
}

const NON_JOINER: char = '\u{200C}';

/// A word in Arabic letters, folded but for what Urdu tells apart (`ھ` is no `ہ`), with its zero-width non-joiners.
fn arabic_letters(word: &str) -> String {
    let is_written = |letter: &char| *letter == NON_JOINER || !(is_diacritic(*letter) || *letter == TATWEEL || is_invisible(*letter));
    let fold = |letter| match letter {
        HEH_DOACHASHMEE => letter,
        // Heh with the sign of the ezafe, in Persian and in Urdu.
        '\u{6C0}' | '\u{6C2}' => HEH,
        '\u{6D3}' => '\u{6D2}',
        _ => fold_letter(letter),
    };
    word.chars().filter(is_written).map(fold).collect()
}

/// Words that a Persian suffix seems to end.
static PERSIAN_WHOLE: LazyLock<FxHashSet<String>> =
    LazyLock::new(|| word_list(include_str!("../../data/language/fa/whole_words.txt")).map(arabic_letters).collect());

/// The signs of the present and its negation, before a verb and a zero-width non-joiner.
const PERSIAN_PRESENT: [&str; 2] = ["مي", "نمي"];

/// What a zero-width non-joiner ties to a noun is an ending, however short the noun: plural, ezafe, pronoun, copula, degree.
const PERSIAN_TIED: &str = "هايشان هايمان هايتان هايش هايم هايت هايي هاي ها ترين تري تر اي ام ات اش ايم ايد اند ان مان تان شان يي ي";

/// Endings written on, with the fewest letters they leave. The pronouns -م, -ت and -ش end too many words and stay; -ان ends
/// `ایران` and `باران`, which its five letters keep.
const PERSIAN: &[(&str, usize)] = &[("هايشان هايمان هايتان هايش هايم هايت هايي هاي ها ترين تري تر", 3), ("ات ان", 4), ("ي", 3)];

/// The word without what is tied to it and without its endings, one after the other; verbs keep their person.
fn persian(word: &str) -> String {
    let letters = arabic_letters(word);
    let mut parts: Vec<&str> = letters.split(NON_JOINER).filter(|part| !part.is_empty()).collect();
    if parts.len() > 1 && PERSIAN_PRESENT.contains(&parts[0]) {
        parts.remove(0);
    }
    while parts.len() > 1 && parts.last().is_some_and(|last| PERSIAN_TIED.split(' ').any(|tied| tied == *last)) {
        parts.pop();
    }
    let joined = parts.concat();
    let mut bare = joined.as_str();
    while !PERSIAN_WHOLE.contains(bare)
        && let Some(shorter) = PERSIAN.iter().map(|(endings, left)| without_ending(bare, endings, *left)).find(|shorter| shorter.len() < bare.len())
    {
        bare = shorter;
    }
    bare.to_string()
}

/// Plural and oblique endings of nouns, longest first.
const URDU: &str = "ائيں اؤں يوں ئيں ياں وں يں ات ے ي ا";

/// The word without its ending, or without the heh that becomes one: `بچہ`, `بچے`, `بچوں`. A heh behind a long vowel is of the word
/// (`راہ`, `راہوں`), and the sign of aspiration always is (`ہاتھ`).
fn urdu(word: &str) -> String {
    let letters: String = arabic_letters(word).replace(NON_JOINER, "");
    let bare = without_ending(&letters, URDU, 2);
    let is_ending = |rest: &&str| rest.chars().count() >= 2 && !rest.ends_with(['ا', 'و', 'ي']);
    bare.strip_suffix(HEH).filter(is_ending).unwrap_or(bare).to_string()
}

/// The definite and indefinite articles behind the noun, and plural, longest first.
const KURDISH: &str = "ەکانی ەکان ەکەی ەکە انی ان ێکی ێک ەی ی ە";

/// The sign of a foreign sound in Hebrew, and that of an abbreviation: terms have them in these forms.
pub const GERESH: char = '\u{5F3}';
pub const GERSHAYIM: char = '\u{5F4}';

/// `the`, `and`, `in`, `to`; `from`, `as`, `that`.
pub const HEBREW_PREFIXES: [char; 7] = ['ה', 'ו', 'ב', 'ל', 'מ', 'כ', 'ש'];

const HEBREW_PLURAL: &str = "ימ";

static HEBREW_KNOWN: LazyLock<FxHashSet<String>> =
    LazyLock::new(|| word_list(include_str!("../../data/language/he/known_words.txt")).map(hebrew_letters).collect());

/// Fewest letters behind a prefix. The last three begin more words than they precede.
fn hebrew_left(prefix: char) -> usize {
    if matches!(prefix, 'מ' | 'כ' | 'ש') { 4 } else { 3 }
}

/// Whether a letter is one of the Hebrew alphabet.
pub fn is_hebrew(letter: char) -> bool {
    matches!(letter, 'א'..='ת')
}

/// Final letters in their common form, signs left out: `ארץ` begins as `ארצות` does, `צה״ל` is `צהל`.
fn hebrew_letters(word: &str) -> String {
    let common = |letter| match letter {
        'ך' => 'כ',
        'ם' => 'מ',
        'ן' => 'נ',
        'ף' => 'פ',
        'ץ' => 'צ',
        _ => letter,
    };
    word.chars().filter(|letter| !matches!(*letter, GERESH | GERSHAYIM)).map(common).collect()
}

/// The folded word without its prefixes and the plural in -ים. What a list knows is found behind any prefixes. Of other words
/// prefixes go one after the other: a letter that is part of the word goes too, but it goes from every form. The endings of
/// feminine words stay, since without them `משטרה` (police) is `משטר` (regime).
pub fn hebrew(word: &str) -> String {
    let letters = hebrew_letters(word);
    let mut rest = letters.as_str();
    loop {
        let singular = without_ending(rest, HEBREW_PLURAL, 3);
        if let Some(known) = [rest, singular].into_iter().find(|form| HEBREW_KNOWN.contains(*form)) {
            return known.to_string();
        }
        let Some(shorter) = rest.strip_prefix(HEBREW_PREFIXES) else { break };
        rest = shorter;
    }
    let mut rest = without_ending(&letters, HEBREW_PLURAL, 3);
    while let Some(prefix) = rest.chars().next().filter(|first| HEBREW_PREFIXES.contains(first))
        && rest.chars().count() > hebrew_left(prefix)
    {
        rest = &rest[prefix.len_utf8()..];
    }
    rest.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_in_many_cases() {
        let rows: &[(&str, &[&str])] = &[
            ("de", &["Regierung", "Regierungen"]),
            ("fr", &["l'élection", "élections"]),
            ("es", &["negociación", "negociaciones"]),
            ("sv", &["regeringen", "regering"]),
            ("ru", &["правительство", "правительства", "правительством"]),
            ("tr", &["Ankara'da", "Ankara"]),
            ("uk", &["місто", "міста", "містом"]),
            ("fa", &["کتاب", "کتاب\u{200C}ها"]),
            ("ur", &["لڑکا", "لڑکے", "لڑکوں"]),
            ("ckb", &["کتێب", "کتێبەکە", "کتێبەکان"]),
            ("he", &["ממשלה", "הממשלה", "בממשלה", "שמהממשלה"]),
            ("uk", &["київ", "києва", "києві"]),
        ];
        for (code, forms) in rows {
            let stems: Vec<Option<String>> = forms.iter().map(|form| stem(form, LanguageCode::of(code))).collect();
            assert!(stems.windows(2).all(|pair| pair[0] == pair[1] && pair[0].is_some()), "{code} {forms:?}: {stems:?}");
        }
    }
}
