//! How fast articles go in, against bare tantivy, in one run over the same inputs:
//!
//! (a) title and body alone, stored, stock tokenizer; (b) all our fields with the stock tokenizer, nothing analysed or
//! extracted; (c) ours with everything on. Threads, heap, compression and merge policy are the same in all three, and all three
//! read and decode the same files.
//!
//! `cargo bench --bench ingest -- PATH…` (default: the bundled sample, 40 times over). Prints MB of UTF-8 title and body a
//! second, the ratios, and the size of each index.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use fihris::article::Article;
use fihris::document::year_month;
use fihris::engine::tantivy::schema;
use fihris::ingest::{IngestOptions, Progress, ingest};
use fihris::source::walk::{Found, WalkOptions, find};
use fihris::source::{self, Item, ReadOptions};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::schema::{STORED, Schema, TEXT};
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::{DateTime, Index, IndexSettings, TantivyDocument};

const THREADS: usize = 2;
const HEAP_BYTES: usize = 190 << 20;

fn main() -> anyhow::Result<()> {
    // cargo hands `--bench` on.
    let mut paths: Vec<PathBuf> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).map(PathBuf::from).collect();
    let folder = tempfile::tempdir()?;
    if paths.is_empty() {
        paths = sample(folder.path())?;
    }
    let mut rates = Vec::new();
    for (name, round) in [("a", 0), ("b", 1), ("c", 2)] {
        let index = folder.path().join(format!("index-{name}"));
        let began = Instant::now();
        let (articles, bytes) = match round {
            0 => bare(&paths, &index, plain_schema(), title_and_body)?,
            1 => bare(&paths, &index, schema::schema_with("default"), our_fields)?,
            _ => {
                let counted = text_bytes(&paths)?;
                let began = Instant::now();
                ours(&paths, &index)?;
                report("c  ours, everything on", counted, began.elapsed().as_secs_f64(), &index, &mut rates)?;
                continue;
            }
        };
        let label = if round == 0 { "a  bare tantivy, title and body" } else { "b  bare tantivy, our fields" };
        report(label, (articles, bytes), began.elapsed().as_secs_f64(), &index, &mut rates)?;
    }
    if let [a, b, c] = rates.as_slice() {
        println!("c/a {:.2}   c/b {:.2}", c / a, c / b);
    }
    Ok(())
}

fn report(label: &str, (articles, bytes): (u64, u64), seconds: f64, index: &Path, rates: &mut Vec<f64>) -> anyhow::Result<()> {
    let size: u64 = walkdir::WalkDir::new(index)
        .into_iter()
        .filter_map(Result::ok)
        .filter_map(|entry| entry.metadata().ok())
        .filter(|metadata| metadata.is_file())
        .map(|metadata| metadata.len())
        .sum();
    let rate = bytes as f64 / 1e6 / seconds;
    println!("{label:<34} {articles:>8} articles  {seconds:>7.1} s  {rate:>6.2} MB/s  index/text {:.2}", size as f64 / bytes as f64);
    rates.push(rate);
    Ok(())
}

/// The bundled sample, copied with new ids until there is something to measure.
fn sample(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for name in ["karstan.ar.jsonl", "numera.ar.jsonl", "world.en.jsonl"] {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample").join(name))?;
        let path = folder.join(name);
        let copies: String = (0..40).map(|copy| text.replace("\"id\": \"", &format!("\"id\": \"{copy}-"))).collect();
        std::fs::write(&path, copies)?;
        paths.push(path);
    }
    Ok(paths)
}

fn each(paths: &[PathBuf], mut visit: impl FnMut(Article)) -> anyhow::Result<()> {
    let options = ReadOptions::default();
    for path in paths {
        for found in find(path, &WalkOptions::default())? {
            let Found::Input(input) = found else { continue };
            let opened = source::open(&input, &options, &Arc::default())?;
            source::read(opened, &options, 0, &mut |item| {
                if let Item::Article(article) = item {
                    visit(*article);
                }
                ControlFlow::Continue(())
            })?;
        }
    }
    Ok(())
}

fn text_bytes(paths: &[PathBuf]) -> anyhow::Result<(u64, u64)> {
    let (mut articles, mut bytes) = (0, 0);
    each(paths, |article| {
        articles += 1;
        bytes += (article.title.len() + article.body.len()) as u64;
    })?;
    Ok((articles, bytes))
}

type MakeDocument = fn(&Schema, &Article) -> TantivyDocument;

/// Bare tantivy: one thread reads, two index.
fn bare(paths: &[PathBuf], folder: &Path, schema: Schema, make: MakeDocument) -> anyhow::Result<(u64, u64)> {
    std::fs::create_dir_all(folder)?;

    let compression = Compressor::Zstd(ZstdCompressor { compression_level: Some(3) });
    let settings = IndexSettings { docstore_compression: compression, docstore_blocksize: 16 * 1024, ..IndexSettings::default() };
    let index = Index::builder().schema(schema.clone()).settings(settings).create_in_dir(folder)?;
    let options = IndexWriterOptions::builder().num_worker_threads(THREADS).num_merge_threads(1).memory_budget_per_thread(HEAP_BYTES / THREADS).build();
    let mut writer = index.writer_with_options(options)?;
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(5);
    writer.set_merge_policy(Box::new(policy));
    let (mut articles, mut bytes, mut pending) = (0u64, 0u64, 0u64);
    let mut failure = None;
    each(paths, |article| {
        articles += 1;
        bytes += (article.title.len() + article.body.len()) as u64;
        pending += 1;
        let mut put = || -> tantivy::Result<()> {
            writer.add_document(make(&schema, &article))?;
            if pending >= 20_000 {
                pending = 0;
                writer.commit()?;
            }
            Ok(())
        };
        if let Err(error) = put() {
            failure = Some(error);
        }
    })?;
    if let Some(error) = failure {
        return Err(error.into());
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok((articles, bytes))
}

fn plain_schema() -> Schema {
    let mut builder = Schema::builder();
    builder.add_text_field("title", TEXT | STORED);
    builder.add_text_field("body", TEXT | STORED);
    builder.build()
}

fn title_and_body(schema: &Schema, article: &Article) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    if let (Ok(title), Ok(body)) = (schema.get_field("title"), schema.get_field("body")) {
        document.add_text(title, &article.title);
        document.add_text(body, &article.body);
    }
    document
}

/// Everything an article brings by itself, and the text in every stream; what extraction would add is left out.
fn our_fields(schema: &Schema, article: &Article) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    let field = |name: &str| schema.get_field(name).unwrap();
    document.add_text(field("key"), article.key.text());
    document.add_i64(field("key_hash"), article.key.hash());
    document.add_text(field("title"), &article.title);
    document.add_text(field("body"), &article.body);
    let joined = format!("{}\n{}\n{}", article.body, article.title, article.title);
    for name in ["text_exact", "text_stem", "text_p4"] {
        document.add_text(field(name), &joined);
    }
    document.add_text(field("title_exact"), &article.title);
    document.add_text(field("lang"), article.language.as_str());
    if let Some(source) = &article.source {
        document.add_text(field("source"), source);
    }
    if let Some(url) = &article.url {
        document.add_text(field("url"), url);
    }
    if let Some(date) = &article.published {
        document.add_date(field("published"), DateTime::from_timestamp_secs(date.seconds));
        document.add_i64(field("local"), date.seconds);
        if let Some(month) = year_month(date.seconds) {
            document.add_u64(field("ym"), month);
        }
    }
    document.add_u64(field("story"), article.key.opened_story());
    document.add_u64(field("content_hash"), 1);
    document.add_u64(field("model_v"), 1);
    document
}

fn ours(paths: &[PathBuf], folder: &Path) -> anyhow::Result<()> {
    ingest(&IngestOptions::new(folder.to_path_buf(), paths.to_vec(), THREADS), &Progress::default())?;
    Ok(())
}
