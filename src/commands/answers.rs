//! `query`, `show`, `facet`, `timeline`, `counts`: one question, one answer.

use std::collections::BTreeSet;
use std::time::Instant;

use fihris::article::story_text;
use fihris::engine::answer::{self, Aggregate, FacetOptions, Width, satisfies};
use fihris::extract::authority::Authority;
use fihris::extract::{Count, Field, label};
use fihris::hits::{SearchResponse, StoredArticle};
use fihris::query::{CountFilter, FacetRequest, Sort, parse_count};
use fihris::render::{Form, csv, headline, json, plain, text};
use serde_json::Value;

use super::{Failure, Outcome, Output, csv_options, form, match_mode, open, request, say, text_options, unsupported};
use crate::cli::{Agg, By, CountSort, CountsArgs, Distinct, FacetArgs, FacetSort, Global, Group, QueryArgs, ShowArgs, TimelineArgs};

/// Values of a facet when the list names no number.
const FACET_VALUES: usize = 10;

pub fn query(global: &Global, args: &QueryArgs) -> Result<Outcome, Failure> {
    let mut request = request(global, args.query.as_deref(), &args.filters)?;
    request.sort = Sort::parse(&args.sort)?;
    request.limit = args.limit.clamp(1, 10_000);
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
    output.finish()?;
    if response.hits.is_empty() {
        say(global, "nothing found");
    }
    Ok(Outcome::found(!response.hits.is_empty()))
}

fn write_response(global: &Global, output: &mut Output, form: Form, response: &SearchResponse) -> Result<(), Failure> {
    let end = if global.null { "\0" } else { "\n" };
    match form {
        Form::Text => output.write(&text::response(response, &text_options(global, output.is_terminal)))?,
        Form::Json => {
            let mut value = json::response(response);
            if let (false, Some(Value::Array(hits))) = (global.fields.is_empty(), value.get_mut("hits")) {
                *hits = std::mem::take(hits).into_iter().map(|hit| json::narrow(hit, &global.fields)).collect();
            }
            output.line(&value.to_string())?;
        }
        Form::Csv | Form::Tsv => {
            let options = csv_options(global, form);
            output.write(csv::mark(options))?;
            output.write(&csv::row(csv::QUERY_COLUMNS, options))?;
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
                output.write(&csv::row(&cells, options))?;
            }
        }
        Form::Plain => response.hits.iter().try_for_each(|hit| output.line(&plain::hit(&hit.article)))?,
        Form::Jsonl => response.hits.iter().try_for_each(|hit| output.line(&json::narrow(json::with_version(json::hit(hit)), &global.fields).to_string()))?,
        Form::Ids => response.hits.iter().try_for_each(|hit| output.write(&format!("{}{end}", hit.article.key.shown())))?,
        Form::Urls => response.hits.iter().filter_map(|hit| hit.article.url.as_ref()).try_for_each(|url| output.write(&format!("{url}{end}")))?,
    }
    Ok(())
}

pub(super) fn published(article: &StoredArticle) -> String {
    article.record.published.as_ref().map(|date| date.value.clone()).unwrap_or_default()
}

pub fn show(global: &Global, args: &ShowArgs) -> Result<Outcome, Failure> {
    let engine = open(global)?;
    let mut output = Output::open(global)?;
    let form = form(global, output.is_terminal)?;
    for id in &args.ids {
        let article = answer::look_up(&engine, id)?;
        let copies = answer::same_story(&engine, &article, 20)?;
        match form {
            Form::Json | Form::Jsonl => {
                let value = json::article(&article, &copies, global.ui_lang.code(), true);
                output.line(&json::narrow(value, &global.fields).to_string())?;
            }
            Form::Text | Form::Plain => {
                let parts: Vec<&str> = args.part.iter().map(|part| part.name()).collect();
                output.write(&text::article(&article, &copies, &parts, &text_options(global, output.is_terminal)))?;
            }
            Form::Ids => output.line(&article.key.text())?,
            Form::Urls => output.line(article.url.as_deref().unwrap_or_default())?,
            Form::Csv | Form::Tsv => return Err(unsupported(form, "show")),
        }
    }
    output.finish()?;
    Ok(Outcome::Done)
}

pub fn facet(global: &Global, args: &FacetArgs) -> Result<Outcome, Failure> {
    let request = request(global, args.query.as_deref(), &args.filters)?;
    let facet = FacetRequest { limit: args.limit.clamp(1, 1_000_000), ..FacetRequest::parse(&args.field, args.limit)? };
    let options = FacetOptions { prefix: args.prefix.clone(), min: args.min, by_name: args.sort == FacetSort::Name };
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
            for value in whole.get("values").and_then(Value::as_array).into_iter().flatten() {
                output.line(&json::narrow(json::with_version(value.clone()), &global.fields).to_string())?;
            }
        }
        Form::Text => {
            output.write(&text::facet(&counts, &text_options(global, output.is_terminal)))?;
            if counts.truncated {
                say(global, &format!("{} of {} values; -n shows more", counts.values.len(), counts.total_values));
            }
        }
        Form::Plain => plain::facet(&counts).iter().try_for_each(|line| output.line(line))?,
        Form::Csv | Form::Tsv => {
            let options = csv_options(global, form);
            output.write(csv::mark(options))?;
            output.write(&csv::row(csv::FACET_COLUMNS, options))?;
            for value in &counts.values {
                output.write(&csv::row(&[value.value.clone(), value.label.clone(), value.count.to_string()], options))?;
            }
        }
        Form::Ids => counts.values.iter().try_for_each(|value| output.line(&value.value))?,
        Form::Urls => return Err(unsupported(form, "facet")),
    }
    output.finish()?;
    Ok(Outcome::found(counts.values.iter().any(|value| value.count > 0)))
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
            for bin in whole.get("bins").and_then(Value::as_array).into_iter().flatten() {
                output.line(&json::narrow(json::with_version(bin.clone()), &global.fields).to_string())?;
            }
        }
        Form::Text => output.write(&text::timeline(&timeline, path.is_some(), &text_options(global, output.is_terminal)))?,
        Form::Plain => plain::timeline(&timeline).iter().try_for_each(|line| output.line(line))?,
        Form::Csv | Form::Tsv => {
            let options = csv_options(global, form);
            output.write(csv::mark(options))?;
            output.write(&csv::row(csv::TIMELINE_COLUMNS, options))?;
            for bin in &timeline.bins {
                let value = bin.value.map(|value| value.to_string()).unwrap_or_default();
                output.write(&csv::row(
                    &[bin.name.clone(), bin.start.clone(), bin.end.clone(), bin.articles.to_string(), bin.stories.to_string(), value],
                    options,
                ))?;
            }
        }
        Form::Ids | Form::Urls => return Err(unsupported(form, "timeline")),
    }
    output.finish()?;
    Ok(Outcome::found(!timeline.bins.is_empty() || timeline.undated.0 > 0))
}

/// A count with its article, chosen for a row.
struct Row {
    article: std::rc::Rc<StoredArticle>,
    index: usize,
}

impl Row {
    fn count(&self) -> Option<&Count> {
        self.article.record.counts.get(self.index)
    }

    fn value(&self) -> Option<i64> {
        self.count().and_then(|count| count.value.or(count.min).or(count.max))
    }

    fn published(&self) -> Option<i64> {
        self.article.record.published.as_ref().map(|date| date.seconds)
    }
}

pub fn counts(global: &Global, args: &CountsArgs) -> Result<Outcome, Failure> {
    let began = Instant::now();
    let mut request = request(global, args.query.as_deref(), &args.filters)?;
    // What narrows rows also narrows articles: the index need not be read through.
    let wanted = row_filter(args)?;
    if let Some(filter) = &wanted {
        request.filters.counts.push(filter.clone());
    }
    let asked: Vec<CountFilter> = request.filters.counts.clone();
    let engine = open(global)?;
    let mut rows: Vec<Row> = Vec::new();
    let mut stories = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let read = answer::each(&engine, &request, |plan, article| {
        let article = std::rc::Rc::new(article);
        let filters: Vec<&CountFilter> = asked.iter().chain(&plan.counts).collect();
        for (index, count) in article.record.counts.iter().enumerate() {
            let fits = if filters.is_empty() {
                in_range(count, args)
            } else {
                filters.iter().any(|filter| satisfies(count, filter, &article)) && in_range(count, args)
            };
            if !fits || wanted.as_ref().is_some_and(|wanted| !satisfies(count, wanted, &article)) {
                continue;
            }
            if args.distinct == Some(Distinct::Story) {
                let place = count.place.and_then(|place| article.record.entities.get(place as usize)).map(|place| place.id.clone());
                if !seen.insert((article.story, count.kinds.clone(), count.object.class.clone(), place, count.value, count.min, count.max)) {
                    continue;
                }
            }
            stories.insert(article.story);
            rows.push(Row { article: article.clone(), index });
        }
        Ok(())
    })?;
    rows.sort_by_cached_key(|row| {
        let time = row.published();
        let by_time = match args.sort {
            CountSort::Oldest => time.unwrap_or(i64::MAX),
            _ => time.map_or(i64::MAX, |time| -time),
        };
        let by_value = if args.sort == CountSort::Value { row.value().map_or(i64::MAX, |value| -value) } else { 0 };
        (by_value, by_time, row.article.key.hash(), row.index)
    });
    let total = rows.len() as u64;
    if args.limit > 0 {
        rows.truncate(args.limit);
    }
    let mut output = Output::open(global)?;
    let form = form(global, output.is_terminal)?;
    if form != Form::Text && form != Form::Json && !read.read.is_empty() {
        say(global, &format!("read as: {}", read.read));
    }
    let language = global.ui_lang.code();
    match form {
        Form::Json => {
            let narrowed = |row: &Row| json::count_row(&row.article, row.index, language).map(|value| json::narrow(value, &global.fields));
            let of =
                serde_json::json!({"kind": wanted.as_ref().map(|filter| &filter.kind), "class": args.class, "min": args.min, "max": args.max, "said_by": null});
            let values = rows.iter().filter_map(narrowed).collect();
            output.line(&json::counts(&read, of, values, total, stories.len() as u64, began.elapsed().as_millis() as u64).to_string())?;
        }
        Form::Jsonl => {
            for row in &rows {
                if let Some(value) = json::count_row(&row.article, row.index, language) {
                    output.line(&json::narrow(json::with_version(value), &global.fields).to_string())?;
                }
            }
        }
        Form::Csv | Form::Tsv | Form::Plain => {
            let options = csv_options(global, if form == Form::Plain { Form::Tsv } else { form });
            if form != Form::Plain {
                output.write(csv::mark(options))?;
                output.write(&csv::row(csv::COUNT_COLUMNS, options))?;
            }
            for row in &rows {
                if let Some(count) = row.count() {
                    output.write(&csv::row(&count_cells(&row.article, count, language), options))?;
                }
            }
        }
        Form::Text => {
            let options = text_options(global, output.is_terminal);
            output.line(&format!("{} of {} counts in {} stories", rows.len(), text::grouped(total), text::grouped(stories.len() as u64)))?;
            for row in &rows {
                if let Some(count) = row.count() {
                    output.write("\n")?;
                    output.write(&text::count_row(&row.article, count, &options))?;
                }
            }
        }
        Form::Ids | Form::Urls => return Err(unsupported(form, "counts")),
    }
    output.finish()?;
    if let Some(path) = global.output.as_ref().filter(|path| path.as_os_str() != "-") {
        say(global, &format!("wrote {} rows from {} stories to {}", text::grouped(rows.len() as u64), text::grouped(stories.len() as u64), path.display()));
    }
    Ok(Outcome::found(!rows.is_empty()))
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
