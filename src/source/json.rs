//! A JSON file: an array of records, one record, several one after the other, or objects that hold the array
//! (`{"status": "ok", "articles": […]}`). Arrays are read element by element: a large file needs no more memory than its
//! largest record.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, Read};
use std::ops::ControlFlow;
use std::rc::Rc;

use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::decode::{self, Budget};
use super::fields::{FieldMap, Role};
use super::{Reading, Sink, fields};
use crate::quarantine::RejectCode;

/// Bytes looked at to find out whether an object is a record or holds the records.
const HEAD_BYTES: u64 = 64 * 1024;

/// Names under which services return their list of articles, beside a title of its own or not.
const LIST_NAMES: &[&str] = &["articles", "items", "docs", "documents", "entries", "results", "records", "hits", "data", "stories", "news"];

pub fn recognize(head: &str) -> bool {
    let mut letters = head.chars().filter(|letter| !letter.is_whitespace());
    matches!((letters.next(), letters.next()), (Some('{'), Some('"' | '}')) | (Some('['), Some('{' | '[' | ']' | '"')))
}

pub fn read(reading: &mut Reading<'_>, sink: &mut Sink<'_>) -> io::Result<()> {
    let bytes = std::mem::replace(&mut reading.bytes, Box::new(io::empty()));
    let (mut bytes, since_record) = Budget::new(bytes, reading.options.max_record);
    let mut head = Vec::new();
    // An error met here is met again, and told, by whoever reads on.
    let _ = (&mut bytes).take(HEAD_BYTES).read_to_end(&mut head);
    let path = list_path(String::from_utf8_lossy(&head).trim_start_matches('\u{FEFF}'), reading.options.map.as_ref());
    // The parser takes byte by byte: the buffer is the last thing before it.
    let mut bytes = io::BufReader::with_capacity(HEAD_BYTES as usize, io::Cursor::new(head).chain(bytes));
    skip_mark(&mut bytes)?;
    let first = first_byte(&mut bytes)?;
    let mut records = Records { reading, sink, since_record, record: 0, stopped: false };
    let outcome = if first == Some(b'[') {
        let mut deserializer = serde_json::Deserializer::from_reader(bytes);
        deserializer.deserialize_seq(&mut records).and_then(|()| if records.stopped { Ok(()) } else { deserializer.end() })
    } else if let Some(path) = path {
        let mut deserializer = serde_json::Deserializer::from_reader(bytes);
        loop {
            let outcome = Descent { path: &path, records: &mut records }.deserialize(&mut deserializer);
            if outcome.is_err() || records.stopped || deserializer.end().is_ok() {
                break outcome;
            }
        }
    } else {
        serde_json::Deserializer::from_reader(bytes).into_iter::<Box<RawValue>>().try_for_each(|value| {
            let value = value?;
            if !records.stopped {
                records.take_record(value.get());
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
fn skip_mark(bytes: &mut impl BufRead) -> io::Result<()> {
    if bytes.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
        bytes.consume(3);
    }
    Ok(())
}

/// The first byte that is no white space, left where it is.
fn first_byte(bytes: &mut impl BufRead) -> io::Result<Option<u8>> {
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

/// On the way down to the list of records.
struct Descent<'p, 'x, 'a, 'r, 's> {
    path: &'p [String],
    records: &'x mut Records<'a, 'r, 's>,
}

impl<'de> DeserializeSeed<'de> for Descent<'_, '_, '_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.path.is_empty() { deserializer.deserialize_seq(self.records) } else { deserializer.deserialize_map(self) }
    }
}

impl<'de> Visitor<'de> for Descent<'_, '_, '_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object that holds {:?}", self.path.first().map_or("articles", String::as_str))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Some((wanted, rest)) = self.path.split_first() else { return Ok(()) };
        while let Some(name) = members.next_key::<String>()? {
            if name != *wanted {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            members.next_value_seed(Descent { path: rest, records: &mut *self.records })?;
            if self.records.stopped {
                break;
            }
        }
        Ok(())
    }
}

/// The names that lead to the array of records in an object that is no record itself; `None` where the head shows a record
/// or no such array.
pub fn list_path(head: &str, map: Option<&FieldMap>) -> Option<Vec<String>> {
    let mut probe = Probe { map, has_text: false, has_title: false, found: None };
    let mut deserializer = serde_json::Deserializer::from_str(head);
    // The head may end in the middle, and the search ends where it finds: both are errors to the parser.
    let _ = ProbeAt { probe: &mut probe, path: Vec::new(), in_list: false }.deserialize(&mut deserializer);
    let path = probe.found?;
    let is_record = probe.has_text || probe.has_title && !is_usual(&path);
    (!is_record).then_some(path)
}

fn is_usual(path: &[String]) -> bool {
    path.last().is_some_and(|name| LIST_NAMES.contains(&name.to_lowercase().as_str()))
}

/// What a look at the head of an object has found.
struct Probe<'m> {
    map: Option<&'m FieldMap>,
    has_text: bool,
    has_title: bool,
    found: Option<Vec<String>>,
}

/// A value of the object, and the names that led to it.
struct ProbeAt<'p, 'm> {
    probe: &'p mut Probe<'m>,
    path: Vec<String>,
    /// An element of the list of that name.
    in_list: bool,
}

/// Ends the search.
fn enough<E: serde::de::Error>() -> E {
    E::custom("found")
}

impl<'de> DeserializeSeed<'de> for ProbeAt<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ProbeAt<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        if self.in_list {
            if self.probe.found.as_ref().is_none_or(|found| !is_usual(found) && is_usual(&self.path)) {
                self.probe.found = Some(self.path);
            }
            while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        while let Some(name) = members.next_key::<String>()? {
            let role = fields::role_named(&name);
            if self.path.is_empty() {
                if role == Some(Role::Text) || self.probe.map.is_some_and(|map| map.names(&name)) {
                    self.probe.has_text = true;
                    return Err(enough());
                }
                self.probe.has_title |= role == Some(Role::Title);
            }
            // Authors and the like are lists of a record; lists lie two objects deep at most (`{"response": {"docs": […]}}`).
            if role.is_some() || self.path.len() >= 2 {
                members.next_value::<IgnoredAny>()?;
            } else {
                let path = self.path.iter().cloned().chain([name]).collect();
                members.next_value_seed(ProbeAt { probe: &mut *self.probe, path, in_list: false })?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        if !self.in_list {
            elements.next_element_seed(ProbeAt { probe: &mut *self.probe, path: self.path, in_list: true })?;
        }
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// The member names of the first record, as far as the head shows them.
pub fn names(head: &str, map: Option<&FieldMap>) -> Vec<String> {
    let list = list_path(head, map).and_then(|path| head.find(&format!("\"{}\"", path.last()?))).unwrap_or_default();
    let Some(begin) = head[list..].find('{').map(|at| list + at) else { return Vec::new() };
    let first = serde_json::Deserializer::from_str(&head[begin..]).into_iter::<serde_json::Map<String, serde_json::Value>>().next();
    first.and_then(Result::ok).map(|object| object.keys().cloned().collect()).unwrap_or_default()
}
