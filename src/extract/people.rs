//! Unlisted people: a title before the name, or a given name followed by more names; then their family names alone.

use rustc_hash::FxHashMap;

use super::lexicon::{ATTESTED, What};
use super::page::Page;
use super::{EntityKind, How, Name, Names, unlisted_id};
use crate::analysis::Script;

/// Words of a name at most.
const MAX_WORDS: usize = 5;

/// An Arabic word that occurs at least so often in ordinary text is no name unless the name lists know it.
const RARE: u64 = 40;

/// A family name this frequent in ordinary text is not taken for its bearer without the rest of the name.
const ORDINARY: u64 = 3_000;

/// A word whose base occurs so often is that word inflected.
const ORDINARY_BASE: u64 = 100;

const SON: &str = "بن";

/// What says whose child or of which house somebody is.
const FILIATION: &[&str] = &[SON, "ابن", "بنت", "ال"];

/// Particles inside Arabic names.
const PARTICLES: &[&str] = &["بن", "ابن", "بنت", "ابو", "ابي", "ابا", "ام", "ال", "عبد"];

/// Particles inside Latin names, in lower case.
const LATIN_PARTICLES: &[&str] = &["al", "el", "bin", "ibn", "ben", "abu", "de", "del", "della", "da", "di", "van", "von", "der", "la", "le", "dos", "y"];

pub(super) fn find(page: &Page<'_>, names: &mut Names, covered: &mut [bool]) {
    // People of the authority, by where their names end.
    let is_listed = |name: &Name| name.field == page.field && name.kind == EntityKind::Person;
    let listed: FxHashMap<usize, usize> = names.found.iter().enumerate().filter(|(_, name)| is_listed(name)).map(|(index, name)| (name.end, index)).collect();
    let mut token = 0;
    while token < page.tokens.len() {
        if covered[token] {
            token += 1;
            continue;
        }
        let end = page.sentence_of(token).end;
        if let Some(tail) = tail_of_name(page, token, end, names, &listed, covered) {
            covered[token..tail].fill(true);
            token = tail;
            continue;
        }
        let titled = page.phrase(token, end, |what| matches!(what, What::PersonTitle)).and_then(|(len, _)| {
            let first = skip_adjectives(page, token + len, end, covered);
            Some((first, name_from(page, first, end, covered, true)?))
        });
        let found = titled.or_else(|| Some((token, name_from(page, token, end, covered, false)?)));
        let Some((first, name_end)) = found else {
            token += 1;
            continue;
        };
        let folded = page.folded(first, name_end, 0);
        let span = page.span(first, name_end, 0);
        let entity = names.entity(EntityKind::Person, unlisted_id(EntityKind::Person, &folded), span.of(page.text));
        names.found.push(Name { field: page.field, first, end: name_end, span, kind: EntityKind::Person, entity, how: How::Rule });
        covered[first..name_end].fill(true);
        token = name_end;
    }
}

/// The end of what goes on behind a name that was found: `محمد بن زايد` + `آل نهيان`. The name is lengthened by it.
fn tail_of_name(page: &Page<'_>, token: usize, end: usize, names: &mut Names, listed: &FxHashMap<usize, usize>, covered: &[bool]) -> Option<usize> {
    if token == 0 || !page.is_joined(token - 1) || !FILIATION.contains(&page.words[token]) {
        return None;
    }
    let mut at = token;
    // `بن` + name + `بن` + name + `آل` + name.
    while at + 1 < end && FILIATION.contains(&page.words[at]) && page.is_joined(at) && page.is_arabic(at + 1) && !covered[at + 1] {
        at += 2;
        while at < end && page.is_joined(at - 1) && PARTICLES.contains(&page.words[at - 1]) && page.is_arabic(at) && !covered[at] {
            at += 1;
        }
    }
    // Names of the rules have their tails already.
    let name = names.found.get_mut(*listed.get(&token)?).filter(|_| at > token)?;
    name.end = at;
    name.span.end = page.span(name.first, at, 0).end;
    Some(at)
}

/// Family names alone, of people whose full names stand elsewhere in the article.
pub(super) fn remember(page: &Page<'_>, names: &mut Names, covered: &mut [bool]) {
    let mut families: FxHashMap<String, u32> = FxHashMap::default();
    for name in names.found.iter().filter(|name| name.kind == EntityKind::Person) {
        let full = crate::analysis::fold(&names.entities[name.entity as usize].name);
        let full = if full.is_empty() { full_name(page, name) } else { full };
        let words: Vec<&str> = full.split(' ').collect();
        // Behind a particle stands the name of a father or a house: others bear it too.
        if let [_, .., before, family] | [before, family] = words.as_slice()
            && family.chars().count() >= 3
            && !PARTICLES.contains(before)
        {
            families.entry(family.to_string()).or_insert(name.entity);
        }
    }
    if families.is_empty() {
        return;
    }
    for (token, covered) in covered.iter_mut().enumerate() {
        if *covered || page.facts[token].is_stop_word {
            continue;
        }
        let is_latin = page.scripts[token] == Script::Latin;
        if is_latin && !page.is_capitalized(token) {
            continue;
        }
        let word = page.words[token].strip_suffix("'s").unwrap_or(page.words[token]);
        let candidates = [(word, 0u8), (word.strip_prefix(['و', 'ف', 'ب', 'ل', 'ك']).unwrap_or_default(), 1)];
        let Some((entity, letters)) = candidates.into_iter().find_map(|(bare, letters)| Some((*families.get(bare)?, letters))) else { continue };
        // A word that is no known name, or a frequent one, is itself more often than it is somebody; and beside another name it
        // belongs to that.
        let most = if page.facts[token].is_name_part { ORDINARY } else { RARE };
        if !is_latin && (page.facts[token].frequency > most || stands_in_a_name(page, token)) {
            continue;
        }
        if is_latin && page.is_arabic_text && !page.facts[token].is_name_part {
            continue;
        }
        let span = page.span(token, token + 1, letters);
        names.found.push(Name { field: page.field, first: token, end: token + 1, span, kind: EntityKind::Person, entity, how: How::Memory });
        *covered = true;
    }
}

/// Whether a word has another name, or a particle of names, right before or behind it.
fn stands_in_a_name(page: &Page<'_>, token: usize) -> bool {
    let is_part = |other: usize| page.facts[other].is_name_part && !page.facts[other].is_stop_word || PARTICLES.contains(&page.words[other]);
    token > 0 && page.is_joined(token - 1) && is_part(token - 1) || page.is_joined(token) && is_part(token + 1)
}

/// The folded name of a mention of a listed person, as written there; empty when it stands in another text.
fn full_name(page: &Page<'_>, name: &Name) -> String {
    if name.field == page.field && name.end <= page.words.len() { page.words[name.first..name.end].join(" ") } else { String::new() }
}

/// Nationalities and ministries between a title and the name: `وزير الخارجية الأميركي`.
fn skip_adjectives(page: &Page<'_>, mut token: usize, end: usize, covered: &[bool]) -> usize {
    let limit = (token + 4).min(end);
    while token < limit && !covered[token] && page.is_joined(token) && page.is_arabic(token) && page.facts[token].is_definite && !page.facts[token].is_name_part
    {
        token += 1;
    }
    token
}

/// The end of a name that begins at a token, if one does.
fn name_from(page: &Page<'_>, first: usize, end: usize, covered: &[bool], titled: bool) -> Option<usize> {
    if first >= end || covered[first] {
        return None;
    }
    match page.scripts[first] {
        Script::Arabic => arabic(page, first, end, covered, titled),
        Script::Latin if !page.is_shouted => latin(page, first, end, covered, titled),
        _ => None,
    }
}

fn arabic(page: &Page<'_>, first: usize, end: usize, covered: &[bool], titled: bool) -> Option<usize> {
    let facts = page.facts[first];
    let is_compound = matches!(page.words[first], "عبد" | "ابو" | "ام" | "ابن");
    let servant = page.words[first] == "عبد" && first + 1 < end && page.facts[first + 1].is_definite;
    let is_rare = |token: usize| {
        let facts = page.facts[token];
        facts.frequency < RARE && facts.rest_frequency < RARE && facts.base_frequency < ORDINARY_BASE
    };
    let opens = facts.is_name_part || titled && is_rare(first) && !facts.is_definite || is_compound && titled || servant;
    if !opens || page.words[first] == SON || facts.is_stop_word && !is_compound || begins_something_else(page, first, end) {
        return None;
    }
    let mut at = first + 1;
    let mut words = usize::from(!is_compound);
    let mut known = usize::from(facts.is_name_part);
    while at < end && at - first < MAX_WORDS + 2 && words < MAX_WORDS && !covered[at] && page.is_arabic(at) && page.is_joined(at - 1) {
        let facts = page.facts[at];
        if PARTICLES.contains(&page.words[at]) && at + 1 < end && page.is_joined(at) && !covered[at + 1] {
            at += 1;
            continue;
        }
        let after_particle = PARTICLES.contains(&page.words[at - 1]);
        let fits = after_particle || facts.is_name_part || is_rare(at) && !looks_like_adjective(page, at);
        let is_title = !after_particle && !facts.is_name_part && page.phrase(at, end, |what| matches!(what, What::PersonTitle)).is_some();
        if !fits || is_title || facts.is_stop_word || facts.begins_numeral || begins_something_else(page, at, end) && !facts.is_name_part && !after_particle {
            break;
        }
        words += 1;
        known += usize::from(facts.is_name_part || after_particle);
        at += 1;
    }
    while at > first && PARTICLES.contains(&page.words[at - 1]) {
        at -= 1;
    }
    // One word is no full name; without a title two words must both be known, or one of them be no ordinary word at all.
    let enough = at > first + 1 && words >= 2 && (titled || known >= 2 || known >= 1 && page.facts[at - 1].frequency < ATTESTED);
    enough.then_some(at)
}

/// `…ي`, `…ية` behind the article: more often a nationality than a family name when nobody lists it.
fn looks_like_adjective(page: &Page<'_>, token: usize) -> bool {
    let word = page.words[token];
    word.ends_with("يه")
        || word.ends_with("ين") && page.facts[token].is_definite
        || word.ends_with("ات")
        || word.starts_with('و') && page.facts[token].starts.is_empty() && word.chars().count() > 5
}

/// A cue, counted thing, title or head begins here: no name.
fn begins_something_else(page: &Page<'_>, token: usize, end: usize) -> bool {
    page.phrases(token, end)
        .any(|(phrase, stripped)| !stripped.article && !stripped.preposition && !stripped.conjunction && !matches!(phrase.what, What::Qualifier { .. }))
}

fn latin(page: &Page<'_>, first: usize, end: usize, covered: &[bool], titled: bool) -> Option<usize> {
    let names_somebody = |token: usize| {
        page.is_capitalized(token) && !page.facts[token].is_stop_word && !crate::date::is_month(page.words[token]) && !page.words[token].ends_with("'s")
    };
    if !names_somebody(first) || !(titled || page.facts[first].is_name_part) {
        return None;
    }
    let mut at = first + 1;
    let mut words = 1;
    while at < end && words < MAX_WORDS && !covered[at] && page.scripts[at] == Script::Latin {
        let gap = page.gap(at - 1);
        let joined = gap == " " || gap == "\n" || gap == "-" || gap == ". " && page.words[at - 1].len() == 1;
        if !joined {
            break;
        }
        if LATIN_PARTICLES.contains(&page.words[at]) && at + 1 < end && page.is_capitalized(at + 1) {
            at += 1;
            continue;
        }
        let possessive = page.words[at].ends_with("'s");
        if !page.is_capitalized(at) || page.facts[at].is_stop_word || begins_something_else(page, at, end) && !page.facts[at].is_name_part {
            break;
        }
        words += 1;
        at += 1;
        if possessive {
            break;
        }
    }
    // Among Arabic words capitals are titles of works and products as often.
    let is_known = titled || !page.is_arabic_text || (first..at).all(|token| page.facts[token].is_name_part || LATIN_PARTICLES.contains(&page.words[token]));
    // `Hughes Tool Co`, `Morgan Guaranty Trust`: a company that bears somebody's name.
    let is_company = (first + 1..(at + 1).min(end)).any(|token| page.is_capitalized(token) && page.is_organization_tail(token));
    (words >= 2 && is_known && !is_company).then_some(at)
}
