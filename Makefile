# One line a target: `make scan`, `make test`, `make e2e`, `make lint`. What runs and tests the program comes from hash-locked files.
PYTHON ?= python3
TARGET ?= examples/vulnerable-app
# Three test processes for two cores: many a test waits for a service that is meant to be slow.
WORKERS ?= $(shell echo $$(( ($$(nproc 2> /dev/null || echo 2) * 3 + 1) / 2 )))
VENV := .venv
BIN := $(VENV)/bin
ADVISORIES := $(if $(filter examples/%,$(TARGET)),--advisories offline --advisory-db examples/advisories)
LOCK := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

.PHONY: scan test e2e lint venv dev lock clean train image-size

scan: venv
	@$(BIN)/python entrypoint.py $(TARGET) $(ADVISORIES) $(ARGS); code=$$?; echo "exit code of the job: $$code"; test $$code -le 3

test: dev
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile tests --ignore=tests/e2e

e2e: dev
	$(BIN)/python -m tests.e2e

lint: dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

venv: $(VENV)/.runtime
dev: $(VENV)/.dev

$(VENV)/bin/python:
	@$(PYTHON) -c "import sys; (3, 11) <= sys.version_info < (3, 14) or sys.exit('Python 3.11 to 3.13 is needed, this is ' + sys.version.split()[0] + ': make PYTHON=python3.13 ...')"
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.runtime

lock: | $(VENV)/bin/python
	$(BIN)/python -m pip install -q uv
	$(LOCK) -o requirements.lock pyproject.toml
	$(LOCK) -o requirements-dev.lock -c requirements.lock --group dev pyproject.toml

clean:
	rm -rf $(VENV) .cache

.PHONY: docs new-user browser screenshots

docs: dev
	$(BIN)/python -m tests.docs

# The tests of the HTML report click in a real browser; where there is none they are skipped, and say so.
browser:
	@command -v chromium > /dev/null && command -v chromedriver > /dev/null || { apt-get -qq update && apt-get -qq install --yes chromium chromium-driver > /dev/null; }

screenshots: dev browser
	$(BIN)/python -m tests.screenshots

new-user: dev
	$(BIN)/python -m tests.new_user $(ARGS)

train: dev
	$(BIN)/python -m tests.bench.train

.PHONY: accuracy
accuracy: dev
	$(BIN)/python -m tests.accuracy

image-size: dev
	$(BIN)/python -m tests.e2e.image_size

# What SECURITY.md promises, with the long cases and the numbers.
FUZZ := .cache/fuzz
MUTANTS := .cache/mutants
SECONDS ?= 60

.PHONY: robustness fuzz mutants

robustness: dev
	@command -v strace > /dev/null || { test "$$(id -u)" = 0 && apt-get -qq update && apt-get -qq install --yes strace > /dev/null; } || echo "strace is missing: the cases that need it are skipped"
	ROBUSTNESS=full $(BIN)/python -m pytest -q -p no:cacheprovider tests/robustness tests/unit/advisories/test_faults.py

fuzz: $(FUZZ)/.ready
	$(FUZZ)/bin/python -m tests.fuzz --seconds $(SECONDS)

mutants: dev $(MUTANTS)/.ready
	$(BIN)/python -m tests.mutants $(abspath $(MUTANTS))/bin/cosmic-ray

$(FUZZ)/.ready: requirements.lock | $(VENV)/.dev
	$(BIN)/uv venv -q --allow-existing $(@D)
	$(BIN)/uv pip install -q --python $(@D)/bin/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install -q --python $(@D)/bin/python "atheris>=3,<4"
	@touch $@

$(MUTANTS)/.ready: | $(VENV)/.dev
	$(BIN)/uv venv -q --allow-existing $(@D)
	$(BIN)/uv pip install -q --python $(@D)/bin/python cosmic-ray==8.7.0
	@touch $@

.PHONY: bench bench-quick

bench: dev
	$(BIN)/python -m tests.bench $(CASES)

bench-quick: dev
	$(BIN)/python -m tests.bench.quick
