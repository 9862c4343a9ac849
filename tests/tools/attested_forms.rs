//! Compiles the lexicon of attested Arabic forms for the stemmer's prefix guard.
//!
//! `cargo run --release --example attested_forms -- wiki-ar.txt.gz data/language/ar/attested.bin`
//!
//! The input is plain text, gzipped or not, lines beginning with `<doc` and `</doc` left out. A form counts when it occurs
//! at least eight times; its frequency is kept in eighths of a binary logarithm. The same input gives the same bytes.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

use anyhow::{Context, bail};
use fihris::analysis::{Analyzer, Script};
use fihris::article::LanguageCode;
use fihris::language::arabic::attested;
use fihris::language::arabic::normalizer::fold_carrier;

const FEWEST: u64 = 8;

fn main() -> anyhow::Result<()> {
    let [input, output] = std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| anyhow::anyhow!("usage: attested_forms INPUT OUTPUT"))?;
    let file = std::fs::File::open(&input).with_context(|| input.clone())?;
    let bytes: Box<dyn Read> = if input.ends_with(".gz") { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut analyzer = Analyzer::new();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for line in BufReader::new(bytes).lines() {
        let line = line?;
        if line.starts_with("<doc") || line.starts_with("</doc") {
            continue;
        }
        for token in analyzer.analyze(&line, LanguageCode::ARABIC) {
            let word = analyzer.word(token);
            if word.script == Script::Arabic {
                *counts.entry(word.exact.chars().map(fold_carrier).collect()).or_default() += 1;
            }
        }
        analyzer.forget();
    }
    counts.retain(|_, count| *count >= FEWEST);
    if counts.is_empty() {
        bail!("{input}: no Arabic form occurs {FEWEST} times");
    }
    let bytes = attested::compile(&counts)?;
    std::fs::write(&output, &bytes).with_context(|| output.clone())?;
    eprintln!("{} forms, {} bytes", counts.len(), bytes.len());
    Ok(())
}
