//! The bytes of a PDF file: numbered objects, streams packed small, the table of where each stands. Knows nothing of what they mean.
//!
//! The same objects give the same bytes: no date, no random name. Objects that are no streams are packed together, as PDF 1.5 allows.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// Objects packed into one stream.
const TOGETHER: usize = 150;

/// Where an object stands: nowhere, at a byte, or in a stream of objects.
#[derive(Clone, Copy)]
enum Place {
    Free,
    At(usize),
    In(usize, usize),
}

/// A file as it grows.
pub(crate) struct Objects {
    out: Vec<u8>,
    places: Vec<Place>,
    /// Objects that wait to be packed.
    waiting: Vec<(usize, String)>,
}

impl Objects {
    pub(crate) fn new() -> Self {
        // Bytes above 127 in the second line say to whoever carries the file that it is no text.
        Self {
            out: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(),
            places: vec![Place::Free],
            waiting: Vec::new(),
        }
    }

    /// The number of an object that will be written later.
    pub(crate) fn number(&mut self) -> usize {
        self.places.push(Place::Free);
        self.places.len() - 1
    }

    /// Writes an object.
    pub(crate) fn put(&mut self, number: usize, body: String) {
        self.waiting.push((number, body));
        if self.waiting.len() >= TOGETHER {
            self.pack();
        }
    }

    /// Writes an object under the next number.
    pub(crate) fn add(&mut self, body: String) -> usize {
        let number = self.number();
        self.put(number, body);
        number
    }

    /// Writes a stream; `extra` are more entries of its dictionary.
    pub(crate) fn stream(&mut self, number: usize, extra: &str, bytes: &[u8]) {
        let small = packed(bytes);
        if let Some(place) = self.places.get_mut(number) {
            *place = Place::At(self.out.len());
        }
        let head = format!("{number} 0 obj\n<</Length {}/Filter/FlateDecode{extra}>>\nstream\n", small.len());
        self.out.extend_from_slice(head.as_bytes());
        self.out.extend_from_slice(&small);
        self.out.extend_from_slice(b"\nendstream\nendobj\n");
    }

    fn pack(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let own = self.number();
        let (mut head, mut bodies) = (String::new(), String::new());
        let waiting = std::mem::take(&mut self.waiting);
        for (index, (number, body)) in waiting.iter().enumerate() {
            head.push_str(&format!("{number} {} ", bodies.len()));
            bodies.push_str(body);
            bodies.push('\n');
            if let Some(place) = self.places.get_mut(*number) {
                *place = Place::In(own, index);
            }
        }
        let extra = format!("/Type/ObjStm/N {}/First {}", waiting.len(), head.len());
        self.stream(own, &extra, (head + &bodies).as_bytes());
    }

    /// The file.
    pub(crate) fn finish(mut self, root: usize, info: usize) -> Vec<u8> {
        self.pack();
        let own = self.number();
        let start = self.out.len();
        let mut table = Vec::with_capacity(self.places.len() * 8);
        for (number, place) in self.places.iter().enumerate() {
            let (kind, a, b) = match place {
                _ if number == own => (1_u8, start, 0),
                Place::Free => (0, 0, 0),
                Place::At(at) => (1, *at, 0),
                Place::In(stream, index) => (2, *stream, *index),
            };
            table.push(kind);
            table.extend_from_slice(&u32::try_from(a).unwrap_or(u32::MAX).to_be_bytes());
            table.extend_from_slice(&u16::try_from(b).unwrap_or(u16::MAX).to_be_bytes());
        }
        let extra = format!("/Type/XRef/Size {}/W[1 4 2]/Root {root} 0 R/Info {info} 0 R", self.places.len());
        self.stream(own, &extra, &table);
        self.out.extend_from_slice(format!("startxref\n{start}\n%%EOF\n").as_bytes());
        self.out
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(bytes.len() / 3 + 64), Compression::new(6));
    // Writing into memory cannot fail; were it to, the stream would be short and a reader would say so.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// Words as a PDF's string: in sixteen-bit signs, written as hexadecimal.
pub(crate) fn string(text: &str) -> String {
    let mut out = String::from("<FEFF");
    for unit in text.encode_utf16() {
        out.push_str(&format!("{unit:04X}"));
    }
    out.push('>');
    out
}

/// Thousandths as a number.
pub(crate) fn milli(n: i64) -> String {
    let sign = if n < 0 { "-" } else { "" };
    let (whole, rest) = (n.unsigned_abs() / 1000, n.unsigned_abs() % 1000);
    if rest == 0 {
        return format!("{sign}{whole}");
    }
    format!("{sign}{whole}.{}", format!("{rest:03}").trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_strings_are_written_as_readers_expect_them() {
        assert_eq!([milli(0), milli(-1500), milli(12), milli(7000)], ["0", "-1.5", "0.012", "7"]);
        assert_eq!(string("Aب"), "<FEFF00410628>");
    }
}
