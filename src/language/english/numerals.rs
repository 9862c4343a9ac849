//! English number words and digits to values: `twenty-three`, `1.5 million`, `two dozen`, `half a million`, `dozens`.

use crate::language::{Quantity, arabic::numerals::Numeral};

enum Part {
    Small(i64),
    Tens(i64),
    Hundred,
    Scale(i64),
    Dozen,
}

fn part(word: &str) -> Option<Part> {
    const SMALL: &[&str] = &[
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: &[&str] = &["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    if let Some(value) = SMALL.iter().position(|small| *small == word).filter(|value| *value > 0) {
        return Some(Part::Small(value as i64));
    }
    if let Some(value) = TENS.iter().position(|tens| *tens == word) {
        return Some(Part::Tens(20 + 10 * value as i64));
    }
    match word {
        "hundred" => Some(Part::Hundred),
        "thousand" => Some(Part::Scale(1_000)),
        "million" | "mln" => Some(Part::Scale(1_000_000)),
        "billion" | "bln" => Some(Part::Scale(1_000_000_000)),
        "trillion" => Some(Part::Scale(1_000_000_000_000)),
        "dozen" => Some(Part::Dozen),
        _ => None,
    }
}

fn digits(word: &str) -> Option<f64> {
    if !word.starts_with(|letter: char| letter.is_ascii_digit()) || word.contains([':', '-']) {
        return None;
    }
    let (whole, fraction) = word.split_once('.').map_or((word, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut groups = whole.split(',');
    let first_fits = groups.next().is_some_and(|first| !whole.contains(',') || first.len() <= 3);
    if !first_fits || !groups.all(|group| group.len() == 3) || fraction.is_some_and(|fraction| fraction.contains(['.', ','])) {
        return None;
    }
    format!("{}.{}", whole.replace(',', ""), fraction.unwrap_or("0")).parse().ok().filter(|value: &f64| *value < 1e15)
}

fn vague(word: &str) -> Option<(i64, i64)> {
    match word {
        "dozens" | "scores" => Some((20, 99)),
        "hundreds" => Some((200, 999)),
        "thousands" => Some((2_000, 9_999)),
        "millions" => Some((2_000_000, 9_999_999)),
        _ => None,
    }
}

/// Whether a word in lower case can begin a numeral.
pub fn begins_numeral(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_ascii_digit())
        || matches!(part(word), Some(Part::Small(_) | Part::Tens(_)))
        || vague(word).is_some()
        || matches!(word, "a" | "half" | "several" | "few" | "couple")
}

/// Reads the numeral at the beginning of `words` (lower case), `None` where there is none.
pub fn read(words: &[&str]) -> Option<Numeral> {
    let numeral = |quantity, len| Some(Numeral { quantity, len, conjunction: false });
    let first = *words.first()?;
    if let Some((low, high)) = vague(first) {
        let scale = match (words.get(1), words.get(2).copied()) {
            (Some(&"of"), Some("thousands")) => Some(1_000),
            (Some(&"of"), Some("millions")) => Some(1_000_000),
            _ => None,
        };
        return match scale {
            Some(scale) => numeral(Quantity::vague(low * scale, Some(high * scale + scale - 1)), 3),
            None => numeral(Quantity::vague(low, Some(high)), 1),
        };
    }
    match (first, words.get(1).copied()) {
        ("several", _) => return numeral(Quantity::vague(2, None), 1),
        ("a", Some("few")) => return numeral(Quantity::vague(2, None), 2),
        ("a", Some("couple")) => return numeral(Quantity::vague(2, None), if words.get(2) == Some(&"of") { 3 } else { 2 }),
        ("half", Some("a")) => {
            return match words.get(2).and_then(|word| part(word)) {
                Some(Part::Scale(scale)) => numeral(Quantity::exact(scale / 2), 3),
                Some(Part::Dozen) => numeral(Quantity::exact(6), 3),
                _ => None,
            };
        }
        // Before anything else, a bracket, a quotation mark or an end included, it is an article.
        ("a", next) if !next.is_some_and(|next| matches!(part(next), Some(Part::Hundred | Part::Scale(_) | Part::Dozen))) => return None,
        _ => {}
    }
    let (mut total, mut group, mut at) = (0i64, 0f64, 0usize);
    let mut open = false;
    let mut last_scale = i64::MAX;
    let mut from_digits = false;
    let mut after_tens = false;
    while let Some(&word) = words.get(at) {
        if word == "a" && at == 0 {
            (group, open) = (1.0, true);
        } else if word == "and" && at > 0 {
            // `one hundred and five`: only where a small number follows a hundred or a scale.
            let follows = words.get(at + 1).and_then(|next| part(next));
            let fits = matches!(follows, Some(Part::Small(_) | Part::Tens(_)))
                && !from_digits
                && ((open && group >= 100.0 && group % 100.0 == 0.0) || (!open && last_scale != i64::MAX));
            if !fits {
                break;
            }
        } else if let Some(value) = digits(word) {
            if at > 0 {
                break;
            }
            (group, open, from_digits) = (value, true, true);
        } else {
            match part(word) {
                Some(Part::Small(value)) if !from_digits && (!open || group % 100.0 == 0.0 || (after_tens && value < 10)) => {
                    (group, open, after_tens) = (group + value as f64, true, false);
                }
                Some(Part::Tens(value)) if !from_digits && (!open || group % 100.0 == 0.0) => (group, open, after_tens) = (group + value as f64, true, true),
                Some(Part::Hundred) if open && group < 100.0 => (group, after_tens) = (group * 100.0, false),
                Some(Part::Dozen) if open && group < 100.0 => (group, from_digits) = (group * 12.0, true),
                Some(Part::Scale(scale)) if open && scale < last_scale => {
                    total += (group * scale as f64).round() as i64;
                    (group, open, last_scale, after_tens) = (0.0, false, scale, false);
                }
                _ => break,
            }
        }
        at += 1;
    }
    if group.fract() != 0.0 || (!open && total == 0) {
        return None;
    }
    numeral(Quantity::exact(total.checked_add(group as i64)?), at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals() {
        let rows = [
            ("twenty three", 23, 2),
            ("one hundred and five people", 105, 4),
            ("1.5 million", 1_500_000, 2),
            ("3,450", 3_450, 1),
            ("two dozen", 24, 2),
            ("a dozen", 12, 2),
            ("a hundred", 100, 2),
            ("half a million", 500_000, 3),
            ("two thousand and twelve", 2_012, 4),
            ("five and six", 5, 1),
            ("twelve thousand three hundred forty five", 12_345, 6),
        ];
        for (text, value, len) in rows {
            let words: Vec<&str> = text.split(' ').collect();
            assert_eq!(read(&words).map(|numeral| (numeral.quantity.value, numeral.len)), Some((Some(value), len)), "{text}");
        }
        for text in ["a man", "12.5", "the", "half the"] {
            assert_eq!(read(&text.split(' ').collect::<Vec<_>>()), None, "{text}");
        }
        assert_eq!(read(&["dozens"]).map(|numeral| numeral.quantity), Some(Quantity::vague(20, Some(99))));
    }
}
