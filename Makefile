# Kehu: the two commands are `make run` and `make test`; the rest is for those who carry it on.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PYTEST := $(PY) -m pytest -n 2 --dist loadgroup --no-loadscope-reorder
STAMP := $(VENV)/.requirements
DEV_STAMP := $(VENV)/.requirements-dev
# what was compiled is kept: tests start many processes, and each would compile all of it anew
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run test drill quick lint types check bench demo messages shots clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Kehu needs Python 3.11 or newer; $$($(PYTHON) --version) was found. Try: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv"; rm -rf $(VENV); exit 1; }

$(STAMP): requirements.txt constraints.txt | $(VENV)/bin/python
	@echo "Installing packages (once) …"
	@$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements.txt
	@touch $@

$(DEV_STAMP): requirements.txt requirements-dev.txt constraints.txt | $(VENV)/bin/python
	@echo "Installing packages (once) …"
	@$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements-dev.txt
	@touch $@ $(STAMP)

run: $(STAMP) ## prepare everything, build the demo company on first start, serve
	@$(PY) manage.py start

test: $(DEV_STAMP) ## all tests, browser and PostgreSQL included
	@$(PYTEST)

drill: $(DEV_STAMP) ## every mutant, kills at many moments, properties with fresh seeds
	@$(PYTEST) -m "drill or hypothesis" --hypothesis-profile=drill

quick: $(DEV_STAMP) ## tests without the browser and what takes many seconds
	@$(PYTEST) -m "not browser and not slow and not drill"

lint: $(DEV_STAMP) ## style
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .

types: $(DEV_STAMP) ## mypy --strict on analytics, models, data, jobs
	@$(PY) -m mypy

check: lint types test ## what CI runs

bench: $(DEV_STAMP) ## measure refresh, pages and import at 1 k, 100 k and 1 M customers
	@$(PY) manage.py bench

demo: $(STAMP) ## throw the demo store away and build it again
	@$(PY) manage.py demo --force

clean: ## remove the environment and the demo store
	@rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +
