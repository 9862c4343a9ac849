//! `exact:` and `--exact`: words as written.
//!
//! The index knows folded words only. What could match is found by them, then each candidate's stored text is looked at, and
//! the clause becomes the list of documents that hold the words as written. Candidates are narrowed by everything else that
//! must hold; reading them ends after [`TIME`], which the answer says.

use std::time::{Duration, Instant};

use super::highlight::literal_places;
use super::{Clause, DocumentId, Engine, EngineError, Plan};
use crate::analysis::exact_tokens;
use crate::hits::{EXACT_CUT, StoredArticle};

/// Time for reading candidates.
const TIME: Duration = Duration::from_millis(1_500);

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
    let until = Instant::now() + TIME;
    let mut is_cut = false;
    let resolved = resolve_clause(engine, whole, &context, until, &mut is_cut)?;
    plan.set_base(resolved);
    if is_cut {
        plan.notes.push(EXACT_CUT.to_string());
    }
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

fn resolve_clause(engine: &dyn Engine, clause: Clause, context: &[Clause], until: Instant, is_cut: &mut bool) -> Result<Clause, EngineError> {
    let mut each = |parts: Vec<Clause>| -> Result<Vec<Clause>, EngineError> {
        parts.into_iter().map(|part| resolve_clause(engine, part, context, until, is_cut)).collect()
    };
    Ok(match clause {
        Clause::And(parts) => Clause::And(each(parts)?),
        Clause::Or(parts) => Clause::Or(each(parts)?),
        Clause::Not(inner) => Clause::Not(Box::new(resolve_clause(engine, *inner, context, until, is_cut)?)),
        Clause::Literal { inner, words, title_only } => {
            let candidates = Clause::and(std::iter::once((*inner).clone()).chain(context.iter().cloned()).collect());
            let mut ids = engine.matching(&candidates)?;
            // In the order they are stored: neighbours share a block.
            ids.sort_unstable();
            let mut holding: Vec<DocumentId> = Vec::new();
            for id in ids {
                if Instant::now() > until {
                    *is_cut = true;
                    break;
                }
                if holds(&engine.load(id)?, &words, title_only) {
                    holding.push(id);
                }
            }
            Clause::And(vec![*inner, Clause::Documents(holding.into())])
        }
        other => other,
    })
}

/// Whether the words stand in the title or body as written.
fn holds(article: &StoredArticle, words: &[String], title_only: bool) -> bool {
    let stands_in = |text: &str| !literal_places(text, exact_tokens(text).into_iter().map(|(start, end, _)| (start, end)), words).is_empty();
    stands_in(&article.title) || !title_only && stands_in(&article.body)
}
