//! What no archive should choke on: a clear sentence with the place, the right exit code, every good neighbour indexed.

use std::io::Write;
use std::path::Path;

use crate::support::{fihris, json, run, run_with};

const GOOD: &str = r#"{"id":"good-1","source":"s","title":"خبر سليم","text":"نص سليم عن المدينة"}"#;
const GOOD_TOO: &str = r#"{"id":"good-2","source":"s","title":"another good one","text":"good text about the city"}"#;

/// Ingests a file of these bytes; expects the exit code, the number of articles, and pieces of the message.
fn check(name: &str, bytes: &[u8], code: i32, articles: u64, pieces: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    let file = folder.path().join(name);
    std::fs::write(&file, bytes).unwrap();
    let ingested = run(&index, &["ingest", file.to_str().unwrap()]);
    assert_eq!(ingested.code, code, "{name}: {}", ingested.stderr);
    let place = if code == 3 { name } else { "" };
    for piece in pieces.iter().chain([&place]) {
        assert!(ingested.stderr.contains(piece), "{name}: no {piece:?} in\n{}", ingested.stderr);
    }
    let info = run(&index, &["index", "info", "--json"]);
    let found = if info.code == 4 { 0 } else { json(&info.stdout)["articles"].as_u64().unwrap() };
    assert_eq!(found, articles, "{name}: {}", ingested.stderr);
    if code == 3 {
        let quarantined = std::fs::read_dir(index.join("quarantine")).unwrap().count();
        assert!(quarantined > 0, "{name}: nothing in the quarantine");
    }
}

fn between(bad: &[u8]) -> Vec<u8> {
    [GOOD.as_bytes(), b"\n", bad, b"\n", GOOD_TOO.as_bytes(), b"\n"].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn bad_records_among_good_ones() {
    let deep = format!("{{\"title\":\"t\",\"text\":\"x\",\"more\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let windows = encoding_rs::WINDOWS_1256.encode(r#"{"id":"w","source":"s","title":"خبر","text":"نص"}"#).0.into_owned();
    let rows: &[(&str, &[u8], &str)] = &[
        ("cut.jsonl", br#"{"title":"cut","text":"#, "not valid JSON at column"),
        ("deep.jsonl", deep.as_bytes(), "levels of nesting"),
        ("windows.jsonl", &windows, "expected UTF-8, found byte"),
        ("number.jsonl", br#"{"id":"n","title":5,"text":"x"}"#, "expected text in \"title\", found the number 5"),
        ("array.jsonl", br#"[1,2]"#, "expected an object, found an array"),
        ("date.jsonl", br#"{"id":"d","title":"t","text":"x","published":"32/13/2020"}"#, "expected a date in \"published\", found \"32/13/2020\""),
        ("empty.jsonl", br#"{"id":"e","title":"","text":""}"#, "expected a title or a text"),
        ("trailing.jsonl", br#"{"title":"t","text":"x"} tail"#, "not valid JSON"),
        ("surrogate.jsonl", br#"{"title":"\ud800","text":"x"}"#, "not valid JSON"),
    ];
    for (name, bad, message) in rows {
        check(name, &between(bad), 3, 2, &[message, &format!("{name}:2")]);
    }
}

#[test]
fn files_as_a_whole() {
    check("empty.jsonl", b"", 3, 0, &["the file is empty"]);
    check("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0", 3, 0, &["expected text, found binary data"]);
    let packed = gzip(&[GOOD, "\n", GOOD_TOO, "\n"].concat().repeat(200).into_bytes());
    check("cut.jsonl.gz", &packed[..packed.len() - 20], 3, 2, &["gzip data is damaged or cut short"]);
    check("whole.jsonl.gz", &gzip(&between(b"")), 0, 2, &[]);
    check("whole.jsonl.zst", &zstd::encode_all(between(b"").as_slice(), 3).unwrap(), 0, 2, &[]);
    let bomb = gzip(&[b"{\"title\":\"t\",\"text\":\"".as_slice(), &vec![b'a'; 8 << 20], b"\"}\n"].concat());
    check("bomb.jsonl.gz", &bomb, 3, 0, &["more than 200 times its size"]);
    check("nul.jsonl", &between("{\"id\":\"n\",\"source\":\"s\",\"title\":\"a\\u0000b\",\"text\":\"c\\u0000d\"}".as_bytes()), 0, 3, &[]);
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(String::from_utf8(between(b"")).unwrap().encode_utf16().flat_map(u16::to_le_bytes)).collect();
    check("utf16.jsonl", &utf16, 0, 2, &[]);
    let windows = encoding_rs::WINDOWS_1256.encode(&String::from_utf8(between(b"")).unwrap()).0.into_owned();
    check("windows.jsonl", &windows, 0, 2, &[]);
    check("crlf.jsonl", &String::from_utf8(between(b"")).unwrap().replace('\n', "\r\n").into_bytes(), 0, 2, &[]);
    check(
        "pretty.json",
        b"[\n {\"title\": \"a\",\n  \"text\": \"b\"},\n {\"title\": 7},\n {\"title\": \"c\", \"text\": \"d\"}\n]",
        3,
        2,
        &["record 2", "found the number 7"],
    );
    check("wrapped.json", br#"{"status":"ok","articles":[{"title":"a","text":"b"},{"title":"c","text":"d"}]}"#, 0, 2, &[]);
    check("feed.json", br#"{"version":"1","title":"The feed","items":[{"id":"1","title":"a","text":"b"},{"id":"2","title":"c","text":"d"}]}"#, 0, 2, &[]);
    check("solr.json", br#"{"header":{"n":2},"response":{"docs":[{"title":"a","text":"b"},{"title":"c","text":"d"}]}}"#, 0, 2, &[]);
    check("pages.json", b"{\"articles\":[{\"title\":\"a\",\"text\":\"b\"}]}\n{\"articles\":[{\"title\":\"c\",\"text\":\"d\"}]}\n", 0, 2, &[]);
    check("authors.json", br#"{"authors":[{"name":"x"}],"media":[{"url":"y"}],"title":"a","text":"b"}"#, 0, 1, &[]);
    // On one line, longer than any record may be.
    let record = format!("{{\"title\":\"a\",\"text\":\"{}\"}}", "word ".repeat(1_000_000));
    let long = format!(
        "{{\"status\":\"ok\",\"articles\":[{}]}}",
        vec![record; 8].iter().enumerate().map(|(n, record)| record.replacen('a', &n.to_string(), 1)).collect::<Vec<_>>().join(",")
    );
    check("long.json", long.as_bytes(), 0, 8, &[]);
    check("table.csv", "title;text;date\nعنوان;نص;2025-05-01\nbad;row\nt;x;2025-05-02\n".as_bytes(), 3, 2, &["expected 3 columns, found 2"]);
    check("table.tsv", b"headline\tbody\nOne\tfirst text\nTwo\tsecond text\n", 0, 2, &[]);
    check("plain.txt", "عنوان الخبر\n\nنص الخبر كله هنا.\n".as_bytes(), 0, 1, &[]);
    check(
        "deep.html",
        format!("<html><body>{}text{}</body></html>", "<div>".repeat(50_000), "</div>".repeat(50_000)).as_bytes(),
        3,
        0,
        &["elements inside one another"],
    );
}

#[test]
fn a_line_of_a_hundred_megabytes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("long.jsonl");
    let mut bytes = GOOD.as_bytes().to_vec();
    bytes.extend_from_slice(b"\n{\"title\":\"t\",\"text\":\"");
    bytes.resize(100 << 20, b'a');
    bytes.extend_from_slice(b"\"}\n");
    bytes.extend_from_slice(GOOD_TOO.as_bytes());
    std::fs::write(&file, bytes).unwrap();
    let index = folder.path().join("index");
    let ingested = run(&index, &["ingest", file.to_str().unwrap()]);
    assert_eq!(ingested.code, 3);
    assert!(ingested.stderr.contains("long.jsonl:2: expected at most 33554432 bytes a record"), "{}", ingested.stderr);
    assert_eq!(json(&run(&index, &["index", "info", "--json"]).stdout)["articles"], 2);
}

#[test]
fn a_saved_page() {
    let page = r#"<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>موقع</title>
<script type="application/ld+json">{"@type":"NewsArticle","headline":"افتتاح مكتبة في صفران","datePublished":"2025-05-01T10:00:00+03:00","author":{"name":"سمر المثال"},"publisher":{"name":"صحيفة المدار"}}</script>
<meta property="og:url" content="https://al-madar.example/library"></head><body><nav>الرئيسية | رياضة</nav><article><h1>افتتاح مكتبة في صفران</h1>
<p>افتتحت بلدية صفران اليوم مكتبة عامة تضم آلاف الكتب، وقالت البلدية في بيان إن المكتبة ستفتح أبوابها كل يوم من الصباح حتى المساء.</p>
<p>وأوضح البيان أن المبنى يضم قاعات للأطفال وأخرى للباحثين، وأن الدخول إليه مجاني لجميع سكان المدينة وزوارها طوال العام.</p></article><footer>حقوق النشر</footer></body></html>"#;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("page.html"), page).unwrap();
    let index = folder.path().join("index");
    assert_eq!(run(&index, &["ingest", folder.path().join("page.html").to_str().unwrap()]).code, 0);
    let article = json(run(&index, &["export", "--quiet"]).stdout.trim());
    assert_eq!(article["title"], "افتتاح مكتبة في صفران");
    assert_eq!(article["source"], "صحيفة المدار");
    assert_eq!(article["published"]["value"], "2025-05-01T10:00:00+03:00");
    assert_eq!(article["authors"][0], "سمر المثال");
    let body = article["body"].as_str().unwrap();
    assert!(body.contains("افتتحت بلدية صفران") && body.contains("مجاني") && !body.contains("حقوق النشر"), "{body}");
}

#[test]
fn maps_and_dry_runs() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("odd.csv");
    std::fs::write(&table, "Überschrift,Inhalt,Tag\nTitel,Ein Text über die Stadt,2025-05-01\n").unwrap();
    let map = folder.path().join("map.toml");
    std::fs::write(&map, "title = \"Überschrift\"\ntext = \"Inhalt\"\npublished = \"Tag\"\n").unwrap();
    let index = folder.path().join("index");
    let dry = run(&index, &["ingest", "--dry-run", "--input-format", "csv", "--map", map.to_str().unwrap(), table.to_str().unwrap()]);
    assert_eq!(dry.code, 0, "{}", dry.stderr);
    assert!(dry.stdout.contains("csv") && dry.stdout.contains("text       ← Inhalt"), "{}", dry.stdout);
    assert!(!index.exists());
    let done = run(&index, &["ingest", "--input-format", "csv", "--map", map.to_str().unwrap(), table.to_str().unwrap()]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let refused = run(&index, &["ingest", "--input-format", "csv", table.to_str().unwrap()]);
    assert_eq!(refused.code, 3);
    assert!(refused.stderr.contains("--map names them"), "{}", refused.stderr);
    std::fs::write(&map, "txet = \"Inhalt\"\n").unwrap();
    let wrong = run(&index, &["ingest", "--map", map.to_str().unwrap(), table.to_str().unwrap()]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("unknown field \"txet\""), "{}", wrong.stderr);
}

#[test]
fn the_same_file_twice_and_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.jsonl");
    std::fs::write(&file, between(b"")).unwrap();
    let index = folder.path().join("index");
    let path = file.to_str().unwrap();
    let report = json(&run(&index, &["ingest", "--json", path, path]).stdout);
    assert_eq!((report["read"].as_u64(), report["added"].as_u64(), report["duplicate"].as_u64()), (Some(4), Some(2), Some(2)), "{report}");
    let report = json(&run_with(&index, &["ingest", "--json", "-"], &between(b"")).stdout);
    assert_eq!(report["unchanged"], 2, "{report}");
}

#[test]
fn indexes_that_cannot_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    let missing = run(&index, &["query", "x"]);
    assert_eq!(missing.code, 4);
    assert!(missing.stderr.contains("no index at") && missing.stderr.contains("hint: make one with"), "{}", missing.stderr);
    let file = folder.path().join("a.jsonl");
    std::fs::write(&file, between(b"")).unwrap();
    assert_eq!(run(&index, &["ingest", file.to_str().unwrap()]).code, 0);
    let manifest = index.join("fihris.json");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, text.replace("\"min_reader\": 1", "\"min_reader\": 2")).unwrap();
    for command in [&["query", "x"] as &[&str], &["ingest", file.to_str().unwrap()]] {
        let newer = run(&index, command);
        assert_eq!(newer.code, 4, "{}", newer.stderr);
        assert!(newer.stderr.contains("is of format 2, and this program reads format 1"), "{}", newer.stderr);
    }
    std::fs::write(&manifest, "{").unwrap();
    assert_eq!(run(&index, &["query", "x"]).code, 4);
    std::fs::write(&manifest, &text).unwrap();
    std::fs::write(index.join("store-0001/meta.json"), "{").unwrap();
    let damaged = run(&index, &["query", "x"]);
    assert_eq!(damaged.code, 4);
    assert!(damaged.stderr.contains("is damaged"), "{}", damaged.stderr);
}

/// Every file of a store, cut in half, emptied or gone: told as damage, in our words, and never a crash.
#[test]
fn files_of_a_store_that_are_cut_or_gone() {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    let file = folder.path().join("a.jsonl");
    std::fs::write(&file, between(b"")).unwrap();
    assert_eq!(run(&index, &["ingest", file.to_str().unwrap()]).code, 0);
    let store = index.join("store-0001");
    let files: Vec<_> = std::fs::read_dir(&store).unwrap().map(|entry| entry.unwrap().path()).collect();
    let mut n_damaged = 0;
    for file in files {
        let whole = std::fs::read(&file).unwrap();
        for cut in [Some(whole.len() / 2), Some(0), None] {
            match cut {
                Some(len) => std::fs::write(&file, &whole[..len]).unwrap(),
                None => std::fs::remove_file(&file).unwrap(),
            }
            let asked = run(&index, &["query", "text", "--facets", "source"]);
            let told = format!("{} cut to {cut:?} bytes: {} {}", file.display(), asked.code, asked.stderr);
            // Locks are empty, and a half of what was deleted may still be whole.
            assert!([0, 4].contains(&asked.code), "{told}");
            if asked.code == 4 {
                n_damaged += 1;
                assert!(asked.stderr.contains("is damaged") && asked.stderr.contains("hint: ingest the sources again"), "{told}");
                let foreign = ["Error", "tantivy", "struct", "Some(", "kind:", "expected value", "Data corrupted"];
                assert!(!foreign.iter().any(|word| asked.stderr.contains(word)), "{told}");
            }
            std::fs::write(&file, &whole).unwrap();
        }
    }
    assert!(n_damaged > 12, "{n_damaged}");
    assert_eq!(run(&index, &["query", "text"]).code, 0);
}

#[test]
fn two_writers() {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    let mut first = fihris(&index).args(["ingest", "-"]).stdin(std::process::Stdio::piped()).stderr(std::process::Stdio::null()).spawn().unwrap();
    let mut stdin = first.stdin.take().unwrap();
    stdin.write_all(GOOD.as_bytes()).unwrap();
    stdin.write_all(b"\n").unwrap();
    stdin.flush().unwrap();
    for _ in 0..200 {
        if index.join("fihris.json").exists() && index.join("store-0001/.tantivy-writer.lock").exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let second = run_with(&index, &["ingest", "-"], GOOD_TOO.as_bytes());
    assert_eq!(second.code, 4, "{}", second.stderr);
    assert!(second.stderr.contains("is being written by another process"), "{}", second.stderr);
    drop(stdin);
    assert_eq!(first.wait().unwrap().code(), Some(0));
    assert_eq!(json(&run(&index, &["index", "info", "--json"]).stdout)["articles"], 1);
}

/// A small file system that fills up; only where one may be mounted.
#[test]
fn a_full_disk() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=320k", "tmpfs", disk.to_str().unwrap()])
        .stderr(std::process::Stdio::null())
        .status();
    if !mounted.is_ok_and(|status| status.success()) {
        return;
    }
    let _unmount = Unmount(disk.clone());
    let index = disk.join("index");
    let small = folder.path().join("small.jsonl");
    std::fs::write(&small, between(b"")).unwrap();
    let first = run(&index, &["ingest", small.to_str().unwrap()]);
    assert_eq!(first.code, 0, "{}", first.stderr);
    let full = run(&index, &["ingest", crate::support::sample_folder().to_str().unwrap()]);
    assert_eq!(full.code, 4, "{}", full.stderr);
    assert!(full.stderr.contains("cannot be written"), "{}", full.stderr);
    let info = run(&index, &["index", "info", "--json"]);
    assert_eq!(json(&info.stdout)["articles"], 2, "what was committed is still there");
}

struct Unmount(std::path::PathBuf);

impl Drop for Unmount {
    fn drop(&mut self) {
        let path: &Path = &self.0;
        let _ = std::process::Command::new("umount").arg(path).status();
    }
}

#[test]
fn paths_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    let missing = run(&index, &["ingest", "/no/such/folder"]);
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains("no such file or folder"), "{}", missing.stderr);
    // A socket or a pipe is no news.
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let refused = run(&index, &["ingest", pipe.to_str().unwrap()]);
    assert_eq!(refused.code, 3, "{}", refused.stderr);
    assert!(refused.stderr.contains("expected a regular file or a folder"), "{}", refused.stderr);
    let locked = folder.path().join("locked");
    std::fs::create_dir(&locked).unwrap();
    std::fs::write(folder.path().join("locked/a.jsonl"), between(b"")).unwrap();
    std::fs::set_permissions(&locked, std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
    // The administrator may read anything; everyone else is told.
    let readable = std::fs::read_dir(&locked).is_ok();
    let run = run(&index, &["ingest", folder.path().join("locked").to_str().unwrap()]);
    std::fs::set_permissions(&locked, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    if !readable {
        assert_eq!(run.code, 3, "{}", run.stderr);
        assert!(run.stderr.contains("cannot be read"), "{}", run.stderr);
    }
}

/// Feeds and archives are refused by name; whoever names a format means it.
#[test]
fn formats_not_read_yet() {
    let folder = tempfile::tempdir().unwrap();
    let feed = folder.path().join("feed.xml");
    std::fs::write(&feed, "<?xml version=\"1.0\"?>\n<rss><channel><title>News of the city</title></channel></rss>\n").unwrap();
    let refused = run(&folder.path().join("a"), &["ingest", feed.to_str().unwrap()]);
    assert_eq!(refused.code, 3);
    assert!(refused.stderr.contains("unknown_format") && refused.stderr.contains("--input-format text"), "{}", refused.stderr);
    let meant = run(&folder.path().join("b"), &["ingest", "--input-format", "text", feed.to_str().unwrap()]);
    assert_eq!(meant.code, 0, "{}", meant.stderr);
}

/// Lines whose names only a map knows are lines, whatever lists they hold: a bad one costs no other.
#[test]
fn mapped_lines_are_read_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let (lines, map) = (folder.path().join("a.jsonl"), folder.path().join("map.toml"));
    let line = |n: u32| format!("{{\"people\":[{{\"name\":\"x\"}}],\"kopf\":\"Title {n}\",\"rumpf\":\"Text {n}\"}}\n");
    std::fs::write(&lines, format!("{}{{\"kopf\": broken\n{}", line(1), line(2))).unwrap();
    std::fs::write(&map, "title = \"kopf\"\ntext = \"rumpf\"\n").unwrap();
    let ingested = run(&folder.path().join("index"), &["ingest", "--map", map.to_str().unwrap(), lines.to_str().unwrap()]);
    assert_eq!(ingested.code, 3, "{}", ingested.stderr);
    assert!(ingested.stderr.contains("3 records read") && ingested.stderr.contains("added 2") && ingested.stderr.contains("a.jsonl:2"), "{}", ingested.stderr);
}

/// The folder of the index may lie in the folder that is read: it is passed over, as hidden files are.
#[test]
fn an_index_does_not_read_itself() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("good.jsonl"), format!("{GOOD}\n")).unwrap();
    std::fs::write(folder.path().join(".hidden.txt"), "not an article").unwrap();
    let index = folder.path().join("index");
    for _ in 0..2 {
        let ingested = run(&index, &["ingest", folder.path().to_str().unwrap()]);
        assert_eq!(ingested.code, 0, "{}", ingested.stderr);
        assert!(ingested.stderr.contains("1 record read"), "{}", ingested.stderr);
    }
}

/// Two exports that both count their rows from 1 keep all their articles.
#[test]
fn row_numbers_are_no_identity() {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    for month in ["january", "february"] {
        std::fs::write(folder.path().join(format!("{month}.csv")), format!("id,title,text,source\n1,One of {month},Text of {month},s\n")).unwrap();
    }
    let ingested = run(&index, &["ingest", "--include", "*.csv", folder.path().to_str().unwrap()]);
    assert!(ingested.stderr.contains("added 2"), "{}", ingested.stderr);
}

/// What a library says about a broken file is told in our words, with the file and what to do.
#[test]
fn broken_files_beside_the_articles() {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    let file = folder.path().join("a.jsonl");
    std::fs::write(&file, between(b"")).unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(run(&index, &["ingest", file]).code, 0);
    for broken in ["{\"a\":5}", "{", "[]"] {
        std::fs::write(index.join("saved.json"), broken).unwrap();
        let listed = run(&index, &["saved", "list"]);
        assert_eq!(listed.code, 4, "{}", listed.stderr);
        assert!(listed.stderr.contains("saved.json:1: expected the questions") && listed.stderr.contains("hint: mend the file"), "{}", listed.stderr);
        assert!(!listed.stderr.contains("struct"), "{}", listed.stderr);
    }
    let map = folder.path().join("map.toml");
    std::fs::write(&map, "text = \"a\"\ntitle = \n").unwrap();
    let mapped = run(&index, &["ingest", "--map", map.to_str().unwrap(), file]);
    assert_eq!((mapped.code, mapped.stderr.lines().count()), (2, 1), "{}", mapped.stderr);
    assert!(mapped.stderr.contains("map.toml: line 2 is no TOML"), "{}", mapped.stderr);
    std::fs::remove_dir_all(index.join("store-0001")).unwrap();
    for command in [&["ingest", file][..], &["query", "x"]] {
        let damaged = run(&index, command);
        assert_eq!(damaged.code, 4, "{}", damaged.stderr);
        assert!(damaged.stderr.contains("is damaged"), "{}", damaged.stderr);
    }
    let extracted = run_with(&index, &["extract", "--input-format", "jsonl", "-"], b"5\n");
    assert_eq!(extracted.code, 3);
    assert!(extracted.stderr.contains("<stdin>:1: expected an article") && !extracted.stderr.contains("struct"), "{}", extracted.stderr);
}

/// Questions cannot be kept where nothing may be written: that is the index's fault, not the command's.
#[test]
fn questions_on_a_medium_that_takes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let mount = |options: &str| {
        let arguments = ["-t", "tmpfs", "-o", options, "tmpfs", disk.to_str().unwrap()];
        std::process::Command::new("mount").args(arguments).stderr(std::process::Stdio::null()).status().is_ok_and(|status| status.success())
    };
    if !mount("size=2m") {
        return;
    }
    let _unmount = Unmount(disk.clone());
    let index = disk.join("index");
    assert_eq!(run_with(&index, &["ingest", "-"], GOOD.as_bytes()).code, 0);
    let fails = |words: &str| {
        let refused = run(&index, &["saved", "add", "name", "text"]);
        assert_eq!(refused.code, 4, "{}", refused.stderr);
        assert!(refused.stderr.contains(&format!("cannot be written: {words}\n")) && !refused.stderr.contains("index/."), "{}", refused.stderr);
    };
    assert!(mount("remount,ro"));
    fails("the file system is read-only");
    assert!(mount("remount,rw"));
    let _ = std::fs::File::create(disk.join("filler")).unwrap().write_all(&vec![0; 4 << 20]);
    fails("no space left on the device");
}

/// A star that too many words would stand for is the question's fault, beside `w/`, in a phrase or in a title; a batch goes on.
#[test]
fn a_star_for_too_many_words() {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    let file = folder.path().join("many.txt");
    let letter = |number: u32| char::from_u32('a' as u32 + number % 26).unwrap();
    let words: String = (0..1_100).map(|number| format!("xa{}{}{} ", letter(number), letter(number / 26), letter(number / 676))).collect();
    std::fs::write(&file, format!("A title\n\n{words} and a text\n")).unwrap();
    assert_eq!(run(&index, &["ingest", file.to_str().unwrap()]).code, 0);
    for question in ["\"text xa*\"", "xa* w/5 text", "text w/5 xa*"] {
        let refused = run(&index, &["query", question]);
        assert_eq!(refused.code, 2, "{question}: {}", refused.stderr);
        assert!(refused.stderr.contains("more than 1,024 words begin with \"xa\"; write more letters before the star"), "{}", refused.stderr);
    }
    let questions = folder.path().join("questions.tsv");
    std::fs::write(&questions, "1\t\"text xa*\"\n2\ttext\n").unwrap();
    let batch = run(&index, &["batch", questions.to_str().unwrap()]);
    assert!(batch.stdout.starts_with("2\t") || batch.stdout.starts_with("2 "), "{} {} {}", batch.code, batch.stdout, batch.stderr);
    assert!(batch.stderr.contains("questions.tsv:1: more than 1,024 words"), "{}", batch.stderr);
}
