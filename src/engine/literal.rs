//! `exact:` and `--exact`: words as written.
//!
//! The index knows folded words only. What could match is found by them, then each candidate's stored text is looked at, and
//! the clause becomes the list of documents that hold the words as written. Candidates are narrowed by everything else that
//! must hold. All of them are read, however many: a part would be another answer every time, and the opposite of one under NOT.

use std::thread;

use unicode_normalization::{IsNormalized, is_nfc_quick};

use super::highlight::literal_places;
use super::{Clause, DocumentId, Engine, EngineError, Plan};
use crate::analysis::exact_tokens;

/// Candidates from which it is worth a thread.
const SIDE_BY_SIDE: usize = 500;

/// Looks the words up that only the stored text can tell.
///
/// # Errors
/// When the engine fails.
pub fn resolve(engine: &dyn Engine, plan: &mut Plan) -> Result<(), EngineError> {
    if !has_literal(plan.base()) {
        return Ok(());
    }
    let whole = plan.base().clone();
    let context: Vec<Clause> = match &whole {
        Clause::And(parts) => parts.iter().filter(|part| !has_literal(part)).cloned().collect(),
        _ => Vec::new(),
    };
    plan.set_base(resolve_clause(engine, whole, &context)?);
    Ok(())
}

fn has_literal(clause: &Clause) -> bool {
    match clause {
        Clause::Literal { .. } => true,
        Clause::And(parts) | Clause::Or(parts) => parts.iter().any(has_literal),
        Clause::Not(inner) => has_literal(inner),
        _ => false,
    }
}

fn resolve_clause(engine: &dyn Engine, clause: Clause, context: &[Clause]) -> Result<Clause, EngineError> {
    let each = |parts: Vec<Clause>| -> Result<Vec<Clause>, EngineError> { parts.into_iter().map(|part| resolve_clause(engine, part, context)).collect() };
    Ok(match clause {
        Clause::And(parts) => Clause::And(each(parts)?),
        Clause::Or(parts) => Clause::Or(each(parts)?),
        Clause::Not(inner) => Clause::Not(Box::new(resolve_clause(engine, *inner, context)?)),
        Clause::Literal { inner, words, title_only } => {
            let candidates = Clause::and(std::iter::once((*inner).clone()).chain(context.iter().cloned()).collect());
            let mut ids = engine.matching(&candidates)?;
            // In the order they are stored: neighbours share a block.
            ids.sort_unstable();
            let holding = holding(engine, &ids, &words, title_only)?;
            Clause::And(vec![*inner, Clause::Documents(holding.into())])
        }
        other => other,
    })
}

/// The documents that hold the words as written, in their order.
fn holding(engine: &dyn Engine, ids: &[DocumentId], words: &[String], title_only: bool) -> Result<Vec<DocumentId>, EngineError> {
    let of_part = |part: &[DocumentId]| -> Result<Vec<DocumentId>, EngineError> {
        let mut holding = Vec::new();
        for &id in part {
            let (title, body) = engine.texts(id)?;
            if holds(&title, words) || !title_only && holds(&body, words) {
                holding.push(id);
            }
        }
        Ok(holding)
    };
    let n_threads = thread::available_parallelism().map_or(1, usize::from);
    if n_threads == 1 || ids.len() < SIDE_BY_SIDE {
        return of_part(ids);
    }
    thread::scope(|scope| {
        let parts: Vec<_> = ids.chunks(ids.len().div_ceil(n_threads)).map(|part| scope.spawn(move || of_part(part))).collect();
        let mut holding = Vec::new();
        for part in parts {
            let found = part.join().map_err(|_| EngineError::Search("a thread that read articles ended".to_string()))?;
            holding.extend(found?);
        }
        Ok(holding)
    })
}

/// Whether the words stand in a text as written.
fn holds(text: &str, words: &[String]) -> bool {
    // Most candidates lack the word letter for letter, which is quickly seen; in a text that composes its letters otherwise it is not.
    if let [word] = words
        && word.chars().all(char::is_alphabetic)
        && text.match_indices(word.as_str()).any(|(at, word)| is_between_spaces(text, at, word))
    {
        return true;
    }
    let has = |word: &String| text.match_indices(word.as_str()).any(|(at, word)| stands_alone(text, at, word));
    let may_hold = words.iter().all(has) || is_nfc_quick(text.chars()) != IsNormalized::Yes;
    may_hold && !literal_places(text, exact_tokens(text).into_iter().map(|(start, end, _)| (start, end)), words).is_empty()
}

/// Whether a piece of a text is a word of its own beyond doubt.
fn is_between_spaces(text: &str, at: usize, piece: &str) -> bool {
    let is_end = |beside: Option<char>| beside.is_none_or(char::is_whitespace);
    is_end(text[..at].chars().next_back()) && is_end(text[at + piece.len()..].chars().next())
}

/// Whether no letter that would belong to the same word stands beside a piece of a text.
fn stands_alone(text: &str, at: usize, piece: &str) -> bool {
    let joins = |a: Option<char>, b: Option<char>| {
        let same = |is: fn(char) -> bool| a.is_some_and(is) && b.is_some_and(is);
        same(|letter| matches!(letter, '\u{620}'..='\u{65F}')) || same(|letter| letter.is_ascii_alphabetic())
    };
    !joins(text[..at].chars().next_back(), piece.chars().next()) && !joins(piece.chars().next_back(), text[at + piece.len()..].chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_held_as_written() {
        let holds = |text: &str, word: &str| holds(text, &[word.to_string()]);
        assert!(holds("قال علي، ثم", "علي") && holds("(Ali) left", "Ali") && holds("في 12كم", "كم"));
        assert!(!holds("قال عليه وعلى وعَلي", "علي") && !holds("Alice and ALI", "Ali"));
        // The same letters, composed otherwise.
        assert!(holds("a cafe\u{301} here", "café"));
    }
}
