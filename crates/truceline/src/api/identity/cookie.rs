//! What a browser holds of a session, and what a browser says of the page that asks. A cookie alone opens nothing to another site's page.
//!
//! Behind a proxy the cookie is `__Host-truceline`: sent over TLS only, to this name only, set by no other host. On loopback, where there is no
//! TLS, it carries the port in its name, since browsers give cookies of one port to all ports of a name.

use axum::http::{HeaderMap, HeaderValue, header};
use zeroize::Zeroizing;

use super::sessions::WHOLE;
use crate::api::accounts::{self, Token};
use crate::server;

/// The line that says that our own page asks; another site's page cannot send it unasked.
pub(in crate::api) const OUR_PAGE: &str = "x-truceline";

fn authority(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default()
}

/// The name of the cookie under the name that is asked for; nothing of a name from outside gets into it but digits.
fn name(headers: &HeaderMap) -> String {
    if !server::is_loopback_name(server::host_name(headers)) {
        return "__Host-truceline".to_owned();
    }
    let port = authority(headers).rsplit_once(':').map_or("", |(_, port)| port);
    let is_port = !port.is_empty() && port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    format!("truceline-{}", if is_port { port } else { "80" })
}

/// What the browser holds; nothing where it sends none, two, or something that is none.
pub(in crate::api) fn held(headers: &HeaderMap) -> Option<Token> {
    let name = name(headers);
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut held = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|one| one.trim().split_once('='))
        .filter(|(named, _)| *named == name);
    let (Some((_, value)), None) = (held.next(), held.next()) else { return None };
    accounts::token(value)
}

/// The line that gives a browser a session.
pub(super) fn given(headers: &HeaderMap, token: &Zeroizing<String>) -> Option<HeaderValue> {
    line(headers, token, WHOLE.as_secs())
}

/// The line that takes it away again.
pub(super) fn taken(headers: &HeaderMap) -> Option<HeaderValue> {
    line(headers, "", 0)
}

fn line(headers: &HeaderMap, value: &str, seconds: u64) -> Option<HeaderValue> {
    let name = name(headers);
    let secure = if name.starts_with("__Host-") { "; Secure" } else { "" };
    let text = Zeroizing::new(format!(
        "{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}"
    ));
    let mut line = HeaderValue::from_str(&text).ok()?;
    line.set_sensitive(true);
    Some(line)
}

/// Whether a request comes from a page of this server; nothing where the client does not say, as programs do not.
pub(in crate::api) fn is_from_our_page(headers: &HeaderMap, is_write: bool) -> Option<bool> {
    let said = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site = said("sec-fetch-site").map(|site| match site {
        "same-origin" => true,
        // Typed by the person, or a bookmark.
        "none" => !is_write,
        _ => false,
    });
    let is_loopback = server::is_loopback_name(server::host_name(headers));
    let origin = said("origin").map(|origin| {
        let plain = origin.strip_prefix("http://").filter(|_| is_loopback);
        let named = origin.strip_prefix("https://").or(plain);
        named.is_some_and(|named| named.eq_ignore_ascii_case(authority(headers)))
    });
    match (site, origin) {
        (None, None) => None,
        (site, origin) => Some(site.unwrap_or(true) && origin.unwrap_or(true)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut all = HeaderMap::new();
        for (name, value) in lines {
            all.append(*name, HeaderValue::from_str(value).unwrap());
        }
        all
    }

    #[test]
    fn a_cookie_is_named_for_its_port_or_bound_to_its_host() {
        let token = Zeroizing::new("0123456789abcdef".repeat(4));
        let proxied = headers(&[("host", "desk.example.org")]);
        let line = given(&proxied, &token).unwrap();
        let line = line.to_str().unwrap();
        assert!(line.starts_with("__Host-truceline=0123"), "{line}");
        for part in ["Path=/", "HttpOnly", "SameSite=Strict", "Secure"] {
            assert!(line.split("; ").any(|one| one == part), "{line}");
        }
        let line = given(&headers(&[("host", "127.0.0.1:8017")]), &token).unwrap();
        let line = line.to_str().unwrap();
        assert!(
            line.starts_with("truceline-8017=") && !line.contains("Secure") && !line.contains("Domain"),
            "{line}"
        );
        let sent = |cookie: &str| held(&headers(&[("host", "127.0.0.1:8017"), ("cookie", cookie)])).is_some();
        assert!(sent(&format!("a=b; truceline-8017={}", &*token)));
        assert!(!sent(&format!("truceline-8018={}", &*token)), "of another server on this machine");
        assert!(!sent(&format!("truceline-8017={0}; truceline-8017={0}", &*token)), "two");
        assert!(!sent("truceline-8017=0123"));
    }

    #[test]
    fn what_browsers_say_of_the_page_that_asks() {
        let said = |lines: &[(&'static str, &str)], is_write| is_from_our_page(&headers(lines), is_write);
        let host = ("host", "localhost:8017");
        for (lines, write, read) in [
            (vec![host], None, None),
            (vec![host, ("origin", "http://localhost:8017")], Some(true), Some(true)),
            (vec![host, ("origin", "http://localhost:8018")], Some(false), Some(false)),
            (vec![host, ("origin", "http://localhost")], Some(false), Some(false)),
            (vec![host, ("origin", "null")], Some(false), Some(false)),
            (vec![host, ("sec-fetch-site", "same-origin")], Some(true), Some(true)),
            (vec![host, ("sec-fetch-site", "none")], Some(false), Some(true)),
            (vec![host, ("sec-fetch-site", "same-site")], Some(false), Some(false)),
            (vec![host, ("sec-fetch-site", "cross-site")], Some(false), Some(false)),
            (
                vec![host, ("sec-fetch-site", "same-origin"), ("origin", "http://evil.example")],
                Some(false),
                Some(false),
            ),
            (
                vec![("host", "desk.example.org"), ("origin", "http://desk.example.org")],
                Some(false),
                Some(false),
            ),
            (
                vec![("host", "desk.example.org"), ("origin", "https://desk.example.org")],
                Some(true),
                Some(true),
            ),
        ] {
            assert_eq!((said(&lines, true), said(&lines, false)), (write, read), "{lines:?}");
        }
    }
}
