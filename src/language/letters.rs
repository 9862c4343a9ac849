//! How many letters apart two words are.

/// Letters to insert, drop, change, or swap with their neighbour, until one word is the other (optimal string alignment).
pub fn letters_apart(a: &[char], b: &str) -> usize {
    apart(a, &b.chars().collect::<Vec<_>>(), |left, right| if left == right { 0 } else { 2 }) / 2
}

/// The same for spellings, in halves: what Arabic writers confuse costs half a letter.
pub fn spellings_apart(a: &str, b: &str) -> usize {
    apart(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>(), |left, right| match (left, right) {
        _ if left == right => 0,
        _ if ALIKE.iter().any(|alike| alike.contains(&left) && alike.contains(&right)) => 1,
        _ => 2,
    })
}

/// Letters written for each other: seats of hamza, final ya, ta marbuta, and pairs that sound alike to many.
const ALIKE: &[&[char]] = &[
    &['ا', 'أ', 'إ', 'آ', 'ء', 'ئ', 'ؤ', 'ى'],
    &['ي', 'ى', 'ئ'],
    &['و', 'ؤ'],
    &['ه', 'ة', 'ا'],
    &['ض', 'ظ'],
    &['ذ', 'ز', 'د'],
    &['ث', 'س', 'ت'],
    &['ط', 'ت'],
    &['ص', 'س'],
    &['ق', 'ك', 'غ', 'ج'],
    &['غ', 'خ'],
    &['ف', 'ب'],
    &['c', 'k', 's'],
    &['i', 'y', 'e'],
];

fn apart(a: &[char], b: &[char], change: impl Fn(char, char) -> usize) -> usize {
    const LETTER: usize = 2;
    let (mut before, mut last): (Vec<usize>, Vec<usize>) = (Vec::new(), (0..=b.len()).map(|n| n * LETTER).collect());
    for (i, &left) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push((i + 1) * LETTER);
        for (j, &right) in b.iter().enumerate() {
            let mut cost = (last[j] + change(left, right)).min(last[j + 1] + LETTER).min(row[j] + LETTER);
            if i > 0 && j > 0 && left == b[j - 1] && a[i - 1] == right {
                cost = cost.min(before[j - 1] + LETTER);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, expected) in [("abcd", "abcd", 0), ("abcd", "abdc", 1), ("abcd", "acd", 1), ("abcd", "xbcdy", 2), ("", "ab", 2), ("دمشق", "دمسق", 1)]
        {
            assert_eq!(letters_apart(&a.chars().collect::<Vec<_>>(), b), expected, "{a} {b}");
        }
        assert!(spellings_apart("ضهر", "ظهر") < spellings_apart("ضهر", "بهر"));
        assert_eq!(spellings_apart("مدرسه", "مدرسة"), 1);
    }
}
