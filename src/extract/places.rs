//! Unlisted places: a word for a place before the name (`بلدة سرفاد`, `town of Sarvad`) or behind it (`Dalin province`).

use rustc_hash::FxHashMap;

use super::authority::Authority;
use super::lexicon::ATTESTED;
use super::page::Page;
use super::{EntityKind, How, Name, Names, unlisted_id};
use crate::analysis::Script;

/// An Arabic word that occurs at least so often in ordinary text is no place name by its trigger alone.
const ORDINARY: u64 = 150;

/// First words of compound place names: the next word belongs to them.
const COMPOUNDS: &[&str] = &["تل", "عين", "راس", "بئر", "وادي", "جبل", "دير", "ام", "ابو", "بني", "كفر", "خان", "سيدي", "بيت", "شرم", "برج", "باب"];

/// Heads that stay outside a name.
const ADMINISTRATIVE: &[&str] =
    &["town", "village", "province", "state", "district", "region", "county", "governorate", "oblast", "prefecture", "canton", "department"];

/// Latin words before a head that name no place.
const NOT_NAMES: &[&str] = &[
    "first", "second", "third", "fourth", "fifth", "north", "south", "east", "west", "northern", "southern", "eastern", "western", "central", "old", "new",
    "upper", "lower", "greater", "free", "national", "federal", "local", "pacific", "atlantic", "joint", "main", "great", "home", "capital",
];

pub(super) fn find(page: &Page<'_>, names: &mut Names, covered: &mut [bool]) {
    for sentence in page.sentences.clone() {
        for token in sentence.clone() {
            let Some((len, stripped, is_sure)) = page.head(token, sentence.end, EntityKind::Place) else { continue };
            // `المدينة` points back, `عن طريق` is a preposition.
            if stripped.article || token > 0 && page.words[token - 1] == "عن" {
                continue;
            }
            let found = match page.scripts[token] {
                Script::Arabic => arabic(page, token + len, sentence.end, covered, is_sure),
                Script::Latin if !page.is_shouted && !page.is_arabic_text => {
                    latin_behind(page, token, len, sentence.end, covered).or_else(|| latin_before(page, token, sentence.start, covered))
                }
                _ => None,
            };
            let Some((first, end)) = found else { continue };
            add(page, names, covered, first, end, 0, How::Rule);
        }
    }
    remember(page, names, covered);
}

fn add(page: &Page<'_>, names: &mut Names, covered: &mut [bool], first: usize, end: usize, letters: u8, how: How) {
    let span = page.span(first, end, letters);
    let folded = page.folded(first, end, letters);
    let entity = names.entity(EntityKind::Place, unlisted_id(EntityKind::Place, &folded), span.of(page.text));
    names.found.push(Name { field: page.field, first, end, span, kind: EntityKind::Place, entity, how });
    covered[first..end].fill(true);
}

fn arabic(page: &Page<'_>, first: usize, end: usize, covered: &[bool], is_sure: bool) -> Option<(usize, usize)> {
    if first >= end || covered[first] || !page.is_arabic(first) || !page.is_joined(first - 1) {
        return None;
    }
    let facts = page.facts[first];
    let is_compound = COMPOUNDS.contains(&page.words[first]) && first + 1 < end && page.is_joined(first) && page.is_arabic(first + 1) && !covered[first + 1];
    if is_compound {
        let second = page.facts[first + 1];
        return (is_sure && !second.is_stop_word && second.frequency < ORDINARY).then_some((first, first + 2));
    }
    let ordinary = facts.frequency >= if is_sure { ORDINARY } else { ATTESTED } || facts.is_stop_word || facts.begins_numeral;
    let adjective = page.words[first].ends_with("يه") || page.words[first].ends_with("يين") || page.words[first].ends_with("ات");
    let something_else =
        page.phrases(first, end).next().is_some() || facts.rest_frequency > 0 || facts.base_frequency >= ORDINARY || page.words[first].starts_with('ي');
    (!ordinary && !adjective && !something_else && page.words[first].chars().count() >= 3).then_some((first, first + 1))
}

/// `town of Sarvad`, `port of Rastava`.
fn latin_behind(page: &Page<'_>, head: usize, len: usize, end: usize, covered: &[bool]) -> Option<(usize, usize)> {
    let of = head + len;
    if page.words.get(of) != Some(&"of") || of + 1 >= end || covered[of + 1] || !page.is_capitalized(of + 1) || page.facts[of + 1].is_stop_word {
        return None;
    }
    let mut at = of + 2;
    while at < end && at < of + 4 && !covered[at] && page.is_capitalized(at) && matches!(page.gap(at - 1), " " | "-") {
        at += 1;
    }
    Some((of + 1, at))
}

/// `Dalin province`, `Oren river`.
fn latin_before(page: &Page<'_>, head: usize, begin: usize, covered: &[bool]) -> Option<(usize, usize)> {
    let mut first = head;
    while first > begin
        && head - first < 3
        && !covered[first - 1]
        && page.is_capitalized(first - 1)
        && matches!(page.gap(first - 1), " " | "-")
        && !page.facts[first - 1].is_stop_word
    {
        first -= 1;
    }
    // `the Dutch central bank`: in lower case no part of a name.
    if !page.is_capitalized(head) {
        return None;
    }
    // `Dutch State`, `First District`, `Pacific Region`: what says which, not what it is called.
    let says_which = |token: usize| NOT_NAMES.contains(&page.words[token]) || Authority::bundled().demonym(page.words[token]).is_some();
    // `Newport Beach`, `Pearl River`: the head is the name's; a province is not.
    let end = if ADMINISTRATIVE.contains(&page.words[head]) { head } else { head + 1 };
    (first < head && !(first..head).all(says_which)).then_some((first, end))
}

/// The same names elsewhere in the text, where no trigger stands.
fn remember(page: &Page<'_>, names: &mut Names, covered: &mut [bool]) {
    let known: FxHashMap<String, u32> = names
        .found
        .iter()
        .filter(|name| name.kind == EntityKind::Place && name.how == How::Rule && name.field == page.field)
        // Alone an ordinary word is no name again.
        .filter(|name| name.end - name.first > 1 || page.facts[name.first].frequency < ATTESTED)
        .map(|name| (crate::analysis::fold(&names.entities[name.entity as usize].name), name.entity))
        .collect();
    if known.is_empty() {
        return;
    }
    for first in 0..page.tokens.len() {
        for len in [2, 1] {
            let end = first + len;
            if end > page.tokens.len() || covered[first..end].contains(&true) {
                continue;
            }
            if page.scripts[first] == Script::Latin && !page.is_capitalized(first) {
                continue;
            }
            for letters in 0..=1u8 {
                if letters == 1 && !page.words[first].starts_with(['و', 'ف', 'ب', 'ل', 'ك']) {
                    continue;
                }
                if let Some(&entity) = known.get(&page.folded(first, end, letters)) {
                    let span = page.span(first, end, letters);
                    names.found.push(Name { field: page.field, first, end, span, kind: EntityKind::Place, entity, how: How::Memory });
                    covered[first..end].fill(true);
                    break;
                }
            }
        }
    }
}
