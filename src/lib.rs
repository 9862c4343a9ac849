#![forbid(unsafe_code)]
pub mod article;
pub mod date;
pub mod quarantine;
pub mod source;
pub mod language;
pub mod analysis;
pub mod extract;
pub mod document;
pub mod query;
pub mod hits;
pub mod engine;

pub mod ingest;
pub mod render;
