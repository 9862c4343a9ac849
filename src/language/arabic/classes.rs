//! Classes of Arabic words that stand beside the same words, in a table that is read in place.
//!
//! Compiled from Wikipedia text by `cargo run --release --example word_classes`.
//!
//! ```text
//! Entries of six bytes, little-endian, by hash: 32 bits of the word's hash, then 9 bits of the fine class and 7 of the coarse one.
//! ```

use std::collections::BTreeMap;

use anyhow::bail;

/// The compiled table.
pub static TABLE: &[u8] = include_bytes!("../../../data/language/ar/classes.bin");

const ENTRY: usize = 6;

/// How many classes there are: fine ones, and coarse ones.
pub const FINE: usize = 512;
pub const COARSE: usize = 96;

/// The fine and the coarse class of a word folded for the `exact` stream; `None` where too few texts have it.
pub fn classes(word: &str) -> Option<(u16, u16)> {
    find(TABLE, word)
}

fn find(table: &[u8], word: &str) -> Option<(u16, u16)> {
    let (entries, _) = table.as_chunks::<ENTRY>();
    let hash_of = |entry: &[u8; ENTRY]| u32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]]);
    let at = entries.binary_search_by_key(&hash(word), hash_of).ok()?;
    let both = u16::from_le_bytes([entries[at][4], entries[at][5]]);
    Some((both & 0x1FF, both >> 9))
}

/// FNV-1a, the halves mixed.
fn hash(word: &str) -> u32 {
    let hash = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    ((hash ^ hash >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

/// The table of words and their classes. Of two words that cannot be told apart the later one is left out.
///
/// # Errors
/// When a class is none of those counted above.
pub fn compile(words: &[(String, u16, u16)]) -> anyhow::Result<Vec<u8>> {
    let mut entries: BTreeMap<u32, u16> = BTreeMap::new();
    for (word, fine, coarse) in words {
        if usize::from(*fine) >= FINE || usize::from(*coarse) >= COARSE {
            bail!("{word}: expected classes below {FINE} and {COARSE}, found {fine} and {coarse}");
        }
        entries.entry(hash(word)).or_insert(*fine | *coarse << 9);
    }
    Ok(entries.into_iter().flat_map(|(hash, both)| hash.to_le_bytes().into_iter().chain(both.to_le_bytes())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compiled_is_found_and_nothing_else() {
        let words: Vec<(String, u16, u16)> = (0..900u16).map(|number| (format!("كلمه{number}"), number % 512, number % 96)).collect();
        let table = compile(&words).unwrap();
        assert!(words.iter().all(|(word, fine, coarse)| find(&table, word) == Some((*fine, *coarse))));
        assert_eq!(find(&table, "غيرها"), None);
        assert!(compile(&[("كلمه".to_string(), 512, 0)]).is_err());
    }
}
