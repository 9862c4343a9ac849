//! What users of other systems ask for in vain, each wish about search a test: wishes 8 to 19 of the product's list.
//!
//! The archive is a handful of invented notices; each test says in its name which wish it holds to.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::support::{json as parsed, run, run_with};

/// Guid, language, title, body.
const ARTICLES: &[(&str, &str, &str, &str)] = &[
    ("patience", "ar", "ندوة في سرفاد", "تحدث نادر الدرعان بالصبر عن بناء المدرسة، ثم وقف للحاضرين شاكرا."),
    ("kyiv", "ar", "وفد يصل", "وصل الوفد وبكييف استقبلته اللجنة، ثم عاد إلى أورفانا مساء."),
    ("school", "ar", "افتتاح مدرسة", "افتتحت في البلدة مَدْرَسَةٌ جديدة، وقال مسؤول إن العمل اكتمل فى ١٢ شهرا."),
    ("teacher", "ar", "مدرسه", "كرمت البلدة مدرسه القديم في حفل صغير على الشاطئ."),
    ("hamza", "ar", "إعلان", "أعلن أحمد الدرعان عن مســابقة للأطفال في القاهرة."),
    ("bridge", "ar", "الجسر القديم", "أغلقت اللجنة الجسر القديم فوق نهر دالين ثلاثة أيام لإصلاحه."),
    ("hindi", "hi", "सम्मेलन", "वक्ता मोदी ने सम्मेलन में भाषण दिया और सभी का धन्यवाद किया।"),
    ("water", "zh", "通知", "城市缺水。水源在山上。"),
    ("flood", "en", "Flood closes the road", "A flood closed the road to Dalin. The old bridge over the river held, said Mira Castell."),
    ("harbour", "en", "Harbour reopens", "The harbour of Rastava reopened. The mayor thanked the engineers and closed the meeting."),
    ("ferry", "en", "Ferry delayed", "The ferry to Rastava was delayed by fog, said Mira Castell, who runs the line from London."),
    ("paris", "en", "Fair opens", "A book fair opened in Paris. Publishers from Lebanon and Egypt came."),
    ("french", "fr", "Le marché", "Le marché de la ville a ouvert ce matin avec une heure de retard."),
];

fn archive() -> &'static Path {
    static INDEX: OnceLock<tempfile::TempDir> = OnceLock::new();
    INDEX
        .get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let lines: Vec<String> = ARTICLES
                .iter()
                .enumerate()
                .map(|(day, (guid, lang, title, body))| {
                    json!({"guid": guid, "lang": lang, "title": title, "body": body, "source": "Test Wire", "published": format!("2025-05-{:02}", day + 1)})
                        .to_string()
                })
                .collect();
            let run = run_with(folder.path(), &["ingest", "-"], lines.join("\n").as_bytes());
            assert_eq!(run.code, 0, "{}", run.stderr);
            folder
        })
        .path()
}

fn answer(arguments: &[&str]) -> Value {
    let mut all = vec!["query", "--json", "-n", "50"];
    all.extend(arguments);
    let run = run(archive(), &all);
    assert!(run.code <= 1, "{arguments:?}: {}", run.stderr);
    parsed(&run.stdout)
}

/// Guids of what is found.
fn found(arguments: &[&str]) -> BTreeSet<&'static str> {
    let answer = answer(arguments);
    let titles: Vec<&str> = answer["hits"].as_array().unwrap().iter().map(|hit| hit["title"].as_str().unwrap()).collect();
    assert_eq!(answer["total"]["articles"], titles.len(), "{arguments:?}: the number is that of the hits");
    ARTICLES.iter().filter(|(_, _, title, _)| titles.contains(title)).map(|(guid, ..)| *guid).collect()
}

fn set<const N: usize>(guids: [&'static str; N]) -> BTreeSet<&'static str> {
    BTreeSet::from(guids)
}

/// The words a query marks in the snippets of its first hit.
fn marked(arguments: &[&str]) -> Vec<String> {
    let answer = answer(arguments);
    let snippets = answer["hits"][0]["snippets"].as_array().unwrap().clone();
    let of_snippet = |snippet: &Value| -> Vec<String> {
        let letters: Vec<char> = snippet["text"].as_str().unwrap().chars().collect();
        let at = |mark: &Value, end: usize| mark[end].as_u64().unwrap() as usize;
        snippet["marks"].as_array().unwrap().iter().map(|mark| letters[at(mark, 0)..at(mark, 1)].iter().collect()).collect()
    };
    snippets.iter().flat_map(of_snippet).collect()
}

#[test]
fn wish_08_arabic_is_found_and_distance_works_in_it() {
    assert_eq!(found(&["الجسر"]), set(["bridge"]));
    assert_eq!(found(&["\"الجسر دالين\"~3"]), set(["bridge"]));
    assert_eq!(found(&["الجسر w/4 دالين"]), set(["bridge"]));
    assert_eq!(found(&["دالين pre/4 الجسر"]), set([]));
}

#[test]
fn wish_09_attached_prefixes_hide_no_word() {
    assert_eq!(found(&["كييف"]), set(["kyiv"]));
    assert_eq!(marked(&["كييف"]), ["وبكييف"], "the whole written word is marked");
}

#[test]
fn wish_10_proclitics_hamza_near_operators_and_switches() {
    assert_eq!(found(&["الصبر"]), set(["patience"]));
    assert_eq!(found(&["احمد"]), set(["hamza"]));
    assert_eq!(found(&["exact:احمد"]), set([]), "as written it stands nowhere");
    assert_eq!(found(&["exact:أحمد"]), set(["hamza"]));
    assert_eq!(found(&["الجسر أو الصبر"]), set(["bridge", "patience"]));
    assert_eq!(found(&["البلدة ليس مسؤول"]), set(["teacher"]));
}

#[test]
fn wish_11_every_spelling_finds_and_ta_marbuta_is_a_switch() {
    for spelling in ["مدرسة", "مدرسه", "مَدْرَسَة", "مـدرسة", "المدرسة"] {
        let found = found(&[spelling]);
        assert!(found.is_superset(&set(["school", "teacher"])), "{spelling}: {found:?}");
    }
    assert_eq!(found(&["--exact", "مدرسه"]), set(["teacher"]));
    assert_eq!(found(&["12 شهرا"]), set(["school"]), "both sets of digits");
    assert_eq!(found(&["في ١٢"]), set(["school"]), "alef maqsura for ya");
    assert_eq!(found(&["مسابقة"]), set(["hamza"]), "tatweel");
}

#[test]
fn wish_12_numbers_and_brackets_stay_where_they_belong() {
    let run = run(archive(), &["query", "الجسر", "--format", "text", "--bidi", "isolate", "--width", "80"]);
    let title = run.stdout.lines().find(|line| line.contains("القديم")).unwrap();
    assert!(title.contains('\u{2068}') && title.trim_end().ends_with('\u{2069}'), "{title:?}: Arabic stands in an isolate of its own");
    let digits = run.stdout.lines().find(|line| line.contains("2025-05-06")).unwrap();
    assert!(!digits.contains('\u{2068}'), "{digits:?}");
    // Right-to-left, wildcard and quotation marks together.
    assert_eq!(found(&["«الجسر القديم» دال*"]), set(["bridge"]));
}

#[test]
fn wish_13_a_name_is_its_bearer_in_the_language_of_the_reader() {
    let label = |language: &str| {
        let run = run(archive(), &["facet", "place", "--json", "--ui-lang", language]);
        let values = parsed(&run.stdout)["values"].as_array().unwrap().clone();
        let kyiv = values.iter().find(|value| value["value"] == "fh:loc:kyiv" || value["label"] == "Kyiv" || value["label"] == "كييف");
        kyiv.unwrap_or_else(|| panic!("{values:?}"))["label"].as_str().unwrap().to_string()
    };
    assert_eq!((label("ar").as_str(), label("en").as_str()), ("كييف", "Kyiv"));
    // The question names the entity it took.
    let answer = answer(&["place:Kyiv"]);
    assert_eq!(answer["total"]["articles"], 1);
    assert_eq!(answer["query"]["entities"].as_array().unwrap().len(), 1, "{}", answer["query"]);
}

#[test]
fn wish_14_a_pasted_word_of_another_script_finds() {
    assert_eq!(found(&["मोदी"]), set(["hindi"]));
    // Scripts without spaces: a pair, a sentence's part, a character alone wherever it stands.
    for part in ["缺水", "城市缺水", "水源", "水", "上", "\"缺水 水源\""] {
        assert_eq!(found(&[part]), set(["water"]), "{part}");
    }
    assert_eq!(found(&["水市"]), set([]), "characters of a pair are not asked for one by one");
}

#[test]
fn wish_15_values_are_left_out_and_one_choice_empties_no_facet() {
    assert_eq!(found(&["closed", "--not-place", "London"]), found(&["closed"]));
    assert_eq!(found(&["Rastava", "--not-place", "London"]), set(["harbour"]));
    // One language chosen, another left out.
    assert_eq!(found(&["--lang", "en", "--not-lang", "fr", "ferry"]), set(["ferry"]));
    let answer = answer(&["--lang", "en", "--facets", "lang,place"]);
    let values = |index: usize| answer["facets"][index]["values"].as_array().unwrap().len();
    assert!(values(0) >= 4, "the facet of the choice keeps the other languages: {}", answer["facets"][0]);
    assert!(values(1) >= 3, "the other facets are not emptied: {}", answer["facets"][1]);
    // A search inside the values.
    let run = run(archive(), &["facet", "place", "--prefix", "Leb", "--json"]);
    assert!(run.stdout.contains("Lebanon") && !run.stdout.contains("Paris"), "{}", run.stdout);
}

#[test]
fn wish_16_exact_is_exact_or_is_any_and_beginnings_find() {
    assert_eq!(found(&["exact:close"]), set([]));
    assert_eq!(found(&["exact:closed"]), set(["flood", "harbour"]));
    assert_eq!(found(&["fog OR fair OR heure OR सम्मेलन"]), set(["ferry", "paris", "french", "hindi"]));
    assert_eq!(found(&["Cast*"]), set(["flood", "ferry"]));
    assert!(!answer(&["Castell"])["hits"][0]["snippets"].as_array().unwrap().is_empty());
}

#[test]
fn wish_17_all_words_are_meant() {
    assert_eq!(found(&["closed road"]), set(["flood"]));
    assert_eq!(found(&["closed mayor"]), set(["harbour"]));
    assert_eq!(found(&["mayor ferry"]), set([]));
}

#[test]
fn wish_18_numbers_are_right_and_marks_are_in_the_article() {
    // `found` compares the total with the hits for every question of this file; here with wildcard and distance.
    assert_eq!(found(&["clos* w/6 road"]), set(["flood"]));
    assert_eq!(marked(&["bridg*"]), ["bridge"]);
    for question in ["closed", "الجسر", "\"old bridge\"", "clos*"] {
        let answer = answer(&[question]);
        for hit in answer["hits"].as_array().unwrap() {
            let (_, _, _, body) = ARTICLES.iter().find(|(_, _, title, _)| hit["title"] == *title).unwrap();
            for snippet in hit["snippets"].as_array().unwrap() {
                let start = snippet["start"].as_u64().unwrap() as usize;
                let end = snippet["end"].as_u64().unwrap() as usize;
                let in_article: String = body.chars().skip(start).take(end - start).collect();
                assert_eq!(snippet["text"], in_article.as_str(), "{question}");
            }
        }
    }
}

#[test]
fn wish_19_any_quotation_marks_clear_errors_and_a_batch_goes_on() {
    for question in ["\"old bridge\"", "“old bridge”", "«old bridge»", "„old bridge“"] {
        assert_eq!(found(&[question]), set(["flood"]), "{question}");
    }
    for lone in ["\"", "^", "~", "[", "!", "(", "*)"] {
        let run = run(archive(), &["query", lone]);
        assert_eq!(run.code, 2, "{lone:?}: {}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains('^') && run.stderr.starts_with("error: "), "{lone:?}: {}", run.stderr);
    }
    let run = run_with(archive(), &["batch", "--match", "all", "-"], "a\tclosed\nb\t\"closed\nc\tmayor\n".as_bytes());
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stdout.contains("a Q0") && run.stdout.contains("c Q0") && run.stderr.contains("<stdin>:2: "), "{}{}", run.stdout, run.stderr);
}
