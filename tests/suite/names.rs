//! What the rules take for a name, and what they pass over.

use fihris::article::LanguageCode;
use fihris::document::DocumentMaker;

use crate::support::run;

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

/// `eval names` measures, shows what is wrong, and fails where a figure falls.
#[test]
fn names_are_measured() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("labelled.txt");
    let baseline = folder.path().join("baseline.tsv");
    std::fs::write(&file, "@ ar-1\nوصل وفد إلى [دمشق](LOC) ثم إلى [القاهرة](LOC)، وبقي [نوهاري](PER).\n").unwrap();
    let arguments = ["eval", "names", file.to_str().unwrap(), "--wrong", "9", "--baseline", baseline.to_str().unwrap()];
    let measured = run(folder.path(), &arguments);
    assert_eq!(measured.code, 0, "{}", measured.stderr);
    assert!(measured.stdout.contains("LOC       P 100.0  R 100.0  F1 100.0  (2 labelled, 2 found)"), "{}", measured.stdout);
    assert!(measured.stdout.contains("missing PER ar-1:"), "{}", measured.stdout);
    assert!(std::fs::read_to_string(&baseline).unwrap().contains("ar\tall\t80.00\n"));
    assert_eq!(run(folder.path(), &arguments).code, 0);
    std::fs::write(&baseline, "ar\tall\t80.29\nar\tPER\t0.31\n").unwrap();
    let fallen = run(folder.path(), &arguments);
    assert_eq!(fallen.code, 1, "{}", fallen.stdout);
    assert!(fallen.stdout.contains("fell: ar PER from 0.31 to 0.00") && !fallen.stdout.contains("ar all from"), "{}", fallen.stdout);
    std::fs::write(&file, "@ ar-1\n[دمشق](LOC\n").unwrap();
    let broken = run(folder.path(), &arguments);
    assert!(broken.code == 2 && broken.stderr.contains("labelled.txt: line 2: a mark without its end"), "{}", broken.stderr);
}
