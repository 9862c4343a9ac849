//! Questions that mean harm: none of a thousand hangs or aborts. What they take is printed:
//! `cargo test --release --test main worst_cases -- --nocapture`.

use std::time::{Duration, Instant};

use fihris::engine::{AskError, answer};
use fihris::query::{FacetRequest, SearchRequest};

use crate::support::sample_index;

const QUESTIONS: usize = 1_000;
const SEED: u64 = 20_261_125;

/// Pieces that questions are made of: operators, marks, wildcards, words with many neighbours, controls.
const PIECES: &[&str] = &[
    "\"",
    "(",
    ")",
    "OR ",
    "AND ",
    "NOT ",
    "-",
    "~2",
    "~9",
    "*",
    "w/5 ",
    "pre/9 ",
    "exact:",
    "person:",
    "place:",
    "count:killed>",
    "count:",
    "date:",
    "..",
    ">=",
    "@",
    "a",
    "ا",
    "ال*",
    "a*",
    "the ",
    "في ",
    "من~2",
    "and~2",
    "killed ",
    "قتل ",
    "2025",
    "١٢",
    "\u{202E}",
    "\u{0}",
    "\u{7}",
    "«",
    "»",
    "“",
    " ",
    " ",
    " ",
    "و ",
    "أو ",
    "ليس ",
    "\u{1F600}",
    "ﷺ",
    "水",
    "ا\u{300}\u{301}",
    "99999999999999999999",
];

fn worst(state: &mut u64) -> String {
    let mut below = |n: usize| {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) as usize % n
    };
    match below(8) {
        0 => "(".repeat(below(2_000)) + "a" + &")".repeat(below(2_000)),
        1 => "\"".repeat(below(1_000)),
        2 => vec![["a*", "ا*", "the~2", "من~2"][below(4)]; 1 + below(200)].join(" "),
        3 => vec!["killed"; below(10_000)].join(" "),
        4 => "-".repeat(below(500)) + "a",
        5 => vec!["a w/9"; below(64)].join(" ") + " b",
        _ => (0..below(120)).map(|_| PIECES[below(PIECES.len())]).collect(),
    }
}

/// Peak memory of this process, in kilobytes; `None` where the system does not tell.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse().ok())
}

#[test]
fn a_thousand_questions_end() {
    let engine = fihris::engine::open(sample_index()).unwrap();
    engine.warm().unwrap();
    let facets: Vec<FacetRequest> = ["person", "place", "count", "month"].iter().map(|name| FacetRequest::parse(name, 10).unwrap()).collect();
    let before = peak();
    let (mut state, mut slowest, mut refused) = (SEED, (Duration::ZERO, String::new()), 0);
    for _ in 0..QUESTIONS {
        let question = worst(&mut state);
        let began = Instant::now();
        let outcome = SearchRequest::new(&question).map_err(AskError::from).and_then(|mut request| {
            request.facets = facets.clone();
            answer::search(&engine, &request)
        });
        match outcome {
            Ok(_) => {}
            Err(AskError::Query(error)) => {
                refused += 1;
                let letters = question.chars().count();
                assert!(error.start <= error.end && error.end <= letters.max(1), "{question:?}: {}..{} of {letters}", error.start, error.end);
            }
            Err(AskError::Engine(error)) => panic!("{question:?}: {error}"),
        }
        slowest = slowest.max((began.elapsed(), question));
    }
    assert!(refused > QUESTIONS / 10 && refused < QUESTIONS, "{refused} were refused");
    // To be read with `--nocapture`, alone: the tests beside it take time and memory too.
    let grown = before.zip(peak()).map_or("unknown".to_string(), |(before, after)| format!("{} kB", after - before));
    println!("slowest {:?}: {}; peak memory grew by {grown}", slowest.0, slowest.1.chars().take(60).collect::<String>());
}
