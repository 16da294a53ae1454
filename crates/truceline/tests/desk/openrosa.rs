//! Reports from phones: the interface that ODK Collect and KoboCollect speak, with name and password, once each whatever is sent again.

use std::io::Write as _;
use std::process::Stdio;

use crate::common::truceline;
use crate::room::{Desk, Room};

const GOOD: &str = "river stones at dawn";

pub(crate) fn password(room: &Room, person: &str) {
    let mut child = truceline()
        .args(["account", "password", person, "--store", &room.store()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{GOOD}").unwrap();
    assert!(child.wait().unwrap().success());
}

/// `name:password` in base64.
fn basic(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in text.as_bytes().chunks(3) {
        let bits =
            three.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..4 {
            let letter = LETTERS[((bits >> (18 - 6 * at)) & 63) as usize] as char;
            out.push(if at <= three.len() { letter } else { '=' });
        }
    }
    format!("Authorization: Basic {out}\r\n")
}

fn asked(desk: &Desk, method: &str, path: &str, lines: &str) -> String {
    let host = &desk.address;
    desk.raw(
        format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{lines}\r\n").as_bytes(),
    )
}

fn sent(desk: &Desk, lines: &str, parts: &[(&str, &str)]) -> String {
    let mut body = String::new();
    for (name, text) in parts {
        body.push_str(&format!(
            "--edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"f.xml\"\r\nContent-Type: text/xml\r\n\r\n{text}\r\n"
        ));
    }
    body.push_str("--edge--\r\n");
    let lines = format!(
        "{lines}X-OpenRosa-Version: 1.0\r\nContent-Type: multipart/form-data; boundary=edge\r\nContent-Length: {}\r\n",
        body.len()
    );
    let host = &desk.address;
    let text = format!(
        "POST /openrosa/submission?deviceID=collect%3Ax HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{lines}\r\n{body}"
    );
    desk.raw(text.as_bytes())
}

fn filled(instance: &str, answers: &str) -> String {
    format!(
        "<?xml version='1.0' ?><data id=\"truceline-report\" version=\"1\" xmlns:orx=\"http://openrosa.org/xforms\">{answers}<orx:meta>\
         <orx:instanceID>{instance}</orx:instanceID></orx:meta></data>"
    )
}

fn code(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

const ANSWERS: &str = "<words>غارة على السوق &lt;b&gt;</words><act>airstrike</act><place>السوق</place><day>2016-05-03</day><hour>10:15:00.000+03:00</hour><killed>3-5</killed>\
                       <wounded/><point>36.2 37.1 0 0</point><within_m>500</within_m><said_by>caller</said_by>";

#[test]
fn a_phone_gets_the_form_and_sends_it_filled_once() {
    let room = Room::new();
    password(&room, "monitor");
    let desk = room.desk();
    let me = basic(&format!("monitor:{GOOD}"));
    let list = asked(&desk, "GET", "/openrosa/formList", &me);
    assert!(code(&list) == "200" && list.to_lowercase().contains("x-openrosa-version: 1.0"), "{list}");
    assert!(list.contains("<formID>truceline-report</formID>") && list.contains("<hash>md5:"), "{list}");
    let url = list.split("<downloadUrl>").nth(1).unwrap().split("</downloadUrl>").next().unwrap();
    let path = url.strip_prefix(&format!("http://{}", desk.address)).unwrap();
    let form = asked(&desk, "GET", path, &me);
    assert!(form.contains("id=\"truceline-report\"") && form.contains("العربية (ar)"), "{}", form.len());
    assert!(asked(&desk, "GET", "/openrosa/manifest", &me).contains("xformsManifest"));
    let before = asked(&desk, "HEAD", "/openrosa/submission", &me);
    assert!(code(&before) == "204" && before.to_lowercase().contains("location: http://"), "{before}");
    let form = filled("uuid:a-first-one", ANSWERS);
    let first = sent(&desk, &me, &[("xml_submission_file", &form)]);
    assert!(code(&first) == "201" && first.contains("submit_success"), "{first}");
    let entries = room.entries();
    let receipt = first.split("submit_success\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    for _ in 0..2 {
        let again = sent(&desk, &me, &[("xml_submission_file", &form)]);
        assert!(code(&again) == "201" && again.contains(&format!(">{receipt}<")), "{again}");
    }
    assert_eq!(room.entries(), entries, "one report, whatever is sent again");
    let told = desk.get("monitor", &format!("/api/reports/{receipt}"));
    assert_eq!(told.body["words"], "غارة على السوق <b>", "{told:?}");
    let event = &told.body["reports"][0]["understood"]["event"];
    assert_eq!((&event["act"][0], &event["killed"]), (&"airstrike".into(), &"3-5".into()), "{told:?}");
    assert_eq!(event["when"]["from"], "2016-05-03T07:15:00Z", "{told:?}");
    assert_eq!(
        (&event["place"]["within_m"], &event["place"]["lat"]),
        (&500.into(), &"36.2".into()),
        "{told:?}"
    );
    // The same instance with other answers is another thing.
    let other = filled("uuid:a-first-one", "<words>something else</words>");
    assert_eq!(code(&sent(&desk, &me, &[("xml_submission_file", &other)])), "409");
}

#[test]
fn what_is_no_filled_form_of_ours_or_nobodys_is_refused() {
    let room = Room::new();
    password(&room, "monitor");
    password(&room, "omar");
    let desk = room.desk();
    let me = basic(&format!("monitor:{GOOD}"));
    let good = filled("uuid:another-one", ANSWERS);
    let entries = room.entries();
    let nobody = asked(&desk, "GET", "/openrosa/formList", "");
    assert!(code(&nobody) == "401" && nobody.to_lowercase().contains("www-authenticate: basic"), "{nobody}");
    for wrong in [basic("monitor:wrong words at dusk"), basic("nobody:at all, at any time")] {
        assert_eq!(code(&sent(&desk, &wrong, &[("xml_submission_file", &good)])), "401");
    }
    for wrong in ["Authorization: Basic ***\r\n".to_owned(), basic("no colon")] {
        assert_eq!(code(&asked(&desk, "GET", "/openrosa/formList", &wrong)), "400");
    }
    let liaison = basic(&format!("omar:{GOOD}"));
    assert_eq!(code(&sent(&desk, &liaison, &[("xml_submission_file", &good)])), "403");
    // A browser would show a password that it keeps to whoever makes it ask.
    for page in ["Origin: http://evil.example\r\n", "Sec-Fetch-Site: same-origin\r\n"] {
        assert_eq!(code(&sent(&desk, &format!("{me}{page}"), &[("xml_submission_file", &good)])), "403");
    }
    // And it opens this interface alone.
    assert_eq!(code(&asked(&desk, "GET", "/api/reports", &me)), "401");
    let form = |answers: &str| filled("uuid:another-one", answers);
    for (answers, wanted) in [
        ("<act>airstrike</act>", "400"),
        ("<words>a</words><killed>many</killed>", "422"),
        ("<words>a</words><act>peace</act>", "422"),
        ("<words>a</words><point>36.2 37.1 0 0</point>", "422"),
        ("<words>a</words><source>msf</source>", "400"),
        ("<words>a</words><said_by>msf</said_by>", "400"),
        ("<words>a</words><words>b</words>", "400"),
        ("<words>&x;</words>", "400"),
    ] {
        let told = sent(&desk, &me, &[("xml_submission_file", &form(answers))]);
        assert_eq!(code(&told), wanted, "{answers}: {told}");
    }
    let others = good.replace("truceline-report", "another-form");
    let unnamed = good.replace("uuid:another-one", "");
    let dtd = good.replacen("<data", "<!DOCTYPE data [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><data", 1);
    let long = form(&format!("<words>{}</words>", "x".repeat(600_000)));
    for (parts, wanted) in [
        (vec![("xml_submission_file", others.as_str())], "404"),
        (vec![("xml_submission_file", unnamed.as_str())], "400"),
        (vec![("xml_submission_file", dtd.as_str())], "400"),
        (vec![("xml_submission_file", "GIF89a, and no form")], "400"),
        (vec![("file", good.as_str())], "400"),
        (
            vec![("xml_submission_file", good.as_str()), ("photo.jpg", "a file that the form does not name")],
            "400",
        ),
        (vec![], "400"),
        (vec![("xml_submission_file", long.as_str())], "413"),
    ] {
        let told = sent(&desk, &me, &parts);
        assert_eq!(code(&told), wanted, "{}", told.chars().take(400).collect::<String>());
    }
    let json = format!("{me}Content-Type: application/json\r\nContent-Length: 2\r\n");
    let host = &desk.address;
    let told = desk.raw(
        format!("POST /openrosa/submission HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{json}\r\n{{}}")
            .as_bytes(),
    );
    assert_eq!(code(&told), "415", "{told}");
    assert_eq!(room.entries(), entries, "nothing was written");
}

/// A form with a photograph that the monitor sends from a phone, as bytes; number `n` of such.
pub(crate) fn submission(desk: &Desk, n: u64) -> Vec<u8> {
    let answers = format!("{ANSWERS}<photo>1462.jpg</photo>");
    let form = filled(&format!("uuid:killed-{n}"), &answers).replace("version=\"1\"", "version=\"2\"");
    let jpeg: &[u8] = b"\xff\xd8\xff\xe1\0\x10Exif\0\0\r\n--edg GPS\xff\xd9";
    of_parts(desk, &basic(&format!("monitor:{GOOD}")), &form, &[("1462.jpg", jpeg)])
}

/// The code of an answer, and the receipt in it.
pub(crate) fn received(answer: &str) -> (String, String) {
    let receipt = answer.split("submit_success\">").nth(1).unwrap_or_default();
    (code(answer).to_owned(), receipt.split('<').next().unwrap_or_default().to_owned())
}

fn with_files(desk: &Desk, lines: &str, form: &str, files: &[(&str, &[u8])]) -> String {
    desk.raw(&of_parts(desk, lines, form, files))
}

/// A body of parts, of which those after the first are files.
fn of_parts(desk: &Desk, lines: &str, form: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"xml_submission_file\"; filename=\"f.xml\"\r\nContent-Type: text/xml\r\n\r\n{form}\r\n"
    )
    .into_bytes();
    for (name, bytes) in files {
        let head = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{name}\"\r\nContent-Type: image/jpeg\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    let host = &desk.address;
    let mut all = format!(
        "POST /openrosa/submission HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{lines}Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    all.extend_from_slice(&body);
    all
}

#[test]
fn a_photograph_comes_beside_the_form_or_after_it_and_is_one() {
    let room = Room::new();
    password(&room, "monitor");
    let desk = room.desk();
    let me = basic(&format!("monitor:{GOOD}"));
    let with_photo = format!("{ANSWERS}<photo>1462.jpg</photo>");
    let form = filled("uuid:with-a-photo", &with_photo).replace("version=\"1\"", "version=\"2\"");
    let jpeg: &[u8] = b"\xff\xd8\xff\xe1\0\x10Exif\0\0\r\n--edg GPS\xff\xd9";
    // First the form alone, with word that more follows; then form and photograph, twice.
    let first = with_files(&desk, &me, &form, &[("*isIncomplete*", b"yes")]);
    assert_eq!(code(&first), "201", "{first}");
    let receipt = first.split("submit_success\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    for _ in 0..2 {
        let told = with_files(&desk, &me, &form, &[("1462.jpg", jpeg)]);
        assert!(code(&told) == "201" && told.contains(&format!(">{receipt}<")), "{told}");
    }
    let told = desk.get("monitor", &format!("/api/reports/{receipt}"));
    let files = told.body["attachments"].as_array().unwrap();
    assert_eq!(
        (files.len(), &files[0]["type"], &files[0]["name"]),
        (1, &"jpg".into(), &"1462.jpg".into()),
        "{told:?}"
    );
    // The report is in the record whatever becomes of what lies about itself.
    let other = form.replace("with-a-photo", "with-a-page");
    let told = with_files(&desk, &me, &other, &[("1462.jpg", b"<html><script>alert(1)</script>")]);
    assert!(code(&told) == "422" && told.contains("is in the record, its file is not"), "{told}");
    assert_eq!(
        code(&with_files(&desk, &me, &other, &[("1463.jpg", jpeg)])),
        "400",
        "no file that the form names"
    );
    assert_eq!(
        code(&with_files(&desk, &me, &other, &[("1462.jpg", jpeg)])),
        "201",
        "put right and sent again"
    );
    let large = vec![b'x'; 18 << 20];
    assert_eq!(code(&with_files(&desk, &me, &other, &[("1462.jpg", &large)])), "413");
}
