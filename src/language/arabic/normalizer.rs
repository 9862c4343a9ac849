//! Letters of the Arabic script: which are folded together, which are dropped.
//!
//! Pure functions over characters; the tokenizer, the gazetteer and the question call the same ones. The rows are those
//! of the normalization table in `docs` of [`crate::analysis`]; row numbers stand beside the arms.

use std::borrow::Cow;

pub const HAMZA: char = '\u{621}';
pub const ALEF_MADDA: char = '\u{622}';
pub const ALEF_HAMZA_ABOVE: char = '\u{623}';
pub const WAW_HAMZA: char = '\u{624}';
pub const ALEF_HAMZA_BELOW: char = '\u{625}';
pub const YEH_HAMZA: char = '\u{626}';
pub const ALEF: char = '\u{627}';
pub const BEH: char = '\u{628}';
pub const TEH_MARBUTA: char = '\u{629}';
pub const TEH: char = '\u{62A}';
pub const JEEM: char = '\u{62C}';
/// Fathatan, on the alef of an indefinite accusative or before it.
pub const TANWIN: char = '\u{64B}';
pub const ZAIN: char = '\u{632}';
pub const SEEN: char = '\u{633}';
pub const TATWEEL: char = '\u{640}';
pub const FEH: char = '\u{641}';
pub const KAF: char = '\u{643}';
pub const LAM: char = '\u{644}';
pub const NOON: char = '\u{646}';
pub const HEH: char = '\u{647}';
pub const WAW: char = '\u{648}';
pub const ALEF_MAKSURA: char = '\u{649}';
pub const YEH: char = '\u{64A}';
pub const ALEF_WASLA: char = '\u{671}';
pub const FARSI_YEH: char = '\u{6CC}';
pub const KEHEH: char = '\u{6A9}';
pub const HEH_GOAL: char = '\u{6C1}';
pub const AE: char = '\u{6D5}';
pub const HEH_DOACHASHMEE: char = '\u{6BE}';
pub const GAF: char = '\u{6AF}';
pub const PEH: char = '\u{67E}';
pub const TCHEH: char = '\u{686}';
pub const VEH: char = '\u{6A4}';
pub const JEH: char = '\u{698}';

/// Folds one Arabic letter for the `exact` stream: alef seats (8), alef maqsura (9), ta marbuta (10), Persian and Urdu
/// forms of Arabic letters (12). Everything else is returned as it is.
pub const fn fold_letter(letter: char) -> char {
    match letter {
        ALEF_MADDA | ALEF_HAMZA_ABOVE | ALEF_HAMZA_BELOW | ALEF_WASLA => ALEF, // 8
        ALEF_MAKSURA | FARSI_YEH => YEH,                                       // 9, 12
        TEH_MARBUTA | HEH_GOAL | AE | HEH_DOACHASHMEE => HEH,                  // 10, 12
        KEHEH => KAF,                                                          // 12
        _ => letter,
    }
}

/// A word of the `exact` stream folded further for the `stem` stream: one spelling of the hamza, then its carriers (11) and loan letters (13).
pub fn fold_carriers(exact: &str) -> String {
    one_hamza(exact).chars().map(fold_carrier).collect()
}

/// Pronouns before which the hamza of an ending changes its seat with the case: `وزراؤهم`, `وزرائهم`, `وزراءهم`.
const PRONOUNS: &[&str] = &["ه", "ها", "هم", "هن", "هما", "ك", "كم", "نا"];

/// Where usage has several seats of one hamza, one of them: before waw (`مسئول`, `رءوس`), at the end behind ya (`الطوارىء`, `شئ`), and
/// before pronouns.
fn one_hamza(exact: &str) -> Cow<'_, str> {
    if !exact.contains([WAW_HAMZA, YEH_HAMZA, HAMZA]) {
        return Cow::Borrowed(exact);
    }
    let mut word = exact.replace("ئو", "ؤو").replace("ءو", "ؤو");
    // `اءه` is more often the end of `قراءة`.
    let is_seated = |before: &&str, pronoun: &str| before.ends_with("اؤ") || before.ends_with("اء") && pronoun != "ه";
    if let Some(before) = PRONOUNS.iter().find_map(|pronoun| word.strip_suffix(pronoun).filter(|before| is_seated(before, pronoun))) {
        let (seat, behind) = (before.len() - HAMZA.len_utf8(), before.len());
        word.replace_range(seat..behind, "ئ");
    }
    let bare = ["وال", "بال", "فال", "كال", "ال", "لل"].iter().find_map(|article| word.strip_prefix(article)).unwrap_or(&word);
    let n_letters = bare.chars().count();
    if n_letters >= 5 && word.ends_with("يء") {
        word.truncate(word.len() - "يء".len());
        word.push(YEH_HAMZA);
    } else if n_letters <= 3 && word.ends_with(YEH_HAMZA) {
        word.pop();
        word.push_str("يء");
    }
    Cow::Owned(word)
}

fn fold_carrier(letter: char) -> char {
    match letter {
        WAW_HAMZA => WAW,
        YEH_HAMZA => YEH,
        GAF => KAF,
        PEH => BEH,
        TCHEH => JEEM,
        VEH => FEH,
        JEH => ZAIN,
        _ => letter,
    }
}

/// Diacritics and Quranic marks (7): they never reach a term.
pub const fn is_diacritic(letter: char) -> bool {
    matches!(letter as u32,
        0x0610..=0x061A | 0x064B..=0x065F | 0x0670 | 0x06D6..=0x06DC | 0x06DF..=0x06E4 | 0x06E7 | 0x06E8 | 0x06EA..=0x06ED | 0x08D3..=0x08FF)
}

/// Characters without ink (4, 5): soft hyphen, direction marks, zero-width joiners, byte order mark.
pub const fn is_invisible(letter: char) -> bool {
    matches!(letter as u32, 0x00AD | 0x061C | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060 | 0x2066..=0x2069 | 0xFEFF)
}

/// Letters of the Arabic block and its supplements, presentation forms not included.
pub const fn is_arabic_letter(letter: char) -> bool {
    matches!(letter as u32,
        0x0620..=0x063F | 0x0641..=0x064A | 0x066E..=0x066F | 0x0671..=0x06D3 | 0x06D5 | 0x06E5..=0x06E6 | 0x06EE..=0x06EF | 0x06FA..=0x06FC | 0x06FF
        | 0x0750..=0x077F | 0x0870..=0x0887 | 0x0889..=0x088E | 0x08A0..=0x08C9)
}

/// Presentation forms A and B (1).
pub const fn is_presentation_form(letter: char) -> bool {
    matches!(letter as u32, 0xFB50..=0xFDFF | 0xFE70..=0xFEFC)
}

/// The value of an Arabic-Indic or extended Arabic-Indic digit (14).
pub const fn digit(letter: char) -> Option<char> {
    let value = match letter as u32 {
        code @ 0x0660..=0x0669 => code - 0x0660,
        code @ 0x06F0..=0x06F9 => code - 0x06F0,
        _ => return None,
    };
    char::from_digit(value, 10)
}

/// A word folded as the `exact` stream folds it, diacritics and tatweel dropped. For word lists: it does not tokenize.
pub fn fold_word(word: &str) -> String {
    word.chars().filter(|&letter| !is_diacritic(letter) && !is_invisible(letter) && letter != TATWEEL).map(fold_letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding() {
        let rows = [("إِسْطَنْبُول", "اسطنبول"), ("مُسَيَّرة", "مسيره"), ("مستشفى", "مستشفي"), ("کییف", "كييف"), ("مسؤول", "مسؤول"), ("قــال", "قال")];
        for (input, expected) in rows {
            assert_eq!(fold_word(input), expected, "{input}");
        }
        assert_eq!(fold_carriers("مسؤول پاريس گاز"), "مسوول باريس كاز");
        let one = [&["مسؤول", "مسئول", "مسءول"][..], &["الطوارئ", "الطواريء"], &["شيء", "شئ"], &["الشيء", "الشئ"], &["سيئ", "سييء"], &["رؤوس", "رءوس", "رئوس"]];
        let cases = [&["وزراؤه", "وزرائه"][..], &["وزراؤهم", "وزرائهم", "وزراءهم"], &["ابناؤنا", "ابناءنا", "ابنائنا"], &["هادئ", "هاديء"]];
        for spellings in one.into_iter().chain(cases) {
            let folded: Vec<String> = spellings.iter().map(|spelling| fold_carriers(spelling)).collect();
            assert!(folded.iter().all(|other| *other == folded[0]), "{folded:?}");
        }
        assert_ne!(fold_carriers("شيء"), fold_carriers("شي"));
    }
}
