//! The words of the interface in its two languages, with the forms that numbers ask of nouns.

use super::text::{grouped, plural};

/// A noun as it stands behind a number: English one and many; Arabic one, two, three to ten, eleven to ninety-nine, hundreds.
pub struct Noun {
    en: [&'static str; 2],
    ar: [&'static str; 5],
}

pub const ARTICLE: Noun = Noun { en: ["article", "articles"], ar: ["مقال واحد", "مقالان", "مقالات", "مقالًا", "مقال"] };
pub const STORY: Noun = Noun { en: ["story", "stories"], ar: ["خبر واحد", "خبران", "أخبار", "خبرًا", "خبر"] };
pub const COPY: Noun = Noun { en: ["copy", "copies"], ar: ["نسخة واحدة", "نسختان", "نسخ", "نسخةً", "نسخة"] };
pub const COUNT: Noun = Noun { en: ["count", "counts"], ar: ["عدد واحد", "عددان", "أعداد", "عددًا", "عدد"] };

/// `1 article`, `1,200 articles`, `مقالان`, `12 مقالًا`.
pub fn counted(n: u64, noun: &Noun, language: &str) -> String {
    if language != "ar" {
        return plural(n, noun.en[0], noun.en[1]);
    }
    let [one, two, few, many, hundreds] = noun.ar;
    match (n, n % 100) {
        (1, _) => one.to_string(),
        (2, _) => two.to_string(),
        (_, 3..=10) => format!("{} {few}", grouped(n)),
        (_, 11..=99) => format!("{} {many}", grouped(n)),
        _ => format!("{} {hundreds}", grouped(n)),
    }
}

/// Every other word, English first.
const WORDS: &[(&str, &str)] = &[
    ("of", "من"),
    ("in", "في"),
    ("read as:", "قُرئ السؤال:"),
    ("did you mean:", "هل تقصد:"),
    ("undated", "بلا تاريخ"),
    ("query --undated lists them", "يعرضها query --undated"),
    ("imprecise", "بتاريخ غير دقيق"),
    ("their dates are coarser than a bin", "تواريخها أقل دقة من الفترة"),
    ("More:", "المزيد:"),
    ("Read one:", "قراءة مقال:"),
    ("score", "الدرجة"),
    ("published", "النشر"),
    ("source", "المصدر"),
    ("language", "اللغة"),
    ("authors", "الكتّاب"),
    ("section", "القسم"),
    ("tags", "الوسوم"),
    ("url", "الرابط"),
    ("status", "الحالة"),
    ("id", "المعرّف"),
    ("read from", "قُرئ من"),
    ("same story", "الخبر نفسه"),
    ("Replaced versions", "النسخ السابقة"),
    ("People", "الأشخاص"),
    ("Places", "الأماكن"),
    ("Organizations", "الجهات"),
    ("Sources", "المصادر"),
    ("Languages", "اللغات"),
    ("Counts", "الأعداد"),
    ("Months", "الأشهر"),
    ("Years", "السنوات"),
    ("Countries", "الدول"),
    ("note: words that stand everywhere select nothing; in quotation marks they do", "ملاحظة: الكلمات الشائعة جدا لا تصفّي النتائج إلا بين علامتي اقتباس"),
    ("nothing found", "لا نتائج"),
    ("no article has", "لا مقال فيه"),
    ("is a Hijri date:", "تاريخ هجري:"),
];

/// A word of the interface, given in English; English where the language has none.
pub fn word<'w>(english: &'w str, language: &str) -> &'w str {
    if language != "ar" {
        return english;
    }
    WORDS.iter().find(|(en, _)| *en == english).map_or(english, |(_, ar)| ar)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ask_for_forms() {
        let rows =
            [(0, "0 مقال"), (1, "مقال واحد"), (2, "مقالان"), (7, "7 مقالات"), (11, "11 مقالًا"), (100, "100 مقال"), (102, "102 مقال"), (1_103, "1,103 مقالات")];
        rows.iter().for_each(|(n, expected)| assert_eq!(counted(*n, &ARTICLE, "ar"), *expected));
        assert_eq!((counted(1, &STORY, "en"), counted(2, &STORY, "en")), ("1 story".to_string(), "2 stories".to_string()));
    }
}
