//! Answers for people on a terminal.
//!
//! A line holds one direction; Arabic is the last thing on its line; numbers stand first, names after them. Matches are set in
//! « », so that colour is never the only signal. Isolates are added only where the terminal lays out Arabic itself.

use std::fmt::Write;

use super::words::{ARTICLE, COPY, COUNT, Noun, STORY, counted, word};
use super::{amount, headline, path, plain, without_overrides};
use crate::document::Record;
use crate::engine::answer::HitExplanation;
use crate::engine::answer::count_label;
use crate::engine::ranking::Part;
use crate::extract::authority::{Authority, is_arabic};
use crate::extract::{Count, Span, label};
use crate::hits::{FacetCounts, Hit, Mark, ReadQuery, SearchResponse, StoredArticle, Timeline};
use crate::ingest::IngestReport;

/// How text is laid out.
#[derive(Debug, Clone)]
pub struct TextOptions {
    pub color: bool,
    /// Wrap right-to-left pieces in isolates.
    pub isolate: bool,
    pub width: usize,
    pub ui_language: String,
}

impl TextOptions {
    fn is_arabic(&self) -> bool {
        self.ui_language == "ar"
    }

    fn word<'w>(&self, english: &'w str) -> &'w str {
        word(english, &self.ui_language)
    }

    fn counted(&self, n: u64, noun: &Noun) -> String {
        counted(n, noun, &self.ui_language)
    }

    fn bold(&self, text: &str) -> String {
        if self.color { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_string() }
    }

    fn dim(&self, text: &str) -> String {
        if self.color { format!("\u{1b}[2m{text}\u{1b}[0m") } else { text.to_string() }
    }

    fn isolated(&self, text: &str) -> String {
        let text = &*without_overrides(text);
        if self.isolate && text.chars().any(crate::language::arabic::normalizer::is_arabic_letter) {
            format!("\u{2068}{text}\u{2069}")
        } else {
            text.to_string()
        }
    }
}

/// Digits in groups of three.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 article`, `2 articles`.
pub(super) fn plural(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { many })
}

fn read_line(query: &ReadQuery, options: &TextOptions) -> Option<String> {
    if query.read.is_empty() {
        return None;
    }
    let mut line = format!("{} {}", options.word("read as:"), options.isolated(&query.read));
    let named: Vec<String> = query
        .entities
        .iter()
        .filter(|entity| entity.entity.is_some() && entity.label != entity.text)
        .map(|entity| format!("{} = {}", entity.text, entity.label))
        .collect();
    if !named.is_empty() {
        let _ = write!(line, " ({})", named.join(", "));
    }
    Some(line)
}

/// Other spellings, one a line.
pub fn did_you_mean(query: &ReadQuery, options: &TextOptions) -> Vec<String> {
    let ask = options.word("did you mean:");
    query
        .did_you_mean
        .iter()
        .map(|suggestion| format!("{ask} {} ({})", options.isolated(&suggestion.instead), options.counted(suggestion.articles, &ARTICLE)))
        .collect()
}

/// The parts of a hit's score, largest first.
pub fn hit_explanation(explanation: &HitExplanation, options: &TextOptions) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}", options.bold(&options.isolated(&headline(&explanation.article))));
    if let Some(line) = read_line(&explanation.query, options) {
        let _ = writeln!(out, "{line}");
    }
    let _ = writeln!(out, "{:>9.4}  {}", explanation.score, options.word("score"));
    let mut parts: Vec<&Part> = explanation.parts.iter().collect();
    parts.sort_by(|a, b| b.score.total_cmp(&a.score));
    for part in parts {
        let _ = writeln!(out, "{:>9.4}  {:<9} {:<10}  {}", part.score, part.how, part.field, options.isolated(&part.text));
    }
    out
}

/// The whole answer of `query`.
pub fn response(response: &SearchResponse, options: &TextOptions) -> String {
    let mut out = String::new();
    let shown = response.hits.len() as u64;
    let (of, articles) = (options.word("of"), options.counted(response.articles, &ARTICLE));
    let total = if response.grouped {
        format!("{} {of} {} ({articles})", grouped(shown), options.counted(response.stories, &STORY))
    } else {
        format!("{} {of} {articles}", grouped(shown))
    };
    let _ = writeln!(out, "{total} · {} ms", response.took_ms);
    if let Some(line) = read_line(&response.query, options) {
        let _ = writeln!(out, "{line}");
    }
    if response.query.notes.iter().any(|note| note == "stop_words_dropped") {
        let _ = writeln!(out, "{}", options.word("note: words that stand everywhere select nothing; in quotation marks they do"));
    }
    for line in did_you_mean(&response.query, options) {
        let _ = writeln!(out, "{line}");
    }
    for hit in &response.hits {
        out.push('\n');
        out.push_str(&self::hit(hit, options));
    }
    for facet in &response.facets {
        out.push('\n');
        out.push_str(&self::facet(facet, options));
    }
    if let Some(cursor) = &response.cursor {
        let first = response.hits.first().map(|hit| hit.article.key.shown()).unwrap_or_default();
        let _ = writeln!(out, "\n{}", options.dim(&format!("{} --cursor {cursor}", options.word("More:"))));
        let _ = writeln!(out, "{}", options.dim(&format!("{} fihris show {first}", options.word("Read one:"))));
    }
    out
}

fn hit(hit: &Hit, options: &TextOptions) -> String {
    let article = &hit.article;
    let mut out = String::new();
    let day = plain::day(article.record.published.as_ref());
    let day = if day.is_empty() { format!("{:<10}", options.word("undated")) } else { day.to_string() };
    let source = article.source.as_deref().unwrap_or_default();
    let copies = if hit.copies > 0 { format!("  +{}", options.counted(hit.copies, &COPY)) } else { String::new() };
    let id = format!("[{}]", article.key.shown());
    if is_arabic(source) || source.is_empty() {
        let _ = writeln!(out, "{:>2}  {day}  {}  {id}{copies}", hit.rank, article.language);
        if !source.is_empty() {
            let _ = writeln!(out, "    {}", options.dim(&options.isolated(source)));
        }
    } else {
        let _ = writeln!(out, "{:>2}  {day}  {source}  {}  {id}{copies}", hit.rank, article.language);
    }
    let title = if article.title.is_empty() { headline(article) } else { mark(&article.title, &hit.title_marks) };
    let _ = writeln!(out, "    {}", options.bold(&options.isolated(&title)));
    for snippet in &hit.snippets {
        let text = mark(&snippet.text, &snippet.marks);
        let before = if snippet.start > 0 { "… " } else { "" };
        for line in wrap(&format!("{before}{text} …"), options.width.saturating_sub(4)) {
            let _ = writeln!(out, "    {}", options.isolated(&line));
        }
    }
    let counts: Vec<&Count> = hit.counts.iter().filter_map(|&index| article.record.counts.get(index)).collect();
    if !counts.is_empty() {
        if options.is_arabic() {
            for count in counts {
                let _ = writeln!(out, "    {}  {}", amount(count), count_label(&path(count), "ar"));
            }
        } else {
            let counts: Vec<String> = counts.iter().map(|count| format!("{} {}", count_label(&path(count), "en"), amount(count))).collect();
            let _ = writeln!(out, "    {}", options.dim(&counts.join(" · ")));
        }
    }
    out
}

/// The text with « » around what matched.
fn mark(text: &str, marks: &[Mark]) -> String {
    let mut out = String::with_capacity(text.len() + marks.len() * 4);
    for (at, letter) in text.chars().enumerate() {
        if marks.iter().any(|(start, _)| *start == at) {
            out.push('«');
        }
        out.push(letter);
        if marks.iter().any(|(_, end)| *end == at + 1) {
            out.push('»');
        }
    }
    out
}

/// Lines of at most `width` characters, cut at spaces.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut len = 0;
    for word in text.split_whitespace() {
        let word_len = word.chars().filter(|letter| !crate::language::arabic::normalizer::is_diacritic(*letter)).count();
        if len > 0 && len + 1 + word_len > width {
            lines.push(std::mem::take(&mut line));
            len = 0;
        }
        if len > 0 {
            line.push(' ');
            len += 1;
        }
        line.push_str(word);
        len += word_len;
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

fn facet_title<'f>(field: &'f str, options: &TextOptions) -> &'f str {
    options.word(match field {
        "person" => "People",
        "place" => "Places",
        "org" => "Organizations",
        "source" => "Sources",
        "lang" => "Languages",
        "count" => "Counts",
        "month" => "Months",
        "year" => "Years",
        "country" => "Countries",
        other => other,
    })
}

/// A facet, counts first, names after.
pub fn facet(facet: &FacetCounts, options: &TextOptions) -> String {
    let mut out = format!("{}\n", options.bold(facet_title(&facet.field, options)));
    for value in &facet.values {
        let sign = if value.selected {
            " +"
        } else if value.excluded {
            " -"
        } else {
            ""
        };
        let _ = writeln!(out, "{:>8}  {}{sign}", grouped(value.count), options.isolated(&value.label));
    }
    if facet.values.is_empty() {
        let _ = writeln!(out, "       -");
    }
    out
}

/// Bins without an article in a row from which they are drawn as one line.
const EMPTY_BINS: usize = 6;

/// A timeline as bars.
pub fn timeline(timeline: &Timeline, of_counts: bool, options: &TextOptions) -> String {
    let mut out = String::new();
    if let Some(line) = read_line(&timeline.query, options) {
        let _ = writeln!(out, "{line}");
    }
    let value = |bin: &crate::hits::Bin| if of_counts { bin.value.unwrap_or(0.0) } else { bin.articles as f64 };
    let largest = timeline.bins.iter().map(value).fold(0.0, f64::max);
    let name_width = timeline.bins.iter().map(|bin| bin.name.len()).max().unwrap_or(0);
    let bars = options.width.saturating_sub(name_width + 14).clamp(10, 60) as f64;
    let is_empty = |bin: &crate::hits::Bin| bin.articles == 0;
    let mut at = 0;
    while let Some(bin) = timeline.bins.get(at) {
        let empty = timeline.bins[at..].iter().take_while(|bin| is_empty(bin)).count();
        if empty > EMPTY_BINS {
            let _ = writeln!(out, "{:<name_width$}  {:>9}", "…", format!("{empty} × 0"));
            at += empty;
            continue;
        }
        at += 1;
        let value = value(bin);
        let bar = if largest > 0.0 { "▇".repeat((value / largest * bars).ceil() as usize) } else { String::new() };
        let shown = if of_counts && bin.value.is_none() {
            "-".to_string()
        } else if value.fract() == 0.0 {
            grouped(value as u64)
        } else {
            format!("{value:.1}")
        };
        let _ = writeln!(out, "{:<name_width$}  {shown:>9}  {bar}", bin.name);
    }
    if timeline.undated.0 > 0 {
        let _ =
            writeln!(out, "{}  {} ({})", options.word("undated"), options.counted(timeline.undated.0, &ARTICLE), options.word("query --undated lists them"));
    }
    if timeline.imprecise.0 > 0 {
        let _ = writeln!(
            out,
            "{}  {}: {}",
            options.word("imprecise"),
            options.counted(timeline.imprecise.0, &ARTICLE),
            options.word("their dates are coarser than a bin")
        );
    }
    out
}

/// The head of `counts`: how many rows of how many are shown.
pub fn counts_head(shown: u64, total: u64, stories: u64, options: &TextOptions) -> String {
    let (of, within) = (options.word("of"), options.word("in"));
    format!("{} {of} {} {within} {}", grouped(shown), options.counted(total, &COUNT), options.counted(stories, &STORY))
}

/// A row of `counts`: the number, where and when, then the sentence.
pub fn count_row(article: &StoredArticle, count: &Count, options: &TextOptions) -> String {
    let record: &Record = &article.record;
    let text = if count.field == crate::extract::Field::Title { &article.title } else { &article.body };
    let place =
        count.place.and_then(|place| record.entities.get(place as usize)).map(|place| label(Authority::bundled(), place, &options.ui_language).to_string());
    let mut out = format!("{:>9}  {}  {}  [{}]\n", amount(count), plain::day(record.published.as_ref()), path(count), article.key.shown());
    if let Some(place) = place {
        let _ = writeln!(out, "           @ {}", options.isolated(&place));
    }
    for line in wrap(&evidence(text, count.sentence, count.span), options.width.saturating_sub(11)) {
        let _ = writeln!(out, "           {}", options.isolated(&line));
    }
    out
}

/// Characters of a sentence shown on either side of a number, where all of it is too long to read: some articles have no stops.
const EVIDENCE_CHARS: usize = 160;

/// The sentence of a count, or of a very long one what stands around the number.
fn evidence(text: &str, sentence: Span, counted: Span) -> String {
    let at = counted.start.saturating_sub(sentence.start) as usize;
    let (sentence, number) = (sentence.of(text), counted.of(text));
    if sentence.chars().count() <= EVIDENCE_CHARS * 2 + number.chars().count() {
        return sentence.to_string();
    }
    let (before, behind) = (sentence.get(..at).unwrap_or_default(), sentence.get(at + number.len()..).unwrap_or_default());
    let is_cut = |part: &str| part.chars().count() > EVIDENCE_CHARS;
    let start = if is_cut(before) {
        let cut = before.char_indices().rev().nth(EVIDENCE_CHARS).map_or(0, |(at, _)| at);
        before[cut..].find(char::is_whitespace).map_or(cut, |space| cut + space)
    } else {
        0
    };
    let end = if is_cut(behind) {
        let cut = behind.char_indices().nth(EVIDENCE_CHARS).map_or(behind.len(), |(at, _)| at);
        behind[..cut].rfind(char::is_whitespace).unwrap_or(cut)
    } else {
        behind.len()
    };
    let dots = |is_cut: bool| if is_cut { "…" } else { "" };
    format!("{}{}{number}{}{}", dots(start > 0), before[start..].trim_start(), &behind[..end], dots(end < behind.len()))
}

/// An article in full.
pub fn article(article: &StoredArticle, same_story: &[StoredArticle], parts: &[&str], options: &TextOptions) -> String {
    let record = &article.record;
    let wants = |part: &str| parts.contains(&part) || parts.contains(&"all");
    let mut out = String::new();
    if wants("meta") {
        let _ = writeln!(out, "{}", options.bold(&options.isolated(&headline(article))));
        let mut meta = |name: &str, value: &str| {
            if !value.is_empty() {
                let _ = writeln!(out, "  {:<10} {}", options.word(name), options.isolated(value));
            }
        };
        meta("id", &article.key.text());
        meta("published", record.published.as_ref().map_or("", |date| date.value.as_str()));
        meta("source", article.source.as_deref().unwrap_or_default());
        meta("language", article.language.as_str());
        meta("authors", &record.authors.join(", "));
        meta("section", record.section.as_deref().unwrap_or_default());
        meta("tags", &record.tags.join(", "));
        meta("url", article.url.as_deref().unwrap_or_default());
        meta("status", if article.status == crate::article::Status::Usable { "" } else { article.status.as_str() });
        meta("read from", &record.location.to_string());
        if !same_story.is_empty() {
            let _ = writeln!(out, "  {}", options.word("same story"));
            for other in same_story {
                let _ = writeln!(
                    out,
                    "    {}  {}  {}",
                    other.key.shown(),
                    plain::day(other.record.published.as_ref()),
                    options.isolated(other.source.as_deref().unwrap_or_default())
                );
            }
        }
    }
    if wants("text") {
        out.push('\n');
        for paragraph in article.body.split('\n') {
            for line in wrap(paragraph, options.width) {
                let _ = writeln!(out, "{}", options.isolated(&line));
            }
            if paragraph.trim().is_empty() {
                out.push('\n');
            }
        }
    }
    if wants("entities") {
        for kind in crate::extract::EntityKind::ALL {
            let mut names: Vec<(usize, String)> = Vec::new();
            for (index, entity) in record.entities.iter().enumerate().filter(|(_, entity)| entity.kind == kind) {
                let n = record.mentions.iter().filter(|mention| mention.entity as usize == index).count();
                if n > 0 {
                    names.push((n, label(Authority::bundled(), entity, &options.ui_language).to_string()));
                }
            }
            if !names.is_empty() {
                names.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
                let _ = writeln!(out, "\n{}", options.bold(facet_title(kind.as_str(), options)));
                names.iter().for_each(|(n, name)| {
                    let _ = writeln!(out, "{n:>5}  {}", options.isolated(name));
                });
            }
        }
    }
    if wants("counts") && !record.counts.is_empty() {
        let _ = writeln!(out, "\n{}", options.bold(facet_title("count", options)));
        for count in &record.counts {
            out.push_str(&count_row(article, count, options));
        }
    }
    if wants("versions") && !record.versions.is_empty() {
        let _ = writeln!(out, "\n{}", options.bold(options.word("Replaced versions")));
        for version in &record.versions {
            let _ = writeln!(out, "  {}  {}", version.version.as_deref().unwrap_or("-"), version.updated.as_deref().unwrap_or("-"));
        }
    }
    out
}

/// The summary of `ingest`.
pub fn ingest(report: &IngestReport, index: &str) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{} read in {}: added {} · updated {} · unchanged {} · duplicate {} · quarantined {} · committed seq={}",
        plural(report.read, "record", "records"),
        duration(report.seconds),
        grouped(report.added),
        grouped(report.updated),
        grouped(report.unchanged),
        grouped(report.duplicate),
        grouped(report.quarantined),
        report.seq
    );
    if report.resumed > 0 {
        let _ = writeln!(out, "  went on after {} that an interrupted run had read", plural(report.resumed, "record", "records"));
    }
    let mut languages: Vec<(&String, &u64)> = report.languages.iter().collect();
    languages.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let mut parts: Vec<String> = languages.iter().take(4).map(|(language, n)| format!("{language} {}", grouped(**n))).collect();
    let others: u64 = languages.iter().skip(4).map(|(_, n)| **n).sum();
    if others > 0 {
        parts.push(format!("other {}", grouped(others)));
    }
    let nameless: u64 = report.without_names.values().sum();
    if nameless > 0 {
        parts.push(format!("{} in languages without names", grouped(nameless)));
    }
    if report.near_duplicates > 0 {
        parts.push(format!("{} in {}", plural(report.near_duplicates, "near-duplicate", "near-duplicates"), plural(report.copied_stories, "story", "stories")));
    }
    if !parts.is_empty() {
        let _ = writeln!(out, "  {}", parts.join(" · "));
    }
    if report.mentions + report.counts > 0 {
        let _ = writeln!(
            out,
            "  {} of {} · {}",
            plural(report.mentions, "mention", "mentions"),
            plural(report.entities, "name", "names"),
            plural(report.counts, "count", "counts")
        );
    }
    if report.odd_dates > 0 {
        let _ = writeln!(out, "  warning: {} dated before 1900 or in the future", plural(report.odd_dates, "article is", "articles are"));
    }
    for (code, rejected) in &report.rejects {
        let _ = writeln!(out, "  {} {}:", grouped(rejected.n), code.as_str());
        for example in &rejected.examples {
            let _ = writeln!(out, "    {example}");
        }
        if rejected.n > rejected.examples.len() as u64 {
            let _ = writeln!(out, "    …");
        }
    }
    if report.quarantined > 0 {
        let _ = writeln!(out, "  the rejects, with reason and bytes, are in {index}/quarantine");
    }
    if report.interrupted {
        let _ = writeln!(out, "  interrupted: what was read is in the index, the same command goes on from here");
    }
    if report.stopped_by_rejects {
        let _ = writeln!(out, "  stopped at a reject: what was read before it is in the index; mend the record, or run again without the limit");
    }
    out
}

fn duration(seconds: f64) -> String {
    if seconds < 60.0 { format!("{seconds:.1}s") } else { format!("{}m{:02}s", seconds as u64 / 60, seconds as u64 % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_evidence_of_a_number_is_readable() {
        let shown = |text: &str| {
            let start = text.find("12 شخصا").unwrap() as u32;
            evidence(text, Span { start: 0, end: text.len() as u32 }, Span { start, end: start + "12 شخصا".len() as u32 })
        };
        let short = "قتل 12 شخصا في بلدة سرفاد";
        assert_eq!(shown(short), short);
        let long = shown(&format!("{}قتل 12 شخصا{}", "قبل ذلك ".repeat(100), " ثم مضوا".repeat(100)));
        assert!(long.starts_with('…') && long.ends_with('…') && long.contains("قتل 12 شخصا ثم"), "{long}");
        assert!((300..350).contains(&long.chars().count()), "{}", long.chars().count());
    }

    #[test]
    fn small_pieces() {
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(mark("abc def", &[(4, 7)]), "abc «def»");
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(duration(75.2), "1m15s");
        assert_eq!(plural(1, "story", "stories"), "1 story");
    }
}
