//! A run killed at any moment and started again ends with the articles of an undisturbed run.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use fihris::ingest::{IngestOptions, Progress, ingest};

use crate::support::{fihris, json, run, sample_folder};

fn articles(index: &Path) -> BTreeSet<[String; 3]> {
    let exported = run(index, &["export", "--quiet", "--format", "jsonl"]);
    assert_eq!(exported.code, 0, "{}", exported.stderr);
    let lines: Vec<serde_json::Value> = exported.stdout.lines().map(json).collect();
    let set: BTreeSet<[String; 3]> = lines.iter().map(|line| ["key", "hash", "story"].map(|name| line[name].to_string())).collect();
    assert_eq!(set.len(), lines.len(), "an article is there twice");
    set
}

const COPIES: usize = 12;
const ARTICLES: usize = COPIES * 70;

/// The sample many times over and in every format of many records, so that a run is long enough to be hit anywhere.
fn inputs(folder: &Path) -> std::path::PathBuf {
    let inputs = folder.join("in");
    std::fs::create_dir(&inputs).unwrap();
    for copy in 0..COPIES {
        let folder = inputs.join(format!("{copy:02}"));
        std::fs::create_dir(&folder).unwrap();
        for name in ["karstan.ar", "numera.ar", "world.en"] {
            let text = std::fs::read_to_string(sample_folder().join(format!("{name}.jsonl"))).unwrap();
            let mut records: Vec<serde_json::Value> = text.lines().map(json).collect();
            for record in &mut records {
                record["id"] = format!("{copy}-{}", record["id"].as_str().unwrap()).into();
            }
            match copy % 4 {
                0 => std::fs::write(folder.join(format!("{name}.jsonl")), records.iter().map(|record| format!("{record}\n")).collect::<String>()).unwrap(),
                1 => std::fs::write(folder.join(format!("{name}.json")), serde_json::to_vec_pretty(&records).unwrap()).unwrap(),
                2 => std::fs::write(folder.join(format!("{name}.csv")), table(&records)).unwrap(),
                _ => records.iter().enumerate().for_each(|(number, record)| {
                    std::fs::write(folder.join(format!("{name}.{number:02}.json")), record.to_string()).unwrap();
                }),
            }
        }
    }
    inputs
}

fn table(records: &[serde_json::Value]) -> String {
    let names = ["id", "url", "source", "published", "title", "text"];
    let quoted = |record: &serde_json::Value, name: &str| format!("\"{}\"", record[name].as_str().unwrap_or_default().replace('"', "\"\""));
    let row = |record| names.map(|name| quoted(record, name)).join(",");
    std::iter::once(names.join(",")).chain(records.iter().map(row)).map(|line| line + "\n").collect()
}

#[test]
fn killed_runs_resume() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = inputs(folder.path());
    let inputs = inputs.to_str().unwrap();
    let whole = folder.path().join("whole");
    // Commits in the middle of every kind of file.
    let arguments = ["ingest", "--json", "--commit-every", "25", inputs];
    let began = Instant::now();
    assert_eq!(run(&whole, &arguments).code, 0);
    let whole_run = began.elapsed();
    let expected = articles(&whole);
    assert_eq!(expected.len(), ARTICLES);
    let disturbed = folder.path().join("disturbed");
    // Ten moments, spread by the golden ratio over the run that each goes on with.
    for moment in 1..=10u32 {
        let mut child = fihris(&disturbed).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole_run.mul_f64((f64::from(moment) * 0.618).fract() * 0.4));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let last = run(&disturbed, &arguments);
    assert_eq!(last.code, 0, "{}", last.stderr);
    assert_eq!(articles(&disturbed), expected);
    // Once more changes nothing.
    let again = run(&disturbed, &["ingest", "--json", inputs]);
    let report = json(&again.stdout);
    assert_eq!((report["added"].as_u64(), report["updated"].as_u64()), (Some(0), Some(0)), "{report}");
}

#[test]
fn a_run_that_goes_on_passes_over_what_is_in() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = inputs(folder.path());
    std::thread::sleep(Duration::from_millis(50));
    let mut options = IngestOptions::new(folder.path().join("index"), vec![inputs.clone()], 2);
    options.batch.articles = 25;
    let first = inputs.join("00/karstan.ar.jsonl");
    let of_first = std::fs::read_to_string(&first).unwrap().lines().count() as u64;
    // Stopped as a signal stops it: what is under way is finished and committed.
    let progress = Progress::default();
    let outcome = std::thread::scope(|scope| {
        let run = scope.spawn(|| ingest(&options, &progress));
        while !run.is_finished() && progress.articles.load(Ordering::Relaxed) <= of_first {
            std::thread::sleep(Duration::from_millis(1));
        }
        progress.stop.store(true, Ordering::Relaxed);
        run.join().unwrap()
    });
    let stopped = outcome.unwrap();
    assert!(stopped.interrupted);
    // A file that is in already is changed meanwhile: it is read again.
    let text = std::fs::read_to_string(&first).unwrap();
    std::fs::write(&first, text.replacen("\"title\":\"", "\"title\":\"تصحيح: ", 1)).unwrap();
    let report = ingest(&options, &Progress::default()).unwrap();
    assert!(!report.interrupted);
    assert_eq!((report.updated, report.added + stopped.added), (1, ARTICLES as u64), "{report:?}");
    assert_eq!(report.unchanged + 1, text.lines().count() as u64, "nothing else was read twice");
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
    // Two versions of one run are two versions as well.
    let both = |version: u32| format!("{{\"id\":\"2\",\"source\":\"s\",\"version\":\"{version}\",\"title\":\"t{version}\",\"text\":\"words\"}}\n");
    let two = folder.path().join("two.jsonl");
    std::fs::write(&two, both(1) + &both(2)).unwrap();
    let fresh = folder.path().join("fresh");
    assert_eq!(json(&run(&fresh, &["ingest", "--json", two.to_str().unwrap()]).stdout)["duplicate"], 1);
    let article = json(run(&fresh, &["export", "--quiet"]).stdout.trim());
    assert_eq!((article["title"].as_str(), article["versions"][0]["version"].as_str()), (Some("t2"), Some("1")), "{article}");
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
