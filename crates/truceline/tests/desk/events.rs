//! Events: a screen that comes back by the number of its last entry misses nothing, and is told of nothing that is not its own to see.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use crate::common::{good, text};
use crate::room::{Desk, Room, evidence};

struct Stream(BufReader<TcpStream>);

fn listen(desk: &Desk, person: &str, path: &str, more: &str) -> Stream {
    let mut stream = TcpStream::connect(&desk.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    write!(stream, "{}{more}\r\n", desk.head("GET", path, person)).unwrap();
    Stream(BufReader::new(stream))
}

impl Stream {
    /// The next event: its entry and case; `None` at the end of the stream.
    fn next(&mut self) -> Option<(u64, Value)> {
        let mut line = String::new();
        loop {
            line.clear();
            if self.0.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            if let Some(data) = line.trim_end().strip_prefix("data: ") {
                let data: Value = serde_json::from_str(data).unwrap();
                return Some((data["entry"].as_u64().unwrap(), data["case"].clone()));
            }
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.0.read_line(&mut line).unwrap() > 0, "the stream has ended");
        line
    }

    /// What the next event says.
    fn data(&mut self) -> Value {
        loop {
            if let Some(data) = self.line().trim_end().strip_prefix("data: ") {
                return serde_json::from_str(data).unwrap();
            }
        }
    }

    fn take(&mut self, count: usize) -> Vec<u64> {
        (0..count).map(|_| self.next().unwrap().0).collect()
    }
}

#[test]
fn a_screen_that_comes_back_misses_nothing() {
    let room = Room::new();
    let mut desk = room.desk();
    let case = desk.open("operator", "public", "i-1");
    let mut logged = vec![case.trim_start_matches('c').parse::<u64>().unwrap()];
    let mut add = |desk: &Desk, count: usize| {
        for _ in 0..count {
            let told = desk.act("vera", &case, evidence(false), Some("so"));
            assert_eq!(told.code, 201, "{told:?}");
            logged.push(told.body["entry"].as_u64().unwrap());
        }
        logged.clone()
    };
    add(&desk, 3);
    let mut seen = listen(&desk, "petrova", "/api/events?after=0", "").take(2);
    add(&desk, 2);
    desk.kill();
    let desk = room.desk();
    add(&desk, 2);
    let last = seen.last().copied().unwrap();
    let mut stream = listen(&desk, "petrova", "/api/events?after=0", &format!("Last-Event-ID: {last}\r\n"));
    seen.extend(stream.take(6));
    // What comes while the screen listens, from the desk and from elsewhere.
    let all = add(&desk, 1);
    seen.extend(stream.take(1));
    assert_eq!(seen, all);
    good(&["case", "means", &case, "--store", &room.store(), "--by", "operator", "--words", "a call"]);
    assert_eq!(stream.next().unwrap().1, json!(case));
}

#[test]
fn a_party_is_told_of_its_own_and_a_removed_account_of_nothing_more() {
    let room = Room::new();
    let desk = room.desk();
    let hidden = desk.open("operator", "public", "i-1");
    let mut omar = listen(&desk, "omar", "/api/events?after=0", "");
    let told = desk.open("operator", "public", "i-2");
    desk.act("vera", &told, evidence(false), Some("before the party knew"));
    let notice = desk.act("petrova", &told, json!({ "step": { "step": "notice" } }), None);
    desk.act("vera", &hidden, evidence(false), Some("so"));
    let own = desk.act("omar", &told, evidence(false), Some("ours"));
    assert_eq!(own.code, 201, "{own:?}");
    let mut seen = Vec::new();
    while seen.last() != Some(&own.body["entry"].as_u64().unwrap()) {
        let (entry, case) = omar.next().unwrap();
        assert_eq!(case, json!(told), "{entry}");
        seen.push(entry);
    }
    let opened = told.trim_start_matches('c').parse::<u64>().unwrap();
    let notice = notice.body["entry"].as_u64().unwrap();
    assert_eq!(seen, [opened, notice, own.body["entry"].as_u64().unwrap()]);
    let refused = desk.get("anyone", "/api/events");
    assert_eq!(refused.code, 403, "{refused:?}");
    good(&["account", "remove", "omar", "--store", &room.store()]);
    desk.act("vera", &told, evidence(false), Some("so"));
    assert_eq!(omar.next(), None, "the stream has ended");
}

/// Passes a screen's requests on, and cuts each answer after some bytes, wherever that falls.
fn cutting(to: String, seed: u64) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let mut drawn = seed;
        for screen in listener.incoming() {
            drawn = drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mut left = usize::try_from((drawn >> 33) % 900 + 1).unwrap();
            let (mut screen, mut server) = (screen.unwrap(), TcpStream::connect(&to).unwrap());
            let mut asked = screen.try_clone().unwrap();
            let mut asking = server.try_clone().unwrap();
            std::thread::spawn(move || std::io::copy(&mut asked, &mut asking));
            let mut bytes = [0; 64];
            while left > 0 {
                let most = left.min(bytes.len());
                let Ok(read @ 1..) = server.read(&mut bytes[..most]) else { break };
                if screen.write_all(&bytes[..read]).is_err() {
                    break;
                }
                left -= read;
            }
            let _ = (screen.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
        }
    });
    at
}

#[test]
fn a_stream_that_is_cut_at_any_byte_misses_nothing_and_tells_nothing_twice() {
    let room = Room::new();
    let desk = room.desk();
    let case = desk.open("operator", "public", "i-1");
    let proxy = cutting(desk.address.clone(), 7);
    let head = desk.head("GET", "/api/events?after=0", "petrova");
    let (told, seen) = std::sync::mpsc::channel::<u64>();
    std::thread::spawn(move || {
        let mut last: Option<u64> = None;
        loop {
            let mut stream = TcpStream::connect(&proxy).unwrap();
            let more = last.map(|last| format!("Last-Event-ID: {last}\r\n")).unwrap_or_default();
            write!(stream, "{head}{more}\r\n").unwrap();
            let (mut text, mut bytes) = (String::new(), [0; 512]);
            while let Ok(read @ 1..) = stream.read(&mut bytes) {
                text.push_str(&String::from_utf8_lossy(&bytes[..read]));
                // An event counts when it is there to its empty line, as browsers have it.
                while let Some((event, rest)) = text.split_once("\n\n") {
                    let id = event.lines().find_map(|line| line.strip_prefix("id: ")?.parse().ok());
                    let rest = rest.to_owned();
                    if let Some(id) = id {
                        last = Some(id);
                        if told.send(id).is_err() {
                            return;
                        }
                    }
                    text = rest;
                }
            }
        }
    });
    let mut logged = vec![case.trim_start_matches('c').parse::<u64>().unwrap()];
    for _ in 0..25 {
        let done = desk.act("vera", &case, evidence(false), Some("so"));
        assert_eq!(done.code, 201, "{done:?}");
        logged.push(done.body["entry"].as_u64().unwrap());
    }
    let wait = Duration::from_secs(60);
    let all: Vec<u64> =
        logged.iter().map(|_| seen.recv_timeout(wait).expect("an event is missing")).collect();
    assert_eq!(all, logged);
    assert!(seen.recv_timeout(Duration::from_millis(500)).is_err(), "nothing is told twice");
}

#[test]
fn the_mission_is_told_that_reports_come_and_a_party_is_not() {
    let room = Room::new();
    let desk = room.desk();
    let case = desk.open("operator", "public", "i-1");
    desk.act("petrova", &case, json!({ "step": { "step": "notice" } }), None);
    let (mut omar, mut night) =
        (listen(&desk, "omar", "/api/events", ""), listen(&desk, "night-watch", "/api/events", ""));
    // Both are there when what follows comes: a stream says how soon to come back before it tells of anything.
    for stream in [&mut omar, &mut night] {
        while !stream.line().starts_with("retry") {}
    }
    let text_file = room.dir.path().join("text.txt");
    std::fs::write(&text_file, "Shells fell near the town this morning.").unwrap();
    let words =
        ["receive", &text(&text_file), "--source", "hotline", "--date", "2016-04-28", "--country", "SY"];
    good(&[&words[..], &["--store", &room.store()]].concat());
    let report = night.data();
    assert_eq!((&report["kind"], &report["case"]), (&json!("report"), &Value::Null), "{report}");
    let own = desk.act("omar", &case, evidence(false), Some("ours"));
    let own = own.body["entry"].as_u64().unwrap();
    let first = omar.data();
    assert_eq!(first["entry"], json!(own), "a party's first event is its own, not the report's: {first}");
    assert_eq!((&first["kind"], &first["case"]), (&json!("case"), &json!(case)));
    let mut hum = listen(&desk, "hum", "/api/events?after=0", "");
    assert_eq!(
        hum.data()["kind"],
        "report",
        "who sees no case of others is told that something came, and of no case"
    );
}
