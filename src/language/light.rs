//! Stems of the languages that have no room of their own.
//!
//! German, French, Spanish, Swedish, Russian, Turkish and Persian are Snowball's; Ukrainian, Urdu, Kurdish and Hebrew have
//! short lists of endings or prefixes below, made for news: what is *not* done is anything that needs a dictionary. A stem
//! is tagged with its language (`de·regier`), so that a question, which has no language of its own, may try them all without
//! meeting the words of another language.

use frostem::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;

use crate::article::LanguageCode;

/// Parts tag and stem; no word holds it at its third place.
pub const TAG: char = '·';

/// The stem of a word as written, not yet folded, without the tag; `None` for languages without a stemmer.
pub fn stem(surface: &str, language: LanguageCode) -> Option<String> {
    let code = language.as_str();
    let lower: String = match code {
        // Turkish has two letters i.
        "tr" => surface.replace('I', "ı").replace('İ', "i").to_lowercase().nfc().collect(),
        _ => surface.to_lowercase().nfc().collect(),
    };
    let snowball = |algorithm| Some(Stemmer::new(algorithm).stem(bare(&lower, code)).into_owned());
    match code {
        "de" => snowball(Algorithm::German),
        "fr" => snowball(Algorithm::French),
        "es" => snowball(Algorithm::Spanish),
        "sv" => snowball(Algorithm::Swedish),
        "ru" => snowball(Algorithm::Russian),
        "tr" => snowball(Algorithm::Turkish),
        "fa" => snowball(Algorithm::Persian),
        "uk" => Some(without_ending(&lower, UKRAINIAN, 3)),
        "ur" => Some(without_ending(&lower, URDU, 2)),
        "ckb" => Some(without_ending(&lower, KURDISH, 3)),
        "he" => Some(without_prefixes(&lower, HEBREW, 4)),
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

/// The word without what is tied to it by an apostrophe: the article before it in French, the case behind it in Turkish.
fn bare<'w>(lower: &'w str, code: &str) -> &'w str {
    let apostrophe = ['\'', '’'];
    match code {
        "fr" => match lower.split_once(apostrophe) {
            Some((before, after)) if before.chars().count() <= 2 && !after.is_empty() => after,
            _ => lower,
        },
        "tr" => lower.split(apostrophe).next().unwrap_or(lower),
        _ => lower,
    }
}

fn without_ending(word: &str, endings: &[&str], left: usize) -> String {
    let fits = |ending: &&&str| word.strip_suffix(**ending).is_some_and(|rest| rest.chars().count() >= left);
    endings.iter().find(fits).and_then(|ending| word.strip_suffix(*ending)).unwrap_or(word).to_string()
}

/// The word without its prefixes, one after the other: a letter that is part of the word goes too, but it goes from every form.
fn without_prefixes(word: &str, prefixes: &[char], left: usize) -> String {
    let mut rest = word;
    while rest.chars().count() > left
        && let Some(shorter) = rest.strip_prefix(prefixes)
    {
        rest = shorter;
    }
    rest.to_string()
}

/// Case and gender endings, longest first.
const UKRAINIAN: &[&str] = &[
    "ностями",
    "ностях",
    "ністю",
    "ності",
    "ність",
    "еннями",
    "ення",
    "ання",
    "іння",
    "ського",
    "ському",
    "ським",
    "ською",
    "ській",
    "ські",
    "ська",
    "ський",
    "ого",
    "ому",
    "ими",
    "ами",
    "ями",
    "ові",
    "еві",
    "ої",
    "ій",
    "ий",
    "ою",
    "ею",
    "єю",
    "ах",
    "ях",
    "ів",
    "їв",
    "ом",
    "ем",
    "єм",
    "ам",
    "ям",
    "их",
    "им",
    "а",
    "я",
    "у",
    "ю",
    "о",
    "е",
    "є",
    "и",
    "і",
    "ї",
    "ь",
    "й",
];

/// Plural and oblique endings of nouns, longest first.
const URDU: &[&str] = &["یوں", "ئیں", "یاں", "وں", "یں", "ات", "ے", "ی", "ا"];

/// The definite and indefinite articles behind the noun, and plural, longest first.
const KURDISH: &[&str] = &["ەکانی", "ەکان", "ەکەی", "ەکە", "انی", "ان", "ێکی", "ێک", "ەی", "ی", "ە"];

/// `the`, `and`, `in`, `to`; the others begin too many words.
const HEBREW: &[char] = &['ה', 'ו', 'ב', 'ל'];

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
            ("he", &["ממשלה", "הממשלה", "בממשלה"]),
        ];
        for (code, forms) in rows {
            let stems: Vec<Option<String>> = forms.iter().map(|form| stem(form, LanguageCode::of(code))).collect();
            assert!(stems.windows(2).all(|pair| pair[0] == pair[1] && pair[0].is_some()), "{code} {forms:?}: {stems:?}");
        }
    }
}
