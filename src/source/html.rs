//! A saved page: metadata from JSON-LD, OpenGraph and the page itself, text by readability.
//!
//! The article's text is the JSON-LD `articleBody` where a page states a whole one, else what `dom_smoothie` (Mozilla's
//! Readability rules) finds. Nothing is fetched.

use std::io;

use dom_smoothie::{Config, Readability, TextMode};
use serde_json::Value;

use super::fields::{Role, from_pairs};
use super::{Reading, Sink};
use crate::date::{DateOptions, read_date};
use crate::quarantine::RejectCode;

/// Elements inside one another; tree building goes down by recursion.
const MAX_DEPTH: usize = 1_000;

pub fn recognize(head: &str) -> bool {
    let head: String = head.chars().take(2_048).collect::<String>().to_lowercase();
    head.starts_with('<') && ["<!doctype html", "<html", "<head", "<body", "<article", "<meta"].iter().any(|mark| head.contains(mark))
}

pub fn read(reading: &mut Reading<'_>, sink: &mut Sink<'_>) -> io::Result<()> {
    if reading.skip > 0 {
        return Ok(());
    }
    let Some(bytes) = reading.read_whole(sink)? else { return Ok(()) };
    let location = reading.location(1, None, 0);
    let page = String::from_utf8_lossy(&bytes);
    if depth(&page) > MAX_DEPTH {
        let _ = sink(reading.reject(location, RejectCode::HtmlDepth, format!("expected at most {MAX_DEPTH} elements inside one another"), &bytes));
        return Ok(());
    }
    // The page is foreign ground: a fault of a parser in one page must not take the others with it.
    let understood = std::panic::catch_unwind(|| understand(&page, &reading.options.dates));
    let Ok(understood) = understood else {
        let message = "a fault of fihris while the page was read; please report it with this record";
        let _ = sink(reading.reject(location, RejectCode::Internal, message, &bytes));
        return Ok(());
    };
    let item = match understood {
        Ok(found) => {
            let pairs: Vec<(Role, &str)> = found.values.iter().map(|(role, value)| (*role, value.as_str())).collect();
            from_pairs(reading, location, pairs, &found.origins, &bytes)
        }
        Err(message) => reading.reject(location, RejectCode::EmptyText, message, &bytes),
    };
    let _ = sink(item);
    Ok(())
}

/// What a page says about its article.
struct Found {
    values: Vec<(Role, String)>,
    origins: Vec<(Role, &'static str)>,
}

fn understand(page: &str, dates: &DateOptions) -> Result<Found, String> {
    let config = Config { text_mode: TextMode::Formatted, ..Config::default() };
    let mut readability = Readability::new(page, None, Some(config)).map_err(|error| format!("the page cannot be read: {error}"))?;
    let linked_data = json_ld(&readability);
    let published_meta = meta(&readability, &["article:published_time", "datePublished", "date", "dc.date", "DC.date.issued", "pubdate", "publish-date"]);
    let time_element = readability
        .doc
        .select("article time[datetime], time[pubdate], time[datetime]")
        .iter()
        .next()
        .and_then(|time| time.attr("datetime"))
        .map(|value| value.to_string());
    let url = meta(&readability, &["og:url"]).or_else(|| attribute(&readability, "link[rel=canonical]", "href"));
    let site = meta(&readability, &["og:site_name", "application-name"]);
    let tags: Vec<String> = metas(&readability, "article:tag");
    let section = meta(&readability, &["article:section"]);
    let language = attribute(&readability, "html", "lang");
    let heading = readability.doc.select("h1").iter().next().map(|heading| heading.text().trim().to_string()).filter(|text| !text.is_empty());
    let og_title = meta(&readability, &["og:title"]);
    let parsed = readability.parse();
    let text_of = |name: &str| linked_data.as_ref().and_then(|data| text_in(data, name));
    let body_stated = text_of("articleBody").filter(|body| body.chars().count() >= 200);
    let (mut body, readable) = match (&parsed, body_stated) {
        (Ok(article), stated) => {
            let found = article.text_content.trim().to_string();
            // Some pages state only a teaser; the longer text is the article.
            match stated.filter(|stated| stated.len() * 10 >= found.len() * 8) {
                Some(stated) => (strip_tags(&stated), Some(article)),
                None => (found, Some(article)),
            }
        }
        (Err(_), Some(stated)) => (strip_tags(&stated), None),
        (Err(error), None) => return Err(format!("no article text was found in the page ({error})")),
    };
    body = tidy(&body);
    let title = text_of("headline").or(og_title).or_else(|| readable.map(|article| article.title.to_string())).or(heading).unwrap_or_default();
    let mut origins = Vec::new();
    let mut published = None;
    for (origin, value) in [
        ("json-ld", text_of("datePublished")),
        ("meta", published_meta),
        ("time", time_element),
        ("page", readable.and_then(|article| article.published_time.clone())),
    ] {
        // The first that parses; a page often repeats its date in several hands.
        if let Some(value) = value
            && read_date(&value, origin, dates).is_ok()
        {
            published = Some(value);
            origins.push((Role::Published, origin));
            break;
        }
    }
    let updated = text_of("dateModified").or_else(|| readable.and_then(|article| article.modified_time.clone()));
    let updated = updated.filter(|value| read_date(value, "", dates).is_ok());
    let source = linked_data
        .as_ref()
        .and_then(|data| data.get("publisher"))
        .and_then(|publisher| text_in(publisher, "name"))
        .or(site)
        .or_else(|| readable.and_then(|article| article.site_name.clone()))
        .or_else(|| url.as_deref().and_then(host));
    let authors: Vec<String> = match linked_data.as_ref().and_then(|data| data.get("author")) {
        Some(Value::Array(authors)) => authors.iter().filter_map(|author| author.as_str().map(str::to_string).or_else(|| text_in(author, "name"))).collect(),
        Some(Value::String(author)) => vec![author.clone()],
        Some(author) => text_in(author, "name").into_iter().collect(),
        None => readable.and_then(|article| article.byline.clone()).into_iter().collect(),
    };
    let mut values = vec![(Role::Title, title), (Role::Text, body)];
    values.extend(published.map(|value| (Role::Published, value)));
    values.extend(updated.map(|value| (Role::Updated, value)));
    values.extend(url.map(|value| (Role::Url, value)));
    values.extend(source.map(|value| (Role::Source, value)));
    values.extend(authors.into_iter().map(|value| (Role::Authors, value)));
    values.extend(text_of("articleSection").or(section).map(|value| (Role::Section, value)));
    values.extend(tags.into_iter().map(|value| (Role::Tags, value)));
    values.extend(language.or_else(|| text_of("inLanguage")).map(|value| (Role::Language, value)));
    Ok(Found { values, origins })
}

/// The first JSON-LD object that is some kind of article.
fn json_ld(readability: &Readability) -> Option<Value> {
    fn article_in(value: Value) -> Option<Value> {
        match value {
            Value::Array(values) => values.into_iter().find_map(article_in),
            Value::Object(mut object) => {
                let kinds = object.get("@type").cloned().unwrap_or_default();
                let is_article = match &kinds {
                    Value::String(kind) => is_article_kind(kind),
                    Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).any(is_article_kind),
                    _ => false,
                };
                if is_article { Some(Value::Object(object)) } else { object.remove("@graph").and_then(article_in) }
            }
            _ => None,
        }
    }
    readability.doc.select("script[type='application/ld+json']").iter().find_map(|script| article_in(serde_json::from_str(script.text().trim()).ok()?))
}

fn is_article_kind(kind: &str) -> bool {
    kind.ends_with("Article") || matches!(kind, "BlogPosting" | "LiveBlogPosting" | "Report")
}

fn text_in(value: &Value, name: &str) -> Option<String> {
    let found = match value {
        Value::Array(values) => return values.iter().find_map(|value| text_in(value, name)),
        other => other.get(name)?,
    };
    match found {
        Value::String(text) => Some(text.trim().to_string()).filter(|text| !text.is_empty()),
        Value::Array(values) => values.first()?.as_str().map(str::to_string),
        Value::Object(object) => object.get("name")?.as_str().map(str::to_string),
        _ => None,
    }
}

fn meta(readability: &Readability, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| metas(readability, name).into_iter().next())
}

fn metas(readability: &Readability, name: &str) -> Vec<String> {
    let selector = format!("meta[property='{name}'], meta[name='{name}'], meta[itemprop='{name}']");
    let found = readability.doc.select(&selector);
    found.iter().filter_map(|meta| meta.attr("content")).map(|content| content.trim().to_string()).filter(|content| !content.is_empty()).collect()
}

fn attribute(readability: &Readability, selector: &str, name: &str) -> Option<String> {
    readability.doc.select(selector).iter().next()?.attr(name).map(|value| value.trim().to_string()).filter(|value| !value.is_empty())
}

/// The host of an address, without `www.`.
fn host(url: &str) -> Option<String> {
    let host = url.split_once("://")?.1.split(['/', '?', '#']).next()?;
    Some(host.trim_start_matches("www.").to_lowercase()).filter(|host| host.contains('.'))
}

/// Text of a field that may hold mark-up.
fn strip_tags(text: &str) -> String {
    if text.contains("</") || text.contains("<br") { dom_smoothie_text(text) } else { text.to_string() }
}

fn dom_smoothie_text(html: &str) -> String {
    Readability::new(html, None, None).map(|readability| readability.doc.formatted_text().to_string()).unwrap_or_default()
}

/// Lines without white space around, paragraphs parted by one blank line.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            if !tidied.is_empty() && !tidied.ends_with("\n\n") {
                tidied.push('\n');
            }
        } else {
            tidied.push_str(line);
            tidied.push('\n');
        }
    }
    tidied.trim().to_string()
}

fn find_ignoring_case(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window.eq_ignore_ascii_case(wanted))
}

/// How deep elements are nested, by counting tags; elements that close themselves are left out.
fn depth(page: &str) -> usize {
    const SELF_CLOSING: &[&str] =
        &["br", "img", "meta", "link", "input", "hr", "p", "li", "td", "tr", "th", "option", "dt", "dd", "source", "area", "base", "col", "embed", "wbr"];
    let (mut depth, mut deepest) = (0usize, 0usize);
    let bytes = page.as_bytes();
    let mut from = 0;
    for at in memchr::memchr_iter(b'<', bytes) {
        if at < from {
            continue;
        }
        let rest = &bytes[at + 1..];
        // What stands in scripts, styles and comments is no tag.
        for (opening, closing) in [("script", "</script"), ("style", "</style"), ("!--", "-->")] {
            if rest.len() >= opening.len() && rest[..opening.len()].eq_ignore_ascii_case(opening.as_bytes()) {
                from = at + 1 + find_ignoring_case(rest, closing.as_bytes()).unwrap_or(rest.len());
            }
        }
        if from > at || rest[..memchr::memchr(b'>', rest).unwrap_or(0)].ends_with(b"/") {
            continue;
        }
        let closing = rest.first() == Some(&b'/');
        let name: Vec<u8> = rest[usize::from(closing)..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).take(16).map(u8::to_ascii_lowercase).collect();
        if name.is_empty() || SELF_CLOSING.iter().any(|known| known.as_bytes() == name) {
            continue;
        }
        if closing {
            depth = depth.saturating_sub(1);
        } else {
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    deepest
}
