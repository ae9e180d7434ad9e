# What each command does stands in README.md and docs/operations.md. `make` itself only calls Python.
PYTHON ?= python3
PY := .venv/bin/python
ARGS ?=

.PHONY: help run stop test check walk bench lock deps dev
.DEFAULT_GOAL := help

help:
	@echo "make run     everything on this machine, at http://localhost:8000   (PORT=8001, DATA_DIR=folder)"
	@echo "make stop    stop embedded services that a killed command left behind"
	@echo "make test    every test                                             (ARGS='tests/ledger -k hold')"
	@echo "make check   linters, types, templates, the dependency law, migrations, translations, deploy check"
	@echo "make walk    the whole walk of every page, role, size and language"
	@echo "make bench   the benchmarks, as ratios of one run                    (QUICK=1, ARGS=ledger)"
	@echo "make lock    write requirements*.txt from requirements*.in (needs uv)"

run: deps
	@exec $(PY) -m timebank.embedded.run

stop:
	@$(PY) -m timebank.embedded.stop

test: dev
	@$(PY) -m timebank.embedded.translations compile
	@$(PY) -m timebank.embedded.browser
	@exec $(PY) -m pytest -n 2 --dist loadfile $(ARGS)

walk: dev
	@$(PY) -m timebank.embedded.translations compile
	@CHROMIUM_REQUIRED=1 $(PY) -m timebank.embedded.browser
	@exec $(PY) -m pytest -n 2 --dist worksteal tests/walks --whole $(ARGS)

bench: dev
	@$(PY) -m timebank.embedded.translations compile
	@exec $(PY) -m bench $(ARGS)

check: dev
	@exec $(PY) -m timebank.embedded.check

lock:
	uv pip compile --universal --generate-hashes --no-config --no-header --no-annotate \
		--python-version 3.11 requirements.in -o requirements.txt
	uv pip compile --universal --generate-hashes --no-config --no-header --no-annotate \
		--python-version 3.11 requirements-dev.in -o requirements-dev.txt
	uv pip compile --universal --generate-hashes --no-config --no-header --no-annotate \
		--python-version 3.11 requirements-bench.in -o requirements-bench.txt

deps:
	@$(PYTHON) timebank/embedded/setup.py

dev:
	@$(PYTHON) timebank/embedded/setup.py --dev
