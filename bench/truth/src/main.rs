//! `truceline-truth`: coded determinations into incident files, and findings held against what the mechanism determined.
//!
//! `convert FILE` writes one incident file for each agreement; `score FILE` judges and prints the figures; `docs` measures the file beside the
//! repository and rewrites the measured part of `docs/truth.md`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;
use truceline_truth::agreement::Agreement;
use truceline_truth::convert::convert;
use truceline_truth::docs::{data, measure, measured, replaced, root, shipped};
use truceline_truth::report::{disagreements, markdown, tables};
use truceline_truth::tables::Tables;
use truceline_truth::{Result, coded};

const HELP: &str = "\
truceline-truth convert FILE [--agreement FOLDER]... [--out DIR]
    Writes DIR/ID.jsonl, one incident file for each agreement, for: truceline judge FOLDER --incidents DIR/ID.jsonl
    FILE holds one report a line (docs/truth.md). Without --agreement: the three of South Sudan. DIR: the current folder.
truceline-truth score FILE [--agreement FOLDER]... [--format text|json]
    Converts, judges, and holds the findings against the outcomes of FILE.
truceline-truth docs [FILE]
    Rewrites the measured part of docs/truth.md.
";

struct Asked {
    file: Option<PathBuf>,
    agreements: Vec<PathBuf>,
    out: PathBuf,
    json: bool,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("truceline-truth: {error}");
            ExitCode::FAILURE
        }
    }
}

fn asked(words: &[String]) -> Result<Asked> {
    let mut asked = Asked { file: None, agreements: Vec::new(), out: PathBuf::from("."), json: false };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut operand = || words.next().ok_or_else(|| format!("{word} needs a value\n{HELP}"));
        match word.as_str() {
            "--agreement" => asked.agreements.push(PathBuf::from(operand()?)),
            "--out" => asked.out = PathBuf::from(operand()?),
            "--format" => asked.json = operand()? == "json",
            word if word.starts_with('-') => return Err(format!("{word} is no option\n{HELP}").into()),
            word if asked.file.is_none() => asked.file = Some(PathBuf::from(word)),
            word => return Err(format!("{word} was not expected\n{HELP}").into()),
        }
    }
    Ok(asked)
}

fn run(words: &[String]) -> Result<()> {
    let Some((command, rest)) = words.split_first() else {
        print!("{HELP}");
        return Ok(());
    };
    let asked = asked(rest)?;
    let agreements = if asked.agreements.is_empty() {
        shipped()?
    } else {
        asked.agreements.iter().map(|folder| Agreement::read(folder)).collect::<Result<_>>()?
    };
    let file = || asked.file.clone().ok_or_else(|| format!("which file?\n{HELP}"));
    match command.as_str() {
        "convert" => write(&text(&file()?)?, &agreements, &asked.out),
        "score" => score(&text(&file()?)?, &agreements, asked.json),
        "docs" => {
            let found = asked.file.clone().or_else(data);
            docs(&text(&found.ok_or("the file of determinations is not there; name it")?)?, &agreements)
        }
        _ => {
            print!("{HELP}");
            Err(format!("{command} is no command").into())
        }
    }
}

fn text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|e| format!("could not read {}: {e}", path.display()).into())
}

fn write(text: &str, agreements: &[Agreement], out: &Path) -> Result<()> {
    let (tables, reports) = (Tables::shipped()?, coded::read(text)?);
    for agreement in agreements {
        let lines = convert(&reports, agreement, &tables);
        let path = out.join(format!("{}.jsonl", agreement.id));
        let all: String = lines.iter().map(|line| format!("{}\n", line.json)).collect();
        std::fs::write(&path, all).map_err(|e| format!("could not write {}: {e}", path.display()))?;
        println!("{}: {} lines", path.display(), lines.len());
    }
    Ok(())
}

fn score(text: &str, agreements: &[Agreement], as_json: bool) -> Result<()> {
    let rows = measure(text, agreements)?;
    let ids: Vec<String> = agreements.iter().map(|agreement| agreement.id.clone()).collect();
    let tables = tables(&rows, &ids);
    let all = disagreements(&rows);
    if as_json {
        let figures: Vec<_> =
            tables.iter().map(|(name, f)| json!({ "reports": name, "figures": f.json() })).collect();
        let all: Vec<_> = all
            .iter()
            .map(|d| json!({ "incident": d.incident, "party": d.party, "mechanism": d.said, "found": d.found }))
            .collect();
        println!("{}", json!({ "shares_in": "thousandths", "figures": figures, "disagreements": all }));
        return Ok(());
    }
    println!("{}", markdown(&tables));
    println!("{} of {} outcomes disagree:", all.len(), rows.len());
    for d in all {
        println!("{} | {} | {} | {}", d.incident, d.party, d.said, d.found);
    }
    Ok(())
}

fn docs(text: &str, agreements: &[Agreement]) -> Result<()> {
    let path = root().join("docs/truth.md");
    let page = self::text(&path)?;
    let rows = measure(text, agreements)?;
    std::fs::write(&path, replaced(&page, &measured(&rows, agreements)?)?)?;
    println!("docs/truth.md: {} outcomes", rows.len());
    Ok(())
}
