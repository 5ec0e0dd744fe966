# The commands of the project; `make` alone lists them.
MUNICIPALITY ?=
MUNICIPALITIES ?=
MIN_COUNT ?= 5
YEAR ?=
FILE ?=
FORCE ?=
WORKERS ?=
TIME_LIMIT ?=
ASKED = --min-count $(MIN_COUNT) $(if $(YEAR),--year $(YEAR)) $(if $(FORCE),--force) $(if $(WORKERS),--workers $(WORKERS)) $(if $(TIME_LIMIT),--time-limit $(TIME_LIMIT))

# The project's conda environment is used when it is active; else .venv is made, from the lock.
ifeq ($(CONDA_DEFAULT_ENV),casework-notebooks)
PYTHON := $(CONDA_PREFIX)/bin/python
READY := .cache/conda-ready
else
PYTHON := .venv/bin/python
READY := .venv/ready
endif

# a delivery may be called what its producer called it, blanks and all
# folders too: a file that was taken away changes its folder
RAW := $(shell find data/raw -not -name '.*' 2>/dev/null | sed 's/ /\\ /g')
CODE := $(shell find src/analysis -name '*.py')
DATA := data/processed/digests.json

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help report reports site publication data delivery lab verify audit test check bench lock clean

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/ready: requirements.lock pyproject.toml
	@echo "Setting up .venv (once; a few minutes)"
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "python3 must be 3.11 or newer, but is $$(python3 --version). Install a newer one."; exit 1; }
	@test -x .venv/bin/python || python3 -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

.cache/conda-ready: pyproject.toml
	@$(PYTHON) -c 'import analysis, pytest' 2>/dev/null || $(PYTHON) -m pip install --quiet -e '.[dev]'
	@mkdir -p .cache && touch $@

$(DATA): $(READY) data/codebook.csv data/municipalities.csv data/synthetic_manifest.csv $(RAW) $(CODE)
	@$(PYTHON) -m analysis.synthetic
	@$(PYTHON) -m analysis.prepare

data: $(DATA)  ## build data/processed from data/raw (demonstration data where nothing is)

report: $(DATA)  ## charts and pages of one municipality, group or the country: make report MUNICIPALITY=Roskilde
	@$(PYTHON) -m rerun --municipality "$(MUNICIPALITY)" $(ASKED)

reports: $(DATA)  ## the same for the country, groups and all 98, or for some: make reports MUNICIPALITIES="Roskilde Køge"
	@$(PYTHON) -m rerun $(if $(strip $(MUNICIPALITIES)),--municipalities "$(MUNICIPALITIES)",--all) $(ASKED)

site: $(READY)  ## build the pages anew of what is already in reports/
	@$(PYTHON) -m rerun.site

publication: $(DATA)  ## as report, but refuses synthetic data
	@ANALYSIS_PUBLICATION=1 $(PYTHON) -m rerun --municipality "$(MUNICIPALITY)" $(ASKED)

delivery: $(READY)  ## look at a delivery and propose its sidecar: make delivery FILE=data/raw/survey.sav
	@$(PYTHON) -m analysis.prepare.delivery "$(FILE)"

lab: $(DATA)  ## open JupyterLab on the notebooks
	@$(PYTHON) -m jupyterlab --notebook-dir=notebooks

verify: $(DATA)  ## make an exported file again and compare: make verify FILE=reports/…
	@$(PYTHON) -m rerun.verify "$(FILE)"

audit: $(READY)  ## attack everything in reports/ and say what could be computed
	@$(PYTHON) -m rerun.audit

test: $(DATA)  ## run all tests
	@$(PYTHON) -m pytest -n 2 -q

check: $(READY)  ## lint and format check
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .

bench: $(DATA)  ## measure speed and memory, as ratios
	@for file in benchmarks/bench_*.py; do $(PYTHON) $$file || exit 1; done

lock: pyproject.toml  ## resolve all versions anew, with hashes
	@$(PYTHON) -m pip install --quiet uv
	@$(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --extra dev --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --output-file requirements.lock pyproject.toml

clean:  ## remove everything that was built
	rm -rf reports data/processed data/processed.new data/processed.old .cache .pytest_cache .ruff_cache
