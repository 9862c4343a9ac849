//! Answers to text: one file a form. Nothing here asks an engine anything.

pub mod csv;
pub mod json;
mod offsets;
pub mod plain;
pub mod text;
pub mod words;

use std::borrow::Cow;

pub use offsets::{OffsetUnit, Offsets};

use crate::extract::Count;
use crate::extract::lexicon::Qualifier;
use crate::hits::StoredArticle;

/// An output form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For people, on a terminal.
    Text,
    /// One hit a line, tab-separated.
    Plain,
    Json,
    Jsonl,
    Csv,
    Tsv,
    Ids,
    Urls,
}

/// A text without the characters that turn the direction of what stands around it: they may be anything's but ours.
pub fn without_overrides(text: &str) -> Cow<'_, str> {
    let is_override = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    if text.contains(is_override) { Cow::Owned(text.replace(is_override, "")) } else { Cow::Borrowed(text) }
}

/// What an article is called where it has no headline: the beginning of its text.
pub fn headline(article: &StoredArticle) -> String {
    if !article.title.is_empty() {
        return article.title.clone();
    }
    match article.body.split(['\n', '.', '؟', '!']).map(str::trim).find(|line| !line.is_empty()) {
        Some(first) => shorten(first, 90),
        // Its text was taken back.
        None => format!("({})", article.status.as_str()),
    }
}

/// At most `chars` characters, cut at a word.
pub fn shorten(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        None => text.to_string(),
        Some((end, _)) => format!("{} …", text[..end].rfind(' ').map_or(&text[..end], |space| &text[..space])),
    }
}

/// A count's number as people write it: `214`, `≥ 1`, `20–99`.
pub fn amount(count: &Count) -> String {
    match (count.qualifier, count.value, count.min, count.max) {
        (Qualifier::AtLeast, Some(value), ..) => format!("≥ {value}"),
        (Qualifier::MoreThan, Some(value), ..) => format!("> {value}"),
        (Qualifier::AtMost | Qualifier::UpTo, Some(value), ..) => format!("≤ {value}"),
        (Qualifier::LessThan, Some(value), ..) => format!("< {value}"),
        (Qualifier::Approx, Some(value), ..) => format!("≈ {value}"),
        (_, Some(value), ..) => value.to_string(),
        (_, None, Some(min), Some(max)) => format!("{min}–{max}"),
        (_, None, Some(min), None) => format!("≥ {min}"),
        (_, None, None, Some(max)) => format!("≤ {max}"),
        (_, None, None, None) => "?".to_string(),
    }
}

/// The path of a count: `launched.drone`, `killed` for people.
pub fn path(count: &Count) -> String {
    let kind = count.kinds.join("+");
    if count.object.class == "person" || count.object.class.is_empty() { kind } else { format!("{kind}.{}", count.object.class) }
}
