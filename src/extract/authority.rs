//! The authority: people, places and organizations with their names, compiled to an FST.
//!
//! Records are JSON Lines in `data/authority/`, reviewed by people. A `strong` name links alone, a `short` one needs the
//! full name in the same article or a prominent bearer, a `weak` one (also an ordinary word) never links without help; a
//! `block` phrase contains a name but means something else.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use fst::Map;
use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::EntityKind;
use crate::analysis::fold;
use crate::language::arabic::normalizer::is_arabic_letter;

/// The bundled records, compiled on first use.
static BUNDLED: LazyLock<Authority> = LazyLock::new(|| {
    let (records, faults) = parse_records(&[
        include_str!("../../data/authority/territories.jsonl"),
        include_str!("../../data/authority/places.jsonl"),
        include_str!("../../data/authority/people.jsonl"),
        include_str!("../../data/authority/organizations.jsonl"),
    ]);
    // A test reads the same files and fails on any fault.
    debug_assert!(faults.is_empty(), "{faults:?}");
    Authority::compile(records)
});

/// Names in one language or script: `ar`, `en`, …
type Names = BTreeMap<String, Vec<String>>;

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
    pub strong: Names,
    #[serde(default)]
    pub short: Names,
    #[serde(default)]
    pub weak: Names,
    #[serde(default)]
    pub block: Vec<String>,
    #[serde(default)]
    pub demonyms: Names,
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
    /// Index into [`Authority::entities`]; meaningless for a block.
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

/// All entities, and their names by folded form.
pub struct Authority {
    entities: Vec<Entity>,
    by_id: FxHashMap<String, u32>,
    by_iso: FxHashMap<String, u32>,
    /// Folded words joined by a space → index into `bearers`.
    names: Map<Vec<u8>>,
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

impl Authority {
    /// The records that ship with the program.
    pub fn bundled() -> &'static Authority {
        &BUNDLED
    }

    pub fn compile(records: Vec<Record>) -> Authority {
        let mut entities = Vec::with_capacity(records.len());
        let mut names: BTreeMap<String, Vec<Bearer>> = BTreeMap::new();
        let mut demonyms = FxHashMap::default();
        for record in &records {
            let Some(kind) = EntityKind::from_code(&record.kind) else { continue };
            let entity = entities.len() as u32;
            let mut add = |name: &str, class: AliasClass| {
                let folded = fold(name);
                if folded.is_empty() {
                    return;
                }
                let bearer = Bearer { entity, class, is_acronym: is_acronym(name) };
                let bearers = names.entry(folded).or_default();
                match bearers.iter_mut().find(|known| known.entity == entity && (known.class == AliasClass::Block) == (class == AliasClass::Block)) {
                    // Listed twice, the more careful class counts.
                    Some(known) => known.class = known.class.max(class),
                    None => bearers.push(bearer),
                }
            };
            record.labels.values().for_each(|name| add(name, AliasClass::Strong));
            record.strong.values().flatten().for_each(|name| add(name, AliasClass::Strong));
            record.short.values().flatten().for_each(|name| add(name, AliasClass::Short));
            record.weak.values().flatten().for_each(|name| add(name, AliasClass::Weak));
            record.block.iter().for_each(|name| add(name, AliasClass::Block));
            for demonym in record.demonyms.values().flatten() {
                demonyms.insert(fold(demonym), entity);
            }
            entities.push(Entity {
                id: record.id.clone(),
                kind,
                labels: record.labels.clone(),
                subtype: record.subtype.clone().unwrap_or_default(),
                parents: record.parents.clone(),
                country: record.country.clone().or_else(|| record.iso.clone()),
                rank: record.rank,
            });
        }
        let mut bearers = Vec::with_capacity(names.len());
        let mut keys = Vec::with_capacity(names.len());
        for (name, mut found) in names {
            // Best first: class, then prominence, then id, so that ties never depend on file order.
            found.sort_by_key(|bearer| {
                let entity = &entities[bearer.entity as usize];
                (bearer.class, std::cmp::Reverse(entity.rank), entity.id.clone())
            });
            keys.push((name, bearers.len() as u64));
            bearers.push(found);
        }
        let by_id = entities.iter().enumerate().map(|(index, entity)| (entity.id.clone(), index as u32)).collect();
        let by_iso =
            records.iter().filter_map(|record| Some((record.iso.clone()?, entities.iter().position(|entity| entity.id == record.id)? as u32))).collect();
        let names = Map::from_iter(keys).unwrap_or_default();
        Authority { entities, by_id, by_iso, names, bearers, demonyms }
    }

    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    pub fn entity(&self, index: u32) -> &Entity {
        &self.entities[index as usize]
    }

    /// The entity of an id, listed here.
    pub fn by_id(&self, id: &str) -> Option<&Entity> {
        self.by_id.get(id).map(|&index| self.entity(index))
    }

    pub(super) fn names(&self) -> &Map<Vec<u8>> {
        &self.names
    }

    pub(super) fn bearers(&self, posting: u64) -> &[Bearer] {
        self.bearers.get(posting as usize).map_or(&[], Vec::as_slice)
    }

    /// Everyone who bears a name, however spelled, best first; blocks left out.
    pub fn find(&self, name: &str) -> Vec<(&Entity, AliasClass)> {
        let Some(posting) = self.names.get(fold(name)) else { return Vec::new() };
        self.bearers(posting).iter().filter(|bearer| bearer.class != AliasClass::Block).map(|bearer| (self.entity(bearer.entity), bearer.class)).collect()
    }

    /// The country whose demonym a folded word is, with the article and the feminine and plural endings taken off.
    pub fn demonym(&self, folded: &str) -> Option<&Entity> {
        let bare = folded.strip_prefix("ال").unwrap_or(folded);
        let found = self.demonyms.get(bare).or_else(|| {
            let masculine =
                bare.strip_suffix("ه").or_else(|| bare.strip_suffix("ين")).or_else(|| bare.strip_suffix("ون")).or_else(|| bare.strip_suffix("ات"))?;
            self.demonyms.get(masculine)
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
