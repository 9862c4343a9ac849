//! How well the Arabic stems serve names.
//!
//! `cargo run --release --example clitics -- ar.anercorp-camel.train.jsonl.gz`
//!
//! *Clitic + name = name*: mentions whose first word is a clitic (`و ف ب ل ك`, two of them, `لل`) and a word that is itself a
//! first word of names in the corpus: how many are found by the bare name, that is, share its exact form or stem. *Collisions*:
//! names of places in the corpus and the authority, one word each, whose stem is also that of another word of the corpus: one that
//! is not the name with clitics or article. The baselines of light10 are 70.5 % and 10.7 %. Then the speed of the analysis over the
//! corpus, a core.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read};
use std::time::Instant;

use anyhow::Context;
use fihris::analysis::{Analyzer, fold};
use fihris::article::LanguageCode;
use fihris::extract::authority::{DATA, parse_records};
use fihris::language::arabic::stemmer::{attested, stem};
use fihris::language::is_stop_word;
use serde::Deserialize;

#[derive(Deserialize)]
struct Line {
    tokens: Vec<String>,
    #[serde(default)]
    ents: Vec<(usize, usize, String)>,
}

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Times a word is marked as a place, at least.
const FEWEST: u64 = 3;

const CLITICS: &[&str] = &["وب", "ول", "وك", "فب", "فل", "و", "ف", "ب", "ل", "ك"];

fn stem_of(exact: &str) -> String {
    stem(exact, is_stop_word(exact)).stem
}

/// Whether a word is another with clitics, with or without its article.
fn is_same_name(word: &str, name: &str) -> bool {
    let bare = |word: &str| -> BTreeSet<String> {
        let mut forms = BTreeSet::from([word.to_string()]);
        for clitic in CLITICS {
            forms.extend(word.strip_prefix(clitic).map(str::to_string));
        }
        for form in forms.clone() {
            forms.extend(form.strip_prefix("ال").map(str::to_string));
            forms.extend(form.strip_prefix("لل").map(str::to_string));
        }
        forms
    };
    let names = bare(name);
    bare(word).iter().any(|form| names.contains(form))
}

fn main() -> anyhow::Result<()> {
    let [input] = std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| anyhow::anyhow!("usage: clitics CORPUS.jsonl[.gz]"))?;
    let file = std::fs::File::open(&input).with_context(|| input.clone())?;
    let bytes: Box<dyn Read> = if input.ends_with(".gz") { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut firsts: BTreeMap<String, u64> = BTreeMap::new();
    let mut as_place: BTreeMap<String, u64> = BTreeMap::new();
    let mut words: BTreeMap<String, u64> = BTreeMap::new();
    let mut text = String::new();
    for line in BufReader::new(bytes).lines() {
        let line: Line = serde_json::from_str(&line?)?;
        for (start, end, kind) in &line.ents {
            let folded = line.tokens.get(*start).map(|token| fold(token)).unwrap_or_default();
            if folded.contains(' ') || folded.chars().count() < 3 {
                continue;
            }
            *firsts.entry(folded.clone()).or_default() += 1;
            if kind == "LOC" && end - start == 1 {
                *as_place.entry(folded).or_default() += 1;
            }
        }
        for token in &line.tokens {
            *words.entry(fold(token)).or_default() += 1;
        }
        text.push_str(&line.tokens.join(" "));
        text.push('\n');
    }
    let (mut pairs, mut found, mut single, mut single_found) = (0u64, 0u64, 0u64, 0u64);
    let mut missed: BTreeMap<String, u64> = BTreeMap::new();
    for (word, count) in &firsts {
        let names = CLITICS.iter().filter_map(|clitic| Some((*clitic, word.strip_prefix(clitic)?.to_string())));
        let swallowed = word.strip_prefix("لل").map(|rest| ("ل", format!("ال{rest}")));
        let Some((clitic, name)) =
            swallowed.into_iter().chain(names).find(|(_, name)| name.chars().count() >= 3 && firsts.get(name).is_some_and(|n| *n >= 2 && *n > *count / 2))
        else {
            continue;
        };
        // A name that only looks like a clitic and another name: `برلين` is not `ب` + `رلين`.
        if attested(&name) < attested(word) && firsts[&name] < *count {
            continue;
        }
        let is_found = stem_of(word) == stem_of(&name);
        pairs += count;
        found += if is_found { *count } else { 0 };
        if matches!(clitic, "ب" | "ل" | "ف" | "ك") {
            single += count;
            single_found += if is_found { *count } else { 0 };
        }
        if !is_found {
            missed.insert(format!("{word} {name}"), *count);
        }
    }
    let percent = |part: u64, whole: u64| 100.0 * part as f64 / whole.max(1) as f64;
    println!("clitic + name = name   {:.1} % of {pairs} mentions", percent(found, pairs));
    println!("  one of ب ل ف ك       {:.1} % of {single}", percent(single_found, single));
    let mut worst: Vec<_> = missed.into_iter().collect();
    worst.sort_by_key(|(word, count)| (std::cmp::Reverse(*count), word.clone()));
    println!("  missed most: {}", worst.iter().take(12).map(|(word, count)| format!("{word} ({count})")).collect::<Vec<_>>().join(", "));
    // A place by name: a word the corpus marks as one nearly always it occurs, or the label of a place people know.
    let mut places: BTreeSet<String> =
        as_place.into_iter().filter(|(word, count)| *count >= FEWEST && *count * 10 >= words[word] * 8).map(|(word, _)| word).collect();
    let (records, _) = parse_records(DATA);
    for record in records.iter().filter(|record| record.kind == "loc" && record.rank >= 400) {
        let label = record.labels.get("ar").map(|label| fold(label)).unwrap_or_default();
        // In the corpus the label is not an everyday word as well.
        if !label.contains(' ') && label.chars().count() >= 3 && firsts.get(&label).copied().unwrap_or(0) * 10 >= words.get(&label).copied().unwrap_or(0) * 8 {
            places.insert(label);
        }
    }
    places.retain(|place| {
        !is_stop_word(place) && attested(place) > 0 && !CLITICS.iter().any(|clitic| place.strip_prefix(clitic).is_some_and(|rest| firsts.contains_key(rest)))
    });
    let mut by_stem: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for form in words.keys().filter(|form| !form.contains(' ')) {
        by_stem.entry(stem_of(form)).or_default().push(form.clone());
    }
    let mut collisions = Vec::new();
    for place in &places {
        let others = by_stem.get(&stem_of(place)).map(Vec::as_slice).unwrap_or_default();
        let other = others.iter().filter(|word| !is_same_name(word, &fihris::language::arabic::normalizer::fold_carriers(place)));
        if let Some(word) = other.max_by_key(|word| attested(word)) {
            collisions.push(format!("{place}={word}"));
        }
    }
    println!("places that collide    {:.1} % of {}", percent(collisions.len() as u64, places.len() as u64), places.len());
    println!("  {}", collisions.iter().take(20).cloned().collect::<Vec<_>>().join(", "));
    for (is_kept, label) in [(false, "words met anew each round"), (true, "words known, as in a long run")] {
        let began = Instant::now();
        let (mut bytes, mut analyzer) = (0, Analyzer::new());
        while began.elapsed().as_secs_f64() < 2.0 {
            if !is_kept {
                analyzer = Analyzer::new();
            }
            for line in text.lines() {
                let tokens = analyzer.analyze(line, LanguageCode::ARABIC);
                bytes += line.len() + tokens.len() % 2;
            }
        }
        println!("analysis               {:.0} MB/s a core, all streams, {label}", bytes as f64 / 1e6 / began.elapsed().as_secs_f64());
    }
    Ok(())
}
