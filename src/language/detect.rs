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
    if words.len() < FEWEST_WORDS && latin >= other {
        return LanguageCode::UNKNOWN;
    }
    whatlang::detect(sample)
        .filter(|info| info.is_reliable() || words.len() >= 4 * FEWEST_WORDS)
        .and_then(|info| iso_639_1(info.lang().code()))
        .unwrap_or(LanguageCode::UNKNOWN)
}

/// Letters that only one language writes, each a vote of 3, and function words, each a vote of 2.
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
        code: "ckb", letters: &['ێ', 'ۆ', 'ە', 'ڕ', 'ڵ', 'ڤ'], words: &["لە", "بە", "کە", "ئەو", "بۆ", "و", "ئەم", "دا", "لەگەڵ"]
    },
    ArabicScript {
        code: "ps", letters: &['ښ', 'ړ', 'ې', 'ۍ', 'ځ', 'څ', 'ډ', 'ټ', 'ګ', 'ڼ'], words: &["د", "په", "او", "چې", "کې", "دې", "ته", "له"]
    },
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

/// The two-letter code of the three-letter codes `whatlang` uses; the three letters where there is no shorter one.
fn iso_639_1(code: &str) -> Option<LanguageCode> {
    let short = match code {
        "deu" => "de",
        "fra" => "fr",
        "spa" => "es",
        "swe" => "sv",
        "rus" => "ru",
        "tur" => "tr",
        "ukr" => "uk",
        "heb" => "he",
        "ita" => "it",
        "por" => "pt",
        "nld" => "nl",
        "pol" => "pl",
        "cmn" => "zh",
        "jpn" => "ja",
        "kor" => "ko",
        "eng" => "en",
        "ces" => "cs",
        "ell" => "el",
        "hun" => "hu",
        "dan" => "da",
        "nob" => "nb",
        "fin" => "fi",
        "ron" => "ro",
        "bul" => "bg",
        "srp" => "sr",
        "hrv" => "hr",
        "hin" => "hi",
        "ben" => "bn",
        "ind" => "id",
        "vie" => "vi",
        "tha" => "th",
        "hye" => "hy",
        "kat" => "ka",
        "aze" => "az",
        "uzb" => "uz",
        "cat" => "ca",
        "arb" | "ara" => "ar",
        "pes" => "fa",
        "urd" => "ur",
        other => other,
    };
    LanguageCode::parse(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_per_language() {
        let rows = [
            ("ar", "أعلنت وزارة الصحة في بيان أن الحملة بدأت صباح اليوم في ثلاث محافظات"),
            ("ar", "حريق كبير"),
            ("fa", "وزیر خارجه در این نشست گفت که همکاری با کشورهای همسایه برای توسعه اهمیت دارد"),
            ("ur", "حکومت نے اعلان کیا ہے کہ سیلاب سے متاثرہ علاقوں میں امداد پہنچ گئی ہے"),
            ("ckb", "لە کۆبوونەوەکەدا باس لە بارودۆخی ناوچەکە کرا و بڕیار درا کە کاتێکی نوێ دیاری بکرێت"),
            ("en", "The minister said on Tuesday that talks would resume in Geneva next week"),
            ("en", "Relief flights resume to flooded province"),
            ("de", "Die Regierung hat am Dienstag beschlossen, die Verhandlungen in der kommenden Woche fortzusetzen, wie ein Sprecher mitteilte"),
            ("ru", "Правительство сообщило во вторник, что переговоры возобновятся на следующей неделе в Женеве"),
            ("he", "הממשלה הודיעה ביום שלישי כי השיחות יתחדשו בשבוע הבא בז'נבה לאחר הפסקה ארוכה"),
            ("und", "12 / 34"),
            ("und", ""),
        ];
        for (expected, text) in rows {
            assert_eq!(detect(text).as_str(), expected, "{text}");
        }
    }
}
