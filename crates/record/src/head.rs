//! What an audit needs of an entry (number, key, objects), read without taking the body apart into values.
//!
//! One pass over the bytes accepts what is certainly in the one canonical spelling. Whatever it does not recognise at once (an escaped or foreign
//! letter in a name, trouble of any kind) is read by [`Entry::from_bytes`], whose word is the last. So it is never more lenient than that, and
//! its errors are the same.

use crate::canonical::MAX_INTEGER;
use crate::digest::{Digest, leaf_hash};
use crate::entry::{Entry, EntryError, MAX_ENTRY_BYTES, is_kind, is_utc};
use crate::erasure::{ERASURE, erased_by};
use crate::key_change::{KEY_CHANGE, KeyChange, key_change};

/// What an entry says of itself, its body left aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryHead {
    /// The number of the entry, counted from 0.
    pub n: u64,
    /// The key under which it is logged once.
    pub key: Option<Digest>,
    /// Objects of the vault that it refers to.
    pub objects: Vec<Digest>,
    /// Objects that it names as erased; none but in an erasure.
    pub erased: Vec<Digest>,
    /// What it says of the log's key; nothing but in an entry of that kind.
    pub key_change: Option<KeyChange>,
}

/// An entry's bytes, read and hashed; no other entry is needed for it, so that many can be read at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRead {
    /// What they say, or why they are no entry.
    pub head: Result<EntryHead, EntryError>,
    /// Their hash as a leaf of the tree.
    pub leaf: Digest,
}

impl EntryRead {
    /// Reads and hashes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self { head: EntryHead::from_bytes(bytes), leaf: leaf_hash(bytes) }
    }
}

impl EntryHead {
    /// Reads the head; anything but the bytes of an entry is refused, as by [`Entry::from_bytes`].
    ///
    /// # Errors
    /// Those of [`Entry::from_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EntryError> {
        if let Some(head) = Self::at_once(bytes) {
            return Ok(head);
        }
        let entry = Entry::from_bytes(bytes)?;
        let (erased, key_change) = (erased_by(&entry), key_change(&entry));
        let Entry { n, key, objects, .. } = entry;
        Ok(Self { n, key, objects, erased, key_change })
    }

    /// The head where one pass suffices.
    fn at_once(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > MAX_ENTRY_BYTES {
            return None;
        }
        // Once for the whole: within it, every string is then text.
        core::str::from_utf8(bytes).ok()?;
        let mut scan = Scan { bytes, at: 0 };
        scan.literal(b"{\"at\":")?;
        let at = scan.plain()?;
        scan.literal(b",\"body\":")?;
        scan.value(1)?;
        let key = if scan.literal(b",\"key\":").is_some() { Some(scan.digest()?) } else { None };
        scan.literal(b",\"kind\":")?;
        let kind = scan.plain()?;
        scan.literal(b",\"n\":")?;
        let n = scan.natural()?;
        let mut objects = Vec::new();
        if scan.literal(b",\"objects\":[").is_some() {
            objects.push(scan.digest()?);
            while scan.literal(b",").is_some() {
                objects.push(scan.digest()?);
            }
            scan.literal(b"]")?;
        }
        scan.literal(b",\"v\":1}")?;
        // What an erasure says stands in its body; so does a change of the key.
        let is_read_whole = matches!(kind, ERASURE | KEY_CHANGE);
        let sound = scan.at == bytes.len() && is_kind(kind) && is_utc(at) && !is_read_whole;
        sound.then_some(Self { n, key, objects, erased: Vec::new(), key_change: None })
    }
}

/// A place in the bytes. Every step gives `None` where the next bytes are not certainly what is wanted.
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// As in the canonical form: the value of an entry's body lies one level deep.
const MAX_DEPTH: usize = 100;

impl<'a> Scan<'a> {
    fn next(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Steps over exactly these bytes, or stays.
    fn literal(&mut self, wanted: &[u8]) -> Option<()> {
        self.bytes.get(self.at..)?.starts_with(wanted).then(|| self.at += wanted.len())
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        match self.peek()? {
            b'"' => self.text(),
            b'{' => self.members(depth),
            b'[' => self.items(depth),
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'n' => self.literal(b"null"),
            b'-' => {
                self.at += 1;
                // There is no negative zero.
                self.natural().filter(|n| *n > 0).map(drop)
            }
            _ => self.natural().map(drop),
        }
    }

    fn items(&mut self, depth: usize) -> Option<()> {
        self.literal(b"[")?;
        if self.literal(b"]").is_some() {
            return Some(());
        }
        loop {
            self.value(depth + 1)?;
            match self.next()? {
                b',' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }

    fn members(&mut self, depth: usize) -> Option<()> {
        self.literal(b"{")?;
        if self.literal(b"}").is_some() {
            return Some(());
        }
        let mut before: Option<&str> = None;
        loop {
            let name = self.plain()?;
            // Sorted by UTF-16 units, each once: in ASCII that is the order of bytes.
            if before.is_some_and(|before| before >= name) {
                return None;
            }
            before = Some(name);
            self.literal(b":")?;
            self.value(depth + 1)?;
            match self.next()? {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    /// A string of plain ASCII without escapes.
    fn plain(&mut self) -> Option<&'a str> {
        self.literal(b"\"")?;
        let rest = self.bytes.get(self.at..)?;
        let end =
            rest.iter().position(|byte| !matches!(byte, 0x20..=0x7f) || matches!(byte, b'"' | b'\\'))?;
        if rest.get(end) != Some(&b'"') {
            return None;
        }
        self.at += end + 1;
        core::str::from_utf8(rest.get(..end)?).ok()
    }

    /// A string with the escapes that the canonical form has, and no others.
    fn text(&mut self) -> Option<()> {
        self.literal(b"\"")?;
        loop {
            let rest = self.bytes.get(self.at..)?;
            let plain = rest.iter().position(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\'))?;
            self.at += plain + 1;
            match rest.get(plain)? {
                b'"' => return Some(()),
                b'\\' => self.escape()?,
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<()> {
        match self.next()? {
            b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
            b'u' => {
                self.literal(b"00")?;
                let high = self.next().filter(|digit| matches!(digit, b'0' | b'1'))?;
                let low = self.next()?;
                let value = match low {
                    b'0'..=b'9' => low - b'0',
                    b'a'..=b'f' => low - b'a' + 10,
                    _ => return None,
                } + if high == b'1' { 16 } else { 0 };
                // These have a short form, which is the canonical one.
                (!matches!(value, 8 | 9 | 10 | 12 | 13)).then_some(())
            }
            _ => None,
        }
    }

    /// A whole number without sign, in its one spelling, up to the largest that an entry may hold.
    fn natural(&mut self) -> Option<u64> {
        let rest = self.bytes.get(self.at..)?;
        let digits = rest.iter().take(17).take_while(|byte| byte.is_ascii_digit()).count();
        let text = rest.get(..digits)?;
        if digits == 0 || digits > 16 || (digits > 1 && text.first() == Some(&b'0')) {
            return None;
        }
        self.at += digits;
        // A fraction or an exponent after it is met by whoever looks for the next bytes.
        let value = text.iter().fold(0_u64, |value, digit| value * 10 + u64::from(digit - b'0'));
        (value <= MAX_INTEGER).then_some(value)
    }

    fn digest(&mut self) -> Option<Digest> {
        let text = self.plain()?;
        text.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::digest::digest_of;

    fn slow(bytes: &[u8]) -> Result<EntryHead, EntryError> {
        Entry::from_bytes(bytes).map(|entry| {
            let (erased, key_change) = (erased_by(&entry), key_change(&entry));
            EntryHead { n: entry.n, key: entry.key, objects: entry.objects, erased, key_change }
        })
    }

    fn bodies() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
            (-3_i64..3).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "[\\x00-\\x20\"\\\\/a\u{7f}]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 30, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("[a-d\u{e9}\u{1F600}\u{E000}]{0,3}", inner, 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    fn entries() -> impl Strategy<Value = Entry> {
        (bodies(), 0_u64..1 << 53, any::<Option<u8>>(), 0_u8..4).prop_map(|(body, n, key, objects)| Entry {
            n: n.min(MAX_INTEGER),
            kind: "report".into(),
            at: "2016-04-28T06:00:00Z".into(),
            key: key.map(|key| digest_of(&[key])),
            objects: (0..objects).map(|object| digest_of(&[object, 1])).collect(),
            body,
        })
    }

    /// Pieces that an attacker would put in: other spellings of the same, and what only looks right.
    const PIECES: [&str; 22] = [
        "-0",
        "0",
        "00",
        "1.0",
        "1e3",
        "9007199254740992",
        "\\/",
        "\\u0041",
        "\\u001F",
        "\\u001f",
        "\\u0009",
        "\\ud83d",
        " ",
        ",",
        "\"",
        "{",
        "}",
        "[",
        "]",
        "\"a\":1,",
        "\u{e9}",
        "\"v\":1",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn what_is_written_is_read_and_a_change_is_judged_as_by_the_full_reader(
            entry in entries(), cut in any::<prop::sample::Index>(), drop in 0_usize..3, piece in 0_usize..22, byte in any::<u8>(), raw in any::<bool>(),
        ) {
            let bytes = entry.to_bytes().unwrap();
            prop_assert_eq!(EntryHead::from_bytes(&bytes), slow(&bytes));
            let at = cut.index(bytes.len());
            let end = (at + drop).min(bytes.len());
            let put = if raw { vec![byte] } else { PIECES[piece].as_bytes().to_vec() };
            let changed = [&bytes[..at], &put, &bytes[end..]].concat();
            if let Some(head) = EntryHead::at_once(&changed) {
                prop_assert_eq!(Ok(head), slow(&changed));
            }
        }
    }

    #[test]
    fn the_usual_entry_is_read_at_once() {
        let entry = Entry {
            n: 12,
            kind: "report".into(),
            at: "2016-04-28T06:00:00Z".into(),
            key: Some(digest_of(b"key")),
            objects: vec![digest_of(b"a")],
            body: json!({"file": "x", "row": 3, "text": "مستشفى \"\n\u{1}", "list": [1, -2, {}, [], null, true]}),
        };
        let head = EntryHead::at_once(&entry.to_bytes().unwrap()).unwrap();
        assert_eq!((head.n, head.key, head.objects), (12, entry.key, entry.objects));
    }

    #[test]
    fn depth_is_judged_alike() {
        for depth in [98, 99, 100, 101, 126, 200] {
            let body = "[".repeat(depth) + &"]".repeat(depth);
            let text =
                format!(r#"{{"at":"2016-04-28T06:00:00Z","body":{body},"kind":"report","n":7,"v":1}}"#);
            assert_eq!(EntryHead::from_bytes(text.as_bytes()), slow(text.as_bytes()), "{depth}");
            assert_eq!(
                EntryHead::at_once(text.as_bytes()).is_some(),
                slow(text.as_bytes()).is_ok(),
                "{depth}"
            );
        }
    }
}
