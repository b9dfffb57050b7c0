# Three commands: `make run` asks your articles, `make test` runs every check, `make check` the quick ones, for every
# save. Each sets up its own environment.
# The environment is named relatively everywhere, so that a path with spaces needs no quoting.

PYTHON ?= python3
ARTICLES ?=
SETS ?= $(sort $(wildcard ../shared/data/*))
export ARTICLES
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := run
.PHONY: run setup test check static all-tests quick-tests lint bench answers fuzz lock sbom

run: setup
	@if [ -n "$$ARTICLES" ]; then $(BIN)/quoth index "$$ARTICLES" --force >&2; \
	elif ! $(BIN)/quoth status >/dev/null 2>&1; then $(BIN)/quoth index examples >&2; fi
	@$(BIN)/quoth console || [ $$? -eq 1 ]

setup: .venv/.installed

# Tests side by side (see tests/conftest.py for how many). (`--dist loadgroup` groups nothing with pytest 9.2.)
# Bytecode is kept: else each of them compiles all tests anew.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/pytest --numprocesses auto --maxprocesses 8 --dist worksteal
# What is read and what is run go side by side; all is done to the end, and fails if one of them does.
BESIDE := $(MAKE) --no-print-directory --keep-going --jobs 2 static

test: .venv/.installed-test
	@$(BESIDE) all-tests

check: .venv/.installed-test
	@$(BESIDE) quick-tests

all-tests: .venv/.installed-test
	$(PYTEST)

quick-tests: .venv/.installed-test
	$(PYTEST) -m 'not slow'

static: .venv/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PIP) check

lint: .venv/.installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Damaged files of every format, and damaged words of strangers, so many minutes each.
MINUTES ?= 5
fuzz: .venv/.installed-test
	$(BIN)/python -m benchmarks.fuzz --minutes $(MINUTES)
	$(BIN)/python -m benchmarks.fuzz_inputs --minutes $(MINUTES)

# What is installed for development, in a container and to build a wheel, with hashes; and the oldest versions allowed.
LOCKING := --universal --python-version 3.11 --no-header --no-annotate --quiet
EXTRAS := --extra eval --extra fast --extra formats --extra mcp --extra meaning --extra metrics --extra opensearch --extra socks
IMAGE := --extra fast --extra formats --extra mcp --extra metrics --extra opensearch --extra socks
BACKEND := hatchling>=1.27
lock: .venv-tools/.installed
	.venv-tools/bin/uv pip compile pyproject.toml --extra test --generate-hashes $(LOCKING) -o requirements.lock
	.venv-tools/bin/uv pip compile pyproject.toml $(IMAGE) --generate-hashes $(LOCKING) -o requirements-image.lock
	printf '%s\n' '$(BACKEND)' | .venv-tools/bin/uv pip compile - --generate-hashes $(LOCKING) -o requirements-build.lock
	.venv-tools/bin/uv pip compile pyproject.toml $(EXTRAS) --resolution lowest-direct $(LOCKING) -o requirements-oldest.txt

# What is installed in .venv, as CycloneDX.
sbom: .venv-tools/.installed .venv/.installed
	.venv-tools/bin/cyclonedx-py environment --output-format JSON --output-file sbom.json $(BIN)/python
	@$(BIN)/python -c 'import json; exit(not json.load(open("sbom.json")).get("components") and "sbom.json lists nothing")'

.venv-tools/.installed:
	$(PYTHON) -m venv .venv-tools
	.venv-tools/bin/python -m pip install --quiet uv cyclonedx-bom
	touch $@

bench: .venv-bench/.installed
	.venv-bench/bin/python -m benchmarks.engines

answers: .venv-bench/.installed
	.venv-bench/bin/python -m benchmarks.answers $(SETS)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "quoth needs Python 3.11 or newer; name one: make run PYTHON=python3.12" >&2; exit 1; }
	@echo "making the environment in .venv" >&2
	@$(PYTHON) -m venv .venv >&2
	@$(PIP) install --upgrade pip >&2 || echo "pip stays as it is" >&2

# The extras for PDF, for evaluation and for speed are wanted in a checkout but need wheels for this machine: their
# absence stops nothing.
.venv/.installed: pyproject.toml | .venv/bin/python
	@echo "installing quoth" >&2
	@$(PIP) install --editable . >&2
	@$(PIP) install --only-binary :all: --editable '.[formats]' >&2 || echo "without PDF documents" >&2
	@$(PIP) install --only-binary :all: ir-measures >&2 || echo "without quoth evaluate" >&2
	@$(PIP) install --only-binary :all: numba >&2 || echo "without compiled kernels" >&2
	@touch $@

.venv/.installed-test: pyproject.toml | .venv/bin/python
	@echo "installing quoth and its checks" >&2
	@$(PIP) install --editable '.[test]' >&2
	@touch .venv/.installed $@

# The peers have an environment of their own. Of pyserini only the Lucene jar is wanted, not what it requires.
.venv-bench/.installed: pyproject.toml benchmarks/requirements.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --upgrade pip
	.venv-bench/bin/python -m pip install --quiet --editable '.[eval,fast]' -r benchmarks/requirements.txt
	.venv-bench/bin/python -m pip install --quiet --no-deps pyserini || echo "without Lucene"
	touch $@
