//! Marks and snippets, made from the stored text with the analysis of the index: a stem match marks the whole word, a phrase
//! only where it stands, what is excluded never.

use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;

use crate::analysis::{Analyzer, Token};
use crate::document::Record;
use crate::extract::{Field, Span};
use crate::hits::{Mark, Snippet, StoredArticle};
use crate::language::letters::letters_apart;

use super::located::Located;
use super::plan::{Marked, Word};
use super::ranking::{Statistics, Stream};

/// Characters of a snippet, about.
const SNIPPET_CHARS: usize = 220;

/// Makes marks and snippets for the hits of one question: it remembers the words it has analysed.
pub struct Highlighter<'p> {
    marked: &'p Marked,
    statistics: &'p Statistics,
    analyzer: Analyzer,
}

/// A stretch of text that matches, and by which term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Match {
    span: Span,
    term: Term,
}

/// What matched: a word, phrase, pattern or name of the question by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Term {
    Word(usize),
    Located(usize),
    Prefix(usize),
    Fuzzy(usize),
    Literal(usize),
    Entity(usize),
}

impl<'p> Highlighter<'p> {
    pub fn new(marked: &'p Marked, statistics: &'p Statistics) -> Highlighter<'p> {
        Highlighter { marked, statistics, analyzer: Analyzer::new() }
    }

    /// Code points marked in the title.
    pub fn title_marks(&mut self, article: &StoredArticle) -> Vec<Mark> {
        let matches = self.find(&article.title, Field::Title, article);
        let spans: Vec<Span> = merge(matches.into_iter().map(|found| found.span).collect());
        spans.into_iter().map(|span| to_chars(&article.title, span)).collect()
    }

    /// The best `n` passages of the body; its opening where nothing of the question stands in it.
    pub fn snippets(&mut self, article: &StoredArticle, n: usize) -> Vec<Snippet> {
        if n == 0 || article.body.is_empty() {
            return Vec::new();
        }
        let matches = self.find(&article.body, Field::Body, article);
        if matches.is_empty() {
            return vec![cut(&article.body, 0, &[])];
        }
        // A passage is what fits behind a match: rare terms first, each counted once, then many matches.
        let mut passages: Vec<(f64, usize, usize)> = Vec::new();
        for (index, first) in matches.iter().enumerate() {
            let limit = first.span.start as usize + SNIPPET_CHARS;
            let inside = matches[index..].iter().take_while(|found| (found.span.end as usize) < limit);
            let (mut terms, mut weight, mut total) = (Vec::new(), 0.0, 0);
            for found in inside {
                total += 1;
                if !terms.contains(&found.term) {
                    terms.push(found.term);
                    weight += self.weight(found.term);
                }
            }
            passages.push((weight, total, index));
        }
        passages.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)).then(a.2.cmp(&b.2)));
        let all: Vec<Span> = merge(matches.iter().map(|found| found.span).collect());
        let mut chosen: Vec<Snippet> = Vec::new();
        for (_, _, index) in passages {
            if chosen.len() == n {
                break;
            }
            let start = matches[index].span.start as usize;
            let snippet = cut(&article.body, start, &all);
            let overlaps = chosen.iter().any(|other| snippet.start < other.end && other.start < snippet.end);
            if !overlaps {
                chosen.push(snippet);
            }
        }
        chosen.sort_by_key(|snippet| snippet.start);
        chosen
    }

    /// How much a term tells: by how few articles have it, where that is known.
    fn weight(&self, term: Term) -> f64 {
        match term {
            Term::Word(number) if self.statistics.articles > 0 => {
                let idf = |word: &Word| word.stems.iter().map(|stem| self.statistics.idf(Stream::Stem, stem)).fold(f64::MAX, f64::min);
                self.marked.words.get(number).map_or(1.0, idf)
            }
            // A phrase says more than a word.
            Term::Located(_) | Term::Literal(_) => 8.0,
            _ => 4.0,
        }
    }

    fn find(&mut self, text: &str, field: Field, article: &StoredArticle) -> Vec<Match> {
        let marked = self.marked;
        let mut matches = Vec::new();
        if marked.has_words() {
            self.analyzer.forget();
            let tokens = self.analyzer.analyze(text, article.language);
            let mut of_word: FxHashMap<u32, Option<Term>> = FxHashMap::default();
            for token in &tokens {
                let term = *of_word.entry(token.word).or_insert_with(|| term_of(marked, &self.analyzer, *token));
                matches.extend(term.map(|term| Match { span: Span { start: token.start, end: token.end }, term }));
            }
            let exact = |token: &Token| &*self.analyzer.word(*token).exact;
            let between = |first: usize, end: usize| Span { start: tokens[first].start, end: tokens[end - 1].end };
            for (number, node) in marked.located.iter().enumerate() {
                let stretches = node.stretches(&mut |leaf| {
                    let fits = |token: &Token| match leaf {
                        Located::Term(term) => exact(token) == term,
                        Located::Prefix(prefix) => exact(token).starts_with(prefix.as_str()),
                        _ => false,
                    };
                    tokens.iter().enumerate().filter(|(_, token)| fits(token)).map(|(at, _)| at as u32).collect()
                });
                let words = node.leaves();
                for (first, end) in stretches {
                    // A phrase is marked as one; of words near each other only these.
                    if node.is_phrase() {
                        matches.push(Match { span: between(first as usize, end as usize), term: Term::Located(number) });
                        continue;
                    }
                    for token in &tokens[first as usize..end as usize] {
                        let is_one = words.iter().any(|leaf| match leaf {
                            Located::Term(term) => exact(token) == term,
                            Located::Prefix(prefix) => exact(token).starts_with(prefix.as_str()),
                            _ => false,
                        });
                        if is_one {
                            matches.push(Match { span: Span { start: token.start, end: token.end }, term: Term::Located(number) });
                        }
                    }
                }
            }
            for (number, words) in marked.literals.iter().enumerate() {
                for at in literal_places(text, tokens.iter().map(|token| (token.start as usize, token.end as usize)), words) {
                    matches.push(Match { span: between(at, at + words.len()), term: Term::Literal(number) });
                }
            }
        }
        matches.extend(mention_spans(&article.record, field, &marked.entities));
        matches.sort();
        matches.dedup();
        matches
    }
}

/// The term of the question that a word of the text answers.
fn term_of(marked: &Marked, analyzer: &Analyzer, token: Token) -> Option<Term> {
    let word = analyzer.word(token);
    let wanted = marked.words.iter().position(|wanted| *wanted.exact == *word.exact || wanted.stems.iter().any(|stem| **stem == *word.stem)).map(Term::Word);
    let prefix = || marked.prefixes.iter().position(|prefix| word.exact.starts_with(prefix.as_str())).map(Term::Prefix);
    let fuzzy = || {
        let is_near = |(term, distance): &(String, u8)| letters_apart(&term.chars().collect::<Vec<_>>(), &word.exact) <= usize::from(*distance);
        marked.fuzzy.iter().position(is_near).map(Term::Fuzzy)
    };
    wanted.or_else(prefix).or_else(fuzzy)
}

/// The tokens at which words stand as written.
pub fn literal_places(text: &str, tokens: impl Iterator<Item = (usize, usize)>, words: &[String]) -> Vec<usize> {
    let spans: Vec<(usize, usize)> = tokens.collect();
    let is_written = |span: &(usize, usize), word: &String| text.get(span.0..span.1).is_some_and(|surface| surface.nfc().eq(word.chars()));
    let fits = |window: &[(usize, usize)]| window.iter().zip(words).all(|(span, word)| is_written(span, word));
    spans.windows(words.len().max(1)).enumerate().filter(|(_, window)| fits(window)).map(|(at, _)| at).collect()
}

/// A passage around a byte, from the beginning of its sentence if that is near, cut at words.
fn cut(body: &str, at: usize, spans: &[Span]) -> Snippet {
    let is_end = |c: char| matches!(c, '.' | '!' | '?' | '؟' | '؛' | '\n');
    let before = &body[..at];
    let sentence = before.rfind(is_end).map_or(0, |end| end + before[end..].chars().next().map_or(1, char::len_utf8));
    let near = before[sentence..].chars().count() <= SNIPPET_CHARS / 2;
    let mut start = if near { sentence } else { back(body, at, SNIPPET_CHARS / 3) };
    start += body[start..].len() - body[start..].trim_start().len();
    let mut end = body[start..].char_indices().nth(SNIPPET_CHARS).map_or(body.len(), |(offset, _)| start + offset);
    if end < body.len() {
        // A sentence that ends in the second half is a better end than a word.
        let half = body[start..end].char_indices().nth(SNIPPET_CHARS / 2).map_or(start, |(offset, _)| start + offset);
        let from = half.max(at);
        let sentence_end = if from < end {
            body[from..end].rfind(is_end).map(|offset| from + offset + body[from + offset..].chars().next().map_or(1, char::len_utf8))
        } else {
            None
        };
        end = sentence_end.or_else(|| body[start..end].rfind(char::is_whitespace).map(|offset| start + offset)).unwrap_or(end);
    }
    let text = body[start..end].trim_end().replace(['\n', '\t'], " ");
    let end = start + body[start..end].trim_end().len();
    let marks = spans
        .iter()
        .filter(|span| span.start as usize >= start && span.end as usize <= end)
        .map(|span| to_chars(&body[start..], Span { start: span.start - start as u32, end: span.end - start as u32 }))
        .collect();
    let (first, last) = to_chars(body, Span { start: start as u32, end: end as u32 });
    Snippet { start: first, end: last, text, marks }
}

/// The beginning of the word `chars` characters before a byte.
fn back(body: &str, at: usize, chars: usize) -> usize {
    let from = body[..at].char_indices().rev().nth(chars).map_or(0, |(offset, _)| offset);
    body[from..at].find(char::is_whitespace).map_or(from, |offset| from + offset)
}

/// Bytes to code points.
pub fn to_chars(text: &str, span: Span) -> Mark {
    let start = text.get(..span.start as usize).map_or(0, |before| before.chars().count());
    (start, start + span.of(text).chars().count())
}

fn merge(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

/// Mentions of the entities asked for.
fn mention_spans<'r>(record: &'r Record, field: Field, entities: &'r [String]) -> impl Iterator<Item = Match> + 'r {
    record.mentions.iter().filter(move |mention| mention.field == field).filter_map(move |mention| {
        let entity = record.entities.get(mention.entity as usize)?;
        let number = entities.iter().position(|wanted| *wanted == entity.id)?;
        Some(Match { span: mention.span, term: Term::Entity(number) })
    })
}
