# Works with GNU make and any POSIX shell; needs Python >= 3.11 and nothing else.
# Another interpreter: make serve PYTHON=python3.13

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

# pip compiles nothing, and Python keeps what it compiles, also where the environment says otherwise: each of the many
# processes of the tests would compile all its modules again, which takes longer than the rest of a start.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help serve check test bench chaos attack soak fmt static lint types imports docker-lint quick pytest chromium jq postgresql nginx faketime \
  wrk docs recording pictures lock wheel clean $(VENV)

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z.$$()A-Z-]+:.*## / { sub(/\$$\(VENV\)/, "$(VENV)", $$1); printf "  make %-12s %s\n", $$1, $$2 }' Makefile

serve: $(VENV)/.runtime ## Serve on http://127.0.0.1:8000 (HOST and PORT override)
	@if [ -z "$$NAMEWRIGHT_ADMIN_TOKEN" ]; then \
	  NAMEWRIGHT_ADMIN_TOKEN=$$($(BIN)/python -m app.http.token_file) || exit; \
	  export NAMEWRIGHT_ADMIN_TOKEN; \
	  printf '%s\n' "The admin token, for Authorize in Swagger UI, or for a terminal:" "" \
	    "  export TOKEN=$$NAMEWRIGHT_ADMIN_TOKEN" \
	    "  curl -H \"Authorization: Bearer \$$TOKEN\" http://$(HOST):$(PORT)/train" "" \
	    "It stays the same at the next start; set NAMEWRIGHT_ADMIN_TOKEN to choose another." ""; \
	fi; \
	HOST=$(HOST) PORT=$(PORT) exec $(BIN)/python -m app

check: $(VENV)/.dev ## Format, lint, types, import contracts and the quick tests (about a minute)
	@$(MAKE) --no-print-directory --jobs=2 static quick

test: ## Run everything that must pass (a quarter of an hour)
	@$(MAKE) --no-print-directory --jobs=2 static pytest

# OpenBLAS chooses its kernel for the machine, whatever the environment says.
bench: $(VENV)/.bench wrk ## Measure speed beside others (QUICK=1: in 3 minutes; WRITE=1: into docs/benchmarks.md)
	@env -u OPENBLAS_CORETYPE $(BIN)/python -m benchmarks $(if $(QUICK),--quick) $(if $(WRITE),--write)

chaos: $(VENV)/.dev postgresql faketime ## Kill, cut and fill what there is, and see that nothing is lost (PARTS=network RUNS=9 SEED=1: those; an hour)
	@$(BIN)/python -m tests.chaos $(PARTS) $(if $(RUNS),--runs $(RUNS)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SEED),--seed $(SEED))

attack: $(VENV)/.dev ## Attack the service and its files, and see that nothing gets through (PARTS=files: that alone)
	@$(BIN)/python -m tests.attack $(PARTS)

soak: $(VENV)/.dev postgresql ## Load it for an hour with all there is, and see that memory and latency stay (MINUTES=5 DATABASE=postgresql SEED=1)
	@$(BIN)/python -m tests.soak $(if $(MINUTES),--minutes $(MINUTES)) $(if $(DATABASE),--database $(DATABASE)) $(if $(SEED),--seed $(SEED)) $(if $(LOG),--log $(LOG))

fmt: $(VENV)/.dev ## Format the code and apply the safe lint fixes
	@$(BIN)/ruff check --fix --exit-zero --quiet .
	@$(BIN)/ruff format .

static: lint types imports docker-lint

lint: $(VENV)/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(VENV)/.dev
	@$(BIN)/mypy

imports: $(VENV)/.dev
	@$(BIN)/lint-imports

docker-lint: $(VENV)/.dev
	@$(BIN)/hadolint Dockerfile

# Each process takes the next file when it is free; tests/acceptance, the slowest folder, comes first. Its tests wait much,
# so that three processes suit two cores; more would starve the workers, which run at a lower priority.
PROCESSES := 3
PYTEST := $(BIN)/python -m pytest --dist=loadfile --no-loadscope-reorder

quick: $(VENV)/.dev
	@$(PYTEST) --numprocesses=2 --quiet -m 'not slow'

pytest: $(VENV)/.dev chromium postgresql nginx jq
	@$(PYTEST) --numprocesses=$(PROCESSES) --cov

chromium:
	@scripts/install-chromium.sh

postgresql:
	@scripts/install-postgresql.sh

nginx:
	@scripts/install-nginx.sh

jq:
	@scripts/install-jq.sh

faketime:
	@scripts/install-faketime.sh

wrk:
	@scripts/install-wrk.sh

docs: $(VENV)/.dev ## Build the documentation as a site, into build/site
	@$(BIN)/python scripts/site_pages.py build/pages
	@$(BIN)/python -m zensical build --strict
	@echo "Open build/site/index.html"

recording: $(VENV)/.dev ## Record again how the original recipe learns, for the page that shows it
	@$(BIN)/python scripts/record_training.py >app/http/static/recording.json

pictures: $(VENV)/.dev chromium ## Draw the pictures of README again (a quarter of an hour: it trains)
	@$(BIN)/python -m pytest -q tests/acceptance/test_browser.py tests/acceptance/test_page_*.py
	@cp build/screenshots/swagger.png build/screenshots/page*.png docs/images/
	@$(BIN)/python -m model train model/corpus/bundled/us.txt --preset best --out build/us.npz --plot docs/images/loss.png

lock: $(VENV)/.dev ## Take the newest versions that pyproject.toml allows into the lock files, and their licences into docs
	@$(BIN)/python scripts/lock.py --upgrade
	@$(MAKE) --no-print-directory $(VENV)/.dev
	@$(BIN)/python scripts/inventory.py licences >docs/licences.md

wheel: $(VENV)/.dev ## Build the wheel, with the bundled models and lists, and that of the client, into dist/
	@rm -rf build/lib build/bdist.* client/build
	@$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir dist . ./client
	@ls dist/*.whl

clean: ## Remove the environment and everything built
	rm -rf $(VENV) build dist client/build client/*.egg-info .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache *.egg-info

$(VENV): $(VENV)/.dev ## Make the development environment

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "namewright needs Python 3.11 or newer, and '$(PYTHON)' is older or absent: name one with 'make PYTHON=python3.13 ...'" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' cannot make virtual environments: on Debian and Ubuntu, 'apt install python3-venv' adds what is missing" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

# What is installed is in the lock files, by version and hash; nothing else is fetched to build it.
LOCKED := $(PIP) install --quiet --require-hashes --no-build-isolation
OURSELVES := $(PIP) install --quiet --no-deps --no-build-isolation --editable .

$(VENV)/.runtime: $(VENV)/.made pyproject.toml requirements/build.txt requirements/production.txt
	@echo "Installing namewright into $(VENV) ..."
	@$(LOCKED) --requirement requirements/build.txt
	@$(LOCKED) --requirement requirements/production.txt
	@$(OURSELVES)
	@touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml requirements/build.txt requirements/dev.txt
	@echo "Installing namewright and its development tools into $(VENV) ..."
	@$(LOCKED) --no-compile --requirement requirements/build.txt
	@$(LOCKED) --no-compile --requirement requirements/dev.txt
	@$(OURSELVES)
	@touch $(VENV)/.runtime $@

$(VENV)/.bench: $(VENV)/.dev
	@echo "Installing what the benchmarks compare with into $(VENV) ..."
	@$(PIP) install --quiet --no-compile --no-build-isolation --editable '.[bench]'
	@touch $@
