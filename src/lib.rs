//! **fihris** (فهرس) indexes a news archive, finds the people, places, organizations and counts in every article, and answers
//! questions with ranked hits and facets. Arabic first, English beside it.
//!
//! # The flow
//!
//! An article flows one way, and so does a question; the modules stand in that order:
//!
//! ```text
//! source → article → analysis → extract → document → engine        query text → query → engine → hits → render
//! ```
//!
//! Each arrow is one type: bytes become an [`article::Article`] (or a [`quarantine::Reject`]), texts become
//! [`analysis::Token`]s, tokens an [`extract::Extraction`], all of it a [`document::Document`] that any
//! [`engine::EngineWriter`] takes. A question becomes a [`query::Query`] in a [`query::SearchRequest`], an
//! [`engine::Plan`] of terms and ids, and an answer in [`hits`], which [`render`] turns into text, JSON or tables.
//!
//! # What holds everywhere
//!
//! - Spans are bytes of the original text, half-open, on character boundaries; only [`render`] counts code points.
//! - Extraction is a pure function of the text and the bundled data: same bytes in any order, on any number of threads.
//! - A bad record is not a bad run: it goes to the quarantine with place, reason and bytes.
//! - A commit carries the ledger: articles and the position they were read to move in one step.
//! - The library does no talking: it takes readers and returns values; only `main` and its commands print.
//!
//! # What is deliberately absent
//!
//! No server, no second database, no network, no clock in any result, no configuration that changes what is found.
//!
//! # Example
//!
//! ```
//! use fihris::article::LanguageCode;
//! use fihris::document::DocumentMaker;
//!
//! let text = "قُتل 12 شخصا وأصيب 30 في دمشق";
//! let found = DocumentMaker::new().extract("", text, LanguageCode::ARABIC);
//! assert_eq!(found.counts[0].value, Some(12));
//! assert_eq!(found.counts[0].kinds, ["killed"]);
//! assert_eq!(found.mentions[0].span.of(text), "دمشق");
//! ```

#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::todo,
        clippy::unimplemented,
        clippy::dbg_macro,
        clippy::print_stdout,
        clippy::print_stderr
    )
)]

pub mod article;
pub mod date;
pub mod quarantine;
pub mod source;
pub mod language;
pub mod analysis;
pub mod extract;
pub mod document;
pub mod ingest;
pub mod query;
pub mod hits;
pub mod engine;
pub mod render;
pub mod labelled;
