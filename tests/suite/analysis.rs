//! The conformance table of the analysis, and what holds for any text.

use fihris::analysis::{Analyzer, MAX_TERM_CHARS, question_terms};
use fihris::article::LanguageCode;
use proptest::prelude::*;

/// Rows `what TAB text TAB exact TAB stem TAB p4`, terms parted by spaces; `\u{…}` in the text is a character. Where `what` begins
/// with a language code and a colon (`tr: apostrophe`) the text is in that language.
const TABLE: &str = include_str!("../data/analysis.tsv");

fn unescape(text: &str) -> String {
    let mut parts = text.split("\\u{");
    let mut plain = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let (code, rest) = part.split_once('}').unwrap();
        plain.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
        plain.push_str(rest);
    }
    plain
}

#[test]
fn conformance_table() {
    let mut rows = 0;
    let mut wrong = Vec::new();
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [what, text, exact, stem, p4] = columns.as_slice() else { panic!("five columns: {line}") };
        let text = unescape(text);
        let mut analyzer = Analyzer::new();
        let language = what.split_once(':').and_then(|(code, _)| LanguageCode::parse(code)).unwrap_or(LanguageCode::UNKNOWN);
        let tokens = analyzer.analyze(&text, language);
        let join = |term: fn(&fihris::analysis::Word) -> &str| tokens.iter().map(|&token| term(analyzer.word(token))).collect::<Vec<_>>().join(" ");
        let found = (join(|word| &word.exact), join(|word| &word.stem), join(|word| &word.p4));
        if found != (exact.to_string(), stem.to_string(), p4.to_string()) {
            wrong.push(format!("{what}: {text:?} gives {found:?}, expected {:?}", (exact, stem, p4)));
        }
        rows += 1;
    }
    assert!(rows >= 60, "only {rows} rows were read");
    assert!(wrong.is_empty(), "{} of {rows} rows:\n{}", wrong.len(), wrong.join("\n"));
}

/// A question has no language. Each word of the table, asked for by itself, must meet the word of the text in every stream.
#[test]
fn questions_meet_texts() {
    let mut wrong = Vec::new();
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let (what, text) = (columns.next().unwrap(), unescape(columns.next().unwrap()));
        let mut analyzer = Analyzer::new();
        let language = what.split_once(':').and_then(|(code, _)| LanguageCode::parse(code)).unwrap_or(LanguageCode::UNKNOWN);
        for token in analyzer.analyze(&text, language) {
            let word = analyzer.word(token);
            if text[token.start as usize..token.end as usize].contains('\u{FDFD}') {
                continue;
            }
            let terms = question_terms(&text[token.start as usize..token.end as usize]);
            let meets = |term: &fihris::analysis::QuestionTerm| {
                let is_dense = word.script == fihris::analysis::Script::Dense;
                *term.exact == *word.exact && *term.p4 == *word.p4 && (is_dense || term.stems.iter().any(|stem| **stem == *word.stem))
            };
            if terms.len() != 1 || !meets(&terms[0]) {
                wrong.push(format!("{what}: {word:?} is asked for as {terms:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Rows `word TAB exact TAB stem TAB p4`: Arabic words of the news with what the analysis makes of each. A linguist may edit them;
/// the `terms` example prints what the program makes of them now.
const STEMS: &str = include_str!("../data/stems.tsv");

#[test]
fn golden_stems() {
    let mut analyzer = Analyzer::new();
    let (mut rows, mut wrong) = (0, Vec::new());
    for line in STEMS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [word, exact, stem, p4] = columns.as_slice() else { panic!("four columns: {line}") };
        let tokens = analyzer.analyze(word, LanguageCode::ARABIC);
        let found: Vec<(&str, &str, &str)> = tokens.iter().map(|&token| analyzer.word(token)).map(|word| (&*word.exact, &*word.stem, &*word.p4)).collect();
        if found != [(*exact, *stem, *p4)] {
            wrong.push(format!("{word} gives {found:?}, expected {exact} {stem} {p4}"));
        }
        rows += 1;
    }
    assert!(rows >= 3_000, "only {rows} rows were read");
    assert!(wrong.is_empty(), "{} of {rows} rows:\n{}", wrong.len(), wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n"));
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let mut analyzer = Analyzer::new();
    let tokens = analyzer.analyze(text, LanguageCode::ARABIC);
    let mut before = 0;
    for token in tokens {
        let (start, end) = (token.start as usize, token.end as usize);
        prop_assert!(text.is_char_boundary(start) && text.is_char_boundary(end) && start < end, "{text:?} {start}..{end}");
        let in_order = start >= before || analyzer.word(token).script == fihris::analysis::Script::Dense;
        prop_assert!(in_order, "{text:?}: {start} behind {before}");
        before = start;
        let word = analyzer.word(token).clone();
        for term in [&word.exact, &word.stem, &word.p4] {
            prop_assert!(!term.is_empty() && !term.contains(|c: char| c.is_whitespace() || c.is_control()), "{term:?}");
            prop_assert!(term.chars().count() <= MAX_TERM_CHARS);
        }
        // The analysis of a span gives its term.
        if !text.contains('\u{FDFD}') {
            let again = question_terms(&text[start..end]);
            prop_assert!(again.len() == 1 && *again[0].exact == *word.exact, "{:?} of {text:?} gives {again:?}, not {word:?}", &text[start..end]);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC{0,40}") {
        check(&text)?;
    }

    #[test]
    fn arabic_text(text in "[\u{621}-\u{64A}\u{64B}-\u{652}\u{640}\u{660}-\u{669} a-zA-Z0-9.,'\u{200C}\u{200F}\u{FEFB}\u{6CC}-]{0,40}") {
        check(&text)?;
    }

    #[test]
    fn marks_and_joiners(text in "[לבהצשא\u{5B8}\u{5C1}\u{FB2A}\"'\u{5F3}\u{5F4}\u{2BC} иеіп\u{301}\u{306}\u{308}ld\u{E9}かは\u{3099}\u{309A}ｶ\u{FF9E}\u{1100}\u{1161}\u{11A8}๑२,.]{0,40}") {
        check(&text)?;
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        check(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn extraction_never_panics(text in "[\u{621}-\u{64A} a-zA-Z0-9.,()«»\"\n-]{0,200}") {
        let found = fihris::document::DocumentMaker::new().extract(&text, &text, LanguageCode::ARABIC);
        for mention in &found.mentions {
            prop_assert!(text.get(mention.span.start as usize..mention.span.end as usize).is_some_and(|name| !name.is_empty()));
        }
        for count in &found.counts {
            for span in [count.span, count.number, count.sentence] {
                prop_assert!(text.get(span.start as usize..span.end as usize).is_some(), "{count:?}");
            }
        }
    }
}

/// Words that news is made of, shuffled: what no page of a book holds, an article may.
#[test]
fn word_salad_ends() {
    let words = "ام ابو بن ال عبد الرئيس مدينة مقتل إصابة قتيل 12 و15 من إلى بين خمسة عشر ألف على الأقل منها آخرين شركة ( ) « » . ، ISW U.S. President Elias of the killed were 3-1 % عشرات في المئة طائرة مسيّرة أسقطت محمد";
    let words: Vec<&str> = words.split(' ').collect();
    let mut maker = fihris::document::DocumentMaker::new();
    let mut state = 42u64;
    for _ in 0..3_000 {
        let text: Vec<&str> = (0..40)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                words[(state >> 33) as usize % words.len()]
            })
            .collect();
        maker.extract("", &text.join(" "), LanguageCode::ARABIC);
    }
}
