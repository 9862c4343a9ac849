//! The way from a file to UTF-8: compression by its magic number, character set by mark, declaration, then detection.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::{Format, Input, ReadOptions, recognize};
use crate::quarantine::RejectCode;

/// Bytes looked at to find out character set and format.
const HEAD_BYTES: usize = 64 * 1024;

/// Decompressed bytes before the ratio is looked at.
const RATIO_GRACE: u64 = 1 << 20;

/// An input, decompressed, its character set and format found out.
pub struct Opened {
    pub(super) bytes: Box<dyn Read>,
    pub(super) head: Vec<u8>,
    pub(super) refused: Option<(RejectCode, String)>,
    pub name: String,
    /// `None` where the input cannot be read at all.
    pub format: Option<&'static Format>,
    /// `gzip`, `zstd`, or `none`.
    pub compression: &'static str,
    pub encoding: &'static Encoding,
    /// BLAKE3 of the first 64 KiB as they stand in the file: tells a resumed run that the file is the same.
    pub head_hash: String,
}

/// Why reading the bytes of a record failed, for the quarantine.
pub fn reject_code(error: &io::Error) -> RejectCode {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Limit>()) {
        Some(Limit::Ratio { .. }) => RejectCode::BombRatio,
        Some(Limit::Record { .. } | Limit::File { .. }) => RejectCode::TooLarge,
        Some(Limit::Damaged { compression: "gzip", .. }) => RejectCode::BadGzip,
        Some(Limit::Damaged { .. }) => RejectCode::BadZstd,
        None => RejectCode::Unreadable,
    }
}

/// Limits and damage met while reading, carried inside [`io::Error`].
#[derive(Debug, thiserror::Error)]
pub enum Limit {
    #[error("decompressed to more than {ratio} times its size (--max-ratio allows more)")]
    Ratio { ratio: u64 },
    #[error("expected at most {limit} bytes a record")]
    Record { limit: u64 },
    #[error("expected at most {limit} bytes a file (--max-file allows more)")]
    File { limit: u64 },
    #[error("the {compression} data is damaged or cut short after {bytes} bytes of text: {cause}")]
    Damaged { compression: &'static str, bytes: u64, cause: String },
}

impl From<Limit> for io::Error {
    fn from(limit: Limit) -> io::Error {
        io::Error::other(limit)
    }
}

/// Counts the bytes that go through it.
struct Counting<R> {
    inner: R,
    consumed: Arc<AtomicU64>,
    own: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.consumed.fetch_add(n as u64, Ordering::Relaxed);
        self.own.set(self.own.get() + n as u64);
        Ok(n)
    }
}

/// Watches decompression: names the damage, stops bombs and over-long records and files.
struct Guarded {
    inner: Box<dyn Read>,
    compression: &'static str,
    compressed: Rc<Cell<u64>>,
    decompressed: u64,
    max_ratio: u64,
    max_file: u64,
    /// The first damage met: it is met again by whoever reads on.
    damage: Option<String>,
}

impl Read for Guarded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(cause) = &self.damage {
            return Err(Limit::Damaged { compression: self.compression, bytes: self.decompressed, cause: cause.clone() }.into());
        }
        let n = match self.inner.read(buffer) {
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) if self.compression == "none" => return Err(error),
            Err(error) => {
                self.damage = Some(error.to_string());
                return Err(Limit::Damaged { compression: self.compression, bytes: self.decompressed, cause: error.to_string() }.into());
            }
        };
        self.decompressed += n as u64;
        if self.decompressed > self.max_file {
            return Err(Limit::File { limit: self.max_file }.into());
        }
        if self.compression != "none" && self.decompressed > RATIO_GRACE && self.decompressed / self.max_ratio > self.compressed.get().max(1) {
            return Err(Limit::Ratio { ratio: self.max_ratio }.into());
        }
        Ok(n)
    }
}

/// Ends with an error when one record takes too many bytes; readers set the counter to zero between records.
pub struct Budget<R> {
    inner: R,
    since_record: Rc<Cell<u64>>,
    limit: u64,
}

impl<R> Budget<R> {
    /// The reader, and the counter to set to zero between records.
    pub fn new(inner: R, max_record: u64) -> (Budget<R>, Rc<Cell<u64>>) {
        let since_record = Rc::new(Cell::new(0));
        // A parser's buffer runs ahead of the record it is in.
        (Budget { inner, since_record: since_record.clone(), limit: max_record.saturating_add(1 << 20) }, since_record)
    }
}

impl<R: Read> Read for Budget<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since_record.get() > self.limit {
            return Err(Limit::Record { limit: self.limit }.into());
        }
        let n = self.inner.read(buffer)?;
        self.since_record.set(self.since_record.get() + n as u64);
        Ok(n)
    }
}

pub fn open(input: &Input, options: &ReadOptions, consumed: &Arc<AtomicU64>) -> io::Result<Opened> {
    let raw: Box<dyn Read> = match input {
        Input::File(path) => Box::new(File::open(path)?),
        Input::Stdin => Box::new(io::stdin()),
    };
    let compressed = Rc::new(Cell::new(0));
    let mut raw = BufReader::with_capacity(128 * 1024, Counting { inner: raw, consumed: consumed.clone(), own: compressed.clone() });
    let file_head = take_head(&mut raw)?;
    let head_hash = blake3::hash(&file_head).to_hex().to_string();
    let compression = match file_head.as_slice() {
        [0x1F, 0x8B, ..] => "gzip",
        [0x28, 0xB5, 0x2F, 0xFD, ..] => "zstd",
        _ => "none",
    };
    let whole: Box<dyn Read> = Box::new(Cursor::new(file_head).chain(raw));
    let decompressed: Box<dyn Read> = match compression {
        "gzip" => Box::new(flate2::read::MultiGzDecoder::new(whole)),
        "zstd" => Box::new(zstd::stream::read::Decoder::new(whole)?),
        _ => whole,
    };
    let mut guarded =
        Guarded { inner: decompressed, compression, compressed, decompressed: 0, max_ratio: options.max_ratio, max_file: options.max_file, damage: None };
    let mut refused = None;
    let mut head = take_head(&mut guarded).unwrap_or_else(|error| {
        refused = Some((reject_code(&error), error.to_string()));
        Vec::new()
    });
    let extension = input.extension();
    let encoding = options.encoding.unwrap_or_else(|| find_encoding(&head));
    if refused.is_none() {
        refused = refuse(&head, encoding, options.format.is_some());
    }
    let (format, bytes): (_, Box<dyn Read>) = {
        let decoded = encoding.decode(&head).0;
        let format = refused.is_none().then(|| recognize(&decoded, &extension, options));
        let chained: Box<dyn Read> = Box::new(Cursor::new(head.clone()).chain(guarded));
        let bytes: Box<dyn Read> =
            if encoding == UTF_8 { chained } else { Box::new(DecodeReaderBytesBuilder::new().encoding(Some(encoding)).bom_override(true).build(chained)) };
        (format, bytes)
    };
    if refused.is_some() {
        head.truncate(512);
    }
    Ok(Opened { bytes, head, refused, name: input.name(), format, compression, encoding, head_hash })
}

/// Up to [`HEAD_BYTES`] from the beginning.
fn take_head(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD_BYTES);
    match reader.take(HEAD_BYTES as u64).read_to_end(&mut head) {
        // A damaged tail is met again by whoever reads on; what came before it is worth reading.
        Err(_) if !head.is_empty() => Ok(head),
        Err(error) => Err(error),
        Ok(_) => Ok(head),
    }
}

/// How pictures, documents and archives begin: formats that are no text, whatever their bytes look like.
const BINARY_MARKS: &[&[u8]] = &[
    b"\x89PNG",
    b"\xFF\xD8\xFF",
    b"GIF8",
    b"%PDF",
    b"PK\x03\x04",
    b"\x7FELF",
    b"Rar!",
    b"RIFF",
    b"OggS",
    b"ID3",
    b"\xD0\xCF\x11\xE0",
    b"BZh",
    b"7z\xBC\xAF",
    b"SQLite format 3",
];

/// Formats of articles that are not read yet: taken for plain text they would be articles made of tags.
fn foreign(head: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(&head[..head.len().min(4_096)]);
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    if text.starts_with("WARC/") {
        return Some("a web archive (WARC)");
    }
    // Comments may stand before the root element.
    let mut rest = text;
    while let Some(comment) = rest.strip_prefix("<!--") {
        rest = comment.split_once("-->").map_or("", |(_, rest)| rest).trim_start();
    }
    let lower = rest.to_lowercase();
    if ["<rss", "<feed", "<rdf:rdf"].iter().any(|mark| lower.starts_with(mark)) {
        return Some("a feed (RSS or Atom)");
    }
    if lower.starts_with("<?xml") {
        let root = lower.split("?>").nth(1).unwrap_or_default().trim_start();
        let is_page = root.starts_with("<!doctype html") || root.contains("<html");
        return (!is_page).then_some("an XML file (a feed, NewsML or NITF)");
    }
    None
}

/// Content that is no text at all.
fn refuse(head: &[u8], encoding: &'static Encoding, is_format_given: bool) -> Option<(RejectCode, String)> {
    let body = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    if body.iter().all(u8::is_ascii_whitespace) {
        return Some((RejectCode::EmptyText, "the file is empty".to_string()));
    }
    let binary = || Some((RejectCode::UnknownFormat, "expected text, found binary data".to_string()));
    if BINARY_MARKS.iter().any(|mark| head.starts_with(mark)) {
        return binary();
    }
    // Whoever names a format means it.
    if !is_format_given && let Some(name) = foreign(head) {
        return Some((RejectCode::UnknownFormat, format!("found {name}, which is not read yet (--input-format text takes it as it stands)")));
    }
    if encoding == UTF_16LE || encoding == UTF_16BE {
        // Without a mark any bytes can be read as pairs: text is mostly letters of one alphabet and spaces.
        let decoded = encoding.decode(&head[..head.len().min(4_096)]).0;
        let letters = decoded.chars().filter(|c| c.is_whitespace() || (*c as u32) < 0x700 && !c.is_control()).count();
        let is_marked = Encoding::for_bom(head).is_some();
        return if is_marked || letters * 10 >= decoded.chars().count() * 9 { None } else { binary() };
    }
    let sample = &head[..head.len().min(4096)];
    let controls = sample.iter().filter(|byte| matches!(byte, 0..=8 | 14..=31)).count();
    // A stray NUL is dropped from the text; a file full of them is a picture or a program.
    if controls * 20 > sample.len() { binary() } else { None }
}

/// Mark, UTF-16 by its pattern of zeros, HTML declaration, valid UTF-8, then a guess.
fn find_encoding(head: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return encoding;
    }
    let sample = &head[..head.len().min(4096)];
    let zeros = |parity: usize| sample.iter().enumerate().filter(|(at, byte)| at % 2 == parity && **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if sample.len() >= 8 && (even + odd) * 5 > sample.len() {
        return if odd >= even { UTF_16LE } else { UTF_16BE };
    }
    // Arabic in UTF-16 has few zeros but every other byte is 06.
    let sixes = |parity: usize| sample.iter().enumerate().filter(|(at, byte)| at % 2 == parity && matches!(**byte, 0 | 6)).count();
    if sample.len() >= 8 && sixes(1) * 2 >= sample.len() * 9 / 10 {
        return UTF_16LE;
    }
    if sample.len() >= 8 && sixes(0) * 2 >= sample.len() * 9 / 10 {
        return UTF_16BE;
    }
    let (valid, invalid) = utf8_evidence(head);
    // A few broken records do not make a UTF-8 file something else: they are set aside one by one.
    let is_json = matches!(head.iter().find(|byte| !byte.is_ascii_whitespace()), Some(b'{' | b'['));
    if invalid == 0 || valid >= 4 * invalid || is_json && invalid * 1_000 < head.len() {
        return UTF_8;
    }
    if let Some(declared) = html_declaration(head).filter(|declared| *declared != UTF_8) {
        return declared;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(head, true);
    detector.guess(None, chardetng::Utf8Detection::Deny)
}

/// How many multi-byte sequences are valid UTF-8, and how many bytes are not.
fn utf8_evidence(head: &[u8]) -> (usize, usize) {
    let (mut valid, mut invalid) = (0, 0);
    let mut left = head.len();
    for chunk in head.utf8_chunks() {
        valid += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        left -= chunk.valid().len() + chunk.invalid().len();
        // A full head may end inside a character.
        if left > 0 || head.len() < HEAD_BYTES {
            invalid += chunk.invalid().len();
        }
    }
    (valid, invalid)
}

/// `<meta charset=…>` or an XML declaration in the first KiB.
fn html_declaration(head: &[u8]) -> Option<&'static Encoding> {
    let sample = String::from_utf8_lossy(&head[..head.len().min(1024)]).to_lowercase();
    if !sample.trim_start().starts_with('<') {
        return None;
    }
    let at = sample.find("charset=").map(|at| at + 8).or_else(|| sample.find("encoding=").map(|at| at + 9))?;
    let label: String = sample[at..].trim_start_matches(['"', '\'']).chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    Encoding::for_label(label.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn character_sets() {
        let arabic = "أعلنت الوزارة في بيان أن الحملة بدأت صباح اليوم";
        let windows = encoding_rs::WINDOWS_1256.encode(arabic).0;
        assert_eq!(find_encoding(arabic.as_bytes()), UTF_8);
        assert_eq!(find_encoding(&windows), encoding_rs::WINDOWS_1256);
        let utf16: Vec<u8> = arabic.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(find_encoding(&utf16), UTF_16LE);
        let utf16: Vec<u8> = arabic.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(find_encoding(&utf16), UTF_16BE);
        // Labelled UTF-8 but not: the bytes decide.
        let labelled = [b"<html><meta charset=utf-8><body>".as_slice(), &windows].concat();
        assert_eq!(find_encoding(&labelled), encoding_rs::WINDOWS_1256);
        // One stray byte in an export whose first lines are plain.
        let stray = [b"{\"title\":\"caf\xE9\"}\n".as_slice(), &b"{\"title\":\"plain\"}\n".repeat(200)].concat();
        assert_eq!(find_encoding(&stray), UTF_8);
        // One broken line among good ones.
        let mixed = [arabic.as_bytes(), b"\n\xC7\xE1\n", arabic.as_bytes(), arabic.as_bytes()].concat();
        assert_eq!(find_encoding(&mixed), UTF_8);
    }
}
