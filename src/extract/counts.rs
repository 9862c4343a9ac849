//! Counts: numbers with what they count and what happened to it.
//!
//! Sentence by sentence: numerals are read, those that are no counts (years, clocks, ages, money, scores, documents) are set
//! aside, the counted thing is looked for beside the number, and a cue decides the kind. Preference among cues: the thing
//! counted is itself the cue (`12 قتيلا`) > the cue stands right behind (`12 were killed`) > the nearest compatible cue to
//! the left in the clause > the kind of the number it is joined to (`40 صاروخا و20 مسيّرة`). A number without a cue is no
//! count here. A full grammar (coordination, modality, speakers) is to replace the middle of this file, not its types.

use std::ops::Range;

use super::lexicon::{CueForm, Form, Qualifier, Stripped, What};
use super::page::Page;
use super::{Count, EntityKind, Field, Name, Names, Object, Span};
use crate::analysis::Script;
use crate::language::arabic::numerals::Numeral;
use crate::language::{Quantity, arabic, english};

/// Tokens between a cue and its number at most.
const CUE_DISTANCE: usize = 9;

/// Sentences back to which a bare noun may point (`طائرة` to `طائرة مسيّرة`).
const COREF_SENTENCES: usize = 3;

/// A clause ends before these words.
const WALLS: &[&str] = &["بينما", "فيما", "حيث", "لكن", "ولكن", "غير", "while", "whereas", "but", "although", "though"];

/// Words that take a count back: nothing was lost.
const NEGATIONS: &[&str] = &["لم", "لا", "لن", "دون", "بلا", "بدون", "ليس", "no", "without", "nor"];

/// Words that may stand between them and what was not lost, besides function words.
const NEGATED_VERBS: &[&str] = &[
    "تقع",
    "يقع",
    "وقوع",
    "تسجل",
    "يسجل",
    "تسجيل",
    "سقوط",
    "يسقط",
    "تسقط",
    "تسفر",
    "يسفر",
    "توقع",
    "يوقع",
    "تخلف",
    "يخلف",
    "الابلاغ",
    "ورود",
    "حدوث",
    "تحدث",
    "يحدث",
    "يصب",
    "تصب",
    "ترد",
    "يرد",
    "توجد",
    "يوجد",
    "هناك",
    "الحادث",
    "الهجوم",
    "الانفجار",
    "الحريق",
    "القصف",
    "انباء",
    "تقارير",
    "reports",
    "reported",
    "serious",
    "further",
    "major",
    "immediate",
];

/// Units behind a number: a measure, a time, an amount of money.
const UNITS: &[&str] = &[
    "عام",
    "عاما",
    "عامين",
    "عامان",
    "اعوام",
    "سنه",
    "سنوات",
    "سنتين",
    "يوم",
    "يوما",
    "ايام",
    "يومين",
    "يومان",
    "اسبوع",
    "اسبوعا",
    "اسابيع",
    "اسبوعين",
    "شهر",
    "شهرا",
    "اشهر",
    "شهور",
    "شهرين",
    "ساعه",
    "ساعات",
    "ساعتين",
    "ساعتان",
    "دقيقه",
    "دقائق",
    "دقيقتين",
    "ثانيه",
    "ثوان",
    "ثواني",
    "قرن",
    "قرنا",
    "قرون",
    "عقد",
    "عقود",
    "دولار",
    "دولارا",
    "دولارات",
    "ريال",
    "ريالا",
    "ريالات",
    "دينار",
    "دينارا",
    "دنانير",
    "درهم",
    "درهما",
    "دراهم",
    "جنيه",
    "جنيها",
    "جنيهات",
    "يورو",
    "ليره",
    "ليرات",
    "روبل",
    "كيلومتر",
    "كيلومترا",
    "كيلومترات",
    "كيلومترين",
    "كلم",
    "كم",
    "متر",
    "مترا",
    "امتار",
    "مترين",
    "سنتيمتر",
    "سم",
    "ميل",
    "ميلا",
    "اميال",
    "هكتار",
    "هكتارا",
    "هكتارات",
    "درجه",
    "درجات",
    "نقطه",
    "نقاط",
    "مره",
    "مرات",
    "مرتين",
    "هدف",
    "هدفا",
    "اهداف",
    "بالمئه",
    "بالمائه",
    "بالميه",
    "المئه",
    "المائه",
    "كيلوغرام",
    "كيلوجرام",
    "كغ",
    "لتر",
    "لترا",
    "ميغاوات",
    "صباحا",
    "مساء",
    "year",
    "years",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "hour",
    "hours",
    "minute",
    "minutes",
    "second",
    "seconds",
    "century",
    "centuries",
    "decade",
    "decades",
    "dollar",
    "dlr",
    "counts",
    "dlrs",
    "stg",
    "yen",
    "francs",
    "marks",
    "rupees",
    "مليم",
    "مليما",
    "تاكا",
    "بيزو",
    "كرونه",
    "فرنك",
    "روبيه",
    "يوان",
    "شيكل",
    "شيقل",
    "فدان",
    "فدانا",
    "افدنه",
    "مباراه",
    "مباريات",
    "جوله",
    "جولات",
    "جلده",
    "نهائي",
    "dollars",
    "usd",
    "euro",
    "euros",
    "pound",
    "pounds",
    "riyals",
    "km",
    "kilometre",
    "kilometres",
    "kilometer",
    "kilometers",
    "mile",
    "miles",
    "metre",
    "metres",
    "meter",
    "meters",
    "feet",
    "ft",
    "hectare",
    "hectares",
    "acres",
    "degrees",
    "pct",
    "percent",
    "per",
    "percentage",
    "point",
    "points",
    "cts",
    "cents",
    "a.m",
    "p.m",
    "am",
    "pm",
    "goals",
    "goal",
    "times",
    "kg",
    "litres",
    "barrels",
    "bpd",
];

/// Words before a number that make it a name, a year, a document or a clock.
const NO_COUNT_BEFORE: &[&str] = &[
    "عام",
    "العام",
    "سنه",
    "السنه",
    "موسم",
    "الساعه",
    "رقم",
    "الرقم",
    "الماده",
    "ماده",
    "القرار",
    "قرار",
    "الفقره",
    "الدوره",
    "الطبعه",
    "بنتيجه",
    "مجموعه",
    "القناه",
    "الطريق",
    "year",
    "no",
    "number",
    "article",
    "resolution",
    "decree",
    "page",
    "paragraph",
    "chapter",
    "section",
    "aged",
    "age",
    "version",
    "flight",
    "route",
    "since",
    "room",
    "gate",
];

/// Words for a thousand and more.
const MULTIPLIERS: &[&str] = &["الف", "الفا", "الاف", "مليون", "مليونا", "ملايين", "مليار", "مليارا", "مليارات"];

/// Ordinals before `عشر`.
const ORDINALS: &[&str] =
    &["حادي", "حاديه", "ثاني", "ثانيه", "ثالث", "ثالثه", "رابع", "رابعه", "خامس", "خامسه", "سادس", "سادسه", "سابع", "سابعه", "ثامن", "ثامنه", "تاسع", "تاسعه"];

/// From so many a number with a thing no list knows is money or something else.
const MOST_OF_UNKNOWN: i64 = 5_000_000;

/// Words that say where.
const LOCATIVES: &[&str] = &["في", "علي", "قرب", "وسط", "جنوب", "شمال", "شرق", "غرب", "in", "at", "near", "on", "over", "around"];

/// Words between them and a name.
const PLACE_HEADS: &[&str] = &["مدينه", "بلده", "قريه", "محافظه", "منطقه", "حي", "ولايه", "العاصمه", "city", "town", "of"];

/// `منها`, `منهم`: a part of what was counted before.
const PARTITIVES: &[&str] = &["منها", "منهم", "منهن", "بينها", "بينهم", "بينهن", "منهما", "ومنهم", "ومنها", "وبينهم"];

/// `آخرين`: more of the same.
const OTHERS: &[&str] = &["اخرين", "اخرون", "اخري", "اخر", "اخران", "اخريات", "others", "other"];

/// A number or number-like thing in a sentence.
#[derive(Debug, Clone)]
struct Amount {
    /// Tokens of the number, or of the noun where none stands.
    tokens: Range<usize>,
    quantity: Quantity,
    implicit: bool,
    /// A bare plural without a number.
    unknown_plural: bool,
    negated: bool,
}

/// The counted thing beside a number.
#[derive(Debug, Clone)]
struct Thing {
    tokens: Range<usize>,
    class: &'static str,
    known: bool,
}

/// A cue in a sentence.
#[derive(Debug, Clone, Copy)]
struct Cue {
    first: usize,
    end: usize,
    kind: &'static str,
    form: CueForm,
    stripped: Stripped,
}

pub(super) fn find(title: &Page<'_>, body: &Page<'_>, names: &Names) -> Vec<Count> {
    let mut counts = Vec::new();
    for page in [title, body] {
        let dateline = dateline_place(page, names);
        let begin = counts.len();
        for (number, sentence) in page.sentences.iter().enumerate() {
            Sentence { page, names, tokens: sentence.clone(), number, dateline, cues: cues(page, sentence) }.counts(&mut counts, begin);
        }
    }
    counts
}

struct Sentence<'a> {
    page: &'a Page<'a>,
    names: &'a Names,
    tokens: Range<usize>,
    number: usize,
    dateline: Option<u32>,
    cues: Vec<Cue>,
}

fn cues(page: &Page<'_>, sentence: &Range<usize>) -> Vec<Cue> {
    let mut cues = Vec::new();
    for token in sentence.clone() {
        if page.facts[token].phrases.is_empty() {
            continue;
        }
        for (phrase, stripped) in page.phrases(token, sentence.end) {
            if let What::Cue { kind, form } = phrase.what {
                cues.push(Cue { first: token, end: token + phrase.n_words(), kind, form, stripped });
            }
        }
    }
    cues
}

/// The first place named in the first words of the body.
fn dateline_place(page: &Page<'_>, names: &Names) -> Option<u32> {
    if page.field != Field::Body {
        return None;
    }
    let first = names.found.iter().find(|name| name.field == Field::Body && name.kind == EntityKind::Place)?;
    let behind = page.gap(first.end - 1);
    (first.first <= 2 && behind.contains(['-', '–', '—', '(', ':', ',', '،'])).then_some(first.entity)
}

impl Sentence<'_> {
    fn counts(&self, counts: &mut Vec<Count>, page_begin: usize) {
        if self.cues.is_empty() {
            return;
        }
        let mut amounts = self.numerals();
        self.add_unnumbered(&mut amounts);
        amounts.sort_by_key(|amount| amount.tokens.start);
        let mut before: Option<(Cue, usize)> = None;
        let mut index = 0;
        while index < amounts.len() {
            let mut amount = amounts[index].clone();
            let mut update_from = None;
            let mut range = false;
            if let Some(next) = amounts.get(index + 1) {
                match self.joined_to(&amount, next) {
                    Some(Join::Update) => {
                        update_from = amount.quantity.value;
                        amount = next.clone();
                        index += 1;
                    }
                    Some(Join::Range) => {
                        let (low, high) = (amount.quantity.min, next.quantity.max.unwrap_or(next.quantity.min));
                        if low < high {
                            amount = Amount {
                                tokens: amount.tokens.start..next.tokens.end,
                                quantity: Quantity { value: None, min: low, max: Some(high) },
                                ..amount
                            };
                            range = true;
                            index += 1;
                        }
                    }
                    None => {}
                }
            }
            index += 1;
            let next_start = amounts.get(index).map_or(self.tokens.end, |next| next.tokens.start);
            if let Some((count, cue)) = self.count(&amount, next_start, before, counts, page_begin, update_from, range) {
                before = Some((cue, amount.tokens.end));
                counts.push(count);
            }
        }
    }

    /// The names of the sentence: all names stand in the order of fields and tokens.
    fn names_here(&self) -> &[Name] {
        let place = |name: &Name| (name.field, name.first);
        let from = self.names.found.partition_point(|name| place(name) < (self.page.field, self.tokens.start));
        let end = self.names.found.partition_point(|name| place(name) < (self.page.field, self.tokens.end));
        &self.names.found[from..end]
    }

    fn name_at(&self, token: usize) -> Option<&Name> {
        self.names_here().iter().find(|name| (name.first..name.end).contains(&token))
    }

    fn word(&self, token: usize) -> &str {
        if self.tokens.contains(&token) { self.page.words[token] } else { "" }
    }

    /// Every numeral of the sentence that can be a count.
    fn numerals(&self) -> Vec<Amount> {
        let page = self.page;
        let mut amounts = Vec::new();
        let mut token = self.tokens.start;
        while token < self.tokens.end {
            if !page.facts[token].begins_numeral {
                token += 1;
                continue;
            }
            match self.numeral(token) {
                Some(numeral) => {
                    let tokens = token..token + numeral.len;
                    if !self.is_no_count(&tokens, &numeral) {
                        amounts.push(Amount { tokens: tokens.clone(), quantity: numeral.quantity, implicit: false, unknown_plural: false, negated: false });
                    }
                    token = tokens.end;
                }
                None => token += 1,
            }
        }
        amounts
    }

    fn numeral(&self, token: usize) -> Option<Numeral> {
        let page = self.page;
        // A numeral does not run over punctuation: `12، 15` are two.
        let mut end = token + 1;
        while end < self.tokens.end && end - token < 12 && matches!(page.gap(end - 1), "" | " " | "-" | "\n" | " و" | "\u{a0}") {
            end += 1;
        }
        let words = &page.words[token..end];
        let is_latin = |at: usize| page.scripts[at] == Script::Latin;
        let latin = is_latin(token)
            || page.scripts[token] == Script::Number
                && (token + 1 < self.tokens.end && is_latin(token + 1) || token > self.tokens.start && is_latin(token - 1));
        if latin { english::numerals::read(words) } else { arabic::numerals::read(words) }
    }

    /// Years, clocks, ages, money, percentages, scores, documents, models, dates.
    fn is_no_count(&self, tokens: &Range<usize>, numeral: &Numeral) -> bool {
        let page = self.page;
        let before = tokens.start.checked_sub(1).filter(|token| *token >= self.tokens.start).map_or("", |token| page.words[token]);
        let gap_before = page.gap_before(tokens.start);
        let gap_behind = page.gap(tokens.end - 1);
        let behind = if gap_behind.contains(['.', '؛']) { "" } else { self.word(tokens.end) };
        let is_digits = page.scripts[tokens.start] == Script::Number;
        let value = numeral.quantity.value;
        let first = page.words[tokens.start];
        let is_multiplier = |word: &str| MULTIPLIERS.contains(&word);
        // `مقتل  ألف`: what stood before was lost, and only the multiplier of it is left.
        if is_multiplier(first) && self.is_number_lost(tokens.start) {
            return true;
        }
        // `7000 آلاف`, `عشرات المئات`: no number anybody writes.
        let thousands = is_digits && first.chars().filter(char::is_ascii_digit).count() >= 4;
        if tokens.len() > 1 && (thousands && is_multiplier(page.words[tokens.start + 1]) || page.words[tokens.start + 1] == "المئات") {
            return true;
        }
        // `الثاني عشر`
        if matches!(first, "عشر" | "عشره") && gap_before == " " && ORDINALS.contains(&before.trim_start_matches("ال")) {
            return true;
        }
        // `أحد المشاركين`: somebody, unless something befell him; `يوم واحد` is no thing.
        if matches!(first, "احد" | "احدي") && value == Some(1) && !self.cue_right_before(tokens.start).is_some_and(|cue| is_personal(cue.kind)) {
            return true;
        }
        if value == Some(1) && UNITS.contains(&before) {
            return true;
        }
        if NO_COUNT_BEFORE.contains(&before) && matches!(gap_before.trim(), "" | ":" | ".") {
            return true;
        }
        if UNITS.contains(&behind) || behind == "في" && matches!(self.word(tokens.end + 1), "المئه" | "المائه" | "الميه") {
            // `12 مرة` is no thing; `في المئة` a share.
            return true;
        }
        if gap_behind.starts_with(['%', '٪', '/', '°']) || gap_before.ends_with(['$', '€', '£', '/', '#', '<']) || gap_before.ends_with("No. ") {
            return true;
        }
        if crate::date::is_month(behind) && page.is_joined(tokens.end - 1) || crate::date::is_month(before) && gap_before.trim().is_empty() {
            return true;
        }
        let year = is_digits
            && tokens.len() == 1
            && value.is_some_and(|value| (1900..=2100).contains(&value))
            && !page.surface(tokens.start).contains([',', '.', '٬']);
        if year && self.thing_behind(tokens.end, self.tokens.end).is_none_or(|thing| !thing.known) {
            return true;
        }
        // 3-1, and the halves of a range of digits are joined elsewhere.
        let is_score = is_digits
            && (gap_behind == "-" && self.word(tokens.end).starts_with(|c: char| c.is_ascii_digit())
                || gap_before == "-" && before.starts_with(|c: char| c.is_ascii_digit()));
        if is_score && self.thing_behind(tokens.end, self.tokens.end).is_none() {
            return true;
        }
        // `one of`, `واحد من`: not a number of things.
        value == Some(1) && !is_digits && matches!(behind, "of" | "من" | "another")
    }

    /// Things counted without a number: duals, single ones behind a cue, bare plurals, and nothing at all.
    fn add_unnumbered(&self, amounts: &mut Vec<Amount>) {
        let page = self.page;
        for token in self.tokens.clone() {
            if amounts.iter().any(|amount| amount.tokens.contains(&token)) || page.facts[token].phrases.is_empty() && !OTHERS.contains(&page.words[token]) {
                continue;
            }
            // A number before the thing counts it already.
            let counted = |amount: &Amount| {
                amount.tokens.end <= token
                    && token - amount.tokens.end <= 2
                    && self.is_tight(amount.tokens.end, token)
                    && !self.cues.iter().any(|cue| cue.form != CueForm::Noun && (amount.tokens.end..token).contains(&cue.first))
            };
            if amounts.iter().any(counted) {
                continue;
            }
            let Some(amount) = self.unnumbered(token) else { continue };
            amounts.push(amount);
        }
    }

    /// Whether only joined words lie between two tokens.
    fn is_tight(&self, from: usize, to: usize) -> bool {
        (from.saturating_sub(1)..to).all(|token| self.page.is_joined(token))
    }

    fn unnumbered(&self, token: usize) -> Option<Amount> {
        let page = self.page;
        let amount =
            |end: usize, quantity, unknown_plural: bool| Amount { tokens: token..end, quantity, implicit: !unknown_plural, unknown_plural, negated: false };
        let object =
            page.phrases(token, self.tokens.end).filter(|(phrase, _)| matches!(phrase.what, What::Object { .. })).max_by_key(|(phrase, _)| phrase.n_words());
        let noun_cue = self.cues.iter().find(|cue| cue.first == token && cue.form == CueForm::Noun);
        let begin = token.saturating_sub(4).max(self.tokens.start);
        // `طالبان` is who did it, not two students.
        if self.name_at(token).is_some_and(|name| name.kind == EntityKind::Organization) {
            return None;
        }
        let is_between = |at: usize| page.facts[at].is_stop_word || NEGATED_VERBS.contains(&page.words[at]);
        let negates =
            |at: usize| NEGATIONS.contains(&page.words[at]) && (at..token).all(|at| !page.gap(at).contains(['.', '،', ','])) && (at + 1..token).all(is_between);
        if (object.is_some() || noun_cue.is_some()) && (begin..token).any(negates) {
            let end = object.map_or(token + 1, |(phrase, _)| token + phrase.n_words());
            let plural = noun_cue.is_some() || object.is_some_and(|(phrase, _)| matches!(phrase.what, What::Object { form: Form::Plural, .. }));
            return plural.then(|| Amount { negated: true, implicit: false, ..amount(end, Quantity::exact(0), false) });
        }
        let behind_cue = self.cue_right_before(token);
        if OTHERS.contains(&page.words[token]) {
            return (matches!(page.words[token], "اخرين" | "اخرون" | "others") && behind_cue.is_some())
                .then(|| amount(token + 1, Quantity::vague(2, None), true));
        }
        let (phrase, stripped) = object?;
        let What::Object { class, form } = phrase.what else { return None };
        let end = token + phrase.n_words();
        if stripped.article || stripped.preposition {
            return None;
        }
        match form {
            Form::Dual if behind_cue.is_some() || noun_cue.is_some() || self.passive_right_behind(end).is_some() || self.verb_near(token) => {
                Some(amount(end, Quantity::exact(2), false))
            }
            Form::Singular => {
                let latin = page.scripts[token] == Script::Latin;
                let article = latin && token > self.tokens.start && matches!(page.words[token - 1], "a" | "an");
                let cue =
                    if latin { if article { self.cue_right_before(token - 1).or_else(|| self.passive_right_behind(end)) } else { None } } else { behind_cue };
                let cue = cue.filter(|cue| is_personal(cue.kind) && is_being(class))?;
                // Arabic: the noun is indefinite, so the word behind must not be what it belongs to (`مقتل قائد الفرقة` names one man).
                let owned = !latin && end < self.tokens.end && page.is_joined(end - 1) && page.facts[end].is_definite && page.facts[end].phrases.is_empty();
                // `شخص واحد` is counted by its number.
                let numbered = matches!(self.word(end), "واحد" | "واحده");
                // `مصرع  مدنيا`: the accusative counts behind a number, and the number was lost.
                let is_lost = !latin && page.words[token].ends_with('ا') && (cue.form != CueForm::Verb || self.is_number_lost(token));
                (!owned && !numbered && !is_lost && cue.form != CueForm::Noun && !page.facts[token].begins_numeral)
                    .then(|| amount(end, Quantity::exact(1), false))
            }
            Form::Plural => {
                let bare_victims = noun_cue.is_some()
                    && page.is_arabic(token)
                    && (begin..token).any(|at| matches!(page.words[at], "سقوط" | "وقوع" | "اوقع" | "اوقعت" | "خلف" | "خلفت" | "سقط"));
                let after_masdar =
                    behind_cue.is_some_and(|cue| cue.form == CueForm::Masdar && is_personal(cue.kind) && is_being(class)) && page.is_arabic(token);
                (bare_victims || after_masdar).then(|| amount(end, Quantity::vague(2, None), true))
            }
            Form::Dual => None,
        }
    }

    /// Whether a number was cut out before a token: archives that lost their digits have two spaces there.
    fn is_number_lost(&self, token: usize) -> bool {
        let gap = self.page.gap_before(token);
        gap.contains("  ") && !gap.contains('\n')
    }

    /// A cue that ends where the token begins.
    fn cue_right_before(&self, token: usize) -> Option<&Cue> {
        self.cues.iter().find(|cue| cue.end == token && cue.form != CueForm::Noun && self.page.is_joined(token - 1))
    }

    /// An active or passive verb a few words to the left, for duals: `أسقطت الدفاعات طائرتين`.
    fn verb_near(&self, token: usize) -> bool {
        self.cues
            .iter()
            .any(|cue| cue.end <= token && token - cue.end <= 3 && matches!(cue.form, CueForm::Verb | CueForm::Passive) && !self.has_wall(cue.end, token))
    }

    /// A passive that follows: `were killed`, `قتلا`.
    fn passive_right_behind(&self, token: usize) -> Option<&Cue> {
        let mut at = token;
        while at < self.tokens.end
            && at - token < 3
            && matches!(self.word(at), "were" | "was" | "have" | "has" | "had" | "been" | "are" | "is" | "also" | "reportedly" | "people" | "others")
            && self.page.is_joined(at - 1)
        {
            at += 1;
        }
        let adjacent = at == token || self.page.is_joined(at - 1);
        (adjacent && at > self.tokens.start && self.page.is_joined(at - 1))
            .then(|| self.cues.iter().find(|cue| cue.first == at && !cue.stripped.conjunction && cue.form == CueForm::Passive))
            .flatten()
    }

    /// Whether a wall of the clause lies between two tokens.
    fn has_wall(&self, from: usize, to: usize) -> bool {
        let page = self.page;
        (from..to).any(|token| WALLS.contains(&page.words[token]))
            || (from.max(1) - 1..to).any(|token| page.gap(token).contains([';', '؛', '.', '!', '?', '؟', '«', '»', '“', '”', '"']))
    }

    /// The thing counted right behind a number.
    fn thing_behind(&self, token: usize, limit: usize) -> Option<Thing> {
        let page = self.page;
        let mut at = token;
        // `12 من المدنيين`, `12 of the soldiers`, `three other people`, `12 Russian drones`.
        let mut skipped = 0;
        while at < limit && page.is_joined(at - 1) && skipped < 3 {
            if let Some(thing) = self.thing_at(at, limit) {
                return Some(thing);
            }
            let word = page.words[at];
            let skip = matches!(word, "من" | "of" | "the" | "other" | "more" | "another" | "additional" | "new" | "حاله" | "حالات" | "عنصر" | "عناصر")
                || page.scripts[at] == Script::Latin && (page.is_capitalized(at) || looks_like_latin_adjective(word));
            if !skip {
                break;
            }
            skipped += 1;
            at += 1;
        }
        None
    }

    /// A listed counted thing at a token; the longest phrase wins.
    fn thing_at(&self, token: usize, limit: usize) -> Option<Thing> {
        let found = self.page.phrases(token, limit).filter_map(|(phrase, stripped)| match phrase.what {
            What::Object { class, .. } if !stripped.conjunction && !stripped.preposition => Some((phrase.n_words(), class)),
            _ => None,
        });
        let (len, class) = found.max_by_key(|(len, ..)| *len)?;
        Some(Thing { tokens: token..token + len, class, known: true })
    }

    /// A noun behind the number that no list knows: good enough for people, since most nouns for them are not listed.
    fn unknown_thing(&self, token: usize, limit: usize) -> Option<Thing> {
        let page = self.page;
        if token >= limit || !page.is_joined(token - 1) {
            return None;
        }
        let facts = page.facts[token];
        let fits = !facts.is_stop_word
            && !facts.begins_numeral
            && page.is_arabic(token)
            && !facts.is_definite
            && !UNITS.contains(&page.words[token])
            && !page.words[token].starts_with('و');
        let is_cue = self.cues.iter().any(|cue| cue.first == token);
        (fits && !is_cue).then(|| Thing { tokens: token..token + 1, class: "person", known: false })
    }

    /// The thing named before the number: `شخص واحد`.
    fn thing_before(&self, token: usize) -> Option<Thing> {
        let first = token.checked_sub(1).filter(|first| *first >= self.tokens.start && self.page.is_joined(*first))?;
        [first.saturating_sub(1), first].into_iter().filter(|at| *at >= self.tokens.start).find_map(|at| {
            self.page.phrases(at, token).find_map(|(phrase, _)| match phrase.what {
                What::Object { class, .. } if at + phrase.n_words() == token => Some(Thing { tokens: at..token, class, known: true }),
                _ => None,
            })
        })
    }

    fn joined_to(&self, amount: &Amount, next: &Amount) -> Option<Join> {
        if amount.implicit || next.implicit || amount.unknown_plural || next.unknown_plural || amount.negated {
            return None;
        }
        let page = self.page;
        let between: Vec<&str> = (amount.tokens.end..next.tokens.start).map(|token| page.words[token]).collect();
        let before = amount.tokens.start.checked_sub(1).map_or("", |token| self.word(token));
        let updates = |word: &str| {
            let bare = word.trim_start_matches(['و', 'ف', 'ل']);
            bare.starts_with("ارتف")
                || bare.starts_with("يرتفع")
                || bare.starts_with("انخف")
                || bare.starts_with("خفض")
                || matches!(word, "rises" | "rose" | "risen" | "rising" | "climbed" | "increased" | "up" | "lowered" | "revised" | "raised")
        };
        let window = amount.tokens.start.saturating_sub(8).max(self.tokens.start)..amount.tokens.start;
        let says_update = window.clone().any(|token| updates(page.words[token]));
        match (before, between.as_slice()) {
            ("من" | "from", [.., "الي" | "to"]) if between.len() <= 4 => Some(if says_update { Join::Update } else { Join::Range }),
            ("بين" | "وبين", ["و"]) => Some(Join::Range),
            ("between", ["and"]) => Some(Join::Range),
            (_, ["او" | "or" | "الي" | "to"]) => Some(Join::Range),
            (_, []) if page.gap(amount.tokens.end - 1) == "-" => Some(Join::Range),
            ("بين", []) if page.words[next.tokens.start].starts_with('و') => Some(Join::Range),
            _ => None,
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn count(
        &self,
        amount: &Amount,
        limit: usize,
        before: Option<(Cue, usize)>,
        counts: &[Count],
        page_begin: usize,
        update_from: Option<i64>,
        range: bool,
    ) -> Option<(Count, Cue)> {
        let page = self.page;
        let own = amount.implicit || amount.unknown_plural || amount.negated;
        let mut thing = if own { self.thing_at(amount.tokens.start, self.tokens.end) } else { self.thing_behind(amount.tokens.end, limit) };
        let mut taken_before = false;
        if thing.is_none() && !own {
            // Only the words for one and two follow their noun.
            if amount.quantity.value.is_some_and(|value| value <= 2) {
                thing = self.thing_before(amount.tokens.start);
                taken_before = thing.is_some();
            }
            if thing.is_none() {
                thing = self.unknown_thing(amount.tokens.end, limit);
            }
        }
        let tail = thing.as_ref().map_or(amount.tokens.end, |thing| thing.tokens.end.max(amount.tokens.end));
        let follower = if tail < self.tokens.end && page.is_joined(tail - 1) { page.words[tail] } else { "" };
        let partitive = PARTITIVES.contains(&follower) || PARTITIVES.contains(&page.words[tail - 1]) || self.says_part(amount.tokens.start);
        let others = OTHERS.contains(&follower) || OTHERS.contains(&page.words[tail - 1]);
        let (cue, rule) = self.cue(amount, thing.as_ref(), tail, before)?;
        if thing.as_ref().is_none_or(|thing| !thing.known) && cue.form != CueForm::Noun && amount.quantity.min >= MOST_OF_UNKNOWN {
            return None;
        }
        let kinds: Vec<String> = cue.kind.split('+').map(str::to_string).collect();
        let kinds = self.combined(tail).unwrap_or(kinds);
        // What the number points back to.
        let is_near = |count: &Count| self.number < COREF_SENTENCES || count.sentence.end as usize >= self.earliest();
        let before_here = counts[page_begin..].iter().enumerate().rev().map(|(index, count)| (page_begin + index, count));
        let antecedent = before_here
            .take_while(|(_, count)| is_near(count))
            .find(|(_, count)| !count.negated && thing.as_ref().is_none_or(|thing| same_family(thing.class, &count.object.class) || !thing.known));
        let mut class = match &thing {
            Some(thing) if thing.known || is_personal(&kinds[0]) => thing.class,
            _ if is_personal(&kinds[0]) => "person",
            _ => "",
        };
        let mut object = Object {
            head: thing.as_ref().map(|thing| page.span(thing.tokens.start, thing.tokens.end, 0).of(page.text).to_string()).unwrap_or_default(),
            class: String::new(),
            coref: None,
        };
        let mut part_of = None;
        if let Some((index, whole)) = antecedent {
            // A part of a part is a part of the whole.
            let (index, whole) = whole.part_of.map_or((index, whole), |root| (root as usize - 1, &counts[root as usize - 1]));
            let bare = thing.as_ref().is_none_or(|thing| matches!(thing.class, "aircraft" | "person"));
            let chained = partitive || others || is_aerial(&kinds[0]) && whole.kinds.iter().any(|kind| is_aerial(kind));
            if chained && bare && (class.is_empty() || class == "aircraft" && whole.object.class == "drone" || class == "person" && partitive) {
                let known_class = super::lexicon::Lexicon::get().classes().iter().find(|term| term.slug == whole.object.class);
                class = known_class.map_or(class, |term| term.slug);
                object.coref = Some(index as u32 + 1);
            }
            let chain =
                is_aerial(&kinds[0]) && kinds[0] != "launched" && whole.kinds.iter().any(|kind| kind == "launched") && same_family(class, &whole.object.class);
            let fits = amount.quantity.value.zip(whole.value).is_none_or(|(part, whole)| part <= whole);
            if fits && (partitive || chain) {
                part_of = Some(index as u32 + 1);
            }
        }
        if class.is_empty() {
            return None;
        }
        object.class = class.to_string();
        let (qualifier, qualified) = self.qualifier(amount, tail, range);
        let q = amount.quantity;
        let (value, min, max) = match qualifier {
            Qualifier::AtLeast | Qualifier::MoreThan => (q.value, q.value.or(Some(q.min)), None),
            Qualifier::AtMost | Qualifier::LessThan | Qualifier::UpTo => (q.value, None, q.value.or(q.max)),
            _ => (q.value, Some(q.min), q.max),
        };
        let cumulative = update_from.is_some() || self.is_total(&cue, amount);
        let number = if taken_before || !own {
            page.span(amount.tokens.start, amount.tokens.end, self.conjunction_letters(amount))
        } else {
            page.span(amount.tokens.start, amount.tokens.end, 0)
        };
        let first = thing.as_ref().map_or(amount.tokens.start, |thing| thing.tokens.start.min(amount.tokens.start));
        let (place, inherited) = self.place(amount.tokens.start);
        let mut span = page.span(first, tail, 0);
        if first == amount.tokens.start {
            span.start = number.start;
        }
        let count = Count {
            field: page.field,
            span,
            number,
            sentence: self.span(),
            kinds,
            object,
            value,
            min,
            max,
            qualifier,
            part_of,
            place,
            inherited,
            negated: amount.negated,
            implicit: amount.implicit,
            cumulative,
            update_from,
            rule: rule.to_string(),
            confidence: confidence(rule, thing.as_ref(), qualified),
        };
        Some((count, cue))
    }

    /// The first byte a count may stand at to be pointed back to.
    fn earliest(&self) -> usize {
        let sentence = &self.page.sentences[self.number.saturating_sub(COREF_SENTENCES)];
        self.page.tokens[sentence.start].start as usize
    }

    fn conjunction_letters(&self, amount: &Amount) -> u8 {
        let word = self.page.words[amount.tokens.start];
        u8::from(self.numeral(amount.tokens.start).is_some_and(|numeral| numeral.conjunction) && word.starts_with('و'))
    }

    /// `من بينهم`, `including`: the words before a number that make it a part.
    fn says_part(&self, token: usize) -> bool {
        let begin = token.saturating_sub(2).max(self.tokens.start);
        (begin..token).any(|at| PARTITIVES.contains(&self.page.words[at]) || matches!(self.page.words[at], "including" | "بينهم" | "ضمنهم"))
    }

    /// The cue that says what happened, and the rule that found it.
    fn cue(&self, amount: &Amount, thing: Option<&Thing>, tail: usize, before: Option<(Cue, usize)>) -> Option<(Cue, &'static str)> {
        let page = self.page;
        let fits = |cue: &Cue| cue.kind.split('+').all(|kind| is_compatible(kind, thing));
        // 1. The thing is itself the cue.
        let nouns = amount.tokens.start..tail.max(amount.tokens.end);
        if let Some(cue) = self.cues.iter().find(|cue| {
            cue.form == CueForm::Noun
                && nouns.contains(&cue.first)
                && cue.first >= if amount.implicit || amount.unknown_plural || amount.negated { amount.tokens.start } else { amount.tokens.end }
                && fits(cue)
        }) {
            return Some((*cue, "noun"));
        }
        // `12 people dead`, `4 still missing`.
        let mut at = tail;
        while at < self.tokens.end
            && at - tail < 3
            && matches!(
                page.words[at],
                "were"
                    | "was"
                    | "are"
                    | "is"
                    | "have"
                    | "has"
                    | "had"
                    | "been"
                    | "still"
                    | "others"
                    | "other"
                    | "people"
                    | "reportedly"
                    | "also"
                    | "feared"
                    | "more"
                    | "اخرين"
                    | "اخرون"
            )
            && page.is_joined(at - 1)
        {
            at += 1;
        }
        if at < self.tokens.end && at > self.tokens.start && page.is_joined(at - 1) {
            let behind = self.cues.iter().find(|cue| {
                cue.first == at
                    && !cue.stripped.conjunction
                    && !cue.stripped.preposition
                    && (cue.form == CueForm::Passive
                        || cue.form == CueForm::Noun && !page.is_arabic(at)
                        || cue.form == CueForm::Verb && (at == tail || page.is_arabic(at)))
                    && fits(cue)
            });
            // In Arabic the verb that follows its subject agrees with it; a past verb behind `و` begins a new clause.
            if let Some(cue) = behind {
                return Some((*cue, "behind"));
            }
        }
        // 2. The nearest cue to the left in the clause.
        let mut left: Vec<&Cue> = self
            .cues
            .iter()
            .filter(|cue| cue.end <= amount.tokens.start && amount.tokens.start - cue.end <= CUE_DISTANCE && !self.has_wall(cue.end, amount.tokens.start))
            .collect();
        left.sort_by_key(|cue| (std::cmp::Reverse(cue.end), std::cmp::Reverse(cue.end - cue.first), form_rank(cue.form)));
        for cue in &left {
            let distance = amount.tokens.start - cue.end;
            let rule = match cue.form {
                CueForm::Masdar => "masdar",
                CueForm::Verb => "verb-left",
                CueForm::Passive => "passive-left",
                // `عدد القتلى إلى 19`: a label before its number.
                CueForm::Noun if self.is_label(cue, amount.tokens.start) => "label",
                CueForm::Noun => continue,
            };
            // Another number in between has the cue, unless this one is joined to it.
            if before.is_some_and(|(_, end)| end > cue.end) && !self.continues(amount, before) {
                continue;
            }
            if cue.form == CueForm::Masdar && !page.is_arabic(cue.first) && distance > 5 {
                continue;
            }
            if fits(cue) {
                return Some((**cue, rule));
            }
        }
        // 3. Joined to the number before.
        let (cue, _) = before.filter(|_| self.continues(amount, before))?;
        fits(&cue).then_some((cue, "joined"))
    }

    /// Whether this number goes on the list the number before began: `40 صاروخا و20 مسيّرة`, `88 منها`.
    fn continues(&self, amount: &Amount, before: Option<(Cue, usize)>) -> bool {
        let Some((_, end)) = before else { return false };
        let page = self.page;
        let first = page.words[amount.tokens.start];
        let joined = first.starts_with('و')
            || amount.tokens.start > end
                && matches!(page.words[amount.tokens.start - 1], "و" | "and" | "او" | "or" | "including" | "بينهم" | "بينها" | "منهم" | "منها");
        joined && amount.tokens.start - end <= 6 && !self.has_wall(end, amount.tokens.start)
    }

    /// A counted noun used as a label: `حصيلة القتلى إلى`, `عدد المصابين`, `death toll rose to`.
    fn is_label(&self, cue: &Cue, number: usize) -> bool {
        let page = self.page;
        let headed =
            cue.first > self.tokens.start && matches!(page.words[cue.first - 1].trim_start_matches(['و', 'ف', 'ب', 'ل']), "عدد" | "حصيله" | "اعداد" | "اجمالي");
        let leads = (cue.end..number).any(|token| matches!(page.words[token], "الي" | "بلغ" | "يبلغ" | "بلغت" | "to" | "at" | "reached" | "is" | "was"));
        headed || leads && number - cue.end <= 6
    }

    /// `بين قتيل وجريح` behind the number: one count of two kinds.
    fn combined(&self, tail: usize) -> Option<Vec<String>> {
        let page = self.page;
        let between = (tail..(tail + 2).min(self.tokens.end)).find(|&token| matches!(page.words[token], "بين" | "ما بين"))?;
        let kind_at = |token: usize| self.cues.iter().find(|cue| cue.first == token && cue.form == CueForm::Noun).map(|cue| cue.kind);
        let (first, second) = (kind_at(between + 1)?, kind_at(between + 2)?);
        (first != second).then(|| vec![first.to_string(), second.to_string()])
    }

    fn is_total(&self, cue: &Cue, amount: &Amount) -> bool {
        let begin = cue.first.saturating_sub(3).max(self.tokens.start);
        cue.end <= amount.tokens.start
            && (begin..amount.tokens.start).any(|token| {
                let word = self.page.words[token].trim_start_matches(['و', 'ف', 'ل', 'ب']);
                matches!(word, "حصيله" | "ارتفع" | "ارتفعت" | "ارتفاع" | "يرتفع" | "toll" | "rose" | "rises" | "risen")
            })
    }

    fn qualifier(&self, amount: &Amount, tail: usize, range: bool) -> (Qualifier, bool) {
        if amount.negated {
            return (Qualifier::Exact, false);
        }
        if amount.unknown_plural {
            return (Qualifier::UnknownPlural, false);
        }
        if range {
            return (Qualifier::Range, true);
        }
        let page = self.page;
        let begin = amount.tokens.start.saturating_sub(4).max(self.tokens.start);
        let before = (begin..amount.tokens.start).find_map(|token| {
            page.phrases(token, amount.tokens.start).find_map(|(phrase, _)| match phrase.what {
                What::Qualifier { qualifier, before: true, .. } if token + phrase.n_words() == amount.tokens.start => Some(qualifier),
                _ => None,
            })
        });
        let end = (tail + 3).min(self.tokens.end);
        let behind = || {
            (amount.tokens.end.min(end)..end).find_map(|token| {
                page.phrases(token, self.tokens.end).find_map(|(phrase, _)| match phrase.what {
                    What::Qualifier { qualifier, after: true, .. } if token <= tail + 2 && !self.has_wall(amount.tokens.end, token) => Some(qualifier),
                    _ => None,
                })
            })
        };
        match before.or_else(behind) {
            Some(qualifier) if amount.quantity.value.is_some() => (qualifier, true),
            _ if amount.quantity.value.is_none() => (Qualifier::Vague, false),
            _ => (Qualifier::Exact, false),
        }
    }

    /// The place of a count: the nearest one the sentence says it happened in (`في X`, `in X`), else the nearest one behind
    /// the number, else the dateline's. A place before the number may be an actor (`أطلقت روسيا 40`).
    fn place(&self, token: usize) -> (Option<u32>, bool) {
        let here = self.names_here().iter().filter(|name| name.kind == EntityKind::Place);
        let nearest = here
            .filter_map(|name| {
                let located = self.page.words[name.first].starts_with('ب')
                    || name.first > 0 && LOCATIVES.contains(&self.word(name.first - 1))
                    || name.first > 1 && PLACE_HEADS.contains(&self.word(name.first - 1)) && LOCATIVES.contains(&self.word(name.first - 2));
                let behind = name.first >= token;
                let distance = if behind { name.first - token } else { token - name.first };
                (located || behind).then_some(((!located, !behind, distance), name.entity))
            })
            .min();
        match nearest {
            Some((_, place)) => (Some(place), false),
            None => (self.dateline, self.dateline.is_some()),
        }
    }

    fn span(&self) -> Span {
        let page = self.page;
        let (first, last) = (self.tokens.start, self.tokens.end - 1);
        let mut end = page.tokens[last].end;
        // The marks that close the sentence belong to it.
        let gap = page.gap(last);
        let closing: usize = gap.chars().take_while(|c| matches!(c, '.' | '!' | '?' | '؟' | '»' | '"' | '”' | ')' | '%')).map(char::len_utf8).sum();
        end += closing as u32;
        let opening: usize = page.gap_before(first).chars().rev().take_while(|c| matches!(c, '«' | '"' | '“' | '(')).map(char::len_utf8).sum();
        Span { start: page.tokens[first].start - opening as u32, end }
    }
}

enum Join {
    /// `من 12 إلى 19` behind a word of rising or falling.
    Update,
    Range,
}

fn form_rank(form: CueForm) -> u8 {
    match form {
        CueForm::Masdar => 0,
        CueForm::Passive => 1,
        CueForm::Verb => 2,
        CueForm::Noun => 3,
    }
}

fn confidence(rule: &str, thing: Option<&Thing>, qualified: bool) -> u16 {
    let base = match rule {
        "noun" | "masdar" => 950,
        "behind" => 930,
        "verb-left" | "passive-left" => 900,
        "label" => 880,
        _ => 800,
    };
    base - if thing.is_some_and(|thing| thing.known) || qualified { 0 } else { 60 }
}

fn looks_like_latin_adjective(word: &str) -> bool {
    ["ed", "ing", "al", "ic", "ous", "ive", "ary", "an", "ese", "ian", "ish", "less", "ful"].iter().any(|ending| word.ends_with(ending))
        && word.len() > 4
        && !word.ends_with("people")
}

/// Classes of living beings.
fn is_being(class: &str) -> bool {
    matches!(class, "person" | "civilian" | "soldier" | "child" | "woman" | "man" | "journalist" | "police" | "student" | "prisoner" | "militant" | "protester")
}

fn is_aerial_thing(class: &str) -> bool {
    matches!(class, "drone" | "missile" | "rocket" | "shell" | "bomb" | "aircraft" | "helicopter")
}

/// Kinds that happen to people.
fn is_personal(kind: &str) -> bool {
    matches!(
        kind.split('+').next().unwrap_or_default(),
        "killed"
            | "died"
            | "assassinated"
            | "executed"
            | "wounded"
            | "infected"
            | "hospitalized"
            | "missing"
            | "arrested"
            | "sentenced"
            | "kidnapped"
            | "captured"
            | "released"
            | "exchanged"
            | "rescued"
            | "displaced"
            | "evacuated"
            | "expelled"
            | "protested"
            | "struck_work"
            | "attended"
            | "laid_off"
            | "hired"
            | "affected"
            | "bodies_recovered"
    )
}

/// Kinds of one chain: launched, then shot down, intercepted, lost.
fn is_aerial(kind: &str) -> bool {
    matches!(kind, "launched" | "shot_down" | "intercepted" | "lost_track")
}

fn same_family(a: &str, b: &str) -> bool {
    a == b || a.is_empty() || is_being(a) && is_being(b) || matches!((a, b), ("aircraft", "drone" | "helicopter") | ("drone" | "helicopter", "aircraft"))
}

/// Whether a kind can happen to a thing; `None` stands for a number without a noun.
fn is_compatible(kind: &str, thing: Option<&Thing>) -> bool {
    let Some(thing) = thing else {
        return is_personal(kind) && !matches!(kind, "affected" | "executed" | "infected" | "attended" | "hired" | "laid_off") || is_aerial(kind);
    };
    let class = thing.class;
    match kind {
        "killed" | "died" => is_being(class) || class == "animal" && thing.known,
        _ if is_personal(kind) => is_being(class),
        "launched" => thing.known && (is_aerial_thing(class) || class == "attack"),
        // A bomb or a shell that falls was dropped or fired.
        "shot_down" => thing.known && is_aerial_thing(class) && !matches!(class, "bomb" | "shell"),
        "intercepted" | "lost_track" => thing.known && (is_aerial_thing(class) || class == "ship"),
        "fell" => thing.known && is_aerial_thing(class),
        "attacked" => thing.known && !is_being(class),
        "deployed" | "withdrawn" => thing.known && (is_being(class) || matches!(class, "tank" | "vehicle" | "ship" | "aircraft" | "weapon")),
        "destroyed" | "damaged" | "hit" | "seized" => thing.known && !is_being(class),
        "controlled_area" => matches!(class, "village" | "city" | "building"),
        "voted" => is_being(class) || class == "vote",
        "aid" => thing.known && matches!(class, "truck" | "ton" | "dose" | "flight" | "ship"),
        "sanctioned" => thing.known && (is_being(class) || matches!(class, "company" | "ship")),
        _ => thing.known,
    }
}
