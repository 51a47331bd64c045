.PHONY: run install install-dev test lint format bench
PYTHON ?= python3.11
HOST ?= 127.0.0.1
PORT ?= 8000

run: install
	HOST=$(HOST) PORT=$(PORT) .venv/bin/python app.py serve

install: .venv/installed
install-dev: .venv/installed-dev

.venv/installed: requirements.txt
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

test: install-dev lint
	.venv/bin/python -m pytest

lint: install-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

format: install-dev
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

bench: install
	.venv/bin/python -m tests.benchmark
