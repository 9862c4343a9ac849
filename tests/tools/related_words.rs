//! Compiles the two tables of related Arabic words: neighbours by use, and families by their consonants.
//!
//! `cargo run --release --example related_words -- wiki-ar.txt.gz data/language/ar/related.bin`
//!
//! Vectors of the stems come from skip-gram with negative sampling (Mikolov and others 2013); they are not kept. *Neighbours* are stems
//! each among the nearest of the other. A *family* shares its consonants and is near enough by use: `كاتب`, `كتاب`. Function words
//! and stems met less than [`FEWEST`] times have none. One thread and a fixed seed: the same input gives the same bytes.

mod wiki;

use std::collections::{BTreeMap, HashMap};

use anyhow::bail;
use fihris::language::arabic::related::{self, Relatives};

/// Occurrences below which a stem has no vector.
const FEWEST: u64 = 20;

const DIMENSIONS: usize = 96;
const EPOCHS: u64 = 5;
const WINDOW: usize = 5;
const NEGATIVES: usize = 5;
const RATE: f32 = 0.025;

/// Share of the text above which occurrences of a stem are left out at random.
const FREQUENT: f64 = 1e-4;

/// A neighbour is among so many nearest stems, in both directions.
const NEAREST: usize = 10;
const MOST_NEIGHBOURS: usize = 5;
const MOST_IN_FAMILY: usize = 4;
const LEAST_COSINE_OF_NEIGHBOURS: f32 = 0.5;
const LEAST_COSINE_OF_FAMILY: f32 = 0.45;

/// Letters that come and go inside a family.
const NO_CONSONANTS: &[char] = &['ا', 'و', 'ي', 'ء', '·'];

/// The least consonants of a family.
const FEWEST_CONSONANTS: usize = 2;

type Vector = [f32; DIMENSIONS];

fn main() -> anyhow::Result<()> {
    let [input, output] = std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| anyhow::anyhow!("usage: related_words INPUT OUTPUT"))?;
    let mut numbers: HashMap<Box<str>, u32> = HashMap::new();
    let mut counts: Vec<u64> = Vec::new();
    let mut lines: Vec<Vec<u32>> = Vec::new();
    wiki::read(&input, |words| {
        let content = words.iter().filter(|word| !word.is_stop_word);
        let line: Vec<u32> = content
            .map(|word| {
                let next = numbers.len() as u32;
                let number = *numbers.entry(word.stem.clone()).or_insert(next);
                counts.resize(numbers.len(), 0);
                counts[number as usize] += 1;
                number
            })
            .collect();
        lines.push(line);
    })?;
    // Numbers by frequency, so that the vectors most asked for lie together.
    let mut kept: Vec<(Box<str>, u64)> =
        numbers.iter().map(|(stem, number)| (stem.clone(), counts[*number as usize])).filter(|(_, count)| *count >= FEWEST).collect();
    kept.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    if kept.is_empty() {
        bail!("{input}: no Arabic stem occurs {FEWEST} times");
    }
    let mut renumbered: Vec<Option<u32>> = vec![None; numbers.len()];
    for (new, (stem, _)) in kept.iter().enumerate() {
        renumbered[numbers[stem] as usize] = Some(new as u32);
    }
    let lines: Vec<Vec<u32>> = lines.into_iter().map(|line| line.into_iter().filter_map(|old| renumbered[old as usize]).collect()).collect();
    eprintln!("{} stems, {} words", kept.len(), lines.iter().map(Vec::len).sum::<usize>());
    let vectors = train(&lines, &kept.iter().map(|(_, count)| *count).collect::<Vec<_>>());
    let stems: Vec<&str> = kept.iter().map(|(stem, _)| &**stem).collect();
    let table = relatives(&stems, &vectors);
    let bytes = related::compile(&table)?;
    std::fs::write(&output, &bytes)?;
    let pairs = |of: fn(&Relatives) -> usize| table.values().map(of).sum::<usize>();
    eprintln!("{} stems, {} neighbours, {} of families, {} bytes", table.len(), pairs(|r| r.neighbours.len()), pairs(|r| r.family.len()), bytes.len());
    Ok(())
}

/// Numbers that look random and are the same every time (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A vector of length one for each stem.
fn train(lines: &[Vec<u32>], counts: &[u64]) -> Vec<Vector> {
    let mut random = Random(0xF1);
    let total: u64 = counts.iter().sum();
    let keep: Vec<f64> = counts.iter().map(|count| (FREQUENT * total as f64 / *count as f64).sqrt().min(1.0)).collect();
    // Each stem stands in the table as often as it should be drawn.
    let mut draws: Vec<u32> = Vec::new();
    let weight = |count: u64| (count as f64).powf(0.75);
    let sum: f64 = counts.iter().map(|count| weight(*count)).sum();
    for (number, count) in counts.iter().enumerate() {
        draws.resize(draws.len() + (weight(*count) / sum * 4e6).ceil() as usize, number as u32);
    }
    let mut inner: Vec<Vector> = (0..counts.len()).map(|_| std::array::from_fn(|_| (random.share() as f32 - 0.5) / DIMENSIONS as f32)).collect();
    let mut outer: Vec<Vector> = vec![[0.0; DIMENSIONS]; counts.len()];
    let mut seen = 0;
    let mut line_kept: Vec<u32> = Vec::new();
    for epoch in 0..EPOCHS {
        for line in lines {
            let rate = RATE * (1.0 - seen as f32 / (total * EPOCHS) as f32).max(1e-4);
            seen += line.len() as u64;
            line_kept.clear();
            line_kept.extend(line.iter().filter(|number| random.share() < keep[**number as usize]));
            for (at, word) in line_kept.iter().enumerate() {
                let reach = 1 + random.below(WINDOW);
                for other in at.saturating_sub(reach)..(at + reach + 1).min(line_kept.len()) {
                    if other != at {
                        step(&mut inner[line_kept[other] as usize], &mut outer, *word, &draws, rate, &mut random);
                    }
                }
            }
        }
        eprintln!("epoch {} of {EPOCHS}", epoch + 1);
    }
    for vector in &mut inner {
        let length = dot(vector, vector).sqrt().max(f32::MIN_POSITIVE);
        vector.iter_mut().for_each(|value| *value /= length);
    }
    inner
}

/// Moves one vector towards the word it stands beside and away from words drawn at random.
fn step(vector: &mut Vector, outer: &mut [Vector], word: u32, draws: &[u32], rate: f32, random: &mut Random) {
    let mut change = [0.0; DIMENSIONS];
    for draw in 0..=NEGATIVES {
        let target = if draw == 0 { word } else { draws[random.below(draws.len())] };
        if draw > 0 && target == word {
            continue;
        }
        let other = &mut outer[target as usize];
        let wanted = if draw == 0 { 1.0 } else { 0.0 };
        let gradient = rate * (wanted - 1.0 / (1.0 + (-dot(vector, other)).exp()));
        for at in 0..DIMENSIONS {
            change[at] += gradient * other[at];
            other[at] += gradient * vector[at];
        }
    }
    for at in 0..DIMENSIONS {
        vector[at] += change[at];
    }
}

/// In eight sums, which the compiler adds side by side.
fn dot(a: &Vector, b: &Vector) -> f32 {
    let mut sums = [0.0f32; 8];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for at in 0..8 {
            sums[at] += a[at] * b[at];
        }
    }
    sums.iter().sum()
}

/// Who is related to whom.
fn relatives(stems: &[&str], vectors: &[Vector]) -> BTreeMap<String, Relatives> {
    let nearest: Vec<Vec<(f32, usize)>> = vectors
        .iter()
        .enumerate()
        .map(|(own, vector)| {
            let mut best: Vec<(f32, usize)> = Vec::with_capacity(NEAREST + 1);
            for (number, other) in vectors.iter().enumerate() {
                let cosine = dot(vector, other);
                if number == own || best.len() == NEAREST && best.last().is_some_and(|(least, _)| cosine <= *least) {
                    continue;
                }
                let at = best.partition_point(|(better, _)| *better >= cosine);
                best.insert(at, (cosine, number));
                best.truncate(NEAREST);
            }
            best
        })
        .collect();
    let mut families: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, stem) in stems.iter().enumerate() {
        let consonants: String = stem.chars().filter(|letter| !NO_CONSONANTS.contains(letter)).collect();
        if consonants.chars().count() >= FEWEST_CONSONANTS && !stem.starts_with('·') {
            families.entry(consonants).or_default().push(number);
        }
    }
    let mut table: BTreeMap<String, Relatives> = BTreeMap::new();
    for members in families.values() {
        for own in members {
            let others = members.iter().filter(|other| *other != own).map(|other| (dot(&vectors[*own], &vectors[*other]), *other));
            let mut near: Vec<(f32, usize)> = others.filter(|(cosine, _)| *cosine >= LEAST_COSINE_OF_FAMILY).collect();
            near.sort_by(|a, b| b.0.total_cmp(&a.0));
            near.truncate(MOST_IN_FAMILY);
            if !near.is_empty() {
                table.entry(stems[*own].to_string()).or_default().family = near.into_iter().map(|(_, number)| stems[number].to_string()).collect();
            }
        }
    }
    for (own, near) in nearest.iter().enumerate() {
        let is_mutual = |number: usize| nearest[number].iter().any(|(_, other)| *other == own);
        let mutual = near.iter().filter(|(cosine, number)| *cosine >= LEAST_COSINE_OF_NEIGHBOURS && is_mutual(*number));
        let neighbours: Vec<(String, f32)> = mutual.take(MOST_NEIGHBOURS).map(|(cosine, number)| (stems[*number].to_string(), *cosine)).collect();
        if !neighbours.is_empty() {
            table.entry(stems[own].to_string()).or_default().neighbours = neighbours;
        }
    }
    table
}
