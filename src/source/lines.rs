//! Lines of bytes with their places, however long.

use std::io::{self, BufRead, BufReader, Read};

/// One line without its end.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    pub bytes: Vec<u8>,
    /// From 1.
    pub number: u64,
    /// Offset of the first byte.
    pub byte: u64,
    /// Bytes of the whole line, its end included; more than `bytes` holds when the line was too long.
    pub byte_len: u64,
    pub is_too_long: bool,
}

/// Reads lines, keeping at most a limit of each in memory.
pub struct Lines<R> {
    reader: BufReader<R>,
    number: u64,
    byte: u64,
    limit: u64,
}

impl<R: Read> Lines<R> {
    pub fn new(reader: R, limit: u64) -> Lines<R> {
        Lines { reader: BufReader::with_capacity(256 * 1024, reader), number: 0, byte: 0, limit }
    }

    /// Where the next line begins: its number and byte.
    pub fn place(&self) -> (u64, u64) {
        (self.number + 1, self.byte)
    }

    /// The next line, `None` at the end.
    ///
    /// # Errors
    /// When reading fails; what was read of the line is lost.
    pub fn next_line(&mut self) -> io::Result<Option<Line>> {
        let mut bytes = Vec::new();
        let mut byte_len = 0u64;
        loop {
            let available = match self.reader.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                break;
            }
            let (taken, ended) = match memchr::memchr(b'\n', available) {
                Some(at) => (at + 1, true),
                None => (available.len(), false),
            };
            let room = self.limit.saturating_sub(bytes.len() as u64) as usize;
            bytes.extend_from_slice(&available[..taken.min(room)]);
            byte_len += taken as u64;
            self.reader.consume(taken);
            if ended {
                break;
            }
        }
        if byte_len == 0 {
            return Ok(None);
        }
        self.number += 1;
        let byte = self.byte;
        self.byte += byte_len;
        let is_too_long = byte_len > bytes.len() as u64;
        bytes.pop_if(|byte| *byte == b'\n');
        bytes.pop_if(|byte| *byte == b'\r');
        Ok(Some(Line { bytes, number: self.number, byte, byte_len, is_too_long }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_limits() {
        let mut lines = Lines::new(b"ab\r\n\nlong line\nend".as_slice(), 6);
        let found: Vec<_> = std::iter::from_fn(|| lines.next_line().unwrap())
            .map(|line| (line.number, line.byte, String::from_utf8(line.bytes).unwrap(), line.is_too_long))
            .collect();
        let expected = [(1, 0, "ab", false), (2, 4, "", false), (3, 5, "long l", true), (4, 15, "end", false)];
        assert_eq!(found, expected.map(|(number, byte, text, long)| (number, byte, text.to_string(), long)));
    }
}
