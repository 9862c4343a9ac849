//! One hit a line, for other programs: `ID<TAB>date<TAB>source<TAB>title`. No colour, no isolates.

use super::{headline, without_overrides};
use crate::date::Date;
use crate::hits::{FacetCounts, StoredArticle, Timeline};

/// The day of a date as far as it is known.
pub fn day(date: Option<&Date>) -> &str {
    date.map_or("", |date| date.value.split('T').next().unwrap_or_default())
}

fn one_line(text: &str) -> String {
    without_overrides(text).replace(['\t', '\n', '\r'], " ")
}

pub fn hit(article: &StoredArticle) -> String {
    let fields = [
        article.key.shown(),
        day(article.record.published.as_ref()).to_string(),
        one_line(article.source.as_deref().unwrap_or_default()),
        one_line(&headline(article)),
    ];
    fields.join("\t")
}

/// Cells of a table, parted by tabs.
pub fn row(cells: &[String]) -> String {
    cells.iter().map(|cell| one_line(cell)).collect::<Vec<_>>().join("\t")
}

/// `count<TAB>value<TAB>label`.
pub fn facet(facet: &FacetCounts) -> Vec<String> {
    facet.values.iter().map(|value| format!("{}\t{}\t{}", value.count, value.value, one_line(&value.label))).collect()
}

/// `bin<TAB>articles<TAB>stories<TAB>value`.
pub fn timeline(timeline: &Timeline) -> Vec<String> {
    timeline
        .bins
        .iter()
        .map(|bin| format!("{}\t{}\t{}\t{}", bin.name, bin.articles, bin.stories, bin.value.map(|value| value.to_string()).unwrap_or_default()))
        .collect()
}
