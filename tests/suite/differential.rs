//! The index on disk against the brute-force oracle: the same documents, a thousand seeded requests, equal answers.

use std::collections::HashMap;

use fihris::article::{Article, ArticleKey, LanguageCode, SourceLocation, Status};
use fihris::date::{DateOptions, read_date};
use fihris::document::{Document, DocumentMaker};
use fihris::engine::memory::MemoryEngine;
use fihris::engine::tantivy::{TantivyEngine, TantivyWriter};
use fihris::engine::{Clause, Column, DocumentId, Engine, EngineWriter, Order, Plan, Ranking, Scoring, Want, answer};
use fihris::hits::{Hit, SearchResponse};
use fihris::query::{CountFilter, FacetRequest, FilterField, Filters, MatchMode, Mode, Query, SearchRequest, Sort};

/// A generator of numbers that is the same everywhere (PCG's multiplier).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

const WORDS: &[&str] = &[
    "مسيرات",
    "المسيّرة",
    "هجوم",
    "والهجوم",
    "مدينة",
    "قتيل",
    "الحكومة",
    "للحكومة",
    "في",
    "من",
    "وزارة",
    "تقرير",
    "drones",
    "attack",
    "attacks",
    "city",
    "report",
    "the",
    "flood",
    "2025",
    "F-16",
    "3,450",
];
/// Memory of rows that is enough for some segments of the archive, not for all.
const ROW_BYTES: usize = 8_000;
const PEOPLE: &[&str] = &["دونالد ترمب", "فلاديمير بوتين", "فولوديمير زيلينسكي", "العقيد سامر دلباني", "President Elias Vorkan"];
const PLACES: &[&str] = &["أوكرانيا", "كييف", "روسيا", "موسكو", "السويد", "بلدة سرفاد", "دمشق"];
const SOURCES: &[&str] = &["Meridian Wire", "صحيفة المدار", "Orvana Times"];

fn key(number: usize) -> ArticleKey {
    let mut key = [0; 16];
    key.copy_from_slice(&blake3::hash(&(number as u64).to_le_bytes()).as_bytes()[..16]);
    ArticleKey(key)
}

fn documents(random: &mut Random, n: usize) -> Vec<Document> {
    let mut maker = DocumentMaker::new();
    (0..n)
        .map(|number| {
            let mut body = String::new();
            for _ in 0..1 + random.below(4) {
                for _ in 0..3 + random.below(9) {
                    body.push_str(random.of::<&str>(WORDS));
                    body.push(' ');
                }
                match random.below(5) {
                    0 => body.push_str(&format!("قال {} ", random.of(PEOPLE))),
                    1 => body.push_str(&format!("قُتل {} شخصا في {} ", 1 + random.below(60), random.of(PLACES))),
                    2 => body.push_str(&format!("أسقطت الدفاعات {} طائرة مسيّرة في {} ", 1 + random.below(200), random.of(PLACES))),
                    3 => body.push_str(&format!("وصل {} إلى {} ", random.of(PEOPLE), random.of(PLACES))),
                    _ => {}
                }
                body.push_str(". ");
            }
            let day = format!("2025-{:02}-{:02}", 1 + random.below(6), 1 + random.below(28));
            let published = (random.below(8) > 0).then(|| read_date(&day, "test", &DateOptions::default()).unwrap());
            let title: Vec<&str> = (0..2 + random.below(3)).map(|_| *random.of(WORDS)).collect();
            let mut article = Article {
                key: key(number),
                source: (random.below(6) > 0).then(|| random.of(SOURCES).to_string()),
                url: None,
                guid: Some(number.to_string()),
                version: None,
                title: title.join(" "),
                body,
                language: if random.below(4) == 0 { LanguageCode::ENGLISH } else { LanguageCode::ARABIC },
                published,
                updated: None,
                authors: Vec::new(),
                section: None,
                tags: Vec::new(),
                status: Status::Usable,
                format: "jsonl",
                location: SourceLocation::default(),
                content_hash: [0; 32],
            };
            article.content_hash = article.hash_content();
            let mut document = maker.make(article);
            // Some articles join a story that another opened, which may come before or behind them.
            if number % 4 == 0 {
                document.story = key(number * 7_919 % n).opened_story();
            }
            document
        })
        .collect()
}

fn leaf(random: &mut Random) -> Query {
    match random.below(13) {
        0..=3 => Query::Word(random.of(WORDS).to_string()),
        4 => Query::Phrase { text: format!("{} {}", random.of(WORDS), random.of(WORDS)), slop: None },
        5 => Query::Prefix(random.of(&["هجو", "مسي", "att", "re", "20", "ال"]).to_string()),
        6 => Query::Field { field: FilterField::Place, value: random.of(&["أوكرانيا", "Kyiv", "سرفاد", "Russia", "لا مكان"]).to_string() },
        8 => near(random),
        9 => Query::Phrase { text: format!("{} {}", random.of(WORDS), random.of(WORDS)), slop: Some(random.below(6) as u32) },
        10 => {
            Query::Fuzzy { word: random.of(&["هجومم", "الهجوم", "attak", "repot", "مدينه"]).to_string(), distance: 1 + random.below(2) as u8 }
        }
        11 => Query::Exact(Box::new(match random.below(2) {
            0 => Query::Word(random.of(WORDS).to_string()),
            _ => Query::Phrase { text: format!("{} {}", random.of(WORDS), random.of(WORDS)), slop: None },
        })),
        7 => Query::Date { from: Some("2025-02".into()), to: (random.below(2) == 0).then(|| "2025-04-15".into()) },
        _ => Query::Count(count(random)),
    }
}

fn near(random: &mut Random) -> Query {
    let operand = |random: &mut Random| match random.below(6) {
        0 => Query::Phrase { text: format!("{} {}", random.of(WORDS), random.of(WORDS)), slop: None },
        1 => Query::Prefix(random.of(&["هجو", "مسي", "att"]).to_string()),
        2 => Query::or(vec![Query::Word(random.of(WORDS).to_string()), Query::Word(random.of(WORDS).to_string())]),
        _ => Query::Word(random.of(WORDS).to_string()),
    };
    let (left, right) = (Box::new(operand(random)), Box::new(operand(random)));
    Query::Near { left, right, distance: 1 + random.below(8) as u32, ordered: random.below(2) == 0 }
}

fn count(random: &mut Random) -> CountFilter {
    let (kind, class) = *random.of(&[("killed", None), ("killed", Some("person")), ("shot_down", Some("drone")), ("shot_down", None), ("wounded", None)]);
    let min = (random.below(3) > 0).then(|| random.below(80) as i64);
    let max = (random.below(3) == 0).then(|| min.unwrap_or(0) + random.below(60) as i64);
    let place = (random.below(3) == 0).then(|| random.of(&["أوكرانيا", "كييف", "دمشق"]).to_string());
    CountFilter { kind: kind.into(), class: class.map(str::to_string), min, max, place }
}

fn tree(random: &mut Random, depth: usize) -> Query {
    if depth == 0 || random.below(3) == 0 {
        return leaf(random);
    }
    let parts: Vec<Query> = (0..2 + random.below(2)).map(|_| tree(random, depth - 1)).collect();
    match random.below(4) {
        0 => Query::or(parts),
        1 => Query::Not(Box::new(parts.into_iter().next().unwrap())),
        _ => Query::and(parts),
    }
}

fn filters(random: &mut Random) -> Filters {
    let mut filters = Filters::default();
    if random.below(3) == 0 {
        let mode = *random.of(&[Mode::Any, Mode::Any, Mode::Not, Mode::All]);
        let values: Vec<String> = (0..1 + random.below(2)).map(|_| random.of(PLACES).to_string()).collect();
        filters.add(FilterField::Place, mode, &values);
    }
    if random.below(4) == 0 {
        filters.add(FilterField::Source, Mode::Any, &[random.of(SOURCES).to_string()]);
    }
    if random.below(4) == 0 {
        filters.add(FilterField::Person, Mode::Any, &[random.of(&["ترمب", "Q7747", "سامر دلباني"]).to_string()]);
    }
    if random.below(5) == 0 {
        filters.counts.push(count(random));
    }
    filters
}

/// What a person sees: the same hits, marks, copies and facets; and on disk, scores that are the sum of their parts.
fn whole_answers(disk: &TantivyEngine, memory: &MemoryEngine, request: &mut SearchRequest, told: &str) {
    request.limit = 5;
    request.sort = Sort::Newest;
    request.facets = ["person", "place", "count", "month"].iter().map(|name| FacetRequest::parse(name, 5).unwrap()).collect();
    let (a, b) = (answer::search(disk, request).unwrap(), answer::search(memory, request).unwrap());
    let shown = |response: &SearchResponse| {
        let hit = |hit: &Hit| (hit.article.key, hit.copies, hit.title_marks.clone(), hit.snippets.clone(), hit.counts.clone());
        (response.articles, response.stories, response.hits.iter().map(hit).collect::<Vec<_>>(), response.facets.clone(), response.query.clone())
    };
    assert_eq!(shown(&a), shown(&b), "{told}");
    // Words that need not all be there have relatives; being new may count beside them.
    request.sort = if request.match_mode == MatchMode::Any { Sort::Recent(30) } else { Sort::Relevance };
    let mut pages = answer::search(disk, request).unwrap();
    let mut seen: Vec<ArticleKey> = Vec::new();
    let mut last = f32::MAX;
    loop {
        for hit in &pages.hits {
            assert!(!seen.contains(&hit.article.key), "{told}: {:?} twice", hit.article.key);
            assert!(hit.score <= last, "{told}: {} behind {last}", hit.score);
            last = hit.score;
            seen.push(hit.article.key);
            let explained = answer::explain(disk, request, &hit.article.key.text()).unwrap().unwrap();
            assert!((explained.score - f64::from(hit.score)).abs() < 1e-3, "{told}: {} is not {:?}", hit.score, explained.parts);
        }
        let Some(cursor) = pages.cursor.filter(|_| seen.len() < 100) else { break };
        pages = answer::search(disk, &SearchRequest { cursor: Some(cursor), ..request.clone() }).unwrap();
    }
    assert!(seen.len() as u64 == a.stories || seen.len() >= 100, "{told}");
}

fn wants() -> Vec<Want> {
    let keywords = |fields| Want { column: Column::Keywords(fields), limit: 5 };
    vec![
        keywords(&["people"]),
        keywords(&["orgs"]),
        keywords(&["place_l1", "place_l2", "place_l3"]),
        keywords(&["source"]),
        keywords(&["lang"]),
        keywords(&["count_kinds"]),
        Want { column: Column::Month, limit: 50 },
        Want { column: Column::Year, limit: 50 },
    ]
}

#[test]
fn both_engines_agree() {
    const REQUESTS: usize = 1_200;
    const SEED: u64 = 20_261_123;
    const REPLACED: u64 = 4;
    let mut random = Random(SEED);
    let documents = documents(&mut random, 400);
    let folder = tempfile::tempdir().unwrap();
    let mut memory = MemoryEngine::new();
    let mut writer = TantivyWriter::open(folder.path(), 2).unwrap();
    for (number, document) in documents.iter().enumerate() {
        writer.put(document.clone(), false).unwrap();
        memory.put(document.clone(), false).unwrap();
        // Several segments, and some documents replaced.
        if number % 97 == 96 {
            let mut again = documents[number / 2].clone();
            again.people.push("x:per:again".to_string());
            writer.put(again.clone(), true).unwrap();
            memory.put(again, true).unwrap();
            writer.commit("{}").unwrap();
        }
    }
    writer.commit("{\"seq\":9}").unwrap();
    drop(writer);
    let disk = TantivyEngine::open(folder.path()).unwrap();
    assert_eq!(disk.payload(), Some("{\"seq\":9}"));
    let key_of = |engine: &dyn Engine| -> HashMap<DocumentId, String> {
        engine.matching(&Clause::All).unwrap().into_iter().map(|id| (id, engine.load(id).unwrap().key.text())).collect()
    };
    let (on_disk, in_memory) = (key_of(&disk), key_of(&memory));
    let keys = |known: &HashMap<DocumentId, String>, ids: Vec<DocumentId>| -> Vec<String> { ids.into_iter().map(|id| known[&id].clone()).collect() };
    let some_stories: Vec<u64> = documents.iter().take(5).map(|document| document.story).collect();
    let mut non_empty = 0;
    for number in 0..REQUESTS {
        // Facets are summed by name at first; then by global ordinals, from rows for some segments, from columns for the others.
        if number == REQUESTS / 2 {
            disk.warm_within(ROW_BYTES).unwrap();
        }
        let mut request = SearchRequest::new("").unwrap();
        request.query = tree(&mut random, 2);
        request.filters = filters(&mut random);
        request.exact = random.below(12) == 0;
        let mode = if random.below(4) == 0 { MatchMode::Any } else { MatchMode::All };
        request.match_mode = mode;
        let plan = Plan::of(&request, mode, &Ranking::default()).unwrap();
        let clause = plan.clause();
        let told = format!("request {number}, seed {SEED}: {} ({mode:?})\n{clause:?}", request.read());
        let statistics = disk.statistics(&clause.stream_terms()).unwrap();
        // What was replaced counts until its segment is merged.
        for (term, expected) in memory.statistics(&clause.stream_terms()).unwrap().frequencies {
            let found = statistics.frequencies[&term];
            assert!((expected..=expected + REPLACED).contains(&found), "{term:?}: {found}, not {expected}; {told}");
        }
        let scoring = Scoring { ranking: Ranking::default(), statistics };
        let (a, b) = (disk.matching(&clause).unwrap(), memory.matching(&clause).unwrap());
        non_empty += usize::from(!b.is_empty());
        assert_eq!(keys(&on_disk, a), keys(&in_memory, b), "{told}");
        assert_eq!(disk.tally(&clause, &wants(), &some_stories).unwrap(), memory.tally(&clause, &wants(), &some_stories).unwrap(), "{told}");
        for order in [Order::Newest, Order::Oldest, Order::Count("killed".into()), Order::Count("shot_down.drone".into())] {
            let pages = |engine: &dyn Engine, known: &HashMap<DocumentId, String>| {
                let first = engine.rank(&clause, &order, 7, None, &scoring).unwrap();
                let after = first.last().map(|last| last.place);
                let second = after.map(|after| engine.rank(&clause, &order, 7, Some(&after), &scoring).unwrap()).unwrap_or_default();
                first.into_iter().chain(second).map(|ranked| (known[&ranked.id].clone(), ranked.place, ranked.story)).collect::<Vec<_>>()
            };
            assert_eq!(pages(&disk, &on_disk), pages(&memory, &in_memory), "{order:?} {told}");
        }
        // By score the order is each engine's own; page and cursor must still cover the same articles once.
        let mut scored: Vec<DocumentId> = Vec::new();
        let mut after = None;
        loop {
            let page = disk.rank(&clause, &Order::Score, 50, after.as_ref(), &scoring).unwrap();
            after = page.last().map(|last| last.place);
            scored.extend(page.iter().map(|ranked| ranked.id));
            if page.len() < 50 {
                break;
            }
        }
        scored.sort();
        let mut all = disk.matching(&clause).unwrap();
        all.sort();
        assert_eq!(scored, all, "{told}");
        if number % 12 == 0 {
            whole_answers(&disk, &memory, &mut request, &told);
        }
        let mut values: Vec<_> = disk.moments(&clause, Some("killed")).unwrap().into_iter().map(|moment| (moment.local, moment.story, moment.value)).collect();
        let mut expected: Vec<_> =
            memory.moments(&clause, Some("killed")).unwrap().into_iter().map(|moment| (moment.local, moment.story, moment.value)).collect();
        values.sort();
        expected.sort();
        assert_eq!(values, expected, "{told}");
    }
    for entity in documents.iter().flat_map(|document| &document.record.entities).filter(|entity| !entity.name.is_empty()) {
        assert_eq!(disk.name_of(&entity.id).unwrap(), memory.name_of(&entity.id).unwrap(), "{entity:?}");
    }
    assert!(non_empty * 3 > REQUESTS, "only {non_empty} of {REQUESTS} requests found anything");
}
