//! `eval search`: test collections ranked and scored.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow};
use fihris::engine::answer::{self, Options};
use fihris::engine::tantivy::TantivyEngine;
use fihris::engine::{Clause, DocumentId, Engine, Ranking};
use fihris::ingest::{IngestOptions, Progress, ingest};
use fihris::query::{MatchMode, SearchRequest};

use super::{Failure, Outcome};
use crate::cli::{EvalSearchArgs, Global};
use crate::commands::Output;

/// Hits looked at.
const DEPTH: usize = 100;

/// Draws of the randomisation test.
const DRAWS: usize = 5_000;

/// Parts of a cross-validation.
const FOLDS: usize = 5;

/// A collection, indexed.
struct Collection {
    name: String,
    engine: TantivyEngine,
    /// What the collection calls each document.
    called: HashMap<DocumentId, String>,
    topics: Vec<Topic>,
    _folder: tempfile::TempDir,
}

struct Topic {
    question: String,
    relevant: HashMap<String, f64>,
}

/// The figures of one topic, each from 0 to 1.
#[derive(Debug, Clone, Copy, Default)]
struct Figures {
    ndcg_10: f64,
    mrr_10: f64,
    recall_10: f64,
    recall_100: f64,
    p_1: f64,
}

pub fn run(global: &Global, args: &EvalSearchArgs) -> Result<Outcome, Failure> {
    let mut base = Ranking::default();
    set(&mut base, &args.set)?;
    let mut output = Output::open(global)?;
    let mut collections = Vec::new();
    for path in &args.collections {
        collections.push(Collection::open(global, path, args.every.max(1))?);
    }
    if !args.grid.is_empty() {
        cross_validate(&collections, &base, &args.grid, &mut output)?;
        output.finish()?;
        return Ok(Outcome::Done);
    }
    output.line("collection              topics  nDCG@10  MRR@10   R@10  R@100    P@1")?;
    let (mut sum, mut n) = (0.0, 0.0);
    for collection in &collections {
        let figures = collection.measure(&base)?;
        let mean = mean(&figures);
        sum += mean.ndcg_10;
        n += 1.0;
        output.line(&row(&collection.name, figures.len(), &mean))?;
        if !args.against.is_empty() {
            let mut other = base.clone();
            set(&mut other, &args.against)?;
            let others = collection.measure(&other)?;
            output.line(&row(&format!("  {}", args.against.join(" ")), others.len(), &self::mean(&others)))?;
            let differences: Vec<f64> = figures.iter().zip(&others).map(|(a, b)| b.ndcg_10 - a.ndcg_10).collect();
            let difference = differences.iter().sum::<f64>() / differences.len().max(1) as f64;
            output.line(&format!("  nDCG@10 {difference:+.4}, p = {:.4} (paired sign-flip test, {DRAWS} draws)", probability(&differences)))?;
        }
    }
    output.line(&format!("mean nDCG@10 {:.4}", sum / n))?;
    output.finish()?;
    Ok(Outcome::Done)
}

fn set(ranking: &mut Ranking, settings: &[String]) -> Result<(), Failure> {
    for setting in settings {
        let parsed = setting.split_once('=').and_then(|(name, value)| Some((name, value.parse().ok()?)));
        let (name, value) = parsed.ok_or_else(|| Failure::usage(format!("expected NAME=NUMBER, found {setting:?}")))?;
        ranking.set(name, value).map_err(Failure::usage)?;
    }
    Ok(())
}

fn row(name: &str, n: usize, mean: &Figures) -> String {
    format!("{name:<22}  {n:>6}  {:>7.4}  {:>6.4}  {:>5.3}  {:>5.3}  {:>5.3}", mean.ndcg_10, mean.mrr_10, mean.recall_10, mean.recall_100, mean.p_1)
}

impl Collection {
    fn open(global: &Global, path: &Path, every: usize) -> Result<Collection, Failure> {
        let folder = tempfile::tempdir()?;
        let options = IngestOptions::new(folder.path().join("index"), vec![path.join("docs.jsonl")], global.threads.unwrap_or(2));
        let report = ingest(&options, &Progress::default())?;
        if report.quarantined > 0 {
            return Err(anyhow!("{}: {} documents could not be read", path.display(), report.quarantined).into());
        }
        let engine = fihris::engine::open(&options.index)?;
        let mut called = HashMap::new();
        for id in engine.matching(&Clause::All)? {
            called.insert(id, engine.load(id)?.record.guid.unwrap_or_default());
        }
        let read = |name: &str| fs::read_to_string(path.join(name)).with_context(|| path.join(name).display().to_string());
        let mut relevant: HashMap<String, HashMap<String, f64>> = HashMap::new();
        for (number, line) in read("qrels.txt")?.lines().enumerate() {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let [topic, _, document, relevance] = columns.as_slice() else {
                return Err(anyhow!("qrels.txt:{}: expected topic 0 document relevance, found {line:?}", number + 1).into());
            };
            let relevance = relevance.parse().with_context(|| format!("qrels.txt:{}: expected a number, found {relevance:?}", number + 1))?;
            relevant.entry(topic.to_string()).or_default().insert(document.to_string(), relevance);
        }
        let mut topics = Vec::new();
        for (number, line) in read("topics.tsv")?.lines().enumerate() {
            let (id, question) =
                line.split_once('\t').ok_or_else(|| anyhow!("topics.tsv:{}: expected an id, a tab and a question, found {line:?}", number + 1))?;
            if number % every == 0 {
                topics.push(Topic { question: question.to_string(), relevant: relevant.remove(id).unwrap_or_default() });
            }
        }
        let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        Ok(Collection { name, engine, called, topics, _folder: folder })
    }

    /// The figures of every topic under a setting.
    fn measure(&self, ranking: &Ranking) -> Result<Vec<Figures>, Failure> {
        let options = Options { ranking: ranking.clone() };
        self.topics
            .iter()
            .map(|topic| {
                let mut request = SearchRequest::natural(&topic.question);
                request.match_mode = MatchMode::Any;
                request.limit = DEPTH;
                request.group = false;
                let ranked = answer::run(&self.engine, &request, &options)?;
                let gains: Vec<f64> =
                    ranked.iter().map(|ranked| self.called.get(&ranked.id).and_then(|name| topic.relevant.get(name)).copied().unwrap_or_default()).collect();
                Ok(figures(&gains, &topic.relevant))
            })
            .collect()
    }
}

fn figures(gains: &[f64], relevant: &HashMap<String, f64>) -> Figures {
    let mut ideal: Vec<f64> = relevant.values().copied().filter(|gain| *gain > 0.0).collect();
    ideal.sort_by(|a, b| b.total_cmp(a));
    let dcg = |gains: &[f64]| gains.iter().take(10).enumerate().map(|(at, gain)| gain / ((at + 2) as f64).log2()).sum::<f64>();
    let found = |depth: usize| gains.iter().take(depth).filter(|gain| **gain > 0.0).count() as f64 / ideal.len().max(1) as f64;
    let best = dcg(&ideal);
    Figures {
        ndcg_10: if best > 0.0 { dcg(gains) / best } else { 0.0 },
        mrr_10: gains.iter().take(10).position(|gain| *gain > 0.0).map_or(0.0, |at| 1.0 / (at + 1) as f64),
        recall_10: found(10),
        recall_100: found(100),
        p_1: f64::from(u8::from(gains.first().is_some_and(|gain| *gain > 0.0))),
    }
}

fn mean(figures: &[Figures]) -> Figures {
    let n = figures.len().max(1) as f64;
    let of = |value: fn(&Figures) -> f64| figures.iter().map(value).sum::<f64>() / n;
    Figures {
        ndcg_10: of(|topic| topic.ndcg_10),
        mrr_10: of(|topic| topic.mrr_10),
        recall_10: of(|topic| topic.recall_10),
        recall_100: of(|topic| topic.recall_100),
        p_1: of(|topic| topic.p_1),
    }
}

/// How likely a difference as large is by chance: signs flipped at random (Smucker, Allan and Carterette 2007).
fn probability(differences: &[f64]) -> f64 {
    let observed = differences.iter().sum::<f64>().abs();
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut as_large = 0;
    for _ in 0..DRAWS {
        let mut sum = 0.0;
        for difference in differences {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            sum += if state >> 63 == 0 { *difference } else { -difference };
        }
        as_large += usize::from(sum.abs() >= observed - 1e-12);
    }
    as_large as f64 / DRAWS as f64
}

/// Chooses a setting on four fifths of the topics and measures it on the last, for each fifth.
fn cross_validate(collections: &[Collection], base: &Ranking, grid: &[String], output: &mut Output) -> Result<(), Failure> {
    let mut settings: Vec<(String, Ranking)> = vec![(String::new(), base.clone())];
    for axis in grid {
        let (name, values) = axis.split_once('=').ok_or_else(|| Failure::usage(format!("expected NAME=VALUE,VALUE, found {axis:?}")))?;
        let mut wider = Vec::new();
        for (told, ranking) in &settings {
            for value in values.split(',') {
                let setting = format!("{name}={value}");
                let mut ranking = ranking.clone();
                set(&mut ranking, std::slice::from_ref(&setting))?;
                wider.push((format!("{told} {setting}").trim().to_string(), ranking));
            }
        }
        settings = wider;
    }
    // By setting and collection, nDCG@10 of every topic.
    let mut measured: Vec<Vec<Vec<f64>>> = Vec::with_capacity(settings.len());
    for (told, ranking) in &settings {
        let mut of_setting = Vec::new();
        for collection in collections {
            of_setting.push(collection.measure(ranking)?.into_iter().map(|figures| figures.ndcg_10).collect::<Vec<f64>>());
        }
        let means: Vec<f64> = of_setting.iter().map(|topics| topics.iter().sum::<f64>() / topics.len().max(1) as f64).collect();
        let shown: Vec<String> = means.iter().map(|mean| format!("{mean:.4}")).collect();
        output.line(&format!("{:.4}  {}  {told}", means.iter().sum::<f64>() / means.len().max(1) as f64, shown.join(" ")))?;
        measured.push(of_setting);
    }
    let mut held_out: Vec<(f64, usize)> = vec![(0.0, 0); collections.len()];
    for fold in 0..FOLDS {
        let of_fold = |topics: &[f64], inside: bool| -> (f64, usize) {
            let chosen = topics.iter().enumerate().filter(|(number, _)| (number % FOLDS == fold) == inside);
            chosen.fold((0.0, 0), |(sum, n), (_, value)| (sum + value, n + 1))
        };
        let score = |of_setting: &Vec<Vec<f64>>| -> f64 { of_setting.iter().map(|topics| of_fold(topics, false)).map(|(sum, n)| sum / n.max(1) as f64).sum() };
        let best = (0..settings.len()).max_by(|a, b| score(&measured[*a]).total_cmp(&score(&measured[*b]))).unwrap_or_default();
        output.line(&format!("fold {}: {}", fold + 1, settings[best].0))?;
        for (held, topics) in held_out.iter_mut().zip(&measured[best]) {
            let (sum, n) = of_fold(topics, true);
            *held = (held.0 + sum, held.1 + n);
        }
    }
    for (collection, (sum, n)) in collections.iter().zip(held_out) {
        output.line(&format!("{:<22}  held out nDCG@10 {:.4}", collection.name, sum / n.max(1) as f64))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_by_hand() {
        let relevant = HashMap::from([("a".to_string(), 1.0)]);
        let at = |rank: usize| figures(&(0..10).map(|n| f64::from(u8::from(n == rank))).collect::<Vec<_>>(), &relevant);
        assert_eq!((at(0).ndcg_10, at(0).mrr_10, at(0).p_1), (1.0, 1.0, 1.0));
        assert!((at(1).ndcg_10 - 1.0 / 3f64.log2()).abs() < 1e-12 && at(1).mrr_10 == 0.5 && at(1).p_1 == 0.0 && at(1).recall_10 == 1.0);
        assert_eq!(figures(&[0.0; 10], &relevant).recall_100, 0.0);
    }

    #[test]
    fn chance() {
        assert!(probability(&[0.1; 40]) < 0.001);
        let mixed: Vec<f64> = (0..40).map(|n| if n % 2 == 0 { 0.1 } else { -0.1 }).collect();
        assert!(probability(&mixed) > 0.5);
    }
}
