//! Derives a bulletin again from the entries in a bundle, and holds every file and every figure against what was frozen.
//!
//! Names the first difference of each file. Where reports are closed it says which figures still come out, and which cannot be told.

use crate::bulletins::{Bulletin, FINDINGS, lines_of};
use crate::failure::Failure;
use crate::pipeline::{Derived, derive_published};
use crate::view::software;
use crate::{loaded, outputs};

use super::Part;
use super::log::{BundleLog, OBJECT_LIMIT};

/// What came out again.
#[derive(Default)]
pub(crate) struct Replayed {
    /// Whether everything was derived and held against what was frozen.
    pub(crate) whole: bool,
    /// Files that came out to the same bytes.
    pub(crate) files: u64,
    /// Figures that came out the same.
    pub(crate) figures: u64,
    /// Figures and files that cannot be derived again, because reports are closed.
    pub(crate) not: Vec<String>,
    /// What a reader should know besides.
    pub(crate) notes: Vec<String>,
}

/// Derives and compares; differences go to `faults`, unless closed reports may be why.
pub(crate) fn replay(
    bundle: &BundleLog<'_>,
    bulletin: &Bulletin,
    threads: usize,
    replayed: &mut Replayed,
    faults: &mut Vec<String>,
) {
    let closed = !bundle.closed.is_empty();
    let mut differences = Vec::new();
    let done = derived(bundle, bulletin, threads)
        .and_then(|derived| compare(bundle, bulletin, &derived, replayed, &mut differences));
    if let Err(say) = done {
        if closed {
            replayed.not = bulletin.figures.keys().chain(bulletin.files.keys()).cloned().collect();
        } else {
            faults.push(format!("the bulletin cannot be derived from its entries: {say}"));
        }
        return;
    }
    replayed.whole = differences.is_empty() && !closed;
    if closed {
        replayed.not = differences.into_iter().map(|(what, _)| what).collect();
        return;
    }
    if !differences.is_empty() && bulletin.software != software() {
        replayed.notes.push(format!(
            "it was made by {} and this is {}; use that version before you take a difference for a forgery",
            bulletin.software,
            software()
        ));
    }
    faults.extend(differences.into_iter().map(|(_, say)| say));
}

fn derived(bundle: &BundleLog<'_>, bulletin: &Bulletin, threads: usize) -> Result<Derived, Failure> {
    let loaded = loaded::load(bundle, Some(bulletin.entries), threads)?;
    derive_published(std::sync::Arc::new(loaded), bulletin.as_of, threads)
}

type Differences = Vec<(String, String)>;

fn compare(
    bundle: &BundleLog<'_>,
    bulletin: &Bulletin,
    derived: &Derived,
    replayed: &mut Replayed,
    differences: &mut Differences,
) -> Result<(), Failure> {
    let figures = outputs::figures(derived)?;
    let names = figures.keys().chain(bulletin.figures.keys().filter(|name| !figures.contains_key(*name)));
    for name in names {
        let shown = |value: Option<&u64>| value.map_or_else(|| "nothing".to_owned(), u64::to_string);
        let (said, found) = (bulletin.figures.get(name), figures.get(name));
        if said == found {
            replayed.figures += 1;
        } else {
            let say = format!(
                "figure `{name}`: the bulletin says {}, its entries give {}",
                shown(said),
                shown(found)
            );
            differences.push((name.clone(), say));
        }
    }
    let mut made = Vec::new();
    outputs::each(derived, &mut |name, bytes| {
        made.push(name.to_owned());
        let frozen = bundle.files.read(&Part::Frozen(name.to_owned()), OBJECT_LIMIT);
        let frozen = frozen.map_err(|say| Failure::operation("read the bundle", &say))?;
        match frozen.map(|frozen| first_difference(&frozen, bytes)) {
            None => differences.push((name.to_owned(), format!("{name}: the bulletin does not hold it"))),
            Some(Some(say)) => differences.push((name.to_owned(), format!("{name}: {say}"))),
            Some(None) => replayed.files += 1,
        }
        if name == FINDINGS {
            let lines = lines_of(bytes);
            if (lines.len(), lines.root()) != (bulletin.findings, bulletin.root) {
                let say = "the tree over the findings is not the one that the entry fixes";
                differences.push(("findings".to_owned(), say.to_owned()));
            }
        }
        Ok(())
    })?;
    for name in bulletin.files.keys().filter(|name| !made.contains(name)) {
        differences.push((name.clone(), format!("{name}: its entries give no such file")));
    }
    Ok(())
}

/// Where the two part, for people: byte, line, and what stands there.
fn first_difference(frozen: &[u8], made: &[u8]) -> Option<String> {
    if frozen == made {
        return None;
    }
    let same = frozen.iter().zip(made).take_while(|(a, b)| a == b).count();
    let line = frozen.iter().take(same).filter(|byte| **byte == b'\n').count() + 1;
    let near = |bytes: &[u8]| {
        let part = bytes.get(same.saturating_sub(20)..).unwrap_or_default();
        String::from_utf8_lossy(part.get(..part.len().min(60)).unwrap_or_default()).into_owned()
    };
    Some(format!(
        "frozen and derived part at byte {same}, line {line}: frozen `{}`, derived `{}`",
        near(frozen),
        near(made)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_named_by_byte_and_line() {
        assert_eq!(first_difference(b"a\nbc", b"a\nbc"), None);
        let say = first_difference(b"a\nbc", b"a\nbd").unwrap();
        assert!(say.contains("at byte 3, line 2") && say.contains("`a\nbd`"), "{say}");
        assert!(first_difference(b"a", b"ab").unwrap().contains("at byte 1, line 1"));
    }
}
