//! `batch`: a file of questions, a run of answers.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use anyhow::Context;
use fihris::engine::{AskError, Engine, EngineError, answer};
use fihris::query::{QueryError, SearchRequest};
use fihris::render::{Form, csv, json};
use serde_json::json;

use super::{Failure, Outcome, Output, Table, complain, match_mode, open, read_filters, say, unsupported, utf8};
use crate::cli::{BatchArgs, DocId, FormatArg, Global};

pub fn run(global: &Global, args: &BatchArgs) -> Result<Outcome, Failure> {
    let name = if args.file.as_os_str() == "-" { "<stdin>".to_string() } else { args.file.display().to_string() };
    let reader: Box<dyn Read> =
        if args.file.as_os_str() == "-" { Box::new(io::stdin()) } else { Box::new(File::open(&args.file).with_context(|| name.clone())?) };
    let filters = read_filters(&args.filters)?;
    let engine = open(global)?;
    // A run is the default; other forms are asked for.
    let form = match global.format {
        Some(FormatArg::Trec) => None,
        None if !global.json && !global.csv => None,
        _ => match super::form(global, false)? {
            Form::Json | Form::Jsonl => Some(Form::Jsonl),
            form @ (Form::Csv | Form::Tsv) => Some(form),
            other => return Err(unsupported(other, "batch")),
        },
    };
    let mut output = Output::open(global)?;
    let table = match form {
        Some(form @ (Form::Csv | Form::Tsv)) => Some(Table::begin(global, form, csv::BATCH_COLUMNS, &mut output)?),
        _ => None,
    };
    let (mut answered, mut empty, mut unread) = (0u64, 0u64, 0u64);
    for (number, line) in BufReader::new(reader).split(b'\n').enumerate() {
        let line = line.with_context(|| format!("{name}:{}", number + 1))?;
        let line = match utf8(&line) {
            Ok(line) => line,
            Err(message) => {
                unread += 1;
                complain(&format!("{name}:{}: {message}", number + 1));
                continue;
            }
        };
        let line = line.trim_start_matches('\u{FEFF}').trim_end_matches(['\r', '\n']);
        if line.trim().is_empty() {
            continue;
        }
        // A line without a tab is a question; its number is its id.
        let (id, text) = line.split_once('\t').map_or_else(|| ((number + 1).to_string(), line), |(id, text)| (id.trim().to_string(), text));
        if id.is_empty() || text.trim().is_empty() {
            unread += 1;
            complain(&format!("{name}:{}: expected an id, a tab and a question, found no {}", number + 1, if id.is_empty() { "id" } else { "question" }));
            continue;
        }
        let request = question(text, args, &filters);
        let ranked = match request.map_err(AskError::from).and_then(|request| answer::run(&engine, &request, &answer::Options::default())) {
            Ok(ranked) => ranked,
            Err(AskError::Query(error)) => {
                unread += 1;
                let hint = error.hint.as_deref().map(|hint| format!("; {hint}")).unwrap_or_default();
                complain(&format!("{name}:{}: {}{hint}", number + 1, error.message.replace("of the query", "of the question")));
                if form == Some(Form::Jsonl) {
                    let error = json::error(error.code.as_str(), 2, &error.message, Some((&error.query, error.start, error.end)), None, error.hint.as_deref());
                    output.line(&json!({"v": 1, "question": id, "error": error.get("error")}).to_string())?;
                }
                continue;
            }
            Err(AskError::Engine(error @ EngineError::TooBroad(_))) => {
                unread += 1;
                complain(&format!("{name}:{}: {error}", number + 1));
                if form == Some(Form::Jsonl) {
                    let error = json::error("query_too_large", 2, &error.to_string(), None, None, None);
                    output.line(&json!({"v": 1, "question": id, "error": error.get("error")}).to_string())?;
                }
                continue;
            }
            Err(AskError::Engine(error)) => return Err(error.into()),
        };
        if ranked.is_empty() {
            empty += 1;
        } else {
            answered += 1;
        }
        for (rank, hit) in ranked.iter().enumerate() {
            let article = engine.load(hit.id)?;
            let called = match args.docid {
                DocId::Key => Some(article.key.text()),
                DocId::Guid => article.record.guid.clone(),
                DocId::Url => article.url.clone(),
            };
            // An article without guid or url is still a hit: it goes by its key.
            let called = called.unwrap_or_else(|| article.key.text());
            let score = hit.place.key.unwrap_or(0.0);
            match (form, &table) {
                (_, Some(table)) => table.row(&[id.clone(), (rank + 1).to_string(), called, format!("{score:.4}")], &mut output)?,
                (None, _) => output.line(&format!("{id} Q0 {} {} {score:.4} fihris", called.replace(char::is_whitespace, "_"), rank + 1))?,
                _ => output.line(&json!({"v": 1, "question": id, "rank": rank + 1, "id": called, "score": score}).to_string())?,
            }
        }
    }
    output.finish()?;
    say(global, &format!("{} questions: {answered} answered · {empty} found nothing · {unread} could not be read", answered + empty + unread));
    Ok(if unread > 0 { Outcome::SomeRejected } else { Outcome::found(answered > 0) })
}

fn question(text: &str, args: &BatchArgs, filters: &fihris::query::Filters) -> Result<SearchRequest, QueryError> {
    // A question in natural language is no query: its marks are punctuation.
    let mut request = match args.match_mode {
        crate::cli::MatchArg::All => SearchRequest::new(text)?,
        _ => SearchRequest::natural(text),
    };
    request.filters = filters.clone();
    request.limit = args.limit.max(1);
    request.group = false;
    request.match_mode = match_mode(args.match_mode);
    Ok(request)
}
