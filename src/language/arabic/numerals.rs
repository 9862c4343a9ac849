//! Arabic number words and digits to values.
//!
//! ```text
//! number := group (SCALE)? ( و+group (SCALE)? )*  |  DUALSCALE ( و+… )*  |  digits (SCALE)?     scales strictly descending
//! group  := HUND (و+sub)? | UNIT HUND (و+sub)? | sub        sub := UNIT | UNIT TEN | UNIT و+TENS | TENS
//! suffix := SCALE ونصف (ال SCALE)?
//! ```
//! `و` belongs to the word behind it and is read as a conjunction only where the rest is a numeral (`واحد` is not `و`+`احد`).
//! A second number without `و` begins a new numeral. Words come folded as the `exact` stream folds them.

use crate::language::Quantity;

/// One word of a numeral.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    Unit(i64),
    /// `عشر`, `عشرة`: 10 alone, the ten of 11–19 behind a unit.
    Ten,
    Tens(i64),
    /// 100, multiplied by a unit before it.
    Hundred,
    /// 200 and the fused 300–900.
    Hundreds(i64),
    Scale(i64),
    DualScale(i64),
    /// `الفا`: an accusative thousand behind a number, else the construct dual 2,000.
    Alfa,
    /// The denominator of a fraction.
    Fraction(i64),
}

const THOUSAND: i64 = 1_000;
const MILLION: i64 = 1_000_000;
const BILLION: i64 = 1_000_000_000;
const TRILLION: i64 = 1_000_000_000_000;

fn part(word: &str) -> Option<Part> {
    Some(match word {
        "واحد" | "واحده" | "احد" | "احدي" => Part::Unit(1),
        "اثنان" | "اثنين" | "اثنتان" | "اثنتين" | "اثنا" | "اثني" | "اثنتا" | "اثنتي" => Part::Unit(2),
        "ثلاث" | "ثلاثه" => Part::Unit(3),
        "اربع" | "اربعه" => Part::Unit(4),
        "خمس" | "خمسه" => Part::Unit(5),
        "ست" | "سته" => Part::Unit(6),
        "سبع" | "سبعه" => Part::Unit(7),
        "ثمان" | "ثماني" | "ثمانيه" => Part::Unit(8),
        "تسع" | "تسعه" => Part::Unit(9),
        "عشر" | "عشره" => Part::Ten,
        "عشرون" | "عشرين" => Part::Tens(20),
        "ثلاثون" | "ثلاثين" => Part::Tens(30),
        "اربعون" | "اربعين" => Part::Tens(40),
        "خمسون" | "خمسين" => Part::Tens(50),
        "ستون" | "ستين" => Part::Tens(60),
        "سبعون" | "سبعين" => Part::Tens(70),
        "ثمانون" | "ثمانين" => Part::Tens(80),
        "تسعون" | "تسعين" => Part::Tens(90),
        "مئه" | "مائه" | "ميه" | "مايه" => Part::Hundred,
        "مئتان" | "مئتين" | "مئتا" | "مئتي" | "مائتان" | "مائتين" | "مائتا" | "مائتي" | "ميتين" | "ميتان" => {
            Part::Hundreds(200)
        }
        "الف" | "الاف" => Part::Scale(THOUSAND),
        "الفا" => Part::Alfa,
        "الفان" | "الفين" | "الفي" => Part::DualScale(THOUSAND),
        "مليون" | "مليونا" | "ملايين" => Part::Scale(MILLION),
        "مليونان" | "مليونين" | "مليوني" => Part::DualScale(MILLION),
        "مليار" | "مليارا" | "مليارات" | "بليون" | "بليونا" | "بلايين" => Part::Scale(BILLION),
        "ملياران" | "مليارين" | "ملياري" | "بليونان" | "بليونين" => Part::DualScale(BILLION),
        "تريليون" | "تريليونا" | "تريليونات" | "ترليون" => Part::Scale(TRILLION),
        "تريليونان" | "تريليونين" => Part::DualScale(TRILLION),
        "نصف" => Part::Fraction(2),
        "ربع" => Part::Fraction(4),
        "ثلث" => Part::Fraction(3),
        _ => {
            // ثلاثمئة … تسعمائة: a unit grown together with the hundred.
            let unit = ["مئه", "مائه", "ميه", "مايه"].iter().find_map(|hundred| word.strip_suffix(hundred))?;
            match part(unit) {
                Some(Part::Unit(value @ 3..=9)) => Part::Hundreds(value * 100),
                _ => return None,
            }
        }
    })
}

/// The scale behind an article: `المليون` in `مليون ونصف المليون`.
fn definite_scale(word: &str) -> Option<i64> {
    match word.strip_prefix("ال").and_then(part) {
        Some(Part::Scale(scale)) => Some(scale),
        _ => None,
    }
}

/// Digits with thousands separators and a decimal point; a fraction is kept only where a scale follows.
fn digits(word: &str) -> Option<f64> {
    if !word.starts_with(|letter: char| letter.is_ascii_digit()) || word.contains([':', '-']) {
        return None;
    }
    let (whole, fraction) = word.split_once('.').map_or((word, None), |(whole, fraction)| (whole, Some(fraction)));
    let groups: Vec<&str> = whole.split(',').collect();
    let grouped = groups.len() == 1 || groups[1..].iter().all(|group| group.len() == 3) && groups[0].len() <= 3;
    // `194.792`: a stop before exactly three digits parts thousands, as Maghreb and Gulf papers write them.
    if let (Some(fraction), 1) = (fraction, groups.len())
        && fraction.split('.').all(|group| group.len() == 3)
        && (1..=3).contains(&whole.len())
        && whole != "0"
    {
        return word.replace('.', "").parse().ok();
    }
    if !grouped || fraction.is_some_and(|fraction| fraction.contains(['.', ','])) {
        return None;
    }
    let joined = format!("{}.{}", groups.concat(), fraction.unwrap_or("0"));
    joined.parse().ok().filter(|value: &f64| *value < 1e15)
}

/// Whether a word can begin a numeral, its conjunction included.
pub fn begins_numeral(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_ascii_digit())
        || part(word).is_some()
        || vague(word).is_some()
        || word.strip_prefix('و').is_some_and(|rest| part(rest).is_some() || vague(rest).is_some())
}

/// A plural that names a magnitude: `عشرات`, with or without article.
fn vague(word: &str) -> Option<(i64, i64)> {
    match word.strip_prefix("ال").unwrap_or(word) {
        "عشرات" => Some((20, 99)),
        "مئات" | "مءات" | "ميات" => Some((200, 999)),
        "الاف" | "الوف" => Some((2_000, 9_999)),
        "ملايين" => Some((2_000_000, 9_999_999)),
        _ => None,
    }
}

/// A numeral read from the beginning of `words`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Numeral {
    pub quantity: Quantity,
    /// Words taken.
    pub len: usize,
    /// Whether the first word carries `و` in front of the numeral.
    pub conjunction: bool,
}

/// Reads the numeral at the beginning of `words`, `None` where there is none.
pub fn read(words: &[&str]) -> Option<Numeral> {
    let first = *words.first()?;
    if let Some(numeral) = read_vague(words) {
        return Some(numeral);
    }
    let conjunction = part(first).is_none() && first.strip_prefix('و').is_some_and(|rest| part(rest).is_some());
    let mut sum = Sum::default();
    let mut at = 0;
    while let Some(&word) = words.get(at) {
        let begins = at == 0;
        let taken = if let Some(value) = digits(word) {
            sum.add_digits(value, begins, false)
        } else if word == "و" && !begins && words.get(at + 1).and_then(|next| digits(next)).is_some_and(|value| sum.add_digits(value, false, true)) {
            at += 1;
            true
        } else if let Some(known) = part(word) {
            // Folded, `وأحد` looks like `واحد`: inside a numeral it is the conjunction (`مئة وأحد عشر`).
            sum.add(known, begins, begins || word == "واحد", words.get(at + 1).copied())
        } else if let Some(known) = word.strip_prefix('و').and_then(part) {
            sum.add(known, begins, true, words.get(at + 1).copied())
        } else if sum.fraction_of.is_some() && definite_scale(word) == sum.fraction_of {
            sum.fraction_of = None;
            true
        } else {
            false
        };
        if !taken {
            break;
        }
        at += 1;
    }
    let value = sum.value()?;
    Some(Numeral { quantity: Quantity::exact(value), len: at, conjunction })
}

/// `عشرات`, `مئات الآلاف`, `بضعة`, `بضع وعشرون`, `نيف وثلاثون`, `عدة`.
fn read_vague(words: &[&str]) -> Option<Numeral> {
    let first = *words.first()?;
    let bare = first.strip_prefix('و').filter(|rest| vague(rest).is_some() || matches!(*rest, "بضع" | "بضعه" | "نيف" | "عده"));
    let (word, conjunction) = bare.map_or((first, false), |rest| (rest, true));
    let numeral = |min, max, len| Some(Numeral { quantity: Quantity::vague(min, max), len, conjunction });
    match word {
        "بضع" | "بضعه" | "نيف" => {
            let (low, high) = if word == "نيف" { (1, 3) } else { (3, 9) };
            match words.get(1).and_then(|next| next.strip_prefix('و')).and_then(part) {
                Some(Part::Tens(tens)) => numeral(tens + low, Some(tens + high), 2),
                _ if word == "نيف" => None,
                _ => match words.get(1).copied().and_then(part) {
                    Some(Part::Scale(scale)) => numeral(low * scale, Some(high * scale), 2),
                    Some(Part::Ten) => numeral(13, Some(19), 2),
                    _ => numeral(low, Some(high), 1),
                },
            }
        }
        "عده" => numeral(2, None, 1),
        _ => {
            let (low, high) = vague(word)?;
            match words.get(1).copied().and_then(vague) {
                Some((scale, _)) => {
                    let unit = if scale == 2_000 { THOUSAND } else { MILLION };
                    numeral(low * unit, Some(high * unit + unit - 1), 2)
                }
                // Behind a number `آلاف` and `ملايين` are scales; alone they are vague.
                None => numeral(low, Some(high), 1),
            }
        }
    }
}

/// The sum of a numeral under way.
#[derive(Debug, Default)]
struct Sum {
    total: i64,
    /// The group below a thousand (or digits) that waits for its scale.
    group: f64,
    has_group: bool,
    last_scale: Option<i64>,
    /// Whether the word before was a unit (1–9), which `مئة` multiplies and `عشر` lifts above ten.
    after_unit: bool,
    after_digits: bool,
    /// The scale a fraction was just taken of.
    fraction_of: Option<i64>,
    denominator: Option<i64>,
    taken: bool,
}

impl Sum {
    fn add_digits(&mut self, value: f64, begins: bool, conjunction: bool) -> bool {
        let fits = begins || conjunction && self.last_scale.is_some_and(|scale| value < scale as f64) && !self.has_group;
        if fits {
            (self.group, self.has_group, self.after_digits, self.after_unit, self.taken) = (value, true, true, false, true);
        }
        fits
    }

    fn add(&mut self, part: Part, begins: bool, joined: bool, next: Option<&str>) -> bool {
        let joined = joined || begins;
        let was_unit = std::mem::take(&mut self.after_unit);
        let group = self.group as i64;
        if let Some(denominator) = self.denominator {
            // نصف مليون
            let Part::Scale(scale) = part else { return false };
            self.denominator = None;
            self.total += scale / denominator;
            self.last_scale = Some(scale);
            return true;
        }
        let may_open = joined && !self.has_group && (begins || self.last_scale.is_some());
        let taken = match part {
            Part::Unit(value) if may_open || joined && self.has_group && !self.after_digits && group % 100 == 0 => {
                self.group += value as f64;
                self.after_unit = true;
                true
            }
            Part::Ten if was_unit && (begins || !joined) => {
                self.group += 10.0;
                true
            }
            Part::Ten if may_open || joined && self.has_group && !self.after_digits && group % 100 == 0 => {
                self.group += 10.0;
                true
            }
            Part::Tens(value) if may_open || joined && self.has_group && !self.after_digits && (group % 100 == 0 || was_unit && group % 100 < 10) => {
                self.group += value as f64;
                true
            }
            Part::Hundred if was_unit && (begins || !joined) && (3..=9).contains(&(group % 1000)) => {
                self.group = (group * 100) as f64;
                true
            }
            Part::Hundred if may_open => {
                self.group += 100.0;
                true
            }
            Part::Hundreds(value) if may_open => {
                self.group += value as f64;
                true
            }
            Part::Scale(scale) => return self.add_scale(scale, joined, begins),
            Part::Alfa if self.has_group => return self.add_scale(THOUSAND, false, false),
            // Alone it is the construct dual, which a noun must follow: `ألفا شخص`.
            Part::Alfa if begins && next.is_some() => return self.add_dual(THOUSAND, joined),
            Part::DualScale(scale) => return self.add_dual(scale, joined),
            Part::Fraction(denominator) => return self.add_fraction(denominator, begins, joined),
            _ => false,
        };
        if taken {
            (self.has_group, self.taken, self.after_digits, self.fraction_of) = (true, true, false, None);
        }
        taken
    }

    fn descends(&self, scale: i64) -> bool {
        self.last_scale.is_none_or(|last| scale < last)
    }

    fn add_scale(&mut self, scale: i64, joined: bool, begins: bool) -> bool {
        if !self.descends(scale) {
            return false;
        }
        if self.has_group && (begins || !joined) {
            self.total += (self.group * scale as f64).round() as i64;
        } else if !self.has_group && joined {
            self.total += scale;
        } else {
            return false;
        }
        (self.group, self.has_group, self.last_scale, self.taken, self.after_digits) = (0.0, false, Some(scale), true, false);
        true
    }

    fn add_dual(&mut self, scale: i64, joined: bool) -> bool {
        if self.has_group || !joined || !self.descends(scale) {
            return false;
        }
        self.total += 2 * scale;
        (self.last_scale, self.taken) = (Some(scale), true);
        true
    }

    fn add_fraction(&mut self, denominator: i64, begins: bool, joined: bool) -> bool {
        if begins {
            (self.denominator, self.taken) = (Some(denominator), true);
            return true;
        }
        match self.last_scale {
            Some(scale) if joined && !self.has_group => {
                self.total += scale / denominator;
                self.fraction_of = Some(scale);
                true
            }
            _ => false,
        }
    }

    /// `None` where the words make no whole number.
    fn value(&self) -> Option<i64> {
        if !self.taken || self.denominator.is_some() || self.group.fract() != 0.0 {
            return None;
        }
        self.total.checked_add(self.group as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::super::normalizer::fold_word;
    use super::*;

    fn values(text: &str) -> Vec<i64> {
        let folded: Vec<String> = crate::analysis::exact_tokens(text).into_iter().map(|(_, _, word)| fold_word(&word)).collect();
        let words: Vec<&str> = folded.iter().map(String::as_str).collect();
        let mut at = 0;
        let mut values = Vec::new();
        while at < words.len() {
            match read(&words[at..]) {
                Some(numeral) => {
                    values.extend(numeral.quantity.value);
                    at += numeral.len;
                }
                None => at += 1,
            }
        }
        values
    }

    #[test]
    fn numerals() {
        let rows: &[(&str, &[i64])] = &[
            ("ثلاثة وعشرون", &[23]),
            ("٨٨", &[88]),
            ("ألف ومئتان وثلاثة وعشرون", &[1223]),
            ("ثلاثمئة ألف", &[300_000]),
            ("مليونين ونصف المليون", &[2_500_000]),
            ("مئتا ألف", &[200_000]),
            ("خمسة عشر ألفاً", &[15_000]),
            ("مئة وخمسون ألفا", &[150_000]),
            ("ألفي شخص", &[2_000]),
            ("ألفا شخص", &[2_000]),
            ("خمسة عشر ألفا", &[15_000]),
            ("1.5 مليون", &[1_500_000]),
            ("3,450", &[3_450]),
            ("٣٬٤٥٠", &[3_450]),
            ("194.792 عبوة", &[194_792]),
            ("اثنا عشر", &[12]),
            ("إحدى عشرة", &[11]),
            ("خمس مئة", &[500]),
            ("خمسمائة", &[500]),
            ("ثلاثة آلاف وخمسمئة", &[3_500]),
            ("عشرة آلاف", &[10_000]),
            ("مليار و200 مليون", &[1_200_000_000]),
            ("مليون ونصف المليون", &[1_500_000]),
            ("نصف مليون", &[500_000]),
            ("سبعة وعشرين", &[27]),
            ("مئة", &[100]),
            ("مائة وواحد وعشرين", &[121]),
            ("ألفان وأربعة وعشرون", &[2_024]),
            ("ثمانية وثلاثين ألفا وسبعمئة وتسعة عشر", &[38_719]),
            ("عشرون صاروخا وثلاثون طائرة", &[20, 30]),
            ("خمسة قتلى وعشرة جرحى", &[5, 10]),
            ("واحد وخمسون", &[51]),
            ("ثلاثون ألف", &[30_000]),
            ("250 ألف", &[250_000]),
            ("أربعة ملايين ومئتي ألف", &[4_200_000]),
            ("مائتين وخمسين", &[250]),
            ("تسع وتسعين", &[99]),
            ("ست عشرة", &[16]),
            ("مليونا", &[1_000_000]),
            ("12 و15", &[12, 15]),
            ("مئة وعشرة", &[110]),
            ("مئة وأحد عشر", &[111]),
        ];
        for (text, expected) in rows {
            assert_eq!(values(text), *expected, "{text}");
        }
    }

    #[test]
    fn vague_numerals() {
        let rows = [
            ("عشرات", (20, Some(99))),
            ("مئات الآلاف", (200_000, Some(999_999))),
            ("بضعة", (3, Some(9))),
            ("بضع وعشرون", (23, Some(29))),
            ("نيف وثلاثون", (31, Some(33))),
            ("الآلاف", (2_000, Some(9_999))),
        ];
        for (text, (min, max)) in rows {
            let folded: Vec<String> = text.split(' ').map(fold_word).collect();
            let words: Vec<&str> = folded.iter().map(String::as_str).collect();
            let quantity = read(&words).map(|numeral| numeral.quantity);
            assert_eq!(quantity, Some(Quantity::vague(min, max)), "{text}");
        }
        assert_eq!(read(&["نيف"]), None);
        assert_eq!(read(&["كتاب"]), None);
    }
}
