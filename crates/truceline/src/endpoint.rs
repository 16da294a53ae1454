//! A reader that the mission runs itself: any program that speaks the OpenAI chat protocol (Ollama, llama.cpp, vLLM), asked for one
//! passage at a time and answering in JSON.
//!
//! Off unless the call names one. What it answers is nobody's word: every quotation is looked up in the passage, and dropped when
//! it is not there (`truceline_intake::prose`). It is asked over loopback, or where the call says that another machine is meant;
//! no proxy, no redirect and no environment is followed, and an answer is bounded in time and length.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use serde_json::{Value, json};

/// Longest answer that is read.
const ANSWER_LIMIT: u64 = 256 * 1024;

/// Where it listens, and what is asked of it.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    address: String,
    model: String,
    key: Option<String>,
    agent: ureq::Agent,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum EndpointError {
    /// The address is none that may be asked; says what would be right.
    Address(String),
    /// It did not answer, or too late, or with too much.
    Silent(String),
    /// It answered something that is no answer.
    Garbled(String),
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(say) => f.write_str(say),
            Self::Silent(say) => write!(f, "the reader gave no answer: {say}"),
            Self::Garbled(say) => write!(f, "the reader answered what is no answer: {say}"),
        }
    }
}

impl Endpoint {
    /// An endpoint at `address` (`http://127.0.0.1:11434/v1`). `elsewhere`: it may be on another machine. `key` is sent as a bearer
    /// token and never shown.
    ///
    /// # Errors
    /// When the address is not `http`, or not this machine's and `elsewhere` is not said.
    pub(crate) fn new(
        address: &str,
        model: &str,
        key: Option<String>,
        patience: Duration,
        elsewhere: bool,
    ) -> Result<Self, EndpointError> {
        let refuse = |say: &str| EndpointError::Address(format!("--reader {address}: {say}"));
        let rest = address.strip_prefix("http://").ok_or_else(|| {
            refuse("write http://HOST:PORT/v1; an encrypted line is a tunnel's or a proxy's work")
        })?;
        let host = rest.split('/').next().unwrap_or_default();
        if host.is_empty() || host.contains('@') {
            return Err(refuse("write http://HOST:PORT/v1"));
        }
        if !elsewhere && !is_here(host) {
            return Err(refuse(
                "that is not this machine; words of sources would leave it. Say --reader-elsewhere if they may",
            ));
        }
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(patience))
            .max_redirects(0)
            .proxy(None)
            .http_status_as_error(true)
            .build()
            .new_agent();
        Ok(Self { address: address.trim_end_matches('/').to_owned(), model: model.to_owned(), key, agent })
    }

    /// Asks for a JSON answer of that schema.
    ///
    /// # Errors
    /// When none comes in time, or it is none.
    pub(crate) fn ask(
        &self,
        instructions: &str,
        passage: &str,
        schema: &Value,
    ) -> Result<String, EndpointError> {
        let body = json!({
            "model": self.model,
            "temperature": 0,
            "stream": false,
            "messages": [
                { "role": "system", "content": instructions },
                { "role": "user", "content": passage },
            ],
            "response_format": { "type": "json_schema", "json_schema": { "name": "reading", "strict": true, "schema": schema } },
        });
        let mut request = self
            .agent
            .post(format!("{}/chat/completions", self.address))
            .header("content-type", "application/json");
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let silent = |error: &dyn fmt::Display| EndpointError::Silent(error.to_string());
        let mut response = request.send(body.to_string()).map_err(|error| silent(&error))?;
        let text = response
            .body_mut()
            .with_config()
            .limit(ANSWER_LIMIT)
            .read_to_string()
            .map_err(|error| silent(&error))?;
        let answer: Value = serde_json::from_str(&text)
            .map_err(|error| EndpointError::Garbled(format!("it is no JSON: {error}")))?;
        answer
            .pointer("/choices/0/message/content")
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| EndpointError::Garbled("choices[0].message.content is missing".to_owned()))
    }
}

/// Whether a host, with or without a port, is this machine. Names other than `localhost` are not looked up: what they mean can
/// change between the look and the call.
pub(crate) fn is_here(host: &str) -> bool {
    let bare = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    /// A server that takes one request and answers so, after a while.
    fn serve(answer: String, after: Duration) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/v1", listener.local_addr().unwrap());
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut part = [0; 4096];
            while !String::from_utf8_lossy(&request).contains("json_schema") {
                let read = stream.read(&mut part).unwrap();
                if read == 0 {
                    break;
                }
                request.extend_from_slice(&part[..read]);
            }
            std::thread::sleep(after);
            // Whoever asked may have gone.
            let _ = stream.write_all(answer.as_bytes());
            String::from_utf8_lossy(&request).into_owned()
        });
        (address, thread)
    }

    fn ok(body: &str) -> String {
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
    }

    fn endpoint(address: &str, patience_ms: u64) -> Endpoint {
        Endpoint::new(address, "m", Some("s3cret".to_owned()), Duration::from_millis(patience_ms), false)
            .unwrap()
    }

    #[test]
    fn asks_in_the_protocol_and_gives_the_words_of_the_answer() {
        let body = json!({ "choices": [{ "message": { "content": "{\"claims\":[]}" } }] }).to_string();
        let (address, thread) = serve(ok(&body), Duration::ZERO);
        let answer = endpoint(&address, 5_000).ask("instructions", "passage", &json!({})).unwrap();
        assert_eq!(answer, "{\"claims\":[]}");
        let request = thread.join().unwrap();
        assert!(request.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("Bearer s3cret"));
    }

    #[test]
    fn waits_no_longer_than_it_was_told() {
        let (address, thread) = serve(ok("{}"), Duration::from_millis(1_500));
        let error = endpoint(&address, 200).ask("i", "p", &json!({})).unwrap_err();
        assert!(matches!(error, EndpointError::Silent(_)), "{error}");
        assert!(!error.to_string().contains("s3cret"));
        drop(thread.join());
    }

    #[test]
    fn what_is_no_answer_is_said_to_be_none() {
        for body in
            ["<html>log in</html>", "{}", "{\"choices\":[]}", "{\"choices\":[{\"message\":{\"content\":7}}]}"]
        {
            let (address, thread) = serve(ok(body), Duration::ZERO);
            let error = endpoint(&address, 5_000).ask("i", "p", &json!({})).unwrap_err();
            assert!(matches!(error, EndpointError::Garbled(_)), "{body}: {error}");
            drop(thread.join());
        }
    }

    #[test]
    fn a_flood_a_redirect_and_an_error_are_no_answers() {
        let flood = ok(&"x".repeat(1_000_000));
        let redirect =
            "HTTP/1.1 302 Found\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0\r\n\r\n".to_owned();
        let error = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n".to_owned();
        for answer in [flood, redirect, error] {
            let (address, thread) = serve(answer, Duration::ZERO);
            assert!(endpoint(&address, 5_000).ask("i", "p", &json!({})).is_err());
            drop(thread.join());
        }
    }

    #[test]
    fn words_of_sources_leave_the_machine_only_when_told() {
        let open = |address: &str, elsewhere| {
            Endpoint::new(address, "m", None, Duration::from_secs(1), elsewhere).map(|_| ())
        };
        for here in
            ["http://127.0.0.1:1/v1", "http://localhost:11434", "http://[::1]:80/v1", "http://127.9.9.9"]
        {
            assert!(open(here, false).is_ok(), "{here}");
        }
        for away in [
            "http://10.0.0.1:1/v1",
            "http://example.org/v1",
            "http://localhost.example.org",
            "http://[::2]/v1",
        ] {
            assert!(open(away, false).is_err(), "{away}");
            assert!(open(away, true).is_ok(), "{away}");
        }
        for wrong in
            ["https://127.0.0.1/v1", "127.0.0.1:1", "http://", "http://a@127.0.0.1/v1", "file:///etc/passwd"]
        {
            assert!(open(wrong, true).is_err(), "{wrong}");
        }
    }
}
