//! The program itself on the sample archive: answers, forms, exit codes, messages.

use std::collections::HashMap;

use crate::support::{Run, json, run, run_with, sample_index};

fn ask(arguments: &[&str]) -> Run {
    run(sample_index(), arguments)
}

#[test]
fn questions_find_their_articles() {
    let rows: &[(&[&str], i32)] = &[
        (&["query", "مسيرات أورفانا"], 0),
        (&["query", "مسيّراتٍ"], 0),
        (&["query", "drones OR flood"], 0),
        (&["query", "\"relief planes\" OR flood -drones"], 0),
        (&["query", "place:سرفاد"], 0),
        (&["query", "شخص:\"إلياس فوركان\""], 0),
        (&["query", "count:killed>=12"], 0),
        (&["query", "عدد:قتلى>=١٢"], 0),
        (&["query", "date:2025-03..2025-04"], 0),
        (&["query", "--place", "Geneva"], 0),
        (&["query", "--count", "launched.drone>=100", "--since", "2025-03"], 0),
        (&["query", "zzzzzz"], 1),
        (&["query", "--source", "nobody"], 1),
        (&["query", "place:(كييف"], 2),
        (&["query", "--sort", "best"], 2),
        (&["query", "--facets", "colour"], 2),
        (&["query", "a~1"], 2),
        (&["show", "zzzz9999"], 1),
        (&["facet", "person"], 0),
        (&["timeline", "--by", "week"], 0),
        (&["counts", "--kind", "killed"], 0),
        (&["nonsense"], 2),
    ];
    for (arguments, code) in rows {
        let found = ask(arguments);
        assert_eq!(found.code, *code, "{arguments:?}: {}{}", found.stdout, found.stderr);
    }
}

#[test]
fn errors_point_at_the_place() {
    let error = ask(&["query", "place:(Kyiv"]);
    assert_eq!(
        error.stderr,
        "error: unclosed parenthesis at character 7 of the query\n  place:(Kyiv\n        ^ opened here\nhint: add `)` at the end, or quote the text: place:\"Kyiv\"\n"
    );
    assert_eq!(error.stdout, "");
    let error = ask(&["query", "--json", "count:drones>=200"]);
    let error = json(&error.stderr);
    assert_eq!(error["error"]["code"], "unknown_kind");
    assert_eq!((error["error"]["start"].as_u64(), error["error"]["end"].as_u64()), (Some(6), Some(12)));
}

#[test]
fn every_form_of_a_list() {
    let plain = ask(&["query", "flood", "-n", "3"]);
    assert!(plain.stdout.lines().all(|line| line.split('\t').count() == 4), "{}", plain.stdout);
    assert_eq!(plain.stderr, "read as: flood\n");
    let csv = ask(&["query", "flood", "--csv", "--bom", "-n", "2"]);
    assert!(csv.stdout.starts_with("\u{FEFF}id,story,published,source,lang,title,url,score,snippet\n"), "{}", csv.stdout);
    let ids = ask(&["query", "flood", "--format", "ids", "-n", "2", "-0"]);
    assert_eq!(ids.stdout.matches('\0').count(), 2);
    let jsonl = ask(&["query", "flood", "--format", "jsonl", "--fields", "id,title", "-n", "1"]);
    let hit = json(jsonl.stdout.trim());
    assert_eq!(hit.as_object().unwrap().keys().collect::<Vec<_>>(), ["v", "id", "title"]);
    let text = ask(&["query", "flood", "--format", "text", "-n", "1"]);
    assert!(text.stdout.contains("read as: flood") && text.stdout.contains('«'), "{}", text.stdout);
}

#[test]
fn pages_go_on_without_doubles() {
    let all = json(&ask(&["query", "--json", "-n", "200"]).stdout);
    let total = all["hits"].as_array().unwrap().len();
    let mut ids = std::collections::BTreeSet::new();
    let mut cursor: Option<String> = None;
    let mut pages = 0;
    loop {
        let mut arguments = vec!["query", "--json", "-n", "7"];
        if let Some(cursor) = &cursor {
            arguments.extend(["--cursor", cursor.as_str()]);
        }
        let page = json(&ask(&arguments).stdout);
        for hit in page["hits"].as_array().unwrap() {
            assert!(ids.insert(hit["story"].to_string()), "{} is there twice", hit["id"]);
        }
        pages += 1;
        match page["cursor"].as_str() {
            Some(next) => cursor = Some(next.to_string()),
            None => break,
        }
    }
    assert_eq!((ids.len(), pages), (total, total.div_ceil(7)));
    let foreign = ask(&["query", "other", "--cursor", cursor.as_deref().unwrap()]);
    assert_eq!(foreign.code, 2, "{}", foreign.stderr);
}

#[test]
fn copies_are_one_story() {
    let grouped = json(&ask(&["query", "أورفانا", "--json", "-n", "100"]).stdout);
    let single = json(&ask(&["query", "أورفانا", "--json", "-n", "100", "--group", "none"]).stdout);
    let hits = |answer: &serde_json::Value| answer["hits"].as_array().unwrap().clone();
    assert!(hits(&grouped).len() < hits(&single).len());
    let copies: u64 = hits(&grouped).iter().map(|hit| hit["copies"].as_u64().unwrap()).sum();
    assert_eq!(hits(&grouped).len() as u64 + copies, single["total"]["articles"].as_u64().unwrap());
}

#[test]
fn facets_ignore_their_own_choice() {
    let free = json(&ask(&["query", "--json", "--facets", "lang"]).stdout);
    let chosen = json(&ask(&["query", "--json", "--facets", "lang,source", "--lang", "en"]).stdout);
    let values = |answer: &serde_json::Value| {
        answer["facets"][0]["values"].as_array().unwrap().iter().map(|value| (value["value"].to_string(), value["count"].as_u64().unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(values(&free), values(&chosen));
    assert_eq!(chosen["total"]["articles"], 24);
    let sources: u64 = chosen["facets"][1]["values"].as_array().unwrap().iter().map(|value| value["count"].as_u64().unwrap()).sum();
    assert_eq!(sources, 24);
}

#[test]
fn marks_are_where_they_say() {
    let answer = json(&ask(&["query", "مسيرات", "--json", "-n", "20"]).stdout);
    let mut n_marks = 0;
    for hit in answer["hits"].as_array().unwrap() {
        let article = json(ask(&["show", hit["id"].as_str().unwrap(), "--json"]).stdout.trim());
        let body: Vec<char> = article["body"].as_str().unwrap().chars().collect();
        for snippet in hit["snippets"].as_array().unwrap() {
            let (start, end) = (snippet["start"].as_u64().unwrap() as usize, snippet["end"].as_u64().unwrap() as usize);
            let text: String = body[start..end].iter().collect();
            assert_eq!(text.replace('\n', " "), snippet["text"].as_str().unwrap());
            let letters: Vec<char> = snippet["text"].as_str().unwrap().chars().collect();
            for mark in snippet["marks"].as_array().unwrap() {
                let marked: String = letters[mark[0].as_u64().unwrap() as usize..mark[1].as_u64().unwrap() as usize].iter().collect();
                assert!(fihris::analysis::fold(&marked).contains("مسير"), "{marked}");
                n_marks += 1;
            }
        }
    }
    assert!(n_marks > 5);
}

#[test]
fn extract_answers_lines() {
    let folder = tempfile::tempdir().unwrap();
    let input = "{\"id\":\"t1\",\"body\":\"قُتل 12 شخصا في دمشق أمس. وقال ترمب: «سنوقف الحرب قريبا جدا»\"}\nnot json\n";
    let run = run_with(folder.path(), &["extract", "-"], input.as_bytes());
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("<stdin>:2: expected an article"), "{}", run.stderr);
    let record = json(run.stdout.trim());
    assert_eq!(record["mentions"][0]["text"], "دمشق");
    assert_eq!((record["mentions"][0]["start"].as_u64(), record["mentions"][0]["end"].as_u64()), (Some(16), Some(20)));
    assert_eq!((record["counts"][0]["kind"].as_str(), record["counts"][0]["value"].as_i64()), (Some("killed"), Some(12)));
    assert_eq!(record["mentions"][1]["entity"], "Q22686");
    let only = crate::support::run_with(folder.path(), &["extract", "-", "--only", "place"], "قُتل 12 شخصا وأصيب 30 في دمشق".as_bytes());
    let record = json(only.stdout.trim());
    assert_eq!(record.as_object().unwrap().keys().collect::<Vec<_>>(), ["v", "id", "lang", "mentions"]);
    assert_eq!((record["mentions"][0]["start"].as_u64(), record["mentions"][0]["end"].as_u64()), (Some(25), Some(29)));
    let bytes = crate::support::run_with(folder.path(), &["extract", "-", "--offsets", "byte"], "في دمشق".as_bytes());
    assert_eq!(json(bytes.stdout.trim())["mentions"][0]["start"], 5);
}

#[test]
fn tokens_answer_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let input = "{\"tokens\":[\"وصل\",\"بوتين\",\"إلى\",\"موسكو\"]}\n{\"tokens\":[\"قال\",\"العقيد\",\"سامر\",\"دلباني\"],\"doc\":\"a\"}\n{\"tokens\":[\"وأضاف\",\"دلباني\"],\"doc\":\"a\"}\n{\"tokens\":[]}\n";
    let run = run_with(folder.path(), &["extract", "--tokens", "-"], input.as_bytes());
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines, ["{\"ents\":[[1,2,\"PER\"],[3,4,\"LOC\"]]}", "{\"ents\":[[2,4,\"PER\"]]}", "{\"ents\":[[1,2,\"PER\"]]}", "{\"ents\":[]}"]);
}

#[test]
fn batches_go_on_after_bad_questions() {
    let questions = "T1\tflood toll\nT2\t\"unclosed\nT3\tzzzzzz\n";
    let run = run_with(sample_index(), &["batch", "-", "-n", "3"], questions.as_bytes());
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("<stdin>:2: unclosed quotation mark at character 1 of the question; add the closing mark"), "{}", run.stderr);
    assert!(run.stderr.contains("3 questions: 1 answered · 1 found nothing · 1 could not be read"), "{}", run.stderr);
    for (rank, line) in run.stdout.lines().enumerate() {
        let columns: Vec<&str> = line.split(' ').collect();
        assert_eq!((columns[0], columns[1], columns[3], columns[5]), ("T1", "Q0", (rank + 1).to_string().as_str(), "fihris"), "{line}");
    }
    let any = run_with(
        sample_index(),
        &["batch", "-", "--match", "any", "--docid", "guid", "--format", "jsonl"],
        "Q\tWhat was the (final) toll of the flood?\n".as_bytes(),
    );
    assert!(any.code == 0 && json(any.stdout.lines().next().unwrap())["id"].as_str().unwrap().contains("-2025"), "{}{}", any.stdout, any.stderr);
}

#[test]
fn exports_are_whole() {
    let articles = ask(&["export", "--quiet"]);
    assert_eq!(articles.stdout.lines().count(), 70);
    let counts = ask(&["export", "--as", "counts", "--format", "csv", "--quiet", "--lang", "ar"]);
    assert!(counts.stdout.lines().count() > 100);
    let mentions = ask(&["export", "place:أورفانا", "--as", "mentions", "--quiet"]);
    let first = json(mentions.stdout.lines().next().unwrap());
    assert_eq!(first["v"], 1);
    assert!(["person", "place", "org"].contains(&first["type"].as_str().unwrap()));
}

#[test]
fn the_demo_runs() {
    let folder = tempfile::tempdir().unwrap();
    let demo = run(folder.path(), &["demo"]);
    assert_eq!(demo.code, 0, "{}", demo.stderr);
    for piece in [
        "Built a sample archive of 70 invented articles",
        "> fihris query 'مسيرات أورفانا'",
        "> fihris counts flood",
        "> fihris timeline --of count:killed --by week",
        "People",
        "Places",
    ] {
        assert!(demo.stdout.contains(piece), "no {piece:?} in\n{}", demo.stdout);
    }
}

#[test]
fn documents_of_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let script = run(folder.path(), &["completions", "bash"]);
    assert!(script.code == 0 && script.stdout.contains("_fihris"));
    let pages = folder.path().join("man");
    assert_eq!(run(folder.path(), &["man", pages.to_str().unwrap()]).code, 0);
    assert!(pages.join("fihris-query.1").exists());
}

#[test]
fn explanations_sum_to_the_score() {
    let hits = json(&ask(&["query", "flood Numera", "--json"]).stdout);
    let hit = &hits["hits"][0];
    let explained = json(&ask(&["explain", hit["id"].as_str().unwrap(), "flood Numera", "--json"]).stdout);
    let parts: f64 = explained["parts"].as_array().unwrap().iter().map(|part| part["score"].as_f64().unwrap()).sum();
    let score = hit["score"].as_f64().unwrap();
    assert!((parts - score).abs() < 1e-3 && (explained["score"].as_f64().unwrap() - score).abs() < 1e-3, "{explained}");
    assert_eq!(ask(&["explain", hit["id"].as_str().unwrap(), "zzzzzz"]).code, 1);
}

#[test]
fn nothing_found_is_told_and_no_hits_may_be_wanted() {
    for arguments in [&["query", "zzqzz"][..], &["timeline", "zzqzz"], &["counts", "zzqzz"], &["facet", "place", "zzqzz"]] {
        let run = ask(arguments);
        assert_eq!((run.code, run.stderr.contains("nothing found")), (1, true), "{arguments:?}: {}", run.stderr);
    }
    let run = ask(&["query", "flood", "-n", "0", "--facets", "place", "--json"]);
    let answer = json(&run.stdout);
    assert_eq!((run.code, answer["hits"].as_array().map(Vec::len), answer["cursor"].is_null()), (0, Some(0), true), "{answer}");
    assert!(answer["total"]["articles"].as_u64().unwrap() > 0 && !answer["facets"].as_array().unwrap().is_empty(), "{answer}");
    // Where a line is a hit, the total is told beside.
    let run = ask(&["query", "flood", "-n", "0"]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", "read as: flood\n9 stories (9 articles)\n"));
}

#[test]
fn relatives_names_and_dates_add_and_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let articles = [
        ("old", "2024-03-01", "جريدة الأفق تصل إلى أنقرة", "وصلت أعداد جريدة الأفق إلى المكتبات في أنقرة."),
        ("new", "2024-03-31", "جريدة الأفق تصل إلى مرسين", "وصلت أعداد جريدة الأفق إلى المكتبات في مرسين."),
    ];
    let lines = articles.map(|(guid, date, title, body)| serde_json::json!({"guid": guid, "date": date, "title": title, "text": body}).to_string());
    let index = folder.path().join("index");
    assert_eq!(run_with(&index, &["ingest", "-"], lines.join("\n").as_bytes()).code, 0);
    let parts = |question: &str, sort: &str| {
        let args = ["--match", "any", "--sort", sort, "--group", "none"];
        let found = json(&run(&index, &[&["query", question, "--json"], &args[..]].concat()).stdout);
        let told = found["hits"].as_array().unwrap().iter().map(|hit| {
            let id = hit["id"].as_str().unwrap();
            let explained = json(&run(&index, &[&["explain", id, question, "--json"], &args[..4]].concat()).stdout);
            let parts = explained["parts"].as_array().unwrap().clone();
            let sum: f64 = parts.iter().map(|part| part["score"].as_f64().unwrap()).sum();
            assert!((sum - hit["score"].as_f64().unwrap()).abs() < 1e-3, "{explained}");
            parts.into_iter().map(|part| (part["how"].as_str().unwrap().to_string(), part["score"].as_f64().unwrap())).collect::<HashMap<_, _>>()
        });
        told.collect::<Vec<_>>()
    };
    // Another word for it, and a place in another script.
    let hits = parts("صحيفة الأفق Ankara", "relevance");
    assert!(hits.iter().all(|parts| parts.contains_key("related")) && hits[0].contains_key("entity") && !hits[1].contains_key("entity"), "{hits:?}");
    assert!(!hits[0].contains_key("recency"));
    // Thirty days are worth half.
    let hits = parts("صحيفة الأفق", "relevance:30");
    assert!((hits[0]["recency"] - 2.0 * hits[1]["recency"]).abs() < 1e-3, "{hits:?}");
    assert_eq!(run(&index, &["query", "الأفق", "--sort", "relevance:0"]).code, 2);
}

#[test]
fn words_by_their_places_and_as_written() {
    let total = |arguments: &[&str]| json(&ask(&[&["query", "--json"], arguments].concat()).stdout)["total"]["articles"].as_u64().unwrap();
    let both = total(&["مسيرات أورفانا"]);
    let near = total(&["أورفانا w/8 كارستان"]);
    assert!(both > 0 && near > 0 && near >= total(&["أورفانا pre/8 كارستان"]));
    assert!(total(&["exact:المسيّرة"]) > 0);
    assert!(total(&["exact:المسيّرة"]) < total(&["المسيرة"]), "the folded word finds more than the one as written");
    assert_eq!(total(&["--exact", "المسيرَة"]), 0);
    assert!(total(&["floood~1"]) > 0);
    assert!(total(&["title:flo*"]) > 0);
}

#[test]
fn other_spellings_are_offered_and_never_asked() {
    let answer = ask(&["query", "floodd", "--json"]);
    assert_eq!(answer.code, 1, "{}", answer.stdout);
    let answer = json(&answer.stdout);
    assert_eq!(answer["query"]["did_you_mean"][0]["instead"], "flood");
    // Names too, in the language of the reader.
    let answer = json(&ask(&["query", "place:Genevva", "--json", "--ui-lang", "ar"]).stdout);
    assert_eq!((&answer["query"]["did_you_mean"][0]["word"], &answer["query"]["did_you_mean"][0]["instead"]), (&"Genevva".into(), &"جنيف".into()));
    assert_eq!(answer["total"]["articles"], 0);
}

/// A question is kept, finds what is new once, and is forgotten.
#[test]
fn questions_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    let put = |name: &str, text: &str| {
        let file = folder.path().join(format!("{name}.txt"));
        std::fs::write(&file, format!("Harvest of {name}\n\n{text}\n")).unwrap();
        assert_eq!(run(&index, &["ingest", file.to_str().unwrap()]).code, 0);
    };
    put("one", "The harvest in the valley was good this year, the growers said.");
    assert_eq!(run(&index, &["saved", "add", "crops", "harvest"]).code, 0);
    assert_eq!(run(&index, &["saved", "add", "crops", "harvest"]).code, 2);
    assert_eq!(run(&index, &["saved", "run", "crops", "--format", "ids"]).code, 0);
    assert_eq!(run(&index, &["saved", "run", "crops", "--new"]).code, 1);
    put("two", "A second harvest is expected on the coast in the autumn, they added.");
    put("three", "No harvest at all is expected in the mountains, where hail fell twice.");
    // What is new and was not shown stays new.
    let one = run(&index, &["saved", "run", "crops", "--new", "--mark-seen", "-n", "1"]);
    assert!(one.stderr.contains("only 1 of 2 are shown, so nothing is marked as seen") && !one.stdout.contains("--cursor"), "{}{}", one.stdout, one.stderr);
    let new = run(&index, &["saved", "run", "crops", "--new", "--mark-seen", "--format", "ids"]);
    assert_eq!((new.code, new.stdout.lines().count()), (0, 2), "{}", new.stderr);
    assert_eq!(run(&index, &["saved", "run", "crops", "--new"]).code, 1);
    assert!(run(&index, &["saved", "list", "--format", "plain"]).stdout.starts_with("crops\tharvest"));
    assert_eq!(run(&index, &["saved", "rm", "crops"]).code, 0);
    assert_eq!(run(&index, &["saved", "run", "crops"]).code, 2);
}

/// An index can be asked by whoever may read its folder, where nothing may be written.
#[test]
#[cfg(unix)]
fn readers_need_no_right_to_write() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    let file = folder.path().join("a.txt");
    std::fs::write(&file, "A title\n\nThe harvest in the valley was good this year.\n").unwrap();
    assert_eq!(run(&index, &["ingest", file.to_str().unwrap()]).code, 0);
    let store = index.join("store-0001");
    for path in [index.as_path(), &store] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o555)).unwrap();
    }
    // The project may stand in a folder that nobody else may enter.
    let program = folder.path().join("fihris");
    std::fs::copy(env!("CARGO_BIN_EXE_fihris"), &program).unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o555)).unwrap();
    let mut command = std::process::Command::new(&program);
    command.env_clear().arg("--index").arg(&index);
    if std::fs::metadata(folder.path()).unwrap().uid() == 0 {
        // Permissions bind everybody but root: it asks as somebody else.
        command.uid(65534).gid(65534);
    }
    let asked: Run = command.args(["query", "harvest", "--format", "ids"]).output().unwrap().into();
    let written = std::fs::read_dir(&store).unwrap().filter(|entry| entry.as_ref().unwrap().metadata().unwrap().permissions().mode() & 0o044 == 0).count();
    for path in [folder.path(), &index, &store] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    assert_eq!((asked.code, asked.stdout.lines().count()), (0, 1), "{}", asked.stderr);
    assert_eq!(written, 0, "files that only their owner can read");
}

#[test]
fn tables_show_the_columns_asked_for() {
    let answer = ask(&["query", "flood", "-n", "2", "--csv", "--fields", "title,id"]);
    let mut lines = answer.stdout.lines();
    assert_eq!(lines.next(), Some("title,id"));
    assert!(lines.next().unwrap().rsplit_once(',').unwrap().1.len() >= 8, "{}", answer.stdout);
    let answer = ask(&["query", "flood", "--csv", "--fields", "titel"]);
    assert_eq!(answer.code, 2);
    assert!(answer.stderr.contains("unknown column \"titel\""), "{}", answer.stderr);
    let ids = ask(&["export", "flood", "--format", "ids", "-0"]);
    let lines = ask(&["export", "flood", "--format", "ids"]);
    assert_eq!(ids.stdout.matches('\0').count(), lines.stdout.lines().count());
    assert_eq!(ask(&["export", "flood", "--as", "counts", "--format", "ids"]).code, 2);
}

#[test]
fn a_line_that_is_no_text_is_told_and_passed_over() {
    let questions = b"flood\n\xFF\xFE\nNumera\n";
    let batch = run_with(sample_index(), &["-q", "batch", "-", "-n", "1"], questions);
    assert_eq!((batch.code, batch.stdout.lines().count()), (3, 2), "{}", batch.stderr);
    assert!(batch.stderr.contains("<stdin>:2: expected UTF-8"), "{}", batch.stderr);
    let tokens = run_with(sample_index(), &["-q", "extract", "--tokens"], b"{\"tokens\":[\"Paris\"]}\n\xFF\n{\"tokens\":[\"Paris\"]}\n");
    assert_eq!((tokens.code, tokens.stdout.lines().count()), (3, 3), "{}", tokens.stderr);
}

#[test]
fn one_file_takes_the_whole_demonstration() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("demo.txt");
    std::fs::write(&file, "old").unwrap();
    assert_eq!(run(folder.path(), &["demo", "-o", file.to_str().unwrap()]).code, 0);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("Built a sample archive") && text.contains("> fihris timeline") && text.contains("Your own news"), "{text}");
}

#[test]
fn arabic_is_spoken_to_who_wants_it() {
    let answer = ask(&["query", "فيضان", "--format", "text", "--ui-lang", "ar", "--facets", "place:3"]);
    for english in ["read as", "stories", "articles", "copies", "More:", "Places"] {
        assert!(!answer.stdout.contains(english), "{english} in\n{}", answer.stdout);
    }
    let by_other_name = ask(&["facet", "place", "--prefix", "الع", "--format", "plain"]);
    assert!(by_other_name.stdout.contains("Iraq"), "{}", by_other_name.stdout);
}

#[test]
fn conditions_that_no_article_meets_are_named() {
    let rows: &[(&[&str], &[&str])] = &[
        (&["query", "lang:xx"], &["no article has lang:xx · lang:ar, lang:en\n"]),
        (&["query", "flood place:Nowhereland"], &["no article has place:Nowhereland\n"]),
        (&["timeline", "--source", "Meridian Wirre"], &["no article has source:\"Meridian Wirre\" · source:\"Meridian Wire\"\n"]),
        (&["facet", "place", "date:1200"], &["no article has date:1200\n"]),
        (&["counts", "--count", "killed>=5000000", "flood"], &["no article has count:killed>=5000000\n"]),
    ];
    for (arguments, lines) in rows {
        let run = ask(arguments);
        assert_eq!(run.code, 1, "{arguments:?}: {}", run.stderr);
        for line in *lines {
            assert!(run.stderr.contains(line), "{arguments:?}: no {line:?} in {}", run.stderr);
        }
    }
    // What finds articles by itself is not to blame, and neither is what is left out.
    let run = ask(&["query", "zzqzz lang:ar -place:Nowhereland"]);
    assert!(run.code == 1 && !run.stderr.contains("no article has"), "{}", run.stderr);
}

#[test]
fn hijri_dates_are_told_in_days() {
    let run = ask(&["query", "date:1446", "-n", "1"]);
    assert!(run.code == 0 && run.stderr.contains("1446 is a Hijri date: 2024-07-07..2025-06-25\n"), "{}", run.stderr);
    let run = ask(&["timeline", "--since", "1446-09-01"]);
    assert!(run.code == 0 && run.stderr.contains("1446-09-01 is a Hijri date: 2025-03-01\n"), "{}", run.stderr);
    assert!(!ask(&["query", "date:2025", "-n", "1"]).stderr.contains("Hijri"));
}

#[test]
fn members_nobody_has_are_told() {
    for arguments in
        [&["query", "flood", "--format", "jsonl"][..], &["query", "flood", "--json"], &["export", "flood"], &["facet", "place", "--format", "jsonl"]]
    {
        let run = ask(&[arguments, &["--fields", "xyz,id,value"]].concat());
        assert!(run.code == 0 && run.stderr.contains("--fields: nothing written has a member xyz"), "{arguments:?}: {}", run.stderr);
        assert_eq!(run.stderr.matches("--fields").count(), 1, "{}", run.stderr);
    }
    let run = ask(&["query", "flood", "--format", "jsonl", "--fields", "id,title"]);
    assert!(!run.stderr.contains("--fields"), "{}", run.stderr);
}

#[test]
fn names_of_kept_questions_can_be_typed_again() {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    assert_eq!(run_with(&index, &["ingest", "-"], b"{\"title\":\"a\",\"text\":\"b\"}\n").code, 0);
    let long = "x".repeat(300);
    for name in ["", " ", "a\nb", "a\tb", "a/b", "..", ".hidden", " a", "a ", &long] {
        let refused = run(&index, &["saved", "add", name, "text"]);
        assert_eq!(refused.code, 2, "{name:?}: {}", refused.stderr);
        assert!(refused.stderr.contains("a question needs another name") && refused.stderr.len() < 200, "{name:?}: {}", refused.stderr);
    }
    for name in ["غزة: القتلى", "tolls 2025", "a.b-c_d"] {
        assert_eq!(run(&index, &["saved", "add", name, "text"]).code, 0, "{name}");
    }
    assert_eq!(run(&index, &["saved", "list", "--format", "plain"]).stdout.lines().count(), 3);
}

#[test]
fn a_star_behind_a_beginning_is_no_letter() {
    let values = |prefix: &str| ask(&["facet", "place", "--prefix", prefix, "--format", "plain"]);
    assert!(!values("Gen").stdout.is_empty());
    assert_eq!(values("Gen*").stdout, values("Gen").stdout);
    assert_eq!(values("*").stdout, ask(&["facet", "place", "--format", "plain"]).stdout);
    let refused = values("G*n");
    assert!(refused.code == 2 && refused.stderr.contains("a star stands at the end only"), "{}", refused.stderr);
}

#[test]
fn a_question_too_long_is_not_shown_back_whole() {
    for letter in ["x", "ب"] {
        let refused = ask(&["query", &letter.repeat(3_000)]);
        assert_eq!(refused.code, 2);
        assert!(refused.stderr.contains("3000 characters of at most 1024") && refused.stderr.chars().count() < 500, "{}", refused.stderr);
        let refused = ask(&["query", "--json", &letter.repeat(3_000)]);
        assert_eq!(json(&refused.stderr)["error"]["start"], 1_024, "{}", refused.stderr);
        assert!(refused.stderr.chars().count() < 1_500);
    }
}

/// A language goes by its code and its names, with and without the article; a word that selects nothing is told.
#[test]
fn languages_by_name_and_words_that_select_nothing() {
    let total = |question: &str| json(&run(sample_index(), &["query", question, "-n", "0", "--json"]).stdout)["total"]["articles"].clone();
    let arabic = total("lang:ar");
    assert!(arabic.as_u64() > Some(0));
    for name in ["lang:عربي", "lang:عربية", "lang:العربية", "lang:Arabic"] {
        assert_eq!(total(name), arabic, "{name}");
    }
    let told = run(sample_index(), &["query", "في الصباح", "--format", "text"]);
    assert!(told.stdout.contains("note: words that stand everywhere select nothing"), "{}", told.stdout);
}
