//! What the rules take for a name, and what they pass over.

use fihris::article::LanguageCode;
use fihris::document::DocumentMaker;

/// Rows `what TAB language TAB text TAB names`, described at the head of the table.
const TABLE: &str = include_str!("../data/names.tsv");

#[test]
fn the_table_of_names() {
    let mut maker = DocumentMaker::new();
    let mut wrong = Vec::new();
    let mut rows = 0;
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [what, language, text, expected] = columns.as_slice() else { panic!("four columns: {line}") };
        let found = maker.extract("", text, LanguageCode::parse(language).unwrap());
        let names: Vec<String> = found
            .mentions
            .iter()
            .map(|mention| {
                let entity = &found.entities[mention.entity as usize];
                let id = if entity.id.starts_with("x:") { String::new() } else { format!("={}", entity.id) };
                format!("{}:{}{id}", mention.kind.as_str(), mention.span.of(text))
            })
            .collect();
        let of_one_name: std::collections::BTreeSet<&str> = found.mentions.iter().map(|mention| mention.span.of(text)).collect();
        if names.join(" | ") != *expected || of_one_name.len() < found.entities.len() {
            wrong.push(format!("{what}: {text:?} gives {:?} ({} entities), expected {expected:?}", names.join(" | "), found.entities.len()));
        }
        rows += 1;
    }
    assert!(rows >= 30, "only {rows} rows were read");
    assert!(wrong.is_empty(), "{} of {rows} rows:\n{}", wrong.len(), wrong.join("\n"));
}
