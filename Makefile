# What is needed: make and Python 3.11 or newer. Everything else comes from requirements.lock.
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
STAMP := .venv/.made
CATALOGS := $(wildcard src/tertib/locale/*/LC_MESSAGES/*.po)
# hatchling and editables build the project itself, from the lock and not from whatever is newest that day.
BUILD := hatchling editables
# Where a machine forbids Python to keep what it compiled, each of our processes would compile all of Django anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run test lint lock pictures weight proxies clean

help:
	@echo "make run     start Tertib with the demo city on http://127.0.0.1:8000 (PORT, TERTIB_DATA)"
	@echo "make test    run all tests (ARGS='-k letters' for some)"
	@echo "make lint    ruff, mypy, import-linter"
	@echo "make setup   make .venv with the tertib command"
	@echo "make lock    choose the versions of all dependencies anew"
	@echo "make pictures  pictures of all pages of the demo and a contact sheet, in shots/ (needs Chromium)"
	@echo "make weight  what pages of a day cost at the end of a slow line (needs Chromium)"
	@echo "make proxies whether the proxies of docs/operations.md do what it says (needs nginx or caddy, and openssl)"
	@echo "make clean   remove .venv"

setup: $(STAMP)
	@:

$(STAMP): requirements.lock pyproject.toml Makefile $(CATALOGS)
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("Tertib needs Python 3.11 or newer; \
	this one is %d.%d. Name another: make PYTHON=python3.12" % v[:2])'
	@if ! $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	  echo "Making .venv …"; rm -rf .venv; $(PYTHON) -m venv .venv; fi
	@if ! $(BIN)/uv --version 2>/dev/null | grep -q '^uv $(UV_VERSION)'; then \
	  $(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); fi
	@echo "Installing what requirements.lock names …"
	@# Where only pip is told of a registry, pip takes over.
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --offline --editable . \
	  || $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m tertib.ground.catalogs
	@touch $@

run: setup
	@exec $(BIN)/tertib up --demo --with-parent

test: setup
	@$(BIN)/pytest -n auto $(ARGS)

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# The versions hold for Python 3.11 to 3.13 on Linux and macOS. No address of a registry may get into the file.
lock: $(BIN)/uv
	@echo $(BUILD) | tr ' ' '\n' | $(BIN)/uv pip compile pyproject.toml - --group dev --universal --upgrade --quiet \
	  --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	  --output-file requirements.lock >/dev/null
	@if grep -n '://' requirements.lock; then echo "An address got into requirements.lock."; exit 1; fi

$(BIN)/uv:
	@test -d .venv || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

pictures: setup
	@$(BIN)/python tools/pictures.py $(ARGS)

weight: setup
	@$(BIN)/python tools/weight.py $(ARGS)

proxies: setup
	@$(BIN)/python tools/proxies.py

clean:
	rm -rf .venv
