//! Byte offsets to the units other programs count in.

/// What an offset counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OffsetUnit {
    /// Unicode code points.
    #[default]
    Char,
    Byte,
    /// UTF-16 code units, as JavaScript and Java count.
    Utf16,
}

/// Bytes between two remembered positions.
const STEP: usize = 64;

/// Offsets of one text, each found in a few steps.
pub struct Offsets<'t> {
    text: &'t str,
    unit: OffsetUnit,
    /// Units before each multiple of [`STEP`] bytes, moved on to the next character.
    marks: Vec<(usize, usize)>,
}

impl<'t> Offsets<'t> {
    pub fn new(text: &'t str, unit: OffsetUnit) -> Offsets<'t> {
        let mut marks = vec![(0, 0)];
        let mut units = 0;
        let mut next = STEP;
        for (at, c) in text.char_indices() {
            if at >= next {
                marks.push((at, units));
                next = at + STEP;
            }
            units += width(c, unit);
        }
        Offsets { text, unit, marks }
    }

    /// The offset of a byte on a character boundary.
    pub fn of(&self, byte: u32) -> usize {
        let byte = byte as usize;
        if self.unit == OffsetUnit::Byte {
            return byte;
        }
        let mark = self.marks.partition_point(|(at, _)| *at <= byte).saturating_sub(1);
        let (at, units) = self.marks.get(mark).copied().unwrap_or_default();
        units + self.text.get(at..byte).map_or(0, |between| between.chars().map(|c| width(c, self.unit)).sum())
    }
}

fn width(c: char, unit: OffsetUnit) -> usize {
    match unit {
        OffsetUnit::Char => 1,
        OffsetUnit::Byte => c.len_utf8(),
        OffsetUnit::Utf16 => c.len_utf16(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offset_of_a_long_mixed_text() {
        let text = "قصف 😀 abc é — مسيّرة ".repeat(40);
        let (chars, utf16) = (Offsets::new(&text, OffsetUnit::Char), Offsets::new(&text, OffsetUnit::Utf16));
        for (number, (at, _)) in text.char_indices().enumerate() {
            assert_eq!(chars.of(at as u32), number);
            assert_eq!(utf16.of(at as u32), text[..at].encode_utf16().count());
        }
    }
}
