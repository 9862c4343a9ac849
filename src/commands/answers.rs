//! `query`, `show`, `facet`, `timeline`, `counts`: one question, one answer.

use std::collections::BTreeSet;
use std::time::Instant;

use fihris::article::story_text;
use fihris::engine::answer::{self, Aggregate, FacetOptions, Width, satisfies};
use fihris::engine::{DocumentId, Engine};
use fihris::extract::authority::Authority;
use fihris::extract::{Count, Field, label};
use fihris::hits::{SearchResponse, StoredArticle};
use fihris::query::{CountFilter, FacetRequest, FilterField, Query, SearchRequest, Sort, nearest, parse_count};
use fihris::render::{Form, csv, headline, json, plain, text, words};
use serde_json::Value;

use super::{Failure, Members, Outcome, Output, Table, end, form, match_mode, open, request, say, text_options, unsupported};
use crate::cli::{Agg, By, CountSort, CountsArgs, Distinct, ExplainArgs, FacetArgs, FacetSort, Global, Group, QueryArgs, ShowArgs, TimelineArgs};

/// Values of a facet when the list names no number.
const FACET_VALUES: usize = 10;

pub fn query(global: &Global, args: &QueryArgs) -> Result<Outcome, Failure> {
    let mut request = request(global, args.query.as_deref(), &args.filters)?;
    request.sort = Sort::parse(&args.sort)?;
    request.limit = args.limit.min(10_000);
    request.cursor.clone_from(&args.cursor);
    request.facets = args.facets.iter().map(|text| FacetRequest::parse(text, FACET_VALUES)).collect::<Result<_, _>>()?;
    request.group = args.group == Group::Story;
    request.snippets = args.snippets;
    request.match_mode = match_mode(args.match_mode);
    let engine = open(global)?;
    let response = answer::search(&engine, &request)?;
    let mut output = Output::open(global)?;
    let form = form(global, output.is_terminal)?;
    if form != Form::Text && form != Form::Json && !response.query.read.is_empty() {
        say(global, &format!("read as: {}", response.query.read));
    }
    write_response(global, &mut output, form, &response)?;
    if request.limit == 0 && form != Form::Text && form != Form::Json {
        let counted = |n, noun| words::counted(n, noun, global.ui_lang.code());
        say(global, &format!("{} ({})", counted(response.stories, &words::STORY), counted(response.articles, &words::ARTICLE)));
    }
    if form != Form::Text {
        let options = text_options(global, false);
        text::did_you_mean(&response.query, &options).iter().for_each(|line| say(global, line));
    }
    output.finish()?;
    found(global, &engine, &request, response.articles > 0)
}

/// Conditions looked at by themselves where nothing is found.
const MOST_CONDITIONS: usize = 6;

/// The outcome of an answer; an empty one is told in words, since it may print nothing, with the conditions that no article meets.
fn found(global: &Global, engine: &dyn Engine, request: &SearchRequest, is_found: bool) -> Result<Outcome, Failure> {
    if is_found {
        return Ok(Outcome::Done);
    }
    let word = |english| words::word(english, global.ui_lang.code());
    say(global, word("nothing found"));
    for condition in request.conditions().into_iter().take(MOST_CONDITIONS) {
        let text = condition.to_string();
        let instead = match &condition {
            Query::Field { field: field @ (FilterField::Lang | FilterField::Source), value } => known_value(engine, *field, value)?,
            _ => None,
        };
        let alone = SearchRequest { text: text.clone(), query: condition, limit: 0, ..SearchRequest::default() };
        if answer::search(engine, &alone)?.articles == 0 {
            let instead = instead.map(|instead| format!(" · {instead}")).unwrap_or_default();
            say(global, &format!("{} {text}{instead}", word("no article has")));
        }
    }
    Ok(Outcome::NothingFound)
}

/// What to ask for instead of a language or an outlet that is not there: the nearest, or all where they are few.
fn known_value(engine: &dyn Engine, field: FilterField, value: &str) -> Result<Option<String>, Failure> {
    const FEW: usize = 12;
    let facet = FacetRequest { field: field.name().to_string(), limit: 10_000 };
    let (_, counts, _) = answer::facet(engine, &SearchRequest::default(), &facet, &FacetOptions::default())?;
    let values: Vec<(String, String)> = counts.values.into_iter().map(|known| (known.value.to_lowercase(), known.value)).collect();
    let near = nearest(&value.to_lowercase(), values.iter().map(|(lower, _)| lower.as_str()));
    let near = near.and_then(|near| values.iter().find(|(lower, _)| lower == near));
    Ok(match near {
        Some((_, near)) => Some(Query::Field { field, value: near.clone() }.to_string()),
        None if values.len() <= FEW => {
            Some(values.into_iter().map(|(_, value)| Query::Field { field, value }.to_string()).collect::<Vec<_>>().join(", ")).filter(|all| !all.is_empty())
        }
        None => None,
    })
}

/// The parts of a hit's score.
pub fn explain(global: &Global, args: &ExplainArgs) -> Result<Outcome, Failure> {
    let mut request = request(global, args.query.as_deref(), &args.filters)?;
    request.match_mode = match_mode(args.match_mode);
    request.sort = Sort::parse(&args.sort)?;
    let engine = open(global)?;
    let Some(explanation) = answer::explain(&engine, &request, &args.id)? else {
        say(global, &format!("{} does not match: {}", args.id, request.read()));
        return Ok(Outcome::NothingFound);
    };
    let mut output = Output::open(global)?;
    match form(global, output.is_terminal)? {
        Form::Json | Form::Jsonl => output.line(&json::hit_explanation(&explanation).to_string())?,
        Form::Text | Form::Plain => output.write(&text::hit_explanation(&explanation, &text_options(global, output.is_terminal)))?,
        other => return Err(unsupported(other, "explain")),
    }
    output.finish()?;
    Ok(Outcome::Done)
}

pub(super) fn write_response(global: &Global, output: &mut Output, form: Form, response: &SearchResponse) -> Result<(), Failure> {
    let end = end(global);
    let members = Members::new(global);
    match form {
        Form::Text => output.write(&text::response(response, &text_options(global, output.is_terminal)))?,
        Form::Json => {
            let mut value = json::response(response);
            if let (false, Some(Value::Array(hits))) = (global.fields.is_empty(), value.get_mut("hits")) {
                *hits = std::mem::take(hits).into_iter().map(|hit| members.narrow(hit)).collect();
            }
            output.line(&value.to_string())?;
        }
        Form::Csv | Form::Tsv => {
            let table = Table::begin(global, form, csv::QUERY_COLUMNS, output)?;
            for hit in &response.hits {
                let article = &hit.article;
                let snippet = hit.snippets.first().map(|snippet| snippet.text.clone()).unwrap_or_default();
                let cells = [
                    article.key.shown(),
                    story_text(article.story),
                    published(article),
                    article.source.clone().unwrap_or_default(),
                    article.language.to_string(),
                    headline(article),
                    article.url.clone().unwrap_or_default(),
                    format!("{:.4}", hit.score),
                    snippet,
                ];
                table.row(&cells, output)?;
            }
        }
        Form::Plain => response.hits.iter().try_for_each(|hit| output.line(&plain::hit(&hit.article)))?,
        Form::Jsonl => response.hits.iter().try_for_each(|hit| output.line(&members.narrow(json::with_version(json::hit(hit))).to_string()))?,
        Form::Ids => response.hits.iter().try_for_each(|hit| output.write(&format!("{}{end}", hit.article.key.shown())))?,
        Form::Urls => response.hits.iter().filter_map(|hit| hit.article.url.as_ref()).try_for_each(|url| output.write(&format!("{url}{end}")))?,
    }
    members.tell();
    Ok(())
}

pub(super) fn published(article: &StoredArticle) -> String {
    article.record.published.as_ref().map(|date| date.value.clone()).unwrap_or_default()
}

pub fn show(global: &Global, args: &ShowArgs) -> Result<Outcome, Failure> {
    let engine = open(global)?;
    let mut output = Output::open(global)?;
    let form = form(global, output.is_terminal)?;
    let members = Members::new(global);
    for id in &args.ids {
        let article = answer::look_up(&engine, id)?;
        let copies = answer::same_story(&engine, &article, 20)?;
        match form {
            Form::Json | Form::Jsonl => {
                let value = json::article(&article, &copies, global.ui_lang.code(), true);
                output.line(&members.narrow(value).to_string())?;
            }
            Form::Text | Form::Plain => {
                let parts: Vec<&str> = args.part.iter().map(|part| part.name()).collect();
                output.write(&text::article(&article, &copies, &parts, &text_options(global, output.is_terminal)))?;
            }
            Form::Ids => output.write(&format!("{}{}", article.key.text(), end(global)))?,
            Form::Urls => output.write(&format!("{}{}", article.url.as_deref().unwrap_or_default(), end(global)))?,
            Form::Csv | Form::Tsv => return Err(unsupported(form, "show")),
        }
    }
    output.finish()?;
    members.tell();
    Ok(Outcome::Done)
}

/// The beginning that `--prefix` asks for; a star behind it says no more than the flag does.
fn beginning(prefix: &str) -> Result<Option<String>, Failure> {
    let letters = prefix.trim().trim_end_matches('*');
    if letters.contains('*') {
        return Err(Failure::usage(format!("expected the beginning of a name in --prefix, found {prefix:?}: a star stands at the end only")));
    }
    Ok((!letters.is_empty()).then(|| letters.to_string()))
}

pub fn facet(global: &Global, args: &FacetArgs) -> Result<Outcome, Failure> {
    let request = request(global, args.query.as_deref(), &args.filters)?;
    let facet = FacetRequest { limit: args.limit.clamp(1, 1_000_000), ..FacetRequest::parse(&args.field, args.limit)? };
    let options = FacetOptions { prefix: args.prefix.as_deref().map(beginning).transpose()?.flatten(), min: args.min, by_name: args.sort == FacetSort::Name };
    let engine = open(global)?;
    let (read, counts, took_ms) = answer::facet(&engine, &request, &facet, &options)?;
    let mut output = Output::open(global)?;
    let form = form(global, output.is_terminal)?;
    if form != Form::Text && form != Form::Json && !read.read.is_empty() {
        say(global, &format!("read as: {}", read.read));
    }
    let sort = if args.sort == FacetSort::Name { "name" } else { "count" };
    match form {
        Form::Json => output.line(&json::facet(&read, &counts, sort, took_ms).to_string())?,
        Form::Jsonl => {
            let whole = json::facet(&read, &counts, sort, took_ms);
            let members = Members::new(global);
            for value in whole.get("values").and_then(Value::as_array).into_iter().flatten() {
                output.line(&members.narrow(json::with_version(value.clone())).to_string())?;
            }
            members.tell();
        }
        Form::Text => {
            output.write(&text::facet(&counts, &text_options(global, output.is_terminal)))?;
            if counts.truncated {
                say(global, &format!("{} of {} values; -n shows more", counts.values.len(), counts.total_values));
            }
        }
        Form::Plain => plain::facet(&counts).iter().try_for_each(|line| output.line(line))?,
        Form::Csv | Form::Tsv => {
            let table = Table::begin(global, form, csv::FACET_COLUMNS, &mut output)?;
            for value in &counts.values {
                table.row(&[value.value.clone(), value.label.clone(), value.count.to_string()], &mut output)?;
            }
        }
        Form::Ids => counts.values.iter().try_for_each(|value| output.write(&format!("{}{}", value.value, end(global))))?,
        Form::Urls => return Err(unsupported(form, "facet")),
    }
    output.finish()?;
    found(global, &engine, &request, counts.values.iter().any(|value| value.count > 0))
}

pub fn timeline(global: &Global, args: &TimelineArgs) -> Result<Outcome, Failure> {
    let request = request(global, args.query.as_deref(), &args.filters)?;
    let width = match args.by {
        By::Hour => Width::Hour,
        By::Day => Width::Day,
        By::Week => Width::Week,
        By::Month => Width::Month,
        By::Year => Width::Year,
    };
    let aggregate = match args.agg {
        Agg::Max => Aggregate::Max,
        Agg::Median => Aggregate::Median,
        Agg::Sum => Aggregate::Sum,
    };
    let (of, path) = match args.of.as_str() {
        "docs" => ("docs".to_string(), None),
        of => match of.strip_prefix("count:").or_else(|| of.strip_prefix("عدد:")) {
            Some(text) => {
                let path = parse_count(text)?.path();
                (format!("count:{path}"), Some(path))
            }
            None => return Err(Failure::usage(format!("expected docs or count:KIND in --of, found {of:?}"))),
        },
    };
    let engine = open(global)?;
    let timeline = answer::timeline(&engine, &request, width, path.as_deref(), aggregate)?;
    let mut output = Output::open(global)?;
    let form = form(global, output.is_terminal)?;
    match form {
        Form::Json => output.line(&json::timeline(&timeline, &of, aggregate, width.name()).to_string())?,
        Form::Jsonl => {
            let whole = json::timeline(&timeline, &of, aggregate, width.name());
            let members = Members::new(global);
            for bin in whole.get("bins").and_then(Value::as_array).into_iter().flatten() {
                output.line(&members.narrow(json::with_version(bin.clone())).to_string())?;
            }
            members.tell();
        }
        Form::Text => output.write(&text::timeline(&timeline, path.is_some(), &text_options(global, output.is_terminal)))?,
        Form::Plain => plain::timeline(&timeline).iter().try_for_each(|line| output.line(line))?,
        Form::Csv | Form::Tsv => {
            let table = Table::begin(global, form, csv::TIMELINE_COLUMNS, &mut output)?;
            for bin in &timeline.bins {
                let value = bin.value.map(|value| value.to_string()).unwrap_or_default();
                let cells = [bin.name.clone(), bin.start.clone(), bin.end.clone(), bin.articles.to_string(), bin.stories.to_string(), value];
                table.row(&cells, &mut output)?;
            }
        }
        Form::Ids | Form::Urls => return Err(unsupported(form, "timeline")),
    }
    output.finish()?;
    found(global, &engine, &request, !timeline.bins.is_empty() || timeline.undated.0 > 0)
}

/// A count chosen for a row, and what orders and tells it from others.
struct Row {
    by_value: i64,
    by_time: i64,
    key_hash: i64,
    index: usize,
    id: DocumentId,
    story: u64,
    /// Story, kind, class, place and value, hashed.
    meaning: [u8; 32],
}

impl Row {
    fn of(id: DocumentId, article: &StoredArticle, index: usize, count: &Count, sort: CountSort) -> Row {
        let time = article.record.published.as_ref().map(|date| date.seconds);
        let by_time = match sort {
            CountSort::Oldest => time.unwrap_or(i64::MAX),
            _ => time.map_or(i64::MAX, |time| -time),
        };
        let value = count.value.or(count.min).or(count.max);
        let by_value = if sort == CountSort::Value { value.map_or(i64::MAX, |value| -value) } else { 0 };
        let place = count.place.and_then(|place| article.record.entities.get(place as usize)).map(|place| place.id.as_str());
        let meaning = format!("{} {:?} {} {place:?} {:?} {:?} {:?}", article.story, count.kinds, count.object.class, count.value, count.min, count.max);
        Row { by_value, by_time, key_hash: article.key.hash(), index, id, story: article.story, meaning: *blake3::hash(meaning.as_bytes()).as_bytes() }
    }
}

/// Rows of a list for people.
const COUNT_ROWS: usize = 20;

pub fn counts(global: &Global, args: &CountsArgs) -> Result<Outcome, Failure> {
    let began = Instant::now();
    let mut request = request(global, args.query.as_deref(), &args.filters)?;
    // What narrows rows also narrows articles: the index need not be read through. The question itself selects articles only.
    let wanted = row_filter(args)?;
    if let Some(filter) = &wanted {
        request.filters.counts.push(filter.clone());
    }
    let engine = open(global)?;
    let mut chosen: Vec<Row> = Vec::new();
    let read = answer::each(&engine, &request, |_, id, article| {
        for (index, count) in article.record.counts.iter().enumerate() {
            if in_range(count, args) && wanted.as_ref().is_none_or(|wanted| satisfies(count, wanted, &article)) {
                chosen.push(Row::of(id, &article, index, count, args.sort));
            }
        }
        Ok(())
    })?;
    chosen.sort_by_key(|row| (row.by_value, row.by_time, row.key_hash, row.index));
    if args.distinct == Some(Distinct::Story) {
        let mut seen = BTreeSet::new();
        chosen.retain(|row| seen.insert(row.meaning));
    }
    let stories: BTreeSet<u64> = chosen.iter().map(|row| row.story).collect();
    let total = chosen.len() as u64;
    let mut output = Output::open(global)?;
    let form = form(global, output.is_terminal)?;
    let all = if matches!(form, Form::Text | Form::Json) { COUNT_ROWS } else { 0 };
    let limit = args.limit.unwrap_or(all);
    if limit > 0 {
        chosen.truncate(limit);
    }
    let shown = chosen.len();
    let rows = chosen.into_iter().map(|row| -> Result<(StoredArticle, usize), Failure> { Ok((engine.load(row.id)?, row.index)) });
    if form != Form::Text && form != Form::Json && !read.read.is_empty() {
        say(global, &format!("read as: {}", read.read));
    }
    let language = global.ui_lang.code();
    let members = Members::new(global);
    match form {
        Form::Json => {
            let of =
                serde_json::json!({"kind": wanted.as_ref().map(|filter| &filter.kind), "class": args.class, "min": args.min, "max": args.max, "said_by": null});
            let mut values = Vec::new();
            for row in rows {
                let (article, index): (StoredArticle, usize) = row?;
                values.extend(json::count_row(&article, index, language).map(|value| members.narrow(value)));
            }
            output.line(&json::counts(&read, of, values, total, stories.len() as u64, began.elapsed().as_millis() as u64).to_string())?;
        }
        Form::Jsonl => {
            for row in rows {
                let (article, index) = row?;
                if let Some(value) = json::count_row(&article, index, language) {
                    output.line(&members.narrow(json::with_version(value)).to_string())?;
                }
            }
        }
        Form::Csv | Form::Tsv | Form::Plain => {
            let table = if form == Form::Plain { None } else { Some(Table::begin(global, form, csv::COUNT_COLUMNS, &mut output)?) };
            for row in rows {
                let (article, index) = row?;
                let Some(count) = article.record.counts.get(index) else { continue };
                let cells = count_cells(&article, count, language);
                match &table {
                    Some(table) => table.row(&cells, &mut output)?,
                    None => output.line(&plain::row(&cells))?,
                }
            }
        }
        Form::Text => {
            let options = text_options(global, output.is_terminal);
            output.line(&text::counts_head(shown as u64, total, stories.len() as u64, &options))?;
            for row in rows {
                let (article, index) = row?;
                if let Some(count) = article.record.counts.get(index) {
                    output.write("\n")?;
                    output.write(&text::count_row(&article, count, &options))?;
                }
            }
        }
        Form::Ids | Form::Urls => return Err(unsupported(form, "counts")),
    }
    output.finish()?;
    members.tell();
    if let Some(path) = global.output.as_ref().filter(|path| path.as_os_str() != "-") {
        say(global, &format!("wrote {} rows from {} stories to {}", text::grouped(shown as u64), text::grouped(stories.len() as u64), path.display()));
    }
    found(global, &engine, &request, shown > 0)
}

fn row_filter(args: &CountsArgs) -> Result<Option<CountFilter>, Failure> {
    let Some(kind) = &args.kind else {
        return if args.class.is_some() { Err(Failure::usage("--class needs --kind")) } else { Ok(None) };
    };
    let text = match &args.class {
        Some(class) => format!("{kind}.{class}"),
        None => kind.clone(),
    };
    let mut filter = parse_count(&text)?;
    filter.min = args.min;
    filter.max = args.max;
    Ok(Some(filter))
}

fn in_range(count: &Count, args: &CountsArgs) -> bool {
    let value = count.value.or(count.min).or(count.max);
    args.min.is_none_or(|min| value.is_some_and(|value| value >= min)) && args.max.is_none_or(|max| value.is_some_and(|value| value <= max))
}

/// The cells of [`csv::COUNT_COLUMNS`].
pub(super) fn count_cells(article: &StoredArticle, count: &Count, language: &str) -> Vec<String> {
    let text = if count.field == Field::Title { &article.title } else { &article.body };
    let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    let place = count.place.and_then(|place| article.record.entities.get(place as usize));
    vec![
        article.key.shown(),
        story_text(article.story),
        published(article),
        article.source.clone().unwrap_or_default(),
        headline(article),
        count.kinds.join("|"),
        count.object.class.clone(),
        number(count.value),
        number(count.min),
        number(count.max),
        count.qualifier.as_str().to_string(),
        place.map(|place| label(Authority::bundled(), place, language).to_string()).unwrap_or_default(),
        place.map(|place| place.id.clone()).unwrap_or_default(),
        String::new(),
        count.sentence.of(text).replace('\n', " "),
        article.url.clone().unwrap_or_default(),
    ]
}
