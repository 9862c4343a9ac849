//! Names of the authority in a text: longest match, clitics apart, then the decision who is meant.
//!
//! From every word that begins a name the FST is followed as far as the words go; the longest name wins, and of two
//! readings of equal length the one that strips fewer clitics. A longer `block` phrase swallows the name inside it. A name
//! never begins inside another: `Paris Hilton` hides `Paris`.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::authority::{AliasClass, Authority, Bearer, Entity};
use super::lexicon::{Stripped, US_STATES, What};
use super::page::Page;
use super::{EntityKind, How, Name, Names};
use crate::analysis::Script;
use crate::language::arabic::normalizer::{ALEF, ALEF_HAMZA_ABOVE, ALEF_HAMZA_BELOW, ALEF_MADDA, LAM, TANWIN, TATWEEL, is_diacritic, is_invisible};
use crate::language::word_list;

/// Rank from which a short name is taken for its bearer without an antecedent: heads of state of large countries.
const PROMINENT: u32 = 850;

/// Rank from which a title before a short name is enough.
const KNOWN: u32 = 400;

/// Occurrences in ordinary text from which an Arabic word says little as a name.
const ORDINARY: u64 = 1_500;

/// An Arabic word that occurs at most so often in ordinary text may be a given name.
const RARE: u64 = 150;

/// Words at the beginning of a body among which the place and the outlet stand.
const BYLINE: usize = 6;

/// States of the United States as agencies write them behind a city.
static STATES: LazyLock<FxHashSet<&str>> = LazyLock::new(|| word_list(US_STATES).collect());

/// Capitalised words behind the name of a place that make a company of it.
const COMPANY_WORDS: &[&str] = &["chemical", "federal", "savings", "southern", "pacific", "edison", "mills", "brands", "products", "bancshares", "hudson"];

/// A name as matched, before it is decided.
struct Match<'a> {
    page: usize,
    first: usize,
    end: usize,
    stripped: Stripped,
    bearers: &'a [Bearer],
}

impl Match<'_> {
    fn is_single(&self) -> bool {
        self.end - self.first == 1
    }
}

pub(super) fn find(pages: &[Page<'_>; 2], authority: &Authority, names: &mut Names, covered: &mut [Vec<bool>; 2]) {
    let mut matches = Vec::new();
    for (number, page) in pages.iter().enumerate() {
        let mut token = 0;
        while token < page.tokens.len() {
            match longest(page, number, token, authority) {
                Some(found) => {
                    token = found.end;
                    matches.push(found);
                }
                None => token += 1,
            }
        }
    }
    // Full names first: they are the antecedents of short and weak ones.
    let mut met: FxHashSet<u32> = FxHashSet::default();
    for found in &matches {
        if let Some(bearer) = found.bearers.first().filter(|bearer| bearer.class == AliasClass::Strong) {
            met.insert(bearer.entity);
        }
    }
    let is_sport = pages.iter().any(|page| page.is_sport);
    for found in matches {
        let page = &pages[found.page];
        // A phrase one record blocks may be the very name of another (`جنوب أفريقيا`): blocks only hide what nobody bears.
        if found.bearers.first().is_none_or(|bearer| bearer.class == AliasClass::Block) {
            continue;
        }
        let Some(bearer) = decide(page, &found, authority, &met, is_sport) else { continue };
        let entity = authority.entity(bearer.entity);
        if is_byline(page, &found, entity, names, authority) {
            continue;
        }
        let index = names.entity(entity.kind, entity.id.clone(), "");
        let (first, letters) = without_head(page, &found, entity.kind);
        names.found.push(Name {
            field: page.field,
            first,
            end: found.end,
            span: page.span(first, found.end, letters),
            kind: entity.kind,
            entity: index,
            how: How::Authority,
        });
        covered[found.page][found.first..found.end].fill(true);
    }
}

/// The longest name that begins at a token.
fn longest<'a>(page: &Page<'_>, number: usize, token: usize, authority: &'a Authority) -> Option<Match<'a>> {
    let fst = authority.name_map().as_fst();
    let mut best: Option<(usize, Stripped, u64)> = None;
    for start in &page.facts[token].starts {
        let (mut node, mut output) = (fst.node(start.node as usize), start.output);
        let mut end = token + 1;
        loop {
            if node.is_final() {
                let posting = output + node.final_output().value();
                let is_better =
                    best.as_ref().is_none_or(|(len, stripped, _)| end - token > *len || end - token == *len && start.stripped.letters < stripped.letters);
                if is_better && fits_case(page, token, end, authority.bearers(posting)) {
                    best = Some((end - token, start.stripped, posting));
                }
            }
            let Some(&word) = page.words.get(end) else { break };
            // A name does not run over the end of a sentence or a bracket.
            let gap = page.gap(end - 1);
            let is_parted = gap.contains(['.', '،', ',', '(', ')', ':', '؛', '"', '«', '»', '!', '?', '؟']) && !matches!(gap, ". " | ".");
            if is_parted || gap.contains('\n') && page.ends_sentence(end - 1) {
                break;
            }
            let word = if page.scripts[end] == Script::Latin { word.strip_suffix("'s").unwrap_or(word) } else { word };
            let followed = std::iter::once(b' ').chain(word.bytes()).try_fold((node, output), |(node, output), byte| {
                let transition = node.transition(node.find_input(byte)?);
                Some((fst.node(transition.addr), output + transition.out.value()))
            });
            let Some((next, sum)) = followed else { break };
            (node, output) = (next, sum);
            end += 1;
        }
    }
    let (len, stripped, posting) = best?;
    Some(Match { page: number, first: token, end: token + len, stripped, bearers: authority.bearers(posting) })
}

/// Latin names begin with a capital, acronyms are capitals throughout.
fn fits_case(page: &Page<'_>, first: usize, end: usize, bearers: &[Bearer]) -> bool {
    if page.scripts[first] != Script::Latin {
        return true;
    }
    let acronym = bearers.iter().all(|bearer| bearer.is_acronym);
    if page.is_shouted {
        // Nothing can be told from case; two-letter acronyms would be pronouns.
        return !acronym || page.surface(first).len() > 2 || page.surface(first).contains('.');
    }
    if acronym { (first..end).all(|token| page.is_all_capitals(token)) } else { page.is_capitalized(first) }
}

/// Who is meant by a name: what its best class allows, and what stands around it.
fn decide(page: &Page<'_>, found: &Match<'_>, authority: &Authority, met: &FxHashSet<u32>, is_sport: bool) -> Option<Bearer> {
    let fits = |bearer: &&Bearer| bearer.class != AliasClass::Block && is_spelled_so(page, found, authority, bearer.entity);
    let bearers: Vec<Bearer> = found.bearers.iter().filter(fits).copied().collect();
    let best = *bearers.first()?;
    let kind = authority.entity(best.entity).kind;
    if best.class == AliasClass::Strong {
        return if kind == EntityKind::Place { strong_place(page, found, authority, &bearers, is_sport) } else { Some(best) };
    }
    // A family name inside a longer name is somebody else's: `سعيد محمد`, `أحمد صالح`.
    if kind == EntityKind::Person && found.is_single() && stands_in_a_name(page, found) {
        return None;
    }
    if let Some(known) = bearers.iter().find(|bearer| met.contains(&bearer.entity)) {
        return (kind == EntityKind::Person || !goes_on(page, found)).then_some(*known);
    }
    match best.class {
        AliasClass::Short => short(page, found, authority, &bearers).then_some(best),
        AliasClass::Weak => bearers.into_iter().find(|bearer| weak(page, found, authority.entity(bearer.entity).kind)),
        AliasClass::Strong | AliasClass::Block => None,
    }
}

/// Who is meant by the full name of a place: the place, unless its surroundings make it something of the same name.
fn strong_place(page: &Page<'_>, found: &Match<'_>, authority: &Authority, bearers: &[Bearer], is_sport: bool) -> Option<Bearer> {
    let place = *bearers.first()?;
    let of_subtype = |subtype: &str| bearers.iter().find(|bearer| authority.entity(bearer.entity).subtype == subtype).copied();
    // A city on the sports pages is its club; a place in quotation marks is the newspaper of that name.
    let club = of_subtype("club").filter(|_| is_sport && !stands_behind(page, found, |what| matches!(what, What::PlaceHead { .. })));
    let newspaper = || of_subtype("media").filter(|_| is_quoted(page, found));
    if let Some(other) = club.or_else(newspaper) {
        return Some(other);
    }
    let before = found.first.checked_sub(1).filter(|before| page.is_joined(*before) && found.is_single());
    // `الشعر الرمادي`: behind a definite noun an adjective.
    let is_adjective =
        before.is_some_and(|before| page.facts[before].is_definite) && page.facts[found.first].is_definite && page.words[found.first].ends_with('ي');
    // A family name as strong alias of a place never follows a given name: `دينزل واشنطن`.
    let follows_given_name = before.is_some_and(|before| {
        let facts = page.facts[before];
        let is_given_name = page.is_capitalized(before) || page.is_arabic(before) && facts.frequency < RARE;
        found.stripped.letters == 0 && facts.is_name_part && facts.starts.is_empty() && is_given_name
    });
    let is_other = is_adjective || follows_given_name || is_abroad(page, found, authority.entity(place.entity)) || is_company(page, found);
    (!is_other).then_some(place)
}

/// Whether a short name is enough: its bearer is prominent, or known and titled, and nobody else is as well known by it.
fn short(page: &Page<'_>, found: &Match<'_>, authority: &Authority, bearers: &[Bearer]) -> bool {
    let rank = |at: usize| bearers.get(at).filter(|bearer| bearer.class == AliasClass::Short).map(|bearer| authority.entity(bearer.entity).rank);
    let (Some(best), second) = (rank(0), rank(1).unwrap_or(0)) else { return false };
    if best < second.saturating_mul(3) && best < PROMINENT {
        return false;
    }
    let facts = page.facts[found.first];
    let is_ordinary = found.is_single() && facts.frequency > ORDINARY;
    let is_person = bearers.first().is_some_and(|bearer| authority.entity(bearer.entity).kind == EntityKind::Person);
    if !is_person {
        return best >= KNOWN && !is_ordinary;
    }
    let is_shared = page.is_arabic(found.first) && facts.is_name_part;
    best >= PROMINENT && !is_ordinary || best >= KNOWN && !is_shared && is_titled(page, found)
}

/// Whether an everyday word is a name here: a head or a preposition says so. A person needs the full name elsewhere: with a title
/// before it the word is as likely somebody else.
fn weak(page: &Page<'_>, found: &Match<'_>, kind: EntityKind) -> bool {
    if goes_on(page, found) {
        return false;
    }
    match kind {
        EntityKind::Place => {
            let is_within = found.is_single()
                && found.first > 0
                && page.words[found.first - 1] == "في"
                && page.is_joined(found.first - 1)
                && !page.facts[found.first].is_definite;
            is_within || is_dateline(page, found) || stands_behind(page, found, |what| matches!(what, What::PlaceHead { is_sure: true }))
        }
        EntityKind::Organization => stands_behind(page, found, |what| matches!(what, What::OrganizationHead { is_sure: true })),
        EntityKind::Person => false,
    }
}

/// Whether a head of a sort stands right before the name.
fn stands_behind(page: &Page<'_>, found: &Match<'_>, wanted: fn(&What) -> bool) -> bool {
    let is_head = |token: usize| page.phrase(token, found.first, wanted).is_some_and(|(len, stripped)| token + len == found.first && !stripped.article);
    page.is_joined(found.first.saturating_sub(1)) && (found.first.saturating_sub(3)..found.first).any(is_head)
}

/// Whether a title stands before the name, parted from it by a nationality at most: `الرئيس الأميركي ترمب`.
fn is_titled(page: &Page<'_>, found: &Match<'_>) -> bool {
    let is_between = |token: usize| page.facts[token].is_definite || page.is_capitalized(token);
    (found.first.saturating_sub(4)..found.first).any(|token| {
        let title = page.phrase(token, found.first, |what| matches!(what, What::PersonTitle));
        title.is_some_and(|(len, _)| (token + len..found.first).all(is_between))
    })
}

/// Whether the words go on to a longer name: `الاتحاد الدولي`.
fn goes_on(page: &Page<'_>, found: &Match<'_>) -> bool {
    let next = (found.end < page.tokens.len() && page.is_joined(found.end - 1)).then_some(found.end);
    found.is_single() && page.facts[found.first].is_definite && next.is_some_and(|next| page.is_arabic(next) && page.facts[next].is_definite)
}

/// Where a place's own name begins: `محافظة`, `مدينة` and the like say what it is.
fn without_head(page: &Page<'_>, found: &Match<'_>, kind: EntityKind) -> (usize, u8) {
    let letters = found.stripped.letters;
    let bare: String = page.words[found.first].chars().skip(letters as usize).collect();
    let is_head = matches!(bare.as_str(), "محافظه" | "منطقه" | "مدينه" | "ولايه" | "قضاء" | "قريه" | "بلده" | "اقليم" | "حي" | "مقاطعه" | "مديريه" | "جزيره");
    if kind == EntityKind::Place && is_head && found.end - found.first >= 2 { (found.first + 1, 0) } else { (found.first, letters) }
}

/// Whether the entity's name may be written as it is here. A writer may leave a hamza out, and never puts one where the name has
/// none: `مآرب` (aims) is not `مأرب`, and no name ends in tanwin.
fn is_spelled_so(page: &Page<'_>, found: &Match<'_>, authority: &Authority, entity: u32) -> bool {
    let span = page.span(found.first, found.end, found.stripped.letters);
    let surface = span.of(page.text);
    let letters = |text: &str| -> Vec<char> { text.chars().filter(|letter| !is_diacritic(*letter) && !is_invisible(*letter) && *letter != TATWEEL).collect() };
    if !page.is_arabic(found.first) {
        return true;
    }
    if surface.trim_end_matches(ALEF).ends_with(TANWIN) {
        return false;
    }
    let written = letters(surface);
    // At the beginning of a word hamzas are put and left out at will.
    let begins = |at: usize| {
        let word = written[..at].iter().rposition(|letter| *letter == ' ').map_or(0, |space| space + 1);
        at == word || written[word..at] == [ALEF, LAM]
    };
    let is_hamza = |letter: &char| matches!(*letter, ALEF_MADDA | ALEF_HAMZA_ABOVE | ALEF_HAMZA_BELOW);
    if !written.iter().enumerate().any(|(at, letter)| is_hamza(letter) && !begins(at)) {
        return true;
    }
    let is_added = |at: usize, name: char| match written[at] {
        ALEF_MADDA => name != ALEF_MADDA,
        ALEF_HAMZA_ABOVE | ALEF_HAMZA_BELOW => name == ALEF,
        _ => false,
    };
    let folded = page.folded(found.first, found.end, found.stripped.letters);
    let mut spellings = authority.spellings(entity, &folded).map(letters).peekable();
    spellings.peek().is_none()
        || spellings.any(|name| name.len() != written.len() || name.iter().enumerate().all(|(at, name)| begins(at) || !is_added(at, *name)))
}

/// `Birmingham, Ala.`: a city of the United States that is called as the one the authority lists elsewhere.
fn is_abroad(page: &Page<'_>, found: &Match<'_>, entity: &Entity) -> bool {
    page.scripts[found.first] == Script::Latin
        && entity.country.as_deref() != Some("US")
        && page.gap(found.end - 1) == ", "
        && page.is_capitalized(found.end)
        && STATES.contains(page.words[found.end])
}

/// `Phoenix Steel`, `Allied-Lyons`: a company called after a place.
fn is_company(page: &Page<'_>, found: &Match<'_>) -> bool {
    let follows = found.end < page.tokens.len() && matches!(page.gap(found.end - 1), " " | "\n") && page.is_capitalized(found.end);
    let is_tail = || page.is_organization_tail(found.end);
    let is_half = found.first > 0 && page.gap(found.first - 1) == "-" && page.is_capitalized(found.first - 1);
    page.scripts[found.first] == Script::Latin
        && !page.is_shouted
        && found.end - found.first == 1
        && (is_half || follows && (COMPANY_WORDS.contains(&page.words[found.end]) || is_tail()))
}

/// Whether a name stands in quotation marks of its own.
fn is_quoted(page: &Page<'_>, found: &Match<'_>) -> bool {
    page.gap_before(found.first).ends_with(['«', '"', '“', '„', '”']) && page.gap(found.end - 1).starts_with(['»', '"', '”', '“'])
}

/// `دبي الخليج`: the outlet behind the place it writes from, first in the body.
fn is_byline(page: &Page<'_>, found: &Match<'_>, entity: &Entity, names: &Names, authority: &Authority) -> bool {
    let Some(before) = names.found.last().filter(|name| name.field == page.field && name.end == found.first && page.is_joined(found.first - 1)) else {
        return false;
    };
    let is_inside = |id: &str| authority.by_id(id).is_some_and(|place| place.parents.contains(&entity.id));
    page.field == super::Field::Body
        && found.first <= BYLINE
        && entity.kind == EntityKind::Place
        && before.kind == EntityKind::Place
        && found.end - found.first == 1
        && page.facts[found.first].is_definite
        && !is_inside(&names.entities[before.entity as usize].id)
}

/// Whether a single word has a name right before or behind it.
fn stands_in_a_name(page: &Page<'_>, found: &Match<'_>) -> bool {
    let is_name = |token: usize| page.facts[token].is_name_part && (page.is_arabic(token) || page.is_capitalized(token)) && !page.facts[token].is_stop_word;
    let before = found.first > 0 && page.is_joined(found.first - 1) && is_name(found.first - 1) && found.stripped.letters == 0;
    let behind = found.end < page.tokens.len() && page.is_joined(found.end - 1) && (is_name(found.end) || page.words[found.end] == "بن");
    before || behind
}

/// The name stands where agencies put the place they write from: first words of the body, then a dash or a bracket.
fn is_dateline(page: &Page<'_>, found: &Match<'_>) -> bool {
    page.field == super::Field::Body && found.first <= 1 && {
        let gap = page.gap(found.end - 1);
        gap.contains(['-', '–', '—', '(', ':', '/']) && !gap.contains('.')
    }
}
