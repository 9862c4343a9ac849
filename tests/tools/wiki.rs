//! Reads the text that the tables of Arabic are compiled from: plain lines, gzipped or not, `<doc …>` and `</doc>` between articles.

use std::io::{BufRead, BufReader, Read};

use anyhow::Context;
use fihris::analysis::{Analyzer, Script, Word};
use fihris::article::LanguageCode;

/// Hands over the Arabic words of each line, in order.
pub fn read(input: &str, mut line_of_words: impl FnMut(&[&Word])) -> anyhow::Result<()> {
    let file = std::fs::File::open(input).with_context(|| input.to_string())?;
    let bytes: Box<dyn Read> = if input.ends_with(".gz") { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut analyzer = Analyzer::new();
    for line in BufReader::new(bytes).lines() {
        let line = line?;
        if line.starts_with("<doc") || line.starts_with("</doc") {
            continue;
        }
        let tokens = analyzer.analyze(&line, LanguageCode::ARABIC);
        let words: Vec<&Word> = tokens.into_iter().map(|token| analyzer.word(token)).filter(|word| word.script == Script::Arabic).collect();
        line_of_words(&words);
        analyzer.forget();
    }
    Ok(())
}
