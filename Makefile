# Everything a person or a machine does with a checkout. Needs Python 3.11 or newer, git and make; installs into .venv only.
# `make demo` shows the whole journey; `make test` and `make check` are what every change must pass.

PYTHON = python3
VENV = .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
OFFICE = libreoffice-calc-nogui
MARIADB = mariadb-server-core mariadb-client-core
CATALOGUE = crmexport/locale/ru/LC_MESSAGES/crmexport.po
SOURCES = pyproject.toml hatch_build.py $(CATALOGUE)
TEMPLATE = $(VENV)/crmexport.pot
FETCH_PIP = 'import json; from urllib.parse import urljoin; from urllib.request import urlopen, urlretrieve; \
	index = "https://pypi.org/pypi/pip/json"; files = json.load(urlopen(index))["urls"]; \
	wheel = next(file for file in files if file["filename"].endswith(".whl")); \
	print(urlretrieve(urljoin(index, wheel["url"]), "$(VENV)/" + wheel["filename"])[0])'

# Some machines keep Python from noting what it compiled: then each of many short processes compiles everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check judges bench soak test-real test-wheel test-windows messages schemas clean

demo: $(VENV)/.ready-for-demo
	$(BIN)/crmexport demo

# One test more than there are cores: many wait for a process of their own.
test: $(VENV)/.ready
	$(BIN)/pytest -n $$($(BIN)/python -c "import os; print(1 + (os.cpu_count() or 1))") --dist worksteal

check: $(VENV)/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/structure tests/text

# Programs of others read what we wrote: LibreOffice, calamine, a Singer target, MariaDB, DuckDB, Microsoft's Open XML SDK (by npm).
# Whoever may install packages gets what they need by this.
judges: $(VENV)/.ready
	@missing="$$(command -v soffice >/dev/null || echo $(OFFICE)) $$(command -v npm >/dev/null || echo npm) $$(command -v mariadbd >/dev/null || echo $(MARIADB))"; \
	[ "$$missing" = "  " ] || { \
		command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && echo "Installing $$missing ..." && \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	} || { echo "The judges need LibreOffice (soffice), npm and MariaDB (mariadbd); missing on Debian: sudo apt-get install $$missing" >&2; exit 1; }
	$(BIN)/pytest -n auto -m judge

bench: $(VENV)/.ready
	$(BIN)/python -m benchmarks

# Two tests for each core: those that kill a pull at an instant wait for it most of the time.
soak: $(VENV)/.ready
	$(BIN)/pytest -n $$($(BIN)/python -c "import os; print(2 * (os.cpu_count() or 1))") --dist worksteal --durations=25 -m soak

test-real: $(VENV)/.ready
	$(BIN)/pytest -m real tests/real

# The built wheel in an empty environment: needs the package index, so it is not part of `make test`.
test-wheel: $(VENV)/.ready
	$(BIN)/pytest -m real tests/packaging

# The program on Windows, as near as Wine comes to it. Whoever may install packages gets Wine by this.
test-windows: $(VENV)/.ready
	@command -v wine >/dev/null || { \
		command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && echo "Installing Wine ..." && \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends wine wine64 >/dev/null; \
	} || { echo "This needs Wine, which is missing. On Debian: sudo apt-get install wine wine64" >&2; exit 1; }
	$(BIN)/pytest -m windows tests/windows

messages: $(VENV)/.ready
	$(BIN)/pybabel --quiet extract --no-location --sort-by-file --keyword N_ --keyword NC_:1c,2 --project crmexport --output $(TEMPLATE) crmexport connectors
	$(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --width 110 --domain crmexport --locale ru --input-file $(TEMPLATE) --output-dir crmexport/locale
	$(BIN)/pybabel --quiet compile --domain crmexport --directory crmexport/locale

# The JSON Schemas of mapping files, made from the models that read them; tests/mapping holds them current.
schemas: $(VENV)/.ready
	$(BIN)/python -c "from pathlib import Path; from crmexport.mapping.json_schema import write_schemas; write_schemas(Path('docs/schema'))"

clean:
	rm -rf $(VENV) demo dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find crmexport connectors tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.ready: $(VENV)/.python $(SOURCES)
	@echo "Installing crmexport and its tools into $(VENV) ..."
	@$(PIP) install --editable '.[dev]'
	@touch $(VENV)/.ready-for-demo $@

$(VENV)/.ready-for-demo: $(VENV)/.python $(SOURCES)
	@echo "Installing crmexport into $(VENV) ..."
	@$(PIP) install --editable '.[sandbox]'
	@touch $@

# The first Python that is new enough. Some systems ship Python without pip: then pip is fetched from the package index.
$(VENV)/.python:
	@for python in $(PYTHON) python3.14 python3.13 python3.12 python3.11; do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			"$$python" -m venv $(VENV) >/dev/null 2>&1 || { \
				"$$python" -m venv --clear --without-pip $(VENV) && \
				wheel=$$($(BIN)/python -c $(FETCH_PIP)) && \
				$(BIN)/python "$$wheel/pip" install --quiet "$$wheel"; \
			} || exit 1; \
			touch $@; exit 0; \
		fi; \
	done; \
	echo "crmexport needs Python 3.11 or newer. Install one, or say where it is: make PYTHON=/path/to/python3" >&2; exit 1
