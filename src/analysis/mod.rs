//! Text to tokens, the same for the index and for the question.
//!
//! Three terms a word: `exact` (letters folded), `stem` (light stem) and `p4` (first four letters of the word without its
//! prefixes; it scores, it never matches). Offsets into the original text survive everything. An [`Analyzer`] keeps what
//! it has learned of every word it met, since a text is mostly words seen before: one per thread.
//!
//! Promises that the engines rely on: one token a position and no holes, no white space or control character inside a
//! term, terms of at most [`MAX_TERM_CHARS`] characters, no [`SENTINEL`] in any term.

pub mod near_duplicates;
mod tokenizer;

use rustc_hash::FxHashMap;

pub use tokenizer::{MAX_TERM_CHARS, Script, is_gershayim};

use crate::article::LanguageCode;
use crate::language::{self, StemmerKind, arabic, english};

/// The token that parts body and title in one field. A private character: no text analysis yields it.
pub const SENTINEL: &str = "\u{F8FF}";

/// Version of the terms made here; a change of it asks for `reindex`.
pub const ANALYZER_VERSION: &str = "fx6";

/// Words an analyzer remembers before it starts anew: a bound on memory, about 20 MB a thread.
const MAX_WORDS: usize = 120_000;

/// One word of a text: span in bytes, half-open, and the number of its word type in the analyzer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub start: u32,
    pub end: u32,
    pub word: u32,
}

/// A word type: its terms in the three streams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub exact: Box<str>,
    pub stem: Box<str>,
    pub p4: Box<str>,
    pub script: Script,
    pub is_stop_word: bool,
}

/// Cuts and stems texts. Not shared between threads; cheap to make.
#[derive(Debug, Default)]
pub struct Analyzer {
    words: Vec<Word>,
    /// One map a stemmer, so that a look-up needs no owned key: Arabic, English, none.
    by_stemmer: [FxHashMap<Box<str>, u32>; 3],
    /// Words of the other languages, by the surface their stem is made of.
    by_surface: FxHashMap<LanguageCode, FxHashMap<Box<str>, u32>>,
    generation: u64,
}

impl Analyzer {
    pub fn new() -> Analyzer {
        Analyzer::default()
    }

    /// The tokens of a text in reading order. `language` is the article's; the script of each token decides its stemmer.
    pub fn analyze(&mut self, text: &str, language: LanguageCode) -> Vec<Token> {
        let mut tokens = Vec::with_capacity(text.len() / 9 + 4);
        // The last character of a run of pairs begins none: it is a token of its own, so that every character is found alone.
        let mut last: Option<(usize, usize, char)> = None;
        tokenizer::cut(text, |cut| {
            if let Some((start, end, letter)) = last.take_if(|(_, end, _)| cut.start >= *end) {
                tokens.push(self.character(letter, start, end, language));
            }
            if let Some(second) = cut.second {
                last = cut.exact.chars().next_back().map(|letter| (second, cut.end, letter));
            }
            let surface = text.get(cut.start..cut.end).unwrap_or_default();
            let word = self.intern(cut.exact, surface, cut.script, language);
            tokens.push(Token { start: cut.start as u32, end: cut.end as u32, word });
        });
        if let Some((start, end, letter)) = last {
            tokens.push(self.character(letter, start, end, language));
        }
        tokens
    }

    /// The token of one character of a script without spaces.
    fn character(&mut self, letter: char, start: usize, end: usize, language: LanguageCode) -> Token {
        let mut buffer = [0; 4];
        let exact = letter.encode_utf8(&mut buffer);
        Token { start: start as u32, end: end as u32, word: self.intern(exact, exact, Script::Dense, language) }
    }

    /// The word type of a token. Numbers are valid until [`Analyzer::forget`].
    pub fn word(&self, token: Token) -> &Word {
        &self.words[token.word as usize]
    }

    /// The word type of a number, as [`Token::word`] holds it.
    pub fn word_at(&self, number: u32) -> &Word {
        &self.words[number as usize]
    }

    /// How many word types are known; word numbers lie below it.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Changes whenever word numbers lose their meaning: tables kept beside the analyzer go by it.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Drops the word types when there are very many. Call it between articles: all tokens made before become invalid.
    pub fn forget(&mut self) {
        if self.words.len() > MAX_WORDS {
            *self = Analyzer { generation: self.generation + 1, ..Analyzer::default() };
        }
    }

    fn intern(&mut self, exact: &str, surface: &str, script: Script, language: LanguageCode) -> u32 {
        let stemmer = stemmer(script, language);
        let (map, key) = match stemmer {
            StemmerKind::Arabic => (&mut self.by_stemmer[0], exact),
            StemmerKind::English => (&mut self.by_stemmer[1], exact),
            StemmerKind::None => (&mut self.by_stemmer[2], exact),
            StemmerKind::Light(language) => (self.by_surface.entry(language).or_default(), surface),
        };
        if let Some(&number) = map.get(key) {
            return number;
        }
        let number = self.words.len() as u32;
        map.insert(key.into(), number);
        self.words.push(make_word(exact, surface, script, stemmer));
        number
    }
}

/// Arabic words are stemmed as Arabic unless the article is in another language of that script; Latin words likewise
/// with English.
fn stemmer(script: Script, language: LanguageCode) -> StemmerKind {
    let own = language::language(language).map(|language| language.stemmer);
    let light = |is_own_script: bool| if is_own_script { own } else { None }.filter(|own| matches!(own, StemmerKind::Light(_)));
    match script {
        Script::Arabic => match language.as_str() {
            "fa" | "ur" | "ckb" => light(true).unwrap_or(StemmerKind::None),
            "ps" | "sd" | "ug" => StemmerKind::None,
            _ => StemmerKind::Arabic,
        },
        Script::Latin => match language.as_str() {
            "de" | "fr" | "es" | "sv" | "tr" => light(true).unwrap_or(StemmerKind::None),
            // Foreign names in an article of another script are English as likely as anything.
            _ if own.is_some() || language == LanguageCode::UNKNOWN => StemmerKind::English,
            _ => StemmerKind::None,
        },
        Script::Other => light(matches!(language.as_str(), "ru" | "uk" | "he")).unwrap_or(StemmerKind::None),
        Script::Number | Script::Dense => StemmerKind::None,
    }
}

/// The tagged stem of a word of another language. Latin stemmers go by the letters that folding takes (`ä`), Persian by the
/// zero-width non-joiner; for other alphabets the folded word is the word.
fn light_stem(exact: &str, surface: &str, script: Script, language: LanguageCode) -> Option<String> {
    let stem = language::light::stem(if script == Script::Other { exact } else { surface }, language)?;
    let folded = fold(&stem).replace(' ', "");
    (!folded.is_empty()).then(|| format!("{language}{}{folded}", language::light::TAG).chars().take(MAX_TERM_CHARS).collect())
}

fn four(text: &str) -> Box<str> {
    text.chars().take(4).collect::<String>().into()
}

/// The `p4` term of a word that is no number. A question has no language of its own: the term goes by the letters alone, so that
/// a word of a Persian text and the same word of a question have the same.
fn beginning(exact: &str, script: Script) -> Box<str> {
    match script {
        Script::Arabic => arabic::stemmer::stem(exact, arabic::is_stop_word(exact)).p4.into(),
        Script::Other if exact.starts_with(language::light::is_hebrew) => four(&language::light::hebrew(exact)),
        _ => four(exact),
    }
}

fn make_word(exact: &str, surface: &str, script: Script, stemmer: StemmerKind) -> Word {
    match stemmer {
        StemmerKind::Arabic => {
            let is_stop_word = arabic::is_stop_word(exact);
            let stems = arabic::stemmer::stem(exact, is_stop_word);
            Word { exact: exact.into(), stem: stems.stem.into(), p4: stems.p4.into(), script, is_stop_word }
        }
        StemmerKind::English => {
            let stem = english::stem(exact);
            Word { exact: exact.into(), stem: stem.into(), p4: four(exact), script, is_stop_word: english::is_stop_word(exact) }
        }
        StemmerKind::Light(language) => {
            let stem = light_stem(exact, surface, script, language).unwrap_or_else(|| exact.to_string());
            Word { exact: exact.into(), stem: stem.into(), p4: beginning(exact, script), script, is_stop_word: false }
        }
        StemmerKind::None => {
            // `3,450` and `3450` are one number to whoever asks; in `p4` numbers stay whole.
            let stem: Box<str> = match script {
                Script::Number => without_thousands(exact).into(),
                // A character alone is found where a pair begins with it.
                Script::Dense => exact.chars().take(1).collect::<String>().into(),
                _ => exact.into(),
            };
            let p4 = if script == Script::Number { stem.clone() } else { beginning(exact, script) };
            Word { exact: exact.into(), stem, p4, script, is_stop_word: false }
        }
    }
}

/// The number without its thousands commas, when they stand where thousands do.
fn without_thousands(number: &str) -> String {
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut groups = whole.split(',');
    let first_fits = groups.next().is_some_and(|first| (1..=3).contains(&first.len()));
    if !first_fits || !groups.all(|group| group.len() == 3) {
        return number.to_string();
    }
    let mut joined = whole.replace(',', "");
    if let Some(fraction) = fraction {
        joined.push('.');
        joined.push_str(fraction);
    }
    joined
}

/// The terms of an article, each stream joined by single spaces, as every engine receives them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Streams {
    /// Body, sentinel, title, sentinel, title: a title token counts twice, body positions start at 0.
    pub text_exact: String,
    pub text_stem: String,
    pub text_p4: String,
    pub title_exact: String,
}

impl Streams {
    /// Joins the tokens of title and body, made by `analyzer`.
    pub fn join(analyzer: &Analyzer, title: &[Token], body: &[Token]) -> Streams {
        let letters: usize = body.last().map_or(0, |token| token.end as usize) + 2 * title.last().map_or(0, |token| token.end as usize) + 16;
        let stream = |term: fn(&Word) -> &str| {
            let mut joined = String::with_capacity(letters);
            let push = |joined: &mut String, tokens: &[Token]| {
                for &token in tokens {
                    joined.push_str(term(analyzer.word(token)));
                    joined.push(' ');
                }
            };
            push(&mut joined, body);
            if !title.is_empty() {
                for _ in 0..2 {
                    joined.push_str(SENTINEL);
                    joined.push(' ');
                    push(&mut joined, title);
                }
            }
            joined.pop();
            joined
        };
        let title_exact = title.iter().map(|&token| &*analyzer.word(token).exact).collect::<Vec<_>>().join(" ");
        Streams { text_exact: stream(|word| &word.exact), text_stem: stream(|word| &word.stem), text_p4: stream(|word| &word.p4), title_exact }
    }
}

/// One word of a question: its exact form, every stem it may have in the archive, and its `p4` code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionTerm {
    pub exact: String,
    /// As Arabic or English first, then as the other languages of its script.
    pub stems: Vec<String>,
    pub p4: String,
    pub is_stop_word: bool,
}

/// The terms of a question's text. Scripts decide the stemmers: a question has no language of its own. Pairs of characters are asked
/// for as pairs; one character alone is asked for as the stem it is.
pub fn question_terms(text: &str) -> Vec<QuestionTerm> {
    let mut analyzer = Analyzer::new();
    let mut tokens = analyzer.analyze(text, LanguageCode::UNKNOWN);
    // In a text the run may go on behind the last character of the question.
    let is_in_pair = |tokens: &[Token]| matches!(tokens, [.., pair, last] if pair.end == last.end && pair.start < last.start);
    if is_in_pair(&tokens) {
        tokens.pop();
    }
    tokens
        .into_iter()
        .map(|token| {
            let word = analyzer.word(token);
            // The stem of a pair is its first character, which would find far too much.
            let of_word = if word.script == Script::Dense { &word.exact } else { &word.stem };
            let mut stems = vec![of_word.to_string()];
            if matches!(word.script, Script::Arabic | Script::Latin | Script::Other) {
                let surface = text.get(token.start as usize..token.end as usize).unwrap_or_default();
                stems.extend(language::light::languages_of(&word.exact).iter().filter_map(|language| light_stem(&word.exact, surface, word.script, *language)));
            }
            QuestionTerm { exact: word.exact.to_string(), stems, p4: word.p4.to_string(), is_stop_word: word.is_stop_word }
        })
        .collect()
}

/// A text folded as the `exact` stream folds it, words joined by a space: the key of every name list.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    tokenizer::cut(text, |cut| {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(cut.exact);
    });
    folded
}

/// Spans and exact terms of a text, for callers that keep no analyzer.
pub fn exact_tokens(text: &str) -> Vec<(usize, usize, String)> {
    let mut tokens = Vec::new();
    tokenizer::cut(text, |cut| tokens.push((cut.start, cut.end, cut.exact.to_string())));
    tokens
}
