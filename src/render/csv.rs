//! Tables: RFC 4180 with a header. A text cell that a spreadsheet would take for a formula gets a `'` in front.

/// How tables are written.
#[derive(Debug, Clone, Copy, Default)]
pub struct CsvOptions {
    pub tabs: bool,
    /// Byte order mark and `\r\n`, for Excel.
    pub excel: bool,
    pub bom: bool,
    /// Cells as they are, formulas included.
    pub exact: bool,
}

/// One row as text, its end included.
pub fn row<S: AsRef<str>>(cells: &[S], options: CsvOptions) -> String {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(if options.tabs { b'\t' } else { b',' })
        .terminator(if options.excel { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') })
        .from_writer(Vec::new());
    let cells = cells.iter().map(|cell| safe(cell.as_ref(), options));
    if writer.write_record(cells).is_err() {
        return String::new();
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// The mark in front of the table, if one is wanted.
pub fn mark(options: CsvOptions) -> &'static str {
    if options.bom || options.excel { "\u{FEFF}" } else { "" }
}

fn safe(cell: &str, options: CsvOptions) -> String {
    // A number may begin with a minus: it is no formula.
    let risky = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    if risky && !options.exact { format!("'{cell}") } else { cell.to_string() }
}

pub const QUERY_COLUMNS: &[&str] = &["id", "story", "published", "source", "lang", "title", "url", "score", "snippet"];
pub const FACET_COLUMNS: &[&str] = &["value", "label", "count"];
pub const TIMELINE_COLUMNS: &[&str] = &["bin", "start", "end", "articles", "stories", "value"];
pub const COUNT_COLUMNS: &[&str] =
    &["article", "story", "published", "source", "title", "kind", "class", "value", "min", "max", "q", "place", "place_id", "said_by", "sentence", "url"];
pub const ARTICLE_COLUMNS: &[&str] = &["id", "story", "published", "source", "lang", "title", "url", "authors", "section", "tags", "body"];
pub const MENTION_COLUMNS: &[&str] = &["article", "story", "published", "source", "type", "entity", "label", "text", "field", "start", "end", "how"];
pub const BATCH_COLUMNS: &[&str] = &["question", "rank", "id", "score"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_defused() {
        let options = CsvOptions::default();
        assert_eq!(row(&["=1+1", "-5", "-x", "@a", "a,b", "خبر \"هام\""], options), "'=1+1,-5,'-x,'@a,\"a,b\",\"خبر \"\"هام\"\"\"\n");
        assert_eq!(row(&["=1+1"], CsvOptions { exact: true, ..options }), "=1+1\n");
        assert_eq!(row(&["a", "b"], CsvOptions { tabs: true, excel: true, ..options }), "a\tb\r\n");
    }
}
