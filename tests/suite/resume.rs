//! A run killed at any moment and started again ends with the articles of an undisturbed run.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::support::{fihris, json, run, sample_folder};

fn articles(index: &Path) -> BTreeSet<(String, String)> {
    let exported = run(index, &["export", "--quiet", "--format", "jsonl"]);
    assert_eq!(exported.code, 0, "{}", exported.stderr);
    let lines: Vec<serde_json::Value> = exported.stdout.lines().map(json).collect();
    let set: BTreeSet<(String, String)> = lines.iter().map(|line| (line["key"].to_string(), line["hash"].to_string())).collect();
    assert_eq!(set.len(), lines.len(), "an article is there twice");
    set
}

/// The sample many times over, so that a run takes long enough to be hit.
fn inputs(folder: &Path) -> std::path::PathBuf {
    let inputs = folder.join("in");
    std::fs::create_dir(&inputs).unwrap();
    for copy in 0..12 {
        for name in ["karstan.ar.jsonl", "numera.ar.jsonl", "world.en.jsonl"] {
            let text = std::fs::read_to_string(sample_folder().join(name)).unwrap();
            let renamed = text.replace("\"id\": \"", &format!("\"id\": \"{copy}-")).replace("\"id\":\"", &format!("\"id\":\"{copy}-"));
            std::fs::write(inputs.join(format!("{copy:02}-{name}")), renamed).unwrap();
        }
    }
    inputs
}

#[test]
fn killed_runs_resume() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = inputs(folder.path());
    let inputs = inputs.to_str().unwrap();
    let whole = folder.path().join("whole");
    assert_eq!(run(&whole, &["ingest", inputs]).code, 0);
    let expected = articles(&whole);
    assert_eq!(expected.len(), 12 * 70);
    let disturbed = folder.path().join("disturbed");
    // Ten moments, from before the first commit to (nearly) the end of a run.
    for moment in 0..10u64 {
        let mut child = fihris(&disturbed).args(["ingest", inputs]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(moment * moment * 35 + 5));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let last = run(&disturbed, &["ingest", inputs]);
    assert_eq!(last.code, 0, "{}", last.stderr);
    assert_eq!(articles(&disturbed), expected);
    // Once more changes nothing.
    let again = run(&disturbed, &["ingest", "--json", inputs]);
    let report = json(&again.stdout);
    assert_eq!((report["added"].as_u64(), report["updated"].as_u64()), (Some(0), Some(0)), "{report}");
}

#[test]
fn new_versions_replace_and_old_ones_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    let file = folder.path().join("a.jsonl");
    let write = |version: u32, title: &str| {
        std::fs::write(
            &file,
            format!("{{\"id\":\"1\",\"source\":\"s\",\"version\":\"{version}\",\"title\":\"{title}\",\"text\":\"words of version {version}\"}}\n"),
        )
        .unwrap();
        json(&run(&index, &["ingest", "--json", file.to_str().unwrap()]).stdout)
    };
    assert_eq!(write(2, "second")["added"], 1);
    assert_eq!(write(2, "second")["unchanged"], 1);
    assert_eq!(write(3, "third")["updated"], 1);
    assert_eq!(write(1, "first")["unchanged"], 1);
    let shown = run(&index, &["export", "--quiet"]);
    let article = json(shown.stdout.trim());
    assert_eq!((article["title"].as_str(), article["versions"][0]["version"].as_str()), (Some("third"), Some("2")));
    assert_eq!(shown.stdout.lines().count(), 1);
}

#[test]
fn interrupted_runs_commit() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = inputs(folder.path());
    let index = folder.path().join("index");
    let child = fihris(&index).args(["ingest", inputs.to_str().unwrap()]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    // It may have been done already; else it says so and the index opens.
    assert!(matches!(output.status.code(), Some(0 | 130)), "{:?}", output.status);
    assert!(matches!(run(&index, &["index", "info"]).code, 0 | 1));
}
