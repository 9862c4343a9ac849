//! Texts with every name marked: what `eval names` measures with and the tagger learns from.
//!
//! Three forms are read, each also gzip: token corpora (`{"tokens":[…],"ents":[[first,end,"PER"],…],"doc":…}` a line), articles
//! (`{"id","lang","title","text"}` a line) with their labels in `….labels.jsonl` beside them, and annotated articles with marks in
//! the text, as `data/annotated/README.md` describes them.

use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use serde::Deserialize;
use serde_json::Value;

use crate::article::LanguageCode;
use crate::engine::json_words;
use crate::extract::{EntityKind, Field, Span};
use crate::language;

/// Lines of a token corpus without documents that are read as one article.
const ARTICLE_LINES: usize = 20;

/// Bytes from which the language of a corpus is told.
const LANGUAGE_BYTES: usize = 100_000;

/// An article and its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelledArticle {
    pub id: String,
    pub language: LanguageCode,
    pub title: String,
    pub body: String,
    /// In reading order, the title first.
    pub names: Vec<LabelledName>,
    /// Of a token corpus: where the tokens of the body stand, line by line.
    pub lines: Vec<Vec<Span>>,
}

/// A name where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LabelledName {
    pub field: Field,
    pub span: Span,
    pub kind: EntityKind,
}

impl LabelledArticle {
    pub fn text(&self, field: Field) -> &str {
        match field {
            Field::Title => &self.title,
            Field::Body => &self.body,
        }
    }

    /// The tokens that a span of the body touches: number of the line, first token and the one behind the last. `None` between lines and
    /// in an article that is none of tokens.
    pub fn tokens_of(&self, span: Span) -> Option<(usize, usize, usize)> {
        let line = self.lines.partition_point(|line| line.first().is_none_or(|first| first.start <= span.start)).checked_sub(1)?;
        let tokens = self.lines.get(line)?;
        let (first, end) = (tokens.partition_point(|token| token.end <= span.start), tokens.partition_point(|token| token.start < span.end));
        (first < end).then_some((line, first, end))
    }

    /// The span as a corpus of tokens can say it: whole tokens. In other articles it stays as it is.
    pub fn in_tokens(&self, span: Span) -> Span {
        let Some((line, first, end)) = self.tokens_of(span) else { return span };
        let tokens = &self.lines[line];
        Span { start: tokens[first].start, end: tokens[end - 1].end }
    }
}

/// Reads a file of labelled articles.
///
/// # Errors
/// When it cannot be read or a line is not of its form; the message names file and line.
pub fn read(path: &Path) -> anyhow::Result<Vec<LabelledArticle>> {
    let text = read_text(path)?;
    match text.trim_start_matches('\u{FEFF}').trim_start().chars().next() {
        Some('@') => annotated(&text).with_context(|| path.display().to_string()),
        Some('{') if text.lines().next().is_some_and(|line| line.contains("\"tokens\"")) => tokens(&text).with_context(|| path.display().to_string()),
        Some('{') => {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let labels = path.with_file_name(name.replacen(".jsonl", ".labels.jsonl", 1));
            let labels_text = read_text(&labels)?;
            snippets(&text, &labels_text).with_context(|| format!("{} with {}", path.display(), labels.display()))
        }
        _ => bail!("{}: expected lines of JSON, or articles that begin with @", path.display()),
    }
}

fn read_text(path: &Path) -> anyhow::Result<String> {
    let shown = || path.display().to_string();
    let bytes = fs::read(path).with_context(shown)?;
    if !bytes.starts_with(&[0x1F, 0x8B]) {
        return String::from_utf8(bytes).with_context(shown);
    }
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text).with_context(shown)?;
    Ok(text)
}

/// The values of a file of JSON lines, with the numbers of their lines.
fn json_lines<'t, T: Deserialize<'t>>(text: &'t str) -> impl Iterator<Item = anyhow::Result<(usize, T)>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| {
        let value = serde_json::from_str(line).map_err(|error| anyhow!("line {}: {}", number + 1, json_words(&error)))?;
        Ok((number + 1, value))
    })
}

/// A kind by its label in corpora; other labels are no names here.
fn kind_of(label: &str) -> Option<EntityKind> {
    match label {
        "PER" | "PERS" | "person" => Some(EntityKind::Person),
        "LOC" | "GPE" | "location" => Some(EntityKind::Place),
        "ORG" | "organization" => Some(EntityKind::Organization),
        _ => None,
    }
}

#[derive(Deserialize)]
struct TokenLine {
    tokens: Vec<String>,
    #[serde(default)]
    ents: Vec<(usize, usize, String)>,
    #[serde(default)]
    doc: Option<Value>,
}

fn tokens(text: &str) -> anyhow::Result<Vec<LabelledArticle>> {
    let mut articles: Vec<LabelledArticle> = Vec::new();
    let mut last_doc: Option<Value> = None;
    for line in json_lines::<TokenLine>(text) {
        let (number, line) = line?;
        let goes_on = articles.last().is_some_and(|article| match &line.doc {
            Some(doc) => last_doc.as_ref() == Some(doc),
            None => last_doc.is_none() && article.lines.len() < ARTICLE_LINES,
        });
        last_doc = line.doc;
        if !goes_on {
            let id = last_doc.as_ref().map_or_else(|| number.to_string(), |doc| doc.as_str().map_or_else(|| doc.to_string(), str::to_string));
            let language = LanguageCode::UNKNOWN;
            articles.push(LabelledArticle { id, language, title: String::new(), body: String::new(), names: Vec::new(), lines: Vec::new() });
        }
        let Some(article) = articles.last_mut() else { continue };
        let mut spans: Vec<Span> = Vec::new();
        for token in &line.tokens {
            let start = article.body.len() as u32;
            article.body.push_str(token);
            spans.push(Span { start, end: article.body.len() as u32 });
            article.body.push(' ');
        }
        article.body.pop();
        article.body.push('\n');
        for (first, end, label) in line.ents {
            let (Some(begin), Some(last)) = (spans.get(first), end.checked_sub(1).and_then(|last| spans.get(last))) else {
                bail!("line {number}: expected tokens 0 to {} of a name, found {first} to {end}", spans.len());
            };
            if let Some(kind) = kind_of(&label) {
                article.names.push(LabelledName { field: Field::Body, span: Span { start: begin.start, end: last.end }, kind });
            }
        }
        article.lines.push(spans);
    }
    let mut sample = String::new();
    for article in articles.iter().take_while(|article| article.body.len() < LANGUAGE_BYTES) {
        sample.push_str(&article.body);
        if sample.len() > LANGUAGE_BYTES {
            break;
        }
    }
    let language = language::detect(&sample);
    articles.iter_mut().for_each(|article| article.language = language);
    Ok(articles)
}

#[derive(Deserialize)]
struct SnippetLine {
    id: String,
    lang: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
struct SnippetLabels {
    id: String,
    names: Vec<SnippetName>,
}

/// Spans in code points of the field.
#[derive(Deserialize)]
struct SnippetName {
    r#type: String,
    field: String,
    start: usize,
    end: usize,
}

fn snippets(text: &str, labels: &str) -> anyhow::Result<Vec<LabelledArticle>> {
    let mut labels_of: HashMap<String, (usize, SnippetLabels)> = HashMap::new();
    for labels in json_lines::<SnippetLabels>(labels) {
        let (number, labels) = labels?;
        labels_of.insert(labels.id.clone(), (number, labels));
    }
    let mut articles = Vec::new();
    for line in json_lines::<SnippetLine>(text) {
        let (number, line) = line?;
        let (labels_number, labels) = labels_of.remove(&line.id).ok_or_else(|| anyhow!("line {number}: no labels of {:?}", line.id))?;
        let language = LanguageCode::parse(&line.lang).ok_or_else(|| anyhow!("line {number}: expected a language, found {:?}", line.lang))?;
        let mut article = LabelledArticle { id: line.id, language, title: line.title, body: line.text, names: Vec::new(), lines: Vec::new() };
        for name in labels.names {
            let field = if name.field == "title" { Field::Title } else { Field::Body };
            let of_field = article.text(field);
            let byte = |at: usize| of_field.char_indices().map(|(byte, _)| byte).chain([of_field.len()]).nth(at);
            let (Some(start), Some(end)) = (byte(name.start), byte(name.end).filter(|_| name.start < name.end)) else {
                bail!("line {labels_number} of the labels: no span {}..{} in the {} of {:?}", name.start, name.end, name.field, article.id);
            };
            if let Some(kind) = kind_of(&name.r#type) {
                article.names.push(LabelledName { field, span: Span { start: start as u32, end: end as u32 }, kind });
            }
        }
        article.names.sort();
        articles.push(article);
    }
    Ok(articles)
}

fn annotated(text: &str) -> anyhow::Result<Vec<LabelledArticle>> {
    let mut articles: Vec<LabelledArticle> = Vec::new();
    for (number, line) in text.lines().enumerate().map(|(number, line)| (number + 1, line)) {
        if let Some(head) = line.strip_prefix("@ ") {
            let id = head.split(" | ").next().unwrap_or_default().trim().to_string();
            let language = id.split('-').next().and_then(LanguageCode::parse).unwrap_or(LanguageCode::UNKNOWN);
            articles.push(LabelledArticle { id, language, title: String::new(), body: String::new(), names: Vec::new(), lines: Vec::new() });
            continue;
        }
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let article = articles.last_mut().ok_or_else(|| anyhow!("line {number}: expected an article, which begins with @"))?;
        let (field, line) = line.strip_prefix("= ").map_or((Field::Body, line), |headline| (Field::Title, headline));
        let mut written = std::mem::take(if field == Field::Title { &mut article.title } else { &mut article.body });
        if !written.is_empty() {
            written.push('\n');
        }
        unmark(line, field, &mut written, &mut article.names).map_err(|what| anyhow!("line {number}: {what}"))?;
        *(if field == Field::Title { &mut article.title } else { &mut article.body }) = written;
    }
    articles.iter_mut().for_each(|article| article.names.sort());
    Ok(articles)
}

/// Adds a line without its marks to a text, and its names to the others.
fn unmark(mut line: &str, field: Field, text: &mut String, names: &mut Vec<LabelledName>) -> Result<(), String> {
    while let Some((before, rest)) = line.split_once('[') {
        text.push_str(before);
        let short = || rest.chars().take(30).collect::<String>();
        let (surface, rest_of_line) = rest.split_once("](").ok_or_else(|| format!("a mark without its end: [{}", short()))?;
        let (mark, behind) = rest_of_line.split_once(')').ok_or_else(|| format!("a mark without its end: [{}", short()))?;
        if surface.is_empty() || surface.contains(['[', ']']) {
            return Err(format!("expected one name or count in brackets, found [{surface}]"));
        }
        let start = text.len() as u32;
        text.push_str(surface);
        if let Some(kind) = kind_of(mark) {
            names.push(LabelledName { field, span: Span { start, end: text.len() as u32 }, kind });
        } else if !mark.contains(' ') {
            return Err(format!("expected PER, LOC, ORG or a count, found {mark:?}"));
        }
        line = behind;
    }
    text.push_str(line);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surfaces(article: &LabelledArticle) -> Vec<(&str, &str)> {
        article.names.iter().map(|name| (name.kind.tag(), name.span.of(article.text(name.field)))).collect()
    }

    #[test]
    fn the_three_forms() {
        let articles = annotated("@ ar-x-1 | 2024-01-01 | war\n= [سرفاد](LOC) تنفي\nقال [سامر دلباني](PER) إن [12](killed person 12) قتلوا\nثانية\n").unwrap();
        assert_eq!((articles.len(), articles[0].body.as_str()), (1, "قال سامر دلباني إن 12 قتلوا\nثانية"));
        assert_eq!(articles[0].language, LanguageCode::ARABIC);
        assert_eq!(surfaces(&articles[0]), [("LOC", "سرفاد"), ("PER", "سامر دلباني")]);
        let lines =
            "{\"tokens\":[\"Elias\",\"Vorkan\",\"left\"],\"ents\":[[0,2,\"PER\"],[2,3,\"MISC\"]]}\n{\"tokens\":[\"in\",\"Orvana\"],\"ents\":[[1,2,\"LOC\"]]}\n";
        let articles = tokens(lines).unwrap();
        assert_eq!(surfaces(&articles[0]), [("PER", "Elias Vorkan"), ("LOC", "Orvana")]);
        let inside = Span { start: articles[0].body.find("rvana").unwrap() as u32, end: articles[0].body.find("ana").unwrap() as u32 };
        assert_eq!(articles[0].tokens_of(inside), Some((1, 1, 2)));
        assert_eq!(articles[0].in_tokens(inside).of(&articles[0].body), "Orvana");
        let articles = snippets(
            "{\"id\":\"1\",\"lang\":\"ar\",\"title\":\"\",\"text\":\"في سرفاد\"}",
            "{\"id\":\"1\",\"names\":[{\"type\":\"LOC\",\"field\":\"text\",\"start\":3,\"end\":8}]}",
        );
        assert_eq!(surfaces(&articles.unwrap()[0]), [("LOC", "سرفاد")]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let told = |text: &str| annotated(text).unwrap_err().to_string();
        assert_eq!(told("text"), "line 1: expected an article, which begins with @");
        assert_eq!(told("@ a\nx [y](PERS"), "line 2: a mark without its end: [y](PERS");
        assert_eq!(told("@ a\n[y](NAME)"), "line 2: expected PER, LOC, ORG or a count, found \"NAME\"");
        assert!(tokens("{\"tokens\":[\"a\"],\"ents\":[[0,2,\"PER\"]]}").unwrap_err().to_string().starts_with("line 1: expected tokens 0 to 1"));
    }
}
