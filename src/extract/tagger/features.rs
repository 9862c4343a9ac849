//! What the tagger sees of a token: hashed features of its word, its neighbours, what stands between them, and what lists and rules
//! took it for.

use std::hash::Hasher;
use std::ops::Range;

use rustc_hash::FxHasher;

use super::super::lexicon::{What, WordFacts};
use super::super::page::Page;
use super::super::{EntityKind, How, Name};
use crate::analysis::Script;
use crate::language::arabic::classes::classes;

/// Features of a token, each a hash of what it says.
pub type Features = Vec<u64>;

/// Neighbours seen on each side.
const WIDTH: isize = 2;

/// Bits of [`list_bits`].
const LIST_BITS: u64 = 18;

/// Of a label of [`rule_labels`], the kind and whether the name goes on.
const RULE_KIND: u64 = 0b10011;

/// In pairs, of a word without class.
const NO_CLASS: (u64, u64) = (0xFFF, 0xFFF);

/// What a feature says.
#[derive(Clone, Copy)]
enum Template {
    Key,
    Always,
    Word,
    Stem,
    FirstLetters,
    LastLetters,
    WithoutFirst,
    Form,
    Shape,
    Frequency,
    RestFrequency,
    BaseFrequency,
    Page,
    GapBefore,
    GapBehind,
    Gaps,
    NoNeighbour,
    List,
    Lists,
    Rule,
    RuleKind,
    Fine,
    Coarse,
    CoarseAndRule,
    CoarseAndLists,
    CoarseAndLetters,
    NoClass,
    ListPair,
    ShapePair,
    RulePair,
    CoarsePair,
    FinePair,
    RuleAndShape,
    RuleAndLists,
    RuleAndFrequency,
    Remembered,
    RememberedShare,
    RememberedCount,
    RememberedBest,
}

impl Template {
    /// A number of what is said and of whom: the token itself, or a neighbour.
    fn at(self, offset: isize) -> u32 {
        self as u32 * 16 + (offset + WIDTH) as u32
    }
}

fn text(template: Template, offset: isize, text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u32(template.at(offset));
    hasher.write(text.as_bytes());
    mix(hasher.finish())
}

fn number(template: Template, offset: isize, number: u64) -> u64 {
    mix((u64::from(template.at(offset)) << 48) ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// Spreads every bit over all others (the finalizer of MurmurHash3).
fn mix(mut value: u64) -> u64 {
    value ^= value >> 33;
    value = value.wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    value ^= value >> 33;
    value = value.wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    value ^ (value >> 33)
}

/// The first and last letters of a word.
fn first_letters(word: &str, n: usize) -> Option<&str> {
    let end = word.char_indices().nth(n).map_or_else(|| (word.chars().count() == n).then_some(word.len()), |(at, _)| Some(at))?;
    word.get(..end)
}

fn last_letters(word: &str, n: usize) -> Option<&str> {
    let (at, _) = word.char_indices().rev().nth(n - 1)?;
    word.get(at..)
}

/// The bits of what lists know of a word.
fn list_bits(facts: &WordFacts) -> u64 {
    let mut bits = u64::from(facts.is_name_part)
        | u64::from(facts.is_definite) << 1
        | u64::from(facts.is_stop_word) << 2
        | u64::from(facts.begins_numeral) << 3
        | u64::from(facts.is_sport) << 4
        | u64::from(!facts.starts.is_empty()) << 5;
    for (phrase, stripped) in &facts.phrases {
        let bit: u64 = match phrase.what {
            What::PersonTitle => 6,
            What::PlaceHead { is_sure: true } => 7,
            What::PlaceHead { is_sure: false } => 8,
            What::OrganizationHead { is_sure: true } => 9,
            What::OrganizationHead { is_sure: false } => 10,
            What::NamedAfter => 11,
            What::OrganizationTail => 12,
            What::Cue { .. } => 13,
            What::Object { .. } => 14,
            What::Qualifier { .. } => 15,
        };
        bits |= 1 << bit;
        bits |= u64::from(phrase.n_words() == 1) << 16;
        bits |= u64::from(stripped.letters > 0) << 17;
    }
    bits
}

/// How often a word is met, in steps of two powers.
fn steps(frequency: u64) -> u64 {
    u64::from(64 - frequency.leading_zeros())
}

/// Case and digits of a surface.
fn shape(surface: &str) -> u64 {
    let (mut upper, mut lower, mut digits, mut others) = (0, 0, 0, 0);
    for letter in surface.chars() {
        if letter.is_uppercase() {
            upper += 1;
        } else if letter.is_lowercase() {
            lower += 1;
        } else if letter.is_numeric() {
            digits += 1;
        } else if !letter.is_alphabetic() {
            others += 1;
        }
    }
    let first_upper = surface.chars().next().is_some_and(char::is_uppercase);
    let case = match (first_upper, upper, lower) {
        (_, 0, 0) => 0,
        (_, 0, _) => 1,
        (true, 1, 0) => 2,
        (_, _, 0) => 3,
        (true, 1, _) => 4,
        (true, ..) => 5,
        _ => 6,
    };
    case | u64::from(digits > 0) << 3 | u64::from(digits > 0 && upper + lower == 0) << 4 | u64::from(others > 0) << 5
}

/// What stands between two tokens.
fn gap_sort(gap: &str) -> u64 {
    let has = |marks: &[char]| gap.contains(marks);
    match () {
        () if gap.is_empty() => 0,
        () if gap.chars().all(|c| c == ' ') => 1,
        () if has(&['\n']) => 2,
        () if has(&['(', ')', '[', ']']) => 3,
        () if has(&['"', '«', '»', '“', '”', '\'', '‘', '’']) => 4,
        () if has(&[':']) => 5,
        () if has(&['،', ',', ';', '؛']) => 6,
        () if has(&['-', '–', '—']) => 7,
        () if has(&['.', '!', '?', '؟', '…']) => 8,
        () if has(&['/']) => 9,
        () => 10,
    }
}

/// Of each token of a page, what lists and rules took it for: 0 or a code of kind, place in the name and how it was found.
fn rule_labels(page: &Page<'_>, names: &[Name]) -> Vec<u64> {
    let mut labels = vec![0; page.tokens.len()];
    for name in names.iter().filter(|name| name.field == page.field) {
        let kind = match name.kind {
            EntityKind::Person => 1,
            EntityKind::Place => 2,
            EntityKind::Organization => 3,
        };
        let how = match name.how {
            How::Authority => 1,
            How::Rule => 2,
            _ => 3,
        };
        let last = name.end.saturating_sub(1);
        for (token, label) in labels.iter_mut().enumerate().take(name.end).skip(name.first) {
            *label = kind | how << 2 | u64::from(token > name.first) << 4 | u64::from(token == last) << 5;
        }
    }
    labels
}

/// A number of the word whatever its clitics: by it other mentions of a name are known.
pub fn key(page: &Page<'_>, token: usize) -> u64 {
    text(Template::Key, 0, page.stems[token])
}

/// What the other mentions of a word were taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remembered {
    /// The label most of them have.
    pub label: u64,
    /// How many of them, in quarters.
    pub share: u64,
    /// How many mentions there are: 1, 2, 3 for up to 5, 4 for more.
    pub count: u64,
    /// The label of a name most often, 0 where none is.
    pub best: u64,
    /// Some are of a name of several words.
    pub is_longer: bool,
}

/// What other mentions of the words around a token were taken for in the article, as features.
pub fn of_memory(words: &[Option<Remembered>], token: usize) -> Features {
    let mut features = Features::new();
    for offset in -1..=1 {
        let Some(Some(word)) = token.checked_add_signed(offset).and_then(|at| words.get(at)) else { continue };
        let share = word.label | word.share << 4;
        features.push(number(Template::Remembered, offset, word.label));
        features.push(number(Template::RememberedShare, offset, share));
        features.push(number(Template::RememberedCount, offset, share | word.count << 8));
        features.push(number(Template::RememberedBest, offset, word.best | u64::from(word.is_longer) << 4));
    }
    features
}

/// The fine and the coarse class of a word, with its clitics or without.
fn classes_of(page: &Page<'_>, token: usize) -> Option<(u64, u64)> {
    if page.scripts[token] != Script::Arabic {
        return None;
    }
    let word = page.words[token];
    let bare = || word.char_indices().nth(1).and_then(|(at, _)| classes(&word[at..]));
    classes(word).or_else(bare).map(|(fine, coarse)| (u64::from(fine), u64::from(coarse)))
}

/// A page as the templates read it, by token.
pub struct Seen<'p, 'a> {
    page: &'p Page<'a>,
    /// What lists and rules took the token for.
    rules: Vec<u64>,
    lists: Vec<u64>,
    classes: Vec<Option<(u64, u64)>>,
    shapes: Vec<u64>,
}

impl<'p, 'a> Seen<'p, 'a> {
    pub fn new(page: &'p Page<'a>, names: &[Name]) -> Seen<'p, 'a> {
        let tokens = 0..page.tokens.len();
        Seen {
            page,
            rules: rule_labels(page, names),
            lists: page.facts.iter().map(|facts| list_bits(facts)).collect(),
            classes: tokens.clone().map(|token| classes_of(page, token)).collect(),
            shapes: tokens.map(|token| shape(page.surface(token))).collect(),
        }
    }

    /// The features of a token of a sentence.
    pub fn features(&self, token: usize, sentence: &Range<usize>) -> Features {
        let mut features = Features::with_capacity(128);
        self.own(token, sentence, &mut features);
        for offset in -WIDTH..=WIDTH {
            match token.checked_add_signed(offset).filter(|at| sentence.contains(at)) {
                Some(at) => self.known(at, offset, &mut features),
                None => features.push(number(Template::NoNeighbour, offset, 0)),
            }
        }
        for offset in [-1, 1] {
            if let Some(at) = token.checked_add_signed(offset).filter(|at| sentence.contains(at)) {
                self.beside(token, at, offset, token == sentence.start, &mut features);
            }
        }
        features
    }

    /// Letters, case, frequency and place of the token itself.
    fn own(&self, token: usize, sentence: &Range<usize>, features: &mut Features) {
        let page = self.page;
        let (word, facts, shape, rule) = (page.words[token], page.facts[token], self.shapes[token], self.rules[token]);
        let (is_first, is_last) = (token == sentence.start, token + 1 == sentence.end);
        features.push(number(Template::Always, 0, 0));
        features.push(text(Template::Word, 0, word));
        features.push(text(Template::Stem, 0, page.stems[token]));
        for n in 1..=4 {
            features.extend(first_letters(word, n).map(|letters| text(Template::FirstLetters, 0, letters)));
            features.extend(last_letters(word, n).map(|letters| text(Template::LastLetters, 0, letters)));
        }
        if page.scripts[token] == Script::Arabic {
            // Without what may be a clitic, or the article behind one.
            for letters in 1..=3 {
                if let Some((at, _)) = word.char_indices().nth(letters)
                    && (letters == 1 || word[..at].ends_with("ال") || word[..at].ends_with("لل"))
                {
                    features.push(text(Template::WithoutFirst, 0, &word[at..]));
                }
            }
        }
        let script = match page.scripts[token] {
            Script::Arabic => 0,
            Script::Latin => 1,
            Script::Number => 2,
            _ => 3,
        };
        let length = word.chars().count().min(12) as u64;
        let place = u64::from(is_first) | u64::from(is_last) << 1 | u64::from(page.is_shouted) << 2;
        let frequency = steps(facts.frequency);
        features.push(number(Template::Form, 0, length | script << 4 | shape << 6 | place << 16));
        features.push(number(Template::Shape, 0, shape | u64::from(is_first) << 8));
        features.push(number(Template::Frequency, 0, frequency | u64::from(facts.is_definite) << 8));
        features.push(number(Template::RestFrequency, 0, steps(facts.rest_frequency) | frequency << 8));
        features.push(number(Template::BaseFrequency, 0, steps(facts.base_frequency) | frequency << 8));
        features.push(number(Template::Page, 0, u64::from(page.is_sport) | (page.field as u64) << 1));
        let before = if is_first { 16 } else { gap_sort(page.gap_before(token)) };
        let behind = if is_last { 16 } else { gap_sort(page.gap(token)) };
        features.push(number(Template::GapBefore, 0, before));
        features.push(number(Template::GapBehind, 0, behind));
        features.push(number(Template::Gaps, 0, before | behind << 8));
        features.push(number(Template::RuleAndShape, 0, rule << 32 | shape));
        features.push(number(Template::RuleAndLists, 0, rule << 32 | self.lists[token]));
        features.push(number(Template::RuleAndFrequency, 0, rule << 32 | frequency));
        match self.classes[token] {
            Some((_, coarse)) => {
                features.push(number(Template::CoarseAndRule, 0, coarse << 8 | rule));
                features.push(number(Template::CoarseAndLists, 0, coarse << 32 | self.lists[token]));
                let letters = last_letters(word, 2).map(|letters| text(Template::LastLetters, 0, letters));
                features.extend(letters.map(|letters| number(Template::CoarseAndLetters, 0, letters ^ coarse)));
            }
            None => features.push(number(Template::NoClass, 0, 0)),
        }
    }

    /// What lists, rules and classes know of a token, seen from so far away.
    fn known(&self, at: usize, offset: isize, features: &mut Features) {
        let (lists, rule) = (self.lists[at], self.rules[at]);
        let bits = (0..LIST_BITS).filter(|bit| lists & 1 << bit != 0);
        features.extend(bits.map(|bit| number(Template::List, offset, bit)));
        features.push(number(Template::Lists, offset, lists));
        features.push(number(Template::Rule, offset, rule));
        features.push(number(Template::RuleKind, offset, rule & RULE_KIND));
        if let Some((fine, coarse)) = self.classes[at] {
            features.push(number(Template::Fine, offset, fine));
            features.push(number(Template::Coarse, offset, coarse));
        }
        if offset != 0 {
            features.push(text(Template::Word, offset, self.page.words[at]));
            features.push(text(Template::Stem, offset, self.page.stems[at]));
            features.push(number(Template::Shape, offset, self.shapes[at]));
        }
    }

    /// What a token and the one beside it are together.
    fn beside(&self, token: usize, at: usize, offset: isize, is_first: bool, features: &mut Features) {
        let (word, facts) = (self.page.words[at], self.page.facts[at]);
        for n in 2..=3 {
            features.extend(first_letters(word, n).map(|letters| text(Template::FirstLetters, offset, letters)));
            features.extend(last_letters(word, n).map(|letters| text(Template::LastLetters, offset, letters)));
        }
        features.push(number(Template::Frequency, offset, steps(facts.frequency) | u64::from(facts.is_definite) << 8));
        features.push(number(Template::ListPair, offset, self.lists[at] << 32 | self.lists[token]));
        features.push(number(Template::ShapePair, offset, self.shapes[at] << 32 | self.shapes[token] << 16 | u64::from(is_first)));
        features.push(number(Template::RulePair, offset, self.rules[at] << 32 | self.rules[token]));
        let (own, other) = (self.classes[token].unwrap_or(NO_CLASS), self.classes[at].unwrap_or(NO_CLASS));
        features.push(number(Template::FinePair, offset, own.0 << 16 | other.0));
        features.push(number(Template::CoarsePair, offset, own.1 << 16 | other.1));
    }
}
