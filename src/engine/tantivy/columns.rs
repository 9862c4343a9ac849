//! The columns of an opened index, each opened once: tantivy looks a column up by its name at every opening, which costs a
//! question more than reading the values of its hits.

use tantivy::columnar::{Column, StrColumn};
use tantivy::{DateTime, DocId, SegmentReader};

use crate::article::opened_story;
use crate::document::{FIELDS, FieldKind};

/// Documents read from a column at once.
const BLOCK: u32 = 1_024;

/// Keyword columns, in the order of their numbers.
pub fn keyword_fields() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().filter(|field| matches!(field.kind, FieldKind::Keyword { column: true, .. })).map(|field| field.name)
}

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
    /// By number; `None` where no article of the segment has a value.
    keywords: Vec<Option<StrColumn>>,
}

impl SegmentColumns {
    pub fn open(reader: &SegmentReader) -> tantivy::Result<SegmentColumns> {
        let columns = reader.fast_fields();
        Ok(SegmentColumns {
            key_hash: columns.i64("key_hash")?,
            story: columns.u64("story")?,
            published: columns.date("published")?,
            local: columns.i64("local")?,
            month: columns.u64("ym")?,
            added: columns.u64("added")?,
            content_hash: columns.u64("content_hash")?,
            model_version: columns.u64("model_v")?,
            keywords: keyword_fields().map(|field| columns.str(field)).collect::<tantivy::Result<_>>()?,
        })
    }

    pub fn keyword(&self, field: &str) -> Option<&StrColumn> {
        self.numbered(keyword_fields().position(|name| name == field)?)
    }

    /// The keyword columns, by number.
    pub fn keywords(&self) -> impl Iterator<Item = Option<&StrColumn>> {
        self.keywords.iter().map(Option::as_ref)
    }

    /// A keyword column by its number.
    pub fn numbered(&self, number: usize) -> Option<&StrColumn> {
        self.keywords.get(number)?.as_ref()
    }

    pub fn n_documents(&self) -> u32 {
        self.story.num_docs()
    }

    /// Every document, its story, and whether it opened it.
    pub fn each_story(&self, mut visit: impl FnMut(DocId, u64, bool)) {
        let (mut documents, mut stories, mut keys) = (Vec::new(), Vec::new(), Vec::new());
        for begin in (0..self.n_documents()).step_by(BLOCK as usize) {
            documents.clear();
            documents.extend(begin..(begin + BLOCK).min(self.n_documents()));
            stories.clear();
            stories.resize(documents.len(), None);
            self.story.first_vals(&documents, &mut stories);
            keys.clear();
            keys.resize(documents.len(), None);
            self.key_hash.first_vals(&documents, &mut keys);
            for ((&document, story), key) in documents.iter().zip(&stories).zip(&keys) {
                let story = story.unwrap_or_default();
                visit(document, story, opened_story(key.unwrap_or_default()) == story);
            }
        }
    }
}
