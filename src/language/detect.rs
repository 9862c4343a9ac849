//! Which language a text is in.
//!
//! The script of the letters decides first. Arabic-script languages are told apart by letters only one of them writes
//! and by function words (general detectors take Persian, Urdu and Kurdish for Arabic); Latin text is tried for English
//! function words before `whatlang`, which guesses Catalan for a short English line.

use super::{arabic, english};
use crate::article::LanguageCode;

/// Letters looked at; enough for a stable vote, little enough to cost nothing.
const SAMPLE_CHARS: usize = 1_500;

/// Below this many words `whatlang` is not asked: its answer would be a guess.
const FEWEST_WORDS: usize = 8;

/// The language of a text, [`LanguageCode::UNKNOWN`] where the evidence is thin.
pub fn detect(text: &str) -> LanguageCode {
    let sample: &str = match text.char_indices().nth(SAMPLE_CHARS) {
        Some((end, _)) => &text[..end],
        None => text,
    };
    let (mut arabic, mut latin, mut other) = (0usize, 0usize, 0usize);
    for letter in sample.chars() {
        if letter.is_ascii_alphabetic() {
            latin += 1;
        } else if arabic::normalizer::is_arabic_letter(letter) || arabic::normalizer::is_presentation_form(letter) {
            arabic += 1;
        } else if letter.is_alphabetic() {
            match letter as u32 {
                0xC0..=0x24F => latin += 1,
                _ => other += 1,
            }
        }
    }
    if arabic + latin + other == 0 {
        return LanguageCode::UNKNOWN;
    }
    if arabic >= latin && arabic >= other {
        return arabic_script(sample);
    }
    let words: Vec<String> = sample.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    if latin >= other {
        let function_words = words.iter().filter(|word| word.len() > 1 && english::is_stop_word(word)).count();
        // A quarter to a half of running English is function words; in other languages few look the same.
        if function_words * 5 >= words.len() {
            return LanguageCode::ENGLISH;
        }
        // Headlines have few of them; plain ASCII with any is still most likely English.
        if words.len() < FEWEST_WORDS * 2 && function_words > 0 && sample.is_ascii() {
            return LanguageCode::ENGLISH;
        }
    }
    // Few Latin words are any language's; another alphabet narrows the choice by itself.
    let enough = words.len() >= FEWEST_WORDS || other > latin;
    let guessed = enough.then(|| whatlang::detect(sample)).flatten().filter(|info| info.is_reliable() || words.len() >= 4 * FEWEST_WORDS);
    let guessed = guessed.and_then(|info| LanguageCode::parse(info.lang().code())).unwrap_or(LanguageCode::UNKNOWN);
    // Tables and headlines of an English wire look like anything to a detector; other languages rarely do without a letter of
    // their own.
    let is_plain = latin >= other && sample.is_ascii() && words.iter().any(|word| word.len() > 2);
    let english_only = words.iter().filter(|word| ENGLISH_ONLY.contains(&word.as_str())).count();
    if is_plain && (guessed == LanguageCode::UNKNOWN || english_only * 20 >= words.len()) { LanguageCode::ENGLISH } else { guessed }
}

/// Frequent English words that are no words of its neighbours.
const ENGLISH_ONLY: &[&str] =
    &["the", "of", "and", "said", "with", "from", "was", "were", "has", "have", "its", "that", "this", "by", "to", "vs", "cts", "qtr"];

/// Letters that only one language writes, each a vote of 3, and function words, each a vote of 4.
struct ArabicScript {
    code: &'static str,
    letters: &'static [char],
    words: &'static [&'static str],
}

const ARABIC_SCRIPT: &[ArabicScript] = &[
    ArabicScript {
        code: "ar",
        letters: &['ة', 'ي', 'ك', 'ى', 'أ', 'إ'],
        words: &["في", "من", "على", "إلى", "الى", "أن", "ان", "التي", "الذي", "عن", "هذا", "مع", "قال", "بعد", "كما", "لا"],
    },
    ArabicScript {
        code: "fa",
        letters: &['پ', 'چ', 'ژ', 'گ'],
        words: &["در", "از", "که", "است", "را", "این", "به", "با", "برای", "می", "شد", "های", "خود", "آن"],
    },
    ArabicScript {
        code: "ur",
        letters: &['ٹ', 'ڈ', 'ڑ', 'ں', 'ے', 'ھ', 'ہ'],
        words: &["کے", "میں", "کی", "ہے", "سے", "اور", "نے", "کو", "پر", "کا", "کہ", "ہیں"],
    },
    ArabicScript {
        code: "ckb", letters: &['ێ', 'ۆ', 'ە', 'ڕ', 'ڵ', 'ڤ'], words: &["لە", "بە", "کە", "ئەو", "بۆ", "ئەم", "دا", "لەگەڵ"]
    },
    ArabicScript { code: "ps", letters: &['ښ', 'ړ', 'ې', 'ۍ', 'ځ', 'څ', 'ډ', 'ټ', 'ګ', 'ڼ'], words: &["په", "چې", "کې", "دې", "ته"] },
];

fn arabic_script(sample: &str) -> LanguageCode {
    let mut scores = [0usize; ARABIC_SCRIPT.len()];
    for letter in sample.chars() {
        for (score, row) in scores.iter_mut().zip(ARABIC_SCRIPT) {
            // Arabic's own letters are also everyday letters, so they weigh less than a letter of one language.
            *score += usize::from(row.letters.contains(&letter)) * if row.code == "ar" { 1 } else { 3 };
        }
    }
    for word in sample.split(|c: char| !c.is_alphabetic()) {
        for (score, row) in scores.iter_mut().zip(ARABIC_SCRIPT) {
            *score += usize::from(row.words.contains(&word)) * 4;
        }
    }
    let (best, score) = scores.iter().enumerate().fold((0, 0), |best, (index, &score)| if score > best.1 { (index, score) } else { best });
    // A bare headline may hold none of the marks; Arabic is then by far the likeliest.
    let code = if score == 0 { "ar" } else { ARABIC_SCRIPT[best].code };
    LanguageCode::parse(code).unwrap_or(LanguageCode::UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_per_language() {
        let rows = [
            ("ar", "أعلنت وزارة الصحة في بيان أن الحملة بدأت صباح اليوم في ثلاث محافظات"),
            ("ar", "حريق كبير"),
            ("ar", "لبنان و سوريا"),
            ("ar", "د. سمير المثال"),
            ("en", "Minister visited Paris"),
            ("en", "U.S. FEBRUARY MONEY SUPPLY ROSE 1.2 BILLION DLRS"),
            ("fa", "وزیر خارجه در این نشست گفت که همکاری با کشورهای همسایه برای توسعه اهمیت دارد"),
            ("ur", "حکومت نے اعلان کیا ہے کہ سیلاب سے متاثرہ علاقوں میں امداد پہنچ گئی ہے"),
            ("ckb", "لە کۆبوونەوەکەدا باس لە بارودۆخی ناوچەکە کرا و بڕیار درا کە کاتێکی نوێ دیاری بکرێت"),
            ("en", "The minister said on Tuesday that talks would resume in Geneva next week"),
            ("en", "Relief flights resume to flooded province"),
            ("de", "Die Regierung hat am Dienstag beschlossen, die Verhandlungen in der kommenden Woche fortzusetzen, wie ein Sprecher mitteilte"),
            ("ru", "Правительство сообщило во вторник, что переговоры возобновятся на следующей неделе в Женеве"),
            ("ru", "Правительство сообщило, что переговоры возобновятся в Женеве"),
            ("he", "הממשלה הודיעה ביום שלישי כי השיחות יתחדשו בשבוע הבא בז'נבה לאחר הפסקה ארוכה"),
            ("und", "12 / 34"),
            ("und", ""),
        ];
        for (expected, text) in rows {
            assert_eq!(detect(text).as_str(), expected, "{text}");
        }
    }
}
