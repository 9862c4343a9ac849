//! Named values to an article: which name means what, and what each must look like.
//!
//! JSON, CSV and saved pages all end here. Names are guessed from the usual ones ([`ROLES`]); a [`FieldMap`] says it where
//! guessing fails.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::{Item, Reading};
use crate::article::{Article, ArticleKey, Identity, LanguageCode, SourceLocation, Status};
use crate::date::{Date, read_date, read_epoch};
use crate::language;
use crate::quarantine::RejectCode;

/// What a named value is to an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Title,
    Text,
    Summary,
    Dateline,
    Published,
    Updated,
    Url,
    Source,
    Guid,
    Authors,
    Section,
    Tags,
    Language,
    Status,
    Version,
}

/// Every role with its name in a map file and the names it is guessed by, best first.
pub const ROLES: &[(Role, &str, &[&str])] = &[
    (Role::Title, "title", &["title", "headline", "heading", "head", "العنوان", "عنوان", "عنوان الخبر", "titre"]),
    (
        Role::Text,
        "text",
        &[
            "text",
            "body",
            "content",
            "articlebody",
            "article_body",
            "fulltext",
            "full_text",
            "maintext",
            "body_text",
            "article",
            "story",
            "النص",
            "المحتوى",
            "محتوى",
            "نص",
            "نص الخبر",
            "الخبر",
        ],
    ),
    (Role::Summary, "summary", &["summary", "abstract", "description", "excerpt", "lead", "الملخص"]),
    (Role::Dateline, "dateline", &["dateline"]),
    (
        Role::Published,
        "published",
        &[
            "published",
            "date",
            "pubdate",
            "published_at",
            "publishedat",
            "publish_date",
            "publication_date",
            "datepublished",
            "date_published",
            "versioncreated",
            "firstcreated",
            "datetime",
            "timestamp",
            "created_at",
            "created",
            "time",
            "التاريخ",
            "تاريخ",
            "تاريخ النشر",
        ],
    ),
    (Role::Updated, "updated", &["updated", "modified", "updated_at", "date_modified", "datemodified", "last_modified"]),
    (Role::Url, "url", &["url", "link", "permalink", "href", "uri", "الرابط", "رابط"]),
    (Role::Source, "source", &["source", "publisher", "outlet", "newspaper", "site_name", "site", "provider", "media", "المصدر", "الصحيفة"]),
    (Role::Guid, "guid", &["guid", "id", "_id", "uuid", "article_id", "doc_id", "docid"]),
    (Role::Authors, "authors", &["authors", "author", "byline", "creator", "writer", "الكاتب", "المؤلف"]),
    (Role::Section, "section", &["section", "category", "cat", "desk", "القسم", "التصنيف"]),
    (Role::Tags, "tags", &["tags", "keywords", "topics", "subjects"]),
    (Role::Language, "lang", &["lang", "language", "اللغة"]),
    (Role::Status, "status", &["status", "pubstatus"]),
    (Role::Version, "version", &["version"]),
];

/// The role a name is guessed to have.
pub fn role_named(name: &str) -> Option<Role> {
    guess(name).map(|(role, _)| role)
}

/// The role a name is guessed to have, and how good the name is for it (0 best).
fn guess(name: &str) -> Option<(Role, usize)> {
    GUESSES.get(bare(name).as_str()).copied()
}

/// A name by its letters and digits alone: `PublishDate`, `Publish Date` and `publish_date` are one.
fn bare(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Every bare name of [`ROLES`] with its role and how good it is for it; the first role that has a name keeps it.
static GUESSES: LazyLock<FxHashMap<String, (Role, usize)>> = LazyLock::new(|| {
    let mut guesses = FxHashMap::default();
    for (role, _, names) in ROLES {
        for (rank, name) in names.iter().enumerate() {
            guesses.entry(bare(name)).or_insert((*role, rank));
        }
    }
    guesses
});

/// Which input names play which role, said by the user: `--map FILE.toml`.
///
/// ```toml
/// title = "Überschrift"
/// text = ["lead", "rest"]      # joined by a blank line
/// published = "meta.date"      # a dot goes into nested objects
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldMap {
    roles: BTreeMap<Role, Vec<String>>,
}

impl FieldMap {
    /// Whether a member is named here.
    pub fn names(&self, name: &str) -> bool {
        self.roles.values().flatten().any(|known| known == name)
    }

    /// Reads a map file's text.
    ///
    /// # Errors
    /// When it is no TOML, names an unknown role, or maps it to something that is no name.
    pub fn parse(text: &str) -> anyhow::Result<FieldMap> {
        let table: toml::Table = toml::from_str(text).map_err(|error| {
            let line = error.span().and_then(|span| text.get(..span.start)).map_or(1, |before| before.matches('\n').count() + 1);
            anyhow::anyhow!("line {line} is no TOML: {}", error.message())
        })?;
        let mut roles = BTreeMap::new();
        for (key, value) in table {
            let Some((role, ..)) = ROLES.iter().find(|(_, name, _)| *name == key) else {
                let known: Vec<&str> = ROLES.iter().map(|(_, name, _)| *name).collect();
                anyhow::bail!("unknown field {key:?}, expected one of {}", known.join(", "));
            };
            let names = match value {
                toml::Value::String(name) => vec![name],
                toml::Value::Array(names) => names
                    .into_iter()
                    .map(|name| name.as_str().map(str::to_string).ok_or_else(|| anyhow::anyhow!("expected a name for {key:?}, found {name}")))
                    .collect::<anyhow::Result<_>>()?,
                other => anyhow::bail!("expected a name or a list of names for {key:?}, found {other}"),
            };
            roles.insert(*role, names);
        }
        if !roles.contains_key(&Role::Text) && !roles.contains_key(&Role::Title) {
            anyhow::bail!("expected at least \"title\" or \"text\" to be mapped");
        }
        Ok(FieldMap { roles })
    }
}

/// Names of a map that a table's header does not have.
pub(super) fn missing_names(map: &FieldMap, names: &[String]) -> Vec<String> {
    map.roles.values().flatten().filter(|name| !names.contains(name)).cloned().collect()
}

/// The names of a table or object with the roles they are given; a dry run prints it.
pub fn roles_of<'n>(names: impl IntoIterator<Item = &'n str>, map: Option<&FieldMap>) -> Vec<(Role, String)> {
    let names: Vec<&str> = names.into_iter().collect();
    if let Some(map) = map {
        // A dotted name leads into nested objects: only its first part is among the names.
        let is_there = |name: &String| names.iter().any(|known| *known == name || name.split('.').next() == Some(known));
        let mapped = map.roles.iter().flat_map(|(role, names)| names.iter().map(|name| (*role, name.clone())));
        return mapped.filter(|(_, name)| is_there(name)).collect();
    }
    let mut best: BTreeMap<Role, (usize, &str)> = BTreeMap::new();
    for name in names {
        if let Some((role, rank)) = guess(name) {
            let slot = best.entry(role).or_insert((rank, name));
            if rank < slot.0 {
                *slot = (rank, name);
            }
        }
    }
    best.into_iter().map(|(role, (_, name))| (role, name.to_string())).collect()
}

/// The name of a role, as in [`ROLES`].
pub fn role_name(role: Role) -> &'static str {
    ROLES.iter().find(|(known, ..)| *known == role).map_or("", |(_, name, _)| name)
}

/// Why named values make no article.
struct Refusal {
    code: RejectCode,
    message: String,
}

fn refuse(code: RejectCode, message: impl Into<String>) -> Refusal {
    Refusal { code, message: message.into() }
}

/// One JSON text as one record.
pub(super) fn from_json(reading: &Reading<'_>, location: SourceLocation, raw: &[u8]) -> Item {
    let values = match parse_object(raw) {
        Ok(values) => values,
        Err(refusal) => return reading.reject(location, refusal.code, refusal.message, raw),
    };
    let mut record = Record::default();
    let taken = match &reading.options.map {
        Some(map) => map.roles.iter().try_for_each(|(role, names)| {
            names.iter().try_for_each(|name| match nested(&values, name) {
                Some(value) => record.set_json(*role, name, value, 0),
                None => Ok(()),
            })
        }),
        None => values.iter().try_for_each(|(name, value)| match guess(name) {
            Some((role, rank)) => record.set_json(role, name, value, rank),
            None => Ok(()),
        }),
    };
    finish(reading, location, taken.map(|()| record), raw)
}

/// A row of a table, with the names of its header.
pub(super) fn from_row<'v>(
    reading: &Reading<'_>,
    location: SourceLocation,
    roles: &[(Role, usize)],
    row: impl Fn(usize) -> Option<&'v str>,
    raw: &[u8],
) -> Item {
    let mut record = Record::default();
    for (role, column) in roles {
        if let Some(value) = row(*column) {
            record.set_text(*role, value, 0);
        }
    }
    finish(reading, location, Ok(record), raw)
}

/// Values a format has found by its own means.
pub(super) fn from_pairs<'v>(
    reading: &Reading<'_>,
    location: SourceLocation,
    pairs: impl IntoIterator<Item = (Role, &'v str)>,
    origins: &[(Role, &str)],
    raw: &[u8],
) -> Item {
    let mut record = Record::default();
    for (role, value) in pairs {
        record.set_text(role, value, 0);
    }
    for (role, origin) in origins {
        record.origins.insert(*role, origin.to_string());
    }
    finish(reading, location, Ok(record), raw)
}

fn finish(reading: &Reading<'_>, location: SourceLocation, record: Result<Record, Refusal>, raw: &[u8]) -> Item {
    match record.and_then(|record| record.into_article(reading, location.clone())) {
        Ok(article) => Item::Article(Box::new(article)),
        Err(refusal) => reading.reject(location, refusal.code, refusal.message, raw),
    }
}

fn parse_object(raw: &[u8]) -> Result<serde_json::Map<String, Value>, Refusal> {
    if let Err(error) = std::str::from_utf8(raw) {
        let message = format!(
            "expected UTF-8, found byte 0x{:02X} at byte {} of the record (--encoding names another character set)",
            raw[error.valid_up_to()],
            error.valid_up_to()
        );
        return Err(refuse(RejectCode::BadUtf8, message));
    }
    match serde_json::from_slice(raw) {
        Ok(Value::Object(values)) => Ok(values),
        Ok(other) => Err(refuse(RejectCode::WrongType, format!("expected an object, found {}", kind_of(&other)))),
        Err(error) if error.to_string().starts_with("recursion limit") => Err(refuse(RejectCode::JsonDepth, "expected at most 127 levels of nesting")),
        Err(error) => Err(refuse(RejectCode::JsonSyntax, json_message(&error))),
    }
}

/// serde's message with the column as people count it, without the line of the single record.
pub(super) fn json_message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let cause = text.split(" at line ").next().unwrap_or_default();
    if error.column() > 0 { format!("not valid JSON at column {}: {cause}", error.column()) } else { format!("not valid JSON: {cause}") }
}

fn kind_of(value: &Value) -> String {
    match value {
        Value::Null => "null".to_string(),
        Value::Bool(value) => format!("{value}"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text {:?}", text.chars().take(40).collect::<String>()),
        Value::Array(_) => "an array".to_string(),
        Value::Object(_) => "an object".to_string(),
    }
}

fn nested<'v>(values: &'v serde_json::Map<String, Value>, name: &str) -> Option<&'v Value> {
    values.get(name).or_else(|| {
        let (outer, inner) = name.split_once('.')?;
        nested(values.get(outer)?.as_object()?, inner)
    })
}

/// Texts by role, and how well the names they came under fit.
#[derive(Debug, Default)]
struct Record {
    values: BTreeMap<Role, (usize, Vec<String>)>,
    origins: BTreeMap<Role, String>,
}

impl Record {
    fn set_text(&mut self, role: Role, value: &str, rank: usize) {
        self.set(role, vec![value.to_string()], rank);
    }

    /// Keeps the better of two names for one role; names of equal rank (a map's list) add up.
    fn set(&mut self, role: Role, values: Vec<String>, rank: usize) {
        let values: Vec<String> = values
            .into_iter()
            .map(|value| if role == Role::Url || role == Role::Guid { clean(&value) } else { clean(&unescape(&value)) })
            .filter(|value| !value.is_empty())
            .collect();
        if values.is_empty() {
            return;
        }
        match self.values.get_mut(&role) {
            Some((known, kept)) if *known == rank => kept.extend(values),
            Some((known, _)) if *known < rank => {}
            _ => {
                self.values.insert(role, (rank, values));
            }
        }
    }

    fn set_json(&mut self, role: Role, name: &str, value: &Value, rank: usize) -> Result<(), Refusal> {
        let wrong = |expected: &str| refuse(RejectCode::WrongType, format!("expected {expected} in {name:?}, found {}", kind_of(value)));
        let texts = match (role, value) {
            (_, Value::Null) => return Ok(()),
            (_, Value::String(text)) => vec![text.clone()],
            (Role::Published | Role::Updated, Value::Number(number)) => {
                let date = number
                    .as_i64()
                    .or_else(|| number.as_f64().map(|seconds| seconds as i64))
                    .and_then(|seconds| read_epoch(seconds, name))
                    .ok_or_else(|| refuse(RejectCode::BadDate, format!("expected a date in {name:?}, found {number}")))?;
                vec![date.value]
            }
            (Role::Guid | Role::Version | Role::Section, Value::Number(number)) => vec![number.to_string()],
            (Role::Authors | Role::Tags | Role::Section, Value::Array(items)) => items.iter().filter_map(name_of).collect(),
            (Role::Text | Role::Summary, Value::Array(items)) if items.iter().all(Value::is_string) => {
                vec![items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n\n")]
            }
            (Role::Source | Role::Authors | Role::Section, Value::Object(_)) => name_of(value).into_iter().collect(),
            (Role::Guid, Value::Object(id)) => match id.get("$oid").and_then(Value::as_str) {
                Some(id) => vec![id.to_string()],
                None => return Err(wrong("text or a number")),
            },
            (Role::Guid, _) => return Err(wrong("text or a number")),
            (Role::Published | Role::Updated, _) => return Err(wrong("a date")),
            (Role::Title | Role::Text, _) => return Err(wrong("text")),
            // A list of pictures called `media` names no outlet; what only describes the article is left out.
            _ => return Ok(()),
        };
        if matches!(role, Role::Published | Role::Updated) {
            self.origins.insert(role, name.to_string());
        }
        self.set(role, texts, rank);
        Ok(())
    }

    fn one(&mut self, role: Role) -> Option<String> {
        self.values.remove(&role).map(|(_, values)| values.join("\n\n"))
    }

    fn many(&mut self, role: Role) -> Vec<String> {
        let mut values = self.values.remove(&role).map(|(_, values)| values).unwrap_or_default();
        let mut seen = std::collections::BTreeSet::new();
        values.retain(|value| seen.insert(value.clone()));
        values
    }

    fn date(&mut self, role: Role, reading: &Reading<'_>) -> Result<Option<Date>, Refusal> {
        let origin = self.origins.get(&role).cloned().unwrap_or_else(|| role_name(role).to_string());
        let Some(text) = self.values.remove(&role).and_then(|(_, values)| values.into_iter().next()) else { return Ok(None) };
        let origin_text = format!("{}:{origin}", reading.format.name);
        // How exports write that there is none.
        if ["n/a", "na", "null", "none", "nan", "-", "nil"].iter().any(|none| text.eq_ignore_ascii_case(none)) {
            return Ok(None);
        }
        // Seconds or milliseconds since 1970, as tables hold them.
        let whole = text.split_once('.').map_or(text.as_str(), |(whole, _)| whole);
        if (9..=13).contains(&whole.len())
            && let Some(date) = whole.parse().ok().and_then(|seconds| read_epoch(seconds, &origin_text))
        {
            return Ok(Some(date));
        }
        read_date(&text, &origin_text, &reading.options.dates)
            .map(Some)
            .map_err(|error| refuse(RejectCode::BadDate, format!("expected a date in {origin:?}, found {:?}", error.found)))
    }

    fn into_article(mut self, reading: &Reading<'_>, location: SourceLocation) -> Result<Article, Refusal> {
        let published = self.date(Role::Published, reading)?;
        let updated = self.date(Role::Updated, reading)?;
        let title = one_line(&self.one(Role::Title).unwrap_or_default());
        let summary = self.one(Role::Summary);
        let mut body = self.one(Role::Text).or(summary).unwrap_or_default();
        if let Some(dateline) = self.one(Role::Dateline)
            && !body.is_empty()
        {
            body = format!("{dateline} {body}");
        }
        let status = match self.one(Role::Status) {
            None => Status::Usable,
            // A status of another vocabulary ("ok", "200") says nothing about usability.
            Some(word) => Status::from_word(&word).unwrap_or_default(),
        };
        if title.is_empty() && body.is_empty() && status.keeps_text() {
            return Err(refuse(RejectCode::EmptyText, "expected a title or a text, found neither"));
        }
        let named_source = self.one(Role::Source).map(|source| one_line(&source));
        let declared = self.one(Role::Language).and_then(|code| LanguageCode::parse(&code));
        let language = reading.options.language.or(declared).unwrap_or_else(|| language::detect(if body.is_empty() { &title } else { &body }));
        let url = self.one(Role::Url).map(|url| one_line(&url));
        let guid = self.one(Role::Guid).map(|guid| one_line(&guid));
        // What a person says of all records (`--source`) tells two of them no further apart.
        let key = ArticleKey::identify(&Identity {
            source: named_source.as_deref(),
            guid: guid.as_deref(),
            url: url.as_deref(),
            file: &reading.scope,
            title: &title,
            date: published.as_ref().map(|date| date.value.as_str()),
            body: &body,
        });
        let (title, body) = if status.keeps_text() { (title, body) } else { Default::default() };
        let mut article = Article {
            key,
            source: named_source.or_else(|| reading.options.source.clone()),
            url,
            guid,
            version: self.one(Role::Version),
            title,
            body,
            language,
            published,
            updated,
            authors: self.many(Role::Authors),
            section: self.one(Role::Section).map(|section| one_line(&section)),
            tags: self.many(Role::Tags),
            status,
            format: reading.format.name,
            location,
            content_hash: [0; 32],
        };
        article.content_hash = article.hash_content();
        Ok(article)
    }
}

/// The name of a person or section given as text or as an object.
fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(object) => ["name", "title", "label", "id"].iter().find_map(|key| object.get(*key)?.as_str().map(str::to_string)),
        _ => None,
    }
}

/// `&#8211;` and `&quot;` as the characters they stand for: feeds and exports leave them in texts that are no HTML.
fn unescape(text: &str) -> std::borrow::Cow<'_, str> {
    html_escape::decode_html_entities(text)
}

/// Line ends as `\n`, no control characters, no white space around.
fn clean(text: &str) -> String {
    let needs_work =
        text.bytes().any(|byte| byte < 0x20 && byte != b'\n' && byte != b'\t' || byte == 0x7F) || text.contains(['\u{FEFF}', '\u{85}', '\u{2028}', '\u{2029}']);
    if !needs_work {
        return text.trim().to_string();
    }
    let unified = text.replace("\r\n", "\n");
    unified
        .chars()
        .filter_map(|letter| match letter {
            '\n' | '\t' => Some(letter),
            '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
            '\u{FEFF}' => None,
            _ if letter.is_control() => None,
            _ => Some(letter),
        })
        .collect::<String>()
        .trim()
        .to_string()
}

/// White space of all kinds as single spaces.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_guessed() {
        let found = roles_of(["Headline", "Body", "link", "date", "id", "publisher", "pubDate", "weather"], None);
        let expected =
            [(Role::Title, "Headline"), (Role::Text, "Body"), (Role::Published, "date"), (Role::Url, "link"), (Role::Source, "publisher"), (Role::Guid, "id")];
        assert_eq!(found, expected.map(|(role, name)| (role, name.to_string())));
    }

    #[test]
    fn entities_left_in_texts() {
        assert_eq!(unescape("الطائف &#8211; الباحة &amp; R&D; &nosuch;"), "الطائف – الباحة & R&D; &nosuch;");
    }

    #[test]
    fn no_name_is_guessed_twice() {
        let mut seen = std::collections::BTreeSet::new();
        for name in ROLES.iter().flat_map(|(_, _, names)| *names) {
            assert!(seen.insert(name), "{name} stands for two roles");
            assert_eq!(*name, name.to_lowercase(), "{name} is compared in lower case");
        }
    }

    #[test]
    fn maps_say_what_is_wrong() {
        assert!(FieldMap::parse("text = ['a', 'b']\npublished = 'meta.date'").is_ok());
        for (text, expected) in [("txet = 'a'", "unknown field \"txet\""), ("text = 5", "expected a name"), ("url = 'u'", "at least"), ("text = ", "")] {
            let message = FieldMap::parse(text).unwrap_err().to_string();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }
}
