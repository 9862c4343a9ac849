//! The question as every engine runs it: terms of the streams, entity ids, ranges.
//!
//! Names become entities here and words become terms; an engine only translates clauses. Filters on a facet's own field are
//! kept apart, because the counts of a facet ignore its own choice.

use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use super::DocumentId;
use super::located::Located;
use super::ranking::{Ranking, Stream};
use crate::analysis::{QuestionTerm, exact_tokens, question_terms};
use crate::article::LanguageCode;
use crate::date::read_range;
use crate::document::{DocumentMaker, count_term};
use crate::extract::authority::{AliasClass, Authority, Entity, PlacePath};
use crate::extract::{EntityKind, EntityRef, unlisted_id};
use crate::hits::ReadEntity;
use crate::language;
use crate::query::{CountFilter, FilterField, MatchMode, Mode, Query, QueryError, QueryErrorCode, SearchRequest};

/// A word in its three streams. It matches by `exact` or `stem`; `p4` only adds to the score.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    pub exact: String,
    /// Every stem it may have, by the language of the article; an article has one of them.
    pub stems: Vec<String>,
    pub p4: String,
    /// Stems of other words that score in its place, and how close each is, from 0 to 1; they do not match.
    pub related: Vec<(String, f64)>,
    /// Its weight in the sum: less than 1 for question words.
    pub weight: f64,
    /// Whether an article must have it (or may be found by it): function words beside others do not select.
    pub selects: bool,
}

impl Word {
    /// Its term in each stream.
    pub fn stream_terms(&self) -> impl Iterator<Item = (Stream, &str)> {
        let stems = self.stems.iter().map(|stem| (Stream::Stem, stem.as_str()));
        std::iter::once((Stream::Exact, self.exact.as_str())).chain(stems).chain([(Stream::P4, self.p4.as_str())])
    }
}

/// How words beside each other select.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matching {
    /// Every selecting word by its exact form or a stem.
    All,
    /// One of them.
    Any,
    /// One of them, its first letters included: for questions in natural language, where a miss costs more than a weak hit.
    Loose,
}

/// What selects and scores articles.
#[derive(Debug, Clone, PartialEq)]
pub enum Clause {
    All,
    Nothing,
    Words {
        words: Vec<Word>,
        by: Matching,
    },
    /// Exact terms by their places; `field` is `text_exact` or `title_exact`.
    Located {
        field: &'static str,
        node: Located,
    },
    /// An exact term that begins so.
    Prefix(String),
    /// An exact term at most so many letters away; neighbours changed places count as one.
    Fuzzy {
        term: String,
        distance: u8,
    },
    /// Words as written, which only the stored text can tell: what `inner` selects is looked at, see [`super::answer`].
    Literal {
        inner: Box<Clause>,
        words: Vec<String>,
        title_only: bool,
    },
    /// These documents, ascending; scores nothing.
    Documents(Arc<[DocumentId]>),
    /// Any of these values of a keyword field; scores nothing.
    Keyword {
        field: &'static str,
        values: Vec<String>,
    },
    /// Published in this time by its own clock, `until` exclusive; scores nothing.
    Published {
        from: Option<i64>,
        until: Option<i64>,
    },
    Undated,
    /// First put in by a commit of a range of numbers, both inclusive; scores nothing.
    Added {
        from: u64,
        until: u64,
    },
    /// One count with path, place and value; scores nothing.
    Count {
        path: String,
        places: Option<Vec<String>>,
        min: Option<i64>,
        max: Option<i64>,
    },
    /// A key that begins so.
    KeyPrefix(String),
    Story(u64),
    And(Vec<Clause>),
    Or(Vec<Clause>),
    Not(Box<Clause>),
}

impl Clause {
    /// All of `parts`.
    pub fn and(parts: Vec<Clause>) -> Clause {
        let mut required: Vec<Clause> = parts.into_iter().filter(|part| *part != Clause::All).collect();
        match required.len() {
            0 => Clause::All,
            1 => required.remove(0),
            _ => Clause::And(required),
        }
    }

    /// The inclusive range of `count_kv` terms of a count clause, for one place (or none).
    pub fn count_terms(path: &str, place: &str, min: Option<i64>, max: Option<i64>) -> (String, String) {
        (count_term(path, place, min.unwrap_or(0)), count_term(path, place, max.unwrap_or(i64::MAX)))
    }
}

/// What to mark in a text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Marked {
    pub words: Vec<Word>,
    pub located: Vec<Located>,
    pub prefixes: Vec<String>,
    pub fuzzy: Vec<(String, u8)>,
    /// Words as written, in a row.
    pub literals: Vec<Vec<String>>,
    /// Entities whose mentions are marked.
    pub entities: Vec<String>,
}

impl Marked {
    /// Whether anything of the question stands in a text, and so has a score.
    pub fn has_words(&self) -> bool {
        !(self.words.is_empty() && self.located.is_empty() && self.prefixes.is_empty() && self.fuzzy.is_empty() && self.literals.is_empty())
    }
}

/// A request made ready for an engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    base: Clause,
    /// Filters with several values of one field, by field.
    groups: Vec<(FilterField, Clause)>,
    pub marked: Marked,
    pub entities: Vec<ReadEntity>,
    pub notes: Vec<String>,
    /// Values chosen and left out, as the engine knows them, by field: facets show them as such.
    pub chosen: Vec<(FilterField, Mode, String)>,
    pub counts: Vec<CountFilter>,
    /// First letters of the content words: how early they stand adds to the score of the first articles.
    pub lead: Vec<String>,
    /// The words and phrases asked for, in order: what names are looked for in.
    said: String,
}

/// A name in the words of a question, and what articles have it.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    pub id: String,
    pub label: String,
    pub field: &'static str,
    pub clause: Clause,
}

impl Plan {
    /// Translates a request.
    ///
    /// # Errors
    /// When the question holds what no engine can do yet, or a value that cannot be.
    pub fn of(request: &SearchRequest, mode: MatchMode, ranking: &Ranking) -> Result<Plan, QueryError> {
        let mut planner = Planner {
            text: &request.text,
            ui_language: &request.ui_language,
            mode,
            exact: request.exact,
            ranking,
            negated: false,
            plan: Plan {
                base: Clause::All,
                groups: Vec::new(),
                marked: Marked::default(),
                entities: Vec::new(),
                notes: Vec::new(),
                chosen: Vec::new(),
                counts: Vec::new(),
                lead: Vec::new(),
                said: String::new(),
            },
        };
        let mut parts = vec![planner.clause(&request.query)?];
        let filters = &request.filters;
        for field in FilterField::ALL {
            let mut any = Vec::new();
            for filter in filters.fields.iter().filter(|filter| filter.field == field) {
                planner.negated = filter.mode == Mode::Not;
                let clause = planner.field(field, &filter.value);
                planner.negated = false;
                if let Clause::Keyword { values, .. } = &clause {
                    planner.plan.chosen.extend(values.iter().map(|value| (field, filter.mode, value.clone())));
                }
                match filter.mode {
                    Mode::Any => any.push(clause),
                    Mode::All => parts.push(clause),
                    Mode::Not => parts.push(Clause::Not(Box::new(clause))),
                }
            }
            match any.len() {
                0 => {}
                1 => planner.plan.groups.push((field, any.remove(0))),
                _ => planner.plan.groups.push((field, Clause::Or(any))),
            }
        }
        if filters.since.is_some() || filters.until.is_some() {
            parts.push(planner.dates(filters.since.as_deref(), filters.until.as_deref())?);
        }
        if filters.undated {
            parts.push(Clause::Undated);
        }
        if let Some(seq) = filters.added_after {
            parts.push(Clause::Added { from: seq + 1, until: u64::MAX });
        }
        for count in &filters.counts {
            parts.push(planner.count(count));
        }
        let mut plan = planner.plan;
        plan.base = Clause::and(parts);
        if plan.lead.is_empty() {
            // Nothing but function words: then they are what is asked for.
            plan.lead = plan.marked.words.iter().map(|word| word.p4.clone()).collect();
        }
        plan.lead.sort();
        plan.lead.dedup();
        Ok(plan)
    }

    /// What selects, the choices of facets left out.
    pub fn base(&self) -> &Clause {
        &self.base
    }

    /// Puts a clause of the same meaning in the place of the base.
    pub fn set_base(&mut self, base: Clause) {
        self.base = base;
    }

    /// Everything that selects.
    pub fn clause(&self) -> Clause {
        self.without(None)
    }

    /// Everything but the choice of one field's values.
    pub fn without(&self, field: Option<FilterField>) -> Clause {
        let groups = self.groups.iter().filter(|(own, _)| Some(*own) != field).map(|(_, clause)| clause.clone());
        Clause::and(std::iter::once(self.base.clone()).chain(groups).collect())
    }

    /// The names among the words, as extraction finds them in an article.
    pub fn names(&self) -> Vec<Named> {
        let found = DocumentMaker::new().extract("", &self.said, language::detect(&self.said));
        let named = |entity: EntityRef| {
            let clause = bearers(entity.kind, vec![entity.id.clone()]);
            let Clause::Keyword { field, .. } = clause else { return None };
            let label = Authority::bundled().by_id(&entity.id).map_or(entity.name, |listed| listed.label(language::detect(&self.said).as_str()).to_string());
            Some(Named { id: entity.id, label, field, clause })
        };
        found.entities.into_iter().filter_map(named).collect()
    }

    /// Whether values of the field are chosen, so that its facet needs a question of its own.
    pub fn has_choice(&self, field: FilterField) -> bool {
        self.groups.iter().any(|(own, _)| *own == field)
    }
}

struct Planner<'r> {
    text: &'r str,
    ui_language: &'r str,
    mode: MatchMode,
    /// Every word and phrase as written.
    exact: bool,
    ranking: &'r Ranking,
    negated: bool,
    plan: Plan,
}

impl Planner<'_> {
    fn clause(&mut self, query: &Query) -> Result<Clause, QueryError> {
        Ok(match query {
            Query::All => Clause::All,
            Query::Word(text) if self.exact => self.literal("text_exact", text),
            Query::Word(text) => self.words(&[text], true),
            Query::Phrase { text, slop: None } if self.exact => self.literal("text_exact", text),
            Query::Phrase { text, slop } => self.phrase("text_exact", text, *slop),
            Query::Prefix(text) => {
                let node = self.prefix(text)?;
                let Located::Prefix(prefix) = node else { return Ok(self.located("text_exact", node)) };
                if !self.negated {
                    self.plan.marked.prefixes.push(prefix.clone());
                }
                Clause::Prefix(prefix)
            }
            Query::Fuzzy { word, distance } => {
                let mut terms = question_terms(word);
                let (Some(term), true) = (terms.pop(), terms.is_empty()) else {
                    return Err(self.unsupported("a word of several parts with ~", "write one word before the ~"));
                };
                if !self.negated {
                    self.plan.marked.fuzzy.push((term.exact.clone(), *distance));
                }
                Clause::Fuzzy { term: term.exact, distance: *distance }
            }
            Query::Near { .. } => {
                let node = self.node(query)?;
                self.located("text_exact", node)
            }
            Query::Exact(inner) => match inner.as_ref() {
                Query::Word(text) | Query::Phrase { text, slop: None } => self.literal("text_exact", text),
                other => {
                    let outer = std::mem::replace(&mut self.exact, true);
                    let clause = self.clause(other);
                    self.exact = outer;
                    return clause;
                }
            },
            Query::Field { field, value } => {
                if value.ends_with('*') && !matches!(field, FilterField::Title) {
                    return Err(
                        self.unsupported(&format!("a beginning in {}:", field.name()), "write the whole name; `fihris facet` lists names that begin so")
                    );
                }
                self.field(*field, value)
            }
            Query::Date { from, to } => self.dates(from.as_deref(), to.as_deref())?,
            Query::Undated => Clause::Undated,
            Query::Count(count) => self.count(count),
            Query::And(parts) => return self.conjunction(parts),
            Query::Or(parts) => return self.disjunction(parts),
            Query::Not(inner) => {
                self.negated = !self.negated;
                let clause = self.clause(inner);
                self.negated = !self.negated;
                Clause::Not(Box::new(clause?))
            }
        })
    }

    fn unsupported(&self, what: &str, hint: &str) -> QueryError {
        QueryError {
            code: QueryErrorCode::Unsupported,
            message: format!("{what} cannot be searched for"),
            query: self.text.to_string(),
            start: 0,
            end: self.text.chars().count(),
            label: String::new(),
            hint: Some(hint.to_string()),
        }
    }

    /// Parts that must all hold. The words among them are taken together: function words do not select while others do.
    fn conjunction(&mut self, parts: &[Query]) -> Result<Clause, QueryError> {
        let (words, others) = self.split_words(parts);
        let mut clauses = Vec::new();
        if !words.is_empty() {
            let all = self.mode != MatchMode::Any;
            clauses.push(self.words(&words, all));
        }
        for part in others {
            clauses.push(self.clause(part)?);
        }
        Ok(Clause::and(clauses))
    }

    /// Parts of which one must hold; words among them are scored together.
    fn disjunction(&mut self, parts: &[Query]) -> Result<Clause, QueryError> {
        let (words, others) = self.split_words(parts);
        let mut clauses = Vec::new();
        if !words.is_empty() {
            clauses.push(self.any_word(&words));
        }
        for part in others {
            clauses.push(self.clause(part)?);
        }
        Ok(if clauses.len() == 1 { clauses.remove(0) } else { Clause::Or(clauses) })
    }

    fn split_words<'q>(&self, parts: &'q [Query]) -> (Vec<&'q str>, Vec<&'q Query>) {
        let (mut words, mut others) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                Query::Word(text) if !self.exact => words.push(text.as_str()),
                other => others.push(other),
            }
        }
        (words, others)
    }

    /// Words asked for beside each other. One that the analysis cuts into pieces is a phrase of them.
    fn words(&mut self, texts: &[&str], all: bool) -> Clause {
        self.say(&texts.join(" "));
        let pieces = texts.iter().map(|text| question_terms(text)).filter(|terms| !terms.is_empty());
        let pieces: Vec<Vec<QuestionTerm>> = match all {
            true => pieces.collect(),
            // Where any word will do, so will any piece of one.
            false => pieces.flatten().map(|term| vec![term]).collect(),
        };
        let by = if all { Matching::All } else { Matching::Loose };
        let is_stop = |terms: &Vec<QuestionTerm>| terms.iter().all(|term| term.is_stop_word);
        let content = pieces.iter().filter(|terms| !is_stop(terms)).count();
        let (mut words, mut phrases): (Vec<Word>, Vec<Clause>) = (Vec::new(), Vec::new());
        for terms in pieces {
            let dropped = content > 0 && is_stop(&terms);
            if dropped && !self.plan.notes.iter().any(|note| note == "stop_words_dropped") {
                self.plan.notes.push("stop_words_dropped".to_string());
            }
            if terms.len() == 1 {
                words.extend(terms.into_iter().map(|term| self.word(term, !dropped, by)));
            } else if !dropped {
                phrases.push(self.located("text_exact", phrase_of(terms)));
            }
        }
        let mut seen: Vec<(String, bool)> = Vec::new();
        words.retain(|word| {
            let known = (word.exact.clone(), word.selects);
            let is_new = !seen.contains(&known);
            seen.push(known);
            is_new
        });
        let clause = words.iter().any(|word| word.selects).then_some(Clause::Words { words, by });
        let mut parts: Vec<Clause> = clause.into_iter().chain(phrases).collect();
        match parts.len() {
            0 => Clause::Nothing,
            1 => parts.remove(0),
            _ if all => Clause::And(parts),
            _ => Clause::Or(parts),
        }
    }

    /// Words of which one will do, as written with OR: each selects, function word or not.
    fn any_word(&mut self, texts: &[&str]) -> Clause {
        let (mut words, mut phrases) = (Vec::new(), Vec::new());
        for text in texts {
            self.say(text);
            let mut terms = question_terms(text);
            match terms.len() {
                0 => {}
                1 => words.extend(terms.pop().map(|term| self.word(term, true, Matching::Any))),
                _ => phrases.push(self.located("text_exact", phrase_of(terms))),
            }
        }
        let mut parts = phrases;
        if !words.is_empty() {
            parts.insert(0, Clause::Words { words, by: Matching::Any });
        }
        if parts.len() == 1 { parts.remove(0) } else { Clause::Or(parts) }
    }

    fn word(&mut self, term: QuestionTerm, selects: bool, by: Matching) -> Word {
        let is_question = language::is_question_word(&term.exact);
        let is_content = !term.is_stop_word && !is_question;
        if is_content && !self.negated {
            self.plan.lead.push(term.p4.clone());
        }
        let weight = if is_question { self.ranking.question } else { 1.0 };
        let related = match term.stems.first() {
            Some(stem) if is_content && by == Matching::Loose => self.ranking.related(stem),
            _ => Vec::new(),
        };
        let word = Word { exact: term.exact, stems: term.stems, p4: term.p4, related, weight, selects };
        if selects && !self.negated {
            self.plan.marked.words.push(word.clone());
        }
        word
    }

    /// Notes words that stand together.
    fn say(&mut self, text: &str) {
        if !self.negated {
            self.plan.said.extend([text, "\n"]);
        }
    }

    fn located(&mut self, field: &'static str, node: Located) -> Clause {
        if !self.negated {
            self.plan.marked.located.push(node.clone());
        }
        Clause::Located { field, node }
    }

    fn phrase(&mut self, field: &'static str, text: &str, slop: Option<u32>) -> Clause {
        if let Some(Ok(node)) = text.strip_suffix('*').map(|beginning| self.prefix(beginning)) {
            return self.located(field, node);
        }
        self.say(text);
        let terms = question_terms(text);
        if terms.is_empty() {
            return Clause::Nothing;
        }
        let node = match slop {
            Some(others) if terms.len() > 1 => Located::Window { parts: terms.into_iter().map(|term| Located::Term(term.exact)).collect(), others },
            _ => phrase_of(terms),
        };
        self.located(field, node)
    }

    /// What may stand beside `w/5`: words, phrases, beginnings, and any of several of these.
    fn node(&mut self, query: &Query) -> Result<Located, QueryError> {
        Ok(match query {
            Query::Word(text) | Query::Phrase { text, slop: None } => {
                let terms = question_terms(text);
                if terms.is_empty() {
                    return Err(self.unsupported("a text without letters or digits beside w/", "use words, \"phrases\" or word*"));
                }
                phrase_of(terms)
            }
            Query::Phrase { text, slop: Some(others) } => {
                Located::Window { parts: question_terms(text).into_iter().map(|term| Located::Term(term.exact)).collect(), others: *others }
            }
            Query::Prefix(text) => self.prefix(text)?,
            Query::Or(parts) => Located::Any(parts.iter().map(|part| self.node(part)).collect::<Result<_, _>>()?),
            Query::Near { left, right, distance, ordered } => {
                Located::Near { left: Box::new(self.node(left)?), right: Box::new(self.node(right)?), distance: *distance, ordered: *ordered }
            }
            _ => return Err(self.unsupported("this beside w/ or pre/", "use words, \"phrases\", word* or (a OR b) there")),
        })
    }

    /// A beginning; one of several words is a phrase whose last word goes on.
    fn prefix(&mut self, text: &str) -> Result<Located, QueryError> {
        let mut terms: Vec<Located> = question_terms(text).into_iter().map(|term| Located::Term(term.exact)).collect();
        let Some(Located::Term(last)) = terms.pop() else {
            return Err(self.unsupported("a text without letters or digits before *", "write letters before the star"));
        };
        if terms.is_empty() {
            return Ok(Located::Prefix(last));
        }
        terms.push(Located::Prefix(last));
        Ok(Located::Phrase(terms))
    }

    /// Words as written: found by their folded forms, then looked up in the stored text.
    fn literal(&mut self, field: &'static str, text: &str) -> Clause {
        let words = literal_words(text);
        if words.is_empty() {
            return Clause::Nothing;
        }
        if !self.negated {
            self.plan.marked.literals.push(words.clone());
        }
        let inner = Box::new(Clause::Located { field, node: phrase_of(question_terms(text)) });
        Clause::Literal { inner, words, title_only: field == "title_exact" }
    }

    fn dates(&self, from: Option<&str>, to: Option<&str>) -> Result<Clause, QueryError> {
        let read = |text: &str| {
            read_range(text).map_err(|error| QueryError {
                code: QueryErrorCode::BadDate,
                message: error.to_string(),
                query: text.to_string(),
                start: 0,
                end: text.chars().count(),
                label: String::new(),
                hint: Some("dates look like 2025, 2025-05 or 2025-05-18".to_string()),
            })
        };
        Ok(Clause::Published { from: from.map(read).transpose()?.map(|(begin, _)| begin), until: to.map(read).transpose()?.map(|(_, end)| end) })
    }

    fn count(&mut self, filter: &CountFilter) -> Clause {
        let places = filter.place.as_deref().map(|place| self.entity_ids(EntityKind::Place, place));
        if !self.negated {
            self.plan.counts.push(filter.clone());
        }
        Clause::Count { path: filter.path(), places, min: filter.min, max: filter.max }
    }

    fn field(&mut self, field: FilterField, value: &str) -> Clause {
        match field {
            FilterField::Person => bearers(EntityKind::Person, self.entity_ids(EntityKind::Person, value)),
            FilterField::Org => bearers(EntityKind::Organization, self.entity_ids(EntityKind::Organization, value)),
            FilterField::Place => bearers(EntityKind::Place, self.entity_ids(EntityKind::Place, value)),
            FilterField::Source => Clause::Keyword { field: "source", values: vec![value.to_string()] },
            FilterField::Lang => {
                let code = language_code(value);
                Clause::Keyword { field: "lang", values: vec![code] }
            }
            FilterField::Title if self.exact => self.literal("title_exact", value),
            FilterField::Title => self.phrase("title_exact", value, None),
        }
    }

    /// The ids a name may mean: an id itself, the authority's bearers of the name, or the unlisted name.
    fn entity_ids(&mut self, kind: EntityKind, value: &str) -> Vec<String> {
        let (ids, bearer) = ids_of(kind, value);
        let label = bearer.map(|bearer| bearer.label(self.ui_language).to_string());
        if !self.negated {
            self.plan.marked.entities.extend(ids.iter().cloned());
        }
        let listed = ids.first().filter(|_| label.is_some()).cloned();
        let entity = ReadEntity { text: value.to_string(), entity: listed, label: label.unwrap_or_else(|| value.to_string()) };
        if !self.plan.entities.contains(&entity) {
            self.plan.entities.push(entity);
        }
        ids
    }
}

/// Terms one behind the other.
fn phrase_of(terms: Vec<QuestionTerm>) -> Located {
    let mut terms: Vec<Located> = terms.into_iter().map(|term| Located::Term(term.exact)).collect();
    if terms.len() == 1 { terms.remove(0) } else { Located::Phrase(terms) }
}

/// The words of a text as written, in normal form C: what `exact:` compares.
pub fn literal_words(text: &str) -> Vec<String> {
    exact_tokens(text).into_iter().filter_map(|(start, end, _)| text.get(start..end)).map(|surface| surface.nfc().collect()).collect()
}

/// The ids a name may mean, and its best bearer in the authority.
pub fn ids_of(kind: EntityKind, value: &str) -> (Vec<String>, Option<&'static Entity>) {
    let authority = Authority::bundled();
    if let Some(entity) = authority.by_id(value) {
        return (vec![entity.id.clone()], Some(entity));
    }
    if value.starts_with("x:") {
        return (vec![value.to_string()], None);
    }
    let mut bearers: Vec<_> = authority.find(value).into_iter().filter(|(entity, _)| entity.kind == kind).collect();
    if bearers.is_empty()
        && let Some(id) = named_in(kind, value)
    {
        bearers.extend(authority.by_id(&id).map(|entity| (entity, AliasClass::Strong)));
    }
    // The best class decides: who writes `ترمب` means the bearer of the strong or short name, not of a weak one.
    let best = bearers.first().map(|(_, class)| *class);
    let mut ids: Vec<String> = bearers.iter().filter(|(_, class)| Some(*class) == best).map(|(entity, _)| entity.id.clone()).collect();
    ids.push(unlisted_id(kind, &crate::analysis::fold(value)));
    (ids, bearers.first().map(|(entity, _)| *entity))
}

/// Who is meant by a name with its title or head, as people say it: `الملك سلمان`, `مدينة الموصل`, `President Obama`.
fn named_in(kind: EntityKind, value: &str) -> Option<String> {
    value.split_whitespace().nth(1)?;
    let found = DocumentMaker::new().extract("", value, language::detect(value));
    let last = found.mentions.iter().rfind(|mention| mention.kind == kind && mention.span.end as usize == value.trim_end().len())?;
    found.entities.get(last.entity as usize).map(|entity| entity.id.clone()).filter(|id| !id.starts_with("x:"))
}

/// A language by its code or name: `عربي` and `العربية` are one.
fn language_code(value: &str) -> String {
    let folded = crate::analysis::fold(value);
    let bare = |name: &str| name.trim_start_matches("ال").trim_end_matches('ه').to_string();
    let named =
        language::LANGUAGES.iter().find(|language| language.name.to_lowercase() == folded || bare(&crate::analysis::fold(language.own_name)) == bare(&folded));
    let code = named.map(|language| language.code).or_else(|| LanguageCode::parse(value));
    code.map_or(value.to_string(), |code| code.to_string())
}

/// Articles that mention one of some entities.
pub fn bearers(kind: EntityKind, ids: Vec<String>) -> Clause {
    match kind {
        EntityKind::Person => Clause::Keyword { field: "people", values: ids },
        EntityKind::Organization => Clause::Keyword { field: "orgs", values: ids },
        EntityKind::Place => place_clause(&ids),
    }
}

/// Articles that mention a place or anything inside it: the place's term on its own level.
fn place_clause(ids: &[String]) -> Clause {
    let authority = Authority::bundled();
    let mut clauses: Vec<Clause> = Vec::new();
    for id in ids {
        let PlacePath { country, region, city } = authority.place_path(id);
        let or_dash = |part: &Option<String>| part.clone().unwrap_or_else(|| "-".to_string());
        let (field, value) = match (&city, &region, &country) {
            (Some(city), _, _) => ("place_l3", format!("{}>{}>{city}", or_dash(&country), or_dash(&region))),
            (None, Some(region), _) => ("place_l2", format!("{}>{region}", or_dash(&country))),
            (None, None, Some(country)) => ("place_l1", country.clone()),
            (None, None, None) => continue,
        };
        clauses.push(Clause::Keyword { field, values: vec![value] });
    }
    match clauses.len() {
        0 => Clause::Nothing,
        1 => clauses.remove(0),
        _ => Clause::Or(clauses),
    }
}
