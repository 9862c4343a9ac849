//! Dates as written in inputs, questions and texts: an instant with its precision, zone and origin.
//!
//! Months are read by all the names Arab newspapers use (Gulf and Egypt, Levant and Iraq, Tunisia and Algeria,
//! Morocco), in English, and in the Hijri calendar (Umm al-Qura). A missing time is never filled in: it lowers the
//! precision instead.

use std::fmt;

use icu_calendar::cal::Hijri;
use icu_calendar::types::Month as IcuMonth;
use jiff::civil;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

/// How much of a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    Year,
    Month,
    Day,
    Minute,
    Second,
}

impl Precision {
    pub fn as_str(self) -> &'static str {
        match self {
            Precision::Year => "year",
            Precision::Month => "month",
            Precision::Day => "day",
            Precision::Minute => "minute",
            Precision::Second => "second",
        }
    }
}

/// A date with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Date {
    /// ISO 8601, cut to the precision: `2025`, `2025-05`, `2025-05-18`, `2025-05-18T09:30+03:00`.
    pub value: String,
    pub precision: Precision,
    /// The UTC offset or `Z` as written; `None` where the text has none.
    pub zone: Option<String>,
    /// Where the date was read: a column, a metadata field, the text.
    pub origin: String,
    /// Seconds since 1970 of its first instant, in the zone written or else the one assumed.
    pub seconds: i64,
}

/// What to assume where the text does not say.
#[derive(Debug, Clone)]
pub struct DateOptions {
    pub order: DateOrder,
    /// For times without a zone.
    pub zone: TimeZone,
}

impl Default for DateOptions {
    fn default() -> Self {
        DateOptions { order: DateOrder::DayFirst, zone: TimeZone::UTC }
    }
}

/// How `18/5/2025` is read. A number above 12 settles it whatever is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DateOrder {
    #[default]
    DayFirst,
    MonthFirst,
    YearFirst,
}

/// Why a text is no date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotADate {
    pub found: String,
}

impl fmt::Display for NotADate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected a date, found {:?}", self.found)
    }
}

impl std::error::Error for NotADate {}

impl Date {
    /// Its first instant as its own clock showed it, in seconds as if that clock were UTC's: what people call its day is
    /// told by this, whatever the zone. `None` for what is no date.
    pub fn local_seconds(&self) -> Option<i64> {
        let (day, time) = self.value.split_once('T').unwrap_or((&self.value, ""));
        let mut day = day.splitn(3, '-').map(|number| number.parse::<i16>().ok());
        let year = day.next()??;
        let [month, day] = [day.next(), day.next()].map(|number| number.map_or(Some(1), |number| i8::try_from(number?).ok()));
        let mut time = time.split([':', 'Z', '+', '-']).map(|number| number.parse::<i8>().unwrap_or_default());
        let [hour, minute] = [time.next(), time.next()].map(Option::unwrap_or_default);
        let second = if self.precision == Precision::Second { time.next().unwrap_or_default() } else { 0 };
        seconds_of(civil::DateTime::new(year, month?, day?, hour, minute, second, 0).ok()?)
    }
}

/// Reads one written date, whole.
///
/// # Errors
/// When the text is no date, names an impossible day, or has words left over.
pub fn read_date(text: &str, origin: &str, options: &DateOptions) -> Result<Date, NotADate> {
    let refuse = || NotADate { found: text.chars().take(60).collect() };
    let pieces = cut(text);
    let written = read_pieces(&pieces, options).ok_or_else(refuse)?;
    written.into_date(origin, options).ok_or_else(refuse)
}

/// Reads seconds or milliseconds since 1970, for the range 1900–2200; `None` outside it.
pub fn read_epoch(number: i64, origin: &str) -> Option<Date> {
    let seconds = if number.abs() > 100_000_000_000 { number.div_euclid(1000) } else { number };
    if !(-2_208_988_800..7_258_118_400).contains(&seconds) {
        return None;
    }
    let when = jiff::Timestamp::from_second(seconds).ok()?.to_zoned_datetime(TimeZone::UTC);
    let value = format!("{}T{:02}:{:02}:{:02}Z", day_text(when.datetime().date()), when.hour(), when.minute(), when.second());
    Some(Date { value, precision: Precision::Second, zone: Some("Z".into()), origin: origin.into(), seconds })
}

/// The half-open range of seconds (UTC) that a date of a question covers: a year, a month, a day; Hijri ones too.
///
/// # Errors
/// As [`read_date`].
pub fn read_range(text: &str) -> Result<(i64, i64), NotADate> {
    if let Some(range) = hijri_range(text) {
        return Ok(range);
    }
    let date = read_date(text, "question", &DateOptions::default())?;
    let refuse = || NotADate { found: text.to_string() };
    let begin = civil_of(date.seconds).ok_or_else(refuse)?;
    let end = match date.precision {
        Precision::Year => begin.checked_add(jiff::Span::new().years(1)),
        Precision::Month => begin.checked_add(jiff::Span::new().months(1)),
        Precision::Day => begin.checked_add(jiff::Span::new().days(1)),
        Precision::Minute => begin.checked_add(jiff::Span::new().minutes(1)),
        Precision::Second => begin.checked_add(jiff::Span::new().seconds(1)),
    };
    let end = end.map_err(|_| refuse())?;
    Ok((date.seconds, seconds_of(end).ok_or_else(refuse)?))
}

/// The range of a Hijri year or month, `1446` or `1446-09`.
fn hijri_range(text: &str) -> Option<(i64, i64)> {
    let (first, next) = match cut(text).as_slice() {
        [Piece::Number(year, _)] if is_hijri_year(*year) => ((*year, 1), (year + 1, 1)),
        [Piece::Number(year, _), Piece::Mark('-'), Piece::Number(month @ 1..=12, _)] if is_hijri_year(*year) => {
            ((*year, *month), if *month == 12 { (year + 1, 1) } else { (*year, month + 1) })
        }
        _ => return None,
    };
    let begin = |(year, month)| seconds_of(hijri(year, u8::try_from(month).ok()?, 1)?.to_datetime(civil::Time::midnight()));
    Some((begin(first)?, begin(next)?))
}

/// Whether a year of four digits is one of the Hijri calendar: no newspaper is older than 1600.
fn is_hijri_year(year: i64) -> bool {
    (1300..1600).contains(&year)
}

/// The civil time in UTC of seconds since 1970; `None` beyond the years jiff knows.
pub fn civil_of(seconds: i64) -> Option<civil::DateTime> {
    Some(jiff::Timestamp::from_second(seconds).ok()?.to_zoned_datetime(TimeZone::UTC).datetime())
}

/// Seconds since 1970 of a civil time in UTC.
pub fn seconds_of(when: civil::DateTime) -> Option<i64> {
    Some(TimeZone::UTC.to_timestamp(when).ok()?.as_second())
}

/// `2025-05-18` of seconds since 1970, UTC.
pub fn day_of(seconds: i64) -> String {
    civil_of(seconds).map(|when| day_text(when.date())).unwrap_or_default()
}

fn day_text(day: civil::Date) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day())
}

/// A piece of a written date.
#[derive(Debug, Clone, PartialEq)]
enum Piece {
    /// Value and number of digits.
    Number(i64, usize),
    Word(String),
    Mark(char),
    Space,
}

/// Cuts a text into numbers, folded words, marks and spaces.
fn cut(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut letters = text.chars().filter_map(fold).peekable();
    while let Some(letter) = letters.next() {
        if letter.is_ascii_digit() {
            let mut digits = String::from(letter);
            while let Some(next) = letters.next_if(|next| next.is_ascii_digit()) {
                digits.push(next);
            }
            pieces.push(Piece::Number(digits.parse().unwrap_or(i64::MAX), digits.len()));
        } else if letter.is_alphabetic() {
            let mut word = String::from(letter);
            while let Some(next) = letters.next_if(|next| next.is_alphabetic()) {
                word.push(next);
            }
            pieces.push(Piece::Word(word));
        } else if letter.is_whitespace() {
            if pieces.last().is_some_and(|last| *last != Piece::Space) {
                pieces.push(Piece::Space);
            }
        } else {
            pieces.push(Piece::Mark(letter));
        }
        if pieces.len() > 64 {
            break;
        }
    }
    while pieces.last() == Some(&Piece::Space) {
        pieces.pop();
    }
    pieces
}

/// The few letter foldings month names need; `None` drops the character.
fn fold(letter: char) -> Option<char> {
    Some(match letter {
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ی' => 'ي',
        'ة' => 'ه',
        'ک' => 'ك',
        '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' => {
            return None;
        }
        '\u{660}'..='\u{669}' => (b'0' + (letter as u32 - 0x660) as u8) as char,
        '\u{6F0}'..='\u{6F9}' => (b'0' + (letter as u32 - 0x6F0) as u8) as char,
        '،' => ',',
        '–' | '—' | '‐' | '−' => '-',
        _ => letter.to_lowercase().next().unwrap_or(letter),
    })
}

/// A date as written, before it is checked against a calendar.
#[derive(Debug, Default)]
struct Written {
    year: Option<i64>,
    month: Option<Month>,
    day: Option<i64>,
    time: Option<Time>,
    offset: Option<i32>,
    /// Minutes east of UTC, written `Z`, `GMT`, `+03:00`.
    zone: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Month {
    Gregorian(i8),
    Hijri(u8),
}

#[derive(Debug, Clone, Copy)]
struct Time {
    hour: i64,
    minute: i64,
    second: Option<i64>,
}

/// Months by name. Two names of one month joined by a slash (`تموز/يوليو`) are one date.
const MONTHS: &[(&str, Month)] = &[
    ("كانون الثاني", Month::Gregorian(1)),
    ("كانون ثاني", Month::Gregorian(1)),
    ("تشرين الاول", Month::Gregorian(10)),
    ("تشرين اول", Month::Gregorian(10)),
    ("تشرين الثاني", Month::Gregorian(11)),
    ("تشرين ثاني", Month::Gregorian(11)),
    ("كانون الاول", Month::Gregorian(12)),
    ("كانون اول", Month::Gregorian(12)),
    ("ربيع الاول", Month::Hijri(3)),
    ("ربيع الاخر", Month::Hijri(4)),
    ("ربيع الثاني", Month::Hijri(4)),
    ("جمادي الاولي", Month::Hijri(5)),
    ("جمادي الاخره", Month::Hijri(6)),
    ("جمادي الثانيه", Month::Hijri(6)),
    ("ذو القعده", Month::Hijri(11)),
    ("ذي القعده", Month::Hijri(11)),
    ("ذو الحجه", Month::Hijri(12)),
    ("ذي الحجه", Month::Hijri(12)),
    ("محرم", Month::Hijri(1)),
    ("صفر", Month::Hijri(2)),
    ("رجب", Month::Hijri(7)),
    ("شعبان", Month::Hijri(8)),
    ("رمضان", Month::Hijri(9)),
    ("شوال", Month::Hijri(10)),
    ("يناير", Month::Gregorian(1)),
    ("جانفي", Month::Gregorian(1)),
    ("january", Month::Gregorian(1)),
    ("jan", Month::Gregorian(1)),
    ("فبراير", Month::Gregorian(2)),
    ("شباط", Month::Gregorian(2)),
    ("فيفري", Month::Gregorian(2)),
    ("february", Month::Gregorian(2)),
    ("feb", Month::Gregorian(2)),
    ("مارس", Month::Gregorian(3)),
    ("اذار", Month::Gregorian(3)),
    ("march", Month::Gregorian(3)),
    ("mar", Month::Gregorian(3)),
    ("ابريل", Month::Gregorian(4)),
    ("نيسان", Month::Gregorian(4)),
    ("افريل", Month::Gregorian(4)),
    ("april", Month::Gregorian(4)),
    ("apr", Month::Gregorian(4)),
    ("مايو", Month::Gregorian(5)),
    ("ايار", Month::Gregorian(5)),
    ("ماي", Month::Gregorian(5)),
    ("may", Month::Gregorian(5)),
    ("يونيو", Month::Gregorian(6)),
    ("يونيه", Month::Gregorian(6)),
    ("حزيران", Month::Gregorian(6)),
    ("جوان", Month::Gregorian(6)),
    ("june", Month::Gregorian(6)),
    ("jun", Month::Gregorian(6)),
    ("يوليو", Month::Gregorian(7)),
    ("يوليه", Month::Gregorian(7)),
    ("تموز", Month::Gregorian(7)),
    ("جويليه", Month::Gregorian(7)),
    ("يوليوز", Month::Gregorian(7)),
    ("july", Month::Gregorian(7)),
    ("jul", Month::Gregorian(7)),
    ("اغسطس", Month::Gregorian(8)),
    ("اب", Month::Gregorian(8)),
    ("اوت", Month::Gregorian(8)),
    ("غشت", Month::Gregorian(8)),
    ("august", Month::Gregorian(8)),
    ("aug", Month::Gregorian(8)),
    ("سبتمبر", Month::Gregorian(9)),
    ("ايلول", Month::Gregorian(9)),
    ("شتنبر", Month::Gregorian(9)),
    ("september", Month::Gregorian(9)),
    ("sept", Month::Gregorian(9)),
    ("sep", Month::Gregorian(9)),
    ("اكتوبر", Month::Gregorian(10)),
    ("october", Month::Gregorian(10)),
    ("oct", Month::Gregorian(10)),
    ("نوفمبر", Month::Gregorian(11)),
    ("نونبر", Month::Gregorian(11)),
    ("november", Month::Gregorian(11)),
    ("nov", Month::Gregorian(11)),
    ("ديسمبر", Month::Gregorian(12)),
    ("دجنبر", Month::Gregorian(12)),
    ("december", Month::Gregorian(12)),
    ("dec", Month::Gregorian(12)),
];

/// Whether a folded word names a month of its own (two-word names are left out).
pub fn is_month(folded: &str) -> bool {
    MONTHS.iter().any(|(name, _)| *name == folded)
}

/// Words that may stand around a date without changing it: week days, `of`, eras.
const FILLERS: &[&str] = &[
    "السبت",
    "الاحد",
    "الاثنين",
    "الثلاثاء",
    "الاربعاء",
    "الخميس",
    "الجمعه",
    "يوم",
    "من",
    "شهر",
    "عام",
    "سنه",
    "الموافق",
    "الساعه",
    "في",
    "ه",
    "هـ",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "tues",
    "wed",
    "thu",
    "thur",
    "thurs",
    "fri",
    "sat",
    "sun",
    "of",
    "the",
    "st",
    "nd",
    "rd",
    "th",
    "at",
    "on",
    "t",
];

fn read_pieces(pieces: &[Piece], options: &DateOptions) -> Option<Written> {
    use Piece::{Mark, Number, Space, Word};
    let mut written = Written::default();
    let mut numbers: Vec<(i64, usize)> = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        let rest = &pieces[at..];
        // A time, `9:30`, `09:30:15.5`, with the zone that follows.
        if let [Number(hour, 1..=2), Mark(':'), Number(minute, 1..=2), tail @ ..] = rest
            && written.time.is_none()
        {
            at += 3;
            let mut second = None;
            if let [Mark(':'), Number(value, 1..=2), tail @ ..] = tail {
                second = Some(*value);
                at += 2;
                if let [Mark('.' | ','), Number(..), ..] = tail {
                    at += 2;
                }
            }
            written.time = Some(Time { hour: *hour, minute: *minute, second });
            at += read_zone(&pieces[at..], &mut written)?;
            continue;
        }
        // A time without colons behind a `T`: `2017-01-22T185600`.
        if let [Word(t), Number(clock, digits @ (4 | 6)), ..] = rest
            && t == "t"
            && written.time.is_none()
        {
            let (clock, second) = if *digits == 6 { (clock / 100, Some(clock % 100)) } else { (*clock, None) };
            written.time = Some(Time { hour: clock / 100, minute: clock % 100, second });
            at += 2;
            at += read_zone(&pieces[at..], &mut written)?;
            continue;
        }
        match rest {
            [Number(value, digits), ..] => {
                numbers.push((*value, *digits));
                at += 1;
            }
            [Word(_), ..] => {
                let two = match rest {
                    [Word(a), Space, Word(b), ..] => Some(format!("{a} {b}")),
                    _ => None,
                };
                let named = |name: &str| MONTHS.iter().find(|(known, _)| *known == name).map(|(_, month)| *month);
                let Word(one) = &rest[0] else { return None };
                if let Some(month) = two.as_deref().and_then(named) {
                    set_month(&mut written, month)?;
                    at += 3;
                } else if let Some(month) = named(one) {
                    set_month(&mut written, month)?;
                    at += 1;
                } else if FILLERS.contains(&one.as_str()) {
                    at += 1;
                } else if let Some(shift) = match one.as_str() {
                    "am" | "صباحا" | "ص" => Some(0),
                    "pm" | "مساء" | "عصرا" | "ظهرا" => Some(12),
                    // Behind a clock `م` is the afternoon; elsewhere it is the era.
                    "م" if written.time.is_some_and(|time| (1..=12).contains(&time.hour)) => Some(12),
                    _ => None,
                } {
                    let time = written.time.as_mut()?;
                    time.hour = time.hour % 12 + shift;
                    at += 1;
                } else if one == "م" {
                    at += 1;
                } else {
                    return None;
                }
            }
            [Mark('/' | '-' | '.' | ',' | '(' | ')'), ..] | [Space, ..] => at += 1,
            _ => return None,
        }
    }
    place_numbers(&mut written, &numbers, options)?;
    Some(written)
}

/// Keeps the first month named; a second name must mean the same month unless calendars differ.
fn set_month(written: &mut Written, month: Month) -> Option<()> {
    match (written.month, month) {
        (None, _) => written.month = Some(month),
        (Some(known), month) if known == month => {}
        _ => return None,
    }
    Some(())
}

/// Zones by name, minutes east of UTC: those of RFC 822 and the ones of European and Levantine newsrooms.
const ZONES: &[(&str, i32)] = &[
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
    ("bst", 60),
    ("wet", 0),
    ("west", 60),
    ("cet", 60),
    ("cest", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("ast", 180),
];

/// Reads ` +0300`, `Z`, ` GMT` after a time; returns the pieces taken.
fn read_zone(pieces: &[Piece], written: &mut Written) -> Option<usize> {
    use Piece::{Mark, Number, Space, Word};
    let skipped = usize::from(matches!(pieces.first(), Some(Space)));
    let taken = match &pieces[skipped..] {
        [Word(name), ..] if ["z", "utc", "gmt", "ut"].contains(&name.as_str()) => {
            (written.offset, written.zone) = (Some(0), Some("Z".into()));
            1
        }
        [Word(name), ..] => {
            let Some((_, minutes)) = ZONES.iter().find(|(known, _)| known == name) else { return Some(0) };
            let (sign, size) = if *minutes < 0 { ('-', -minutes) } else { ('+', *minutes) };
            (written.offset, written.zone) = (Some(*minutes), Some(format!("{sign}{:02}:{:02}", size / 60, size % 60)));
            1
        }
        [Mark(sign @ ('+' | '-')), Number(value, digits @ (2 | 4)), rest @ ..] => {
            let (hours, minutes, taken) = match (digits, rest) {
                (2, [Mark(':'), Number(minutes, 2), ..]) => (*value, *minutes, 4),
                (2, _) => (*value, 0, 2),
                _ => (value / 100, value % 100, 2),
            };
            if hours > 18 || minutes > 59 {
                return None;
            }
            let size = (hours * 60 + minutes) as i32;
            written.offset = Some(if *sign == '-' { -size } else { size });
            written.zone = Some(format!("{sign}{hours:02}:{minutes:02}"));
            taken
        }
        _ => return Some(0),
    };
    Some(skipped + taken)
}

/// Gives the numbers their places: year, month, day.
fn place_numbers(written: &mut Written, numbers: &[(i64, usize)], options: &DateOptions) -> Option<()> {
    if written.month.is_some() {
        match numbers {
            [] => return None,
            [(year, 4)] => written.year = Some(*year),
            [(day, 1..=2), (year, 4)] | [(year, 4), (day, 1..=2)] => (written.day, written.year) = (Some(*day), Some(*year)),
            [(day, 1..=2), (short, 2)] => (written.day, written.year) = (Some(*day), Some(century(*short))),
            _ => return None,
        }
        return Some(());
    }
    let (year, month, day) = match *numbers {
        [(year, 4)] => (year, None, None),
        [(year, 4), (month, 1..=2)] => (year, Some(month), None),
        [(month, 1..=2), (year, 4)] => (year, Some(month), None),
        [(year, 4), (month, 1..=2), (day, 1..=2)] => (year, Some(month), Some(day)),
        [(a, 1..=2), (b, 1..=2), (year, 4)] => {
            let month_first = b > 12 || (options.order == DateOrder::MonthFirst && a <= 12);
            if month_first { (year, Some(a), Some(b)) } else { (year, Some(b), Some(a)) }
        }
        [(a, 2), (b, 1..=2), (c, 1..=2)] if options.order == DateOrder::YearFirst => (century(a), Some(b), Some(c)),
        [(compact, 8)] => (compact / 10_000, Some(compact / 100 % 100), Some(compact % 100)),
        _ => return None,
    };
    written.year = Some(year);
    written.month = match month {
        // A four-digit year before 1600 is a Hijri one: `18/11/1446`.
        Some(month) if is_hijri_year(year) => Some(Month::Hijri(u8::try_from(month).ok()?)),
        Some(month) => Some(Month::Gregorian(i8::try_from(month).ok()?)),
        None => None,
    };
    written.day = day;
    Some(())
}

/// Two-digit years: 00–69 are 2000–2069.
fn century(short: i64) -> i64 {
    if short < 70 { 2000 + short } else { 1900 + short }
}

impl Written {
    fn into_date(self, origin: &str, options: &DateOptions) -> Option<Date> {
        let year = self.year?;
        let (date, precision) = match (self.month, self.day) {
            (None, _) => (civil::Date::new(i16::try_from(year).ok()?, 1, 1).ok()?, Precision::Year),
            (Some(Month::Gregorian(month)), None) => (civil::Date::new(i16::try_from(year).ok()?, month, 1).ok()?, Precision::Month),
            (Some(Month::Gregorian(month)), Some(day)) => (civil::Date::new(i16::try_from(year).ok()?, month, i8::try_from(day).ok()?).ok()?, Precision::Day),
            (Some(Month::Hijri(month)), day) => {
                // A Hijri month spans two Gregorian ones, so without a day only the year of its first day is known.
                let (date, day) = (hijri(year, month, day.unwrap_or(1))?, day);
                (date, if day.is_some() { Precision::Day } else { Precision::Month })
            }
        };
        if !(1..=9999).contains(&date.year()) {
            return None;
        }
        let zone_of = |when: civil::DateTime| match self.offset {
            Some(minutes) => Offset::from_seconds(minutes * 60).ok()?.to_timestamp(when).ok(),
            None => options.zone.to_timestamp(when).ok(),
        };
        let Some(time) = self.time.filter(|_| precision == Precision::Day) else {
            let value = match precision {
                Precision::Year => format!("{:04}", date.year()),
                Precision::Month => format!("{:04}-{:02}", date.year(), date.month()),
                _ => day_text(date),
            };
            // A day is a day wherever it is read: no zone moves it to its neighbour.
            let seconds = seconds_of(date.at(0, 0, 0, 0))?;
            return Some(Date { value, precision, zone: None, origin: origin.into(), seconds });
        };
        let (hour, minute) = (i8::try_from(time.hour).ok()?, i8::try_from(time.minute).ok()?);
        // 24:00 and a leap second are legal ISO 8601 but no clock time here.
        let second = i8::try_from(time.second.unwrap_or(0)).ok()?.min(if time.second == Some(60) { 59 } else { i8::MAX });
        let when = civil::Time::new(hour, minute, second, 0).ok()?.on(date.year(), date.month(), date.day());
        let seconds = zone_of(when)?.as_second();
        let clock = match time.second {
            Some(_) => format!("{hour:02}:{minute:02}:{second:02}"),
            None => format!("{hour:02}:{minute:02}"),
        };
        let value = format!("{}T{clock}{}", day_text(date), self.zone.as_deref().unwrap_or_default());
        let precision = if time.second.is_some() { Precision::Second } else { Precision::Minute };
        Some(Date { value, precision, zone: self.zone, origin: origin.into(), seconds })
    }
}

/// The Gregorian day of a Hijri one by the Umm al-Qura calendar of Saudi Arabia.
fn hijri(year: i64, month: u8, day: i64) -> Option<civil::Date> {
    let year = i32::try_from(year).ok().filter(|year| (1300..1600).contains(year))?;
    let date = icu_calendar::Date::try_new(year.into(), IcuMonth::new(month), u8::try_from(day).ok()?, Hijri::new_umm_al_qura()).ok()?;
    let iso = date.to_calendar(icu_calendar::cal::Iso);
    civil::Date::new(i16::try_from(iso.year().extended_year()).ok()?, i8::try_from(iso.month().ordinal).ok()?, i8::try_from(iso.day_of_month().0).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, Precision)>) {
        let found = read_date(text, "test", &DateOptions::default());
        let found = found.as_ref().ok().map(|date| (date.value.as_str(), date.precision));
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn written_dates() {
        use Precision::*;
        let rows = [
            ("2025", Year, "2025"),
            ("2025-05", Month, "2025-05"),
            ("2025-05-18", Day, "2025-05-18"),
            ("20250518", Day, "2025-05-18"),
            ("2025-05-18T09:30", Minute, "2025-05-18T09:30"),
            ("2025-05-18T09:30:05Z", Second, "2025-05-18T09:30:05Z"),
            ("2015-07-21 02:51:32", Second, "2015-07-21T02:51:32"),
            ("2017-01-20T21:43:00+01:00", Second, "2017-01-20T21:43:00+01:00"),
            ("2017-01-20T21:43:00.123456-0530", Second, "2017-01-20T21:43:00-05:30"),
            ("2017-01-22T185600", Second, "2017-01-22T18:56:00"),
            ("26-FEB-1987 15:01:01.79", Second, "1987-02-26T15:01:01"),
            ("Sun, 18 May 2025 09:30:00 +0300", Second, "2025-05-18T09:30:00+03:00"),
            ("Sun, 18 May 2025 09:30:00 GMT", Second, "2025-05-18T09:30:00Z"),
            ("May 18, 2025", Day, "2025-05-18"),
            ("18th of May 2025", Day, "2025-05-18"),
            ("18 مايو 2025", Day, "2025-05-18"),
            ("الأحد 18 أيار/مايو 2025", Day, "2025-05-18"),
            ("١٨ مايو ٢٠٢٥", Day, "2025-05-18"),
            ("18 كانون الثاني 2025", Day, "2025-01-18"),
            ("18 جانفي 2017", Day, "2017-01-18"),
            ("3 غشت 2020", Day, "2020-08-03"),
            ("مايو 2025", Month, "2025-05"),
            ("18/5/2025", Day, "2025-05-18"),
            ("5/18/2025", Day, "2025-05-18"),
            ("4.5.2025", Day, "2025-05-04"),
            ("20 ذو القعدة 1446", Day, "2025-05-18"),
            ("20 ذي القعدة 1446 هـ", Day, "2025-05-18"),
            ("18 May 2025 9:05 pm", Minute, "2025-05-18T21:05"),
        ];
        for (text, precision, value) in rows {
            check(text, Some((value, precision)));
        }
    }

    #[test]
    fn days_are_told_by_the_own_clock() {
        for (text, expected) in [
            ("2025", "2025-01-01T00:00:00"),
            ("2025-05", "2025-05-01T00:00:00"),
            ("2025-05-18", "2025-05-18T00:00:00"),
            ("2017-06-21T00:05+01:00", "2017-06-21T00:05:00"),
            ("2017-01-20T21:43:09-05:30", "2017-01-20T21:43:09"),
            ("2025-05-18T23:30:05Z", "2025-05-18T23:30:05"),
        ] {
            let date = read_date(text, "", &DateOptions::default()).unwrap();
            let zone = TimeZone::get("Asia/Damascus").unwrap();
            let assumed = read_date(text, "", &DateOptions { zone, ..DateOptions::default() }).unwrap();
            for date in [date, assumed] {
                assert_eq!(date.local_seconds().and_then(civil_of).unwrap().to_string(), expected);
            }
        }
    }

    #[test]
    fn no_dates() {
        for text in [
            "",
            "32/13/2020",
            "30 February 2025",
            "2025-02-30",
            "2025-13-01",
            "أمس",
            "yesterday",
            "12:30",
            "99",
            "2025-05-18 25:00",
            "0",
            "18 May",
            "abc 2025",
            "2025-05-18T09:30+99:00",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn options_decide_what_is_open() {
        let american = DateOptions { order: DateOrder::MonthFirst, ..Default::default() };
        let date = read_date("4/5/2025", "test", &american).unwrap();
        assert_eq!(date.value, "2025-04-05");
        let damascus = DateOptions { zone: TimeZone::get("Asia/Damascus").unwrap(), ..Default::default() };
        let date = read_date("2025-05-18 03:00", "test", &damascus).unwrap();
        assert_eq!((date.seconds, date.zone), (seconds_of(civil::date(2025, 5, 18).at(0, 0, 0, 0)).unwrap(), None));
    }

    #[test]
    fn ranges_of_questions() {
        let day = 86_400;
        let (begin, end) = read_range("2025-05").unwrap();
        assert_eq!(((end - begin) / day, day_of(begin)), (31, "2025-05-01".to_string()));
        assert_eq!(read_range("2024").map(|(begin, end)| (end - begin) / day), Ok(366));
        assert!(read_range("2025-05-32").is_err());
        let days = |text: &str| read_range(text).map(|(begin, end)| (day_of(begin), (end - begin) / day));
        assert_eq!(days("1446"), Ok(("2024-07-07".to_string(), 354)));
        assert_eq!(days("١٤٤٦-٠٩"), Ok(("2025-03-01".to_string(), 29)));
        assert_eq!(days("1446-09-02"), Ok(("2025-03-02".to_string(), 1)));
    }

    #[test]
    fn epochs() {
        assert_eq!(read_epoch(1_747_560_600, "t").map(|date| date.value), Some("2025-05-18T09:30:00Z".into()));
        assert_eq!(read_epoch(1_747_560_600_000, "t").map(|date| date.seconds), Some(1_747_560_600));
        assert_eq!(read_epoch(i64::MAX, "t"), None);
    }
}
