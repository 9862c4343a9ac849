//! Records that could not become articles: place, reason, original bytes.
//!
//! One line of JSON a record in `quarantine/<run>.ndjson` beside the index, written and synced before the commit that
//! passes the record; a record that an earlier run over the same input has set aside is not written again. Raw bytes stand
//! in base64 up to 64 KiB; longer ones in a file of their own, except records that were too large to be read at all, of which
//! the first 64 KiB stay.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use crate::article::SourceLocation;
use crate::document::short_hash;

/// Raw bytes kept inside the line.
const INLINE_BYTES: usize = 64 * 1024;

/// Bytes a quarantine may hold before the run stops: rejects are never dropped.
pub const DEFAULT_CAPACITY: u64 = 1 << 30;

/// Why a record could not become an article. A closed list; the words are part of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectCode {
    BadUtf8,
    JsonSyntax,
    JsonDepth,
    CsvSyntax,
    HtmlDepth,
    WrongType,
    MissingField,
    BadDate,
    BadMap,
    TooLarge,
    EmptyText,
    BadGzip,
    BadZstd,
    BombRatio,
    Unreadable,
    UnknownFormat,
    /// A fault of the program itself.
    Internal,
}

impl RejectCode {
    pub fn as_str(self) -> &'static str {
        match self {
            RejectCode::BadUtf8 => "bad_utf8",
            RejectCode::JsonSyntax => "json_syntax",
            RejectCode::JsonDepth => "json_depth",
            RejectCode::CsvSyntax => "csv_syntax",
            RejectCode::HtmlDepth => "html_depth",
            RejectCode::WrongType => "wrong_type",
            RejectCode::MissingField => "missing_field",
            RejectCode::BadDate => "bad_date",
            RejectCode::BadMap => "bad_map",
            RejectCode::TooLarge => "too_large",
            RejectCode::EmptyText => "empty_text",
            RejectCode::BadGzip => "bad_gzip",
            RejectCode::BadZstd => "bad_zstd",
            RejectCode::BombRatio => "bomb_ratio",
            RejectCode::Unreadable => "unreadable",
            RejectCode::UnknownFormat => "unknown_format",
            RejectCode::Internal => "internal",
        }
    }
}

/// A record that could not become an article.
#[derive(Debug, Clone, PartialEq)]
pub struct Reject {
    pub location: SourceLocation,
    pub format: &'static str,
    pub code: RejectCode,
    /// Lower case, no full stop; says what was expected and what was found.
    pub message: String,
    /// The record's bytes as read, or their beginning when `truncated`.
    pub raw: Vec<u8>,
    /// Bytes of the whole record, where known.
    pub byte_len: u64,
    pub truncated: bool,
}

/// A line of the quarantine file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QuarantineLine {
    pub run: String,
    pub input: String,
    pub format: String,
    pub record: u64,
    pub line: Option<u64>,
    pub byte_start: u64,
    pub byte_end: u64,
    pub code: RejectCode,
    pub message: String,
    pub raw_hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_b64: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_file: Option<String>,
    pub truncated: bool,
    pub program: String,
}

/// The open quarantine of one run. Nothing is created before the first record.
#[derive(Debug)]
pub struct Quarantine {
    folder: PathBuf,
    run: String,
    file: Option<File>,
    written: u64,
    capacity: u64,
    n_long: u64,
    /// [`identity`] of what earlier runs set aside.
    known: FxHashSet<u64>,
}

impl Quarantine {
    /// `folder` is `<index>/quarantine`; `run` names the file.
    pub fn new(folder: PathBuf, run: String) -> Quarantine {
        Quarantine { folder, run, file: None, written: 0, capacity: DEFAULT_CAPACITY, n_long: 0, known: FxHashSet::default() }
    }

    /// Sets the bytes the quarantine may hold in all.
    pub fn with_capacity(self, capacity: u64) -> Quarantine {
        Quarantine { capacity, ..self }
    }

    /// Appends a record, unless an earlier run has set the same one aside.
    ///
    /// # Errors
    /// When it cannot be written, or would not fit ([`io::ErrorKind::QuotaExceeded`]): the run must stop then.
    pub fn add(&mut self, reject: &Reject) -> io::Result<()> {
        if self.file.is_none() {
            fs::create_dir_all(&self.folder)?;
            self.written = folder_size(&self.folder)?;
            each_line(&self.folder, |line| {
                self.known.insert(identity(&line));
            })?;
            self.file = Some(OpenOptions::new().create(true).append(true).open(self.folder.join(format!("{}.ndjson", self.run)))?);
        }
        let mut line = QuarantineLine {
            run: self.run.clone(),
            input: reject.location.path.clone(),
            format: reject.format.to_string(),
            record: reject.location.record,
            line: reject.location.line,
            byte_start: reject.location.byte,
            byte_end: reject.location.byte + reject.byte_len,
            code: reject.code,
            message: reject.message.clone(),
            raw_hash: format!("b3:{}", blake3::hash(&reject.raw).to_hex()),
            raw_b64: None,
            raw_file: None,
            truncated: reject.truncated,
            program: concat!("fihris ", env!("CARGO_PKG_VERSION")).to_string(),
        };
        if self.known.contains(&identity(&line)) {
            return Ok(());
        }
        if self.written + reject.raw.len() as u64 > self.capacity {
            return Err(io::Error::new(io::ErrorKind::QuotaExceeded, format!("the quarantine is full ({} bytes)", self.capacity)));
        }
        if reject.raw.len() <= INLINE_BYTES {
            line.raw_b64 = Some(BASE64.encode(&reject.raw));
        } else {
            self.n_long += 1;
            let name = format!("{}-{}.bin", self.run, self.n_long);
            let mut long = File::create(self.folder.join(&name))?;
            long.write_all(&reject.raw)?;
            long.sync_all()?;
            self.written += reject.raw.len() as u64;
            line.raw_file = Some(name);
        }
        let mut text = serde_json::to_vec(&line).map_err(io::Error::other)?;
        text.push(b'\n');
        self.written += text.len() as u64;
        match &mut self.file {
            Some(file) => file.write_all(&text),
            None => Ok(()),
        }
    }

    /// Makes everything added durable; called before every commit.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn sync(&mut self) -> io::Result<()> {
        match &self.file {
            Some(file) => {
                file.sync_all()?;
                // The names of new files are durable only when their folder is.
                File::open(&self.folder)?.sync_all()
            }
            None => Ok(()),
        }
    }
}

/// What makes two lines the same: the record of an input, its bytes, and what is wrong with them.
fn identity(line: &QuarantineLine) -> u64 {
    short_hash(blake3::hash(format!("{}\n{}\n{}\n{}", line.input, line.record, line.code.as_str(), line.raw_hash).as_bytes()).as_bytes())
}

/// All records of a quarantine folder, oldest run first. A folder that is not there holds none; neither does the last line
/// of a file that was cut by a kill, whose record is read again.
///
/// # Errors
/// When a file cannot be read or holds a line that is no quarantine line.
pub fn read_quarantine(folder: &Path) -> io::Result<Vec<QuarantineLine>> {
    let mut lines = Vec::new();
    each_line(folder, |line| lines.push(line))?;
    Ok(lines)
}

/// Reads line by line: a quarantine may be larger than memory.
fn each_line(folder: &Path, mut take: impl FnMut(QuarantineLine)) -> io::Result<()> {
    let mut files: Vec<PathBuf> = match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    files.retain(|path| path.extension().is_some_and(|extension| extension == "ndjson"));
    files.sort();
    for file in files {
        let mut reader = BufReader::new(File::open(&file)?);
        let mut line = Vec::new();
        for number in 1u64.. {
            line.clear();
            reader.read_until(b'\n', &mut line)?;
            if line.last() != Some(&b'\n') {
                break;
            }
            take(serde_json::from_slice(&line).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!("{}:{number}: {error}", file.display())))?);
        }
    }
    Ok(())
}

fn folder_size(folder: &Path) -> io::Result<u64> {
    fs::read_dir(folder)?.try_fold(0, |size, entry| Ok(size + entry?.metadata()?.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reject(raw: &[u8]) -> Reject {
        let location = SourceLocation { path: "a.jsonl".into(), record: 3, line: Some(3), byte: 120 };
        Reject {
            location,
            format: "jsonl",
            code: RejectCode::JsonSyntax,
            message: "expected `,`".into(),
            raw: raw.to_vec(),
            byte_len: raw.len() as u64,
            truncated: false,
        }
    }

    #[test]
    fn bytes_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut quarantine = Quarantine::new(folder.path().join("q"), "run".into());
        let long = vec![0xFF; INLINE_BYTES + 1];
        quarantine.add(&reject(b"{\"a\"\xFF")).unwrap();
        quarantine.add(&reject(&long)).unwrap();
        quarantine.sync().unwrap();
        let lines = read_quarantine(&folder.path().join("q")).unwrap();
        assert_eq!(BASE64.decode(lines[0].raw_b64.as_ref().unwrap().as_bytes()).unwrap(), b"{\"a\"\xFF");
        assert_eq!((lines[0].line, lines[0].byte_start, lines[0].byte_end), (Some(3), 120, 125));
        assert_eq!(fs::read(folder.path().join("q").join(lines[1].raw_file.as_ref().unwrap())).unwrap(), long);
    }

    #[test]
    fn the_same_record_is_kept_once() {
        let folder = tempfile::tempdir().unwrap();
        for run in ["1", "2"] {
            let mut quarantine = Quarantine::new(folder.path().to_path_buf(), run.into());
            quarantine.add(&reject(b"{\"a\"")).unwrap();
            quarantine.add(&reject(run.as_bytes())).unwrap();
            // A kill in the middle of a line.
            fs::OpenOptions::new().append(true).open(folder.path().join(format!("{run}.ndjson"))).unwrap().write_all(b"{\"run\":\"").unwrap();
        }
        assert_eq!(read_quarantine(folder.path()).unwrap().len(), 3);
    }

    #[test]
    fn a_full_quarantine_refuses() {
        let folder = tempfile::tempdir().unwrap();
        let mut quarantine = Quarantine::new(folder.path().join("q"), "run".into()).with_capacity(100);
        let error = quarantine.add(&reject(&[0; 200])).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::QuotaExceeded);
    }
}
