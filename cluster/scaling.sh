#!/usr/bin/env bash
# How judging scales: one process on one core, one executor on one core, two executors on a core each; the same data, in turn,
# three times. Prints a line a run, the seconds of a core that each process took, and the medians. `make bench-cluster`; COUNT
# incidents under each of three agreements. Client and scheduler run on whatever core is free, so that with two executors on two
# cores they take from both.
set -euo pipefail
cd "$(dirname "$0")"
count=${COUNT:-34000}
rounds=${ROUNDS:-3}
cargo build --locked --quiet --bin truceline-cluster --example made_incidents
built=$(cargo metadata --no-deps --format-version 1 | python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')/debug
folder=$(mktemp -d)
pids=()
stop() { for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done; pids=(); }
trap 'stop; rm -rf "$folder"' EXIT
program() { "$built/truceline-cluster" --terms "$folder/terms" "$@"; }
load() { cut -d ' ' -f 1 /proc/loadavg; }
taken() { # seconds of a core that processes took so far
  for pid in "$@"; do awk '{ sub(/.*\) /, ""); printf " %.1f", ($12 + $13) / 100 }' "/proc/$pid/stat"; done
}

for agreement in syria-2016 syria-2016-09 hodeidah-2018; do
  "$built/examples/made_incidents" "../agreements/$agreement" "$count" 2016 >"$folder/lines.jsonl"
  program export --agreement "../agreements/$agreement" --incidents "$folder/lines.jsonl" --to "$folder/incidents"
done
echo "incidents: $(find "$folder/incidents" -name '*.parquet' | wc -l) parts, $(du -sm "$folder/incidents" | cut -f 1) MiB"

port=$((20000 + RANDOM % 20000))
cluster() { # number of executors, each on a core of its own
  "$built/truceline-cluster" --terms "$folder/terms" scheduler --port "$port" >/dev/null & pids+=($!)
  for ((n = 0; n < $1; n++)); do
    taskset -c "$n" "$built/truceline-cluster" --terms "$folder/terms" executor --scheduler "127.0.0.1:$port" \
      --port $((port + 1 + n)) --work "$folder/work-$n" --memory-mib 512 >/dev/null & pids+=($!)
  done
  sleep 2
}
judged=(--incidents "$folder/incidents" --findings "$folder/findings")
measure() { # name, command …
  rm -rf "$folder/findings"
  local said own TIMEFORMAT='%U + %S'
  own=$({ time "${@:2}" >"$folder/said" 2>"$folder/words"; } 2>&1) || { cat "$folder/words" >&2; exit 1; }
  said=$(cat "$folder/said")
  local ms; ms=$(sed -n 's/.* in \([0-9]*\) ms.*/\1/p' <<<"$said")
  echo "$1: $ms ms; load $(load); $said"
  echo "  seconds of a core: this process $own (program + system); scheduler, executors:$(taken "${pids[@]}")"
  echo "$ms" >>"$folder/$1"
}
for ((round = 0; round < rounds; round++)); do
  measure one-process taskset -c 0 "$built/truceline-cluster" --terms "$folder/terms" local "${judged[@]}" --at-once 1
  for executors in 1 2; do
    cluster "$executors"
    measure "executors-$executors" program judge --scheduler "127.0.0.1:$port" "${judged[@]}" --at-once $((executors * 2))
    stop
    port=$((port + 10))
  done
done
echo "findings: $(du -sm "$folder/findings" | cut -f 1) MiB"
median() { sort -n "$folder/$1" | sed -n "$(((rounds + 1) / 2))p"; }
one=$(median one-process) single=$(median executors-1) double=$(median executors-2)
echo "medians: one process $one ms; one executor $single ms; two executors $double ms"
awk -v one="$one" -v single="$single" -v double="$double" 'BEGIN {
  printf "two one-core executors: %.2f times one; one executor takes %.1f %% more than one process\n", single / double, (single / one - 1) * 100 }'
