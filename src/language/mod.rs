//! Languages: one file or folder each, and the table that names them.
//!
//! A language brings letters, a stemmer and word lists; what the program can do in it stands in [`LANGUAGES`]. Names and
//! counts are looked for only where `names` says so: in an unknown language no names beat noise.

pub mod arabic;
mod detect;
pub mod english;
pub mod letters;
pub mod light;

use std::sync::LazyLock;

pub use detect::detect;
use rustc_hash::FxHashSet;

use crate::article::LanguageCode;

/// What the program knows of one language.
#[derive(Debug, Clone, Copy)]
pub struct Language {
    pub code: LanguageCode,
    pub name: &'static str,
    /// What its speakers call it.
    pub own_name: &'static str,
    pub stemmer: StemmerKind,
    /// Whether people, places, organizations and counts are looked for.
    pub names: bool,
}

/// Which function makes the `stem` term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StemmerKind {
    Arabic,
    English,
    /// Of the language of this code; see [`light`].
    Light(LanguageCode),
    /// The folded word itself.
    None,
}

/// The languages with a room of their own. Any other is indexed by its folded words, without names.
pub const LANGUAGES: &[Language] = &[
    Language { code: LanguageCode::ARABIC, name: "Arabic", own_name: "العربية", stemmer: StemmerKind::Arabic, names: true },
    Language { code: LanguageCode::ENGLISH, name: "English", own_name: "الإنجليزية", stemmer: StemmerKind::English, names: true },
    light_row("de", "German", "Deutsch"),
    light_row("fr", "French", "français"),
    light_row("es", "Spanish", "español"),
    light_row("sv", "Swedish", "svenska"),
    light_row("ru", "Russian", "русский"),
    light_row("tr", "Turkish", "Türkçe"),
    light_row("uk", "Ukrainian", "українська"),
    light_row("fa", "Persian", "فارسی"),
    light_row("ur", "Urdu", "اردو"),
    light_row("ckb", "Kurdish", "کوردی"),
    light_row("he", "Hebrew", "עברית"),
];

const fn light_row(code: &str, name: &'static str, own_name: &'static str) -> Language {
    let code = LanguageCode::of(code);
    Language { code, name, own_name, stemmer: StemmerKind::Light(code), names: false }
}

/// The row of a language, if it has one.
pub fn language(code: LanguageCode) -> Option<&'static Language> {
    LANGUAGES.iter().find(|language| language.code == code)
}

/// The lines of an embedded word list, comments (`#`) and blank lines left out.
pub fn word_list(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Whether a folded word of either language is a function word.
pub fn is_stop_word(exact: &str) -> bool {
    arabic::is_stop_word(exact) || english::is_stop_word(exact)
}

static QUESTION_WORDS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| word_list(include_str!("../../data/language/question_words.txt")).collect());

/// Whether a folded word only asks: `what`, `متي`.
pub fn is_question_word(exact: &str) -> bool {
    QUESTION_WORDS.contains(exact)
}

/// What a numeral says: one value, or bounds where it is vague.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity {
    pub value: Option<i64>,
    pub min: i64,
    pub max: Option<i64>,
}

impl Quantity {
    pub fn exact(value: i64) -> Quantity {
        Quantity { value: Some(value), min: value, max: Some(value) }
    }

    /// A magnitude without a value: `dozens`, `عشرات`.
    pub fn vague(min: i64, max: Option<i64>) -> Quantity {
        Quantity { value: None, min, max }
    }
}
