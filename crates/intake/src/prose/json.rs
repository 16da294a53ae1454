//! A reading as one line of JSON, in the shape that the labelled texts have: characters, bytes, and the very slice.

use std::fmt::Write as _;

use truceline_model::{Bounds, Qualifier, Span};

use super::{Document, Field, Granularity, Kind, Reading, Value};

/// The reading of a document as one line, without its end.
#[must_use]
pub fn line(document: &Document<'_>, reading: &Reading) -> String {
    let chars = Chars::new(document.text);
    let mut out = String::from("{\"doc\":");
    text(&mut out, document.name);
    let _ = write!(out, ",\"chars\":{},\"bytes\":{}", chars.total, document.text.len());
    out.push_str(",\"language\":");
    text(&mut out, &reading.language);
    out.push_str(",\"reference_date\":");
    match reading.reference {
        Some(day) => text(&mut out, &day.to_string()),
        None => out.push_str("null"),
    }
    let _ = write!(out, ",\"reader\":\"{}\"", reading.by.as_str());
    if let Some(why) = reading.nothing {
        out.push_str(",\"nothing\":");
        text(&mut out, why);
    }
    out.push_str(",\"claims\":[");
    for (number, proposal) in reading.proposals.iter().enumerate() {
        if number > 0 {
            out.push(',');
        }
        let _ = write!(out, "{{\"id\":\"{}\",\"kind\":\"{}\",\"sub\":", number + 1, proposal.kind.as_str());
        text(&mut out, &proposal.sub);
        place(&mut out, &chars, document.text, proposal.span);
        let _ = write!(out, ",\"granularity\":\"{}\"", proposal.granularity.as_str());
        if let Some(first) = reading.told_before(proposal) {
            let _ = write!(out, ",\"detail_of\":\"{}\"", first + 1);
        }
        for (field, values) in &proposal.fields {
            let _ = write!(out, ",\"{}\":[", field.as_str());
            for (place, value) in values.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                one(&mut out, &chars, document.text, *field, value);
            }
            out.push(']');
        }
        out.push('}');
    }
    out.push_str("]}");
    out
}

fn one(out: &mut String, chars: &Chars, of: &str, field: Field, value: &Value) {
    let at = out.len();
    place(out, chars, of, value.span);
    // `place` begins with the comma that parts it from what stands before.
    out.replace_range(at..=at, "{");
    if let Some(norm) = &value.norm {
        out.push_str(",\"norm\":");
        text(out, norm);
    }
    if let Some(bounds) = value.bounds {
        let _ = write!(out, ",\"min\":{},\"max\":", bounds.min);
        match bounds.max {
            Some(max) => {
                let _ = write!(out, "{max}");
            }
            None => out.push_str("null"),
        }
        let _ = write!(out, ",\"qualifier\":\"{}\",\"value\":", qualifier(bounds));
        match written(bounds) {
            Some(number) => {
                let _ = write!(out, "{number}");
            }
            None => out.push_str("null"),
        }
    }
    if matches!(field, Field::Killed | Field::Wounded | Field::Count) {
        out.push_str(",\"who\":");
        match &value.who {
            Some(who) => text(out, who),
            None => out.push_str("null"),
        }
    }
    if value.outside {
        out.push_str(",\"outside_span\":true");
    }
    if let Some(id) = &value.registry {
        out.push_str(",\"id\":");
        text(out, id);
    }
    out.push('}');
}

fn place(out: &mut String, chars: &Chars, of: &str, span: Span) {
    let (from, to) = (index(span.start), index(span.end));
    out.push_str(",\"text\":");
    text(out, of.get(from..to).unwrap_or_default());
    let _ = write!(
        out,
        ",\"start\":{},\"end\":{},\"byte_start\":{from},\"byte_end\":{to}",
        chars.at(of, from),
        chars.at(of, to)
    );
}

/// The word of a qualifier.
#[must_use]
pub fn qualifier(bounds: Bounds) -> &'static str {
    match bounds.qualifier {
        Qualifier::Exactly => "exact",
        Qualifier::Range => "range",
        Qualifier::MoreThan => "more_than",
        Qualifier::AtLeast => "at_least",
        Qualifier::AtMost => "at_most",
        Qualifier::Dozens => "dozens",
    }
}

/// The number that stands in the text, where one does.
fn written(bounds: Bounds) -> Option<u32> {
    match bounds.qualifier {
        Qualifier::Exactly | Qualifier::AtLeast => Some(bounds.min),
        Qualifier::MoreThan => bounds.min.checked_sub(1),
        Qualifier::AtMost => bounds.max,
        Qualifier::Range | Qualifier::Dozens => None,
    }
}

fn index(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// Characters before every so many bytes, so that a long text is not counted from its beginning again and again.
struct Chars {
    steps: Vec<usize>,
    total: usize,
}

const STEP: usize = 256;

impl Chars {
    fn new(text: &str) -> Self {
        let (mut steps, mut total) = (vec![0], 0);
        for (at, byte) in text.bytes().enumerate() {
            if at > 0 && at % STEP == 0 {
                steps.push(total);
            }
            total += usize::from(byte & 0xc0 != 0x80);
        }
        Self { steps, total }
    }

    fn at(&self, text: &str, byte: usize) -> usize {
        let step = byte / STEP;
        let known = self.steps.get(step).copied().unwrap_or(self.total);
        let rest = text.as_bytes().get(step * STEP..byte).unwrap_or_default();
        known + rest.iter().filter(|b| **b & 0xc0 != 0x80).count()
    }
}

/// A JSON string.
fn text(out: &mut String, words: &str) {
    out.push('"');
    for c in words.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

impl Kind {
    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let all = [Self::Incident, Self::Agreement, Self::Humanitarian, Self::Statement];
        all.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Agreement => "agreement",
            Self::Humanitarian => "humanitarian",
            Self::Statement => "statement",
        }
    }
}

impl Granularity {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Discrete => "discrete",
            Self::Aggregate => "aggregate",
            Self::Ongoing => "ongoing",
            Self::Detail => "detail",
            Self::Mention => "mention",
            Self::Pattern => "pattern",
            Self::Background => "background",
        }
    }
}
