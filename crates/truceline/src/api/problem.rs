//! What went wrong, in the one shape that every error has over HTTP: `application/problem+json` (RFC 9457).
//!
//! Never shows a token, a path of this machine, or whether something exists that the asker may not know of.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::failure::Failure;

/// An answer that is none.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
    /// After so many seconds it may be tried again.
    again: Option<u64>,
    /// What else is told.
    more: Map<String, Value>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), again: None, more: Map::new() }
    }

    /// What was asked makes no sense; says what would.
    pub(super) fn wrong(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// Nothing of that name, or nothing that the asker may know of.
    pub(super) fn nothing(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// Not for that role.
    pub(super) fn not_theirs(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// The machine would not: why stands in the desk's own log.
    pub(super) fn ours(failure: &Failure) -> Self {
        eprintln!("truceline: {}", crate::out::shown(&failure.to_string()));
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the desk could not do it; its own log says why")
    }

    /// Later.
    pub(super) fn later(status: StatusCode, detail: impl Into<String>, seconds: u64) -> Self {
        Self { again: Some(seconds), ..Self::new(status, detail) }
    }

    /// So many ask for moments that are not ready that this one was not begun.
    pub(super) fn many_moments() -> Self {
        let say = "many ask for moments that have to be worked out; ask again in a moment";
        Self::later(StatusCode::SERVICE_UNAVAILABLE, say, 2)
    }

    /// The same, and before it what it is about.
    pub(super) fn about(mut self, what: &str) -> Self {
        self.detail = format!("{what}: {}", self.detail);
        self
    }

    /// With what else is to be told.
    pub(super) fn with(mut self, more: Map<String, Value>) -> Self {
        self.more = more;
        self
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match (failure.is_not_found(), failure.is_usage()) {
            (true, _) => Self::nothing(failure.to_string()),
            (_, true) => Self::wrong(failure.to_string()),
            _ => Self::ours(&failure),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut told = self.more;
        let title = self.status.canonical_reason().unwrap_or("error");
        let status = self.status.as_u16();
        for (name, value) in [
            ("type", json!("about:blank")),
            ("title", json!(title)),
            ("status", json!(status)),
            ("detail", json!(self.detail)),
        ] {
            told.insert(name.to_owned(), value);
        }
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (self.status, Value::Object(told).to_string()).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if let Some(seconds) = self.again {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// A JSON answer.
pub(super) fn told(status: StatusCode, value: &Value) -> Response {
    let mut response = (status, value.to_string()).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
