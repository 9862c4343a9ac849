//! Prints the terms of texts: what a linguist edits, and what a change of the analysis changed.
//!
//! `cargo run --release --example terms -- [LANGUAGE] < TEXTS`
//!
//! One text a line, in the language named (an ISO 639 code; else `und`). Prints text, exact, stem and p4, parted by tabs, as the
//! tables in `tests/data` have them. The golden file of Arabic words is checked and rewritten by it:
//! `cut -f1 tests/data/stems.tsv | cargo run --release --example terms -- ar`.

use std::io::{BufRead, Write};

use fihris::analysis::{Analyzer, Word};
use fihris::article::LanguageCode;

fn main() -> anyhow::Result<()> {
    let code = std::env::args().nth(1).unwrap_or_else(|| "und".to_string());
    let language = LanguageCode::parse(&code).ok_or_else(|| anyhow::anyhow!("{code:?} is no language code"))?;
    let mut out = std::io::stdout().lock();
    let mut analyzer = Analyzer::new();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line.is_empty() || line.starts_with('#') {
            writeln!(out, "{line}")?;
            continue;
        }
        analyzer.forget();
        let tokens = analyzer.analyze(&line, language);
        let join = |term: fn(&Word) -> &str| tokens.iter().map(|&token| term(analyzer.word(token))).collect::<Vec<_>>().join(" ");
        writeln!(out, "{line}\t{}\t{}\t{}", join(|word| &word.exact), join(|word| &word.stem), join(|word| &word.p4))?;
    }
    Ok(())
}
