//! Question text to tree, errors with positions.
//!
//! ```text
//! or    := and (OR|أو and)*
//! and   := unary ((AND|و)? unary)*          unary := (NOT|ليس|بدون|-)* primary
//! primary := ( or ) | field:value | "phrase"~n | word* | word~n | primary w/n primary
//! ```
//! Curly and Arabic quotation marks are quotation marks, both digit sets are digits, Arabic operators count only between
//! terms; in quotes every word is a word.

use super::error::{nearest, quoted};
use super::{COUNT_NAMES, CountFilter, DATE_NAMES, EXACT_NAMES, FIELD_NAMES, FilterField, Query, QueryError, QueryErrorCode};
use crate::analysis::{fold, is_gershayim};
use crate::date::read_range;
use crate::extract::lexicon::{Lexicon, Term};
use crate::language::light::GERSHAYIM;

/// Bounds on questions.
pub struct Limits {
    pub max_chars: usize,
    pub max_terms: usize,
    pub max_depth: usize,
    /// Letters of a prefix at least.
    pub min_prefix: usize,
    /// Letters of a word with `~` at least.
    pub min_fuzzy: usize,
}

/// The bounds in force everywhere.
pub const LIMITS: Limits = Limits { max_chars: 1_024, max_terms: 64, max_depth: 16, min_prefix: 2, min_fuzzy: 3 };

/// Reads a question. An empty one selects everything.
///
/// # Errors
/// With the place and what to do.
pub fn parse(text: &str) -> Result<Query, QueryError> {
    let mut chars: Vec<char> = text.chars().collect();
    if chars.len() > LIMITS.max_chars {
        let message = format!("the question is too long: {} characters of at most {}", chars.len(), LIMITS.max_chars);
        // What is too long to be read is too long to be shown back.
        let end = chars.len().min(LIMITS.max_chars + 20);
        return Err(QueryError {
            code: QueryErrorCode::QueryTooLarge,
            message,
            query: chars[..end].iter().collect(),
            start: LIMITS.max_chars,
            end,
            label: "too much".into(),
            hint: Some("ask in fewer words; many questions stand in a file for `fihris batch`".into()),
        });
    }
    // The mark inside an abbreviation (`ארה"ב`) belongs to the word: what is left are quotation marks.
    for at in 0..chars.len() {
        if is_gershayim(chars[at], chars[..at].iter().copied(), chars[at + 1..].iter().copied()) {
            chars[at] = GERSHAYIM;
        }
    }
    let tokens = lex(text, &chars)?;
    let mut parser = Parser { text, tokens, at: 0, depth: 0, terms: 0 };
    if parser.tokens.is_empty() {
        return Ok(Query::All);
    }
    let query = parser.or()?;
    match parser.peek() {
        None => Ok(query),
        Some(token) => {
            let (start, end) = (token.start, token.end);
            Err(parser.error(QueryErrorCode::QuerySyntax, "a closing parenthesis without an opening one", start, end, "").hint("remove it, or quote the text"))
        }
    }
}

impl QueryError {
    fn hint(mut self, hint: &str) -> QueryError {
        self.hint = Some(hint.to_string());
        self
    }
}

#[derive(Debug, Clone, PartialEq)]
enum TokenKind {
    Open,
    Close,
    Minus,
    Quoted(String),
    /// A word as it stands, quotes and parentheses excluded.
    Bare(String),
    /// `name:` directly before a value.
    Field(String),
    /// `@` directly before a place.
    At,
    /// `~3` directly behind a quoted text.
    Slop(u32),
}

#[derive(Debug, Clone)]
struct Token {
    kind: TokenKind,
    start: usize,
    end: usize,
    /// Whether white space (or nothing) stands before it.
    spaced: bool,
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '«' | '»' | '“' | '”' | '„' | '‟' | '＂')
}

/// Letters; behind the name of a field also what other programs put there (`title.keyword`).
fn is_field_name(chars: &[char]) -> bool {
    let is_letter = |c: &char| c.is_alphabetic() || *c == '_';
    match chars.iter().position(|c| *c == '.') {
        None => !chars.is_empty() && chars.iter().all(is_letter),
        Some(dot) => chars[dot + 1..].iter().all(|c| is_letter(c) || *c == '.') && FilterField::from_name(&chars[..dot].iter().collect::<String>()).is_some(),
    }
}

fn digit(c: char) -> char {
    crate::language::arabic::normalizer::digit(c).unwrap_or(c)
}

fn lex(text: &str, chars: &[char]) -> Result<Vec<Token>, QueryError> {
    let error = |message: &str, start: usize, end: usize, label: &str, hint: &str| QueryError {
        code: QueryErrorCode::QuerySyntax,
        message: format!("{message} at character {} of the query", start + 1),
        query: text.to_string(),
        start,
        end,
        label: label.to_string(),
        hint: Some(hint.to_string()),
    };
    let mut tokens: Vec<Token> = Vec::new();
    let mut at = 0;
    let mut spaced = true;
    while at < chars.len() {
        let c = chars[at];
        let start = at;
        if c.is_whitespace() || crate::language::arabic::normalizer::is_invisible(c) {
            spaced = true;
            at += 1;
            continue;
        }
        // Directly behind a phrase or a bracket it is a hyphen: what follows is a word of its own, not one left out.
        let is_behind = matches!(tokens.last(), Some(Token { kind: TokenKind::Quoted(_) | TokenKind::Close | TokenKind::Slop(_), .. }));
        if is_minus(c) && !spaced && is_behind {
            at += 1;
            continue;
        }
        let kind = if c == '(' {
            at += 1;
            TokenKind::Open
        } else if c == ')' {
            at += 1;
            TokenKind::Close
        } else if is_quote(c) {
            let close = chars[at + 1..].iter().position(|&c| is_quote(c)).map(|offset| at + 1 + offset);
            let Some(close) = close else {
                return Err(error("unclosed quotation mark", start, start + 1, "opened here", "add the closing mark, or remove this one"));
            };
            at = close + 1;
            TokenKind::Quoted(chars[start + 1..close].iter().collect())
        } else if is_minus(c)
            && (spaced || matches!(tokens.last(), Some(Token { kind: TokenKind::Open, .. })))
            && chars.get(at + 1).is_some_and(|next| !next.is_whitespace() && !is_minus(*next))
        {
            at += 1;
            TokenKind::Minus
        } else if c == '@' && chars.get(at + 1).is_some_and(|next| !next.is_whitespace()) {
            at += 1;
            TokenKind::At
        } else if c == '~' && matches!(tokens.last(), Some(Token { kind: TokenKind::Quoted(_), .. })) && !spaced {
            at += 1;
            let mut number = String::new();
            while at < chars.len() && digit(chars[at]).is_ascii_digit() {
                number.push(digit(chars[at]));
                at += 1;
            }
            match number.parse() {
                Ok(slop) => TokenKind::Slop(slop),
                Err(_) => return Err(error("expected a number of words after ~", start, at.max(start + 1), "", "write \"a b\"~5")),
            }
        } else {
            while at < chars.len() && !chars[at].is_whitespace() && !matches!(chars[at], '(' | ')') && !is_quote(chars[at]) {
                // A field name ends at its colon; a colon inside a clock or an address is part of the word.
                if chars[at] == ':' && is_field_name(&chars[start..at]) && chars.get(at + 1) != Some(&'/') {
                    break;
                }
                at += 1;
            }
            let word: String = chars[start..at].iter().collect();
            if chars.get(at) == Some(&':') {
                at += 1;
                TokenKind::Field(word)
            } else {
                TokenKind::Bare(word)
            }
        };
        tokens.push(Token { kind, start, end: at, spaced });
        spaced = false;
    }
    Ok(tokens)
}

/// The hyphen, and what editors make of it: a dash, or the sign of mathematics.
fn is_minus(c: char) -> bool {
    matches!(c, '-' | '\u{2013}' | '\u{2212}')
}

/// What to write instead of what other programs read as an operator: here it would be looked for as a word, or not at all, in silence.
fn foreign(word: &str) -> Option<&'static str> {
    let is_word = |text: &str| text.starts_with(char::is_alphanumeric);
    let is_name = |text: &str| text.starts_with(char::is_alphabetic);
    let is_before_word = |sign: char| word.char_indices().any(|(at, other)| other == sign && is_word(&word[at + sign.len_utf8()..]));
    if word == "&" || word.contains("&&") {
        return Some("words beside each other must all occur; AND may stand between them");
    }
    if word.contains('|') {
        return Some("write OR between the terms");
    }
    if word == "!" || word.strip_prefix('!').is_some_and(is_word) || word.strip_prefix("--").is_some_and(is_word) {
        return Some("write -word or NOT word to leave a word out, or put the text in quotation marks");
    }
    // `+972` is a number.
    if word == "+" || word.strip_prefix('+').is_some_and(is_name) {
        return Some("every word must occur as it is; leave + out");
    }
    if word.rsplit_once('^').is_some_and(|(_, weight)| weight.parse::<f64>().is_ok()) {
        return Some("words have no weights of their own; leave ^ and the number out");
    }
    if is_before_word('*') {
        return Some("a star stands at the end of a word only");
    }
    // An address has its own question mark.
    if !word.contains('/') && is_before_word('?') {
        return Some("no sign stands for one letter; write word~1 for one letter off, or word* for its beginning");
    }
    if word.strip_prefix('~').is_some_and(is_name) {
        return Some("write word~1 for spellings one letter away");
    }
    if word.len() > 2 && word.starts_with('/') && word.ends_with('/') {
        return Some("patterns are not searched for; write word*, word~1, or the text in quotation marks");
    }
    if word == "NEAR" || word.strip_prefix('/').is_some_and(|number| !number.is_empty() && number.chars().all(|c| digit(c).is_ascii_digit())) {
        return Some("write a w/5 b for two words within five of each other, or put the text in quotation marks");
    }
    None
}

/// `w/5`, `NEAR/5`, `pre/5`: whether the order counts, and what stands for the number of words. `None` for other words with a slash.
fn near_operator(word: &str) -> Option<(bool, &str)> {
    let (operator, number) = word.split_once('/')?;
    let ordered = match operator.to_ascii_lowercase().as_str() {
        "pre" => true,
        "w" | "near" => false,
        _ => return None,
    };
    // `w/s` and `w/p` are another program's same sentence and same paragraph; `pre/post` is a word.
    let is_meant = matches!(number, "s" | "p") || number.chars().all(|c| digit(c).is_ascii_digit());
    is_meant.then_some((ordered, number))
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    terms: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn error(&self, code: QueryErrorCode, message: &str, start: usize, end: usize, label: &str) -> QueryError {
        let message = format!("{message} at character {} of the query", start + 1);
        QueryError { code, message, query: self.text.to_string(), start, end, label: label.to_string(), hint: None }
    }

    /// Whether the token is this operator; Arabic ones only between terms.
    fn is_operator(&self, at: usize, english: &str, arabic: &[&str]) -> bool {
        let Some(Token { kind: TokenKind::Bare(word), .. }) = self.tokens.get(at) else { return false };
        word == english || arabic.contains(&word.as_str()) && at > 0 && self.begins_term(at + 1)
    }

    fn begins_term(&self, at: usize) -> bool {
        !matches!(self.tokens.get(at), None | Some(Token { kind: TokenKind::Close | TokenKind::Slop(_), .. }))
    }

    fn is_or(&self, at: usize) -> bool {
        self.is_operator(at, "OR", &["أو", "او"])
    }

    fn is_and(&self, at: usize) -> bool {
        self.is_operator(at, "AND", &["و"])
    }

    fn is_not(&self, at: usize) -> bool {
        // `ليس` may also begin a question: `ليس مصر` means everything but Egypt.
        let Some(Token { kind: TokenKind::Bare(word), .. }) = self.tokens.get(at) else { return false };
        word == "NOT" || matches!(word.as_str(), "ليس" | "وليس" | "بدون" | "وبدون") && self.begins_term(at + 1)
    }

    fn or(&mut self) -> Result<Query, QueryError> {
        let mut parts = vec![self.and()?];
        while self.is_or(self.at) {
            let operator = self.tokens[self.at].clone();
            self.at += 1;
            if !self.begins_term(self.at) {
                return Err(self
                    .error(QueryErrorCode::QuerySyntax, "expected a term after OR", operator.start, operator.end, "")
                    .hint("add the other term, or write the word in quotation marks"));
            }
            parts.push(self.and()?);
        }
        Ok(Query::or(parts))
    }

    fn and(&mut self) -> Result<Query, QueryError> {
        let mut parts = vec![self.unary()?];
        loop {
            if self.is_and(self.at) {
                let operator = self.tokens[self.at].clone();
                self.at += 1;
                if !self.begins_term(self.at) {
                    return Err(self
                        .error(QueryErrorCode::QuerySyntax, "expected a term after AND", operator.start, operator.end, "")
                        .hint("add the other term, or write the word in quotation marks"));
                }
            } else if self.peek().is_none_or(|token| token.kind == TokenKind::Close) || self.is_or(self.at) {
                break;
            }
            let part = self.unary()?;
            parts.push(part);
        }
        // `*` beside other terms adds nothing.
        Ok(Query::and(parts))
    }

    fn unary(&mut self) -> Result<Query, QueryError> {
        let Some(token) = self.peek().cloned() else {
            let end = self.text.chars().count();
            return Err(self.error(QueryErrorCode::QuerySyntax, "expected a term", end, end, "").hint("add a word"));
        };
        let negated = token.kind == TokenKind::Minus || self.is_not(self.at);
        if !negated {
            return self.near();
        }
        self.at += 1;
        if !self.begins_term(self.at) {
            return Err(self.error(QueryErrorCode::QuerySyntax, "expected a term after NOT", token.start, token.end, "").hint("add the term to leave out"));
        }
        self.enter(&token)?;
        let inner = self.unary()?;
        self.depth -= 1;
        Ok(match inner {
            // Twice not is yes.
            Query::Not(inner) => *inner,
            inner => Query::Not(Box::new(inner)),
        })
    }

    fn enter(&mut self, token: &Token) -> Result<(), QueryError> {
        self.depth += 1;
        if self.depth > LIMITS.max_depth {
            let message = format!("nested more than {} deep", LIMITS.max_depth);
            return Err(self.error(QueryErrorCode::QueryTooLarge, &message, token.start, token.end, "here"));
        }
        Ok(())
    }

    /// A primary, and what stands near it: `a w/5 b`.
    fn near(&mut self) -> Result<Query, QueryError> {
        let left = self.primary()?;
        let Some(Token { kind: TokenKind::Bare(word), .. }) = self.peek() else { return Ok(left) };
        let Some((ordered, number)) = near_operator(word) else { return Ok(left) };
        let distance = number.chars().map(digit).collect::<String>().parse().unwrap_or(0);
        let operator = self.tokens[self.at].clone();
        if distance == 0 {
            return Err(self
                .error(QueryErrorCode::QuerySyntax, "expected a number of words, 1 or more", operator.start, operator.end, "")
                .hint("w/1 stands for words side by side, w/20 for a sentence or so"));
        }
        self.at += 1;
        if !self.begins_term(self.at) {
            return Err(self.error(QueryErrorCode::QuerySyntax, "expected a term after w/", operator.start, operator.end, "").hint("write a w/5 b"));
        }
        let right = self.primary()?;
        Ok(Query::Near { left: Box::new(left), right: Box::new(right), distance, ordered })
    }

    fn primary(&mut self) -> Result<Query, QueryError> {
        let Some(token) = self.peek().cloned() else {
            let end = self.text.chars().count();
            return Err(self.error(QueryErrorCode::QuerySyntax, "expected a term", end, end, ""));
        };
        self.at += 1;
        self.terms += 1;
        if self.terms > LIMITS.max_terms {
            let message = format!("more than {} terms", LIMITS.max_terms);
            return Err(self.error(QueryErrorCode::QueryTooLarge, &message, token.start, token.end, "one too many"));
        }
        match token.kind.clone() {
            TokenKind::Open => {
                self.terms -= 1;
                self.enter(&token)?;
                if matches!(self.peek(), Some(Token { kind: TokenKind::Close, .. })) {
                    return Err(self.error(QueryErrorCode::QuerySyntax, "nothing between parentheses", token.start, token.start + 2, "").hint("remove them"));
                }
                if self.peek().is_none() {
                    return Err(self.unclosed(&token));
                }
                let inner = self.or()?;
                if !matches!(self.peek(), Some(Token { kind: TokenKind::Close, .. })) {
                    return Err(self.unclosed(&token));
                }
                self.at += 1;
                self.depth -= 1;
                Ok(inner)
            }
            TokenKind::Quoted(text) => {
                let slop = match self.peek() {
                    Some(Token { kind: TokenKind::Slop(slop), .. }) => Some(*slop),
                    _ => None,
                };
                self.at += usize::from(slop.is_some());
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if text.is_empty() {
                    return Err(self.error(QueryErrorCode::QuerySyntax, "nothing between quotation marks", token.start, token.end, "").hint("remove them"));
                }
                Ok(Query::Phrase { text, slop })
            }
            TokenKind::Bare(word) => self.word(&word, &token),
            TokenKind::Field(name) => self.field(&name, &token),
            TokenKind::At => Err(self
                .error(QueryErrorCode::QuerySyntax, "a place without a count", token.start, token.end + 1, "")
                .hint("write count:killed>=10 @Kyiv, or place:Kyiv")),
            TokenKind::Minus => self.error_word("expected a term", &token),
            TokenKind::Close => self.error_word("a closing parenthesis without an opening one", &token),
            TokenKind::Slop(_) => self.error_word("expected a quoted text before ~", &token),
        }
    }

    fn error_word(&self, message: &str, token: &Token) -> Result<Query, QueryError> {
        Err(self.error(QueryErrorCode::QuerySyntax, message, token.start, token.end, ""))
    }

    fn unclosed(&self, open: &Token) -> QueryError {
        let mut error = self.error(QueryErrorCode::QuerySyntax, "unclosed parenthesis", open.start, open.end, "opened here");
        let rest: String = self.text.chars().skip(open.end).collect();
        let field = self.tokens.iter().find_map(|token| match &token.kind {
            TokenKind::Field(name) if token.end == open.start => Some(name.clone()),
            _ => None,
        });
        error.hint = Some(match field {
            Some(field) => format!("add `)` at the end, or quote the text: {field}:\"{}\"", rest.trim()),
            None => "add `)` at the end, or quote the text".to_string(),
        });
        error
    }

    fn word(&self, word: &str, token: &Token) -> Result<Query, QueryError> {
        if word == "*" {
            return Ok(Query::All);
        }
        if let Some(hint) = foreign(word) {
            return Err(self.error(QueryErrorCode::QuerySyntax, "this sign means nothing here", token.start, token.end, "").hint(hint));
        }
        if near_operator(word).is_some() {
            return Err(self.error(QueryErrorCode::QuerySyntax, "expected a term on each side", token.start, token.end, "").hint("write a w/5 b"));
        }
        for (operator, sides) in [("OR", "between two terms"), ("AND", "between two terms"), ("NOT", "before a term")] {
            if word == operator {
                let message = format!("expected {operator} {sides}");
                return Err(self
                    .error(QueryErrorCode::QuerySyntax, &message, token.start, token.end, "")
                    .hint("add the missing term, or write the word in quotation marks"));
            }
        }
        if let Some(stem) = word.strip_suffix('*') {
            let letters = stem.chars().filter(|c| c.is_alphanumeric()).count();
            if stem.contains('*') || letters < LIMITS.min_prefix {
                let message = format!("expected at least {} letters before *", LIMITS.min_prefix);
                return Err(self.error(QueryErrorCode::QuerySyntax, &message, token.start, token.end, "").hint("a star stands at the end of a word only"));
            }
            return Ok(Query::Prefix(stem.to_string()));
        }
        if let Some((stem, number)) = word.rsplit_once('~')
            && !stem.is_empty()
        {
            let number: String = number.chars().map(digit).collect();
            if stem.chars().filter(|c| c.is_alphanumeric()).count() < LIMITS.min_fuzzy {
                let message = format!("expected at least {} letters before ~", LIMITS.min_fuzzy);
                return Err(self.error(QueryErrorCode::QuerySyntax, &message, token.start, token.end, "").hint("a short word is near too many others"));
            }
            return match number.as_str() {
                "" | "1" => Ok(Query::Fuzzy { word: stem.to_string(), distance: 1 }),
                "2" => Ok(Query::Fuzzy { word: stem.to_string(), distance: 2 }),
                _ => Err(self
                    .error(QueryErrorCode::QuerySyntax, "expected ~1 or ~2 after a word", token.start, token.end, "")
                    .hint("one or two letters may differ")),
            };
        }
        if fold(word).is_empty() {
            let message = "nothing to look for in this word";
            return Err(self.error(QueryErrorCode::QuerySyntax, message, token.start, token.end, "").hint("use letters or digits"));
        }
        Ok(Query::Word(word.to_string()))
    }

    fn field(&mut self, name: &str, token: &Token) -> Result<Query, QueryError> {
        let lower = name.to_lowercase();
        let value = self.peek().cloned();
        let has_value = value.as_ref().is_some_and(|value| !value.spaced && !matches!(value.kind, TokenKind::Close));
        if EXACT_NAMES.contains(&lower.as_str()) && has_value {
            return Ok(Query::Exact(Box::new(self.primary()?)));
        }
        let is_date = DATE_NAMES.contains(&lower.as_str());
        let is_count = COUNT_NAMES.contains(&lower.as_str());
        let field = FilterField::from_name(&lower);
        if !is_date && !is_count && field.is_none() {
            let known = FIELD_NAMES.iter().flat_map(|(_, names)| names.iter().copied()).chain(DATE_NAMES.iter().copied()).chain(COUNT_NAMES.iter().copied());
            let suggestion = nearest(lower.split('.').next().unwrap_or(&lower), known);
            let hint = match suggestion {
                Some(suggestion) => format!("did you mean {suggestion}:? To look for the text itself, quote it"),
                None => "fields are person place org source lang date count title; to look for the text itself, quote it".to_string(),
            };
            return Err(self.error(QueryErrorCode::UnknownField, &format!("no field is called {}", quoted(name)), token.start, token.end, "").hint(&hint));
        }
        let Some(value) = value.filter(|_| has_value) else {
            return Err(self
                .error(QueryErrorCode::QuerySyntax, &format!("expected a value after {name}:"), token.start, token.end, "")
                .hint("write it directly behind the colon"));
        };
        if is_count {
            return self.count_field(&value);
        }
        // `place:(كييف OR دمشق)`: the field goes to every term inside.
        if value.kind == TokenKind::Open {
            let inner = self.primary()?;
            return match field.and_then(|field| distribute(&inner, field)) {
                Some(query) => Ok(query),
                None => Err(self.error(QueryErrorCode::QuerySyntax, "expected only names between these parentheses", value.start, value.end, "opened here")),
            };
        }
        self.at += 1;
        let text = match &value.kind {
            TokenKind::Quoted(text) | TokenKind::Bare(text) => text.trim().to_string(),
            _ => return Err(self.error(QueryErrorCode::QuerySyntax, &format!("expected a value after {name}:"), value.start, value.end, "")),
        };
        if is_date && matches!(text.as_str(), "none" | "بلا") {
            return Ok(Query::Undated);
        }
        if is_date {
            return parse_date_range(&text, value.start, self.text);
        }
        let Some(field) = field.filter(|_| !text.is_empty()) else {
            return Err(self.error(QueryErrorCode::QuerySyntax, &format!("expected a value after {name}:"), value.start, value.end, ""));
        };
        Ok(Query::Field { field, value: text })
    }

    fn count_field(&mut self, value: &Token) -> Result<Query, QueryError> {
        self.at += 1;
        let text = match &value.kind {
            TokenKind::Quoted(text) | TokenKind::Bare(text) => text.clone(),
            _ => return Err(self.error(QueryErrorCode::QuerySyntax, "expected a kind after count:", value.start, value.end, "")),
        };
        let (count, place) = match text.split_once('@') {
            Some((count, place)) => (count.trim().to_string(), Some(place.to_string())),
            None => (text, None),
        };
        let mut filter = read_count(&count, value.start, self.text)?;
        filter.place = place.filter(|place| !place.is_empty());
        if let Some(Token { kind: TokenKind::At, .. }) = self.peek() {
            self.at += 1;
            match self.peek().map(|token| token.kind.clone()) {
                Some(TokenKind::Quoted(place) | TokenKind::Bare(place)) => {
                    self.at += 1;
                    filter.place = Some(place);
                }
                _ => return Err(self.error(QueryErrorCode::QuerySyntax, "expected a place after @", value.start, value.end, "")),
            }
        }
        Ok(Query::Count(filter))
    }
}

/// The names inside parentheses behind a field, each with the field; `None` where something else stands there.
fn distribute(query: &Query, field: FilterField) -> Option<Query> {
    Some(match query {
        Query::Word(value) => Query::Field { field, value: value.clone() },
        Query::Phrase { text, slop: None } => Query::Field { field, value: text.clone() },
        Query::And(parts) => Query::And(parts.iter().map(|part| distribute(part, field)).collect::<Option<_>>()?),
        Query::Or(parts) => Query::Or(parts.iter().map(|part| distribute(part, field)).collect::<Option<_>>()?),
        Query::Not(inner) => Query::Not(Box::new(distribute(inner, field)?)),
        _ => return None,
    })
}

/// Reads `2025-05`, `2025-05..2025-06`, `..2024`, `2024..`; `start` is its place in `query`.
///
/// # Errors
/// When an end is no date, or the ends are reversed.
pub fn parse_date_range(text: &str, start: usize, query: &str) -> Result<Query, QueryError> {
    let (from, to) = match text.split_once("..") {
        Some((from, to)) => (from.trim(), to.trim()),
        None => (text, text),
    };
    let error = |message: String, piece: &str| {
        let offset = text.find(piece).map_or(0, |at| text[..at].chars().count());
        let (start, end) = (start + offset, start + offset + piece.chars().count());
        let hint = Some("dates look like 2025, 2025-05, 2025-05-18 or 2025-05..2025-06".to_string());
        QueryError { code: QueryErrorCode::BadDate, message, query: query.to_string(), start, end, label: String::new(), hint }
    };
    if from.is_empty() && to.is_empty() {
        return Err(error("expected a date".to_string(), text));
    }
    let read = |piece: &str| {
        if piece.is_empty() { Ok(None) } else { read_range(piece).map(Some).map_err(|_| error(format!("expected a date, found {}", quoted(piece)), piece)) }
    };
    if let (Some((begin, _)), Some((_, end))) = (read(from)?, read(to)?)
        && begin >= end
    {
        return Err(error(format!("the range ends before it begins: {}", quoted(text)), text));
    }
    let some = |piece: &str| (!piece.is_empty()).then(|| piece.to_string());
    Ok(Query::Date { from: some(from), to: some(to) })
}

/// Reads a count filter by itself: `killed>=10`, `launched.drone=200..300`, `shot_down>50 @Ukraine`.
///
/// # Errors
/// With the place and, for an unknown kind, the nearest known one.
pub fn parse_count(text: &str) -> Result<CountFilter, QueryError> {
    let (count, place) = match text.split_once('@') {
        Some((count, place)) => (count, Some(place.trim().trim_matches(is_quote).to_string())),
        None => (text, None),
    };
    let mut filter = read_count(count, 0, text)?;
    filter.place = place.filter(|place| !place.is_empty());
    Ok(filter)
}

fn read_count(text: &str, start: usize, query: &str) -> Result<CountFilter, QueryError> {
    let chars: Vec<char> = text.chars().map(digit).filter(|c| !c.is_whitespace()).collect();
    let compact: String = chars.iter().collect();
    let operator = compact.find(['>', '<', '=', '≥', '≤']).unwrap_or(compact.len());
    let (name, condition) = compact.split_at(operator);
    let error = |code, message: String, piece: &str, hint: String| {
        let offset = compact.find(piece).map_or(0, |at| compact[..at].chars().count());
        let (start, end) = (start + offset, start + offset + piece.chars().count());
        QueryError { code, message, query: query.to_string(), start, end, label: String::new(), hint: Some(hint) }
    };
    let (kind_text, class_text) = match name.split_once('.') {
        Some((kind, class)) => (kind, Some(class)),
        None => (name, None),
    };
    let lexicon = Lexicon::get();
    let kind = find_term(lexicon.kinds(), kind_text).ok_or_else(|| {
        error(QueryErrorCode::UnknownKind, format!("no kind of count is called {}", quoted(kind_text)), kind_text, suggest_kind(lexicon, kind_text))
    })?;
    let class = match class_text {
        None => None,
        Some(text) => Some(find_term(lexicon.classes(), text).ok_or_else(|| {
            let hint = match nearest(&fold(text), lexicon.classes().iter().flat_map(|term| term.words.iter().map(String::as_str))) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("classes are {}", lexicon.classes().iter().map(|term| term.slug).collect::<Vec<_>>().join(" ")),
            };
            error(QueryErrorCode::UnknownKind, format!("no class of things is called {}", quoted(text)), text, hint)
        })?),
    };
    let (min, max) = read_condition(condition).ok_or_else(|| {
        error(
            QueryErrorCode::BadFilter,
            format!("expected a comparison with a number, found {}", quoted(condition)),
            condition,
            "write killed>=10, killed<5, killed=3 or killed=5..10".to_string(),
        )
    })?;
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        return Err(error(
            QueryErrorCode::BadFilter,
            format!("no number is in {}", quoted(condition)),
            condition,
            "the smaller number comes first".to_string(),
        ));
    }
    Ok(CountFilter { kind: kind.to_string(), class: class.map(str::to_string), min, max, place: None })
}

/// `None` when the condition cannot be read.
fn read_condition(condition: &str) -> Option<(Option<i64>, Option<i64>)> {
    if condition.is_empty() {
        return Some((None, None));
    }
    let number = |text: &str| {
        let plain = text.replace([',', '\u{66C}'], "");
        plain.parse::<i64>().ok().filter(|value| *value >= 0)
    };
    let (operator, rest) =
        ["≥", ">=", "=>", "≤", "<=", "=<", ">", "<", "="].iter().find_map(|operator| condition.strip_prefix(operator).map(|rest| (*operator, rest)))?;
    match operator {
        "≥" | ">=" | "=>" => Some((Some(number(rest)?), None)),
        "≤" | "<=" | "=<" => Some((None, Some(number(rest)?))),
        ">" => Some((Some(number(rest)?.checked_add(1)?), None)),
        "<" => Some((None, Some(number(rest)?.checked_sub(1)?))),
        _ => match rest.split_once("..") {
            Some((low, high)) => Some((if low.is_empty() { None } else { Some(number(low)?) }, if high.is_empty() { None } else { Some(number(high)?) })),
            None => number(rest).map(|value| (Some(value), Some(value))),
        },
    }
}

fn find_term(terms: &'static [Term], text: &str) -> Option<&'static str> {
    let folded = fold(text);
    let bare = folded.strip_prefix("ال").unwrap_or(&folded);
    terms.iter().find(|term| term.slug == text || term.words.iter().any(|word| *word == folded || word == bare)).map(|term| term.slug)
}

fn suggest_kind(lexicon: &'static Lexicon, text: &str) -> String {
    // A thing instead of a kind: `count:drones>=200`.
    if let Some(class) = find_term(lexicon.classes(), text) {
        let kinds = if matches!(class, "drone" | "missile" | "rocket" | "shell" | "aircraft" | "helicopter") {
            ["launched", "shot_down"]
        } else {
            ["killed", "destroyed"]
        };
        return format!("{text:?} is a class: write what happened to it, as in {}", kinds.map(|kind| format!("{kind}.{class}")).join(" or "));
    }
    match nearest(&fold(text), lexicon.kinds().iter().flat_map(|term| term.words.iter().map(String::as_str))) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("kinds are {}", lexicon.kinds().iter().map(|term| term.slug).collect::<Vec<_>>().join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        match parse(text) {
            Ok(query) => assert_eq!(query.to_string(), expected, "{text}"),
            Err(error) => panic!("{text}: {error}"),
        }
    }

    #[test]
    fn questions() {
        let rows = [
            ("", "*"),
            ("drones kyiv", "drones kyiv"),
            ("drones AND kyiv", "drones kyiv"),
            ("drones OR missiles kyiv", "drones OR (missiles kyiv)"),
            ("(drones OR missiles) kyiv", "(drones OR missiles) kyiv"),
            ("drones -kyiv NOT x", "drones -kyiv -x"),
            ("-(a b)", "-(a b)"),
            ("x OR (-a b)", "x OR (-a b)"),
            ("NOT NOT a", "a"),
            ("مسيرات أو صواريخ", "مسيرات OR صواريخ"),
            ("مسيرات و صواريخ", "مسيرات صواريخ"),
            ("أو", "أو"),
            ("غزة ليس رفح", "غزة -رفح"),
            ("غزة وليس رفح", "غزة -رفح"),
            ("«عبارة تامة» “b c” \"d\"", "\"عبارة تامة\" \"b c\" \"d\""),
            ("\"a b\"~5", "\"a b\"~5"),
            ("word* wor~1 wor~", "word* wor~1 wor~1"),
            ("a w/5 b", "a w/5 b"),
            ("a pre/3 b", "a pre/3 b"),
            ("a NEAR/5 b", "a w/5 b"),
            ("b W/٣ c", "b w/3 c"),
            ("AT&T R&D wow!", "AT&T R&D wow!"),
            ("a AND NOT b", "a -b"),
            ("a OR NOT b", "a OR -b"),
            ("a AND -b", "a -b"),
            ("a \u{2013}b \u{2212}c", "a -b -c"),
            ("\"a b\"-c (d)-e \"a b\"~2-f", "\"a b\" c d e \"a b\"~2 f"),
            ("+972 C++ why? http://x.org/a?b=c", "+972 C++ why? http://x.org/a?b=c"),
            ("km/h pre/post w/o", "km/h pre/post w/o"),
            ("example.org:8080 U.S.: x", "example.org:8080 U.S.: x"),
            ("exact:إسرائيل", "exact:إسرائيل"),
            ("place:Kyiv مكان:كييف شخص:\"دونالد ترمب\"", "place:Kyiv place:كييف person:\"دونالد ترمب\""),
            ("place:(Kyiv OR Lviv)", "place:Kyiv OR place:Lviv"),
            ("date:2025-05..2025-06 تاريخ:2024", "date:2025-05..2025-06 date:2024"),
            ("date:..2024", "date:..2024"),
            ("count:killed>=10", "count:killed>=10"),
            ("عدد:قتلى>=١٠", "count:killed>=10"),
            ("count:killed>9", "count:killed>=10"),
            ("count:launched.drone=200..300", "count:launched.drone=200..300"),
            ("count:shot_down>50 @Ukraine", "count:shot_down>=51 @Ukraine"),
            ("count:shot_down>50 @\"South Korea\" x", "count:shot_down>=51 @\"South Korea\" x"),
            ("count:killed", "count:killed"),
            ("ארה\"ב org:צה\"ל", "ארה״ב org:צה״ל"),
            ("\"צה\"ל בעזה\" מנכ”לית", "\"צה״ל בעזה\" מנכ״לית"),
            ("ב\"הארץ\"", "ב \"הארץ\""),
            ("12:30 http://example.org", "12:30 http://example.org"),
            ("title:flood", "title:flood"),
            ("* -x", "-x"),
        ];
        for (text, expected) in rows {
            check(text, expected);
        }
    }

    #[test]
    fn errors_tell_the_place() {
        let rows = [
            ("place:(كييف", "unclosed parenthesis at character 7", 6, 7),
            ("\"abc", "unclosed quotation mark at character 1", 0, 1),
            ("a )", "closing parenthesis", 2, 3),
            ("()", "nothing between parentheses", 0, 2),
            ("persn:x", "no field is called \"persn\"", 0, 6),
            ("a OR", "expected a term after OR", 2, 4),
            ("OR a", "expected OR between two terms", 0, 2),
            ("count:drones>=200", "no kind of count is called \"drones\"", 6, 12),
            ("count:killed>=x", "expected a comparison", 12, 15),
            ("count:killed=9..3", "no number is in", 12, 17),
            ("date:2025-13", "expected a date", 5, 12),
            ("date:2025..2024", "ends before it begins", 5, 15),
            ("a*b*", "this sign means nothing here", 0, 4),
            ("fl*d", "this sign means nothing here", 0, 4),
            ("a !bc", "this sign means nothing here", 2, 5),
            ("--flood", "this sign means nothing here", 0, 7),
            ("flood^2", "this sign means nothing here", 0, 7),
            ("a && b", "this sign means nothing here", 2, 4),
            ("a || b", "this sign means nothing here", 2, 4),
            ("/fl.*d/", "this sign means nothing here", 0, 7),
            ("a w/0 b", "expected a number of words, 1 or more", 2, 5),
            ("a w/s b", "expected a number of words", 2, 5),
            ("a NEAR/99999999999 b", "expected a number of words", 2, 18),
            ("w/5 b", "expected a term on each side", 0, 3),
            ("a w/5 w/3 b", "expected a term on each side", 6, 9),
            ("a NEAR b", "this sign means nothing here", 2, 6),
            ("a /5 b", "this sign means nothing here", 2, 4),
            ("+flood dam", "this sign means nothing here", 0, 6),
            ("+\"big flood\"", "this sign means nothing here", 0, 1),
            ("!(a b)", "this sign means nothing here", 0, 1),
            ("\"big flood\"^2", "this sign means nothing here", 11, 13),
            ("fl?od", "this sign means nothing here", 0, 5),
            ("~flood", "this sign means nothing here", 0, 6),
            ("a|b", "this sign means nothing here", 0, 3),
            ("a&&b", "this sign means nothing here", 0, 4),
            ("title.keyword:flood", "no field is called \"title.keyword\"", 0, 14),
            ("x*", "expected at least 2 letters", 0, 2),
            ("ab~1", "expected at least 3 letters", 0, 4),
            ("word~7", "expected ~1 or ~2", 0, 6),
            ("person:", "expected a value after person:", 0, 7),
            ("@Kyiv", "a place without a count", 0, 2),
            ("--", "nothing to look for", 0, 2),
        ];
        for (text, message, start, end) in rows {
            let error = parse(text).expect_err(text);
            assert!(error.message.contains(message), "{text}: {}", error.message);
            assert_eq!((error.start, error.end), (start, end), "{text}: {}", error.message);
        }
        assert!(parse("count:drones>=200").unwrap_err().hint.unwrap().contains("launched.drone"));
        assert!(parse("persn:x").unwrap_err().hint.unwrap().contains("person:"));
    }

    #[test]
    fn limits() {
        let deep = "(".repeat(17) + "a" + &")".repeat(17);
        assert_eq!(parse(&deep).unwrap_err().code, QueryErrorCode::QueryTooLarge);
        assert!(parse(&("(".repeat(16) + "a" + &")".repeat(16))).is_ok());
        assert_eq!(parse(&"a ".repeat(65)).unwrap_err().code, QueryErrorCode::QueryTooLarge);
        assert_eq!(parse(&"a".repeat(1_025)).unwrap_err().code, QueryErrorCode::QueryTooLarge);
        assert!(parse(&"NOT ".repeat(40)).is_err());
    }

    fn word() -> impl Strategy<Value = String> {
        prop_oneof!["[a-z]{2,6}", "[ابتدرسعفقلمنه]{2,6}", Just("3,450".to_string())]
            .prop_filter("no operator", |word| !matches!(word.as_str(), "او" | "ليس" | "وليس" | "بدون" | "وبدون"))
    }

    fn tree() -> impl Strategy<Value = Query> {
        let leaf = prop_oneof![
            word().prop_map(Query::Word),
            (word(), word(), proptest::option::of(1u32..9)).prop_map(|(a, b, slop)| Query::Phrase { text: format!("{a} {b}"), slop }),
            "[a-z]{2,5}".prop_map(Query::Prefix),
            ("[a-z]{3,5}", 1u8..3).prop_map(|(word, distance)| Query::Fuzzy { word, distance }),
            word().prop_map(|word| Query::Exact(Box::new(Query::Word(word)))),
            (word(), word()).prop_map(|(a, b)| Query::Field { field: FilterField::Person, value: format!("{a} {b}") }),
            word().prop_map(|value| Query::Field { field: FilterField::Place, value }),
            Just(Query::Date { from: Some("2025-05".into()), to: None }),
            Just(Query::Undated),
            (proptest::option::of(0i64..500), proptest::option::of(word())).prop_map(|(min, place)| Query::Count(CountFilter {
                kind: "killed".into(),
                class: Some("soldier".into()),
                min,
                max: min.map(|min| min + 7),
                place
            })),
            (word(), word(), 1u32..9, any::<bool>()).prop_map(|(a, b, distance, ordered)| Query::Near {
                left: Box::new(Query::or(vec![Query::Word(a.clone()), Query::Word(format!("{a}x"))])),
                right: Box::new(Query::Word(b)),
                distance,
                ordered
            }),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 2..4).prop_map(Query::and),
                proptest::collection::vec(inner.clone(), 2..4).prop_map(Query::or),
                inner.prop_map(|inner| match inner {
                    Query::Not(inner) => *inner,
                    inner => Query::Not(Box::new(inner)),
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn printed_questions_read_back(query in tree()) {
            let printed = query.to_string();
            prop_assert_eq!(parse(&printed).map_err(|error| error.message), Ok(query), "{}", printed);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,60}") {
            let _ = parse(&text);
        }

        #[test]
        fn no_question_panics(text in "[a-z\u{627}-\u{64a}():\"«»~*@<>=. 0-9/-]{0,60}") {
            let _ = parse(&text);
        }
    }
}
