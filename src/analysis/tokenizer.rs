//! One pass over the text: classify, fold, cut.
//!
//! Words are cut at every change of script (Arabic, Latin, digits, others), so that `و128` and `بـF-16` part where a
//! reader parts them. Numbers keep their inner `.`, `,` and `:`; a short letter run, a hyphen and a number are one word
//! (`F-16`, `إف-16`). Scripts written without spaces become overlapping pairs of characters. Spans are bytes of the
//! original text, half-open, on character boundaries; dropped diacritics inside or behind a word belong to its span.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, decompose_compatible, is_combining_mark};

use crate::language::arabic::normalizer::{TATWEEL, digit, fold_letter, is_arabic_letter, is_diacritic, is_invisible, is_presentation_form};

/// Longest term in characters; what is longer is cut there. Lucene's whitespace tokenizer would split it otherwise.
pub const MAX_TERM_CHARS: usize = 255;

/// Most letters before the hyphen of a model name such as `F-16` or `ميغ-29`.
const MODEL_LETTERS: usize = 3;

/// The script of a word decides which stemmer it meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Script {
    Arabic,
    Latin,
    /// Digits, alone or behind a model's letters.
    Number,
    /// Alphabets with spaces: Cyrillic, Greek, Hebrew, Devanagari and so on.
    Other,
    /// Written without spaces: pairs of characters.
    Dense,
}

/// One word as cut: its span in the text and its folded form (the term of the `exact` stream).
#[derive(Debug, Clone, Copy)]
pub struct Cut<'a> {
    pub start: usize,
    pub end: usize,
    pub script: Script,
    pub exact: &'a str,
}

/// Calls `emit` for every word of `text`, in order.
pub fn cut(text: &str, mut emit: impl FnMut(Cut<'_>)) {
    Cutter { text, term: String::new(), chars: 0, script: Script::Other, start: 0, end: 0, state: State::Outside, dense: None }.run(&mut emit);
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Outside,
    /// Inside a word of the current script.
    Word,
    /// Inside the digits behind a model's letters.
    Model,
}

struct Cutter<'a> {
    text: &'a str,
    term: String,
    chars: usize,
    script: Script,
    start: usize,
    end: usize,
    state: State,
    /// Start and folded form of the character before, in a script without spaces, and whether it stands alone so far.
    dense: Option<(usize, usize, char, bool)>,
}

/// What a character does to the word around it.
#[derive(Clone, Copy)]
enum Class {
    /// A letter with its folded form.
    Letter(Script, char),
    /// A letter whose folding is longer than one character.
    Letters(char),
    Digit(char),
    /// Belongs to the word before it, adds nothing.
    Mark,
    /// Adds nothing, belongs nowhere.
    Invisible,
    Boundary,
    /// An Arabic presentation form: its decomposition is classified again.
    Presentation,
}

const BLOCK_START: usize = 0x600;

/// The classes of the Arabic block, U+0600 to U+06FF, made once.
static ARABIC_BLOCK: [Class; 0x100] = {
    let mut block = [Class::Boundary; 0x100];
    let mut at = 0;
    while at < block.len() {
        if let Some(c) = char::from_u32((BLOCK_START + at) as u32)
            && let Some(class) = classify_arabic(c)
        {
            block[at] = class;
        }
        at += 1;
    }
    block
};

/// The class of a character of the Arabic blocks, or one without ink; `None` for others and for punctuation.
const fn classify_arabic(c: char) -> Option<Class> {
    if is_arabic_letter(c) {
        return Some(Class::Letter(Script::Arabic, fold_letter(c)));
    }
    if c == TATWEEL || is_diacritic(c) {
        return Some(Class::Mark);
    }
    if is_invisible(c) {
        return Some(Class::Invisible);
    }
    if let Some(digit) = digit(c) {
        return Some(Class::Digit(digit));
    }
    if is_presentation_form(c) { Some(Class::Presentation) } else { None }
}

fn classify(c: char) -> Class {
    // Most of a text is ASCII or plain Arabic: those come first.
    match c {
        'a'..='z' => return Class::Letter(Script::Latin, c),
        'A'..='Z' => return Class::Letter(Script::Latin, c.to_ascii_lowercase()),
        '0'..='9' => return Class::Digit(c),
        '\0'..='\x7f' => return Class::Boundary,
        _ => {}
    }
    if let Some(class) = (c as usize).checked_sub(BLOCK_START).and_then(|at| ARABIC_BLOCK.get(at)) {
        return *class;
    }
    if let Some(class) = classify_arabic(c) {
        return class;
    }
    match c as u32 {
        // Full-width Latin and digits.
        0xFF01..=0xFF5E => match char::from_u32(c as u32 - 0xFEE0) {
            Some(ascii) => classify(ascii),
            None => Class::Boundary,
        },
        0xC0..=0x24F | 0x1E00..=0x1EFF if c.is_alphabetic() => match latin(c) {
            Some(letter) => Class::Letter(Script::Latin, letter),
            None => Class::Letters(c),
        },
        0x2E80..=0x2FDF
        | 0x3005..=0x3007
        | 0x3041..=0x30FF
        | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF
        | 0xF900..=0xFAFF
        | 0x20000..=0x3FFFF
        | 0x0E00..=0x0EFF
        | 0x1780..=0x17FF
        | 0x1000..=0x109F
        | 0x3130..=0x318F
        | 0xAC00..=0xD7A3
            if c.is_alphanumeric() || is_combining_mark(c) =>
        {
            Class::Letter(Script::Dense, c)
        }
        0x0300..=0x036F => Class::Mark,
        _ if c.is_alphabetic() => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(letter), None) => Class::Letter(Script::Other, letter),
                _ => Class::Letters(c),
            }
        }
        // Vowel signs of Indic and other scripts are part of the word.
        _ if is_combining_mark(c) => Class::Letter(Script::Other, c),
        _ => match c.to_digit(10).or_else(|| decimal_digit(c)) {
            Some(value) => char::from_digit(value, 10).map_or(Class::Boundary, Class::Digit),
            None => Class::Boundary,
        },
    }
}

/// Whether a character goes on a Latin word.
fn is_latin(c: char) -> bool {
    matches!(classify(c), Class::Letter(Script::Latin, _)) || matches!(classify(c), Class::Letters(_)) && (c as u32) < 0x250
}

/// Value of the decimal digits of Indic scripts, which news in those scripts uses.
fn decimal_digit(c: char) -> Option<u32> {
    const ZEROS: &[u32] = &[0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66];
    ZEROS.iter().find_map(|zero| (c as u32).checked_sub(*zero).filter(|value| *value < 10))
}

/// The base letter of a Latin letter with diacritics, in lower case; `None` where the folding is longer than a letter.
fn latin(c: char) -> Option<char> {
    let base = match c {
        'ß' | 'ẞ' | 'æ' | 'Æ' | 'œ' | 'Œ' | 'þ' | 'Þ' => return None,
        'ł' | 'Ł' => 'l',
        'ø' | 'Ø' => 'o',
        'đ' | 'Đ' | 'ð' | 'Ð' => 'd',
        'ı' | 'İ' => 'i',
        'ħ' | 'Ħ' => 'h',
        _ => {
            let mut base = None;
            decompose_canonical(c, |part| {
                if base.is_none() {
                    base = Some(part);
                }
            });
            base.unwrap_or(c)
        }
    };
    let mut lower = base.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(letter), None) => Some(letter),
        _ => None,
    }
}

/// The folding of a letter that becomes several.
fn long_folding(c: char) -> String {
    match c {
        'ß' | 'ẞ' => "ss".into(),
        'æ' | 'Æ' => "ae".into(),
        'œ' | 'Œ' => "oe".into(),
        'þ' | 'Þ' => "th".into(),
        _ => c.to_lowercase().filter(|part| !is_combining_mark(*part)).collect(),
    }
}

/// The ligature of four words, U+FDFD.
const BASMALA: [&str; 4] = ["بسم", "الله", "الرحمن", "الرحيم"];

impl Cutter<'_> {
    fn run(&mut self, emit: &mut impl FnMut(Cut<'_>)) {
        for (at, c) in self.text.char_indices() {
            let end = at + c.len_utf8();
            match classify(c) {
                Class::Letter(Script::Dense, letter) => self.dense(at, end, letter, emit),
                Class::Letter(script, letter) => self.letter(script, letter, at, end, emit),
                Class::Letters(letter) => {
                    let script = if (letter as u32) < 0x250 { Script::Latin } else { Script::Other };
                    for part in long_folding(letter).chars() {
                        self.letter(script, part, at, end, emit);
                    }
                }
                Class::Digit(value) => self.digit(value, at, end, emit),
                Class::Mark => {
                    if self.state != State::Outside {
                        self.end = end;
                    }
                }
                Class::Invisible => {}
                Class::Presentation => self.presentation(c, at, end, emit),
                Class::Boundary => self.boundary(c, end, emit),
            }
        }
        self.finish(emit);
    }

    fn letter(&mut self, script: Script, letter: char, at: usize, end: usize, emit: &mut impl FnMut(Cut<'_>)) {
        if self.state != State::Word || self.script != script {
            self.finish(emit);
            (self.state, self.script, self.start) = (State::Word, script, at);
        }
        self.push(letter);
        self.end = end;
    }

    fn digit(&mut self, value: char, at: usize, end: usize, emit: &mut impl FnMut(Cut<'_>)) {
        let inside = self.state == State::Model || (self.state == State::Word && self.script == Script::Number);
        if !inside {
            self.finish(emit);
            (self.state, self.script, self.start) = (State::Word, Script::Number, at);
        }
        self.push(value);
        self.end = end;
    }

    /// A character between words; some of them hold a word together.
    fn boundary(&mut self, c: char, end: usize, emit: &mut impl FnMut(Cut<'_>)) {
        let next = self.text[end..].chars().next();
        let next_is_digit = next.is_some_and(|next| next.is_ascii_digit() || digit(next).is_some());
        match c {
            '.' | ',' | '\u{66B}' | '\u{66C}' | ':' if self.script == Script::Number && self.state == State::Word && next_is_digit => {
                let separator = match c {
                    '\u{66B}' => '.',
                    '\u{66C}' => ',',
                    other => other,
                };
                // `10:30` is a clock, `ratio:3` is not, and a second colon still is (`10:30:15`).
                if separator != ':' || self.term.len() <= 2 || self.term.contains(':') {
                    self.push(separator);
                    return;
                }
                self.finish(emit);
            }
            '-' | '\u{2011}'
                if self.state == State::Word && matches!(self.script, Script::Arabic | Script::Latin) && self.chars <= MODEL_LETTERS && next_is_digit =>
            {
                self.push('-');
                self.state = State::Model;
            }
            '\'' | '\u{2019}' if self.state == State::Word && self.script == Script::Latin && next.is_some_and(is_latin) => {
                self.push('\'');
            }
            // `U.S.` and `U.N.`: single letters with stops between them are one word, written without the stops.
            '.' if self.state == State::Word
                && self.script == Script::Latin
                && next.is_some_and(|next| next.is_ascii_alphabetic())
                && self.dotted_so_far()
                && self.text[end..].chars().nth(1).is_none_or(|after| !after.is_alphanumeric()) => {}
            _ => self.finish(emit),
        }
    }

    /// Whether the word so far is single capital letters with stops: `U`, `U.S`.
    fn dotted_so_far(&self) -> bool {
        self.text[self.start..self.end].split('.').all(|part| part.len() == 1)
    }

    /// Overlapping pairs of characters; a lone character stands for itself.
    fn dense(&mut self, at: usize, end: usize, letter: char, emit: &mut impl FnMut(Cut<'_>)) {
        if self.state != State::Outside {
            self.finish(emit);
        }
        if let Some((start, _, before, _)) = self.dense {
            let pair: String = [before, letter].iter().collect();
            emit(Cut { start, end, script: Script::Dense, exact: &pair });
            self.dense = Some((at, end, letter, false));
        } else {
            self.dense = Some((at, end, letter, true));
        }
    }

    fn presentation(&mut self, c: char, at: usize, end: usize, emit: &mut impl FnMut(Cut<'_>)) {
        match c {
            '\u{FDFD}' => {
                self.finish(emit);
                for exact in BASMALA {
                    emit(Cut { start: at, end, script: Script::Arabic, exact });
                }
            }
            // ﷺ and ﷻ are formulas behind a name, not words of it.
            '\u{FDFA}' | '\u{FDFB}' | '\u{FD3E}' | '\u{FD3F}' => self.finish(emit),
            _ => {
                let mut parts = Vec::new();
                decompose_compatible(c, |part| parts.push(part));
                for part in parts {
                    match classify(part) {
                        Class::Letter(script, letter) => self.letter(script, letter, at, end, emit),
                        Class::Mark if self.state != State::Outside => self.end = end,
                        Class::Mark | Class::Invisible | Class::Presentation | Class::Letters(_) => {}
                        Class::Digit(_) | Class::Boundary => self.finish(emit),
                    }
                }
            }
        }
    }

    fn push(&mut self, letter: char) {
        if self.chars < MAX_TERM_CHARS {
            self.term.push(letter);
        }
        self.chars += 1;
    }

    fn finish(&mut self, emit: &mut impl FnMut(Cut<'_>)) {
        if let Some((start, end, letter, true)) = self.dense.take() {
            emit(Cut { start, end, script: Script::Dense, exact: letter.encode_utf8(&mut [0; 4]) });
        }
        if self.state != State::Outside {
            if self.script == Script::Other {
                // Marks of other scripts may stand in any order: terms are NFC.
                let composed: String = self.term.nfc().collect();
                emit(Cut { start: self.start, end: self.end, script: self.script, exact: &composed });
            } else {
                emit(Cut { start: self.start, end: self.end, script: self.script, exact: &self.term });
            }
            self.term.clear();
            self.chars = 0;
            self.state = State::Outside;
        }
    }
}
