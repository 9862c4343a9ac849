//! One text as the rules see it: words, facts, gaps, sentences.

use std::ops::Range;

use super::lexicon::{Phrase, Stripped, What, WordFacts};
use super::{EntityKind, Field, Span, Tokenized};
use crate::analysis::{Analyzer, Script, Token};
use crate::language::arabic::normalizer::{TATWEEL, is_diacritic, is_invisible};

/// A tokenized text with what is known of its words.
pub struct Page<'a> {
    pub field: Field,
    pub text: &'a str,
    pub tokens: &'a [Token],
    /// The exact terms.
    pub words: Vec<&'a str>,
    pub stems: Vec<&'a str>,
    pub facts: Vec<&'a WordFacts>,
    pub scripts: Vec<Script>,
    /// Token ranges.
    pub sentences: Vec<Range<usize>>,
    /// The text is (almost) all capitals, as old wire headlines are: case says nothing.
    pub is_shouted: bool,
    /// More Arabic words than Latin ones: Latin words are titles of works, products and models more often than names.
    pub is_arabic_text: bool,
    /// The page is of the sports pages: a city is as likely its club.
    pub is_sport: bool,
}

impl<'a> Page<'a> {
    pub fn new(field: Field, text: Tokenized<'a>, analyzer: &'a Analyzer, facts: &'a [WordFacts]) -> Page<'a> {
        let tokens = text.tokens;
        let words: Vec<&str> = tokens.iter().map(|&token| &*analyzer.word(token).exact).collect();
        let upper = text.text.bytes().filter(u8::is_ascii_uppercase).count();
        let lower = text.text.bytes().filter(u8::is_ascii_lowercase).count();
        let mut page = Page {
            field,
            text: text.text,
            tokens,
            facts: tokens.iter().map(|token| &facts[token.word as usize]).collect(),
            scripts: tokens.iter().map(|&token| analyzer.word(token).script).collect(),
            words,
            stems: tokens.iter().map(|&token| &*analyzer.word(token).stem).collect(),
            sentences: Vec::new(),
            is_shouted: upper > 3 * lower.max(1),
            is_arabic_text: false,
            is_sport: false,
        };
        let of_script = |script| page.scripts.iter().filter(|found| **found == script).count();
        page.is_arabic_text = of_script(Script::Arabic) > of_script(Script::Latin);
        page.is_sport = is_sport(&page);
        page.sentences = page.cut_sentences();
        page
    }

    /// The text between a token and the next.
    pub fn gap(&self, token: usize) -> &'a str {
        match (self.tokens.get(token), self.tokens.get(token + 1)) {
            (Some(left), Some(right)) => self.text.get(left.end as usize..right.start as usize).unwrap_or_default(),
            (Some(left), None) => self.text.get(left.end as usize..).unwrap_or_default(),
            _ => "",
        }
    }

    /// The text before a token, back to the one before it.
    pub fn gap_before(&self, token: usize) -> &'a str {
        match token.checked_sub(1) {
            Some(before) => self.gap(before),
            None => self.tokens.first().and_then(|first| self.text.get(..first.start as usize)).unwrap_or_default(),
        }
    }

    /// Whether nothing but white space parts a token from the next.
    pub fn is_joined(&self, token: usize) -> bool {
        token + 1 < self.tokens.len() && self.gap(token).chars().all(|c| c.is_whitespace() || is_invisible(c) || c == TATWEEL)
    }

    /// The surface of a token.
    pub fn surface(&self, token: usize) -> &'a str {
        self.tokens.get(token).and_then(|token| self.text.get(token.start as usize..token.end as usize)).unwrap_or_default()
    }

    pub fn is_capitalized(&self, token: usize) -> bool {
        self.scripts.get(token) == Some(&Script::Latin) && self.surface(token).chars().next().is_some_and(char::is_uppercase)
    }

    pub fn is_all_capitals(&self, token: usize) -> bool {
        let surface = self.surface(token);
        let bare = surface.strip_suffix("'s").or_else(|| surface.strip_suffix("’s")).unwrap_or(surface);
        bare.chars().filter(|letter| letter.is_alphabetic()).all(char::is_uppercase)
    }

    pub fn is_arabic(&self, token: usize) -> bool {
        self.scripts[token] == Script::Arabic
    }

    /// The span of tokens, half-open, without the first `letters` letters, an English possessive left out and the last
    /// stop of `U.S.` taken in.
    pub fn span(&self, first: usize, end: usize, letters: u8) -> Span {
        let start = self.tokens[first].start as usize + clitic_bytes(self.surface(first), letters);
        let last = end - 1;
        let mut stop = self.tokens[last].end;
        if self.scripts[last] == Script::Latin {
            let surface = self.surface(last);
            if self.words[last].ends_with("'s") {
                stop -= surface.chars().rev().take(2).map(char::len_utf8).sum::<usize>() as u32;
            } else if surface.contains('.') && self.gap(last).starts_with('.') {
                stop += 1;
            }
        }
        Span { start: start as u32, end: stop }
    }

    /// The sentence a token is in.
    pub fn sentence_of(&self, token: usize) -> Range<usize> {
        let at = self.sentences.partition_point(|sentence| sentence.end <= token);
        self.sentences.get(at).cloned().unwrap_or(0..self.tokens.len())
    }

    /// Whether a token is the last of its sentence.
    pub fn ends_sentence(&self, token: usize) -> bool {
        self.sentence_of(token).end == token + 1
    }

    /// The phrases that begin at a token and are whole before `end`.
    pub fn phrases(&self, token: usize, end: usize) -> impl Iterator<Item = (&'static Phrase, Stripped)> + '_ {
        let following = &self.words[(token + 1).min(end)..end];
        self.facts[token].phrases.iter().copied().filter(move |(phrase, _)| phrase.continues(following))
    }

    /// The longest phrase of a sort at a token: words taken and what was stripped.
    pub fn phrase(&self, token: usize, end: usize, wanted: fn(&What) -> bool) -> Option<(usize, Stripped)> {
        self.phrases(token, end).filter(|(phrase, _)| wanted(&phrase.what)).map(|(phrase, stripped)| (phrase.n_words(), stripped)).max_by_key(|(len, _)| *len)
    }

    /// The longest head of a place or a body at a token: words taken, what was stripped, and whether it means little else. Of equal
    /// ones the one behind an article: it points back.
    pub fn head(&self, token: usize, end: usize, kind: EntityKind) -> Option<(usize, Stripped, bool)> {
        let heads = self.phrases(token, end).filter_map(|(phrase, stripped)| match (phrase.what, kind) {
            (What::PlaceHead { is_sure }, EntityKind::Place) | (What::OrganizationHead { is_sure }, EntityKind::Organization) => {
                Some((phrase.n_words(), stripped, is_sure))
            }
            _ => None,
        });
        heads.max_by_key(|(len, stripped, is_sure)| (*len, stripped.article, *is_sure))
    }

    /// Whether a token is a form of company or body that ends a name (`Corp`, `Ministry`).
    pub fn is_organization_tail(&self, token: usize) -> bool {
        self.phrase(token, self.sentence_of(token).end, |what| matches!(what, What::OrganizationTail)).is_some()
    }

    /// The folded words of tokens, the first without its clitics, an English possessive left out.
    pub fn folded(&self, first: usize, end: usize, letters: u8) -> String {
        let mut folded: String = self.words[first].chars().skip(letters as usize).collect();
        for word in &self.words[first + 1..end] {
            folded.push(' ');
            folded.push_str(word);
        }
        if self.scripts[end - 1] == Script::Latin && folded.ends_with("'s") {
            folded.truncate(folded.len() - 2);
        }
        folded
    }

    fn cut_sentences(&self) -> Vec<Range<usize>> {
        let wrapped = is_hard_wrapped(self.text);
        let mut sentences = Vec::new();
        let mut first = 0;
        for token in 0..self.tokens.len() {
            // A text without stops is cut all the same: what is done within a sentence costs its square.
            if token + 1 == self.tokens.len() || token + 1 - first >= LONGEST_SENTENCE || self.is_sentence_end(token, wrapped) {
                sentences.push(first..token + 1);
                first = token + 1;
            }
        }
        sentences
    }

    fn is_sentence_end(&self, token: usize, wrapped: bool) -> bool {
        let gap = self.gap(token);
        if gap == " " || gap.is_empty() {
            return false;
        }
        if gap.contains(['!', '?', '\u{61F}', '\u{61B}', '\u{6D4}', '\u{2026}']) {
            return true;
        }
        if gap.contains('\n') && (!wrapped || gap.contains("\n\n") || gap.contains("\n ")) {
            return true;
        }
        if !gap.contains('.') {
            return false;
        }
        if gap.contains("..") {
            return true;
        }
        let word = self.words[token];
        let is_initial = word.chars().count() == 1 && self.scripts[token] != Script::Number;
        if is_initial && gap.trim() == "." || ABBREVIATIONS.contains(&word) && self.scripts[token] == Script::Latin {
            return false;
        }
        let next_is_lower = self.surface(token + 1).chars().next().is_some_and(char::is_lowercase);
        gap.contains(". ") && !next_is_lower || gap.contains(".\n") || gap.trim_end() != "."
    }
}

/// Different words of sport on a page, and how many words a page may have for each of its words of sport.
const SPORT_WORDS: usize = 4;
const WORDS_FOR_EACH: usize = 25;

fn is_sport(page: &Page<'_>) -> bool {
    let found: Vec<&str> = page.words.iter().zip(&page.facts).filter(|(_, facts)| facts.is_sport).map(|(word, _)| *word).collect();
    let different: rustc_hash::FxHashSet<&str> = found.iter().copied().collect();
    different.len() >= SPORT_WORDS && found.len() * WORDS_FOR_EACH >= page.words.len()
}

/// Words of a sentence at most.
const LONGEST_SENTENCE: usize = 400;

/// English words that end in a stop without ending a sentence.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "gen", "lt", "col", "maj", "capt", "sgt", "sen", "rep", "gov", "st", "jr", "sr", "no", "vs", "inc", "ltd", "co", "corp",
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec", "approx", "dept", "est",
];

/// Lines cut at a fixed width, as old wires are: their ends say nothing about sentences.
fn is_hard_wrapped(text: &str) -> bool {
    let lengths: Vec<usize> = text.lines().map(str::len).filter(|len| *len > 0).take(40).collect();
    lengths.len() > 3 && lengths.iter().all(|len| *len <= 90) && lengths.iter().filter(|len| **len >= 45).count() * 10 >= lengths.len() * 6
}

/// Bytes of the first `letters` letters of a word, with the marks between them.
fn clitic_bytes(surface: &str, letters: u8) -> usize {
    if letters == 0 {
        return 0;
    }
    let mut left = letters;
    for (at, letter) in surface.char_indices() {
        if is_diacritic(letter) || is_invisible(letter) || letter == TATWEEL {
            continue;
        }
        if left == 0 {
            return at;
        }
        left -= 1;
    }
    surface.len()
}
