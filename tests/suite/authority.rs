//! The authority files test themselves: duplicates, dangling parents, ambiguous strong names.

use std::collections::BTreeMap;

use fihris::analysis::fold;
use fihris::extract::authority::{Authority, Record, parse_records};

const FILES: [(&str, &str); 4] = [
    ("territories", include_str!("../../data/authority/territories.jsonl")),
    ("places", include_str!("../../data/authority/places.jsonl")),
    ("people", include_str!("../../data/authority/people.jsonl")),
    ("organizations", include_str!("../../data/authority/organizations.jsonl")),
];

fn records() -> Vec<Record> {
    let (records, faults) = parse_records(&FILES.map(|(_, text)| text));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    records
}

#[test]
fn records_are_whole() {
    for (name, text) in FILES {
        let (records, faults) = parse_records(&[text]);
        assert!(faults.is_empty(), "{name}: {}", faults.join("\n"));
        assert!(text.starts_with('#'), "{name} says nothing about its sources");
        let ids: Vec<&String> = records.iter().map(|record| &record.id).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{name} is not sorted by id, or holds one twice");
        for record in &records {
            for language in ["ar", "en"] {
                assert!(record.labels.get(language).is_some_and(|label| !label.trim().is_empty()), "{}: no label in {language}", record.id);
            }
            assert!(record.rank <= 1000, "{}", record.id);
        }
    }
}

#[test]
fn sizes_promised() {
    let count = |name: &str| FILES.iter().find(|(known, _)| *known == name).map_or(0, |(_, text)| text.lines().filter(|line| line.starts_with('{')).count());
    assert!(count("territories") >= 249 && count("places") >= 600 && count("people") >= 400 && count("organizations") >= 400);
}

#[test]
fn parents_exist() {
    let records = records();
    let ids: std::collections::BTreeSet<&str> = records.iter().map(|record| record.id.as_str()).collect();
    let dangling: Vec<String> = records
        .iter()
        .flat_map(|record| record.parents.iter().filter(|parent| !ids.contains(parent.as_str())).map(move |parent| format!("{} in {parent}", record.id)))
        .collect();
    assert!(dangling.is_empty(), "{}", dangling.join("\n"));
}

#[test]
fn strong_names_have_one_bearer() {
    let mut bearers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for record in records() {
        let weaker: Vec<String> = record.weak.values().chain(record.short.values()).flatten().map(|name| fold(name)).collect();
        let mut own: Vec<String> =
            record.labels.values().chain(record.strong.values().flatten()).map(|name| fold(name)).filter(|name| !weaker.contains(name)).collect();
        own.sort();
        own.dedup();
        for name in own {
            bearers.entry(name).or_default().push(record.id.clone());
        }
    }
    let shared: Vec<String> = bearers.into_iter().filter(|(_, ids)| ids.len() > 1).map(|(name, ids)| format!("{name}: {}", ids.join(", "))).collect();
    assert!(shared.is_empty(), "{} names:\n{}", shared.len(), shared.join("\n"));
}

#[test]
fn places_know_where_they_lie() {
    let authority = Authority::bundled();
    let kyiv = authority.place_path("Q1899");
    assert_eq!((kyiv.country.as_deref(), kyiv.city.as_deref()), (Some("Q212"), Some("Q1899")));
    assert_eq!(authority.demonym("الاوكرانيه").map(|entity| entity.id.as_str()), Some("Q212"));
    let found = authority.find("Damascus");
    assert_eq!(found.first().map(|(entity, _)| entity.label("ar")), Some("دمشق"));
}

#[test]
fn the_stemmer_knows_the_names_of_the_authority() {
    let committed = include_str!("../../data/language/ar/protected.txt");
    let made = fihris::extract::authority::protected_forms();
    assert!(committed == made, "the authority has changed: cargo run --release --example protected_forms -- data/language/ar/protected.txt");
}
