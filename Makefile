# Two commands for a fresh machine with the Rust toolchain: `make demo` and `make test`. The rest is for those who work here.

DEMO ?= demo
ADDRESS ?= 127.0.0.1:8016

.PHONY: demo test room-test ops-room check bench bench-judge bench-reading bench-record bench-room bench-tiles bench-cluster test-cluster fuzz cases crash clean

demo: ## Build, load the Syria-2016 mission into $(DEMO), judge it, serve it on loopback.
	@echo "Building Truceline (a first build takes a few minutes) ..."
	@$(MAKE) --no-print-directory ops-room
	cargo build --release --package truceline
	cargo run --release --quiet --package truceline -- demo --store $(DEMO) --listen $(ADDRESS)

ops-room: ops-room/dist/app/index.html ## The screens, built into ops-room/dist, from where the program takes them.

ops-room/node_modules/.package-lock.json: ops-room/package-lock.json
	cd ops-room && npm ci --no-audit --no-fund --loglevel=error

ops-room/dist/app/index.html: ops-room/node_modules/.package-lock.json ops-room/index.html ops-room/vite.config.ts $(shell find ops-room/src ops-room/public -type f 2>/dev/null)
	cd ops-room && npm run --silent build -- --logLevel warn
	@touch $@

room-test: ops-room ## The screens in a real browser, against the real program (TRUCELINE, or what is built here); needs Chromium (Debian's package).
	@[ -n "$(TRUCELINE)" ] || cargo build --quiet --package truceline
	cd ops-room && npm run --silent types && npm run --silent test

test: ## Every test; installs the test runner if it is missing.
	@cargo nextest --version >/dev/null 2>&1 || cargo install cargo-nextest --locked
	cargo nextest run --workspace --no-fail-fast
	cargo test --workspace --doc --quiet

check: ## Formatting, lints, gates; what a commit should pass first.
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	cargo xtask

bench: ## The recorded figures, on this machine.
	cargo run --release --quiet --package truceline-bench

bench-judge: ## The judge at scale, beside PostGIS and a policy engine, in one run (bench/judging.md).
	cargo build --release --quiet --package truceline-bench
	cargo build --release --quiet --manifest-path bench/rego/Cargo.toml
	cargo run --release --quiet --package truceline-bench -- judge

bench-room: ## The ops room: 200 screens while 1,000 reports come in a minute (bench/room/README.md).
	cargo build --release --quiet --package truceline --package truceline-bench-room
	cargo run --release --quiet --package truceline-bench-room

bench-tiles: ## Vector tiles over 84,000 incidents beside PostGIS (bench/tiles/README.md).
	cargo build --release --quiet --package truceline-bench-tiles
	cargo run --release --quiet --package truceline-bench-tiles

bench-record: ## The record beside PostgreSQL and the disk, witnesses, a quorum, a log of a million; ten minutes (bench/record/README.md).
	cargo build --release --quiet --package truceline --package truceline-bench-record
	git log -1 --format='commit %h of %cs'
	cargo run --release --quiet --package truceline-bench-record

bench-reading: ## The reader of free text held against labels, coded events and the clock (bench/reading/README.md).
	cargo run --release --quiet --package truceline-reading -- seeds open frozen speed

bench-cluster: ## Judging by one process, one executor and two (cluster/README.md); on a quiet machine.
	cluster/scaling.sh

test-cluster: ## The cluster's own stage: builds a query engine, ten minutes the first time (docs/cluster.md).
	.ci/cluster

fuzz: ## Fuzz the reader of terms, the judge, the reader of free text, the linker and cases, an hour each; needs nightly and cargo-fuzz.
	cd fuzz && cargo +nightly fuzz run terms -- -max_total_time=3600 -rss_limit_mb=4096
	cd fuzz && cargo +nightly fuzz run judge -- -max_total_time=3600 -rss_limit_mb=4096 -len_control=0 -max_len=600
	cd fuzz && cargo +nightly fuzz run prose -- -max_total_time=3600 -rss_limit_mb=4096 -max_len=4096
	cd fuzz && cargo +nightly fuzz run links -- -max_total_time=3600 -rss_limit_mb=4096 -len_control=0 -max_len=480
	cd fuzz && cargo +nightly fuzz run cases -- -max_total_time=3600 -rss_limit_mb=4096 -len_control=0 -max_len=480

# The same random cases for every mutant, few of them: directed tests see more in less time.
MUTANTS = PROPTEST_CASES=50 TRUCELINE_CASES=250 PROPTEST_RNG_SEED=2016 cargo mutants --timeout 120 \
	$(if $(SAMPLE),--re "$$(cargo mutants --list | $(DRAWN))",--shuffle)

mutants: ## Bugs put into the judge one by one; hours. A sample: make mutants SAMPLE=100 SEED=7. Figures: docs/mutants.md.
	@cargo mutants --version >/dev/null 2>&1 || cargo install cargo-mutants --locked --version 27.1.0
	-$(MUTANTS)
	$(MUTANTS) --iterate --config .cargo/mutants-oracle.toml

# Each mutant gets a number from a generator that the seed starts; those with the smallest are drawn, and named whole.
DRAWN = awk -v x=$(or $(SEED),1) '{ x = x * 16807 % 2147483647; printf "%d\t%s\n", x, $$0 }' | sort -n | cut -f 2- | \
	head -n $(SAMPLE) | sed 's/[][\.*^$$()+?{}|]/\\&/g; s/^/^/; s/$$/$$/' | paste -s -d '|' -

prove: ## The judge against the oracle on other random agreements: make prove SEED=7 CASES=250000
	TRUCELINE_SEED=$(or $(SEED),1) PROPTEST_CASES=$(or $(CASES),25000) cargo test --package truceline-sim --test random_agreements -- --nocapture

cases: ## Cases by every shipped procedure, at least so many of each, held after every entry and against the oracle: make cases SEED=7 EACH=10000 (docs/cases.md).
	CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS=true CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true \
	TRUCELINE_SEED=$(or $(SEED),2016) TRUCELINE_EACH=$(or $(EACH),10000) \
	cargo test --release --package truceline-sim --no-default-features --features cases --test cases -- --nocapture shipped_procedures_hold

crash: ## Power cuts, failing disks, bit rot and clocks on other seeds: make crash SEED=7 SEEDS=5000 (docs/durability.md); needs strace.
	TRUCELINE_REQUIRE_STRACE=1 TRUCELINE_CRASH_KEEP=1 TRUCELINE_CRASH_SEED=$(or $(SEED),1) TRUCELINE_CRASH_SEEDS=$(or $(SEEDS),1) \
	cargo test --package truceline-sim --no-fail-fast --test power_cut --test failing_disk --test bit_rot --test clocks -- --nocapture

clean:
	cargo clean
