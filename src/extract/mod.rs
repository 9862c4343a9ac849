//! Tokens to names and counts.
//!
//! A pure function of the text and the bundled data: the same article gives the same [`Extraction`] in any order and on any
//! number of threads. The way inside:
//!
//! ```text
//! tokens → facts of every word type (lexicon) → sentences → names of the authority (gazetteer)
//!        → unlisted names by title and trigger (people, organizations, places) → memory of the article → counts
//! ```
//!
//! A trained tagger will join between gazetteer and rules; it needs nothing but a `Page` and adds spans to `Names`.

pub mod authority;
mod counts;
mod gazetteer;
pub mod lexicon;
mod organizations;
mod page;
mod people;
mod places;
pub mod tagger;

use data_encoding::Encoding;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

use crate::analysis::{Analyzer, Token};
use crate::article::LanguageCode;
use crate::language;
use authority::Authority;
use lexicon::{Lexicon, Qualifier, WordFacts};
use page::Page;

/// Version of the rules, part of every record; the data has a hash of its own ([`data_hash`]). A change of either makes stored
/// articles "changed" when they are ingested again.
pub const EXTRACTOR_VERSION: &str = "2026.2";

/// What a name is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntityKind {
    Person,
    Place,
    Organization,
}

impl EntityKind {
    pub const ALL: [EntityKind; 3] = [EntityKind::Person, EntityKind::Place, EntityKind::Organization];

    /// The word in output and questions.
    pub fn as_str(self) -> &'static str {
        match self {
            EntityKind::Person => "person",
            EntityKind::Place => "place",
            EntityKind::Organization => "org",
        }
    }

    /// The code in ids and records.
    pub fn code(self) -> &'static str {
        match self {
            EntityKind::Person => "per",
            EntityKind::Place => "loc",
            EntityKind::Organization => "org",
        }
    }

    pub fn from_code(code: &str) -> Option<EntityKind> {
        EntityKind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The label in corpora of named entities.
    pub fn tag(self) -> &'static str {
        match self {
            EntityKind::Person => "PER",
            EntityKind::Place => "LOC",
            EntityKind::Organization => "ORG",
        }
    }
}

/// The text a span lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    Title,
    Body,
}

/// How a mention was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// A name of the authority.
    Authority,
    /// The trained tagger.
    Model,
    /// A title or trigger beside it.
    Rule,
    /// A name found elsewhere in the article.
    Memory,
    /// A user's correction.
    User,
}

impl How {
    pub fn as_str(self) -> &'static str {
        match self {
            How::Authority => "authority",
            How::Model => "model",
            How::Rule => "rule",
            How::Memory => "memory",
            How::User => "user",
        }
    }
}

/// Bytes of a text, half-open, on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// An entity met in an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityRef {
    pub kind: EntityKind,
    /// `Q…` or `fh:…` of the authority, `x:…` for unlisted names.
    pub id: String,
    /// The name as written, of an unlisted entity; empty for a listed one, whose label the authority knows.
    pub name: String,
}

/// A name seen in the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    pub kind: EntityKind,
    pub field: Field,
    pub span: Span,
    /// Index into [`Extraction::entities`].
    pub entity: u32,
    pub how: How,
}

/// What a count counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Object {
    /// As written; empty where the text names none.
    pub head: String,
    /// Of the closed vocabulary.
    pub class: String,
    /// Number (from 1) of the count whose thing this one is part of or another of.
    pub coref: Option<u32>,
}

/// A number with what it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    pub field: Field,
    /// From the number or cue to the end of the object.
    pub span: Span,
    /// The number word or digits; the counted noun where no number stands.
    pub number: Span,
    /// The sentence that says it.
    pub sentence: Span,
    /// Of the closed vocabulary; two when one number covers both (`بين قتيل وجريح`).
    pub kinds: Vec<String>,
    pub object: Object,
    /// `None` where the text is vague; `min` and `max` then hold what it allows.
    pub value: Option<i64>,
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub qualifier: Qualifier,
    /// Number (from 1) of the count this one is a part of; parts are never summed with wholes.
    pub part_of: Option<u32>,
    /// Index into [`Extraction::entities`].
    pub place: Option<u32>,
    /// The place is the dateline's, not the sentence's.
    pub inherited: bool,
    pub negated: bool,
    /// No number stands there: a dual or a single one.
    pub implicit: bool,
    pub cumulative: bool,
    /// The value before, of an updated toll.
    pub update_from: Option<i64>,
    /// Name of the rule that decided the kind.
    pub rule: String,
    /// 0–1000.
    pub confidence: u16,
}

/// What was found in an article.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Extraction {
    pub entities: Vec<EntityRef>,
    /// Title first, then body, in reading order.
    pub mentions: Vec<Mention>,
    pub counts: Vec<Count>,
}

/// The id letters of unlisted names.
static BASE32: LazyLock<Option<Encoding>> = LazyLock::new(|| {
    let mut specification = data_encoding::Specification::new();
    specification.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
    specification.encoding().ok()
});

/// The id of a name the authority does not list: it depends on kind and folded name only.
pub fn unlisted_id(kind: EntityKind, folded_name: &str) -> String {
    let name = if kind == EntityKind::Person { one_spelling(folded_name) } else { folded_name.to_string() };
    let hash = blake3::hash(format!("{}\u{1f}{name}", kind.code()).as_bytes());
    let letters = BASE32.as_ref().map(|encoding| encoding.encode(&hash.as_bytes()[..10])).unwrap_or_default();
    format!("x:{}:{letters}", kind.code())
}

/// A person's folded name as all spellings of it have it: without the particles that are written or left out at will, `عبد` and what
/// it serves as one word, `أبا` and `أبي` as `أبو`.
fn one_spelling(folded: &str) -> String {
    let mut name = String::with_capacity(folded.len());
    for word in folded.split(' ').filter(|word| !matches!(*word, "بن" | "ابن")) {
        if !name.is_empty() && name != "عبد" && !name.ends_with(" عبد") {
            name.push(' ');
        }
        name.push_str(if matches!(word, "ابا" | "ابي") { "ابو" } else { word });
    }
    name
}

/// A hash of the data that decides what is found: lists, tables and authority.
pub fn data_hash() -> String {
    let mut hasher = blake3::Hasher::new();
    for text in lexicon::DATA.iter().chain(authority::DATA) {
        hasher.update(text.as_bytes());
    }
    hasher.update(crate::language::arabic::attested::TABLE);
    hasher.finalize().to_hex()[..16].to_string()
}

/// Names found so far, and which tokens they cover.
struct Names {
    found: Vec<Name>,
    entities: Vec<EntityRef>,
}

/// A name in one page: tokens, half-open, and the span without clitics.
#[derive(Debug, Clone)]
struct Name {
    field: Field,
    first: usize,
    end: usize,
    span: Span,
    kind: EntityKind,
    entity: u32,
    how: How,
}

impl Names {
    fn entity(&mut self, kind: EntityKind, id: String, name: &str) -> u32 {
        match self.entities.iter().position(|entity| entity.id == id) {
            Some(index) => index as u32,
            None => {
                // A name may run over the end of a line.
                let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
                self.entities.push(EntityRef { kind, id, name });
                (self.entities.len() - 1) as u32
            }
        }
    }
}

/// Finds names and counts. Keeps what it learned of word types: one per thread, beside its [`Analyzer`].
pub struct Extractor {
    authority: &'static Authority,
    lexicon: &'static Lexicon,
    facts: Vec<WordFacts>,
    generation: u64,
}

impl Default for Extractor {
    fn default() -> Self {
        Extractor { authority: Authority::bundled(), lexicon: Lexicon::get(), facts: Vec::new(), generation: 0 }
    }
}

/// A text with its tokens.
#[derive(Debug, Clone, Copy)]
pub struct Tokenized<'a> {
    pub text: &'a str,
    pub tokens: &'a [Token],
}

impl Extractor {
    pub fn new() -> Extractor {
        Extractor::default()
    }

    /// What the tagger sees of an article, to be trained on: the sentences of the body, then those of the title.
    pub fn sentences(&mut self, analyzer: &Analyzer, title: Tokenized<'_>, body: Tokenized<'_>) -> Vec<tagger::Sentence> {
        self.learn_words(analyzer);
        let pages = [Page::new(Field::Body, body, analyzer, &self.facts), Page::new(Field::Title, title, analyzer, &self.facts)];
        let names = self.by_rule(&pages);
        pages.iter().flat_map(|page| tagger::sentences(page, &names.found)).collect()
    }

    /// Facts of words that are new.
    fn learn_words(&mut self, analyzer: &Analyzer) {
        if self.generation != analyzer.generation() {
            self.facts.clear();
            self.generation = analyzer.generation();
        }
        for number in self.facts.len()..analyzer.len() {
            let facts = self.lexicon.facts(analyzer.word_at(number as u32), self.authority);
            self.facts.push(facts);
        }
    }

    /// The names that lists and rules find.
    fn by_rule(&self, pages: &[Page<'_>; 2]) -> Names {
        let mut names = Names { found: Vec::new(), entities: Vec::new() };
        let mut covered = pages.each_ref().map(|page| vec![false; page.tokens.len()]);
        gazetteer::find(pages, self.authority, &mut names, &mut covered);
        for (page, covered) in pages.iter().zip(&mut covered) {
            organizations::find(page, &mut names, covered);
            people::find(page, &mut names, covered);
            places::find(page, &mut names, covered);
        }
        for (page, covered) in pages.iter().zip(&mut covered) {
            people::remember(page, &mut names, covered);
        }
        names.found.sort_by_key(|name| (name.field, name.first));
        names
    }

    /// Names and counts of an article. `title` and `body` were cut by `analyzer`. Nothing is found in a language whose
    /// row of [`language::LANGUAGES`] does not say so.
    pub fn extract(&mut self, analyzer: &Analyzer, language: LanguageCode, title: Tokenized<'_>, body: Tokenized<'_>) -> Extraction {
        if !language::language(language).is_some_and(|language| language.names) {
            return Extraction::default();
        }
        self.learn_words(analyzer);
        // The headline is decided last: it is the shortest text and leans on the names of the body.
        let pages = [Page::new(Field::Body, body, analyzer, &self.facts), Page::new(Field::Title, title, analyzer, &self.facts)];
        let names = self.by_rule(&pages);
        let [body_page, title_page] = &pages;
        let counts = counts::find(title_page, body_page, &names);
        let mentions =
            names.found.iter().map(|name| Mention { kind: name.kind, field: name.field, span: name.span, entity: name.entity, how: name.how }).collect();
        Extraction { entities: names.entities, mentions, counts }
    }
}

/// The label of an entity in a language: the authority's, else the name as written.
pub fn label<'a>(authority: &'a Authority, entity: &'a EntityRef, language: &str) -> &'a str {
    authority.by_id(&entity.id).map_or(entity.name.as_str(), |listed| listed.label(language))
}
