# `make help` lists what there is. Works with GNU make and Python 3.11 or newer on Debian and macOS.

PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 2
ARGS ?=
PREFIX ?=

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv --quiet
INSTALL := $(UV) pip install --python
COMPILE := $(UV) pip compile pyproject.toml --universal --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench lock format browser install secrets

help:  ## this list
	@awk -F ':.*  ## ' '/^[a-z]+:.*  ## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.ready  ## Python packages in .venv, exactly as locked
	@:

demo: setup  ## the service with the Lund demo data on http://127.0.0.1:8000 (PORT=8001 for another port)
	@$(BIN)/krislarm demo --port $(PORT)

test: setup browser  ## all tests: SQLite, PostgreSQL, browser (WORKERS=2, ARGS="-k word")
	@$(BIN)/pytest -n $(WORKERS) $(ARGS)

check: setup  ## format, lint, types, architecture
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: setup  ## the figures of docs/performance.md
	@$(BIN)/krislarm bench $(ARGS)

format: setup  ## put the code in the one format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: setup  ## newest versions that fit together, with hashes
	@$(COMPILE) --upgrade --output-file requirements.lock
	@$(COMPILE) --upgrade --group dev --constraints requirements.lock --output-file requirements-dev.lock

browser: setup
	@$(BIN)/python -m tests.browser

install: setup  ## what a server runs, nothing for developers: make install PREFIX=/opt/krislarm
	@test -n "$(PREFIX)" || { echo "Say where: make install PREFIX=/opt/krislarm" >&2; exit 2; }
	@rm -rf build/wheel
	@$(UV) build --python $(BIN)/python --no-build-isolation --wheel --out-dir build/wheel
	@test -x $(PREFIX)/bin/python || $(PYTHON) -m venv --without-pip $(PREFIX)
	@$(INSTALL) $(PREFIX)/bin/python --require-hashes -r requirements.lock
	@$(INSTALL) $(PREFIX)/bin/python --no-deps --reinstall build/wheel/*.whl

secrets: secrets/database_url secrets/secret_key secrets/smtp_url secrets/twilio_auth_token  ## passwords for docker-compose.yml
	@:

# Each of these runs once, and again when what it was made from has changed.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Krislarm needs Python 3.11 or newer. Name one with: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "No virtual environment could be made. On Debian: apt-get install python3-venv" >&2; exit 1; }

# uv itself comes by pip, in the locked version and with its hashes checked.
$(VENV)/.packages: requirements-dev.lock | $(BIN)/python
	@echo "Installing locked packages into $(VENV) ..."
	@sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.lock > $(VENV)/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.lock
	@$(INSTALL) $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.ready: $(VENV)/.packages pyproject.toml hatch_build.py
	@$(INSTALL) $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# The folder is closed to others; the files in it are not, because the container's user has to read them.
SECRET := umask 022; mkdir -p -m 700 secrets;

secrets/database_password secrets/secret_key:
	@$(SECRET) $(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(32))' > $@

secrets/database_url: secrets/database_password
	@$(SECRET) echo "postgresql://krislarm:$$(cat $<)@database/krislarm" > $@

secrets/smtp_url:
	@$(SECRET) echo "smtp+plain://mail:1025?unencrypted=yes" > $@

secrets/twilio_auth_token:
	@$(SECRET) touch $@
