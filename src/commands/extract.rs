//! `extract`: names and counts of a text, without an index.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use anyhow::Context;
use fihris::article::{ArticleKey, Identity, LanguageCode};
use fihris::document::DocumentMaker;
use fihris::engine::json_words;
use fihris::extract::Field;
use fihris::language;
use fihris::render::{OffsetUnit, json};
use serde::Deserialize;

use super::{Failure, Members, Outcome, Output, complain, utf8};
use crate::cli::{ExtractArgs, ExtractFormat, Global, OffsetsArg};

const SORTS: &[&str] = &["person", "place", "org", "count", "quotation", "date"];

/// An article as `extract` reads it; other members are ignored.
#[derive(Debug, Default, Deserialize)]
struct ArticleLine {
    #[serde(default)]
    id: Option<serde_json::Value>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    lang: Option<String>,
}

pub fn run(global: &Global, args: &ExtractArgs) -> Result<Outcome, Failure> {
    if let Some(unknown) = args.only.iter().find(|name| !SORTS.contains(&name.as_str())) {
        return Err(Failure::usage(format!("unknown sort {unknown:?} in --only, expected {}", SORTS.join(", "))));
    }
    let language = match &args.lang {
        Some(code) => Some(LanguageCode::parse(code).ok_or_else(|| Failure::usage(format!("expected a language code such as ar, found {code:?}")))?),
        None => None,
    };
    let name = args.file.as_ref().filter(|path| path.as_os_str() != "-").map_or("<stdin>".to_string(), |path| path.display().to_string());
    let reader: Box<dyn Read> = match &args.file {
        Some(path) if path.as_os_str() != "-" => Box::new(File::open(path).with_context(|| name.clone())?),
        _ => Box::new(io::stdin()),
    };
    let mut reader = BufReader::new(reader);
    let mut output = Output::open(global)?;
    let outcome = if args.tokens {
        tokens(&mut reader, &name, language, &mut output)?
    } else {
        let is_jsonl = match args.input_format {
            Some(format) => format == ExtractFormat::Jsonl,
            None => reader.fill_buf()?.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{'),
        };
        let mut extractor = ArticleExtractor { global, members: Members::new(global), args, language, maker: DocumentMaker::new(), output: &mut output };
        let outcome = if is_jsonl { extractor.lines(&mut reader, &name)? } else { extractor.whole(&mut reader, &name)? };
        extractor.members.tell();
        outcome
    };
    output.finish()?;
    Ok(outcome)
}

struct ArticleExtractor<'a> {
    global: &'a Global,
    members: Members<'a>,
    args: &'a ExtractArgs,
    language: Option<LanguageCode>,
    maker: DocumentMaker,
    output: &'a mut Output,
}

impl ArticleExtractor<'_> {
    fn whole(&mut self, reader: &mut impl Read, name: &str) -> Result<Outcome, Failure> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes)?;
        let text = utf8(&bytes).map_err(|message| Failure::usage(format!("{name}: {message}")))?;
        let article = ArticleLine { body: Some(text.trim_start_matches('\u{FEFF}').to_string()), ..ArticleLine::default() };
        self.article(&article)?;
        Ok(Outcome::Done)
    }

    fn lines(&mut self, reader: &mut impl BufRead, name: &str) -> Result<Outcome, Failure> {
        let mut outcome = Outcome::Done;
        let mut line = Vec::new();
        for number in 1u64.. {
            line.clear();
            if reader.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match serde_json::from_slice::<ArticleLine>(&line) {
                Ok(article) => self.article(&article)?,
                Err(error) => {
                    complain(&format!("{name}:{number}: expected an article as a JSON object: {}", json_words(&error)));
                    outcome = Outcome::SomeRejected;
                }
            }
        }
        Ok(outcome)
    }

    fn article(&mut self, article: &ArticleLine) -> Result<(), Failure> {
        let title = article.title.as_deref().unwrap_or_default();
        let body = article.body.as_deref().or(article.text.as_deref()).unwrap_or_default();
        let declared = article.lang.as_deref().and_then(LanguageCode::parse);
        let language = self.language.or(declared).unwrap_or_else(|| language::detect(if body.is_empty() { title } else { body }));
        let id = match &article.id {
            Some(serde_json::Value::String(id)) => id.clone(),
            Some(serde_json::Value::Number(id)) => id.to_string(),
            _ => ArticleKey::identify(&Identity { title, body, ..Identity::default() }).shown(),
        };
        let found = self.maker.extract(title, body, language);
        let unit = match self.args.offsets {
            OffsetsArg::Char => OffsetUnit::Char,
            OffsetsArg::Byte => OffsetUnit::Byte,
            OffsetsArg::Utf16 => OffsetUnit::Utf16,
        };
        // Labels are in the article's language where there is one.
        let label_language = if language == LanguageCode::ARABIC { "ar" } else { self.global.ui_lang.code() };
        let article = json::Extracted { id: &id, language: language.as_str(), title, body };
        let value = json::extraction(&article, &found, unit, label_language, &self.args.only);
        self.output.line(&self.members.narrow(value).to_string())
    }
}

/// A line of tokens.
#[derive(Debug, Deserialize)]
struct TokenLine {
    tokens: Vec<String>,
    #[serde(default)]
    doc: Option<serde_json::Value>,
}

/// Token lists in, token spans out, a line each. Neighbours of one document are one article.
fn tokens(reader: &mut impl BufRead, name: &str, language: Option<LanguageCode>, output: &mut Output) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::Done;
    let mut maker = DocumentMaker::new();
    let mut document: Vec<Option<TokenLine>> = Vec::new();
    for (number, line) in reader.split(b'\n').enumerate() {
        let line = line?;
        let parsed = match utf8(&line).and_then(|line| serde_json::from_str::<TokenLine>(line).map_err(|error| json_words(&error))) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                complain(&format!("{name}:{}: expected {{\"tokens\":[…]}}: {error}", number + 1));
                outcome = Outcome::SomeRejected;
                None
            }
        };
        let same = match (&parsed, document.last()) {
            (Some(line), Some(Some(last))) => line.doc.is_some() && line.doc == last.doc,
            _ => false,
        };
        if !same {
            answer(&mut maker, &document, language, output)?;
            document.clear();
        }
        document.push(parsed);
    }
    answer(&mut maker, &document, language, output)?;
    Ok(outcome)
}

/// Answers the lines of one document; an unreadable line is answered by no entities, so that lines stay in step.
fn answer(maker: &mut DocumentMaker, lines: &[Option<TokenLine>], language: Option<LanguageCode>, output: &mut Output) -> Result<(), Failure> {
    let mut text = String::new();
    // Byte at which each token begins, by line.
    let mut begins: Vec<Vec<usize>> = Vec::new();
    for line in lines {
        let mut begin = Vec::new();
        for token in line.iter().flat_map(|line| &line.tokens) {
            begin.push(text.len());
            text.push_str(token);
            text.push(' ');
        }
        text.pop();
        text.push('\n');
        begins.push(begin);
    }
    let language = language.unwrap_or_else(|| language::detect(&text));
    let found = maker.extract("", &text, language);
    for begin in &begins {
        let mut spans: Vec<serde_json::Value> = Vec::new();
        let (Some(&first), Some(&last)) = (begin.first(), begin.last()) else {
            output.line(&serde_json::json!({"ents": spans}).to_string())?;
            continue;
        };
        for mention in found.mentions.iter().filter(|mention| mention.field == Field::Body) {
            let (start, end) = (mention.span.start as usize, mention.span.end as usize);
            if start < first {
                continue;
            }
            let from = begin.partition_point(|&at| at <= start).saturating_sub(1);
            let to = begin.partition_point(|&at| at < end);
            let line_end = text[last..].find('\n').map_or(text.len(), |offset| last + offset);
            if start < line_end && from < to {
                spans.push(serde_json::json!([from, to, mention.kind.tag()]));
            }
        }
        output.line(&serde_json::json!({"ents": spans}).to_string())?;
    }
    Ok(())
}
