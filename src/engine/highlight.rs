//! Marks and snippets, made from the stored text with the analysis of the index: a stem match marks the whole word.

use crate::analysis::{Analyzer, Token};
use crate::document::Record;
use crate::extract::{Field, Span};
use crate::hits::{Mark, Snippet, StoredArticle};

use super::plan::Marked;

/// Characters of a snippet, about.
const SNIPPET_CHARS: usize = 220;

/// Byte spans of a text that match, with the number of the term that did.
struct Matches {
    spans: Vec<(Span, usize)>,
}

/// Code points marked in the title.
pub fn title_marks(article: &StoredArticle, marked: &Marked) -> Vec<Mark> {
    let matches = find(&article.title, Field::Title, article, marked);
    let spans: Vec<Span> = merge(matches.spans.into_iter().map(|(span, _)| span).collect());
    spans.into_iter().map(|span| to_chars(&article.title, span)).collect()
}

/// The best `n` passages of the body; its opening where nothing of the question stands in it.
pub fn snippets(article: &StoredArticle, marked: &Marked, n: usize) -> Vec<Snippet> {
    if n == 0 || article.body.is_empty() {
        return Vec::new();
    }
    let matches = find(&article.body, Field::Body, article, marked);
    if matches.spans.is_empty() {
        return vec![cut(&article.body, 0, &[])];
    }
    let mut passages: Vec<(usize, usize, usize)> = Vec::new();
    for (index, (span, _)) in matches.spans.iter().enumerate() {
        // A passage is what fits behind a match: distinct terms first, then matches.
        let limit = span.start as usize + SNIPPET_CHARS;
        let inside = matches.spans[index..].iter().take_while(|(other, _)| (other.end as usize) < limit);
        let (mut terms, mut total) = (Vec::new(), 0);
        for (_, term) in inside {
            total += 1;
            if !terms.contains(term) {
                terms.push(*term);
            }
        }
        passages.push((terms.len(), total, index));
    }
    passages.sort_by_key(|&(terms, total, index)| (std::cmp::Reverse(terms), std::cmp::Reverse(total), index));
    let all: Vec<Span> = merge(matches.spans.iter().map(|(span, _)| *span).collect());
    let mut chosen: Vec<Snippet> = Vec::new();
    for (_, _, index) in passages {
        if chosen.len() == n {
            break;
        }
        let start = matches.spans[index].0.start as usize;
        let snippet = cut(&article.body, start, &all);
        let overlaps = chosen.iter().any(|other| snippet.start < other.end && other.start < snippet.end);
        if !overlaps {
            chosen.push(snippet);
        }
    }
    chosen.sort_by_key(|snippet| snippet.start);
    chosen
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

fn find(text: &str, field: Field, article: &StoredArticle, marked: &Marked) -> Matches {
    let mut spans = Vec::new();
    if !(marked.words.is_empty() && marked.phrases.is_empty() && marked.prefixes.is_empty()) {
        let mut analyzer = Analyzer::new();
        let tokens = analyzer.analyze(text, article.language);
        let exact = |token: &Token| &*analyzer.word(*token).exact;
        for token in &tokens {
            let word = analyzer.word(*token);
            let wanted = marked.words.iter().position(|wanted| *wanted.exact == *word.exact || *wanted.stem == *word.stem);
            let prefix = || marked.prefixes.iter().position(|prefix| word.exact.starts_with(prefix.as_str())).map(|at| marked.words.len() + at);
            if let Some(term) = wanted.or_else(prefix) {
                spans.push((Span { start: token.start, end: token.end }, term));
            }
        }
        for (number, phrase) in marked.phrases.iter().enumerate() {
            for window in tokens.windows(phrase.len().max(1)) {
                if let (Some(first), Some(last)) = (window.first(), window.last())
                    && window.iter().zip(phrase).all(|(token, word)| exact(token) == word)
                {
                    spans.push((Span { start: first.start, end: last.end }, 100 + number));
                }
            }
        }
    }
    spans.extend(mention_spans(&article.record, field, &marked.entities));
    spans.sort();
    Matches { spans }
}

/// Mentions of the entities asked for.
fn mention_spans<'r>(record: &'r Record, field: Field, entities: &'r [String]) -> impl Iterator<Item = (Span, usize)> + 'r {
    record.mentions.iter().filter(move |mention| mention.field == field).filter_map(move |mention| {
        let entity = record.entities.get(mention.entity as usize)?;
        let number = entities.iter().position(|wanted| *wanted == entity.id)?;
        Some((mention.span, 1_000 + number))
    })
}
