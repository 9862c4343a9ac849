//! Plain text: one article a file, the first line its title where a shorter line stands alone before the rest.

use std::io;

use super::fields::{Role, from_pairs};
use super::{Reading, Sink};
use crate::quarantine::RejectCode;

/// A longer first line is the beginning of the text, not a headline.
const MAX_TITLE_CHARS: usize = 200;

pub fn read(reading: &mut Reading<'_>, sink: &mut Sink<'_>) -> io::Result<()> {
    if reading.skip > 0 {
        return Ok(());
    }
    let Some(bytes) = reading.read_whole(sink)? else { return Ok(()) };
    let location = reading.location(1, None, 0);
    let item = match std::str::from_utf8(&bytes) {
        Ok(text) => {
            let (title, body) = split(text.trim_start_matches('\u{FEFF}').trim());
            from_pairs(reading, location, [(Role::Title, title), (Role::Text, body)], &[], &bytes)
        }
        Err(error) => {
            let message = format!(
                "expected UTF-8, found byte 0x{:02X} at byte {} (--encoding names another character set)",
                bytes[error.valid_up_to()],
                error.valid_up_to()
            );
            reading.reject(location, RejectCode::BadUtf8, message, &bytes)
        }
    };
    let _ = sink(item);
    Ok(())
}

/// Title and body. A text of one line is a body.
fn split(text: &str) -> (&str, &str) {
    match text.split_once('\n') {
        Some((first, rest)) if first.chars().count() <= MAX_TITLE_CHARS => (first.trim().trim_start_matches('#').trim_start(), rest.trim()),
        _ => ("", text),
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn titles() {
        assert_eq!(split("# Title\n\nBody.\nMore."), ("Title", "Body.\nMore."));
        assert_eq!(split("One line only."), ("", "One line only."));
    }
}
