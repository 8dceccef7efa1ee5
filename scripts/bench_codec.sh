#!/usr/bin/env bash
# Job: measure the xlsx codec against libxlsxwriter and libxml2, in one run.
# Caller: make bench-codec [ROWS=1000000] [RUNS=5].
# Promise: needs no server; the exit code is 1 when a goal is missed.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

say "building the codec and its bench (log: build/bench-codec.log)"
build_codec "$BUILD/bench-codec" -DREHYDRA_TESTS=OFF -DREHYDRA_BENCH=ON -DCMAKE_BUILD_TYPE=None '-DCMAKE_CXX_FLAGS=-O2 -g1' ||
  die "the build failed"
"$BUILD/bench-codec/bench_codec" "${ROWS:-1000000}" "${RUNS:-5}"
