//! Puts rules and cases to a general policy engine and times it: `truceline-bench-rego FOLDER`, with `policy.rego`, `data.json`
//! and `cases.json` (an array of inputs). Prints one line of JSON: nanoseconds a case by the interpreter and by the virtual
//! machine (median), and what came of each case, so that the caller can check that both were asked the same.

use std::error::Error;
use std::time::Instant;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Value};

const RULE: &str = "data.truceline.findings";

fn median(mut all: Vec<u64>) -> u64 {
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or(0)
}

fn timed(cases: &[Value], mut one: impl FnMut(&Value) -> Result<Value, Box<dyn Error>>) -> Result<(u64, Vec<Value>), Box<dyn Error>> {
    let (mut times, mut found) = (Vec::new(), Vec::new());
    for round in 0..2 {
        for case in cases {
            let start = Instant::now();
            let value = one(case)?;
            if round > 0 {
                times.push(u64::try_from(start.elapsed().as_nanos())?);
                found.push(value);
            }
        }
    }
    Ok((median(times), found))
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::path::PathBuf::from(std::env::args().nth(1).ok_or("which folder?")?);
    let read = |name: &str| std::fs::read_to_string(folder.join(name));
    let mut engine = Engine::new();
    engine.add_policy("policy.rego".to_owned(), read("policy.rego")?)?;
    engine.add_data(Value::from_json_str(&read("data.json")?)?)?;
    let cases: Vec<serde_json::Value> = serde_json::from_str(&read("cases.json")?)?;
    let cases: Vec<Value> =
        cases.iter().map(|case| Value::from_json_str(&case.to_string())).collect::<Result<_, _>>()?;
    let (interpreter, found) = timed(&cases, |case| {
        engine.set_input(case.clone());
        Ok(engine.eval_rule(RULE.to_owned())?)
    })?;
    let mut machine = || -> Result<(u64, Vec<Value>), Box<dyn Error>> {
        let policy = engine.compile_with_entrypoint(&RULE.into())?;
        let program = Compiler::compile_from_policy(&policy, &[RULE])?;
        let mut vm = RegoVM::new_with_policy(policy);
        vm.load_program(program);
        // Its default stops an evaluation of two hundred clauses half way.
        vm.set_max_instructions(100_000_000);
        vm.set_data(engine.get_data())?;
        timed(&cases, |case| {
            vm.set_input(case.clone());
            Ok(vm.execute()?)
        })
    };
    let (vm_ns, vm_says) = match machine() {
        Ok((ns, all)) if all == found => (Some(ns), "same".to_owned()),
        Ok(_) => (None, "other findings than the interpreter".to_owned()),
        Err(error) => (None, error.to_string()),
    };
    let found: Vec<serde_json::Value> =
        found.iter().map(|value| serde_json::from_str(&value.to_json_str()?).map_err(Into::into)).collect::<Result<_, Box<dyn Error>>>()?;
    println!(
        "{}",
        serde_json::json!({ "interpreter_ns": interpreter, "machine_ns": vm_ns, "machine": vm_says, "found": found })
    );
    Ok(())
}
