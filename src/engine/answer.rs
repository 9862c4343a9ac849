//! Requests to answers, from the primitives of any engine: order, stories, snippets, facets, bins, rows.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use data_encoding::BASE64URL_NOPAD;
use jiff::civil;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::highlight::Highlighter;
use super::memory::compare;
use super::plan::ids_of;
use super::ranking::{self, PATTERN_SCORE, Part, StreamTerm, WINDOW, lead_parts, name_parts, recency_parts};
use super::{
    AskError, Clause, Column, ColumnCounts, DocumentId, Engine, EngineError, Order, Plan, Ranked, Ranking, Scoring, Statistics, Stream, Want, literal, spelling,
};
use crate::article::ArticleKey;
use crate::date::{Precision, civil_of, day_of, seconds_of};
use crate::document::innermost_place;
use crate::extract::authority::{Authority, is_arabic};
use crate::extract::lexicon::Qualifier;
use crate::extract::{Count, EntityKind};
use crate::hits::{Bin, FacetCounts, FacetValue, Hit, Place, ReadQuery, SearchResponse, StoredArticle, Timeline};
use crate::query::{CountFilter, FacetRequest, FilterField, MatchMode, Mode, QueryError, QueryErrorCode, SearchRequest, Sort};

/// Counts shown beside a hit at most.
const HIT_COUNTS: usize = 4;

/// A cursor as it travels: opaque to whoever carries it.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    /// The bits of the place's key: decimal digits do not bring a score back exactly.
    #[serde(rename = "k")]
    key: Option<u64>,
    #[serde(rename = "h")]
    key_hash: i64,
    /// Hits shown so far.
    #[serde(rename = "n")]
    shown: usize,
    /// Hash of question, filters and order: a cursor fits no other request.
    #[serde(rename = "q")]
    request: u64,
    /// The last commit when the first page was made: later pages leave newer articles out.
    #[serde(rename = "s")]
    seq: u64,
    /// What scores depended on then, in the order of the terms: articles, terms, frequencies. Empty in other orders.
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    statistics: Vec<u64>,
}

impl Cursor {
    fn place(&self) -> Place {
        Place { key: self.key.map(f64::from_bits), key_hash: self.key_hash }
    }
}

/// How a request is answered beyond what it says itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    pub ranking: Ranking,
}

/// A request made ready: what selects, and what orders.
struct Asked<'e> {
    engine: &'e dyn Engine,
    plan: Plan,
    clause: Clause,
    order: Order,
    scoring: Scoring,
    /// The first articles by score with what is added to it there, in the order after that; empty in other orders.
    window: Vec<(Ranked, Vec<Part>)>,
    /// Where the window ends by the first score, if more come behind it.
    window_end: Option<Place>,
    seq: u64,
}

/// Plans a request; under [`MatchMode::Auto`] any word will do where all find nothing.
fn plan(engine: &dyn Engine, request: &SearchRequest, options: &Options) -> Result<Plan, AskError> {
    let of = |mode| -> Result<Plan, AskError> {
        let mut plan = Plan::of(request, mode, &options.ranking)?;
        literal::resolve(engine, &mut plan)?;
        Ok(plan)
    };
    match request.match_mode {
        MatchMode::Auto => {
            let strict = of(MatchMode::All)?;
            if !engine.rank(&strict.clause(), &Order::Newest, 1, None, &Scoring::default())?.is_empty() {
                return Ok(strict);
            }
            let mut loose = of(MatchMode::Any)?;
            loose.notes.push("matched_any".to_string());
            Ok(loose)
        }
        mode => of(mode),
    }
}

impl<'e> Asked<'e> {
    fn new(engine: &'e dyn Engine, request: &SearchRequest, cursor: Option<&Cursor>, options: &Options) -> Result<Asked<'e>, AskError> {
        let plan = plan(engine, request, options)?;
        let now = engine.seq();
        let seq = cursor.map_or(now, |cursor| cursor.seq);
        let mut clause = plan.clause();
        if seq < now {
            clause = Clause::and(vec![clause, Clause::Added { from: 0, until: seq }]);
        }
        // Where nothing has a score, relevance says nothing: the news comes first.
        let order = match order(&request.sort) {
            Order::Score if !plan.marked.has_words() => Order::Newest,
            order => order,
        };
        let mut asked = Asked { engine, plan, clause, order, scoring: Scoring::default(), window: Vec::new(), window_end: None, seq };
        if asked.order == Order::Score {
            let half_life = if let Sort::Recent(days) = request.sort { Some(f64::from(days)) } else { None };
            asked.score(cursor, &options.ranking, half_life)?;
        }
        Ok(asked)
    }

    /// Gathers what scores depend on, and orders the first articles.
    fn score(&mut self, cursor: Option<&Cursor>, ranking: &Ranking, half_life: Option<f64>) -> Result<(), AskError> {
        let mut terms = self.clause.stream_terms();
        terms.extend(self.plan.lead.iter().map(|code| (Stream::P4, code.clone())));
        let statistics = match cursor {
            Some(cursor) => statistics_of(cursor, terms)?,
            None => self.engine.statistics(&terms)?,
        };
        self.scoring = Scoring { ranking: ranking.clone(), statistics };
        let first = self.engine.rank(&self.clause, &Order::Score, WINDOW, None, &self.scoring)?;
        self.window_end = first.last().map(|last| last.place);
        let best = first.first().and_then(|ranked| ranked.place.key).unwrap_or_default();
        let ids: Vec<DocumentId> = first.iter().map(|ranked| ranked.id).collect();
        let mut added = vec![lead_parts(self.engine, &ids, &self.plan.lead, &self.scoring)?, name_parts(self.engine, &ids, &self.plan.names(), &self.scoring)?];
        if let Some(half_life) = half_life {
            added.push(recency_parts(self.engine, &ids, half_life, best)?);
        }
        self.window = first.into_iter().map(|ranked| (ranked, Vec::new())).collect();
        for parts in added {
            for ((ranked, own), parts) in self.window.iter_mut().zip(parts) {
                let bonus: f64 = parts.iter().map(|part| part.score).sum();
                ranked.place.key = ranked.place.key.map(|score| score + bonus);
                own.extend(parts);
            }
        }
        self.window.sort_by(|(a, _), (b, _)| compare(&a.place, &b.place, false));
        Ok(())
    }

    /// The first `limit` matches behind a place.
    fn rank(&self, limit: usize, after: Option<&Place>) -> Result<Vec<Ranked>, EngineError> {
        let Some(window_end) = &self.window_end else { return self.engine.rank(&self.clause, &self.order, limit, after, &self.scoring) };
        let is_behind = |place: &Place, after: &Place| compare(place, after, false).is_gt();
        let in_window = self.window.iter().map(|(ranked, _)| ranked).filter(|ranked| after.is_none_or(|after| is_behind(&ranked.place, after)));
        let mut found: Vec<Ranked> = in_window.take(limit).copied().collect();
        if found.len() < limit && self.window.len() == WINDOW {
            let after = after.filter(|after| is_behind(after, window_end)).unwrap_or(window_end);
            found.extend(self.engine.rank(&self.clause, &self.order, limit - found.len(), Some(after), &self.scoring)?);
        }
        Ok(found)
    }

    /// The first match of a story.
    fn first_of(&self, story: u64) -> Result<Option<DocumentId>, EngineError> {
        if let Some((ranked, _)) = self.window.iter().find(|(ranked, _)| ranked.story == story) {
            return Ok(Some(ranked.id));
        }
        let same = Clause::and(vec![self.clause.clone(), Clause::Story(story)]);
        Ok(self.engine.rank(&same, &self.order, 1, None, &self.scoring)?.first().map(|ranked| ranked.id))
    }

    /// One page: the best article of each story, in order; and where the next page begins, if there is one.
    fn page(&self, request: &SearchRequest, cursor: Option<&Cursor>) -> Result<(Vec<Ranked>, Option<Place>), EngineError> {
        let mut after = cursor.map(Cursor::place);
        if !request.group {
            let mut ranked = self.rank(request.limit + 1, after.as_ref())?;
            let more = ranked.len() > request.limit;
            ranked.truncate(request.limit);
            let next = ranked.last().filter(|_| more).map(|last| last.place);
            return Ok((ranked, next));
        }
        let mut shown: Vec<Ranked> = Vec::new();
        let mut seen: FxHashSet<u64> = FxHashSet::default();
        let batch = (request.limit + 1) * 3;
        loop {
            let ranked = self.rank(batch, after.as_ref())?;
            let is_last = ranked.len() < batch;
            for one in ranked {
                if seen.contains(&one.story) {
                    after = Some(one.place);
                    continue;
                }
                // On later pages a story may have been shown before: then a better article of it ranks above this one.
                if cursor.is_some() && self.first_of(one.story)?.is_some_and(|first| first != one.id) {
                    seen.insert(one.story);
                    after = Some(one.place);
                    continue;
                }
                if shown.len() == request.limit {
                    // One more story exists: the page ends before it.
                    return Ok((shown, after));
                }
                seen.insert(one.story);
                after = Some(one.place);
                shown.push(one);
            }
            if is_last {
                return Ok((shown, None));
            }
        }
    }

    fn cursor(&self, place: Place, shown: usize, request: u64) -> String {
        let statistics = match self.order {
            Order::Score => {
                let statistics = &self.scoring.statistics;
                [statistics.articles, statistics.tokens].into_iter().chain(statistics.frequencies.values().copied()).collect()
            }
            _ => Vec::new(),
        };
        write_cursor(&Cursor { key: place.key.map(f64::to_bits), key_hash: place.key_hash, shown, request, seq: self.seq, statistics })
    }
}

/// The statistics a cursor carries.
fn statistics_of(cursor: &Cursor, terms: BTreeSet<StreamTerm>) -> Result<Statistics, QueryError> {
    match cursor.statistics.as_slice() {
        [articles, tokens, frequencies @ ..] if frequencies.len() == terms.len() => {
            Ok(Statistics { articles: *articles, tokens: *tokens, frequencies: terms.into_iter().zip(frequencies.iter().copied()).collect() })
        }
        _ => Err(refused_cursor("", "this is no cursor of this order")),
    }
}

fn read_query(request: &SearchRequest, plan: &Plan) -> ReadQuery {
    ReadQuery {
        text: request.text.clone(),
        read: request.read(),
        exact: request.exact,
        entities: plan.entities.clone(),
        notes: plan.notes.clone(),
        did_you_mean: Vec::new(),
    }
}

fn order(sort: &Sort) -> Order {
    match sort {
        Sort::Relevance | Sort::Recent(_) => Order::Score,
        Sort::Newest => Order::Newest,
        Sort::Oldest => Order::Oldest,
        Sort::Count(path) => Order::Count(path.clone()),
    }
}

/// Ranked hits, totals and facets.
///
/// # Errors
/// When the question cannot be read or the engine fails.
pub fn search(engine: &dyn Engine, request: &SearchRequest) -> Result<SearchResponse, AskError> {
    let began = Instant::now();
    let fingerprint = fingerprint(request);
    let cursor = request.cursor.as_deref().map(|text| read_cursor(text, fingerprint)).transpose()?;
    let asked = Asked::new(engine, request, cursor.as_ref(), &Options::default())?;
    let (page, next) = asked.page(request, cursor.as_ref())?;
    let wants: Vec<Want> = request.facets.iter().filter_map(want).collect();
    let page_stories: Vec<u64> = if request.group { page.iter().map(|ranked| ranked.story).collect() } else { Vec::new() };
    let tally = engine.tally(&asked.clause, &wants, &page_stories)?;
    let shown = cursor.as_ref().map_or(0, |cursor| cursor.shown);
    let plan = &asked.plan;
    let mut highlighter = Highlighter::new(&plan.marked, &asked.scoring.statistics);
    let mut hits = Vec::with_capacity(page.len());
    for (index, ranked) in page.iter().enumerate() {
        let article = engine.load(ranked.id)?;
        let copies = tally.copies.get(index).copied().unwrap_or_default();
        let score = if asked.order == Order::Score { ranked.place.key.unwrap_or(0.0) as f32 } else { 0.0 };
        hits.push(Hit {
            rank: shown + index + 1,
            score,
            copies,
            title_marks: highlighter.title_marks(&article),
            snippets: highlighter.snippets(&article, request.snippets),
            counts: fitting_counts(&article, &plan.counts),
            article,
        });
    }
    let mut facets = Vec::new();
    let mut tallied = tally.facets.into_iter();
    for request_facet in request.facets.iter().filter(|facet| want(facet).is_some()) {
        let Some(counts) = tallied.next() else { break };
        let field = filter_field(&request_facet.field);
        let counts = match field.filter(|field| plan.has_choice(*field)) {
            // A facet ignores its own choice.
            Some(field) => one_column(engine, &plan.without(Some(field)), request_facet)?,
            None => counts,
        };
        facets.push(facet_counts(engine, request_facet, counts, plan, &request.ui_language)?);
    }
    let mut query = read_query(request, plan);
    if cursor.is_none() {
        query.did_you_mean = spelling::suggestions(engine, request, plan, tally.articles)?;
    }
    Ok(SearchResponse {
        query,
        articles: tally.articles,
        stories: tally.stories,
        grouped: request.group,
        sort: request.sort.clone(),
        took_ms: began.elapsed().as_millis() as u64,
        cursor: next.map(|place| asked.cursor(place, shown + hits.len(), fingerprint)),
        hits,
        facets,
    })
}

fn fingerprint(request: &SearchRequest) -> u64 {
    let text = format!("{}\n{:?} {}\n{}", request.read(), request.match_mode, request.exact, request.sort.name());
    crate::document::short_hash(blake3::hash(text.as_bytes()).as_bytes())
}

fn write_cursor(cursor: &Cursor) -> String {
    serde_json::to_vec(cursor).map(|json| BASE64URL_NOPAD.encode(&json)).unwrap_or_default()
}

fn refused_cursor(text: &str, message: &str) -> QueryError {
    QueryError {
        code: QueryErrorCode::BadCursor,
        message: message.to_string(),
        query: text.to_string(),
        start: 0,
        end: text.chars().count(),
        label: String::new(),
        hint: Some("take the cursor of the page before, and ask the same question".to_string()),
    }
}

fn read_cursor(text: &str, fingerprint: u64) -> Result<Cursor, QueryError> {
    let json = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| refused_cursor(text, "this is no cursor"))?;
    let cursor: Cursor = serde_json::from_slice(&json).map_err(|_| refused_cursor(text, "this is no cursor"))?;
    if cursor.request != fingerprint { Err(refused_cursor(text, "this cursor belongs to another question")) } else { Ok(cursor) }
}

/// The counts of an article that fit the question best: those a count filter asked for, else the main ones.
fn fitting_counts(article: &StoredArticle, asked: &[CountFilter]) -> Vec<usize> {
    let counts = &article.record.counts;
    // Headline and lead often say the same.
    let says_the_same = |a: &Count, b: &Count| (&a.kinds, &a.object.class) == (&b.kinds, &b.object.class) && a.value.is_some() && a.value == b.value;
    let mut chosen: Vec<usize> = (0..counts.len()).filter(|&index| asked.iter().any(|filter| satisfies(&counts[index], filter, article))).collect();
    let all = chosen.clone();
    chosen.retain(|&index| !all.iter().take_while(|before| **before < index).any(|&before| says_the_same(&counts[before], &counts[index])));
    let mut paths: BTreeSet<(Vec<String>, String)> = chosen.iter().map(|&index| (counts[index].kinds.clone(), counts[index].object.class.clone())).collect();
    // Wholes before parts, updated totals first, then as they stand in the text.
    let mut rest: Vec<usize> = (0..counts.len()).filter(|&index| !counts[index].negated).collect();
    rest.sort_by_key(|&index| {
        (counts[index].part_of.is_some() && counts[index].kinds.iter().all(|kind| kind != "shot_down"), !counts[index].cumulative, index)
    });
    for index in rest {
        if chosen.len() >= HIT_COUNTS {
            break;
        }
        if paths.insert((counts[index].kinds.clone(), counts[index].object.class.clone())) {
            chosen.push(index);
        }
    }
    chosen.truncate(HIT_COUNTS);
    chosen
}

/// Whether a count is of the kind, class, value and place a filter asks for.
pub fn satisfies(count: &Count, filter: &CountFilter, article: &StoredArticle) -> bool {
    let value = count.value.or(count.min).or(count.max);
    !count.negated
        && count.kinds.contains(&filter.kind)
        && filter.class.as_ref().is_none_or(|class| *class == count.object.class)
        && filter.place.as_ref().is_none_or(|asked| {
            let place = count.place.and_then(|place| article.record.entities.get(place as usize));
            place.is_some_and(|place| {
                let wanted = ids_of(EntityKind::Place, asked).0;
                Authority::bundled().place_path(&place.id).ids().any(|id| wanted.contains(id))
            })
        })
        && value.is_some_and(|value| {
            filter.min.is_none_or(|min| value >= min || count.qualifier == Qualifier::Range && count.max.is_some_and(|max| max >= min))
                && filter.max.is_none_or(|max| value <= max)
        })
}

fn filter_field(name: &str) -> Option<FilterField> {
    match name {
        "country" => Some(FilterField::Place),
        _ => FilterField::from_name(name),
    }
}

/// The columns behind a facet; `None` for facets an engine does not count.
fn want(facet: &FacetRequest) -> Option<Want> {
    let column = match facet.field.as_str() {
        "person" => Column::Keywords(&["people"]),
        "org" => Column::Keywords(&["orgs"]),
        "place" => Column::Keywords(&["place_l1", "place_l2", "place_l3"]),
        "country" => Column::Keywords(&["place_l1"]),
        "source" => Column::Keywords(&["source"]),
        "lang" => Column::Keywords(&["lang"]),
        "count" => Column::Keywords(&["count_kinds"]),
        "month" => Column::Month,
        "year" => Column::Year,
        _ => return None,
    };
    // People are the default class: `killed.person` says what `killed` says, and is left out when the values are shown.
    let limit = if facet.field == "count" { facet.limit.saturating_mul(2) } else { facet.limit };
    Some(Want { column, limit })
}

fn one_column(engine: &dyn Engine, clause: &Clause, facet: &FacetRequest) -> Result<ColumnCounts, EngineError> {
    let wants: Vec<Want> = want(facet).into_iter().collect();
    Ok(engine.tally(clause, &wants, &[])?.facets.into_iter().next().unwrap_or_default())
}

fn facet_counts(engine: &dyn Engine, request: &FacetRequest, mut counts: ColumnCounts, plan: &Plan, ui_language: &str) -> Result<FacetCounts, EngineError> {
    if request.field == "count" {
        counts.values.retain(|(path, _)| !path.ends_with(".person"));
        counts.values.truncate(request.limit);
    }
    let truncated = counts.total_values > counts.values.len() as u64;
    let chosen: Vec<(&str, Mode)> =
        plan.chosen.iter().filter(|(field, ..)| filter_field(&request.field) == Some(*field)).map(|(_, mode, value)| (innermost_place(value), *mode)).collect();
    // Chosen values stay in the list even where nothing is left of them.
    for (value, _) in chosen.iter().filter(|(value, mode)| *mode != Mode::Not && !value.starts_with("x:")) {
        if !counts.values.iter().any(|(known, _)| innermost_place(known) == *value) {
            counts.values.push((value.to_string(), 0));
        }
    }
    let mut values = Vec::with_capacity(counts.values.len());
    for (term, count) in counts.values {
        let value = innermost_place(&term).to_string();
        let (label, language, parents) = label_of(engine, &request.field, &value, ui_language)?;
        let is = |wanted: fn(Mode) -> bool| chosen.iter().any(|(own, mode)| *own == value && wanted(*mode));
        values.push(FacetValue { label, language, parents, count, selected: is(|mode| mode != Mode::Not), excluded: is(|mode| mode == Mode::Not), value });
    }
    Ok(FacetCounts { field: request.field.clone(), values, missing: counts.missing, total_values: counts.total_values, truncated })
}

/// What a facet value is called, in which language, and what it lies in.
fn label_of(engine: &dyn Engine, field: &str, value: &str, ui_language: &str) -> Result<(String, Option<String>, Vec<String>), EngineError> {
    if !matches!(field, "person" | "place" | "org" | "country") {
        let label = match field {
            "count" => count_label(value, ui_language),
            _ => value.to_string(),
        };
        return Ok((label, None, Vec::new()));
    }
    if let Some(entity) = Authority::bundled().by_id(value) {
        let label = entity.label(ui_language).to_string();
        let language = if entity.labels.contains_key(ui_language) { ui_language } else { "en" };
        return Ok((label, Some(language.to_string()), entity.parents.clone()));
    }
    if let Some(name) = engine.name_of(value)? {
        let language = if is_arabic(&name) { "ar" } else { "en" };
        return Ok((name, Some(language.to_string()), Vec::new()));
    }
    Ok((value.to_string(), None, Vec::new()))
}

/// Kinds and classes that have one word in English.
const SAID_TWICE: &[(&str, &str)] = &[("attacked", "attack"), ("voted", "vote"), ("protested", "protester"), ("aid", "aid")];

/// `drones launched` for `launched.drone`: the vocabulary's words in a language.
pub fn count_label(path: &str, ui_language: &str) -> String {
    let lexicon = crate::extract::lexicon::Lexicon::get();
    let (kind, class) = path.split_once('.').map_or((path, None), |(kind, class)| (kind, Some(class)));
    let name = |terms: &[crate::extract::lexicon::Term], slug: &str| {
        let term = terms.iter().find(|term| term.slug == slug);
        term.map_or(slug.to_string(), |term| if ui_language == "ar" { term.ar.to_string() } else { term.en.to_string() })
    };
    let kind_name = name(lexicon.kinds(), kind);
    match class.filter(|class| *class != "person") {
        None => kind_name,
        // `attacks attacked` says nothing twice.
        Some(class) if ui_language != "ar" && SAID_TWICE.contains(&(kind, class)) => kind_name,
        Some(class) if ui_language == "ar" => format!("{kind_name}: {}", name(lexicon.classes(), class)),
        Some(class) => format!("{} {kind_name}", name(lexicon.classes(), class)),
    }
}

/// The values of one facet, most first or by name.
///
/// # Errors
/// As [`search`].
pub fn facet(engine: &dyn Engine, request: &SearchRequest, facet: &FacetRequest, options: &FacetOptions) -> Result<(ReadQuery, FacetCounts, u64), AskError> {
    let began = Instant::now();
    let plan = plan(engine, request, &Options::default())?;
    let clause = plan.without(filter_field(&facet.field));
    // Everything is counted where names decide what is shown.
    let everything = FacetRequest { limit: usize::MAX, ..facet.clone() };
    let counted = if options.prefix.is_some() || options.by_name || options.min > 1 { &everything } else { facet };
    let counts = if let Some(path) = facet.field.strip_prefix("count:") {
        value_counts(engine, &clause, path, facet.limit)?
    } else {
        one_column(engine, &clause, counted)?
    };
    let mut counts = facet_counts(engine, counted, counts, &plan, &request.ui_language)?;
    if let Some(prefix) = &options.prefix {
        // Whatever language the list is in, a value is found by its name in any.
        let prefix = crate::analysis::fold(prefix);
        let begins = |label: &String| crate::analysis::fold(label).starts_with(&prefix);
        counts.values.retain(|value| {
            let entity = Authority::bundled().by_id(&value.value);
            begins(&value.label) || begins(&value.value) || entity.is_some_and(|entity| entity.labels.values().any(begins))
        });
    }
    counts.values.retain(|value| value.count >= options.min || value.selected);
    if options.by_name {
        counts.values.sort_by(|a, b| a.label.cmp(&b.label));
    }
    counts.truncated |= counts.values.len() > facet.limit;
    counts.values.truncate(facet.limit);
    Ok((read_query(request, &plan), counts, began.elapsed().as_millis() as u64))
}

/// How a facet list is narrowed and ordered.
#[derive(Debug, Clone, Default)]
pub struct FacetOptions {
    pub prefix: Option<String>,
    pub min: u64,
    pub by_name: bool,
}

/// The histogram of one kind's values: powers of ten, articles by their largest value.
fn value_counts(engine: &dyn Engine, clause: &Clause, path: &str, limit: usize) -> Result<ColumnCounts, EngineError> {
    let moments = engine.moments(clause, Some(path))?;
    let mut bins: BTreeMap<i64, u64> = BTreeMap::new();
    let mut missing = 0;
    for moment in &moments {
        match moment.value {
            Some(value) => *bins.entry(if value < 1 { 0 } else { 10i64.pow(value.ilog10()) }).or_default() += 1,
            None => missing += 1,
        }
    }
    let total_values = bins.len() as u64;
    let name = |low: i64| if low == 0 { "0".to_string() } else { format!("{low}-{}", low.saturating_mul(10) - 1) };
    Ok(ColumnCounts { values: bins.into_iter().map(|(low, count)| (name(low), count)).take(limit).collect(), missing, total_values })
}

/// Width of a timeline's bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Width {
    Hour,
    Day,
    Week,
    #[default]
    Month,
    Year,
}

impl Width {
    pub fn name(self) -> &'static str {
        match self {
            Width::Hour => "hour",
            Width::Day => "day",
            Width::Week => "week",
            Width::Month => "month",
            Width::Year => "year",
        }
    }

    /// The beginning of the bin an instant falls in.
    fn floor(self, when: civil::DateTime) -> civil::DateTime {
        let day = when.date();
        match self {
            Width::Hour => day.at(when.hour(), 0, 0, 0),
            Width::Day => day.at(0, 0, 0, 0),
            Width::Week => {
                let back = i64::from(day.weekday().to_monday_zero_offset());
                day.checked_sub(jiff::Span::new().days(back)).unwrap_or(day).at(0, 0, 0, 0)
            }
            Width::Month => civil::Date::new(day.year(), day.month(), 1).unwrap_or(day).at(0, 0, 0, 0),
            Width::Year => civil::Date::new(day.year(), 1, 1).unwrap_or(day).at(0, 0, 0, 0),
        }
    }

    fn next(self, when: civil::DateTime) -> Option<civil::DateTime> {
        let step = match self {
            Width::Hour => jiff::Span::new().hours(1),
            Width::Day => jiff::Span::new().days(1),
            Width::Week => jiff::Span::new().days(7),
            Width::Month => jiff::Span::new().months(1),
            Width::Year => jiff::Span::new().years(1),
        };
        when.checked_add(step).ok()
    }

    fn bin_name(self, when: civil::DateTime) -> String {
        let day = when.date();
        match self {
            Width::Hour => format!("{:04}-{:02}-{:02}T{:02}", day.year(), day.month(), day.day(), when.hour()),
            Width::Day => format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day()),
            Width::Week => {
                let week = day.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Width::Month => format!("{:04}-{:02}", day.year(), day.month()),
            Width::Year => format!("{:04}", day.year()),
        }
    }

    fn finer_than(self, precision: Precision) -> bool {
        match precision {
            Precision::Year => self != Width::Year,
            Precision::Month => !matches!(self, Width::Month | Width::Year),
            Precision::Day => self == Width::Hour,
            Precision::Minute | Precision::Second => false,
        }
    }
}

/// What a timeline shows of the counts in a bin: each story once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Aggregate {
    #[default]
    Max,
    Median,
    Sum,
}

impl Aggregate {
    pub fn name(self) -> &'static str {
        match self {
            Aggregate::Max => "max",
            Aggregate::Median => "median",
            Aggregate::Sum => "sum",
        }
    }
}

/// Bins at most: finer bins over a long time are refused.
const MAX_BINS: usize = 20_000;

/// Matches over time; with a count path, its values.
///
/// # Errors
/// As [`search`], and when there would be too many bins.
pub fn timeline(engine: &dyn Engine, request: &SearchRequest, width: Width, path: Option<&str>, aggregate: Aggregate) -> Result<Timeline, AskError> {
    let began = Instant::now();
    let plan = plan(engine, request, &Options::default())?;
    let moments = engine.moments(&plan.clause(), path)?;
    let mut undated = (0, FxHashSet::default());
    let mut imprecise = (0, FxHashSet::default());
    let mut bins: BTreeMap<civil::DateTime, Gathered> = BTreeMap::new();
    for moment in &moments {
        let Some(when) = moment.local.and_then(civil_of) else {
            undated.0 += 1;
            undated.1.insert(moment.story);
            continue;
        };
        // Only a first of the month, or a midnight, may be a coarser date: those are looked up.
        let suspicious = when.time() == civil::Time::midnight() && (width == Width::Hour || when.day() == 1);
        if suspicious && width != Width::Year {
            let precision = engine.load(moment.id)?.record.published.map(|date| date.precision);
            if precision.is_some_and(|precision| width.finer_than(precision)) {
                imprecise.0 += 1;
                imprecise.1.insert(moment.story);
                continue;
            }
        }
        let gathered = bins.entry(width.floor(when)).or_default();
        gathered.articles += 1;
        gathered.stories.insert(moment.story);
        if let Some(value) = moment.value {
            let slot = gathered.values.entry(moment.story).or_insert((value, moment.id));
            if (value, std::cmp::Reverse(moment.id)) > (slot.0, std::cmp::Reverse(slot.1)) {
                *slot = (value, moment.id);
            }
        }
    }
    let mut timeline = Timeline {
        query: read_query(request, &plan),
        bins: Vec::new(),
        undated: (undated.0, undated.1.len() as u64),
        imprecise: (imprecise.0, imprecise.1.len() as u64),
        took_ms: 0,
    };
    let (Some(&first), Some(&last)) = (bins.keys().next(), bins.keys().next_back()) else {
        timeline.took_ms = began.elapsed().as_millis() as u64;
        return Ok(timeline);
    };
    let mut at = first;
    while at <= last {
        let Some(next) = width.next(at) else { break };
        let gathered = bins.remove(&at).unwrap_or_default();
        let (value, from) = gathered.value(aggregate);
        let from = from.filter(|_| aggregate == Aggregate::Max).map(|id| engine.load(id)).transpose()?.map(|article| article.key);
        let day = |when: civil::DateTime| seconds_of(when).map(day_of).unwrap_or_default();
        timeline.bins.push(Bin {
            name: width.bin_name(at),
            start: day(at),
            end: day(next),
            articles: gathered.articles,
            stories: gathered.stories.len() as u64,
            value: value.filter(|_| path.is_some()),
            from,
        });
        if timeline.bins.len() > MAX_BINS {
            let message = format!("more than {MAX_BINS} bins of one {} each", width.name());
            let hint = Some("take wider bins with --by, or narrow the time with --since and --until".to_string());
            return Err(
                QueryError { code: QueryErrorCode::BadFilter, message, query: request.text.clone(), start: 0, end: 0, label: String::new(), hint }.into()
            );
        }
        at = next;
    }
    timeline.took_ms = began.elapsed().as_millis() as u64;
    Ok(timeline)
}

/// What is gathered of a bin.
#[derive(Default)]
struct Gathered {
    articles: u64,
    stories: FxHashSet<u64>,
    /// Largest value of each story, and the article that has it.
    values: FxHashMap<u64, (i64, DocumentId)>,
}

impl Gathered {
    fn value(&self, aggregate: Aggregate) -> (Option<f64>, Option<DocumentId>) {
        let mut values: Vec<(i64, DocumentId)> = self.values.values().copied().collect();
        values.sort();
        match aggregate {
            // Of equal values the first article in the index's order is named.
            Aggregate::Max => {
                let best = values.iter().max_by_key(|(value, id)| (*value, std::cmp::Reverse(*id)));
                (best.map(|(value, _)| *value as f64), best.map(|(_, id)| *id))
            }
            Aggregate::Sum => ((!values.is_empty()).then(|| values.iter().map(|(value, _)| *value as f64).sum()), None),
            Aggregate::Median => {
                let middle = values.len() / 2;
                let median = match values.len() {
                    0 => None,
                    n if n % 2 == 1 => Some(values[middle].0 as f64),
                    _ => Some((values[middle - 1].0 as f64 + values[middle].0 as f64) / 2.0),
                };
                (median, None)
            }
        }
    }
}

/// Calls `visit` with every matching article, in the order of key hashes.
///
/// # Errors
/// As [`search`], and what `visit` returns.
pub fn each(
    engine: &dyn Engine,
    request: &SearchRequest,
    mut visit: impl FnMut(&Plan, DocumentId, StoredArticle) -> anyhow::Result<()>,
) -> anyhow::Result<ReadQuery> {
    let plan = plan(engine, request, &Options::default())?;
    for id in engine.matching(&plan.clause())? {
        visit(&plan, id, engine.load(id)?)?;
    }
    Ok(read_query(request, &plan))
}

/// Ranked keys only, for runs: no snippets, no facets.
///
/// # Errors
/// As [`search`].
pub fn run(engine: &dyn Engine, request: &SearchRequest, options: &Options) -> Result<Vec<Ranked>, AskError> {
    Ok(Asked::new(engine, request, None, options)?.rank(request.limit, None)?)
}

/// Why a hit stands where it does.
#[derive(Debug, Clone, PartialEq)]
pub struct HitExplanation {
    pub article: StoredArticle,
    pub query: ReadQuery,
    /// The sum of the parts.
    pub score: f64,
    /// Words, phrases and patterns, then what the beginning of the article, its names and its date add.
    pub parts: Vec<Part>,
}

/// The parts of a hit's score; none when the article does not match.
///
/// # Errors
/// As [`search`], and [`look_up`]'s.
pub fn explain(engine: &dyn Engine, request: &SearchRequest, id: &str) -> anyhow::Result<Option<HitExplanation>> {
    let article = look_up(engine, id)?;
    let asked = Asked::new(engine, request, None, &Options::default())?;
    let own = Clause::KeyPrefix(article.key.text());
    let found = engine.rank(&Clause::and(vec![asked.clause.clone(), own.clone()]), &Order::Newest, 1, None, &asked.scoring)?;
    let Some(document) = found.first() else { return Ok(None) };
    let mut parts = Vec::new();
    clause_parts(engine, &asked.clause, &own, document.id, &asked.scoring, &mut parts)?;
    if let Some((_, added)) = asked.window.into_iter().find(|(ranked, _)| ranked.id == document.id) {
        parts.extend(added);
    }
    Ok(Some(HitExplanation { article, query: read_query(request, &asked.plan), score: parts.iter().map(|part| part.score).sum(), parts }))
}

/// The parts of the first score of a document that matches.
fn clause_parts(engine: &dyn Engine, clause: &Clause, own: &Clause, id: DocumentId, scoring: &Scoring, found: &mut Vec<Part>) -> Result<(), EngineError> {
    let pattern = |text: &str, how: &'static str| Part { clause: text.to_string(), field: "text_exact", how, text: text.to_string(), score: PATTERN_SCORE };
    match clause {
        Clause::Words { .. } | Clause::Located { .. } => found.extend(ranking::parts(clause, &engine.frequencies_in(id, &clause.stream_terms())?, scoring)),
        Clause::Prefix(prefix) => found.push(pattern(prefix, "prefix")),
        Clause::Fuzzy { term, .. } => found.push(pattern(term, "fuzzy")),
        Clause::Literal { inner, .. } => clause_parts(engine, inner, own, id, scoring, found)?,
        Clause::And(parts) => {
            for part in parts {
                clause_parts(engine, part, own, id, scoring, found)?;
            }
        }
        Clause::Or(parts) => {
            for part in parts {
                let holds = Clause::and(vec![part.clone(), own.clone()]);
                if !engine.rank(&holds, &Order::Newest, 1, None, scoring)?.is_empty() {
                    clause_parts(engine, part, own, id, scoring, found)?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// Why an id is no article.
#[derive(Debug, thiserror::Error)]
pub enum LookUpError {
    #[error("no article has the id {0}")]
    NotFound(String),
    #[error("{0} is the beginning of several ids: {1}")]
    Ambiguous(String, String),
    #[error("expected an id (13 letters and digits, or its first 4 and more), found {0:?}")]
    NotAnId(String),
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// The article whose key begins with `id`.
///
/// # Errors
/// When there is none, or more than one.
pub fn look_up(engine: &dyn Engine, id: &str) -> Result<StoredArticle, LookUpError> {
    let id = id.trim().to_lowercase();
    if id.len() < 4 || id.len() > ArticleKey::TEXT_LEN || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(LookUpError::NotAnId(id));
    }
    let found = engine.rank(&Clause::KeyPrefix(id.clone()), &Order::Newest, 4, None, &Scoring::default())?;
    match found.as_slice() {
        [] => Err(LookUpError::NotFound(id)),
        [one] => Ok(engine.load(one.id)?),
        several => {
            let keys: Vec<String> = several.iter().map(|one| engine.load(one.id).map(|article| article.key.shown())).collect::<Result<_, _>>()?;
            Err(LookUpError::Ambiguous(id, keys.join(", ")))
        }
    }
}

/// The other articles of a story, oldest first.
///
/// # Errors
/// When the engine fails.
pub fn same_story(engine: &dyn Engine, article: &StoredArticle, limit: usize) -> Result<Vec<StoredArticle>, EngineError> {
    let others = engine.rank(&Clause::Story(article.story), &Order::Oldest, limit + 1, None, &Scoring::default())?;
    let mut found = Vec::new();
    for other in others {
        let other = engine.load(other.id)?;
        if other.key != article.key {
            found.push(other);
        }
    }
    Ok(found)
}
