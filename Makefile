# Everything that is done to Tocsin from a terminal. `make help` lists it.

PYTHON_ENV := .venv/bin/python
export PYTHONPATH := site

.DEFAULT_GOAL := help
.PHONY: help run setup setup-dev test fast browser chaos bench lint format check \
	requirements clean

help: ## List what make can do here
	@grep -hE '^[a-z-]+:.*## ' Makefile | sort | \
		awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

run: setup ## Start Tocsin with its demo data (PORT=8001 for another port)
	@exec $(PYTHON_ENV) manage.py serve --prepare

setup: ## Make the environment in .venv, nothing else
	@bin/setup

setup-dev:
	@bin/setup dev

test: setup-dev ## Run every test, on SQLite and on PostgreSQL with Redis
	@bin/browser
	@exec $(PYTHON_ENV) bin/test

fast: setup-dev ## Run the tests without migrations and without a browser
	@exec $(PYTHON_ENV) -m pytest --no-migrations -m "not browser"

browser: setup-dev ## Run only the tests that drive a browser
	@bin/browser
	@exec $(PYTHON_ENV) -m pytest -m browser

chaos: setup-dev ## Put nine faults into a running system and count what is left
	@exec $(PYTHON_ENV) -m tests.chaos

bench: ## Measure Tocsin beside its peers (ROWS="reach memory", RUNS=5, QUICK=1)
	@bin/setup bench
	@exec .venv-bench/bin/python -m tests.benchmarks $(ROWS) \
		$(if $(RUNS),--runs $(RUNS)) $(if $(QUICK),--quick)

lint: setup-dev ## Check style, types and the order of the layers
	@$(PYTHON_ENV) -m ruff check .
	@$(PYTHON_ENV) -m ruff format --check .
	@DATA_DIR=.mypy_cache/data $(PYTHON_ENV) -m mypy
	@$(PYTHON_ENV) -c "from importlinter.cli import lint_imports_command as lint; \
		lint(['--no-logo'])"

format: setup-dev ## Put the code into shape
	@$(PYTHON_ENV) -m ruff check --fix --exit-zero .
	@$(PYTHON_ENV) -m ruff format .

check: lint test ## Lint and test: what has to pass before a change goes in

requirements: setup-dev ## Pin the requirements anew from pyproject.toml
	@bin/requirements

clean: ## Remove the environment and caches; var/ with its data stays
	rm -rf .venv .venv-bench .pytest_cache .mypy_cache .ruff_cache .import_linter_cache \
		.hypothesis artefacts
	find notifications site tests -name __pycache__ -prune -exec rm -rf {} +
