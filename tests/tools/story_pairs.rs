//! How well copies of an article are told from other articles, by pairs read one by one.
//!
//! `cargo run --release --example story_pairs -- sample INDEX > pairs.tsv` draws pairs of articles of an index by how alike their
//! words are, an equal number from each stratum, whatever the program thinks of them. People read both texts (`fihris show`)
//! and write `copy` or `other` behind each pair. `story_pairs -- measure INDEX tests/data/story_pairs.tsv` then compares what
//! the index groups as one story with what they said: precision and recall on the pairs, and weighted by how many pairs of
//! the archive each stratum stands for.
//!
//! *Copy*: the same text, cut, corrected, lengthened or under another headline; an update of a toll within it. *Other*: another
//! report of the same event, or an official form filled in anew.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use fihris::analysis::Analyzer;
use fihris::engine::tantivy::TantivyEngine;
use fihris::engine::{Clause, Engine, answer};
use rustc_hash::{FxHashMap, FxHashSet};

/// Lower bounds of the strata: share of common shingles of three words (Jaccard).
const STRATA: &[f64] = &[0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 0.95];

/// Pairs drawn from each.
const FROM_EACH: usize = 29;

const SHINGLE: usize = 3;
const SEED: u64 = 20_261_125;

/// One shingle in so many is looked up for candidates; a shingle of more articles is a formula.
const SKETCH: u64 = 24;
const MOST_HOLDERS: usize = 40;

fn mix(mut value: u64) -> u64 {
    value ^= value >> 33;
    value = value.wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    value ^ value >> 33
}

fn shingles(analyzer: &mut Analyzer, text: &str, language: fihris::article::LanguageCode) -> Vec<u64> {
    analyzer.forget();
    let tokens = analyzer.analyze(text, language);
    let words: Vec<u64> = tokens.iter().map(|&token| analyzer.word(token).exact.bytes().fold(SEED, |hash, byte| mix(hash ^ u64::from(byte)))).collect();
    let mut shingles: Vec<u64> = words.windows(SHINGLE).map(|words| words.iter().fold(SEED, |hash, word| mix(hash ^ word))).collect();
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

fn jaccard(a: &[u64], b: &[u64]) -> f64 {
    let (mut at, mut common) = (0, 0usize);
    for shingle in a {
        while at < b.len() && b[at] < *shingle {
            at += 1;
        }
        common += usize::from(b.get(at) == Some(shingle));
    }
    common as f64 / (a.len() + b.len() - common).max(1) as f64
}

fn stratum(likeness: f64) -> Option<usize> {
    STRATA.iter().rposition(|bound| likeness >= *bound)
}

fn sample(index: &str) -> anyhow::Result<()> {
    let engine = TantivyEngine::open(index.as_ref())?;
    let ids = engine.matching(&Clause::All)?;
    let mut analyzer = Analyzer::new();
    let (mut keys, mut texts) = (Vec::new(), Vec::new());
    let mut holders: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
    for (number, id) in ids.iter().enumerate() {
        let article = engine.load(*id)?;
        let shingles = shingles(&mut analyzer, &article.body, article.language);
        for shingle in shingles.iter().filter(|shingle| **shingle % SKETCH == 0) {
            holders.entry(*shingle).or_default().push(number as u32);
        }
        keys.push(article.key.shown());
        texts.push(shingles);
    }
    let mut seen: FxHashSet<(u32, u32)> = FxHashSet::default();
    let mut strata: Vec<Vec<(u64, f64, u32, u32)>> = vec![Vec::new(); STRATA.len()];
    for holders in holders.values().filter(|holders| (2..=MOST_HOLDERS).contains(&holders.len())) {
        for (at, &a) in holders.iter().enumerate() {
            for &b in &holders[at + 1..] {
                let both_long = texts[a as usize].len() >= 20 && texts[b as usize].len() >= 20;
                if !both_long || !seen.insert((a, b)) {
                    continue;
                }
                let likeness = jaccard(&texts[a as usize], &texts[b as usize]);
                if let Some(stratum) = stratum(likeness) {
                    strata[stratum].push((mix(SEED ^ u64::from(a) << 32 ^ u64::from(b)), likeness, a, b));
                }
            }
        }
    }
    println!("# Pairs of articles read one by one: key, key, likeness, stratum, copy or other. `#n` lines: pairs of the archive in a stratum.");
    for (number, mut pairs) in strata.into_iter().enumerate() {
        println!("#n\t{number}\t{}\t{}", STRATA[number], pairs.len());
        pairs.sort_by_key(|(order, ..)| *order);
        for (_, likeness, a, b) in pairs.into_iter().take(FROM_EACH) {
            println!("{}\t{}\t{likeness:.2}\t{number}\t?", keys[a as usize], keys[b as usize]);
        }
    }
    Ok(())
}

fn measure(index: &str, labels: &str) -> anyhow::Result<()> {
    let engine = TantivyEngine::open(index.as_ref())?;
    let text = std::fs::read_to_string(labels).with_context(|| labels.to_string())?;
    let mut sizes: BTreeMap<usize, f64> = BTreeMap::new();
    // By stratum: right, wrong and missed groupings, and pairs.
    let mut found: BTreeMap<usize, [f64; 4]> = BTreeMap::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        match cells.as_slice() {
            ["#n", number, _, size] => {
                sizes.insert(number.parse()?, size.parse()?);
            }
            [a, b, _, number, label @ ("copy" | "other")] => {
                let (a, b) = (answer::look_up(&engine, a)?, answer::look_up(&engine, b)?);
                let counts = found.entry(number.parse()?).or_default();
                counts[3] += 1.0;
                match (a.story == b.story, *label == "copy") {
                    (true, true) => counts[0] += 1.0,
                    (true, false) => {
                        counts[1] += 1.0;
                        println!("wrongly grouped  {}", &line[..line.len() - label.len()]);
                    }
                    (false, true) => {
                        counts[2] += 1.0;
                        println!("missed           {}", &line[..line.len() - label.len()]);
                    }
                    (false, false) => {}
                }
            }
            _ if line.starts_with('#') || line.is_empty() => {}
            _ => bail!("{labels}: expected five cells, the last `copy` or `other`, found {line:?}"),
        }
    }
    let rates = |weigh: &dyn Fn(usize, f64) -> f64| {
        let sum = |cell: usize| found.iter().map(|(number, counts)| counts[cell] * weigh(*number, counts[3])).sum::<f64>();
        let (right, wrong, missed) = (sum(0), sum(1), sum(2));
        format!("precision {:.3}  recall {:.3}", right / (right + wrong).max(1e-9), right / (right + missed).max(1e-9))
    };
    let pairs: f64 = found.values().map(|counts| counts[3]).sum();
    println!("{pairs} pairs: {}", rates(&|_, _| 1.0));
    println!("weighted by the strata: {}", rates(&|number, n| sizes.get(&number).copied().unwrap_or(0.0) / n));
    Ok(())
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["sample", index] => sample(index),
        ["measure", index, labels] => measure(index, labels),
        _ => bail!("usage: story_pairs sample INDEX | story_pairs measure INDEX LABELS"),
    }
}
