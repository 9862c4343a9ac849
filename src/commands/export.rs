//! `export`: every match, streamed.

use fihris::article::story_text;
use fihris::engine::answer;
use fihris::extract::authority::Authority;
use fihris::extract::{Field, label};
use fihris::hits::StoredArticle;
use fihris::render::{Form, OffsetUnit, Offsets, csv, json};
use serde_json::{Value, json};

use super::answers::{count_cells, published};
use super::{Failure, Members, Outcome, Output, Table, end, open, request, say, unsupported};
use crate::cli::{ExportArgs, ExportAs, Global};

pub fn run(global: &Global, args: &ExportArgs) -> Result<Outcome, Failure> {
    let request = request(global, args.query.as_deref(), &args.filters)?;
    let engine = open(global)?;
    let form = match super::form(global, false)? {
        // Nothing asked: lines of JSON, which lose nothing.
        Form::Plain if global.format.is_none() => Form::Jsonl,
        form @ (Form::Jsonl | Form::Csv | Form::Tsv) => form,
        form @ (Form::Ids | Form::Urls) if args.rows == ExportAs::Articles => form,
        other => return Err(unsupported(other, "export")),
    };
    let mut output = Output::open(global)?;
    let table = if matches!(form, Form::Csv | Form::Tsv) {
        let columns = match args.rows {
            ExportAs::Articles => csv::ARTICLE_COLUMNS,
            ExportAs::Mentions => csv::MENTION_COLUMNS,
            ExportAs::Counts => csv::COUNT_COLUMNS,
        };
        Some(Table::begin(global, form, columns, &mut output)?)
    } else {
        None
    };
    let mut n_rows = 0u64;
    let members = Members::new(global);
    let language = global.ui_lang.code();
    let mut failure = None;
    answer::each(&engine, &request, |_, _, article| {
        let outcome = if let Some(table) = &table {
            cell_rows(&article, args.rows, language).into_iter().try_for_each(|cells| {
                n_rows += 1;
                table.row(&cells, &mut output)
            })
        } else if form == Form::Ids || form == Form::Urls {
            let shown = if form == Form::Ids { Some(article.key.shown()) } else { article.url.clone() };
            shown.iter().try_for_each(|shown| {
                n_rows += 1;
                output.write(&format!("{shown}{}", end(global)))
            })
        } else {
            json_rows(&article, args.rows, language).into_iter().try_for_each(|row| {
                n_rows += 1;
                output.line(&members.narrow(json::with_version(row)).to_string())
            })
        };
        outcome.map_err(|error| {
            failure = Some(error);
            anyhow::anyhow!("the output cannot be written")
        })
    })
    .map_err(|error| failure.take().unwrap_or_else(|| error.into()))?;
    output.finish()?;
    members.tell();
    say(global, &format!("{n_rows} rows"));
    Ok(Outcome::found(n_rows > 0))
}

fn json_rows(article: &StoredArticle, rows: ExportAs, language: &str) -> Vec<Value> {
    match rows {
        ExportAs::Articles => vec![json::article(article, &[], language, true)],
        ExportAs::Counts => (0..article.record.counts.len()).filter_map(|index| json::count_row(article, index, language)).collect(),
        ExportAs::Mentions => mentions(article, language)
            .into_iter()
            .map(|mention| {
                json!({
                    "article": {"id": article.key.shown(), "story": story_text(article.story), "source": article.source, "lang": article.language.as_str(), "published": article.record.published.as_ref().map(|date| &date.value)},
                    "type": mention.kind, "entity": mention.entity, "label": mention.label, "text": mention.text, "field": mention.field, "start": mention.start, "end": mention.end, "how": mention.how,
                })
            })
            .collect(),
    }
}

/// A mention ready to be written.
struct MentionRow {
    kind: &'static str,
    entity: String,
    label: String,
    text: String,
    field: &'static str,
    start: usize,
    end: usize,
    how: &'static str,
}

fn mentions(article: &StoredArticle, language: &str) -> Vec<MentionRow> {
    let record = &article.record;
    let (title, body) = (Offsets::new(&article.title, OffsetUnit::Char), Offsets::new(&article.body, OffsetUnit::Char));
    record
        .mentions
        .iter()
        .filter_map(|mention| {
            let entity = record.entities.get(mention.entity as usize)?;
            let (text, offsets, field) = if mention.field == Field::Title { (&article.title, &title, "title") } else { (&article.body, &body, "body") };
            Some(MentionRow {
                kind: mention.kind.as_str(),
                entity: entity.id.clone(),
                label: label(Authority::bundled(), entity, language).to_string(),
                text: mention.span.of(text).to_string(),
                field,
                start: offsets.of(mention.span.start),
                end: offsets.of(mention.span.end),
                how: mention.how.as_str(),
            })
        })
        .collect()
}

fn cell_rows(article: &StoredArticle, rows: ExportAs, language: &str) -> Vec<Vec<String>> {
    let record = &article.record;
    let (id, story, day, source) = (article.key.shown(), story_text(article.story), published(article), article.source.clone().unwrap_or_default());
    match rows {
        ExportAs::Articles => vec![vec![
            id,
            story,
            day,
            source,
            article.language.to_string(),
            article.title.clone(),
            article.url.clone().unwrap_or_default(),
            record.authors.join("|"),
            record.section.clone().unwrap_or_default(),
            record.tags.join("|"),
            article.body.clone(),
        ]],
        ExportAs::Counts => record.counts.iter().map(|count| count_cells(article, count, language)).collect(),
        ExportAs::Mentions => mentions(article, language)
            .into_iter()
            .map(|mention| {
                vec![
                    id.clone(),
                    story.clone(),
                    day.clone(),
                    source.clone(),
                    mention.kind.to_string(),
                    mention.entity,
                    mention.label,
                    mention.text,
                    mention.field.to_string(),
                    mention.start.to_string(),
                    mention.end.to_string(),
                    mention.how.to_string(),
                ]
            })
            .collect(),
    }
}
