//! The columns of an opened index, each opened once: tantivy looks a column up by its name at every opening, which costs a
//! question more than reading the values of its hits.

use std::collections::BTreeMap;

use tantivy::columnar::{Column, StrColumn};
use tantivy::{DateTime, SegmentReader};

use crate::document::{FIELDS, FieldKind};

/// The columns of one segment. Columns of single counts are opened where they are asked for: there is one a kind.
pub struct SegmentColumns {
    pub key_hash: Column<i64>,
    pub story: Column<u64>,
    pub published: Column<DateTime>,
    pub local: Column<i64>,
    pub month: Column<u64>,
    pub added: Column<u64>,
    pub content_hash: Column<u64>,
    pub model_version: Column<u64>,
    /// By field; `None` where no article of the segment has a value.
    keywords: BTreeMap<&'static str, Option<StrColumn>>,
}

impl SegmentColumns {
    pub fn open(reader: &SegmentReader) -> tantivy::Result<SegmentColumns> {
        let columns = reader.fast_fields();
        let of_keywords = FIELDS.iter().filter(|field| matches!(field.kind, FieldKind::Keyword { column: true, .. }));
        Ok(SegmentColumns {
            key_hash: columns.i64("key_hash")?,
            story: columns.u64("story")?,
            published: columns.date("published")?,
            local: columns.i64("local")?,
            month: columns.u64("ym")?,
            added: columns.u64("added")?,
            content_hash: columns.u64("content_hash")?,
            model_version: columns.u64("model_v")?,
            keywords: of_keywords.map(|field| Ok((field.name, columns.str(field.name)?))).collect::<tantivy::Result<_>>()?,
        })
    }

    pub fn keyword(&self, field: &str) -> Option<&StrColumn> {
        self.keywords.get(field)?.as_ref()
    }
}
