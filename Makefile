# The commands of the README, and what they stand on.

SWIFT ?= swift
PORT ?= 8070
# Swift's runtime inside the program, and no checks for overlapping access; see docs/decisions/0018-a-release-build.md.
RELEASE = -c release --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked

.PHONY: run serve test build install-packages install-test-packages format lint reference sanitize bench counts

## Makes the virtual board update through a handful of profiles, and leaves the report as a web page.
run: build
	.build/release/faultserve test none truncate bad-cn redirected wrong-digest self-test-fails \
	    break-and-resume power-pending-gap --html faultserve-test.html

## Serves the demo image, cut at 40 % on the first request.
serve: build
	exec .build/release/faultserve --profile truncate --port $(PORT)

## Builds and runs every test, the example package's too.
test: install-packages install-test-packages lint
	scripts/test

build: install-packages
	$(SWIFT) build $(RELEASE) --product faultserve
	$(SWIFT) build $(RELEASE) --product virtual-board

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

## Measures the server beside nginx, h2o and nghttpd.
bench: build
	scripts/install-packages bench
	Benchmarks/run

## Counts instructions, copies and allocations of fixed transfers, and compares them with their limits.
counts:
	scripts/install-packages bench
	$(SWIFT) build --product faultserve
	Benchmarks/counts
