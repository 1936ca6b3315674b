# The verbs of this project. `make run` and `make test` are all a newcomer needs.
#
#   make run                 set up, then recommend from demo music in the browser
#   make run MUSIC=~/Music   the same from your own folder
#   make test                set up for development and run the tests
#   make walk                do all that README and docs/specification.md tell, command by command
#   make services-test       the tests that start a PostgreSQL and a Redis of their own
#   make check               style, types, import contracts, dead code, spelling, dependencies
#   make train-setup         add what training models needs
#   make bench               measure, and write benchmarks/results/*.json (*ears.py, playlists.py take hours: see there)
#   make soak                kill server, worker and PostgreSQL 50 times at work; SOAK="--kills 3 --rows 0" is short
#   make docs                write the generated pages of docs/
#   make sbom                list what is installed with Segue, as CycloneDX, in dist/
#   make floors              test with the oldest versions that pyproject.toml allows (needs uv)
#   make image-steps         do without containers what the image's recipe does, and ask what comes out
#   make images              the same with Docker: build all images, run and ask them; IMAGES="composed" is one part

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
MUSIC  ?=
PORT   ?= 8765
# One thread a process: native pools fight each other on small machines.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: run test walk services-test check train-setup bench docs clean soak sbom floors image-steps images

run: $(VENV)/.core
ifeq ($(strip $(MUSIC)),)
	@$(BIN)/segue demo --port $(PORT)
else
	@$(BIN)/segue serve "$(MUSIC)" --port $(PORT)
endif

test: $(VENV)/.dev
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not walk and not soak"

walk: $(VENV)/.dev
	@$(BIN)/python -m pytest tests/docs -n 2 --dist load -m walk

# Without the programs these tests would only be skipped, and say nothing.
services-test: $(VENV)/.dev
	@$(BIN)/python -c 'import sys; sys.path.insert(0, "tests"); import postgres_server, redis_server; \
	  sys.exit(postgres_server.missing() or redis_server.missing() or 0)'
	@$(BIN)/python -m pytest tests/services tests/unit/caching -n 2 --dist loadfile

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/codespell src tests benchmarks docs README.md CHANGELOG.md Makefile
	$(BIN)/deptry src
	$(BIN)/hadolint deploy/Dockerfile deploy/Dockerfile.train deploy/space/Dockerfile
	$(BIN)/shellcheck deploy/*.sh deploy/space/*.sh

train-setup: $(VENV)/.core
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[train,playlists]'

bench: $(VENV)/.dev
	@for file in benchmarks/*.py; do \
	  case $$file in */report.py|*/ports.py|*/songs.py|*/rhythms.py|*/altered.py|*/*ears.py|*/waiting.py|*/load.py|*/soak.py|*/soaking.py|*/playlists.py|*/images.py|*/machines.py) continue;; esac; \
	  echo "== $$file"; $(BIN)/python $$file || exit 1; \
	done

soak: $(VENV)/.dev
	$(BIN)/python benchmarks/soak.py $(SOAK)

docs: $(VENV)/.dev
	$(BIN)/python docs/generate.py

# Of an environment with nothing in it but Segue and what it needs.
sbom:
	@rm -rf build/sbom build/sbom-maker && mkdir -p build dist
	@$(PYTHON) -m venv build/sbom && $(PYTHON) -m venv build/sbom-maker
	@build/sbom-maker/bin/pip install --quiet --disable-pip-version-check 'cyclonedx-bom>=7,<8'
	@build/sbom/bin/pip install --quiet --disable-pip-version-check -c constraints.txt '.[postgres,redis,otel]'
	@build/sbom/bin/pip uninstall --quiet --yes pip setuptools
	@build/sbom-maker/bin/cyclonedx-py environment --output-reproducible --output-format JSON \
	  --output-file build/found.cdx.json build/sbom/bin/python
	@$(PYTHON) deploy/sbom.py build/found.cdx.json dist

# The parts that speak to what is depended on; the rest of the suite takes hours more and adds little.
# What an old version says of a newer one beside it is shown and fails nothing: it works, or does not.
UV     ?= uv
FLOORS := $(addprefix tests/unit/,catalogue caching sources index spaces recommend audio descriptors \
          attributes latent maps snapshots jobs words training/playlists training/test_conversion.py \
          serve/test_api.py serve/test_guard.py serve/test_openapi.py)
floors:
	@rm -rf build/floors && $(UV) venv --quiet --python 3.11 build/floors
	@$(UV) pip install --quiet --python build/floors --resolution lowest-direct \
	  '.[attributes,playlists,cluster,postgres,redis,otel]'
	@$(UV) pip freeze --quiet --python build/floors | grep -v '^segue' > build/floors.txt
	@$(UV) pip install --quiet --python build/floors --constraint build/floors.txt \
	  pytest pytest-xdist hypothesis librosa mir_eval scikit-surprise
	@build/floors/bin/python -m pytest -n 2 --dist loadfile -q -o filterwarnings=default -m "not slow and not realdata" $(FLOORS)

image-steps:
	@$(PYTHON) deploy/steps.py

images:
	@$(PYTHON) benchmarks/images.py $(IMAGES)

clean:
	rm -rf $(VENV) build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Segue needs Python 3.11 or newer; name one with: make PYTHON=python3.12 run"; exit 2; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "Python's venv module is missing; on Debian: apt install python3-venv"; exit 2; }

$(VENV)/.core: $(VENV)/bin/pip pyproject.toml constraints.txt
	@echo "Installing Segue into $(VENV) (about a minute, once) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.core
	@echo "Installing the development tools ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@
