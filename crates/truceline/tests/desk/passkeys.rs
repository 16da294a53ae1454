//! Passkeys: enrolling, signing in, taking away; and what a thief of challenges, signatures or copies of a key would try. The authenticator here is
//! written in the test, and signs whatever it is told to.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::common::good;
use crate::killed::{asked, drawn};
use crate::room::{Answer, Desk, Room, parsed};
use crate::sessions::cookie;

/// A key pair, and what it tells of itself.
#[derive(Clone)]
struct Authenticator {
    key: SigningKey,
    id: Vec<u8>,
    handle: String,
    counter: u32,
    rp: String,
    origin: String,
    /// User present and verified.
    flags: u8,
}

fn port(desk: &Desk) -> &str {
    desk.address.rsplit(':').next().unwrap()
}

/// Asks under the name of this machine, since a passkey belongs to a name.
fn sent(desk: &Desk, method: &str, path: &str, lines: &str, body: &Value) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\nX-Truceline: 1\r\nSec-Fetch-Site: same-origin\r\n{lines}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        port(desk),
        body.len()
    );
    parsed(&desk.raw(head.as_bytes()))
}

fn by_token(desk: &Desk, person: &str) -> String {
    format!("Authorization: Bearer {}\r\n", desk.tokens[person])
}

fn challenged(desk: &Desk) -> (String, String) {
    let told = sent(desk, "POST", "/api/session/challenge", "", &Value::Null);
    assert_eq!(told.code, 201, "{told:?}");
    assert_eq!(told.body["options"].get("allowCredentials"), Some(&json!([])), "no name is told: {told:?}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&told.body["challenge"]), text(&told.body["options"]["challenge"]))
}

impl Authenticator {
    fn new(desk: &Desk, seed: u8) -> Self {
        Self {
            key: SigningKey::from_slice(&[seed; 32]).unwrap(),
            id: vec![seed; 24],
            handle: String::new(),
            counter: 0,
            rp: "localhost".to_owned(),
            origin: format!("http://localhost:{}", port(desk)),
            flags: 0x05,
        }
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let rp: [u8; 32] = Sha256::digest(self.rp.as_bytes()).into();
        [&rp[..], &[flags], &self.counter.to_be_bytes()].concat()
    }

    fn client(&self, kind: &str, challenge: &str) -> Vec<u8> {
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }

    /// What a browser sends after the authenticator made its key.
    fn made(&mut self, options: &Value) -> Value {
        self.handle = options["user"]["id"].as_str().unwrap().to_owned();
        let point = self.key.verifying_key().to_sec1_point(false);
        let bytes = point.as_bytes();
        let (x, y) = (&bytes[1..33], &bytes[33..65]);
        let cose =
            [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20][..], x, &[0x22, 0x58, 0x20], y].concat();
        let length = u16::try_from(self.id.len()).unwrap().to_be_bytes();
        let data = [&self.data(self.flags | 0x40)[..], &[0; 16], &length, &self.id, &cose].concat();
        let short = u8::try_from(data.len()).unwrap();
        let attested = [&b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"[..], &[short], &data].concat();
        let client = self.client("webauthn.create", options["challenge"].as_str().unwrap());
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "attestationObject": URL_SAFE_NO_PAD.encode(attested), "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
                "transports": ["internal"],
            },
        })
    }

    /// What a browser sends after the authenticator signed a challenge; each time its counter goes on.
    fn signed(&mut self, challenge: &str) -> Value {
        self.counter += 1;
        let data = self.data(self.flags);
        let client = self.client("webauthn.get", challenge);
        let hash: [u8; 32] = Sha256::digest(&client).into();
        let signature: Signature = self.key.sign(&[&data[..], &hash].concat());
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "authenticatorData": URL_SAFE_NO_PAD.encode(data), "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
                "signature": URL_SAFE_NO_PAD.encode(signature.to_der()), "userHandle": self.handle,
            },
        })
    }

    fn signs_in(&mut self, desk: &Desk) -> Answer {
        let (id, challenge) = challenged(desk);
        let signed = self.signed(&challenge);
        sent(desk, "POST", "/api/session", "", &json!({ "challenge": id, "passkey": signed }))
    }
}

fn enrolled(desk: &Desk, lines: &str, authenticator: &mut Authenticator, name: &str) -> Answer {
    let asked = sent(desk, "POST", "/api/passkeys/challenge", lines, &Value::Null);
    assert_eq!(asked.code, 201, "{asked:?}");
    assert_eq!(asked.body["options"]["authenticatorSelection"]["residentKey"], "required", "{asked:?}");
    let made = authenticator.made(&asked.body["options"]);
    sent(desk, "POST", "/api/passkeys", lines, &json!({ "name": name, "passkey": made }))
}

fn listed(desk: &Desk, person: &str) -> Vec<Value> {
    let told = sent(desk, "GET", "/api/passkeys", &by_token(desk, person), &Value::Null);
    assert_eq!(told.code, 200, "{told:?}");
    told.body["passkeys"].as_array().unwrap().clone()
}

#[test]
fn a_passkey_is_added_signs_in_and_is_taken_away() {
    let room = Room::new();
    let mut desk = room.desk();
    let mut key = Authenticator::new(&desk, 7);
    let made = enrolled(&desk, &by_token(&desk, "vera"), &mut key, "قفل الليل");
    assert_eq!((made.code, &made.body["name"]), (201, &json!("قفل الليل")), "{made:?}");
    let told = key.signs_in(&desk);
    assert_eq!(
        (told.code, &told.body["name"], &told.body["how"]),
        (201, &json!("vera"), &json!("passkey")),
        "{told:?}"
    );
    // It outlives a restart: another port, to which a passkey of the same name belongs all the same.
    desk.kill();
    let desk = room.desk();
    key.origin = format!("http://localhost:{}", port(&desk));
    let held = cookie(&key.signs_in(&desk));
    assert!(listed(&desk, "vera")[0]["used"].is_string());
    assert_eq!(listed(&desk, "petrova"), Vec::<Value>::new());
    let accounts = good(&["account", "list", "--store", &room.store(), "--format", "json"]);
    assert!(accounts.lines().any(|line| line.contains("vera") && line.contains("passkey")), "{accounts}");
    // Another's is one that is not there.
    let path = format!("/api/passkeys/{}", made.body["id"].as_str().unwrap());
    let others = sent(&desk, "DELETE", &path, &by_token(&desk, "petrova"), &Value::Null);
    assert_eq!(others.code, 404, "{others:?}");
    let other = cookie(&key.signs_in(&desk));
    let gone = sent(&desk, "DELETE", &path, &held, &Value::Null);
    assert_eq!(gone.code, 204, "{gone:?}");
    let code = |held: &str| sent(&desk, "GET", "/api/session", held, &Value::Null).code;
    assert_eq!((code(&held), code(&other), code(&cookie(&gone))), (401, 401, 200), "who took it away stays");
    assert_eq!(key.signs_in(&desk).code, 401);
    assert_eq!(sent(&desk, "DELETE", &path, &cookie(&gone), &Value::Null).code, 404);
}

#[test]
fn a_challenge_is_signed_once_by_its_own_key_at_its_own_name() {
    let room = Room::new();
    let desk = room.desk();
    let mut key = Authenticator::new(&desk, 7);
    assert_eq!(enrolled(&desk, &by_token(&desk, "vera"), &mut key, "one").code, 201);
    let tried = |body: &Value| sent(&desk, "POST", "/api/session", "", body);
    // Replayed: the same answer, and the same signature under another challenge.
    let (id, challenge) = challenged(&desk);
    let good = json!({ "challenge": id, "passkey": key.signed(&challenge) });
    assert_eq!(tried(&good).code, 201);
    let again = tried(&good);
    assert!(again.code == 401 && !again.head.contains("set-cookie"), "{again:?}");
    let (id, _) = challenged(&desk);
    assert_eq!(tried(&json!({ "challenge": id, "passkey": good["passkey"] })).code, 401);
    let nobodys = json!({ "challenge": "0".repeat(64), "passkey": good["passkey"] });
    assert_eq!((tried(&nobodys).code, &tried(&nobodys).body), (401, &again.body));
    // A wrong answer uses its challenge up.
    let (id, challenge) = challenged(&desk);
    let mut wrong = key.signed(&challenge);
    wrong["response"]["signature"] = json!(URL_SAFE_NO_PAD.encode([0x30, 6, 2, 1, 1, 2, 1, 1]));
    assert_eq!(tried(&json!({ "challenge": id, "passkey": wrong })).code, 401);
    assert_eq!(tried(&json!({ "challenge": id, "passkey": key.signed(&challenge) })).code, 401);
    // Signed elsewhere, for another name, without looking at the person, or by another key.
    let elsewhere = |change: &dyn Fn(&mut Authenticator)| {
        let mut other = key.clone();
        change(&mut other);
        other.signs_in(&desk).code
    };
    for (what, code) in [
        ("another port", elsewhere(&|one| one.origin = "http://localhost:9".to_owned())),
        ("another site", elsewhere(&|one| one.origin = "https://evil.example".to_owned())),
        ("another name", elsewhere(&|one| one.rp = "evil.example".to_owned())),
        ("nobody verified", elsewhere(&|one| one.flags = 0x01)),
        ("another key", elsewhere(&|one| one.key = SigningKey::from_slice(&[9; 32]).unwrap())),
        ("another's handle", elsewhere(&|one| one.handle = URL_SAFE_NO_PAD.encode([1; 16]))),
        ("no handle", elsewhere(&|one| one.handle = String::new())),
        ("another credential", elsewhere(&|one| one.id = vec![1; 24])),
    ] {
        assert_eq!(code, 401, "{what}");
    }
    assert_eq!(key.signs_in(&desk).code, 201);
    // A copy of the key, whose counter is behind: refused, whichever of the two comes second.
    let mut copy = key.clone();
    assert_eq!(key.signs_in(&desk).code, 201);
    assert_eq!(copy.signs_in(&desk).code, 401);
    for body in [
        json!({ "challenge": "x" }),
        json!({ "passkey": {} }),
        json!({ "challenge": "x", "passkey": {}, "name": "vera" }),
        json!({ "challenge": 7, "passkey": {} }),
    ] {
        assert_eq!(tried(&body).code, 400, "{body}");
    }
}

#[test]
fn enrolling_is_for_who_is_signed_in_by_their_own_challenge() {
    let room = Room::new();
    let desk = room.desk();
    let mut key = Authenticator::new(&desk, 7);
    let (vera, petrova) = (by_token(&desk, "vera"), by_token(&desk, "petrova"));
    let asked = sent(&desk, "POST", "/api/passkeys/challenge", &vera, &Value::Null);
    let made = key.made(&asked.body["options"]);
    let add = |lines: &str, body: &Value| sent(&desk, "POST", "/api/passkeys", lines, body).code;
    let body = json!({ "name": "mine", "passkey": made });
    assert_eq!(add("", &body), 401);
    assert_eq!(add(&petrova, &body), 409, "no challenge of petrova's waits");
    sent(&desk, "POST", "/api/passkeys/challenge", &petrova, &Value::Null);
    assert_eq!(add(&petrova, &body), 422, "made for vera's challenge");
    assert_eq!(add(&vera, &body), 201);
    assert_eq!(add(&vera, &body), 409, "a challenge is answered once");
    assert_eq!(enrolled(&desk, &petrova, &mut key.clone(), "hers").code, 409, "one key, one account");
    for name in ["", " ", "a\u{7}", &"x".repeat(65)] {
        sent(&desk, "POST", "/api/passkeys/challenge", &petrova, &Value::Null);
        assert_eq!(add(&petrova, &json!({ "name": name, "passkey": body["passkey"] })), 400, "{name:?}");
    }
    // As many as may be, and no more.
    for seed in 20..27 {
        assert_eq!(enrolled(&desk, &vera, &mut Authenticator::new(&desk, seed), "more").code, 201);
    }
    let ninth = sent(&desk, "POST", "/api/passkeys/challenge", &vera, &Value::Null);
    assert_eq!(ninth.code, 409, "{ninth:?}");
    assert_eq!(listed(&desk, "vera").len(), 8);
    // Under an address there is no name that a passkey could belong to; under another name, none of this machine's.
    let told = desk.post("vera", "/api/passkeys/challenge", &json!({}));
    assert_eq!(told.code, 400, "{told:?}");
    let proxied = room.desk_with(&["--proxied-as", "desk.example.org"]);
    let head = "POST /api/session/challenge HTTP/1.1\r\nHost: desk.example.org\r\nConnection: close\r\nX-Truceline: 1\r\nContent-Length: 0\r\n\r\n";
    let told = parsed(&proxied.raw(head.as_bytes()));
    assert_eq!((told.code, &told.body["options"]["rpId"]), (201, &json!("desk.example.org")), "{told:?}");
}

#[test]
fn whoever_asks_for_challenges_without_end_waits_and_pushes_nobodys_out() {
    let room = Room::new();
    let desk = room.desk();
    let mut key = Authenticator::new(&desk, 7);
    assert_eq!(enrolled(&desk, &by_token(&desk, "vera"), &mut key, "one").code, 201);
    let (id, challenge) = challenged(&desk);
    let codes: Vec<u16> =
        (0..200).map(|_| sent(&desk, "POST", "/api/session/challenge", "", &Value::Null).code).collect();
    assert!(codes.contains(&201) && codes.contains(&429), "{codes:?}");
    let body = json!({ "challenge": id, "passkey": key.signed(&challenge) });
    assert_eq!(sent(&desk, "POST", "/api/session", "", &body).code, 201);
}

/// The desk killed while it keeps a passkey: the key is there whole, or it is not and can be added; whoever had accounts before has them.
#[test]
fn killed_while_a_passkey_is_added() {
    let room = Room::new();
    let mut desk = room.desk();
    let mut steady = Authenticator::new(&desk, 99);
    assert_eq!(enrolled(&desk, &by_token(&desk, "petrova"), &mut steady, "steady").code, 201);
    let (mut kept, mut none) = (0, 0);
    for n in 0..asked("SEEDS", 21) {
        let vera = by_token(&desk, "vera");
        let mut key = Authenticator::new(&desk, u8::try_from(n % 90).unwrap() + 1);
        let begun = sent(&desk, "POST", "/api/passkeys/challenge", &vera, &Value::Null);
        assert_eq!(begun.code, 201, "{begun:?}");
        let body = json!({ "name": "one", "passkey": key.made(&begun.body["options"]) }).to_string();
        let request = format!(
            "POST /api/passkeys HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\nX-Truceline: 1\r\nSec-Fetch-Site: same-origin\r\n{vera}\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            port(&desk),
            body.len()
        );
        let mut stream = std::net::TcpStream::connect(&desk.address).unwrap();
        std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
        let within = drawn(asked("SEED", 1).wrapping_mul(1_000_003).wrapping_add(n)) % 30_000;
        std::thread::sleep(std::time::Duration::from_micros(within));
        desk.kill();
        desk = room.desk();
        let here = format!("http://localhost:{}", port(&desk));
        (key.origin, steady.origin) = (here.clone(), here);
        let there = listed(&desk, "vera");
        if there.is_empty() {
            none += 1;
            assert_eq!(key.signs_in(&desk).code, 401, "seed {n}");
            let made = enrolled(&desk, &by_token(&desk, "vera"), &mut key, "one");
            assert_eq!(made.code, 201, "seed {n}: {made:?}");
        } else {
            kept += 1;
            let again = enrolled(&desk, &by_token(&desk, "vera"), &mut key.clone(), "one");
            assert!(matches!(again.code, 409 | 422), "seed {n}: {again:?}");
            assert_eq!(listed(&desk, "vera").len(), 1, "seed {n}: it is there once");
        }
        assert_eq!(key.signs_in(&desk).code, 201, "seed {n}, killed after {within} µs");
        // Nobody else lost anything by it.
        assert_eq!(steady.signs_in(&desk).body["name"], json!("petrova"), "seed {n}");
        let path = format!("/api/passkeys/{}", listed(&desk, "vera")[0]["id"].as_str().unwrap());
        let gone = sent(&desk, "DELETE", &path, &by_token(&desk, "vera"), &Value::Null);
        assert_eq!((gone.code, listed(&desk, "vera").len()), (204, 0), "seed {n}: {gone:?}");
    }
    eprintln!("kept before the kill: {kept}; nothing yet: {none}");
}
