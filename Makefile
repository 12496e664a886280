# `make` lists what can be made. Everything runs in .venv, which `setup` makes and everything else depends on.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup run test check bench demo screenshots lock clean

BIN := .venv/bin
READY := .venv/.ready
NPM := scripts/npm --prefix designer
# Tiers in the order of their cost. `designer` is the front end's own (vitest), the others are folders of tests/.
TIERS := designer unit property loopback store temporal api acceptance browser chaos
TIER ?= $(TIERS)
FOLDERS = $(wildcard $(TIER:%=tests/%))
# Several tiers are shared among so many processes: one for what mostly waits (browser, then chaos), the others compute.
AT_ONCE ?= 2
SHARE = $(if $(word 2,$(FOLDERS)),-n $(AT_ONCE))
DEMO := .wend/demo

help: ## list the targets (what you are reading)
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: $(READY) designer/dist/index.html ## make .venv with everything in the lock file, and build the designer; quick when that is done

run: setup ## start Wend on this machine: database, Temporal server, worker, API (= wend up); Ctrl-C stops it
	@$(BIN)/wend up

test: setup ## run the tests, several at once (AT_ONCE=0: one by one); one tier: make test TIER=unit
	@$(if $(filter designer,$(TIER)),$(NPM) --silent test)
	@$(if $(FOLDERS),$(BIN)/pytest $(SHARE) $(FOLDERS))

check: setup ## everything that CI checks: linters, types, the import contracts, the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(NPM) --silent run lint
	$(NPM) --silent run typecheck
	@$(MAKE) --no-print-directory test

bench: setup ## measure, and print a table; one row: ONLY=name, machine-readable: JSON=1
	@$(BIN)/python -m tests.bench $(if $(ONLY),--only $(ONLY)) $(if $(JSON),--json)

demo: setup $(DEMO)/contacts.csv ## send 2,000 invented contacts through the coupon journey, a day in 20 seconds
	@$(BIN)/wend play examples/coupon/journey.json --contacts $(DEMO)/contacts.csv

lock: ## write the lock files anew from requirements*.in (needs uv)
	uv pip compile --quiet requirements-dev.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links -o requirements-dev.lock
	uv pip compile --quiet requirements.in -c requirements-dev.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links -o requirements.lock
	uv pip compile --quiet requirements-node.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links -o requirements-node.lock

screenshots: setup ## pictures of every page, wide and narrow, light and dark, into build/screenshots
	@$(BIN)/python -m tests.browser.screenshots $(if $(ONLY),--only $(ONLY))

clean: ## remove .venv, builds and caches; what Wend stored in .wend stays
	rm -rf .venv build dist wend.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis designer/node_modules designer/dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements-dev.lock requirements.in pyproject.toml scripts/setup
	@scripts/setup
	@touch $@

$(DEMO)/contacts.csv: scripts/contacts.py | $(READY)
	@umask 077 && mkdir -p $(DEMO)
	@$(BIN)/python scripts/contacts.py 2000 > $@

designer/node_modules/.ready: designer/package-lock.json | $(READY)
	@$(NPM) ci --no-audit --no-fund
	@touch $@

designer/dist/index.html: designer/node_modules/.ready $(shell find designer/src designer/index.html designer/public -type f 2>/dev/null)
	@$(NPM) run build
	@touch $@
