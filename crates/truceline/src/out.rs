//! Standard output, for pipes too: a reader that has seen enough (`| head`) ends the command quietly, not with a fault.

use std::fmt::Display;
use std::io::{ErrorKind, Write as _};

use serde_json::Value;

use crate::cli::Format;
use crate::failure::Failure;

/// Prints one line.
///
/// # Errors
/// When nobody reads any more (an end without fault), or the disk is full.
pub(crate) fn line(text: impl Display) -> Result<(), Failure> {
    text_as_it_is(&format!("{text}\n"))
}

/// Prints a result in words, or as one line of JSON.
///
/// # Errors
/// As for one line.
pub(crate) fn told(format: Format, words: impl Display, json: &Value) -> Result<(), Failure> {
    match format {
        Format::Text => line(words),
        Format::Json => line(json),
    }
}

/// Prints text as it is.
///
/// # Errors
/// As for one line.
pub(crate) fn text_as_it_is(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Failure::unread(),
        _ => Failure::operation("print", &error),
    })
}
