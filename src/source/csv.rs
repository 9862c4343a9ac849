//! Tables with a header line. The delimiter is the one that cuts the header into most columns.

use std::io;
use std::ops::ControlFlow;

use super::decode::{self, Budget};
use super::fields::{Role, from_row, roles_of};
use super::{Reading, Sink};
use crate::quarantine::RejectCode;

const DELIMITERS: &[u8] = b",;\t|";

/// At least two columns, and among their names one for a title or a text.
pub fn recognize(head: &str) -> bool {
    let Some(header) = head.lines().find(|line| !line.starts_with("sep=")) else { return false };
    let names = split_header(header, delimiter(header));
    names.len() >= 2 && roles_of(names.iter().map(String::as_str), None).iter().any(|(role, _)| matches!(role, Role::Title | Role::Text))
}

fn delimiter(header: &str) -> u8 {
    DELIMITERS.iter().copied().max_by_key(|delimiter| (header.bytes().filter(|byte| byte == delimiter).count(), *delimiter == b',')).unwrap_or(b',')
}

fn split_header(header: &str, delimiter: u8) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(header.as_bytes());
    reader.records().next().and_then(Result::ok).map(|record| record.iter().map(|name| name.trim().to_string()).collect()).unwrap_or_default()
}

pub fn read(reading: &mut Reading<'_>, sink: &mut Sink<'_>) -> io::Result<()> {
    let bytes = std::mem::replace(&mut reading.bytes, Box::new(io::empty()));
    let (bytes, since_record) = Budget::new(bytes, reading.options.max_record);
    let mut bytes = io::BufReader::with_capacity(256 * 1024, bytes);
    // A decoder hands out its first bytes in small pieces: the header is read to its end, and put back.
    let mut first = Vec::new();
    while first.iter().all(u8::is_ascii_whitespace) {
        first.clear();
        if io::BufRead::read_until(&mut io::Read::take(&mut bytes, reading.options.max_record), b'\n', &mut first)? == 0 {
            break;
        }
    }
    // `sep=;` is a note of Excel's, not the header.
    let mut declared = None;
    if let [b's', b'e', b'p', b'=', delimiter, b'\r' | b'\n', ..] = *first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&first) {
        declared = Some(delimiter);
        first.clear();
        io::BufRead::read_until(&mut io::Read::take(&mut bytes, reading.options.max_record), b'\n', &mut first)?;
    }
    let header = String::from_utf8_lossy(first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&first)).trim_end().to_string();
    let bytes = io::Read::chain(io::Cursor::new(first), bytes);
    let delimiter = declared.unwrap_or_else(|| delimiter(&header));
    let mut table = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes);
    let names: Vec<String> = match table.byte_headers() {
        Ok(names) => names.iter().map(|name| String::from_utf8_lossy(name).trim_start_matches('\u{FEFF}').trim().to_string()).collect(),
        Err(error) => {
            let _ = sink(reading.reject(reading.location(1, Some(1), 0), RejectCode::CsvSyntax, error.to_string(), header.as_bytes()));
            return Ok(());
        }
    };
    if let Some(map) = &reading.options.map {
        let missing = super::fields::missing_names(map, &names);
        if !missing.is_empty() {
            let message = format!("expected the columns of the map, found none called {}; there are {}", missing.join(", "), names.join(", "));
            let _ = sink(reading.reject(reading.location(1, Some(1), 0), RejectCode::BadMap, message, header.as_bytes()));
            return Ok(());
        }
    }
    let roles: Vec<(Role, usize)> = roles_of(names.iter().map(String::as_str), reading.options.map.as_ref())
        .into_iter()
        .filter_map(|(role, name)| Some((role, names.iter().position(|known| *known == name)?)))
        .collect();
    if !roles.iter().any(|(role, _)| matches!(role, Role::Title | Role::Text)) {
        let message = format!("expected a column for the title or the text, found {} (--map names them)", names.join(", "));
        let _ = sink(reading.reject(reading.location(1, Some(1), 0), RejectCode::MissingField, message, header.as_bytes()));
        return Ok(());
    }
    let mut row = csv::ByteRecord::new();
    let mut record = 0;
    loop {
        since_record.set(0);
        let outcome = table.read_byte_record(&mut row);
        if let Ok(false) = outcome {
            return Ok(());
        }
        record += 1;
        let is_ragged = matches!(&outcome, Err(error) if matches!(error.kind(), csv::ErrorKind::UnequalLengths { .. }));
        if record <= reading.skip && (outcome.is_ok() || is_ragged) {
            continue;
        }
        let position = row.position().cloned().unwrap_or_else(csv::Position::new);
        let mut location = reading.location(record, Some(position.line()), position.byte());
        let raw = as_written(&row, delimiter);
        let item = match outcome {
            Ok(_) => match row.iter().position(|field| std::str::from_utf8(field).is_err()) {
                None => from_row(reading, location, &roles, |column| row.get(column).and_then(|field| std::str::from_utf8(field).ok()), &raw),
                Some(column) => {
                    let name = names.get(column).map_or("", String::as_str);
                    reading.reject(location, RejectCode::BadUtf8, format!("expected UTF-8 in {name:?} (--encoding names another character set)"), &raw)
                }
            },
            Err(error) => match error.kind() {
                csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
                    if let Some(pos) = pos {
                        (location.line, location.byte) = (Some(pos.line()), pos.byte());
                    }
                    let code = RejectCode::CsvSyntax;
                    let lines = row.iter().map(|field| memchr::memchr_iter(b'\n', field).count()).sum::<usize>() + 1;
                    let unclosed = if lines > 1 { format!(" in a row of {lines} lines: is a quotation mark unclosed?") } else { String::new() };
                    reading.reject(location, code, format!("expected {expected_len} columns, found {len}{unclosed}"), &raw)
                }
                csv::ErrorKind::Io(io_error) => {
                    let _ = sink(reading.reject_cut(location, decode::reject_code(io_error), io_error.to_string(), raw, 0));
                    return Ok(());
                }
                _ => {
                    let _ = sink(reading.reject(location, RejectCode::CsvSyntax, error.to_string(), &raw));
                    return Ok(());
                }
            },
        };
        if let ControlFlow::Break(()) = sink(item) {
            return Ok(());
        }
    }
}

/// The row as a table would hold it: quoting is made anew, content is not touched.
fn as_written(row: &csv::ByteRecord, delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    let _ = writer.write_byte_record(row);
    writer.into_inner().unwrap_or_default()
}

/// The names of the header.
pub fn names(head: &str) -> Vec<String> {
    let header = head.lines().find(|line| !line.starts_with("sep=")).unwrap_or_default().trim_start_matches('\u{FEFF}');
    split_header(header, delimiter(header))
}
