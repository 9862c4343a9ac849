//! Makes a large archive of a small one: every article again and again, with other words here and there and other dates.
//!
//! `fihris -i INDEX export > articles.jsonl`, then
//! `cargo run --release --example multiply -- 10 articles.jsonl | fihris -i LARGE ingest -`
//! makes ten times the archive. One word in six of a copy is drawn from the text of other articles, so that copies are no
//! near-duplicates and words keep their frequencies; a copy is older by a month a round. Same input, same output.

use std::io::{BufRead, BufReader, BufWriter, Write};

use anyhow::{Context, bail};
use serde_json::{Value, json};

/// One word in so many is another.
const EVERY: u64 = 6;

/// Words kept to draw from.
const POOL: usize = 400_000;

const SEED: u64 = 20_261_125;

struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n.max(1)
    }
}

/// The text with words of the pool in place of some.
fn changed(text: &str, pool: &[String], random: &mut Random) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for (number, word) in text.split(' ').enumerate() {
        if number > 0 {
            out.push(' ');
        }
        let other = if random.below(EVERY) == 0 { pool.get(random.below(pool.len() as u64) as usize) } else { None };
        out.push_str(other.map_or(word, String::as_str));
    }
    out
}

/// A day so many months earlier, as far as years and months go.
fn earlier(date: &str, months: i64) -> Option<String> {
    let (year, month): (i64, i64) = (date.get(..4)?.parse().ok()?, date.get(5..7)?.parse().ok()?);
    let all = year * 12 + month - 1 - months;
    let day: i64 = date.get(8..10).and_then(|day| day.parse().ok()).unwrap_or(1);
    Some(format!("{:04}-{:02}-{:02}", all / 12, all % 12 + 1, day.clamp(1, 28)))
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [times, path] = arguments.as_slice() else { bail!("usage: multiply TIMES ARTICLES.jsonl") };
    let times: i64 = times.parse().context("TIMES")?;
    let lines = || -> anyhow::Result<_> { Ok(BufReader::new(std::fs::File::open(path).with_context(|| path.clone())?).lines()) };
    let mut random = Random(SEED);
    let mut pool: Vec<String> = Vec::new();
    let mut seen = 0u64;
    for line in lines()? {
        let article: Value = serde_json::from_str(&line?)?;
        for word in article["body"].as_str().unwrap_or_default().split_whitespace() {
            seen += 1;
            // A reservoir: every word of the archive has the same chance.
            if pool.len() < POOL {
                pool.push(word.to_string());
            } else if let Some(slot) = pool.get_mut(random.below(seen) as usize) {
                *slot = word.to_string();
            }
        }
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    for round in 0..times {
        for line in lines()? {
            let article: Value = serde_json::from_str(&line?)?;
            let text = |name: &str, random: &mut Random| {
                let text = article[name].as_str().unwrap_or_default();
                if round == 0 { text.to_string() } else { changed(text, &pool, random) }
            };
            let published = article["published"]["value"].as_str().and_then(|date| earlier(date, round));
            let copy = json!({
                "guid": format!("{}-{round}", article["id"].as_str().unwrap_or_default()),
                "title": text("title", &mut random),
                "body": text("body", &mut random),
                "lang": article["lang"],
                "source": article["source"],
                "published": published,
            });
            writeln!(out, "{copy}")?;
        }
    }
    Ok(out.flush()?)
}
