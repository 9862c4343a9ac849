//! The JSON contracts, version 1. Schemas stand in `data/schema/`; a test holds the two together.
//!
//! Text is raw and in logical order. Spans count code points of the stored body unless `"field":"title"` stands beside them.

use serde_json::{Map, Value, json};

use super::{OffsetUnit, Offsets};
use crate::article::{Status, story_text};
use crate::date::Date;
use crate::document::Record;
use crate::engine::answer::Aggregate;
use crate::engine::answer::HitExplanation;
use crate::engine::ranking::Part;
use crate::extract::authority::Authority;
use crate::extract::{Count, EntityRef, Extraction, Field, label};
use crate::hits::{FacetCounts, Hit, ReadQuery, SearchResponse, StoredArticle, Timeline};
use crate::ingest::IngestReport;

fn date(date: &Option<Date>) -> Value {
    match date {
        Some(date) => json!({"value": date.value, "precision": date.precision, "zone": date.zone, "origin": date.origin}),
        None => Value::Null,
    }
}

fn published_value(record: &Record) -> Value {
    record.published.as_ref().map_or(Value::Null, |date| json!(date.value))
}

fn read_query(query: &ReadQuery) -> Value {
    let entities: Vec<Value> = query.entities.iter().map(|entity| json!({"text": entity.text, "entity": entity.entity, "label": entity.label})).collect();
    let did_you_mean: Vec<Value> =
        query.did_you_mean.iter().map(|suggestion| json!({"word": suggestion.word, "instead": suggestion.instead, "articles": suggestion.articles})).collect();
    json!({"text": query.text, "read": query.read, "exact": query.exact, "entities": entities, "notes": query.notes, "did_you_mean": did_you_mean})
}

/// The parts of a hit's score.
pub fn hit_explanation(explanation: &HitExplanation) -> Value {
    let part = |part: &Part| json!({"clause": part.clause, "field": part.field, "how": part.how, "text": part.text, "score": part.score});
    let parts: Vec<Value> = explanation.parts.iter().map(part).collect();
    json!({"v": 1, "id": explanation.article.key.shown(), "query": read_query(&explanation.query), "score": explanation.score, "parts": parts})
}

/// The answer of `query`.
pub fn response(response: &SearchResponse) -> Value {
    let hits: Vec<Value> = response.hits.iter().map(hit).collect();
    let facets: Vec<Value> = response.facets.iter().map(facet_in_response).collect();
    json!({
        "v": 1,
        "query": read_query(&response.query),
        "total": {"articles": response.articles, "stories": response.stories},
        "group": if response.grouped { "story" } else { "none" },
        "sort": response.sort.name(),
        "took_ms": response.took_ms,
        "partial": false,
        "hits": hits,
        "facets": facets,
        "cursor": response.cursor,
    })
}

/// One hit.
pub fn hit(hit: &Hit) -> Value {
    let article = &hit.article;
    let counts: Vec<Value> =
        hit.counts.iter().filter_map(|&index| Some((index, article.record.counts.get(index)?))).map(|(index, count)| short_count(index, count)).collect();
    let snippets: Vec<Value> =
        hit.snippets.iter().map(|snippet| json!({"start": snippet.start, "end": snippet.end, "text": snippet.text, "marks": snippet.marks})).collect();
    json!({
        "rank": hit.rank,
        "id": article.key.shown(),
        "story": story_text(article.story),
        "copies": hit.copies,
        "score": (f64::from(hit.score) * 10_000.0).round() / 10_000.0,
        "status": article.status.as_str(),
        "version": article.record.version,
        "title": article.title,
        "title_marks": hit.title_marks,
        "lang": article.language.as_str(),
        "dir": article.language.direction(),
        "source": article.source,
        "url": article.url,
        "published": date(&article.record.published),
        "snippets": snippets,
        "counts": counts,
    })
}

fn short_count(index: usize, count: &Count) -> Value {
    let mut object = Map::new();
    object.insert("id".into(), json!(format!("c{}", index + 1)));
    insert_kind(&mut object, count);
    object.insert("object".into(), json!({"class": count.object.class}));
    object.insert("q".into(), json!(count.qualifier.as_str()));
    object.insert("value".into(), json!(count.value));
    object.insert("min".into(), json!(count.min));
    object.insert("max".into(), json!(count.max));
    Value::Object(object)
}

/// `kind`, or `kinds` and `combined` where one number covers two.
fn insert_kind(object: &mut Map<String, Value>, count: &Count) {
    match count.kinds.as_slice() {
        [one] => object.insert("kind".into(), json!(one)),
        several => object.insert("kinds".into(), json!(several)),
    };
}

fn facet_values(facet: &FacetCounts, with_parents: bool) -> Vec<Value> {
    facet
        .values
        .iter()
        .map(|value| {
            let mut object = Map::new();
            object.insert("value".into(), json!(value.value));
            object.insert("label".into(), json!(value.label));
            object.insert("lang".into(), json!(value.language));
            if with_parents {
                let other: Map<String, Value> = Authority::bundled()
                    .by_id(&value.value)
                    .map(|entity| {
                        entity
                            .labels
                            .iter()
                            .filter(|(language, _)| Some(*language) != value.language.as_ref())
                            .map(|(language, label)| (language.clone(), json!(label)))
                            .collect()
                    })
                    .unwrap_or_default();
                object.insert("other".into(), Value::Object(other));
                object.insert("parents".into(), json!(value.parents));
            }
            object.insert("count".into(), json!(value.count));
            object.insert("selected".into(), json!(value.selected));
            object.insert("excluded".into(), json!(value.excluded));
            Value::Object(object)
        })
        .collect()
}

fn facet_in_response(facet: &FacetCounts) -> Value {
    json!({"field": facet.field, "values": facet_values(facet, false), "missing": facet.missing, "total_values": facet.total_values, "truncated": facet.truncated})
}

/// The answer of `facet`.
pub fn facet(query: &ReadQuery, facet: &FacetCounts, sort: &str, took_ms: u64) -> Value {
    json!({
        "v": 1,
        "query": read_query(query),
        "field": facet.field,
        "sort": sort,
        "values": facet_values(facet, true),
        "missing": facet.missing,
        "total_values": facet.total_values,
        "truncated": facet.truncated,
        "cursor": null,
        "took_ms": took_ms,
        "partial": false,
    })
}

/// The answer of `timeline`.
pub fn timeline(timeline: &Timeline, of: &str, aggregate: Aggregate, by: &str) -> Value {
    let is_count = of.starts_with("count:");
    let number = |value: f64| if value.fract() == 0.0 { json!(value as i64) } else { json!(value) };
    let bins: Vec<Value> = timeline
        .bins
        .iter()
        .map(|bin| {
            let mut object = Map::new();
            object.insert("bin".into(), json!(bin.name));
            object.insert("start".into(), json!(bin.start));
            object.insert("end".into(), json!(bin.end));
            object.insert("articles".into(), json!(bin.articles));
            object.insert("stories".into(), json!(bin.stories));
            if is_count {
                object.insert("value".into(), bin.value.map_or(Value::Null, number));
                object.insert("from".into(), json!(bin.from.map(|key| key.shown())));
            }
            Value::Object(object)
        })
        .collect();
    json!({
        "v": 1,
        "query": read_query(&timeline.query),
        "of": of,
        "agg": if is_count { json!(aggregate.name()) } else { Value::Null },
        "by": by,
        "zone": "local",
        "bins": bins,
        "undated": {"articles": timeline.undated.0, "stories": timeline.undated.1},
        "imprecise": {"articles": timeline.imprecise.0, "stories": timeline.imprecise.1},
        "took_ms": timeline.took_ms,
        "partial": false,
    })
}

/// An article as `show` prints it, without `v`.
pub fn article(article: &StoredArticle, same_story: &[StoredArticle], language: &str, with_text: bool) -> Value {
    let record = &article.record;
    let extraction = Extraction { entities: record.entities.clone(), mentions: record.mentions.clone(), counts: record.counts.clone() };
    let (mentions, counts) = extraction_lists(&article.title, &article.body, &extraction, OffsetUnit::Char, language);
    let versions: Vec<Value> =
        record.versions.iter().map(|version| json!({"version": version.version, "updated": version.updated, "hash": hash_text(&version.hash)})).collect();
    let same_story: Vec<Value> = same_story
        .iter()
        .map(|other| json!({"id": other.key.shown(), "source": other.source, "lang": other.language.as_str(), "published": published_value(&other.record)}))
        .collect();
    json!({
        "v": 1,
        "id": article.key.shown(),
        "key": article.key.text(),
        "story": story_text(article.story),
        "status": article.status.as_str(),
        "version": record.version,
        "lang": article.language.as_str(),
        "dir": article.language.direction(),
        "source": article.source,
        "url": article.url,
        "guid": record.guid,
        "title": article.title,
        "body": if with_text { json!(article.body) } else { Value::Null },
        "published": date(&record.published),
        "updated": date(&record.updated),
        "embargo_until": if article.status == Status::Embargoed { date(&record.published) } else { Value::Null },
        "authors": record.authors,
        "section": record.section,
        "tags": record.tags,
        "format": record.format,
        "location": {"path": record.location.path, "record": record.location.record, "line": record.location.line, "byte": record.location.byte},
        "hash": hash_text(&record.content_hash),
        "versions": versions,
        "same_story": same_story,
        "extracted_with": record.extracted_with,
        "mentions": mentions,
        "counts": counts,
        "quotations": [],
        "dates": [],
    })
}

fn hash_text(hash: &[u8; 32]) -> String {
    format!("b3:{}", blake3::Hash::from_bytes(*hash).to_hex())
}

/// The article that `extract` was given.
pub struct Extracted<'a> {
    pub id: &'a str,
    pub language: &'a str,
    pub title: &'a str,
    pub body: &'a str,
}

/// What `extract` prints of one article.
pub fn extraction(article: &Extracted<'_>, found: &Extraction, unit: OffsetUnit, label_language: &str, only: &[String]) -> Value {
    let (mut mentions, mut counts) = extraction_lists(article.title, article.body, found, unit, label_language);
    let wants = |name: &str| only.is_empty() || only.iter().any(|wanted| wanted == name);
    mentions.retain(|mention| mention.get("type").and_then(Value::as_str).is_some_and(wants));
    if !wants("count") {
        counts.clear();
    }
    let mut object = Map::new();
    object.insert("v".into(), json!(1));
    object.insert("id".into(), json!(article.id));
    object.insert("lang".into(), json!(article.language));
    match unit {
        OffsetUnit::Char => {}
        OffsetUnit::Byte => {
            object.insert("offsets".into(), json!("byte"));
        }
        OffsetUnit::Utf16 => {
            object.insert("offsets".into(), json!("utf16"));
        }
    }
    let lists = [("person", "mentions"), ("count", "counts"), ("quotation", "quotations"), ("date", "dates")];
    for (sort, name) in lists {
        let shown =
            only.is_empty() || if name == "mentions" { only.iter().any(|wanted| matches!(wanted.as_str(), "person" | "place" | "org")) } else { wants(sort) };
        if shown {
            let list = match name {
                "mentions" => std::mem::take(&mut mentions),
                "counts" => std::mem::take(&mut counts),
                // Quotations and dates are not found yet; their lists are part of the contract.
                _ => Vec::new(),
            };
            object.insert(name.into(), Value::Array(list));
        }
    }
    Value::Object(object)
}

fn extraction_lists(title: &str, body: &str, found: &Extraction, unit: OffsetUnit, language: &str) -> (Vec<Value>, Vec<Value>) {
    let (title_offsets, body_offsets) = (Offsets::new(title, unit), Offsets::new(body, unit));
    let text = |field: Field| if field == Field::Title { (title, &title_offsets) } else { (body, &body_offsets) };
    let authority = Authority::bundled();
    let mentions = found
        .mentions
        .iter()
        .map(|mention| {
            let (text, offsets) = text(mention.field);
            let mut object = Map::new();
            object.insert("type".into(), json!(mention.kind.as_str()));
            if mention.field == Field::Title {
                object.insert("field".into(), json!("title"));
            }
            object.insert("start".into(), json!(offsets.of(mention.span.start)));
            object.insert("end".into(), json!(offsets.of(mention.span.end)));
            object.insert("text".into(), json!(mention.span.of(text)));
            let entity = found.entities.get(mention.entity as usize);
            object.insert("entity".into(), json!(entity.map(|entity| &entity.id)));
            object.insert("label".into(), json!(entity.map(|entity| label(authority, entity, language))));
            object.insert("how".into(), json!(mention.how.as_str()));
            Value::Object(object)
        })
        .collect();
    let counts = found
        .counts
        .iter()
        .enumerate()
        .map(|(index, count)| {
            let (text, offsets) = text(count.field);
            count_object(index, count, &found.entities, text, offsets, language)
        })
        .collect();
    (mentions, counts)
}

/// A count as in the contract of `counts`, without the article around it.
fn count_object(index: usize, count: &Count, entities: &[EntityRef], text: &str, offsets: &Offsets<'_>, language: &str) -> Value {
    let reference = |number: Option<u32>| number.map(|number| format!("c{number}"));
    let place = count
        .place
        .and_then(|place| entities.get(place as usize))
        .map(|place| json!({"entity": place.id, "label": label(Authority::bundled(), place, language)}));
    let mut object = Map::new();
    object.insert("id".into(), json!(format!("c{}", index + 1)));
    if count.field == Field::Title {
        object.insert("field".into(), json!("title"));
    }
    object.insert("start".into(), json!(offsets.of(count.span.start)));
    object.insert("end".into(), json!(offsets.of(count.span.end)));
    object.insert("text".into(), json!(count.span.of(text)));
    object.insert("number".into(), json!([offsets.of(count.number.start), offsets.of(count.number.end)]));
    object.insert("type".into(), json!("count"));
    insert_kind(&mut object, count);
    object.insert("value".into(), json!(count.value));
    object.insert("min".into(), json!(count.min));
    object.insert("max".into(), json!(count.max));
    object.insert("q".into(), json!(count.qualifier.as_str()));
    object.insert("unit".into(), Value::Null);
    let head = (!count.object.head.is_empty()).then_some(&count.object.head);
    object.insert("object".into(), json!({"head": head, "lemma": null, "class": count.object.class, "modifiers": [], "coref": reference(count.object.coref)}));
    object.insert("part_of".into(), json!(reference(count.part_of)));
    object.insert("agent".into(), Value::Null);
    object.insert("target".into(), Value::Null);
    object.insert("place".into(), json!(place));
    object.insert("date".into(), Value::Null);
    object.insert("said_by".into(), json!([]));
    object.insert("hedge".into(), Value::Null);
    object.insert(
        "update".into(),
        count.update_from.map_or(Value::Null, |from| json!({"dir": if count.value.is_some_and(|value| value < from) { "down" } else { "up" }, "from": from})),
    );
    for (name, is_so) in [
        ("negated", count.negated),
        ("implicit", count.implicit),
        ("combined", count.kinds.len() > 1),
        ("cumulative", count.cumulative),
        ("inherited", count.inherited),
    ] {
        if is_so {
            object.insert(name.into(), json!(true));
        }
    }
    object.insert("rule".into(), json!(count.rule));
    object.insert("conf".into(), json!(count.confidence));
    Value::Object(object)
}

/// A row of `counts`: the count, its sentence and its article.
pub fn count_row(article: &StoredArticle, index: usize, language: &str) -> Option<Value> {
    let count = article.record.counts.get(index)?;
    let text = if count.field == Field::Title { &article.title } else { &article.body };
    let offsets = Offsets::new(text, OffsetUnit::Char);
    let mut row = Map::new();
    row.insert(
        "article".into(),
        json!({"id": article.key.shown(), "story": story_text(article.story), "source": article.source, "title": article.title, "lang": article.language.as_str(), "published": published_value(&article.record)}),
    );
    row.insert("sentence".into(), json!({"start": offsets.of(count.sentence.start), "end": offsets.of(count.sentence.end), "text": count.sentence.of(text)}));
    if let Value::Object(object) = count_object(index, count, &article.record.entities, text, &offsets, language) {
        row.extend(object);
    }
    Some(Value::Object(row))
}

/// The answer of `counts`.
pub fn counts(query: &ReadQuery, of: Value, rows: Vec<Value>, total_rows: u64, stories: u64, took_ms: u64) -> Value {
    json!({"v": 1, "query": read_query(query), "of": of, "total": {"rows": total_rows, "stories": stories}, "rows": rows, "cursor": null, "took_ms": took_ms, "partial": false})
}

/// The summary of `ingest`.
pub fn ingest(report: &IngestReport) -> Value {
    json!({
        "v": 1,
        "read": report.read,
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "duplicate": report.duplicate,
        "quarantined": report.quarantined,
        "stories": report.copied_stories,
        "languages": report.languages,
        "without_names": report.without_names,
        "mentions": report.mentions,
        "entities": report.entities,
        "counts": report.counts,
        "seconds": (report.seconds * 1000.0).round() / 1000.0,
        "seq": report.seq,
    })
}

/// An error, one line on stderr.
pub fn error(code: &str, exit: u8, message: &str, query: Option<(&str, usize, usize)>, path: Option<&str>, hint: Option<&str>) -> Value {
    let (text, start, end) = match query {
        Some((text, start, end)) => (json!(text), json!(start), json!(end)),
        None => (Value::Null, Value::Null, Value::Null),
    };
    json!({"v": 1, "error": {"code": code, "exit": exit, "message": message, "query": text, "start": start, "end": end, "path": path, "hint": hint}})
}

/// An object with `v` in front, for lines of JSONL.
pub fn with_version(value: Value) -> Value {
    match value {
        Value::Object(object) if !object.contains_key("v") => {
            let mut versioned = Map::new();
            versioned.insert("v".into(), json!(1));
            versioned.extend(object);
            Value::Object(versioned)
        }
        other => other,
    }
}

/// Only the named members, in their own order; all where none are named. `v` stays.
pub fn narrow(value: Value, fields: &[String]) -> Value {
    match value {
        Value::Object(object) if !fields.is_empty() => Value::Object(object.into_iter().filter(|(name, _)| name == "v" || fields.contains(name)).collect()),
        other => other,
    }
}
