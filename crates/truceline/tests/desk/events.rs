//! Events: a screen that comes back by the number of its last entry misses nothing, and is told of nothing that is not its own to see.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::common::good;
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
