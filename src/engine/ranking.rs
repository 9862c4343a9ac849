//! The order by relevance: one formula for every engine.
//!
//! ```text
//! idf(t)     = ln(1 + (N − df + ½) / (df + ½))                         own df in each stream
//! bm(t, d)   = idf · tf·(k1 + 1) / (tf + k1·(1 − b + b·len/average))
//! own(w, d)  = exact·bm(exact) + stem·bm(stem) + p4·bm(first letters)
//! word(w, d) = max of own(w, d) and, where any word will do, of closeness · stem·bm(related stem)    its idf at most that of w
//! first(d)   = Σ over the words  weight · word                          weight ½ for question words
//! score(d)   = first + lead · Σ over the content words' first letters  idf / (1 + position/20)    the first 50 articles only
//!                    + entity · names of the question among those of the article
//!                    + where being new counts, half the best first score · 2^(−days behind the newest / half-life)
//! ```
//! A title stands twice in each stream, so a word of it counts twice (BM25F in one field). Every part adds, none takes away:
//! what ranks behind the first 50 keeps its place. The parts and their weights were measured; `fihris eval search` measures
//! them again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Clause, DocumentId, Engine, EngineError, FrequenciesIn, Named, Word};
use crate::language::arabic::related::{Relatives, relatives};

/// A stream of terms that scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    Exact,
    Stem,
    P4,
}

impl Stream {
    /// The field of [`crate::document::FIELDS`].
    pub fn field(self) -> &'static str {
        match self {
            Stream::Exact => "text_exact",
            Stream::Stem => "text_stem",
            Stream::P4 => "text_p4",
        }
    }

    /// The word the JSON contract has for a match in the stream.
    pub fn name(self) -> &'static str {
        match self {
            Stream::Exact => "exact",
            Stream::Stem => "stem",
            Stream::P4 => "p4",
        }
    }
}

/// The weights of the formula.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    pub k1: f64,
    pub b: f64,
    pub exact: f64,
    pub stem: f64,
    pub p4: f64,
    /// Weight of a question word (`what`, `متى`).
    pub question: f64,
    /// Closeness of a neighbour by use whose cosine is 1.
    pub neighbours: f64,
    /// Closeness of a word of the same family.
    pub family: f64,
    /// Weight of first occurrences near the beginning of the body; 0 leaves the order as it is.
    pub lead: f64,
    /// What an article has for each name of the question that it names too, in whatever spelling or script.
    pub entity: f64,
}

impl Default for Ranking {
    fn default() -> Ranking {
        Ranking { k1: 0.8, b: 0.75, exact: 0.3, stem: 1.0, p4: 0.5, question: 0.3, neighbours: 0.5, family: 0.6, lead: 1.2, entity: 2.0 }
    }
}

/// Articles whose order the lead decides.
pub const WINDOW: usize = 50;

/// Words into the body at which a first occurrence is worth half.
const LEAD_WORDS: f64 = 20.0;

impl Ranking {
    /// Sets one weight by its name.
    ///
    /// # Errors
    /// With the names there are.
    pub fn set(&mut self, name: &str, value: f64) -> Result<(), String> {
        let slot = match name {
            "k1" => &mut self.k1,
            "b" => &mut self.b,
            "exact" => &mut self.exact,
            "stem" => &mut self.stem,
            "p4" => &mut self.p4,
            "question" => &mut self.question,
            "neighbours" => &mut self.neighbours,
            "family" => &mut self.family,
            "lead" => &mut self.lead,
            "entity" => &mut self.entity,

            _ => return Err(format!("no weight is called {name:?}; there are k1 b exact stem p4 question neighbours family lead entity")),
        };
        *slot = value;
        Ok(())
    }

    pub fn of_stream(&self, stream: Stream) -> f64 {
        match stream {
            Stream::Exact => self.exact,
            Stream::Stem => self.stem,
            Stream::P4 => self.p4,
        }
    }

    /// What length does to a frequency: the second part of the divisor of `bm`.
    pub fn length_norm(&self, length: f64, average: f64) -> f64 {
        self.k1 * (1.0 - self.b + self.b * length / average.max(1.0))
    }

    /// The stems related to a word's own, and how close each is: from 0 to 1.
    pub fn related(&self, stem: &str) -> Vec<(String, f64)> {
        let Relatives { neighbours, family } = relatives(stem);
        let neighbours = neighbours.into_iter().map(|(stem, cosine)| (stem, self.neighbours * f64::from(cosine)));
        neighbours.chain(family.into_iter().map(|stem| (stem, self.family))).filter(|(_, closeness)| *closeness > 0.0).collect()
    }

    /// `bm` for an idf, a frequency and a length norm.
    pub fn bm(&self, idf: f64, frequency: f64, length_norm: f64) -> f64 {
        idf * frequency * (self.k1 + 1.0) / (frequency + length_norm)
    }
}

/// A term of a stream.
pub type StreamTerm = (Stream, String);

/// What scores depend on beside the article: counted once, so that later pages order as the first did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statistics {
    pub articles: u64,
    /// Terms of one stream in all articles; every stream has as many.
    pub tokens: u64,
    /// Articles that have a term.
    pub frequencies: BTreeMap<StreamTerm, u64>,
}

impl Statistics {
    pub fn average_length(&self) -> f64 {
        self.tokens as f64 / (self.articles.max(1)) as f64
    }

    pub fn frequency(&self, stream: Stream, term: &str) -> u64 {
        self.frequencies.get(&(stream, term.to_string())).copied().unwrap_or_default()
    }

    pub fn idf(&self, stream: Stream, term: &str) -> f64 {
        idf(self.articles, self.frequency(stream, term))
    }

    /// The idf of a stem in the place of a word: a rare relative says no more than the word would.
    pub fn related_idf(&self, word: &Word, stem: &str) -> f64 {
        let own = word.stems.first().map_or(0.0, |own| self.idf(Stream::Stem, own));
        own.min(self.idf(Stream::Stem, stem))
    }
}

/// The weight of a term by how few articles have it.
pub fn idf(articles: u64, frequency: u64) -> f64 {
    let (articles, frequency) = (articles.max(frequency) as f64, frequency as f64);
    (1.0 + (articles - frequency + 0.5) / (frequency + 0.5)).ln()
}

/// Weights and statistics: what an engine scores by.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scoring {
    pub ranking: Ranking,
    pub statistics: Statistics,
}

/// What the beginning of each article adds to its score: one part a content word that stands in its body.
///
/// # Errors
/// When the engine fails.
pub fn lead_parts(engine: &dyn Engine, ids: &[DocumentId], codes: &[String], scoring: &Scoring) -> Result<Vec<Vec<Part>>, EngineError> {
    if scoring.ranking.lead <= 0.0 || codes.is_empty() {
        return Ok(vec![Vec::new(); ids.len()]);
    }
    let firsts = engine.first_positions(ids, codes)?;
    let part = |(code, first): (&String, Option<u32>)| {
        let score = scoring.ranking.lead * scoring.statistics.idf(Stream::P4, code) / (1.0 + f64::from(first?) / LEAD_WORDS);
        Some(Part { clause: code.clone(), field: Stream::P4.field(), how: "lead", text: code.clone(), score })
    };
    Ok(firsts.into_iter().map(|firsts| codes.iter().zip(firsts).filter_map(part).collect()).collect())
}

/// What the names of the question add: one part a name that an article has.
///
/// # Errors
/// When the engine fails.
pub fn name_parts(engine: &dyn Engine, ids: &[DocumentId], names: &[Named], scoring: &Scoring) -> Result<Vec<Vec<Part>>, EngineError> {
    let mut parts = vec![Vec::new(); ids.len()];
    if scoring.ranking.entity <= 0.0 {
        return Ok(parts);
    }
    let among = Clause::Documents(sorted(ids));
    for Named { id: entity, label, field, clause } in names {
        let named = engine.matching(&Clause::and(vec![clause.clone(), among.clone()]))?;
        for (parts, _) in parts.iter_mut().zip(ids).filter(|(_, id)| named.contains(id)) {
            parts.push(Part { clause: label.clone(), field, how: "entity", text: entity.clone(), score: scoring.ranking.entity });
        }
    }
    Ok(parts)
}

/// Share of the best first score that the newest article has on top where being new counts.
const RECENCY: f64 = 0.5;

/// What being new adds, where half of it is lost every `half_life` days behind the newest article; none for one without a date. `best` is
/// the best first score.
///
/// # Errors
/// When the engine fails.
pub fn recency_parts(engine: &dyn Engine, ids: &[DocumentId], half_life: f64, best: f64) -> Result<Vec<Vec<Part>>, EngineError> {
    const DAY: f64 = 86_400.0;
    let moments = engine.moments(&Clause::Documents(sorted(ids)), None)?;
    let dated: BTreeMap<DocumentId, i64> = moments.into_iter().filter_map(|moment| Some((moment.id, moment.local?))).collect();
    let Some(newest) = dated.values().copied().max() else { return Ok(vec![Vec::new(); ids.len()]) };
    let part = |local: &i64| {
        let days = newest.saturating_sub(*local) as f64 / DAY;
        let score = RECENCY * best * (-days / half_life).exp2();
        Part { clause: String::new(), field: "published", how: "recency", text: format!("{days:.0} d"), score }
    };
    Ok(ids.iter().map(|id| dated.get(id).map(part).into_iter().collect()).collect())
}

fn sorted(ids: &[DocumentId]) -> Arc<[DocumentId]> {
    ids.iter().copied().collect::<BTreeSet<_>>().into_iter().collect()
}

/// Score of what matches a pattern (`word*`, `word~1`): one common word's worth.
pub const PATTERN_SCORE: f64 = 1.0;

/// What a word, a term of a phrase, a name or the date adds to the score.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The word of the question.
    pub clause: String,
    pub field: &'static str,
    /// `exact`, `stem`, `p4`, `related`, `phrase`, `prefix`, `fuzzy`, `lead`, `entity` or `recency`.
    pub how: &'static str,
    /// The term.
    pub text: String,
    pub score: f64,
}

/// The parts of the first score of words and phrases that match; they sum to it.
pub fn parts(clause: &Clause, in_article: &FrequenciesIn, scoring: &Scoring) -> Vec<Part> {
    let ranking = &scoring.ranking;
    let norm = ranking.length_norm(in_article.length, scoring.statistics.average_length());
    let frequency = |stream: Stream, term: &str| f64::from(in_article.frequencies.get(&(stream, term.to_string())).copied().unwrap_or_default());
    let mut parts = Vec::new();
    match clause {
        Clause::Words { words, .. } => {
            for word in words {
                let mut own = 0.0;
                for (stream, term) in word.stream_terms() {
                    let bm = ranking.bm(scoring.statistics.idf(stream, term), frequency(stream, term), norm);
                    let score = word.weight * ranking.of_stream(stream) * bm;
                    if score > 0.0 {
                        own += score;
                        parts.push(Part { clause: word.exact.clone(), field: stream.field(), how: stream.name(), text: term.to_string(), score });
                    }
                }
                let closest = word.related.iter().map(|(stem, closeness)| {
                    let bm = ranking.bm(scoring.statistics.related_idf(word, stem), frequency(Stream::Stem, stem), norm);
                    (stem, word.weight * ranking.stem * closeness * bm)
                });
                // What it adds is what it has more than the word itself.
                if let Some((stem, score)) = closest.max_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, score)| *score > own) {
                    let field = Stream::Stem.field();
                    parts.push(Part { clause: word.exact.clone(), field, how: "related", text: stem.clone(), score: score - own });
                }
            }
        }
        Clause::Located { field, node } => {
            for term in node.terms() {
                let idf = scoring.statistics.idf(Stream::Exact, term);
                // A title is short: that the words stand there is what counts.
                let score = if *field == "title_exact" { idf } else { ranking.bm(idf, frequency(Stream::Exact, term), norm) };
                parts.push(Part { clause: term.to_string(), field, how: "phrase", text: term.to_string(), score });
            }
        }
        _ => {}
    }
    parts
}

/// The first score of words and phrases that match.
pub fn score(clause: &Clause, in_article: &FrequenciesIn, scoring: &Scoring) -> f64 {
    parts(clause, in_article, scoring).iter().map(|part| part.score).sum()
}

impl Clause {
    /// The terms whose frequencies its score depends on.
    pub fn stream_terms(&self) -> BTreeSet<StreamTerm> {
        let mut terms = BTreeSet::new();
        self.gather_terms(&mut terms);
        terms
    }

    fn gather_terms(&self, terms: &mut BTreeSet<StreamTerm>) {
        match self {
            Clause::Words { words, .. } => {
                for word in words {
                    terms.extend(word.stream_terms().map(|(stream, term)| (stream, term.to_string())));
                    terms.extend(word.related.iter().map(|(stem, _)| (Stream::Stem, stem.clone())));
                }
            }
            Clause::Located { node, .. } => terms.extend(node.terms().into_iter().map(|term| (Stream::Exact, term.to_string()))),
            Clause::And(parts) | Clause::Or(parts) => parts.iter().for_each(|part| part.gather_terms(terms)),
            Clause::Literal { inner, .. } => inner.gather_terms(terms),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_terms_weigh_more() {
        assert!(idf(1_000, 1) > idf(1_000, 10) && idf(1_000, 10) > idf(1_000, 1_000));
        assert!(idf(10, 10) > 0.0 && idf(0, 5) > 0.0);
    }

    #[test]
    fn weights_go_by_name() {
        let mut ranking = Ranking::default();
        assert!(ranking.set("lead", 0.0).is_ok() && ranking.lead == 0.0);
        assert!(ranking.set("led", 0.0).unwrap_err().contains("lead"));
    }
}
