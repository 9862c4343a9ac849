//! Words related to an Arabic word: neighbours, which stand where it stands, and its family, which shares its consonants.
//!
//! Compiled from Wikipedia text by `cargo run --release --example related_words`. Related words only add to a score; what an article
//! is found by is always a word of the question.
//!
//! ```text
//! number of stems, u16 little-endian; the stems in order, each ended by a line feed;
//! then for each stem: neighbours u8, members of the family u8, then three bytes a neighbour and two a member:
//! the number of its stem, u16 little-endian, and the cosine in 255ths.
//! ```

use std::collections::BTreeMap;
use std::sync::LazyLock;

use anyhow::{Context, bail};

/// The relatives of one stem, nearest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Relatives {
    /// Stem and cosine, from 0 to 1.
    pub neighbours: Vec<(String, f32)>,
    pub family: Vec<String>,
}

static TABLE: LazyLock<Table<'static>> = LazyLock::new(|| Table::read(include_bytes!("../../../data/language/ar/related.bin")).unwrap_or_default());

/// The relatives of a stem; none for one that the table does not know.
pub fn relatives(stem: &str) -> Relatives {
    TABLE.relatives(stem).unwrap_or_default()
}

#[derive(Default)]
struct Table<'t> {
    stems: Vec<&'t str>,
    /// By stem, what follows the stems.
    rows: Vec<&'t [u8]>,
}

impl<'t> Table<'t> {
    fn read(bytes: &'t [u8]) -> Option<Table<'t>> {
        let (count, mut rest) = bytes.split_first_chunk::<2>()?;
        let count = usize::from(u16::from_le_bytes(*count));
        let mut stems = Vec::with_capacity(count);
        for _ in 0..count {
            let end = memchr::memchr(b'\n', rest)?;
            stems.push(std::str::from_utf8(rest.get(..end)?).ok()?);
            rest = rest.get(end + 1..)?;
        }
        let mut rows = Vec::with_capacity(count);
        for _ in 0..count {
            let [neighbours, family] = *rest.first_chunk::<2>()?;
            let (row, others) = rest.split_at_checked(2 + 3 * usize::from(neighbours) + 2 * usize::from(family))?;
            rows.push(row);
            rest = others;
        }
        Some(Table { stems, rows })
    }

    fn relatives(&self, stem: &str) -> Option<Relatives> {
        let row = self.rows.get(self.stems.binary_search(&stem).ok()?)?;
        let (counts, rest) = row.split_first_chunk::<2>()?;
        let (neighbours, family) = rest.split_at_checked(3 * usize::from(counts[0]))?;
        let (neighbours, family) = (neighbours.as_chunks::<3>().0, family.as_chunks::<2>().0);
        let named = |low: u8, high: u8| self.stems.get(usize::from(u16::from_le_bytes([low, high]))).map(|stem| stem.to_string());
        Some(Relatives {
            neighbours: neighbours.iter().filter_map(|[low, high, cosine]| Some((named(*low, *high)?, f32::from(*cosine) / 255.0))).collect(),
            family: family.iter().filter_map(|[low, high]| named(*low, *high)).collect(),
        })
    }
}

/// The bytes of a table.
///
/// # Errors
/// When a relative has no row of its own, or there are more than 65,535 stems or 255 relatives of one.
pub fn compile(table: &BTreeMap<String, Relatives>) -> anyhow::Result<Vec<u8>> {
    let numbers: BTreeMap<&str, u16> =
        table.keys().enumerate().map(|(number, stem)| Ok((stem.as_str(), u16::try_from(number)?))).collect::<anyhow::Result<_>>()?;
    let number = |stem: &String| numbers.get(stem.as_str()).with_context(|| format!("{stem}: related, but without relatives"));
    let mut bytes = u16::try_from(table.len())?.to_le_bytes().to_vec();
    for stem in table.keys() {
        if stem.contains('\n') {
            bail!("{stem:?}: a stem of two lines");
        }
        bytes.extend(stem.bytes().chain([b'\n']));
    }
    for Relatives { neighbours, family } in table.values() {
        bytes.extend([u8::try_from(neighbours.len())?, u8::try_from(family.len())?]);
        for (stem, cosine) in neighbours {
            bytes.extend(number(stem)?.to_le_bytes());
            bytes.push((cosine.clamp(0.0, 1.0) * 255.0).round() as u8);
        }
        for stem in family {
            bytes.extend(number(stem)?.to_le_bytes());
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compiled_is_read() {
        let row = |neighbours: &[(&str, f32)], family: &[&str]| Relatives {
            neighbours: neighbours.iter().map(|(stem, cosine)| (stem.to_string(), *cosine)).collect(),
            family: family.iter().map(|stem| stem.to_string()).collect(),
        };
        let table = BTreeMap::from([
            ("كتاب".to_string(), row(&[("مجلد", 1.0)], &["كاتب"])),
            ("كاتب".to_string(), row(&[], &["كتاب"])),
            ("مجلد".to_string(), row(&[("كتاب", 0.6)], &[])),
        ]);
        let bytes = compile(&table).unwrap();
        let read = Table::read(&bytes).unwrap();
        for (stem, relatives) in &table {
            assert_eq!(read.relatives(stem).as_ref(), Some(relatives), "{stem}");
        }
        assert_eq!(read.relatives("قلم"), None);
        assert!(Table::read(&bytes[..bytes.len() - 1]).is_none());
        assert!(compile(&BTreeMap::from([("كتاب".to_string(), row(&[("قلم", 0.5)], &[]))])).is_err());
    }

    #[test]
    fn the_table_is_sound() {
        assert!(TABLE.stems.len() > 10_000 && TABLE.stems.is_sorted());
        assert_eq!(relatives("لا توجد"), Relatives::default());
    }
}
