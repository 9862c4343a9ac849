//! Writing: one writer at a time, bytes in flight bounded, a commit that carries the ledger.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::schema::document::CompactDocValue;
use tantivy::schema::{Document as TantivyDocumentTrait, Field, OwnedValue};
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::{Index, IndexSettings, IndexWriter, TantivyDocument, Term};

use super::folder::Folder;
use super::schema::{self, Fields};
use super::{Manifest, engine_error};
use crate::article::Status;
use crate::document::{Document, model_version, year_month};
use crate::engine::permits::{Permit, Permits};
use crate::engine::{EngineError, EngineWriter, io_words};

/// Bytes of documents on their way to the indexing threads; tantivy's own queue holds any size.
const BYTES_IN_FLIGHT: usize = 16 << 20;

/// Memory of all indexing threads together. With 120 MB the whole process comes to some 520 MB at its peak on the real news,
/// mapped files included; the promise is 600.
const HEAP_BYTES: usize = 120 << 20;

/// Memory of one thread at most: larger heaps were slower.
const THREAD_HEAP_BYTES: usize = 200 << 20;

/// Articles of a segment above which it is merged no more: segments are searched side by side, and one that holds nearly all would be
/// searched alone.
const LARGEST_TO_MERGE: usize = 50_000;

/// The writer of an index folder.
pub struct TantivyWriter {
    path: PathBuf,
    writer: IndexWriter<Permitted>,
    fields: Fields,
    permits: Arc<Permits>,
}

impl TantivyWriter {
    /// Opens the index for writing, creating it where there is none. Holds the lock until it is dropped.
    ///
    /// # Errors
    /// When another process writes, the folder cannot be written, or the index is of another version.
    pub fn open(path: &Path, threads: usize) -> Result<TantivyWriter, EngineError> {
        let write = |error: std::io::Error| EngineError::Write { path: path.display().to_string(), cause: io_words(&error) };
        let manifest = match Manifest::read(path) {
            Ok(manifest) => manifest,
            Err(EngineError::Missing(_)) => {
                let manifest = Manifest::current("store-0001");
                let store = path.join(&manifest.store);
                fs::create_dir_all(&store).map_err(write)?;
                let compression = Compressor::Zstd(ZstdCompressor { compression_level: Some(5) });
                let settings = IndexSettings { docstore_compression: compression, docstore_blocksize: 32 * 1024, ..IndexSettings::default() };
                let directory = Folder::open(&store).map_err(|error| engine_error(path, error.into()))?;
                // A store without a manifest is the debris of a killed first run; it is empty and taken over.
                let made = Index::builder().schema(schema::schema()).settings(settings).open_or_create(directory);
                made.map_err(|error| engine_error(path, error))?;
                manifest.write(path).map_err(write)?;
                manifest
            }
            Err(other) => return Err(other),
        };
        // A fresh `Index` for every writer: a stale list of managed files would lose files of another process.
        let folder = Folder::open(&path.join(&manifest.store)).map_err(|error| engine_error(path, error.into()))?;
        let index = Index::open(folder).map_err(|error| engine_error(path, error))?;
        schema::register(&index);
        let fields = Fields::of(&index.schema())
            .ok_or_else(|| EngineError::Damaged { path: path.display().to_string(), cause: "a field is missing from the schema".to_string() })?;
        let threads = threads.clamp(1, 4);
        let options = IndexWriterOptions::builder()
            .num_worker_threads(threads)
            .num_merge_threads(1)
            .memory_budget_per_thread((HEAP_BYTES / threads).min(THREAD_HEAP_BYTES))
            .build();
        let writer: IndexWriter<Permitted> = index.writer_with_options(options).map_err(|error| engine_error(path, error))?;
        let mut policy = LogMergePolicy::default();
        policy.set_min_num_segments(5);
        policy.set_max_docs_before_merge(LARGEST_TO_MERGE);
        policy.set_del_docs_ratio_before_merge(0.2);
        writer.set_merge_policy(Box::new(policy));
        Ok(TantivyWriter { path: path.to_path_buf(), writer, fields, permits: Arc::new(Permits::new(BYTES_IN_FLIGHT)) })
    }

    /// Waits for merges under way.
    ///
    /// # Errors
    /// When a merge failed.
    pub fn finish(self) -> Result<(), EngineError> {
        self.writer.wait_merging_threads().map_err(|error| engine_error(&self.path, error))
    }

    fn document(&self, document: Document) -> Result<TantivyDocument, EngineError> {
        let fields = &self.fields;
        let mut made = TantivyDocument::new();
        made.add_text(fields.key, document.key.text());
        made.add_i64(fields.key_hash, document.key.hash());
        made.add_text(fields.title, &document.title);
        made.add_text(fields.body, &document.body);
        made.add_text(fields.text_exact, &document.streams.text_exact);
        made.add_text(fields.text_stem, &document.streams.text_stem);
        made.add_text(fields.text_p4, &document.streams.text_p4);
        made.add_text(fields.title_exact, &document.streams.title_exact);
        made.add_text(fields.lang, document.language.as_str());
        for (field, value) in [(fields.source, &document.source), (fields.url, &document.url)] {
            if let Some(value) = value {
                made.add_text(field, value);
            }
        }
        if let Some(seconds) = document.published {
            made.add_date(fields.published, super::instant(seconds));
        }
        if let Some(seconds) = document.local {
            made.add_i64(fields.local, seconds);
            if let Some(month) = year_month(seconds) {
                made.add_u64(fields.ym, month);
            }
        }
        let lists: [(Field, &[String]); 7] = [
            (fields.people, &document.people),
            (fields.orgs, &document.orgs),
            (fields.names, &document.names),
            (fields.place_l1, &document.place_l1),
            (fields.place_l2, &document.place_l2),
            (fields.place_l3, &document.place_l3),
            (fields.count_kv, &document.count_kv),
        ];
        for (field, values) in lists {
            values.iter().for_each(|value| made.add_text(field, value));
        }
        document.count_kinds().for_each(|path| made.add_text(fields.count_kinds, path));
        if !document.counts.is_empty() {
            let values =
                document.counts.iter().map(|(path, values)| (path.clone(), OwnedValue::Array(values.iter().map(|value| OwnedValue::I64(*value)).collect())));
            made.add_object(fields.counts, values.collect());
        }
        made.add_u64(fields.story, document.story);
        document.story_bands.iter().for_each(|band| made.add_u64(fields.story_bands, *band));
        if document.status != Status::Usable {
            made.add_text(fields.status, document.status.as_str());
        }
        made.add_u64(fields.added, document.added);
        made.add_u64(fields.content_hash, document.content_hash);
        made.add_u64(fields.model_v, model_version());
        let record = document.record.to_bytes().map_err(|error| EngineError::Write { path: self.path.display().to_string(), cause: error.to_string() })?;
        made.add_bytes(fields.record, &record);
        Ok(made)
    }
}

impl EngineWriter for TantivyWriter {
    fn put(&mut self, document: Document, replaces: bool) -> Result<(), EngineError> {
        let permit = Permits::take(&self.permits, document.byte_len());
        let key = document.key;
        let document = Permitted { document: self.document(document)?, _permit: permit };
        if replaces {
            self.writer.delete_term(Term::from_field_text(self.fields.key, &key.text()));
        }
        self.writer.add_document(document).map(|_| ()).map_err(|error| engine_error(&self.path, error))
    }

    fn commit(&mut self, payload: &str) -> Result<(), EngineError> {
        let path = &self.path;
        let mut prepared = self.writer.prepare_commit().map_err(|error| engine_error(path, error))?;
        prepared.set_payload(payload);
        prepared.commit().map(|_| ()).map_err(|error| engine_error(path, error))
    }
}

/// A document that frees its share of the bytes in flight when an indexing thread takes it.
struct Permitted {
    document: TantivyDocument,
    _permit: Permit,
}

impl TantivyDocumentTrait for Permitted {
    type Value<'a> = CompactDocValue<'a>;
    type FieldsValuesIter<'a> = <TantivyDocument as TantivyDocumentTrait>::FieldsValuesIter<'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        TantivyDocumentTrait::iter_fields_and_values(&self.document)
    }

    fn into_tantivy_document(self) -> TantivyDocument {
        self.document
    }
}
