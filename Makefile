# Needs Python 3.11 to 3.13 and make, nothing else: each target makes the environment it runs in.
# Another interpreter: make test PYTHON=python3.12

PYTHON ?= python3
BIN = .venv/bin

# Scripts of benchmarks/performance, the quick ones first.
BENCHMARKS = imports row_plan focal_loss batches augmentation predict image_files gpu backends fit \
  memory grid_search shared_features

CONSTRAINTS = constraints.txt

# Old packages beside newer ones that these did not know of warn of what was renamed since.
OLD_WARN = $(foreach kind,Deprecation PendingDeprecation Future,-W ignore::$(kind)Warning)

# tensorflow-cpu is built for PCs only; elsewhere (Apple silicon, ARM) tensorflow is what it would be.
PLATFORM := $(shell uname -sm)
TENSORFLOW = $(if $(filter Linux x86_64,$(PLATFORM)),tensorflow-cpu,tensorflow)

export KERAS_BACKEND = tensorflow
export MPLBACKEND = Agg
export TF_CPP_MIN_LOG_LEVEL = 3

.PHONY: help demo check test test-slow test-oldest test-backends test-jax test-torch test-backends-short \
  test-short-jax test-short-torch coverage mutation bench docs package lint format clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

demo: .venv/.installed  ## compare four methods on imbalanced digits, write demo_output/comparison.png
	$(BIN)/python examples/quietly.py examples/demo.py

check: lint  ## check style and layout, and run the fast tests of one part: make check PART=losses
	$(BIN)/python -m pytest -q -m "not slow" tests/test_layout.py tests/test_public_names.py \
	  $(wildcard $(foreach path,tests/$(PART) tests/test_$(PART) imblearn_bbfl/$(PART),$(path)/ $(path).py))

test: .venv/.installed  ## run the fast tests
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not slow"

test-oldest: .venv-oldest/.installed  ## run the fast tests on the oldest versions that are admitted
	.venv-oldest/bin/python -m pytest -q -n 2 --dist worksteal -m "not slow" $(OLD_WARN)

test-slow: .venv/.installed  ## run the slow tests
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m slow

test-backends: test-jax test-torch  ## run the fast tests on JAX and on Torch

test-backends-short: test-short-jax test-short-torch  ## run losses and generator on them only

test-jax test-torch: test-%: .venv-%/.installed
	KERAS_BACKEND=$* .venv-$*/bin/python -m pytest -q -n 2 --dist worksteal -m "not slow"

test-short-jax test-short-torch: test-short-%: .venv-%/.installed
	KERAS_BACKEND=$* .venv-$*/bin/python -m pytest -q -n 2 --dist worksteal tests/losses tests/test_generators.py

coverage: .venv/.faults-installed  ## run all tests, and list the lines and branches that none of them takes
	rm -rf build/coverage
	$(BIN)/python -m coverage run -m pytest -q -n 2 --dist worksteal
	$(BIN)/python -m coverage combine -q
	$(BIN)/python -m coverage report

mutation: .venv/.faults-installed  ## change the code of losses, costs, rules and statistics, and list what no test notices
	$(BIN)/python -m mutmut run $(MUTANTS)
	$(BIN)/python -m mutmut results

docs: .venv/.docs-installed  ## build the documentation, the gallery with it: docs/_build/html
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html

package: .venv/.package-installed  ## build wheel and sdist into dist, use both in a fresh environment
	rm -rf dist
	$(BIN)/python -m build --outdir dist .
	$(BIN)/python tests/try_package.py dist

bench: .venv/.bench-installed  ## measure speed and memory against others, in a short form
	for name in $(BENCHMARKS); do \
	  $(BIN)/python benchmarks/performance/$$name.py --short --out build/performance || exit 1; \
	done
	$(BIN)/python benchmarks/performance/summarize.py --out build/performance

lint: .venv/.installed  ## check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: .venv/.installed  ## mend style and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## remove the environments and all that the targets wrote
	rm -rf .venv .venv-jax .venv-torch .venv-oldest build dist mutants demo_output docs/_build docs/auto_examples \
	  docs/api/generated docs/api/backreferences *.egg-info .pytest_cache .ruff_cache .hypothesis
	find imblearn_bbfl tests examples benchmarks -name __pycache__ -type d -exec rm -rf {} +

.venv/.installed: PACKAGES = '.[$(TENSORFLOW),plot,test]' ruff
.venv-jax/.installed: PACKAGES = '.[jax,test]'
.venv-torch/.installed: PACKAGES = '.[torch,test]'

.venv-oldest/.installed: PACKAGES = '.[$(TENSORFLOW),plot,test]'
.venv-oldest/.installed: CONSTRAINTS = constraints-oldest.txt

.venv/.installed .venv-jax/.installed .venv-torch/.installed .venv-oldest/.installed: %/.installed: \
    pyproject.toml constraints.txt constraints-oldest.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
	  echo "PYTHON=$(PYTHON) must be Python 3.11 to 3.13. Pass another one: make PYTHON=python3.12"; \
	  exit 1; }
	$(PYTHON) -m venv --clear $*
	$*/bin/python -m pip install --quiet --constraint $(CONSTRAINTS) --editable $(PACKAGES)
	@touch $@

.venv/.package-installed: .venv/.installed
	.venv/bin/python -m pip install --quiet --constraint constraints.txt build
	@touch $@

.venv/.faults-installed: .venv/.installed
	.venv/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[faults]'
	@touch $@

.venv/.docs-installed: .venv/.installed
	.venv/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[docs]'
	@touch $@

.venv/.browser-installed: .venv/.installed
	.venv/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[browser]'
	@touch $@

.venv/.bench-installed: .venv/.installed
	.venv/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[bench]'
	@touch $@
