//! A page of ours as PDF, made here from the page itself: same page, same bytes. Writes nothing and asks nobody.

use std::path::Path;

use crate::failure::Failure;
use crate::view::software;

/// The largest page that is printed, in bytes: a bulletin of a spring has five million.
const LARGEST: usize = 64 << 20;

/// The page as PDF.
///
/// # Errors
/// When it is larger than any page of ours.
pub(crate) fn pdf(page: &str) -> Result<Vec<u8>, Failure> {
    if page.len() > LARGEST {
        return Err(Failure::usage(format!(
            "a page of {} bytes is not printed; the largest has {LARGEST}",
            page.len()
        )));
    }
    let paper = truceline_publish::paper(page);
    let sheet = truceline_print::Sheet { page: &paper.page, checked: paper.checked, software: &software() };
    let unread = || Failure::operation("print the page", &"the fonts in the program cannot be read");
    truceline_print::pdf(page, &sheet).ok_or_else(unread)
}

/// Reads a page and writes it as PDF.
///
/// # Errors
/// When one cannot be read or the other not be written.
pub(crate) fn file(page: &Path, out: &Path) -> Result<u64, Failure> {
    let fail = |what: &str, path: &Path, e: &dyn std::fmt::Display| {
        Failure::operation(&format!("{what} {}", path.display()), &e)
    };
    let text = std::fs::read_to_string(page).map_err(|e| fail("read", page, &e))?;
    if !text.contains("<html") {
        return Err(Failure::usage(format!(
            "{} is no page of ours: there is no <html> in it",
            page.display()
        )));
    }
    let bytes = pdf(&text)?;
    std::fs::write(out, &bytes).map_err(|e| fail("write", out, &e))?;
    Ok(bytes.len() as u64)
}
