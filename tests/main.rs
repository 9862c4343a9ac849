//! One test binary, a module a topic. Helpers stand in `support`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "suite/analysis.rs"]
mod analysis;
#[path = "suite/authority.rs"]
mod authority;
#[path = "suite/bad_input.rs"]
mod bad_input;
#[path = "suite/commands.rs"]
mod commands;
#[path = "suite/counts.rs"]
mod counts;
#[path = "suite/differential.rs"]
mod differential;
#[path = "suite/fuzz.rs"]
mod fuzz;
#[path = "suite/names.rs"]
mod names;
#[path = "suite/readme.rs"]
mod readme;
#[path = "suite/resume.rs"]
mod resume;
#[path = "suite/schemas.rs"]
mod schemas;
#[path = "suite/support.rs"]
mod support;
#[path = "suite/wishes.rs"]
mod wishes;
#[path = "suite/worst_cases.rs"]
mod worst_cases;
