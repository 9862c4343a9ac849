//! Clauses to tantivy's queries.
//!
//! Words and places are queries of our own ([`super::scored`]). Filters stand inside a constant score of zero: as they are they would leak
//! their own weight into the order.

use std::ops::Bound;
use std::sync::Arc;

use tantivy::Term;
use tantivy::query::{AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, ExistsQuery, FuzzyTermQuery, Occur, Query, RangeQuery, TermQuery, TermSetQuery};
use tantivy::schema::IndexRecordOption;

use super::schema::Fields;
use super::scored::{DocumentsQuery, LocatedQuery, WordsQuery};
use crate::article::ArticleKey;
use crate::engine::ranking::PATTERN_SCORE;
use crate::engine::{Clause, Scoring};

type Part = (Occur, Box<dyn Query>);

pub fn translate(clause: &Clause, fields: &Fields, scoring: &Arc<Scoring>) -> Box<dyn Query> {
    match clause {
        Clause::All => silent(Box::new(AllQuery)),
        Clause::Nothing => Box::new(EmptyQuery),
        Clause::Words { words, by } => Box::new(WordsQuery { words: words.clone().into(), by: *by, fields: fields.clone(), scoring: scoring.clone() }),
        Clause::Located { field, node } => Box::new(LocatedQuery {
            field: fields.named(field),
            is_title: *field == "title_exact",
            node: node.clone(),
            fields: fields.clone(),
            scoring: scoring.clone(),
        }),
        Clause::Prefix(prefix) => pattern(FuzzyTermQuery::new_prefix(Term::from_field_text(fields.text_exact, prefix), 0, true)),
        Clause::Fuzzy { term, distance } => pattern(FuzzyTermQuery::new(Term::from_field_text(fields.text_exact, term), *distance, true)),
        // What is left to the stored text has been looked up there before.
        Clause::Literal { inner, .. } => translate(inner, fields, scoring),
        Clause::Documents(ids) => {
            let address = |id: &crate::engine::DocumentId| {
                let address = super::TantivyEngine::address(*id);
                (address.segment_ord, address.doc_id)
            };
            Box::new(DocumentsQuery { documents: ids.iter().map(address).collect() })
        }
        Clause::Added { from, until } => {
            let bound = |number: &u64| Bound::Included(Term::from_field_u64(fields.added, *number));
            silent(Box::new(RangeQuery::new(bound(from), bound(until))))
        }
        Clause::Keyword { field, values } => {
            let field = fields.named(field);
            match values.as_slice() {
                [] => Box::new(EmptyQuery),
                [one] => silent(Box::new(TermQuery::new(Term::from_field_text(field, one), IndexRecordOption::Basic))),
                several => silent(Box::new(TermSetQuery::new(several.iter().map(|value| Term::from_field_text(field, value))))),
            }
        }
        Clause::Published { from, until } => {
            let term = |seconds: &i64| Term::from_field_i64(fields.local, *seconds);
            let lower = from.as_ref().map_or(Bound::Unbounded, |from| Bound::Included(term(from)));
            let upper = until.as_ref().map_or(Bound::Unbounded, |until| Bound::Excluded(term(until)));
            match (&lower, &upper) {
                (Bound::Unbounded, Bound::Unbounded) => silent(Box::new(ExistsQuery::new("local".to_string(), false))),
                _ => silent(Box::new(RangeQuery::new(lower, upper))),
            }
        }
        Clause::Undated => not(Box::new(ExistsQuery::new("local".to_string(), false))),
        Clause::Count { path, places: None, min, max } => {
            if min.is_none() && max.is_none() {
                return silent(Box::new(TermQuery::new(Term::from_field_text(fields.count_kinds, path), IndexRecordOption::Basic)));
            }
            let term = |value: &i64| {
                // `true` is the field's `expand_dots`: without it nothing is found.
                let mut term = Term::from_field_json_path(fields.counts, path, true);
                term.append_type_and_fast_value(*value);
                term
            };
            let bound = |value: &Option<i64>| value.as_ref().map_or(Bound::Unbounded, |value| Bound::Included(term(value)));
            silent(Box::new(RangeQuery::new(bound(min), bound(max))))
        }
        Clause::Count { path, places: Some(places), min, max } => {
            let ranges = places.iter().map(|place| {
                let (low, high) = Clause::count_terms(path, place, *min, *max);
                let bound = |text: &str| Bound::Included(Term::from_field_text(fields.count_kv, text));
                Box::new(RangeQuery::new(bound(&low), bound(&high))) as Box<dyn Query>
            });
            silent(any(ranges.collect()))
        }
        Clause::KeyPrefix(prefix) => {
            if prefix.len() == ArticleKey::TEXT_LEN {
                return silent(Box::new(TermQuery::new(Term::from_field_text(fields.key, prefix), IndexRecordOption::Basic)));
            }
            let bound = |text: &str| Bound::Included(Term::from_field_text(fields.key, text));
            // `~` sorts behind every letter of a key.
            silent(Box::new(RangeQuery::new(bound(prefix), bound(&format!("{prefix}~")))))
        }
        Clause::Story(story) => silent(Box::new(TermQuery::new(Term::from_field_u64(fields.story, *story), IndexRecordOption::Basic))),
        Clause::And(required) => {
            let mut parts: Vec<Part> = Vec::new();
            for part in required {
                match part {
                    Clause::Not(inner) => parts.push((Occur::MustNot, translate(inner, fields, scoring))),
                    other => parts.push((Occur::Must, translate(other, fields, scoring))),
                }
            }
            // tantivy selects nothing by what must not be alone.
            if parts.iter().all(|(occur, _)| *occur == Occur::MustNot) {
                parts.push((Occur::Must, silent(Box::new(AllQuery))));
            }
            boolean(parts)
        }
        Clause::Or(parts) => any(parts.iter().map(|part| translate(part, fields, scoring)).collect()),
        Clause::Not(inner) => not(translate(inner, fields, scoring)),
    }
}

/// What a pattern matches, each at the same score.
fn pattern(query: FuzzyTermQuery) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(Box::new(query), PATTERN_SCORE as f32))
}

/// Selects without scoring.
fn silent(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

fn not(query: Box<dyn Query>) -> Box<dyn Query> {
    boolean(vec![(Occur::Must, silent(Box::new(AllQuery))), (Occur::MustNot, query)])
}

fn any(queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    if queries.is_empty() { Box::new(EmptyQuery) } else { Box::new(BooleanQuery::union(queries)) }
}

fn boolean(parts: Vec<Part>) -> Box<dyn Query> {
    Box::new(BooleanQuery::new(parts))
}
