# `make demo` and `make test` set everything up themselves; the rest expects one of them.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test system lint types layers bench crashes mutation screenshots translations clean

help: ## Show what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 24

demo: .venv/translations ## Fill an example parliament, serve it, and say whom to sign in as
	@$(BIN)/flask pb demo

test: .venv/test .venv/translations system ## Run the whole suite, PostgreSQL and browser included
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: .venv/test ## Check style and form of code and templates
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djlint templates --lint --quiet --configuration djlint.toml

types: .venv/test ## Check the types
	@$(BIN)/mypy

layers: .venv/test ## Check that the packages only look down
	@$(BIN)/lint-imports

bench: .venv/test .venv/translations system ## Measure the speeds that docs/benchmarks.md states
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks

crashes: .venv/test .venv/translations system ## Kill servers, sequencer and database while people vote, and look for lost or doubled ballots
	@$(BIN)/python -m benchmarks.crashes $(ARGS)

mutation: .venv/test .venv/translations ## Try small faults in the count, and say which of them no test notices
	@$(BIN)/python -m tests.mutation $(ARGS)

screenshots: .venv/test .venv/translations system ## Take pictures of the main pages, wide and narrow, into docs/images
	@$(BIN)/python -m tests.browser.screenshots

translations: .venv/test ## Collect new texts into the catalogs (they are compiled by every set-up)
	@$(BIN)/pybabel -q extract -F babel.cfg -k _l -k _n:1,2 --no-location --omit-header -o translations/messages.pot .
	@$(BIN)/pybabel -q update -i translations/messages.pot -d translations --no-fuzzy-matching --ignore-pot-creation-date --ignore-obsolete -w 100
	@rm translations/messages.pot
	@$(BIN)/pybabel -q extract --no-location --omit-header -o tallying/translations/tallying.pot tallying
	@$(BIN)/pybabel -q update -D tallying -i tallying/translations/tallying.pot -d tallying/translations --no-fuzzy-matching --ignore-pot-creation-date --ignore-obsolete -w 100
	@rm tallying/translations/tallying.pot

clean: ## Remove what set-up, tests and demonstration made here
	rm -rf .venv instance build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .mutation

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; set PYTHON=python3.11")'
	$(PYTHON) -m venv .venv

.venv/web: .venv/bin/python setup.cfg pyproject.toml
	$(BIN)/pip install --quiet --editable '.[web]'
	@touch $@

.venv/translations: .venv/web $(wildcard translations/*/LC_MESSAGES/messages.po tallying/translations/*/LC_MESSAGES/tallying.po)
	@$(BIN)/pybabel -q compile -d translations
	@$(BIN)/pybabel -q compile -d tallying/translations -D tallying
	@touch $@

.venv/test: .venv/web
	$(BIN)/pip install --quiet --editable '.[all]'
	@touch $@

# Debian's PostgreSQL and Chromium; what cannot be installed is named, and is an error in CI.
system:
	@sh tests/system-packages
