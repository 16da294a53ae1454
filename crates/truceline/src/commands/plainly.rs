//! `terms explain`: a clause in plain words, composed from what it says to the machine.

use std::path::Path;

use truceline_publish::{Lang, clause_words};

use super::desk::Desk;
use crate::cli::Format;
use crate::failure::Failure;
use crate::out;

/// Says one clause, or every clause.
///
/// # Errors
/// When the agreement is not sound, or has no such clause.
pub(crate) fn explain(
    agreement: &Path,
    clause: Option<&str>,
    lang: Lang,
    format: Format,
) -> Result<u8, Failure> {
    let desk = Desk::open(agreement)?;
    let (terms, view) = (desk.terms()?, desk.view()?);
    let known: Vec<&str> = terms.clauses.iter().map(|known| known.id.as_str()).collect();
    if let Some(wanted) = clause
        && !known.contains(&wanted)
    {
        let say = format!("no clause is called \"{}\"; there are {}", out::shown(wanted), known.join(", "));
        return Err(Failure::usage(say));
    }
    for one in terms.clauses.iter().filter(|one| clause.is_none_or(|wanted| one.id.as_str() == wanted)) {
        let Some(words) = clause_words(&view, terms, &one.id, lang) else { continue };
        let text = match format {
            Format::Text => format!("{}\n", words.text()),
            Format::Json => {
                format!("{}\n", words.json().map_err(|e| Failure::operation("write a clause", &e))?)
            }
        };
        out::text_as_it_is(&text)?;
    }
    Ok(0)
}
