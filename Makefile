# make run | test | check | bench | bench-ui | screenshots | soak.  PORT=8000 HOST=127.0.0.1 and every variable of README.md pass through.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# -qq: nothing but errors
PIP := $(PY) -m pip install -qq --disable-pip-version-check

export PORT HOST SEED KICKS

.PHONY: run test check bench bench-ui screenshots soak format clean
.DEFAULT_GOAL := run

run: $(VENV)/.run
	@exec $(PY) manage.py live

test: $(VENV)/.test
	@sh tests/tools/install.sh $(PY)
	@$(PY) tests/tools/run.py

check: $(VENV)/.test
	@sh tests/tools/check.sh $(PY)

bench: $(VENV)/.test
	@$(PY) -m bench

bench-ui: $(VENV)/.test
	@sh tests/tools/install.sh $(PY)
	@$(PY) -m bench.ui

# REPLAY=FILE adds a picture of a recording that is played.
screenshots: $(VENV)/.test
	@sh tests/tools/install.sh $(PY)
	@$(PY) -m bench.ui.pictures $(if $(REPLAY),--replay $(REPLAY))

soak: $(VENV)/.test
	@DJANGO_SETTINGS_MODULE=tests.settings $(PY) -m tests.faults.soak

format: $(VENV)/.test
	@$(PY) -m ruff check --fix --quiet . && $(PY) -m ruff format --quiet .

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis staticfiles

# A stamp is newer than what it was made from exactly when the installation is complete.
$(VENV)/.run: requirements.txt | $(VENV)/.made
	@echo "Installing what Ticker needs (once; a minute) …"
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.test: requirements.txt requirements-test.txt | $(VENV)/.made
	@echo "Installing what the tests need (once; a minute) …"
	@$(PIP) -r requirements.txt -r requirements-test.txt
	@touch $(VENV)/.run $@

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Ticker needs Python 3.11 or later; $(PYTHON) is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12 run")'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "No venv from $(PYTHON): on Debian, apt-get install python3-venv" >&2; exit 1; }
	@touch $@
