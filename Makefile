# `make` alone lists the targets. A machine needs Python >= 3.11 with venv, and make; everything else is set up in .venv/.
PYTHON ?= python3
BIN := .venv/bin
# Telemetry of every dependency is off for whatever is started from here.
export DAGSTER_DISABLE_TELEMETRY := 1
export DAGSTER_DG_UPDATE_CHECK_ENABLED := 0
export MLFLOW_DISABLE_TELEMETRY := true
export DO_NOT_TRACK := true

.DEFAULT_GOAL := help
.PHONY: help demo test lint serve bench clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Homeward needs Python 3.11 or later; set PYTHON=..."; exit 2; }
	@echo "Setting up .venv (once; two to four minutes) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.bench: .venv/.installed requirements-bench.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

demo: .venv/.installed ## simulate a hospital, run everything, say where to look
	@$(BIN)/homeward demo

test: .venv/.installed ## run every test
	@$(BIN)/python -m pytest -n 2 --dist loadfile

lint: .venv/.installed ## style, import rights, types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

serve: .venv/.installed ## open the worklist page on this machine
	@$(BIN)/homeward serve

bench: .venv/.bench ## speed and memory, as tables
	@$(BIN)/python -m benchmarks.features
	@$(BIN)/python -m benchmarks

clean: ## remove what runs and tests left (not the published lists)
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov storage logs .logs_queue
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
