# Two commands for a fresh machine with the Rust toolchain: `make demo` and `make test`. The rest is for those who work here.

DEMO ?= demo
ADDRESS ?= 127.0.0.1:8016

.PHONY: demo test check bench bench-judge fuzz clean

demo: ## Build, load the Syria-2016 mission into $(DEMO), judge it, serve it on loopback.
	@echo "Building Truceline (a first build takes a few minutes) ..."
	cargo build --release --package truceline
	cargo run --release --quiet --package truceline -- demo --store $(DEMO) --listen $(ADDRESS)

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

clean:
	cargo clean
