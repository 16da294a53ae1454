//! One record taken apart into cells by column name, each with the bytes that it was read from.
//!
//! Knows nothing of meanings. For CSV the names come from the header; for JSON Lines each object has its own.

use std::collections::BTreeMap;

use truceline_model::Span;

use crate::encoding::Encoding;
use crate::json::{self, Node, Value};
use crate::refusal::{Fault, Refusal, quote};

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Its text, quotes removed.
    pub text: String,
    /// Bytes of the record that hold it, quotes not included.
    pub span: Span,
}

/// A record's cells, by column name.
pub type Cells = BTreeMap<String, Cell>;

/// The column names of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Header {
    /// Of a CSV file, in order.
    Csv {
        /// Names, trimmed.
        columns: Vec<String>,
        /// What parts fields.
        delimiter: u8,
    },
    /// JSON Lines has none; each object says its own.
    JsonLines,
}

impl Header {
    /// Reads the first record of a CSV file.
    ///
    /// # Errors
    /// When it is in another encoding, its quotes are odd, or it names no column.
    pub fn csv(record: &[u8], encoding: Encoding, delimiter: u8) -> Result<Self, Refusal> {
        encoding.check(record).map_err(|(at, say)| encoding_refusal(1, record, at, say))?;
        let fields = csv_fields(record, delimiter).map_err(|(span, say)| Refusal {
            fault: Fault::Header,
            row: 1,
            column: None,
            found: quote(&encoding.decode(slice(record, span))),
            would_be_right: say,
            span: Some(span),
        })?;
        let columns = fields.iter().map(|(bytes, _)| encoding.decode(bytes).trim().to_owned()).collect();
        Ok(Self::Csv { columns, delimiter })
    }

    /// Column names, when the file has a header.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        match self {
            Self::Csv { columns, .. } => columns,
            Self::JsonLines => &[],
        }
    }
}

/// Takes a record apart.
///
/// # Errors
/// One refusal for the whole row: encoding, stray quotes, too few or too many columns, no JSON object.
pub fn cells(record: &[u8], row: u64, header: &Header, encoding: Encoding) -> Result<Cells, Refusal> {
    // JSON is UTF-8 whatever the mapping says (RFC 8259).
    let encoding = if *header == Header::JsonLines { Encoding::Utf8 } else { encoding };
    encoding.check(record).map_err(|(at, say)| encoding_refusal(row, record, at, say))?;
    match header {
        Header::Csv { columns, delimiter } => csv_cells(record, row, columns, *delimiter, encoding),
        Header::JsonLines => json_cells(record, row, encoding),
    }
}

fn encoding_refusal(row: u64, record: &[u8], at: usize, say: String) -> Refusal {
    let byte = record.get(at).copied().unwrap_or(0);
    Refusal {
        fault: Fault::Encoding,
        row,
        column: None,
        found: format!("byte {byte:#04x} at position {at} of the row"),
        would_be_right: say,
        span: Some(span(at, at + 1)),
    }
}

fn span(start: usize, end: usize) -> Span {
    let short = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span { start: short(start), end: short(end) }
}

fn slice(record: &[u8], span: Span) -> &[u8] {
    record.get(span.start as usize..span.end as usize).unwrap_or_default()
}

fn csv_cells(
    record: &[u8],
    row: u64,
    columns: &[String],
    delimiter: u8,
    encoding: Encoding,
) -> Result<Cells, Refusal> {
    let refuse = |found: String, would_be_right: String, span: Option<Span>| Refusal {
        fault: Fault::Shape,
        row,
        column: None,
        found,
        would_be_right,
        span,
    };
    let fields = csv_fields(record, delimiter)
        .map_err(|(span, say)| refuse(quote(&encoding.decode(slice(record, span))), say, Some(span)))?;
    if fields.len() < columns.len() {
        let last = columns.get(fields.len().saturating_sub(1)).map_or("", String::as_str);
        return Err(refuse(
            format!("{} of {} columns", fields.len(), columns.len()),
            format!(
                "the row stops in column {last}; was the file cut there, or a line broken outside of quotes?"
            ),
            None,
        ));
    }
    if fields.len() > columns.len() && fields.iter().skip(columns.len()).any(|(bytes, _)| !bytes.is_empty()) {
        return Err(refuse(
            format!("{} values for {} columns", fields.len(), columns.len()),
            "a value that holds the delimiter stands in \"double quotes\"".to_owned(),
            None,
        ));
    }
    let pair = |(name, (bytes, span)): (&String, (Vec<u8>, Span))| {
        (name.clone(), Cell { text: encoding.decode(&bytes).into_owned(), span })
    };
    Ok(columns.iter().zip(fields).map(pair).collect())
}

/// Unquoted bytes of each field, and where they stood.
type Fields = Vec<(Vec<u8>, Span)>;

/// The fields of one CSV record, unquoted, with their spans.
fn csv_fields(record: &[u8], delimiter: u8) -> Result<Fields, (Span, String)> {
    let mut fields = Vec::new();
    let mut at = 0;
    loop {
        let (bytes, place, next) = if record.get(at) == Some(&b'"') {
            quoted(record, at, delimiter)?
        } else {
            let rest = record.get(at..).unwrap_or_default();
            let length = rest.iter().position(|b| *b == delimiter).unwrap_or(rest.len());
            (rest.get(..length).unwrap_or_default().to_vec(), span(at, at + length), at + length)
        };
        fields.push((bytes, place));
        if record.get(next) != Some(&delimiter) {
            return Ok(fields);
        }
        at = next + 1;
    }
}

type Quoted = (Vec<u8>, Span, usize);

/// The quoted field that opens at `at`, and where it ends.
fn quoted(record: &[u8], at: usize, delimiter: u8) -> Result<Quoted, (Span, String)> {
    let mut bytes = Vec::new();
    let mut i = at + 1;
    loop {
        match (record.get(i), record.get(i + 1)) {
            (None, _) => {
                return Err((
                    span(at, record.len()),
                    "a quote is opened and never closed; close it, or was the file cut?".to_owned(),
                ));
            }
            (Some(b'"'), Some(b'"')) => {
                bytes.push(b'"');
                i += 2;
            }
            (Some(b'"'), next) if next.is_none() || next == Some(&delimiter) => {
                return Ok((bytes, span(at + 1, i), i + 1));
            }
            (Some(b'"'), _) => {
                return Err((
                    span(i, (i + 20).min(record.len())),
                    "a quote inside a quoted value is written twice (\"\"), or a closing quote is followed by the \
                     delimiter"
                        .to_owned(),
                ));
            }
            (Some(byte), _) => {
                bytes.push(*byte);
                i += 1;
            }
        }
    }
}

fn json_cells(record: &[u8], row: u64, encoding: Encoding) -> Result<Cells, Refusal> {
    let text = encoding.decode(record);
    let refuse = |at: usize, say: String| {
        let from = (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        Refusal {
            fault: Fault::Json,
            row,
            column: None,
            found: match text.get(from..).unwrap_or_default() {
                "" => format!("the end of the line at byte {at}"),
                rest => format!("{} at byte {at}", quote(rest)),
            },
            would_be_right: say,
            span: Some(span(at, at + 1)),
        }
    };
    let node = json::parse(&text).map_err(|fault| refuse(fault.at, fault.say))?;
    let Value::Object(pairs) = node.value else {
        return Err(refuse(0, format!("a row is one object in braces, not {}", node.kind())));
    };
    let mut out = Cells::new();
    for (name, node) in pairs {
        let text = flat(&node).ok_or_else(|| {
            refuse(node.span.start as usize, format!("{name} is nested too deep for a row"))
        })?;
        // The quotes of a text are not part of it.
        let inner = if node.text().is_some() {
            Span { start: node.span.start + 1, end: node.span.end.saturating_sub(1) }
        } else {
            node.span
        };
        out.insert(name, Cell { text, span: inner });
    }
    Ok(out)
}

/// A JSON value as the CSV form writes it: lists by `;`, objects as `name=value`.
fn flat(node: &Node) -> Option<String> {
    Some(match &node.value {
        Value::List(items) => {
            let parts: Option<Vec<String>> = items.iter().map(plain).collect();
            parts?.join(";")
        }
        Value::Object(pairs) => {
            let parts: Option<Vec<String>> =
                pairs.iter().map(|(key, node)| plain(node).map(|text| format!("{key}={text}"))).collect();
            parts?.join(";")
        }
        _ => plain(node)?,
    })
}

fn plain(node: &Node) -> Option<String> {
    Some(match &node.value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(text) | Value::Text(text) => text.clone(),
        Value::List(_) | Value::Object(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header(names: &[&str]) -> Header {
        Header::Csv { columns: names.iter().map(|n| (*n).to_owned()).collect(), delimiter: b',' }
    }

    #[test]
    fn spans_lead_back_to_the_bytes() {
        let record = b"x,\"a \"\"b\"\", c\",z";
        let got = cells(record, 2, &header(&["p", "q", "r"]), Encoding::Utf8).unwrap();
        assert_eq!(got["q"].text, "a \"b\", c");
        let Span { start, end } = got["q"].span;
        assert_eq!(&record[start as usize..end as usize], b"a \"\"b\"\", c");
    }

    #[test]
    fn odd_rows_are_refused_with_words() {
        let two = header(&["p", "q"]);
        for (record, say) in [
            (&b"only one"[..], "was the file cut"),
            (b"1,2,3", "double quotes"),
            (b"\"he said \"no\" to me\",2", "written twice"),
            (b"1,\"open", "never closed"),
            (b"\xff,2", "UTF-8"),
        ] {
            let refusal = cells(record, 7, &two, Encoding::Utf8).unwrap_err();
            assert!(refusal.would_be_right.contains(say), "{refusal}");
        }
        // Spreadsheets pad rows with empty cells; nothing is lost by leaving them.
        assert!(cells(b"1,2,,", 7, &two, Encoding::Utf8).is_ok());
    }

    #[test]
    fn json_rows_are_flattened() {
        let record = r#"{"lat":36.10,"act":["airstrike","shelling"],"facts":{"a":"yes"},"x":null,"y":true}"#;
        let got = cells(record.as_bytes(), 1, &Header::JsonLines, Encoding::Utf8).unwrap();
        assert_eq!(got["lat"].text, "36.10");
        assert_eq!(got["act"].text, "airstrike;shelling");
        assert_eq!(got["facts"].text, "a=yes");
        assert_eq!(got["y"].text, "yes");
        let cut = &record.as_bytes()[..30];
        assert!(
            cells(cut, 1, &Header::JsonLines, Encoding::Utf8).unwrap_err().would_be_right.contains("cut")
        );
    }

    proptest! {
        #[test]
        fn fields_are_those_of_the_csv_crate(fields in proptest::collection::vec("[a-z,\"\n حلب]{0,5}", 1..6)) {
            let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            writer.write_record(&fields).unwrap();
            let mut bytes = writer.into_inner().unwrap();
            bytes.pop();
            let got: Vec<String> =
                csv_fields(&bytes, b',').unwrap().into_iter().map(|(b, _)| String::from_utf8(b).unwrap()).collect();
            prop_assert_eq!(got, fields);
        }

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = cells(&bytes, 1, &header(&["p", "q"]), Encoding::Utf8);
            let _ = cells(&bytes, 1, &Header::JsonLines, Encoding::Windows1256);
        }
    }
}
