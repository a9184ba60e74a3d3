# Two commands: make demo, make test. Both create the environment they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= factory
KAFKA_LIBS := .cache/kafka/libs
OIDC := .cache/oidc

.PHONY: demo test bench soak clean browser
.DELETE_ON_ERROR:

demo: $(VENV)/run
	@$(BIN)/kpiwall demo $(DATA)

test: $(VENV)/dev $(KAFKA_LIBS)/done $(OIDC)/done browser
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python deploy/dependency_audit.py --npm tests/support/oidc/package.json
	$(BIN)/pytest

bench: $(VENV)/dev $(KAFKA_LIBS)/done browser
	$(BIN)/kpiwall bench --json bench.json

soak: $(VENV)/dev $(KAFKA_LIBS)/done browser
	$(BIN)/pytest -m soak tests/soak

clean:
	rm -rf $(VENV) .cache .data build *.egg-info

$(VENV)/run: pyproject.toml
	@$(PYTHON) deploy/prerequisites.py python
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing kpiwall into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/dev: $(VENV)/run
	@echo "installing the test tools into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(KAFKA_LIBS)/done: deploy/kafka/pom.xml
	@$(PYTHON) deploy/prerequisites.py kafka
	@echo "fetching Apache Kafka for the tests ..."
	@mvn --quiet --batch-mode --file deploy/kafka/pom.xml dependency:copy-dependencies -DoutputDirectory=$(CURDIR)/$(KAFKA_LIBS)
	@touch $@

$(OIDC)/done: tests/support/oidc/package.json
	@$(PYTHON) deploy/prerequisites.py oidc
	@echo "fetching an OpenID provider for the tests ..."
	@mkdir -p $(OIDC) && cp $< $(OIDC)/package.json
	@npm install --prefix $(OIDC) --no-package-lock --no-audit --no-fund --loglevel=error
	@touch $@

browser:
	@$(PYTHON) deploy/prerequisites.py browser
