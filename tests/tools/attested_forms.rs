//! Compiles the lexicon of attested Arabic forms for the stemmer's prefix guard.
//!
//! `cargo run --release --example attested_forms -- wiki-ar.txt.gz data/language/ar/attested.bin`
//!
//! A form counts when it occurs at least eight times; its frequency is kept in eighths of a binary logarithm. The same input gives
//! the same bytes.

mod wiki;

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use fihris::language::arabic::attested;
use fihris::language::arabic::normalizer::fold_carriers;

const FEWEST: u64 = 8;

fn main() -> anyhow::Result<()> {
    let [input, output] = std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| anyhow::anyhow!("usage: attested_forms INPUT OUTPUT"))?;
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    wiki::read(&input, |words| {
        for word in words {
            *counts.entry(fold_carriers(&word.exact)).or_default() += 1;
        }
    })?;
    counts.retain(|_, count| *count >= FEWEST);
    if counts.is_empty() {
        bail!("{input}: no Arabic form occurs {FEWEST} times");
    }
    let bytes = attested::compile(&counts)?;
    std::fs::write(&output, &bytes).with_context(|| output.clone())?;
    eprintln!("{} forms, {} bytes", counts.len(), bytes.len());
    Ok(())
}
