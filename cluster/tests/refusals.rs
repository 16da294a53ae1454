//! Who is kept out, and what is not taken: programs that differ, terms that were changed, parts that were damaged.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod made;
mod running;

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::protobuf::{HeartBeatParams, PollWorkParams, RegisterExecutorParams};
use running::{Bench, PROGRAM, files, free_port, mission, number, said};
use tonic::Code;
use tonic::transport::Endpoint;
use truceline_cluster::manifest::BUILD;
use truceline_cluster::mission::{Mission, files_of};

fn lines(agreement: &str, count: usize) -> String {
    made::incidents(&Mission::read(&files_of(&mission(agreement)).unwrap()).unwrap(), count, 3)
}

fn executor(program: &Path, bench: &Bench, terms: &Path) -> Output {
    let port = free_port().to_string();
    let mut command = Command::new(program);
    command.arg("--terms").arg(terms).args(["executor", "--scheduler", &bench.address(), "--port", &port]);
    command.arg("--work").arg(bench.path(&port)).output().unwrap()
}

fn refused(output: &Output, word: &str) {
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{words}");
    assert!(words.contains("truceline refuses: ") && words.contains(word), "{words}");
}

#[test]
fn an_executor_that_differs_is_refused_with_words() {
    let mut bench = Bench::new();
    bench.export("syria-2016", &lines("syria-2016", 5));
    bench.start_scheduler();
    // Another program: the same bytes but for the hash of what it was built of.
    let mut bytes = std::fs::read(PROGRAM).unwrap();
    let other = BUILD.replace(['0', '1', '2'], "3");
    assert_ne!(other, BUILD);
    let mut found = 0;
    while let Some(at) = bytes.windows(64).position(|window| window == BUILD.as_bytes()) {
        bytes[at..at + 64].copy_from_slice(other.as_bytes());
        found += 1;
    }
    assert!(found > 0, "the hash is in the program");
    let program = bench.path("other-build");
    std::fs::write(&program, bytes).unwrap();
    std::fs::set_permissions(&program, std::fs::metadata(PROGRAM).unwrap().permissions()).unwrap();
    refused(&executor(&program, &bench, &bench.path("terms")), "install the same program on every machine");
    // Another shelf: a mission less, a mission more.
    let bare = bench.path("bare");
    std::fs::create_dir(&bare).unwrap();
    refused(&executor(Path::new(PROGRAM), &bench, &bare), "executor without terms");
    let more = Bench::new();
    more.export("syria-2016", &lines("syria-2016", 5));
    more.export("hodeidah-2018", &lines("hodeidah-2018", 5));
    refused(&executor(Path::new(PROGRAM), &bench, &more.path("terms")), "not on the scheduler's shelf");
    // A client that asks for terms which the scheduler does not hold.
    let mut client = more.program();
    client.args(["judge", "--scheduler", &bench.address(), "--incidents"]).arg(more.path("incidents"));
    refused(
        &client.arg("--findings").arg(more.path("found")).output().unwrap(),
        "not on the scheduler's shelf",
    );
}

#[test]
fn whoever_does_not_say_what_it_is_gets_no_work() {
    let mut bench = Bench::new();
    bench.export("syria-2016", &lines("syria-2016", 5));
    bench.start_scheduler();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let since = Instant::now();
        let channel = loop {
            let endpoint = Endpoint::from_shared(format!("http://{}", bench.address())).unwrap();
            match endpoint.user_agent("ballista-executor/55.0.0").unwrap().connect().await {
                Ok(channel) => break channel,
                Err(error) => assert!(since.elapsed() < Duration::from_secs(60), "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        let mut stranger = SchedulerGrpcClient::new(channel);
        let refusals = [
            stranger.poll_work(PollWorkParams::default()).await.map(drop).unwrap_err(),
            stranger.register_executor(RegisterExecutorParams::default()).await.map(drop).unwrap_err(),
            stranger.heart_beat_from_executor(HeartBeatParams::default()).await.map(drop).unwrap_err(),
        ];
        for refusal in refusals {
            assert_eq!(refusal.code(), Code::FailedPrecondition, "{refusal}");
            assert!(refusal.message().contains("does not say which build it is"), "{refusal}");
        }
    });
}

#[test]
fn terms_that_somebody_changed_on_a_shelf_are_not_judged_by() {
    let bench = Bench::new();
    bench.export("syria-2016", &lines("syria-2016", 20));
    let mission = std::fs::read_dir(bench.path("terms")).unwrap().next().unwrap().unwrap().path();
    let agreement = mission.join("agreement.md");
    let text = std::fs::read_to_string(&agreement).unwrap();
    std::fs::write(&agreement, text + "\nOne line more.\n").unwrap();
    let output = bench.judging(false, "found").output().unwrap();
    assert!(!output.status.success());
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(words.contains("somebody has changed them"), "{words}");
    assert!(bench.finished("found").is_empty());
}

#[test]
fn only_what_follows_from_the_same_is_left_as_it_is() {
    let bench = Bench::new();
    let file = bench.export("syria-2016", &lines("syria-2016", 200));
    let first = said(&bench.judging(false, "found").output().unwrap());
    let parts = number(&first, " parts judged");
    assert!(parts > 30, "{first}");
    assert_eq!(number(&first, " findings on") % number(&first, " incidents in"), 0);
    let again = |judged: u64, what: &str| {
        let told = said(&bench.judging(false, "found").output().unwrap());
        assert_eq!(number(&told, " parts judged"), judged, "{what}: {told}");
        assert_eq!(number(&told, " parts judged") + number(&told, " left as they were"), parts, "{told}");
        assert_eq!(told.rsplit(' ').next(), first.rsplit(' ').next(), "{what}: the same findings");
    };
    again(0, "nothing changed");
    let damaged = bench.path("found").join(&files(&bench.path("found"))[3].0);
    let mut bytes = std::fs::read(&damaged).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&damaged, bytes).unwrap();
    again(1, "one bit of a finding");
    std::fs::remove_file(bench.finished("found").first().unwrap()).unwrap();
    again(1, "what a part follows from is not known");
    // Another moment is another question.
    let mut earlier = bench.judging(false, "found");
    let told = said(&earlier.args(["--as-of", "2016-05-04T12:00:00Z"]).output().unwrap());
    assert_eq!(number(&told, " parts judged"), parts, "{told}");
    said(&bench.judging(false, "found").output().unwrap());
    // One incident more changes one part, and that is judged again; the months that are gone are gone.
    let text = std::fs::read_to_string(&file).unwrap();
    let line = r#"{"incident":"later","act":"shelling","when":"2031-01-05T10:00:00Z/2031-01-05T11:00:00Z"}"#;
    bench.export("syria-2016", &format!("{text}{line}\n"));
    let told = said(&bench.judging(false, "found").output().unwrap());
    assert_eq!(number(&told, " parts judged"), 1, "{told}");
    bench.export("syria-2016", &text);
    let told = said(&bench.judging(false, "found").output().unwrap());
    assert_eq!((number(&told, " parts judged"), number(&told, " left as they were")), (0, parts), "{told}");
    assert_eq!(bench.finished("found").len() as u64, parts, "no findings stay of a month that is gone");
}

#[test]
fn an_incident_that_cannot_be_read_is_refused_at_the_door_and_never_passed_over() {
    let bench = Bench::new();
    let file = bench.path("in.jsonl");
    let good = lines("syria-2016", 3);
    let long = "x".repeat((1 << 20) + 10);
    std::fs::write(
        &file,
        format!("{{\"incident\":\"a\",\"acct\":\"shelling\"}}\n{long}\n\n{good}not json\n"),
    )
    .unwrap();
    let mut command = bench.program();
    command.arg("export").arg("--agreement").arg(mission("syria-2016")).arg("--incidents").arg(&file);
    let output = command.arg("--to").arg(bench.path("incidents")).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let (told, words) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(told.contains("3 incidents") && told.contains("3 lines refused"), "{told}");
    assert!(
        words.contains("acct") && words.contains("row 2") && words.contains("longer than 1 MiB"),
        "{words}"
    );
    // The others are judged.
    let told = said(&bench.judging(false, "found").output().unwrap());
    assert_eq!(number(&told, " incidents in"), 3, "{told}");
}
