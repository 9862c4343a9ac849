//! "Did you mean": words of the archive near one that finds little. Offered, never asked in the person's place.

use std::collections::BTreeSet;

use super::plan::bearers;
use super::ranking::StreamTerm;
use super::{AskError, Clause, Engine, EngineError, Order, Plan, Scoring, Stream, Word};
use crate::analysis::exact_tokens;
use crate::extract::authority::Authority;
use crate::hits::Suggestion;
use crate::language::letters::spellings_apart;
use crate::query::SearchRequest;

/// A question that finds as many articles needs no help.
const ENOUGH: u64 = 3;

/// How many times as many articles a suggestion must be found in.
const TIMES_MORE: u64 = 20;

/// A word that at least so many articles have, and one of so many, is no slip: the question finds little for what stands beside it.
const KNOWN: u64 = 10;
const KNOWN_SHARE: u64 = 10_000;

/// Words of a question that are looked at.
const MOST_WORDS: usize = 6;

/// Letters from which a word may be two letters off.
const LONG_WORD: usize = 6;

/// Suggestions for the words and names that find nothing or next to nothing, when the question finds little.
///
/// # Errors
/// When the engine fails.
pub fn suggestions(engine: &dyn Engine, request: &SearchRequest, plan: &Plan, found: u64) -> Result<Vec<Suggestion>, AskError> {
    if found >= ENOUGH || request.exact {
        return Ok(Vec::new());
    }
    let mut suggestions = Vec::new();
    for word in plan.marked.words.iter().take(MOST_WORDS) {
        let letters = word.exact.chars().count();
        if letters < 3 || word.exact.bytes().any(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let own: BTreeSet<StreamTerm> =
            word.stream_terms().filter(|(stream, _)| *stream != Stream::P4).map(|(stream, term)| (stream, term.to_string())).collect();
        let statistics = engine.statistics(&own)?;
        let own = statistics.frequencies.into_values().max().unwrap_or_default();
        if own > KNOWN.max(statistics.articles / KNOWN_SHARE) {
            continue;
        }
        if let Some(suggestion) = suggestion(engine, word, own)? {
            suggestions.push(suggestion);
        }
    }
    for asked in plan.entities.iter().filter(|asked| asked.entity.is_none() && !asked.text.starts_with("x:")) {
        let Some(near) = Authority::bundled().nearest(&asked.text) else { continue };
        let articles = engine.tally(&bearers(near.kind, vec![near.id.clone()]), &[], &[])?.articles;
        if articles > found {
            suggestions.push(Suggestion { word: asked.text.clone(), instead: near.label(&request.ui_language).to_string(), articles });
        }
    }
    Ok(suggestions)
}

fn suggestion(engine: &dyn Engine, word: &Word, own: u64) -> Result<Option<Suggestion>, AskError> {
    let fewest = (own * TIMES_MORE).max(2);
    let first: String = word.exact.chars().take(1).collect();
    // What is nearer wins over what is more frequent: frequency alone is absurd two letters away.
    let nearest = |distance: u8, prefix: &str| -> Result<Option<(String, u64)>, EngineError> {
        let near = engine.similar(&word.exact, distance, prefix)?;
        let likely = near.into_iter().filter(|(other, articles)| *other != word.exact && *articles >= fewest);
        Ok(likely.min_by_key(|(other, articles)| {
            (spellings_apart(&word.exact, other) + usize::from(!other.starts_with(&first)), std::cmp::Reverse(*articles), other.clone())
        }))
    };
    // Two letters away a short word is another word, and so is one with another first letter: who mistypes hits the first key.
    let best = match nearest(1, "")? {
        None if word.exact.chars().count() >= LONG_WORD => nearest(2, &first)?,
        near => near,
    };
    let Some((folded, articles)) = best else { return Ok(None) };
    let instead = as_written(engine, &folded)?.unwrap_or(folded);
    Ok(Some(Suggestion { word: word.exact.clone(), instead, articles }))
}

/// A word as an article writes it: the index has its folded form only.
fn as_written(engine: &dyn Engine, folded: &str) -> Result<Option<String>, AskError> {
    let node = super::Located::Term(folded.to_string());
    let clause = Clause::Located { field: "text_exact", node };
    let Some(first) = engine.rank(&clause, &Order::Newest, 1, None, &Scoring::default())?.first().copied() else { return Ok(None) };
    let article = engine.load(first.id)?;
    let in_text = |text: &str| {
        let (start, end, _) = exact_tokens(text).into_iter().find(|(_, _, exact)| exact == folded)?;
        let letters = text.get(start..end)?.chars().filter(|letter| !crate::language::arabic::normalizer::is_diacritic(*letter));
        Some(letters.collect())
    };
    Ok(in_text(&article.body).or_else(|| in_text(&article.title)))
}
