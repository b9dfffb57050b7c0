# Two commands: `make run` asks your articles, `make test` runs every check. Both set up their own environment.
# The virtual environment is always named relatively, so that a path with spaces needs no quoting.

PYTHON ?= python3
ARTICLES ?=
BIN := .venv/bin

.PHONY: run setup test lint bench eval clean
.DEFAULT_GOAL := run

setup: .venv/.installed

run: .venv/.installed
	@ARTICLES='$(ARTICLES)' $(BIN)/quoth run

test: .venv/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

lint: .venv/.installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
