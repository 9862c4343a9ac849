//! `index info`.

use fihris::engine::tantivy::Manifest;
use fihris::engine::{Clause, Column, Engine, Order, Scoring, Want};
use fihris::render::{Form, text};
use serde_json::{Value, json};

use super::{Failure, Outcome, Output, form, open, unsupported};
use crate::cli::{Global, IndexCommand};

pub fn run(global: &Global, command: &IndexCommand) -> Result<Outcome, Failure> {
    match command {
        IndexCommand::Info => info(global),
    }
}

fn info(global: &Global) -> Result<Outcome, Failure> {
    let manifest = Manifest::read(&global.index)?;
    let engine = open(global)?;
    let want = |field: &'static [&'static str]| Want { column: Column::Keywords(field), limit: 10 };
    let tally = engine.tally(
        &Clause::All,
        &[want(&["lang"]), want(&["source"]), want(&["people"]), want(&["orgs"]), want(&["place_l1", "place_l2", "place_l3"])],
        &[],
    )?;
    let end_of = |order: Order| -> Result<Option<String>, Failure> {
        let dated = Clause::Not(Box::new(Clause::Undated));
        match engine.rank(&dated, &order, 1, None, &Scoring::default())?.first() {
            Some(ranked) => Ok(engine.load(ranked.id)?.record.published.map(|date| date.value)),
            None => Ok(None),
        }
    };
    let (oldest, newest) = (end_of(Order::Oldest)?, end_of(Order::Newest)?);
    let seq = engine.payload().and_then(|payload| serde_json::from_str::<Value>(payload).ok()).and_then(|ledger| ledger.get("seq").and_then(Value::as_u64));
    let bytes = engine.byte_len()?;
    let mut output = Output::open(global)?;
    let languages: Vec<String> =
        tally.facets.first().map(|facet| facet.values.iter().map(|(value, n)| format!("{value} {}", text::grouped(*n))).collect()).unwrap_or_default();
    let total = |index: usize| tally.facets.get(index).map_or(0, |facet| facet.total_values);
    match form(global, output.is_terminal)? {
        Form::Json | Form::Jsonl => {
            let value = json!({
                "v": 1, "path": global.index.display().to_string(), "articles": tally.articles, "stories": tally.stories, "bytes": bytes, "segments": engine.n_segments(), "seq": seq,
                "format": manifest.format, "analyzer": manifest.analyzer, "extractor": manifest.extractor, "created_by": manifest.created_by,
                "oldest": oldest, "newest": newest,
                "languages": tally.facets.first().map(|facet| facet.values.iter().map(|(value, n)| (value.clone(), json!(n))).collect::<serde_json::Map<_, _>>()),
                "sources": total(1), "people": total(2), "organizations": total(3), "places": total(4),
            });
            output.line(&value.to_string())?;
        }
        Form::Text | Form::Plain => {
            output.line(&format!("{}: {} articles in {} stories", global.index.display(), text::grouped(tally.articles), text::grouped(tally.stories)))?;
            output.line(&format!("  languages  {}", languages.join(" · ")))?;
            output.line(&format!("  dates      {} – {}", oldest.as_deref().unwrap_or("none"), newest.as_deref().unwrap_or("none")))?;
            output.line(&format!(
                "  names      {} people · {} organizations · {} places",
                text::grouped(total(2)),
                text::grouped(total(3)),
                text::grouped(total(4))
            ))?;
            output.line(&format!("  sources    {}", text::grouped(total(1))))?;
            output.line(&format!("  size       {:.1} MB in {} segments", bytes as f64 / 1e6, engine.n_segments()))?;
            output.line(&format!(
                "  made by    {} (format {}, analyzer {}, extractor {}), commit {}",
                manifest.created_by,
                manifest.format,
                manifest.analyzer,
                manifest.extractor,
                seq.unwrap_or(0)
            ))?;
        }
        other => return Err(unsupported(other, "index info")),
    }
    output.finish()?;
    Ok(Outcome::found(tally.articles > 0))
}
