//! The authority: people, places and organizations with their names, compiled to an FST.
//!
//! Records are JSON Lines in `data/authority/`, reviewed by people. A `strong` name links alone, a `short` one needs the
//! full name in the same article or a prominent bearer, a `weak` one (also an ordinary word) never links without help; a
//! `block` phrase contains a name but means something else.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use fst::Map;
use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::EntityKind;
use crate::analysis::fold;
use crate::language;
use crate::language::arabic::normalizer::{fold_carriers, is_arabic_letter};
use crate::language::arabic::stemmer;
use crate::language::letters::spellings_apart;

/// The embedded authority files.
pub const DATA: &[&str] = &[
    include_str!("../../data/authority/territories.jsonl"),
    include_str!("../../data/authority/places.jsonl"),
    include_str!("../../data/authority/people.jsonl"),
    include_str!("../../data/authority/organizations.jsonl"),
];

/// The bundled records, compiled on first use.
static BUNDLED: LazyLock<Authority> = LazyLock::new(|| {
    let (records, faults) = parse_records(DATA);
    // A test reads the same files and fails on any fault.
    debug_assert!(faults.is_empty(), "{faults:?}");
    Authority::compile(records)
});

/// Names in one language or script: `ar`, `en`, …
type ByLanguage = BTreeMap<String, Vec<String>>;

/// One record as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub subtype: Option<String>,
    #[serde(default)]
    pub iso: Option<String>,
    pub labels: BTreeMap<String, String>,
    #[serde(default)]
    pub strong: ByLanguage,
    #[serde(default)]
    pub short: ByLanguage,
    #[serde(default)]
    pub weak: ByLanguage,
    #[serde(default)]
    pub block: Vec<String>,
    #[serde(default)]
    pub demonyms: ByLanguage,
    #[serde(default)]
    pub parents: Vec<String>,
    #[serde(default)]
    pub country: Option<String>,
    #[serde(default)]
    pub geo: Option<Vec<f64>>,
    #[serde(default)]
    pub roles: Vec<BTreeMap<String, String>>,
    #[serde(default)]
    pub rank: u32,
}

impl Record {
    /// Every name with its class, labels first.
    fn names(&self) -> impl Iterator<Item = (&String, AliasClass)> {
        let strong = self.labels.values().chain(self.strong.values().flatten()).map(|name| (name, AliasClass::Strong));
        let short = self.short.values().flatten().map(|name| (name, AliasClass::Short));
        let weak = self.weak.values().flatten().map(|name| (name, AliasClass::Weak));
        strong.chain(short).chain(weak).chain(self.block.iter().map(|name| (name, AliasClass::Block)))
    }
}

/// How much a name says by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AliasClass {
    Strong,
    Short,
    Weak,
    /// Contains a name, means something else.
    Block,
}

/// One bearer of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearer {
    /// Number of the entity in its [`Authority`]; meaningless for a block.
    pub entity: u32,
    pub class: AliasClass,
    /// The name is written in capitals throughout (`US`, `WHO`): in a text it must be too.
    pub is_acronym: bool,
}

/// An entity of the authority.
#[derive(Debug, Clone)]
pub struct Entity {
    pub id: String,
    pub kind: EntityKind,
    pub labels: BTreeMap<String, String>,
    pub subtype: String,
    /// Ids of the places it lies in, nearest first.
    pub parents: Vec<String>,
    pub country: Option<String>,
    pub rank: u32,
}

impl Entity {
    /// The name in a language, else in English, else in any.
    pub fn label(&self, language: &str) -> &str {
        self.labels.get(language).or_else(|| self.labels.get("en")).or_else(|| self.labels.values().next()).map_or(&self.id, String::as_str)
    }
}

/// All entities, and their names by folded form. The names are compiled when a text is first searched for them: a question
/// that only shows labels does not wait for it.
pub struct Authority {
    records: Vec<Record>,
    entities: Vec<Entity>,
    by_id: FxHashMap<String, u32>,
    by_iso: FxHashMap<String, u32>,
    names: OnceLock<Names>,
}

/// The compiled names.
struct Names {
    /// Folded words joined by a space → index into `bearers`.
    map: Map<Vec<u8>>,
    bearers: Vec<Vec<Bearer>>,
    demonyms: FxHashMap<String, u32>,
}

/// Reads record files; returns what could be read, and one line for each fault.
pub fn parse_records(files: &[&str]) -> (Vec<Record>, Vec<String>) {
    let mut records = Vec::new();
    let mut faults = Vec::new();
    for file in files {
        for (number, line) in file.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            match serde_json::from_str::<Record>(line) {
                Ok(record) if EntityKind::from_code(&record.kind).is_some() => records.push(record),
                Ok(record) => faults.push(format!("line {}: unknown type {:?} of {}", number + 1, record.kind, record.id)),
                Err(error) => faults.push(format!("line {}: {error}", number + 1)),
            }
        }
    }
    (records, faults)
}

/// Occurrences in ordinary text from which a word is a word first and a name second.
const EVERYDAY: u64 = 1_500;

/// Rank of places so well known that their name is no everyday word.
const WELL_KNOWN: u32 = 700;

/// The list of names that the Arabic stemmer keeps whole (`data/language/ar/protected.txt`), made from the bundled records:
/// single Arabic words of three letters or more by which a place or a person goes alone, everyday words left out; and those of
/// `protected_by_hand.txt`.
pub fn protected_forms() -> String {
    let (records, _) = parse_records(DATA);
    let by_hand = include_str!("../../data/language/ar/protected_by_hand.txt");
    let mut forms: std::collections::BTreeSet<String> = language::word_list(by_hand).map(fold).collect();
    for record in records.iter().filter(|record| matches!(record.kind.as_str(), "loc" | "per")) {
        let weak: Vec<String> = record.weak.values().flatten().map(|name| fold(name)).collect();
        for (name, class) in record.names() {
            let folded = fold(name);
            let is_word = !folded.contains(' ') && folded.chars().count() >= 3 && folded.chars().all(is_arabic_letter);
            let is_everyday = record.rank < WELL_KNOWN && stemmer::attested(&fold_carriers(&folded)) > EVERYDAY;
            // The label of a well-known place is its name even where it is also a word: `سيول`, `عمان`, `فاس`.
            let is_label = record.kind == "loc" && record.rank >= WELL_KNOWN && record.labels.values().any(|label| fold(label) == folded);
            let is_name = matches!(class, AliasClass::Strong | AliasClass::Short) && !weak.contains(&folded);
            if (is_name || is_label) && is_word && !is_everyday && !language::is_stop_word(&folded) {
                forms.insert(folded);
            }
        }
    }
    let mut text = String::from(
        "# Names the Arabic stemmer keeps whole: single words by which the authority knows a place or a person, folded, everyday words\n\
         # left out. Made by `cargo run --release --example protected_forms`, which names the rules; its sources are the authority's.\n",
    );
    for form in forms {
        text.push_str(&form);
        text.push('\n');
    }
    text
}

impl Authority {
    /// The records that ship with the program.
    pub fn bundled() -> &'static Authority {
        &BUNDLED
    }

    pub fn compile(mut records: Vec<Record>) -> Authority {
        records.retain(|record| EntityKind::from_code(&record.kind).is_some());
        let entities: Vec<Entity> = records
            .iter()
            .map(|record| Entity {
                id: record.id.clone(),
                kind: EntityKind::from_code(&record.kind).unwrap_or(EntityKind::Place),
                labels: record.labels.clone(),
                subtype: record.subtype.clone().unwrap_or_default(),
                parents: record.parents.clone(),
                country: record.country.clone().or_else(|| record.iso.clone()),
                rank: record.rank,
            })
            .collect();
        let numbered = || records.iter().enumerate();
        let by_id = numbered().map(|(index, record)| (record.id.clone(), index as u32)).collect();
        let by_iso = numbered().filter_map(|(index, record)| Some((record.iso.clone()?, index as u32))).collect();
        Authority { records, entities, by_id, by_iso, names: OnceLock::new() }
    }

    /// The entity with a name nearest to a misspelt one: at most two letters off, of a short name one, the first letter right.
    pub fn nearest(&self, name: &str) -> Option<&Entity> {
        let folded = fold(name);
        let first = folded.chars().next()?;
        let letters = folded.chars().count();
        // In halves of a letter.
        let most = if letters < 4 {
            return None;
        } else if letters < 6 {
            2
        } else {
            4
        };
        let near = self.records.iter().enumerate().filter_map(|(entity, record)| {
            let names = record.names().filter(|(_, class)| *class != AliasClass::Block).map(|(name, _)| fold(name));
            let fitting = names.filter(|own| own.starts_with(first) && own.chars().count().abs_diff(letters) <= 2);
            let apart = fitting.map(|own| spellings_apart(&folded, &own)).min().filter(|apart| *apart <= most)?;
            Some((apart, std::cmp::Reverse(record.rank), entity as u32))
        });
        near.min().map(|(_, _, entity)| self.entity(entity))
    }

    /// How the names of an entity that fold to `folded` are written.
    pub fn spellings<'a>(&'a self, entity: u32, folded: &'a str) -> impl Iterator<Item = &'a str> {
        let names = self.records.get(entity as usize).into_iter().flat_map(Record::names);
        names.map(|(name, _)| name.as_str()).filter(move |name| fold(name) == folded)
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| self.compile_names())
    }

    fn compile_names(&self) -> Names {
        let mut by_name: FxHashMap<String, Vec<Bearer>> = FxHashMap::default();
        let mut demonyms = FxHashMap::default();
        for (entity, record) in self.records.iter().enumerate() {
            let entity = entity as u32;
            for (name, class) in record.names() {
                let folded = fold(name);
                if folded.is_empty() {
                    continue;
                }
                let bearers = by_name.entry(folded).or_default();
                let is_block = |class: AliasClass| class == AliasClass::Block;
                match bearers.iter_mut().find(|known| known.entity == entity && is_block(known.class) == is_block(class)) {
                    // Listed twice, the more careful class counts.
                    Some(known) => known.class = known.class.max(class),
                    None => bearers.push(Bearer { entity, class, is_acronym: is_acronym(name) }),
                }
            }
            for demonym in record.demonyms.values().flatten() {
                demonyms.insert(fold(demonym), entity);
            }
        }
        let mut sorted: Vec<(String, Vec<Bearer>)> = by_name.into_iter().collect();
        sorted.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut bearers = Vec::with_capacity(sorted.len());
        let mut keys = Vec::with_capacity(sorted.len());
        for (name, mut found) in sorted {
            self.sort(&mut found);
            keys.push((name, bearers.len() as u64));
            bearers.push(found);
        }
        Names { map: Map::from_iter(keys).unwrap_or_default(), bearers, demonyms }
    }

    /// Best first: class, then prominence, then id, so that ties never depend on file order.
    fn sort(&self, bearers: &mut [Bearer]) {
        bearers.sort_by(|a, b| {
            let (left, right) = (self.entity(a.entity), self.entity(b.entity));
            (a.class, std::cmp::Reverse(left.rank), &left.id).cmp(&(b.class, std::cmp::Reverse(right.rank), &right.id))
        });
    }

    pub fn entity(&self, index: u32) -> &Entity {
        &self.entities[index as usize]
    }

    /// The entity of an id, listed here.
    pub fn by_id(&self, id: &str) -> Option<&Entity> {
        self.by_id.get(id).map(|&index| self.entity(index))
    }

    pub(super) fn name_map(&self) -> &Map<Vec<u8>> {
        &self.names().map
    }

    pub(super) fn bearers(&self, posting: u64) -> &[Bearer] {
        self.names().bearers.get(posting as usize).map_or(&[], Vec::as_slice)
    }

    /// Everyone who bears a name, however spelled, best first; blocks left out. One name is looked for by reading through
    /// the records: compiling them all would take longer.
    pub fn find(&self, name: &str) -> Vec<(&Entity, AliasClass)> {
        let folded = fold(name);
        let mut found: Vec<Bearer> = Vec::new();
        for (entity, record) in self.records.iter().enumerate() {
            let classes = record.names().filter(|(own, class)| *class != AliasClass::Block && fold(own) == folded).map(|(_, class)| class);
            found.extend(classes.max().map(|class| Bearer { entity: entity as u32, class, is_acronym: false }));
        }
        self.sort(&mut found);
        found.into_iter().map(|bearer| (self.entity(bearer.entity), bearer.class)).collect()
    }

    /// The country whose demonym a folded word is, with the article and the feminine and plural endings taken off.
    pub fn demonym(&self, folded: &str) -> Option<&Entity> {
        let bare = folded.strip_prefix("ال").unwrap_or(folded);
        let demonyms = &self.names().demonyms;
        let found = demonyms.get(bare).or_else(|| {
            let masculine =
                bare.strip_suffix("ه").or_else(|| bare.strip_suffix("ين")).or_else(|| bare.strip_suffix("ون")).or_else(|| bare.strip_suffix("ات"))?;
            demonyms.get(masculine)
        })?;
        Some(self.entity(*found))
    }

    /// The place with its parents: country, region, city, whichever are known.
    pub fn place_path(&self, id: &str) -> PlacePath {
        let Some(place) = self.by_id(id) else { return PlacePath { city: Some(id.to_string()), ..PlacePath::default() } };
        let country_of = |code: &Option<String>| code.as_ref().and_then(|code| self.by_iso.get(code)).map(|&index| self.entity(index).id.clone());
        let mut path = PlacePath::default();
        match place.subtype.as_str() {
            "country" | "territory" => path.country = Some(place.id.clone()),
            "region" | "province" => path.region = Some(place.id.clone()),
            _ => path.city = Some(place.id.clone()),
        }
        for parent in place.parents.iter().filter_map(|parent| self.by_id(parent)) {
            match parent.subtype.as_str() {
                "country" | "territory" if path.country.is_none() => path.country = Some(parent.id.clone()),
                "region" | "province" if path.region.is_none() && path.city.is_some() && parent.country.is_some() => path.region = Some(parent.id.clone()),
                _ => {}
            }
        }
        if path.country.is_none() {
            path.country = country_of(&place.country);
        }
        path
    }
}

/// Where a place lies; the place itself is the innermost one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlacePath {
    pub country: Option<String>,
    pub region: Option<String>,
    pub city: Option<String>,
}

impl PlacePath {
    /// The ids from country to city that are known.
    pub fn ids(&self) -> impl Iterator<Item = &String> {
        [&self.country, &self.region, &self.city].into_iter().flatten()
    }
}

/// Capitals and stops only, at least two letters.
fn is_acronym(name: &str) -> bool {
    name.chars().filter(char::is_ascii_uppercase).count() >= 2
        && name.chars().all(|letter| letter.is_ascii_uppercase() || letter == '.' || letter.is_ascii_digit())
}

/// Whether a text is in Arabic letters, judged by its first letter.
pub fn is_arabic(text: &str) -> bool {
    text.chars().find(|letter| letter.is_alphabetic()).is_some_and(is_arabic_letter)
}
