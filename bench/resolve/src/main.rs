//! Measures the resolver: `truceline-resolve-bench <command> --data FOLDER`.
//!
//! Prints one line a figure. Never learns from the measured part: what learns is a command of its own and reads the other part.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::process::ExitCode;

use truceline_casework::{Desk, Weighed, resolve, weighed};
use truceline_resolve_bench::airwars::{self, Part, Which};
use truceline_resolve_bench::noise::Level;
use truceline_resolve_bench::score::{Scores, digits, score};
use truceline_resolve_bench::{
    Result, Set, ceiling, export, fit, four, groups, judged, learn, noise, oracle, stages, verdicts,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HELP: &str = "truceline-resolve-bench airwars|fit|texts|inner|lost|noise|ceiling|stages|four|four-learn|four-fit|live|learn|compare|threshold|export [--data FOLDER] [--root FOLDER] [--out FOLDER] [--rounds N] [--seed N] [--noise HUNDREDTHS] [--batch N] [--weights FILE] [--checked FILE] [--part learning|measured]";

struct Asked {
    command: String,
    data: PathBuf,
    root: PathBuf,
    out: PathBuf,
    rounds: u32,
    seed: u64,
    noise: u64,
    batch: usize,
    weights: Option<PathBuf>,
    checked: Vec<PathBuf>,
    part: String,
}

impl Asked {
    fn level(&self) -> Level {
        Level::of(self.noise)
    }

    /// What a set of made-up monitors is called: by the share of the faults that they have, unless they have all.
    fn name(&self) -> String {
        if self.noise == 100 { "noise".to_owned() } else { format!("noise-{}", self.noise) }
    }

    /// Takes weights from a file, when one was named.
    fn weigh(&self, set: &mut Set) -> Result<()> {
        if let Some(file) = &self.weights {
            set.rules = set.rules.clone().with_weights(&std::fs::read_to_string(file)?)?;
        }
        Ok(())
    }
}

fn main() -> ExitCode {
    match asked().and_then(|asked| run(&asked)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("truceline-resolve-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn asked() -> Result<Asked> {
    let mut words = std::env::args().skip(1);
    let command = words.next().ok_or(HELP)?;
    let mut asked = Asked {
        command,
        data: PathBuf::from("../shared/data"),
        root: PathBuf::from("."),
        out: PathBuf::from("."),
        rounds: 1,
        seed: 2026,
        noise: 100,
        batch: 1,
        weights: None,
        checked: Vec::new(),
        part: String::new(),
    };
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("{word} needs a value\n{HELP}"))?;
        match word.as_str() {
            "--data" => asked.data = PathBuf::from(value),
            "--root" => asked.root = PathBuf::from(value),
            "--out" => asked.out = PathBuf::from(value),
            "--rounds" => asked.rounds = value.parse()?,
            "--weights" => asked.weights = Some(PathBuf::from(value)),
            "--checked" => asked.checked.push(PathBuf::from(value)),
            "--part" => asked.part = value,
            "--batch" => asked.batch = value.parse()?,
            "--noise" => asked.noise = value.parse::<u64>()?.min(100),
            "--seed" => asked.seed = value.parse()?,
            _ => return Err(format!("{word} is no option\n{HELP}").into()),
        }
    }
    Ok(asked)
}

fn run(asked: &Asked) -> Result<()> {
    match asked.command.as_str() {
        "airwars" => {
            for (which, part, name) in PARTS {
                let gold = airwars::read(&asked.root, &asked.data, which)?.part(part);
                describe(name, &gold.set);
                measure(name, &gold.set);
            }
        }
        "noise" => {
            let mut set = noise::read(&asked.root, &asked.data, asked.seed, asked.rounds, &asked.level())?;
            asked.weigh(&mut set)?;
            describe(&asked.name(), &set);
            measure(&asked.name(), &set);
        }
        "live" => {
            let mut set = noise::read(&asked.root, &asked.data, asked.seed, asked.rounds, &asked.level())?;
            asked.weigh(&mut set)?;
            describe(&asked.name(), &set);
            live(set, asked.batch);
        }
        "stages" => {
            let mut set = noise::read(&asked.root, &asked.data, asked.seed, 1, &asked.level())?;
            asked.weigh(&mut set)?;
            println!("{}: {}", asked.name(), stages::lost(&set));
        }
        "four" | "four-learn" | "four-fit" => four_datasets(asked)?,
        "ceiling" => {
            let set = noise::read(&asked.root, &asked.data, asked.seed, 1, &asked.level())?;
            let found = ceiling::groups(&asked.root, &asked.data, &set, &asked.level())?;
            say(&asked.name(), "ceiling", &score(&set.gold, &found));
        }
        "learn" => {
            for (name, pairs) in learning(asked)? {
                let learned = learn::learn(&pairs, &truceline_casework::Rules::default());
                println!("{name}: {} pairs, {} in a thousand match", learned.pairs, learned.matching);
                if learned.pairs < ENOUGH_PAIRS {
                    println!("{name}: too few pairs to learn from; no table written");
                    continue;
                }
                std::fs::write(asked.out.join(format!("linking-{name}.csv")), learned.table)?;
            }
        }
        "compare" => {
            for (name, mut set) in measured(asked)? {
                describe(name, &set);
                measure(&format!("{name}, by hand"), &set);
                let kind = if name.starts_with("noise") { asked.name() } else { "texts".to_owned() };
                let path = asked.out.join(format!("linking-{kind}.csv"));
                if !path.exists() {
                    continue;
                }
                set.rules = set.rules.with_weights(&std::fs::read_to_string(path)?)?;
                measure(&format!("{name}, learned"), &set);
            }
        }
        "threshold" => threshold(asked)?,
        "fit" | "texts" | "inner" | "lost" => texts(asked)?,
        "export" => {
            for (which, part, name) in PARTS {
                let gold = airwars::read(&asked.root, &asked.data, which)?.part(part);
                export::write(&gold.set, Some(&gold.address), &asked.out.join(format!("{name}.jsonl")))?;
            }
            let set = noise::read(&asked.root, &asked.data, asked.seed, asked.rounds, &asked.level())?;
            export::write(&set, None, &asked.out.join(format!("{}.jsonl", asked.name())))?;
        }
        other => return Err(format!("{other} is no command\n{HELP}").into()),
    }
    Ok(())
}

fn four_datasets(asked: &Asked) -> Result<()> {
    match asked.command.as_str() {
        "four" => four(asked),
        "four-fit" => four_fit(asked),
        _ => four_learn(asked),
    }
}

/// Verdicts of the files that were named, one after another.
fn verdicts(asked: &Asked) -> Result<Vec<judged::Verdict>> {
    let mut all = Vec::new();
    for file in &asked.checked {
        all.extend(judged::read(file)?);
    }
    Ok(all)
}

/// Names of a set's rows, `dataset:id`, by receipt.
fn row_names(set: &Set) -> Vec<String> {
    set.observations.iter().map(|o| format!("{}:{}", o.source, o.sender_id)).collect()
}

/// Links the rows of four datasets by a table of weights and by hand, holds both against verdicts, and draws pairs without one.
fn four(asked: &Asked) -> Result<()> {
    let (mut all, mut names) = (Vec::new(), Vec::new());
    let mut threshold = 0;
    let verdicts = verdicts(asked)?;
    let mut held: [Vec<(judged::Verdict, bool)>; 2] = Default::default();
    let mut lines = String::from("country,a,b,same,score,linked,by_hand,refused,by\n");
    for (n, country) in four::COUNTRIES.into_iter().enumerate() {
        let mut measured = four::read(&asked.data, country)?;
        let set = four::read(&asked.data, country)?;
        asked.weigh(&mut measured)?;
        threshold = measured.rules.threshold;
        describe(country, &set);
        export::write(&set, None, &asked.out.join(format!("four-{country}.jsonl")))?;
        let mut pairs = four::pairs(&set, &measured.rules);
        let count = |linked: fn(&four::Pair) -> bool| pairs.iter().filter(|p| linked(p)).count();
        let (linked, by_hand) = (count(|p| p.linked), count(|p| p.linked_by_hand));
        println!("{country}: {} pairs compared, {linked} linked, {by_hand} by hand", pairs.len());
        let named = row_names(&set);
        for verdict in verdicts.iter().filter(|v| v.country == country) {
            let is_it = |p: &four::Pair| four::names(p, &named).as_ref() == Some(&verdict.rows);
            let found = pairs.iter().position(is_it).map(|at| pairs.remove(at));
            let links = found.as_ref().map_or([false; 2], |p| [p.linked, p.linked_by_hand]);
            let told = |p: four::Pair| (p.score, p.refused.unwrap_or_default(), p.by.join(" "));
            let (score, refused, by) = found.map(told).unwrap_or_default();
            let ((a, b), [linked, by_hand]) = (&verdict.rows, links);
            lines.push_str(&format!(
                "{country},{a},{b},{},{score},{linked},{by_hand},{refused},{by}\n",
                verdict.same
            ));
            for (held, linked) in held.iter_mut().zip(links) {
                held.push((verdict.clone(), linked));
            }
        }
        all.extend(pairs.into_iter().map(|pair| (n, pair)));
        names.push(named);
    }
    for (held, name) in held.iter().zip(["these weights", "by hand"]).filter(|(held, _)| !held.is_empty()) {
        let found = judged::figures(held.iter().map(|(v, linked)| (v, *linked)));
        let (precision, recall, f1) = (found.precision, found.recall, found.f1);
        println!("four: {name}: precision {precision:.3}, recall {recall:.3}, F1 {f1:.3}");
    }
    std::fs::write(asked.out.join("four-held.csv"), lines)?;
    std::fs::write(asked.out.join("four-drawn.csv"), four::drawn(&all, &names, threshold, asked.seed))?;
    Ok(())
}

/// Learns weights from the rows of four datasets, with the verdicts of a file where one is given.
fn four_learn(asked: &Asked) -> Result<()> {
    let verdicts = verdicts(asked)?;
    let (mut pairs, mut told) = (Vec::new(), learn::Judged::new());
    let mut rules = truceline_casework::Rules::default();
    for country in four::COUNTRIES {
        let set = four::read(&asked.data, country)?;
        let named = row_names(&set);
        let name = |receipt: u64| usize::try_from(receipt).ok().and_then(|at| named.get(at)).cloned();
        for pair in weighed(&set.observations, &set.context()).into_iter().filter(|p| !p.one_voice) {
            let rows = name(pair.pair.0.0).zip(name(pair.pair.1.0)).map(|(a, b)| judged::in_order(a, b));
            let found = verdicts.iter().find(|v| v.country == country && Some(&v.rows) == rows.as_ref());
            if let Some(verdict) = found {
                told.insert(pairs.len(), (verdict.same, JUDGED_COUNT));
            }
            pairs.push(pair);
        }
        rules = set.rules;
    }
    let learned = learn::learn_judged(&pairs, &told, &rules, false);
    println!(
        "four: {} pairs, {} judged, {} in a thousand match",
        learned.pairs,
        told.len(),
        learned.matching
    );
    std::fs::write(asked.out.join("linking-four.csv"), learned.table)?;
    Ok(())
}

/// Fits weights to verdicts on rows of four datasets, and says how far they carry over to verdicts that were held out.
fn four_fit(asked: &Asked) -> Result<()> {
    let sets = four::COUNTRIES.map(|country| four::read(&asked.data, country));
    let sets = sets.into_iter().collect::<Result<Vec<Set>>>()?;
    let mut judged = Vec::new();
    for file in &asked.checked {
        judged.push(judged::read(file)?);
    }
    let known = verdicts::known(&sets, &judged::together(judged));
    let (carried, each) = verdicts::held_out(&sets, &known)?;
    let mut lines = String::from("country,a,b,same,linked,over,stands_for,band\n");
    for (one, linked, over) in each {
        let (v, (a, b)) = (&one.verdict, &one.verdict.rows);
        let (country, same, times, band) = (&v.country, v.same, v.stands_for, &v.band);
        lines.push_str(&format!("{country},{a},{b},{same},{linked},{over},{times:.2},{band}\n"));
    }
    std::fs::write(asked.out.join("four-held-out.csv"), lines)?;
    let (fitted, table) = verdicts::fitted(&sets, &known.iter().collect::<Vec<_>>())?;
    for (found, name) in [(fitted, "fitted to them"), (carried, "held out")] {
        let (precision, recall, f1) = (found.precision, found.recall, found.f1);
        println!(
            "four: {} verdicts, {name}: precision {precision:.3}, recall {recall:.3}, F1 {f1:.3}",
            known.len()
        );
    }
    std::fs::write(asked.out.join("linking-four.csv"), table)?;
    Ok(())
}

/// A pair that was judged counts for so many that were not.
const JUDGED_COUNT: f64 = 4.0;

/// Tries thresholds on the learning part, by its labels, and measures the best once on the other.
fn threshold(asked: &Asked) -> Result<()> {
    let part = |part| {
        Ok::<_, Box<dyn std::error::Error>>(
            airwars::read(&asked.root, &asked.data, Which::WithText)?.part(part).set,
        )
    };
    let mut learning = part(Part::Learning)?;
    let at = |set: &mut Set, threshold: i32| {
        (set.rules.threshold, set.rules.floor) = (threshold, threshold - 3500);
        score(&set.gold, &groups(&resolve(&set.observations, &[], &set.context(), noise::END)))
    };
    let tried = (-6..=6).map(|n| n * 500).map(|t| (at(&mut learning, t), t));
    let (best, threshold) = tried.max_by_key(|(s, t)| (s.b_cubed.f1, *t)).ok_or("no threshold")?;
    println!("texts: threshold {threshold} is best on the learning part");
    say("texts-learning", "chosen threshold", &best);
    say("texts-measured", "chosen threshold", &at(&mut part(Part::Measured)?, threshold));
    Ok(())
}

/// From fewer pairs the mixture finds whatever two kinds there are, seldom those that are asked for.
const ENOUGH_PAIRS: usize = 20_000;
/// The day from which made-up monitors are measured; what they say of earlier events is for learning, from another seed.
const NOISE_MEASURED_FROM: &str = "2018-01-01";

fn learning(asked: &Asked) -> Result<Vec<(String, Vec<Weighed>)>> {
    let mut noise = noise::read(&asked.root, &asked.data, asked.seed + 1, 1, &asked.level())?;
    noise.cut(NOISE_MEASURED_FROM, false);
    let texts = airwars::read(&asked.root, &asked.data, Which::WithText)?.part(Part::Learning).set;
    let pairs = |set: &Set| weighed(&set.observations, &set.context());
    let mut four = Vec::new();
    for country in four::COUNTRIES {
        four.extend(pairs(&four::read(&asked.data, country)?));
    }
    Ok(vec![(asked.name(), pairs(&noise)), ("four".to_owned(), four), ("texts".to_owned(), pairs(&texts))])
}

fn measured(asked: &Asked) -> Result<Vec<(&'static str, Set)>> {
    let all = noise::read(&asked.root, &asked.data, asked.seed, 1, &asked.level())?;
    let mut later = noise::read(&asked.root, &asked.data, asked.seed, 1, &asked.level())?;
    later.cut(NOISE_MEASURED_FROM, true);
    let texts = |part| {
        Ok::<_, Box<dyn std::error::Error>>(
            airwars::read(&asked.root, &asked.data, Which::WithText)?.part(part).set,
        )
    };
    Ok(vec![
        ("noise-measured", later),
        ("noise-all", all),
        ("texts-learning", texts(Part::Learning)?),
        ("texts-measured", texts(Part::Measured)?),
    ])
}

const PARTS: [(Which, Part, &str); 4] = [
    (Which::WithText, Part::Learning, "texts-learning"),
    (Which::WithText, Part::Measured, "texts-measured"),
    (Which::All, Part::Learning, "all-learning"),
    (Which::All, Part::Measured, "all-measured"),
];

fn describe(name: &str, set: &Set) {
    let events = || {
        set.observations.iter().filter_map(|o| {
            if let truceline_model::Body::Event(event) = &o.body { Some(event) } else { None }
        })
    };
    println!(
        "{name}: {} observations, {} scored, {} dated, {} with a point, {} with act, {} with actor, {} with killed",
        set.observations.len(),
        set.gold.len(),
        events().filter(|e| e.when.is_some()).count(),
        events().filter(|e| e.place.as_ref().is_some_and(|p| p.point.is_some())).count(),
        events().filter(|e| !e.acts.is_empty()).count(),
        events().filter(|e| !e.actors.is_empty()).count(),
        events().filter(|e| e.casualties.killed.is_some()).count(),
    );
}

fn measure(name: &str, set: &Set) {
    let start = cpu_ms();
    let resolved = resolve(&set.observations, &[], &set.context(), noise::END);
    let took = (cpu_ms() - start).max(1);
    say(name, "resolve", &score(&set.gold, &groups(&resolved)));
    let each = set.observations.len() as u128 * 1000 / took;
    println!("{name}: resolve took {took} ms on the core, {each} reports/s");
}

/// Reports one at a time (or so many), in the order in which they became known; then held against the whole.
fn live(mut set: Set, batch: usize) {
    println!("live: memory before {} MiB", memory_mib("VmRSS"));
    let mut order = std::mem::take(&mut set.observations);
    order.sort_by_key(|o| (o.known, o.receipt));
    let kept = if order.len() <= 200_000 { order.clone() } else { Vec::new() };
    let count = order.len();
    let mut desk = Desk::new(set.context());
    let (start, mut moves) = (cpu_ms(), 0);
    for (n, report) in (1..).zip(order) {
        desk.add(report);
        if n % batch == 0 {
            moves += desk.settle().len();
        }
    }
    moves += desk.settle().len();
    let took = (cpu_ms() - start).max(1);
    let each = count as u128 * 1000 / took;
    println!(
        "live: batch {batch}: {count} reports in {took} ms on the core, {each} reports/s, {moves} moves"
    );
    println!("live: memory {} MiB, peak {} MiB", memory_mib("VmRSS"), memory_mib("VmHWM"));
    let now = desk.resolved();
    say("live", "desk", &score(&set.gold, &groups(&now)));
    if !kept.is_empty() {
        let same = now == resolve(&kept, &[], &set.context(), noise::END);
        println!("live: {} as the whole resolution", if same { "the same" } else { "NOT the same" });
    }
}

/// Time on the cores by this process, all of whose work is one thread's: neighbours disturb it little.
fn cpu_ms() -> u128 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    stat.split_whitespace().next().and_then(|n| n.parse::<u128>().ok()).unwrap_or(0) / 1_000_000
}

fn memory_mib(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok()).map_or(0, |kib| kib / 1024)
}

fn say(name: &str, how: &str, s: &Scores) {
    println!(
        "{name}: {how}: B3 {} (P {} R {}), pairwise {} (P {} R {}); {} items, {} gold groups, {} found",
        digits(s.b_cubed.f1),
        digits(s.b_cubed.precision),
        digits(s.b_cubed.recall),
        digits(s.pairwise.f1),
        digits(s.pairwise.precision),
        digits(s.pairwise.recall),
        s.items,
        s.gold,
        s.found,
    );
}

/// Fits the weights of texts to the learning part.
fn fit_texts(asked: &Asked) -> Result<()> {
    let gold = airwars::read(&asked.root, &asked.data, Which::WithText)?.part(Part::Learning);
    describe("texts-learning", &gold.set);
    let mut set = gold.set;
    std::fs::write(asked.out.join("linking-texts.csv"), fit::fit(&set)?)?;
    hide(&mut set);
    std::fs::write(asked.out.join("linking-texts-hidden.csv"), fit::fit(&set)?)?;
    Ok(())
}

/// What carries over: weights and threshold of the earlier learning texts, tried on the later ones.
fn inner(asked: &Asked) -> Result<()> {
    let all = airwars::read(&asked.root, &asked.data, Which::WithText)?;
    let (mut early, mut late) = (all.clone().part(Part::Early).set, all.part(Part::Late).set);
    describe("texts-early", &early);
    describe("texts-late", &late);
    let table = fit::fit(&early)?;
    for (set, name) in [(&mut early, "texts-early"), (&mut late, "texts-late")] {
        set.rules = set.rules.clone().with_weights(&table)?;
        measure(name, set);
    }
    Ok(())
}

/// Where likeness to the groups of the learning part is lost, and what it would be if one thing were known.
fn lost(asked: &Asked) -> Result<()> {
    let gold = airwars::read(&asked.root, &asked.data, Which::WithText)?.part(Part::Learning);
    let table = std::fs::read_to_string(asked.out.join("linking-texts.csv"))?;
    let truth = oracle::truth(&asked.data, &gold)?;
    let mut set = gold.set;
    set.rules = set.rules.with_weights(&table)?;
    println!("{}", oracle::lost(&set, &truth));
    for known in oracle::ALL {
        let told = oracle::told(&set, &truth, known);
        measure(&format!("texts-learning, {known:?} known"), &told);
    }
    Ok(())
}

/// Leaves observations alone, without what their words share.
fn hide(set: &mut Set) {
    for observation in &mut set.observations {
        observation.wording = None;
    }
}

/// Texts into incidents by the fitted table: the learning part, and the other where `--part measured` asks for it.
fn texts(asked: &Asked) -> Result<()> {
    match asked.command.as_str() {
        "fit" => return fit_texts(asked),
        "inner" => return inner(asked),
        "lost" => return lost(asked),
        _ => {}
    }
    let table = std::fs::read_to_string(asked.out.join("linking-texts.csv"))?;
    let (part, name) = match asked.part.as_str() {
        "measured" => (Part::Measured, "texts-measured"),
        _ => (Part::Learning, "texts-learning"),
    };
    let mut set = airwars::read(&asked.root, &asked.data, Which::WithText)?.part(part).set;
    set.rules = set.rules.with_weights(&table)?;
    describe(name, &set);
    measure(&format!("{name}, texts shown"), &set);
    hide(&mut set);
    set.rules =
        set.rules.with_weights(&std::fs::read_to_string(asked.out.join("linking-texts-hidden.csv"))?)?;
    measure(&format!("{name}, texts hidden"), &set);
    Ok(())
}
