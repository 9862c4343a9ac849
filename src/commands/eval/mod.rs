//! `eval`: the program measured against labelled collections, in the field's own figures.

mod names;
mod record;
mod search;

use super::{Failure, Outcome};
use crate::cli::{EvalCommand, Global};

pub fn run(global: &Global, command: &EvalCommand) -> Result<Outcome, Failure> {
    match command {
        EvalCommand::Names(args) => names::run(global, args),
        EvalCommand::Record(args) => record::run(global, args),
        EvalCommand::Search(args) => search::run(global, args),
    }
}
