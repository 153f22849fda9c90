# Needs Python 3.11 to 3.13 and make, nothing else: each target makes the environment it runs in.
# Another interpreter: make test PYTHON=python3.12
# Environments beside your own, as .ci/run has them: make test VENV=.venv-ci
# CONTRIBUTING.md has the same commands for machines without make, and a test compares them.

PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin

# Scripts of benchmarks/performance, the quick ones first.
BENCHMARKS = imports row_plan focal_loss batches augmentation predict image_files gpu backends fit \
  memory grid_search shared_features dask_workers

CONSTRAINTS = --constraint constraints.txt

# Where development versions of NumPy and scikit-learn lie, for `make test-nightly`; without it, the
# newest pre-releases are taken.
NIGHTLY_INDEX ?=

# Old packages beside newer ones that these did not know of warn of what was renamed since.
OLD_WARN = $(foreach kind,Deprecation PendingDeprecation Future,-W ignore::$(kind)Warning)

# tensorflow-cpu is built for PCs only; elsewhere (Apple silicon, ARM) tensorflow is what it would be.
PLATFORM := $(shell uname -sm)
TENSORFLOW = $(if $(filter Linux x86_64,$(PLATFORM)),tensorflow-cpu,tensorflow)

export KERAS_BACKEND = tensorflow
export MPLBACKEND = Agg
export TF_CPP_MIN_LOG_LEVEL = 3

.PHONY: help demo check test test-slow test-oldest test-nightly test-backends test-jax test-torch \
  test-backends-short test-short-jax test-short-torch coverage mutation bench docs links package \
  lint format audit clean clean-results

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.installed  ## compare four methods on imbalanced digits, write demo_output/comparison.png
	$(BIN)/python examples/quietly.py examples/demo.py

check: lint  ## check style and layout, and run the fast tests of one part: make check PART=losses
	$(BIN)/python -m pytest -q -m "not slow" tests/test_layout.py tests/test_public_names.py \
	  $(wildcard $(foreach path,tests/$(PART) tests/test_$(PART) imblearn_bbfl/$(PART),$(path)/ $(path).py))

test: $(VENV)/.installed  ## run the fast tests
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not slow"

test-oldest: $(VENV)-oldest/.installed  ## run the fast tests on the oldest versions that are admitted
	$(VENV)-oldest/bin/python -m pytest -q -n 2 --dist worksteal -m "not slow" $(OLD_WARN)

test-nightly: $(VENV)-nightly/.keras-installed  ## run the fast tests on development versions
	$(VENV)-nightly/bin/python -m pip list | grep -i -E "^(numpy|scipy|pandas|scikit-learn|imbalanced-learn|keras|tensorflow)"
	$(VENV)-nightly/bin/python -m pytest -q -n 2 --dist worksteal -m "not slow"

test-slow: $(VENV)/.installed  ## run the slow tests
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m slow

test-backends: test-jax test-torch  ## run the fast tests on JAX and on Torch

test-backends-short: test-short-jax test-short-torch  ## run losses and generator on them only

test-jax test-torch: test-%: $(VENV)-%/.installed
	KERAS_BACKEND=$* $(VENV)-$*/bin/python -m pytest -q -n 2 --dist worksteal -m "not slow"

test-short-jax test-short-torch: test-short-%: $(VENV)-%/.installed
	KERAS_BACKEND=$* $(VENV)-$*/bin/python -m pytest -q -n 2 --dist worksteal tests/losses tests/test_generators.py

coverage: $(VENV)/.faults-installed  ## run all tests, and list the lines and branches that none of them takes
	rm -rf build/coverage
	$(BIN)/python -m coverage run -m pytest -q -n 2 --dist worksteal
	$(BIN)/python -m coverage combine -q
	$(BIN)/python -m coverage report

mutation: $(VENV)/.faults-installed  ## change the code of losses, costs, rules and statistics, and list what no test notices
	$(BIN)/python -m mutmut run $(MUTANTS)
	$(BIN)/python -m mutmut results

docs: $(VENV)/.docs-installed  ## build the documentation, the gallery with it: docs/_build/html
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html

package: $(VENV)/.package-installed  ## build wheel and sdist into dist, use both in a fresh environment
	rm -rf dist
	$(BIN)/python -m build --outdir dist .
	$(BIN)/python tests/try_package.py dist

bench: $(VENV)/.bench-installed  ## measure speed and memory against others, in a short form
	for name in $(BENCHMARKS); do \
	  $(BIN)/python benchmarks/performance/$$name.py --short --out build/performance || exit 1; \
	done
	$(BIN)/python benchmarks/performance/summarize.py --out build/performance

lint: $(VENV)/.installed  ## check style, format, spelling and types
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m codespell_lib
	$(BIN)/python -m mypy

format: $(VENV)/.installed  ## mend style and format
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

audit: $(VENV)/.audit-installed  ## look for known vulnerabilities of what the package needs
	mkdir -p build
	$(BIN)/python -m pip freeze --exclude-editable > build/audited.txt
	$(BIN)/python -m pip_audit --strict --no-deps --disable-pip --requirement build/audited.txt

links: $(VENV)/.docs-installed  ## follow the links of the documentation
	$(BIN)/python -m sphinx -q -b linkcheck -D plot_gallery=0 docs docs/_build/links

clean: clean-results  ## remove the environments and all that the targets wrote
	rm -rf $(VENV) $(foreach kind,jax torch oldest nightly,$(VENV)-$(kind))

clean-results:  ## remove all that the targets wrote, but not the environments
	rm -rf build dist mutants demo_output docs/_build docs/auto_examples docs/api/generated \
	  docs/api/backreferences *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find imblearn_bbfl tests examples benchmarks -name __pycache__ -type d -exec rm -rf {} +

$(VENV)/.installed: PACKAGES = '.[$(TENSORFLOW),plot,test]' ruff codespell mypy
$(VENV)-jax/.installed: PACKAGES = '.[jax,test]'
$(VENV)-torch/.installed: PACKAGES = '.[torch,test]'

$(VENV)-oldest/.installed: PACKAGES = '.[$(TENSORFLOW),plot,test]'
$(VENV)-oldest/.installed: CONSTRAINTS = --constraint constraints-oldest.txt

$(VENV)-nightly/.installed: PACKAGES = '.[$(TENSORFLOW),plot,test]' numpy scikit-learn
$(VENV)-nightly/.installed: CONSTRAINTS = --pre --upgrade $(NIGHTLY_INDEX:%=--extra-index-url %)

ENVIRONMENTS = $(VENV) $(foreach kind,jax torch oldest nightly,$(VENV)-$(kind))
$(ENVIRONMENTS:%=%/.installed): %/.installed: pyproject.toml constraints.txt constraints-oldest.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
	  echo "PYTHON=$(PYTHON) must be Python 3.11 to 3.13. Pass another one: make PYTHON=python3.12"; \
	  exit 1; }
	$(PYTHON) -m venv --clear $*
	$*/bin/python -m pip install --quiet $(CONSTRAINTS) --editable $(PACKAGES)
	@touch $@

# The development version of Keras is another distribution with the same files, of which removing the
# stable one leaves few, so it is installed again where TensorFlow has asked for it already.
$(VENV)-nightly/.keras-installed: $(VENV)-nightly/.installed
	$(VENV)-nightly/bin/python -m pip uninstall --quiet --yes keras
	$(VENV)-nightly/bin/python -m pip install --quiet --pre --no-deps --force-reinstall keras-nightly
	@touch $@

EXTRAS = bench browser docs faults
$(EXTRAS:%=$(VENV)/.%-installed): $(VENV)/.%-installed: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet $(CONSTRAINTS) --editable '.[$*]'
	@touch $@

$(VENV)/.package-installed: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet $(CONSTRAINTS) build
	@touch $@

$(VENV)/.audit-installed: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet $(CONSTRAINTS) pip-audit
	@touch $@
