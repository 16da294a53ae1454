//! Reads texts with the tables of this tree and prints JSON: for those who edit tables. The program itself is `truceline read`.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::path::Path;

use truceline_intake::mission;
use truceline_intake::prose::{self, Case, Day, Document, Gazetteer, Lexicons};
use truceline_model::Zone;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut tables = Vec::new();
    for language in
        std::fs::read_dir(root.join("lexicons")).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir())
    {
        for table in std::fs::read_dir(language).unwrap().map(|e| e.unwrap().path()) {
            tables.push((table.display().to_string(), std::fs::read(&table).unwrap()));
        }
    }
    let lexicons = Lexicons::parse(tables.iter().map(|(n, b)| (n.as_str(), b.as_slice())));
    let lexicons = lexicons.unwrap_or_else(|faults| {
        faults.iter().for_each(|fault| eprintln!("{fault}"));
        std::process::exit(2)
    });
    let zone = Zone::utc();
    let folder = root.join(arguments.next().unwrap());
    let actors = mission::actors(&std::fs::read(folder.join("actors.csv")).unwrap(), &zone).unwrap();
    let areas = mission::areas(&std::fs::read(folder.join("areas.geojson")).unwrap(), &zone).unwrap();
    let case = Case::new(&actors, &areas);
    let gazetteer = match arguments.next().unwrap().as_str() {
        "-" => Gazetteer::none(),
        path => Gazetteer::parse(&std::fs::read_to_string(path).unwrap()).unwrap(),
    };
    let country = arguments.next().unwrap();
    while let (Some(date), Some(file)) = (arguments.next(), arguments.next()) {
        let text = std::fs::read_to_string(&file).unwrap();
        // A date may bring its own country: 2016-02-21@SY.
        let (date, country) = match date.split_once('@') {
            Some((date, country)) => (date.to_owned(), country.to_owned()),
            None => (date, country.clone()),
        };
        let document = Document {
            name: &file,
            text: &text,
            date: Day::parse(&date),
            country: Some(&country).filter(|c| *c != "-").map(String::as_str),
        };
        let reading = prose::read(&document, &lexicons, &case, &gazetteer);
        println!("{}", prose::json::line(&document, &reading));
    }
}
