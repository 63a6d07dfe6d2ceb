# `make demo` and `make test` are all that a newcomer needs: Python 3.10 or newer, make, and the package registry.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test bench torture lint clean

$(VENV)/base: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/test: $(VENV)/base
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[parquet,skos,test]'
	@touch $@

demo: $(VENV)/base  ## label 2,000 real questions to a bank without a model; show the table, the labels, the result
	@mkdir -p out && rm -f out/demo.db*
	$(BIN)/linnaeus label examples/bank_questions.csv --project out/demo.db --out out/labelled.csv --summary out/summary.json
	@echo && $(BIN)/linnaeus labels list --project out/demo.db --limit 12
	@echo && head -4 out/labelled.csv

test: $(VENV)/test  ## the whole suite: style, types, layers, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n auto --dist loadfile

bench: $(VENV)/test  ## the tables of benchmarks/ (needs ../shared/data)
	$(BIN)/python benchmarks/stream.py
	$(BIN)/python benchmarks/overhead.py
	$(BIN)/python benchmarks/taxonomies.py

torture: $(VENV)/test  ## long checks: hundreds of kills
	$(BIN)/python -m pytest -q -m torture --override-ini addopts="-ra --strict-markers"

clean:
	rm -rf $(VENV) out
