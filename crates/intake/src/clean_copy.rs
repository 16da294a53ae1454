//! A copy of a picture to look at, without what the camera wrote beside it: place, hour, serial numbers, small pictures of the whole, profiles, notes,
//! and whatever follows the picture's end.
//!
//! What stays is a short list of parts without which nobody could draw the picture, each at the length that its format gives it; all else goes, known or
//! not, so that a maker's new part is gone as well. Which way up it is, is written anew, since a picture on its side misleads. Nothing is decoded, and
//! nothing is guessed: where the parts do not fit together there is no copy. What is in the picture itself (a street sign, the noise of one sensor, the
//! habits of one encoder) stays in it.

use std::borrow::Cow;

use crate::file_type::FileType;

/// Most parts of a picture that are walked; a film's worth of progressive scans has hundreds.
const PARTS: usize = 65_536;
/// Most entries of a directory of camera data that are looked through for the way up.
const DIRECTORY: usize = 512;

/// Whether copies are made of files of a type, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copying {
    /// Without what the camera wrote.
    Cleaned,
    /// As it came: it holds nothing beside what it says.
    Same,
    /// None: nobody here can tell what lies in it.
    Never,
}

impl Copying {
    /// How files of a type are copied.
    #[must_use]
    pub fn of(kind: FileType) -> Self {
        match kind {
            FileType::Jpeg | FileType::Png | FileType::Webp => Self::Cleaned,
            FileType::Text | FileType::Csv | FileType::GeoJson => Self::Same,
            FileType::Mp4 | FileType::Pdf => Self::Never,
        }
    }

    /// The word by which the interface tells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cleaned => "cleaned",
            Self::Same => "same",
            Self::Never => "never",
        }
    }
}

/// The copy of a file; `None` where there can be none.
#[must_use]
pub fn clean_copy(kind: FileType, bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    match kind {
        FileType::Jpeg => jpeg(bytes).map(Cow::Owned),
        FileType::Png => png(bytes).map(Cow::Owned),
        FileType::Webp => webp(bytes).map(Cow::Owned),
        FileType::Text | FileType::Csv | FileType::GeoJson => Some(Cow::Borrowed(bytes)),
        FileType::Mp4 | FileType::Pdf => None,
    }
}

/// Bytes that are read from front to back.
struct Walk<'a> {
    rest: &'a [u8],
}

impl<'a> Walk<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn one(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }
}

fn big_16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk::<2>().map(|two| u16::from_be_bytes(*two))
}

fn four(bytes: &[u8]) -> Option<[u8; 4]> {
    bytes.first_chunk::<4>().copied()
}

/// Which way up a picture is, out of camera data (TIFF): 2 to 8; nothing for upright.
fn way_up(tiff: &[u8]) -> Option<u8> {
    let is_big = match tiff.first_chunk::<4>()? {
        b"MM\0*" => true,
        b"II*\0" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let two = *tiff.get(at..)?.first_chunk::<2>()?;
        Some(if is_big { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) })
    };
    let long = four(tiff.get(4..)?)?;
    let start = if is_big { u32::from_be_bytes(long) } else { u32::from_le_bytes(long) };
    let start = usize::try_from(start).ok()?;
    let count = usize::from(short(start)?).min(DIRECTORY);
    for n in 0..count {
        let at = start.checked_add(2)?.checked_add(n.checked_mul(12)?)?;
        if short(at)? == 0x0112 && short(at.checked_add(2)?)? == 3 {
            return u8::try_from(short(at.checked_add(8)?)?).ok().filter(|way| (2..=8).contains(way));
        }
    }
    None
}

/// Camera data that say which way up a picture is, and nothing else.
fn only_way_up(way: u8) -> [u8; 26] {
    let mut tiff = *b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
    if let Some(place) = tiff.get_mut(19) {
        *place = way;
    }
    tiff
}

/// What stays of a JPEG's marked parts.
#[derive(Default)]
struct Jpeg {
    /// Density of its points; the small picture that may stand in it goes.
    head: Option<[u8; 14]>,
    way: Option<u8>,
    parts: Vec<u8>,
    has_frame: bool,
    has_scan: bool,
}

impl Jpeg {
    fn part(&mut self, marker: u8, body: &[u8]) -> Option<()> {
        match marker {
            0xe0 => self.head = self.head.or(jfif(body)),
            0xe1 => self.way = self.way.or(body.strip_prefix(b"Exif\0\0").and_then(way_up)),
            // How the colours are coded: without it those of some programs turn.
            0xee if body.starts_with(b"Adobe") && body.len() == 12 => self.keep(marker, body)?,
            0xe2..=0xef | 0xfe => {}
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let points = usize::from(*body.get(5)?);
                if self.has_frame || body.len() != 6 + 3 * points {
                    return None;
                }
                self.has_frame = true;
                self.keep(marker, body)?;
            }
            0xda => {
                let points = usize::from(*body.first()?);
                if !self.has_frame || body.len() != 4 + 2 * points {
                    return None;
                }
                self.has_scan = true;
                self.keep(marker, body)?;
            }
            // Lines, and how often a scan can be taken up again.
            0xdc | 0xdd if body.len() == 2 => self.keep(marker, body)?,
            0xc4 | 0xcc | 0xdb => self.keep(marker, body)?,
            _ => return None,
        }
        Some(())
    }

    fn keep(&mut self, marker: u8, body: &[u8]) -> Option<()> {
        let length = u16::try_from(body.len().checked_add(2)?).ok()?;
        self.parts.extend_from_slice(&[0xff, marker]);
        self.parts.extend_from_slice(&length.to_be_bytes());
        self.parts.extend_from_slice(body);
        Some(())
    }

    fn whole(self) -> Option<Vec<u8>> {
        if !self.has_scan {
            return None;
        }
        let mut out = vec![0xff, 0xd8];
        if let Some(head) = self.head {
            out.extend_from_slice(&[0xff, 0xe0, 0, 16]);
            out.extend_from_slice(&head);
        }
        if let Some(way) = self.way {
            out.extend_from_slice(b"\xff\xe1\0\x22Exif\0\0");
            out.extend_from_slice(&only_way_up(way));
        }
        out.extend_from_slice(&self.parts);
        out.extend_from_slice(&[0xff, 0xd9]);
        Some(out)
    }
}

/// The head of JFIF without its small picture.
fn jfif(body: &[u8]) -> Option<[u8; 14]> {
    let mut head = *body.first_chunk::<14>().filter(|head| head.starts_with(b"JFIF\0"))?;
    if let Some(sides) = head.last_chunk_mut::<2>() {
        *sides = [0, 0];
    }
    Some(head)
}

fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut walk = Walk { rest: bytes.strip_prefix(b"\xff\xd8")? };
    let mut kept = Jpeg::default();
    for _ in 0..PARTS {
        // A picture that was cut on its way is drawn as far as it goes.
        let Some(first) = walk.one() else { return kept.whole() };
        let mut marker = walk.one()?;
        while marker == 0xff {
            marker = walk.one()?;
        }
        match (first, marker) {
            // What lies behind the end (a film, a second picture, a maker's own) goes.
            (0xff, 0xd9) => return kept.whole(),
            (0xff, 0xc0..) => {}
            _ => return None,
        }
        let length = usize::from(big_16(walk.take(2)?, 0)?).checked_sub(2)?;
        kept.part(marker, walk.take(length)?)?;
        if marker == 0xda {
            scan(&mut walk, &mut kept.parts);
        }
    }
    None
}

/// The drawn lines up to the next marker, which is left to be read.
fn scan(walk: &mut Walk<'_>, into: &mut Vec<u8>) {
    let is_end = |two: &[u8]| matches!(two, [0xff, next] if !matches!(next, 0 | 0xd0..=0xd7));
    let end = walk.rest.windows(2).position(is_end).unwrap_or(walk.rest.len());
    // A lone first half of a marker at the end of the bytes is none.
    let (lines, rest) = walk.rest.split_at(end);
    into.extend_from_slice(lines.strip_suffix(b"\xff").unwrap_or(lines));
    walk.rest = rest;
}

/// Parts of a PNG that stay, and how long each may be.
const PNG: [(&[u8; 4], usize); 14] = [
    (b"IHDR", 13),
    (b"PLTE", 768),
    (b"IDAT", usize::MAX),
    (b"IEND", 0),
    (b"tRNS", 256),
    (b"gAMA", 4),
    (b"cHRM", 32),
    (b"sRGB", 1),
    (b"sBIT", 4),
    (b"bKGD", 6),
    (b"pHYs", 9),
    (b"acTL", 8),
    (b"fcTL", 26),
    (b"fdAT", usize::MAX),
];

fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    let head = b"\x89PNG\r\n\x1a\n";
    let mut walk = Walk { rest: bytes.strip_prefix(head)? };
    let (mut out, mut has_points) = (head.to_vec(), false);
    for n in 0..PARTS {
        let start = walk.rest;
        let length = usize::try_from(u32::from_be_bytes(four(walk.take(4)?)?)).ok()?;
        let name = four(walk.take(4)?)?;
        let whole = length.checked_add(12)?;
        walk.take(length.checked_add(4)?)?;
        if (n == 0) != (&name == b"IHDR") {
            return None;
        }
        has_points |= &name == b"IDAT";
        if PNG.iter().any(|(kept, most)| **kept == name && length <= *most) {
            out.extend_from_slice(start.get(..whole)?);
        }
        if &name == b"IEND" {
            return (has_points && length == 0).then_some(out);
        }
    }
    None
}

/// Parts of a WebP that stay, but for its head and its frames.
const WEBP: [&[u8; 4]; 3] = [b"VP8 ", b"VP8L", b"ALPH"];

fn webp_part(into: &mut Vec<u8>, name: [u8; 4], body: &[u8]) -> Option<()> {
    into.extend_from_slice(&name);
    into.extend_from_slice(&u32::try_from(body.len()).ok()?.to_le_bytes());
    into.extend_from_slice(body);
    if body.len() % 2 == 1 {
        into.push(0);
    }
    Some(())
}

/// The next part: its name and its bytes.
fn webp_next<'a>(walk: &mut Walk<'a>) -> Option<([u8; 4], &'a [u8])> {
    let name = four(walk.take(4)?)?;
    let length = usize::try_from(u32::from_le_bytes(four(walk.take(4)?)?)).ok()?;
    let body = walk.take(length)?;
    // The last part's blank is left out by some.
    walk.take((length % 2).min(walk.rest.len()))?;
    Some((name, body))
}

fn webp(bytes: &[u8]) -> Option<Vec<u8>> {
    let size = usize::try_from(u32::from_le_bytes(four(bytes.strip_prefix(b"RIFF")?)?)).ok()?;
    // What lies behind the end goes.
    let mut walk = Walk { rest: bytes.get(8..size.checked_add(8)?)?.strip_prefix(b"WEBP")? };
    let (mut head, mut way, mut parts, mut has_points) = (None::<[u8; 10]>, None, Vec::new(), false);
    for _ in 0..PARTS {
        if walk.rest.is_empty() {
            break;
        }
        let (name, body) = webp_next(&mut walk)?;
        match &name {
            b"VP8X" => head = Some(*body.first_chunk::<10>().filter(|_| body.len() == 10)?),
            b"EXIF" => way = way.or_else(|| way_up(body.strip_prefix(b"Exif\0\0").unwrap_or(body))),
            b"ANIM" if body.len() == 6 => webp_part(&mut parts, name, body)?,
            b"ANMF" => {
                webp_part(&mut parts, name, &webp_frame(body)?)?;
                has_points = true;
            }
            _ if WEBP.contains(&&name) => {
                webp_part(&mut parts, name, body)?;
                has_points |= &name != b"ALPH";
            }
            _ => {}
        }
    }
    if !has_points || !walk.rest.is_empty() {
        return None;
    }
    let mut whole = b"WEBP".to_vec();
    if let Some(mut head) = head {
        // It says no longer that a profile, camera data and notes follow.
        let flags = head.first_mut()?;
        *flags = (*flags & 0b0001_0010) | if way.is_some() { 0b1000 } else { 0 };
        webp_part(&mut whole, *b"VP8X", &head)?;
    }
    whole.extend_from_slice(&parts);
    if let (Some(way), Some(_)) = (way, head) {
        webp_part(&mut whole, *b"EXIF", &only_way_up(way))?;
    }
    let mut out = b"RIFF".to_vec();
    out.extend_from_slice(&u32::try_from(whole.len()).ok()?.to_le_bytes());
    out.extend_from_slice(&whole);
    Some(out)
}

/// A frame of a moving picture: its head, and of its own parts those that stay.
fn webp_frame(body: &[u8]) -> Option<Vec<u8>> {
    let mut walk = Walk { rest: body };
    let mut frame = walk.take(16)?.to_vec();
    for _ in 0..PARTS {
        if walk.rest.is_empty() {
            return Some(frame);
        }
        let (name, body) = webp_next(&mut walk)?;
        if WEBP.contains(&&name) {
            webp_part(&mut frame, name, body)?;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use proptest::prelude::*;

    use super::*;

    /// What a camera writes and a copy must not hold.
    const SECRET: &[u8] = b"CANARY GPS 36.2021 37.1343 serial 0042";

    fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
        bytes.windows(wanted.len()).any(|part| part == wanted)
    }

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker][..], &length, body].concat()
    }

    /// Camera data with a way up among other things, in either order of bytes.
    fn camera(way: u8, is_big: bool) -> Vec<u8> {
        let short = |n: u16| if is_big { n.to_be_bytes() } else { n.to_le_bytes() };
        let long = |n: u32| if is_big { n.to_be_bytes() } else { n.to_le_bytes() };
        let mut all = if is_big { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
        all.extend(long(8));
        all.extend(short(2));
        for (tag, kind, count, value) in [(0x010f_u16, 2, 38, 38_u32), (0x0112, 3, 1, 0)] {
            all.extend([short(tag), short(kind)].concat());
            all.extend([long(count), long(value)].concat());
        }
        let at = all.len() - 4;
        all[at..at + 2].copy_from_slice(&short(u16::from(way)));
        all.extend(long(0));
        [&all[..], SECRET].concat()
    }

    const LINES: &[u8] = b"\x12\x34\xff\x00\x56\xff\xd0\x78";

    /// A photograph as telephones write it: with camera data, notes, a profile, a small picture, and a film behind its end.
    fn photograph(way: u8, is_big: bool) -> Vec<u8> {
        let exif = [b"Exif\0\0", &camera(way, is_big)[..]].concat();
        [
            b"\xff\xd8".to_vec(),
            segment(0xe0, &[b"JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01", SECRET].concat()),
            segment(0xe1, &exif),
            segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", SECRET].concat()),
            segment(0xe2, &[b"ICC_PROFILE\0\x01\x01", SECRET].concat()),
            segment(0xed, SECRET),
            segment(0xee, b"Adobe\0\x64\0\0\0\0\x01"),
            segment(0xee, &[b"Adobe\0\x64\0\0\0\0\x01", SECRET].concat()),
            segment(0xfe, SECRET),
            segment(0xdb, &[1; 65]),
            segment(0xc0, &[8, 0, 1, 0, 1, 1, 1, 0x11, 0]),
            b"\xff".to_vec(),
            segment(0xc4, &[0; 20]),
            segment(0xda, &[1, 1, 0, 0, 63, 0]),
            LINES.to_vec(),
            b"\xff\xff\xd9".to_vec(),
            SECRET.to_vec(),
            b"\xff\xd8\xff\xe1".to_vec(),
        ]
        .concat()
    }

    #[test]
    fn a_photograph_keeps_its_lines_and_its_way_up_alone() {
        for is_big in [true, false] {
            let taken = photograph(6, is_big);
            let copy = clean_copy(FileType::Jpeg, &taken).unwrap();
            assert!(!holds(&copy, b"CANARY") && holds(&copy, LINES) && holds(&copy, b"Adobe"), "{copy:?}");
            assert!(copy.starts_with(b"\xff\xd8\xff\xe0\0\x10JFIF") && copy.ends_with(b"\xff\xd9"));
            let exif = copy.windows(6).position(|part| part == b"Exif\0\0").unwrap();
            assert_eq!(way_up(&copy[exif + 6..]), Some(6));
            assert_eq!(FileType::of(&copy), Ok(FileType::Jpeg));
            assert_eq!(clean_copy(FileType::Jpeg, &copy).unwrap(), copy, "a copy of a copy is the same");
            let taken = photograph(1, is_big);
            let upright = clean_copy(FileType::Jpeg, &taken).unwrap();
            assert!(!holds(&upright, b"Exif"));
        }
        // Cut on its way: what came is shown.
        let whole = photograph(6, true);
        let cut = whole.windows(LINES.len()).position(|part| part == LINES).unwrap() + 3;
        assert!(clean_copy(FileType::Jpeg, &whole[..cut]).is_some());
        assert_eq!(clean_copy(FileType::Jpeg, &whole[..40]), None);
    }

    fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&u32::try_from(body.len()).unwrap().to_be_bytes()[..], name, body, b"crc!"].concat()
    }

    #[test]
    fn a_drawing_keeps_its_points_alone() {
        let head = b"\x89PNG\r\n\x1a\n".to_vec();
        let parts = |middle: Vec<u8>| {
            [&head[..], &chunk(b"IHDR", &[0; 13]), &middle, &chunk(b"IDAT", b"points"), &chunk(b"IEND", b"")]
                .concat()
        };
        let plain = parts(chunk(b"gAMA", &[0, 1, 2, 3]));
        let mut full = chunk(b"gAMA", &[0, 1, 2, 3]);
        for name in [b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME", b"iCCP", b"gAMA", b"pHYs", b"caNv", b"dSIG"]
        {
            full.extend(chunk(name, SECRET));
        }
        let full = [parts(full), SECRET.to_vec()].concat();
        assert_eq!(clean_copy(FileType::Png, &full).unwrap(), plain);
        assert_eq!(clean_copy(FileType::Png, &plain).unwrap(), plain);
        for wrong in [&full[..60], &head[..], &[&head[..], &chunk(b"IDAT", b"x")].concat()[..]] {
            assert_eq!(clean_copy(FileType::Png, wrong), None);
        }
    }

    fn riff(parts: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut whole = b"WEBP".to_vec();
        parts.iter().for_each(|(name, body)| webp_part(&mut whole, **name, body).unwrap());
        [b"RIFF", &u32::try_from(whole.len()).unwrap().to_le_bytes()[..], &whole].concat()
    }

    #[test]
    fn a_web_picture_keeps_its_points_and_its_way_up_alone() {
        let mut frame = vec![0; 16];
        webp_part(&mut frame, *b"VP8L", b"moves").unwrap();
        let clean_frame = frame.clone();
        webp_part(&mut frame, *b"note", SECRET).unwrap();
        let camera = camera(8, false);
        let all = riff(&[
            (b"VP8X", &[0b0010_1110, 0, 0, 0, 1, 0, 0, 1, 0, 0]),
            (b"ICCP", SECRET),
            (b"ANIM", &[0; 6]),
            (b"ANMF", &frame),
            (b"EXIF", &camera),
            (b"XMP ", SECRET),
            (b"mine", SECRET),
        ]);
        let wanted = riff(&[
            (b"VP8X", &[0b0000_1010, 0, 0, 0, 1, 0, 0, 1, 0, 0]),
            (b"ANIM", &[0; 6]),
            (b"ANMF", &clean_frame),
            (b"EXIF", &only_way_up(8)),
        ]);
        assert_eq!(clean_copy(FileType::Webp, &[&all[..], SECRET].concat()).unwrap(), wanted);
        assert_eq!(
            clean_copy(FileType::Webp, &riff(&[(b"VP8 ", b"odd")])).unwrap(),
            riff(&[(b"VP8 ", b"odd")])
        );
        assert_eq!(clean_copy(FileType::Webp, &riff(&[(b"EXIF", &camera)])), None);
        assert_eq!(clean_copy(FileType::Webp, &all[..all.len() - 9]), None);
    }

    #[test]
    fn what_is_text_is_its_own_copy_and_of_what_cannot_be_told_there_is_none() {
        for kind in FileType::ALL {
            let copied = clean_copy(kind, b"act,when").is_some();
            assert_eq!(copied, Copying::of(kind) == Copying::Same, "{kind:?}");
        }
    }

    /// Each byte of a whole one changed, and each length of it: never a panic, and no copy that looks whole with a secret in it.
    #[test]
    fn no_damage_lets_a_secret_through() {
        let whole = photograph(6, false);
        for at in 0..whole.len() {
            let _ = clean_copy(FileType::Jpeg, &whole[..at]);
            for byte in [0, 1, 0x7f, 0xff, whole[at] ^ 0x20] {
                let mut changed = whole.clone();
                changed[at] = byte;
                // A changed length can make the lines of a scan out of anything; of what is still read part by part nothing goes with it.
                let copy = clean_copy(FileType::Jpeg, &changed);
                let drawn = copy.as_deref().filter(|copy| copy.len() < 200);
                assert!(!drawn.is_some_and(|copy| holds(copy, b"GPS 36")), "byte {at}: {byte}");
            }
        }
    }

    proptest! {
        #[test]
        fn anything_at_all_makes_no_panic_and_no_more_than_it_was(bytes in prop::collection::vec(any::<u8>(), 0..400), head in 0_usize..4) {
            let heads: [&[u8]; 4] = [b"", b"\xff\xd8\xff\xc0\0\x0b\x08\0\x01\0\x01\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBP"];
            let all = [heads[head], &bytes[..]].concat();
            for kind in FileType::ALL {
                if let Some(copy) = clean_copy(kind, &all) {
                    // A cut picture is ended.
                    prop_assert!(copy.len() <= all.len() + 2);
                    let again = clean_copy(kind, &copy).map(Cow::into_owned);
                    prop_assert_eq!(again.as_deref(), Some(&*copy));
                }
            }
        }
    }
}
