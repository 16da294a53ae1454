//! A bundle in one file: the plainest tape archive (ustar, POSIX.1-1988), which any `tar` unpacks.
//!
//! One spelling only: every header is written by [`header`], and one that differs from it by a byte is refused, and so is padding that is
//! not zero. So nothing can be changed in an archive without being seen, and no archive means two things. No links, no folders, no owners.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes of a block.
pub(crate) const BLOCK: u64 = 512;

/// Most files that an archive may hold.
const MOST: usize = 4_000_000;

/// Largest file: what eleven octal digits say.
const LARGEST: u64 = 0o777_7777_7777;

/// The header of a file; `None` where its name is longer than 100 bytes or it is larger than 8 GiB.
pub(crate) fn header(name: &str, bytes: u64) -> Option<[u8; 512]> {
    if name.is_empty() || name.len() > 100 || bytes > LARGEST {
        return None;
    }
    let mut block = [0_u8; 512];
    let size = format!("{bytes:011o}");
    for (at, text) in [
        (0, name),
        (100, "0000644"),
        (108, "0000000"),
        (116, "0000000"),
        (124, &size),
        (136, "00000000000"),
        (148, "        "),
        (156, "0"),
        (257, "ustar\u{0}00"),
        (329, "0000000"),
        (337, "0000000"),
    ] {
        put(&mut block, at, text);
    }
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    put(&mut block, 148, &format!("{sum:06o}\u{0} "));
    Some(block)
}

fn put(block: &mut [u8; 512], at: usize, text: &str) {
    for (place, byte) in block.iter_mut().skip(at).zip(text.bytes()) {
        *place = byte;
    }
}

/// How many zero bytes follow a file of this length.
pub(crate) fn padding(bytes: u64) -> u64 {
    (BLOCK - bytes % BLOCK) % BLOCK
}

/// Where each file of an archive begins and how long it is, by name.
///
/// # Errors
/// In words, where the archive is not exactly as [`header`] and [`padding`] make one, with its files in order.
pub(crate) fn index(archive: &mut (impl Read + Seek)) -> Result<BTreeMap<String, (u64, u64)>, String> {
    let trouble = |error: io::Error| format!("it cannot be read: {error}");
    let length = archive.seek(SeekFrom::End(0)).map_err(trouble)?;
    let mut found: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut at = 0;
    loop {
        let wrong = |what: &str| format!("the archive is damaged at byte {at}: {what}");
        let block = block(archive, at).map_err(|_| wrong("it ends too early"))?;
        if block.iter().all(|byte| *byte == 0) {
            let last = self::block(archive, at + BLOCK).map_err(|_| wrong("it ends too early"))?;
            let ends = length == at + 2 * BLOCK && last.iter().all(|byte| *byte == 0);
            return if ends { Ok(found) } else { Err(wrong("there is something after its end")) };
        }
        let (name, bytes) = named(&block).ok_or_else(|| wrong("a header that we would not write"))?;
        let start = at + BLOCK;
        let end = start.saturating_add(bytes).saturating_add(padding(bytes));
        if end > length {
            return Err(wrong("it ends within a file"));
        }
        let mut rest = Vec::new();
        archive.seek(SeekFrom::Start(start + bytes)).map_err(trouble)?;
        archive.take(padding(bytes)).read_to_end(&mut rest).map_err(trouble)?;
        if rest.iter().any(|byte| *byte != 0) {
            return Err(wrong("what fills up the file's last block is not zero"));
        }
        if found.last_key_value().is_some_and(|(last, _)| *last >= name) || found.len() >= MOST {
            return Err(wrong("its files are not in order, each once, and at most four million"));
        }
        found.insert(name, (start, bytes));
        at = end;
    }
}

fn block(archive: &mut (impl Read + Seek), at: u64) -> io::Result<[u8; 512]> {
    let mut block = [0_u8; 512];
    archive.seek(SeekFrom::Start(at))?;
    archive.read_exact(&mut block)?;
    Ok(block)
}

/// Name and length in a header of ours.
fn named(block: &[u8; 512]) -> Option<(String, u64)> {
    let name = block.get(..100)?.split(|byte| *byte == 0).next()?;
    let name = core::str::from_utf8(name).ok()?.to_owned();
    let size = core::str::from_utf8(block.get(124..135)?).ok()?;
    let bytes = u64::from_str_radix(size, 8).ok()?;
    (header(&name, bytes)? == *block).then_some((name, bytes))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut out = Vec::new();
        for (name, bytes) in files {
            out.extend_from_slice(&header(name, bytes.len() as u64).unwrap());
            out.extend_from_slice(bytes);
            out.resize(out.len() + padding(bytes.len() as u64) as usize, 0);
        }
        out.resize(out.len() + 1024, 0);
        out
    }

    #[test]
    fn what_is_written_reads_back_and_no_changed_byte_outside_a_file_passes() {
        let whole = archive(&[("a/b", b"hello"), ("a/c", &[7; 512]), ("d", b"")]);
        let found = index(&mut Cursor::new(&whole)).unwrap();
        assert_eq!(found["a/b"], (512, 5));
        assert_eq!(found["a/c"], (1536, 512));
        assert_eq!(found["d"], (2560, 0));
        for at in 0..whole.len() {
            let within = found.values().any(|(start, bytes)| (*start..start + bytes).contains(&(at as u64)));
            if !within {
                let mut changed = whole.clone();
                changed[at] ^= 1;
                let read = index(&mut Cursor::new(&changed));
                // A changed name makes another archive; which names there are is for the list of files to say.
                assert!(read.is_err() || read.unwrap().keys().ne(found.keys()), "byte {at}");
            }
        }
        for end in 0..whole.len() {
            assert!(index(&mut Cursor::new(&whole[..end])).is_err(), "cut to {end}");
        }
    }

    #[test]
    fn no_archive_out_of_order_or_twice_named_is_read() {
        for files in [[("b", b"1".as_slice()), ("a", b"2")], [("a", b"1"), ("a", b"2")]] {
            assert!(index(&mut Cursor::new(archive(&files))).unwrap_err().contains("not in order"));
        }
        assert!(
            header("", 1).is_none()
                && header(&"x".repeat(101), 1).is_none()
                && header("x", 1 << 33).is_none()
        );
    }

    #[test]
    fn any_tar_unpacks_it() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("x.tar"), archive(&[("a/b", b"hello"), ("c", b"")])).unwrap();
        let done = std::process::Command::new("tar").args(["-xf", "x.tar"]).current_dir(dir.path()).status();
        assert!(done.unwrap().success());
        assert_eq!(std::fs::read(dir.path().join("a/b")).unwrap(), b"hello");
    }
}
