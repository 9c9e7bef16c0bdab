# The two commands of the README, and what they stand on.

SWIFT ?= swift
PORT ?= 8070

.PHONY: run test build install-packages install-test-packages format lint reference sanitize bench

## Serves the demo image, cut at 40 % on the first request.
run: install-packages
	$(SWIFT) build -c release --product faultserve
	exec .build/release/faultserve --profile truncate --port $(PORT)

## Builds and runs every test, the example package's too.
test: install-packages install-test-packages lint
	scripts/test

build: install-packages
	$(SWIFT) build -c release --product faultserve

install-packages:
	@scripts/install-packages build

install-test-packages:
	@scripts/install-packages build test

format:
	$(SWIFT) format -i -r Package.swift Sources Tests Examples

lint:
	$(SWIFT) format lint --strict -r Package.swift Sources Tests Examples/*/Package.swift Examples/*/Sources Examples/*/Tests

## Writes docs/faults.md anew from the faults' manuals.
reference:
	RECORD=1 $(SWIFT) test --filter theReferenceOfFaultsIsCurrent

## The server under the sanitizers, driven by the end-to-end tests.
sanitize: install-packages install-test-packages
	scripts/sanitize

## Measures bulk downloads beside nginx.
bench: build
	scripts/install-packages bench
	Benchmarks/run
