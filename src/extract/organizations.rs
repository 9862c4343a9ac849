//! Unlisted organizations: a head noun and what it governs (`مركز الدراسات الأوروبية`), a name in quotation marks or in
//! Latin letters behind a head noun, a capitalised run before a company form, an acronym in brackets behind a name.

use std::ops::Range;

use super::lexicon::{ATTESTED, What};
use super::page::Page;
use super::{EntityKind, How, Name, Names, unlisted_id};
use crate::analysis::Script;

/// Words a head noun governs at most.
const MAX_GOVERNED: usize = 6;

/// Tokens between a name and its acronym at most.
const ACRONYM_DISTANCE: usize = 8;

/// Definite words that end no name of a body: places of everyday life and generic objects.
const GENERIC: &[&str] = &[
    "المدينه",
    "الاداره",
    "الاعمال",
    "الاسبوع",
    "اليوم",
    "العمل",
    "الحاليه",
    "الماضي",
    "الجاري",
    "المقبل",
    "الاولي",
    "الثانيه",
    "التي",
    "الذي",
    "الذين",
    "المساعد",
    "الوكيل",
    "السابق",
    "السابقه",
    "الجديد",
    "الجديده",
    "العام",
];

/// Behind `and` still the same name.
const AFTER_AND: &[&str] =
    &["co", "company", "sons", "brothers", "bros", "associates", "partners", "poor's", "loan", "electric", "gas", "light", "power", "trust"];

/// Words that with the form of a company make no name yet.
const LEFT_OVER: &[&str] = &["row", "means", "loan", "light", "conservation", "international", "product", "poor", "credit", "common"];

/// Titles of those whose names bodies bear.
const ROYAL: &[&str] = &["الملك", "الملكه", "الامير", "الاميره", "الشيخ", "الشيخه", "السلطان", "الامام"];

const NAME_PARTICLES: &[&str] = &["بن", "بنت", "عبد", "ال", "ابو"];

/// Occurrences in ordinary text below which an indefinite word behind a head is its name.
const RARE: u64 = 60;

pub(super) fn find(page: &Page<'_>, names: &mut Names, covered: &mut [bool]) {
    let mut bodies: Vec<Range<usize>> = Vec::new();
    for sentence in page.sentences.clone() {
        let mut token = sentence.start;
        while token < sentence.end {
            let found = if covered[token] { None } else { starting_at(page, token, sentence.end, covered) };
            match found {
                Some((first, end, letters)) => {
                    let span = page.span(first, end, letters);
                    let folded = page.folded(first, end, letters);
                    let entity = names.entity(EntityKind::Organization, unlisted_id(EntityKind::Organization, &folded), span.of(page.text));
                    names.found.push(Name { field: page.field, first, end, span, kind: EntityKind::Organization, entity, how: How::Rule });
                    covered[first..end].fill(true);
                    bodies.push(first..end);
                    token = end;
                }
                None => token += 1,
            }
        }
    }
    // Who gave a body its name is not meant.
    let is_inside = |name: &Name| {
        let at = bodies.partition_point(|body| body.end <= name.first);
        name.field == page.field && name.kind == EntityKind::Person && bodies.get(at).is_some_and(|body| body.start <= name.first && name.end <= body.end)
    };
    names.found.retain(|name| !is_inside(name));
    acronyms(page, names, covered);
}

fn starting_at(page: &Page<'_>, token: usize, end: usize, covered: &[bool]) -> Option<(usize, usize, u8)> {
    match page.scripts[token] {
        Script::Arabic => {
            let (len, stripped, is_sure) = page.head(token, end, EntityKind::Organization)?;
            // `الشركة` points back; a name's head noun stands in the construct.
            if stripped.article {
                return None;
            }
            if page.phrase(token, end, |what| matches!(what, What::NamedAfter)).is_some_and(|(other, _)| other == len)
                && let Some(end) = named_after(page, token + len, end)
            {
                return Some((token, end, stripped.letters));
            }
            governed(page, token, token + len, end, covered, is_sure).map(|(first, end)| (first, end, if first == token { stripped.letters } else { 0 }))
        }
        Script::Latin if !page.is_shouted => latin(page, token, end, covered).map(|(first, end)| (first, end, 0)),
        _ => None,
    }
}

/// What a head noun governs: the span with the head, or the quoted or Latin name alone.
fn governed(page: &Page<'_>, head: usize, first: usize, end: usize, covered: &[bool], is_sure: bool) -> Option<(usize, usize)> {
    if first >= end {
        return None;
    }
    if covered[first] {
        return None;
    }
    let gap = page.gap(first - 1);
    if gap.contains(['«', '"', '“', '„', '\'']) {
        let close =
            (first..end.min(first + MAX_GOVERNED)).take_while(|&token| !covered[token]).find(|&token| page.gap(token).contains(['»', '"', '”', '“', '\'']))?;
        return Some((first, close + 1));
    }
    if page.scripts[first] == Script::Latin && page.is_capitalized(first) && page.is_joined(first - 1) {
        let mut at = first + 1;
        while at < end && page.scripts[at] == Script::Latin && page.is_joined(at - 1) {
            at += 1;
        }
        return Some((first, at));
    }
    if !page.is_joined(first - 1) {
        return None;
    }
    let mut at = first;
    while at < end && at - first < MAX_GOVERNED && page.is_arabic(at) && !covered[at] && page.is_joined(at - 1) {
        let facts = page.facts[at];
        let word = page.words[at];
        let definite = facts.is_definite && !word.starts_with('ب') && !word.starts_with('ف') && !word.starts_with('ك') && !word.starts_with("لل");
        let conjoined = word.starts_with("وال");
        let rare = if word.ends_with('ه') || !is_sure { ATTESTED } else { RARE };
        let bare_name = at == first
            && first == head + 1
            && facts.frequency < rare
            && facts.rest_frequency == 0
            && facts.base_frequency < RARE
            && !facts.is_definite
            && word.chars().count() >= 3
            && !word.ends_with("يه")
            && !word.ends_with('ي')
            && !word.starts_with('ي');
        // `وال…` goes on a name only when more of it follows or it closes a pair (`العلوم والتكنولوجيا`).
        let is_title = page.phrase(at, end, |what| matches!(what, What::PersonTitle)).is_some() && at > first;
        let fits = is_sure && definite && (!conjoined || at > first) || bare_name;
        if GENERIC.contains(&word) || facts.is_stop_word || is_title || !fits {
            break;
        }
        at += 1;
        if bare_name {
            break;
        }
    }
    (at > first).then_some((head, at))
}

/// The end of the name of a body that is called after somebody with a title: `مستشفى الملك فيصل التخصصي`.
fn named_after(page: &Page<'_>, title: usize, end: usize) -> Option<usize> {
    if title >= end || !ROYAL.contains(&page.words[title]) || !page.is_joined(title - 1) {
        return None;
    }
    let first = title + 1;
    let mut at = first;
    while at < end && at - first < MAX_GOVERNED && page.is_arabic(at) && page.is_joined(at - 1) {
        let is_name = page.facts[at].is_name_part || NAME_PARTICLES.contains(&page.words[at]) || NAME_PARTICLES.contains(&page.words[at - 1]);
        let goes_on = at > first && page.facts[at].is_definite && page.facts[at].rest_frequency == 0 && !GENERIC.contains(&page.words[at]);
        if !is_name && (page.facts[at].is_stop_word || !goes_on) {
            break;
        }
        at += 1;
    }
    (at > first).then_some(at)
}

fn latin(page: &Page<'_>, token: usize, end: usize, covered: &[bool]) -> Option<(usize, usize)> {
    if !page.is_capitalized(token) || page.facts[token].is_stop_word && token + 1 < end && !page.is_capitalized(token + 1) {
        return None;
    }
    let joined = |at: usize| matches!(page.gap(at - 1), " " | "\n" | "-" | " & " | "&" | "'");
    // `Ministry of …`, `University of …`
    if let Some((len, _)) = page.phrase(token, end, |what| matches!(what, What::OrganizationHead { .. })) {
        let mut at = token + len;
        while at < end
            && at < token + len + MAX_GOVERNED
            && joined(at)
            && (page.is_capitalized(at) || matches!(page.words[at], "of" | "and" | "for" | "the") && at + 1 < end && page.is_capitalized(at + 1))
        {
            at += 1;
        }
        if at > token + len {
            return Some((token, at));
        }
    }
    // `Northern Oil Company`: a capitalised run that ends in a form of company or body.
    let mut at = token;
    while at < end && at - token < MAX_GOVERNED && !covered[at] && (at == token || joined(at)) {
        // `Savings and Loan Association`, `Sons` and the like go on behind an `and`.
        let is_and = page.words[at] == "and" && at > token && at + 1 < end && joined(at + 1) && AFTER_AND.contains(&page.words[at + 1]);
        if !page.is_capitalized(at) && !is_and {
            break;
        }
        at += 1;
        if is_and {
            continue;
        }
        if at - token >= 2 && page.is_organization_tail(at - 1) && !(at < end && joined(at) && page.is_capitalized(at)) {
            let first = if page.facts[token].is_stop_word { token + 1 } else { token };
            // `Co Inc`, `Air Corp`: what is left of a name that was cut.
            let is_generic = (first..at).all(|token| page.is_organization_tail(token) || LEFT_OVER.contains(&page.words[token].trim_end_matches("'s")));
            return (at - first >= 2 && !is_generic).then_some((first, at));
        }
    }
    None
}

/// `معهد دراسة الحرب (ISW)`: capitals in brackets behind a name are its short form in this article.
fn acronyms(page: &Page<'_>, names: &mut Names, covered: &mut [bool]) {
    let mut known: Vec<(String, u32)> = Vec::new();
    for (token, covered) in covered.iter_mut().enumerate().skip(1) {
        if *covered || page.scripts[token] != Script::Latin || !page.is_all_capitals(token) || !(2..=6).contains(&page.words[token].len()) {
            continue;
        }
        let entity = if page.gap(token - 1).trim_end().ends_with('(') && page.gap(token).starts_with(')') {
            let nearest = names
                .found
                .iter()
                .filter(|name| name.field == page.field && name.kind == EntityKind::Organization && name.end <= token && token - name.end <= ACRONYM_DISTANCE)
                .max_by_key(|name| name.end);
            let Some(nearest) = nearest else { continue };
            // The short form of a Latin name begins as the name does.
            let begins_alike = page.scripts[nearest.first] != Script::Latin || page.words[nearest.first].chars().next() == page.words[token].chars().next();
            if !begins_alike {
                continue;
            }
            known.push((page.words[token].to_string(), nearest.entity));
            nearest.entity
        } else {
            match known.iter().find(|(word, _)| word == page.words[token]) {
                Some((_, entity)) => *entity,
                None => continue,
            }
        };
        let span = page.span(token, token + 1, 0);
        names.found.push(Name { field: page.field, first: token, end: token + 1, span, kind: EntityKind::Organization, entity, how: How::Memory });
        *covered = true;
    }
}
