//! The request around a question: filters, order, facets, paging.

use crate::analysis::fold;
use crate::date::{civil_of, day_of, read_range};
use crate::language::arabic::normalizer::is_diacritic;

use super::error::quoted;
use super::parse::{LIMITS, parse_count, parse_date_range};
use super::{CountFilter, FilterField, Query, QueryError, QueryErrorCode};

/// How the words of a question are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MatchMode {
    /// Every word must occur.
    #[default]
    All,
    /// Any word may: for questions in natural language.
    Any,
    /// All, and any where all finds nothing.
    Auto,
}

/// Order of the hits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Sort {
    #[default]
    Relevance,
    /// Relevance, and being new: half of what that adds is lost every so many days.
    Recent(u32),
    Newest,
    Oldest,
    /// Largest value of a kind (or kind.class) first.
    Count(String),
}

impl Sort {
    pub fn name(&self) -> String {
        match self {
            Sort::Relevance => "relevance".to_string(),
            Sort::Recent(days) => format!("relevance:{days}"),
            Sort::Newest => "newest".to_string(),
            Sort::Oldest => "oldest".to_string(),
            Sort::Count(path) => format!("count:{path}"),
        }
    }

    /// # Errors
    /// When the word is no order.
    pub fn parse(text: &str) -> Result<Sort, QueryError> {
        match text {
            "relevance" => Ok(Sort::Relevance),
            "newest" => Ok(Sort::Newest),
            "oldest" => Ok(Sort::Oldest),
            _ => match text.split_once(':') {
                Some(("count", path)) => {
                    let filter = parse_count(path)?;
                    Ok(Sort::Count(filter.path()))
                }
                Some(("relevance", days)) => match days.parse() {
                    Ok(days) if days > 0 => Ok(Sort::Recent(days)),
                    _ => Err(bad_filter(
                        text,
                        format!("expected a number of days in {}", quoted(text)),
                        "relevance:30 lets half the bonus of being new go in 30 days",
                    )),
                },
                _ => Err(bad_filter(text, format!("unknown order {}", quoted(text)), "one of relevance, relevance:DAYS, newest, oldest, count:KIND")),
            },
        }
    }
}

/// Whether a filter's values are wanted, unwanted, or all required.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    Any,
    Not,
    All,
}

/// Values of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFilter {
    pub field: FilterField,
    pub mode: Mode,
    pub value: String,
}

/// What narrows the articles beside the question: values OR inside a field, AND across fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters {
    pub fields: Vec<FieldFilter>,
    /// As typed, checked; both inclusive.
    pub since: Option<String>,
    pub until: Option<String>,
    /// Only articles without a date.
    pub undated: bool,
    /// Only articles first put in by a later commit.
    pub added_after: Option<u64>,
    pub counts: Vec<CountFilter>,
}

impl Filters {
    /// Adds the values of one flag.
    pub fn add(&mut self, field: FilterField, mode: Mode, values: &[String]) {
        self.fields.extend(values.iter().filter(|value| !value.trim().is_empty()).map(|value| FieldFilter { field, mode, value: value.trim().to_string() }));
    }

    /// Sets the dates, checking them.
    ///
    /// # Errors
    /// When one is no date.
    pub fn set_dates(&mut self, since: Option<&str>, until: Option<&str>) -> Result<(), QueryError> {
        for text in [since, until].into_iter().flatten() {
            parse_date_range(text, 0, text)?;
        }
        if let (Some(since), Some(until)) = (since, until) {
            // Both are read as one range: an end before the beginning finds nothing, which is never meant.
            parse_date_range(&format!("{since}..{until}"), 0, &format!("{since}..{until}"))?;
        }
        self.since = since.map(str::to_string);
        self.until = until.map(str::to_string);
        Ok(())
    }

    /// The filters as part of a question: what `read` shows.
    pub fn as_query(&self) -> Query {
        let mut parts = Vec::new();
        for field in FilterField::ALL {
            let values = |mode| {
                let wanted = self.fields.iter().filter(move |filter| filter.field == field && filter.mode == mode);
                wanted.map(|filter| Query::Field { field, value: filter.value.clone() })
            };
            let any: Vec<Query> = values(Mode::Any).collect();
            if !any.is_empty() {
                parts.push(Query::or(any));
            }
            parts.extend(values(Mode::All));
            parts.extend(values(Mode::Not).map(|query| Query::Not(Box::new(query))));
        }
        if self.since.is_some() || self.until.is_some() {
            parts.push(Query::Date { from: self.since.clone(), to: self.until.clone() });
        }
        if self.undated {
            parts.push(Query::Undated);
        }
        parts.extend(self.counts.iter().cloned().map(Query::Count));
        Query::and(parts)
    }
}

/// A facet asked for: a field and how many of its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetRequest {
    pub field: String,
    pub limit: usize,
}

/// Fields that facets exist for, in the order they are shown.
pub const FACET_FIELDS: &[&str] = &["person", "place", "org", "source", "lang", "count", "month", "year", "country"];

impl FacetRequest {
    /// Reads `person`, `org:3`.
    ///
    /// # Errors
    /// When there is no such facet.
    pub fn parse(text: &str, default_limit: usize) -> Result<FacetRequest, QueryError> {
        let (name, limit) = match text.rsplit_once(':') {
            Some((name, limit)) if limit.bytes().all(|byte| byte.is_ascii_digit()) && !limit.is_empty() => (name, limit.parse().unwrap_or(usize::MAX)),
            _ => (text, default_limit),
        };
        let field: &str = match FilterField::from_name(name) {
            Some(field) => field.name(),
            None if super::COUNT_NAMES.contains(&name) => "count",
            None => name,
        };
        // `count:killed` is a facet of its own: the values of one kind.
        let known = FACET_FIELDS.contains(&field) || field.strip_prefix("count:").is_some_and(|path| parse_count(path).is_ok());
        if !known {
            return Err(bad_filter(text, format!("no facet is called {}", quoted(name)), &format!("one of {}", FACET_FIELDS.join(", "))));
        }
        Ok(FacetRequest { field: field.to_string(), limit: limit.clamp(1, 10_000) })
    }
}

fn bad_filter(text: &str, message: String, hint: &str) -> QueryError {
    QueryError {
        code: QueryErrorCode::BadFilter,
        message,
        query: text.to_string(),
        start: 0,
        end: text.chars().count(),
        label: String::new(),
        hint: Some(hint.to_string()),
    }
}

/// A whole request.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchRequest {
    /// The question as typed.
    pub text: String,
    pub query: Query,
    pub filters: Filters,
    pub sort: Sort,
    pub limit: usize,
    pub cursor: Option<String>,
    pub facets: Vec<FacetRequest>,
    /// One hit a story.
    pub group: bool,
    /// Snippets a hit.
    pub snippets: usize,
    pub match_mode: MatchMode,
    /// Every word and phrase as written, nothing folded or stemmed.
    pub exact: bool,
    /// The language of labels.
    pub ui_language: String,
}

impl Default for SearchRequest {
    /// Everything, ten hits, one a story.
    fn default() -> SearchRequest {
        SearchRequest {
            text: String::new(),
            query: Query::All,
            filters: Filters::default(),
            sort: Sort::Relevance,
            limit: 10,
            cursor: None,
            facets: Vec::new(),
            group: true,
            snippets: 2,
            match_mode: MatchMode::All,
            exact: false,
            ui_language: "en".to_string(),
        }
    }
}

impl SearchRequest {
    /// A request for a question, everything else at its default.
    ///
    /// # Errors
    /// When the question cannot be read.
    pub fn new(text: &str) -> Result<SearchRequest, QueryError> {
        Ok(SearchRequest { text: text.to_string(), query: super::parse(text)?, ..SearchRequest::default() })
    }

    /// A request for a question in natural language: its words, whatever the query language would make of them. As many words
    /// as a question may have are taken.
    pub fn natural(text: &str) -> SearchRequest {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | '\'' | '\u{640}') || is_diacritic(c);
        let words = text.split(|c: char| !is_part(c)).map(|word| word.trim_matches(['.', ',', '\''])).filter(|word| !fold(word).is_empty());
        let query = Query::and(words.take(LIMITS.max_terms).map(|word| Query::Word(word.to_string())).collect());
        SearchRequest { text: text.to_string(), query, ..SearchRequest::default() }
    }

    /// What the request asks of fields, dates and counts, one by one: what alone may be why nothing is found.
    pub fn conditions(&self) -> Vec<Query> {
        let mut found = Vec::new();
        conditions_of(&self.query, &mut found);
        conditions_of(&self.filters.as_query(), &mut found);
        found
    }

    /// Hijri dates of the request as typed, with the first and the last day they cover.
    pub fn hijri_dates(&self) -> Vec<(String, String, String)> {
        let mut texts: Vec<String> = Vec::new();
        for condition in self.conditions() {
            if let Query::Date { from, to } = condition {
                texts.extend([from, to].into_iter().flatten());
            }
        }
        texts.dedup();
        texts.into_iter().filter_map(|text| hijri_days(&text).map(|(first, last)| (text, first, last))).collect()
    }

    /// The question as understood, filters included, in a form that can be asked again.
    pub fn read(&self) -> String {
        let query = match (&self.query, self.match_mode) {
            (Query::And(parts), MatchMode::Any) if parts.iter().all(|part| matches!(part, Query::Word(_))) => Query::Or(parts.clone()),
            (query, _) => query.clone(),
        };
        let query = if self.exact { exactly(query) } else { query };
        let whole = Query::and(vec![query, self.filters.as_query()]);
        if whole == Query::All { String::new() } else { whole.to_string() }
    }
}

/// Adds what selects by fields, dates and counts; what is left out selects nothing.
fn conditions_of(query: &Query, found: &mut Vec<Query>) {
    match query {
        Query::And(parts) | Query::Or(parts) => parts.iter().for_each(|part| conditions_of(part, found)),
        Query::Field { .. } | Query::Date { .. } | Query::Undated | Query::Count(_) if !found.contains(query) => found.push(query.clone()),
        _ => {}
    }
}

/// The first and last day of a date whose year is not the one typed: it was read as a Hijri one.
fn hijri_days(text: &str) -> Option<(String, String)> {
    let (begin, end) = read_range(text).ok()?;
    let digits: String = text.chars().map(|c| crate::language::arabic::normalizer::digit(c).unwrap_or(c)).collect();
    let typed: i64 = digits.split(|c: char| !c.is_ascii_digit()).find(|number| number.len() == 4)?.parse().ok()?;
    // A time zone moves an instant by a day, never by a hundred years.
    (typed.abs_diff(i64::from(civil_of(begin)?.year())) > 100).then(|| (day_of(begin), day_of(end - 1)))
}

/// The question with every word and phrase as written.
fn exactly(query: Query) -> Query {
    let each = |parts: Vec<Query>| parts.into_iter().map(exactly).collect();
    match query {
        Query::Word(_) | Query::Phrase { slop: None, .. } => Query::Exact(Box::new(query)),
        Query::And(parts) => Query::And(each(parts)),
        Query::Or(parts) => Query::Or(each(parts)),
        Query::Not(inner) => Query::Not(Box::new(exactly(*inner))),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_and_hijri_dates() {
        let mut request = SearchRequest::new("flood (place:Nowhere OR lang:xx) -source:y date:1446 count:killed").unwrap();
        request.filters.set_dates(Some("2024"), Some("1446-09-01")).unwrap();
        let conditions: Vec<String> = request.conditions().iter().map(Query::to_string).collect();
        assert_eq!(conditions, ["place:Nowhere", "lang:xx", "date:1446", "count:killed", "date:2024..1446-09-01"]);
        let text = |(text, first, last): (String, String, String)| format!("{text} {first} {last}");
        let hijri: Vec<String> = request.hijri_dates().into_iter().map(text).collect();
        assert_eq!(hijri, ["1446 2024-07-07 2025-06-25", "1446-09-01 2025-03-01 2025-03-01"]);
    }
}
