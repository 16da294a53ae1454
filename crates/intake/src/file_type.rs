//! What a file is, told by its first bytes and never by its name or by what its sender says of it: a short table of what a mission can use.
//!
//! Opens nothing, unpacks nothing, decodes no picture: a file that lies within is kept as what its head says, and is only ever handed out to be
//! kept, never to be shown as a page. Whatever is not in the table is refused with what would be right.

use core::fmt;

/// Bytes of a text at whose beginning markup is looked for.
const HEAD: usize = 1024;
/// Lines by which a table is told from prose.
const LINES: usize = 20;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileType {
    /// A photograph.
    Jpeg,
    /// A picture.
    Png,
    /// A picture.
    Webp,
    /// A film, as telephones make them.
    Mp4,
    /// A document.
    Pdf,
    /// Plain text in UTF-8.
    Text,
    /// A table as text.
    Csv,
    /// Places as text.
    GeoJson,
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// No byte in it.
    Empty,
    /// A page or a drawing with markup, which a browser could act on.
    Markup,
    /// An archive, or an office document, which is one.
    Archive,
    /// A program.
    Program,
    /// Nothing that is known here.
    Unknown,
}

impl FileType {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Jpeg, Self::Png, Self::Webp, Self::Mp4, Self::Pdf, Self::Text, Self::Csv, Self::GeoJson];

    /// The word by which the record has it, which is how such files' names end.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Mp4 => "mp4",
            Self::Pdf => "pdf",
            Self::Text => "txt",
            Self::Csv => "csv",
            Self::GeoJson => "geojson",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// What the bytes are.
    ///
    /// # Errors
    /// When they are nothing that is taken.
    pub fn of(bytes: &[u8]) -> Result<Self, NotTaken> {
        if bytes.is_empty() {
            return Err(NotTaken::Empty);
        }
        if let Some(known) = by_magic(bytes) {
            return Ok(known);
        }
        if let Some(refused) = known_to_be_refused(bytes) {
            return Err(refused);
        }
        text(bytes)
    }
}

/// The four bytes from a place on.
fn four(bytes: &[u8], at: usize) -> Option<[u8; 4]> {
    bytes.get(at..)?.first_chunk::<4>().copied()
}

fn by_magic(bytes: &[u8]) -> Option<FileType> {
    // A marker follows the first, so that three bytes alone are no photograph.
    if bytes.starts_with(b"\xff\xd8\xff") && bytes.get(3).is_some_and(|marker| *marker >= 0xc0) {
        return Some(FileType::Jpeg);
    }
    // The header chunk is thirteen bytes long and the first.
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR") {
        return Some(FileType::Png);
    }
    if bytes.starts_with(b"RIFF")
        && four(bytes, 8) == Some(*b"WEBP")
        && four(bytes, 12).is_some_and(|chunk| chunk.starts_with(b"VP8"))
    {
        return Some(FileType::Webp);
    }
    if four(bytes, 4) == Some(*b"ftyp") && is_film(bytes) {
        return Some(FileType::Mp4);
    }
    let is_version = |rest: &[u8]| matches!(rest, [b'1' | b'2', b'.', digit, ..] if digit.is_ascii_digit());
    (bytes.strip_prefix(b"%PDF-").is_some_and(is_version)).then_some(FileType::Pdf)
}

/// Whether the first box names a kind of film that telephones make; pictures in the same wrapping (HEIC, AVIF) are none.
fn is_film(bytes: &[u8]) -> bool {
    let length = four(bytes, 0).map_or(0, u32::from_be_bytes);
    let brands: [&[u8]; 10] =
        [b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"qt  "];
    let is_known = |brand: [u8; 4]| brands.contains(&&brand[..]) || brand.starts_with(b"3g");
    (16..=512).contains(&length) && four(bytes, 8).is_some_and(is_known)
}

fn known_to_be_refused(bytes: &[u8]) -> Option<NotTaken> {
    let archives: [&[u8]; 7] =
        [b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ"];
    let programs: [&[u8]; 5] = [b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe"];
    if archives.iter().any(|magic| bytes.starts_with(magic)) {
        return Some(NotTaken::Archive);
    }
    // The old office formats are archives of a kind, and hold programs.
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Some(NotTaken::Archive);
    }
    programs.iter().any(|magic| bytes.starts_with(magic)).then_some(NotTaken::Program)
}

/// Text: UTF-8, hardly a control character, a word in it, and no markup at its beginning.
fn text(bytes: &[u8]) -> Result<FileType, NotTaken> {
    let text = core::str::from_utf8(bytes).map_err(|_| NotTaken::Unknown)?;
    let text = text.trim_start_matches('\u{feff}');
    let controls = text.chars().filter(|one| one.is_control() && !one.is_whitespace()).count();
    if text.contains('\0') || controls.saturating_mul(50) > text.chars().count() {
        return Err(NotTaken::Unknown);
    }
    if !text.chars().any(char::is_alphanumeric) {
        return Err(NotTaken::Empty);
    }
    let head: String = text.chars().take(HEAD).collect::<String>().to_ascii_lowercase();
    let tags =
        ["<!doctype", "<html", "<script", "<svg", "<?xml", "<?php", "<iframe", "<body", "<img", "<object"];
    if head.trim_start().starts_with('<') || tags.iter().any(|tag| head.contains(tag)) {
        return Err(NotTaken::Markup);
    }
    Ok(match (is_geojson(text), is_table(text)) {
        (true, _) => FileType::GeoJson,
        (_, true) => FileType::Csv,
        _ => FileType::Text,
    })
}

/// An object that says near its beginning that it is a feature or a list of them.
fn is_geojson(text: &str) -> bool {
    let head: String = text.chars().take(HEAD).filter(|one| !one.is_whitespace()).collect();
    head.starts_with('{')
        && text.trim_end().ends_with('}')
        && ["\"type\":\"FeatureCollection\"", "\"type\":\"Feature\""].iter().any(|said| head.contains(said))
}

/// Two lines or more, each of the first with as many of one separator.
fn is_table(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(LINES).collect();
    [',', ';', '\t'].iter().any(|separator| {
        let mut counts = lines.iter().map(|line| line.matches(*separator).count());
        let first = counts.next().unwrap_or_default();
        lines.len() >= 2 && first > 0 && counts.all(|count| count == first)
    })
}

impl fmt::Display for NotTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let taken = "what is taken: JPEG, PNG, WebP, MP4, PDF, plain text and CSV in UTF-8, GeoJSON";
        match self {
            Self::Empty => f.write_str("the file is empty; choose it again"),
            Self::Markup => write!(f, "a page or drawing with markup, whatever its name says; {taken}"),
            Self::Archive => {
                write!(
                    f,
                    "an archive or an office document, in which anything can lie: save it as PDF or CSV; {taken}"
                )
            }
            Self::Program => write!(f, "a program, whatever its name says; {taken}"),
            Self::Unknown => write!(f, "of no kind that is known here, whatever its name says; {taken}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01";
        for (bytes, is) in [
            (&b"\xff\xd8\xff\xe1\0\x10Exif\0\0"[..], Ok(FileType::Jpeg)),
            (png, Ok(FileType::Png)),
            (b"RIFF\x10\0\0\0WEBPVP8L", Ok(FileType::Webp)),
            (b"\0\0\0\x18ftypmp42\0\0\0\0", Ok(FileType::Mp4)),
            (b"\0\0\0\x14ftypqt  \0\0\0\0", Ok(FileType::Mp4)),
            (b"%PDF-1.7\n%\xe2\xe3", Ok(FileType::Pdf)),
            ("قصف على السوق\nثلاثة قتلى".as_bytes(), Ok(FileType::Text)),
            (b"id,act,when\n1,shelling,2016\n", Ok(FileType::Csv)),
            (b"{\"type\": \"FeatureCollection\", \"features\": []}", Ok(FileType::GeoJson)),
            (b"", Err(NotTaken::Empty)),
            (b" \n\t", Err(NotTaken::Empty)),
            (b"<html><script>alert(1)</script>", Err(NotTaken::Markup)),
            (b"\xef\xbb\xbf  <svg onload=alert(1)>", Err(NotTaken::Markup)),
            (b"a harmless line\n<SCRIPT>alert(1)</SCRIPT>", Err(NotTaken::Markup)),
            (b"<?xml version='1.0'?><svg/>", Err(NotTaken::Markup)),
            (b"PK\x03\x04\x14\0", Err(NotTaken::Archive)),
            (b"\xd0\xcf\x11\xe0\xa1\xb1", Err(NotTaken::Archive)),
            (b"MZ\x90\0", Err(NotTaken::Program)),
            (b"#!/bin/sh\nrm -rf /", Err(NotTaken::Program)),
            (b"GIF89a\x01\0", Err(NotTaken::Unknown)),
            (b"\0\0\0\x18ftypheic\0\0\0\0", Err(NotTaken::Unknown)),
            (b"\xff\xd8\xff", Err(NotTaken::Unknown)),
            (b"\xff\xd8\xff<html>", Err(NotTaken::Unknown)),
            (b"\x89PNG\r\n\x1a\n<script>", Err(NotTaken::Unknown)),
            (b"RIFF\x10\0\0\0WAVEfmt ", Err(NotTaken::Unknown)),
            (b"%PDF-<html>", Err(NotTaken::Markup)),
        ] {
            assert_eq!(FileType::of(bytes), is, "{:?}", String::from_utf8_lossy(bytes));
        }
        for one in FileType::ALL {
            assert_eq!(FileType::parse(one.as_str()), Some(one));
        }
    }

    #[test]
    fn a_file_that_is_cut_anywhere_panics_nowhere() {
        let all: &[u8] = b"RIFF\x10\0\0\0WEBPVP8L\0\0\0\x18ftypmp42%PDF-1.7\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\xff\xd8\xff\xe1";
        for from in 0..all.len() {
            for to in from..=all.len() {
                let _ = FileType::of(all.get(from..to).unwrap_or_default());
            }
        }
    }
}
