//! `fsck`: the first wrong byte of a store, where it stands, and what should stand there. Repairs nothing.

use serde_json::json;
use truceline_record::Digest;
use truceline_store::WrongByte;

use super::verify::{kept, log_key};
use crate::cli::record::Fsck;
use crate::cli::{EXIT_FOUND, Format};
use crate::failure::Failure;
use crate::{log, out};

/// Checks a store; 1 when something is wrong.
///
/// # Errors
/// When the call is wrong or the store cannot be opened.
pub(crate) fn fsck(asked: &Fsck) -> Result<u8, Failure> {
    let store = log::open_to_verify(&asked.at.store)?;
    let verifier = log_key(asked.key.as_ref())?.unwrap_or_else(|| store.verifier().clone());
    let kept = kept(asked.checkpoint.as_ref())?;
    let found = store.first_wrong_byte(&verifier, &kept);
    let (report, wrong) = found.map_err(|e| Failure::operation("check the store", &e))?;
    let Some(wrong) = wrong else {
        out::told(
            asked.format,
            format_args!(
                "{} entries, {} objects: no wrong byte{}",
                report.entries,
                report.objects,
                orphaned(&report.orphans)
            ),
            &json!({
                "clean": true, "entries": report.entries, "objects": report.objects, "orphans": orphans(&report.orphans),
            }),
        )?;
        return Ok(0);
    };
    match asked.format {
        Format::Text => {
            out::line(words(&wrong))?;
            let more = report.faults.len() - 1;
            out::line(format_args!(
                "{more} further findings; truceline verify lists them. Nothing was repaired{}",
                orphaned(&report.orphans)
            ))?;
        }
        Format::Json => out::line(json!({
            "clean": false, "fault": wrong.fault, "part": wrong.part, "offset": wrong.offset, "found": wrong.found, "right": wrong.right,
            "beyond": wrong.beyond, "within": wrong.within,
            "file": wrong.file.as_ref().map(|file| json!({
                "path": file.path.display().to_string(), "offset": file.offset, "page": file.page,
            })),
            "row": wrong.row, "findings": report.faults.len(), "orphans": orphans(&report.orphans),
        }))?,
    }
    Ok(EXIT_FOUND)
}

fn orphans(orphans: &[Digest]) -> Vec<String> {
    orphans.iter().map(Digest::to_string).collect()
}

/// Objects that no entry names, in words; nothing where there are none.
fn orphaned(digests: &[Digest]) -> String {
    if digests.is_empty() {
        return String::new();
    }
    format!(
        "\n{} objects that no entry names: {}\nA command that was interrupted leaves such, before its entry was logged; nothing follows from them, and sent again they are taken up",
        digests.len(),
        orphans(digests).join(", ")
    )
}

fn words(wrong: &WrongByte) -> String {
    let mut say = format!("{}\n", wrong.fault);
    match (wrong.offset, wrong.within) {
        (Some(offset), _) => say.push_str(&format!("first wrong byte: {}, byte {offset}; {}", wrong.part, change(wrong))),
        (None, Some((from, until))) => say.push_str(&format!(
            "first wrong byte: {}, not before byte {from} and before byte {until}; more than one was changed there, and no hash of this store tells which",
            wrong.part
        )),
        (None, None) => {
            return say
                + &format!(
                    "{}: which byte cannot be told: the store holds one hash of the whole, and no single changed byte explains it",
                    wrong.part
                );
        }
    }
    if let Some(file) = &wrong.file {
        let page = file.page.map_or_else(String::new, |page| format!(", page {page}"));
        say.push_str(&format!("\nin {}, byte {}{page}", file.path.display(), file.offset));
    }
    if let Some(row) = &wrong.row {
        say.push_str(&format!("\nin {row}"));
    }
    say
}

/// What stands there and what should.
fn change(wrong: &WrongByte) -> String {
    let byte =
        |byte: Option<u8>, none: &str| byte.map_or_else(|| none.to_owned(), |byte| format!("0x{byte:02x}"));
    let right = if wrong.beyond { "its end" } else { "something else, which cannot be told" };
    format!("found {}, should be {}", byte(wrong.found, "its end"), byte(wrong.right, right))
}
