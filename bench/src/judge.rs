//! The judge at scale (`judge`): many incidents against PostgreSQL with PostGIS, one incident in full against a general policy
//! engine, the same cost an incident from ten thousand to a million, and what a change of one clause costs.
//!
//! Data are made from a seed (see `truceline_bench::judging`); everything is measured in one run, ours between theirs, so that
//! a busy machine disturbs both.

use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};
use truceline_bench::judging::agreement::{self, DAY, DAYS, DOERS, Made, START};
use truceline_bench::judging::incidents::{self, COUNT, Row};
use truceline_bench::judging::postgis::{self, Cluster};
use truceline_bench::judging::{agree, rival};
use truceline_engine::{Kept, judge_again, judge_all};
use truceline_model::{Incident, Outcome};
use truceline_terms::{Desk, Judge, Roll, Terms};

use crate::Result;
use crate::figure::{Cpu, Figures, median, ns_each};
use crate::program::{empty_folder, memory_kib, root};

const CLAUSES: usize = 200;
const SEED: u64 = 20_260_227;
const SIZES: [usize; 5] = [10_000, 30_000, 100_000, 300_000, 1_000_000];
/// Incidents heard one by one.
const HEARD: usize = 4_000;
/// Cases put to the policy engine.
const CASES: usize = 200;

/// The made mission.
struct Load {
    made: Made,
    terms: Terms,
    rows: Vec<Row>,
    incidents: Vec<Incident>,
}

impl Load {
    fn new(count: usize) -> Result<Self> {
        let made = agreement::agreement(CLAUSES, SEED);
        let terms = agreement::terms(&made)?;
        let rows = incidents::rows(count, SEED + 1);
        let incidents = incidents::incidents(&rows, SEED + 2);
        Ok(Self { made, terms, rows, incidents })
    }

    fn judge(&self) -> Judge<'_> {
        Judge::new(&self.terms, &self.made.actors, &self.made.areas, as_of())
    }
}

fn as_of() -> truceline_model::Instant {
    truceline_model::Instant::from_seconds(START + DAYS * DAY)
}

fn us(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// Measures all of it.
///
/// # Errors
/// When something that is installed does not run.
pub(crate) fn measure(figures: &Figures) -> Result<()> {
    let load = Load::new(COUNT)?;
    many(figures, &load)?;
    one(figures, &load)?;
    again(figures, &load)?;
    sizes(figures)
}

/// Microseconds of judging everything, counts and digest, several times.
fn ours(load: &Load, judge: &Judge<'_>, roll: &Roll<'_>, workers: usize) -> Vec<u64> {
    let once = |_| {
        let start = Instant::now();
        black_box(judge_all(judge, roll, &load.incidents, workers, Kept::Nothing));
        us(start)
    };
    (0..5).map(once).collect()
}

fn many(figures: &Figures, load: &Load) -> Result<()> {
    let note = format!("{COUNT} incidents, {CLAUSES} clauses, 2 readings");
    let judge = load.judge();
    let start = Instant::now();
    let roll = Roll::of(&load.made.actors, &load.incidents);
    figures.say("judge: incidents put into numbers, once", us(start) / 1_000, "ms", &note);
    let batch = judge_all(&judge, &roll, &load.incidents, 1, Kept::Nothing);
    let alike = [2, 16]
        .iter()
        .all(|workers| judge_all(&judge, &roll, &load.incidents, *workers, Kept::Nothing) == batch);
    let [prohibited, less, none, open] = batch.counts;
    let counts = format!(
        "{prohibited} prohibited, {less} not prohibited, {none} not covered, {open} undetermined; digest {}; with 2 and 16 \
         workers {}",
        batch.digest_text(),
        if alike { "the same" } else { "NOT THE SAME" }
    );
    figures.say("judge: findings", batch.counts.iter().sum(), "findings", &counts);
    if postgis::programs().is_none() {
        figures.say("judge: PostgreSQL with PostGIS is not installed", 0, "", "not compared");
        return Ok(());
    }
    let cluster = Cluster::start()?;
    let start = Instant::now();
    rival::load(&cluster, &load.made.rows, &load.rows)?;
    figures.say("judge: PostGIS, loaded and indexed, once", us(start) / 1_000, "ms", &note);
    let told = agree::against(&judge, &load.rows, &load.incidents, &load.made.rows, &rival::pairs(&cluster)?);
    figures.say(
        "judge: findings compared with PostGIS where every fact is certain",
        told.compared,
        "findings",
        &format!("{} differ, {} of them prohibited", told.differ, told.prohibited),
    );
    for workers in [1, 2] {
        beside(figures, load, &judge, &roll, &cluster, workers)?;
    }
    Ok(())
}

/// Ours and theirs in turn, with so many threads and processes.
fn beside(
    figures: &Figures,
    load: &Load,
    judge: &Judge<'_>,
    roll: &Roll<'_>,
    cluster: &Cluster,
    workers: usize,
) -> Result<()> {
    let note = format!("{COUNT} incidents, {CLAUSES} clauses, 2 readings");
    let mut mine = ours(load, judge, roll, workers);
    let mut best: [Option<(u64, String)>; 2] = [None, None];
    for (setting, words) in rival::settings(u32::try_from(workers)? - 1) {
        for way in rival::ways() {
            let times = cluster.timed(&words, &way.statement, 3)?;
            let times: Vec<u64> = times.chunks(times.len() / 3).map(|one| one.iter().sum()).collect();
            let fastest = times.iter().min().copied().unwrap_or(u64::MAX);
            figures.say(
                &format!("judge: PostGIS, {workers} processes, {}", way.name),
                fastest,
                "us",
                &setting,
            );
            if let Some(best) = best.get_mut(usize::from(!way.whole))
                && best.as_ref().is_none_or(|(least, _)| fastest < *least)
            {
                *best = Some((fastest, format!("{}, {setting}", way.name)));
            }
        }
        mine.extend(ours(load, judge, roll, workers));
    }
    let fastest = mine.iter().min().copied().unwrap_or(1).max(1);
    let middle = median(mine).max(1);
    figures.say(
        &format!("judge: all findings and their digest, {workers} threads, median"),
        middle,
        "us",
        &note,
    );
    figures.say(
        &format!("judge: all findings and their digest, {workers} threads, fastest"),
        fastest,
        "us",
        &note,
    );
    for (found, what) in best.into_iter().zip(["all three outcomes", "prohibited only"]) {
        let Some((time, way)) = found else { continue };
        figures.say(
            &format!("judge: PostGIS' fastest by our median, {workers}, {what}"),
            time * 100 / middle,
            "%",
            &way,
        );
        figures.say(
            &format!("judge: PostGIS' fastest by our fastest, {workers}, {what}"),
            time * 100 / fastest,
            "%",
            &way,
        );
    }
    Ok(())
}

fn one(figures: &Figures, load: &Load) -> Result<()> {
    let judge = load.judge();
    let sheet = judge.sheet();
    let mut desk = Desk::default();
    let heard: Vec<&Incident> = load.incidents.iter().take(HEARD).collect();
    let mut timed = |covered_only: bool| {
        let mut times = Vec::new();
        for incident in &heard {
            let start = Instant::now();
            let hearing = black_box(sheet.hear(incident, &mut desk));
            let took = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
            if !covered_only || hearing.iter().any(|one| one.outcome != Outcome::NotCovered) {
                times.push(took);
            }
        }
        (times.len(), median(times))
    };
    timed(false);
    let note = format!("{CLAUSES} clauses, 2 readings; reasons of clauses set aside are written when read");
    let (_, all) = timed(false);
    figures.say("judge: one incident in full, median", all, "ns", &note);
    let (count, covered) = timed(true);
    let note_covered = format!("the {count} of {HEARD} that some clause covers or may");
    figures.say("judge: one incident in full, that a clause covers, median", covered, "ns", &note_covered);
    let mut written = Vec::new();
    for incident in heard.iter().take(CASES) {
        let start = Instant::now();
        black_box(sheet.hear(incident, &mut desk).findings());
        written.push(u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX));
    }
    figures.say("judge: the same with every reason written out, median", median(written), "ns", "");
    let mut each = Vec::new();
    for incident in heard.iter().take(CASES) {
        let start = Instant::now();
        black_box(judge.judge(incident));
        each.push(u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX));
    }
    figures.say("judge: the same clause by clause, without a sheet, median", median(each), "ns", "");
    rego(figures, load, &judge, all)
}

/// The same rules without geometry before a general policy engine.
fn rego(figures: &Figures, load: &Load, judge: &Judge<'_>, ours_ns: u64) -> Result<()> {
    let folder = empty_folder("rego")?;
    std::fs::copy(root().join("bench/rego/policy.rego"), folder.join("policy.rego"))?;
    std::fs::write(folder.join("data.json"), json!({ "clauses": clauses(load) }).to_string())?;
    // Whether the one of whose acceptance nothing is found is bound, the engine cannot leave open.
    let told = |row: &Row| row.certain && DOERS.get(row.doer).is_some_and(|(who, _)| *who != "south-silent");
    let certain: Vec<(usize, &Row)> =
        load.rows.iter().enumerate().filter(|(_, row)| told(row)).take(CASES).collect();
    let cases: Vec<Value> = certain.iter().map(|(_, row)| case(load, row)).collect();
    std::fs::write(folder.join("cases.json"), Value::from(cases).to_string())?;
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let manifest = root().join("bench/rego/Cargo.toml");
    build.args(["run", "--release", "--quiet", "--manifest-path"]).arg(manifest).arg("--").arg(&folder);
    let output = build.output()?;
    if !output.status.success() {
        return Err(format!("the policy engine: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let told: Value = serde_json::from_slice(&output.stdout)?;
    let interpreter = told.get("interpreter_ns").and_then(Value::as_u64).unwrap_or(0);
    let machine = told.get("machine_ns").and_then(Value::as_u64);
    let says = told.get("machine").and_then(Value::as_str).unwrap_or_default();
    let (same, differ) = alike(load, judge, &certain, told.get("found"));
    let note = format!("{same} determined findings the same, {differ} differ; virtual machine: {says}");
    figures.say(
        "judge: regorus, interpreter, one incident, outcomes alone, median",
        interpreter,
        "ns",
        &note,
    );
    if let Some(machine) = machine {
        figures.say(
            "judge: regorus, virtual machine, one incident, outcomes alone, median",
            machine,
            "ns",
            &note,
        );
    }
    let best = machine.map_or(interpreter, |machine| machine.min(interpreter));
    figures.say(
        "judge: our decisions in full by regorus' decisions, a second",
        best / ours_ns.max(1),
        "times",
        "",
    );
    Ok(())
}

/// How many determined findings are the engine's too, and how many are not; where place or window is open it knows no better.
fn alike(load: &Load, judge: &Judge<'_>, cases: &[(usize, &Row)], found: Option<&Value>) -> (u64, u64) {
    let (mut same, mut differ) = (0, 0);
    for ((place, row), found) in cases.iter().zip(found.and_then(Value::as_array).into_iter().flatten()) {
        let Some(incident) = load.incidents.get(*place) else { continue };
        let words = found.as_array().into_iter().flatten().filter_map(Value::as_str);
        for ((n, brief), word) in judge.outcomes(incident).iter().enumerate().zip(words) {
            let open = load.made.rows.get(n / 2).is_none_or(|clause| agree::open(clause, row));
            if brief.outcome != Outcome::Undetermined && !open {
                same += u64::from(brief.outcome.as_str() == word);
                differ += u64::from(brief.outcome.as_str() != word);
            }
        }
    }
    (same, differ)
}

fn truths<'a>(all: impl Iterator<Item = &'a str>) -> Value {
    all.map(|word| (word.to_owned(), Value::Bool(true))).collect::<serde_json::Map<_, _>>().into()
}

fn clauses(load: &Load) -> Vec<Value> {
    let clause = |(n, row): (usize, &agreement::ClauseRow)| {
        let bound = DOERS.iter().zip(&row.bound).filter(|(_, bound)| **bound).map(|((who, _), _)| *who);
        let holders = DOERS.iter().filter(|(_, side)| *side == row.protects).map(|(who, _)| *who);
        json!({
            "from": row.window.0, "until": row.window.1, "zone": format!("z{n}"), "exempt": format!("e{n}"),
            "bound": truths(bound), "acts": truths(row.acts.iter().map(|act| act.as_str())),
            "any_weapon": row.weapons.is_empty(), "weapons": truths(row.weapons.iter().map(|one| one.as_str())),
            "letter": truths([agreement::forces(row.protects).as_str()].into_iter()), "holders": truths(holders),
            "defence": row.defence,
        })
    };
    load.made.rows.iter().enumerate().map(clause).collect()
}

fn case(load: &Load, row: &Row) -> Value {
    let mut zones = serde_json::Map::new();
    let inside = |corners: &Vec<truceline_model::Point>| {
        truceline_model::place::point_in_rings(row.point, std::slice::from_ref(corners))
            == truceline_model::Containment::Inside
    };
    for (n, clause) in load.made.rows.iter().enumerate() {
        zones.extend(inside(&clause.zone).then(|| (format!("z{n}"), Value::Bool(true))));
        zones
            .extend(clause.exempt.as_ref().is_some_and(inside).then(|| (format!("e{n}"), Value::Bool(true))));
    }
    let who = |n: usize| DOERS.get(n).map_or("", |(who, _)| *who);
    json!({
        "at": row.when.0, "zones": zones, "doer": who(row.doer), "act": row.act.as_str(), "weapon": row.weapon.as_str(),
        "target": row.target.as_str(), "holder": who(row.holder), "claimed": row.claimed,
    })
}

/// One clause changed: what is judged again, and whether the whole is then what judging everything gives.
fn again(figures: &Figures, load: &Load) -> Result<()> {
    let mut text = load.made.text.clone();
    let place = text.find("clause c017").ok_or("there is no clause 17")?;
    let from = place
        + text.get(place..).and_then(|rest| rest.find("forbids ")).ok_or("clause 17 forbids nothing")?;
    text.insert_str(from + "forbids ".len(), "explosion ");
    let changed = truceline_terms::parse(&text, &load.made.actors, &load.made.areas);
    let changed = changed.terms.ok_or("the changed terms have errors")?;
    let (before, now) = (load.judge(), Judge::new(&changed, &load.made.actors, &load.made.areas, as_of()));
    let roll = Roll::of(&load.made.actors, &load.incidents);
    let start = Instant::now();
    let again = judge_again(&before, &now, &roll, &load.incidents, 1);
    let took = us(start);
    let note = format!(
        "one clause forbids one act more: {} of {} pairs of clause and incident judged, in {took} us",
        again.judged,
        COUNT * CLAUSES
    );
    figures.say("judge: pairs judged again", u64::try_from(again.judged)?, "pairs", &note);
    let mut old = judge_all(&before, &roll, &load.incidents, 1, Kept::Outcomes);
    let new = judge_all(&now, &roll, &load.incidents, 1, Kept::Outcomes);
    again.mend(&mut old.bytes, CLAUSES * 2);
    let words = if old.bytes == new.bytes { "the same as judging everything" } else { "NOT THE SAME" };
    figures.say(
        "judge: pairs judged again, put beside the others",
        u64::from(old.bytes == new.bytes),
        "",
        words,
    );
    Ok(())
}

fn number(found: &Value, key: &str) -> u64 {
    found.get(key).and_then(Value::as_u64).unwrap_or(0)
}

fn sizes(figures: &Figures) -> Result<()> {
    let mut each = Vec::new();
    for size in SIZES {
        let output = Command::new(std::env::current_exe()?).args(["one-load", &size.to_string()]).output()?;
        if !output.status.success() {
            return Err(format!("size {size}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let found: Value = serde_json::from_slice(&output.stdout)?;
        let note = format!("{size} incidents, time on the core");
        figures.say("judge: outcomes and digest, an incident", number(&found, "judge_ns"), "ns", &note);
        figures.say("judge: put into numbers, an incident", number(&found, "roll_ns"), "ns", &note);
        figures.say("judge: one in full, median", number(&found, "hear_ns"), "ns", &note);
        figures.say(
            "judge: numbers held in memory, an incident",
            number(&found, "roll_bytes"),
            "bytes",
            &note,
        );
        let peak = number(&found, "peak_kib");
        figures.say("judge: peak memory of it all, incidents included", peak / 1024, "MiB", &note);
        each.push(number(&found, "judge_ns"));
    }
    let (most, least) = (each.iter().max().copied().unwrap_or(0), each.iter().min().copied().unwrap_or(0));
    figures.say(
        "judge: dearest by cheapest size",
        most * 100 / least.max(1),
        "%",
        "100 is flat; within 20 % either way: 150",
    );
    Ok(())
}

/// Measures one size and prints it as one line of JSON, for the process that asked.
///
/// # Errors
/// When the made terms do not parse.
pub(crate) fn one_load(count: usize) -> Result<()> {
    let load = Load::new(count)?;
    let judge = load.judge();
    let start = Cpu::start();
    let roll = Roll::of(&load.made.actors, &load.incidents);
    let roll_ns = ns_each(start.ns(), count);
    // The sheet is prepared apart, so that small sizes are not charged more of it.
    let sheet = judge.sheet();
    let sitting = sheet.sit(&roll);
    let mut desk = Desk::default();
    let mut times = Vec::new();
    for _ in 0..5 {
        let start = Cpu::start();
        let mut bytes = Vec::new();
        for (place, incident) in load.incidents.iter().enumerate() {
            let outcomes = sitting.outcomes(place, incident, &mut desk);
            outcomes.bytes(|part| bytes.extend_from_slice(part));
            if bytes.len() > 65_536 {
                black_box(truceline_engine::digest(&bytes));
                bytes.clear();
            }
        }
        times.push(ns_each(start.ns(), count));
    }
    let mut hear = Vec::new();
    for incident in load.incidents.iter().step_by((count / HEARD).max(1)) {
        let start = Instant::now();
        black_box(sheet.hear(incident, &mut desk));
        hear.push(u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX));
    }
    println!(
        "{}",
        json!({
            "judge_ns": median(times), "roll_ns": roll_ns, "hear_ns": median(hear),
            "roll_bytes": u64::try_from(roll.bytes() / count.max(1))?, "peak_kib": memory_kib(std::process::id(), "VmHWM"),
        })
    );
    Ok(())
}
