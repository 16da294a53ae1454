//! The least of HTTP that a screen needs: reads over one connection that stays open, and a stream of events. Bodies come whole or in chunks.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::Result;

/// A connection on which one thing after the other is asked.
pub(crate) struct Client {
    address: String,
    token: String,
    stream: BufReader<TcpStream>,
}

fn connect(address: &str) -> Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    Ok(stream)
}

fn head(address: &str, token: &str, path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nAccept-Encoding: gzip\r\n\r\n"
    )
}

/// Reads the head of an answer: its code, and how long its body is, where that is said.
fn answered(stream: &mut BufReader<TcpStream>) -> Result<(u16, Option<u64>)> {
    let (mut code, mut length) = (0, None);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Err("the server closed the connection".into());
        }
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            return Ok((code, length));
        }
        if let Some(rest) = line.strip_prefix("http/1.1 ") {
            code = rest.get(..3).unwrap_or("0").parse()?;
        }
        if let Some(rest) = line.strip_prefix("content-length: ") {
            length = Some(rest.parse()?);
        }
    }
}

impl Client {
    pub(crate) fn new(address: &str, token: &str) -> Result<Self> {
        let stream = BufReader::new(connect(address)?);
        Ok(Self { address: address.to_owned(), token: token.to_owned(), stream })
    }

    /// Reads a path; how many bytes came.
    pub(crate) fn get(&mut self, path: &str) -> Result<u64> {
        let ask = head(&self.address, &self.token, path);
        let (code, length) = self.ask(ask.as_bytes())?;
        let read = std::io::copy(&mut (&mut self.stream).take(length), &mut std::io::sink())?;
        if code == 200 { Ok(read) } else { Err(format!("{code} to {path}").into()) }
    }

    /// Sends something to be written, under a key by which it is known again; what is answered.
    pub(crate) fn post(
        &mut self,
        path: &str,
        key: &str,
        body: &serde_json::Value,
    ) -> Result<serde_json::Value> {
        let (Self { address, token, .. }, body) = (&*self, body.to_string());
        let ask = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let (code, length) = self.ask(ask.as_bytes())?;
        let mut answer = Vec::new();
        (&mut self.stream).take(length).read_to_end(&mut answer)?;
        if code == 201 {
            return Ok(serde_json::from_slice(&answer)?);
        }
        Err(format!("{code} to {path}: {}", String::from_utf8_lossy(&answer)).into())
    }

    /// Sends, over a new connection where the old one was closed; the answer's code, and how long its body is.
    fn ask(&mut self, ask: &[u8]) -> Result<(u16, u64)> {
        let sent = self.stream.get_mut().write_all(ask);
        // The server closes a connection that was idle for long.
        if sent.is_err() || self.stream.fill_buf().map_or(true, <[u8]>::is_empty) {
            self.stream = BufReader::new(connect(&self.address)?);
            self.stream.get_mut().write_all(ask)?;
        }
        let (code, length) = answered(&mut self.stream)?;
        Ok((code, length.ok_or("a body of a length that is not said")?))
    }
}

/// A stream of events.
pub(crate) struct Stream(BufReader<TcpStream>, String);

impl Stream {
    pub(crate) fn open(address: &str, token: &str, path: &str) -> Result<Self> {
        let mut stream = BufReader::new(connect(address)?);
        stream.get_mut().write_all(head(address, token, path).as_bytes())?;
        let (code, _) = answered(&mut stream)?;
        let mut opened = Self(stream, String::new());
        // The first line says how soon to come back: from there on everything is told.
        while code == 200 && !opened.1.contains("retry") {
            opened.1.clear();
            opened.0.read_line(&mut opened.1)?;
        }
        opened.1.clear();
        if code == 200 { Ok(opened) } else { Err(format!("{code} to {path}").into()) }
    }

    /// The entries of events that have come within a time.
    pub(crate) fn events(&mut self, within: Duration) -> Result<Vec<u64>> {
        self.0.get_ref().set_read_timeout(Some(within))?;
        let mut entries = Vec::new();
        loop {
            match self.0.read_line(&mut self.1) {
                Ok(0) => return Err("the stream has ended".into()),
                Ok(_) => {}
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    return Ok(entries);
                }
                Err(e) => return Err(e.into()),
            }
            let line = std::mem::take(&mut self.1);
            if let Some(data) = line.trim_end().strip_prefix("data: ") {
                let data: serde_json::Value = serde_json::from_str(data)?;
                entries.extend(data["entry"].as_u64());
            }
            // Everything that is here already belongs to this round.
            if !entries.is_empty() && self.0.buffer().is_empty() {
                return Ok(entries);
            }
        }
    }
}
