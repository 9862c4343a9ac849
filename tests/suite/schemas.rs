//! Every JSON answer of the program against the schemas in `data/schema/`.

use serde_json::Value;

use crate::support::{json, run, run_with, sample_folder, sample_index};

fn validate(schema: &str, value: &Value) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/schema").join(format!("{schema}.json"));
    let schema_value = json(&std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
    let validator = jsonschema::validator_for(&schema_value).unwrap();
    let faults: Vec<String> = validator.iter_errors(value).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(faults.is_empty(), "{schema}: {}\n{value}", faults.join("\n"));
}

#[test]
fn answers_keep_their_contracts() {
    let index = sample_index();
    for question in ["مسيرات", "flood count:killed", "", "place:Geneva"] {
        validate("query", &json(&run(index, &["query", question, "--json", "--facets", "person,place,org,count,month,lang,source"]).stdout));
        validate("counts", &json(&run(index, &["counts", question, "--json", "-n", "0"]).stdout));
        validate("timeline", &json(&run(index, &["timeline", question, "--json", "--by", "week"]).stdout));
        validate("timeline", &json(&run(index, &["timeline", question, "--json", "--of", "count:killed", "--by", "month"]).stdout));
        for field in ["person", "place", "count", "count:killed", "year"] {
            validate("facet", &json(&run(index, &["facet", field, question, "--json"]).stdout));
        }
    }
    for line in run(index, &["export", "--quiet"]).stdout.lines() {
        validate("show", &json(line));
    }
    let extracted = run_with(index, &["extract", "-"], &std::fs::read(sample_folder().join("world.en.jsonl")).unwrap());
    for line in extracted.stdout.lines() {
        validate("extract", &json(line));
    }
    let folder = tempfile::tempdir().unwrap();
    validate("ingest", &json(&run(folder.path(), &["ingest", "--json", sample_folder().to_str().unwrap()]).stdout));
    validate("error", &json(&run(index, &["query", "--json", "a OR"]).stderr));
    validate("error", &json(&run(&folder.path().join("none"), &["query", "--json", "a"]).stderr));
}
