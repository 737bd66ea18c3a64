# Two commands: `make run` shows the built-in study, `make test` runs the whole suite.
# Both need only Python 3.11 or newer and make; they install what they need into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Where the real corpora lie, if they are at hand; without them their tests are skipped.
ifneq ($(wildcard ../shared/data),)
export CRITICALMASS_DATA ?= $(abspath ../shared/data)
endif

.PHONY: run check test test-slow test-mutants docs docs-check docs-links format clean

run: $(VENV)/installed
	$(BIN)/criticalmass run --out results/freelancers

# What to run after every change: style, types, and which room may import which. No test is run.
check: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# A process for each core: more threads would only get in each other's way.
test: check docs-check
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 \
	$(BIN)/python -m pytest -m "not slow" --numprocesses auto --dist loadfile

# The real corpus from end to end, about half an hour on two cores, and ten thousand odd inputs:
# CRITICALMASS_FUZZ says how many of each of nine kinds (1,200), and CRITICALMASS_KILLS how many
# processes are killed at random (100, on a pool and on a Dask cluster each).
test-slow: $(VENV)/installed-test
	$(BIN)/python -m pytest -m slow --timeout=3600

# Whether the tests would notice: the library with one operator, number, condition or default changed
# runs against the tests of the changed module; docs/testing.md. About an hour on two cores.
# MUTANTS="--sample 60 members" draws fewer, and runs those of some rooms or files alone.
test-mutants: $(VENV)/installed-test
	PYTHONPATH=tests $(BIN)/python -m support.mutants $(MUTANTS)

# The documentation in build/docs: open build/docs/index.html. Every example of the gallery and every
# block of the tutorials is run; what an example printed and drew is kept in docs/gallery.
docs: $(VENV)/installed-test
	rm -f docs/gallery/*.md5
	OMP_NUM_THREADS=1 $(BIN)/sphinx-build -q -b html -W --keep-going -n docs build/docs
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/test_docs.py tests/test_tutorials.py tests/test_site.py

# The same from kept outputs, with no example run: what a check of every change has time for.
docs-check: $(VENV)/installed-test
	OMP_NUM_THREADS=1 $(BIN)/sphinx-build -q -b html -W --keep-going -n -D only_kept=1 docs build/docs

# Whether links to other sites lead anywhere: needs a network, so it is no part of a test.
docs-links: $(VENV)/installed-test
	$(BIN)/sphinx-build -q -b linkcheck -D only_kept=1 docs build/links

format: $(VENV)/installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "criticalmass needs Python 3.11 or newer; try make PYTHON=python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) (a minute or two the first time) …"
	$(PIP) install --constraint constraints.txt --editable .
	touch $@

$(VENV)/installed-test: $(VENV)/installed
	@echo "installing what the tests need …"
	$(PIP) install --constraint constraints.txt --editable ".[torch,dask,slurm,excel,test,docs]"
	touch $@

clean:
	rm -rf $(VENV) results build dist
