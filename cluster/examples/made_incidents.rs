//! Prints made incidents for a mission: `cargo run --example made_incidents -- MISSION COUNT SEED`.

#[path = "../tests/made/mod.rs"]
mod made;

use std::path::Path;

use truceline_cluster::mission::{Mission, files_of};
use truceline_cluster::trouble::{Fallible, Trouble};

fn main() -> Fallible<()> {
    let call: Vec<String> = std::env::args().skip(1).collect();
    let [folder, count, seed] = call.as_slice() else {
        return Err(Trouble::new("say: made_incidents MISSION COUNT SEED"));
    };
    let number = |word: &str| word.parse::<u64>().map_err(|_| Trouble::new(format!("{word} is no number")));
    let mission = Mission::read(&files_of(Path::new(folder))?)?;
    let count = usize::try_from(number(count)?).map_err(|error| Trouble::doing("count", &error))?;
    print!("{}", made::incidents(&mission, count, number(seed)?));
    Ok(())
}
