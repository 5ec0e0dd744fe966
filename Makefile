# The commands of the project; `make` alone lists them. Each is a `casework` command of the same name.
export MUNICIPALITY MUNICIPALITIES NOTEBOOKS MIN_COUNT YEAR FILE FORCE WORKERS TIME_LIMIT KNOWN STYLE SCHEDULER
# What a user says is data: make takes it as it stands, and the shell sees it in quotes only.
$(foreach name,MUNICIPALITY MUNICIPALITIES NOTEBOOKS MIN_COUNT YEAR FILE FORCE WORKERS TIME_LIMIT KNOWN STYLE SCHEDULER,$(eval override $(name) := $$(value $(name))))

ASKED = $${MIN_COUNT:+--min-count "$$MIN_COUNT"} $${YEAR:+--year "$$YEAR"} $${FORCE:+--force} \
	$${WORKERS:+--workers "$$WORKERS"} $${TIME_LIMIT:+--time-limit "$$TIME_LIMIT"} $${NOTEBOOKS:+--notebooks "$$NOTEBOOKS"}

# The project's conda environment is used when it is active; else .venv is made, from the lock.
ifeq ($(CONDA_DEFAULT_ENV),casework-notebooks)
PYTHON := $(CONDA_PREFIX)/bin/python
READY := .cache/conda-ready
else
PYTHON := .venv/bin/python
READY := .venv/ready
endif
CASEWORK = @$(PYTHON) -m rerun

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help report reports site publication plan data delivery lab verify audit changes test check bench lock clean FORCED

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# made anew, too, where the folder was moved or renamed since, or an earlier call was broken off
ifneq ($(shell cat .venv/made-in 2>/dev/null),$(CURDIR))
.venv/ready: FORCED
endif
.venv/ready: requirements.lock pyproject.toml
	@echo "Setting up .venv (once; a few minutes)"
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "python3 must be 3.11 or newer, but is $$(python3 --version). Install a newer one."; exit 1; }
	@.venv/bin/python -m pip --version >/dev/null 2>&1 && [ "$$(cat .venv/made-in 2>/dev/null)" = "$(CURDIR)" ] || { rm -rf .venv; python3 -m venv .venv; } || \
	  { rm -rf .venv; echo "python3 must be able to make virtual environments, but can't. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@printf %s "$(CURDIR)" > .venv/made-in
	@touch $@

.cache/conda-ready: pyproject.toml
	@$(PYTHON) -c 'import analysis, pytest' 2>/dev/null || $(PYTHON) -m pip install --quiet -e '.[dev]'
	@mkdir -p .cache && touch $@

data: $(READY)  ## build data/processed from data/raw (demonstration data where nothing is)
	$(CASEWORK) data

report: $(READY)  ## charts and pages of one municipality, group or the country: make report MUNICIPALITY=Roskilde
	$(CASEWORK) report $(ASKED) -- "$$MUNICIPALITY"

reports: $(READY)  ## the same for the country, groups and all 98, or for some: make reports MUNICIPALITIES="Roskilde Køge"
	$(CASEWORK) reports $(ASKED) -- "$$MUNICIPALITIES"

plan: $(READY)  ## what `make reports` would run, what is built, and why the rest is not
	$(CASEWORK) plan $(ASKED) -- "$${MUNICIPALITIES:-$$MUNICIPALITY}"

site: $(READY)  ## build the pages anew of what is already in reports/
	$(CASEWORK) site

publication: $(READY)  ## as report, but refuses synthetic data
	$(CASEWORK) publication $(ASKED) -- "$$MUNICIPALITY"

delivery: $(READY)  ## look at a delivery and propose its sidecar: make delivery FILE=data/raw/survey.sav
	$(CASEWORK) delivery -- "$$FILE"

lab: $(READY)  ## open JupyterLab on the project
	$(CASEWORK) lab

verify: $(READY)  ## make an exported file again and compare: make verify FILE=reports/…
	$(CASEWORK) verify -- "$$FILE"

audit: $(READY)  ## attack everything in reports/, with KNOWN=folder beside an earlier edition: can a withheld number be computed?
	$(CASEWORK) audit $${KNOWN:+--known "$$KNOWN"}

changes: $(READY)  ## what changed since an earlier edition: make changes KNOWN=folder
	$(CASEWORK) changes -- "$$KNOWN"

test: $(READY)  ## run all tests
	$(CASEWORK) data
	@$(PYTHON) -m pytest -n 2 -q

check: $(READY)  ## lint, format and the way that imports run
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(dir $(PYTHON))lint-imports --no-cache

bench: $(READY)  ## measure speed and memory, as ratios
	$(CASEWORK) data
	@for file in benchmarks/bench_*.py; do $(PYTHON) $$file || exit 1; done

lock: pyproject.toml $(READY)  ## resolve all versions anew, with hashes
	@$(PYTHON) -m pip install --quiet uv
	@$(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --extra dev --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --output-file requirements.lock pyproject.toml

clean:  ## remove everything that was built
	rm -rf reports data/processed data/processed.new data/processed.old .cache .pytest_cache .ruff_cache
