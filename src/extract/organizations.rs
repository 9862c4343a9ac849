//! Unlisted organizations: a head noun and what it governs (`مركز الدراسات الأوروبية`), a name in quotation marks or in
//! Latin letters behind a head noun, a capitalised run before a company form, an acronym in brackets behind a name.

use super::lexicon::What;
use super::page::Page;
use super::{EntityKind, How, Name, Names, unlisted_id};
use crate::analysis::Script;

/// Words a head noun governs at most.
const MAX_GOVERNED: usize = 6;

/// Tokens between a name and its acronym at most.
const ACRONYM_DISTANCE: usize = 8;

/// Definite words that end no name of a body: places of everyday life and generic objects.
const GENERIC: &[&str] =
    &["المدينه", "الاداره", "الاعمال", "الاسبوع", "اليوم", "العمل", "الحاليه", "الماضي", "الجاري", "المقبل", "الاولي", "الثانيه", "التي", "الذي", "الذين"];

pub(super) fn find(page: &Page<'_>, names: &mut Names, covered: &mut [bool]) {
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
                    token = end;
                }
                None => token += 1,
            }
        }
    }
    acronyms(page, names, covered);
}

fn starting_at(page: &Page<'_>, token: usize, end: usize, covered: &[bool]) -> Option<(usize, usize, u8)> {
    match page.scripts[token] {
        Script::Arabic => {
            let (len, stripped) = page.phrase(token, end, |what| matches!(what, What::OrganizationHead))?;
            // `الشركة` points back; a name's head noun stands in the construct.
            if stripped.article {
                return None;
            }
            governed(page, token, token + len, end, covered).map(|(first, end)| (first, end, if first == token { stripped.letters } else { 0 }))
        }
        Script::Latin if !page.is_shouted => latin(page, token, end, covered).map(|(first, end)| (first, end, 0)),
        _ => None,
    }
}

/// What a head noun governs: the span with the head, or the quoted or Latin name alone.
fn governed(page: &Page<'_>, head: usize, first: usize, end: usize, covered: &[bool]) -> Option<(usize, usize)> {
    if first >= end || covered[first] {
        return None;
    }
    let gap = page.gap(first - 1);
    if gap.contains(['«', '"', '“', '„', '\'']) {
        let close = (first..end.min(first + MAX_GOVERNED)).find(|&token| page.gap(token).contains(['»', '"', '”', '“', '\'']))?;
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
        let bare_name = at == first && facts.frequency < 60 && !facts.is_definite && word.chars().count() >= 3 && !word.ends_with("يه") && !word.ends_with('ي');
        // `وال…` goes on a name only when more of it follows or it closes a pair (`العلوم والتكنولوجيا`).
        if GENERIC.contains(&word) || facts.is_stop_word || !(definite && (!conjoined || at > first) || bare_name) {
            break;
        }
        at += 1;
        if bare_name {
            break;
        }
    }
    (at > first).then_some((head, at))
}

fn latin(page: &Page<'_>, token: usize, end: usize, covered: &[bool]) -> Option<(usize, usize)> {
    if !page.is_capitalized(token) || page.facts[token].is_stop_word && token + 1 < end && !page.is_capitalized(token + 1) {
        return None;
    }
    let joined = |at: usize| matches!(page.gap(at - 1), " " | "\n" | "-" | " & " | "&" | "'");
    // `Ministry of …`, `University of …`
    if let Some((len, _)) = page.phrase(token, end, |what| matches!(what, What::OrganizationHead)) {
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
    while at < end && at - token < MAX_GOVERNED && !covered[at] && page.is_capitalized(at) && (at == token || joined(at)) {
        at += 1;
        if at - token >= 2
            && page.phrase(at - 1, end, |what| matches!(what, What::OrganizationTail)).is_some()
            && !(at < end && joined(at) && page.is_capitalized(at))
        {
            let first = if page.facts[token].is_stop_word { token + 1 } else { token };
            return (at - first >= 2).then_some((first, at));
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
