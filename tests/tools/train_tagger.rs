//! Trains the tagger of names and measures it by cross-validation.
//!
//! `cargo run --release --example train_tagger -- FILE…`: three folds of blocks of neighbouring articles.
//! `… -- FILE… --test FILE…`: trained on the first, measured on the others.
//!
//! An averaged structured perceptron (Collins 2002) over the features of [`fihris::extract::tagger`], the mean of several seeds. While
//! it learns, features are left out at random, and outside is made likelier where a name is: names are found more often for it. What a
//! model of the other half of the articles took a word for elsewhere in its article is a feature too, in half of the sentences.

use std::collections::BTreeSet;
use std::path::Path;

use fihris::analysis::Analyzer;
use fihris::article::LanguageCode;
use fihris::extract::tagger::{self, Sentence};
use fihris::extract::{EntityKind, Extractor, Tokenized};
use fihris::labelled::{self, LabelledArticle};

/// B and I of each kind, and outside.
const LABELS: usize = 7;
const OUTSIDE: usize = 0;
const ROWS: usize = 1 << 20;
const EPOCHS: usize = 10;
const SEEDS: u64 = 3;
const BONUS: f32 = 1.2;
const DROP: f64 = 0.15;

/// Parts of the cross-validation, and articles that stand together in one: neighbours are alike.
const FOLDS: usize = 3;
const BLOCK: usize = 10;

fn row(feature: u64) -> u32 {
    (feature % ROWS as u64) as u32
}

fn begin(kind: EntityKind) -> usize {
    1 + 2 * kind as usize
}

#[derive(Clone)]
struct Example {
    features: Vec<Vec<u32>>,
    keys: Vec<u64>,
    gold: Vec<usize>,
}

/// The sentences of an article with what is remembered of other mentions as features.
fn with_memory(examples: &[Example], labels: &[Vec<usize>]) -> Vec<Example> {
    let keys: Vec<&[u64]> = examples.iter().map(|example| example.keys.as_slice()).collect();
    let labels: Vec<&[usize]> = labels.iter().map(Vec::as_slice).collect();
    let mut with: Vec<Example> = examples.to_vec();
    for (example, words) in with.iter_mut().zip(tagger::remember(&keys, &labels)) {
        for (token, features) in example.features.iter_mut().enumerate() {
            features.extend(tagger::of_memory(&words, token).into_iter().map(row));
        }
    }
    with
}

/// Both passes over an article.
fn label(model: &Weights, examples: &[Example]) -> Vec<Vec<usize>> {
    let first: Vec<Vec<usize>> = examples.iter().map(|example| decode(model, example, |_| true, false)).collect();
    with_memory(examples, &first).iter().map(|example| decode(model, example, |_| true, false)).collect()
}

/// Trains with what a model of the other half of the articles took the names for, in a half of the articles.
fn train_with_memory(articles: &[&Vec<Example>]) -> Weights {
    let half =
        |part: usize| -> Vec<&Example> { articles.iter().enumerate().filter(|(at, _)| at % 2 == part).flat_map(|(_, examples)| examples.iter()).collect() };
    let models = [train(&half(1)), train(&half(0))];
    let mut examples: Vec<Example> = Vec::new();
    for (at, article) in articles.iter().enumerate() {
        let first: Vec<Vec<usize>> = article.iter().map(|example| decode(&models[at % 2], example, |_| true, false)).collect();
        for (number, with) in with_memory(article, &first).into_iter().enumerate() {
            examples.push(if (at + number) % 2 == 0 { with } else { article[number].clone() });
        }
    }
    train(&examples.iter().collect::<Vec<_>>())
}

/// Weights of each label, by row of the features; behind them those of a label behind another, by the one before.
type Weights = Vec<[f32; LABELS]>;

fn no_weights() -> Weights {
    vec![[0.0; LABELS]; ROWS + LABELS]
}

/// An inside follows the beginning or inside of its kind.
fn is_allowed(from: usize, to: usize) -> bool {
    to == OUTSIDE || !to.is_multiple_of(2) || from == to || from + 1 == to
}

/// The best labels of a sentence (Viterbi 1967). While it learns, outside is made likelier where a name is.
fn decode(weights: &Weights, example: &Example, keep: impl Fn(u32) -> bool, is_learning: bool) -> Vec<usize> {
    let mut back: Vec<[usize; LABELS]> = Vec::with_capacity(example.features.len());
    let mut scores = [f32::NEG_INFINITY; LABELS];
    scores[OUTSIDE] = 0.0;
    for (features, gold) in example.features.iter().zip(&example.gold) {
        let mut own = [0f32; LABELS];
        for feature in features.iter().filter(|feature| keep(**feature)) {
            own.iter_mut().zip(&weights[*feature as usize]).for_each(|(own, weight)| *own += weight);
        }
        if is_learning && *gold != OUTSIDE {
            own[OUTSIDE] += BONUS;
        }
        let best = |to: usize| {
            let behind = (0..LABELS).filter(|from| is_allowed(*from, to)).map(|from| (scores[from] + weights[ROWS + from][to], from));
            behind.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))).unwrap_or((f32::NEG_INFINITY, OUTSIDE))
        };
        let bests: [(f32, usize); LABELS] = std::array::from_fn(best);
        scores = std::array::from_fn(|to| bests[to].0 + own[to]);
        back.push(bests.map(|(_, from)| from));
    }
    let mut label = (0..LABELS).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(OUTSIDE);
    let mut labels: Vec<usize> = Vec::with_capacity(back.len());
    for from in back.iter().rev() {
        labels.push(label);
        label = from[label];
    }
    labels.reverse();
    labels
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// The mean of the averaged weights of all seeds.
fn train(examples: &[&Example]) -> Weights {
    let mut mean = no_weights();
    for seed in 1..=SEEDS {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        // The average is the weights less what was added, times when it was added.
        let (mut weights, mut late) = (no_weights(), no_weights());
        let mut step = 1f32;
        let mut order: Vec<usize> = (0..examples.len()).collect();
        for _ in 0..EPOCHS {
            for at in (1..order.len()).rev() {
                order.swap(at, (random.next() % (at as u64 + 1)) as usize);
            }
            for &number in &order {
                let salt = random.next();
                let keep = |feature: u32| spread(u64::from(feature) ^ salt) >= DROP;
                let found = decode(&weights, examples[number], keep, true);
                correct(examples[number], &found, keep, |row, label, by| {
                    weights[row][label] += by;
                    late[row][label] += by * step;
                });
                step += 1.0;
            }
        }
        for (mean, (weights, late)) in mean.iter_mut().zip(weights.iter().zip(&late)) {
            mean.iter_mut().zip(weights.iter().zip(late)).for_each(|(mean, (weight, late))| *mean += (weight - late / step) / SEEDS as f32);
        }
    }
    mean
}

/// A number from 0 to 1 for each value, as good as random.
fn spread(value: u64) -> f64 {
    let mixed = value.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((mixed ^ mixed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 40) as f64 / (1u64 << 24) as f64
}

/// Every weight that must change: row, label, and by how much.
fn correct(example: &Example, found: &[usize], keep: impl Fn(u32) -> bool, mut change: impl FnMut(usize, usize, f32)) {
    let (mut right_before, mut wrong_before) = (OUTSIDE, OUTSIDE);
    for (features, (&right, &wrong)) in example.features.iter().zip(example.gold.iter().zip(found)) {
        if right != wrong {
            for feature in features.iter().filter(|feature| keep(**feature)) {
                change(*feature as usize, right, 1.0);
                change(*feature as usize, wrong, -1.0);
            }
        }
        if (right_before, right) != (wrong_before, wrong) {
            change(ROWS + right_before, right, 1.0);
            change(ROWS + wrong_before, wrong, -1.0);
        }
        (right_before, wrong_before) = (right, wrong);
    }
}

/// Runs of tokens and their kinds.
fn names(labels: &[usize]) -> Vec<(usize, usize, usize)> {
    let mut names: Vec<(usize, usize, usize)> = Vec::new();
    for (at, &label) in labels.iter().enumerate() {
        if label == OUTSIDE {
            continue;
        }
        if label % 2 == 1 {
            names.push((at, at + 1, label));
        } else if let Some(last) = names.last_mut() {
            last.1 = at + 1;
        }
    }
    names
}

fn gold(article: &LabelledArticle, sentence: &Sentence) -> Vec<usize> {
    let mut labels = vec![OUTSIDE; sentence.tokens.len()];
    for name in article.names.iter().filter(|name| name.field == sentence.field) {
        let mut is_first = true;
        for (token, label) in sentence.tokens.iter().zip(&mut labels) {
            if token.start < name.span.end && name.span.start < token.end {
                *label = begin(name.kind) + usize::from(!is_first);
                is_first = false;
            }
        }
    }
    labels
}

/// The sentences of articles with their labels.
fn examples(paths: &[String], only: Option<LanguageCode>) -> anyhow::Result<Vec<Vec<Example>>> {
    let mut extractor = Extractor::new();
    let mut analyzer = Analyzer::new();
    let mut by_article: Vec<Vec<Example>> = Vec::new();
    for path in paths {
        for article in labelled::read(Path::new(path))?.into_iter().filter(|article| only.is_none_or(|only| article.language == only)) {
            let title = analyzer.analyze(&article.title, article.language);
            let body = analyzer.analyze(&article.body, article.language);
            let sentences =
                extractor.sentences(&analyzer, Tokenized { text: &article.title, tokens: &title }, Tokenized { text: &article.body, tokens: &body });
            let example = |sentence: Sentence| {
                let gold = gold(&article, &sentence);
                let features = sentence.features.iter().map(|features| features.iter().map(|feature| row(*feature)).collect()).collect();
                Example { features, keys: sentence.keys, gold }
            };
            by_article.push(sentences.into_iter().map(example).collect());
        }
    }
    let n: usize = by_article.iter().flatten().map(|example| example.gold.len()).sum();
    println!("{} articles, {} sentences, {n} tokens", by_article.len(), by_article.iter().map(Vec::len).sum::<usize>());
    Ok(by_article)
}

fn measure(model: &Weights, articles: &[&Vec<Example>]) -> Tally {
    let mut tally = Tally::default();
    for examples in articles {
        for (example, found) in examples.iter().zip(label(model, examples)) {
            tally.add(&names(&found), &names(&example.gold));
        }
    }
    tally
}

/// Names that are right, found and labelled, by kind.
#[derive(Clone, Copy, Default)]
struct Tally([[usize; 3]; 3]);

impl Tally {
    fn add(&mut self, found: &[(usize, usize, usize)], labelled: &[(usize, usize, usize)]) {
        let kind = |name: &(usize, usize, usize)| (name.2 - 1) / 2;
        found.iter().filter(|name| labelled.contains(name)).for_each(|name| self.0[kind(name)][0] += 1);
        found.iter().for_each(|name| self.0[kind(name)][1] += 1);
        labelled.iter().for_each(|name| self.0[kind(name)][2] += 1);
    }

    fn sum(mut self, other: Tally) -> Tally {
        self.0.iter_mut().flatten().zip(other.0.iter().flatten()).for_each(|(sum, n)| *sum += n);
        self
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all = self.0.iter().fold([0; 3], |all, kind| [all[0] + kind[0], all[1] + kind[1], all[2] + kind[2]]);
        let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        let f1 = |[right, found, labelled]: [usize; 3]| share(2 * right, found + labelled);
        let [people, places, organizations] = self.0;
        write!(formatter, "PER {:.1} LOC {:.1} ORG {:.1} all {:.2}", f1(people), f1(places), f1(organizations), f1(all))?;
        write!(formatter, " (P {:.1} R {:.1})", share(all[0], all[1]), share(all[0], all[2]))
    }
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (training, tests) = match arguments.iter().position(|argument| argument == "--test") {
        Some(at) => (&arguments[..at], &arguments[at + 1..]),
        None => (arguments.as_slice(), [].as_slice()),
    };
    let articles = examples(training, None)?;
    if !tests.is_empty() {
        let model = train_with_memory(&articles.iter().collect::<Vec<_>>());
        for path in tests {
            let languages: BTreeSet<LanguageCode> = labelled::read(Path::new(path))?.iter().map(|article| article.language).collect();
            for language in languages {
                let test = examples(std::slice::from_ref(path), Some(language))?;
                println!("{path} {language}: {}", measure(&model, &test.iter().collect::<Vec<_>>()));
            }
        }
        return Ok(());
    }
    let mut all = Tally::default();
    for fold in 0..FOLDS {
        let is_test = |article: usize| article / BLOCK % FOLDS == fold;
        let part =
            |tested: bool| -> Vec<&Vec<Example>> { articles.iter().enumerate().filter(|(at, _)| is_test(*at) == tested).map(|(_, article)| article).collect() };
        let tally = measure(&train_with_memory(&part(false)), &part(true));
        println!("fold {}: {tally}", fold + 1);
        all = all.sum(tally);
    }
    println!("all: {all}");
    Ok(())
}
