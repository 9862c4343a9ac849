//! Words by their places: phrases, words near each other, in order or in any.
//!
//! The same evaluation serves every engine and the highlighter: it needs the positions of terms, whoever has them.

/// What stands somewhere in a text, in exact terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Located {
    Term(String),
    /// Any term that begins so.
    Prefix(String),
    /// Any of these.
    Any(Vec<Located>),
    /// One right behind the other.
    Phrase(Vec<Located>),
    /// All of these in any order, with at most so many other words between them in all.
    Window {
        parts: Vec<Located>,
        others: u32,
    },
    /// Two parts at most `distance` words apart (neighbours are 1 apart); `ordered`: the left one first.
    Near {
        left: Box<Located>,
        right: Box<Located>,
        distance: u32,
        ordered: bool,
    },
}

/// Positions, half-open.
pub type Stretch = (u32, u32);

/// Stretches kept of one part at most: a bound on time for texts made of one word.
const MOST_STRETCHES: usize = 2_000;

impl Located {
    /// The terms, each once; prefixes are no terms.
    pub fn terms(&self) -> Vec<&str> {
        let mut terms: Vec<&str> = self.leaves().into_iter().filter_map(Located::as_term).collect();
        terms.sort_unstable();
        terms.dedup();
        terms
    }

    fn as_term(&self) -> Option<&str> {
        if let Located::Term(term) = self { Some(term) } else { None }
    }

    /// The terms and prefixes.
    pub fn leaves(&self) -> Vec<&Located> {
        match self {
            Located::Term(_) | Located::Prefix(_) => vec![self],
            Located::Any(parts) | Located::Phrase(parts) | Located::Window { parts, .. } => parts.iter().flat_map(Located::leaves).collect(),
            Located::Near { left, right, .. } => left.leaves().into_iter().chain(right.leaves()).collect(),
        }
    }

    /// Whether it is words right behind each other, and nothing else.
    pub fn is_phrase(&self) -> bool {
        match self {
            Located::Term(_) | Located::Prefix(_) => true,
            Located::Phrase(parts) => parts.iter().all(Located::is_phrase),
            _ => false,
        }
    }

    /// Groups of which an article must have a term or prefix each: what an engine looks up before it looks at positions.
    pub fn groups(&self) -> Vec<Vec<&Located>> {
        match self {
            Located::Term(_) | Located::Prefix(_) => vec![vec![self]],
            // Each alternative may need several words: one of all of them is a weaker condition, and enough to look closer.
            Located::Any(parts) => vec![parts.iter().flat_map(|part| part.groups().into_iter().flatten()).collect()],
            Located::Phrase(parts) | Located::Window { parts, .. } => parts.iter().flat_map(Located::groups).collect(),
            Located::Near { left, right, .. } => left.groups().into_iter().chain(right.groups()).collect(),
        }
    }

    /// Where it stands in a text, by beginning; `positions` tells where a term or the terms of a prefix stand, ascending.
    pub fn stretches(&self, positions: &mut dyn FnMut(&Located) -> Vec<u32>) -> Vec<Stretch> {
        let mut found = match self {
            Located::Term(_) | Located::Prefix(_) => positions(self).into_iter().map(|at| (at, at + 1)).collect(),
            Located::Any(parts) => parts.iter().flat_map(|part| part.stretches(positions)).collect(),
            Located::Phrase(parts) => {
                let mut parts = parts.iter();
                let Some(first) = parts.next() else { return Vec::new() };
                let mut found = first.stretches(positions);
                for part in parts {
                    if found.is_empty() {
                        break;
                    }
                    let next = part.stretches(positions);
                    found = join(&found, &next, |left, right| right.0 == left.1);
                }
                found
            }
            Located::Window { parts, others } => {
                let all: Vec<Vec<Stretch>> = parts.iter().map(|part| part.stretches(positions)).collect();
                if all.iter().any(Vec::is_empty) { Vec::new() } else { windows(&all, *others) }
            }
            Located::Near { left, right, distance, ordered } => {
                let (left, right) = (left.stretches(positions), right.stretches(positions));
                join(&left, &right, |a, b| {
                    let forward = b.0 >= a.1 && b.0 - (a.1 - 1) <= *distance;
                    let backward = !ordered && a.0 >= b.1 && a.0 - (b.1 - 1) <= *distance;
                    forward || backward
                })
            }
        };
        found.sort_unstable();
        found.dedup();
        found.truncate(MOST_STRETCHES);
        found
    }

    /// Whether it stands anywhere in a text.
    pub fn occurs(&self, positions: &mut dyn FnMut(&Located) -> Vec<u32>) -> bool {
        !self.stretches(positions).is_empty()
    }
}

/// The stretches from the beginning of one to the end of another, where the two fit.
fn join(left: &[Stretch], right: &[Stretch], fits: impl Fn(Stretch, Stretch) -> bool) -> Vec<Stretch> {
    let mut joined = Vec::new();
    for &a in left {
        for &b in right {
            if joined.len() >= MOST_STRETCHES {
                return joined;
            }
            if fits(a, b) {
                joined.push((a.0.min(b.0), a.1.max(b.1)));
            }
        }
    }
    joined
}

/// Stretches that hold one of each part, none overlapping another, and at most `others` further words.
fn windows(parts: &[Vec<Stretch>], others: u32) -> Vec<Stretch> {
    let mut found = Vec::new();
    // Each beginning of any part opens a window; the nearest fitting stretch of every other part fills it.
    let begins: Vec<u32> = parts.iter().flatten().map(|stretch| stretch.0).collect();
    for begin in begins {
        if found.len() >= MOST_STRETCHES {
            break;
        }
        if let Some(end) = fill(parts, begin, others, &mut Vec::new()) {
            found.push((begin, end));
        }
    }
    found
}

/// The end of the shortest filling of a window that begins at `begin`.
fn fill(parts: &[Vec<Stretch>], begin: u32, others: u32, taken: &mut Vec<Stretch>) -> Option<u32> {
    let Some((part, rest)) = parts.split_first() else {
        let end = taken.iter().map(|stretch| stretch.1).max()?;
        let words: u32 = taken.iter().map(|stretch| stretch.1 - stretch.0).sum();
        let begins = taken.iter().any(|stretch| stretch.0 == begin);
        return (begins && end - begin <= words + others).then_some(end);
    };
    let mut best: Option<u32> = None;
    let from = part.partition_point(|stretch| stretch.0 < begin);
    // A window is short: its words and the others, so only the next stretches can be in it.
    let reach = begin + others + 64;
    for &stretch in part[from..].iter().take_while(|stretch| stretch.0 <= reach).take(8) {
        if taken.iter().any(|other| stretch.0 < other.1 && other.0 < stretch.1) {
            continue;
        }
        taken.push(stretch);
        if let Some(end) = fill(rest, begin, others, taken) {
            best = Some(best.map_or(end, |best| best.min(end)));
        }
        taken.pop();
        if best.is_some() && taken.len() > 2 {
            break;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(text: &str) -> Located {
        Located::Term(text.to_string())
    }

    fn stretches(text: &str, node: &Located) -> Vec<Stretch> {
        let words: Vec<&str> = text.split(' ').collect();
        node.stretches(&mut |leaf| {
            let fits = |word: &&str| match leaf {
                Located::Term(term) => word == term,
                Located::Prefix(prefix) => word.starts_with(prefix.as_str()),
                _ => false,
            };
            words.iter().enumerate().filter(|(_, word)| fits(word)).map(|(at, _)| at as u32).collect()
        })
    }

    fn near(left: Located, right: Located, distance: u32, ordered: bool) -> Located {
        Located::Near { left: Box::new(left), right: Box::new(right), distance, ordered }
    }

    #[test]
    fn places_by_node() {
        let text = "a b c d a c x b";
        let rows: &[(Located, &[Stretch])] = &[
            (term("a"), &[(0, 1), (4, 5)]),
            (Located::Phrase(vec![term("a"), term("b")]), &[(0, 2)]),
            (Located::Phrase(vec![term("a"), Located::Any(vec![term("b"), term("c")])]), &[(0, 2), (4, 6)]),
            (near(term("a"), term("c"), 1, true), &[(4, 6)]),
            (near(term("a"), term("c"), 2, true), &[(0, 3), (4, 6)]),
            (near(term("c"), term("a"), 2, true), &[(2, 5)]),
            (near(term("c"), term("a"), 2, false), &[(0, 3), (2, 5), (4, 6)]),
            (near(Located::Phrase(vec![term("a"), term("b")]), term("d"), 2, false), &[(0, 4)]),
            (Located::Window { parts: vec![term("b"), term("a")], others: 0 }, &[(0, 2)]),
            (Located::Window { parts: vec![term("b"), term("a")], others: 2 }, &[(0, 2), (1, 5), (4, 8)]),
            (Located::Window { parts: vec![term("a"), term("a")], others: 3 }, &[(0, 5)]),
            (Located::Prefix("x".into()), &[(6, 7)]),
            (near(term("a"), term("nothing"), 9, false), &[]),
        ];
        for (node, expected) in rows {
            assert_eq!(stretches(text, node), *expected, "{node:?}");
        }
    }

    #[test]
    fn long_dull_texts_end() {
        let text = "a ".repeat(20_000);
        let node = near(Located::Window { parts: vec![term("a"); 6], others: 50 }, near(term("a"), term("a"), 100, false), 100, false);
        assert!(!stretches(text.trim(), &node).is_empty());
    }
}
