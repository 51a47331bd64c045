.PHONY: run install install-dev test lint format bench
PYTHON ?= python3.11
# Debian packages that tests drive: a browser with Japanese letters, and the servers of the scaled set-up.
TEST_PACKAGES := chromium fonts-ipafont-gothic postgresql redis-server
ROOT := $(if $(filter 0,$(shell id -u)),,sudo)
HOST ?= 127.0.0.1
PORT ?= 8000

run: install
	HOST=$(HOST) PORT=$(PORT) .venv/bin/python app.py serve

install: .venv/installed
install-dev: .venv/installed-dev

.venv/installed: requirements.txt
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	.venv/bin/python -m compileall -q app.py bot handlers intents knowledge nlp
	touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

.venv/installed-packages: Makefile .venv/installed
	dpkg -s $(TEST_PACKAGES) >/dev/null 2>&1 || { $(ROOT) apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $(ROOT) apt-get install -qq -y --no-install-recommends $(TEST_PACKAGES) >/dev/null; }
	touch $@

# Two processes for two cores: the journeys, which mostly wait for processes that are killed and started, and the pages of
# the console beside all other tests.
BESIDE := tests/journeys $(wildcard tests/test_console_*.py)
test: install-dev .venv/installed-packages lint
	.venv/bin/python -m pytest $(BESIDE) >.venv/beside.log 2>&1 & beside=$$!; \
	  .venv/bin/python -m pytest $(addprefix --ignore=,$(BESIDE)); others=$$?; \
	  wait $$beside; ended=$$?; cat .venv/beside.log; exit $$((others | ended))

lint: install-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

format: install-dev
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

# Public FAQ and graded queries, where they lie beside the clone; the project's own questions serve the rest.
FAQ ?= ../shared/eval/localgovfaq
bench: install-dev
	.venv/bin/python -m tests.benchmark
	test ! -d $(FAQ) || .venv/bin/python -m tests.bench_peers $(FAQ)/faq.csv $(FAQ)/queries_dev.jsonl
	.venv/bin/python -m tests.bench_line
