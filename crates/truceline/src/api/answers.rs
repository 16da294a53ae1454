//! Answers that many ask for alike, made and made small once: what a route says of one generation of the record to people who may see the same.
//!
//! The asker of this says who may see the same (the view) and vouches for it; two views never share an answer. An answer of an older
//! generation is never given, and what a screen is told of (an event) is in the generation that told it. Holds a bounded number of bytes; what is too large is made each time.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::problem::Problem;

/// Bytes kept at the most.
const ROOM: usize = 64 << 20;
/// Below this, making an answer small costs more than it saves.
const SMALL: usize = 1_024;

const JSON: &str = "application/json";

/// What is asked: the route with its query, and who may see the same.
type Asked = (String, String);

/// Answers of the generation that was last asked for.
#[derive(Default)]
pub(super) struct Answers {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    generation: u64,
    bytes: usize,
    /// Each is made once: who comes while one is made waits for it and makes none.
    by: BTreeMap<Asked, Arc<Mutex<Option<Made>>>>,
}

/// An answer, as it is and made small.
#[derive(Clone)]
struct Made {
    plain: Bytes,
    small: Option<Bytes>,
}

impl Answers {
    /// The JSON that `make` makes, or that it made for somebody else who asked the same of the same generation and is of the same view. An
    /// error is not kept. Holds up the thread that calls, so it is called beside the connections.
    ///
    /// # Errors
    /// Those of `make`.
    pub(super) fn answer(
        &self,
        generation: u64,
        (uri, view): (&Uri, &str),
        headers: &HeaderMap,
        make: impl FnOnce() -> Result<Vec<u8>, Problem>,
    ) -> Result<Response, Problem> {
        let path = uri.path_and_query().map_or("/", |all| all.as_str());
        let slot = self.slot(generation, (path.to_owned(), view.to_owned()));
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = &*slot {
            return Ok(made.respond(headers, JSON));
        }
        let made = Made::of(make()?);
        self.weigh(generation, &made);
        Ok(slot.insert(made).respond(headers, JSON))
    }

    fn slot(&self, generation: u64, asked: Asked) -> Arc<Mutex<Option<Made>>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.generation < generation {
            *kept = Kept { generation, ..Kept::default() };
        }
        // Who still looks at an older moment makes its own.
        if kept.generation != generation || kept.bytes > ROOM {
            return Arc::default();
        }
        Arc::clone(kept.by.entry(asked).or_default())
    }

    fn weigh(&self, generation: u64, made: &Made) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.generation == generation {
            let small = made.small.as_ref().map_or(0, Bytes::len);
            kept.bytes = kept.bytes.saturating_add(made.plain.len()).saturating_add(small);
        }
    }
}

impl Made {
    fn of(plain: Vec<u8>) -> Self {
        let small = (plain.len() >= SMALL).then(|| small(&plain)).flatten();
        Self { plain: Bytes::from(plain), small }
    }

    fn respond(&self, headers: &HeaderMap, kind: &'static str) -> Response {
        let takes = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
        let takes = takes.flat_map(|line| line.split(',')).any(takes_small);
        let body = self.small.as_ref().filter(|_| takes);
        let mut response = (StatusCode::OK, body.unwrap_or(&self.plain).clone()).into_response();
        let set = response.headers_mut();
        set.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        set.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if body.is_some() {
            set.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

/// An answer of a kind that is kept nowhere, made small where that is taken.
pub(super) fn small_or_plain(kind: &'static str, bytes: Vec<u8>, headers: &HeaderMap) -> Response {
    Made::of(bytes).respond(headers, kind)
}

/// Whether a part of `Accept-Encoding` takes gzip.
fn takes_small(part: &str) -> bool {
    let mut words = part.split(';').map(str::trim);
    let is_gzip = words.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
    let is_refused =
        words.any(|word| matches!(word.replace(' ', "").as_str(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
    is_gzip && !is_refused
}

fn small(plain: &[u8]) -> Option<Bytes> {
    let mut writer = GzEncoder::new(Vec::with_capacity(plain.len() / 4), Compression::fast());
    writer.write_all(plain).ok()?;
    writer.finish().ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn body(response: Response) -> Vec<u8> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(axum::body::to_bytes(response.into_body(), 1 << 20)).unwrap().to_vec()
    }

    fn ask(answers: &Answers, generation: u64, path: &'static str, view: &str, says: &str) -> String {
        let made = answers.answer(generation, (&Uri::from_static(path), view), &HeaderMap::new(), || {
            Ok(says.as_bytes().to_vec())
        });
        let Ok(response) = made else { panic!("no answer") };
        String::from_utf8(body(response)).unwrap()
    }

    #[test]
    fn an_answer_is_made_once_for_each_generation_view_and_question() {
        let answers = Answers::default();
        assert_eq!(ask(&answers, 1, "/a?x=1", "whole", "first"), "first");
        assert_eq!(ask(&answers, 1, "/a?x=1", "whole", "second"), "first");
        assert_eq!(ask(&answers, 1, "/a?x=1", "party", "theirs"), "theirs");
        assert_eq!(ask(&answers, 1, "/a?x=2", "whole", "another"), "another");
        assert_eq!(ask(&answers, 2, "/a?x=1", "whole", "newer"), "newer");
        assert_eq!(ask(&answers, 1, "/a?x=1", "whole", "older"), "older", "made, and not kept");
        assert_eq!(ask(&answers, 2, "/a?x=1", "whole", "again"), "newer");
    }

    #[test]
    fn an_error_is_not_kept() {
        let answers = Answers::default();
        let path = Uri::from_static("/a");
        let made = answers.answer(1, (&path, "whole"), &HeaderMap::new(), || Err(Problem::wrong("no")));
        assert!(made.is_err());
        assert_eq!(ask(&answers, 1, "/a", "whole", "well"), "well");
    }

    #[test]
    fn who_takes_it_small_gets_it_small() {
        let answers = Answers::default();
        let long = "so ".repeat(1_000);
        let mut headers = HeaderMap::new();
        for (takes, is_small) in
            [("gzip, br", true), ("GZIP;q=0.5", true), ("gzip;q=0", false), ("br", false)]
        {
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(takes));
            let path = Uri::from_static("/a");
            let made = answers.answer(1, (&path, "whole"), &headers, || Ok(long.clone().into_bytes()));
            let Ok(response) = made else { panic!("no answer") };
            assert_eq!(response.headers().contains_key(header::CONTENT_ENCODING), is_small, "{takes}");
            let bytes = body(response);
            let mut text = String::new();
            if is_small {
                assert!(bytes.len() < 200);
                flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
            } else {
                text = String::from_utf8(bytes).unwrap();
            }
            assert_eq!(text, long, "{takes}");
        }
    }
}
