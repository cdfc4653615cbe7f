# The one entrance for people and machines alike: `make` lists what there is.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install install-dev run demo test lint check bench chaos drills engines engines-down hostile audit contracts lock image scale-out clean

PYTHON ?= $(shell for python in python3 python3.11 python3.12 python3.13 python3.14; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$python"; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
UV ?= $(firstword $(wildcard $(BIN)/uv) uv)
COMPILE = $(UV) pip compile pyproject.toml --universal --python-version 3.11 --group build --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock'

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: .venv/.installed ## Create .venv and install what running needs, pinned by hash

install-dev: .venv/.installed-dev ## Install also what tests and linters need

run: install ## Start all four services on http://127.0.0.1:8080, data in ./data
	$(BIN)/redress up

demo: install ## Fill the running system with a believable year
	$(BIN)/redress demo

test: install-dev ## Run the tests
	$(BIN)/python -m pytest

lint: install-dev ## Check form, types, import directions and declared packages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

check: lint test ## Do everything that a change must pass

bench: install-dev ## Measure our speed against the limit of this machine
	$(BIN)/python -m tests.bench

chaos: install-dev ## Kill services and engines in the middle of their work, and see that nothing acknowledged is lost
	REDRESS_CHAOS_KILLS=$${REDRESS_CHAOS_KILLS:-8} REDRESS_CHAOS_FAULTS=$${REDRESS_CHAOS_FAULTS:-27} \
		$(BIN)/python -m pytest tests/chaos

drills: install-dev ## Tamper with records, tiles and checkpoints in every known way, and see by which tool each is found
	$(BIN)/python -m pytest -q tests/drills

engines: install-dev ## Start Apache Kafka, PostgreSQL and MongoDB on this machine; prints where they are
	@$(BIN)/python -m tests.engines up

engines-down: install-dev ## Stop what `make engines` started; its data stays in ./.engines
	@$(BIN)/python -m tests.engines down

hostile: install-dev ## Send ten thousand broken, forged and foreign requests, and see that none makes an error of ours
	REDRESS_HOSTILE=$${REDRESS_HOSTILE:-60} $(BIN)/python -m pytest -s --timeout 1800 tests/http/test_hostile.py tests/http/test_tokens.py tests/http/test_tenancy.py

audit: install-dev ## Look for known weaknesses of packages and for secrets; writes a bill of materials
	$(BIN)/python .ci/audit.py

contracts: install-dev ## Write the schemas of events and HTTP anew; refuses an incompatible change
	$(BIN)/python -m tests.contracts

lock: ## Resolve the dependencies anew (the one target that needs uv)
	$(COMPILE) --upgrade --output-file requirements.lock
	$(COMPILE) --extra postgres --constraint requirements.lock --output-file requirements-scale-out.lock
	$(COMPILE) --extra postgres --group dev --constraint requirements.lock --output-file requirements-dev.lock

image: ## Build the image redress:local
	docker build --file deploy/Dockerfile --tag redress:local .

scale-out: ## Start services, Kafka, PostgreSQL and MongoDB in containers on http://127.0.0.1:8080
	deploy/secrets.sh
	docker compose --file deploy/compose.yaml up --wait

clean: ## Remove the environment and caches, never the data
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .grimp_cache .hypothesis

.venv/.created:
	@test -n "$(PYTHON)" || { \
		echo "Redress needs Python 3.11 or newer; python3 here is: $$(python3 --version 2>&1 || echo none)." >&2; \
		echo "Install one, or say where it is: make install PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -m venv .venv || { rm -rf .venv; \
		echo "$(PYTHON) cannot make environments; on Debian and Ubuntu install the package python3-venv." >&2; exit 1; }
	@touch $@

.venv/.installed: requirements.lock pyproject.toml .venv/.created
	@echo "Installing what requirements.lock pins (the first time this takes about a minute) ..."
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	@echo "Installing what requirements-dev.lock pins ..."
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@
