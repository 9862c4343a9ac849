//! Questions: text to a tree, filters and the request around it.
//!
//! The tree only selects; order, facets and paging live in the [`SearchRequest`]. It knows no schema: engines translate it
//! outwards. Printed, it is a question that reads back to the same tree.

mod error;
mod parse;
mod print;
mod request;

pub use error::{QueryError, QueryErrorCode, nearest};
pub use parse::{LIMITS, parse, parse_count, parse_date_range};
pub use request::{FACET_FIELDS, FacetRequest, FieldFilter, Filters, MatchMode, Mode, SearchRequest, Sort};

/// What a question selects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// Everything.
    All,
    /// One word, as typed.
    Word(String),
    /// Words in this order; with `slop`, that many words may stand between them.
    Phrase {
        text: String,
        slop: Option<u32>,
    },
    /// Words that begin so.
    Prefix(String),
    /// Words at most so many letters away.
    Fuzzy {
        word: String,
        distance: u8,
    },
    /// Two parts within so many words of each other.
    Near {
        left: Box<Query>,
        right: Box<Query>,
        distance: u32,
        ordered: bool,
    },
    /// Without folding and stemming.
    Exact(Box<Query>),
    Field {
        field: FilterField,
        value: String,
    },
    /// Published in a range, both ends inclusive, as typed.
    Date {
        from: Option<String>,
        to: Option<String>,
    },
    /// Published at no known date.
    Undated,
    Count(CountFilter),
    And(Vec<Query>),
    Or(Vec<Query>),
    Not(Box<Query>),
}

/// A field that can be asked for by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FilterField {
    Person,
    Place,
    Org,
    Source,
    Lang,
    Title,
}

/// The names a field goes by in questions, its own first.
const FIELD_NAMES: &[(FilterField, &[&str])] = &[
    (FilterField::Person, &["person", "شخص", "people"]),
    (FilterField::Place, &["place", "مكان", "places"]),
    (FilterField::Org, &["org", "جهة", "جهه", "organization"]),
    (FilterField::Source, &["source", "مصدر"]),
    (FilterField::Lang, &["lang", "لغة", "لغه", "language"]),
    (FilterField::Title, &["title", "عنوان"]),
];

/// Names of the fields that are no [`FilterField`].
const DATE_NAMES: &[&str] = &["date", "تاريخ"];
const COUNT_NAMES: &[&str] = &["count", "عدد"];
const EXACT_NAMES: &[&str] = &["exact", "حرفيا"];

impl FilterField {
    pub const ALL: [FilterField; 6] = [FilterField::Person, FilterField::Place, FilterField::Org, FilterField::Source, FilterField::Lang, FilterField::Title];

    /// The name used in flags, output and printed questions.
    pub fn name(self) -> &'static str {
        FIELD_NAMES.iter().find(|(field, _)| *field == self).map_or("", |(_, names)| names[0])
    }

    pub fn from_name(name: &str) -> Option<FilterField> {
        let name = name.to_lowercase();
        FIELD_NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(field, _)| *field)
    }
}

/// Articles with a count of a kind, and of its class, value and place where those are given: all of *one* count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountFilter {
    /// Of the closed vocabulary.
    pub kind: String,
    pub class: Option<String>,
    /// Inclusive.
    pub min: Option<i64>,
    /// Inclusive.
    pub max: Option<i64>,
    /// A place as typed.
    pub place: Option<String>,
}

impl CountFilter {
    /// `kind` or `kind.class`.
    pub fn path(&self) -> String {
        match &self.class {
            Some(class) => format!("{}.{class}", self.kind),
            None => self.kind.clone(),
        }
    }
}

impl Query {
    /// All of `parts`; one part stands for itself, none for everything. Nested conjunctions are flattened.
    pub fn and(parts: Vec<Query>) -> Query {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Query::And(inner) => flat.extend(inner),
                Query::All => {}
                other => flat.push(other),
            }
        }
        match flat.len() {
            0 => Query::All,
            1 => flat.remove(0),
            _ => Query::And(flat),
        }
    }

    /// Any of `parts`, likewise.
    pub fn or(parts: Vec<Query>) -> Query {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Query::Or(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        match flat.len() {
            0 => Query::All,
            1 => flat.remove(0),
            _ => Query::Or(flat),
        }
    }
}
