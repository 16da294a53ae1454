//! A text as it came: what its entry of the log holds, and whether it can be read at all.
//!
//! Its bytes stay in the vault and are fetched when they are needed, one text at a time. Never interprets them: what a text seems
//! to say is proposed by the reader, and becomes an observation when a person confirms it.

use std::collections::BTreeMap;

use serde_json::Value;
use truceline_intake::prose::{Day, Document, TEXT_LIMIT};
use truceline_intake::{Fault, Refusal};
use truceline_model::{Instant, ReceiptNo, SourceId};
use truceline_record::{Digest, Entry as Logged, digest_of};

use crate::committed::{self, Missing};
use crate::failure::Failure;
use crate::loaded::{Refused, broken, erased_by};
use crate::log::{Shape, Told};
use crate::log_reader::LogReader;

/// With what the id of a sealed source begins: a pseudonym, the same in each report of one source to one desk.
pub(crate) const SEALED: &str = "sealed-";

/// A text in the log.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    /// Its receipt.
    pub(crate) receipt: ReceiptNo,
    /// Name of the file or message.
    pub(crate) name: String,
    /// Who sent or published it.
    pub(crate) source: SourceId,
    /// When it became known: as stated, else when the log took it.
    pub(crate) known: Instant,
    /// The day on which it was written.
    pub(crate) date: Option<Day>,
    /// The country that it speaks of.
    pub(crate) country: Option<String>,
    /// The language that it is said to be in.
    pub(crate) language: Option<String>,
    /// Its public address.
    pub(crate) address: Option<String>,
    /// Channels that it came through.
    pub(crate) through: Vec<String>,
    /// Who of the mission took it down, where the log says so.
    pub(crate) by: Option<String>,
    /// Its bytes.
    pub(crate) digest: Digest,
    /// Whether they are in this store.
    pub(crate) kept: bool,
    /// Whether they lie behind a salt.
    salted: bool,
    /// Whether something of it was erased.
    pub(crate) erased: bool,
    /// Why it cannot be read, when it cannot.
    pub(crate) fault: Option<Refusal>,
}

impl Words {
    /// What an entry of the log says, with a look at its bytes: whether they are text.
    ///
    /// # Errors
    /// When the entry lacks what every text has, or the vault lacks its bytes.
    pub(crate) fn of(log: &dyn LogReader, entry: &Logged, missing: &mut Missing) -> Result<Self, Failure> {
        let body = committed::body(log, entry, missing)?;
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let owned = |name: &str| text(name).map(str::to_owned);
        let shape = text("shape").and_then(Shape::parse);
        let shape =
            shape.ok_or_else(|| broken(entry, "a text of a shape that this version does not know"))?;
        let told = || text("digest").filter(|_| shape == Shape::Elsewhere).and_then(|d| d.parse().ok());
        let digest = entry.objects.first().copied().or_else(told);
        let digest = digest.ok_or_else(|| broken(entry, "a text without bytes"))?;
        let known = text("known").or_else(|| text("at")).unwrap_or(&entry.at);
        let known = Instant::parse(known).map_err(|_| broken(entry, "a time that cannot be read"))?;
        let through = body.get("through").and_then(Value::as_array).into_iter().flatten();
        let fault = match shape {
            // What the vault lacks is marked as erased, or is an error, once the whole log is read.
            Shape::Whole => committed::raw(log, entry, missing)?.and_then(|bytes| fault(&bytes)),
            Shape::Elsewhere => Some(elsewhere()),
            _ => Some(too_long()),
        };
        Ok(Self {
            receipt: ReceiptNo(entry.n),
            name: owned("name").unwrap_or_default(),
            source: SourceId::new(text("source").unwrap_or_default()),
            known,
            date: text("date").and_then(Day::parse),
            country: owned("country"),
            language: owned("language"),
            address: owned("address"),
            through: through.filter_map(Value::as_str).map(str::to_owned).collect(),
            by: owned("by"),
            digest,
            kept: shape != Shape::Elsewhere,
            salted: committed::is_salted(entry),
            erased: false,
            fault,
        })
    }

    /// A text that is not in the log yet, as it will stand there.
    pub(crate) fn before(told: &Told, known: Instant, text: &str) -> Self {
        Self {
            receipt: ReceiptNo(0),
            name: told.name.clone(),
            source: SourceId::new(&told.source),
            known,
            date: told.date.as_deref().and_then(Day::parse),
            country: told.country.clone(),
            language: told.language.clone(),
            address: told.address.clone(),
            through: told.through.clone(),
            by: told.by.clone(),
            digest: digest_of(text.as_bytes()),
            kept: true,
            salted: true,
            erased: false,
            fault: fault(text.as_bytes()),
        }
    }

    /// Says so when something of it was erased; `erased` gives the erasure by entry.
    pub(crate) fn mark_erased(&mut self, erased: &BTreeMap<u64, u64>) {
        if let Some(erasure) = erased.get(&self.receipt.0) {
            self.erased = true;
            self.fault = Some(erased_by(1, *erasure));
        }
    }

    /// Its text.
    ///
    /// # Errors
    /// When it is none, in words; or the vault cannot be read.
    pub(crate) fn text(&self, log: &dyn LogReader) -> Result<String, Failure> {
        if let Some(fault) = &self.fault {
            return Err(Failure::usage(format!("{} cannot be read: {}", self.receipt, fault.found)));
        }
        let found = log.object_bytes(&self.digest)?;
        let lost =
            || Failure::operation("read the vault", &format!("the bytes of {} are not there", self.receipt));
        let found = committed::raw_of(self.salted, found.ok_or_else(lost)?).ok_or_else(lost)?;
        String::from_utf8(found).map_err(|_| Failure::usage(format!("{} is not UTF-8 text", self.receipt)))
    }

    /// The text with what was told of it, as the reader takes it.
    pub(crate) fn document<'t>(&'t self, text: &'t str) -> Document<'t> {
        Document { name: &self.name, text, date: self.date, country: self.country.as_deref() }
    }

    /// As a report that could not be read, when it could not.
    pub(crate) fn refused(&self) -> Option<Refused> {
        // Nothing is wrong with a text that others keep.
        let fault = self.fault.clone().filter(|_| self.kept)?;
        let (receipt, file_entry) = (self.receipt, self.receipt.0);
        Some(Refused { receipt, file: self.name.clone(), file_entry, row: 1, refusals: vec![fault] })
    }
}

/// What keeps bytes from being read as a text.
pub(crate) fn fault(bytes: &[u8]) -> Option<Refusal> {
    if bytes.len() > TEXT_LIMIT {
        return Some(too_long());
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Some(refusal(
            Fault::Encoding,
            "bytes that are no UTF-8 text",
            "send it as plain text in UTF-8; the bytes are kept",
        ));
    };
    // A stray mark may slip into a message; a picture or an archive is full of them.
    let controls = text.chars().filter(|c| c.is_control() && !c.is_whitespace()).count();
    if text.contains('\0') || controls.saturating_mul(50) > text.chars().count() {
        return Some(refusal(
            Fault::Encoding,
            "control characters: this is no plain text",
            "send it as plain text in UTF-8; the bytes are kept",
        ));
    }
    if !text.chars().any(char::is_alphanumeric) {
        return Some(refusal(Fault::Missing, "no word in it", "send the text itself; what came is kept"));
    }
    None
}

fn elsewhere() -> Refusal {
    refusal(
        Fault::Missing,
        "a text that is not kept in this store",
        "receive the text itself to read it here",
    )
}

fn too_long() -> Refusal {
    refusal(Fault::Oversized, "a text longer than 10 MB", "send it in parts; the bytes are kept")
}

fn refusal(fault: Fault, found: &str, would_be_right: &str) -> Refusal {
    let (found, would_be_right) = (found.to_owned(), would_be_right.to_owned());
    Refusal { fault, row: 1, column: None, found, would_be_right, span: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_told_from_what_is() {
        for (bytes, word) in [
            (&b""[..], Some("missing")),
            (b" \n\t.. --", Some("missing")),
            (b"\x89PNG\r\n\x1a\n\0\0", Some("encoding")),
            (b"a\0b", Some("encoding")),
            (b"\x1b[2J", Some("encoding")),
            (b"A stray mark, \x1b[2J, in a message that is long enough to be one.", None),
            ("قصف\u{202e}txt\u{202c}".as_bytes(), None),
            (b"One line.\r\nTwo.", None),
        ] {
            assert_eq!(fault(bytes).map(|f| f.fault.as_str()), word, "{bytes:?}");
        }
        assert_eq!(fault(&vec![b'a'; TEXT_LIMIT + 1]).map(|f| f.fault), Some(Fault::Oversized));
    }
}
