//! What must hold of any input, for the fuzz targets and for the replay of their seeds.

use fihris::engine::{Plan, Ranking};
use fihris::query::{MatchMode, SearchRequest, parse};

/// A question is read or refused with a place inside it; what is read prints to a question that reads the same, and can be planned.
pub fn query(text: &str) {
    match parse(text) {
        Ok(tree) => {
            let printed = tree.to_string();
            assert_eq!(parse(&printed).map_err(|error| error.message), Ok(tree), "{text:?} prints as {printed:?}");
        }
        Err(error) => assert!(error.start <= error.end && error.end <= text.chars().count(), "{text:?}: {error:?}"),
    }
    for mode in [MatchMode::All, MatchMode::Any] {
        if let Ok(mut request) = SearchRequest::new(text) {
            request.match_mode = mode;
            let _ = Plan::of(&request, mode, &Ranking::default());
        }
        let _ = Plan::of(&SearchRequest::natural(text), mode, &Ranking::default());
    }
}
