//! The schema made from [`FIELDS`], and the tokenizer that splits our joined terms.

use tantivy::Index;
use tantivy::schema::{
    BytesOptions, DateOptions, DateTimePrecision, Field, IndexRecordOption, JsonObjectOptions, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::document::{FIELDS, FieldKind};

/// tantivy keeps a tokenizer's name, not its code: another splitting is another name.
const TOKENIZER: &str = "fx_ws_v1";

/// Fields by name.
#[derive(Debug, Clone)]
pub struct Fields {
    pub key: Field,
    pub key_hash: Field,
    pub title: Field,
    pub body: Field,
    pub text_exact: Field,
    pub text_stem: Field,
    pub text_p4: Field,
    pub title_exact: Field,
    pub lang: Field,
    pub source: Field,
    pub published: Field,
    pub local: Field,
    pub ym: Field,
    pub url: Field,
    pub people: Field,
    pub orgs: Field,
    pub names: Field,
    pub place_l1: Field,
    pub place_l2: Field,
    pub place_l3: Field,
    pub counts: Field,
    pub count_kinds: Field,
    pub count_kv: Field,
    pub story: Field,
    pub story_bands: Field,
    pub added: Field,
    pub status: Field,
    pub content_hash: Field,
    pub model_v: Field,
    pub record: Field,
}

impl Fields {
    /// The fields of a schema; `None` when one is missing.
    pub fn of(schema: &Schema) -> Option<Fields> {
        let field = |name: &str| schema.get_field(name).ok();
        Some(Fields {
            key: field("key")?,
            key_hash: field("key_hash")?,
            title: field("title")?,
            body: field("body")?,
            text_exact: field("text_exact")?,
            text_stem: field("text_stem")?,
            text_p4: field("text_p4")?,
            title_exact: field("title_exact")?,
            lang: field("lang")?,
            source: field("source")?,
            published: field("published")?,
            local: field("local")?,
            ym: field("ym")?,
            url: field("url")?,
            people: field("people")?,
            orgs: field("orgs")?,
            names: field("names")?,
            place_l1: field("place_l1")?,
            place_l2: field("place_l2")?,
            place_l3: field("place_l3")?,
            counts: field("counts")?,
            count_kinds: field("count_kinds")?,
            count_kv: field("count_kv")?,
            story: field("story")?,
            story_bands: field("story_bands")?,
            added: field("added")?,
            status: field("status")?,
            content_hash: field("content_hash")?,
            model_v: field("model_v")?,
            record: field("record")?,
        })
    }

    /// A field of the table by its name.
    pub fn named(&self, name: &str) -> Field {
        match name {
            "people" => self.people,
            "orgs" => self.orgs,
            "place_l1" => self.place_l1,
            "place_l2" => self.place_l2,
            "place_l3" => self.place_l3,
            "source" => self.source,
            "lang" => self.lang,
            "count_kinds" => self.count_kinds,
            "title_exact" => self.title_exact,
            "text_stem" => self.text_stem,
            "text_p4" => self.text_p4,
            _ => self.text_exact,
        }
    }
}

/// The schema of the field table.
pub fn schema() -> Schema {
    schema_with(TOKENIZER)
}

/// The same with another tokenizer for the term fields: the benches compare with a stock one.
pub fn schema_with(tokenizer: &str) -> Schema {
    let mut builder = Schema::builder();
    for field in FIELDS {
        match field.kind {
            FieldKind::Keyword { stored, column } => {
                let indexing = TextFieldIndexing::default().set_tokenizer("raw").set_index_option(IndexRecordOption::Basic).set_fieldnorms(false);
                let mut options = TextOptions::default().set_indexing_options(indexing);
                if stored {
                    options = options.set_stored();
                }
                if column {
                    options = options.set_fast("raw");
                }
                builder.add_text_field(field.name, options);
            }
            FieldKind::Terms { positions } => {
                let option = if positions { IndexRecordOption::WithFreqsAndPositions } else { IndexRecordOption::WithFreqs };
                let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(option);
                builder.add_text_field(field.name, TextOptions::default().set_indexing_options(indexing));
            }
            FieldKind::Stored => {
                builder.add_text_field(field.name, TextOptions::default().set_stored());
            }
            FieldKind::Number { terms, column } => {
                let mut options = NumericOptions::default();
                if terms {
                    options = options.set_indexed();
                }
                if column {
                    options = options.set_fast();
                }
                builder.add_u64_field(field.name, options);
            }
            FieldKind::Signed => {
                builder.add_i64_field(field.name, NumericOptions::default().set_fast());
            }
            FieldKind::Instant => {
                builder.add_date_field(field.name, DateOptions::default().set_stored().set_fast().set_precision(DateTimePrecision::Seconds));
            }
            FieldKind::Numbers => {
                builder.add_json_field(field.name, JsonObjectOptions::default().set_expand_dots_enabled().set_fast("raw"));
            }
            FieldKind::Bytes => {
                builder.add_bytes_field(field.name, BytesOptions::default().set_stored());
            }
        }
    }
    builder.build()
}

/// Makes our tokenizer known to an index; without it a commit fails.
pub fn register(index: &Index) {
    index.tokenizers().register(TOKENIZER, Spaces::default());
}

/// Splits at single spaces.
#[derive(Debug, Clone, Default)]
struct Spaces {
    token: Token,
}

struct SpacesStream<'a> {
    text: &'a str,
    at: usize,
    token: &'a mut Token,
}

impl Tokenizer for Spaces {
    type TokenStream<'a> = SpacesStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> SpacesStream<'a> {
        self.token.reset();
        SpacesStream { text, at: 0, token: &mut self.token }
    }
}

impl TokenStream for SpacesStream<'_> {
    fn advance(&mut self) -> bool {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        if self.at >= bytes.len() {
            return false;
        }
        let end = memchr::memchr(b' ', &bytes[self.at..]).map_or(bytes.len(), |offset| self.at + offset);
        self.token.text.clear();
        self.token.text.push_str(&self.text[self.at..end]);
        self.token.offset_from = self.at;
        self.token.offset_to = end;
        self.token.position = self.token.position.wrapping_add(1);
        self.at = end;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
