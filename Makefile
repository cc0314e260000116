# `make help` lists the targets. CI runs `make test` and nothing else.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/.tools/bin:$(PATH)

# The feature baton/kill-points is compiled into tests only: points at which a test may kill the process.
STORIES := $(wildcard examples/stories/*.yaml examples/stories/*/*.yaml)

.PHONY: help
help: ## Lists the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: demo
demo: ## Builds, and plays a transfer from start to finish under two protocols
	@cargo build --quiet -p baton
	@target/debug/baton story --demo examples/stories/wirral/conference-audit-fails.yaml examples/stories/shropshire/moves-at-the-conference.yaml
	@echo
	@echo "Where to look next:"
	@echo "  examples/stories/        what was played, and more; docs/stories.md says how to write one"
	@echo "  shared/protocol-files/   the protocols as files"
	@echo "  make serve               keeps Baton running on 127.0.0.1:50051; README.md has the first five calls"

.PHONY: serve
serve: ## Keeps Baton running on 127.0.0.1:50051, with its data in ./data
	@cargo build --quiet --release -p baton
	@exec target/release/baton all --data data --listen 127.0.0.1:50051

.PHONY: check
check: ## Formatting, lints, contracts, documentation
	scripts/tools.sh buf
	cargo fmt --all --check
	.tools/venv/bin/buf lint proto
	.tools/venv/bin/buf format proto --diff --exit-code
	cargo clippy --workspace --all-targets --features baton/kill-points --quiet -- -D warnings

.PHONY: test
test: check build-tested k8s-check ## Everything that CI checks
	scripts/tools.sh nextest
	cargo nextest run --workspace --features baton/kill-points --no-fail-fast
	@$(MAKE) --no-print-directory conformance

.PHONY: build-tested
build-tested:
	cargo build --quiet --workspace --features baton/kill-points
	@mkdir -p target/tested && cp target/debug/baton target/tested/baton

.PHONY: stories
stories: ## Plays every story in examples/stories
	@cargo build --quiet -p baton
	@target/debug/baton story $(STORIES)

.PHONY: conformance
conformance: ## Says where each rule lives and what shows it; fails on a gap
	@cargo run --quiet -p baton-tests --bin conformance

.PHONY: conformance-mutants
conformance-mutants: ## Breaks every rule of the protocol files, and says which break nothing notices (BATON_MUTANTS=40: a sample)
	scripts/tools.sh nextest
	cargo build --quiet --release -p baton --features baton/kill-points
	@mkdir -p target/tested && cp target/release/baton target/tested/baton-released
	@cargo run --quiet --release -p baton-tests --features baton/kill-points --bin conformance-mutants

.PHONY: k8s-check
k8s-check: ## Renders the Kubernetes manifests and validates them strictly, offline
	@scripts/k8s-check.sh

.PHONY: bench
bench: ## Measures flows against the floor (bench/README.md says how)
	cargo build --profile dist -p baton -p baton-bench
	BATON_PG_DURABLE=1 target/dist/baton-bench

.PHONY: kill
kill: build-tested ## Every kill point once, on both databases
	BATON_EVERY_POINT=1 cargo nextest run -p baton-tests --features baton/kill-points --no-fail-fast -E 'test(kill::)'

.PHONY: soak
soak: build-tested ## The long runs: ten million orders of commands, every mutant, every kill point of every story on both databases
	BATON_SEQUENCES=10000000 cargo test --release -p baton-transfer --lib random
	@$(MAKE) --no-print-directory conformance-mutants
	BATON_SOAK=1 cargo nextest run -p baton-tests --features baton/kill-points --no-fail-fast
