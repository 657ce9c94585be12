# Builds, shows and tests Sandspan. Everything that is made lies in .build/ and target/, and in the
# folders of the two packages, where version control ignores it.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help

PYTHON ?= python3
export CARGO_TARGET_DIR ?= $(CURDIR)/target

build := $(CURDIR)/.build
venv := $(build)/venv
venv_python := $(venv)/bin/python
published := $(build)/published
published_clients := $(published)/done tests/conformance/node_modules/.package-lock.json
frameworks := $(build)/frameworks
programs := sandspan sandspan-agent sandspan-sudo
host := $(shell rustc -vV 2>/dev/null | sed -n 's/^host: //p')

# All release builds name the target, as napi's does: then they share what they have compiled.
release := --release --locked --target $(host)
released := $(CARGO_TARGET_DIR)/$(host)/release

sources = $(shell find $(1) \( -path '*/tests' -o -name node_modules \) -prune -o -type f \
	\( -name '*.rs' -o -name '*.proto' -o -name Cargo.toml \) -print)
workspace := Cargo.toml Cargo.lock $(call sources,protocol)

# Replaces the target by a file, even while it runs.
put = mkdir -p $(@D) && cp $(1) $@.new && mv $@.new $@

.PHONY: help
help: ## Lists the targets.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

# On this machine, even where the key of a hosted service is in the environment.
.PHONY: demo
demo: export SANDSPAN_PROVIDER := local
demo: python node ## Shows a sandbox's life, in Python and in JavaScript.
	@$(venv_python) demo/demo.py
	@node demo/demo.mjs

.PHONY: tools
tools:
	@tests/tools.sh "$(PYTHON)"

.PHONY: programs
programs: $(programs:%=$(build)/bin/%) ## Builds the programs into .build/bin.

$(build)/bin/sandspan: $(workspace) $(call sources,local cli) | tools
	cargo build $(release) -p sandspan-cli
	$(call put,$(released)/$(@F))

# Static, so that they run over any root file system.
$(build)/bin/sandspan-agent: $(workspace) $(call sources,agent) | tools
	RUSTFLAGS='-C target-feature=+crt-static' cargo build --profile agent --locked \
		--target $(host) -p sandspan-agent
	$(call put,$(dir $(released))agent/$(@F))

$(build)/bin/sandspan-sudo: $(build)/bin/sandspan-agent
	$(call put,$(dir $(released))agent/$(@F))

bindings-python/python/sandspan/bin/% bindings-node/bin/%: $(build)/bin/%
	$(call put,$<)

.PHONY: python
python: $(build)/python.done $(programs:%=bindings-python/python/sandspan/bin/%)
python: ## Installs the Python package into .build/venv.

$(build)/python.done: $(workspace) $(call sources,core bindings-python) $(venv)/done
	cd bindings-python && env -u CONDA_PREFIX VIRTUAL_ENV=$(venv) \
		$(venv)/bin/maturin develop $(release)
	touch $@

$(venv)/done: bindings-python/pyproject.toml | tools
	$(PYTHON) -m venv --clear $(venv)
	$(venv_python) -m pip install --quiet --upgrade 'pip>=25.1'
	$(venv_python) -m pip install --quiet --group bindings-python/pyproject.toml:dev
	touch $@

.PHONY: node
node: $(build)/node.done $(programs:%=bindings-node/bin/%)
node: ## Builds the Node package and links it into node_modules.

$(build)/node.done: $(workspace) $(call sources,core bindings-node) \
		$(wildcard bindings-node/lib/* bindings-node/*.json bindings-node/header.d.ts) \
		bindings-node/node_modules/.package-lock.json
	npm run build --prefix bindings-node
	mkdir -p node_modules
	ln -sfn ../bindings-node node_modules/sandspan
	touch $@

# Not `npm ci`: it wants the packages for all platforms in the lock file.
%/node_modules/.package-lock.json: %/package-lock.json | tools
	npm install --prefix $* --no-save --no-audit --no-fund --loglevel error
	touch $@

# Apart from the virtual environment, so that what they depend on cannot hide what ours lacks.
$(published)/done: tests/conformance/requirements.txt $(venv)/done
	rm -rf $(@D)
	$(venv_python) -m pip install --quiet --target $(@D) --requirement $<
	touch $@

# Apart from each other for the same reason.
$(frameworks)/done: tests/frameworks/requirements.txt $(venv)/done
	rm -rf $(@D)
	$(venv_python) -m pip install --quiet --target $(@D) --requirement $<
	touch $@

.PHONY: template
template: programs ## Makes the template of the code interpreter, unless it is there.
	$(build)/bin/sandspan template build code-interpreter-v1

.PHONY: stubs
stubs: python node ## Writes the generated descriptions of the two native modules.
	cd bindings-python && PATH="$(venv)/bin:$$PATH" VIRTUAL_ENV=$(venv) \
		$(venv_python) generate_stubs.py

tests := test-rust test-ordinary-user test-python test-node test-vectors test-parity test-docs \
	test-runtime test-security test-conformance test-frameworks
test test-%: export SANDSPAN_PROGRAM := $(build)/bin/sandspan

.PHONY: test $(tests)
test: programs python node $(published_clients) $(frameworks)/done ## Runs every test of every language.
	tests/packages.sh
	tests/without_leftovers.sh $(MAKE) --no-print-directory $(tests)

test-rust: template ## Runs the tests of the crates.
	cargo test --locked

test-python: template python ## Runs the tests of the Python package.
	$(venv_python) -m pytest bindings-python/tests

test-node: template node ## Runs the tests of the Node package.
	npm test --prefix bindings-node

test-vectors: template python node ## Runs the shared vectors in Python and JavaScript.
	$(venv_python) -m pytest tests/vectors
	node --test tests/vectors/*.test.mjs

test-parity: python node ## Compares the operations of the two packages.
	$(venv_python) -m pytest tests/parity

test-docs: template python node ## Runs every code block of the documents.
	$(venv_python) -m pytest tests/docs

test-runtime: template python ## Tests the local runtime.
	$(venv_python) -m pytest tests/runtime

test-security: programs python ## Tries to break out of sandboxes.
	$(venv_python) -m pytest tests/security

test-conformance: template python node $(published_clients) ## Runs the published clients.
	PYTHONPATH=$(published) $(venv_python) -m pytest tests/conformance

test-frameworks: template python $(frameworks)/done ## Runs frameworks through the package.
	PYTHONPATH=$(frameworks) $(venv_python) -m pytest tests/frameworks

# What is in tests/ does so by itself. The packages are those of test-rust, for other ones would be
# compiled once more.
test-ordinary-user: programs ## As root: runs the client's tests as an ordinary user too.
ifeq ($(shell id -u),0)
	cargo --config "target.'cfg(unix)'.runner = ['$(PYTHON)', '$(CURDIR)/tests/as_ordinary_user.py']" \
		test --locked --test suite
endif

generated := bindings-python/python/sandspan/_native.pyi bindings-node/native.js \
	bindings-node/native.d.ts

python_sources := . ../demo ../tests ../docs ../local/src/template/code_interpreter

.PHONY: check
check: python node ## Checks format, lints, types and generated files.
	cargo fmt --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cd bindings-python && $(venv)/bin/ruff check $(python_sources)
	cd bindings-python && $(venv)/bin/ruff format --check $(python_sources)
	cd bindings-python && $(venv)/bin/mypy
	cd bindings-python && $(venv)/bin/stubtest sandspan._native sandspan._class_or_instance
	npm run types --prefix bindings-node
	$(MAKE) --no-print-directory stubs
	git diff --exit-code -- $(generated)
	if cargo deny --version >/dev/null 2>&1; then cargo deny check; fi

.PHONY: bench
bench: export SANDSPAN_PROGRAM := $(build)/bin/sandspan
bench: export INSTANT_PROGRAM := $(released)/instant
bench: export PYTHONPATH := $(CURDIR)/tests:$(published)
bench: programs python node $(published_clients) ## Measures against the published clients.
	cargo build $(release) -p instant
	$(venv_python) tests/bench/lifecycle.py
	$(venv_python) tests/bench/data_plane.py
	$(venv_python) tests/bench/run_code.py

.PHONY: clean
clean: ## Removes everything that was made.
	rm -rf .build node_modules target tests/conformance/node_modules
	cd bindings-node && rm -rf bin dist node_modules *.node
	cd bindings-python && rm -rf python/sandspan/bin python/sandspan/*.so
