//! Counts texts from standard input, one JSON object `{"text": "…"}` a line, and prints the rows of `lexicons/commonness.csv`: of
//! which words, as hashes, in how many of a thousand texts. Words met in fewer than four of a thousand are left out, and with them
//! whoever is named in a few texts only. `commonness word latin` prints those kinds of rows.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::io::BufRead as _;

use truceline_intake::wording::Commonness;

fn main() {
    let kinds: Vec<String> = std::env::args().skip(1).collect();
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    let mut all = Commonness::new();
    for line in std::io::stdin().lock().lines() {
        let line: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        all.count(line["text"].as_str().unwrap());
    }
    print!("{}", all.table(4, &kinds));
}
