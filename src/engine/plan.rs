//! The question as every engine runs it: terms of the streams, entity ids, ranges.
//!
//! Names become entities here and words become terms; an engine only translates clauses. Filters on a facet's own field are
//! kept apart, because the counts of a facet ignore its own choice.

use crate::analysis::{QuestionTerm, question_terms};
use crate::article::LanguageCode;
use crate::date::read_range;
use crate::document::count_term;
use crate::extract::authority::{Authority, Entity, PlacePath};
use crate::extract::{EntityKind, unlisted_id};
use crate::hits::ReadEntity;
use crate::query::{CountFilter, FilterField, MatchMode, Mode, Query, QueryError, QueryErrorCode, SearchRequest};

/// A word in its three streams. It matches by `exact` or `stem`; `p4` only adds to the score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub exact: String,
    pub stem: String,
    pub p4: String,
}

/// What selects and scores articles.
#[derive(Debug, Clone, PartialEq)]
pub enum Clause {
    All,
    Nothing,
    Word(Word),
    /// Exact terms in order; `field` is `text_exact` or `title_exact`.
    Phrase {
        field: &'static str,
        terms: Vec<String>,
    },
    /// An exact term that begins so.
    Prefix(String),
    /// Any of these values of a keyword field; scores nothing.
    Keyword {
        field: &'static str,
        values: Vec<String>,
    },
    /// Seconds, `until` exclusive; scores nothing.
    Published {
        from: Option<i64>,
        until: Option<i64>,
    },
    Undated,
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
    /// All of `required`; `scoring` adds to the score of what matches.
    And {
        required: Vec<Clause>,
        scoring: Vec<Clause>,
    },
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
            _ => Clause::And { required, scoring: Vec::new() },
        }
    }

    /// The inclusive range of `count_kv` terms of a count clause, for one place (or none).
    pub fn count_terms(path: &str, place: &str, min: Option<i64>, max: Option<i64>) -> (String, String) {
        (count_term(path, place, min.unwrap_or(0)), count_term(path, place, max.unwrap_or(i64::MAX)))
    }
}

/// Terms to mark in a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marked {
    pub words: Vec<Word>,
    pub phrases: Vec<Vec<String>>,
    pub prefixes: Vec<String>,
    /// Entities whose mentions are marked.
    pub entities: Vec<String>,
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
}

impl Plan {
    /// Translates a request.
    ///
    /// # Errors
    /// When the question holds what no engine can do yet, or a value that cannot be.
    pub fn of(request: &SearchRequest, mode: MatchMode) -> Result<Plan, QueryError> {
        let mut planner = Planner {
            text: &request.text,
            ui_language: &request.ui_language,
            mode,
            negated: false,
            plan: Plan {
                base: Clause::All,
                groups: Vec::new(),
                marked: Marked::default(),
                entities: Vec::new(),
                notes: Vec::new(),
                chosen: Vec::new(),
                counts: Vec::new(),
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
        for count in &filters.counts {
            parts.push(planner.count(count));
        }
        let mut plan = planner.plan;
        plan.base = Clause::and(parts);
        Ok(plan)
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

    /// Whether values of the field are chosen, so that its facet needs a question of its own.
    pub fn has_choice(&self, field: FilterField) -> bool {
        self.groups.iter().any(|(own, _)| *own == field)
    }
}

struct Planner<'r> {
    text: &'r str,
    ui_language: &'r str,
    mode: MatchMode,
    negated: bool,
    plan: Plan,
}

impl Planner<'_> {
    fn clause(&mut self, query: &Query) -> Result<Clause, QueryError> {
        Ok(match query {
            Query::All => Clause::All,
            Query::Word(text) => self.words(&[text]),
            Query::Phrase { text, slop: None } => self.phrase("text_exact", text),
            Query::Prefix(text) => {
                let mut terms = question_terms(text);
                // A prefix of several words is a phrase whose last word goes on; only one word is supported.
                match (terms.pop(), terms.is_empty()) {
                    (Some(term), true) => {
                        if !self.negated {
                            self.plan.marked.prefixes.push(term.exact.clone());
                        }
                        Clause::Prefix(term.exact)
                    }
                    _ => return Err(self.unsupported("a prefix of several words")),
                }
            }
            Query::Field { field, value } => self.field(*field, value),
            Query::Date { from, to } => self.dates(from.as_deref(), to.as_deref())?,
            Query::Count(count) => self.count(count),
            Query::And(parts) => return self.conjunction(parts),
            Query::Or(parts) => Clause::Or(parts.iter().map(|part| self.clause(part)).collect::<Result<_, _>>()?),
            Query::Not(inner) => {
                self.negated = !self.negated;
                let clause = self.clause(inner);
                self.negated = !self.negated;
                Clause::Not(Box::new(clause?))
            }
            Query::Fuzzy { .. } => return Err(self.unsupported("a word with ~")),
            Query::Near { .. } | Query::Phrase { slop: Some(_), .. } => return Err(self.unsupported("words near each other")),
            Query::Exact(_) => return Err(self.unsupported("exact:")),
        })
    }

    fn unsupported(&self, what: &str) -> QueryError {
        QueryError {
            code: QueryErrorCode::Unsupported,
            message: format!("{what} cannot be searched for yet"),
            query: self.text.to_string(),
            start: 0,
            end: self.text.chars().count(),
            label: String::new(),
            hint: Some("use words, \"phrases\" and word* prefixes".to_string()),
        }
    }

    /// Parts that must all hold. The words among them are taken together: stop words are dropped while others remain.
    fn conjunction(&mut self, parts: &[Query]) -> Result<Clause, QueryError> {
        let words: Vec<&str> = parts.iter().filter_map(|part| if let Query::Word(text) = part { Some(text.as_str()) } else { None }).collect();
        let mut clauses = Vec::new();
        if !words.is_empty() {
            clauses.push(self.words(&words));
        }
        for part in parts.iter().filter(|part| !matches!(part, Query::Word(_))) {
            clauses.push(self.clause(part)?);
        }
        Ok(Clause::and(clauses))
    }

    fn words(&mut self, texts: &[&str]) -> Clause {
        let pieces: Vec<Vec<QuestionTerm>> = texts.iter().map(|text| question_terms(text)).filter(|terms| !terms.is_empty()).collect();
        let is_stop = |terms: &Vec<QuestionTerm>| terms.iter().all(|term| term.is_stop_word);
        let content = pieces.iter().filter(|terms| !is_stop(terms)).count();
        let (mut required, mut scoring) = (Vec::new(), Vec::new());
        for terms in pieces {
            let dropped = content > 0 && is_stop(&terms);
            if dropped && !self.plan.notes.iter().any(|note| note == "stop_words_dropped") {
                self.plan.notes.push("stop_words_dropped".to_string());
            }
            let clause = self.word_clause(terms, !dropped);
            // Under `any`, function words may not select: they are in every article.
            if dropped { scoring.push(clause) } else { required.push(clause) }
        }
        if required.is_empty() {
            return Clause::Nothing;
        }
        if self.mode == MatchMode::Any && required.len() > 1 {
            required = vec![Clause::Or(required)];
        }
        if required.len() == 1 && scoring.is_empty() { required.remove(0) } else { Clause::And { required, scoring } }
    }

    /// One word, or the phrase of the pieces it is cut into.
    fn word_clause(&mut self, mut terms: Vec<QuestionTerm>, marked: bool) -> Clause {
        if terms.len() == 1 {
            let term = terms.remove(0);
            let word = Word { exact: term.exact, stem: term.stem, p4: term.p4 };
            if marked && !self.negated {
                self.plan.marked.words.push(word.clone());
            }
            return Clause::Word(word);
        }
        let terms: Vec<String> = terms.into_iter().map(|term| term.exact).collect();
        if marked && !self.negated {
            self.plan.marked.phrases.push(terms.clone());
        }
        Clause::Phrase { field: "text_exact", terms }
    }

    fn phrase(&mut self, field: &'static str, text: &str) -> Clause {
        let terms: Vec<String> = question_terms(text).into_iter().map(|term| term.exact).collect();
        if terms.is_empty() {
            return Clause::Nothing;
        }
        if !self.negated {
            self.plan.marked.phrases.push(terms.clone());
        }
        Clause::Phrase { field, terms }
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
            FilterField::Person => Clause::Keyword { field: "people", values: self.entity_ids(EntityKind::Person, value) },
            FilterField::Org => Clause::Keyword { field: "orgs", values: self.entity_ids(EntityKind::Organization, value) },
            FilterField::Place => {
                let ids = self.entity_ids(EntityKind::Place, value);
                place_clause(&ids)
            }
            FilterField::Source => Clause::Keyword { field: "source", values: vec![value.to_string()] },
            FilterField::Lang => {
                let code = LanguageCode::parse(value).map_or(value.to_string(), |code| code.to_string());
                Clause::Keyword { field: "lang", values: vec![code] }
            }
            FilterField::Title => self.phrase("title_exact", value),
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

/// The ids a name may mean, and its best bearer in the authority.
pub fn ids_of(kind: EntityKind, value: &str) -> (Vec<String>, Option<&'static Entity>) {
    let authority = Authority::bundled();
    if let Some(entity) = authority.by_id(value) {
        return (vec![entity.id.clone()], Some(entity));
    }
    if value.starts_with("x:") {
        return (vec![value.to_string()], None);
    }
    let bearers: Vec<_> = authority.find(value).into_iter().filter(|(entity, _)| entity.kind == kind).collect();
    // The best class decides: who writes `ترمب` means the bearer of the strong or short name, not of a weak one.
    let best = bearers.first().map(|(_, class)| *class);
    let mut ids: Vec<String> = bearers.iter().filter(|(_, class)| Some(*class) == best).map(|(entity, _)| entity.id.clone()).collect();
    let folded = crate::analysis::fold(value);
    let words: Vec<&str> = folded.split(' ').filter(|word| kind != EntityKind::Person || !matches!(*word, "بن" | "ابن")).collect();
    ids.push(unlisted_id(kind, &words.join(" ")));
    (ids, bearers.first().map(|(entity, _)| *entity))
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
