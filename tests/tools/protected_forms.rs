//! Compiles the names that the Arabic stemmer keeps whole: single words by which the authority knows a place or a person.
//!
//! `cargo run --release --example protected_forms -- data/language/ar/protected.txt`
//!
//! The rules stand with [`protected_forms`]. The same authority gives the same bytes; a test compares.

use fihris::extract::authority::protected_forms;

fn main() -> anyhow::Result<()> {
    let [output] = std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| anyhow::anyhow!("usage: protected_forms OUTPUT"))?;
    let forms = protected_forms();
    std::fs::write(&output, &forms)?;
    eprintln!("{} lines, {} bytes", forms.lines().count(), forms.len());
    Ok(())
}
