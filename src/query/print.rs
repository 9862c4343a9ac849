//! A tree back to a question that reads to the same tree.

use std::fmt;

use super::{CountFilter, Query};

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Query::All => f.write_str("*"),
            Query::Word(word) => f.write_str(word),
            Query::Phrase { text, slop } => {
                write!(f, "\"{text}\"")?;
                slop.map_or(Ok(()), |slop| write!(f, "~{slop}"))
            }
            Query::Prefix(word) => write!(f, "{word}*"),
            Query::Fuzzy { word, distance } => write!(f, "{word}~{distance}"),
            Query::Near { left, right, distance, ordered } => {
                let part = |part: &Query| match part {
                    Query::And(_) | Query::Or(_) | Query::Near { .. } => format!("({part})"),
                    _ => part.to_string(),
                };
                write!(f, "{} {}/{distance} {}", part(left), if *ordered { "pre" } else { "w" }, part(right))
            }
            Query::Exact(inner) => match **inner {
                Query::Word(_) | Query::Phrase { .. } => write!(f, "exact:{inner}"),
                _ => write!(f, "exact:({inner})"),
            },
            Query::Field { field, value } => write!(f, "{}:{}", field.name(), value_text(value)),
            Query::Date { from, to } => match (from, to) {
                (Some(from), Some(to)) if from == to => write!(f, "date:{from}"),
                _ => write!(f, "date:{}..{}", from.as_deref().unwrap_or_default(), to.as_deref().unwrap_or_default()),
            },
            Query::Undated => f.write_str("date:none"),
            Query::Count(count) => write!(f, "count:{count}"),
            Query::And(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    if index > 0 {
                        f.write_str(" ")?;
                    }
                    match part {
                        Query::Or(_) => write!(f, "({part})")?,
                        _ => write!(f, "{part}")?,
                    }
                }
                Ok(())
            }
            Query::Or(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    if index > 0 {
                        f.write_str(" OR ")?;
                    }
                    match part {
                        Query::And(_) => write!(f, "({part})")?,
                        _ => write!(f, "{part}")?,
                    }
                }
                Ok(())
            }
            Query::Not(inner) => match **inner {
                Query::And(_) | Query::Or(_) => write!(f, "-({inner})"),
                _ => write!(f, "-{inner}"),
            },
        }
    }
}

impl fmt::Display for CountFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())?;
        match (self.min, self.max) {
            (Some(min), Some(max)) if min == max => write!(f, "={min}")?,
            (Some(min), Some(max)) => write!(f, "={min}..{max}")?,
            (Some(min), None) => write!(f, ">={min}")?,
            (None, Some(max)) => write!(f, "<={max}")?,
            (None, None) => {}
        }
        match &self.place {
            Some(place) => write!(f, " @{}", value_text(place)),
            None => Ok(()),
        }
    }
}

/// A value in quotes where a bare one would end early.
fn value_text(value: &str) -> String {
    let is_quote = |c: char| matches!(c, '"' | '«' | '»' | '“' | '”' | '„' | '‟' | '＂');
    if value.is_empty() || value.contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '@' | '*' | '~' | ':') || is_quote(c)) {
        // A mark inside would end the value: it is a space to every look-up anyway.
        format!("\"{}\"", value.replace(is_quote, " "))
    } else {
        value.to_string()
    }
}
