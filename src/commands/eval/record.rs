//! `eval record`: one article against the full record an ideal extractor would give.

use std::fs;

use anyhow::Context;
use fihris::article::LanguageCode;
use fihris::document::DocumentMaker;
use fihris::extract::authority::Authority;
use fihris::extract::{Count, EntityKind, Extraction, label};
use fihris::language;
use fihris::render::{OffsetUnit, Offsets};
use serde::Deserialize;

use super::{Failure, Outcome};
use crate::cli::{EvalRecordArgs, Global};
use crate::commands::Output;

/// The expected record; spans in code points, half-open. What is not measured here is not read.
#[derive(Debug, Deserialize)]
struct Expected {
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    people: Vec<ExpectedEntity>,
    #[serde(default)]
    places: Vec<ExpectedEntity>,
    #[serde(default)]
    organizations: Vec<ExpectedEntity>,
    #[serde(default)]
    counts: Vec<ExpectedCount>,
    #[serde(default)]
    must_not_emit: Forbidden,
}

#[derive(Debug, Deserialize)]
struct ExpectedEntity {
    #[serde(default)]
    qid: Option<String>,
    #[serde(default)]
    mentions: Vec<(usize, usize)>,
}

#[derive(Debug, Deserialize)]
struct ExpectedCount {
    id: String,
    number: (usize, usize),
    #[serde(default)]
    value: Option<i64>,
    #[serde(default)]
    min: Option<i64>,
    q: String,
    kind: String,
    object: ExpectedObject,
}

#[derive(Debug, Deserialize)]
struct ExpectedObject {
    class: String,
}

/// Texts that are no counts, people or places, whatever they look like.
#[derive(Debug, Default, Deserialize)]
struct Forbidden {
    #[serde(default)]
    counts: Vec<String>,
    #[serde(default)]
    people: Vec<String>,
    #[serde(default)]
    places: Vec<String>,
}

pub fn run(global: &Global, args: &EvalRecordArgs) -> Result<Outcome, Failure> {
    let read = |path: &std::path::Path| fs::read_to_string(path).with_context(|| path.display().to_string());
    let text = read(&args.article)?;
    let expected: Expected = serde_json::from_str(&read(&args.expected)?).with_context(|| args.expected.display().to_string())?;
    let language = expected.lang.as_deref().and_then(LanguageCode::parse).unwrap_or_else(|| language::detect(&text));
    let found = DocumentMaker::new().extract("", &text, language);
    let offsets = Offsets::new(&text, OffsetUnit::Char);
    let mut output = Output::open(global)?;
    let mut misses = 0;
    let mut report = |what: &str, total: usize, missed: Vec<String>| -> Result<(), Failure> {
        output.line(&format!("{what:<14} {} of {total}", total - missed.len()))?;
        missed.iter().try_for_each(|line| output.line(&format!("    {line}")))?;
        misses += missed.len();
        Ok(())
    };
    for (kind, entities) in [(EntityKind::Person, &expected.people), (EntityKind::Place, &expected.places), (EntityKind::Organization, &expected.organizations)]
    {
        let total = entities.iter().map(|entity| entity.mentions.len()).sum();
        report(kind.as_str(), total, missed_names(&text, &offsets, &found, kind, entities))?;
    }
    report("count", expected.counts.len(), expected.counts.iter().filter_map(|count| missed_count(&offsets, &found, count)).collect())?;
    let forbidden = &expected.must_not_emit;
    let total = forbidden.counts.len() + forbidden.people.len() + forbidden.places.len();
    report("must not emit", total, emitted(&text, &found, forbidden))?;
    output.finish()?;
    Ok(Outcome::found(misses == 0))
}

/// The mentions that were not found with span, type and entity, each with what stands there instead.
fn missed_names(text: &str, offsets: &Offsets<'_>, found: &Extraction, kind: EntityKind, expected: &[ExpectedEntity]) -> Vec<String> {
    let mut missed = Vec::new();
    for entity in expected {
        let mut first: Option<&str> = None;
        for &(start, end) in &entity.mentions {
            let surface: String = text.chars().skip(start).take(end - start).collect();
            let place = format!("[{start},{end}) {surface}");
            let touching: Vec<_> = found
                .mentions
                .iter()
                .map(|mention| (mention, (offsets.of(mention.span.start), offsets.of(mention.span.end))))
                .filter(|(_, (from, to))| *from < end && start < *to)
                .collect();
            let Some((mention, _)) = touching.iter().find(|(mention, span)| mention.kind == kind && *span == (start, end)) else {
                let instead: Vec<String> = touching.iter().map(|(mention, _)| format!("{} {}", mention.kind.as_str(), mention.span.of(text))).collect();
                missed.push(if instead.is_empty() { format!("{place}: no name found") } else { format!("{place}: found {}", instead.join(", ")) });
                continue;
            };
            let Some(reference) = found.entities.get(mention.entity as usize) else { continue };
            // Without an identifier to compare with, all mentions of one entity must be one entity here too.
            let wanted = entity.qid.as_deref().unwrap_or(first.get_or_insert(&reference.id));
            if reference.id != wanted {
                missed.push(format!("{place}: linked to {} ({}), expected {wanted}", reference.id, label(Authority::bundled(), reference, "en")));
            }
        }
    }
    missed
}

fn missed_count(offsets: &Offsets<'_>, found: &Extraction, expected: &ExpectedCount) -> Option<String> {
    let fits = |count: &&Count| {
        let number = (offsets.of(count.number.start), offsets.of(count.number.end));
        number.0 < expected.number.1
            && expected.number.0 < number.1
            && count.value == expected.value
            && (expected.value.is_some() || count.min == expected.min)
            && count.kinds.join("+") == expected.kind
            && count.object.class == expected.object.class
            && count.qualifier.as_str() == expected.q
    };
    if found.counts.iter().any(|count| fits(&count)) {
        return None;
    }
    let wanted = format!("{:?} {} {} {}", expected.value.or(expected.min), expected.kind, expected.object.class, expected.q);
    Some(format!("{} [{},{}): expected {wanted}", expected.id, expected.number.0, expected.number.1))
}

fn emitted(text: &str, found: &Extraction, forbidden: &Forbidden) -> Vec<String> {
    let mut emitted = Vec::new();
    for phrase in &forbidden.counts {
        for (at, _) in text.match_indices(phrase.as_str()) {
            let inside = |count: &&Count| count.number.start as usize >= at && (count.number.end as usize) <= at + phrase.len();
            if found.counts.iter().any(|count| inside(&count)) {
                emitted.push(format!("count {phrase}"));
            }
        }
    }
    for (kind, phrases) in [(EntityKind::Person, &forbidden.people), (EntityKind::Place, &forbidden.places)] {
        let is_emitted = |phrase: &&String| found.mentions.iter().any(|mention| mention.kind == kind && mention.span.of(text) == **phrase);
        emitted.extend(phrases.iter().filter(is_emitted).map(|phrase| format!("{} {phrase}", kind.as_str())));
    }
    emitted
}
