# Job: build the extension (PGXS) and name every command of the project.
# Caller: people, .ci/run, scripts/*.sh.  `make help` lists the commands.
# Promise: `make setup`, `make demo` and `make test` work on a machine without pg_config; they install it first.

EXTENSION   = rehydra
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" rehydra.control)
MODULE_big  = rehydra
BUILD      := build
SCALE      ?= S

PG_CONFIG  ?= pg_config
PGXS       := $(wildcard $(shell $(PG_CONFIG) --pgxs 2>/dev/null))

# One list of sources: CMakeLists.txt globs the PostgreSQL-free part of the same folders.
LAYERS      = core codec pg registry ledger exporter importer entry
SOURCES    := $(sort $(foreach layer,$(LAYERS),$(wildcard src/$(layer)/*.cpp src/$(layer)/*/*.cpp)))
OBJS       := $(patsubst src/%.cpp,$(BUILD)/ext/%.o,$(SOURCES))
SQL_TOPICS := $(sort $(wildcard src/sql/[0-9][0-9]-*.sql))
SQL_SCRIPT := $(BUILD)/rehydra--$(EXTVERSION).sql
SQL_STEPS  := $(sort $(wildcard src/sql/upgrade/rehydra--*--*.sql))

DATA_built  = $(SQL_SCRIPT)
DATA        = $(SQL_STEPS)
REGRESS     = $(patsubst sql/%.sql,%,$(sort $(wildcard sql/*.sql)))
EXTRA_CLEAN = $(BUILD)

# What scripts/*.sh need to build with the same choices as this make.
export PG_CONFIG
CALL_MAKE  := PG_CONFIG='$(PG_CONFIG)' $(if $(filter command%,$(origin CXX)),CXX='$(CXX)')
# A script's own make must not inherit this one's job slots.
SCRIPT      = env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL $(CALL_MAKE) bash scripts/

ifneq ($(PGXS),)
.DEFAULT_GOAL := all

XML_CFLAGS := $(shell pkg-config --cflags-only-I libxml-2.0 2>/dev/null || xml2-config --cflags 2>/dev/null)
ISAL_HEADER := $(firstword $(wildcard /usr/include/isa-l.h /usr/local/include/isa-l.h))

# The server's headers and libxml2's are system headers, so that -Werror is about this project's code alone.
PG_CPPFLAGS = -Isrc -isystem $(shell $(PG_CONFIG) --includedir-server) $(patsubst -I%,-isystem %,$(XML_CFLAGS)) \
              $(if $(ISAL_HEADER),-DREHYDRA_HAVE_ISAL) -DREHYDRA_VERSION='"$(EXTVERSION)"'
# The server was configured for gcc: clang does not know all of its warnings.
PG_CXXFLAGS = $(if $(findstring clang,$(CXX)),-Wno-unknown-warning-option) -std=c++20 -Wall -Wextra -Werror -fvisibility=hidden -fvisibility-inlines-hidden -O2
EXPORTS     = src/entry/exports.map
SHLIB_LINK  = -Wl,--version-script=$(EXPORTS) -lxlsxwriter -lminizip -lxml2 -lz -lcrypto $(if $(ISAL_HEADER),-lisal) -lpthread -lstdc++

# Bitcode is of no use to this extension: no function of it is called from a hot expression.
override with_llvm = no
include $(PGXS)

$(OBJS): $(BUILD)/ext/%.o: src/%.cpp Makefile
	@mkdir -p $(@D)
	$(COMPILE.cc) -MMD -MP -o $@ $<

-include $(OBJS:.o=.d)

# A deleted source must not stay in the library: relink when the list of objects changes.
OBJECT_LIST := $(BUILD)/ext/objects
$(shlib): $(OBJECT_LIST) $(EXPORTS)
ifneq ($(strip $(OBJS)),$(strip $(file <$(OBJECT_LIST))))
$(OBJECT_LIST): list-has-changed
endif
$(OBJECT_LIST):
	@mkdir -p $(@D)
	@echo '$(strip $(OBJS))' > $@

else # no PGXS

.DEFAULT_GOAL := help
all install uninstall installcheck:
	@echo "rehydra: no PostgreSQL server headers ($(PG_CONFIG) --pgxs); run: make setup" >&2; exit 1

clean:
	rm -rf $(BUILD) rehydra.so

endif

$(SQL_SCRIPT): $(SQL_TOPICS) rehydra.control Makefile
	@mkdir -p $(@D)
	@{ printf '%s\n' '\echo Use "CREATE EXTENSION rehydra" to load this file. \quit'; \
	   for topic in $(SQL_TOPICS); do printf '\n'; cat "$$topic"; done; } > $@.new && mv $@.new $@

## setup       install what `make demo` and `make test` need (Debian, apt)
setup:
	@bash scripts/setup.sh test

## demo        the product tour on a throwaway cluster; SCALE=S|M|L, OUT=folder
demo:
	@bash scripts/setup.sh demo
	@$(SCRIPT)demo.sh '$(SCALE)'

## test        every test there is; ONLY="unit pgtap ..." picks groups
test:
	@bash scripts/setup.sh test
	@$(SCRIPT)test.sh $(ONLY)

# One group of tests, with what it needs: make test-unit, make test-pgtap, ...
TEST_GROUPS = layers unit regress pgtap isolation interop hostile lifecycle
$(addprefix test-,$(TEST_GROUPS)): test-%:
	@$(SCRIPT)test.sh $*

## test-versions  tests on PostgreSQL 13, 15, 17 and 18, in chroots of Debian's releases (root, debootstrap); SUITES="trixie sid" ONLY="pgtap"
test-versions:
	@$(SCRIPT)versions.sh $(ONLY)

## bench       times and ratios against COPY; SCALE=XS|S|M|L|XL|all (S, M and L)
bench:
	@bash scripts/setup.sh demo
	@$(SCRIPT)bench.sh '$(if $(filter command% environment%,$(origin SCALE)),$(SCALE),all)'

## bench-schema  the registration of many tables, and buffers among many tenants; TABLES=300 TENANTS=1000
bench-schema:
	@bash scripts/setup.sh demo
	@$(SCRIPT)bench_schema.sh

## bench-tenants one customer among many, against among ten: time, buffers, plans, by fresh, stale and no statistics; TENANTS=10000 RUNS=3
bench-tenants:
	@bash scripts/setup.sh demo
	@$(SCRIPT)bench_tenants.sh

## bench-together tenants that import at the same time, against one after the other; TOGETHER=8 ENTRIES=100
bench-together:
	@bash scripts/setup.sh demo
	@$(SCRIPT)bench_together.sh

## bench-check ratios to COPY against those kept in bench/figures.tsv: what got worse by more than 20%; SCALES="S M" RUNS=3
bench-check:
	@bash scripts/setup.sh demo
	@$(SCRIPT)bench_check.sh

## bench-keep  the last bench's ratios into bench/figures.tsv and docs/performance-curve.svg
bench-keep:
	@$(SCRIPT)bench_keep.sh

## bench-codec rows a second of the xlsx codec, against libxlsxwriter and libxml2; ROWS=1000000 RUNS=5
bench-codec:
	@bash scripts/setup.sh reader
	@$(SCRIPT)bench_codec.sh

## file-reader the command line reader of exported files, build/reader/rehydra-file (no server needed)
file-reader:
	@bash scripts/setup.sh reader
	@$(SCRIPT)file_reader.sh

## soak        random kills and damaged files; SECONDS_LIMIT=300
soak:
	@bash scripts/setup.sh test
	@$(SCRIPT)soak.sh

## resaved     100,000 random values a type through every program that saves workbooks; VALUES=100000, PROGRAMS="exceljs ..."
resaved:
	@bash scripts/setup.sh test
	@$(SCRIPT)resaved.sh

## fuzz        libFuzzer over the codec (clang); SECONDS_LIMIT=60 a target
fuzz:
	@bash scripts/setup.sh fuzz
	@$(SCRIPT)fuzz.sh

## unit        the codec's unit tests, with address and undefined sanitizers
unit: test-unit

## layers      the include graph, file sizes, server symbols in the codec
layers: test-layers

## format      clang-format over src and test
format:
	@find src test bench -name '*.cpp' -o -name '*.h' | xargs -r clang-format -i

## tidy        clang-tidy over the PostgreSQL-free part
tidy:
	@bash scripts/setup.sh tidy
	@$(SCRIPT)tidy.sh

## clean       remove what was built
## help        this list
help:
	@echo 'all / install  build the extension, install it (PG_CONFIG, CXX may be given)'
	@sed -n 's/^## //p' $(firstword $(MAKEFILE_LIST))

.PHONY: setup demo test test-versions bench bench-schema bench-tenants bench-together bench-check bench-keep bench-codec file-reader soak resaved fuzz unit layers format tidy help list-has-changed $(addprefix test-,$(TEST_GROUPS))
