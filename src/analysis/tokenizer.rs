//! One pass over the text: classify, fold, cut.
//!
//! Words are cut at every change of script (Arabic, Latin, digits, others), so that `و128` and `بـF-16` part where a
//! reader parts them. Numbers keep their inner `.`, `,` and `:`; a short letter run, a hyphen and a number are one word
//! (`F-16`, `إف-16`). An apostrophe between letters belongs to the word (`don't`, `п'ять`), and so do the marks of Hebrew
//! abbreviations (`צה״ל`); what Romance languages tie to the word behind it is no part of the term (`l'élection`). Scripts
//! written without spaces become overlapping pairs of characters. However a text was encoded, composed or decomposed, its
//! terms are the same. Spans are bytes of the original text, half-open, on character boundaries; dropped diacritics inside or
//! behind a word belong to its span, a dropped article before it too.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{compose, decompose_canonical, decompose_compatible, is_combining_mark};

use crate::language::arabic::normalizer::{TATWEEL, digit, fold_letter, is_arabic_letter, is_diacritic, is_invisible, is_presentation_form};
use crate::language::light::{GERESH, GERSHAYIM, HEBREW_PREFIXES, is_elision, is_hebrew};

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
    /// Where the second character of a pair begins; `None` for all that is no pair.
    pub second: Option<usize>,
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
    dense: Option<Dense>,
}

/// The last character of a run without spaces. A vowel or a voicing mark behind it may still become part of it.
struct Dense {
    start: usize,
    end: usize,
    letter: char,
    /// Start and folded form of the character before it in the run.
    before: Option<(usize, char)>,
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
    if let Some(digit) = decimal_digit(c as u32) {
        return Class::Digit(digit);
    }
    match c as u32 {
        // The points and accents of Hebrew; what else stands among them is punctuation.
        0x0591..=0x05BD | 0x05BF | 0x05C1..=0x05C2 | 0x05C4..=0x05C5 | 0x05C7 => Class::Mark,
        0xFB1D..=0xFB4F => Class::Presentation,
        // Full-width Latin and digits.
        0xFF01..=0xFF5E => match char::from_u32(c as u32 - 0xFEE0) {
            Some(ascii) => classify(ascii),
            None => Class::Boundary,
        },
        0xC0..=0x24F | 0x1E00..=0x1EFF if c.is_alphabetic() => match latin(c) {
            Some(letter) => Class::Letter(Script::Latin, letter),
            None => Class::Letters(c),
        },
        // Compatibility ideographs and half-width katakana with their voicing marks.
        0xF900..=0xFAFF | 0xFF66..=0xFF9F | 0x2F800..=0x2FA1F => Class::Letter(Script::Dense, plain_form(c)),
        // A letter to Unicode, an apostrophe to writers.
        _ if c == MODIFIER_APOSTROPHE => Class::Boundary,
        0x2E80..=0x2FDF
        | 0x3005..=0x3007
        | 0x3041..=0x30FF
        | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF
        | 0x20000..=0x3FFFF
        | 0x0E00..=0x0EFF
        | 0x1780..=0x17FF
        | 0x1000..=0x109F
        | 0x1100..=0x11FF
        | 0x3130..=0x318F
        | 0xA960..=0xA97F
        | 0xAC00..=0xD7FF
            if c.is_alphanumeric() || is_combining_mark(c) =>
        {
            Class::Letter(Script::Dense, c)
        }
        _ if is_accent(c) => Class::Mark,
        _ if c.is_alphabetic() => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(letter), None) => Class::Letter(Script::Other, letter),
                _ => Class::Letters(c),
            }
        }
        // Vowel signs of Indic and other scripts are part of the word.
        _ if is_combining_mark(c) => Class::Letter(Script::Other, c),
        _ => Class::Boundary,
    }
}

/// Diacritics that letters of any alphabet may carry.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}

/// Whether a character goes on a Latin word.
fn is_latin(c: char) -> bool {
    matches!(classify(c), Class::Letter(Script::Latin, _)) || matches!(classify(c), Class::Letters(_)) && (c as u32) < 0x250
}

/// The zeros of the decimal digits of Unicode 16, those of ASCII, Arabic and full-width forms not included; nine digits follow each.
const ZEROS: &[u32] = &[
    0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80,
    0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136,
    0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16130,
    0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

/// The ASCII digit of a decimal digit of any other script.
fn decimal_digit(code: u32) -> Option<char> {
    let zero = ZEROS.get(ZEROS.partition_point(|zero| *zero <= code).checked_sub(1)?)?;
    char::from_digit(code - zero, 10)
}

/// The character that a compatibility form stands for.
fn plain_form(c: char) -> char {
    let mut plain = None;
    decompose_compatible(c, |part| plain = plain.or(Some(part)));
    plain.unwrap_or(c)
}

/// Whether a character may melt into the one before it: vowels and finals of Hangul, voicing marks of kana, and a Burmese vowel.
fn is_joining(letter: char) -> bool {
    matches!(letter, '\u{1161}'..='\u{1175}' | '\u{11A8}'..='\u{11C2}' | '\u{3099}' | '\u{309A}' | '\u{102E}')
}

const RIGHT_QUOTE: char = '\u{2019}';
const MODIFIER_APOSTROPHE: char = '\u{2BC}';

fn is_cyrillic(letter: char) -> bool {
    matches!(letter, '\u{400}'..='\u{52F}')
}

/// Whether a quotation mark between two texts is the sign of an abbreviation in Hebrew (`צה"ל`), which stands before its last
/// letter. Endings may follow (`מנכ"לית`); behind prefixes alone the mark opens a quotation (`ב"הארץ"`).
pub fn is_gershayim(mark: char, before: impl DoubleEndedIterator<Item = char>, after: impl Iterator<Item = char>) -> bool {
    if !matches!(mark, '"' | '\u{201D}' | GERSHAYIM) {
        return false;
    }
    let is_letter = |letter: &char| !matches!(classify(*letter), Class::Mark);
    let n_behind = after.filter(is_letter).take_while(|letter| is_hebrew(*letter)).take(2).count();
    let mut letters = before.rev().filter(is_letter).take_while(|letter| is_hebrew(*letter)).peekable();
    letters.peek().is_some() && (n_behind == 1 || n_behind > 1 && !letters.all(|letter| HEBREW_PREFIXES.contains(&letter)))
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
                Class::Mark => self.mark(c, end),
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

    /// A diacritic: no part of the term, unless it may be part of a letter of another script (`й`, `ї`, `ά`).
    fn mark(&mut self, c: char, end: usize) {
        if self.state == State::Outside {
            return;
        }
        if self.script == Script::Other && is_accent(c) {
            self.push(c);
        }
        self.end = end;
    }

    /// A character between words; some of them hold a word together.
    fn boundary(&mut self, c: char, end: usize, emit: &mut impl FnMut(Cut<'_>)) {
        if c == ' ' || self.state == State::Outside {
            return self.finish(emit);
        }
        let next = self.text[end..].chars().next();
        let next_is_digit = || next.is_some_and(|next| matches!(classify(next), Class::Digit(_)));
        match c {
            '.' | ',' | '\u{66B}' | '\u{66C}' | ':' if self.script == Script::Number && self.state == State::Word && next_is_digit() => {
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
                if self.state == State::Word && matches!(self.script, Script::Arabic | Script::Latin) && self.chars <= MODEL_LETTERS && next_is_digit() =>
            {
                self.push('-');
                self.state = State::Model;
            }
            '\'' | RIGHT_QUOTE | MODIFIER_APOSTROPHE | GERESH if self.state == State::Word => match next {
                Some(next) if self.apostrophe(next) => {}
                _ => self.finish(emit),
            },
            '"' | '\u{201D}' | GERSHAYIM if self.script == Script::Other && is_gershayim(c, self.term.chars(), self.text[end..].chars()) => {
                self.push(GERSHAYIM);
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

    /// Takes in an apostrophe if the word goes on behind it, and tells whether it does.
    fn apostrophe(&mut self, next: char) -> bool {
        match self.script {
            Script::Latin if is_latin(next) => {
                if is_elision(&self.term, next) {
                    self.term.clear();
                    self.chars = 0;
                } else {
                    self.push('\'');
                }
                true
            }
            Script::Other if is_cyrillic(next) && self.term.starts_with(is_cyrillic) => {
                self.push('\'');
                true
            }
            // The sign of a foreign sound (`צ'רצ'יל`); behind a prefix it opens a quotation.
            Script::Other if is_hebrew(next) && self.term.ends_with(|last| is_hebrew(last) && !HEBREW_PREFIXES.contains(&last)) => {
                self.push(GERESH);
                true
            }
            _ => false,
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
        if is_joining(letter)
            && let Some(last) = &mut self.dense
            && let Some(whole) = compose(last.letter, letter)
        {
            (last.letter, last.end) = (whole, end);
            return;
        }
        let before = self.dense.take().map(|last| {
            if last.before.is_some() {
                self.emit_dense(&last, emit);
            }
            (last.start, last.letter)
        });
        self.dense = Some(Dense { start: at, end, letter, before });
    }

    /// Emits the pair that a character ends, or the character if it stands alone.
    fn emit_dense(&mut self, last: &Dense, emit: &mut impl FnMut(Cut<'_>)) {
        let (start, second) = match last.before {
            Some((start, before)) => {
                self.term.push(before);
                (start, Some(last.start))
            }
            None => (last.start, None),
        };
        self.term.push(last.letter);
        emit(Cut { start, end: last.end, script: Script::Dense, exact: &self.term, second });
        self.term.clear();
    }

    fn presentation(&mut self, c: char, at: usize, end: usize, emit: &mut impl FnMut(Cut<'_>)) {
        match c {
            '\u{FDFD}' => {
                self.finish(emit);
                for exact in BASMALA {
                    emit(Cut { start: at, end, script: Script::Arabic, exact, second: None });
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
        if let Some(last) = self.dense.take() {
            self.emit_dense(&last, emit);
        }
        if self.state != State::Outside {
            let (start, end, script) = (self.start, self.end, self.script);
            if script == Script::Other {
                // Marks of other scripts may stand in any order: terms are NFC. What is then left of accents is stress (`за́мок`).
                let composed: String = self.term.nfc().filter(|letter| !is_accent(*letter)).map(|letter| if letter == 'ё' { 'е' } else { letter }).collect();
                emit(Cut { start, end, script, exact: &composed, second: None });
            } else {
                emit(Cut { start, end, script, exact: &self.term, second: None });
            }
            self.term.clear();
            self.chars = 0;
            self.state = State::Outside;
        }
    }
}
