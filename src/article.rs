//! The article: what every input becomes, and how it is told from every other.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::date::Date;

/// Crockford's base 32 in lower case: no `i l o u`, so an id survives being read aloud.
const BASE32: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Letters shown of a key (60 bits); the whole key has [`ArticleKey::TEXT_LEN`].
pub const SHOWN_LEN: usize = 12;

/// One news item as published. What the input does not tell stays `None`; nothing is guessed from the clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Article {
    pub key: ArticleKey,
    /// The outlet.
    pub source: Option<String>,
    pub url: Option<String>,
    /// The outlet's own identifier of the item.
    pub guid: Option<String>,
    pub version: Option<String>,
    /// Empty when the item has none.
    pub title: String,
    pub body: String,
    pub language: LanguageCode,
    pub published: Option<Date>,
    pub updated: Option<Date>,
    pub authors: Vec<String>,
    pub section: Option<String>,
    pub tags: Vec<String>,
    pub status: Status,
    /// Name of the input format, as in [`crate::source::FORMATS`].
    pub format: &'static str,
    pub location: SourceLocation,
    /// BLAKE3 of everything above but the location: equal content means "unchanged".
    pub content_hash: [u8; 32],
}

/// Whether an item may be shown: the last two keep no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    #[default]
    Usable,
    Embargoed,
    Withdrawn,
    Killed,
}

impl Status {
    /// The word used in output and in the index.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Usable => "usable",
            Status::Embargoed => "embargoed",
            Status::Withdrawn => "withdrawn",
            Status::Killed => "killed",
        }
    }

    /// Reads the words of [`Status::as_str`] and NewsML's `canceled`; `None` for anything else.
    pub fn from_word(word: &str) -> Option<Status> {
        match word.to_ascii_lowercase().as_str() {
            "usable" => Some(Status::Usable),
            "embargoed" | "withheld" => Some(Status::Embargoed),
            "withdrawn" => Some(Status::Withdrawn),
            "killed" | "canceled" | "cancelled" => Some(Status::Killed),
            _ => None,
        }
    }

    pub fn keeps_text(self) -> bool {
        matches!(self, Status::Usable | Status::Embargoed)
    }
}

/// Where a record stood: file, number of the record in it (from 1), line (from 1) and byte offset of its beginning.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SourceLocation {
    pub path: String,
    pub record: u64,
    pub line: Option<u64>,
    pub byte: u64,
}

impl fmt::Display for SourceLocation {
    /// `path:line` where lines mean something, else `path, record n`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.path),
            None if self.record > 1 => write!(f, "{}, record {}", self.path, self.record),
            None => write!(f, "{}", self.path),
        }
    }
}

/// Three-letter codes of languages that have one of two letters.
const ISO_639: &[(&str, &str)] = &[
    ("ara", "ar"),
    ("arb", "ar"),
    ("aze", "az"),
    ("ben", "bn"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("cmn", "zh"),
    ("cym", "cy"),
    ("dan", "da"),
    ("deu", "de"),
    ("ell", "el"),
    ("eng", "en"),
    ("epo", "eo"),
    ("est", "et"),
    ("eus", "eu"),
    ("fas", "fa"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("fre", "fr"),
    ("ger", "de"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("hye", "hy"),
    ("ind", "id"),
    ("isl", "is"),
    ("ita", "it"),
    ("jpn", "ja"),
    ("kat", "ka"),
    ("kaz", "kk"),
    ("kor", "ko"),
    ("lat", "la"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("mkd", "mk"),
    ("nld", "nl"),
    ("nob", "nb"),
    ("nor", "no"),
    ("per", "fa"),
    ("pes", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("pus", "ps"),
    ("ron", "ro"),
    ("rus", "ru"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("som", "so"),
    ("spa", "es"),
    ("srp", "sr"),
    ("swa", "sw"),
    ("swe", "sv"),
    ("tam", "ta"),
    ("tel", "te"),
    ("tgl", "tl"),
    ("tha", "th"),
    ("tur", "tr"),
    ("uig", "ug"),
    ("ukr", "uk"),
    ("urd", "ur"),
    ("uzb", "uz"),
    ("vie", "vi"),
    ("yid", "yi"),
    ("zho", "zh"),
    ("afr", "af"),
    ("amh", "am"),
];

/// An ISO 639 code of two or three lower-case letters, `und` where the language is not known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LanguageCode([u8; 3]);

impl LanguageCode {
    pub const UNKNOWN: LanguageCode = LanguageCode(*b"und");
    pub const ARABIC: LanguageCode = LanguageCode(*b"ar\0");
    pub const ENGLISH: LanguageCode = LanguageCode(*b"en\0");

    /// The code of two or three lower-case ASCII letters; the rest is not looked at.
    pub const fn of(letters: &str) -> LanguageCode {
        let bytes = letters.as_bytes();
        LanguageCode([bytes[0], bytes[1], if bytes.len() > 2 { bytes[2] } else { 0 }])
    }

    /// Reads `ar`, `ar-SA`, `AR_sa`, `ckb`; `None` where the primary subtag is not two or three ASCII letters.
    pub fn parse(text: &str) -> Option<LanguageCode> {
        let primary = text.trim().split(['-', '_']).next().unwrap_or_default();
        if !(2..=3).contains(&primary.len()) || !primary.bytes().all(|b| b.is_ascii_alphabetic()) {
            return None;
        }
        let mut code = [0; 3];
        for (slot, byte) in code.iter_mut().zip(primary.bytes()) {
            *slot = byte.to_ascii_lowercase();
        }
        // One code a language: the shorter where there is one.
        if let Some((_, short)) = ISO_639.iter().find(|(long, _)| long.as_bytes() == code) {
            code = [short.as_bytes()[0], short.as_bytes()[1], 0];
        }
        Some(LanguageCode(code))
    }

    pub fn as_str(&self) -> &str {
        let len = if self.0[2] == 0 { 2 } else { 3 };
        std::str::from_utf8(&self.0[..len]).unwrap_or("und")
    }

    /// `rtl` for languages written from right to left, else `ltr`.
    pub fn direction(&self) -> &'static str {
        match self.as_str() {
            "ar" | "fa" | "ur" | "he" | "ps" | "ckb" | "sd" | "ug" | "yi" | "dv" | "syr" => "rtl",
            _ => "ltr",
        }
    }
}

impl fmt::Debug for LanguageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for LanguageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The first 16 bytes of the BLAKE3 hash of what identifies an article.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ArticleKey(pub [u8; 16]);

impl ArticleKey {
    /// Letters of a whole key: 128 bits, five a letter.
    pub const TEXT_LEN: usize = 26;

    /// The identity of an item: (source, guid); without a source, or where the guid is a mere row number, the canonical url;
    /// then the guid within its input file (two files may both count from 1); failing all, title, date and body.
    pub fn identify(parts: &Identity<'_>) -> ArticleKey {
        let mut hasher = blake3::Hasher::new();
        let mut field = |label: &str, text: &str| {
            hasher.update(label.as_bytes());
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        match (parts.source, parts.guid, parts.url) {
            (Some(source), Some(guid), _) if !is_row_number(guid) => {
                field("source", source);
                field("guid", guid);
            }
            (_, _, Some(url)) => field("url", &canonical_url(url)),
            (source, Some(guid), None) => {
                field("source", source.unwrap_or_default());
                field("file", parts.file);
                field("guid", guid);
            }
            _ => {
                field("title", &nfc(parts.title));
                field("date", parts.date.unwrap_or_default());
                field("body", &nfc(parts.body));
            }
        }
        let mut key = [0; 16];
        key.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        ArticleKey(key)
    }

    /// All 26 letters.
    pub fn text(&self) -> String {
        base32(u128::from_be_bytes(self.0), 130, Self::TEXT_LEN)
    }

    /// The 12 letters shown to people: the beginning of [`ArticleKey::text`].
    pub fn shown(&self) -> String {
        let mut text = self.text();
        text.truncate(SHOWN_LEN);
        text
    }

    /// Reads the 26 letters back; `None` when they are not a key.
    pub fn parse(text: &str) -> Option<ArticleKey> {
        if text.len() != Self::TEXT_LEN {
            return None;
        }
        let mut value: u128 = 0;
        for (position, byte) in text.bytes().enumerate() {
            let digit = BASE32.iter().position(|&b| b == byte)? as u128;
            // 26 letters hold 130 bits; the last letter carries two bits of padding.
            if position + 1 == Self::TEXT_LEN {
                value = (value << 3) | (digit >> 2);
            } else {
                value = (value << 5) | digit;
            }
        }
        Some(ArticleKey(value.to_be_bytes()))
    }

    /// The last sort key of every order.
    pub fn hash(&self) -> i64 {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.0[..8]);
        i64::from_be_bytes(bytes)
    }

    /// The id of the near-duplicate group that this article opens: 60 bits, unlike the key's own letters.
    pub fn opened_story(&self) -> u64 {
        opened_story(self.hash())
    }
}

/// The story that the article with this key hash opens: where a stored story is another, the article is a copy.
pub fn opened_story(key_hash: i64) -> u64 {
    mix(key_hash as u64) >> 4
}

/// The finalizer of SplitMix64, a bijection. It must never change: stories and near-duplicate bands of stored articles were made
/// with it.
pub(crate) fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// A short number: exports count their rows so, each from 1.
fn is_row_number(guid: &str) -> bool {
    guid.len() < 7 && guid.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Debug for ArticleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

/// What an identity is made from.
#[derive(Debug, Clone, Copy, Default)]
pub struct Identity<'a> {
    pub source: Option<&'a str>,
    pub guid: Option<&'a str>,
    pub url: Option<&'a str>,
    /// Name of the input file, the scope of a guid whose outlet is unknown.
    pub file: &'a str,
    pub title: &'a str,
    pub date: Option<&'a str>,
    pub body: &'a str,
}

/// The 12 letters of a story id.
pub fn story_text(story: u64) -> String {
    base32(u128::from(story), 60, SHOWN_LEN)
}

/// Reads the 12 letters of a story id back.
pub fn parse_story(text: &str) -> Option<u64> {
    if text.len() != SHOWN_LEN {
        return None;
    }
    text.bytes().try_fold(0u64, |value, byte| {
        let digit = BASE32.iter().position(|&b| b == byte)? as u64;
        Some((value << 5) | digit)
    })
}

/// `len` letters of the `bits` highest bits, the value standing left in them.
fn base32(value: u128, bits: u32, len: usize) -> String {
    (0..len as u32)
        .map(|position| {
            let below = bits as i32 - 5 * (position as i32 + 1) - if bits > 128 { 2 } else { 0 };
            let digit = if below >= 0 { value >> below } else { value << -below };
            BASE32[(digit & 31) as usize] as char
        })
        .collect()
}

/// The url without what does not change the page: fragment, tracking parameters, default port, `www.`-less host kept
/// as it is, scheme folded to `https`, trailing slash dropped.
pub fn canonical_url(url: &str) -> String {
    let url = url.trim();
    let url = url.split('#').next().unwrap_or_default();
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (address, query) = match rest.split_once('?') {
        Some((address, query)) => (address, Some(query)),
        None => (rest, None),
    };
    let (host, path) = match address.split_once('/') {
        Some((host, path)) => (host, path),
        None => (address, ""),
    };
    let host = host.to_lowercase();
    let host = host.trim_end_matches(":80").trim_end_matches(":443");
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "" => String::new(),
        "http" | "https" => "https://".to_string(),
        other => format!("{other}://"),
    };
    let mut canonical = format!("{scheme}{host}/{}", path.trim_end_matches('/'));
    let kept: Vec<&str> = query
        .unwrap_or_default()
        .split('&')
        .filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            !pair.is_empty() && !name.starts_with("utm_") && !["fbclid", "gclid", "ref", "amp"].contains(&name)
        })
        .collect();
    if !kept.is_empty() {
        canonical.push('?');
        canonical.push_str(&kept.join("&"));
    }
    canonical
}

/// Text in NFC, borrowed where it already is.
pub fn nfc(text: &str) -> std::borrow::Cow<'_, str> {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text.into(),
        _ => text.nfc().collect::<String>().into(),
    }
}

impl Article {
    /// BLAKE3 of the content as JSON with sorted keys, in NFC. The location is no part of it: the same item found in
    /// another file is the same item.
    pub fn hash_content(&self) -> [u8; 32] {
        let canonical = serde_json::json!({
            "authors": self.authors.iter().map(|author| nfc(author)).collect::<Vec<_>>(),
            "body": nfc(&self.body),
            "guid": self.guid,
            "language": self.language.as_str(),
            "published": self.published.as_ref().map(|date| &date.value),
            "section": self.section,
            "source": self.source,
            "status": self.status.as_str(),
            "tags": self.tags,
            "title": nfc(&self.title),
            "updated": self.updated.as_ref().map(|date| &date.value),
            "url": self.url,
            "version": self.version,
        });
        *blake3::hash(canonical.to_string().as_bytes()).as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_stories_read_back() {
        for seed in 0..200u8 {
            let mut bytes = [0; 16];
            bytes.copy_from_slice(&blake3::hash(&[seed]).as_bytes()[..16]);
            let key = ArticleKey(bytes);
            assert_eq!(key.text().len(), ArticleKey::TEXT_LEN);
            assert_eq!(ArticleKey::parse(&key.text()), Some(key));
            assert_eq!(parse_story(&story_text(key.opened_story())), Some(key.opened_story()));
        }
        assert_eq!(ArticleKey::parse("short"), None);
        assert_eq!(ArticleKey::parse("iiiiiiiiiiiiiiiiiiiiiiiiii"), None);
    }

    #[test]
    fn canonical_urls() {
        let rows = [
            ("HTTP://Example.org:80/a/b/?utm_source=x&id=3#top", "https://example.org/a/b?id=3"),
            ("https://example.org/a/b", "https://example.org/a/b"),
            ("https://example.org", "https://example.org/"),
            ("https://example.org/خبر/١", "https://example.org/خبر/١"),
        ];
        for (input, expected) in rows {
            assert_eq!(canonical_url(input), expected, "{input}");
        }
    }

    #[test]
    fn identity_prefers_the_outlets_own_identifier() {
        let base = Identity { source: Some("s"), guid: Some("urn:7"), url: Some("https://a.example/x"), file: "f", title: "t", date: None, body: "b" };
        let renamed = Identity { title: "other", url: None, file: "g", ..base };
        assert_eq!(ArticleKey::identify(&base), ArticleKey::identify(&renamed));
        // Two files that both count from 1 must not overwrite each other, whether they name an outlet or not.
        let numbered = Identity { guid: Some("7"), url: None, ..base };
        assert_ne!(ArticleKey::identify(&numbered), ArticleKey::identify(&Identity { file: "g", ..numbered }));
        let anonymous = Identity { source: None, url: None, ..base };
        assert_ne!(ArticleKey::identify(&anonymous), ArticleKey::identify(&Identity { file: "g", ..anonymous }));
    }

    #[test]
    fn language_codes() {
        assert_eq!(LanguageCode::parse("ar-SA"), Some(LanguageCode::ARABIC));
        assert_eq!(LanguageCode::parse("CKB").map(|code| code.to_string()), Some("ckb".to_string()));
        assert_eq!(LanguageCode::parse("ara"), Some(LanguageCode::ARABIC));
        assert_eq!(LanguageCode::parse("arabic"), None);
        assert_eq!(LanguageCode::parse(""), None);
    }
}
