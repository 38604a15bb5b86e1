# Sesame's verbs. test and check set up what they need by themselves.

GO         ?= go
STATICCHECK = $(GO) tool -modfile=tools/go.mod staticcheck
TESTFLAGS  ?=
# Arguments of `sesame check`, for instance: make check ARGS="--rung explore --seed 7"
ARGS       ?=

# Debian has hostapd where users do not look.
export PATH := $(PATH):/usr/sbin

.PHONY: help test check tla bench profile docs lint fuzz
help:
	@echo 'make test    lint, and all tests, with the race detector for impl and check'
	@echo 'make check   the ladder: model against implementation, implementation against others'
	@echo 'make tla     TLC on the TLA+ specification: all of tla/manifest.json but the long ones'
	@echo 'make bench   all measurements, and the pages and plots made of them; BASE=rev compares with a revision'
	@echo 'make profile the profiles of the hot paths'
	@echo 'make docs    write the generated documentation anew'
	@echo 'make lint    gofmt, go vet, staticcheck'
	@echo 'make fuzz    each fuzz target for 20 CPU-seconds; ARGS=--long: an hour for lockstep, one for the others'

# What measures allocations or memory, which the race detector has of its own;
# check/house sees to it that none is left out.
MEASURED = Alloc|HalfOpen|HeaderReserves|Abandoned

# The race detector needs a C compiler. Where there is none, the tests run
# without it and say so; with CI=true that is a failure.
test: lint
	@check/setup
	$(GO) test $(TESTFLAGS) $$($(GO) list ./... | grep -v -e /impl/ -e /check/ -e '/check$$')
	$(GO) test $(TESTFLAGS) -run '$(MEASURED)' ./impl/...
	@if command -v "$$($(GO) env CC)" >/dev/null; then \
	  echo '$(GO) test -race -timeout 20m $(TESTFLAGS) ./impl/... ./check/...'; \
	  CGO_ENABLED=1 $(GO) test -race -timeout 20m $(TESTFLAGS) ./impl/... ./check/...; \
	else \
	  echo 'no C compiler: impl and check are tested without the race detector'; \
	  CGO_ENABLED=0 $(GO) test $(TESTFLAGS) ./impl/... ./check/... && test "$$CI" != true; \
	fi

check:
	@check/setup
	@$(GO) build -o bin/sesame ./cmd/sesame
	@bin/sesame check $(ARGS)

tla:
	@check/setup
	@$(GO) build -o bin/sesame ./cmd/sesame
	@bin/sesame tla run $(ARGS)

# Without BASE: bench/results.json, and what docs/gen makes of it. With BASE: the
# Go benchmarks of this tree beside those of a revision, by benchstat.
bench:
	@check/setup
ifeq ($(BASE),)
	@$(GO) build -o bin/sesame ./cmd/sesame
	@bin/sesame bench --long --json bench/results.json $(ARGS)
	@$(GO) run ./docs/gen
else
	@bench/compare '$(BASE)' $(ARGS)
endif

profile:
	@$(GO) build -o bin/sesame ./cmd/sesame
	@bin/sesame bench profile --json bench/profile.json $(ARGS)
	@$(GO) run ./docs/gen

docs:
	$(GO) run ./docs/gen

# govulncheck is not among them: it needs its database over the network.
lint:
	@bad=$$(gofmt -l $$(git ls-files '*.go' 2>/dev/null || find . -name '*.go')); \
	  if [ -n "$$bad" ]; then echo "gofmt would change: $$bad"; exit 1; fi
	$(GO) vet ./...
	$(STATICCHECK) ./...

fuzz:
	@$(GO) build -o bin/sesame ./cmd/sesame
	@bin/sesame check --rung fuzz $(ARGS)
