# Everything is made inside this folder; nothing here needs root except a missing Chromium for `make test`.
PYTHON ?= python3
FLASK := .venv/bin/flask --app wsgi
SHELL := /bin/sh
.DEFAULT_GOAL := help

.PHONY: help demo grown test prove check format docs words screenshots setup clean need-python

help: ## list what make can do
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

demo: export MODE := demo
demo: export DATA_DIR ?= var/demo
demo: need-python ## start the demo shop here; HOST, PORT, RESET=1 and DEMO_TRAFFIC=1 are honoured
	@$(PYTHON) -m tools.prepare demo
	@$(FLASK) database upgrade
	@$(FLASK) demo
	@exec $(FLASK) serve

grown: export DATA_DIR ?= var/grown
grown: need-python ## start the same shop grown: PostgreSQL, Redis, WORKERS=2 web processes and `flask work`, data in var/grown; HOST, PORT, RESET=1 are honoured
	@$(PYTHON) -m tools.prepare grown
	@exec .venv/bin/python -W "ignore:XDG_RUNTIME_DIR" -m tools.grown

test: need-python ## run all tests but the long ones; brings its own PostgreSQL, Redis and Chromium
	@$(PYTHON) -m tools.prepare test
	@.venv/bin/python -m pytest -n 2 $(ARGS)

prove: need-python ## run the long tests: crashes, races, many writers; those in tests/recovery have the machine to themselves
	@$(PYTHON) -m tools.prepare test
	@.venv/bin/python -m pytest -n 2 tests/prove $(ARGS)
	@.venv/bin/python -m pytest tests/recovery $(ARGS)

check: need-python ## look at style and imports only (part of make test)
	@$(PYTHON) -m tools.prepare test
	@.venv/bin/ruff check .
	@.venv/bin/lint-imports

format: need-python ## mend what the style check can mend by itself
	@$(PYTHON) -m tools.prepare test
	@.venv/bin/ruff check --fix .

docs: need-python ## write the tables of settings and events in docs from the program
	@$(PYTHON) -m tools.prepare test
	@.venv/bin/python -m tools.document

words: need-python ## collect every phrase for translators and bring the languages up to it
	@$(PYTHON) -m tools.prepare test
	@.venv/bin/python -m tools.words

screenshots: need-python ## picture every screen of the demo into var/screenshots; ARGS="portal desk-note --languages en,de" chooses
	@$(PYTHON) -m tools.prepare test
	@.venv/bin/python -m tools.screenshots $(ARGS)

setup: need-python ## install everything for running and testing, and run nothing
	@$(PYTHON) -m tools.prepare test

clean: ## remove what make made, except the data in var
	rm -rf .venv node_modules support/web/static/vendor .pytest_cache .ruff_cache .hypothesis

need-python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "switchboard: there is no $(PYTHON) here; install Python 3.11 or newer, or name one as in make PYTHON=python3.12 demo" >&2; exit 1; }
