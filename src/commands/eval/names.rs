//! `eval names`: names found against names labelled.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow};
use fihris::analysis::fold;
use fihris::article::LanguageCode;
use fihris::document::DocumentMaker;
use fihris::extract::EntityKind;
use fihris::labelled::{self, LabelledArticle, LabelledName};

use super::{Failure, Outcome};
use crate::cli::{EvalNamesArgs, Global};
use crate::commands::Output;

/// How far a figure may fall below the baseline, in points.
const TOLERANCE: f64 = 0.3;

/// Letters shown on each side of a wrong name.
const SURROUNDINGS: usize = 30;

/// Names that are right, found and labelled.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    right: usize,
    found: usize,
    labelled: usize,
}

impl Tally {
    fn add<T: Ord>(&mut self, found: &BTreeSet<T>, labelled: &BTreeSet<T>) {
        self.right += found.intersection(labelled).count();
        self.found += found.len();
        self.labelled += labelled.len();
    }

    /// Of 100; 0 of nothing.
    fn share(part: usize, whole: usize) -> f64 {
        if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 }
    }

    fn precision(self) -> f64 {
        Tally::share(self.right, self.found)
    }

    fn recall(self) -> f64 {
        Tally::share(self.right, self.labelled)
    }

    /// The harmonic mean of precision and recall.
    fn f1(self) -> f64 {
        Tally::share(2 * self.right, self.found + self.labelled)
    }
}

/// The figures of one language.
#[derive(Debug, Default)]
struct Figures {
    articles: usize,
    by_kind: BTreeMap<EntityKind, Tally>,
    all: Tally,
    /// Of names that differ in type or folded letters, in each article.
    distinct: Tally,
    wrong: Vec<String>,
}

impl Figures {
    fn add(&mut self, article: &LabelledArticle, found: &BTreeSet<LabelledName>, n_wrong: usize) {
        let labelled: BTreeSet<LabelledName> = article.names.iter().copied().collect();
        self.articles += 1;
        for kind in EntityKind::ALL {
            let of_kind = |names: &BTreeSet<LabelledName>| names.iter().filter(|name| name.kind == kind).copied().collect();
            self.by_kind.entry(kind).or_default().add::<LabelledName>(&of_kind(found), &of_kind(&labelled));
        }
        self.all.add(found, &labelled);
        let distinct = |names: &BTreeSet<LabelledName>| -> BTreeSet<(EntityKind, String)> {
            names.iter().map(|name| (name.kind, fold(name.span.of(article.text(name.field))))).collect()
        };
        self.distinct.add(&distinct(found), &distinct(&labelled));
        let wrong = found.difference(&labelled).map(|name| ("wrong", name)).chain(labelled.difference(found).map(|name| ("missing", name)));
        let left = n_wrong.saturating_sub(self.wrong.len());
        self.wrong.extend(wrong.take(left).map(|(what, name)| format!("{what:<8}{} {}", name.kind.tag(), in_place(article, name))));
    }

    /// Label and F1 of every line.
    fn lines(&self) -> Vec<(&'static str, Tally)> {
        let mut lines: Vec<(&str, Tally)> = self.by_kind.iter().map(|(kind, tally)| (kind.tag(), *tally)).collect();
        lines.extend([("all", self.all), ("distinct", self.distinct)]);
        lines
    }
}

/// A name in brackets, with what stands around it.
fn in_place(article: &LabelledArticle, name: &LabelledName) -> String {
    let text = article.text(name.field);
    let (before, behind) = (&text[..name.span.start as usize], &text[name.span.end as usize..]);
    let begin = before.char_indices().rev().nth(SURROUNDINGS - 1).map_or(0, |(byte, _)| byte);
    let end = behind.char_indices().nth(SURROUNDINGS).map_or(behind.len(), |(byte, _)| byte);
    let line = format!("{}[{}]{}", &before[begin..], name.span.of(text), &behind[..end]);
    format!("{}: {}", article.id, line.replace('\n', " "))
}

pub fn run(global: &Global, args: &EvalNamesArgs) -> Result<Outcome, Failure> {
    let mut by_language: BTreeMap<LanguageCode, Figures> = BTreeMap::new();
    let mut maker = DocumentMaker::new();
    for path in &args.files {
        for article in labelled::read(path)? {
            let found = maker.extract(&article.title, &article.body, article.language);
            let found = found.mentions.iter().map(|mention| LabelledName { field: mention.field, span: article.in_tokens(mention.span), kind: mention.kind });
            let found: BTreeSet<LabelledName> = found.collect();
            by_language.entry(article.language).or_default().add(&article, &found, args.wrong);
        }
    }
    let mut output = Output::open(global)?;
    for (language, figures) in &by_language {
        output.line(&format!("{language}  {} articles, {} names", figures.articles, figures.all.labelled))?;
        for (label, tally) in figures.lines() {
            let Tally { found, labelled, .. } = tally;
            let (p, r, f1) = (tally.precision(), tally.recall(), tally.f1());
            output.line(&format!("  {label:<9} P {p:5.1}  R {r:5.1}  F1 {f1:5.1}  ({labelled} labelled, {found} found)"))?;
        }
        figures.wrong.iter().try_for_each(|line| output.line(&format!("  {line}")))?;
    }
    let is_kept = match &args.baseline {
        Some(path) => compare(&mut output, path, &by_language)?,
        None => true,
    };
    output.finish()?;
    Ok(Outcome::found(is_kept))
}

/// Compares with a table of language, label and F1, and names what fell; writes the table where there is none.
fn compare(output: &mut Output, path: &Path, by_language: &BTreeMap<LanguageCode, Figures>) -> Result<bool, Failure> {
    let shown = || path.display().to_string();
    let lines =
        by_language.iter().flat_map(|(language, figures)| figures.lines().into_iter().map(move |(label, tally)| (format!("{language}\t{label}"), tally)));
    let figures: BTreeMap<String, f64> = lines.map(|(name, tally)| (name, tally.f1())).collect();
    if !path.exists() {
        let table: String = figures.iter().map(|(name, f1)| format!("{name}\t{f1:.2}\n")).collect();
        fs::write(path, table).with_context(shown)?;
        output.line(&format!("wrote {}", path.display()))?;
        return Ok(true);
    }
    let mut is_kept = true;
    for (number, line) in fs::read_to_string(path).with_context(shown)?.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let row = line.rsplit_once('\t').and_then(|(name, f1)| Some((name, f1.parse::<f64>().ok()?)));
        let (name, before) = row.ok_or_else(|| anyhow!("{}:{}: expected language, label and F1 between tabs", path.display(), number + 1))?;
        let now = figures.get(name).copied().unwrap_or(0.0);
        if now < before - TOLERANCE {
            is_kept = false;
            output.line(&format!("fell: {} from {before:.2} to {now:.2}", name.replace('\t', " ")))?;
        }
    }
    Ok(is_kept)
}
