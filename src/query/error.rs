//! Why a question could not be read, with the place.

use std::fmt;

use crate::language::letters::letters_apart;

/// A closed list; the words are part of the JSON contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryErrorCode {
    QuerySyntax,
    UnknownField,
    UnknownKind,
    BadFilter,
    BadDate,
    BadCursor,
    QueryTooLarge,
    Unsupported,
}

impl QueryErrorCode {
    pub fn as_str(self) -> &'static str {
        match self {
            QueryErrorCode::QuerySyntax => "query_syntax",
            QueryErrorCode::UnknownField => "unknown_field",
            QueryErrorCode::UnknownKind => "unknown_kind",
            QueryErrorCode::BadFilter => "bad_filter",
            QueryErrorCode::BadDate => "bad_date",
            QueryErrorCode::BadCursor => "bad_cursor",
            QueryErrorCode::QueryTooLarge => "query_too_large",
            QueryErrorCode::Unsupported => "unsupported",
        }
    }
}

/// A question that cannot be read. `start` and `end` are code points of `query`, half-open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    pub code: QueryErrorCode,
    /// Lower case, no full stop; counts characters from 1.
    pub message: String,
    pub query: String,
    pub start: usize,
    pub end: usize,
    /// What stands under the caret: `opened here`.
    pub label: String,
    /// What to do.
    pub hint: Option<String>,
}

impl QueryError {
    /// The question with a caret under the spot; of a long one, what stands around it. Where right-to-left letters stand before the
    /// spot a caret would lie: the piece is quoted on its own line instead.
    pub fn picture(&self) -> String {
        let letters: Vec<char> = self.query.chars().collect();
        let start = self.start.min(letters.len());
        let end = self.end.clamp(start, letters.len()).min(start + SHOWN);
        let (first, last) = (start.saturating_sub(SHOWN), letters.len().min(end + SHOWN));
        let cut = |is_cut: bool| if is_cut { "…" } else { "" };
        // A line break inside the question would move the caret away from its place.
        let shown = |from: usize, to: usize| -> String { letters[from..to].iter().map(|c| if c.is_control() { ' ' } else { *c }).collect() };
        let before = format!("{}{}", cut(first > 0), shown(first, start));
        let piece = shown(start, end);
        let line = format!("  {before}{piece}{}{}", shown(end, last), cut(last < letters.len()));
        let label = if self.label.is_empty() { String::new() } else { format!(" {}", self.label) };
        if before.chars().chain(piece.chars()).any(is_right_to_left) {
            return format!("{line}\n  «{piece}»{label}");
        }
        format!("{line}\n  {}{}{label}", " ".repeat(before.chars().count()), "^".repeat(piece.chars().count().max(1)))
    }
}

/// Letters of a question shown before, at and behind the spot.
const SHOWN: usize = 60;

/// A piece of a question in a message, shortened where it is long.
pub fn quoted(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() { format!("{:?}", short + "…") } else { format!("{text:?}") }
}

fn is_right_to_left(letter: char) -> bool {
    matches!(letter as u32, 0x0590..=0x08FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFF)
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for QueryError {}

/// The nearest of `known` to a misspelt word, when it is near at all.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word: Vec<char> = word.chars().collect();
    known
        .into_iter()
        .map(|candidate| (letters_apart(&word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count() / 4)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions() {
        assert_eq!(nearest("persn", ["person", "place", "org"]), Some("person"));
        assert_eq!(nearest("xyzzy", ["person", "place", "org"]), None);
    }

    #[test]
    fn carets() {
        let error = QueryError {
            code: QueryErrorCode::QuerySyntax,
            message: String::new(),
            query: "place:(Kyiv".into(),
            start: 6,
            end: 7,
            label: "opened here".into(),
            hint: None,
        };
        assert_eq!(error.picture(), "  place:(Kyiv\n        ^ opened here");
        let arabic = QueryError { query: "مكان:(كييف".into(), start: 5, end: 6, ..error };
        assert_eq!(arabic.picture(), "  مكان:(كييف\n  «(» opened here");
        // Of a long question only what stands around the spot, and of a long piece its beginning.
        let long = QueryError { query: format!("{}({}", "a".repeat(500), "b".repeat(500)), start: 500, end: 501, ..arabic.clone() };
        assert_eq!(long.picture(), format!("  …{}({}…\n  {}^ opened here", "a".repeat(60), "b".repeat(60), " ".repeat(61)));
        let whole = QueryError { query: "ب".repeat(500), start: 0, end: 500, ..arabic };
        assert!(whole.picture().chars().count() < 250, "{}", whole.picture());
    }
}
