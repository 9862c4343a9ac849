//! Clauses to tantivy's queries.
//!
//! A word matches by its exact form or its stem; the three streams are summed with the weights of the ranking chapter
//! (exact 0.3, stem 1, first four letters 0.5). Filters stand inside a constant score of zero: as they are they would leak
//! their own weight into the order.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, ExistsQuery, FuzzyTermQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery,
    TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::schema::Fields;
use crate::article::ArticleKey;
use crate::engine::{Clause, Word};

const EXACT_WEIGHT: f32 = 0.3;
const P4_WEIGHT: f32 = 0.5;

/// Score of a prefix match: one common word's worth.
const PREFIX_SCORE: f32 = 1.0;

type Part = (Occur, Box<dyn Query>);

pub fn translate(clause: &Clause, fields: &Fields) -> Box<dyn Query> {
    match clause {
        Clause::All => silent(Box::new(AllQuery)),
        Clause::Nothing => Box::new(EmptyQuery),
        Clause::Word(word) => boolean(vec![(Occur::Must, matching(word, fields)), (Occur::Should, first_letters(word, fields))]),
        Clause::Phrase { field, terms } => phrase(fields.named(field), terms),
        Clause::Prefix(prefix) => {
            let query = FuzzyTermQuery::new_prefix(Term::from_field_text(fields.text_exact, prefix), 0, true);
            Box::new(ConstScoreQuery::new(Box::new(query), PREFIX_SCORE))
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
            let term = |seconds: &i64| Term::from_field_date(fields.published, super::instant(*seconds));
            let lower = from.as_ref().map_or(Bound::Unbounded, |from| Bound::Included(term(from)));
            let upper = until.as_ref().map_or(Bound::Unbounded, |until| Bound::Excluded(term(until)));
            match (&lower, &upper) {
                (Bound::Unbounded, Bound::Unbounded) => silent(Box::new(ExistsQuery::new("published".to_string(), false))),
                _ => silent(Box::new(RangeQuery::new(lower, upper))),
            }
        }
        Clause::Undated => not(Box::new(ExistsQuery::new("published".to_string(), false))),
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
        Clause::And { required, scoring } => {
            // Words are taken apart here, so that one flat conjunction is left.
            let mut parts: Vec<Part> = Vec::new();
            for part in required {
                match part {
                    Clause::Word(word) => {
                        parts.push((Occur::Must, matching(word, fields)));
                        parts.push((Occur::Should, first_letters(word, fields)));
                    }
                    Clause::Not(inner) => parts.push((Occur::MustNot, translate(inner, fields))),
                    other => parts.push((Occur::Must, translate(other, fields))),
                }
            }
            // tantivy selects nothing by what must not be alone.
            if parts.iter().all(|(occur, _)| *occur == Occur::MustNot) {
                parts.push((Occur::Must, silent(Box::new(AllQuery))));
            }
            parts.extend(scoring.iter().map(|part| (Occur::Should, translate(part, fields))));
            boolean(parts)
        }
        Clause::Or(parts) => any(parts.iter().map(|part| translate(part, fields)).collect()),
        Clause::Not(inner) => not(translate(inner, fields)),
    }
}

/// What a word matches by.
fn matching(word: &Word, fields: &Fields) -> Box<dyn Query> {
    let exact = term(fields.text_exact, &word.exact);
    let stem = term(fields.text_stem, &word.stem);
    any(vec![Box::new(BoostQuery::new(exact, EXACT_WEIGHT)), stem])
}

fn first_letters(word: &Word, fields: &Fields) -> Box<dyn Query> {
    Box::new(BoostQuery::new(term(fields.text_p4, &word.p4), P4_WEIGHT))
}

fn term(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

fn phrase(field: Field, terms: &[String]) -> Box<dyn Query> {
    match terms {
        [] => Box::new(EmptyQuery),
        [one] => term(field, one),
        several => Box::new(PhraseQuery::new(several.iter().map(|text| Term::from_field_text(field, text)).collect())),
    }
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
