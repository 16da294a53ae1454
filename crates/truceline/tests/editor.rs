//! The language server by its protocol, as any editor speaks it. From a real editor: neovim.rs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use common::{root, truceline};
use serde_json::{Value, json};

/// Longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// An editor that speaks the protocol and nothing else.
struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    output: Receiver<Value>,
    /// What the server said unasked, in order.
    told: Vec<Value>,
    asked: u64,
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Editor {
    fn start() -> Self {
        let mut child = truceline()
            .args(["terms", "serve-editor"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            loop {
                let mut length = 0;
                let mut line = String::new();
                while output.read_line(&mut line).is_ok_and(|n| n > 0) && line != "\r\n" {
                    if let Some(n) = line.strip_prefix("Content-Length: ") {
                        length = n.trim().parse().unwrap();
                    }
                    line.clear();
                }
                let mut body = vec![0; length];
                if length == 0 || output.read_exact(&mut body).is_err() {
                    return;
                }
                if sender.send(serde_json::from_slice(&body).unwrap()).is_err() {
                    return;
                }
            }
        });
        let input = child.stdin.take();
        Self { child, input, output: receiver, told: Vec::new(), asked: 0 }
    }

    /// Started, with the abilities of a full editor.
    fn ready() -> Self {
        let mut editor = Self::start();
        let can = json!({ "textDocument": { "publishDiagnostics": { "relatedInformation": true } } });
        let answer =
            editor.ask("initialize", json!({ "capabilities": can, "processId": null, "rootUri": null }));
        assert_eq!(answer["capabilities"]["renameProvider"]["prepareProvider"], true);
        editor.note("initialized", json!({}));
        editor
    }

    fn send(&mut self, text: &str) {
        let input = self.input.as_mut().unwrap();
        write!(input, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        input.flush().unwrap();
    }

    fn note(&mut self, method: &str, parameters: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": parameters }).to_string());
    }

    fn whole(&mut self, method: &str, parameters: Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": parameters }).to_string());
        loop {
            let message = self.output.recv_timeout(PATIENCE).expect("an answer");
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
            self.told.push(message);
        }
    }

    fn ask(&mut self, method: &str, parameters: Value) -> Value {
        let answer = self.whole(method, parameters);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    fn refused(&mut self, method: &str, parameters: Value) -> String {
        self.whole(method, parameters)["error"]["message"].as_str().expect("a refusal").to_owned()
    }

    /// What is said of the text's version, as soon as it is.
    fn diagnostics(&mut self, version: i64) -> Vec<Value> {
        let fits = |one: &Value| {
            one["method"] == "textDocument/publishDiagnostics" && one["params"]["version"] == version
        };
        loop {
            if let Some(n) = self.told.iter().position(fits) {
                return self.told.remove(n)["params"]["diagnostics"].as_array().unwrap().clone();
            }
            let message = self.output.recv_timeout(PATIENCE).expect("diagnostics");
            self.told.push(message);
        }
    }

    fn open(&mut self, uri: &str, text: &str) {
        let item = json!({ "uri": uri, "languageId": "markdown", "version": 1, "text": text });
        self.note("textDocument/didOpen", json!({ "textDocument": item }));
    }
}

/// The shipped mission, where it may be changed.
fn mission() -> (tempfile::TempDir, String, String) {
    copy("syria-2016")
}

fn copy(mission: &str) -> (tempfile::TempDir, String, String) {
    let dir = tempfile::tempdir().unwrap();
    let from = root().join("agreements").join(mission);
    for name in ["agreement.md", "actors.csv", "areas.geojson", "sources.csv"] {
        std::fs::copy(from.join(name), dir.path().join(name)).unwrap();
    }
    let text = std::fs::read_to_string(dir.path().join("agreement.md")).unwrap();
    let uri = format!("file://{}/agreement.md", dir.path().display());
    (dir, uri, text)
}

/// The position of the first letter of `word` in the line that holds `line`, in UTF-16 units.
fn place(text: &str, line: &str, word: &str) -> Value {
    let (number, found) = text.lines().enumerate().find(|(_, one)| one.contains(line)).expect(line);
    let at = found.find(line).unwrap() + line.find(word).expect(word);
    json!({ "line": number, "character": found[..at].encode_utf16().count() })
}

fn at(uri: &str, position: &Value) -> Value {
    json!({ "textDocument": { "uri": uri }, "position": position })
}

/// The text that a range covers.
fn covered<'a>(text: &'a str, range: &Value) -> &'a str {
    let byte = |place: &Value| {
        let number = usize::try_from(place["line"].as_u64().unwrap()).unwrap();
        let start: usize = text.split_inclusive('\n').take(number).map(str::len).sum();
        let mut units = usize::try_from(place["character"].as_u64().unwrap()).unwrap();
        let mut at = start;
        for c in text[start..].chars() {
            if units == 0 {
                break;
            }
            units -= c.len_utf16();
            at += c.len_utf8();
        }
        at
    };
    &text[byte(&range["start"])..byte(&range["end"])]
}

/// The text after the edits of an answer, which name places of the text as it was.
fn edited(text: &str, edits: &Value) -> String {
    let mut out = text.to_owned();
    for edit in edits.as_array().unwrap().iter().rev() {
        let old = covered(text, &edit["range"]);
        let at = old.as_ptr() as usize - text.as_ptr() as usize;
        out.replace_range(at..at + old.len(), edit["newText"].as_str().unwrap());
    }
    out
}

#[test]
fn faults_are_shown_where_they_are_with_both_places_and_a_fix() {
    let (_dir, uri, text) = mission();
    let mut editor = Editor::ready();
    editor.open(&uri, &text);
    let good = editor.diagnostics(1);
    assert!(good.iter().all(|one| one["severity"] == 2), "warnings only: {good:?}");
    // After Arabic and Russian on the same line a place in bytes, in letters and in units are three different things.
    let bad = text
        .replace("for rocket-fire shelling mortar-fire ar=", "for rocket-fire mortar-fire ar=")
        .replace("ru=\"Анализ воронок", "\u{61}r=\"\" ru=\"Анализ воронок");
    let line = "settles place \"P\" ar=\"سجلات \u{1f54a}\" ru=\"Журналы\" for shellng\nfact exempt-group-present \"Again?\"\n";
    let bad = bad.replace("settles held-by", &format!("{line}settles held-by"));
    editor.note(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": uri, "version": 2 }, "contentChanges": [{ "text": bad }] }),
    );
    let said = editor.diagnostics(2);
    let of = |code: &str| {
        said.iter().find(|one| one["code"] == code).unwrap_or_else(|| panic!("{code}: {said:?}"))
    };
    let unknown = of("unknown-word");
    assert_eq!(covered(&bad, &unknown["range"]), "shellng");
    assert_eq!(unknown["range"]["start"], place(&bad, "for shellng", "shellng"));
    assert!(unknown["message"].as_str().unwrap().ends_with("did you mean \"shelling\"?"));
    let twice = of("twice");
    let other = &twice["relatedInformation"][0];
    assert!(other["message"].as_str().unwrap().contains("declared here first"), "{twice}");
    assert_eq!(covered(&bad, &other["location"]["range"]), "exempt-group-present");
    assert_ne!(other["location"]["range"], twice["range"]);
    let asked = json!({ "textDocument": { "uri": uri }, "range": unknown["range"], "context": { "diagnostics": [] } });
    let fixes = editor.ask("textDocument/codeAction", asked);
    assert_eq!(fixes[0]["title"], "Change to shelling");
    let fixed = edited(&bad, &fixes[0]["edit"]["changes"][&uri]);
    assert_eq!(fixed, bad.replace("for shellng", "for shelling"));
}

#[test]
fn words_are_explained() {
    let (_dir, uri, text) = mission();
    let mut editor = Editor::ready();
    editor.open(&uri, &text);
    let mut hover = |line: &str, word: &str| {
        let answer = editor.ask("textDocument/hover", at(&uri, &place(&text, line, word)));
        assert_eq!(covered(&text, &answer["range"]), word);
        answer["contents"]["value"].as_str().unwrap().to_owned()
    };
    let clause = hover("clause government-fire \"Fire", "government-fire");
    for part in [
        "Fire by the government's side",
        "إطلاق النار من جانب الحكومة",
        "Russia's air force included, fires no weapon",
        "stop attacks with any weapons",
        "> Annex, undertakings of the government's side",
    ] {
        assert!(clause.contains(part), "{part}: {clause}");
    }
    let act = hover("means airstrike rocket-fire", "rocket-fire");
    assert!(act.contains("rocket fire") && act.contains("صواريخ") && act.contains("ракетный"), "{act}");
    let actor = hover("told russia on", "russia");
    assert!(actor.contains("Russia") && actor.contains("روسيا") && actor.contains("Россия"), "{actor}");
    let area = hover("in zone-aleppo-city", "zone-aleppo-city");
    assert!(area.contains("Aleppo") && area.contains("Алеппо"), "{area}");
    let shape = hover("provided government-side accepted", "provided");
    assert!(shape.contains("binds SIDE"), "{shape}");
    let position = hover("under object=letter", "letter");
    assert!(
        position.contains("Only the other side's forces.") && position.contains("position `letter`"),
        "{position}"
    );
}

#[test]
fn names_lead_to_where_they_are_given_and_used() {
    let (dir, uri, text) = mission();
    let mut editor = Editor::ready();
    editor.open(&uri, &text);
    let mut go = |line: &str, word: &str| {
        let found = editor.ask("textDocument/definition", at(&uri, &place(&text, line, word)));
        let found = found.as_array().unwrap()[0].clone();
        let path = found["uri"].as_str().unwrap().strip_prefix("file://").unwrap().to_owned();
        let file = std::fs::read_to_string(&path).unwrap();
        let number = usize::try_from(found["range"]["start"]["line"].as_u64().unwrap()).unwrap();
        let line: String = file.lines().nth(number).unwrap().chars().take(90).collect();
        (Path::new(&path).file_name().unwrap().to_str().unwrap().to_owned(), line)
    };
    for (line, word, file, begins) in [
        (
            "binds opposition that-accepted provided government-side",
            "government-side",
            "agreement.md",
            "party government-side",
        ),
        ("party government-side whose", "government-side", "actors.csv", "government-side,"),
        ("told russia on", "russia", "actors.csv", "russia,"),
        (
            "in zone-aleppo-city",
            "zone-aleppo-city",
            "areas.geojson",
            "{\"type\":\"Feature\",\"properties\":{\"id\":\"zone-aleppo-city\"",
        ),
        ("per syrian-army-command known", "syrian-army-command", "sources.csv", "syrian-army-command,"),
        ("judged proportionate", "proportionate", "agreement.md", "judgement proportionate"),
        ("found self-defence-claimed", "self-defence-claimed", "agreement.md", "claim self-defence-claimed"),
        (
            "not-denied exempt-group-present",
            "exempt-group-present",
            "agreement.md",
            "fact exempt-group-present",
        ),
        ("then self-defence", "self-defence", "agreement.md", "except self-defence"),
        ("try exempt-group-present", "exempt-group-present", "agreement.md", "except exempt-group-present"),
        ("under exempt-presence=licence", "exempt-presence", "agreement.md", "matter exempt-presence"),
        ("under exempt-presence=licence", "licence", "agreement.md", "position licence"),
        ("forbids fire with", "fire", "agreement.md", "define fire"),
        (
            "settles fact:exempt-group-present",
            "exempt-group-present",
            "agreement.md",
            "fact exempt-group-present",
        ),
    ] {
        let (found, text) = go(line, word);
        assert_eq!((found.as_str(), text.starts_with(begins)), (file, true), "{word} in {line}: {text}");
    }
    let mut asked = at(&uri, &place(&text, "found self-defence-claimed", "self-defence-claimed"));
    for (declared, count) in [
        (true, text.matches("self-defence-claimed").count()),
        (false, text.matches("found self-defence-claimed").count()),
    ] {
        asked["context"] = json!({ "includeDeclaration": declared });
        let found = editor.ask("textDocument/references", asked.clone());
        let found = found.as_array().unwrap();
        assert_eq!(found.len(), count);
        assert!(found.iter().all(|one| covered(&text, &one["range"]) == "self-defence-claimed"));
    }
    drop(dir);
}

#[test]
fn what_may_follow_is_offered() {
    let (_dir, uri, text) = mission();
    let mut editor = Editor::ready();
    let typed =
        |lines: &str| text.replace("# The cessation", &format!("```terms\n{lines}|\n```\n# The cessation"));
    let mut version = 1;
    editor.open(&uri, &text);
    let mut offered = |lines: &str| {
        version += 1;
        let text = typed(lines);
        let line = text.lines().position(|line| line.ends_with('|')).unwrap();
        let position = place(&text, text.lines().nth(line).unwrap(), "|");
        editor.note(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": [{ "text": text.replace('|', "") }] }),
        );
        let items = editor.ask("textDocument/completion", at(&uri, &position));
        items
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["textEdit"]["newText"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let has = |all: &[String], words: &[&str]| words.iter().all(|word| all.iter().any(|one| one == word));
    assert!(has(&offered("cl"), &["clause", "party", "reading", "calm"]));
    let inside = offered("clause x \"X\"\nfor");
    assert!(
        has(&inside, &["forbids", "binds", "applies"])
            && !has(&inside, &["party"])
            && !has(&inside, &["start"])
    );
    assert!(has(&offered("calm x \"X\" in zone-aleppo-city\nst"), &["start", "forbids"]));
    assert_eq!(offered("clause x \"X\"\nbinds "), ["government-side", "opposition"]);
    assert!(has(&offered("clause x \"X\"\nforbids sh"), &["shelling", "airstrike", "fire"]));
    assert!(has(&offered("clause x \"X\"\nforbids fire w"), &["with", "shelling"]));
    assert!(has(&offered("calm x \"X\" in zone"), &["zone-aleppo-city", "zone-eastern-ghouta"]));
    assert!(has(&offered("clause x \"X\"\nagainst hospital under o"), &["object=", "exempt-presence="]));
    assert_eq!(offered("clause x \"X\"\nagainst hospital under object=l"), ["letter", "purpose"]);
    assert!(has(&offered("accepted hnc per "), &["airwars", "russian-mod"]));
    assert_eq!(offered("clause x \"X\"\nsays \"in the te"), [""; 0]);
}

#[test]
fn declared_ids_are_renamed_and_others_are_not() {
    let (_dir, uri, text) = mission();
    let mut editor = Editor::ready();
    editor.open(&uri, &text);
    let mut asked = at(&uri, &place(&text, "found exempt-group-present under", "exempt-group-present"));
    asked["newName"] = json!("exempt-there");
    let answer = editor.ask("textDocument/rename", asked.clone());
    let changed = edited(&text, &answer["changes"][&uri]);
    // The exception of the same name is another thing and keeps it.
    assert_eq!(changed.matches("exempt-there").count(), text.matches("exempt-group-present").count() - 2);
    assert!(
        changed.contains("except exempt-group-present gives")
            && changed.contains("try exempt-group-present then")
    );
    assert!(changed.contains("fact exempt-there ") && changed.contains("settles fact:exempt-there"));
    editor.open(&uri, &changed);
    assert!(editor.diagnostics(1).iter().all(|one| one["severity"] == 2));
    editor.open(&uri, &text);
    for (line, word, new, say) in [
        ("told russia on", "russia", "moscow", "has its id from actors.csv"),
        ("in zone-aleppo-city", "zone-aleppo-city", "aleppo", "has its id from areas.geojson"),
        ("means airstrike", "airstrike", "raid", "word of the closed vocabulary"),
        ("matter object", "object", "Object", "cannot be an id"),
        ("matter object", "object", "exempt-presence", "there is a matter \"exempt-presence\" already"),
        ("matter object", "object", "under", "is a word of the language"),
        ("define fire", "fire", "shelling", "is a word of the language"),
    ] {
        let mut asked = at(&uri, &place(&text, line, word));
        asked["newName"] = json!(new);
        let said = editor.refused("textDocument/rename", asked);
        assert!(said.contains(say), "{said}");
    }
}

#[test]
fn a_text_is_formatted_as_the_command_does() {
    let (dir, uri, text) = mission();
    let mut editor = Editor::ready();
    let bad = text
        .replace("binds opposition that-accepted", "  binds   \"opposition\"\tthat-accepted  // هدنة\n\n");
    editor.open(&uri, &bad);
    let options =
        json!({ "textDocument": { "uri": uri }, "options": { "tabSize": 4, "insertSpaces": true } });
    let edits = editor.ask("textDocument/formatting", options.clone());
    let formatted = edited(&bad, &edits);
    let path = dir.path().join("agreement.md");
    std::fs::write(&path, &bad).unwrap();
    let path = path.to_str().unwrap();
    let check = common::run(&["terms", "fmt", "--check", path]);
    assert_eq!(check.code, 1);
    assert!(check.out.contains("+ binds opposition that-accepted // هدنة"), "{}", check.out);
    assert_eq!(std::fs::read_to_string(path).unwrap(), bad, "--check changes nothing");
    common::good(&["terms", "fmt", path]);
    assert_eq!(std::fs::read_to_string(path).unwrap(), formatted);
    common::good(&["terms", "fmt", "--check", dir.path().to_str().unwrap()]);
    std::fs::write(path, format!("{bad}\n```terms\ntitle \"a\n```\n")).unwrap();
    let left = common::run(&["terms", "fmt", "--format", "json", path]);
    let said: Value = serde_json::from_str(left.out.lines().next().unwrap()).unwrap();
    assert_eq!((left.code, said["code"].as_str()), (1, Some("unclosed-quote")));
    assert!(std::fs::read_to_string(path).unwrap().contains("  binds   \"opposition\""), "left as it was");
}

#[test]
fn registries_are_read_again_when_they_change() {
    let (dir, uri, text) = mission();
    let mut editor = Editor::ready();
    editor.open(&uri, &text);
    editor.diagnostics(1);
    let path = dir.path().join("actors.csv");
    let actors = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, actors.replace("\nahrar-al-sham,", "\nahrar-renamed,")).unwrap();
    editor.note("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": uri, "type": 2 }] }));
    let said = editor.diagnostics(1);
    assert!(said.iter().any(|one| one["code"] == "unknown-actor"), "{said:?}");
    // A registry that cannot be used is said once, and names are not red for it.
    std::fs::write(&path, "id,kind\nx,y\n").unwrap();
    editor.note("textDocument/didSave", json!({ "textDocument": { "uri": uri } }));
    let said = editor.diagnostics(1);
    assert!(
        said.iter().any(|one| one["code"] == "registry")
            && said.iter().all(|one| one["code"] != "unknown-actor")
    );
    std::fs::write(&path, actors).unwrap();
    editor.note("textDocument/didSave", json!({ "textDocument": { "uri": uri } }));
    assert!(editor.diagnostics(1).iter().all(|one| one["code"] == "duration-differs"));
}

/// Prints how long it takes from a keystroke to what is wrong, on each agreement that ships.
#[test]
fn what_is_wrong_is_said_while_typing() {
    for folder in std::fs::read_dir(root().join("agreements")).unwrap() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        let (_dir, uri, text) = copy(&name);
        let mut editor = Editor::ready();
        let started = Instant::now();
        editor.open(&uri, &text);
        let said = editor.diagnostics(1);
        let opened = started.elapsed();
        assert!(said.iter().all(|one| one["severity"] == 2), "{name}: {said:?}");
        let at = json!({ "line": 200, "character": 0 });
        let mut waits = Vec::new();
        for version in 2..23 {
            let started = Instant::now();
            let change = json!({ "range": { "start": at, "end": at }, "text": "x" });
            let of = json!({ "uri": uri, "version": version });
            editor.note("textDocument/didChange", json!({ "textDocument": of, "contentChanges": [change] }));
            editor.diagnostics(version);
            waits.push(started.elapsed());
        }
        waits.sort();
        let (median, worst, bytes) = (waits[waits.len() / 2], waits[waits.len() - 1], text.len());
        eprintln!(
            "{name}, {bytes} bytes: after opening {opened:?}; after a key {median:?} (median of 21), {worst:?} at worst"
        );
        assert!(median < Duration::from_secs(5), "{median:?}");
    }
}

/// What later agreements say and the first does not: phases, measures, lines, steps of a procedure.
#[test]
fn names_of_phases_measures_lines_and_steps_lead_home() {
    let (_dir, uri, text) = copy("gaza-2025-01");
    let steps = "## Complaints\n```terms\nprocedure complaints \"Complaints\"\nstep reply \"Reply\" by respondent within 48 hours of opening then heard silence heard\nfinal heard \"Heard\"\n```\n";
    let text =
        format!("{text}\n{steps}```terms\norder complaints\nsettles measure:lorries \"Waybills.\"\n```\n");
    let mut editor = Editor::ready();
    editor.open(&uri, &text);
    for (line, word, kind, begins) in [
        ("in-phase two three", "three", "agreement.md", "phase three "),
        ("counting lorries at-least 600", "lorries", "agreement.md", "measure lorries "),
        ("and counting fuel-lorries at", "fuel-lorries", "agreement.md", "measure fuel-lorries "),
        ("within 700 m of gaza-border", "gaza-border", "areas.geojson", ""),
        ("then heard silence", "heard", "agreement.md", "final heard "),
        ("order complaints", "complaints", "agreement.md", "procedure complaints "),
        ("settles measure:lorries", "lorries", "agreement.md", "measure lorries "),
    ] {
        let found = editor.ask("textDocument/definition", at(&uri, &place(&text, line, word)));
        let number = usize::try_from(found[0]["range"]["start"]["line"].as_u64().unwrap()).unwrap();
        assert!(found[0]["uri"].as_str().unwrap().ends_with(kind), "{line}: {found}");
        if kind == "agreement.md" {
            assert!(text.lines().nth(number).unwrap().starts_with(begins), "{line}: {number}");
        }
    }
    let mut asked = at(&uri, &place(&text, "counting lorries at-least", "lorries"));
    asked["newName"] = json!("aid-lorries");
    let answer = editor.ask("textDocument/rename", asked);
    let changed = edited(&text, &answer["changes"][&uri]);
    assert!(changed.contains("counting aid-lorries at-least 600 and counting fuel-lorries"));
    assert!(changed.contains("measure aid-lorries ") && changed.contains("settles measure:aid-lorries "));
}

#[test]
fn nothing_that_is_sent_ends_the_session() {
    let mut editor = Editor::start();
    assert!(editor.refused("textDocument/hover", json!({})).contains("initialize comes first"));
    editor.ask("initialize", json!({ "capabilities": {} }));
    editor.send("{]");
    editor.send("[1,2]");
    editor.send("null");
    editor.note("textDocument/didChange", json!({ "textDocument": 1 }));
    editor.note("no/such", json!(null));
    assert!(editor.refused("no/such", json!({})).contains("is not served"));
    assert!(editor.refused("textDocument/hover", json!({ "textDocument": 7 })).len() > 5);
    let nowhere = at("file:///nowhere.md", &json!({ "line": 0, "character": 0 }));
    assert!(editor.refused("textDocument/hover", nowhere).contains("is not open"));
    let hostile = [
        format!("```terms\n{}\n```\n", "x ".repeat(2_000_000)),
        "```terms\norder a b c d e f\n```\n".repeat(30_000),
        format!("```terms\n{}\n```\n", "/*".repeat(8_000)),
        "```terms\nclause a \"\u{202e}\nmatter a \"b\n".repeat(40_000),
        format!("```terms\n{}\n```\n", "title \"a\" // x\n".repeat(1_000)).repeat(70),
        format!("```terms\n{}\n```\n", "title \"a\" // x\n".repeat(1_000)).repeat(280),
    ];
    for text in hostile {
        let started = Instant::now();
        editor.open("untitled:hostile", &text);
        editor.diagnostics(1);
        let last = json!({ "line": u32::MAX, "character": u32::MAX });
        for method in ["hover", "definition", "completion", "prepareRename"] {
            editor.whole(&format!("textDocument/{method}"), at("untitled:hostile", &last));
        }
        let options = json!({ "textDocument": { "uri": "untitled:hostile" }, "options": { "tabSize": 4, "insertSpaces": true } });
        editor.ask("textDocument/formatting", options);
        assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
    }
    let edit = json!({ "range": { "start": { "line": 9, "character": 9 }, "end": { "line": 0, "character": 0 } }, "text": "x" });
    editor.note(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": "untitled:hostile", "version": 2 }, "contentChanges": [edit] }),
    );
    editor.diagnostics(2);
    editor.ask("shutdown", Value::Null);
    editor.note("exit", Value::Null);
    assert_eq!(editor.child.wait().unwrap().code(), Some(0));
}

#[test]
fn an_editor_that_just_goes_away_is_told_by_the_exit_code() {
    let mut editor = Editor::ready();
    editor.input = None;
    assert_eq!(editor.child.wait().unwrap().code(), Some(1));
}
