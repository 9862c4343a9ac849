//! Sorts Arabic words into classes by their neighbours, for the tagger.
//!
//! `cargo run --release --example word_classes -- wiki-ar.txt.gz data/language/ar/classes.bin`
//!
//! The exchange algorithm (Kneser and Ney 1993; Martin, Liermann and Ney 1998): each word moves to the class with which the bigrams of
//! classes say most about the text, until few move. Words stand in the order of their frequency at first, dealt over the classes; the same
//! input gives the same bytes. Twice: with many classes and with few.

mod wiki;

use std::collections::HashMap;

use anyhow::Context;
use fihris::language::arabic::classes;

/// Occurrences below which a word has no class.
const FEWEST: u32 = 5;
const PASSES: usize = 8;

/// The algorithm ends where less than one in so many words moves.
const FEW_MOVE: usize = 50;

/// Numbers whose `n ln n` is looked up.
const SMALL: u32 = 1 << 16;

/// The words of a text by number, most frequent first, and how often which stands behind which. Rare words and the ends of lines are one
/// word more, which comes last.
struct Text {
    words: Vec<String>,
    behind: Vec<Vec<(u32, u32)>>,
    before: Vec<Vec<(u32, u32)>>,
}

impl Text {
    fn read(input: &str) -> anyhow::Result<Text> {
        let mut numbers: HashMap<Box<str>, u32> = HashMap::new();
        let mut counts: Vec<u32> = Vec::new();
        let mut lines: Vec<Vec<u32>> = Vec::new();
        wiki::read(input, |words| {
            let mut line = Vec::with_capacity(words.len());
            for word in words {
                let next = numbers.len() as u32;
                let number = *numbers.entry(word.exact.clone()).or_insert(next);
                counts.resize(numbers.len(), 0);
                counts[number as usize] += 1;
                line.push(number);
            }
            lines.push(line);
        })?;
        let mut words: Vec<(&str, u32)> =
            numbers.iter().map(|(word, number)| (&**word, *number)).filter(|(_, number)| counts[*number as usize] >= FEWEST).collect();
        words.sort_by_key(|(word, number)| (std::cmp::Reverse(counts[*number as usize]), *word));
        let rest = words.len() as u32;
        let mut place = vec![rest; counts.len()];
        words.iter().zip(0..).for_each(|((_, number), at)| place[*number as usize] = at);
        let mut pairs: HashMap<(u32, u32), u32> = HashMap::new();
        for line in &lines {
            let mut last = rest;
            for number in line.iter().map(|number| place[*number as usize]).chain([rest]) {
                *pairs.entry((last, number)).or_default() += 1;
                last = number;
            }
        }
        let mut pairs: Vec<((u32, u32), u32)> = pairs.into_iter().collect();
        pairs.sort_unstable();
        let mut text = Text {
            words: words.iter().map(|(word, _)| word.to_string()).collect(),
            behind: vec![Vec::new(); words.len() + 1],
            before: vec![Vec::new(); words.len() + 1],
        };
        for ((left, right), n) in pairs {
            text.behind[left as usize].push((right, n));
            text.before[right as usize].push((left, n));
        }
        Ok(text)
    }
}

/// How often each class stands behind each.
struct Bigrams {
    width: usize,
    /// By class, then the class behind it; and the other way round, so that both are read in a row.
    behind: Vec<i32>,
    before: Vec<i32>,
    /// `n ln n` of small numbers.
    small: Vec<f64>,
    lefts: Vec<i64>,
    rights: Vec<i64>,
}

/// The bigrams of a word with the classes beside it, and with itself.
struct Beside {
    behind: Vec<(usize, i64)>,
    before: Vec<(usize, i64)>,
    itself: i64,
    n_behind: i64,
    n_before: i64,
}

impl Bigrams {
    fn add_pair(&mut self, left: usize, right: usize, n: i64) {
        self.behind[left * self.width + right] += n as i32;
        self.before[right * self.width + left] += n as i32;
    }

    fn add(&mut self, class: usize, beside: &Beside, sign: i64) {
        beside.behind.iter().for_each(|(other, n)| self.add_pair(class, *other, sign * n));
        beside.before.iter().for_each(|(other, n)| self.add_pair(*other, class, sign * n));
        self.add_pair(class, class, sign * beside.itself);
        self.lefts[class] += sign * beside.n_behind;
        self.rights[class] += sign * beside.n_before;
    }

    /// What the likelihood of the text gains by a word in a class, the word being in none.
    fn gain(&self, class: usize, beside: &Beside) -> f64 {
        let grown = |now: i64, n: i64| self.information(now + n) - self.information(now);
        let (behind, before) = (&self.behind[class * self.width..][..self.width], &self.before[class * self.width..][..self.width]);
        // What leads from the class and to it meets in one cell.
        let mut within = beside.itself;
        let mut gain = 0.0;
        for (neighbours, cells) in [(&beside.behind, behind), (&beside.before, before)] {
            for (other, n) in neighbours {
                if *other == class { within += n } else { gain += grown(i64::from(cells[*other]), *n) }
            }
        }
        gain + grown(i64::from(behind[class]), within) - grown(self.lefts[class], beside.n_behind) - grown(self.rights[class], beside.n_before)
    }

    fn information(&self, n: i64) -> f64 {
        self.small.get(n as usize).copied().unwrap_or_else(|| n as f64 * (n as f64).ln())
    }
}

fn sorted(by_class: HashMap<usize, i64>) -> Vec<(usize, i64)> {
    let mut sorted: Vec<(usize, i64)> = by_class.into_iter().collect();
    sorted.sort_unstable();
    sorted
}

/// The class of every word of the text.
fn exchange(text: &Text, n_classes: usize) -> Vec<usize> {
    let rest = text.words.len();
    let width = n_classes + 1;
    let mut class_of: Vec<usize> = (0..rest).map(|at| at % n_classes).chain([n_classes]).collect();
    let small = (0..SMALL).map(|n| if n == 0 { 0.0 } else { f64::from(n) * f64::from(n).ln() }).collect();
    let mut bigrams = Bigrams { width, behind: vec![0; width * width], before: vec![0; width * width], small, lefts: vec![0; width], rights: vec![0; width] };
    for (left, behind) in text.behind.iter().enumerate() {
        for (right, n) in behind {
            let (left, right) = (class_of[left], class_of[*right as usize]);
            bigrams.add_pair(left, right, i64::from(*n));
            bigrams.lefts[left] += i64::from(*n);
            bigrams.rights[right] += i64::from(*n);
        }
    }
    for pass in 1..=PASSES {
        let mut n_moved = 0;
        for word in 0..rest {
            let mut itself = 0;
            let mut by_class = |neighbours: &[(u32, u32)], is_behind: bool| {
                let mut by_class: HashMap<usize, i64> = HashMap::new();
                for (other, n) in neighbours {
                    if *other as usize != word {
                        *by_class.entry(class_of[*other as usize]).or_default() += i64::from(*n);
                    } else if is_behind {
                        itself += i64::from(*n);
                    }
                }
                (sorted(by_class), neighbours.iter().map(|(_, n)| i64::from(*n)).sum())
            };
            let ((behind, n_behind), (before, n_before)) = (by_class(&text.behind[word], true), by_class(&text.before[word], false));
            let beside = Beside { behind, before, itself, n_behind, n_before };
            let own = class_of[word];
            bigrams.add(own, &beside, -1);
            let gains = (0..n_classes).map(|class| (bigrams.gain(class, &beside), class));
            let best = gains.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))).map_or(own, |(_, class)| class);
            bigrams.add(best, &beside, 1);
            if best != own {
                class_of[word] = best;
                n_moved += 1;
            }
        }
        println!("{n_classes} classes, pass {pass}: {n_moved} of {rest} words moved");
        if n_moved * FEW_MOVE < rest {
            break;
        }
    }
    class_of
}

fn main() -> anyhow::Result<()> {
    let [input, output] = std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| anyhow::anyhow!("usage: word_classes INPUT OUTPUT"))?;
    let text = Text::read(&input)?;
    let (fine, coarse) = (exchange(&text, classes::FINE), exchange(&text, classes::COARSE));
    let words: Vec<(String, u16, u16)> =
        text.words.iter().zip(fine.iter().zip(&coarse)).map(|(word, (fine, coarse))| (word.clone(), *fine as u16, *coarse as u16)).collect();
    let table = classes::compile(&words)?;
    println!("{} words, {} bytes", words.len(), table.len());
    std::fs::write(&output, table).with_context(|| output.clone())?;
    Ok(())
}
