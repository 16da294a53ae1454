//! Signing in at a provider of identities: a real one, on loopback, written in this test, that also lies in every way that one could.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::certificates::Authority;
use crate::common::{good, run};
use crate::room::{Answer, Desk, Room};
use crate::sessions::{OURS, cookie, sent};

/// What somebody was given a code for.
#[derive(Clone)]
struct Grant {
    challenge: String,
    redirect: String,
    token: String,
}

/// A provider on loopback.
struct Provider {
    issuer: String,
    grants: Arc<Mutex<BTreeMap<String, Grant>>>,
    /// The file under whose certificates it is to be asked.
    authority: Option<PathBuf>,
}

/// What a provider hears and says, in clear or not.
trait Wire: Read + Write {}

impl<T: Read + Write> Wire for T {}

fn key() -> SigningKey {
    SigningKey::from_slice(&[3; 32]).unwrap()
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn jwks() -> Value {
    let point = key().verifying_key().to_sec1_point(false);
    let bytes = point.as_bytes();
    let part = |from: usize| URL_SAFE_NO_PAD.encode(&bytes[from..from + 32]);
    let secret = URL_SAFE_NO_PAD.encode("a shared secret that signs nothing");
    json!({ "keys": [
        { "kty": "oct", "kid": "shared", "k": secret, "alg": "HS256" },
        { "kty": "EC", "crv": "P-256", "kid": "one", "use": "sig", "alg": "ES256", "x": part(1), "y": part(33) },
    ] })
}

fn decoded(text: &str) -> BTreeMap<String, String> {
    let plain = |text: &str| {
        let (mut out, mut bytes) = (Vec::new(), text.bytes());
        while let Some(byte) = bytes.next() {
            match byte {
                b'%' => {
                    let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                    out.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
                }
                b'+' => out.push(b' '),
                other => out.push(other),
            }
        }
        String::from_utf8(out).unwrap()
    };
    text.split('&')
        .filter_map(|one| one.split_once('='))
        .map(|(name, value)| (plain(name), plain(value)))
        .collect()
}

impl Provider {
    fn new() -> Self {
        Self::of("http", Box::new(|stream| Some(Box::new(stream))))
    }

    /// Over TLS, with the certificate that the authority gives for a section.
    fn encrypted(authority: &Authority, section: &str) -> Self {
        let (certificate, key) = authority.give(section);
        let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        let ring = Arc::new(rustls::crypto::ring::default_provider());
        let config =
            rustls::ServerConfig::builder_with_provider(ring).with_safe_default_protocol_versions().unwrap();
        let config = Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap());
        Self::of(
            "https",
            Box::new(move |mut stream| {
                let mut speaking = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
                // Whoever does not believe the certificate goes away here.
                while speaking.is_handshaking() {
                    speaking.complete_io(&mut stream).ok()?;
                }
                Some(Box::new(rustls::StreamOwned::new(speaking, stream)))
            }),
        )
    }

    fn of(scheme: &str, wire: Box<dyn Fn(TcpStream) -> Option<Box<dyn Wire>> + Send>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("{scheme}://{}", listener.local_addr().unwrap());
        let grants: Arc<Mutex<BTreeMap<String, Grant>>> = Arc::default();
        let (named, given) = (issuer.clone(), Arc::clone(&grants));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Some(stream) = wire(stream.unwrap()) else { continue };
                let mut stream = BufReader::new(stream);
                let (mut first, mut length) = (String::new(), 0);
                if stream.read_line(&mut first).is_err() {
                    continue;
                }
                let mut line = String::new();
                while stream.read_line(&mut line).is_ok_and(|read| read > 2) {
                    let lower = line.to_ascii_lowercase();
                    if let Some(value) = lower.strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                    line.clear();
                }
                let mut body = vec![0; length];
                stream.read_exact(&mut body).unwrap();
                let (code, told) = answered(&named, &given, &first, &String::from_utf8(body).unwrap());
                let told = told.to_string();
                let head =
                    format!("HTTP/1.1 {code} so\r\nContent-Type: application/json\r\nConnection: close\r\n");
                let _ = write!(stream.get_mut(), "{head}Content-Length: {}\r\n\r\n{told}", told.len());
            }
        });
        Self { issuer, grants, authority: None }
    }

    /// Names it to a store.
    fn named_in(&self, room: &Room) {
        let path = room.path().join("oidc");
        let mut text =
            json!({ "format": "truceline oidc 1", "issuer": self.issuer, "client_id": "ops-room" });
        if let Some(authority) = &self.authority {
            text["ca"] = json!(authority);
        }
        std::fs::write(&path, text.to_string()).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// What it says of somebody who signs in now.
    fn claims(&self, subject: &str, nonce: &str) -> Value {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        json!({
            "iss": self.issuer, "sub": subject, "aud": "ops-room", "exp": now + 300, "iat": now, "nonce": nonce,
            "email": "petrova@example.org", "preferred_username": "petrova",
        })
    }

    /// Gives somebody a code, who then comes back.
    fn gives(&self, to: &BTreeMap<String, String>, token: String) -> String {
        let mut grants = self.grants.lock().unwrap();
        let code = format!("code-{}", grants.len());
        let (challenge, redirect) = (to["code_challenge"].clone(), to["redirect_uri"].clone());
        grants.insert(code.clone(), Grant { challenge, redirect, token });
        code
    }
}

fn answered(issuer: &str, grants: &Mutex<BTreeMap<String, Grant>>, first: &str, body: &str) -> (u16, Value) {
    if first.starts_with("GET /.well-known/openid-configuration ") {
        let at = |path: &str| format!("{issuer}/{path}");
        return (
            200,
            json!({
                "issuer": issuer, "authorization_endpoint": at("authorize"), "token_endpoint": at("token"), "jwks_uri": at("keys"),
            }),
        );
    }
    if first.starts_with("GET /keys ") {
        return (200, jwks());
    }
    let form = decoded(body);
    let text = |name: &str| form.get(name).cloned().unwrap_or_default();
    // A code is good once, for who began.
    let grant = grants.lock().unwrap().remove(&text("code"));
    let is_same = |grant: &Grant| {
        grant.challenge == URL_SAFE_NO_PAD.encode(Sha256::digest(text("code_verifier")))
            && grant.redirect == text("redirect_uri")
            && text("client_id") == "ops-room"
            && text("grant_type") == "authorization_code"
    };
    match grant.filter(is_same) {
        Some(grant) => (200, json!({ "token_type": "Bearer", "access_token": "x", "id_token": grant.token })),
        None => (400, json!({ "error": "invalid_grant" })),
    }
}

fn signed_with(header: &Value, claims: &Value, key: &SigningKey) -> String {
    let text = format!("{}.{}", encoded(header), encoded(claims));
    let signature: Signature = key.sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn signed(claims: &Value) -> String {
    signed_with(&json!({ "alg": "ES256", "kid": "one" }), claims, &key())
}

/// Begins; gives what the page keeps, and what the provider is asked.
fn begun(desk: &Desk) -> (Value, BTreeMap<String, String>) {
    let told = sent(desk, "POST", "/api/session/provider", OURS, &Value::Null);
    assert_eq!(told.code, 201, "{told:?}");
    let to = told.body["to"].as_str().unwrap();
    let asked = decoded(to.split_once('?').unwrap().1);
    (told.body, asked)
}

fn ended(desk: &Desk, kept: &Value, code: &str) -> Answer {
    let body = json!({ "state": kept["state"], "proof": kept["proof"], "code": code });
    sent(desk, "POST", "/api/session", OURS, &body)
}

/// Signs in with a token that is made of what the provider would have said.
fn tried(desk: &Desk, provider: &Provider, subject: &str, make: &dyn Fn(Value) -> String) -> Answer {
    let (kept, asked) = begun(desk);
    let code = provider.gives(&asked, make(provider.claims(subject, &asked["nonce"])));
    ended(desk, &kept, &code)
}

fn ready() -> (Room, Provider) {
    ready_with(Provider::new())
}

fn ready_with(provider: Provider) -> (Room, Provider) {
    let room = Room::new();
    provider.named_in(&room);
    good(&["account", "remove", "vera", "--store", &room.store()]);
    good(&["account", "add", "vera", "--store", &room.store(), "--oidc", &provider.issuer, "7f3a-subject"]);
    (room, provider)
}

#[test]
fn who_the_provider_knows_by_the_subject_of_an_account_signs_in() {
    let (room, provider) = ready();
    let desk = room.desk();
    let (kept, asked) = begun(&desk);
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "ops-room"),
        ("scope", "openid"),
        ("code_challenge_method", "S256"),
        ("redirect_uri", &format!("http://{}/", desk.address)),
        ("state", kept["state"].as_str().unwrap()),
    ] {
        assert_eq!(asked[name], value);
    }
    let code = provider.gives(&asked, signed(&provider.claims("7f3a-subject", &asked["nonce"])));
    let told = ended(&desk, &kept, &code);
    assert_eq!(
        (told.code, &told.body["name"], &told.body["how"]),
        (201, &json!("vera"), &json!("provider")),
        "{told:?}"
    );
    let session = sent(&desk, "GET", "/api/session", &cookie(&told), &Value::Null);
    assert_eq!((session.code, &session.body["role"]), (200, &json!("verifier")));
    // Whom no account names is nobody, whatever else the provider says of them: petrova's address opens nothing.
    for subject in ["petrova", "vera", "petrova@example.org", "7f3a-subject ", "7F3A-SUBJECT", ""] {
        let told = tried(&desk, &provider, subject, &|claims| signed(&claims));
        assert_eq!(told.code, 401, "{subject}: {told:?}");
    }
    let listed = good(&["account", "list", "--store", &room.store(), "--format", "json"]);
    assert!(listed.lines().any(|line| line.contains("vera") && line.contains("provider")), "{listed}");
    // One subject, one person.
    good(&["account", "remove", "ivan", "--store", &room.store()]);
    let again =
        ["account", "add", "ivan", "--store", &room.store(), "--oidc", &provider.issuer, "7f3a-subject"];
    assert_eq!(run(&again).code, 2);
    good(&["account", "remove", "vera", "--store", &room.store()]);
    assert_eq!(sent(&desk, "GET", "/api/session", &cookie(&told), &Value::Null).code, 401);
}

/// What is made of the claims that a provider would have signed.
type Lie = (&'static str, Box<dyn Fn(Value) -> String>);

/// Lies in what is said.
fn lies() -> Vec<Lie> {
    let with = |name: &'static str, value: Value| {
        move |mut claims: Value| {
            claims[name] = value.clone();
            signed(&claims)
        }
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let without = |name: &'static str| {
        move |mut claims: Value| {
            claims.as_object_mut().unwrap().remove(name);
            signed(&claims)
        }
    };
    vec![
        ("another nonce", Box::new(with("nonce", json!("0".repeat(64))))),
        ("no nonce", Box::new(without("nonce"))),
        ("expired", Box::new(with("exp", json!(now - 300)))),
        ("an end that is no number", Box::new(with("exp", json!("never")))),
        ("no end", Box::new(without("exp"))),
        ("made long ago", Box::new(with("iat", json!(now - 3_600)))),
        ("made later", Box::new(with("iat", json!(now + 3_600)))),
        ("not yet good", Box::new(with("nbf", json!(now + 3_600)))),
        ("a beginning that is no number", Box::new(with("nbf", json!("later")))),
        ("for another", Box::new(with("aud", json!("another-room")))),
        ("for several, and not made for us", Box::new(with("aud", json!(["ops-room", "another-room"])))),
        ("for nobody", Box::new(without("aud"))),
        ("made for another", Box::new(with("azp", json!("another-room")))),
        ("another issuer", Box::new(with("iss", json!("https://id.example.org")))),
        ("no issuer", Box::new(without("iss"))),
        ("a subject that is no text", Box::new(with("sub", json!(["7f3a-subject"])))),
    ]
}

/// Lies in how it is signed.
fn forgeries() -> Vec<Lie> {
    let headed = |header: Value| move |claims: Value| signed_with(&header, &claims, &key());
    let none = |claims: Value| format!("{}.{}.", encoded(&json!({ "alg": "none" })), encoded(&claims));
    vec![
        ("unsigned", Box::new(none)),
        ("unsigned, as if it were", Box::new(headed(json!({ "alg": "none", "kid": "one" })))),
        ("by a shared secret", Box::new(headed(json!({ "alg": "HS256", "kid": "shared" })))),
        ("another kind of signature", Box::new(headed(json!({ "alg": "RS256", "kid": "one" })))),
        ("a key that is none of theirs", Box::new(headed(json!({ "alg": "ES256", "kid": "two" })))),
        (
            "asks for more than is known",
            Box::new(headed(json!({ "alg": "ES256", "kid": "one", "crit": ["b64"] }))),
        ),
        (
            "another's key",
            Box::new(|claims| {
                let other = SigningKey::from_slice(&[4; 32]).unwrap();
                signed_with(&json!({ "alg": "ES256", "kid": "one" }), &claims, &other)
            }),
        ),
        (
            "changed after it was signed",
            Box::new(|mut claims| {
                let whole = signed(&claims);
                claims["sub"] = json!("7f3a-subject");
                claims["exp"] = json!(9_999_999_999_u64);
                let parts: Vec<&str> = whole.split('.').collect();
                format!("{}.{}.{}", parts[0], encoded(&claims), parts[2])
            }),
        ),
        ("no token", Box::new(|_| "x".to_owned())),
    ]
}

#[test]
fn a_token_that_lies_in_any_way_opens_nothing() {
    let (room, provider) = ready();
    let desk = room.desk();
    for (what, make) in lies().into_iter().chain(forgeries()) {
        let told = tried(&desk, &provider, "7f3a-subject", &*make);
        assert!(told.code == 401 && !told.head.contains("set-cookie"), "{what}: {told:?}");
    }
    assert_eq!(tried(&desk, &provider, "7f3a-subject", &|claims| signed(&claims)).code, 201);
}

#[test]
fn a_code_a_state_and_a_proof_are_good_once_and_together() {
    let (room, provider) = ready();
    let desk = room.desk();
    let made = |asked: &BTreeMap<String, String>| {
        provider.gives(asked, signed(&provider.claims("7f3a-subject", &asked["nonce"])))
    };
    let (kept, asked) = begun(&desk);
    let code = made(&asked);
    assert_eq!(ended(&desk, &kept, &code).code, 201);
    assert_eq!(ended(&desk, &kept, &code).code, 401, "the state again");
    let (other, _) = begun(&desk);
    assert_eq!(ended(&desk, &other, &code).code, 401, "the code again");
    // Somebody else's code under one's own state: another verifier, another nonce.
    let (theirs, asked) = begun(&desk);
    let stolen = made(&asked);
    let (own, _) = begun(&desk);
    assert_eq!(ended(&desk, &own, &stolen).code, 401);
    // Another browser than the one that began: it knows the state, and not the proof.
    let mut guessed = theirs.clone();
    guessed["proof"] = json!("0".repeat(64));
    assert_eq!(ended(&desk, &guessed, &stolen).code, 401);
    assert_eq!(ended(&desk, &theirs, &stolen).code, 401, "a wrong proof uses the state up");
    // A page of another site neither begins nor ends it.
    for lines in ["", "Origin: http://evil.example\r\nX-Truceline: 1\r\n"] {
        assert_eq!(sent(&desk, "POST", "/api/session/provider", lines, &Value::Null).code, 403);
    }
    // A provider that does not answer opens nothing, and says nothing of itself.
    let text =
        json!({ "format": "truceline oidc 1", "issuer": "http://127.0.0.1:1", "client_id": "ops-room" });
    std::fs::write(room.path().join("oidc"), text.to_string()).unwrap();
    let told = sent(&desk, "POST", "/api/session/provider", OURS, &Value::Null);
    assert!(told.code == 500 && !told.body.to_string().contains("127.0.0.1"), "{told:?}");
}

/// Over TLS, as every provider beyond this machine is asked: under the authority that the mission names, for its own name, and for nobody else.
#[test]
fn a_provider_is_believed_over_tls_under_its_authority_and_name_alone() {
    let sections = [("here", "IP:127.0.0.1"), ("elsewhere", "DNS:id.example.org")];
    let (authority, stranger) = (Authority::new(&sections), Authority::new(&sections));
    let named = |by: &Authority, section: &str, ca: Option<&Authority>| {
        let mut provider = Provider::encrypted(by, section);
        provider.authority = ca.map(Authority::path);
        ready_with(provider)
    };
    let (room, provider) = named(&authority, "here", Some(&authority));
    let desk = room.desk();
    let told = tried(&desk, &provider, "7f3a-subject", &|claims| signed(&claims));
    assert_eq!((told.code, &told.body["name"]), (201, &json!("vera")), "{told:?}");
    assert_eq!(tried(&desk, &provider, "somebody-else", &|claims| signed(&claims)).code, 401);
    drop(desk);
    // An authority of the same name that did not sign; a certificate for another name; this machine's own authorities, which know neither.
    for (what, by, section, ca) in [
        ("another authority", &stranger, "here", Some(&authority)),
        ("another name", &authority, "elsewhere", Some(&authority)),
        ("no authority of its own", &authority, "here", None),
    ] {
        let (room, _provider) = named(by, section, ca);
        let desk = room.desk();
        let told = sent(&desk, "POST", "/api/session/provider", OURS, &Value::Null);
        assert_eq!(told.code, 500, "{what}: {told:?}");
        assert!(!told.body.to_string().contains("127.0.0.1"), "{what}: {told:?}");
    }
}
