//! One JSON object a line. A bad line is set aside; its neighbours are read.

use std::io;
use std::ops::ControlFlow;

use serde::de::IgnoredAny;

use super::fields::FieldMap;
use super::lines::Lines;
use super::{Reading, Sink, decode, fields, json};
use crate::quarantine::RejectCode;

/// The first line is an object by itself.
pub fn recognize(head: &str, map: Option<&FieldMap>) -> bool {
    let Some(first) = head.lines().find(|line| !line.trim().is_empty()).map(str::trim) else { return false };
    if !first.starts_with('{') {
        return false;
    }
    // An object that is no record may hold the records: `{"articles": […]}`.
    if json::list_path(first, map).is_some() {
        return false;
    }
    // A line longer than the head is not seen to its end: one that holds names and values so far is taken for a record.
    first.ends_with('}') && serde_json::from_str::<IgnoredAny>(first).is_ok() || !head.contains('\n') && first.len() > 4096 && first.contains("\":")
        // The first line may itself be broken; the second then tells.
        || head.lines().skip(1).take(5).any(|line| line.starts_with('{') && line.trim_end().ends_with('}') && serde_json::from_str::<IgnoredAny>(line).is_ok())
}

pub fn read(reading: &mut Reading<'_>, sink: &mut Sink<'_>) -> io::Result<()> {
    let bytes = std::mem::replace(&mut reading.bytes, Box::new(io::empty()));
    let mut lines = Lines::new(bytes, reading.options.max_record);
    let mut record = 0;
    loop {
        let (number, byte) = lines.place();
        let line = match lines.next_line() {
            Ok(Some(line)) => line,
            Ok(None) => return Ok(()),
            Err(error) => {
                let location = reading.location(record + 1, Some(number), byte);
                let _ = sink(reading.reject_cut(location, decode::reject_code(&error), error.to_string(), Vec::new(), 0));
                return Ok(());
            }
        };
        let bytes = if line.number == 1 { line.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line.bytes) } else { &line.bytes };
        if bytes.iter().all(u8::is_ascii_whitespace) && !line.is_too_long {
            continue;
        }
        record += 1;
        if record <= reading.skip {
            continue;
        }
        let location = reading.location(record, Some(line.number), line.byte);
        let item = if line.is_too_long {
            let message = format!("expected at most {} bytes a record, found {}", reading.options.max_record, line.byte_len);
            reading.reject_cut(location, RejectCode::TooLarge, message, line.bytes[..(64 * 1024).min(line.bytes.len())].to_vec(), line.byte_len)
        } else {
            fields::from_json(reading, location, bytes)
        };
        if let ControlFlow::Break(()) = sink(item) {
            return Ok(());
        }
    }
}
