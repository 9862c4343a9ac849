//! How long questions take, in process: 200 seeded questions of one to three words with facets, on an index.
//!
//! `cargo bench --bench questions -- INDEX [QUESTION]`. The words are drawn from titles of the archive itself; a question that is
//! named is asked 200 times instead. Prints p50, p90 and p99 in milliseconds, of all questions and of those of three words, and
//! the slowest of both.

use std::path::PathBuf;
use std::time::Instant;

use fihris::engine::{Clause, Engine, answer};
use fihris::query::{FacetRequest, SearchRequest};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const QUESTIONS: usize = 200;
/// Questions named at the end.
const SLOWEST: usize = 5;
const SEED: u64 = 20_261_123;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let Some(path) = arguments.next().map(PathBuf::from) else {
        println!("no index named: cargo bench --bench questions -- INDEX");
        return Ok(());
    };
    let asked = arguments.next();
    let engine = fihris::engine::open(&path)?;
    engine.warm()?;
    let ids = engine.matching(&Clause::All)?;
    anyhow::ensure!(!ids.is_empty(), "{}: nothing in the index", path.display());
    let mut state = SEED;
    let mut below = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    let mut times: Vec<Asked> = Vec::new();
    while times.len() < QUESTIONS {
        let article = engine.load(ids[below(ids.len())])?;
        let text = if article.title.is_empty() { article.body.chars().take(200).collect() } else { article.title };
        let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 2 && !matches!(*word, "AND" | "NOT")).collect();
        if words.is_empty() {
            continue;
        }
        let question: Vec<&str> = (0..1 + times.len() % 3).map(|_| words[below(words.len())]).collect();
        let mut request = SearchRequest::new(&asked.clone().unwrap_or(question.join(" ")))?;
        request.facets =
            ["person", "place", "org", "source", "lang", "count", "month"].iter().map(|name| FacetRequest::parse(name, 10)).collect::<Result<_, _>>()?;
        let began = Instant::now();
        let response = answer::search(&engine, &request)?;
        let n_words = question.len();
        times.push(Asked { time: began.elapsed().as_secs_f64() * 1000.0, n_words, articles: response.articles, text: request.text });
    }
    times.sort_by(|a, b| a.time.total_cmp(&b.time));
    println!("{} articles, {QUESTIONS} questions (seed {SEED})", ids.len());
    print("all", &times.iter().collect::<Vec<_>>());
    print("of three words", &times.iter().filter(|asked| asked.n_words == 3).collect::<Vec<_>>());
    Ok(())
}

/// A question and what it took.
struct Asked {
    time: f64,
    n_words: usize,
    articles: u64,
    text: String,
}

/// The quantiles of questions that stand in the order of their times, and the slowest.
fn print(label: &str, asked: &[&Asked]) {
    let at = |share: f64| asked.get(((asked.len().saturating_sub(1)) as f64 * share) as usize).map_or(0.0, |asked| asked.time);
    let hits = asked.iter().map(|asked| asked.articles).sum::<u64>() as f64 / asked.len().max(1) as f64;
    println!("{label}: {} questions, {hits:.0} hits each: p50 {:.2} ms  p90 {:.2} ms  p99 {:.2} ms", asked.len(), at(0.5), at(0.9), at(0.99));
    for asked in asked.iter().rev().take(SLOWEST) {
        println!("  {:.1} ms, {} articles: {}", asked.time, asked.articles, asked.text);
    }
}
