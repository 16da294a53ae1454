//! Scratch.
use std::time::Instant;
use truceline_bench::judging::*;
use truceline_engine::*;
use truceline_terms::*;
fn cpu() -> u64 { std::fs::read_to_string("/proc/thread-self/schedstat").unwrap().split(' ').next().unwrap().parse().unwrap() }
fn main() {
    let made = agreement::agreement(200, 7);
    let t = Instant::now();
    let terms = agreement::terms(&made).unwrap();
    println!("parsed {:?}", t.elapsed());
    let rows = incidents::rows(84_303, 11);
    let t = Instant::now();
    let incidents = incidents::incidents(&rows, 13);
    println!("incidents {:?}", t.elapsed());
    let t = Instant::now();
    let judge = Judge::new(&terms, &made.actors, &made.areas, truceline_model::Instant::from_seconds(agreement::START + agreement::DAYS * agreement::DAY));
    println!("judge {:?}", t.elapsed());
    let t = Instant::now(); let c = cpu();
    let sheet = judge.sheet();
    println!("sheet {:?} cpu {}", t.elapsed(), (cpu() - c) / 1000);
    drop(sheet);
    let t = Instant::now();
    let roll = Roll::of(&made.actors, &incidents);
    println!("roll {:?}", t.elapsed());
    for workers in [1, 1, 1, 2, 2, 2, 16] {
        let t = Instant::now(); let c = cpu();
        let batch = judge_all(&judge, &roll, &incidents, workers, Kept::Nothing);
        println!("{workers}: {:?} cpu {} us {} {:?}", t.elapsed(), (cpu() - c) / 1000, batch.digest_text(), batch.counts);
    }
    for one in incidents.iter().step_by(10_000).take(5) {
        let t = Instant::now();
        let n = judge.outcomes(one).len();
        let o = t.elapsed();
        let t = Instant::now();
        let f = judge.judge(one);
        let b = t.elapsed();
        println!("present judge: {n} outcomes {:?}, findings {b:?} {}", o, f.len());
    }
}
