//! Scratch.
fn main() {
    use truceline_bench::judging::*;
    let made = agreement::agreement(200, 7);
    let checked = truceline_terms::parse(&made.text, &made.actors, &made.areas);
    for d in &checked.diagnostics { println!("{d:?}"); }
    let rows = incidents::rows(84_303, 11);
    let t = std::time::Instant::now();
    let cluster = postgis::Cluster::start().unwrap();
    println!("up {:?}", t.elapsed());
    rival::load(&cluster, &made.rows, &rows).unwrap();
    println!("loaded {:?}", t.elapsed());
    println!("{}", rival::pairs(&cluster).unwrap().len());
    for workers in [0, 1] {
        for (name, set) in rival::settings(workers) {
            for way in rival::ways() {
                let times = cluster.timed(&set, &way.statement, 3).unwrap();
                println!("{workers} {name} {}: {times:?}", way.name);
            }
        }
    }
}
