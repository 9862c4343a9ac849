//! The closed vocabulary and the words around names and numbers, compiled from `data/`.
//!
//! Every word type of a text is looked up once ([`WordFacts`]): which names it may begin, which cues it is, whether it may
//! begin a numeral. Clitics are tried here, so that the rules behind see bare words.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;

use super::authority::Authority;
use crate::analysis::{Script, Word, fold};
use crate::language::arabic::normalizer::fold_carriers;
use crate::language::{arabic, english, word_list};

/// The embedded tables and lists: what is found depends on every byte of them.
pub const DATA: &[&str] = &[
    COUNTS,
    OBJECTS,
    QUALIFIERS,
    VOCABULARY,
    include_str!("../../data/language/ar/person_titles.txt"),
    include_str!("../../data/language/en/person_titles.txt"),
    include_str!("../../data/language/ar/place_heads.txt"),
    include_str!("../../data/language/en/place_heads.txt"),
    include_str!("../../data/language/ar/organization_heads.txt"),
    include_str!("../../data/language/ar/named_after.txt"),
    include_str!("../../data/language/en/organization_heads.txt"),
    include_str!("../../data/language/en/organization_tails.txt"),
    include_str!("../../data/language/ar/person_names.txt"),
    include_str!("../../data/language/en/person_names.txt"),
    include_str!("../../data/language/ar/sport_words.txt"),
    include_str!("../../data/language/en/sport_words.txt"),
    US_STATES,
];

pub(super) const US_STATES: &str = include_str!("../../data/language/en/us_states.txt");
const COUNTS: &str = include_str!("../../data/counts.tsv");
const OBJECTS: &str = include_str!("../../data/objects.tsv");
const QUALIFIERS: &str = include_str!("../../data/qualifiers.tsv");
const VOCABULARY: &str = include_str!("../../data/vocabulary.tsv");

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::compile);

/// How a cue governs the number beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CueForm {
    /// The cue is the thing counted: `12 قتيلا`.
    Noun,
    /// An action noun before the number: `مقتل 12`.
    Masdar,
    /// An active verb whose object is counted.
    Verb,
    /// A passive or intransitive verb whose subject is counted.
    Passive,
}

/// What stands beside a number and changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Qualifier {
    Exact,
    AtLeast,
    MoreThan,
    AtMost,
    LessThan,
    Approx,
    UpTo,
    Range,
    Vague,
    UnknownPlural,
}

impl Qualifier {
    pub fn as_str(self) -> &'static str {
        match self {
            Qualifier::Exact => "exact",
            Qualifier::AtLeast => "at_least",
            Qualifier::MoreThan => "more_than",
            Qualifier::AtMost => "at_most",
            Qualifier::LessThan => "less_than",
            Qualifier::Approx => "approx",
            Qualifier::UpTo => "up_to",
            Qualifier::Range => "range",
            Qualifier::Vague => "vague",
            Qualifier::UnknownPlural => "unknown_plural",
        }
    }

    pub fn from_word(word: &str) -> Option<Qualifier> {
        [
            Qualifier::Exact,
            Qualifier::AtLeast,
            Qualifier::MoreThan,
            Qualifier::AtMost,
            Qualifier::LessThan,
            Qualifier::Approx,
            Qualifier::UpTo,
            Qualifier::Range,
            Qualifier::Vague,
            Qualifier::UnknownPlural,
        ]
        .into_iter()
        .find(|qualifier| qualifier.as_str() == word)
    }
}

/// Grammatical number of a listed form of a counted thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Singular,
    Dual,
    Plural,
}

/// What a word or phrase is to the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Cue {
        kind: &'static str,
        form: CueForm,
    },
    Object {
        class: &'static str,
        form: Form,
    },
    Qualifier {
        qualifier: Qualifier,
        before: bool,
        after: bool,
    },
    PersonTitle,
    /// `is_sure` where the word means little else: behind it a rare word is a name.
    PlaceHead {
        is_sure: bool,
    },
    OrganizationHead {
        is_sure: bool,
    },
    /// A head of bodies that are called after people.
    NamedAfter,
    OrganizationTail,
}

/// A phrase of one or more folded words.
#[derive(Debug)]
pub struct Phrase {
    /// The words directly behind the first.
    rest: Vec<String>,
    /// Words that stand a little further on: `مصرعهم` of `لقي … مصرعهم`.
    later: Vec<String>,
    pub what: What,
}

/// From so many occurrences a word is in the compiled text at all.
pub const ATTESTED: u64 = 8;

/// Endings of Arabic nouns and verbs that names seldom have.
const ENDINGS: &[&str] = &["ا", "هم", "ها", "هن", "نا", "كم", "ات", "ين", "ون", "وا", "تم", "ته", "تها", "ه"];

/// Marks a head that means much else besides.
const EVERYDAY: char = '~';

/// Words in which the second part of a parted cue may follow.
const GAP_WORDS: usize = 8;

/// What was taken off a word before it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stripped {
    /// `و` or `ف`.
    pub conjunction: bool,
    /// `ب ل ك`.
    pub preposition: bool,
    /// `س` of the future.
    pub future: bool,
    pub article: bool,
    /// Letters of conjunction and preposition together, to be left out of a name's span.
    pub letters: u8,
}

/// A name of the authority that may begin with this word: where the FST stands behind it.
#[derive(Debug, Clone, Copy)]
pub struct NameStart {
    pub node: u64,
    pub output: u64,
    pub stripped: Stripped,
}

/// What is known of a word type.
#[derive(Debug, Default)]
pub struct WordFacts {
    pub starts: Vec<NameStart>,
    pub phrases: Vec<(&'static Phrase, Stripped)>,
    pub begins_numeral: bool,
    pub is_name_part: bool,
    /// `ال` (with or without clitics) stands before it.
    pub is_definite: bool,
    pub is_stop_word: bool,
    /// Of sports pages.
    pub is_sport: bool,
    /// Occurrences in the compiled Arabic text, about.
    pub frequency: u64,
    /// The same for the word without its first letter, where that may be a clitic.
    pub rest_frequency: u64,
    /// The same for the word without an ending or the `س` of the future, the most frequent of them: `تعديلا` is `تعديل`.
    pub base_frequency: u64,
}

/// Word lists and vocabulary.
pub struct Lexicon {
    phrases: FxHashMap<String, Vec<Phrase>>,
    name_parts: FxHashSet<String>,
    sport: FxHashSet<String>,
    kinds: Vec<Term>,
    classes: Vec<Term>,
}

/// A term of the closed vocabulary.
#[derive(Debug, Clone)]
pub struct Term {
    pub slug: &'static str,
    pub ar: &'static str,
    pub en: &'static str,
    /// What a person may type for it, folded.
    pub words: Vec<String>,
}

impl Lexicon {
    pub fn get() -> &'static Lexicon {
        &LEXICON
    }

    fn compile() -> Lexicon {
        let mut lexicon =
            Lexicon { phrases: FxHashMap::default(), name_parts: FxHashSet::default(), sport: FxHashSet::default(), kinds: Vec::new(), classes: Vec::new() };
        for [kind, _, form, cues, ..] in rows::<4>(COUNTS) {
            let form = match form {
                "noun" => CueForm::Noun,
                "masdar" => CueForm::Masdar,
                "verb" => CueForm::Verb,
                _ => CueForm::Passive,
            };
            cues.split('|').for_each(|cue| lexicon.add(cue, What::Cue { kind, form }));
        }
        for [class, _, forms, duals] in rows::<4>(OBJECTS) {
            let duals: Vec<&str> = duals.split('|').collect();
            let singular = forms.split('|').next().unwrap_or_default();
            for form in forms.split('|') {
                let number = if duals.contains(&form) {
                    Form::Dual
                } else if is_singular(form, singular) {
                    Form::Singular
                } else {
                    Form::Plural
                };
                lexicon.add(form, What::Object { class, form: number });
            }
        }
        for [qualifier, _, side, forms] in rows::<4>(QUALIFIERS) {
            if let Some(qualifier) = Qualifier::from_word(qualifier) {
                let what = What::Qualifier { qualifier, before: side != "after", after: side != "before" };
                forms.split('|').for_each(|form| lexicon.add(form, what));
            }
        }
        let lists: [(&'static str, What); 8] = [
            (include_str!("../../data/language/ar/person_titles.txt"), What::PersonTitle),
            (include_str!("../../data/language/en/person_titles.txt"), What::PersonTitle),
            (include_str!("../../data/language/ar/place_heads.txt"), What::PlaceHead { is_sure: true }),
            (include_str!("../../data/language/en/place_heads.txt"), What::PlaceHead { is_sure: true }),
            (include_str!("../../data/language/ar/organization_heads.txt"), What::OrganizationHead { is_sure: true }),
            (include_str!("../../data/language/en/organization_heads.txt"), What::OrganizationHead { is_sure: true }),
            (include_str!("../../data/language/ar/named_after.txt"), What::NamedAfter),
            (include_str!("../../data/language/en/organization_tails.txt"), What::OrganizationTail),
        ];
        for (list, what) in lists {
            for phrase in word_list(list) {
                match (phrase.strip_prefix(EVERYDAY), what) {
                    (Some(phrase), What::PlaceHead { .. }) => lexicon.add(phrase, What::PlaceHead { is_sure: false }),
                    (Some(phrase), What::OrganizationHead { .. }) => lexicon.add(phrase, What::OrganizationHead { is_sure: false }),
                    _ => lexicon.add(phrase, what),
                }
            }
        }
        for list in [include_str!("../../data/language/ar/person_names.txt"), include_str!("../../data/language/en/person_names.txt")] {
            lexicon.name_parts.extend(word_list(list).map(fold));
        }
        for list in [include_str!("../../data/language/ar/sport_words.txt"), include_str!("../../data/language/en/sport_words.txt")] {
            lexicon.sport.extend(word_list(list).map(fold));
        }
        for [kind, slug, ar, en, ar_words, en_words] in rows::<6>(VOCABULARY) {
            let words = ar_words.split('|').chain(en_words.split('|')).chain([ar, en, slug]).map(fold).collect();
            let term = Term { slug, ar, en, words };
            if kind == "kind" { lexicon.kinds.push(term) } else { lexicon.classes.push(term) }
        }
        lexicon
    }

    fn add(&mut self, phrase: &str, what: What) {
        let (near, later) = phrase.split_once('…').unwrap_or((phrase, ""));
        let (near, later) = (fold(near), fold(later));
        let mut words = near.split(' ').map(str::to_string);
        let Some(first) = words.next().filter(|first| !first.is_empty()) else { return };
        let mut rest: Vec<String> = words.collect();
        // A preposition at the end is written together with the next word, where its clitics are tried anyway.
        rest.pop_if(|last| matches!(last.as_str(), "ب" | "ل"));
        let later = later.split(' ').filter(|word| !word.is_empty()).map(str::to_string).collect();
        let known = self.phrases.entry(first).or_default();
        // Longest first, so that the first that fits is the best.
        let phrase = Phrase { rest, later, what };
        let place = known.iter().position(|other| other.words() < phrase.words()).unwrap_or(known.len());
        known.insert(place, phrase);
    }

    /// The kinds of counts, each with its names.
    pub fn kinds(&self) -> &[Term] {
        &self.kinds
    }

    /// The classes of counted things.
    pub fn classes(&self) -> &[Term] {
        &self.classes
    }

    /// Everything the rules want to know of a word type.
    pub fn facts(&'static self, word: &Word, authority: &Authority) -> WordFacts {
        let mut facts = WordFacts { is_stop_word: word.is_stop_word, ..WordFacts::default() };
        match word.script {
            Script::Arabic => {
                facts.begins_numeral = arabic::numerals::begins_numeral(&word.exact);
                let folded = fold_carriers(&word.exact);
                facts.frequency = arabic::stemmer::attested(&folded);
                facts.rest_frequency = folded.strip_prefix(['و', 'ف', 'ب', 'ل', 'ك']).map_or(0, arabic::stemmer::attested);
                let bases = ENDINGS.iter().filter_map(|ending| folded.strip_suffix(ending)).chain(folded.strip_prefix('س'));
                facts.base_frequency = bases.filter(|base| base.chars().count() >= 3).map(arabic::stemmer::attested).max().unwrap_or(0);
                for (bare, stripped) in arabic_variants(&word.exact) {
                    self.look_up(&bare, stripped, authority, &mut facts);
                    facts.is_sport |= self.sport.contains(&bare);
                }
                facts.is_definite = ["ال", "وال", "بال", "فال", "كال", "لل", "ولل"]
                    .iter()
                    .any(|article| word.exact.starts_with(article) && word.exact.chars().count() > article.chars().count() + 1);
                facts.is_name_part = self.name_parts.contains(&*word.exact);
            }
            Script::Number => facts.begins_numeral = true,
            _ => {
                let bare = word.exact.strip_suffix("'s").or_else(|| word.exact.strip_suffix('\'')).unwrap_or(&word.exact);
                facts.begins_numeral = english::numerals::begins_numeral(&word.exact);
                self.look_up(bare, Stripped::default(), authority, &mut facts);
                facts.is_sport = self.sport.contains(bare);
                facts.is_name_part = self.name_parts.contains(bare);
            }
        }
        facts
    }

    fn look_up(&'static self, bare: &str, stripped: Stripped, authority: &Authority, facts: &mut WordFacts) {
        if let Some(phrases) = self.phrases.get(bare) {
            facts.phrases.extend(phrases.iter().map(|phrase| (phrase, stripped)));
        }
        if stripped.article || stripped.future {
            // Names keep their article: `اليمن` behind `لل` is handled as a variant of its own.
            return;
        }
        let fst = authority.name_map().as_fst();
        let (mut node, mut output) = (fst.root(), 0);
        for byte in bare.bytes() {
            let Some(transition) = node.find_input(byte).map(|index| node.transition(index)) else { return };
            output += transition.out.value();
            node = fst.node(transition.addr);
        }
        if node.is_final() || node.find_input(b' ').is_some() {
            facts.starts.push(NameStart { node: node.addr() as u64, output, stripped });
        }
    }
}

/// A listed form that is the singular: the first form, its accusative or its feminine.
fn is_singular(form: &str, singular: &str) -> bool {
    form == singular || form.strip_prefix(singular).is_some_and(|ending| matches!(ending, "ا" | "ة"))
}

/// The rows of a table, `#` lines left out; rows with fewer columns are left out too (a test reports them).
fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    word_list(table).filter_map(|line| {
        let mut columns = line.split('\t');
        let mut row = [""; N];
        for cell in &mut row {
            *cell = columns.next()?.trim();
        }
        Some(row)
    })
}

/// A word as it stands, then without its conjunction, preposition and article, as far as they may be some.
fn arabic_variants(word: &str) -> Vec<(String, Stripped)> {
    let mut variants = vec![(word.to_string(), Stripped::default())];
    let mut add = |bare: &str, conjunction: bool, preposition: bool, future: bool, letters: u8| {
        if bare.chars().count() < 2 {
            return;
        }
        let stripped = Stripped { conjunction, preposition, future, article: false, letters };
        if letters > 0 || preposition {
            variants.push((bare.to_string(), stripped));
        }
        if let Some(noun) = bare.strip_prefix("ال").filter(|noun| noun.chars().count() >= 2) {
            variants.push((noun.to_string(), Stripped { article: true, ..stripped }));
        }
    };
    let conjunctions = [(word, false, 0u8)].into_iter().chain(word.strip_prefix(['و', 'ف']).map(|rest| (rest, true, 1)));
    for (rest, conjunction, letters) in conjunctions.collect::<Vec<_>>() {
        add(rest, conjunction, false, false, letters);
        if let Some(noun) = rest.strip_prefix("لل") {
            // `للأردن` is `ل` and `الأردن`, whose alef is not written.
            add(&format!("ال{noun}"), conjunction, true, false, letters + 1);
        }
        if let Some(bare) = rest.strip_prefix(['ب', 'ل', 'ك']) {
            add(bare, conjunction, true, false, letters + 1);
        } else if let Some(verb) = rest.strip_prefix('س') {
            add(verb, conjunction, false, true, letters + 1);
        }
    }
    variants
}

impl Phrase {
    /// Whether the words behind the first stand at the beginning of `following`; each may carry the article.
    pub fn continues(&self, following: &[&str]) -> bool {
        let near = self.rest.len() <= following.len()
            && self.rest.iter().zip(following).all(|(word, found)| *word == **found || found.strip_prefix("ال").is_some_and(|bare| bare == word));
        near && (self.later.is_empty()
            || following[self.rest.len()..]
                .windows(self.later.len())
                .take(GAP_WORDS)
                .any(|window| window.iter().zip(&self.later).all(|(found, word)| found == word)))
    }

    /// Words that were listed, parted ones included.
    fn words(&self) -> usize {
        1 + self.rest.len() + self.later.len()
    }

    /// Words standing together.
    pub fn n_words(&self) -> usize {
        self.rest.len() + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every table row has all its columns, every word its place; the tables are written by hand.
    #[test]
    fn tables_are_whole() {
        let tables = [("counts.tsv", COUNTS, 6), ("objects.tsv", OBJECTS, 5), ("qualifiers.tsv", QUALIFIERS, 4), ("vocabulary.tsv", VOCABULARY, 6)];
        for (name, table, columns) in tables {
            for line in word_list(table) {
                assert_eq!(line.split('\t').count(), columns, "{name}: {line}");
            }
        }
        let lexicon = Lexicon::get();
        let kinds: FxHashSet<&str> = lexicon.kinds.iter().map(|term| term.slug).collect();
        let classes: FxHashSet<&str> = lexicon.classes.iter().map(|term| term.slug).collect();
        for phrase in lexicon.phrases.values().flatten() {
            match phrase.what {
                What::Cue { kind, .. } => assert!(kind.split('+').all(|kind| kinds.contains(kind)), "{kind}"),
                What::Object { class, .. } => assert!(classes.contains(class), "{class}"),
                _ => {}
            }
        }
        for [_, _, form, ..] in rows::<4>(COUNTS) {
            assert!(["noun", "masdar", "verb", "passive"].contains(&form), "{form}");
        }
    }

    #[test]
    fn query_words_are_unique() {
        for terms in [Lexicon::get().kinds(), Lexicon::get().classes()] {
            let mut seen: FxHashMap<&str, &str> = FxHashMap::default();
            for term in terms {
                for word in &term.words {
                    if let Some(other) = seen.insert(word, term.slug) {
                        assert_eq!(other, term.slug, "{word} stands for two terms");
                    }
                }
            }
        }
    }

    #[test]
    fn clitics() {
        let bare: Vec<String> = arabic_variants("وبالمدينه").into_iter().map(|(bare, _)| bare).collect();
        assert_eq!(bare, ["وبالمدينه", "بالمدينه", "المدينه", "مدينه"]);
        let (bare, stripped) = arabic_variants("للاردن").into_iter().nth(1).unwrap();
        assert_eq!((bare.as_str(), stripped.letters, stripped.preposition), ("الاردن", 1, true));
    }
}
