//! The attested Arabic forms and how often they occur, in a table that is read in place.
//!
//! Compiled from Wikipedia text by `cargo run --release --example attested_forms`. A form is kept as the hash of its letters, so
//! that a look-up costs a memory access; of a million forms that are not in the table less than one is taken for one that is.
//!
//! ```text
//! 2^n slots of four bytes, little-endian: bits 40 to 63 of the hash, then 8 bits of frequency; 0 is an empty slot.
//! The n bits of the hash from bit 20 on name the slot where the search begins; it ends at an empty one.
//! ```

use std::collections::BTreeMap;

use anyhow::bail;

/// The compiled table.
pub static TABLE: &[u8] = include_bytes!("../../../data/language/ar/attested.bin");

const SLOT: usize = 4;

/// How often a form folded for the `stem` stream is attested, in eighths of a binary logarithm; `None` where it is not.
pub fn frequency(form: &str) -> Option<u64> {
    find(TABLE, form)
}

fn find(table: &[u8], form: &str) -> Option<u64> {
    let (slots, _) = table.as_chunks::<SLOT>();
    let mask = slots.len().checked_sub(1)?;
    let (first, mark) = slot_and_mark(form);
    for step in 0..slots.len() {
        let slot = u32::from_le_bytes(slots[(first + step) & mask]);
        if slot == 0 {
            return None;
        }
        if slot >> 8 == mark {
            return Some(u64::from(slot & 0xFF));
        }
    }
    None
}

/// Where the search for a form begins, and the mark of its slot, never 0: FNV-1a, the halves mixed.
fn slot_and_mark(form: &str) -> (usize, u32) {
    let hash = form.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let hash = (hash ^ hash >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((hash >> 20) as usize, ((hash >> 40) as u32 & 0xFF_FFFF).max(1))
}

/// The table of forms and the number of times each occurs.
///
/// # Errors
/// When two forms cannot be told apart, which a few more slots would mend.
pub fn compile(counts: &BTreeMap<String, u64>) -> anyhow::Result<Vec<u8>> {
    let n = (counts.len() * 10 / 7).next_power_of_two();
    let mut slots = vec![0u32; n];
    for (form, count) in counts {
        let (mut at, mark) = slot_and_mark(form);
        while slots[at & (n - 1)] != 0 {
            if slots[at & (n - 1)] >> 8 == mark {
                bail!("{form}: another form has the same hash");
            }
            at += 1;
        }
        let eighths = ((*count as f64).log2() * 8.0).floor().clamp(0.0, 255.0) as u32;
        slots[at & (n - 1)] = mark << 8 | eighths;
    }
    Ok(slots.into_iter().flat_map(u32::to_le_bytes).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compiled_is_found_and_nothing_else() {
        let forms: BTreeMap<String, u64> = (0..1_000).map(|number| (format!("{number}كلمه"), 8 + number)).collect();
        let table = compile(&forms).unwrap();
        for (form, count) in &forms {
            assert_eq!(find(&table, form), Some(((*count as f64).log2() * 8.0) as u64), "{form}");
        }
        let others = (1_000..200_000).filter(|number| find(&table, &format!("{number}كلمه")).is_some()).count();
        assert_eq!(others, 0);
        assert_eq!(find(&compile(&BTreeMap::new()).unwrap(), "كلمه"), None);
        assert_eq!(find(&[], "كلمه"), None);
    }
}
