//! The screens as files: what `npm run build` left in `ops-room/dist/app`, from inside the program. The same for everybody, so they are given before
//! anybody signs in; they hold no word of any record.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

use crate::server;

#[derive(RustEmbed)]
#[folder = "../../ops-room/dist"]
struct Files;

/// What a page of ours may do: run and show what this server gives, and nothing else. The map draws in a worker of its own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; \
    worker-src 'self' blob:; manifest-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The first page, and what it asks for.
pub(super) fn routes() -> Router {
    Router::new()
        .route("/", get(async |headers: HeaderMap| file("index.html", &headers)))
        .route("/sw.js", get(async |headers: HeaderMap| file("sw.js", &headers)))
        .route(
            "/manifest.webmanifest",
            get(async |headers: HeaderMap| file("manifest.webmanifest", &headers)),
        )
        .route("/icon.svg", get(async |headers: HeaderMap| file("icon.svg", &headers)))
        .route("/assets/{name}", get(async |request: Request| asset(&request)))
        .layer(middleware::from_fn(own))
}

fn asset(request: &Request) -> Response {
    let name = request.uri().path().trim_start_matches('/');
    file(name, request.headers())
}

/// A file, small where the browser takes it small. Its name carries its digest where it stands under `assets`, so that it can be kept for ever.
fn file(name: &str, headers: &HeaderMap) -> Response {
    let takes =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let small = takes.split(',').any(|one| one.trim().split(';').next() == Some("br"));
    let whole = format!("app/{name}");
    let found = small.then(|| Files::get(&format!("{whole}.br"))).flatten().map(|found| (found, true));
    let Some((found, is_small)) = found.or_else(|| Files::get(&whole).map(|found| (found, false))) else {
        let say = if name == "index.html" {
            "the screens are not in this program: run make ops-room, and build it again. The API is under /api"
        } else {
            "nothing is here"
        };
        return (StatusCode::NOT_FOUND, say).into_response();
    };
    let mut response = found.data.into_owned().into_response();
    let kept = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let set = response.headers_mut();
    let mut put = |name: HeaderName, value: &'static str| set.insert(name, HeaderValue::from_static(value));
    put(header::CONTENT_TYPE, kind(name));
    put(header::CACHE_CONTROL, kept);
    put(header::VARY, "Accept-Encoding");
    if is_small {
        put(header::CONTENT_ENCODING, "br");
    }
    response
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

/// Sets the headers that keep a page to itself. Which name was asked for does not matter: nothing here is anybody's secret.
async fn own(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let kept = response.headers_mut().remove(header::CACHE_CONTROL);
    server::keep_to_itself(response.headers_mut());
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    if let Some(kept) = kept {
        response.headers_mut().insert(header::CACHE_CONTROL, kept);
    }
    response
}
