//! A JSON file: an array of records, one record, several one after the other, or an object that holds the array
//! (`{"articles": […]}`). Arrays are read element by element: a large file needs no more memory than its largest record.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::ops::ControlFlow;
use std::rc::Rc;

use serde::Deserializer;
use serde::de::{SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::decode::{self, Budget};
use super::fields::FieldMap;
use super::{Reading, Sink, fields};
use crate::quarantine::RejectCode;

pub fn recognize(head: &str) -> bool {
    let mut letters = head.chars().filter(|letter| !letter.is_whitespace());
    matches!((letters.next(), letters.next()), (Some('{'), Some('"' | '}')) | (Some('['), Some('{' | '[' | ']' | '"')))
}

pub fn read(reading: &mut Reading<'_>, sink: &mut Sink<'_>) -> io::Result<()> {
    let bytes = std::mem::replace(&mut reading.bytes, Box::new(io::empty()));
    let (bytes, since_record) = Budget::new(bytes, reading.options.max_record);
    let mut bytes = io::BufReader::with_capacity(64 * 1024, bytes);
    skip_mark(&mut bytes)?;
    let mut records = Records { reading, sink, since_record, record: 0, stopped: false };
    let first = first_byte(&mut bytes)?;
    let outcome = if first == Some(b'[') {
        let mut deserializer = serde_json::Deserializer::from_reader(bytes);
        deserializer.deserialize_seq(&mut records).and_then(|()| if records.stopped { Ok(()) } else { deserializer.end() })
    } else {
        serde_json::Deserializer::from_reader(bytes).into_iter::<Box<RawValue>>().try_for_each(|value| {
            let value = value?;
            if !records.stopped {
                records.take_value(value.get());
            }
            Ok(())
        })
    };
    if let Err(error) = outcome
        && !records.stopped
    {
        // What stands behind a broken structure cannot be told apart any more: it is one reject.
        let (line, message) = (error.line() as u64, fields::json_message(&error));
        let code = if error.is_io() { decode::reject_code(&error.into()) } else { RejectCode::JsonSyntax };
        records.reject_rest(line, code, message);
    }
    Ok(())
}

/// Passes over a byte order mark.
fn skip_mark(bytes: &mut impl io::BufRead) -> io::Result<()> {
    if bytes.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
        bytes.consume(3);
    }
    Ok(())
}

/// The first byte that is no white space, left where it is.
fn first_byte(bytes: &mut impl io::BufRead) -> io::Result<Option<u8>> {
    loop {
        let available = bytes.fill_buf()?;
        if available.is_empty() {
            return Ok(None);
        }
        if let Some(at) = available.iter().position(|byte| !byte.is_ascii_whitespace()) {
            let first = available[at];
            bytes.consume(at);
            return Ok(Some(first));
        }
        let all = available.len();
        bytes.consume(all);
    }
}

/// Takes values as records, one after the other.
struct Records<'a, 'r, 's> {
    reading: &'a Reading<'r>,
    sink: &'a mut Sink<'s>,
    since_record: Rc<Cell<u64>>,
    record: u64,
    stopped: bool,
}

impl Records<'_, '_, '_> {
    /// One value as one record, or as the array it holds.
    fn take_value(&mut self, raw: &str) {
        if raw.starts_with('{')
            && let Some(elements) = wrapped_array(raw, self.reading.options.map.as_ref())
        {
            for element in elements {
                if !self.stopped {
                    self.take_record(element.get());
                }
            }
        } else {
            self.take_record(raw);
        }
    }

    fn take_record(&mut self, raw: &str) {
        self.since_record.set(0);
        self.record += 1;
        if self.record <= self.reading.skip {
            return;
        }
        let item = fields::from_json(self.reading, self.reading.location(self.record, None, 0), raw.as_bytes());
        self.stopped = (self.sink)(item) == ControlFlow::Break(());
    }

    fn reject_rest(&mut self, line: u64, code: RejectCode, message: String) {
        let location = self.reading.location(self.record + 1, (line > 0).then_some(line), 0);
        let _ = (self.sink)(self.reading.reject_cut(location, code, format!("{message}; the records behind it could not be read"), Vec::new(), 0));
    }
}

/// The elements of the one array of objects in an object that is no article itself: `{"articles": […]}`.
fn wrapped_array(raw: &str, map: Option<&FieldMap>) -> Option<Vec<Box<RawValue>>> {
    let members: std::collections::BTreeMap<String, &RawValue> = serde_json::from_str(raw).ok()?;
    if members.keys().any(|name| fields::is_text_name(name) || map.is_some_and(|map| map.names(name))) {
        return None;
    }
    let mut arrays = members.values().filter(|value| {
        let inner = value.get().trim_start().strip_prefix('[').unwrap_or_default();
        inner.trim_start().starts_with('{')
    });
    match (arrays.next(), arrays.next()) {
        (Some(array), None) => serde_json::from_str(array.get()).ok(),
        _ => None,
    }
}

impl<'de> Visitor<'de> for &mut Records<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of articles")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while !self.stopped {
            match elements.next_element::<Box<RawValue>>()? {
                Some(element) => self.take_record(element.get()),
                None => break,
            }
        }
        Ok(())
    }
}

/// The member names of the first object, as far as the head shows them.
pub fn names(head: &str) -> Vec<String> {
    let Some(begin) = head.find('{') else { return Vec::new() };
    let first = serde_json::Deserializer::from_str(&head[begin..]).into_iter::<serde_json::Map<String, serde_json::Value>>().next();
    first.and_then(Result::ok).map(|object| object.keys().cloned().collect()).unwrap_or_default()
}
